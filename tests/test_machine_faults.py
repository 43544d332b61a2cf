"""A full disk, a read-only folder, a closed terminal: one clear line, nothing finished lost, the next run goes on."""

from __future__ import annotations

import fcntl
import json
import os
import pty
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import termios
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.helpers import GOOD, PAGE, ROOT, SOLUTION, make_course

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="mounts a small disk of its own, which only Linux can")

STUDENTS = 6
GRADE = [sys.executable, "-c", "from autograder.cli import entry; entry()", "grade"]
#: a run, then room or leave to write, then the run again
TWICE = """
out=$1 kept=$2 prepare=$3 mend=$4; shift 4
eval "$prepare" || exit 99
"$@" --out "$out" >/dev/null 2>"$kept/first"; echo $? >"$kept/first.code"
ls -A "$out" >"$kept/left"
eval "$mend" || exit 98
"$@" --out "$out" >"$kept/again" 2>"$kept/again.errors"; echo $? >"$kept/again.code"
cp "$out/grades.json" "$kept/"
"""


@pytest.fixture(scope="module")
def place(tmp_path_factory) -> Path:
    """A tiny course, and a class of right and wrong submissions."""
    root = tmp_path_factory.mktemp("machine")
    make_course(root / "course", {PAGE: GOOD})
    wrong = SOLUTION.replace("x * factor + 1", "x * factor")
    slow = SOLUTION.replace("    return x * factor", "    import time; time.sleep(0.3)\n    return x * factor")
    for number in range(STUDENTS):
        folder = root / "class" / f"student{number}"
        folder.mkdir(parents=True)
        (folder / "scaled.py").write_text((SOLUTION, wrong, slow)[number % 3])
    return root


def command(place: Path, *more: str | Path) -> list[str | Path]:
    """What grades the class."""
    return [*GRADE, place / "class", "--seed", "3", "--jobs", "2", *more]


def environment(place: Path) -> dict[str, str]:
    """With the tiny course."""
    return {**os.environ, "GRADUS_COURSE": str(place / "course")}


def run(place: Path, out: Path, **more) -> subprocess.CompletedProcess:
    """Grade the class into a folder."""
    given = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **more}
    return subprocess.run(
        command(place, "--out", out), cwd=ROOT, env=environment(place), stdin=subprocess.DEVNULL, timeout=300,
        text=True, check=False, **given,
    )  # fmt: skip


def grades(file: Path) -> list[dict]:
    """What a ``grades.json`` says, without what differs from run to run."""
    document = json.loads(file.read_text())
    return [{k: v for k, v in grade.items() if k not in ("seconds", "isolation")} for grade in document["grades"]]


def finished(out: Path) -> int:
    """How many grades the gradebook holds."""
    with sqlite3.connect(out / "gradebook.db") as book:
        return book.execute("SELECT COUNT(*) FROM grades").fetchone()[0]


@pytest.fixture(scope="module")
def undisturbed(place) -> list[dict]:
    """The grades of a run that nothing disturbs."""
    done = run(place, place / "undisturbed")
    assert done.returncode == 0, done.stderr
    found = grades(place / "undisturbed" / "grades.json")
    assert [grade["points"] for grade in found] == [3.0, 0.0, 3.0] * (STUDENTS // 3)
    return found


def said(errors: str) -> list[str]:
    """The lines on stderr that tell of no progress; a traceback is never among them."""
    assert "Traceback" not in errors, errors
    return [line for line in errors.splitlines() if not re.match(r"grading: \d+ of|note: isolation|note: course", line)]


# -- a full disk, a read-only folder ---------------------------------------------------------------


@pytest.fixture(scope="module")
def own_mounts() -> list[str]:
    """What begins a command that may mount, in a namespace of its own."""
    for way in (["unshare", "--mount"], ["unshare", "--user", "--map-root-user", "--mount"]):
        if shutil.which("unshare"):
            trial = [*way, "mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", "/mnt"]
            if subprocess.run(trial, capture_output=True, check=False).returncode == 0:
                return way
    pytest.skip("this machine lets us mount no small disk: neither root nor a user namespace may")


def twice(place: Path, way: list[str], tmp_path: Path, out: Path, prepare: str, mend: str) -> dict[str, str]:
    """Grade where something is wrong, mend it, grade again; what both runs said."""
    kept = tmp_path / "kept"
    kept.mkdir()
    script = [*way, "bash", "-c", TWICE, "bash", out, kept, prepare, mend, *command(place)]
    done = subprocess.run(
        script, cwd=ROOT, env=environment(place), capture_output=True, stdin=subprocess.DEVNULL, timeout=300, text=True,
        check=False,
    )  # fmt: skip
    assert done.returncode == 0, (done.returncode, done.stderr)
    return {file.name: file.read_text() for file in kept.iterdir()}


def test_a_full_disk(place, undisturbed, own_mounts, tmp_path):
    """wherever the room ends, one line says so; with room again, what was finished is known and the rest is made"""
    known = {}
    for size in (40, 100, 140):  # kB: too little for a gradebook, for all grades in it, for the results beside it
        disk = tmp_path / f"{size}" / "disk"
        disk.mkdir(parents=True)
        mount = (
            f"mount -t tmpfs -o size=16m tmpfs '{disk}' && head -c {(16384 - size) << 10} /dev/zero >'{disk}/ballast'"
        )
        room = f"rm '{disk}/ballast'"
        got = twice(place, own_mounts, disk.parent, disk / "out", mount, room)
        (line,) = said(got["first"])
        assert got["first.code"].strip() == "2"
        assert line.startswith("gradus: ")
        assert re.search("full|No space left|I/O error", line), line
        assert "grades.json" not in got["left"].split()
        assert got["again.code"].strip() == "0", got["again.errors"]
        assert grades(disk.parent / "kept" / "grades.json") == undisturbed
        match = re.search(r"(\d+) graded(?:, (\d+) known from before[^;]*)?;", got["again"])
        known[size] = int(match[2] or 0)
        assert int(match[1]) + known[size] == STUDENTS
    assert known[40] == 0
    assert max(known.values()) >= 1, "no size of the disk let a grade be kept and stopped the run all the same"


def whole(folder):
    """Every file below a folder, by its path."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_a_read_only_folder(place, undisturbed, own_mounts, tmp_path):
    """nothing is graded that could not be kept; the results that are there stay as they are"""
    out = tmp_path / "out"
    shutil.copytree(place / "undisturbed", out)
    before = whole(out)
    mount = f"mount --bind '{out}' '{out}' && mount -o remount,ro,bind '{out}'"
    kept_and_again = f"cp -r '{out}' '{tmp_path / 'then'}' && mount -o remount,rw,bind '{out}'"
    got = twice(place, own_mounts, tmp_path, out, mount, kept_and_again)
    (line,) = said(got["first"])
    assert got["first.code"].strip() == "2"
    assert line.startswith("gradus: ")
    assert "Read-only file system" in line
    assert whole(tmp_path / "then") == before
    assert got["again.code"].strip() == "0", got["again.errors"]
    assert f"0 graded, {STUDENTS} known from before" in got["again"]
    assert grades(tmp_path / "kept" / "grades.json") == undisturbed


# -- a closed terminal -----------------------------------------------------------------------------


@pytest.mark.parametrize("closed", [(1,), (1, 2)], ids=["stdout", "both"])
def test_closed_streams(place, undisturbed, tmp_path, closed):
    """who reads nothing gets the results all the same"""
    done = run(place, tmp_path / "out", preexec_fn=lambda: [os.close(fd) for fd in closed])
    assert done.returncode == 0, done.stderr
    assert said(done.stderr) == []
    assert grades(tmp_path / "out" / "grades.json") == undisturbed


def known(place: Path, out: Path) -> None:
    """A folder whose gradebook knows everybody, and no results: what a run says when it has written them is tried here,
    and nobody need be graded for that."""
    out.mkdir()
    shutil.copy(place / "undisturbed" / "gradebook.db", out)


def test_a_reader_that_goes(place, undisturbed, tmp_path):
    """`gradus grade | head` ends without a word, and the results are whole"""
    known(place, tmp_path / "out")
    reading, writing = os.pipe()
    os.close(reading)
    with open(writing, "w") as gone:
        done = run(place, tmp_path / "out", stdout=gone)
    assert said(done.stderr) == []
    assert grades(tmp_path / "out" / "grades.json") == undisturbed


def test_output_to_a_full_disk(place, undisturbed, tmp_path):
    """`gradus grade > file` on a full disk says so in one line, and the results are whole"""
    known(place, tmp_path / "out")
    with open("/dev/full", "w") as full:
        done = run(place, tmp_path / "out", stdout=full)
    (line,) = said(done.stderr)
    assert (done.returncode, line.startswith("gradus: "), "No space left" in line) == (2, True, True)
    assert grades(tmp_path / "out" / "grades.json") == undisturbed


def of_session(session: int) -> Iterator[int]:
    """The processes of a session."""
    for name in filter(str.isdigit, os.listdir("/proc")):
        try:
            after = Path(f"/proc/{name}/stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(after[3]) == session and after[0] != "Z":
            yield int(name)


def test_the_terminal_is_closed(place, undisturbed, tmp_path):
    """the window is closed in the middle: every process of the run ends, what was finished is kept, a run goes on"""
    ours, theirs = pty.openpty()
    out = tmp_path / "out"

    def own_terminal() -> None:
        signal.signal(signal.SIGHUP, signal.SIG_DFL)  # whoever started the tests may ignore it
        os.setsid()
        fcntl.ioctl(theirs, termios.TIOCSCTTY, 0)

    stopped = subprocess.Popen(
        command(place, "--out", out), cwd=ROOT, env=environment(place), stdin=theirs, stdout=theirs, stderr=theirs,
        preexec_fn=own_terminal,
    )  # fmt: skip
    os.close(theirs)
    os.set_blocking(ours, False)
    until, shown = time.monotonic() + 120, b""
    while time.monotonic() < until and not ((out / "gradebook.db").exists() and finished_by_now(out)):
        try:
            shown += os.read(ours, 1 << 16)
        except BlockingIOError:
            time.sleep(0.02)
    os.close(ours)  # SIGHUP to all that have this terminal
    assert stopped.wait(60) == -signal.SIGHUP
    assert b"Traceback" not in shown
    while list(of_session(stopped.pid)) and time.monotonic() < until:
        time.sleep(0.05)
    assert not list(of_session(stopped.pid)), "processes of the closed terminal are left"
    kept = finished(out)
    assert 1 <= kept < STUDENTS
    again = run(place, out)
    assert again.returncode == 0, again.stderr
    assert f"{STUDENTS - kept} graded, {kept} known from before" in again.stdout
    assert grades(out / "grades.json") == undisturbed


def test_it_is_told_to_end(place, undisturbed, tmp_path):
    """SIGTERM, as a batch system sends it: one line, its exit status, nothing left behind, and a run goes on"""
    out = tmp_path / "out"
    stopped = subprocess.Popen(
        command(place, "--out", out), cwd=ROOT, env=environment(place), stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True,
    )  # fmt: skip
    until = time.monotonic() + 120
    while time.monotonic() < until and not ((out / "gradebook.db").exists() and finished_by_now(out)):
        time.sleep(0.01)
    stopped.terminate()
    _, errors = stopped.communicate(timeout=60)
    assert stopped.returncode == 143
    (line,) = said(errors)
    assert line == "gradus: stopped; what was graded is kept, run the same command to go on"
    while list(of_session(stopped.pid)) and time.monotonic() < until:
        time.sleep(0.05)
    assert not list(of_session(stopped.pid)), "processes of the stopped run are left"
    assert not list(out.rglob("*.part"))
    kept = finished(out)
    assert 1 <= kept < STUDENTS
    again = run(place, out)
    assert f"{STUDENTS - kept} graded, {kept} known from before" in again.stdout
    assert grades(out / "grades.json") == undisturbed


def finished_by_now(out: Path) -> int:
    """The same while a run may just be making the gradebook."""
    try:
        return finished(out)
    except sqlite3.Error:
        return 0
