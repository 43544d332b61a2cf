"""A session of the playground, as its page meets it: with code that is half finished, wrong, or worse."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import pytest

from autograder.course.trees import trees
from autograder.lab.messages import Skip, Waiting
from autograder.lab.playground import blame, hosted, leader, used, way_back
from autograder.lab.playground import messages as m
from autograder.lab.playground import state as states
from autograder.lab.playground.inside.comparing import differences
from autograder.lab.playground.inside.names import OPTIMIZERS
from autograder.lab.playground.inside.play import Playground
from autograder.lab.playground.parts import course_sources
from autograder.lab.playground.room import Room
from autograder.lab.playground.session import Session
from autograder.lab.running import MOST_SHOWN
from autograder.language import speaking
from autograder.sandbox.host.start import start_template

COURSE = course_sources(trees())


class Box:
    """A page that has painted every picture at once, and keeps all that it was told."""

    def __init__(self) -> None:
        self.told: list[Any] = []
        self.closed, self.takes = False, True

    def say(self, message: Any) -> None:
        self.told.append(message)

    show = say

    def wait(self, kind: type, fits: Any = lambda message: True, seconds: float = 30.0) -> Any:
        """The first message of this kind that fits; it is taken out, with all before it."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            for index, message in enumerate(self.told):
                if isinstance(message, kind) and fits(message):
                    del self.told[: index + 1]
                    return message
            time.sleep(0.005)
        told = sorted({repr(one)[:400] for one in self.told if not isinstance(one, m.Picture)})
        raise AssertionError(f"no {kind.__name__} within {seconds} s; told {told}")


@pytest.fixture(autouse=True)
def _impatient(monkeypatch):
    monkeypatch.setattr(hosted, "SECONDS", 1.0)
    monkeypatch.setattr(leader, "COME_BACK", 1.0)


@pytest.fixture(scope="module")
def template() -> Iterator[Any]:
    found = start_template("plain")
    yield found
    found.close()


@pytest.fixture
def opened(template) -> Iterator[Any]:
    """Opens a session with some of the course's pages replaced by other sources."""
    sessions = []

    def begin(**pages: str) -> tuple[Session, Box]:
        own = {page: (text,) for page, text in {**COURSE, **pages}.items() if text}
        box = Box()
        session = Session(Room(template.split, lambda: own, COURSE), box)
        sessions.append(session)
        return session, box

    yield begin
    for session in sessions:
        session.end()


def test_the_student_s_parts_do_the_work(opened):
    """All parts are the student's, and a few hundred steps lower the loss"""
    session, box = opened()
    session.put(m.Build({"lr": 0.3}))
    built = box.wait(m.Built)
    assert {note.whose for note in built.parts.values()} == {"yours"}
    first = box.wait(m.Picture)
    session.put(m.Step(800))
    later = box.wait(m.Picture)
    assert (first.step, later.step) == (0, 800)
    assert later.losses[0] < first.losses[0] - 0.1


def test_it_runs_and_pauses(opened):
    """Pictures come while it runs; after the pause one more, of where it stands"""
    session, box = opened()
    session.put(m.Build({}, True))
    box.wait(m.Picture, lambda p: p.step > 0)
    session.put(m.Go(False))
    last = box.wait(m.Picture, lambda p: not p.running)
    time.sleep(0.2)
    session.put(m.Step(1))
    assert box.wait(m.Picture).step == last.step + 1


def test_the_learning_rate_changes_without_a_reset(opened):
    """A change counts from the next step, and stands in the state with its step"""
    session, box = opened()
    session.put(m.Build({}))
    session.put(m.Step(10))
    session.put(m.Change("lr", 0.5))
    assert box.wait(m.Changed).state == {"changes": ((10, "lr", 0.5),)}
    session.put(m.Step(10))
    live = box.wait(m.Picture, lambda p: p.step == 20)
    session.put(m.Build({"changes": [[10, "lr", 0.5]]}))
    session.put(m.Step(20))
    again = box.wait(m.Picture, lambda p: p.step == 20)
    assert again.weights == live.weights


def test_a_state_reproduces_its_run_to_the_last_bit(opened):
    """Two sessions with the same state have the same weights, however they were stepped and looked at"""
    state = {"data": "spiral", "hidden": [8, 5], "acts": ["gelu", "elu"], "dropout": 0.2, "optimizer": "Nadam",
             "init": "he", "l2": 0.001, "clip": "norm", "seed": 7, "flip": 0.1}  # fmt: skip
    ends = []
    for steps in ((150,), (1, 49, 100)):
        session, box = opened()
        session.put(m.Build(state))
        for count in steps:
            session.put(m.Step(count))
        ends.append(box.wait(m.Picture, lambda p: p.step == 150))
    assert ends[0].weights == ends[1].weights
    assert ends[0].losses == ends[1].losses


@pytest.mark.parametrize(
    "text, kind",
    [
        ("def tanh(x):\n    while True: pass\n", "timeout"),
        ("import os\ndef tanh(x):\n    os._exit(3)\n", "crashed"),
        ("import numpy as np\ndef tanh(x):\n    grown = []\n    while True: grown.append(np.empty(10**7))\n", "memory"),
        ("def tanh(x):\n    return x.sum()\n", "shape"),
        ("def tanh(x):\n    return x / 0 * 0\n", "nan"),
        ("def tanh(x):\n    raise ValueError('no')\n", "error"),
        ("def tanh(x:\n", "error"),
        ("n = 0\ndef tanh(x):\n    global n\n    n += 1\n    return x.tanh() if n < 300 else None\n", "error"),
        ("n = 0\ndef tanh(x):\n    global n\n    n += 1\n    while n > 300: pass\n    return x.tanh()\n", "timeout"),
    ],
    ids=["loops", "dies", "allocates", "shape", "nan", "raises", "no Python", "later", "loops later"],
)  # fmt: skip
def test_what_fails_is_said_and_the_run_goes_on(opened, text, kind):
    """The page names the part and what is the matter, the course's part steps in, and steps are taken"""
    session, box = opened(activations=text)
    session.put(m.Build({}, True))
    end = time.monotonic() + 20
    notes: dict[str, Any] = {}
    while time.monotonic() < end and notes.get("tanh", m.Note("yours")).whose == "yours":
        notes = box.wait(m.Built).parts
    assert (notes["tanh"].whose, notes["tanh"].kind) == ("course", kind)
    assert notes["tanh"].page == "s3_neural_networks/activations"
    assert notes["MLP"].whose == "yours"
    assert box.wait(m.Picture, lambda p: p.step > 200).losses[0] > 0


def test_a_line_is_one_of_the_page_that_is_named(opened):
    """an answer that fails in the network is its part's fault, whose page has no such line"""
    late = "n = 0\ndef tanh(x):\n    global n\n    n += 1\n    return x.tanh() if n < 60 else x.tanh()[:, :1]\n"
    session, box = opened(activations=late)
    session.put(m.Build({}, True))
    fell = box.wait(m.Fell)
    assert (fell.parts, fell.page, fell.line) == (["tanh"], "s3_neural_networks/activations", 0)


@pytest.mark.parametrize(
    "text, kind",
    [
        ("n = 0\ndef tanh(x):\n    global n\n    n += 1\n    return x.tanh() if n < 150 else 0 * x / 0\n", "nan"),
        ("k = 0\ndef tanh(x):\n    global k\n    k = k + x.sum()\n    return x.tanh() + 0 * k\n", "error"),
        ("def tanh(x):\n    return x.double().tanh()\n", "error"),
        ("tanh = 3\n", "error"),
    ],
    ids=["no number", "grows its graph", "other dtype", "no function"],
)  # fmt: skip
def test_what_is_saved_in_the_middle_of_a_run_is_blamed_alone(template, text, kind):
    """The run comes back to its step, the part that fails on the way there is named, and it goes on by itself"""
    saved, box = {"now": COURSE["activations"]}, Box()
    room = Room(
        template.split, lambda: {**{page: (one,) for page, one in COURSE.items()}, "activations": (saved["now"],)},
        COURSE, stamp=lambda: saved["now"],
    )  # fmt: skip
    session = Session(room, box)
    try:
        session.put(m.Build({}, True))
        step = box.wait(m.Picture, lambda p: p.step > 200).step
        saved["now"] = text
        box.wait(m.Saved)
        built = box.wait(m.Built, lambda b: b.parts["tanh"].whose == "course")
        assert built.step >= step  # what fails on the way costs none of it
        assert built.parts["tanh"].kind == kind
        assert {name for name, note in built.parts.items() if note.whose == "course"} == {"tanh"}
        assert box.wait(m.Picture, lambda p: p.step > built.step + 20).running
    finally:
        session.end()


def test_a_save_leaves_a_run_alone_that_uses_nothing_of_it(template):
    """A comment, or another page: it goes on from its step, its worker too; the next run has what was saved"""
    own, box = {page: (text,) for page, text in COURSE.items()}, Box()
    session = Session(Room(template.split, lambda: dict(own), COURSE, stamp=lambda: dict(own)), box)
    try:
        session.put(m.Build({}))
        session.put(m.Step(50))
        before = box.wait(m.Picture, lambda p: p.step == 50)
        own["regression_losses"] = ("def mse(pred, target):\n    return pred.sum()\n",)
        own["activations"] = (f"# a remark\n\n{COURSE['activations']}",)
        assert box.wait(m.Saved).kept
        session.put(m.Step(1))
        assert box.wait(m.Picture).step == before.step + 1
        assert not any(isinstance(one, m.Built | m.Fell) for one in box.told)
        session.put(m.Build({"data": "plane", "loss": "mse"}))
        assert box.wait(m.Built).parts["mse"].kind
    finally:
        session.end()


def test_a_run_comes_back_in_the_background_to_where_it_was(template, monkeypatch):
    """It says how far it is, ends in the same weights, and a pause ends the way"""
    monkeypatch.setattr(leader, "COME_BACK", 60.0)
    monkeypatch.setattr(way_back, "STRETCH", 0.01)
    own, box = {page: (text,) for page, text in COURSE.items()}, Box()
    session = Session(Room(template.split, lambda: dict(own), COURSE, stamp=lambda: dict(own)), box)
    try:
        session.put(m.Build({}))
        session.put(m.Step(900))
        before = box.wait(m.Picture, lambda p: p.step == 900)
        own["activations"] = (f"{COURSE['activations']}\nunused = 1\n",)
        back = box.wait(m.Back)
        assert (0 < back.step < 900, back.behind) == (True, 900)
        assert box.wait(m.Built).step == 900
        assert box.wait(m.Picture).weights == before.weights
        own["activations"] = (COURSE["activations"],)
        box.wait(m.Back)
        session.put(m.Go(False))
        built = box.wait(m.Built)
        assert (0 < built.step < 900, built.behind, built.running) == (True, 900, False)
    finally:
        session.end()


def test_what_is_answered_on_the_way_back_takes_nothing_of_its_time(template, monkeypatch):
    """A race that takes longer than the whole way may: the run still comes to its step"""
    monkeypatch.setattr(leader, "COME_BACK", 5.0)
    monkeypatch.setattr(way_back, "STRETCH", 0.01)
    own, box = {page: (text,) for page, text in COURSE.items()}, Box()
    session = Session(Room(template.split, lambda: dict(own), COURSE, stamp=lambda: dict(own)), box)
    race = session._run.crew.racing.race
    monkeypatch.setattr(session._run.crew.racing, "race", lambda *about: (time.sleep(6.0), race(*about))[1])
    try:
        session.put(m.Build({}))
        session.put(m.Step(900))
        box.wait(m.Picture, lambda p: p.step == 900)
        own["activations"] = (f"{COURSE['activations']}\nunused = 1\n",)
        box.wait(m.Back)
        session.put(m.Race("ravine", (-8.0, 4.0), {"SGD": 0.05}, 50))
        box.wait(m.Raced)
        built = box.wait(m.Built)
        assert (built.step, built.behind) == (900, 0)
    finally:
        session.end()


@pytest.mark.parametrize(
    "old, new, touched",
    [
        ("def tanh(", "# a remark\ndef tanh(", False),
        ("def elu(", "def elu_(", False),
        ("def relu(", "def helper():\n    return 1\n\n\ndef relu(", False),
        ("return 2 * sigmoid(2 * x) - 1", 'return 2 * sigmoid(2 * x) - 1 + 0', True),
        ("def sigmoid(", "def sigmoid(x):\n    return x\n\n\ndef sigmoid_(", True),
        ("import torch\n", "import torch\n\ntorch.set_num_threads(1)\n", True),
    ],
    ids=["remark", "another part", "unused", "part", "what the part needs", "done when it is read"],
)  # fmt: skip
def test_a_run_is_made_of_what_its_parts_need(old, new, touched):
    """Remarks, descriptions and functions that no part in use needs are none of it"""
    text = COURSE["activations"]
    assert old in text
    before, now = ({"activations": (one,)} for one in (text, text.replace(old, new, 1)))
    assert used.touched(before, now, {"tanh"}, set()) == touched
    described = {"activations": (text.replace('"""', '"""Anything. ', 1).replace("def tanh", "\n\ndef tanh"),)}
    assert not used.touched(before, described, {"tanh"}, set())
    assert used.touched(before, now, {"tanh", "relu"}, {"relu"})  # which failed: a file that was saved is tried


@pytest.mark.parametrize("late", ["", "    if n == 90:\n        while True: pass\n"], ids=["far", "no end"])
def test_a_run_that_does_not_come_back_says_so_with_one_s_own_code(template, monkeypatch, late):
    """After a save in a long run: it goes on from an earlier step, and no part is replaced for the way back alone"""
    monkeypatch.setattr(leader, "COME_BACK", 60.0 if late else 0.01)
    monkeypatch.setattr(way_back, "STRETCH", 0.01)
    saved, box = {"now": COURSE["activations"]}, Box()
    room = Room(
        template.split, lambda: {**{page: (one,) for page, one in COURSE.items()}, "activations": (saved["now"],)},
        COURSE, stamp=lambda: saved["now"],
    )  # fmt: skip
    session = Session(room, box)
    try:
        session.put(m.Build({}, True))
        step = box.wait(m.Picture, lambda p: p.step > 1000).step
        saved["now"] = f"n = 0\ndef tanh(x):\n    global n\n    n += 1\n{late}    return x.tanh()\n"
        box.wait(m.Saved)
        if late:
            assert box.wait(m.Fell).parts == ["tanh"]
            built = box.wait(m.Built)
            assert (built.step >= step, built.running, built.parts["tanh"].whose) == (True, True, "course")
        else:
            built = box.wait(m.Built)
            assert (built.step < step <= built.behind, built.running) == (True, True)
            assert {note.whose for note in built.parts.values()} == {"yours"}
    finally:
        session.end()


def test_whoever_is_not_reached_in_time_is_not_blamed(opened, monkeypatch):
    """The loss is no number after many steps, by the settings: no part is named, and it is said that it is not sure"""
    monkeypatch.setattr(blame, "REPLAY", 0.0)
    session, box = opened()
    state = {"data": "bump", "hidden": [16, 16], "acts": ["relu", "relu"], "loss": "mse", "lr": 1e-4,
             "features": ["x", "y", "x2", "y2"], "changes": [[300, "lr", 100.0]]}  # fmt: skip
    session.put(m.Build(state, True))
    over = box.wait(m.Overflow)
    assert (over.step > 300, over.sure) == (True, False)
    assert not any(isinstance(one, m.Fell) for one in box.told)


def test_code_that_ends_what_its_worker_was_forked_by(opened):
    """Another one is started, and the run goes on without the student's parts"""
    session, box = opened(activations="import os\ndef tanh(x):\n    os.kill(os.getppid(), 9)\n    return x.tanh()\n")
    session.put(m.Build({}, True))
    fell = box.wait(m.Fell)
    assert (fell.kind, "tanh" in fell.parts) == ("crashed", True)
    assert box.wait(m.Built).running
    assert box.wait(m.Picture, lambda p: p.step > 20).finite


def test_a_page_that_does_not_end_when_it_is_read(opened):
    """Its parts are the course's, and all others stay the student's"""
    session, box = opened(activations="while True: pass\n")
    session.put(m.Build({}, True))
    assert box.wait(m.Fell).page == "s3_neural_networks/activations"
    notes = box.wait(m.Built).parts
    assert {name for name, note in notes.items() if note.whose == "course"} == {"tanh"}
    assert box.wait(m.Picture, lambda p: p.step > 50).finite


def test_a_loop_is_told_of_and_need_not_be_waited_for(opened, monkeypatch):
    """While it runs: what is waited for, for how long at most, what was printed; "Reset" tries it again as it is"""
    monkeypatch.setattr(hosted, "SECONDS", 120.0)
    late = "n = 0\ndef tanh(x):\n    global n\n    n += 1\n    print('call', n)\n"
    late += "    while n > 150: pass\n    return x.tanh()\n"
    session, box = opened(activations=late)
    session.put(m.Build({}, True))
    waiting = box.wait(Waiting, lambda one: one.skip)
    assert "your tanh is running. It may compute for 120 s, and 480 s may pass on the clock" in waiting.text
    session.put(Skip())
    fell = box.wait(m.Fell)
    assert (fell.parts, fell.kind) == (["tanh"], "unawaited")
    built = box.wait(m.Built)
    assert {part for part, note in built.parts.items() if note.whose == "course"} == {"tanh"}
    box.wait(m.Picture, lambda p: p.step > built.step + 20)
    assert session._run.crew.said().endswith("call 151")
    session.put(m.Build({}))
    assert {note.whose for note in box.wait(m.Built).parts.values()} == {"yours"}
    box.wait(m.Picture)
    session.put(Skip())
    assert "nothing of yours is waited for" in box.wait(m.Declined).reason


def test_a_run_that_is_not_there_cannot_go_on(opened):
    """It is said, with the reason why there is none"""
    session, box = opened()
    session.put(m.Go(True))
    assert box.wait(m.Declined) == m.Declined("there is no run yet", False)
    session.put(m.Build({"loss": "mae"}))
    reason = box.wait(m.Declined).reason
    session.put(m.Go(True))
    assert box.wait(m.Declined).reason == reason


def test_what_is_printed_costs_nothing(opened):
    """A part that prints goes on"""
    session, box = opened(activations="def tanh(x):\n    print('x' * 10**5)\n    return x.tanh()\n")
    session.put(m.Build({}, True))
    assert box.wait(m.Built).parts["tanh"].whose == "yours"
    assert box.wait(m.Picture, lambda p: p.step > 50).finite
    assert session._run.crew.said() == MOST_SHOWN * "x"


@pytest.mark.parametrize("line", ["input('? ')", "display(x)", "get_ipython().run_line_magic('time', '')"])
def test_what_checks_let_pass_is_no_failure_here(opened, line):
    """Where the checks run nobody types and nothing is displayed, and that is no mistake: nor is it in the lab"""
    session, box = opened(activations=f"def tanh(x):\n    {line}\n    return x.tanh()\n")
    session.put(m.Build({}))
    note = box.wait(m.Built).parts["tanh"]
    assert (note.whose, note.text) == ("yours", "")


@pytest.mark.parametrize("line, forks", [("time.sleep(0.02)", False), ("os.fork() or os._exit(0)", True)])
def test_a_part_that_makes_the_steps_slow_is_named(opened, line, forks):
    """Once in a run, with how long a step takes with it and without it; it stays the student's"""
    session, box = opened(activations=f"import os, time\ndef tanh(x):\n    {line}\n    return x.tanh()\n")
    session.put(m.Build({}, True))
    slow = box.wait(m.Slow, seconds=60)
    assert (slow.part, slow.forks) == ("tanh", forks)
    assert slow.yours > 5 * slow.course
    box.wait(m.Picture)
    assert not any(isinstance(one, m.Slow | m.Fell) for one in box.told)


def test_what_is_unwritten_is_the_course_s(opened):
    """A stub is no failure: it wears the course's badge and nothing is said"""
    stub = trees().stub("s3_neural_networks/optimizers").read_text(encoding="utf-8")
    session, box = opened(optimizers=stub, activations="")
    session.put(m.Build({"optimizer": "Adam"}))
    notes = box.wait(m.Built).parts
    assert (notes["Adam"].whose, notes["Adam"].kind) == ("course", "unwritten")
    assert (notes["tanh"].whose, notes["tanh"].kind) == ("course", "unwritten")
    assert not any(isinstance(one, m.Fell) for one in box.told)


def test_what_torch_has_not_implemented_is_written_and_fails(opened):
    """torch says with a stub's error what it cannot do; a part that switches gradients off takes no other along"""
    off = "import torch\ndef tanh(x):\n    torch.set_grad_enabled(False)\n    return x.tanh()\n"
    for page, line in (
        ("def tanh(x): return x.tanh().to_sparse()\n", "NotImplementedError"),
        (off, "no gradient flows"),
    ):
        session, box = opened(activations=page)
        session.put(m.Build({}))
        notes = box.wait(m.Built).parts
        assert (notes["tanh"].whose, notes["tanh"].kind) == ("course", "error")
        assert line in notes["tanh"].text
        assert {name for name, note in notes.items() if note.whose == "course"} == {"tanh"}


@pytest.mark.parametrize("answer, said", [
    ("None", "gave NoneType where a tensor is wanted"), ("super().forward(x).long()", "gave torch.int64 where"),
    ("super().forward(x).double()", "gave torch.float64 for an input of torch.float32"),
    ("super().forward(x).T", "gave shape (1, 10) for 10 inputs; (10, 1) is wanted"),
])  # fmt: skip
def test_a_network_whose_answer_no_loss_can_use_is_blamed_alone(opened, answer, said):
    """After a while, too: the loss that gets it is not at fault"""
    late = "COUNT[0] += 1\n        if COUNT[0] < 150: return super().forward(x)"
    spoiler = f"COUNT = [0]\nclass Spoiler(MLP):\n    def forward(self, x):\n        {late}\n        return {answer}\n"
    session, box = opened(regression_network=f"{COURSE['regression_network']}\n\n{spoiler}\n\nMLP = Spoiler\n")
    session.put(m.Build({}, True))
    fell = box.wait(m.Fell)
    assert (fell.parts, fell.kind) == (["MLP"], "error")
    assert f"MLP {said}" in fell.text
    built = box.wait(m.Built)
    assert {part for part, note in built.parts.items() if note.whose == "course"} == {"MLP"}


LATE = "\n\nclass Late({0}):\n    def {1}:\n        Late.n = getattr(Late, 'n', 0) + 1\n        {2}\n\n{0} = Late\n"
LATER = "n = 0\ndef {0}:\n    global n\n    n += 1\n    {1}\n"


@pytest.mark.parametrize("state, page, text, part, said", [
    ({}, "optimizers", LATE.format("SGD", "step(self)", "if self.n < 200: super().step()"), "SGD",
     "stands still after"),
    ({"optimizer": "Adam"}, "optimizers", LATE.format(
        "Adam", "step(self)", "first = self.params[0].detach().clone(); super().step()\n"
        "        if self.n > 200: self.params[0].data.copy_(first)"
    ), "Adam", "stands still after"),
    ({}, "activations", LATER.format("tanh(x)", "return x.tanh() if n < 200 else x.tanh().detach()"), "tanh",
     "not joined to its input"),
    ({"hidden": [3], "acts": ["relu"]}, "activations", LATER.format(
        "relu(x)", "with torch.no_grad() if n > 200 else torch.enable_grad(): return x.clamp(min=0)"
    ), "relu", "not joined to its input"),
    ({"dropout": 0.1}, "classification_network", LATE.format(
        "Dropout", "forward(self, x)", "return super().forward(x) if self.n < 200 else x.detach()"
    ), "Dropout", "not joined to its input"),
    ({"clip": "norm"}, "training_troubles", LATER.format(
        "clip_by_norm_(params, limit)", "for p in params: p.grad *= n < 200"
    ), "clip_by_norm_", "leaves no gradient"),
    ({}, "activations", LATER.format("tanh(x)", "if n > 200: raise KeyboardInterrupt\n    return x.tanh()"), "tanh",
     "KeyboardInterrupt"),
], ids=["no step", "one of many", "detached", "no_grad", "dropout", "clipped away", "interrupt"])  # fmt: skip
def test_what_no_longer_learns_after_a_while_is_told(opened, state, page, text, part, said):
    """The part is named with what is the matter, and no other; the course's goes on"""
    before = COURSE[page] if "class Late" in text else "import torch\n"
    session, box = opened(**{page: before + text})
    session.put(m.Build({"lr": 0.1, **state}, True))
    fell = box.wait(m.Fell)
    assert (fell.parts, fell.kind) == ([part], "error")
    assert said in fell.text
    built = box.wait(m.Built)
    assert {name for name, note in built.parts.items() if note.whose == "course"} == {part}
    box.wait(m.Picture, lambda p: p.step > built.step + 20)


@pytest.mark.parametrize("state", [{"init": "zeros"}, {"init": "large", "acts": ["tanh"], "hidden": [8], "lr": 1e-6}])
def test_what_stands_still_by_right_blames_nobody(opened, state):
    """Zeros everywhere, or steps that are too small to be seen: the course's part would stand still too"""
    session, box = opened()
    session.put(m.Build(state, True))
    box.wait(m.Picture, lambda p: p.step > 1000)
    assert not any(isinstance(one, m.Fell) for one in box.told)


def test_gradients_that_are_not_forgotten_are_told_before_the_run(opened):
    """zero_grad() that does nothing: the optimizer stays the student's, with a word of it"""
    lazy = "\n\nclass Lazy(SGD):\n    def zero_grad(self): pass\n\nSGD = Lazy\n"
    session, box = opened(optimizers=COURSE["optimizers"] + lazy)
    session.put(m.Build({}))
    note = box.wait(m.Built).parts["SGD"]
    assert (note.whose, note.kind) == ("yours", "differs")
    assert note.text == "after zero_grad() of SGD the gradients are still there"


def test_what_is_made_aside_changes_no_draw_of_dropout(opened):
    """Looking for what is slow draws numbers of its own: the run goes on as if nobody had looked"""
    state, ends = {"dropout": 0.3, "hidden": [4], "acts": ["tanh"]}, []
    for looks in (False, True):
        session, box = opened()
        session.put(m.Build(state))
        session.put(m.Step(20))
        box.wait(m.Picture, lambda p: p.step == 20)
        if looks:
            session._run.hosted.ask("slow_parts", states.plain(session._run._effective()), seconds=10)
        session.put(m.Step(20))
        ends.append(box.wait(m.Picture, lambda p: p.step == 40).weights)
    assert ends[0] == ends[1]


def test_a_part_that_cuts_the_gradient_or_changes_the_dtype_is_replaced(opened):
    """Each with its reason, before the run begins"""
    session, box = opened(
        classification_network="class Dropout:\n    def __init__(self, p): self.train = self.eval = lambda: None\n"
        "    def __call__(self, x): return x.detach()\n",
        classification_losses="def bce_with_logits(z, y): return (z - y).square().mean().double()\n",
    )
    session.put(m.Build({"dropout": 0.2}))
    notes = box.wait(m.Built).parts
    assert notes["Dropout"].text == "the answer of Dropout is not joined to its input: no gradient flows"
    assert notes["bce_with_logits"].text == "bce_with_logits gave torch.float64 for an input of torch.float32"
    assert {part for part, note in notes.items() if note.whose == "course"} == {"Dropout", "bce_with_logits"}


@pytest.mark.parametrize("text, kind, line", [
    ("def tanh(x):\n    y = x + 1\n    return unknown(y)\n", "error", 3),
    ("import math\n\nimport no_such_module\n\ndef relu(x): return x\n", "error", 3),
    ("def tanh(x):\n    return x\n\ndef relu(:\n", "error", 4),
    ("def tanh(x):\n    return x.new_zeros(10**6, 10**6)\n", "memory", 2),
    ("@no_such_decorator\ndef tanh(x):\n    return x\n", "error", 1),
])  # fmt: skip
def test_what_fails_at_once_has_its_line(opened, text, kind, line):
    """As what fails later has: the page says where to look"""
    session, box = opened(activations=text)
    session.put(m.Build({"hidden": [3], "acts": ["tanh"]}))
    note = box.wait(m.Built).parts["tanh"]
    assert (note.kind, note.line) == (kind, line)
    assert "enforce fail" not in note.text


def test_a_wrong_part_goes_on_working_and_is_told_apart(opened):
    """What differs from the course's stays the student's, with a word of where it differs"""
    session, box = opened(activations="def tanh(x):\n    return x.tanh() / 2\n")
    session.put(m.Build({}))
    note = box.wait(m.Built).parts["tanh"]
    assert (note.whose, note.kind) == ("yours", "differs")
    assert "the course's is" in note.text


COUNTED = """
count, right = 0, {0}
def {0}(*args):
    global count
    count += 1
    return right({1}) if count > 40 else right(*args)
"""
#: what turns wrong after some calls, of the module or of one object, and the page that it stands on
TURNED = {
    "tanh": ("activations", COUNTED.format("tanh", "0.9 * args[0]")),
    "bce_with_logits": ("classification_losses", COUNTED.format("bce_with_logits", "2 * args[0], args[1]")),
    "clip_by_norm_": ("training_troubles", COUNTED.format("clip_by_norm_", "args[0], args[1] / 2")),
    "SGD": ("optimizers", """
class Right(SGD): pass
class SGD(Right):
    def step(self):
        self.count = getattr(self, "count", 0) + 1
        if self.count > 10:
            self.lr = 1e-3
        super().step()
"""),
    "MLP": ("regression_network", """
class Right(MLP): pass
class MLP(Right):
    count = 0
    def forward(self, x):
        self.count += 1
        return super().forward(x) * (1 if self.count < 40 else 2)
"""),
}  # fmt: skip


@pytest.mark.parametrize("part", TURNED)
def test_a_part_that_turns_wrong_after_a_while_is_told_of(opened, part):
    """Right at its trial and in the first steps: its badge says so once it is not, with numbers, and the run goes on"""
    page, text = TURNED[part]
    session, box = opened(**{page: f"{COURSE[page]}\n\n{text}"})
    session.put(m.Build({"clip": "norm", "clip_at": 0.01}, True))
    assert not any(note.kind for note in box.wait(m.Built).parts.values())
    notes = box.wait(m.Parts).parts
    assert {name for name, note in notes.items() if note.kind} == {part}
    assert (notes[part].whose, notes[part].kind) == ("yours", "differs")
    assert "; the course's is " in notes[part].text
    assert session._run.kind_of(part) == "differs"
    assert box.wait(m.Picture, lambda p: p.step > 100).running


@pytest.mark.parametrize("clip", ["norm", "value"])
def test_what_is_right_does_not_differ_in_a_run_either(clip):
    """All that the course has, as a student's, with settings that lead far"""
    own = {page: (text,) for page, text in COURSE.items()}
    player = Playground({page: [*cells] for page, cells in own.items()}, COURSE)
    runs: list[dict[str, Any]] = [{"optimizer": name, "lr": 0.1, "lr_decay": 0.01} for name in OPTIMIZERS]
    runs += [{"loss": name} for name in states.CLASSES]
    runs += [{"data": "bump", "loss": name, "features": ["x", "y", "x2"]} for name in states.NUMBERS]
    runs += [{"hidden": [6, 4], "acts": [name, name], "scale": {"x": 50.0}} for name in get_args(states.Act)]
    for state in runs:
        player.build(states.plain(states.read({**state, "clip": clip, "dropout": 0.2, "init": "large"})))
        player.advance(80, 10.0, False)
        assert differences(player.run) == {}, state


def test_whose_fault_it_is_that_there_is_no_number(opened):
    """An optimizer that breaks after a while is found by the run that goes well without it"""
    broken = COURSE["optimizers"].replace("p -= lr * (g", 'p -= (math.nan if state["t"] > 50 else lr) * (g')
    session, box = opened(optimizers=f"import math\n{broken}")
    session.put(m.Build({}, True))
    fell = box.wait(m.Fell)
    assert (fell.parts, fell.kind) == (["SGD"], "nan")
    assert box.wait(m.Built).parts["SGD"].kind == "nan"


def test_settings_that_overflow_are_nobody_s_fault(opened):
    """With a learning rate far too large the run stops, and the student's parts stay"""
    session, box = opened()
    state = {"data": "bump", "hidden": [16, 16], "acts": ["relu", "relu"], "loss": "mse", "lr": 1.5,
             "features": ["x", "y", "x2", "y2"]}  # fmt: skip
    session.put(m.Build(state, True))
    assert box.wait(m.Overflow).step < 100
    assert not any(isinstance(one, m.Fell) for one in box.told)


def test_a_saved_file_is_read_again(template):
    """The run goes on with what was saved"""
    text = {"now": "def tanh(x):\n    raise ValueError('not yet')\n"}
    box = Box()
    room = Room(
        template.split, lambda: {"activations": (text["now"],)}, COURSE, stamp=lambda: text["now"],
        card=lambda part, kind: f"the card of {part}: {kind}",
    )  # fmt: skip
    session = Session(room, box)
    try:
        session.put(m.Build({}))
        assert box.wait(m.Built).parts["tanh"].kind == "error"
        session.put(m.Card("tanh"))
        assert box.wait(m.Carded).html == "the card of tanh: error"
        text["now"] = "def tanh(x):\n    return x.tanh()\n"
        box.wait(m.Saved)
        assert box.wait(m.Built).parts["tanh"].whose == "yours"
    finally:
        session.end()


def test_the_race_is_run_by_the_student_s_optimizers(opened):
    """Nine trails, of which one that fails is the course's"""
    broken = COURSE["optimizers"].replace("m_hat, s_hat = m", "m_hat, s_hat = nothing, m")
    assert broken != COURSE["optimizers"]
    session, box = opened(optimizers=broken)
    names = ["SGD", "Momentum", "Nesterov", "Adagrad", "RMSProp", "Adadelta", "Adam", "Adamax", "Nadam"]
    session.put(m.Race("ravine", (-8.0, 4.0), dict.fromkeys(names, 0.05), 50))
    raced = box.wait(m.Raced)
    assert set(raced.trails) == set(names)
    assert {name for name, note in raced.parts.items() if note.whose == "course"} == {"Adam"}
    assert len(raced.trails["Nadam"].path) == 51 * 2 * 4
    session.put(m.Landscape("ravine"))
    assert len(box.wait(m.Surveyed).values) == 96 * 96 * 4


@pytest.mark.parametrize(
    "state", [{"hidden": [999]}, {"acts": []}, {"loss": "mae"}, {"x": 1}, {"lr": "nan"}, {"features": []},
              {"data": "points", "points": []}, {"course": ["__import__"] * 50}],
)  # fmt: skip
def test_settings_that_are_none_are_declined(opened, state):
    """They are told in a line, and the session goes on"""
    session, box = opened()
    session.put(m.Build(state, True))
    assert box.wait(m.Declined).reason
    session.put(m.Build({}))
    box.wait(m.Built)


def test_a_page_that_is_slow_slows_no_step(opened):
    """Steps go on while the page takes no picture, and it gets none"""
    session, box = opened()
    session.put(m.Build({}, True))
    box.wait(m.Picture, lambda p: p.step > 0)
    box.takes = False
    time.sleep(0.2)
    box.told.clear()
    time.sleep(0.4)
    assert not box.told
    box.takes = True
    assert box.wait(m.Picture).step > 100


def test_it_ends_at_once_whatever_the_code_does(opened):
    """A session closes within a second of being told, in the middle of a loop"""
    session, box = opened(
        activations="n = 0\ndef tanh(x):\n    global n\n    n += 1\n    while n > 300: pass\n    return x\n"
    )
    session.put(m.Build({}, True))
    box.wait(m.Picture)
    time.sleep(0.5)
    began = time.monotonic()
    session.end()
    assert time.monotonic() - began < 1.5


def test_it_speaks_the_language_in_which_it_was_opened(opened):
    """What is declined, and what is wrong with a part: the thread that leads the run speaks as the lab does"""
    with speaking("de"):
        session, box = opened(activations="def tanh(x):\n    return x.sum()\n")
    session.put(m.Step(1))
    assert box.wait(m.Declined).reason == "es gibt noch keinen Lauf"
    session.put(m.Build({}))
    note = box.wait(m.Built).parts["tanh"]
    assert (note.whose, note.kind) == ("course", "shape")
    assert note.text == "tanh gab die Form () für eine Eingabe der Form (2, 5); nötig ist (2, 5)"


@pytest.mark.parametrize("text", [
    "import sys\nsys.exit(0)\n", "raise KeyboardInterrupt\n", "import os\nos._exit(3)\n",
    "class Odd(Exception):\n    def __str__(self): raise ValueError\nraise Odd\n",
    "def tanh(x):\n    raise KeyboardInterrupt\n", "def tanh(x):\n    raise ValueError('z' * 10_000_000)\n",
], ids=["exit", "interrupt", "hard exit", "odd error", "interrupted", "long"])  # fmt: skip
def test_a_page_that_ends_itself_is_told_of_once_and_the_run_goes_on(opened, text):
    """In words that are short, with the course's part, and no part of another page is blamed"""
    session, box = opened(activations=text)
    session.put(m.Build({"hidden": [3], "acts": ["tanh"]}, True))
    built = box.wait(m.Built)
    assert {part: note.whose for part, note in built.parts.items() if note.whose == "course"} == {"tanh": "course"}
    note = built.parts["tanh"]
    assert note.kind in ("error", "crashed", "unwritten")
    assert len(note.text) < 600
    box.wait(m.Picture, lambda p: p.step > 5)


def test_a_run_without_a_number_goes_on_with_the_course_s_part(opened):
    """It ran when a part of the student's gave NaN: it runs when that is replaced"""
    text = "import torch\nn = 0\ndef tanh(x):\n    global n\n    n += 1\n"
    text += "    return torch.tanh(x) * (float('nan') if n > 90 else 1)\n"
    session, box = opened(activations=text)
    session.put(m.Build({"hidden": [3], "acts": ["tanh"]}, True))
    fell = box.wait(m.Fell)
    assert (fell.parts, fell.kind) == (["tanh"], "nan")
    assert box.wait(m.Built).running
    box.wait(m.Picture, lambda p: p.step > 200)


def test_a_card_that_is_asked_for_again_and_again_is_made_once(template):
    """As long as it is on its way; then it may be asked for again"""
    asked, go, box = [], threading.Event(), Box()

    def card(part: str, kind: str) -> str:
        asked.append(part)
        go.wait(30)
        return "card"

    session = Session(Room(template.split, dict, COURSE, card=card), box)
    try:
        for _ in range(50):
            session.put(m.Card("tanh"))
        session.put(m.Card("SGD"))
        session.put(m.Script())
        box.wait(m.Declined)  # all before it were taken
        assert sorted(asked) == ["SGD", "tanh"]
        go.set()
        assert {box.wait(m.Carded).part, box.wait(m.Carded).part} == {"tanh", "SGD"}
    finally:
        go.set()
        session.end()


def test_a_copy_without_solutions_plays_with_what_is_one_s_own(template):
    """What is written works and races; what is missing, or fails, is named, and a save brings it back"""
    own = {page: (text,) for page, text in COURSE.items() if page != "optimizers"}
    saved, box = [0], Box()
    session = Session(Room(template.split, lambda: dict(own), {}, stamp=lambda: saved[0]), box)
    try:
        session.put(m.Build({}, True))
        assert box.wait(m.Declined).reason == "SGD is not written yet, and this copy of the course has none"
        own["optimizers"] = (COURSE["optimizers"],)
        saved[0] += 1
        assert {note.whose for note in box.wait(m.Built).parts.values()} == {"yours"}
        box.wait(m.Picture)
        session.put(m.Race("beale", (0.0, 0.0), {"SGD": 0.1, "Adam": 0.1}))
        assert box.wait(m.Raced).trails.keys() == {"SGD", "Adam"}
        own["activations"] = ("def tanh(x):\n    return x.sum()\n",)
        saved[0] += 1
        assert "tanh cannot be used (tanh gave shape ()" in box.wait(m.Declined).reason
        own["activations"] = ("import os\nos._exit(1)\n",)
        saved[0] += 1
        assert "tanh failed (the code ended the whole process" in box.wait(m.Declined).reason
        own["activations"] = (COURSE["activations"],)
        saved[0] += 1
        box.wait(m.Built)
        session.put(m.Go(True))
        box.wait(m.Picture, lambda p: p.step > 5)
    finally:
        session.end()


LATE = "    global count\n    count = globals().get('count', 0) + 1\n    if count > 200:\n        "


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="this system does not tell who was stopped")
@pytest.mark.parametrize("text", [
    "import os, signal; os.kill(os.getpid(), signal.SIGSTOP)", "import os; os.closerange(0, 1000)",
    "import os, time; os.closerange(0, 1000); time.sleep(1000)",
])  # fmt: skip
def test_who_answers_no_more_is_blamed_alone(opened, text):
    """in the middle of a run, where the process cannot say any more where it is: the other parts stay one's own"""
    end = "    return 2 * sigmoid(2 * x) - 1"
    session, box = opened(activations=COURSE["activations"].replace(end, f"{LATE}{text}\n{end}"))
    session.put(m.Build({}, True))
    fell = box.wait(m.Fell)
    assert (fell.parts, fell.page) == (["tanh"], "s3_neural_networks/activations")
    built = box.wait(m.Built)
    assert {part for part, note in built.parts.items() if note.whose == "course"} == {"tanh"}


@pytest.mark.parametrize("text", ["return x.tanh_()", "return x.relu_()"])
def test_an_activation_that_works_in_place_is_told_so(opened, text):
    """in words that say what it means"""
    session, box = opened(activations=f"def tanh(x):\n    {text}\n")
    session.put(m.Build({"hidden": [3], "acts": ["tanh"]}))
    note = box.wait(m.Built).parts["tanh"]
    assert (note.whose, note.text) == ("course", "tanh changes its input in place, which the gradient still needs")


def test_what_torch_says_of_tensors_that_are_changed_is_said_in_words(opened):
    """by a network too: the gradient needs what it overwrote"""
    spoiler = "class Spoiler(MLP):\n    def forward(self, x):\n        return super().forward(x).exp().mul_(2)\n"
    source = f"{COURSE['regression_network']}\n\n{spoiler}\n\nMLP = Spoiler\n"
    session, box = opened(regression_network=source)
    session.put(m.Build({}))
    note = box.wait(m.Built).parts["MLP"]
    assert "it changed a tensor in place, which the gradient still needs" in note.text
    assert "modified by an inplace" not in note.text


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="this system does not tell who was stopped")
def test_code_that_stops_what_its_worker_was_forked_by(opened):
    """The run goes on, and its end is not waited for"""
    stop = "import os, signal; os.kill(os.getppid(), signal.SIGSTOP)"
    session, box = opened(activations=f"def tanh(x):\n    {stop}\n    return x.tanh()\n")
    session.put(m.Build({"hidden": [3], "acts": ["tanh"]}, True))
    box.wait(m.Picture, lambda p: p.step > 20)
    began = time.monotonic()
    session.end()
    assert time.monotonic() - began < 15


def _adam(body: str) -> str:
    """The course's optimizers, of which Adam's update does something else."""
    head, tail = COURSE["optimizers"].split("class Adam(", 1)
    update = f"    def update(self, *args):\n        {body}\n\n    def _old("
    return f"{head}class Adam({tail.replace('    def update(', update, 1)}"


@pytest.mark.parametrize("body, kind", [
    ("import os; os._exit(1)", "crashed"), ("while True: pass", "timeout"),
    ("import os; os.closerange(0, 1000)", "crashed"),
], ids=["exits", "loops", "closes its line"])  # fmt: skip
def test_an_optimizer_that_ends_the_race_is_blamed_alone(template, body, kind):
    """The race is answered with the course's in its place, the run keeps its own, and a mend brings the racer back"""
    saved, box = {"now": _adam(body)}, Box()
    room = Room(
        template.split, lambda: {**{page: (one,) for page, one in COURSE.items()}, "optimizers": (saved["now"],)},
        COURSE, stamp=lambda: saved["now"],
    )  # fmt: skip
    session = Session(room, box)
    try:
        session.put(m.Build({}))
        box.wait(m.Picture)
        session.put(m.Step(30))
        box.wait(m.Picture, lambda p: p.step == 30)
        race = m.Race("ravine", (-8.0, 4.0), dict.fromkeys(["SGD", "Momentum", "Adagrad", "Adam", "Nadam"], 0.05), 50)
        session.put(race)
        raced = box.wait(m.Raced)
        assert raced.trails.keys() == race.lr.keys()
        assert {part for part, note in raced.parts.items() if note.whose == "course"} == {"Adam"}
        assert (raced.parts["Adam"].kind, raced.parts["Adam"].page) == (kind, "s3_neural_networks/optimizers")
        session.put(m.Step(1))  # the run was not in that worker
        assert box.wait(m.Picture).step == 31
        assert not any(isinstance(one, m.Fell | m.Built) for one in box.told)
        saved["now"] = COURSE["optimizers"]
        box.wait(m.Saved)
        session.put(race)
        assert {note.whose for note in box.wait(m.Raced).parts.values()} == {"yours"}
    finally:
        session.end()


def test_a_loop_that_all_optimizers_share_is_not_waited_for_one_by_one(opened, monkeypatch):
    """Two that do not end are enough: the others are not tried, and it is said why"""
    asked = []
    ask = hosted.Hosted.ask
    monkeypatch.setattr(
        hosted.Hosted, "ask", lambda self, name, *args, **how: (asked.append(name), ask(self, name, *args, **how))[1]
    )
    text = COURSE["optimizers"].replace("def step(self) -> None:", "def step(self):\n        while True: pass", 1)
    session, box = opened(optimizers=text)
    session.put(m.Build({}, True))
    assert box.wait(m.Fell).parts == ["SGD"]
    session.put(m.Race("ravine", (-8.0, 4.0), dict.fromkeys(OPTIMIZERS, 0.05), 50))
    raced = box.wait(m.Raced)
    assert raced.trails.keys() == OPTIMIZERS.keys()
    assert {note.whose for note in raced.parts.values()} == {"course"}
    assert sorted({note.kind for note in raced.parts.values()}) == ["timeout", "unawaited"]
    assert raced.parts["Nadam"].text == "it was not tried, as Adagrad and SGD do not come to an end"
    assert asked.count("race") == 2  # one that does not end, and then the course's


@pytest.mark.parametrize("value", ["nan", "inf"])
def test_an_optimizer_that_gives_no_number_in_the_race_is_told(opened, value):
    """The course's races in its place; one that the landscape throws away is nobody's fault"""
    turns = "\nclass Right(Adam): pass\nclass Adam(Right):\n    n = 0\n    def step(self):\n        self.n += 1\n"
    turns += f"        super().step()\n        if self.n > 20: self.params[0].data *= float('{value}')\n"
    session, box = opened(optimizers=COURSE["optimizers"] + turns)
    session.put(m.Race("rosenbrock", (-1.5, 2.0), {"SGD": 100.0, "Momentum": 100.0, "Adam": 0.05}, 50))
    raced = box.wait(m.Raced)
    assert (raced.parts["Adam"].whose, raced.parts["Adam"].kind) == ("course", "nan")
    assert raced.parts["Adam"].text == "Adam gave NaN or infinity after 21 steps; the course's does not"
    assert raced.trails["Adam"].steps == 50
    assert raced.parts["SGD"].whose == "yours"


def test_a_race_is_answered_where_a_page_ends_as_it_is_read(opened):
    """The page is told of, and all others race"""
    session, box = opened(activations="import os\nos._exit(1)\n")
    session.put(m.Race("ravine", (-8.0, 4.0), {"SGD": 0.05, "Adam": 0.05}, 50))
    assert box.wait(m.Fell).page == "s3_neural_networks/activations"
    assert {note.whose for note in box.wait(m.Raced).parts.values()} == {"yours"}
