"""Assertions that explain themselves: what came back, what was expected, where they differ."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import torch

from ..sandbox.host.problem import StudentProblem
from ..sandbox.host.student import Student
from ..sandbox.wire.afterwards import AFTERWARDS, SEEN
from ..sandbox.wire.problems import RemoteError
from .claims import demand
from .compare import difference, number_difference
from .meaning import meaning
from .parts import part

AS_DOCUMENTED = "as documented"  #: what a record says of an exception that the check demanded


@dataclass
class CheckFailure(AssertionError):
    """A check's verdict, with what the failure message shows."""

    reason: str
    where: str = ""
    actual: Any = None
    expected: Any = None
    shows_values: bool = False
    about: str = ""
    points: float = 0.0  #: partial credit
    notes: list[tuple[str, str]] = field(default_factory=list)  #: more to show, a label and a text each
    claimed: bool = False  #: it rests on what the student's process says of itself
    altered: bool = False  #: what is shown is an argument as the call left it, and as it was
    plot: dict[str, Any] | None = None  #: a picture that says more, as autograder.checking.plot makes it
    record: Any = None  #: the call that it is about, where the check goes on to others
    stated: bool = False  #: the reason is the check's own, a property that does not hold
    means: str = ""  #: what the exception that came says, in plain words

    def __str__(self) -> str:
        return self.reason

    @property
    def relates(self) -> bool:
        """Did an answer and what was expected of it differ?"""
        return self.shows_values and not self.altered and self.actual is not None and self.expected is not None


def assert_same(
    actual: Any,
    expected: Any,
    *,
    rtol: float | None = None,
    atol: float | None = None,
    dtype: bool = True,
    about: str = "",
    claims: bool = False,
) -> None:
    """`actual` is `expected`: type, shape, dtype, NaN and infinity, values, in this order. Nothing broadcasts.

    Args:
        rtol, atol: by default parity up to rounding for the expected dtype.
        dtype: whether the dtype counts.
        about: words for the message, such as "the gradient".
        claims: see :func:`require`.
    """
    found = difference(actual, expected, rtol=rtol, atol=atol, dtype=dtype)
    if found is not None:
        failure = CheckFailure(found.reason, found.where, actual, expected, True, about, claimed=claims)
        demand(failure, claims)


def assert_number(
    actual: Any, expected: float, *, rtol: float | None = None, atol: float | None = None, about: str = ""
) -> None:
    """Demand a single number, whether it comes as Python number, numpy scalar or 0-d tensor."""
    found = number_difference(actual, expected, rtol=rtol, atol=atol)
    if found is not None:
        demand(CheckFailure(found.reason, found.where, actual, expected, True, about))


def require(
    condition: Any, reason: str, actual: Any = None, expected: Any = None, *, claims: bool = False, record: Any = None
) -> None:
    """`condition` holds, else the check fails with this reason.

    Args:
        reason: a sentence to the student.
        actual, expected: shown when given.
        claims: `condition` is what the student's process says of itself, such as that no hook is left, and whoever
            lies knows the right answer. Then the check goes on, and in its end this costs a twentieth of its points.
        record: the call that this is about, an entry of `student.calls`; by default the one that gave `actual`, or the
            last.
    """
    if not (condition.item() if isinstance(condition, torch.Tensor) else condition):
        shows = actual is not None or expected is not None
        failure = CheckFailure(reason, "", actual, expected, shows, claimed=claims, stated=True, record=record)
        demand(failure, claims)


#: what is told of a result through which no gradient comes
CUT = (
    "the result is cut off from the computation graph, so no gradient reaches the input: look for .detach(), .item(), "
    ".data, .numpy(), torch.tensor(...), nn.Parameter(...) or no_grad on the way"
)
#: the same of one argument, where gradients reach others
CUT_ONE = (
    "the way from this argument to the result is cut off from the computation graph, so no gradient reaches it: look "
    "for .detach(), .item(), .data, .numpy(), torch.tensor(...), or a branch that leaves the argument out"
)


@part
def assert_gradients(
    function: Callable[..., Any],
    oracle: Callable[..., Any],
    *inputs: Any,
    rtol: float | None = None,
    atol: float | None = None,
    about: str = "",
) -> None:
    """Demand the oracle's vector-Jacobian product of `function` at `inputs`, for one random cotangent.

    Every floating-point tensor among `inputs` is differentiated. A plain sum would not do: through a
    softmax its gradient is zero. Where the oracle's gradient is zero everywhere, a result without a graph will do.
    """
    mine = [_leaf(x) for x in inputs]
    theirs = [_leaf(x) for x in inputs]
    out, want = function(*mine), oracle(*theirs)
    assert_same(out, want, rtol=rtol, atol=atol, about=about)
    cotangent = torch.randn(want.shape, dtype=want.dtype)
    leaves = [(a, b) for a, b in zip(mine, theirs, strict=True) if isinstance(a, torch.Tensor) and a.requires_grad]
    # a weighted sum, not grad_outputs=: that would import half a second of symbolic shapes
    wanted = torch.autograd.grad((want * cotangent).sum(), [b for _, b in leaves], allow_unused=True)
    if not out.requires_grad:
        if any(w is not None and w.any() for w in wanted):
            demand(CheckFailure(CUT, about="the gradient"))
        return  # a constant there, such as relu left of 0
    got = torch.autograd.grad((out * cotangent).sum(), [a for a, _ in leaves], allow_unused=True)
    for number, ((leaf, _), g, w) in enumerate(zip(leaves, got, wanted, strict=True)):
        which = "the gradient" if len(leaves) == 1 else f"the gradient for argument {number + 1}"
        if g is None and w is not None and w.any():
            demand(CheckFailure(CUT if len(leaves) == 1 else CUT_ONE, about=which))
        zeros = torch.zeros_like(leaf)
        assert_same(zeros if g is None else g, zeros if w is None else w, rtol=rtol, atol=atol, about=which)


def _leaf(x: Any) -> Any:
    return x.detach().clone().requires_grad_() if isinstance(x, torch.Tensor) and x.is_floating_point() else x


@contextmanager
def within_memory(reason: str) -> Iterator[None]:
    """Fail the check with this reason where the calls inside need more memory than there is."""
    try:
        yield
    except StudentProblem as problem:
        if problem.status != "memory":
            raise
        problem.message = reason  # which the exam tells, if the worker did not survive it
        raise CheckFailure(reason) from None


@contextmanager
def raises(kind: type[Exception]) -> Iterator[None]:
    """Demand that the student's code raises this kind of exception inside; its wording is free."""
    try:
        yield
    except kind as expected:
        record = getattr(expected, "record", None)
        if record is not None:  # the wording is free, so it tells no two submissions apart
            record.outcome = ("error", kind.__name__, AS_DOCUMENTED)
    except RemoteError as error:
        name = error.error.type_name
        said = f"{name} was raised where {kind.__name__} was expected"
        wrong = CheckFailure(said, about=str(error), means=meaning(name, error.error.text))
        wrong.__suppress_context__ = True
        demand(wrong)
    else:
        demand(CheckFailure(f"nothing was raised where {kind.__name__} was expected"))


def assert_left_alone(student: Student) -> None:
    """Demand that the last call left all that it was given as it was: tensors, lists in their order, dicts, arrays.

    What became of tensors and arrays is seen; of lists and dicts it is a claim, see :func:`require`.
    """
    left = student.afterwards
    if left is not None:
        args, kwargs = left
        after, seen = (*args, *kwargs.values()), student.saw_changes
        failure = CheckFailure(
            "the call changed what it was given", "", after, shows_values=True, about="an argument",
            claimed=not seen, record=student.calls[-1] if student.calls else None,
        )  # fmt: skip
        demand(failure, claims=not seen)


@contextmanager
def unmodified(*values: torch.Tensor) -> Iterator[None]:
    """Demand that calls inside leave these tensors, passed as they are, as they were.

    Their bytes are seen. Whether one requires a gradient afterwards or lies elsewhere is a claim, see :func:`require`.
    """
    for value in values:
        for note in (AFTERWARDS, SEEN):
            value.__dict__.pop(note, None)
    yield
    for value in values:
        after, seen = value.__dict__.pop(AFTERWARDS, None), value.__dict__.pop(SEEN, False)
        if after is not None:
            found = difference(after, value.detach(), rtol=0, atol=0)
            flipped = (
                f"its requires_grad became {after.requires_grad}" if after.requires_grad != value.requires_grad else ""
            )
            reason = found.reason if found else flipped or "its bits differ"
            where = found.where if found else ""
            failure = CheckFailure(
                f"the call changed its input in place: {reason}", where, after, value.detach(), not flipped,
                about="an argument", altered=True, claimed=not seen,
            )  # fmt: skip
            demand(failure, claims=not seen)
