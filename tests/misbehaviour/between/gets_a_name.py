"""Gets an abstract address by the back door, without bind, for others to write to.

Met by: filters on socket, connect and bind: a socket that passes credentials is bound when it sends.
"""

import socket

from honest import *

HONEST_POINTS = 5
EXPECTED_STATUS = "passed"

try:
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
    ours.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 1)
    ours.send(b"x")
except OSError:
    pass
