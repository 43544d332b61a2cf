"""Replaces, closes and deletes the standard streams.

Met by: every teacher whose students silence a library this way.
"""

import os
import sys

from honest import *

HONEST_POINTS = 5
EXPECTED_STATUS = "passed"

sys.stdout.close()
sys.stdout = open(os.devnull, "w")
sys.stderr = None
sys.stdin = None
