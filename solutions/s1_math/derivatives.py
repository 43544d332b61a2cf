# %% [markdown]
# # Derivatives and gradients
#
# How fast does $f$ grow at $x$? On a computer you find out as you would on a hill: take a small step,
# see how much higher you are, divide by the length of the step. Here you write that measurement for a
# function of one number, along a direction, and for tensors of any shape, and you see how exact it can be.

# %%
from collections.abc import Callable

import torch

# %% [markdown]
# ## The slope between two points
#
# The line through $(x, f(x))$ and $(x + h, f(x + h))$ is a secant. Its slope is
#
# $$\frac{f(x + h) - f(x)}{h}$$


# %%
def forward_difference(
    f: Callable[[float | torch.Tensor], float | torch.Tensor], x: float | torch.Tensor, h: float = 1e-7
) -> float | torch.Tensor:
    """The slope of the secant of `f` from x to x + h.

    From differences of values alone, without PyTorch's autograd.

    Args:
        f: takes a number or a tensor and returns a new one of the same shape, each entry made from the one in
            its place, as in `lambda x: x**2`.
        x: where, a number or a tensor of any shape, float32 or float64; each entry is a place of its own. It stays as
            it was.
        h: the step, a number other than 0. The default is made for float64; in float32 it is lost in rounding.

    Returns:
        The slope: a single number (of Python or a 0-d tensor) for a number, a tensor of x's shape and dtype for a
        tensor.
    """
    ### BEGIN SOLUTION
    return (f(x + h) - f(x)) / h
    ### END SOLUTION


# %% [markdown]
# ## The same step to either side
#
# $$\frac{f(x + h) - f(x - h)}{2h}$$
#
# looks hardly different. Yet halving $h$ makes its error four times smaller, not twice.


# %%
def central_difference(
    f: Callable[[float | torch.Tensor], float | torch.Tensor], x: float | torch.Tensor, h: float = 1e-5
) -> float | torch.Tensor:
    """The slope of the secant of `f` from x - h to x + h.

    From differences of values alone, without PyTorch's autograd.

    Args:
        f: as for forward_difference.
        x: as for forward_difference.
        h: the step to either side, a number other than 0.

    Returns:
        The slope: a single number (of Python or a 0-d tensor) for a number, a tensor of x's shape and dtype for a
        tensor.
    """
    ### BEGIN SOLUTION
    return (f(x + h) - f(x - h)) / (2 * h)
    ### END SOLUTION


# %% [markdown]
# ## Along a direction
#
# A function of many numbers has no single slope: it depends on where you walk. Choose a direction $v$
# and walk along $x + t\,v$. What $f$ does as a function of the one number $t$ has a slope at $t = 0$:
#
# $$\frac{f(x + h\,v) - f(x - h\,v)}{2h}$$


# %%
def directional_derivative(
    f: Callable[[torch.Tensor], torch.Tensor], x: torch.Tensor, v: torch.Tensor, h: float = 1e-5
) -> torch.Tensor:
    """How fast `f` grows when x moves with velocity v, by the central difference above.

    From differences of values alone, without PyTorch's autograd.

    Args:
        f: takes a tensor shaped like `x`; returns a new 0-d tensor, or one of any other shape.
        x: where, a tensor of any shape, float32 or float64.
        v: the direction, shaped like `x` and of its dtype. It is taken as it is: twice as long a v gives
            twice the slope, and a v of zeros gives 0. Both x and v stay as they were.
        h: the step in t to either side, a positive number.

    Returns:
        A tensor of the shape and dtype that `f` returns.
    """
    ### BEGIN SOLUTION
    return (f(x + h * v) - f(x - h * v)) / (2 * h)
    ### END SOLUTION


# %% [markdown]
# ## The gradient
#
# One slope for each entry of $x$, found by moving this entry alone while all others stay where they are:
#
# $$\nabla f(x)_i = \frac{\partial f}{\partial x_i} \approx \frac{f(x + h\,e_i) - f(x - h\,e_i)}{2h}$$
#
# where $e_i$ is 1 in place $i$ and 0 elsewhere.


# %%
def numerical_gradient(f: Callable[[torch.Tensor], torch.Tensor], x: torch.Tensor, h: float = 1e-5) -> torch.Tensor:
    """The gradient of `f` at x, by a central difference for each entry.

    From differences of values alone, without PyTorch's autograd.

    Args:
        f: takes a floating-point tensor shaped like `x`, returns a new 0-d tensor, no view of what it takes.
        x: where, a tensor of any shape with at least one entry, float32 or float64; it stays as it was. Integers are
            turned into float64 first.
        h: the step to either side, a positive number. The default suits float64; float32 needs about 1e-2.

    Returns:
        A tensor of x's shape: entry by entry the slope of `f` when this entry alone moves. Its dtype is
        that of `x`, or float64 where `x` held integers.
    """
    ### BEGIN SOLUTION
    x = x if x.is_floating_point() else x.double()
    directions = torch.eye(x.numel(), dtype=x.dtype)  # row i is e_i, still flat
    slopes = [directional_derivative(f, x, direction.reshape(x.shape), h) for direction in directions]
    return torch.stack(slopes).reshape(x.shape)
    ### END SOLUTION


# %% [markdown]
# ## The Jacobian
#
# If $f$ returns $m$ numbers, each of them has a gradient. Written as rows below each other, they are the
# Jacobian $J$, with $J_{ij} = \partial f_i / \partial x_j$: a row for each output, a column for each input.


# %%
def jacobian(f: Callable[[torch.Tensor], torch.Tensor], x: torch.Tensor, h: float = 1e-5) -> torch.Tensor:
    """All the slopes of a function from n numbers to m numbers, by central differences.

    From differences of values alone, without PyTorch's autograd.

    Args:
        f: takes an (n,) tensor, returns a new (m,) tensor.
        x: where, an (n,) tensor, float32 or float64, n >= 1; it stays as it was.
        h: the step to either side, a positive number.

    Returns:
        (m, n) tensor of x's dtype; entry [i, j] is the slope of output i when input j alone moves.
    """
    ### BEGIN SOLUTION
    columns = [directional_derivative(f, x, direction, h) for direction in torch.eye(len(x), dtype=x.dtype)]
    return torch.stack(columns, dim=1)
    ### END SOLUTION


# %% [markdown]
# ## The Hessian
#
# The gradient is itself a function from $n$ numbers to $n$ numbers. Its Jacobian holds the second
# derivatives: how the slopes themselves change. Dividing by $h$ twice makes more of rounding, so the step
# is larger here.


# %%
def hessian(f: Callable[[torch.Tensor], torch.Tensor], x: torch.Tensor, h: float = 1e-4) -> torch.Tensor:
    """The second derivatives of `f` at x, by central differences of central differences.

    From differences of values alone, without PyTorch's autograd.

    Args:
        f: takes an (n,) tensor, returns a new 0-d tensor.
        x: where, an (n,) float64 tensor, n >= 1; it stays as it was.
        h: the step to either side, a positive number.

    Returns:
        (n, n) float64 tensor; entry [i, j] is the slope, when entry j moves, of the slope that belongs to entry i.
        For a polynomial `f` of total degree 3 or less it is exact up to rounding.
    """
    ### BEGIN SOLUTION
    return jacobian(lambda y: numerical_gradient(f, y, h), x, h)
    ### END SOLUTION
