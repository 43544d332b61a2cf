"""What a call did to its arguments, noted on them and never written back."""

from __future__ import annotations

from typing import Any

import torch

Arguments = tuple[tuple[Any, ...], dict[str, Any]]

AFTERWARDS = "_gradus_afterwards"
SEEN = "_gradus_seen"  #: beside it where the caller saw the change itself, or nobody could have looked


def note(mine: torch.Tensor, final: torch.Tensor, seen: bool) -> None:
    """Note on a tensor of the caller's what a call made of it."""
    setattr(mine, AFTERWARDS, final)
    setattr(mine, SEEN, seen)


def note_changes(mine: Any, final: Any, seen: bool) -> None:
    """Note on the caller's own tensors what the other side says a call made of them; write into none.

    Were a change written back, a submission could bend the very inputs that the oracle is asked
    about next: zero the logits, return the uniform distribution, and be right. A generator alone
    goes on from where the call left it, because drawing from it is what it was handed out for.
    """
    if isinstance(mine, torch.Tensor) and isinstance(final, torch.Tensor):
        same = mine.shape == final.shape and mine.dtype == final.dtype
        if not same or mine.requires_grad != final.requires_grad or not equal_bits(mine, final):
            note(mine, final, seen)
    elif isinstance(mine, torch.Generator) and isinstance(final, torch.Generator):
        mine.set_state(final.get_state())
    elif isinstance(mine, dict) and isinstance(final, dict):
        for key, value in mine.items():
            note_changes(value, final.get(key), seen)
    elif isinstance(mine, (list, tuple)) and isinstance(final, (list, tuple)):
        for a, b in zip(mine, final, strict=False):
            note_changes(a, b, seen)


def merged(mine: Arguments, said: Any, altered: dict[int, Any]) -> Arguments:
    """Return arguments as a call left them: as they were seen where anything in one was, else as is said of them.

    Args:
        said: (args, kwargs) by the other side; None, or in another form, if it says nothing.
        altered: what was seen, by the ids of what is in `mine`.
    """
    args, kwargs = replaced(mine, altered)
    if not (type(said) is tuple and len(said) == 2 and type(said[0]) is tuple and type(said[1]) is dict):
        return args, kwargs
    if len(said[0]) != len(args):
        return args, kwargs

    def either(before: Any, now: Any, told: Any) -> Any:
        return now if _holds(before, altered) else told

    return (
        tuple(either(*three) for three in zip(mine[0], args, said[0], strict=True)),
        {name: either(mine[1][name], now, said[1].get(name, now)) for name, now in kwargs.items()},
    )


def _holds(value: Any, altered: dict[int, Any]) -> bool:
    """Tell whether any part of a value was seen to be altered."""
    parts = value.values() if isinstance(value, dict) else value if type(value) in (list, tuple) else ()
    return id(value) in altered or any(_holds(part, altered) for part in parts)


def replaced(value: Any, altered: dict[int, Any]) -> Any:
    """Return a copy of lists, tuples and dicts in which what was altered stands as it is now.

    Args:
        altered: by the ids of what is in `value`.
    """
    if id(value) in altered:
        return altered[id(value)]
    if isinstance(value, dict):
        return {key: replaced(part, altered) for key, part in value.items()}
    if type(value) in (list, tuple):
        return type(value)(replaced(part, altered) for part in value)
    return value


def equal_bits(a: torch.Tensor, b: torch.Tensor) -> bool:
    """Tell whether two tensors of one shape and dtype hold the same bytes."""
    return torch.equal(bits(a), bits(b))


def bits(tensor: torch.Tensor) -> torch.Tensor:
    """Return the bytes of a tensor, so that NaN equals itself and -0.0 is not 0.0."""
    plain = tensor.detach().resolve_conj().resolve_neg()
    plain = plain.clone(memory_format=torch.contiguous_format)  # what holds one number may be contiguous at any stride
    return plain.reshape(-1).view(torch.uint8) if plain.numel() else plain.reshape(-1)
