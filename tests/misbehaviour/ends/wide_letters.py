"""Writes its names in letters of double width, which Python takes for the ordinary ones.

Met by: rules that read names in a source otherwise than Python does.
"""

import honest
from honest import *

HONEST_POINTS = 5
EXPECTED_STATUS = "passed"


def ａｃｃｕｒａｃｙ(scores, labels):
    return honest.accuracy(scores, labels)
