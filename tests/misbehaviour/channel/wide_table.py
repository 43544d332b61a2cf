"""A table of many thousand empty columns: a megabyte on the line, minutes for who builds it column by column.

Met by: services that let a stranger decide how many objects they make.
"""

import struct

import wire
from honest import *

HONEST_POINTS = 4
EXPECTED_STATUS = ("failed", "malformed", "timeout")

COUNT = 24_000


def accuracy(scores, labels):
    column = wire.encoded(("a", "float64", []))
    wire.answer(b"P" + wire.encoded([]) + b"l" + struct.pack("<I", COUNT) + column * COUNT)
