"""Sets a timer whose signal ends it after a while of computing.

Met by: workers that have no handler for it.
"""

import signal

from honest import *

HONEST_POINTS = 4
EXPECTED_STATUS = ("crashed", "failed", "timeout")

signal.signal(signal.SIGPROF, signal.SIG_DFL)


def accuracy(scores, labels):
    signal.setitimer(signal.ITIMER_PROF, 0.01)
    while True:
        pass
