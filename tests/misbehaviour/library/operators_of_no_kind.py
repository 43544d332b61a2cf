"""Makes the worker's log of operators a number, where a list is expected.

Met by: nobody yet; a rewrite of the worker's own modules inside its process.
"""

import wire
from honest import *

HONEST_POINTS = 5
EXPECTED_STATUS = "passed"

wire.peer._services["operators"] = lambda: 5
