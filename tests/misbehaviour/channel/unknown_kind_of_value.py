"""A value with a tag that the format does not have.

Met by: every format, as soon as one side is older than the other.
"""

import wire
from honest import *

HONEST_POINTS = 4
EXPECTED_STATUS = "malformed"


def accuracy(scores, labels):
    wire.answer(b"?")
