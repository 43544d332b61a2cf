"""Makes a process that is not its child but its parent's.

Met by: graders that look for children below a worker: clone() lets one choose the parent.
"""

import ctypes
import os
import time

import honest
from honest import *

HONEST_POINTS = 5
EXPECTED_STATUS = {"namespaces": "passed", "landlock": ("passed", "error"), "plain": "passed"}

CALL = {"x86_64": 56, "aarch64": 220}[os.uname().machine]


def accuracy(scores, labels):
    if ctypes.CDLL(None).syscall(CALL, 0x8000, 0, 0, 0, 0) == 0:  # CLONE_PARENT
        time.sleep(3)
        os._exit(0)
    return honest.accuracy(scores, labels)
