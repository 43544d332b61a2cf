"""Calls sys.exit at the end of the file, as scripts do.

Met by: every teacher; in a process shared with the grader it ends the grader
(mlcommons/endpoints, pull request 433, for one that caught Exception only).
"""

import sys

from honest import *

HONEST_POINTS = 5
EXPECTED_STATUS = "passed"

sys.exit(0)
