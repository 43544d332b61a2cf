"""Where tests say that files lie: paths that begin at their own file, ``HERE.parent / "data" / "rain.csv"``."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Collection
from pathlib import Path

from .names import bound

_SAME = ("os.path.abspath", "os.path.realpath", "os.fspath", "str", "Path", "pathlib.Path")


def placed(tree: ast.Module, file: Path, around: Collection[Path]) -> ast.Module:
    """Return a file's code with every path that begins at the file itself written as one that begins beside the page.

    Names that stand for such a place and nothing else are put in.

    Args:
        around: the folders whose files may be the page's.
    """
    times = Counter(name for node in ast.walk(tree) if isinstance(node, ast.stmt) for name in _given(node))
    places = _Places(file.resolve(), [one.resolve() for one in around])
    body: list[ast.stmt] = []
    for node in tree.body:
        target = node.targets[0] if isinstance(node, ast.Assign) and len(node.targets) == 1 else None
        path = places.path(node.value) if isinstance(node, ast.Assign) else None
        if path is not None and isinstance(target, ast.Name) and times[target.id] == 1:
            places.known[target.id] = path
            continue
        made = places.visit(node)
        assert isinstance(made, ast.stmt)
        body.append(made)
    return ast.fix_missing_locations(ast.Module(body, []))


def _given(node: ast.stmt) -> set[str]:
    """Return the names that a statement gives a value, arguments of functions among them."""
    inside = {one.arg for one in ast.walk(node) if isinstance(one, ast.arg)}
    simple = isinstance(node, ast.Assign | ast.AnnAssign | ast.AugAssign | ast.For | ast.With)
    return (inside if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) else set()) | (
        bound(node) if simple else set()
    )


class _Places(ast.NodeTransformer):
    """Writes a place as :mod:`.opened` reads it."""

    def __init__(self, file: Path, around: list[Path]):
        self.file, self.around = file, around
        self.known: dict[str, Path] = {}

    def visit(self, node: ast.AST) -> ast.AST:
        """Turn an expression that leads to something in a folder into its path from there."""
        path = self.path(node) if isinstance(node, ast.expr) else None
        inside = [one for one in self.around if path is not None and path.is_relative_to(one)]
        if path is None or path == self.file or not inside or not path.exists():
            visited: ast.AST = super().visit(node)
            return visited
        within = path.relative_to(max(inside, key=lambda one: len(one.parts))).as_posix()
        end = "" if within == "." else f" / {within!r}"
        return ast.copy_location(ast.parse(f"Path(__file__).parent{end}", mode="eval").body, node)

    def path(self, node: ast.expr) -> Path | None:
        """Return the place that an expression leads to from its own file, None of another one."""
        if isinstance(node, ast.Name):
            return self.file if node.id == "__file__" else self.known.get(node.id)
        if isinstance(node, ast.Attribute) and node.attr == "parent":
            return self._above(node.value, 1)
        if isinstance(node, ast.Subscript) and isinstance(node.value, ast.Attribute) and node.value.attr == "parents":
            number = node.slice.value if isinstance(node.slice, ast.Constant) else None
            return self._above(node.value.value, number + 1) if isinstance(number, int) and number >= 0 else None
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div):
            return self._below(node.left, [node.right])
        return self._called(node) if isinstance(node, ast.Call) and not node.keywords else None

    def _called(self, node: ast.Call) -> Path | None:
        name = ast.unparse(node.func)
        if name in _SAME and len(node.args) == 1:
            return self.path(node.args[0])
        if name == "os.path.dirname" and len(node.args) == 1:
            return self._above(node.args[0], 1)
        if name in ("os.path.join", "Path", "pathlib.Path") and node.args:
            return self._below(node.args[0], node.args[1:])
        if isinstance(node.func, ast.Attribute) and node.func.attr in ("resolve", "absolute") and not node.args:
            return self.path(node.func.value)
        if isinstance(node.func, ast.Attribute) and node.func.attr == "joinpath":
            return self._below(node.func.value, node.args)
        return None

    def _above(self, node: ast.expr, levels: int) -> Path | None:
        path = self.path(node)
        return path.parents[levels - 1] if path is not None and levels <= len(path.parents) else None

    def _below(self, node: ast.expr, parts: list[ast.expr]) -> Path | None:
        path = self.path(node)
        names = [one.value for one in parts if isinstance(one, ast.Constant) and isinstance(one.value, str)]
        return path.joinpath(*names).resolve() if path is not None and len(names) == len(parts) else None
