"""What torch says of code that it refuses, in words for students."""

from __future__ import annotations

import re

from ..language import _

IN_PLACE = (
    "it changed a tensor in place, which the gradient still needs: make a new one, with x.relu() and not x.relu_()"
)
NO_GRADIENT = "no gradient flows: the loss is not joined to the parameters, as after detach(), item() or numpy()"
NO_ROOM = "it asked for {size} at once, which is more memory than it may have"
_NO_ROOM = re.compile(
    r"(?:\w*Error: )?(?:\[enforce fail at .*?)?(?:DefaultCPUAllocator: )(?:can't allocate|not enough) memory: "
    r"you tried to allocate (\d+) bytes.*", re.DOTALL
)  # fmt: skip
_IN_PLACE = re.compile(
    r"(?:\w*Error: )?(?:one of the variables needed for gradient computation has been modified by an inplace operation"
    r"|a (?:view of a )?leaf Variable that requires grad is being used in an in-place operation).*", re.DOTALL
)  # fmt: skip
_NO_GRADIENT = re.compile(
    r"(?:\w*Error: )?element 0 of tensors does not require grad and does not have a grad_fn.*", re.DOTALL
)


_UNREADABLE = re.compile(
    r"(?:your \w+, line \d+: )?Unreadable: "
)  #: as a page stands that cannot be read, see `shared`


def unreadable(text: str) -> bool:
    """Tell whether this is said of a file that cannot be read, and so of no line of it that is run."""
    return _UNREADABLE.match(text) is not None


def meaning(text: str) -> str:
    """Return what is said of student code, and in place of torch's own words for what beginners do what they mean."""
    text = _UNREADABLE.sub("", text, count=1)
    if (found := _IN_PLACE.search(text)) is not None:
        return text[: found.start()] + _(IN_PLACE)
    if (found := _NO_ROOM.search(text)) is not None:
        return text[: found.start()] + _(NO_ROOM, size=f"{int(found[1]) / 2**30:.1f} GB")
    if (found := _NO_GRADIENT.search(text)) is not None:
        return text[: found.start()] + _(NO_GRADIENT)
    return text
