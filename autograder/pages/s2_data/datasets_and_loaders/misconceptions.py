"""Wrong ways to write datasets and loaders, as students write them."""

import torch
from torch.utils.data import DataLoader

from autograder.checking import misconception

# -- the dataset -------------------------------------------------------------------------------------


@misconception(
    "gives the label as a tensor of shape (1,)",
    hint="y[i : i + 1] is a slice, y[i] a single number. Stacked, labels of shape (1,) become (B, 1), and many a formula broadcasts that in silence.",
    dies_by="test_items",
)
class ArrayDataset(ArrayDataset):
    def __getitem__(self, index):
        x = self.X[index]
        return x if self.transform is None else self.transform(x), self.y[index : index + 1]


@misconception(
    "does not compare the lengths of X and y",
    hint="With a label missing, the last items would fail in the middle of an epoch. Where can you notice at once?",
    dies_by="test_items",
)
class ArrayDataset(ArrayDataset):
    def __init__(self, X, y, transform=None):
        self.X, self.y, self.transform = X, y, transform


@misconception(
    "transforms all examples when it is built",
    hint="A random transform should give another picture in every epoch, and a large dataset should not be worked through before the first batch. Do it in __getitem__.",
    dies_by="test_transform",
)
class ArrayDataset(ArrayDataset):
    def __init__(self, X, y, transform=None):
        if len(X) != len(y):
            raise ValueError("lengths differ")
        self.X = X if transform is None else torch.stack([transform(x) for x in X])
        self.y, self.transform = y, None


@misconception(
    "keeps what the transform gave the first time",
    hint="The transform may be random: each visit to an item must call it again.",
    dies_by="test_transform",
)
class ArrayDataset(ArrayDataset):
    def __getitem__(self, index):
        if not hasattr(self, "cache"):
            self.cache = {}
        if index not in self.cache:
            x = self.X[index]
            self.cache[index] = (x if self.transform is None else self.transform(x), self.y[index])
        return self.cache[index]


@misconception(
    "cannot be pickled",
    hint="A DataLoader with workers sends the dataset to other processes by pickle, and pickle knows no lambdas. Test for None where the transform is used.",
    dies_by="test_dataset_travels",
)
class ArrayDataset(ArrayDataset):
    def __init__(self, X, y, transform=None):
        if len(X) != len(y):
            raise ValueError("lengths differ")
        self.X, self.y = X, y
        self.transform = (lambda x: transform(x)) if transform else (lambda x: x)


# -- the split ---------------------------------------------------------------------------------------


@misconception(
    "rounds every part down and loses the rest",
    hint="int() of 0.15 * 10 is 1, twice: what becomes of the tenth example? Round the places where you cut, not the sizes.",
    dies_by="test_split_parts",
)
def split_indices(n, fractions, seed=0):
    if abs(sum(fractions) - 1) > 1e-6:
        raise ValueError("the fractions do not sum to 1")
    order = torch.randperm(n, generator=torch.Generator().manual_seed(seed))
    parts, start = [], 0
    for fraction in fractions:
        parts.append(order[start : start + int(fraction * n)])
        start += int(fraction * n)
    return parts


@misconception(
    "draws every part for itself",
    hint="Two draws are independent: an example can be in both parts, and be judged by what it was trained on. Draw one order and cut it.",
    dies_by="test_split_parts",
)
def split_indices(n, fractions, seed=0):
    if abs(sum(fractions) - 1) > 1e-6:
        raise ValueError("the fractions do not sum to 1")
    generator = torch.Generator().manual_seed(seed)
    return [torch.randperm(n, generator=generator)[: round(fraction * n)] for fraction in fractions]


@misconception(
    "cuts without shuffling",
    hint="Files are often sorted, by class or by date: the first 70 % would be other examples than the last. Shuffle before you cut.",
    dies_by="test_split_seed",
)
def split_indices(n, fractions, seed=0):
    if abs(sum(fractions) - 1) > 1e-6:
        raise ValueError("the fractions do not sum to 1")
    cuts = [round(n * sum(fractions[:k])) for k in range(1, len(fractions))]
    return list(torch.arange(n).tensor_split(cuts))


@misconception(
    "seeds the global generator",
    hint="torch.manual_seed changes every random number drawn later in the whole program. A torch.Generator of its own keeps the draw to itself.",
    dies_by="test_split_seed",
)
def split_indices(n, fractions, seed=0):
    if abs(sum(fractions) - 1) > 1e-6:
        raise ValueError("the fractions do not sum to 1")
    torch.manual_seed(seed)
    cuts = [round(n * sum(fractions[:k])) for k in range(1, len(fractions))]
    return list(torch.randperm(n).tensor_split(cuts))


@misconception(
    "does not use its seed",
    hint="Nobody could repeat your experiment: give randperm a generator that was seeded.",
    dies_by="test_split_seed",
)
def split_indices(n, fractions, seed=0):
    if abs(sum(fractions) - 1) > 1e-6:
        raise ValueError("the fractions do not sum to 1")
    cuts = [round(n * sum(fractions[:k])) for k in range(1, len(fractions))]
    return list(torch.randperm(n).tensor_split(cuts))


# -- the loader --------------------------------------------------------------------------------------


def stacked(items):
    return tuple(torch.stack(part) for part in zip(*items))


@misconception(
    "always loses a short last batch",
    hint="n // batch_size counts the full batches. Who sees the rest? It may go only where drop_last says so.",
    dies_by="test_batches",
)
class MiniLoader(MiniLoader):
    def __len__(self):
        return len(self.ds) // self.batch_size


@misconception(
    "keeps a short last batch whatever drop_last says",
    hint="The argument drop_last is not used when the batches are cut.",
    dies_by="test_batches",
)
class MiniLoader(MiniLoader):
    def __iter__(self):
        n, size = len(self.ds), self.batch_size
        order = torch.randperm(n, generator=self.generator).tolist() if self.shuffle else list(range(n))
        for start in range(0, n, size):
            items = [self.ds[i] for i in order[start : start + size]]
            yield stacked(items) if self.collate is None else self.collate(items)


@misconception(
    "gives the number of items as its length",
    hint="len(loader) is the number of batches: progress bars and learning rate schedules count on it.",
    dies_by="test_loader_length",
)
class MiniLoader(MiniLoader):
    def __len__(self):
        return len(self.ds)

    def __iter__(self):
        n, size = len(self.ds), self.batch_size
        order = torch.randperm(n, generator=self.generator).tolist() if self.shuffle else list(range(n))
        for start in range(0, n - size + 1 if self.drop_last else n, size):
            items = [self.ds[i] for i in order[start : start + size]]
            yield stacked(items) if self.collate is None else self.collate(items)


@misconception(
    "shuffles once, when it is built",
    hint="Then every epoch has the same batches. Draw the order where an epoch begins: in __iter__.",
    dies_by="test_shuffled_epochs",
)
class MiniLoader(MiniLoader):
    def __init__(self, ds, batch_size=1, shuffle=False, drop_last=False, generator=None, collate=None):
        if batch_size < 1:
            raise ValueError("batch_size")
        self.ds, self.batch_size, self.drop_last, self.collate = ds, batch_size, drop_last, collate
        self.order = torch.randperm(len(ds), generator=generator).tolist() if shuffle else list(range(len(ds)))

    def __iter__(self):
        for number in range(len(self)):
            items = [self.ds[i] for i in self.order[number * self.batch_size : (number + 1) * self.batch_size]]
            yield stacked(items) if self.collate is None else self.collate(items)


@misconception(
    "shuffles examples and labels apart",
    hint="Two draws, two orders: the labels no longer belong to their examples, and the network learns noise. Shuffle the indices, once, and fetch whole items.",
    dies_by="test_shuffled_epochs",
)
class MiniLoader(MiniLoader):
    def __iter__(self):
        n, size = len(self.ds), self.batch_size
        one = torch.randperm(n, generator=self.generator).tolist() if self.shuffle else list(range(n))
        two = torch.randperm(n, generator=self.generator).tolist() if self.shuffle else list(range(n))
        for number in range(len(self)):
            these = slice(number * size, (number + 1) * size)
            if self.collate is None:
                items = [(self.ds[i][0], self.ds[j][1]) for i, j in zip(one[these], two[these])]
                yield stacked(items)
            else:
                yield self.collate([self.ds[i] for i in one[these]])


@misconception(
    "draws with replacement",
    hint="randint may give an index twice and another one never. An epoch shows every item once: randperm.",
    dies_by="test_shuffled_epochs",
)
class MiniLoader(MiniLoader):
    def __iter__(self):
        n, size = len(self.ds), self.batch_size
        order = torch.randint(n, (n,), generator=self.generator).tolist() if self.shuffle else list(range(n))
        for number in range(len(self)):
            items = [self.ds[i] for i in order[number * size : (number + 1) * size]]
            yield stacked(items) if self.collate is None else self.collate(items)


@misconception(
    "does not use its generator",
    hint="The order comes from the global generator, so whatever else draws random numbers changes it. Pass generator= on to randperm.",
    dies_by="test_order_from_generator",
)
class MiniLoader(MiniLoader):
    def __init__(self, ds, batch_size=1, shuffle=False, drop_last=False, generator=None, collate=None):
        super().__init__(ds, batch_size, shuffle, drop_last, None, collate)


@misconception(
    "keeps its place in itself",
    hint="When __iter__ returns self, all loops over the loader share one place. A generator function (with yield) gives each loop its own.",
    dies_by="test_epochs_are_independent",
)
class MiniLoader(MiniLoader):
    def __iter__(self):
        n = len(self.ds)
        self.order = torch.randperm(n, generator=self.generator).tolist() if self.shuffle else list(range(n))
        self.number = 0
        return self

    def __next__(self):
        if self.number == len(self):
            raise StopIteration
        items = [self.ds[i] for i in self.order[self.number * self.batch_size : (self.number + 1) * self.batch_size]]
        self.number += 1
        return stacked(items) if self.collate is None else self.collate(items)


@misconception(
    "fetches the whole dataset before the first batch",
    hint="A dataset may be larger than the memory. Keep indices, and fetch the items of a batch when it is asked for.",
    dies_by="test_epochs_are_independent",
)
class MiniLoader(MiniLoader):
    def __iter__(self):
        n, size = len(self.ds), self.batch_size
        order = torch.randperm(n, generator=self.generator).tolist() if self.shuffle else list(range(n))
        items = [self.ds[i] for i in order]
        for number in range(len(self)):
            batch = items[number * size : (number + 1) * size]
            yield stacked(batch) if self.collate is None else self.collate(batch)


@misconception(
    "borrows PyTorch's DataLoader instead of writing it",
    hint="The batches are right; the exercise is to see how they come about. It takes three lines in __iter__.",
    dies_by="test_own_collate",
)
class MiniLoader:
    def __init__(self, ds, batch_size=1, shuffle=False, drop_last=False, generator=None, collate=None):
        self.shuffle, self.generator, self.size = shuffle, generator, batch_size
        self.inner = DataLoader(ds, batch_size, shuffle, drop_last=drop_last, generator=generator, collate_fn=collate)

    def __len__(self):
        return len(self.inner)

    def __iter__(self):
        return iter(self.inner)


# -- sequences ---------------------------------------------------------------------------------------


@misconception(
    "takes the lengths after padding",
    hint="After padding all rows are equally long. The lengths must say how many of their entries are real.",
    dies_by="test_collate_pad",
)
def collate_pad(sequences, pad_value=0):
    batch = torch.nn.utils.rnn.pad_sequence(list(sequences), batch_first=True, padding_value=pad_value)
    return batch, torch.tensor([len(row) for row in batch])


@misconception(
    "makes float32 of whatever comes",
    hint="torch.zeros gives float32: ids are integers, and float64 would lose digits. new_full on one of the sequences keeps their dtype.",
    dies_by="test_collate_pad",
)
def collate_pad(sequences, pad_value=0):
    lengths = torch.tensor([len(s) for s in sequences])
    batch = torch.full((len(sequences), int(lengths.max())), float(pad_value))
    for n, s in enumerate(sequences):
        batch[n, : len(s)] = s
    return batch, lengths


@misconception(
    "shares its examples with every other dataset",
    hint="`ArrayDataset.X = X` writes into the class, and all its objects read it: the validation set would replace the training set. Write to `self`.",
    dies_by="test_items",
)
class ArrayDataset(ArrayDataset):
    def __init__(self, X, y, transform=None):
        if len(X) != len(y):
            raise ValueError("lengths")
        ArrayDataset.X, ArrayDataset.y, ArrayDataset.transform = X, y, transform


@misconception(
    "takes seed 0 for no seed",
    hint="`if seed:` is False for 0, which is a seed like any other.",
    dies_by="test_split_seed",
)
def split_indices(n, fractions, seed=0):
    if abs(sum(fractions) - 1) > 1e-6:
        raise ValueError("the fractions must sum to 1")
    generator = torch.Generator()
    if seed:
        generator.manual_seed(seed)
    else:
        generator.seed()
    order = torch.randperm(n, generator=generator)
    cuts = [round(n * sum(fractions[:k])) for k in range(1, len(fractions))]
    return list(order.tensor_split(cuts))


@misconception(
    "reorders the dataset itself when it shuffles",
    hint="The list belongs to the caller, and another loader may be going through it. Shuffle indices, not items.",
    dies_by="test_epochs_are_independent",
)
class MiniLoader(MiniLoader):
    def __iter__(self):
        if self.shuffle:
            order = torch.randperm(len(self.ds), generator=self.generator).tolist()
            self.ds[:] = [self.ds[i] for i in order]
        for number in range(len(self)):
            start = number * self.batch_size
            items = [self.ds[i] for i in range(start, min(start + self.batch_size, len(self.ds)))]
            yield tuple(map(torch.stack, zip(*items))) if self.collate is None else self.collate(items)


@misconception(
    "sorts the sequences it was given by their lengths",
    hint="The rows no longer belong to their labels, and the caller's list is in another order too. Padding needs no order.",
    dies_by="test_collate_pad",
)
def collate_pad(sequences, pad_value=0):
    sequences.sort(key=len, reverse=True)
    lengths = torch.tensor([len(sequence) for sequence in sequences])
    batch = sequences[0].new_full((len(sequences), int(lengths.max())), pad_value)
    for row, sequence in zip(batch, sequences):
        row[: len(sequence)] = sequence
    return batch, lengths


# -- as beginners write them -------------------------------------------------------------------------


@misconception(
    "gives the label as a Python number",
    hint="y[i] of a tensor is a 0-d tensor, and a batch of those can be stacked. Which of your lines makes a number of it?",
    dies_by="test_items",
)
class ArrayDataset(ArrayDataset):
    def __getitem__(self, index):
        x, label = self.X[index], self.y[index].item()
        return x if self.transform is None else self.transform(x), label


@misconception(
    "counts the numbers of X, not its rows",
    hint="numel() of a (5, 3) tensor is 15. One example is a row: how many rows are there?",
    dies_by="test_items",
)
class ArrayDataset(ArrayDataset):
    def __len__(self):
        return self.X.numel()


@misconception(
    "transforms the label too",
    hint="The transform is for the example alone: a mirrored picture of a cat is still number 3.",
    dies_by="test_transform",
)
class ArrayDataset(ArrayDataset):
    def __getitem__(self, index):
        x, label = self.X[index], self.y[index]
        return (x, label) if self.transform is None else (self.transform(x), self.transform(label))


@misconception(
    "leaves the label out where there is a transform",
    hint="An item is always a pair. Look at what each of your two returns gives back.",
    dies_by="test_transform",
)
class ArrayDataset(ArrayDataset):
    def __getitem__(self, index):
        x, label = self.X[index], self.y[index]
        return (x, label) if self.transform is None else self.transform(x)


@misconception(
    "rounds every size and leaves what remains to the last part",
    hint="round(3.4) loses 0.4 in each part, and the last one gets all of it. Round the places where you cut, that is n times the sum of the fractions so far.",
    dies_by="test_split_parts",
)
def split_indices(n, fractions, seed=0):
    if abs(sum(fractions) - 1) > 1e-6:
        raise ValueError("the fractions do not sum to 1")
    order = torch.randperm(n, generator=torch.Generator().manual_seed(seed))
    parts, start = [], 0
    for fraction in fractions[:-1]:
        parts.append(order[start : start + round(fraction * n)])
        start += round(fraction * n)
    return [*parts, order[start:]]


@misconception("seeds the global generator")
def split_indices(n, fractions, seed=0):
    if abs(sum(fractions) - 1) > 1e-6:
        raise ValueError("the fractions do not sum to 1")
    torch.manual_seed(seed)
    order, parts, total = torch.randperm(n), [], 0.0
    for fraction in fractions:
        parts.append(order[round(n * total) : round(n * (total + fraction))])
        total += fraction
    return parts


@misconception(
    "does not check that the fractions sum to 1",
    hint="0.7 and 0.2 would leave a tenth of the examples in no part. Compare the sum with 1, up to rounding, before you deal.",
    dies_by="test_split_parts",
)
def split_indices(n, fractions, seed=0):
    order = torch.randperm(n, generator=torch.Generator().manual_seed(seed))
    cuts = [round(n * sum(fractions[:k])) for k in range(1, len(fractions))]
    return list(order.tensor_split(cuts))


@misconception(
    "counts one batch too many where the last one is whole",
    hint="7 items in batches of 7 are one batch, and n // batch_size + 1 is 2. Round n / batch_size up instead.",
    dies_by="test_loader_length",
)
class MiniLoader(MiniLoader):
    def __len__(self):
        return len(self.ds) // self.batch_size + (0 if self.drop_last else 1)

    def __iter__(self):
        n, size = len(self.ds), self.batch_size
        order = torch.randperm(n, generator=self.generator).tolist() if self.shuffle else list(range(n))
        for start in range(0, n - size + 1 if self.drop_last else n, size):
            items = [self.ds[i] for i in order[start : start + size]]
            yield stacked(items) if self.collate is None else self.collate(items)


@misconception("does not use its generator")
class MiniLoader(MiniLoader):
    def __iter__(self):
        import random

        order = list(range(len(self.ds)))
        if self.shuffle:
            random.shuffle(order)
        for number in range(len(self)):
            items = [self.ds[i] for i in order[number * self.batch_size : (number + 1) * self.batch_size]]
            yield stacked(items) if self.collate is None else self.collate(items)


@misconception(
    "stacks the items whatever `collate` is",
    hint="`collate` makes the batch where one is given: it takes the list of items. Where does your code call it?",
    dies_by="test_own_collate",
)
class MiniLoader(MiniLoader):
    def __iter__(self):
        n, size = len(self.ds), self.batch_size
        order = torch.randperm(n, generator=self.generator).tolist() if self.shuffle else list(range(n))
        for number in range(len(self)):
            yield stacked([self.ds[i] for i in order[number * size : (number + 1) * size]])


@misconception(
    "draws the same orders again in every loader without a generator",
    hint="With no generator the order comes from torch's global one, which torch.manual_seed sets. Pass generator=None on: randperm knows what to do.",
    dies_by="test_order_from_generator",
)
class MiniLoader(MiniLoader):
    def __init__(self, ds, batch_size=1, shuffle=False, drop_last=False, generator=None, collate=None):
        own = torch.Generator().manual_seed(0) if generator is None else generator
        super().__init__(ds, batch_size, shuffle, drop_last, own, collate)


@misconception(
    "gives the batch the dtype of `pad_value`, not of the sequences",
    hint="torch.full looks at the number that it fills with: 0 gives int64, -1.5 float32. Say the dtype, or use new_full on one of the sequences.",
    dies_by="test_collate_pad",
)
def collate_pad(sequences, pad_value=0):
    lengths = torch.tensor([len(s) for s in sequences])
    batch = torch.full((len(sequences), int(lengths.max())), pad_value)
    for n, s in enumerate(sequences):
        batch[n, : len(s)] = s
    return batch, lengths


@misconception(
    "pads in front of the sequences",
    hint="The sequence stands at the beginning of its row, and the padding behind it: in torch.cat the order of the two counts.",
    dies_by="test_collate_pad",
)
def collate_pad(sequences, pad_value=0):
    lengths = torch.tensor([len(s) for s in sequences])
    batch = sequences[0].new_full((len(sequences), int(lengths.max())), pad_value)
    for row, s in zip(batch, sequences):
        row[len(row) - len(s) :] = s
    return batch, lengths


@misconception(
    "gives the lengths as a list",
    hint="The lengths belong to the batch, and are a tensor like it: (N,) int64.",
    dies_by="test_collate_pad",
)
def collate_pad(sequences, pad_value=0):
    lengths = [len(s) for s in sequences]
    batch = sequences[0].new_full((len(sequences), max(lengths)), pad_value)
    for row, s in zip(batch, sequences):
        row[: len(s)] = s
    return batch, lengths


@misconception("gives the lengths as a list")
def collate_pad(sequences, pad_value=0):
    lengths = [len(s) for s in sequences]
    batch = torch.zeros(len(sequences), max(lengths), dtype=sequences[0].dtype)
    for n, s in enumerate(sequences):
        batch[n, : len(s)] = s
    return batch, lengths


@misconception(
    "fills up with 0 whatever `pad_value` says",
    hint="0 may be a word of its own. What is `pad_value` used for in your code?",
    dies_by="test_collate_pad",
)
def collate_pad(sequences, pad_value=0):
    lengths = torch.tensor([len(s) for s in sequences])
    batch = torch.zeros(len(sequences), int(lengths.max()), dtype=sequences[0].dtype)
    for n, s in enumerate(sequences):
        batch[n, : len(s)] = s
    return batch, lengths


@misconception(
    "changes the list of sequences that it was given",
    hint="`sequences[i] = ...` writes into the caller's list. Collect the padded rows in a list of your own.",
    dies_by="test_collate_pad",
)
def collate_pad(sequences, pad_value=0):
    lengths = torch.tensor([len(s) for s in sequences])
    for n, s in enumerate(sequences):
        sequences[n] = torch.cat([s, s.new_full((int(lengths.max()) - len(s),), pad_value)])
    return torch.stack(sequences), lengths


@misconception(
    "makes a batch of shape (T, N)",
    hint="Each sequence is a row of the batch. pad_sequence makes columns of them unless batch_first=True says otherwise.",
    dies_by="test_collate_pad",
)
def collate_pad(sequences, pad_value=0):
    batch = torch.nn.utils.rnn.pad_sequence(list(sequences), padding_value=pad_value)
    return batch, torch.tensor([len(s) for s in sequences])


@misconception(
    "leaves a short last batch out of its length only",
    hint="len(loader) must say how many batches come. With 5 items in twos and nothing dropped, how many are that?",
    dies_by="test_loader_length",
)
class MiniLoader(MiniLoader):
    def __len__(self):
        return len(self.ds) // self.batch_size

    def __iter__(self):
        n, size = len(self.ds), self.batch_size
        order = torch.randperm(n, generator=self.generator).tolist() if self.shuffle else list(range(n))
        for start in range(0, n - size + 1 if self.drop_last else n, size):
            items = [self.ds[i] for i in order[start : start + size]]
            yield stacked(items) if self.collate is None else self.collate(items)


@misconception("always loses a short last batch")
class MiniLoader(MiniLoader):
    def __iter__(self):
        n, size = len(self.ds), self.batch_size
        order = torch.randperm(n, generator=self.generator).tolist() if self.shuffle else list(range(n))
        for start in range(0, n - size + 1, size):
            items = [self.ds[i] for i in order[start : start + size]]
            yield stacked(items) if self.collate is None else self.collate(items)


@misconception(
    "asks for a sum of exactly 1",
    hint="Ten times 0.1 is not 1 in floating point. How far from 1 may a sum be that is right up to rounding?",
    dies_by="test_split_parts",
)
def split_indices(n, fractions, seed=0):
    if sum(fractions) != 1:
        raise ValueError("the fractions must sum to 1")
    order = torch.randperm(n, generator=torch.Generator().manual_seed(seed))
    ends = [round(sum(fractions[: i + 1]) * n) for i in range(len(fractions))]
    return [order[start:end] for start, end in zip([0, *ends], ends)]


@misconception(
    "gives the transform a batch of one example",
    hint="The transform takes one example, of shape (*). With X[index][None] it sees one dimension more.",
    dies_by="test_transform",
)
class ArrayDataset:
    def __init__(self, X, y, transform=None):
        if len(X) != len(y):
            raise ValueError("lengths")
        self.X, self.y, self.transform = X, y, transform

    def __len__(self):
        return len(self.X)

    def __getitem__(self, index):
        x, label = self.X[index], self.y[index]
        return (x, label) if self.transform is None else (self.transform(x[None])[0], label)


@misconception(
    "tells of a batch where the dataset has no items",
    hint="With N = 0 no batch comes. int((0 - 1) / B) is 0, since int() cuts towards 0; // rounds down, to -1.",
    dies_by="test_loader_length",
)
class MiniLoader(MiniLoader):
    def __len__(self):
        n, size = len(self.ds), self.batch_size
        return n // size if self.drop_last else int((n - 1) / size) + 1


@misconception(
    "always drops the last items of the dataset",
    hint="With drop_last those are left out that come last in this epoch's order: draw the order of all items first.",
    dies_by="test_shuffled_epochs",
)
class MiniLoader(MiniLoader):
    def __iter__(self):
        n, size = len(self.ds), self.batch_size
        n = n // size * size if self.drop_last else n
        order = torch.randperm(n, generator=self.generator).tolist() if self.shuffle else list(range(n))
        for start in range(0, n, size):
            items = [self.ds[i] for i in order[start : start + size]]
            yield tuple(map(torch.stack, zip(*items))) if self.collate is None else self.collate(items)
