# %% [markdown]
# # Activation functions
#
# Eight curves, each applied to every entry of a tensor by itself, and two ways to look at their
# saturation. The formulas are short; the work is to keep values *and gradients* right at $x = 1000$.
#
# PyTorch has them all: use `torch.nn.functional` to compare with, but write them out yourself. `torch.exp`,
# `torch.log1p`, `torch.erf`, `torch.where`, `torch.maximum` and their like are yours to use, and so are
# the functions that you have already written on this page.
#
# At $x = 0$ any finite gradient is right for `relu`, `leaky_relu` and `elu`. The other curves have one true slope
# there, also where two pieces of your formula meet: see the lesson.

# %%
import math

import torch

# %% [markdown]
# ## Two straight lines
#
# $$\mathrm{relu}(x) = \max(0, x) \qquad
# \mathrm{leaky\_relu}(x) = \begin{cases} x & x > 0 \\ a\,x & x \le 0 \end{cases}$$


# %%
def relu(x: torch.Tensor) -> torch.Tensor:
    """The rectified linear unit: what is positive stays, the rest becomes 0.

    Written out, without PyTorch's own activations.

    Args:
        x: float32 or float64 tensor of any shape, also () and empty; it stays as it was.

    Returns:
        A tensor of the same shape and dtype; differentiable. inf gives inf, -inf gives 0, NaN stays NaN.
    """
    ### BEGIN SOLUTION
    return torch.maximum(x, torch.zeros_like(x))
    ### END SOLUTION


# %%
def leaky_relu(x: torch.Tensor, negative_slope: float = 0.01) -> torch.Tensor:
    """Like relu, but what is negative is multiplied by a small slope instead of by 0.

    Written out, without PyTorch's own activations.

    Args:
        x: float32 or float64 tensor of any shape, also () and empty; it stays as it was.
        negative_slope: a number between 0 and 1, the slope where x is negative.

    Returns:
        A tensor of the same shape and dtype; differentiable. With a slope above 0, inf gives inf and -inf
        gives -inf; NaN stays NaN.
    """
    ### BEGIN SOLUTION
    return torch.maximum(x, negative_slope * x)
    ### END SOLUTION


# %% [markdown]
# ## Two that saturate on both sides
#
# $$\sigma(x) = \frac{1}{1 + e^{-x}} = \frac{e^{x}}{1 + e^{x}} \qquad
# \tanh x = \frac{e^{x} - e^{-x}}{e^{x} + e^{-x}}$$
#
# For which $x$ does each form of $\sigma$ stay clear of `inf`? The gradient has to stay clear of it too.


# %%
def sigmoid(x: torch.Tensor) -> torch.Tensor:
    """The logistic function, 1 / (1 + exp(-x)), between 0 and 1.

    Written out, without PyTorch's own activations.

    Args:
        x: float32 or float64 tensor of any shape, also () and empty; it stays as it was.

    Returns:
        A tensor of the same shape and dtype; differentiable. Value and gradient are finite and right also for
        x as far away as 1000 and -1000; what differs by less than 1e-10 is the same here. inf gives 1, -inf gives
        0, NaN stays NaN.
    """
    ### BEGIN SOLUTION
    left = torch.minimum(x, torch.zeros_like(x))
    return torch.exp(left) / (1 + torch.exp(-x.abs()))  # no exponent is above 0
    ### END SOLUTION


# %%
def tanh(x: torch.Tensor) -> torch.Tensor:
    """The hyperbolic tangent, between -1 and 1.

    Written out, without PyTorch's own activations.

    Args:
        x: float32 or float64 tensor of any shape, also () and empty; it stays as it was.

    Returns:
        A tensor of the same shape and dtype; differentiable. Value and gradient are finite and right also for
        x as far away as 1000 and -1000; what differs by less than 1e-10 is the same here. inf gives 1, -inf gives
        -1, NaN stays NaN.
    """
    ### BEGIN SOLUTION
    return 2 * sigmoid(2 * x) - 1
    ### END SOLUTION


# %% [markdown]
# ## Two that bend
#
# $$\mathrm{elu}(x) = \begin{cases} x & x > 0 \\ \alpha\,(e^{x} - 1) & x \le 0 \end{cases} \qquad
# \mathrm{softplus}(x) = \log(1 + e^{x})$$
#
# `torch.where` computes and differentiates both branches, also the one that is thrown away.


# %%
def elu(x: torch.Tensor, alpha: float = 1.0) -> torch.Tensor:
    """The exponential linear unit: x where it is positive, else alpha (exp(x) - 1).

    Written out, without PyTorch's own activations.

    Args:
        x: float32 or float64 tensor of any shape, also () and empty; it stays as it was.
        alpha: a positive number; far to the left the function approaches -alpha.

    Returns:
        A tensor of the same shape and dtype; differentiable. Value and gradient are finite and right also for
        x as far away as 1000 and -1000. inf gives inf, -inf gives -alpha, NaN stays NaN.
    """
    ### BEGIN SOLUTION
    zero = torch.zeros_like(x)
    return torch.maximum(x, zero) + alpha * torch.expm1(torch.minimum(x, zero))  # one of the two terms is 0
    ### END SOLUTION


# %%
def softplus(x: torch.Tensor) -> torch.Tensor:
    """The smooth relu, log(1 + exp(x)), exact up to rounding everywhere, also where it is as small as 1e-40.

    Written out, without PyTorch's own activations.

    Args:
        x: float32 or float64 tensor of any shape, also () and empty; it stays as it was.

    Returns:
        A tensor of the same shape and dtype; differentiable. Value and gradient are finite and right also for
        x as far away as 1000 and -1000; gradients that differ by less than 1e-10 are the same here. inf gives
        inf, -inf gives 0, NaN stays NaN.
    """
    ### BEGIN SOLUTION
    right = torch.maximum(x, torch.zeros_like(x))
    return right + torch.log1p(torch.exp(-x.abs()))
    ### END SOLUTION


# %% [markdown]
# ## Two that dip below zero
#
# $$\mathrm{silu}(x) = x\,\sigma(x) \qquad \mathrm{gelu}(x) = x\,\Phi(x) = \tfrac12\,x\,
# \bigl(1 + \mathrm{erf}(x / \sqrt 2)\bigr)$$
#
# The approximation of the second, still in use, is
#
# $$\mathrm{gelu}(x) \approx \tfrac12\,x\,\Bigl(1 + \tanh\bigl(\sqrt{2/\pi}\,(x + 0.044715\,x^3)\bigr)\Bigr)$$


# %%
def silu(x: torch.Tensor) -> torch.Tensor:
    """The sigmoid linear unit, or swish: x times sigmoid(x).

    Written out, without PyTorch's own activations.

    Args:
        x: float32 or float64 tensor of any shape, also () and empty; it stays as it was.

    Returns:
        A tensor of the same shape and dtype; differentiable. Value and gradient are finite and right also for
        x as far away as 1000 and -1000; what differs by less than 1e-10 is the same here. inf gives inf, NaN
        stays NaN; what -inf gives is open.
    """
    ### BEGIN SOLUTION
    return x * sigmoid(x)
    ### END SOLUTION


# %%
def gelu(x: torch.Tensor, approximate: str = "none") -> torch.Tensor:
    """The Gaussian error linear unit: x times the probability that a standard normal number is below x.

    Written out, without PyTorch's own activations.

    Args:
        x: float32 or float64 tensor of any shape, also () and empty; it stays as it was.
        approximate: "none" for the exact function, with erf; "tanh" for the approximation with tanh, which
            differs from it by up to 4.7e-4.

    Returns:
        A tensor of the same shape and dtype; differentiable. Value and gradient are finite and right also for
        x as far away as 1000 and -1000; what differs by less than 1e-10 is the same here. inf gives inf, NaN
        stays NaN; what -inf gives is open.
    """
    ### BEGIN SOLUTION
    if approximate == "tanh":
        return 0.5 * x * (1 + tanh(math.sqrt(2 / math.pi) * (x + 0.044715 * x**3)))
    return 0.5 * x * (1 + torch.erf(x / math.sqrt(2)))
    ### END SOLUTION


# %% [markdown]
# ## Saturation
#
# $$\sigma'(x) = \sigma(x)\,(1 - \sigma(x))$$
#
# is the factor that a sigmoid puts into every gradient that passes it: at most $1/4$, and nearly 0 for
# a unit whose activation is near 0 or near 1.


# %%
def sigmoid_grad(x: torch.Tensor) -> torch.Tensor:
    """The derivative of sigmoid at x.

    Written out, without PyTorch's own activations.

    Args:
        x: float32 or float64 tensor of any shape, also () and empty: what goes *into* the sigmoid; it stays as it was.

    Returns:
        A tensor of the same shape and dtype; finite and right also for x as far away as 1000 and -1000; what
        differs by less than 1e-10 is the same here. Whether it can be differentiated again is open.
    """
    ### BEGIN SOLUTION
    s = sigmoid(x)
    return s * (1 - s)
    ### END SOLUTION


# %%
def saturation_fraction(activations: torch.Tensor, low: float, high: float) -> float:
    """The share of the entries that are at most `low` or at least `high`.

    Written out, without PyTorch's own activations.

    Args:
        activations: float32 or float64 tensor of any shape, also (), with at least one entry, none of them NaN:
            what came *out* of an activation function; it stays as it was.
        low: entries less than or equal to it count as saturated.
        high: entries greater than or equal to it count as saturated; larger than `low`.

    Returns:
        The number of such entries divided by the number of all entries, between 0 and 1: a Python number or a
        0-d tensor.
    """
    ### BEGIN SOLUTION
    saturated = (activations <= low) | (activations >= high)
    return saturated.double().mean().item()
    ### END SOLUTION
