"""Puts a file in the place of the folder that it was given, where it can.

Met by: workers that write there later.
"""

import os
import shutil

from honest import *

HONEST_POINTS = 5
EXPECTED_STATUS = ("passed", "error", "crashed", "failed")

os.chdir("/")
place = os.environ["TMPDIR"]
try:
    shutil.rmtree(place)
    open(place, "w").close()
except OSError:
    pass
