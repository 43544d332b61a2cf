# %% [markdown]
# # Image datasets
#
# A folder of pictures, one subfolder a class, is a dataset in waiting. Write the class that opens it picture by
# picture, the random changes that make few pictures go a long way, and the weights that let rare classes be seen.

# %%
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from torch.utils.data import Dataset

SUFFIXES = {".png", ".jpg", ".jpeg"}

# %% [markdown]
# ## The classes
#
# Each subfolder is a class. Sorted names make sure that class 2 is the same class on every machine.


# %%
def class_to_idx(root: str | Path) -> dict[str, int]:
    """A number for each class.

    Args:
        root: a folder with one subfolder for each class, which may hold no picture. Files that lie beside the
            subfolders are no classes, nor are folders whose name begins with a dot (such as `.ipynb_checkpoints`).

    Returns:
        The subfolders' names, as Python sorts strings, with their numbers 0, 1, 2, ...

    Raises:
        ValueError: there is no class in `root`.
    """
    ### BEGIN SOLUTION
    names = sorted(entry.name for entry in Path(root).iterdir() if entry.is_dir() and not entry.name.startswith("."))
    if not names:
        raise ValueError(f"{root} holds no subfolder")
    return {name: number for number, name in enumerate(names)}
    ### END SOLUTION


# %% [markdown]
# ## The dataset
#
# Making it lists names and opens nothing; asking for `dataset[i]` opens one file.


# %%
class ImageFolderDataset(Dataset):
    """Pictures in a folder with one subfolder a class, opened when they are asked for.

    Args:
        root: a folder as in `class_to_idx`.
        transform: called with each image, each time it is asked for; what it returns is given in the image's place. It
            may write into the image.

    The pictures come class by class, in the order of the classes' numbers, and within a class sorted by file name, as
    strings. Pictures are what lies directly in a class's folder and ends in one of SUFFIXES, in upper or lower case
    (`1.PNG` too); no folder in there has such a name. All else is ignored, and so is a file whose name begins with a
    dot. No picture is opened before its index is asked for, so a damaged file raises its error only then. Several
    datasets can be in use side by side.
    """

    def __init__(self, root: str | Path, transform: Callable[[torch.Tensor], torch.Tensor] | None = None) -> None:
        ### BEGIN SOLUTION
        self.transform = transform
        self.samples = [
            (path, label)
            for name, label in class_to_idx(root).items()
            for path in sorted(Path(root, name).iterdir())
            if path.suffix.lower() in SUFFIXES and not path.name.startswith(".")
        ]
        ### END SOLUTION

    def __len__(self) -> int:
        """The number of pictures."""
        ### BEGIN SOLUTION
        return len(self.samples)
        ### END SOLUTION

    def __getitem__(self, index: int) -> tuple[torch.Tensor, int]:
        """One picture and its label.

        Args:
            index: 0 to len - 1.

        Returns:
            (image, label): (3, H, W) float32 in [0, 1], or what `transform` makes of it, and the number of its class,
            an int. A grey picture gets three equal channels; an alpha channel is dropped. A picture with a palette gets
            the palette's colours, and one of black and white 0 and 1. With 16 bits a channel the numbers are up to you.

        Raises:
            IndexError: there is no picture of this index.
        """
        ### BEGIN SOLUTION
        path, label = self.samples[index]
        with Image.open(path) as picture:
            pixels = torch.from_numpy(np.array(picture.convert("RGB")))
        image = pixels.permute(2, 0, 1) / 255
        return image if self.transform is None else self.transform(image), label
        ### END SOLUTION


# %% [markdown]
# ## Augmentation
#
# A house seen in a mirror is a house; moved a little to the left it is still one. Every change must leave the label
# true, and all chance must come from the generator, so that a run can be repeated.


# %%
def augment(x: torch.Tensor, generator: torch.Generator, flip: float = 0.5, shift: int = 2) -> torch.Tensor:
    """An image, perhaps mirrored and moved a little, all by chance.

    With probability `flip`, left and right change places (never top and bottom). Then the image moves up or down by at
    most `shift` rows and left or right by at most `shift` columns: every whole number of rows from -shift to shift
    is equally likely, and so is, independently of it, every number of columns. What moves out is lost, and zeros
    come in.

    Args:
        x: (C, H, W) float32 or float64 tensor, C 1 or more, H and W larger than `shift`; it stays as it was.
        generator: the only source of chance: in the same state it gives the same image again. Nothing is drawn from
            the global generators.
        flip: a probability from 0 to 1; with 0 nothing is ever mirrored, with 1 everything.
        shift: 0 or more; with 0 nothing is ever moved.

    Returns:
        A tensor of the same shape and dtype, whose entries are those of x (and zeros), not computed anew.
    """
    ### BEGIN SOLUTION
    if torch.rand((), generator=generator) < flip:
        x = x.flip(-1)
    top, left = torch.randint(2 * shift + 1, (2,), generator=generator).tolist()
    padded = torch.nn.functional.pad(x, (shift, shift, shift, shift))
    return padded[:, top : top + x.shape[1], left : left + x.shape[2]]
    ### END SOLUTION


# %% [markdown]
# ## One transform for evaluation, another for training
#
# Both return a function from image to image, to be handed to `ImageFolderDataset`. To normalize is, as on the page
# before, to subtract each channel's mean and to divide by its deviation.


# %%
def eval_transform(mean: torch.Tensor, std: torch.Tensor) -> Callable[[torch.Tensor], torch.Tensor]:
    """A function that normalizes a (C, H, W) image and does nothing else: the same image, the same result.

    Args:
        mean, std: (C,) mean and deviation of each channel of the training set; they stay as they were.
    """
    ### BEGIN SOLUTION
    return lambda image: (image - mean[:, None, None]) / std[:, None, None]
    ### END SOLUTION


# %%
def train_transform(
    mean: torch.Tensor, std: torch.Tensor, generator: torch.Generator
) -> Callable[[torch.Tensor], torch.Tensor]:
    """A function that augments a (C, H, W) image, drawing anew at every call, and then normalizes it.

    Args:
        mean, std: (C,), the same as in `eval_transform`; they stay as they were.
        generator: for `augment`, which keeps its own default `flip` and `shift`.
    """
    ### BEGIN SOLUTION
    normalized = eval_transform(mean, std)
    return lambda image: normalized(augment(image, generator))
    ### END SOLUTION


# %% [markdown]
# ## Rare classes
#
# A `WeightedRandomSampler` draws example $i$ with a probability proportional to its weight $w_i$. All classes are
# equally likely when $w_i = 1 / n_{y_i}$, with $n_k$ the number of examples of class $k$.


# %%
def balanced_weights(y: torch.Tensor) -> torch.Tensor:
    """A weight for each example, such that the weights of each class have the same sum.

    Args:
        y: (N,) int64 labels, 0 or larger, N at least 1; some numbers may be missing. It stays as it was.

    Returns:
        (N,) tensor, float32 or float64 as you like, all positive. Only the ratios of its entries matter: any common
        factor is right.
    """
    ### BEGIN SOLUTION
    return y.bincount().reciprocal()[y]
    ### END SOLUTION
