"""Makes a file of two gigabytes, most of it a hole.

Met by: graders that copy back whatever a submission wrote.
"""

import honest
from honest import *

HONEST_POINTS = 4
EXPECTED_STATUS = "error"


def accuracy(scores, labels):
    with open("large", "wb") as file:
        file.truncate(2 << 30)
    return honest.accuracy(scores, labels)
