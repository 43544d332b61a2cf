"""Asks for load, free memory and the number of processes, in which another could write.

Met by: every container: sysinfo tells of the whole machine.
"""

import ctypes

from honest import *

HONEST_POINTS = 5
EXPECTED_STATUS = "passed"

told = (ctypes.c_ulong * 20)()
ctypes.CDLL(None).sysinfo(told)
