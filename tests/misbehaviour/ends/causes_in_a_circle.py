"""Raises an exception whose causes lead back to itself.

Met by: graders that print a chain of causes.
"""

from honest import *

HONEST_POINTS = 4
EXPECTED_STATUS = "error"


def accuracy(scores, labels):
    one, other = KeyError("one"), ValueError("other")
    one.__cause__, other.__cause__ = other, one
    raise one
