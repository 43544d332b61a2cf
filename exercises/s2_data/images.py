# %% [markdown]
# # Images
#
# A picture file gives bytes, channels last: (H, W, C). PyTorch's convolutions want floats, channels first: (C, H, W).
# Write the way from one to the other, and the small operations that every image pipeline is made of.

# %%
from collections.abc import Iterable

import torch

# %% [markdown]
# ## From bytes to floats
#
# Every entry keeps its row $y$, its column $x$ and its channel $c$; only the order of the three indices changes:
#
# $$\mathrm{out}[c, y, x] = \mathrm{image}[y, x, c] \,/\, 255$$


# %%
def to_float_image(image: torch.Tensor) -> torch.Tensor:
    """Bytes with the channels last become floats with the channels first.

    Args:
        image: (H, W, C) uint8, with any number of channels, in any order (they stay in that order); a grey
            picture may also come as (H, W).

    Returns:
        (C, H, W) float32; (1, H, W) for (H, W). The byte 0 becomes 0.0 and the byte 255 becomes 1.0, whatever
        other bytes the picture has; `image` stays as it was.

    Raises:
        ValueError: `image` is not uint8; it may have been divided by 255 already.
    """
    # YOUR CODE HERE
    raise NotImplementedError("to_float_image is not written yet")


# %% [markdown]
# ## Mean 0, deviation 1, and back
#
# Each channel $c$ has its own mean $\mu_c$ and deviation $\sigma_c$, measured once on the training set:
#
# $$z[c, y, x] = \frac{v[c, y, x] - \mu_c}{\sigma_c}$$


# %%
def normalize(image: torch.Tensor, mean: torch.Tensor, std: torch.Tensor) -> torch.Tensor:
    """Subtract each channel's mean and divide by its deviation.

    Args:
        image: (C, H, W) or (N, C, H, W) float32 or float64 tensor.
        mean: (C,) of the same dtype.
        std: (C,) of the same dtype, all positive.

    Returns:
        A new tensor of the same shape and dtype, differentiable where `std` is positive, in all three; they stay
        as they were.
    """
    # YOUR CODE HERE
    raise NotImplementedError("normalize is not written yet")


# %%
def denormalize(image: torch.Tensor, mean: torch.Tensor, std: torch.Tensor) -> torch.Tensor:
    """Undo `normalize`, to look at a picture again.

    Args:
        image: (C, H, W) or (N, C, H, W) normalized tensor, float32 or float64.
        mean, std: (C,) of the same dtype, as they were given to `normalize`.

    Returns:
        A new tensor of the same shape and dtype, differentiable in all three; they stay as they were.
    """
    # YOUR CODE HERE
    raise NotImplementedError("denormalize is not written yet")


# %% [markdown]
# ## Measuring mean and deviation
#
# Over *all* pixels $v_{c1}, \dots, v_{cP}$ of channel $c$ in the whole set, however the loader cuts it into batches:
#
# $$\mu_c = \frac1P \sum_{p} v_{cp} \qquad
#   \sigma_c = \sqrt{\frac1P \sum_{p} (v_{cp} - \mu_c)^2} = \sqrt{\frac1P \sum_{p} v_{cp}^2 - \mu_c^2}$$


# %%
def channel_stats(loader: Iterable[tuple[torch.Tensor, torch.Tensor]]) -> tuple[torch.Tensor, torch.Tensor]:
    """Mean and standard deviation of each channel over all pixels of all images.

    Args:
        loader: gives (images, labels) batches each time that it is iterated, so you may go through it once or twice;
            the labels are not needed. Images are (N, C, H, W), float32, float64 or uint8; N, H and W may differ from
            batch to batch. The whole set may not fit into memory as floats.

    Returns:
        (mean, std), each (C,) float32 or float64 as you like, to four digits, in the unit of the images (bytes are not
        divided by 255). The sums are divided by the number of pixels, not by one less. A channel that is the same
        everywhere has deviation 0. The batches stay as they were.
    """
    # YOUR CODE HERE
    raise NotImplementedError("channel_stats is not written yet")


# %% [markdown]
# ## Cutting, mirroring, taking the colour away
#
# All three count their dimensions from the end, so that the same code serves one image and a batch.


# %%
def center_crop(image: torch.Tensor, size: int | tuple[int, int]) -> torch.Tensor:
    """The middle of an image.

    Args:
        image: (..., H, W) tensor; it stays as it was.
        size: (height, width) of what is wanted; one int means a square.

    Returns:
        (..., height, width), the same number of rows cut off above and below, of columns left and right; where an
        odd number has to go, either side may lose one more. Needs no gradient.

    Raises:
        ValueError: the image has fewer rows or columns than are wanted.
    """
    # YOUR CODE HERE
    raise NotImplementedError("center_crop is not written yet")


# %%
def hflip(image: torch.Tensor) -> torch.Tensor:
    """Left and right change places.

    Args:
        image: (..., H, W) tensor, bytes or floats, but not bfloat16; it stays as it was.

    Returns:
        A tensor of the same shape and of whatever dtype came in, whose first column is the image's last. Needs no
        gradient.
    """
    # YOUR CODE HERE
    raise NotImplementedError("hflip is not written yet")


# %%
def grayscale(image: torch.Tensor) -> torch.Tensor:
    """How bright each pixel looks to the eye: 0.299 R + 0.587 G + 0.114 B (the luma of ITU-R BT.601).

    Args:
        image: (..., 3, H, W) float32 or float64 tensor, the channels red, green, blue; it stays as it was.

    Returns:
        (..., 1, H, W) of the same dtype, to six digits; differentiable.
    """
    # YOUR CODE HERE
    raise NotImplementedError("grayscale is not written yet")
