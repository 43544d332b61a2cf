"""An import hook that makes a plain ``import torchvision`` work beside CPU-only torch; costs nothing until then.

Installed at interpreter start by ``gradus_vision.pth``, and by the sandbox's template for its workers.
"""

from __future__ import annotations

import sys


class Hook:
    """Declares torchvision's operators just before it is first imported; never finds anything itself."""

    def find_spec(self, name: str, path: object = None, target: object = None) -> None:
        """Called by the import system for every module."""
        if name == "torchvision" and self in sys.meta_path:
            sys.meta_path.remove(self)
            from .vision import ensure_operators

            ensure_operators()


def install() -> None:
    """Put the hook in place, once."""
    if "torchvision" not in sys.modules and not any(type(finder).__name__ == Hook.__name__ for finder in sys.meta_path):
        sys.meta_path.insert(0, Hook())
