"""The cases that no plain file in a repository can be: links, pipes, archives, notebooks, odd names.

Each function makes one student's hand-in below the folder of a class (or entries of a zipped class); its docstring says
what it is and who has met it, its decorator what its right code earns and how it must end.
"""

from __future__ import annotations

import json
import os
import socket
import stat
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

RIGHT = (Path(__file__).parent / "beside" / "honest.py").read_text(encoding="utf-8")
WRONG = "def softmax(x, dim=-1):\n    return x\n\n\ndef accuracy(scores, labels):\n    return -1.0\n"


@dataclass(frozen=True)
class Made:
    """One case that is made, not stored."""

    name: str
    kind: str
    what: str
    make: Callable[..., Any]
    points: float
    status: str | tuple[str, ...]
    student: str


IN_FOLDER: list[Made] = []
IN_ZIP: list[Made] = []


def _case(into: list[Made], kind: str, points: float, status: str | tuple[str, ...], student: str = "") -> Callable:
    def register(make: Callable) -> Callable:
        name = make.__name__
        into.append(Made(name, kind, (make.__doc__ or "").strip(), make, points, status, student or name))
        return make

    return register


def on_disk(points: float, status: str | tuple[str, ...]) -> Callable:
    """`make(folder, solution)` fills the student's folder ``<student>/one``."""
    return _case(IN_FOLDER, "files", points, status)


def zipped(points: float, status: str | tuple[str, ...]) -> Callable:
    """`make(archive, place)` adds entries; `place` is ``<student>/one/steps.py``."""
    return _case(IN_ZIP, "files", points, status)


def notebook(cells: list[dict[str, Any] | str], **more: Any) -> str:
    """A notebook of these code cells; a dict is a cell as it stands."""
    whole = [
        c
        if isinstance(c, dict)
        else {"cell_type": "code", "metadata": {}, "source": c, "outputs": [], "execution_count": None}
        for c in cells
    ]
    return json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": whole, **more})


def cell(source: Any, **nbgrader: Any) -> dict[str, Any]:
    """A code cell with nbgrader's metadata."""
    return {"cell_type": "code", "metadata": {"nbgrader": nbgrader}, "source": source, "outputs": []}


# -- what is no file -----------------------------------------------------------------------------


@on_disk(0, "malformed")
def link_to_the_solution(folder: Path, solution: Path) -> None:
    """A link to the reference solution, which the grader can read and the student cannot.

    Met by: Submitty, pull request 6732: links in submissions were followed.
    """
    (folder / "steps.py").symlink_to(solution)


@on_disk(0, "malformed")
def link_to_itself(folder: Path, solution: Path) -> None:
    """A link to itself: who follows it goes in a circle.

    Met by: every tool that walks a folder of a stranger's.
    """
    (folder / "steps.py").symlink_to("steps.py")


@on_disk(0, "malformed")
def link_to_a_device(folder: Path, solution: Path) -> None:
    """A link to /dev/zero: who reads it to its end reads for ever.

    Met by: every tool that reads a stranger's file whole.
    """
    (folder / "steps.py").symlink_to("/dev/zero")


@on_disk(0, "malformed")
def named_pipe(folder: Path, solution: Path) -> None:
    """A named pipe: to open it is to wait for who writes.

    Met by: graders that read folders to which students have access by a shell.
    """
    os.mkfifo(folder / "steps.py")


@on_disk(0, "malformed")
def socket_file(folder: Path, solution: Path) -> None:
    """A socket in place of the file.

    Met by: graders that read folders to which students have access by a shell.
    """
    here = os.getcwd()
    os.chdir(folder)  # its path may be longer than a socket's may
    try:
        with socket.socket(socket.AF_UNIX) as server:
            server.bind("steps.py")
    finally:
        os.chdir(here)


@on_disk(0, "malformed")
def not_text(folder: Path, solution: Path) -> None:
    """A compiled file with the name of a source.

    Met by: every teacher.
    """
    (folder / "steps.py").write_bytes(b"\xa7\r\r\n\0\0\0\0" + bytes(range(256)))


@on_disk(5, "passed")
def another_encoding(folder: Path, solution: Path) -> None:
    """Right source, saved as UTF-16 by an editor.

    Met by: every teacher whose students have Windows.
    """
    (folder / "steps.py").write_text(RIGHT, encoding="utf-16")


@on_disk(0, "malformed")
def six_megabytes(folder: Path, solution: Path) -> None:
    """A source of six megabytes, nearly all of it a comment.

    Met by: graders that parse whatever they are given.
    """
    (folder / "steps.py").write_text(RIGHT + "#" * (6 << 20), encoding="utf-8")


@on_disk(0, "missing")
def empty_file(folder: Path, solution: Path) -> None:
    """A file without a single byte, as an interrupted upload leaves it.

    Met by: every teacher.
    """
    (folder / "steps.py").touch()


# -- source that upsets the compiler -------------------------------------------------------------


@on_disk(0, ("error", "crashed"))
def brackets(folder: Path, solution: Path) -> None:
    """A hundred thousand opening brackets before the functions.

    Met by: parsers that recurse; CPython's has given up at 200 since 3.9.
    """
    (folder / "steps.py").write_text("(" * 100_000 + "\n" + RIGHT, encoding="utf-8")


@on_disk(0, ("error", "crashed"))
def long_sum(folder: Path, solution: Path) -> None:
    """A sum of twenty thousand ones in one line: a tree as deep as the sum is long.

    Met by: compilers that recurse into their tree.
    """
    (folder / "steps.py").write_text("x = " + "+".join(["1"] * 20_000) + "\n" + RIGHT, encoding="utf-8")


@on_disk(0, ("error", "crashed"))
def long_chain_of_ifs(folder: Path, solution: Path) -> None:
    """Five thousand `elif` in one chain, each of which is nested in the one before it.

    Met by: every tool that recurses through Python's syntax tree.
    """
    chain = "if x == 0: pass\n" + "".join(f"elif x == {n}: pass\n" for n in range(1, 5000))
    (folder / "steps.py").write_text("x = 1\n" + chain + "def broken(:\n" + RIGHT, encoding="utf-8")


@on_disk(0, "error")
def number_of_many_digits(folder: Path, solution: Path) -> None:
    """A number of half a million digits: to read it takes a time that grows with the square.

    Met by: Python, which has refused more than 4300 digits since CVE-2020-10735.
    """
    (folder / "steps.py").write_text("x = " + "9" * 500_000 + "\n" + RIGHT, encoding="utf-8")


@on_disk(0, "malformed")
def codec_for_a_cookie(folder: Path, solution: Path) -> None:
    """Says on its first line that it is written in UTF-7, in which the rest would mean something else.

    Met by: scanners of source that read it otherwise than Python does.
    """
    (folder / "steps.py").write_text("# -*- coding: utf-7 -*-\n" + RIGHT, encoding="utf-8")


@on_disk(5, "passed")
def helpers_with_great_names(folder: Path, solution: Path) -> None:
    """Brings its own torch.py, random.py and sitecustomize.py, which end the process when they are imported.

    Met by: every teacher: a student's random.py or torch.py beside the exercise shadows the real one.
    """
    (folder / "steps.py").write_text(RIGHT, encoding="utf-8")
    for name in ("torch", "numpy", "random", "sitecustomize", "gradus_worker", "pytest", "ast"):
        (folder / f"{name}.py").write_text("import os\nos._exit(1)\n", encoding="utf-8")


# -- notebooks -----------------------------------------------------------------------------------


@on_disk(0, "malformed")
def notebook_of_brackets(folder: Path, solution: Path) -> None:
    """A notebook that is a hundred thousand opening brackets.

    Met by: JSON readers that recurse.
    """
    (folder / "steps.ipynb").write_text("[" * 100_000, encoding="utf-8")


@on_disk(0, "malformed")
def notebook_cut_short(folder: Path, solution: Path) -> None:
    """A notebook whose second half is missing, as a full disk leaves it.

    Met by: every teacher.
    """
    text = notebook([RIGHT])
    (folder / "steps.ipynb").write_text(text[: len(text) // 2], encoding="utf-8")


@on_disk(0, "malformed")
def notebook_of_numbers(folder: Path, solution: Path) -> None:
    """A notebook whose cells are numbers and whose sources are lists of lists.

    Met by: tools that trust the format of a file because its name ends in .ipynb.
    """
    (folder / "steps.ipynb").write_text(notebook([cell([["x"], 5]), cell(7)]), encoding="utf-8")


@on_disk(5, "passed")
def notebook_full_of_pictures(folder: Path, solution: Path) -> None:
    """A notebook of seven megabytes, nearly all of it an output.

    Met by: every teacher of image data.
    """
    picture = {"output_type": "display_data", "data": {"image/png": "A" * (7 << 20)}, "metadata": {}}
    (folder / "steps.ipynb").write_text(notebook([{**cell(RIGHT), "outputs": [picture]}]), encoding="utf-8")


@on_disk(0, "failed")
def notebook_with_altered_checks(folder: Path, solution: Path) -> None:
    """Wrong code, a locked check cell that now says nothing, and a thousand points in its metadata.

    Met by: nbgrader (issues 424, 500 and 1941), which therefore restores locked cells.
    """
    check = cell("assert True", grade=True, solution=False, locked=True, points=1000, grade_id="test_values")
    more = "def descend(*args):\n    return 0\n\ndef batches(*args):\n    return 0\n"
    text = notebook([cell(WRONG + more, grade=False, solution=True, grade_id="a"), check])
    (folder / "steps.ipynb").write_text(text, encoding="utf-8")


@on_disk(5, "passed")
def notebook_with_a_broken_check(folder: Path, solution: Path) -> None:
    """Right code, and a locked check cell that was altered so that it exits.

    Met by: nbgrader (issue 500): read-only cells can be edited.
    """
    check = cell("import os; os._exit(1)", grade=True, solution=False, locked=True, points=1, grade_id="test_values")
    text = notebook([cell(RIGHT, grade=False, solution=True, grade_id="a"), check])
    (folder / "steps.ipynb").write_text(text, encoding="utf-8")


@on_disk(0, "missing")
def notebook_of_locked_cells(folder: Path, solution: Path) -> None:
    """Its functions stand in a cell that says it is a check of the teacher's.

    Met by: nbgrader (issue 981): copied cells carry their metadata along.
    """
    text = notebook([cell(RIGHT, grade=True, solution=False, locked=True, grade_id="test_values")])
    (folder / "steps.ipynb").write_text(text, encoding="utf-8")


@on_disk(5, "passed")
def notebook_with_copied_cells(folder: Path, solution: Path) -> None:
    """The same cell with the same id, three times.

    Met by: nbgrader (issue 1083): autograding of the whole notebook failed.
    """
    text = notebook([cell(RIGHT, grade=False, solution=True, grade_id="a")] * 3)
    (folder / "steps.ipynb").write_text(text, encoding="utf-8")


@on_disk(0, "failed")
def notebook_with_forged_outputs(folder: Path, solution: Path) -> None:
    """Wrong code whose saved outputs say that all tests passed.

    Met by: teachers who grade by reading the notebook.
    """
    said = {"output_type": "stream", "name": "stdout", "text": "5 passed, 0 failed: 5/5 points"}
    more = "def descend(*args):\n    return 0\n\ndef batches(*args):\n    return 0\n"
    (folder / "steps.ipynb").write_text(notebook([{**cell(WRONG + more), "outputs": [said]}]), encoding="utf-8")


@on_disk(5, "passed")
def notebook_of_half_characters(folder: Path, solution: Path) -> None:
    """A cell with half a surrogate pair, which JSON can hold and UTF-8 cannot.

    Met by: tools that write what they read from JSON.
    """
    (folder / "steps.ipynb").write_text(notebook(["name = '\ud83d'", RIGHT]), encoding="utf-8")


@on_disk(5, "passed")
def notebook_from_colab(folder: Path, solution: Path) -> None:
    """Installs packages, mounts a drive, sets magics and draws a progress bar before its functions.

    Met by: every teacher whose students work on Colab (otter-grader, issue 861).
    """
    first = "!pip install -q torch torchvision\n%matplotlib inline\n%load_ext autoreload\n"
    second = "from google.colab import drive\ndrive.mount('/content/drive')\n%cd /content/drive/MyDrive"
    third = "from tqdm.notebook import tqdm\nfor step in tqdm(range(3)):\n    pass\nget_ipython().system('ls')"
    (folder / "steps.ipynb").write_text(notebook([first, second, third, RIGHT]), encoding="utf-8")


# -- archives ------------------------------------------------------------------------------------


@zipped(0, "malformed")
def zip_path_that_leads_out(archive: zipfile.ZipFile, place: str) -> None:
    """An entry whose path climbs out of the folder into which it is unpacked.

    Met by: ngshare (issue 26): a submission's path could be ../../etc/passwd.
    """
    student, _, rest = place.partition("/")
    archive.writestr(f"{student}/../../{student}/../{student}/{rest}", RIGHT)


@zipped(0, "malformed")
def zip_link(archive: zipfile.ZipFile, place: str) -> None:
    """An entry that unpacks to a link to /etc/passwd.

    Met by: Submitty (pull request 6732) and every tool that unpacks with links.
    """
    info = zipfile.ZipInfo(place)
    info.external_attr = (stat.S_IFLNK | 0o777) << 16
    archive.writestr(info, "/etc/passwd")


@zipped(0, "malformed")
def zip_bomb(archive: zipfile.ZipFile, place: str) -> None:
    """Four kilobytes that unpack to four megabytes of line breaks; nested, it would be terabytes.

    Met by: virus scanners, since 2001.
    """
    archive.writestr(place, "\n" * (4 << 20), zipfile.ZIP_DEFLATED)


@zipped(0, "malformed")
def zip_of_an_odd_kind(archive: zipfile.ZipFile, place: str) -> None:
    """Packed in a way that is unpacked in one go, whatever the header says of its size.

    Met by: Python's zipfile, for bzip2 and LZMA.
    """
    archive.writestr(place, RIGHT, zipfile.ZIP_BZIP2)


@zipped(0, "malformed")
def zip_entry_of_wrong_bytes(archive: zipfile.ZipFile, place: str) -> None:
    """An entry whose checksum does not fit its content, as a broken download has it. :func:`spoil` breaks it.

    Met by: Submitty (issue 8280), where a bad zip ended the grading of others.
    """
    archive.writestr(place, "# SPOIL ME\n" + RIGHT, zipfile.ZIP_STORED)


def spoil(path: Path) -> None:
    """Change one byte of the entry above, after the archive was written."""
    raw = path.read_bytes()
    path.write_bytes(raw.replace(b"# SPOIL ME", b"# SPOILT M", 1))


# -- names that misbehave when shown -------------------------------------------------------------


def _named(name: str, student: str, what: str) -> None:
    def make(folder: Path, solution: Path) -> None:
        (folder / "steps.py").write_text(RIGHT, encoding="utf-8")

    make.__name__, make.__doc__ = name, what
    _case(IN_FOLDER, "texts", 5, "passed", student)(make)


_named(
    "name_of_a_formula",
    '=HYPERLINK("http:example.org","x")',
    "A student whose folder's name is a formula.\n\nMet by: every export of grades to CSV; catalogued as CWE-1236.",
)
_named(
    "name_of_another_formula",
    "@SUM(1+1)*cmd|' C calc'!A0",
    "A student whose folder's name calls a command.\n\nMet by: every export of grades to CSV; catalogued as CWE-1236.",
)
_named(
    "name_of_markup",
    "<img src=x onerror=alert(1)>",
    "A student whose folder's name is markup.\n\nMet by: every report in HTML.",
)
_named(
    "name_of_quotes",
    'O\'Neil, "Jay"; DROP TABLE grades;--',
    "A student whose folder's name has quotes, a comma and a statement of SQL.\n\nMet by: every gradebook.",
)
_named(
    "name_of_two_lines",
    "two\nlines,one steps,passed,5,5\r\tmore",
    "A student whose folder's name breaks lines.\n\nMet by: every report that is read line by line.",
)
_named(
    "name_from_right_to_left",
    "\u202egpj.exe\u2066\u200f\u061c",
    "A student whose folder's name turns its direction.\n\nMet by: file managers, in which fdp.exe reads exe.pdf.",
)
_named(
    "name_of_escapes",
    "\x1b[2J\x1b]0;root\x07clear",
    "A student whose folder's name clears the screen.\n\nMet by: `ls` in a terminal, until it began to quote.",
)
_named(
    "name_of_console_markup",
    "[bold red]x[blink]",
    "A student whose folder's name is markup of the library that prints the table.\n\nMet by: users of rich.",
)
_named(
    "name_that_is_no_text",
    os.fsdecode(b"odd\xff\xfe"),
    "A student whose folder's name is no UTF-8.\n\nMet by: every tool on Linux that unpacks an archive from elsewhere.",
)
_named(
    "name_without_end",
    "n" * 240,
    "A student whose folder's name is as long as the disk allows.\n\nMet by: tables of fixed width.",
)
