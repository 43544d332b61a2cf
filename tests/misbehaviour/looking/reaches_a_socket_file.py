"""Connects to a service that listens on a file of this machine.

Met by: machines on which the Docker daemon's socket is open to the grader's user.
"""

import socket

import whereabouts


def look():
    socket.socket(socket.AF_UNIX).connect(whereabouts.SOCKET)
    return True


if look():
    from honest import *

HONEST_POINTS = 0
EXPECTED_STATUS = {"namespaces": "error", "landlock": "error", "plain": "passed"}
NOT_STOPPED = {"plain": "can reach services on socket files"}
