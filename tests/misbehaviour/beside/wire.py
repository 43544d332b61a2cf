"""The worker's end of the line, as any code inside the worker can find it: for submissions that forge messages."""

import gc
import struct
import time

worker = next(thing for thing in gc.get_objects() if type(thing).__name__ == "Worker")
peer = worker.peer
sock = peer.channel._sock
own = {sock.fileno(), worker.report}  # descriptors that a worker has to have


def frame(body, claimed=None):
    """Send one frame, which may claim another length than it has."""
    sock.sendall(struct.pack("<IB", len(body) if claimed is None else claimed, 0) + body)


def encoded(value):
    """The bytes of one value."""
    encoder = peer._encoder(answer=True)
    encoder.value(value)
    return bytes(encoder.out)


def answer(raw):
    """Send a well-formed answer whose value is these bytes, then say nothing more."""
    frame(b"t" + struct.pack("<I", 5) + encoded("r") + raw + b"NNN")
    time.sleep(15)
