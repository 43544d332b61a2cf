"""Answers a number as a text.

Met by: every teacher.
"""

import honest
import torch
from honest import *

HONEST_POINTS = 4
EXPECTED_STATUS = "failed"


def accuracy(scores, labels):
    return str(honest.accuracy(scores, labels))
