"""Small pictures as PNG files, and folders of them with one subfolder a class.

Source: the digits are scikit-learn's (see ``digits.py``; CC BY 4.0, UCI), brought to 28x28 by the course's one way and
rounded to bytes; the scene is drawn here. Shape: uint8 pixels, (H, W) grey or (H, W, 3) colour, row by row from the
top. Nothing is downloaded. A folder is a dict from path to content, so that a check can write it wherever it wants:
into a worker, say, which must get files of its own and none of ours.
"""

from __future__ import annotations

import importlib.metadata
import io
from functools import cache
from pathlib import Path

import numpy as np
import torch

from autograder.course import datasets
from autograder.errors import CourseError

NAMES = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")


def png(pixels: torch.Tensor) -> bytes:
    """The content of a PNG file, which keeps every pixel exactly.

    Args:
        pixels: uint8; (H, W) grey, (H, W, 2) grey with alpha, (H, W, 3) RGB, or (H, W, 4) RGB with alpha.
    """
    from PIL import Image

    modes = {1: "L", 2: "LA", 3: "RGB", 4: "RGBA"}
    channels = 1 if pixels.dim() == 2 else pixels.shape[2]
    size = (pixels.shape[1], pixels.shape[0])  # PIL counts width first
    buffer = io.BytesIO()
    picture = Image.frombytes(modes[channels], size, pixels.contiguous().numpy().tobytes())
    picture.save(buffer, format="PNG", compress_level=1)
    return buffer.getvalue()


def scene(height: int = 24, width: int = 36) -> torch.Tensor:
    """A red house on a green hill under a blue sky, the sun on the right: no symmetry, no two channels alike.

    Returns:
        (height, width, 3) uint8.
    """
    y = (torch.arange(height, dtype=torch.float64)[:, None] + 0.5) / height
    x = (torch.arange(width, dtype=torch.float64)[None, :] + 0.5) / width
    picture = torch.stack([90 + 120 * y + 0 * x, 150 + 80 * y + 0 * x, 235 - 15 * y + 0 * x], dim=2)

    def paint(where: torch.Tensor, red: float, green: float, blue: float) -> None:
        picture[where] = torch.tensor([red, green, blue], dtype=torch.float64)

    paint((1.5 * (x - 0.82)) ** 2 + (y - 0.2) ** 2 < 0.012, 255, 214, 60)
    paint(y > 0.72 - 0.1 * torch.sin(4.2 * x), 62, 142, 64)
    paint((x > 0.2) & (x < 0.48) & (y > 0.42) & (y < 0.8), 186, 54, 44)
    paint(((x - 0.34).abs() < 0.2 * (y - 0.18) / 0.26) & (y < 0.44), 88, 44, 40)
    paint((x > 0.25) & (x < 0.33) & (y > 0.5) & (y < 0.63), 250, 236, 170)
    return picture.round().to(torch.uint8)


@cache
def digits(count: int = 50) -> tuple[torch.Tensor, torch.Tensor]:
    """The first handwritten digits, as pictures. Every caller gets the same tensors: do not change them.

    The file is read where scikit-learn is installed, without importing it, which takes longer than a page's checks.

    Returns:
        (count, 28, 28) uint8, ink is bright; (count,) int64 labels.
    """
    file = "sklearn/datasets/data/digits.csv.gz"
    path = Path(str(importlib.metadata.distribution("scikit-learn").locate_file(file)))
    if not path.is_file():
        raise CourseError(f"{path}: this version of scikit-learn does not carry the digits")
    table = np.loadtxt(path, delimiter=",", max_rows=count)
    small = torch.from_numpy(table[:, :64]).reshape(-1, 8, 8) / 16
    large = datasets.load("digits").enlarge(small)[:, 0]
    return (255 * large).round().to(torch.uint8), torch.from_numpy(table[:, 64]).long()


def digit_folder(per_class: int = 2, classes: tuple[int, ...] = (3, 8, 1)) -> dict[str, bytes]:
    """Handwritten digits as grey PNG files, such as ``eight/1.png``; the classes' names are not in the digits' order.

    Args:
        per_class: how many of each.
        classes: which digits.

    Returns:
        path: content, class by class in the given order.
    """
    pictures, labels = digits()
    files = {}
    for digit in classes:
        members = pictures[labels == digit][:per_class]
        files.update({f"{NAMES[digit]}/{number}.png": png(picture) for number, picture in enumerate(members)})
    return files
