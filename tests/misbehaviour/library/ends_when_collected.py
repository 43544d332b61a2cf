"""Leaves an object that ends the process when it is collected.

Met by: graders that believe an answer ends with its last byte.
"""

import gc
import os

from honest import *

HONEST_POINTS = 4
EXPECTED_STATUS = ("crashed", "error", "failed", "malformed")


class Last:
    def __init__(self):
        self.me = self

    def __del__(self):
        os._exit(0)


def accuracy(scores, labels):
    Last()
    gc.collect()
    return 0.0
