"""Small automatic mistakes in the reference solution and its variants: do the checks notice them? Pure functions."""

from __future__ import annotations

import ast
import copy
import hashlib
from collections import Counter
from collections.abc import Callable, Container, Iterator
from dataclasses import dataclass, replace

from ..course.catalogue import Rewrite
from .build import regions


@dataclass(frozen=True)
class Mutant:
    """One altered solution: where, what, in which definition, the whole source, and of which variant it was made."""

    line: int
    what: str
    owner: str
    source: str
    variant: str = ""

    @property
    def name(self) -> str:
        """Return how reports name it."""
        return f"line {self.line}: {self.what}" + (f", of the variant {self.variant!r}" if self.variant else "")


_BINARY = {
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult, ast.Pow: ast.Mult,
    ast.FloorDiv: ast.Div, ast.Mod: ast.Mult, ast.MatMult: ast.Mult,
}  # fmt: skip
_COMPARE = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot, ast.IsNot: ast.Is, ast.In: ast.NotIn, ast.NotIn: ast.In,
}  # fmt: skip
_NAMES = {
    "sum": "mean", "mean": "sum", "amax": "amin", "amin": "amax", "max": "min", "min": "max", "argmax": "argmin",
    "maximum": "minimum", "minimum": "maximum", "exp": "expm1", "log": "log1p", "sin": "cos", "relu": "abs",
    "zeros_like": "ones_like", "ones_like": "zeros_like", "zeros": "ones", "ones": "zeros", "any": "all", "all": "any",
    "ceil": "floor", "floor": "ceil", "sqrt": "abs", "abs": "neg",
}  # fmt: skip

_Edit = Callable[[ast.AST], str | None]


def _edits(node: ast.AST) -> Iterator[_Edit]:
    """Yield the mutations of one node; each alters the node it is given and says what it did, or None."""
    if isinstance(node, ast.BinOp) and type(node.op) in _BINARY:
        yield _operator("op", _BINARY)
    if isinstance(node, ast.AugAssign) and type(node.op) in _BINARY:
        yield _operator("op", _BINARY)
    if isinstance(node, ast.Compare) and len(node.ops) == 1 and type(node.ops[0]) in _COMPARE:
        yield _comparison
    if isinstance(node, ast.BoolOp):
        yield _boolean
    if isinstance(node, ast.UnaryOp) and not isinstance(node.operand, ast.Constant):
        yield _unary
    if isinstance(node, ast.Constant) and not isinstance(node.value, (str, bytes, type(None), type(...))):
        yield _constant
    if isinstance(node, ast.Attribute) and node.attr in _NAMES:
        yield _attribute
    if isinstance(node, (ast.If, ast.IfExp)):
        yield _condition


def _operator(field: str, table: dict[type[ast.operator], type[ast.operator]]) -> _Edit:
    def edit(node: ast.AST) -> str:
        old = getattr(node, field)
        setattr(node, field, table[type(old)]())
        return f"{type(old).__name__} becomes {table[type(old)].__name__}"

    return edit


def _comparison(node: ast.AST) -> str:
    assert isinstance(node, ast.Compare)
    old = type(node.ops[0])
    node.ops[0] = _COMPARE[old]()
    return f"{old.__name__} becomes {_COMPARE[old].__name__}"


def _boolean(node: ast.AST) -> str:
    assert isinstance(node, ast.BoolOp)
    node.op = ast.Or() if isinstance(node.op, ast.And) else ast.And()
    return "and and or change places"


def _unary(node: ast.AST) -> str:
    assert isinstance(node, ast.UnaryOp)
    sign = type(node.op).__name__
    if isinstance(node.op, ast.Not):  # dropping it: not not x
        node.operand = ast.UnaryOp(ast.Not(), node.operand)
    else:
        node.op = ast.UAdd()
    return f"{sign} is dropped"


def _constant(node: ast.AST) -> str:
    assert isinstance(node, ast.Constant)
    old = node.value
    if isinstance(old, bool):
        node.value = not old
    elif isinstance(old, (int, float)):
        node.value = old + 1 if isinstance(old, int) or old == 0 else old * 2
    return f"{old!r} becomes {node.value!r}"


def _attribute(node: ast.AST) -> str:
    assert isinstance(node, ast.Attribute)
    old = node.attr
    node.attr = _NAMES[old]
    return f".{old} becomes .{node.attr}"


def _condition(node: ast.AST) -> str:
    assert isinstance(node, (ast.If, ast.IfExp))
    node.test = ast.UnaryOp(ast.Not(), node.test)
    return "the condition is negated"


def mutants(text: str, inside: list[tuple[int, int]] | None = None) -> list[Mutant]:
    """Make all mutants of some regions of a source, without repetitions.

    Args:
        inside: pairs of lines between which it is altered; by default those of the markers of a solution.
    """
    statements = ast.parse(text).body
    inside = regions(text) if inside is None else inside
    texts = [_text(ast.Module([statement], [])) for statement in statements]

    def marked(node: ast.AST) -> bool:
        line = getattr(node, "lineno", 0)
        return any(first < line < last for first, last in inside)

    found: dict[str, Mutant] = {}
    for place, statement in enumerate(statements):  # one at a time: to copy and write out the rest, too, takes seconds
        owner = statement.name if isinstance(statement, (ast.FunctionDef, ast.ClassDef)) else ""
        for line, what, altered in _altered(ast.Module([statement], []), marked):
            made = _text(altered)
            if _compiles(made):
                source = "".join([*texts[:place], made, *texts[place + 1 :]])
                found.setdefault(source, Mutant(line, what, owner, source))
    made_all = sorted(found.values(), key=lambda m: (m.line, m.what))
    names: Counter[str] = Counter()
    for number, mutant in enumerate(made_all):  # reports and verify tell mutants apart by name
        names[mutant.name] += 1
        if names[mutant.name] > 1:
            made_all[number] = replace(mutant, what=f"{mutant.what} ({names[mutant.name]})")
    return made_all


def mutants_of_variant(variant: Rewrite, definitions: Container[str]) -> list[Mutant]:
    """Make all mutants of a variant: of the bodies of what it puts in the place of the solution's definitions.

    Args:
        definitions: of the solution. A variant's definition of another name stands for the one that it is `of`.
    """
    body = ast.parse(variant.source).body
    named = {node.value.id: variant.of for node in body if isinstance(node, ast.Assign)
             and isinstance(node.value, ast.Name)}  # fmt: skip
    owners = {node.name: named.get(node.name, node.name) for node in body
              if isinstance(node, (ast.FunctionDef, ast.ClassDef))}  # fmt: skip
    owners = {name: owner for name, owner in owners.items() if owner in definitions}
    inside = [
        (f.body[0].lineno - 1, (f.end_lineno or f.lineno) + 1)
        for node in body
        if getattr(node, "name", "") in owners
        for f in ast.walk(node)
        if isinstance(f, ast.FunctionDef)
    ]
    return [replace(m, owner=owners.get(m.owner, variant.of)) for m in mutants(variant.source, inside)]


def sample(all_of_them: list[Mutant], count: int) -> list[Mutant]:
    """Choose some mutants by their content: the same ones as long as that stays, however many others come."""
    return sorted(all_of_them, key=lambda m: hashlib.sha256(m.source.encode()).digest())[:count]


def _altered(part: ast.Module, marked: Callable[[ast.AST], bool]) -> Iterator[tuple[int, str, ast.Module]]:
    """(line, what, altered copy) of the mutants of a part of the solution."""
    for index, node in enumerate(list(ast.walk(part))):
        if not marked(node):
            continue
        line = getattr(node, "lineno", 0)
        for which, _ in enumerate(list(_edits(node))):
            altered = copy.deepcopy(part)
            target = list(ast.walk(altered))[index]
            what = list(_edits(target))[which](target)
            yield line, what or "", altered
        if isinstance(node, (ast.Assign, ast.AugAssign, ast.Expr)) and not _is_docstring(node):
            altered = copy.deepcopy(part)
            target = list(ast.walk(altered))[index]
            assert isinstance(target, ast.stmt)
            _drop(altered, target)
            yield line, f"`{ast.unparse(node).splitlines()[0][:60]}` is dropped", altered


def _is_docstring(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def _drop(tree: ast.Module, statement: ast.stmt) -> None:
    for node in ast.walk(tree):
        for field in ("body", "orelse", "finalbody"):
            body = getattr(node, field, None)
            if isinstance(body, list) and any(s is statement for s in body):
                body[:] = [ast.Pass() if s is statement else s for s in body]


def _text(part: ast.Module) -> str:
    return ast.unparse(ast.fix_missing_locations(part)) + "\n"


def _compiles(text: str) -> bool:
    try:
        compile(text, "mutant", "exec")
    except (SyntaxError, ValueError):
        return False
    return True
