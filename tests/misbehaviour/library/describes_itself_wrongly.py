"""Rewrites how the worker describes an object: the name of a function becomes an array without a truth value.

Met by: nobody yet; a rewrite of the worker's own modules inside its process.
"""

import sys

import numpy
from honest import *

HONEST_POINTS = 5
EXPECTED_STATUS = ("malformed", "failed", "error")

sys.modules["gradus_worker.wire.peer"].describe = lambda value: ("function", ("callable",), (), numpy.array([1, 2]))
