"""The playground in headless Chromium, as a student uses it: run, change, break one's code, share, draw, race."""

from __future__ import annotations

import shutil
import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest

from autograder.course import syllabus
from autograder.course.trees import trees
from autograder.lab import run as lab_run
from autograder.lab.playground.parts import SECTION
from autograder.lab.shared import Lab
from autograder.student import progress
from autograder.student.workspace import Workspace
from autograder.web.listen import listening
from tests.browser import CHROMIUM, WITHOUT, Tab, browser
from tests.helpers import ROOT
from tests.labs import Cable, wait

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason=WITHOUT)
PARTS = "document.querySelector('.parts')"
SWITCH = f"[...{PARTS}.children].find(l => l.innerText.startsWith('SGD')).querySelector('button').click()"
PAGES = ("activations", "regression_network", "optimizers", "classification_losses")


@pytest.fixture(scope="module")
def lab(tmp_path_factory) -> Iterator[tuple[Workspace, str]]:
    """A lab over a workspace where four pages are written, and the playground's address."""
    folder = tmp_path_factory.mktemp("work")
    place = folder / "exercises" / SECTION
    place.mkdir(parents=True)
    (folder / ".gradus").mkdir()
    for page in PAGES:
        shutil.copy(ROOT / "solutions" / SECTION / f"{page}.py", place)
    space = Workspace(folder)
    opened = Lab(space, syllabus.load(trees()), trees())
    line = listening(None, lab_run.PORT, "gradus lab")
    server = lab_run.serving(opened, line)
    thread = threading.Thread(target=server.serve_it, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    yield space, f"http://127.0.0.1:{line.getsockname()[1]}/{opened.token}/playground/{SECTION}/playground"
    server.should_exit = True
    thread.join(10)


@pytest.fixture(scope="module")
def tabs(tmp_path_factory) -> Iterator[Any]:
    with browser(tmp_path_factory.mktemp("profile")) as opened:
        yield opened


def opened(tabs: Any, address: str, **how: Any) -> Tab:
    tabs.close_tabs()
    tab = tabs.open(address, **how)
    wait(tab, "Boolean(window.playground?.panels[0].picture)")
    return tab


def steps(tab: Tab, until: int) -> dict[str, Any]:
    """Take steps until so many are taken, and give the weights and losses there."""
    while (rest := until - tab.run("playground.panels[0].step")) > 0:
        some = min(rest, 1000)
        tab.run(f"playground.panels[0].line.send({{type: 'step', count: {some}}})")
        wait(tab, f"playground.panels[0].picture.step === {until - rest + some}")
    return tab.run("(({weights, losses}) => ({weights, losses}))(playground.panels[0].picture)")


def test_run_change_pause_and_share(lab, tabs):
    """A run learns, a setting changes within it, and its link makes the same run again to the last bit; "Reset" begins

    it anew with the settings as they are.
    """
    tab = opened(tabs, f"{lab[1]}#lr=0.1&hidden=5,3&seed=3")
    tab.run("document.getElementById('run').click()")
    wait(tab, "playground.panels[0].step > 100")
    tab.run("document.getElementById('run').click()")
    wait(tab, "!playground.panels[0].running && document.getElementById('run').textContent.includes('Run')")
    assert "lr=0.1" in tab.run("location.hash")
    tab.run("playground.panels[0].change({lr: 0.3})")
    link = wait(tab, "location.hash.includes('changes') && location.href")
    step = tab.run("playground.panels[0].step")
    assert step > 100
    before = steps(tab, step + 50)
    again = opened(tabs, link)
    assert steps(again, step + 50) == before
    again.run("document.getElementById('reset').click()")
    wait(again, "playground.panels[0].step === 0")
    assert again.run("(({lr, hidden, changes}) => ({lr, hidden, changes}))(playground.panels[0].plain())") == {
        "lr": 0.3, "hidden": [5, 3], "changes": [],
    }  # fmt: skip
    assert again.complaints() == []


def test_nothing_leaves_the_machine(lab, tabs):
    """Every file comes from the lab itself, and nothing is blocked"""
    tab = opened(tabs, lab[1])
    host = lab[1].split("/")[2]
    assert {address.split("/")[2] for address in tab.requests() if not address.startswith("data:")} == {host}
    assert tab.blocked() == []


def test_breaking_one_s_own_code_while_it_runs(lab, tabs):
    """The page says what fails and which check would have told; after the correction the badge is back"""
    path = lab[0].root / "exercises" / SECTION / "activations.py"
    good = path.read_text(encoding="utf-8")
    tab = opened(tabs, lab[1])
    tab.run("document.getElementById('run').click()")
    wait(tab, "playground.panels[0].step > 20")
    try:
        path.write_text(good.replace("return 2 * sigmoid(2 * x) - 1", "return sigmoid(2 * x).sum()"), encoding="utf-8")
        said = wait(
            tab, "document.querySelector('.parts')?.innerText.includes('wrong shape') && document.body.innerText"
        )
        assert "the course’s" in said
        step = tab.run("playground.panels[0].step")
        wait(tab, f"playground.panels[0].step > {step}")
        tab.run(
            "[...document.querySelectorAll('.parts button')].find(b => b.textContent.includes('which check')).click()"
        )
        card = "document.querySelector('#dialog-body div')?.shadowRoot?.textContent"
        assert "tanh" in wait(tab, f"({card} ?? '').length > 80 && {card}", 90)
        tab.run("document.getElementById('dialog').close()")
    finally:
        path.write_text(good, encoding="utf-8")
    wait(tab, "playground.panels[0].parts.tanh.whose === 'yours'")
    assert tab.complaints() == []


def test_what_is_not_written_is_the_course_s(lab, tabs):
    """Dropout's page is no file here: the badge says so"""
    tab = opened(tabs, f"{lab[1]}#dropout=0.2")
    assert tab.run("playground.panels[0].parts.Dropout.whose") == "course"
    assert "not written yet" in tab.run("document.querySelector('.parts').innerText")


def test_a_part_is_switched(lab, tabs):
    """The course's part in place of one's own, and back"""
    tab = opened(tabs, lab[1])
    tab.run(SWITCH)
    wait(tab, "playground.panels[0].parts.SGD.whose === 'course'")
    assert "course=SGD" in tab.run("location.hash")
    tab.run(SWITCH)
    wait(tab, "playground.panels[0].parts.SGD.whose === 'yours'")


def test_points_are_drawn_with_mouse_and_keyboard(lab, tabs):
    """Drawn points are the data; the keyboard draws too"""
    tab = opened(tabs, lab[1])
    tab.run("document.querySelector('[data-name=points]').click()")
    draw = """(() => { const c = document.querySelector('.plane'), b = c.getBoundingClientRect();
      for (const [x, y] of [[.2, .2], [.8, .8], [.3, .25]]) c.dispatchEvent(new PointerEvent('pointerdown',
        {clientX: b.left + x * b.width, clientY: b.top + y * b.height, button: 0, buttons: 1, bubbles: true}));
      c.focus();
      for (const key of ['ArrowLeft', 'ArrowUp', 'Enter']) c.dispatchEvent(new KeyboardEvent('keydown', {key}));
      return playground.panels[0].state.points.length; })()"""
    assert tab.run(draw) == 4
    wait(tab, "playground.panels[0].built?.points.length === 12")


def test_missions_are_recognised_and_kept(lab, tabs):
    """A mission done shows its explanation, and stands in the workspace's progress; what is ready-made does none"""
    tab = opened(tabs, f"{lab[1]}#data=xor&hidden=none&acts=none&features=xy&lr=0.1&seed=5")  # a preset's
    tab.run("document.getElementById('run').click()")
    wait(tab, "playground.panels[0].picture?.right?.[1] > 0.98")
    assert tab.run("playground.missions.done.size") == 0
    tab.run("playground.panels[0].change({lr: 0.2})")
    wait(tab, "playground.missions.done.has('product')")
    assert "sign of xy" in tab.run("document.querySelector('.mission.done .explain').textContent")
    kept = progress.load(lab[0]).missions
    assert "product" in kept[f"{SECTION}/playground"]


def test_a_line_that_was_lost_comes_back(lab, tabs):
    """The page says so and tries again; the run goes on from where it was, to the last bit, and so does the race"""
    port = lab[1].split("/")[2].split(":")[1]
    cable = Cable(int(port))
    try:
        tab = opened(tabs, lab[1].replace(f":{port}/", f":{cable.port}/") + "#lr=0.1&hidden=3&acts=tanh&seed=5")
        tab.run("document.getElementById('race').scrollIntoView()")
        wait(tab, "Object.keys(playground.race.trails).length === 9")
        before = steps(tab, 300)
        sessions = threading.active_count()
        cable.cut()
        wait(tab, "!document.getElementById('line').hidden")
        assert "the lab does not answer" in tab.run("document.getElementById('line').textContent")
        tab.run("playground.panels[0].picture = null; playground.race.move(-7, 3)")  # asked while there is no line
        cable.whole = True
        wait(tab, "document.getElementById('line').hidden && playground.panels[0].picture")
        assert steps(tab, 300) == before
        wait(tab, "!playground.race.waiting && Math.abs(playground.race.trails.SGD.path[0] + 7) < 1e-6")
        tab.run("document.getElementById('run').click()")
        wait(tab, "playground.panels[0].step > 320")
        cable.cut()
        wait(tab, "!document.getElementById('line').hidden")
        step = tab.run("playground.panels[0].step")
        cable.whole = True
        wait(tab, f"document.getElementById('line').hidden && playground.panels[0].step > {step}")
        end = time.monotonic() + 30
        while threading.active_count() > sessions + 2:  # of the lines that were lost no run is left
            assert time.monotonic() < end
            time.sleep(0.05)
    finally:
        cable.close()


def test_two_runs_side_by_side(lab, tabs):
    """The second begins as the first, differs after a change, and both run"""
    tab = opened(tabs, lab[1])
    tab.run("document.getElementById('compare').click()")
    wait(tab, "playground.panels.length === 2 && Boolean(playground.panels[1].picture)")
    tab.run("playground.panels[1].change({lr: 1})")
    tab.run("document.getElementById('run').click()")
    wait(tab, "playground.panels.every(p => p.step > 20)")
    assert "|" in tab.run("location.hash")


def test_a_file_says_which_of_two_runs_it_is_of(lab, tabs):
    """The dialogue names the run, so does the file, and the other run's is one click away"""
    tab = opened(tabs, f"{lab[1]}#lr=0.1|lr=0.3")
    wait(tab, "playground.panels.every(p => p.picture)")
    assert tab.run("[...document.querySelectorAll('.panel > .name')].map(n => n.innerText).join()") == "run 1,run 2"
    for kind in ("script", "weights"):
        tab.run(f"document.getElementById('{kind}').click()")
        title = "document.getElementById('dialog-title').textContent"
        wait(tab, f"document.getElementById('dialog').open && /[Rr]un 1/.test({title})")
        assert kind == "weights" or "'lr': 0.1" in tab.run("document.querySelector('#dialog pre').textContent")
        tab.run("document.querySelectorAll('#dialog-runs button')[1].click()")
        wait(tab, f"/[Rr]un 2/.test({title})")
        assert kind == "weights" or "'lr': 0.3" in tab.run("document.querySelector('#dialog pre').textContent")
        tab.run("document.getElementById('dialog').close()")
    tab.run("document.getElementById('compare').click()")
    tab.run("document.getElementById('script').click()")
    wait(tab, f"document.getElementById('dialog').open && {title} === 'This run as a PyTorch script'")
    assert tab.run("document.getElementById('dialog-runs').textContent") == ""


def test_a_card_comes_only_while_it_is_waited_for(lab, tabs):
    """Whoever closed the dialogue, or looks at something else in it, is not shown a card"""
    tab = opened(tabs, lab[1])
    panel, title = "playground.panels[0]", "document.getElementById('dialog-title').textContent"
    come = f"{panel}.onCard({{part: 'tanh', html: '<p>late</p>'}})"
    tab.run(f"{panel}.line.send = () => true; {panel}.card('tanh')")
    tab.run("document.getElementById('dialog').close()")
    time.sleep(0.2)  # the close is told of a moment later
    tab.run(come)
    assert not tab.run("document.getElementById('dialog').open")
    tab.run(f"{panel}.card('tanh'); {panel}.page.show('something else', 'words')")
    tab.run(come)
    assert tab.run(title) == "something else"
    tab.run(f"{panel}.card('tanh')")
    tab.run(come)
    assert "tanh" in tab.run(title)
    tab.run(f"{panel}.card('tanh'); {panel}.onCard({{part: 'tanh', html: ''}})")
    assert "catches" not in tab.run(title)


def test_a_pasted_link_shows_as_many_runs_as_it_holds(lab, tabs):
    """Two where it holds two, and one again where it holds one"""
    tab = opened(tabs, lab[1])
    for link, count in (("#lr=0.1|lr=0.3", 2), ("#lr=0.01", 1)):
        tab.run(f"location.hash = '{link}'")
        wait(tab, f"playground.panels.length === {count} && playground.panels.every(p => p.picture)")
        assert tab.run("playground.panels.map(p => `lr=${p.state.lr}`).join('|')") == link[1:]
        assert tab.run("location.hash") == link
        assert tab.run("document.getElementById('compare').ariaPressed") == str(count == 2).lower()
    assert tab.complaints() == []


def test_the_race_follows_the_start(lab, tabs):
    """Nine trails come; the arrow keys move the start, and other trails come"""
    tab = opened(tabs, lab[1])
    tab.run("document.getElementById('race').scrollIntoView()")
    wait(tab, "Object.keys(playground.race.trails).length === 9")
    before = tab.run("playground.race.trails.Adam.path[0]")
    tab.run("document.querySelector('.surface').dispatchEvent(new KeyboardEvent('keydown', {key: 'ArrowRight'}))")
    wait(tab, f"playground.race.trails.Adam.path[0] !== {before}")


def test_a_neuron_keeps_the_focus(lab, tabs):
    """When the network is drawn anew while one looks at a neuron, one stays there"""
    tab = opened(tabs, lab[1])
    tab.run("document.querySelector('[aria-label=\"neuron 2 of layer 1\"]').focus()")
    tab.run("window.before = document.activeElement; playground.panels[0].change({seed: 5})")
    wait(tab, "!window.before.isConnected")
    assert tab.run("document.activeElement.ariaLabel") == "neuron 2 of layer 1"


def test_keyboard_phone_and_dark(lab, tabs):
    """Space runs and S steps; a phone's page is no wider than the phone; dark pages have another paper"""
    tab = opened(tabs, lab[1], width=390, height=800, dark=True)
    assert tab.run("document.documentElement.scrollWidth") <= 390
    tab.run("document.getElementById('compare').click()")
    wait(tab, "playground.panels.length === 2 && Boolean(playground.panels[1].picture)")
    assert tab.run("document.documentElement.scrollWidth") <= 390
    tab.run("document.getElementById('compare').click()")
    for key, then in ((" ", "playground.panels[0].running"), (" ", "!playground.panels[0].running")):
        tab.run(f"document.body.dispatchEvent(new KeyboardEvent('keydown', {{key: '{key}', bubbles: true}}))")
        wait(tab, then)
    step = tab.run("playground.panels[0].step")
    tab.run("document.body.dispatchEvent(new KeyboardEvent('keydown', {key: 's', bubbles: true}))")
    wait(tab, f"playground.panels[0].step >= {step}")
    assert tab.run("getComputedStyle(document.body).backgroundColor") != "rgb(255, 255, 255)"
    named = "e.labels?.length || e.textContent.trim() || e.ariaLabel || e.title"
    assert tab.run(f"[...document.querySelectorAll('button, select, input')].filter(e => !({named})).length") == 0


@pytest.mark.parametrize("link", ["#hidden=999", "#lr=nan&data=moon", "#data=points&points=[]", "#loss=mae|#", "#%%%"])
def test_a_broken_link_is_told_and_costs_nothing(lab, tabs, link):
    """The page says what is wrong with the settings, and goes on"""
    tabs.close_tabs()
    tab = tabs.open(lab[1] + link)
    wait(tab, "window.playground?.panels.length >= 1")
    tab.run("playground.panels[0].set({})")
    wait(tab, "Boolean(playground.panels[0].picture)")
    assert tab.complaints() == []


def test_the_script_is_shown(lab, tabs):
    """The exported script stands in a dialogue that can be copied and saved"""
    tab = opened(tabs, lab[1])
    tab.run("document.getElementById('script').click()")
    assert "import torch" in wait(tab, "document.querySelector('#dialog pre')?.textContent")
    tab.run("void (navigator.clipboard.writeText = () => Promise.reject(new Error()))")
    tab.run("document.getElementById('dialog-copy').click()")
    assert "mark the text" in wait(tab, "document.getElementById('dialog-told').textContent")
