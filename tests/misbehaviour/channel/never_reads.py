"""Calls the check's function again and again and never reads an answer, until the line is full.

Met by: servers that answer with a blocking send.
"""

import time

import torch
import wire
from honest import *

HONEST_POINTS = 4
EXPECTED_STATUS = "timeout"


def descend(grad, x, lr, steps):
    asking = wire.encoded(("q", "call", grad._number, None, (torch.zeros(3000, 300),), None, False, 1, None, None))
    end = time.monotonic() + 15
    while time.monotonic() < end:
        wire.frame(asking)
