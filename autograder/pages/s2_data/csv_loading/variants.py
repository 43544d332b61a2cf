"""Other right ways to load a CSV file."""

import csv
import random
from pathlib import Path

import numpy as np
import pandas as pd
import torch
from torch.utils.data import DataLoader, TensorDataset, random_split

from autograder.checking import variant


@variant("with pandas")
def parse_csv(path, target):
    with open(path, newline="", encoding="utf-8-sig") as file:  # pandas fills short lines up without a word
        reader = csv.reader(file)
        names = next(reader)
        for fields in reader:
            if fields and len(fields) != len(names):
                raise ValueError(f"{path}:{reader.line_num}: expected {len(names)} fields")
    frame = pd.read_csv(path, dtype=str, keep_default_na=False, na_values=list(MISSING), encoding="utf-8-sig")
    if target not in frame:
        raise ValueError(f"no column {target!r}")
    y = frame.pop(target).fillna("")
    frame = frame[[name for name in frame if not name.startswith("Unnamed: ")]]
    X = torch.from_numpy(frame.astype(np.float32).to_numpy().copy())
    return X, encode_target(list(y)), list(frame)


@variant("with pandas")
def encode_target(fields):
    column = pd.Series(fields, dtype=str)
    if column.isin(MISSING).any():
        raise ValueError("missing target")
    if column.str.fullmatch(r"[+-]?\d+").all():
        return torch.from_numpy(column.astype("int64").to_numpy().copy())
    as_numbers = pd.to_numeric(column, errors="coerce")
    if as_numbers.notna().all():
        return torch.from_numpy(as_numbers.to_numpy().astype("float32"))
    return torch.from_numpy(pd.Categorical(column).codes.astype("int64"))


@variant("with pandas")
class CSVDataset(TensorDataset):
    def __init__(self, path, target):
        X, y, self.columns = parse_csv(path, target)
        super().__init__(X, y)


@variant("with pandas")
def csv_loaders(path, batch_size, seed=0, target="target"):
    data = CSVDataset(path, target)
    held = round(HELD_OUT * len(data))
    parts = random_split(data, [len(data) - held, held], generator=torch.Generator().manual_seed(seed))
    own = torch.Generator().manual_seed(seed + 1)
    return (
        DataLoader(parts[0], batch_size=batch_size, shuffle=True, generator=own),
        DataLoader(parts[1], batch_size=len(parts[1]) if batch_size > len(parts[1]) else batch_size),
    )


@variant("character by character, and loaders of one's own")
def parse_csv(path, target):
    def fields_of(line):
        fields, field, quoted, index = [], "", False, 0
        while index < len(line):
            c = line[index]
            if quoted and line[index : index + 2] == '""':
                field += '"'
                index += 1
            elif c == '"':
                quoted = not quoted
            elif c == "," and not quoted:
                fields.append(field)
                field = ""
            else:
                field += c
            index += 1
        return [*fields, field]

    lines = Path(path).read_text(encoding="utf-8").removeprefix("\ufeff").split("\n")
    names = fields_of(lines[0])
    if target not in names:
        raise ValueError(target)
    columns = {name: [] for name in names}
    for number, line in enumerate(lines, 1):
        if number == 1 or line == "":
            continue
        fields = fields_of(line)
        if len(fields) != len(names):
            raise ValueError("in line " + str(number))
        for name, field in zip(names, fields):
            columns[name].append(field)
    y = encode_target(columns.pop(target))
    columns.pop("", None)
    X = np.array([[float("nan") if f in MISSING else float(f) for f in c] for c in columns.values()], dtype="float32")
    return torch.from_numpy(X.T.copy()), y, [*columns]


@variant("character by character, and loaders of one's own")
def csv_loaders(path, batch_size, seed=0, target="target"):
    data = CSVDataset(path, target)
    dice = random.Random(seed)
    rows = list(range(len(data)))
    dice.shuffle(rows)
    held = rows[: round(len(rows) / 5)]

    class Loader:
        def __init__(self, rows, shuffle):
            self.rows, self.shuffle = rows, shuffle

        def __iter__(self):
            if self.shuffle:
                dice.shuffle(self.rows)
            for start in range(0, len(self.rows), batch_size):
                batch = [data[i] for i in self.rows[start : start + batch_size]]
                yield torch.stack([x for x, _ in batch]), torch.stack([y for _, y in batch])

    return Loader(rows[len(held) :], True), Loader(held, False)


@variant("dictionaries of rows, and an own seed for every epoch")
def encode_target(fields):
    if any(field in MISSING for field in fields):
        raise ValueError("a gap in the target")

    def all_are(kind):
        try:
            return [kind(field) for field in fields]
        except ValueError:
            return None

    if (whole := all_are(int)) is not None:
        return torch.tensor(whole, dtype=torch.long)
    if (real := all_are(float)) is not None:
        return torch.tensor(real, dtype=torch.float)
    place = {word: i for i, word in enumerate(sorted({*fields}))}
    return torch.tensor([place[word] for word in fields], dtype=torch.long)


@variant("dictionaries of rows, and an own seed for every epoch")
def parse_csv(path, target):
    with open(path, encoding="utf-8-sig", newline="") as file:
        reader = csv.DictReader(file, restkey="too many", restval=None)
        if target not in reader.fieldnames:
            raise ValueError(f"there is no column {target}")
        columns = [name for name in reader.fieldnames if name not in ("", target)]
        X, y = [], []
        for row in reader:
            if "too many" in row or None in row.values():
                raise ValueError(f"too many or too few fields in line {reader.line_num}")
            y.append(row[target])
            X.append([float("nan" if row[name] in MISSING else row[name]) for name in columns])
    return torch.tensor(X), encode_target(y), columns


@variant("dictionaries of rows, and an own seed for every epoch")
class CSVDataset:
    def __init__(self, path, target):
        X, y, columns = parse_csv(path, target)
        self.rows = list(zip(X, y))
        self.columns = columns

    def __len__(self):
        return len(self.rows)

    def __getitem__(self, index):
        return self.rows[index]


@variant("dictionaries of rows, and an own seed for every epoch")
def csv_loaders(path, batch_size, seed=0, target="target"):
    X, y, _ = parse_csv(path, target)
    order = np.random.default_rng(seed).permutation(len(y))
    count = round(HELD_OUT * len(y))

    class Batches:
        def __init__(self, rows, epoch=None):
            self.rows, self.epoch = rows, epoch

        def __iter__(self):
            rows = self.rows
            if self.epoch is not None:
                self.epoch += 1
                rows = np.random.default_rng([seed, self.epoch]).permutation(rows)
            for chunk in torch.from_numpy(rows.copy()).split(batch_size):
                yield X[chunk], y[chunk]

    return Batches(order[count:], 0), Batches(order[:count])


@variant("all fields in one array of texts, and samplers")
def parse_csv(path, target):
    with open(path, newline="", encoding="utf-8-sig") as file:
        lines = [(reader.line_num, fields) for reader in [csv.reader(file)] for fields in reader if fields]
    names = lines[0][1]
    for number, fields in lines[1:]:
        if len(fields) != len(names):
            raise ValueError(f"line {number} has {len(fields)} fields")
    table = np.array([fields for _, fields in lines[1:]], dtype=object)
    place = names.index(target)
    features = [j for j in range(len(names)) if j != place and names[j] != ""]
    known = np.where(np.isin(table, MISSING), "nan", table)
    X = torch.from_numpy(known[:, features].astype(np.float64)).to(torch.float32)
    return X, encode_target(table[:, place].tolist()), [names[j] for j in features]


@variant("all fields in one array of texts, and samplers")
def csv_loaders(path, batch_size, seed=0, target="target"):
    from torch.utils.data import BatchSampler, SequentialSampler, SubsetRandomSampler

    data = CSVDataset(path, target)
    generator = torch.Generator()
    generator.manual_seed(seed)
    rows = torch.rand(len(data), generator=generator).argsort()
    train, held_out = rows[round(0.2 * len(data)) :], rows[: round(0.2 * len(data))]
    shuffled = SubsetRandomSampler(train.tolist(), generator=generator)
    held = torch.utils.data.Subset(data, held_out.tolist())
    return (
        DataLoader(data, batch_sampler=BatchSampler(shuffled, batch_size, drop_last=False)),
        DataLoader(held, batch_sampler=BatchSampler(SequentialSampler(held), batch_size, drop_last=False)),
    )
