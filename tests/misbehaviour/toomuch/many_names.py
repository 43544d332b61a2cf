"""Defines twenty thousand names beside the four that are asked for.

Met by: students who write `globals()[f"model_{i}"] = ...` in a loop.
"""

from honest import *

HONEST_POINTS = 5
EXPECTED_STATUS = "passed"

for number in range(20_000):
    globals()[f"model_{number}"] = number
