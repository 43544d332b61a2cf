"""Keeps the first answer for each shape and gives it again, whatever it is asked.

Met by: teachers of any course in which students cache results to be faster; seldom meant as a trick.
"""

import honest
from honest import *

HONEST_POINTS = 4
EXPECTED_STATUS = "failed"

kept = {}


def softmax(x, dim=-1):
    return kept.setdefault(x.shape, honest.softmax(x, dim))
