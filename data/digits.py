"""The handwritten digits of scikit-learn, brought to the size of MNIST's.

Source: E. Alpaydin, C. Kaynak, *Optical Recognition of Handwritten Digits*, UCI Machine Learning Repository (1998),
its test part, as ``sklearn.datasets.load_digits`` carries it. Licence: CC BY 4.0 (UCI).
Shape: 1,797 grey images of 8x8 pixels, 16 levels, ten classes of 174 to 183 images; here 28x28, float32 in [0, 1].
Nothing is downloaded.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import torch

HELD_OUT = 0.2  #: of every class
SPLIT_SEED = 0
SIZE = 28  #: as MNIST's


@dataclass(frozen=True)
class Digits:
    """Images of handwritten digits, split once and for all.

    Args:
        train_images: (N, 1, 28, 28) float32 in [0, 1]; ink is 1.
        train_labels: (N,) int64, 0 to 9.
        test_images: (M, 1, 28, 28), the held-out part.
        test_labels: (M,) int64; the judge keeps them.
    """

    train_images: torch.Tensor
    train_labels: torch.Tensor
    test_images: torch.Tensor
    test_labels: torch.Tensor


def enlarge(small: torch.Tensor) -> torch.Tensor:
    """Bring 8x8 images to 28x28, the one way that this course does it.

    Args:
        small: (N, 8, 8) floating point in [0, 1].

    Returns:
        (N, 1, 28, 28) float32 in [0, 1]: bicubic over the whole frame, cut off at 0 and 1.
    """
    large = torch.nn.functional.interpolate(small[:, None].float(), size=(SIZE, SIZE), mode="bicubic")
    return large.clamp(0, 1)


def split(labels: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """(training, held-out) indices: a fifth of every class, drawn with a fixed seed, is held out."""
    generator = torch.Generator().manual_seed(SPLIT_SEED)
    train, held_out = [], []
    for digit in range(10):
        members = (labels == digit).nonzero()[:, 0]
        members = members[torch.randperm(len(members), generator=generator)]
        count = round(HELD_OUT * len(members))
        held_out.append(members[:count])
        train.append(members[count:])
    shuffled = [part[torch.randperm(len(part), generator=generator)] for part in map(torch.cat, (train, held_out))]
    return shuffled[0], shuffled[1]


@cache
def load() -> Digits:
    """The digits, always in the same order. Every caller gets the same tensors: do not change them."""
    from sklearn.datasets import load_digits  # here, because it takes a second

    raw = load_digits()
    images, labels = enlarge(torch.from_numpy(raw.images) / 16), torch.from_numpy(raw.target).long()
    train, held_out = split(labels)
    return Digits(images[train], labels[train], images[held_out], labels[held_out])
