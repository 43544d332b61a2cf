"""Modules that the files of a page import and that are not installed here; what its picture's script must define."""

from __future__ import annotations

import ast
import importlib.util
import sys
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path

from ...course.texts import read_python
from ...course.trees import Trees
from ...model import Exercise, QuestionPage
from ...sandbox.worker.stand_ins import InertFinder
from ...text import similar_name

_REFUSALS = {"ImportError", "ModuleNotFoundError", "Exception", "BaseException"}


def absent(trees: Trees, address: str, path: Path, text: str) -> dict[str, int]:
    """Return the modules that a text of the page imports and that are neither here nor beside it, with their lines.

    What stands in by itself in a worker (plots, progress bars) may be absent, and so may what ``try`` looks for.
    """
    beside = {one.stem if one.suffix == ".py" else one.name for one in _of(trees.files(address))}
    beside |= {one.stem for one in _of(path.parent, ".py")}
    return {
        name: line
        for name, line in imported(text).items()
        if name not in beside and name.partition(".")[0] not in InertFinder.quiet and not is_installed(name)
    }


def imported(text: str) -> dict[str, int]:
    """Return the modules that a text imports, but for those that a ``try`` looks for, with their lines."""
    found: dict[str, int] = {}
    for node in _sure(ast.parse(text)):
        names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        names += [node.module or ""] if isinstance(node, ast.ImportFrom) and not node.level else []
        for name in names:
            if name:
                found.setdefault(name.partition(".")[0], getattr(node, "lineno", 1))
    return found


def is_installed(name: str) -> bool:
    """Tell whether there is a module of this name, in this environment or in Python's own library."""
    if name in sys.modules or name in sys.stdlib_module_names:
        return True
    try:
        return importlib.util.find_spec(name) is not None
    except (ImportError, ValueError):
        return False


def advice(name: str) -> str:
    """Return the next step where a module is not installed."""
    if name in ("solutions", "exercises", "pages"):
        return "what the page's solution defines checks ask as student.f(...), and what is expected they work out"
    near = similar_name(name, {*sys.stdlib_module_names, *packages_distributions()}, 0.75)
    return f"did you mean {near}?" if near else f"pip install {name}, or do without it"


def absent_faults(trees: Trees, address: str, path: Path, text: str) -> list[str]:
    """Return a fault for each module that is imported and is not installed."""
    found = absent(trees, address, path, text)
    return [f"{path}, line {line}: there is no module {name} here; {advice(name)}" for name, line in found.items()]


def picture_faults(trees: Trees, page: Exercise | QuestionPage) -> list[str]:
    """Return what keeps `gradus build --pictures` from drawing a lesson's picture, as far as it shows without it.

    Raises:
        CourseError: the script is no Python.
    """
    script = trees.course / page.section / f"{page.name}_picture.py"
    if not script.is_file():
        return []
    text = read_python(script, "")
    body = ast.parse(text).body
    names = {n.id for node in body for n in ast.walk(node) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
    names |= {(a.asname or a.name) for node in body if isinstance(node, ast.ImportFrom) for a in node.names}
    drawing = [node for node in body if isinstance(node, ast.FunctionDef) and node.name == "draw"]
    faults = absent_faults(trees, page.address, script, text)
    if not drawing and "draw" not in names:
        faults.append(f"{script}, line 1: defines no draw(); it must, and return the lesson's figure")
    for node in drawing[-1:]:
        arguments = node.args
        needed = [a.arg for a in (arguments.posonlyargs + arguments.args)]
        needed = needed[: len(needed) - len(arguments.defaults)]
        needed += [a.arg for a, d in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True) if d is None]
        if needed:
            told = f"draw() is called without arguments, and needs {', '.join(needed)}: give them defaults"
            faults.append(f"{script}, line {node.lineno}: {told}")
    return faults


def _of(folder: Path, suffix: str = "") -> list[Path]:
    return [one for one in folder.iterdir() if one.name.endswith(suffix)] if folder.is_dir() else []


def _sure(node: ast.AST) -> Iterator[ast.AST]:
    """Yield the nodes of a tree but for what a ``try`` looks for and may do without."""
    yield node
    skipped: list[ast.stmt] = []
    if isinstance(node, ast.Try):
        caught = {n.id for h in node.handlers for n in (ast.walk(h.type) if h.type else ()) if isinstance(n, ast.Name)}
        skipped = node.body if caught & _REFUSALS or any(h.type is None for h in node.handlers) else []
    elif isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
        skipped = node.body
    for child in ast.iter_child_nodes(node):
        if child not in skipped:
            yield from _sure(child)
