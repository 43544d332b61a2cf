"""What names become in sentences: "Ivans", "Иваном", "Jāņa", "Mehmetin". Pure, for the cover of the anonymous view.

A word is a name with an ending where it begins with a name of four letters or more, and ends in one of a closed list of
endings: of case and possession in Germanic, Slavic, Finnic, Baltic and Turkic languages, Hungarian and Greek. Of a name
that ends in a vowel, in ``-ski``, in ``-nen``, or in a vowel and *s*, the stem counts, too. A closed list, and no
ending of any few letters, since Norma would cover `normal`, and Grant `granted`; that Martin covers a martini is the
price of not naming him. Endings that make words of many names, as "Karlar" of "Karl", count behind a capital, as do all
but *s* behind a name of three letters, and *s* behind one of two.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

LEAST = 4  #: letters of a name that is looked for with an ending
#: behind a whole name; all folded: no accents, so "Ivanův" ends in "uv"
_LATIN_ENDS = (
    "s es n en ns ens a u e i y o em iem om am owi owie ow ie ego iego emu iemu im ej iej ich ami ach ovi ova ove ovy "
    "ovo ovou uv in ssa sta lla lta lle ksi tta ta na ia issa ista illa ilta ille iksi ina nak nek val vel"
)
_LATIN = frozenset(_LATIN_ENDS.split())
_CYRILLIC_ENDS = (
    "а я у ю е и ы о і ом ем им ым ои еи ою ею єю єм ами ями ах ях ам ям ов ев ова ову ове овы ово овои овым овых "
    "овыми ин ина ину ине ины ови еви ові еві ого его ому ему ых их ыми ими"
)
_CYRILLIC = frozenset(_CYRILLIC_ENDS.split())
#: behind a whole name of three letters where the word begins with a capital; in small letters *s* alone
OF_THREE = frozenset(
    ["s", "n", "em", "om", "owi", "iem", "ovi", "ova", "in", "lla", "lle", "lta", "ssa", "sta", "a", "u"]
)
#: words of code and of English that would be names of three letters with an *s*: of Len, Val, Gus, Guy, …
_S_WORDS = (
    "lens vals guys gens gems kits joys cars hers dims args sums bins logs maps sets keys tags pads bits ways days "
    "rays its was has yes this thus pass less loss axis bias plus mass pats rows cols nums vars runs tabs news eyes "
    "ends adds"
)
NO_PLURALS = frozenset(_S_WORDS.split())
#: behind what is left of a name without its last vowel: "Monika" is "Moniki" and "Monice", "Kowalski" is "Kowalskiego"
_STEM_ENDS = "a e i y o u ie ii iego iemu im iej ich imi en"
_LATIN_STEM = frozenset(_STEM_ENDS.split())
#: behind a whole name where the word begins with a capital: Turkish, then Estonian, then Hungarian
_CAPITAL_ENDS = (
    "nin nun yi yu ya ye yla yle da de ta te dan den tan ten daki deki taki teki lar ler larin lerin lari leri lara "
    "lere li lu ca ce ga ega iga aga uga ist ele ale ule st sse ks le ban ben bol tol hoz hez ra re rol nal nel ek eke"
)
_LATIN_CAPITAL = frozenset(_CAPITAL_ENDS.split())
#: the same behind a vowel, where Turkish puts a letter between, in any case: "ayşeye"
_AFTER_VOWEL = frozenset(["nin", "nun", "yi", "yu", "ya", "ye", "yla", "yle"])
#: what is put in the place of the vowel of a name of four letters, behind a capital: "Līgu" of Līga
_SHORT_STEM = frozenset(["u", "ai", "ei", "oj", "ou", "ami"])
#: in place of a Baltic or Greek *s* with the vowel before it: "Jono", "Jonui" of Jonas, "Jāņa" of Jānis, "Giorgou"
_BALTIC_ENDS = (
    "a ai aus au am ams ais e ei es i ie ii iem im ims is o os ou oi on u ui ue um umi us uje y yje ys "
    "ia iai iam iams iais iaus iau io iu iui ius ja jam ji jo ju jus jos iene aite yte ute uviene"
)
_BALTIC = frozenset(_BALTIC_ENDS.split())
_VOWEL_AND_S = re.compile(r"[aeiouy]s$|(?<=[bcdfghjklmnpqrtvwxz])s$")  # Jānis, Jonas; Mārtiņš, Ainārs
#: what a consonant becomes before such an ending, without accents: Briedis, Brieža; Lācis, Lāča; Gediminaitis, -čio
_SOFTER = {"t": "cs", "d": "z", "c": "c", "s": "s", "z": "z"}
_VOICED = {"p": "b", "t": "d", "k": "g"}  #: what Turkish makes of a last consonant: Zeynep, Zeynebin
_VOICED_ENDS = frozenset(["i", "u", "e", "a", "in", "un"])
#: of "with", behind a consonant that Hungarian doubles: Kovács, Kováccsal; Péter, Péterrel
_WITH = frozenset(["al", "el"])
_TWO_LETTERS = re.compile(r"(cs|dz|gy|ly|ny|sz|ty|zs)$")
_GREEK_ENDS = "α ασ αν αδεσ αδων ακη ακησ ε εσ η ησ ην ηδεσ ηδων ι ισ ιν ιδοσ ο οι ον οσ ου ουσ υ υσ ω ων ωσ εωσ ουλα"
_GREEK = frozenset(_GREEK_ENDS.split())
_GREEK_VOWEL = re.compile(r"(?:ου|[αεηιουω])?σ?$")  # what a case puts another in the place of
_GREEK_LETTERS = re.compile(r"[\u0370-\u03ff]+")
_GRADED = re.compile(r"(kk|pp|tt)(?=[aeiouy]$)")
_CYRILLIC_LETTERS = re.compile(r"[\u0400-\u052f]+")
_LATIN_LETTERS = re.compile(r"[a-z]+")


class Inflected:
    """Names with endings.

    Args:
        names: folded words.
        shy: those of them that are common words, too: they count with a capital and an *s* alone.
    """

    def __init__(self, names: Iterable[str], shy: Iterable[str] = ()):
        self._whole: dict[str, frozenset[str]] = {}
        self._stems: dict[str, frozenset[str]] = {}  #: these count where a word begins with a capital
        for name in names:
            if len(name) >= LEAST:
                self._add(name)
            elif _LATIN_LETTERS.fullmatch(name) and len(name) == LEAST - 1:
                self._add_capital(name, OF_THREE)
                if f"{name}s" not in NO_PLURALS:
                    self._whole[name] = frozenset("s")
            elif _LATIN_LETTERS.fullmatch(name) and len(name) == LEAST - 2 and f"{name}s" not in NO_PLURALS:
                self._add_capital(name, frozenset("s"))
        for name in shy:
            self._stems.setdefault(name, frozenset("s"))
        ends = [end for ends in (*self._whole.values(), *self._stems.values()) for end in ends]
        self._longest = max(map(len, ends), default=0)

    def _add(self, name: str) -> None:
        if _LATIN_LETTERS.fullmatch(name):
            self._whole[name] = _LATIN
            for stem in _latin_stems(name):
                self._add_capital(stem, _LATIN_STEM)
            weak = _GRADED.sub(lambda match: match[0][0], name)
            if weak != name and len(weak) >= LEAST:
                self._stems[weak] = _LATIN
            if name.endswith("nen") and len(name) > LEAST + 1:
                self._stems[f"{name[:-3]}se"] = _LATIN
            self._add_capital(name, _LATIN_CAPITAL)
            if name[-1] in "aeiou":
                self._whole[name] = _LATIN | _AFTER_VOWEL
                if len(name) == LEAST:
                    self._add_capital(name[:-1], _SHORT_STEM)
            else:
                self._add_capital(_doubled(name), _WITH)
            if name[-1] in _VOICED:
                self._add_capital(name[:-1] + _VOICED[name[-1]], _VOICED_ENDS)
            for stem in _baltic_stems(name):
                self._add_capital(stem, _BALTIC)
        elif _GREEK_LETTERS.fullmatch(name):
            stem = _GREEK_VOWEL.sub("", name)
            (self._whole if len(stem) >= LEAST else self._stems)[stem] = _GREEK
        elif _CYRILLIC_LETTERS.fullmatch(name):
            self._whole[name] = _CYRILLIC
            if name[-1] in "аяоеиьй" and len(name) >= LEAST:
                self._whole.setdefault(name[:-1], _CYRILLIC)

    def _add_capital(self, stem: str, ends: frozenset[str]) -> None:
        self._stems[stem] = self._stems.get(stem, frozenset()) | ends

    def holds(self, word: str, capital: bool) -> bool:
        """Tell whether a folded word is a name with an ending.

        Args:
            capital: it began with a capital.
        """
        for cut in range(1, min(self._longest, len(word) - 1) + 1):
            stem, end = word[:-cut], word[-cut:]
            if end in self._whole.get(stem, ()) or (capital and end in self._stems.get(stem, ())):
                return True
        return False


def _latin_stems(name: str) -> Iterator[str]:
    """Yield what a name is before the endings that take the place of its last letters."""
    if name[-1] in "aeiouy" and len(name) > LEAST:
        yield name[:-1]
    if name.endswith(("ka", "ga")) and len(name) > LEAST + 1:  # Monika, w Monice
        yield name[:-2] + {"k": "c", "g": "dz"}[name[-2]]


def _baltic_stems(name: str) -> Iterator[str]:
    """Yield what a name of five letters or more is without its *s* and the vowel before that."""
    stem = _VOWEL_AND_S.sub("", name)
    if stem != name and len(name) > LEAST and len(stem) >= LEAST - 1:
        yield stem
        yield from (stem[:-1] + softer for softer in _SOFTER.get(stem[-1], ""))


def _doubled(name: str) -> str:
    """Return a name with its last consonant twice; of one that is written with two letters the first is."""
    return _TWO_LETTERS.sub(lambda two: two[0][0] + two[0], name) if _TWO_LETTERS.search(name) else name + name[-1]
