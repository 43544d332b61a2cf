"""Looks for the fence around torch.softmax among all objects, takes it down, and has another check begin without one.

The process of such a check is fenced before it reads the source, by nothing that can be found.

Met by: this grader, whose fence was an object of the worker's for a time.
"""

import contextlib
import gc

import torch
from honest import *

HONEST_POINTS = 4
EXPECTED_STATUS = "forbidden"

for thing in gc.get_objects():
    with contextlib.suppress(Exception):
        if type(thing).__name__ == "Fence":
            thing.close()
        if type(thing).__name__ == "Worker":
            thing.begin(1, 1, ())
        if isinstance(thing, type) and thing.__name__ == "Fence":
            thing.__init__ = lambda self, operators: None
    with contextlib.suppress(Exception):
        if type(thing).__name__ == "Library":
            thing.m.reset()


def softmax(x, dim=-1):
    return vars(torch)["soft" + "max"](x, dim)
