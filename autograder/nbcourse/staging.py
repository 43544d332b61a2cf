"""A student's notebook made fit for nbgrader: what editors took away is put back, what is junk is left out. Pure.

Colab, VS Code and careless hands drop metadata, copy cells, keep outputs that no reader takes. nbgrader gives up over
some of these; a teacher would mend them, and so does this.
"""

from __future__ import annotations

import copy
import json
import re
from typing import Any

from .clean import clean, words

Notebook = dict[str, Any]

KEPT_OUTPUT = 64 * 1024  #: characters of a cell's own outputs that are kept
#: what may be shown to a teacher, nothing that runs in a browser; and what nbformat 3 called it
_SHOWN = {"image/png": "png", "text/plain": "text"}
_BASE64 = re.compile(r"[A-Za-z0-9+/=\s]*")  #: else it would end the attribute that a page puts it into
_IMAGE = re.compile(r"image/[a-z0-9.+-]+")


def _text(value: Any) -> str:
    """Return what a notebook gives as a text or as a list of lines, as a text that can be written."""
    lines = value if isinstance(value, list) else [value]
    return "".join(line for line in lines if isinstance(line, str)).encode("utf-8", "replace").decode()


def source_of(cell: dict[str, Any]) -> str:
    """Return the text of a cell."""
    return _text(cell.get("source", cell.get("input", "")))


def staged(content: bytes, released: Notebook) -> tuple[Notebook, dict[str, list[dict[str, Any]]]]:
    """(notebook, kept outputs by cell id) of a submitted notebook.

    Args:
        content: the file.
        released: the notebook as it was given out, with nbgrader's metadata.

    Raises:
        ValueError: it is no notebook.
    """
    try:
        raw = json.loads(content.decode("utf-8-sig"))
        cells = raw["cells"] if "cells" in raw else raw["worksheets"][0]["cells"]
        taken = [cell for cell in cells if isinstance(cell, dict)]
    except (ValueError, KeyError, TypeError, IndexError, RecursionError):
        raise ValueError("it is not a readable notebook") from None
    made: list[dict[str, Any]] = []
    outputs: dict[str, list[dict[str, Any]]] = {}
    for number, cell in enumerate(taken):
        kind = cell.get("cell_type")
        if kind not in ("code", "markdown", "raw"):
            kind = "markdown" if kind == "heading" else "raw"
        identity = f"cell-{number}"
        fresh: dict[str, Any] = {"id": identity, "source": source_of(cell), "metadata": {}}
        _become(fresh, kind)
        fresh["was"], fresh["name"] = _text(cell.get("id")), _name(cell)
        if kind == "code":
            outputs[identity] = harmless(cell.get("outputs"))
        elif isinstance(cell.get("attachments"), dict):
            fresh["attachments"] = _attachments(cell["attachments"])
        made.append(fresh)
    _put_back(made, _restore(made, released), released)
    for cell in made:
        cell.pop("was", None)
        cell.pop("name", None)
    clean(made, released["cells"])
    metadata = {"kernelspec": _kernelspec(released), "language_info": {"name": "python"}}
    return {"cells": made, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}, outputs


def _kernelspec(released: Notebook) -> dict[str, Any]:
    python = {"display_name": "Python 3", "language": "python", "name": "python3"}
    found: dict[str, Any] = released.get("metadata", {}).get("kernelspec", python)
    return found


def _become(cell: dict[str, Any], kind: str) -> None:
    """Make a cell one of this kind, with what belongs to it."""
    cell["cell_type"] = kind
    if kind == "code":
        cell.pop("attachments", None)
        cell.update(execution_count=None, outputs=[])
    else:
        cell.pop("execution_count", None)
        cell.pop("outputs", None)


def _attachments(found: dict[Any, Any]) -> dict[str, dict[str, str]]:
    """Pictures in base64, nothing else."""
    kept: dict[str, dict[str, str]] = {}
    for name, bundle in found.items():
        if isinstance(bundle, dict):
            pictures = {kind: data for kind, data in bundle.items() if _IMAGE.fullmatch(kind) and isinstance(data, str)}
            pictures = {kind: data for kind, data in pictures.items() if _BASE64.fullmatch(data)}
            if pictures:  # one without any could not be rendered
                kept[_text(name)] = pictures
    return kept


def _grader(cell: dict[str, Any]) -> dict[str, Any]:
    metadata = cell.get("metadata")
    found = metadata.get("nbgrader") if isinstance(metadata, dict) else None
    return found if isinstance(found, dict) else {}


def _name(cell: dict[str, Any]) -> str:
    """Return what nbgrader calls a cell, "" when it is nothing to nbgrader."""
    name = _grader(cell).get("grade_id")
    return name if isinstance(name, str) else ""


def _restore(cells: list[dict[str, Any]], released: Notebook) -> dict[str, dict[str, Any]]:
    """Give every cell of the released notebook that is still there its metadata back, once; the cells by name.

    Of several copies the last one counts, as it does for Python and for nbgrader; one that nothing was written into
    counts for none.
    """
    kinds = {_name(cell): cell for cell in released["cells"] if _name(cell)}
    taken: dict[str, dict[str, Any]] = {}

    def take(name: str, found: dict[str, Any]) -> None:
        taken[name] = found
        found["metadata"] = copy.deepcopy(kinds[name]["metadata"])
        if found["cell_type"] != kinds[name]["cell_type"]:
            _become(found, kinds[name]["cell_type"])

    for name, given in kinds.items():  # who names itself is believed
        found = [cell for cell in cells if cell["name"] == name]
        written = [cell for cell in found if cell["source"].strip() and not _same_source(cell, given)]
        if found:
            take(name, (written or found)[-1])
    for matches in (_same_id, _same_source, _same_definition):
        for name, given in kinds.items():
            if name in taken:
                continue
            free = (cell for cell in reversed(cells) if not _grader(cell) and matches(cell, given))
            match = next(free, None)
            if match is not None:
                take(name, match)
    return taken


def _put_back(cells: list[dict[str, Any]], there: dict[str, dict[str, Any]], released: Notebook) -> None:
    """Put back what has points and was deleted, after what it followed: its points must be somewhere."""
    before: dict[str, Any] | None = None
    for number, given in enumerate(released["cells"]):
        found = there.get(_name(given))
        if found is None and (_grader(given).get("grade") or _grader(given).get("task")):
            found = {"id": f"back-{number}", "source": source_of(given), "metadata": copy.deepcopy(given["metadata"])}
            _become(found, given["cell_type"])
            place = next((n + 1 for n, cell in enumerate(cells) if cell is before), len(cells) if before else 0)
            cells.insert(place, found)
        before = found if found is not None else before


def _same_id(cell: dict[str, Any], given: dict[str, Any]) -> bool:
    return bool(cell["was"]) and cell["was"] == given.get("id")


def _same_source(cell: dict[str, Any], given: dict[str, Any]) -> bool:
    return bool(cell["source"].strip()) and cell["source"].strip() == source_of(given).strip()


def _same_definition(cell: dict[str, Any], given: dict[str, Any]) -> bool:
    name = _name(given)
    if not _grader(given).get("solution") or cell["cell_type"] != "code":
        return False
    return any(
        line.startswith((f"def {name}(", f"class {name}(", f"class {name}:")) for line in cell["source"].splitlines()
    )


def harmless(outputs: Any) -> list[dict[str, Any]]:
    """Return outputs as they were handed in, as far as they are text or pictures and not too long."""
    kept: list[dict[str, Any]] = []
    left = KEPT_OUTPUT
    for output in outputs if isinstance(outputs, list) else ():
        one = _harmless(output) if isinstance(output, dict) else None
        size = len(json.dumps(one)) if one is not None else 0
        if one is not None and size <= left:
            kept.append(one)
            left -= size
    return kept


def _harmless(output: dict[str, Any]) -> dict[str, Any] | None:
    kind = output.get("output_type")
    if kind == "stream":
        return {"output_type": "stream", "name": "stdout", "text": _text(output.get("text"))[:KEPT_OUTPUT]}
    if kind in ("display_data", "execute_result", "pyout"):
        data = output.get("data", output)
        data = data if isinstance(data, dict) else {}
        found = {mime: _text(data.get(mime, data.get(old))) for mime, old in _SHOWN.items()}
        if not _BASE64.fullmatch(found["image/png"]):
            del found["image/png"]
        found = {mime: shown for mime, shown in found.items() if shown}
        return {"output_type": "display_data", "data": found, "metadata": {}} if found else None
    if kind in ("error", "pyerr"):
        words = f"{_text(output.get('ename'))}: {_text(output.get('evalue'))}"[:2000]
        return {"output_type": "stream", "name": "stdout", "text": words}
    return None


def noted(notebook: Notebook, note: str) -> Notebook:
    """Return a staged notebook with a note on top that teacher and student read."""
    cell = {"id": "gradus-note", "cell_type": "markdown", "metadata": {}, "source": words(f"**Note.** {note}")}
    return {**notebook, "cells": [cell, *notebook["cells"]]}


def substitute(released: Notebook, note: str, code: str = "") -> Notebook:
    """Return the notebook as it was given out, with a note on top: for a submission that is no readable notebook.

    Args:
        note: what the teacher, and by the feedback the student, should know.
        code: what was handed in in another form.
    """
    cells: list[dict[str, Any]] = [{"cell_type": "markdown", "metadata": {}, "source": words(f"**Note.** {note}")}]
    if code:
        cells.append({"cell_type": "code", "metadata": {}, "source": code, "outputs": [], "execution_count": None})
    if released.get("nbformat_minor", 0) >= 5:
        for number, cell in enumerate(cells):
            cell["id"] = f"gradus-{number}"
    return {**released, "cells": cells + released["cells"]}
