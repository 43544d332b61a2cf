"""Takes the worker's own modules out of sys.modules and empties them.

Met by: students who clear all names of a process, as `%reset -f` does in a notebook.
"""

import sys

from honest import *

HONEST_POINTS = 5
EXPECTED_STATUS = "crashed"

for name in [name for name in sys.modules if name.startswith("gradus_worker")]:
    vars(sys.modules.pop(name)).clear()
