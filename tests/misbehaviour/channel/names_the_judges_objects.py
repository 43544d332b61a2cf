"""Answers with the number of an object of the judge's that it was never given.

Met by: every protocol in which one side names objects of the other.
"""

import wire
from honest import *

HONEST_POINTS = 4
EXPECTED_STATUS = "malformed"


def accuracy(scores, labels):
    wire.answer(b"H\7\0\0\0")
