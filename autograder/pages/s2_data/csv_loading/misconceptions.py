"""Wrong ways to load a CSV file, as students write them."""

import csv
import math

import torch
from torch.utils.data import DataLoader, Subset

from autograder.checking import misconception

#: the solution's own, for mistakes that come after the reading
rightly_parsed = parse_csv


@misconception(
    "reads the line of names as a row of data",
    hint="The first line holds names, not numbers. Take it off the reader, with next(), before the loop begins.",
    dies_by="test_small_file",
)
def parse_csv(path, target):
    def number(text):
        try:
            return float(text)
        except ValueError:
            return math.nan

    with open(path, newline="", encoding="utf-8-sig") as file:
        lines = [fields for fields in csv.reader(file) if fields]
    names = lines[0]
    place = names.index(target)
    kept = [j for j, name in enumerate(names) if name and j != place]
    X = torch.tensor([[number(fields[j]) for j in kept] for fields in lines])
    return X, torch.tensor([number(fields[place]) for fields in lines]), [names[j] for j in kept]


@misconception(
    "leaves the features in float64",
    hint="Python's floats and pandas' are float64, the weights of a network float32. Say dtype=torch.float32.",
    dies_by="test_small_file",
)
def parse_csv(path, target):
    X, y, columns = rightly_parsed(path, target)
    return X.double(), y, columns


@misconception(
    "makes the target a table of one column",
    hint="A loss that subtracts (N, 1) from (N,) broadcasts to (N, N), without a warning. Print y.shape.",
    dies_by="test_small_file",
)
def parse_csv(path, target):
    X, y, columns = rightly_parsed(path, target)
    return X, y.reshape(-1, 1), columns


@misconception(
    "takes the last column for the target, whatever its name",
    hint="The argument `target` is not used. Look for it among the names: where is it?",
    dies_by="test_target_anywhere",
)
def parse_csv(path, target):
    with open(path, newline="", encoding="utf-8-sig") as file:
        reader = csv.reader(file)
        names = next(reader)
        kept = [j for j, name in enumerate(names[:-1]) if name]
        rows, targets = [], []
        for fields in reader:
            if not fields:
                continue
            if len(fields) != len(names):
                raise ValueError(f"line {reader.line_num}: {len(fields)} fields, not {len(names)}")
            rows.append([math.nan if fields[j] in MISSING else float(fields[j]) for j in kept])
            targets.append(fields[-1])
    return torch.tensor(rows, dtype=torch.float32), encode_target(targets), [names[j] for j in kept]


@misconception(
    "takes the row numbers for a feature",
    hint="A first column without a name is the index that pandas has written. In a sorted file it gives the target away: leave it out.",
    dies_by="test_target_anywhere",
)
def parse_csv(path, target):
    with open(path, newline="", encoding="utf-8-sig") as file:
        reader = csv.reader(file)
        names = next(reader)
        place = names.index(target)
        rows, targets = [], []
        for fields in reader:
            if not fields:
                continue
            if len(fields) != len(names):
                raise ValueError(f"line {reader.line_num}: {len(fields)} fields, not {len(names)}")
            targets.append(fields.pop(place))
            rows.append([math.nan if field in MISSING else float(field) for field in fields])
    names.pop(place)
    return torch.tensor(rows, dtype=torch.float32), encode_target(targets), names


@misconception(
    "splits the lines at every comma",
    hint="In \"length, cm\" the comma belongs to the name. The csv module knows about quotes, str.split does not.",
    dies_by="test_quotes",
)
def parse_csv(path, target):
    with open(path, encoding="utf-8-sig") as file:
        lines = file.read().split("\n")
    names = [name.strip('"') for name in lines[0].split(",")]
    place = names.index(target)
    kept = [j for j, name in enumerate(names) if name and j != place]
    rows, targets = [], []
    for number, line in enumerate(lines[1:], 2):
        if not line:
            continue
        fields = [field.strip('"') for field in line.split(",")]
        if len(fields) != len(names):
            raise ValueError(f"line {number}: {len(fields)} fields, not {len(names)}")
        rows.append([math.nan if fields[j] in MISSING else float(fields[j]) for j in kept])
        targets.append(fields[place])
    return torch.tensor(rows, dtype=torch.float32), encode_target(targets), [names[j] for j in kept]


@misconception(
    "reads the byte order mark into the first name",
    hint="Print repr() of the first name: it begins with \\ufeff. There is an encoding that takes the mark off.",
    dies_by="test_marks_and_line_ends",
)
def parse_csv(path, target):
    with open(path, newline="", encoding="utf-8") as file:
        reader = csv.reader(file)
        names = next(reader)
        place = names.index(target)
        kept = [j for j, name in enumerate(names) if name and j != place]
        rows, targets = [], []
        for fields in reader:
            if not fields:
                continue
            if len(fields) != len(names):
                raise ValueError(f"line {reader.line_num}: {len(fields)} fields, not {len(names)}")
            rows.append([math.nan if fields[j] in MISSING else float(fields[j]) for j in kept])
            targets.append(fields[place])
    return torch.tensor(rows, dtype=torch.float32), encode_target(targets), [names[j] for j in kept]


@misconception(
    "takes a blank line for a row with too few fields",
    hint="The reader gives an empty list for a blank line. Pass over it before you count the fields.",
    dies_by="test_marks_and_line_ends",
)
def parse_csv(path, target):
    with open(path, newline="", encoding="utf-8-sig") as file:
        reader = csv.reader(file)
        names = next(reader)
        place = names.index(target)
        kept = [j for j, name in enumerate(names) if name and j != place]
        rows, targets = [], []
        for fields in reader:
            if len(fields) != len(names):
                raise ValueError(f"line {reader.line_num}: {len(fields)} fields, not {len(names)}")
            rows.append([math.nan if fields[j] in MISSING else float(fields[j]) for j in kept])
            targets.append(fields[place])
    return torch.tensor(rows, dtype=torch.float32), encode_target(targets), [names[j] for j in kept]


@misconception(
    "makes a missing value 0",
    hint="0 is a value like any other: a patient of age 0. NaN says that nothing is known, and can still be filled in later.",
    dies_by="test_missing_values",
)
def parse_csv(path, target):
    X, y, columns = rightly_parsed(path, target)
    return X.nan_to_num(0.0), y, columns


@misconception(
    "drops every row that misses a value",
    hint="A row with one gap still knows the other values. Keep it, with NaN in the gap.",
    dies_by="test_missing_values",
)
def parse_csv(path, target):
    X, y, columns = rightly_parsed(path, target)
    whole = ~X.isnan().any(1)
    return X[whole], y[whole], columns


@misconception(
    "passes over ragged lines without a word",
    hint="A line that does not fit means that the file is damaged, perhaps everywhere. Raise an error that says where.",
    dies_by="test_ragged_lines",
)
def parse_csv(path, target):
    with open(path, newline="", encoding="utf-8-sig") as file:
        reader = csv.reader(file)
        names = next(reader)
        place = names.index(target)
        kept = [j for j, name in enumerate(names) if name and j != place]
        whole = [fields for fields in reader if len(fields) == len(names)]
    X = [[math.nan if fields[j] in MISSING else float(fields[j]) for j in kept] for fields in whole]
    y = encode_target([fields[place] for fields in whole])
    return torch.tensor(X, dtype=torch.float32), y, [names[j] for j in kept]


@misconception(
    "counts the rows instead of the lines of the file",
    hint="An editor counts the names and the blank lines too. The csv reader does so for you: line_num.",
    dies_by="test_ragged_lines",
)
def parse_csv(path, target):
    with open(path, newline="", encoding="utf-8-sig") as file:
        reader = csv.reader(file)
        names = next(reader)
        place = names.index(target)
        kept = [j for j, name in enumerate(names) if name and j != place]
        rows, targets = [], []
        for fields in reader:
            if not fields:
                continue
            if len(fields) != len(names):
                raise ValueError(f"line {len(rows) + 1}: {len(fields)} fields, not {len(names)}")
            rows.append([math.nan if fields[j] in MISSING else float(fields[j]) for j in kept])
            targets.append(fields[place])
    return torch.tensor(rows, dtype=torch.float32), encode_target(targets), [names[j] for j in kept]


@misconception(
    "makes NaN of every word it cannot read",
    hint="A word among the numbers is a mistake in the file, or a column that needs a code of its own. Only the texts in MISSING mean that a value is missing.",
    dies_by="test_unreadable",
)
def parse_csv(path, target):
    def number(text):
        try:
            return float(text)
        except ValueError:
            return math.nan

    with open(path, newline="", encoding="utf-8-sig") as file:
        reader = csv.reader(file)
        names = next(reader)
        place = names.index(target)
        kept = [j for j, name in enumerate(names) if name and j != place]
        rows, targets = [], []
        for fields in reader:
            if not fields:
                continue
            if len(fields) != len(names):
                raise ValueError(f"line {reader.line_num}: {len(fields)} fields, not {len(names)}")
            rows.append([number(fields[j]) for j in kept])
            targets.append(fields[place])
    return torch.tensor(rows, dtype=torch.float32), encode_target(targets), [names[j] for j in kept]


@misconception(
    "makes class labels float32",
    hint="The cross-entropy loss looks a label up like an index: it must be int64. Try int() on every field before float().",
    dies_by="test_targets",
)
def encode_target(fields):
    if set(fields) & set(MISSING):
        raise ValueError("missing")
    try:
        return torch.tensor([float(field) for field in fields])
    except ValueError:
        words = sorted(set(fields))
        return torch.tensor([words.index(field) for field in fields])


@misconception(
    "numbers the words as they come",
    hint="Then the same word gets another number in another file. Sort the different words first.",
    dies_by="test_targets",
)
def encode_target(fields):
    if set(fields) & set(MISSING):
        raise ValueError("missing")
    for number, dtype in ((int, torch.int64), (float, torch.float32)):
        try:
            return torch.tensor([number(field) for field in fields], dtype=dtype)
        except ValueError:
            continue
    words = list(dict.fromkeys(fields))
    return torch.tensor([words.index(field) for field in fields])


@misconception(
    "takes a missing target for one more class",
    hint="An empty field or NA is no answer that could be learnt. Look for the texts in MISSING first, and refuse them.",
    dies_by="test_targets",
)
def encode_target(fields):
    for number, dtype in ((int, torch.int64), (float, torch.float32)):
        try:
            return torch.tensor([number(field) for field in fields], dtype=dtype)
        except ValueError:
            continue
    words = sorted(set(fields))
    return torch.tensor([words.index(field) for field in fields])


@misconception(
    "opens the file again for every example",
    hint="A training of ten epochs would read the file ten times as often as it has rows. Keep X and y on self.",
    dies_by="test_dataset",
)
class CSVDataset(CSVDataset):
    def __init__(self, path, target):
        self.path, self.target = path, target
        X, _, self.columns = parse_csv(path, target)
        self.length = len(X)

    def __len__(self):
        return self.length

    def __getitem__(self, index):
        X, y, _ = parse_csv(self.path, self.target)
        return X[index], y[index]


@misconception(
    "gives y as a tensor of one entry",
    hint="A DataLoader stacks B targets of shape (1,) into (B, 1), and the loss broadcasts. Index y with a number, not with a slice.",
    dies_by="test_dataset",
)
class CSVDataset(CSVDataset):
    def __getitem__(self, index):
        if index >= len(self):
            raise IndexError(index)
        return self.X[index], self.y[index : index + 1]


@misconception(
    "drops the last, smaller batch",
    hint="drop_last=True leaves out some rows in every epoch, and of the held-out rows always the same ones.",
    dies_by="test_batches",
)
def csv_loaders(path, batch_size, seed=0, target="target"):
    data = CSVDataset(path, target)
    generator = torch.Generator().manual_seed(seed)
    order = torch.randperm(len(data), generator=generator).tolist()
    count = round(HELD_OUT * len(data))
    train, held_out = Subset(data, order[count:]), Subset(data, order[:count])
    shuffled = DataLoader(train, batch_size, shuffle=True, generator=generator, drop_last=True)
    return shuffled, DataLoader(held_out, batch_size, drop_last=True)


@misconception(
    "trains on the held-out rows too",
    hint="A row that has been trained on says nothing about new ones. Make the training loader from the other rows alone.",
    dies_by="test_batches",
)
def csv_loaders(path, batch_size, seed=0, target="target"):
    data = CSVDataset(path, target)
    generator = torch.Generator().manual_seed(seed)
    order = torch.randperm(len(data), generator=generator).tolist()
    count = round(HELD_OUT * len(data))
    held_out = Subset(data, order[:count])
    return DataLoader(data, batch_size, shuffle=True, generator=generator), DataLoader(held_out, batch_size)


@misconception(
    "deals out the training rows in the same order in every epoch",
    hint="The rows were shuffled once, before the loader was made. shuffle=True draws a new order whenever an epoch begins.",
    dies_by="test_order",
)
def csv_loaders(path, batch_size, seed=0, target="target"):
    data = CSVDataset(path, target)
    order = torch.randperm(len(data), generator=torch.Generator().manual_seed(seed)).tolist()
    count = round(HELD_OUT * len(data))
    train, held_out = Subset(data, order[count:]), Subset(data, order[:count])
    return DataLoader(train, batch_size), DataLoader(held_out, batch_size)


@misconception(
    "takes 42 for the seed 0",
    hint="`seed or 42` is 42 where seed is 0, because 0 counts as false. 0 is a seed like any other.",
    dies_by="test_order",
)
def csv_loaders(path, batch_size, seed=0, target="target"):
    data = CSVDataset(path, target)
    generator = torch.Generator().manual_seed(seed or 42)
    order = torch.randperm(len(data), generator=generator).tolist()
    count = round(HELD_OUT * len(data))
    train, held_out = Subset(data, order[count:]), Subset(data, order[:count])
    return DataLoader(train, batch_size, shuffle=True, generator=generator), DataLoader(held_out, batch_size)


@misconception(
    "cuts the held-out rows off at the end of the file",
    hint="In a file that is sorted by class, the last fifth is one class alone. Draw the rows at random first.",
    dies_by="test_order",
)
def csv_loaders(path, batch_size, seed=0, target="target"):
    data = CSVDataset(path, target)
    generator = torch.Generator().manual_seed(seed)
    count = len(data) - round(HELD_OUT * len(data))
    train, held_out = Subset(data, range(count)), Subset(data, range(count, len(data)))
    return DataLoader(train, batch_size, shuffle=True, generator=generator), DataLoader(held_out, batch_size)


@misconception(
    "lets what is drawn or read meanwhile change the order of the training rows",
    hint="What changes your order between two calls: a draw from PyTorch's global generator, or one that reading the held-out rows makes? Give the training rows a torch.Generator of their own.",
    dies_by="test_order",
)
def csv_loaders(path, batch_size, seed=0, target="target"):
    torch.manual_seed(seed)
    data = CSVDataset(path, target)
    order = torch.randperm(len(data)).tolist()
    count = round(HELD_OUT * len(data))
    train, held_out = Subset(data, order[count:]), Subset(data, order[:count])
    return DataLoader(train, batch_size, shuffle=True), DataLoader(held_out, batch_size)


@misconception(
    "counts a field with blanks around it as the same word",
    hint="' cat' and 'cat' are two different texts. Where in your code do the blanks, or the upper-case letters, get lost?",
    dies_by="test_targets",
)
def encode_target(fields: list[str]) -> torch.Tensor:
    if not set(fields).isdisjoint(MISSING):
        raise ValueError("a row has no target")
    for number, dtype in ((int, torch.int64), (float, torch.float32)):
        try:
            return torch.tensor([number(field) for field in fields], dtype=dtype)
        except ValueError:
            continue
    fields = [field.strip() for field in fields]
    words = sorted(set(fields))
    return torch.tensor([words.index(field) for field in fields])


@misconception(
    "numbers words without regard to upper and lower case",
    hint="Python sorts 'Emu' before 'ant', and 'Cat' is another word than 'cat'. What do you give to sorted?",
    dies_by="test_targets",
)
def encode_target(fields: list[str]) -> torch.Tensor:
    if not set(fields).isdisjoint(MISSING):
        raise ValueError("a row has no target")
    for number, dtype in ((int, torch.int64), (float, torch.float32)):
        try:
            return torch.tensor([number(field) for field in fields], dtype=dtype)
        except ValueError:
            continue
    fields = [field.lower() for field in fields]
    words = sorted(set(fields))
    return torch.tensor([words.index(field) for field in fields])


@misconception(
    "skips a row of empty fields like a line without any character",
    hint="A line of commas has characters: it is a row whose fields are all missing, its target too. Which lines may be skipped?",
    dies_by="test_unreadable",
)
def parse_csv(path: str, target: str) -> tuple[torch.Tensor, torch.Tensor, list[str]]:
    with open(path, newline="", encoding="utf-8-sig") as file:
        reader = csv.reader(file)
        names = next(reader)
        place = names.index(target)
        kept = [j for j, name in enumerate(names) if name and j != place]
        rows, targets = [], []
        for fields in reader:
            if not any(fields):
                continue
            if len(fields) != len(names):
                raise ValueError(f"line {reader.line_num}: {len(fields)} fields, not {len(names)}")
            rows.append([math.nan if fields[j] in MISSING else float(fields[j]) for j in kept])
            targets.append(fields[place])
    return torch.tensor(rows, dtype=torch.float32), encode_target(targets), [names[j] for j in kept]


@misconception(
    "strips the blanks from the columns' names",
    hint="A name stands as it is in the file, blanks included: a caller asks for a column by that name.",
    dies_by="test_target_anywhere",
)
def parse_csv(path: str, target: str) -> tuple[torch.Tensor, torch.Tensor, list[str]]:
    with open(path, newline="", encoding="utf-8-sig") as file:
        reader = csv.reader(file)
        names = [name.strip() for name in next(reader)]
        place = names.index(target)
        kept = [j for j, name in enumerate(names) if name and j != place]
        rows, targets = [], []
        for fields in reader:
            if not fields:
                continue
            if len(fields) != len(names):
                raise ValueError(f"line {reader.line_num}: {len(fields)} fields, not {len(names)}")
            rows.append([math.nan if fields[j] in MISSING else float(fields[j]) for j in kept])
            targets.append(fields[place])
    return torch.tensor(rows, dtype=torch.float32), encode_target(targets), [names[j] for j in kept]


@misconception(
    "gives numbers in float64",
    hint="NumPy makes float64 of texts. The docstring asks for float32: dtype=torch.float32.",
    dies_by="test_targets",
)
def encode_target(fields):
    if not set(fields).isdisjoint(MISSING):
        raise ValueError("a row has no target")
    for number, dtype in ((int, torch.int64), (float, torch.float64)):
        try:
            return torch.tensor([number(field) for field in fields], dtype=dtype)
        except ValueError:
            continue
    words = sorted(set(fields))
    return torch.tensor([words.index(field) for field in fields])


@misconception(
    "counts the words from 1",
    hint="Labels are indices: the first word in the sorted list has the place 0.",
    dies_by="test_targets",
)
def encode_target(fields):
    if not set(fields).isdisjoint(MISSING):
        raise ValueError("a row has no target")
    for number, dtype in ((int, torch.int64), (float, torch.float32)):
        try:
            return torch.tensor([number(field) for field in fields], dtype=dtype)
        except ValueError:
            continue
    words = sorted(set(fields))
    return torch.tensor([words.index(field) + 1 for field in fields])


@misconception(
    "gives y as a Python number",
    hint="The docstring asks for a tensor of shape (). .item() makes a Python number of it.",
    dies_by="test_dataset",
)
class CSVDataset(CSVDataset):
    def __getitem__(self, index):
        return self.X[index], self.y[index].item()


@misconception(
    "gives the whole table as its length",
    hint="numel counts entries. len is the number of rows, len(self.y).",
    dies_by="test_dataset",
)
class CSVDataset(CSVDataset):
    def __len__(self):
        return self.X.numel()


@misconception(
    "ends a line at a form feed or at Unicode's line separator",
    hint="str.splitlines() knows more ends of a line than LF and CRLF. Open the file and let csv.reader find the lines.",
    dies_by="test_marks_and_line_ends",
)
def parse_csv(path, target):
    with open(path, newline="", encoding="utf-8-sig") as file:
        reader = csv.reader(file.read().splitlines())
    names = next(reader)
    place = names.index(target)
    kept = [j for j, name in enumerate(names) if name and j != place]
    rows, targets = [], []
    for fields in reader:
        if not fields:
            continue
        if len(fields) != len(names):
            raise ValueError(f"line {reader.line_num}: {len(fields)} fields, not {len(names)}")
        rows.append([math.nan if fields[j] in MISSING else float(fields[j]) for j in kept])
        targets.append(fields[place])
    return torch.tensor(rows, dtype=torch.float32), encode_target(targets), [names[j] for j in kept]
