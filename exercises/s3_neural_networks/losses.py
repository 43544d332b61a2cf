# %% [markdown]
# # Loss functions
#
# Many losses are the negative logarithm of a likelihood: say what kind of noise lies between the truth and your
# data, and the loss follows. Two noise models here, a bell curve and a coin, and a look at the curves they draw.

# %%
import math
from collections.abc import Callable

import torch

# %% [markdown]
# ## Many losses, one number
#
# Every entry has its own loss; training needs a single number. The mean divides by the number of *entries*,
# which for a (2, 3) tensor is six.


# %%
def reduce_loss(losses: torch.Tensor, reduction: str = "mean") -> torch.Tensor:
    """All losses as one number, or as they are.

    Args:
        losses: (N, *) float32 or float64 tensor, in fact of any shape; gradients flow to it; it stays as it was.
        reduction: "mean" over all entries, their "sum", or "none" for the losses as they are.

    Returns:
        A tensor of the same dtype: of shape (), or of the shape of `losses` with "none". The sum of no entries
        is 0, their mean NaN; a loss of NaN makes the sum and the mean NaN.

    Raises:
        ValueError: `reduction` is any other text.
    """
    # YOUR CODE HERE
    raise NotImplementedError("reduce_loss is not written yet")


# %% [markdown]
# ## A bell curve around the prediction
#
# The density of $y$ is $\;p(y) = \frac{1}{\sigma\sqrt{2\pi}}\, e^{-(y - \mu)^2 / (2\sigma^2)}\;$ with the standard
# deviation $\sigma$. Take the logarithm on paper: a hundred sigmas away the density itself is 0 in floating
# point, and its logarithm $-\infty$.


# %%
def gaussian_nll(
    mu: torch.Tensor,
    sigma: float | torch.Tensor,
    y: torch.Tensor,
    reduction: str = "mean",
) -> torch.Tensor:
    """Negative log-likelihood of y under a Gaussian with mean mu and standard deviation sigma.

    Written out, without PyTorch's own losses and distributions.

    The full density counts, with its constant 0.5 * log(2 pi). The three arguments broadcast against each
    other as in `y - mu`, so a single mu can serve a whole batch.

    Args:
        mu: float32 or float64 tensor, the prediction; gradients flow to it; it stays as it was.
        sigma: standard deviation (not the variance), in the unit of y: a positive number, or a tensor of the dtype of
            mu with positive entries, to which gradients flow; it stays as it was. If the square of an entry is too
            large or too small for that dtype, the result is up to you.
        y: tensor of the dtype of mu, what was measured; gradients flow to it; it stays as it was.
        reduction: as in `reduce_loss`.

    Returns:
        A tensor of the dtype of mu: of shape (), or of the broadcast shape with "none". Right also where the
        density is too small for a floating-point number; negative where it is larger than 1.

    Raises:
        ValueError: sigma, or any entry of it, is not positive (NaN is not); or `reduction` is any other text.
    """
    # YOUR CODE HERE
    raise NotImplementedError("gaussian_nll is not written yet")


# %% [markdown]
# ## A coin whose odds are the prediction
#
# A network that answers yes or no ends in a logit $z$, and $p(y = 1) = \sigma(z) = 1 / (1 + e^{-z})$. Both cases,
# $-\log\sigma(z)$ for $y = 1$ and $-\log(1 - \sigma(z))$ for $y = 0$, are
#
# $$\ell = \log(1 + e^{z}) - y\,z.$$
#
# You have met $\log(e^0 + e^z)$ before. Which form of it does not overflow?


# %%
def bernoulli_nll(logits: torch.Tensor, y: torch.Tensor, reduction: str = "mean") -> torch.Tensor:
    """Negative log-likelihood of y in {0, 1}, where y = 1 has the probability sigmoid(logits).

    Written out, without PyTorch's own losses and distributions.

    Args:
        logits: float32 or float64 tensor of any real numbers, not probabilities; gradients flow to it; it stays as
            it was.
        y: tensor of the same dtype that broadcasts against logits, entries 0 and 1, or a share of ones in
            between, for which the two losses are mixed: y * loss(1) + (1 - y) * loss(0); gradients flow to it; it
            stays as it was.
        reduction: as in `reduce_loss`.

    Returns:
        A tensor of the dtype of logits: of shape (), or of the broadcast shape with "none". Value and gradient
        are finite and right also for logits as far away as 1000 and -1000. The gradient of one loss with
        respect to its logit is sigmoid(logit) - y everywhere, also at a logit of exactly 0.

    Raises:
        ValueError: `reduction` is any other text.
    """
    # YOUR CODE HERE
    raise NotImplementedError("bernoulli_nll is not written yet")


# %% [markdown]
# ## The curve that a loss draws
#
# If the model is a single number $c$, the same prediction for every example, its loss is a curve over $c$.
# Draw a few: `lambda c: reduce_loss((c - y) ** 2)`, then `abs()`, then `gaussian_nll(c, 1.0, y)`. Where is
# the lowest point of each?


# %%
def loss_curve_1d(loss: Callable[[torch.Tensor], torch.Tensor], grid: torch.Tensor) -> torch.Tensor:
    """The loss at every point of a grid.

    Args:
        loss: function of one number: given a 0-d tensor of the grid's dtype, it returns a 0-d tensor of that
            dtype. It is not made for several numbers at once.
        grid: (G,) float32 or float64 tensor in any order, G >= 1; it stays as it was.

    Returns:
        (G,) tensor of the same dtype; entry g is loss(grid[g]).
    """
    # YOUR CODE HERE
    raise NotImplementedError("loss_curve_1d is not written yet")
