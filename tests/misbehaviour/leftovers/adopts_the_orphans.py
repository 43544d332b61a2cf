"""Declares itself the one to whom orphans come, and leaves some.

Met by: graders that are a subreaper themselves and believe that they are the only one.
"""

import ctypes
import os
import time

import honest
from honest import *

HONEST_POINTS = 5
EXPECTED_STATUS = {"namespaces": "passed", "landlock": ("passed", "error"), "plain": "passed"}


def accuracy(scores, labels):
    ctypes.CDLL(None).prctl(36, 1, 0, 0, 0)
    for _ in range(3):
        if os.fork() == 0:
            if os.fork() == 0:
                os.setsid()
                time.sleep(3)
            os._exit(0)
    return honest.accuracy(scores, labels)
