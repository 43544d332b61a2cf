"""Asks for a copy of a descriptor of the grader's.

Met by: sandboxes of the same user without a filter, since Linux 5.6.
"""

import ctypes
import os

import whereabouts
from honest import *

HONEST_POINTS = 5
EXPECTED_STATUS = "passed"

try:
    pidfd = os.pidfd_open(whereabouts.PID)
    ctypes.CDLL(None).syscall(438, pidfd, 0, 0)
except OSError:
    pass
