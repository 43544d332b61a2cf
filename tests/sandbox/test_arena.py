"""What a call is given lies in memory that the judge maps too: it sees what became of it, whatever it is told."""

from __future__ import annotations

import os
import sys

import numpy as np
import pytest
import torch

from autograder.checking import CheckFailure, unmodified
from autograder.sandbox.host.base import Limits
from autograder.sandbox.host.student import Student
from autograder.sandbox.wire.arena import SEGMENT, Arena, Mapped, shared_file

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="memory that both sides map is Linux's")

#: the worker says of itself that nothing changed, wherever it is asked
LIES = """
import gc, sys
for module in [m for name, m in sys.modules.items() if name.startswith("gradus_worker")]:
    for name, thing in list(vars(module).items()):
        if name in ("_altered", "_overwritten"):
            setattr(module, name, lambda *a: False)
        if name == "Decoder":
            thing.changed = lambda self: False
        if name == "Peer":
            thing._final = lambda *a: None
"""

SOURCE = """
import torch
kept = []

def keep(x):
    kept.append(x)
    return len(kept)

def recall(i):
    return kept[i]

def zero(*given, **named):
    for x in (*given, *named.values()):
        x = x.detach() if isinstance(x, torch.Tensor) else x
        x[...] = 0
    return 1

def zero_and_raise(x):
    x.zero_()
    raise ValueError("no")

def zero_first(x):
    x.view(-1)[0] = 0
    return x.sum()

def deep(x):
    x["a"][1].zero_()

def calls_back(f, x):
    f(x.sum())
    x.zero_()
    return f(x.sum())

def twice(x):
    return 2 * x

def storage(x):
    return [x.untyped_storage().nbytes(), x.storage_offset(), list(x.stride()), x.data_ptr() % 64]
"""


@pytest.fixture(scope="module", params=["namespaces", "landlock", "plain"])
def student(request, template_of):
    """A worker that lies about what it does to its arguments."""
    from autograder.sandbox.host.probe import best_level

    if request.param == "namespaces" and best_level() != "namespaces":
        pytest.skip("no namespaces here")
    made = Student(template_of(request.param), Limits())
    assert made.load_source("zeroes", LIES + SOURCE) == []
    yield made
    made.close()


def inputs():
    """Tensors of each kind that checks hand out, by what is special about them."""
    x = torch.randn(6, 4, dtype=torch.float64)
    yield "contiguous", x
    yield "transposed", x.t()
    yield "strided", x[:, ::2]
    yield "with an offset", x[2:]
    yield "expanded", x[:1].expand(5, 4).contiguous()[None].expand(2, 5, 4)
    yield "one number", torch.tensor(3.0)
    yield "a leaf", x.clone().requires_grad_()
    yield "joined to a graph", x.clone().requires_grad_() * 2
    yield "a parameter", torch.nn.Parameter(x.clone())
    yield "one byte each", torch.ones(3, dtype=torch.bool)
    yield "large", torch.ones(SEGMENT, dtype=torch.float32)
    yield "in a file of its own", torch.ones(17 << 20, dtype=torch.uint8)
    for dtype in (torch.float16, torch.bfloat16, torch.int8, torch.int64, torch.complex64):
        yield str(dtype), torch.ones(2, 3).to(dtype)
    yield "conjugate", torch.ones(3, dtype=torch.complex128).mul(1j).conj()


def test_a_zeroed_input_is_seen_whatever_is_said(student):
    """each kind of tensor, also when the call raises: the check fails, and shows what became of it"""
    for kind, x in inputs():
        if kind == "expanded":  # torch lets nobody write there
            continue
        student.begin(1, 20)
        before = x.detach().clone()
        with pytest.raises(CheckFailure, match="in place") as failed, unmodified(x):
            student.zero(x)
        assert not failed.value.actual.any(), kind
        assert torch.equal(x, before), kind
    x = torch.ones(3)
    with pytest.raises(CheckFailure, match="in place"), unmodified(x):
        with pytest.raises(Exception, match="no"):
            student.zero_and_raise(x)


def test_what_is_left_alone_is_not_accused(student):
    """no kind of input is called altered when it is only read"""
    for _, x in inputs():
        student.begin(1, 20)
        with unmodified(x):
            assert torch.equal(student.twice(x), 2 * x)
        assert student.afterwards is None


def test_arrays_and_tensors_in_containers(student):
    """numpy's arrays and what lies deeper are looked at as well"""
    student.begin(1, 20)
    array, x = np.arange(1.0, 4.0), torch.ones(2)
    student.zero(array, k=x)
    (left, *_), named = student.afterwards
    assert left.tolist() == [0, 0, 0]
    assert not named["k"].any()
    assert array.tolist() == [1, 2, 3]
    student.deep({"a": [1, x]})
    assert not student.afterwards[0][0]["a"][1].any()


def test_of_two_views_of_one_memory_the_altered_part_counts(student):
    """a view of memory that is altered elsewhere is left alone"""
    student.begin(1, 20)
    whole = torch.ones(4)
    first, second = whole[:2], whole[2:]
    with unmodified(second):
        student.zero(first, k=torch.ones(1))
    student.zero_first(first)
    assert student.afterwards[0][0].tolist() == [0, 1]


def test_what_is_kept_stays_as_it_was(student):
    """what a call was given is not written over by later calls, however many: it may be kept"""
    student.begin(1, 60)
    start = student.keep(torch.full((3,), -1.0))
    for number in range(60):
        student.keep(torch.full((10_000,), float(number)))
    for number in range(60):
        assert torch.equal(student.recall(start + number), torch.full((10_000,), float(number)))
    student.begin(2, 20)
    assert student.recall(start - 1).tolist() == [-1, -1, -1]


def test_calls_within_calls(student):
    """each call's arguments are looked at when that call has ended, with callbacks in between"""
    student.begin(1, 20)
    x, seen = torch.ones(3), []

    def ask(total):
        seen.append(float(total))
        with unmodified(y := torch.ones(2)):
            assert student.twice(y).tolist() == [2, 2]
        return total

    with pytest.raises(CheckFailure, match="in place"), unmodified(x):
        student.calls_back(ask, x)
    assert seen == [3, 0]


def test_a_tensor_has_its_own_storage(student):
    """a tensor looks over there as it does here: its storage holds its own bytes, aligned as torch aligns them"""
    student.begin(1, 20)
    for x in (torch.ones(5), torch.ones(3, 4, dtype=torch.float64).t(), torch.ones(6)[2:]):
        storage = x.untyped_storage().nbytes(), x.storage_offset(), list(x.stride()), 0
        nbytes, offset, stride, _ = student.storage(x)
        assert (nbytes, offset, stride) == storage[:3]
    assert student.storage(torch.ones(5))[3] == 0


def test_the_other_side_cannot_shorten_the_memory():
    """a file that was cut off would end the judge when it looks"""
    fd = shared_file(4096)
    for size in (0, 8192):
        with pytest.raises(PermissionError):
            os.ftruncate(fd, size)
    os.close(fd)


def test_messages_stand_where_the_pointer_says():
    """any number of messages of any size, read where they stand; altered ones are seen"""
    arena, mapped = Arena(), Mapped()
    for size in (1, 100, 70_000, SEGMENT, SEGMENT + 1, 5, SEGMENT - 3, 9):
        message = os.urandom(size)
        region, pointer, files = arena.put(message)
        there = mapped.read(pointer, files[0] if files else None)
        assert bytes(there) == message
        assert region.altered() is None
        there[-1] ^= 1
        assert region.altered() == bytes(there)
