"""Words for a student who is stuck: hints one at a time, and what a known mistake is about. Pure functions."""

from __future__ import annotations

import ast
import re

from ..course.anchors import anchored
from ..course.catalogue import misconceptions
from ..course.syllabus import split_lesson
from ..course.trees import Trees
from ..model import Exercise
from .formulas import plain

_WORDS = re.compile(r"[A-Za-z_]{4,}")


def explanation(trees: Trees, exercise: Exercise, mistake: str) -> tuple[str, str, str]:
    """Return (function, hint, the lesson's paragraph on it) of a known mistake, "" for the unknown."""
    found = next((m for m in misconceptions(trees, exercise) if m.name == mistake), None)
    function, hint = (found.of, found.hint) if found is not None else ("", "")
    return function, hint, lesson_on(trees, exercise, mistake, function, about=f"{mistake} {hint} {function}")


def lesson_on(trees: Trees, exercise: Exercise, *names: str, about: str = "") -> str:
    """Return the paragraph that the author tied to the first of these names that has one, formulas in Unicode.

    Where none is tied, it is what stands above a function of such a name in the stub, else the paragraph that shares
    most words with `about`, of a lesson without any anchor.
    """
    path = trees.lesson(exercise.address)
    tied = anchored(path.read_text(encoding="utf-8"))
    found = next((tied[name] for name in names if name in tied), "")
    if not found:
        stub = trees.stub(exercise.address)
        source = stub.read_text(encoding="utf-8") if stub.is_file() else ""
        found = next(filter(None, (words_above(source, name) for name in names)), "")
    if not found and not tied:
        found = paragraph(split_lesson(path)[1], about)
    return plain(found)


def words_above(stub: str, function: str) -> str:
    """Return what a stub in percent format says above a function or class, "" where it says nothing of its own.

    Its first words are about the whole page, and are left out.
    """
    name = function.partition(".")[0]
    if not name.isidentifier():
        return ""
    defined = re.compile(rf"^(?:async def|def|class) {name}\b", re.MULTILINE)
    parts = re.split(r"^# %%(.*)$", stub, flags=re.MULTILINE)
    said = ""
    for number, (head, text) in enumerate(zip(parts[1::2], parts[2::2], strict=True)):
        if "[markdown]" in head:
            said = re.sub(r"^# ?", "", text.strip(), flags=re.MULTILINE) if number else ""
        elif defined.search(text):
            return said
    return ""


def opening(lesson: str) -> str:
    """Return the first paragraph of a lesson, in one line: what the page is about."""
    blocks = (block.strip() for block in re.split(r"\n\s*\n", lesson))
    return next((" ".join(block.split()) for block in blocks if block and not block.startswith(("#", "!"))), "")


def unwritten(source: str) -> list[str]:
    """Return the functions and methods of a file that still say that they are not written; of no Python, none."""
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError):
        return []
    places = [(f"{node.name}.", n) for node in tree.body if isinstance(node, ast.ClassDef) for n in node.body]
    places += [("", node) for node in tree.body]
    return [
        f"{owner}{node.name}"
        for owner, node in sorted(places, key=lambda place: place[1].lineno)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and any(map(_not_written, ast.walk(node)))
    ]


def _not_written(node: ast.AST) -> bool:
    if not isinstance(node, ast.Raise) or node.exc is None:
        return False
    raised = node.exc.func if isinstance(node.exc, ast.Call) else node.exc
    return isinstance(raised, ast.Name) and raised.id == "NotImplementedError"


def paragraph(lesson: str, about: str) -> str:
    """Return the paragraph of a lesson that shares most words with some text; rare words count more."""
    blocks = [block.strip() for block in re.split(r"\n\s*\n", lesson)]
    parts = [block for block in blocks if block and not block.startswith(("#", "![", "-"))]
    wanted = {word.lower() for word in _WORDS.findall(about)}
    words = [{word.lower() for word in _WORDS.findall(part)} for part in parts]

    def score(own: set[str]) -> float:
        return sum(1.0 / sum(word in other for other in words) for word in own & wanted)

    best = max(zip(map(score, words), parts, strict=True), key=lambda pair: pair[0], default=(0.0, ""))
    return best[1] if best[0] > 0 else ""
