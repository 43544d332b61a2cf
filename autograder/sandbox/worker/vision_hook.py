"""An import hook that makes a plain ``import torchvision`` work beside CPU-only torch; costs nothing until then.

Installed where Gradus starts a process: the command line, a plain pytest run, the sandbox's fork server, and by
``%load_ext autograder``.
"""

from __future__ import annotations

import sys
from typing import Any


class Hook:
    """Declares torchvision's operators just before it is first imported, and lets its nms through; finds nothing."""

    def find_spec(self, name: str, path: object = None, target: object = None) -> Any:
        """Watch for torchvision; the import system asks for every module."""
        if name not in ("torchvision", "torchvision.ops.boxes") or self not in sys.meta_path:
            return None
        sys.meta_path.remove(self)
        if name == "torchvision":
            from .vision import ensure_operators

            if ensure_operators():
                sys.meta_path.insert(0, self)  # for torchvision.ops.boxes, which comes next
            return None
        from importlib.util import find_spec

        spec = find_spec(name)
        if spec is not None and spec.loader is not None:
            execute = spec.loader.exec_module

            def exec_module(module: Any) -> None:
                execute(module)
                module._assert_has_ops = lambda: None  # it asks for the compiled library, not for the operator

            spec.loader.exec_module = exec_module  # type: ignore[method-assign]
        return spec


def install() -> None:
    """Put the hook in place, once."""
    if "torchvision" not in sys.modules and not any(type(finder).__name__ == Hook.__name__ for finder in sys.meta_path):
        sys.meta_path.insert(0, Hook())
