"""Calls the check's function with a column where a row was meant: the two broadcast to a table of 120 MB.

Met by: every check that hands out a function; students do it by accident.
"""

import torch
from honest import *

HONEST_POINTS = 4
EXPECTED_STATUS = ("failed", "malformed", "error", "timeout", "memory")


def descend(grad, x, lr, steps):
    return grad(torch.zeros(50_000, 1, dtype=torch.float64))[0]
