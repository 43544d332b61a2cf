"""What becomes of grades: deadlines, lateness, extensions, groups, best or last, and the file that says so."""

from __future__ import annotations

import contextlib
import math
import tempfile
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.errors import GradebookError
from autograder.gradebook import policy as policies
from autograder.gradebook.entries import Entry
from autograder.gradebook.policy import Policy, counted, due, load, penalty
from autograder.gradebook.totals import page_total, standings
from autograder.model import Assignment, Exercise, Syllabus, round_points
from tests.helpers import make_grade

SCALED, LINES = "one/scaled", "one/lines"
DUE = datetime(2026, 11, 30, 23, 59, tzinfo=timezone(timedelta(hours=1)))
COURSE = Syllabus(
    "A course", Path("."), {"one": "One"},
    {a: Exercise(a, a.title(), 10.0) for a in (SCALED, LINES)},
    {
        "one": Assignment("one", "One", (SCALED, LINES)),
        "week1": Assignment("week1", "Week 1", (SCALED,), datetime(2026, 11, 1, 12)),
    },
)  # fmt: skip


def at(**late):
    """A time of handing in, so much after the deadline, as a submission has it."""
    return (DUE + timedelta(**late)).astimezone(UTC).isoformat(timespec="seconds")


def handed_in(points, submitted="", student="ada", digest="", **fields):
    """A grade of a submission; each has a content of its own unless it is said otherwise."""
    digest = digest or f"{student} {points} {submitted}"
    return make_grade(student, SCALED, points=points, max_points=10.0, submitted=submitted, digest=digest, **fields)


def stand(history, policy, *given_):
    """Where ada stands with this history and these entries."""
    return page_total("ada", COURSE.exercises[SCALED], history, given_, policy, due(policy, COURSE, "ada", SCALED))


def gift(student, page, points, text=""):
    """Points by hand beside the automatic ones, beyond the maximum too."""
    return Entry(student, page, "adjust", points, text=text, number=1, extra=True)


# -- when it is due ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ({"one": 3}, 3), ({"week1": 2}, 2), ({SCALED: 1}, 1), ({"one": 3, SCALED: 1}, 1), ({LINES: 1}, None),
    ],
    ids=["its section", "its assignment", "itself", "itself before its section", "another exercise"],
)  # fmt: skip
def test_a_date_by_section_assignment_or_exercise(said, expected):
    """the nearest date that was said of an exercise is its deadline"""
    day = {n: DUE + timedelta(days=n) for n in range(9)}
    course = Syllabus("", Path("."), COURSE.sections, COURSE.exercises, {
        name: Assignment(name, name, a.exercises) for name, a in COURSE.assignments.items()
    })  # fmt: skip
    policy = Policy(due={name: day[n] for name, n in said.items()}, extensions={"bob": {SCALED: day[8]}})
    assert due(policy, course, "ada", SCALED) == (None if expected is None else day[expected])


def test_an_extension_comes_before_everything():
    """an extension of the whole section beats even a date of the exercise itself, earlier or later"""
    for moved in (-1, 1):
        longer = DUE + timedelta(days=moved)
        policy = Policy(due={SCALED: DUE}, extensions={"ada": {"one": longer}})
        assert due(policy, COURSE, "ada", SCALED) == longer
        assert due(policy, COURSE, "bob", SCALED) == DUE


def test_the_courses_own_date_is_the_last_resort():
    """where the policy says nothing, the date in course.toml counts"""
    assert due(Policy(), COURSE, "ada", SCALED) == datetime(2026, 11, 1, 12)
    assert due(Policy(due={"one": DUE}), COURSE, "ada", SCALED) == DUE
    assert due(Policy(), COURSE, "ada", LINES) is None


# -- what lateness costs -------------------------------------------------------------------------

TENTH = Policy(late_per_day=0.1, late_days=3, grace_minutes=15)


@pytest.mark.parametrize(
    ("late", "lost"),
    [
        ({"days": -5}, 0), ({}, 0), ({"minutes": 15}, 0), ({"minutes": 15, "seconds": 1}, 0.1), ({"days": 1}, 0.1),
        ({"days": 1, "seconds": 1}, 0.2), ({"days": 2, "hours": 1}, 0.3), ({"days": 3}, 0.3),
        ({"days": 3, "seconds": 1}, 1), ({"days": 400}, 1),
    ],
)  # fmt: skip
def test_every_begun_day_costs(late, lost):
    """nothing within the grace, then a tenth for each begun day after the deadline, everything after late_days"""
    assert penalty(TENTH, DUE, at(**late)) == pytest.approx(lost)


def test_what_nobody_knows_is_in_time():
    """without a deadline, or without a time of handing in, nothing is lost"""
    assert penalty(TENTH, None, at(days=9)) == penalty(TENTH, DUE, "") == 0.0


def test_times_without_a_zone_are_utc():
    """a deadline in course.toml may have no zone, and neither may a time"""
    assert penalty(TENTH, datetime(2026, 11, 1, 12), "2026-11-01T13:00:00+01:00") == 0
    assert penalty(TENTH, datetime(2026, 11, 1, 12), "2026-11-01T12:30:00") == pytest.approx(0.1)


numbers = st.floats(0, 1e9) | st.just(math.inf)
rules = st.builds(
    Policy, count=st.sampled_from(["best", "last"]), late_per_day=numbers, late_days=numbers, grace_minutes=numbers
)
lateness = st.timedeltas(timedelta(days=-400), timedelta(days=400)).map(lambda t: t - t % timedelta(seconds=1))


@given(rules, lateness, lateness)
def test_a_penalty_is_a_part_and_grows_with_lateness(policy, one, other):
    """whatever the policy: between 0 and 1, never less for handing in later, nothing before the deadline"""
    early, late = (penalty(policy, DUE, (DUE + t).isoformat()) for t in sorted((one, other)))
    assert 0 <= early <= late <= 1
    assert early == 0 or max(one, other) > timedelta(0)


points = st.integers(0, 40).map(lambda n: n / 4)
histories = st.lists(st.builds(lambda p, t: handed_in(p, (DUE + t).isoformat()), points, lateness), max_size=6)
words = st.none() | st.integers(0, 40).map(lambda n: gift("ada", SCALED, n / 4, "well"))


@given(histories, words, rules)
def test_a_total_is_automatic_and_by_hand(history, one_gift, policy):
    """total = automatic + by hand; automatic is the counted grade's points less its penalty, never above the best"""
    policy = Policy(policy.count, policy.late_per_day, policy.late_days, policy.grace_minutes, {SCALED: DUE})
    one = stand(history, policy, *([one_gift] if one_gift else []))
    assert one.total == round_points(one.automatic + one.manual)
    assert one.manual == pytest.approx(one_gift.value if one_gift else 0.0)
    if not history:
        assert (one.grade, one.automatic, one.max_points) == (None, 0.0, 10.0)
        return
    assert one.grade in history
    assert one.automatic == round_points(one.grade.points * (1 - one.penalty))
    assert one.penalty == penalty(policy, DUE, one.grade.submitted)
    worth = [round_points(g.points * (1 - penalty(policy, DUE, g.submitted))) for g in history]
    if policy.count == "best":
        assert one.automatic == max(worth)
    else:
        assert datetime.fromisoformat(one.grade.submitted) == max(datetime.fromisoformat(g.submitted) for g in history)


# -- which counts --------------------------------------------------------------------------------


def test_best_and_last():
    """best: the most points after lateness; last: what was handed in last, though it be worse"""
    good, better, worse = handed_in(7, at(days=-1)), handed_in(9, at(days=2)), handed_in(2, at(days=2, hours=1))
    history = [good, worse, better]
    assert stand(history, Policy("best", 0.1, due={"one": DUE})).grade == better
    assert stand(history, Policy("best", 0.2, due={"one": DUE})).grade == good
    assert stand(history, Policy("last", 0.0, due={"one": DUE})).grade == worse


def test_last_goes_by_the_time_and_not_by_its_letters():
    """times in different zones are compared as times"""
    first, second = handed_in(1, "2026-11-30T23:00:00+01:00"), handed_in(2, "2026-11-30T22:30:00+00:00")
    for history in ([first, second], [second, first]):
        assert stand(history, Policy("last")).grade == second


def test_of_equal_ones_the_later_counts():
    """among equals the later submission, and among those without a time the one graded later"""
    early, late = handed_in(5, at(days=-2)), handed_in(5, at(days=-1))
    assert stand([late, early], Policy()).grade == late
    first, second = handed_in(5, digest="a"), handed_in(5, digest="b")
    assert stand([first, second], Policy("last")).grade == second


def test_a_regrade_replaces_the_grade_of_the_same_submission():
    """a submission graded again under stricter checks counts with its new points, even where the best counts"""
    before, after = handed_in(9, at(), digest="same", key="old"), handed_in(4, at(), digest="same", key="new")
    other = handed_in(5, at(), digest="other")
    assert counted([before, after]) == [after]
    assert stand([before, after], Policy()).grade == after
    assert stand([before, other, after], Policy()).grade == other
    assert stand([other, after, before], Policy()).grade == before


def test_a_regrade_is_no_handing_in():
    """where nobody knows the times, grading an earlier submission again does not make it the last one"""
    first, second = handed_in(9, digest="first"), handed_in(5, digest="second")
    again = handed_in(8, digest="first", key="new")
    assert counted([first, second, again]) == [again, second]
    assert stand([first, second, again], Policy("last")).grade == second


def test_a_submission_without_a_digest_goes_by_its_key():
    """grades of an older gradebook have no digest: each key counts for itself"""
    grades = [make_grade(exercise=SCALED, points=p, key=k) for p, k in ((3.0, "a"), (1.0, "b"))]
    assert counted(grades) == grades


# -- everybody -----------------------------------------------------------------------------------


def test_a_group_shares_what_one_hands_in():
    """a member's submission counts for all, each by their own deadline; points by hand are one person's"""
    grade = handed_in(8, at(hours=1))
    policy = Policy(
        late_per_day=0.5, due={"one": DUE}, extensions={"bob": {SCALED: DUE + timedelta(days=2)}},
        groups={"team": ("ada", "bob")},
    )  # fmt: skip
    book = {("ada", SCALED): [grade], ("cyd", SCALED): [handed_in(1, student="cyd")]}
    rows = standings(book, {("bob", SCALED): [gift("bob", SCALED, 1.0, "nice")]}, policy, COURSE)
    assert [(r.student, r.automatic, r.penalty, r.manual, r.total, r.comment) for r in rows] == [
        ("ada", 4.0, 0.5, 0.0, 4.0, ""), ("bob", 8.0, 0.0, 1.0, 9.0, "nice"), ("cyd", 1.0, 0.0, 0.0, 1.0, "")
    ]  # fmt: skip
    assert rows[1].grade == grade


def test_points_by_hand_without_a_submission():
    """who only got points by hand stands there too; a page that the course no longer has counts for nothing"""
    given_ = {("ada", a): [gift("ada", a, 2.0)] for a in (LINES, "one/gone")}
    (row,) = standings({("ada", "one/gone"): [make_grade()]}, given_, Policy(), COURSE)
    assert (row.exercise, row.grade, row.total, row.max_points) == (LINES, None, 2.0, 10.0)


def test_standings_are_in_order():
    """by student, then as the course goes"""
    book = {(s, a): [make_grade(s, a)] for s in ("bob", "ada") for a in (LINES, SCALED)}
    rows = standings(book, {}, Policy(), COURSE)
    assert [(r.student, r.exercise) for r in rows] == [(s, a) for s in ("ada", "bob") for a in (SCALED, LINES)]


# -- the file ------------------------------------------------------------------------------------

WHOLE = """count = "last"
late_per_day = 0.1
late_days = 3
grace_minutes = 15

[due]
"one" = 2026-11-30T23:59:00+01:00

[extensions.ada]
"one/scaled" = 2026-12-03T23:59:00+01:00

[groups]
team1 = ["ada", "bob"]
"""


def test_a_whole_policy(tmp_path):
    """the example of the module's head is read as it stands"""
    (tmp_path / "policy.toml").write_text(WHOLE)
    assert load(tmp_path / "policy.toml", COURSE) == Policy(
        "last", 0.1, 3.0, 15.0, {"one": DUE}, {"ada": {SCALED: DUE + timedelta(days=3)}}, {"team1": ("ada", "bob")}
    )
    (tmp_path / "policy.toml").write_text("")
    assert load(tmp_path / "policy.toml", COURSE) == Policy()


def test_the_example_in_the_head_is_a_policy(tmp_path):
    """what the module's docstring shows can be copied"""
    text = policies.__doc__.partition("::\n")[2]
    section = Syllabus("", Path("."), {}, {}, {"s3_neural_networks": Assignment("s3_neural_networks", "", ())})
    (tmp_path / "policy.toml").write_text("\n".join(line[4:] for line in text.splitlines()))
    assert load(tmp_path / "policy.toml", section).groups == {"team1": ("ada", "bob")}


def test_the_same_category_may_drop_pages_and_have_a_maximum(tmp_path):
    """and so may categories that share no page"""
    (tmp_path / "policy.toml").write_text("[drop_lowest]\none = 1\n[maximum]\none = 5\n")
    read = load(tmp_path / "policy.toml", COURSE)
    assert (read.drop_lowest, read.maximum, read.categories) == ({"one": 1}, {"one": 5.0}, ("one",))
    apart = Syllabus(
        "", Path("."), {}, COURSE.exercises, {"a": Assignment("a", "A", (SCALED,)), "b": Assignment("b", "B", (LINES,))}
    )
    (tmp_path / "policy.toml").write_text("[drop_lowest]\na = 1\n[maximum]\nb = 5\n")
    assert load(tmp_path / "policy.toml", apart).categories == ("a", "b")


OVERLAP = "shares one/scaled with {}, and a page counts in one category alone; name categories that share no page"
GOOD_DUE = '[due]\n"one/scaled" = 2026-11-30T23:59:00+01:00\n'


@pytest.mark.parametrize(
    ("text", "line", "key", "says"),
    [
        ('cuont = "best"', 1, "cuont", "is not known; there are count, late_per_day"),
        ('"a\\nb" = 1', 1, "'a\\nb'", "is not known"),
        ('\ncount = "worst"', 2, "count", 'must be "best" or "last"'),
        ("count = [1]", 1, "count", 'must be "best" or "last"'),
        ("late_per_day = -0.1", 1, "late_per_day", "zero or above"),
        ("late_per_day = nan", 1, "late_per_day", "zero or above"),
        ("late_per_day = true", 1, "late_per_day", "must be a number"),
        ("late_per_day = 10", 1, "late_per_day", "a part of the points, from 0 to 1, like 0.1 for 10 %"),
        ("slip_days = 1.5", 1, "slip_days", "must be a whole number of days"),
        ('late_days = "3"', 1, "late_days", "must be a number"),
        (f"grace_minutes = 1{'0' * 400}", 1, "grace_minutes", "is larger than"),
        ("due = 3", 1, "due", "must be a table of dates"),
        ("[due]\n'two' = 2026-11-30T23:59:00Z", 2, "two", "is no section, assignment or exercise"),
        ('[due]\n"one" = 2026-11-30T23:59:00', 2, "one", "a date with a time and a zone"),
        ('[due]\n"one" = 2026-11-30', 2, "one", "a date with a time and a zone"),
        ('[due]\n"one" = "soon"', 2, "one", "a date with a time and a zone"),
        ("extensions = 3", 1, "extensions", "must be a table for each student"),
        ("[extensions]\nada = 3", 2, "ada", "must be a table of dates"),
        (GOOD_DUE + '[extensions.ada]\n"one/scaled" = 3', 4, "one/scaled", "a date with a time and a zone"),
        (GOOD_DUE + '[extensions."ada l"]\n"one/scaled" = 3', 4, "one/scaled", "a date with a time and a zone"),
        (GOOD_DUE + '[extensions]\nada = {"one/scaled" = 3}', 4, "one/scaled", "a date with a time and a zone"),
        ("groups = 3", 1, "groups", "must be a list of students for each group"),
        ('[groups]\nteam = "ada"', 2, "team", "must be a list of students"),
        ("[groups]\na = []\nteam = [1]", 3, "team", "must be a list of students"),
        ('[groups]\na = ["ada"]\nb = ["bob", "ada"]', 3, "b", "'ada' is in 'a' already"),
        ("[maximum]\nweek1 = 10\n[drop_lowest]\none = 1", 2, "week1", OVERLAP.format("one")),
        ("[drop_lowest]\nweek1 = 1\n[maximum]\none = 5", 4, "one", OVERLAP.format("week1")),
        ("[maximum]\none = 5\nweek1 = 5", 3, "week1", OVERLAP.format("one")),
        ("[drop_lowest]\nweek1 = 1\none = 1\n[maximum]\nweek1 = 5", 3, "one", OVERLAP.format("week1")),
    ],
)
def test_a_mistake_is_one_line_with_file_line_and_key(tmp_path, text, line, key, says):
    """every mistake in the file is told in one line that names file, line and key"""
    path = tmp_path / "policy.toml"
    path.write_text(text + "\n")
    with pytest.raises(GradebookError) as caught:
        load(path, COURSE)
    message = str(caught.value)
    assert message.startswith(f"{path}, line {line}, key {key}: ")
    assert says in message
    assert "\n" not in message


@pytest.mark.parametrize(
    ("content", "line"),
    [
        (b'count = "best"\ncount = = 3\n', 2), (b"a = 1\na = 2\n", 2), (b'count = "best"\n\xff\n', 2),
        (b"[due\n", 1), (b"late_days = 1" + b"0" * 9000, 1),
    ],
)  # fmt: skip
def test_a_file_that_is_no_toml(tmp_path, content, line):
    """what cannot be read at all is told with its line"""
    path = tmp_path / "policy.toml"
    path.write_bytes(content)
    with pytest.raises(GradebookError) as caught:
        load(path, COURSE)
    assert str(caught.value).startswith(f"{path}, line {line}: ")
    assert "\n" not in str(caught.value)


def test_a_file_that_is_not_there(tmp_path):
    """a policy that was named and is not there is one line that says how to name it"""
    with pytest.raises(GradebookError, match="--policy"):
        load(tmp_path / "nowhere.toml", COURSE)


@given(st.text(max_size=60))
def test_no_text_is_a_traceback(text):
    """any text is a policy or one clear error"""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "policy.toml"
        path.write_text(text, encoding="utf-8", errors="replace")
        with contextlib.suppress(GradebookError):
            assert load(path, COURSE) is not None
