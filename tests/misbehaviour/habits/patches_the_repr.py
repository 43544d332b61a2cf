"""Replaces how tensors are printed, so that they show their shape.

Met by: every teacher whose students found it on a forum; packages do it, too.
"""

import torch
from honest import *

HONEST_POINTS = 5
EXPECTED_STATUS = "passed"

original = torch.Tensor.__repr__
torch.Tensor.__repr__ = lambda self, *args, **kwargs: f"{tuple(self.shape)} {original(self)}"
torch.Tensor.__str__ = lambda self: 1 / 0
torch.set_printoptions(precision=1, sci_mode=False)
