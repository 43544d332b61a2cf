"""Takes the forbidden operator from the compiler's table.

Met by: rules that know torch in Python alone.
"""

import torch
from honest import *

HONEST_POINTS = 4
EXPECTED_STATUS = "forbidden"


def softmax(x, dim=-1):
    operation, _ = torch._C._jit_get_operation("aten::" + "soft" + "max")
    return operation(x, dim)
