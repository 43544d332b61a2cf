"""One grade as an HTML card, as a notebook shows it: self-contained, nothing loaded, readable in dark and light."""

from __future__ import annotations

from html import escape

from ..model import CheckResult, Grade
from ..text import fields, printable
from .svg import svg
from .table import SIGNS, printed

_RED, _YELLOW = "var(--gradus-bad,#c0392b)", "var(--gradus-odd,#b7791f)"  # a page that knows its background says more
_GREEN, _MAGENTA, _QUIET = "var(--gradus-good,#2e8b57)", "var(--gradus-grave,#a04abf)", "var(--gradus-quiet,#8a8a8a)"
_COLOURS = {"green": _GREEN, "red": _RED, "bold red": _RED, "yellow": _YELLOW, "magenta": _MAGENTA}
_BOX = (
    "border:1px solid #8885;border-radius:8px;padding:.7em 1em;margin:.4em 0;max-width:60em;"
    "font:14px/1.5 system-ui,sans-serif;overflow-wrap:anywhere"
)
_NAME = f"color:{_QUIET};padding:0 1em 0 0;white-space:nowrap"
_LEFT = "text-align:left;vertical-align:top;border:0"
_CODE = "margin:0;white-space:pre-wrap;background:none;color:inherit;font:13px/1.45 ui-monospace,monospace"


def _colour(status: str) -> str:
    return _COLOURS.get(SIGNS[status][1], _QUIET)


def _sign(status: str) -> str:
    return f"<b style='color:{_colour(status)}'>{SIGNS[status][0]}</b>"


def _text(text: str, limit: int = 20_000) -> str:
    return escape(printable(text, limit))


def card(grade: Grade, title: str, hints: tuple[str, ...] = ()) -> str:
    """The whole card: what passed in one line, each failure with its call, values, picture, diagnosis and hint.

    Args:
        title: of the page.
        hints: the page's; the first is shown when something failed and nothing is known of why.
    """
    passed = [check for check in grade.checks if check.status == "passed"]
    others = [check for check in grade.checks if check.status != "passed"]
    reached = f"{grade.points:g} of {grade.max_points:g} points"
    if grade.status == "internal":
        reached = "not graded, which is not your fault"
    head = (
        f"<div><b>{_text(title)}</b> <span style='color:{_colour(grade.status)}'>{SIGNS[grade.status][0]} "
        f"{grade.status}</span> {reached}"
        f"<span style='color:{_QUIET}'> · {_text(grade.isolation)}</span></div>"
    )
    parts = [head, *(f"<div style='color:{_YELLOW}'>{_text(note)}</div>" for note in grade.notes)]
    if passed:
        names = " · ".join(_text(check.title, 200) + _extras(check) for check in passed)
        parts.append(f"<div>{_sign('passed')} {names}</div>")
    parts += [_failure(check) for check in others]
    if lines := printed(grade):
        parts.append(
            f"<div style='margin-top:.6em;color:{_QUIET}'>your code printed</div>"
            f"<pre style='{_CODE}'>{escape(chr(10).join(lines))}</pre>"
        )
    if others and hints and not grade.diagnoses:
        parts.append(f"<div style='margin-top:.6em'><b>hint</b> {_text(hints[0])}</div>")
    return f"<div style='{_BOX}'>{''.join(parts)}</div>"


def _extras(check: CheckResult) -> str:
    words = [f"★ {_text(check.badge)}"] if check.badge else []
    words += [f"{_text(name)} {value:g}" for name, value in check.figures] + (
        [_text(check.advice)] if check.advice else []
    )
    return f" <span style='color:{_YELLOW}'>({'; '.join(words)})</span>" if words else ""


def _failure(check: CheckResult) -> str:
    status = "" if check.status in ("failed", "skipped") else f" · {check.status}"
    head = f"{_sign(check.status)} <b>{_text(check.title, 200)}</b> {check.points:g}/{check.max_points:g}{status}"
    rows = "".join(
        f"<tr style='background:none'><td style='{_NAME};{_LEFT}'>{escape(label)}</td>"
        f"<td style='padding:0;{_LEFT}'><pre style='{_CODE}'>{_text(text)}</pre></td></tr>"
        for label, text in fields(check.message)
    )
    table = f"<table style='border:0;border-collapse:collapse;margin:.2em 0'>{rows}</table>" if rows else ""
    return f"<div style='margin-top:.6em'>{head}{_extras(check)}{table}{svg(check.plot)}</div>"
