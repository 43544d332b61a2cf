"""Asks for input at import and in a function.

Met by: nbgrader (issues 1210 and 1844), where it ends in StdinNotImplementedError.
"""

import sys

import honest
from honest import *

HONEST_POINTS = 5
EXPECTED_STATUS = "passed"

name = input("Your name? ")


def accuracy(scores, labels):
    input("Press return to go on")
    sys.stdin.readline()
    return honest.accuracy(scores, labels)
