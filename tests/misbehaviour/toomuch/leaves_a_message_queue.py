"""Leaves a message queue in the kernel, which stays when the process is gone and which the next submission could read.

Met by: every sandbox without an IPC namespace: System V objects outlive whoever made them.
"""

import ctypes
import os

from whereabouts import QUEUE

if ctypes.CDLL(None, use_errno=True).msgget(QUEUE, 0o1600) < 0:
    raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))

from honest import *

HONEST_POINTS = 5
EXPECTED_STATUS = {"namespaces": "passed", "landlock": "passed", "plain": "passed"}
NOT_STOPPED = {"plain": "can leave message queues in the kernel"}
