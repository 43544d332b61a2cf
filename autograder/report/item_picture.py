"""The checks of a class as points of a picture: how many pass across, how well a check tells students apart upwards."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from ..text import printable
from .items import ItemFigures

WIDTH, HEIGHT, LEFT, BOTTOM, TOP = 420, 240, 44, 34, 12
_DOT = "#d9822b"


def picture(items: Sequence[ItemFigures]) -> str:
    """Return the picture as SVG, "" where no check tells anybody apart; each dot is named when it is pointed at."""
    shown = [one for one in items if one.discrimination is not None]
    if not shown:
        return ""
    low = min(0.0, *(one.discrimination or 0.0 for one in shown))
    wide, high = WIDTH - LEFT - 12, HEIGHT - BOTTOM - TOP

    def across(share: float) -> float:
        return LEFT + share * wide

    def up(value: float) -> float:
        return TOP + (1 - value) / (1 - low) * high

    parts = [
        f'<line x1="{LEFT}" y1="{up(0):.1f}" x2="{LEFT + wide}" y2="{up(0):.1f}" stroke="#8a8a8a"/>',
        f'<line x1="{LEFT}" y1="{TOP}" x2="{LEFT}" y2="{TOP + high}" stroke="#8a8a8a"/>',
        _text(LEFT + wide / 2, HEIGHT - 8, "middle", "who pass"),
        _text(LEFT, HEIGHT - 8, "middle", "0 %"), _text(LEFT + wide, HEIGHT - 8, "end", "100 %"),
        _text(LEFT - 6, up(0) + 4, "end", "0"), _text(LEFT - 6, TOP + 8, "end", "1"),
        _text(LEFT + 6, TOP + 8, "start", "discrimination"),
    ]  # fmt: skip
    for one in shown:
        name = f"{one.address.partition('/')[2]}, {one.title}"
        said = f"{name}: {100 * one.difficulty:.0f} % pass, {one.discrimination:+.2f}"
        parts.append(
            f'<circle cx="{across(one.difficulty):.1f}" cy="{up(one.discrimination or 0.0):.1f}" r="5" fill="{_DOT}" '
            f'fill-opacity="0.7"><title>{escape(printable(said, 200))}</title></circle>'
        )
    label = f"{len(shown)} checks by how many pass them and by how well they tell students apart"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" '
        f'style="max-width:100%" role="img" '
        f'aria-label="{label}">{"".join(parts)}</svg>'
    )


def _text(x: float, y: float, anchor: str, text: str) -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" font-size="11" fill="currentColor">{text}</text>'
