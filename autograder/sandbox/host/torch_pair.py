"""Whether the torchvision that is installed fits the torch beside it, and what mends it where not."""

from __future__ import annotations

import re
from dataclasses import dataclass
from importlib import metadata

_EXACTLY = re.compile(r"torch\s*\(?==\s*([\w.]+)")
INDEX = "https://download.pytorch.org/whl"  #: has a folder for each build: cpu, cu126, …


@dataclass(frozen=True)
class Misfit:
    """What is wrong with the pair, and the command that mends it."""

    problem: str
    command: str


def misfit() -> Misfit | None:
    """Return what is wrong with the pair that is installed; None where it fits, or where one of them is not there."""
    try:
        torch, vision = metadata.version("torch"), metadata.distribution("torchvision")
    except metadata.PackageNotFoundError:
        return None
    wanted = next((found[1] for one in vision.requires or () if (found := _EXACTLY.match(one))), "")
    return judged(torch, vision.version, wanted)


def beside(torch: str) -> str:
    """Return the command that brings the torchvision of a torch and leaves that torch as it is.

    Args:
        torch: its version with its build, as in ``2.13.0+cpu``; unnamed, pip would put a newer one there.
    """
    build = torch.partition("+")[2]
    index = f" --index-url {INDEX}/{build}" if build else ""
    return f'python -m pip install "torch=={torch}" torchvision{index}'


def absent() -> str | None:
    """Return the command that brings a fitting torchvision; None where there is one, or no torch."""
    try:
        torch = metadata.version("torch")
    except metadata.PackageNotFoundError:
        return None
    try:
        metadata.version("torchvision")
    except metadata.PackageNotFoundError:
        return beside(torch)
    return None


def judged(torch: str, vision: str, wanted: str) -> Misfit | None:
    """Return what is wrong with a pair.

    Args:
        torch, vision: their versions; of torch with its build, as in ``2.13.0+cpu``.
        wanted: the version of torch that this torchvision requires, "" where it does not say.
    """
    plain, _, build = torch.partition("+")
    index = f" --index-url {INDEX}/{build}" if build else ""
    if wanted and wanted.partition("+")[0] != plain:
        problem = f"torchvision {vision} is made for torch {wanted}, and torch {torch} is here"
        return Misfit(problem, beside(torch))
    if _loads():
        return None
    problem = (
        f"the compiled operators of torchvision {vision} do not load beside torch {torch}: it is of another build; "
        "Gradus puts its own nms in their place and grades all the same"
    )
    local = f"+{build}" if build else ""
    again = "" if build else " --force-reinstall --no-deps"
    return Misfit(problem, f'python -m pip install{again} "torchvision=={vision.partition("+")[0]}{local}"{index}')


def _loads() -> bool:
    from ..worker import vision  # imports torch

    return vision.compiled_ones_load()
