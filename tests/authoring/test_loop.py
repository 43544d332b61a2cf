"""`gradus author` and `gradus suggest`: what a save made of a page, and what the catalogue lacks."""

from __future__ import annotations

import re
import shutil
from dataclasses import asdict, replace

from typer.testing import CliRunner

from autograder.authoring import loop
from autograder.authoring.suggest import doubtful, groups
from autograder.authoring.verify import Extent, run
from autograder.authoring.verify.saved_checks import as_they_were, keys_of_checks
from autograder.authoring.verify.tasks import Rest
from autograder.cli import app
from autograder.cli.author import _show_groups
from autograder.cli.reports import _counts, _show_first
from autograder.course import syllabus
from autograder.language import speaking
from autograder.model import Failure, Settings, Submission
from autograder.running import pool
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
    second = loop.look(trees, PAGE, plain_template, 1, saw=lambda one, to_come: saw.append((one, to_come)))
    own, of_mistakes = saw[:2], saw[2:]
    assert [one.name for one, _ in own] == ["the solution", "the stub"], "the first verdicts of a save"
    assert all(one.right for one, _ in own)
    assert len(of_mistakes) == len(second.mistakes), "another solution is another source of each of them"
    assert [to_come for _, to_come in saw] == [4, 4, 3, 2, 1, 0]
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
    third = loop.look(trees, PAGE, plain_template, 1, saw=lambda one, to_come: saw.append(one.name))
    assert saw == ["the stub", last], "what did not change is known; a stub that fails may be the machine's doing"
    assert third.mistakes[0].name == last, "what changed comes first"
    assert {one.name: one for one in third.mistakes} == {one.name: one for one in second.mistakes}


def _asked(monkeypatch):
    """What judges are asked from now on, the rest of what was asked before as (kind of it, source, checks known)."""
    asked = []
    original = run.run_tasks

    def noted(tasks, *args, done, **kwargs):
        def and_then(task, answer):
            rest = isinstance(task[1], Rest)
            if rest or task[0] in ("seen", "grade"):
                asked.append(
                    (task[1].kind if rest else task[0], task[1].student, sorted(task[1].results) if rest else [])
                )
            return done(task, answer)

        return original(tasks, *args, done=and_then, **kwargs)

    monkeypatch.setattr(run, "run_tasks", noted)
    return asked


def _of(look):
    return {**asdict(look.report), "mistakes": sorted(look.mistakes, key=lambda one: one.name)}


def test_a_saved_check_alone_is_run_again(tmp_path, plain_template, monkeypatch):
    """what each source did in the other checks is known; the look says what it would say without, and proves nothing"""
    trees = make_course(tmp_path, {PAGE: GOOD})
    loop.look(trees, PAGE, plain_template, 1)
    asked = _asked(monkeypatch)
    place = trees.check(PAGE)
    for old, new in (("(3.0, -0.5)", "(2.0, 2.0)"), ("(2.0, 2.0)", "(4.0, 1.0)")):
        asked.clear()
        place.write_text(place.read_text().replace(old, new))
        looked = loop.look(trees, PAGE, plain_template, 1)
        assert {known for _, student, known in asked if student != "stub" for known in known} == {"test_values"}
        assert {(kind, len(known)) for kind, student, known in asked if student != "stub"} == {
            ("seen", 1),
            ("grade", 1),
        }
        assert asked[2][1].startswith("always doubles"), "who should die by the saved check comes first"
        kept = (trees.root / ".gradus").rename(tmp_path / "aside")
        assert _of(loop.look(trees, PAGE, plain_template, 1)) == _of(looked), "as if nothing had been known"
        shutil.rmtree(trees.root / ".gradus")
        kept.rename(trees.root / ".gradus")
    assert looked.report.faults == []
    asked.clear()
    loop.look(trees, PAGE, plain_template, 1)
    assert asked == [("grade", "stub", [])] or asked == [], "nothing was saved"
    asked.clear()
    extent = Extent(mutants=False, breakers=False, drafts=False, seeds=1, variant_seeds=1)
    run.verify([PAGE], syllabus.load(trees), trees, Settings(0, "plain"), extent, jobs=1, template=plain_template)
    assert {(kind, len(known)) for kind, _, known in asked} == {("seen", 0), ("grade", 0)}, (
        "a proof rests on whole runs"
    )


def test_which_checks_a_save_changes():
    """a comment changes none, its own lines one, and what any may use, a check that is used among it, all of them"""
    text = "N = 1\n\n\ndef test_a(student):\n    assert N\n\n\ndef test_b(student):\n    assert not N\n"
    before = keys_of_checks(text)
    for old, new, same in (
        ("N = 1", "# one\nN = 1", {"test_a", "test_b"}), ("assert not N", "assert N < 1", {"test_a"}),
        ("N = 1", "N = 2", set()), ("test_b", "test_c", {"test_a"}),
    ):  # fmt: skip
        assert as_they_were(before, keys_of_checks(text.replace(old, new))) == same, (old, new)
    used = keys_of_checks(text + "\n\ndef test_c(student):\n    test_a(student)\n")
    assert {*used} == {"test_b", "test_c"}
    assert as_they_were(before, used) == set(), "the file around them is another one"
    assert keys_of_checks(text + "\n\ndef test_a(student):\n    pass\n") == {}, "one of them is not run"
    assert keys_of_checks("def test_a(:") == {}


def test_a_save_ends_the_look_that_is_under_way(tmp_path, plain_template):
    """what is looked at is what was saved last"""
    trees = make_course(tmp_path, {PAGE: GOOD})
    place, saw = trees.check(PAGE), []

    def save(one, to_come):
        saw.append(one.name)
        if len(saw) == 1:
            place.write_text(place.read_text().replace("any factor", "every factor"))

    assert next(loop.looks(trees, PAGE, plain_template, 1, saw=save)).report.faults == []
    assert saw.count("the solution") == 2
    assert len(saw) < 12, "the first look did not come to its end"


def test_what_is_known_first_is_shown_first(capsys):
    """solution, stub and how many known mistakes are still to come"""
    _show_first(loop.Own("the solution", True), 132)
    _show_first(loop.Own("the solution", False, "the solution fails test_a (failed): 1 came back"), 0)
    _show_first(loop.Mistake("forgets", "test_a", "look"), 1)
    said = capsys.readouterr().out
    assert (
        "✓ the solution passes\n  … 132 known mistakes to come\n✗ the solution fails test_a (failed): 1 came back\n"
        in said
    )
    assert "✓ forgets  dies by test_a\n      look\n  … 1 known mistake to come" in said


def test_a_solution_that_fails_is_told_once_in_english(tmp_path, plain_template):
    """the fault says what came back, not that the check counts for nobody, whatever the course's language"""
    trees = make_course(tmp_path, {PAGE: GOOD})
    trees.solution(PAGE).write_text(SOLUTION.replace("return x * factor + 1", "return x * factor + 2"))
    saw = []
    with speaking("de"):
        look = loop.look(trees, PAGE, plain_template, 1, saw=lambda one, to_come: saw.append(one))
    assert saw[0].message.splitlines()[0] in look.report.faults, "the first word is the report's"
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


def test_suggest_says_who_is_in_no_group(tmp_path, plain_template, monkeypatch):
    """an endless loop gives no answer to compare, and a file that cannot be read none at all: both are named"""
    course, trees = tiny(tmp_path)
    for name, text in (("ada", SOLUTION), ("bob", SOLUTION.replace("+ 1", "- 1")), ("eve", "\0" * 9)):
        (tmp_path / "class" / name).mkdir(parents=True)
        (tmp_path / "class" / name / "scaled.py").write_text(text)

    original = pool.grade_many

    def late(submissions, *args, **kwargs):
        grades = original(submissions, course, trees, Settings(0, "plain"), jobs=1, template=plain_template)
        hung = [
            replace(grade, checks=tuple(replace(one, status="timeout") for one in grade.checks)) for grade in grades
        ]
        return [hung[number] if grade.student == "bob" else grade for number, grade in enumerate(grades)]

    monkeypatch.setattr(pool, "grade_many", late)
    said = CliRunner().invoke(app, ["--course", str(trees.root), "suggest", PAGE, str(tmp_path / "class")])
    told = " ".join(said.output.split())
    assert "bob is in no group, as no wrong answer came back: test_values (timeout), test_factor (timeout)" in told
    assert "eve was not run: " in told
    assert "ada is" not in told
