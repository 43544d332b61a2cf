"""Announces a message of a thousand bytes, sends ten and falls silent.

Met by: every protocol that reads a length and then waits for the rest.
"""

import time

import wire
from honest import *

HONEST_POINTS = 4
EXPECTED_STATUS = "timeout"


def accuracy(scores, labels):
    wire.frame(bytes(10), claimed=1000)
    time.sleep(15)
