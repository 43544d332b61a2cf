"""A numpy array of dtype object whose bytes are addresses: who looks at an entry follows a pointer of the student's.

Met by: readers that hand dtype and bytes of a stranger to numpy.frombuffer.
"""

import struct

import wire
from honest import *

HONEST_POINTS = 4
EXPECTED_STATUS = "malformed"


def accuracy(scores, labels):
    wire.answer(b"a" + wire.encoded("|O8") + b"\1" + struct.pack("<q", 1) + b"b" + struct.pack("<QQ", 8, 64))
