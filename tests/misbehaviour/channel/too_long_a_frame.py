"""Announces a message of four gigabytes, for a reader that reserves what is announced.

Met by: every protocol with a length of 32 bits and no cap.
"""

import time

import wire
from honest import *

HONEST_POINTS = 4
EXPECTED_STATUS = "malformed"


def accuracy(scores, labels):
    wire.frame(b"", claimed=0xFFFFFFFF)
    time.sleep(15)
