"""Data files and images of a page: beside whatever opens them, in workspace, notebooks, sandbox, wheel and keys."""

from __future__ import annotations

import json
import os
import zipfile

import pytest

from autograder.authoring import build
from autograder.authoring.verify import Extent, run
from autograder.authoring.verify.verdicts import with_absent
from autograder.course import page_files, syllabus
from autograder.errors import CourseError
from autograder.gradebook.keys import page_key
from autograder.model import Settings, Submission
from autograder.running.pool import exam_here, grade_many
from autograder.student import wheel, workspace
from tests.helpers import PAGE, make_course, page

OPENS = '''# %%
import torch

TABLE = open("rain.csv").read()


# %%
def scaled(x: torch.Tensor, factor: float = 2.0) -> torch.Tensor:
    """Return x times the factor, plus the number in the files.

    Args:
        x: of any shape.
    """
    ### BEGIN SOLUTION
    with open("maps/one.txt") as file:
        return x * factor + float(file.read()) + 0 * len(TABLE)
    ### END SOLUTION
'''
CHECKS = '''"""What it must do."""

import torch

from autograder.checking import assert_same, points


@points(2)
def test_values(student):
    """doubled, plus one"""
    assert_same(student.scaled(torch.tensor([1.0])), torch.tensor([3.0]))
'''
FILES = {"rain.csv": b"a,b\n1,2\n", "maps/one.txt": b"1", "picture.bin": bytes(range(256))}


def with_files(root, files=FILES, **changes):
    """A course of one page, whose solution opens two files."""
    lesson = page()["lesson"]
    made = page(solution=OPENS, checks=CHECKS, wrong='"""None."""\n', variants='"""None."""\n', **changes)
    made["lesson"] = lesson.replace("points = 5", "points = 2") if "points = 5" in lesson else lesson
    trees = make_course(root, {PAGE: made}, built=False)
    for name, content in files.items():
        path = trees.files(PAGE) / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    for one in syllabus.load(trees).exercises.values():
        build.write(trees, one)
    return trees


@pytest.fixture(scope="module")
def trees(tmp_path_factory):
    """Such a course."""
    return with_files(tmp_path_factory.mktemp("files") / "course")


def graded(trees, source, template, files=()):
    """A submission's grade."""
    course = syllabus.load(trees)
    handed = Submission("ada", PAGE, "scaled.py", (source,), files)
    (grade,) = grade_many([handed], course, trees, Settings(0, "plain"), jobs=1, template=template)
    return grade


def test_code_opens_them_by_their_relative_path(trees, plain_template):
    """at the top of a file and inside of a function; a file of the student's by the same name is not taken"""
    grade = graded(trees, OPENS, plain_template, (("maps/one.txt", b"7"),))
    assert grade.status == "passed", grade.checks


def test_they_are_read_only_and_in_no_folder_of_ours(trees, plain_template):
    """code that opens one for writing is refused, where the system refuses its user; the course's own is as it was"""
    writes = OPENS.replace('open("maps/one.txt")', 'open("maps/one.txt", "r+")')
    grade = graded(trees, writes, plain_template)
    assert grade.status == ("passed" if os.geteuid() == 0 else "failed")
    removes = OPENS.replace("    with open", '    import os\n    os.remove("rain.csv")\n    with open')
    graded(trees, removes, plain_template)
    assert (trees.files(PAGE) / "rain.csv").read_bytes() == FILES["rain.csv"]


def test_they_are_handed_out_beside_stub_and_notebook(trees, tmp_path):
    """in a workspace, in the source of nbgrader's release, and in a wheel for students, byte for byte"""
    course = syllabus.load(trees)
    made = workspace.contents(trees, course)
    for name, content in FILES.items():
        assert made[f"exercises/one/{name}"] == made[f"notebooks/one/{name}"] == content
        assert (trees.notebooks / "source" / "one" / name).read_bytes() == content
    with zipfile.ZipFile(wheel.student_wheel(trees, course, tmp_path, "ask")) as archive:
        inside = "autograder/trees/solutions/one/scaled_files/picture.bin"
        assert archive.read(inside) == FILES["picture.bin"]
        assert "autograder/trees/solutions/one/scaled.py" not in archive.namelist()


def test_a_change_is_seen(trees, tmp_path):
    """another content is another key, and what lies beside the notebook has drifted until it is built"""
    made = with_files(tmp_path / "course")
    exercise = syllabus.load(made).exercises[PAGE]
    before = page_key(made, exercise)
    assert build.drifted(made, exercise) == []
    (made.files(PAGE) / "rain.csv").write_bytes(b"other")
    assert page_key(made, exercise) != before
    assert [path.name for path in build.drifted(made, exercise)] == ["rain.csv"]


def test_verify_says_what_is_missing(tmp_path):
    """a file that the solution opens and that is not there is named with the folder that it belongs into"""
    made = with_files(tmp_path / "course", {"rain.csv": b""})
    (report,) = run.verify(
        [PAGE], syllabus.load(made), made, Settings(0, "plain"), Extent(level="draft", seeds=1), jobs=1
    )
    assert any("put maps/one.txt into" in fault and "scaled_files" in fault for fault in report.faults), report.faults
    misspelt = with_absent("No such file or directory: 'rian.csv'", made.files(PAGE))
    assert misspelt.endswith("; did you mean rain.csv?"), "a file that is nearly there is no new file"


@pytest.mark.parametrize(("spoilt", "told"), [
    (lambda folder: (folder / "link.csv").symlink_to("/etc/passwd"), "is a link"),
    (lambda folder: (folder / "data").symlink_to("/etc"), "is a link"),
    (lambda folder: (folder / "scaled.py").write_text(""), "own place"),
    (lambda folder: (folder / "other.ipynb").write_text("{}"), "own place"),
    (lambda folder: (folder / "large.bin").write_bytes(bytes(page_files.MAX_BYTES)), "MB"),
    (lambda folder: [(folder / f"{n}.txt").write_text("") for n in range(page_files.MAX_FILES)], "may have 200"),
    (lambda folder: os.mkfifo(folder / "pipe"), "no ordinary file"),
])  # fmt: skip
def test_what_may_not_lie_there(tmp_path, spoilt, told):
    """links, other kinds of files, names of pages, too many and too much are refused in a line with the path"""
    made = with_files(tmp_path / "course")
    spoilt(made.files(PAGE))
    with pytest.raises(CourseError, match=told) as caught:
        page_files.contents(made, PAGE)
    assert "scaled_files" in str(caught.value)
    (report,) = run.verify(
        [PAGE], syllabus.load(made), made, Settings(0, "plain"), Extent(level="draft", seeds=1), jobs=1
    )
    assert any(told in fault for fault in report.faults)


def test_two_pages_of_a_section_may_not_have_different_files_by_one_name(tmp_path):
    """equal ones are one file; different ones are a fault, since they would lie in one folder"""
    made = with_files(tmp_path / "course")
    course = syllabus.load(made)
    other = course.exercises[PAGE].__class__("one/other", "Other", 1.0)
    folder = made.files("one/other")
    folder.mkdir()
    (folder / "rain.csv").write_bytes(FILES["rain.csv"])
    assert page_files.clashes(made, PAGE, [*course.pages.values(), other]) == []
    (folder / "rain.csv").write_bytes(b"other")
    (fault,) = page_files.clashes(made, PAGE, [*course.pages.values(), other])
    assert "rename one" in fault


def test_a_student_checks_in_their_workspace(trees, tmp_path):
    """what `check` runs finds the files too, and the notebook has them beside it"""
    course = syllabus.load(trees)
    workspace.init(tmp_path / "mine", trees, course)
    handed = Submission("you", PAGE, "scaled.py", (OPENS,))
    grade, _ = exam_here(handed, course, trees, Settings(0, "plain"))
    assert grade.status == "passed"
    assert (tmp_path / "mine/exercises/one/maps/one.txt").read_bytes() == b"1"
    manifest = json.loads((tmp_path / "mine/.gradus/workspace.json").read_text())
    assert "exercises/one/rain.csv" in manifest["files"]
