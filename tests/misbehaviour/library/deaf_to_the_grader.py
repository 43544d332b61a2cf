"""Ignores the signal by which a grader asks where a worker is.

Met by: graders that learn of a timeout from the process itself.
"""

import faulthandler
import signal

from honest import *

HONEST_POINTS = 5
EXPECTED_STATUS = "passed"

for number in (signal.SIGUSR1, signal.SIGUSR2, signal.SIGTERM, signal.SIGXCPU):
    signal.signal(number, signal.SIG_IGN)
faulthandler.disable()
