"""The class as one HTML page: self-contained, no network, readable on a phone."""

from __future__ import annotations

from collections import Counter
from html import escape
from typing import Any

from ..model import Grade, Syllabus
from ..typeset import printable
from .table import SIGNS, few_words

_STYLE = """
:root { color-scheme: light dark; --line: #8884; --good: #2e8b57; --bad: #c0392b; --odd: #b7791f; --quiet: #8a8a8a; }
body { font: 15px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 76rem; padding: 0 1rem; }
h1 { font-size: 1.5rem; } h2 { font-size: 1.15rem; margin-top: 2.2rem; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; }
th, td { border: 1px solid var(--line); padding: .35rem .6rem; text-align: left; vertical-align: top; }
th { position: sticky; top: 0; background: Canvas; }
td.n { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
.passed { color: var(--good); } .failed, .error, .internal { color: var(--bad); }
.missing, .skipped { color: var(--quiet); }
.timeout, .memory, .crashed, .forbidden, .malformed { color: var(--odd); }
small { color: inherit; opacity: .85; display: block; max-width: 20rem; }
details { margin: .3rem 0; border-left: 3px solid var(--line); padding-left: .8rem; }
summary { cursor: pointer; } pre { overflow-x: auto; background: #8881; padding: .6rem; font-size: 13px; }
.bar { display: inline-block; height: .8rem; background: #d9822b; vertical-align: middle; margin-right: .5rem; }
a { color: inherit; }
"""


def class_page(grades: list[Grade], syllabus: Syllabus, run: dict[str, Any]) -> str:
    """The whole page."""
    students: dict[str, dict[str, Grade]] = {}
    for grade in grades:
        students.setdefault(grade.student, {})[grade.exercise] = grade
    addresses = [a for a in syllabus.exercises if any(g.exercise == a for g in grades)]
    facts = ", ".join(
        f"{name} {escape(str(run[name]))}"
        for name in ("started", "gradus", "torch", "isolation", "seed")
        if name in run
    )
    parts = [
        "<!doctype html><html lang=en><meta charset=utf-8><meta name=viewport content='width=device-width'>",
        f"<title>{escape(syllabus.title)}: grades</title><style>{_STYLE}</style>",
        f"<h1>{escape(syllabus.title)}</h1><p>{len(students)} students, {len(grades)} grades. {facts}.</p>",
        _overview(students, addresses),
        _mistakes(grades),
        "<h2>Every grade</h2>",
        *(_details(number, row) for number, row in enumerate(students.values())),
    ]
    return "\n".join(parts) + "\n"


def _text(text: str, limit: int = 20_000) -> str:
    return escape(printable(text, limit))


def _overview(students: dict[str, dict[str, Grade]], addresses: list[str]) -> str:
    head = "".join(f"<th>{escape(a.partition('/')[2])}</th>" for a in addresses)
    rows = []
    for number, (student, row) in enumerate(students.items()):
        cells = "".join(_cell(row.get(address)) for address in addresses)
        total = f"{sum(g.points for g in row.values()):g}/{sum(g.max_points for g in row.values()):g}"
        rows.append(f"<tr><td><a href='#s{number}'>{_text(student)}</a></td>{cells}<td class=n>{total}</td></tr>")
    return f"<div class=scroll><table><tr><th>student</th>{head}<th>points</th></tr>{''.join(rows)}</table></div>"


def _cell(grade: Grade | None) -> str:
    if grade is None:
        return "<td></td>"
    sign, _ = SIGNS[grade.status]
    words = few_words(grade, 90)
    return f"<td class={grade.status}>{sign} {grade.points:g}/{grade.max_points:g}<small>{_text(words)}</small></td>"


def _mistakes(grades: list[Grade]) -> str:
    """The picture a teacher wants before the next lecture: which misconceptions, how often."""
    counts = Counter((g.exercise.partition("/")[2], name) for g in grades for name in g.diagnoses)
    if not counts:
        return ""
    most = max(counts.values())
    rows = "".join(
        f"<tr><td>{escape(page)}</td><td>{_text(name)}</td>"
        f"<td><span class=bar style='width:{8 * count / most:.2f}rem'></span>{count}</td></tr>"
        for (page, name), count in counts.most_common(40)
    )
    head = "<tr><th>page</th><th>what was done</th><th>students</th></tr>"
    return f"<h2>Misconceptions, most frequent first</h2><div class=scroll><table>{head}{rows}</table></div>"


def _details(number: int, row: dict[str, Grade]) -> str:
    student = next(iter(row.values())).student
    parts = [f"<h3 id=s{number}>{_text(student)}</h3>"]
    for grade in row.values():
        sign, _ = SIGNS[grade.status]
        parts.append(
            f"<details><summary><span class={grade.status}>{sign}</span> {escape(grade.exercise)}: "
            f"{grade.points:g}/{grade.max_points:g} ({grade.status})</summary>"
        )
        parts += [f"<p>{_text(note)}</p>" for note in grade.notes]
        for check in grade.checks:
            mark, _ = SIGNS[check.status]
            title = (
                f"<span class={check.status}>{mark}</span> {_text(check.title)} ({check.points:g}/{check.max_points:g})"
            )
            parts.append(f"<div>{title}</div>")
            if check.message and check.status != "passed":
                parts.append(f"<pre>{_text(check.message)}</pre>")
        parts.append("</details>")
    return "".join(parts)
