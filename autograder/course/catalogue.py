"""The wrong ways and the other right ways of an exercise, read from their files without running them.

A misconception or variant replaces one definition of the reference solution; the result is a
submission like any other, so verify, diagnosis and grading are one code path.
"""

from __future__ import annotations

import ast
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

from ..errors import CourseError
from ..model import Exercise, Submission
from .fields import near
from .texts import read_python, read_text
from .trees import Trees

#: decorators of these files, and what each takes beside the name
_TAKES = {"misconception": ("hint", "dies_by", "of"), "variant": ("of",)}


@dataclass(frozen=True)
class Rewrite:
    """One named way to write part of an exercise, as definitions that replace the solution's.

    `of` is the definition that the story is about; for a misconception `hint` and `dies_by` are set, and `nth` counts
    the sources under one name. A source that makes several mistakes at once has `also` the names of the others.
    """

    name: str
    of: str
    source: str
    line: int
    hint: str = ""
    dies_by: str = ""
    nth: int = 1
    also: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """What tells it from all other ones of its page."""
        return self.name if self.nth == 1 else f"{self.name} ({self.nth})"

    def submission(self, exercise: Exercise, solution: str) -> Submission:
        """Return the solution with these definitions in place of its own."""
        text = f"{solution}\n\n# {self.name}\n{self.source}\n"
        return Submission(self.key, exercise.address, f"{exercise.name}.py", (text,))


def _text(node: ast.expr | None, path: Path) -> str:
    if node is None:
        return ""
    try:
        value = ast.literal_eval(node)
    except ValueError:
        raise CourseError(f"{path}, line {node.lineno}: must be a plain text") from None
    if not isinstance(value, str):
        raise CourseError(f"{path}, line {node.lineno}: must be a plain text")
    return value


def _read(path: Path, decorator: str) -> tuple[Rewrite, ...]:
    try:
        state = path.stat()
    except FileNotFoundError:  # none are known yet
        return ()
    return _rewrites(path, decorator, (state.st_mtime_ns, state.st_size))


@lru_cache(maxsize=256)
def _rewrites(path: Path, decorator: str, saved: tuple[int, int]) -> tuple[Rewrite, ...]:
    text = read_text(path, "cannot be read")
    try:
        tree = ast.parse(text)
    except SyntaxError as error:
        raise CourseError(f"{path}, line {error.lineno}: {error.msg}") from None
    lines = text.splitlines(keepends=True)

    def source(node: ast.stmt, without: Sequence[ast.expr] = ()) -> str:
        kept = [d for d in getattr(node, "decorator_list", ()) if d not in without]
        above = "".join(f"@{ast.unparse(d)}\n" for d in kept)
        return above + "".join(lines[node.lineno - 1 : node.end_lineno])

    shared: list[str] = []
    found: dict[str, Rewrite] = {}
    for node in tree.body:
        marks: list[ast.Call] = []
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            _no_other_mark(node, path, decorator)
            marks = [d for d in node.decorator_list if isinstance(d, ast.Call) and _called(d.func) == decorator]
        if not marks:
            if not (isinstance(node, ast.ImportFrom) and (node.module or "").startswith("autograder")):
                shared.append(source(node))
            continue
        assert isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef))
        names = [_text(mark.args[0] if mark.args else None, path) for mark in marks]
        for name, mark in zip(names, marks, strict=True):
            keywords = _keywords(mark, path, decorator)
            if not name:
                raise CourseError(f"{path}, line {node.lineno}: @{decorator} needs a name")
            of = keywords.get("of") or node.name
            body = source(node, without=marks) + (f"\n\n{of} = {node.name}\n" if of != node.name else "")
            hint, dies_by, nth = keywords.get("hint", ""), keywords.get("dies_by", ""), 1
            if name in found and decorator == "variant":
                body = found[name].source + "\n\n" + body
            elif name in found:  # another source of the same mistake
                first = found[name]
                if first.of != of:
                    both = f"{first.of} and {of} have a misconception {name!r} each"
                    raise CourseError(f"{path}, line {node.lineno}: {both}")
                nth = 1 + sum(one.name == name for one in found.values())
                hint, dies_by = hint or first.hint, dies_by or first.dies_by
            also = tuple(other for other in names if other != name)
            rewrite = Rewrite(name, of, body, node.lineno, hint, dies_by, nth, also)
            found[rewrite.key] = rewrite
    preamble = "".join(shared)
    return tuple(replace(r, source=f"{preamble}\n\n{r.source}") for r in found.values())


def _called(node: ast.expr) -> str:
    return node.id if isinstance(node, ast.Name) else getattr(node, "attr", "")


def _no_other_mark(node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef, path: Path, decorator: str) -> None:
    """Refuse a misspelt decorator, one of another file and one without brackets, which would make a helper of it."""
    for mark in node.decorator_list:
        name = _called(mark.func if isinstance(mark, ast.Call) else mark)
        where = f"{path}, line {mark.lineno}: @{name}"
        if name == decorator and not isinstance(mark, ast.Call):
            raise CourseError(f'{where} needs a name, @{decorator}("…")')
        if name in _TAKES and name != decorator:
            raise CourseError(f"{where} belongs into {name}s.py; here stands @{decorator}")
        if name != decorator and (meant := near(name, [decorator])):
            raise CourseError(f"{where} is not known{meant}")


def _keywords(mark: ast.Call, path: Path, decorator: str) -> dict[str, str]:
    """Return what a decorator is given beside the name."""
    known, where = _TAKES[decorator], f"{path}, line {mark.lineno}: @{decorator}"
    for key in mark.keywords:
        if key.arg not in known:
            meant = near(key.arg, known) or f"; it takes {', '.join(known)}"
            raise CourseError(f"{where} takes no {key.arg or '**'}={meant}")
    if len(mark.args) > 1:
        raise CourseError(f"{where} takes one text, the name; what else it is told has {', '.join(known)} before it")
    return {key.arg or "": _text(key.value, path) for key in mark.keywords}


def misconceptions(trees: Trees, exercise: Exercise) -> tuple[Rewrite, ...]:
    """Return the wrong ways that students really write.

    Raises:
        CourseError: naming file and line.
    """
    path = trees.misconception(exercise.address)
    found = _read(path, "misconception")
    for rewrite in found:
        missing = [
            *([] if rewrite.hint else ["hint=, a sentence for whoever writes this"]),
            *([] if rewrite.dies_by else ["dies_by=, the name of a check that it fails"]),
        ]
        if missing:
            raise CourseError(f"{path}, line {rewrite.line}: {rewrite.name!r} needs {' and '.join(missing)}")
    return found


def variants(trees: Trees, exercise: Exercise) -> tuple[Rewrite, ...]:
    """Other right ways; several definitions under one name belong together."""
    return _read(trees.variant(exercise.address), "variant")


def solution_text(trees: Trees, exercise: Exercise) -> str:
    """Return the reference solution's source."""
    return read_python(trees.solution(exercise.address), "the solution is missing")


def solution_submission(trees: Trees, exercise: Exercise) -> Submission:
    """Return the reference solution, as a submission."""
    return Submission("solution", exercise.address, f"{exercise.name}.py", (solution_text(trees, exercise),))
