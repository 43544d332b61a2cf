"""Begets one process after the other, of which none stays: each ends as soon as it has begotten the next, for two seconds.

Met by: graders that read a list of processes and end what is on it.
"""

import os
import time

import honest
from honest import *

HONEST_POINTS = 5
EXPECTED_STATUS = {"namespaces": "passed", "landlock": ("passed", "error"), "plain": "passed"}


def accuracy(scores, labels):
    if os.fork() == 0:
        end = time.monotonic() + 2
        while time.monotonic() < end:
            if os.fork():
                os._exit(0)
            os.setsid()
        os._exit(0)
    return honest.accuracy(scores, labels)
