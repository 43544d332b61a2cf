"""Starting templates and workers, from the judge's side."""

from __future__ import annotations

import contextlib
import copy
import functools
import json
import os
import platform
import select
import shutil
import socket
import subprocess
import sys
import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from ...errors import SandboxError
from ..worker import cgroups
from . import mounts, temporary

LEVELS = ("namespaces", "landlock", "plain")
_PACKAGE = "gradus_worker"
_ROOMS = ("wire", "worker")  #: what a worker is sent, and all of it
START_SECONDS = 60.0
HOUR, DAY = 3600, 86400

# The template's interpreter sees no file of ours: their sources come through a descriptor.
BOOTSTRAP = """
import json, os, sys, types
from importlib import import_module
from importlib.machinery import ModuleSpec
with os.fdopen(int(sys.argv[1]), encoding="utf-8") as file: bundle = json.load(file)
package = types.ModuleType(bundle["package"]); package.__path__ = []; sys.modules[package.__name__] = package
class Finder:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] == "autograder":  # at every level of isolation, wheel or checkout
            raise ModuleNotFoundError(f"No module named {name!r} in an exercise's process", name=name)
        top, _, inside = name.partition(".")
        if top == package.__name__ and inside in bundle["modules"]:
            return ModuleSpec(name, self, is_package="." not in inside)
    def create_module(self, spec): return None
    def exec_module(self, module):
        short = module.__name__.partition(".")[2]
        exec(compile(bundle["modules"][short], f"<gradus {short}>", "exec", dont_inherit=True), module.__dict__)
sys.meta_path.insert(0, Finder())
sys.path[:] = [p for p in sys.path if p]
for path in bundle["config"]["path"]:
    if path not in sys.path: sys.path.append(path)
import_module(package.__name__ + "." + bundle["config"]["main"]).main(bundle["config"])
"""


@dataclass(frozen=True)
class Limits:
    """What one worker may use; memory is on top of the template's own."""

    memory_mb: int = 1024
    processes: int = 64
    file_mb: int = 256
    cpu_seconds: int = 600
    threads: int = 1


@dataclass(frozen=True)
class Ending:
    """How a worker ended: ``exit`` or ``signal`` with its code, or ``killed`` by us."""

    how: str
    code: int
    maxrss_kb: int
    cpu_seconds: float
    greedy: bool = False  #: its processes together held more memory than they may


@functools.cache
def _bundle_modules() -> dict[str, str]:
    sandbox = Path(__file__).parent.parent
    files = [file for room in _ROOMS for file in sorted((sandbox / room).glob("*.py"))]
    return {f"{file.parent.name}.{file.stem}".removesuffix(".__init__"): file.read_text() for file in files}


def bundle(config: dict[str, Any]) -> dict[str, Any]:
    """What the other interpreter is started with: the sources that it runs, and how."""
    return {"package": _PACKAGE, "modules": _bundle_modules(), "config": config}


def spawns() -> bool:
    """Is every worker started afresh here? Windows has no fork; on macOS one does not survive the system's libraries.

    ``GRADUS_SPAWN=1`` asks for it elsewhere.
    """
    return not hasattr(os, "fork") or sys.platform == "darwin" or os.environ.get("GRADUS_SPAWN") == "1"


_tried: dict[str, Template] = {}  #: what a level was tried with just now, warm, by level


def start_template(level: str, needs: tuple[str, ...] = (), *, many: bool = False) -> Template:
    """A template of the kind that this system allows.

    Args:
        many: workers will be asked for by the dozen.

    Raises:
        SandboxError: it does not start, or there is no such level here.
    """
    if not needs and level in _tried and (tried := _tried.pop(level)).alive:
        return tried
    if not spawns():
        return Template(level, needs, many=many)
    if level != "plain":
        raise SandboxError(f"{level}: not on this system; on Windows WSL (wsl --install) has it")
    from .spawned import SpawnTemplate

    return SpawnTemplate(needs)


class Template:
    """A warm process with torch imported, that forks workers on request.

    Args:
        level: one of :data:`LEVELS`.
        needs: modules to import before the first fork.
        many: workers will be asked for by the dozen: make ready for that before they are.

    Raises:
        SandboxError: it does not start; the message holds what it printed.
    """

    place = ""  #: what messages call the source, where it is no file

    def __init__(self, level: str, needs: tuple[str, ...] = (), *, many: bool = False):
        self.level, self.needs = level, needs
        self._control: socket.socket | None = None
        _, _, site = mounts.readable(needs)
        ours, theirs = socket.socketpair()
        config = {
            "main": "worker.fork_server", "control_fd": theirs.fileno(), "path": site, "needs": list(needs),
            "isolation": level, "many": many, "places": mounts.places(level, needs),
        }  # fmt: skip
        given = temporary.unnamed()
        given.write(json.dumps(bundle(config)).encode())
        given.seek(0)
        python = [os.path.realpath(sys.executable), "-S", "-s", "-P", "-c", BOOTSTRAP, str(given.fileno())]
        environment = {
            "PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "PYTHONHASHSEED": "0", "PYTHONDONTWRITEBYTECODE": "1",
            "OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MPLBACKEND": "Agg",
            "TORCHDYNAMO_DISABLE": "1", "HOME": "/tmp",
        }  # fmt: skip
        if level != "namespaces":  # which has a /tmp of its own
            environment["TMPDIR"] = temporary.folder()
        if libraries := os.environ.get("LD_LIBRARY_PATH"):  # without which this interpreter might not start
            environment["LD_LIBRARY_PATH"] = libraries
        command = python
        if level == "namespaces":
            command = ["bwrap", *mounts.bubblewrap_arguments(needs, os.getuid() == 0), "--", *python]
        self._errors = temporary.unnamed()
        try:
            self._process = subprocess.Popen(
                command, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=self._errors,
                pass_fds=(theirs.fileno(), given.fileno()), start_new_session=True, cwd="/",
            )  # fmt: skip
        except OSError as error:
            raise SandboxError(f"the sandbox could not start {command[0]}: {error}") from None
        finally:
            theirs.close()
            given.close()
        self._control, self._ready, self._buffer = ours, False, b""
        self._first = True  #: not a fork of another
        self._spare: tuple[Limits, WorkerProcess] | None = None
        self.groups: list[cgroups.Group] = []  #: those of its workers

    def split(self, cores: set[int] | None = None) -> Template:
        """A fork of this template, warm at once, with a line of its own; it ends with this one.

        Args:
            cores: where it and its workers run.
        """
        self.wait_ready()
        ours, theirs = socket.socketpair()
        try:
            self._ask({"op": "split", "cores": sorted(cores or ())}, (theirs.fileno(),))
        finally:
            theirs.close()
        other = copy.copy(self)
        other._control, other._buffer, other._first, other.groups, other._spare = ours, b"", False, [], None
        return other

    def let_go(self) -> None:
        """Close this process's end: another process that holds it too goes on alone."""
        if self._control is not None:
            self._control.close()
            self._control = None

    def _ask(
        self, request: dict[str, Any] | None, fds: tuple[int, ...] = (), seconds: float = START_SECONDS
    ) -> dict[str, Any]:
        if self._control is None:
            raise SandboxError("the template process was closed")
        try:
            self._control.settimeout(seconds)
            if request is not None:
                socket.send_fds(self._control, [json.dumps(request).encode() + b"\n"], fds)
            while b"\n" not in self._buffer:
                piece = self._control.recv(1 << 16)
                if not piece:
                    raise SandboxError(f"the template process ended: {self._said()}")
                self._buffer += piece
        except OSError as error:
            raise SandboxError(f"the template process does not answer ({error}): {self._said()}") from None
        line, _, self._buffer = self._buffer.partition(b"\n")
        answer: dict[str, Any] = json.loads(line)
        return answer

    def _said(self) -> str:
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(1)
        self._errors.seek(0)
        lines = self._errors.read()[-2000:].decode(errors="replace").strip().splitlines()
        return lines[-1] if lines else "it printed nothing"

    def said(self) -> str:
        """What the template and its workers wrote to stderr, for diagnosing the sandbox itself."""
        self._errors.seek(0)
        return self._errors.read()[-4000:].decode(errors="replace")

    @property
    def alive(self) -> bool:
        """Does its process still run? Asked of its line: it may be no child of this process."""
        return self._control is not None and not _hung_up(self._control)

    def wait_ready(self) -> None:
        """Block until torch is imported."""
        if not self._ready:
            answer = self._ask(None)
            self._base = answer
            self._ready = True

    def prepare(self, limits: Limits) -> None:
        """Fork the next worker now, while nobody waits for it."""
        if self._spare is None:
            self._spare = limits, self._fork(limits, rest=True)

    def fork(self, limits: Limits) -> WorkerProcess:
        """A new worker, jailed before it reads anything; the prepared one, if it fits."""
        if self._spare is None:
            return self._fork(limits)
        (prepared, worker), self._spare = self._spare, None
        if prepared == limits and not _hung_up(worker.sock):
            self._ask({"op": "wake", "pid": worker.pid})
            return worker
        worker.end()
        return self._fork(limits)

    def _fork(self, limits: Limits, rest: bool = False) -> WorkerProcess:
        self.wait_ready()
        ours, theirs = socket.socketpair()
        sizes = {
            "memory_mb": limits.memory_mb,
            "data_mb": self._base["data_mb"] + limits.memory_mb,
            "processes": limits.processes,
            "file_mb": limits.file_mb,
            "cpu_seconds": limits.cpu_seconds,
        }
        if self._base["cpu_only"] and self.level != "plain":
            sizes["address_mb"] = self._base["address_mb"] + 2 * limits.memory_mb + 1024
        if self.level == "plain":  # counted for the whole user there
            sizes["processes"] = 1 << 20
        group = cgroups.make(limits.memory_mb, limits.processes) if self.level != "plain" else None
        doors = (group.door(),) if group is not None else ()
        try:
            if group is not None:
                self.groups.append(group)
            answer = self._ask({"op": "fork", "limits": sizes, "rest": rest}, (theirs.fileno(), *doors))
        finally:
            theirs.close()
            for door in doors:
                os.close(door)
        return WorkerProcess(self, ours, answer["pid"], group=group)

    def reap(self, pid: int, grace: float) -> Ending:
        """End a worker and say how it ended."""
        answer = self._ask({"op": "reap", "pid": pid, "grace": grace})
        return Ending(answer["ended"], answer.get("code", 0), answer["maxrss"], answer["cpu"], answer["greedy"])

    def close(self) -> None:
        """End the template and, with it, every worker."""
        if self._control is None:
            return
        if self._spare is not None:
            self._spare[1].sock.close()
        self.let_go()
        if self._first:
            try:
                self._process.wait(5)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
            self._errors.close()
        for group in self.groups:
            group.remove()


def _hung_up(line: socket.socket) -> bool:
    """Is there nobody at the other end any more?"""
    waiting = select.poll()
    waiting.register(line, select.POLLIN)
    return bool(waiting.poll(0)) and not line.recv(1, socket.MSG_PEEK)


@dataclass
class WorkerProcess:
    """A forked worker: its socket and how to end it."""

    template: Template
    sock: socket.socket
    pid: int
    ending: Ending | None = None
    group: cgroups.Group | None = None

    def end(self, grace: float = 0.0) -> Ending:
        """End it, waiting `grace` seconds for it to end by itself; safe to call again."""
        if self.ending is None:
            self.sock.close()
            self.ending = self.template.reap(self.pid, grace)
            if self.group is not None:
                self.ending = replace(self.ending, greedy=self.ending.greedy or self.group.overflowed())
                self.group.remove()
                self.template.groups.remove(self.group)
        return self.ending


@dataclass(frozen=True)
class Probe:
    """What one level of isolation did when it was tried."""

    level: str
    works: bool
    detail: str


_CANARY = """
import os, socket
def attempt(what):
    try:
        return what() or "worked"
    except BaseException as error:
        return type(error).__name__
def digits():
    from sklearn.datasets import load_digits
    load_digits()
def ours():
    import autograder.course.syllabus
def run(paths, pid):
    tries = {
        "network": lambda: socket.create_connection(("127.0.0.1", 9), 0.2),
        "labels in scikit-learn": digits,
        "the course's code": ours,
        "signal to the judge": lambda: os.kill(pid, 0) if os.name == "posix" else None,  # it would end it there
        "new namespaces": lambda: os.unshare(0x10000000) if hasattr(os, "unshare") else
            (_ for _ in ()).throw(PermissionError()) if __import__("ctypes").CDLL(None).unshare(0x10000000) else None,
    }
    tries.update({"read " + path: (lambda path=path: open(path).read(1)) for path in paths})
    return {name: attempt(what) for name, what in tries.items()}
"""


def probe(level: str, *, keep: bool = False) -> Probe:
    """Try one level with a canary that must fail at everything it attempts.

    Args:
        keep: if the level works, the next :func:`start_template` of this process gets the template it was tried with.
    """
    from .student import Student, StudentProblem

    if level == "namespaces" and shutil.which("bwrap") is None:
        return Probe(level, False, "bubblewrap is not installed: apt-get install bubblewrap")
    if level != "plain" and platform.system() != "Linux":
        return Probe(level, False, "only on Linux")
    template = None
    try:
        template = start_template(level)
        student = Student(template, Limits())
        student.load_source("canary", _CANARY)
        ours = [str(Path(__file__).resolve()), os.path.expanduser("~/.bashrc"), "/etc/passwd", "/proc/self/environ"]
        got = student.run(ours, os.getpid())
        student.close()
    except (Exception, StudentProblem) as error:
        if template is not None:
            template.close()
        return Probe(level, False, str(error) or type(error).__name__)
    reached = [what for what, outcome in got.items() if outcome == "worked" or len(outcome) == 1]
    if keep and template.alive and (level == "plain" or not reached):
        _tried[level] = template
    else:
        template.close()
    if level == "plain":
        return Probe(level, True, "limits only; could reach: " + (", ".join(reached) or "nothing tried"))
    return Probe(level, not reached, "could reach: " + ", ".join(reached) if reached else "the canary reached nothing")


def best_level() -> str:
    """The strongest level that works here, found by trying, twice where it fails, and remembered for this user."""
    name = f"gradus-isolation-{os.getuid() if hasattr(os, 'getuid') else 0}.json"
    cache = Path(temporary.folder(), name)
    key = [platform.release(), shutil.which("bwrap"), sys.executable, _source_key(), spawns()]
    with contextlib.suppress(OSError, ValueError, KeyError):
        status = cache.lstat()
        known = json.loads(cache.read_text())
        kept = DAY if known["level"] == LEVELS[0] else HOUR  # a weaker one may be a busy machine's
        fresh = time.time() - status.st_mtime < kept and status.st_uid == os.getuid()
        if fresh and known["key"] == key and known["level"] in LEVELS:
            return str(known["level"])
    level = next((level for level in LEVELS if any(probe(level, keep=True).works for _ in range(2))), "plain")
    with contextlib.suppress(OSError):
        part = cache.with_suffix(f".{os.getpid()}")
        part.write_text(json.dumps({"key": key, "level": level}))
        part.replace(cache)
    return level


def _source_key() -> str:
    import hashlib

    return hashlib.sha256("".join(_bundle_modules().values()).encode()).hexdigest()[:16]
