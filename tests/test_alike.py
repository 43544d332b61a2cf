"""Nobody's grade depends on anybody else: a class in any order, with any number of judges, with memory or without.

The classes are drawn from right and wrong versions, stubs, and submissions that misbehave. ``GRADUS_CLASSES=20`` draws
more of them than the suite does.
"""

from __future__ import annotations

import functools
import importlib.util
import os
import random
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from autograder.course import catalogue, syllabus
from autograder.course.trees import Trees
from autograder.course.trees import trees as trees_of_the_course
from autograder.judging.collect import collect
from autograder.judging.judge import Judge
from autograder.model import Grade, Settings, Submission, Syllabus
from autograder.running.pool import grade_many
from autograder.sandbox.host.forked import Template
from tests.helpers import CHECKS, PAGE, ROOT, make_course, page
from tests.misbehaviour import course as steps
from tests.misbehaviour import files

pytestmark = pytest.mark.usefixtures("warm")

CLASSES = int(os.environ.get("GRADUS_CLASSES", "1"))
SIZE = 9  #: submissions of a class
SETTINGS = Settings(seed=7, isolation="plain")
CORPUS = Path(files.__file__).parent
#: checks that do what a check should not: one swallows every end, one asks for names, one looks at the clock
PRONE = """

@points(1)
def test_small(student):
    \"\"\"three ones become three threes\"\"\"
    try:
        result = student.scaled(torch.ones(3))
    except BaseException:
        raise CheckFailure("it takes too much") from None
    assert_same(result, torch.full((3,), 3.0))


@points(1)
def test_names(student):
    \"\"\"it is there, and so is what it comes with\"\"\"
    require(student.has("scaled"), "scaled is not there")
    assert_same(student.scaled(torch.zeros(2)), torch.ones(2))


@hidden("the time goes on")
@training(20)
def test_clock(student):
    \"\"\"at any time of day\"\"\"
    now = torch.tensor(float(time.perf_counter_ns()), dtype=torch.float64)
    require(student.scaled(now).item() == 2 * now.item() + 1, "not at this time")


@points(1)
def test_last(student):
    \"\"\"and once more\"\"\"
    assert_same(student.scaled(torch.ones(2, 2), 3.0), torch.full((2, 2), 4.0))
"""

PRANKS = {
    "ends_at_three": "import os\ndef scaled(x, factor=2.0):\n"
    "    if x.shape == (3,) and factor == 2.0: os._exit(0)\n    return x * factor + 1",
    "runs_out_at_three": "import torch\ndef scaled(x, factor=2.0):\n"
    "    if x.shape == (3,) and factor == 2.0: return torch.ones(1 << 40)\n    return x * factor + 1",
    "only_a_getattr": "def right(x, factor=2.0): return x * factor + 1\n"
    "def __getattr__(name):\n    if name == 'scaled': return right\n    raise AttributeError(name)",
    "a_module_of_its_name": "import math as scaled",
    "a_number": "scaled = 5",
    "nothing_defined": "x = 1",
    "stops_on_the_way": "def scaled(x, factor=2.0): return x * factor + 1\n1 / 0",
    "stops_before": "1 / 0\ndef scaled(x, factor=2.0): return x * factor + 1",
    "counts": "n = 0\ndef scaled(x, factor=2.0):\n    global n\n    n += 1\n"
    "    return x * factor + (1 if n < 4 else n)",
    "every_other": "n = 0\ndef scaled(x, factor=2.0):\n    global n\n    n += 1\n    return x * factor + n % 2",
    "keeps_its_first": "first = []\ndef scaled(x, factor=2.0):\n    first.append(x * factor + 1)\n    return first[0]",
    "in_place": "def scaled(x, factor=2.0): return x.mul_(factor).add_(1)",
    "raises": "def scaled(x, factor=2.0):\n"
    "    if factor == 3.0: raise ValueError(f'no {x.sum()}')\n    return x * factor + 1",
    "not_yet": "def scaled(x, factor=2.0): raise NotImplementedError",
    "parameter": "import torch\ndef scaled(x, factor=2.0): return torch.nn.Parameter(x * factor + 1)",
    "double_by_default": "import torch\ntorch.set_default_dtype(torch.float64)\n"
    "def scaled(x, factor=2.0): return x * torch.tensor(factor) + 1",
    "half_a_character": "def scaled(x, factor=2.0): return '\\ud83d'",
    "no_character": "import numpy as np\n"
    "def scaled(x, factor=2.0): return np.array([0x7fffffff], dtype=np.uint32).view('<U1')",
    "object_array": "import numpy as np\ndef scaled(x, factor=2.0): return np.array(object(), dtype=object)",
    "large_int": "def scaled(x, factor=2.0): return 2**62 + 1",
    "deep": "def scaled(x, factor=2.0):\n    y = []\n    for _ in range(40): y = [y]\n    return y",
    "too_deep": "def scaled(x, factor=2.0):\n    y = []\n    for _ in range(1000): y = [y]\n    return y",
    "lies": "class Lies:\n    shape = dtype = property(lambda s: 1 / 0)\n    def __len__(s): return -5\n"
    "    def __repr__(s): raise SystemExit\ndef scaled(x, factor=2.0): return Lies()",
    "seeds": "import torch, random\ndef scaled(x, factor=2.0):\n    torch.manual_seed(0); random.seed(0)\n"
    "    return x * factor + 1",
    "another_object_each_time": "class Thing: pass\ndef scaled(x, factor=2.0): return Thing()",
    "one_object": "class Thing: pass\none = Thing()\ndef scaled(x, factor=2.0): return one",
}


def scaled_class(root: Path) -> tuple[Syllabus, Trees, list[Submission]]:
    """A page with checks as they should not be, and who may hand in for it."""
    checks = CHECKS.replace("import torch\n", "import time\n\nimport torch\n", 1) + PRONE
    checks = checks.replace(
        "import assert_same, points", "import CheckFailure, assert_same, hidden, points, require, training"
    )
    trees = make_course(root, {PAGE: page(checks=checks)}, built=False)
    course = syllabus.load(trees)
    exercise = course.exercises[PAGE]
    solution = catalogue.solution_submission(trees, exercise)
    versions = [*catalogue.variants(trees, exercise), *catalogue.misconceptions(trees, exercise)]
    pool = [solution, *(one.submission(exercise, solution.cells[0]) for one in versions)]
    pool += [replace(solution, cells=(text + "\n",)) for text in PRANKS.values()]
    named = ["solution", *(one.name for one in versions), *PRANKS]
    return course, trees, [replace(one, student=name) for name, one in zip(named, pool, strict=True)]


def steps_class(root: Path) -> tuple[Syllabus, Trees, list[Submission]]:
    """The page of the misbehaving corpus, the corpus, and honest neighbours."""
    patient = {**steps.PAGE, "lesson": steps.PAGE["lesson"].replace(f"seconds = {steps.SECONDS}", "seconds = 20")}
    trees = make_course(root, {steps.ADDRESS: patient}, built=False)
    beside = tuple((path.name, path.read_bytes()) for path in sorted((CORPUS / "beside").glob("*.py")))
    pool = [Submission(f"honest {n}", steps.ADDRESS, "steps.py", (files.RIGHT + "\n" * n,), beside) for n in range(4)]
    kinds = ("answers", "channel", "ends", "habits", "library", "texts")
    corpus = [path for kind in kinds for path in sorted((CORPUS / kind).glob("*.py"))]
    corpus = [path for path in corpus if "timeout" not in path.read_text("utf-8")]  # which the machine's load decides
    pool += [Submission(p.stem, steps.ADDRESS, "steps.py", (p.read_text("utf-8"),), beside) for p in corpus]
    return syllabus.load(trees), trees, pool


def told(grade: Grade) -> Grade:
    """All of a grade but how long it took, and what was answered to a check that asks for the time."""
    checks = tuple(replace(one, answers="") if one.name == "test_clock" else one for one in grade.checks)
    return replace(grade, seconds=0.0, checks=checks)


@pytest.fixture
def assert_alike(template_of: Callable[..., Template]) -> Callable[..., None]:
    """What is asked of a class."""
    return functools.partial(_assert_alike, template_of)


def _assert_alike(
    template_of: Callable[..., Template], course: Syllabus, trees: Trees, several: list[Submission], draw: random.Random
) -> None:
    """Each is graded as it is alone by a judge without memory: in any order, and by two judges."""
    alone: dict[str, Grade] = {}
    found: list[tuple[str, Grade]] = []

    def loop(plugin) -> None:
        for memory in (False, True):
            judge = Judge(course, trees, SETTINGS, plugin.checks, plugin.run)
            try:
                if not memory:
                    judge.memory = None
                    alone.update((one.student, told(judge.grade(one))) for one in several)
                    continue
                order = draw.sample(several, len(several))
                for one in [*order, *order[:2]]:
                    found.append((f"after {[g.student for _, g in found]}", told(judge.grade(one))))
            finally:
                judge.close()

    collect(trees, [several[0].exercise], loop)
    order = draw.sample(several, len(several))
    template = template_of("plain", course.exercises[several[0].exercise].needs)
    found += [("two judges", told(g)) for g in grade_many(order, course, trees, SETTINGS, jobs=2, template=template)]
    for how, grade in found:
        assert grade == alone[grade.student], f"{grade.student}, {how}"


@pytest.mark.parametrize("number", range(CLASSES))
@pytest.mark.parametrize("made", [scaled_class, steps_class])
def test_any_class_in_any_order(assert_alike: Callable, made: Callable, number: int, tmp_path: Path):
    """status, points, messages, diagnoses and notes of everybody are those of whoever is graded alone"""
    course, trees, pool = made(tmp_path)
    draw = random.Random(number)
    honest = pool[:3]
    assert_alike(course, trees, [*honest, *draw.sample(pool[3:], min(SIZE, len(pool)) - len(honest))], draw)


@pytest.mark.parametrize("name", ["softmax", "regression_losses", "gradient_descent", "convolution", "csv_loading"])
def test_a_realistic_class_in_any_order(assert_alike: Callable, name: str):
    """known and unknown mistakes, first drafts, right ways written anew: each has the grade that it has alone"""
    spec = importlib.util.spec_from_file_location("realistic_class", ROOT / "benchmarks" / "class.py")
    benchmark = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(benchmark)
    places = trees_of_the_course()
    course = syllabus.load(places)
    address = syllabus.find(course, name).address
    draw = random.Random(name)
    texts = draw.sample(benchmark.sources(name, 200), SIZE)
    several = [Submission(f"s{n}", address, f"{name}.py", (text,)) for n, text in enumerate(texts)]
    assert_alike(course, places, several, draw)


def test_the_neighbours_of_the_worst(assert_alike: Callable, tmp_path: Path):
    """among who ends in a check that makes a verdict of it, who has no names, and who counts, the honest stay honest"""
    course, trees, pool = scaled_class(tmp_path)
    by_name = {one.student: one for one in pool}
    worst = [by_name[name] for name in ("ends_at_three", "only_a_getattr", "every_other", "no_character")]
    assert_alike(course, trees, [*pool[:2], *worst], random.Random(0))
