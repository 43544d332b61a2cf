"""Otter-Grader's assignments: a notebook (or script) with its solution, and ``tests/*.py`` in the OK format."""

from __future__ import annotations

import ast
import doctest
import re
import textwrap
from pathlib import Path
from typing import Any

from ...course.texts import read_text, without_nulls
from ...errors import CourseError
from .beside import beside, named_in
from .marking import marked
from .names import bound, loaded
from .notebooks import title_in
from .parts import Assignment, Cell
from .pictures import pasted

_MARK = re.compile(r"BEGIN SOLUTION|# *SOLUTION")
#: a statement that only otter runs
_OTTERS = re.compile(r"^(import|from) otter\b|^(\w+ *= *)?otter\.|^grader\.(check|export)", re.M)


#: a doctest shows what a call prints, and what it returns
_SHOWN = """import io
from contextlib import redirect_stdout
shown_ = io.StringIO()
with redirect_stdout(shown_):
    answer_ = {call}
assert (shown_.getvalue() + ('' if answer_ is None else repr(answer_))).rstrip() == {want!r}"""

#: so does a statement, such as a loop, what it prints
_PRINTS = """import io
from contextlib import redirect_stdout
shown_ = io.StringIO()
with redirect_stdout(shown_):
{body}
assert shown_.getvalue().rstrip() == {want!r}"""


def assignments(path: Path) -> list[Assignment]:
    """Read an assignment: the folder that holds its solution and its tests.

    Raises:
        CourseError: no solution is there, no test, or one that cannot be read.
    """
    folder = path if path.is_dir() else path.parent
    folder = folder.parent if folder.name == "tests" else folder
    tests = sorted(
        (folder / "tests").glob("*.py"),
        key=lambda p: [int(w) if w.isdigit() else w for w in re.split(r"(\d+)", p.stem)],
    )
    tests = [test for test in tests if test.name != "__init__.py"]
    if not tests:
        raise CourseError(f"{folder}: there is no tests/*.py; {_whose_tests(path, folder)}")
    source = path if path.is_file() and path.parent.name != "tests" else _solution(folder)
    notes: list[str] = []
    cells = [*_cells(source, notes), *(cell for test in tests for cell in _tests(test))]
    files, left = beside(folder, named_in(cells), frozenset({source.name}))
    title = title_in(cells) or folder.resolve().name.replace("_", " ").replace("-", " ").capitalize()
    return [Assignment(title, tuple(cells), source, (*notes, *left), files)]


def _whose_tests(path: Path, folder: Path) -> str:
    """Return what to name in place of a folder without tests: otter writes those of a notebook that asks questions."""
    notebooks = [path] if path.is_file() else sorted(folder.glob("*.ipynb"))
    asking = (one for one in notebooks if re.search("# *(BEGIN QUESTION|ASSIGNMENT CONFIG)", read_text(one, "")))
    if (master := next(asking, None)) is None:
        return "name the folder of an otter assignment"
    return f"`otter assign {master.name} dist` writes them, then import dist/autograder"


def _solution(folder: Path) -> Path:
    found = sorted([*folder.glob("*.ipynb"), *folder.glob("*.py")], key=lambda p: ("sol" not in p.stem.lower(), p.name))
    if not found:
        raise CourseError(f"{folder}: there is no notebook or script with the solution beside tests/")
    return found[0]


def _cells(source: Path, notes: list[str]) -> list[Cell]:
    """Return the cells of a solution; what only otter runs is left out."""
    text = read_text(source, "is not there")
    if source.suffix == ".py":
        return [_code(_without_otter(text), "the solution", marks=bool(_MARK.search(text)))]
    import nbformat

    try:
        notebook = nbformat.reads(text, as_version=4)
    except Exception as error:
        raise CourseError(f"{source}: is no notebook ({' '.join(str(error).split())[:120]})") from None
    cells = []
    marks = any(cell.cell_type == "code" and _MARK.search(str(cell.source)) for cell in notebook.cells)
    for number, cell in enumerate(notebook.cells):
        words = without_nulls(source, str(cell.source))
        words = _without_otter(words) if cell.cell_type == "code" else words
        if cell.cell_type == "code" and words.strip():
            cells.append(_code(words, f"cell {number + 1}", marks=marks))
        elif cell.cell_type == "markdown" and words.strip():
            cells.append(Cell("words", f"cell {number + 1}", words, code=False, pasted=pasted(cell)))
            if re.search(r"_Points:_|manual: *true", words):
                notes.append(
                    f"cell {number + 1}: is perhaps read by a person; put it into question and question_points"
                )
    return cells


def _without_otter(code: str) -> str:
    """Return a cell without the statements that only otter runs; what stands beside them, such as imports, stays."""
    if not _OTTERS.search(code):
        return code
    lines = code.splitlines()
    try:
        body = ast.parse("\n".join("" if line.lstrip().startswith(("%", "!")) else line for line in lines)).body
    except SyntaxError:
        return "\n".join(line for line in lines if not _OTTERS.match(line))
    for node in body:
        if isinstance(node, ast.Import | ast.ImportFrom | ast.Assign | ast.Expr) and _OTTERS.match(ast.unparse(node)):
            lines[node.lineno - 1 : node.end_lineno] = [""] * ((node.end_lineno or node.lineno) - node.lineno + 1)
    return "\n".join(lines).strip("\n")


def _code(text: str, name: str, *, marks: bool) -> Cell:
    """Return a cell of code: one that students write has regions, where it says so or defines something.

    Args:
        marks: the assignment marks what students write; a cell without a mark is given to them.
    """
    if marks:
        return Cell("solution", name, marked(text)) if _MARK.search(text) else Cell("given", name, text)
    try:
        defines = any(isinstance(node, ast.FunctionDef | ast.ClassDef | ast.Assign) for node in ast.parse(text).body)
    except SyntaxError:
        defines = False
    return Cell("solution", name, marked(text)) if defines else Cell("given", name, text)


def _tests(path: Path) -> list[Cell]:
    """Return a test file as tests, one for each of its cases: otter runs and counts each of them by itself.

    A question of all or nothing is one test, and so is one whose cases use each other's names.
    """
    fields = _fields(path)
    cases = [(suite, case) for suite in fields.get("suites", ()) for case in suite.get("cases", ())]
    codes = [_asserted(f"{suite.get('setup') or ''}\n{case.get('code', '')}") for suite, case in cases]
    each = _points(fields, [case for _, case in cases])
    name = str(fields.get("name") or path.stem)
    if fields.get("all_or_nothing") or _lean_on_each_other(codes):
        shown, hidden = (
            "\n".join(code for code, (_, case) in zip(codes, cases, strict=True) if bool(case.get("hidden")) is apart)
            for apart in (False, True)
        )
        seen = sum(worth for worth, (_, case) in zip(each, cases, strict=True) if not case.get("hidden"))
        apart = hidden and not fields.get("all_or_nothing")
        return [
            Cell("test", name, shown, sum(each), hidden, f"question {name}", shown=seen if apart else 0.0)
        ]  # fmt: skip
    found = []
    for number, (code, worth, (_, case)) in enumerate(zip(codes, each, cases, strict=True), 1):
        title = f"question {name}" + (f", case {number}" if len(cases) > 1 else "")
        shown, hidden = ("", code) if case.get("hidden") else (code, "")
        found.append(Cell("test", name, shown, worth, hidden, title))
    return found


def _lean_on_each_other(codes: list[str]) -> bool:
    """Tell whether a case reads a name that only an earlier one binds."""
    before: set[str] = set()
    for code in codes:
        try:
            body = ast.parse(code).body
        except SyntaxError:
            return True
        own = {name for node in body for name in bound(node)}
        if loaded(ast.Module(body, [])) & (before - own):
            return True
        before |= own
    return False


def _points(fields: dict[str, Any], cases: list[dict[str, Any]]) -> list[float]:
    """Return what each case is worth: what it says, and its share of what is left of the question's points."""
    total = fields.get("points")
    if isinstance(total, list):
        if len(total) == len(cases):
            return [float(worth) for worth in total]
        total = sum(total)
    said = [None if case.get("points") is None else float(case["points"]) for case in cases]
    known, open_ = sum(worth or 0.0 for worth in said), said.count(None)
    rest = (float(total) if total is not None else 0.0 if known else 1.0) - known
    share = round(max(rest, 0.0) / open_, 2) if open_ else 0.0
    each = [share if worth is None else worth for worth in said]
    if open_:  # a third is 0.33, 0.33 and 0.34
        last = max(place for place, worth in enumerate(said) if worth is None)
        each[last] = round(max(rest, 0.0) - share * (open_ - 1), 4)
    return each


def _fields(path: Path) -> dict[str, Any]:
    """Return the dictionary of a test file; it is read, not run."""
    try:
        tree = ast.parse(read_text(path, "is not there"))
        for node in tree.body:
            if isinstance(node, ast.Assign) and any(isinstance(t, ast.Name) and t.id == "test" for t in node.targets):
                found = ast.literal_eval(node.value)
                if isinstance(found, dict):
                    return found
    except (SyntaxError, ValueError):
        pass
    raise CourseError(
        f"{path}: is not in the OK format, `test = {{...}}` in plain values; `tests: {{ok_format: true}}` in the "
        "assignment's config has `otter assign` write it so; or import pytest files, with `from solution import …`"
    )


def _asserted(code: str) -> str:
    """Return doctests as statements: what an expression was to show is asserted."""
    lines: list[str] = []
    for example in doctest.DocTestParser().get_examples(code):
        source, want = example.source.rstrip("\n"), example.want.replace("<BLANKLINE>", "").rstrip()
        try:
            tree = ast.parse(source)
        except SyntaxError:
            lines.append(source)
            continue
        expression = tree.body[0].value if len(tree.body) == 1 and isinstance(tree.body[0], ast.Expr) else None
        if example.exc_msg is not None:
            kind = example.exc_msg.partition(":")[0].strip().rpartition(".")[2]
            lines += [
                "try:",
                textwrap.indent(ast.unparse(tree), "    "),
                f"except {kind}:",
                "    pass",
                "else:",
                f'    raise AssertionError("{kind} was expected")',
            ]
        elif not want:
            lines.append(source)
        elif expression is None:
            lines.append(_PRINTS.format(body=textwrap.indent(ast.unparse(tree), "    "), want=want))
        else:
            lines.append(_shows(expression, want))
    return "\n".join(lines)


def _shows(expression: ast.expr, want: str) -> str:
    text = ast.unparse(expression)
    if want == "True":
        return f"assert {text}"
    if want == "False":
        return f"assert not ({text})"
    printed = (
        isinstance(expression, ast.Call) and isinstance(expression.func, ast.Name) and expression.func.id == "print"
    )
    if printed and isinstance(expression, ast.Call) and len(expression.args) == 1 and not expression.keywords:
        return f"assert str({ast.unparse(expression.args[0])}) == {want!r}"
    try:
        if printed:
            raise ValueError("what is printed is a text, also where it reads as a number")
        ast.literal_eval(want)
    except (SyntaxError, ValueError):
        if isinstance(expression, ast.Call):
            return _SHOWN.format(call=text, want=want)
        return f"assert repr({text}) == {want!r}"
    return f"assert {text} == {want}"
