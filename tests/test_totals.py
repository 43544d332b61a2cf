"""The one total: bounds, monotone, whatever the order; undo restores, weights normalise, drop-lowest never lowers."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import combinations
from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from autograder.errors import GradebookError
from autograder.export.lms import Scale
from autograder.export.standings import told
from autograder.gradebook.class_totals import ClassTotals
from autograder.gradebook.entries import Entry, checked, maximum, questions_of
from autograder.gradebook.policy import Policy
from autograder.gradebook.totals import cut_words, page_total, standings, student_total, student_totals, swallowed
from autograder.model import Assignment, Exercise, Failure, Question, QuestionPage, Syllabus
from autograder.report.book_table import made_of
from autograder.report.counting import rules_of
from autograder.report.table import class_table
from tests.helpers import make_check, make_grade

DUE = datetime(2026, 11, 30, 23, 59, tzinfo=UTC)
MOST = 10.0
PAGES = ("one/a", "one/b", "one/c", "two/a", "two/b")


def course(weights=(1.0,) * 5, maxima=(MOST,) * 5):
    """A course of two sections, the last page with a written question."""
    exercises = {
        a: Exercise(a, a.title(), m, weight=w, question_points=2.0 if a == "two/b" else 0.0)
        for a, w, m in zip(PAGES, weights, maxima, strict=True)
    }
    sections = {"one": "One", "two": "Two"}
    return Syllabus(
        "C", Path("."), sections, exercises,
        {s: Assignment(s, s, tuple(a for a in PAGES if a.startswith(s))) for s in sections},
    )  # fmt: skip


COURSE = course()
PAGE = COURSE.exercises["one/a"]
WRITTEN = COURSE.exercises["two/b"]


def handed_in(points, days=0.0, page="one/a", student="ada", most=MOST):
    """A grade of a submission so many days after the date."""
    when = (DUE + timedelta(days=days)).isoformat()
    status = "passed" if points == most else "failed"
    return make_grade(student, page, status=status, points=points, max_points=most, submitted=when,
                      digest=f"{student}{page}{points}{days}")  # fmt: skip


def no_file(days, student="ada"):
    """What a run keeps of a page that a folder has no file of, so many days after the date."""
    when = (DUE + timedelta(days=days)).isoformat()
    check = make_check(
        status="missing", points=0.0, max_points=MOST, failure=Failure("problem", "nothing was handed in")
    )
    return make_grade(student, "one/a", status="missing", points=0.0, max_points=MOST, submitted=when,
                      checks=(check,), digest=f"{student} nothing")  # fmt: skip


quarter = st.integers(-60, 60).map(lambda n: n / 4)
reached = st.integers(0, 40).map(lambda n: n / 4)
drafts = st.one_of(
    st.builds(Entry, st.just("ada"), st.just("one/a"), st.sampled_from(["adjust", "item"]), quarter,
              st.sampled_from("xyz"), extra=st.just(False)),
    st.builds(Entry, st.just("ada"), st.just("one/a"), st.just("points"), reached),
    st.builds(Entry, st.just("ada"), st.just("one/a"), st.sampled_from(["comment", "excuse", "unitem"]), st.just(0.0),
              st.sampled_from("xyz"), text=st.just("words")),
)  # fmt: skip


@st.composite
def logs(draw, least=0):
    """Entries as a log numbers them, some undone."""
    found = []
    for number, one in enumerate(draw(st.lists(drafts, min_size=least, max_size=8)), 1):
        if found and draw(st.integers(0, 4)) == 0:
            one = Entry("ada", "one/a", "undo", undoes=draw(st.integers(1, len(found))))
        found.append(Entry(**{**vars(one), "number": number}))
    return found


histories = st.lists(st.builds(handed_in, reached, st.integers(-5, 9).map(float)), max_size=4)
policies = st.builds(
    Policy, st.sampled_from(["best", "last"]), st.sampled_from([0.0, 0.1, 0.5]), st.sampled_from([1.0, 3.0, 99.0])
)


# -- a page --------------------------------------------------------------------------------------


@given(histories, logs(), policies, st.integers(0, 4))
def test_a_page_stays_within_its_maximum(history, log, policy, free):
    """between 0 and the maximum whatever persons give, and automatic, written and by hand add up to the total"""
    row = page_total("ada", PAGE, history, log, policy, DUE, free)
    assert 0.0 <= row.total <= row.max_points == MOST
    assert row.total == pytest.approx(row.automatic + (row.written or 0.0) + row.manual)


@given(histories, logs(), policies, st.randoms(use_true_random=False))
def test_the_order_of_the_list_is_irrelevant(history, log, policy, random):
    """entries count by their numbers, not by the order in which somebody read them"""
    shuffled = list(log)
    random.shuffle(shuffled)
    assert page_total("ada", PAGE, history, shuffled, policy, DUE) == page_total("ada", PAGE, history, log, policy, DUE)


@given(histories, st.lists(st.builds(Entry, st.just("ada"), st.just("one/a"), st.just("adjust"), quarter), max_size=6),
       st.randoms(use_true_random=False))  # fmt: skip
def test_adjustments_commute(history, some, random):
    """in whatever order adjustments were given: the same total"""

    def total(entries):
        numbered = [Entry(**{**vars(one), "number": n}) for n, one in enumerate(entries, 1)]
        return page_total("ada", PAGE, history, numbered).total

    shuffled = list(some)
    random.shuffle(shuffled)
    assert total(some) == total(shuffled)


@given(histories, logs(), policies, drafts)
def test_an_undo_restores(history, log, policy, one):
    """an entry and its undo leave the row as it was"""
    before = page_total("ada", PAGE, history, log, policy, DUE)
    added = [*log, Entry(**{**vars(one), "number": 50}), Entry("ada", "one/a", "undo", number=51, undoes=50)]
    assert page_total("ada", PAGE, history, added, policy, DUE) == before


@given(reached, reached, logs(), st.floats(0, 5), st.integers(0, 3))
def test_more_automatic_points_never_give_less(low, high, log, late, free):
    """the total grows with the automatic points, whatever else was given"""
    low, high = sorted((low, high))
    policy = Policy(late_per_day=0.1)
    one, other = (page_total("ada", PAGE, [handed_in(p, late)], log, policy, DUE, free).total for p in (low, high))
    assert one <= other


@given(histories, logs(), quarter, quarter)
def test_more_by_hand_never_gives_less(history, log, low, high):
    """the total grows with what a person adds"""
    low, high = sorted((low, high))
    one, other = (
        page_total("ada", PAGE, history, [*log, Entry("ada", "one/a", "adjust", p, number=50)]).total
        for p in (low, high)
    )
    assert one <= other


@given(st.floats(0, 9), st.integers(0, 9), logs())
def test_free_days_and_excuses_never_cost(late, free, log):
    """a free day, an excuse or a later date never makes less of an attempt"""
    policy = Policy(late_per_day=0.2, late_days=4)
    plain = page_total("ada", PAGE, [handed_in(8.0, late)], log, policy, DUE).total
    assert page_total("ada", PAGE, [handed_in(8.0, late)], log, policy, DUE, free).total >= plain
    more = [*log, Entry("ada", "one/a", "excuse", number=50)]
    assert page_total("ada", PAGE, [handed_in(8.0, late)], more, policy, DUE).total >= plain


@given(histories, logs(), policies, quarter)
def test_an_adjustment_that_is_not_swallowed_counts_whole(history, log, policy, value):
    """what is said to fit changes the total by as much as it says, unless earlier entries had gone beyond it"""
    row = page_total("ada", PAGE, history, log, policy, DUE)
    assume(not swallowed(row, 0.0))
    after = page_total("ada", PAGE, history, [*log, Entry("ada", "one/a", "adjust", value, number=99)], policy, DUE)
    assert bool(swallowed(row, value)) == (not math.isclose(after.total, row.total + value, abs_tol=1e-9))


def test_points_that_were_allowed_beyond_the_maximum_leave_room_below():
    """of 12 of 10 that were meant, one may be taken away, and none added"""
    log = [Entry("ada", "one/a", "points", 12.0, extra=True, number=1)]
    row = page_total("ada", PAGE, [handed_in(5.0)], log)
    assert (row.total, swallowed(row, -1.0)) == (12.0, "")
    assert swallowed(row, 1.0) == "12 of 10 and +1 points make 13"
    taken = page_total("ada", PAGE, [handed_in(5.0)], [*log, Entry("ada", "one/a", "adjust", -1.0, number=2)])
    assert taken.total == 11.0


def test_beyond_the_maximum_only_where_it_was_said():
    """an extra point goes beyond the maximum, an ordinary one does not"""

    def total(*entries):
        return page_total("ada", PAGE, [handed_in(9.0)], entries).total

    assert total(Entry("ada", "one/a", "adjust", 5.0, number=1)) == 10.0
    assert total(Entry("ada", "one/a", "adjust", 5.0, number=1, extra=True)) == 14.0
    assert total(Entry("ada", "one/a", "points", 12.0, number=1, extra=True)) == 12.0
    assert total(Entry("ada", "one/a", "points", 12.0, number=1, extra=True),
                 Entry("ada", "one/a", "points", 3.0, number=2)) == 3.0  # fmt: skip


def test_a_second_gift_does_not_wipe_the_first():
    """two adjustments add up; set points take the place of set points"""
    two = [Entry("ada", "one/a", "adjust", 1.0, number=n) for n in (1, 2)]
    assert page_total("ada", PAGE, [handed_in(5.0)], two).total == 7.0
    sets = [Entry("ada", "one/a", "points", p, number=n) for n, p in enumerate((2.0, 4.0), 1)]
    assert page_total("ada", PAGE, [handed_in(5.0)], [*sets, *two]).total in (6.0,)


def test_a_rubric_item_counts_once():
    """applied twice it counts once, with its last points; taken back it counts not at all"""
    item = [Entry("ada", "one/a", "item", p, "axis", "the wrong axis", number=n) for n, p in enumerate((-2.0, -3.0), 1)]
    assert page_total("ada", PAGE, [handed_in(5.0)], item).total == 2.0
    off = Entry("ada", "one/a", "unitem", 0.0, "axis", number=3)
    assert page_total("ada", PAGE, [handed_in(5.0)], [*item, off]).total == 5.0


def test_words_that_no_longer_hold_reach_nobody():
    """of a rubric item the student reads the last words, none once it is taken back; of set points those of the last,
    where it has some; an undo brings all back"""
    told = [
        Entry("ada", "one/a", "item", -2.0, "axis", "the wrong axis", number=1),
        Entry("ada", "one/a", "item", -1.0, "axis", "another axis", number=2),
        Entry("ada", "one/a", "points", 3.0, text="nice", number=3),
        Entry("ada", "one/a", "points", 4.0, number=4),
        Entry("ada", "one/a", "unitem", key="axis", text="no axis", number=5),
        Entry("ada", "one/a", "comment", text="see me", number=6),
        Entry("ada", "one/a", "points", 5.0, text="better", number=7),
        Entry("ada", "one/a", "undo", undoes=5, number=8),
    ]

    def words(count):
        row = page_total("ada", PAGE, [handed_in(5.0)], told[:count])
        return row.comment.split("\n"), [(one.kind, one.value) for one in row.held]

    assert words(1) == (["the wrong axis"], [("item", -2.0)])
    assert words(2) == (["another axis"], [("item", -1.0)])
    assert words(4) == (["another axis", "nice"], [("item", -1.0), ("comment", 0.0), ("points", 4.0)])
    assert words(6) == (["nice", "see me"], [("comment", 0.0), ("points", 4.0), ("comment", 0.0)])
    assert words(7)[0] == ["nice", "see me", "better"]
    assert words(8)[0] == ["another axis", "nice", "see me", "better"]


def test_an_extension_moves_one_students_date():
    """an extension in the log comes before the policy's date; what was said with it is said everywhere"""
    policy = Policy(late_per_day=0.5)
    until = Entry("ada", "one/a", "extension", key=(DUE + timedelta(days=3)).isoformat(), number=1, text="ill")
    row = page_total("ada", PAGE, [handed_in(8.0, 2.0)], [until], policy, DUE)
    assert (row.total, row.penalty, row.comment) == (8.0, 0.0, "ill")
    assert page_total("ada", PAGE, [handed_in(8.0, 2.0)], [], policy, DUE).total == 0.0


def test_a_written_question_has_points_of_its_own():
    """its points come on top; once anybody was given some it counts for who is marked, and for who handed in nothing"""
    given_ = {("ada", "two/b"): [Entry("ada", "two/b", "question", 1.5, number=1)]}
    book = {(s, "two/b"): [handed_in(8.0, page="two/b", student=s)] for s in ("ada", "bob")}
    rows = standings(book, given_, Policy(), COURSE, everybody=["cyd"])
    assert [(r.student, r.total, r.max_points, r.written, r.unmarked) for r in rows] == [
        ("ada", 9.5, 12.0, 1.5, 0.0), ("bob", 8.0, 10.0, None, 2.0), ("cyd", 0.0, 12.0, None, 0.0)
    ]  # fmt: skip
    totals = ClassTotals(tuple(rows), Policy(), COURSE)
    assert totals.students["bob"].share == 0.8  # a mark of somebody else's takes nothing from it
    assert (totals.most, totals.students["bob"].unmarked) == (12.0, ("two/b",))
    assert rules_of(totals)[-1] == (
        f"{COURSE.pages['two/b'].title}: a written question is not marked yet for one student; it does not count until "
        "it is marked"
    )
    assert {r.max_points for r in standings(book, {}, Policy(), COURSE)} == {10.0}


def test_points_that_a_person_set_stand_where_the_grader_failed():
    """a page that the grader could not grade has a total once a person gave it one"""
    waits = page_total("ada", PAGE, [], [], waits=True)
    assert (waits.pending, waits.state) == (True, "ungraded")
    row = page_total("ada", PAGE, [], [Entry("ada", "one/a", "points", 6.0, number=1)], waits=True)
    assert (row.pending, row.total) == (False, 6.0)


def test_each_question_counts_once():
    """of each question its last points; points for all of them take the place of all, and the other way round"""
    page = Exercise("two/b", "B", 10.0, question_points=2.0, questions=(Question("Why?", 3.0), Question("How?", 1.0)))

    def written(*given_):
        log = [Entry("ada", "two/b", "question", value, key, number=n) for n, (key, value) in enumerate(given_, 1)]
        return page_total("ada", page, [handed_in(5.0)], log, asked=True).written

    assert questions_of(page) == {"question": 2.0, "question-1": 3.0, "question-2": 1.0}
    assert (maximum(page, "question", "question-1"), maximum(page, "question"), maximum(page, "points")) == (3, 6, 10)
    assert written(("question", 1.0), ("question-1", 2.0), ("question", 2.0)) == 4.0
    assert written(("question", 1.0), ("question-1", 2.0), ("", 5.0)) == 5.0
    assert written(("", 5.0), ("question-2", 1.0)) == 1.0
    waits = page_total("ada", page, [handed_in(5.0)], [], asked=True)
    assert (waits.max_points, waits.unmarked) == (10.0, 6.0)
    one = page_total("ada", page, [handed_in(5.0)], [Entry("ada", "two/b", "question", 3.0, "question-1")], asked=True)
    assert (one.total, one.max_points, one.unmarked) == (8.0, 13.0, 3.0)
    assert page_total("ada", page, [], [], asked=True).max_points == 16.0


@pytest.mark.parametrize(
    "points, items, words",
    [
        (9.0, (2.0,), "1 beyond the maximum does not count"), (1.0, (-2.5, -1.0), "2.5 below 0 do not count"),
        (9.0, (1.0,), ""), (9.0, (), ""),
    ],
)  # fmt: skip
def test_what_is_cut_off_is_said(points, items, words):
    """rubric items that would lead below 0 or beyond the maximum count as far as there, and what is lost is told"""
    log = [Entry("ada", "one/a", "item", value, f"k{n}", number=n) for n, value in enumerate(items, 1)]
    row = page_total("ada", PAGE, [handed_in(points)], log)
    assert cut_words(row) == words
    assert row.total == min(max(points + sum(items), 0.0), 10.0)
    assert not words or (words in made_of(row) and words in told(row, COURSE))


@pytest.mark.parametrize("value", [1e-9, -0.00004])
def test_points_too_few_to_be_shown_are_refused(value):
    """an entry that would change nothing that anybody reads is no entry"""
    with pytest.raises(GradebookError, match="too few to count"):
        checked(Entry("ada", "one/a", "adjust", value), MOST)
    assert checked(Entry("ada", "one/a", "adjust", 0.0001), MOST).value == 0.0001


def test_dropping_more_pages_than_there_are_is_told():
    """one page of a category always counts; where the policy would drop it, readers are told"""
    policy = Policy(drop_lowest={"one": 3})
    rows = standings({("ada", "one/a"): [handed_in(5.0)]}, {}, policy, COURSE)
    name = COURSE.sections["one"]
    (line,) = rules_of(ClassTotals(tuple(rows), policy, COURSE))
    assert line == f"Of {name} 0 of 1 pages are left out so far, though the policy says 3: one counts"


def test_a_page_with_questions_alone():
    """its maximum is its questions', and it counts by its weight like any other"""
    asked = QuestionPage("two/q", "Q", (Question("Why?", 4.0),), weight=2.0)
    made = replace(COURSE, question_pages={"two/q": asked})
    given_ = {("ada", "two/q"): [Entry("ada", "two/q", "question", 3.0, "question-1", number=1)]}
    rows = standings({("bob", "one/a"): [handed_in(10.0, student="bob")]}, given_, Policy(), made)
    totals = student_totals(rows, Policy(), made)
    assert {s: (t.points, t.maximum) for s, t in totals.items()} == {"ada": (6.0, 18.0), "bob": (10.0, 10.0)}
    assert totals["bob"].unmarked == ("two/q",)  # a person alone knows whether somebody answered


# -- free days -----------------------------------------------------------------------------------


def test_slip_days_are_spent_in_the_order_of_the_dates():
    """three free days of a term: the page that was due first takes what it needs, the next one what is left"""
    dates = {"one/a": DUE + timedelta(days=7), "one/b": DUE}
    policy = Policy(late_per_day=0.1, due=dates, slip_days=3)
    book = {("ada", a): [handed_in(10.0, days, a)] for a, days in (("one/a", 9.0), ("one/b", 2.0))}
    rows = {r.exercise: r for r in standings(book, {}, policy, COURSE)}
    assert (rows["one/b"].slip, rows["one/b"].total) == (2, 10.0)
    assert (rows["one/a"].slip, rows["one/a"].penalty, rows["one/a"].total) == (1, 0.1, 9.0)


def test_what_is_in_time_takes_no_free_day():
    """a page in time, or late by less than the grace, leaves the free days to others"""
    policy = Policy(late_per_day=0.1, grace_minutes=60, due={"one": DUE}, slip_days=1)
    book = {("ada", "one/a"): [handed_in(10.0, 0.01)], ("ada", "one/b"): [handed_in(10.0, 1.0, "one/b")]}
    assert [(r.slip, r.total) for r in standings(book, {}, policy, COURSE)] == [(0, 10.0), (1, 10.0)]


def test_a_free_day_that_spares_nothing_is_kept():
    """of a page that counts nothing with it and without it"""
    policy = Policy(late_per_day=0.1, late_days=3, due={"one": DUE}, slip_days=1)
    book = {("ada", "one/a"): [handed_in(10.0, 9.0)], ("ada", "one/b"): [handed_in(10.0, 1.0, "one/b")]}
    assert [(r.slip, r.total) for r in standings(book, {}, policy, COURSE)] == [(0, 0.0), (1, 10.0)]


@pytest.mark.parametrize(
    ("points", "entries"),
    [(None, ()), (0.0, ()), (5.0, (Entry("ada", "one/a", "points", 8.0, number=1),))],
    ids=["nothing handed in", "no points", "points set by hand"],
)
def test_a_free_day_is_kept_where_lateness_costs_nothing(points, entries):
    """of a page that nobody handed in, without points, or with points of a marker's in place of the checks'"""
    policy = Policy(late_per_day=0.1, due={"one": DUE}, slip_days=1)
    first = handed_in(points, 1.0) if points is not None else no_file(1.0)
    book = {("ada", "one/a"): [first], ("ada", "one/b"): [handed_in(10.0, 1.0, "one/b")]}
    rows = standings(book, {("ada", "one/a"): entries}, policy, COURSE)
    assert [r.slip for r in rows] == [0, 1]
    assert rows[1].total == 10.0
    assert points is not None or rows[0].penalty == 0.0  # of nothing nothing was late


@pytest.mark.parametrize("count", ["best", "last"])
def test_a_later_run_without_the_file_takes_no_points(count):
    """a page that a later download, or another of the group, has no file of: that is no attempt, whatever counts"""
    policy = Policy(count=count, late_per_day=0.1, due={"one": DUE}, groups={"team": ("ada", "bob")})
    book = {("ada", "one/a"): [handed_in(7.0), no_file(3.0)], ("bob", "one/a"): [no_file(5.0, "bob")]}
    for row in standings(book, {}, policy, COURSE):
        assert (row.total, row.penalty, row.state) == (7.0, 0.0, "wrong")


def test_where_nobody_of_a_group_handed_in_nobody_did():
    """what a run notes of a member without a file is nobody's work: no view says who handed it in, or whose 0 counts"""
    policy = Policy(groups={"team": ("ada", "bob")})
    book = {("ada", "one/a"): [no_file(0.0)], ("bob", "one/a"): [no_file(1.0, "bob")]}
    mine, _ = standings(book, {}, policy, COURSE)
    assert mine.grade is not None
    assert (mine.grade.student, mine.of_group) == ("bob", "")
    table = class_table([no_file(0.0)], COURSE, ClassTotals((mine,), policy, COURSE))
    assert [str(cell) for cell in table.columns[1].cells] == ["– not handed in"]
    assert "handed in by" not in told(mine, COURSE)


def test_free_days_without_end():
    """of slip_days = inf every late page takes what it needs"""
    policy = Policy(late_per_day=0.1, due={"one": DUE}, slip_days=math.inf)
    book = {("ada", a): [handed_in(10.0, days, a)] for a, days in (("one/a", 40.0), ("one/b", 2.0))}
    assert [(r.slip, r.total) for r in standings(book, {}, policy, COURSE)] == [(40, 10.0), (2, 10.0)]


# -- a student -----------------------------------------------------------------------------------

parts = st.lists(st.integers(0, 8).map(lambda n: n / 8), min_size=5, max_size=5)
sizes = st.lists(st.integers(1, 30).map(float), min_size=5, max_size=5)
weights_ = st.lists(st.sampled_from([0.0, 0.5, 1.0, 2.0, 7.0]), min_size=5, max_size=5)


def of_parts(shares, maxima):
    """ada's rows with these parts of these maxima."""
    book = {
        ("ada", a): [handed_in(s * m, page=a, most=m)] for a, s, m in zip(PAGES, shares, maxima, strict=True)
    }  # fmt: skip
    return standings(book, {}, Policy(), course(maxima=maxima))


@given(parts, sizes, weights_, st.dictionaries(st.sampled_from(["one", "two"]), st.integers(0, 6)),
       st.dictionaries(st.sampled_from(["one", "two"]), st.integers(0, 40).map(float)))  # fmt: skip
def test_a_total_stays_within_its_maximum(shares, maxima, weights, drop, caps):
    """between 0 and the maximum for any weights, dropped pages and maxima of categories"""
    policy = Policy(drop_lowest=drop, maximum=caps)
    total = student_total(of_parts(shares, maxima), policy, course(weights, maxima))
    assert -1e-4 <= total.points <= total.maximum + 1e-3


@given(parts, sizes, weights_, st.sampled_from([0.25, 2.0, 10.0]))
def test_weights_normalise(shares, maxima, weights, factor):
    """all weights times the same factor: the same part of the maximum"""
    assume(any(weights))
    rows = of_parts(shares, maxima)
    one = student_total(rows, Policy(drop_lowest={"one": 1}), course(weights, maxima))
    other = student_total(rows, Policy(drop_lowest={"one": 1}), course([w * factor for w in weights], maxima))
    assert other.share == pytest.approx(one.share, abs=1e-3)
    assert other.dropped == one.dropped


@given(parts, sizes, weights_, st.integers(0, 4))
def test_dropping_the_lowest_never_lowers(shares, maxima, weights, drop):
    """each further page that may be dropped leaves the total as it is or raises it; the maximum stays"""
    rows, made = of_parts(shares, maxima), course(weights, maxima)
    one, other = (student_total(rows, Policy(drop_lowest={"one": n, "two": n}), made) for n in (drop, drop + 1))
    assert other.points >= one.points - 2e-4
    assert other.maximum == one.maximum


@given(parts, sizes, weights_, st.integers(1, 2))
def test_what_is_dropped_is_the_best_choice(shares, maxima, weights, drop):
    """no other choice of pages to leave out would give the student more: all choices tried"""
    rows, made = [r for r in of_parts(shares, maxima) if r.exercise.startswith("one")], course(weights, maxima)
    total = student_total(rows, Policy(drop_lowest={"one": drop}), made)
    weighted = [(made.weight(r.exercise) * r.total, made.weight(r.exercise) * r.max_points) for r in rows]
    counted = [pair for pair in weighted if pair[1]]
    keep = max(len(counted) - drop, 1)
    if not counted:
        return
    best = max(sum(t for t, _ in c) / sum(m for _, m in c) for c in combinations(counted, keep))
    assert total.points == pytest.approx(best * total.maximum, abs=1e-3)


@given(parts, parts, sizes, weights_, st.integers(0, 3))
def test_a_better_page_never_gives_less(one, other, maxima, weights, drop):
    """every page as good or better: the total is as good or better, with dropped pages and maxima too"""
    low, high = [min(p) for p in zip(one, other, strict=True)], [max(p) for p in zip(one, other, strict=True)]
    policy, made = Policy(drop_lowest={"one": drop}, maximum={"two": 7.0}), course(weights, maxima)
    totals = [student_total(of_parts(shares, maxima), policy, made).points for shares in (low, high)]
    assert totals[0] <= totals[1] + 2e-4


@pytest.mark.parametrize("drop", [0, 1])
def test_a_share_is_of_points_that_nobody_rounded(drop):
    """two days late at a sixth each take a third of 11 points: 7.3333, and two thirds of what can be reached, exactly

    So the platform's file has 66.6667 of 100, as who works it out by hand; it had 66.6664.
    """
    policy = Policy(late_per_day=1 / 6, late_days=5, due={"one": DUE}, drop_lowest={"one": drop})
    book = {
        ("ada", "one/a"): [handed_in(11.0, 2.0, most=11.0)],
        ("ada", "one/b"): [handed_in(0.0, page="one/b", most=11.0)],
    }
    made = course(maxima=(11.0,) * 5)
    rows = [row for row in standings(book, {}, policy, made) if row.exercise == "one/a" or drop]
    one = student_total(rows, policy, made)
    assert one.points == (14.6666 if drop else 7.3333)
    assert one.share == pytest.approx(2 / 3, abs=1e-9)
    scale = Scale(one.maximum, True, {"ada": one.maximum}, {"ada": one.share})
    found = scale.fitted({"ada": one.points}, 100.0, "the file")["ada"]
    assert found == pytest.approx(200 / 3, abs=1e-7)


def test_weights_of_the_course_count():
    """a page of weight 2 counts twice, in the points and in the maximum"""
    rows = of_parts((1.0, 0.5, 0.0, 0.0, 0.0), (MOST,) * 5)
    total = student_total(rows, Policy(), course((2.0, 1.0, 1.0, 1.0, 1.0)))
    assert (total.points, total.maximum) == (25.0, 60.0)


def test_a_category_counts_up_to_its_maximum():
    """points of a category above its maximum no more count, nor does its maximum"""
    rows = of_parts((1.0, 1.0, 0.5, 0.5, 0.0), (MOST,) * 5)
    total = student_total(rows, Policy(maximum={"one": 20.0}), COURSE)
    assert (total.points, total.maximum) == (25.0, 40.0)


def test_who_did_not_hand_in_a_page_of_the_class_has_zero_of_it():
    """everybody has a row for each page of the class, and one maximum"""
    book = {("ada", "one/a"): [handed_in(10.0)], ("bob", "one/b"): [handed_in(5.0, page="one/b", student="bob")]}
    rows = standings(book, {}, Policy(), COURSE, everybody=["cyd"])
    totals = student_totals(rows, Policy(), COURSE)
    assert {s: (t.points, t.maximum, t.pages) for s, t in totals.items()} == {
        "ada": (10.0, 20.0, 2), "bob": (5.0, 20.0, 2), "cyd": (0.0, 20.0, 2)
    }  # fmt: skip
    assert [(r.student, r.state) for r in rows if r.exercise == "one/b"] == [
        ("ada", "not handed in"), ("bob", "wrong"), ("cyd", "not handed in")
    ]  # fmt: skip


def test_what_could_not_be_graded_is_in_neither_number():
    """a pending page counts for nobody, and is named"""
    book = {("ada", "one/a"): [handed_in(10.0)]}
    total = student_totals(standings(book, {}, Policy(), COURSE, {("ada", "one/b")}), Policy(), COURSE)["ada"]
    assert (total.points, total.maximum, total.pending) == (10.0, 10.0, ("one/b",))


def test_a_page_that_nothing_is_left_of_counts_for_nobody():
    """what was taken back, and a later date for a page that nobody handed in, change nobody's maximum"""
    book = {("ada", "one/a"): [handed_in(10.0)]}
    alone = student_totals(standings(book, {}, Policy(), COURSE), Policy(), COURSE)
    gift = Entry("ada", "one/b", "adjust", 3.0, number=1)
    for some in (
        (gift, Entry("ada", "one/b", "undo", undoes=1, number=2)),
        (Entry("ada", "one/b", "extension", key=DUE.isoformat(), number=1),),
        (Entry("ada", "one/b", "excuse", number=1),),
    ):
        rows = standings(book, {("ada", "one/b"): some}, Policy(), COURSE)
        assert student_totals(rows, Policy(), COURSE) == alone
    rows = standings(book, {("ada", "one/b"): (gift,)}, Policy(), COURSE)
    assert student_totals(rows, Policy(), COURSE)["ada"].maximum == 20.0
