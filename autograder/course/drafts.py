"""The first drafts of an exercise: sources as beginners hand them in, each with what its author must be told.

A page's ``drafts.py`` is in percent format, one cell a draft. Below the heading stand its flaws as comments, then the
definitions, written as a beginner writes them; what a draft does not define is the stub's, not written yet::

    # %% one maximum for all rows
    # softmax: subtracts the maximum of the whole tensor instead of each row's
    #   or: takes the exponentials without subtracting the maximum
    # logsumexp: says "size 1"
    def softmax(logits, dim=-1):
        ...

A flaw names a misconception of its function, or quotes what must be read beside a failure of it.
"""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from ..errors import CourseError
from ..model import Exercise, Submission
from .texts import read_text
from .trees import Trees

_HEAD = re.compile(r"# %%\s*(.*)")
_FLAW = re.compile(r"#\s*(?:(or)|([A-Za-z_]\w*)(?:\.\w+)?)(?::\s*|\s+(?=says\b))(\S.*)")
_SAYS = re.compile(r'says\s+"(.+)"\s*$')


@dataclass(frozen=True)
class Flaw:
    """One thing that is wrong in a draft.

    Args:
        function: the definition that it is in; a method's flaw is its class's.
        names: misconceptions of the page, any of which says truly what is wrong.
        says: what may be read instead, in the words of a failure of that function.
        line: where it is written.
    """

    function: str
    names: tuple[str, ...]
    says: tuple[str, ...]
    line: int


@dataclass(frozen=True)
class Draft:
    """One first draft: its title, its flaws, its source, and the line at which it begins."""

    title: str
    flaws: tuple[Flaw, ...]
    source: str
    line: int

    def submission(self, exercise: Exercise, stub: str) -> Submission:
        """Return what is handed in: the stub, filled in as far as the draft goes."""
        return Submission(self.title, exercise.address, f"{exercise.name}.py", (filled_in(stub, self.source),))


def drafts(trees: Trees, exercise: Exercise) -> tuple[Draft, ...]:
    """Return the first drafts of a page; none where it has no such file.

    Raises:
        CourseError: naming file and line.
    """
    path = trees.drafts(exercise.address)
    return _read(path, read_text(path, "")) if path.is_file() else ()


@lru_cache(maxsize=64)
def _read(path: Path, text: str) -> tuple[Draft, ...]:
    try:
        ast.parse(text)
    except SyntaxError as error:
        raise CourseError(f"{path}, line {error.lineno}: {error.msg}") from None
    lines = text.splitlines()
    starts = [number for number, line in enumerate(lines) if _HEAD.match(line)]
    found: list[Draft] = []
    for start, end in zip(starts, [*starts[1:], len(lines)], strict=True):
        match = _HEAD.match(lines[start])
        title = match[1].strip() if match else ""
        if not title or title in {draft.title for draft in found}:
            raise CourseError(f"{path}, line {start + 1}: every draft needs a title of its own, `# %% title`")
        body = start + 1
        while body < end and lines[body].startswith("#"):
            body += 1
        flaws = _flaws(path, lines, start + 1, body)
        if not flaws:
            raise CourseError(f"{path}, line {start + 1}: {title!r} has no flaw; write `# function: what it does`")
        source = "\n".join(lines[body:end]).strip("\n") + "\n"
        found.append(Draft(title, flaws, source, start + 1))
    return tuple(found)


@dataclass
class _Open:
    """A flaw that more lines may belong to."""

    function: str
    line: int
    names: list[str] = field(default_factory=list)
    says: list[str] = field(default_factory=list)


def _flaws(path: Path, lines: list[str], start: int, end: int) -> tuple[Flaw, ...]:
    found: list[_Open] = []
    for number in range(start, end):
        match = _FLAW.match(lines[number])
        if match is None or (match[1] and not found):
            raise CourseError(
                f"{path}, line {number + 1}: below a draft's title stand its flaws, as `# function: name of the "
                '`misconception`, `# function: says "words"` or `#   or: …`'
            )
        if not match[1]:
            found.append(_Open(match[2], number + 1))
        said = _SAYS.match(match[3])
        if said:
            found[-1].says.append(said[1])
        else:
            found[-1].names.append(match[3].strip())
    return tuple(Flaw(one.function, tuple(one.names), tuple(one.says), one.line) for one in found)


def filled_in(stub: str, source: str) -> str:
    """Return a stub with the definitions of a source in the place of its own, and all else before the next of them."""
    ours = {node.name: node for node in ast.parse(stub).body if isinstance(node, ast.FunctionDef | ast.ClassDef)}
    pieces: dict[str, str] = {}
    waiting, last = "", 0
    lines = source.splitlines()
    for node in ast.parse(source).body:
        text = "\n".join(lines[last : node.end_lineno]).strip("\n")
        last = node.end_lineno or last
        waiting += text + "\n\n\n"
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and node.name in ours:
            pieces[node.name] = pieces.get(node.name, "") + waiting
            waiting = ""
    kept = stub.splitlines()
    for name, node in reversed(ours.items()):
        if name in pieces:
            first = min([node.lineno, *(mark.lineno for mark in node.decorator_list)])
            kept[first - 1 : node.end_lineno] = pieces[name].rstrip("\n").split("\n")
    rest = waiting + "\n".join(lines[last:])
    return "\n".join(kept).rstrip("\n") + "\n" + (f"\n\n{rest.strip()}\n" if rest.strip() else "")
