"""Reads a private file of whoever runs the grader.

Met by: every grader that runs submissions as the teacher's own user.
"""

import whereabouts

open(whereabouts.PRIVATE).read()

from honest import *

HONEST_POINTS = 0
EXPECTED_STATUS = {"namespaces": "error", "landlock": "error", "plain": "passed"}
NOT_STOPPED = {"plain": "can read the home folder"}
