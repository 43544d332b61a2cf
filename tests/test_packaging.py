"""What is published: both distributions, what belongs into them, their metadata, and the wheel without solutions."""

from __future__ import annotations

import importlib.util
import json
import os
import re
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from email import message_from_string

import pytest
import yaml

import autograder
from autograder.authoring import build, new
from autograder.authoring.new_course import begin
from autograder.course import syllabus
from autograder.course import trees as paths
from autograder.course.trees import GONE
from autograder.student import wheel as bundling
from tests.helpers import ROOT, SOFTMAX, python

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """The folder in which both distributions of this checkout lie."""
    if importlib.util.find_spec("hatchling") is None:
        pytest.skip("hatchling, which builds distributions, is not installed here")
    folder = tmp_path_factory.mktemp("dist")
    done = subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-d", folder], cwd=ROOT, capture_output=True, text=True,
        env={**os.environ, "GRADUS_BOOK": "no"},  # which has tests of its own
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return folder


@pytest.fixture(scope="module")
def wheel(built):
    """The wheel, opened."""
    (path,) = built.glob("*.whl")
    with zipfile.ZipFile(path) as archive:
        yield archive


@pytest.fixture(scope="module")
def student_wheel(tmp_path_factory):
    """What `gradus bundle student` makes, unpacked beside nothing else."""
    folder = tmp_path_factory.mktemp("student")
    command = ["bundle", "student", "--to", str(folder), "--solutions-at", "they are on Moodle"]
    done = python(f"import sys\nsys.argv[1:] = {command!r}\nfrom autograder.cli import entry\nentry()", ROOT)
    assert done.returncode == 0, done.stderr
    (path,) = folder.glob("*.whl")
    with zipfile.ZipFile(path) as archive:
        assert archive.testzip() is None
        archive.extractall(folder / "site")
    return folder / "site"


def test_twine_finds_nothing(built):
    """names, metadata and the page of both distributions are what an index accepts"""
    pytest.importorskip("twine", reason="twine is not installed here")
    done = subprocess.run(
        [sys.executable, "-m", "twine", "check", "--strict", *built.iterdir()], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_what_is_in_the_wheel(wheel):
    """one package with the course inside, the second name, types, licence, command; nothing of tests and tools"""
    names = set(wheel.namelist())
    info = f"gradus_course-{autograder.__version__}.dist-info"
    assert {name.partition("/")[0] for name in names} == {"autograder", "gradus.py", info}
    assert {"autograder/py.typed", f"{info}/licenses/LICENSE", "autograder/trees/course/course.toml"} <= names
    for tree, ending in (("solutions", "py"), ("exercises", "py"), ("notebooks/source", "ipynb"), ("course", "md")):
        assert f"autograder/trees/{tree}/{SOFTMAX}.{ending}" in names
    assert f"autograder/pages/{SOFTMAX}/test_softmax.py" in names
    assert not [name for name in names if re.search(r"(^|/)(tests|benchmarks|docs|\.ci|__pycache__)/", name)]
    assert "gradus = autograder.door:entry" in wheel.read(f"{info}/entry_points.txt").decode()
    assert sum(entry.compress_size for entry in wheel.infolist()) < 20e6


def test_metadata(wheel):
    """author, licence, Pythons and addresses are what an index shows; no address is somebody else's"""
    head = message_from_string(wheel.read(f"gradus_course-{autograder.__version__}.dist-info/METADATA").decode())
    assert (head["Name"], head["Version"]) == ("gradus-course", autograder.__version__)
    assert (head["License-Expression"], head["Author"]) == ("MIT", "Gradus contributors")
    assert "Typing :: Typed" in head.get_all("Classifier")
    asked = re.findall(r"\d\.\d+", PROJECT["requires-python"])
    pythons = re.findall(r"Python :: (3\.\d+)", " ".join(head.get_all("Classifier")))
    assert pythons[0] == asked[0]
    assert int(asked[1].partition(".")[2]) == int(pythons[-1].partition(".")[2]) + 1
    hosts = {re.match(r"https://([^/]+)/", line.rpartition(", ")[2])[1] for line in head.get_all("Project-URL")}
    reserved = {host for host in hosts if host.endswith(".example")}  # by RFC 2606: placeholders that lie to nobody
    assert reserved in (set(), hosts)


def test_what_is_in_the_source_distribution(built):
    """whoever has it can build, test and read the project"""
    (path,) = built.glob("*.tar.gz")
    with tarfile.open(path) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    top = {
        "LICENSE",
        "README.md",
        "CHANGELOG.md",
        "CITATION.cff",
        "CODE_OF_CONDUCT.md",
        "CONTRIBUTING.md",
        "SECURITY.md",
    }
    assert top | {"pyproject.toml", "Makefile", "constraints.txt", "hatch_build.py", ".ci/run"} <= names
    assert {"docs/architecture.md", "tests/helpers.py", f"solutions/{SOFTMAX}.py"} <= names
    assert not [name for name in names if re.search(r"(^|/)(\.venv|\.git|out|dist|__pycache__|shared)/", name)]


def test_citation_and_licence():
    """the citation is the format's, names this version and this licence; the licence is MIT's text with our name"""
    cited = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    assert {"cff-version", "message", "title", "authors"} <= set(cited)
    assert (cited["version"], cited["license"]) == (autograder.__version__, PROJECT["license"])
    assert cited["authors"] == PROJECT["authors"] == [{"name": "Gradus contributors"}]
    licence = (ROOT / "LICENSE").read_text(encoding="utf-8")
    assert licence.startswith("MIT License\n\nCopyright (c) ")
    assert "Gradus contributors" in licence


def test_make_setup_installs_every_extra():
    """what developers get holds what students, teachers and labs may ask for"""
    extras = PROJECT["optional-dependencies"]
    (whole,) = (line for line in extras["dev"] if line.startswith("gradus-course["))
    assert set(re.search(r"\[(.*)\]", whole)[1].split(",")) == set(extras) - {"dev", "fuzz"}


def test_the_student_wheel_has_no_solutions(student_wheel):
    """neither solutions nor what is made of them; exercises, lessons, checks and notebooks are there"""
    files = {path.relative_to(student_wheel / "autograder").as_posix(): path for path in student_wheel.rglob("*")
             if path.is_file() and student_wheel / "autograder" in path.parents}  # fmt: skip
    assert [name for name in files if name.startswith("trees/solutions/")] == [f"trees/solutions/{GONE}"]
    assert not [name for name in files if "/sample_class/" in name]
    of_pages = {name.rpartition("/")[2] for name in files if name.startswith("pages/")}
    assert {name for name in of_pages if not name.startswith("test_")} == {"waivers.toml"}
    assert {f"trees/exercises/{SOFTMAX}.py", f"trees/course/{SOFTMAX}.md", f"pages/{SOFTMAX}/test_softmax.py"} <= set(
        files
    )
    notebook = json.loads(files[f"trees/notebooks/source/{SOFTMAX}.ipynb"].read_text(encoding="utf-8"))
    code = "\n".join("".join(cell["source"]) for cell in notebook["cells"])
    assert "raise NotImplementedError()" in code
    inside = re.search(r"### BEGIN SOLUTION\n(.*?)### END", (ROOT / f"solutions/{SOFTMAX}.py").read_text(), re.S)[1]
    line = max(inside.splitlines(), key=len).strip()
    assert not [
        name for name, path in files.items() if name.startswith("trees/") and line.encode() in path.read_bytes()
    ]


def test_the_student_wheel_works(student_wheel, tmp_path):
    """a workspace is made, a page checked, and `gradus solution` says where the solutions are"""
    first = f"import os, sys\nsys.path.insert(0, {str(student_wheel)!r})\nos.environ.pop('GRADUS_COURSE', None)\n"

    def gradus(*words, at=tmp_path / "work"):
        return python(f"{first}from autograder.cli import entry\nsys.argv[1:] = {list(map(str, words))!r}\nentry()", at)

    made = gradus("init", "work", at=tmp_path)
    assert made.returncode == 0, made.stderr
    source = (ROOT / f"solutions/{SOFTMAX}.py").read_text(encoding="utf-8")
    mine = tmp_path / "work" / "exercises" / f"{SOFTMAX}.py"
    mine.write_text(source, encoding="utf-8")
    passed = gradus("check", "softmax", mine)
    assert passed.returncode == 0, passed.stdout + passed.stderr
    mine.write_text(source + "\ndef softmax(logits, dim=-1):\n    return logits\n", encoding="utf-8")
    failed = gradus("check", "softmax", mine)
    assert failed.returncode == 1
    assert "expected" in failed.stdout
    assert "diagnosis" not in failed.stdout
    asked = gradus("solution", "softmax")
    assert (asked.returncode, asked.stdout.strip()) == (
        1,
        "this copy of the course has no solutions: they are on Moodle",
    )


def test_an_installed_wheel_makes_the_students_wheel(wheel, student_wheel, tmp_path):
    """where nothing is but what pip unpacks, the students' wheel has the same files as from a checkout"""
    wheel.extractall(tmp_path / "site")
    first = f"import os, sys\nsys.path.insert(0, {str(tmp_path / 'site')!r})\nos.environ.pop('GRADUS_COURSE', None)\n"
    command = ["bundle", "student", "--to", str(tmp_path / "out")]
    run = f"sys.argv[1:] = {command!r}\nfrom autograder.cli import entry\nentry()"
    done = python(first + run, tmp_path)
    assert done.returncode == 0, done.stderr
    (path,) = (tmp_path / "out").glob("*.whl")
    with zipfile.ZipFile(path) as archive:
        names = {name for name in archive.namelist() if "/trees/site/" not in name}  # the book is built or it is not
    there = (path.relative_to(student_wheel).as_posix() for path in student_wheel.rglob("*") if path.is_file())
    alias = "autograder/alias.py"  # lies beside the package, under its other name
    assert names == {name for name in there if "/trees/site/" not in name and name != alias}


def test_a_student_wheel_of_a_course_over_this_one(tmp_path):
    """its own pages, order and weights stand alone in the wheel, over the pages of this course that it keeps"""
    trees, _ = begin(tmp_path / "mine", "Mine", "gradus")
    toml = trees.course / "course.toml"
    told = toml.read_text().replace("leave_out = []", 'leave_out = ["s6_further", "s1_math/tensors"]')
    toml.write_text(told.replace("order = []", f'order = ["{SOFTMAX}"]') + f'"{SOFTMAX}" = 2.5\n')
    lesson = (ROOT / "course" / f"{SOFTMAX}.md").read_text(encoding="utf-8").replace("The softmax function", "Mine")
    new.write(trees.course / f"{SOFTMAX}.md", lesson)
    course = syllabus.load(trees)
    build.write(trees, course.exercises[SOFTMAX])
    with zipfile.ZipFile(bundling.student_wheel(trees, course, tmp_path, "ask")) as archive:
        archive.extractall(tmp_path / "site")
    at = tmp_path / "site" / "autograder"
    assert not list(at.glob("pages/**/misconceptions.py"))
    assert not [path for path in at.glob("trees/**/*") if "s6_further" in path.parts or path.stem == "tensors"]
    kept = syllabus.load(paths.trees(at / "trees"))
    assert (kept.title, kept.sections, list(kept.pages)) == (course.title, course.sections, list(course.pages))
    assert kept.assignments == course.assignments
    assert [kept.weight(address) for address in kept.pages] == [course.weight(address) for address in course.pages]
    assert (next(iter(kept.pages)), kept.weight(SOFTMAX), kept.exercises[SOFTMAX].title) == (SOFTMAX, 2.5, "Mine")
    first = f"import os, sys\nsys.path.insert(0, {str(at.parent)!r})\nos.environ.pop('GRADUS_COURSE', None)\n"
    (tmp_path / "first_page.py").write_text("def first_page(x, shift=1.0):\n    return 2 * x + shift\n")
    done = python(
        f"{first}from autograder.cli import entry\nsys.argv[1:] = ['check', 'first_page', 'first_page.py']\nentry()",
        tmp_path,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "3 of 3 points" in done.stdout
