"""The same, in children that belong to nobody: their parent ends before them. They hold 450 MB each for two seconds.

Met by: graders that add up a tree of processes, from which a process can cut itself off.
"""

import os
import time

import honest
from honest import *

HONEST_POINTS = 5  # without a process table of its own it is not waited for, and ended with the exam
EXPECTED_STATUS = {
    "namespaces": ("memory", "timeout"),
    "landlock": ("memory", "timeout", "passed", "error"),
    "plain": ("memory", "timeout", "passed"),
}


def accuracy(scores, labels):
    for _ in range(2):
        if os.fork() == 0:
            if os.fork() == 0:
                taken = bytearray(b"x") * (450 << 20)
                time.sleep(2)
                os._exit(len(taken) & 1)
            os._exit(0)
    try:
        while True:
            os.wait()  # process 1 of a namespace waits for all, another for its own children alone
    except ChildProcessError:
        pass
    return honest.accuracy(scores, labels)
