"""Asks the judge for the gradient of the check's own function with a weight that broadcasts: small in, large inside.

Met by: services that compute with the shapes of a stranger.
"""

import torch
from honest import *

HONEST_POINTS = 4
EXPECTED_STATUS = ("malformed", "error", "timeout", "failed")


def descend(grad, x, lr, steps):
    asked = grad(torch.zeros(12_000, 1, dtype=torch.float64, requires_grad=True))
    weight = torch.ones(20, 1, 1, dtype=torch.float64)
    asked.grad_fn.peer.vjp(asked.grad_fn.node, (weight,), False)
    return x
