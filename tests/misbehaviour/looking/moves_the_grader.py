"""Tells the grader's process on which cores to run, the same as before; one core would do for all of them.

Met by: kernels, which let any process of the same user set affinity and scheduling of another.
"""

import os

import whereabouts


def look():
    os.sched_setaffinity(whereabouts.PID, os.sched_getaffinity(whereabouts.PID))
    return True


if look():
    from honest import *

HONEST_POINTS = 0
EXPECTED_STATUS = {"namespaces": "error", "landlock": "error", "plain": "passed"}
NOT_STOPPED = {"plain": "can set the scheduling of the grader"}
