"""Read the bytes of one file as cells of Python: encodings, notebooks, magics. Nothing of it is run.

What cannot be read is the problem of that one file, in a sentence that says what to hand in instead.
"""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Iterable
from typing import Any

from .magics import inert, inert_script, parses

MAX_SOURCE = 5 << 20  #: bytes of one source file; of a notebook without its outputs
Problem = tuple[str, str]  #: (status, message)

_COOKIE = re.compile(rb"^[ \t\f]*#.*?coding[:=][ \t]*([-\w.]+)")  # PEP 263
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
#: encodings of texts; others that Python has hide code, or take very long to read
_OF_TEXT = re.compile(
    r"utf-(8|16|32)|ascii|latin|iso8859|iso2022|cp\d|mac|koi8|gb|big5|shift_jis|euc|hz$|johab|tis|kz|pt"
)
_MARIMO = re.compile(r"^(?:import marimo\b|from marimo import)", re.MULTILINE)
#: what is no source, by the end of its name, and how to make one of it
CONVERTED = {
    ".qmd": "is a Quarto document; hand in the notebook that `quarto convert {name}` makes",
    ".rmd": "is an R Markdown document; hand in a .py file or a notebook (.ipynb)",
    ".md": "is a Markdown text; if it is a notebook of Jupytext's, hand in what `jupytext --to ipynb {name}` makes",
    ".html": "is a web page; hand in the .py file or the notebook (.ipynb) itself",
    ".txt": "is a text; hand in a .py file or a notebook (.ipynb)",
    ".pdf": "is a print of your work; hand in the .py file or the notebook (.ipynb) itself",
}


def advice_on(name: str) -> str:
    """Return what to hand in instead of a file that is neither source nor notebook, in one line."""
    _, _, suffix = name.rpartition(".")
    what = CONVERTED.get(f".{suffix.lower()}", "is neither; hand in a .py file or a notebook (.ipynb)")
    return f"{name} {what.format(name=name)}"


def is_notebook(name: str) -> bool:
    """Return whether a file of this name holds a notebook."""
    return name.lower().endswith(".ipynb")


def read_source(content: bytes, filename: str) -> tuple[tuple[str, ...], Problem | None]:
    """Return (cells, problem) of a ``.py`` or ``.ipynb``; magics are inert and line numbers stay."""
    if not content.strip():
        return (), ("missing", f"{filename} is empty; hand in the file with your functions")
    if len(content) > MAX_SOURCE:
        size = f"more than {MAX_SOURCE >> 20} MB, without its outputs" if is_notebook(filename) else "too large"
        return (), ("malformed", f"{filename} is {size}; a source file is at most {MAX_SOURCE >> 20} MB")
    text, why = decoded(content, filename)
    if why:
        return (), ("malformed", why)
    if re.match(r"\s*<(?:!doctype|html|head)\b", text, re.IGNORECASE):
        return (), ("malformed", f'{filename} is a web page; download the file itself ("raw") and hand that in')
    if is_notebook(filename) or (text.lstrip()[:1] == "{" and '"nbformat"' in text):
        return _notebook_cells(text, filename)
    if "marimo" in text and _MARIMO.search(text) and re.search(r"^@app\.(?:cell|function)\b", text, re.MULTILINE):
        stem = filename.rpartition(".")[0]
        how = f"`marimo export ipynb {filename} -o {stem}.ipynb`"
        return (), ("malformed", f"{filename} is a marimo notebook; hand in what {how} makes")
    return (inert_script(text),), None


def decoded(content: bytes, filename: str) -> tuple[str, str]:
    r"""Return (text, why not) of a source, with ``\n`` between its lines.

    As Python reads it: a byte order mark, else the encoding that is declared, else UTF-8. What is none of these is
    taken for Latin-1 if it is a program then, which a garbled file is not.
    """
    encoding = next((name for mark, name in _MARKS if content.startswith(mark)), "") or _unmarked_utf16(content)
    if not encoding and b"\0" in content:
        return "", f"{filename} is a binary file, not Python source; save it as plain text"
    declared = "" if encoding or is_notebook(filename) else _declared(content)
    if declared:
        try:
            encoding = codecs.lookup(declared).name
        except LookupError:
            encoding = declared
        if not _OF_TEXT.match(encoding):
            return "", f"{filename} declares the encoding {declared[:40]}, which is none of text; save it as UTF-8"
    try:
        return _lines(content.decode(encoding or "utf-8")), ""
    except (UnicodeDecodeError, LookupError) as error:
        text = _lines(content.decode("latin-1"))
        if parses(inert_script(text)):
            return text, ""
        before = content[: error.start] if isinstance(error, UnicodeDecodeError) else b""
        line = before.count(b"\n") + 1
        return "", f"{filename}, line {line}: not {(encoding or 'utf-8').upper()}; save the file with UTF-8 encoding"


def _declared(content: bytes) -> str:
    for line in content.split(b"\n", 2)[:2]:
        found = _COOKIE.match(line)
        if found:
            return found[1].decode("ascii", "replace")
        if line.strip() and not line.lstrip().startswith(b"#"):
            break
    return ""


def _unmarked_utf16(content: bytes) -> str:
    """Return the kind of UTF-16 whose text, mostly of ASCII letters, has no mark; "" for anything else."""
    head = content[:400]
    if len(head) < 8 or len(content) % 2:
        return ""
    for zeros, letters, name in ((head[1::2], head[::2], "utf-16-le"), (head[::2], head[1::2], "utf-16-be")):
        if zeros.count(0) > 0.9 * len(zeros) and not letters.count(0):
            return name
    return ""


def _lines(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n").removeprefix("\ufeff")


# -- notebooks -----------------------------------------------------------------------------------


def _notebook_cells(text: str, filename: str) -> tuple[tuple[str, ...], Problem | None]:
    """Return the code cells that are the student's."""
    try:
        notebook = json.loads(text)
        language = _language(notebook)
        if language:
            return (), ("malformed", f"{filename} is a notebook for {language}; hand in one for Python")
        cells = notebook["cells"] if "cells" in notebook else notebook["worksheets"][0]["cells"]
        found = [inert(_lines(_source(cell))) for cell in cells if _is_own(cell)]
    except RecursionError:
        return (), ("malformed", f"{filename} is nested too deeply to be a notebook; download it again")
    except (ValueError, KeyError, TypeError, AttributeError, IndexError) as error:
        what = str(error).splitlines()[0] if isinstance(error, json.JSONDecodeError) else "its cells cannot be read"
        return (), ("malformed", f"{filename} is not a readable notebook ({what}); save it again from Jupyter")
    kept = tuple(cell for cell in found if cell.strip())
    if not kept:
        return (), ("missing", f"{filename} has no code cells; hand in the notebook with your functions")
    return kept, None


def _language(notebook: Any) -> str:
    """Return the language of a notebook that says that it is not Python's."""
    metadata = notebook.get("metadata")
    for part, key in (("kernelspec", "language"), ("language_info", "name")):
        said = metadata.get(part) if isinstance(metadata, dict) else None
        name = said.get(key) if isinstance(said, dict) else None
        if isinstance(name, str) and name:
            return "" if "python" in name.lower() else name[:40]
    return ""


def _is_own(cell: Any) -> bool:
    """Return whether a cell is code of the student's: not a locked check, whose checks are the judge's."""
    if cell.get("cell_type") != "code":
        return False
    metadata = cell.get("metadata") or {}
    grader = metadata.get("nbgrader") or {}
    shown_as = (metadata.get("vscode") or {}).get("languageId", "python")
    return shown_as == "python" and not (grader.get("grade") and not grader.get("solution"))


def _source(cell: Any) -> str:
    source = cell.get("source", cell.get("input", ""))
    source = "".join(source) if isinstance(source, list) else source
    if not isinstance(source, str):
        raise TypeError("a cell whose source is no text")
    return source.encode("utf-8", "replace").decode()  # half a sign, as of a cut emoji, is none that Python reads


# -- a student's other files ---------------------------------------------------------------------


def as_module(content: bytes, filename: str) -> bytes:
    """Return a helper as Python can import it: magics inert, in UTF-8 where it is in no encoding that Python reads."""
    text, why = decoded(content, filename)
    if why or _declared(content):
        return content
    made = inert_script(text)
    try:
        readable = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        readable = None
    return content if readable is not None and _lines(readable) == made else made.encode("utf-8", "surrogatepass")


class Words:
    """The names that stand anywhere in some sources, in texts too: what these may import is among them."""

    def __init__(self, sources: Iterable[str]) -> None:
        self._sources = list(sources)

    def add(self, source: str) -> None:
        """Take in one source more."""
        self._sources.append(source)

    def __contains__(self, name: str) -> bool:
        found = [source for source in self._sources if name in source]  # of most names there is nothing to look for
        return any(re.search(rf"(?<!\w){re.escape(name)}(?!\w)", source) for source in found)
