"""Has every new file made so that nobody may read it.

Met by: graders that read what a worker wrote.
"""

import os

from honest import *

HONEST_POINTS = 5
EXPECTED_STATUS = ("passed", "error", "crashed", "failed")

os.umask(0o777)
