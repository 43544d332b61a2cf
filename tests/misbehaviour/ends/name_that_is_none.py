"""An exception whose class has a number for a name.

Met by: graders that cut the name of a type without asking whether it is a text.
"""

from honest import *

HONEST_POINTS = 4
EXPECTED_STATUS = ("crashed", "error", "malformed")


class Nameless(type):
    """Its classes are called 5."""

    __name__ = property(lambda cls: 5)


class Odd(Exception, metaclass=Nameless):
    """Called 5."""


def accuracy(scores, labels):
    raise Odd
