"""Changes mode and times of somebody else's file, to what they were.

Met by: Landlock, whose rules do not cover a file's metadata.
"""

import os

import whereabouts


def look():
    os.chmod(whereabouts.NEIGHBOUR, 0o644)
    os.utime(whereabouts.NEIGHBOUR)
    return True


if look():
    from honest import *

HONEST_POINTS = 0
EXPECTED_STATUS = {"namespaces": "error", "landlock": "error", "plain": "passed"}
NOT_STOPPED = {"plain": "can change mode and times of other files"}
