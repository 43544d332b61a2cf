"""Which tests can be asked from the judge: code that only calls what the student wrote, as the body of a check.

A test's code runs in the judge. Names of the student's are looked up in their remote module; what the assignment gives
to everybody (imports, helpers, data) is taken along into the check file. What looks at more than answers cannot cross.
"""

from __future__ import annotations

import ast
import builtins
from collections.abc import Iterable
from dataclasses import dataclass, field

from ...sandbox.host.student import Student

#: calls and names that look at something that is not an answer, with what to do instead
_APART = {
    "file": "reads or writes files, which are not in the judge: hand the content over as an argument",
    "plot": "looks at a plot, which is drawn in the student's process: let a function return what is plotted, and test "
    "that, or read it by hand (question_points)",
    "globals": "pokes at the notebook's globals: call a function with what it needs and compare what it returns",
    "shell": "uses the notebook's magics or shell, which there are none of in a check",
    "printed": "looks at what is printed: let the function return the text, and compare that",
    "patched": "puts something else in the place of what the student wrote, which the student's process does not see: "
    "use @forbids or @misconception, or pass the function as an argument",
    "source": "looks at the source or the names of the student's code: use @forbids for rules of style",
}
_NAMES = {
    **dict.fromkeys(("open", "os", "pathlib", "Path", "shutil", "tempfile", "tmp_path", "tmpdir", "glob"), "file"),
    **dict.fromkeys(("plt", "matplotlib", "sns", "seaborn", "plotly", "fig", "ax", "axes", "PlotChecker"), "plot"),
    **dict.fromkeys(("globals", "locals", "vars", "eval", "exec", "dir", "__main__"), "globals"),
    **dict.fromkeys(("get_ipython", "In", "Out", "subprocess"), "shell"),
    **dict.fromkeys(("capsys", "capfd", "redirect_stdout", "StringIO"), "printed"),
    **dict.fromkeys(("patch", "mock", "MagicMock", "monkeypatch", "mocker"), "patched"),
    **dict.fromkeys(("inspect", "getsource", "dis"), "source"),
}
_ATTRIBUTES = {
    **dict.fromkeys(("getsource", "__code__", "__name__", "__doc__", "__annotations__", "__module__"), "source"),
    **dict.fromkeys(("stdout", "getvalue"), "printed"),
    **dict.fromkeys(("read_csv", "read_excel", "read_json", "loadtxt", "genfromtxt", "savefig", "to_csv"), "file"),
}

TAKEN = ("hidden", "plain", "points")  #: what a check file has from us


@dataclass
class World:
    """What the names of an assignment stand for.

    Args:
        own: bound by what students write, or by what depends on it.
        kinds: of these, what each is: function, class or value.
        given: what everybody gets, by name: the statement that binds it.
        read: names that the student's functions read from outside of themselves.
    """

    own: set[str] = field(default_factory=set)
    kinds: dict[str, str] = field(default_factory=dict)
    given: dict[str, str] = field(default_factory=dict)
    read: set[str] = field(default_factory=set)

    def take_test(self, source: str) -> None:
        """Take in what a test makes for those after it: what does not depend on the student's answers."""
        for node in parsed(source).body:
            if isinstance(node, ast.Import | ast.ImportFrom | ast.FunctionDef | ast.ClassDef | ast.Assign):
                if loaded(node) & self.own:
                    continue
                for name in bound(node) - self.own:
                    self.given.setdefault(name, ast.unparse(node))

    def take(self, source: str, *, solution: bool) -> None:
        """Take in the statements of a cell, in the order of the notebook."""
        for node in parsed(source).body:
            names, uses = bound(node), loaded(node)
            if isinstance(node, ast.Import | ast.ImportFrom):
                self.given |= {name: ast.unparse(node) for name in names}
                continue
            if solution or uses & self.own:
                self.own |= names
                for name in names:
                    self.given.pop(name, None)
                self.kinds |= dict.fromkeys(names, _kind(node))
                if isinstance(node, ast.FunctionDef | ast.ClassDef):
                    self.read |= uses
            elif not isinstance(node, ast.Expr):
                self.given |= {name: ast.unparse(node) for name in names}


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


def bound(node: ast.AST) -> set[str]:
    """Return the names that a statement binds in its own scope."""
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
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
        elif isinstance(child, ast.FunctionDef | ast.ClassDef) and child is not node:
            inside.add(child.name)
    names = {n.id for n in ast.walk(node) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Load)}
    if isinstance(node, ast.FunctionDef):
        inside |= set().union(*(bound(child) for child in node.body))
    return names - inside - {*dir(builtins)}


def _kind(node: ast.stmt) -> str:
    if isinstance(node, ast.ClassDef):
        return "class"
    return "function" if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) else "value"


def crossed(source: str, world: World, raw: Iterable[str] = (), elsewhere: Iterable[str] = ()) -> Crossed:
    """Return a test as the body of a check, or why it cannot cross.

    Args:
        raw: names whose answers are objects of the student's own, which stay over there.
        elsewhere: names that other tests bind.
    """
    try:
        tree = parsed(source)
    except SyntaxError as error:
        return Crossed(why=f"is no Python (line {error.lineno}: {error.msg})")
    if plain_code(source) != source and any(line.lstrip().startswith(("%", "!")) for line in source.splitlines()):
        return Crossed(why=_APART["shell"])
    why = _looks_elsewhere(tree, world)
    if why:
        return Crossed(why=why)
    local: set[str] = set()
    wanted: set[str] = set()
    for node in tree.body:
        wanted |= loaded(node) - local
        local |= bound(node)
    put: set[str] = set()
    for node in tree.body:
        put |= bound(node) if not isinstance(node, ast.Import | ast.ImportFrom) else set()
    patched = (put & world.read) | {name for name in put & world.own if world.kinds.get(name) != "value"}
    deleted = {n.id for n in ast.walk(tree) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Del)} & world.own
    if patched | deleted:
        return Crossed(why=f"`{min(patched | deleted)}`: {_APART['patched']}")
    own = sorted(wanted & world.own)
    taken = sorted(({"student", *TAKEN} & (wanted | local)) | {name for name in own if hasattr(Student, name)})
    if taken:
        return Crossed(why=f"uses the name `{taken[0]}`, which checks have a meaning of their own for: rename it")
    given = _with_all_below(sorted((wanted - world.own) & world.given.keys()), world)
    unknown = wanted - world.own - world.given.keys() - local
    if unknown:
        name = min(unknown)
        where = "another test cell makes: put the two into one cell" if name in elsewhere else "no cell defines"
        return Crossed(why=f"uses `{name}`, which {where}")
    binds = [f"{name} = {_looked_up(name, world, raw)}" for name in own]
    return Crossed("\n".join([*binds, *([plain_code(source).strip()] if tree.body else [])]), tuple(given))


def _looked_up(name: str, world: World, raw: Iterable[str]) -> str:
    plain = world.kinds.get(name) != "class" and name not in raw
    return f"plain(student.{name})" if plain else f"student.{name}"


def _with_all_below(names: list[str], world: World) -> list[str]:
    """Return given names with all that their statements need in turn, in the order of the notebook."""
    found, waiting = set(names), list(names)
    while waiting:
        needs = loaded(ast.parse(world.given[waiting.pop()]).body[0])
        new = {name for name in needs if name in world.given} - found
        found |= new
        waiting += new
    return [name for name in world.given if name in found]


def _looks_elsewhere(tree: ast.Module, world: World) -> str:
    """Return what a test looks at that is not an answer, "" where there is nothing."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Global | ast.Nonlocal):
            return _APART["globals"]
        if isinstance(node, ast.Import | ast.ImportFrom):
            names = {alias.name.partition(".")[0] for alias in node.names} | bound(node)
            module = {node.module.partition(".")[0]} if isinstance(node, ast.ImportFrom) and node.module else set()
            for name in sorted(names | module):
                if name in _NAMES:
                    return f"`{name}`: {_APART[_NAMES[name]]}"
        if isinstance(node, ast.Name) and node.id in _NAMES and (node.id not in world.own or node.id == "ax"):
            return f"`{node.id}`: {_APART[_NAMES[node.id]]}"
        if isinstance(node, ast.Attribute) and node.attr in _ATTRIBUTES:
            return f"`.{node.attr}`: {_APART[_ATTRIBUTES[node.attr]]}"
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Name)
            and node.func.id in ("isinstance", "issubclass")
        ):
            kinds = {n.id for arg in node.args[1:] for n in ast.walk(arg) if isinstance(n, ast.Name)} & world.own
            if kinds:
                name = min(kinds)
                return f"asks whether something is a `{name}`, which lives in the student's process: compare attributes"
    return ""
