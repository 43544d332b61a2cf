"""Sends itself SIGSTOP: it uses no time, does not end and does not answer.

In a process namespace of its own it is process 1, which the kernel spares.

Met by: graders that limit processor time and no other.
"""

import os
import signal

import honest
from honest import *

HONEST_POINTS = 5
EXPECTED_STATUS = {"namespaces": "passed", "landlock": "timeout", "plain": "timeout"}


def accuracy(scores, labels):
    os.kill(os.getpid(), signal.SIGSTOP)
    return honest.accuracy(scores, labels)
