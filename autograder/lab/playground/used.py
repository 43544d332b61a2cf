"""What of the student's sources a run is made of: the definitions of its parts, and what these need."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from typing import Any

from .inside.names import PAGE_OF, PAGES
from .parts import Sources

MARKERS = ("### BEGIN SOLUTION", "### END SOLUTION")


def touched(before: Sources, now: Sources, used: set[str], failed: set[str]) -> bool:
    """Tell whether a save changes a run: code of parts in use, or anything of a page whose part failed in it."""
    pages = {PAGE_OF[part] for part in failed & used}
    return in_use(before, used) != in_use(now, used) or any(
        before.get(page) != now.get(page) for page in needed(now, pages)
    )


def code(cells: tuple[str, ...] | None) -> list[str] | None:
    """Return what is the same of two sources that differ in comments and descriptions alone; None for no source."""
    return None if cells is None else [_dumped(cell) for cell in cells]


def _dumped(cell: str) -> str:
    tree = _tree(cell)
    return cell if tree is None else ast.dump(tree)


def _tree(cell: str) -> ast.Module | None:
    """Return a source without its descriptions, None where it is no Python."""
    try:
        tree = ast.parse(cell)
        for node in ast.walk(tree):
            if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) and node.body:
                first = node.body[0]
                if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant):
                    node.body[0] = ast.Pass()
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    return tree


def in_use(own: Sources, parts: Iterable[str]) -> dict[str, Any]:
    """Return what of the student's pages a run with these parts is made of, without comments and descriptions.

    Of each of their pages that is what the parts need, and whatever is done as the page is read; of pages that these
    import all of the code.
    """
    names: dict[str, list[str]] = {}
    for part in parts:
        names.setdefault(PAGE_OF[part], []).append(part)
    found: dict[str, Any] = {page: _needed_code(own[page], wanted) for page, wanted in names.items() if page in own}
    return found | {page: code(own.get(page)) for page in needed(own, set(names)) - names.keys()}


def _needed_code(cells: tuple[str, ...], names: list[str]) -> list[str]:
    trees = [_tree(cell) for cell in cells]
    broken = [cell for cell, tree in zip(cells, trees, strict=True) if tree is None]
    body = [statement for tree in trees if tree is not None for statement in tree.body]
    definitions = (ast.FunctionDef, ast.ClassDef, ast.Import, ast.ImportFrom, ast.Pass)
    done = [one for one in body if not isinstance(one, definitions) or _decorated(one)]
    roots = {node.id for one in done for node in ast.walk(one) if isinstance(node, ast.Name)}
    text = "\n\n".join(ast.unparse(tree) for tree in trees if tree is not None)
    imports, needed_too = needed_of(text, [*names, *sorted(roots)])
    return [*broken, *map(ast.dump, done), *imports, *(text for _name, text in needed_too)]


def _decorated(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.FunctionDef | ast.ClassDef) and bool(statement.decorator_list)


def needed(own: Sources, pages: set[str]) -> set[str]:
    """Return pages with those that they import of the student's, and so on."""
    found, left = set(pages), [*pages]
    while left:
        more = {page for cell in own.get(left.pop(), ()) for page in _imported(cell)} & PAGES.keys() - found
        found |= more
        left += more
    return found


def _imported(cell: str) -> set[str]:
    try:
        nodes = [*ast.walk(ast.parse(cell))]
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return set(PAGES)  # nobody can tell
    names = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    return names | {node.module for node in nodes if isinstance(node, ast.ImportFrom) and node.module}


def needed_of(source: str, names: Iterable[str]) -> tuple[list[str], list[tuple[str, str]]]:
    """Return the imports of a source, and (name, text) of what these names need, in the source's order.

    A name that is bound twice is there twice: what stands between may need the first.
    """
    body = ast.parse(source).body
    lines = source.splitlines()
    binds: dict[str, list[ast.stmt]] = {}
    imported: set[str] = set()
    for statement in body:
        called = isinstance(statement, ast.Expr)  # of a module such as torch, it changes nothing of a part
        imported |= _bound(statement) if isinstance(statement, (ast.Import, ast.ImportFrom)) else set()
        for name in _bound(statement) - (imported if called else set()):
            binds.setdefault(name, []).append(statement)
    wanted, todo = set(), list(names)
    while todo:
        name = todo.pop()
        for statement in binds.get(name, ()):
            if statement not in wanted:
                wanted.add(statement)
                todo += [node.id for node in ast.walk(statement) if isinstance(node, ast.Name)]
    imports = [ast.unparse(s) for s in body if isinstance(s, (ast.Import, ast.ImportFrom)) and s in wanted]
    kept: list[tuple[str, str]] = []
    for statement in body:
        if statement in wanted and not isinstance(statement, (ast.Import, ast.ImportFrom)):
            begin = min([statement.lineno, *(d.lineno for d in getattr(statement, "decorator_list", []))])
            text = "\n".join(line for line in lines[begin - 1 : statement.end_lineno] if line.strip() not in MARKERS)
            kept.append((min(_bound(statement)), text))
    return imports, kept


def _bound(statement: ast.stmt) -> set[str]:
    """Return the names that a statement at the top binds, or changes: by `A.b = …`, `A[b] = …` or `A.b(…)`."""
    if isinstance(statement, (ast.FunctionDef, ast.ClassDef)):
        return {statement.name}
    if isinstance(statement, (ast.Import, ast.ImportFrom)):
        return {(alias.asname or alias.name).partition(".")[0] for alias in statement.names}
    if isinstance(statement, ast.Expr):
        return {_root(statement.value.func)} - {""} if isinstance(statement.value, ast.Call) else set()
    found: set[str] = set()
    for node in ast.walk(statement):
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
            found.add(node.name)
        elif isinstance(node, (ast.Name, ast.Attribute, ast.Subscript)) and isinstance(node.ctx, ast.Store):
            found.add(_root(node) if not isinstance(node, ast.Name) else node.id)
    return found - {""}


def _root(node: ast.expr) -> str:
    """Return the name at the beginning of `A.b[c]`; "" where there is none, and for `A` alone."""
    inside = node
    while isinstance(inside, (ast.Attribute, ast.Subscript)):
        inside = inside.value
    return inside.id if isinstance(inside, ast.Name) and inside is not node else ""
