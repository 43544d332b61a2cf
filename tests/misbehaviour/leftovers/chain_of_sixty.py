"""Leaves a chain of sixty, each in a session of its own and a child of the one before; each sleeps for three seconds.

Met by: graders that end a process group, a session or a number of generations.
"""

import os
import time

import honest
from honest import *

HONEST_POINTS = 5
EXPECTED_STATUS = {"namespaces": "passed", "landlock": ("passed", "error"), "plain": "passed"}


def accuracy(scores, labels):
    if os.fork() == 0:
        for _ in range(60):
            os.setsid()
            if os.fork():
                break
        time.sleep(3)
        os._exit(0)
    return honest.accuracy(scores, labels)
