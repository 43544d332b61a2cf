"""What the tools for tables must do. Python's own statistics and numpy are the oracles, in float64."""

import math
import statistics

import numpy as np
import torch

from autograder.checking import (
    CheckFailure,
    assert_drawn,
    assert_left_alone,
    assert_same,
    datasets,
    layouts,
    points,
    raises,
    require,
    unmodified,
)  # fmt: skip

F64 = torch.float64


def table(*rows: list[float], dtype: torch.dtype = F64) -> torch.Tensor:
    """A tensor of these rows."""
    return torch.tensor(rows, dtype=dtype)


def draw(rows: int, columns: int) -> torch.Tensor:
    """A float64 table whose columns have very different means and deviations."""
    return torch.randn(rows, columns, dtype=F64) * 10.0 ** torch.arange(-1, columns - 1) + 5 * torch.randn(columns)


# -- Standardizer -------------------------------------------------------------------------------------


def learnt(X: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """(means, deviations) of the columns; the deviation of equal values counts as 1."""
    columns = X.double().T.tolist()
    means = [math.fsum(c) / len(c) for c in columns]
    scales = [statistics.pstdev(c) if min(c) < max(c) else 1.0 for c in columns]
    return torch.tensor(means, dtype=X.dtype), torch.tensor(scales, dtype=X.dtype)


def fitted(student, X: torch.Tensor):
    """A new standardizer that has learnt from X."""
    scaler = student.Standardizer()
    scaler.fit(X)
    return scaler


def compare(student, X: torch.Tensor, *others: torch.Tensor, atol: float | None = None) -> None:
    """A standardizer that learnt from X transforms the others as ours."""
    scaler = fitted(student, X)
    mean, scale = learnt(X)
    for other in others:
        assert_same(scaler.transform(other), (other - mean) / scale, atol=atol)


@points(1)
def test_columns(student):
    """every column gets mean 0 and deviation 1, whatever its scale"""
    X = table([1.0, 10.0], [2.0, 20.0], [6.0, 90.0])
    compare(student, X, X)
    X = draw(4, 4)
    compare(student, X, X)
    for size in (1e-6, 1e-10):
        X = size * draw(7, 2)
        compare(student, X, X)
    X = 1e5 + 0.01 * torch.randn(9, 2, dtype=F64)  # the mean of the squares has lost the deviation
    compare(student, X, X, atol=1e-7)  # a mean near 1e5 is right to 1e-11, a thousand millionth of the deviation
    compare(student, table([5.0], [5.0 + 2.0**-40]), table([5.0]), atol=1e-3)  # nearly constant
    X = draw(4, 3)
    for _, other in layouts(X):
        compare(student, other, X)
        compare(student, X, other)


@points(2)
def test_statistics_of_training(student):
    """a table that was not learnt from is moved and scaled by what was learnt, down to a single row"""
    compare(student, table([0.0], [2.0]), table([10.0], [11.0]), table([7.0]))
    X = 100 * draw(6, 3)
    compare(student, X, 100 * draw(4, 3) + 300, X[2:3], X[:0])
    scaler = fitted(student, draw(5, 3) - 20)
    scaler.fit(X)  # forgets
    mean, scale = learnt(X)
    assert_same(scaler.transform(X), (X - mean) / scale)
    many = draw(60, 3)
    assert_same(scaler.transform(many), (many - mean) / scale)
    scaler.fit(X[:1])  # one row: every column is constant
    assert_same(scaler.transform(many), many - X[0])


@points(1)
def test_constant_column(student):
    """a column of equal values becomes 0, and any other value there is only moved"""
    X = table([2.0, 1.0], [2.0, 3.0], [2.0, 8.0])
    compare(student, X, X, table([5.0, 1.0]))
    X = table([0.1], [0.1], [0.1])
    compare(student, X, table([0.5], [0.1]), X)
    compare(student, table([3.0, -4.0]), table([3.0, -4.0], [4.0, -3.0]))


@points(1)
def test_inverse(student):
    """inverse brings a table back to its own units, also one that was not learnt from"""
    X = table([1.0, 7.0], [5.0, 7.0])
    scaler = fitted(student, X)
    assert_same(scaler.inverse(table([0.0, 0.0], [1.0, 1.0])), table([3.0, 7.0], [5.0, 8.0]))
    Z = draw(9, 2)
    assert_same(scaler.inverse(Z), Z * table([2.0, 1.0]) + table([3.0, 7.0]))
    X, other = draw(6, 3), draw(2, 3)
    scaler = fitted(student, X)
    assert_same(scaler.inverse(scaler.transform(other)), other, rtol=1e-10)
    mean, scale = learnt(X)
    for rows in (draw(1, 3), draw(0, 3), draw(80, 3), *(Z for _, Z in layouts(draw(2, 3)))):
        assert_same(scaler.inverse(rows), rows * scale + mean)
    single = draw(4, 1)
    scaler = fitted(student, single)
    assert_same(scaler.inverse(scaler.transform(single[:2])), single[:2])


def after_the_table_changed(Standardizer, X, Z):
    """Over there: what a standardizer makes of Z, and of it back again, once the table that it learnt from has changed."""
    X = X.clone()
    scaler = Standardizer()
    scaler.fit(X)
    X.mul_(3).add_(1)
    return scaler.transform(Z), scaler.inverse(Z)


@points(1)
def test_manners(student):
    """fit gives the standardizer back, tables stay as they were, a table of other columns is refused, float32 stays"""
    X = draw(5, 3)
    scaler = student.Standardizer()
    with unmodified(X):
        returned = scaler.fit(X)
    require(returned is scaler, "fit must return the standardizer itself", returned)
    Z, (mean, scale) = draw(2, 3), learnt(X)
    make = student.Standardizer
    changed, back = student.prop(after_the_table_changed)(make, X, Z)
    assert_same(changed, (Z - mean) / scale, about="transform, once the table that was learnt from has changed")
    assert_same(back, Z * scale + mean, about="inverse, once the table that was learnt from has changed")
    for method in (scaler.transform, scaler.inverse):
        with unmodified(X):
            method(X)
    for columns in (1, 2):
        wrong = draw(5, columns)
        with unmodified(wrong), raises(ValueError):
            scaler.transform(wrong)
        with raises(ValueError):
            scaler.transform(wrong[:0])
    with raises(ValueError):
        fitted(student, draw(5, 1)).transform(draw(5, 3))
    other = fitted(student, draw(5, 3) + 7)  # whatever a second one learns, the first keeps what it knows
    mean, scale = learnt(X)
    assert_same(scaler.transform(X), (X - mean) / scale, about="what is transformed after another one was fitted")
    assert_same(other.inverse(other.transform(X)), X)
    assert_same(scaler.inverse(Z), Z * scale + mean, about="inverse after another one was fitted")
    X = draw(5, 3).float()
    scaler = fitted(student, X)
    mean, scale = learnt(X)
    Z = scaler.transform(X)
    assert_same(Z, (X - mean) / scale, rtol=1e-4, atol=1e-4)
    assert_same(scaler.inverse(Z), X, rtol=1e-4, atol=1e-4)


# -- gaps ---------------------------------------------------------------------------------------------

GAP = math.nan


def with_gaps(X: torch.Tensor) -> torch.Tensor:
    """A copy with every fifth entry or so missing, never a whole column of three rows or more."""
    gaps = torch.rand(X.shape) < 0.2
    gaps[: min(3, len(X) - 1)] = False
    return torch.where(gaps, GAP, X)


def in_place(function, X):
    """Over there: is the answer the caller's own memory?"""
    return bool(function(X).untyped_storage().data_ptr() == X.untyped_storage().data_ptr())


@points(1)
def test_impute(student):
    """every gap gets the mean or the median of the known values of its column, and nothing else changes"""
    X = table([1.0, GAP], [3.0, 4.0], [GAP, 8.0])
    assert_same(student.impute(X), table([1.0, 6.0], [3.0, 4.0], [2.0, 8.0]))
    X = table([1.0, 5.0], [2.0, GAP], [9.0, 7.0], [4.0, 90.0], [GAP, 8.0], [0.0, GAP])
    filled = X.clone()
    filled[4, 0], filled[1, 1], filled[5, 1] = 2.0, 7.5, 7.5
    with unmodified(X):
        assert_same(student.impute(X, "median"), filled)
    X = draw(40, 2)
    X[:2] = GAP
    middle = torch.from_numpy(np.nanmedian(X.numpy(), 0))
    assert_same(student.impute(X, "median"), torch.where(X.isnan(), middle, X), about="of 40 rows")
    X = with_gaps(draw(9, 4))
    filled = torch.where(X.isnan(), torch.from_numpy(np.nanmean(X.numpy(), 0)), X)
    with unmodified(X):
        assert_same(student.impute(X, strategy="mean"), filled)
    for X in (draw(3, 2).float(), draw(3, 2)):
        for strategy in ("mean", "median"):
            assert_same(student.impute(X, strategy), X)
    function = student.impute
    shared = student.prop(in_place)(function, X)
    require(not shared, "a new table was promised: writing into the result changes the caller's table", claims=True)
    for _, other in layouts(with_gaps(draw(5, 4))):
        assert_same(student.impute(other), torch.where(other.isnan(), other.nanmean(0), other))
    assert_same(student.impute(table([GAP], [4.0], [6.0])), table([5.0], [4.0], [6.0]))
    far = table([GAP, math.inf], [-4e5, 1.0], [-6e5, 2.0])
    assert_same(student.impute(far), table([-5e5, math.inf], [-4e5, 1.0], [-6e5, 2.0]))
    fine = table([GAP], [1e8 + 0.25], [1e8 + 0.5], [1e8 + 9])
    assert_same(student.impute(fine, "median")[0], table(1e8 + 0.5), rtol=1e-15)
    X = with_gaps(draw(6, 2)).float()
    filled = torch.where(X.isnan(), X.nanmean(0), X)
    assert_same(student.impute(X), filled, rtol=1e-4, atol=1e-4)


@points(1)
def test_impute_from_reference(student):
    """the mean or median is the reference's, 0 for a column that it does not know, and other strategies are refused"""
    X, reference = table([GAP, 1.0], [50.0, GAP]), table([1.0, GAP], [2.0, 3.0], [9.0, 6.0])
    with unmodified(X, reference):
        assert_same(student.impute(X, "mean", reference), table([4.0, 1.0], [50.0, 4.5]))
    assert_same(student.impute(X, "median", reference=reference), table([2.0, 1.0], [50.0, 4.5]))
    X = table([GAP, 1.0, GAP], [GAP, 3.0, 6.0])
    expected = table([0.0, 1.0, 6.0], [0.0, 3.0, 6.0])
    for strategy in ("mean", "median"):
        assert_same(student.impute(X, strategy), expected)
    wide = table([GAP, 2.0, 3.0, 4.0, 5.0, GAP], [GAP, 2.0, GAP, 8.0, 5.0, 1.0])
    assert_same(student.impute(wide), table([0.0, 2.0, 3.0, 4.0, 5.0, 1.0], [0.0, 2.0, 3.0, 8.0, 5.0, 1.0]))
    assert_same(student.impute(table([GAP], [5.0]), reference=table([GAP], [GAP])), table([0.0], [5.0]))
    X, known = table([GAP, 1.0], [50.0, GAP]), draw(3, 2)
    for reference in (known, known[:1], *(other for _, other in layouts(known))):
        expected = torch.where(X.isnan(), reference.mean(0), X)
        assert_same(student.impute(X, reference=reference), expected)
    assert_same(student.impute(table([GAP]), "mean", table([3.0])), table([3.0]))
    for strategy in ("average", "Mean"):
        with unmodified(X, known), raises(ValueError):
            student.impute(X, strategy, known)
    with raises(ValueError):
        student.impute(known, "mode")


# -- words --------------------------------------------------------------------------------------------


@points(1)
def test_one_hot(student):
    """every value has its 1 in the column of its category, and the columns stand in the given order"""
    colours = ["red", "green", "blue"]
    expected = table([0, 1, 0], [1, 0, 0], [0, 1, 0], [0, 0, 1], dtype=torch.float32)
    assert_same(student.one_hot_encode(["green", "red", "green", "blue"], colours), expected)
    assert_left_alone(student)
    assert_same(student.one_hot_encode(["blue", "blue"], colours), table([0, 0, 1], [0, 0, 1], dtype=torch.float32))
    assert_same(student.one_hot_encode([30, 0], [0, 30, 4]), table([0, 1, 0], [1, 0, 0], dtype=torch.float32))
    letters = ["d", "b", "e", "a", "c"]
    assert_same(student.one_hot_encode(letters, letters), torch.eye(5))


@points(1)
def test_unseen(student):
    """a value that is not among the categories gets a row of zeros"""
    expected = table([0, 0], [1, 0], [0, 0], dtype=torch.float32)
    assert_same(student.one_hot_encode(["Kiel", "Berlin", None], ["Berlin", "Bonn"]), expected)
    assert_same(student.one_hot_encode(["berlin", " Bonn", ""], ["Berlin", "Bonn"]), torch.zeros(3, 2))
    assert_same(student.one_hot_encode(["1", 1], [1, "2"]), table([0, 0], [1, 0], dtype=torch.float32))
    assert_same(student.one_hot_encode([f"town {n}" for n in range(50)], ["Berlin", "Bonn"]), torch.zeros(50, 2))
    assert_left_alone(student)
    assert_same(student.one_hot_encode(["Kiel", "Bonn"], ["Bonn"]), table([0], [1], dtype=torch.float32))


# -- classes ------------------------------------------------------------------------------------------


def judge_split(student, y: torch.Tensor, frac: float, seed: int) -> tuple[torch.Tensor, torch.Tensor]:
    """A split, found right. Its record keeps what was found out: which examples are drawn is chance."""
    with unmodified(y):
        split = student.stratified_split(y, frac, seed)
    pair = isinstance(split, (tuple, list)) and len(split) == 2 and all(isinstance(p, torch.Tensor) for p in split)
    require(pair, "two tensors of indices were expected: training and held-out", split)
    shaped = all(part.dtype == torch.int64 and part.dim() == 1 for part in split)
    require(shaped, "the indices must be one-dimensional int64 tensors", split)
    train, held_out = split
    whole = train.tolist() + held_out.tolist()
    facts = {"complete": sorted(whole) == list(range(len(y)))}
    inside = [i for i in held_out.tolist() if 0 <= i < len(y)]
    counts = {label: (y[inside] == label).sum().item() for label in y.unique().tolist()}
    student.calls[-1].outcome = ("value", {**facts, "held out": counts}, False)
    if not facts["complete"]:
        raise CheckFailure(
            f"each of the indices 0 to {len(y) - 1} must occur once in the two parts together", "", split
        )
    for label, count in counts.items():
        wanted = round(frac * int((y == label).sum()))
        if count != wanted:
            some = f"{frac:g} of the {int((y == label).sum())} examples of class {label}"
            raise CheckFailure(f"{some} are {wanted} to hold out, not {count}", "", split)
    return train, held_out


def held_out_by(stratified_split, y, frac, seeds):
    """Over there: which examples each of these seeds holds out."""
    return [stratified_split(y, frac, seed)[1].tolist() for seed in seeds]


@points(2)
def test_stratified_split(student):
    """every class gives its share to the held-out part; the seed alone decides which examples are drawn"""
    judge_split(student, torch.tensor([4] * 10 + [7] * 5), 0.2, seed=0)
    for count, frac in ((10, 0.56), (1, 0.2), (1, 0.8), (3, 0.0), (3, 0.99)):
        judge_split(student, torch.tensor([4] * count), frac, seed=0)
    judge_split(student, torch.tensor([-300] * 5 + [10**12] * 5 + [250] * 5 + [-(10**12)] * 3), 0.4, seed=0)
    labels = [label for label in (7, 2**32 + 7, 2**32 + 8, 2**60, 2**60 + 1) for _ in range(5)]
    judge_split(student, torch.tensor(labels), 0.28, seed=0)  # of two classes taken for one, three would be held out
    judge_split(student, torch.arange(33_000) % 2, 0.2537, seed=0)
    y = torch.tensor([0] * 40 + [1] * 13 + [2] * 7 + [3])[torch.randperm(61)]
    for frac, seed in ((0.3, 1), (0.55, 2)):
        judge_split(student, y, frac, seed)
    for a, b in ((3, 4), (0, 1), (7, 7 + 100), (5, 5 + 2**8), (2, 2 + 10**4), (1, 1 + 2**16)):
        seen = [sorted(judge_split(student, y, 0.25, seed)[1].tolist()) for seed in (a, a, b)]
        student.calls[-1].outcome[1].update(repeats=seen[0] == seen[1], varies=seen[1] != seen[2])
        require(seen[0] == seen[1], f"two calls with seed={a} held out different examples", seen[1], seen[0])
        require(seen[1] != seen[2], f"seeds {a} and {b} must not hold out the same examples", seen[2])
    split = student.stratified_split  # looked up first: what follows is recorded under its name
    seeds = torch.randint(10**6, (40,)).tolist()
    assert_drawn(student, student.prop(held_out_by)(split, torch.tensor([4] * 10 + [7] * 6), 0.5, seeds), range(16))


@points(1)
def test_class_weights(student):
    """rare classes weigh more: all classes add up to the same total, one without examples weighs 0"""
    assert_same(student.class_weights(torch.tensor([0, 1, 0, 0]), 2), torch.tensor([2 / 3, 2.0]))
    assert_same(student.class_weights(torch.tensor([2, 2, 0]), 4), torch.tensor([0.75, 0.0, 0.375, 0.0]))
    assert_same(student.class_weights(torch.tensor([1]), 2), torch.tensor([0.0, 0.5]))
    some = torch.tensor([9, 9, 3, 0])
    assert_same(student.class_weights(some, 10), torch.tensor([0.4, 0, 0, 0.4, 0, 0, 0, 0, 0, 0.2]))
    y = torch.tensor([0, 1, 0, 1, 2])
    with unmodified(y):
        student.class_weights(y, 3)
    rare = torch.zeros(33_000, dtype=torch.int64)
    rare[7] = 8
    expected = torch.tensor([33_000 / 9 / 32_999, *[0.0] * 7, 33_000 / 9])
    assert_same(student.class_weights(rare, 9), expected, about="one example in 33,000")
    y = datasets.load("tables").load("wine").y
    assert_same(student.class_weights(y, 3), 178 / (3 * torch.tensor([59.0, 71.0, 48.0])))


# -- all together -------------------------------------------------------------------------------------


def assert_prepared(
    student, X: torch.Tensor, train: torch.Tensor, held_out: torch.Tensor, near: float | None = None
) -> None:
    """The student's two parts are those that the training rows alone decide."""
    with unmodified(X, train, held_out):
        parts = student.prepare(X, train, held_out)
    pair = isinstance(parts, (tuple, list)) and len(parts) == 2
    require(pair, "two tables were expected: training and held-out rows", parts)
    fill = X[train].nanmean(0).nan_to_num()  # 0 where the training rows know no value
    mean, scale = learnt(torch.where(X.isnan(), fill, X)[train])
    for part, rows, about in zip(parts, (train, held_out), ("the training rows", "the held-out rows"), strict=True):
        expected = (torch.where(X.isnan(), fill, X)[rows] - mean) / scale
        assert_same(part, expected, rtol=near, atol=near, about=about)


@points(2)
def test_prepare(student):
    """gaps and scales of both parts come from the training rows alone, on a small table and on the wines"""
    X = table([0.0, GAP], [2.0, 3.0], [GAP, 7.0], [10.0, GAP])
    train, held_out = torch.tensor([0, 1, 2]), torch.tensor([3])
    assert_prepared(student, X, train, held_out)
    assert_prepared(student, X[:, :1], train, held_out)
    assert_prepared(student, X[[1, 2, 3]], torch.tensor([0]), torch.tensor([2, 1]))
    assert_prepared(student, X.float(), train, held_out, near=1e-4)
    assert_prepared(student, X, torch.tensor([0, 3]), torch.tensor([1, 2]))
    for _, other in layouts(with_gaps(draw(4, 3))):
        assert_prepared(student, other, torch.tensor([3, 0, 0, 1])[::2], torch.tensor([1, 2]))
    wine = datasets.load("tables").load("wine").X
    order = torch.randperm(len(wine))
    assert_prepared(student, with_gaps(wine), order[:100], order[100:])
