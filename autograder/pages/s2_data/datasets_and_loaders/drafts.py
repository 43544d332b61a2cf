"""First drafts of this page, as beginners hand them in."""

# %% transformed once, shuffled once
# ArrayDataset: transforms all examples when it is built
# MiniLoader: shuffles once, when it is built
class ArrayDataset:
    def __init__(self, X, y, transform=None):
        if len(X) != len(y):
            raise ValueError("different lengths")
        self.X = X
        self.y = y
        if transform is not None:
            self.X = torch.stack([transform(x) for x in X])

    def __len__(self):
        return len(self.X)

    def __getitem__(self, index):
        return self.X[index], self.y[index]


class MiniLoader:
    def __init__(self, ds, batch_size=1, shuffle=False, drop_last=False, generator=None, collate=None):
        if batch_size < 1:
            raise ValueError("batch_size")
        self.ds = ds
        self.batch_size = batch_size
        self.drop_last = drop_last
        self.collate = collate
        self.order = list(range(len(ds)))
        if shuffle:
            self.order = torch.randperm(len(ds), generator=generator).tolist()

    def __len__(self):
        if self.drop_last:
            return len(self.ds) // self.batch_size
        return (len(self.ds) + self.batch_size - 1) // self.batch_size

    def __iter__(self):
        for i in range(0, len(self.order), self.batch_size):
            idx = self.order[i : i + self.batch_size]
            if len(idx) < self.batch_size and self.drop_last:
                return
            items = [self.ds[j] for j in idx]
            if self.collate is not None:
                yield self.collate(items)
            else:
                yield tuple(torch.stack(part) for part in zip(*items))


# %% sizes cut down
# split_indices: rounds every part down and loses the rest
# collate_pad: gives the batch the dtype of `pad_value`, not of the sequences
def split_indices(n, fractions, seed=0):
    if abs(sum(fractions) - 1) > 1e-6:
        raise ValueError("fractions must sum to 1")
    perm = torch.randperm(n, generator=torch.Generator().manual_seed(seed))
    parts = []
    start = 0
    for f in fractions:
        size = int(n * f)
        parts.append(perm[start : start + size])
        start += size
    return parts


def collate_pad(sequences, pad_value=0):
    lengths = torch.tensor([len(s) for s in sequences])
    batch = torch.full((len(sequences), max(lengths)), pad_value)
    for i, s in enumerate(sequences):
        batch[i, : len(s)] = s
    return batch, lengths


# %% the last batch forgotten
# MiniLoader: always loses a short last batch
# split_indices: rounds every size and leaves what remains to the last part
# split_indices: seeds the global generator
#   or: says "used or seeded the global generator of torch"
class MiniLoader:
    def __init__(self, ds, batch_size=1, shuffle=False, drop_last=False, generator=None, collate=None):
        self.ds = ds
        self.batch_size = batch_size
        self.shuffle = shuffle
        self.drop_last = drop_last
        self.generator = generator
        self.collate = collate
        if self.batch_size < 1:
            raise ValueError("too small")

    def __len__(self):
        return len(self.ds) // self.batch_size

    def __iter__(self):
        n = len(self.ds)
        if self.shuffle:
            order = torch.randperm(n, generator=self.generator)
        else:
            order = torch.arange(n)
        for b in range(len(self)):
            items = [self.ds[int(i)] for i in order[b * self.batch_size : (b + 1) * self.batch_size]]
            if self.collate:
                yield self.collate(items)
            else:
                xs = torch.stack([item[0] for item in items])
                ys = torch.stack([item[1] for item in items])
                yield xs, ys


def split_indices(n, fractions, seed=0):
    if sum(fractions) != 1:
        raise ValueError
    torch.manual_seed(seed)
    perm = torch.randperm(n)
    result = []
    start = 0
    for f in fractions[:-1]:
        end = start + round(f * n)
        result.append(perm[start:end])
        start = end
    result.append(perm[start:])
    return result


# %% padding at the front
# collate_pad: pads in front of the sequences
# ArrayDataset: gives the label as a Python number
# ArrayDataset: does not compare the lengths of X and y
def collate_pad(sequences, pad_value=0):
    T = max(len(s) for s in sequences)
    rows = []
    for s in sequences:
        pad = torch.full((T - len(s),), pad_value, dtype=s.dtype)
        rows.append(torch.cat([pad, s]))
    return torch.stack(rows), torch.tensor([len(s) for s in sequences])


class ArrayDataset:
    def __init__(self, X, y, transform=None):
        self.X = X
        self.y = y
        self.transform = transform

    def __len__(self):
        return len(self.X)

    def __getitem__(self, index):
        x = self.X[index]
        label = self.y[index].item()
        if self.transform:
            x = self.transform(x)
        return x, label


# %% not random at all
# split_indices: cuts without shuffling
# MiniLoader: counts one batch too many where the last one is whole
#   or: says "2 is not 1"
# MiniLoader: does not use its generator
#   or: says "the global one of random was used"
def split_indices(n, fractions, seed=0):
    if abs(sum(fractions) - 1.0) > 1e-9:
        raise ValueError("must sum to 1")
    idx = torch.arange(n)
    out = []
    begin = 0.0
    for f in fractions:
        out.append(idx[round(begin * n) : round((begin + f) * n)])
        begin += f
    return out


class MiniLoader:
    def __init__(self, ds, batch_size=1, shuffle=False, drop_last=False, generator=None, collate=None):
        if batch_size < 1:
            raise ValueError("batch_size must be at least 1")
        self.ds, self.batch_size, self.shuffle = ds, batch_size, shuffle
        self.drop_last, self.generator, self.collate = drop_last, generator, collate

    def __len__(self):
        n = len(self.ds) / self.batch_size
        return int(n) if self.drop_last else int(n) + 1

    def __iter__(self):
        idx = list(range(len(self.ds)))
        if self.shuffle:
            import random

            random.shuffle(idx)
        batch = []
        for i in idx:
            batch.append(self.ds[i])
            if len(batch) == self.batch_size:
                yield self._make(batch)
                batch = []
        if batch and not self.drop_last:
            yield self._make(batch)

    def _make(self, batch):
        if self.collate is not None:
            return self.collate(batch)
        return tuple(torch.stack(p) for p in zip(*batch))


# %% the iterator is the loader
# MiniLoader: keeps its place in itself
# collate_pad: gives the lengths as a list
# collate_pad: fills up with 0 whatever `pad_value` says
class MiniLoader:
    def __init__(self, ds, batch_size=1, shuffle=False, drop_last=False, generator=None, collate=None):
        if batch_size < 1:
            raise ValueError("batch_size")
        self.ds = ds
        self.batch_size = batch_size
        self.shuffle = shuffle
        self.drop_last = drop_last
        self.generator = generator
        self.collate = collate

    def __len__(self):
        if self.drop_last:
            return len(self.ds) // self.batch_size
        return -(-len(self.ds) // self.batch_size)

    def __iter__(self):
        n = len(self.ds)
        self.order = torch.randperm(n, generator=self.generator).tolist() if self.shuffle else list(range(n))
        self.pos = 0
        return self

    def __next__(self):
        if self.pos >= len(self.order):
            raise StopIteration
        idx = self.order[self.pos : self.pos + self.batch_size]
        self.pos += self.batch_size
        if self.drop_last and len(idx) < self.batch_size:
            raise StopIteration
        items = [self.ds[i] for i in idx]
        if self.collate:
            return self.collate(items)
        return tuple(torch.stack(p) for p in zip(*items))


def collate_pad(sequences, pad_value=0):
    T = max([len(s) for s in sequences])
    batch = torch.zeros(len(sequences), T, dtype=sequences[0].dtype)
    for i, s in enumerate(sequences):
        batch[i, : len(s)] = s
    return batch, [len(s) for s in sequences]


# %% everything in a list first
# ArrayDataset: counts the numbers of X, not its rows
# ArrayDataset: says "AssertionError"
# MiniLoader: fetches the whole dataset before the first batch
class ArrayDataset:
    def __init__(self, X, y, transform=None):
        assert len(X) == len(y)
        self.X = X
        self.y = y
        self.transform = transform

    def __len__(self):
        return self.X.numel()

    def __getitem__(self, index):
        x = self.X[index]
        if self.transform is not None:
            x = self.transform(x)
        return x, self.y[index]


class MiniLoader:
    def __init__(self, ds, batch_size=1, shuffle=False, drop_last=False, generator=None, collate=None):
        if batch_size < 1:
            raise ValueError("batch_size must be 1 or more")
        self.ds = ds
        self.batch_size = batch_size
        self.shuffle = shuffle
        self.drop_last = drop_last
        self.generator = generator
        self.collate = collate

    def __len__(self):
        n, b = len(self.ds), self.batch_size
        return n // b if self.drop_last else (n + b - 1) // b

    def __iter__(self):
        n = len(self.ds)
        order = torch.randperm(n, generator=self.generator) if self.shuffle else torch.arange(n)
        batches = []
        for i in range(0, n, self.batch_size):
            items = [self.ds[j.item()] for j in order[i : i + self.batch_size]]
            if self.drop_last and len(items) < self.batch_size:
                continue
            batches.append(self.collate(items) if self.collate else tuple(torch.stack(p) for p in zip(*items)))
        return iter(batches)


# %% the label transformed, collate forgotten
# ArrayDataset: transforms the label too
# MiniLoader: stacks the items whatever `collate` is
class ArrayDataset:
    def __init__(self, X, y, transform=None):
        if X.shape[0] != y.shape[0]:
            raise ValueError("X and y do not fit")
        self.data = list(zip(X, y))
        self.transform = transform

    def __len__(self):
        return len(self.data)

    def __getitem__(self, index):
        item = self.data[index]
        if self.transform is not None:
            item = self.transform(item[0]), self.transform(item[1])
        return item


class MiniLoader:
    def __init__(self, ds, batch_size=1, shuffle=False, drop_last=False, generator=None, collate=None):
        if batch_size <= 0:
            raise ValueError("batch_size")
        self.ds = ds
        self.batch_size = batch_size
        self.shuffle = shuffle
        self.drop_last = drop_last
        self.generator = generator

    def __len__(self):
        if self.drop_last:
            return len(self.ds) // self.batch_size
        return (len(self.ds) + self.batch_size - 1) // self.batch_size

    def __iter__(self):
        order = list(range(len(self.ds)))
        if self.shuffle:
            order = torch.randperm(len(self.ds), generator=self.generator).tolist()
        for k in range(len(self)):
            chunk = order[k * self.batch_size : (k + 1) * self.batch_size]
            xs, ys = [], []
            for i in chunk:
                x, y = self.ds[i]
                xs.append(x)
                ys.append(y)
            yield torch.stack(xs), torch.stack(ys)


# %% drawn with replacement
# split_indices: draws every part for itself
# collate_pad: changes the list of sequences that it was given
def split_indices(n, fractions, seed=0):
    if round(sum(fractions), 6) != 1:
        raise ValueError("sum is not 1")
    g = torch.Generator().manual_seed(seed)
    parts = []
    for f in fractions:
        k = round(f * n)
        parts.append(torch.randint(0, n, (k,), generator=g))
    return parts


def collate_pad(sequences, pad_value=0):
    lengths = [len(s) for s in sequences]
    T = max(lengths)
    for i in range(len(sequences)):
        missing = T - lengths[i]
        sequences[i] = torch.cat([sequences[i], torch.full((missing,), pad_value, dtype=sequences[i].dtype)])
    return torch.stack(sequences), torch.tensor(lengths)


# %% no errors raised
# ArrayDataset: does not compare the lengths of X and y
# ArrayDataset: leaves the label out where there is a transform
# split_indices: does not check that the fractions sum to 1
#   or: says "nothing was raised where ValueError was expected"
class ArrayDataset:
    def __init__(self, X, y, transform=None):
        self.X = X
        self.y = y
        self.transform = transform

    def __len__(self):
        return len(self.y)

    def __getitem__(self, index):
        if self.transform is None:
            return self.X[index], self.y[index]
        return self.transform(self.X[index])


def split_indices(n, fractions, seed=0):
    g = torch.Generator().manual_seed(seed)
    perm = torch.randperm(n, generator=g)
    cuts = [0]
    total = 0
    for f in fractions:
        total += f
        cuts.append(round(total * n))
    return [perm[a:b] for a, b in zip(cuts[:-1], cuts[1:])]


# %% pad_sequence does it
# collate_pad: makes a batch of shape (T, N)
# MiniLoader: keeps a short last batch whatever drop_last says
# MiniLoader: draws the same orders again in every loader without a generator
#   or: says "another torch.manual_seed gave the same order"
from torch.nn.utils.rnn import pad_sequence


def collate_pad(sequences, pad_value=0):
    batch = pad_sequence(sequences, padding_value=pad_value)
    lengths = torch.tensor([s.shape[0] for s in sequences])
    return batch, lengths


class MiniLoader:
    def __init__(self, ds, batch_size=1, shuffle=False, drop_last=False, generator=None, collate=None):
        if batch_size < 1:
            raise ValueError("batch_size must be positive")
        self.ds = ds
        self.batch_size = batch_size
        self.shuffle = shuffle
        self.drop_last = drop_last
        self.generator = generator if generator is not None else torch.Generator().manual_seed(0)
        self.collate = collate

    def __len__(self):
        if self.drop_last:
            return len(self.ds) // self.batch_size
        return (len(self.ds) - 1) // self.batch_size + 1

    def __iter__(self):
        n = len(self.ds)
        idx = torch.randperm(n, generator=self.generator).tolist() if self.shuffle else range(n)
        for i in range(0, n, self.batch_size):
            items = [self.ds[j] for j in idx[i : i + self.batch_size]]
            if self.collate is not None:
                yield self.collate(items)
            else:
                yield tuple(torch.stack(p) for p in zip(*items))


# %% transformed once in the constructor
# ArrayDataset: transforms all examples when it is built
# ArrayDataset: does not compare the lengths of X and y
# split_indices: seeds the global generator
# split_indices: rounds every part down and loses the rest
# split_indices: asks for a sum of exactly 1
#   or: says "fractions must sum to 1"
# collate_pad: makes float32 of whatever comes
class ArrayDataset:
    def __init__(self, X, y, transform=None):
        self.X = X
        self.y = y
        if transform is not None:
            self.X = torch.stack([transform(x) for x in X])

    def __len__(self):
        return len(self.X)

    def __getitem__(self, index):
        return self.X[index], self.y[index]


def split_indices(n, fractions, seed=0):
    if sum(fractions) != 1:
        raise ValueError("fractions must sum to 1")
    torch.manual_seed(seed)
    perm = torch.randperm(n)
    parts, start = [], 0
    for f in fractions:
        size = int(f * n)
        parts.append(perm[start : start + size])
        start += size
    return parts


def collate_pad(sequences, pad_value=0):
    T = max(len(s) for s in sequences)
    batch = torch.full((len(sequences), T), float(pad_value))
    for i, s in enumerate(sequences):
        batch[i, : len(s)] = s
    return batch, torch.tensor([len(s) for s in sequences])


# %% the order is drawn once
# MiniLoader: shuffles once, when it is built
#   or: says "two epochs had the same order: when is it drawn?"
# MiniLoader: leaves a short last batch out of its length only
# MiniLoader: does not use its generator
# collate_pad: pads in front of the sequences
class MiniLoader:
    def __init__(self, ds, batch_size=1, shuffle=False, drop_last=False, generator=None, collate=None):
        if batch_size < 1:
            raise ValueError("batch_size")
        self.ds = ds
        self.batch_size = batch_size
        self.drop_last = drop_last
        self.collate = collate
        self.order = torch.randperm(len(ds)) if shuffle else torch.arange(len(ds))

    def __len__(self):
        return len(self.ds) // self.batch_size

    def __iter__(self):
        for start in range(0, len(self.ds), self.batch_size):
            idx = self.order[start : start + self.batch_size]
            if self.drop_last and len(idx) < self.batch_size:
                break
            items = [self.ds[int(i)] for i in idx]
            if self.collate:
                yield self.collate(items)
            else:
                yield tuple(torch.stack(part) for part in zip(*items))


def collate_pad(sequences, pad_value=0):
    lengths = torch.tensor([s.shape[0] for s in sequences])
    T = int(lengths.max())
    batch = torch.full((len(sequences), T), pad_value, dtype=sequences[0].dtype)
    for i, s in enumerate(sequences):
        batch[i, T - len(s) :] = s
    return batch, lengths


# %% an iterator of itself
# MiniLoader: keeps its place in itself
# MiniLoader: always loses a short last batch
#   or: says "2 values came back where 3 were expected"
# ArrayDataset: gives the label as a Python number
# split_indices: cuts without shuffling
class ArrayDataset:
    def __init__(self, X, y, transform=None):
        if len(X) != len(y):
            raise ValueError("lengths")
        self.X, self.y, self.transform = X, y, transform

    def __len__(self):
        return len(self.y)

    def __getitem__(self, index):
        x = self.X[index]
        if self.transform:
            x = self.transform(x)
        return x, self.y[index].item()


def split_indices(n, fractions, seed=0):
    if abs(sum(fractions) - 1) > 1e-6:
        raise ValueError("must sum to 1")
    bounds = [0]
    total = 0
    for f in fractions:
        total += f
        bounds.append(round(total * n))
    idx = torch.arange(n)
    return [idx[a:b] for a, b in zip(bounds, bounds[1:])]


class MiniLoader:
    def __init__(self, ds, batch_size=1, shuffle=False, drop_last=False, generator=None, collate=None):
        if batch_size < 1:
            raise ValueError
        self.ds, self.b, self.shuffle, self.gen = ds, batch_size, shuffle, generator
        self.collate = collate or (lambda items: [torch.stack(p) for p in zip(*items)])
        self.drop_last = drop_last
        self.pos = 0

    def __len__(self):
        n = len(self.ds)
        return n // self.b if self.drop_last else -(-n // self.b)

    def __iter__(self):
        self.order = torch.randperm(len(self.ds), generator=self.gen) if self.shuffle else torch.arange(len(self.ds))
        self.pos = 0
        return self

    def __next__(self):
        if self.pos + self.b > len(self.ds):
            raise StopIteration
        idx = self.order[self.pos : self.pos + self.b]
        self.pos += self.b
        return self.collate([self.ds[i] for i in idx.tolist()])


# %% labels through the transform too
# ArrayDataset: transforms the label too
# ArrayDataset: says "nothing was raised where IndexError was expected"
# split_indices: draws every part for itself
# collate_pad: takes the lengths after padding
class ArrayDataset:
    def __init__(self, X, y, transform=None):
        if X.shape[0] != y.shape[0]:
            raise ValueError("X and y")
        self.X = X
        self.y = y
        self.transform = transform

    def __len__(self):
        return self.X.shape[0]

    def __getitem__(self, index):
        index = index % len(self)
        x, y = self.X[index], self.y[index]
        if self.transform is not None:
            x, y = self.transform(x), self.transform(y)
        return x, y


def split_indices(n, fractions, seed=0):
    g = torch.Generator()
    g.manual_seed(seed)
    return [torch.randperm(n, generator=g)[: round(f * n)] for f in fractions]


def collate_pad(sequences, pad_value=0):
    batch = torch.nn.utils.rnn.pad_sequence(sequences, batch_first=True, padding_value=pad_value)
    return batch, torch.tensor([batch.shape[1]] * len(sequences))
