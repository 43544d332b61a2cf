"""A numpy array of objects, each of which is equal to everything.

Met by: tests with numpy.array_equal, which asks the entries themselves.
"""

import numpy
from honest import *

HONEST_POINTS = 3
EXPECTED_STATUS = "failed"


class Yes:
    """Equal."""

    def __eq__(self, other):
        return True

    __hash__ = None


def softmax(x, dim=-1):
    return numpy.array([[Yes()] * 3] * 2, dtype=object)
