"""Answers a tensor in a layout of a library's own.

Met by: every codec: it has no storage.
"""

import honest
import torch
from honest import *

HONEST_POINTS = 3
EXPECTED_STATUS = ("malformed", "failed", "error")


def softmax(x, dim=-1):
    return honest.softmax(x, dim).float().to_mkldnn()
