"""Codes by which students ask to look at a page again: each stands for one student's page, and tells nobody whose."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Iterable

from .store import Gradebook

SECRET = "desk secret"  #: the setting that keeps ids and codes the same as long as there is the gradebook
_LETTERS = "abcdefghijkmnpqrstuvwxyz23456789"  #: none is taken for another
_LENGTH = 12  #: letters: sixty bits, so that nobody finds another student's code by trying

Place = tuple[str, str]  #: a student and a page


def secret_of(book: Gradebook) -> str:
    """Return the secret of a gradebook, which gets one where it has none.

    Raises:
        GradebookError: it has none, and cannot be written.
    """
    kept = book.setting(SECRET)
    if kept is None:
        kept = secrets.token_hex(16)
        book.keep_setting(SECRET, kept)
    return kept


class Codes:
    """The codes of a gradebook.

    Args:
        secret: without it nobody works out a code, or whose it is.
    """

    def __init__(self, secret: str):
        self._secret = secret.encode("utf-8", "surrogatepass")
        self._known: dict[Place, str] = {}

    @classmethod
    def of_book(cls, book: Gradebook) -> Codes | None:
        """Return the codes of a gradebook, None where it has no secret yet: who only looks writes nothing."""
        kept = book.setting(SECRET)
        return cls(kept) if kept is not None else None

    def of(self, student: str, page: str) -> str:
        """Return the code of a student's page, like ``k7fq-2m9x-abcd``."""
        if (student, page) not in self._known:
            text = f"request\0{student}\0{page}".encode("utf-8", "surrogatepass")
            digest = hmac.new(self._secret, text, hashlib.sha256).digest()
            letters = "".join(_LETTERS[byte % len(_LETTERS)] for byte in digest[:_LENGTH])
            self._known[student, page] = "-".join(letters[n : n + 4] for n in range(0, _LENGTH, 4))
        return self._known[student, page]

    def places(self, of: Iterable[Place]) -> dict[str, Place]:
        """Return these students' pages by :func:`plain` code."""
        return {plain(self.of(*place)): place for place in of}


def plain(code: str) -> str:
    """Return a code as it is compared: however somebody typed its case, hyphens and blanks."""
    return "".join(letter for letter in code.casefold() if letter.isalnum())
