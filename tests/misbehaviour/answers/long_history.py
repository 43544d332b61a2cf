"""Hands over a tensor with a history of five thousand additions of nothing.

Met by: engines that recurse through a history.
"""

import honest
import torch
from honest import *

HONEST_POINTS = 5
EXPECTED_STATUS = ("passed", "failed", "timeout")


def softmax(x, dim=-1):
    answer = honest.softmax(x, dim)
    for _ in range(5000):
        answer = answer + 0
    return answer
