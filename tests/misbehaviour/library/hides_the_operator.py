"""Calls torch.softmax under a name that no search finds, and silences the worker's log of operators.

A known limit, kept here so that it stays known: which operators ran is a claim of the student's process. The values are
right, so are the points; a style rule without them is what this costs.

Met by: every style rule that is enforced in the process it is about.
"""

import torch
import wire
from honest import *

HONEST_POINTS = 5
EXPECTED_STATUS = "passed"

wire.peer._services["operators"] = lambda: []


def softmax(x, dim=-1):
    return vars(torch)["soft" + "max"](x, dim)
