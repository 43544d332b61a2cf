"""Answers lists of lists of lists: a message that shows eight entries of each grows with every level.

Met by: graders that shorten each level of an answer and not the whole.
"""

from honest import *

HONEST_POINTS = 4
EXPECTED_STATUS = ("failed", "malformed")


def accuracy(scores, labels):
    answer = "y" * 150
    for _ in range(4):
        answer = [answer] * 8
    return answer
