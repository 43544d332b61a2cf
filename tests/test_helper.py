"""A workspace's helper runs the command that was asked for, as it would have run; and it goes when it should."""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from autograder import helper
from autograder.course import trees
from tests.helpers import ROOT, gradus

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="a helper forks, and only Linux' workers are forked")

SERVE = (
    "from pathlib import Path; from autograder.cli import helper; helper.{name} = {value}; helper.main(Path({root!r}))"
)
PAGE = "s3_neural_networks/softmax"
ENTRY = "import sys; sys.argv[0] = 'gradus'; from autograder.door import entry; entry()"
WAIT = 120.0


@pytest.fixture(scope="module")
def place(tmp_path_factory) -> Path:
    """A folder with a workspace, and the folder in which helpers listen."""
    root = tmp_path_factory.mktemp("helped")
    (root / "run").mkdir()
    assert gradus("init", root / "ws").returncode == 0
    shutil.copy(trees.trees().solution(PAGE), root / "ws" / "exercises" / f"{PAGE}.py")
    return root


def environment(place: Path, **more: str) -> dict[str, str]:
    """What a student's shell has, with helpers here."""
    known = {name: value for name, value in os.environ.items() if name not in ("CI", "GRADUS_NO_HELPER")}
    return {**known, "XDG_RUNTIME_DIR": str(place / "run"), "PYTHONPATH": str(ROOT), **more}


def start(place: Path, name: str = "IDLE_SECONDS", value: float = 600.0) -> subprocess.Popen[bytes]:
    """Start a helper of the workspace, and wait until it listens."""
    source = SERVE.format(name=name, value=value, root=str(place / "ws"))
    process = subprocess.Popen([sys.executable, "-c", source], env=environment(place))
    until(lambda: any(one.is_socket() for one in (place / "run").glob("*/*")) or process.poll() is not None)
    return process


def until(holds: Callable[[], object]) -> None:
    """Wait until something holds."""
    end = time.monotonic() + WAIT
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.05)


@pytest.fixture
def running(place: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Give a helper that listens."""
    process = start(place)
    yield process
    process.terminate()
    process.wait(WAIT)
    for left in (place / "run").glob("*/*"):
        left.unlink()


def check(place: Path, *words: str, **more: str) -> tuple[int, str, str]:
    """Run `gradus check`: its exit code and what it said, but for how long it took."""
    command = [sys.executable, "-c", ENTRY, "check", *words]
    done = subprocess.run(
        command, cwd=place / "ws", env=environment(place, **more), capture_output=True, text=True, timeout=WAIT
    )
    said = done.stdout
    if said.startswith("{"):
        known = json.loads(said)
        said = json.dumps({name: value for name, value in known.items() if name != "seconds"})
    return done.returncode, said, done.stderr


def helped(place: Path, *words: str, **more: str) -> str:
    """Ask the helper alone; what it answered, None where there is none that takes this."""
    source = "import sys; from autograder.helper import run_there; print(run_there(sys.argv[1:]), file=sys.stderr)"
    command = [sys.executable, "-c", source, *words]
    done = subprocess.run(
        command, cwd=place / "ws", env=environment(place, **more), capture_output=True, text=True, timeout=WAIT
    )
    return done.stderr.split()[-1]


def test_it_runs_what_would_have_run(place, running):
    """output, errors and exit code are the command's own, whatever becomes of it"""
    (place / "ws" / "exercises" / "s3_neural_networks" / "losses.py").write_text(
        "def mse(a, b): return (a - b).sum()\n"
    )
    for words in (("softmax",), ("softmax", "--json", "--seed", "3"), ("losses",), ("softmaxx",), ("softmax", "--sed")):
        assert check(place, *words) == check(place, *words, GRADUS_NO_HELPER="1"), words
    assert [helped(place, "check", *w) for w in (("softmax",), ("losses",), ("softmaxx",))] == ["0", "1", "2"]
    for words in (("softmax", "--debug"), ("softmax", "--no-helper"), ("--help",)):
        assert helped(place, "check", *words) == "None"
    assert helped(place, "grade", "exercises") == "None"
    for name in ("CI", "GRADUS_NO_HELPER", "GRADUS_SPAWN"):
        assert helped(place, "check", "softmax", **{name: "1"}) == "None"
    assert running.poll() is None


def test_who_hangs_up_ends_the_command_and_a_change_ends_the_helper(place, running):
    """nothing that nobody waits for goes on, and nobody is answered by what was imported from other files"""
    loop = place / "ws" / "exercises" / "s3_neural_networks" / "losses.py"
    loop.write_text("open('begun', 'w').close()\nwhile True: pass\n")
    heard = (
        "import signal; signal.signal(signal.SIGINT, signal.default_int_handler); "  # a suite in the background is not
    )
    command = [sys.executable, "-c", heard + ENTRY, "check", "losses"]
    caller = subprocess.Popen(
        command, cwd=place / "ws", env=environment(place), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    )
    me = psutil.Process(running.pid)
    before = len(me.children())  # its template
    until(lambda: len(me.children()) > before)
    caller.send_signal(signal.SIGINT)
    assert (caller.communicate(timeout=WAIT)[1], caller.returncode) == (b"", 130)  # as without a helper
    running.wait(WAIT)  # a template may have been asked something whose answer nobody read
    loop.unlink()
    again = start(place)
    try:
        assert helped(place, "check", "softmax", OMP_NUM_THREADS="7") == "None"
        again.wait(WAIT)
    finally:
        again.kill()


@pytest.mark.parametrize(("name", "value"), [("IDLE_SECONDS", 0.1), ("LOOK_SECONDS", 0.1)])
def test_it_goes_when_nobody_asks_and_with_its_workspace(place, name, value):
    """ten minutes are the most, and a folder that is gone has none"""
    process = start(place, name, value)
    if name == "LOOK_SECONDS":
        (place / "ws").rename(place / "elsewhere")
    try:
        process.wait(WAIT)
    finally:
        process.kill()
        if name == "LOOK_SECONDS":
            (place / "elsewhere").rename(place / "ws")
    assert not [one for one in (place / "run").glob("*/*") if one.is_socket()]


def test_a_check_starts_one_and_never_two(place):
    """the first check of an evening leaves a helper behind, the only one"""
    assert check(place, "softmax")[0] == 0
    until(lambda: any(one.is_socket() for one in (place / "run").glob("*/*")))
    assert helped(place, "check", "softmax") == "0"
    second = start(place)
    assert second.wait(WAIT) == 0  # there is one
    for one in (place / "run").glob("*/*"):
        if one.is_socket():
            one.unlink()  # which it sees when it looks
    lock = next((place / "run").glob("*/*.lock"))
    with open(lock, "w") as file:
        until(lambda: _free(file))


def _free(file) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def test_a_folder_that_others_may_enter_is_none(tmp_path_factory, monkeypatch):
    """who can put a socket there would be handed the terminal"""
    tmp_path = tmp_path_factory.mktemp("f")  # a socket's address is short
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    place = helper.place_of(tmp_path)
    assert place is not None
    place.parent.chmod(0o755)
    assert helper.place_of(tmp_path) is None
    place.parent.rmdir()
    place.parent.symlink_to(tmp_path)
    assert helper.place_of(tmp_path) is None


def test_what_a_shell_hands_down_beside_the_environment_is_the_commands_own(place, running):
    """a helper of another file mode mask, limit or niceness is none; with both streams closed it is one still"""
    lines = "import os; {}; from autograder.helper import run_there; os._exit(run_there(['check', 'softmax']) is None)"

    def answered(source: str) -> bool:
        command = [sys.executable, "-c", lines.format(source)]
        return subprocess.run(command, cwd=place / "ws", env=environment(place), timeout=WAIT).returncode == 0

    assert answered("os.close(0); os.close(1)")
    assert running.poll() is None
    assert not answered("os.umask(0o157)")
    running.wait(WAIT)  # the next one has the mask
    few = "resource.setrlimit(resource.RLIMIT_NOFILE, (200, resource.getrlimit(resource.RLIMIT_NOFILE)[1]))"
    both = f"from autograder.helper import fingerprint as f; import resource; print(f()); print(f()); {few}; print(f())"
    said = subprocess.run([sys.executable, "-c", both], env=environment(place), capture_output=True, text=True)
    once, twice, with_few = said.stdout.split()
    assert once == twice != with_few


def test_a_helper_that_is_killed_takes_its_command_along(place, running):
    """which is run anew by who asked: it speaks once"""
    slow = place / "ws" / "exercises" / "s3_neural_networks" / "losses.py"
    slow.write_text("import time\ntime.sleep(2)\n")
    command = [sys.executable, "-c", ENTRY, "check", "losses"]
    me = psutil.Process(running.pid)
    before = len(me.children())
    caller = subprocess.Popen(command, cwd=place / "ws", env=environment(place), stdout=subprocess.PIPE, text=True)
    until(lambda: len(me.children()) > before)
    running.kill()
    assert caller.communicate(timeout=WAIT)[0].count("Loss functions") == 1
    slow.unlink()
