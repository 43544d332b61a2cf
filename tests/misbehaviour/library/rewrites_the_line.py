"""Rewrites what the worker sends: every tensor of doubles says that it is one of floats, over the same bytes.

Met by: nobody yet; a rewrite of the worker's own modules inside its process.
"""

import wire
from honest import *

HONEST_POINTS = 2
EXPECTED_STATUS = "malformed"

send = wire.peer.channel.send
wire.peer.channel.send = lambda body, *rest: send(body.replace(b"x\0", b"x\1"), *rest)
