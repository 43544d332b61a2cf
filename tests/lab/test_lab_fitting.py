"""The card of a playground: the check that fits what went wrong, where that can be told."""

from __future__ import annotations

import pytest

from autograder.lab.fitting import fitting, kind_of
from autograder.model import CheckResult, Failure
from tests.helpers import make_check, make_grade


def failed(name: str, function: str, reason: str, status: str = "failed", kind: str = "difference") -> CheckResult:
    """A check that did not pass."""
    return make_check(name=name, status=status, points=0.0, failure=Failure(kind, reason, function=function))


CHECKS = (
    failed("test_first", "maxpool2d", "entry [0] is 1, not 2"),
    failed("test_values", "conv2d", "entry [0] is 1, not 2"),
    failed("test_stride", "conv2d", "its shape is (3, 3), not (2, 2)"),
    failed("test_large", "conv2d", "NaN where 1 is expected"),
    failed("test_ends", "conv2d", "no answer within the time limit", "timeout", "problem"),
    failed("test_raises", "conv2d", "ValueError: no", "failed", "exception"),
    failed("test_pool_shape", "avgpool2d", "its shape is (3, 3), not (2, 2)"),
)


@pytest.mark.parametrize(("part", "kind", "name"), [
    ("conv2d", "shape", "test_stride"), ("conv2d", "nan", "test_large"), ("conv2d", "timeout", "test_ends"),
    ("conv2d", "error", "test_raises"), ("conv2d", "", "test_values"), ("avgpool2d", "timeout", "test_pool_shape"),
    ("", "timeout", "test_ends"), ("", "", "test_first"), ("conv2d", "differs", "test_values"),
])  # fmt: skip
def test_function_then_kind_then_order(part: str, kind: str, name: str) -> None:
    """Of those of the function the one of the kind; where neither is known, the first"""
    found = fitting(make_grade(checks=CHECKS), part, kind)
    assert found is not None
    assert found.name == name


def test_another_function_s_check_is_no_card_of_a_part() -> None:
    """The sentence would be about one function, and the card about another"""
    assert fitting(make_grade(checks=CHECKS), "nothing", "crashed") is None


def test_numbers_that_differ_have_a_check_that_compares() -> None:
    """Not one about what is raised, which stands first on its page"""
    checks = (
        failed("test_raises", "conv2d", "RuntimeError was raised where ValueError was expected", kind="property"),
        failed("test_dtype", "conv2d", "its dtype is float64, not float32"),
        failed("test_values", "conv2d", "1 instead of 6 (6 of 9 entries differ)"),
    )
    for kind, name in (("differs", "test_values"), ("dtype", "test_dtype"), ("shape", "test_dtype")):
        found = fitting(make_grade(checks=checks), "conv2d", kind)
        assert found is not None
        assert found.name == name


def test_nothing_failed() -> None:
    """Then no check fits"""
    assert fitting(make_grade(checks=(make_check(),)), "conv2d", "shape") is None


@pytest.mark.parametrize(("text", "kind"), [
    ("gave the shape (2,) where (3,) is meant", "shape"), ("gave numbers that are NaN or infinite", "nan"),
    ("ValueError: no", "error"), ("changes its input in place: make a new tensor", "in place"),
    ("RuntimeError: shapes do not fit", "error"), ("gave torch.float64 for an input of torch.float32", "dtype"),
    ("conv2d(…)[0, 0] is 1; the course's is 2", "differs"), ("no such thing", ""),
    ("it asked for 3.2 GB at once, which is more memory than it may have", "memory"),
])  # fmt: skip
def test_a_sentence_tells_its_kind(text: str, kind: str) -> None:
    """As the playgrounds word it"""
    assert kind_of(text) == kind
