"""First drafts of this page, as beginners hand them in."""

# %% the formulas alone
# mse: lets unequal shapes broadcast
# mae: says "nothing was raised where ValueError was expected"
# huber: chooses one branch for the whole batch
#   or: says "Boolean value of Tensor"
def mse(prediction, target, reduction="mean"):
    e = (prediction - target) ** 2
    if reduction == "mean":
        return e.mean()
    elif reduction == "sum":
        return e.sum()
    return e


def mae(prediction, target, reduction="mean"):
    e = torch.abs(prediction - target)
    if reduction == "mean":
        return e.mean()
    elif reduction == "sum":
        return e.sum()
    return e


def huber(prediction, target, delta=1.0, reduction="mean"):
    e = torch.abs(prediction - target)
    if e <= delta:
        loss = e**2 / 2
    else:
        loss = delta * (e - delta / 2)
    return loss.mean()


# %% the reduction overlooked
# mse: adds the squares up where their mean was asked for
# mae: always takes the mean, whatever `reduction` says
# quantile: weighs both sides with q
def mse(prediction, target, reduction="mean"):
    if prediction.shape != target.shape:
        raise ValueError("shapes")
    return torch.sum((prediction - target) ** 2)


def mae(prediction, target, reduction="mean"):
    if prediction.shape != target.shape:
        raise ValueError("shapes")
    return torch.mean(torch.abs(prediction - target))


def quantile(prediction, target, q=0.5, reduction="mean"):
    if prediction.shape != target.shape:
        raise ValueError("shapes")
    loss = q * (target - prediction).abs()
    if reduction == "mean":
        return loss.mean()
    if reduction == "sum":
        return loss.sum()
    return loss


# %% huber without its constants
# huber: leaves out -delta^2 / 2 in the straight part
# smooth_l1: is Huber's loss, not divided by beta
# log_cosh: computes cosh, which overflows
def errors(prediction, target):
    if prediction.shape != target.shape:
        raise ValueError(f"{prediction.shape} is not {target.shape}")
    return prediction - target


def reduce_loss(losses, reduction="mean"):
    if reduction == "mean":
        return losses.mean()
    if reduction == "sum":
        return losses.sum()
    if reduction == "none":
        return losses


def huber(prediction, target, delta=1.0, reduction="mean"):
    e = errors(prediction, target).abs()
    loss = torch.where(e <= delta, 0.5 * e**2, delta * e)
    return reduce_loss(loss, reduction)


def smooth_l1(prediction, target, beta=1.0, reduction="mean"):
    e = errors(prediction, target).abs()
    loss = torch.where(e <= beta, 0.5 * e**2, beta * (e - 0.5 * beta))
    return reduce_loss(loss, reduction)


def log_cosh(prediction, target, reduction="mean"):
    return reduce_loss(torch.log(torch.cosh(errors(prediction, target))), reduction)


# %% halves and signs
# mse: halves the squared error
# mae: forgets the absolute value, so that errors cancel
# quantile: takes prediction minus target, so that it leans the wrong way
def errors(prediction, target):
    if prediction.shape != target.shape:
        raise ValueError
    return prediction - target


def reduce_loss(losses, reduction="mean"):
    if reduction == "mean":
        return losses.mean()
    elif reduction == "sum":
        return losses.sum()
    else:
        return losses


def mse(prediction, target, reduction="mean"):
    return reduce_loss(0.5 * errors(prediction, target) ** 2, reduction)


def mae(prediction, target, reduction="mean"):
    return reduce_loss(errors(prediction, target), reduction)


def quantile(prediction, target, q=0.5, reduction="mean"):
    e = errors(prediction, target)
    return reduce_loss(torch.max(q * e, (q - 1) * e), reduction)


# %% the root, and len for the number of entries
# mse: takes the root of the mean squared error
# mae: divides by the number of rows instead of the number of entries
# log_cosh: forgets - ln 2
def errors(prediction, target):
    assert prediction.shape == target.shape
    return prediction - target


def mse(prediction, target, reduction="mean"):
    if prediction.shape != target.shape:
        raise ValueError("different shapes")
    losses = (prediction - target) ** 2
    if reduction == "none":
        return losses
    if reduction == "sum":
        return losses.sum()
    return torch.sqrt(losses.mean())


def mae(prediction, target, reduction="mean"):
    if prediction.shape != target.shape:
        raise ValueError("different shapes")
    losses = (prediction - target).abs()
    if reduction == "none":
        return losses
    if reduction == "sum":
        return losses.sum()
    return losses.sum() / len(prediction)


def log_cosh(prediction, target, reduction="mean"):
    if prediction.shape != target.shape:
        raise ValueError("different shapes")
    e = (prediction - target).abs()
    losses = e + torch.log(1 + torch.exp(-2 * e))
    if reduction == "none":
        return losses
    if reduction == "sum":
        return losses.sum()
    return losses.mean()


# %% an assert, and Python's numbers
# mse: leaves the computation graph on the way
# mae: says "AssertionError"
# huber: compares the signed error with delta
def mse(prediction, target, reduction="mean"):
    if prediction.shape != target.shape:
        raise ValueError("shapes differ")
    losses = ((prediction - target) ** 2).detach()
    if reduction == "mean":
        return losses.mean()
    elif reduction == "sum":
        return losses.sum()
    return losses


def mae(prediction, target, reduction="mean"):
    assert prediction.shape == target.shape, "shapes differ"
    losses = torch.abs(prediction - target)
    if reduction == "mean":
        return losses.mean()
    elif reduction == "sum":
        return losses.sum()
    return losses


def huber(prediction, target, delta=1.0, reduction="mean"):
    if prediction.shape != target.shape:
        raise ValueError("shapes differ")
    e = prediction - target
    losses = torch.where(e < delta, e**2 / 2, delta * (e.abs() - delta / 2))
    if reduction == "mean":
        return losses.mean()
    elif reduction == "sum":
        return losses.sum()
    return losses


# %% slopes of 1, squeezed shapes
# huber: gives the straight part the slope 1 instead of delta
# smooth_l1: subtracts 1/2 in the straight part, whatever beta is
# mse: squeezes dimensions of size 1 away
def errors(prediction, target):
    if prediction.shape != target.shape:
        raise ValueError("shape mismatch")
    return prediction - target


def reduce_loss(losses, reduction="mean"):
    return {"mean": losses.mean(), "sum": losses.sum(), "none": losses}[reduction]


def mse(prediction, target, reduction="mean"):
    return reduce_loss(errors(prediction.squeeze(), target.squeeze()).pow(2), reduction)


def huber(prediction, target, delta=1.0, reduction="mean"):
    e = torch.abs(errors(prediction, target))
    return reduce_loss(torch.where(e < delta, 0.5 * e**2, e - 0.5 * delta), reduction)


def smooth_l1(prediction, target, beta=1.0, reduction="mean"):
    e = torch.abs(errors(prediction, target))
    return reduce_loss(torch.where(e < beta, 0.5 * e**2 / beta, e - 0.5), reduction)


# %% the square's root, cosh thrown away
# mae: has NaN for a gradient where an error is 0
# log_cosh: has the right values, and NaN for a gradient where cosh overflows
# huber: forgets the half in the quadratic part
import math


def errors(prediction, target):
    if prediction.shape != target.shape:
        raise ValueError("shape mismatch")
    return prediction - target


def reduce_loss(losses, reduction="mean"):
    if reduction == "sum":
        return losses.sum()
    if reduction == "none":
        return losses
    return losses.mean()


def mae(prediction, target, reduction="mean"):
    return reduce_loss(torch.sqrt(errors(prediction, target) ** 2), reduction)


def huber(prediction, target, delta=1.0, reduction="mean"):
    e = errors(prediction, target).abs()
    return reduce_loss(torch.where(e < delta, e**2, delta * (e - delta / 2)), reduction)


def log_cosh(prediction, target, reduction="mean"):
    e = errors(prediction, target)
    losses = torch.where(e.abs() > 50, e.abs() - math.log(2), torch.log(torch.cosh(e)))
    return reduce_loss(losses, reduction)


# %% in place, over dim 0
# mse: averages over dim 0 only
# mae: subtracts in place, changing the caller's prediction
# quantile: becomes negative where the prediction is too high
def mse(prediction, target, reduction="mean"):
    if prediction.shape != target.shape:
        raise ValueError("shape mismatch")
    e = (prediction - target) ** 2
    if reduction == "mean":
        return e.mean(dim=0)
    if reduction == "sum":
        return e.sum(dim=0)
    return e


def mae(prediction, target, reduction="mean"):
    if prediction.shape != target.shape:
        raise ValueError("shape mismatch")
    prediction -= target
    e = prediction.abs()
    if reduction == "mean":
        return e.mean()
    if reduction == "sum":
        return e.sum()
    return e


def quantile(prediction, target, q=0.5, reduction="mean"):
    if prediction.shape != target.shape:
        raise ValueError("shape mismatch")
    e = target - prediction
    losses = torch.where(e > 0, q * e, (1 - q) * e)
    if reduction == "mean":
        return losses.mean()
    if reduction == "sum":
        return losses.sum()
    return losses


# %% PyTorch's own, and one case for the reduction
# mse: borrows PyTorch's loss instead of writing it
# smooth_l1: says "reduction='mean'"
# log_cosh: computes cosh, which overflows
import torch.nn.functional as F


def mse(prediction, target, reduction="mean"):
    if prediction.shape != target.shape:
        raise ValueError
    return F.mse_loss(prediction, target, reduction=reduction)


def huber(prediction, target, delta=1.0, reduction="mean"):
    if prediction.shape != target.shape:
        raise ValueError
    size = abs(prediction - target)
    losses = torch.where(size <= delta, size**2 / 2, delta * (size - delta / 2))
    if reduction == "mean":
        return losses.mean()
    if reduction == "sum":
        return losses.sum()
    return losses


def smooth_l1(prediction, target, beta=1.0, reduction="mean"):
    return huber(prediction, target, beta) / beta


def log_cosh(prediction, target, reduction="mean"):
    if prediction.shape != target.shape:
        raise ValueError
    losses = torch.log((torch.exp(prediction - target) + torch.exp(target - prediction)) / 2)
    if reduction == "mean":
        return losses.mean()
    if reduction == "sum":
        return losses.sum()
    return losses


# %% means over dim 0, and the smaller side
# mse: averages over dim 0 only
# huber: gives the straight part the slope 1 instead of delta
# log_cosh: forgets - ln 2
# quantile: takes the smaller of the two sides
def errors(prediction, target):
    if prediction.shape != target.shape:
        raise ValueError("shape")
    return target - prediction


def reduce_loss(losses, reduction="mean"):
    if reduction == "mean":
        return losses.mean(dim=0)
    elif reduction == "sum":
        return losses.sum(dim=0)
    elif reduction == "none":
        return losses


def mse(prediction, target, reduction="mean"):
    return reduce_loss(errors(prediction, target).pow(2), reduction)


def mae(prediction, target, reduction="mean"):
    return reduce_loss(torch.abs(errors(prediction, target)), reduction)


def huber(prediction, target, delta=1.0, reduction="mean"):
    e = errors(prediction, target).abs()
    return reduce_loss(torch.where(e <= delta, 0.5 * e * e, e - delta / 2), reduction)


def log_cosh(prediction, target, reduction="mean"):
    e = errors(prediction, target).abs()
    return reduce_loss(e + torch.log1p(torch.exp(-2 * e)), reduction)


def quantile(prediction, target, q=0.5, reduction="mean"):
    e = errors(prediction, target)
    return reduce_loss(torch.minimum(q * e, (q - 1) * e), reduction)
