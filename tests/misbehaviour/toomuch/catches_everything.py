"""Ignores every signal that can be ignored and catches every exception, for twenty seconds.

Met by: graders that end a student's code with an exception or with SIGTERM (nbgrader, issue 427).
"""

import signal
import time

from honest import *

HONEST_POINTS = 4
EXPECTED_STATUS = "timeout"


def accuracy(scores, labels):
    for number in set(signal.Signals) - {signal.SIGKILL, signal.SIGSTOP}:
        signal.signal(number, signal.SIG_IGN)
    end = time.monotonic() + 20
    while time.monotonic() < end:
        try:
            while time.monotonic() < end:
                pass
        except BaseException:
            continue
