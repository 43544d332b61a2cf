# %% [markdown]
# # Regression loss functions
#
# Six ways to say how far predictions are from their targets. All share the first and the last step:
# the error of every entry, and the reduction of all losses to one number.
#
# PyTorch has most of them (`mse_loss`, `l1_loss`, `huber_loss`, `smooth_l1_loss`): use those to compare
# with, but write the formulas out yourself.

# %%
import math

import torch

# %% [markdown]
# ## Two helpers
#
# The six losses below need both, so write them once. No check calls the helpers themselves, and you
# may do without them.
#
# A network's output of shape (N, 1) minus targets of shape (N,) broadcasts to (N, N), without a warning.
# A loss must refuse that.


# %%
def errors(prediction: torch.Tensor, target: torch.Tensor) -> torch.Tensor:
    """Prediction minus target, entry by entry.

    Raises:
        ValueError: the shapes are unequal, also where broadcasting would make them fit.
    """
    ### BEGIN SOLUTION
    if prediction.shape != target.shape:
        raise ValueError(f"a prediction of shape {tuple(prediction.shape)} for a target of shape {tuple(target.shape)}")
    return prediction - target
    ### END SOLUTION


# %%
def reduce_loss(losses: torch.Tensor, reduction: str = "mean") -> torch.Tensor:
    """The mean over all entries ("mean"), their sum ("sum"), or the losses as they are ("none")."""
    ### BEGIN SOLUTION
    if reduction == "mean":
        return losses.mean()
    if reduction == "sum":
        return losses.sum()
    return losses
    ### END SOLUTION


# %% [markdown]
# ## Squared and absolute error
#
# With $e = \hat y - y$: $\quad\ell_{\mathrm{mse}}(e) = e^2, \qquad \ell_{\mathrm{mae}}(e) = \lvert e\rvert$


# %%
def mse(prediction: torch.Tensor, target: torch.Tensor, reduction: str = "mean") -> torch.Tensor:
    """The squared error.

    Written out, without PyTorch's own losses.

    Args:
        prediction: float32 or float64 tensor of any shape with at least one entry; it stays as it was.
        target: tensor of the same shape and dtype; it stays as it was.
        reduction: "mean" over all entries, their "sum", or "none" for one loss an entry.

    Returns:
        A tensor of the prediction's dtype: of shape (), or of the prediction's shape with "none".
        Gradients flow to prediction and target.

    Raises:
        ValueError: the shapes are unequal, also where broadcasting would make them fit.
    """
    ### BEGIN SOLUTION
    return reduce_loss(errors(prediction, target) ** 2, reduction)
    ### END SOLUTION


# %%
def mae(prediction: torch.Tensor, target: torch.Tensor, reduction: str = "mean") -> torch.Tensor:
    """The absolute error.

    Written out, without PyTorch's own losses.

    Args:
        prediction: float32 or float64 tensor of any shape with at least one entry; it stays as it was.
        target: tensor of the same shape and dtype; it stays as it was.
        reduction: "mean" over all entries, their "sum", or "none" for one loss an entry.

    Returns:
        A tensor of the prediction's dtype: of shape (), or of the prediction's shape with "none".
        Gradients flow to prediction and target, finite also where the error is 0.

    Raises:
        ValueError: the shapes are unequal, also where broadcasting would make them fit.
    """
    ### BEGIN SOLUTION
    return reduce_loss(errors(prediction, target).abs(), reduction)
    ### END SOLUTION


# %% [markdown]
# ## Huber
#
# Quadratic for small errors, straight for large ones; value and slope join at $\pm\delta$:
#
# $$\ell_\delta(e) = \begin{cases} e^2/2 & \lvert e\rvert \le \delta \\
# \delta\,(\lvert e\rvert - \delta/2) & \text{otherwise} \end{cases}$$


# %%
def huber(prediction: torch.Tensor, target: torch.Tensor, delta: float = 1.0, reduction: str = "mean") -> torch.Tensor:
    """Huber's loss: half the squared error up to delta, from there on straight with slope delta.

    Written out, without PyTorch's own losses.

    Args:
        prediction: float32 or float64 tensor of any shape with at least one entry; it stays as it was.
        target: tensor of the same shape and dtype; it stays as it was.
        delta: a positive number, the error at which the two parts join.
        reduction: "mean" over all entries, their "sum", or "none" for one loss an entry.

    Returns:
        A tensor of the prediction's dtype: of shape (), or of the prediction's shape with "none".
        Gradients flow to prediction and target, finite also where the error is 0.

    Raises:
        ValueError: the shapes are unequal, also where broadcasting would make them fit.
    """
    ### BEGIN SOLUTION
    size = errors(prediction, target).abs()
    losses = torch.where(size <= delta, size**2 / 2, delta * (size - delta / 2))
    return reduce_loss(losses, reduction)
    ### END SOLUTION


# %% [markdown]
# ## Smooth L1
#
# Huber's loss divided by its threshold, which is called $\beta$ here: $e^2/(2\beta)$ for errors up to
# $\beta$, then $\lvert e\rvert - \beta/2$.


# %%
def smooth_l1(
    prediction: torch.Tensor,
    target: torch.Tensor,
    beta: float = 1.0,
    reduction: str = "mean",
) -> torch.Tensor:
    """The smooth L1 loss: Huber's loss with delta = beta, divided by beta.

    Written out, without PyTorch's own losses.

    Args:
        prediction: float32 or float64 tensor of any shape with at least one entry; it stays as it was.
        target: tensor of the same shape and dtype; it stays as it was.
        beta: a positive number, the error from which on the loss is straight with slope 1.
        reduction: "mean" over all entries, their "sum", or "none" for one loss an entry.

    Returns:
        A tensor of the prediction's dtype: of shape (), or of the prediction's shape with "none".
        Gradients flow to prediction and target, finite also where the error is 0.

    Raises:
        ValueError: the shapes are unequal, also where broadcasting would make them fit.
    """
    ### BEGIN SOLUTION
    return huber(prediction, target, beta, reduction) / beta
    ### END SOLUTION


# %% [markdown]
# ## Log-cosh
#
# $\ell(e) = \log\cosh e$ is about $e^2/2$ for small errors and about $\lvert e\rvert - \log 2$ for large ones.
# But $\cosh 1000$ is `inf`: which large factor can you take out before the logarithm?


# %%
def log_cosh(prediction: torch.Tensor, target: torch.Tensor, reduction: str = "mean") -> torch.Tensor:
    """The logarithm of the hyperbolic cosine of the error.

    Written out, without PyTorch's own losses.

    Args:
        prediction: float32 or float64 tensor of any shape with at least one entry; it stays as it was.
        target: tensor of the same shape and dtype; it stays as it was.
        reduction: "mean" over all entries, their "sum", or "none" for one loss an entry.

    Returns:
        A tensor of the prediction's dtype: of shape (), or of the prediction's shape with "none".
        Gradients flow to prediction and target.
        Loss and gradient are finite and right also for large errors: an error of 1000 costs 1000 - ln 2.

    Raises:
        ValueError: the shapes are unequal, also where broadcasting would make them fit.
    """
    ### BEGIN SOLUTION
    size = errors(prediction, target).abs()
    losses = size + torch.log1p(torch.exp(-2 * size)) - math.log(2)
    return reduce_loss(losses, reduction)
    ### END SOLUTION


# %% [markdown]
# ## Quantile
#
# $$\ell_q(\hat y, y) = \max\bigl(q\,(y - \hat y),\ (q - 1)\,(y - \hat y)\bigr)$$
#
# For $q = 0.9$ a prediction that is too low costs nine times as much as one that is too high.


# %%
def quantile(prediction: torch.Tensor, target: torch.Tensor, q: float = 0.5, reduction: str = "mean") -> torch.Tensor:
    """The quantile or pinball loss, the larger of q (target - prediction) and (q - 1) (target - prediction).

    Written out, without PyTorch's own losses.

    Args:
        prediction: float32 or float64 tensor of any shape with at least one entry; it stays as it was.
        target: tensor of the same shape and dtype; it stays as it was.
        q: a number between 0 and 1; what a prediction too low by 1 costs, while one too high by 1 costs 1 - q.
        reduction: "mean" over all entries, their "sum", or "none" for one loss an entry.

    Returns:
        A tensor of the prediction's dtype: of shape (), or of the prediction's shape with "none".
        Gradients flow to prediction and target, finite also where the error is 0.

    Raises:
        ValueError: the shapes are unequal, also where broadcasting would make them fit.
    """
    ### BEGIN SOLUTION
    shortfall = -errors(prediction, target)
    losses = torch.maximum(q * shortfall, (q - 1) * shortfall)
    return reduce_loss(losses, reduction)
    ### END SOLUTION
