"""`gradus author` and `gradus suggest`: what a save made of a page, and what the catalogue lacks."""

from __future__ import annotations

import re
from dataclasses import replace

from autograder.authoring import loop
from autograder.authoring.suggest import doubtful, groups
from autograder.cli.author import _show_groups
from autograder.cli.reports import _counts
from autograder.course import syllabus
from autograder.language import speaking
from autograder.model import Failure, Settings, Submission
from autograder.running.pool import grade_many
from tests.helpers import GOOD, PAGE, SOLUTION, make_course, tiny


def test_a_save_shows_what_dies_and_what_a_student_reads(tmp_path, plain_template):
    """each known mistake is told with its check and message; what is saved next is seen, generated files included"""
    trees = make_course(tmp_path, {PAGE: GOOD})
    first = loop.look(trees, PAGE, plain_template, 1)
    assert [(one.name, one.dies_by) for one in first.mistakes][:1] == [("forgets to add one", "test_values")]
    assert "forgets to add one" in first.mistakes[0].message
    assert "expected" in first.mistakes[0].message
    assert first.report.faults == []
    assert first.report.proved.startswith("draft (for proven"), "breakers and mutants were not asked"
    place = trees.misconception(PAGE)
    place.write_text(place.read_text().replace("    return x * factor\n", "    return x * factor + 1\n", 1))
    saw = []
    trees.solution(PAGE).write_text(SOLUTION.replace("slope `factor`.", "slope `factor`, at each position."))
    before = loop.saved(loop.files(trees, PAGE))
    second = loop.look(trees, PAGE, plain_template, 1, saw=saw.append)
    assert len(saw) == len(second.mistakes), "another solution is another source of each of them"
    assert second.mistakes[0].dies_by == ""
    assert any("is not rejected by test_values" in fault for fault in second.report.faults)
    assert "at each position" in trees.stub(PAGE).read_text(), "the stub was brought into step"
    assert loop.saved(loop.files(trees, PAGE)) == before, "what it generates is no save"
    assert first.seconds > 0
    last = second.mistakes[-1].name
    text = place.read_text()
    at = text.index(f'"{last}"')
    place.write_text(text[:at] + text[at:].replace("    return ", "    pass\n    return ", 1))
    saw.clear()
    third = loop.look(trees, PAGE, plain_template, 1, saw=saw.append)
    assert [one.name for one in saw] == [last], "what did not change is known"
    assert third.mistakes[0].name == last, "what changed comes first"
    assert {one.name: one for one in third.mistakes} == {one.name: one for one in second.mistakes}


def test_a_solution_that_fails_is_told_once_in_english(tmp_path, plain_template):
    """the fault says what came back, not that the check counts for nobody, whatever the course's language"""
    trees = make_course(tmp_path, {PAGE: GOOD})
    trees.solution(PAGE).write_text(SOLUTION.replace("return x * factor + 1", "return x * factor + 2"))
    with speaking("de"):
        look = loop.look(trees, PAGE, plain_template, 1)
    said = [fault for fault in look.report.faults if "test_values" in fault and "solution fails" in fault]
    assert len(said) == 1
    assert "came back" in said[0]
    assert not any("for nobody" in fault for fault in look.report.faults)


def test_what_cannot_be_read_is_a_line(tmp_path, plain_template):
    """a file that is being written and is no Python now ends nothing"""
    trees = make_course(tmp_path, {PAGE: GOOD})
    trees.solution(PAGE).write_text("def scaled(:\n")
    look = loop.look(trees, PAGE, plain_template, 1)
    assert len(look.report.faults) == 1
    assert "scaled.py" in look.report.faults[0]
    assert _counts(look.report) == "cannot be read", "it says nothing of a level that nobody could ask for"


def test_each_source_of_a_mistake_is_told(tmp_path, plain_template):
    """two sources under one name are shown one by one, each with its own answer: the first one's was shown for both"""
    trees = make_course(tmp_path, {PAGE: GOOD})
    place, text = trees.misconception(PAGE), trees.misconception(PAGE).read_text()
    again = '\n\n@misconception("forgets to add one")\ndef scaled(x, factor=2.0):\n    return x * factor + 0.5 * x\n'
    place.write_text(text + again)
    shown = loop.look(trees, PAGE, plain_template, 1).mistakes
    assert [one.name for one in shown if one.name.startswith("forgets")] == [
        "forgets to add one", "forgets to add one (2)"
    ]  # fmt: skip
    assert shown[0].message != shown[-1].message


def test_a_look_sees_every_save(tmp_path, plain_template):
    """the first look comes at once, the next after a save"""
    trees = make_course(tmp_path, {PAGE: GOOD})
    looks = loop.looks(trees, PAGE, plain_template, 1)
    assert next(looks).report.faults == []
    lesson = trees.lesson(PAGE)
    lesson.write_text(lesson.read_text().replace("points = 3", "points = 4"))
    assert any("worth 3 points" in fault for fault in next(looks).report.faults)


WRONG = {
    "ada": "return factor - x", "bob": "y = factor - x\n    return y", "eve": "return factor - x  # so",
    "kim": "return x * factor", "liv": "return x ** 2", "ole": "return x * factor + 1",
}  # fmt: skip


def test_suggest_groups_what_nothing_names(tmp_path, plain_template):
    """equal wrong answers are one group whatever their code, the largest first; named mistakes are none"""
    course, trees = tiny(tmp_path)
    handed = [
        Submission(name, PAGE, "scaled.py", (f"import torch\n\n\ndef scaled(x, factor=2.0):\n    {body}\n",))
        for name, body in WRONG.items()
    ]
    grades = grade_many(handed, course, trees, Settings(0, "plain"), jobs=1, template=plain_template)
    found = groups(grades, handed, syllabus.load(trees).exercises[PAGE])
    assert [group.students for group in found] == [("ada", "bob", "eve"), ("liv",)]
    largest = found[0]
    assert largest.checks == ("test_values", "test_factor")
    assert largest.code == "def scaled(x, factor=2.0):\n    return factor - x"
    assert 'dies_by="test_values"' in largest.entry
    assert largest.calls[0][0].startswith("scaled(")


def test_suggest_begins_no_entry_without_code(tmp_path, plain_template, capsys):
    """a file that is no Python is told once, and not as the first line of an entry that decorates nothing"""
    course, trees = tiny(tmp_path)
    one = Submission("ada", PAGE, "scaled.py", ("def scaled(:\n",))
    grades = grade_many([one], course, trees, Settings(0, "plain"), jobs=1, template=plain_template)
    (found,) = groups(grades, [one], course.exercises[PAGE])
    assert (found.code, found.entry, len(found.checks), len(found.calls)) == ("", "", 2, 1)
    _show_groups([found], 1, 1, course.exercises[PAGE])
    said = capsys.readouterr().out
    assert "SyntaxError" in said
    assert "@misconception" not in said
    assert "no definition can be shown" in said


def test_suggest_tells_values_apart_that_differ_late(tmp_path, plain_template, capsys):
    """a difference after four digits, or behind what is shown of a large tensor, is written out"""
    course, trees = tiny(tmp_path)
    body = "y = x * factor + 1\n    return y * (1 + 1e-6)"
    one = Submission("ada", PAGE, "scaled.py", (f"def scaled(x, factor=2.0):\n    {body}\n",))
    grades = grade_many([one], course, trees, Settings(0, "plain"), jobs=1, template=plain_template)
    (found,) = groups(grades, [one], course.exercises[PAGE])
    _, got, expected, difference = found.calls[0]
    assert got == expected, "in four digits the two are alike"
    wrong, right = re.search(r"at \[0, 0\]: (\S+) instead of (\S+)", difference).groups()
    assert float(wrong) != float(right)
    _show_groups([found], 1, 1, course.exercises[PAGE])
    assert f"{wrong} instead of {right}" in " ".join(capsys.readouterr().out.split())


def test_what_a_busy_machine_did_not_let_a_check_see_splits_no_group(tmp_path, plain_template):
    """a time-out, a lost worker is no answer: the submission joins those that it agrees with in all that is known"""
    course, trees = tiny(tmp_path)
    handed = [
        Submission(name, PAGE, "scaled.py", (f"def scaled(x, factor=2.0):\n    {body}\n",))
        for name, body in WRONG.items()
    ]
    grades = grade_many(handed, course, trees, Settings(0, "plain"), jobs=1, template=plain_template)
    exercise = syllabus.load(trees).exercises[PAGE]
    calm = [group.students for group in groups(grades, handed, exercise)]
    assert doubtful(grades) == []
    for status in ("timeout", "internal", "memory", "crashed"):
        for place in range(len(grades[0].checks)):
            busy = [
                replace(grade, checks=tuple(
                    replace(check, status=status, failure=Failure("problem", "no answer within the limit"))
                    if number == place and grade.student in ("bob", "liv") else check
                    for number, check in enumerate(grade.checks)
                ))
                for grade in grades
            ]  # fmt: skip
            assert [group.students for group in groups(busy, handed, exercise)] == calm
            assert {grade.student for grade in doubtful(busy)} == {"bob", "liv"}
    assert groups(list(reversed(grades)), handed, exercise)[0].students == calm[0]
