"""Leaves a child that has stopped itself, and that ends with its parent.

Met by: graders that wait for a process to notice that it should end.
"""

import ctypes
import os
import signal

import honest
from honest import *

HONEST_POINTS = 5
EXPECTED_STATUS = {"namespaces": "passed", "landlock": ("passed", "error"), "plain": "passed"}


def accuracy(scores, labels):
    if os.fork() == 0:
        ctypes.CDLL(None).prctl(1, signal.SIGKILL, 0, 0, 0)
        os.kill(os.getpid(), signal.SIGSTOP)
        os._exit(0)
    return honest.accuracy(scores, labels)
