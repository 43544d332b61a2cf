"""A folder of pytest files with ``from solution import …``: each test function is a check."""

from __future__ import annotations

import ast
import copy
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from ...course.texts import read_text
from ...errors import CourseError
from .apart import SKIPPED
from .beside import beside, named_in
from .flattened import Imported, flattened
from .marking import marked
from .parts import EVERYBODYS, Assignment, Cell
from .places import placed

MAKES = "make_"  #: what the function of a fixture is called by
CASE = "case_of_"  #: before the name of a fixture with parameters: what it is given
_PYTESTS = frozenset({"capsys", "capfd", "monkeypatch", "mocker", "tmp_path", "tmpdir", "caplog", "recwarn", "request"})
_SKIPS = re.compile(r"mark\.(skip|skipif|xfail)\b|unittest\.(skip|expectedFailure)")
_BEFORE_EACH = frozenset({"setUp", "setup_method", "setUpClass", "setup_class"})


def assignments(path: Path) -> list[Assignment]:
    """Read a folder: ``test_*.py`` and the module that they import from.

    Raises:
        CourseError: there is no test, or the module that they import is not there.
    """
    folder = path if path.is_dir() else path.parent
    files = [path] if path.is_file() else sorted({*folder.rglob("test_*.py"), *folder.rglob("*_test.py")})
    if not files:
        raise CourseError(f"{folder}: there is no test_*.py")
    trees = {file: _parsed(file) for file in files}
    module = _module(trees, folder)
    source = next((p for p in (folder / f"{module}.py", *folder.rglob(f"{module}.py")) if p.is_file()), None)
    if source is None:
        raise CourseError(f"{folder}: the tests import {module}, and there is no {module}.py with the solution")
    text = read_text(source, "is not there")
    cells = [Cell("solution", source.name, marked(text))]
    around = {file: _parsed(file) for file in sorted(folder.rglob("conftest.py"))}
    fixtures: _Fixtures = {}
    places = [*dict.fromkeys(one.parent for one in (source, *files))]
    for file, tree in (*around.items(), *trees.items()):
        cells += _cells(file, placed(tree, file, places), module, fixtures, many=len(files) > 1)
    apart = frozenset(one.name for one in (source, *files)) | {"conftest.py", "__init__.py"}
    found: dict[str, Path] = {}
    notes: dict[str, None] = {}
    for place in places:  # tests name what lies beside them
        here, left = beside(place, named_in(cells), apart)
        found, notes = here | found, notes | dict.fromkeys(left)
    title = folder.resolve().name.replace("_", " ").replace("-", " ").capitalize()
    return [Assignment(title, tuple(cells), source, tuple(notes), found, _named(files, source))]


def _named(files: list[Path], source: Path) -> str:
    """Return what the page is called: as the solution's file, as the only file of tests, or as the folder."""
    about = files[0].stem.removeprefix("test_").removesuffix("_test")
    names = [source.stem, *([about] if len(files) == 1 else [])]
    return next((name for name in names if name.lower() not in EVERYBODYS), "")


def _parsed(file: Path) -> ast.Module:
    try:
        return ast.parse(read_text(file, "is not there"))
    except SyntaxError as error:
        raise CourseError(f"{file}, line {error.lineno}: is no Python ({error})") from None


def _module(trees: dict[Path, ast.Module], folder: Path) -> str:
    """Return the module that the tests are about: the one of the folder that they import."""
    local = {path.stem for path in folder.rglob("*.py")}
    found: dict[str, None] = {}
    for tree in trees.values():
        for node in ast.walk(tree):
            names = [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            names += [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            found |= dict.fromkeys(name.rpartition(".")[2] for name in names)
    if "solution" in found:
        return "solution"
    tested = {name.removeprefix("test_").removesuffix("_test") for name in (file.stem for file in trees)}
    known = [name for name in found if name in local and not name.startswith("test_") and name != "conftest"]
    known.sort(key=lambda name: name not in tested)  # test_shapes.py is about shapes.py, whatever else it imports
    if known:
        return known[0]
    raise CourseError(f"{folder}: the tests import no module of this folder, as in `from solution import f`")


@dataclass(frozen=True)
class _Fixture:
    """A fixture: its cases, as code, "" of one without parameters, and what it asks for."""

    cases: str
    wants: tuple[str, ...]


_Fixtures = dict[str, _Fixture]  #: by the name that each is asked for by


def _below(name: str, fixtures: _Fixtures) -> list[str]:
    """Return the fixtures that one rests on, itself among them."""
    found, waiting = dict[str, None](), [name]
    while waiting:
        one = waiting.pop(0)
        if one in fixtures and one not in found:
            found[one] = None
            waiting += fixtures[one].wants
    return [*found]


def _varied(names: Iterable[str], fixtures: _Fixtures) -> list[str]:
    """Return the fixtures with parameters that some rest on: each test is gone through for each of their cases."""
    below = dict.fromkeys(one for name in names for one in _below(name, fixtures))
    return [one for one in below if fixtures[one].cases]


def _made(name: str, fixtures: _Fixtures) -> str:
    """Return the call that makes a fixture: it is given the cases of all that it rests on."""
    return f"{MAKES}{name}({', '.join(CASE + one for one in _varied([name], fixtures))})"


def _cells(file: Path, tree: ast.Module, module: str, fixtures: _Fixtures, *, many: bool) -> list[Cell]:
    """Return what a file gives to its tests, and its tests.

    Args:
        fixtures: known before; those of this file are added.
    """
    found: list[Cell] = []
    before = f"{file.stem}_" if many else ""
    tree = flattened(tree)
    within = Imported(module)
    tree.body = [one if isinstance(one, ast.Import | ast.ImportFrom) else within.visit(one) for one in tree.body]
    renamed, whole = within.renamed, within.whole
    for node in tree.body:
        inside = node.body if isinstance(node, ast.ClassDef) else [node]
        fixtures |= {_fixture(one)[0]: _Fixture(_params(one), _wanted(one)) for one in inside if _is_fixture(one)}
    always = [_fixture(node)[0] for node in tree.body if _is_fixture(node) and _fixture(node)[1]]
    for node in tree.body:
        if isinstance(node, ast.Import | ast.ImportFrom) and within.takes(node):
            continue
        if isinstance(node, ast.FunctionDef) and _is_fixture(node):
            found.append(Cell("helper", file.name, ast.unparse(_renamed(_maker(node, fixtures), renamed, whole))))
        elif isinstance(node, ast.FunctionDef) and node.name.startswith("test"):
            found.append(_test(node, node.body, before, renamed, whole, fixtures, always))
        elif isinstance(node, ast.ClassDef) and (node.name.lower().startswith("test") or _is_case(node)):
            found += _of_class(node, before, renamed, whole, fixtures, always)
        elif not (isinstance(node, ast.If) and "__main__" in ast.unparse(node.test)):
            found.append(Cell("helper", file.name, ast.unparse(_renamed(node, renamed, whole))))
    return found


def _is_fixture(node: ast.stmt) -> bool:
    """Tell whether a function is made a fixture; one that `usefixtures` marks is a test."""
    marks = node.decorator_list if isinstance(node, ast.FunctionDef) else []
    called = [ast.unparse(mark.func if isinstance(mark, ast.Call) else mark) for mark in marks]
    return any(name.rpartition(".")[2] in ("fixture", "yield_fixture") for name in called)


def _fixture(node: ast.stmt) -> tuple[str, bool]:
    """Return what a fixture is asked for by, and whether every test has it."""
    assert isinstance(node, ast.FunctionDef)
    said = {k.arg: k.value for d in node.decorator_list if isinstance(d, ast.Call) for k in d.keywords}
    name, always = said.get("name"), said.get("autouse")
    return (
        str(name.value) if isinstance(name, ast.Constant) else node.name,
        isinstance(always, ast.Constant) and always.value is True,
    )


def _params(node: ast.stmt) -> str:
    """Return the cases of a fixture as code, "" where it has none."""
    assert isinstance(node, ast.FunctionDef)
    given = [k.value for d in node.decorator_list if isinstance(d, ast.Call) for k in d.keywords if k.arg == "params"]
    return _cases(given[0]) if given else ""


def _wanted(node: ast.stmt) -> tuple[str, ...]:
    assert isinstance(node, ast.FunctionDef)
    return tuple(one.arg for one in node.args.args if one.arg not in ("self", "cls"))


def _maker(node: ast.FunctionDef, fixtures: _Fixtures) -> ast.FunctionDef:
    """Return a fixture as a function that makes its value: what comes after a ``yield`` is pytest's to run.

    It is given the case of its own parameters, and those of the fixtures that it rests on.
    """
    made = copy.deepcopy(node)
    name = _fixture(node)[0]
    wanted = list(_wanted(node))
    if fixtures[name].cases:
        made = _Case(CASE + name).visit(made)
        wanted = [one for one in wanted if one != "request"]
    made.name, made.decorator_list = MAKES + name, []
    made.args.args = [ast.arg(CASE + one) for one in _varied([name], fixtures)]
    for place, one in enumerate(made.body):
        if isinstance(one, ast.Expr) and isinstance(one.value, ast.Yield):
            made.body[place:] = [ast.Return(one.value.value)]
            break
    made.body = [*ast.parse("\n".join(_asked_for(wanted, fixtures))).body, *made.body]
    return ast.fix_missing_locations(made)


def _asked_for(wanted: Iterable[str], fixtures: _Fixtures) -> list[str]:
    """Return the lines that make fixtures; those of pytest's own are named alone, and it is told that none crosses."""
    names = [name for name in wanted if name not in ("capsys", "capfd")]  # see `printed_by`
    return [name if name in _PYTESTS else f"{name} = {_made(name, fixtures)}" for name in names]


def _is_case(node: ast.stmt) -> bool:
    return isinstance(node, ast.ClassDef) and any("TestCase" in ast.unparse(base) for base in node.bases)


def _of_class(
    node: ast.stmt,
    before: str,
    renamed: dict[str, str],
    whole: set[str],
    fixtures: _Fixtures,
    always: list[str],
) -> list[Cell]:
    """Return the methods of a class of tests, each with what is set up before it."""
    assert isinstance(node, ast.ClassDef)
    methods = [one for one in node.body if isinstance(one, ast.FunctionDef)]
    ready = [
        _Renaming({"cls": "self"}, set()).visit(copy.deepcopy(s))
        for one in methods if one.name in _BEFORE_EACH or (_is_fixture(one) and _fixture(one)[1])
        for s in one.body if not (isinstance(s, ast.Expr) and isinstance(s.value, ast.Yield))
    ]  # fmt: skip
    shared = [one for one in node.body if isinstance(one, ast.Assign)]
    case = (
        "import unittest\nself = unittest.TestCase()"
        if _is_case(node)
        else "import types\nself = types.SimpleNamespace()"
    )
    ready = [*ast.parse(case).body, *shared, *ready] if ready or shared or _is_case(node) else []
    named = {t.id for one in shared for t in one.targets if isinstance(t, ast.Name)}
    makers = [_maker(one, fixtures) for one in methods if _is_fixture(one) and not _fixture(one)[1]]
    methods = [_Own(named).visit(one) for one in methods]
    return [
        *(Cell("helper", node.name, ast.unparse(_renamed(one, renamed, whole))) for one in makers),
        *(
            _test(one, [*copy.deepcopy(ready), *one.body], f"{before}{node.name}_", renamed, whole, fixtures, always)
            for one in methods if one.name.startswith("test")
        ),
    ]  # fmt: skip


def _test(
    node: ast.FunctionDef,
    body: list[ast.stmt],
    before: str,
    renamed: dict[str, str],
    whole: set[str],
    fixtures: _Fixtures,
    always: Iterable[str] = (),
) -> Cell:
    """Return a test function as a test; its cases are gone through one by one, each with fixtures of its own."""
    points = 1.0
    cases, named = "", set[str]()
    for mark in node.decorator_list:
        text = ast.unparse(mark)
        if isinstance(mark, ast.Call) and re.search(r"\b(points|weight)$", ast.unparse(mark.func)) and mark.args:
            value = mark.args[0]
            points = (
                float(value.value)
                if isinstance(value, ast.Constant) and isinstance(value.value, int | float)
                else points
            )
        if isinstance(mark, ast.Call) and text.startswith("pytest.mark.parametrize") and len(mark.args) >= 2:
            names = ast.literal_eval(mark.args[0])
            names = ", ".join(names) if isinstance(names, list | tuple) else names
            named |= {name.strip() for name in names.split(",")}
            values = _cases(mark.args[1])
            cases += f"for {names} in {values}:\n"
    doc = ast.get_docstring(node)
    title = doc.splitlines()[0] if doc else node.name.removeprefix("test_").replace("_", " ")
    inner = [_renamed(one, renamed, whole) for one in body if not _is_doc(one)]
    wanted = [a.arg for a in node.args.args if a.arg not in {"self", "cls", *named}]
    several = _varied((*always, *wanted), fixtures)
    cases += "".join(f"for {CASE}{name} in {fixtures[name].cases}:\n" for name in several)
    first = [_made(name, fixtures) for name in always if name not in wanted] + _asked_for(wanted, fixtures)
    if named & {below for name in wanted for below in _below(name, fixtures)}:
        first = ["request"]  # the test puts a value in the place of a fixture below: it is told of
    text = "\n".join([*first, *(ast.unparse(one) for one in inner)])
    for line in cases.splitlines():
        text = "\n".join([line, *(f"    {one}" if one else one for one in text.splitlines())])
    if any(_SKIPS.search(ast.unparse(decorator)) for decorator in node.decorator_list):
        text = SKIPPED
    return Cell("test", f"{before}{node.name}", text, points, title=title, alone=True)


def _cases(values: ast.expr) -> str:
    """Return the cases of a parametrized test; `pytest.param(...)` is its values."""
    if isinstance(values, ast.List | ast.Tuple):
        parts = []
        for one in values.elts:
            if isinstance(one, ast.Call) and ast.unparse(one.func).endswith("param"):
                parts.append(
                    ast.unparse(one.args[0]) if len(one.args) == 1 else f"({', '.join(map(ast.unparse, one.args))})"
                )
            else:
                parts.append(ast.unparse(one))
        return f"[{', '.join(parts)}]"
    return ast.unparse(values)


def _is_doc(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)


class _Case(ast.NodeTransformer):
    """Gives a fixture its case as an argument, in place of ``request.param``."""

    def __init__(self, argument: str):
        self.argument = argument

    def visit_Attribute(self, node: ast.Attribute) -> ast.AST:
        """Turn ``request.param`` into the argument's name."""
        self.generic_visit(node)
        if node.attr == "param" and ast.unparse(node.value) == "request":
            return ast.copy_location(ast.Name(self.argument, ast.Load()), node)
        return node


class _Own(ast.NodeTransformer):
    """Takes ``self.`` away before what the class holds, which is a name of the test's here."""

    def __init__(self, named: set[str]):
        self.named = named

    def visit_Attribute(self, node: ast.Attribute) -> ast.AST:
        """Turn ``self.START`` into ``START``."""
        self.generic_visit(node)
        if node.attr in self.named and ast.unparse(node.value) in ("self", "cls"):
            return ast.copy_location(ast.Name(node.attr, node.ctx), node)
        return node


class _Renaming(ast.NodeTransformer):
    """Gives what the solution calls otherwise its own name, and takes the module's name away before it."""

    def __init__(self, renamed: dict[str, str], whole: set[str]):
        self.renamed, self.whole = renamed, whole

    def visit_Name(self, node: ast.Name) -> ast.AST:
        """Rename a name."""
        return ast.copy_location(ast.Name(self.renamed.get(node.id, node.id), node.ctx), node)

    def visit_Attribute(self, node: ast.Attribute) -> ast.AST:
        """Turn ``solution.f`` into ``f``."""
        self.generic_visit(node)
        if isinstance(node.value, ast.Name) and node.value.id in self.whole:
            return ast.copy_location(ast.Name(node.attr, node.ctx), node)
        return node


def _renamed(node: ast.stmt, renamed: dict[str, str], whole: set[str]) -> ast.stmt:
    changed = _Renaming(renamed, whole).visit(copy.deepcopy(node))
    assert isinstance(changed, ast.stmt)
    return ast.fix_missing_locations(changed)
