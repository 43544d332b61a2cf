"""Pictures of an assignment, pasted or beside it: they come along and lie beside the page's lesson."""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from .parts import Assignment, Cell

MAX_BYTES = 16 << 20  #: of all pictures of a page
SHOWN = re.compile(r"""!\[(?P<alt>[^\]]*)\]\(\s*<?(?P<place>[^)\s>]+)>?(?:\s+["'][^)]*["'])?\s*\)""")
_HTML = re.compile(r"<img\b[^>]*>", re.I)
SUFFIXES = {".png", ".jpg", ".jpeg", ".gif", ".svg", ".webp"}
#: how their contents begin
_BEGIN = (
    (re.compile(rb"\x89PNG"), ".png"), (re.compile(rb"\xff\xd8"), ".jpg"), (re.compile(rb"GIF8"), ".gif"),
    (re.compile(rb"RIFF....WEBP", re.S), ".webp"), (re.compile(rb"\s*(<\?xml.*?)?<svg\b", re.S), ".svg"),
)  # fmt: skip


def pasted(cell: Any) -> dict[str, bytes]:
    """Return the pictures that a notebook's cell carries, by name; one that cannot be read is not among them."""
    found = {}
    for name, kinds in (cell.get("attachments") or {}).items():
        for kind, content in kinds.items():
            if str(kind).startswith("image/"):
                text = "".join(content) if isinstance(content, list) else str(content)
                try:
                    found[str(name)] = base64.b64decode(text) if kind != "image/svg+xml" else text.encode()
                except (binascii.Error, ValueError):
                    continue
    return found


def brought(assignment: Assignment, page: str) -> tuple[Assignment, dict[str, bytes]]:
    """Return an assignment whose words show pictures beside its lesson, and these by name.

    What cannot come along is noted with what to do, and its place says what it shows.
    """
    bringing = _Bringing(assignment.source.parent, page)
    cells = [
        cell if cell.kind not in ("words", "manual") or cell.code else bringing.of(cell) for cell in assignment.cells
    ]
    return replace(assignment, cells=tuple(cells), notes=(*assignment.notes, *bringing.notes)), bringing.found


def without_pictures(text: str) -> str:
    """Return words without the pictures that they show."""
    return _HTML.sub("", SHOWN.sub("", text))


class _Bringing:
    def __init__(self, folder: Path, page: str):
        self.folder, self.page = folder, page
        self.found: dict[str, bytes] = {}
        self.notes: list[str] = []

    def of(self, cell: Cell) -> Cell:
        """Return a cell with its pictures' new places."""

        def shown(match: re.Match[str]) -> str:
            return self._shown(match["alt"], match["place"], cell)

        source = _HTML.sub(_as_markdown, cell.source)
        return replace(
            cell, source=SHOWN.sub(shown, source), scheme=SHOWN.sub(shown, _HTML.sub(_as_markdown, cell.scheme))
        )

    def _shown(self, alt: str, place: str, cell: Cell) -> str:
        if re.match(r"https?://", place):
            self.notes.append(
                f"{cell.name}: {place} is a link now, a page fetches nothing; save the picture and show that"
            )
            return f"[{alt or 'picture'}]({place})"
        name, content, why = self._content(place, cell)
        if content is None:
            self.notes.append(f"{cell.name}: the picture {place[:80]} {why}")
            return f"*(picture: {alt})*" if alt else "*(a picture)*"
        return f"![{alt}]({self._kept(name, content)})"

    def _content(self, place: str, cell: Cell) -> tuple[str, bytes | None, str]:
        """Return name and content of a picture, or why there is none."""
        if place.startswith("attachment:"):
            name = unquote(place.removeprefix("attachment:"))
            content = cell.pasted.get(name)
            return (
                _shows(name, content)
                if content is not None
                else (name, None, "is not pasted into its cell; paste it again")
            )
        inline = re.fullmatch(r"data:image/(\w+)[^,]*;base64,(.*)", place, re.S)
        if inline:
            try:
                return _shows(f"picture.{inline[1]}", base64.b64decode(inline[2]))
            except (binascii.Error, ValueError):
                return "", None, "cannot be read; save it beside the notebook and show that"
        path = self.folder / unquote(place)
        if path.suffix.lower() not in SUFFIXES:
            return "", None, f"is none of {', '.join(sorted(SUFFIXES))}; save it as one"
        if path.is_symlink() or not path.is_file():
            return "", None, "is not beside the notebook; put it there, or beside the lesson and show it"
        if sum(map(len, self.found.values())) + path.stat().st_size > MAX_BYTES:
            return "", None, f"is left behind, a page's pictures may have {MAX_BYTES >> 20} MB in all"
        return path.name, path.read_bytes(), ""

    def _kept(self, name: str, content: bytes) -> str:
        """Return the name of a picture beside the lesson: no other page's, and one for the same content."""
        stem, dot, suffix = re.sub(r"[^\w.-]+", "_", name).rpartition(".")
        suffix = suffix.lower()
        number = 1
        while True:
            made = f"{self.page}_{stem}{'' if number == 1 else f'_{number}'}{dot}{suffix}"
            if self.found.setdefault(made, content) == content:
                return made
            number += 1


def _shows(name: str, content: bytes) -> tuple[str, bytes | None, str]:
    """Return a picture that is no file's with the ending that its name lacks, or why it cannot be shown."""
    if Path(name).suffix.lower() in SUFFIXES:
        return name, content, ""
    ending = next((ending for begins, ending in _BEGIN if begins.match(content)), "")
    if not ending:
        return name, None, f"is none of {', '.join(sorted(SUFFIXES))}; save it as one"
    return f"{name}{ending}", content, ""


def _as_markdown(match: re.Match[str]) -> str:
    """Return a picture in HTML as one in Markdown; as it is, where it names none."""

    def value(of: str) -> str:
        found = re.search(rf"""\b{of}\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s>]+))""", match[0], re.I)
        return next((part for part in found.groups() if part is not None), "") if found else ""

    place = value("src").strip().replace(" ", "%20")
    return f"![{value('alt')}]({place})" if place else match[0]
