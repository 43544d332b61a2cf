"""An answer that brings open files along: each would stay open in the judge.

Met by: services on Unix sockets that do not close descriptors they did not ask for.
"""

import array
import os
import socket
import struct
import time

import wire
from honest import *

HONEST_POINTS = 4
EXPECTED_STATUS = "malformed"


def accuracy(scores, labels):
    body = wire.encoded(("r", 1.0, None, None, None))
    rights = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", os.pipe()))]
    wire.sock.sendmsg([struct.pack("<IB", len(body), 2) + body], rights)
    time.sleep(15)
