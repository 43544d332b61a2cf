"""What an answer has to do with the arguments: the expected one and one of them, or a plain sum or product of two."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator

import torch

from .pairs import Found, Seen, holds, tensor_of

_Two = Callable[[torch.Tensor, torch.Tensor], torch.Tensor]
#: the expected one and an argument, and how that is said
_TOGETHER: tuple[tuple[str, _Two], ...] = (
    ("is the expected one plus `{}`", torch.add),
    ("is the expected one minus `{}`", torch.sub),
    ("is `{}` minus the expected one", lambda e, a: a - e),
    ("is the expected one times `{}`", torch.mul),
    ("is the expected one divided by `{}`", torch.div),
    ("is `{}` divided by the expected one", lambda e, a: a / e),
)
_OF_TWO: tuple[tuple[str, _Two], ...] = (
    ("equals `{}` plus `{}`", torch.add), ("equals `{}` minus `{}`", torch.sub),
    ("equals `{}` times `{}`", torch.mul), ("equals `{}` divided by `{}`", torch.div),
)  # fmt: skip
_OF_ONE: tuple[tuple[str, Callable[[torch.Tensor], torch.Tensor]], ...] = (
    ("equals `-{}`", torch.neg), ("equals the exponential of `{}`", torch.exp),
    ("equals the natural logarithm of `{}`", torch.log), ("equals the square of `{}`", torch.square),
    ("equals the absolute value of `{}`", torch.abs), ("equals 1 divided by `{}`", torch.reciprocal),
)  # fmt: skip


def with_argument(calls: list[Seen]) -> Iterator[Found]:
    """Yield the argument that is added to what was expected, or that it is multiplied by, and the like."""
    if any(call.wrong is None for call in calls) or all(call.whole for call in calls):
        return
    for name in _numbers(calls):
        for says, together in _TOGETHER:
            if holds(calls, (_like(together, call, call.expected, call.arguments[name]) for call in calls)):
                yield Found("with an argument", says.format(name))
                return


def of_arguments(calls: list[Seen]) -> Iterator[Found]:
    """Yield how the answer comes from one argument or two, without any of what was asked for."""
    names = _numbers(calls)
    for name in names:
        for says, one in _OF_ONE:
            if holds(calls, (_finite(one(_number(call, name)), call) for call in calls)):
                yield Found("of arguments", says.format(name))
                return
    for first in names:
        for second in names:
            for says, together in _OF_TWO if first != second else ():
                both = (_like(together, call, call.arguments[first], call.arguments[second]) for call in calls)
                if holds(calls, both):
                    yield Found("of arguments", says.format(first, second))
                    return


def picked(calls: list[Seen]) -> Iterator[Found]:
    """Yield that what stands at the expected places of an argument came back, and not the places."""
    if not all(_are_places(call) for call in calls):
        return
    for name in calls[0].arguments:
        values = [tensor_of(call.arguments.get(name)) for call in calls]
        if holds(calls, (_at(value, call.expected.long()) for value, call in zip(values, calls, strict=True))):
            yield Found("picked", f"holds what stands in `{name}` at the expected places, not the places")
            return


def _are_places(call: Seen) -> bool:
    """Tell whether integers are expected that may say where something stands."""
    wanted = call.pair.expected
    whole = isinstance(wanted, torch.Tensor) and wanted.dtype == torch.int64
    return whole and call.expected.dim() == 1 and bool((call.expected >= 0).all())


def _at(value: torch.Tensor | None, places: torch.Tensor) -> torch.Tensor | None:
    """Return what stands there, None where there is no such place."""
    inside = value is not None and value.dim() > 0 and int(places.max()) < len(value)
    return value[places] if value is not None and inside else None


def _numbers(calls: list[Seen]) -> list[str]:
    """Return the arguments that are numbers or tensors in all calls, no integers and no truth values."""
    return [
        name for name in calls[0].arguments
        if all(_floating(call.arguments.get(name)) for call in calls)
    ]  # fmt: skip


def _floating(value: object) -> bool:
    if isinstance(value, torch.Tensor):
        return value.is_floating_point() and tensor_of(value) is not None
    return type(value) is float and value not in (0.0, 1.0)


def _number(call: Seen, name: str) -> torch.Tensor:
    found = tensor_of(call.arguments[name])
    assert found is not None
    return found


def _like(together: _Two, call: Seen, one: object, two: object) -> torch.Tensor | None:
    """Return the two put together, None where that has another shape than the answer."""
    first, second = tensor_of(one), tensor_of(two)
    if first is None or second is None:
        return None
    try:
        return _finite(together(first, second), call)
    except RuntimeError:
        return None


def _finite(value: torch.Tensor, call: Seen) -> torch.Tensor | None:
    fits = value.shape == call.got.shape and all(map(math.isfinite, value.flatten()[:1].tolist()))
    return value if fits and bool(torch.isfinite(value).all()) else None
