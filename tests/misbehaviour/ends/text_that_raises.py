"""An exception whose text and representation raise when they are asked for.

Met by: graders that format a student's exception outside of any try.
"""

from honest import *

HONEST_POINTS = 4
EXPECTED_STATUS = "error"


class Shy(Exception):
    """Not to be looked at."""

    def __str__(self):
        raise self

    __repr__ = __format__ = __str__


def accuracy(scores, labels):
    raise Shy
