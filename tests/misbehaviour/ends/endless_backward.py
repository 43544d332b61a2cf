"""Answers at once and loops for fifteen seconds when its gradient is asked for.

Met by: graders that limit the call of a function and not what the call left behind.
"""

import time

import honest
from honest import *

HONEST_POINTS = 4
EXPECTED_STATUS = "timeout"


def softmax(x, dim=-1):
    answer = honest.softmax(x, dim)
    if answer.requires_grad:
        answer.register_hook(lambda gradient: time.sleep(15))
    return answer
