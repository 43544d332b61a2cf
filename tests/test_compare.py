"""Comparing an answer with what was expected."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pandas as pd
import pytest
import torch
from hypothesis import assume, given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from autograder.checking.compare import TOLERANCES, agree, difference, kind_of, number_difference

floats = st.floats(-1e6, 1e6)
arrays = hnp.arrays(np.float64, hnp.array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=4), elements=floats)
wild = hnp.arrays(np.float64, hnp.array_shapes(min_dims=0, max_dims=2, max_side=4), elements=st.floats(width=32))
dtypes = st.sampled_from([*TOLERANCES, torch.int64, torch.int32, torch.uint8, torch.bool])


def tensor(array: np.ndarray) -> torch.Tensor:
    """A tensor of its own."""
    return torch.tensor(array)


def why(actual: Any, expected: Any, **how: Any) -> str:
    """The reason why two values differ."""
    found = difference(actual, expected, **how)
    assert found is not None
    return found.reason


# -- what must hold for any value ----------------------------------------------------------------


@given(wild, dtypes)
def test_a_value_is_itself(array, dtype):
    """a tensor does not differ from itself, of any dtype, NaN and infinities included"""
    if dtype.is_floating_point or dtype.is_complex:
        x = tensor(array).to(dtype)
    else:
        x = tensor(np.nan_to_num(array, nan=0, posinf=1, neginf=2) % 100).to(dtype)
    assert difference(x, x.clone()) is None
    assert agree(x, x.clone())


@given(arrays, st.data())
def test_one_wrong_entry_is_found_where_it_is(array, data):
    """a single entry that is off by more than the tolerance is found, at its index, for every shape"""
    assume(array.size)
    at = data.draw(st.tuples(*(st.integers(0, n - 1) for n in array.shape)))
    wrong = tensor(array)
    wrong[at] += 1 + abs(float(array[at]))
    found = difference(wrong, tensor(array))
    assert found is not None
    assert found.where == (f"[{', '.join(map(str, at))}]" if at else "")
    assert not agree(wrong, tensor(array))


@given(arrays)
def test_rounding_is_forgiven(array):
    """a relative error of 1e-9 is no difference in float64, one of 1e-5 is"""
    x = tensor(array)
    assert difference(x * (1 + 1e-9), x) is None
    if (x.abs() > 1e-3).any():
        assert difference(x * (1 + 1e-5), x) is not None


@given(hnp.mutually_broadcastable_shapes(num_shapes=2, max_dims=3, max_side=3))
def test_nothing_broadcasts(shapes):
    """two shapes that would broadcast are different shapes"""
    a, b = (torch.ones(shape) for shape in shapes.input_shapes)
    if a.shape != b.shape:
        assert why(a, b) == f"its shape is {tuple(a.shape)}, not {tuple(b.shape)}"
    else:
        assert difference(a, b) is None


@given(dtypes, dtypes)
def test_dtypes_count_unless_told(one, other):
    """another dtype is a difference, with dtype=False only the values count"""
    a, b = torch.ones(2).to(one), torch.ones(2).to(other)
    assert (difference(a, b) is None) is (one == other)
    assert difference(a, b, dtype=False) is None
    assert difference(torch.zeros(2).to(one), b, dtype=False) is not None


@given(arrays, st.sampled_from([math.nan, math.inf, -math.inf]))
def test_nan_and_infinity_are_never_forgiven(array, value):
    """NaN or infinity in place of a number, or a number in place of one, differs under any tolerance"""
    assume(array.size)
    x, y = tensor(array), tensor(array)
    y.view(-1)[0] = value
    for a, b in ((x, y), (y, x), (-y, y)):
        if math.isnan(value) and a is not x and b is not x:
            continue
        assert difference(a, b) is not None
        assert difference(a, b, rtol=10.0, atol=1e30) is not None


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(), lambda s: st.lists(s) | st.tuples(s, s)))
def test_containers_are_themselves(value):
    """nested lists and tuples do not differ from themselves"""
    assume(not isinstance(value, int) or abs(value) < 2**63)
    assert difference(value, value) is None
    assert agree(value, value)


@given(floats, floats)
def test_numbers(a, b):
    """two floats differ exactly when they are further apart than the tolerance"""
    assert (difference(a, b) is None) is (abs(a - b) <= 1e-10 + 1e-7 * abs(b))


# -- kinds ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("actual", "expected", "reason"),
    [
        (None, torch.ones(2), "None came back where a tensor was expected; is a `return` missing?"),
        ([1.0, 1.0], torch.ones(2), "a list came back where a tensor was expected"),
        (np.ones(2), torch.ones(2), "a numpy array of shape (2,) came back where a tensor was expected"),
        (torch.ones(2), np.ones(2), "a tensor of shape (2,) came back where a numpy array was expected"),
        (1.0, torch.tensor(1.0), "a float came back where a tensor was expected"),
        ((1, 2), [1, 2], "a tuple came back where a list was expected"),
        ([1, 2], (1, 2), "a list came back where a tuple was expected"),
        ([1, 2, 3], [1, 2], "3 values came back where 2 were expected"),
        ([1], {"a": 1}, "a list came back where a dict was expected"),
        ({"b": 1}, {"a": 1}, "its keys are ['b'], not ['a']"),
        (1, True, "1 is not True"),
        (True, 1, "a bool came back where a number was expected"),
        ("1", 1, "a str came back where a number was expected"),
        (torch.ones(1), 1.0, "a tensor of shape (1,) came back where a single number was expected"),
        (torch.ones(1, 3), torch.ones(3), "its shape is (1, 3), not (3,)"),
        (torch.ones(2).double(), torch.ones(2), "its dtype is float64, not float32"),
        (0, None, "0 is not None"),
        ("a", "b", "'a' is not 'b'"),
        (b"a", "a", "b'a' is not 'a'"),
        ({1}, {2}, "the values are not equal"),
        (3, 4, "3 is not 4"),
        (10**8 + 1, 10**8, "100000001 is not 100000000"),
        (2.0, 3, "2 is not 3"),
        (math.inf, -math.inf, "inf is not -inf"),
        (np.ones(2, dtype=np.longdouble), np.ones(2), f"its dtype is {np.dtype(np.longdouble)}, not float64"),
        (np.array(["a"]), np.array(["b"]), "the arrays are not equal"),
        (torch.tensor([1, 2]), torch.tensor([1, 3]), "2 instead of 3 (1 of 2 entries differ)"),
    ],
)  # fmt: skip
def test_the_reason(actual, expected, reason):
    """each kind of difference is said in one plain sentence"""
    assert why(actual, expected) == reason


@pytest.mark.parametrize(
    "actual", [3, 3.0, np.float32(3), np.int64(3), np.array(3.0), torch.tensor(3), torch.tensor(3.0)]
)
def test_a_number_in_any_dress(actual):
    """a Python number, a numpy scalar and a 0-d tensor are all numbers"""
    assert number_difference(actual, 3) is None
    assert number_difference(actual, 3.0) is None
    assert number_difference(actual, 3.1) is not None


def test_an_object_that_equals_everything_equals_nothing():
    """an answer's own idea of equality is never asked, for values that have one of ours"""

    class Yes:
        def __eq__(self, other: object) -> bool:
            return True

        __hash__ = object.__hash__

    for expected in (torch.ones(2), np.ones(2), [1], (1,), {"a": 1}, "text", 1, 1.0, True, None, b""):
        assert difference(Yes(), expected) is not None
        assert not agree(Yes(), expected)
    assert difference([Yes()], [1.0]) is not None


def test_where_inside_a_container():
    """a difference inside nested containers names the way to it"""
    actual = {"a": [torch.zeros(2, 2), 1]}
    expected = {"a": [torch.eye(2), 1]}
    found = difference(actual, expected)
    assert found is not None
    assert found.where == "['a'][0][0, 0]"


def test_tolerances_can_be_given():
    """rtol and atol replace the dtype's own"""
    a, b = torch.tensor([1.0]), torch.tensor([1.1])
    assert difference(a, b) is not None
    assert difference(a, b, atol=0.2) is None
    assert difference(a, b, rtol=0.2, atol=0) is None
    assert difference(1.0, 1.1, atol=0.2) is None
    exact = torch.tensor([1.0]), torch.tensor([1.0 + 2**-23])
    assert difference(*exact) is None
    assert difference(*exact, rtol=0, atol=0) is not None


# -- what helps ----------------------------------------------------------------------------------


@given(hnp.arrays("float64", (6,), elements=st.floats(-30.0, 30.0)))
def test_float32_in_the_dress_of_float64(array):
    """an answer that was float32 last is told from one that only rounds otherwise, however close it is"""
    wanted = torch.from_numpy(array).exp()
    narrow = wanted.float().double()
    told = difference(narrow, wanted)
    telling = ((wanted - narrow).abs() > 1e-9 * wanted) & (narrow != narrow.bfloat16())
    assert (told is not None and "no more digits than float32" in told.reason) == (int(telling.sum()) >= 2)
    assert difference(narrow, wanted, rtol=1e-6) is None
    assert difference(wanted * (1 + 1e-12), wanted) is None


def test_round_numbers_may_be_truer_than_what_was_expected():
    """an expected value may itself be off by a little: who answers 0.5 did not use float32"""
    wanted = torch.tensor([0.5, 1.0, 0.75, 3.0]).double() * (1 + 5e-9)
    assert difference(torch.tensor([0.5, 1.0, 0.75, 3.0]).double(), wanted) is None


def test_the_digits_tell_the_two_apart():
    """numbers that agree in four digits are shown with as many as it takes"""
    assert why(torch.tensor([1.00001], dtype=torch.float64), torch.tensor([1.0], dtype=torch.float64)).startswith(
        "1.00001 instead of 1"
    )


@pytest.mark.parametrize(
    ("value", "kind"),
    [(None, "None"), (3, "an int"), ("x", "a str"), (torch.ones(2, 3), "a tensor of shape (2, 3)"), ([], "a list"),
     (np.zeros(2), "a numpy array of shape (2,)"), (object(), "an object")],
)  # fmt: skip
def test_kind_of(value, kind):
    """how a message names what came back"""
    assert kind_of(value) == kind


def table(**columns: Any) -> pd.DataFrame:
    """A table of two rows."""
    return pd.DataFrame({"a": [1.0, math.nan], "b": ["x", None], **columns})


@pytest.mark.parametrize(
    ("actual", "where", "reason"),
    [
        (table(), None, None),
        (table(a=[1.0 + 1e-9, math.nan]), None, None),
        (table(a=[2.0, math.nan]), "['a'][0]", "2. instead of 1."),
        (table(b=["y", None]), "['b']", "the arrays are not equal"),
        (table(a=[1, 2]), "['a']", "the dtype of its column is int64, not float64"),
        (table(c=[1, 2]), "", "its shape is (2, 3), not (2, 2)"),
        (table().rename(columns={"a": "A"}), "", "its columns differ"),
        (table().set_index(pd.Index([3, 4])), "", "its index differs"),
        (table()["a"], "", "a Series came back where a DataFrame was expected"),
        ({"a": 1}, "", "a dict came back where a DataFrame was expected"),
    ],
)
def test_tables(actual, where, reason):
    """a table differs in kind, shape, names, dtype or value, and says in which column; so do two records of it"""
    found = difference(actual, table())
    assert (found and found.where) == where
    assert reason is None or found.reason.replace("2 instead of 1", "2. instead of 1.").startswith(reason)
    assert agree(actual, table()) is (reason is None)
    assert difference(table()["a"], table()["a"]) is None


# -- agreement of records ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("a", "b", "same"),
    [
        (1.0, 1.0 + 1e-11, True), (1.0, 1.0 + 1e-6, False), (1, 1.0, False), (True, 1, False),
        (math.nan, math.nan, True),
        ([1, 2], (1, 2), False), ([1], [1, 2], False), ({"a": 1}, {"a": 1}, True), ({"a": 1}, {"b": 1}, False),
        (torch.ones(2), torch.ones(2).double(), False), (torch.ones(2), torch.ones(2, 1), False), (None, None, True),
        (np.ones(2), np.ones(2), True), (np.ones(2), np.zeros(2), False), ("x", "x", True),
        (torch.tensor([math.nan]), torch.tensor([math.nan]), True),
        (torch.tensor([0.0]), torch.tensor([math.nan]), False),
        (torch.tensor([0.0]), torch.tensor([math.inf]), False),
    ],
)  # fmt: skip
def test_agree(a, b, same):
    """two records agree only in kind, shape, dtype and, up to rounding, value; in either order"""
    assert agree(a, b) is same
    assert agree(b, a) is same
