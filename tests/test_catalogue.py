"""Wrong ways and other right ways, read from their files without running them."""

from __future__ import annotations

import pytest

from autograder.course import catalogue
from autograder.course.rewrites import misconception, variant
from autograder.errors import CourseError
from autograder.model import Exercise
from tests.helpers import GOOD, PAGE, VARIANTS, WRONG, make_course, page

EXERCISE = Exercise(PAGE, "Scale", 3)


def run(submission):
    """The names that a submission's source defines, run here: it is this file's own text."""
    names: dict = {}
    exec(compile("".join(submission.cells), submission.filename, "exec"), names)
    return names


def mistake(tmp_path, kind, text):
    """The one-line message of reading a wrong file."""
    trees = make_course(tmp_path, {PAGE: page(**{kind: text})}, built=False)
    with pytest.raises(CourseError) as caught:
        (catalogue.misconceptions if kind == "wrong" else catalogue.variants)(trees, EXERCISE)
    path = trees.misconception(PAGE) if kind == "wrong" else trees.variant(PAGE)
    assert "\n" not in str(caught.value)
    assert str(caught.value).startswith(str(path))
    return str(caught.value)


def test_misconceptions(tmp_path):
    """each misconception has its name, function, hint, check and line, in the order of the file"""
    found = catalogue.misconceptions(make_course(tmp_path, {PAGE: GOOD}, built=False), EXERCISE)
    assert [m.name for m in found][:2] == ["forgets to add one", "adds one before multiplying"]
    assert {m.of for m in found} == {"scaled"}
    assert (found[0].hint, found[0].dies_by) == ("What is the value at x = 0?", "test_values")
    lines = WRONG.splitlines()
    assert all("def scaled" in lines[m.line - 1] for m in found)


def test_a_rewrite_is_a_submission(tmp_path):
    """a misconception replaces the solution's function and keeps the rest, as a submission of its own name"""
    trees = make_course(tmp_path, {PAGE: GOOD}, built=False)
    solution = catalogue.solution_submission(trees, EXERCISE)
    assert (solution.student, solution.filename) == ("solution", "scaled.py")
    wrong = catalogue.misconceptions(trees, EXERCISE)[0].submission(EXERCISE, solution.cells[0])
    assert (wrong.student, wrong.exercise) == ("forgets to add one", PAGE)
    assert run(solution)["scaled"](3.0) == 7.0
    assert run(wrong)["scaled"](3.0) == 6.0


def test_of_names_the_function_that_is_replaced(tmp_path):
    """with of= a definition of another name takes the function's place"""
    text = (
        "from autograder.course.rewrites import misconception\n\n"
        '@misconception("triples", hint="h", dies_by="test_values", of="scaled")\ndef triple(x, factor=2.0):\n'
        "    return 3 * x\n"
    )
    trees = make_course(tmp_path, {PAGE: page(wrong=text)}, built=False)
    (found,) = catalogue.misconceptions(trees, EXERCISE)
    assert found.of == "scaled"
    assert run(found.submission(EXERCISE, GOOD["solution"]))["scaled"](2.0) == 6.0


def test_shared_lines_travel_with_every_rewrite(tmp_path):
    """imports and helpers of the file come along, the decorator's import does not"""
    text = (
        "import math\nfrom autograder.course.rewrites import misconception\n\nONE = 1\n\n"
        "def helper(x):\n    return math.floor(x) + ONE\n\n"
        '@misconception("floors", hint="h", dies_by="t")\ndef scaled(x, factor=2.0):\n    return helper(x)\n\n'
        '@misconception("floors twice", hint="h", dies_by="t")\n'
        "def scaled(x, factor=2.0):\n    return helper(helper(x))\n"
    )
    trees = make_course(tmp_path, {PAGE: page(wrong=text)}, built=False)
    one, two = catalogue.misconceptions(trees, EXERCISE)
    for rewrite, value in ((one, 3), (two, 4)):
        assert "autograder" not in rewrite.source
        assert run(rewrite.submission(EXERCISE, GOOD["solution"]))["scaled"](2.5) == value


def test_variants_of_one_name_belong_together(tmp_path):
    """several definitions under one variant's name are one submission"""
    text = VARIANTS + '\n\n@variant("in two steps")\ndef helper(x):\n    return x\n'
    trees = make_course(tmp_path, {PAGE: page(variants=text)}, built=False)
    found = {v.name: v for v in catalogue.variants(trees, EXERCISE)}
    assert set(found) == {"the other way round", "in two steps"}
    names = run(found["in two steps"].submission(EXERCISE, GOOD["solution"]))
    assert names["scaled"](3.0) == 7.0
    assert names["helper"](5) == 5


def test_a_class_can_be_rewritten(tmp_path):
    """classes are replaced like functions"""
    text = '@misconception("has no size", hint="h", dies_by="t")\nclass Box:\n    size = 0\n'
    trees = make_course(tmp_path, {PAGE: page(wrong=text)}, built=False)
    (found,) = catalogue.misconceptions(trees, EXERCISE)
    assert run(found.submission(EXERCISE, "class Box:\n    size = 1\n"))["Box"].size == 0


def test_the_files_are_not_run(tmp_path):
    """reading a catalogue runs none of it"""
    bomb = f"open({str(tmp_path / 'ran')!r}, 'w')\n"
    trees = make_course(tmp_path, {PAGE: page(wrong=WRONG + bomb, variants=VARIANTS + bomb)}, built=False)
    assert len(catalogue.misconceptions(trees, EXERCISE)) == 4
    assert len(catalogue.variants(trees, EXERCISE)) == 2
    assert not (tmp_path / "ran").exists()


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (WRONG + "\n\ndef broken(:\n", "line 24"),
        (
            WRONG.replace('"adds one before multiplying", ', '"forgets to add one", of="other", '),
            "scaled and other have a misconception 'forgets to add one' each",
        ),
        (WRONG.replace('hint="Which comes first?", ', ""), "needs hint=, a sentence for whoever writes this"),
        (WRONG.replace(', dies_by="test_factor"', ""), "needs dies_by=, the name of a check that it fails"),
        (WRONG.replace('"adds one before multiplying", ', ""), "needs a name"),
        (WRONG.replace('"adds one before multiplying"', "3"), "must be a plain text"),
        (WRONG.replace('"adds one before multiplying"', "str(3)"), "must be a plain text"),
        ("x = 1\0", "null"),
        (WRONG.replace("dies_by=", "dies_bye=", 1), "takes no dies_bye=; did you mean dies_by?"),
        (WRONG.replace("hint=", "tip=", 1), "takes no tip=; it takes hint, dies_by, of"),
        (WRONG.replace("hint=", "", 1).replace("dies_by=", "", 1), "takes one text, the name"),
        (
            WRONG.replace("@misconception(", "@misconcpetion(", 1),
            "@misconcpetion is not known; did you mean misconception?",
        ),
        (WRONG.replace("@misconception(", "@variant(", 1), "@variant belongs into variants.py"),
        (WRONG + "\n\n@misconception\ndef scaled(x):\n    return x\n", "@misconception needs a name"),
    ],
)
def test_mistakes_in_misconceptions(tmp_path, text, says):
    """each mistake names the file and the line"""
    message = mistake(tmp_path, "wrong", text)
    assert says in message
    assert ", line " in message or "null" in message


def test_one_mistake_may_have_several_sources(tmp_path):
    """a further source has the first one's hint and check, and a key of its own"""
    again = WRONG + '\n\n@misconception("forgets to add one")\ndef scaled(x, factor=2.0):\n    return factor * x\n'
    trees = make_course(tmp_path, {PAGE: page(wrong=again)}, built=False)
    *_, last = catalogue.misconceptions(trees, EXERCISE)
    assert (last.key, last.name) == ("forgets to add one (2)", "forgets to add one")
    assert (last.hint, last.dies_by) == ("What is the value at x = 0?", "test_values")


def test_one_source_may_make_two_mistakes(tmp_path):
    """a definition marked twice is a source of either mistake, and knows the other's name"""
    text = WRONG + (
        '\n\n@misconception("forgets to add one")\n@misconception("adds one before multiplying")\n'
        "def scaled(x, factor=2.0):\n    return (x + 1) * x\n"
    )
    found = catalogue.misconceptions(make_course(tmp_path, {PAGE: page(wrong=text)}, built=False), EXERCISE)
    one, other = found[-2:]
    assert (one.key, other.key) == ("forgets to add one (2)", "adds one before multiplying (2)")
    assert (one.also, other.also) == (("adds one before multiplying",), ("forgets to add one",))
    assert one.source == other.source
    assert "@misconception" not in one.source
    assert one.hint == found[0].hint


def test_mistakes_in_variants(tmp_path):
    """a variant without a name is a mistake with file and line"""
    assert "line 5: @variant needs a name" in mistake(
        tmp_path, "variants", VARIANTS.replace('"the other way round"', "")
    )


def test_a_missing_solution_is_named_and_a_page_may_know_no_mistakes(tmp_path):
    """a solution that is not there is one clear error with its path; without the other two files there are none"""
    trees = make_course(tmp_path, {PAGE: GOOD}, built=False)
    for path in (trees.misconception(PAGE), trees.variant(PAGE), trees.solution(PAGE)):
        path.unlink()
    with pytest.raises(CourseError, match=r"scaled\.py: "):
        catalogue.solution_text(trees, EXERCISE)
    assert catalogue.misconceptions(trees, EXERCISE) == catalogue.variants(trees, EXERCISE) == ()


@pytest.mark.parametrize("read", [catalogue.misconceptions, catalogue.variants, catalogue.solution_text])
def test_a_file_that_is_not_utf8_is_named(tmp_path, read):
    """a file in another encoding is one clear error with its path"""
    trees = make_course(tmp_path, {PAGE: GOOD}, built=False)
    for path in (trees.misconception(PAGE), trees.variant(PAGE), trees.solution(PAGE)):
        path.write_bytes("# Müller\n".encode("latin-1"))
    with pytest.raises(CourseError, match=r"scaled.*\.py.*UTF-8"):
        read(trees, EXERCISE)


def test_the_decorators_change_nothing():
    """the files are valid Python: the decorators hand back what they decorate"""
    assert misconception("n", hint="h", dies_by="d", of="f")(test_the_files_are_not_run) is test_the_files_are_not_run
    assert variant("n")(run) is run
