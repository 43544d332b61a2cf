"""The desk in a browser, as two markers use it: filters, keys, rubric, groups with exceptions, a conflict, anonymous.

With ``GRADUS_SCREENSHOTS=folder`` the pictures are kept for a person to look at.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from autograder.desk.again import SHOWN, WRITTEN, Again, State
from autograder.desk.site import Desk
from autograder.desk.who import Who
from autograder.export.files import grade_record
from autograder.gradebook.entries import effective
from autograder.gradebook.rubric import Item
from autograder.gradebook.store import Gradebook
from tests import browser
from tests.labs import shown, wait
from tests.marking import CLASS, CODE, SOFTMAX, checks, desk_of, graded, write

pytestmark = pytest.mark.skipif(browser.CHROMIUM is None, reason=browser.WITHOUT)

PHONE = 390
NAME = "\"><b>Zoë</b> O'Hara"
HOSTILE = graded(NAME, SOFTMAX, checks("passed", "failed"), f"{CODE}# </code><script>document.title = 'x'</script>\n")


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Desk, str, browser.Browser]]:
    """One desk and one browser for all tests of this file."""
    folder = tmp_path_factory.mktemp("desk")
    with (
        desk_of(write(folder / "out", (*CLASS, HOSTILE)), who=Who("mia")) as (desk, address),
        browser.browser(folder / "profile") as opened,
    ):
        yield desk, address, opened


@pytest.fixture
def desk(running: tuple[Desk, str, browser.Browser]) -> Desk:
    """The desk."""
    return running[0]


@pytest.fixture
def visit(running: tuple[Desk, str, browser.Browser]) -> Iterator[Any]:
    """Opens a page of the desk; at the end nothing may stand in its console, nor have left this machine."""
    _, address, opened = running
    with browser.visits(opened, address) as go:
        yield go


def press(tab: browser.Tab, key: str) -> None:
    """Press a key."""
    tab.run(
        "(document.activeElement ?? document.body).dispatchEvent("
        f"new KeyboardEvent('keydown', {{key: '{key}', bubbles: true, cancelable: true}}))"
    )


def fill(tab: browser.Tab, id: str, value: str) -> None:
    """Type into a field."""
    tab.run(
        f"{{const e = document.getElementById('{id}') ?? document.querySelector('[name={id}]'); e.value = '{value}';"
        "e.dispatchEvent(new Event('input', {bubbles: true})); e.dispatchEvent(new Event('change', {bubbles: true}));}"
    )


def answer(desk: Desk, student: str, mode: str = "named") -> str:
    """Where a student's page is."""
    return f"{mode}/page/{SOFTMAX}/{desk.ids.of(student)}"


def of(id: str) -> str:
    """The text of an element, as an expression."""
    return f"document.getElementById('{id}').textContent"


def test_filters_answer_as_one_types(visit: Any) -> None:
    """who is found, in the address too, which another marker can open; then one of the five states"""
    tab = visit("named/")
    wait(tab, f"{of('count')}.startsWith('8 of 8')")
    browser.keep(tab, "desk-class")
    fill(tab, "find", "cy")
    wait(tab, f"{of('count')}.startsWith('1 of 8')")
    assert tab.run("location.search") == "?find=cy"
    fill(tab, "find", "")
    fill(tab, "page", SOFTMAX)
    wait(tab, "location.search.includes('page=')")
    fill(tab, "state", "unfinished")
    wait(tab, f"{of('count')}.startsWith('1 of 8')")
    assert "eve" in shown(tab)
    assert visit(f"named/{tab.run('location.search')}").run("document.querySelectorAll('tbody tr').length") == 1


def test_one_after_another_by_keys(desk: Desk, visit: Any) -> None:
    """next and previous; a new item, by its key on and off; points; a comment; what one gave last is undone"""
    tab = visit(answer(desk, "bob"))
    assert tab.run("document.querySelectorAll('.numbered .row').length") == len(CODE.strip().split("\n"))
    assert "rule 1" in tab.run("document.querySelector('.failing').textContent")
    browser.keep(tab, "desk-answer")
    press(tab, "j")
    wait(tab, "document.querySelector('h1 bdi').textContent === 'cyd'")
    press(tab, "k")
    wait(tab, "document.querySelector('h1 bdi').textContent === 'bob'")
    fill(tab, "item-text", "the sum runs over everything")
    tab.run("document.getElementById('item-put').click()")
    wait(tab, "document.querySelectorAll('[data-item]').length === 1")
    press(tab, "1")
    wait(tab, f"{of('total')} === '1/4'")
    press(tab, "1")
    wait(tab, f"{of('total')} === '2/4'")
    press(tab, "1")
    wait(tab, f"{of('total')} === '1/4'")
    tab.run("document.querySelector('[data-change]').click()")
    assert tab.run("document.getElementById('item-text').value") == "the sum runs over everything"
    fill(tab, "item-points", "-0.5")
    tab.run("document.getElementById('item-put').click()")  # wherever it is applied
    wait(tab, f"{of('total')} === '1.5/4'")
    tab.run("document.activeElement?.blur()")
    press(tab, "1")
    wait(tab, f"{of('total')} === '2/4'")
    fill(tab, "points", "500")
    tab.run("document.getElementById('points-put').click()")
    wait(tab, f"{of('told')}.includes('outside of 0 to')")
    tab.run("document.getElementById('extra').click()")  # the points still stand there
    tab.run("document.getElementById('points-put').click()")
    wait(tab, f"{of('total')} === '500/4' && document.querySelector('.history').textContent.includes('beyond the max')")
    press(tab, "u")
    wait(tab, f"{of('total')} === '2/4'")
    fill(tab, "points", "3")
    tab.run("document.getElementById('points-put').click()")
    wait(tab, f"{of('total')} === '3/4'")
    press(tab, "u")
    wait(tab, f"{of('total')} === '2/4'")
    fill(tab, "comment", "Which sum?")
    tab.run("document.getElementById('comment-put').click()")
    wait(tab, "document.querySelector('.history').textContent.includes('comment: Which sum?')")
    assert [one.kind for one in effective(desk.results.entries.history("bob", SOFTMAX))] == [
        "item",
        "unitem",
        "item",
        "item",
        "unitem",
        "comment",
    ]
    assert tab.run("document.querySelectorAll('.history .gone').length") == 2
    browser.keep(tab, "desk-marked")


def test_a_group_with_an_exception(desk: Desk, visit: Any) -> None:
    """all who failed alike get the comment, but the one who is unticked"""
    front = visit(f"named/page/{SOFTMAX}/?by=failure")
    browser.keep(front, "desk-groups")
    rows = "[...document.querySelectorAll('tbody tr')]"
    path = front.run(f"{rows}.find(r => r.textContent.includes('cyd')).querySelector('a').getAttribute('href')")
    tab = visit(f"named/page/{SOFTMAX}/{path}")
    wait(tab, "document.querySelectorAll('.member').length === 2")
    here = tab.run("document.querySelector('h1 bdi').textContent")
    left = next(name for name in ("bob", "cyd") if name != here)
    tab.run(f"document.querySelector('.member[value=\"{desk.ids.of(left)}\"]').click()")
    press(tab, "a")
    assert tab.run("document.getElementById('all').checked")
    fill(tab, "comment", "to all of you")
    tab.run("document.getElementById('comment-put').click()")
    wait(tab, f"{of('told')}.includes('kept for 2 students')")
    who = {one.student for one in desk.results.entries.all() if one.text == "to all of you"}
    assert who == {"bob", "cyd", NAME} - {left}
    tab.run("document.getElementById('told').textContent = ''")
    press(tab, "u")
    wait(tab, f"{of('told')}.includes('kept for 2 students')")
    given = desk.results.now().entries
    assert not [one for name in who for one in effective(given[name, SOFTMAX]) if one.text == "to all of you"]


def test_two_markers_on_one_answer(desk: Desk, visit: Any) -> None:
    """the second edit is not kept and says so; what was typed is still there, and is kept at the second try"""
    first, second = visit(answer(desk, "dan")), visit(answer(desk, "dan"))
    fill(first, "points", "1")
    first.run("document.getElementById('points-put').click()")
    wait(first, f"{of('total')} === '1/4'")
    fill(second, "points", "3")
    second.run("document.getElementById('points-put').click()")
    told = wait(second, f"{of('told')}.includes('changed in between') && {of('told')}")
    assert "mia at" in told
    assert second.run("document.getElementById('points').value") == "3"
    assert second.run(of("total")) == "1/4"
    browser.keep(second, "desk-conflict")
    second.run("document.getElementById('points-put').click()")
    wait(second, f"{of('total')} === '3/4'")
    assert [one.value for one in desk.results.entries.history("dan", SOFTMAX)] == [1.0, 3.0]


def test_what_was_typed_outlives_what_came_in_between(desk: Desk, visit: Any) -> None:
    """results that were graded anew are told and shown, the words still stand, and are kept at the second try"""
    tab = visit(answer(desk, "eve"))
    fill(tab, "comment", "Nearly.")
    with Gradebook(desk.results.file) as book:
        book.add(graded("eve", SOFTMAX, checks("passed", "passed"), "# anew\n")[0])
    tab.run("document.getElementById('comment-put').click()")
    wait(tab, f"{of('told')}.includes('eve was graded anew in between') && {of('total')} === '4/4'")
    assert tab.run("document.getElementById('comment').value") == "Nearly."
    tab.run("document.getElementById('comment-put').click()")
    wait(tab, "document.querySelector('.history').textContent.includes('Nearly.')")


def test_what_is_typed_stays_until_it_is_sent(desk: Desk, visit: Any) -> None:
    """an item, points, the bank, others and a link leave it alone; two presses at once act one after another"""
    key = desk.results.rubric.put(Item(SOFTMAX, "typed", "while typing", -0.5), "mia").key
    tab = visit(answer(desk, "gil"))
    fill(tab, "comment", "half a sen")
    given = "document.querySelectorAll('.history li:not(.quiet)').length"
    digit = tab.run(f"[...document.querySelectorAll('[data-item]')].findIndex(e => e.dataset.item === '{key}') + 1")
    twice = f"new KeyboardEvent('keydown', {{key: '{digit}', bubbles: true, cancelable: true}})"
    tab.run(f"for (let n = 0; n < 2; n++) document.body.dispatchEvent({twice})")  # on, and off again
    wait(tab, f"{given} === 2")
    assert [one.kind for one in desk.results.entries.history("gil", SOFTMAX)] == ["item", "unitem"]
    fill(tab, "points", "2")
    tab.run("document.getElementById('points-put').click()")
    wait(tab, f"{given} === 3")
    tab.run("document.getElementById('bank-put').click()")
    wait(tab, "document.querySelector('[data-comment=\"half a sen\"]') !== null")
    assert tab.run("document.getElementById('comment').value") == "half a sen"
    assert tab.run("document.getElementById('points').value") == ""  # that was sent
    fill(tab, "why", "seen")
    press(tab, "k")
    wait(tab, "document.querySelector('h1 bdi').textContent !== 'gil'")
    assert tab.run("document.getElementById('comment').value") == ""
    press(tab, "j")
    wait(tab, f"document.querySelector('h1 bdi').textContent === 'gil' && {of('told')}.includes('not sent')")
    typed = "['comment', 'why'].map(id => document.getElementById(id).value).join('|')"
    assert tab.run(typed) == "half a sen|seen"
    tab.follow(f"location.href = '{desk.ids.of('bob')}'")
    tab.follow(f"location.href = '{desk.ids.of('gil')}'")
    assert tab.run("document.getElementById('comment').value") == "half a sen"
    tab.run("document.getElementById('comment-put').click()")
    wait(tab, "document.querySelector('.history').textContent.includes('comment: half a sen')")
    assert tab.run(typed) == "|"


def test_no_request_of_the_anonymous_view_holds_a_name(desk: Desk, visit: Any) -> None:
    """neither page, title nor any address that it asks for"""
    tab = visit("anonymous/")
    tab.follow(f"document.querySelector('a[href=\"student/{desk.ids.of('bob')}\"]').click()")
    tab.follow(f"location.href = '../page/{SOFTMAX}/{desk.ids.of('bob')}'")
    fill(tab, "comment", "fine")
    tab.run("document.getElementById('comment-put').click()")
    wait(tab, "document.querySelector('.history').textContent.includes('comment: fine')")
    parts = (*tab.requests(), tab.run("document.title"), shown(tab), tab.run("document.documentElement.outerHTML"))
    for grade, _ in (*CLASS, HOSTILE):
        found = re.search(rf"(?<!\w){re.escape(grade.student)}(?!\w)", "\n".join(parts))
        assert found is None, grade.student
    browser.keep(tab, "desk-anonymous")


@pytest.mark.parametrize(
    "path",
    [
        "named/",
        f"named/page/{SOFTMAX}/",
        "answer",
        "named/log/",
        "student",
        "named/figures/",
        f"named/figures/{SOFTMAX}/",
    ],
)
def test_on_a_phone_and_in_the_dark(desk: Desk, visit: Any, path: str) -> None:
    """nothing is wider than the screen; dark means dark"""
    where = {"answer": answer(desk, NAME), "student": f"named/student/{desk.ids.of(NAME)}"}.get(path, path)
    tab = visit(where, width=PHONE, height=800, dark=True)
    assert tab.run("document.documentElement.scrollWidth") <= PHONE
    assert tab.run("getComputedStyle(document.body).backgroundColor") == "rgb(22, 24, 29)"
    assert tab.run("document.title") != "x"
    browser.keep(tab, f"desk-phone-{path.strip('/').replace('/', '-')}")


class Slow(Again):
    """Grades again in half a second, without grading."""

    def _run(self, by: str, apply: bool) -> None:
        time.sleep(0.5)
        old, new = (grade_record(graded("bob", SOFTMAX, checks("passed", end))[0]) for end in ("failed", "passed"))
        change = {"student": "bob", "exercise": SOFTMAX, "difference": 2.0, "old": old, "new": new}
        with self._lock:
            self._state = State(WRITTEN if apply else SHOWN, (change,), by=by)


def test_a_request_and_the_difference(desk: Desk, visit: Any, tmp_path: Path) -> None:
    """from the inbox to the evidence and its answer; what grading again would change is shown, then written"""
    desk.requests = tmp_path / "requests.csv"
    desk.requests.write_text("student,page,request\ncyd,softmax,Please look again\n", encoding="utf-8")
    desk.again = Slow(tmp_path, tmp_path, tmp_path)
    tab = visit("named/requests/")
    tab.follow("document.querySelector('tbody a').click()")
    assert "Please look again" in shown(tab)
    fill(tab, "comment", "I looked.")
    tab.run("document.getElementById('comment-put').click()")
    wait(tab, "document.querySelector('.request').textContent.includes('asked, and answered')")
    assert desk.results.entries.history("cyd", SOFTMAX)[-1].why.startswith("request ")
    tab = visit("named/again/")
    assert not tab.run("document.getElementById('again-apply')")
    tab.run("document.getElementById('again').click()")
    wait(tab, f"{of('told')}.includes('1 grade would change')")
    assert "rule 1: failed 0/2 → rule 1: passed 2/2" in shown(tab)
    browser.keep(tab, "desk-again")
    tab.run("document.getElementById('again-apply').click()")
    wait(tab, f"{of('told')}.includes('1 grade was written')")
