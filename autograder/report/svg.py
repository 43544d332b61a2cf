"""Pictures of failures as self-contained SVG: what came back in orange over what was expected in grey."""

from __future__ import annotations

import math
import sys
from collections.abc import Sequence
from html import escape
from typing import Any

from ..language import _
from ..text import printable

WIDTH, HEIGHT, MARGIN = 420, 220, 34
ACTUAL, EXPECTED = "#d9822b", "#8a8a8a"
_PAIR = (("expected", EXPECTED, 4), ("actual", ACTUAL, 1.8))


def svg(plot: dict[str, Any] | None) -> str:
    """Draw the picture, "" where there is none."""
    if plot is None:
        return ""
    draw = {"curves": _curves, "paths": _paths, "planes": _planes, "tables": _tables, "images": _images}.get(
        str(plot.get("kind"))
    )
    return draw(plot) if draw is not None else ""


class _Frame:
    """Axes from the least to the largest finite value of both coordinates."""

    def __init__(self, xs: Sequence[float | None], ys: Sequence[float | None]):
        self.x, self.y = self._range(xs), self._range(ys)

    @staticmethod
    def _range(values: Sequence[float | None]) -> tuple[float, float]:
        known = [value for value in values if value is not None] or [0.0, 1.0]
        low, high = min(known), max(known)
        if high > low:
            return low, high
        room = max(0.5, abs(low) / 2)  # half a unit is nothing beside a large number
        return max(low - room, -sys.float_info.max), min(high + room, sys.float_info.max)

    @staticmethod
    def _part(value: float, ends: tuple[float, float]) -> float:
        """Return where it lies between the ends, from 0 to 1."""
        low, high = ends
        if math.isinf(high - low):
            value, low, high = value / 4, low / 4, high / 4
        return (value - low) / (high - low)

    def place(self, x: float, y: float) -> str:
        """Write a point as SVG does."""
        across, up = self._part(x, self.x), self._part(y, self.y)
        return f"{MARGIN + across * (WIDTH - 2 * MARGIN):.1f},{HEIGHT - MARGIN - up * (HEIGHT - 2 * MARGIN):.1f}"

    def line(self, points: Sequence[tuple[float | None, float | None]], colour: str, thick: float) -> str:
        """Pieces of a line, broken where a value is not finite."""
        pieces: list[list[str]] = [[]]
        for x, y in points:
            if x is None or y is None:
                pieces.append([])
            else:
                pieces[-1].append(self.place(x, y))
        style = f"fill='none' stroke='{colour}' stroke-width='{thick}' stroke-linejoin='round'"
        return "".join(f"<polyline points='{' '.join(piece)}' {style}/>" for piece in pieces if piece)

    def wrap(self, inside: str, label: str = "") -> str:
        """Put a box around a picture, and the ends of its axes."""
        left, right, top, bottom = MARGIN, WIDTH - MARGIN, MARGIN, HEIGHT - MARGIN
        texts = [
            (left, bottom + 14, "start", f"{self.x[0]:.3g}"), (right, bottom + 14, "end", f"{self.x[1]:.3g}"),
            ((left + right) // 2, bottom + 14, "middle", label), (left - 3, bottom, "end", f"{self.y[0]:.3g}"),
            (left - 3, top + 9, "end", f"{self.y[1]:.3g}"),
        ]  # fmt: skip
        words = "".join(_text(x, y, anchor, text) for x, y, anchor, text in texts)
        box = f"<rect x='{left}' y='{top}' width='{right - left}' height='{bottom - top}' fill='none' stroke='#8886'/>"
        return _whole(WIDTH, HEIGHT, box + inside + words + _legend(left, top - 8))


def _text(x: float, y: float, anchor: str, text: str) -> str:
    return f"<text x='{x}' y='{y}' text-anchor='{anchor}' fill='currentColor'>{escape(printable(text, 200))}</text>"


def _legend(x: int, y: int) -> str:
    return _key(x, y, _("came back"), ACTUAL) + _key(x + 90, y, _("expected"), EXPECTED)


def _key(x: int, y: int, text: str, colour: str) -> str:
    """Write a word beside its colour: words in these colours would be hard to read, on white or on black."""
    return f"<rect x='{x}' y='{y - 8}' width='9' height='9' fill='{colour}'/>{_text(x + 13, y, 'start', text)}"


def _whole(width: int, height: int, inside: str) -> str:
    said = f"{_('came back')}, {_('expected')}"
    return (
        f"<svg viewBox='0 0 {width} {height}' width='{width}' role='img' aria-label='{escape(said)}' "
        "xmlns='http://www.w3.org/2000/svg' style='max-width:100%;font:11px system-ui,sans-serif'>"
        f"{inside}</svg>"
    )


def _curves(plot: dict[str, Any]) -> str:
    frame = _Frame(plot["x"], [*plot["actual"], *plot["expected"]])
    lines = (frame.line(list(zip(plot["x"], plot[name], strict=True)), colour, thick) for name, colour, thick in _PAIR)
    return frame.wrap("".join(lines), plot.get("label", ""))


def _paths(plot: dict[str, Any]) -> str:
    points = [*plot["actual"], *plot["expected"]]
    frame = _Frame([x for x, _ in points], [y for _, y in points])
    inside = ""
    for name, colour, thick in _PAIR:
        inside += frame.line(plot[name], colour, thick)
        dots = [frame.place(x, y).split(",") for x, y in plot[name] if x is not None and y is not None]
        inside += "".join(f"<circle cx='{x}' cy='{y}' r='{1 + thick / 2}' fill='{colour}'/>" for x, y in dots)
    return frame.wrap(inside)


def _picture(x: int, y: int, side: int, png: str) -> str:
    return (
        f"<image x='{x}' y='{y}' width='{side}' height='{side}' style='image-rendering:pixelated' "
        f"href='data:image/png;base64,{escape(png)}'/>"
    )


def _planes(plot: dict[str, Any]) -> str:
    titles = _text(80, 14, "middle", _("came back")) + _text(250, 14, "middle", _("expected"))
    return _whole(340, 184, titles + _picture(0, 22, 160, plot["actual"]) + _picture(170, 22, 160, plot["expected"]))


def _tables(plot: dict[str, Any]) -> str:
    """Two tables of numbers side by side; a wrong number stands on orange, and says ≠ for who sees no colours."""
    rows = max(len(plot[name]) for name in ("actual", "expected"))
    columns, others = (len(plot[name][0]) for name in ("actual", "expected"))
    longest = max(len(str(cell)) + 2 for name in ("actual", "expected") for row in plot[name] for cell in row)
    wide, high, gap = max(62, 7 * min(longest, 40) + 10), 22, 24
    second = columns * wide + gap
    parts = [_text(0, 14, "start", _("came back")), _text(second, 14, "start", _("expected"))]
    for left, name in ((0, "actual"), (second, "expected")):
        for i, row in enumerate(plot[name]):
            for j, cell in enumerate(row):
                x, y, bad = left + j * wide, 22 + i * high, plot["wrong"][i][j]
                fill = f"{ACTUAL}55" if bad and name == "actual" else "#8882" if bad else "none"
                parts.append(f"<rect x='{x}' y='{y}' width='{wide}' height='{high}' fill='{fill}' stroke='#8886'/>")
                mark = "≠ " if bad and name == "actual" else ""
                parts.append(_text(x + wide - 6, y + 15, "end", f"{mark}{cell}"))
    return _whole((columns + others) * wide + gap, 22 + rows * high + 1, "".join(parts))


def _images(plot: dict[str, Any]) -> str:
    parts = []
    for number, (png, title) in enumerate(zip(plot["images"], plot["titles"], strict=True)):
        x, y = 100 * (number % 4), 112 * (number // 4)
        parts.append(_picture(x, y, 84, png) + _text(x + 42, y + 98, "middle", title))
    rows = -(-len(plot["images"]) // 4)
    return _whole(400, 112 * rows, "".join(parts))
