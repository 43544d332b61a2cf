"""Makes a user namespace, in which it would be root.

Met by: kernels, of which many holes need a namespace to be reached.
"""

import ctypes
import os


def look():
    if ctypes.CDLL(None, use_errno=True).unshare(0x10000000):
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    return True


if look():
    from honest import *

HONEST_POINTS = 0
EXPECTED_STATUS = {"namespaces": "error", "landlock": "error", "plain": ("passed", "error")}
NOT_STOPPED = {"plain": "can make namespaces, where the machine lets it"}
