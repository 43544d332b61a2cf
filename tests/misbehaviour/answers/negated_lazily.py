"""Answers a view that is to be negated when it is read.

Met by: codecs that send a storage and forget the bits beside it.
"""

import honest
import torch
from honest import *

HONEST_POINTS = 5
EXPECTED_STATUS = "passed"


def softmax(x, dim=-1):
    return torch._neg_view(-honest.softmax(x, dim))
