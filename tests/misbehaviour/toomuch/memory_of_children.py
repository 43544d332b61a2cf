"""Two children hold 450 MB each for two seconds: each is within the limit, both together are not.

Met by: graders that limit the memory of a process and not the sum of all.
"""

import os
import time

import honest
from honest import *

HONEST_POINTS = 4
EXPECTED_STATUS = ("memory", "timeout", "error")


def accuracy(scores, labels):
    for _ in range(2):
        if os.fork() == 0:
            taken = bytearray(b"x") * (450 << 20)
            time.sleep(2)
            os._exit(len(taken) & 1)
    os.wait()
    os.wait()
    return honest.accuracy(scores, labels)
