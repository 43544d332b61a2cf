"""The student's module as a check sees it: how every call can end, and what a check may ask for."""

from __future__ import annotations

import os
import random
import time

import numpy as np
import pytest
import torch

from autograder.sandbox.host.base import Limits
from autograder.sandbox.host.handles import Handle
from autograder.sandbox.host.problem import StudentProblem, status_of_exception
from autograder.sandbox.host.record import Named, freeze
from autograder.sandbox.host.student import Student
from autograder.sandbox.wire import peer
from autograder.sandbox.wire.problems import RemoteError


def status(student: Student, name: str, *args: object, seconds: float = 20.0) -> str:
    """How a call ends: a status of the design's, or "value"."""
    student.channel.deadline = time.monotonic() + seconds
    try:
        getattr(student, name)(*args)
    except StudentProblem as problem:
        return problem.status
    except RemoteError:
        return "error"
    return "value"


BAD = """
import ctypes, os, sys, time
import torch
def fine(x=1): return x
def unwritten(x=None): raise NotImplementedError
def endless(x=None):
    end = time.time() + 30
    while time.time() < end: pass
def sleeping(x=None): time.sleep(30)
def exits(x=None): os._exit(0)
def leaves(x=None): sys.exit(0)
def quits(x=None): raise KeyboardInterrupt
def faults(x=None): ctypes.string_at(0)
def aborts(x=None): os.abort()
def greedy(x=None): return torch.ones(3 << 28).sum().item()
def greedier(x=None): return len(bytearray(3 << 30))
def denied(x=None): raise PermissionError("Operation not permitted")
def sparse(x=None): return torch.eye(2).to_sparse()
def huge(x=None): return 1 << 20_000
def ring(x=None):
    r = []; r.append(r); return r
def texts(x=None): return ["x" * (30 << 20)] * 3
def expanded(x=None): return torch.ones(1).expand(1 << 29)
def thing(x=None): return object()
def subclass(x=None): return torch.nn.Parameter(torch.ones(2))
def nowhere(x=None): return undefined_name
def deep(x=None): return deep(x)
"""


@pytest.mark.parametrize(
    ("name", "expected", "survives"),
    [
        ("fine", "value", True), ("absent", "missing", True), ("unwritten", "missing", True),
        ("exits", "crashed", False), ("leaves", "error", True), ("quits", "crashed", False),
        ("faults", "crashed", False),
        ("aborts", "crashed", False),
        ("greedy", "memory", True), ("greedier", "memory", True), ("denied", "forbidden", True),
        ("sparse", "malformed", True), ("huge", "malformed", True), ("ring", "malformed", True),
        ("texts", "malformed", True), ("expanded", "malformed", True), ("thing", "value", True),
        ("subclass", "value", True),
        ("nowhere", "error", True), ("deep", "error", True),
    ],
)  # fmt: skip
def test_every_way_to_end(student, name, expected, survives):
    """each way a call can end has its status, and whatever does not end the process leaves it usable"""
    there = student(BAD, limits=Limits(memory_mb=700))
    assert status(there, name) == expected
    assert there.alive is survives
    if survives:
        assert there.fine(5) == 5


@pytest.mark.parametrize("name", ["endless", "sleeping"])
def test_an_endless_call_times_out(student, name):
    """a call that does not come back is a timeout soon after its deadline, and every later call says so"""
    there = student(BAD)
    started = time.monotonic()
    assert status(there, name, seconds=0.3) == "timeout"
    assert time.monotonic() - started < 15
    assert not there.alive
    assert status(there, "fine") == "timeout"


def test_an_object_is_a_handle(student):
    """an object without content of its own comes back as a handle, never as a value"""
    there = student(BAD)
    assert isinstance(there.thing(), Handle)
    assert type(there.subclass()) is torch.nn.Parameter


def test_a_module_that_does_not_load(student_in, plain_template):
    """a statement that fails is told with its lines, and what is defined above and below it can be called"""
    there = Student(plain_template, Limits())
    try:
        failures = there.load_source(
            "page", ["def one(): return 1\nx = 1 / 0\ndef two(): return 2", "def three(): return 3"]
        )
        ((index, error, frames),) = failures
        assert (index, error.type_name, frames[-1]) == (0, "ZeroDivisionError", ("page.py[1]", 2, "<module>"))
        there.begin(0, 20)
        assert (there.one(), there.two(), there.three()) == (1, 2, 3)
        assert status(there, "four") == "missing"
    finally:
        there.close()


@pytest.mark.parametrize(
    ("source", "error"),
    [
        ("def f(:\n", "SyntaxError"), ("import sys\nsys.exit()", "SystemExit"), ("x = '\\0'\n1/0", "ZeroDivisionError"),
        ("raise KeyboardInterrupt", "KeyboardInterrupt"),
        ("import no_such_module\nno_such_module.f", "ModuleNotFoundError"),
        ("class E(BaseException): pass\nraise E('x')", "E"),
    ],
)  # fmt: skip
def test_a_source_that_fails_to_load_is_a_failure_of_its_cell(plain_template, source, error):
    """whatever the module-level code raises is recorded; the worker lives on"""
    there = Student(plain_template, Limits())
    try:
        failures = there.load_source("page", source)
        assert [e.type_name for _, e, _ in failures] == [error]
        there.begin(0, 20)
        assert status(there, "f") == "missing"
    finally:
        there.close()


def test_the_message_names_what_is_there(student):
    """a missing name is reported with the names that the student did define, and nothing of ours"""
    there = student("def softmx(x): return x\nvalue = 3")
    with pytest.raises(StudentProblem) as problem:
        _ = there.softmax
    assert problem.value.message == "page.py does not define `softmax`; it defines `softmx`"
    assert there.has("value")
    assert not there.has("input")
    with pytest.raises(StudentProblem, match="nothing that can be called"):
        _ = student("x = 3").f


def test_a_killed_worker_takes_no_other_with_it(student):
    """the end of one worker is the end of that worker alone"""
    first, second = student(BAD), student(BAD)
    assert status(first, "faults") == "crashed"
    assert second.fine(7) == 7
    first.close()
    assert second.fine(8) == 8
    assert student(BAD).fine(9) == 9


def test_closing_twice_and_asking_afterwards(student):
    """a closed worker can be closed again; asking it says that it was closed"""
    there = student(BAD)
    there.close()
    there.close()
    assert status(there, "fine") == "internal"


def test_status_of_exception():
    """the exceptions that stand for a status, and those that are plain errors"""
    table = {
        ("NotImplementedError", ""): "missing",
        ("NotImplementedError", "\"log_sigmoid_cpu\" not implemented for 'Long'"): None,
        ("NotImplementedError", "Could not run 'aten::cos' with arguments from the 'SparseCPU' backend"): None,
        ("MemoryError", ""): "memory",
        ("RuntimeError", "[enforce fail] DefaultCPUAllocator: can't allocate memory: you tried"): "memory",
        ("OSError", "[Errno 12] Cannot allocate memory"): "memory",
        ("PermissionError", "x"): "forbidden",
        ("CodecError", "x"): "malformed",
        ("RuntimeError", "shape mismatch"): None,
        ("ValueError", "can't allocate memory"): None,
        ("SystemExit", "0"): None,
    }
    assert {key: status_of_exception(*key) for key in table} == table


# -- what a check may ask for --------------------------------------------------------------------


def test_place(student):
    """a placed tensor lives over there: its value and gradient can be read and set, and calls alter it"""
    there = student("""
import torch
def step(w, lr):
    with torch.no_grad():
        w -= lr * w.grad
def kind(w): return type(w).__name__, w.is_leaf, w.requires_grad, w.grad is None
def backward(w): (w * w).sum().backward()
def same(w, v): return w is v
""")
    w = there.place(torch.tensor([1.0, 2.0]), requires_grad=True)
    assert there.kind(w) == ("Tensor", True, True, True)
    assert there.kind(there.place(torch.ones(1), requires_grad=True, parameter=True)) == ("Parameter", True, True, True)
    assert there.same(w, w) is True
    assert w.grad is None
    there.backward(w)
    assert w.grad.tolist() == [2, 4]
    w.grad = torch.tensor([1.0, 1.0])
    there.step(w, 0.5)
    assert w.value.tolist() == [0.5, 1.5]
    w.value = torch.tensor([7.0, 7.0])
    w.grad = None
    assert (w.value.tolist(), w.grad, w.requires_grad) == ([7, 7], None, True)
    w.requires_grad = False
    assert there.kind(w) == ("Tensor", True, False, True)


def test_state(student):
    """a module's parameters, buffers, gradients and mode come as values, by name"""
    there = student("""
import torch
from torch import nn
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.w = nn.Parameter(torch.tensor([1.0, 2.0]))
        self.frozen = nn.Parameter(torch.ones(1), requires_grad=False)
        self.register_buffer("count", torch.tensor(3))
    def forward(self, x): return (self.w * x).sum()
""")
    net = there.Net()
    net(torch.tensor([2.0, 3.0])).item()
    state = net.state()
    assert {n: p.tolist() for n, p in state["parameters"].items()} == {"w": [1, 2], "frozen": [1]}
    assert state["buffers"]["count"].item() == 3
    assert state["requires_grad"] == {"w": True, "frozen": False}
    assert state["grads"] == {"w": None, "frozen": None}
    assert state["training"] is True
    net.eval()
    assert net.state()["training"] is False
    assert net.training is False


class Spy:
    """A prop: it counts how often it was called."""

    def __init__(self):
        self.calls = []

    def __call__(self, x):
        """Log and double."""
        self.calls.append(float(x.sum()))
        return 2 * x


def test_prop(student):
    """a small class of the course's runs over there; its log can be read"""
    there = student("def use(f, x):\n    return f(f(x))")
    spy = there.prop(Spy)()
    assert there.use(spy, torch.ones(2)).tolist() == [4, 4]
    assert spy.calls == [2.0, 4.0]


def crooked(weight):
    """A prop: a model of the check's own."""

    class Crooked(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.weight = torch.nn.Parameter(weight)

    return Crooked()


def test_no_student_reads_the_name_of_a_class_of_the_checks(student):
    """a model that the check put there is called the model"""
    there = student("import torch\ndef train(model):\n    model.weight.data += 1")
    train = there.train
    model = there.prop(crooked)(torch.ones(2))
    train(model)
    assert model.weight.tolist() == [2, 2]
    assert there.calls[-1].label == "model.weight"
    model.eval()
    assert there.calls[-1].label == "model.eval"


def test_files(student):
    """files go into the worker's private folder as bytes and come out as bytes"""
    there = student("""
def read(path): return open(path, "rb").read()
def copy(path, to):
    with open(path, "rb") as f, open(to, "wb") as g: g.write(f.read() + b"!")
def read_relative(): return open("sub/data.bin", "rb").read()
""")
    path = there.write("sub/data.bin", b"\0data")
    assert there.__getattr__("read")(path) == b"\0data"
    assert there.read_relative() == b"\0data"
    there.copy(path, there.path("out.bin"))
    assert Student.read(there, "out.bin") == b"\0data!"
    assert Student.read(there, "absent") is None


FORGED = """
import gc, torch
worker = next(one for one in gc.get_objects() if type(one).__name__ == "Worker")
def forge(name, value): worker.peer._services[name] = lambda *given: value
class Net(torch.nn.Linear):
    def __init__(self): super().__init__(2, 2)
"""


@pytest.mark.parametrize(
    ("name", "value", "ask"),
    [
        ("place", "1", lambda there: there.place(torch.ones(1))),
        ("leaf", (torch.ones(1), None), lambda there: there.place(torch.ones(1)).value),
        ("leaf", (torch.ones(1), 0.0, True), lambda there: there.place(torch.ones(1)).grad),
        ("state", 5, lambda there: there.Net().mirrors()),
        ("state", {"parameters": {}, "training": True}, lambda there: there.Net().state()),
        (
            "state",
            {"parameters": {"w": 3}, "buffers": {}, "grads": {}, "requires_grad": {}, "training": True},
            lambda there: there.Net().mirrors(),
        ),
        ("write", 5, lambda there: there.write("a.txt", b"")),
        ("path", None, lambda there: there.path("a.txt")),
        ("read", "text", lambda there: Student.read(there, "a.txt")),
    ],
)
def test_a_forged_answer_to_a_service_is_malformed(student, name, value, ask):
    """it is no fault of the check's that asked, and none of the grader's"""
    there = student(FORGED)
    there.forge(name, value)
    with pytest.raises(StudentProblem) as caught:
        ask(there)
    assert caught.value.status == "malformed"
    assert name in caught.value.message


def test_helper_files_are_importable(student):
    """a student's other files can be imported by the source, packages too"""
    there = student(
        "import helper\nfrom sub.deep import two\ndef f(): return helper.one() + two()",
        files={"helper.py": b"def one(): return 1", "sub/__init__.py": b"", "sub/deep.py": b"def two(): return 2"},
    )
    assert there.f() == 3


def test_seeds(student):
    """torch, numpy and random are reseeded for every check: the same seed draws the same, another draws another"""
    there = student("""
import random, torch, numpy as np
def draw(): return [torch.rand(2).tolist(), np.random.rand(2).tolist(), random.random()]
""")
    first = there.draw()
    assert there.draw() != first
    there.begin(0, 20)
    assert there.draw() == first
    there.begin(1, 20)
    other = there.draw()
    assert all(a != b for a, b in zip(first, other, strict=True))
    torch.manual_seed(1), np.random.seed(1), random.seed(1)
    assert other == [torch.rand(2).tolist(), np.random.rand(2).tolist(), random.random()]


def test_a_check_begins_with_the_usual_modes(student):
    """default dtype, grad mode and thread count are as they should be, whatever an earlier check's code did"""
    there = student("""
import torch
torch.set_default_dtype(torch.float16)
torch.set_grad_enabled(False)
torch.set_num_threads(2)
def modes(): return torch.get_default_dtype(), torch.is_grad_enabled(), torch.get_num_threads(), torch.ones(1).dtype
""")
    assert there.modes() == (torch.float32, True, 1, torch.float32)


def test_prints_are_captured_and_capped(student):
    """what is printed to stdout and stderr is kept, 64 kB of it, and costs nothing"""
    there = student("""
import sys, warnings
def talk():
    print("hello"); print("oops", file=sys.stderr); warnings.warn("careful")
    return 1
def flood():
    for _ in range(3000): print("x" * 1000)
    return 2
""")
    assert there.talk() == 1
    said = there.service("take_output")
    assert said.startswith("hello\noops\n")
    assert "careful" in said
    assert there.service("take_output") == ""
    assert there.flood() == 2
    assert 60_000 < len(there.service("take_output")) <= 64 * 1024


def test_what_a_notebook_needs_is_inert(student_in, best_template):
    """input(), plt.show(), display() and magics' leftovers do nothing and wait for nobody"""
    there = student_in(
        best_template,
        """
import matplotlib.pyplot as plt
from matplotlib import cm
def draw():
    name = input("who? ")
    fig, ax = plt.subplots()
    ax.plot([1, 2]); plt.show(); display(fig)
    with plt.style.context("default"): pass
    get_ipython().run_line_magic("matplotlib", "inline")
    return name
""",
    )
    assert there.draw() == ""


def test_dataclasses_and_inspect_work(student):
    """the source is a registered module with its text at hand: dataclasses, inspect and pickling of classes work"""
    there = student("""
from __future__ import annotations
import dataclasses, inspect, pickle, sys, typing
@dataclasses.dataclass
class Point:
    x: int
    y: typing.ClassVar[int] = 3
def fields(): return [f.name for f in dataclasses.fields(Point)]
def own_source(): return inspect.getsource(own_source)
def module_name(): return __name__ in sys.modules, Point.__module__ == __name__
def through_pickle(): return pickle.loads(pickle.dumps(Point(4))).x
def hints(): return typing.get_type_hints(Point)["x"] is int
""")
    assert there.fields() == ["x"]
    assert there.own_source().startswith("def own_source(): return")
    assert there.module_name() == (True, True)
    assert there.through_pickle() == 4
    assert there.hints() is True


def test_the_environment_is_not_passed_on(student):
    """the worker sees none of the judge's environment"""
    os.environ["GRADUS_TEST_SECRET"] = "swordfish"
    try:
        there = student("import os\ndef environment(): return dict(os.environ)")
        found = there.environment()
    finally:
        del os.environ["GRADUS_TEST_SECRET"]
    assert "swordfish" not in found.values()
    assert found["USER"] == "student"
    assert len(found["HOME"]) > 1
    assert found["HOME"] != os.environ.get("HOME")


# -- the record ----------------------------------------------------------------------------------


def test_every_call_is_recorded(student):
    """the record holds function, arguments, outcome, callbacks and changed arguments, as they were at the time"""
    there = student("""
def f(x, k=1, g=None):
    y = g(x) if g else x
    x.zero_()
    return y * k
def fail(): raise ValueError("why")
""")
    x = torch.ones(2)
    there.f(x, k=3, g=lambda z: z + 1)
    x.fill_(9)
    with pytest.raises(ValueError, match="why"):
        there.fail()
    call, failed = there.calls
    assert (call.root, call.label) == ("f", "f")
    assert call.args[0].tolist() == [1, 1]
    assert call.kwargs == {"k": 3, "g": Named("<lambda>")}
    assert call.outcome[0] == "value"
    assert call.outcome[1].tolist() == [6, 6]
    ((given, _), answered) = call.callbacks[0]
    assert (given[0].tolist(), answered.tolist()) == ([1, 1], [2, 2])
    assert call.final[0][0].tolist() == [0, 0]
    assert failed.outcome == ("error", "ValueError", "why")
    there.begin(0, 20)
    assert there.calls == []


def test_freeze_copies_and_summarises():
    """the record's copies do not follow later changes, and a large tensor is kept as a summary"""
    x, items = torch.ones(2), [1, {"a": torch.zeros(1)}]
    kept = freeze((x, items, torch.Generator(), print))
    x.zero_()
    items[1]["a"].add_(1)
    items.append(3)
    assert kept[0].tolist() == [1, 1]
    assert len(kept[1]) == 2
    assert kept[1][1]["a"].tolist() == [0]
    assert kept[2:] == (Named("generator"), Named("print"))
    large = freeze(torch.arange(30_000.0))
    assert (large.shape, large.dtype, large.last, large.mean) == ((30_000,), torch.float32, 29_999.0, 14_999.5)


def test_what_a_check_receives_is_bounded(student, monkeypatch):
    """all answers of one check together have a limit, however small each is; the next check begins anew"""
    monkeypatch.setattr(peer, "MAX_HELD", 5 << 20)
    there = student("def large(): return b'x' * 1_000_000\ndef small(): return [0] * 10_000")
    for _ in range(3):
        there.begin(0, 20)
        for _ in range(4):
            assert len(there.large()) == 1_000_000
    there.begin(0, 20)
    with pytest.raises(StudentProblem, match="more than 5 MB in the answers of one check") as problem:
        [there.small() for _ in range(20)]  # 90 kB each on the way, and far more as objects
    assert problem.value.status == "malformed"


def test_what_an_earlier_check_looked_up_names_no_calls_of_this_one(student):
    """a prop that is called before anything is looked up belongs to no definition of the student's"""

    def three():
        return 3

    there = student("def f(): return 1")
    roots = []
    for _ in range(2):
        there.begin(0, 20)
        assert there.prop(three)() == 3
        assert there.f() == 1
        assert there.prop(three)() == 3
        roots.append([call.root for call in there.calls])
    assert roots == [["", "f", "f"]] * 2
