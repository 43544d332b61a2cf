"""Chance: draws that come from elsewhere than promised, or leave something behind."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Iterator
from typing import Any

import torch

from ..over_there.tools import on_call
from ..target import Breaker, Target
from ..worker_source import text_of

ALSO_INSIDE = True  #: shows outside, too, where only the solution itself calls a definition
#: the docstring promises chance: else a random start may be what it likes
DRAWS = r"random|\bdrawn?\b|\bdraws\b|\bseed|independent|shuffl|afresh"
#: and that the global generator has no part in it
APART = r"no global|from nothing else|(seed|generator)`? alone|global (generator|state) (stays|is left|is not)"
WORD = r"random|draw|seed|generator|shuffl|afresh|independent"


def always_the_same(f: Any) -> Any:
    """Draw the same numbers at every call."""

    @functools.wraps(f)
    def broken(*args: Any, **kwargs: Any) -> Any:
        state = torch.get_rng_state()
        torch.manual_seed(42)
        try:
            return f(*args, **kwargs)
        finally:
            torch.set_rng_state(state)

    return broken


def reseeds(f: Any) -> Any:
    """Leave the global generator seeded."""

    @functools.wraps(f)
    def broken(*args: Any, **kwargs: Any) -> Any:
        result = f(*args, **kwargs)
        torch.manual_seed(0)
        return result

    return broken


def draws_beside(f: Any) -> Any:
    """Draw one number more than is needed."""

    @functools.wraps(f)
    def broken(*args: Any, **kwargs: Any) -> Any:
        result = f(*args, **kwargs)
        torch.rand(1)
        return result

    return broken


def ignores_generator(f: Any, name: Any) -> Any:
    """Draw from another generator than the one that was passed."""

    def change(arguments: Any) -> None:
        if arguments.get(name) is not None:
            arguments[name] = torch.Generator().manual_seed(int(torch.randint(2**31, ())))

    return on_call(change)(f)


def from_python(f: Any) -> Any:
    """Draw from what Python's `random` gives, whatever torch was seeded with."""
    import random

    @functools.wraps(f)
    def broken(*args: Any, **kwargs: Any) -> Any:
        state = torch.get_rng_state()
        torch.manual_seed(random.getrandbits(32))
        try:
            return f(*args, **kwargs)
        finally:
            torch.set_rng_state(state)

    return broken


def depends_on_global(f: Any, name: Any) -> Any:
    """Let the global generator have a say where the seed alone should."""
    signature = inspect.signature(f)

    @functools.wraps(f)
    def broken(*args: Any, **kwargs: Any) -> Any:
        call = signature.bind(*args, **kwargs)
        call.apply_defaults()
        call.arguments[name] = call.arguments[name] + int(torch.randint(1000, ()))
        return f(*call.args, **call.kwargs)

    return broken


def one_seed(f: Any, name: Any) -> Any:
    """Take every seed for 1."""
    return on_call(lambda arguments: arguments.update({name: 1}))(f)


def falsy_seed(f: Any, name: Any) -> Any:
    """Take a seed of 0 for none."""
    return on_call(lambda arguments: arguments.update({name: arguments.get(name) or 1}))(f)


def breakers(target: Target) -> Iterator[Breaker]:
    """Yield those for definitions that draw, or that are told how."""
    facts = target.facts
    names = {p.name for p in target.parameters}
    generator = "generator" in facts["params"].get("generator", {}).get("kinds", ())

    def made(what: str, function: Any, *arguments: Any, proof: bool = False) -> Breaker:
        source = text_of(target.name, function, *arguments)
        seeded = ("drawn afterwards",) if function in (one_seed, falsy_seed) else ()  # seeding may be all that it does
        return Breaker(target.name, "chance", what, source, WORD, proof, seeded)

    if target.gives("iterator"):  # its body runs when it is asked, not when it is called
        if generator:
            yield made("takes no notice of its generator", ignores_generator, "generator")
        return
    if facts["draws"] and target.says(DRAWS):
        yield made("draws the same every time", always_the_same, proof=True)
        if target.says(r"global generator|PyTorch's own generator|torch's (global )?generator|manual_seed"):
            yield made("draws from Python's random", from_python)
    if generator:
        yield made("takes no notice of its generator", ignores_generator, "generator", proof=True)
    if target.says(APART) and (facts["draws"] or generator or "seed" in names):
        yield made("draws from the global generator besides", draws_beside)
        yield made("seeds the global generator behind it", reseeds)
    if "seed" in names and not target.is_init:
        yield made("draws the same whatever `seed` says", one_seed, "seed", proof=True)
        yield made("takes seed 0 for no seed", falsy_seed, "seed", proof=True)
        yield made("depends on the global generator besides", depends_on_global, "seed", proof=True)
