"""Wrong ways to write the losses of this page, as students write them."""

import math

import torch

from autograder.checking import misconception


@misconception(
    "adds the losses up where their mean was asked for",
    hint="Repeat the batch and your gradient grows with it; then the right learning rate depends on the batch size. What must the sum be divided by?",
    dies_by="test_batch_size",
)
def reduce_loss(losses, reduction="mean"):
    if reduction == "none":
        return losses
    if reduction in ("mean", "sum"):
        return losses.sum()
    raise ValueError("reduction")


@misconception(
    "divides by the batch size instead of the number of entries",
    hint="len() of a (2, 3) tensor is 2, but six losses were added up.",
    dies_by="test_reductions",
)
def reduce_loss(losses, reduction="mean"):
    if reduction == "mean":
        return losses.sum() / (losses.shape[0] if losses.dim() else 1)
    if reduction == "sum":
        return losses.sum()
    if reduction == "none":
        return losses
    raise ValueError("reduction")


@misconception(
    "averages over dim 0 only",
    hint="mean(0) of a (2, 3) tensor leaves three numbers. Training needs a single one: the mean over all entries.",
    dies_by="test_reductions",
)
def reduce_loss(losses, reduction="mean"):
    if reduction == "mean":
        return losses.mean(0)
    if reduction == "sum":
        return losses.sum(0)
    if reduction == "none":
        return losses
    raise ValueError("reduction")


@misconception(
    "takes any reduction that it does not know for one that it knows",
    hint='reduce_loss(x, "average") goes through without a word. Name all three, and raise ValueError for the rest.',
    dies_by="test_bad_input",
)
def reduce_loss(losses, reduction="mean"):
    if reduction == "mean":
        return losses.mean()
    if reduction == "sum":
        return losses.sum()
    return losses


@misconception(
    "leaves the computation graph on the way",
    hint="After .item(), .detach() or .numpy() the loss is a bare number: no gradient can reach the prediction.",
    dies_by="test_gradients",
)
def reduce_loss(losses, reduction="mean"):
    if reduction == "mean":
        return losses.detach().mean()
    if reduction == "sum":
        return losses.detach().sum()
    if reduction == "none":
        return losses.detach()
    raise ValueError("reduction")


@misconception(
    "is the log-likelihood, without the minus",
    hint="A prediction far off must cost more than a good one. Likelihood is to be raised, a loss to be lowered.",
    dies_by="test_gaussian",
)
def gaussian_nll(mu, sigma, y, reduction="mean"):
    sigma = torch.as_tensor(sigma, dtype=mu.dtype)
    if not (sigma > 0).all():
        raise ValueError("sigma")
    z = (y - mu) / sigma
    return reduce_loss(-(z**2) / 2 - sigma.log() - math.log(2 * math.pi) / 2, reduction)


@misconception(
    "leaves out 0.5 log(2 pi)",
    hint="It moves no minimum, but the docstring asks for the full density. Which loss has mu = y at sigma = 1?",
    dies_by="test_gaussian",
)
def gaussian_nll(mu, sigma, y, reduction="mean"):
    sigma = torch.as_tensor(sigma, dtype=mu.dtype)
    if not (sigma > 0).all():
        raise ValueError("sigma")
    z = (y - mu) / sigma
    return reduce_loss(z**2 / 2 + sigma.log(), reduction)


@misconception(
    "forgets log sigma, so that claiming a huge sigma costs nothing",
    hint="Draw your loss over sigma: it falls for ever. The factor 1 / sigma in front of the density has a logarithm too.",
    dies_by="test_best_constant",
)
def gaussian_nll(mu, sigma, y, reduction="mean"):
    sigma = torch.as_tensor(sigma, dtype=mu.dtype)
    if not (sigma > 0).all():
        raise ValueError("sigma")
    z = (y - mu) / sigma
    return reduce_loss(z**2 / 2 + math.log(2 * math.pi) / 2, reduction)


@misconception(
    "takes sigma for the variance",
    hint="sigma is the standard deviation, in the unit of y. At sigma = 1 you do not see it; try sigma = 2.",
    dies_by="test_gaussian_is_squared_error",
)
def gaussian_nll(mu, sigma, y, reduction="mean"):
    sigma = torch.as_tensor(sigma, dtype=mu.dtype)
    if not (sigma > 0).all():
        raise ValueError("sigma")
    return reduce_loss((y - mu) ** 2 / (2 * sigma) + sigma.log() / 2 + math.log(2 * math.pi) / 2, reduction)


@misconception(
    "forgets the half of z^2 / 2",
    hint="Compare with the exponent of the density: (y - mu)^2 stands over 2 sigma^2.",
    dies_by="test_gaussian_is_squared_error",
)
def gaussian_nll(mu, sigma, y, reduction="mean"):
    sigma = torch.as_tensor(sigma, dtype=mu.dtype)
    if not (sigma > 0).all():
        raise ValueError("sigma")
    z = (y - mu) / sigma
    return reduce_loss(z**2 + sigma.log() + math.log(2 * math.pi) / 2, reduction)


@misconception(
    "adds log sigma and the constant only once, after the reduction",
    hint='Every entry brings its own log sigma + 0.5 log(2 pi). What is missing with reduction="sum"?',
    dies_by="test_gaussian",
)
def gaussian_nll(mu, sigma, y, reduction="mean"):
    sigma = torch.as_tensor(sigma, dtype=mu.dtype)
    if not (sigma > 0).all():
        raise ValueError("sigma")
    z = (y - mu) / sigma
    return reduce_loss(z**2 / 2, reduction) + sigma.log() + math.log(2 * math.pi) / 2


@misconception(
    "rounds a number sigma to float32 on the way",
    hint="torch.as_tensor(0.4) is a float32 tensor, 0.4000000060. Say dtype=mu.dtype.",
    dies_by="test_gaussian",
)
def gaussian_nll(mu, sigma, y, reduction="mean"):
    sigma = torch.as_tensor(sigma)
    if not (sigma > 0).all():
        raise ValueError("sigma")
    z = (y - mu) / sigma
    return reduce_loss(z**2 / 2 + sigma.log() + math.log(2 * math.pi) / 2, reduction)


@misconception(
    "lets no gradient reach sigma",
    hint="torch.tensor(sigma) is a new leaf that has forgotten where it came from. torch.as_tensor keeps the graph.",
    dies_by="test_gradients",
)
def gaussian_nll(mu, sigma, y, reduction="mean"):
    sigma = torch.tensor(sigma.tolist() if isinstance(sigma, torch.Tensor) else sigma, dtype=mu.dtype)
    if not (sigma > 0).all():
        raise ValueError("sigma")
    z = (y - mu) / sigma
    return reduce_loss(z**2 / 2 + sigma.log() + math.log(2 * math.pi) / 2, reduction)


@misconception(
    "is infinite where the density is too small for a number",
    hint="exp(-800) is 0 in floating point, and its logarithm -inf. On paper log and exp cancel: write down what is left.",
    dies_by="test_far_away",
)
def gaussian_nll(mu, sigma, y, reduction="mean"):
    sigma = torch.as_tensor(sigma, dtype=mu.dtype)
    if not (sigma > 0).all():
        raise ValueError("sigma")
    density = torch.exp(-(((y - mu) / sigma) ** 2) / 2) / (sigma * math.sqrt(2 * math.pi))
    return reduce_loss(-density.log(), reduction)


@misconception(
    "squares a negative sigma away",
    hint="log(sigma^2) / 2 accepts sigma = -1, but no standard deviation is negative. Refuse it.",
    dies_by="test_bad_input",
)
def gaussian_nll(mu, sigma, y, reduction="mean"):
    variance = torch.as_tensor(sigma, dtype=mu.dtype) ** 2
    return reduce_loss((y - mu) ** 2 / (2 * variance) + (2 * math.pi * variance).log() / 2, reduction)


@misconception(
    "refuses sigma only if no entry of it is positive",
    hint="One wrong entry is enough to make the loss NaN. Is it `all` or `any` that must be asked?",
    dies_by="test_bad_input",
)
def gaussian_nll(mu, sigma, y, reduction="mean"):
    sigma = torch.as_tensor(sigma, dtype=mu.dtype)
    if (sigma <= 0).all():
        raise ValueError("sigma")
    z = (y - mu) / sigma
    return reduce_loss(z**2 / 2 + sigma.log() + math.log(2 * math.pi) / 2, reduction)


@misconception(
    "lets a sigma of exactly 0 through",
    hint="With sigma = 0 the density is infinitely high and the loss infinite or NaN. Compare with <=, not <.",
    dies_by="test_bad_input",
)
def gaussian_nll(mu, sigma, y, reduction="mean"):
    sigma = torch.as_tensor(sigma, dtype=mu.dtype)
    if (sigma < 0).any():
        raise ValueError("sigma")
    z = (y - mu) / sigma
    return reduce_loss(z**2 / 2 + sigma.log() + math.log(2 * math.pi) / 2, reduction)


@misconception(
    "lets a sigma of NaN through",
    hint="Every comparison with NaN is false, so NaN <= 0 does not find it. Ask what must hold: not (sigma > 0).all().",
    dies_by="test_bad_input",
)
def gaussian_nll(mu, sigma, y, reduction="mean"):
    sigma = torch.as_tensor(sigma, dtype=mu.dtype)
    if (sigma <= 0).any():
        raise ValueError("sigma")
    z = (y - mu) / sigma
    return reduce_loss(z**2 / 2 + sigma.log() + math.log(2 * math.pi) / 2, reduction)


@misconception(
    "subtracts in place, changing the caller's y",
    hint="`y -= mu` writes into the tensor you were given. Write `error = y - mu` instead.",
    dies_by="test_leaves_inputs_and_dtype_alone",
)
def gaussian_nll(mu, sigma, y, reduction="mean"):
    sigma = torch.as_tensor(sigma, dtype=mu.dtype)
    if not (sigma > 0).all():
        raise ValueError("sigma")
    if torch.broadcast_shapes(mu.shape, y.shape) == y.shape:
        y -= mu
    else:
        y = y - mu
    return reduce_loss((y / sigma) ** 2 / 2 + sigma.log() + math.log(2 * math.pi) / 2, reduction)


@misconception(
    "borrows PyTorch's normal distribution",
    hint="The numbers are right; the exercise is to see how they come about. Take the logarithm of the density on paper.",
    dies_by="test_written_by_hand",
)
def gaussian_nll(mu, sigma, y, reduction="mean"):
    if (torch.as_tensor(sigma) <= 0).any():
        raise ValueError("sigma")
    return reduce_loss(-torch.distributions.Normal(mu, sigma).log_prob(y), reduction)


@misconception(
    "takes the logits for probabilities",
    hint="A logit can be -3, and it has no logarithm. The probability of a one is sigmoid(logits).",
    dies_by="test_bernoulli",
)
def bernoulli_nll(logits, y, reduction="mean"):
    return reduce_loss(-(y * logits.log() + (1 - y) * (1 - logits).log()), reduction)


@misconception(
    "counts only the ones",
    hint="Where y = 0 your loss is 0, so a network that always says yes is perfect. What is the probability of a zero?",
    dies_by="test_bernoulli",
)
def bernoulli_nll(logits, y, reduction="mean"):
    return reduce_loss(-y * torch.nn.functional.logsigmoid(logits), reduction)


@misconception(
    "has zeros and ones the wrong way round",
    hint="A large logit means that y = 1 is likely, so with y = 1 it must cost next to nothing. What does yours cost?",
    dies_by="test_bernoulli",
)
def bernoulli_nll(logits, y, reduction="mean"):
    zero = torch.zeros_like(logits)
    return reduce_loss(torch.logaddexp(zero, logits) - (1 - y) * logits, reduction)


@misconception(
    "takes the logarithm after the sigmoid",
    hint="sigmoid(200) is exactly 1 in floating point, and log(1 - 1) is -inf. Write log(1 + e^z) - y z instead.",
    dies_by="test_far_away",
)
def bernoulli_nll(logits, y, reduction="mean"):
    p = torch.sigmoid(logits)
    return reduce_loss(-(y * p.log() + (1 - y) * (1 - p).log()), reduction)


@misconception(
    "clamps the probability away from 0 and 1",
    hint="Clamped at 1e-7, a loss of 200 becomes 16 and its gradient 0, just where the network is most wrong. Stay with logits.",
    dies_by="test_far_away",
)
def bernoulli_nll(logits, y, reduction="mean"):
    p = torch.sigmoid(logits).clamp(1e-7, 1 - 1e-7)
    return reduce_loss(-(y * p.log() + (1 - y) * (1 - p).log()), reduction)


@misconception(
    "lets exp(z) overflow in log(1 + exp(z))",
    hint="exp(1000) is inf. log(e^0 + e^z) is the logsumexp of 0 and z: take the larger of the two out first, or use logaddexp.",
    dies_by="test_far_away",
)
def bernoulli_nll(logits, y, reduction="mean"):
    return reduce_loss(torch.log1p(torch.exp(logits)) - y * logits, reduction)


@misconception(
    "has the slope 1 - y at a logit of exactly 0",
    hint="clamp(min=0) and abs both have a kink at 0. On paper the kinks cancel; autograd takes one side of each. torch.logaddexp has none.",
    dies_by="test_gradients",
)
def bernoulli_nll(logits, y, reduction="mean"):
    return reduce_loss(logits.clamp(min=0) - y * logits + torch.log1p(torch.exp(-logits.abs())), reduction)


@misconception(
    "has the slope -y at a logit of exactly 0",
    hint="relu and abs both have a kink at 0. On paper the kinks cancel; autograd takes one side of each. torch.logaddexp has none.",
    dies_by="test_gradients",
)
def bernoulli_nll(logits, y, reduction="mean"):
    return reduce_loss(torch.relu(logits) - y * logits + torch.log1p(torch.exp(-logits.abs())), reduction)


@misconception(
    "hands the whole grid to the loss at once",
    hint="The loss takes one number and gives one. Call it for each point of the grid, and stack what comes back.",
    dies_by="test_curve",
)
def loss_curve_1d(loss, grid):
    return loss(grid)


@misconception(
    "asks for the loss at 0, 1, 2, ... instead of at the points of the grid",
    hint="range(len(grid)) counts positions. Which number stands at position i?",
    dies_by="test_curve",
)
def loss_curve_1d(loss, grid):
    return torch.stack([loss(torch.tensor(float(i), dtype=grid.dtype)) for i in range(len(grid))])


@misconception(
    "gives back a Python list",
    hint="torch.stack makes one tensor of a list of 0-d tensors.",
    dies_by="test_curve",
)
def loss_curve_1d(loss, grid):
    return [loss(c) for c in grid]


@misconception(
    "comes back in float32 whatever the grid's dtype",
    hint="torch.tensor of Python numbers and torch.zeros(G) are float32. Say dtype=grid.dtype, or stack what the loss gave.",
    dies_by="test_curve",
)
def loss_curve_1d(loss, grid):
    return torch.tensor([loss(c).item() for c in grid])


@misconception(
    "leaves out of the mean what is not a number",
    hint="A NaN among the losses is a sign that something is wrong. nanmean hides it; the docstring says mean.",
    dies_by="test_reductions",
)
def reduce_loss(losses, reduction="mean"):
    if reduction == "mean":
        return losses.nanmean()
    if reduction == "sum":
        return losses.nansum()
    if reduction == "none":
        return losses
    raise ValueError("mean, sum or none")


@misconception(
    "costs nothing where it is sure and right",
    hint="At a logit of 16 with y = 1 the loss is 1e-7, not 0. From which size on may log(1 + exp(-z)) be dropped?",
    dies_by="test_far_away",
)
def bernoulli_nll(logits, y, reduction="mean"):
    softplus = torch.where(logits > 15, logits, torch.log1p(torch.exp(logits.clamp(max=15))))
    return reduce_loss(softplus - y * logits, reduction)


@misconception(
    "asks a whole tensor of sigmas whether it is positive",
    hint="`if sigma <= 0` has one answer for one number only. For a tensor: (sigma <= 0).any(), and its log is torch's.",
    dies_by="test_gaussian",
)
def gaussian_nll(mu, sigma, y, reduction="mean"):
    if sigma <= 0:
        raise ValueError("a standard deviation must be positive")
    loss = ((y - mu) / sigma) ** 2 / 2 + math.log(sigma) + math.log(2 * math.pi) / 2
    return reduce_loss(loss, reduction)


@misconception(
    "always takes the mean, whatever reduction says",
    hint="The parameter `reduction` is not used. reduce_loss does what it asks for.",
    dies_by="test_gaussian",
)
def gaussian_nll(mu, sigma, y, reduction="mean"):
    sigma = torch.as_tensor(sigma, dtype=mu.dtype)
    if not (sigma > 0).all():
        raise ValueError("a standard deviation must be positive")
    return (((y - mu) / sigma) ** 2 / 2 + sigma.log() + math.log(2 * math.pi) / 2).mean()


@misconception(
    "always gives the mean, whatever reduction asks for",
    hint="The parameter `reduction` is not used. reduce_loss does what it asks for.",
    dies_by="test_bernoulli",
)
def bernoulli_nll(logits, y, reduction="mean"):
    return (torch.logaddexp(torch.zeros_like(logits), logits) - y * logits).mean()


@misconception(
    "leaves out the first point of the grid",
    hint="range(1, G) begins with the second point. How many entries must the answer have?",
    dies_by="test_curve",
)
def loss_curve_1d(loss, grid):
    return torch.stack([loss(grid[i]) for i in range(1, len(grid))])


@misconception("asks for the loss at 0, 1, 2, ... instead of at the points of the grid")
def loss_curve_1d(loss, grid):
    return torch.stack([loss(torch.tensor(float(i))) for i in range(len(grid))])


@misconception("leaves the computation graph on the way")
def reduce_loss(losses, reduction="mean"):
    if reduction == "mean":
        return torch.tensor(losses.mean().item(), dtype=losses.dtype)
    if reduction == "sum":
        return torch.tensor(losses.sum().item(), dtype=losses.dtype)
    if reduction == "none":
        return losses
    raise ValueError(reduction)


@misconception(
    "has the sign of the squared distance wrong",
    hint="Minus the logarithm of exp(-z^2 / 2) is plus z^2 / 2: a loss grows with the distance. Yours is lowest far away.",
    dies_by="test_gaussian",
)
def gaussian_nll(mu, sigma, y, reduction="mean"):
    sigma = torch.as_tensor(sigma, dtype=mu.dtype)
    if not bool((sigma > 0).all()):
        raise ValueError("sigma must be positive")
    return reduce_loss(torch.log(sigma) + 0.5 * math.log(2 * math.pi) - 0.5 * ((y - mu) / sigma) ** 2, reduction)


@misconception(
    "adds y z instead of subtracting it",
    hint="The loss is log(1 + e^z) - y z. For y = 1 and a large z it must be near 0.",
    dies_by="test_bernoulli",
)
def bernoulli_nll(logits, y, reduction="mean"):
    zero = torch.zeros_like(logits)
    return reduce_loss(torch.logaddexp(zero, logits) + y * logits, reduction)


@misconception(
    "sorts the grid first",
    hint="Entry g belongs to grid[g], in the order of the grid: a caller may ask for 4 before 3.",
    dies_by="test_curve",
)
def loss_curve_1d(loss, grid):
    return torch.stack([loss(c) for c in grid.sort().values])


@misconception(
    "leaves infinite losses out",
    hint="Where one loss is infinite, so are the sum and the mean: that tells of trouble in the training.",
    dies_by="test_reductions",
)
def reduce_loss(losses, reduction="mean"):
    if reduction not in ("mean", "sum", "none"):
        raise ValueError(reduction)
    if reduction == "none":
        return losses
    kept = losses[~losses.isinf()]
    return kept.mean() if reduction == "mean" else kept.sum()
