"""A tensor that claims a thousand numbers and brings one, for a reader that trusts the shape.

Met by: readers that make an array of the claimed shape over a shorter buffer: what follows in memory leaks.
"""

import struct

import wire
from honest import *

HONEST_POINTS = 4
EXPECTED_STATUS = "malformed"


def accuracy(scores, labels):
    wire.answer(b"x" + bytes([0, 0, 1]) + struct.pack("<q", 1000) + b"b" + struct.pack("<Q", 8) + bytes(8))
