"""First drafts of this page, as beginners hand them in."""

# %% split at commas
# encode_target: makes class labels float32
# parse_csv: splits the lines at every comma
#   or: takes a blank line for a row with too few fields
#   or: makes a missing value 0
# parse_csv: takes the row numbers for a feature
# CSVDataset: gives y as a tensor of one entry
# encode_target: takes a missing target for one more class
def encode_target(fields):
    try:
        return torch.tensor([float(f) for f in fields])
    except ValueError:
        classes = sorted(set(fields))
        return torch.tensor([classes.index(f) for f in fields])


def parse_csv(path, target):
    with open(path) as f:
        lines = f.read().splitlines()
    names = lines[0].split(",")
    t = names.index(target)
    columns = [n for n in names if n != target]
    rows, targets = [], []
    for line in lines[1:]:
        fields = line.split(",")
        targets.append(fields[t])
        rows.append([0.0 if v in MISSING else float(v) for i, v in enumerate(fields) if i != t])
    return torch.tensor(rows), encode_target(targets), columns


class CSVDataset(Dataset):
    def __init__(self, path, target):
        self.X, self.y, self.columns = parse_csv(path, target)

    def __len__(self):
        return len(self.X)

    def __getitem__(self, index):
        return self.X[index], self.y[index : index + 1]


# %% words as they come
# encode_target: numbers the words as they come
# parse_csv: takes a blank line for a row with too few fields
#   or: says "line 3; the file"
# parse_csv: takes the row numbers for a feature
#   or: says "2 values came back where 1 were expected"
# csv_loaders: cuts the held-out rows off at the end of the file
def encode_target(fields):
    for f in fields:
        if f in MISSING:
            raise ValueError("missing target")
    try:
        return torch.tensor([int(f) for f in fields])
    except ValueError:
        pass
    try:
        return torch.tensor([float(f) for f in fields])
    except ValueError:
        pass
    ids = {}
    for f in fields:
        if f not in ids:
            ids[f] = len(ids)
    return torch.tensor([ids[f] for f in fields])


def parse_csv(path, target):
    with open(path, newline="", encoding="utf-8-sig") as f:
        rows = list(csv.reader(f))
    names = rows[0]
    t = names.index(target)
    X, y = [], []
    for number, row in enumerate(rows[1:], start=2):
        if len(row) != len(names):
            raise ValueError(f"line {number}")
        y.append(row[t])
        X.append([float("nan") if v in MISSING else float(v) for i, v in enumerate(row) if i != t])
    return torch.tensor(X), encode_target(y), [n for n in names if n != target]


class CSVDataset(Dataset):
    def __init__(self, path, target):
        self.X, self.y, self.columns = parse_csv(path, target)

    def __len__(self):
        return len(self.y)

    def __getitem__(self, index):
        return self.X[index], self.y[index]


def csv_loaders(path, batch_size, seed=0, target="target"):
    data = CSVDataset(path, target)
    n = round(len(data) * (1 - HELD_OUT))
    g = torch.Generator().manual_seed(seed)
    train = Subset(data, range(n))
    test = Subset(data, range(n, len(data)))
    return DataLoader(train, batch_size, shuffle=True, generator=g), DataLoader(test, batch_size)


# %% no shuffling
# csv_loaders: deals out the training rows in the same order in every epoch
#   or: says "the training rows come in the same order in both epochs"
# parse_csv: takes the last column for the target, whatever its name
# encode_target: takes a missing target for one more class
# parse_csv: takes the row numbers for a feature
def encode_target(fields):
    try:
        return torch.tensor([int(f) for f in fields])
    except ValueError:
        pass
    try:
        return torch.tensor([float(f) for f in fields])
    except ValueError:
        classes = sorted(set(fields))
        return torch.tensor([classes.index(f) for f in fields])


def parse_csv(path, target):
    X, y = [], []
    with open(path, newline="", encoding="utf-8-sig") as f:
        reader = csv.reader(f)
        names = next(reader)
        for row in reader:
            if not row:
                continue
            if len(row) != len(names):
                raise ValueError(f"line {reader.line_num} has {len(row)} fields")
            X.append([math.nan if v in MISSING else float(v) for v in row[:-1]])
            y.append(row[-1])
    return torch.tensor(X), encode_target(y), names[:-1]


class CSVDataset(Dataset):
    def __init__(self, path, target):
        self.X, self.y, self.columns = parse_csv(path, target)

    def __len__(self):
        return len(self.X)

    def __getitem__(self, i):
        return self.X[i], self.y[i]


def csv_loaders(path, batch_size, seed=0, target="target"):
    data = CSVDataset(path, target)
    g = torch.Generator().manual_seed(seed)
    perm = torch.randperm(len(data), generator=g).tolist()
    k = round(HELD_OUT * len(data))
    return DataLoader(Subset(data, perm[k:]), batch_size), DataLoader(Subset(data, perm[:k]), batch_size)


# %% the last batch dropped
# csv_loaders: drops the last, smaller batch
# parse_csv: reads the line of names as a row of data
#   or: says "could not convert string to float: 'length'"
# CSVDataset: opens the file again for every example
def parse_csv(path, target):
    with open(path, newline="", encoding="utf-8-sig") as f:
        rows = [r for r in csv.reader(f) if r]
    names = rows[0]
    t = names.index(target)
    X = []
    for r in rows:
        X.append([float("nan") if v in MISSING else float(v) for i, v in enumerate(r) if i != t])
    y = encode_target([r[t] for r in rows])
    return torch.tensor(X), y, [n for n in names if n != target]


def encode_target(fields):
    if any(f in MISSING for f in fields):
        raise ValueError("missing")
    try:
        return torch.tensor([int(f) for f in fields])
    except ValueError:
        pass
    try:
        return torch.tensor([float(f) for f in fields])
    except ValueError:
        words = sorted(set(fields))
        return torch.tensor([words.index(f) for f in fields])


class CSVDataset(Dataset):
    def __init__(self, path, target):
        self.path = path
        self.target = target
        self.columns = parse_csv(path, target)[2]

    def __len__(self):
        return len(parse_csv(self.path, self.target)[1])

    def __getitem__(self, index):
        X, y, _ = parse_csv(self.path, self.target)
        return X[index], y[index]


def csv_loaders(path, batch_size, seed=0, target="target"):
    data = CSVDataset(path, target)
    g = torch.Generator().manual_seed(seed)
    n_test = round(HELD_OUT * len(data))
    train, test = torch.utils.data.random_split(data, [len(data) - n_test, n_test], generator=g)
    return (
        DataLoader(train, batch_size, shuffle=True, drop_last=True, generator=g),
        DataLoader(test, batch_size),
    )


# %% missing values thrown away
# parse_csv: drops every row that misses a value
#   or: says "its shape is (1, 2), not (5, 2)"
# parse_csv: skips a row of empty fields like a line without any character
# encode_target: numbers words without regard to upper and lower case
# csv_loaders: takes 42 for the seed 0
def encode_target(fields):
    if any(f in MISSING for f in fields):
        raise ValueError("a target is missing")
    try:
        return torch.tensor([int(f) for f in fields])
    except ValueError:
        pass
    try:
        return torch.tensor([float(f) for f in fields])
    except ValueError:
        pass
    fields = [f.lower() for f in fields]
    words = sorted(set(fields))
    return torch.tensor([words.index(f) for f in fields])


def parse_csv(path, target):
    with open(path, newline="", encoding="utf-8-sig") as file:
        reader = csv.reader(file)
        names = next(reader)
        if target not in names:
            raise ValueError("no such column: " + target)
        t = names.index(target)
        keep = [i for i in range(len(names)) if i != t and names[i] != ""]
        X, y = [], []
        for row in reader:
            if len(row) == 0:
                continue
            if len(row) != len(names):
                raise ValueError(f"wrong number of fields in line {reader.line_num}")
            if any(row[i] in MISSING for i in keep):
                continue
            X.append([float(row[i]) for i in keep])
            y.append(row[t])
    return torch.tensor(X), encode_target(y), [names[i] for i in keep]


class CSVDataset(Dataset):
    def __init__(self, path, target):
        self.X, self.y, self.columns = parse_csv(path, target)

    def __len__(self):
        return self.X.shape[0]

    def __getitem__(self, index):
        return self.X[index], self.y[index]


def csv_loaders(path, batch_size, seed=0, target="target"):
    data = CSVDataset(path, target)
    generator = torch.Generator()
    generator.manual_seed(seed or 42)
    k = round(HELD_OUT * len(data))
    order = torch.randperm(len(data), generator=generator).tolist()
    test, train = Subset(data, order[:k]), Subset(data, order[k:])
    return DataLoader(train, batch_size, shuffle=True, generator=generator), DataLoader(test, batch_size)


# %% numpy knows how
# parse_csv: leaves the features in float64
# csv_loaders: trains on the held-out rows too
#   or: says "the training loader gives batches"
# encode_target: gives numbers in float64
import numpy as np


def encode_target(fields):
    if set(fields) & set(MISSING):
        raise ValueError("missing target")
    try:
        return torch.tensor([int(f) for f in fields])
    except ValueError:
        pass
    try:
        return torch.from_numpy(np.array(fields).astype(float))
    except ValueError:
        words = sorted(set(fields))
        return torch.tensor([words.index(f) for f in fields])


def parse_csv(path, target):
    with open(path, newline="", encoding="utf-8-sig") as file:
        reader = csv.reader(file)
        names = next(reader)
        t = names.index(target)
        keep = [i for i, n in enumerate(names) if n and i != t]
        X, y = [], []
        for row in reader:
            if not row:
                continue
            if len(row) != len(names):
                raise ValueError(f"line {reader.line_num}")
            X.append([np.nan if row[i] in MISSING else float(row[i]) for i in keep])
            y.append(row[t])
    return torch.from_numpy(np.array(X)), encode_target(y), [names[i] for i in keep]


class CSVDataset(Dataset):
    def __init__(self, path, target):
        self.X, self.y, self.columns = parse_csv(path, target)

    def __len__(self):
        return len(self.X)

    def __getitem__(self, index):
        return self.X[index], self.y[index]


def csv_loaders(path, batch_size, seed=0, target="target"):
    data = CSVDataset(path, target)
    g = torch.Generator().manual_seed(seed)
    order = torch.randperm(len(data), generator=g)
    held_out = Subset(data, order[: round(HELD_OUT * len(data))].tolist())
    return DataLoader(data, batch_size, shuffle=True, generator=g), DataLoader(held_out, batch_size)


# %% the line number of a list
# parse_csv: counts the rows instead of the lines of the file
# csv_loaders: lets what is drawn or read meanwhile change the order of the training rows
# encode_target: counts a field with blanks around it as the same word
def encode_target(fields):
    fields = [f.strip() for f in fields]
    if any(f in MISSING for f in fields):
        raise ValueError("missing")
    try:
        return torch.tensor([int(f) for f in fields])
    except ValueError:
        pass
    try:
        return torch.tensor([float(f) for f in fields])
    except ValueError:
        words = sorted(set(fields))
        return torch.tensor([words.index(f) for f in fields])


def parse_csv(path, target):
    with open(path, newline="", encoding="utf-8-sig") as file:
        rows = [row for row in csv.reader(file) if row]
    names = rows[0]
    t = names.index(target)
    keep = [i for i, n in enumerate(names) if n and i != t]
    X, y = [], []
    for number, row in enumerate(rows[1:]):
        if len(row) != len(names):
            raise ValueError(f"line {number + 2}: {len(row)} fields")
        X.append([math.nan if row[i] in MISSING else float(row[i]) for i in keep])
        y.append(row[t])
    return torch.tensor(X), encode_target(y), [names[i] for i in keep]


class CSVDataset(Dataset):
    def __init__(self, path, target):
        self.X, self.y, self.columns = parse_csv(path, target)

    def __len__(self):
        return len(self.y)

    def __getitem__(self, index):
        return self.X[index], self.y[index]


def csv_loaders(path, batch_size, seed=0, target="target"):
    torch.manual_seed(seed)
    data = CSVDataset(path, target)
    k = round(HELD_OUT * len(data))
    train, held_out = torch.utils.data.random_split(data, [len(data) - k, k])
    return DataLoader(train, batch_size, shuffle=True), DataLoader(held_out, batch_size)


# %% try and except around everything
# parse_csv: makes NaN of every word it cannot read
#   or: passes over ragged lines without a word
# CSVDataset: gives y as a Python number
# encode_target: counts the words from 1
def encode_target(fields):
    if any(f in MISSING for f in fields):
        raise ValueError("missing")
    try:
        return torch.tensor([int(f) for f in fields])
    except ValueError:
        pass
    try:
        return torch.tensor([float(f) for f in fields])
    except ValueError:
        words = sorted(set(fields))
        return torch.tensor([words.index(f) + 1 for f in fields])


def parse_csv(path, target):
    X, y = [], []
    with open(path, newline="", encoding="utf-8-sig") as file:
        reader = csv.DictReader(file)
        columns = [c for c in reader.fieldnames if c and c != target]
        if target not in reader.fieldnames:
            raise ValueError("no target")
        for row in reader:
            values = []
            for c in columns:
                try:
                    values.append(float(row[c]))
                except ValueError:
                    values.append(float("nan"))
            X.append(values)
            y.append(row[target])
    return torch.tensor(X), encode_target(y), columns


class CSVDataset(Dataset):
    def __init__(self, path, target):
        self.X, self.y, self.columns = parse_csv(path, target)

    def __len__(self):
        return len(self.y)

    def __getitem__(self, index):
        return self.X[index], self.y[index].item()


# %% the byte order mark
# parse_csv: reads the byte order mark into the first name
#   or: says "\ufeffa"
# CSVDataset: gives the whole table as its length
# encode_target: makes class labels float32
def encode_target(fields):
    if any(f in MISSING for f in fields):
        raise ValueError("missing")
    try:
        return torch.tensor([float(f) for f in fields])
    except ValueError:
        pass
    words = sorted(set(fields))
    return torch.tensor([words.index(f) for f in fields])


def parse_csv(path, target):
    with open(path, newline="", encoding="utf-8") as file:
        reader = csv.reader(file)
        names = next(reader)
        t = names.index(target)
        keep = [i for i, n in enumerate(names) if n and i != t]
        X, y = [], []
        for row in reader:
            if not row:
                continue
            if len(row) != len(names):
                raise ValueError(f"line {reader.line_num}")
            X.append([math.nan if row[i] in MISSING else float(row[i]) for i in keep])
            y.append(row[t])
    return torch.tensor(X), encode_target(y), [names[i] for i in keep]


class CSVDataset(Dataset):
    def __init__(self, path, target):
        self.X, self.y, self.columns = parse_csv(path, target)

    def __len__(self):
        return self.X.numel()

    def __getitem__(self, index):
        return self.X[index], self.y[index]


# %% a table of one column
# parse_csv: makes the target a table of one column
# encode_target: takes a missing target for one more class
# CSVDataset: says "has no attribute 'columns'"
def encode_target(fields):
    try:
        return torch.tensor([int(f) for f in fields])
    except ValueError:
        pass
    try:
        return torch.tensor([float(f) for f in fields])
    except ValueError:
        words = sorted(set(fields))
        return torch.tensor([words.index(f) for f in fields])


def parse_csv(path, target):
    with open(path, newline="", encoding="utf-8-sig") as file:
        reader = csv.reader(file)
        names = next(reader)
        t = names.index(target)
        keep = [i for i, n in enumerate(names) if n and i != t]
        X, y = [], []
        for row in reader:
            if not row:
                continue
            if len(row) != len(names):
                raise ValueError(f"line {reader.line_num}")
            X.append([math.nan if row[i] in MISSING else float(row[i]) for i in keep])
            y.append(row[t])
    return torch.tensor(X), encode_target(y).unsqueeze(1), [names[i] for i in keep]


class CSVDataset(Dataset):
    def __init__(self, path, target):
        self.X, self.y, _ = parse_csv(path, target)

    def __len__(self):
        return len(self.X)

    def __getitem__(self, index):
        return self.X[index], self.y[index]
