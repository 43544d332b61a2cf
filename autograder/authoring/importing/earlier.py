"""What a test needs of test cells before it: in a notebook they share their names, and each check begins afresh.

The statements that made the names go before the test, and so do assertions before these: where one fails, the notebook
too has no such name. What an earlier cell did to them afterwards goes along to its first failure, which counts there.
"""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

from .crossing import World, parsed
from .names import bound, loaded
from .opened import root
from .parts import Cell
from .vacuous import changed

CARRIED = "begins with what it needs of test cells before it, as in the notebook"
_GUARD = "with suppress(Exception):"


def carried(cells: Iterable[Cell], world: World) -> list[str]:
    """Return for each cell the statements of test cells before it that it needs, "" of one that needs none."""
    found, earlier = [], _Earlier()
    for cell in cells:
        apart = cell.kind != "test" or cell.alone
        found.append("" if apart else earlier.before(cell, {*world.given, *world.helpers}))
        earlier.take(cell)
    return found


@dataclass
class _Earlier:
    """The test cells before a test, in their order."""

    shown: list[list[ast.stmt]] = field(default_factory=list)
    names: dict[str, int] = field(default_factory=dict)  #: bound by tests alone: by how many of their statements
    covered: set[str] = field(default_factory=set)  #: that a hidden part binds or changes: students have none of it

    def take(self, cell: Cell) -> None:
        """Take in a cell of the notebook; what another than a test binds is no test's any more."""
        body, hidden = _body(cell.source), _body(cell.hidden)
        names = [name for node in body for name in bound(node)]
        if cell.alone or not cell.code or cell.kind == "words":
            return
        if cell.kind != "test":
            for name in names:
                self.names.pop(name, None)
            return
        for name in names:
            self.names[name] = self.names.get(name, 0) + 1
        self.covered = (self.covered - {*names}) | {name for node in hidden for name in bound(node) | _touched(node)}
        self.shown.append(body)

    def before(self, cell: Cell, known: Collection[str]) -> str:
        """Return the statements that a test needs to have before it.

        Args:
            known: names that are there without them.
        """
        wanted, local = set[str](), set[str]()
        for node in _body(f"{cell.source}\n{cell.hidden}"):
            wanted |= loaded(node) - local
            local |= bound(node)
        changing = {name for cell in self.shown for node in cell for name in _touched(node)}
        needs = {n for n, times in self.names.items() if n not in known or times > 1 or n in changing}
        needed = wanted & needs
        parts: list[str] = []
        for one in reversed(self.shown):
            if needed & self.covered:
                return ""  # told where it is asked to cross
            text, needed = _of(one, needed, needs)
            parts[:0] = [text] if text else []
        parts[:0] = ["from contextlib import suppress"] if any(_GUARD in text for text in parts) else []
        return "".join(f"{text}\n" for text in parts)


def _body(source: str) -> list[ast.stmt]:
    try:
        return parsed(source).body
    except SyntaxError:
        return []  # told where it is asked to cross


def _of(cell: list[ast.stmt], needed: set[str], needs: set[str]) -> tuple[str, set[str]]:
    """Return what names need of one cell, and what is needed of those before it."""
    made: list[ast.stmt] = []
    done: list[ast.stmt] = []
    for node in reversed(cell):
        binds = bool(bound(node) & needed)
        if not (binds or _touched(node) & needed or (made and isinstance(node, ast.Assert))):
            continue
        (made if made or binds else done).insert(0, node)
        if isinstance(node, ast.Assign) and all(isinstance(n, ast.Name) for n in node.targets):
            needed = needed - bound(node)
        needed = needed | loaded(node) & needs
    text = "\n".join(map(ast.unparse, made))
    if done:
        inner = "\n".join(f"    {line}" for node in done for line in ast.unparse(node).splitlines())
        text += f"\n{_GUARD}\n{inner}"
    return text.strip("\n"), needed


def _touched(node: ast.stmt) -> set[str]:
    """Return the names whose values a statement may change: it calls them, or hands them over for no answer."""
    found = changed(node, set())
    for call in (one for one in ast.walk(node) if isinstance(one, ast.Call)):
        if not isinstance(call.func, ast.Attribute) or not isinstance(node, ast.Assign):
            found.add(root(call.func))
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
        found |= {one.id for one in node.value.args if isinstance(one, ast.Name)}
    return found
