"""`gradus import`: assignments of other systems become pages that grade in the judge; what cannot cross is told."""

from __future__ import annotations

import ast
import base64
import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import nbformat
import pytest
from nbgrader.api import Gradebook
from typer.testing import CliRunner

from autograder import cli
from autograder.authoring import build
from autograder.authoring.importing import marking, names, otter, page, parts, read, texts
from autograder.authoring.importing.crossing import World, crossed
from autograder.authoring.importing.notebooks import with_regions
from autograder.authoring.importing.opened import for_the_judge, texts_in
from autograder.authoring.importing.places import placed
from autograder.authoring.importing.texts import lesson_text, solution_text
from autograder.authoring.new_course import begin
from autograder.authoring.verify import Extent, run
from autograder.course import catalogue, syllabus
from autograder.course.syllabus import load
from autograder.errors import CourseError
from autograder.model import Exercise, Settings, Submission
from autograder.running.pool import grade_many
from tests.authoring.assignments import CORPUS, write
from tests.helpers import PNG

pytestmark = pytest.mark.usefixtures("warm")

#: otter's tests, in the OK format
OTTER = {
    "q1": """OK_FORMAT = True

test = {
    'name': 'q1', 'points': [1, 2],
    'suites': [{'cases': [
        {'code': '>>> double(4)\\n8\\n>>> double(1.5)\\n3.0', 'hidden': False, 'locked': False},
        {'code': ">>> words = ['a', 'b']\\n>>> [double(w) for w in words]\\n['aa', 'bb']", 'hidden': True},
    ], 'scored': True, 'setup': '', 'teardown': '', 'type': 'doctest'}],
}
""",
    "q2": """test = {
    'name': 'q2', 'points': 3,
    'suites': [{'cases': [
        {'code': '>>> answer > 40\\nTrue'},
        {'code': '>>> print(answer)\\n42'},
        {'code': '>>> shout("a")\\na!\\n>>> shout("b")\\nb!'},
        {'code': ">>> double(None)\\nTraceback (most recent call last):\\n  ...\\nTypeError: no"},
    ]}],
}
""",
}
OTTER_SOLUTION = """def double(x):
    return 2 * x # SOLUTION

def shout(x):
    print(x + "!") # SOLUTION

answer = double(21) # SOLUTION
"""

PYTESTS = '''import pytest
import solution
from solution import Account, mean as average

LIMIT = 1e-9


@pytest.fixture
def numbers():
    return [1.0, 2.0, 6.0]


@pytest.mark.points(2)
def test_mean(numbers):
    """the mean of some numbers"""
    assert abs(average(numbers) - 3.0) < LIMIT


@pytest.mark.parametrize("values, expected", [([1], 1.0), pytest.param([2, 4], 3.0, id="two")])
def test_cases(values, expected):
    assert solution.mean(values) == pytest.approx(expected)


def test_empty():
    with pytest.raises(ValueError):
        solution.mean([])


class TestAccount:
    START = 10

    def test_balance(self):
        account = Account(self.START)
        account.deposit(5)
        assert account.balance == 15

    def test_prints(self, capsys):
        Account(1).show()
        assert "1" in capsys.readouterr().out


@pytest.mark.xfail
def test_later():
    assert solution.mean([1]) == 2


def test_patched(monkeypatch):
    monkeypatch.setattr(solution, "mean", lambda values: 0)
    assert solution.mean([1]) == 0
'''
PYTEST_SOLUTION = '''"""Means and accounts."""


def mean(values):
    """The mean."""
    if not values:
        raise ValueError("none")
    return sum(values) / len(values)


class Account:
    """Some money."""

    def __init__(self, balance):
        self.balance = balance

    def deposit(self, amount):
        self.balance += amount

    def show(self):
        print(self.balance)
'''


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """An empty course into which everything here is imported."""
    return begin(tmp_path_factory.mktemp("imports") / "course", page=False)[0]


def imported(trees, form, path, template=None):
    """What became of the only assignment of a path."""
    ((address, assignment),) = read.addresses(read.assignments(form, path), path, "")
    return page.bring(trees, address, assignment, template)


@pytest.fixture(scope="module")
def outcomes(course, tmp_path_factory, plain_template):
    """What became of the whole corpus: name -> outcome."""
    folder = tmp_path_factory.mktemp("source") / "ps1"
    notebooks = {name: write(folder / f"{name}.ipynb", text) for name, (text, *_) in CORPUS.items()}
    return {name: imported(course, "nbgrader", path, plain_template) for name, path in notebooks.items()}


SOLUTION = "def f():\n    return 1\n"
OK_TEST = "test = {'name': 'q1', 'points': 1, 'suites': [{'cases': [{'code': '>>> f()\\n1'}], 'type': 'doctest'}]}\n"


@pytest.mark.parametrize(
    ("form", "name"),
    [
        ("pytest", "solution.py"), ("pytest", "test_f.py"), ("nbgrader", "a.ipynb"),
        ("otter", "hw_sol.py"), ("otter", "hw_sol.ipynb"), ("otter", "tests/q1.py"),
    ],
)  # fmt: skip
def test_a_null_byte_is_told(tmp_path, form, name):
    """a file that holds one is named in a line, whatever Python calls it"""
    files = {
        "pytest": {
            "solution.py": SOLUTION,
            "test_f.py": "from solution import f\n\ndef test_f():\n    assert f() == 1\n",
        },
        "nbgrader": {},
        "otter": {"tests/q1.py": OK_TEST} | ({"hw_sol.py": SOLUTION} if name != "hw_sol.ipynb" else {}),
    }[form]
    for one, text in files.items():
        (tmp_path / one).parent.mkdir(exist_ok=True)
        (tmp_path / one).write_text(text + "\0" * (one == name))
    if name.endswith(".ipynb"):
        path = write(tmp_path / name, next(iter(CORPUS.values()))[0])
        notebook = nbformat.read(path, 4)
        notebook.cells[-1].source += "\n\0"
        nbformat.write(notebook, path)
    with pytest.raises(CourseError, match=f"{Path(name).name}.*null byte"):
        read.assignments(form, tmp_path)


@pytest.mark.parametrize("name", CORPUS)
def test_an_assignment_becomes_a_page(course, outcomes, name):
    """what only calls the student's code crosses with its points, a person reads words, the rest has its reason"""
    _, points, asked, left = CORPUS[name]
    outcome = outcomes[name]
    assert {part: worth for part, worth, _ in outcome.left}.keys() == left.keys()
    for part, _, why in outcome.left:
        assert left[part] in why, (part, why)
    assert sum(worth for _, worth in outcome.crossed) == points
    exercise = load(course).exercises[outcome.address]
    assert (exercise.points, sum(q.points for q in exercise.questions), exercise.level) == (points, asked, "draft")
    assert build.drifted(course, exercise) == []


def test_the_pages_are_green_as_drafts(course, outcomes):
    """verify finds no fault in what was imported: solutions pass, stubs fail, points add up, nothing has drifted"""
    addresses = [outcomes[name].address for name in ("problem_set", "classes", "words")]
    settings = Settings(0, "plain", fail_fast=True)
    for report in run.verify(addresses, load(course), course, settings, Extent(seeds=1), jobs=2):
        assert report.faults == []


WRONG = {
    "problem_set": (
        "return [i ** 3 for",
        "return [i ** 2 for",
        {"test_right_cubes", "test_total_right_hidden"},
    ),
    "chemistry": ("masses[element] * count", "masses[element]", {"test_water"}),
    "classes": ("return self.items.pop()", "return self.items.pop(0)", {"test_order"}),
}


def test_wrong_answers_fail_the_checks_that_they_should(course, outcomes):
    """a mistake in the solution fails the imported tests that ask for it and no other; hidden ones tell nothing"""
    found = load(course)
    submissions = []
    for name, (right, wrong, _) in WRONG.items():
        text = catalogue.solution_text(course, found.exercises[outcomes[name].address])
        assert right in text
        submissions.append(Submission(name, outcomes[name].address, f"{name}.py", (text.replace(right, wrong),)))
    for grade in grade_many(submissions, found, course, Settings(0, "plain"), jobs=2):
        failed = {check.name: check for check in grade.checks if check.status != "passed"}
        assert set(failed) == WRONG[grade.student][2]
        for name, check in failed.items():
            assert (check.failure.kind == "hidden") is name.endswith("_hidden")
            assert not (name.endswith("_hidden") and check.failure.call)


def test_an_object_is_no_value(course, outcomes):
    """what calls itself equal to everything gets no point by a plain assertion"""
    always = "class Yes:\n    def __eq__(self, other): return True\n    def __bool__(self): return True\n"
    lie = f"{always}\ndef molar_mass(formula):\n    return Yes()\n"
    submission = Submission("liar", outcomes["chemistry"].address, "chemistry.py", (lie,))
    (grade,) = grade_many([submission], load(course), course, Settings(0, "plain"), jobs=1)
    assert grade.points == 0


def test_the_notebook_works_in_nbgrader(course, outcomes, monkeypatch):
    """nbgrader makes the release version of an imported page, without its solution, and each test with its points"""
    from nbgrader.apps import NbGraderAPI
    from traitlets.config import Config

    beside = [str(Path(sys.executable).parent), os.environ["PATH"]]
    monkeypatch.setenv("PATH", os.pathsep.join(beside))  # nbgrader asks the shell for alembic
    config = Config()
    config.CourseDirectory.root = str(course.notebooks)
    api = NbGraderAPI(config=config)
    made = api.generate_assignment("ps1", force=True, create=True)
    assert made["success"], made.get("error", made.get("log"))
    released = json.loads((course.notebooks / "release" / "ps1" / "problem_set.ipynb").read_text())
    text = json.dumps(released)
    assert "i ** 3" not in text
    assert "YOUR CODE HERE" in text
    marks = [cell["metadata"].get("nbgrader", {}) for cell in released["cells"]]
    graded = {mark["grade_id"]: mark["points"] for mark in marks if mark.get("grade")}
    assert graded == {
        "test_right_cubes": 1, "test_cubes_errors": 1, "test_total_right": 0, "test_total_right_hidden": 0.5,
        "question-1": 2, "question-2": 1,
    }  # fmt: skip


ESSAY = """
#:: words
# An essay

Read the figure.
#:: answer why 2
Why does it fall?

### BEGIN SOLUTION
Because of friction.
### END SOLUTION
#:: words
And how fast?
#:: answer fast 1.5
YOUR ANSWER HERE
#:: task sketch 3
Sketch it.

=== BEGIN MARK SCHEME ===
One point for each axis.
=== END MARK SCHEME ===
"""
RAIN = """
#:: words
# Rain

Look at `rain.csv`.
#:: given
from units import MM
import pandas as pd
#:: solution total
def total():
    \"\"\"Return the rain of the year in m.\"\"\"
    ### BEGIN SOLUTION
    rows = open("rain.csv").read().split()
    extra = open("more/extra.txt").read()
    return MM * (sum(map(float, rows)) + float(extra))
    ### END SOLUTION
#:: solution monthly
def monthly():
    ### BEGIN SOLUTION
    return pd.Series([1.0, 2.5], index=pd.Index(["jan", "feb"], name="month"), name="rain")
    ### END SOLUTION
#:: test test_total 2
assert abs(total() - 0.011) < 1e-12
#:: test test_monthly 1
assert monthly().equals(pd.Series([1.0, 2.5], index=pd.Index(["jan", "feb"], name="month"), name="rain"))
assert monthly().name == "rain"
assert monthly().index.name == "month"
"""


ORBITS = """
#:: given
from dataclasses import dataclass

class TooNear(ValueError):
    pass

@dataclass(frozen=True)
class Body:
    mass: float
    radius: float = 1.0
#:: solution pull
def pull(body, distance):
    ### BEGIN SOLUTION
    if distance < body.radius:
        raise TooNear(distance)
    return body.mass / distance**2
    ### END SOLUTION
#:: solution heavier
def heavier(a, b):
    ### BEGIN SOLUTION
    return Body(max(a.mass, b.mass))
    ### END SOLUTION
#:: test test_pull 2
earth = Body(8.0)
assert pull(earth, 2) == 2.0
try:
    pull(earth, 0.5)
except TooNear:
    pass
else:
    raise AssertionError("it is too near")
#:: test test_heavier 1
assert heavier(Body(1.0), Body(2.0)) == Body(2.0)
assert isinstance(heavier(Body(1.0), Body(2.0)), Body)
assert heavier(Body(3.0), Body(2.0)).mass == 3.0
"""


def test_objects_of_a_given_class_are_handed_over(tmp_path, plain_template):
    """a class that students are given is made, asked and raised where their code is: it stood in the judge alone"""
    trees = begin(tmp_path / "course", page=False)[0]
    outcome = imported(trees, "nbgrader", write(tmp_path / "ps" / "orbits.ipynb", ORBITS), plain_template)
    assert outcome.left == []
    assert [name for name, _ in outcome.crossed] == ["test_pull", "test_heavier"]
    course = load(trees)
    text = trees.solution(outcome.address).read_text()
    for old, new, failing in (
        ("distance**2", "distance", "test_pull"), ("max(", "min(", "test_heavier"),
        ("raise TooNear", "raise KeyError", "test_pull"),
    ):  # fmt: skip
        handed = Submission("ada", outcome.address, "orbits.py", (text.replace(old, new),))
        (grade,) = grade_many([handed], course, trees, Settings(0, "plain"), jobs=1, template=plain_template)
        assert [check.name for check in grade.checks if check.status != "passed"] == [failing], old


SALES = """
#:: words
# Sales
#:: given
import pandas as pd
from pandas import read_csv
FOLDER = "data"
PATH = f"{FOLDER}/sales.csv"
PLACES = [PATH]
RAW = read_csv(PATH)
WIDE = pd.read_fwf(PLACES[0], header=None)
#:: solution units
BEFORE = pd.read_csv(PATH).units

def units(table):
    ### BEGIN SOLUTION
    return int(table.units.sum())
    ### END SOLUTION

def load(path):
    ### BEGIN SOLUTION
    return pd.read_csv(path)
    ### END SOLUTION
#:: test test_units 2
assert units(RAW) == 14
assert units(RAW) == BEFORE.sum()
assert units(RAW.iloc[1:]) == 4
#:: test test_load 1
assert load(PATH).equals(RAW)
with open(PATH) as file:
    assert len(load(PATH)) == len(file.readlines()) - 1
#:: test test_wide 1
assert len(load(PATH)) == len(WIDE) - 1
"""


def test_a_name_of_a_page_file_is_read_where_it_lies(tmp_path, plain_template):
    """a path with a name opens the file here, and stays a path for students' code; what cannot be made is asked"""
    path = write(tmp_path / "ps" / "sales.ipynb", SALES)
    (path.parent / "data").mkdir()
    (path.parent / "data" / "sales.csv").write_text("town,units\nA,10\nB,4\n")
    trees = begin(tmp_path / "course", page=False)[0]
    outcome = imported(trees, "nbgrader", path, plain_template)
    assert outcome.left == []
    assert outcome.crossed == [("test_units", 2), ("test_load", 1), ("test_wide", 1)]
    assert not [note for note in outcome.notes if "none of the page's files" in note]
    assert [note.partition(":")[0] for note in outcome.notes if "cannot be made here" in note] == ["`WIDE`"]
    course, text = load(trees), trees.solution(outcome.address).read_text()
    for old, new, failing in (
        ("", "", []),
        ("table.units.sum()", "table.units.max()", ["test_units"]),
        ("return pd.read_csv(path)", "return pd.read_csv(path)[1:]", ["test_load", "test_wide"]),
    ):
        handed = Submission("ada", outcome.address, "sales.py", (text.replace(old, new) if old else text,))
        (grade,) = grade_many([handed], course, trees, Settings(0, "plain"), jobs=1, template=plain_template)
        assert [check.name for check in grade.checks if check.status != "passed"] == failing, new


def test_an_assignment_that_a_person_reads_whole(tmp_path, plain_template):
    """words alone become a page of questions, each with its points and its scheme, which no student gets"""
    trees = begin(tmp_path / "course", page=False)[0]
    outcome = imported(trees, "nbgrader", write(tmp_path / "essays" / "essay.ipynb", ESSAY), plain_template)
    asked = load(trees).question_pages[outcome.address]
    assert [(q.points, q.scheme) for q in asked.questions] == [
        (2, "Because of friction."), (1.5, ""), (3, "One point for each axis."),
    ]  # fmt: skip
    assert [q.ask for q in asked.questions] == ["Why does it fall?", "And how fast?", "Sketch it."]
    (report,) = run.verify([outcome.address], load(trees), trees, Settings(0, "plain"), Extent(), jobs=1)
    assert report.faults == []


@pytest.fixture(scope="module")
def rain(tmp_path_factory, plain_template):
    """A course with an assignment that opens files beside it."""
    root = tmp_path_factory.mktemp("rain")
    path = write(root / "ps" / "rain.ipynb", RAIN)
    files = {"rain.csv": "1\n9\n", "more/extra.txt": "1", "units.py": "MM = 0.001\n", "secret.txt": "not named"}
    for name, text in files.items():
        (path.parent / name).parent.mkdir(exist_ok=True)
        (path.parent / name).write_text(text)
    (path.parent / "more" / "link.txt").symlink_to("/etc/passwd")
    trees = begin(root / "course", page=False)[0]
    return trees, imported(trees, "nbgrader", path, plain_template)


def test_files_beside_an_assignment_come_along(rain):
    """what its code opens or imports lies beside the page; a named Series crosses whole; links are told of"""
    trees, outcome = rain
    assert outcome.left == []
    assert {name for name, _ in outcome.crossed} == {"test_total", "test_monthly"}
    folder = trees.files(outcome.address)
    found = {p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file()}
    assert found == {"rain.csv", "more/extra.txt", "units.py"}
    assert not any("units" in note for note in outcome.notes)
    settings = Settings(0, "plain", fail_fast=True)
    (report,) = run.verify([outcome.address], load(trees), trees, settings, Extent(seeds=1), jobs=1)
    assert report.faults == []


def test_nbgrader_grades_an_imported_assignment(rain):
    """released, handed in, autograded by nbgrader itself: full points for the solution, none for the release"""
    trees, _ = rain
    course = trees.notebooks
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])

    def nbgrader(*arguments):
        command = [sys.executable, "-c", "import sys; from nbgrader.apps.nbgraderapp import main; sys.exit(main())"]
        said = subprocess.run(
            [*command, *arguments], cwd=course, capture_output=True, text=True, timeout=300, check=False,
            env={**os.environ, "PATH": path}, stdin=subprocess.DEVNULL,
        )  # fmt: skip
        assert said.returncode == 0, said.stdout + said.stderr

    nbgrader("generate_assignment", "ps")
    assert (course / "release/ps/more/extra.txt").read_text() == "1"
    for student, folder in (("ada", "source"), ("bob", "release")):
        shutil.copytree(course / folder / "ps", course / "submitted" / student / "ps")
    nbgrader("autograde", "ps")
    with Gradebook(f"sqlite:///{course / 'gradebook.db'}") as book:
        scores = {who: book.find_submission_notebook("rain", "ps", who).score for who in ("ada", "bob")}
    assert scores == {"ada": 3, "bob": 0}


def test_otter(course, tmp_path):
    """the OK format's doctests are assertions, hidden cases hidden; regions are marked where otter marks them"""
    for name, text in OTTER.items():
        place = tmp_path / "lab1" / "tests" / f"{name}.py"
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text)
    (tmp_path / "lab1" / "lab1.py").write_text(OTTER_SOLUTION)
    outcome = imported(course, "otter", tmp_path / "lab1")
    assert outcome.left == []
    assert outcome.crossed == [("q1", 3.0), ("q2", 3.0)]
    text = course.check(outcome.address).read_text()
    assert "assert str(answer) == '42'" in text
    assert "except TypeError" in text
    assert "return 2 * x" not in course.stub(outcome.address).read_text()
    worth = re.findall(r"@points\((\S+)\)\n(?:@.*\n)?def (\w+)", text)
    own = [("0.75", f"test_q2{case}") for case in ("", "_2", "_3", "_4")]
    assert worth == [("1", "test_q1"), ("2", "test_q1_2_hidden"), *own], "as otter gives them, case by case"


def test_cases_of_an_otter_question(tmp_path):
    """each case has its own points, hidden or not; cases that use each other's names, or of all or nothing, are one"""

    def cells(cases: str, fields: str = "'points': 1") -> list[tuple[str, float, str, float]]:
        (tmp_path / "q.py").write_text(f"test = {{'name': 'q', {fields}, 'suites': [{{'cases': [{cases}]}}]}}")
        return [(cell.source, cell.points, cell.hidden, cell.shown) for cell in otter._tests(tmp_path / "q.py")]

    def case(code: str, hidden: bool = False) -> str:
        return f"{{'code': '>>> {code}', 'hidden': {hidden}}},"

    three = case("f(1)\\n2") + case("f(2)\\n3", hidden=True) + case("f(3)\\n4", hidden=True)
    first, second, third = (f"assert f({n}) == {n + 1}" for n in (1, 2, 3))
    assert cells(three) == [(first, 0.33, "", 0.0), ("", 0.33, second, 0.0), ("", 0.34, third, 0.0)]
    assert cells(three, "'points': 3, 'all_or_nothing': True") == [(first, 3, f"{second}\n{third}", 0.0)]
    leaning = case("x = f(1)") + case("x\\n2", hidden=True)
    assert cells(leaning, "'points': 2") == [("x = f(1)", 2, "assert x == 2", 1.0)]


@pytest.mark.parametrize(
    ("fields", "cases", "each"),
    [
        ({"points": [1, 2]}, [{}, {}], [1, 2]),
        ({"points": 3}, [{}, {"points": 2}, {}], [0.5, 2, 0.5]),
        ({"points": 3}, [{}, {}], [1.5, 1.5]),
        ({}, [{}, {}], [0.5, 0.5]),
        ({}, [{"points": 2}, {}], [2, 0]),
        ({"points": [1, 2]}, [{}, {}, {}], [1, 1, 1]),
        ({"points": 0}, [{}], [0]),
        ({"points": 1}, [{}, {}, {}], [0.33, 0.33, 0.34]),
    ],
)
def test_points_of_an_otter_question(fields, cases, each):
    """its cases share what none of them says, and the sum is the question's"""
    assert otter._points(fields, cases) == each


def test_pytest_files(course, tmp_path):
    """parametrized tests, fixtures of the file, classes, renamed imports and capsys cross; monkeypatch is told"""
    (tmp_path / "means").mkdir()
    (tmp_path / "means" / "test_means.py").write_text(PYTESTS)
    (tmp_path / "means" / "solution.py").write_text(PYTEST_SOLUTION)
    outcome = imported(course, "pytest", tmp_path / "means")
    assert [name for name, _ in outcome.crossed] == [
        "test_mean",
        "test_cases",
        "test_empty",
        "TestAccount_test_balance",
        "TestAccount_test_prints",
    ]
    assert {name: why.partition(":")[0] for name, _, why in outcome.left} == {
        "test_patched": "`monkeypatch`", "test_later": "is marked as one that is skipped or fails",
    }  # fmt: skip
    assert load(course).exercises[outcome.address].points == 6
    assert "from autograder.checking import plain, points, printed_by\n" in course.check(outcome.address).read_text()


CONFTEST = """import pytest
from stack import Stack

@pytest.fixture
def numbers():
    return [3, 1]

@pytest.fixture
def stack(numbers):
    made = Stack()
    for number in numbers:
        made.push(number)
    yield made
    made.close()

@pytest.fixture(params=[1, 2])
def size(request):
    return request.param

@pytest.fixture(params=["a", "b"])
def label(request):
    return request.param

@pytest.fixture
def sized(size):
    made = Stack()
    made.push(size)
    return made

@pytest.fixture
def both(sized, label):
    sized.push(label * sized.pop())
    return sized
"""
STACKS = """import pytest
import random
from stack import Stack

LIMIT = 2

def filled(count):
    made = Stack()
    for number in range(count):
        made.push(number)
    return made

@pytest.fixture(autouse=True)
def seeded():
    random.seed(3)

@pytest.fixture(name="full")
def _full():
    return filled(LIMIT)

def test_pop(stack, numbers):
    assert stack.pop() == numbers[-1]

def test_full(full):
    assert full.pop() == 1

def test_filled():
    assert [filled(3).pop() for _ in range(2)] == [2, 2]

def test_size(size):
    assert filled(size).pop() == size - 1

def test_below(sized, size):
    assert sized.pop() == size

def test_both(both, size, label):
    assert both.pop() == label * size

@pytest.mark.parametrize("size", [3])
def test_replaced(sized, size):
    assert sized.pop() == 3

@pytest.mark.parametrize("item", [5, pytest.param(7, id="seven")])
def test_push(stack, size, item):
    stack.push(item + size)
    assert stack.items == [3, 1, item + size]

def test_absent():
    from no_such_library import thing
    assert thing(filled(1))

class TestKept:
    @pytest.fixture
    def one(self):
        return filled(1)

    @pytest.fixture(autouse=True)
    def ready(self):
        self.wanted = 0

    def test_one(self, one):
        assert one.pop() == self.wanted
"""
STACK = """class Stack:
    def __init__(self):
        self.items = []

    def push(self, item):
        self.items.append(item)

    def pop(self):
        return self.items.pop()
"""


def test_fixtures_are_helpers_of_the_checks(course, tmp_path):
    """nobody's solution defines what tests alone have: fixtures, of conftest.py too, anew for each case, and helpers"""
    for name, text in (("conftest", CONFTEST), ("test_stacks", STACKS), ("stack", STACK)):
        (tmp_path / "week").mkdir(exist_ok=True)
        (tmp_path / "week" / f"{name}.py").write_text(text)
    outcome = imported(course, "pytest", tmp_path / "week")
    assert outcome.address == "week/stack"
    assert [name for name, _ in outcome.crossed] == [
        "test_pop", "test_full", "test_filled", "test_size", "test_below", "test_both", "test_push", "TestKept_test_one"
    ]  # fmt: skip
    left = {name: why for name, _, why in outcome.left}
    assert "fixture with parameters" in left["test_replaced"], "what puts a value in its place is written out by hand"
    asked = course.check(outcome.address).read_text()
    assert "for case_of_label in ['a', 'b']:" in asked
    assert "both = make_both(case_of_label, case_of_size)" in asked
    assert "no_such_library, which is not installed here" in left["test_absent"]
    for text in (course.solution(outcome.address).read_text(), course.stub(outcome.address).read_text()):
        assert not any(name in text for name in ("make_", "filled", "LIMIT", "pytest"))
    assert "student.make" not in course.check(outcome.address).read_text()


PURSE = """from collections import namedtuple
from enum import Enum
import numpy as np

Bag = namedtuple("Bag", "size")

class Coin(Enum):
    CENT = 1
    EURO = 100

class PurseError(Exception):
    pass

class EmptyError(PurseError, ValueError):
    pass

class Purse:
    def __init__(self, coins=()):
        self.coins = list(coins)

    def bag(self):
        return Bag(0)

    def show(self):
        print(len(self.coins), "coin" if len(self.coins) == 1 else "coins")

    def take(self):
        if not self.coins:
            raise EmptyError("nothing left")
        return self.coins.pop()

    def __eq__(self, other):
        return isinstance(other, Purse) and self.coins == other.coins

    def __lt__(self, other):
        return len(self.coins) < len(other.coins)

    def __repr__(self):
        return f"Purse({self.coins})"

def best(purses):
    return max(purses, key=lambda one: len(one.coins))

def favourite():
    return Coin.EURO

def solve(A, b):
    return np.linalg.solve(A, b)
"""
PURSES = """import unittest
import numpy as np
import pytest
from purse import *

def test_equal():
    assert Purse([1]) == Purse([1])
    assert Purse([1]) != Purse([2]) and Purse([1]) != 3

def test_repr():
    purse = Purse([1])
    assert repr(purse) == "Purse([1])" and str(purse) == "Purse([1])"

def test_kind():
    assert isinstance(Purse(), Purse) and not isinstance(Coin.CENT, Purse) and not isinstance(3, Purse)
    assert issubclass(EmptyError, PurseError)
    assert isinstance(Purse().bag(), Bag)

def test_order():
    assert Purse([]) < Purse([1]) and Purse([1]) > Purse()

def test_best():
    assert best([Purse([1]), Purse([1, 2])]) == Purse([1, 2])

def test_enum():
    assert favourite() is Coin.EURO

def test_empty():
    with pytest.raises(EmptyError, match="left"):
        Purse().take()
    with pytest.raises(PurseError):
        Purse().take()
    try:
        Purse().take()
    except ValueError as error:
        assert "nothing" in str(error)

def test_show(capsys):
    Purse([1]).show()
    Purse([]).show()
    assert capsys.readouterr().out == "1 coin\\n0 coins\\n"
    assert capsys.readouterr().out == ""

def test_redirected():
    import io
    from contextlib import redirect_stdout
    text = io.StringIO()
    with redirect_stdout(text):
        Purse([1]).show()
    assert text.getvalue().strip() == "1 coin"

def test_singular():
    with pytest.raises(np.linalg.LinAlgError):
        solve(np.zeros((2, 2)), np.ones(2))

class TestCase(unittest.TestCase):
    def setUp(self):
        self.purses = [Purse([1]), Purse([1, 2])]

    def test_case(self):
        self.assertEqual(best(self.purses), Purse([1, 2]))
        self.assertRaises(EmptyError, Purse().take)
"""
LOST = {
    "show": ('"coin" if', '"coin " if', {"test_show"}),
    "kind": ("class EmptyError(PurseError, ValueError)", "class EmptyError(ValueError)", {"test_kind", "test_empty"}),
    "eq": ("self.coins == other.coins", "True", {"test_equal"}),
    "repr": ('f"Purse({self.coins})"', '"Purse"', {"test_repr"}),
    "lt": ("len(self.coins) < len", "len(self.coins) > len", {"test_order"}),
    "enum": ("return Coin.EURO", "return Coin.CENT", {"test_enum"}),
    "raise": ('EmptyError("nothing left")', 'ValueError("nothing left")', {"test_empty", "TestCase_test_case"}),
    "solve": ("np.linalg.solve(A, b)", "np.linalg.lstsq(A, b)[0]", {"test_singular"}),
    "max": ("return max(", "return min(", {"test_best", "TestCase_test_case"}),
}


def test_objects_and_exceptions_of_the_students(course, tmp_path):
    """what their own ``__eq__`` and ``__repr__`` say is asked of them; their exceptions and libraries' are expected"""
    for name, text in (("test_purses", PURSES), ("purse", PURSE)):
        (tmp_path / "money").mkdir(exist_ok=True)
        (tmp_path / "money" / f"{name}.py").write_text(text)
    outcome = imported(course, "pytest", tmp_path / "money")
    assert outcome.left == []
    found = load(course)
    text = catalogue.solution_text(course, found.exercises[outcome.address])
    made = {name: text.replace(right, wrong) for name, (right, wrong, _) in LOST.items()}
    given = [Submission(name, outcome.address, "purse.py", (one,)) for name, one in made.items()]
    for grade in grade_many(given, found, course, Settings(0, "plain"), jobs=1):
        failed = {check.name.replace("test_testcase", "TestCase") for check in grade.checks if check.status != "passed"}
        assert failed == LOST[grade.student][2], grade.student


@pytest.mark.parametrize(
    ("files", "name"),
    [
        (("solution.py", "test_queue.py"), "week_3/queue_page"),  # a student's queue.py would hide Python's
        (("solution.py", "test_turtles.py"), "week_3/turtles"),
        (("solution.py", "test_a.py", "test_b.py"), "week_3/week_3"),
        (("solution.py", "test_solution.py"), "week_3/week_3"),
        (("shapes.py", "test_all.py"), "week_3/shapes"),
    ],
)
def test_what_the_page_of_a_folder_is_called(tmp_path, files, name):
    """as its solution's file, its test's, or its folder: never as every other page"""
    folder = tmp_path / "week 3"
    folder.mkdir()
    for one in files:
        stem = files[0].removesuffix(".py")
        (folder / one).write_text(f"from {stem} import f\ndef test_f(): assert f()" if "test" in one else "def f(): 1")
    ((address, _),) = read.addresses(read.assignments("pytest", folder), folder, "")
    assert address == name


def test_the_command_says_what_became_of_each_part(tmp_path):
    """one line a part that is left out, with what to do; an assignment that cannot be read does not end the others"""
    begin(tmp_path / "mine", page=False)
    write(tmp_path / "hw" / "chemistry.ipynb", CORPUS["chemistry"][0])
    write(tmp_path / "hw" / "empty.ipynb", "#:: words\n# Nothing\n")
    said = CliRunner().invoke(cli.app, ["--course", str(tmp_path / "mine"), "import", "nbgrader", str(tmp_path / "hw")])
    assert said.exit_code == 0
    assert "hw/chemistry  2 tests became checks, 2 points" in said.stdout
    assert "empty.ipynb: no cell is marked for nbgrader" in " ".join(said.stdout.split())
    assert list(load(read_trees(tmp_path / "mine")).exercises) == ["hw/chemistry"]


def test_a_course_from_an_assignment(tmp_path):
    """`new-course --from` begins with the imported pages; what cannot be read leaves no folder behind"""
    place = write(tmp_path / "hw" / "chemistry.ipynb", CORPUS["chemistry"][0])
    invoke = CliRunner().invoke
    lost = invoke(cli.app, ["new-course", str(tmp_path / "none"), "--from", "nbgrader", str(tmp_path / "nowhere")])
    assert lost.exit_code
    assert not (tmp_path / "none").exists()
    wrong = write(
        tmp_path / "bad" / "bad.ipynb", "#:: solution\ndef f():\n    return 1\n#:: test t 1\nassert f() == 2\n"
    )
    lost = invoke(cli.app, ["new-course", str(tmp_path / "a" / "none"), "--from", "nbgrader", str(wrong)])
    assert "its own solution" in str(lost.exception)
    assert not (tmp_path / "a").exists()
    course, _ = begin(tmp_path / "here", page=False)
    before = {path: path.is_dir() or path.read_bytes() for path in course.root.rglob("*")}
    assert invoke(cli.app, ["--course", str(course.root), "import", "nbgrader", str(wrong)]).exit_code == 1
    assert {path: path.is_dir() or path.read_bytes() for path in course.root.rglob("*")} == before
    said = invoke(cli.app, ["new-course", str(tmp_path / "mine"), "--from", "nbgrader", str(place)])
    assert "hw/chemistry  2 tests became checks" in said.stdout
    assert list(load(read_trees(tmp_path / "mine")).exercises) == ["hw/chemistry"]


def read_trees(root):
    """The trees of a course."""
    from autograder.course.trees import trees

    return trees(root)


PICTURED = """
#:: words seen
# Stations

![a map](maps/north.png) and <img src="maps/north.png" width="40">, ![pasted](attachment:image.png),
![far](https://far.example/x.png), ![lost](lost.png)
#:: given
import pandas as pd
stations = pd.read_csv("stations.csv")
#:: solution
def count(table):
    ### BEGIN SOLUTION
    return len(table)
    ### END SOLUTION

def cool(values):
    ### BEGIN SOLUTION
    values[:] = [v - 1 for v in values]
    ### END SOLUTION
#:: words
Below, look again: ![](attachment:image.png)
#:: test counted 1
from nose.tools import assert_equal
assert_equal(count(stations), 2)
assert count(pd.read_csv("stations.csv").head(1)) == 1
print("passed")
#:: test cooled 1
values = [3, 4]
cool(values)
assert values == [2, 3]
#:: answer what 2
What do you see? ![](maps/north.png)
### BEGIN SOLUTION
A map.
### END SOLUTION
"""


def test_pictures_and_tables_come_along(tmp_path, plain_template):
    """pasted ones, those beside and those in HTML lie beside the lesson; what tests are given is read by the judge"""
    path = write(tmp_path / "ps" / "stations.ipynb", PICTURED)
    (tmp_path / "ps" / "maps").mkdir()
    (tmp_path / "ps" / "maps" / "north.png").write_bytes(PNG)
    (tmp_path / "ps" / "stations.csv").write_text("name\nA\nB\n")
    held = nbformat.read(path, 4)
    for cell, content in ((held.cells[0], b"first"), (held.cells[3], b"second")):
        cell["attachments"] = {"image.png": {"image/png": base64.b64encode(content).decode()}}
    nbformat.write(held, path)
    trees = begin(tmp_path / "course", page=False)[0]
    outcome = imported(trees, "nbgrader", path, plain_template)
    assert outcome.left == []
    assert {name for name, _ in outcome.crossed} == {"counted", "cooled"}
    beside = {one.name: one.read_bytes() for one in trees.lesson(outcome.address).parent.glob("*.png")}
    assert beside == {
        "stations_north.png": PNG, "stations_image.png": b"first", "stations_image_2.png": b"second",
    }  # fmt: skip
    lesson = trees.lesson(outcome.address).read_text()
    assert lesson.count("stations_north.png") == 3
    assert "[far](https://far.example/x.png)" in lesson
    assert "*(picture: lost)*" in lesson
    assert sum("lost.png is not beside" in note for note in outcome.notes) == 1
    built = nbformat.read(trees.notebook(outcome.address), 4)
    carried = [name for cell in built.cells for name in cell.get("attachments", {})]
    assert sorted(carried) == ["stations_image.png", "stations_image_2.png", "stations_north.png", "stations_north.png"]


def test_files_of_otter_and_pytest_assignments(tmp_path):
    """those that solution or tests name come along, from beside either"""
    for name, text in {
        "lab/lab.py": "import csv\ndef rows():\n    return list(csv.reader(open('rain.csv'))) # SOLUTION\n",
        "lab/tests/q1.py": "test = {'name': 'q1', 'suites': [{'cases': [{'code': '>>> len(rows())\\n1'}]}]}",
        "lab/rain.csv": "1", "lab/other.csv": "1", "hw/solution.py": "def f(x):\n    return x\n",
        "hw/helpers.py": "LIMIT = 1\n", "hw/tests/data/rain.csv": "1",
        "hw/tests/test_f.py": "from helpers import LIMIT\nfrom pathlib import Path\nfrom solution import f\n"
        "HERE = Path(__file__).parent\ndef test_f():\n    assert f(open(HERE / 'data' / 'rain.csv').read()) == LIMIT\n",
    }.items():  # fmt: skip
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    (lab,) = read.assignments("otter", tmp_path / "lab")
    (homework,) = read.assignments("pytest", tmp_path / "hw")
    assert (lab.files.keys(), homework.files.keys()) == ({"rain.csv"}, {"helpers.py", "data/rain.csv"})
    assert homework.source.name == "solution.py"
    given = [for_the_judge(cell.source, homework.files, ()) for cell in homework.cells if cell.kind == "helper"]
    assert given[0] == "LIMIT = 1"
    assert not any("HERE" in one for one in given), "it is put in"
    (asked,) = [for_the_judge(cell.source, homework.files, ()) for cell in homework.cells if cell.kind == "test"]
    assert "open(page_file('data/rain.csv'))" in asked


QUEUES = """import os.path
from pathlib import Path
import pytest
import solution as s
from solution import Queue

HERE = Path(__file__).resolve().parent
DATA = HERE.parent / "data"

@pytest.fixture
def filled():
    from solution import Queue as Q
    made = Q()
    made.push(1)
    return made

def test_tmp(tmp_path):
    p = tmp_path / "x.csv"
    p.write_text("1,2")
    assert s.rows(p) == [["1", "2"]]

class TestQueue:
    @pytest.mark.parametrize("item", [3, "b"])
    def test_push(self, item):
        p = Queue()
        p.push(item)
        assert p.pop() == item

def test_filled(filled):
    import solution
    assert filled.pop() == solution.first([1, 2])

def test_data():
    assert s.rows(HERE.parent / "data" / "rain.csv") == s.rows(os.path.join(DATA, "rain.csv")) == [["1", "2"]]
    assert (DATA / "rain.csv").read_text() == "1,2"

def test_printed(capsys):
    print(s.first([1]))
    assert capsys.readouterr().out == "1\\n"
"""
QUEUE = """import csv

class Queue:
    def __init__(self):
        self.items = []

    def push(self, item):
        self.items.append(item)

    def pop(self):
        return self.items.pop(0)

def first(items):
    return items[0]

def rows(path):
    with open(path) as file:
        return list(csv.reader(file))
"""


def test_a_folder_of_tests_beside_its_data(course, tmp_path):
    """imports inside of functions, names that stand for places, and names that other tests bind keep no test away"""
    for name, text in (("solution.py", QUEUE), ("tests/test_queue.py", QUEUES), ("data/rain.csv", "1,2")):
        (tmp_path / "lines" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "lines" / name).write_text(text)
    outcome = imported(course, "pytest", tmp_path / "lines")
    assert [name for name, _ in outcome.crossed] == ["TestQueue_test_push", "test_filled", "test_data"]
    left = {name: why for name, _, why in outcome.left}
    assert left["test_tmp"].startswith("`tmp_path`: reads or writes files")
    assert "what the test itself prints is not caught" in left["test_printed"]
    assert "nor does it without Gradus" not in left["test_printed"], "it passes there"
    asked = course.check(outcome.address).read_text()
    assert "page_file('data/rain.csv').read_text()" in asked
    assert "rows('data/rain.csv')" in asked, "students' code opens it beside itself"


def test_what_otter_still_has_to_write_is_said(tmp_path):
    """a notebook that asks questions has no tests yet; tests that are functions are none of the OK format"""
    (tmp_path / "lab.ipynb").write_text('{"cells": [{"cell_type": "raw", "source": "# BEGIN QUESTION"}]}')
    for path in (tmp_path, tmp_path / "lab.ipynb"):
        with pytest.raises(CourseError, match=r"assign lab\.ipynb dist` writes them, then import dist/autograder"):
            otter.assignments(path)
    (tmp_path / "lab.ipynb").rename(tmp_path / "lab.txt")
    (tmp_path / "lab.py").write_text("x = 1  # SOLUTION\n")
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests" / "q1.py").write_text("OK_FORMAT = False\nname = 'q1'\n")
    with pytest.raises(CourseError, match="ok_format: true"):
        otter.assignments(tmp_path)


@pytest.mark.parametrize(
    ("path", "place"),
    [
        ("Path(__file__).parent / 'a.csv'", "a.csv"),
        ("Path(__file__).parents[1] / 'data' / 'b.csv'", "data/b.csv"),
        ("os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'data', 'b.csv')", "data/b.csv"),
        ("str(HERE.joinpath('a.csv'))", "a.csv"),
        ("HERE.parent / 'data'", "data"),
        ("HERE / 'absent.csv'", None),
        ("HERE / name", None),
        ("TWICE / 'a.csv'", None),
    ],
)
def test_places(tmp_path, path, place):
    """a path that begins at the tests' own file leads to a file beside the solution or the tests, else it stays"""
    for name in ("tests/a.csv", "data/b.csv", "tests/test_f.py"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    text = f"HERE = Path(__file__).parent\nTWICE = HERE\nTWICE = 2\nfound = f({path})"
    made = placed(ast.parse(text), tmp_path / "tests" / "test_f.py", [tmp_path, tmp_path / "tests"])
    told = ast.unparse(made).splitlines()[-1]
    kept = path.replace("HERE", "Path(__file__).parent")
    assert told == f"found = f({kept if place is None else f'Path(__file__).parent / {place!r}'})"


LEFT_ALONE = """
#:: words
# Left alone
#:: given
import numpy as np
import pandas as pd
from collections import namedtuple
rain = pd.DataFrame({"mm": [3.0, 1.0], "town": ["A", "B"]})
grid = [[1, 2], [3, 4]]
#:: solution one
from collections import Counter
Pair = namedtuple("Pair", "low high")
calls = 0

def ordered(values):
    ### BEGIN SOLUTION
    return sorted(values)
    ### END SOLUTION

def swap(values):
    ### BEGIN SOLUTION
    values[0], values[-1] = values[-1], values[0]
    ### END SOLUTION

def wettest(table):
    ### BEGIN SOLUTION
    return table.sort_values("mm")["town"].iloc[-1]
    ### END SOLUTION

def scaled(array):
    ### BEGIN SOLUTION
    return array * 2
    ### END SOLUTION

def flipped(rows):
    ### BEGIN SOLUTION
    return [row[::-1] for row in rows]
    ### END SOLUTION

def ends(values):
    ### BEGIN SOLUTION
    return Pair(min(values), max(values))
    ### END SOLUTION

def letters(text):
    ### BEGIN SOLUTION
    return Counter(text)
    ### END SOLUTION

def count():
    ### BEGIN SOLUTION
    global calls
    calls += 1
    return calls
    ### END SOLUTION
#:: test a_list 1
values = [3, 1]
before = list(values)
out = ordered(values)
assert out == [1, 3] and out is not values
assert values == before
#:: test in_place 1
values = [1, 2, 3]
assert swap(values) is None
assert values == [3, 2, 1]
#:: test a_table 1
before = rain.copy()
assert wettest(rain) == "A"
pd.testing.assert_frame_equal(rain, before)
#:: test an_array 1
array = np.arange(3.0)
assert scaled(array)[2] == 4
assert (array == [0, 1, 2]).all()
#:: test a_grid 1
assert flipped(grid) == [[2, 1], [4, 3]]
assert grid == [[1, 2], [3, 4]]
#:: test values 1
assert ends([2, 5, 3]).high == 5
assert letters("aab")["a"] == 2 and letters("") == Counter()
#:: test counted 1
count()
assert calls >= 1
#:: test alone 1
assert ordered(grid) is not grid
#:: test both 2
array = np.ones(2)
assert scaled(array).sum() == 4
### BEGIN HIDDEN TESTS
import numpy as np
from math import inf
assert scaled(np.array([1.0]))[0] == 2
assert scaled(np.array([1.0]))[0] != inf
### END HIDDEN TESTS
#:: test why 3
assert ordered([2, 1]) == [1, 2]
### BEGIN HIDDEN TESTS
assert ordered([3, 2]) == [3, 2], "the hidden words"
### END HIDDEN TESTS
"""
CHANGES = {
    "ordered": ("return sorted(values)", "values.sort()\n    return list(values)", {"a_list"}),
    "swap": ("values[0], values[-1] = values[-1], values[0]", "values = values[::-1]", {"in_place"}),
    "wettest": (
        'return table.sort_values("mm")["town"].iloc[-1]',
        'table.insert(0, "n", 1)\n    return table.sort_values("mm")["town"].iloc[-1]', {"a_table"},
    ),
    "scaled": ("return array * 2", "array *= 2\n    return array", {"an_array"}),
    "flipped": (
        "return [row[::-1] for row in rows]", "for row in rows:\n        row.reverse()\n    return rows", {"a_grid"},
    ),
    "count": ("calls += 1\n    return calls", "return calls + 1", {"counted"}),
}  # fmt: skip


def test_arguments_that_must_be_left_alone(tmp_path):
    """who changes what a test looks at afterwards fails it; what nobody could fail is told, with hidden reasons"""
    path = write(tmp_path / "ps" / "left_alone.ipynb", LEFT_ALONE)
    trees = begin(tmp_path / "course", page=False)[0]
    outcome = imported(trees, "nbgrader", path)
    assert [(name, points) for name, points, _ in outcome.left] == [("alone", 1), ("why, its hidden part", 0)]
    assert "whether two values are one object" in outcome.left[0][2]
    assert "the hidden words" in outcome.left[1][2]
    assert any(note.startswith("a_list: `assert out == [1, 3] and out is not values`") for note in outcome.notes)
    assert not any("no points" in note for note in outcome.notes)
    found = load(trees)
    exercise = found.exercises[outcome.address]
    assert exercise.points == 12
    text = catalogue.solution_text(trees, exercise)
    made = {name: text.replace(right, wrong) for name, (right, wrong, _) in CHANGES.items()}
    assert text not in made.values()
    given = [Submission(name, outcome.address, "left_alone.py", (one,)) for name, one in made.items()]
    given.append(Submission("right", outcome.address, "left_alone.py", (text,)))  # after those who change what is given
    for grade in grade_many(given, found, trees, Settings(0, "plain"), jobs=1):
        failed = {check.name.removeprefix("test_") for check in grade.checks if check.status != "passed"}
        assert failed == (CHANGES[grade.student][2] if grade.student in CHANGES else set()), grade.student


READ = """
#:: words
## Part A (2 points)

Use it.
#:: code use 2
def pyramid(n):
    return n
#:: task essay 4
---
State the formulae.
#:: words
Why?
#:: answer why 1
Because.
"""


def test_what_a_person_reads_is_asked_and_its_answer_is_given_to_nobody(tmp_path):
    """a task asks by itself, an answer's question stands before it; code without regions is a solution as a whole"""
    (assignment,) = read.assignments("nbgrader", write(tmp_path / "ps" / "week_1.ipynb", READ))
    assert assignment.title == "Week 1"
    assert "### BEGIN SOLUTION\ndef pyramid(n):\n    return n\n### END SOLUTION" in solution_text(assignment)
    stub = build.stub_text(solution_text(assignment), Exercise("ps/week_1", "Week 1", 1))
    assert '("pyramid is not written yet")' in stub
    front = tomllib.loads(lesson_text(assignment, []).split("+++")[1])
    assert [(one["ask"].splitlines()[-1], one.get("scheme")) for one in front["questions"]] == [
        ("(read by a person: the code of `use`)", None), ("State the formulae.", None), ("Why?", "Because."),
    ]  # fmt: skip


# -- without running anything --------------------------------------------------------------------


def world():
    """What names stand for: f and value are the student's, near is given."""
    made = World()
    made.take("import math\ndef near(a, b):\n    return math.isclose(a, b)\n", solution=False)
    made.take("def f(x):\n    return x\nvalue = 3\n", solution=True)
    return made


@pytest.mark.parametrize(
    ("test", "why"),
    [
        ("assert near(f(1), 1)", ""),
        ("f = 3\nassert f == 3", "in the place"),
        ("global f\nf = 1", "globals"),
        ("value['a'] = 1\nassert f(1)", "globals"),
        ("assert open('x').read()", "files"),
        ("%timeit f(1)", "magics"),
        ("assert f.__doc__", "source"),
        ("assert missing(1)", "no cell defines"),
        ("student = f(1)\nassert student", "`student`"),
        ("assert f(1", "no Python"),
    ],
)
def test_why_a_test_cannot_cross(test, why):
    """what looks at more than answers is told with what to do; the rest is a body with the student's names bound"""
    found = crossed(test, world())
    assert why in found.why
    assert bool(found.why) is bool(why)
    if not why:
        assert found.body.splitlines()[0] == "f = plain(student.f)"
        assert found.given == ("math", "near")


@pytest.mark.parametrize(
    ("test", "body"),
    [
        (
            "assert f(math.pi) == 3\nimport math\nassert math",
            "f = plain(student.f)\nimport math\nassert f(math.pi) == 3\nimport math\nassert math",
        ),
        ("assert near(f(1), LIMIT)\nLIMIT = 2", "f = plain(student.f)\nLIMIT = 1\nassert near(f(1), LIMIT)\nLIMIT = 2"),
        ("f(1)\nassert value == 3", "f = plain(student.f)\nf(1)\nassert plain(student.value) == 3"),
        ("assert value == 3\nf(1)", "f = plain(student.f)\nvalue = plain(student.value)\nassert value == 3\nf(1)"),
        (
            "assert isinstance(1, (int, f))",
            'f = plain(student.f)\nassert isinstance(1, int) or ask_object("isinstance", 1, f)',
        ),
        ("assert read() == 1", 'read = plain(student["read"])\nassert read() == 1'),
    ],
)
def test_the_body_of_a_check(test, body):
    """what a test binds itself stands in it from its first line; values that calls may change are looked up late"""
    made = world()
    made.take("LIMIT = 1", solution=False)
    made.take("def read():\n    return 1", solution=True)
    assert crossed(test, made).body == body.replace('"isinstance"', "'isinstance'")


@pytest.mark.parametrize(
    ("test", "there"),
    [
        ("open('rain.csv').read()", "open(page_file('rain.csv')).read()"),
        ("f('rain.csv')", "f('rain.csv')"),
        ("f(pd.read_csv('./rain.csv'))", "f(pd.read_csv(page_file('rain.csv')))"),
        ("f(Path(__file__).parent / 'rain.csv')", "f('rain.csv')"),
        ("open(os.path.join(os.path.dirname(__file__), 'rain.csv'))", "open(page_file('rain.csv'))"),
        ("open('other.csv')", "open('other.csv')"),
        ("from nose.tools import eq_ as same", "import unittest\nsame = unittest.TestCase().assertEqual"),
        ("f(1)  # says\nprint('passed')", "f(1)"),
    ],
)
def test_what_tests_open(test, there):
    """a page's file is opened where the judge finds it; what students' code is handed stays a name"""
    assert for_the_judge(test, {"rain.csv": Path("rain.csv")}, {"f"}) == there


@pytest.mark.parametrize(
    ("test", "there"),
    [
        ("open(PATH).read()", "open(page_file('rain.csv')).read()"),
        ("f(PATH)", "f(PATH)"),
        ("read_csv('./' + NAME + '.csv')", "read_csv(page_file('rain.csv'))"),
        ("open(os.path.join('', PATH))", "open(page_file('rain.csv'))"),
        ("HERE = f'{NAME}.csv'", "HERE = 'rain.csv'"),
        ("def g(PATH):\n    return open(PATH)", "def g(PATH):\n    return open(PATH)"),
        ("open(TWICE)", "open(TWICE)"),
    ],
)
def test_names_of_files_that_tests_open(test, there):
    """a name that is given a text once stands for it, but where a function has the name for itself"""
    texts = texts_in(
        ["PATH: str = 'rain.csv'\nNAME = 'rain'", "TWICE = 'rain.csv'", "for TWICE in 'ab': pass", "no Python"]
    )
    assert texts == {"PATH": "rain.csv", "NAME": "rain"}
    assert for_the_judge(test, {"rain.csv": Path("rain.csv")}, {"f"}, texts) == there


@pytest.mark.parametrize(
    ("test", "why"),
    [
        ("assert near(len(open(page_file('rain.csv')).read()), f(1))", ""),
        ("assert near(f(1), len(open(page_file('rain.csv'), 'w').name))", "files"),
        ("assert f(page_file('rain.csv'))", "hands `f` a path"),
    ],
)
def test_which_files_a_check_may_read(test, why):
    """the page's own are read; none is written, and no place of the judge is handed to students' code"""
    found = crossed(test, world())
    assert why in found.why
    assert bool(found.why) is bool(why)


def test_regions():
    """each way to mark a solution is read; where none is marked the bodies of what is defined are"""
    assert with_regions("# BEGIN SOLUTION\nx = 1\n#END SOLUTION", whole=True).count("### ") == 2
    assert with_regions("x = 1", whole=True).splitlines()[0] == "### BEGIN SOLUTION"
    text = marking.marked('class A:\n    """Doc."""\n    def f(self):\n        """Doc."""\n        return 1\n')
    assert ast.parse(text)
    assert text.index('"""Doc."""\n        ###') < text.index("return 1")


@pytest.mark.parametrize(("form", "said"), [("nbgreader", "did you mean nbgrader"), ("pytest", "is not there")])
def test_what_cannot_be_read(tmp_path, form, said):
    """an importer that there is not, and a path that is not there, are one line each"""
    with pytest.raises(CourseError, match=said):
        read.assignments(form, tmp_path / "nowhere")


def test_an_address_that_is_taken(course, outcomes, tmp_path):
    """a second import of the same assignment writes over nothing"""
    before = course.check(outcomes["physics"].address).read_text()
    again = write(tmp_path / "ps1" / "physics.ipynb", CORPUS["physics"][0])
    with pytest.raises(CourseError, match="is there already"):
        imported(course, "nbgrader", again)
    assert course.check(outcomes["physics"].address).read_text() == before
    assert syllabus.load(course).exercises[outcomes["physics"].address].points == 4


def test_what_otter_runs_takes_nothing_along(tmp_path):
    """imports beside `import otter` stay, and what a loop or a `try` prints is asserted as doctests have it"""
    setup = 'import numpy as np\nimport otter\ngrader = otter.Notebook(\n    "lab.ipynb")\n'
    checked = "level = np.mean([1, 3]) # SOLUTION\ngrader.check('q1')\n"
    cells = [nbformat.v4.new_code_cell(source) for source in (setup, checked, "grader.export(\n    pdf=False)")]
    (tmp_path / "tests").mkdir()
    (tmp_path / "lab.ipynb").write_text(nbformat.writes(nbformat.v4.new_notebook(cells=cells)))
    code = (
        ">>> for i in range(2):\n...     print(i)\n0\n1\n"
        ">>> try:\n...     level.x\n... except AttributeError:\n...     print('no x')\nno x\n"
        ">>> x = print('set')\nset\n>>> print(1, end='')\n1\n>>> print('a\\n\\nb')\na\n<BLANKLINE>\nb\n"
    )
    (tmp_path / "tests" / "q1.py").write_text(
        f"test = {{'name': 'q1', 'suites': [{{'cases': [{{'code': {code!r}}}]}}]}}"
    )
    (lab,) = read.assignments("otter", tmp_path)
    sources = [cell.source for cell in lab.cells]
    assert sources[0] == "import numpy as np"
    assert "grader" not in sources[1]
    assert len(sources) == 3
    exec(sources[2], {"level": 2.0})
    for good, bad in (
        ("range(2)", "range(3)"),
        ("print('no x')", "print('x')"),
        ("print('set')", "print('get')"),
        ("print(1,", "print(2,"),
    ):
        assert good in sources[2]
        with pytest.raises(AssertionError):
            exec(sources[2].replace(good, bad), {"level": 2.0})


UNUSUAL = """
import pytest
from solution import double, fetch

@pytest.mark.asyncio
async def test_fetch():
    assert await fetch(1) == 2

@pytest.mark.usefixtures("tmp_path")
def test_used():
    assert double("a") == "aa"

class Base:
    n: int = 1
    def test_base(self):
        assert double(self.n) == 2 * self.n

class TestDerived(Base):
    n = 7
    async def test_own(self):
        assert await fetch(self.n) == 8
    class TestInner:
        def test_inner(self):
            assert double(0) == 0

try:
    import numpy
except ImportError:
    numpy = None
else:
    def test_array():
        assert double(numpy.ones(1))[0] == 2

if __name__ == "__main__":
    def test_never():
        assert False
"""


def test_no_test_of_a_pytest_file_is_lost(tmp_path):
    """asynchronous, marked with `usefixtures`, inherited, in a class of a class, under a condition: each is asked"""
    (tmp_path / "solution.py").write_text("def double(x):\n    return 2 * x\nasync def fetch(x):\n    return x + 1\n")
    (tmp_path / "test_unusual.py").write_text(UNUSUAL)
    (homework,) = read.assignments("pytest", tmp_path)
    tests = {cell.name: cell.source for cell in homework.cells if cell.kind == "test"}
    assert tests.keys() == {
        "test_fetch", "test_used", "TestDerived_test_base", "TestDerived_test_own", "TestDerived_TestInner_test_inner",
        "test_array",
    }  # fmt: skip

    async def fetch(x):
        return x + 1

    world = {"fetch": fetch, "numpy": __import__("numpy")}
    for source in tests.values():
        exec(source, world | {"double": lambda x: 2 * x})
        if "double" in source:
            with pytest.raises(AssertionError):
                exec(source, world | {"double": lambda x: 3 * x if x else 1})


def test_what_a_check_cannot_be(tmp_path, plain_template):
    """`await`, and nbgrader's points by a number on the last line, are told cell by cell; all else is imported"""
    cells = {
        "clean": "def clean(s):\n    ### BEGIN SOLUTION\n    return s.strip()\n    ### END SOLUTION",
        "good": "assert clean(' a') == 'a'\nclean('b')",
        "awaits": "import asyncio\nawait asyncio.sleep(0)\nassert clean(' a') == 'a'",
        "partly": "score = 0\nif clean(' a') == 'a':\n    score += 1\nscore / 2",
    }
    made = []
    for name, source in cells.items():
        marks = {"grade_id": name, "schema_version": 3, "task": False, "grade": name != "clean"}
        marks |= {"solution": name == "clean", "locked": name != "clean", "points": 1}
        made.append(nbformat.v4.new_code_cell(source, metadata={"nbgrader": marks}))
    (tmp_path / "hw").mkdir()
    (tmp_path / "hw" / "one.ipynb").write_text(nbformat.writes(nbformat.v4.new_notebook(cells=made)))
    trees = begin(tmp_path / "course", page=False)[0]
    outcome = imported(trees, "nbgrader", tmp_path / "hw", plain_template)
    assert outcome.crossed == [("good", 1.0)]
    left = {one[0]: " ".join(map(str, one)) for one in outcome.left}
    assert left.keys() == {"awaits", "partly"}
    assert "asyncio.run" in left["awaits"]
    assert "part of its points" in left["partly"]


SHARED = """
#:: given
from collections import namedtuple
State = namedtuple("State", "s i")
#:: solution code
from typing import NamedTuple
class Entry(NamedTuple):
    ### BEGIN SOLUTION
    day: int
    ### END SOLUTION
### BEGIN SOLUTION
def parse(line):
    return Entry(int(line))
def step(state, n=1):
    return State(state.s - n, state.i + n)
def add(book, entry):
    book.append(entry)
twice = lambda x: 2 * x
class Stack:
    def __init__(self):
        self.size = 0
    def push(self):
        self.size += 1
        return self.size
class Deep(Stack):
    pass
### END SOLUTION
#:: test made 1
e = parse("3")
one = step(State(5, 0))
a, b = 2, 3
assert type(e) is Entry and isinstance(one, State) and type(one) == State
assert type(Deep()) is not Stack and isinstance(Deep(), Stack)
#:: test used 1
assert twice(e.day) == 6
path = [one.s, step(one).s]
#:: test again 1
assert step(one).s == path[1]
#:: test book 1
book = []
add(book, e)
assert len(book) == 1
#:: test longer 1
add(book, e)
assert len(book) == 2
#:: test swapped 1
assert twice(a) == 4
a, b = b, a
assert a == 3 and twice(a) == 6
#:: test after 1
assert (a, twice(b)) == (3, 4)
#:: test stack 1
s = Stack()
assert s.push() == 1
#:: test helper 1
def same(x, y):
    assert twice(x) == y
assert s.push() == 2
same(1, 2)
#:: test helped 1
same(2, 4)
assert s.push() == 3
#:: test covered 1
assert twice(1) == 2
### BEGIN HIDDEN TESTS
secret = twice(4)
### END HIDDEN TESTS
#:: test uncovered 1
assert secret == 8
"""


def test_names_of_test_cells_before(tmp_path, plain_template):
    """a test has what test cells before it made and did, as in the notebook, and wrong code fails the same cells"""
    trees, _ = begin(tmp_path / "course", page=False)
    outcome = imported(trees, "nbgrader", write(tmp_path / "ps" / "shared.ipynb", SHARED), plain_template)
    assert [(name, "hidden" in why or "put the two" in why) for name, _, why in outcome.left] == [("uncovered", True)]
    said = [note.partition(": ")[0] for note in outcome.notes if "of test cells before it" in note]
    assert said == ["used", "again", "book", "longer", "after", "helper", "helped"]
    rest = [note for note in outcome.notes if "of test cells before it" not in note]
    placed = "rests on what the student's process says of arguments that it changes"
    assert rest == [
        f"book: {placed}",
        f"longer: {placed}",
    ]  # no lambda is a value, no number an argument
    page = load(trees).exercises[outcome.address]
    cells = catalogue.solution_submission(trees, page).cells
    for right, wrong, failing in (
        ("2 * x", "3 * x", {"used", "again", "swapped", "after", "helper", "helped", "covered"}),
        ("return self.size", "return 1", {"helper", "helped"}),
        ("book.append(entry)", "book.append(entry); book[:] = book[:1]", {"longer"}),
        ("Entry(int(line))", "State(int(line), 0)", {"made", "used", "again"}),
    ):
        code = tuple(cell.replace(right, wrong) for cell in cells)
        assert code != cells
        (grade,) = grade_many(
            [Submission("s", page.address, f"{page.name}.py", code)], load(trees), trees,
            Settings(0, "plain", diagnose=False), jobs=1, template=plain_template,
        )  # fmt: skip
        failed = {
            check.name.removeprefix("test_").removesuffix("_hidden")
            for check in grade.checks
            if check.status != "passed"
        }
        assert failed == failing, right


FALSE = """
#:: solution tools
SCALE = 3
def same(a, b):
    assert a == b
def f(x):
    ### BEGIN SOLUTION
    return 2 * x
    ### END SOLUTION
#:: solution whole
TARGET = 8
def g():
    import random
    return random.random()
#:: test printed 1
if f(2) == 4:
    print("right")
#:: test wrong 1
assert f(5) == 11
#:: test drawn 1
import random
random.seed(0)
expected = random.random()
random.seed(0)
assert g() == expected
#:: test scaled 1
assert f(SCALE) == 6
#:: test helped 1
same(f(2), 4)
#:: test theirs 1
assert f(4) == TARGET
#:: test parts 2
print(f(2))
### BEGIN HIDDEN TESTS
assert f(8) == 16
### END HIDDEN TESTS
"""


def test_what_is_told_of_tests_and_values(tmp_path, plain_template):
    """who cannot be failed is left out, the solution's failure has check, call and reason, given values are copied"""
    trees, _ = begin(tmp_path / "course", page=False)
    outcome = imported(trees, "nbgrader", write(tmp_path / "ps" / "false.ipynb", FALSE), plain_template)
    assert [name for name, _ in outcome.crossed] == ["scaled", "helped", "theirs", "parts"]
    why = {name: said for name, _, said in outcome.left}
    assert "only shows what it finds (`f(2) == 4`)" in why["printed"]
    assert "does not pass the check test_wrong at f(5): assert 10 == 11; nor does it without Gradus" in why["wrong"]
    assert "test_drawn at g()" in why["drawn"]
    assert "in one process it passes: it draws numbers" in why["drawn"]
    notes = "\n".join(outcome.notes)
    for said in ("`SCALE`: students are given", "theirs: `TARGET` is the student's own", "parts: its shown part asks"):
        assert said in notes
    checks, stub = (place(outcome.address).read_text() for place in (trees.check, trees.stub))
    assert "\nSCALE = 3" in checks
    assert "\ndef same(" in checks
    assert "SCALE = 3" in stub


@pytest.mark.parametrize(
    ("file", "name"),
    [
        ("Physik-Übung 2.ipynb", "physik_uebung_2"), ("Résumé.ipynb", "resume"), ("torch.ipynb", "torch_page"),
        ("class.ipynb", "class_page"), ("random.ipynb", "random_page"), ("作業.ipynb", "p"), ("1.ipynb", "p1"),
    ],
)  # fmt: skip
def test_names_of_pages(tmp_path, file, name):
    """letters of other languages are spelt, and no page hides a module or is a word of Python's"""
    assignment = parts.Assignment("so", (), tmp_path / file)
    (tmp_path / file).touch()
    assert [address for address, _ in read.addresses([assignment], tmp_path, "s1")] == [f"s1/{name}"]


@pytest.mark.parametrize(
    ("code", "reads"),
    [
        ("class A(B):\n    c = D\n    def f(self, n):\n        s = n\n        return s + e", {"B", "D", "e"}),
        ("def f(a=b):\n    def g():\n        s = 1\n        return s + c\n    return g()", {"b", "c"}),
        ("y = [x for x in z if x > w] + (lambda q: q + v)(x)", {"z", "w", "v", "x"}),
        ("@k(m)\ndef f(x: T) -> U:\n    return f(x)", {"k", "m", "T", "U", "f"}),
        ("if a:\n    def f(): ...\n    f()", {"a"}),
    ],
)
def test_what_code_reads_from_around_it(code, reads):
    """what is local to methods and nested functions is not among it: a test may use the same names"""
    assert names.loaded(ast.parse(code).body[0]) == reads


def test_a_mark_scheme_alone_asks_what_the_words_before_it_ask():
    """an answer's cell that holds its scheme and nothing else made a question that asks nothing"""
    cell = parts.Cell("manual", "explain", "", 2.0, code=False, scheme="2 points: the server is busy.")
    words = parts.Cell("words", "cell 1", "Explain why.", code=False)
    asked = [texts._question(parts.Assignment("A", cells, Path("a.ipynb")), cell) for cells in ((words, cell), (cell,))]
    assert asked == [("Explain why.", cell.scheme), ("explain", cell.scheme)]
