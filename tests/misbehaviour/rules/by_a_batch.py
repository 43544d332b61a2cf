"""Maps the forbidden function over rows.

Met by: modes that do not reach into a transform.
"""

import torch
from honest import *

HONEST_POINTS = 4
EXPECTED_STATUS = "forbidden"


def softmax(x, dim=-1):
    rows = torch.vmap(lambda row: getattr(row, "soft" + "max")(-1))(x.transpose(dim, -1))
    return rows.transpose(dim, -1)
