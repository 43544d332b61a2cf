"""Answers, and goes on in a thread: it ends the process during the next check, in which nothing is wrong when it
is asked alone.

Met by: graders that take the answer for the end.
"""

import os
import threading
import time

import honest
from honest import *

HONEST_POINTS = 5
EXPECTED_STATUS = ("passed", "crashed", "error")


def accuracy(scores, labels):
    threading.Timer(0.1, os._exit, (0,)).start()
    return honest.accuracy(scores, labels)


def descend(grad, x, lr, steps):
    time.sleep(0.4)
    return honest.descend(grad, x, lr, steps)
