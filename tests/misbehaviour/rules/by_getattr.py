"""Takes the forbidden function by a name that is put together when it is called.

Met by: every rule that reads names in a source.
"""

import torch
from honest import *

HONEST_POINTS = 4
EXPECTED_STATUS = "forbidden"


def softmax(x, dim=-1):
    return getattr(torch, "".join(["soft", "max"]))(x, dim)
