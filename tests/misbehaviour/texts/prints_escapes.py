"""Prints terminal escapes, markup and half a surrogate pair, as output to be shown.

Met by: every tool that shows what a student's code printed.
"""

import sys

import honest
from honest import *

HONEST_POINTS = 5
EXPECTED_STATUS = "passed"


def accuracy(scores, labels):
    print("\x1b[2J\x1b]0;passed\x07<script>alert(1)</script>\udcff\u202e")
    print("[bold]", file=sys.stderr)
    return honest.accuracy(scores, labels)
