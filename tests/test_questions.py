"""Pages that are answered in words: every door knows that a person marks them, and no student reads a mark scheme."""

from __future__ import annotations

import json
import re
import shutil
import zipfile

import nbformat
import pytest
from nbgrader.api import Gradebook
from typer.testing import CliRunner

from autograder import cli, nbcourse
from autograder.authoring import build
from autograder.authoring.new import start_questions
from autograder.authoring.new_course import begin
from autograder.authoring.site.stage import fill
from autograder.authoring.verify import Extent, run
from autograder.course import syllabus
from autograder.course.questions import without_schemes
from autograder.errors import CourseError, GradusError, SubmissionError
from autograder.intake.submissions import read_class
from autograder.lab.map.view import standing
from autograder.lab.page.view import context
from autograder.lab.server import _HERE as LAB
from autograder.lab.shared import Lab
from autograder.lab.views import NotHere, views
from autograder.model import Exercise, Settings
from autograder.nbcourse.write import write_back
from autograder.student import wheel, workspace
from autograder.web.files import templates
from tests.helpers import GOOD, PAGE, PNG, make_course, page, words
from tests.nbcourses import CONFIG

pytestmark = pytest.mark.usefixtures("warm")
ASKED = "one/figure"
SCHEME = "a secret mark scheme"
FRONT = f'''+++
title = "Read a figure"
[[questions]]
ask = """Which curve overfits?

![two curves](line.png)"""
points = 2
scheme = "{SCHEME}"

[[questions]]
ask = "Why?"
points = 0.5
scheme = """{SCHEME}, over
two lines"""
+++
# Read a figure

Look.
'''


def with_questions(root, front=FRONT):
    """A course of one page with code and one with questions, the latter listed first."""
    trees = make_course(root, {PAGE: GOOD})
    trees.lesson(ASKED).write_text(front, encoding="utf-8")
    toml = trees.course / "course.toml"
    toml.write_text(toml.read_text().replace("[exercises]\n", f'[exercises]\n"{ASKED}" = 1.0\n'))
    for one in syllabus.load(trees).question_pages.values():
        build.write(trees, one)
    return trees


@pytest.fixture
def trees(tmp_path):
    """Such a course."""
    return with_questions(tmp_path / "course")


def ran(trees, *arguments):
    """A command on a course: (exit code, what it said)."""
    said = CliRunner().invoke(cli.app, ["--course", str(trees.root), *map(str, arguments)])
    if isinstance(said.exception, GradusError):
        return 1, str(said.exception)
    assert said.exception is None or isinstance(said.exception, SystemExit), said.output
    return said.exit_code, words(said.output)


def test_a_page_of_questions_is_no_exercise(trees):
    """it is in the order of the course, has points of its own, and counts in no total of checks"""
    course = syllabus.load(trees)
    assert list(course.pages) == [ASKED, PAGE]
    assert list(course.exercises) == [PAGE]
    asked = course.question_pages[ASKED]
    assert (asked.points, [q.points for q in asked.questions]) == (2.5, [2.0, 0.5])
    assert asked.questions[1].scheme == f"{SCHEME}, over\ntwo lines"
    assert ASKED not in course.assignments["one"].exercises


@pytest.mark.parametrize(("old", "new", "told"), [
    ("points = 2\n", "points = 0\n", "question 1"),
    ("points = 2\n", 'points = "two"\n', "a number"),
    ("points = 0.5\n", "", "question 2"),
    ('ask = "Why?"', 'ask = "  "', "asks nothing"),
    ('ask = "Why?"', 'akk = "Why?"', "no akk"),
    ('title = "Read a figure"', 'title = "Read a figure"\nseconds = 3', "is for pages with code"),
    ('title = "Read a figure"', 'title = "Read a figure"\nlevel = "prove"', "did you mean proven"),
])  # fmt: skip
def test_what_is_wrong_with_a_question_is_told_with_its_file(tmp_path, old, new, told):
    """each mistake in the front matter is one line that names the file"""
    assert old in FRONT
    with pytest.raises(CourseError, match=told) as caught:
        with_questions(tmp_path / "course", FRONT.replace(old, new, 1))
    assert "figure.md, line" in str(caught.value)


def test_the_notebook_has_a_cell_a_person_marks_for_each_question(trees):
    """points, picture and scheme are in nbgrader's source; what students get has neither scheme nor code"""
    made = nbformat.reads(trees.notebook(ASKED).read_text(), as_version=4)
    nbformat.validate(made)
    cells = [c for c in made.cells if c.metadata.nbgrader.grade]
    assert [(c.cell_type, c.metadata.nbgrader.points, c.metadata.nbgrader.solution) for c in cells] == [
        ("markdown", 2.0, True), ("markdown", 0.5, True),
    ]  # fmt: skip
    assert "attachment:line.png" in cells[0].source
    assert list(cells[0].attachments["line.png"]) == ["image/png"]
    assert SCHEME in cells[1].source
    handed = workspace.contents(trees, syllabus.load(trees))
    assert SCHEME.encode() not in b"".join(handed.values())
    assert handed[f"notebooks/{ASKED}.ipynb"].count(b"YOUR ANSWER HERE") == 2
    assert f"lessons/{ASKED}.md" in handed
    assert f"exercises/{ASKED}.py" not in handed


def test_a_course_of_questions_alone(tmp_path, monkeypatch):
    """a course without code is one: listed, verified and handed out, its README without a page that is not there"""
    made, _ = begin(tmp_path / "words", page=False)
    start_questions(made, "s1_first/figure")
    assert "figure" in ran(made, "list")[1]
    assert ran(made, "verify")[0] == 0
    assert ran(made, "init", str(tmp_path / "work"))[0] == 0
    assert "gradus check NAME" in (tmp_path / "work" / "README.md").read_text()
    assert "there is no" in ran(made, "check", "scaled")[1]
    monkeypatch.chdir(tmp_path / "work")
    for command in ((), ("next",), ("progress",)):
        said = " ".join(ran(made, *command)[1].split())
        assert "every page is passed" not in said
        assert "marked by hand" in said or command == ("progress",)


def test_questions_beside_code(tmp_path):
    """a page with checks has its questions in its notebook, each with its points, which are none of the page's"""
    lesson = GOOD["lesson"].replace("\n+++", '\n[[questions]]\nask = "Why?"\npoints = 3\nscheme = "so"\n+++', 1)
    made = make_course(tmp_path / "course", {PAGE: page(lesson=lesson)})
    course = syllabus.load(made)
    assert isinstance(course.pages[PAGE], Exercise)
    notebook = json.loads(made.notebook(PAGE).read_text())
    marks = [c["metadata"].get("nbgrader", {}) for c in notebook["cells"]]
    assert {m["grade_id"]: m["points"] for m in marks if m.get("grade")}["question-1"] == 3


def test_verify_build_and_list(trees):
    """verify says that it is marked by hand; a question without a scheme, a picture that is not there are faults"""
    code, said = ran(trees, "verify", "figure", PAGE, "--level", "draft", "--no-mutants")
    assert (code, "2 questions, 2.5 points to be marked by hand" in said) == (0, True), said
    assert "2.5 points, to be marked by hand" in ran(trees, "list")[1]
    listed = json.loads(CliRunner().invoke(cli.app, ["--course", str(trees.root), "list", "--json"]).stdout)
    assert [(one["by_hand"], one["level"]) for one in listed] == [(True, "by hand"), (False, "proven")]
    for asked in ((), ("--level", "checked")):  # nothing of it can be proved, whatever is asked for
        told = CliRunner().invoke(cli.app, ["--course", str(trees.root), "verify", "figure", "--json", *asked])
        assert [one["proved"] for one in json.loads(told.stdout)] == ["by hand"]
    assert ran(trees, "build", "--check")[0] == 0
    assert ran(trees, "build", "--check", "figure")[0] == 0
    trees.lesson(ASKED).write_text(FRONT.replace(f'scheme = "{SCHEME}"', ""))
    code, said = ran(trees, "verify", "figure")
    assert (code, "question 1 has no scheme" in said, "run it" in said) == (1, True, True), said
    trees.lesson(ASKED).write_text(FRONT.replace("(line.png)", "(gone.png)"))
    code, said = ran(trees, "verify", "figure")
    assert (code, "picture gone.png is missing" in said) == (1, True), said


@pytest.mark.parametrize(
    ("command", "words"), [("check", "marked by hand"), ("hint", "marked by hand"), ("author", "which a person marks")]
)
def test_what_needs_checks_says_that_there_are_none(trees, tmp_path, monkeypatch, command, words):
    """a command for pages with code ends in one line, not in a search for a name like it"""
    assert ran(trees, "init", tmp_path / "mine")[0] == 0
    monkeypatch.chdir(tmp_path / "mine")
    code, said = ran(trees, command, "figure")
    assert code == 1
    assert words in said
    for words_of in ((), ("next",), ("progress",)):
        assert ran(trees, *words_of)[0] == 0


def test_a_class_is_told_what_waits_for_a_person(trees, tmp_path):
    """answers in words are listed as to be marked, the rest is graded; words alone are no error without a reason"""
    mine = tmp_path / "class" / "ada"
    mine.mkdir(parents=True)
    (mine / "figure.ipynb").write_bytes(trees.notebook(ASKED).read_bytes())
    course = syllabus.load(trees)
    with pytest.raises(SubmissionError, match="answers in words to one/figure: to be marked by hand"):
        read_class(tmp_path / "class", course)
    (mine / "scaled.py").write_text(GOOD["solution"])
    found = read_class(tmp_path / "class", course)
    assert [s.exercise for s in found.submissions] == [PAGE]
    assert [why for _, why in found.ignored] == ["answers in words to one/figure: to be marked by hand"]


def test_an_assignment_of_words_alone_is_not_the_whole_course(trees, tmp_path):
    """to grade an assignment without checks is refused in a line"""
    toml = trees.course / "course.toml"
    toml.write_text(toml.read_text() + f'\n[assignments.essay]\nexercises = ["{ASKED}"]\n')
    (tmp_path / "ada").mkdir()
    (tmp_path / "ada" / "scaled.py").write_text(GOOD["solution"])
    code, said = ran(trees, "grade", tmp_path / "ada", "--assignment", "essay", "--out", tmp_path / "out")
    assert (code, "essay has no page that is checked" in said) == (1, True), said


def test_nbgrader_has_a_person_mark_them(trees):
    """released, handed in, graded: the answers are in autograded/, and every question waits for its mark"""
    (trees.notebooks / "nbgrader_config.py").write_text(CONFIG)
    folder = trees.notebooks / "submitted" / "ada" / "one"
    folder.mkdir(parents=True)
    course = syllabus.load(trees)
    handed = workspace.handed_out(trees, course.question_pages[ASKED])
    (folder / "figure.ipynb").write_bytes(handed.replace(b"YOUR ANSWER HERE", b"The upper one."))
    found = nbcourse.find(trees.notebooks)
    done = write_back(found, [], course, {})
    assert (done.notebooks, done.notes) == (1, [])
    assert "The upper one." in (trees.notebooks / "autograded/ada/one/figure.ipynb").read_text()
    assert SCHEME not in (trees.notebooks / "release/one/figure.ipynb").read_text()
    with Gradebook(f"sqlite:///{trees.notebooks / 'gradebook.db'}") as book:
        grades = book.find_submission_notebook("figure", "one", "ada").grades
        assert {g.name: (g.max_score, g.needs_manual_grade) for g in grades} == {
            "question-1": (2.0, True), "question-2": (0.5, True),
        }  # fmt: skip
    again = write_back(found, [], course, {})
    assert (again.notebooks, again.kept) == (0, 1)


def test_the_book_and_the_map_show_them(trees, tmp_path):
    """the book asks each question beside its points; the map says where the answer is written"""
    fill(syllabus.load(trees), trees, tmp_path / "book")
    text = (tmp_path / "book" / "course" / f"{ASKED}.md").read_text()
    assert "Which curve overfits?" in text
    assert "0.5 points, read by a person" in text
    assert SCHEME not in text
    course = syllabus.load(trees)
    lab = Lab(workspace.init(tmp_path / "lab", trees, course), course, trees, "")
    asked = standing(lab).asked
    assert [(a.title, a.points, a.file) for a in asked] == [("Read a figure", 2.5, f"notebooks/{ASKED}.ipynb")]


def test_the_lab_shows_what_is_answered_in_words(trees, tmp_path):
    """the lesson, each question and where to answer; no scheme; a page that is none stays none"""
    course = syllabus.load(trees)
    lab = Lab(workspace.init(tmp_path / "lab", trees, course), course, trees, "")
    shown = context(lab, ASKED)
    text = templates([view.folder / "templates" for view in views().values()] + [LAB / "templates"]).get_template(
        "page.html"
    ).render(root="../../", view="page", path=ASKED, version=1, course="c", home="map/", **shown)  # fmt: skip
    assert "Which curve overfits?" in text
    assert f"notebooks/{ASKED}.ipynb" in text
    assert "2.5 points, marked by hand" in text
    assert SCHEME not in text
    assert "page.js" not in text
    with pytest.raises(NotHere):
        context(lab, "one/nothing")


def test_two_courses_have_two_wheels(trees, tmp_path):
    """the file says of which course it is"""
    made = wheel.student_wheel(trees, syllabus.load(trees), tmp_path, "")
    words_of = re.findall("[a-z0-9]+", trees.root.name.lower())
    assert f"+student.{'.'.join(words_of)}-py3" in made.name


def test_a_wheel_for_students_has_no_scheme(trees, tmp_path):
    """the lesson and the notebook are in it, without what earns how much"""
    made = wheel.student_wheel(trees, syllabus.load(trees), tmp_path, "ask the teacher")
    with zipfile.ZipFile(made) as archive:
        names = archive.namelist()
        assert f"autograder/trees/notebooks/source/{ASKED}.ipynb" in names
        assert all(SCHEME.encode() not in archive.read(name) for name in names)
        lesson = archive.read(f"autograder/trees/course/{ASKED}.md").decode()
    shutil.rmtree(trees.course / "one")
    trees.lesson(ASKED).parent.mkdir()
    trees.lesson(ASKED).write_text(lesson)
    kept = syllabus.load_page(trees.lesson(ASKED), ASKED, 1.0)
    assert [q.ask for q in kept.questions][1] == "Why?"
    assert without_schemes("# no front matter") == "# no front matter"


def test_new_writes_a_page_that_is_in_order(tmp_path):
    """`gradus new --questions` makes lesson, picture and notebook, which verify finds nothing wrong with"""
    trees = make_course(tmp_path / "course", {PAGE: GOOD})
    code, said = ran(trees, "new", "one/read_me", "--questions")
    assert code == 0, said
    assert "# " not in said
    course = syllabus.load(trees)
    assert (trees.course / "one" / "read_me.png").read_bytes()[:4] == PNG[:4]
    (report,) = run.verify(["one/read_me"], course, trees, Settings(0, "plain"), Extent(), jobs=1)
    assert (report.faults, report.questions, report.by_hand) == ([], 2, 3.0)
    with pytest.raises(CourseError, match="has this page already"):
        start_questions(trees, "one/read_me")
