"""Resets every global seed at import and in a function.

Met by: every teacher: it stands at the top of most notebooks that one finds.
"""

import random

import honest
import numpy
import torch
from honest import *

HONEST_POINTS = 5
EXPECTED_STATUS = "passed"

torch.manual_seed(0)
numpy.random.seed(0)
random.seed(0)


def softmax(x, dim=-1):
    torch.manual_seed(42)
    return honest.softmax(x, dim)
