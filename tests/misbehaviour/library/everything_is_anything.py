"""Says yes to every isinstance.

Met by: graders in the process of the student, and workers that trust what they find there.
"""

import builtins

from honest import *

HONEST_POINTS = 5
EXPECTED_STATUS = ("crashed", "error", "failed", "malformed")

builtins.isinstance = lambda thing, kind: True
