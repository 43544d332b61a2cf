"""A trace function that raises in every frame that is not its own, the worker's included.

Met by: students who leave a debugger or a coverage tool in their code; here it is made to hurt.
"""

import sys

from honest import *

HONEST_POINTS = 5
EXPECTED_STATUS = ("crashed", "error", "malformed")


def tracer(frame, event, argument):
    if "gradus" in frame.f_code.co_filename:
        raise RuntimeError("traced")


sys.settrace(tracer)
