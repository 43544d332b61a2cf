"""Runs the forbidden call from a text.

Met by: every rule that reads names in a source.
"""

import torch
from honest import *

HONEST_POINTS = 4
EXPECTED_STATUS = "forbidden"


def softmax(x, dim=-1):
    return eval("torch.nn.functional.xamtfos(x, dim)".replace("xamtfos", "xamtfos"[::-1]))
