"""The symmetric peer: calls, callbacks, handles, what the judge opens, and what a forged message can do."""

from __future__ import annotations

import gc
import os
import random
import socket
import struct
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
import torch

from autograder.checking import CheckFailure, require
from autograder.sandbox.host.handles import Handle
from autograder.sandbox.host.problem import StudentProblem
from autograder.sandbox.wire.channel import BadFrame, Channel, ChannelClosed, DeadlineExceeded
from autograder.sandbox.wire.codec import TORCH_DTYPES, CodecError
from autograder.sandbox.wire.decoder import Decoder
from autograder.sandbox.wire.encoder import Encoder
from autograder.sandbox.wire.peer import MAX_CALL_DEPTH, Peer
from autograder.sandbox.wire.problems import ProtocolError, RemoteError, RemoteException

# -- a fake worker -------------------------------------------------------------------------------


class Loose:
    """Objects for a forger: anything may be written, and nothing is known."""

    def export(self, value: Any) -> tuple[bool, int, tuple[Any, ...]]:
        """What is no value is handle 1."""
        return True, 1, ("thing", ("callable",), (), "thing")

    def adopt(self, number: int, info: tuple[Any, ...]) -> Any:
        """A handle as (number, info)."""
        return number, info

    def resolve(self, number: int) -> Any:
        """Nothing is known."""
        raise CodecError("unknown")


@dataclass
class Forger:
    """A judge's peer, and the bare end of the line where a worker would be."""

    judge: Peer
    wire: Channel

    def says(self, *messages: Any) -> None:
        """Put messages on the line, ahead of the questions they will be taken to answer."""
        for message in messages:
            encoder = Encoder(Loose(), strided=False)
            encoder.value(message)
            self.wire.send(encoder.out)

    def heard(self) -> Any:
        """The next message of the judge's."""
        body, fds = self.wire.receive()
        for fd in fds:
            os.close(fd)
        return Decoder(body, [], Loose(), strided=True).value()


@pytest.fixture
def forger() -> Iterator[Forger]:
    """A trusted peer whose other end is in the hands of the test."""
    ours, theirs = socket.socketpair()
    judge = Peer(Channel(ours), trusted=True, adopt=lambda peer, number, info: Loose())
    wire = Channel(theirs)
    judge.channel.deadline = wire.deadline = time.monotonic() + 10
    yield Forger(judge, wire)
    ours.close()
    theirs.close()


NOTHING: tuple[list, list] = ([], [])


def request(
    op: Any = "call", target: Any = 1, name: Any = None, args: Any = (), kwargs: Any = None, **more: Any
) -> Any:
    """A request as an honest worker would send it, but for what is given."""
    mirrors, released = more.get("mirrors", ()), more.get("released", NOTHING)
    grad, dtype = more.get("grad", False), more.get("dtype", TORCH_DTYPES.index(torch.float32))
    return ("q", op, target, name, args, {} if kwargs is None else kwargs, grad, dtype, mirrors, released)


def test_an_honest_answer_is_taken(forger):
    """the well-formed messages of this file's forger are accepted, so the others are refused for what they say"""
    forger.says(("r", 42, None, None, NOTHING))
    assert forger.judge.service("anything") == 42
    forger.says(("x", ValueError("no"), (), None, NOTHING))
    with pytest.raises(ValueError, match="no"):
        forger.judge.service("anything")


@pytest.mark.parametrize(
    "message",
    [
        1, "r", None, [], (), ("z",), (1,), (None, 1, 2), ("r",), ("r", 1), ("r", 1, None, None),
        (["r"], 1, None, None, NOTHING),
        ("r", 1, None, None, 0), ("r", 1, None, None, ([],)), ("r", 1, None, None, ([], {})),
        ("r", 1, None, None, ([[1]], [])), ("r", 1, None, None, (["x"], [])), ("r", 1, None, None, ([], [None])),
        ("r", 1, ("a", "b"), None, NOTHING), ("r", 1, (1,), None, NOTHING), ("r", 1, 5, None, NOTHING),
        ("r", 1, (1, 2.5), None, NOTHING), ("r", 1, None, None, NOTHING, "more"),
        ("x",), ("x", 1, (), None, NOTHING), ("x", ValueError("v"), None, None, NOTHING),
        ("x", ValueError("v"), (), NOTHING),
        ("x", ValueError("v"), ((1, 2, 3),), None, NOTHING), ("x", ValueError("v"), (("a", 1),), None, NOTHING),
        ("x", ValueError("v"), (), None, 0),
        ("q",), ("q", "call"), request(op=1), request(target="1"), request(target=None), request(args=[1]),
        request(kwargs=[1]), request(kwargs={1: 2}), request(grad=1), request(dtype="float32"), request(dtype=99),
        request(dtype=-1), request(dtype=TORCH_DTYPES.index(torch.int64)), request(released=0),
        request(released=([{}], [])),
    ],
    ids=lambda message: repr(message)[:60],
)  # fmt: skip
def test_a_malformed_message_is_a_protocol_error(forger, message):
    """whatever stands where an answer should, the judge ends in ProtocolError"""
    forger.says(message)
    with pytest.raises(ProtocolError):
        forger.judge.service("anything")


def test_bytes_that_are_no_message(forger):
    """random bytes, an empty frame and bytes behind a message are ProtocolError"""
    chance = random.Random(1)
    encoder = Encoder(Loose(), strided=False)
    encoder.value(("r", 1, None, None, NOTHING))
    for body in (b"", bytes(encoder.out) + b"N", *(chance.randbytes(chance.randint(1, 60)) for _ in range(200))):
        forger.wire.send(body)
        with pytest.raises(ProtocolError):
            forger.judge.service("anything")
        forger.heard()


def test_an_answer_may_not_bring_files(forger):
    """a file descriptor in an answer is refused and closed"""
    reading, writing = os.pipe()
    encoder = Encoder(Loose(), strided=False)
    encoder.value(("r", 1, None, None, NOTHING))
    forger.wire.send(encoder.out, [writing])
    with pytest.raises(ProtocolError, match="files"):
        forger.judge.service("anything")
    assert os.read(reading, 1) == b"", "the passed end is still open"
    os.close(reading)


def test_silence_half_frames_and_hanging_up(forger):
    """a worker that says nothing, claims too much or goes away is told apart"""
    forger.judge.channel.deadline = time.monotonic() + 0.1
    with pytest.raises(DeadlineExceeded):
        forger.judge.service("anything")
    forger.judge.channel.deadline = time.monotonic() + 10
    forger.wire._sock.sendall(struct.pack("<IB", 0xFFFFFFFF, 0))
    with pytest.raises(BadFrame):
        forger.judge.service("anything")


def test_hanging_up(forger):
    """a worker that closes the line is ChannelClosed"""
    forger.wire.close()
    with pytest.raises(ChannelClosed):
        forger.judge.service("anything")


def test_an_unknown_handle_is_a_protocol_error(forger):
    """a handle of the judge's that the judge never gave out cannot be named"""
    frame = b"t\x05\0\0\0s\x01\0\0\0rH\x63\0\0\0NNt\x02\0\0\0l\0\0\0\0l\0\0\0\0"
    forger.wire.send(frame)
    with pytest.raises(ProtocolError, match="not known"):
        forger.judge.service("anything")


SECRET = "the expected value"


def callback(x: Any = 0) -> Any:
    """A function of a check's, beside which a secret lies."""
    return x


@pytest.mark.parametrize(
    ("op", "name"),
    [
        ("get", "__globals__"), ("get", "__code__"), ("get", "__closure__"), ("set", "__code__"), ("set", "anything"),
        ("call", "__getattribute__"), ("call", "__reduce__"), ("call", "__len__"), ("service", "lookup"),
        ("service", None), ("del", "x"), ("", None), ("vjp", None),
    ],
)  # fmt: skip
def test_the_judge_opens_nothing_but_the_call(forger, op, name):
    """of a function that a check passed, nothing can be read, set or called but the function itself"""
    number = forger.judge.exports.add(callback)
    forger.says(request(op, number, name, args=("__globals__",)), ("r", "done", None, None, NOTHING))
    assert forger.judge.service("anything") == "done"
    forger.heard()
    answer = forger.heard()
    assert answer[0] == "x"
    assert isinstance(answer[1], RemoteException)
    assert SECRET not in repr(answer[1].text)


def test_the_judge_answers_a_call_of_what_it_passed(forger):
    """a callback is answered, by number, and an unknown number is refused"""
    number = forger.judge.exports.add(callback)
    forger.says(
        request("call", number, args=(5,)), request("call", number + 1, args=(5,)), ("r", "done", None, None, NOTHING)
    )
    assert forger.judge.service("anything") == "done"
    forger.heard()
    assert forger.heard()[:2] == ("r", 5)
    assert forger.heard()[0] == "x"


def test_calls_alone_are_open(forger):
    """of what a check passes in, nothing but a call is open: no method, no length, no item"""

    class Data:
        def __len__(self) -> int:
            return 3

        def __getitem__(self, index: int) -> int:
            return index * 10

        def answers(self) -> str:
            return SECRET

    number = forger.judge.exports.add(Data())
    asked = [("__len__", ()), ("__getitem__", (2,)), ("answers", ()), (None, ())]
    forger.says(*(request("call", number, name, args) for name, args in asked), ("r", 0, None, None, NOTHING))
    forger.judge.service("anything")
    forger.heard()
    got = [forger.heard() for _ in asked]
    assert [g[0] for g in got] == ["x", "x", "x", "x"], "an object of the judge's can be called, and nothing else"


def test_forged_mirrors_and_gradients_are_refused(forger):
    """a worker cannot name parameters or graphs of the judge's"""
    number = forger.judge.exports.add(callback)
    forger.says(
        request("call", number, args=(1,), grad=True, mirrors=((number, "weight"),)),
        request("call", number, args=(1,), grad=True, mirrors=7),
        request("vjp", 1, args=(torch.ones(1),)),
        ("r", 0, None, None, NOTHING),
    )
    forger.judge.service("anything")
    forger.heard()
    assert [forger.heard()[0] for _ in range(3)] == ["x", "x", "x"]


def test_a_forged_gradient_is_no_gradient(forger):
    """an answer to a gradient request that is no list, or of the wrong length or shape, raises and sets nothing"""
    x = torch.ones(2, requires_grad=True)
    for forged in (5, [], [torch.ones(3)], ["text"], [torch.ones(2), torch.ones(2)]):
        tracked = torch.ones(2, requires_grad=True)
        forger.says(("r", tracked, (1, 1), None, NOTHING), ("r", forged, None, None, NOTHING))
        y = forger.judge.call(1, None, (x,), {})
        with pytest.raises((ProtocolError, RuntimeError, TypeError)):
            y.sum().backward()
        assert x.grad is None


def test_only_values_and_callables_leave_the_judge(forger):
    """an object of the judge's that was not lent is not passed by accident"""
    with pytest.raises(CodecError, match="only values"):
        forger.judge.call(1, None, (object(),), {})


# -- a real worker -------------------------------------------------------------------------------


def test_callbacks_in_both_directions(student):
    """functions cross as functions, nested as deep as one likes: each side calls the other's"""
    there = student("""
def twice(f):
    return lambda x: f(f(x))
def apply(f, *args, **kwargs):
    return f(*args, **kwargs)
def name_of(f):
    return f.__name__
""")
    seen = []

    def add(x: float, by: float = 1.0) -> float:
        seen.append(x)
        return x + by

    assert there.apply(add, 2.0, by=0.5) == 2.5
    assert there.twice(add)(1.0) == 3.0
    assert there.apply(there.twice(there.twice(add)), 0.0) == 4.0
    assert seen == [2.0, 1.0, 2.0, 0.0, 1.0, 2.0, 3.0]
    assert there.name_of(add) == "add"


def test_a_function_passed_again_and_again(student):
    """the same function may be passed in every call, although the other side lets go of it in between"""
    there = student("def apply(f, x):\n    return f(x)\ndef given(f=None):\n    return 'yes' if f else 'no'")
    for i in range(20):
        assert there.apply(abs, -i) == i
        assert there.given(abs) == "yes"
    assert there.given() == "no"


def test_a_handle_is_one_object(student):
    """the same object over there is the same handle here, and arrives home as itself"""
    there = student("""
class Thing: pass
it = Thing()
def get(): return it
def both(): return [it, {"it": it}]
def is_it(x): return x is it
def other(): return Thing()
""")
    assert there.get() is there.get()
    first, table = there.both()
    assert first is table["it"]
    assert there.is_it(first) is True
    assert there.is_it(there.other()) is False
    assert there.is_it(3) is False
    assert first == first
    assert there.other() != there.other()


def test_a_handle_of_another_worker_is_refused(student):
    """a handle cannot be passed to a worker that it does not live in"""
    source = "def make(): return object()\ndef take(x): return x"
    mine, other = student(source), student(source)
    with pytest.raises(CodecError, match="another worker"):
        mine.take(other.make())


def test_what_a_handle_forwards(student):
    """calls, attributes, len, [], in, iteration, with and arithmetic reach the object; comparisons do not"""
    there = student("""
class Bag:
    kind = "bag"
    def __init__(self, *items): self.items = list(items)
    def __len__(self): return len(self.items)
    def __getitem__(self, i): return self.items[i]
    def __setitem__(self, i, v): self.items[i] = v
    def __contains__(self, v): return v in self.items
    def __iter__(self): return iter(self.items)
    def __add__(self, other): return Bag(*self.items, other)
    def __radd__(self, other): return Bag(other, *self.items)
    def __lt__(self, other): return len(self) < other
    def __neg__(self): return Bag(*reversed(self.items))
    def __enter__(self): return "in"
    def __exit__(self, *e): self.items.append("out")
    def __call__(self, x): return x + 1
    @property
    def size(self): return len(self.items)
    @classmethod
    def of(cls, n): return cls(*range(n))
    @staticmethod
    def hello(): return "hello"
""")
    bag = there.Bag(1, 2, 3)
    assert isinstance(bag, Handle)
    assert (len(bag), bag[1], bag[-1], bag.size, bag(4), bag.kind) == (3, 2, 3, 3, 5, "bag")
    assert (2 in bag, 9 in bag, list(bag)) == (True, False, [1, 2, 3])
    with pytest.raises(TypeError):
        bag < 5  # noqa: B015 - a student's object must not decide a check's condition
    bag[0] = 7
    assert list(bag + 8) == [7, 2, 3, 8]
    assert list(0 + bag) == [0, 7, 2, 3]
    assert list(-bag) == [3, 2, 7]
    with bag as inside:
        assert inside == "in"
    assert bag[-1] == "out"
    bag.items = [5]
    assert list(bag) == [5]
    assert list(there.Bag.of(3)) == [0, 1, 2]
    assert there.Bag.hello() == "hello"
    with pytest.raises(IndexError):
        bag[9]
    with pytest.raises(AttributeError):
        _ = bag.nothing


def test_generators_iterate_lazily(student):
    """a generator function is iterated one value at a time, and ends with StopIteration"""
    there = student("""
made = []
def count(n):
    for i in range(n):
        made.append(i)
        yield i
def so_far(): return list(made)
""")
    numbers = there.count(5)
    assert [next(numbers), next(numbers)] == [0, 1]
    assert there.so_far() == [0, 1]
    assert list(numbers) == [2, 3, 4]
    with pytest.raises(StopIteration):
        next(numbers)


def test_a_dropped_handle_is_freed_over_there(student):
    """when the last reference here is gone, the next message lets the object go over there"""
    there = student("""
import weakref
class Thing: pass
def make():
    global seen
    thing = Thing()
    seen = weakref.ref(thing)
    return thing
def is_there():
    import gc
    gc.collect()
    return seen() is not None
""")
    thing = there.make()
    assert there.is_there() is True
    there.begin(0, 20)  # the record of the calls holds the handle too
    del thing
    gc.collect()
    assert there.is_there() is False


def test_exceptions_arrive_as_their_builtin_kind(student):
    """an exception of the student's is caught here by its built-in base, with its own name, text and lines"""
    there = student("""
class Mine(KeyError): pass
def fail(kind):
    raise {"mine": Mine("why"), "value": ValueError("bad"), "zero": ZeroDivisionError()}[kind]
""")
    with pytest.raises(KeyError) as mine:
        there.fail("mine")
    assert mine.value.error.type_name == "Mine"
    assert mine.value.frames[-1][1:] == (4, "fail")
    with pytest.raises(ValueError, match="bad"):
        there.fail("value")
    with pytest.raises(RemoteError) as zero:
        there.fail("zero")
    assert isinstance(zero.value, ZeroDivisionError)
    assert there.fail.__call__ is not None


def test_an_exception_of_a_callback_passes_through(student):
    """an exception raised in a check's function can be caught by the student's code, and comes home if it is not"""
    there = student("""
def catch(f):
    try:
        f()
    except ValueError as error:
        return str(error)
def through(f): f()
""")

    def fail() -> None:
        raise ValueError("from here")

    assert there.catch(fail) == "from here"
    with pytest.raises(ValueError, match="from here"):
        there.through(fail)


def test_a_verdict_inside_a_callback_cannot_be_caught(student):
    """a check that fails inside its own callback has failed, whatever the student's code does with the exception"""
    there = student("""
def swallow(f):
    try:
        f(-1)
    except BaseException:
        pass
    return "all fine"
""")

    def positive(x: float) -> float:
        require(x > 0, "x must be positive")
        return x

    with pytest.raises(CheckFailure, match="positive"):
        there.swallow(positive)


def test_endless_mutual_recursion_ends(student):
    """two sides that call each other forever end in an exception, not in a hanging judge"""
    there = student("def ping(f):\n    return f()")
    depth = 0

    def pong() -> Any:
        nonlocal depth
        depth += 1
        return there.ping(pong)

    with pytest.raises((ProtocolError, StudentProblem, RecursionError, RemoteError)):
        there.ping(pong)
    assert 5 < depth <= 2 * MAX_CALL_DEPTH


def test_grad_mode_and_default_dtype_travel(student):
    """the caller's grad mode and default dtype hold during the call, and are restored after it"""
    there = student("""
import torch
def modes(): return torch.is_grad_enabled(), torch.get_default_dtype()
def meddle():
    torch.set_grad_enabled(False)
    torch.set_default_dtype(torch.float16)
""")
    there.meddle()
    assert there.modes() == (True, torch.float32)
    with torch.no_grad():
        assert there.modes() == (False, torch.float32)
    torch.set_default_dtype(torch.float64)
    try:
        assert there.modes() == (True, torch.float64)
    finally:
        torch.set_default_dtype(torch.float32)
    assert there.modes() == (True, torch.float32)


# -- in-place changes ----------------------------------------------------------------------------


def test_changes_in_place_are_told_and_never_written_back(student):
    """what a call does to its arguments is told afterwards; the check's own objects stay as they were"""
    there = student("""
import torch
def alter(x, l, d, a):
    x.mul_(2); x[0] = -1
    l.append(4); l[0] = 9
    d["k"] = [5]; del d["gone"]
    a[0] = 7
def grow(x): x.unsqueeze_(0)
def swap(x): x.data = torch.zeros(0)
def look(x, l, d, a): return float(x.sum()) + len(l) + len(d) + a.sum()
""")
    x, lst, dct, arr = torch.ones(3), [1, 2], {"k": 1, "gone": 2}, np.zeros(2)
    there.alter(x, lst, dct, a=arr)
    assert (x.tolist(), lst, dct, arr.tolist()) == ([1, 1, 1], [1, 2], {"k": 1, "gone": 2}, [0, 0])
    args, kwargs = there.afterwards
    assert args[0].tolist() == [-1, 2, 2]
    assert args[1:] == ([9, 2, 4], {"k": [5]})
    assert kwargs["a"].tolist() == [7, 0]
    there.look(x, lst, dct, arr)
    assert there.afterwards is None
    there.grow(x)
    assert (x.tolist(), there.afterwards[0][0].shape) == ([1, 1, 1], (1, 3))
    there.swap(x)
    assert (x.tolist(), there.afterwards[0][0].shape) == ([1, 1, 1], (0,))


def test_changes_before_an_error_are_told(student):
    """what a call did before it raised is told too; where that cannot cross, the exception comes alone"""
    there = student("""
def alter(x, l):
    x.mul_(2); l.append(1)
    raise ValueError("too late")
def refuse(x, l): raise ValueError("at once")
def hide(x, l):
    l.append(object()); x.mul_(2)
    raise ValueError("with something unspeakable")
""")
    x, lst = torch.ones(2), [3]
    with pytest.raises(RemoteError, match="too late"):
        there.alter(x, lst)
    assert there.afterwards[0][0].tolist() == [2, 2]
    assert there.afterwards[0][1] == [3, 1]
    assert (x.tolist(), lst) == ([1, 1], [3])
    with pytest.raises(RemoteError, match="at once"):
        there.refuse(x, lst)
    assert there.afterwards is None
    with pytest.raises(RemoteError, match="unspeakable"):
        there.hide(x, lst)


def test_changes_through_a_shared_storage_are_told(student):
    """a view that is altered alters its base, in the report too; an expanded single element is no trouble"""
    there = student("def alter(x, y): y.zero_()")
    base = torch.ones(4)
    there.alter(base, base[1:3])
    assert there.afterwards[0][0].tolist() == [1, 0, 0, 1]
    one = torch.ones(()).expand(1)
    there.alter(one, torch.ones(1))
    assert there.afterwards[0][1].tolist() == [0]
    assert one.tolist() == [1]


def test_a_generator_goes_on_where_the_call_left_it(student):
    """a torch.Generator that the student drew from is advanced here as well"""
    there = student("import torch\ndef draw(g): return torch.rand(3, generator=g)")
    generator, twin = torch.Generator().manual_seed(3), torch.Generator().manual_seed(3)
    assert torch.equal(there.draw(generator), torch.rand(3, generator=twin))
    assert torch.equal(torch.rand(2, generator=generator), torch.rand(2, generator=twin))
