"""Which page a file's name means, however it was decorated on its way. Pure: names in, addresses out."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import PurePosixPath

from ..model import Syllabus

SOURCES = (".py", ".ipynb")
#: suffixes that systems and browsers add to a source or put in its place; it is read all the same when it is one
DISGUISED = (".txt", ".json", ".pyw", ".py3", ".bak", ".old", ".orig", ".py~", ".ipynb~", ".download")

_DECORATION = frozenset(
    re.findall(
        r"\w+",
        """
        copy copies copia copie kopie kopia kopi duplicate of von de final finale finished done complete
        completed fixed fertig v ver version versions rev revised new neu neue my mine mein meine submission
        submissions submit submitted abgabe abgaben solution solutions solved loesung losung answer answers hw
        homework hausaufgabe assignment assignments ass exercise exercises ex uebung ubung ue lab labs ps pset
        problem set sheet blatt week wk woche day task aufgabe sec section s ch chapter kapitel notebook
        notebooks nb py ipynb txt json pyw download colab jupyter kaggle student group team gruppe late
        resubmission resubmitted attempt take try part teil the a an and und by for dl ml deep learning
        pytorch torch course module unit lesson work file code draft edit edited updated update latest last
        letzte jan feb mar apr may jun jul aug sep oct nov dec am pm
        """,
    )
)
#: what a file or folder is called that was put aside
_ASIDE = frozenset(
    re.findall(
        r"\w+",
        """
        backup backups bak old alt orig original archive archived checkpoint tmp temp autosave conflict
        conflicted broken template stub starter unsolved handout trash papierkorb sicherung
        """,
    )
)
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_WORD = re.compile(r"\d+|[^\W\d_]+")


@lru_cache(maxsize=1 << 16)
def words(name: str) -> tuple[str, ...]:
    """Return the words and numbers of a name, without case and accents: ``softMax-1`` is soft, max, 1."""
    plain = "".join(c for c in unicodedata.normalize("NFKD", name) if not unicodedata.combining(c))
    return tuple(_WORD.findall(_CAMEL.sub(" ", plain).casefold()))


def stem(name: str) -> str:
    """Return a file's name without its suffixes: of ``softmax.ipynb.txt`` it is ``softmax``."""
    lower, more = name.lower(), (*SOURCES, *DISGUISED, ".zip")
    while found := next((suffix for suffix in more if lower.endswith(suffix) and len(lower) > len(suffix)), ""):
        name = name[: -len(found)]
        lower = name.lower()
    return name


def is_source(name: str) -> bool:
    """Tell whether this is the name of a Python file or a notebook, in capitals or not."""
    return name.lower().endswith(SOURCES)


def is_disguised(name: str) -> bool:
    """May this file be a source under another suffix, as ``softmax.py.txt``?"""
    return name.lower().endswith(DISGUISED)


def is_aside(path: PurePosixPath) -> bool:
    """Tell whether a file was put aside, by its name or a folder's: ``softmax_old.py``, ``a_backup/softmax.py``."""
    suffix = path.name.lower().endswith((".bak", ".old", ".orig", "~"))
    return suffix or any(not _ASIDE.isdisjoint(words(part)) for part in (*path.parts[:-1], stem(path.name)))


@dataclass(frozen=True)
class Meant:
    """The pages that a name may mean: several where it does not decide; `rest` are words that nobody knows."""

    pages: tuple[str, ...] = ()
    rest: tuple[str, ...] = ()
    exact: bool = False

    @property
    def sure(self) -> bool:
        """Tell whether the name alone says which page this is."""
        return len(self.pages) == 1 and not self.rest


class Names:
    """The names of a course's pages, to find them in the names of files."""

    def __init__(self, syllabus: Syllabus):
        self._pages: dict[str, list[str]] = {}
        self._exact: dict[str, list[str]] = {}
        for address, exercise in syllabus.exercises.items():
            self._pages.setdefault("".join(words(exercise.name)), []).append(address)
            self._exact.setdefault(exercise.name, []).append(address)
        self._sections = {name: "".join(words(name)) for name in syllabus.sections}
        titles = {re.sub(r"^[a-z]*\d+", "", joined) for joined in self._sections.values()}
        self._others = ({*self._sections.values()} | titles) - self._pages.keys() - {""}
        self._longest = max((len(name) for name in (*self._pages, *self._others)), default=0)

    def meant(self, path: PurePosixPath, own: Iterable[str] = ()) -> Meant:
        """Return what a file means by its name, where that names two pages alike by the folder of its section.

        Args:
            own: the student's id and names, which students like to write into the names of their files.
        """
        base = stem(path.name)
        if base in self._exact:
            return Meant(self._of_section(self._exact[base], path), (), True)
        known = {word for name in own for word in words(name)}
        found = words(base)
        spans = self._spans(found)
        pages = tuple(dict.fromkeys(p for joined in spans.values() for p in self._pages.get(joined, ())))
        if not pages:
            return Meant()
        covered = {n for first, last in spans for n in range(first, last)}
        rest = tuple(
            word
            for n, word in enumerate(found)
            if n not in covered and not (_plain(word) or word in known or word in _ASIDE)
        )
        names = {joined for joined in spans.values() if joined in self._pages}
        return Meant(self._of_section(list(pages), path) if len(names) == 1 else pages, rest)

    def only_decoration(self, path: PurePosixPath, own: Iterable[str] = ()) -> bool:
        """Return whether a name says only that something was handed in, as ``hw1.ipynb`` or ``abgabe_ada.py``."""
        known = {word for name in own for word in words(name)}
        return all(_plain(word) or word in known for word in words(stem(path.name)))

    def _of_section(self, pages: list[str], path: PurePosixPath) -> tuple[str, ...]:
        """Of pages that are called alike those of the nearest folder that is a section."""
        if len(pages) > 1:
            for part in reversed(path.parts[:-1]):
                here = [page for page in pages if page.partition("/")[0] == part]
                if here:
                    return tuple(here)
        return tuple(pages)

    def _spans(self, found: tuple[str, ...]) -> dict[tuple[int, int], str]:
        """Return where in a row of words the name of a page or section stands; none that lies within a longer one."""
        spans: dict[tuple[int, int], str] = {}
        for first in range(len(found)):
            joined = ""
            for last in range(first, len(found)):
                joined += found[last]
                if len(joined) > self._longest:
                    break
                if joined in self._pages or joined in self._others:
                    spans[first, last + 1] = joined
        crossed = [  # sections that a page's name begins or ends in: that is no section's name
            span
            for span, joined in spans.items()
            if joined not in self._pages
            for o, page in spans.items()
            if page in self._pages and (o[0] < span[0] < o[1] < span[1] or span[0] < o[0] < span[1] < o[1])
        ]
        spans = {span: joined for span, joined in spans.items() if span not in crossed}
        return {
            span: joined
            for span, joined in spans.items()
            if not any(o != span and o[0] <= span[0] and span[1] <= o[1] for o in spans)
        }


def _plain(word: str) -> bool:
    """Tell whether a word is decoration: a number, a letter, or one that people put before or after a name."""
    return word.isdigit() or len(word) == 1 or word in _DECORATION


def all_decoration(name: str) -> bool:
    """Tell whether all words of a name are decoration, as of ``hw1-``."""
    return all(map(_plain, words(name)))


def common_prefix(names: list[str], mark: str = "-") -> str:
    """Return what all names begin with, up to the last mark: in the folders of a GitHub Classroom the assignment."""
    first = names[0] if len(names) > 1 else ""
    cuts = [first[: n + 1] for n, letter in enumerate(first) if letter == mark]
    fitting = [cut for cut in cuts if all(name.startswith(cut) and len(name) > len(cut) for name in names)]
    return max(fitting, key=len, default="")
