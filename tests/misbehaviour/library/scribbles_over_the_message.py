"""Writes zeros over all memory that it shares with the judge, where its arguments are, and answers what is right for them.

Met by: judges that read their own inputs again from memory that others can write.
"""

import gc
import mmap

import torch
from honest import *
from honest import softmax as right

HONEST_POINTS = 3
EXPECTED_STATUS = "failed"


def softmax(x, dim=-1):
    for thing in gc.get_objects():
        if isinstance(thing, mmap.mmap):
            thing[:] = bytes(len(thing))
    x.data.fill_(0)
    return right(torch.zeros_like(x), dim) + 0 * x
