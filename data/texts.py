"""Five sets of short texts that the field knows, read from the folder that the environment variable GRADUS_DATA names.

====================  ======================================  =======================  ===============================
name                  what; source                            training + held-out      licence
====================  ======================================  =======================  ===============================
``sms_spam``          text messages, 2 classes; Almeida,      4,104 + 1,026            CC BY 4.0 (UCI, set 228)
                      Gomez Hidalgo, Yamakami (2011)
``rt_polarity``       sentences of film reviews, 2 classes;   8,528 + 2,132            CC BY 4.0 (as NLTK states it)
                      Pang, Lee (2005)
``trec``              questions by what they ask for,         5,365 + 500              none stated
                      6 classes; Li, Roth (2002)
``banking77``         questions to a bank, 77 classes;        9,946 + 3,075            CC BY 4.0
                      Casanueva and others (2020)
``ag_news``           heads of news, 4 classes; a sample of   4,999 + 7,599            research, non-commercial
                      the training part, the whole test
                      part; Gulli; Zhang, Zhao, LeCun (2015)
====================  ======================================  =======================  ===============================

The course ships none of them and downloads none: who may use them puts them into the folder ``text`` of GRADUS_DATA, as
gzipped CSV files (UTF-8, a header ``label,text``) with the names in `FILES`. Of texts with the same words (letters and
digits, case apart) one is kept, or none where their labels differ, before anything is split. The official test part is
the held-out one where there is one, and what stands in it is taken out of the training part; else a fifth of every
class is held out, drawn with a fixed seed.
"""

from __future__ import annotations

import csv
import gzip
import os
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import torch

from autograder.course import datasets
from autograder.errors import CourseError

FOLDER = "text"  #: below GRADUS_DATA
#: the training file and, where there is one, the official test file
FILES = {
    "sms_spam": ("sms_spam.csv.gz",),
    "rt_polarity": ("rt_polarity.csv.gz",),
    "trec": ("trec_train.csv.gz", "trec_test.csv.gz"),
    "banking77": ("banking77_train.csv.gz", "banking77_test.csv.gz"),
    "ag_news": ("ag_news_train5k.csv.gz", "ag_news_test.csv.gz"),
}
_WORD = re.compile(r"[^\W_]+")

Row = tuple[str, str]  #: a text and the name of its class


@dataclass(frozen=True)
class Texts:
    """A set of labelled texts in two parts that share none; the same fields as the docstrings have.

    Args:
        names: the classes in the order of their labels.
        train_texts: as the source has them.
        train_labels: (N,) int64, an index into `names`.
        test_texts: the held-out part.
        test_labels: (M,) int64; the judge keeps them.
    """

    names: tuple[str, ...]
    train_texts: tuple[str, ...]
    train_labels: torch.Tensor
    test_texts: tuple[str, ...]
    test_labels: torch.Tensor


def key(text: str) -> str:
    """The words of a text: equal for texts that differ in case, blanks and punctuation alone."""
    return " ".join(_WORD.findall(text.lower()))


def read(name: str) -> list[Row]:
    """The rows of one file.

    Raises:
        CourseError: GRADUS_DATA is not set, or the file is not there, or no file of this kind.
    """
    given = os.environ.get("GRADUS_DATA")
    if not given:
        raise CourseError(
            f"{name} is not among the course's files: set the environment variable GRADUS_DATA to the folder that "
            f"holds {FOLDER}/{name}"
        )
    path = Path(given) / FOLDER / name
    try:
        with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
            rows = list(csv.reader(file))
    except (OSError, EOFError, UnicodeDecodeError, csv.Error) as error:
        raise CourseError(f"{path}: cannot be read ({getattr(error, 'strerror', None) or error})") from None
    if len(rows) < 2 or rows[0] != ["label", "text"] or any(len(row) != 2 for row in rows):
        raise CourseError(f"{path}: a header `label,text` and rows of two fields were expected")
    return [(text, label) for label, text in rows[1:]]


def unique(rows: list[Row]) -> list[Row]:
    """The first of all rows with the same words, in their order; none where the same words have two labels."""
    labels: dict[str, set[str]] = {}
    first: dict[str, Row] = {}
    for text, label in rows:
        labels.setdefault(key(text), set()).add(label)
        first.setdefault(key(text), (text, label))
    return [row for words, row in first.items() if len(labels[words]) == 1]


def apart(train: list[Row], test: list[Row]) -> list[Row]:
    """The training rows whose words are not those of a test row."""
    taken = {key(text) for text, _ in test}
    return [row for row in train if key(row[0]) not in taken]


@cache
def load(name: str) -> Texts:
    """One of the sets of `FILES`, always in the same order. Every caller gets the same: do not change it.

    Raises:
        CourseError: there is no such set, or its files are not in the folder that GRADUS_DATA names.
    """
    if name not in FILES:
        raise CourseError(f"there is no set of texts {name!r}; there are {', '.join(FILES)}")
    parts = [unique(read(file)) for file in FILES[name]]
    names = tuple(sorted({label for _, label in parts[0]}))
    if len(parts) == 1:
        rows = parts[0]
        train, test = datasets.load("digits").split(torch.tensor([names.index(label) for _, label in rows]))
        parts = [[rows[i] for i in indices.tolist()] for indices in (train, test)]
    elif not {label for _, label in parts[1]} <= {*names}:
        raise CourseError(f"{FILES[name][1]} has classes that {FILES[name][0]} has not")
    parts[0] = apart(parts[0], parts[1])
    (train_texts, train_labels), (test_texts, test_labels) = (
        (tuple(text for text, _ in part), torch.tensor([names.index(label) for _, label in part])) for part in parts
    )
    return Texts(names, train_texts, train_labels, test_texts, test_labels)


def corpus(name: str) -> Texts:
    """One of these sets, or the docstrings, which have the same fields."""
    if name == "docstrings":
        docstrings: Texts = datasets.load("docstrings").load()
        return docstrings
    return load(name)


LEFT_OUT_FROM = 6  #: words: of a text with so many, one is left out


@cache
def disguised(name: str, seed: int) -> Texts:
    """One of these sets as no one knows it: as hard to learn from, and of no use to whoever has its texts and labels.

    Every word is replaced by a made-up one, wherever it stands; of texts that are not short one word is left out; the
    order of the texts and the numbers of the classes are others. All of this is decided by the seed.
    """
    texts, generator = corpus(name), torch.Generator().manual_seed(seed)
    words = sorted({word for text in (*texts.train_texts, *texts.test_texts) for word in key(text).split()})
    made_up = dict(zip(words, torch.randperm(len(words), generator=generator).tolist(), strict=True))
    classes = torch.randperm(len(texts.names), generator=generator)  # new class i is class classes[i]

    def part(texts: tuple[str, ...], labels: torch.Tensor) -> tuple[tuple[str, ...], torch.Tensor]:
        order = torch.randperm(len(texts), generator=generator)
        changed = []
        for text in (texts[i] for i in order.tolist()):
            kept = [f"w{made_up[word]}" for word in key(text).split()]
            if len(kept) >= LEFT_OUT_FROM:
                del kept[int(torch.randint(len(kept), (), generator=generator))]
            changed.append(" ".join(kept))
        return tuple(changed), classes.argsort()[labels[order]]

    names = tuple(texts.names[i] for i in classes.tolist())
    return Texts(names, *part(texts.train_texts, texts.train_labels), *part(texts.test_texts, texts.test_labels))


def toys(count: int, kind: str) -> tuple[list[str], torch.Tensor]:
    """Made-up texts with two classes, (count,) int64 each, drawn from PyTorch's generator.

    Args:
        kind: "bag": nine words, of which "good" or "bad" tells; "own7" stands twice and "rare7" once, in text 7 alone.
            "cnn": six words, of which the order of two neighbours tells, "not" and "but".
    """
    fillers = ["maybe", "then", "here", "often", "still", "once", "there", "again"]
    texts, labels = [], torch.randint(2, (count,))
    for n, label in enumerate(labels.tolist()):
        words = [fillers[i] for i in torch.randint(len(fillers), (4,)).tolist()]
        place = int(torch.randint(5, ()))
        if kind == "bag":
            words[place:place] = [("good", "bad")[label]] * 2
            words += [f"own{n}", f"own{n}", f"rare{n}"]
        else:
            words[place:place] = [("not", "but"), ("but", "not")][label]
        texts.append(" ".join(words))
    return texts, labels


def yardstick(texts: Texts) -> torch.Tensor:
    """What a good linear model says of the held-out texts: logistic regression on TF-IDF vectors of single words.

    Args:
        texts: of `corpus`.

    Returns:
        (M,) int64 labels.
    """
    from sklearn.feature_extraction.text import TfidfVectorizer  # here, because it takes a second
    from sklearn.linear_model import LogisticRegression

    vectorizer = TfidfVectorizer(token_pattern=r"[^\W_]+", sublinear_tf=True)
    model = LogisticRegression(C=10, max_iter=1000)
    model.fit(vectorizer.fit_transform(texts.train_texts), texts.train_labels.numpy())
    return torch.from_numpy(model.predict(vectorizer.transform(texts.test_texts)))
