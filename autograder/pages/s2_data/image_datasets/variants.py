"""Other right ways to write an image dataset and its transforms."""

import collections
import os
from glob import glob
from pathlib import Path

import numpy as np
import torch
from PIL import Image

from autograder.checking import variant


@variant("os and glob, no base class, index arithmetic")
def class_to_idx(root):
    names = []
    for name in os.listdir(root):
        if os.path.isdir(os.path.join(root, name)) and not name.startswith("."):
            names.append(name)
    if len(names) == 0:
        raise ValueError("no class folders")
    names.sort()
    return dict(zip(names, range(len(names))))


@variant("os and glob, no base class, index arithmetic")
class ImageFolderDataset:
    def __init__(self, root, transform=None):
        self.root, self.transform = root, transform
        self.files, self.labels = [], []
        for name, label in class_to_idx(root).items():
            paths = [p for p in glob(os.path.join(root, name, "*")) if os.path.splitext(p)[1].lower() in SUFFIXES]
            self.files.extend(sorted(paths))
            self.labels.extend([label] * len(paths))

    def __len__(self):
        return len(self.labels)

    def __getitem__(self, index):
        if index >= len(self):
            raise IndexError(index)
        with open(self.files[index], "rb") as file:
            picture = Image.open(file)
            picture.load()
        channels = picture.convert("RGBA").split()[:3]
        image = torch.stack([torch.tensor(np.asarray(c), dtype=torch.float32) / 255 for c in channels])
        if self.transform:
            image = self.transform(image)
        return image, self.labels[index]


@variant("os and glob, no base class, index arithmetic")
def augment(x, generator, flip=0.5, shift=2):
    down, right = torch.randint(-shift, shift + 1, (2,), generator=generator).tolist()
    mirrored = torch.bernoulli(torch.tensor(flip), generator=generator) == 1
    height, width = x.shape[-2:]
    source = torch.fliplr(x.movedim(0, -1)).movedim(-1, 0) if mirrored else x
    result = torch.zeros_like(x)
    rows, columns = slice(max(down, 0), height + min(down, 0)), slice(max(right, 0), width + min(right, 0))
    from_rows, from_columns = slice(max(-down, 0), height - max(down, 0)), slice(max(-right, 0), width - max(right, 0))
    result[:, rows, columns] = source[:, from_rows, from_columns]
    return result


@variant("os and glob, no base class, index arithmetic")
def train_transform(mean, std, generator):
    def prepare(picture):
        picture = augment(picture, generator)
        return (picture - mean.view(-1, 1, 1)) / std.view(-1, 1, 1)

    return prepare


@variant("os and glob, no base class, index arithmetic")
def eval_transform(mean, std):
    class Normalized:
        def __call__(self, picture):
            return (picture - mean.view(-1, 1, 1)) / std.view(-1, 1, 1)

    return Normalized()


@variant("os and glob, no base class, index arithmetic")
def balanced_weights(y):
    counts = collections.Counter(y.tolist())
    weights = torch.tensor([1.0 / counts[label] for label in y.tolist()], dtype=torch.float64)
    return weights / weights.sum()


@variant("a cache of pictures, rolling and blanking, unique")
class ImageFolderDataset(Dataset):
    def __init__(self, root, transform=None):
        self.transform, self.pictures = transform, {}
        self.samples = []
        for name, label in class_to_idx(root).items():
            with os.scandir(os.path.join(root, name)) as entries:
                shown = [e.name for e in entries if e.is_file() and not e.name.startswith(".")]
                names = sorted(name for name in shown if name.lower().endswith(tuple(SUFFIXES)))
            self.samples += [(os.path.join(root, name, file), label) for file in names]

    def __len__(self):
        return len(self.samples)

    def __getitem__(self, index):
        path, label = self.samples[index]
        if path not in self.pictures:
            picture = Image.open(path).convert("RGB")
            pixels = torch.frombuffer(bytearray(picture.tobytes()), dtype=torch.uint8)
            self.pictures[path] = pixels.reshape(picture.height, picture.width, 3)
        image = self.pictures[path].permute(2, 0, 1).float().div(255)
        return (self.transform(image) if self.transform is not None else image), label


@variant("a cache of pictures, rolling and blanking, unique")
def augment(x, generator, flip=0.5, shift=2):
    down = int(torch.randint(0, 2 * shift + 1, (1,), generator=generator)) - shift
    right = int(torch.randint(0, 2 * shift + 1, (1,), generator=generator)) - shift
    made = x.roll((down, right), dims=(-2, -1))
    if down > 0:
        made[:, :down] = 0
    if down < 0:
        made[:, down:] = 0
    if right > 0:
        made[..., :right] = 0
    if right < 0:
        made[..., right:] = 0
    return made.flip(2) if float(torch.rand(1, generator=generator)) < flip else made


@variant("a cache of pictures, rolling and blanking, unique")
def balanced_weights(y):
    _, inverse, counts = torch.unique(y, return_inverse=True, return_counts=True)
    return (len(y) / counts.float())[inverse]


@variant("numpy, masks and a class that holds what it needs")
class ImageFolderDataset(Dataset):
    def __init__(self, root, transform=None):
        self.classes = class_to_idx(root)
        self.transform = transform or (lambda image: image)
        self.table = np.array(
            [
                (name, entry.name)
                for name in self.classes
                for entry in sorted(Path(root, name).glob("*"), key=lambda p: p.name)
                if entry.suffix.lower() in SUFFIXES and not entry.name.startswith(".")
            ]
        )
        self.root = Path(root)

    def __len__(self):
        return self.table.shape[0]

    def __getitem__(self, index):
        if not 0 <= index < len(self):
            raise IndexError(index)
        name, file = self.table[index].tolist()
        grid = np.asarray(Image.open(self.root / name / file).convert("RGB"), dtype=np.float32) / 255
        return self.transform(torch.from_numpy(grid.transpose(2, 0, 1).copy())), self.classes[name]


@variant("numpy, masks and a class that holds what it needs")
def augment(x, generator, flip=0.5, shift=2):
    moves = torch.randint(-shift, shift + 1, (2,), generator=generator)
    grid = x.numpy()[..., ::-1] if torch.rand(1, generator=generator).item() < flip else x.numpy()
    result = np.zeros(x.shape, dtype=grid.dtype)
    _, height, width = x.shape
    for row in range(height):
        for column in range(width):
            from_row, from_column = row - int(moves[0]), column - int(moves[1])
            if 0 <= from_row < height and 0 <= from_column < width:
                result[:, row, column] = grid[:, from_row, from_column]
    return torch.from_numpy(result)


@variant("numpy, masks and a class that holds what it needs")
class Normal:
    def __init__(self, mean, std):
        self.mean, self.std = mean.clone(), std.clone()

    def __call__(self, image):
        return torch.stack([(c - m) / s for c, m, s in zip(image, self.mean, self.std)])


@variant("numpy, masks and a class that holds what it needs")
def eval_transform(mean, std):
    return Normal(mean, std)


@variant("numpy, masks and a class that holds what it needs")
def balanced_weights(y):
    same = y[:, None] == y[None]
    return 1.0 / same.sum(1)


@variant("one draw decides all, slices of a larger image")
def augment(x, generator, flip=0.5, shift=2):
    mirror = torch.empty(1).uniform_(generator=generator)
    offsets = torch.randperm((2 * shift + 1) ** 2, generator=generator)[0]
    top, left = int(offsets) // (2 * shift + 1), int(offsets) % (2 * shift + 1)
    large = x.new_zeros(x.size(0), x.size(1) + 2 * shift, x.size(2) + 2 * shift)
    large[:, shift : shift + x.size(1), shift : shift + x.size(2)] = x.flip(dims=[2]) if mirror < flip else x
    return large[:, top : top + x.size(1), left : left + x.size(2)].clone()


@variant("one draw decides all, slices of a larger image")
def balanced_weights(y):
    weights = torch.zeros(len(y))
    for label in y.unique():
        weights[y == label] = 1 / int((y == label).sum())
    return weights
