"""Leaves a thousand folders, and one that nobody may enter.

Met by: graders that clean up in Python, one file after the other.
"""

import os

from honest import *

HONEST_POINTS = 5
EXPECTED_STATUS = "passed"

for number in range(1000):
    os.mkdir(os.path.join(os.environ["TMPDIR"], f"f{number}"))
os.mkdir(os.path.join(os.environ["TMPDIR"], "closed"), 0)
