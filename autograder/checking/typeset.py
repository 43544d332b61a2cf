"""Values as a student reads them: short, aligned, with enough digits to see the difference. Pure functions."""

from __future__ import annotations

from itertools import islice
from typing import Any

import numpy as np
import torch

from ..sandbox.host.handles import Handle, Placed
from ..sandbox.host.record import Large, Named
from ..text import printable

MAX_SHOWN = 48  #: entries of a tensor that are written out
MAX_PARTS = 200  #: values of nested containers that are written out
MAX_TEXT = 8000  #: characters of one value
_SHORT = {torch.float32: "", torch.int64: "", torch.bool: ""}


def number(value: Any, against: Any = None) -> str:
    """Write a number with four significant digits, or as many as tell it from `against`."""
    if isinstance(value, (bool, int)):
        return str(value)
    for digits in range(4, 18):
        text = _short(value, digits)
        if against is None or value == against or text != _short(against, digits):
            break
    return text


def _short(value: complex, digits: int) -> str:
    """Write a number with so many significant digits; one without an imaginary part is written without it."""
    if isinstance(value, complex):
        if value.imag != 0:
            return f"{value.real:.{digits}g}{value.imag:+.{digits}g}j"
        value = value.real
    return f"{value:.{digits}g}"


def typeset(value: Any, width: int = 76) -> str:
    """One value: small tensors in full, large ones by shape and a few numbers, at most `MAX_TEXT` characters."""
    text = _typeset(value, width, [MAX_PARTS])
    return text if len(text) <= MAX_TEXT else text[:MAX_TEXT] + "…"


def _typeset(value: Any, width: int, left: list[int]) -> str:
    """`left` counts down the values that are still written out, however they are nested."""
    left[0] -= 1
    if left[0] < 0:
        return "…"
    if isinstance(value, torch.Tensor):
        return _tensor(value, width)
    if isinstance(value, (Handle, Placed)):  # asking it for an attribute would ask the worker
        return printable(repr(value), 200)
    if isinstance(value, np.ndarray):
        plain = value.dtype.kind in "biufc" and value.dtype.itemsize <= (16 if value.dtype.kind == "c" else 8)
        shown = _tensor(torch.from_numpy(value), width) if plain else printable(str(value.tolist()), 200)
        return shown.replace("tensor(", "array(", 1)
    if isinstance(value, float):
        return number(value)
    if isinstance(value, (list, tuple)):
        inner = ", ".join(_typeset(v, width, left) for v in value[:8]) + (", …" if len(value) > 8 else "")
        return f"[{inner}]" if isinstance(value, list) else f"({inner}{',' if len(value) == 1 else ''})"
    if isinstance(value, dict):
        return (
            "{"
            + ", ".join(f"{_key(k, width, left)}: {_typeset(v, width, left)}" for k, v in islice(value.items(), 8))
            + "}"
        )
    if type(value) is Large:
        return f"<tensor {'×'.join(map(str, value.shape))}, mean {number(value.mean)}>"
    if type(value) is Named:
        return printable(str(value.name), 200).strip("<>")
    return printable(repr(value), 200)


def _key(key: Any, width: int, left: list[int]) -> str:
    return printable(repr(key[:80]) if isinstance(key, (str, bytes)) else _typeset(key, width, left), 90)


def _tensor(value: torch.Tensor, width: int) -> str:
    value = value.detach()
    notes = "" if value.dtype in _SHORT else f", {str(value.dtype).removeprefix('torch.')}"
    if value.numel() > MAX_SHOWN or value.numel() == 0:
        shape = "×".join(map(str, value.shape))
        if value.numel() == 0:
            return f"tensor(empty, shape {tuple(value.shape)}{notes})"
        first = ", ".join(_entry(v) for v in value.flatten()[:4].tolist())
        return f"tensor({shape}: {first}, …{notes})"
    cells = [_entry(v) for v in value.flatten().tolist()]
    if value.dim() == 0:
        return f"tensor({cells[0]}{notes})"
    size = max(map(len, cells)) if value.dim() > 1 else 0
    padded = [cell.rjust(size) for cell in cells]
    flat = _nested(padded, list(value.shape), 0, one_line=True)
    if len(flat) + 10 <= width:
        return f"tensor({flat}{notes})"
    return f"tensor({_nested(padded, list(value.shape), 8, one_line=False)}{notes})"


def _entry(value: Any) -> str:
    """One entry of a tensor: a whole float keeps its point, so that it cannot be taken for an int."""
    text = number(value)
    return text + "." if isinstance(value, float) and text.lstrip("-").isdigit() else text


def _nested(cells: list[str], shape: list[int], indent: int, one_line: bool) -> str:
    if len(shape) == 1:
        return "[" + ", ".join(cells) + "]"
    step = len(cells) // shape[0]
    rows = [_nested(cells[i * step : (i + 1) * step], shape[1:], indent, one_line) for i in range(shape[0])]
    if one_line:
        return "[" + ", ".join(rows) + "]"
    return "[" + (",\n" + " " * indent).join(rows) + "]"


def call(label: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> str:
    """Write a call as the student would type it."""
    label = printable(label, 200)
    parts = [typeset(a) for a in args] + [f"{k}={typeset(v)}" for k, v in kwargs.items()]
    if sum(map(len, parts)) > 90 or any("\n" in part for part in parts):
        body = ",\n    ".join(part.replace("\n", "\n    ") for part in parts)
        return f"{label}(\n    {body})"
    return f"{label}({', '.join(parts)})"
