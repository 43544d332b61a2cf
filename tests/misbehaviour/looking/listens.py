"""Listens on loopback, for whoever comes.

Met by: shared machines on which one student's code waits for another's.
"""

import socket


def look():
    server = socket.create_server(("127.0.0.1", 0))
    return True


if look():
    from honest import *

HONEST_POINTS = 0
EXPECTED_STATUS = {"namespaces": "error", "landlock": "error", "plain": "passed"}
NOT_STOPPED = {"plain": "can listen on loopback"}
