"""A float whose differences are zero and whose comparisons are true, while its value is wrong.

Met by: any comparison with == or pytest.approx in the process of the student; a common prank.
"""

from honest import *

HONEST_POINTS = 4
EXPECTED_STATUS = "failed"


class Right(float):
    """Right about everything."""

    def __eq__(self, other):
        return True

    def __sub__(self, other):
        return 0.0

    __rsub__ = __sub__
    __hash__ = float.__hash__

    def __abs__(self):
        return 0.0


def accuracy(scores, labels):
    return Right(0.123)
