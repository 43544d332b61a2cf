"""Loops for twenty seconds at the level of the module: it never comes to define anything.

Met by: nbgrader and otter-grader, whose notebooks run from the first cell.
"""

import time

HONEST_POINTS = 0
EXPECTED_STATUS = ("timeout", "error")

end = time.monotonic() + 20
while time.monotonic() < end:
    pass
