"""Make what only IPython understands inert: magics, shell lines, help requests, pasted prompts; line numbers stay.

IPython decides what a magic is, on tokens, so that a comment, a text or a continued line is never taken for one. We
decide what becomes of it. A source that parses as Python is never changed.
"""

from __future__ import annotations

import ast
import re
import tokenize
import warnings
from collections.abc import Iterator
from typing import Any

#: where a line is a magic, a call for help, or pasted with a prompt; and what is assigned from a magic
_SUSPICIOUS = re.compile(r"\n[ \t\f]*[%!?,;/]|\n[ \t]*>>>|\nIn ?\[|=[ \t]*[%!]")
_HELP = re.compile(r"^(?![ \t\f]*#).*\?[ \t;]*(?:#.*)?$", re.MULTILINE)  # no comment asks for help
_INDENTED = r"(?:[ \t\f]*\n)*[ \t\f]+\S"
_PASTED = re.compile(_INDENTED)  #: from within something
_PASTED_CELL = re.compile(rf"^#[ \t]*%%.*\n{_INDENTED}", re.MULTILINE)
#: cells of another language, or of another process
_FOREIGN = frozenset({
    "!", "bash", "bigquery", "cmd", "cython", "html", "javascript", "js", "julia", "latex", "markdown", "perl",
    "pypy", "python", "python2", "python3", "R", "ruby", "script", "sh", "shell", "skip", "sql", "svg", "sx", "system",
})  # fmt: skip
_WRITES = frozenset({"file", "writefile"})  #: cells that are a file, which the worker writes: later ones may import it
_CELL_MAGIC = re.compile(r"\s*%%([!\w]\w*)[ \t]*(.*)")
_TIMED = re.compile(r"%(?:time|prun)[ \t]+(?=\S)")
_RUN = re.compile(r"%run[ \t]+(?:-i[ \t]+)?[\"']?(?:\./)?((?:\w+/)*[A-Za-z_]\w*)\.py[\"']?[ \t]*$")
#: what `jupyter nbconvert --to script` makes of a magic
_EXPORTED = re.compile(r"^get_ipython\(\)\.run_(?:line|cell)_magic\(.*\)[ \t]*$", re.MULTILINE)
_MARKER = re.compile(r"^#[ \t]*%%", re.MULTILINE)


def parses(source: str) -> bool:
    """Return whether this is Python, or so odd that nobody but the worker should say."""
    if "\0" in source:  # of which Python says so by another exception up to 3.11.3
        return False
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # "invalid escape sequence" is the student's to see, elsewhere
            ast.parse(source)
    except SyntaxError:
        return False
    except (ValueError, RecursionError, MemoryError):
        return True
    return True


def _suspicious(source: str) -> bool:
    """Return whether anything of IPython's may be in a source; of most there is nothing, and they need no parsing."""
    if _SUSPICIOUS.search("\n" + source) or _PASTED.match(source):
        return True
    return ("?" in source and bool(_HELP.search(source))) or ("%%" in source and bool(_PASTED_CELL.search(source)))


def inert(source: str) -> str:
    """Return a cell without its magics, shell lines and help requests; a cell of another language becomes blank."""
    if not _suspicious(source) or parses(source):
        return source
    lines = source.split("\n")
    first = next(number for number, line in enumerate(lines) if line.strip())
    magic = _CELL_MAGIC.match(lines[first])
    if magic is not None:
        return _cell_magic(magic[1], magic[2], lines, first)
    lines = _unpasted(lines)
    cleaned = "\n".join(lines)
    return cleaned if parses(cleaned) else "\n".join(_without_magics(lines))


def inert_script(source: str) -> str:
    """Return a ``.py`` in which magics do nothing, cell by cell where it is a percent script.

    A cell that nbconvert wrote into one line gets its lines back.
    """
    source = _EXPORTED.sub(_as_a_cell, source) if "get_ipython" in source else source
    if not _suspicious(source) or parses(source):
        return source
    starts = [0, *(found.start() for found in _MARKER.finditer(source) if found.start())]
    pieces = [source[start:end] for start, end in zip(starts, [*starts[1:], len(source)], strict=True)]
    return "".join(_script_cell(piece) for piece in pieces)


def _as_a_cell(exported: re.Match[str]) -> str:
    """Return the cell or line that was a magic, inert, for the call that it was exported as."""
    try:
        call = ast.parse(exported[0].strip(), mode="eval").body
        if not isinstance(call, ast.Call):
            return exported[0]
        name, *rest = [ast.literal_eval(value) for value in call.args]
        magic = "".join([*["%"] * len(rest), name, " ", *"\n".join(rest)])
    except (SyntaxError, ValueError, TypeError):
        return exported[0]
    return exported[0] if name in _WRITES else inert(magic)


def _script_cell(piece: str) -> str:
    marker, newline, body = piece.partition("\n") if _MARKER.match(piece) else ("", "", piece)
    return marker + newline + inert(body)


def _cell_magic(name: str, rest: str, lines: list[str], first: int) -> str:
    """Return the body where it is Python, which most of these magics time or capture, else as many blank lines."""
    if name in _WRITES:
        text = "\n".join(lines[first + 1 :])
        text = inert_script(text) if rest.rstrip("'\" ").endswith(".py") else text
        return "\n".join([*lines[:first], f"get_ipython().run_cell_magic({name!r}, {rest!r}, {text!r})"]) + "\n" * (
            len(lines) - first - 1
        )
    body = inert("\n".join(lines[first + 1 :]))
    if name in _FOREIGN or not (parses(body) or name in ("time", "timeit", "capture", "prun", "check")):
        return "\n" * (len(lines) - 1)
    said = lines[first].strip()
    captured = rest.split()[:1] if name == "capture" else []
    head = f"{captured[0]} = get_ipython()  # {said}" if captured and captured[0].isidentifier() else f"# {said}"
    return "\n".join([*lines[:first], head, *([body] if first + 1 < len(lines) else [])])


def _unpasted(lines: list[str]) -> list[str]:
    """Return lines without what all of them begin with: indentation, or the prompts of a session."""
    from IPython.core.inputtransformer2 import classic_prompt, ipython_prompt

    ended = [line + "\n" for line in lines]
    made = [line.removesuffix("\n") for line in ipython_prompt(classic_prompt(ended))]
    if len(made) != len(lines):  # IPython ends lines at form feeds, Python does not
        made = lines
    indent = re.match(r"[ \t\f]*", next((line for line in made if line.strip()), ""))
    before = indent[0] if indent else ""
    if before and all(line.startswith(before) or not line.strip() for line in made):
        made = [line.removeprefix(before) for line in made]
    return made


def _without_magics(lines: list[str]) -> list[str]:
    """Return the lines with every magic replaced; each is looked for behind the last, so that the time is linear."""
    start = 0
    while (found := _next_magic(lines, start)) is not None:
        first, column, last, assigned = found
        _replace(lines, first, column, last, assigned)
        start = last + 1
    return lines


def _replace(lines: list[str], first: int, column: int, last: int, assigned: bool) -> None:
    """Put what stands in for it in the place of one magic."""
    before, magic = lines[first][:column], lines[first][column:]
    timed = _TIMED.match(magic)
    if timed and parses("\n".join([magic[timed.end() :], *lines[first + 1 : last + 1]])):
        lines[first] = before + magic[timed.end() :]  # the statement runs, and its names stay
        return
    run = _RUN.match(magic)
    if run and not assigned:
        lines[first] = f"{before}from {run[1].replace('/', '.')} import *  # {magic}"
    else:
        lines[first] = f"{before}{'get_ipython()' if assigned else 'pass'}  # {magic.strip()}"
    for number in range(first + 1, last + 1):
        lines[number] = f"# {lines[number].strip()}"


def _next_magic(lines: list[str], start: int) -> tuple[int, int, int, bool] | None:
    """Return (first line, column, last line, is it assigned) of the first magic from a line on."""
    from IPython.core.inputtransformer2 import EscapedCommand, HelpEnd, MagicAssign, SystemAssign

    for group in _logical_lines(lines, start):
        for kind in (HelpEnd, EscapedCommand, MagicAssign, SystemAssign):
            try:
                found = kind.find([group])  # type: ignore[no-untyped-call]
            except IndexError:  # IPython looks one token too far in a line that ends early
                continue
            if found is None:
                continue
            first = start + found.start_line
            last = first
            if kind is HelpEnd:
                last = start + found.q_line
            else:
                while lines[last].endswith("\\") and last + 1 < len(lines):
                    last += 1
            indent = len(lines[first]) - len(lines[first].lstrip(" \t\f"))
            return first, indent + found.start_col, last, kind in (MagicAssign, SystemAssign)
    return None


def _logical_lines(lines: list[str], start: int) -> Iterator[list[Any]]:
    """Yield the tokens of each statement from a line on; of one in brackets its first line, before the whole of it.

    Indentation is left out: it says nothing about where a statement begins, and the tokenizer refuses to begin inside.
    """
    group: list[Any] = []
    depth, shown = 0, False
    readline = (lines[number].lstrip(" \t\f") + "\n" for number in range(start, len(lines))).__next__
    try:
        for token in tokenize.generate_tokens(readline):
            group.append(token)
            if token.type == tokenize.OP and token.string in "([{":
                depth += 1
            elif token.type == tokenize.OP and token.string in ")]}":
                depth = max(depth - 1, 0)
            elif token.type == tokenize.NEWLINE or (token.type == tokenize.NL and not depth):
                yield group
                group, shown = [], False
            elif token.type == tokenize.NL and not shown:
                shown = True
                yield group
    except (tokenize.TokenError, SyntaxError):
        pass  # what comes after is no Python, unless a magic was the reason
    if group:
        yield group
