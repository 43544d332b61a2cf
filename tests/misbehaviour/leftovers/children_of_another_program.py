"""Leaves a child that has become another program, without any of ours in it.

Met by: graders that look for processes by their name.
"""

import os
import sys

import honest
from honest import *

HONEST_POINTS = 5
EXPECTED_STATUS = {"namespaces": "passed", "landlock": ("passed", "error"), "plain": "passed"}


def accuracy(scores, labels):
    if os.fork() == 0:
        os.setsid()
        os.execv(sys.executable, ["init", "-S", "-E", "-c", "import time; time.sleep(3)"])
    return honest.accuracy(scores, labels)
