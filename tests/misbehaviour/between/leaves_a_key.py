"""Puts a word into a keyring of the kernel's.

Met by: sandboxes that share a user: keyrings belong to users and not to containers.
"""

import ctypes
import os

from honest import *

HONEST_POINTS = 5
EXPECTED_STATUS = "passed"

CALL = {"x86_64": 248, "aarch64": 217}[os.uname().machine]
ctypes.CDLL(None).syscall(CALL, b"user", b"gradus", b"word", 4, -2)  # its own process's keyring
