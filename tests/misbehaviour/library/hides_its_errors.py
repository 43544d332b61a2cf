"""Silences the ways in which a traceback is shown, so that no error is seen.

Met by: nbgrader: students recommend replacing InteractiveShell.showtraceback
(genchang1234/How-to-cheat-in-computer-science-101, issue 8).
"""

import sys
import threading
import traceback

HONEST_POINTS = 0
EXPECTED_STATUS = "error"

sys.excepthook = threading.excepthook = lambda *args: None
for name in ("print_exc", "format_exc", "format_exception", "print_exception"):
    setattr(traceback, name, lambda *args, **kwargs: "")


def softmax(*args):
    raise ValueError("seen by nobody")


accuracy = descend = batches = softmax
