"""Sends its answer one byte at a time, for a reader whose patience begins anew with each.

Met by: web servers, where it is known as slowloris.
"""

import time

import wire
from honest import *

HONEST_POINTS = 4
EXPECTED_STATUS = "timeout"


def accuracy(scores, labels):
    for byte in bytes([200, 0, 0, 0, 0]) + bytes(145):
        wire.sock.sendall(bytes([byte]))
        time.sleep(0.1)
