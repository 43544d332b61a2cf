"""Reads the checks, to see what is asked.

Met by: nbgrader, on which it was tried: hidden tests are files that autograding can read.
"""

import whereabouts


def look():
    open(whereabouts.CHECKS).read()
    return True


if look():
    from honest import *

HONEST_POINTS = 0
EXPECTED_STATUS = {"namespaces": "error", "landlock": "error", "plain": "passed"}
NOT_STOPPED = {"plain": "can read the course: solutions and checks"}
