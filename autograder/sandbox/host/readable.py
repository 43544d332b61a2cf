"""Whether an answer to a service can be read at all: the student's code may have had its hands in it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch


def _is_leaf(value: Any) -> bool:
    """Return whether this tells of a tensor: its value, its gradient and whether it requires one."""
    return (
        type(value) is tuple
        and len(value) == 3
        and isinstance(value[0], torch.Tensor)
        and isinstance(value[1], (torch.Tensor, type(None)))
        and type(value[2]) is bool
    )


def _is_state(value: Any) -> bool:
    """Return whether this tells of a module: tensors by name, and its mode."""
    kinds: dict[str, tuple[type, ...]] = {
        "parameters": (torch.Tensor,),
        "buffers": (torch.Tensor,),
        "grads": (torch.Tensor, type(None)),
        "requires_grad": (bool,),
    }
    return (
        type(value) is dict
        and value.keys() == {*kinds, "training"}
        and type(value["training"]) is bool
        and all(
            type(value[part]) is dict and all(type(k) is str and isinstance(v, kind) for k, v in value[part].items())
            for part, kind in kinds.items()
        )
    )


#: what an answer to a service must be to be read at all
READABLE: dict[str, Callable[[Any], bool]] = {
    "place": lambda value: type(value) is int,
    "leaf": _is_leaf,
    "state": _is_state,
    "write": lambda value: type(value) is str,
    "path": lambda value: type(value) is str,
    "printed": lambda value: type(value) is str,
    "read": lambda value: value is None or type(value) is bytes,
}
