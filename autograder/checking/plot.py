"""What a picture of a failure shows, as plain numbers: small enough to keep with a grade. Pure functions.

Kinds: ``curves`` (your values over the expected ones), ``paths`` (iterates in the plane), ``planes`` (what came back
and what was expected, as grey images), ``tables`` (the same of few numbers, written out, the wrong ones marked) and
``images`` (a row of pictures with a title each).
"""

from __future__ import annotations

import base64
import io
import math
from typing import Any, TypeGuard

import torch

from ..sandbox.host.record import Call
from .asserts import CheckFailure

MAX_POINTS = 200  #: of one curve or path
LEAST_POINTS = 5  #: fewer are read faster as numbers
LEAST_SIDE, MAX_SIDE = 8, 64  #: pixels of a plane
MAX_CELLS = 12  #: of a row or column of a table
MAX_IMAGES = 12

Plot = dict[str, Any]


def of_failure(failure: CheckFailure, record: Call | None) -> Plot | None:
    """Draw a failed comparison; None where numbers say as much."""
    if failure.plot is not None:
        return failure.plot
    actual, expected = failure.actual, failure.expected
    if not (_small(actual) and _small(expected)) and not (_real(actual) and _real(expected)):
        return None
    if actual.shape != expected.shape or not (_real(actual) and _real(expected)):
        return _tables(actual, expected) if _small(actual) and _small(expected) else None
    if expected.dim() == 1 and LEAST_POINTS <= len(expected) <= 10_000:
        return _curves(actual, expected, record)
    if expected.dim() == 2 and expected.shape[1] == 2 and LEAST_POINTS <= len(expected) <= 10_000:
        return {"kind": "paths", "actual": _points(actual), "expected": _points(expected)}
    if 2 <= expected.dim() <= 4 and all(LEAST_SIDE <= n <= MAX_SIDE for n in expected.shape[-2:]):
        first = (0,) * (expected.dim() - 2)
        together = torch.stack([actual[first].double(), expected[first].double()])
        return {"kind": "planes", "actual": grey(together[0], together), "expected": grey(together[1], together)}
    return _tables(actual, expected) if _small(actual) and _small(expected) and expected.numel() > 1 else None


def _small(value: Any) -> TypeGuard[torch.Tensor]:
    """Tell whether this is a tensor of numbers of which a matrix can be written out."""
    if not isinstance(value, torch.Tensor) or value.is_complex() or not value.numel():
        return False
    return 1 <= value.dim() <= 4 and all(n <= MAX_CELLS for n in value.shape[-2:])


def _tables(actual: torch.Tensor, expected: torch.Tensor) -> Plot | None:
    """Write out two small arrays, of several matrices the first that differs.

    Where one is larger, all that stands beyond the other is wrong. None where nothing is, such as a dtype alone.
    """
    mine, true = (
        one.detach().reshape((-1, *one.shape[-2:]) if one.dim() > 1 else (1, 1, -1)) for one in (actual, expected)
    )
    shape = [max(sizes) for sizes in zip(mine.shape, true.shape, strict=True)]
    wrong = torch.ones(shape, dtype=torch.bool)
    n, h, w = (min(sizes) for sizes in zip(mine.shape, true.shape, strict=True))
    both = mine[:n, :h, :w].double(), true[:n, :h, :w].double()
    wrong[:n, :h, :w] = ~torch.isclose(*both, rtol=1e-6, atol=1e-9, equal_nan=True)
    which = int(wrong[:n].flatten(1).any(1).int().argmax())
    if not wrong[which].any():
        return None
    cells = [[[_cell(v) for v in row] for row in rows[which].tolist()] for rows in (mine, true)]
    return {"kind": "tables", "actual": cells[0], "expected": cells[1], "wrong": wrong[which].tolist()}


def _cell(value: float | int | bool) -> str:
    return f"{value:.4g}" if isinstance(value, float) else str(value)


def images(pictures: torch.Tensor, titles: list[str]) -> Plot:
    """Put pictures in a row.

    Args:
        pictures: (N, H, W) in [0, 1]; the first 12 are shown, large ones with every second, third, ... pixel.
        titles: a few words for each.
    """
    step = max(1, -(-max(pictures.shape[-2:]) // MAX_SIDE))
    shown = [grey(picture, torch.tensor([0.0, 1.0])) for picture in pictures[:MAX_IMAGES, ::step, ::step]]
    return {"kind": "images", "images": shown, "titles": [str(title)[:40] for title in titles[:MAX_IMAGES]]}


def _real(value: Any) -> TypeGuard[torch.Tensor]:
    return isinstance(value, torch.Tensor) and value.is_floating_point() and value.numel() > 0


def _thin(rows: torch.Tensor) -> torch.Tensor:
    """At most `MAX_POINTS` of the rows, first and last among them."""
    if len(rows) <= MAX_POINTS:
        return rows
    return rows[torch.linspace(0, len(rows) - 1, MAX_POINTS).round().long()]


def _number(value: float) -> float | None:
    if not math.isfinite(value):
        return None
    short = float(f"{value:.5g}")
    return short if math.isfinite(short) else value  # the largest numbers of all round up to infinity


def _points(rows: torch.Tensor) -> list[list[float | None]]:
    return [[_number(x), _number(y)] for x, y in _thin(rows.detach().double()).tolist()]


def _curves(actual: torch.Tensor, expected: torch.Tensor, record: Call | None) -> Plot:
    x = torch.arange(len(expected), dtype=torch.float64)
    label = "index"
    first = record.args[0] if record is not None and record.args else None
    if _real(first) and first.shape == expected.shape and len(torch.unique(first)) > 2:
        x, label = first.detach().double(), "input"
    order = x.argsort()
    columns = [
        [_number(v) for v in _thin(column.detach().double()[order]).tolist()] for column in (x, actual, expected)
    ]
    return {"kind": "curves", "label": label, **dict(zip(("x", "actual", "expected"), columns, strict=True))}


def grey(plane: torch.Tensor, scale: torch.Tensor) -> str:
    """Return a plane (H, W) as a PNG in base64: black at the least finite value of `scale`, white at the largest."""
    from PIL import Image  # only a failure that has a picture needs it

    known = scale.detach()[scale.isfinite()]
    low, high = (float(known.min()), float(known.max())) if len(known) else (0.0, 1.0)
    unit = ((plane.detach().double() - low) / ((high - low) or 1.0)).nan_to_num(0.5, 1.0, 0.0).clamp(0, 1)
    picture = Image.fromarray((unit * 255).round().to(torch.uint8).numpy())
    written = io.BytesIO()
    picture.save(written, "PNG", optimize=True)
    return base64.b64encode(written.getvalue()).decode()
