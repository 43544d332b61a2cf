"""State: something stays from one call, object or module to the next, or is left behind on a module."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from typing import Any

from ..over_there.tools import modules_in, spoil, tensors_in
from ..target import Breaker, Target
from ..worker_source import text_of

ALSO_INSIDE = True  #: shows outside, too, where only the solution itself calls a definition
#: what a docstring says where it speaks of what is left behind on a module
STAYS = r"stays? as|as it (was|came)\b|unchanged|untouched|no other trace"
LEAVES = {
    "mode": "",
    "requires_grad": STAYS + r"|requires_grad",
    "grads": STAYS + r"|gradients? (stay|are left|is left)|\.grad\b",
    "values": STAYS,
    "hooks": STAYS + r"|\bhook",
}
WORD = r"mode|training|eval|requires_grad|hook|gradients?|each time|afresh|every call|as often|several|again|instance"


def repeats_first_answer(f: Any) -> Any:
    """Give the first answer again whenever shapes, dtypes and plain values are the same."""
    first = {}

    @functools.wraps(f)
    def broken(*args: Any, **kwargs: Any) -> Any:
        given = tensors_in([*args, *kwargs.values()])
        plain = [v for v in (*args, *kwargs.values()) if isinstance(v, (int, float, str, bool, type(None)))]
        key = str([(t.shape, t.dtype) for t in given]) + str(plain)
        if key not in first:
            first[key] = f(*args, **kwargs)
        return first[key]

    return broken


def kept_in_class(cls: Any, name: Any) -> Any:
    """Keep an attribute in the class, so that all objects share it."""

    class Shared:
        def __get__(self, instance: Any, owner: Any = None) -> Any:
            if instance is None or not hasattr(self, "value"):
                raise AttributeError(name)
            return self.value

        def __set__(self, instance: Any, value: Any) -> Any:
            self.value = value

    setattr(cls, name, Shared())
    return cls


def iterates_once(f: Any) -> Any:
    """Iterate once, and never again."""
    done = "_iterated"

    @functools.wraps(f)
    def broken(self: Any) -> Any:
        if getattr(self, done, False):
            return iter(())
        object.__setattr__(self, done, True)
        return f(self)

    return broken


def one_iterator(f: Any) -> Any:
    """Hand out the same iterator while one is not exhausted."""
    live = "_live_iterator"

    class Once:
        def __init__(self, owner: Any, inner: Any) -> None:
            self.owner, self.inner = owner, inner

        def __iter__(self) -> Any:
            return self

        def __next__(self) -> Any:
            try:
                return next(self.inner)
            except StopIteration:
                object.__setattr__(self.owner, live, None)
                raise

    @functools.wraps(f)
    def broken(self: Any) -> Any:
        if getattr(self, live, None) is None:
            object.__setattr__(self, live, Once(self, iter(f(self))))
        return getattr(self, live)

    return broken


def leaves_behind(f: Any, what: Any) -> Any:
    """Leave something behind on the modules that were passed."""

    @functools.wraps(f)
    def broken(*args: Any, **kwargs: Any) -> Any:
        result = f(*args, **kwargs)
        for module in modules_in((*args, *kwargs.values())):
            spoil(module, what)
        return result

    return broken


def mode_after_error(f: Any) -> Any:
    """Leave modules in the other mode where an error is raised."""

    @functools.wraps(f)
    def broken(*args: Any, **kwargs: Any) -> Any:
        try:
            return f(*args, **kwargs)
        except Exception:
            for module in modules_in((*args, *kwargs.values())):
                module.train(not module.training)
            raise

    return broken


def breakers(target: Target) -> Iterator[Breaker]:
    """Yield those for what the reference does not keep or leave."""
    facts = target.facts
    last = target.name.rpartition(".")[2]

    def made(what: str, function: Any, *arguments: Any, on: str = "", proof: bool = False) -> Breaker:
        source = text_of(on or target.name, function, *arguments)
        return Breaker(target.name, "state", what, source, WORD, proof)

    if target.is_init and not target.is_module:
        for name in target.attributes:
            yield made(f"keeps `{name}` in the class", kept_in_class, name, on=target.owner)
    answers = not target.gives("iterator", "module", "none", "function")
    if not target.owner and answers and facts["again"] and target.given("float", "int"):
        yield made("repeats its first answer for inputs of the same shapes", repeats_first_answer, proof=True)
    if last == "__iter__":
        yield made("can be gone through only once", iterates_once)
        yield made("has one place for all who go through it", one_iterator)
    if target.given("module") and not target.is_init:
        words = {"mode": "in the other mode", "requires_grad": "with `requires_grad` turned round",
                 "grads": "with gradients that it did not have", "values": "with other parameters",
                 "hooks": "with hooks on it"}  # fmt: skip
        for what, words_ in words.items():
            if facts["keeps"].get(what) and target.says(LEAVES[what]):
                yield made(f"leaves the module {words_}", leaves_behind, what)
        if facts["keeps"].get("mode") and facts["raised"]:
            yield made("leaves the module in the other mode after an error", mode_after_error)
