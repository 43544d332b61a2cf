"""Leaves a child that holds the worker's line to the grader open.

Met by: graders that wait for a pipe to close.
"""

import os
import time

import honest
from honest import *

HONEST_POINTS = 5
EXPECTED_STATUS = {"namespaces": "passed", "landlock": ("passed", "error"), "plain": "passed"}


def accuracy(scores, labels):
    if os.fork() == 0:
        time.sleep(3)
        os._exit(0)
    return honest.accuracy(scores, labels)
