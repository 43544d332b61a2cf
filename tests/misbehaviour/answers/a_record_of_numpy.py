"""Answers a record of numpy's with pointers for fields.

Met by: codecs that send an array's bytes whatever they are.
"""

import numpy as np
from honest import *

HONEST_POINTS = 4
EXPECTED_STATUS = ("failed", "malformed", "error")


def accuracy(scores, labels):
    return np.array([(1.0, "x")], dtype=[("a", "f8"), ("b", "O")])
