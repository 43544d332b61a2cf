"""Makes a queue with a name in the kernel, and removes it.

Met by: sandboxes without an IPC namespace: a file system that no path leads to.
"""

import ctypes
import os

from honest import *
from whereabouts import SHARED

HONEST_POINTS = 5
EXPECTED_STATUS = "passed"

libc = ctypes.CDLL(None)
name = f"/{SHARED}".encode()
if libc.mq_open(name, os.O_RDWR | os.O_CREAT, 0o600, None) >= 0:
    libc.mq_unlink(name)
