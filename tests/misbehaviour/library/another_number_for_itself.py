"""Replaces what tells a process its number, and the time.

Met by: workers that ask Python who they are.
"""

import os
import time

from honest import *

HONEST_POINTS = 5
EXPECTED_STATUS = ("passed", "error", "crashed", "failed")

os.getpid = lambda: 1
os.getuid = lambda: 0
time.time = time.monotonic = time.perf_counter = lambda: 0.0
