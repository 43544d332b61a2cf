# %% [markdown]
# # Autograd
#
# First an engine of your own, for single numbers: a few dozen lines that do what PyTorch does. Then PyTorch itself:
# a gradient, a training step, an operation of your own, and a second derivative.

# %%
import math
from collections.abc import Callable
from typing import Any

import torch

# %% [markdown]
# ## An engine for single numbers
#
# Each operation makes a new `Value` that keeps two things: its *parents*, the Values it was computed from, and its
# *slopes*, its derivative with respect to each parent, as plain numbers. `__add__` is given as the pattern. For
# minus and division use what you have already: $a - b = a + (-b)$ and $a / b = a \cdot b^{-1}$.
#
# Then `backward` applies the chain rule: a node's derivative times the slope goes to the parent, and what
# arrives at a node from several sides is added up. A node may pass its derivative on only when
# *everything* has arrived: so when all nodes that use it have had their turn.


# %%
class Value:
    """A number that remembers how it was computed.

    Attributes:
        data: the number, a float.
        grad: the derivative, with respect to this number, of the Value that `backward` was called on; summed over
            all such calls, 0.0 at first. It may be set: `a.grad = 0.0` starts again.

    `Value(3.0)` makes a leaf; all operations make new Values and leave their operands as they were. Beside a Value,
    the other operand of + - * / may be a Value too or a plain number (int or float), on either side.
    What else a Value keeps for `backward` is up to you: `parents` and `slopes` are a proposal.
    """

    def __init__(self, data: float, parents: tuple["Value", ...] = (), slopes: tuple[float, ...] = ()):
        self.data = float(data)
        self.grad = 0.0
        self.parents = parents
        self.slopes = slopes

    def __repr__(self) -> str:
        return f"Value(data={self.data:g}, grad={self.grad:g})"

    def __add__(self, other: "Value | float") -> "Value":
        """self + other: the new number, the parents, and the slope towards each."""
        other = other if isinstance(other, Value) else Value(other)
        return Value(self.data + other.data, (self, other), (1.0, 1.0))

    def __radd__(self, other: float) -> "Value":
        """other + self, which Python asks for when there is a plain number on the left."""
        return self + other

    def __mul__(self, other: "Value | float") -> "Value":
        """self * other."""
        # YOUR CODE HERE
        raise NotImplementedError("Value.__mul__ is not written yet")

    def __rmul__(self, other: float) -> "Value":
        """other * self, with a plain number on the left."""
        # YOUR CODE HERE
        raise NotImplementedError("Value.__rmul__ is not written yet")

    def __neg__(self) -> "Value":
        """-self."""
        # YOUR CODE HERE
        raise NotImplementedError("Value.__neg__ is not written yet")

    def __sub__(self, other: "Value | float") -> "Value":
        """self - other."""
        # YOUR CODE HERE
        raise NotImplementedError("Value.__sub__ is not written yet")

    def __rsub__(self, other: float) -> "Value":
        """other - self, with a plain number on the left."""
        # YOUR CODE HERE
        raise NotImplementedError("Value.__rsub__ is not written yet")

    def __pow__(self, exponent: float) -> "Value":
        """self ** exponent; the exponent is a plain number, 1 or larger where self is 0."""
        # YOUR CODE HERE
        raise NotImplementedError("Value.__pow__ is not written yet")

    def __truediv__(self, other: "Value | float") -> "Value":
        """self / other."""
        # YOUR CODE HERE
        raise NotImplementedError("Value.__truediv__ is not written yet")

    def __rtruediv__(self, other: float) -> "Value":
        """other / self, with a plain number on the left."""
        # YOUR CODE HERE
        raise NotImplementedError("Value.__rtruediv__ is not written yet")

    def relu(self) -> "Value":
        """The larger of self and 0; where self is exactly 0, the slope is taken to be 0, as in PyTorch."""
        # YOUR CODE HERE
        raise NotImplementedError("Value.relu is not written yet")

    def tanh(self) -> "Value":
        """The hyperbolic tangent, right also where self is as large as 1000 or -1000."""
        # YOUR CODE HERE
        raise NotImplementedError("Value.tanh is not written yet")

    def exp(self) -> "Value":
        """e to the power of self. If that is too large for a float (above 709.78), inf or OverflowError is right."""
        # YOUR CODE HERE
        raise NotImplementedError("Value.exp is not written yet")

    def backward(self) -> None:
        """Work out the derivative of self with respect to every node that it was computed from, self included (1).

        It is *added* to the `grad` of that node; all other nodes keep theirs. So gradients accumulate, as in PyTorch:
        after a second call, on this Value or another, the `grad` of a leaf is the sum of both derivatives. (What a
        second call leaves in nodes that an operation made is up to you.)

        The graph may be thousands of operations deep, where a function that calls itself for each node fails. Each
        operation is gone through once, however many paths lead to it: after 50 doublings there are 2^50.
        """
        # YOUR CODE HERE
        raise NotImplementedError("Value.backward is not written yet")


# %% [markdown]
# ## The gradient of any function
#
# Now PyTorch's engine. A tensor takes part in it once its `requires_grad` is True; but `x` belongs to the
# caller, so do not switch it on there.


# %%
def grad_of(f: Callable[[torch.Tensor], torch.Tensor], x: torch.Tensor) -> torch.Tensor:
    """The gradient of a function of one tensor.

    Args:
        f: takes a tensor of x's shape and dtype; returns a 0-d tensor that PyTorch computed from it.
        x: float32 or float64 tensor of any shape, whether or not it requires a gradient. It stays as it was: its
            values, its `requires_grad`, its `grad`.

    Returns:
        Tensor of x's shape and dtype: the derivative of f(x) with respect to each entry.

    Raises:
        ValueError: f(x) has more than one entry, so there is no *one* gradient.
    """
    # YOUR CODE HERE
    raise NotImplementedError("grad_of is not written yet")


# %% [markdown]
# ## One training step, by hand
#
# Every training loop does this at its heart: the loss, its gradients, and a small step against them.
#
# $$L(w, b) = \frac{1}{N} \sum_{n=1}^{N} (x_n \cdot w + b - y_n)^2, \qquad
# w \leftarrow w - \eta\,\frac{\partial L}{\partial w}, \qquad b \leftarrow b - \eta\,\frac{\partial L}{\partial b}$$


# %%
def manual_step(w: torch.Tensor, b: torch.Tensor, X: torch.Tensor, y: torch.Tensor, lr: float) -> torch.Tensor | float:
    """One step of gradient descent on the mean squared error of a linear model, in place.

    `w` and `b` are the model's own tensors: write the new values into them. They stay leaves that require a gradient,
    so that the next step can follow. What earlier steps left in `w.grad` and `b.grad` plays no part in this one,
    and what stands there afterwards is up to you.

    Args:
        w: (D,) float32 or float64 leaf that requires a gradient: the weights.
        b: 0-d leaf of the same dtype that requires a gradient: the bias.
        X: (N, D) tensor of the same dtype, one example a row; it stays as it was.
        y: (N,) tensor of the same dtype, the targets; they stay as they were.
        lr: the learning rate, a positive number.

    Returns:
        The loss before the step, as a float or a 0-d tensor; a tensor must not require a gradient, else a
        list of losses keeps the graph of every step in memory.
    """
    # YOUR CODE HERE
    raise NotImplementedError("manual_step is not written yet")


# %% [markdown]
# ## An operation of your own
#
# For tensors PyTorch stores no slopes, but in each node a function that turns the derivative of the output
# (`grad_output`) into that of the input. Here you write both directions, for
#
# $$\sigma(x) = \frac{1}{1 + e^{-x}}, \qquad \sigma'(x) = \sigma(x)\,(1 - \sigma(x)).$$


# %%
class MySigmoid(torch.autograd.Function):
    """The sigmoid, entry by entry. It is used as `MySigmoid.apply(x)`; its methods are never called directly.

    x is a float32 or float64 tensor of any shape and stays as it was; the result is a new tensor of the same shape and
    dtype. Values and derivatives are right also for entries such as 1000 and -1000. It can be differentiated
    twice: `torch.autograd.gradcheck` and `gradgradcheck` pass.
    """

    @staticmethod
    def forward(ctx: Any, x: torch.Tensor) -> torch.Tensor:
        """The values. What backward will need goes into `ctx.save_for_backward(...)`."""
        # YOUR CODE HERE
        raise NotImplementedError("MySigmoid.forward is not written yet")

    @staticmethod
    def backward(ctx: Any, grad_output: torch.Tensor) -> torch.Tensor:
        """The derivative of some loss with respect to x, from the one with respect to the result.

        What was saved comes back as the tuple `ctx.saved_tensors`. Compute with ordinary tensor operations: then
        PyTorch can differentiate them once more.
        """
        # YOUR CODE HERE
        raise NotImplementedError("MySigmoid.backward is not written yet")


# %% [markdown]
# ## A second derivative, without the matrix
#
# The Hessian $H$ of a function of $n$ numbers has $n^2$ entries: for a million weights, that is hopeless. But its
# product with *one* vector costs only about as much as two gradients, because
#
# $$H v = \nabla_x \bigl( \nabla f(x) \cdot v \bigr).$$


# %%
def hvp(f: Callable[[torch.Tensor], torch.Tensor], x: torch.Tensor, v: torch.Tensor) -> torch.Tensor:
    """The product of the Hessian of f at x with a vector, exact up to rounding, without building the Hessian.

    Write it yourself: `torch.autograd.functional.hvp` and `vhp` are there to compare with.

    Args:
        f: takes a tensor of x's shape and dtype; returns a 0-d tensor, computed by PyTorch; twice differentiable
            and not linear.
        x: (n,) float32 or float64 tensor; it stays as it was: its values, its `requires_grad`, its `grad`.
        v: (n,) tensor of the same dtype; it stays as it was.

    Returns:
        (n,) tensor of the same dtype. The work is that of a few gradients, however large n is.
    """
    # YOUR CODE HERE
    raise NotImplementedError("hvp is not written yet")
