"""Calls the forbidden function in a thread of its own, where no mode of the grader's is on.

Met by: counts of what is dispatched, which are kept for each thread.
"""

import threading

import torch
from honest import *

HONEST_POINTS = 4
EXPECTED_STATUS = ("error", "forbidden")


def softmax(x, dim=-1):
    done = []
    worker = threading.Thread(target=lambda: done.append(getattr(torch, "soft" + "max")(x, dim)))
    worker.start()
    worker.join()
    return done[0]
