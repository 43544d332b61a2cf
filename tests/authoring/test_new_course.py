"""`gradus new-course`: a folder that works at once, alone or over another course; and nothing written elsewhere."""

from __future__ import annotations

import re
import tomllib

import pytest
import yaml
from typer.testing import CliRunner

from autograder.authoring import build
from autograder.authoring.new import start
from autograder.authoring.new_course import begin
from autograder.authoring.verify import Extent, run
from autograder.cli import app
from autograder.course import syllabus
from autograder.course import trees as paths
from autograder.errors import CourseError
from autograder.gradebook.policy import Policy
from autograder.gradebook.totals import standings, student_totals
from autograder.model import LEVELS, Settings
from autograder.student.workspace import contents
from tests.helpers import GOOD, PAGE, PNG, make_course, make_grade

FIRST = "s1_first/first_page"


def verified(trees, *addresses, level=None):
    """What verify says of some pages."""
    extent = Extent(level=level, seeds=2)
    return run.verify(
        list(addresses), syllabus.load(trees), trees, Settings(0, "plain", fail_fast=True), extent, jobs=2
    )


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """A new course with its first page, and one more without PyTorch."""
    trees, _ = begin(tmp_path_factory.mktemp("own") / "my_course", 'Mine: "so"')
    start(trees, "s1_first/plain", torch=False)
    return trees


def test_every_tree_and_what_it_takes(course):
    """each file that the guide names is there and parses; the title is kept whatever it holds"""
    names = ("README.md", ".gitignore", "notebooks/nbgrader_config.py", "data/.gitkeep")
    assert all((course.root / name).is_file() for name in names)
    project = tomllib.loads((course.root / "pyproject.toml").read_text())
    assert project["project"]["name"] == "my-course-course"
    workflow = yaml.safe_load((course.root / ".github/workflows/verify.yml").read_text())
    assert {"run": "gradus verify"} in workflow["jobs"]["verify"]["steps"]
    found = syllabus.load(course)
    assert found.title == 'Mine: "so"'
    assert {a: e.level for a, e in found.exercises.items()} == {FIRST: "checked", "s1_first/plain": "checked"}
    assert build.orphans(course, found) == []


def test_its_pages_are_green_at_their_level(course):
    """the skeleton, with PyTorch and without, is proved as far as it says: its solution passes, every breaker dies"""
    for report in verified(course, FIRST, "s1_first/plain"):
        assert report.faults == []
        assert report.level == "checked"
        assert report.breakers.of("dies")
        assert not report.breakers.of("survives")


def test_what_is_missing_for_the_next_level(course):
    """proven asks for more misconceptions and variants; draft asks for less"""
    (proven,), (draft,) = (verified(course, FIRST, level=level) for level in ("proven", "draft"))
    assert any("1 misconception; the standard asks for 4" in fault for fault in proven.faults)
    assert draft.faults == []
    assert draft.breakers is None
    assert LEVELS == ("draft", "checked", "proven")


def test_a_broken_promise_is_a_fault_when_checked(tmp_path):
    """a check that forgets what the docstring promises is told the breaker and how to waive it"""
    trees = make_course(
        tmp_path, {PAGE: {**GOOD, "lesson": GOOD["lesson"].replace("points = 3", 'points = 3\nlevel = "checked"')}}
    )
    (report,) = verified(trees, PAGE)
    assert report.faults
    assert all(fault.startswith("nothing rejects the breaker") and "waivers.toml" in fault for fault in report.faults)


def test_a_draft_says_so_to_students(tmp_path):
    """lesson, notebook and stub of a draft say that it is one; those of another page do not"""
    draft = {**GOOD, "lesson": GOOD["lesson"].replace("points = 3", 'points = 3\nlevel = "draft"')}
    trees = make_course(tmp_path, {PAGE: draft, "one/other": GOOD})
    found = syllabus.load(trees)
    for address, said in ((PAGE, True), ("one/other", False)):
        assert ("Draft." in syllabus.lesson_text(trees, found.exercises[address])) is said
        assert ("Draft." in trees.notebook(address).read_text()) is said
        assert ("draft" in trees.stub(address).read_text().splitlines()[0]) is said


def test_over_the_course_of_gradus(tmp_path):
    """all pages of it and one's own, of which alone something is written; its files are read where they are"""
    trees, _ = begin(tmp_path / "over", over="gradus")
    found = syllabus.load(trees)
    assert FIRST in found.exercises
    assert len(found.exercises) == 1 + len(syllabus.load(paths.trees(paths.own_root())).exercises)
    assert trees.check("s3_neural_networks/softmax").is_relative_to(paths.own_root())
    assert [a for a in found.exercises if trees.writes(a)] == [FIRST]


def test_a_courses_own_texts_name_its_own_pages(tmp_path):
    """README, course.toml, a workspace and messages show commands that work there, be it alone or over another"""
    alone, _ = begin(tmp_path / "alone", page=False)
    start(alone, "s1_first/rain", torch=False)
    over, _ = begin(tmp_path / "over", over=str(alone.root))
    texts = [over.root / "README.md", over.course / "course.toml"]
    said = "\n".join(path.read_text() for path in texts) + contents(alone, syllabus.load(alone))["README.md"].decode()
    assert "course/s1_first/rain.md its lesson" in said
    assert "gradus bundle student --to handout" in said
    assert "gradus check first_page" in said
    assert 'check("rain")' in said
    for place in (alone.root, over.root):
        told = [ran(place, *line.split()) for line in ("check", "bundle gradescope", "check -h", "hint -h", "read -h")]
        said += "\n".join(told)
    assert "gradus check rain" in said
    assert "--exercise rain, or --assignment s1_first" in said
    bundled = syllabus.load(paths.trees(paths.own_root()))
    words = {*re.findall(r"\w+", said)}
    assert not words & {"softmax", *bundled.sections, *(one.name for one in bundled.exercises.values())}


def ran(course, *args):
    """What a command says in a course, errors too."""
    ended = CliRunner().invoke(app, ["--course", str(course), *args])
    return f"{ended.output}\n{ended.exception}"


def test_over_a_course_that_has_a_first_page(course, tmp_path):
    """the first page of one's own has another name; a folder that is no course is named as it was said"""
    trees, written = begin(tmp_path / "over", over=str(course.root))
    assert [a for a in syllabus.load(trees).exercises if trees.writes(a)] == [f"{FIRST}_2"]
    assert sorted(written) == sorted({*written}), "course.toml is written with its first line, and told once"
    assert "gradus check first_page_2" in (trees.root / "README.md").read_text()
    with pytest.raises(CourseError, match=r"--over .*nowhere: there is no course/course.toml"):
        begin(tmp_path / "none", over=str(tmp_path / "nowhere"))
    assert not (tmp_path / "none").exists()


@pytest.mark.parametrize("name", ["torch", "numpy", "pytest", "autograder", "json"])
def test_a_page_that_would_hide_a_module(course, name):
    """a student's torch.py would stand in torch's place, for this page and for all others"""
    with pytest.raises(CourseError, match=f"would hide; choose another name, such as {name}_page"):
        start(course, f"s1_first/{name}")


def test_weights_of_the_course_count_in_a_students_total(tmp_path):
    """a page of weight 2 counts double, one of weight 0 not at all, as course.toml says it"""
    trees = make_course(tmp_path / "course", {PAGE: GOOD, "one/light": GOOD, "one/none": GOOD}, built=False)
    toml = trees.course / "course.toml"
    text = toml.read_text().replace(f'"{PAGE}" = 1.0', f'"{PAGE}" = 2').replace('"one/none" = 1.0', '"one/none" = 0')
    toml.write_text(text)
    found = syllabus.load(trees)
    shares = {PAGE: 3.0, "one/light": 1.0, "one/none": 2.0}
    book = {
        ("ada", a): [make_grade("ada", a, points=points, max_points=3.0, status="failed")]
        for a, points in shares.items()
    }  # fmt: skip
    totals = student_totals(standings(book, {}, Policy(), found), Policy(), found)
    assert (totals["ada"].points, totals["ada"].maximum) == (2 * 3.0 + 1.0, 2 * 3.0 + 3.0)


def test_a_folder_that_holds_something_is_left_alone(tmp_path):
    """nothing is written into a folder that is not empty"""
    (tmp_path / "mine.txt").write_text("x")
    with pytest.raises(CourseError, match="is not empty"):
        begin(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_the_installed_course_is_not_written(tmp_path, monkeypatch):
    """inside an installed package nothing is begun; what makes a course is named"""
    trees = make_course(tmp_path / "trees", {PAGE: GOOD}, built=False)
    monkeypatch.setattr(paths, "_PACKAGE", tmp_path)
    with pytest.raises(CourseError, match="gradus new-course DIR"):
        start(trees, "one/more")


PICTURES = {
    "a changed signature": ("def draw(page):\n    pass\n", "line 1: TypeError.*called without arguments"),
    "a name that is gone": ("def draw():\n    x = 1\n    return scald(x)\n", "line 3: NameError"),
    "no draw": ("def drawn():\n    pass\n", "line 1: defines no draw"),
    "no figure": ("def draw():\n    return 3\n", "returned int; it must return a matplotlib figure"),
    "no Python": ("def draw(:\n", "line 1: SyntaxError"),
}


@pytest.mark.parametrize("name", PICTURES)
def test_a_broken_picture_script_is_told_with_its_line(tmp_path, name):
    """a picture script that raises is one line with file and line, and the picture that was there stays"""
    from autograder.authoring.pictures import draw

    script, said = PICTURES[name]
    trees = make_course(tmp_path, {PAGE: GOOD})
    place = trees.course / "one" / "scaled_picture.py"
    place.write_text(script)
    place.with_name("scaled.png").write_bytes(PNG)
    with pytest.raises(CourseError, match=f"scaled_picture.py.*{said}"):
        draw(trees, syllabus.load(trees).exercises[PAGE])
    assert place.with_name("scaled.png").read_bytes() == PNG


@pytest.mark.parametrize("tree", ["pages/{}/test_first_page.py", "solutions/{}.py"])
def test_code_that_is_no_python_is_told_with_its_own_file(tmp_path, tree):
    """`build` and `verify` name the file and the line, not another one, and show no traceback"""
    trees, _ = begin(tmp_path / "own")
    broken = trees.root / tree.format(FIRST)
    line = broken.read_text().count("\n") + 1
    broken.write_text(f"{broken.read_text()}def x(:\n")
    with pytest.raises(CourseError, match=rf"{broken.name}, line {line}: invalid syntax"):
        build.write(trees, syllabus.load(trees).exercises[FIRST])
    (report,) = verified(trees, FIRST)
    assert [fault for fault in report.faults if str(broken) in fault and f"line {line}" in fault]


def test_sections_come_in_the_order_that_is_asked_for(tmp_path):
    """`order` names a section: its pages are first, and it is the first of the list"""
    trees, _ = begin(tmp_path / "own", over="gradus")
    toml = trees.course / "course.toml"
    toml.write_text(toml.read_text().replace("order = []", 'order = ["s1_first", "s2_data"]'))
    course = syllabus.load(trees)
    assert list(course.sections)[:2] == ["s1_first", "s2_data"]
    assert next(iter(course.exercises)) == FIRST


def test_pages_are_listed_in_the_order_that_is_asked_for(tmp_path):
    """a page that `order` names is listed first, under its section, the first of the map; others follow as before"""
    trees, _ = begin(tmp_path / "own", over="gradus")
    toml = trees.course / "course.toml"
    toml.write_text(toml.read_text().replace("order = []", 'order = ["s4_cnns/normalisation", "s1_math/derivatives"]'))
    said = CliRunner().invoke(app, ["--course", str(trees.root), "list"]).stdout.splitlines()
    course = syllabus.load(trees)
    assert [line.split()[0] for line in said if line.startswith("  ")] == list(course.pages)
    assert said[0] == course.sections["s4_cnns"]
    assert said[2] == course.sections["s1_math"]
    assert list(course.sections)[:2] == ["s4_cnns", "s1_math"]
    assert said.count(course.sections["s4_cnns"]) == 2, "one of its pages comes before the others"
