"""A small convolutional network that has seen digits before, and the sibling task to bring it to.

Source: the digits of ``digits.py`` (scikit-learn's, CC BY 4.0), 0 to 4 for the network and 5 to 9 for the task, every
image a little turned, stretched, shifted and noisy. Licence: as theirs; no weights are committed or downloaded, they
are trained here from a seed.
Shape: images (N, 1, 28, 28) float32 in [0, 1]; `Backbone` has 8,652 parameters and 128 features, under the names of
torchvision's ResNets (``conv1``, ``bn1``, ``layer1``, ``layer2``, ``fc``). Its pretraining task has 20 classes: which
of the digits 0 to 4, and by how many quarter-turns it is turned.

Training takes a few seconds on one thread. The weights are then kept in the course's cache folder, one file for each
version of torch and of what decides them here; where nothing can be written, every process trains its own.
"""

from __future__ import annotations

import hashlib
import io
import os
import pickle
import threading
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import torch
from torch import nn

from autograder.course import datasets

if TYPE_CHECKING:
    from digits import Digits
else:
    Digits = datasets.load("digits").Digits

SEED = 0
EPOCHS, BATCH, RATE, MOMENTUM = 6, 50, 0.1, 0.9
FIRST = 5  #: the first digit of the sibling task, and the number of its classes
COPIES = 4  #: of each held-out image, each askew in another way
ANGLE, STRETCH, SHIFT, NOISE = 0.5, 0.25, 0.25, 0.15  #: radians, share, half image widths, standard deviation

State = dict[str, torch.Tensor]


class Backbone(nn.Module):
    """A body of three convolutions, then the head ``fc``: (N, 1, 28, 28) to logits (N, classes).

    Its source is all that is needed to build it elsewhere: in a worker, for one.
    """

    def __init__(self, classes: int = 20) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(1, 8, 5, stride=2, padding=2, bias=False)  # (N, 8, 14, 14)
        self.bn1 = nn.BatchNorm2d(8)
        self.layer1 = nn.Sequential(  # (N, 16, 7, 7)
            nn.Conv2d(8, 16, 3, stride=2, padding=1, bias=False), nn.BatchNorm2d(16), nn.ReLU()
        )
        self.layer2 = nn.Sequential(  # (N, 32, 4, 4)
            nn.Conv2d(16, 32, 3, stride=2, padding=1, bias=False), nn.BatchNorm2d(32), nn.ReLU()
        )
        self.avgpool = nn.AvgPool2d(2)  # (N, 32, 2, 2)
        self.fc = nn.Linear(128, classes)

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        """Logits (N, classes)."""
        maps = self.layer2(self.layer1(torch.relu(self.bn1(self.conv1(images)))))
        logits: torch.Tensor = self.fc(torch.flatten(self.avgpool(maps), 1))
        return logits


# -- the images --------------------------------------------------------------------------------------


def askew(images: torch.Tensor, generator: torch.Generator) -> torch.Tensor:
    """Turn, stretch and shift every image (N, 1, H, W) in a way of its own, and add noise; in [0, 1]."""

    def up_to(size: float) -> torch.Tensor:
        return size * (2 * torch.rand(len(images), generator=generator) - 1)

    angle, scale = up_to(ANGLE), 1 + up_to(STRETCH)
    cos, sin = scale * angle.cos(), scale * angle.sin()
    rows = [torch.stack([cos, -sin, up_to(SHIFT)], 1), torch.stack([sin, cos, up_to(SHIFT)], 1)]
    grid = nn.functional.affine_grid(torch.stack(rows, 1), list(images.shape), align_corners=False)
    moved = nn.functional.grid_sample(images, grid, align_corners=False)
    return (moved + NOISE * torch.randn(images.shape, generator=generator)).clamp(0, 1)


def upright_and_turned(images: torch.Tensor, digits: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Every image four times, by 0, 1, 2 and 3 quarter-turns: (4N, 1, H, H) and the classes 4 * digit + turns."""
    turned = [images.rot90(turns, (2, 3)) for turns in range(4)]
    return torch.cat(turned), torch.cat([4 * digits + turns for turns in range(4)])


@cache
def load() -> Digits:
    """The sibling task: the digits 5 to 9, askew, with labels 0 to 4.

    The held-out part has each held-out digit `COPIES` times. Every caller gets the same tensors: do not change them.
    """
    whole, generator = datasets.load("digits").load(), torch.Generator().manual_seed(SEED)
    parts = []
    for images, labels, copies in (
        (whole.train_images, whole.train_labels, 1),
        (whole.test_images, whole.test_labels, COPIES),
    ):
        mine = labels >= FIRST
        parts += [askew(images[mine].repeat(copies, 1, 1, 1), generator), labels[mine].repeat(copies) - FIRST]
    return Digits(*parts)


def few(count: int, seed: int) -> tuple[torch.Tensor, torch.Tensor]:
    """A small training set of the sibling task, drawn with this seed: `count` images of each class, and labels."""
    task, generator = load(), torch.Generator().manual_seed(seed)
    drawn = []
    for label in range(FIRST):
        members = (task.train_labels == label).nonzero()[:, 0]
        drawn.append(members[torch.randperm(len(members), generator=generator)[:count]])
    chosen = torch.cat(drawn)
    return task.train_images[chosen], task.train_labels[chosen]


def held_out(seed: int) -> tuple[torch.Tensor, torch.Tensor]:
    """The held-out part of the sibling task, every image askew in a way that this seed decides: images and labels."""
    whole, generator = datasets.load("digits").load(), torch.Generator().manual_seed(seed)
    mine = whole.test_labels >= FIRST
    images = askew(whole.test_images[mine].repeat(COPIES, 1, 1, 1), generator)
    return images, whole.test_labels[mine].repeat(COPIES) - FIRST


# -- the weights -------------------------------------------------------------------------------------


def train(epochs: int = EPOCHS) -> State:
    """Pretrain from the seed: the state dict. Other random numbers of the process are left as they are."""
    digits = datasets.load("digits").load()
    mine = digits.train_labels < FIRST
    images, labels = upright_and_turned(digits.train_images[mine], digits.train_labels[mine])
    generator = torch.Generator().manual_seed(SEED)
    with torch.random.fork_rng(devices=[]), torch.enable_grad():
        torch.default_generator.manual_seed(SEED)
        model = Backbone()
        optimizer = torch.optim.SGD(model.parameters(), RATE, MOMENTUM)
        steps = epochs * -(-len(images) // BATCH)
        schedule = torch.optim.lr_scheduler.LinearLR(optimizer, 1.0, 0.0, total_iters=steps)
        for _ in range(epochs):
            for batch in torch.randperm(len(images), generator=generator).split(BATCH):
                loss = nn.functional.cross_entropy(model(askew(images[batch], generator)), labels[batch])
                optimizer.zero_grad()
                loss.backward()
                optimizer.step()
                schedule.step()
    return {name: value.detach().clone() for name, value in model.state_dict().items()}


def cached_file() -> Path:
    """Where the weights are kept: the name holds a hash of the sources and the version that decide them."""
    sources = [Path(__file__).read_bytes(), Path(str(datasets.load("digits").__file__)).read_bytes()]
    made_by = hashlib.sha256(b"\n".join([*sources, torch.__version__.encode()])).hexdigest()[:16]
    folder: Path = datasets.load("mnist").cache_folder()
    return folder / "backbone" / f"{made_by}.pt"


def fresh() -> Backbone:
    """An untrained backbone; the random numbers of the process stay as they are."""
    with torch.random.fork_rng(devices=[]):
        return Backbone()


def read(path: Path) -> State | None:
    """Cached weights, None where there are none that fit."""
    try:
        state: State = torch.load(io.BytesIO(path.read_bytes()), weights_only=True)
        fresh().load_state_dict(state)
    except (OSError, RuntimeError, ValueError, TypeError, KeyError, AttributeError, EOFError, pickle.UnpicklingError):
        return None
    return state


def write(path: Path, state: State) -> None:
    """Put weights into the cache; nothing unfinished is left, and a cache that cannot be written is no misfortune."""
    content = io.BytesIO()
    torch.save(state, content)
    temporary = path.with_name(f"{path.name}.{os.getpid()}.{threading.get_ident()}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary.write_bytes(content.getvalue())
        temporary.replace(path)
    except OSError:
        pass


@cache
def weights() -> State:
    """The pretrained state dict, from the cache or trained now. Every caller gets the same: do not change it."""
    path = cached_file()
    state = read(path)
    if state is None:
        state = train()
        write(path, state)
    return state


def pretrained() -> Backbone:
    """A new model with the pretrained weights, in eval mode; yours to change."""
    model = fresh()
    model.load_state_dict(weights())
    return model.eval()
