"""What an installation without the extras can do, and what it says where one is wanted."""

from __future__ import annotations

import sys
import tomllib

import pytest

from autograder.authoring.notebook import notebook_cells
from autograder.course import syllabus
from autograder.errors import CourseError, SubmissionError
from autograder.nbcourse import find
from tests.helpers import GOOD, PAGE, ROOT, make_course, python

#: packages that only an extra brings; what uses them is imported when it is asked for
EXTRA = ("nbgrader", "jupytext", "jupyterlab", "notebook", "distributed", "torchvision", "starlette", "sphinx")


@pytest.fixture
def without(monkeypatch):
    """An interpreter in which the packages of the extras cannot be imported."""
    for name in EXTRA:
        monkeypatch.setitem(sys.modules, name, None)


def test_students_get_no_panels():
    """what everybody installs names no nbgrader, no JupyterLab, no dask; the extra for teachers has nbgrader"""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    everybody = " ".join(project["dependencies"])
    assert not [name for name in EXTRA if name in everybody]
    assert any(line.startswith("nbgrader") for line in project["optional-dependencies"]["teach"])


def test_an_nbgrader_course_without_nbgrader(without, tmp_path):
    """is one line that says what to install; a folder that is none is read as ever"""
    assert find(tmp_path) is None
    (tmp_path / "nbgrader_config.py").write_text("c = get_config()\n")
    with pytest.raises(SubmissionError, match=r"pip install 'gradus-course\[teach\]'"):
        find(tmp_path)


def test_a_build_without_jupytext(without, tmp_path):
    """is one line that says what to install"""
    exercise = syllabus.load(make_course(tmp_path, {PAGE: GOOD}, built=False)).exercises[PAGE]
    with pytest.raises(CourseError, match=r"pip install 'gradus-course\[teach\]'"):
        notebook_cells("# %%\nx = 1\n", "# A lesson", exercise, {}, [])


def test_a_check_and_a_grade_without_extras(tmp_path):
    """a page is checked and a class graded where none of these packages is"""
    work = tmp_path / "class" / "ada"
    work.mkdir(parents=True)
    (work / "softmax.py").write_text((ROOT / "solutions/s3_neural_networks/softmax.py").read_text())
    blocked = f"import sys\nsys.modules.update(dict.fromkeys({EXTRA!r}))\nfrom autograder.cli import entry\n"
    for command in (
        ["check", "softmax", str(work / "softmax.py")],
        ["grade", str(tmp_path / "class"), "--out", str(tmp_path / "out"), "--jobs", "1"],
    ):
        done = python(f"{blocked}sys.argv[1:] = {command!r}\nentry()", tmp_path)
        assert done.returncode == 0, done.stdout + done.stderr
