"""Sets up logging at the lowest level and leaves it on, with a handler of its own.

Met by: every teacher whose students use a framework that does it for them.
"""

import logging
import sys

from honest import *

HONEST_POINTS = 5
EXPECTED_STATUS = "passed"

logging.basicConfig(level=logging.DEBUG, stream=sys.stdout)
logging.getLogger().addHandler(logging.StreamHandler(sys.stderr))
logging.getLogger().debug("starting")
