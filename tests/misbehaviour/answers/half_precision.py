"""Answers in half precision, where the values are nearly right.

Met by: comparisons that convert before they compare.
"""

import honest
import torch
from honest import *

HONEST_POINTS = 3
EXPECTED_STATUS = "failed"


def softmax(x, dim=-1):
    return honest.softmax(x, dim).half()
