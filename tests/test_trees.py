"""Where the trees of a course are."""

from __future__ import annotations

import json
import os
import shutil

import pytest

from autograder.authoring import build
from autograder.authoring.new_course import begin
from autograder.course import catalogue, syllabus
from autograder.course import trees as paths
from autograder.errors import CourseError
from autograder.model import Settings, Submission
from autograder.running.pool import grade_here
from tests.helpers import GOOD, PAGE, ROOT, SOFTMAX, gradus, make_course, page


def test_checkout_is_found_beside_the_package():
    """without a root, the course is the one that this package belongs to"""
    trees = paths.trees()
    assert trees.root == ROOT
    assert (trees.course / "course.toml").is_file()


def test_one_address_in_every_tree():
    """all files of an exercise stand at its address"""
    trees = paths.trees()
    places = (
        trees.lesson(SOFTMAX), trees.solution(SOFTMAX), trees.stub(SOFTMAX), trees.notebook(SOFTMAX),
    )  # fmt: skip
    for place in places:
        assert place.parent.name == "s3_neural_networks"
        assert place.stem == "softmax"
        assert place.is_file()
    grading = (trees.check(SOFTMAX), trees.misconception(SOFTMAX), trees.variant(SOFTMAX))
    for place in grading:
        assert place.parent == trees.pages / SOFTMAX, "what grades a page lies in one folder"
        assert place.is_file()
    assert len({*places, *grading}) == 7


def test_another_course_brings_its_own_checks(tmp_path):
    """a course with autograder/pages is judged by its own checks, misconceptions and variants"""
    (tmp_path / "autograder" / "pages").mkdir(parents=True)
    trees = paths.trees(tmp_path)
    for place in (trees.course, trees.solutions, trees.exercises, trees.notebooks, trees.data, trees.pages):
        assert place.is_relative_to(tmp_path)


def test_two_courses_share_no_checks(tmp_path):
    """a course that has no checks yet has none, not those of another"""
    trees = paths.trees(tmp_path)
    assert trees.solutions == tmp_path / "solutions"
    assert trees.all_pages() == (tmp_path / "pages",)


def test_a_wheel_has_the_trees_inside_the_package(tmp_path, monkeypatch):
    """where no checkout is around the package, the trees are looked for inside it"""
    package = tmp_path / "site-packages" / "autograder"
    package.mkdir(parents=True)
    monkeypatch.setattr(paths, "_PACKAGE", package)
    monkeypatch.chdir(tmp_path)
    trees = paths.trees()
    assert trees.solutions == package / "trees" / "solutions"
    assert trees.pages == package / "pages"


def test_where_one_stands_decides(tmp_path, monkeypatch):
    """the course around the folder that one is in, before the one of the package; what is named goes before it"""
    mine = make_course(tmp_path / "mine", {PAGE: GOOD}, built=False).root
    other = make_course(tmp_path / "other", {PAGE: GOOD}, built=False).root
    inside = mine / "solutions" / "one"
    monkeypatch.chdir(inside)
    assert paths.trees().root == mine
    monkeypatch.setenv("GRADUS_COURSE", str(other))
    assert paths.trees().root == other
    paths.choose(mine)
    assert paths.trees().root == mine
    assert paths.trees(other).root == other
    paths.choose(None)
    monkeypatch.delenv("GRADUS_COURSE")
    monkeypatch.chdir(tmp_path)
    assert paths.trees().root == ROOT


def test_a_workspace_knows_its_course(tmp_path, monkeypatch):
    """below a workspace its own course is meant, also where it lies in another one; one that is gone is told"""
    mine = make_course(tmp_path / "mine", {PAGE: GOOD}, built=False).root
    other = make_course(tmp_path / "other", {PAGE: GOOD}, built=False).root
    for name, course, found in (("a", str(other), other), ("b", "gradus", ROOT), ("c", None, mine)):
        place = mine / name / ".gradus" / "workspace.json"
        place.parent.mkdir(parents=True)
        place.write_text(json.dumps({"files": {}, "checks": {}} | ({"course": course} if course else {})))
        monkeypatch.chdir(mine / name)
        assert paths.trees().root == found
    (mine / "a" / ".gradus" / "workspace.json").write_text(json.dumps({"course": str(tmp_path / "gone")}))
    monkeypatch.chdir(mine / "a")
    with pytest.raises(CourseError, match="gone: the course of this workspace is not there"):
        paths.trees()


def spoil(path, how):
    """What describes a course, as what nothing can be read from."""
    path.unlink()
    if how == "folder":
        path.mkdir()
    elif how == "pipe":
        os.mkfifo(path)
    elif how == "link":
        path.symlink_to("gone.toml")
    elif how == "circle":
        path.symlink_to(path.name)
    elif how == "no folder":
        path.parent.rename(path.parent.with_name("kept"))
        path.parent.symlink_to("nowhere")


@pytest.mark.parametrize("how", ["folder", "pipe", "link", "circle", "no folder"])
def test_a_course_that_cannot_be_read_is_told(tmp_path, monkeypatch, how):
    """walking up, named, by the environment, below another and from a workspace: one line with file and next step

    No other course is taken in its place, and nobody waits for a pipe.
    """
    mine = make_course(tmp_path / "mine", {PAGE: GOOD}, built=False).root
    spoil(mine / "course" / "course.toml", how)
    inside = mine / "solutions" / "one"
    said = r"^.*mine/course/course\.toml: .*; (put|mend) .*--course$"
    with pytest.raises(CourseError, match=said):
        paths.trees(mine)
    monkeypatch.chdir(inside)
    with pytest.raises(CourseError, match=said):
        paths.trees()
    monkeypatch.chdir(tmp_path)
    with pytest.raises(CourseError, match=said):
        begin(tmp_path / "new", over=str(mine))
    place = tmp_path / "space" / ".gradus" / "workspace.json"
    place.parent.mkdir(parents=True)
    place.write_text(json.dumps({"files": {}, "checks": {}, "course": str(mine)}))
    with pytest.raises(CourseError, match=said):
        paths.around(tmp_path / "space")
    monkeypatch.setenv("GRADUS_COURSE", str(mine))
    with pytest.raises(CourseError, match=said):
        paths.trees()


def test_a_course_that_may_not_be_read_is_told(tmp_path, monkeypatch):
    """permissions are told as well; what another user locks away above us is no course of ours"""
    mine = make_course(tmp_path / "mine", {PAGE: GOOD}, built=False).root
    with monkeypatch.context() as patch:
        patch.setattr(os, "access", lambda *_: False)
        with pytest.raises(CourseError, match=r"course\.toml: may not be read by you; change its permissions; or name"):
            paths.around(mine / "solutions")
    monkeypatch.setattr(paths.Path, "lstat", lambda path: _locked(path))
    with pytest.raises(CourseError, match="cannot be reached"):
        paths.around(mine)
    monkeypatch.setattr(paths, "_own", lambda folder: False)
    assert paths.unreadable(mine / "course" / "course.toml") == ""


def _locked(path):
    if path.name == "course.toml":
        raise PermissionError(13, "Permission denied", str(path))
    return os.lstat(path)


@pytest.mark.parametrize("kind", ["lesson", "solution", "check", "misconception"])
def test_a_file_of_a_page_that_is_none_is_told(tmp_path, kind):
    """a pipe or a folder in the place of a page's file is named, and nobody waits for it"""
    trees = make_course(tmp_path / "mine", {PAGE: GOOD}, built=False)
    path = getattr(trees, kind)(PAGE)
    path.unlink()
    os.mkfifo(path)

    def read():
        exercise = syllabus.load(trees).exercises[PAGE]
        build.write(trees, exercise)
        catalogue.misconceptions(trees, exercise)

    said = "its lesson is missing" if kind == "lesson" else rf"{path.name}: is a pipe.*; put the file there"
    with pytest.raises(CourseError, match=said):
        read()


def lies_over(tmp_path, lines=""):
    """A course over another, which has two pages."""
    make_course(tmp_path / "base", {PAGE: GOOD, "two/scaled": GOOD})
    over = tmp_path / "over"
    (over / "course").mkdir(parents=True)
    (over / "course" / "course.toml").write_text(f'extends = "../base"\n{lines}')
    return paths.trees(over)


def test_a_course_over_another_has_its_pages_and_writes_none(tmp_path):
    """what is not here is read from below, file by file; what is generated of a page that it changes lies here"""
    trees = lies_over(tmp_path)
    base = tmp_path / "base"
    course = syllabus.load(trees)
    assert list(course.exercises) == [PAGE, "two/scaled"]
    assert course.title == "A tiny course"
    for path in (trees.lesson(PAGE), trees.solution(PAGE), trees.check(PAGE), trees.stub(PAGE), trees.notebook(PAGE)):
        assert path.is_relative_to(base)
        assert path.is_file()
    own = trees.course / f"{PAGE}.md"
    own.parent.mkdir()
    own.write_text(page(lesson=("Scale and shift", "Mine"))["lesson"])
    assert trees.lesson(PAGE) == own
    assert trees.solution(PAGE).is_relative_to(base)
    assert trees.beside(PAGE, "line.png").is_relative_to(base), "its picture is still the other's"
    assert trees.stub(PAGE).is_relative_to(trees.root), "stub and notebook are made anew here"
    assert trees.stub("two/scaled").is_relative_to(base)
    assert syllabus.load(trees).exercises[PAGE].title == "Mine"


def test_order_weights_and_what_is_left_out(tmp_path):
    """weights, order and titles are the course's own; what is left out is; its own pages stand in their section"""
    toml = """title = "Mine"
leave_out = ["two"]
order = ["one/more"]
[sections]
one = "First"
[exercises]
"one/scaled" = 3.0
"one/more" = 1.0
"""
    trees = lies_over(tmp_path, toml)
    place = trees.course / "one" / "more.md"
    place.parent.mkdir()
    place.write_text(GOOD["lesson"])
    course = syllabus.load(trees)
    assert {a: e.weight for a, e in course.exercises.items()} == {"one/more": 1.0, PAGE: 3.0}
    assert list(course.exercises) == ["one/more", PAGE]
    assert course.sections == {"one": "First"}
    assert (course.title, list(course.assignments)) == ("Mine", ["one"])


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ('leave_out = ["scaled"]', "the course below has no page or section scaled; did you mean one/scaled?"),
        ('order = ["scaled"]', "there is no page or section scaled; did you mean one/scaled?"),
        ('leave_out = ["one/scald"]', "line 2, key leave_out: the course below has no page or section one/scald; did"),
        ('order = ["three"]', "line 2, key order: there is no page or section three"),
        ('ordr = []', "key ordr: is not known; did you mean order?"),
        ('order = "one"', "key order: must be a list"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_it_is_said(tmp_path, line, said):
    """a page that the course below has not, and a key that is misspelt, are told with line and the nearest"""
    with pytest.raises(CourseError, match=said.replace("?", r"\?")):
        syllabus.load(lies_over(tmp_path, line + "\n"))


def test_courses_in_a_circle_and_over_nothing(tmp_path):
    """a course over itself, and one over a folder that is none, are refused with the file and the key"""
    trees = lies_over(tmp_path)
    for name, said in (("../over", "circle"), ("../nowhere", "key extends")):
        (trees.course / "course.toml").write_text(f'extends = "{name}"\n')
        with pytest.raises(CourseError, match=said):
            paths.trees(trees.root)


ADDED = '''"""What scaled must do here."""

import torch

from autograder.checking import assert_same, points


@points(3)
def test_values(student, added):
    """twice x plus TEXT"""
    x = torch.ones(2)
    assert_same(student.scaled(x), 2 * x + added)
'''


def plus(root, added):
    """A course of one page, at the address that other ones have too; what is added comes from its conftest.py."""
    files = page(checks=ADDED.replace("TEXT", str(added)), solution=("* factor + 1", f"* factor + {added}"))
    trees = make_course(root, {PAGE: files})
    fixture = f"import pytest\n\n\n@pytest.fixture\ndef added():\n    return {added}\n"
    (trees.pages / "conftest.py").write_text(fixture)
    return trees


def test_two_courses_share_no_check_tree(tmp_path):
    """a page of one address in two courses is judged by each one's own checks, in one process and by two commands

    The commands write the same results folder: what one course found is no grade of the other's.
    """
    courses = {added: plus(tmp_path / str(added), added) for added in (1, 2)}
    for student, added in (("ada", 1), ("bob", 2)):
        (tmp_path / "class" / student).mkdir(parents=True)
        shutil.copy(courses[added].solution(PAGE), tmp_path / "class" / student)
    handed_in = Submission("ada", PAGE, "scaled.py", (courses[1].solution(PAGE).read_text(),))
    for added, status in ((1, "passed"), (2, "failed")):
        trees = courses[added]
        grade = grade_here(handed_in, syllabus.load(trees), trees, Settings(seed=5, isolation="plain"))
        assert [(check.title, check.status) for check in grade.checks] == [(f"twice x plus {added}", status)]
    for added, points in ((1, {"ada": 3.0, "bob": 0.0}), (2, {"ada": 0.0, "bob": 3.0})):
        done = gradus("--course", courses[added].root, "grade", "class", "--out", "out", "--seed", "5", cwd=tmp_path)
        assert done.returncode == 0, done.stderr
        grades = json.loads((tmp_path / "out" / "grades.json").read_text())["grades"]
        assert {grade["student"]: grade["points"] for grade in grades} == points
