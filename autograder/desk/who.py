"""Who marks: the name that was said at the start, or that of a proxy's header, if one was named."""

from __future__ import annotations

import contextlib
import getpass
from collections.abc import Mapping
from dataclasses import dataclass

from ..errors import GradusError
from ..text import printable

LONGEST = 100  #: letters of a marker's name


class Nobody(Exception):
    """The proxy did not say who asks; the text says what is wrong."""


@dataclass(frozen=True)
class Who:
    """How it is known who marks.

    Args:
        name: of the one marker, "" for whoever started the desk.
        header: of the proxy's, "" for none. Where it is named, it alone counts, and who comes without it may nothing.
    """

    name: str = ""
    header: str = ""

    def __post_init__(self) -> None:
        if self.name and self.header:
            raise GradusError("--as and --user-header: say one of them")
        if self.name and _clean(self.name) != self.name:
            raise GradusError(f"--as {printable(self.name, 80)}: say a name of up to {LONGEST} printable letters")

    def of(self, headers: Mapping[str, str]) -> str:
        """Return who asks.

        Raises:
            Nobody: the header was named, and is missing or holds no name.
        """
        if not self.header:
            return self.name or _here()
        given = headers.get(self.header, "")
        with contextlib.suppress(UnicodeError):  # a header's bytes are read as Latin-1; proxies send UTF-8
            given = given.encode("latin-1").decode("utf-8")
        if not given or _clean(given) != given:
            raise Nobody(f"the proxy did not say who you are: it must set the header {self.header}")
        return given


def _clean(name: str) -> str:
    return "".join(letter for letter in name.strip() if letter.isprintable())[:LONGEST]


def _here() -> str:
    try:
        return _clean(getpass.getuser()) or "somebody"
    except (OSError, KeyError):
        return "somebody"
