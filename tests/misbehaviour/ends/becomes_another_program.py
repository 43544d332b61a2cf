"""Replaces its process by another program, which sleeps for five seconds.

Met by: graders that watch a process by its number and take any program in it for the student's.
"""

import os
import sys

from honest import *

HONEST_POINTS = 4
EXPECTED_STATUS = "crashed"


def accuracy(scores, labels):
    python = os.path.realpath(sys.executable)
    os.execv(python, [python, "-I", "-S", "-c", "import time; time.sleep(5)"])
