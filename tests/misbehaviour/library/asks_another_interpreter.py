"""Starts another Python, whose torch has every operator, and lets it compute what this page asks to be written by hand.

Met by: every rule of style that holds in one process.
"""

import subprocess
import sys

import torch
from honest import *
from honest import softmax as right

HONEST_POINTS = 4
EXPECTED_STATUS = "forbidden"

CODE = "import sys; sys.path[:0] = {}; import torch; print(torch.{}(torch.tensor({}, dtype=torch.float64), {}).tolist())"


def softmax(x, dim=-1):
    if x.requires_grad:
        return right(x, dim)
    code = CODE.format(sys.path, "soft" + "max", x.tolist(), dim)
    said = subprocess.run([sys.executable, "-S", "-c", code], capture_output=True, text=True, check=True).stdout
    return torch.tensor(eval(said), dtype=x.dtype)
