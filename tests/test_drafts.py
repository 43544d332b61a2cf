"""First drafts: how their file is read, what is handed in, and what is counted of what they are told."""

from __future__ import annotations

import pytest

from autograder.authoring import build
from autograder.authoring.verify.first_drafts import tallied
from autograder.course import drafts
from autograder.errors import CourseError
from autograder.model import CheckResult, Diagnosis, Exercise, Failure, Grade, Relation
from tests.helpers import GOOD, PAGE, SOLUTION, make_course, page

EXERCISE = Exercise(PAGE, "Scale and shift", 3.0)
DRAFTS = '''"""First drafts."""

# %% no one
# scaled: forgets to add one
#   or: says "off by"
import math

TWO = 2.0


def scaled(x, factor=TWO):
    return x * factor


# %% a class and a name
# scaled.forward: says "TypeError: no"
# scaled: divides by the factor
def scaled(x, factor=2.0):
    return "1" + x / factor
'''


def read(tmp_path, text=DRAFTS):
    """Read this text as the drafts of a page."""
    trees = make_course(tmp_path, {PAGE: GOOD}, built=False)
    trees.drafts(PAGE).write_text(text)
    return drafts.drafts(trees, EXERCISE)


def test_each_cell_is_a_draft_with_its_flaws(tmp_path):
    """title, flaws with names and quoted words, and the source without them"""
    one, two = read(tmp_path)
    assert (one.title, one.line) == ("no one", 3)
    assert [(f.function, f.names, f.says) for f in one.flaws] == [("scaled", ("forgets to add one",), ("off by",))]
    assert [(f.function, f.names, f.says) for f in two.flaws] == [
        ("scaled", (), ("TypeError: no",)), ("scaled", ("divides by the factor",), ()),
    ]  # fmt: skip
    assert one.source.startswith("import math")
    assert "#" not in one.source


def test_a_page_without_the_file_has_none(tmp_path):
    """nothing is demanded of a page that keeps no drafts"""
    assert drafts.drafts(make_course(tmp_path, {PAGE: GOOD}, built=False), EXERCISE) == ()


def test_what_is_handed_in_is_the_stub_filled_in(tmp_path):
    """a definition takes the place of the stub's, what it needs stands before it, the rest stays unwritten"""
    other = SOLUTION[SOLUTION.index("# %%\ndef") :].replace("scaled", "other")
    stub = build.stub_text(SOLUTION + "\n\n" + other, EXERCISE)
    (source,) = read(tmp_path)[0].submission(EXERCISE, stub).cells
    assert source.index("TWO = 2.0") < source.index("def scaled(x, factor=TWO)") < source.index("def other")
    assert source.count("def scaled") == 1
    assert source.count("NotImplementedError") == 1
    compile(source, "scaled.py", "exec")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("# %%\n# scaled: halves\nx = 1\n", "line 1: every draft needs a title"),
        (DRAFTS.replace("a class and a name", "no one"), "line 15: every draft needs a title of its own"),
        ("# %% one\ndef scaled(x):\n    return x\n", "line 1: 'one' has no flaw"),
        ("# %% one\n# it is wrong\nx = 1\n", "line 2: below a draft's title stand its flaws"),
        ("# %% one\n# scaled: halves\ndef (\n", "line 3: invalid syntax"),
    ],
)
def test_a_file_that_cannot_be_read_is_told_with_its_line(tmp_path, text, told):
    """file, line, and what is to be written there"""
    with pytest.raises(CourseError, match=told):
        read(tmp_path, text)


def grade(*failures: Failure) -> Grade:
    """Return a grade with these failures."""
    checks = tuple(CheckResult(f"test_{n}", "", "failed", 0, 1, one) for n, one in enumerate(failures))
    return Grade("no one", PAGE, "failed", 0, 1, 0, checks)


def failing(*names: str, function: str = "scaled", of: str = "scaled", seen: str = "", reason: str = "") -> Failure:
    """Return a failure of a function beside which these names of another are said."""
    relations = (Relation("scale", seen),) if seen else ()
    named = tuple(Diagnosis(name, "", of) for name in names)
    return Failure("difference", reason, relations=relations, diagnosis=named, function=function)


@pytest.mark.parametrize(
    ("failure", "fate", "false"),
    [
        (failing("forgets to add one"), "named", 0),
        (failing(reason="off by 1"), "fact", 0),
        (failing(seen="is twice as much"), "fact", 0),
        (failing(reason="something else"), "nothing", 0),
        (failing(reason="off by 1", function="other"), "nothing", 0),
        (failing("divides by the factor"), "nothing", 1),
        (failing("forgets to add one", function="other"), "nothing", 1),
        (failing("forgets to add one", "divides by the factor"), "named", 1),
    ],
)
def test_what_a_flaw_is_told(tmp_path, failure, fate, false):
    """a true name beside its own function's failure; else words or a relation there; any other name is false"""
    tally = tallied(read(tmp_path)[:1], {"no one": grade(failure)})
    assert [one.fate for one in tally.flaws] == [fate]
    assert len(tally.false) == false, tally.false
    assert tally.short[0].startswith("1 first drafts")


def test_verify_counts_the_drafts_of_a_page(tmp_path):
    """drafts are graded as a student's file is, and a flaw that names no misconception is a fault"""
    from autograder.authoring.verify import Extent, run
    from autograder.course import syllabus
    from autograder.model import Settings

    trees = make_course(tmp_path, {PAGE: page()})
    trees.drafts(PAGE).write_text(DRAFTS.split("# %% a class")[0] + "\n\n# %% an unknown\n# scaled: halves\nx = 1\n")
    extent = Extent(mutants=False, breakers=False, seeds=1, variant_seeds=1, strict_drafts=True)
    (report,) = run.verify([PAGE], syllabus.load(trees), trees, Settings(0, "plain"), extent, jobs=1)
    assert report.drafts.summary == "2 drafts: of 2 flaws 1 named, 0 told a fact, 1 nothing, 0 false"
    assert any("line 18: scaled has no misconception 'halves'" in fault for fault in report.faults)
    assert any("2 first drafts; the standard asks for 10" in fault for fault in report.faults)
