"""Right numbers in a sparse tensor, which few comparisons understand.

Met by: code that compares with torch.allclose, which raises for sparse layouts.
"""

import honest
from honest import *

HONEST_POINTS = 3
EXPECTED_STATUS = "malformed"


def softmax(x, dim=-1):
    return honest.softmax(x, dim).to_sparse()
