"""What says that a name follows, or is one whoever's it is: "author:", an address, a folder of somebody's. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator

_BEFORE = (
    "author authors autor autora autoren auteur autore by von par with mit avec con name student user username login "
    "owner regards greetings thanks thank hi hello dear hallo liebe lieber cher "
    "автор имя"
)
_CUE = re.compile(rf"(?<![^\W_])(?:{'|'.join(_BEFORE.split())})(?![^\W_])(?:[^\w\n]|_){{1,6}}")
_ENDS = (
    "com org net edu gov info io dev app example de at ch fr uk us ca it es pt nl be pl cz sk se dk fi ee lv lt ru ua "
    "tr gr hu ro bg jp cn kr br mx ar au nz ie il za"
)
_ADDRESS = re.compile(rf"[a-z0-9][\w.+-]*@[a-z0-9-]+(?:\.[a-z0-9-]+)*\.(?:{'|'.join(_ENDS.split())})(?![\w(\[.])")
_HOME = re.compile(r"[/\\](?:home|users)[/\\]+([^/\\\s\"'<>:]+)")
_AUTHOR = re.compile(
    r"(?:authors?|autor(?:a|en|es|in)?|auteurs?|autore|автор)(?:\(s\))?[\"'_ \t]*[:=]+"
    r"[ \t\"'(\[]*([^\n\"')\]#]*[^\s\"')\]#])"
)
_NUMBER = re.compile(
    r"(?:matrikel|matricula|matricule|matr|enrol?l?ment|registration|student[ _-]?(?:id|n))[a-z]*\W{0,4}"
    r"(?:(?:nr|no|nummer|number|id)\W{0,4})?([a-z]{0,2}[0-9][0-9-]{3,}[0-9])"
)
NEXT = re.compile(r"[ ._,&-]{1,3}")  #: between a name that is said so and the rest of it


def places(plain: str) -> Iterator[tuple[int, int]]:
    """Yield where in a folded text somebody is named, whether the class knows the name or not."""
    if "@" in plain:
        yield from (found.span() for found in _ADDRESS.finditer(plain))
    yield from (found.span(1) for pattern in (_HOME, _AUTHOR, _NUMBER) for found in pattern.finditer(plain))


def announced(plain: str) -> set[int]:
    """Return where in a folded text words begin that are names where they may be."""
    return {found.end() for found in _CUE.finditer(plain)}
