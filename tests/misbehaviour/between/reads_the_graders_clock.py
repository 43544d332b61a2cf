"""Asks how long the grader has computed, of which a clock of the kernel's tells.

Met by: process tables that are shared: each process has a clock that anybody may read.
"""

import time

import whereabouts
from honest import *

HONEST_POINTS = 5
EXPECTED_STATUS = "passed"

try:
    time.clock_gettime((~whereabouts.PID << 3) | 2)
except OSError:
    pass
