"""The digest of what a check heard: the same for the same values, another for others, whatever they are."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pandas
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from autograder.course import catalogue, syllabus
from autograder.gradebook.alike import groups_of
from autograder.gradebook.totals import Standing
from autograder.judging.collect import collect
from autograder.judging.judge import Judge
from autograder.model import Grade, Settings
from autograder.sandbox.host.heard import Heard
from autograder.sandbox.wire.problems import RemoteException
from tests.helpers import PAGE, make_course, page

pytestmark = pytest.mark.usefixtures("warm")

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.binary() | st.complex_numbers(),
    lambda inner: (
        st.lists(inner, max_size=3) | st.tuples(inner, inner) | st.dictionaries(st.text(max_size=3), inner, max_size=3)
    ),
    max_leaves=8,
)


def digest(*values: object) -> str:
    """What is kept of these answers."""
    heard = Heard()
    heard.note(*values)
    return heard.digest


@given(VALUES, VALUES)
def test_plain_values(one: object, other: object):
    """two answers have one digest if and only if they are written alike, whatever order a dict has"""

    def shown(value: object) -> str:
        if isinstance(value, dict):
            return "{" + ", ".join(sorted(f"{shown(k)}: {shown(v)}" for k, v in value.items())) + "}"
        if isinstance(value, (list, tuple)):
            return f"{type(value).__name__}[{', '.join(map(shown, value))}]"
        return repr(value)

    assert (digest(one) == digest(other)) == (shown(one) == shown(other))
    assert digest(one, other) != digest([one, other])


@pytest.mark.parametrize("large", [False, True])
def test_one_bit_of_a_tensor(large: bool):
    """the last bit, the shape, the dtype and the gradient's tie each tell; how a tensor lies in memory does not"""
    x = torch.arange(300_000 if large else 12, dtype=torch.float64).reshape(3, -1)
    near = x.clone()
    near[1, 1] = torch.nextafter(near[1, 1], torch.tensor(9e9, dtype=torch.float64))
    swapped = x.flip(0)
    ones = [x, near, swapped, x.flatten(), x.T.contiguous(), x.float(), x.clone().requires_grad_(), x.numpy()]
    assert len({digest(one) for one in ones}) == len(ones)
    assert digest(x.T.contiguous().T) == digest(x)
    assert digest(x.numpy().T.copy().T) == digest(x.numpy())


def test_every_kind_of_value():
    """whatever can cross has a digest of its own, twice the same, and nothing raises"""
    table = pandas.DataFrame([[1.0, "a"], [2.0, "b"]], columns=["x", "x"])

    def kinds() -> list[object]:
        return [
            torch.zeros(()), torch.zeros(0), torch.zeros(2, dtype=torch.bfloat16), torch.zeros(2, dtype=torch.cfloat),
            torch.zeros(2, dtype=torch.bool), torch.float32, np.float32(0), np.array("a"), np.array(["a", None], "O"),
            np.array(0, dtype="M8[D]"), RemoteException("ValueError", ("ValueError",), "no"), slice(1, 2), table.copy(),
            table.iloc[::-1], table.iloc[:, 0], torch.Generator().manual_seed(1), torch.Generator().manual_seed(2),
            {"a", "b"}, frozenset({"a"}), "\ud83d", bytearray(b"a"), float("nan"), -0.0, 0.0, 0, False, print,
        ]  # fmt: skip

    found = [digest(one) for one in kinds()]
    assert len(set(found)) == len(found)
    assert found == [digest(one) for one in kinds()]
    assert Heard().digest == ""


def test_one_number_of_a_strided_tensor():
    """a tensor of one number is contiguous at any stride, and NumPy has no bfloat16"""
    one = torch.arange(4, dtype=torch.bfloat16)[::2][:1]
    assert one.stride() == (2,)
    assert one.is_contiguous()
    assert digest(one) == digest(one.clone(memory_format=torch.contiguous_format))


def test_what_differs_from_process_to_process():
    """the place of an object and the order of a set are no part of an answer"""
    code = "from tests.sandbox.test_heard import digest; print(digest({'a', 'b', 'c', ('d', 1)}, repr(object())))"
    run = [
        subprocess.run(
            [sys.executable, "-c", code],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    ]
    assert run[0] == run[1] != ""


WRITTEN = {
    "right": "def scaled(x, factor=2.0): return x * factor + 1",
    "right too": "def scaled(x, factor=2.0):\n    # another way\n    y = x * factor\n    return y + 1",
    "wrong": "def scaled(x, factor=2.0): return x * factor + 2",
    "wrong too": "def scaled(x, factor=2.0):\n    return (x * factor + 1) + 1e-6",
    "raises": "def scaled(x, factor=2.0): raise ValueError(f'no {x.sum()}')",
    "raises too": "def scaled(x, factor=2.0):\n\n    raise ValueError(f'no {x.sum()}')",
}


def test_a_class_with_memory_and_without(tmp_path):
    """who answers alike stands in one group, however written; what differs in a digit that is not shown is apart"""
    places = make_course(tmp_path, {PAGE: page()}, built=False)
    course = syllabus.load(places)
    solution = catalogue.solution_submission(places, course.exercises[PAGE])
    several = [replace(solution, student=name, cells=(text + "\n",)) for name, text in WRITTEN.items()]
    grades: dict[bool, list[Grade]] = {}

    def loop(plugin) -> None:
        for memory in (True, False):
            judge = Judge(course, places, Settings(seed=7, isolation="plain"), plugin.checks, plugin.run)
            judge.memory = judge.memory if memory else None
            try:
                grades[memory] = [judge.grade(one) for one in several]
            finally:
                judge.close()

    collect(places, [PAGE], loop)
    kept = [[[check.answers for check in grade.checks] for grade in grades[memory]] for memory in (True, False)]
    assert kept[0] == kept[1]
    assert all(answers for grade in kept[0] for answers in grade)
    rows = [
        Standing(g.student, PAGE, g, g.points, 0.0, 0.0, "", g.points, g.max_points, state="wrong")
        for g in grades[True]
    ]
    groups = [set(one.students) for one in groups_of(rows, "answers")]
    for one in ({"right", "right too"}, {"wrong"}, {"wrong too"}, {"raises", "raises too"}):
        assert one in groups
