"""A well-formed message of a kind that the protocol does not have.

Met by: every protocol, as soon as one side is older than the other.
"""

import time

import wire
from honest import *

HONEST_POINTS = 4
EXPECTED_STATUS = "malformed"


def accuracy(scores, labels):
    wire.frame(wire.encoded(("verdict", "passed", 5.0)))
    time.sleep(15)
