"""Makes the worker's record of what was printed twenty megabytes long, past the cap that the worker keeps.

Met by: nobody yet; a rewrite of the worker's own modules inside its process.
"""

import wire
from honest import *

HONEST_POINTS = 5
EXPECTED_STATUS = "passed"

wire.peer._services["take_output"] = lambda: "x" * 20_000_000
