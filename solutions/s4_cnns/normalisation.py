# %% [markdown]
# # Normalisation
#
# Batch norm, layer norm, group norm: one formula. They differ in the numbers that share a mean. You write the formula
# once, for any axes, and the layers with it.

# %%
import torch
from torch import nn

# %% [markdown]
# ## The formula
#
# $$\hat x = \frac{x - \mu}{\sqrt{\sigma^2 + \varepsilon}}$$
#
# with $\mu$ and $\sigma^2$ of the numbers that are normalised together.


# %%
def normalise(x: torch.Tensor, dims: tuple[int, ...], eps: float = 1e-5) -> torch.Tensor:
    """Bring numbers to mean 0 and variance 1, those along some dims together.

    Written out, without PyTorch's own normalisations.

    Args:
        x: float32 or float64 tensor of one dim or more; stays as it was.
        dims: over these dims mean and variance are taken, one or more of them, of size 1 or more; a negative one counts
            from the end. Other dims may have size 0.
        eps: is added to the variance; 0 or more.

    Returns:
        (x - mean) / sqrt(variance + eps), a new tensor of the shape and dtype of x. The variance is biased: divided by
        n, the count of the numbers that share a mean. Accurate too if the mean is ten thousand times the deviation.
        Differentiable, also through mean and variance.
    """
    ### BEGIN SOLUTION
    centred = x - x.mean(dims, keepdim=True)
    return centred / torch.sqrt(centred.square().mean(dims, keepdim=True) + eps)
    ### END SOLUTION


# %% [markdown]
# ## Layer norm
#
# Every vector is normalised by itself: $y_d = \gamma_d\, \hat x_d + \beta_d$.


# %%
def layer_norm(x: torch.Tensor, weight: torch.Tensor, bias: torch.Tensor, eps: float = 1e-5) -> torch.Tensor:
    """Layer norm: each vector along the last dim is normalised, then scaled and moved.

    Written out, without PyTorch's own normalisations.

    Args:
        x: (..., D), float32 or float64; D is 1 or more, the other dims may have size 0.
        weight: (D,), gamma, in the dtype of x.
        bias: (D,), beta, in the dtype of x. All three stay as they were.
        eps: is added to the variance.

    Returns:
        weight * normalise(x) + bias, a new tensor of the shape and dtype of x. Differentiable.
    """
    ### BEGIN SOLUTION
    return weight * normalise(x, (-1,), eps) + bias
    ### END SOLUTION


# %% [markdown]
# ## Group norm
#
# The channels of an image are dealt into groups of neighbours: with 6 channels and 3 groups, channels 0 and 1 are the
# first group, 2 and 3 the second, 4 and 5 the third.


# %%
def group_norm(
    x: torch.Tensor, groups: int, weight: torch.Tensor, bias: torch.Tensor, eps: float = 1e-5
) -> torch.Tensor:
    """Group norm: in each image the pixels of neighbouring channels are normalised together.

    Written out, without PyTorch's own normalisations.

    Args:
        x: (N, C, H, W), float32 or float64, N of 0 or more, the others of 1 or more.
        groups: G; each group holds C / G neighbouring channels.
        weight: (C,), gamma, a number for each channel, in the dtype of x.
        bias: (C,), beta, in the dtype of x. All three stay as they were.
        eps: is added to the variance.

    Returns:
        weight * normalised + bias, a new tensor of the shape and dtype of x. Differentiable.

    Raises:
        ValueError: C is no multiple of groups.
    """
    ### BEGIN SOLUTION
    N, C, H, W = x.shape
    if C % groups:
        raise ValueError(f"{C} channels cannot be dealt into {groups} groups")
    normalised = normalise(x.reshape(N, groups, C // groups, H, W), (2, 3, 4), eps).reshape(N, C, H, W)
    return weight[:, None, None] * normalised + bias[:, None, None]
    ### END SOLUTION


# %% [markdown]
# ## RMS norm
#
# Without the mean: $y_d = \gamma_d\, x_d / \sqrt{\tfrac{1}{D} \sum_i x_i^2 + \varepsilon}$


# %%
def rms_norm(x: torch.Tensor, weight: torch.Tensor, eps: float = 1e-6) -> torch.Tensor:
    """RMS norm: each vector along the last dim is divided by the root of its mean square, then scaled.

    Written out, without PyTorch's own normalisations.

    Args:
        x: (..., D), float32 or float64; D is 1 or more, the other dims may have size 0.
        weight: (D,), gamma, in the dtype of x. Both stay as they were.
        eps: is added to the mean of the squares.

    Returns:
        weight * x / sqrt(mean of x^2 + eps), a new tensor of the shape and dtype of x. Differentiable.
    """
    ### BEGIN SOLUTION
    return weight * x / torch.sqrt(x.square().mean(-1, keepdim=True) + eps)
    ### END SOLUTION


# %% [markdown]
# ## A layer of its own
#
# Networks for images have layer norm too: at each pixel, the numbers of all channels are normalised together.


# %%
class LayerNorm2d(nn.Module):
    """Layer norm over the channels of each pixel.

    Called with x, (N, C, H, W) in the dtype of its parameters, each dim of 1 or more, contiguous or not, it normalises
    the C numbers of every pixel of every image together, then multiplies by weight and adds bias. It gives a new tensor
    of the shape and dtype of x; x stays as it was. Differentiable. Training and eval mode do the same. Written out,
    without PyTorch's own normalisations.

    Its only parameters are weight (begins at 1) and bias (begins at 0), both (C,).

    Args:
        channels: C.
        eps: is added to the variance.
    """

    def __init__(self, channels: int, eps: float = 1e-6) -> None:
        ### BEGIN SOLUTION
        super().__init__()
        self.weight = nn.Parameter(torch.ones(channels))
        self.bias = nn.Parameter(torch.zeros(channels))
        self.eps = eps
        ### END SOLUTION

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        ### BEGIN SOLUTION
        return self.weight[:, None, None] * normalise(x, (1,), self.eps) + self.bias[:, None, None]
        ### END SOLUTION


# %% [markdown]
# ## Batch norm disappears
#
# In eval mode batch norm is $y = \gamma\,(x - \mu) / \sqrt{\sigma^2 + \varepsilon} + \beta$ with fixed numbers: a
# straight line for each channel. A convolution before it can do that work too.


# %%
def fold_batch_norm(
    weight: torch.Tensor,
    bias: torch.Tensor | None,
    running_mean: torch.Tensor,
    running_var: torch.Tensor,
    gamma: torch.Tensor,
    beta: torch.Tensor,
    eps: float = 1e-5,
) -> tuple[torch.Tensor, torch.Tensor]:
    """Make one convolution of a convolution and the batch norm behind it, in eval mode.

    Written out, without PyTorch's own ways to fuse the two.

    Args:
        weight: (K, C, kh, kw), the convolution's; K output channels. float32 or float64, as all tensors here.
        bias: (K,), the convolution's, or None if it has none.
        running_mean: (K,), the batch norm's.
        running_var: (K,), the batch norm's; no entry is negative.
        gamma: (K,), the batch norm's weight.
        beta: (K,), the batch norm's bias. All of these tensors stay as they were.
        eps: the batch norm's, added to running_var.

    Returns:
        (weight, bias) of the one convolution, (K, C, kh, kw) and (K,), new tensors: for every image it gives what the
        two layers give one after the other, up to rounding. Differentiable.
    """
    ### BEGIN SOLUTION
    scale = gamma / torch.sqrt(running_var + eps)
    moved = -running_mean if bias is None else bias - running_mean
    return weight * scale[:, None, None, None], scale * moved + beta
    ### END SOLUTION
