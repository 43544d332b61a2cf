"""What the wrong answers of a function have in common: its calls over all checks, put before :mod:`checking.relations`.

Wrong is an answer by which a check failed, with what the check expected in its place. The other calls of the checks
count as right where the solution answers alike.
"""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache, partial
from hashlib import blake2b
from typing import Any

import torch

from ..checking.compare import agree
from ..checking.relations import Pair, parts, relations, which
from ..model import CheckResult, Relation
from ..sandbox.host.record import Call
from ..sandbox.wire.afterwards import bits
from .answers import same_answer
from .calls import Traces, replayable
from .check import Compared, Trace

#: the solution's answers to calls of one function with these arguments by name; None where it gives none
Solve = Callable[[str, list[dict[str, Any]]], list[Any]]

#: what answers many such calls at once, appended to the solution's source
ANSWERS = """
def answers_of(name, wanted):
    def answer(given):
        try:
            return globals()[name](**given)
        except Exception:  # a value that the solution refuses has no answer
            return None
    return [answer(given) for given in wanted]
"""


@dataclass(frozen=True)
class _Subject:
    """What a failure is about: a definition, the call of it, and which part of the answer."""

    root: str
    label: str
    part: str  #: the way to it inside the answer, or which gradient


def related(
    results: Sequence[CheckResult], student: Traces, oracle: Traces, solution: str, solve: Solve | None
) -> dict[str, tuple[Relation, ...]]:
    """Return the relations by check.

    Args:
        student, oracle: what was called in the checks.
        solution: its source, for the names of arguments.
        solve: asks the solution.
    """
    groups: dict[_Subject, dict[str, Compared]] = defaultdict(dict)
    others: dict[str, Compared] = {}
    for result in results:
        trace = student.get(result.name)
        if result.failure is None or result.failure.kind != "difference" or trace is None or trace.compared is None:
            continue
        subject = _subject(trace.compared) if not trace.compared.altered else None
        if subject is None:
            others[result.name] = trace.compared
        else:
            groups[subject][result.name] = trace.compared
    found = {name: single(one) for name, one in others.items()} | _raising(results, student, oracle, solution)
    for subject, compared in groups.items():
        found |= _of(subject, compared, student, oracle, solution, solve)
    return {name: told for name, told in found.items() if told}


def _raising(
    results: Sequence[CheckResult], student: Traces, oracle: Traces, solution: str
) -> dict[str, tuple[Relation, ...]]:
    """Return what is so of the arguments in the calls that raised, and in none that was right, by check."""
    calls: dict[tuple[str, str], dict[str, Call]] = defaultdict(dict)
    for result in results:
        trace = student.get(result.name)
        if result.failure is None or result.failure.kind != "exception" or trace is None or not trace.calls:
            continue
        last = trace.calls[-1]
        if last.outcome[0] == "error" and last.label == last.root:
            calls[last.root, last.label][result.name] = last
    found: dict[str, tuple[Relation, ...]] = {}
    for (root, label), wrong in calls.items():
        signature = signatures(solution).get(root)
        if signature is None:
            continue
        right = _right(student, oracle, root, label)
        asked = partial(which_calls, right=right, parameters=signature[0], defaults=signature[1])
        together = asked(list(wrong.values()))
        found |= {name: together or asked([call]) for name, call in wrong.items()}
    return found


def alone(one: Compared, student: Traces, oracle: Traces, solution: str, solve: Solve | None) -> tuple[Relation, ...]:
    """Return what holds of one wrong answer by itself: one that a check shows behind its first."""
    subject = _subject(one) if not one.altered else None
    if subject is None:
        return single(one)
    return _of(subject, {"": one}, student, oracle, solution, solve).get("", ())


def single(one: Compared) -> tuple[Relation, ...]:
    """Return what holds of two values that are no answer and what was expected of it."""
    if not one.altered:
        return relations([Pair(one.expected, one.got)], subject="what came back")
    answer = one.call.outcome[1] if one.call is not None and one.call.outcome[0] == "value" else None
    if isinstance(answer, torch.Tensor) and agree(answer, one.got) and len(answer.unique()) > 2:
        return (Relation("in place", "the changed input is what came back, too"),)
    found = relations([Pair(one.expected, one.got)], subject="the changed input")
    return tuple(replace(told, text=told.text.replace("the expected one", "what it was")) for told in found)


def _of(
    subject: _Subject,
    compared: dict[str, Compared],
    student: Traces,
    oracle: Traces,
    solution: str,
    solve: Solve | None,
) -> dict[str, tuple[Relation, ...]]:
    """Return what holds for all wrong answers of one subject, else for those of each check, by check."""
    signature = signatures(solution).get(subject.root) if subject.label == subject.root else None
    parameters, defaults = signature or ((), {})
    gradient = subject.part.startswith("the gradient")
    calls = [one.call for one in compared.values() if one.call is not None]
    pairs = [
        Pair(one.expected, one.got, named(call, parameters, defaults), "" if gradient else subject.part)
        for one, call in zip(compared.values(), calls, strict=True)
    ]
    label = f"gradient of {subject.root}" if gradient else subject.label
    right = _right(student, oracle, subject.root, label)
    others = _others([call for trace in oracle.values() for call in _of_label(trace, subject.root, label)], parameters)

    def ask(pair: Pair, wanted: Sequence[Mapping[str, Any]]) -> list[Any]:
        assert solve is not None
        answers = solve(subject.root, [{**pair.arguments, **change} for change in wanted])
        return [_part(answer, pair.way) for answer in answers]

    askable = solve is not None and signature is not None and not gradient
    askable = askable and all(replayable(call) and len(call.args) <= len(parameters) for call in calls)
    tell = partial(
        relations, subject=subject.part if gradient else "your answer", wrong=len(pairs),
        right=len(right), ask=ask if askable else None, defaults=defaults,
        others=others,
    )  # fmt: skip
    by_check = {name: pair for name, pair in zip(compared, pairs, strict=True) if any(parts(pair))}
    told = {name: found for name, found in _together(by_check, tell).items() if found}
    untold = {name: call for name, call in zip(compared, calls, strict=True) if name not in told}
    asked = partial(which_calls, right=right, parameters=parameters, defaults=defaults)
    if untold and (found := asked(calls)):
        return told | dict.fromkeys(untold, found)
    return told | {name: asked([call]) for name, call in untold.items()}


def _together(
    by_check: Mapping[str, Pair], tell: Callable[[Sequence[Pair]], tuple[Relation, ...]]
) -> dict[str, tuple[Relation, ...]]:
    """Return what holds in all calls, else in all but one, else in some of them, else in each alone, by check."""
    found = tell(list(by_check.values()))
    if found or len(by_check) == 1:
        return dict.fromkeys(by_check, found)
    for odd in by_check if len(by_check) > 2 else ():
        rest = {name: pair for name, pair in by_check.items() if name != odd}
        if found := tell(list(rest.values())):
            return {**dict.fromkeys(rest, found), odd: tell([by_check[odd]])}
    alone = {name: tell([pair]) for name, pair in by_check.items()}
    for family in dict.fromkeys(one.family for told in alone.values() for one in told):
        names = [name for name, told in alone.items() if family in {one.family for one in told}]
        if len(names) > 1 and (shared := tell([by_check[name] for name in names])):
            alone |= dict.fromkeys(names, shared)
    return alone


def _subject(compared: Compared) -> _Subject | None:
    """Return what a failure is about, None where it compares something else than a call's answer."""
    call = compared.call
    if call is None:
        return None
    if compared.about.startswith("the gradient"):
        return _Subject(call.root, call.label, compared.about)
    if call.outcome[0] != "value":
        return None
    ways = [path for path, value in _parts(call.outcome[1]) if agree(value, compared.got)]
    if not ways or ("" not in ways and len(ways) > 1):
        return None  # which of its parts was compared is not known
    return _Subject(call.root, call.label, ways[0])


def _parts(value: Any, path: str = "", depth: int = 2) -> Iterable[tuple[str, Any]]:
    """Yield an answer and what it consists of, each with the way to it."""
    yield path, value
    inner: Iterable[tuple[Any, Any]] = ()
    if depth and isinstance(value, (list, tuple)) and len(value) < 20:
        inner = enumerate(value)
    elif depth and isinstance(value, dict):
        inner = value.items()
    for key, part in inner:
        yield from _parts(part, f"{path}[{key!r}]", depth - 1)


def _part(value: Any, path: str) -> Any:
    return dict(_parts(value)).get(path)


def _right(student: Traces, oracle: Traces, root: str, label: str) -> list[Call]:
    """Return the calls that are answered as the solution does."""
    found = []
    for name, trace in student.items():
        if name in oracle:
            both = zip(_of_label(trace, root, label), _of_label(oracle[name], root, label), strict=False)
            found += [a for a, b in both if agree((a.args, a.kwargs), (b.args, b.kwargs)) and same_answer(a, b)]
    return found


def which_calls(
    wrong: Sequence[Call], right: Sequence[Call], parameters: tuple[str, ...], defaults: Mapping[str, Any]
) -> tuple[Relation, ...]:
    """Return what is so of the arguments in all calls that go wrong and in none that is right."""
    left_out: dict[int, frozenset[str]] = {}

    def distinct(calls: Sequence[Call]) -> list[dict[str, Any]]:
        found: dict[bytes, dict[str, Any]] = {}
        for call in calls:
            given = named(call, parameters, {})
            whole = named(call, parameters, defaults)
            kept = found.setdefault(key_of("", {"given": given, "all": whole}), whole)
            left_out[id(kept)] = frozenset(whole.keys() - given.keys())
        return list(found.values())

    groups = distinct(wrong), distinct(right)
    return tuple(which(*groups, left_out))


def _of_label(trace: Trace, root: str, label: str) -> list[Call]:
    return [call for call in trace.calls if call.root == root and call.label == label]


def _others(calls: list[Call], parameters: tuple[str, ...]) -> dict[str, list[Any]]:
    """Return the plain values that parameters have in these calls."""
    found: dict[str, list[Any]] = defaultdict(list)
    for call in calls:
        for name, value in named(call, parameters, {}).items():
            if isinstance(value, (bool, int, float, str)) and value not in found[name]:
                found[name].append(value)
    return {name: values[:4] for name, values in found.items()}


def named(call: Call, parameters: tuple[str, ...], defaults: Mapping[str, Any]) -> dict[str, Any]:
    """Return a call's arguments by name, defaults included; those without a name as first, second, …"""
    ordinals = ("the first argument", "the second argument", "the third argument")
    names = parameters if len(call.args) <= len(parameters) else ordinals
    given = {**dict(zip(names, call.args, strict=False)), **call.kwargs}
    return {**{name: value for name, value in defaults.items() if name not in given}, **given}


def key_of(function: str, given: Mapping[str, Any]) -> bytes:
    """Return a digest of a call: what is called, and with what."""
    sha = blake2b(function.encode(), digest_size=20)

    def add(value: Any) -> None:
        if isinstance(value, torch.Tensor):
            sha.update(f"{value.dtype}{tuple(value.shape)}".encode())
            sha.update(bits(value).numpy().tobytes())
        elif isinstance(value, (list, tuple, dict)):
            sha.update(f"{type(value).__name__}{len(value)}".encode())
            for part in value.items() if isinstance(value, dict) else value:
                add(part)
        else:
            sha.update(repr(value).encode())

    add(dict(given))
    return sha.digest()


@lru_cache(maxsize=64)
@lru_cache(maxsize=200)  # of a solution each wrong submission asks
def signatures(solution: str) -> dict[str, tuple[tuple[str, ...], dict[str, Any]]]:
    """Return the parameters of each function of a source, and those defaults that are plain values."""
    found = {}
    for node in ast.parse(solution).body:
        if not isinstance(node, ast.FunctionDef) or node.args.vararg or node.args.posonlyargs:
            continue
        plain = node.args.args
        pairs = list(zip(plain[len(plain) - len(node.args.defaults) :], node.args.defaults, strict=True))
        pairs += [(a, d) for a, d in zip(node.args.kwonlyargs, node.args.kw_defaults, strict=True) if d is not None]
        defaults = {a.arg: ast.literal_eval(d) for a, d in pairs if _literal(d)}
        found[node.name] = (tuple(a.arg for a in plain), defaults)
    return found


def _literal(node: ast.expr) -> bool:
    try:
        ast.literal_eval(node)
    except ValueError:
        return False
    return True
