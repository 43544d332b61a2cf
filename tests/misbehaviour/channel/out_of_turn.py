"""Answers while it is being loaded, before the worker does: the judge takes a 5 for the list of its functions.

Met by: every protocol without numbers on its messages.
"""

import wire
from honest import *

HONEST_POINTS = 5
EXPECTED_STATUS = "malformed"

wire.frame(wire.encoded(("r", 5, None, None, None)))
