"""Six hundred thousand empty lists in one message: each is cheap, all together take longer than the check may.

Met by: services that cap the bytes of a message and not the work that it makes.
"""

import struct

import wire
from honest import *

HONEST_POINTS = 4
EXPECTED_STATUS = ("failed", "malformed", "timeout")

COUNT = 600_000


def accuracy(scores, labels):
    wire.answer(b"l" + struct.pack("<I", COUNT) + b"l\0\0\0\0" * COUNT)
