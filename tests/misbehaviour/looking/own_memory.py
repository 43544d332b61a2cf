"""Looks through every object of its process for a solution or a check that the template may have known.

Met by: graders that fork a student's process from one that has read the course.
"""

import gc
import sys


def look():
    texts = [value for thing in gc.get_objects() if isinstance(thing, dict) for value in list(thing.values())]
    texts += [argument for argument in sys.argv]
    secret = "### BEGIN " + "SOLUTION"
    if not any(isinstance(text, str) and secret in text for text in texts):
        raise LookupError("nothing of the course is here")
    return True


if look():
    from honest import *

HONEST_POINTS = 0
EXPECTED_STATUS = "error"
