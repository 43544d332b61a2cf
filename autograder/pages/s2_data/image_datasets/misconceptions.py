"""Wrong ways to write an image dataset and its transforms, as students write them."""

import os
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from torch.utils.data import Dataset

from autograder.checking import misconception


def to_float_image(image):
    image = image if image.dim() == 3 else image.unsqueeze(2)
    return image.permute(2, 0, 1) / 255


def normalize(image, mean, std):
    return (image - mean[:, None, None]) / std[:, None, None]


# -- folders ------------------------------------------------------------------------------------------


@misconception(
    "numbers the classes in the order in which the disk lists them",
    hint="That order differs from machine to machine, and a saved network would call cats dogs. Sort the names.",
    dies_by="test_class_to_idx",
)
def class_to_idx(root):
    names = [name for name in os.listdir(root) if os.path.isdir(os.path.join(root, name)) and name[0] != "."]
    if not names:
        raise ValueError("no class")
    return {name: number for number, name in enumerate(names)}


@misconception(
    "takes files for classes",
    hint="os.listdir gives whatever lies there, a README as well. Ask of each entry whether it is a folder.",
    dies_by="test_stray_files",
)
def class_to_idx(root):
    return {name: number for number, name in enumerate(sorted(os.listdir(root)))}


@misconception(
    "takes a hidden folder for a class",
    hint="Editors and notebooks leave folders such as .ipynb_checkpoints behind. What do their names begin with?",
    dies_by="test_stray_files",
)
def class_to_idx(root):
    names = sorted(entry.name for entry in Path(root).iterdir() if entry.is_dir())
    if not names:
        raise ValueError("no class")
    return {name: number for number, name in enumerate(names)}


@misconception(
    "takes every file for a picture",
    hint="Tables, notes and thumbnails lie in image folders too. Look at the end of each file's name.",
    dies_by="test_stray_files",
)
class ImageFolderDataset(Dataset):
    def __init__(self, root, transform=None):
        self.transform = transform
        self.samples = []
        for name, label in class_to_idx(root).items():
            self.samples += [(path, label) for path in sorted(Path(root, name).iterdir())]

    def __len__(self):
        return len(self.samples)

    def __getitem__(self, index):
        path, label = self.samples[index]
        image = to_float_image(torch.from_numpy(np.array(Image.open(path).convert("RGB"))))
        return image if self.transform is None else self.transform(image), label


@misconception(
    "takes the pictures of a class in the order in which the disk lists them",
    hint="Then index 5 is another picture on another machine, and no split can be repeated. Sort the files' names.",
    dies_by="test_handwritten_digits",
)
class ImageFolderDataset(Dataset):
    def __init__(self, root, transform=None):
        self.transform = transform
        self.samples = []
        for name, label in class_to_idx(root).items():
            for path in Path(root, name).iterdir():
                if path.suffix.lower() in SUFFIXES and path.name[0] != ".":
                    self.samples.append((path, label))

    def __len__(self):
        return len(self.samples)

    def __getitem__(self, index):
        path, label = self.samples[index]
        image = to_float_image(torch.from_numpy(np.array(Image.open(path).convert("RGB"))))
        return image if self.transform is None else self.transform(image), label


@misconception(
    "gives the name of the class instead of its number",
    hint="A loss wants numbers. class_to_idx has one for each name.",
    dies_by="test_handwritten_digits",
)
class ImageFolderDataset(Dataset):
    def __init__(self, root, transform=None):
        self.transform = transform
        self.paths = []
        for name in class_to_idx(root):
            self.paths += [path for path in sorted(Path(root, name).iterdir()) if path.suffix.lower() in SUFFIXES and path.name[0] != "."]

    def __len__(self):
        return len(self.paths)

    def __getitem__(self, index):
        path = self.paths[index]
        image = to_float_image(torch.from_numpy(np.array(Image.open(path).convert("RGB"))))
        return image if self.transform is None else self.transform(image), path.parent.name


@misconception(
    "gives each picture as many channels as its file has",
    hint="A batch of one grey, one RGB and one RGBA picture cannot be stacked. PIL's convert brings all of them to one mode.",
    dies_by="test_three_channels",
)
class ImageFolderDataset(Dataset):
    def __init__(self, root, transform=None):
        self.transform = transform
        self.samples = []
        for name, label in class_to_idx(root).items():
            for path in sorted(Path(root, name).iterdir()):
                if path.suffix.lower() in SUFFIXES and path.name[0] != ".":
                    self.samples.append((path, label))

    def __len__(self):
        return len(self.samples)

    def __getitem__(self, index):
        path, label = self.samples[index]
        image = to_float_image(torch.from_numpy(np.array(Image.open(path))))
        return image if self.transform is None else self.transform(image), label


@misconception(
    "opens every picture when it is made",
    hint="A million photographs do not fit into memory. Keep the paths in __init__, and open a file in __getitem__.",
    dies_by="test_lazy",
)
class ImageFolderDataset(Dataset):
    def __init__(self, root, transform=None):
        self.transform = transform
        self.images, self.labels = [], []
        for name, label in class_to_idx(root).items():
            for path in sorted(Path(root, name).iterdir()):
                if path.suffix.lower() in SUFFIXES and path.name[0] != ".":
                    self.images.append(to_float_image(torch.from_numpy(np.array(Image.open(path).convert("RGB")))))
                    self.labels.append(label)

    def __len__(self):
        return len(self.images)

    def __getitem__(self, index):
        image = self.images[index]
        return image if self.transform is None else self.transform(image), self.labels[index]


@misconception(
    "keeps what the transform made, so that it is called once for each picture",
    hint="A random transform is to give another image in every epoch. Keep the picture if you like, not what became of it.",
    dies_by="test_transform",
)
class ImageFolderDataset(Dataset):
    def __init__(self, root, transform=None):
        self.transform = transform
        self.kept = {}
        self.samples = []
        for name, label in class_to_idx(root).items():
            for path in sorted(Path(root, name).iterdir()):
                if path.suffix.lower() in SUFFIXES and path.name[0] != ".":
                    self.samples.append((path, label))

    def __len__(self):
        return len(self.samples)

    def __getitem__(self, index):
        path, label = self.samples[index]
        if index not in self.kept:
            image = to_float_image(torch.from_numpy(np.array(Image.open(path).convert("RGB"))))
            self.kept[index] = image if self.transform is None else self.transform(image)
        return self.kept[index], label


# -- augmentation -------------------------------------------------------------------------------------


@misconception(
    "stands pictures on their head",
    hint="A house upside down is no house that anyone photographs, and a 6 becomes a 9. Mirror the columns, dimension -1.",
    dies_by="test_augment",
)
def augment(x, generator, flip=0.5, shift=2):
    if torch.rand((), generator=generator) < flip:
        x = x.flip(-2)
    top, left = torch.randint(2 * shift + 1, (2,), generator=generator).tolist()
    padded = torch.nn.functional.pad(x, (shift, shift, shift, shift))
    return padded[:, top : top + x.shape[1], left : left + x.shape[2]]


@misconception(
    "rolls, so that what leaves on one side comes back on the other",
    hint="torch.roll wraps around: the roof appears under the house. Put a border of zeros around the image, and cut a window out.",
    dies_by="test_augment",
)
def augment(x, generator, flip=0.5, shift=2):
    if torch.rand((), generator=generator) < flip:
        x = x.flip(-1)
    down, right = torch.randint(-shift, shift + 1, (2,), generator=generator).tolist()
    return torch.roll(x, (down, right), (1, 2))


@misconception(
    "never moves as far as it may on one side",
    hint="torch.randint leaves its upper end out. How many different numbers are there from -shift to shift?",
    dies_by="test_augment",
)
def augment(x, generator, flip=0.5, shift=2):
    if torch.rand((), generator=generator) < flip:
        x = x.flip(-1)
    if shift == 0:
        return x
    top, left = torch.randint(2 * shift, (2,), generator=generator).tolist()
    padded = torch.nn.functional.pad(x, (shift, shift, shift, shift))
    return padded[:, top : top + x.shape[1], left : left + x.shape[2]]


@misconception(
    "mirrors with probability 1 - flip",
    hint="torch.rand is below 0.25 in a quarter of all cases. With 0.5 one does not notice which side is meant.",
    dies_by="test_augment",
)
def augment(x, generator, flip=0.5, shift=2):
    if torch.rand((), generator=generator) > flip:
        x = x.flip(-1)
    top, left = torch.randint(2 * shift + 1, (2,), generator=generator).tolist()
    padded = torch.nn.functional.pad(x, (shift, shift, shift, shift))
    return padded[:, top : top + x.shape[1], left : left + x.shape[2]]


@misconception(
    "seeds the generator anew in every call",
    hint="Then every image is mirrored and moved in the same way. The code that makes the generator seeds it, once.",
    dies_by="test_augment",
)
def augment(x, generator, flip=0.5, shift=2):
    generator.manual_seed(0)
    if torch.rand((), generator=generator) < flip:
        x = x.flip(-1)
    top, left = torch.randint(2 * shift + 1, (2,), generator=generator).tolist()
    padded = torch.nn.functional.pad(x, (shift, shift, shift, shift))
    return padded[:, top : top + x.shape[1], left : left + x.shape[2]]


@misconception(
    "mirrors every second image, whatever `flip` says",
    hint="Digits and letters must not be mirrored: flip=0 is how the caller says so. Where do you use `flip`?",
    dies_by="test_label_safe",
)
def augment(x, generator, flip=0.5, shift=2):
    if torch.rand((), generator=generator) < 0.5:
        x = x.flip(-1)
    top, left = torch.randint(2 * shift + 1, (2,), generator=generator).tolist()
    padded = torch.nn.functional.pad(x, (shift, shift, shift, shift))
    return padded[:, top : top + x.shape[1], left : left + x.shape[2]]


@misconception(
    "draws from the global generator",
    hint="torch.rand and torch.randint take generator=...; without it, any other line that draws a number changes your images.",
    dies_by="test_generator",
)
def augment(x, generator, flip=0.5, shift=2):
    if torch.rand(()) < flip:
        x = x.flip(-1)
    top, left = torch.randint(2 * shift + 1, (2,)).tolist()
    padded = torch.nn.functional.pad(x, (shift, shift, shift, shift))
    return padded[:, top : top + x.shape[1], left : left + x.shape[2]]


# -- transforms and weights ----------------------------------------------------------------------------


@misconception(
    "normalizes first, so that what comes in is not black",
    hint="Zeros are black before normalizing, but the mean colour after it. Augment the picture while it is one.",
    dies_by="test_train_transform",
)
def train_transform(mean, std, generator):
    return lambda image: augment(normalize(image, mean, std), generator)


@misconception(
    "augments for evaluation as well",
    hint="Whether a network is right must not depend on chance. Which of the two transforms is the caller going to test with?",
    dies_by="test_eval_transform",
)
def eval_transform(mean, std):
    generator = torch.Generator()
    return lambda image: normalize(augment(image, generator), mean, std)


@misconception(
    "gives one weight to each class instead of each example",
    hint="The sampler looks up the weight of example i, not of class i. How long is y, and how long is what you return?",
    dies_by="test_balanced_weights",
)
def balanced_weights(y):
    return 1 / y.bincount().clamp(min=1)


@misconception(
    "gives most weight to the most frequent class",
    hint="A class with many examples is drawn often anyway. Divide by its number of examples.",
    dies_by="test_balanced_weights",
)
def balanced_weights(y):
    counts = y.bincount()
    return (counts / counts.sum())[y]


@misconception(
    "gives the number of the class as a tensor",
    hint="The docstring promises an int; a DataLoader makes the tensor of a whole batch by itself.",
    dies_by="test_handwritten_digits",
)
class ImageFolderDataset(Dataset):
    def __init__(self, root, transform=None):
        self.transform = transform
        self.samples = [
            (path, label)
            for name, label in class_to_idx(root).items()
            for path in sorted(Path(root, name).iterdir())
            if path.suffix.lower() in SUFFIXES and path.name[0] != "."
        ]

    def __len__(self):
        return len(self.samples)

    def __getitem__(self, index):
        path, label = self.samples[index]
        image = to_float_image(torch.from_numpy(np.array(Image.open(path).convert("RGB"))))
        return image if self.transform is None else self.transform(image), torch.tensor(label)


@misconception(
    "takes hidden files for pictures",
    hint="Macintosh computers put a hidden note `._1.png` beside `1.png`. Skip each name that begins with a dot.",
    dies_by="test_stray_files",
)
class ImageFolderDataset(Dataset):
    def __init__(self, root, transform=None):
        self.transform = transform
        self.samples = [
            (path, label)
            for name, label in class_to_idx(root).items()
            for path in sorted(Path(root, name).iterdir())
            if path.suffix.lower() in SUFFIXES
        ]

    def __len__(self):
        return len(self.samples)

    def __getitem__(self, index):
        path, label = self.samples[index]
        image = to_float_image(torch.from_numpy(np.array(Image.open(path).convert("RGB"))))
        return image if self.transform is None else self.transform(image), label


@misconception(
    "looks for pictures in the folders within a class's folder too",
    hint="rglob goes down into every folder. Pictures are what lies *directly* in the folder of a class.",
    dies_by="test_stray_files",
)
class ImageFolderDataset(Dataset):
    def __init__(self, root, transform=None):
        self.transform = transform
        self.samples = [
            (path, label)
            for name, label in class_to_idx(root).items()
            for path in sorted(Path(root, name).rglob("*"))
            if path.suffix.lower() in SUFFIXES and path.name[0] != "."
        ]

    def __len__(self):
        return len(self.samples)

    def __getitem__(self, index):
        path, label = self.samples[index]
        image = to_float_image(torch.from_numpy(np.array(Image.open(path).convert("RGB"))))
        return image if self.transform is None else self.transform(image), label


@misconception(
    "moves by as many columns as rows",
    hint="One number was drawn for both. Rows and columns are independent: draw two.",
    dies_by="test_augment",
)
def augment(x, generator, flip=0.5, shift=2):
    if torch.rand((), generator=generator) < flip:
        x = x.flip(-1)
    start = int(torch.randint(2 * shift + 1, (), generator=generator))
    padded = torch.nn.functional.pad(x, (shift, shift, shift, shift))
    return padded[:, start : start + x.shape[1], start : start + x.shape[2]]


@misconception(
    "moves all the way half as often as it should",
    hint="Rounding a number between -shift and shift gives the two ends only half an interval each. torch.randint draws whole numbers, all equally likely.",
    dies_by="test_augment",
)
def augment(x, generator, flip=0.5, shift=2):
    if torch.rand((), generator=generator) < flip:
        x = x.flip(-1)
    top, left = (2 * shift * torch.rand(2, generator=generator)).round().int().tolist()
    padded = torch.nn.functional.pad(x, (shift, shift, shift, shift))
    return padded[:, top : top + x.shape[1], left : left + x.shape[2]]


@misconception(
    "augments with another generator than the one it was given",
    hint="Two transforms with generators of the same seed must give the same images. Is the argument used?",
    dies_by="test_train_transform",
)
def train_transform(mean, std, generator):
    own = torch.Generator().manual_seed(0)
    return lambda image: normalize(augment(image, own), mean, std)


# -- as beginners write them -------------------------------------------------------------------------


@misconception(
    "numbers the classes from 1",
    hint="A loss takes the classes 0 to K - 1. enumerate begins with 0 by itself.",
    dies_by="test_class_to_idx",
)
def class_to_idx(root):
    names = sorted(p.name for p in Path(root).iterdir() if p.is_dir() and p.name[0] != ".")
    if not names:
        raise ValueError("no class")
    return {name: number + 1 for number, name in enumerate(names)}


@misconception(
    "gives the classes by their numbers, not the numbers by their classes",
    hint="You look a class up by its name: the names are the keys. dict(enumerate(names)) makes them the values.",
    dies_by="test_class_to_idx",
)
def class_to_idx(root):
    names = sorted(p.name for p in Path(root).iterdir() if p.is_dir() and p.name[0] != ".")
    if not names:
        raise ValueError("no class")
    return dict(enumerate(names))


@misconception("gives the classes by their numbers, not the numbers by their classes")
def class_to_idx(root):
    return dict(enumerate(sorted(p.name for p in Path(root).iterdir() if p.is_dir() and p.name[0] != ".")))


@misconception(
    "sorts the names without regard to capitals",
    hint="Python sorts strings with all capitals first: 'Owl' before 'ant'. sorted without a key does it.",
    dies_by="test_class_to_idx",
)
def class_to_idx(root):
    names = sorted((p.name for p in Path(root).iterdir() if p.is_dir() and p.name[0] != "."), key=str.lower)
    if not names:
        raise ValueError("no class")
    return {name: number for number, name in enumerate(names)}


@misconception(
    "leaves out the numbers of the files that lie among the folders",
    hint="enumerate counts whatever it goes through. Choose the folders first, then number them.",
    dies_by="test_stray_files",
)
def class_to_idx(root):
    entries = enumerate(sorted(Path(root).iterdir()))
    found = {p.name: number for number, p in entries if p.is_dir() and p.name[0] != "."}
    if not found:
        raise ValueError("no class")
    return found


@misconception(
    "leaves the channels last",
    hint="Pillow and NumPy have pixels as (H, W, 3). PyTorch has the channels first: which call reorders axes?",
    dies_by="test_three_channels",
)
class ImageFolderDataset(ImageFolderDataset):
    def __getitem__(self, index):
        path, label = self.samples[index]
        image = torch.from_numpy(np.array(Image.open(path).convert("RGB"))) / 255
        return image if self.transform is None else self.transform(image), label


@misconception("leaves the channels last")
class ImageFolderDataset(ImageFolderDataset):
    def __getitem__(self, index):
        path, label = self.samples[index]
        image = torch.tensor(np.array(Image.open(path).convert("RGB")), dtype=torch.float32)
        return image if self.transform is None else self.transform(image), label


@misconception(
    "leaves the numbers from 0 to 255",
    hint="A byte goes up to 255, and the docstring asks for [0, 1].",
    dies_by="test_handwritten_digits",
)
class ImageFolderDataset(ImageFolderDataset):
    def __getitem__(self, index):
        path, label = self.samples[index]
        image = torch.from_numpy(np.array(Image.open(path).convert("RGB"))).permute(2, 0, 1).float()
        return image if self.transform is None else self.transform(image), label


@misconception(
    "exchanges height and width",
    hint="permute(2, 1, 0) turns the picture over its diagonal. In (H, W, 3) the channels are axis 2, the rows axis 0: which order do you need?",
    dies_by="test_three_channels",
)
class ImageFolderDataset(ImageFolderDataset):
    def __getitem__(self, index):
        path, label = self.samples[index]
        image = torch.from_numpy(np.array(Image.open(path).convert("RGB"))).permute(2, 1, 0) / 255
        return image if self.transform is None else self.transform(image), label


@misconception(
    "does not call its transform",
    hint="The transform is kept and never used. Each image goes through it, each time it is asked for.",
    dies_by="test_transform",
)
class ImageFolderDataset(ImageFolderDataset):
    def __getitem__(self, index):
        path, label = self.samples[index]
        return torch.from_numpy(np.array(Image.open(path).convert("RGB"))).permute(2, 0, 1) / 255, label


@misconception(
    "overlooks endings in capitals",
    hint="Cameras write .JPG. Put the ending into small letters before you compare it.",
    dies_by="test_stray_files",
)
class ImageFolderDataset(ImageFolderDataset):
    def __init__(self, root, transform=None):
        self.transform = transform
        self.samples = []
        for name, label in class_to_idx(root).items():
            for path in sorted(Path(root, name).iterdir()):
                if path.suffix in SUFFIXES and path.name[0] != ".":
                    self.samples.append((path, label))


@misconception(
    "takes the means of the columns for those of the channels",
    hint="A (3,) tensor is laid along the last axis, which holds the columns. Give mean and std the shape (3, 1, 1).",
    dies_by="test_eval_transform",
)
def eval_transform(mean, std):
    return lambda image: (image - mean) / std


@misconception(
    "divides by the variance, not the deviation",
    hint="std is the deviation already: it needs no square.",
    dies_by="test_eval_transform",
)
def eval_transform(mean, std):
    return lambda image: (image - mean[:, None, None]) / std[:, None, None] ** 2


@misconception(
    "normalizes each image by its own mean and deviation",
    hint="Then a dark picture and a bright one become alike. mean and std come from the training set, and are given to you.",
    dies_by="test_eval_transform",
)
def eval_transform(mean, std):
    return lambda image: (image - image.mean((1, 2), keepdim=True)) / image.std((1, 2), keepdim=True)


@misconception(
    "divides the mean alone by the deviation",
    hint="Division binds before subtraction. Put the difference into brackets.",
    dies_by="test_eval_transform",
)
def eval_transform(mean, std):
    return lambda image: image - mean[:, None, None] / std[:, None, None]


@misconception(
    "moves further than `augment` does by default",
    hint="augment has a default for `shift`. Leave it out of your call.",
    dies_by="test_train_transform",
)
def train_transform(mean, std, generator):
    return lambda image: normalize(augment(image, generator, 0.5, min(4, image.shape[1] - 1, image.shape[2] - 1)), mean, std)


@misconception(
    "draws once, when the function is made",
    hint="What stands before the inner function runs once. Draw inside it, and each call draws anew.",
    dies_by="test_train_transform",
)
def train_transform(mean, std, generator):
    state = generator.get_state()

    def transform(image):
        return normalize(augment(image, torch.Generator().set_state(state)), mean, std)

    return transform


@misconception(
    "mirrors the caller's image itself",
    hint="`x[:] = ...` writes into the image that you were given, and the next epoch sees it mirrored. flip makes a new tensor.",
    dies_by="test_augment",
)
def augment(x, generator, flip=0.5, shift=2):
    if torch.rand((), generator=generator) < flip:
        x[:] = x.flip(2)
    top, left = torch.randint(2 * shift + 1, (2,), generator=generator).tolist()
    padded = torch.nn.functional.pad(x, (shift, shift, shift, shift))
    return padded[:, top : top + x.shape[1], left : left + x.shape[2]]


@misconception("gives one weight to each class instead of each example")
def balanced_weights(y):
    counts = torch.bincount(y)
    return len(y) / (len(y.unique()) * counts)


@misconception("leaves out the numbers of the files that lie among the folders")
def class_to_idx(root):
    found = {p.name: number for number, p in enumerate(sorted(Path(root).iterdir())) if p.is_dir()}
    if not found:
        raise ValueError("no class")
    return found


@misconception("draws from the global generator")
def augment(x, generator, flip=0.5, shift=2):
    if torch.rand(1) < flip:
        x = x.flip(2)
    down, right = torch.randint(-shift, shift, (2,)).tolist()
    out, (_, height, width) = torch.zeros_like(x), x.shape
    for i in range(height):
        for j in range(width):
            if 0 <= i - down < height and 0 <= j - right < width:
                out[:, i, j] = x[:, i - down, j - right]
    return out


@misconception("mirrors with probability 1 - flip")
def augment(x, generator, flip=0.5, shift=2):
    if torch.rand((), generator=generator) > flip:
        x = x.flip(2)
    top = torch.randint(2 * shift, (1,), generator=generator).item()
    left = torch.randint(2 * shift, (1,), generator=generator).item()
    padded = torch.nn.functional.pad(x, (shift, shift, shift, shift))
    return padded[:, top : top + x.shape[1], left : left + x.shape[2]]


@misconception("draws once, when the function is made")
def train_transform(mean, std, generator):
    mirrored = torch.rand(1, generator=generator).item() < 0.5
    return lambda image: normalize(image.flip(2) if mirrored else image, mean, std)


@misconception("takes a hidden folder for a class")
@misconception("numbers the classes in the order in which the disk lists them")
def class_to_idx(root):
    classes = [name for name in os.listdir(root) if os.path.isdir(os.path.join(root, name))]
    return {name: i for i, name in enumerate(classes)}


@misconception("takes a hidden folder for a class")
@misconception("numbers the classes from 1")
def class_to_idx(root):
    names = sorted(p.name for p in Path(root).iterdir() if p.is_dir())
    return {name: i + 1 for i, name in enumerate(names)}


@misconception(
    "numbers the classes that hold a picture, and no others",
    hint="A class may hold no picture and keeps its number: take the label from `class_to_idx`.",
    dies_by="test_handwritten_digits",
)
class ImageFolderDataset(ImageFolderDataset):
    def __init__(self, root, transform=None):
        self.transform = transform
        found = [
            sorted(p for p in Path(root, name).iterdir() if p.suffix.lower() in SUFFIXES and not p.name.startswith("."))
            for name in class_to_idx(root)
        ]
        full = [paths for paths in found if paths]
        self.samples = [(path, label) for label, paths in enumerate(full) for path in paths]


@misconception(
    "refuses a folder whose classes hold no picture",
    hint="A class may hold no picture, and so may all of them: the length is 0 then.",
    dies_by="test_handwritten_digits",
)
class ImageFolderDataset(ImageFolderDataset):
    def __init__(self, root, transform=None):
        self.transform = transform
        self.samples = [
            (path, label)
            for name, label in class_to_idx(root).items()
            for path in sorted(Path(root, name).iterdir())
            if path.suffix.lower() in SUFFIXES and not path.name.startswith(".")
        ]
        if not self.samples:
            raise ValueError("no picture")
