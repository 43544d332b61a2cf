"""Values as a student reads them."""

from __future__ import annotations

import unicodedata
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from autograder.checking.typeset import call, number, typeset
from autograder.sandbox.host.record import Large, Named

DIRECTIONS = "\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"


def harmless(text: str) -> bool:
    """No control character but newline and tab, no lone surrogate, no mark of direction."""
    return not any(
        (unicodedata.category(c) == "Cc" and c not in "\n\t") or 0xD800 <= ord(c) < 0xE000 or c in DIRECTIONS
        for c in text
    )


@given(st.floats(allow_nan=False, allow_infinity=False), st.floats(allow_nan=False, allow_infinity=False))
def test_a_number_is_told_from_the_other(a, b):
    """two different numbers are never shown alike"""
    if a != b:
        assert number(a, b) != number(b, a)


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (1.0, "1"), (0.1 + 0.2, "0.3"), (1e-12, "1e-12"), (3, "3"), (True, "True"), (1 + 2j, "1+2j"), (2 + 0j, "2"),
        (float("nan"), "nan"), (float("inf"), "inf"), (-1234567.0, "-1.235e+06"),
    ],
)  # fmt: skip
def test_number(value, shown):
    """four significant digits, no more than it takes"""
    assert number(value) == shown


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (None, "None"),
        ("it's", '"it\'s"'),
        ([1, 2.5, "a"], "[1, 2.5, 'a']"),
        ((1,), "(1,)"),
        ((), "()"),
        (list(range(9)), "[0, 1, 2, 3, 4, 5, 6, 7, …]"),
        ({"a": 1.0, 2: [3]}, "{'a': 1, 2: [3]}"),
        (torch.tensor(2.5), "tensor(2.5)"),
        (torch.tensor([1, 2]), "tensor([1, 2])"),
        (torch.tensor([True, False]), "tensor([True, False])"),
        (torch.tensor([[1.0, 20.0], [3.0, 4.0]]), "tensor([[ 1., 20.], [ 3.,  4.]])"),
        (torch.tensor([1.0], dtype=torch.float64), "tensor([1.], float64)"),
        (torch.zeros(0, 3), "tensor(empty, shape (0, 3))"),
        (torch.arange(100.0).view(10, 10), "tensor(10×10: 0., 1., 2., 3., …)"),
        (torch.ones(2, requires_grad=True), "tensor([1., 1.])"),
        (torch.tensor([1 + 2j]), "tensor([1+2j], complex64)"),
        (torch.tensor([1.0], dtype=torch.bfloat16), "tensor([1.], bfloat16)"),
        (np.array([1.0, 2.0]), "array([1., 2.], float64)"),
        (np.array(["a", "b"]), "['a', 'b']"),
        (np.array(3, dtype=np.int64), "array(3)"),
        (Named("<lambda>"), "lambda"),
        (Large((30, 40), torch.float32, 0.5, 1.0), "<tensor 30×40, mean 0.5>"),
    ],
)
def test_typeset(value, shown):
    """each kind of value in its short form"""
    assert typeset(value) == shown


def test_a_wide_tensor_is_broken_into_rows():
    """a tensor that does not fit one line stands in rows, its columns aligned"""
    lines = typeset(torch.arange(30.0).view(3, 10) * 1000).splitlines()
    assert len(lines) == 3
    assert len({len(line.rstrip("])").rstrip(",")) for line in lines}) <= 3
    assert all(len(line) <= 100 for line in lines)


@pytest.mark.parametrize("dtype", [np.longdouble, np.clongdouble, "M8[D]", "S3", "O", np.float16, np.uint16])
def test_any_array_can_be_shown(dtype):
    """an array of whatever dtype is shown, never an error: the message of a failure depends on it"""
    for shape in ((), (3,), (2, 2), (0,)):
        assert isinstance(typeset(np.zeros(shape, dtype=dtype)), str)


def test_a_handle_is_shown_without_asking_it():
    """what lives in the worker is shown by what is known of it here: it may be slow, dead or a liar"""

    class Remote:
        def _gradus_handle(self) -> None: ...

        def __getattr__(self, name: str) -> Any:
            raise RuntimeError(f"asked for {name}")

        def __repr__(self) -> str:
            return "<\x1bNet object>"

    assert typeset(Remote()) == "<\\x1bNet object>"
    assert "Net object" in typeset([Remote(), {"a": Remote()}])


def test_hostile_names_are_escaped():
    """names that come from the student's code are made harmless too"""
    assert harmless(typeset(Named("\x1b[31mred")))
    assert harmless(call("\x1b[2J", (Named("\x1b"),), {"k": "\u202e"}))


def test_a_call_as_it_would_be_typed():
    """positional and keyword arguments as in the source; a long call over several lines"""
    assert call("softmax", (torch.ones(2),), {"dim": 1}) == "softmax(tensor([1., 1.]), dim=1)"
    assert call("f", (), {}) == "f()"
    long = call("f", (torch.arange(48.0).view(4, 12), "x" * 60), {"k": 1})
    assert long.startswith("f(\n    tensor([[")
    assert long.endswith(",\n    k=1)")


plain = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9) | st.binary(max_size=9)


@given(st.recursive(plain, lambda s: st.lists(s, max_size=3) | st.dictionaries(st.text(max_size=5), s, max_size=3)))
def test_anything_plain_can_be_shown(value):
    """every plain value has a form, and it is harmless"""
    assert harmless(typeset(value))
