# %% [markdown]
# # Gradient descent
#
# To find the lowest point of a function, walk downhill: again and again take a step against the
# gradient. Here you write that walk, a way to choose its step size, the mini-batches, and a linear
# regression trained with both.

# %%
from collections.abc import Callable, Iterator

import torch

# %% [markdown]
# ## The walk
#
# $$x_{t+1} = x_t - \eta\, \nabla f(x_t)$$
#
# with the learning rate $\eta$ (`lr`). It needs the gradient alone, never the value of $f$.


# %%
def gradient_descent(
    grad: Callable[[torch.Tensor], torch.Tensor], x0: torch.Tensor, lr: float = 0.1, steps: int = 100, tol: float = 0.0
) -> tuple[torch.Tensor, torch.Tensor]:
    """Walk downhill from `x0`, at most `steps` steps.

    Args:
        grad: the gradient of what is minimised; takes a tensor shaped like `x0`, returns another.
        x0: where to start, a float32 or float64 tensor of any shape; it stays as it was.
        lr: the learning rate.
        steps: the largest number of steps; 0 takes none.
        tol: before each step, stop if the norm of the gradient (the root of the sum of the squares
            of all its entries) is at most `tol`.

    Returns:
        (x, history): the last iterate, and a (T+1, *x0.shape) tensor of x0 and the T iterates after
        it; both of x0's dtype.

    Raises:
        ValueError: an iterate, the last one included, is no longer finite: the walk diverges.
    """
    ### BEGIN SOLUTION
    x = x0.clone()
    history = [x]
    for _ in range(steps):
        slope = grad(x)
        if slope.norm() <= tol:
            break
        x = x - lr * slope
        if not x.isfinite().all():
            raise ValueError(f"diverged after {len(history)} steps; take a smaller lr than {lr}")
        history.append(x)
    return x, torch.stack(history)
    ### END SOLUTION


# %% [markdown]
# ## A step size that pays
#
# For a small step $\eta$ downhill, $f$ falls by about $\eta\,\lVert g \rVert^2$. Armijo's condition
# asks for a fraction $c$ of that:
#
# $$f(x - \eta\, g) \le f(x) - c\,\eta\,\lVert g \rVert^2, \qquad g = \nabla f(x)$$
#
# Backtracking starts with a large step and shrinks it until the condition holds.


# %%
def backtracking(
    f: Callable[[torch.Tensor], torch.Tensor],
    grad: Callable[[torch.Tensor], torch.Tensor],
    x: torch.Tensor,
    lr: float = 1.0,
    shrink: float = 0.5,
    c: float = 1e-4,
) -> float:
    """The first of lr, lr * shrink, lr * shrink**2, ... that meets Armijo's condition at `x`.

    Args:
        f: what is minimised; takes a tensor shaped like `x`, returns a 0-d tensor, which may be inf.
        grad: its gradient; takes a tensor shaped like `x`, returns another.
        x: where the step begins, a float32 or float64 tensor of any shape; it stays as it was.
        lr: the first step size to try, returned as it is if it already meets the condition.
        shrink: the factor between one try and the next, between 0 and 1.
        c: the fraction of the promised fall that must come true, between 0 and 1; just as much is enough.

    Returns:
        The step size, a float or a 0-d tensor.
    """
    ### BEGIN SOLUTION
    here, slope = f(x), grad(x)
    promise = c * (slope**2).sum()
    while f(x - lr * slope) > here - lr * promise:
        lr = lr * shrink
    return lr
    ### END SOLUTION


# %% [markdown]
# ## Mini-batches
#
# The gradient of a mean over a million examples is costly; that over a few drawn at random is
# cheap, and right on average. One *epoch* visits every example once, in a fresh random order.


# %%
def minibatches(n: int, batch_size: int, generator: torch.Generator | None = None) -> Iterator[torch.Tensor]:
    """The mini-batches of one epoch: the numbers 0, ..., n-1, each once, a batch at a time.

    Args:
        n: the number of examples, 1 or more.
        batch_size: examples in a batch; the last batch is shorter where n is no multiple of it.
        generator: where given, a random order of all n numbers is drawn from it alone; it moves on, so
            the next epoch has another order, and the global random state stays as it was. Where
            None, any order will do.

    Returns:
        An iterator (or list) of 1-d int64 tensors of indices.
    """
    ### BEGIN SOLUTION
    order = torch.randperm(n, generator=generator)
    yield from order.split(batch_size)
    ### END SOLUTION


# %% [markdown]
# ## Linear regression by gradient descent
#
# The model is $\hat y = Xw + b$, the loss the mean of the squared errors:
#
# $$L(w, b) = \frac1N \sum_{i=1}^{N} (x_i^\top w + b - y_i)^2$$
#
# A mini-batch $B$ stands in for all $N$ examples: the mean over $B$ is what is differentiated.


# %%
def fit_linear(
    X: torch.Tensor,
    y: torch.Tensor,
    lr: float = 0.1,
    epochs: int = 100,
    batch_size: int | None = None,
    generator: torch.Generator | None = None,
) -> tuple[torch.Tensor, torch.Tensor, list[float]]:
    """Linear regression by gradient descent on the mean of the squared errors (no factor one half).

    w and b start at zero. Every epoch calls minibatches(N, batch_size, generator) again, and every
    batch, the short last one too, makes one step with the gradient of its own mean.

    Args:
        X: (N, D) float32 or float64 features; they stay as they were.
        y: (N,) targets of the same dtype; they stay as they were.
        lr: the learning rate.
        epochs: how often to go through the examples; 0 leaves w and b at zero.
        batch_size: examples in a batch; None takes all N at once.
        generator: the source of the order of the examples; see minibatches. Without one, any order will do.

    Returns:
        (w, b, losses): (D,) weights of X's dtype, the bias (a float or 0-d tensor), and one loss an epoch (numbers or
        0-d tensors): the mean squared error of all N examples before or after the epoch's updates, or the mean over
        the examples of the loss that each had in its batch, before that batch's step.
    """
    ### BEGIN SOLUTION
    w, b = torch.zeros(X.shape[1], dtype=X.dtype), torch.zeros((), dtype=X.dtype)
    losses = []
    for _ in range(epochs):
        losses.append(((X @ w + b - y) ** 2).mean().item())
        for batch in minibatches(len(X), batch_size or len(X), generator):
            error = X[batch] @ w + b - y[batch]  # (B,)
            step_w, step_b = 2 * (error @ X[batch]) / len(batch), 2 * error.mean()
            w, b = w - lr * step_w, b - lr * step_b
    return w, b, losses
    ### END SOLUTION
