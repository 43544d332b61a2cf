"""The class, and each student, as HTML pages: self-contained, no network, readable on a phone."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Mapping
from html import escape
from typing import Any

from ..model import Grade, Submission, Syllabus
from ..typeset import printable
from .card import card
from .table import SIGNS, few_words

MAX_LINES = 2000  #: of one cell that are shown
INLINE = 300  #: grades whose details stand on the class page itself; of more, on the students' own pages alone

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
pre.code { line-height: 1.35; } .code i { color: var(--quiet); font-style: normal; user-select: none; }
.code mark { background: #c0392b33; color: inherit; }
"""


def class_page(
    grades: list[Grade], syllabus: Syllabus, run: dict[str, Any], pages: Mapping[str, str] | None = None
) -> str:
    """The whole page.

    Args:
        pages: where each student's own page is, relative to this one, if there are such pages.
    """
    students: dict[str, dict[str, Grade]] = {}
    for grade in grades:
        students.setdefault(grade.student, {})[grade.exercise] = grade
    addresses = [a for a in syllabus.exercises if any(g.exercise == a for g in grades)]
    inline = len(grades) <= INLINE or not pages
    places = {name: f"#s{n}" if inline else str((pages or {}).get(name, "")) for n, name in enumerate(students)}
    parts = [
        _head(f"{syllabus.title}: grades"),
        f"<h1>{escape(syllabus.title)}</h1><p>{len(students)} students, {len(grades)} grades. {_facts(run)}.</p>",
        _overview(students, addresses, places),
        _mistakes(grades),
        _hardest(grades),
        _costs(grades, addresses),
    ]
    if inline:
        parts += ["<h2>Every grade</h2>", *(_details(number, row) for number, row in enumerate(students.values()))]
    return "\n".join(part for part in parts if part) + "\n"


def _head(title: str) -> str:
    return (
        "<!doctype html><html lang=en><meta charset=utf-8><meta name=viewport content='width=device-width'>"
        f"\n<title>{_text(title)}</title><style>{_STYLE}</style>"
    )


def _facts(run: dict[str, Any]) -> str:
    return ", ".join(
        f"{name} {escape(str(run[name]))}"
        for name in ("started", "gradus", "torch", "isolation", "seed")
        if name in run
    )


def page_name(student: str) -> str:
    """A file name for a student's page: readable where the id is plain, and never that of another student."""
    plain = re.sub(r"[^A-Za-z0-9._-]", "_", student)[:60].lstrip(".")
    if plain == student:
        return f"{plain}.html"
    return f"{plain}-{hashlib.sha256(student.encode('utf-8', 'surrogatepass')).hexdigest()[:8]}.html"


def student_page(
    grades: list[Grade], sources: Mapping[str, Submission], syllabus: Syllabus, run: dict[str, Any]
) -> str:
    """One student's page: a card for each grade, as a notebook shows it, and the code with the lines that failed.

    Args:
        grades: all of one student.
        sources: what was handed in, by exercise.
    """
    student = grades[0].student if grades else ""
    total, most = sum(g.points for g in grades), sum(g.max_points for g in grades)
    parts = [_head(f"{student}: {syllabus.title}"), f"<h1>{_text(student)}</h1>"]
    parts.append(f"<p>{total:g} of {most:g} points. {_facts(run)}.</p>")
    for grade in grades:
        exercise = syllabus.exercises.get(grade.exercise)
        title = exercise.title if exercise is not None else grade.exercise
        parts.append(f"<h2>{_text(title)}</h2>{card(grade, title, exercise.hints if exercise is not None else ())}")
        source = sources.get(grade.exercise)
        if source is not None and source.cells:
            parts.append(f"<details><summary>{_text(source.filename)}</summary>{_code(source, grade)}</details>")
    return "\n".join(parts) + "\n"


def _code(source: Submission, grade: Grade) -> str:
    """The code as it was graded, the lines that a failure names marked."""
    told = "\n".join(check.message for check in grade.checks if check.status != "passed")
    shown = []
    for number, cell in enumerate(source.cells, 1):
        name = source.filename if len(source.cells) == 1 else f"{source.filename}[{number}]"
        marked = {int(n) for n in re.findall(rf"{re.escape(name)}, line (\d+)", told)}
        lines = []
        for line, text in enumerate(cell.splitlines()[:MAX_LINES], 1):
            body = _text(text, 400)
            lines.append(f"<i>{line:4d}</i> " + (f"<mark>{body}</mark>" if line in marked else body))
        shown.append("<pre class=code>" + "\n".join(lines) + "</pre>")
    return "".join(shown)


def _text(text: str, limit: int = 20_000) -> str:
    return escape(printable(text, limit))


def _overview(students: dict[str, dict[str, Grade]], addresses: list[str], places: Mapping[str, str]) -> str:
    head = "".join(f"<th>{escape(a.partition('/')[2])}</th>" for a in addresses)
    rows = []
    for student, row in students.items():
        cells = "".join(_cell(row.get(address)) for address in addresses)
        total = f"{sum(g.points for g in row.values()):g}/{sum(g.max_points for g in row.values()):g}"
        rows.append(
            f"<tr><td><a href='{escape(places[student])}'>{_text(student)}</a></td>{cells}<td class=n>{total}</td></tr>"
        )
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


def _hardest(grades: list[Grade]) -> str:
    """The checks that most of those who tried did not pass."""
    tried: Counter[tuple[str, str]] = Counter()
    lost: Counter[tuple[str, str]] = Counter()
    for grade in grades:
        for check in grade.checks:
            if check.status not in ("missing", "skipped", "internal"):
                tried[grade.exercise, check.title] += 1
                lost[grade.exercise, check.title] += check.status != "passed"
    ranked = sorted((k for k in lost if lost[k]), key=lambda k: (-lost[k] / tried[k], -lost[k], k))[:15]
    if not ranked:
        return ""
    rows = "".join(
        f"<tr><td>{escape(page.partition('/')[2])}</td><td>{_text(title)}</td>"
        f"<td><span class=bar style='width:{8 * lost[page, title] / tried[page, title]:.2f}rem'></span>"
        f"{lost[page, title]} of {tried[page, title]}</td></tr>"
        for page, title in ranked
    )
    head = "<tr><th>page</th><th>check</th><th>did not pass</th></tr>"
    return f"<h2>Hardest checks</h2><div class=scroll><table>{head}{rows}</table></div>"


def _costs(grades: list[Grade], addresses: list[str]) -> str:
    """What grading took, by page, and with which isolation."""
    if not grades:
        return ""
    rows = ""
    for address in addresses:
        mine = [g for g in grades if g.exercise == address]
        seconds = sorted(g.seconds for g in mine)
        levels = ", ".join(f"{level or '?'} {n}" for level, n in Counter(g.isolation for g in mine).most_common())
        rows += (
            f"<tr><td>{escape(address.partition('/')[2])}</td><td class=n>{len(mine)}</td>"
            f"<td class=n>{seconds[len(seconds) // 2]:.2f}</td><td class=n>{seconds[-1]:.2f}</td>"
            f"<td>{_text(levels)}</td></tr>"
        )
    head = "<tr><th>page</th><th>grades</th><th>seconds, median</th><th>longest</th><th>isolation</th></tr>"
    return f"<h2>Time and isolation</h2><div class=scroll><table>{head}{rows}</table></div>"


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
