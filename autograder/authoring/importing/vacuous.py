"""What a test asks that two processes cannot tell: whether two values are one object, and what became of an argument.

Answers and arguments cross as copies. A question after identity holds for everybody, so it is taken out and told. A
test that looks at what it handed over is asked with ``in_place``, which makes the student's changes here, too.
"""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field

from ..build import DEFINITIONS
from .names import bound, loaded
from .opened import root

_ONE_OBJECT = frozenset(
    {"id", "assertIs", "assertIsNot", "assert_is", "assert_is_not", "shares_memory", "may_share_memory", "getrefcount"}
    | {"base", "owndata", "OWNDATA", "data_ptr", "untyped_storage", "_base", "is_view"}
)
_CHANGES = frozenset(
    {"append", "extend", "insert", "remove", "pop", "clear", "sort", "reverse", "add", "discard", "update", "popitem"}
    | {"setdefault", "fill", "put", "resize", "itemset", "partition", "appendleft", "popleft", "extendleft", "rotate"}
    | {"subtract", "drop"}
)
REST_STAYS = "; the rest of the test stays"
_WHAT_TO_DO = (
    f"every answer crosses as a copy, so this cannot be asked and is taken out{REST_STAYS}. To see that "
    "an argument is left alone, compare it afterwards with a copy made before: `assert x == before`"
)
_COPY = "changes a copy of `{name}`; what the student's process holds stays as it is there"
_KEPT = (
    "what `{kept}` keeps of `{name}` is a copy of it in the student's process, so a change of the one is not seen in "
    "the other here: let a function of the student's do both and return what is to be compared"
)


@dataclass
class Looked:
    """What became of a test's questions.

    Args:
        source: the test without those that hold for everybody.
        notes: on these, each with its line and what to do.
        handed: names of arguments that it looks at after a call of the student's.
    """

    source: str
    notes: list[str] = field(default_factory=list)
    handed: set[str] = field(default_factory=set)
    asks: bool = True  #: is there any question left?


def looked_at(source: str, own: set[str], classes: set[str], given: Collection[str] = ()) -> Looked:
    """Return what two processes can tell of a test.

    Args:
        source: Python that can be parsed.
        own: names of the student's; `classes` those of them that are classes.
        given: names of values that everybody gets.
    """
    tree = ast.parse(source)
    flow = _Flow(tree, own, classes, given)
    taken = _Taking(flow)
    tree = taken.visit(tree)
    asks = any(_is_question(node) for node in ast.walk(tree))
    found = Looked(ast.unparse(ast.fix_missing_locations(tree)) if taken.notes else source, taken.notes, asks=asks)
    found.handed = flow.handed_and_looked_at()
    found.notes += flow.kept()
    return found


def _is_question(node: ast.AST) -> bool:
    if isinstance(node, ast.Assert | ast.Raise | ast.Try):
        return True
    if not isinstance(node, ast.Call):
        return False
    name = node.func.attr if isinstance(node.func, ast.Attribute) else root(node.func)
    return name.lower().startswith(("assert", "raises", "check", "fail")) or name in ("gradcheck", "expect")


def _statements(body: list[ast.stmt]) -> Iterator[ast.stmt | ast.expr]:
    """Yield simple statements in their order, and of compound ones the expressions at their head."""
    for node in body:
        inner = [part for name in ("body", "orelse", "finalbody") for part in getattr(node, name, [])]
        inner += [part for handler in getattr(node, "handlers", []) for part in handler.body]
        if not inner or isinstance(node, DEFINITIONS):
            yield node
            continue
        for head in ("test", "iter", "subject"):
            if hasattr(node, head):
                yield getattr(node, head)
        yield from (item.context_expr for item in getattr(node, "items", []))
        yield from _statements(inner)


class _Flow:
    """Which names of a test hold answers of the student's, which were handed over, and where."""

    def __init__(self, tree: ast.Module, own: set[str], classes: set[str], given: Collection[str]):
        self.own, self.classes = own, classes
        self.units = list(_statements(tree.body))
        self.bound = {name for node in tree.body for name in bound(node)} | {*given}
        self.answers: set[str] = set()  #: names that hold what came of the student's code
        self.objects: set[str] = set()  #: those of them that are objects of their classes
        pairs = [*_bindings(tree)]
        for _ in range(3):
            for names, value in pairs:
                if loaded(value) & (own | self.answers):
                    self.answers |= names
                if isinstance(value, ast.Call) and (root(value.func) in classes | self.objects):
                    self.objects |= names if root(value.func) in classes else set()
        self.snapshots = {n: loaded(v) for names, v in pairs for n in names if not _calls(v, self.theirs)}
        self.fixed = _fixed(tree)
        self.hands = [self._handed(unit) for unit in self.units]

    @property
    def theirs(self) -> set[str]:
        return self.own | self.answers

    def _handed(self, unit: ast.AST) -> set[str]:
        found: set[str] = set()
        for call in _calls(unit, self.theirs):
            for arg in [*call.args, *(k.value for k in call.keywords)]:
                found |= set(_themselves(arg)) & (self.bound | self.answers | loaded(unit))
        return found - self.own - self.objects - self.fixed

    def handed_and_looked_at(self) -> set[str]:
        """Return the names that a statement looks at, after a call that they were handed to, for their own sake."""
        handed: set[str] = set()
        looked: set[str] = set()
        behind: dict[str, set[str]] = {}  # a name made later of what was handed: of which
        for unit, now in zip(self.units, self.hands, strict=True):
            reads = loaded(unit)
            if isinstance(unit, ast.Assign) and not reads & self.theirs:
                made = reads & (handed | behind.keys())
                for name in bound(unit) if made else ():
                    behind[name] = set().union(*({one} | behind.get(one, set()) for one in made))
            elif not isinstance(unit, ast.Assign | ast.AugAssign | ast.AnnAssign):
                for part in _parts(unit):
                    names = loaded(part)
                    seen = names & handed | set().union(*(behind.get(n, set()) for n in names))
                    if not names & self.theirs - seen or any(self.snapshots.get(n, set()) & seen for n in names):
                        looked |= seen - (self._handed(part) if names & self.theirs else set())
                    handed |= self._handed(part)
            handed |= now
        for names, value in self._aliases():  # `both = [x, y]; f(both); assert x == …`
            if names & handed and (asked := loaded(value) & self._asked()):
                looked |= names | asked
        return looked

    def _aliases(self) -> Iterator[tuple[set[str], ast.expr]]:
        for unit in self.units:
            if isinstance(unit, ast.Assign) and not any(isinstance(n, ast.Call) for n in ast.walk(unit.value)):
                yield bound(unit), unit.value

    def _asked(self) -> set[str]:
        return set().union(*(loaded(u) for u in self.units if isinstance(u, ast.Assert)), set())

    def is_question_after_identity(self, part: ast.AST) -> bool:
        """Tell whether an assertion asks whether two values are one object, one of which crossed."""
        for node in ast.walk(part):
            if isinstance(node, ast.Compare) and any(isinstance(op, ast.Is | ast.IsNot) for op in node.ops):
                sides = [node.left, *node.comparators]
                roots = [root(side) for side in sides]
                here = self.theirs | self.bound
                if (
                    all(one in here for one in roots)
                    and not {*roots} & (self.objects | self.classes)
                    and {*roots} & self.theirs
                ):
                    return True
            name = (
                node.attr if isinstance(node, ast.Attribute) else root(node.func) if isinstance(node, ast.Call) else ""
            )
            if name in _ONE_OBJECT and loaded(part) & self.theirs:
                return True
        return False

    def kept(self) -> list[str]:
        """Return notes on what an object or an answer shares with an argument, where both are used afterwards."""
        shares: dict[str, set[str]] = {}  # a name of theirs: what was handed to what made it, or to it
        meanwhile: dict[str, str] = {}  # a name: which other was changed meanwhile
        notes: dict[str, None] = {}
        for unit, now in zip(self.units, self.hands, strict=True):
            for name in sorted(changed(unit, self.objects) & (self.own - self.classes)):
                notes[f"`{_short(unit)}`: {_COPY.format(name=name)}"] = None
            if isinstance(unit, ast.Assign) and now:
                for name in bound(unit) & self.answers:
                    shares[name] = now - {name}
                    meanwhile.pop(name, None)
            for name in now:
                meanwhile.pop(name, None)
            if isinstance(unit, ast.Assert) or _is_question_call(unit):
                for name in sorted(loaded(unit) & meanwhile.keys()):
                    one, other = (meanwhile[name], name) if meanwhile[name] in shares else (name, meanwhile[name])
                    notes[f"`{_short(unit)}`: {_KEPT.format(kept=one, name=other)}"] = None
                continue
            for name in changed(unit, self.objects):
                for other in shares.get(name, ()):
                    meanwhile[other] = name
                for other, those in shares.items():
                    if name in those:
                        meanwhile[other] = name
        return list(notes)


def _is_question_call(unit: ast.AST) -> bool:
    return isinstance(unit, ast.Expr) and _is_question(unit.value)


def _bindings(tree: ast.AST) -> Iterator[tuple[set[str], ast.expr]]:
    """Yield the names that each assignment or loop binds, with what it takes them from."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign):
            yield set().union(*(_targets(t) for t in node.targets)), node.value
        elif isinstance(node, ast.AugAssign | ast.AnnAssign | ast.NamedExpr) and node.value is not None:
            yield _targets(node.target), node.value
        elif isinstance(node, ast.For | ast.comprehension):
            yield _targets(node.target), node.iter


def _fixed(tree: ast.AST) -> set[str]:
    """Return the names that never stand for anything but numbers and texts, which no call can change."""
    pairs = [*_bindings(tree)]
    plain = [n for n in ast.walk(tree) if isinstance(n, ast.Assign)]
    found = set().union(*(names for names, _ in pairs))
    for _ in range(len(found) + 1):
        sure = [value for node in plain if _is_fixed(value := node.value, found)]
        left = found - {name for names, value in pairs if value not in sure for name in names}
        if left == found:
            break
        found = left
    return found


def _is_fixed(node: ast.expr, names: set[str]) -> bool:
    if isinstance(node, ast.Tuple):
        return all(_is_fixed(part, names) for part in node.elts)
    if isinstance(node, ast.UnaryOp):
        return _is_fixed(node.operand, names)
    return isinstance(node, ast.Constant) or (isinstance(node, ast.Name) and node.id in names)


def _targets(node: ast.expr) -> set[str]:
    return {n.id for n in ast.walk(node) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}


def _calls(node: ast.AST, theirs: set[str]) -> list[ast.Call]:
    """Return the calls of the student's code inside."""
    return [n for n in ast.walk(node) if isinstance(n, ast.Call) and root(n.func) in theirs]


def _themselves(node: ast.expr) -> Iterator[str]:
    """Yield the names whose own values are in an expression, not copies of them."""
    if isinstance(node, ast.Name):
        yield node.id
    elif isinstance(node, ast.Attribute | ast.Subscript | ast.Starred):
        yield from _themselves(node.value)
    elif isinstance(node, ast.List | ast.Tuple | ast.Set):
        for part in node.elts:
            yield from _themselves(part)
    elif isinstance(node, ast.Dict):
        for part in node.values:
            yield from _themselves(part)


def _parts(unit: ast.AST) -> list[ast.expr]:
    """Return the questions that a statement asks, each by itself."""
    test = unit.test if isinstance(unit, ast.Assert) else unit.value if isinstance(unit, ast.Expr) else unit
    if isinstance(test, ast.BoolOp) and isinstance(test.op, ast.And):
        return test.values
    return [test] if isinstance(test, ast.expr) else []


def changed(unit: ast.AST, objects: set[str]) -> set[str]:
    """Return the names whose values a statement changes in place."""
    found = set()
    targets = unit.targets if isinstance(unit, ast.Assign | ast.Delete) else ()
    targets = [unit.target] if isinstance(unit, ast.AugAssign) else targets
    for target in targets:
        if isinstance(target, ast.Subscript | ast.Attribute) or isinstance(unit, ast.AugAssign):
            found.add(root(target))
    call = unit.value if isinstance(unit, ast.Expr) else None
    if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute):
        name = root(call.func)
        if call.func.attr in _CHANGES or name in objects:
            found.add(name)
    return found


def _short(node: ast.AST) -> str:
    return ast.unparse(node).splitlines()[0][:80]


class _Taking(ast.NodeTransformer):
    """Takes the questions out that hold for everybody."""

    def __init__(self, flow: _Flow):
        self.flow = flow
        self.notes: list[str] = []

    def _note(self, node: ast.stmt | ast.expr) -> None:
        text = f"`{_short(node)}`: asks whether two values are one object; {_WHAT_TO_DO}"
        self.notes.append(text)

    def visit_Assert(self, node: ast.Assert) -> ast.AST:
        """Keep of an assertion the parts that can be asked."""
        parts = _parts(node)
        kept = [part for part in parts if not self.flow.is_question_after_identity(part)]
        if len(kept) == len(parts):
            return node
        self._note(node)
        if not kept:
            return ast.copy_location(ast.Pass(), node)
        test = kept[0] if len(kept) == 1 else ast.BoolOp(ast.And(), kept)
        return ast.copy_location(ast.Assert(test, node.msg), node)

    def visit_Expr(self, node: ast.Expr) -> ast.AST:
        """Take a call such as ``assertIsNot(a, b)`` out."""
        if _is_question(node.value) and self.flow.is_question_after_identity(node.value):
            self._note(node)
            return ast.copy_location(ast.Pass(), node)
        return node
