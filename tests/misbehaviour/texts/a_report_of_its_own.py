"""A text with line breaks that looks like the lines of a report about somebody else.

Met by: every log that is read line by line.
"""

from honest import *

HONEST_POINTS = 4
EXPECTED_STATUS = "error"


def accuracy(scores, labels):
    raise ValueError("\npassed      5 of 5 points\n\u2028\u2029\x85\x0b\x0cneighbour_000,one/steps,failed,0,5\n")
