"""Sends signal 0 to the grader: it does nothing, and says whether another would arrive.

Met by: graders that run submissions as their own user without a process namespace.
"""

import os

import whereabouts


def look():
    os.kill(whereabouts.PID, 0)
    return True


if look():
    from honest import *

HONEST_POINTS = 0
EXPECTED_STATUS = {"namespaces": "error", "landlock": "error", "plain": "passed"}
NOT_STOPPED = {"plain": "can send signals to the grader"}
