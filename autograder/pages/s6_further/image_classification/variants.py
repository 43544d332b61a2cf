"""Other right ways to count, mix and schedule."""

import math

import torch

from autograder.checking import variant


@variant("by places, row by row")
def topk_accuracy(logits, labels, k=1):
    if k <= 0:
        raise ValueError("k must be positive")
    if not len(labels):
        return 0.0
    right = [int((row > row[label]).sum()) < k for row, label in zip(logits, labels)]
    return sum(right) / len(right)


@variant("by places, row by row")
def mixup(x, y, lam, permutation=None, num_classes=None):
    if y.ndim == 1 and num_classes is None:
        raise ValueError("how many classes?")
    labels = torch.eye(num_classes)[y] if y.ndim == 1 else y
    labels = labels.to(x.dtype)
    order = torch.randperm(len(x)).tolist() if permutation is None else permutation.tolist()
    lams = lam.tolist() if isinstance(lam, torch.Tensor) and lam.ndim else [lam] * len(x)
    images = [a * x[i] + (1 - a) * x[j] for i, (a, j) in enumerate(zip(lams, order))]
    mixed = [a * labels[i] + (1 - a) * labels[j] for i, (a, j) in enumerate(zip(lams, order))]
    return torch.stack(images), torch.stack(mixed)


@variant("by places, row by row")
def cosine_lr(step, total, lr, warmup=0, lr_min=0.0):
    if warmup < 0 or warmup >= total:
        raise ValueError("no room for the warm-up")
    if step < warmup:
        return step * (lr / warmup)
    if step >= total:
        return lr_min
    return lr_min + (lr - lr_min) * math.cos(math.pi / 2 * (step - warmup) / (total - warmup)) ** 2


@variant("after a softmax, which keeps the order")
def topk_accuracy(logits, labels, k=1):
    if k < 1:
        raise ValueError("k must be positive")
    best = torch.softmax(logits, dim=1).argsort(dim=1, descending=True)[:, :k]
    return best.eq(labels.unsqueeze(1)).sum().double() / max(1, len(labels))


@variant("with lerp, drawing the partners by sorting noise")
def mixup(x, y, lam, permutation=None, num_classes=None):
    if permutation is None:
        permutation = torch.rand(len(x)).argsort()
    if y.dim() == 1:
        if not num_classes:
            raise ValueError("how many classes?")
        y = torch.zeros(len(y), num_classes, dtype=x.dtype).scatter(1, y.unsqueeze(1), 1.0)
    weight = torch.as_tensor(lam, dtype=x.dtype).expand(len(x))
    images = torch.lerp(x[permutation], x, weight.view(-1, *(1 for _ in x.shape[1:])))
    return images, weight[:, None] * y.to(x.dtype) + (1 - weight)[:, None] * y[permutation].to(x.dtype)


@variant("in tensors, cut off at both ends")
def cosine_lr(step, total, lr, warmup=0, lr_min=0.0):
    if warmup not in range(total):
        raise ValueError("no room for the warm-up")
    t = torch.tensor(float(step), dtype=torch.float64)
    fall = ((t - warmup) / (total - warmup)).clamp(0, 1)
    rate = lr_min + 0.5 * (lr - lr_min) * (1 + torch.cos(torch.pi * fall))
    return torch.where(t < warmup, lr * t / max(warmup, 1), rate)
