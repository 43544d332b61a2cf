"""Answers a dict whose one key is a text of two hundred thousand letters, for a message that shows what came back.

Met by: graders that put the student's answer into the message in full (compare PrairieLearn, issue 3015).
"""

from honest import *

HONEST_POINTS = 4
EXPECTED_STATUS = ("failed", "malformed")


def accuracy(scores, labels):
    return {"x" * 200_000: 1}
