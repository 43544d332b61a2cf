"""A regular expression that backtracks for long inside C, where no Python signal handler runs.

Met by: web services, which call it ReDoS; students by accident.
"""

import re

from honest import *

HONEST_POINTS = 4
EXPECTED_STATUS = "timeout"


def accuracy(scores, labels):
    return float(bool(re.match(r"(a+)+$", "a" * 29 + "b")))
