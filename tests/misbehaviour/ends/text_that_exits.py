"""An exception whose text calls sys.exit when it is asked for.

Met by: graders that format a student's exception in their own process.
"""

import sys

from honest import *

HONEST_POINTS = 4
EXPECTED_STATUS = "error"


class Last(Exception):
    """The last one."""

    def __str__(self):
        sys.exit(0)


def accuracy(scores, labels):
    raise Last
