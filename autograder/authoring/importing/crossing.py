"""Which tests can be asked from the judge: code that only calls what the student wrote, as the body of a check.

A test's code runs in the judge. Names of the student's are looked up in their remote module; what the assignment gives
to everybody (imports, helpers, data) is taken along into the check file. What looks at more than answers cannot cross.
"""

from __future__ import annotations

import ast
import importlib.util
import math
import re
import warnings
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from ...sandbox.host.student import Student
from ..build import DEFINITIONS
from .apart import APART, ATTRIBUTES, NAMES, PARTLY, READERS, SKIPPED
from .constants import given_constants
from .names import bound, loaded
from .opened import PAGE_FILE, for_the_judge, is_path, root
from .rewriting import Asking, Kinds, Live, Printing

#: what `student` means itself; what the student calls so is looked up as ``student["read"]``
_STUDENTS = frozenset({*dir(Student), *Student.__init__.__code__.co_names})
_NAMED = re.compile(r"\A\w+ = [\w.]*(namedtuple|NamedTuple)\(")
#: what a check file has from us
TAKEN = ("ask_object", "hidden", "in_place", "plain", "points", "printed_by", "printed_into", "their_error")


@dataclass
class World:
    """What the names of an assignment stand for.

    Args:
        own: bound by what students write, or by what depends on it.
        kinds: of these, what each is: function, class or value.
        given: what everybody gets, by name: the statement that binds it.
        helpers: of the tests, the same where it uses what students write: each test has it inside.
        read: names that the student's functions read from outside of themselves.
    """

    own: set[str] = field(default_factory=set)
    kinds: dict[str, str] = field(default_factory=dict)
    given: dict[str, str] = field(default_factory=dict)
    helpers: dict[str, str] = field(default_factory=dict)
    read: set[str] = field(default_factory=set)
    files: set[str] = field(default_factory=set)  #: given names that stand for the page's own files
    errors: set[str] = field(default_factory=set)  #: of the student's classes those that are exceptions
    constants: set[str] = field(default_factory=set)  #: given beside what students write
    answers: set[str] = field(default_factory=set)  #: values that students write
    changed: set[str] = field(default_factory=set)  #: values that functions change
    looked_up: set[str] = field(default_factory=set)  #: given values that only the student's process can make
    page: Mapping[str, Path] = field(default_factory=dict)  #: the page's files, by the path by which code opens them
    texts: Mapping[str, str] = field(default_factory=dict)  #: what names stand for that are given a text once

    def judged(self, source: str) -> str:
        """Return code as the judge can run it: it opens the page's files where they lie there."""
        return for_the_judge(source, self.page, self.own, self.texts)

    def leave(self, name: str) -> None:
        """Leave a given value, and what is made of it, to the student's process, where it is looked up."""
        self.given.pop(name)
        self.own.add(name)
        self.looked_up.add(name)
        self.kinds[name] = "value"
        for other in [one for one, text in self.given.items() if name in loaded(ast.parse(text).body[0])]:
            if other in self.given:
                self.leave(other)

    def _give(self, name: str, node: ast.stmt) -> None:
        self.given[name] = ast.unparse(node)
        if isinstance(node, ast.Assign) and is_path(node.value, self.files):
            self.files.add(name)

    def take_test(self, source: str) -> None:
        """Take in what a test makes for those after it: what does not depend on the student's answers."""
        for node in parsed(source).body:
            if isinstance(node, ast.Import | ast.ImportFrom | ast.FunctionDef | ast.ClassDef | ast.Assign):
                if loaded(node) & (self.own | self.helpers.keys()):
                    continue
                for name in bound(node) - self.own - self.given.keys():
                    self._give(name, node)

    def take_helper(self, source: str) -> None:
        """Take in what tests alone have: nobody's solution defines it."""
        for node in parsed(source).body:
            for name in bound(node) - self.own:
                if isinstance(node, ast.Import | ast.ImportFrom) or not loaded(node) & (self.own | self.helpers.keys()):
                    self._give(name, node)
                else:
                    self.helpers[name] = ast.unparse(node)

    def take(self, source: str, *, solution: bool) -> None:
        """Take in the statements of a cell, in the order of the notebook."""
        kept = given_constants(source) - self.own - self.changed if solution else set()
        for node in parsed(source).body:
            names, uses = bound(node), loaded(node)
            if names & kept and names <= kept and not uses & self.own:
                self.constants |= names
                judged = ast.parse(self.judged(ast.unparse(node))).body[0]
                for name in names:
                    self._give(name, judged)
                continue
            makes_value = isinstance(node, ast.Assign | ast.AnnAssign) and not is_lambda(node)
            self.answers |= names if solution and makes_value else set()
            if isinstance(node, ast.Import | ast.ImportFrom):
                self.given |= {name: ast.unparse(node) for name in names}
                continue
            if solution or uses & self.own or isinstance(node, ast.ClassDef):  # its objects are made where they live
                self.own |= names
                for name in names:
                    self.given.pop(name, None)
                self.kinds |= dict.fromkeys(names, _kind(node))
                self.errors |= names if isinstance(node, ast.ClassDef) and _is_error(node, self.errors) else set()
                if isinstance(node, DEFINITIONS):
                    self.read |= uses
            elif not isinstance(node, (ast.Expr, *DEFINITIONS)) and _opens(node, self):
                self.own |= names  # what no file of the page is cannot be opened by the judge
                self.looked_up |= names
                self.kinds |= dict.fromkeys(names, "value")
            elif not isinstance(node, ast.Expr):
                for name in names:
                    self._give(name, node)


@dataclass(frozen=True)
class Crossed:
    """A test as the body of a check, or why it is none.

    Args:
        body: statements, with the student's names bound first.
        given: the names of what is taken along.
        why: what cannot cross, and what to do.
    """

    body: str = ""
    given: tuple[str, ...] = ()
    why: str = ""


def parsed(source: str) -> ast.Module:
    """Parse code of a notebook; its magics are comments."""
    return ast.parse(plain_code(source))


def plain_code(source: str) -> str:
    """Return code of a notebook with its magics and shell lines as comments."""
    lines = []
    for line in source.splitlines():
        bare = line.lstrip()
        if bare.startswith(("%", "!", "?")) or (bare.endswith("?") and not bare.startswith(("#", "'", '"'))):
            lines.append(f"{line[: len(line) - len(bare)]}# {bare}")
        else:
            lines.append(line)
    return "\n".join(lines)


def _is_error(node: ast.ClassDef, known: set[str]) -> bool:
    bases = {ast.unparse(base).rpartition(".")[2] for base in node.bases}
    return bool(bases & known) or any(base.endswith(("Error", "Exception", "Warning")) for base in bases)


def _kind(node: ast.stmt) -> str:
    if isinstance(node, ast.ClassDef):
        return "class"
    return "function" if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) or is_lambda(node) else "value"


def is_lambda(node: ast.stmt) -> bool:
    """Tell whether a statement gives a function a name, as ``f = lambda x: x + 1`` does."""
    return isinstance(node, ast.Assign | ast.AnnAssign) and isinstance(node.value, ast.Lambda)


def crossed(
    source: str,
    world: World,
    raw: Iterable[str] = (),
    elsewhere: Iterable[str] = (),
    *,
    placed: bool = False,
    handed: Collection[str] = (),
    asked: bool = False,
) -> Crossed:
    """Return a test as the body of a check, or why it cannot cross.

    Args:
        raw: names whose answers are objects of the student's own, which stay over there.
        elsewhere: names that other tests bind.
        placed: functions change their arguments in place, and the test looks at these.
        handed: names of these; what everybody gets of them is made anew in each test.
        asked: it compares or writes down objects of the student's, which are asked themselves.
    """
    try:
        tree = parsed(source)
    except SyntaxError as error:
        return Crossed(why=f"is no Python (line {error.lineno}: {error.msg})")
    if plain_code(source) != source and any(line.lstrip().startswith(("%", "!")) for line in source.splitlines()):
        return Crossed(why=APART["shell"])
    if why := _no_body(tree) or _looks_elsewhere(tree, world):
        return Crossed(why=why)
    wanted, local, put = _names(tree)
    if why := _patched(tree, put, world) or _handed_a_path(tree, world):
        return Crossed(why=why)
    helping = _with_all_below(sorted(wanted & world.helpers.keys()), world.helpers)
    for name in helping:
        made = ast.parse(world.helpers[name])
        wanted |= loaded(made.body[0])
        if why := _looks_elsewhere(made, world):
            return Crossed(why=f"its `{name}`: {why}")
    own = sorted(wanted & world.own)
    taken = sorted({"student", *TAKEN} & (wanted | local))
    if taken:
        return Crossed(why=f"uses the name `{taken[0]}`, which checks have a meaning of their own for: rename it")
    needed = _with_all_below(sorted((wanted - world.own) & world.given.keys()), world.given)
    # what a test binds itself is its own from its first line on: what it has of the same name stands there, too
    absent = {name: said for name in needed if (said := _not_here(world.given[name], world))}
    if why := next((said for name, said in absent.items() if name not in local), ""):
        return Crossed(why=why)
    needed = [name for name in needed if name not in absent]
    anew = [n for n in needed if n in local or (n in handed and not world.given[n].startswith(("import ", "from ")))]
    given = [n for n in needed if n not in anew]
    captured = sorted(wanted & {"capsys", "capfd"} - world.own)
    unknown = wanted - {*captured} - world.own - world.given.keys() - world.helpers.keys() - local - {PAGE_FILE}
    if unknown:
        name = min(unknown)
        where = "another test cell makes: put the two into one cell" if name in elsewhere else "no cell defines"
        return Crossed(why=f"uses `{name}`, which {where}")
    live = _live(own, tree, put | {*handed}, world)
    code = plain_code(source).strip() if tree.body else ""
    tuples = {name for name, text in world.given.items() if _NAMED.search(text)}
    kinds, printing = Kinds(world.own | tuples, world.errors), Printing()
    tree = printing.visit(kinds.visit(tree))
    if live or asked or kinds.found or printing.found:
        tree = Asking().visit(tree) if asked else tree
        code = ast.unparse(Live({name: _looked_up(name, world, raw) for name in live}).visit(tree))
    binds = ["in_place(student)"] if placed else []
    binds += [f"{name} = printed_by(student)" for name in captured]
    binds += [f"{name} = {_made(name, tree, world, raw)}" for name in own if name not in live]
    binds += dict.fromkeys([*(world.given[name] for name in anew), *(world.helpers[name] for name in helping)])
    return Crossed("\n".join([*binds, *([code] if code else [])]), tuple(given))


def _names(tree: ast.Module) -> tuple[set[str], set[str], set[str]]:
    """Return the names that a test reads before it binds them, those that it binds, and those without imports."""
    local: set[str] = set()
    wanted: set[str] = set()
    put: set[str] = set()
    for node in tree.body:
        wanted |= loaded(node) - local
        local |= bound(node)
        put |= bound(node) if not isinstance(node, ast.Import | ast.ImportFrom) else set()
    return wanted, local, put


def _made(name: str, tree: ast.Module, world: World, raw: Iterable[str]) -> str:
    """Return what stands for a name of the student's: an exception that a test expects is one of ours."""
    looked_up = _looked_up(name, world, raw)
    makes = any(isinstance(n, ast.Call) and root(n.func) == name for n in ast.walk(tree))
    return f"their_error({looked_up})" if name in world.errors and not makes else looked_up


def _looked_up(name: str, world: World, raw: Iterable[str]) -> str:
    whole = world.kinds.get(name) == "class" or name in raw
    theirs = f'student["{name}"]' if name in _STUDENTS else f"student.{name}"
    return theirs if whole else f"plain({theirs})"


def _live(own: list[str], tree: ast.Module, bound_here: Collection[str], world: World) -> set[str]:
    """Return the values of the student's that are looked up where they are read: an earlier call may change them."""
    values = {name for name in own if world.kinds.get(name) == "value"} - {*bound_here}
    calls = [n.lineno for n in ast.walk(tree) if isinstance(n, ast.Call) and root(n.func) in {*own} - values]
    first = min(calls, default=math.inf)
    return {n.id for n in ast.walk(tree) if isinstance(n, ast.Name) and n.id in values and n.lineno > first}


def calls_alone(source: str, world: World) -> bool:
    """Tell whether a test calls a function of the student's and drops its answer, as where it works in place."""
    return any(
        isinstance(node, ast.Expr) and isinstance(node.value, ast.Call) and loaded(node.value.func) & world.own
        for node in ast.walk(parsed(source))
    )


def _with_all_below(names: list[str], statements: Mapping[str, str]) -> list[str]:
    """Return names with all that their statements need in turn, in the order of the statements."""
    found, waiting = set(names), list(names)
    while waiting:
        needs = loaded(ast.parse(statements[waiting.pop()]).body[0])
        new = {name for name in needs if name in statements} - found
        found |= new
        waiting += new
    return [name for name in statements if name in found]


def _patched(tree: ast.Module, put: set[str], world: World) -> str:
    """Return what is said of a test that puts something in the place of what the student wrote."""
    patched = (put & world.read) | {name for name in put & world.own if world.kinds.get(name) != "value"}
    deleted = {n.id for n in ast.walk(tree) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Del)} & world.own
    stored = {
        root(n) for n in ast.walk(tree) if isinstance(n, ast.Subscript) and isinstance(n.ctx, ast.Store | ast.Del)
    }
    if poked := stored & world.own - put:
        return f"`{min(poked)}`: {APART['globals']}"
    return f"`{min(patched | deleted)}`: {APART['patched']}" if patched | deleted else ""


def _handed_a_path(tree: ast.Module, world: World) -> str:
    """Return what is said of a test that hands the student's code a place of the judge's."""
    for node in ast.walk(tree):
        handed = [*node.args, *(k.value for k in node.keywords)] if isinstance(node, ast.Call) else []
        if isinstance(node, ast.Call) and root(node.func) in world.own and any(is_path(a, world.files) for a in handed):
            said = "a path of the judge's; hand over the file's name alone, `f(\"rain.csv\")`"
            return f"hands `{root(node.func)}` {said}"
    return ""


def _not_here(statement: str, world: World) -> str:
    """Return why what everybody gets cannot be taken along: it is not installed, or asks for what pytest gives."""
    node = ast.parse(statement).body[0]
    asked = sorted(loaded(node) & NAMES.keys() - world.given.keys() - world.own)
    return f"`{asked[0]}`: {APART[NAMES[asked[0]]]}" if asked else _absent(node)


def _absent(node: ast.stmt) -> str:
    """Return what is said of an import of what is not installed here, "" of another statement."""
    names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
    names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
    missing = [name for one in names if (name := one.partition(".")[0]) and importlib.util.find_spec(name) is None]
    return f"imports {missing[0]}, which is not installed here: install it, or test without it" if missing else ""


def _opens(node: ast.stmt, world: World) -> bool:
    """Tell whether a statement opens a file that is none of the page's."""
    said = _looks_elsewhere(ast.Module([node], []), world)
    return said.endswith(APART["file"])


def _may(tree: ast.Module, world: World) -> set[ast.AST]:
    """Return what reads a file of the page: the judge has it too."""
    found: set[ast.AST] = set()
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call) or not node.args:
            continue
        modes = [
            arg.value for arg in [*node.args[1:], *(k.value for k in node.keywords)] if isinstance(arg, ast.Constant)
        ]
        writes = any(isinstance(mode, str) and set(mode) & set("wax+") and len(mode) <= 3 for mode in modes)
        if not writes and loaded(node.args[0]) & ({PAGE_FILE} | world.files):
            found |= {*ast.walk(node.func)}
    return found


def _no_body(tree: ast.Module) -> str:
    """Return why statements cannot stand in a function, as a check is one; "" where they can."""
    function = ast.parse("def check():\n    pass")
    check = function.body[0]
    assert isinstance(check, ast.FunctionDef)
    check.body = tree.body or [ast.Pass()]
    try:
        with warnings.catch_warnings(action="ignore"):
            compile(ast.unparse(function), "a test", "exec")
    except SyntaxError as error:
        await_ = "await" in error.msg or "asynchronous" in error.msg
        todo = "test a plain function of the student's that runs it, as with asyncio.run" if await_ else "write it so"
        return f"cannot stand in a function, as a check is one ({error.msg}): {todo}"
    return ""


def _looks_elsewhere(tree: ast.Module, world: World) -> str:
    """Return what a test looks at that is not an answer, "" where there is nothing."""
    may = _may(tree, world)
    for node in ast.walk(tree):
        if node in may:
            continue
        if isinstance(node, ast.Global | ast.Nonlocal):
            return APART["globals"]
        if isinstance(node, ast.Import | ast.ImportFrom):
            names = {alias.name.partition(".")[0] for alias in node.names} | bound(node)
            module = {node.module.partition(".")[0]} if isinstance(node, ast.ImportFrom) and node.module else set()
            for name in sorted(names | module):
                if name in NAMES and name not in READERS:  # what they read is looked at where they are called
                    return f"`{name}`: {APART[NAMES[name]]}"
            if absent := _absent(node):
                return absent
        if isinstance(node, ast.Name) and node.id in NAMES and (node.id not in world.own or node.id == "ax"):
            return APART[NAMES[node.id]] if node.id in (SKIPPED, PARTLY) else f"`{node.id}`: {APART[NAMES[node.id]]}"
        if isinstance(node, ast.Attribute) and node.attr in ATTRIBUTES:
            return f"`.{node.attr}`: {APART[ATTRIBUTES[node.attr]]}"
    return ""
