"""Has the collector call what raises, at any moment.

Met by: code that does not expect an exception between two lines.
"""

import gc

from honest import *

HONEST_POINTS = 5
EXPECTED_STATUS = ("passed", "error", "crashed", "failed")


def raises(phase, info):
    raise RuntimeError("collected")


gc.callbacks.append(raises)
gc.set_threshold(1, 1, 1)
