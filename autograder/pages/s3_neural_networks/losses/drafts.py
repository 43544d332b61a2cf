"""First drafts of this page, as beginners hand them in."""

# %% the formula without its constant
# gaussian_nll: leaves out 0.5 log(2 pi)
#   or: lets a sigma of NaN through
# bernoulli_nll: takes the logarithm after the sigmoid
# loss_curve_1d: hands the whole grid to the loss at once
def reduce_loss(losses, reduction="mean"):
    if reduction == "mean":
        return losses.mean()
    elif reduction == "sum":
        return losses.sum()
    elif reduction == "none":
        return losses
    raise ValueError("unknown reduction")


def gaussian_nll(mu, sigma, y, reduction="mean"):
    sigma = torch.as_tensor(sigma, dtype=mu.dtype)
    if (sigma <= 0).any():
        raise ValueError("sigma must be positive")
    loss = torch.log(sigma) + (y - mu) ** 2 / (2 * sigma**2)
    return reduce_loss(loss, reduction)


def bernoulli_nll(logits, y, reduction="mean"):
    p = torch.sigmoid(logits)
    loss = -(y * torch.log(p) + (1 - y) * torch.log(1 - p))
    return reduce_loss(loss, reduction)


def loss_curve_1d(loss, grid):
    return loss(grid)


# %% no check of anything
# reduce_loss: takes any reduction that it does not know for one that it knows
# gaussian_nll: squares a negative sigma away
#   or: lets a sigma of NaN through
#   or: lets a sigma of exactly 0 through
# loss_curve_1d: gives back a Python list
def reduce_loss(losses, reduction="mean"):
    if reduction == "mean":
        return losses.mean()
    if reduction == "sum":
        return losses.sum()
    return losses


def gaussian_nll(mu, sigma, y, reduction="mean"):
    loss = 0.5 * math.log(2 * math.pi * sigma**2) + (y - mu) ** 2 / (2 * sigma**2)
    return reduce_loss(loss, reduction)


def loss_curve_1d(loss, grid):
    return [loss(g) for g in grid]


# %% log of sigma, but which
# gaussian_nll: asks a whole tensor of sigmas whether it is positive
#   or: lets a sigma of NaN through
# bernoulli_nll: lets exp(z) overflow in log(1 + exp(z))
# loss_curve_1d: comes back in float32 whatever the grid's dtype
def reduce_loss(losses, reduction="mean"):
    if reduction not in ("mean", "sum", "none"):
        raise ValueError(reduction)
    if reduction == "mean":
        return torch.mean(losses)
    if reduction == "sum":
        return torch.sum(losses)
    return losses


def gaussian_nll(mu, sigma, y, reduction="mean"):
    if sigma <= 0:
        raise ValueError("sigma")
    nll = 0.5 * ((y - mu) / sigma) ** 2 + math.log(sigma) + 0.5 * math.log(2 * math.pi)
    return reduce_loss(nll, reduction)


def bernoulli_nll(logits, y, reduction="mean"):
    return reduce_loss(torch.log(1 + torch.exp(logits)) - y * logits, reduction)


def loss_curve_1d(loss, grid):
    values = torch.zeros(len(grid))
    for i, g in enumerate(grid):
        values[i] = loss(g)
    return values


# %% variance and deviation
# gaussian_nll: takes sigma for the variance
#   or: lets a sigma of NaN through
# bernoulli_nll: takes the logits for probabilities
# reduce_loss: divides by the batch size instead of the number of entries
def reduce_loss(losses, reduction="mean"):
    if reduction == "mean":
        return losses.sum() / len(losses)
    if reduction == "sum":
        return losses.sum()
    if reduction == "none":
        return losses
    raise ValueError(f"{reduction} is not known")


def gaussian_nll(mu, sigma, y, reduction="mean"):
    sigma = torch.as_tensor(sigma, dtype=y.dtype)
    if torch.any(sigma <= 0):
        raise ValueError("sigma <= 0")
    loss = 0.5 * torch.log(2 * math.pi * sigma) + (y - mu) ** 2 / (2 * sigma)
    return reduce_loss(loss, reduction)


def bernoulli_nll(logits, y, reduction="mean"):
    loss = -(y * torch.log(logits) + (1 - y) * torch.log(1 - logits))
    return reduce_loss(loss, reduction)


# %% the minus
# gaussian_nll: is the log-likelihood, without the minus
#   or: lets a sigma of NaN through
# bernoulli_nll: has zeros and ones the wrong way round
# loss_curve_1d: asks for the loss at 0, 1, 2, ... instead of at the points of the grid
def reduce_loss(losses, reduction="mean"):
    if reduction == "mean":
        return losses.mean()
    if reduction == "sum":
        return losses.sum()
    if reduction == "none":
        return losses
    raise ValueError("reduction")


def gaussian_nll(mu, sigma, y, reduction="mean"):
    sigma = torch.as_tensor(sigma, dtype=mu.dtype)
    if (sigma <= 0).any():
        raise ValueError("sigma")
    log_p = -0.5 * ((y - mu) / sigma) ** 2 - torch.log(sigma) - 0.5 * math.log(2 * math.pi)
    return reduce_loss(log_p, reduction)


def bernoulli_nll(logits, y, reduction="mean"):
    p = torch.sigmoid(logits).clamp(1e-7, 1 - 1e-7)
    return reduce_loss(-((1 - y) * p.log() + y * (1 - p).log()), reduction)


def loss_curve_1d(loss, grid):
    out = []
    for i in range(len(grid)):
        out.append(loss(torch.tensor(float(i))))
    return torch.stack(out)


# %% a sum for a mean
# reduce_loss: adds the losses up where their mean was asked for
# gaussian_nll: forgets the half of z^2 / 2
#   or: lets a sigma of NaN through
# loss_curve_1d: comes back in float32 whatever the grid's dtype
def reduce_loss(losses, reduction="mean"):
    if reduction == "none":
        return losses
    if reduction in ("mean", "sum"):
        return losses.sum()
    raise ValueError("reduction must be mean, sum or none")


def gaussian_nll(mu, sigma, y, reduction="mean"):
    s = torch.as_tensor(sigma).to(mu.dtype)
    if (s <= 0).any():
        raise ValueError("not positive")
    z = (y - mu) / s
    return reduce_loss(z**2 + torch.log(s) + 0.5 * math.log(2 * math.pi), reduction)


def loss_curve_1d(loss, grid):
    return torch.tensor([loss(g).item() for g in grid])


# %% the density first
# gaussian_nll: is infinite where the density is too small for a number
#   or: lets a sigma of NaN through
# bernoulli_nll: clamps the probability away from 0 and 1
# reduce_loss: averages over dim 0 only
def reduce_loss(losses, reduction="mean"):
    if reduction == "mean":
        return losses.mean(0)
    if reduction == "sum":
        return losses.sum(0)
    if reduction == "none":
        return losses
    raise ValueError("reduction")


def gaussian_nll(mu, sigma, y, reduction="mean"):
    sigma = torch.as_tensor(sigma, dtype=mu.dtype)
    if (sigma <= 0).any():
        raise ValueError("sigma must be > 0")
    density = torch.exp(-((y - mu) ** 2) / (2 * sigma**2)) / (sigma * math.sqrt(2 * math.pi))
    return reduce_loss(-torch.log(density), reduction)


def bernoulli_nll(logits, y, reduction="mean"):
    p = torch.sigmoid(logits)
    p = torch.clamp(p, 1e-7, 1 - 1e-7)
    loss = -(y * torch.log(p) + (1 - y) * torch.log(1 - p))
    return reduce_loss(loss, reduction)


# %% only the ones, only the spread
# gaussian_nll: forgets log sigma, so that claiming a huge sigma costs nothing
#   or: lets a sigma of NaN through
# bernoulli_nll: counts only the ones
# reduce_loss: leaves the computation graph on the way
def reduce_loss(losses, reduction="mean"):
    if reduction == "mean":
        return torch.tensor(losses.mean().item())
    if reduction == "sum":
        return torch.tensor(losses.sum().item())
    if reduction == "none":
        return losses
    raise ValueError


def gaussian_nll(mu, sigma, y, reduction="mean"):
    sigma = torch.as_tensor(sigma, dtype=mu.dtype)
    if (sigma <= 0).any():
        raise ValueError
    return reduce_loss((y - mu) ** 2 / (2 * sigma**2) + 0.5 * math.log(2 * math.pi), reduction)


def bernoulli_nll(logits, y, reduction="mean"):
    return reduce_loss(-y * torch.nn.functional.logsigmoid(logits), reduction)


# %% copies
# gaussian_nll: lets no gradient reach sigma
#   or: lets a sigma of NaN through
# bernoulli_nll: has zeros and ones the wrong way round
# loss_curve_1d: leaves out the first point of the grid
def reduce_loss(losses, reduction="mean"):
    if reduction == "mean":
        return losses.mean()
    if reduction == "sum":
        return losses.sum()
    if reduction == "none":
        return losses
    raise ValueError("no such reduction: " + reduction)


def gaussian_nll(mu, sigma, y, reduction="mean"):
    sigma = torch.tensor(sigma, dtype=mu.dtype)
    if (sigma <= 0).any():
        raise ValueError("sigma")
    return reduce_loss(0.5 * ((y - mu) / sigma) ** 2 + sigma.log() + 0.5 * math.log(2 * math.pi), reduction)


def bernoulli_nll(logits, y, reduction="mean"):
    return reduce_loss(torch.nn.functional.softplus(-logits) + y * logits, reduction)


def loss_curve_1d(loss, grid):
    values = []
    for i in range(1, len(grid)):
        values.append(loss(grid[i]))
    return torch.stack(values)


# %% the reduction forgotten
# gaussian_nll: always takes the mean, whatever reduction says
#   or: lets a sigma of NaN through
#   or: refuses sigma only if no entry of it is positive
# bernoulli_nll: always gives the mean, whatever reduction asks for
# reduce_loss: divides by the batch size instead of the number of entries
def reduce_loss(losses, reduction="mean"):
    if reduction == "mean":
        return losses.sum() / losses.shape[0]
    if reduction == "sum":
        return losses.sum()
    if reduction == "none":
        return None
    raise ValueError("reduction")


def gaussian_nll(mu, sigma, y, reduction="mean"):
    sigma = torch.as_tensor(sigma, dtype=mu.dtype)
    if (sigma <= 0).all():
        raise ValueError("sigma")
    loss = 0.5 * ((y - mu) / sigma) ** 2 + sigma.log() + 0.5 * math.log(2 * math.pi)
    return loss.mean()


def bernoulli_nll(logits, y, reduction="mean"):
    return (torch.clamp(logits, min=0) - y * logits + torch.log1p(torch.exp(-logits.abs()))).mean()


# %% variance, and no further reduction
# reduce_loss: takes any reduction that it does not know for one that it knows
# gaussian_nll: takes sigma for the variance
#   or: lets a sigma of NaN through
#   or: rounds a number sigma to float32 on the way
# bernoulli_nll: lets exp(z) overflow in log(1 + exp(z))
def reduce_loss(losses, reduction="mean"):
    if reduction == "mean":
        return losses.mean()
    if reduction == "sum":
        return losses.sum()
    return losses


def gaussian_nll(mu, sigma, y, reduction="mean"):
    sigma = torch.as_tensor(sigma)
    if (sigma <= 0).any():
        raise ValueError("sigma must be positive")
    nll = torch.log(sigma) + 0.5 * math.log(2 * math.pi) + (y - mu) ** 2 / (2 * sigma)
    return reduce_loss(nll, reduction)


def bernoulli_nll(logits, y, reduction="mean"):
    return reduce_loss(torch.log(1 + torch.exp(logits)) - y * logits, reduction)


def loss_curve_1d(loss, grid):
    return torch.tensor([loss(c) for c in grid])


# %% the density, then its logarithm
# reduce_loss: divides by the batch size instead of the number of entries
# gaussian_nll: is infinite where the density is too small for a number
#   or: squares a negative sigma away
# bernoulli_nll: takes the logits for probabilities
# loss_curve_1d: hands the whole grid to the loss at once
def reduce_loss(losses, reduction="mean"):
    if reduction == "none":
        return losses
    elif reduction == "sum":
        return losses.sum()
    elif reduction == "mean":
        return losses.sum() / len(losses)
    else:
        raise ValueError(reduction)


def gaussian_nll(mu, sigma, y, reduction="mean"):
    p = torch.exp(-(y - mu) ** 2 / (2 * sigma ** 2)) / (sigma * math.sqrt(2 * math.pi))
    return reduce_loss(-torch.log(p), reduction)


def bernoulli_nll(logits, y, reduction="mean"):
    losses = -(y * torch.log(logits) + (1 - y) * torch.log(1 - logits))
    return reduce_loss(losses, reduction)


def loss_curve_1d(loss, grid):
    return loss(grid)


# %% means of columns
# reduce_loss: averages over dim 0 only
# gaussian_nll: leaves out 0.5 log(2 pi)
# gaussian_nll: asks a whole tensor of sigmas whether it is positive
# bernoulli_nll: takes the logarithm after the sigmoid
# loss_curve_1d: gives back a Python list
#   or: says "in a list where a tensor of float64 is expected"
def reduce_loss(losses, reduction="mean"):
    if reduction == "mean":
        return losses.mean(0)
    if reduction == "sum":
        return losses.sum(0)
    if reduction == "none":
        return losses
    raise ValueError("unknown reduction")


def gaussian_nll(mu, sigma, y, reduction="mean"):
    if sigma <= 0:
        raise ValueError("sigma")
    return reduce_loss(math.log(sigma) + 0.5 * ((y - mu) / sigma) ** 2, reduction)


def bernoulli_nll(logits, y, reduction="mean"):
    p = 1 / (1 + torch.exp(-logits))
    loss = -y * torch.log(p) - (1 - y) * torch.log(1 - p)
    return reduce_loss(loss, reduction)


def loss_curve_1d(loss, grid):
    out = []
    for c in grid:
        out.append(loss(c).item())
    return out


# %% signs lost on paper
# reduce_loss: leaves the computation graph on the way
#   or: says "in a number where a tensor of float64 is expected"
# gaussian_nll: has the sign of the squared distance wrong
#   or: lets a sigma of NaN through
# bernoulli_nll: adds y z instead of subtracting it
# loss_curve_1d: comes back in float32 whatever the grid's dtype
def reduce_loss(losses, reduction="mean"):
    if reduction not in ("mean", "sum", "none"):
        raise ValueError(f"unknown {reduction}")
    if reduction == "mean":
        return losses.mean().item()
    if reduction == "sum":
        return losses.sum().item()
    return losses.clone()


def gaussian_nll(mu, sigma, y, reduction="mean"):
    if not torch.is_tensor(sigma):
        sigma = torch.tensor(sigma)
    if torch.any(sigma <= 0):
        raise ValueError("sigma must be > 0")
    const = 0.5 * math.log(2 * math.pi)
    l = const + torch.log(sigma) - (y - mu) ** 2 / (2 * sigma ** 2)
    if reduction == "mean":
        return l.mean()
    if reduction == "sum":
        return l.sum()
    return l


def bernoulli_nll(logits, y, reduction="mean"):
    l = logits.clamp(min=0) + torch.log1p(torch.exp(-logits.abs())) + y * logits
    return reduce_loss(l, reduction)


def loss_curve_1d(loss, grid):
    curve = torch.zeros(len(grid))
    for i in range(len(grid)):
        curve[i] = loss(grid[i])
    return curve


# %% clamped and sorted
# reduce_loss: divides by the batch size instead of the number of entries
# gaussian_nll: always takes the mean, whatever reduction says
#   or: says "`torch.log` takes a tensor, and was given a value of type `float`"
# bernoulli_nll: costs nothing where it is sure and right
#   or: says "30 instead of 200"
# loss_curve_1d: sorts the grid first
def reduce_loss(losses, reduction="mean"):
    n = losses.shape[0]
    if reduction == "mean":
        return losses.sum() / n
    elif reduction == "sum":
        return losses.sum()
    elif reduction == "none":
        return losses
    else:
        raise ValueError("reduction")


def gaussian_nll(mu, sigma, y, reduction="mean"):
    loss = torch.log(sigma * math.sqrt(2 * math.pi)) + (y - mu) ** 2 / (2 * sigma ** 2)
    return reduce_loss(loss)


def bernoulli_nll(logits, y, reduction="mean"):
    z = torch.clamp(logits, -30, 30)
    return reduce_loss(torch.log(1 + torch.exp(z)) - y * z, reduction)


def loss_curve_1d(loss, grid):
    grid, _ = grid.sort()
    return torch.stack([loss(g) for g in grid])
