"""A tensor subclass that answers every question about itself as the asker would like.

Met by: whoever compares with torch.equal or == in the process of the student; a common prank.
"""

import torch
from honest import *

HONEST_POINTS = 3
EXPECTED_STATUS = "failed"


class Pleasing(torch.Tensor):
    """Equal to everything, of every shape."""

    @classmethod
    def __torch_function__(cls, function, types, args=(), kwargs=None):
        if function in (torch.equal, torch.allclose, torch.Tensor.__eq__, torch.Tensor.eq, torch.isclose):
            return torch.tensor(True)
        return super().__torch_function__(function, types, args, kwargs or {})


def softmax(x, dim=-1):
    return torch.zeros_like(x).as_subclass(Pleasing)
