"""What a dataset, a split and a loader must do.

Orders are drawn at random, and how is free. So of an answer that depends on the draw the record keeps what was found
out about it, not the draw. Whole epochs are run over there by the functions below, on items (x, label) with
label = i and x = (i, -i) for i = 0, 1, ..., n - 1: what belongs together can be seen.
"""

import numpy as np
import torch
from torch.nn.utils.rnn import pad_sequence

from autograder.checking import (
    CheckFailure,
    assert_drawn,
    assert_left_alone,
    assert_same,
    forbids,
    points,
    raises,
    require,
    unmodified,
)

PAGE = ("ArrayDataset", "split_indices", "MiniLoader")


def over_there(student, name, prop):
    """The prop; its calls are recorded as ones of the student's `name`."""
    getattr(student, name)
    return student.prop(prop)


def ask(student, name, prop, *args, **options):
    """What `prop` makes of the student's definition."""
    return over_there(student, name, prop)(getattr(student, name), *args, **options)


def found_out(student, **facts):
    """Put into the record what was found out, in place of what came back."""
    student.calls[-1].outcome = ("value", facts, False)


# -- one example at a time ---------------------------------------------------------------------------


def examples(n: int = 5) -> tuple[torch.Tensor, torch.Tensor]:
    """Random examples (n, 3) and labels (n,)."""
    return torch.randn(n, 3), torch.randint(10, (n,))


@points(1)
def test_items(student):
    """item i is example i with label i, the label a single number; after the last item comes an IndexError"""
    F64 = torch.float64
    others = [
        (torch.randn(4, 2, 3, dtype=F64), torch.randn(4, dtype=F64)),
        (torch.arange(6).reshape(3, 1, 2), torch.arange(3)),
    ]
    for X, y in (examples(), *others, (torch.arange(1, 4).byte(), torch.tensor([True, False, True]))):
        with unmodified(X, y):
            ds = student.ArrayDataset(X, y)
        for i in (1, len(X) - 1):
            assert_same(ds[i], (X[i], y[i]), rtol=0, atol=0)
        assert_same(len(ds), len(X))
        for beyond in (len(X), len(X) + 1, 3 * len(X), 10**6):
            with raises(IndexError):
                ds[beyond]
    first, (other, labels) = ds, examples()
    student.ArrayDataset(-other, labels + 1, torch.neg)
    assert_same((len(first), first[0]), (3, (X[0], torch.tensor(True))), about="after another was made")
    for X, y in ((torch.randn(3, 2), torch.zeros(2)), (torch.randn(2, 3), torch.zeros(3))):
        with unmodified(X, y), raises(ValueError):
            student.ArrayDataset(X, y)


@points(1)
def test_transform(student):
    """the transform is applied to the example alone, when the item is asked for, and again each time"""
    X, y = examples()
    seen = []

    def transform(x):
        seen.append(x)
        return x * 10 ** len(seen)

    ds = student.ArrayDataset(X, y, transform)
    require(not seen, f"nothing was asked for yet, but the transform was already called {len(seen)} times")
    for times, i in enumerate((2, 0, 2), 1):
        assert_same(ds[i], (X[i] * 10**times, y[i]))
        require(len(seen) == times, f"{times} items were asked for, but the transform was called {len(seen)} times")
    shapes = [tuple(x.shape) for x in seen]
    require(shapes == [(3,)] * 3, "the transform must be given the example as it is, of shape (3,)", shapes, [(3,)] * 3)


def travel(dataset, X, y):
    """Over there: (the dataset pickled and back, all of it in one batch of PyTorch's loader); or the error's name.

    The pickled one has an item of a dataset without a transform beside it.
    """
    import pickle

    ds = dataset(X, y, torch.neg)
    try:
        back = pickle.loads(pickle.dumps(ds))
        pickle.loads(pickle.dumps(dataset(X, y)))
    except Exception as error:
        return f"{type(error).__name__} while pickling"
    return back[1], list(torch.utils.data.DataLoader(ds, batch_size=4))


@points(1)
def test_dataset_travels(student):
    """a dataset survives pickling, and PyTorch's own DataLoader takes it"""
    X, y = examples(4)
    found = ask(student, "ArrayDataset", travel, X, y)
    require(
        not isinstance(found, str), "the dataset cannot be pickled: does it keep a lambda or an inner function?", found
    )
    assert_same(found[0], (-X[1], y[1]), about="an item after pickling")
    assert_same(list(map(list, found[1])), [[-X, y]], about="what DataLoader makes of it")


# -- the split ---------------------------------------------------------------------------------------


def parts(student, n: int, fractions: list[float], **options) -> list[list[int]]:
    """The parts as sorted lists, after their sizes and contents have been checked."""
    found = student.split_indices(n, [*fractions], **options)
    assert_left_alone(student)
    tensors = isinstance(found, (list, tuple)) and all(isinstance(part, torch.Tensor) for part in found)
    require(tensors and len(found) == len(fractions), "one tensor for each fraction was expected", found)
    whole = all(part.dtype == torch.int64 and part.dim() == 1 for part in found)
    require(whole, "each part must be a tensor of shape (size,) and dtype int64", found)
    sizes, dealt = [len(part) for part in found], torch.cat(list(found)).sort().values.tolist()
    alone, there, flat = len(set(dealt)) == len(dealt), set(dealt) == set(range(n)), torch.cat(list(found)).tolist()
    found_out(student, sizes=sizes, disjoint=alone, complete=there, in_order=flat == sorted(flat))
    require(alone, "an index is in more than one part", found)
    require(there, f"0 to {n - 1} must all be dealt out, and nothing else", dealt, list(range(n)))
    off = [abs(size - fraction * n) for size, fraction in zip(sizes, fractions, strict=True)]
    require(max(off) < 1 + 1e-6, f"the sizes {sizes} are not within 1 of {fractions} times {n}", found)
    return [sorted(part.tolist()) for part in found]


@points(2)
def test_split_parts(student):
    """every index is in exactly one part, and the parts have their shares"""
    parts(student, 10, [0.7, 0.15, 0.15])
    parts(student, 8, [0.75, 0.25])
    parts(student, 5, [1.0])
    for n in (17, 33):
        parts(student, n, [0.2] * 5)
        parts(student, n, [0.1] * 10)  # together a little less than 1, by rounding
        parts(student, n, [0.7, 0.2, 0.1])
    parts(student, 1, [0.5, 0.5])
    for wrong in ([0.7, 0.2], [0.7, 0.7], [0.5, 0.4998], [0.5, 0.5002]):
        with raises(ValueError):
            student.split_indices(10, wrong)


def moved(definition, n, seed, epochs=0):
    """Over there: the global generators that a split, or else some shuffled epochs, use or seed."""
    import random

    def states():
        state = random.getstate()
        return {"torch": torch.get_rng_state().tolist(), "numpy": str(np.random.get_state()), "random": state}

    torch.rand(1), np.random.rand(), random.random()  # else who seeds them anew in each call would be at the same place
    before = states()
    if epochs:
        items = [(torch.tensor(i), torch.tensor(i)) for i in range(n)]
        made = definition(items, batch_size=4, shuffle=True, generator=torch.Generator().manual_seed(seed))
        for _ in range(epochs):
            list(made)
    else:
        definition(n, [0.5, 0.5], seed=seed)
    return [name for name, state in states().items() if state != before[name]]


def first_parts(split_indices, n, seeds):
    """Over there: the first half that each of these seeds gives."""
    return [split_indices(n, [0.5, 0.5], seed=seed)[0].tolist() for seed in seeds]


def first_of_many(student, n: int) -> list[int]:
    """The first half of n indices, sorted; the record keeps whether it was drawn, not the draw."""
    first = parts(student, n, [0.5, 0.5], seed=1)[0]
    found_out(student, moving=first != list(range(n // 2)))
    return first


@points(2)
def test_split_seed(student):
    """the draw depends on the seed alone, and leaves the global generators where they were"""
    one = parts(student, 60, [0.5, 0.5], seed=1)
    require(one[0] != list(range(30)), "the parts were cut without shuffling: the first one is 0, 1, 2, ...", one[0])
    many = first_of_many(student, 5000)
    require(many != list(range(2500)), "of 5000 the first part is 0, 1, 2, ...: cut without shuffling")
    torch.rand(1)
    again = parts(student, 60, [0.5, 0.5], seed=1)
    found_out(student, repeats=again == one)
    require(again == one, "the same seed gave other parts", again, one)
    other = parts(student, 60, [0.5, 0.5], seed=2)
    found_out(student, differs=other != one)
    require(other != one, "another seed gave the same parts", other)
    zero = parts(student, 60, [0.5, 0.5], seed=0)
    found_out(student, differs=zero != one)
    require(zero != one, "the seeds 0 and 1 gave the same parts", zero)
    left_out = parts(student, 60, [0.5, 0.5])
    found_out(student, repeats=left_out == zero)
    require(left_out == zero, "with `seed` left out, the parts are not those of seed 0", left_out, zero)
    firsts = ask(student, "split_indices", first_parts, 12, torch.randint(10**6, (40,)).tolist())
    assert_drawn(student, firsts, range(12))
    seeds = [5 + step for step in (0, 1000, *(2**power for power in (8, 10, 15, 16, 20, 24, 30)))]
    firsts = [tuple(sorted(part)) for part in ask(student, "split_indices", first_parts, 90, seeds)]
    found_out(student, different=len(set(firsts)))
    if len(set(firsts)) < len(seeds):
        raise CheckFailure(f"of the seeds {seeds} two gave the same parts", record=student.calls[-1])
    names = ask(student, "split_indices", moved, 20, 3)
    require(names == [], f"the call used or seeded the global generator of {', '.join(names)}", names, [])


# -- the loader --------------------------------------------------------------------------------------


def epochs_of(loader, n, epochs=1, seed=None, **options):
    """Over there: the batches of each epoch."""
    import itertools

    items = [(torch.tensor([i, -i]), torch.tensor(i)) for i in range(n)]
    if seed is not None:
        options["generator"] = torch.Generator().manual_seed(seed)
    made = loader(items, **options)
    return [list(itertools.islice(made, 100)) for _ in range(epochs)]


def run_epochs(student, n: int, **how) -> list[list[tuple]]:
    """The batches of each epoch, each a pair of tensors."""
    found = ask(student, "MiniLoader", epochs_of, n, **how)
    for batch in (batch for batches in found for batch in batches):
        pair = isinstance(batch, (tuple, list)) and [type(part) for part in batch] == [torch.Tensor, torch.Tensor]
        require(pair, "a batch must be a pair of tensors: the examples stacked, and the labels stacked", batch)
    return [[tuple(batch) for batch in batches] for batches in found]


def batch_of(labels: list[int]) -> tuple[torch.Tensor, torch.Tensor]:
    """The items with these labels, as a batch."""
    return torch.tensor([[i, -i] for i in labels]), torch.tensor(labels)


@points(1)
def test_batches(student):
    """without shuffling, batches follow the dataset's order; a short last one is kept unless it is to be dropped"""
    for n, size, drop in ((5, 2, False), (6, 3, False), (5, 2, True), (6, 3, True), (2, 4, False), (2, 4, True)):
        starts = range(0, n - size + 1 if drop else n, size)
        expected = [batch_of(list(range(start, min(start + size, n)))) for start in starts]
        (batches,) = run_epochs(student, n, batch_size=size, drop_last=drop)
        assert_same(batches, expected, about="the batches of the items ((i, -i), i)")
    sizes = (1, 3)
    expected = [
        [[torch.tensor([[10 * i + k] for i in pair]) for k in range(size)] for pair in ((0, 1), (2, 3))]
        for size in sizes
    ]
    found = ask(student, "MiniLoader", made_of_parts, list(sizes), 2)
    assert_same(
        [[list(b) for b in batches] for batches in found],
        expected,
        about="the batches of items of one part and of three",
    )


@points(1)
def test_loader_length(student):
    """len gives the number of batches, the short last one included where it is kept"""
    items = [(torch.tensor([i, -i]), torch.tensor(i)) for i in range(7)]
    for size in (3, 7, 10):
        for drop in (False, True):
            loader = student.MiniLoader([*items], batch_size=size, drop_last=drop)
            assert_left_alone(student)
            assert_same(len(loader), 7 // size if drop else -(-7 // size))
    assert_same(len(student.MiniLoader(items)), 7)
    for drop in (False, True):
        assert_same(len(student.MiniLoader([], batch_size=3, drop_last=drop)), 0, about="of a dataset without items")
    for size in (0, -2):
        with raises(ValueError):
            student.MiniLoader(items, batch_size=size)


def made_of_parts(loader, sizes, batch_size):
    """Over there: for items of so many parts each, the batches; part k of item i is 10 i + k."""
    return [
        [
            list(batch)
            for batch in loader([tuple(torch.tensor([10 * i + k]) for k in range(size)) for i in range(4)], batch_size)
        ]
        for size in sizes
    ]


def before_the_first(loader, n, seed):
    """Over there: what a generator draws after loaders were made of it and asked for their length, and no epoch begun."""
    generator = torch.Generator().manual_seed(seed)
    items = [(torch.tensor(i), torch.tensor(i)) for i in range(n)]
    for _ in range(2):
        len(loader(items, batch_size=2, shuffle=True, generator=generator))
    return torch.rand(3, generator=generator)


def kept_batches(loader, n, size):
    """Over there: the batches of a loader that hands each list of items out as it is, looked at after the last."""
    items = [(torch.tensor(i), torch.tensor(i)) for i in range(n)]
    return [
        [int(label) for _, label in batch]
        for batch in list(loader(items, batch_size=size, collate=lambda batch: batch))
    ]


def orders(student, n: int, **how) -> list[list[int]]:
    """The order of the labels in each epoch, after it has been checked that all are there, each with its example."""
    found = run_epochs(student, n, **how)
    labels = [[int(label) for _, ys in batches for label in ys.flatten()] for batches in found]
    together = [[int(x) for xs, _ in batches for x in xs[:, 0]] for batches in found] == labels
    complete = all(sorted(order) == list(range(n)) for order in labels)
    moving = [order != list(range(n)) for order in labels]
    fresh = all(order != labels[0] for order in labels[1:])
    found_out(student, together=together, complete=complete, moving=moving, fresh=fresh)
    require(
        together,
        "examples and labels no longer belong together: in a batch, row i of xs must be (label, -label)",
        found[0],
    )
    require(complete, f"in every epoch each of the labels 0 to {n - 1} must come once", labels)
    return labels


def first_batches(loader, n, epochs, drop_last=False):
    """Over there: the labels of the first half of each epoch."""
    items = [(torch.tensor(i), torch.tensor(i)) for i in range(n)]
    made = loader(items, batch_size=(n + drop_last) // 2, shuffle=True, drop_last=drop_last)
    return [next(iter(made))[1].tolist() for _ in range(epochs)]


@points(2)
def test_shuffled_epochs(student):
    """with shuffling every epoch has a new order, in which each item occurs once, together with its label"""
    for how in ({"seed": 5}, {}):
        found = orders(student, 30, epochs=3, batch_size=7, shuffle=True, **how)
        require(found[0] != list(range(30)), "the items came in the dataset's order", found[0])
        fresh = found[0] != found[1] and found[1] != found[2]
        require(fresh, "two epochs had the same order: when is it drawn?", found[:2])
    halves = ask(student, "MiniLoader", first_batches, 12, 40)
    assert_drawn(student, halves, range(12), "epoch")
    kept = ask(student, "MiniLoader", first_batches, 11, 40, drop_last=True)  # of 11 items 5 are dropped
    assert_drawn(student, kept, range(11), "epoch")


@points(2)
def test_order_from_generator(student):
    """generators with the same seed give the same orders, epoch by epoch, and the global ones stay as they were"""
    how = {"epochs": 2, "batch_size": 4, "shuffle": True}
    names = ask(student, "MiniLoader", moved, 20, 9, epochs=2)
    require(
        names == [], f"a generator was given, but the global one of {', '.join(names)} was used or seeded", names, []
    )
    one = orders(student, 30, seed=9, **how)
    again = orders(student, 30, seed=9, **how)
    found_out(student, repeats=again == one)
    require(again == one, "a generator with the same seed gave another order", again, one)
    other = orders(student, 30, seed=10, **how)
    found_out(student, differs=other != one)
    require(other != one, "a generator with another seed gave the same order", other)
    two = ask(student, "MiniLoader", without_generator, 30, (3, 4))
    found_out(student, differs=two[0] != two[1])
    require(two[0] != two[1], "with no generator, another torch.manual_seed gave the same order", two[0])


def without_generator(loader, n, seeds):
    """Over there: the orders of the labels where no generator is given and torch's global one has these seeds."""
    items = [(torch.tensor([i, -i]), torch.tensor(i)) for i in range(n)]
    orders = []
    for seed in seeds:
        torch.manual_seed(seed)
        orders.append([int(label) for _, labels in loader(items, batch_size=4, shuffle=True) for label in labels])
    return orders


def side_by_side(loader, n):
    """Over there: labels and length of a loader with all its options, made alone and beside one without; the items.

    "stacked" instead where its batches are not what its collate function makes.
    """
    items, others = [[(torch.tensor([i, -i]), torch.tensor(i)) for i in range(k, k + n)] for k in (0, 100)]
    results = []
    for another in (False, True):
        made = loader(
            items, 4, True, True, torch.Generator().manual_seed(1), lambda batch: [int(label) for _, label in batch]
        )
        if another:
            beside = loader(others, 3)
        results.append((list(made), len(made)))
    if any(isinstance(part, torch.Tensor) for batch in results[0][0] for part in batch):
        return "stacked"
    plain = [labels.tolist() for _, labels in beside]
    return results, plain, [int(label) for _, label in items]


def shuffled_together(loader, n, size):
    """Over there: the labels, sorted, of two shuffled epochs of one loader that were under way at once."""
    made = loader([(torch.tensor(i), torch.tensor(i)) for i in range(n)], batch_size=size, shuffle=True)
    pairs = list(zip(iter(made), iter(made), strict=True))
    return [sorted(int(label) for pair in pairs for label in pair[k][1]) for k in (0, 1)]


def interrupted(loader, n, size):
    """Over there: (labels of an epoch after one broken off, those of two under way at once, items fetched by then)."""

    fetched = []

    class Spy:
        def __len__(self):
            return n

        def __getitem__(self, i):
            if not 0 <= i < n:
                raise IndexError(i)
            fetched.append(int(i))
            return torch.tensor([i, -i]), torch.tensor(i)

    made = loader(Spy(), batch_size=size)
    for _ in made:
        break
    early = list(fetched)
    whole = [ys.tolist() for _, ys in made]
    one, other = iter(made), iter(made)
    both = [next(one)[1].tolist(), next(other)[1].tolist(), next(one)[1].tolist(), next(other)[1].tolist()]
    return early, whole, both


def fetched_by(loader, largest):
    """Over there: for datasets of 1, 2, ... items, how many were fetched when the loader was made, and when a batch came."""
    found = []
    for n in range(1, largest + 1):
        fetched = []

        class Spy:
            def __len__(self, n=n):
                return n

            def __getitem__(self, i, n=n, fetched=fetched):
                if not 0 <= i < n:
                    raise IndexError(i)
                fetched.append(int(i))
                return torch.tensor([i, -i]), torch.tensor(i)

        made = loader(Spy(), 2)
        early = len(fetched)
        next(iter(made))
        found.append([early, len(fetched)])
    return found


@points(1)
def test_epochs_are_independent(student):
    """an epoch starts anew, also beside another and after one that was broken off; items are fetched when needed"""
    early, whole, both = ask(student, "MiniLoader", interrupted, 7, 3)
    require(
        whole == [[0, 1, 2], [3, 4, 5], [6]], "after an epoch that was broken off, the next one is not whole", whole
    )
    require(
        both == [[0, 1, 2], [0, 1, 2], [3, 4, 5], [3, 4, 5]], "two epochs under way at once disturb each other", both
    )
    shuffled = ask(student, "MiniLoader", shuffled_together, 30, 5)
    assert_same(shuffled, [[*range(30)]] * 2, about="the labels, sorted, of two shuffled epochs under way at once")
    require(early == [0, 1, 2], "for the first batch of 3 items, these were fetched from the dataset", early, [0, 1, 2])
    asked = ask(student, "MiniLoader", fetched_by, 9)
    for n, (made, first) in enumerate(asked, 1):
        about = f"of {n} items, so many were fetched when a loader with batches of 2 was made, and for the first batch"
        require([made, first] == [0, min(n, 2)], about, [made, first], [0, min(n, 2)])
    kept = ask(student, "MiniLoader", kept_batches, 5, 2)
    require(kept == [[0, 1], [2, 3], [4]], "a batch is changed again when the next one is made", kept)
    drawn = ask(student, "MiniLoader", before_the_first, 6, 4)
    expected = torch.rand(3, generator=torch.Generator().manual_seed(4))
    assert_same(drawn, expected, about="what the generator draws while no epoch has begun")
    found = ask(student, "MiniLoader", side_by_side, 14)
    require(found != "stacked", "a loader with a collate function of its own gave batches of stacked tensors")
    (alone, beside), plain, items = found
    found_out(student, same=alone == beside, plain=plain, items=items)
    require(alone == beside, "a loader that another one was made beside gave other batches, or another length", beside)
    expected = [list(range(k, min(k + 3, 114))) for k in range(100, 114, 3)]
    require(plain == expected, "a plain loader, made beside one with all options, gave", plain, expected)
    require(items == list(range(14)), "the dataset is not what it was before", items)


def collated(loader, n, size):
    """Over there: batches made by a function that adds the labels up and counts the items."""
    items = [(torch.tensor([i, -i]), torch.tensor(i)) for i in range(n)]
    return list(loader(items, batch_size=size, collate=lambda batch: [sum(int(y) for _, y in batch), len(batch)]))


# -- sequences ---------------------------------------------------------------------------------------


@points(1)
def test_collate_pad(student):
    """sequences of unequal length fill the rows from the left; lengths count no padding, the dtype is kept"""
    lists = [[[1, 2, 3], [4]], [[5], [6, 7], [], [8, 9, 1, 2]], [[3]], [[], []], [[0, 1, 0], [0]]]
    for numbers in lists:
        for dtype, value in ((torch.int64, 0), (torch.float64, -1.5), (torch.float64, 0.1237)):
            given = [torch.tensor(row, dtype=dtype) for row in numbers]
            found = student.collate_pad([*given], pad_value=value) if value else student.collate_pad([*given])
            assert_left_alone(student)
            require(isinstance(found, (tuple, list)) and len(found) == 2, "batch and lengths were expected", found)
            assert_same(
                found[0], pad_sequence(given, batch_first=True, padding_value=value), rtol=0, atol=0, about="the batch"
            )
            assert_same(found[1], torch.tensor([len(row) for row in numbers]), about="the lengths")
    for dtype, value in ((torch.bool, 1), (torch.float16, 0.5), (torch.float32, -float("inf")), (torch.int32, -7)):
        given = [torch.tensor(row).to(dtype) for row in ([1, 0, 1], [0])]
        batch, _ = student.collate_pad([*given], value)
        assert_same(batch, pad_sequence(given, batch_first=True, padding_value=value), about=f"the batch in {dtype}")
    given = [torch.arange(size % 5) for size in range(40)]
    batch, lengths = student.collate_pad([*given])
    assert_same(batch, pad_sequence(given, batch_first=True), about="the batch of 40 sequences")
    assert_same(lengths, torch.tensor([len(x) for x in given]), about="the lengths of 40 sequences")
    for n in (3, 8, 12):  # long ones that hold the filling, and whole numbers that no float64 holds
        given = [torch.randint(2, (size,)) * (2**60 + 1) for size in (*torch.randint(9, (n - 1,)).tolist(), n + 9)]
        batch, lengths = student.collate_pad([*given])
        assert_same(batch, pad_sequence(given, batch_first=True), about=f"the batch of {n} sequences")
        assert_same(lengths, torch.tensor([len(x) for x in given]), about=f"the lengths of {n} sequences")


@points(1)
@forbids(
    "torch.utils.data.DataLoader", "torch.utils.data.BatchSampler", "torch.utils.data.RandomSampler",
    "torch.utils.data.random_split", "torch.utils.data.TensorDataset", "torch.utils.data.dataloader.DataLoader",
    of=PAGE,
)  # fmt: skip
def test_own_collate(student):
    """a loader makes its batches with the collate function it is given, and is not PyTorch's in disguise"""
    found = ask(student, "MiniLoader", collated, 5, 2)
    assert_same(found, [[1, 2], [5, 2], [4, 1]])
