"""Marks that turn the direction of what follows them, so that it reads as something else.

Met by: compilers and code reviews in 2021, as Trojan Source.
"""

from honest import *

HONEST_POINTS = 4
EXPECTED_STATUS = "error"


def accuracy(scores, labels):
    raise ValueError("\u202e\u2066\u2067\u200f\u200e\u061c\u2069 5/5 dessap")
