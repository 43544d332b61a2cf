"""The loader of the well-known sets of texts: what it reads, what it leaves out, and how it fails."""

from __future__ import annotations

import csv
import gzip
import os
from pathlib import Path
from types import ModuleType

import pytest
import torch

from autograder.course import datasets
from autograder.errors import CourseError

HERE = bool(os.environ.get("GRADUS_DATA")) and Path(os.environ["GRADUS_DATA"], "text").is_dir()
needs_the_sets = pytest.mark.skipif(not HERE, reason="GRADUS_DATA names no folder with the sets of texts")

#: classes, training texts, held-out texts
SIZES = {
    "sms_spam": (2, 4104, 1026), "rt_polarity": (2, 8528, 2132), "trec": (6, 5365, 500),
    "banking77": (77, 9946, 3075), "ag_news": (4, 4999, 7599),
}  # fmt: skip


@pytest.fixture
def texts(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The loader, with nothing remembered from another folder."""
    module = datasets.load("texts")
    monkeypatch.setattr(module, "load", module.load.__wrapped__)
    return module


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The empty folder of texts in an empty GRADUS_DATA."""
    monkeypatch.setenv("GRADUS_DATA", str(tmp_path))
    (tmp_path / "text").mkdir()
    return tmp_path / "text"


def write(path: Path, rows: list[tuple[str, str]], header: tuple[str, ...] = ("label", "text")) -> None:
    """Write a file as the loader wants it."""
    with gzip.open(path, "wt", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([header, *rows])


# -- what is wrong -----------------------------------------------------------------------------------


def test_an_unknown_set_is_named_with_those_that_there_are(texts: ModuleType) -> None:
    """Asking for another set says which there are."""
    with pytest.raises(CourseError, match=r"'imdb'.*sms_spam.*ag_news"):
        texts.load("imdb")


def test_without_the_variable_the_error_names_it(texts: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    """The course ships none of the sets: the message says where it would look."""
    monkeypatch.delenv("GRADUS_DATA", raising=False)
    with pytest.raises(CourseError, match=r"GRADUS_DATA.*text/sms_spam\.csv\.gz"):
        texts.load("sms_spam")


def test_a_missing_file_is_named(texts: ModuleType, folder: Path) -> None:
    """The message holds the path of the file that is not there."""
    with pytest.raises(CourseError, match=r"text/trec_train\.csv\.gz: cannot be read \(No such file"):
        texts.load("trec")


@pytest.mark.parametrize(
    "content", [b"label,text\nham,hello\n", b"", gzip.compress(b"label,text\nham,\xff\xfe\n", mtime=0)]
)
def test_a_file_that_cannot_be_read_is_an_error(texts: ModuleType, folder: Path, content: bytes) -> None:
    """Not gzip, cut off, not UTF-8: one kind of error, which names the file."""
    (folder / "sms_spam.csv.gz").write_bytes(content)
    with pytest.raises(CourseError, match=r"sms_spam\.csv\.gz"):
        texts.load("sms_spam")


@pytest.mark.parametrize(
    ("rows", "header"),
    [([("ham", "hello")], ("text", "label")), ([], ("label", "text")), ([("ham",)], ("label", "text"))],
)
def test_another_table_is_an_error(texts: ModuleType, folder: Path, rows: list, header: tuple[str, ...]) -> None:
    """A wrong header, no rows and ragged rows are refused."""
    write(folder / "sms_spam.csv.gz", rows, header)
    with pytest.raises(CourseError, match="header `label,text`"):
        texts.load("sms_spam")


def test_a_test_part_with_other_classes_is_an_error(texts: ModuleType, folder: Path) -> None:
    """No text can be of a class that training never showed."""
    write(folder / "trec_train.csv.gz", [("NUM", "how many")])
    write(folder / "trec_test.csv.gz", [("LOC", "where")])
    with pytest.raises(CourseError, match="classes"):
        texts.load("trec")


# -- what is left out --------------------------------------------------------------------------------


def test_equal_texts_are_left_out_before_the_split(texts: ModuleType, folder: Path) -> None:
    """Texts with the same words are one text; where their labels differ, none; quotes and line ends are the file's."""
    rows = [("ham", f'he said "text {n}",\nand left') for n in range(20)] + [("spam", f"win {n}") for n in range(10)]
    repeated = [("ham", 'HE SAID: "text 3" and left!'), ("spam", "win 4"), ("ham", "win 5")]
    write(folder / "sms_spam.csv.gz", rows + repeated)
    found = texts.load("sms_spam")
    assert found.names == ("ham", "spam")
    assert (len(found.train_texts), len(found.test_texts)) == (16 + 7, 4 + 2)
    everything = [*found.train_texts, *found.test_texts]
    assert set(everything) == {text for _, text in rows} - {"win 5"}
    labels = torch.cat([found.train_labels, found.test_labels])
    assert [found.names[label] for label in labels] == ["spam" if "win" in text else "ham" for text in everything]


def test_what_the_official_test_part_has_is_taken_out_of_the_training_part(texts: ModuleType, folder: Path) -> None:
    """The test part stays as it is, but for its own repetitions."""
    write(folder / "trec_train.csv.gz", [("NUM", "How many?"), ("LOC", "Where is it?"), ("NUM", "how much")])
    write(folder / "trec_test.csv.gz", [("NUM", "how many"), ("NUM", "How many ?"), ("LOC", "from where")])
    found = texts.load("trec")
    assert found.names == ("LOC", "NUM")
    assert (found.train_texts, found.train_labels.tolist()) == (("Where is it?", "how much"), [0, 1])
    assert (found.test_texts, found.test_labels.tolist()) == (("how many", "from where"), [1, 0])


# -- what goes with them -----------------------------------------------------------------------------


def test_the_yardstick_says_one_class_for_each_held_out_text(texts: ModuleType) -> None:
    """Where one word tells the class, the linear model finds it."""
    torch.manual_seed(0)
    made, labels = texts.toys(100, "bag")
    said = texts.yardstick(texts.Texts(("good", "bad"), tuple(made[:80]), labels[:80], tuple(made[80:]), labels[80:]))
    assert said.dtype == torch.int64
    assert torch.equal(said, labels[80:])


def test_toys_differ_in_one_word_or_in_the_order_of_two(texts: ModuleType) -> None:
    """The classes of one kind have different words, those of the other the same."""
    made, labels = texts.toys(50, "bag")
    assert all(("bad" in text.split()) == bool(label) for text, label in zip(made, labels, strict=True))
    assert all(len(text.split()) == 9 for text in made)
    made, labels = texts.toys(50, "cnn")
    assert all(("but not" in text) == bool(label) for text, label in zip(made, labels, strict=True))
    assert all(len(text.split()) == 6 for text in made)


# -- the sets themselves -----------------------------------------------------------------------------


@needs_the_sets
@pytest.mark.parametrize("name", SIZES)
def test_the_sets_are_as_described(name: str) -> None:
    """Sizes, classes and dtypes; every class in both parts; no text in both, and none twice in one."""
    module = datasets.load("texts")
    found = module.load(name)
    assert (len(found.names), len(found.train_texts), len(found.test_texts)) == SIZES[name]
    for part, labels in ((found.train_texts, found.train_labels), (found.test_texts, found.test_labels)):
        assert labels.dtype == torch.int64
        assert len(part) == len(labels)
        assert sorted(set(labels.tolist())) == list(range(len(found.names)))
    keys = [module.key(text) for text in (*found.train_texts, *found.test_texts)]
    assert len(keys) == len(set(keys))


@needs_the_sets
def test_the_split_does_not_depend_on_the_global_generator() -> None:
    """Loaded again after other random numbers, a set is split in the same way."""
    load = datasets.load("texts").load.__wrapped__
    torch.manual_seed(1)
    one = load("sms_spam")
    torch.manual_seed(2)
    other = load("sms_spam")
    assert (one.train_texts, one.test_texts) == (other.train_texts, other.test_texts)
