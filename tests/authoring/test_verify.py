"""Does verify find what it must? One tiny course with a page for each kind of fault, verified once."""

from __future__ import annotations

import dataclasses
import json
import re
import shutil

import pytest
from typer.testing import CliRunner

from autograder.authoring import build
from autograder.authoring.mutate import Mutant
from autograder.authoring.verify import Extent, Report, run
from autograder.authoring.verify.modules import advice, picture_faults
from autograder.authoring.verify.parameters import strange_parameters
from autograder.authoring.verify.plan import Plan
from autograder.authoring.verify.statics import misspelt, signatures
from autograder.authoring.verify.tasks import Fate
from autograder.authoring.verify.verdicts import judge_plan
from autograder.cli import app
from autograder.course import syllabus
from autograder.course.catalogue import misconceptions
from autograder.errors import CourseError
from autograder.judging.collect import collect
from autograder.model import CheckResult, Grade, Settings, Submission
from tests.helpers import CHECKS, GOOD, LESSON, PAGE, SOLUTION, VARIANTS, WRONG, make_course, page, tiny

IDLE = '''

@points(1)
def test_idle(student):
    """a tensor comes back"""
    assert isinstance(student.scaled(torch.zeros(1)), torch.Tensor)
'''
FREE = '''

@points(1)
def test_free(student):
    """everybody gets this"""
'''
FOUR = LESSON.replace("points = 3", "points = 4")
#: a wrong way that no check rejects: it is right
HARMLESS = """

@misconception("writes 1.0 for 1", hint="Is that wrong?", dies_by="test_values")
def scaled(x, factor=2.0):
    return x * factor + 1.0
"""
#: ends in an exception that says too little about what was meant
UNTELLING = """

@misconception("adds a text", hint="What is a text plus a tensor?", dies_by="test_values")
def scaled(x, factor=2.0):
    return x + "1"
"""
#: answers every check as another misconception does
TWIN = """

@misconception("loses the one", hint="What is the value at x = 0?", dies_by="test_values")
def scaled(x, factor=2.0):
    return factor * x
"""
KEYWORD = """

@misconception("subtracts one", hint="What is the value at x = 0?", dies_by="test_values")
def scaled(x, *, factor=2.0):
    return x * factor - 1
"""
#: a limit that no check reaches, but random inputs do
CLAMPED = "return (x * factor + 1).clamp(max=25.0)"
CLAMPED_VARIANTS = VARIANTS.replace("1 + factor * x", "(1 + factor * x).clamp(max=25.0)").replace(
    "y + 1", "(y + 1).clamp(max=25.0)"
)
#: the last misconception
DIVIDES = "def scaled(x, factor=2.0):\n    return x / factor + 1"

#: page -> (its files, what its faults must say, each pattern once and no other fault)
FAULTY = {
    "good": (GOOD, []),
    "shipped": (page(lesson=("points = 3", "points = 3\nships_solved = true")), []),
    "solution_fails": (
        page(solution=("return x * factor + 1", "return x * factor + 1.5")),
        [r"the solution fails test_values \(internal\)", r"the solution fails test_factor"],
    ),
    "stub_passes": (
        page(checks=CHECKS + FREE, lesson=FOUR), [r"the stub passes test_free", r"test_free rejects no misconception"]
    ),
    "twice": (
        page(checks=CHECKS.replace("def test_factor", "def test_values"), lesson=("points = 3", "points = 2")),
        [r"test_twice\.py, line \d+: test_values is on line \d+, too, and only the last one counts; give",
         r"'always doubles, .* names the check test_factor, which does not exist"],
    ),
    "uncollected": (
        page(checks=CHECKS.replace("def test_factor", "def factor"), lesson=("points = 3", "points = 1")),
        [r"test_uncollected\.py, line \d+: factor is no check; call it test_factor",
         r"'always doubles, .* names the check test_factor, which does not exist"],
    ),
    "swallows": (
        page(checks=CHECKS.replace(
            "    assert_same(student.scaled(x), 2 * x + 1)\n",
            "    try:\n        y = student.scaled(x)\n    except BaseException:\n        raise\n"
            "    assert_same(y, 2 * x + 1)\n",
        )),
        [r"line 14: a check must not catch how the student's side ends"],
    ),
    "idle": (page(checks=CHECKS + IDLE, lesson=FOUR), [r"test_idle rejects no misconception"]),
    "not_dead": (page(wrong=WRONG + HARMLESS), [r"'writes 1.0 for 1' is not rejected by test_values \(but by none\)"]),
    "misnamed": (
        page(wrong=('dies_by="test_factor"', 'dies_by="test_values"')),
        [r"'always doubles, whatever `factor` says' is not rejected by test_values \(but by test_factor\)"],
    ),
    "nameless": (
        page(wrong=('dies_by="test_factor"', 'dies_by="test_fcator"')),
        [r"misconceptions\.py, line \d+: .* names the check test_fcator, which does not exist; did you"],
    ),
    "undiagnosed": (page(wrong=WRONG + UNTELLING), [r"'adds a text' is diagnosed as nothing by test_values"]),
    "twins": (
        page(wrong=WRONG + TWIN),
        [r"'forgets to add one' is diagnosed as .*'loses the one'", r"'loses the one' is diagnosed as .*'forgets to"],
    ),
    "variant_fails": (
        page(variants=("return y + 1", "return y + 2")),
        [r"the variant 'in two steps' fails test_values", r"the variant 'in two steps' fails test_factor"],
    ),
    "miscalled": (
        page(checks=CHECKS.replace("student.scaled(x, factor)", "student.scaeld(x, factor)")),
        [r"^the solution, the variant 'the other .*' and the variant 'in two .*' fail test_factor \(missing\)"],
    ),
    "points": (page(lesson=("points = 3", "points = 5")), [r"its checks are worth 3 points, the front matter says 5"]),
    "signature": (
        page(wrong=(DIVIDES, DIVIDES.replace("=2.0", ""))),
        [r"misconceptions\.py, line \d+: 'divides by the factor': the signature of scaled is not the "
         r"solution's \(x, factor=2\.0\)",
         r"'divides by the factor' is diagnosed as nothing by test_values"],
    ),
    "misspelt": (
        page(wrong=(DIVIDES, DIVIDES.replace("scaled", "scaeld"))),
        [r"misconceptions\.py, line \d+: 'divides by the factor' replaces scaeld, which the solution does not define; "
         r"did you mean scaled\?", r"'divides by the factor' is not rejected"],
    ),
    "hints": (
        page(lesson=('"look at x = 0"', '"scaled, clamped: look at x = 0"')),
        [r"hints\.md, key hints: a hint belongs to 'clamped', which the page has not; did you mean scaled"],
    ),
    "needs": (page(lesson=("seconds = 20", 'seconds = 20\nneeds = ["numpy"]')), []),
    "absent": (
        page(lesson=("seconds = 20", 'seconds = 20\nlevel = "draft"\nneeds = ["-absent_here", "pandaz"]')),
        [r"absent\.md, line 6, key needs: there is no module pandaz here; did you mean pandas\?"],
    ),
    "checked": (
        page(lesson=("seconds = 20", 'seconds = 20\nlevel = "draft"'), wrong="", variants=""), []
    ),
    "keyword": (
        page(wrong=WRONG + KEYWORD),
        [r"'subtracts one': the signature of scaled", r"'subtracts one' is diagnosed as nothing by test_values"],
    ),
    "drifted_stub": (GOOD, [r"exercises/one/drifted_stub\.py is not what `gradus build` would write"]),
    "survivors": (
        page(solution=("return x * factor + 1", CLAMPED), variants=CLAMPED_VARIANTS),
        [r"3 of 4 differing mutants die, fewer than 95%: line \d+: 25\.0 becomes 50\.0"],
    ),
    "few": (
        page(
            wrong=WRONG.partition('\n\n@misconception("divides')[0] + "\n",
            variants=VARIANTS.partition('\n\n@variant("in two')[0] + "\n",
            lesson=LESSON.replace('["look at x = 0", "look at x = 1"]', '["look"]').replace("![a line](line.png)", ""),
        ),
        [r"3 misconceptions; the standard asks for 4", r"1 correct variant; the standard asks for 2",
         r"1 hint; the standard asks for 2", r"the lesson has no picture"],
    ),
    "uninstalled": (
        page(
            lesson=("seconds = 20", 'seconds = 20\nlevel = "draft"'), wrong="", variants="",
            solution=SOLUTION.replace(
                "import torch\n",
                "import torch\nimport pandaz\ntry:\n    import cupyx\nexcept ImportError:\n    cupyx = None\n", 1,
            ),
        ),
        [r"uninstalled\.py, line 6: there is no module pandaz here; did you mean pandas\?"],
    ),
    "undefined": (
        page(
            lesson=("seconds = 20", 'seconds = 20\nlevel = "draft"'), wrong="", variants="",
            solution=SOLUTION + "\n\nLIMIT = unknown_name + 1\n",
        ),
        [r"solutions/one/undefined\.py: .*NameError: name 'unknown_name' is not .* 24: LIMIT .*; define or import"],
    ),
    "unimportable": (
        page(checks=("import torch\n", "import torch\nimport numpi\n")),
        [r"test_unimportable\.py, line 4: there is no module numpi here; did you mean numpy\?"],
    ),
    "no_checks": (page(checks=CHECKS + "\ndef (:\n"), [r"test_no_checks\.py, line 22: invalid syntax"]),
    "unreadable": (page(wrong=WRONG + "\ndef (:\n"), [r"unreadable/misconceptions\.py, line 23: invalid syntax"]),
    "unmarked": (
        page(solution=SOLUTION.replace("    ### BEGIN SOLUTION\n", "").replace("    ### END SOLUTION\n", "")),
        [r"solutions/one/unmarked\.py: there is no ### BEGIN SOLUTION"],
    ),
    "unchecked": (GOOD, [r"test_unchecked\.py: the checks are missing"]),
}  # fmt: skip


@pytest.fixture(scope="module")
def reports(tmp_path_factory):
    """What verify says of every page of the faulty course: name -> report."""
    addresses = {f"one/{name}": files for name, (files, _) in FAULTY.items()}
    trees = make_course(tmp_path_factory.mktemp("faulty"), addresses, built=False)
    course = syllabus.load(trees)
    for address in addresses:
        if address not in ("one/unmarked", "one/unreadable", "one/no_checks"):
            build.write(trees, course.exercises[address])
    stub = trees.stub("one/drifted_stub")
    stub.write_text(stub.read_text() + "# edited by hand\n")
    trees.check("one/unchecked").unlink()
    settings = Settings(0, "plain", fail_fast=True)
    heard = []
    extent = Extent(breakers=False, of_variants=0, seeds=2, variant_seeds=2)
    made = run.verify(
        list(addresses), course, trees, settings, extent, jobs=2,
        progress=lambda done, total: heard.append((done, total)),
    )  # fmt: skip
    assert heard[-1][0] == heard[-1][1] == len(heard)
    return {report.address.partition("/")[2]: report for report in made}


@pytest.mark.parametrize("name", FAULTY)
def test_each_fault_is_found_and_nothing_else(reports, name):
    """a page in order has no faults; a page with one kind of fault is told of it, and of nothing else"""
    expected, left = FAULTY[name][1], list(reports[name].faults)
    for pattern in expected:
        hits = [fault for fault in left if re.search(pattern, fault)]
        assert hits, f"{pattern} is not among {reports[name].faults}"
        left.remove(hits[0])
    assert left == []


@pytest.mark.parametrize(
    ("code", "told"),
    [
        ("def draw(): ...\n", []),
        ("def draw(size=3, *, dark=False): ...\n", []),
        ("from helpers_of_mine import draw\n", ["there is no module helpers_of_mine here"]),
        ("def draw(size, *, dark): ...\n", ["line 1: draw() is called without arguments, and needs size, dark"]),
        ("def paint(): ...\n", ["defines no draw()"]),
        ("import seaborn\nif False:\n    import pandaz\ndraw = print\n", ["did you mean pandas?"]),
    ],
)
def test_a_pictures_script(tmp_path, code, told):
    """what keeps a lesson's picture from being drawn shows without drawing it"""
    course, trees = tiny(tmp_path)
    exercise = course.exercises[PAGE]
    (trees.course / f"{exercise.address}_picture.py").write_text(code)
    faults = picture_faults(trees, exercise)
    assert len(faults) == len(told)
    assert all(words in fault for words, fault in zip(told, faults, strict=True))


def test_checks_that_cannot_be_collected(tmp_path):
    """a check file that raises is told by file, line and page, with what to do, where a class is graded, too"""
    _, trees = tiny(tmp_path)
    path = trees.check(PAGE)
    for line, why in (
        ("import numpi", "install numpi"), ("torch.no_such_thing", "mend it"), ("point(1)", "did you mean points?"),
        ("from autograder.checking import raise_s", "did you mean raises?"), ("points(print)", "as @points.2."),
        ("points(-1)", "as @points.2."), ("hidden(print)", "needs what students see"),
        ("forbids(print, of='f')", "names as texts"), ("training(print)", "as @training.2."),
    ):  # fmt: skip
        path.write_text(CHECKS.replace("import torch\n", f"import torch\nfrom autograder.checking import *\n{line}\n"))
        with pytest.raises(CourseError, match=f"test_scaled.py, line 5: the checks of {PAGE} cannot be .*[;:] .*{why}"):
            collect(trees, [PAGE], lambda plugin: None)


def test_the_counts_of_a_good_page(reports):
    """a report counts checks, misconceptions, variants and mutants"""
    good = reports["good"]
    assert (good.checks, good.misconceptions, good.variants) == (2, 4, 2)
    assert (good.killed, good.mutants, good.survivors, good.equivalent, good.unmutated) == (3, 3, [], 0, [])


def test_survivors_are_listed(reports):
    """a mutant that lives although random inputs tell it from the solution is listed by name"""
    survivors = reports["survivors"]
    assert (survivors.killed, survivors.mutants) == (3, 4)
    assert [name.partition(": ")[2] for name in survivors.survivors] == ["25.0 becomes 50.0"]


def test_a_page_that_ships_solved_has_no_mutants(reports):
    """what students do not write is not mutated"""
    assert reports["shipped"].mutants == 0


# -- without running anything --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "told"),
    [
        (["Net.foward"], [("Net.foward", "Net.forward")]),
        (["Net.__int__", "Net.forward"], [("Net.__int__", "Net.__init__")]),
        (["Net.forward", "Net.foward", "Net.__init__"], []),  # nothing is missing
        (["Net.words", "Net.__next__"], []),  # methods of its own
        (["foward", "Other.foward"], []),  # of no class of the solution's
    ],
)
def test_a_misspelt_method(written, told):
    """a method in the place of one of the solution's is a slip of the author's; one beside them is none"""
    assert misspelt(written, ["Net.__init__", "Net.forward", "fit"]) == told


def plan(tmp_path, fates):
    """The plan of a tiny page whose mutants met these fates: what -> fate."""
    course, _ = tiny(tmp_path)
    made = [Mutant(1, what, "scaled", "") for what in fates]
    return Plan(
        course.exercises[PAGE], Report(PAGE), Extent(), SOLUTION, mutants=made,
        fates={mutant.name: fate for mutant, fate in zip(made, fates.values(), strict=True)}, called=["scaled"],
    )  # fmt: skip


def test_equivalent_mutants_do_not_count(tmp_path):
    """a mutant that never differs is neither killed nor a survivor"""
    made = plan(tmp_path, {"a": Fate("test_values"), "b": Fate("", False)})
    judge_plan(made)
    assert (made.report.killed, made.report.mutants, made.report.equivalent) == (1, 1, 1)
    assert made.report.faults == []


def test_a_fault_of_the_grader_is_a_fault_of_the_page(tmp_path):
    """a check that counts as ever, while its mistakes could not be looked for, is told once for each reason"""
    made = plan(tmp_path, {})
    check = CheckResult("test_values", "values", "failed", 0.0, 1.0, fault="its mistakes could not be looked for: E: x")
    for name in ("one", "other"):
        grade = Grade(name, PAGE, "failed", 0.0, 1.0, 0.1, (check,), "plain")
        made.take(("grade", Submission(name, PAGE, "p.py", ("",))), grade)
    judge_plan(made)
    (told,) = (fault for fault in made.report.faults if "own fault" in fault)
    assert f"{PAGE}, test_values" in told
    assert "could not be looked for: E: x (one, other)" in told


@pytest.mark.parametrize(("killed", "faults"), [(19, 0), (18, 1)])
def test_ninety_five_percent_of_the_mutants_die(tmp_path, killed, faults):
    """19 of 20 is enough, 18 of 20 is a fault that lists the survivors"""
    fates = {f"m{n}": Fate("test_values" if n < killed else "") for n in range(20)}
    made = plan(tmp_path, fates)
    judge_plan(made)
    assert len(made.report.survivors) == 20 - killed
    assert len(made.report.faults) == faults
    assert all("m18" in fault and "m19" in fault for fault in made.report.faults)


def test_a_false_accusation_is_a_fault(tmp_path):
    """a mutant that is diagnosed against its behaviour is a fault, dead or not"""
    made = plan(tmp_path, {"a": Fate("test_values", True, ("forgets to add one",))})
    judge_plan(made)
    assert made.report.faults == ["the mutant 'line 1: a' is falsely accused: 'forgets to add one'"]


def test_signatures():
    """parameters with their defaults, of functions and methods, keyword-only ones marked"""
    text = "def f(x, /, y, z=1, *, k, w=(2,)):\n    def inner(q): ...\n\nclass Box:\n    def size(self, n=None): ...\n"
    assert signatures(text) == {"f": ["x", "y", "z=1", "*, k", "*, w=(2,)"], "Box.size": ["self", "n=None"]}


def test_a_report_is_in_order_without_faults():
    """a fresh report has no faults and no mutants"""
    assert Report("one/scaled").faults == []
    assert Report("one/scaled", killed=3, survivors=["a"]).mutants == 4


@pytest.mark.parametrize(
    ("level", "left", "said"),
    [
        ("draft", {}, "draft"), ("checked", {"mutants": False}, "checked"), ("proven", {}, "proven"),
        ("checked", {"breakers": False}, "draft (for checked `gradus verify one/scaled` asks breakers, too)"),
        ("proven", {"mutants": False}, "checked (for proven `gradus verify one/scaled` asks mutants, too)"),
    ],
)  # fmt: skip
def test_a_report_says_what_was_proved(tmp_path, level, left, said):
    """what a run leaves out it does not claim: verify without breakers, and what `gradus author` sees on a save"""
    trees = make_course(tmp_path, {PAGE: GOOD})
    report = Report(PAGE, level=level)
    report.unasked = run.unasked(syllabus.load(trees).exercises[PAGE], trees, level, Extent(**left))
    assert report.proved == said


@pytest.mark.parametrize(("fault", "code"), [(None, 0), ("the stub passes test_free", 1)])
def test_the_command(tmp_path, monkeypatch, fault, code):
    """`gradus verify` ends with 0 when all is in order and with 1 for a fault, which it names in words and in JSON"""
    tiny(tmp_path)
    report = Report(PAGE, [fault] if fault else [], 2, 4, 2, killed=3, survivors=["line 3: Add becomes Sub"])
    asked = []
    monkeypatch.setattr(run, "verify", lambda addresses, *rest, **options: asked.append(addresses) or [report])
    runner = CliRunner()
    told = runner.invoke(app, ["--course", str(tmp_path), "verify", "scaled"])
    assert told.exit_code == code
    assert ("✗" if fault else "✓") + " one/scaled" in told.stdout
    assert "2 checks, 4 misconceptions, 2 variants, 3 of 4 mutants die" in told.stdout
    assert "survivor  line 3: Add becomes Sub" in told.stdout
    assert (fault or "0 faults") in told.stdout
    told = runner.invoke(app, ["--course", str(tmp_path), "verify", "--json"])
    assert told.exit_code == code
    assert json.loads(told.stdout) == json.loads(json.dumps([{**dataclasses.asdict(report), "proved": "proven"}]))
    for names in (["one"], ["one/", PAGE], ["scaled", PAGE]):  # a section stands for its pages, each of them once
        runner.invoke(app, ["--course", str(tmp_path), "verify", *names])
    assert asked == [[PAGE]] * 5


#: what the two checks of the good page leave open, closed
CLOSED = '''

@points(1)
def test_promises(student):
    """x stays as it was; any shape, layout and dtype; a gradient reaches it"""
    x = torch.randn(3, 2, dtype=torch.float64).T
    with unmodified(x):
        student.scaled(x)
    assert_gradients(student.scaled, lambda x: 2 * x + 1, x)
    for x in (torch.ones(()), torch.ones(1, 3), torch.ones(2, 1), torch.ones(0, 2), torch.ones(2).half(),
              torch.ones(2).bfloat16(), torch.rand(4, 5, dtype=torch.float64), torch.rand(4, 5, dtype=torch.float64)):
        assert_same(student.scaled(x), 2 * x + 1)
    assert_same(student.scaled(x, 3.1113), 3.1113 * x + 1)
'''
IMPORTS = ("import assert_same, points", "import assert_gradients, assert_same, points, unmodified")
PROMISING = dict(GOOD, checks=CHECKS.replace(*IMPORTS) + CLOSED, lesson=FOUR)


def broken(trees, **options):
    """What verify says of a course's only page, mutants left out."""
    settings = Settings(0, "plain", fail_fast=True)
    extent = Extent(mutants=False, seeds=1, variant_seeds=1, **options)
    (report,) = run.verify([PAGE], syllabus.load(trees), trees, settings, extent, jobs=1)
    return report


def test_a_hole_is_a_survivor_until_a_check_closes_it(tmp_path):
    """a promise that no check asks about is named, with a call that shows it; with the check nothing survives"""
    holes = broken(make_course(tmp_path / "holes", {PAGE: GOOD})).breakers
    alive = {fate.name: fate for fate in holes.of("survives")}
    assert {"scaled changes `x` in place", "scaled wants `x` contiguous", "scaled reads `x` in the order of the memory",
            "scaled refuses a 0-d `x`"} <= set(alive)  # fmt: skip
    assert "floating-point tensor of any shape" in alive["scaled refuses a 0-d `x`"].said
    assert alive["scaled refuses a 0-d `x`"].shown.startswith("0-d x: scaled(x=")
    closed = broken(make_course(tmp_path / "closed", {PAGE: PROMISING}), strict_breakers=True, alibis=True)
    assert not closed.breakers.of("survives")
    dead_names = {fate.name for fate in closed.breakers.of("dies")}
    assert all(one.lasts and one.said.startswith("scaled ") for one in closed.named)
    assert {one.breaker for one in closed.named} <= dead_names
    assert "no rejected misconception" not in str(closed.faults)
    dead = {fate.name: fate.by for fate in closed.breakers.of("dies")}
    assert dead["scaled changes `x` in place"] == "test_promises"


def test_strict_breakers_are_faults_and_waivers_excuse_them(tmp_path):
    """a survivor is a fault where that is asked for; a waiver quotes the docstring and is needed"""
    trees = make_course(tmp_path, {PAGE: GOOD})
    name = "scaled changes `x` in place"
    faults = broken(trees, strict_breakers=True).faults
    assert any(fault.startswith(f"nothing rejects the breaker {name!r}") for fault in faults)
    assert not broken(trees).faults
    assert any(name in fault for fault in broken(trees, survivors=True).faults), (
        "as `gradus verify` asks of a proven page"
    )
    file = trees.waiver(PAGE)
    file.write_text(f'"{name}" = "floating-point tensor\\n of any shape"\n')
    report = broken(trees, strict_breakers=True)
    assert [fate.said for fate in report.breakers.of("waived")] == ["floating-point tensor\n of any shape"]
    assert not [fault for fault in report.faults if name in fault]
    file.write_text(
        f'"{name}" = "x may be changed"\n"scaled takes 4.0 where `factor` is left out" = "the slope"\nf = "x"\n'
    )
    faults = broken(trees).faults
    assert len(faults) == 3
    faults = "; ".join(faults)
    assert "'f' names neither a breaker nor an unproved promise of this page" in faults
    assert "quotes what the docstring does not say: 'x may be changed'" in faults
    assert "needs no waiver: it dies by test_values" in faults
    file.write_text("[")
    assert str(file) in broken(trees).faults[0]


def test_an_unproved_promise_is_waived_by_a_sentence_or_proved_by_a_misconception(tmp_path):
    """what no breaker can show is a fault until a known mistake that breaks it is named, or a sentence quoted"""
    raises = "shape and dtype.\n\n    Raises:\n        LookupError: never."
    text = SOLUTION.replace("shape and dtype.", raises)
    trees = make_course(tmp_path, {PAGE: page(solution=text)})
    promise = "scaled: that LookupError is raised"
    report = broken(trees, strict_breakers=True)
    assert report.unproved == [promise]
    assert [fault for fault in report.faults if fault.startswith(f"nothing proves {promise!r}")]
    file, mistake = trees.waiver(PAGE), misconceptions(trees, syllabus.load(trees).exercises[PAGE])[0].name
    for entry, wrong in (
        (f'"{promise}" = "LookupError: never."', ""),
        (f'[proved]\n"{promise}" = "{mistake}"', ""),
        (f'"{promise}" = "it may"', "quotes what the page does not say: 'it may'"),
        (f'[proved]\n"{promise}" = "no such"', "the page has no misconception 'no such'"),
        (f'[proved]\n"scaled: else" = "{mistake}"', "names no promise that lacks a proof"),
        ("proved = 3", "[proved] must be a table"),
        (f'[proved]\n"{promise}" = 3', "must be a text"),
    ):
        file.write_text(entry + "\n", encoding="utf-8")
        faults = [fault for fault in broken(trees).faults if "waivers.toml" in fault]
        assert [wrong in fault for fault in faults] == ([True] if wrong else []), (entry, faults)


def test_what_did_not_change_is_known_from_before(tmp_path, monkeypatch):
    """the second time nothing of a page in order is run again; then only what a change can have touched"""
    trees = make_course(tmp_path, {PAGE: GOOD})
    asked: list[str] = []
    monkeypatch.setattr(run, "run_tasks", _noting(run.run_tasks, asked))
    first = everything(trees)
    assert {"collected", "grade", "seen", "mutant", "breakers", "draws"} <= set(asked)
    asked.clear()
    again = everything(trees)
    assert not asked
    assert dataclasses.asdict(again) == dataclasses.asdict(first)
    _append(trees.misconception(PAGE), "\n# another byte\n")
    lesson = trees.lesson(PAGE)
    lesson.write_text(lesson.read_text().replace('hints = ["', 'hints = ["Another. ", "') + "\nAnother sentence.\n")
    build.write(trees, syllabus.load(trees).exercises[PAGE])
    assert dataclasses.asdict(everything(trees)) == dataclasses.asdict(first)
    assert not asked, "no mistake, no check and no solution is another one"
    _append(trees.check(PAGE), "\n# another byte\n")
    assert everything(trees).breakers == first.breakers
    assert {"breakers", "draws", "grade"} <= set(asked)


def test_of_a_page_with_a_fault_grades_and_mutants_are_asked_again(tmp_path, monkeypatch):
    """what may be the machine's fault is asked again; what a mistake did in the checks, and breakers, stays"""
    trees = make_course(tmp_path, {PAGE: page(checks=CHECKS + IDLE, lesson=FOUR)})
    asked: list[str] = []
    monkeypatch.setattr(run, "run_tasks", _noting(run.run_tasks, asked))
    first = everything(trees)
    assert first.faults
    asked.clear()
    assert everything(trees).faults == first.faults
    assert {*asked} == {"grade", "wrong", "mutant"}


def test_a_changed_mistake_alone_is_run_again(tmp_path, monkeypatch):
    """with what is kept, a save says what it says without; variants and the solution do not depend on it"""
    trees = make_course(tmp_path, {PAGE: GOOD})
    asked: list[str] = []
    monkeypatch.setattr(run, "run_tasks", _noting(run.run_tasks, asked))
    everything(trees)
    place = trees.misconception(PAGE)
    for old, new in (("    return x * factor\n", "    return factor * x\n"), ('hint="', 'hint="Look. ')):
        place.write_text(place.read_text().replace(old, new, 1))
        asked.clear()
        found = everything(trees)
        with_it = [*asked]
        shutil.rmtree(trees.root / ".gradus")
        assert dataclasses.asdict(everything(trees)) == dataclasses.asdict(found)
        assert with_it.count("seen") == ("Look" not in new), "the others are known"
        assert with_it.count("wrong") == ("Look" in new), "what is named is asked once that is known"
        assert not {"breakers", "draws", "collected"} & {*with_it}


def test_nothing_is_kept_under_what_was_saved_meanwhile(tmp_path):
    """an answer to a file that is another one by now would be believed once that is taken back"""
    trees = make_course(tmp_path, {PAGE: GOOD})
    place, before = trees.misconception(PAGE), trees.misconception(PAGE).read_text()
    course, settings = syllabus.load(trees), Settings(0, "plain")
    run.verify(
        [PAGE], course, trees, settings, Extent(mutants=False, breakers=False), jobs=1,
        saw=lambda plan, key, seen, to_come: place.write_text(before.replace("return x", "return 2 * x", 1)),
    )  # fmt: skip
    assert not list(trees.root.glob(".gradus/verify/*"))


def test_variants_are_mutated_too(tmp_path):
    """their mutants die as the solution's do, are counted apart, and are chosen by content where not all are asked"""
    trees = make_course(tmp_path, {PAGE: GOOD})
    settings = Settings(0, "plain", fail_fast=True)

    def report(count):
        extent = Extent(of_variants=count, breakers=False, seeds=1)
        return run.verify([PAGE], syllabus.load(trees), trees, settings, extent, jobs=1)[0]

    assert (report(0).killed, report(0).of_variants) == (3, 0)
    every = report(None)
    assert every.of_variants == every.killed - 3 > 4
    assert not every.survivors
    assert report(2).of_variants == 2


def everything(trees):
    """What verify says of a course's only page, a few seeds."""
    settings = Settings(0, "plain", fail_fast=True)
    return run.verify([PAGE], syllabus.load(trees), trees, settings, Extent(seeds=2), jobs=1)[0]


def _append(path, text):
    path.write_text(path.read_text() + text)


def _noting(run_tasks, asked):
    """run_tasks, noting the kinds of tasks."""

    def noted(tasks, *args, **kwargs):
        asked.extend(kind for kind, _ in tasks)
        return run_tasks(tasks, *args, **kwargs)

    return noted


def test_strange_parameters(tmp_path):
    """a parameter that neither we, pytest nor the file gives is told with its line"""
    path = tmp_path / "test_page.py"
    path.write_text(
        "import pytest\n\n@pytest.fixture\ndef x():\n    return 1\n\n"
        "@pytest.mark.parametrize('a, b', [(1, 2)])\ndef test_a(student, x, a, b, tmp_path, n=3): ...\n"
        "def test_b(studnet): ...\ndef test_c(s): ...\n"
    )
    assert strange_parameters(path) == [
        f"{path}, line 9: test_b wants studnet, which nobody gives it; did you mean student?",
        f"{path}, line 10: test_c wants s, which nobody gives it; a check gets student, and data where its page "
        "names some",
    ]


def test_a_check_that_imports_the_solution(tmp_path):
    """the advice is not to install a package of that name"""
    assert "student.f(...)" in advice("solutions")
