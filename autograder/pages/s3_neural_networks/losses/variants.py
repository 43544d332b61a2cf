"""Other right ways to write this page."""

import math

import torch

from autograder.checking import variant


@variant("tables, logsigmoid and a curve filled in")
def reduce_loss(losses, reduction="mean"):
    table = {"mean": torch.mean, "sum": torch.sum, "none": lambda x: x}
    if reduction not in table:
        raise ValueError(reduction)
    return table[reduction](losses)


@variant("sums divided by numel, softplus and Python numbers")
def reduce_loss(losses, reduction="mean"):
    match reduction:
        case "none":
            return losses.clone()
        case "sum":
            return torch.sum(losses)
        case "mean":
            return torch.sum(losses) / losses.numel()
    raise ValueError(f"unknown reduction {reduction}")


@variant("tables, logsigmoid and a curve filled in")
def gaussian_nll(mu, sigma, y, reduction="mean"):
    if isinstance(sigma, torch.Tensor):
        if not bool(torch.all(sigma > 0)):
            raise ValueError("sigma must be positive")
        scale = torch.log(sigma)
    else:
        if not sigma > 0:
            raise ValueError("sigma must be positive")
        scale = math.log(sigma)
    losses = (mu - y).square() / (2 * sigma**2) + scale + 0.5 * math.log(2 * math.pi)
    return reduce_loss(losses, reduction)


@variant("sums divided by numel, softplus and Python numbers")
def gaussian_nll(mu, sigma, y, reduction="mean"):
    width = sigma if torch.is_tensor(sigma) else torch.full((), float(sigma), dtype=mu.dtype)
    if width.numel() and not width.min() > 0:
        raise ValueError("sigma must be positive")
    losses = 0.5 * (torch.log(2 * torch.pi * width * width) + torch.pow((y - mu) / width, 2))
    if reduction not in ("none", "mean", "sum"):
        raise ValueError(f"no reduction is called {reduction}")
    return losses if reduction == "none" else getattr(losses, reduction)()


@variant("tables, logsigmoid and a curve filled in")
def bernoulli_nll(logits, y, reduction="mean"):
    log_one = torch.nn.functional.logsigmoid(logits)
    log_zero = torch.nn.functional.logsigmoid(-logits)
    return reduce_loss(-(y * log_one + (1 - y) * log_zero), reduction)


@variant("sums divided by numel, softplus and Python numbers")
def bernoulli_nll(logits, y, reduction="mean"):
    return reduce_loss(torch.nn.functional.softplus(logits) - y * logits, reduction)


@variant("the logsumexp of 0 and z, stacked, and map")
def bernoulli_nll(logits, y, reduction="mean"):
    pair = torch.stack([torch.zeros_like(logits), logits])
    return reduce_loss(pair.logsumexp(0) - y * logits, reduction)


@variant("softplus written out, with maximum")
def bernoulli_nll(logits, y, reduction="mean"):
    top = torch.maximum(logits, torch.zeros_like(logits))
    return reduce_loss(top - y * logits + torch.log1p(torch.exp(-torch.abs(logits))), reduction)


@variant("tables, logsigmoid and a curve filled in")
def loss_curve_1d(loss, grid):
    curve = torch.empty_like(grid)
    for g in range(len(grid)):
        curve[g] = loss(grid[g])
    return curve


@variant("sums divided by numel, softplus and Python numbers")
def loss_curve_1d(loss, grid):
    return torch.tensor([float(loss(c)) for c in grid.unbind()], dtype=grid.dtype)


@variant("the logsumexp of 0 and z, stacked, and map")
def loss_curve_1d(loss, grid):
    return torch.stack(tuple(map(loss, grid)))


@variant("autograd functions of its own")
class Coin(torch.autograd.Function):
    @staticmethod
    def forward(ctx, z, y):
        ctx.save_for_backward(z, y)
        return z.clamp(min=0) - y * z + torch.log1p(torch.exp(-z.abs()))

    @staticmethod
    def backward(ctx, grad):
        z, y = ctx.saved_tensors
        return grad * (torch.sigmoid(z) - y), -grad * z


@variant("autograd functions of its own")
def bernoulli_nll(logits, y, reduction="mean"):
    return reduce_loss(Coin.apply(*torch.broadcast_tensors(logits, y)), reduction)


@variant("autograd functions of its own")
def gaussian_nll(mu, sigma, y, reduction="mean"):
    sigma = sigma if isinstance(sigma, torch.Tensor) else mu.new_tensor(sigma)
    if not (sigma > 0).all():
        raise ValueError("sigma")
    precision = 1 / sigma
    away = (mu - y) * precision
    return reduce_loss(0.5 * away * away - precision.log() + 0.5 * math.log(math.tau), reduction)


@variant("entry by entry")
def reduce_loss(losses, reduction="mean"):
    if reduction == "none":
        return losses * 1
    if reduction not in ("sum", "mean"):
        raise ValueError("unknown")
    total = losses.new_zeros(())
    for entry in losses.reshape(-1):
        total = total + entry
    return total if reduction == "sum" else total / losses.numel()


@variant("entry by entry")
def bernoulli_nll(logits, y, reduction="mean"):
    logits, y = torch.broadcast_tensors(logits, y)
    losses = []
    for z, share in zip(logits.reshape(-1), y.reshape(-1)):
        if z > 0:
            losses.append(z + torch.log1p((-z).exp()) - share * z)
        else:
            losses.append(torch.log1p(z.exp()) - share * z)
    return reduce_loss(torch.stack(losses).reshape(logits.shape), reduction)
