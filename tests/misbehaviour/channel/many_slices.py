"""Slices of slices of slices: a value that holds three others and that a cap on containers may not count.

Met by: nobody yet; every format has a value that is a container in disguise.
"""

import wire
from honest import *

HONEST_POINTS = 4
EXPECTED_STATUS = ("malformed", "timeout")


def accuracy(scores, labels):
    raw = b"N"
    for _ in range(12):
        raw = b"S" + raw * 3
    wire.answer(b"l\4\0\0\0" + raw * 4)  # 3.2 million values
