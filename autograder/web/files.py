"""Files that pages load, and the templates that they are made of: from the folders that were named, nothing else."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import jinja2
from starlette.responses import FileResponse, PlainTextResponse, Response

from ..language import _
from ..report.templating import environment

STATIC = Path(__file__).resolve().parent / "static"  #: what the lab's pages and the desk's have in common
KINDS = {".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml", ".png": "image/png"}
#: what a lesson may show
PICTURES = {
    ".svg": "image/svg+xml", ".png": "image/png", ".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".gif": "image/gif",
    ".webp": "image/webp",
}  # fmt: skip


def is_file(path: Path) -> bool:
    """Tell whether a file is there; a name that no file can have, by its length or its bytes, is none."""
    try:
        return path.is_file()
    except (OSError, ValueError):
        return False


def file_in(folder: Path | None, file: str) -> Response:
    """Return a script, style or picture of a folder; what is none of these, or lies elsewhere, is not there."""
    try:
        path = (folder / file).resolve() if folder is not None else None
    except (OSError, ValueError):  # a null byte
        path = None
    if folder is None or path is None or not path.is_relative_to(folder):
        return PlainTextResponse(_("there is no such file") + "\n", 404)
    if path.suffix not in KINDS or not is_file(path):
        return PlainTextResponse(_("there is no such file") + "\n", 404)
    return FileResponse(path, media_type=KINDS[path.suffix])


def templates(folders: Iterable[Path]) -> jinja2.Environment:
    """Return the environment of the templates in these folders, the frame of a page and the report's among them."""
    shared = environment()
    assert shared.loader is not None
    ours = [str(folder) for folder in (*folders, STATIC.parent / "templates")]
    return shared.overlay(loader=jinja2.ChoiceLoader([jinja2.FileSystemLoader(ours), shared.loader]))
