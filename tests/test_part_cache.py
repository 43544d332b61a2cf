"""Parts of a check that others passed with the same definitions are not asked again, and leave what they left."""

from __future__ import annotations

import functools
import random

import numpy as np
import pytest
import torch

from autograder.checking.parts import asked_by, part
from autograder.judging.given import Given
from autograder.judging.part_cache import KnownParts, PartCache, Parts, Passed, chance
from autograder.judging.slices import Slices
from autograder.sandbox.host.record import Call

F, OTHER = "def f(x):\n    return x + 1\n", "def f(x):\n    return 1 + x\n"
G = "def g(x):\n    return f(x)\n"
NAMES, NONE = frozenset({"g"}), frozenset[str]()


def passed(names: frozenset[str] = NAMES, weight: int = 1) -> Passed:
    return Passed([Call("g", "g", (1,), {})], "ab", names, "g", chance(), weight)


def test_who_writes_the_same_is_recalled_and_nobody_else():
    """with all that the definition uses; what stands beside it does not matter"""
    cache = PartCache()
    cache.keep("check", b"q", NONE, Slices([F + G]), passed())
    assert cache.recall(b"q", NONE, Slices([F + G + "def h(x):\n    return 0\n"])) is not None
    assert cache.recall(b"q", NONE, Slices([OTHER + G])) is None
    assert cache.recall(b"other", NONE, Slices([F + G])) is None
    assert cache.knows_of("check", NONE, Slices([F + G]))
    assert not cache.knows_of("another", NONE, Slices([F + G]))
    assert not cache.knows_of("check", NONE, Slices([OTHER + G]))


def test_what_is_replaced_counts_where_it_is_used():
    """a right helper in the place of a wrong one makes another part of it; of what does not use it the same one"""
    cache, put = PartCache(), frozenset({"f"})
    cache.keep("check", b"q", put, Slices([F + G]), passed())
    assert cache.recall(b"q", put, Slices([OTHER + G])) is not None  # whatever stands there: the solution answers
    assert cache.recall(b"q", NONE, Slices([F + G])) is None
    cache.keep("check", b"r", NONE, Slices([F + G]), passed(frozenset({"f"})))
    assert cache.recall(b"r", frozenset({"g"}), Slices([F + G])) is not None


@pytest.mark.parametrize(
    "line", ["torch.rand(3)", "torch.nn.Linear(2, 2)(x)", "random.choice([x])", "open('a').read()", "x.numpy()"]
)
def test_what_may_draw_or_open_files_is_asked(line):
    """chance would stand elsewhere afterwards, and a file may hold what another function wrote"""
    cache, slices = PartCache(), Slices([f"import torch, random\ndef g(x):\n    y = {line}\n    return y\n"])
    cache.keep("check", b"q", NONE, slices, passed())
    assert (cache.recall(b"q", NONE, slices) is not None) == ("numpy" in line)


def test_it_keeps_so_much_and_no_more():
    """what nobody asked for the longest is forgotten"""
    cache, slices = PartCache(), Slices([F + G])
    for number in range(5):
        cache.keep("check", bytes([number]), NONE, slices, passed(weight=10 << 20))
    assert [cache.recall(bytes([n]), NONE, slices) is not None for n in range(5)] == [False, False, True, True, True]
    assert len(cache._seen) == 3  # nor does a note of it stay: a class may put as many questions as it has students


# -- what a part is given ------------------------------------------------------------------------


class Nobody:
    """Stands for the student's module, which has one definition."""

    def __init__(self):
        self.definition = object()
        self._known = {"f": self.definition}


def told(*values: object) -> bytes | None:
    given = Given(NOBODY)
    return given.digest if given.add(values) else None


NOBODY = Nobody()


def made(by: object, default: object = 0):
    return lambda x, d=default: (by, x, d)


def test_functions_are_known_by_code_and_by_what_they_hold():
    """two that hold the same are the same; another value, default, or line of code is another"""
    a, b = torch.ones(2), torch.ones(2)
    assert told(made(a)) == told(made(b)) is not None
    assert (
        len({told(made(a)), told(made(2 * a)), told(made(a.double())), told(made(a, 1)), told(lambda x: (a, x))}) == 5
    )
    assert told(functools.partial(made(a), 1)) != told(functools.partial(made(a), 2))
    assert told(made(NOBODY.definition)) != told(made("f"))


def test_memory_and_graph_count():
    """another layout is another question; what hangs on a graph is asked"""
    x = torch.arange(4.0).reshape(2, 2)
    assert told(x) != told(x.T.contiguous().T)
    assert told(x) != told(x.clone().requires_grad_())
    assert told(x.clone().requires_grad_() * 2) is None


def test_what_no_digest_tells_is_asked():
    """objects, generators, tables of objects, what is too deep or too large"""
    deep: list[object] = []
    for _ in range(20):
        deep = [deep]
    for value in (object(), iter([1]), torch.Generator(), np.array([None]), deep, torch.zeros(2**21), {1, 2}):
        assert told(value) is None


# -- asking --------------------------------------------------------------------------------------


def test_a_part_is_the_outermost_demand():
    """what it demands inside is no part of its own; without anybody to ask, it is made"""
    seen = []

    @part
    def inner() -> None:
        seen.append("inner")

    @part
    def outer(x: int = 0) -> None:
        """Say so."""
        inner()
        seen.append(x)

    class Asker:
        def ask(self, demand, args, options):
            seen.append(demand.__name__)
            demand(*args, **options)

    with asked_by(Asker()):
        outer(x=3)
        inner()
    outer(4)
    assert seen == ["outer", "inner", 3, "inner", "inner", "inner", 4]
    assert (outer.__name__, outer.__doc__) == ("outer", "Say so.")


def test_a_second_student_is_not_asked(student_in, plain_template):
    """the calls, what was heard, and where chance stands afterwards are as if it had been"""
    cache, oracle, ends = PartCache(), lambda x: x + 1, []

    @part
    def demand(function, oracle) -> None:
        x = torch.randn(3)
        assert torch.equal(function(x), oracle(x) + random.random() * 0)

    for source, asked in ((F, 1), (F + "# the same\n", 0), (OTHER, 1)):
        student, count = student_in(plain_template, source), 0
        student.begin(1, 20)
        torch.manual_seed(1)
        random.seed(1)
        known = KnownParts(cache, "check", NONE, Slices([source]))
        call = student.call

        def counted(*args, call=call):
            nonlocal count
            count += 1
            return call(*args)

        student.call = counted
        with asked_by(Parts(student, lambda: 0, known)):
            demand(student.f, oracle)
        assert count == asked
        (record,) = student.calls
        ends.append((record.root, record.args[0].tolist(), student.heard.digest, torch.rand(1).item(), random.random()))
    assert ends[0] == ends[1] == ends[2]


def test_what_fails_or_is_noted_is_asked_again(student_in, plain_template):
    """nobody pays for another's failure"""
    cache, noted = PartCache(), [0]
    student = student_in(plain_template, F)

    @part
    def demand(function, fails: bool) -> None:
        function(1)
        noted[0] += not fails
        assert not fails

    known = KnownParts(cache, "check", NONE, Slices([F]))
    for fails in (True, False):
        student.begin(1, 20)
        with asked_by(Parts(student, lambda: noted[0], known)):
            if fails:
                with pytest.raises(AssertionError):
                    demand(student.f, fails)
            else:
                demand(student.f, fails)
    assert not known.any
