"""The gradebook in the terminal: a row a student with the total first, or a row a page with all that made it."""

from __future__ import annotations

from collections import Counter
from itertools import islice

from rich.cells import cell_len
from rich.table import Table
from rich.text import Text

from ..gradebook.class_totals import ClassTotals
from ..gradebook.states import LOOKS, NOT_HANDED_IN, RIGHT, STATES, UNGRADED, one_word, reason
from ..gradebook.totals import Standing, cut_words
from ..text import in_line, printable
from .counting import rules_of
from .statistics import by_page

MAX_ROWS = 200  #: students that a terminal shows
_NAME = 24  #: columns that a student's name may take; in a wide terminal a third of it
MAX_NAME = 400  #: characters of a name that are looked at
_WHY = 12  #: fewer characters of a reason say nothing
_LEAST = 8  #: characters of a name, however narrow the terminal is
_WIDE = 90  #: characters of a terminal from which on all that made a page has room in one line


def points(row: Standing) -> str:
    """Return points and maximum of a row, as they are shown."""
    return "not graded" if row.pending else f"{row.total:g}/{row.max_points:g}"


def short_table(totals: ClassTotals, width: int = 100) -> Table:
    """Return a row a student: the total, how many pages ended in which way, and each page as far as the width reaches.

    A page is a sign and its points, and why it is not right where there is room; no points have a word for it even
    where there is none. Further pages are left out, and the caption says how many.
    """
    students = totals.students
    rows: dict[str, list[Standing]] = {}
    for row in totals.rows:
        rows.setdefault(row.student, []).append(row)
    name = min(max(_NAME, width // 3), max(cell_len(in_line(student, width)) for student in ("student", *rows)))
    sums = max((len(_sum(totals, s)) for s in students), default=0)
    fixed = name + 8 + 3 + sums + 6 + 4 * (len(STATES) + 3)
    if name + max(sums, len("total")) + 10 + 4 * len(STATES) + 6 > width:
        return _narrow(totals, rows, width)
    cells = dict.fromkeys(totals.pages, 0)
    for row in totals.rows:
        cells[row.exercise] = max(cells[row.exercise], len(_short(row)))
    shown: list[str] = []
    for page in totals.pages:
        wide = max(cells[page], len(_head(page))) + 3
        if fixed + wide > width:
            break
        fixed += wide
        shown.append(page)
    room = (width - fixed) // len(shown) - 1 if shown else 0  # characters of each cell that say why
    table = Table(title_justify="left", pad_edge=False)
    table.add_column("student", no_wrap=True, style="bold", max_width=name or None)
    for title in ("total", "%", *(LOOKS[word].sign for word in STATES)):
        table.add_column(title, justify="right", no_wrap=True)
    for page in shown:
        table.add_column(_head(page), no_wrap=True)
    for student, mine in islice(rows.items(), MAX_ROWS):
        ends = Counter(row.state for row in mine)
        line = [_told(row, room) for row in mine if row.exercise in shown]
        table.add_row(
            Text(_called(student, name)), _sum(totals, student), f"{100 * students[student].share:.0f}",
            *(str(ends[word] or "") for word in STATES), *line,
        )  # fmt: skip
    words = [f"{LOOKS[word].sign} {word}" for word in STATES]
    if any(row.manual or row.comment for row in totals.rows):
        words.append("* by hand")
    left = len(totals.pages) - len(shown)
    more = (
        [f"{left} more {'page' if left == 1 else 'pages'}: `gradus book --long`, or a wider terminal"] if left else []
    )
    hidden = (
        [f"and {len(rows) - MAX_ROWS} more students: `gradus export csv` has them all"] if len(rows) > MAX_ROWS else []
    )
    table.caption = "; ".join([", ".join(words), *more, *hidden])
    return table


def _narrow(totals: ClassTotals, rows: dict[str, list[Standing]], width: int) -> Table:
    """Return a row a student for a terminal without room for a column of each end: they stand in one."""
    ends = {student: Counter(row.state for row in mine) for student, mine in rows.items()}
    told = {
        student: " ".join(f"{LOOKS[word].sign}{count[word]}" for word in STATES if count[word])
        for student, count in ends.items()
    }
    taken = max(map(len, ("total", *(_sum(totals, student) for student in rows))))
    taken += max(map(len, ("pages", *told.values())))
    table = Table(title_justify="left", pad_edge=False)
    name = max(_LEAST, min(_NAME, width - taken - 8))
    table.add_column("student", no_wrap=True, style="bold", max_width=name)
    table.add_column("total", justify="right", no_wrap=True)
    table.add_column("pages", no_wrap=True)
    for student in islice(rows, MAX_ROWS):
        table.add_row(Text(_called(student, name)), _sum(totals, student), told[student])
    there = {word for count in ends.values() for word in count}
    more = (
        f"; and {len(rows) - MAX_ROWS} more students: `gradus export csv` has them all" if len(rows) > MAX_ROWS else ""
    )
    words = ", ".join(f"{LOOKS[word].sign} {word}" for word in STATES if word in there)
    table.caption = f"{words}; each page: `gradus book --long`{more}"
    return table


def _called(student: str, room: int) -> str:
    """Return a name in so many columns; of a longer one the middle is left out: many begin alike, some end so."""
    name = in_line(student, MAX_NAME)
    if cell_len(name) <= room:
        return name
    head, tail = name, name
    while cell_len(tail) > (room - 1) // 3:
        tail = tail[1:]
    while cell_len(head) > room - 1 - cell_len(tail):
        head = head[:-1]
    return f"{head}…{tail}"


def _head(page: str) -> str:
    name = page.partition("/")[2]
    return name if len(name) <= 10 else name[:9] + "…"


def _sum(totals: ClassTotals, student: str) -> str:
    total = totals.students[student]
    return f"{total.points:g}/{total.maximum:g}"


def _cell(row: Standing) -> str:
    if row.state == NOT_HANDED_IN and not row.entries:
        return LOOKS[row.state].sign
    hand = "*" if row.manual or row.comment else ""
    return f"{LOOKS[row.state].sign} {'?' if row.pending else f'{row.total:g}'}{hand}"


def _word(row: Standing) -> str:
    """Return a word for why a page has no points, "" where it has some, or a person gave none."""
    if row.total or row.pending or row.grade is None or row.state == NOT_HANDED_IN:
        return ""
    if row.grade.points:
        return "" if row.manual else "late" if row.penalty else ""
    return one_word(row.grade)


def _short(row: Standing) -> str:
    return " ".join(filter(None, (_cell(row), _word(row))))


def _told(row: Standing, room: int) -> Text:
    """Return a cell with what there is room for of why a page is not right."""
    text = Text(_cell(row), style=LOOKS[row.state].colour)
    told = row.grade is not None and row.state not in (NOT_HANDED_IN, RIGHT)
    why = reason(row.grade, room) if told and room >= _WHY and _word(row) != "late" else _word(row)
    if why:
        text.append(f" {why}", style="not bold")
    return text


def long_table(totals: ClassTotals, width: int = _WIDE) -> Table:
    """Return a row a page: how it ended and why, automatic points, lateness, by hand, total, comment.

    In a narrow terminal these stand below each other.
    """
    if width < _WIDE:
        table = Table(title_justify="left", show_header=False, pad_edge=False)
        table.add_column("page")
        for row in totals.rows:
            table.add_row(_below(row))
            table.add_section()
        return table
    table = Table(title_justify="left")
    for name, side in (("student", "left"), ("exercise", "left"), ("", "left"), ("automatic", "right"),
                       ("late", "right"), ("written", "right"), ("by hand", "right"), ("total", "right"),
                       ("why, comment", "left")):  # fmt: skip
        table.add_column(name, justify="right" if side == "right" else "left")
    for row in totals.rows:
        table.add_row(
            Text(in_line(row.student, MAX_NAME), style="bold"), row.exercise.partition("/")[2],
            Text(f"{LOOKS[row.state].sign} {row.state}", style=LOOKS[row.state].colour), f"{row.automatic:g}",
            Text(_late(row), style="yellow"), "" if row.written is None else f"{row.written:g}",
            f"{row.manual:+g}" if row.manual else "", points(row), Text(_why(row)),
        )  # fmt: skip
    return table


def _late(row: Standing) -> str:
    return f"-{100 * row.penalty:g} %" if row.penalty else f"{row.slip} free" if row.slip else ""


def _why(row: Standing) -> str:
    date = next((one.key for one in row.held if one.kind == "extension"), "")
    return " · ".join(filter(None, (
        reason(row.grade, 44), f"handed in by {in_line(row.of_group, 40)}" if row.of_group else "",
        "a written question is not marked yet" if row.unmarked else "", cut_words(row),
        f"until {date}" if date else "", printable(row.comment, 60),
    )))  # fmt: skip


def made_of(row: Standing) -> str:
    """Say in a line how a page stands and what made its points."""
    parts = (
        f"checks {row.automatic:g}" if row.grade is not None else "", f"late {_late(row)}" if _late(row) else "",
        f"written {row.written:g}" if row.written is not None else "",
        "a written question is not marked yet" if row.unmarked else "",
        f"by hand {row.manual:+g}" if row.manual else "", cut_words(row),
    )  # fmt: skip
    made = ", ".join(filter(None, parts))
    return f"{LOOKS[row.state].sign} {row.state} {points(row)}{f': {made}' if made else ''}"


def _below(row: Standing) -> Text:
    text = Text(f"{in_line(row.student, MAX_NAME)} {row.exercise.partition('/')[2]}\n", style="bold")
    text.append(made_of(row), style=f"not bold {LOOKS[row.state].colour}")
    if _why(row):
        text.append(f"\n{_why(row)}", style="not bold")
    return text


def summary(totals: ClassTotals) -> list[str]:
    """Say of each page over whom its mean goes, and how many ended in which way; then how pages make a total."""
    lines = []
    for one in by_page(totals):
        ends = ", ".join(f"{one.ends[word]} {word}" for word in STATES if one.ends.get(word))
        lines.append(f"{one.address.partition('/')[2]}: {one.words}; {ends}")
    lines += rules_of(totals)
    if any(row.state == UNGRADED for row in totals.rows):
        lines.append("What is ungraded counts in no total; run `gradus grade` again")
    return lines
