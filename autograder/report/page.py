"""The class, and each student, as HTML pages: self-contained, no network, readable on a phone."""

from __future__ import annotations

import base64
import hashlib
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from html import escape
from typing import Any

from ..model import Grade, Submission, Syllabus
from ..text import printable
from .card import card
from .table import SIGNS, few_words

MAX_LINES = 2000  #: of one cell that are shown
INLINE = 300  #: grades whose details stand on the class page itself; of more, on the students' own pages alone

_STYLE = """
:root { color-scheme: light dark; --line: #8886; --gradus-good: #1e7145; --gradus-bad: #b03020; --gradus-odd: #855500;
  --gradus-grave: #8e3aae; --gradus-quiet: #636363; }
@media (prefers-color-scheme: dark) { :root { --gradus-good: #5cc98a; --gradus-bad: #ff8a7a; --gradus-odd: #e5b454;
  --gradus-grave: #d49be8; --gradus-quiet: #a6a6a6; } }
body { font: 15px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 76rem; padding: 0 1rem;
  overflow-wrap: anywhere; -webkit-text-size-adjust: 100%; }
h1 { font-size: 1.5rem; line-height: 1.25; overflow: hidden; } h2 { font-size: 1.15rem; margin-top: 2.2rem; }
.scroll { overflow: auto; max-height: 85vh; }
.scroll > table { border-collapse: separate; border-spacing: 0; border: 1px solid var(--line); line-height: 22px;
  border-width: 1px 0 0 1px; }
.scroll th, .scroll td { border: 1px solid var(--line); border-width: 0 1px 1px 0; padding: 6px 10px; text-align: left;
  vertical-align: top; overflow-wrap: break-word; }
.scroll th { position: sticky; top: 0; z-index: 1; background: Canvas; vertical-align: bottom; }
th button { all: unset; cursor: pointer; font: inherit; } th button:focus-visible { outline: 2px solid; }
th[aria-sort=ascending] button::after { content: " ▲"; } th[aria-sort=descending] button::after { content: " ▼"; }
.scroll td.n { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
.scroll td.who { position: sticky; left: 0; background: Canvas; min-width: 6rem; max-width: min(20rem, 38vw);
  overflow-wrap: anywhere; overflow: hidden; }
.scroll.class th:first-child { left: 0; z-index: 2; }
td.what { min-width: min(16rem, 30vw); } td.bars { white-space: nowrap; }
.find { width: 20rem; max-width: 100%; box-sizing: border-box; font: inherit; padding: .3rem .5rem; }
.passed { color: var(--gradus-good); } .failed, .error, .internal { color: var(--gradus-bad); }
.missing, .skipped, .quiet { color: var(--gradus-quiet); }
.timeout, .memory, .crashed, .forbidden, .malformed { color: var(--gradus-odd); }
small { display: block; min-width: 9rem; max-width: 20rem; line-height: 18px; }
details { margin: .3rem 0; border-left: 3px solid var(--line); padding-left: .8rem; }
summary { cursor: pointer; }
.code, .said { overflow-x: auto; background: #8881; padding: .6rem; font-size: 13px; }
.bar { display: inline-block; width: calc(var(--share) * 5rem); height: .8rem; background: #d9822b;
  vertical-align: middle; margin-right: .5rem; }
a { color: inherit; } .said { overflow-wrap: anywhere; white-space: pre-wrap; }
pre.code { line-height: 1.35; } .code i { color: var(--gradus-quiet); font-style: normal; user-select: none; }
.code mark { background: #c0392b33; color: inherit; }
@media (max-width: 30rem) { body { margin: 1rem auto; padding: 0 .7rem; } .scroll th, .scroll td { padding: 5px 6px; }
  .scroll td:first-child { min-width: 5.5rem; max-width: 32vw; overflow-wrap: anywhere; }
  .bar { width: calc(var(--share) * 2.5rem); } }
@media print { .scroll { max-height: none; overflow: visible; } .tools { display: none; } }
"""

#: finding and sorting in the table of the class; without it the page is whole, and the tools stay hidden
SCRIPT = """
const plain = text => text.normalize('NFD').replace(/\\p{M}/gu, '').toLowerCase();
const tools = document.querySelector('.tools'), table = document.querySelector('.class table');
const rows = [...table.tBodies[0].rows].map((row, at) => {
  const texts = [...row.cells].map(cell => cell.textContent);
  return {row, at, text: plain(texts.join(' ')),
    keys: texts.map((text, n) => n ? parseFloat((text.match(/[\\d.e+-]+(?=\\/)/) || ['-1'])[0]) : at)};
});
const find = tools.querySelector('input'), count = tools.querySelector('output');
const look = () => {
  const words = plain(find.value).split(/\\s+/).filter(Boolean);
  let shown = 0;
  for (const {row, text} of rows) {
    row.hidden = !words.every(word => text.includes(word));
    shown += !row.hidden;
  }
  count.textContent = words.length ? `${shown} of ${rows.length}` : '';
};
find.addEventListener('input', look);
[...table.tHead.rows[0].cells].forEach((cell, n, cells) => {
  const button = document.createElement('button');
  button.append(...cell.childNodes);
  cell.append(button);
  button.addEventListener('click', () => {
    const up = cell.getAttribute('aria-sort') ? cell.getAttribute('aria-sort') === 'descending' : true;
    cells.forEach(other => other.removeAttribute('aria-sort'));
    cell.setAttribute('aria-sort', up ? 'ascending' : 'descending');
    rows.sort((a, b) => (up ? 1 : -1) * (a.keys[n] - b.keys[n]) || a.at - b.at);
    table.tBodies[0].append(...rows.map(one => one.row));
  });
});
tools.hidden = false;
look();
"""


def class_page(
    grades: list[Grade], syllabus: Syllabus, run: dict[str, Any], pages: Mapping[str, str] | None = None
) -> str:
    """The whole page.

    Args:
        pages: where each student's own page is, relative to this one, if there are such pages.
    """
    return "".join(class_parts(grades, syllabus, run, pages))


def class_parts(
    grades: list[Grade], syllabus: Syllabus, run: dict[str, Any], pages: Mapping[str, str] | None = None
) -> Iterator[str]:
    """The page of :func:`class_page` in pieces: that of a large class is never whole in memory."""
    students: dict[str, dict[str, Grade]] = {}
    for grade in grades:
        students.setdefault(grade.student, {})[grade.exercise] = grade
    graded = {grade.exercise for grade in grades}
    addresses = [a for a in syllabus.exercises if a in graded]
    inline = len(grades) <= INLINE or not pages
    places = {name: f"#s{n}" if inline else str((pages or {}).get(name, "")) for n, name in enumerate(students)}
    yield _head(f"{syllabus.title}: grades", SCRIPT if students else "")
    yield f"<h1>{escape(syllabus.title)}</h1><p>{len(students)} students, {len(grades)} grades. {_facts(run)}.</p>\n"
    yield from _overview(students, addresses, places)
    yield _points(grades, addresses)
    yield _mistakes(grades)
    yield _hardest(grades)
    yield _costs(grades, addresses)
    if inline:
        yield "<h2>Every grade</h2>\n"
        for number, row in enumerate(students.values()):
            yield _details(number, row) + "\n"
    if students:
        yield f"<script>{SCRIPT}</script>\n"


def _head(title: str, script: str = "") -> str:
    """The beginning of a page, with a policy that lets it load nothing, and run only the script that is given."""
    allowed = f"sha256-{base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()}" if script else "none"
    policy = f"default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src '{allowed}'"
    return (
        "<!doctype html><html lang=en><meta charset=utf-8>"
        "<meta name=viewport content='width=device-width, initial-scale=1'>"
        f'<meta http-equiv=Content-Security-Policy content="{policy}">'
        f"\n<title>{_text(title)}</title><style>{_STYLE}</style>\n"
    )


def _facts(run: dict[str, Any]) -> str:
    return ", ".join(
        f"{name} {escape(str(run[name]))}"
        for name in ("started", "gradus", "torch", "isolation", "seed", "graded", "known from before")
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
    counted = [g for g in grades if g.status != "internal"]
    total, most = sum(g.points for g in counted), sum(g.max_points for g in counted)
    parts = [_head(f"{student}: {syllabus.title}"), f"<h1>{_text(student)}</h1>"]
    public = {name: value for name, value in run.items() if name != "seed"}  # with it the inputs could be drawn at home
    parts.append(f"<p>{total:g} of {most:g} points. {_facts(public)}.</p>")
    titles = [e.title if (e := syllabus.exercises.get(grade.exercise)) else grade.exercise for grade in grades]
    if len(grades) > 1:
        parts.append(_contents(grades, titles))
    for number, (grade, title) in enumerate(zip(grades, titles, strict=True)):
        exercise = syllabus.exercises.get(grade.exercise)
        shown = card(grade, title, exercise.hints if exercise is not None else ())
        parts.append(f"<h2 id=e{number}>{_text(title)}</h2>{shown}")
        parts.append(f"<p class=quiet>graded in {grade.seconds:.2f} s, isolation {_text(grade.isolation or '?')}</p>")
        source = sources.get(grade.exercise)
        if source is not None and source.cells:
            code = _code(source, grade)
            opened = " open" if "<mark>" in code else ""
            parts.append(f"<details{opened}><summary>{_text(source.filename)}</summary>{code}</details>")
    return "\n".join(parts) + "\n"


def _contents(grades: list[Grade], titles: list[str]) -> str:
    """What stands on a student's page, and how it went."""
    rows = "".join(
        f"<tr><td><a href='#e{number}'>{_text(title)}</a></td>{_cell(grade)}</tr>"
        for number, (grade, title) in enumerate(zip(grades, titles, strict=True))
    )
    return f"<div class=scroll><table><tbody>{rows}</tbody></table></div>"


def _code(source: Submission, grade: Grade) -> str:
    """The code as it was graded, the lines that a failure names marked."""
    told = "\n".join(check.message for check in grade.checks if check.status != "passed")
    shown = []
    for number, cell in enumerate(source.cells, 1):
        name = source.filename if len(source.cells) == 1 else f"{source.filename}[{number}]"
        marked = {int(n) for n in re.findall(rf"{re.escape(name)}, line (\d+)", told)}
        lines = []
        for line, text in enumerate(cell.removesuffix("\n").split("\n")[:MAX_LINES], 1):
            body = _text(text, 400)
            lines.append(f"<i>{line:4d}</i> " + (f"<mark>{body}</mark>" if line in marked else body))
        shown.append("<pre class=code>" + "\n".join(lines) + "</pre>")
    return "".join(shown)


def _text(text: str, limit: int = 20_000) -> str:
    return escape(printable(text, limit))


def _overview(students: dict[str, dict[str, Grade]], addresses: list[str], places: Mapping[str, str]) -> Iterator[str]:
    head = "".join(f"<th>{escape(a.partition('/')[2])}</th>" for a in addresses)
    yield (
        "<p class=tools hidden><input class=find type=search autocomplete=off aria-label='find in the table' "
        "placeholder='find a name, a mistake, a status'> <output></output></p>\n"
        f"<div class='scroll class'><table><thead><tr><th>student</th>{head}<th>points</th></tr></thead><tbody>\n"
    )
    for student, row in students.items():
        name, place = _text(student), places[student]
        who = f"<a href='{escape(place)}'>{name}</a>" if place else name
        cells = "".join(_cell(row.get(address)) for address in addresses)
        counted = [g for g in row.values() if g.status != "internal"]
        total = f"{sum(g.points for g in counted):g}/{sum(g.max_points for g in counted):g}"
        yield f"<tr><td class=who>{who}</td>{cells}<td class=n>{total}</td></tr>\n"
    yield "</tbody></table></div>\n"


def _cell(grade: Grade | None) -> str:
    if grade is None:
        return "<td></td>"
    sign, _ = SIGNS[grade.status]
    words = few_words(grade, 90)
    small = f"<small>{_text(words)}</small>" if words else ""
    reached = "not graded" if grade.status == "internal" else f"{grade.points:g}/{grade.max_points:g}"
    return f"<td class={grade.status}>{sign} {reached}{small}</td>"


def _table(title: str, head: Sequence[str], rows: str) -> str:
    cells = "".join(f"<th>{name}</th>" for name in head)
    return (
        f"<h2>{title}</h2><div class=scroll><table><thead><tr>{cells}</tr></thead><tbody>{rows}</tbody></table></div>\n"
    )


def _bar(share: float, words: str) -> str:
    return f"<td class=bars><span class=bar style='--share:{share:.3f}'></span>{words}</td>"


def _points(grades: list[Grade], addresses: list[str]) -> str:
    """What was reached on each page, of those who handed it in."""
    if not grades:
        return ""
    rows = ""
    for address in addresses:
        mine = [g for g in grades if g.exercise == address]
        came = [g for g in mine if g.status not in ("missing", "internal")]
        full = sum(g.status == "passed" for g in came)
        reached, most = sum(g.points for g in came), sum(g.max_points for g in came)
        mean = _bar(reached / most, f"{reached / len(came):.3g} of {most / len(came):.3g}") if most else "<td></td>"
        rows += (
            f"<tr><td>{escape(address.partition('/')[2])}</td><td class=n>{len(came)} of {len(mine)}</td>"
            f"<td class=n>{full}</td>{mean}</tr>"
        )
    return _table("Points by page", ("page", "handed in", "all passed", "points, mean"), rows)


def _mistakes(grades: list[Grade]) -> str:
    """The picture a teacher wants before the next lecture: which misconceptions, how often."""
    counts = Counter((g.exercise.partition("/")[2], name) for g in grades for name in g.diagnoses)
    if not counts:
        return ""
    most = max(counts.values())
    rows = "".join(
        f"<tr><td>{escape(page)}</td><td class=what>{_text(name)}</td>{_bar(count / most, str(count))}</tr>"
        for (page, name), count in counts.most_common(40)
    )
    return _table("Misconceptions, most frequent first", ("page", "what was done", "students"), rows)


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
        f"<tr><td>{escape(page.partition('/')[2])}</td><td class=what>{_text(title)}</td>"
        f"{_bar(lost[page, title] / tried[page, title], f'{lost[page, title]} of {tried[page, title]}')}</tr>"
        for page, title in ranked
    )
    return _table("Hardest checks", ("page", "check", "did not pass"), rows)


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
            f"<td class=what>{_text(levels)}</td></tr>"
        )
    return _table("Time and isolation", ("page", "grades", "seconds, median", "longest", "isolation"), rows)


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
                parts.append(f"<pre class=said>{_text(check.message)}</pre>")
        parts.append("</details>")
    return "".join(parts)
