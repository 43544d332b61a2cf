"""Tests of a pytest file, all at its top: asynchronous, conditional, inherited ones and those of inner classes too.

And without the imports of what they test, which is the students'.
"""

from __future__ import annotations

import ast
import copy
from collections.abc import Iterator

from ..build import DEFINITIONS

_RUNS = "asked_"  #: what the coroutine of an asynchronous test is called by


def flattened(tree: ast.Module) -> ast.Module:
    """Return a file whose tests are plain functions at its top, and methods of classes at its top."""
    body = [one for node in tree.body for one in _unpacked(node)]
    classes = {one.name: one for one in body if isinstance(one, ast.ClassDef)}
    body = [_with_inherited(one, classes) if isinstance(one, ast.ClassDef) else one for one in body]
    return ast.fix_missing_locations(ast.Module([_awaited(one) for one in body], []))


def _unpacked(node: ast.stmt) -> Iterator[ast.stmt]:
    """Yield a statement, and before it the tests that stand under its condition or in its class."""
    if isinstance(node, ast.If | ast.Try) and "__main__" not in ast.unparse(node).splitlines()[0]:
        inner = [one for part in (node.body, node.orelse) for one in part]
        tests = [one for one in inner if _is_test(one)]
        if len(tests) < len(inner):  # what else stands there, as an import, stays under its condition
            rest = copy.deepcopy(node)
            rest.body = [one for one in node.body if not _is_test(one)] or [ast.Pass()]
            rest.orelse = [one for one in node.orelse if not _is_test(one)]
            yield rest
        elif not tests:
            yield node
        for one in tests:
            yield from _unpacked(one)
        return
    if isinstance(node, ast.ClassDef) and _is_test(node):
        inside = [one for one in node.body if isinstance(one, ast.ClassDef) and _is_test(one)]
        node.body = [one for one in node.body if one not in inside] or [ast.Pass()]
        yield node
        for one in inside:
            one.name = f"{node.name}_{one.name}"
            yield from _unpacked(one)
        return
    yield node


def _is_test(node: ast.stmt) -> bool:
    if not isinstance(node, DEFINITIONS):
        return False
    return node.name.lower().startswith("test")


def _with_inherited(node: ast.ClassDef, classes: dict[str, ast.ClassDef]) -> ast.ClassDef:
    """Return a class with what it has of classes of the same file, which ask their tests of it, too."""
    made = copy.deepcopy(node)
    for base in node.bases:
        known = classes.get(base.id) if isinstance(base, ast.Name) else None
        if known is None or known is node:
            continue
        above = _with_inherited(known, {name: one for name, one in classes.items() if one is not node})
        own = {name for one in made.body for name in _defined(one)}
        made.body = [*(one for one in above.body if not own & _defined(one)), *made.body]
        made.bases += above.bases
    made.body = [_awaited(one) for one in made.body]
    return made


def _defined(node: ast.stmt) -> set[str]:
    """Return the names that a statement of a class gives a value."""
    if isinstance(node, DEFINITIONS):
        return {node.name}
    return {one.id for one in ast.walk(node) if isinstance(one, ast.Name) and isinstance(one.ctx, ast.Store)}


def _awaited(node: ast.stmt) -> ast.stmt:
    """Return an asynchronous test as one that runs to its end, a constant with a type as one without."""
    if isinstance(node, ast.AnnAssign) and node.value is not None:
        return ast.copy_location(ast.Assign([node.target], node.value), node)
    if not isinstance(node, ast.AsyncFunctionDef) or not _is_test(node):
        return node
    nothing = ast.arguments(posonlyargs=[], args=[], kwonlyargs=[], kw_defaults=[], defaults=[])
    inner = ast.AsyncFunctionDef(name=_RUNS, args=nothing, body=node.body, decorator_list=[])
    body = [inner, *ast.parse(f"import asyncio\nasyncio.run({_RUNS}())").body]
    made = ast.FunctionDef(name=node.name, args=node.args, body=body, decorator_list=node.decorator_list)
    return ast.fix_missing_locations(ast.copy_location(made, node))


class Imported(ast.NodeTransformer):
    """Takes imports of the students' module away, wherever they stand: its names are looked up there.

    Args:
        module: what it is called.
    """

    def __init__(self, module: str):
        self.module = module
        self.renamed: dict[str, str] = {}  #: a name of the test's for what the solution calls otherwise
        self.whole: set[str] = set()  #: names of the module itself

    def takes(self, node: ast.Import | ast.ImportFrom) -> bool:
        """Tell whether an import is one of the students' module, and take in what it calls things."""
        if isinstance(node, ast.ImportFrom):
            if (node.module or "").rpartition(".")[2] != self.module:
                return False
            self.renamed |= {alias.asname: alias.name for alias in node.names if alias.asname}
            return True
        if not any(alias.name.rpartition(".")[2] == self.module for alias in node.names):
            return False
        self.whole |= {alias.asname or alias.name for alias in node.names}
        return True

    def visit_Import(self, node: ast.Import) -> ast.AST:
        """Turn ``import solution`` inside of a function into nothing."""
        return ast.copy_location(ast.Pass(), node) if self.takes(node) else node

    def visit_ImportFrom(self, node: ast.ImportFrom) -> ast.AST:
        """Turn ``from solution import f`` inside of a function into nothing."""
        return ast.copy_location(ast.Pass(), node) if self.takes(node) else node
