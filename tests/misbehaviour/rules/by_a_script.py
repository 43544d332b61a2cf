"""Has the forbidden call compiled, so that no Python calls it.

Met by: counts of calls in Python.
"""

import torch
from honest import *

HONEST_POINTS = 4
EXPECTED_STATUS = "forbidden"


def softmax(x, dim=-1):
    traced = torch.jit.trace(lambda x: getattr(x, "soft" + "max")(dim), (torch.ones_like(x),), check_trace=False)
    return traced(x)
