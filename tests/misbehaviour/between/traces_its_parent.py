"""Attaches itself to the process that started it.

Met by: sandboxes of the same user without a filter.
"""

import ctypes
import os

from honest import *

HONEST_POINTS = 5
EXPECTED_STATUS = "passed"

ctypes.CDLL(None).ptrace(0x4206, os.getppid(), None, None)  # PTRACE_SEIZE, which stops nobody
