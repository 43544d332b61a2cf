"""Gradus under the name of its command: ``import gradus`` and ``import autograder`` are one package.

Installed as the module ``gradus`` (see ``hatch_build.py``). What it names is loaded when it is first used.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

from autograder import __version__, load_ipython_extension

#: where each name of the public API lives
_PLACES = {
    "checking": "autograder.checking",
    "datasets": "autograder.course.datasets",
    "misconception": "autograder.course.rewrites:misconception",
    "variant": "autograder.course.rewrites:variant",
}
__all__ = ["__version__", "load_ipython_extension", *_PLACES]


def __getattr__(name: str) -> Any:
    """Return a name of the public API, loading what it lives in.

    Raises:
        AttributeError: there is no such name.
    """
    if name not in _PLACES:
        raise AttributeError(f"module 'gradus' has no attribute {name!r}; it has {', '.join(__all__)}")
    module, _, attribute = _PLACES[name].partition(":")
    found = import_module(module)
    return getattr(found, attribute) if attribute else found


def __dir__() -> list[str]:
    """Return the public API."""
    return list(__all__)
