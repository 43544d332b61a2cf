"""What a source defines, compared with what a page asks for. Pure but for reading the stub; nothing is run."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

MAX_PARSED = 1 << 20  #: characters of a source that are looked into
UNKNOWN = "?"  #: in place of a definition that cannot be parsed
_DEFINED = re.compile(r"^(?:async\s+)?(?:def|class)\s+(\w+)", re.MULTILINE)
_Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True)
class Outline:
    """The definitions of a source by name, each in one form whatever its comments, docstrings and annotations."""

    forms: dict[str, str] = field(default_factory=dict)
    parameters: dict[str, tuple[str, ...]] = field(default_factory=dict)
    hollow: frozenset[str] = frozenset()  #: definitions that nothing was written into


@dataclass(frozen=True)
class Page:
    """What the stub of a page asks for: its definitions, and those of them that are to be written."""

    stub: Outline
    wanted: frozenset[str]

    def defined(self, source: Outline) -> frozenset[str]:
        """Return the wanted names that a source defines with the parameters of the stub, written or not."""
        return frozenset(name for name in self.wanted & source.forms.keys() if self._alike(name, source))

    def written(self, source: Outline) -> frozenset[str]:
        """Return the wanted names that a source defines otherwise than the stub does."""
        return frozenset(
            name
            for name in self.wanted & source.forms.keys()
            if name not in source.hollow and source.forms[name] != self.stub.forms[name]
        )

    def _alike(self, name: str, source: Outline) -> bool:
        asked, given = self.stub.parameters.get(name), source.parameters.get(name)
        return asked is None or given is None or asked == given or len(asked) == len(given)


def outline(cells: Iterable[str]) -> Outline:
    """Outline a source; of several definitions of one name the last one counts, as it does for Python."""
    forms: dict[str, str] = {}
    parameters: dict[str, tuple[str, ...]] = {}
    hollow: set[str] = set()
    left = MAX_PARSED
    for cell in cells:
        left -= len(cell)
        try:
            body = ast.parse(cell).body if left >= 0 else None
            for node in _top(body or []):
                for name in _names(node):
                    forms[name] = _form(node)
                    hollow.discard(name)
                    parameters.pop(name, None)
                    if isinstance(node, _Function):
                        parameters[name] = tuple(a.arg for a in (*node.args.posonlyargs, *node.args.args))
                    if _is_hollow(node):
                        hollow.add(name)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            body = None
        if body is None:
            forms.update(dict.fromkeys(_DEFINED.findall(cell), UNKNOWN))
    return Outline(forms, parameters, frozenset(hollow))


@lru_cache(maxsize=256)  # an exception is not kept: what could not be read in one moment may be in the next
def _page_of(path: Path, changed: int) -> Page | None:
    stub = outline([path.read_text(encoding="utf-8")])
    if UNKNOWN in stub.forms.values():
        raise ValueError(f"{path} cannot be parsed")
    public = {name for name in stub.parameters if not name.startswith("_")}
    public |= {name for name, form in stub.forms.items() if form.startswith("ClassDef") and not name.startswith("_")}
    wanted = {name for name in public if name in stub.hollow or "NotImplementedError" in stub.forms[name]}
    return Page(stub, frozenset(wanted or public)) if public else None


def page_of(stub: Path) -> Page | None:
    """Read the page of this stub, None when there is no stub, or none that defines anything."""
    try:
        return _page_of(stub, stub.stat().st_mtime_ns)
    except (OSError, ValueError):
        return None


def _top(body: list[ast.stmt]) -> Iterable[ast.stmt]:
    """Yield the statements of a module, those inside its ``if`` and ``try`` too."""
    for node in body:
        if isinstance(node, ast.If | ast.Try | ast.With):
            for part in ("body", "orelse", "finalbody"):
                yield from _top(getattr(node, part, []))
            for handler in getattr(node, "handlers", []):
                yield from _top(handler.body)
        else:
            yield node


def _names(node: ast.stmt) -> list[str]:
    """Return what a statement defines."""
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return [node.name]
    if isinstance(node, ast.ImportFrom):
        return [alias.asname or alias.name for alias in node.names]
    targets = node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign) else []
    return [target.id for target in targets if isinstance(target, ast.Name)]


class _Plain(ast.NodeTransformer):
    """Takes away what changes no answer: annotations, docstrings, the words of a ``NotImplementedError``."""

    def visit_arg(self, node: ast.arg) -> ast.AST:
        node.annotation = None
        return node

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        node.returns = None
        node.body = _without_docstring(node.body)
        return self.generic_visit(node)

    def visit_AsyncFunctionDef(self, node: ast.AsyncFunctionDef) -> ast.AST:
        node.returns = None
        node.body = _without_docstring(node.body)
        return self.generic_visit(node)

    def visit_ClassDef(self, node: ast.ClassDef) -> ast.AST:
        node.body = _without_docstring(node.body)
        return self.generic_visit(node)

    def visit_Raise(self, node: ast.Raise) -> ast.AST:
        if isinstance(node.exc, ast.Call) and getattr(node.exc.func, "id", "") == "NotImplementedError":
            node.exc = node.exc.func
        return node


def _without_docstring(body: list[ast.stmt]) -> list[ast.stmt]:
    first = body[0] if body else None
    says = isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant) and isinstance(first.value.value, str)
    return body[1:] if says else body


def _form(node: ast.stmt) -> str:
    return ast.dump(_Plain().visit(node))


def _is_hollow(node: ast.stmt) -> bool:
    """Tell whether a function has nothing but ``pass``, ``...`` or a ``NotImplementedError``. After :func:`_form`."""
    if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        return False
    return all(
        isinstance(line, ast.Pass)
        or (isinstance(line, ast.Expr) and isinstance(line.value, ast.Constant))
        or (isinstance(line, ast.Raise) and getattr(line.exc, "id", "") == "NotImplementedError")
        for line in node.body
    )
