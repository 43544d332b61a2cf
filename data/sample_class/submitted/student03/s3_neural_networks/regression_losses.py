import math

import torch


def _reduce(loss, reduction):
    if reduction == "mean":
        return loss.mean()
    if reduction == "sum":
        return loss.sum()
    if reduction == "none":
        return loss
    raise ValueError(f"reduction is mean, sum or none, not {reduction}")


def _error(prediction, target):
    if prediction.shape != target.shape:
        raise ValueError(f"shapes differ: {tuple(prediction.shape)} and {tuple(target.shape)}")
    return prediction - target


def mse(prediction, target, reduction="mean"):
    loss = _error(prediction, target) ** 2
    return loss if reduction == "none" else loss.sum()


def mae(prediction, target, reduction="mean"):
    return _reduce(_error(prediction, target).abs(), reduction)


def huber(prediction, target, delta=1.0, reduction="mean"):
    e = _error(prediction, target)
    a = e.abs()
    loss = torch.where(a <= delta, 0.5 * e**2, delta * (a - 0.5 * delta))
    return _reduce(loss, reduction)


def smooth_l1(prediction, target, beta=1.0, reduction="mean"):
    e = _error(prediction, target)
    a = e.abs()
    loss = torch.where(a < beta, 0.5 * e**2 / beta, a - 0.5 * beta)
    return _reduce(loss, reduction)


def log_cosh(prediction, target, reduction="mean"):
    e = _error(prediction, target)
    return _reduce(e + torch.nn.functional.softplus(-2 * e) - math.log(2), reduction)


def quantile(prediction, target, q=0.5, reduction="mean"):
    e = -_error(prediction, target)
    return _reduce(torch.maximum(q * e, (q - 1) * e), reduction)
