"""Removes the folder that it was given.

Met by: workers that write there later.
"""

import os
import shutil

from honest import *

HONEST_POINTS = 5
EXPECTED_STATUS = ("passed", "error", "crashed", "failed")

os.chdir("/")
shutil.rmtree(os.environ["TMPDIR"], ignore_errors=True)
