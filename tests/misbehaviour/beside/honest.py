"""The page done right: what a submission of this corpus imports for the parts in which it does not misbehave."""

import torch


def softmax(x: torch.Tensor, dim: int = -1) -> torch.Tensor:
    """Probabilities along `dim`."""
    e = (x - x.amax(dim, keepdim=True)).exp()
    return e / e.sum(dim, keepdim=True)


def accuracy(scores: torch.Tensor, labels: torch.Tensor) -> float:
    """The share of rows whose largest score stands at the label."""
    return (scores.argmax(1) == labels).double().mean().item()


def descend(grad, x, lr, steps):
    """Plain gradient descent."""
    for _ in range(steps):
        x = x - lr * grad(x)
    return x


def batches(items, size):
    """Pieces of `size`, in order."""
    for start in range(0, len(items), size):
        yield items[start : start + size]
