"""Starts a hundred threads, each of which sleeps for two seconds at most.

Met by: Autolab (issue 630): threads count against the limit of processes.
"""

import threading
import time

import honest
from honest import *

HONEST_POINTS = 5
EXPECTED_STATUS = {"namespaces": "error", "landlock": ("passed", "error"), "plain": "passed"}

threading.stack_size(256 * 1024)


def accuracy(scores, labels):
    for _ in range(100):
        threading.Thread(target=time.sleep, args=(2,), daemon=True).start()
    return honest.accuracy(scores, labels)
