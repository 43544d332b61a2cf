"""Structure: a module whose parts PyTorch does not see, shares or lacks, or that minds its mode not."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from typing import Any

import torch

from ..target import Breaker, Target
from ..worker_source import text_of

ALSO_INSIDE = True  #: shows outside, too, where only the solution itself calls a definition
WORD = r"layer|parameter|buffer|state_dict|train|eval|module|weight|bias"


def unregistered(f: Any, name: Any) -> Any:
    """Keep a part where PyTorch does not look for it."""

    @functools.wraps(f)
    def broken(self: Any, *args: Any, **kwargs: Any) -> Any:
        f(self, *args, **kwargs)
        for registry in (self._modules, self._parameters, self._buffers):
            if name in registry:
                self.__dict__[name] = registry.pop(name)

    return broken


def buffer_for_parameter(f: Any, name: Any) -> Any:
    """Make a buffer of what should be a parameter."""

    @functools.wraps(f)
    def broken(self: Any, *args: Any, **kwargs: Any) -> Any:
        f(self, *args, **kwargs)
        if self._parameters.get(name) is not None:
            self.register_buffer(name, self._parameters.pop(name).detach())

    return broken


def parameter_for_buffer(f: Any, name: Any) -> Any:
    """Make a parameter of what should be a buffer."""

    @functools.wraps(f)
    def broken(self: Any, *args: Any, **kwargs: Any) -> Any:
        f(self, *args, **kwargs)
        value = self._buffers.pop(name, None)
        if value is not None:
            self.register_parameter(name, torch.nn.Parameter(value, requires_grad=value.is_floating_point()))

    return broken


def not_saved(f: Any, name: Any) -> Any:
    """Leave a buffer out of the state dict."""

    @functools.wraps(f)
    def broken(self: Any, *args: Any, **kwargs: Any) -> Any:
        f(self, *args, **kwargs)
        if name in self._buffers:
            self._non_persistent_buffers_set.add(name)

    return broken


def shared(f: Any) -> Any:
    """Let parts of one shape share their parameters."""

    def share(module: Any) -> Any:
        seen: dict[str, Any] = {}
        for part in module.modules():
            if part._parameters and not part._modules:
                key = str((type(part), [(n, None if p is None else p.shape) for n, p in part._parameters.items()]))
                if key in seen:
                    part._parameters = seen[key]._parameters
                seen.setdefault(key, part)

    @functools.wraps(f)
    def broken(*args: Any, **kwargs: Any) -> Any:
        result = f(*args, **kwargs)
        share(args[0] if result is None else result)
        return result

    return broken


def frozen(f: Any) -> Any:
    """Freeze the first parameter."""

    @functools.wraps(f)
    def broken(*args: Any, **kwargs: Any) -> Any:
        result = f(*args, **kwargs)
        first = next((args[0] if result is None else result).parameters(), None)
        if first is not None:
            first.requires_grad_(False)
        return result

    return broken


def in_one_mode(f: Any, training: Any) -> Any:
    """Compute in this mode, whichever the module is in."""

    @functools.wraps(f)
    def broken(self: Any, *args: Any, **kwargs: Any) -> Any:
        was = [(m, m.training) for m in self.modules()]
        self.train(training)
        try:
            return f(self, *args, **kwargs)
        finally:
            for module, mode in was:
                module.training = mode

    return broken


def breakers(target: Target) -> Iterator[Breaker]:
    """Yield those for what makes, or is, a module."""
    facts = target.facts

    def made(what: str, function: Any, *arguments: Any, on: str = "", proof: bool = False) -> Breaker:
        return Breaker(target.name, "structure", what, text_of(on or target.name, function, *arguments), WORD, proof)

    parts = facts["parts"]
    if target.is_init and target.is_module:
        for name, kind in parts.items():
            if kind in ("module", "parameter"):
                yield made(f"keeps `{name}` where PyTorch does not see it", unregistered, name)
            if kind == "parameter":
                yield made(f"makes a buffer of the parameter `{name}`", buffer_for_parameter, name)
            if kind == "buffer":
                yield made(f"makes a parameter of the buffer `{name}`", parameter_for_buffer, name)
                yield made(f"leaves the buffer `{name}` out of state_dict", not_saved, name)
    makes = (target.is_init and target.is_module) or target.gives("module")
    if makes and facts["twins"]:
        yield made("uses one layer for all layers of a size", shared)
    if makes and facts["trainable"] and not target.given("module"):
        yield made("freezes its first parameter", frozen)
    if target.is_module and target.name.endswith(".forward") and facts["modes"]:
        if target.says(r"training mode|while (it )?train|drop"):
            yield made("behaves in training mode as in eval mode", in_one_mode, False)
        yield made("behaves in eval mode as in training mode", in_one_mode, True)
