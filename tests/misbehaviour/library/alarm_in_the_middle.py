"""A timer whose handler raises wherever the process happens to be.

Met by: students who paste a timeout decorator made with signal.alarm.
"""

import signal
import time

import honest
from honest import *

HONEST_POINTS = 4
EXPECTED_STATUS = "error"


def ring(*args):
    raise TimeoutError("too slow")


def accuracy(scores, labels):
    signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, 0.05)
    time.sleep(0.5)
    return honest.accuracy(scores, labels)
