"""Nests twelve hundred folders in its own: too deep a tree for who removes it by recursion.

Met by: shutil.rmtree (python/cpython, issue 89727), which recursed until Python 3.12.4.
"""

import os

import honest
from honest import *

HONEST_POINTS = 5
EXPECTED_STATUS = "passed"

home = os.getcwd()


def accuracy(scores, labels):
    try:
        for _ in range(1200):
            os.mkdir("d")
            os.chdir("d")
    finally:
        os.chdir(home)
    return honest.accuracy(scores, labels)
