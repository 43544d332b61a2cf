"""Answers an asynchronous generator.

Met by: checks that ask for a list.
"""

from honest import *

HONEST_POINTS = 4
EXPECTED_STATUS = ("failed", "error", "malformed")


async def batches(items, size):
    for start in range(0, len(items), size):
        yield items[start : start + size]
