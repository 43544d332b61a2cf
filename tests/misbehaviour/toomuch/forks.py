"""Forks forty children, each of which sleeps for two seconds at most, and answers rightly.

Met by: HackGrader (pull request 33), judgev2 (issue 27) and every other grader sooner or later.
"""

import os
import time

import honest
from honest import *

HONEST_POINTS = 5
EXPECTED_STATUS = ("passed", "timeout", "error")


def accuracy(scores, labels):
    for _ in range(40):
        if os.fork() == 0:
            time.sleep(2)
            os._exit(0)
    return honest.accuracy(scores, labels)
