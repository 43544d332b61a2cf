"""Uses a relative of the forbidden operator that nobody thinks of.

Met by: rules that do not know an operator's relatives.
"""

import torch
from honest import *

HONEST_POINTS = 4
EXPECTED_STATUS = "forbidden"


def softmax(x, dim=-1):
    x = x.transpose(dim, -1)
    return torch._masked_softmax(x[None, None], torch.zeros(1, 1, *x.shape, dtype=torch.bool))[0, 0].transpose(dim, -1)
