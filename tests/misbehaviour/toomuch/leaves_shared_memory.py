"""Leaves a file in /dev/shm, which is memory and stays when the process is gone. It is one kilobyte here.

Met by: isolate, which has given each box a /dev/shm of its own since version 2.6.
"""

from whereabouts import SHARED

with open(f"/dev/shm/{SHARED}", "wb") as file:
    file.write(bytes(1024))

from honest import *

HONEST_POINTS = 5
EXPECTED_STATUS = {"namespaces": "passed", "landlock": "passed", "plain": "passed"}
NOT_STOPPED = {"plain": "can leave files in /dev/shm"}
