"""Which checks rest in part on claims, by their sources; `gradus build` writes the list in SECURITY.md.

A claim is marked where a check uses it, ``claims=True`` (:func:`autograder.checking.require`); what became of lists and
dicts is one as well, which `assert_left_alone` asks for. What a claim weighs is no matter of marks, see
:mod:`autograder.checking.claims`.
"""

from __future__ import annotations

import ast
from dataclasses import replace
from pathlib import Path

from ..checking.claims import WORTH
from ..course import syllabus
from ..course.texts import read_python
from ..course.trees import Trees
from .notebook import StaticCheck, static_checks

BEGIN, END = "<!-- claims: written by gradus build -->", "<!-- end of claims -->"


def claims_of(path: Path) -> list[StaticCheck]:
    """Return the checks of a file that use a claim, itself or by a function of it; their points are what a lie wins."""
    source = read_python(path, "the checks are missing")
    tree = ast.parse(source)
    functions = {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef)}
    used = {name: {n.id for n in ast.walk(f) if isinstance(n, ast.Name)} for name, f in functions.items()}
    claiming = {name for name, f in functions.items() if any(map(_is_claim, ast.walk(f)))}
    while grown := {name for name in functions if name not in claiming and used[name] & claiming}:
        claiming |= grown
    return [replace(one, points=WORTH * one.points) for one in static_checks(source) if one.name in claiming]


def _is_claim(node: ast.AST) -> bool:
    if not isinstance(node, ast.Call):
        return False
    if isinstance(node.func, ast.Name) and node.func.id == "assert_left_alone":
        return True
    return any(word.arg == "claims" for word in node.keywords)


def table(trees: Trees) -> str:
    """Return the list of SECURITY.md: page by page the checks, and what a lie can win of the page's points."""
    lines = ["| page | checks that rest on a claim in part | a lie wins at most |", "|---|---|---|"]
    for exercise in syllabus.load(trees).exercises.values():
        found = claims_of(trees.check(exercise.address))
        if found:
            names = ", ".join(f"`{one.name.removeprefix('test_')}`" for one in found)
            won = sum(one.points for one in found)
            lines.append(f"| {exercise.address} | {names} | {won:.2f} of {exercise.points:g} |")
    return "\n".join(lines)


def written(text: str, trees: Trees) -> str:
    """Return a text with the list between its two marks brought up to date."""
    before, _, rest = text.partition(BEGIN)
    return f"{before}{BEGIN}\n{table(trees)}\n{END}{rest.partition(END)[2]}"


def generated(trees: Trees, check_only: bool = False) -> list[Path]:
    """Bring the list in the SECURITY.md of a checkout up to date; the file, if it was not."""
    page = trees.root / "SECURITY.md"
    text = page.read_text(encoding="utf-8") if page.is_file() else ""
    if BEGIN not in text or written(text, trees) == text:
        return []
    if not check_only:
        page.write_text(written(text, trees), encoding="utf-8")
    return [page]
