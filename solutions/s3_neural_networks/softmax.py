# %% [markdown]
# # The softmax function
#
# A network ends in a row of real numbers, the *logits*. Softmax turns each row into probabilities:
# positive, and summing to one. Write it so that it also survives logits of 1000.

# %%
import torch

# %% [markdown]
# ## Softmax
#
# $$\mathrm{softmax}(z)_i = \frac{e^{z_i}}{\sum_j e^{z_j}}$$
#
# Adding a constant to every logit of a row changes nothing. Which constant keeps $e^{z}$ finite?


# %%
def softmax(logits: torch.Tensor, dim: int = -1) -> torch.Tensor:
    """Probabilities along one dimension.

    Written out, without PyTorch's own `softmax`, `log_softmax` and `logsumexp`.

    Args:
        logits: float32 or float64 tensor of one dimension or more, whose sizes other than along `dim` may be 0;
            an entry of -inf gets probability exactly 0, and a row has at least one other. It stays as it was.
        dim: the dimension along which the result sums to 1.

    Returns:
        A new tensor of the same shape and dtype; differentiable; right also for entries such as 1000 and -1000.
    """
    ### BEGIN SOLUTION
    shifted = logits - logits.amax(dim, keepdim=True)
    weights = shifted.exp()
    return weights / weights.sum(dim, keepdim=True)
    ### END SOLUTION


# %% [markdown]
# ## Logarithms of probabilities
#
# Losses need $\log \mathrm{softmax}(z)$. Taking the logarithm *after* softmax turns a small
# probability into $-\infty$; the logarithm of the sum can be computed without ever leaving the
# scale of the logits.


# %%
def logsumexp(x: torch.Tensor, dim: int = -1, keepdim: bool = False) -> torch.Tensor:
    """The logarithm of the sum of exponentials, $\\log \\sum_j e^{x_j}$, along one dimension.

    Written out, without PyTorch's own `softmax`, `log_softmax` and `logsumexp`.

    Args:
        x: float32 or float64 tensor of one dimension or more, whose sizes other than along `dim` may be 0;
            it stays as it was.
        dim: the dimension to sum over.
        keepdim: keep that dimension with size 1.

    Returns:
        A tensor of the same dtype without `dim`, or with size 1 there; differentiable; finite and right also for
        entries such as 1000 and -1000.
    """
    ### BEGIN SOLUTION
    top = x.amax(dim, keepdim=True)
    total = (x - top).exp().sum(dim, keepdim=True).log() + top
    return total if keepdim else total.squeeze(dim)
    ### END SOLUTION


# %%
def log_softmax(logits: torch.Tensor, dim: int = -1) -> torch.Tensor:
    """The logarithm of softmax, exact also where the probability itself would underflow to 0.

    Written out, without PyTorch's own `softmax`, `log_softmax` and `logsumexp`.

    Args:
        logits: float32 or float64 tensor of one dimension or more, whose sizes other than along `dim` may be 0;
            it stays as it was.
        dim: the dimension along which the probabilities sum to 1.

    Returns:
        A tensor of the same shape and dtype; differentiable; right also for entries such as 1000 and -1000.
    """
    ### BEGIN SOLUTION
    return logits - logsumexp(logits, dim, keepdim=True)
    ### END SOLUTION


# %% [markdown]
# ## Temperature
#
# Dividing the logits by a temperature $T$ before softmax flattens the distribution for $T > 1$
# and sharpens it for $T < 1$.


# %%
def temperature_softmax(logits: torch.Tensor, temperature: float, dim: int = -1) -> torch.Tensor:
    """Softmax of the logits divided by a temperature.

    Written out, without PyTorch's own `softmax`, `log_softmax` and `logsumexp`.

    Args:
        logits: float32 or float64 tensor of one dimension or more, whose sizes other than along `dim` may be 0;
            it stays as it was.
        temperature: a positive number; 1 gives plain softmax.
        dim: the dimension along which the result sums to 1.

    Returns:
        A new tensor of the same shape and dtype; differentiable; right also for entries such as 1000 and -1000.
    """
    ### BEGIN SOLUTION
    return softmax(logits / temperature, dim)
    ### END SOLUTION


# %% [markdown]
# ## The derivative
#
# $$\frac{\partial p_i}{\partial z_j} = p_i\,(\delta_{ij} - p_j)$$


# %%
def softmax_jacobian(logits: torch.Tensor) -> torch.Tensor:
    """The Jacobian of softmax at one row of logits.

    Written out, without PyTorch's own `softmax`, `log_softmax` and `logsumexp`.

    Args:
        logits: (C,) float32 or float64 tensor; it stays as it was.

    Returns:
        (C, C) tensor of the same dtype; entry [i, j] is the derivative of probability i with respect to logit j,
        right also for logits such as 1000 and -1000. It can be differentiated again.
    """
    ### BEGIN SOLUTION
    p = softmax(logits, 0)
    return torch.diag(p) - torch.outer(p, p)
    ### END SOLUTION
