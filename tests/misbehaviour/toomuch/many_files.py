"""Makes four thousand three hundred empty files in its own folder.

Met by: graders on file systems that run out of inodes before they run out of room.
"""

import os

import honest
from honest import *

HONEST_POINTS = 4
EXPECTED_STATUS = {"namespaces": "error", "landlock": ("passed", "timeout"), "plain": ("passed", "timeout")}
NOT_STOPPED = {"landlock": "can make any number of files while it runs", "plain": "can make any number of files"}


def accuracy(scores, labels):
    for number in range(4300):
        os.close(os.open(f"empty-{number}", os.O_CREAT | os.O_WRONLY))
    return honest.accuracy(scores, labels)
