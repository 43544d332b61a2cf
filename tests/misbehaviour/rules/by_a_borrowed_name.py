"""Calls the forbidden function through a helper that is named like a library.

Met by: rules that leave out whatever looks like a library.
"""

import types

import torch
from honest import *

HONEST_POINTS = 4
EXPECTED_STATUS = "forbidden"


def softmax(x, dim=-1):
    return types.SimpleNamespace(torch=torch).torch.special.__dict__["soft" + "max"](x, dim)
