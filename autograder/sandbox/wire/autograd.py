"""Autograd across the line, of any order.

A call whose arguments require gradients is a node of the caller's graph. The other side keeps
the true graph of that call under a number; the vector-Jacobian product of a node is itself a
differentiable call, so the derivative of a derivative is the same code again.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

import torch


class Node:
    """The number of a graph that the other side keeps until this object is gone; `tag` says whose call it was."""

    def __init__(self, number: int, tag: str):
        self.number, self.tag = number, tag


class Differentiator(Protocol):
    """The end of the line that asks the other one for derivatives."""

    def vjp(self, node: Node, cotangents: tuple[Any, ...], create_graph: bool) -> tuple[list[Any], Node | None]:
        """Return the vector-Jacobian product of a call that the other side remembers, and its own node."""


class Call(torch.autograd.Function):
    """Forward: the remote call. Backward: :class:`Vjp`."""

    @staticmethod
    def forward(
        ctx: Any, peer: Differentiator, run: Callable[..., Any], kept: list[Any], *inputs: torch.Tensor
    ) -> tuple[torch.Tensor, ...]:
        """Make the call; keep the number of its graph, where the other side has one."""
        value, outputs, node = run()
        kept.append(value)
        ctx.peer, ctx.node = peer, node
        ctx.set_materialize_grads(False)
        ctx.save_for_backward(*inputs)
        return tuple(outputs) if node is not None else ()

    @staticmethod
    def backward(ctx: Any, *cotangents: torch.Tensor | None) -> tuple[Any, ...]:
        """Ask the other side for the gradients of the inputs."""
        grads = _vjp(ctx.peer, ctx.node, cotangents, ctx.saved_tensors)
        return None, None, None, *grads


class Vjp(torch.autograd.Function):
    """Forward: a vector-Jacobian product on the other side. Backward: itself, on the node that this made."""

    @staticmethod
    def forward(
        ctx: Any, peer: Differentiator, node: Node, again: bool, present: tuple[bool, ...], *rest: torch.Tensor
    ) -> tuple[torch.Tensor | None, ...]:
        """Ask for the product; `rest` are the cotangents that are present, and the inputs of the call."""
        given = iter(rest[: sum(present)])
        cotangents = tuple(next(given) if there else None for there in present)
        grads, made = peer.vjp(node, cotangents, again)
        ctx.peer, ctx.node, ctx.n_given = peer, made, sum(present)
        ctx.differentiable = [i for i, g in enumerate(grads) if isinstance(g, torch.Tensor) and g.requires_grad]
        ctx.set_materialize_grads(False)
        ctx.save_for_backward(*rest)
        return tuple(grads)

    @staticmethod
    def backward(ctx: Any, *cotangents: torch.Tensor | None) -> tuple[Any, ...]:
        """Ask for the gradients of the product, in the cotangents and in the inputs."""
        rest = ctx.saved_tensors
        given, inputs = rest[: ctx.n_given], rest[ctx.n_given :]
        tracked = [t for t in given if t.requires_grad]
        if ctx.node is None:
            return None, None, None, None, *(None for _ in rest)
        chosen = tuple(cotangents[i] for i in ctx.differentiable)
        grads = list(_vjp(ctx.peer, ctx.node, chosen, (*inputs, *tracked)))
        for_inputs, for_tracked = grads[: len(inputs)], iter(grads[len(inputs) :])
        for_given = [next(for_tracked) if t.requires_grad else None for t in given]
        return None, None, None, None, *for_given, *for_inputs


def _vjp(peer: Differentiator, node: Node, cotangents: tuple[Any, ...], inputs: tuple[Any, ...]) -> tuple[Any, ...]:
    present = tuple(c is not None for c in cotangents)
    if not any(present):
        return tuple(None for _ in inputs)
    given = [c for c in cotangents if c is not None]
    grads: tuple[Any, ...] = Vjp.apply(  # type: ignore[no-untyped-call]
        peer, node, torch.is_grad_enabled(), present, *given, *inputs
    )
    return grads


def differentiable(peer: Differentiator, run: Callable[..., Any], inputs: list[torch.Tensor]) -> Any:
    """Return the value of `run()`, its tensors joined to the caller's graph through `inputs`."""
    if not inputs:
        return run()[0]
    kept: list[Any] = []
    Call.apply(peer, run, kept, *inputs)  # type: ignore[no-untyped-call]
    return kept[0]


def vjp(outputs: list[torch.Tensor], inputs: list[torch.Tensor], cotangents: tuple[Any, ...], again: bool) -> list[Any]:
    """Serve a vector-Jacobian product; None for an input that the outputs do not depend on."""
    pairs = [(o, c) for o, c in zip(outputs, cotangents, strict=True) if c is not None]
    if any(o.shape != c.shape for o, c in pairs):  # they would broadcast, to any size
        raise ValueError("a gradient of another shape than its value")
    heads: Any = [o for o, _ in pairs]
    weights: Any = [c for _, c in pairs]
    if not any(o.is_complex() for o in heads):  # the same products; torch imports sympy for explicit grad_outputs
        with torch.enable_grad():
            heads, weights = [sum((o * c).sum() for o, c in pairs)], None
    return list(torch.autograd.grad(heads, inputs, weights, retain_graph=True, create_graph=again, allow_unused=True))
