"""A CSV file of a platform's, in which single cells are filled in: all else stays as it was written, to the byte."""

from __future__ import annotations

import csv
import io
import re

from ..errors import GradebookError


class Form:
    """A CSV text whose cells can be filled in; all others stay as they are written.

    Args:
        name: what to call it.

    Raises:
        GradebookError: it holds no rows.
    """

    def __init__(self, text: str, name: str):
        self.mark = text[: text.startswith("\ufeff")]
        text = text.removeprefix("\ufeff")
        self.between = _between(text)
        cell = re.compile(
            rf'("(?:[^"]|"")*"[^{self.between}\r\n]*|(?!")[^{self.between}\r\n]*)({self.between}|\r\n|\n|\r|$)'
        )
        self.lines: list[tuple[list[str], str]] = []  #: each row's cells as they are written, and its line end
        raw: list[str] = []
        place = 0
        while place < len(text):
            match = cell.match(text, place)
            if match is None:  # a quote that never ends
                raise GradebookError(f"{name}: not a CSV file that can be read; export it again from the platform")
            raw.append(match[1])
            if match[2] != self.between:
                self.lines.append((raw, match[2]))
                raw = []
            place = match.end()
        if raw:  # the text ends with a separator
            self.lines.append(([*raw, ""], ""))
        #: the rows that hold something: where they are, and their values
        self.rows = [(n, [cell_value(cell) for cell in cells]) for n, (cells, _) in enumerate(self.lines) if any(cells)]
        if len(self.rows) < 2:
            raise GradebookError(f"{name}: holds no students; export it again from the platform")

    def fill(self, line: int, column: int, value: str) -> None:
        """Write a value into a cell, in quotes where the cell had some or the value needs them."""
        needed = any(mark in value for mark in (self.between, '"', "\n", "\r"))
        quoted = needed or self.lines[line][0][column].startswith('"')
        self.lines[line][0][column] = '"' + value.replace('"', '""') + '"' if quoted else value

    def __str__(self) -> str:
        return self.mark + "".join(self.between.join(cells) + end for cells, end in self.lines)


def _between(text: str) -> str:
    """Return what separates the columns: the first separator outside of quotes, for a title may hold others."""
    quoted = False
    for char in text:
        if char == '"':
            quoted = not quoted
        elif not quoted and char in ",;\t":
            return char
        elif not quoted and char in "\r\n":
            break
    return ","


def cell_value(cell: str) -> str:
    """Return what a cell says, of one in quotes what stands in them."""
    return next(csv.reader(io.StringIO(cell, newline="")), [""])[0] if cell.startswith('"') else cell
