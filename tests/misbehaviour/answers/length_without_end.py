"""Claims a length of 2**60; `list()` believes it and reserves the room.

Met by: anything that calls list() on a stranger's object: CPython asks __len__ for a hint.
"""

from honest import *

HONEST_POINTS = 4
EXPECTED_STATUS = ("failed", "malformed")


class Long:
    """Short, whatever it says."""

    def __len__(self):
        return 1 << 60

    def __iter__(self):
        return iter([[0, 1, 2]])


def batches(items, size):
    return Long()
