"""Sends itself SIGKILL: indistinguishable, from outside, from a kill for using too much memory.

In a process namespace of its own it is process 1, which the kernel spares.

Met by: graders that retry what was killed, because they take it for their own fault.
"""

import os
import signal

import honest
from honest import *

HONEST_POINTS = 5
EXPECTED_STATUS = {"namespaces": "passed", "landlock": "crashed", "plain": "crashed"}


def accuracy(scores, labels):
    os.kill(os.getpid(), signal.SIGKILL)
    return honest.accuracy(scores, labels)
