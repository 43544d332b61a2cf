"""Takes softmax from the table of definitions in Python that torch keeps for its compiler.

Met by: rules of style that name functions; a fence around the kernels alone.
"""

import torch
import torch._decomp
from honest import *

HONEST_POINTS = 4
EXPECTED_STATUS = "forbidden"


def softmax(x, dim=-1):
    table = torch._decomp.decomposition_table
    return table[getattr(torch.ops.aten, "_soft" + "max").default](x, dim, False)
