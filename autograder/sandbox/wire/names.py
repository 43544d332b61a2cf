"""Which names a source uses, definition by definition, read from its text without running it: for rules of style."""

from __future__ import annotations

import ast
from collections.abc import Sequence


def names_used(cells: Sequence[str]) -> dict[str, list[str]]:
    """For each top-level definition of these cells the dotted names that its body uses."""
    found: dict[str, list[str]] = {}
    aliases: dict[str, str] = {}
    for cell in cells:
        for owner, names in static_names(cell, aliases).items():
            found[owner] = sorted({*found.get(owner, ()), *names})
    return found


def static_names(text: str, aliases: dict[str, str] | None = None) -> dict[str, list[str]]:
    """For each top-level definition of `text` the dotted names that its body uses, aliases resolved.

    `aliases` holds the imports of earlier cells and takes in those of this text.
    The key ``""`` stands for module-level code. A text that does not parse gives ``{}``.
    """
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return {}
    aliases = {} if aliases is None else aliases
    used: dict[str, set[tuple[str, ...]]] = {}
    for statement in tree.body:
        owner = statement.name if isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)) else ""
        if isinstance(statement, ast.Assign) and isinstance(statement.targets[0], ast.Name):
            owner = statement.targets[0].id
        _chains(statement, used.setdefault(owner, set()), aliases)
    return {owner: sorted({_dotted(chain, aliases) for chain in chains}) for owner, chains in used.items()}


def _chains(node: ast.AST, into: set[tuple[str, ...]], aliases: dict[str, str]) -> None:
    """Every name and attribute chain that is read below `node`, as its parts; imports go to `aliases`."""
    todo = [node]
    while todo:
        node = todo.pop()
        if isinstance(node, ast.Name):
            if isinstance(node.ctx, ast.Load):
                into.add((node.id,))
            continue
        if isinstance(node, ast.Constant):
            continue
        if isinstance(node, ast.Attribute):
            into.add(_parts(node))
        elif isinstance(node, (ast.BinOp, ast.AugAssign)) and isinstance(node.op, ast.MatMult):
            into.add(("@",))
        elif isinstance(node, (ast.Import, ast.ImportFrom)):
            aliases.update(_imported(node))
        todo += ast.iter_child_nodes(node)


def _imported(node: ast.Import | ast.ImportFrom) -> dict[str, str]:
    """Return what an import calls its names, and what they are."""
    if isinstance(node, ast.ImportFrom):
        return {name.asname or name.name: f"{node.module}.{name.name}" for name in node.names} if node.module else {}
    firsts = [(name, name.name.split(".")[0]) for name in node.names]
    return {name.asname or first: name.name if name.asname else first for name, first in firsts}


def _parts(node: ast.AST) -> tuple[str, ...]:
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    parts.append(node.id if isinstance(node, ast.Name) else "")
    return tuple(reversed(parts))


def _dotted(parts: tuple[str, ...], aliases: dict[str, str]) -> str:
    return ".".join((aliases.get(parts[0], parts[0]), *parts[1:]))
