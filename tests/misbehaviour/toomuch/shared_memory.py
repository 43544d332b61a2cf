"""Takes three gigabytes of shared memory, which a limit on private memory does not count. It touches none of it.

Met by: graders that limit the data segment alone.
"""

import mmap

import honest
from honest import *

HONEST_POINTS = 4
EXPECTED_STATUS = {"namespaces": "memory", "landlock": "memory", "plain": "passed"}
NOT_STOPPED = {"plain": "can take shared memory without limit"}


def accuracy(scores, labels):
    mmap.mmap(-1, 3 << 30).close()
    return honest.accuracy(scores, labels)
