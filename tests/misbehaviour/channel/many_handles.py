"""Hands out a hundred and eighty thousand objects in one message, each of which wants a stand-in on the other side.

Met by: every protocol in which one side names objects of the other.
"""

import struct

import wire
from honest import *

HONEST_POINTS = 4
EXPECTED_STATUS = ("failed", "malformed", "timeout")

COUNT = 180_000


def accuracy(scores, labels):
    handles = b"".join(b"h" + struct.pack("<I", n) + b"t\0\0\0\0" for n in range(1000, 1000 + COUNT))
    wire.answer(b"l" + struct.pack("<I", COUNT) + handles)
