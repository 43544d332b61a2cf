"""The texts of a course, read: what is no UTF-8, no Python or no TOML is told with its file and line."""

from __future__ import annotations

import ast
import re
import tomllib
from pathlib import Path
from typing import Any

from ..errors import CourseError
from .fields import toml_fault
from .trees import unreadable


def line_of(text: str, key: str, first: int = 1) -> int:
    """Return the line (from 1) of a TOML text on which a key stands, looked for from line `first` on; else `first`."""
    start = sum(len(line) + 1 for line in text.split("\n")[: first - 1])
    match = re.compile(rf"^\s*\[*[\"']?{re.escape(key)}[\"']?\s*[=\]]", re.MULTILINE).search(text, start)
    return text.count("\n", 0, match.start() + len(match[0]) - len(match[0].lstrip())) + 1 if match else first


def read_text(path: Path, absent: str) -> str:
    """Read a text of the course; `absent` is what to say when it is not there.

    Raises:
        CourseError: it is not there, cannot be read, or is no text in UTF-8.
    """
    if wrong := unreadable(path) or ("" if path.is_file() else absent):
        raise CourseError(f"{path}: {wrong}")
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        raise CourseError(f"{path}, line {line}: not UTF-8; save the file with UTF-8 encoding") from None
    return without_nulls(path, text)


def without_nulls(path: Path, text: str) -> str:
    """Return what a file, or a cell of it, holds. It is asked before Python is, whose versions differ.

    Raises:
        CourseError: a null byte is in it.
    """
    if "\0" in text:
        raise CourseError(f"{path}: holds a null byte, which no text does; save the file anew")
    return text


def read_python(path: Path, absent: str) -> str:
    """Read code of the course; `absent` is what to say when it is not there.

    Raises:
        CourseError: it is not there, not UTF-8, or no Python, naming the line.
    """
    try:
        ast.parse(text := read_text(path, absent))
    except SyntaxError as error:
        raise CourseError(f"{path}, line {error.lineno}: {error.msg}; it must be Python") from None
    return text


def parse_toml(path: Path, text: str, first_line: int) -> dict[str, Any]:
    """Return the table of a TOML text that begins on a line of a file.

    Raises:
        CourseError: it is no TOML, naming the line.
    """
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        line, why = toml_fault(error)
        line = line or text.count("\n") + 1
        raise CourseError(f"{path}, line {line + first_line - 1}: {why}") from None
