"""Calls the operator below the forbidden function.

Met by: rules that know torch's functions and not its operators.
"""

import torch
from honest import *

HONEST_POINTS = 4
EXPECTED_STATUS = "forbidden"


def softmax(x, dim=-1):
    return getattr(torch.ops.aten, "_soft" + "max")(x, dim, False)
