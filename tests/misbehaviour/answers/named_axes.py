"""Answers a tensor whose axes have names.

Met by: every codec: names are not part of what is sent.
"""

import warnings

import honest
import torch
from honest import *

HONEST_POINTS = 5
EXPECTED_STATUS = ("passed", "malformed", "failed", "error")


def softmax(x, dim=-1):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return honest.softmax(x, dim).refine_names("N", "C")
