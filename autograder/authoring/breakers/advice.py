"""What an author writes against a breaker that lives, as near to code as the call that shows it allows."""

from __future__ import annotations

import re

from .page import Fate

_SHOWN = re.compile(r"(?:(?P<why>[^():]+): )?(?P<call>[\w.]+)\((?P<arguments>.*)\)")
_TENSOR = r"(?P<kind>b?float\d\d) \((?P<shape>[\d, ]*)\)"
_ARGUMENT = re.compile(rf"(?P<name>\w+)=(?:{_TENSOR}|(?P<number>-?[\d.]+(?:e-?\d+)?|True|False))(?:, |$)")
#: what a derived call has that ordinary numbers of its shapes and dtypes show
_PLAIN = ("float16", "bfloat16", "float32", "float64", "one row", "one column", "empty", "another number", "left out")


def advice(fate: Fate) -> str:
    """Return what a check must do to reject a breaker that lives; "check it" where that cannot be told in a line."""
    function = f"student.{fate.target}"
    found = re.search(r"`(\w+)`", fate.what)
    name = found[1] if found else ""
    if fate.family == "inputs" and "list" in fate.what:
        return "check it with `assert_left_alone(student)` after the call"
    if fate.family == "inputs" and "in place" in fate.what:
        return f"make the call inside `with unmodified({name}):`"
    if fate.family == "errors" and "before it raises" in fate.what:
        return "make a call that it refuses inside `with unmodified(…), raises(…):`, its arguments made before"
    if fate.family == "errors" and "does not raise" in fate.what:
        return "make a call that it refuses inside `with raises(…):`"
    if fate.family == "shape" and "for a Python number" in fate.what:
        return (
            'comparisons take both, so ask for the kind: `require(not isinstance(answer, torch.Tensor), "…")`; or '
            "say in the docstring that a single number comes back, which leaves it open"
        )
    if fate.family == "layout":
        return (
            f"check it with `assert_contract({function}, oracle, …{_place(fate, name)})`, which lays `{name}` otherwise"
        )
    if fate.family == "gradient" and "where" not in fate.what:
        return f"check it with `assert_gradients({function}, oracle, …)`"
    code = _code(fate)
    return f"compare `student.{code}` with the expected answer" if code else "check it"


def _place(fate: Fate, name: str) -> str:
    """Return how `assert_contract` is told which argument is meant; "" for the first."""
    names = re.findall(r"(\w+)=", fate.shown)
    return f", of={names.index(name)}" if name in names[1:] else ""


def _code(fate: Fate) -> str:
    """Return the call that shows a breaker as code; "" where its arguments are no plain tensors and numbers."""
    shown = _SHOWN.fullmatch(fate.shown)
    if shown is None or not (shown["why"] or "").startswith(_PLAIN) or fate.target != shown["call"]:
        return ""
    arguments = list(_ARGUMENT.finditer(shown["arguments"]))
    if "".join(one[0] for one in arguments) != shown["arguments"]:
        return ""
    return f"{shown['call']}({', '.join(map(_written, arguments))})"


def _written(argument: re.Match[str]) -> str:
    if argument["kind"] is None:
        return f"{argument['name']}={argument['number']}"
    shape = argument["shape"].rstrip(",") or "()"
    return f"torch.randn({shape}, dtype=torch.{argument['kind']})"
