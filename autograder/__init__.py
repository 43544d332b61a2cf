"""Gradus: a deep-learning course that can be run, and an autograder that says what you did."""

from __future__ import annotations

from typing import Any


def load_ipython_extension(shell: Any) -> None:
    """``%load_ext autograder`` in a notebook."""
    from .live.magic import load_ipython_extension as load

    load(shell)
