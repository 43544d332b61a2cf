"""An nbgrader course: graded in the sandbox, written as nbgrader would have, and read back with nbgrader's own code."""

from __future__ import annotations

import csv
import json
import os
import shutil
import subprocess
import sys
from datetime import datetime
from pathlib import Path

import nbformat
import pytest
from nbgrader.api import Gradebook
from typer.testing import CliRunner

from autograder import cli
from autograder.course import syllabus
from autograder.course import trees as paths
from autograder.errors import GradebookError, SubmissionError
from autograder.nbcourse import find
from autograder.nbcourse.write import write_back
from tests.desks import invoke
from tests.helpers import make_grade
from tests.nbcourses import (
    ABSENT,
    HALF,
    LINES,
    RIGHT,
    STUB,
    WORTH,
    answered,
    cell_named,
    forget_assignment,
    grade_of,
    hand_in,
    make_nbcourse,
    source_notebook,
)

pytestmark = pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning")  # nbgrader's

ANSWER = "Its slope is the same everywhere."
EARLY, LATE = "2026-01-01 10:00:00 UTC", "2026-03-01 10:00:00 UTC"
DUE = datetime(2026, 2, 1)
PENALTY = '\nc.LateSubmissionPlugin.penalty_method = "zero"\n'
PATH = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])


def scores(course, student, notebook="lines", assignment="one"):
    """What nbgrader has of a notebook: (auto score, needs a human) by cell."""
    with Gradebook(f"sqlite:///{course / 'gradebook.db'}") as book:
        found = book.find_submission_notebook(notebook, assignment, student)
        return {grade.name: (grade.auto_score, grade.needs_manual_grade) for grade in found.grades}


def comments(course, student):
    """nbgrader's own comments on the answers of a notebook, by cell."""
    with Gradebook(f"sqlite:///{course / 'gradebook.db'}") as book:
        found = book.find_submission_notebook("lines", "one", student)
        return {comment.name: comment.auto_comment for comment in found.comments}


def autograded(course, student, notebook="lines", assignment="one"):
    """The autograded notebook, which nbformat calls valid."""
    found = nbformat.read(course / "autograded" / student / assignment / f"{notebook}.ipynb", as_version=4)
    nbformat.validate(found)
    return found


def full(waits=True):
    """The scores of somebody who has everything right, but for the question, which waits for a human."""
    return {**{name: (worth, False) for name, worth in WORTH.items()}, "question": (None if waits else 0, waits)}


def gradus(trees, *arguments):
    """``gradus --course ... grade COURSE`` in this process: what it said."""
    options = ["--out", trees.root / "out", "--seed", 3, "--jobs", 1]
    words = ["--course", trees.root, "grade", trees.notebooks, *options, *arguments]
    result = CliRunner().invoke(cli.app, [str(word) for word in words])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert result.exit_code == 0, result.output
    return result.stderr


def started(course, *arguments, **env):
    """nbgrader's own command, started in a process of its own in the course."""
    command = [sys.executable, "-c", "import sys; from nbgrader.apps.nbgraderapp import main; sys.exit(main())"]
    return subprocess.Popen(
        [*command, *arguments], cwd=course, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        text=True, env={**os.environ, "PATH": PATH, **env},
    )  # fmt: skip


def said_by(process):
    """What a command said, which ended well."""
    try:
        said, _ = process.communicate(timeout=300)
    finally:
        process.kill()
    assert process.returncode == 0, said
    assert "Traceback" not in said
    return said


def stamps(course):
    """When each autograded file was written last."""
    return {path: path.stat().st_mtime_ns for path in (course / "autograded").rglob("*") if path.is_file()}


# -- a class, graded in the sandbox --------------------------------------------------------------

EXPECTED = {
    "ada": full(),
    "bob": {**dict.fromkeys(WORTH, (0, False)), "question": (0, False)},
    "cyd": {**full(), "test_share": (1, False), "test_shifted": (0, False)},
    "dan": {**dict.fromkeys(WORTH, (0, False)), "question": (0, False)},
    "eve": full(waits=False),
}


@pytest.fixture(scope="module")
def graded(tmp_path_factory, generated):
    """A class that nbgrader has never generated anything for, graded twice.

    (trees, what each run said, when files were written before and after the second)
    """
    trees = make_nbcourse(tmp_path_factory.mktemp("class") / "course", PENALTY)
    shutil.copy(generated.notebooks / "gradebook.db", trees.notebooks)
    forget_assignment(trees.notebooks)
    course, source = trees.notebooks, source_notebook(trees)
    question = cell_named(source, "question")["source"].partition("\n")[0]
    hand_in(course, "ada", "lines.ipynb", answered(source, RIGHT, f"{question}\n\n{ANSWER}"), when=EARLY)
    hand_in(course, "bob", "lines.ipynb", answered(source, STUB), when=EARLY)
    hand_in(course, "cyd", "lines.ipynb", answered(source, HALF, ANSWER), when=LATE)
    hand_in(course, "dan", "lines.ipynb", b'{"cells": [', when=EARLY)
    hand_in(course, "eve", "lines.py", "import torch\n" + "\n\n\n".join(RIGHT.values()), when=EARLY)
    hand_in(course, "fay", "absent.ipynb", {**source_notebook(trees, ABSENT)})
    with Gradebook(f"sqlite:///{course / 'gradebook.db'}") as book:  # due before the assignment is generated
        book.add_assignment("one", duedate=DUE)
    said = [gradus(trees)]
    first = stamps(course)
    said.append(gradus(trees))
    return trees, said, first, stamps(course)


def test_what_it_says(graded):
    """how many notebooks were written, then that all are in step already"""
    trees, said, *_ = graded
    assert f"nbgrader: 6 notebooks written to {trees.notebooks}" in said[0].replace("\n", " ")
    assert "6 in step already" in said[1].replace("\n", " ")


def test_a_second_run_writes_nothing(graded):
    """no file of autograded/ is touched when nothing has changed"""
    *_, first, second = graded
    assert first
    assert second == first


def test_a_policy_that_cannot_be_read_costs_nobody_anything(graded):
    """the class is graded and shown; a line names the file and how to bring both gradebooks together afterwards"""
    trees = graded[0]
    policy = trees.root / "out" / "policy.toml"
    policy.write_text("late_per_day = ")
    try:
        said = gradus(trees).replace("\n", " ")
    finally:
        policy.unlink()
    assert f"{policy}, line 1" in said
    assert "then `gradus export nbgrader --into" in said


@pytest.mark.parametrize("student", EXPECTED)
def test_auto_scores(graded, student):
    """right: all points; stub: none; half: a part; broken: none; a .py: all; answers in words wait for a human"""
    assert scores(graded[0].notebooks, student) == EXPECTED[student]


def test_a_skipped_check_waits_for_a_human(graded):
    """a check that could not be made has no score, though one of the same name on another page has"""
    assert scores(graded[0].notebooks, "fay", "absent")["test_scaled"] == (None, True)
    assert set(scores(graded[0].notebooks, "fay").values()) == {(0, False)}, "what was not handed in has none"


def test_points_in_the_gradebook(graded):
    """nbgrader's own sums: score and maximum of each submission"""
    with Gradebook(f"sqlite:///{graded[0].notebooks / 'gradebook.db'}") as book:
        found = {s.student.id: (s.score, s.max_score) for s in book.find_assignment("one").submissions}
    assert found == {
        "ada": (6, 11), "bob": (0, 11), "cyd": (4, 11), "dan": (0, 11), "eve": (6, 11), "fay": (0, 11),
    }  # fmt: skip


def test_comments(graded):
    """an answer that was left as it was given out has nbgrader's comment, another has none"""
    found = {student: comments(graded[0].notebooks, student) for student in ("ada", "bob", "eve")}
    assert found == {
        "ada": {"scaled": None, "shifted": None, "question": None},
        "bob": {"scaled": None, "shifted": None, "question": "No response."},
        "eve": dict.fromkeys(("scaled", "shifted", "question"), "No response."),
    }


def test_the_autograded_notebooks(graded):
    """valid notebooks with nbgrader's metadata and checksums; each check cell shows its card from the sandbox"""
    trees = graded[0]
    for student in ("ada", "bob", "cyd", "dan", "eve"):
        made = autograded(trees.notebooks, student)
        assert made.metadata["gradus"]["exercise"] == LINES
        assert made.metadata["gradus"]["isolation"] != "unsandboxed"
        for name in WORTH:
            cell = cell_named(made, name)
            assert cell.metadata.nbgrader["checksum"]
            assert "points" in cell.outputs[0].data["text/html"]
            assert "unsandboxed" not in cell.outputs[0].data["text/html"]
            assert cell.source == cell_named(autograded(trees.notebooks, "ada"), name).source
    assert cell_named(autograded(trees.notebooks, "ada"), "scaled").source == RIGHT["scaled"]
    assert ANSWER in cell_named(autograded(trees.notebooks, "ada"), "question").source
    share = cell_named(autograded(trees.notebooks, "cyd"), "test_share")
    assert "2 of 4 shifts are right" in share.outputs[0].data["text/plain"]
    assert "only ever moves to the right" in cell_named(autograded(trees.notebooks, "cyd"), "test_shifted").outputs[
        0
    ].data["text/plain"]  # fmt: skip


def test_what_could_not_be_read_is_said_and_nothing_is_given_away(graded):
    """in place of a broken notebook and of a .py stands what was given out, with a note; never the solution"""
    course = graded[0].notebooks
    broken, script = autograded(course, "dan"), autograded(course, "eve")
    assert "lines.ipynb could not be read" in broken.cells[0].source
    assert "lines.py was handed in in place of the notebook" in script.cells[0].source
    assert RIGHT["scaled"] in script.cells[1].source
    text = json.dumps(broken)
    assert "x * factor + 1" not in text
    assert "The teacher reads" not in text


def test_timestamps(graded):
    """when it was handed in is in autograded/ and the database; nobody knows for one who has no timestamp"""
    course = graded[0].notebooks
    assert (course / "autograded" / "cyd" / "one" / "timestamp.txt").read_text() == LATE
    with Gradebook(f"sqlite:///{course / 'gradebook.db'}") as book:
        assert book.find_submission("one", "cyd").timestamp == datetime(2026, 3, 1, 10)
        assert book.find_submission("one", "cyd").total_seconds_late > 0
        assert book.find_submission("one", "fay").timestamp is None


def test_late_penalties_are_nbgraders(graded):
    """the course's penalty plugin decides: the late one has lost everything, nobody else anything"""
    with Gradebook(f"sqlite:///{graded[0].notebooks / 'gradebook.db'}") as book:
        late = {s: book.find_submission_notebook("lines", "one", s).late_submission_penalty for s in ("ada", "cyd")}
        assert late == {"ada": None, "cyd": 4}
        assert book.find_assignment("one").duedate == DUE, "the due date is not ours to change"


def test_the_assignment_was_made_known(graded):
    """an assignment that was never generated is generated by nbgrader itself, without any of the solution"""
    release = graded[0].notebooks / "release" / "one" / "lines.ipynb"
    text = release.read_text()
    assert "YOUR CODE HERE" in text
    assert "x * factor + 1" not in text


def test_feedback_and_export(graded):
    """nbgrader's own feedback and export run clean afterwards, and say what was graded"""
    course = graded[0].notebooks
    both = [started(course, "generate_feedback", "one", "--student", "[cd]*"), started(course, "export")]
    for process in both:
        said_by(process)
    feedback = (course / "feedback" / "cyd" / "one" / "lines.html").read_text()
    assert "2 of 4 shifts are right" in feedback
    assert (course / "feedback" / "dan" / "one" / "lines.html").is_file()
    with open(course / "grades.csv", newline="") as file:
        rows = {row["student_id"]: row for row in csv.DictReader(file)}
    assert {s: float(rows[s]["raw_score"]) for s in ("ada", "bob", "cyd", "eve")} == {
        "ada": 6, "bob": 0, "cyd": 4, "eve": 6
    }  # fmt: skip
    assert float(rows["cyd"]["score"]) == 0


@pytest.mark.parametrize("how", ["--json", "--verbose"], ids=["document", "table"])
def test_what_is_printed_has_the_marks_that_came_from_there(graded, how):
    """the totals on the terminal are those of the gradebook after both were brought together, in the same run"""
    trees = graded[0]
    points = {"--json": 1.25, "--verbose": 1.75}[how]
    with Gradebook(f"sqlite:///{trees.notebooks / 'gradebook.db'}") as book:
        row = book.find_grade("question", "lines", "one", "ada")
        row.manual_score, row.needs_manual_grade = points, False
        book.db.commit()
    options = ("--out", trees.root / "out", "--seed", 3, "--jobs", 1, how)
    code, out, _ = invoke("--course", trees.root, "grade", trees.notebooks, *options)
    assert code == 0
    if how == "--json":
        assert {one["student"]: one["total"] for one in json.loads(out)["students"]}["ada"] == 6 + points
    else:
        assert f"{6 + points:g}" in next(line for line in out.splitlines() if "ada" in line)


def test_a_changed_submission_is_written_again_and_manual_grades_stay(graded):
    """only the changed one is written; manual scores, extra credit and comments of a teacher survive, and wait for a
    look where the answer has changed"""
    trees = graded[0]
    course = trees.notebooks
    with Gradebook(f"sqlite:///{course / 'gradebook.db'}") as book:
        book.find_grade("question", "lines", "one", "cyd").manual_score = 1.5
        book.find_grade("question", "lines", "one", "cyd").needs_manual_grade = False
        book.find_grade("test_scaled", "lines", "one", "cyd").extra_credit = 0.25
        book.find_grade("test_shifted", "lines", "one", "cyd").manual_score = 0.5
        book.find_comment("question", "lines", "one", "cyd").manual_comment = "nearly"
        book.db.commit()
    before = stamps(course)
    hand_in(course, "cyd", "lines.ipynb", answered(source_notebook(trees), RIGHT, ANSWER))
    said = gradus(trees, "--student", "cyd")
    assert "nbgrader: 1 notebooks written" in said.replace("\n", " ")
    after = stamps(course)
    assert {path.parent.parent.name for path in after if after[path] != before.get(path)} == {"cyd"}
    assert scores(course, "cyd")["test_share"] == (2, False)
    assert scores(course, "cyd")["test_shifted"] == (1, True), "a manual score stands over a new automatic one: look"
    with Gradebook(f"sqlite:///{course / 'gradebook.db'}") as book:
        assert book.find_grade("question", "lines", "one", "cyd").manual_score == 1.5
        assert book.find_grade("test_scaled", "lines", "one", "cyd").extra_credit == 0.25
        assert book.find_grade("test_shifted", "lines", "one", "cyd").manual_score == 0.5
        assert book.find_comment("question", "lines", "one", "cyd").manual_comment == "nearly"
        assert book.find_submission_notebook("lines", "one", "cyd").score == 1 + 0.25 + 2 + 2 + 0.5 + 1.5


# -- written back: grades made by hand, nothing is run -------------------------------------------


@pytest.fixture
def course(generated, tmp_path):
    """A copy of that course: (folder, syllabus, its source notebook)."""
    shutil.copytree(generated.notebooks, tmp_path / "course")
    return tmp_path / "course", syllabus.load(generated), source_notebook(generated)


def write(folder, loaded, grades):
    """Write these grades into a course."""
    found = find(folder)
    assert found is not None
    return write_back(found, grades, loaded)


def colab(notebook):
    """As Colab saves it."""
    for number, cell in enumerate(notebook["cells"]):
        cell["metadata"] = {"id": f"x_{number}", "colab": {}}
        del cell["id"]
    notebook["metadata"] = {"colab": {"provenance": []}, "accelerator": "GPU"}
    return notebook


def vs_code(notebook):
    """As VS Code saves it."""
    for cell in notebook["cells"]:
        cell["metadata"] = {"vscode": {"languageId": "python"}}
    del notebook["metadata"]["kernelspec"]
    return notebook


def without(*names):
    """A notebook without these cells."""

    def cut(notebook):
        notebook["cells"] = [c for c in notebook["cells"] if c["metadata"]["nbgrader"]["grade_id"] not in names]
        return notebook

    return cut


def backwards(notebook):
    """The cells in another order."""
    notebook["cells"].reverse()
    return notebook


def twice(notebook):
    """Every cell twice, as a careless hand pastes them."""
    notebook["cells"] += json.loads(json.dumps(notebook["cells"]))
    return notebook


def worksheets(notebook):
    """As nbformat 3 had it."""
    cells = [
        {"cell_type": c["cell_type"], "metadata": c["metadata"],
         ("input" if c["cell_type"] == "code" else "source"): c["source"], "outputs": [{"output_type": "pyout"}]}
        for c in notebook["cells"]
    ]  # fmt: skip
    return {"worksheets": [{"cells": cells}], "nbformat": 3, "nbformat_minor": 0, "metadata": {}}


def junk(notebook):
    """Outputs, metadata and kinds that no editor writes."""
    for cell in notebook["cells"]:
        cell["outputs"] = [5, {"output_type": "error"}, {"output_type": "stream", "name": "stderr", "text": "\ud800"}]
        cell["metadata"] = {**cell["metadata"], "tags": 5, "collapsed": "yes", "name": 3}
    cell_named(notebook, "test_scaled")["cell_type"] = "video"
    cell_named(notebook, "test_factor").update(cell_type="markdown", attachments={"a": {"b": "c"}})
    return notebook


@pytest.mark.parametrize(
    "spoil",
    [colab, vs_code, backwards, twice, worksheets, junk, without("test_scaled"), without(*WORTH),
     without("how-to-check", "question", "test_factor"), lambda notebook: {"cells": []}],
    ids=["colab", "vs_code", "backwards", "twice", "worksheets", "junk", "first_check_gone", "checks_gone", "some_gone",
         "all_gone"],
)  # fmt: skip
def test_nbgrader_takes_every_notebook(course, spoil):
    """whatever an editor or a hand made of a notebook: the scores are the sandbox's, and nothing is amiss"""
    folder, loaded, source = course
    hand_in(folder, "ada", "lines.ipynb", spoil(answered(source, RIGHT, ANSWER)))
    done = write(folder, loaded, [grade_of("ada", {"test_factor": 0.5, "test_shifted": 0})])
    assert (done.notebooks, done.notes) == (1, [])
    found = scores(folder, "ada")
    assert {name: found[name] for name in WORTH} == {
        "test_scaled": (1, False), "test_factor": (0.5, False), "test_share": (2, False), "test_shifted": (0, False)
    }  # fmt: skip
    made = autograded(folder, "ada")
    release = json.loads((folder / "release" / "one" / "lines.ipynb").read_text())
    for name in (*WORTH, "question"):
        assert cell_named(made, name).metadata.nbgrader == cell_named(release, name)["metadata"]["nbgrader"]


def test_points_that_a_teacher_changed(course):
    """where the cells of the release are worth other points, shares stay shares"""
    folder, loaded, source = course
    for name, worth in (("test_factor", 1), ("test_share", 10)):
        cell_named(source, name)["metadata"]["nbgrader"]["points"] = worth
    (folder / "source" / "one" / "lines.ipynb").write_text(json.dumps(source))
    forget_assignment(folder)
    shutil.rmtree(folder / "release")
    hand_in(folder, "ada", "lines.ipynb", answered(source, HALF))
    assert write(folder, loaded, [grade_of("ada", {"test_factor": 1.5, "test_share": 0.5})]).notes == []
    found = scores(folder, "ada")
    assert (found["test_factor"], found["test_share"]) == ((0.75, False), (2.5, False))


def test_checks_that_we_know_nothing_of_wait_for_the_teacher(course):
    """a teacher's own check cell has no score, until somebody gives one"""
    folder, loaded, source = course
    hand_in(folder, "ada", "lines.ipynb", answered(source, RIGHT))
    grade = grade_of("ada", {})
    short = [type(grade)(**{**grade.__dict__, "checks": grade.checks[:2]})]
    assert write(folder, loaded, short).notes == []
    assert scores(folder, "ada")["test_scaled"] == (1, False)
    assert scores(folder, "ada")["test_share"] == (None, True)


def test_a_page_that_was_not_graded_keeps_what_it_has(course):
    """of two pages of an assignment one is graded: the other's notebook, scores and flags stay as they were"""
    folder, loaded, source = course
    hand_in(folder, "ada", "lines.ipynb", answered(source, RIGHT, ANSWER))
    hand_in(folder, "ada", "absent.ipynb", {"cells": []})
    other = make_grade("ada", ABSENT, checks=(), points=0.0)
    write(folder, loaded, [grade_of("ada", {}), other])
    before, text = scores(folder, "ada"), (folder / "autograded/ada/one/lines.ipynb").read_bytes()
    assert before["test_scaled"] == (1, False)
    hand_in(folder, "ada", "absent.ipynb", {"cells": [{"cell_type": "raw", "source": "new"}]})
    new = make_grade("ada", ABSENT, checks=(), points=0.0, key="new")
    done = write(folder, loaded, [new])
    assert (done.notebooks, done.notes) == (1, [])
    assert scores(folder, "ada") == before
    assert (folder / "autograded/ada/one/lines.ipynb").read_bytes() == text
    internal = grade_of("ada", {"test_scaled": "internal"}, key="again")
    broken = type(internal)(**{**internal.__dict__, "status": "internal"})
    assert write(folder, loaded, [broken, make_grade("ada", ABSENT, checks=(), key="third")]).notebooks == 1
    assert scores(folder, "ada") == before, "the grader's own fault is nobody's score"


def test_the_same_page_in_two_assignments(course):
    """of two submissions of one page one is graded, and only that one is written"""
    folder, loaded, source = course
    hand_in(folder, "ada", "lines.ipynb", answered(source, RIGHT))
    hand_in(folder, "ada", "lines.ipynb", answered(source, STUB), assignment="resit")
    found = find(folder).read(loaded)
    assert [name for name, _ in found.ignored] == ["ada/resit/lines.ipynb"]
    done = write(folder, loaded, [grade_of("ada", {})])
    assert (done.notebooks, done.notes) == (1, [])
    assert not (folder / "autograded/ada/resit").exists()


def test_a_release_is_never_written_over(course):
    """a release that is there is left alone, also where the database does not know its assignment"""
    folder, loaded, source = course
    release = folder / "release" / "one" / "lines.ipynb"
    release.chmod(0o644)
    changed = release.read_text().replace("Why is a line straight?", "Why not?")
    release.write_text(changed)
    forget_assignment(folder)
    hand_in(folder, "ada", "lines.ipynb", answered(source, RIGHT))
    done = write(folder, loaded, [grade_of("ada", {})])
    assert (done.notebooks, done.notes) == (1, [])
    assert release.read_text() == changed
    assert scores(folder, "ada")["test_scaled"] == (1, False)


@pytest.mark.parametrize("name", ["other", "a+b"])
def test_an_assignment_that_cannot_be_generated(course, name):
    """without a source, or with a name that nbgrader does not take, nothing can be written: that is a note, and the
    others are written"""
    folder, loaded, source = course
    hand_in(folder, "ada", "lines.ipynb", answered(source, RIGHT), assignment=name)
    hand_in(folder, "bob", "lines.ipynb", answered(source, RIGHT))
    done = write(folder, loaded, [grade_of("ada", {}), grade_of("bob", {})])
    assert done.notebooks == 1
    assert len(done.notes) == 1
    assert done.notes[0].startswith(f"{name}: nbgrader says: ")


def test_a_notebook_that_was_not_released(course):
    """a page that the release does not have is a note, and the others of the folder are written"""
    folder, loaded, source = course
    (folder / "release" / "one" / "absent.ipynb").unlink()
    hand_in(folder, "ada", "lines.ipynb", answered(source, RIGHT))
    hand_in(folder, "ada", "absent.ipynb", {"cells": []})
    done = write(folder, loaded, [grade_of("ada", {}), make_grade("ada", ABSENT, checks=())])
    assert [note.partition(": ")[2] for note in done.notes] == ["one was released without absent; not written"]
    assert done.notebooks == 1
    assert scores(folder, "ada")["test_scaled"] == (1, False)
    (folder / "submitted/ada/one/lines.ipynb").unlink()
    assert write(folder, loaded, [make_grade("ada", ABSENT, checks=(), key="new")]).notebooks == 0


@pytest.mark.parametrize("student", ["Müller, Zoë", "a[1]*", "x@y.org+z"])
def test_names_of_any_kind(course, student):
    """names with what a pattern would be made of, and beyond ASCII, are names"""
    folder, loaded, source = course
    hand_in(folder, student, "lines.ipynb", answered(source, RIGHT))
    assert [s.student for s in find(folder).read(loaded).submissions] == [student]
    done = write(folder, loaded, [grade_of(student, {})])
    assert (done.notebooks, done.notes) == (1, [])
    assert scores(folder, student)["test_scaled"] == (1, False)


@pytest.mark.parametrize("stamp", [b"", b"yesterday", b"\xff\xfe", b"0000-99-99"])
def test_a_timestamp_that_is_none(course, stamp):
    """a timestamp that nobody can read is no reason not to write the grade"""
    folder, loaded, source = course
    where = hand_in(folder, "ada", "lines.ipynb", answered(source, RIGHT))
    (where / "timestamp.txt").write_bytes(stamp)
    done = write(folder, loaded, [grade_of("ada", {})])
    assert done.notebooks == 1
    assert [str(where / "timestamp.txt") in note for note in done.notes] == [True] * bool(stamp)
    assert scores(folder, "ada")["test_scaled"] == (1, False)
    assert write(folder, loaded, [grade_of("ada", {})]).kept == 1


@pytest.mark.parametrize("stamp", [LATE, "2026-03-01 10:00:00.25 UTC", "yesterday"])
def test_handed_in_when_nbgrader_says(course, stamp):
    """by the timestamp, as nbgrader counts lateness; by the file's own time where there is none that can be read"""
    folder, loaded, source = course
    where = hand_in(folder, "ada", "lines.ipynb", answered(source, RIGHT))
    os.utime(where / "lines.ipynb", (1_800_000_000, 1_800_000_000))
    (where / "timestamp.txt").write_text(stamp)
    (one,) = (one for one in find(folder).read(loaded).submissions if one.student == "ada")
    assert one.submitted == ("2027-01-15T08:00:00+00:00" if stamp == "yesterday" else "2026-03-01T10:00:00+00:00")


def test_the_students_other_files(course):
    """ordinary files travel along, the timestamp before all others; links and more than two hundred do not"""
    folder, loaded, source = course
    where = hand_in(folder, "ada", "lines.ipynb", answered(source, RIGHT), when=EARLY)
    (where / "helper.py").write_text("x = 1")
    (where / "data").mkdir()
    (where / "data" / "a.csv").write_text("a,b")
    (where / "link.txt").symlink_to("/etc/hostname")
    for number in range(220):
        (where / "data" / f"n{number:03}").touch()
    done = write(folder, loaded, [grade_of("ada", {})])
    there = folder / "autograded" / "ada" / "one"
    assert (there / "timestamp.txt").read_text() == EARLY
    assert (there / "data" / "a.csv").read_text() == "a,b"
    assert not (there / "link.txt").exists()
    assert len(list(there.rglob("*"))) <= 203
    assert any("of its files were not copied" in note for note in done.notes)
    for path in (where / "data").iterdir():
        path.unlink()
    done = write(folder, loaded, [grade_of("ada", {}, key="again")])
    assert (there / "helper.py").read_text() == "x = 1"
    assert [note for note in done.notes if "link.txt: not copied" in note] == done.notes != []


@pytest.mark.parametrize("spoil", ["link", "large"])
def test_a_notebook_that_is_none_of_ours_to_read(course, tmp_path, spoil):
    """a link or a giant is not read; what was given out stands there, with a note"""
    folder, loaded, _ = course
    where = hand_in(folder, "ada", "lines.ipynb", b" " * (6 << 20))
    if spoil == "link":
        (where / "lines.ipynb").unlink()
        (tmp_path / "secret").write_text("secret")
        (where / "lines.ipynb").symlink_to(tmp_path / "secret")
    assert write(folder, loaded, [grade_of("ada", dict.fromkeys(WORTH, "malformed"))]).notebooks == 1
    made = autograded(folder, "ada")
    assert "could not be read" in made.cells[0].source
    assert "secret" not in json.dumps(made)
    assert scores(folder, "ada")["test_scaled"] == (0, False)


def test_of_two_forms_the_one_that_can_be_read(course):
    """of a notebook and a .py the one that is written in is graded, and no link"""
    folder, loaded, source = course
    where = hand_in(folder, "ada", "lines.ipynb", answered(source, RIGHT))
    (where / "lines.py").symlink_to(where / "lines.ipynb")
    hand_in(folder, "bob", "lines.ipynb", answered(source, RIGHT))
    hand_in(folder, "bob", "lines.py", "x = 1")
    hand_in(folder, "cyd", "lines.ipynb", answered(source, STUB))
    hand_in(folder, "cyd", "lines.py", "\n".join(RIGHT.values()))
    found = find(folder).read(loaded)
    files = {s.student: s.filename for s in found.submissions}
    assert files == {"ada": "lines.ipynb", "bob": "lines.ipynb", "cyd": "lines.py"}
    assert {student: entries[0].path.name for (student, _), entries in found.chosen.items()} == files


def test_a_course_that_is_laid_out_otherwise(generated, tmp_path):
    """assignments above students, other folder names: read, generated and written where the configuration says"""
    loaded, folder = syllabus.load(generated), tmp_path / "course"
    shutil.copytree(generated.notebooks / "source" / "one", folder / "steps" / "from" / "one")
    shutil.copy(generated.notebooks / "gradebook.db", folder)
    forget_assignment(folder)
    (folder / "nbgrader_config.py").write_text(
        "c = get_config()\n"
        'c.CourseDirectory.directory_structure = "steps/{nbgrader_step}/{assignment_id}/{student_id}"\n'
        'c.CourseDirectory.submitted_directory = "collected"\nc.CourseDirectory.source_directory = "from"\n'
    )
    for student, answers in (("ada", RIGHT), ("bob", STUB)):
        where = folder / "steps/collected/one" / student
        where.mkdir(parents=True)
        (where / "lines.ipynb").write_text(json.dumps(answered(source_notebook(generated), answers)))
    found = find(folder).read(loaded)
    assert [(s.student, s.exercise, s.problem) for s in found.submissions] == [
        ("ada", LINES, None),
        ("bob", LINES, None),
    ]
    done = write(folder, loaded, [grade_of("ada", {}), grade_of("bob", dict.fromkeys(WORTH, "error"))])
    assert (done.notebooks, done.notes) == (2, [])
    assert (folder / "steps/autograded/one/ada/lines.ipynb").is_file()
    assert (folder / "steps/release/one/lines.ipynb").is_file()
    assert {p.name for p in folder.iterdir()} <= {"steps", "nbgrader_config.py", "gradebook.db"}
    assert {p.name for p in (folder / "steps").iterdir()} == {"from", "collected", "autograded", "release"}
    assert scores(folder, "ada")["test_scaled"] == (1, False)
    assert scores(folder, "bob")["test_scaled"] == (0, False)
    assert write(folder, loaded, [grade_of("ada", {})]).kept == 1


# -- which folders are a course ------------------------------------------------------------------


def test_one_student_alone(course):
    """a single student is a student, whatever the assignment is called"""
    folder, loaded, source = course
    hand_in(folder, "ada", "lines.ipynb", answered(source, RIGHT), assignment="week 1")
    (found,) = find(folder).read(loaded).submissions
    assert (found.student, found.exercise) == ("ada", LINES)


def test_nobody_has_handed_in(course):
    """a course without submissions is one clear error"""
    folder, loaded, _ = course
    with pytest.raises(SubmissionError, match="no file is named after an exercise"):
        find(folder).read(loaded)


def test_what_is_no_course(tmp_path):
    """a class folder is none, also with a gradebook of ours in it; a file is none"""
    assert find(tmp_path) is None
    (tmp_path / "gradebook.db").touch()
    assert find(tmp_path) is None
    assert find(tmp_path / "gradebook.db") is None
    (tmp_path / "submitted").mkdir()
    assert find(tmp_path) is not None


def test_a_configuration_that_does_not_run(tmp_path):
    """an error in the configuration is one line with the file's name"""
    (tmp_path / "nbgrader_config.py").write_text("c = get_config()\n1 / 0\n")
    with pytest.raises(SubmissionError, match=r"nbgrader_config\.py: nbgrader could not read it either: ZeroDivision"):
        find(tmp_path)


def test_a_database_that_is_none(course):
    """a database that nbgrader cannot open is one clear error"""
    folder, loaded, source = course
    (folder / "gradebook.db").write_bytes(b"no database at all" * 1000)
    hand_in(folder, "ada", "lines.ipynb", answered(source, RIGHT))
    with pytest.raises(GradebookError, match=r"gradebook\.db: "):
        write(folder, loaded, [grade_of("ada", {})])


def test_the_courses_own_notebooks_folder():
    """the notebooks of this course are an nbgrader course"""
    from tests.helpers import ROOT

    found = find(ROOT / "notebooks")
    assert found is not None
    assert found.coursedir().course_id == "gradus"


# -- the same as nbgrader's own ------------------------------------------------------------------


def test_the_same_scores_as_nbgraders_own_autograde(generated, tmp_path):
    """three notebooks, graded once by nbgrader with its kernels and once in the sandbox: the same scores and comments;
    and nbgrader's validation finds the right one right"""
    trees, classes = generated, []
    for name in ("theirs", "ours"):
        root = tmp_path / name
        shutil.copytree(trees.root, root)
        course, source = root / "notebooks", source_notebook(trees)
        for student, answers in (("ada", RIGHT), ("bob", STUB), ("cyd", HALF)):
            hand_in(course, student, "lines.ipynb", answered(source, answers, ANSWER if student != "bob" else ""))
        classes.append(course)
    theirs, ours = classes
    env = {"GRADUS_COURSE": str(trees.root), "OMP_NUM_THREADS": "1"}
    both = [
        started(theirs, "autograde", "one", "--student", "*", **env),
        started(ours, "validate", "submitted/ada/one/lines.ipynb", **env),
    ]
    said = [said_by(process) for process in both]
    assert "Success! Your notebook passes all the tests." in said[1]
    gradus(paths.trees(tmp_path / "ours"))
    for student in ("ada", "bob", "cyd"):
        assert scores(ours, student) == scores(theirs, student) == EXPECTED[student]
        assert comments(ours, student) == comments(theirs, student)
        kept = [c.cell_type for c in autograded(ours, student).cells]
        assert kept == [c.cell_type for c in autograded(theirs, student).cells]
        shown = cell_named(autograded(theirs, student), "test_factor").outputs[0].data["text/html"]
        assert "any factor" in shown
        assert "sandbox" not in shown
