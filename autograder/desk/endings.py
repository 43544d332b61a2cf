"""What names become in sentences: "Ivans", "Иваном", "Nowakowi", "Virtasen". Pure, for the cover of the anonymous view.

A word is a name with an ending where it begins with a name of four letters or more, and ends in one of a closed list of
endings: of case and possession in Germanic, Slavic and Finnic languages. Of a name that ends in a vowel, in ``-ski`` or
in ``-nen`` the stem counts, too. A closed list, and no ending of any few letters, since Norma would cover `normal`, and
Grant `granted`; that Martin covers a martini is the price of not naming him.
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
#: behind what is left of a name without its last vowel: "Monika" is "Moniki" and "Monice", "Kowalski" is "Kowalskiego"
_STEM_ENDS = "a e i y o u ie ii iego iemu im iej ich imi en"
_LATIN_STEM = frozenset(_STEM_ENDS.split())
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
                self._stems.setdefault(name, frozenset("s"))
        for name in shy:
            self._stems.setdefault(name, frozenset("s"))
        ends = [end for ends in (*self._whole.values(), *self._stems.values()) for end in ends]
        self._longest = max(map(len, ends), default=0)

    def _add(self, name: str) -> None:
        if _LATIN_LETTERS.fullmatch(name):
            self._whole[name] = _LATIN
            for stem in _latin_stems(name):
                self._stems[stem] = self._stems.get(stem, frozenset()) | _LATIN_STEM
            weak = _GRADED.sub(lambda match: match[0][0], name)
            if weak != name and len(weak) >= LEAST:
                self._stems[weak] = _LATIN
            if name.endswith("nen") and len(name) > LEAST + 1:
                self._stems[f"{name[:-3]}se"] = _LATIN
        elif _CYRILLIC_LETTERS.fullmatch(name):
            self._whole[name] = _CYRILLIC
            if name[-1] in "аяоеиьй" and len(name) >= LEAST:
                self._whole.setdefault(name[:-1], _CYRILLIC)

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
