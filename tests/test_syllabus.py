"""What the course contains, and how its mistakes are reported: by file, line and key."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from autograder.course import syllabus
from autograder.course.trees import trees
from autograder.errors import CourseError, SubmissionError
from tests.helpers import GOOD, PAGE, make_course

COURSE = """title = "Tiny"

[sections]
one = "First"
two = "Second"

[exercises]
"one/scaled" = 1.0
"two/scaled" = 2
"two/other" = 0.5
"""


def course(root, text=COURSE, lesson=None):
    """A course with this course.toml and, at one/scaled, this lesson; its trees."""
    made = make_course(root, dict.fromkeys(("one/scaled", "two/scaled", "two/other"), GOOD), built=False)
    (made.course / "course.toml").write_bytes(text if isinstance(text, bytes) else text.encode())
    if lesson is not None:
        made.lesson(PAGE).write_bytes(lesson if isinstance(lesson, bytes) else lesson.encode())
    return made


def mistake(made):
    """The one-line message of loading a wrong course."""
    with pytest.raises(CourseError) as caught:
        syllabus.load(made)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_load(tmp_path):
    """sections and exercises come in the order of course.toml, with what the lessons say"""
    loaded = syllabus.load(course(tmp_path))
    assert loaded.title == "Tiny"
    assert list(loaded.sections) == ["one", "two"]
    assert list(loaded.exercises) == ["one/scaled", "two/scaled", "two/other"]
    exercise = loaded.exercises["two/scaled"]
    assert (exercise.weight, exercise.points, exercise.seconds, exercise.memory_mb) == (2.0, 3, 20, 1024)
    assert exercise.hints == ("look at x = 0", "look at x = 1")


def test_every_field_of_the_front_matter(tmp_path):
    """each documented key of a lesson's front matter arrives in the exercise"""
    lesson = (
        '+++\ntitle = "T"\npoints = 2.5\nseconds = 9\nmemory_mb = 64\nthreads = 2\nneeds = ["pandas"]\n'
        'hints = ["a"]\nships_solved = true\nmutants = false\ndata = ["mnist"]\n+++\ntext\n'
    )
    exercise = syllabus.load(course(tmp_path, lesson=lesson)).exercises[PAGE]
    assert (exercise.title, exercise.points, exercise.seconds, exercise.memory_mb, exercise.threads) == (
        "T",
        2.5,
        9,
        64,
        2,
    )
    assert (exercise.needs, exercise.hints, exercise.data) == (("pandas",), ("a",), ("mnist",))
    assert exercise.ships_solved
    assert not exercise.mutants


def test_sections_are_the_assignments_by_default(tmp_path):
    """without an entry of its own, each section is an assignment of its exercises"""
    loaded = syllabus.load(course(tmp_path))
    assert loaded.assignments["two"].exercises == ("two/scaled", "two/other")
    assert loaded.assignments["two"].due is None


def test_assignments(tmp_path):
    """an assignment names its exercises and when it is due"""
    text = COURSE + '[assignments.week1]\ntitle = "Week 1"\nexercises = ["two/other"]\ndue = 2026-10-01T23:59:00Z\n'
    week = syllabus.load(course(tmp_path, text)).assignments["week1"]
    assert (week.title, week.exercises) == ("Week 1", ("two/other",))
    assert week.due == datetime(2026, 10, 1, 23, 59, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "line", "key"),
    [
        (COURSE.replace('"one/scaled" = 1.0', '"one/scaled" = "much"'), 8, "one/scaled"),
        (COURSE.replace('"one/scaled" = 1.0', '"one/scaled" = -1'), 8, "one/scaled"),
        (COURSE.replace('"one/scaled" = 1.0', '"one/scaled" = nan'), 8, "one/scaled"),
        (COURSE.replace('"one/scaled" = 1.0', '"one/scaled" = true'), 8, "one/scaled"),
        (COURSE.replace('"two/other"', '"two/Other"'), 10, "two/Other"),
        (COURSE.replace('"two/other"', '"other"'), 10, "other"),
        (COURSE.replace('"two/other"', '"tow/other"'), 10, "tow/other"),
        ("colour = 1\n" + COURSE, 1, "colour"),
        (COURSE.replace('title = "Tiny"', "title = 3"), 1, "title"),
        (COURSE.replace('two = "Second"', "two = 2"), 5, "two"),
        ('title = "Tiny"\nsections = 5\n', 2, "sections"),
        ('title = "Tiny"\nexercises = ["one/scaled"]\n', 2, "exercises"),
        ('title = "Tiny"\nassignments = 5\n', 2, "assignments"),
        (COURSE + "[assignments.week1]\n", 11, "week1"),
        (COURSE + '[assignments.week1]\nexercises = "one/scaled"\n', 11, "week1"),
        (COURSE + '[assignments.week1]\nexercises = ["one/scald"]\n', 11, "week1"),
        (COURSE + "[assignments.week1]\nexercises = [3]\n", 11, "week1"),
        (COURSE + "[assignments.week1]\nexercises = [[]]\n", 11, "week1"),
        (COURSE + '[assignments.week1]\nexercises = []\ndue = "soon"\n', 13, "due"),
        (COURSE + "[assignments.week1]\nexercises = []\ndue = 2026-10-01\n", 13, "due"),
        (COURSE + "[assignments.week1]\nexercises = []\ntitle = 4\n", 11, "week1"),
    ],
)
def test_mistakes_in_course_toml(tmp_path, text, line, key):
    """each mistake names course.toml, the line and the key"""
    message = mistake(course(tmp_path, text))
    assert message.startswith(f"{tmp_path / 'course' / 'course.toml'}, line {line}, key ")
    assert key in message


def test_the_line_of_a_repeated_key(tmp_path):
    """a wrong date in the second assignment is reported where it stands, not at the first one's"""
    text = COURSE + (
        "[assignments.week1]\nexercises = []\ndue = 2026-10-01T23:59:00Z\n"
        '[assignments.week2]\nexercises = []\ndue = "soon"\n'
    )
    assert "line 16, key due" in mistake(course(tmp_path, text))


@pytest.mark.parametrize(
    ("lesson", "line", "key"),
    [
        ('+++\ntitle = "T"\npoints = "ten"\n+++\n', 3, "points"),
        ('+++\ntitle = "T"\npoints = true\n+++\n', 3, "points"),
        ('+++\ntitle = "T"\npoints = 0\n+++\n', 3, "points"),
        ('+++\ntitle = "T"\npoints = nan\n+++\n', 3, "points"),
        ('+++\ntitle = "T"\npoints = inf\n+++\n', 3, "points"),
        ('+++\ntitle = "T"\npoints = 1\nseconds = -3\n+++\n', 4, "seconds"),
        ('+++\ntitle = "T"\npoints = 1\nthreads = 1.5\n+++\n', 4, "threads"),
        ('+++\ntitle = "T"\npoints = 1\nmutants = 1\n+++\n', 4, "mutants"),
        ('+++\ntitle = "T"\npoints = 1\nneeds = "pandas"\n+++\n', 4, "needs"),
        ('+++\ntitle = "T"\npoints = 1\n\nhints = ["a", 2]\n+++\n', 5, "hints"),
        ("+++\ntitle = 4\npoints = 1\n+++\n", 2, "title"),
        ('+++\ntitle = "T"\n+++\n', 1, "points"),
        ("+++\npoints = 1\n+++\n", 1, "title"),
        ('+++\ntitle = "T"\npoints = 1\nsecond = 3\n+++\n', 4, "second"),
    ],
)
def test_mistakes_in_a_lesson(tmp_path, lesson, line, key):
    """each mistake names the lesson, the line in it and the key"""
    message = mistake(course(tmp_path, lesson=lesson))
    assert message.startswith(f"{tmp_path / 'course' / 'one' / 'scaled.md'}, line {line}, key {key}: ")


QUESTIONS = '+++\ntitle = "T"\n{}[[{}]]\nask = "Why?"\npoints = 1\n+++\n'


@pytest.mark.parametrize(
    ("text", "lesson", "said"),
    [
        (COURSE.replace('"two/other"', '"two/othr"'), None, "key two/othr: its lesson is missing, .*mean two/other?"),
        (COURSE.replace('"two/other"', '"two/wholly"'), None, "`gradus new two/wholly` makes one"),
        (COURSE.replace('"two/other"', '"twoo/other"'), None, "did you mean two?"),
        (
            COURSE + '[assignments.w]\nexercises = ["one/scald"]\n',
            None,
            "no exercise one/scald; did you mean one/scaled?",
        ),
        (COURSE, QUESTIONS.format("", "question"), "line 3, key question: is a table for each question, [[questions]]"),
        (COURSE, QUESTIONS.format("", "questions").replace("[[", "[").replace("]]", "]"), "[[questions]]"),
    ],
)
def test_what_was_meant(tmp_path, text, lesson, said):
    """a page or a key that is nearly there is answered with the right one, another with the next step"""
    begins, _, ends = said.partition(".*")
    message = mistake(course(tmp_path, text, lesson))
    assert begins in message
    assert ends in message


def test_points_of_a_page_of_questions(tmp_path):
    """a page with questions, points, and nothing to check is told where points of questions stand"""
    made = course(tmp_path, lesson=QUESTIONS.format("points = 3\n", "questions"))
    assert syllabus.load(made).exercises[PAGE].points == 3  # with code both may be
    made.solution(PAGE).unlink()
    made.check(PAGE).unlink()
    assert "line 3, key points: are those of checks, and the page has none" in mistake(made)


def test_an_unknown_key_suggests_the_nearest(tmp_path):
    """a misspelt key is answered with the right one"""
    assert "did you mean memory_mb?" in mistake(
        course(tmp_path, lesson='+++\ntitle = "T"\npoints = 1\nmemory_bm = 3\n+++\n')
    )


PLAYED = COURSE.replace('title = "Tiny"', 'title = "Tiny"\nplaygrounds = ["two/play"]')


def played(root, lesson='+++\ntitle = "Play"\n+++\n# Play\n', text=PLAYED):
    made = course(root, text)
    (made.course / "two" / "play.md").write_text(lesson, encoding="utf-8")
    return made


def test_playgrounds(tmp_path):
    """a playground has an address, the title of its lesson, and is no exercise"""
    loaded = syllabus.load(played(tmp_path))
    assert [(one.address, one.section, one.name, one.title) for one in loaded.playgrounds.values()] == [
        ("two/play", "two", "play", "Play")
    ]
    assert "two/play" not in loaded.exercises


@pytest.mark.parametrize(
    ("text", "lesson", "said"),
    [
        (PLAYED.replace("two/play", "tow/play"), "", "line 2, key playgrounds: tow/play is no address"),
        (PLAYED.replace('"two/play"', "3"), "", "line 2, key playgrounds: 3 is no address"),
        (PLAYED.replace('["two/play"]', '"two/play"'), "", "line 2, key playgrounds: must be a list"),
        (
            PLAYED,
            '+++\ntitle = "Play"\npoints = 3\n+++\n',
            "line 3, key points: a playground has a title, and missions",
        ),
        (PLAYED, "+++\n+++\n", "line 1, key title: is missing"),
    ],
)
def test_mistakes_in_a_playground(tmp_path, text, lesson, said):
    """a playground that is none is reported with file, line and key"""
    assert said in mistake(played(tmp_path, lesson, text))


@pytest.mark.parametrize(
    ("lesson", "line"),
    [
        ("no front matter", 1),
        ("", 1),
        ('+++\ntitle = "T"\npoints = 1\n', 1),
        ('words\n+++\ntitle = "T"\npoints = 1\n+++\n', 1),
        ('+++\ntitle = "T"\npoints = = 1\n+++\n', 3),
        ('+++\ntitle = "T\npoints = 1\n+++\n', 2),
        ('+++\ntitle = "T"\npoints = 1\npoints = 2\n+++\n', 4),
        (b'+++\ntitle = "T\xff"\npoints = 1\n+++\n', 2),
    ],
)
def test_broken_front_matter(tmp_path, lesson, line):
    """front matter that is absent, unfinished, no TOML or no UTF-8 is reported with its line"""
    message = mistake(course(tmp_path, lesson=lesson))
    assert message.startswith(f"{tmp_path / 'course' / 'one' / 'scaled.md'}, line {line}: ")


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ('title = "Tiny\n', 1),
        (COURSE + "x = = 1\n", 11),
        (COURSE + '"two/other" = 1\n', 11),
        (b'title = "Tiny"\n# M\xfcller\n', 2),
    ],
)
def test_broken_course_toml(tmp_path, text, line):
    """a course.toml that is no TOML or no UTF-8 is reported with its line"""
    assert mistake(course(tmp_path, text)).startswith(f"{tmp_path / 'course' / 'course.toml'}, line {line}: ")


def test_what_is_no_toml_is_told_in_plain_words(tmp_path):
    """a key that is there twice is called that, with the one line in the file; kinds of values have plain names"""
    twice = mistake(course(tmp_path / "a", COURSE + '"two/other" = 1\n'))
    assert twice.endswith("line 11: this key was given a value before; keep one of the two")
    lesson = mistake(course(tmp_path / "b", lesson='+++\ntitle = "T"\npoints = 1\npoints = 2\n+++\n'))
    assert lesson.endswith("line 4: this key was given a value before; keep one of the two")
    text = mistake(course(tmp_path / "c", lesson='+++\ntitle = "T"\npoints = "1"\n+++\n'))
    assert text.endswith("key points: must be a number, not a text")


def test_a_missing_file(tmp_path):
    """a course without course.toml, or without a lesson, says which file is missing"""
    made = course(tmp_path)
    made.lesson(PAGE).unlink()
    assert str(made.lesson(PAGE)) in mistake(made)
    with pytest.raises(CourseError, match=r"course\.toml: not found"):
        syllabus.load(trees(tmp_path / "nowhere"))


def test_split_lesson_keeps_the_text(tmp_path):
    """the Markdown after the front matter arrives whole, rulers of + included"""
    path = tmp_path / "lesson.md"
    path.write_text("+++\ntitle = 1\n+++\n\n# Head\n\n+++\nmore\n")
    assert syllabus.split_lesson(path) == ("title = 1\n", "# Head\n\n+++\nmore\n")


def test_find(tmp_path):
    """an exercise is found by its address, by an unambiguous short name, with or without suffix"""
    loaded = syllabus.load(course(tmp_path))
    for name in ("two/other", "other", "other.py", "other.ipynb", "two/other.py", "/two/other/"):
        assert syllabus.find(loaded, name).address == "two/other"


def test_an_ambiguous_short_name_lists_the_addresses(tmp_path):
    """a short name of two exercises is refused with both addresses"""
    with pytest.raises(SubmissionError, match=r"ambiguous.*one/scaled or two/scaled"):
        syllabus.find(syllabus.load(course(tmp_path)), "scaled")


@pytest.mark.parametrize(("typo", "meant"), [("othre", "other"), ("two/ohter", "two/other"), ("scald", "scaled")])
def test_a_typo_suggests_the_nearest(tmp_path, typo, meant):
    """a misspelt name is answered with the nearest one"""
    with pytest.raises(SubmissionError, match=f"did you mean {meant}"):
        syllabus.find(syllabus.load(course(tmp_path)), typo)


def test_a_name_near_nothing_points_to_list(tmp_path):
    """a name like no other suggests nothing but `gradus list`"""
    with pytest.raises(SubmissionError, match="gradus list"):
        syllabus.find(syllabus.load(course(tmp_path)), "zzzzzzzz")
