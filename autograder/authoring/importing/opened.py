"""Code of tests as the judge can run it: it opens the page's files where they lie, and has no need of nose."""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from contextlib import suppress
from pathlib import Path

from .names import bound

PAGE_FILE = "page_file"  #: of the author's API
_FILE = r"(?:__file__|os\.path\.(?:abspath|realpath)\(__file__\))"
_HERE = re.compile(
    rf"(?:pathlib\.)?Path\({_FILE}\)(?:\.(?:resolve|absolute)\(\))?\.parent"
    rf"|os\.path\.join\(os\.path\.dirname\({_FILE}\)|os\.path\.dirname\({_FILE}\)"
)
_PART = re.compile(r"""(?:\s/\s|,\s)(['"])([^'"]+)\1""")


def for_the_judge(
    source: str, files: Mapping[str, Path], own: Collection[str], texts: Mapping[str, str] | None = None
) -> str:
    """Return code of a test, or of what tests are given, as a check can run it; as it is where nothing changes.

    Args:
        files: of the page, by the path by which students' code opens them.
        own: names of what students write; what they are handed as a path stays one.
        texts: what names stand for that are given a text once and no other, as of :func:`texts_in`.
    """
    try:
        tree = ast.parse(source)
    except SyntaxError:  # told where it is asked to cross
        return source
    tree.body = [made for node in tree.body for made in _imported(node, files)]
    folders = {parent for name in files for parent in _folders(name)}
    opening = _Opening({*files, *folders}, own, texts or {})
    opening.visit(tree)
    tree.body = [node for node in tree.body if not _prints(node)] or tree.body[:1]
    new = ast.unparse(ast.fix_missing_locations(tree))
    return source if new == ast.unparse(ast.parse(source)) else new


def _folders(name: str) -> list[str]:
    parts = name.split("/")[:-1]
    return ["/".join(parts[:n]) for n in range(1, len(parts) + 1)]


def _prints(node: ast.stmt) -> bool:
    """Tell whether a statement shows something and does nothing else: nobody reads it where many are graded."""
    return (
        isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Call)
        and isinstance(node.value.func, ast.Name)
        and node.value.func.id in ("print", "display")
    )


def _imported(node: ast.stmt, files: Mapping[str, Path]) -> list[ast.stmt]:
    """Return an import as the judge can make it.

    Nose's assertions are unittest's, nose itself runs on no Python of today. A module beside the assignment is none of
    the judge's: what is imported from it is taken along.
    """
    names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
    names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
    beside = [path for name in names if (path := files.get(f"{name.replace('.', '/')}.py")) is not None]
    if beside:
        renamed = not isinstance(node, ast.ImportFrom) or any(alias.asname for alias in node.names)
        return [] if renamed else _statements(beside[0])
    if not isinstance(node, ast.ImportFrom) or node.module not in ("nose.tools", "numpy.testing.utils"):
        return [node]
    if node.module == "numpy.testing.utils":
        return [ast.ImportFrom("numpy.testing", node.names, 0)]
    lines = ["import unittest"]
    for alias in node.names:
        first, *more = {"eq_": "assert_equal", "ok_": "assert_true"}.get(alias.name, alias.name).split("_")
        name = first + "".join(word.capitalize() for word in more)
        lines.append(f"{alias.asname or alias.name} = unittest.TestCase().{name}")
    return ast.parse("\n".join(lines)).body


def _statements(path: Path) -> list[ast.stmt]:
    """Return what a module is made of; nothing of one that cannot be read."""
    try:
        return ast.parse(path.read_text(encoding="utf-8")).body
    except (OSError, SyntaxError, ValueError):
        return []


class _Opening(ast.NodeTransformer):
    """Turns the path of a page's file into where the judge finds it, in calls of everything but students' code."""

    def __init__(self, files: Collection[str], own: Collection[str], texts: Mapping[str, str]):
        self.files, self.own, self.texts = files, own, texts
        self.theirs = False

    def visit(self, node: ast.AST) -> ast.AST:
        """Turn a path that begins where the test lies into the page's file: ``Path(__file__).parent / "rain.csv"``."""
        name = _beside(node) if isinstance(node, ast.BinOp | ast.Attribute | ast.Call) else None
        if name is not None and (name == "." or self._name(name)):
            return ast.Constant(name) if self.theirs else _asked(name)
        visited: ast.AST = super().visit(node)
        return visited

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        """Look into a function, whose own names stand for other things."""
        arguments = {one.arg for one in ast.walk(node.args) if isinstance(one, ast.arg)}
        local = arguments.union(*(bound(one) for one in node.body))
        before, self.texts = self.texts, {name: text for name, text in self.texts.items() if name not in local}
        self.generic_visit(node)
        self.texts = before
        return node

    def visit_Assign(self, node: ast.Assign) -> ast.AST:
        """Look at a name that is given a path: it stays the text that students' code takes, too."""
        if self._name(text := _text(node.value, self.texts)):
            node.value = ast.Constant(text)
            return node
        return self.generic_visit(node)

    def visit_Call(self, node: ast.Call) -> ast.AST:
        """Look at what is called first: students' code opens a file beside itself by its name."""
        before, self.theirs = self.theirs, root(node.func) in self.own
        named = self._name(_text(node.args[0], self.texts)) if node.args and not self.theirs else ""
        self.generic_visit(node)
        if named:
            node.args[0] = _asked(named)
        self.theirs = before
        return node

    def _name(self, value: object) -> str:
        name = value.removeprefix("./").rstrip("/") if isinstance(value, str) else ""
        return name if name in self.files else ""


def _beside(node: ast.AST) -> str | None:
    """Return what a path that begins at the folder of its file leads to, "." to the folder; None of another one."""
    text = ast.unparse(node)
    here = _HERE.match(text)
    if here is None:
        return None
    rest = text[here.end() :]
    end = ")" if text.startswith("os.path.join(") else ""
    if _PART.sub("", rest) != end:
        return None
    return "/".join(part for _, part in _PART.findall(rest)) or "."


def _asked(name: str) -> ast.Call:
    return ast.Call(ast.Name(PAGE_FILE, ast.Load()), [ast.Constant(name)], [])


def texts_in(sources: Iterable[str]) -> dict[str, str]:
    """Return the names that the code of an assignment gives a text and nothing else, ``PATH = "rain.csv"``, with it."""
    found: dict[str, str] = {}
    times: Counter[str] = Counter()
    for source in sources:
        with suppress(SyntaxError):  # told where it is asked to cross
            for node in ast.parse(source).body:
                names = bound(node)
                times.update(names)
                value = node.value if isinstance(node, ast.Assign | ast.AnnAssign) else None
                text = _text(value, found) if value is not None else None
                found |= {} if text is None else dict.fromkeys(names, text)
    return {name: text for name, text in found.items() if times[name] == 1}


def _text(node: ast.expr, texts: Mapping[str, str]) -> str | None:
    """Return the text that an expression makes of texts alone, None of another one."""
    if isinstance(node, ast.Constant):
        return node.value if isinstance(node.value, str) else None
    if isinstance(node, ast.Name):
        return texts.get(node.id)
    parts: list[ast.expr] = []
    between = ""
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        parts = [node.left, node.right]
    elif isinstance(node, ast.JoinedStr):
        parts = [one.value if isinstance(one, ast.FormattedValue) else one for one in node.values]
    elif isinstance(node, ast.Call) and ast.unparse(node.func) in ("os.path.join", "path.join", "join"):
        parts, between = node.args, "/"
    told = [_text(one, texts) for one in parts]
    return between.join(filter(None, told)) if told and None not in told else None


def is_path(node: ast.expr, names: Collection[str]) -> bool:
    """Tell whether an expression is a place of the page's files in the judge.

    Args:
        names: that stand for one.
    """
    if isinstance(node, ast.BinOp):
        return is_path(node.left, names)
    if isinstance(node, ast.Call):
        whole = ast.unparse(node.func)
        return whole == PAGE_FILE or (
            whole in ("os.path.join", "str", "Path") and bool(node.args) and is_path(node.args[0], names)
        )
    return isinstance(node, ast.Name) and node.id in names


def root(node: ast.expr) -> str:
    """Return the name that a chain of calls, attributes and subscripts begins with, "" of another expression."""
    while isinstance(node, ast.Attribute | ast.Call | ast.Subscript):
        node = node.func if isinstance(node, ast.Call) else node.value
    return node.id if isinstance(node, ast.Name) else ""
