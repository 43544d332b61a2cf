"""Ends the process in the middle of a call.

Met by: mlcommons/endpoints, pull request 433: an exit was counted as a fault of the infrastructure.
"""

import os

from honest import *

HONEST_POINTS = 4
EXPECTED_STATUS = "crashed"


def accuracy(scores, labels):
    os._exit(0)
