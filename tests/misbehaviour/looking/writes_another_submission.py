"""Opens what somebody else handed in for writing. It writes nothing.

Met by: nbgrader, issue 978: other students' submissions were writable.
"""

import whereabouts


def look():
    open(whereabouts.NEIGHBOUR, "ab").close()
    return True


if look():
    from honest import *

HONEST_POINTS = 0
EXPECTED_STATUS = {"namespaces": "error", "landlock": "error", "plain": "passed"}
NOT_STOPPED = {"plain": "can change other submissions"}
