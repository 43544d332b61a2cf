"""Notes what the reference shows on the calls that a page's checks make; runs in the worker."""

from __future__ import annotations

import functools
import inspect
import time
import types
from typing import Any

import numpy as np
import torch

from .derive import derived
from .notes import finite, has_callbacks, kinds_of, module_state, ramp, randomness, restore, same_state, unlike
from .tools import modules_in, own, tensors_in

PROBED = 5  #: calls of one definition that are tried with other inputs
TRAINS = 8  #: times that a call goes backward; one that does so more often trains, and is not repeated
NOTED = 200  #: calls of one definition that are noted in full; later ones are noted in passing
SLOW = 2.0  #: seconds: a call that takes longer is not repeated. Far from all others: the machine decides nothing


def blank() -> dict[str, Any]:
    """Return the facts of a definition that was not called yet."""
    return {
        "calls": 0, "raised": [], "params": {}, "results": [], "dtypes": [], "sizes": [], "outputs": 0, "again": 0,
        "grad": False, "grads": [], "bends": [], "joined": 0, "copies": False, "draws": False, "keeps": {},
        "answers": {}, "modes": False, "nan": False, "infinite": False, "tiny": False, "parts": {}, "twins": False,
        "trainable": False,
    }  # fmt: skip


class Backward:
    """Counts how often torch goes backward: a measure of work that no machine changes."""

    passes = 0

    @classmethod
    def counted(cls, f: Any) -> Any:
        """Return the same function, which is counted."""

        @functools.wraps(f)
        def counting(*args: Any, **kwargs: Any) -> Any:
            cls.passes += 1
            return f(*args, **kwargs)

        return counting


class Recorder:
    """Wraps one definition and gathers facts of its calls, those from outside apart from the solution's own.

    Args:
        f: the function, or the method as it stands in its class.
        is_init: it makes an object.
    """

    inside = False  #: a call of one of them is under way
    probing = False

    def __init__(self, f: Any, is_init: bool):
        self.f, self.is_init = f, is_init
        self.signature = inspect.signature(f)
        self.probed: set[str] = set()
        self.outer, self.inner = blank(), blank()
        self.facts = self.outer
        self.noted = 0
        self.seen: set[str] = set()

    def wrapped(self) -> Any:
        """Return the definition that notes its calls."""

        @functools.wraps(self.f)
        def noted(*args: Any, **kwargs: Any) -> Any:
            try:
                call = self.signature.bind(*args, **kwargs)
            except TypeError:
                return self.f(*args, **kwargs)
            return self.note(call, args, kwargs)

        return noted

    def note(self, call: inspect.BoundArguments, args: Any, kwargs: Any) -> Any:
        """Make one call, and note what it showed."""
        if Recorder.probing:
            return self.f(*args, **kwargs)
        own_business = Recorder.inside and self.f.__name__ != "forward"  # which whoever has the module calls
        facts = self.facts = self.inner if own_business else self.outer
        facts["calls"] += 1
        self.noted += 1
        rich = self.noted <= NOTED
        before = {n: own(v) if rich else v for n, v in call.arguments.items() if n != "self" or not self.is_init}
        modules = modules_in(v for n, v in call.arguments.items() if n != "self" or not self.is_init)
        states = [module_state(m) for m in modules]
        chance = randomness()
        began, backward = time.perf_counter(), Backward.passes
        error: BaseException | None = None
        result = None
        outer, Recorder.inside = Recorder.inside, True
        try:
            result = self.f(*args, **kwargs)
        except Exception as raised:
            error = raised
        finally:
            Recorder.inside = outer
        dear = time.perf_counter() - began > SLOW or Backward.passes - backward > TRAINS
        self.facts = facts
        self.note_arguments(call, before)
        after = randomness()
        if not torch.equal(chance[0], after[0]):
            facts["draws"] = True
        for module, state in zip(modules, states, strict=True):
            now = module_state(module)
            for what in state:
                facts["keeps"][what] = facts["keeps"].get(what, True) and same_state(state[what], now[what])
        if error is not None:
            kind = type(error).__name__
            if kind not in facts["raised"]:
                facts["raised"].append(kind)
            raise error
        self.note_result(call, before, result)
        for module in modules_in([args[0] if self.is_init else result]):
            self.note_module(module)
        if rich and not own_business and not dear:
            self.probe(before)
        return result

    def note_arguments(self, call: inspect.BoundArguments, before: dict[str, Any]) -> None:
        """Note of each parameter what it was given and whether that stayed as it was."""
        for name in self.signature.parameters:
            known = self.facts["params"].setdefault(
                name, {"kinds": [], "given": 0, "omitted": 0, "kept": True, "values": [], "dim": 0, "real": False,
                       "extreme": False, "dtypes": [], "longest": 0, "odd": False, "scattered": False}
            )  # fmt: skip
            if name not in call.arguments:
                known["omitted"] += 1
                continue
            value = call.arguments[name]
            known["given"] += 1
            kind = kinds_of(value)
            if kind not in known["kinds"]:
                known["kinds"].append(kind)
            if name in before and unlike(before[name], value):
                known["kept"] = False
            if kind in ("number", "flag", "text", "none") and repr(value) not in known["values"]:
                known["values"] = [*known["values"], repr(value)][:8]
            if isinstance(value, (list, tuple, dict)):
                known["longest"] = max(known["longest"], len(value))
            for tensor in tensors_in(value):
                plain = tensor.detach()
                known["dim"] = max(known["dim"], plain.dim())
                known["scattered"] |= not plain.is_contiguous()
                word = str(plain.dtype).removeprefix("torch.")
                if word not in known["dtypes"]:
                    known["dtypes"].append(word)
                if plain.is_floating_point() and plain.numel():
                    known["odd"] |= not bool(plain.isfinite().all())
                    sizes = plain[plain.isfinite()]
                    if len(sizes):
                        known["real"] |= bool((sizes < 0).any())
                        known["extreme"] |= bool((sizes.abs() > 30).any())

    def note_result(self, call: inspect.BoundArguments, before: dict[str, Any], result: Any) -> None:
        """Note what came out."""
        facts = self.facts
        kind = kinds_of(result)
        if kind not in facts["results"]:
            facts["results"].append(kind)
        found = tensors_in(result)
        facts["outputs"] = max(facts["outputs"], len(found))
        facts["nan"] |= not finite(result)
        given = [t for n, v in before.items() if n != "self" for t in tensors_in(v)]
        for tensor in found:
            word = str(tensor.dtype).removeprefix("torch.")
            if word not in facts["dtypes"]:
                facts["dtypes"].append(word)
            size = str(tensor.dim())
            if size not in facts["sizes"]:
                facts["sizes"].append(size)
            facts["grad"] |= tensor.requires_grad
            if tensor.is_floating_point():
                sizes = tensor.detach().abs()
                facts["infinite"] |= bool(sizes.isinf().any())
                facts["tiny"] |= bool(((sizes < 1e-6) & (sizes > 1e-9)).any())
            facts["copies"] |= any(
                t.dtype == tensor.dtype and t.shape == tensor.shape and t.numel() and torch.equal(t, tensor)
                for t in given
            )
        shape = str([(kinds_of(v), [tuple(t.shape) for t in tensors_in(v)]) for v in before.values()])
        facts["again"] += shape in self.seen
        self.seen.add(shape)

    def note_module(self, module: torch.nn.Module) -> None:
        """Note what a module that was made consists of."""
        facts = self.facts
        for kind, parts in (
            ("module", module._modules),
            ("parameter", module._parameters),
            ("buffer", module._buffers),
        ):
            facts["parts"] |= {name: kind for name, part in parts.items() if part is not None}
        leaves = [part for part in module.modules() if part._parameters and not part._modules]
        shapes = [
            str((type(part), [(n, p is not None and p.shape) for n, p in part._parameters.items()])) for part in leaves
        ]
        facts["twins"] |= len(set(shapes)) < len(shapes)
        facts["trainable"] |= any(p.requires_grad for p in module.parameters())

    def probe(self, before: dict[str, Any]) -> None:
        """Try what the reference answers beyond what the checks ask: gradients, other layouts, sizes, dtypes."""
        if self.is_init or len(self.probed) >= PROBED or any(map(has_callbacks, before.values())):
            return
        text = str([(n, kinds_of(v), [(tuple(t.shape), t.dtype) for t in tensors_in(v)]) for n, v in before.items()])
        if text in self.probed or any(kinds_of(v) == "iterator" for v in before.values()):
            return
        self.probed.add(text)
        Recorder.probing = True
        chance, numpy, fine = randomness(), np.random.get_state(), torch.is_grad_enabled()
        try:
            call = inspect.BoundArguments(self.signature, before)
            self.gradients(call)
            self.modes(before)
            for condition, name, made in derived(call):
                known = self.facts["answers"].setdefault(condition, [])
                if name in known:
                    continue
                try:
                    result = self.f(*made.args, **made.kwargs)
                except Exception:
                    continue
                if finite(result):
                    known.append(name)
        finally:
            Recorder.probing = False
            restore(chance, numpy)
            torch.set_grad_enabled(fine)

    def gradients(self, call: inspect.BoundArguments) -> None:
        """Note through which arguments a gradient flows, and for which it depends on where it is taken."""
        here, there = self.gradients_at(call, 1.0), self.gradients_at(call, 1.5)
        if here is None:
            return
        self.facts["grad"] = True
        for name, grad in here.items():
            if bool((grad != 0).any()) and name not in self.facts["grads"]:
                self.facts["grads"].append(name)
            other = None if there is None else there.get(name)
            if other is not None and not torch.allclose(grad, other) and name not in self.facts["bends"]:
                self.facts["bends"].append(name)

    def gradients_at(self, call: inspect.BoundArguments, scale: float) -> dict[str, torch.Tensor] | None:
        """Return the gradient for each argument, that one scaled; None where the result carries none."""
        found: dict[str, torch.Tensor] = {}
        made = {n: own(v) for n, v in call.arguments.items()}
        floats = {n: v.detach() for n, v in made.items() if isinstance(v, torch.Tensor) and v.is_floating_point()}
        module = made.get("self")
        own_leaves = dict(module.named_parameters()) if isinstance(module, torch.nn.Module) else {}
        own_leaves = {f"self.{n}": p for n, p in own_leaves.items() if p.requires_grad}
        for name in floats or ([""] if own_leaves else []):
            leaves = {n: (v * scale if n == name else v.clone()).requires_grad_() for n, v in floats.items()}
            again = inspect.BoundArguments(self.signature, made | leaves)
            wanted = {n: leaf for n, leaf in leaves.items() if n == name} | own_leaves
            try:
                with torch.enable_grad():
                    result = tensors_in(self.f(*again.args, **again.kwargs))
                    joined = [t for t in result if t.requires_grad and t.numel() and t.is_floating_point()]
                    if not joined:
                        return None
                    total: Any = sum((t.double() * ramp(t)).sum() for t in joined)
                    grads = torch.autograd.grad(total, list(wanted.values()), allow_unused=True)
            except Exception:
                return None
            self.facts["joined"] = max(self.facts["joined"], len(joined))
            found |= {n: g for n, g in zip(wanted, grads, strict=True) if g is not None}
        return found or None

    def modes(self, before: dict[str, Any]) -> None:
        """Note whether the module whose method this is minds its mode."""
        if not isinstance(before.get("self"), torch.nn.Module):
            return
        results = []
        for training in (True, False):
            made = inspect.BoundArguments(self.signature, {n: own(v) for n, v in before.items()})
            made.arguments["self"].train(training)
            try:
                results.append(self.f(*made.args, **made.kwargs))
            except Exception:
                return
        self.facts["modes"] |= unlike(*results)


def watch(space: dict[str, Any], names: list[str]) -> dict[str, Any]:
    """Wrap the definitions of a source; the facts of each, which grow as it is called."""
    autograd: Any = torch.autograd
    autograd.backward, autograd.grad = Backward.counted(autograd.backward), Backward.counted(autograd.grad)
    found: dict[str, Any] = {}
    for name in names:
        owner, _, last = name.rpartition(".")
        holder = space.get(owner) if owner else None
        f = vars(holder).get(last) if holder is not None else space.get(name)
        if not isinstance(f, types.FunctionType):
            continue
        recorder = Recorder(f, last == "__init__")
        found[name] = [recorder.outer, recorder.inner]
        if holder is None:
            space[name] = recorder.wrapped()
        else:
            setattr(holder, last, recorder.wrapped())
    return found
