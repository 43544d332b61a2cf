"""Defines classes, modules and numbers where functions should be.

Met by: checks that stumble before they have called anything.
"""

import types

from honest import *

HONEST_POINTS = 2
EXPECTED_STATUS = ("error", "failed")

accuracy = types.ModuleType("accuracy")
batches = 5


class descend:
    def __init__(self, *arguments):
        pass
