"""What a jailed worker cannot do, tried from inside. Every attempt is harmless where it succeeds."""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from autograder.errors import SandboxError
from autograder.sandbox.host import forked, mounts
from autograder.sandbox.host import probe as probing
from autograder.sandbox.host.base import Limits
from autograder.sandbox.host.forked import Template
from autograder.sandbox.host.probe import probe
from autograder.sandbox.host.problem import StudentProblem
from autograder.sandbox.host.student import Student

ROOT = Path(forked.__file__).resolve().parents[3]
JAILS = ("namespaces", "landlock")

INSIDE = """
import ctypes, os, resource, socket, sys, time

def attempt(what):
    "the value, or the name of the exception"
    try:
        return what()
    except BaseException as error:
        return type(error).__name__

def connect(port): return attempt(lambda: socket.create_connection(("127.0.0.1", port), 1).recv(5))
def listen(): return attempt(lambda: socket.create_server(("127.0.0.1", 0)).close() or "listening")
def datagram(path): return attempt(lambda: socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)[0].sendto(b"x", path))
def unix(path): return attempt(lambda: socket.socket(socket.AF_UNIX).connect(path))
def peek(path): return attempt(lambda: open(path, "rb").read(1000))
def scribble(path): return attempt(lambda: open(path, "ab").write(b"x"))
def listing(path): return attempt(lambda: sorted(os.listdir(path)))
def remove(path): return attempt(lambda: os.remove(path) or "removed")
def change_mode(path): return attempt(lambda: os.chmod(path, 0o777) or "changed")
def signal_to(pid): return attempt(lambda: os.kill(pid, 0) or "reached")
def limit(pid): return attempt(lambda: resource.prlimit(pid, resource.RLIMIT_CORE, (0, 0)) and "limited")
def visible(limit):
    return [pid for pid in range(1, limit) if pid != os.getpid() and attempt(lambda: os.kill(pid, 0)) is None]
def imports(name): return attempt(lambda: __import__(name) and "imported")
def digits(): return attempt(lambda: __import__("sklearn.datasets").datasets.load_digits() and "loaded")
def identity(): return os.getpid(), os.getuid(), sorted(os.environ)
def namespace(flag):
    libc = ctypes.CDLL(None, use_errno=True)
    return libc.unshare(flag), ctypes.get_errno()
def mount():
    libc = ctypes.CDLL(None, use_errno=True)
    return libc.umount2(b"/proc", 2), libc.mount(None, b"/", None, 0x4000 | 0x40000, None)
def capabilities():
    libc = ctypes.CDLL(None)
    header, data = (ctypes.c_uint32 * 2)(0x20080522, 0), (ctypes.c_uint32 * 6)()
    assert libc.capget(header, data) == 0
    return list(data), libc.prctl(39, 0, 0, 0, 0)
def descriptors():
    return [fd for fd in range(256) if attempt(lambda: os.fstat(fd).st_ino) != "OSError"]

def forks(most):
    "fork at most so many children, each of which only waits for the end of this call"
    reading, writing = os.pipe()
    children, error = [], None
    for _ in range(min(most, 100)):
        try:
            pid = os.fork()
        except OSError as failure:
            error = type(failure).__name__
            break
        if pid == 0:
            os.close(writing)
            os.read(reading, 1)
            os._exit(0)
        children.append(pid)
    os.close(writing)
    for pid in children:
        os.waitpid(pid, 0)
    return len(children), error

def leave_behind(how, length):
    "a chain of children that stay for 20 seconds at most"
    reading, writing = os.pipe()
    if os.fork() == 0:
        for number in range(length):
            if how != "child":
                os.setsid()
            if how == "daemon" and os.fork():
                os._exit(0)
            if number + 1 < length and os.fork():
                break
        else:
            os.write(writing, b"x")
        time.sleep(20)
        os._exit(0)
    os.read(reading, 1)
    return "left"

RUNS_AWAY = '''
import os, sys, time
end = time.time() + float(sys.argv[1])
while time.time() < end and not os.fork():
    os.setsid()
    if os.fork():
        os._exit(0)
'''

def run_away(how_many, seconds):
    "processes that never stay: each begets the next, in a session of its own, and ends"
    for _ in range(how_many):
        if os.fork() == 0:
            for fd in range(3, 64):
                attempt(lambda: os.set_inheritable(fd, True))
            os.execv(sys.executable, [sys.executable, "-S", "-E", "-c", RUNS_AWAY, str(seconds)])
    time.sleep(0.5)
    return "left"

def fill_file(megabytes):
    with open("big", "wb") as file:
        for _ in range(megabytes):
            file.write(bytes(1 << 20)); file.flush()
    return megabytes
def litter(number):
    home = os.environ["TMPDIR"]
    os.mkdir(home + "/closed")
    for one in range(number):
        os.close(os.open(f"{home}/closed/{one}", os.O_CREAT))
    os.mkdir(home + "/empty", 0)
    return home
def size_of_file(): return os.path.getsize("big")
def private(gigabytes): return len(bytearray(gigabytes << 30))
def shared(gigabytes):
    import mmap
    return len(mmap.mmap(-1, gigabytes << 30))
def tensors(gigabytes):
    import torch
    return torch.empty(gigabytes << 30, dtype=torch.uint8).numel()
def keep(name, text):
    path = os.path.join(os.environ["TMPDIR"], name)
    with open(path, "w") as file: file.write(text)
    return path
"""

LIMITS = Limits(memory_mb=400, processes=20, file_mb=2)


@pytest.fixture(scope="module", params=JAILS)
def jail(request: pytest.FixtureRequest, template_of: Callable[[str], Template]) -> Template:
    """The template of each level that works here."""
    if sys.platform != "linux":
        pytest.skip("jails are for Linux")
    if request.param == "namespaces" and shutil.which("bwrap") is None:
        pytest.skip("bubblewrap is not installed")
    template = template_of(request.param)
    try:
        template.fork(LIMITS).end()
    except SandboxError as error:
        pytest.skip(f"{request.param} does not work on this machine: {error}")
    return template


@pytest.fixture
def inside(jail, student_in) -> Student:
    """A jailed worker that holds the attempts."""
    there: Student = student_in(jail, INSIDE, limits=LIMITS)
    return there


def test_no_network_even_on_loopback(inside):
    """a server on this machine's loopback is not reached, and none can be opened"""
    with socket.create_server(("127.0.0.1", 0)) as server:
        assert inside.connect(server.getsockname()[1]) in ("PermissionError", "OSError", "ConnectionRefusedError")
        server.settimeout(0.1)
        with pytest.raises(TimeoutError):
            server.accept()
    assert inside.listen() == "PermissionError"


def test_no_unix_socket_of_the_machine(inside, tmp_path):
    """a service that listens on a file of this machine is not reached"""
    path = str(tmp_path / "s")
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(path)
        server.listen()
        assert inside.unix(path) in ("PermissionError", "FileNotFoundError")


def test_no_datagram_to_a_service_of_the_machine(inside, tmp_path):
    """a service that takes datagrams, on a file or by an abstract name, gets none, though a pair could send there"""
    for address in (str(tmp_path / "log"), f"\0gradus-datagrams-{os.getpid()}"):
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as service:
            service.bind(address)
            service.setblocking(False)
            assert inside.datagram(address) in ("PermissionError", "FileNotFoundError")
            with pytest.raises(BlockingIOError):
                service.recv(1)


def test_no_other_process_is_visible(inside, jail):
    """no other process can be seen, signalled or limited: not the judge, not a sibling, not what the test started"""
    with subprocess.Popen(["sleep", "60"]) as other:
        try:
            for pid in (os.getpid(), os.getppid(), other.pid, 1):
                if jail.level == "namespaces" and pid == 1:
                    continue  # itself
                assert inside.signal_to(pid) in ("ProcessLookupError", "PermissionError")
                assert inside.limit(pid) in ("ProcessLookupError", "PermissionError")
            assert inside.visible(400) == []
            assert other.poll() is None
        finally:
            other.kill()


def test_it_is_nobody_with_nothing(inside, jail):
    """no capabilities, no_new_privs, an environment of ours, and with namespaces process 1 of its own"""
    assert inside.capabilities() == ([0] * 6, 1)
    pid, _, environment = inside.identity()
    assert "PATH" in environment
    assert not [name for name in environment if "KEY" in name or "TOKEN" in name or "PYTEST" in name]
    if jail.level == "namespaces":
        assert pid == 1


def test_only_its_own_descriptors_are_open(inside):
    """beside standard streams and its line to the judge no file is open"""
    assert len(inside.descriptors()) <= 5


def test_no_new_namespaces_and_no_mounts(inside):
    """namespaces cannot be made, nothing can be mounted or uncovered"""
    for flag in (0x20000, 0x4000000, 0x8000000, 0x10000000, 0x20000000, 0x40000000):
        assert inside.namespace(flag) == (-1, 1)
    assert inside.mount() == (-1, -1)


def test_files_of_the_course_and_of_the_machine_are_out_of_reach(inside, tmp_path):
    """course, checks, solutions, home, /etc, /proc and a test's file cannot be read, listed, written or changed"""
    secret = tmp_path / "secret.txt"
    secret.write_text("the answer")
    mode = secret.stat().st_mode
    files = [
        secret, ROOT / "course" / "course.toml", ROOT / "autograder" / "exam.py", Path(__file__),
        Path.home() / ".bashrc",
        *(ROOT / "solutions").rglob("*.py"), Path("/etc/passwd"), Path("/etc/hostname"), Path("/proc/self/environ"),
        Path("/proc/self/maps"), Path("/proc/1/cmdline"), Path(f"/proc/{os.getpid()}/environ"), Path("/proc/meminfo"),
        Path("/sys/kernel/ostype"),
    ]  # fmt: skip
    for path in files:
        assert inside.peek(str(path)) in ("PermissionError", "FileNotFoundError"), path
        assert inside.scribble(str(path)) in ("PermissionError", "FileNotFoundError", "OSError"), path
    for folder in (ROOT / "autograder", ROOT / "course", tmp_path, Path("/var"), Path("/run")):
        assert inside.listing(str(folder)) in ("PermissionError", "FileNotFoundError")
    shown = inside.listing(str(Path.home()))  # at most the way to the interpreter and its packages
    ways = [Path(one) for one in (os.path.realpath(sys.base_prefix), sys.prefix, ROOT)]
    allowed = {way.relative_to(Path.home()).parts[0] for way in ways if way.is_relative_to(Path.home())}
    assert shown in ("PermissionError", "FileNotFoundError") or set(shown) <= allowed
    assert inside.change_mode(str(secret)) in ("PermissionError", "FileNotFoundError")
    assert inside.remove(str(secret)) in ("PermissionError", "FileNotFoundError")
    assert secret.read_text() == "the answer"
    assert secret.stat().st_mode == mode


def test_no_course_code_and_no_labels(inside):
    """our package and the data sets with labels cannot be had; torch, numpy and scikit-learn can"""
    refused = ("ModuleNotFoundError", "PermissionError")
    for name in ("autograder", "autograder.judging.exam", "nbgrader", "nltk", "pytest"):
        assert inside.imports(name) in refused, name
    assert inside.digits() in refused
    for name in ("torch", "numpy", "pandas", "json", "sklearn"):
        assert inside.imports(name) == "imported"


def test_what_is_shown_cannot_be_written(inside, jail):
    """the interpreter, the libraries and the folders around them are for reading alone"""
    import numpy

    for path in (os.__file__, numpy.__file__, os.path.dirname(numpy.__file__) + "/planted.py"):
        assert inside.scribble(path) in ("PermissionError", "OSError")
    assert not Path(numpy.__file__).with_name("planted.py").exists()
    for folder in ("/", "/dev", "/etc", "/usr", *mounts.seen_through(())) if jail.level == "namespaces" else ():
        assert inside.scribble(os.path.join(folder, "planted")) in ("PermissionError", "FileNotFoundError", "OSError")


def test_two_workers_do_not_see_each_others_files(jail, student_in):
    """what one worker writes into its scratch folder is not there for the next, nor for this machine"""
    one, two = (student_in(jail, INSIDE, limits=LIMITS) for _ in range(2))
    path = one.keep("mine.txt", "my answer")
    assert one.peek(path) == b"my answer"
    assert two.peek(path) in ("FileNotFoundError", "PermissionError")
    assert "mine.txt" not in str(two.listing(os.path.dirname(path)))
    shown = [os.path.basename(path) for path in mounts.seen_through(()) if os.path.dirname(path) == "/tmp"]
    assert two.listing("/tmp") in (sorted(["work", *shown]), "PermissionError")
    if jail.level == "namespaces":
        assert not Path(path).exists()


def test_a_workers_folder_goes_with_it(jail, student_in):
    """when a worker has ended, nothing of its scratch folder is left on this machine"""
    there = student_in(jail, INSIDE, limits=LIMITS)
    path = Path(there.keep("mine.txt", "x"))
    there.close()
    assert not still_there(path)
    assert jail.level == "namespaces" or not still_there(path.parent)


def still_there(path: Path, seconds: float = 20) -> bool:
    """Is something there, and does it stay? It is removed by a process of its own."""
    until = time.monotonic() + seconds
    while path.exists() and time.monotonic() < until:
        time.sleep(0.02)
    return path.exists()


def test_a_template_that_was_not_needed_leaves_no_folder(monkeypatch, tmp_path):
    """A class that is known already asks for none of the templates that were begun for it."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    Template("plain").close()
    assert not list(tmp_path.iterdir())


def test_a_great_many_files_hold_nobody_up(jail, student_in):
    """a folder of many files is removed while the next worker works, also where it was made unreadable"""
    there = student_in(jail, INSIDE, limits=LIMITS)
    there.channel.deadline = time.monotonic() + 60
    begun = time.monotonic()
    place = Path(there.litter(3000 if jail.level == "namespaces" else 40_000))
    made = time.monotonic()
    there.close()
    assert student_in(jail, INSIDE, limits=LIMITS).tensors(0) == 0
    assert time.monotonic() - made < max(made - begun, 1.0)
    assert not still_there(place)


def test_forks_are_bounded(inside, jail):
    """a worker has so many processes as its limit says, and no more"""
    if jail.level == "landlock" and os.getuid() == 0:
        pytest.skip("the kernel does not hold the superuser to a limit of processes")
    count, error = inside.forks(60)
    assert count < LIMITS.processes
    assert error == "BlockingIOError"
    assert inside.forks(3) == (3, None)


def test_files_are_bounded(inside):
    """a file cannot grow beyond its limit"""
    with pytest.raises(OSError, match="too large"):
        inside.fill_file(4)
    assert inside.size_of_file() <= LIMITS.file_mb << 20


@pytest.mark.parametrize("how", ["private", "shared", "tensors"])
def test_memory_is_bounded(inside, how):
    """memory beyond the limit is refused, private, shared or in tensors, and the worker lives on"""
    with pytest.raises(StudentProblem) as problem:
        getattr(inside, how)(3)
    assert problem.value.status == "memory"
    assert inside.tensors(0) == 0


@pytest.mark.parametrize("length", [1, 14, 60])
@pytest.mark.parametrize("how", ["child", "session", "daemon"])
def test_what_is_left_behind_dies(jail, student_in, how, length):
    """processes that a worker leaves behind, each a child of the one before, end with it"""
    there = student_in(jail, INSIDE, limits=Limits(memory_mb=400, processes=200, file_mb=2))
    line = there.process.sock.dup()  # they hold the worker's end of it open
    assert there.leave_behind(how, length) == "left"
    there.close()
    line.settimeout(10)
    try:
        assert line.recv(1) == b""
    except ConnectionResetError:
        pass
    finally:
        line.close()


def test_who_runs_away_is_caught(jail, student_in):
    """processes of which each forks the next and ends, eight at a time, are gone with their worker and not later"""
    there = student_in(jail, INSIDE, limits=Limits(memory_mb=400, processes=200, file_mb=2))
    line = there.process.sock.dup()  # every one of them holds the worker's end of it open
    assert there.run_away(8, 15) == "left"
    begun = time.monotonic()
    there.close()
    line.settimeout(0.5)
    with contextlib.suppress(ConnectionResetError), line:
        assert line.recv(1) == b""
    assert time.monotonic() - begun < 8


def test_an_endless_worker_is_ended_from_outside(jail, student_in):
    """a worker that neither answers nor ends is gone when it is closed"""
    there = student_in(jail, "import time\ndef f():\n    end = time.time() + 30\n    while time.time() < end: pass")
    there.channel.deadline = time.monotonic() + 0.2
    with pytest.raises(StudentProblem) as problem:
        there.f()
    assert problem.value.status == "timeout"
    assert there.process.ending is not None
    assert there.process.ending.how == "killed"


@pytest.mark.parametrize("level", JAILS)
def test_the_probe_as_an_ordinary_user(level, tmp_path):
    """for a user without any rights the canary reaches nothing either, or the level says why it does not work"""
    setpriv = shutil.which("setpriv")
    if sys.platform != "linux" or os.getuid() != 0 or setpriv is None:
        pytest.skip("needs to begin as the superuser on Linux, with setpriv, to become somebody else")
    become = [setpriv, "--reuid=65534", "--regid=65534", "--clear-groups", "--no-new-privs"]
    environment = {"PATH": os.environ.get("PATH", ""), "HOME": "/tmp", "PYTHONDONTWRITEBYTECODE": "1"}
    can = subprocess.run(
        [*become, os.path.realpath(sys.executable), "-c", "0"], env=environment, capture_output=True, check=False
    )
    if can.returncode != 0:
        pytest.skip("this Python is not readable for other users")
    if subprocess.run([*become, "test", "-r", ROOT / "autograder" / "__init__.py"], check=False).returncode != 0:
        pytest.skip("this checkout is not readable for other users")
    source = (
        f"from autograder.sandbox.host.probe import probe; found = probe({level!r}); print(found.works, found.detail)"
    )
    done = subprocess.run(
        [*become, sys.executable, "-c", source], env={**environment, "PYTHONPATH": str(ROOT)}, cwd="/",
        capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    works, _, detail = done.stdout.strip().partition(" ")
    if works == "False" and "could reach" not in detail:
        pytest.skip(f"{level} does not work here for an ordinary user: {detail}")
    assert (works, detail) == ("True", "the canary reached nothing"), done.stderr


def test_the_probe_finds_an_open_level():
    """a level whose canary gets through is reported as such: plain keeps nothing from the worker"""
    found = probe("plain")
    assert found.works
    assert "the course's code" in found.detail or "read " in found.detail


def test_the_best_level_is_remembered(monkeypatch, tmp_path):
    """the strongest working level is found once, and found again without trying"""
    monkeypatch.setattr(probing.temporary, "folder", lambda: str(tmp_path))
    tried: list[str] = []

    def fake(level: str, *, keep: bool = False) -> probing.Probe:
        tried.append(level)
        return probing.Probe(level, level == "landlock", "")

    monkeypatch.setattr(probing, "probe", fake)
    assert probing.best_level() == "landlock"
    assert probing.best_level() == "landlock"
    assert tried == ["namespaces", "namespaces", "landlock"]
    (kept,) = tmp_path.glob("gradus-isolation-*.json")
    kept.write_text("{ broken")
    assert probing.best_level() == "landlock"
    assert tried == ["namespaces", "namespaces", "landlock"] * 2


def test_a_weaker_level_is_not_believed_for_long(monkeypatch, tmp_path):
    """a level that fails once on a busy machine is tried again, at once and an hour later"""
    monkeypatch.setattr(probing.temporary, "folder", lambda: str(tmp_path))
    fails = 0

    def fake(level: str, *, keep: bool = False) -> probing.Probe:
        nonlocal fails
        fails -= level == "namespaces"
        return probing.Probe(level, level != "namespaces" or fails < 0, "")

    def best(failures: int) -> str:
        nonlocal fails
        fails = failures
        return probing.best_level()

    def hours_later(hours: float) -> None:
        (kept,) = tmp_path.glob("gradus-isolation-*.json")
        os.utime(kept, (time.time() - hours * 3600,) * 2)

    monkeypatch.setattr(probing, "probe", fake)
    assert best(2) == "landlock"
    assert best(0) == "landlock", "it is remembered"
    hours_later(1.5)
    assert best(1) == "namespaces"
    hours_later(23)
    assert best(2) == "namespaces", "the best is remembered for a day"


def test_a_template_that_cannot_start_says_why():
    """a sandbox that does not start is an error with its reason, never a status of a student's"""
    template = Template("plain", ("no_such_module_anywhere",))
    try:
        with pytest.raises(SandboxError, match="no_such_module"):
            template.fork(Limits())
    finally:
        template.close()
