"""What was handed in: every layout, and everything that can be wrong with one submission without spoiling the rest."""

from __future__ import annotations

import json
import os
import stat
import struct
import threading
import zipfile
from pathlib import Path

import pytest

from autograder.errors import SubmissionError
from autograder.intake import helpers
from autograder.intake.magics import inert
from autograder.intake.source import MAX_SOURCE, read_source
from autograder.intake.submissions import read_class, read_for
from autograder.model import STATUSES, Exercise, Syllabus

PAGES = ("s3_neural_networks/softmax", "s3_neural_networks/losses", "s4_cnns/digits")
SYLLABUS = Syllabus(
    "Tiny",
    Path("."),
    {"s3_neural_networks": "Networks", "s4_cnns": "Convolutions"},
    {address: Exercise(address, address, 1.0) for address in PAGES},
    {},
)
SOFTMAX = SYLLABUS.exercises[PAGES[0]]
GOOD = "def softmax(x):\n    return x\n"


def notebook(*cells, **more):
    """The text of a notebook with these code cells; a dict is a cell as it is."""
    made = [c if isinstance(c, dict) else {"cell_type": "code", "metadata": {}, "source": c} for c in cells]
    return json.dumps({"cells": made, "metadata": {}, "nbformat": 4, "nbformat_minor": 5, **more})


def lay_out(root, files):
    """Files below a folder: path -> text or bytes; the folder."""
    for name, content in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return root


def pack(path, files, compression=zipfile.ZIP_DEFLATED):
    """A zip with these files: name or ZipInfo -> text or bytes; its path."""
    with zipfile.ZipFile(path, "w", compression) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return path


def rewritten(path, name, change):
    """A zip whose central and local headers of one entry were changed with `change(kind, header)`."""
    data = bytearray(path.read_bytes())
    raw = name.encode()
    for kind, signature, size in (("local", b"PK\3\4", 30), ("central", b"PK\1\2", 46)):
        at = data.find(signature)
        while at >= 0 and bytes(data[at + size : at + size + len(raw)]) != raw:
            at = data.find(signature, at + 1)
        assert at >= 0
        header = data[at : at + size]
        change(kind, header)
        data[at : at + size] = header
    path.write_bytes(data)
    return path


def found(path, *exercises):
    """What a class holds: (student, exercise's name) -> (status or "ok", message)."""
    result = read_class(path, SYLLABUS, exercises)
    return {
        (s.student, s.exercise.partition("/")[2]): s.problem or ("ok", "".join(s.cells)) for s in result.submissions
    }


# -- layouts -------------------------------------------------------------------------------------

CLASS = {"ada/softmax.py": GOOD, "bob/softmax.py": GOOD, "bob/losses.py": "x = 1\n"}
LAYOUTS = {
    "student/exercise.py": CLASS,
    "student/section/exercise.py": {
        "ada/s3_neural_networks/softmax.py": GOOD,
        "bob/s3_neural_networks/softmax.py": GOOD,
        "bob/s3_neural_networks/losses.py": "x = 1\n",
    },
    "student/exercise.ipynb": {
        "ada/softmax.ipynb": notebook(GOOD),
        "bob/softmax.ipynb": notebook(GOOD),
        "bob/losses.ipynb": notebook("x = 1\n"),
    },
    "nbgrader": {
        "submitted/ada/ps1/softmax.ipynb": notebook(GOOD),
        "submitted/bob/ps1/softmax.ipynb": notebook(GOOD),
        "submitted/bob/ps2/losses.ipynb": notebook("x = 1\n"),
        "source/ps1/softmax.ipynb": notebook("the teacher's"),
        "release/ps1/softmax.ipynb": notebook("the teacher's"),
        "autograded/ada/ps1/softmax.ipynb": notebook("an old one"),
    },
    "a folder around the class": {"class/" + name: text for name, text in CLASS.items()},
    "an nbgrader course inside a folder": {
        "course/submitted/ada/ps1/softmax.ipynb": notebook(GOOD),
        "course/submitted/bob/ps1/softmax.ipynb": notebook(GOOD),
        "course/submitted/bob/ps1/losses.ipynb": notebook("x = 1\n"),
        "course/source/ps1/softmax.ipynb": notebook("the teacher's"),
    },
}


@pytest.mark.parametrize("packed", [False, True], ids=["folder", "zip"])
@pytest.mark.parametrize("layout", LAYOUTS)
def test_layouts_of_a_class(tmp_path, layout, packed):
    """every documented layout gives the same class, from a folder and from a zip"""
    files = LAYOUTS[layout]
    path = pack(tmp_path / "class.zip", files) if packed else lay_out(tmp_path / "class", files)
    assert found(path) == {
        ("ada", "losses"): ("missing", "nothing was handed in for losses"),
        ("ada", "softmax"): ("ok", GOOD),
        ("bob", "losses"): ("ok", "x = 1\n"),
        ("bob", "softmax"): ("ok", GOOD),
    }


def test_sorted_by_student_then_exercise(tmp_path):
    """submissions come sorted by student, then in the order of the syllabus, whatever the disk says"""
    root = lay_out(tmp_path, {f"{student}/{page}.py": "x = 1\n" for student in "cab" for page in ("losses", "softmax")})
    result = read_class(root, SYLLABUS).submissions
    assert [(s.student, s.exercise) for s in result] == [(s, a) for s in "abc" for a in PAGES[:2]]


@pytest.mark.parametrize(
    "files",
    [
        {"softmax.py": GOOD, "losses.ipynb": notebook("x = 1\n")},
        {"s3_neural_networks/softmax.py": GOOD, "s3_neural_networks/losses.py": "x = 1\n"},
        {"s3_neural_networks/softmax.py": GOOD, "losses.py": "x = 1\n"},
    ],
)
def test_a_single_student(tmp_path, files):
    """a student's own folder, with sections or without, is one student named after the folder or zip"""
    expected = {("grace", "softmax"): ("ok", GOOD), ("grace", "losses"): ("ok", "x = 1\n")}
    assert found(lay_out(tmp_path / "grace", files)) == expected
    assert found(pack(tmp_path / "grace.zip", files)) == expected


def test_one_student_with_sections_in_a_class_folder(tmp_path):
    """a class of one keeps the student's name"""
    assert set(found(lay_out(tmp_path, {"ada/s3_neural_networks/softmax.py": GOOD}))) == {("ada", "softmax")}


def test_one_file(tmp_path):
    """one file is a class of one: the folder's name is the student's"""
    path = lay_out(tmp_path / "ada", {"softmax.py": GOOD}) / "softmax.py"
    assert found(path) == {("ada", "softmax"): ("ok", GOOD)}


def test_one_file_of_another_name(tmp_path):
    """a file that is not named after an exercise is graded when --exercise says what it is, else refused"""
    path = lay_out(tmp_path / "ada", {"homework.py": GOOD}) / "homework.py"
    assert found(path, PAGES[0]) == {("ada", "softmax"): ("ok", GOOD)}
    with pytest.raises(SubmissionError, match="--exercise"):
        read_class(path, SYLLABUS)


def test_wanted_exercises_are_missing_where_nothing_was_handed_in(tmp_path):
    """each student has a grade for each wanted exercise; other exercises are left alone"""
    assert found(lay_out(tmp_path, CLASS), "s4_cnns/digits", PAGES[1]) == {
        ("ada", "digits"): ("missing", "nothing was handed in for digits"),
        ("ada", "losses"): ("missing", "nothing was handed in for losses"),
        ("bob", "digits"): ("missing", "nothing was handed in for digits"),
        ("bob", "losses"): ("ok", "x = 1\n"),
    }


def test_two_files_of_one_exercise(tmp_path):
    """of a .py and a notebook of the same exercise the .py is graded, and the other is reported"""
    result = read_class(lay_out(tmp_path, {"ada/softmax.py": GOOD, "ada/softmax.ipynb": notebook("n = 1")}), SYLLABUS)
    assert [s.filename for s in result.submissions] == ["softmax.py"]
    assert [(Path(name).name, why) for name, why in result.ignored] == [
        ("softmax.ipynb", "softmax.py of the same exercise is graded; this one has none of the page's functions")
    ]


def test_a_broken_twin_does_not_win(tmp_path):
    """of a file and a link of the same exercise the readable one is graded"""
    root = lay_out(tmp_path, {"ada/softmax.ipynb": notebook(GOOD)})
    (root / "ada" / "softmax.py").symlink_to("/etc/passwd")
    assert found(root) == {("ada", "softmax"): ("ok", GOOD)}


def test_helpers_travel_along(tmp_path):
    """a student's other .py files that the exercise names come with it, another student's do not"""
    uses = "import tools\n" + GOOD
    root = lay_out(tmp_path, {"ada/softmax.py": uses, "ada/tools.py": "y = 1\n", "bob/softmax.py": uses})
    ada, bob = read_class(root, SYLLABUS).submissions
    assert ada.files == (("tools.py", b"y = 1\n"),)
    assert bob.files == ()


def test_helpers_are_bounded(tmp_path):
    """helpers beyond the documented number and size stay behind"""
    files = {f"ada/h{n:03}.py": "y = 1\n" for n in range(helpers.MAX_HELPERS + 5)}
    files["ada/h000.py"] = b"#" * (helpers.MAX_HELPER + 1)
    names = "\n".join(f"import {Path(name).stem}" for name in files)
    (ada,) = read_class(lay_out(tmp_path, {"ada/softmax.py": names, **files}), SYLLABUS).submissions
    assert len(ada.files) == helpers.MAX_HELPERS
    assert "h000.py" not in dict(ada.files)


def test_hidden_and_cached_files_are_passed_over(tmp_path):
    """checkpoints, caches and what macOS packs along are no submissions"""
    files = {
        "ada/softmax.py": GOOD,
        "ada/.ipynb_checkpoints/softmax.py": "old = 1\n",
        "ada/__pycache__/softmax.py": "old = 1\n",
        "__MACOSX/ada/._softmax.py": b"\0\1",
        "bob/._softmax.py": b"\0\1",
        "bob/softmax.py": GOOD,
    }
    expected = {("ada", "softmax"): ("ok", GOOD), ("bob", "softmax"): ("ok", GOOD)}
    assert found(lay_out(tmp_path / "class", files)) == expected
    assert found(pack(tmp_path / "class.zip", files)) == expected


@pytest.mark.parametrize("stray", ["softmax.py", "collect.py", "s3_neural_networks/softmax.py", "notes/readme.py"])
@pytest.mark.parametrize("top", ["", "class/"])
def test_a_stray_file_beside_the_students(tmp_path, stray, top):
    """a file that lies beside the students' folders takes nobody's submission away"""
    files = {top + name: text for name, text in {**CLASS, stray: "stray = 1\n"}.items()}
    for path in (lay_out(tmp_path / "folder", files), pack(tmp_path / "class.zip", files)):
        result = found(path)
        assert result["ada", "softmax"] == ("ok", GOOD)
        assert result["bob", "softmax"] == ("ok", GOOD)
        assert result["bob", "losses"] == ("ok", "x = 1\n")


def test_a_student_cannot_rename_the_class(tmp_path):
    """a folder called submitted inside one student's does not hide the others"""
    result = found(lay_out(tmp_path, {**CLASS, "aaa/submitted/ps1/softmax.py": GOOD}))
    assert result["ada", "softmax"] == result["bob", "softmax"] == result["aaa", "softmax"] == ("ok", GOOD)


def test_names_from_all_over_the_world(tmp_path):
    """students' folders may have any name that the disk allows, bytes that are no UTF-8 included"""
    names = ["Müller, Zoë", "=1+1", "李小龙", "a b", "😀", "שלום"]
    root = lay_out(tmp_path, {f"{name}/softmax.py": GOOD for name in names})
    odd = os.fsdecode(os.fsencode(root) + b"/odd\xff")
    try:
        os.mkdir(odd)
    except OSError:  # a disk that takes UTF-8 only
        odd = ""
    if odd:
        Path(odd, "softmax.py").write_text(GOOD)
        names.append("odd\udcff")
    assert found(root) == {(name, "softmax"): ("ok", GOOD) for name in names}


def test_short_name_of_two_exercises(tmp_path):
    """a file whose short name fits two exercises is not graded as either by guess; its section decides"""
    exercises = {a: Exercise(a, a, 1.0) for a in ("s3_neural_networks/softmax", "s4_cnns/softmax", "s4_cnns/digits")}
    course = Syllabus("T", Path("."), SYLLABUS.sections, exercises, {})
    root = lay_out(
        tmp_path,
        {"ada/softmax.py": GOOD, "ada/digits.py": "d = 1\n", "bob/s4_cnns/softmax.py": GOOD, "cy/digits.py": "d = 1\n"},
    )
    result = read_class(root, course)
    ok = {(s.student, s.exercise) for s in result.submissions if s.problem is None}
    assert ok == {("ada", "s4_cnns/digits"), ("bob", "s4_cnns/softmax"), ("cy", "s4_cnns/digits")}
    assert [why for name, why in result.ignored if name == "ada/softmax.py"] == [
        "softmax is the name of two exercises; put it into the folder of its section"
    ]


# -- one bad submission among good ones ----------------------------------------------------------


def deep_notebook(depth=100_000):
    """A notebook that is nothing but brackets."""
    return '{"cells": ' + "[" * depth + "]" * depth + "}"


#: file name -> (content, status, what its message must say)
BAD = {
    "empty": ("softmax.py", b"", "missing", "empty"),
    "only white space": ("softmax.py", b" \n\t\n", "missing", "empty"),
    "huge": ("softmax.py", b"#" * (MAX_SOURCE + 1), "malformed", "5 MB"),
    "binary": ("softmax.py", b"\x7fELF\0\0\1\2", "malformed", "binary"),
    "not UTF-8": ("softmax.py", "x = 1\nMüller! wrote it\n".encode("latin-1"), "malformed", "line 2: not UTF-8"),
    "half of UTF-16": ("softmax.py", GOOD.encode("utf-16")[:-1], "malformed", "softmax.py"),
    "an unknown encoding": ("softmax.py", b"# coding: klingon\nx = 1\n", "malformed", "klingon"),
    "an encoding that hides": ("softmax.py", b"# coding: unicode_escape\nx = 1\n", "malformed", "unicode_escape"),
    "a web page": ("softmax.ipynb", b"<!DOCTYPE html><html>...", "malformed", "is a web page"),
    "a notebook for R": (
        "softmax.ipynb", notebook("x <- 1", metadata={"kernelspec": {"language": "R"}}).encode(), "malformed", "for R"
    ),
    "marimo": (
        "softmax.py", b"import marimo\napp = marimo.App()\n@app.cell\ndef _():\n    return\n", "malformed",
        "marimo export ipynb softmax.py",
    ),
    "broken JSON": ("softmax.ipynb", b'{"cells": [', "malformed", "not a readable notebook"),
    "JSON that is no notebook": ("softmax.ipynb", b"[1, 2]", "malformed", "not a readable notebook"),
    "a number": ("softmax.ipynb", b"5", "malformed", "not a readable notebook"),
    "cells of nothing": ("softmax.ipynb", b'{"cells": null}', "malformed", "not a readable notebook"),
    "cells of numbers": ("softmax.ipynb", b'{"cells": [1]}', "malformed", "not a readable notebook"),
    "a source of numbers": (
        "softmax.ipynb", notebook({"cell_type": "code", "source": 5}).encode(), "malformed", "not a readable notebook"
    ),
    "metadata of text": (
        "softmax.ipynb", notebook({"cell_type": "code", "metadata": "m", "source": "x"}).encode(), "malformed", "not a"
    ),
    "nested very deeply": ("softmax.ipynb", deep_notebook().encode(), "malformed", "nested too deeply"),
    "a huge number": ("softmax.ipynb", b'{"cells": ' + b"9" * 10_000 + b"}", "malformed", "not a readable notebook"),
    "an empty notebook": ("softmax.ipynb", b"", "missing", "empty"),
    "no code cells": ("softmax.ipynb", notebook({"cell_type": "markdown", "source": "hi"}).encode(), "missing", "code"),
    "only magics": ("softmax.ipynb", notebook("%%bash\nrm -rf ~\n").encode(), "missing", "no code cells"),
}  # fmt: skip


@pytest.mark.parametrize("packed", [False, True], ids=["folder", "zip"])
@pytest.mark.parametrize("case", BAD)
def test_a_bad_file_is_the_problem_of_one(tmp_path, case, packed):
    """what cannot be read ends in a clear status for that one submission; the neighbours are gradeable"""
    name, content, status, says = BAD[case]
    files = {"ada/softmax.py": GOOD, f"bad/{name}": content, "zoe/softmax.py": GOOD}
    path = pack(tmp_path / "class.zip", files, zipfile.ZIP_STORED) if packed else lay_out(tmp_path / "class", files)
    result = found(path)
    assert result["ada", "softmax"] == result["zoe", "softmax"] == ("ok", GOOD)
    got, message = result["bad", "softmax"]
    assert got == status
    assert got in STATUSES
    assert says in message
    assert name in message
    assert "\n" not in message


def test_links_on_disk(tmp_path):
    """a link is not followed, wherever it leads: to a file, to nothing, to a folder, to itself"""
    secret = lay_out(tmp_path / "elsewhere", {"secret.py": "key = 1\n", "softmax.py": "key = 1\n"})
    root = lay_out(tmp_path / "class", {"ada/softmax.py": GOOD, "eve/losses.py": "x = 1\n", "gil/losses.py": "x = 1\n"})
    for student, target in (("bob", secret / "secret.py"), ("cyd", "/nowhere/at/all"), ("dan", "softmax.py")):
        (root / student).mkdir()
        (root / student / "softmax.py").symlink_to(target)
    (root / "eve" / "s3_neural_networks").symlink_to(secret, target_is_directory=True)
    (root / "gil" / "secret.py").symlink_to(secret / "secret.py")
    (root / "zed").symlink_to(secret, target_is_directory=True)
    result = read_class(root, SYLLABUS, (PAGES[0], PAGES[1]))
    by = {(s.student, s.exercise.partition("/")[2]): s for s in result.submissions}
    assert by["ada", "softmax"].problem is None
    for student in ("bob", "cyd", "dan"):
        status, message = by[student, "softmax"].problem
        assert (status, "link" in message) == ("malformed", True)
    assert by["eve", "softmax"].problem[1] == "s3_neural_networks is a link, not a file; hand in the file itself"
    assert by["gil", "losses"].files == ()
    assert not any("key = 1" in "".join(s.cells) for s in result.submissions)
    assert [why for name, why in result.ignored if name == "zed"] == [
        "zed is a link, not a file; hand in the file itself"
    ]


@pytest.mark.parametrize("packed", [False, True], ids=["folder", "zip"])
def test_a_student_without_any_source_is_named(tmp_path, packed):
    """a folder that holds an essay gets a row that says so; an empty one is not passed over in silence either"""
    files = {"submitted/ada/s/softmax.py": GOOD, "submitted/bob/s/softmax.py": GOOD, "submitted/cyd/s/essay.pdf": "x"}
    root = lay_out(tmp_path / "class", files)
    if packed:
        pack(tmp_path / "class.zip", files)
    else:
        (root / "submitted" / "dan").mkdir()
    result = read_class(tmp_path / "class.zip" if packed else root, SYLLABUS)
    assert [(s.student, s.problem and s.problem[0]) for s in result.submissions] == [
        ("ada", None), ("bob", None), ("cyd", "missing")
    ]  # fmt: skip
    assert "essay.pdf is a print" in result.submissions[-1].problem[1]
    why = "no .py and no .ipynb in this folder: nothing to grade"
    assert result.ignored == [(name, why) for name in (() if packed else ("dan",))]


def test_a_fifo_in_a_class(tmp_path):
    """a named pipe does not stop the reading: it is no regular file"""
    root = lay_out(tmp_path, {"ada/softmax.py": GOOD, "bob/losses.py": "x = 1\n"})
    os.mkfifo(root / "bob" / "softmax.py")
    status, message = found(root)["bob", "softmax"]
    assert (status, "not a regular file" in message) == ("malformed", True)
    assert found(root)["ada", "softmax"] == ("ok", GOOD)


@pytest.mark.parametrize("name", ["softmax.py", "class.zip", "class"])
def test_a_fifo_for_a_path(tmp_path, name):
    """a named pipe in place of the path itself is answered, never waited for"""
    path = tmp_path / name
    os.mkfifo(path)
    answer = []

    def read():
        try:
            answer.append([s.problem for s in read_class(path, SYLLABUS).submissions])
        except SubmissionError as error:
            answer.append(str(error))

    thread = threading.Thread(target=read, daemon=True)
    thread.start()
    thread.join(20)
    if thread.is_alive():  # let it go before failing
        os.close(os.open(path, os.O_WRONLY | os.O_NONBLOCK))
        thread.join(20)
        pytest.fail("reading a named pipe waited for a writer")
    (said,) = answer
    assert "not a regular file" in str(said) or "not a folder" in str(said)


def test_a_folder_named_like_a_file(tmp_path):
    """a folder called softmax.py is no submission and harms nobody"""
    root = lay_out(tmp_path, {"ada/softmax.py": GOOD, "bob/softmax.py/readme.txt": "hi", "bob/losses.py": "x = 1\n"})
    assert found(root) == {
        ("ada", "softmax"): ("ok", GOOD),
        ("ada", "losses"): ("missing", "nothing was handed in for losses"),
        ("bob", "softmax"): (
            "missing",
            "readme.txt is a text; hand in a .py file or a notebook (.ipynb)",
        ),
        ("bob", "losses"): ("ok", "x = 1\n"),
    }


# -- zips ----------------------------------------------------------------------------------------


def class_with(tmp_path, entry, content, compression=zipfile.ZIP_DEFLATED):
    """A zipped class of ada and zoe with one more entry between them."""
    name = entry.filename if isinstance(entry, zipfile.ZipInfo) else entry
    assert name.startswith("bad/")
    files = {"ada/softmax.py": GOOD, entry: content, "zoe/softmax.py": GOOD}
    return pack(tmp_path / "class.zip", files, compression)


def only_bad_is_bad(path, says):
    """ada and zoe are gradeable, bad has a clear problem that says this."""
    result = found(path)
    assert result["ada", "softmax"] == result["zoe", "softmax"] == ("ok", GOOD)
    status, message = result["bad", "softmax"]
    assert status == "malformed"
    assert says in message
    assert "\n" not in message


def test_a_zip_bomb(tmp_path):
    """a small entry that unpacks big is refused by its size, without unpacking it"""
    path = class_with(tmp_path, "bad/softmax.py", b"\n" * (64 << 20))
    assert path.stat().st_size < 100_000
    only_bad_is_bad(path, "unpacks to 64 MB")


def test_a_zip_bomb_below_the_size_limit(tmp_path):
    """an entry of a few MB that unpacks to more than 200 times its size is a bomb too"""
    only_bad_is_bad(class_with(tmp_path, "bad/softmax.py", b"\n" * (4 << 20)), "unpacks to 4 MB")


def test_a_zip_bomb_that_lies_about_its_size(tmp_path, monkeypatch):
    """an entry whose header says it is small is unpacked no further than that"""
    path = class_with(tmp_path, "bad/softmax.py", b"#" * (64 << 20))

    def lie(kind, header):
        struct.pack_into("<I", header, 22 if kind == "local" else 24, 1000)

    only_bad_is_bad(rewritten(path, "bad/softmax.py", lie), "cannot be read")


@pytest.mark.parametrize("compression", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_packings_that_cannot_be_bounded(tmp_path, compression):
    """bzip2 and LZMA, which would be unpacked in one go whatever the header says, are refused"""
    only_bad_is_bad(class_with_one_packed(tmp_path, compression), "packed")


def class_with_one_packed(tmp_path, compression):
    """A class whose bad entry is packed in this way."""
    path = tmp_path / "class.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("ada/softmax.py", GOOD)
        archive.writestr("bad/softmax.py", GOOD * 50, compress_type=compression)
        archive.writestr("zoe/softmax.py", GOOD)
    return path


def test_an_encrypted_entry(tmp_path):
    """an entry with a password is named, the others are read"""

    def encrypt(kind, header):
        header[6 if kind == "local" else 8] |= 1

    only_bad_is_bad(rewritten(class_with(tmp_path, "bad/softmax.py", GOOD), "bad/softmax.py", encrypt), "encrypted")


def test_a_link_in_a_zip(tmp_path):
    """a link inside a zip is no file"""
    link = zipfile.ZipInfo("bad/softmax.py")
    link.create_system = 3
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    only_bad_is_bad(class_with(tmp_path, link, "/etc/passwd"), "link")


@pytest.mark.parametrize("name", ["bad/../bad/softmax.py", "bad/../../../bad/softmax.py"])
def test_paths_that_lead_out(tmp_path, name):
    """a path with .. is refused and nothing is written anywhere"""
    only_bad_is_bad(class_with(tmp_path, name, GOOD), "leads out of the zip")
    assert sorted(p.name for p in tmp_path.iterdir()) == ["class.zip"]


@pytest.mark.parametrize(
    "name", ["../softmax.py", "/softmax.py", "../../x/softmax.py", "/etc/softmax.py", "C:\\softmax.py"]
)
def test_paths_that_lead_out_from_the_top(tmp_path, name):
    """an entry that belongs to nobody takes nobody's submission away and passes for no good one"""
    result = found(pack(tmp_path / "class.zip", {"ada/softmax.py": GOOD, name: "evil = 1\n", "zoe/softmax.py": GOOD}))
    assert result["ada", "softmax"] == result["zoe", "softmax"] == ("ok", GOOD)
    assert not any("evil" in text for status, text in result.values() if status == "ok")


def test_a_damaged_entry(tmp_path):
    """an entry whose packed bytes are damaged is that student's problem, wherever the damage is"""
    content = "".join(f"x{n} = {n * n}\n" for n in range(200)).encode()
    clean = class_with(tmp_path, "bad/softmax.py", content).read_bytes()
    start = clean.index(b"bad/softmax.py") + len("bad/softmax.py")
    for offset in (0, 5, 60, 300):
        damaged = bytearray(clean)
        for at in range(start + offset, start + offset + 8):
            damaged[at] ^= 0xFF
        path = tmp_path / f"damaged{offset}.zip"
        path.write_bytes(damaged)
        only_bad_is_bad(path, "cannot be read")


def test_a_packing_that_nobody_knows(tmp_path):
    """an entry packed in an unknown way is that student's problem"""

    def unknown(kind, header):
        struct.pack_into("<H", header, 8 if kind == "local" else 10, 77)

    only_bad_is_bad(rewritten(class_with(tmp_path, "bad/softmax.py", GOOD), "bad/softmax.py", unknown), "softmax.py")


def test_backslashes_in_a_zip(tmp_path):
    """a zip packed with backslashes between folders reads like any other"""
    names = {"ada\\softmax.py": GOOD, "zoe\\softmax.py": GOOD}
    assert found(pack(tmp_path / "class.zip", names)) == {
        ("ada", "softmax"): ("ok", GOOD), ("zoe", "softmax"): ("ok", GOOD)
    }  # fmt: skip


@pytest.mark.parametrize("content", [b"", b"PK\3\4 not really", b"\x1f\x8b\x08 a gzip"])
def test_a_zip_that_is_none(tmp_path, content):
    """a file that only calls itself a zip is one clear error"""
    path = tmp_path / "class.zip"
    path.write_bytes(content)
    with pytest.raises(SubmissionError, match=r"class\.zip: "):
        read_class(path, SYLLABUS)


# -- paths that cannot be graded -----------------------------------------------------------------


def test_a_path_that_does_not_exist(tmp_path):
    """a path that is not there is one clear error"""
    with pytest.raises(SubmissionError, match="no such file"):
        read_class(tmp_path / "nowhere", SYLLABUS)
    with pytest.raises(SubmissionError, match="no such file"):
        read_for(tmp_path / "softmax.py", SOFTMAX)


@pytest.mark.parametrize("name", ["x" * 300 + ".py", "x/" * 3000 + "softmax.py"])
def test_a_path_that_no_disk_holds(tmp_path, name):
    """a path too long for any disk is one clear error"""
    for read in (lambda p: read_class(p, SYLLABUS), lambda p: read_for(p, SOFTMAX)):
        with pytest.raises(SubmissionError):
            read(tmp_path / name)


def test_a_folder_with_nothing_of_ours(tmp_path):
    """a folder without any exercise names some that it could hold"""
    with pytest.raises(SubmissionError, match=r"no file is named after an exercise \(softmax, losses, digits"):
        read_class(lay_out(tmp_path, {"ada/homework.py": GOOD}), SYLLABUS)
    with pytest.raises(SubmissionError, match=r"there is no softmax\.py or softmax\.ipynb"):
        read_for(tmp_path, SOFTMAX)


def test_a_file_of_another_kind(tmp_path):
    """a .txt is neither source nor notebook"""
    path = lay_out(tmp_path, {"softmax.txt": GOOD}) / "softmax.txt"
    with pytest.raises(SubmissionError, match="a zip"):
        read_class(path, SYLLABUS)
    with pytest.raises(SubmissionError, match=r"\.ipynb"):
        read_for(path, SOFTMAX)


# -- one file for one exercise -------------------------------------------------------------------


def test_read_for_a_file_and_a_folder(tmp_path):
    """`check` finds the exercise in a file of any name, in a folder and in its section's folder"""
    root = lay_out(tmp_path, {"a/mine.py": GOOD, "b/softmax.py": GOOD, "c/s3_neural_networks/softmax.py": GOOD})
    for place in (root / "a" / "mine.py", root / "b", root / "c"):
        assert read_for(place, SOFTMAX).cells == (GOOD,)


def test_read_for_follows_the_students_own_link(tmp_path):
    """on the student's own machine a link is followed"""
    root = lay_out(tmp_path, {"real.py": GOOD})
    (root / "softmax.py").symlink_to(root / "real.py")
    assert read_for(root / "softmax.py", SOFTMAX).cells == (GOOD,)


def test_read_for_takes_the_files_beside_it(tmp_path):
    """helpers beside the file travel along"""
    root = lay_out(tmp_path, {"softmax.py": "import tools\n" + GOOD, "tools.py": "y = 1\n", "unused.py": "z = 1\n"})
    assert read_for(root / "softmax.py", SOFTMAX).files == (("tools.py", b"y = 1\n"),)


# -- sources -------------------------------------------------------------------------------------


def test_a_byte_order_mark_is_no_problem():
    """UTF-8 with a byte order mark, as some editors write it, reads like without"""
    assert read_source(b"\xef\xbb\xbfx = 1\n", "softmax.py") == (("x = 1\n",), None)


def test_notebook_cells_are_kept_apart():
    """code cells arrive one by one, in order, without markdown and without locked check cells"""
    text = notebook(
        {"cell_type": "markdown", "metadata": {}, "source": "# hi"},
        ["import torch\n", "x = 1"],
        {"cell_type": "code", "metadata": {"nbgrader": {"grade": True, "solution": False}}, "source": "assert False"},
        {"cell_type": "code", "metadata": {"nbgrader": {"grade": True, "solution": True}}, "source": "y = 2"},
        "",
    )
    assert read_source(text.encode(), "softmax.ipynb") == (("import torch\nx = 1", "y = 2"), None)


def test_old_notebooks_read_too():
    """a notebook of format 3 keeps its cells in a worksheet, their source as input"""
    text = json.dumps({"worksheets": [{"cells": [{"cell_type": "code", "input": ["x = 1\n", "y = 2"]}]}]})
    assert read_source(text.encode(), "softmax.ipynb") == (("x = 1\ny = 2",), None)


@pytest.mark.parametrize(
    ("cell", "lines"),
    [
        ("%matplotlib inline\nx = 1", ["pass  # %matplotlib inline", "x = 1"]),
        ("x = 1\n!pip install torch\ny = 2", ["x = 1", "pass  # !pip install torch", "y = 2"]),
        ("if x:\n    %timeit x\n", ["if x:", "    pass  # %timeit x", ""]),
        ("torch.softmax?\nx = 1", ["pass  # torch.softmax?", "x = 1"]),
        ("%%time\nx = 1", ["# %%time", "x = 1"]),
        ('text = """\n% not a magic\n"""', ['text = """', "% not a magic", '"""']),
        ("x = 7 % 3", ["x = 7 % 3"]),
        ("# is it so?", ["# is it so?"]),
    ],
)
def test_magics_are_inert(cell, lines):
    """magics, shell lines and help requests do nothing, line numbers stay, and the rest is left alone"""
    made = inert(cell)
    assert made.split("\n") == lines
    compile(made, "cell", "exec")


@pytest.mark.parametrize("magic", ["bash", "sh", "html", "javascript", "latex", "script perl"])
def test_cells_of_other_languages_vanish(magic):
    """a cell that is not Python is not run as Python"""
    assert inert(f"%%{magic}\nrm -rf /\n") == "\n\n"


@pytest.mark.parametrize(
    ("files", "told"),
    [(("ada", "bob"), True), (("ada", "bob", "final"), True), (("final", "v2"), False), (("ada",), False)],
)
def test_a_class_without_folders_is_not_silently_one_student(tmp_path, files, told):
    """files of one page that are called after several people are said to be taken for one student's"""
    named = {f"softmax_{name}.py": f"{GOOD}\n# {name}\n" for name in files}
    root = lay_out(tmp_path / "week3", {"softmax.py": GOOD, **named})
    folder = read_class(root, SYLLABUS)
    assert len(folder.submissions) == 1
    assert any(who == "week3" and "taken for one student's folder" in why for who, why in folder.ignored) == told
