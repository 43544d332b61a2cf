"""Wrong ways to write the regression losses, as students write them."""

import math

import torch

from autograder.checking import misconception


@misconception(
    "adds the squares up where their mean was asked for",
    hint="The loss grows with the number of examples. What must the sum be divided by?",
    dies_by="test_mse",
)
def mse(prediction, target, reduction="mean"):
    losses = errors(prediction, target) ** 2
    return losses if reduction == "none" else losses.sum()


@misconception(
    "averages over dim 0 only",
    hint="mean(0) of a (2, 3) tensor leaves three numbers. A loss is a single one: the mean over all entries.",
    dies_by="test_mse",
)
def mse(prediction, target, reduction="mean"):
    losses = errors(prediction, target) ** 2
    if reduction == "mean":
        return losses.mean(0)
    return losses.sum(0) if reduction == "sum" else losses


@misconception(
    "halves the squared error",
    hint="The half makes the derivative tidy and belongs to Huber's loss; the mean squared error has none.",
    dies_by="test_mse",
)
def mse(prediction, target, reduction="mean"):
    return reduce_loss(errors(prediction, target) ** 2 / 2, reduction)


@misconception(
    "takes the root of the mean squared error",
    hint="That is the RMSE, a number to report in the target's unit. The loss is the mean itself.",
    dies_by="test_mse",
)
def mse(prediction, target, reduction="mean"):
    losses = errors(prediction, target) ** 2
    return losses.mean().sqrt() if reduction == "mean" else reduce_loss(losses, reduction)


@misconception(
    "lets unequal shapes broadcast",
    hint="Print (prediction - target).shape for shapes (4, 1) and (4,). Compare the shapes before you subtract.",
    dies_by="test_unequal_shapes",
)
def mse(prediction, target, reduction="mean"):
    return reduce_loss((prediction - target) ** 2, reduction)


@misconception(
    "squeezes dimensions of size 1 away",
    hint="Once squeezed, (4, 1) and (4,) pass as equal, and (1,) becomes (). Compare the shapes as they came.",
    dies_by="test_unequal_shapes",
)
def mse(prediction, target, reduction="mean"):
    return reduce_loss(errors(prediction.squeeze(), target.squeeze()) ** 2, reduction)


@misconception(
    "leaves the computation graph on the way",
    hint="After .detach(), .item() or .numpy() the loss is a bare number: no gradient can reach the prediction.",
    dies_by="test_gradients",
)
def mse(prediction, target, reduction="mean"):
    return reduce_loss(errors(prediction.detach(), target) ** 2, reduction)


@misconception(
    "borrows PyTorch's loss instead of writing it",
    hint="The numbers are right; the exercise is to see how they come about. Subtract, square, take the mean.",
    dies_by="test_written_by_hand",
)
def mse(prediction, target, reduction="mean"):
    errors(prediction, target)
    return torch.nn.functional.mse_loss(prediction, target, reduction=reduction)


@misconception(
    "forgets the absolute value, so that errors cancel",
    hint="Errors of -2 and 2 have a mean of 0. How can an error never be paid for by another?",
    dies_by="test_mae",
)
def mae(prediction, target, reduction="mean"):
    return reduce_loss(errors(prediction, target), reduction)


@misconception(
    "divides by the number of rows instead of the number of entries",
    hint="len() of a (2, 3) tensor is 2, but six errors were added up.",
    dies_by="test_mae",
)
def mae(prediction, target, reduction="mean"):
    losses = errors(prediction, target).abs()
    return losses.sum() / len(losses) if reduction == "mean" else reduce_loss(losses, reduction)


@misconception(
    "has NaN for a gradient where an error is 0",
    hint="The root is infinitely steep at 0, so the gradient is infinity times zero: NaN. There is a function for |e|.",
    dies_by="test_gradients",
)
def mae(prediction, target, reduction="mean"):
    return reduce_loss((errors(prediction, target) ** 2).sqrt(), reduction)


@misconception(
    "always takes the mean, whatever `reduction` says",
    hint='The parameter `reduction` is not used. What must come back for "sum", and what for "none"?',
    dies_by="test_reductions",
)
def mae(prediction, target, reduction="mean"):
    return errors(prediction, target).abs().mean()


@misconception(
    "subtracts in place, changing the caller's prediction",
    hint="`prediction -= target` writes into the tensor you were given. Write `error = prediction - target` instead.",
    dies_by="test_leaves_inputs_and_dtype_alone",
)
def mae(prediction, target, reduction="mean"):
    errors(prediction, target)
    prediction = prediction.clone() if prediction.requires_grad else prediction
    prediction -= target
    return reduce_loss(prediction.abs(), reduction)


@misconception(
    "leaves out -delta^2 / 2 in the straight part",
    hint="At an error of delta the parabola has the value delta^2 / 2. Which value has your straight part there?",
    dies_by="test_joins",
)
def huber(prediction, target, delta=1.0, reduction="mean"):
    size = errors(prediction, target).abs()
    return reduce_loss(torch.where(size <= delta, size**2 / 2, delta * size), reduction)


@misconception(
    "gives the straight part the slope 1 instead of delta",
    hint="The parabola arrives at delta with the slope delta. With delta = 1 you do not see it; try delta = 2.",
    dies_by="test_huber",
)
def huber(prediction, target, delta=1.0, reduction="mean"):
    size = errors(prediction, target).abs()
    return reduce_loss(torch.where(size <= delta, size**2 / 2, size - delta / 2), reduction)


@misconception(
    "forgets the half in the quadratic part",
    hint="e^2 arrives at delta with the slope 2 delta, but the straight part goes on with delta. Halve something.",
    dies_by="test_joins",
)
def huber(prediction, target, delta=1.0, reduction="mean"):
    size = errors(prediction, target).abs()
    return reduce_loss(torch.where(size <= delta, size**2, delta * (size - delta / 2)), reduction)


@misconception(
    "compares the signed error with delta",
    hint="An error of -100 is smaller than delta, so it is squared. Which quantity says how large an error is?",
    dies_by="test_huber",
)
def huber(prediction, target, delta=1.0, reduction="mean"):
    error = errors(prediction, target)
    return reduce_loss(torch.where(error <= delta, error**2 / 2, delta * (error.abs() - delta / 2)), reduction)


@misconception(
    "chooses one branch for the whole batch",
    hint="An `if` decides once. Small and large errors stand side by side: decide for each entry, with torch.where.",
    dies_by="test_huber",
)
def huber(prediction, target, delta=1.0, reduction="mean"):
    size = errors(prediction, target).abs()
    losses = size**2 / 2 if (size <= delta).all() else delta * (size - delta / 2)
    return reduce_loss(losses, reduction)


@misconception(
    "is Huber's loss, not divided by beta",
    hint="For large errors the slope of smooth_l1 is 1, whatever beta is. What is yours for beta = 2?",
    dies_by="test_smooth_l1",
)
def smooth_l1(prediction, target, beta=1.0, reduction="mean"):
    return huber(prediction, target, beta, reduction)


@misconception(
    "subtracts 1/2 in the straight part, whatever beta is",
    hint="|e| - 1/2 fits beta = 1 only. At an error of beta the parabola is at beta / 2: what must be taken off |e|?",
    dies_by="test_joins",
)
def smooth_l1(prediction, target, beta=1.0, reduction="mean"):
    size = errors(prediction, target).abs()
    return reduce_loss(torch.where(size < beta, size**2 / (2 * beta), size - 0.5), reduction)


@misconception(
    "computes cosh, which overflows",
    hint="cosh(1000) is inf, and its logarithm too. Take the factor exp(|e|) out before the logarithm.",
    dies_by="test_log_cosh_far",
)
def log_cosh(prediction, target, reduction="mean"):
    return reduce_loss(errors(prediction, target).cosh().log(), reduction)


@misconception(
    "has the right values, and NaN for a gradient where cosh overflows",
    hint="The branch not taken still has a gradient: 0 times infinity, NaN. Find a form that never overflows.",
    dies_by="test_log_cosh_far",
)
def log_cosh(prediction, target, reduction="mean"):
    error = errors(prediction, target)
    losses = torch.where(error.abs() < 20, error.cosh().log(), error.abs() - math.log(2))
    return reduce_loss(losses, reduction)


@misconception(
    "forgets - ln 2",
    hint="What does your loss say for an error of 0, and what is log cosh 0?",
    dies_by="test_log_cosh",
)
def log_cosh(prediction, target, reduction="mean"):
    size = errors(prediction, target).abs()
    return reduce_loss(size + torch.log1p(torch.exp(-2 * size)), reduction)


@misconception(
    "takes prediction minus target, so that it leans the wrong way",
    hint="With q = 0.9 a prediction that is too low must cost more. Which sign has target - prediction then?",
    dies_by="test_quantile",
)
def quantile(prediction, target, q=0.5, reduction="mean"):
    error = errors(prediction, target)
    return reduce_loss(torch.maximum(q * error, (q - 1) * error), reduction)


@misconception(
    "weighs both sides with q",
    hint="Then q only scales the absolute error and never leans. One side weighs q, the other 1 - q.",
    dies_by="test_quantile",
)
def quantile(prediction, target, q=0.5, reduction="mean"):
    return reduce_loss(q * errors(prediction, target).abs(), reduction)


@misconception(
    "becomes negative where the prediction is too high",
    hint="No loss is below 0. With a negative difference, which sign must its weight have: q - 1 or 1 - q?",
    dies_by="test_quantile",
)
def quantile(prediction, target, q=0.5, reduction="mean"):
    shortfall = target - prediction + 0 * errors(prediction, target)
    return reduce_loss(torch.where(shortfall > 0, q * shortfall, (1 - q) * shortfall), reduction)


@misconception(
    "drops the second exponential where it still counts",
    hint="At an error of 8 the loss is 8 - ln 2 + 1e-7, at 4 the last term is 3e-4. From which size on is it below the "
    "rounding of float64? log1p needs no such border.",
    dies_by="test_log_cosh",
)
def log_cosh(prediction, target, reduction="mean"):
    size = errors(prediction, target).abs()
    near = size.clamp(max=6).cosh().log()
    return reduce_loss(torch.where(size < 6, near, size - math.log(2)), reduction)


@misconception(
    "lets no gradient reach the target",
    hint="The docstring promises a gradient for prediction and target. Is there a .detach() on one of them?",
    dies_by="test_gradients",
)
def mse(prediction, target, reduction="mean"):
    return reduce_loss(errors(prediction, target.detach()) ** 2, reduction)


@misconception(
    "gives an error of 0 a slope that is no number",
    hint="Where the error is 0 the root of its square has an infinite slope, and 0 * inf is NaN. torch.maximum, abs and "
    "where have none of this.",
    dies_by="test_gradients",
)
def quantile(prediction, target, q=0.5, reduction="mean"):
    shortfall = -errors(prediction, target)
    losses = 0.5 * (shortfall**2).sqrt() + (q - 0.5) * shortfall
    return reduce_loss(losses, reduction)


@misconception(
    "takes the smaller of the two sides",
    hint="The loss is never below 0. Of q e and (q - 1) e one is negative: which of the two is meant?",
    dies_by="test_quantile",
)
def quantile(prediction, target, q=0.5, reduction="mean"):
    e = errors(target, prediction)
    return reduce_loss(torch.minimum(q * e, (q - 1) * e), reduction)


@misconception(
    "is NaN where the square of the error is too large",
    hint="0 times infinity is NaN: do not multiply the branch that is not wanted by 0, choose with torch.where.",
    dies_by="test_gradients",
)
def huber(prediction, target, delta=1.0, reduction="mean"):
    size = errors(prediction, target).abs()
    near = (size <= delta).to(size.dtype)
    return reduce_loss(near * size**2 / 2 + (1 - near) * delta * (size - delta / 2), reduction)


@misconception(
    "takes q = 0.5 where 0 is asked for",
    hint="`q or 0.5` is 0.5 for q = 0, since 0 counts as false.",
    dies_by="test_quantile",
)
def quantile(prediction, target, q=0.5, reduction="mean"):
    shortfall = -errors(prediction, target)
    q = q or 0.5
    return reduce_loss(torch.maximum(q * shortfall, (q - 1) * shortfall), reduction)
