"""Asks for size and time of somebody else's file, without opening it.

Met by: Landlock, whose rules do not cover it: it says that a file is there, and no more.
"""

import os

import whereabouts


def look():
    os.stat(whereabouts.NEIGHBOUR)
    return True


if look():
    from honest import *

HONEST_POINTS = 0
EXPECTED_STATUS = {"namespaces": "error", "landlock": "passed", "plain": "passed"}
NOT_STOPPED = {
    "landlock": "can ask whether a file is there, for its size and its times",
    "plain": "can ask whether a file is there, for its size and its times",
}
