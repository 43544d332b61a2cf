"""What a CSV reader must do. Every file is a private copy, read-only where the sandbox can make it so.

The files are small texts with the answers written out beside them; then come tables that scikit-learn carries.
"""

import csv
import re
from contextlib import contextmanager

import torch

from autograder.checking import (
    CheckFailure,
    RemoteError,
    RemoteException,
    assert_drawn,
    assert_left_alone,
    assert_same,
    datasets,
    points,
    raises,
    require,
)

LONG = 160  #: characters of a file that are shown


# -- files --------------------------------------------------------------------------------------------


def put(student, path: str, text: str) -> None:
    """Give the student a file with this text, which may be read only."""
    student.write(path, text.encode(), read_only=True)


@contextmanager
def showing(student, path: str, text: str):
    """Give the student a file, show it with whatever goes wrong inside, and see that it stays as it was."""
    put(student, path, text)
    shown = repr(text if len(text) <= LONG else text[:LONG] + " ...")
    try:
        yield
    except CheckFailure as failure:
        failure.notes.append(("the file", shown))
        raise
    except RemoteError as error:
        said = error.error
        error.error = RemoteException(said.type_name, said.mro, f"{said.text}; the file: {shown}")
        raise
    require(student.read(path) == text.encode(), f"{path} is not what it was before the call: only read it")


def assert_parsed(student, text: str, target: str, rows: list, y: torch.Tensor, columns: list[str]) -> None:
    """parse_csv finds these features, this target and these names in a file with this text."""
    with showing(student, "table.csv", text):
        answer = student.parse_csv("table.csv", target)
        three = isinstance(answer, (tuple, list)) and len(answer) == 3
        require(three, "three things were expected: X, y and the names of the columns", answer)
        names = answer[2]
        require(isinstance(names, (list, tuple)), "the names of the columns must be a list of texts", names)
        assert_same(list(names), columns, about="columns")
        assert_same(answer[0], torch.as_tensor(rows).float().reshape(len(rows), len(columns)), atol=0, about="X")
        assert_same(answer[1], y, about="y")


def labels(*values: int) -> torch.Tensor:
    """(N,) int64."""
    return torch.tensor(values)


def numbers(*values: float) -> torch.Tensor:
    """(N,) float32."""
    return torch.tensor(values, dtype=torch.float32)


NAN = float("nan")


# -- parse_csv ----------------------------------------------------------------------------------------


@points(1)
def test_small_file(student):
    """the features are (N, D) float32, the target is (N,), the names are those of the features"""
    text = "length,width,kind\n1.5,2,0\n0.25,-4,1\n3e2,6,1\n"
    assert_parsed(student, text, "kind", [[1.5, 2], [0.25, -4], [300, 6]], labels(0, 1, 1), ["length", "width"])
    assert_parsed(student, "x,y\n2,0.5\n", "y", [[2]], numbers(0.5), ["x"])
    assert_parsed(student, "x,y\n0.123456789,1\n", "y", [[0.123456789]], labels(1), ["x"])


@points(1)
def test_target_anywhere(student):
    """the target may be any column, and a column without a name is no feature"""
    text = "a,kind,b\n1,7,3\n4,8,6\n"
    assert_parsed(student, text, "kind", [[1, 3], [4, 6]], labels(7, 8), ["a", "b"])
    assert_parsed(student, text, "a", [[7, 3], [8, 6]], labels(1, 4), ["kind", "b"])
    assert_parsed(student, ",a,kind\n0,5,1\n1,6,0\n", "kind", [[5], [6]], labels(1, 0), ["a"])
    assert_parsed(student, "a,,kind,\n5,x,1,2\n6,y,0,3\n", "kind", [[5], [6]], labels(1, 0), ["a"])
    text = "index,Kind,kind, id \n1,2,3,4\n5,6,7,8\n"
    assert_parsed(student, text, "kind", [[1, 2, 4], [5, 6, 8]], labels(3, 7), ["index", "Kind", " id "])


@points(1)
def test_quotes(student):
    """a field in quotes may hold commas and doubled quotes, among the names and among the values"""
    text = 'width,"length, cm",kind\n1,2,"cat, black"\n3,"4","cat ""Tom"""\n5,6,"cat, black"\n'
    X = [[1, 2], [3, 4], [5, 6]]
    assert_parsed(student, text, "kind", X, labels(1, 0, 1), ["width", "length, cm"])
    text = '"kind","the ""size""","""""",two\n"2.5","3",4,5\n'
    assert_parsed(student, text, "kind", [[3, 4, 5]], numbers(2.5), ['the "size"', '""', "two"])


@points(2)
def test_marks_and_line_ends(student):
    """a byte order mark is no part of the first name; lines end in LF or CRLF; blank lines do not count"""
    assert_parsed(student, "\ufeffa,größe\n1,2\n", "größe", [[1]], labels(2), ["a"])
    assert_parsed(student, "a,kind\r\n1,2\r\n3,4", "kind", [[1], [3]], labels(2, 4), ["a"])
    assert_parsed(student, "a,kind\n1,2\n\n3,4\n\n\n", "kind", [[1], [3]], labels(2, 4), ["a"])
    kinds = "a,kind\n1,b\u2028c\n2,b\x0c\n"  # a form feed ends no line, nor does what Unicode calls a line separator
    assert_parsed(student, kinds, "kind", [[1], [2]], labels(1, 0), ["a"])
    assert_parsed(student, "\ufeffkind,a\r\n\r\n1,2\r\n", "kind", [[2]], labels(1), ["a"])


@points(1)
def test_missing_values(student):
    """an empty field, NA, NaN and ? are NaN among the features, and their rows are kept"""
    text = "a,b,kind\n,1,0\nNA,2,1\n3,?,0\nNaN,4,1\n5,6,0\n"
    X = [[NAN, 1], [NAN, 2], [3, NAN], [NAN, 4], [5, 6]]
    assert_parsed(student, text, "kind", X, labels(0, 1, 0, 1, 0), ["a", "b"])
    # a column or a row without a known value is one too, and small numbers are numbers
    X = [[NAN, 1.25e-7], [NAN, 3e20], [NAN, NAN]]
    assert_parsed(student, "a,b,kind\n,1.25e-7,0\n?,3e20,1\nNA,,2\n", "kind", X, labels(0, 1, 2), ["a", "b"])


def refused(student, text: str, line: int = 0) -> None:
    """parse_csv raises a ValueError for a file; it names the line, if there is one. Its words are free."""
    with showing(student, "wrong.csv", text):
        found = ""
        with raises(ValueError):
            try:
                student.parse_csv("wrong.csv", "kind")
            except RemoteError as error:
                found = error.error.text.replace("wrong.csv", "")
                raise
        if line:
            named = re.search(rf"(?<![\d.]){line}(?![\d]|\.\d)", found) is not None
            student.calls[-1].outcome = ("error", "ValueError", f"names line {line}: {named}")
            require(
                named, f"the message of the ValueError does not name line {line}, where the fields do not fit: {found}"
            )


@points(2)
def test_ragged_lines(student):
    """a line with too many or too few fields is a ValueError that names the line in the file"""
    refused(student, "a,b,kind\n1.5,2,0\n\n3,4,1\n\n2.5,5,0\n1,0\n3,0,1\n", 7)
    refused(student, "a,b,kind\n1.5,2,0\n3,4,1\n2.5,5,0\n\n1,0,1\n3,2,2,1\n", 7)
    refused(student, "a,b,kind\n1.5,2,0\n \n3,4,1\n", 3)  # a blank is a character, so this line is no empty one


@points(1)
def test_unreadable(student):
    """a target that is no column or has gaps, and a word among the numbers, are ValueErrors"""
    for text in ("a,sort\n1,2\n", "a,Kind\n1,2\n", "a,kind\n1,2\nlong,3\n", "a,kind\n1,2\nno,3\n"):
        refused(student, text)
    for text in ("a,kind\n1,2\n3,\n", "a,kind\n1,2\n,\n", "a,kind\n1,?\n3,2\n"):
        refused(student, text)


# -- the target ---------------------------------------------------------------------------------------


@points(1)
def test_targets(student):
    """whole numbers are int64 labels, other numbers float32, words are numbered in sorted order, gaps are refused"""
    for fields, expected in (
        (["3", "1", "-1", "3"], labels(3, 1, -1, 3)),
        (["2", "0.5", "1e3"], numbers(2, 0.5, 1000)),
        (["dog", "cat", "emu", "cat"], labels(1, 0, 2, 0)),
        (["10", "9", "none"], labels(0, 1, 2)),
        (["-7", "3000000000", "16777217"], labels(-7, 3000000000, 16777217)),
        (["7", "9", "8"], labels(7, 9, 8)),
        (["+3", "1", "+12"], labels(3, 1, 12)),
        (["-0.5", "1"], numbers(-0.5, 1)),
        (["+.5", "-1.", "7"], numbers(0.5, -1, 7)),
        (["3.0", "1.0"], numbers(3, 1)),
        (["1e-3", "2.5E4", "7"], numbers(0.001, 25000, 7)),
        (["cat", "ant", "Emu"], labels(2, 1, 0)),
        (["--3", "7", "+-1"], labels(1, 2, 0)),
        (["cat", "Cat", " cat", "na", "cat"], labels(2, 1, 0, 3, 2)),
    ):
        assert_same(student.encode_target(fields), expected)
        assert_left_alone(student)
    for fields in (["cat", "", "dog"], ["1", "NaN"], ["NA", "1"], ["0.5", "?"], ["?", "cat"], [*"abcdefgh", "?"]):
        with raises(ValueError):
            student.encode_target(fields)


@points(1)
def test_real_tables(student):
    """the wines, the irises and the diabetes patients are read as they are, in three styles of writing"""
    tables = datasets.load("tables")
    for name, place, style in (
        ("wine", 0, {}),
        ("iris", 2, {"named": True, "quoting": csv.QUOTE_ALL, "lineterminator": "\r\n"}),
        ("diabetes", 10, {"quoting": csv.QUOTE_NONNUMERIC}),
    ):
        table = tables.load(name)
        y = table.y if table.classes else table.y.float()
        assert_parsed(student, tables.as_csv(table, "goal", place, **style), "goal", table.X, y, list(table.columns))


# -- the dataset --------------------------------------------------------------------------------------


@points(2)
def test_dataset(student):
    """len counts the rows, [i] gives x (D,) and y (), past the end is an IndexError, and the file is read just once"""
    text = "a,kind,b\n1,2,3\n4,5,6\n\n7,8,NA\n"
    with showing(student, "data.csv", text):
        data = student.CSVDataset("data.csv", "kind")
        require(len(data) == 3, "the dataset must have 3 examples")
        assert_same(list(data.columns), ["a", "b"], about="columns")
    put(student, "data.csv", "a,kind,b\n1,0,1\n1,0,1\n1,0,1\n")
    for index, x, y in ((1, [4, 6], 5), (2, [7, NAN], 8), (0, [1, 3], 2)):
        example = data[index]
        pair = isinstance(example, (tuple, list)) and len(example) == 2
        require(pair, "a pair (x, y) was expected", example)
        for part, expected, what in ((example[0], numbers(*x), "x"), (example[1], torch.tensor(y), "y")):
            assert_same(part, expected, about=f"{what} of example {index}, after the file was replaced by another")
    for index in (3, 5):
        with raises(IndexError):
            data[index]
    with showing(student, "other.csv", "c,kind\n9,0.5\n"):
        other = student.CSVDataset("other.csv", "kind")
    for dataset, index, x, y in ((other, 0, [9], 0.5), (data, 2, [7, NAN], 8), (data, 1, [4, 6], 5)):
        assert_same(dataset[index][0], numbers(*x), about="x, where two datasets of two files live together")
        assert_same(dataset[index][1], torch.tensor(y), about="y, where two datasets of two files live together")
    with raises(IndexError):
        other[1]
    with showing(student, "large.csv", "c,kind\n1,1099511627777\n2,-5\n"):
        large = student.CSVDataset("large.csv", "kind")
    assert_same(large[0][1], torch.tensor(2**40 + 1), about="a label of 1099511627777")
    assert_same(list(other.columns), ["c"], about="columns")
    require(len(data) == 3, "the first dataset must still have 3 examples when there is a second one")
    require(list(data.columns) == ["a", "b"], "the first dataset must keep its columns when there is a second one")


# -- the loaders --------------------------------------------------------------------------------------


def two_epochs_of(make, path, batch_size, options, noise):
    """Runs where the loaders live: for each of the two, the batches of two epochs.

    With noise, random numbers are drawn, held-out rows read and loaders of another seed made and read in between.
    """
    found, loaders = [], list(make(path, batch_size, **options))
    for loader in loaders:
        found.append([])
        for _ in range(2):
            if noise:
                torch.rand(noise)
                for between in (loaders[1], *make(path, batch_size, **{**options, "seed": 77})):
                    list(between)
            found[-1].append([[x, y] for x, y in loader])
    return found


def dealt(student, rows: int, batch_size: int, seed: int | None, noise: int = 0, target: str = "goal"):
    """What the loaders give for a table of this many rows whose row i is i and i squared, with the target 3 i.

    Without a seed it is left out, as the target is where it has its documented name.
    """
    options = {"seed": seed, "target": target}
    options = {name: value for name, value in options.items() if value not in (None, "target")}
    text = f"i,{target},square\n" + "".join(f"{i},{3 * i},{i * i}\n" for i in range(rows))
    with showing(student, "rows.csv", text):
        make = student.csv_loaders
        found = student.prop(two_epochs_of)(make, "rows.csv", batch_size=batch_size, options=options, noise=noise)
    require(len(found) == 2, "two loaders were expected: training and held-out rows")
    return found


def order(epoch) -> list[int]:
    """The numbers of the rows of an epoch."""
    return [int(i) for x, _ in epoch for i in x[:, 0].tolist()]


def sound(student, found, rows: int, batch_size: int) -> None:
    """Batches of the right shapes that hold every row once; the record keeps what was found out."""
    call = student.calls[-1]
    batches = [batch for loader in found for epoch in loader for batch in epoch]
    tensors = all(isinstance(part, torch.Tensor) for batch in batches for part in batch)
    require(tensors, "a batch must be two tensors, x and y", batches[:1])
    shapes = [[(tuple(x.shape), tuple(y.shape)) for x, y in loader[0]] for loader in found]
    count = round(rows / 5)
    sizes = [[min(batch_size, n - start) for start in range(0, n, batch_size)] for n in (rows - count, count)]
    expected = [[((size, 2), (size,)) for size in part] for part in sizes]
    facts = {"shapes": shapes, "dtypes": sorted({f"{x.dtype}, {y.dtype}" for x, y in batches})}
    call.outcome = ("value", facts, False)
    for part, theirs, ours in zip(("training", "held-out"), shapes, expected, strict=True):
        if theirs != ours:
            raise CheckFailure(
                f"of {rows} rows in batches of {batch_size}, the {part} loader gives batches of the shapes (x, y) {theirs}, not {ours}"
            )
    wanted = [f"{torch.float32}, {torch.int64}"]
    require(facts["dtypes"] == wanted, "x must be float32 and the whole-number target int64", facts["dtypes"])
    epochs = [sorted(order(train) + order(held_out)) for train, held_out in zip(*found, strict=True)]
    facts["complete"] = all(epoch == list(range(rows)) for epoch in epochs)
    facts["paired"] = all(bool((y == 3 * x[:, 0]).all() and (x[:, 1] == x[:, 0] ** 2).all()) for x, y in batches)
    require(facts["complete"], "in every epoch each row must be in one of the two loaders, once")
    require(facts["paired"], "some rows have lost their own target on the way")


@points(1)
def test_batches(student):
    """a fifth of the rows is held out, every row comes once an epoch with its target, and no batch is lost"""
    for rows, batch_size, seed in ((13, 4, 0), (6, 2, 1), (132, 16, 2), (3, 2, 4)):
        found = dealt(student, rows, batch_size, seed)
        sound(student, found, rows, batch_size)


def held_out_by(make, path, seeds):
    """Runs where the loaders live: the first feature of the rows that each of these seeds holds out."""
    return [[int(i) for x, _ in make(path, 50, seed=seed)[1] for i in x[:, 0]] for seed in seeds]


@points(2)
def test_order(student):
    """training rows are shuffled anew in every epoch, held-out rows are drawn but not shuffled; the seed decides both"""
    rows = 40
    facts, runs, calls = {}, [], []
    cases = [(5, 0, "goal"), (5, 3, "goal"), (6, 0, "goal"), (None, 2, "target"), (0, 0, "goal")]
    cases += [(seed, 0, "goal") for seed in (1, 42, 1234)]  # those that often stand in for another one
    for seed, noise, target in cases:
        found = dealt(student, rows, 8, seed, noise, target)
        runs.append([[order(epoch) for epoch in loader] for loader in found])
        calls.append(student.calls[-1])
        student.calls[-1].outcome = ("value", facts, False)  # all of them keep what is found out in the end
    (train, held_out), again, other, left_out, zero, *others = runs
    facts["shuffled"] = train[0] != train[1]
    facts["steady"] = held_out[0] == held_out[1]
    facts["drawn"] = sorted(held_out[0]) != sorted(other[1][0])
    facts["zero counts"] = all(sorted(zero[1][0]) != sorted(one[1][0]) for one in others)
    facts["default"] = left_out == zero
    facts["repeats"] = [[train, held_out][which] == again[which] for which in (0, 1)]
    for fact, fault in (
        ("shuffled", f"the training rows come in the same order in both epochs: {train[0]}"),
        ("steady", f"the held-out rows come in another order in the second epoch: {held_out}"),
        ("drawn", f"seeds 5 and 6 hold out the same rows, {held_out[0]}, where they should be drawn"),
    ):
        require(facts[fact], fault)
    fault = f"seed 0 holds out the same rows as 1, 42 or 1234, {zero[1][0]}: it is a seed like any other"
    require(facts["zero counts"], fault)
    make = student.csv_loaders
    put(student, "drawn.csv", "i,target\n" + "".join(f"{i},{i}\n" for i in range(15)))
    drawn = student.prop(held_out_by)(make, "drawn.csv", torch.randint(10**6, (40,)).tolist())
    student.calls[-1].outcome = ("value", facts, False)
    assert_drawn(student, [sorted(part) for part in drawn], ())
    put(student, "drawn.csv", "i,target\n" + "".join(f"{i},{i}\n" for i in range(90)))
    seeds = [5 + step for step in (0, 100, 1000, 10**4, 2**8, 2**16)]
    drawn = student.prop(held_out_by)(make, "drawn.csv", seeds)
    facts["different"] = len({tuple(sorted(part)) for part in drawn})
    student.calls[-1].outcome = ("value", facts, False)
    require(facts["different"] == len(seeds), f"of the seeds {seeds} two hold out the same rows")
    for which, what in ((1, "hold out the same rows"), (0, "deal out the training rows in the same order")):
        if not facts["repeats"][which]:
            fault = f"two calls with seed=5 do not {what} when other random numbers are drawn meanwhile"
            raise CheckFailure(fault, record=calls[1])
    require(facts["default"], "with `seed` and `target` left out it does not deal as with seed=0 and target='target'")
