"""Connects to a service on this machine's loopback.

Met by: graders whose database or Jupyter server listens on localhost without a password.
"""

import socket

import whereabouts


def look():
    socket.create_connection(("127.0.0.1", whereabouts.PORT), 1).close()
    return True


if look():
    from honest import *

HONEST_POINTS = 0
EXPECTED_STATUS = {"namespaces": "error", "landlock": "error", "plain": "passed"}
NOT_STOPPED = {"plain": "can reach the network, loopback included"}
