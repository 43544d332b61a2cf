"""Makes a terminal and leaves a word in it for whoever opens it next.

Met by: sandboxes that give each of their processes the same /dev.
"""

import os

from honest import *

HONEST_POINTS = 5
EXPECTED_STATUS = "passed"

try:
    ours, theirs = os.openpty()
    os.write(ours, b"5 of 5\n")
except OSError:
    pass
