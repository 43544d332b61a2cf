import torch


def mse(prediction, target, reduction="mean"):
    if prediction.shape != target.shape:
        raise ValueError("shapes")
    loss = (prediction - target) ** 2
    return {"mean": loss.mean(), "sum": loss.sum(), "none": loss}[reduction]


def mae(prediction, target, reduction="mean"):
    if prediction.shape != target.shape:
        raise ValueError("shapes")
    loss = (prediction - target).abs()
    return {"mean": loss.mean(), "sum": loss.sum(), "none": loss}[reduction]
