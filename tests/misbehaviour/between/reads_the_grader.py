"""Reads the memory of the grader by a system call, no file involved.

Met by: sandboxes of the same user without a filter.
"""

import ctypes

import whereabouts
from honest import *

HONEST_POINTS = 5
EXPECTED_STATUS = "passed"

text = ctypes.create_string_buffer(16)
ours = (ctypes.c_size_t * 2)(ctypes.addressof(text), 16)
theirs = (ctypes.c_size_t * 2)(0x400000, 16)
ctypes.CDLL(None).process_vm_readv(whereabouts.PID, ours, 1, theirs, 1, 0)
