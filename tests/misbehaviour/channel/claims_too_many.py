"""A list that claims four thousand million entries and holds none.

Met by: readers that reserve a list of the claimed length.
"""

import wire
from honest import *

HONEST_POINTS = 4
EXPECTED_STATUS = "malformed"


def accuracy(scores, labels):
    wire.answer(b"l\xff\xff\xff\xff")
