"""A text corpus that every student already has: what the docstrings of installed libraries say, labelled by library.

Source: the first paragraphs of the docstrings of eight libraries that the course depends on, read with ``ast`` from
their installed files and never by import; none of them can be seen from a worker of a page that grades on the corpus.
Licences: those of the libraries (BSD, MIT, PSF and the like); the course ships none of the text. Shape: about 12,000
unique texts of five words and more, eight classes; how many depends on the installed versions, and so do the texts.
Nothing is downloaded.

What would give a text away is taken out: markup, and every word or dotted path that holds a library's name. Of texts
that are equal but for case and punctuation one is left, or none where two libraries have them; texts that nearly say
the same (cosine of their TF-IDF vectors above 0.9) are all training texts or all held out. Logistic regression on
TF-IDF vectors is right about 81 % of the held-out ones.
"""

from __future__ import annotations

import ast
import hashlib
import importlib.metadata as metadata
import itertools
import json
import os
import re
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import torch

from autograder.course import datasets
from autograder.errors import CourseError

#: the classes, by the name of the distribution; with the words that would give each away
LIBRARIES = {
    "scikit-learn": ("sklearn", "scikit", "sk-learn"),
    "scipy": ("scipy",),
    "matplotlib": ("matplotlib", "mpl", "pyplot", "pylab"),
    "networkx": ("networkx",),
    "fonttools": ("fonttools", "ttlib"),
    "prompt_toolkit": ("prompt_toolkit", "prompt-toolkit", "prompt toolkit", "ptk"),
    "pygments": ("pygments",),
    "pytest": ("pytest", "py.test"),
}
CAP = 2000  #: texts of one class
HELD_OUT = 0.2  #: of every class
ALIKE = 0.9  #: texts with a larger cosine stay in one part
SHORTEST = 5  #: words
FORMAT = 1  #: of the cached file; a new number for a new way to clean

_TESTS = re.compile(r"(^|/)(tests?|testing|_?conftest\.py|test_[^/]*|[^/]*_test\.py)(/|$)")
_NAMED = "|".join(re.escape(word) for words in LIBRARIES.values() for word in words)
#: what is not prose, or hides it, and what is left of it
_CLEANING = tuple(
    (re.compile(pattern, flags), left)
    for pattern, flags, left in (
        (r"https?://\S+", 0, " "),
        (r":[\w:+.-]+:`~?(?:[\w.]*\.)?([^`]*)`", 0, r"`\1`"),  # a role, such as :class:`~a.path.to.Axes`
        (r"`([^`<]*?)\s*<[^`>]*>`_*", 0, r"\1"),  # a link with a label
        (r"[`*|]+([^`*|\n]*)[`*|]+_*", 0, r"\1"),  # code, emphasis, substitution
        (r"\[\w+\]_|\b([A-Za-z][A-Za-z0-9]*)_(?=[\s.,;:]|$)", 0, r"\1"),  # a footnote, a reference
        (rf"(?:\w+\.)*[\w-]*(?:{_NAMED})[\w-]*(?:\.\w+)*(?:'s\b)?", re.I, " "),
        (r"[<>\\$`|{}~]+", 0, " "),
        (r"\(\s*\)", 0, ""),  # of a call
        (r"\s+", 0, " "),
        (r" (?=[,.;:!?)])", 0, ""),
        (r"::+", 0, ":"),
    )
)
_WORD = re.compile(r"[^\W\d_]+")
_UNDERLINE = re.compile(r"\s*([=\-~^*\"'`#+_])\1{2,}\s*$")
_NO_PROSE = re.compile(r"\s*(:[\w ,*]+:(?!`)|@\w|>>>|\.\. |[-*+] )")


@dataclass(frozen=True)
class Docstrings:
    """What libraries say about themselves, split once for every set of installed versions.

    Args:
        names: the classes in the order of their labels.
        train_texts: one paragraph each, with case and punctuation, in one line.
        train_labels: (N,) int64, an index into `names`.
        test_texts: the held-out part.
        test_labels: (M,) int64; the judge keeps them.
    """

    names: tuple[str, ...]
    train_texts: tuple[str, ...]
    train_labels: torch.Tensor
    test_texts: tuple[str, ...]
    test_labels: torch.Tensor


# -- reading -----------------------------------------------------------------------------------------


def prose(docstring: str) -> str:
    """The first paragraph of a docstring in plain words, on one line; "" where it has fewer than `SHORTEST` words.

    A title above it is passed over; fields, directives, lists and examples are no prose, and end it.
    """
    for paragraph in re.split(r"\n\s*\n", docstring):
        lines = list(itertools.takewhile(lambda line: not _NO_PROSE.match(line), paragraph.splitlines()))
        if any(map(_UNDERLINE.match, lines)):
            if len(lines) > 3:
                break  # a section, such as "Parameters"
            continue
        text = "\n".join(lines)
        for pattern, left in _CLEANING:
            text = pattern.sub(left, text)
        words = _WORD.findall(text)
        if words:
            return text.strip() if len(words) >= SHORTEST else ""
    return ""


def docstrings_in(source: str) -> Iterator[str]:
    """The docstrings of a module, its classes and functions. A source that does not parse has none."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about escapes in other people's strings
        try:
            todo: list[ast.AST] = [ast.parse(source)]
        except (SyntaxError, ValueError, RecursionError):
            return
    while todo:
        node = todo.pop()
        if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)):
            text = ast.get_docstring(node)
            if text:
                yield text
        for field in ("handlers", "finalbody", "orelse", "body"):  # definitions may stand in any block
            todo += [child for child in reversed(getattr(node, field, ())) if hasattr(child, "body")]


def _missing(library: str) -> CourseError:
    return CourseError(f"{library} is not installed, though the course depends on it: install the course again")


def paragraphs(library: str) -> Iterator[str]:
    """The texts of one library, file by file as its names sort; tests are left out.

    Raises:
        CourseError: it is not installed.
    """
    try:
        distribution = metadata.distribution(library)
    except metadata.PackageNotFoundError:
        raise _missing(library) from None
    for file in sorted(distribution.files or [], key=str):
        if file.suffix != ".py" or _TESTS.search(str(file)) or ".." in file.parts:
            continue
        try:
            source = Path(str(distribution.locate_file(file))).read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError):
            continue
        yield from filter(None, map(prose, docstrings_in(source)))


def first(library: str, count: int) -> list[str]:
    """The first texts of one library. No more of its files are read than it takes: a matter of milliseconds."""
    return list(itertools.islice(paragraphs(library), count))


# -- choosing and splitting --------------------------------------------------------------------------


def key(text: str) -> str:
    """The words of a text: equal for texts that differ in case, digits and punctuation alone."""
    return " ".join(_WORD.findall(text.lower()))


def rank(text: str) -> str:
    """A place in an order that looks random, and in which other texts are of no account."""
    return hashlib.sha256(key(text).encode()).hexdigest()


def unique(found: dict[str, list[str]], cap: int = CAP) -> list[tuple[str, int]]:
    """(text, label) in the order of `rank`: no two texts with one key, at most `cap` of a class.

    Args:
        found: the texts of each class. What two classes have belongs to neither.
    """
    owners: dict[str, set[int]] = {}
    texts: dict[str, str] = {}
    for label, members in enumerate(found.values()):
        for text in members:
            owners.setdefault(key(text), set()).add(label)
            texts[key(text)] = min(text, texts.get(key(text), text))
    taken = [0] * len(found)
    kept = []
    for text in sorted(texts.values(), key=rank):
        labels = owners[key(text)]
        label = min(labels)
        if len(labels) == 1 and taken[label] < cap:
            taken[label] += 1
            kept.append((text, label))
    return kept


def groups(texts: list[str], alike: float = ALIKE) -> list[int]:
    """The number of each text's group: texts whose cosine is above `alike` are in one, and so are their neighbours.

    The vectors are TF-IDF with sublinear counts, as scikit-learn weighs them.
    """
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components
    from sklearn.feature_extraction.text import TfidfVectorizer  # here, because it takes a second

    vectors = TfidfVectorizer(preprocessor=key, token_pattern=r"\S+", sublinear_tf=True).fit_transform(texts)
    rows, columns = [], []
    for start in range(0, len(texts), 500):  # the whole matrix of cosines would be too large
        cosines = (vectors[start : start + 500] @ vectors.T).tocoo()
        near = cosines.data > alike
        rows += (cosines.row[near] + start).tolist()
        columns += cosines.col[near].tolist()
    near_ones = coo_array(([1] * len(rows), (rows, columns)), shape=(len(texts),) * 2)
    groups: list[int] = connected_components(near_ones, directed=False)[1].tolist()
    return groups


def split(labels: list[int], group: list[int]) -> list[bool]:
    """Which texts are held out: `HELD_OUT` of every class, up to a group, from the front; a group is never parted."""
    members: dict[int, list[int]] = {}
    for index, number in enumerate(group):
        members.setdefault(number, []).append(index)
    wanted = {label: round(HELD_OUT * labels.count(label)) for label in set(labels)}
    held_out = [False] * len(labels)
    for indices in members.values():
        label = labels[indices[0]]
        if len(indices) <= wanted[label]:
            for index in indices:
                held_out[index] = True
                wanted[labels[index]] -= 1
    return held_out


# -- the cache ---------------------------------------------------------------------------------------


def cached_file() -> Path:
    """Where the corpus of the installed versions is kept: in the course's cache folder.

    Raises:
        CourseError: a library is not installed.
    """
    try:
        versions = [f"{name} {metadata.version(name)}" for name in LIBRARIES]
    except metadata.PackageNotFoundError as error:
        raise _missing(error.name) from None
    made_by = hashlib.sha256("\n".join([str(FORMAT), *versions]).encode()).hexdigest()[:16]
    folder: Path = datasets.load("mnist").cache_folder()
    return folder / "docstrings" / f"{made_by}.json"


def build() -> list[tuple[str, int, bool]]:
    """(text, label, held out?) of the whole corpus, from the libraries' files; half a minute."""
    kept = unique({library: list(paragraphs(library)) for library in LIBRARIES})
    texts, labels = [text for text, _ in kept], [label for _, label in kept]
    return list(zip(texts, labels, split(labels, groups(texts)), strict=True))


def read(path: Path) -> list[tuple[str, int, bool]] | None:
    """A cached corpus, None where there is none that can be used."""
    try:
        rows = json.loads(path.read_text(encoding="utf-8"))
        right = all([type(part) for part in row] == [str, int, bool] for row in rows)
        return [tuple(row) for row in rows] if rows and right else None
    except (OSError, ValueError, TypeError):
        return None


def write(path: Path, rows: list[tuple[str, int, bool]]) -> None:
    """Put a corpus into the cache; nothing unfinished is left, and a cache that cannot be written is no misfortune."""
    temporary = path.with_name(f"{path.name}.{os.getpid()}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary.write_text(json.dumps(rows, ensure_ascii=False), encoding="utf-8")
        temporary.replace(path)
    except OSError:
        pass


@cache
def load() -> Docstrings:
    """The corpus of the installed versions, always in the same order. Every caller gets the same: do not change it.

    The first call for a set of versions takes half a minute, later ones read the cache.

    Raises:
        CourseError: a library is not installed.
    """
    path = cached_file()
    rows = read(path)
    if rows is None:
        rows = build()
        write(path, rows)
    parts = [[row for row in rows if row[2] is held_out] for held_out in (False, True)]
    (train_texts, train_labels), (test_texts, test_labels) = (
        (tuple(text for text, _, _ in part), torch.tensor([label for _, label, _ in part])) for part in parts
    )
    return Docstrings(tuple(LIBRARIES), train_texts, train_labels, test_texts, test_labels)
