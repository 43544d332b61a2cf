"""Reads a private file of whoever runs the grader.

Met by: every grader that runs submissions as the teacher's own user.
"""

import whereabouts


def look():
    open(whereabouts.PRIVATE).read()
    return True


if look():
    from honest import *

HONEST_POINTS = 0
EXPECTED_STATUS = {"namespaces": "error", "landlock": "error", "plain": "passed"}
NOT_STOPPED = {"plain": "can read the home folder"}
