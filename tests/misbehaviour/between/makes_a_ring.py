"""Asks the kernel to do its input and output, past every filter on system calls.

Met by: sandboxes whose filter knows open and connect: io_uring does both.
"""

import ctypes

from honest import *

HONEST_POINTS = 5
EXPECTED_STATUS = "passed"

ring = ctypes.CDLL(None).syscall(425, 8, ctypes.create_string_buffer(120))
