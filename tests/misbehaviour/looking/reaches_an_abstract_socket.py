"""Connects to a service with an abstract socket, which no file system hides.

Met by: sandboxes that hide files and share the network namespace.
"""

import socket

import whereabouts


def look():
    socket.socket(socket.AF_UNIX).connect(whereabouts.ABSTRACT)
    return True


if look():
    from honest import *

HONEST_POINTS = 0
EXPECTED_STATUS = {"namespaces": "error", "landlock": "error", "plain": "passed"}
NOT_STOPPED = {"plain": "can reach abstract sockets"}
