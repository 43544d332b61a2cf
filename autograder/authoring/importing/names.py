"""Which names code binds and reads."""

from __future__ import annotations

import ast
import builtins

from ..build import DEFINITIONS


def bound(node: ast.AST) -> set[str]:
    """Return the names that a statement binds in its own scope."""
    if isinstance(node, DEFINITIONS):
        return {node.name}
    if isinstance(node, ast.Import | ast.ImportFrom):
        return {(alias.asname or alias.name).partition(".")[0] for alias in node.names}
    found: set[str] = set()
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Name) and isinstance(child.ctx, ast.Store):
            found.add(child.id)
        elif isinstance(child, ast.ExceptHandler):
            found |= ({child.name} if child.name else set()) | bound(child)
        elif not isinstance(child, ast.Lambda | ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp):
            found |= bound(child)
    return found


def loaded(node: ast.AST) -> set[str]:
    """Return the names that a statement reads from around it: those that nothing inside of it binds are among them."""
    inside: set[str] = set()
    for child in ast.walk(node):
        if isinstance(child, ast.arg):
            inside.add(child.arg)
        elif isinstance(child, ast.comprehension):
            inside |= {n.id for n in ast.walk(child.target) if isinstance(n, ast.Name)}
        elif isinstance(child, DEFINITIONS) and child is not node:
            inside.add(child.name)
    names = {n.id for n in ast.walk(node) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Load)}
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        inside |= set().union(*(bound(child) for child in node.body))
    return names - inside - {*dir(builtins)}
