"""The answer to another call: one argument with another value, left out, exchanged, or as if it were not there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import torch

from ..typeset import typeset
from .pairs import Ask, Found, Pair, Seen, holds, tensor_of

MAX_ASKED = 24  #: changes of one call that the oracle is asked about

Change = Mapping[str, Any]


def changes(pair: Pair, defaults: Mapping[str, Any], others: Mapping[str, list[Any]]) -> Iterator[tuple[str, Change]]:
    """Yield other calls that are near this one, each with how it differs.

    Args:
        defaults: of the parameters that have one.
        others: values that parameters have in other calls.
    """
    given = pair.arguments
    for name, value in given.items():
        for other in (*_values(name, value, given), *others.get(name, ())):
            if type(other) is type(value) and other != value:
                yield f"with `{name}={typeset(other)}`", {name: other}
        if name in defaults and not isinstance(value, torch.Tensor) and _differ(value, defaults[name]):
            yield f"with `{name}={typeset(defaults[name])}`, its default", {name: defaults[name]}
        elif name in defaults and isinstance(value, torch.Tensor) and defaults[name] is None:
            yield f"without `{name}`", {name: None}
        if type(value) in (int, float):
            yield from _formulas(name, value)
    yield from _of_tensors({name: value for name, value in given.items() if isinstance(value, torch.Tensor)})


def _of_tensors(given: Mapping[str, torch.Tensor]) -> Iterator[tuple[str, Change]]:
    """Yield calls with two tensors exchanged, and with one that is transposed, negative or constant."""
    tensors = list(given)
    for number, one in enumerate(tensors):
        for two in tensors[number + 1 :]:
            if given[one].shape == given[two].shape and given[one].dtype == given[two].dtype:
                yield f"with `{one}` and `{two}` exchanged", {one: given[two], two: given[one]}
    for name, value in given.items():
        if value.dim() == 2 and value.shape[0] == value.shape[1] > 1:
            yield f"for `{name}` transposed", {name: value.T.contiguous()}
        if value.is_floating_point():
            yield f"with `-{name}` in place of `{name}`", {name: -value}
            yield f"with 0 everywhere in `{name}`", {name: torch.zeros_like(value)}
            yield f"with 1 everywhere in `{name}`", {name: torch.ones_like(value)}


def _differ(one: Any, two: Any) -> bool:
    return type(one) is not type(two) or one != two


def _values(name: str, value: Any, given: Mapping[str, Any]) -> Iterator[Any]:
    """Yield other values that an argument may have been taken for."""
    if type(value) is bool:
        yield not value
    elif type(value) is int and name in ("dim", "axis"):
        dims = max((v.dim() for v in given.values() if isinstance(v, torch.Tensor)), default=0)
        yield from (*range(dims), *range(-dims, 0))
    elif type(value) is float:
        yield from (0.0, 1.0)


def _formulas(name: str, value: float) -> Iterator[tuple[str, Change]]:
    """Yield numbers that a number may have been taken for, as formulas."""
    if type(value) is int and name not in ("dim", "axis"):
        yield f"with `{name} + 1` in place of `{name}`", {name: value + 1}
        yield f"with `{name} - 1` in place of `{name}`", {name: value - 1}
        yield f"with `-{name}` in place of `{name}`", {name: -value}
    elif type(value) is float and value not in (0.0, 1.0):
        yield f"with `1 / {name}` in place of `{name}`", {name: 1 / value}
        yield f"with `1 - {name}` in place of `{name}`", {name: 1 - value}
        yield f"with `-{name}` in place of `{name}`", {name: -value}
        yield f"with `{name} ** 2` in place of `{name}`", {name: value * value}
        yield f"with `2 * {name}` in place of `{name}`", {name: 2 * value}


def other_value(
    calls: list[Seen], ask: Ask, defaults: Mapping[str, Any], others: Mapping[str, list[Any]]
) -> Iterator[Found]:
    """Yield the change of the arguments that makes the answers the expected ones, in every call."""
    first, *rest = calls
    near = {call: dict(list(changes(call.pair, defaults, others))[:MAX_ASKED]) for call in calls}
    shared = [how for how in near[first] if all(how in near[call] for call in rest)]
    answers = dict(zip(shared, ask(first.pair, [near[first][how] for how in shared]), strict=True))
    for how, answer in answers.items():
        foretold = tensor_of(answer)
        if foretold is None or not first.same(first.got, foretold):
            continue
        others_ = (tensor_of(ask(call.pair, [near[call][how]])[0]) for call in rest)
        if holds(calls, (foretold, *others_)):
            yield Found("other call", f"is what is expected {how}")
            return
