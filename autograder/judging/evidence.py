"""What the wrong answers of a function have in common: its calls over all checks, put before :mod:`checking.relations`.

Wrong is an answer by which a check failed, with what the check expected in its place. The other calls of the checks
count as right where the solution answers alike.
"""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from hashlib import blake2b
from typing import Any

import torch

from ..checking.compare import agree
from ..checking.relations import Pair, parts, relations
from ..model import CheckResult, Relation
from ..sandbox.host.record import Call
from .check import Compared, Trace
from .diagnosis import Traces, replayable, same_answer

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
    results: Iterable[CheckResult], student: Traces, oracle: Traces, solution: str, solve: Solve | None
) -> dict[str, tuple[Relation, ...]]:
    """Return the relations by check.

    Args:
        student, oracle: what was called in the checks.
        solution: its source, for the names of arguments.
        solve: asks the solution.
    """
    groups: dict[_Subject, dict[str, Compared]] = defaultdict(dict)
    alone: dict[str, Compared] = {}
    for result in results:
        trace = student.get(result.name)
        if result.failure is None or result.failure.kind != "difference" or trace is None or trace.compared is None:
            continue
        subject = _subject(trace.compared)
        if subject is None:
            alone[result.name] = trace.compared
        else:
            groups[subject][result.name] = trace.compared
    found = {name: relations([Pair(one.expected, one.got)], subject="what came back") for name, one in alone.items()}
    for subject, compared in groups.items():
        found |= _of(subject, compared, student, oracle, solution, solve)
    return {name: told for name, told in found.items() if told}


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
    others = _others([call for trace in oracle.values() for call in _of_label(trace, subject.root, label)], parameters)

    def ask(pair: Pair, wanted: Sequence[Mapping[str, Any]]) -> list[Any]:
        assert solve is not None
        answers = solve(subject.root, [{**pair.arguments, **change} for change in wanted])
        return [_part(answer, pair.way) for answer in answers]

    askable = solve is not None and signature is not None and not gradient
    askable = askable and all(replayable(call) and len(call.args) <= len(parameters) for call in calls)
    tell = partial(
        relations, subject=subject.part if gradient else "your answer", wrong=len(pairs),
        right=_right(student, oracle, subject.root, label), ask=ask if askable else None, defaults=defaults,
        others=others,
    )  # fmt: skip
    by_check = {name: pair for name, pair in zip(compared, pairs, strict=True) if any(parts(pair))}
    found = tell(list(by_check.values()))
    if found or len(by_check) == 1:
        return dict.fromkeys(by_check, found)
    for odd in by_check if len(by_check) > 2 else ():  # what holds in all calls but one
        rest = {name: pair for name, pair in by_check.items() if name != odd}
        if found := tell(list(rest.values())):
            return {**dict.fromkeys(rest, found), odd: tell([by_check[odd]])}
    alone = {name: tell([pair]) for name, pair in by_check.items()}
    for family in dict.fromkeys(one.family for told in alone.values() for one in told):  # what holds in some of them
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
    path = next((path for path, value in _parts(call.outcome[1]) if agree(value, compared.got)), None)
    return _Subject(call.root, call.label, path) if path is not None else None


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


def _right(student: Traces, oracle: Traces, root: str, label: str) -> int:
    """Count the calls that are answered as the solution does."""
    count = 0
    for name, trace in student.items():
        if name in oracle:
            both = zip(_of_label(trace, root, label), _of_label(oracle[name], root, label), strict=False)
            count += sum(agree((a.args, a.kwargs), (b.args, b.kwargs)) and same_answer(a, b) for a, b in both)
    return count


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
            sha.update(value.detach().contiguous().reshape(-1).view(torch.uint8).numpy().tobytes())
        elif isinstance(value, (list, tuple, dict)):
            sha.update(f"{type(value).__name__}{len(value)}".encode())
            for part in value.items() if isinstance(value, dict) else value:
                add(part)
        else:
            sha.update(repr(value).encode())

    add(dict(given))
    return sha.digest()


@lru_cache(maxsize=64)
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
