"""Pictures of a class as SVG: drawn here, in the page's colours, with their words for who sees none."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from markupsafe import Markup

from ..text import printable

WIDTH, HEIGHT, LEFT, BOTTOM = 520, 300, 44, 34
#: how lines are told apart without colours
DASHES = ("", "7 4", "2 4", "9 3 2 3", "1 3", "12 5")
COLOURS = (
    "var(--plus)",
    "var(--minus)",
    "var(--gradus-good)",
    "var(--gradus-grave)",
    "var(--gradus-odd)",
    "var(--ink)",
)


def over_weeks(weeks: Sequence[str], series: Sequence[tuple[str, Sequence[int]]]) -> Markup:
    """Draw how often each of a few things happened, week by week; "" where there are fewer than two weeks.

    Args:
        weeks: their Mondays, in ISO 8601.
        series: a name and a number for each week.
    """
    series = series[: len(DASHES)]
    if len(weeks) < 2 or not series:
        return Markup("")
    most = max(1, *(max(counts) for _, counts in series))
    parts = []
    for number, (name, counts) in enumerate(series):
        places = [_place(week / (len(weeks) - 1), count / most) for week, count in enumerate(counts)]
        line = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
        style = f"fill='none' stroke='{COLOURS[number]}' stroke-width='2' stroke-dasharray='{DASHES[number]}'"
        parts.append(f"<polyline points='{line}' {style}/>")
        at = HEIGHT + 8 + 18 * number
        parts.append(f"<line x1='{LEFT}' x2='{LEFT + 36}' y1='{at}' y2='{at}' {style}/>")
        parts.append(_text(LEFT + 44, at + 4, printable(name, 80)))
    parts += [_text(10, 20, str(most)), _text(14, HEIGHT - BOTTOM, "0")]
    step = max(1, len(weeks) // 6)
    named = [(n, week[5:]) for n, week in enumerate(weeks) if n % step == 0]  # the year stands in the words
    parts += [_text(_place(n / (len(weeks) - 1), 0)[0] - 20, HEIGHT - 12, week) for n, week in named]
    words = "; ".join(f"{printable(name, 80)}: {', '.join(map(str, counts))}" for name, counts in series)
    return _svg("".join(parts), f"by week from {weeks[0]} to {weeks[-1]}: {words}", HEIGHT + 12 + 18 * len(series))


def bar(share: float) -> Markup:
    """Draw a part of one as a bar."""
    wide = 100 * max(0.0, min(1.0, share))
    inside = f"<rect width='{wide:.1f}' height='10' rx='2' fill='var(--minus)'/>"
    return Markup(
        "<svg viewBox='0 0 100 10' width='100' height='10' aria-hidden='true'>"
        f"<rect width='100' height='10' rx='2' fill='var(--line)'/>{inside}</svg>"
    )


def _place(across: float, up: float) -> tuple[float, float]:
    return LEFT + across * (WIDTH - LEFT - 30), 14 + (1 - up) * (HEIGHT - BOTTOM - 20)


def _text(x: float, y: float, words: str) -> str:
    return f"<text x='{x:.1f}' y='{y:.1f}' fill='currentColor'>{escape(words)}</text>"


def _svg(inside: str, words: str, height: float = HEIGHT) -> Markup:
    size = f"x='{LEFT}' y='8' width='{WIDTH - LEFT - 8}' height='{HEIGHT - BOTTOM - 8}'"
    frame = f"<rect {size} fill='none' stroke='var(--line)'/>"
    return Markup(
        f"<svg viewBox='0 0 {WIDTH} {height:.0f}' width='{WIDTH}' role='img' aria-label='{escape(words)}' "
        f"style='max-width:100%;height:auto;font:12px system-ui,sans-serif'>{frame}{inside}</svg>"
    )
