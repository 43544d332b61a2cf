# %% [markdown]
# # Training troubles
#
# Four small stories of what can go wrong on the way down: cliffs, saturated units, saddle points, and the
# noise of mini-batches. Each comes with a few lines of code that show the trouble or cure it.

# %%
import math
from collections.abc import Callable, Iterable

import torch
from torch import nn

# %% [markdown]
# ## Cliffs
#
# Here is one, ready to use: a weight that multiplies ten times in a row, as in a recurrent network, to reach
# one half. At $w = 1.2$ the slope is already 587.


# %%
def cliff_loss(w: torch.Tensor) -> torch.Tensor:
    """The sum over all entries of (w**10 - 1/2)**2; the minimum nearest to 1 is at w = 0.933."""
    return ((w**10 - 0.5) ** 2).sum()


# %% [markdown]
# *Clipping* limits the gradient before the step is made: entry by entry, or by the length of all of it,
# $\lVert g\rVert = \sqrt{\textstyle\sum_k \lVert g_k\rVert^2}$ with $g_k$ the gradient of parameter $k$.


# %%
def clip_by_value_(params: Iterable[torch.Tensor], c: float) -> None:
    """Limit every entry of every gradient to [-c, c].

    Written out, without PyTorch's own `clip_grad_value_` and its relatives.

    Args:
        params: parameters of any shapes: a list, or anything else that can be iterated once, such as
            the generator `model.parameters()`. A `.grad` of None stays None; the parameters' own
            values stay as they were.
        c: a positive number; an entry of inf becomes c, one of -inf becomes -c, and what becomes of a NaN is up to
            you.
    """
    # YOUR CODE HERE
    raise NotImplementedError("clip_by_value_ is not written yet")


# %%
def clip_by_norm_(params: Iterable[torch.Tensor], max_norm: float) -> float:
    """Shorten the gradient of all parameters together to the norm `max_norm`, where it is longer.

    Written out, without PyTorch's own `clip_grad_norm_`, `get_total_norm` and their relatives.

    The norm is the root of the sum of the squares of all entries of all gradients. Where it is
    larger than `max_norm`, all gradients are multiplied by the same number; else they stay
    exactly as they were.

    Args:
        params: as for clip_by_value_.
        max_norm: a positive number.

    Returns:
        The norm before clipping, a single number (float or 0-d tensor) as exact as the gradients; 0 where there is no
        gradient at all.

    Raises:
        ValueError: that norm is inf or NaN, which no factor can mend; the gradients stay as they were. If only the
            squares are too large for the gradients' dtype, as those of 1e30 in float32, either is right.
    """
    # YOUR CODE HERE
    raise NotImplementedError("clip_by_norm_ is not written yet")


# %% [markdown]
# Clipping has one right place: after `backward()`, which makes the gradient, and before the step, which uses it.
# Try `clipped_descent(cliff_loss, torch.tensor([1.2]), lr=0.01)` with `max_norm=1` and without.


# %%
def clipped_descent(
    loss: Callable[[torch.Tensor], torch.Tensor],
    x0: torch.Tensor,
    lr: float = 0.01,
    steps: int = 100,
    max_norm: float | None = None,
) -> tuple[torch.Tensor, torch.Tensor]:
    """Gradient descent whose gradient comes from autograd and is clipped by its norm before each step.

    Args:
        loss: what is minimised; takes a tensor shaped like `x0`, returns a 0-d tensor to call `backward` on.
        x0: where to start, a float32 or float64 tensor of any shape; it stays as it was.
        lr: the learning rate.
        steps: the number of steps.
        max_norm: the largest norm of the gradient that a step uses; None leaves every gradient as it is, and
            nothing stops the walk should it run off to inf or NaN.

    Returns:
        (x, history): the last iterate, and a (steps+1, *x0.shape) tensor of x0 and the iterates after it, both
        of the dtype of x0.
    """
    # YOUR CODE HERE
    raise NotImplementedError("clipped_descent is not written yet")


# %% [markdown]
# ## Saturation
#
# A sigmoid unit that is sure of the wrong answer should learn fast. Whether it does is up to the loss. With
# the logit $z$, the label $y$ and $p = \sigma(z)$, compare the slopes $\mathrm{d}\ell/\mathrm{d}z$ of
#
# $$\ell_{\mathrm{mse}} = (p - y)^2 \qquad\text{and}\qquad
# \ell_{\mathrm{nll}} = -y \log p - (1 - y) \log(1 - p).$$


# %%
def logit_slopes(z: torch.Tensor, y: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """How hard two losses pull at a logit.

    Args:
        z: float32 or float64 tensor of any shape, the logits; also 1000 and -1000. It stays as it was.
        y: tensor of the same shape and dtype, of zeros and ones; it stays as it was.

    Returns:
        (mse, nll): for each entry the derivative of its own squared error, and of its own negative
        log-likelihood, with respect to the logit; two tensors of the shape and dtype of z, all finite.
        In float64 the error is at most 1e-12.
    """
    # YOUR CODE HERE
    raise NotImplementedError("logit_slopes is not written yet")


# %% [markdown]
# Inside a network, look at what comes out of the activations. The helper, ready to use, collects it.


# %%
#: from which outputs on a unit counts as saturated: both sides of the curve, where its slope is 4 % of its best
FLAT = {nn.Sigmoid: (0.01, 0.99), nn.Tanh: (-0.98, 0.98)}


def activations_of(model: nn.Module, x: torch.Tensor) -> dict[str, tuple[nn.Module, torch.Tensor]]:
    """Run the model once: (module, its output) of every nn.Sigmoid, nn.Tanh and nn.ReLU inside, by its name."""
    seen: dict[str, tuple[nn.Module, torch.Tensor]] = {}
    hooks = []
    for name, module in model.named_modules():
        if isinstance(module, (nn.Sigmoid, nn.Tanh, nn.ReLU)):
            hooks.append(module.register_forward_hook(lambda m, _, out, name=name: seen.update({name: (m, out)})))
    with torch.no_grad():
        model(x)
    for hook in hooks:
        hook.remove()
    return seen


# %%
def saturation_report(model: nn.Module, x: torch.Tensor) -> dict[str, float]:
    """Which share of each activation has gone flat on a batch.

    Args:
        model: a module with nn.Sigmoid, nn.Tanh or nn.ReLU modules inside, at any depth, each of which
            runs once and gives an (N, *S) output; its parameters, modes, gradients and hooks stay as they were.
        x: what the model takes, a batch of N examples; it stays as it was.

    Returns:
        One number between 0 and 1 for each of these modules, by its name in `model.named_modules()`.
        Sigmoid: the share of all N * S outputs that are at most 0.01 or at least 0.99; tanh: the share
        of those that are at most -0.98 or at least 0.98. ReLU: the share of its S units that are dead,
        that is 0 for every one of the N examples; a zero here and there is what a ReLU is for.
    """
    # YOUR CODE HERE
    raise NotImplementedError("saturation_report is not written yet")


# %% [markdown]
# ## Saddle points
#
# Where the gradient is zero, the second derivatives mostly tell what it is. Their matrix, the Hessian $H$, is
# symmetric; along each of its eigenvectors the function bends by the eigenvalue.
# (`torch.autograd.functional.hessian(f, x)` computes it.)


# %%
def critical_point_type(H: torch.Tensor, tol: float = 1e-8) -> str:
    """What kind of point it is at which the gradient is zero.

    Args:
        H: (n, n) float32 or float64 tensor, the Hessian there, symmetric; n is 1 or more. It stays as it was.
        tol: eigenvalues of at most this size, up or down, count as zero.

    Returns:
        "minimum" if all eigenvalues are positive, "maximum" if all are negative, "saddle" if there are
        some of either sign (besides, some may be zero), and else "undecided": then H alone cannot tell.
    """
    # YOUR CODE HERE
    raise NotImplementedError("critical_point_type is not written yet")


# %% [markdown]
# Gradient descent ends on a saddle only from exceptional starts. A small push in a random direction is enough, with
# probability 1.


# %%
def perturbed_gd(
    grad: Callable[[torch.Tensor], torch.Tensor],
    x0: torch.Tensor,
    lr: float = 0.1,
    steps: int = 100,
    radius: float = 1e-3,
    generator: torch.Generator | None = None,
    tol: float = 1e-3,
) -> tuple[torch.Tensor, torch.Tensor]:
    """Gradient descent that gives itself a push wherever the ground is level.

    Each step: if the norm of the gradient at x is at most `tol`, first move x by a random vector of
    length `radius`, all directions being equally likely. Then, from where x is now, take the
    usual step x - lr * grad(x).

    Args:
        grad: the gradient of what is minimised; takes a tensor shaped like `x0`, returns another.
        x0: where to start, a float32 or float64 tensor of any shape; it stays as it was.
        lr: the learning rate.
        steps: the number of steps; a push and the step after it are one.
        radius: the length of a push.
        generator: the only source of the pushes if it is given; without one, no two calls push alike.
        tol: the norm of the gradient up to which the ground counts as level.

    Returns:
        (x, history): the last iterate, and a (steps+1, *x0.shape) tensor of x0 and the iterates after it, both
        of the dtype of x0.
    """
    # YOUR CODE HERE
    raise NotImplementedError("perturbed_gd is not written yet")


# %% [markdown]
# ## Batch, mini-batch, stochastic


# %%
def epoch_steps(n: int, b: int) -> int:
    """The number of steps in one epoch over n examples in batches of b, the shorter last batch included.

    Args:
        n: the number of examples, 1 or more.
        b: the batch size, 1 or more, and possibly larger than n.

    Returns:
        An int.
    """
    # YOUR CODE HERE
    raise NotImplementedError("epoch_steps is not written yet")


# %% [markdown]
# How noisy is the gradient of a batch? For a linear model with squared error, example $i$ has the gradient
# $g_i = \nabla_w (x_i^\top w - y_i)^2$. The mean $\bar g$ of all $N$ is the full gradient; a batch gives the
# mean $\hat g$ of the $b$ gradients that were drawn. Its variance is the mean of $\lVert \hat g - \bar g\rVert^2$
# over all draws, all equally likely.
#
# With replacement each of the $b$ draws is made from all $N$, and
#
# $$\mathrm{E}\,\lVert \hat g - \bar g\rVert^2 = \frac{\sigma^2}{b}, \qquad
# \sigma^2 = \frac1N \sum_{i=1}^{N} \lVert g_i - \bar g\rVert^2.$$
#
# Without replacement no example comes twice, and the result is $\frac{N-b}{N-1}$ times that.


# %%
def gradient_variance(
    X: torch.Tensor, y: torch.Tensor, w: torch.Tensor, b: int, replacement: bool = True
) -> torch.Tensor:
    """The exact variance of the mini-batch gradient of the mean of (X w - y)**2 (no factor one half); nothing is drawn.

    Args:
        X: (N, D) float32 or float64 features, N at least 2; they stay as they were.
        y: (N,) targets of the same dtype; they stay as they were.
        w: (D,) weights of the same dtype, at which the gradient is taken; there is no bias. They stay as they were.
        b: the batch size, 1 or more.
        replacement: whether the b examples are drawn with replacement.

    Returns:
        The mean over all possible batches of the squared distance (over all D coordinates) between
        the batch's gradient and the full one, a single number (0-d tensor or float).

    Raises:
        ValueError: b is larger than N, without replacement.
    """
    # YOUR CODE HERE
    raise NotImplementedError("gradient_variance is not written yet")
