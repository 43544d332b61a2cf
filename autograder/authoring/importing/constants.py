"""What students are given beside what they write: its constants and helpers are the checks' own."""

from __future__ import annotations

import ast
from collections.abc import Collection

from ..notebook import BEGIN, END
from .names import bound, loaded
from .opened import root

_IN_PLACE = frozenset(
    {"append", "extend", "insert", "remove", "pop", "clear", "sort", "reverse", "add", "discard", "update", "popitem"}
    | {"setdefault", "fill", "shuffle", "write", "execute", "commit"}
)


def is_constant(node: ast.stmt) -> bool:
    """Tell whether a statement gives a plain value to a name in capitals, as ``LIMIT = 3``."""
    if not isinstance(node, ast.Assign | ast.AnnAssign) or node.value is None:
        return False
    names = bound(node)
    plain = not any(isinstance(one, ast.Call | ast.Lambda | ast.Await) for one in ast.walk(node.value))
    return plain and bool(names) and all(name.isupper() for name in names)


def given_constants(source: str) -> set[str]:
    """Return the names of values and functions that stand outside of what students write and that nothing changes."""
    tree = ast.parse(source)
    inside = _regions(source)
    free = [node for node in tree.body if inside and _is_free(node, inside)]  # without a mark all is written
    rest = {name for node in tree.body if node not in free and not _is_import(node) for name in bound(node)}
    for _ in free:  # what follows from what students write is none of it
        rest |= {name for node in free if loaded(node) & rest for name in bound(node)}
    return {name for node in free for name in bound(node)} - rest - changed_in(tree)


def _is_import(node: ast.stmt) -> bool:
    return isinstance(node, ast.Import | ast.ImportFrom)


def _is_free(node: ast.stmt, inside: list[tuple[int, int]]) -> bool:
    """Tell whether a statement binds a value, or a function without a memory, outside of all regions."""
    if not isinstance(node, ast.Assign | ast.AnnAssign | ast.FunctionDef):
        return False
    end = node.end_lineno or node.lineno
    apart = not any(first <= end and node.lineno <= last for first, last in inside)
    return apart and not any(isinstance(one, ast.Global) for one in ast.walk(node))


def changed_in(tree: ast.AST) -> set[str]:
    """Return the names that functions of a source bind anew with ``global``, or change in place."""
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Global):
            found |= {*node.names}
        targets: list[ast.expr] = []
        if isinstance(node, ast.Assign | ast.Delete):
            targets = [one for one in node.targets if isinstance(one, ast.Subscript | ast.Attribute)]
        elif isinstance(node, ast.AugAssign):
            targets = [node.target]
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in _IN_PLACE:
            targets = [node.func.value]
        found |= {root(one) for one in targets}
    return found


def told_of_answers(names: Collection[str], values: Collection[str], functions: Collection[str]) -> list[str]:
    """Return what is said of a test that calls the student's functions and measures them by the student's values.

    Args:
        names: that the test reads.
        values: that students write; `functions` those that they write.
    """
    if not {*names} & {*functions}:
        return []
    return [
        f"`{name}` is the student's own value, and another one passes or fails with it: where it is a constant of the "
        "task, put it outside of what students write, or into the test"
        for name in sorted({*names} & {*values})
    ]


def _regions(source: str) -> list[tuple[int, int]]:
    found: list[tuple[int, int]] = []
    first = 0
    for number, line in enumerate(source.splitlines(), 1):
        if line.strip() == BEGIN:
            first = number
        elif line.strip() == END:
            found.append((first, number))
    return found
