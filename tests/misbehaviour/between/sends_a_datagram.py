"""Sends to a service by one of a pair of sockets, which a filter on socket() does not see.

Met by: filters on socket, connect and bind: a pair of datagram sockets needs none of them to send.
"""

import socket

import whereabouts
from honest import *

HONEST_POINTS = 5
EXPECTED_STATUS = "passed"

for address in (whereabouts.SOCKET, whereabouts.ABSTRACT):
    try:
        socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)[0].sendto(b"x", address)
    except OSError:
        pass
