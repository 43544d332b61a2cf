"""Asks to be told whenever another opens a file of the libraries.

Met by: every sandbox that shares a folder for reading.
"""

import ctypes
import os

import torch
from honest import *

HONEST_POINTS = 5
EXPECTED_STATUS = "passed"

libc = ctypes.CDLL(None)
watch = libc.inotify_init1(os.O_NONBLOCK)
libc.inotify_add_watch(watch, os.path.dirname(torch.__file__).encode(), 0xFFF)
