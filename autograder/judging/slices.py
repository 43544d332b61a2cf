"""What of a source decides how a function answers: the slice of the program behind it, in a normal form. Read, not run.

Two submissions whose slices are equal answer alike, whatever else they define and however they name what is local to a
function, comment it or lay it out. That holds for sources that keep nothing from one call to the next and look at
nothing but what they are given: one that might has no slices, and is asked everything.
"""

from __future__ import annotations

import ast
import builtins
import hashlib
import re
from collections.abc import Iterable, Sequence, Set
from functools import cached_property

MAX_TEXT = 200_000  #: characters of a source that is looked at
#: modules that are always there, and that no function of a page can be reached through
PLAIN_MODULES = frozenset({
    "__future__", "abc", "bisect", "cmath", "collections", "copy", "csv", "dataclasses", "decimal", "enum",
    "fractions", "functools", "heapq", "io", "itertools", "json", "math", "numbers", "numpy", "operator",
    "pathlib", "random", "re", "statistics", "string", "torch", "typing",
})  # fmt: skip
SOME_MODULES = PLAIN_MODULES | {"pandas", "torchvision"}  #: those too that may be missing
#: what looks at code, at names, or at more than it is given; and what keeps something
TELLTALE = frozenset({
    "globals", "locals", "vars", "dir", "eval", "exec", "compile", "inspect", "sys", "gc", "setattr", "delattr",
    "breakpoint", "help", "register_module_forward_hook", "set_default_dtype", "set_default_device", "importlib",
})  # fmt: skip
KNOWN_DUNDERS = frozenset({
    "__init__", "__call__", "__len__", "__getitem__", "__setitem__", "__iter__", "__next__", "__name__",
    "__repr__", "__str__", "__eq__", "__hash__", "__add__", "__sub__", "__mul__", "__contains__", "__version__",
    "__enter__", "__exit__", "__post_init__", "__main__",
})  # fmt: skip
DECORATORS = frozenset({
    "staticmethod", "classmethod", "property", "dataclass", "abstractmethod", "setter", "no_grad",
    "inference_mode", "enable_grad",
})  # fmt: skip
_LATER = (ast.Global, ast.AsyncFunctionDef, ast.Await, ast.AsyncFor, ast.AsyncWith)
_BINDS = (ast.FunctionDef, ast.ClassDef, ast.Import, ast.ImportFrom, ast.Try, ast.Match)
_BUILTINS = frozenset(dir(builtins))
#: parts of names of what draws by chance (layers draw their first weights), or has to do with files
_MORE = re.compile(
    r"rand|drop|seed|normal_|uniform|shuffle|sample|choice|bernoulli|multinomial|poisson|exponential|init\b|init_|"
    r"Generator|Linear|Bilinear|Conv|Embedding|RNN|LSTM|GRU|Attention|Transformer|Loader|Sampler|"
    r"open|read|write|save|load|Path|mkdir|unlink|memmap|tofile|fromfile"
)


class _KeepsOrLooks(Exception):
    """The source may keep something, or look at more than it is given."""


class Slices:
    """The slices of one source.

    Args:
        cells: its parts, in order.
    """

    def __init__(self, cells: Sequence[str]):
        self._bound: dict[str, list[ast.stmt]] = {}  # what each name of the module is bound to, in order
        self._rest: list[ast.stmt] = []  # statements that do something when the source is loaded
        self._inside: dict[ast.stmt, list[ast.AST]] = {}  # the nodes of each statement
        self._forms: dict[str, tuple[str, frozenset[str]]] = {}
        self._known: dict[tuple[frozenset[str], frozenset[str]], bytes | None] = {}
        self._used: dict[frozenset[str], frozenset[str]] = {}
        self._hangs: dict[frozenset[str], bool] = {}
        self._stated: dict[ast.stmt, tuple[str, frozenset[str]]] = {}  # their normal forms
        try:
            self._read(cells)
            self.plain = True
        except (_KeepsOrLooks, SyntaxError, ValueError, RecursionError, MemoryError):
            self.plain = False

    def key(self, names: Iterable[str], replaced: frozenset[str] = frozenset()) -> bytes | None:
        """Return a digest of all that decides what these definitions do; None where that cannot be told.

        Args:
            replaced: names of the module under which something else is put once the source is loaded.
        """
        wanted = frozenset(names), replaced
        if wanted not in self._known:
            try:
                told = self.plain and not (replaced and replaced & self._early)
                self._known[wanted] = self._digest(*wanted) if told else None
            except (RecursionError, MemoryError):
                self._known[wanted] = None
        return self._known[wanted]

    def uses(self, names: frozenset[str]) -> frozenset[str] | None:
        """Return these definitions and all of the source's that they use; None where that cannot be told."""
        if not self.plain or not names <= self._bound.keys():
            return None
        if names not in self._used:
            try:
                self._used[names] = frozenset(self._reached(names, frozenset()))
            except (RecursionError, MemoryError):
                return None
        return self._used[names]

    def hangs_on_more(self, names: frozenset[str]) -> bool:
        """Tell whether these definitions might draw by chance or open files: then what was before them matters, too."""
        if names not in self._hangs:
            forms = [self._form_of(name)[0] for name in self.uses(names) or ()]
            self._hangs[names] = any(map(_MORE.search, forms))
        return self._hangs[names]

    # -- reading ---------------------------------------------------------------------------------

    def _read(self, cells: Sequence[str]) -> None:
        if sum(map(len, cells)) > MAX_TEXT:
            raise _KeepsOrLooks
        statements = [statement for cell in cells for statement in ast.parse(cell).body]
        self._inside = {statement: _inside(statement) for statement in statements}
        variables = set[str]()  # that hold what may change
        for statement in statements:
            if isinstance(statement, (ast.FunctionDef, ast.ClassDef)):
                self._bind(statement.name, statement)
            elif isinstance(statement, (ast.Import, ast.ImportFrom)):
                for called, one in _imported(statement):
                    self._bind(called, one)
                if not _is_plain(statement):
                    self._rest.append(statement)
            elif (name := _constant(statement)) is not None:
                self._bind(name, statement)
            elif not _does_nothing(statement):
                self._rest.append(statement)
                variables |= _stored(self._inside[statement])
        if variables & self._bound.keys():
            raise _KeepsOrLooks
        for statement in statements:
            self._look_at(statement, variables)

    @cached_property
    def _early(self) -> set[str]:
        """The names that are looked up when the source is loaded, and not when it is called."""
        nodes = [node for statement in self._inside for one in _at_once(statement) for node in ast.walk(one)]
        return {node.id for node in nodes if isinstance(node, ast.Name)}

    def _bind(self, name: str, statement: ast.stmt) -> None:
        self._bound.setdefault(name, []).append(statement)

    def _look_at(self, statement: ast.stmt, variables: set[str]) -> None:
        """Raise where a statement keeps something from call to call, or looks at more than it is given."""
        defines = isinstance(statement, (ast.FunctionDef, ast.ClassDef))
        if isinstance(statement, (ast.FunctionDef, ast.ClassDef)):
            _look_at_definition(statement)
        for node in self._inside[statement]:
            if isinstance(node, ast.Name):
                _look_at_name(node.id)
                renames = node.id[:2] == "__" and not isinstance(node.ctx, ast.Load)
                if renames or (defines and node.id in variables):
                    raise _KeepsOrLooks
            elif isinstance(node, ast.Constant):
                if isinstance(node.value, str) and "__" in node.value and not _is_prose(node.value):
                    raise _KeepsOrLooks
            elif isinstance(node, (ast.Attribute, ast.Subscript)):
                if isinstance(node, ast.Attribute):
                    _look_at_name(node.attr)
                if not isinstance(node.ctx, ast.Load) and self._is_lasting(_root(node)):
                    raise _KeepsOrLooks
            elif isinstance(node, _LATER):
                raise _KeepsOrLooks
            elif isinstance(node, (ast.Import, ast.ImportFrom)):
                _imported(node)

    def _is_lasting(self, root: str | None) -> bool:
        """Tell whether what has this name outlives a call; None stands for a type."""
        return root is None or root in self._bound or root in _BUILTINS

    # -- the slice -------------------------------------------------------------------------------

    def _digest(self, wanted: frozenset[str], replaced: frozenset[str]) -> bytes | None:
        if any(name not in self._bound for name in wanted):
            return None
        digest, early = hashlib.blake2b(digest_size=20), set[str]()
        for statement in self._rest:  # which ran before anything was replaced
            form, names = self._form(statement)
            digest.update(form.encode())
            early |= names
        for name in sorted(self._reached(early, frozenset()) | self._reached(wanted, replaced)):
            digest.update(f"\n{name}: {self._form_of(name)[0]}".encode())
        return digest.digest()

    def _reached(self, names: Set[str], but: frozenset[str]) -> set[str]:
        """Return these names of the module and all that are used by what they are bound to, but for some."""
        todo, reached = {*names} - but, set[str]()
        while todo:
            reached.add(name := todo.pop())
            todo |= self._form_of(name)[1] - reached - but
        return reached

    def _form_of(self, name: str) -> tuple[str, frozenset[str]]:
        """Return the normal form of what a name of the module is bound to, and the names of the module in it."""
        if name not in self._forms:
            both = [self._form(one) for one in self._bound[name]]
            self._forms[name] = ";".join(form for form, _ in both), frozenset[str]().union(*(used for _, used in both))
        return self._forms[name]

    def _form(self, statement: ast.stmt) -> tuple[str, frozenset[str]]:
        """Return a statement without what says nothing, and the names of the module that it uses."""
        if statement in self._stated:
            return self._stated[statement]
        inside = self._inside.get(statement, [])
        used = frozenset(node.id for node in inside if isinstance(node, ast.Name) and node.id in self._bound)
        for node in inside:
            if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
                node.body = _without_prose(node.body)
        if isinstance(statement, ast.FunctionDef):
            _rename(statement, self._bound.keys())
        elif isinstance(statement, ast.ClassDef):
            for method in statement.body:
                if isinstance(method, ast.FunctionDef):
                    _rename(method, self._bound.keys())
        self._stated[statement] = _spelt(statement), used
        return self._stated[statement]


def _inside(statement: ast.stmt) -> list[ast.AST]:
    """Return a statement and all nodes in it, level by level; but for the contexts, which are no more than marks."""
    found: list[ast.AST] = [statement]
    for node in found:  # which grows
        for name in node._fields:
            value = getattr(node, name, None)
            if value.__class__ is list:
                found += [one for one in value if isinstance(one, ast.AST)]
            elif isinstance(value, ast.AST) and not isinstance(value, ast.expr_context):
                found.append(value)
    return found


def _spelt(node: object) -> str:
    """Return a node as text: the same for the same code, however it is laid out."""
    if isinstance(node, ast.AST):
        return f"{type(node).__name__}({','.join([_spelt(getattr(node, name, None)) for name in node._fields])})"
    if isinstance(node, list):
        return f"[{','.join(map(_spelt, node))}]"
    return repr(node)


def _rename(function: ast.FunctionDef, bound: Set[str]) -> None:
    """Give numbers to what is local to a function, but for its parameters, which are called by their names."""
    fixed, stored, names = set[str](), dict[str, None](), list[ast.Name]()
    for node in _inside(function):
        if isinstance(node, ast.Name):
            names.append(node)
            if isinstance(node.ctx, ast.Store):
                stored[node.id] = None
        elif isinstance(node, ast.arg):
            fixed.add(node.arg)
        elif isinstance(node, ast.ClassDef):
            return  # what its body stores are attributes
        elif isinstance(node, (ast.FunctionDef, ast.ExceptHandler, ast.MatchAs, ast.MatchStar)):
            fixed.add(node.name or "")
        elif isinstance(node, (ast.Import, ast.ImportFrom)):
            fixed |= {name for name, _ in _imported(node)}
        elif isinstance(node, ast.Nonlocal):
            fixed |= {*node.names}
        elif isinstance(node, ast.MatchMapping):
            fixed.add(node.rest or "")
    free = [name for name in stored if name not in fixed and name not in bound and name not in _BUILTINS]
    numbers = {name: f"#{number}" for number, name in enumerate(free)}
    for one in names:
        one.id = numbers.get(one.id, one.id)


def _without_prose(body: list[ast.stmt]) -> list[ast.stmt]:
    return [one for one in body if not _says_nothing(one)] or [ast.Pass()]


def _at_once(statement: ast.stmt) -> list[ast.AST]:
    """Return the parts of a statement that are evaluated when the source is loaded."""
    if isinstance(statement, ast.FunctionDef):
        found: list[ast.AST] = [statement.args, *statement.decorator_list]
        return found if statement.returns is None else [*found, statement.returns]
    if isinstance(statement, ast.ClassDef):
        inside = [part for one in statement.body for part in _at_once(one)]
        return [*statement.bases, *statement.keywords, *statement.decorator_list, *inside]
    return [] if isinstance(statement, (ast.Import, ast.ImportFrom)) else [statement]


def _look_at_definition(statement: ast.FunctionDef | ast.ClassDef) -> None:
    """Raise where a definition brings something along that its calls may change."""
    if any(_last(one) not in DECORATORS for one in statement.decorator_list):
        raise _KeepsOrLooks
    if isinstance(statement, ast.ClassDef):
        for one in statement.body:
            if isinstance(one, ast.FunctionDef):
                _look_at_definition(one)
            elif not (_constant(one) is not None or _does_nothing(one) or _declares(one)):
                raise _KeepsOrLooks
        return
    for default in [*statement.args.defaults, *statement.args.kw_defaults]:
        if default is not None and not _is_fixed(default):
            raise _KeepsOrLooks


def _look_at_name(name: str) -> None:
    if name in TELLTALE or (name[:2] == "__" == name[-2:] and name not in KNOWN_DUNDERS):
        raise _KeepsOrLooks


def _is_prose(text: str) -> bool:
    """Tell whether a text that holds two underscores is none that could stand for a name."""
    return text in KNOWN_DUNDERS or " " in text.strip()


def _imported(statement: ast.Import | ast.ImportFrom) -> list[tuple[str, ast.stmt]]:
    """Return each name that an import binds, with an import of this name alone."""
    if isinstance(statement, ast.ImportFrom):
        _allow(statement.module or "", statement.level)
        return [
            (one.asname or one.name, ast.ImportFrom(statement.module, [one], 0))
            for one in statement.names if one.name != "*" or _refuse()
        ]  # fmt: skip
    for one in statement.names:
        _allow(one.name, 0)
    return [(one.asname or one.name.partition(".")[0], ast.Import([one])) for one in statement.names]


def _allow(module: str, level: int) -> None:
    if level or module.partition(".")[0] not in SOME_MODULES:
        raise _KeepsOrLooks


def _refuse() -> bool:
    raise _KeepsOrLooks


def _is_plain(statement: ast.Import | ast.ImportFrom) -> bool:
    """Tell whether an import that nothing uses is as good as none."""
    names = [statement.module or ""] if isinstance(statement, ast.ImportFrom) else [one.name for one in statement.names]
    return all(name.partition(".")[0] in PLAIN_MODULES for name in names)


def _constant(statement: ast.stmt) -> str | None:
    """Return the name to which a statement gives a value that never changes, and nothing else; else None."""
    if isinstance(statement, ast.Assign) and len(statement.targets) == 1 and isinstance(statement.targets[0], ast.Name):
        return statement.targets[0].id if _is_fixed(statement.value) else None
    if isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name) and statement.value is not None:
        return statement.target.id if _is_fixed(statement.value) else None
    return None


def _declares(statement: ast.stmt) -> bool:
    """Tell whether a statement only says of what type an attribute is."""
    return isinstance(statement, ast.AnnAssign) and statement.value is None


def _is_fixed(value: ast.expr) -> bool:
    """Tell whether an expression is a constant, or a name or attribute of something that is none of the source's."""
    if isinstance(value, (ast.Constant, ast.Name)):
        return True
    if isinstance(value, ast.Attribute):
        return _is_fixed(value.value)
    if isinstance(value, ast.UnaryOp):
        return _is_fixed(value.operand)
    if isinstance(value, ast.BinOp):
        return _is_fixed(value.left) and _is_fixed(value.right)
    return isinstance(value, ast.Tuple) and all(map(_is_fixed, value.elts))


def _says_nothing(statement: ast.stmt) -> bool:
    """Tell whether this is a bare constant, such as a docstring."""
    return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)


def _does_nothing(statement: ast.stmt) -> bool:
    """Tell whether a statement does nothing where the source is loaded as a module."""
    if isinstance(statement, ast.Pass) or _says_nothing(statement):
        return True
    if not isinstance(statement, ast.If) or statement.orelse:
        return False
    return ast.unparse(statement.test) == "__name__ == '__main__'"


def _stored(inside: list[ast.AST]) -> set[str]:
    """Return the names that a statement of the module binds, which consists of these nodes."""
    if any(isinstance(node, _BINDS) for node in inside):
        raise _KeepsOrLooks  # what a name is bound to hangs on more than its text
    return {node.id for node in inside if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}


def _last(decorator: ast.expr) -> str:
    node = decorator.func if isinstance(decorator, ast.Call) else decorator
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


def _root(node: ast.expr) -> str | None:
    """Return the name at the root of an attribute or an entry, "" for a value that has none; None for a type."""
    while isinstance(node, (ast.Attribute, ast.Subscript)):
        node = node.value
    if isinstance(node, ast.Call):
        return None if _last(node) in ("type", "") else ""
    return node.id if isinstance(node, ast.Name) else ""
