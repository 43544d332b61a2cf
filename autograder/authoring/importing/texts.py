"""The texts of an imported page: checks, solution, lesson and questions, made of the cells of an assignment."""

from __future__ import annotations

import ast
import importlib.util
import json
import re
import sys
from dataclasses import dataclass

from .crossing import TAKEN, World, crossed, parsed, plain_code
from .opened import PAGE_FILE
from .parts import Assignment, Cell

HIDDEN = "a test that is not shown"


@dataclass
class Test:
    """A test on its way to a check."""

    cell: Cell
    name: str
    title: str
    source: str
    points: float
    hidden: bool = False
    raw: bool = False  #: answers of the student's may be objects, which the reference's are
    placed: bool = False  #: what it looks at is what functions make of their arguments
    handed: frozenset[str] = frozenset()  #: names of these
    asked: bool = False  #: it compares or writes down objects of the student's


def without_title(cell: Cell) -> str:
    """Return a test without the text at its beginning, which is the check's title."""
    try:
        body = parsed(cell.source).body
    except SyntaxError:
        return cell.source
    if not body or not is_text(body[0]):
        return cell.source
    return "\n".join(cell.source.splitlines()[body[0].end_lineno or 1 :])


def is_text(node: ast.stmt) -> bool:
    """Tell whether a statement is a text alone."""
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def checks_text(assignment: Assignment, tests: list[Test], world: World, *, told: bool = False) -> str:
    """Return the check file; with `told` the hidden ones say why they fail, which is for the author alone."""
    blocks, given = [], dict.fromkeys(world.given, False)
    for test in tests:
        raw = world.own if test.raw else ()
        crossing = crossed(test.source, world, raw, placed=test.placed, handed=test.handed, asked=test.asked)
        given |= dict.fromkeys(crossing.given, True)
        text = _indentable(crossing.body)
        body = "\n".join(f"    {line}" if line.strip() else "" for line in text.splitlines())
        hidden = f'@hidden("{HIDDEN} failed")\n' if test.hidden and not told else ""
        mark = f"@points({test.points:g})\n{hidden}"
        title = test.title.encode("unicode_escape").decode() if "\\" in test.title else test.title
        blocks.append(f'{mark}def {test.name}(student):\n    """{title}"""\n{body}\n')
    statements = dict.fromkeys(world.given[name] for name, wanted in given.items() if wanted)
    imports = [text for text in statements if text.startswith(("import ", "from "))]
    others = [text for text in statements if text not in imports]
    code = "\n".join([*blocks, *others])
    ours = [name for name in (*TAKEN, PAGE_FILE) if re.search(rf"\b{name}\(", code)]
    head = [
        f'"""What {assignment.title} asks for: the tests of {assignment.source.name}, asked from the judge."""'.replace(
            "\\", "/"
        )
    ]
    head += ["\n".join([*imports, f"from autograder.checking import {', '.join(sorted(ours))}"]), *others]
    return "\n\n".join(head) + "\n\n\n" + "\n\n".join(blocks)


def _indentable(body: str) -> str:
    """Return code that can be indented: texts over several lines are written in one."""
    tree = ast.parse(body)
    if any(isinstance(n, ast.Constant | ast.JoinedStr) and n.end_lineno != n.lineno for n in ast.walk(tree)):
        return ast.unparse(tree)
    return body


def solution_text(assignment: Assignment) -> str:
    """Return the solution in percent format, without what the lesson says."""
    blocks = [f"# %% [markdown]\n# # {assignment.title}"]
    for cell in assignment.cells[_opening(assignment) :]:
        if cell.kind == "words":
            blocks.append("# %% [markdown]\n" + "\n".join(f"# {line}".rstrip() for line in cell.source.splitlines()))
        elif cell.kind in ("given", "solution") or (cell.kind == "manual" and cell.code):
            code = plain_code(cell.source).strip("\n")
            blocks.append(f"# %%\n{code}")
    return "\n\n".join(blocks) + "\n"


def _opening(assignment: Assignment) -> int:
    """Return how many cells make up the lesson: the words before everything else."""
    return next((n for n, cell in enumerate(assignment.cells) if cell.kind != "words"), len(assignment.cells))


def lesson_text(assignment: Assignment, tests: list[Test]) -> str:
    """Return the lesson with its front matter: the words before everything else, and what is asked in words."""
    manual = [cell for cell in assignment.cells if cell.kind == "manual" and cell.points]
    words = [cell.source.strip() for cell in assignment.cells[: _opening(assignment)]]
    total = sum(test.points for test in tests)
    lines = [f"title = {_text(assignment.title)}", 'level = "draft"']
    lines += [f"points = {total:g}", "seconds = 10"] if tests else []
    needs = needs_of(solution_text(assignment))
    if needs:
        lines.append(f"needs = {json.dumps(needs)}")
    for cell in manual:
        ask, scheme = _question(assignment, cell)
        lines += ["", "[[questions]]", f"ask = {_text(ask)}", f"points = {cell.points:g}"]
        lines += [f"scheme = {_text(scheme)}"] if scheme else []
    front = "\n".join(lines)
    heading = "" if words and words[0].lstrip().startswith("#") else f"# {assignment.title}\n\n"
    return f"+++\n{front}\n+++\n{heading}" + "\n\n".join(words) + "\n"


def _text(value: str) -> str:
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def _without_rule(text: str) -> str:
    """Return words without a ruled line at their beginning."""
    return re.sub(r"\A\s*(?:[-*_]\s*){3,}\n+", "", text)


def _question(assignment: Assignment, cell: Cell) -> tuple[str, str]:
    """Return what a cell asks in words and its mark scheme: its text, else the words before it."""
    place = assignment.cells.index(cell)
    region = re.compile(r"### BEGIN SOLUTION\n?(.*?)### END SOLUTION", re.S)
    scheme = "\n".join(part.strip() for part in (cell.scheme, *region.findall(cell.source)) if part.strip())
    asked = region.sub("", cell.source).strip()
    before = assignment.cells[place - 1] if place else None
    words = before.source.strip() if before is not None and before.kind == "words" else ""
    if cell.code:
        code = f"(read by a person: the code of `{cell.name}`)"
        return _without_rule(f"{words}\n\n{code}" if words else code), cell.scheme
    if not cell.task and not cell.scheme and ("### BEGIN SOLUTION" not in cell.source or not asked):
        scheme = scheme or asked  # the cell is the answer
        asked = words or cell.name
    asked = _without_rule(asked).strip() or words or cell.name  # a cell may hold its mark scheme alone
    return asked, "" if re.fullmatch(r"YOUR ANSWER HERE", scheme.strip()) else scheme


def _imported(source: str) -> list[str]:
    names: dict[str, None] = {}
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            names |= dict.fromkeys(alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names[node.module.partition(".")[0]] = None
    return [name for name in names if name not in sys.stdlib_module_names]


def needs_of(solution: str) -> list[str]:
    """Return the modules beyond torch and numpy that a solution imports and that are installed here."""
    return [name for name in _imported(solution) if name not in ("torch", "numpy") and importlib.util.find_spec(name)]


def absent_in(solution: str) -> list[str]:
    """Return what to do about each module that a solution imports and that is not installed here."""
    return [
        f"imports {name}, which is not installed here: install it, or if it is a file beside the notebook, move its "
        "content into a cell"
        for name in _imported(solution) if importlib.util.find_spec(name) is None
    ]  # fmt: skip
