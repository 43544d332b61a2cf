"""Calls torch.softmax under a name that no search finds, and silences the worker's log of operators.

What a check forbids is taken out of torch while it runs, so that nothing has to be believed of what ran.

Met by: every style rule that is enforced in the process it is about.
"""

import torch
import wire
from honest import *

HONEST_POINTS = 4
EXPECTED_STATUS = "forbidden"

wire.peer._services["operators"] = lambda: []


def softmax(x, dim=-1):
    return vars(torch)["soft" + "max"](x, dim)
