"""Other right ways to write this page."""

import math
import random
from itertools import islice

import numpy as np
import torch
from torch.utils.data import Dataset, default_collate

from autograder.checking import variant


@variant("as PyTorch would, with its Dataset, floors and a round of remainders")
class ArrayDataset(Dataset):
    def __init__(self, X, y, transform=None):
        if X.shape[0] != y.shape[0]:
            raise ValueError("X and y")
        self.data, self.labels, self.transform = X, y, transform

    def __len__(self):
        return self.data.shape[0]

    def __getitem__(self, index):
        x, label = self.data[index], self.labels[index]
        if self.transform:
            x = self.transform(x)
        return (x, label)


@variant("as PyTorch would, with its Dataset, floors and a round of remainders")
def split_indices(n, fractions, seed=0):
    if not math.isclose(sum(fractions), 1.0):
        raise ValueError("fractions")
    sizes = [math.floor(n * fraction) for fraction in fractions]
    for k in range(n - sum(sizes)):
        sizes[k % len(sizes)] += 1
    order = torch.randperm(n, generator=torch.Generator().manual_seed(seed))
    return order.split(sizes)


@variant("as PyTorch would, with its Dataset, floors and a round of remainders")
class MiniLoader:
    def __init__(self, ds, batch_size=1, shuffle=False, drop_last=False, generator=None, collate=None):
        if batch_size <= 0:
            raise ValueError("batch_size")
        self.ds, self.batch_size, self.shuffle = ds, batch_size, shuffle
        self.drop_last, self.generator, self.collate = drop_last, generator, collate or default_collate

    def __len__(self):
        count = len(self.ds) / self.batch_size
        return math.floor(count) if self.drop_last else math.ceil(count)

    def __iter__(self):
        indices = torch.arange(len(self.ds))
        if self.shuffle:
            indices = indices[torch.rand(len(self.ds), generator=self.generator).argsort()]
        for chunk in indices.split(self.batch_size):
            if len(chunk) == self.batch_size or not self.drop_last:
                yield self.collate([self.ds[int(i)] for i in chunk])


@variant("as PyTorch would, with its Dataset, floors and a round of remainders")
def collate_pad(sequences, pad_value=0):
    batch = torch.nn.utils.rnn.pad_sequence(sequences, batch_first=True, padding_value=pad_value)
    return batch, torch.tensor([s.numel() for s in sequences])


@variant("with Python's random, an iterator class and sets")
class ArrayDataset:
    def __init__(self, X, y, transform=None):
        if not len(X) == len(y):
            raise ValueError("X and y")
        self.pairs = list(zip(X.unbind(0), y.unbind(0)))
        self.transform = transform

    def __len__(self):
        return len(self.pairs)

    def __getitem__(self, index):
        x, label = self.pairs[index]
        return (self.transform(x), label) if self.transform is not None else (x, label)


@variant("with Python's random, an iterator class and sets")
def split_indices(n, fractions, seed=0):
    if abs(math.fsum(fractions) - 1) > 1e-4:
        raise ValueError("fractions")
    left, parts = set(range(n)), []
    draw = random.Random(seed)
    for k, fraction in enumerate(fractions):
        ahead = round(n * math.fsum(fractions[: k + 1])) - (n - len(left))
        part = draw.sample(sorted(left), len(left) if k + 1 == len(fractions) else ahead)
        left -= set(part)
        parts.append(torch.tensor(sorted(part), dtype=torch.int64))
    return parts


class Epoch:
    def __init__(self, loader, order):
        self.loader, self.order = loader, iter(order)

    def __iter__(self):
        return self

    def __next__(self):
        loader = self.loader
        items = [loader.ds[i] for i in islice(self.order, loader.batch_size)]
        if not items or (loader.drop_last and len(items) < loader.batch_size):
            raise StopIteration
        if loader.collate is not None:
            return loader.collate(items)
        return [torch.stack([item[k] for item in items]) for k in range(len(items[0]))]


@variant("with Python's random, an iterator class and sets")
class MiniLoader:
    def __init__(self, ds, batch_size=1, shuffle=False, drop_last=False, generator=None, collate=None):
        if batch_size < 1:
            raise ValueError("batch_size")
        self.ds, self.batch_size, self.shuffle = ds, batch_size, shuffle
        self.drop_last, self.generator, self.collate = drop_last, generator, collate

    def __len__(self):
        return (len(self.ds) + (0 if self.drop_last else self.batch_size - 1)) // self.batch_size

    def __iter__(self):
        order = list(range(len(self.ds)))
        if self.shuffle:
            seed = int(torch.randint(2**62, (), generator=self.generator))
            random.Random(seed).shuffle(order)
        return Epoch(self, order)


@variant("with Python's random, an iterator class and sets")
def collate_pad(sequences, pad_value=0):
    T = max(len(s) for s in sequences)
    rows = [torch.cat([s, torch.full((T - len(s),), pad_value, dtype=s.dtype)]) for s in sequences]
    return torch.stack(rows), torch.tensor([len(s) for s in sequences], dtype=torch.int64)


@variant("with lists of numbers, numpy, and everything by hand")
class ArrayDataset:
    def __init__(self, X, y, transform=None):
        if y.size(0) != X.size(0):
            raise ValueError(f"{X.size(0)} != {y.size(0)}")
        self.__dict__.update(examples=X.clone(), labels=y.clone(), change=transform)

    def __len__(self):
        return self.labels.numel()

    def __getitem__(self, index):
        if index >= self.labels.numel():
            raise IndexError(index)
        item = [self.examples[index], self.labels[index]]
        if self.change is not None:
            item[0] = self.change(item[0])
        return tuple(item)


@variant("with lists of numbers, numpy, and everything by hand")
def split_indices(n, fractions, seed=0):
    if not np.isclose(np.sum(fractions), 1):
        raise ValueError("the fractions must sum to 1")
    order = np.random.default_rng(seed).permutation(n)
    ends = np.round(np.cumsum(fractions) * n).astype(int)[:-1]
    return [torch.from_numpy(part.copy()).long() for part in np.split(order, ends)]


@variant("with lists of numbers, numpy, and everything by hand")
class MiniLoader:
    def __init__(self, ds, batch_size=1, shuffle=False, drop_last=False, generator=None, collate=None):
        if not batch_size > 0:
            raise ValueError(batch_size)
        self.options = ds, batch_size, shuffle, drop_last, generator, collate

    def batches(self):
        ds, size, shuffle, drop, generator, _ = self.options
        order = list(range(len(ds)))
        if shuffle:
            for last in range(len(order) - 1, 0, -1):  # Fisher and Yates
                other = int(torch.randint(last + 1, (1,), generator=generator))
                order[last], order[other] = order[other], order[last]
        cut = [order[k : k + size] for k in range(0, len(order), size)]
        return [batch for batch in cut if len(batch) == size or not drop]

    def __len__(self):
        ds, size, _, drop, _, _ = self.options
        return len(range(size if drop else 1, len(ds) + 1, size))

    def __iter__(self):
        ds, collate = self.options[0], self.options[-1]
        for batch in self.batches():
            items = [ds[i] for i in batch]
            if collate:
                yield collate(items)
            else:
                yield tuple(torch.cat([part[None] for part in parts]) for parts in zip(*items))


@variant("with lists of numbers, numpy, and everything by hand")
def collate_pad(sequences, pad_value=0):
    lengths = [s.shape[0] for s in sequences]
    rows = [s.tolist() + [pad_value] * (max(lengths) - len(s)) for s in sequences]
    batch = torch.tensor(rows, dtype=sequences[0].dtype).reshape(len(rows), max(lengths))
    return batch, torch.LongTensor(lengths)


@variant("with a mask for the padding, and indices dealt like cards")
def collate_pad(sequences, pad_value=0):
    lengths = torch.tensor([len(s) for s in sequences])
    mask = torch.arange(int(lengths.max())) < lengths[:, None]
    batch = torch.full(mask.shape, pad_value, dtype=sequences[0].dtype)
    batch[mask] = torch.cat(sequences)
    return batch, lengths


@variant("with a mask for the padding, and indices dealt like cards")
def split_indices(n, fractions, seed=0):
    if round(sum(fractions), 6) != 1:
        raise ValueError("the fractions must sum to 1")
    scores = torch.rand(n, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)
    order, parts, total, start = scores.argsort(), [], 0.0, 0
    for fraction in fractions:
        total += fraction
        end = n if len(parts) + 1 == len(fractions) else int(n * total + 0.5)
        parts.append(order[start:end])
        start = end
    return parts
