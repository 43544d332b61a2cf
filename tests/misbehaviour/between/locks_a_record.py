"""Locks single bytes of a file of the libraries, one for each bit that it would tell.

Met by: every sandbox that shares a folder for reading.
"""

import fcntl

import torch
from honest import *

HONEST_POINTS = 5
EXPECTED_STATUS = "passed"

locked = open(torch.__file__)
for bit in (1, 2, 5, 8):
    fcntl.lockf(locked, fcntl.LOCK_SH | fcntl.LOCK_NB, 1, bit)
