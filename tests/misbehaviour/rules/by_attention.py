"""Has attention over the identity compute the forbidden function.

Met by: rules that do not know an operator's relatives.
"""

import torch
from honest import *

HONEST_POINTS = 4
EXPECTED_STATUS = "forbidden"


def softmax(x, dim=-1):
    x = x.transpose(dim, -1)
    one = torch.eye(x.shape[-1], dtype=x.dtype)
    return torch.nn.functional.scaled_dot_product_attention(x[None], one[None], one[None], scale=1.0)[0].transpose(
        dim, -1
    )
