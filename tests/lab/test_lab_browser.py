"""The lab in a browser, as a student uses it: the map, a page beside an editor, kernels and digits.

With ``GRADUS_SCREENSHOTS=folder`` the pictures are kept for a person to look at.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from autograder.lab.convolution import view
from autograder.lab.shared import Lab
from autograder.student.progress import load
from tests import browser
from tests.labs import lab_of, shown, wait

pytestmark = pytest.mark.skipif(browser.CHROMIUM is None, reason=browser.WITHOUT)

SOFTMAX, CONVOLUTION, DIGITS = "s3_neural_networks/softmax", "s4_cnns/convolution", "s4_cnns/digits"
PHONE = 390
MOST_BYTES = 300_000  #: of a page with all that it loads, as it travels


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Lab, str, browser.Browser]]:
    """One lab and one browser for all tests of this file."""
    folder = tmp_path_factory.mktemp("lab")
    seconds, view.SECONDS = view.SECONDS, 2.0  # of processor time, before code that loops is ended
    with lab_of(folder / "workspace") as (lab, address), browser.browser(folder / "profile") as opened:
        lab.workers.warm()
        yield lab, address, opened
    view.SECONDS = seconds


@pytest.fixture
def lab(running: tuple[Lab, str, browser.Browser]) -> Lab:
    """The lab."""
    return running[0]


@pytest.fixture
def visit(running: tuple[Lab, str, browser.Browser]) -> Iterator[Any]:
    """Opens a page of the lab; at the end nothing may stand in its console, nor have left this machine."""
    _, address, opened = running
    with browser.visits(opened, address) as go:
        yield go


def save(lab: Lab, page: str, old: str = "", new: str = "") -> None:
    """Save the reference as the student's file, with something in place of something else."""
    text = lab.trees.solution(page).read_text(encoding="utf-8")
    assert old in text
    (lab.workspace.root / "exercises" / f"{page}.py").write_text(text.replace(old, new, 1) if old else text)


def put_back(lab: Lab, page: str) -> None:
    """Save the stub again."""
    (lab.workspace.root / "exercises" / f"{page}.py").write_bytes(lab.trees.stub(page).read_bytes())


def choose(tab: browser.Tab, id: str, value: str) -> None:
    """Choose or type something, as a person does."""
    tab.run(
        f"{{const e = document.getElementById('{id}'); e.value = '{value}';"
        "e.dispatchEvent(new Event('input', {bubbles: true})); e.dispatchEvent(new Event('change', {bubbles: true}));}"
    )


def click(tab: browser.Tab, id: str) -> None:
    """Click on something."""
    tab.run(f"document.getElementById('{id}').click()")


def of(id: str) -> str:
    """The text of an element, as an expression."""
    return f"document.getElementById('{id}').textContent"


def test_a_page_answers_as_the_file_is_saved(lab: Lab, visit: Any) -> None:
    """Lesson with formulas, card of a failure with its call and values, hints one by one, green, the reference."""
    tab = visit(f"page/{SOFTMAX}")
    assert tab.run("document.querySelectorAll('.lesson math').length") > 10
    picture = "document.querySelector('.lesson img')"
    wait(tab, f"{picture}.complete && {picture}.naturalWidth > 100")
    wait(tab, f"{of('state')}.includes('to write: softmax')", 180)
    assert tab.run("document.getElementById('compare').hidden")
    save(lab, SOFTMAX, "weights.sum(dim, keepdim=True)", "weights.sum(0, keepdim=True)")
    wait(tab, f"{of('state')}.includes('wrong')")
    told = shown(tab)
    for part in ("call", "softmax(", "expected"):
        assert part in told, told
    browser.keep(tab, "lab-page-wrong")
    click(tab, "hint")
    wait(tab, "document.querySelectorAll('#hints li').length === 1")
    click(tab, "hint")
    wait(tab, "document.querySelectorAll('#hints li').length === 2")
    save(lab, SOFTMAX)
    wait(tab, f"{of('state')}.includes('right: 11 of 11 points')")
    click(tab, "compare")
    wait(tab, "!document.getElementById('reference').hidden")
    assert "BEGIN SOLUTION" not in tab.run("document.querySelectorAll('.pair > div')[1].textContent")
    browser.keep(tab, "lab-page-right")
    page = load(lab.workspace).page(SOFTMAX)
    assert (page.passed, page.best, page.hints) == (True, 11.0, 2)
    again = visit(f"page/{SOFTMAX}", width=PHONE, height=800, dark=True)
    wait(again, f"{of('state')}.includes('right')")
    wait(again, f"{picture}.currentSrc.endsWith('softmax_dark.png') && {picture}.naturalWidth > 100")
    assert again.run("document.documentElement.scrollWidth") <= PHONE
    browser.keep(again, "lab-page-phone")


def test_a_formula_is_as_high_as_it_needs(visit: Any) -> None:
    """None is cut off, and none has a bar to scroll it up and down"""
    for page in ("s3_neural_networks/losses", "s4_cnns/networks"):
        over = "[...document.querySelectorAll('.formula')].map(f => f.scrollHeight - f.clientHeight)"
        assert {*visit(f"page/{page}").run(over)} == {0}


def test_code_that_loops_or_dies_has_a_card_too(lab: Lab, visit: Any) -> None:
    """And a file that is no Python; the page goes on with the next save."""
    tab = visit(f"page/{SOFTMAX}")
    wait(tab, f"{of('state')}.includes('points')", 180)
    for old, new, words in (
        ("shifted = logits - logits.amax(dim, keepdim=True)", "import os; os._exit(1)", "crashed"),
        ("def softmax(", "def softmax((", "SyntaxError"),
    ):
        save(lab, SOFTMAX, old, new)
        wait(tab, f"document.body.innerText.includes('{words}')")
    save(lab, SOFTMAX)
    wait(tab, f"{of('state')}.includes('right')")
    put_back(lab, SOFTMAX)


def test_a_file_that_was_deleted_has_no_verdict(lab: Lab, visit: Any) -> None:
    """Its card goes from the page, also from one that is opened later, and its sign from the map"""
    page = "s3_neural_networks/neuron"
    path = lab.workspace.root / "exercises" / f"{page}.py"
    sign = f"[...document.querySelectorAll('li[data-state]')].find(l => l.innerHTML.includes('{page}')).dataset.state"
    tab, chart = visit(f"page/{page}"), visit("map/")
    for text, state in ((lab.trees.solution(page).read_text(), "right"), ("import torch\n", "unfinished")):
        path.write_text(text)
        wait(tab, f"{of('state')}.includes('{state}') && {of('card')} !== ''", 180)
        wait(chart, f"{sign} === 'right'")  # it was reached
        path.unlink()
        wait(tab, f"{of('state')}.includes('no such file') && {of('card')} === ''")
        wait(chart, f"{sign} === 'untouched'")
    again = visit(f"page/{page}")
    wait(again, f"{of('state')}.includes('no such file') && {of('card')} === ''")
    put_back(lab, page)


def test_many_pages_at_once(lab: Lab, visit: Any) -> None:
    """Each gets its answer, as after a browser that opens them all again; a save between them takes nobody's away."""
    tabs = [visit(f"page/s1_math/{name}") for name in ("tensors", "vectorization", "matrix_computation")]
    save(lab, SOFTMAX)
    for tab in tabs:
        wait(tab, f"{of('state')}.includes('of ') && {of('state')}.includes('points')", 300)
    put_back(lab, SOFTMAX)


def test_the_map_shows_what_was_reached(lab: Lab, visit: Any) -> None:
    """While it is open: a page that is saved and right is marked, the hour's work is told, the next page is named."""
    tab = visit("map/")
    wait(tab, "document.querySelectorAll('li[data-state]').length > 20")
    save(lab, "s1_math/derivatives")
    wait(
        tab,
        "[...document.querySelectorAll('li[data-state=right] a')].some(a => a.href.endsWith('s1_math/derivatives'))",
        60,
    )
    assert "this hour" in shown(tab)
    assert tab.run("document.querySelector('#work').textContent").count("Derivatives and gradients") == 1
    assert tab.run("document.querySelector('.go').href").endswith("page/s1_math/tensors")
    browser.keep(tab, "lab-map")
    phone = visit("map/", width=PHONE, height=800, dark=True)
    wait(phone, "document.querySelectorAll('li[data-state]').length > 20")
    assert phone.run("document.documentElement.scrollWidth") <= PHONE


def test_kernels(lab: Lab, visit: Any) -> None:
    """One's own conv2d does the work; the window's products sum to what it gives; the address holds the settings."""
    save(lab, CONVOLUTION)
    tab = visit("convolution/")
    wait(tab, f"{of('owner-conv2d')} === 'yours' && {of('range')}.startsWith('62 × 62')", 180)
    choose(tab, "preset", "left to right (Sobel)")
    wait(tab, f"{of('range')}.includes('from -2.40 to 2.40')")
    assert "which differs" not in tab.run(of("window"))
    choose(tab, "stride", "2")
    choose(tab, "padding", "1")
    wait(tab, f"{of('range')}.startsWith('32 × 32')")
    choose(tab, "pooling", "max")
    wait(tab, f"!document.getElementById('pooled-figure').hidden && {of('owner-pool')} === 'yours'")
    wait(tab, "document.getElementById('mission-quarter').classList.contains('done')")
    browser.keep(tab, "lab-kernels")
    shared = visit(tab.run("location.href").partition("/convolution/")[2].join(["convolution/", ""]))
    wait(shared, f"{of('range')}.startsWith('32 × 32')")
    assert shared.run("document.getElementById('stride').value + document.getElementById('pooling').value") == "2max"
    end = time.monotonic() + 10
    while "quarter" not in load(lab.workspace).missions.get("s4_cnns/playground", []):
        assert time.monotonic() < end
        time.sleep(0.05)


def test_a_wrong_conv2d_is_told_and_replaced(lab: Lab, visit: Any) -> None:
    """By the course's, with the card of the check that catches it; saved right, with another, it is one's own."""
    save(lab, CONVOLUTION, "out = w.flatten(1) @ columns", "out = (w.flatten(1) @ columns) / 0")
    tab = visit("convolution/")
    wait(tab, f"{of('kernel-problem')}.includes('your conv2d: gave numbers that are NaN or infinite')", 180)
    assert tab.run(of("owner-conv2d")) == "the course’s"
    wait(tab, "document.getElementById('cards').textContent.includes('conv2d(')", 180)
    browser.keep(tab, "lab-kernels-wrong")
    save(lab, CONVOLUTION, "out = w.flatten(1) @ columns", "while True: pass\n    out = 0")
    wait(tab, f"{of('trouble')}.includes('timeout')", 180)
    wait(tab, f"{of('owner-conv2d')} === 'the course’s' && {of('kernel-problem')} === ''")
    for page in (CONVOLUTION, DIGITS):
        save(lab, page)
    wait(tab, f"{of('owner-conv2d')} === 'yours'", 30)
    put_back(lab, DIGITS)


def test_a_digit(lab: Lab, visit: Any) -> None:
    """A digit of the data is read; the layers' maps, a unit's field, occlusion and Grad-CAM; drawn by keys alone."""
    tab = visit("convolution/")
    wait(tab, "document.querySelectorAll('.layer canvas').length > 50", 180)
    shown = (
        "[...document.querySelectorAll('[hidden]')].filter(e => getComputedStyle(e).display !== 'none').map(e => e.id)"
    )
    assert tab.run(shown) == []
    click(tab, "sample")
    wait(tab, "document.querySelector('#probabilities li.first span').textContent === '7'")
    click(tab, "occlusion")
    click(tab, "cam")
    wait(tab, "document.querySelectorAll('#heats figure').length === 2")
    tab.point(".layer:nth-child(2) canvas")
    wait(tab, f"{of('unit-words')}.includes('It sees rows')")
    browser.keep(tab, "lab-digit")
    keys = (
        "(keys) => { for (const [key, shiftKey] of keys) document.activeElement.dispatchEvent("
        "new KeyboardEvent('keydown', {key, shiftKey, cancelable: true, bubbles: true})); }"
    )
    tab.run("document.querySelector('.layer:nth-child(1) canvas').focus()")
    tab.run(f"({keys})([['ArrowRight', false], ['Enter', false], ['ArrowUp', true]])")
    wait(tab, f"/channel 1, place .6, 7. is/.test({of('unit-words')})")
    stops = "[...document.querySelectorAll('.layer')].map(l => l.querySelectorAll('canvas[tabindex=\"0\"]').length)"
    assert set(tab.run(stops)) == {1}  # a tab key's
    tab.run(f"document.getElementById('input').focus(); ({keys})([['ArrowLeft', false], [' ', false]])")
    at = "[...document.getElementById('input').getContext('2d').getImageData(31, 33, 1, 1).data].slice(0, 3)"
    assert tab.run(at) == [255, 255, 255]
    click(tab, "clear")
    tab.point("#draw", (0.5, 0.1), (0.5, 0.9))
    wait(tab, "document.querySelector('#probabilities li.first span').textContent === '1'")
    click(tab, "clear")
    wait(tab, f"{of('inked')}.startsWith('0 pixels')")
    tab.run(
        "{const c = document.getElementById('draw'); c.focus(); for (const key of [' ', 'ArrowUp', ' '])"
        "c.dispatchEvent(new KeyboardEvent('keydown', {key, cancelable: true}));}"
    )
    wait(tab, f"!{of('inked')}.startsWith('0 pixels')")


#: what stands in the kernel's cells for some missions, and what is set beside
KERNELS: dict[str, tuple[list[float], dict[str, str]]] = {
    "vertical": ([-1, 0, 1] * 3, {}),
    "blur": ([0.1, 0.1, 0.1, 0.1, 0.2, 0.1, 0.1, 0.1, 0.1], {}),
    "sharpen": ([0, -1, 0, -1, 5, -1, 0, -1, 0], {}),
    "shift": ([0, 0, 0, 1, 0, 0, 0, 0, 0], {"padding": "1"}),
    "flip": ([0, 1, 0, 1, 2, 1, 0, 1, 0], {}),
    "same": ([], {"size": "5", "padding": "2"}),
    "wide": ([], {"size": "3", "dilation": "4"}),
    "quarter": ([], {"dilation": "1", "padding": "1", "stride": "2", "pooling": "max"}),
}
#: taps that make a 1 of the data's first 7, and a drawing of which the network is sure: row, column, whether they erase
SEVEN = [(22, 17, False), (17, 22, False), (8, 11, False), (2, 18, True), (20, 16, False)]
FEW = [(3, 11, False), (25, 21, False), (22, 18, False), (9, 7, False), (9, 12, False), (11, 5, False)]


def tapped(tab: browser.Tab, taps: list[tuple[int, int, bool]]) -> None:
    """Touch the drawing with pen or eraser."""
    for row, column, erases in taps:
        click(tab, "eraser" if erases else "pen")
        tab.point("#draw", ((column + 0.5) / 28, (row + 0.5) / 28))


def test_missions_are_done_one_after_the_other(lab: Lab, visit: Any) -> None:
    """From a workspace without any, by cells, settings and taps: each comes with what it asks for, and is kept."""
    with lab.answers.progress() as kept:
        kept.missions.clear()
    tab = visit("convolution/")
    wait(tab, f"{of('range')} !== '' && document.querySelector('#probabilities li.first') !== null", 180)
    done = "[...document.querySelectorAll('.mission.done')].map(one => one.id.slice(8))"
    assert tab.run(done) == []
    for name, (cells, settings) in KERNELS.items():
        for key, value in settings.items():
            choose(tab, key, value)
        tab.run(
            f"{cells}.forEach((value, k) => {{const cell = document.querySelectorAll('#kernel input')[k];"
            "cell.value = value; cell.dispatchEvent(new Event('input'))})"
        )
        if name == "flip":
            click(tab, "flipped")
        wait(tab, f"document.getElementById('mission-{name}').classList.contains('done')")
    assert {*tab.run(done)} == {*KERNELS}
    click(tab, "sample")
    wait(tab, "document.querySelector('#probabilities li.first span').textContent === '7'")
    tapped(tab, SEVEN)
    wait(tab, "document.getElementById('mission-seven').classList.contains('done')")
    click(tab, "clear")
    tapped(tab, FEW)
    wait(tab, "document.getElementById('mission-few').classList.contains('done')")
    assert {*tab.run(done)} == {*KERNELS, "seven", "few"}
    end = time.monotonic() + 30
    while {*load(lab.workspace).missions.get("s4_cnns/playground", [])} != {*KERNELS, "seven", "few"}:
        assert time.monotonic() < end
        time.sleep(0.05)


def test_training_one_s_own_digits(lab: Lab, visit: Any) -> None:
    """Live loss and accuracy, the mistakes and the confusion matrix; the weights are kept for the next time.

    A digit that was missed off the middle is read by a network that has seen shifted copies.
    """
    save(lab, DIGITS)
    tab = visit("convolution/")
    wait(tab, f"{of('training-words')}.includes('not trained yet')", 180)
    choose(tab, "digit", "0")
    click(tab, "sample")
    first = "document.querySelector('#probabilities li.first span')?.textContent"
    wait(tab, f"{first} === '0'")
    for place in range(1, 4):
        tab.run("document.querySelector('[data-move=\"0,1\"]').click()")
        wait(tab, f"{of('inked')}.includes('changed') && {first} === '{'0' if place < 3 else '2'}'")
    click(tab, "augmented")
    click(tab, "train")
    wait(tab, f"{of('training-words')}.startsWith('done')", 300)
    wait(tab, "document.querySelectorAll('.hard canvas').length === 12")
    assert tab.run("document.querySelectorAll('.confusion td').length") == 100
    for name in ("trained", "centre"):
        wait(tab, f"document.getElementById('mission-{name}').classList.contains('done')")
    wait(tab, f"{of('owner-model')} === 'yours'")
    browser.keep(tab, "lab-trained")
    again = visit("convolution/")
    wait(again, f"{of('owner-model')} === 'yours'", 180)
    assert (lab.workspace.hidden / "lab" / "digits.pt").stat().st_mode & 0o111 == 0
    save(lab, DIGITS, "nn.Conv2d(32, 64, 3, padding=1)", "nn.Conv2d(32, 64, 5, padding=2)")  # the weights fit no more
    wait(again, f"{of('owner-model')} === 'the course’s' && {of('digit-problem')} === ''", 180)
    put_back(lab, DIGITS)
    phone = visit("convolution/", width=PHONE, height=800, dark=True)
    wait(phone, "document.querySelectorAll('.layer canvas').length > 50", 180)
    assert phone.run("document.documentElement.scrollWidth") <= PHONE
    browser.keep(phone, "lab-convolution-phone")


def test_a_network_that_cannot_be_trained(lab: Lab, visit: Any) -> None:
    """It is named alone: one's own conv2d goes on, and the next save may be trained again"""
    save(lab, CONVOLUTION)
    (lab.workspace.hidden / "lab" / "digits.pt").unlink(missing_ok=True)  # of an earlier training
    tab = visit("convolution/")
    for old, new, words in (
        ("def __init__(self) -> None:", "def __init__(self, width) -> None:", "your DigitClassifier: TypeError"),
        (
            "    epochs = max(",
            "    raise ValueError('no way')\n    epochs = max(",
            "your train_digits: ValueError: no way",
        ),
    ):
        tab.run("document.getElementById('training-words').textContent = ''")
        save(lab, DIGITS, old, new)
        wait(tab, f"{of('training-words')}.includes('not trained yet')")
        click(tab, "train")
        wait(tab, f"{of('trouble')}.startsWith({words!r}) && !document.getElementById('train').disabled")
        wait(tab, f"{of('owner-conv2d')} === 'yours'")
    put_back(lab, DIGITS)
    put_back(lab, CONVOLUTION)


def test_the_missions_see_what_they_should(visit: Any) -> None:
    """Each mission's function is true of what does it, and false of what nearly does."""
    tab = visit("convolution/")
    wait(tab, f"{of('range')} !== ''", 180)
    found = tab.run(
        """import(new URL("../static/convolution/missions.js", location.href))
        .then(({ KERNEL, DIGIT }) => {
        const base = { own: true, size: 3, stride: 1, padding: 0, dilation: 1, flipped: false, pooling: "none",
          pool: 2 };
        const of = (kernel, more = {}) =>
          Object.keys(KERNEL).filter(name => KERNEL[name]({ ...base, kernel, ...more }, 64, 64));
        const plain = new Uint8Array(784), inked = Uint8Array.from(plain, (_, k) => k < 30 ? 255 : 0);
        const seen = { pixels: inked, seen: inked, start: { digit: 7, pixels: plain }, missed: null, augmented: false,
          centred: false, said: 1, sure: 0.95 };
        const digit = more => Object.keys(DIGIT).filter(name => DIGIT[name]({ ...seen, ...more }));
        return [
          of([-1, 0, 1, -1, 0, 1, -1, 0, 1]), of([-1, 0, 1, -1, 0, 1, -1, 0, 2]), of([-1, -1, -1, 0, 0, 0, 1, 1, 1]),
          of(Array(9).fill(1 / 9)), of(Array(9).fill(1 / 8)), of([0, -1, 0, -1, 5, -1, 0, -1, 0]),
          of([0, 0, 0, 1, 0, 0, 0, 0, 0], { padding: 1 }), of([0, 0, 0, 0, 1, 0, 0, 0, 0], { padding: 1 }),
          of([0, 1, 0, 1, 2, 1, 0, 1, 0], { flipped: true }), of([1, 2, 3, 4, 5, 6, 7, 8, 9], { flipped: true }),
          of(Array(25).fill(0), { size: 5, padding: 2 }), of(Array(9).fill(2), { dilation: 4 }),
          of(Array(9).fill(0.111)), of([0, 0, 0, 1 / 3, 1 / 3, 1 / 3, 0, 0, 0]), of([0, 0, 0, 0, 1, 0, 0, 0, 0]),
          of([0, 0, 0, 1, 0, 0, 0, 0, 0]), of([1, 0, 0, 0, 0, 0, 0, 0, 0], { pooling: "max" }),
          of(Array.from({ length: 25 }, (_, k) => (k === 11 ? 1 : 0)), { size: 5 }),
          of(Array.from({ length: 25 }, (_, k) => (k === 10 ? 1 : 0)), { size: 5 }),
          of([0, 0, 0, 0, 1, 0, 0, 0, 0], { flipped: true, own: false }),
          digit({}), digit({ said: 7 }), digit({ sure: 0.5 }), digit({ said: 7, start: { digit: 7, pixels: inked } }),
          digit({ missed: { digit: 1, pixels: inked }, augmented: true, start: null, sure: 0 }),
          digit({ start: null, sure: 0, judged: "yours", trainer: "yours", accuracy: 0.96 }),
        ]; })"""
    )
    assert found == [
        ["vertical"], [], [], ["blur"], [], ["sharpen"], ["shift"], [], ["flip"], [], ["same"], ["wide"],
        ["blur"], ["blur"], [], ["shift"], [], ["shift"], [], [],
        ["seven", "few"], ["few"], ["seven"], [], ["centre"], ["trained"],
    ]  # fmt: skip


def test_the_weight_of_the_pages(lab: Lab, running: tuple[Lab, str, browser.Browser]) -> None:
    """All that a page loads is less than 300 kB, but for the lesson's pictures."""
    root = Path(__file__).parents[2] / "autograder" / "lab"
    shared = sum(path.stat().st_size for path in (root / "static").iterdir())
    for name in ("map", "page", "convolution"):
        own = sum(
            path.stat().st_size for folder in ("static", "templates") for path in (root / name / folder).iterdir()
        )
        assert shared + own < MOST_BYTES
