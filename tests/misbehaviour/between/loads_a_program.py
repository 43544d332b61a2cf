"""Asks to load a program into the kernel, to count its events and to handle its page faults.

Met by: kernels whose doors are open to ordinary users.
"""

import ctypes
import os

from honest import *

HONEST_POINTS = 5
EXPECTED_STATUS = "passed"

libc = ctypes.CDLL(None)
for call in {"x86_64": (321, 298, 323), "aarch64": (280, 241, 282)}[os.uname().machine]:
    libc.syscall(call, 0, 0, 0, 0, 0)
