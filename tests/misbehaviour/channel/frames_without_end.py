"""An exception whose traceback claims a hundred and fifty thousand lines of the student's own file.

Met by: graders that format tracebacks in full; a deep recursion makes long ones by accident.
"""

import struct
import time

import wire
from honest import *

HONEST_POINTS = 4
EXPECTED_STATUS = ("error", "malformed", "timeout", "failed")

COUNT = 150_000


def accuracy(scores, labels):
    line = wire.encoded(("steps.py", 1, "accuracy"))
    raised = wire.encoded("x") + wire.encoded(ValueError("deep"))
    wire.frame(b"t\4\0\0\0" + raised + b"t" + struct.pack("<I", COUNT) + line * COUNT + b"N")
    time.sleep(15)
