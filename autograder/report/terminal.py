"""The terminal: where it is plain, and how far a long piece of work is."""

from __future__ import annotations

import codecs
import contextlib
import io
import os
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rich.console import Console


def _is_terminal(stream: Any) -> bool:
    return stream is not None and stream.isatty()  # a closed descriptor leaves None


def console(stderr: bool = False) -> Console:
    """Make a terminal that honours NO_COLOR and COLUMNS, and is plain where there is none."""
    from rich.console import Console

    said = os.environ.get("COLUMNS", "")
    wide = None if _is_terminal(sys.stdout) else int(said) if said.isdecimal() and int(said) else 160
    made = Console(stderr=stderr, highlight=False, width=wide, emoji=False)
    made.on_broken_pipe = _enough  # type: ignore[method-assign]
    return made


def _enough() -> None:
    """Whoever read has enough, as `head` has: that is no error, and what is still to be said goes nowhere."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    raise SystemExit(0)


#: what stands for a sign where the output's encoding lacks it
_PLAIN = {
    "✓": "+", "✗": "x", "–": "-", "—": "-", "◷": "t", "▲": "^", "▼": "v", "☠": "X", "⊘": "o", "→": "->", "★": "*",
    "·": "-", "…": "...", "×": "x", "≠": "!=", "≤": "<=", "≥": ">=", "█": "#", "░": ".", "“": '"', "”": '"', "’": "'",
}  # fmt: skip


def _plainly(error: UnicodeError) -> tuple[str, int]:
    """Return what is written in place of characters that an encoding lacks; lines of boxes become plain ones."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    written = []
    for char in error.object[error.start : error.end]:
        if char in _PLAIN:
            written.append(_PLAIN[char])
        elif "\u2500" <= char <= "\u257f":
            written.append("-" if char in "─━┄┅┈┉╌╍═╴╶╸╺╼╾" else "|" if char in "│┃┆┇┊┋╎╏║╵╷╹╻╽╿" else "+")
        else:
            written.append(char.encode("ascii", "backslashreplace").decode())
    return "".join(written), error.end


def degrade_signs() -> None:
    """Let no output of this process fail at a character that its encoding lacks, be it cp1252 or plain ASCII."""
    codecs.register_error("gradus.plainly", _plainly)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="gradus.plainly")


class Progress:
    """A progress bar on a terminal, a line now and then elsewhere, on stderr."""

    def __init__(self, total: int, what: str, quiet: bool = False):
        self._total, self._what, self._quiet, self._done = total, what, quiet, 0
        self._bar: Any = None

    def __enter__(self) -> Callable[..., None]:
        if _is_terminal(sys.stderr) and not self._quiet:
            from rich import progress

            columns = (
                progress.TextColumn(self._what),
                progress.BarColumn(),
                progress.MofNCompleteColumn(),
                progress.TimeElapsedColumn(),
                progress.TextColumn("{task.description}"),
            )
            self._bar = progress.Progress(*columns, console=console(stderr=True), transient=True)
            self._task = self._bar.add_task("", total=self._total)
            self._bar.start()
        return self.step

    def step(self, name: str, total: int | None = None) -> None:
        """One more is done, of as many as are known by now."""
        from ..text import printable

        self._done += 1
        self._total = total or self._total
        if self._bar is not None:
            from rich.markup import escape

            self._bar.update(
                self._task, completed=self._done, total=self._total, description=escape(printable(name, 60))
            )
        elif not self._quiet and (self._done == self._total or self._done % max(1, self._total // 10) == 0):
            with contextlib.suppress(OSError):  # nobody listens, which stops no work
                print(f"{self._what}: {self._done} of {self._total}", file=sys.stderr, flush=True)

    def __exit__(self, *exc: object) -> None:
        if self._bar is not None:
            self._bar.stop()
