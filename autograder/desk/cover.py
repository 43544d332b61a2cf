"""Names of a class covered in any text: pure, for the anonymous view.

Texts are compared folded: without case, accents and invisible letters, composed or decomposed alike. A word is covered
where it is a name or a part of one, or stands beside another part of the same name; a part of two letters that is a
word as well (Do, An) where it begins with a capital or stands beside the rest of the name. So are names that are joined
to others by digits or capitals (``softmaxBob2.py``). Where a script puts no blanks between words, or endings and
prefixes right beside a name, as Chinese, Korean and Arabic do, a name is covered within a word, too. A name with an
ending (:mod:`.endings`), as in "Ivans" and "Иваном", is covered but where an attribute is called so; so is an initial
beside a name that it goes with. Where it is said that a name follows (:mod:`.cues`), every part of one is covered, and
names that are run together with words or with each other are told from chance by what else the word holds
(:mod:`.joined`). What Python and PyTorch call so themselves stays where code uses it: ``x.max()``,
``max_pool2d``, ``optim.Adam``, and as a part of a longer identifier, ``max_len``, but not in the name of a file.
"""

from __future__ import annotations

import builtins
import keyword
import re
import sys
import unicodedata
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import pairwise, permutations

from . import cues
from .endings import Inflected
from .joined import Joined, nicks_of, stems_of
from .torch_names import TORCH
from .vocabulary import Vocabulary

COVER = "•••"
LEAST = 3  #: letters of a part of a name that is looked for by itself wherever it stands
SHORTEST = 2  #: of one that is looked for as a word
DIGITS = 4  #: of a number that is looked for
MANY = 3  #: students who share a part of their names, as in student_01, where they are a fifth of the class or more
WITHIN = 7  #: letters of a part of a name that is covered within longer words, too
LONGEST = 2000  #: letters of a name that are looked at
PARTS = 6  #: of a name of more parts only neighbours are looked for beside each other
_WORD = re.compile(r"[^\W_]+")
#: a letter as code, JSON, and what makes text harmless to a screen, write it
_ESCAPED = re.compile(r"\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U(000[0-9a-fA-F]{5}))")
#: letters of Thai, Lao, Burmese, Korean, Khmer, Japanese and Chinese, folded ones too: no blank ends a name there
_RUN = re.compile(
    r"[\u0e00-\u0eff\u1000-\u11ff\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3\U00020000-\U0003ffff]+"
)
#: letters of Armenian, Hebrew, Arabic and Georgian: prefixes and endings stand right beside a name of these
_JOINED = re.compile(r"[\u0530-\u06ff\u10a0-\u10ff]+")
_JOINED_LEAST = 4  #: of a shorter one too many words are made
#: surname and given name in one, the surname first
_SURNAME_FIRST = re.compile(r"[\u3400-\u9fff\uac00-\ud7a3]{3,4}")
_UNFOLDED = str.maketrans("øłđıðʻʼʾʿ", "oldid''''") | str.maketrans({"æ": "ae", "œ": "oe", "þ": "th"})
_UMLAUTS = (("ä", "ae"), ("ö", "oe"), ("ü", "ue"), ("å", "aa"), ("ø", "oe"))
#: what is written in one with what comes behind it
_PARTICLE = re.compile(
    r"(?<![^\W_])(van|von|zu|der|den|ter|ten|te|de|del|della|delle|di|da|dos|das|do|du|la|el|al|bin|ibn|ben|mac|mc|st|o|d)"
    r"[ -](?=\w)"
)
_PYTHON = frozenset(name for name in dir(builtins) if not name.startswith("_"))
#: words of Python and PyTorch that stay where they are called, ``x.max()``, though somebody is called Max
_CALLED = frozenset(name.rstrip("_").lower() for name in (*_PYTHON, *TORCH) if name.rstrip("_").isalpha())
_KEYWORDS = frozenset(name for name in keyword.kwlist if name.islower())
_IDENTIFIER = re.compile(r"\w+")
_FILE = re.compile(r"\.(?:py|ipynb|zip|csv|txt)\b")
THEIRS, MAYBE, FILE = "theirs", "maybe", "file"  #: of the identifiers of a text
_BETWEEN = re.compile(r"[._\- ]{1,3}|, ")  #: an initial and its name
#: words that are parts of names as well: covered where they begin with a capital
_COMMON_WORDS = (
    "and the for not may van von der den del des las los ten her his our you are was has had but can any all one two "
    "new old out log exp sin cos tan dim eye max min sum abs map set int bin mean norm grad item view page mark will "
    "long young rose hope faith grace summer bill rich case mode test loss step train green brown white black gray "
    "grey day ray art dot sub add key low high said best bias rate size data exercise student students group team "
    "user class edu com org net uni mail"
)
_COMMON = frozenset(_COMMON_WORDS.split())
#: words of two letters, of languages and of code, that are names as well (An Do, Le, Xi Mu): covered behind a capital,
#: and in small letters beside another part of the name or its initial
_SHORT_WORDS = (
    "is in or if as an do no to we he it at by of on so up us my me be am go hi id nn fn np pd pt pi dx dy lr wd bs ok "
    "vs et al py eq ne lt gt le ge io os re mu nu xi lu mm mv da du zu wo ja ob um er es de la el un th tp ax ix qk kv"
)
_SHORT = frozenset(_SHORT_WORDS.split())
_BESIDE_SHORT = re.compile(r"\. ?|[_-]")  #: an initial and such a name


@lru_cache(maxsize=8192)
def _letter(letter: str) -> str:
    """Return a letter as it is compared, "" of an accent by itself and of what nobody sees."""
    apart = unicodedata.normalize("NFKD", letter)
    plain = "".join(c for c in apart if unicodedata.category(c) not in ("Mn", "Mc", "Me", "Cf"))
    return unicodedata.normalize("NFKD", plain.casefold()).translate(_UNFOLDED)


def folded(text: str) -> str:
    """Return a text as names are compared."""
    return text.lower() if text.isascii() else "".join(map(_letter, text))


def _folded_at(text: str) -> tuple[str, list[int] | range]:
    """Return a folded text, and for each of its letters, and its end, where that stands in the text."""
    escaped = {found.start(): found for found in _ESCAPED.finditer(text)} if "\\" in text else {}
    if text.isascii() and not escaped:
        return text.lower(), range(len(text) + 1)
    parts: list[str] = []
    at: list[int] = []
    number = 0
    while number < len(text):
        found = escaped.get(number)
        part = _letter(chr(int(found[found.lastindex or 1], 16))) if found is not None else _letter(text[number])
        parts.append(part)
        at += [number] * len(part)
        number = found.end() if found is not None else number + 1
    return "".join(parts), [*at, len(text)]


class Cover:
    """Covers the names of a class.

    Args:
        people: all names of each student.
        vocabulary: words that hold no name though a part of them is called so.
    """

    def __init__(self, people: Iterable[Iterable[str]], vocabulary: Vocabulary | None = None):
        each = [{form for name in names for form in _forms(name)} for names in people]
        shared = Counter(part for forms in each for part in {part for form in forms for part in _WORD.findall(form)})
        usual = {part for part, n in shared.items() if n >= MANY and 5 * n >= len(each)}
        self._vocabulary = vocabulary or Vocabulary()
        self._alone: set[str] = set()  #: words that are covered wherever they stand
        self._capital: set[str] = set()  #: those that are so where they begin with a capital
        self._pairs: set[tuple[str, str]] = set()  #: words that are covered beside each other
        self._initials: set[tuple[str, str]] = set()  #: parts of names and initials of the others
        self._nicks: set[str] = set()  #: how long names begin
        self._logins: set[str] = set()  #: a part and an initial in one, which may be another word
        exact: set[str] = set()  #: names without a part that could be looked for
        for form in {form for forms in each for form in forms}:
            parts = _WORD.findall(form)
            if len(parts) == 1 and len(parts[0]) > 1:
                self._whole(parts[0])
                if form != parts[0] and len(form) >= LEAST:
                    exact.add(form)
            elif len(form) >= LEAST and all(len(part) == 1 for part in parts):
                exact.add(form)
            elif len(parts) > 1:
                self._several(parts, usual)
        for stem in stems_of(each, MANY):  # of kim42; as a word that is known, behind a capital
            (self._capital if stem in _COMMON or self._vocabulary.knows(stem) else self._alone).add(stem)
        self._inflected = Inflected(filter(str.isalpha, self._alone - _COMMON), self._capital | self._alone & _COMMON)
        names, weak = self._alone - _COMMON - _CALLED, self._capital | self._alone & (_COMMON | _CALLED)
        short = {name for name in names if len(name) < LEAST}
        self._joined = Joined(names, weak | short, self._logins, self._nicks, _CALLED, self._vocabulary)
        self._begin = sorted(self._alone | self._capital)
        self._end = sorted(name[::-1] for name in self._begin)
        either = "|".join(re.escape(form) for form in sorted(exact, key=len, reverse=True))
        self._exact = re.compile(rf"(?<![^\W_])(?:{either})(?![^\W_])") if exact else None
        words = {word for forms in each for form in forms for word in _running(form)} - usual
        self._within: dict[str, list[str]] = {}  #: long names by their first letters
        for name in sorted(self._alone - _COMMON - _CALLED, key=len, reverse=True):
            if len(name) >= WITHIN and name.isalpha():
                self._within.setdefault(name[:WITHIN], []).append(name)
        anywhere = "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))
        self._anywhere = re.compile(anywhere) if words else None

    def _nicks_of(self, name: str) -> list[str]:
        return [nick for nick in nicks_of(name) if not self._vocabulary.knows(nick)]

    def _whole(self, name: str) -> None:
        self._nicks.update(self._nicks_of(name))
        if name in _SHORT:
            self._capital.add(name)
        elif not name.isdigit() or len(name) >= DIGITS:
            self._alone.add(name)

    def _several(self, parts: list[str], usual: set[str]) -> None:
        for part in set(parts) - usual:
            self._nicks.update(self._nicks_of(part))
            if len(part) >= LEAST and (not part.isdigit() or len(part) > DIGITS):
                (self._capital if part in _COMMON else self._alone).add(part)
            elif len(part) == SHORTEST and part.isalpha():  # Jo, Ng
                (self._capital if part in _SHORT else self._alone).add(part)
        several = permutations(parts, 2) if len(parts) <= PARTS else pairwise(parts)
        for one, other in several:
            if len(one) > 1 or len(other) > 1:
                self._pairs.add((one, other))
            # as logins have them: ada lovelace is adalovelace, alovelace
            joined = {one + other, one[0] + other, one + other[0]} if not other.isdigit() else set()
            if one.isalpha() and other.isalpha():
                self._logins |= {word for word in (one[0] + other, one + other[0]) if len(word) >= LEAST}
            self._pairs |= {pair for nick in self._nicks_of(one) for pair in ((nick, other), (other, nick))}
            if one in _COMMON or one in _CALLED or one.isdigit():
                joined.discard(one + other[0])
            self._initials.add((one, other[0]))
            self._alone |= {word for word in joined if len(word) > LEAST + 1}
        self._alone.add("".join(parts))
        turned = "".join(reversed(parts))
        if len(parts) == 2 == len(parts[0]) and len(turned) == LEAST + 1 and turned not in _CALLED | _KEYWORDS:
            self._alone.add(turned)  # ngjo
        for n, part in enumerate(parts if 2 < len(parts) <= PARTS else ()):  # jlpicard, picardjl
            letters, before = ("".join(one[0] for one in some) for some in ((*parts[:n], *parts[n + 1 :]), parts[:n]))
            words = {letters + part, part + letters, before + part}
            self._alone |= {word for word in words if len(word) > LEAST + 1}
            self._logins |= {word for word in words if LEAST <= len(word) <= LEAST + 1}

    def text(self, text: str) -> str:
        """Return a text in which no name stands."""
        if not text:
            return text
        plain, at = _folded_at(text)
        spans = sorted({(at[begin], at[end]) for begin, end in self._found(plain, text, at)})
        made, place = [], 0
        for begin, end in spans:
            if end > place:
                made += [text[place:begin], COVER] if begin >= place else []
                place = end
        return "".join(made) + text[place:]

    def _found(self, plain: str, text: str, at: list[int] | range) -> Iterator[tuple[int, int]]:
        """Yield where in a folded text something is to be covered."""
        stays = _identifiers(plain, text, at)
        words = [word for word in _WORD.finditer(plain) if stays.get(word.start()) != THEIRS]
        beside = [False] * (len(words) + 1)
        for number, (one, other) in enumerate(pairwise(words)):
            if (one[0], other[0]) in self._pairs:
                beside[number] = beside[number + 1] = True
        self._beside_initials(words, beside)
        called = [_is_called(word, text, at) for word in words]
        self._announced(plain, words, beside)
        gone = [
            not called[n] and (beside[n] or self._holds(word, text, at, stays.get(word.start(), "")))
            for n, word in enumerate(words)
        ]
        covered = {n for number, is_gone in enumerate(gone) if is_gone for n in self._with_initials(words, number)}
        for number, word in enumerate(words):
            if number in covered:
                yield word.span()
            elif not called[number]:
                yield from self._inside(word, text, at, stays.get(word.start()) == FILE)
        yield from cues.places(plain)
        if self._exact is not None:
            yield from (match.span() for match in self._exact.finditer(plain))
        if self._anywhere is not None:
            yield from (match.span() for match in self._anywhere.finditer(plain))

    def _announced(self, plain: str, words: list[re.Match[str]], beside: list[bool]) -> None:
        """Mark the names of which something before them says that they are, as "by le" does, and the rest of them."""
        begins, before = cues.announced(plain), 0
        for number, word in enumerate(words):
            said = word.start() in begins or (before and cues.NEXT.fullmatch(plain, before, word.start()) is not None)
            if said and word[0] not in _KEYWORDS and self._joined.is_any(word[0]):
                beside[number], before = True, word.end()
            else:
                before = 0

    def _beside_initials(self, words: list[re.Match[str]], beside: list[bool]) -> None:
        """Mark the short words that stand beside an initial of the same name, as of "e.le"."""
        for number, (one, other) in enumerate(pairwise(words)):
            short, n, initial = (one, number, other) if len(one[0]) == SHORTEST else (other, number + 1, one)
            known = short[0] in self._capital and len(initial[0]) == 1 and (short[0], initial[0]) in self._initials
            if known and _BESIDE_SHORT.fullmatch(one.string, one.end(), other.start()) is not None:
                beside[n] = True

    def _holds(self, word: re.Match[str], text: str, at: list[int] | range, identifier: str) -> bool:
        """Tell whether a word is a name by itself."""
        capital = identifier == FILE or text[at[word.start()]].isupper()
        if (word[0] in _CALLED and identifier == MAYBE) or (word[0] in _KEYWORDS and not capital):
            return False
        if word[0][:LONGEST] in self._alone or (capital and word[0] in self._capital):
            return True
        if self._is_cut(word):
            return True
        shown = text[at[word.start()] : at[word.end()]]
        whole = (
            "_" not in word.string[max(0, word.start() - 1) : word.start()] + word.string[word.end() : word.end() + 1]
        )
        if self._joined.is_nick(word[0], shown[:1].isupper() and shown[1:].islower(), whole):
            return True
        if word[0] in sys.stdlib_module_names:  # `random`, though somebody is called Rand
            return False
        return self._inflected.holds(word[0], capital) and not _is_attribute(word.string, word)

    def _is_cut(self, word: re.Match[str]) -> bool:
        """Tell whether a word is what is left of a name of which the rest was cut off: "Lovel…", "…lace"."""
        plain, (begin, end) = word.string, word.span()
        for cut, said, names in (
            (plain[end : end + 3], word[0], self._begin), (plain[max(0, begin - 3) : begin], word[0][::-1], self._end),
        ):  # fmt: skip
            if cut == "..." and len(said) >= LEAST:
                place = bisect_left(names, said)
                if place < len(names) and names[place].startswith(said):
                    return True
        return False

    def _with_initials(self, words: list[re.Match[str]], number: int) -> Iterator[int]:
        """Yield a name's place among words, and those of the initials beside it, as of "J.-L. Picard"."""
        yield number
        for step in (-1, 1):
            n = number + step
            while 0 <= n < len(words) and (words[number][0], words[n][0]) in self._initials:
                first, second = words[min(n, n - step)], words[max(n, n - step)]
                if _BETWEEN.fullmatch(first.string, first.end(), second.start()) is None:
                    break
                yield n
                n += step

    def _inside(
        self, word: re.Match[str], text: str, at: list[int] | range, is_file: bool
    ) -> Iterator[tuple[int, int]]:  # fmt: skip
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
            short = (is_file or one == begin or text[at[one]].isupper()) and part not in _SHORT  # softmaxJo.py, jo2
            least = SHORTEST if short else LEAST
            if len(part) >= least and name and part not in _CALLED and part not in _COMMON:
                yield one, other
        yield from ((begin + one, begin + other) for one, other in self._joined.within(word[0], is_file))
        for start in range(begin, end - WITHIN):
            for long in self._within.get(word.string[start : start + WITHIN], ()):
                if word.string.startswith(long, start, end):
                    yield start, start + len(long)


def _identifiers(plain: str, text: str, at: list[int] | range) -> dict[int, str]:
    """Return by where words begin what is known of the identifier that each is of.

    `THEIRS`: Python or PyTorch has it, as `max_pool2d`; `MAYBE`: the word may be one of theirs, as in `max_len` and
    `MAX_LEN`; `FILE`: it is the name of a file, which students choose.
    """
    found: dict[int, str] = {}
    for whole in _IDENTIFIER.finditer(plain):
        said = text[at[whole.start()] : at[whole.end()]]
        parts = [part.span() for part in _WORD.finditer(plain, *whole.span())]
        if _FILE.match(plain, whole.end()):
            found |= dict.fromkeys((begin for begin, _ in parts), FILE)
        elif said[:2] == "__" == said[-2:] or (
            (said in TORCH or said in _PYTHON) and not said[1:].islower()
        ):  # `Adam` where it is not called is a name
            found |= dict.fromkeys((begin for begin, _ in parts), THEIRS)
        elif len(parts) > 1:
            shown = ((begin, text[at[begin] : at[end]]) for begin, end in parts)
            found |= {begin: MAYBE for begin, word in shown if word.islower() or word.isupper()}
    return found


def _is_called(word: re.Match[str], text: str, at: list[int] | range) -> bool:
    """Tell whether a word of a folded text is called as Python or PyTorch call something: a function, an attribute."""
    plain, said = word.string, text[at[word.start()] : at[word.end()]]
    if word[0] not in _CALLED or not (said[:1].islower() or said in TORCH):
        return False
    begin = word.start()
    return (
        plain[word.end() : word.end() + 1] == "("
        or plain[max(0, begin - 1) : begin] == "."
        or (plain[max(0, begin - 7) : begin] == "import ")
    )


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
    plain = re.sub("[’ʻʼʾʿ]", "'", unicodedata.normalize("NFC", name).lower())
    yield folded(name)
    apart = joined = plain
    for letter, two in _UMLAUTS:
        apart, joined = apart.replace(letter, two), joined.replace(two, letter)
    yield folded(apart)
    yield folded(joined)
    for form in (plain, apart):  # O'Neil is oneil, van den Berg vandenberg
        yield folded(_PARTICLE.sub(r"\1", form.replace("'", "")))
    if _SURNAME_FIRST.fullmatch(plain):
        yield folded(plain[1:])
        yield folded(plain[2:])
