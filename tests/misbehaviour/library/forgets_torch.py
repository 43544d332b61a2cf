"""Takes torch and numpy out of the table of modules.

Met by: workers that import them when they are needed.
"""

import sys

from honest import *

HONEST_POINTS = 5
EXPECTED_STATUS = ("crashed", "error", "failed", "malformed")

for name in [name for name in sys.modules if name.split(".")[0] in ("torch", "numpy")]:
    del sys.modules[name]
