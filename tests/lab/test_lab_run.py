"""Starting the lab: a port that is taken, a second lab, no display, a workspace that goes away, no extra."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Coroutine
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from autograder import cli
from autograder.course import syllabus
from autograder.course.trees import trees
from autograder.errors import GradusError
from autograder.lab import run
from autograder.lab.server import Site
from autograder.lab.shared import Lab
from autograder.student import workspace
from autograder.web.listen import listening
from tests.helpers import ROOT
from tests.labs import lab_of
from tests.serving import serving


def begun(root: Path, *arguments: str, **environment: str) -> subprocess.Popen[str]:
    """`gradus lab` in a folder."""
    entry = "import sys; sys.argv[0] = 'gradus'; from autograder.cli import entry; entry()"
    kept = {k: v for k, v in os.environ.items() if k not in ("DISPLAY", "WAYLAND_DISPLAY", "BROWSER", "SSH_CONNECTION")}
    return subprocess.Popen(
        [sys.executable, "-u", "-c", entry, "lab", *arguments], cwd=root, text=True, stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT, env={**kept, "PYTHONPATH": str(ROOT), **environment}, start_new_session=True,
    )  # fmt: skip


def until(process: subprocess.Popen[str], words: str) -> str:
    """What it says, up to a line with these words."""
    said = ""
    assert process.stdout is not None
    for line in process.stdout:
        said += line
        if words in line:
            return said
    raise AssertionError(said)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A workspace."""
    places = trees()
    return workspace.init(tmp_path / "workspace", places, syllabus.load(places)).root


def test_a_lab_from_beginning_to_end(root: Path) -> None:
    """It says its address and the line for a tunnel; a second one points to it; it stops when the workspace goes."""
    first = begun(root, SSH_CONNECTION="10.0.0.1 1 10.0.0.2 22")
    try:
        said = until(first, "open the address")
        address = next(line.strip() for line in said.splitlines() if "http://" in line)
        port = address.split(":")[2].split("/")[0]
        assert f"ssh -N -L {port}:127.0.0.1:{port} " in said
        end = time.monotonic() + 20
        while time.monotonic() < end:  # it says where it will be before it is there
            try:
                with urllib.request.urlopen(address, timeout=5) as answer:
                    assert "Deep learning" in answer.read().decode()
                break
            except OSError:
                time.sleep(0.05)
        second = begun(root, "softmax")
        told = second.communicate(timeout=60)[0]
        assert second.returncode == 0
        assert "runs already" in told
        assert address.replace("map/", "page/s3_neural_networks/softmax") in told
        assert oct((root / ".gradus" / "lab.json").stat().st_mode)[-3:] == "600"  # its token is nobody else's
        root.rename(root.with_name("elsewhere"))
        rest = first.communicate(timeout=30)[0]
        assert first.returncode == 2
        assert "the workspace was moved or deleted, so the lab stopped" in rest
        assert "Traceback" not in rest
    finally:
        first.kill()


def test_a_workspace_that_goes_while_the_lab_begins(root: Path) -> None:
    """It ends with the sentence, though torch is loaded just then: that ended the process where its folder was gone"""
    lab = begun(root)
    try:
        until(lab, "http://")
        shutil.rmtree(root)
        rest = lab.communicate(timeout=60)[0]
        assert "the workspace was moved or deleted, so the lab stopped" in rest
        assert "FATAL" not in rest
        assert lab.returncode == 2
    finally:
        lab.kill()


def test_ctrl_c_ends_it_quietly(root: Path) -> None:
    """With a line, exit code 0, and without its note."""
    lab = begun(root)
    try:
        until(lab, "there is no display here")
        space, end = workspace.Workspace(root), time.monotonic() + 60
        while run.already(space) is None:
            assert time.monotonic() < end
            time.sleep(0.05)
        os.kill(lab.pid, signal.SIGINT)
        rest = lab.communicate(timeout=30)[0]
    finally:
        lab.kill()
    assert (lab.returncode, "the lab has stopped" in rest, "Traceback" in rest) == (0, True, False)
    assert not (root / ".gradus" / "lab.json").exists()


def test_ctrl_c_before_it_serves(
    root: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Just after its address was printed: it ends with its sentence, and nothing is left half begun"""
    from autograder.web import serve

    def run_interrupted(task: Coroutine[Any, Any, None]) -> None:
        signal.raise_signal(signal.SIGINT)
        asyncio.Runner().run(task)

    monkeypatch.setattr(serve.asyncio, "run", run_interrupted)
    space, places = workspace.find(root), trees()
    assert space is not None
    said: list[str] = []
    before = signal.getsignal(signal.SIGINT)  # which a job in the background ignores
    run.run(Lab(space, syllabus.load(places), places), None, False, said.append)
    assert said[-1] == "the lab has stopped"
    assert signal.getsignal(signal.SIGINT) is before


@pytest.mark.parametrize("where", ["autograder.helper.run_there", "autograder.cli.lab._open"])
def test_ctrl_c_while_it_is_loaded(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], where: str
) -> None:
    """There is a sentence, and the exit code says what ended it"""
    from autograder import door

    def interrupt(*args: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(where, interrupt)
    monkeypatch.setattr(sys, "argv", ["gradus", "lab", "--no-browser"])
    with pytest.raises(SystemExit) as end:
        door.entry()
    assert end.value.code == 130
    told = capsys.readouterr()
    assert "stopped" in told.out + told.err


@pytest.mark.parametrize(("prefix", "said"), [
    ("/user/ada/", "https://hub.example/user/ada/proxy/8765/t/map/"),
    ("", "behind the address of your own server, which begins with https://hub.example/user/, write proxy/8765/t/map/"),
])  # fmt: skip
def test_the_line_for_a_hub_names_one_s_own_server(monkeypatch: pytest.MonkeyPatch, prefix: str, said: str) -> None:
    """As the hub tells it, else in words"""
    monkeypatch.setenv("JUPYTERHUB_SERVICE_PREFIX", prefix)
    assert run.on_the_hub("hub.example", "proxy/8765/t/map/") == f"on the hub: {said}"


def test_a_port_that_is_taken(root: Path) -> None:
    """One that was asked for is refused in a line; by itself the lab takes another."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        lab = begun(root, "--port", str(port))
        told = lab.communicate(timeout=60)[0]
    assert lab.returncode == 2
    assert told.startswith(f"gradus: port {port} cannot be used")
    assert len(told.strip().splitlines()) == 1
    with listening(None, run.PORT, "gradus lab") as one, listening(None, run.PORT, "gradus lab") as two:
        assert one.getsockname()[0] == two.getsockname()[0] == "127.0.0.1"
        assert one.getsockname()[1] != two.getsockname()[1]


@pytest.mark.parametrize(("port", "begins"), [("8799", True), ("8765", False)])
def test_a_second_lab_says_where_the_first_one_runs(
    root: Path, monkeypatch: pytest.MonkeyPatch, port: str, begins: bool
) -> None:
    """On a port of its own it begins beside it, and says what that means; on the first one's there is that one."""
    began = []
    monkeypatch.chdir(root)
    monkeypatch.setattr(run, "already", lambda space: "http://127.0.0.1:8765/token/")
    monkeypatch.setattr(run, "run", lambda lab, number, *rest: began.append(number))
    said = CliRunner().invoke(cli.app, ["lab", "--port", port, "--no-browser"])
    assert (said.exit_code, began) == (0, [8799] if begins else [])
    assert "http://127.0.0.1:8765/token/map/" in said.output
    assert ("this one runs beside it: each answers every save" in said.output) == begins


@pytest.mark.parametrize("given, opened", [
    ("http://127.0.0.1:8901/t/playground/s3_neural_networks/playground#lr=0.1&acts=elu", "playground/#lr=0.1&acts=elu"),
    ("https://hub.example/user/convolution/proxy/8765/t/playground/#data=xor|lr=1", "playground/#data=xor|lr=1"),
    ("http://127.0.0.1:8901/t/convolution/", "convolution/"),
    ("s3_neural_networks/playground#a b\n\"", "playground/#a%20b%0A%22"),
])  # fmt: skip
def test_a_copied_link_opens_in_one_s_own_lab(
    root: Path, monkeypatch: pytest.MonkeyPatch, given: str, opened: str
) -> None:
    """The browser goes there once, with the settings, whether the lab begins or runs already"""
    from autograder.web import listen

    monkeypatch.chdir(root)
    began: list[str] = []
    seen: list[str] = []
    monkeypatch.setattr(run, "run", lambda lab, port, browse, say, path: began.append(path))
    monkeypatch.setattr(listen, "open_page", lambda address, say: seen.append(address))
    assert CliRunner().invoke(cli.app, ["lab", given]).exit_code == 0
    assert began == [opened]
    with lab_of(root.parent / "other") as (_, address):
        monkeypatch.setattr(run, "already", lambda space: address)
        assert CliRunner().invoke(cli.app, ["lab", given]).exit_code == 0
        once, _, settings = seen[0].partition("#")
        with urllib.request.urlopen(once, timeout=30) as page:  # a browser takes the settings along
            assert page.geturl().startswith(address + opened.partition("#")[0])
    assert settings == opened.partition("#")[2]


def test_a_link_to_something_else_is_refused_in_a_line(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An address of another site is none of a playground"""
    monkeypatch.chdir(root)
    refused = CliRunner().invoke(cli.app, ["lab", "https://example.org/"])
    assert refused.exit_code != 0
    assert "is no link to a playground of this course" in str(refused.exception)


def test_from_a_notebook(root: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """`%gradus lab` shows the link of a page and lets the lab go on, `%gradus_stop` ends it; others just run."""
    from autograder.live import command

    monkeypatch.chdir(root / "notebooks" / "s3_neural_networks")
    command.run("lab softmax")
    try:
        said = capsys.readouterr().out
        assert "/page/s3_neural_networks/softmax\n" in said
        assert "%gradus_stop" in said
        command.run("lab nothing_like_it")
        assert "gradus: " in capsys.readouterr().out
        space = workspace.find(root)
        assert space is not None
        end = time.monotonic() + 20
        while run.already(space) is None:
            assert time.monotonic() < end
            time.sleep(0.05)
    finally:
        command.stop()
    assert run.already(space) is None
    command.run("hint softmax")
    assert capsys.readouterr().out.startswith("hint 1 of 3")


def test_without_the_extra(monkeypatch: pytest.MonkeyPatch, root: Path) -> None:
    """One line says what to install."""
    from autograder.cli import lab as door

    monkeypatch.chdir(root)
    monkeypatch.setattr(door, "NEEDS", (*door.NEEDS, "no_such_library"))
    with pytest.raises(GradusError, match=r"pip install 'gradus-course\[lab\]'"):
        door.lab()


def test_an_old_note_is_no_lab(root: Path) -> None:
    """A note of a lab that ended hard, or rubbish, misleads nobody."""
    space = workspace.find(root)
    assert space is not None
    for note in ('{"port": 1, "token": "x"}', "rubbish", '{"port": "x"}', "[]"):
        (space.hidden / "lab.json").write_text(note)
        assert run.already(space) is None


def test_a_second_lab_that_ends_leaves_the_first_one_s_note(root: Path) -> None:
    """whoever asks for a third is led to the first; of one that ended meanwhile nothing stays"""
    space, course = workspace.find(root), syllabus.load(trees())
    assert space is not None
    with serving(Site(first := Lab(space, course, trees(), "")).app) as address:
        number = int(address.split(":")[2].strip("/"))
        with run._noted(space, number, first.token):
            with run._noted(space, 1, "second"):
                assert run.already(space) is None
            assert run.already(space) == f"{address}{first.token}/"
    (space.hidden / "lab.json").write_text('{"port": 1, "token": "x"}')
    with run._noted(space, 2, "second"):
        pass
    assert not (space.hidden / "lab.json").exists()
