"""Was handed a function of the check's and asks for its globals, its closure and its code, where the answer lies.

Met by: graders that pass callbacks into the student's code in the same process: `gradient.__globals__` is open there.
"""

import wire
from honest import *

HONEST_POINTS = 4
EXPECTED_STATUS = "malformed"


def descend(grad, x, lr, steps):
    for name in ("__globals__", "__closure__", "__code__", "__self__", "__class__"):
        try:
            return wire.peer.get(grad._number, name)
        except Exception as error:
            refusal = error
    raise refusal
