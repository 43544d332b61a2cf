"""What a source may import in a worker, and what happens when a package is not there: the same at every level.

An ``import`` at the top of a student's file that finds nothing gives a stand-in, and the *use* of it says that the
grader has no such package: an import that nothing needs costs nothing. One inside ``try`` fails as ever, so that what
stands below ``except ImportError`` is taken.
"""

from __future__ import annotations

import ast
import contextlib
import linecache
import os
import sys
import time
import types
from importlib import _bootstrap
from importlib.machinery import ModuleSpec, PathFinder
from typing import Any

PACKAGE = "_submission"  #: what ``from .helpers import x`` is relative to
_CAUGHT = {"ImportError", "ModuleNotFoundError", "Exception", "BaseException"}
_NO_DATA = ("sklearn.datasets.data", "sklearn.datasets.descr", "sklearn.datasets.images")

_site: list[str] = []
_allowed: frozenset[str] = frozenset()


def allow(site: list[str], names: list[str]) -> None:
    """Take note of the site folders, and of what may be imported from them."""
    global _site, _allowed
    _site, _allowed = list(site), frozenset(names)


def install(home: str) -> None:
    """From now on find what this worker may import, and stand-ins for the rest."""
    if not _allowed:  # a fork of a notebook: everything is imported
        return
    sys.meta_path[:] = [AllowedFinder() if finder is PathFinder else finder for finder in sys.meta_path]
    sys.meta_path.append(AbsentFinder(home))


def report_time(fd: int) -> None:
    """From now on write to `fd` at which processor time the import of a library begins and ends.

    torch imports some 800 modules when the first optimizer is made: that is none of the student's work. A library is
    what lies in the site folders; what the student handed in counts.
    """
    machinery: Any = _bootstrap
    find_and_load, busy = machinery._find_and_load, False

    def say(what: str) -> None:
        with contextlib.suppress(OSError):
            os.write(fd, f"\n{what} {time.process_time():.4f}\n".encode())

    def timed(name: str, *rest: Any) -> Any:
        nonlocal busy
        top = name.partition(".")[0]
        if busy or not (top in _allowed or top in sys.stdlib_module_names):
            return find_and_load(name, *rest)
        busy = True
        say("importing")
        try:
            return find_and_load(name, *rest)
        finally:
            say("imported")
            busy = False

    machinery._find_and_load = timed


class AllowedFinder:
    """Finds modules on the path; of the site folders only what is allowed, and no data sets with labels."""

    #: `importlib_metadata`, where it was imported, has taken it away
    find_distributions = staticmethod(getattr(PathFinder, "find_distributions", lambda *context: iter(())))
    invalidate_caches = staticmethod(PathFinder.invalidate_caches)

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> ModuleSpec | None:
        """Return the spec of a module that may be imported, else None."""
        if name in _NO_DATA:
            raise ModuleNotFoundError("the grader has none of scikit-learn's data sets: their labels are in them")
        if path is None and name not in _allowed:
            path = [place for place in sys.path if place not in _site]
        return PathFinder.find_spec(name, path, target)


class Absent(types.ModuleType):
    """A stand-in for a package that is not there: it can be imported, and fails when it is used."""

    __path__ = []  # noqa: RUF012
    __file__ = None
    _home = ""

    def __getattr__(self, name: str) -> Any:
        if not _is_theirs(sys._getframe(1), self._home):  # the import system and others look around
            raise AttributeError(name)
        raise self._missing(f"{self.__name__}.{name}")

    def _missing(self, used: str) -> ModuleNotFoundError:
        top = self.__name__.removeprefix(f"{PACKAGE}.").partition(".")[0]
        why = f"the grader has no package {top}, and no {top}.py was handed in, so {used} cannot be used"
        return ModuleNotFoundError(why.replace(f"{PACKAGE}.", ""), name=top)

    def __bool__(self) -> bool:
        return True


def _fail(self: Absent, *args: Any, **kwargs: Any) -> Any:
    raise self._missing(self.__name__)


for _name in (
    "call", "iter", "len", "getitem", "setitem", "contains", "enter", "mro_entries", "instancecheck", "subclasscheck",
    "add", "radd", "sub", "rsub", "mul", "rmul", "truediv", "rtruediv", "pow", "rpow", "matmul", "rmatmul", "neg", "lt",
    "le", "gt", "ge", "float", "int", "index", "or", "ror", "and", "rand",
):  # fmt: skip
    setattr(Absent, f"__{_name}__", _fail)


class AbsentFinder:
    """Comes last: gives a stand-in for a package that nobody found, to an import that nothing guards."""

    def __init__(self, home: str):
        self._home = home

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> ModuleSpec | None:
        """Return the spec of a stand-in, else None."""
        top, _, rest = name.partition(".")
        below = isinstance(sys.modules.get(name.rpartition(".")[0]), Absent)
        own = top == PACKAGE and rest
        if not below and (top in sys.stdlib_module_names or (rest and not own)):
            return None
        return ModuleSpec(name, self, is_package=True) if plainly_imported(self._home) else None  # type: ignore[arg-type]

    def create_module(self, spec: ModuleSpec) -> Any:
        """Make the stand-in."""
        module = Absent(spec.name)
        module.__dict__["_home"] = self._home
        return module

    def exec_module(self, module: Any) -> None:
        """Run nothing."""


def _is_theirs(frame: Any, home: str) -> bool:
    """Return whether a frame runs the student's code."""
    return str(frame.f_globals.get("__file__")).startswith(home + os.sep)


def _importer(frame: Any) -> Any:
    """Return the nearest frame that is neither the import system's nor ours."""
    ours = __name__.partition(".")[0] + "."
    while frame is not None and (
        frame.f_code.co_filename.startswith("<frozen importlib")
        or str(frame.f_globals.get("__name__")).startswith(ours)
    ):
        frame = frame.f_back
    return frame


def plainly_imported(home: str) -> bool:
    """Return whether an import statement of the student's asks, at the top of a file, with no ``try`` around it."""
    frame = _importer(sys._getframe(1))
    if frame is None or frame.f_code.co_name != "<module>" or not _is_theirs(frame, home):
        return False
    return _guards(frame) is False


def guarded(home: str) -> bool:
    """Return whether an import statement of the student's asks that has a ``try`` around it."""
    frame = _importer(sys._getframe(1))
    return frame is not None and _is_theirs(frame, home) and _guards(frame) is True


def _guards(frame: Any) -> bool | None:
    """Return whether a ``try`` catches what the import statement raises that a frame is at; None if it is at none."""
    line, file = frame.f_lineno, frame.f_code.co_filename
    try:
        tree = ast.parse("".join(linecache.getlines(file, frame.f_globals)))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    todo: list[tuple[ast.AST, bool]] = [(tree, False)]
    while todo:
        node, inside = todo.pop()
        first, last = getattr(node, "lineno", 1), getattr(node, "end_lineno", sys.maxsize) or sys.maxsize
        if isinstance(node, ast.stmt) and not first <= line <= last:
            continue
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            # nobody knows which names `import *` was to bring: it fails, and whatever is missing then has its reason
            return None if not inside and any(alias.name == "*" for alias in node.names) else inside
        caught = inside
        if isinstance(node, ast.Try):
            caught = inside or any(_catches(handler.type) for handler in node.handlers)
            todo += [(part, inside) for part in (*node.handlers, *node.orelse, *node.finalbody)]
            todo += [(part, caught) for part in node.body]
            continue
        if isinstance(node, ast.With):
            calls = [item.context_expr for item in node.items if isinstance(item.context_expr, ast.Call)]
            caught = inside or any(_name_of(call.func) == "suppress" for call in calls)
        todo += [
            (part, caught) for part in ast.iter_child_nodes(node) if isinstance(part, (ast.stmt, ast.ExceptHandler))
        ]
    return None


def _catches(kind: ast.expr | None) -> bool:
    kinds = kind.elts if isinstance(kind, ast.Tuple) else [kind]
    return any(one is None or _name_of(one) in _CAUGHT for one in kinds)


def _name_of(node: ast.AST) -> str:
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""
