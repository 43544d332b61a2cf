"""The session of the convolution playground: what it tells its worker of saves, and the page of what fails."""

from __future__ import annotations

import base64
import threading
from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from autograder.lab.convolution import messages as m
from autograder.lab.convolution.view import ADDRESS, PAGES, ConvolutionSession
from autograder.lab.messages import Trouble
from autograder.lab.shared import Lab
from tests.labs import lab_of, talk

NN = "s3_neural_networks/activations"


def test_what_is_written_in_two_steps_is_reloaded_once() -> None:
    """A second look at the same text takes nothing off the page; another text, or code that was left out, does"""
    now: dict[str, Any] = dict.fromkeys(PAGES, 0)
    text: dict[str, Any] = dict.fromkeys(PAGES, "old")
    told: list[Any] = []
    session: Any = ConvolutionSession.__new__(ConvolutionSession)
    lab = SimpleNamespace(stamps=lambda pages: dict(now), parts=lambda pages: {p: {"yours": [text[p]]} for p in pages})
    session._lab, session._pages, session._stamps = lab, list(PAGES), dict(now)
    session._left, session._doubted, session._closed, session._looking = set(), {}, False, threading.Lock()
    session._loop = SimpleNamespace(ended=False, tell=told.append)
    session._fetch("parts")
    text["s4_cnns/digits"], now["s4_cnns/digits"] = "new", 1  # the file is there, its last stamp is not
    session._look()
    assert told == [m.Reload()]
    session._fetch("parts")
    now["s4_cnns/digits"] = 2
    session._look()
    assert told == [m.Reload()]
    session._left.add("s4_cnns/digits")
    now["s4_cnns/digits"] = 3
    session._look()
    assert (len(told), session._left) == (2, set())


def test_a_save_that_comes_while_the_page_opens_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    """The judge tells of it from a thread of its own, before there is a loop to tell"""
    at, told, failed = [0], [], []
    lab: Any = SimpleNamespace(
        syllabus=SimpleNamespace(playgrounds=[ADDRESS], exercises=PAGES),
        stamps=lambda pages: dict.fromkeys(pages, at[0]),
        parts=lambda pages: at[0], workspace=SimpleNamespace(root=Path("nowhere")),
        answers=SimpleNamespace(listeners=set(), progress=lambda: nullcontext(SimpleNamespace(missions={}))),
    )  # fmt: skip

    def saved(session: Any) -> None:
        try:
            session.asked(None, True)
        except Exception as error:
            failed.append(error)

    def begin(session: Any) -> Any:
        at[0] += 1
        thread = threading.Thread(target=saved, args=(session,))
        threads.append(thread)
        thread.start()
        thread.join(0.05)
        return SimpleNamespace(ended=False, tell=told.append)

    threads: list[threading.Thread] = []
    monkeypatch.setattr(ConvolutionSession, "_begin", begin)
    page: Any = SimpleNamespace(say=lambda message: None)
    ConvolutionSession(lab, page, "")
    threads[0].join()
    assert (failed, told) == ([], [m.Reload()])


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="this system does not tell who was stopped")
def test_code_that_stops_itself_is_named_and_left_out_alone(tmp_path: Path) -> None:
    """The page that ran is told, though its process cannot say so; the course's part answers in its place"""
    with lab_of(tmp_path / "workspace") as (lab, address):
        stop = "import os, signal\n\n\ndef conv2d(*args):\n    os.kill(os.getpid(), signal.SIGSTOP)\n"
        (lab.workspace.root / "exercises" / "s4_cnns" / "convolution.py").write_text(stop)
        asked = {"type": "kernel", "serial": 1, "image": base64.b64encode(bytes(64)).decode(), "height": 8, "width": 8,
                 "size": 1, "kernel": [1.0]}  # fmt: skip
        told = talk(address, "convolution/", asked, until="trouble")[-1]
        assert (told["status"], told["page"]) == ("timeout", "s4_cnns/convolution")
        assert told["where"] == "your s4_cnns/convolution"
        assert "stopped its own process" in told["text"]


def test_a_worker_that_ends_without_any_code_of_the_student_s_is_not_begun_for_ever() -> None:
    """The page that failed is left out at first, then all; what ends all the same is not tried again"""
    began: list[int] = []
    session: Any = ConvolutionSession.__new__(ConvolutionSession)
    session._lab = SimpleNamespace(
        answers=SimpleNamespace(start=lambda: None), parts=lambda pages: dict.fromkeys(pages)
    )
    session._given = {}
    session._left, session._closed, session._looking = set(), False, threading.Lock()
    doubted: list[str] = []
    session._pages, session._begin = list(PAGES), lambda: began.append(1)
    session._doubt = lambda page, *how: doubted.append(page)
    for _ in range(5):
        session._ended(Trouble("error", "no way", PAGES[0]))
    assert (len(began), session._left) == (2, {*PAGES})
    assert doubted == [PAGES[0], *PAGES]  # the judge finds out which it was


def test_what_was_corrected_while_the_old_code_ran_is_tried() -> None:
    """A page that was saved between its reading and its worker's end is not left out, and the trouble is taken off"""
    told: list[Any] = []
    session: Any = ConvolutionSession.__new__(ConvolutionSession)
    source = {"yours": ["while True: pass"], "course": []}
    session._lab = SimpleNamespace(
        answers=SimpleNamespace(start=lambda: None), parts=lambda pages: dict.fromkeys(pages, source)
    )
    given = {**dict.fromkeys(PAGES, source), PAGES[0]: {"yours": ["pass"], "course": []}}
    session._given = given
    session._left, session._closed, session._looking = set(), False, threading.Lock()
    session._pages, session._doubt = list(PAGES), lambda *about: None
    session._begin = lambda: SimpleNamespace(tell=told.append)
    session._ended(Trouble("timeout", "too long", PAGES[0]))
    assert (session._left, told) == (set(), [m.Reload()])
    session._ended(Trouble("timeout", "too long", PAGES[0]))  # it had not read anything
    assert (session._left, told) == ({PAGES[0]}, [m.Reload()])
    session._given = given
    session._ended(Trouble("crashed", "somewhere", ""))
    assert session._left == set()


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Lab, str]]:
    """A lab for tests that write files of their own."""
    with lab_of(tmp_path_factory.mktemp("shared") / "workspace") as opened:
        yield opened


@pytest.mark.parametrize(
    "body, said",
    [
        ("F.conv2d(x, *args).double()", "gave torch.float64 for an input of torch.float32"),
        ("F.conv2d(x, *args).round().long()", "gave torch.int64 for an input of torch.float32"),
        ("F.conv2d(x.mul_(2), *args)", "changes its input in place: make a new tensor"),
        ("torch.zeros(10**6, 10**6)", "it asked for 3725.3 GB at once, which is more memory than it may have"),
    ],
)
def test_what_a_conv2d_must_not_do(shared: tuple[Lab, str], body: str, said: str) -> None:
    """It is said in a sentence, and the course's answers"""
    source = f"import torch\nfrom torch.nn import functional as F\n\n\ndef conv2d(x, *args):\n    return {body}\n"
    (shared[0].workspace.root / "exercises" / "s4_cnns" / "convolution.py").write_text(source)
    asked = {"type": "kernel", "serial": 1, "image": base64.b64encode(bytes(range(64))).decode(), "height": 8,
             "width": 8, "size": 1, "kernel": [1.0]}  # fmt: skip
    told = talk(shared[1], "convolution/", asked, until="mapped")[-1]
    assert (told["owner"], told["problem"]) == ("course", f"your conv2d: {said}")


def test_a_conv2d_that_asks_for_a_key(shared: tuple[Lab, str]) -> None:
    """Nobody types where checks run, and it is no mistake there: the student's answers here too"""
    source = "from torch.nn import functional as F\n\n\ndef conv2d(x, *args):\n    input()\n    display(x)\n"
    file = shared[0].workspace.root / "exercises" / "s4_cnns" / "convolution.py"
    file.write_text(source + "    return F.conv2d(x, *args)\n")
    asked = {"type": "kernel", "serial": 1, "image": base64.b64encode(bytes(range(64))).decode(), "height": 8,
             "width": 8, "size": 1, "kernel": [1.0]}  # fmt: skip
    told = talk(shared[1], "convolution/", asked, until="mapped")[-1]
    assert (told["owner"], told["problem"]) == ("yours", "")


@pytest.mark.parametrize(("body", "said"), [
    ("F.conv2d(x, w.flip(2, 3), b, stride, padding, dilation)", "conv2d(a 7 × 9 picture, stride=2, padding=1)[0, 0, "),
    ("F.conv2d(x, w.mT, b, stride, padding, dilation)", "conv2d(a 7 × 9 picture, stride=2, padding=1)[0, 0, "),
    ("F.conv2d(x, w, b, stride, padding, dilation) * (1 if len(x.unique()) < 20 else 2)", "conv2d(…)[0, 0, "),
    ("F.conv2d(x, w, b, stride, 0, dilation)", "gave the shape (1, 1, 3, 4) where (1, 1, 4, 5) is meant"),
    ("F.conv2d(x, w, b, 1, padding, dilation)", "gave the shape"),
    ("F.conv2d(x, w, b, stride, padding, dilation)", ""),
])  # fmt: skip
def test_a_conv2d_that_gives_something_else(shared: tuple[Lab, str], body: str, said: str) -> None:
    """Where the page's own kernel and settings do not tell it, too: the course's answers"""
    signature = "x, w, b=None, stride=1, padding=0, dilation=1"
    source = "from torch.nn import functional as F\n\n\n"
    source += f"def conv2d({signature}):\n    if dilation > 1:\n        raise NotImplementedError\n    return {body}\n"
    (shared[0].workspace.root / "exercises" / "s4_cnns" / "convolution.py").write_text(source)
    image = base64.b64encode(bytes(n * n % 251 for n in range(64))).decode()
    asked = {"type": "kernel", "serial": 1, "image": image, "height": 8, "width": 8,
             "size": 3, "kernel": [0.0, 1.0, 0.0, 1.0, -4.0, 1.0, 0.0, 1.0, 0.0]}  # fmt: skip
    told = talk(shared[1], "convolution/", asked, until="mapped")[-1]
    assert told["owner"] == ("course" if said else "yours")
    assert said in told["problem"]
    assert bool(told["problem"]) == bool(said)
    if said.startswith("conv2d"):
        assert "; the course's is " in told["problem"]


@pytest.mark.parametrize("answer, said", [
    ("None", "gave a NoneType, no pair of maps and their gradients"),
    ("(torch.ones(2), torch.ones(2))", "gave maps that are no tensor of three dimensions (channels, height, width)"),
    ("(torch.ones(2, 3, 3), None)", "gave a NoneType, no tensor"),
])  # fmt: skip
def test_maps_that_are_none(shared: tuple[Lab, str], answer: str, said: str) -> None:
    """It is said in a sentence, and the heat map is the course's"""
    source = f"import torch\n\n\ndef layer_maps(*args):\n    return {answer}\n"
    (shared[0].workspace.root / "exercises" / "s6_further" / "explainability.py").write_text(source)
    asked = {"type": "digit", "serial": 1, "pixels": base64.b64encode(bytes(784)).decode(), "cam": True}
    (heat,) = talk(shared[1], "convolution/", asked, until="read")[-1]["heats"]
    assert (heat["owner"], heat["problem"]) == ("course", f"your layer_maps: {said}")


def test_what_a_part_switches_off_is_on_for_the_next_one(shared: tuple[Lab, str]) -> None:
    """One that switches gradients off takes no heat map along that needs them"""
    off = "import torch\n\n\ndef occlusion(*args):\n    torch.set_grad_enabled(False)\n    return torch.zeros(12, 12)\n"
    off += "\n\ndef layer_maps(*args):\n    torch.set_grad_enabled(False)\n    raise ValueError('no')\n"
    (shared[0].workspace.root / "exercises" / "s6_further" / "explainability.py").write_text(off)
    asked = {"type": "digit", "serial": 1, "pixels": base64.b64encode(bytes(784)).decode(), "occlusion": True,
             "cam": True}  # fmt: skip
    heats = talk(shared[1], "convolution/", asked, until="read")[-1]["heats"]
    assert [(heat["owner"], heat["problem"]) for heat in heats] == [
        ("yours", ""), ("course", "your layer_maps: ValueError: no"),
    ]  # fmt: skip


FLAT = m.Map(1, 1, b"")


@pytest.mark.parametrize(
    "frame, page",
    [
        (m.Nothing("your DigitClassifier: no", "s4_cnns/digits"), "s4_cnns/digits"),
        (m.Parts([m.Part(PAGES[3], "occlusion", "course", "your explainability, line 1: no")], False, True), PAGES[3]),
        (m.Judged("course", 1.0, 1, [], ["your confusion_matrix: no"], [[0] * 10] * 10, []), PAGES[2]),
        (m.Mapped(1, "yours", "", FLAT, None, "course", "your maxpool2d: no"), "s4_cnns/convolution"),
        (m.Read(1, "yours", "", [0.1] * 10, 0, [], [m.Heat("", "course", "your grad_cam: no", FLAT)]), PAGES[3]),
    ],
)  # fmt: skip
def test_whatever_fails_has_the_card_of_its_check(frame: Any, page: str) -> None:
    """The judge is asked about the page that the part is written on, once until that is saved again"""
    asked: list[str] = []
    session: Any = ConvolutionSession.__new__(ConvolutionSession)
    answers = SimpleNamespace(start=lambda: None, ask=lambda exercise: asked.append(exercise))
    session._lab = SimpleNamespace(answers=answers, syllabus=SimpleNamespace(exercises={p: p for p in PAGES}))
    session._pages, session._doubted = list(PAGES), {}
    session._shown(frame)
    session._shown(frame)
    assert asked == [page]


def test_two_parts_of_one_page_that_fail_have_a_card_each(shared: tuple[Lab, str]) -> None:
    """Each about its own function, as the sentences are"""
    lab, address = shared
    path = lab.workspace.root / "exercises" / "s4_cnns" / "convolution.py"
    wrong = "\n\ndef conv2d(x, w, b=None, stride=1, padding=0, dilation=1):\n    return w\n"
    wrong += "\n\ndef maxpool2d(x, k, stride=None):\n    return -x\n"
    path.write_text(lab.trees.solution("s4_cnns/convolution").read_text() + wrong)
    asked = {"type": "kernel", "serial": 1, "image": base64.b64encode(bytes(64)).decode(), "height": 8, "width": 8,
             "size": 1, "kernel": [1.0], "pooling": "max"}  # fmt: skip
    told = talk(address, "convolution/", asked, until="card", seconds=120)
    told += talk(address, "convolution/", asked, until="card", seconds=120) if len(told) < 2 else []
    (mapped,) = [one for one in told if one["type"] == "mapped"][:1]
    assert (mapped["problem"][:11], mapped["pool_problem"][:14]) == ("your conv2d", "your maxpool2d")
    card = told[-1]
    assert card["part"] == "conv2d"
    assert "maxpool2d" not in card["card"].partition("</h")[0]
    path.unlink()


def test_a_hardest_that_finds_others_is_not_used(shared: tuple[Lab, str]) -> None:
    """Which of several that are equally hard is a choice; that they are the hardest is not"""
    path = shared[0].workspace.root / "exercises" / "s4_cnns" / "digits.py"
    right = "F.cross_entropy(model.eval()(images), labels, reduction='none')"
    for body, said in (
        (f"(-{right}).topk(k).indices", "your hardest: has a loss of "),
        (f"{right}.argmax().repeat(k)", "your hardest: gave an image twice"),
        (f"{right}.topk(k).indices", ""),
    ):
        source = "import torch\nfrom torch.nn import functional as F\n\n\ndef hardest(model, images, labels, k):\n"
        path.write_text(f"{source}    return {body}\n")
        told = talk(shared[1], "convolution/", {"type": "judge"}, until="judged")[-1]
        assert dict(told["owners"])["hardest"] == ("course" if said else "yours")
        assert [one.startswith(said) for one in told["problems"]] == [True] * bool(said)
    path.write_text(f"{source}    return images\n\n\ndef evaluate(model, images, labels):\n    return 2\n")
    told = talk(shared[1], "convolution/", {"type": "judge"}, until="judged")[-1]
    assert [one.partition(":")[0] for one in told["problems"]] == ["your evaluate", "your hardest"]
    path.unlink()


@pytest.mark.parametrize("raw", [b"\xff\xfe\x00\xd8\x00", b"\x00\x01\x02"], ids=["half of UTF-16", "binary"])
def test_a_file_that_cannot_be_read_is_one_sentence(shared: tuple[Lab, str], raw: bytes) -> None:
    """In both playgrounds, without a name or a line that only we know"""
    places = [shared[0].workspace.root / "exercises" / page for page in ("s4_cnns/convolution.py", f"{NN}.py")]
    for path in places:
        path.write_bytes(raw)
    parts = talk(shared[1], "convolution/", until="parts")[-1]["parts"]
    problem = next(part["problem"] for part in parts if part["name"] == "conv2d")
    assert problem.startswith("convolution.py")
    note = talk(shared[1], "playground/", {"type": "build", "state": {}}, until="built")[-1]["parts"]["tanh"]
    assert (note["kind"], note["line"]) == ("error", 0)
    assert note["text"].startswith("activations.py")
    for path in places:
        path.unlink()


def test_what_cannot_be_kept_is_said(shared: tuple[Lab, str]) -> None:
    """On a full disk, for example: the mission counts for now, and the page says that it is not kept"""
    lab, address = shared
    blocked = lab.workspace.hidden / "progress.json.part"
    blocked.mkdir()
    try:
        why = talk(address, "convolution/", {"type": "done", "mission": "blur"}, until="nothing")[-1]["why"]
        assert why.startswith("what you reached is not kept: ")
        state = {"data": "xor", "hidden": [], "acts": [], "features": ["xy"], "lr": 0.1}
        told = talk(address, "playground/", {"type": "build", "state": state, "run": True}, until="missions")
        assert [one["reason"] for one in told if one["type"] == "declined"] == [why]
    finally:
        blocked.rmdir()


def test_what_is_not_there_is_answered(shared: tuple[Lab, str]) -> None:
    """A layer, a unit, a file, a training, a mission: each question has its sentence"""
    unit = {"type": "unit", "serial": 1, "pixels": base64.b64encode(bytes(784)).decode(), "channel": 0, "y": 0, "x": 0}
    for asked, why in [
        ({**unit, "layer": "nothing"}, "the network has no layer 'nothing' now"),
        ({"type": "load", "name": ""}, "no file was named"),
        ({"type": "load", "name": "gone.pt"}, "is not written yet"),
        ({"type": "stop"}, "no training goes on just now"),
        ({"type": "done", "mission": "none"}, "there is no such mission"),
        ({"type": "skip"}, "nothing of yours is waited for just now"),
    ]:
        (shared[0].workspace.root / "exercises" / "s6_further" / "explainability.py").write_text("")
        assert why in talk(shared[1], "convolution/", asked, until="nothing")[-1]["why"]


def test_a_syntax_error_has_no_name_that_only_we_know(shared: tuple[Lab, str]) -> None:
    """It is told with its line"""
    (shared[0].workspace.root / "exercises" / "s4_cnns" / "convolution.py").write_text("def conv2d(:\n    pass\n")
    told = talk(shared[1], "convolution/", until="parts")[-1]["parts"]
    problem = next(part["problem"] for part in told if part["name"] == "conv2d")
    assert problem == "your convolution, line 1: SyntaxError: invalid syntax"
