"""Reserves three files of 100 MB, each within the limit of one file, and removes them again.

Met by: graders that limit the size of a file and not the sum of all.
"""

import os

import honest
from honest import *

HONEST_POINTS = 4
EXPECTED_STATUS = {"namespaces": "error", "landlock": "passed", "plain": "passed"}
NOT_STOPPED = {
    "landlock": "can fill the disk of the machine's temporary folder while it runs",
    "plain": "can fill the disk while it runs",
}


def accuracy(scores, labels):
    names = [f"filling-{number}" for number in range(3)]
    try:
        for name in names:
            with open(name, "wb") as file:
                os.posix_fallocate(file.fileno(), 0, 100 << 20)
    finally:
        for name in names:
            if os.path.exists(name):
                os.remove(name)
    return honest.accuracy(scores, labels)
