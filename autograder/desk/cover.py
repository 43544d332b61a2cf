"""Names of a class covered in any text: pure, for the anonymous view.

Texts are compared folded: without case, accents and invisible letters, composed or decomposed alike. A word is covered
where it is a name, a part of one that is long enough, or stands beside another part of the same name; so are names that
are joined to others by digits or capitals (``softmaxBob2.py``). Where a script puts no blanks between words, or endings
and prefixes right beside a name, as Chinese, Korean and Arabic do, a name is covered within a word, too. A name with an
ending (:mod:`.endings`), as in "Ivans" and "Иваном", is covered but where an attribute is called so.
"""

from __future__ import annotations

import builtins
import re
import sys
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import pairwise, permutations

from .endings import Inflected

COVER = "•••"
LEAST = 3  #: letters of a part of a name that is looked for by itself
DIGITS = 4  #: of a number that is looked for
MANY = 3  #: students who share a part of their names, as in student_01, where they are a fifth of the class or more
LONGEST = 2000  #: letters of a name that are looked at
PARTS = 6  #: of a name of more parts only neighbours are looked for beside each other
_WORD = re.compile(r"[^\W_]+")
#: letters of Thai, Lao, Burmese, Korean, Khmer, Japanese and Chinese, folded ones too: no blank ends a name there
_RUN = re.compile(
    r"[\u0e00-\u0eff\u1000-\u11ff\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3\U00020000-\U0003ffff]+"
)
#: letters of Armenian, Hebrew, Arabic and Georgian: prefixes and endings stand right beside a name of these
_JOINED = re.compile(r"[\u0530-\u06ff\u10a0-\u10ff]+")
_JOINED_LEAST = 4  #: of a shorter one too many words are made
#: surname and given name in one, the surname first
_SURNAME_FIRST = re.compile(r"[\u3400-\u9fff\uac00-\ud7a3]{3,4}")
_UNFOLDED = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "æ": "ae", "œ": "oe", "ı": "i", "ð": "d", "þ": "th"})
_UMLAUTS = (("ä", "ae"), ("ö", "oe"), ("ü", "ue"))
#: names of Python and PyTorch that stay where they are called, ``x.max()``, though somebody is called Max
_CALLED = {name for name in dir(builtins) if name.islower()} | {
    "mean", "norm", "grad", "item", "view", "dot", "clone", "data", "size", "exp", "log", "tan",
}  # fmt: skip
#: words that are parts of names as well: covered where they begin with a capital
_COMMON_WORDS = (
    "and the for not may van von der den del des las los ten her his our you are was has had but can any all one two "
    "new old out log exp sin cos tan dim eye max min sum abs map set int bin mean norm grad item view page mark will "
    "long young rose hope faith grace summer bill rich case mode test loss step train green brown white black gray "
    "grey day ray art dot sub add key low high said best bias rate size data exercise student students group team "
    "user class edu com org net uni mail"
)
_COMMON = frozenset(_COMMON_WORDS.split())
#: short words that are nobody's name, unless it has another part beside them
_SHORT_WORDS = (
    "is in or if as an do no to we he it at by of on so up us my me be am go hi id nn fn np pd pt pi dx dy lr wd bs ok "
    "vs et al py eq ne lt gt le ge io os re"
)
_SHORT = frozenset(_SHORT_WORDS.split())


@lru_cache(maxsize=8192)
def _letter(letter: str) -> str:
    """Return a letter as it is compared, "" of an accent by itself and of what nobody sees."""
    apart = unicodedata.normalize("NFKD", letter)
    plain = "".join(c for c in apart if unicodedata.category(c) not in ("Mn", "Me", "Cf"))
    return unicodedata.normalize("NFKD", plain.casefold()).translate(_UNFOLDED)


def folded(text: str) -> str:
    """Return a text as names are compared."""
    return text.lower() if text.isascii() else "".join(map(_letter, text))


def _folded_at(text: str) -> tuple[str, list[int] | range]:
    """Return a folded text, and for each of its letters, and its end, where that stands in the text."""
    if text.isascii():
        return text.lower(), range(len(text) + 1)
    parts: list[str] = []
    at: list[int] = []
    for number, letter in enumerate(text):
        part = _letter(letter)
        parts.append(part)
        at += [number] * len(part)
    return "".join(parts), [*at, len(text)]


class Cover:
    """Covers the names of a class.

    Args:
        people: all names of each student.
    """

    def __init__(self, people: Iterable[Iterable[str]]):
        each = [{form for name in names for form in _forms(name)} for names in people]
        shared = Counter(part for forms in each for part in {part for form in forms for part in _WORD.findall(form)})
        usual = {part for part, n in shared.items() if n >= MANY and 5 * n >= len(each)}
        self._alone: set[str] = set()  #: words that are covered wherever they stand
        self._capital: set[str] = set()  #: those that are so where they begin with a capital
        self._pairs: set[tuple[str, str]] = set()  #: words that are covered beside each other
        exact: set[str] = set()  #: names without a part that could be looked for
        for form in {form for forms in each for form in forms}:
            parts = _WORD.findall(form)
            if len(parts) == 1 and len(parts[0]) > 1:
                self._whole(parts[0])
            elif len(form) >= LEAST and all(len(part) == 1 for part in parts):
                exact.add(form)
            elif len(parts) > 1:
                self._several(parts, usual)
        self._inflected = Inflected(filter(str.isalpha, self._alone - _COMMON), self._capital | self._alone & _COMMON)
        either = "|".join(re.escape(form) for form in sorted(exact, key=len, reverse=True))
        self._exact = re.compile(rf"(?<![^\W_])(?:{either})(?![^\W_])") if exact else None
        words = {word for forms in each for form in forms for word in _running(form)} - usual
        anywhere = "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))
        self._anywhere = re.compile(anywhere) if words else None

    def _whole(self, name: str) -> None:
        if name not in _SHORT and (not name.isdigit() or len(name) >= DIGITS):
            self._alone.add(name)

    def _several(self, parts: list[str], usual: set[str]) -> None:
        for part in set(parts) - usual:
            if len(part) >= LEAST and (not part.isdigit() or len(part) > DIGITS):
                (self._capital if part in _COMMON else self._alone).add(part)
        several = permutations(parts, 2) if len(parts) <= PARTS else pairwise(parts)
        for one, other in several:
            if len(one) > 1 or len(other) > 1:
                self._pairs.add((one, other))
            # as logins have them: ada lovelace is adalovelace, alovelace
            joined = {one + other, one[0] + other} if not other.isdigit() else set()
            self._alone |= {word for word in joined if len(word) > LEAST + 1}
        self._alone.add("".join(parts))

    def text(self, text: str) -> str:
        """Return a text in which no name stands."""
        if not text:
            return text
        plain, at = _folded_at(text)
        spans = sorted({(at[begin], at[end]) for begin, end in self._found(plain, text, at)})
        made, place = [], 0
        for begin, end in spans:
            if end > place:
                made += [text[place:begin], COVER]
                place = end
        return "".join(made) + text[place:]

    def _found(self, plain: str, text: str, at: list[int] | range) -> Iterator[tuple[int, int]]:
        """Yield where in a folded text something is to be covered."""
        words = list(_WORD.finditer(plain))
        beside = [False] * (len(words) + 1)
        for number, (one, other) in enumerate(pairwise(words)):
            if (one[0], other[0]) in self._pairs:
                beside[number] = beside[number + 1] = True
        for number, word in enumerate(words):
            capital = text[at[word.start()]].isupper()
            called = word[0] in _CALLED and not capital and _is_called(plain, word)
            alone = word[0][:LONGEST] in self._alone or (capital and word[0] in self._capital)
            if not alone and word[0] not in sys.stdlib_module_names:  # `random`, though somebody is called Rand
                alone = self._inflected.holds(word[0], capital) and not _is_attribute(plain, word)
            if not called and (alone or beside[number]):
                yield word.span()
            elif not called:
                yield from self._inside(word, text, at)
        if self._exact is not None:
            yield from (match.span() for match in self._exact.finditer(plain))
        if self._anywhere is not None:
            yield from (match.span() for match in self._anywhere.finditer(plain))

    def _inside(self, word: re.Match[str], text: str, at: list[int] | range) -> Iterator[tuple[int, int]]:
        """Yield parts of a word that a digit or a capital begins."""
        begin, end = word.span()
        kinds = [(word.string[n].isdigit(), text[at[n]].isupper()) for n in range(begin, end)]
        cuts = [
            begin + n for n in range(1, end - begin)
            if kinds[n][0] != kinds[n - 1][0] or (kinds[n][1] and not kinds[n - 1][1])
        ]  # fmt: skip
        for one, other in pairwise([begin, *cuts, end]) if cuts else ():
            part = word.string[one:other]
            name = part in self._alone or self._inflected.holds(part, text[at[one]].isupper())
            if len(part) >= LEAST and name and part not in _CALLED and part not in _COMMON:
                yield one, other


def _is_called(plain: str, word: re.Match[str]) -> bool:
    """Tell whether a word of a folded text is a function's or an attribute's name."""
    after = plain[word.end() : word.end() + 1]
    return after == "(" or plain[max(0, word.start() - 1) : word.start()] == "."


def _is_attribute(plain: str, word: re.Match[str]) -> bool:
    """Tell whether a word of a folded text is an attribute's name, as is `randn` in ``torch.randn``."""
    return (
        plain[max(0, word.start() - 1) : word.start()] == "."
        and plain[max(0, word.start() - 2) : word.start() - 1].isalnum()
    )


def _running(form: str) -> Iterator[str]:
    """Yield what of a folded name is covered within words: its parts of two letters or more, and all of them joined."""
    parts = _WORD.findall(form)
    for word in {*parts, "".join(parts)}:
        if _RUN.fullmatch(word) and len(unicodedata.normalize("NFC", word)) > 1:
            yield word
        elif _JOINED.fullmatch(word) and len(word) >= _JOINED_LEAST:
            yield word.removesuffix("ი") if len(word) > _JOINED_LEAST else word


def _forms(name: str) -> Iterator[str]:
    """Yield a name as it may be written, folded: of an address what stands before the @, umlauts as two letters."""
    name = name[:LONGEST]
    before, at, _ = name.partition("@")
    name = before if at and before.strip() else name
    plain = unicodedata.normalize("NFC", name).lower()
    yield folded(name)
    apart = joined = plain
    for letter, two in _UMLAUTS:
        apart, joined = apart.replace(letter, two), joined.replace(two, letter)
    yield folded(apart)
    yield folded(joined)
    if _SURNAME_FIRST.fullmatch(plain):
        yield folded(plain[1:])
        yield folded(plain[2:])
