"""Half precision where double was handed in, and a long double where a number was asked for.

Met by: every teacher; usually a student who wants to save memory.
"""

import honest
import numpy
from honest import *

HONEST_POINTS = 2
EXPECTED_STATUS = "failed"


def softmax(x, dim=-1):
    return honest.softmax(x, dim).half()


def accuracy(scores, labels):
    return numpy.longdouble(honest.accuracy(scores, labels))
