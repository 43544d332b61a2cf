"""A list of a kind of its own that claims a negative length and iterates in circles.

Met by: whoever trusts len() of a subclass of list.
"""

from honest import *

HONEST_POINTS = 4
EXPECTED_STATUS = ("failed", "error")


class Odd(list):
    """No list that one knows."""

    def __len__(self):
        return -1

    def __iter__(self):
        return self


def batches(items, size):
    return Odd()
