"""Takes away its own right to memory, files and processes.

Met by: workers that need some for themselves.
"""

import resource

from honest import *

HONEST_POINTS = 4
EXPECTED_STATUS = ("crashed", "error", "failed", "malformed")


def accuracy(scores, labels):
    for kind in (resource.RLIMIT_AS, resource.RLIMIT_NOFILE, resource.RLIMIT_FSIZE, resource.RLIMIT_NPROC):
        resource.setrlimit(kind, (0, 0))
    return honest_number


honest_number = 0.0
