"""What people look at: the page and the table. Meaning is never by colour alone, markup is never the student's."""

from __future__ import annotations

import base64
import hashlib
import io
import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest
from rich.console import Console

from autograder.gradebook.class_totals import of_grades
from autograder.gradebook.states import LOOKS, STATES, state
from autograder.language import speaking
from autograder.model import ENDS, STATUSES, Exercise, Failure, Submission, Syllabus
from autograder.report.anchors import failure_anchor
from autograder.report.book_table import MAX_ROWS
from autograder.report.card import card
from autograder.report.page import INLINE, class_page, class_parts, made_of, page_name, student_page
from autograder.report.reasons import sorted_reasons
from autograder.report.table import MANY, class_table, few_words, grade_lines
from autograder.report.templating import source
from autograder.running.run import Outcome
from tests.helpers import make_check, make_grade

PAGES = ("one/scaled", "one/other")
SYLLABUS = Syllabus("Tiny <course>", Path("."), {"one": "One"}, {a: Exercise(a, a, 1.0) for a in PAGES}, {})
RUN = {"started": "2026-01-01", "gradus": "0", "torch": "2", "isolation": "plain", "seed": 7}
EVIL = "<script>alert('x')</script><img src=\"http://example.org/x.png\" onerror='y'>&amp;\x1b[31m\u202e"

SCRIPT = source("class.js")  #: the only script on our pages


class Reader(HTMLParser):
    """Reads a page as a browser would: its tags with attributes, and its text."""

    def __init__(self, page):
        super().__init__()
        self.tags: list[tuple[str, dict]] = []
        self.texts: list[str] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag, attributes):
        self.tags.append((tag, dict(attributes)))

    def handle_data(self, data):
        self.texts.append(data)


def evil_grade():
    """A grade that has markup wherever a student can put any."""
    check = make_check(status="failed", points=0.0, title="it works", message=EVIL, diagnosis=(EVIL,), badge=EVIL)
    return make_grade(EVIL, status="failed", points=0.0, checks=(check,), notes=(EVIL,))


def shown(renderable, **options):
    """What a terminal would show."""
    out = io.StringIO()
    Console(file=out, width=120, **options).print(renderable)
    return out.getvalue()


def test_markup_is_escaped():
    """a student's name, message, diagnosis and notes are text on the page, never markup"""
    page = class_page([evil_grade(), make_grade("zoe")], SYLLABUS, RUN)
    reader = Reader(page)
    allowed = {"html", "meta", "title", "style", "h1", "h2", "h3", "p", "div", "table", "thead", "tbody", "tr", "th",
               "td", "a", "span", "small", "details", "summary", "pre", "input", "output", "script"}  # fmt: skip
    assert {tag for tag, _ in reader.tags} <= allowed
    assert [attributes for tag, attributes in reader.tags if tag == "script"] == [{}], "the page's own"
    assert not [name for _, attributes in reader.tags for name in attributes if name.startswith("on") or name == "src"]
    assert "<script>alert('x')</script>" in "".join(reader.texts)
    assert "\x1b" not in page
    assert "\u202e" not in page


def test_the_page_is_self_contained():
    """nothing is loaded from anywhere: no script but its own, no links but to the page itself, no imports"""
    page = class_page([evil_grade(), make_grade("zoe")], SYLLABUS, RUN)
    reader = Reader(page)
    assert re.findall(r"<script>(.*?)</script>", page, re.DOTALL) == [SCRIPT]
    assert "http" not in SCRIPT
    assert not {"link", "img", "iframe", "object", "embed", "base", "form"} & {tag for tag, _ in reader.tags}
    links = [a["href"] for tag, a in reader.tags if tag == "a"]
    assert links
    assert all(link.startswith("#") for link in links)
    style = re.search(r"<style>(.*?)</style>", page, re.DOTALL)[1]
    assert "url(" not in style
    assert "@import" not in style
    assert "http" not in style


def test_the_pages_policy_names_its_script():
    """the policy lets the page's own script run, by its hash, and nothing else; a student's page runs none"""
    both = (class_page([make_grade("zoe")], SYLLABUS, RUN), student_page([make_grade("zoe")], {}, SYLLABUS, RUN))
    own, none = (
        next(a["content"] for tag, a in Reader(page).tags if tag == "meta" and "http-equiv" in a) for page in both
    )
    digest = base64.b64encode(hashlib.sha256(SCRIPT.encode()).digest()).decode()
    assert f"script-src 'sha256-{digest}'" in own
    assert "script-src 'none'" in none
    assert all("default-src 'none'" in policy and "http" not in policy for policy in (own, none))


def test_a_student_without_a_page_is_no_link():
    """of a large class, a name whose page was not written leads nowhere"""
    grades = [make_grade(f"s{n}") for n in range(INLINE + 1)]
    links = [
        a["href"] for tag, a in Reader(class_page(grades, SYLLABUS, RUN, {"s7": "students/s7.html"})).tags if tag == "a"
    ]
    assert links == ["students/s7.html", "students/s7.html#e-one-scaled"]


def test_the_page_comes_in_pieces():
    """no piece of a large class's page is more than one student's row or one table"""
    grades = [make_grade(f"s{n}") for n in range(INLINE + 1)]
    pages = {g.student: f"students/{page_name(g.student)}" for g in grades}
    parts = list(class_parts(grades, SYLLABUS, RUN, pages))
    assert "".join(parts) == class_page(grades, SYLLABUS, RUN, pages)
    assert max(map(len, parts)) < 10_000


def test_points_by_page():
    """of each page the mean over those who handed it in, how many those are, and how everybody's page ended"""
    gone = make_grade("cyd", status="missing", points=0.0, checks=(make_check(status="missing"),))
    grades = [make_grade("ada"), make_grade("bob", status="failed", points=0.5), gone]
    text = "".join(Reader(class_page(grades, SYLLABUS, RUN).partition("Points by page")[2]).texts)
    head = "pagehanded inevery pointnot handed inunfinishedwrongrightungradedpoints"
    assert text.replace("\n", "").startswith(f"{head}scaled2 of 3110110mean 0.75 of 1 over 2 students who handed in")


def test_links_lead_to_the_students():
    """each name in the overview leads to that student's grades, each cell to the grade"""
    reader = Reader(class_page([make_grade("ada"), make_grade("zoe")], SYLLABUS, RUN))
    targets = [a["id"] for tag, a in reader.tags if tag in ("h3", "details")]
    assert targets == ["s0", "s0-one-scaled", "s1", "s1-one-scaled"]
    assert [a["href"] for tag, a in reader.tags if tag == "a"] == [f"#{target}" for target in targets]


def test_the_page_tells_the_story():
    """the page holds each student, points, statuses, what passed and why the rest failed, and the run"""
    checks = (make_check(title="all is well"), make_check(title="rows sum to one", status="failed", points=0.0,
              message="came back  3", diagnosis=("forgets to add",)))  # fmt: skip
    grades = [make_grade("ada", status="failed", points=1.0, max_points=2.0, checks=checks), make_grade("zoe")]
    text = "".join(Reader(class_page(grades, SYLLABUS, RUN)).texts)
    for part in (
        "ada",
        "zoe",
        "1/2",
        "all is well",
        "rows sum to one",
        "came back  3",
        "forgets to add",
        "plain",
        "seed 7",
    ):
        assert part in text


def test_frequent_mistakes_come_first():
    """misconceptions are counted over the class, the most frequent first"""
    grades = [make_grade(s, checks=(make_check(diagnosis=("rare",)),)) for s in "a"]
    grades += [make_grade(s, checks=(make_check(diagnosis=("frequent",)),)) for s in "bc"]
    page = class_page(grades, SYLLABUS, RUN).partition("Misconceptions")[2]
    assert page.index("frequent") < page.index("rare")


def test_a_class_of_nobody():
    """a page without grades is a page all the same"""
    assert "0 students" in class_page([], SYLLABUS, RUN)


def test_a_message_without_end_is_cut():
    """a message of a million characters does not make the page unreadable"""
    grade = make_grade(checks=(make_check(status="failed", message="x" * 1_000_000),))
    assert len(class_page([grade], SYLLABUS, RUN)) < 100_000


def test_signs_carry_the_meaning():
    """every status and every word has a sign of its own, so that no meaning is by colour alone"""
    assert len({end.sign for end in ENDS.values()}) == len(STATUSES)
    assert len({look.sign for look in LOOKS.values()}) == len(STATES)


@pytest.mark.parametrize("status", STATUSES)
def test_every_status_is_readable_without_colour(status):
    """in the table, on the page and in the story of a grade each status shows its sign"""
    check = make_check(status=status, points=0.0, message="why")
    grade = make_grade(status=status, points=0.0, checks=(check,))
    word = state(grade)
    table = shown(class_table([grade], SYLLABUS), no_color=True)
    assert LOOKS[word].sign in table
    assert ENDS[status].sign in shown(grade_lines(grade)[1], no_color=True)
    reached = {"internal": "not graded", "missing": "not handed in"}.get(status, "0/1")
    assert f"{LOOKS[word].sign} {reached}" in "".join(Reader(class_page([grade], SYLLABUS, RUN)).texts)
    if status not in ("passed", "failed"):
        assert (status if status != "missing" else "not handed in") in table
        assert status in shown(grade_lines(grade)[1], no_color=True)


def test_the_table():
    """one row a student, one column an exercise in the order of the syllabus, points in the last"""
    grades = [make_grade("ada", "one/other", points=0.5), make_grade("ada"), make_grade("zoe", "one/scaled")]
    lines = [line for line in shown(class_table(grades, SYLLABUS)).splitlines() if "│" in line or "┃" in line]
    cells = [[cell.strip() for cell in re.split("[│┃]", line)[1:-1]] for line in lines]
    assert cells[0] == ["student", "scaled", "other", "points"]
    assert cells[1] == ["ada", "✓ 1/1", "✓ 0.5/1", "1.5/2"]
    assert cells[2] == ["zoe", "✓ 1/1", "", "1/2"]


def test_the_table_of_a_very_large_class(capsys):
    """a row a student, of the first; how many more there are is said; a small class is told more of each"""
    from autograder.cli.teacher import _show_class

    for students, told in ((MANY, False), (MANY + 1, True), (MAX_ROWS + 7, True)):
        grades = [make_grade(f"s{n:04}", "one/scaled") for n in range(students)]
        run = Outcome(grades, students, {}, totals=of_grades(grades, SYLLABUS))
        _show_class(run, SYLLABUS, [], Path("class"), why=False)
        text = " ".join(capsys.readouterr().out.split())
        assert (text.count("s0007"), "unfinished" in text) == (1, told)
        assert (f"s{MAX_ROWS - 1:04}" in text, f"s{MAX_ROWS:04}" in text) == (students > MAX_ROWS, False)
        assert ("and 7 more students: `gradus export csv` has them all" in text) == (students > MAX_ROWS)


def test_the_table_takes_any_name():
    """markup, escapes and direction marks in a name are shown, not obeyed"""
    text = shown(class_table([make_grade("[bold]a[/bold]\x1b[2J\u202e")], SYLLABUS))
    assert "[bold]a[/bold]\\x1b[2J" in text
    assert "\x1b[2J" not in text
    assert "\u202e" not in text


def test_few_words():
    """a cell says the first diagnosis and how many more there are, else the status, and is kept short"""
    assert few_words(make_grade()) == ""
    assert few_words(make_grade(checks=(make_check(badge="99 %"),))) == "★ 99 %"
    assert few_words(make_grade(status="timeout")) == "timeout"
    two = make_grade(status="failed", checks=(make_check(status="failed", diagnosis=("one", "two")),))
    assert few_words(two) == "one (+1)"
    long = make_grade(status="failed", checks=(make_check(status="failed", diagnosis=("w" * 99, "v")),))
    assert len(few_words(long)) == 44
    assert few_words(long).endswith("… (+1)")


def test_grade_lines_show_the_first_failure_in_full():
    """what passed takes a line each, the first failure is told in full, a later one by its diagnosis"""
    checks = (
        make_check(title="fine"),
        make_check(title="first", status="failed", message="call  f(1)\nno"),
        make_check(title="second", status="failed", message="call  f(2)\nno", diagnosis=("doubles",)),
    )
    grade = make_grade(status="failed", checks=checks)
    text = "\n".join(line.plain for line in grade_lines(grade))
    assert "call  f(1)" in text
    assert "call  f(2)" not in text
    assert "doubles" in text
    assert "call  f(2)" in "\n".join(line.plain for line in grade_lines(grade, full=3))


def test_an_exception_is_one_reason_whatever_its_numbers():
    """the same exception of the same function with other sizes is told once, values that differ are not"""
    failures = [Failure("exception", f"ValueError: size {n}", function="f") for n in (2, 3, 4)]
    failures += [Failure("property", f"{n} instead of 1", function="f") for n in (2, 3)]
    checks = tuple(
        make_check(name=f"test_{n}", status="error", points=0.0, failure=failure) for n, failure in enumerate(failures)
    )
    text = "\n".join(line.plain for line in grade_lines(make_grade(status="error", points=0.0, checks=checks)))
    assert text.count("size ") == 2, "once in full, once for the two others"
    assert "2 instead of 1" in text
    assert "3 instead of 1" in text


def test_who_waits_for_an_unwritten_function_is_not_called_unwritten():
    """the stub's own error says which one is not written; the check was about its caller"""
    waits = Failure("exception", "NotImplementedError: half is not written yet", function="both")
    method = Failure("exception", "NotImplementedError: Box.get is not written yet", function="last")
    checks = [make_check(name=f"test_{i}", status="missing", failure=one) for i, one in enumerate((waits, method))]
    assert sorted_reasons(checks).unwritten == ("half", "Box")


def test_what_is_not_written_is_said_once_and_last():
    """what a check had found before it came to an unwritten function is told; what is not written, at the end"""
    missing = Failure("exception", "NotImplementedError: half is not written yet", function="half")
    found = Failure("property", "4 instead of 12", function="dot", call="dot(1)")
    checks = (
        make_check(name="test_a", title="halves", status="missing", points=0.0, failure=missing),
        make_check(name="test_b", title="both", status="missing", points=0.0,
                   failure=replace(missing, besides=(found,))),
    )  # fmt: skip
    grade = make_grade(status="missing", points=0.0, checks=checks)
    lines = "\n".join(line.plain for line in grade_lines(grade)).splitlines()
    text = "\n".join(lines)
    assert "NotImplementedError" not in text
    assert text.index("4 instead of 12") < text.index("not written yet: half  (1 check, 1 point)")
    page = "".join(Reader(card(grade, "Lines")).texts)
    assert page.count("not written yet: half") == 1
    assert "NotImplementedError" not in page
    assert page.index("4 instead of 12") < page.index("not written yet") < page.index("halves")
    assert failure_anchor(grade).endswith("test_b")


def test_skipped_checks_say_why():
    """a skipped check shows its reason, and counts for nothing"""
    grade = make_grade(status="skipped", checks=(make_check(status="skipped", message="MNIST is not here"),))
    assert "MNIST is not here" in "\n".join(line.plain for line in grade_lines(grade))


def test_a_students_page(tmp_path):
    """a student's page shows every card, and the code with the lines that a failure names marked"""
    checks = (make_check(title="all is well"), make_check(title="it adds", status="error", points=0.0,
              message="raised      ZeroDivisionError\nwhere       work.py, line 2 in f:  return 1 / 0"))  # fmt: skip
    grade = make_grade("ada", status="error", points=1.0, max_points=2.0, checks=checks, exercise=PAGES[0])
    source = Submission("ada", PAGES[0], "work.py", ("def f():\n    return 1 / 0\n<b>",))
    page = student_page([grade], {PAGES[0]: source}, SYLLABUS, RUN)
    assert re.findall(r"<mark>(.*?)</mark>", page) == ["    return 1 / 0"]
    assert "&lt;b&gt;" in page
    assert "ZeroDivisionError" in page
    assert not {"script", "link", "iframe"} & {tag for tag, _ in Reader(page).tags}


def test_a_card_says_whose_points_it_shows():
    """beside a total that lateness or a marker made another, those of the checks are called that"""
    grade = make_grade("ada", points=11.0, max_points=11.0, exercise=PAGES[0])
    alone = of_grades([grade], SYLLABUS)
    late = replace(alone, rows=(replace(alone.rows[0], total=3.0),))
    more = replace(alone, rows=(replace(alone.rows[0], max_points=14.0),))
    for totals, said in ((None, False), (alone, False), (late, True), (more, True)):
        page = student_page([grade], {}, SYLLABUS, RUN, totals)
        assert ("11 of 11 points by the checks" in page) == said
        assert "11 of 11 points" in page


def test_a_students_page_says_in_which_language_it_is():
    """its own attribute, and the facts of the run at its end; the class' page is the teacher's"""
    grade = make_grade("ada", exercise=PAGES[0])
    with speaking("de"):
        german = student_page([grade], {}, replace(SYLLABUS, language="de"), RUN)
    assert "<html lang=de>" in german
    assert "begonnen" in german
    assert "<html lang=en>" in student_page([grade], {}, SYLLABUS, RUN)


def test_a_page_is_another_where_the_course_says_it_otherwise(tmp_path):
    """what a page was made of holds the course's own translations, and whose answers it shows"""
    course = replace(SYLLABUS, root=tmp_path, language="de")
    grade = make_grade("ada", exercise=PAGES[0])
    before = made_of([grade], {}, course)
    assert made_of([grade], {}, course) == before != made_of([replace(grade, seconds=9.0)], {}, course)
    (tmp_path / "languages").mkdir()
    (tmp_path / "languages" / "de.po").write_text('msgid "right"\nmsgstr "stimmt"\n')
    assert made_of([grade], {}, course) != before


def test_page_names_are_safe_and_distinct():
    """a student's id is no path, and two students never share a page"""
    names = [
        page_name(name)
        for name in ("ada", "a/b", "a_b", "../x", ".hidden", "-rf", "Zoë", "Zoe", "=1", "x" * 300, "\udcff")
    ]
    assert len(set(names)) == len(names)
    assert all(re.fullmatch(r"[A-Za-z0-9._-]+\.html", name) and name[0] not in ".-" for name in names)


def test_a_large_class_links_to_the_students_pages():
    """of more grades than a page can hold, the details stand on the students' own pages"""
    grades = [
        make_grade(f"s{n}", status="failed", checks=(make_check(status="failed", message="m"),))
        for n in range(INLINE + 1)
    ]
    page = class_page(grades, SYLLABUS, RUN, {g.student: f"students/{page_name(g.student)}" for g in grades})
    assert "students/s7.html" in page
    assert "<details>" not in page
    assert "Hardest checks" in page


def test_hardest_checks_count_who_tried():
    """a check that all who tried it missed comes before one that half missed; nothing handed in counts not"""
    easy, hard = make_check(title="easy"), make_check(title="hard", status="failed", points=0.0)
    half = [make_check(title="half", status=s) for s in ("passed", "failed")]
    gone = make_check(title="easy", status="missing", points=0.0)
    grades = [make_grade("a", checks=(easy, hard, half[0])), make_grade("b", checks=(easy, hard, half[1])),
              make_grade("c", checks=(gone,))]  # fmt: skip
    part = class_page(grades, SYLLABUS, RUN).partition("Hardest checks")[2].partition("Items:")[0]
    assert part.index("hard") < part.index("half")
    assert "2 of 2" in part
    assert "easy" not in part
