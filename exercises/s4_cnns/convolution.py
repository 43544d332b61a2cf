# %% [markdown]
# # Convolution
#
# One small window of weights, laid on every place of a picture. You write it twice: along one axis, shifted and
# added up, and over two axes, as a matrix product. Pooling then needs little more.

# %%
import math

import torch
from torch.nn import functional as F

# %% [markdown]
# ## How many places are there?
#
# Of $n$ pixels with $p$ more at either end, a kernel of $k$ entries that lie $d$ apart covers $d(k-1) + 1$.
# It moves by $s$:
#
# $$n' = \left\lfloor \frac{n + 2p - d(k - 1) - 1}{s} \right\rfloor + 1$$


# %%
def conv_output_size(n: int, k: int, s: int = 1, p: int = 0, d: int = 1) -> int:
    """The number of places where a kernel fits, along one axis.

    Args:
        n: pixels of the input.
        k: entries of the kernel.
        s: stride, the number of pixels from one place to the next.
        p: padding, the number of pixels added at *each* end.
        d: dilation, the distance from one entry of the kernel to the next; 1 means side by side.

    Returns:
        The number of outputs, an int of at least 1.

    Raises:
        ValueError: the kernel, with its gaps, is longer than the padded input.
    """
    # YOUR CODE HERE
    raise NotImplementedError("conv_output_size is not written yet")


# %% [markdown]
# ## Along one axis
#
# $$y_{noi} = b_o + \sum_{c} \sum_{u} w_{ocu}\; x_{nc,\,is + ud - p}$$
#
# Outside its $L$ entries, $x$ counts as 0. For one fixed $u$ this is a matrix product of $w_{\cdot\cdot u}$ with a
# slice of $x$: the sum over $u$ needs a loop of only $K$ rounds.


# %%
def conv1d(
    x: torch.Tensor,
    w: torch.Tensor,
    b: torch.Tensor | None = None,
    stride: int = 1,
    padding: int = 0,
    dilation: int = 1,
) -> torch.Tensor:
    """Convolution of sequences, as networks mean it: the kernel is not flipped.

    Written out, without PyTorch's own convolution, `nn.Unfold` and pooling; `Tensor.unfold` and `as_strided` are fine.

    Args:
        x: (N, Ci, L) float32 or float64 tensor; N may be 0.
        w: (Co, Ci, K) weights of the same dtype, one kernel for each pair of output and input channel;
            Co is 1 or more.
        b: (Co,) biases, one for each output channel; None means none.
        stride, padding, dilation: as `s`, `p`, `d` of `conv_output_size`; the padding is zeros.

    Returns:
        (N, Co, L') tensor of the same dtype; differentiable with respect to x, w and b, which stay as they were.

    Raises:
        ValueError: the kernel, with its gaps, is longer than the padded sequence.
    """
    # YOUR CODE HERE
    raise NotImplementedError("conv1d is not written yet")


# %% [markdown]
# ## Every window is a column
#
# The rest of the page stands on one function, which copies what the kernel sees at each place into a column. Two small
# helpers are given.


# %%
def pair(value: int | tuple[int, int]) -> tuple[int, int]:
    """(h, w) as it is; a single int stands for both."""
    return (value, value) if isinstance(value, int) else tuple(value)


def output_hw(x: torch.Tensor, kernel_size, stride=1, padding=0, dilation=1) -> tuple[int, int]:
    """(height, width) of what comes out, by your `conv_output_size` along each axis."""
    options = (pair(option) for option in (kernel_size, stride, padding, dilation))
    return tuple(conv_output_size(*one_axis) for one_axis in zip(x.shape[-2:], *options, strict=True))


# %%
def unfold2d(
    x: torch.Tensor,
    kernel_size: int | tuple[int, int],
    stride: int | tuple[int, int] = 1,
    padding: int | tuple[int, int] = 0,
    dilation: int | tuple[int, int] = 1,
) -> torch.Tensor:
    """What the kernel sees at each place, a column for each.

    Written out, without PyTorch's own convolution, `nn.Unfold` and pooling; `Tensor.unfold` and `as_strided` are fine.

    Args:
        x: (N, C, H, W) float32 or float64 tensor; N may be 0.
        kernel_size, stride, padding, dilation: (h, w) each, or one int for both; the padding is zeros.

    Returns:
        (N, C * kh * kw, H' * W') tensor of the same dtype; differentiable; x stays as it was. Down a column run the
        channels, within a channel the rows of the window, within a row its columns. The places come row by row.

    Raises:
        ValueError: the kernel, with its gaps, is higher or wider than the padded picture.
    """
    # YOUR CODE HERE
    raise NotImplementedError("unfold2d is not written yet")


# %% [markdown]
# ## Over two axes
#
# $$y_{noij} = b_o + \sum_{c} \sum_{u,v} w_{ocuv}\; x_{nc,\;i s_h + u d_h - p_h,\;j s_w + v d_w - p_w}$$
#
# The sum runs over $C_i \cdot k_h \cdot k_w$ products: the length of a column.


# %%
def conv2d(
    x: torch.Tensor,
    w: torch.Tensor,
    b: torch.Tensor | None = None,
    stride: int | tuple[int, int] = 1,
    padding: int | tuple[int, int] = 0,
    dilation: int | tuple[int, int] = 1,
) -> torch.Tensor:
    """Convolution of pictures, as networks mean it: the kernel is not flipped.

    Written out, without PyTorch's own convolution, `nn.Unfold` and pooling; `Tensor.unfold` and `as_strided` are fine.

    Args:
        x: (N, Ci, H, W) float32 or float64 tensor; N may be 0.
        w: (Co, Ci, kh, kw) weights of the same dtype; Co is 1 or more.
        b: (Co,) biases, one for each output channel; None means none.
        stride, padding, dilation: (h, w) each, or one int for both; the padding is zeros.

    Returns:
        (N, Co, H', W') tensor of the same dtype; differentiable with respect to x, w and b, which stay as they were.

    Raises:
        ValueError: the kernel, with its gaps, is higher or wider than the padded picture.
    """
    # YOUR CODE HERE
    raise NotImplementedError("conv2d is not written yet")


# %% [markdown]
# ## Pooling
#
# The same windows, no weights, and each channel for itself.


# %%
def maxpool2d(
    x: torch.Tensor,
    kernel_size: int | tuple[int, int],
    stride: int | tuple[int, int] | None = None,
    padding: int | tuple[int, int] = 0,
) -> torch.Tensor:
    """The largest entry of each window, channel by channel.

    Written out, without PyTorch's own convolution, `nn.Unfold` and pooling; `Tensor.unfold` and `as_strided` are fine.

    Args:
        x: (N, C, H, W) float32 or float64 tensor; N may be 0.
        kernel_size, stride, padding: (h, w) each, or one int for both. A stride of None is the kernel size: windows
            side by side. The padding is at most half the kernel; it never is the maximum, only pixels are.

    Returns:
        (N, C, H', W') tensor of the same dtype; differentiable; x stays as it was.

    Raises:
        ValueError: the kernel is higher or wider than the padded picture.
    """
    # YOUR CODE HERE
    raise NotImplementedError("maxpool2d is not written yet")


# %%
def avgpool2d(
    x: torch.Tensor,
    kernel_size: int | tuple[int, int],
    stride: int | tuple[int, int] | None = None,
    padding: int | tuple[int, int] = 0,
) -> torch.Tensor:
    """The mean of each window, channel by channel.

    Written out, without PyTorch's own convolution, `nn.Unfold` and pooling; `Tensor.unfold` and `as_strided` are fine.

    Args:
        x: (N, C, H, W) float32 or float64 tensor; N may be 0.
        kernel_size, stride, padding: as for `maxpool2d`, but here the padding is zeros, and they count: the sum of a
            window is always divided by kh * kw, as PyTorch does by default.

    Returns:
        (N, C, H', W') tensor of the same dtype; differentiable; x stays as it was.

    Raises:
        ValueError: the kernel is higher or wider than the padded picture.
    """
    # YOUR CODE HERE
    raise NotImplementedError("avgpool2d is not written yet")


# %% [markdown]
# ## How far one number sees
#
# Behind several layers, one number depends on a whole stretch of the input. Two things grow from layer to layer: the
# stretch, and the distance between neighbours.


# %%
def receptive_field(layers: list[tuple[int, ...]]) -> int:
    """The length of input, along one axis, that one number behind these layers depends on.

    Args:
        layers: (kernel, stride) or (kernel, stride, dilation) of each convolution or pooling, first layer first;
            the list stays as it was.

    Returns:
        The number of pixels from the first to the last that can change it, borders left aside; an int, 1 without
        layers.
    """
    # YOUR CODE HERE
    raise NotImplementedError("receptive_field is not written yet")
