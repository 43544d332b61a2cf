"""Calls torch.softmax openly and empties the worker's list of names, from which the style rule is judged.

Met by: every style rule that is enforced after the student's code ran.
"""

import torch
import wire
from honest import *

HONEST_POINTS = 4
EXPECTED_STATUS = "forbidden"

wire.peer._services["names"] = lambda cells: {}
wire.peer._services["operators"] = lambda: []


def softmax(x, dim=-1):
    return torch.softmax(x, dim)
