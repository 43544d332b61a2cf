"""Switches the garbage collector off and raises the limit of recursion.

Met by: every teacher whose students read a list of ways to be faster.
"""

import gc
import sys

from honest import *

HONEST_POINTS = 5
EXPECTED_STATUS = "passed"

gc.disable()
sys.setrecursionlimit(10_000)
