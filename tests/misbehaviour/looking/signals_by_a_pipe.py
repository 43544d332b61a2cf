"""Makes the grader the owner of a pipe, so that the kernel signals it when the pipe has something to read.

None of its system calls names a signal and a process at once. The signal is SIGURG, which does nothing by itself.

Met by: Linux: a filter on kill() does not see it, and Landlock scopes it only from version 6 (Linux 6.12) on.
"""

import fcntl
import os
import signal

import whereabouts
from honest import *

HONEST_POINTS = 5
EXPECTED_STATUS = "passed"
NOT_STOPPED = {"plain": "can send signals to the grader"}

reading, writing = os.pipe()
try:
    fcntl.fcntl(reading, fcntl.F_SETOWN, whereabouts.PID)
    fcntl.fcntl(reading, 10, signal.SIGURG)  # F_SETSIG
    fcntl.fcntl(reading, fcntl.F_SETFL, os.O_ASYNC)
    os.write(writing, b"x")
except OSError:
    pass
