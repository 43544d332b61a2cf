"""Starting the desk: its address, a port that is taken, no extra, no results, a token of one's own, Ctrl-C."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

from autograder.cli import marking
from autograder.course import syllabus
from autograder.course.trees import trees
from autograder.desk.results import Results
from autograder.desk.run import _in_files, _written_anew
from autograder.gradebook.entries import Entry
from autograder.gradebook.entry_log import Entries
from tests.desks import invoke
from tests.helpers import ROOT
from tests.marking import LOSSES, SOFTMAX, write

ENTRY = "import sys; sys.argv[0] = 'gradus'; from autograder.cli import entry; entry()"


def test_from_beginning_to_end(tmp_path: Path) -> None:
    """it says where it is and who comes there, answers, and stops as a service; what was given is in all files then"""
    out = write(tmp_path / "out")
    kept = {k: v for k, v in os.environ.items() if k not in ("DISPLAY", "WAYLAND_DISPLAY", "BROWSER", "SSH_CONNECTION")}
    desk = subprocess.Popen(
        [sys.executable, "-u", "-c", ENTRY, "desk", str(out), "--as", "mia"], cwd=tmp_path, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True,
        env={**kept, "PYTHONPATH": str(ROOT), marking.TOKEN: "a-token-of-ones-own-42"},
    )  # fmt: skip
    try:
        said = ""
        assert desk.stdout is not None
        for line in desk.stdout:
            said += line
            if "no display here" in line:
                break
        address = next(line.strip() for line in said.splitlines() if "http://127.0.0.1:" in line)
        assert address.endswith("/a-token-of-ones-own-42/named/")
        end = time.monotonic() + 30
        while True:  # it says where it will be before it is there
            try:
                with urllib.request.urlopen(address, timeout=10) as answer:
                    assert "marking as mia" in answer.read().decode()
                break
            except OSError:
                assert time.monotonic() < end
                time.sleep(0.05)
        standing = json.loads((out / "grades.json").read_text())["grades"]
        mine = {g["exercise"]: g["standing"]["total"] for g in standing if g["student"] == "bob"}
        assert mine == {SOFTMAX: 2, LOSSES: 0}
        with Entries.open(out / "gradebook.db") as log:  # as any desk on this gradebook does
            log.add(Entry("bob", SOFTMAX, "points", 1.0, by="mia"))
        desk.send_signal(signal.SIGTERM)  # as systemd does; Ctrl-C is the lab's test of the same server
        rest = desk.communicate(timeout=30)[0]
        told = f"{out}: report.html, grades.csv and grades.json hold what was given\nthe desk has stopped\n"
        assert (desk.returncode, rest) == (0, told)
        standing = json.loads((out / "grades.json").read_text())["grades"]
        mine = {g["exercise"]: g["standing"]["total"] for g in standing if g["student"] == "bob"}
        assert mine == {SOFTMAX: 1, LOSSES: 0}
        assert "-1 by hand" in (out / "report.html").read_text(encoding="utf-8")
    finally:
        desk.kill()


def test_a_port_that_is_taken(tmp_path: Path) -> None:
    """one line, with the way to a free one"""
    out = write(tmp_path / "out")
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        code, _, said = invoke("desk", out, "--port", port)
    assert code == 2
    assert said.startswith(f"gradus: port {port} cannot be used")
    assert "`gradus desk` alone takes a free one" in said


@pytest.mark.parametrize(
    "options, words",
    [
        (("--as", "mia", "--user-header", "X-User"), "say one of them"),
        (("--as", "m\x07"), "printable letters"),
        (("--requests", "nothing.csv"), "--requests nothing.csv: there is no such file or folder"),
        (("--submissions", "nothing"), "--submissions nothing: there is no such file or folder"),
        (("--policy", "nothing.toml"), "nothing.toml"),
    ],
)
def test_what_cannot_be_is_one_line(tmp_path: Path, options: tuple[str, ...], words: str) -> None:
    """before anything is served"""
    code, _, said = invoke("desk", write(tmp_path / "out"), *options)
    assert code == 2
    assert words in said
    assert len(said.strip().splitlines()) == 1


def test_what_a_killed_desk_did_not_write(tmp_path: Path) -> None:
    """the files lack what was given; the next desk writes it when it stops, though nobody gives anything there"""
    out = write(tmp_path / "out")
    with Entries.open(out / "gradebook.db") as log:
        log.add(Entry("bob", SOFTMAX, "points", 1.0, by="mia"))
    before = time.time() - 60
    os.utime(out / "grades.json", (before, before))
    results = Results(out, syllabus.load(trees()))
    assert "hold what was given" in "".join(_written_anew(results, _in_files(results)))
    total = next(g for g in json.loads((out / "grades.json").read_text())["grades"] if g["student"] == "bob")
    assert total["standing"]["total"] == 1.0
    assert list(_written_anew(results, _in_files(results))) == []
    results.close()


@pytest.mark.parametrize("token", ["short", "a token with blanks in it", "../../" * 8])
def test_a_token_that_is_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, token: str) -> None:
    """too short, or nothing for an address"""
    monkeypatch.setenv(marking.TOKEN, token)
    code, _, said = invoke("desk", write(tmp_path / "out"))
    assert code == 2
    assert said.startswith(f"gradus: {marking.TOKEN}: say at least {marking.LEAST} letters")


def test_the_guides_placeholder_is_no_token(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """as the guide has it, who copies the unit's file unchanged would serve the class at an address that all know"""
    guide = (ROOT / "docs" / "admin.md").read_text(encoding="utf-8")
    written = set(re.findall(rf"{marking.TOKEN}=(\S+)|:8785/([\w-]{{20,}})/", guide))
    placeholders = {one for pair in written for one in pair if one}
    assert len(placeholders) == 1
    monkeypatch.setenv(marking.TOKEN, placeholders.pop())
    code, _, said = invoke("desk", write(tmp_path / "out"))
    assert code == 2
    assert "still what the guide says in its place" in said
    assert "`openssl rand -hex 20`" in said


def test_without_the_extra(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """the line says what to install"""
    monkeypatch.setattr(marking, "find_spec", lambda name: None)
    code, _, said = invoke("desk", tmp_path)
    assert code == 2
    assert "pip install 'gradus-course[lab]'" in said
