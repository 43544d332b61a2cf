"""Gradus: a deep-learning course that can be run, and an autograder that says what you did."""

from __future__ import annotations

from typing import Any

__version__ = "0.2.0"


def load_ipython_extension(shell: Any) -> None:
    """``%load_ext autograder`` in a notebook."""
    from .live.magic import load_ipython_extension as load
    from .sandbox.worker import vision_hook

    vision_hook.install()  # torchvision works in the notebook as it does in a worker

    load(shell)
