"""Other right ways to prepare a table."""

import numpy as np
import pandas as pd
import torch

from autograder.checking import variant


@variant("with pandas and numpy")
class Standardizer:
    def fit(self, X):
        frame = pd.DataFrame(X.numpy())
        self.center = torch.from_numpy(frame.mean().to_numpy().copy())
        deviation = frame.std(ddof=0).to_numpy().copy()
        deviation[frame.nunique().to_numpy() == 1] = 1.0
        self.spread = torch.from_numpy(deviation)
        return self

    def transform(self, X):
        if X.shape[1] != len(self.center):
            raise ValueError("wrong number of columns")
        return X.sub(self.center).div(self.spread).to(X.dtype)

    def inverse(self, Z):
        return Z.mul(self.spread).add(self.center).to(Z.dtype)


@variant("with pandas and numpy")
def impute(X, strategy="mean", reference=None):
    if strategy not in {"mean", "median"}:
        raise ValueError(f"unknown strategy {strategy}")
    known = pd.DataFrame((X if reference is None else reference).numpy())
    filled = pd.DataFrame(X.numpy().copy()).fillna(getattr(known, strategy)()).fillna(0.0)
    return torch.from_numpy(filled.to_numpy().copy())


@variant("with pandas and numpy")
def one_hot_encode(column, categories):
    codes = pd.Categorical(column, categories=categories).codes
    rows = np.vstack([np.eye(len(categories)), np.zeros(len(categories))])  # code -1 is the row of zeros
    return torch.tensor(rows[codes], dtype=torch.float32)


@variant("with pandas and numpy")
def stratified_split(y, frac, seed):
    rng = np.random.default_rng(seed)
    labels = y.numpy()
    members = [np.where(labels == c)[0] for c in set(labels)]
    chosen = [rng.choice(rows, round(frac * len(rows)), replace=False) for rows in members]
    held_out = np.sort(np.concatenate(chosen))
    rest = np.setdiff1d(np.arange(len(labels)), held_out)
    return torch.from_numpy(rest), torch.from_numpy(held_out)


@variant("column by column, in plain Python")
class Standardizer:
    def __init__(self):
        self.learnt = []

    def fit(self, X):
        self.learnt = []
        for column in X.T:
            mean = column.mean()
            squares = ((column - mean) ** 2).mean()
            same = bool((column == column[0]).all())
            self.learnt.append((mean, torch.ones_like(mean) if same else squares.sqrt()))
        return self

    def transform(self, X):
        columns = [(c - mean) / scale for c, (mean, scale) in zip(X.T, self.learnt, strict=True)]
        return torch.stack(columns, 1)

    def inverse(self, Z):
        return torch.stack([c * scale + mean for c, (mean, scale) in zip(Z.T, self.learnt)], 1)


@variant("column by column, in plain Python")
def impute(X, strategy="mean", reference=None):
    import statistics

    choose = {"mean": statistics.fmean, "median": statistics.median}
    if strategy not in choose:
        raise ValueError(strategy)
    result = X.clone()
    for j, column in enumerate((X if reference is None else reference).T):
        known = [v for v in column.tolist() if v == v]
        result[X[:, j].isnan(), j] = choose[strategy](known) if known else 0.0
    return result


@variant("column by column, in plain Python")
def one_hot_encode(column, categories):
    result = torch.zeros((len(column), len(categories)), dtype=torch.float32)
    place = {c: j for j, c in enumerate(categories)}
    for i, value in enumerate(column):
        if value in place:
            result[i, place[value]] = 1.0
    return result


@variant("column by column, in plain Python")
def stratified_split(y, frac, seed):
    import random

    draw = random.Random(seed)
    members = {}
    for i, label in enumerate(y.tolist()):
        members.setdefault(label, []).append(i)
    train, held_out = [], []
    for rows in members.values():
        draw.shuffle(rows)
        count = int(frac * len(rows) + 0.5)
        held_out += rows[:count]
        train += rows[count:]
    return torch.tensor(sorted(train), dtype=torch.int64), torch.tensor(held_out, dtype=torch.int64)


@variant("column by column, in plain Python")
def class_weights(y, C):
    labels = y.tolist()
    counts = [labels.count(c) for c in range(C)]
    return torch.tensor([len(labels) / (C * n) if n else 0.0 for n in counts], dtype=torch.float32)


@variant("column by column, in plain Python")
def prepare(X, train, held_out):
    known = X[train]
    a, b = impute(known, "mean"), impute(X[held_out], "mean", known)
    s = Standardizer()
    s.fit(a)
    return [s.transform(a), s.transform(b)]


@variant("in numpy, and masks")
class Standardizer:
    def fit(self, X):
        table = X.double().numpy()
        self.low = table.mean(axis=0)
        self.spread = np.where(np.ptp(table, axis=0) == 0, 1.0, table.std(axis=0))
        return self

    def transform(self, X):
        if X.ndim != 2 or X.shape[1] != self.low.shape[0]:
            raise ValueError("another number of columns")
        return torch.from_numpy((X.double().numpy() - self.low) / self.spread).to(X.dtype)

    def inverse(self, Z):
        return torch.from_numpy(Z.double().numpy() * self.spread + self.low).to(Z.dtype)


@variant("in numpy, and masks")
def impute(X, strategy="mean", reference=None):
    if strategy not in ("mean", "median"):
        raise ValueError(strategy)
    known = X if reference is None else reference
    mask = ~known.isnan()
    filled = X.clone()
    for j in range(X.shape[1]):
        values = known[mask[:, j], j].sort().values
        n = len(values)
        if n == 0:
            typical = 0.0
        elif strategy == "mean":
            typical = values.sum() / n
        else:
            typical = (values[(n - 1) // 2] + values[n // 2]) / 2
        filled[:, j] = torch.where(X[:, j].isnan(), typical, X[:, j])
    return filled


@variant("in numpy, and masks")
def one_hot_encode(column, categories):
    return torch.stack([torch.tensor([1.0 if c == value else 0.0 for c in categories]) for value in column])


@variant("in numpy, and masks")
def stratified_split(y, frac, seed):
    rng = np.random.RandomState(seed)
    order = torch.from_numpy(rng.permutation(len(y)))
    out = torch.zeros(len(y), dtype=torch.bool)
    for label in torch.unique(y):
        members = order[y[order] == label]
        out[members[: round(frac * len(members))]] = True
    return torch.where(~out)[0], torch.where(out)[0]


@variant("in numpy, and masks")
def class_weights(y, C):
    hits = (y[:, None] == torch.arange(C)).sum(0)
    weights = len(y) / (C * hits.clamp(min=1).float())
    return weights * (hits > 0)


@variant("on copies, in place; float64 inside")
class Standardizer:
    def fit(self, X):
        wide = X.to(torch.float64)
        self.m = wide.sum(0) / len(wide)
        variance = (wide - self.m).pow(2).sum(0) / len(wide)
        self.s = variance.sqrt()
        self.s[(wide == wide[:1]).all(0)] = 1.0
        return self

    def transform(self, X):
        if X.shape[-1] != self.m.numel():
            raise ValueError("columns")
        wide = X.to(torch.float64, copy=True)
        wide -= self.m
        wide /= self.s
        return wide.to(X.dtype)

    def inverse(self, Z):
        wide = Z.to(torch.float64, copy=True)
        wide.mul_(self.s).add_(self.m)
        return wide.to(Z.dtype)


@variant("on copies, in place; float64 inside")
def prepare(X, train, held_out):
    typical = X[train].nanmean(0).nan_to_num(0.0)
    table = X.clone()
    gaps = table.isnan()
    table[gaps] = typical.expand_as(table)[gaps]
    scaler = Standardizer().fit(table[train])
    return scaler.transform(table[train]), scaler.transform(table[held_out])
