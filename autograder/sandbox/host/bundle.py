"""What another interpreter is started with: the sources that it runs, and how. It sees no file of ours."""

from __future__ import annotations

import functools
import hashlib
from pathlib import Path
from typing import Any

_PACKAGE = "gradus_worker"
_ROOMS = ("wire", "worker")  #: what a worker is sent, and all of it

#: its arguments: the descriptor through which the bundle comes
BOOTSTRAP = """
import json, os, sys, types
from importlib import import_module
from importlib.machinery import ModuleSpec
with os.fdopen(int(sys.argv[1]), encoding="utf-8") as file: bundle = json.load(file)
package = types.ModuleType(bundle["package"]); package.__path__ = []; sys.modules[package.__name__] = package
class Finder:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] == "autograder":  # at every level of isolation, wheel or checkout
            raise ModuleNotFoundError(f"No module named {name!r} in an exercise's process", name=name)
        top, _, inside = name.partition(".")
        if top == package.__name__ and inside in bundle["modules"]:
            return ModuleSpec(name, self, is_package="." not in inside)
    def create_module(self, spec): return None
    def exec_module(self, module):
        short = module.__name__.partition(".")[2]
        exec(compile(bundle["modules"][short], f"<gradus {short}>", "exec", dont_inherit=True), module.__dict__)
sys.meta_path.insert(0, Finder())
sys.path[:] = [p for p in sys.path if p]
for path in bundle["config"]["path"]:
    if path not in sys.path: sys.path.append(path)
import_module(package.__name__ + "." + bundle["config"]["main"]).main(bundle["config"])
"""


@functools.cache
def _bundle_modules() -> dict[str, str]:
    sandbox = Path(__file__).parent.parent
    files = [file for room in _ROOMS for file in sorted((sandbox / room).glob("*.py"))]
    return {f"{file.parent.name}.{file.stem}".removesuffix(".__init__"): file.read_text() for file in files}


def bundle(config: dict[str, Any]) -> dict[str, Any]:
    """Return what the other interpreter is started with: the sources that it runs, and how."""
    return {"package": _PACKAGE, "modules": _bundle_modules(), "config": config}


def source_key() -> str:
    """Return a hash of all that a worker is sent."""
    return hashlib.sha256("".join(_bundle_modules().values()).encode()).hexdigest()[:16]
