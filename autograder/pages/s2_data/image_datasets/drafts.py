"""First drafts of this page, as beginners hand them in."""

# %% as the disk lists them
# class_to_idx: numbers the classes in the order in which the disk lists them
# class_to_idx: takes a hidden folder for a class
#   or: says "its keys are ['.ipynb_checkpoints', 'left', 'right']"
# ImageFolderDataset: takes the pictures of a class in the order in which the disk lists them
# ImageFolderDataset: overlooks endings in capitals
#   or: says "the folder holds 6 pictures"
import os


def class_to_idx(root):
    classes = [name for name in os.listdir(root) if os.path.isdir(os.path.join(root, name))]
    return {name: i for i, name in enumerate(classes)}


class ImageFolderDataset(Dataset):
    def __init__(self, root, transform=None):
        self.transform = transform
        self.samples = []
        for name, label in class_to_idx(root).items():
            for f in os.listdir(os.path.join(root, name)):
                if f.endswith((".png", ".jpg", ".jpeg")):
                    self.samples.append((os.path.join(root, name, f), label))

    def __len__(self):
        return len(self.samples)

    def __getitem__(self, index):
        path, label = self.samples[index]
        img = np.array(Image.open(path).convert("RGB"))
        x = torch.from_numpy(img).permute(2, 0, 1).float() / 255
        if self.transform is not None:
            x = self.transform(x)
        return x, label


# %% everything opened at once
# class_to_idx: takes files for classes
# ImageFolderDataset: opens every picture when it is made
# balanced_weights: gives one weight to each class instead of each example
def class_to_idx(root):
    names = sorted(p.name for p in Path(root).iterdir())
    return {n: i for i, n in enumerate(names)}


class ImageFolderDataset(Dataset):
    def __init__(self, root, transform=None):
        self.images = []
        self.labels = []
        classes = sorted(p.name for p in Path(root).iterdir() if p.is_dir() and not p.name.startswith("."))
        for i, name in enumerate(classes):
            for path in sorted((Path(root) / name).iterdir()):
                if path.suffix.lower() in SUFFIXES:
                    img = Image.open(path).convert("RGB")
                    self.images.append(torch.tensor(np.array(img)).permute(2, 0, 1) / 255)
                    self.labels.append(i)
        self.transform = transform

    def __len__(self):
        return len(self.images)

    def __getitem__(self, index):
        x = self.images[index]
        if self.transform:
            x = self.transform(x)
        return x, self.labels[index]


def balanced_weights(y):
    counts = torch.bincount(y)
    return 1 / counts


# %% bytes and rows first
# ImageFolderDataset: leaves the channels last
# ImageFolderDataset: leaves the numbers from 0 to 255
# ImageFolderDataset: takes hidden files for pictures
# class_to_idx: numbers the classes from 1
# class_to_idx: takes a hidden folder for a class
#   or: says "its keys are ['.ipynb_checkpoints', 'left', 'right']"
# balanced_weights: gives most weight to the most frequent class
class ImageFolderDataset(Dataset):
    def __init__(self, root, transform=None):
        self.root = Path(root)
        self.transform = transform
        self.items = []
        for name, label in class_to_idx(root).items():
            for path in sorted((self.root / name).iterdir()):
                if path.suffix.lower() in SUFFIXES:
                    self.items.append((path, label))

    def __len__(self):
        return len(self.items)

    def __getitem__(self, index):
        path, label = self.items[index]
        image = torch.tensor(np.array(Image.open(path).convert("RGB")), dtype=torch.float32)
        if self.transform is not None:
            image = self.transform(image)
        return image, label


def class_to_idx(root):
    names = sorted(p.name for p in Path(root).iterdir() if p.is_dir())
    return {name: i + 1 for i, name in enumerate(names)}


def balanced_weights(y):
    counts = torch.bincount(y).float()
    return counts[y] / len(y)


# %% grey stays grey
# ImageFolderDataset: gives each picture as many channels as its file has
#   or: says "a picture that is grey: its shape is (1, 5, 3), not (3, 5, 3)"
# ImageFolderDataset: gives the number of the class as a tensor
# ImageFolderDataset: overlooks endings in capitals
#   or: says "the folder holds 6 pictures"
# class_to_idx: gives the classes by their numbers, not the numbers by their classes
class ImageFolderDataset(Dataset):
    def __init__(self, root, transform=None):
        self.transform = transform
        self.paths = []
        self.targets = []
        for name, label in class_to_idx(root).items():
            for path in sorted(Path(root, name).iterdir()):
                if path.suffix in SUFFIXES:
                    self.paths.append(path)
                    self.targets.append(label)

    def __len__(self):
        return len(self.paths)

    def __getitem__(self, index):
        img = Image.open(self.paths[index])
        x = torch.from_numpy(np.array(img)).float() / 255
        if x.dim() == 2:
            x = x.unsqueeze(-1)
        x = x.permute(2, 0, 1)
        if self.transform is not None:
            x = self.transform(x)
        return x, torch.tensor(self.targets[index])


def class_to_idx(root):
    names = sorted(d.name for d in Path(root).iterdir() if d.is_dir() and d.name[0] != ".")
    return dict(enumerate(names))


# %% upside down, and rolled
# augment: rolls, so that what leaves on one side comes back on the other
# augment: stands pictures on their head
# eval_transform: takes the means of the columns for those of the channels
#   or: says "The size of tensor a (5) must match the size of tensor b (3)"
# train_transform: normalizes first, so that what comes in is not black
#   or: says "the images were normalized first"
def augment(x, generator, flip=0.5, shift=2):
    if torch.rand(1, generator=generator) < flip:
        x = x.flip(1)
    dy = torch.randint(-shift, shift + 1, (1,), generator=generator).item()
    dx = torch.randint(-shift, shift + 1, (1,), generator=generator).item()
    return torch.roll(x, (dy, dx), dims=(1, 2))


def eval_transform(mean, std):
    def transform(x):
        return (x - mean) / std

    return transform


def train_transform(mean, std, generator):
    def transform(x):
        x = (x - mean[:, None, None]) / std[:, None, None]
        return augment(x, generator)

    return transform


# %% the global generator
# augment: draws from the global generator
#   or: says "some chance comes from elsewhere"
# augment: never moves as far as it may on one side
#   or: says "about 400 each should be moved by -2, -1, 0, 1 and 2 rows"
# train_transform: moves further than `augment` does by default
#   or: says "this is no augmented and normalized image"
# balanced_weights: gives most weight to the most frequent class
def augment(x, generator, flip=0.5, shift=2):
    if torch.rand(1) < flip:
        x = torch.flip(x, dims=[2])
    dy, dx = torch.randint(-shift, shift, (2,))
    out = torch.zeros_like(x)
    C, H, W = x.shape
    for i in range(H):
        for j in range(W):
            if 0 <= i - dy < H and 0 <= j - dx < W:
                out[:, i, j] = x[:, i - dy, j - dx]
    return out


def train_transform(mean, std, generator):
    def transform(x):
        x = augment(x, generator, 0.5, 4)
        return (x - mean.view(-1, 1, 1)) / std.view(-1, 1, 1)

    return transform


def balanced_weights(y):
    weights = torch.zeros(len(y))
    for c in y.unique():
        weights[y == c] = (y == c).sum() / len(y)
    return weights


# %% one move for both
# augment: moves by as many columns as rows
# eval_transform: divides by the variance, not the deviation
# balanced_weights: gives one weight to each class instead of each example
def augment(x, generator, flip=0.5, shift=2):
    if torch.rand(1, generator=generator).item() < flip:
        x = x.flip(-1)
    s = torch.randint(-shift, shift + 1, (1,), generator=generator).item()
    padded = torch.nn.functional.pad(x, (shift, shift, shift, shift))
    top = shift + s
    left = shift + s
    return padded[:, top : top + x.shape[1], left : left + x.shape[2]]


def eval_transform(mean, std):
    def transform(x):
        return (x - mean[:, None, None]) / std[:, None, None] ** 2

    return transform


def balanced_weights(y):
    n_classes = len(y.unique())
    counts = torch.bincount(y, minlength=n_classes)
    w = len(y) / (n_classes * counts)
    return w


# %% augmented in evaluation
# eval_transform: augments for evaluation as well
#   or: says "images for evaluation were augmented"
# augment: mirrors with probability 1 - flip
#   or: says "with flip=0 this share of the images was mirrored"
# augment: never moves as far as it may on one side
#   or: says "about 400 each should be moved by -2, -1, 0, 1 and 2 rows"
# balanced_weights: says "KeyError: tensor(0)"
def eval_transform(mean, std):
    g = torch.Generator()

    def transform(x):
        x = augment(x, g)
        return (x - mean.reshape(-1, 1, 1)) / std.reshape(-1, 1, 1)

    return transform


def augment(x, generator, flip=0.5, shift=2):
    if torch.rand((), generator=generator) > flip:
        x = torch.flip(x, (2,))
    pad = torch.nn.functional.pad(x, (shift, shift, shift, shift))
    i = torch.randint(0, 2 * shift, (1,), generator=generator).item()
    j = torch.randint(0, 2 * shift, (1,), generator=generator).item()
    return pad[:, i : i + x.shape[1], j : j + x.shape[2]]


def balanced_weights(y):
    counts = {}
    for label in y:
        counts[label] = counts.get(label, 0) + 1
    return torch.tensor([1 / counts[label] for label in y])


# %% drawn once for all images
# class_to_idx: takes a hidden folder for a class
#   or: says "its keys are ['.ipynb_checkpoints', 'left', 'right']"
# class_to_idx: leaves out the numbers of the files that lie among the folders
# eval_transform: normalizes each image by its own mean and deviation
# train_transform: draws once, when the function is made
#   or: says "40 calls with one image gave 40 times the same"
def train_transform(mean, std, generator):
    flip = torch.rand(1, generator=generator).item() < 0.5

    def transform(x):
        if flip:
            x = x.flip(2)
        return (x - mean[:, None, None]) / std[:, None, None]

    return transform


def eval_transform(mean, std):
    def transform(x):
        m = x.mean(dim=(1, 2), keepdim=True)
        s = x.std(dim=(1, 2), keepdim=True)
        return (x - m) / s

    return transform


def class_to_idx(root):
    root = Path(root)
    d = {}
    for i, p in enumerate(sorted(root.iterdir())):
        if p.is_dir():
            d[p.name] = i
    if not d:
        raise ValueError("no classes")
    return d


# %% in place
# augment: mirrors the caller's image itself
# eval_transform: divides the mean alone by the deviation
def augment(x, generator, flip=0.5, shift=2):
    C, H, W = x.shape
    if torch.rand(1, generator=generator) < flip:
        x[:] = x.flip(2)
    dy = int(torch.randint(-shift, shift + 1, (1,), generator=generator))
    dx = int(torch.randint(-shift, shift + 1, (1,), generator=generator))
    out = torch.zeros(C, H, W)
    src = x[:, max(0, -dy) : H - max(0, dy), max(0, -dx) : W - max(0, dx)]
    out[:, max(0, dy) : max(0, dy) + src.shape[1], max(0, dx) : max(0, dx) + src.shape[2]] = src
    return out


def eval_transform(mean, std):
    return lambda x: x - mean.view(3, 1, 1) / std.view(3, 1, 1)


# %% forgot the transform and the suffix case
# ImageFolderDataset: exchanges height and width
# ImageFolderDataset: does not call its transform
# ImageFolderDataset: overlooks endings in capitals
#   or: says "the folder holds"
# class_to_idx: sorts the names without regard to capitals
class ImageFolderDataset(Dataset):
    def __init__(self, root, transform=None):
        self.files = []
        mapping = class_to_idx(root)
        for cls in mapping:
            for f in sorted(os.listdir(Path(root) / cls)):
                if f.split(".")[-1] in ["png", "jpg", "jpeg"]:
                    self.files.append((Path(root) / cls / f, mapping[cls]))

    def __len__(self):
        return len(self.files)

    def __getitem__(self, index):
        path, label = self.files[index]
        arr = np.array(Image.open(path).convert("RGB"), dtype=np.float32) / 255
        return torch.tensor(arr).permute(2, 1, 0), label


import os


def class_to_idx(root):
    names = [d for d in os.listdir(root) if (Path(root) / d).is_dir() and not d.startswith(".")]
    names.sort(key=str.lower)
    if len(names) == 0:
        raise FileNotFoundError("no classes found")
    return {n: i for i, n in enumerate(names)}
