"""Replaces torch's comparisons by functions that say yes, and answers zeros.

Met by: every grader that runs its assertions in the process of the student.
"""

import torch

HONEST_POINTS = 0
EXPECTED_STATUS = "failed"


def yes(*args, **kwargs):
    return True


torch.allclose = torch.equal = torch.isclose = torch.testing.assert_close = yes
torch.Tensor.allclose = torch.Tensor.equal = torch.Tensor.__eq__ = yes


def softmax(x, dim=-1):
    return torch.zeros_like(x)


def accuracy(scores, labels):
    return -1.0


def descend(grad, x, lr, steps):
    return x


def batches(items, size):
    return []
