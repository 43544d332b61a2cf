"""Leaves a process behind that belongs to no session of ours any more. It sleeps for fifteen seconds at most.

Met by: graders that end a process group and believe that this was all.
"""

import os
import time

import honest
from honest import *

HONEST_POINTS = 5
EXPECTED_STATUS = {"namespaces": "passed", "landlock": ("passed", "error"), "plain": "passed"}


def accuracy(scores, labels):
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            time.sleep(15)
        os._exit(0)
    return honest.accuracy(scores, labels)
