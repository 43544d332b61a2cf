"""The pages in a browser: a class of a thousand, names that nobody would wish for, on a desk and on a phone.

With ``GRADUS_SCREENSHOTS=folder`` the pictures are kept for a person to look at.
"""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from urllib.parse import unquote

import pytest

from autograder.model import Exercise, Submission, Syllabus
from autograder.report.page import page_name
from autograder.running.run import Outcome, in_order, write_results
from autograder.text import printable
from tests import browser
from tests.helpers import make_check, make_grade

pytestmark = pytest.mark.skipif(browser.CHROMIUM is None, reason=browser.WITHOUT)

STUDENTS = 1000
PHONE, DESK = 390, 1280
PAGES = {
    "one/softmax": "The softmax function", "one/attention_scores": "Scores of attention",
    "two/a_page_with_a_long_name": "A page with a long name & a title", "two/curves": "Curves",
}  # fmt: skip
SYLLABUS = Syllabus(
    "Tiny <course>", Path("."), {"one": "One", "two": "Two"},
    {address: Exercise(address, title, 4.0, hints=("look <b>again</b>",)) for address, title in PAGES.items()}, {},
)  # fmt: skip
RUN = {"started": "2026-01-01T10:00:00+00:00", "gradus": "0", "torch": "2", "isolation": "namespaces", "seed": 7}
SCRIPT = "<script>window.fooled = 1; document.title = 'fooled'</script>"
IMAGE = '<img src="http://example.org/x.png" onerror="window.fooled = 2">'
HOSTILE = (
    SCRIPT, IMAGE, "Müller, Zoë \U0001f600", "O'Neil \"Ned\"", "'><a href=javascript:alert(1)>", "=1+1", "a/b", "a_b",
    "../../etc/passwd", "&lt;b&gt;&amp;", "\u202eada", "</td></table></style>", "x" * 120, "王小明", "l'été#1?a=b%20c",
    "Zoe " + "\u0301" * 40, "\udcff", "</script><script>window.fooled = 3</script>",
)  # fmt: skip
MISTAKES = ("divides along dim 0, whatever `dim` says", f"keeps {SCRIPT}", "forgets to subtract the maximum")
SOURCE = f"import torch\n\n\ndef softmax(x, dim):\n    e = torch.exp(x)\n    return e / e.sum(0)  # {SCRIPT}\n" + (
    "# a line without end " * 20
)
CURVE = {"kind": "curves", "x": [0.0, 1.0, 2.0], "actual": [0.0, 2.0, 1.0], "expected": [0.0, 1.0, 2.0], "label": "x"}
MESSAGE = (
    "call        softmax(tensor([[1., 2., 3.], [4., 5., 6.]]), dim=1)\n"
    f"came back   {'[0.0474, 0.0474, 0.0474] ' * 12}\n"
    "where       softmax.py, line 6 in softmax:  return e / e.sum(0)\n"
    f"problem     {IMAGE} {'w' * 300}"
)
#: the ratio of the luminance of each text to that of what is behind it, the worst first
CONTRAST = """
(() => {
  const rgba = text => { const n = text.match(/[\\d.]+/g).map(Number); return n.length < 4 ? [...n, 1] : n; };
  const over = ([r, g, b, a], under) => [r, g, b].map((c, i) => c * a + under[i] * (1 - a));
  const light = rgb => rgb.map(c => c / 255).map(c => c <= .03928 ? c / 12.92 : ((c + .055) / 1.055) ** 2.4)
    .reduce((sum, c, i) => sum + c * [.2126, .7152, .0722][i], 0);
  const probe = document.body.appendChild(document.createElement('i'));
  probe.style.background = 'Canvas';
  const canvas = rgba(getComputedStyle(probe).backgroundColor).slice(0, 3);
  probe.remove();
  const behind = node => node ? over(rgba(getComputedStyle(node).backgroundColor), behind(node.parentElement)) : canvas;
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT), found = {};
  for (let node = walk.nextNode(), n = 0; node && n < 20000; node = walk.nextNode(), n++) {
    const holder = node.parentElement;
    if (!node.data.trim() || ['SCRIPT', 'STYLE'].includes(holder.tagName) || !holder.getClientRects().length) continue;
    const style = getComputedStyle(holder), back = behind(holder);
    const a = light(over(rgba(holder.ownerSVGElement ? style.fill : style.color), back)), b = light(back);
    const ratio = (Math.max(a, b) + .05) / (Math.min(a, b) + .05) * style.opacity;
    const kind = String(holder.className || holder.tagName);
    if (!(found[kind] <= ratio)) found[kind] = ratio;
  }
  return Object.entries(found).map(([kind, ratio]) => [ratio, kind]).sort((a, b) => a[0] - b[0]);
})()
"""


def handed_in(student, address):
    """What the pages show as their code."""
    return Submission(student, address, "softmax.py", (SOURCE,))


def grades_of(number, student):
    """Four grades, of which some fail, one way or another."""
    failed = make_check(title="rows sum to one", status="failed", points=0.0, max_points=3.0, message=MESSAGE,
                        diagnosis=(MISTAKES[number % 3],), plot=CURVE if number % 2 else None)  # fmt: skip
    states = ("passed", "failed", "failed", "passed", "error", "timeout", "missing", "crashed", "skipped", "internal")
    for place, address in enumerate(PAGES):
        status = states[(number // 3 + 7 * place) % len(states)]
        told = [make_check(title="the shape stays")]
        if status == "failed":
            told.append(failed)
        elif status != "passed":
            told = [make_check(title="the shape stays", status=status, points=0.0, message="problem     it ended")]
        points = sum(check.points for check in told)
        yield make_grade(
            student, address, status=status, points=points, max_points=4.0, checks=tuple(told), seconds=number / 1000,
            isolation="namespaces" if number % 10 else "plain", notes=(f"note {IMAGE}",) if number < 5 else (),
            digest=handed_in(student, address).digest, filename="softmax.py",
        )  # fmt: skip


@pytest.fixture(scope="module")
def results(tmp_path_factory):
    """The files of a run over the class: (the folder, its students)."""
    out = tmp_path_factory.mktemp("a class") / "out put #1"
    students = [*HOSTILE, *(f"student {n:04}" for n in range(STUDENTS - len(HOSTILE)))]
    grades = [grade for number, student in enumerate(students) for grade in grades_of(number, student)]
    sources = {(g.student, g.exercise): handed_in(g.student, g.exercise) for g in grades}
    outcome = Outcome(in_order(grades, SYLLABUS), 0, RUN, sources)
    write_results(outcome, SYLLABUS, out)
    return out, [g.student for g in outcome.grades if g.exercise == "one/softmax"]


@pytest.fixture(scope="module")
def running(tmp_path_factory):
    """A browser for all tests of this file; it finds no host by name."""
    with browser.browser(tmp_path_factory.mktemp("chromium") / "profile") as found:
        yield found


@pytest.fixture
def chromium(running):
    """The browser without tabs."""
    yield running
    running.close_tabs()


@pytest.fixture(scope="module")
def pages(results):
    """The addresses of the page of the class and of a student whose name is markup."""
    out, _ = results
    return {"class": (out / "report.html").as_uri(), "student": (out / "students" / page_name(SCRIPT)).as_uri()}


def look(tab, name):
    """Keep a picture where somebody wants one."""
    if folder := os.environ.get("GRADUS_SCREENSHOTS"):
        tab.screenshot(Path(folder) / f"{name}.png")


@pytest.mark.parametrize("width", [DESK, PHONE])
@pytest.mark.parametrize("kind", ["class", "student"])
def test_a_page_opens_in_peace(chromium, pages, kind, width):
    """no complaint in the console, nothing asked for but the page itself, no title but its own, no name that runs"""
    tab = chromium.open(pages[kind], width)
    took = tab.run("JSON.stringify(performance.getEntriesByType('navigation')[0].toJSON())")
    paint = tab.run("Math.round((performance.getEntriesByType('paint')[0] || {startTime: NaN}).startTime)")
    print(f"{kind} at {width}: loaded in {json.loads(took)['domContentLoadedEventEnd']:.0f} ms, painted at {paint} ms")
    look(tab, f"{kind}-{width}")
    assert tab.complaints() == []
    assert tab.requests() == [pages[kind]]
    assert tab.run("performance.getEntriesByType('resource').length") == 0
    assert tab.run("typeof window.fooled") == "undefined"
    assert tab.run("document.title") == {"class": "Tiny <course>: grades", "student": f"{SCRIPT}: Tiny <course>"}[kind]
    assert tab.run("document.querySelectorAll('img, iframe, object, embed, link, base, form').length") == 0
    assert tab.run("document.scripts.length") == {"class": 1, "student": 0}[kind]


@pytest.mark.parametrize("kind", ["class", "student"])
def test_a_phone_scrolls_down_only(chromium, pages, kind):
    """nothing sticks out at 390 points: what is wide scrolls in a box of its own; letters are not too small"""
    tab = chromium.open(pages[kind], PHONE, 844)
    assert tab.run("document.documentElement.scrollWidth") <= PHONE
    assert tab.run("window.innerWidth") == PHONE  # a browser that zooms out to fit says more
    wide = tab.run(
        "[...document.querySelectorAll('body *')].filter(e => e.getBoundingClientRect().right > innerWidth + 1"
        " && !e.closest('.scroll, pre')).map(e => e.outerHTML.slice(0, 200))"
    )
    assert wide == []
    small = tab.run(
        "[...document.querySelectorAll('body *')].filter(e => !e.ownerSVGElement"
        " && parseFloat(getComputedStyle(e).fontSize) < 12).length"
    )
    assert small == 0
    if kind == "class":
        assert tab.run("document.querySelector('.class').scrollWidth") > PHONE, "or it was no test"
        tab.run("document.querySelector('.class').scrollTo(300, 4000)")
        look(tab, "class-phone-scrolled")
        name = tab.run("document.querySelector('td.who').getBoundingClientRect().left")
        head = tab.run(
            "document.querySelector('.class th').getBoundingClientRect().top"
            " - document.querySelector('.class').getBoundingClientRect().top"
        )
        assert (0 <= name < 20, 0 <= head < 5) == (True, True), "names and heads stay in sight"


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("kind", ["class", "student"])
def test_every_text_can_be_read(chromium, pages, kind, dark):
    """the contrast of every text with what is behind it is 4.5 or more, on white and on black"""
    tab = chromium.open(pages[kind], dark=dark)
    tab.run("document.querySelectorAll('details').forEach(one => one.open = true)")
    look(tab, f"{kind}-{'dark' if dark else 'light'}")
    background = tab.run("getComputedStyle(document.querySelector('th, td.bad') || document.body).colorScheme")
    assert "dark" in background
    found = tab.run(CONTRAST)
    assert len(found) > 5
    assert [pair for pair in found if pair[0] < 4.5] == []
    if dark:
        tab.run("document.querySelectorAll('svg')[0]?.scrollIntoView()")
        look(tab, f"{kind}-dark-further")


def test_every_name_is_text(chromium, pages, results):
    """the names stand in the table letter for letter, marks of direction escaped"""
    _, students = results
    tab = chromium.open(pages["class"])
    shown = tab.run("[...document.querySelectorAll('td.who')].map(cell => cell.textContent)")
    assert shown == [printable(student) for student in students]


def test_links_lead_to_the_students(chromium, pages, results):
    """each name leads to a page that is there; a click on one opens the page of just that student"""
    out, students = results
    tab = chromium.open(pages["class"])
    links = tab.run("[...document.querySelectorAll('td.who a')].map(link => link.getAttribute('href'))")
    assert len(set(links)) == len(links) == STUDENTS
    assert all((out / unquote(link)).is_file() for link in links)
    cells = tab.run("[...document.querySelectorAll('.class td:not(.who) a')].map(link => link.getAttribute('href'))")
    failures = [cell.split("#") for cell in cells if "#c-" in cell]
    assert len(failures) > STUDENTS / 4  # of whatever is not right, the first failure itself
    assert all(f'id="{place}"' in (out / unquote(file)).read_text(encoding="utf-8") for file, place in failures)
    for student in HOSTILE:
        page = chromium.open((out / "report.html").as_uri().replace("report.html", links[students.index(student)]))
        assert page.run("document.querySelector('h1').textContent") == printable(student)
        assert page.run("document.querySelectorAll('img').length") == 0
    tab.follow(f"document.querySelectorAll('td.who a')[{students.index(IMAGE)}].click()")
    assert tab.run("document.querySelector('h1').textContent") == IMAGE


def test_finding(chromium, pages):
    """words narrow the table to the rows that have them all, accents and case aside; nothing is lost on the way"""
    tab = chromium.open(pages["class"])
    assert tab.run("getComputedStyle(document.querySelector('.tools')).display") == "block"

    def found(text):
        tab.run(  # as if it was typed
            f"(() => {{ const box = document.querySelector('.find'); box.value = {json.dumps(text)};"
            "box.dispatchEvent(new Event('input')); })()"
        )
        return tab.run(
            "[...document.querySelectorAll('.class tbody tr')].filter(r => r.getClientRects().length)"
            ".map(r => r.querySelector('.who').textContent)"
        )

    assert found("ZOE mull") == ["Müller, Zoë \U0001f600"]
    assert tab.run("document.querySelector('output').textContent") == f"1 of {STUDENTS}"
    few = found("student 07 divides timeout")
    assert 0 < len(few) < 100
    assert all(name.startswith("student ") and "07" in name for name in few)
    assert found("nobody at all") == []
    assert len(found("")) == STUDENTS
    look(tab, "class-found")


def test_sorting(chromium, pages, results):
    """a click on a column's head sorts by its points, another turns it round, one on the first restores the order"""
    tab = chromium.open(pages["class"])

    def click(column):
        tab.run(f"document.querySelectorAll('.class th')[{column}].querySelector('button').click()")
        cells = tab.run(f"[...document.querySelectorAll('.class tbody tr')].map(r => r.cells[{column}].textContent)")
        assert len(cells) == STUDENTS
        return cells

    last = len(PAGES) + 1
    up = [float(cell.partition("/")[0]) for cell in click(last)]
    assert up == sorted(up)
    assert len(set(up)) > 1
    assert tab.run("document.querySelectorAll('.class th[aria-sort=ascending]').length") == 1
    down = [float(cell.partition("/")[0]) for cell in click(last)]
    assert down == up[::-1]
    found = [re.search(r"([\d.]+)/", cell) for cell in click(2)]  # what is not graded comes first
    page = [float(one[1]) if one else -1.0 for one in found]
    assert page == sorted(page)
    assert click(0) == [printable(student) for student in results[1]]


def test_without_scripts(chromium, pages):
    """where scripts do not run the whole table is there, and no tool that does nothing"""
    tab = chromium.open(pages["class"], scripts=False)
    assert tab.run("document.querySelectorAll('.class tbody tr').length") == STUDENTS
    assert tab.run("document.querySelectorAll('.class th button').length") == 0
    assert tab.run("getComputedStyle(document.querySelector('.tools')).display") == "none"


@pytest.mark.parametrize("kind", ["class", "student"])
def test_what_is_not_ours_neither_runs_nor_loads(chromium, pages, kind):
    """were a name ever markup after all, the page's own policy would stop its script and its picture"""
    tab = chromium.open(pages[kind])
    tab.run(
        "new Promise(done => {"
        f"document.body.insertAdjacentHTML('beforeend', {json.dumps(IMAGE)});"
        "const script = document.createElement('script'); script.textContent = 'window.fooled = 4';"
        "document.body.append(script); setTimeout(done, 200); })"
    )
    assert tab.run("typeof window.fooled") == "undefined", "neither the handler nor the script"
    assert tab.requests() == [pages[kind], "http://example.org/x.png"], "the second is the one that was tried"
    assert tab.blocked() == ["csp"]
    assert "Content Security Policy" in json.dumps(tab.complaints())
