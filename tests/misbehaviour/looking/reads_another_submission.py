"""Reads what somebody else handed in.

Met by: nbgrader, issue 978: other students' submissions were readable.
"""

import whereabouts


def look():
    open(whereabouts.NEIGHBOUR).read()
    return True


if look():
    from honest import *

HONEST_POINTS = 0
EXPECTED_STATUS = {"namespaces": "error", "landlock": "error", "plain": "passed"}
NOT_STOPPED = {"plain": "can read other submissions"}
