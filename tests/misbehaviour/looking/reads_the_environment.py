"""Reads the environment of the grader's process, where keys and tokens stand.

Met by: continuous integration, where secrets are variables of the environment.
"""

import whereabouts


def look():
    open(f"/proc/{whereabouts.PID}/environ", "rb").read()
    return True


if look():
    from honest import *

HONEST_POINTS = 0
EXPECTED_STATUS = {"namespaces": "error", "landlock": "error", "plain": "passed"}
NOT_STOPPED = {"plain": "can read the grader's environment"}
