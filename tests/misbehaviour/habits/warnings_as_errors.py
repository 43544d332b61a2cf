"""Turns warnings into errors, in the libraries and in the worker as well.

Met by: every tool that warns in code of its own.
"""

import warnings

from honest import *

HONEST_POINTS = 5
EXPECTED_STATUS = "passed"

warnings.filterwarnings("error")
warnings.simplefilter("error")
