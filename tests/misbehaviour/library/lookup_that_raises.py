"""Makes the worker raise where the judge asks whether a name is defined.

Met by: nobody yet; a rewrite of the worker's own modules inside its process.
"""

import wire
from honest import *

HONEST_POINTS = 0
EXPECTED_STATUS = "error"

wire.peer._services["lookup"] = lambda name: 1 / 0
