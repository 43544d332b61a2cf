"""Can anybody fail a test? One that prints what it finds, or catches its own assertions, everybody passes."""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field

from .opened import root

_SHOWS = frozenset({"print", "display", "pprint"})
_QUIET = frozenset({"seed", "sleep", "manual_seed", "filterwarnings", "simplefilter", "set_option", "reload"})
_ALL_CATCHING = frozenset({"AssertionError", "Exception", "BaseException"})


@dataclass
class Asked:
    """What a test asks.

    Args:
        anything: is there a question that an answer can fail?
        calls_alone: it asks nothing, and compares and prints nothing either: it fails where the code raises.
        printed: what it compares and only prints, or drops, each as a condition.
        caught: its own assertions, or some of them, are caught by its own ``except``.
    """

    anything: bool = False
    calls_alone: bool = False
    printed: list[str] = field(default_factory=list)
    caught: bool = False

    @property
    def why_not(self) -> str:
        """Say why everybody passes it, and what to do; "" where there is a question, or at least a call."""
        if self.anything or self.calls_alone:
            return ""
        if self.caught:
            return "catches its own assertions, so nobody can fail it: take the `try` around them away"
        if self.printed:
            return f"only shows what it finds (`{self.printed[0]}`), so nobody can fail it: write `assert` for it"
        return "asserts nothing, so nobody can fail it: write `assert …` for what must hold"

    @property
    def notes(self) -> list[str]:
        """Say what of a test that stays cannot be failed."""
        if self.calls_alone and not self.anything:
            return ["asserts nothing: it fails only where the code raises; write `assert …` for what must hold"]
        said = [f"`{one}` is only shown, so nobody fails by it: write `assert` for it" for one in self.printed]
        if self.caught:
            said.append("catches some of its own assertions, so nobody fails by these: take the `try` away")
        return said


def asked_in(source: str, own: Collection[str] = (), checkers: Collection[str] = ()) -> Asked:
    """Return what a test asks.

    Args:
        source: Python that can be parsed.
        own: names of the student's, none of which is a question, whatever it is called.
        checkers: names of functions that ask themselves, and of what is imported.
    """
    tree = ast.parse(source)
    looking = _Looking(own, {*checkers, *asking(tree.body, own)})
    looking.go(tree.body, caught=False)
    found = looking.found
    compares = any(isinstance(node, ast.If | ast.Compare | ast.BoolOp | ast.Try) for node in ast.walk(tree))
    shows = any(isinstance(node, ast.Call) and root(node.func) in _SHOWS for node in ast.walk(tree))
    found.calls_alone = not (found.anything or found.caught or compares or shows)
    return found


def asking(body: list[ast.stmt], own: Collection[str]) -> set[str]:
    """Return the names of the functions defined here that ask something themselves, or call one that does."""
    functions = [node for node in body if isinstance(node, ast.FunctionDef) and node.name not in own]
    found: set[str] = set()
    for _ in functions:
        for node in functions:
            looking = _Looking(own, found)
            looking.go(node.body, caught=False)
            if looking.found.anything:
                found = found | {node.name}
    return found


class _Looking:
    """Goes through statements; what a ``try`` catches is no question."""

    def __init__(self, own: Collection[str], checkers: Collection[str]):
        self.own, self.checkers = own, checkers
        self.found = Asked()

    def go(self, body: list[ast.stmt], *, caught: bool) -> None:
        for node in body:
            if isinstance(node, ast.Try | ast.TryStar):
                self._try(node, caught=caught)
                continue
            if isinstance(node, ast.If) and self._prints_alone(node):
                self.found.printed.append(_short(node.test))
            if isinstance(node, ast.Expr):
                self.found.printed += [_short(one) for one in _compared(node.value)]
            if self._is_question(node):
                self.found.caught |= caught
                self.found.anything |= not caught
            for part in _bodies(node):
                self.go(part, caught=caught)

    def _try(self, node: ast.Try | ast.TryStar, *, caught: bool) -> None:
        swallows = any(_catches_all(one) and not self._asks(one.body) for one in node.handlers)
        self.go(node.body, caught=caught or swallows)
        for part in (*(one.body for one in node.handlers), node.orelse, node.finalbody):
            self.go(part, caught=caught)

    def _asks(self, body: list[ast.stmt]) -> bool:
        inner = _Looking(self.own, self.checkers)
        inner.go(body, caught=False)
        return inner.found.anything

    def _is_question(self, node: ast.stmt) -> bool:
        """Tell whether a statement by itself, without what stands inside of it, can end in an error of the test's."""
        if isinstance(node, ast.Assert | ast.Raise):
            return True
        if isinstance(node, ast.With):
            return any(self._calls_one(item.context_expr) for item in node.items)
        value = node.value if isinstance(node, ast.Expr | ast.Assign | ast.Return) else None
        if isinstance(node, ast.Expr) and isinstance(value, ast.Call) and self._is_checker(value):
            return True
        return value is not None and self._calls_one(value)

    def _calls_one(self, node: ast.AST) -> bool:
        return any(isinstance(one, ast.Call) and self._is_asking(one) for one in ast.walk(node))

    def _is_asking(self, call: ast.Call) -> bool:
        name = call.func.attr if isinstance(call.func, ast.Attribute) else root(call.func)
        if root(call.func) in self.own:
            return False
        return name.lower().startswith(("assert", "raises", "check", "fail")) or name in ("gradcheck", "expect")

    def _is_checker(self, call: ast.Call) -> bool:
        name = call.func.attr if isinstance(call.func, ast.Attribute) else root(call.func)
        return root(call.func) in self.checkers and name not in _SHOWS | _QUIET

    def _prints_alone(self, node: ast.If) -> bool:
        """Tell whether an ``if`` leads to nothing but what is printed."""
        held = [*node.body, *node.orelse]
        prints = any(isinstance(one, ast.Call) and root(one.func) in _SHOWS for part in held for one in ast.walk(part))
        return prints and not self._asks(held)


def _bodies(node: ast.stmt) -> Iterator[list[ast.stmt]]:
    for name in ("body", "orelse"):
        part = getattr(node, name, None)
        if isinstance(part, list):
            yield part
    for case in getattr(node, "cases", ()):
        yield case.body


def _compared(node: ast.expr) -> list[ast.expr]:
    """Return the comparisons that a statement prints, or makes and drops."""
    if isinstance(node, ast.Compare | ast.BoolOp):
        return [node]
    if isinstance(node, ast.Call) and root(node.func) in _SHOWS:
        return [one for one in node.args if isinstance(one, ast.Compare | ast.BoolOp)]
    return []


def _catches_all(handler: ast.ExceptHandler) -> bool:
    names = {n.id for n in ast.walk(handler.type) if isinstance(n, ast.Name)} if handler.type is not None else {""}
    return not handler.type or bool(names & _ALL_CATCHING)


def _short(node: ast.expr) -> str:
    return ast.unparse(node).splitlines()[0][:80]
