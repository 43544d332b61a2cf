"""Names that others are run together with, as in ``softmaxada``, ``WillMax`` and ``jdoe``: pure, for the cover.

Within a word a name is told from chance by what is left: it must be words that are known, or names as well. A word
that is known as a whole (:mod:`.vocabulary`) holds none.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence

from .endings import NO_PLURALS, OF_THREE
from .vocabulary import Vocabulary

LEAST = 3  #: letters of a name that is looked for within words; of two within the name of a file
LONGEST = 60  #: letters of a word that is looked at
NICK = 6  #: letters of a name of which the beginning is a name, too
_LETTERS = re.compile(r"[^\W\d_]+")
#: letters that stand alone but for digits before or behind them
_LOGIN = re.compile(rf"(?<![^\W_])(?=\w*\d)\d*([^\W\d_]{{{LEAST},}})\d*(?![^\W_])")
_ALPHABET = re.compile(r"[a-z]+|[\u0370-\u03ff]+|[\u0400-\u052f]+")  #: of whose names the beginning is a short form
Span = tuple[int, int]


def nicks_of(name: str) -> list[str]:
    """Return what a long name may be shortened to: how it begins."""
    return [name[:n] for n in range(LEAST, len(name))] if len(name) >= NICK and _ALPHABET.fullmatch(name) else []


def stems_of(people: Sequence[Iterable[str]], many: int) -> set[str]:
    """Return the names beside the digits of logins: ``kim`` of ``kim42``.

    Args:
        people: the folded names of each student.
        many: students who share such a word, as in ``student01``, where they are a fifth of the class or more.
    """
    found = Counter(stem for names in people for stem in {word for name in names for word in _LOGIN.findall(name)})
    return {stem for stem, n in found.items() if n < many or 5 * n < len(people)}


class Joined:
    """Finds names within words. All words are folded.

    Args:
        names: that are covered wherever they stand as words.
        weak: parts of names that are words as well, or too short to be looked for everywhere.
        logins: names with initials, as ``jdoe``.
        nicks: how long names begin, as ``alex``.
        called: those of the weak ones that code calls so, as ``max``.
    """

    def __init__(
        self, names: Iterable[str], weak: Iterable[str], logins: Iterable[str], nicks: Iterable[str],
        called: frozenset[str], vocabulary: Vocabulary,
    ):  # fmt: skip
        names = {name for name in names if name.isalpha()}
        self._all = frozenset(names | set(weak))
        self._names = frozenset(names | {f"{name}s" for name in names if not vocabulary.knows(f"{name}s")})
        self._logins, self._vocabulary = frozenset(logins), vocabulary
        self._plural = frozenset(f"{name}s" for name in self._all if len(name) == 2 or name in called) - NO_PLURALS
        self._nicks = frozenset(nicks)
        self._found: dict[tuple[str, bool], tuple[Span, ...]] = {}

    def is_any(self, word: str) -> bool:
        """Tell whether a word is a part of somebody's name, or the beginning of a long one."""
        return word in self._all or word in self._nicks or word in self._logins

    def is_nick(self, word: str, capital: bool, whole: bool) -> bool:
        """Tell whether a word is the beginning of a long name, as is "Alex", and nothing else that is known.

        Args:
            capital: it is written as a name.
            whole: it is no part of a longer identifier, as in ``alex_net``.
        """
        nick = word in self._nicks or (word.endswith("s") and word[:-1] in self._nicks)
        return nick and (capital or (len(word) > LEAST and not whole)) and not self._vocabulary.knows(word)

    def within(self, word: str, is_file: bool = False) -> tuple[Span, ...]:
        """Return where names are within a word that is none itself.

        Args:
            is_file: it is of the name of a file.
        """
        if len(word) < LEAST or len(word) > LONGEST:
            return ()
        found = self._found.get((word, is_file))
        if found is None:
            if len(self._found) > 100_000:  # of a class of thousands: what is known is worked out again
                self._found.clear()
            runs = [(run[0], run.start()) for run in _LETTERS.finditer(word)]
            found = tuple((b + at, e + at) for run, at in runs for b, e in self._run(run, is_file))
            self._found[word, is_file] = found
        return found

    def _run(self, word: str, is_file: bool) -> tuple[Span, ...]:
        if self._vocabulary.has(word):
            return ()
        three = word[:LEAST] in self._names and word[LEAST:] in OF_THREE
        if word in self._logins or word in self._plural or (three and not self._vocabulary.knows(word)):
            return ((0, len(word)),)
        if self._vocabulary.knows(word):
            return ()
        if is_file and word in self._nicks:
            return ((0, len(word)),)
        for cut in range(2, len(word) - 1):
            if len(word) > 4 and self._either(word[:cut]) and self._either(word[cut:]):
                return ((0, len(word)),)
        least = 2 if is_file else LEAST
        for long in range(len(word) - 1, least - 1, -1):
            for begin in range(len(word) - long + 1):
                name = word[begin : begin + long]
                known = name in self._names or (long > LEAST - is_file and name in self._nicks)
                if known and self._left(word[:begin]) and self._left(word[begin + long :]):
                    return ((begin, begin + long),)
        return ()

    def _either(self, word: str) -> bool:
        return word in self._all or word in self._nicks

    def _left(self, rest: str) -> bool:
        """Tell whether what is left beside a name says that it is one."""
        return not rest or self._vocabulary.is_part(rest)
