"""Empties the input, then finds the decoder in the frames that called it and clears all that it remembers.

Met by: graders that keep what they compare with in the process of the student.
"""

import sys

from honest import *
from honest import softmax as right

HONEST_POINTS = 4
EXPECTED_STATUS = "failed"


def softmax(x, dim=-1):
    found = right(x, dim)
    x.data.zero_()
    frame = sys._getframe()
    while frame is not None:
        decoder = frame.f_locals.get("decoder")
        if decoder is not None:
            for kept in (decoder._watched, decoder._storages):
                kept.clear()
        frame = frame.f_back
    return found
