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
    inside = {child.name for child in ast.walk(node) if isinstance(child, DEFINITIONS) and child is not node}
    return _free(node) - inside - {*dir(builtins)}


def _free(node: ast.AST) -> set[str]:
    """Return the names that a piece of code reads, without what is local to functions and comprehensions in it."""
    if isinstance(node, ast.Name):
        return {node.id} if isinstance(node.ctx, ast.Load) else set()
    children = [*ast.iter_child_nodes(node)]
    found = set().union(*(_free(child) for child in children))
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
        arguments = {child.arg for child in ast.walk(node.args) if isinstance(child, ast.arg)}
        body = node.body if isinstance(node.body, list) else [node.body]
        within = set().union(*(_free(child) for child in body)) - set().union(*(bound(child) for child in body))
        around = set().union(*(_free(child) for child in children if child not in body))
        return around | within - arguments
    if isinstance(node, ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp):
        targets = [n for made in node.generators for n in ast.walk(made.target) if isinstance(n, ast.Name)]
        return found - {n.id for n in targets}
    return found
