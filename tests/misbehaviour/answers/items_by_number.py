"""Answers an object with nothing but [] for a sequence, as Python 1 had it.

Met by: checks that ask for a list.
"""

from honest import *

HONEST_POINTS = 5
EXPECTED_STATUS = ("passed", "error", "failed")


class Old:
    def __init__(self, items, size):
        self.parts = [items[start : start + size] for start in range(0, len(items), size)]

    def __getitem__(self, number):
        return self.parts[number]


def batches(items, size):
    return Old(items, size)
