"""Hands over a tensor that raises when its gradient is asked for.

Met by: checks of gradients: it happens long after the call.
"""

import honest
import torch
from honest import *

HONEST_POINTS = 4
EXPECTED_STATUS = "error"


def refuse(gradient):
    raise KeyError("no gradient today")


def softmax(x, dim=-1):
    answer = honest.softmax(x, dim)
    if answer.requires_grad:
        answer.register_hook(refuse)
    return answer
