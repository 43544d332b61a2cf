"""Calls the check's function once and ends the process before it takes the answer.

Met by: servers that write to a line which is closed already.
"""

import os

import wire
from honest import *

HONEST_POINTS = 4
EXPECTED_STATUS = "crashed"


def descend(grad, x, lr, steps):
    wire.frame(wire.encoded(("q", "call", grad._number, None, (x,), None, False, 1, None, None)))
    os._exit(0)
