"""Announces a message, sends a part of it and ends the process.

Met by: every protocol that takes a closed line for the end of a message.
"""

import os

import wire
from honest import *

HONEST_POINTS = 4
EXPECTED_STATUS = "crashed"


def accuracy(scores, labels):
    wire.frame(bytes(10), claimed=1000)
    os._exit(0)
