"""A student's notebook made fit for nbgrader: what editors took away is put back, what is junk is left out. Pure.

Colab, VS Code and careless hands drop metadata, copy cells, keep outputs that no reader takes. nbgrader gives up over
some of these; a teacher would mend them, and so does this.
"""

from __future__ import annotations

import json
from typing import Any

Notebook = dict[str, Any]

KEPT_OUTPUT = 64 * 1024  #: characters of a cell's own outputs that are kept
_SHOWN = ("image/png", "text/plain")  #: what may be shown to a teacher: nothing that runs in a browser


def source_of(cell: dict[str, Any]) -> str:
    """The text of a cell."""
    source = cell.get("source", cell.get("input", ""))
    return "".join(map(str, source)) if isinstance(source, list) else str(source)


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
        metadata = cell.get("metadata") if isinstance(cell.get("metadata"), dict) else {}
        identity = f"cell-{number}"
        fresh: dict[str, Any] = {"id": identity, "cell_type": kind, "source": source_of(cell), "metadata": metadata}
        fresh["was"] = str(cell.get("id", ""))
        if kind == "code":
            fresh |= {"execution_count": None, "outputs": []}
            outputs[identity] = harmless(cell.get("outputs"))
        elif isinstance(cell.get("attachments"), dict):
            fresh["attachments"] = _attachments(cell["attachments"])
        made.append(fresh)
    _restore(made, released)
    for cell in made:
        del cell["was"]
    metadata = {"kernelspec": released["metadata"]["kernelspec"], "language_info": {"name": "python"}}
    return {"cells": made, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}, outputs


def _attachments(found: dict[Any, Any]) -> dict[str, dict[str, str]]:
    kept: dict[str, dict[str, str]] = {}
    for name, bundle in found.items():
        if isinstance(bundle, dict):
            kept[str(name)] = {str(kind): data for kind, data in bundle.items() if isinstance(data, str)}
    return kept


def _grader(cell: dict[str, Any]) -> dict[str, Any]:
    found = cell.get("metadata", {}).get("nbgrader")
    return found if isinstance(found, dict) else {}


def _restore(cells: list[dict[str, Any]], released: Notebook) -> None:
    """Give every cell of the released notebook that is still there its metadata back, once."""
    kinds = {_grader(cell).get("grade_id"): cell for cell in released["cells"] if _grader(cell).get("grade_id")}
    taken: set[str] = set()
    for cell in cells:  # who names itself is believed, the first of several
        name = _grader(cell).get("grade_id")
        if name in kinds and name not in taken:
            taken.add(str(name))
            cell["metadata"]["nbgrader"] = dict(_grader(kinds[name]))
        else:
            cell["metadata"].pop("nbgrader", None)
    for matches in (_same_id, _same_source, _same_definition):
        for name, given in kinds.items():
            if name in taken:
                continue
            found = next((c for c in cells if not _grader(c) and matches(c, given)), None)
            if found is not None:
                taken.add(str(name))
                found["metadata"]["nbgrader"] = dict(_grader(given))


def _same_id(cell: dict[str, Any], given: dict[str, Any]) -> bool:
    return bool(cell["was"]) and cell["was"] == given.get("id")


def _same_source(cell: dict[str, Any], given: dict[str, Any]) -> bool:
    return bool(cell["source"].strip()) and cell["source"].strip() == source_of(given).strip()


def _same_definition(cell: dict[str, Any], given: dict[str, Any]) -> bool:
    name = str(_grader(given).get("grade_id"))
    if not _grader(given).get("solution") or cell["cell_type"] != "code":
        return False
    return any(
        line.startswith((f"def {name}(", f"class {name}(", f"class {name}:")) for line in cell["source"].splitlines()
    )


def harmless(outputs: Any) -> list[dict[str, Any]]:
    """Outputs as they were handed in, as far as they are text or pictures and not too long."""
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
    def text(value: Any) -> str:
        return "".join(map(str, value)) if isinstance(value, list) else str(value)

    kind = output.get("output_type")
    if kind == "stream":
        return {"output_type": "stream", "name": "stdout", "text": text(output.get("text", ""))[:KEPT_OUTPUT]}
    if kind in ("display_data", "execute_result", "pyout"):
        data = output.get("data", output)
        found = {mime: text(data[mime]) for mime in _SHOWN if isinstance(data, dict) and mime in data}
        return {"output_type": "display_data", "data": found, "metadata": {}} if found else None
    if kind in ("error", "pyerr"):
        words = f"{output.get('ename', '')}: {output.get('evalue', '')}"[:2000]
        return {"output_type": "stream", "name": "stdout", "text": words}
    return None


def substitute(released: Notebook, note: str, code: str = "") -> Notebook:
    """The notebook as it was given out, with a note on top: for a submission that is no readable notebook.

    Args:
        note: what the teacher, and by the feedback the student, should know.
        code: what was handed in in another form.
    """
    cells: list[dict[str, Any]] = [
        {"cell_type": "markdown", "id": "gradus-note", "metadata": {}, "source": f"**Note.** {note}"}
    ]
    if code:
        cells.append({
            "cell_type": "code", "id": "gradus-code", "metadata": {}, "source": code, "outputs": [],
            "execution_count": None,
        })  # fmt: skip
    return {**released, "cells": cells + released["cells"]}
