"""Reads the reference solution from the course's folder and runs it. Where it stands is known here.

Met by: graders that run a submission where the course lies, with the rights of the teacher.
"""

import whereabouts


def look():
    exec(open(whereabouts.SOLUTION).read())
    return True


if look():
    from honest import *

HONEST_POINTS = 0
EXPECTED_STATUS = {"namespaces": "error", "landlock": "error", "plain": "passed"}
NOT_STOPPED = {"plain": "can read the course: solutions and checks"}
