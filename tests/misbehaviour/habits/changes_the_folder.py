"""Changes the working folder and the environment, as code that was written for one machine does.

Met by: every teacher: `os.chdir('/content/drive')` is the first line of many a notebook.
"""

import os
import sys

from honest import *

HONEST_POINTS = 5
EXPECTED_STATUS = "passed"

os.chdir("/")
sys.path.insert(0, "/content/drive/MyDrive")
os.environ.clear()
