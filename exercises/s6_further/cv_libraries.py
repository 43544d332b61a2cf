# %% [markdown]
# # Computer vision libraries
#
# PIL, OpenCV and PyTorch keep the same picture in three ways. Write the four bridges between them.

# %%
import numpy as np
import torch
from PIL import Image

# %% [markdown]
# ## From PIL to PyTorch
#
# A PIL image has a `size` of (width, height) and a `mode`, which says what its pixels mean: "RGB", "L" (grey), "P"
# (numbers of colours in a palette), "1" (black or white), "RGBA" and "LA" (with transparency). One method brings them
# all to RGB.


# %%
def pil_to_tensor(image: Image.Image) -> torch.Tensor:
    """A PIL image as floats, channels first.

    Args:
        image: of mode RGB, RGBA, L, LA, P or 1, H pixels high and W wide. Transparency is dropped; it stays as it was.

    Returns:
        (3, H, W) float32: red, green, blue. The byte 0 becomes 0.0 and the byte 255 becomes 1.0, whatever other
        bytes the image has. A grey image gets three equal channels.
    """
    # YOUR CODE HERE
    raise NotImplementedError("pil_to_tensor is not written yet")


# %% [markdown]
# ## And back
#
# What comes out of a network or of a sum of pictures is seldom a whole number of 255ths, and not always between 0
# and 1.


# %%
def tensor_to_image(x: torch.Tensor) -> Image.Image:
    """Floats, channels first, as a PIL image, to be shown or saved.

    Args:
        x: (3, H, W) or (1, H, W) tensor, float32 or float64, which may require gradients; it stays as it was.

    Returns:
        A PIL image, H pixels high and W wide, of mode RGB for three channels and L for one. 0 becomes the byte 0 and 1
        the byte 255; what lies between goes to the nearest byte, what is smaller than 0 to 0, what is larger than 1
        to 255.

    Raises:
        ValueError: x has another shape, such as a batch or (H, W, 3) would.
    """
    # YOUR CODE HERE
    raise NotImplementedError("tensor_to_image is not written yet")


# %% [markdown]
# ## From OpenCV to everybody else
#
# OpenCV's images are NumPy arrays, (H, W, 3), with the channels blue, green, red.


# %%
def bgr_to_rgb(image: np.ndarray) -> np.ndarray:
    """Blue and red change places.

    Args:
        image: (H, W, 3) array of any dtype; it stays as it was.

    Returns:
        An array of the same shape and dtype with memory of its own, in a layout that torch.from_numpy takes.

    Raises:
        ValueError: `image` is not (H, W, 3). Grey (H, W) has no channels to exchange, and in (H, W, 4) turning the
            whole last dimension round would bring the transparency to the front.
    """
    # YOUR CODE HERE
    raise NotImplementedError("bgr_to_rgb is not written yet")


# %%
def cv_to_tensor(image: np.ndarray | None) -> torch.Tensor:
    """An image as OpenCV reads it as floats, channels first, red before blue.

    Args:
        image: (H, W, 3) uint8 array: blue, green, red; it stays as it was.

    Returns:
        (3, H, W) float32: red, green, blue, from 0.0 for the byte 0 to 1.0 for the byte 255.

    Raises:
        ValueError: `image` is None, which is what cv2.imread gives, without a word, for a file that it cannot read;
            or it is not uint8.
    """
    # YOUR CODE HERE
    raise NotImplementedError("cv_to_tensor is not written yet")
