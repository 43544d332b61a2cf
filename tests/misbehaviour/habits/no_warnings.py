"""Switches all warnings off for good.

Met by: every teacher: it stands at the top of most notebooks that one finds.
"""

import warnings

from honest import *

HONEST_POINTS = 5
EXPECTED_STATUS = "passed"

warnings.filterwarnings("ignore")
warnings.warn = lambda *args, **kwargs: None
