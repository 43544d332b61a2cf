"""An answer of the wrong shape that broadcasts to the right one.

Met by: tests with torch.allclose, which broadcasts (pytorch/pytorch, issue 47449).
"""

import honest
from honest import *

HONEST_POINTS = 3
EXPECTED_STATUS = "failed"


def softmax(x, dim=-1):
    return honest.softmax(x, dim)[None]
