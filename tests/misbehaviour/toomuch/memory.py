"""Takes memory in steps of 64 MB, up to four gigabytes, and touches all of it.

Met by: nbgrader (issues 427 and 1429), RussTedrake/manipulation (pull request 216).
"""

from honest import *

HONEST_POINTS = 4
EXPECTED_STATUS = ("memory", "timeout")


def accuracy(scores, labels):
    taken = []
    for _ in range(64):
        taken.append(bytearray(b"x") * (64 << 20))
    return float(len(taken))
