"""Which layers of the sandbox hold here, found by trying each from inside a worker.

What ``gradus doctor`` prints below the levels. A layer that cannot be tried at a level is not listed for it.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from ..worker.watchdog import held_kb
from .base import Limits, WorkerProcess
from .forked import Template
from .start import spawns, start_template
from .student import Student

#: runs in a worker; every value is what an attempt came to
_TRIES = """
import ctypes, os, resource, socket
libc = ctypes.CDLL(None, use_errno=True)

def refused(call, *arguments):
    ctypes.set_errno(0)
    result = call(*arguments)
    return "refused" if result == -1 and ctypes.get_errno() in (1, 38) else f"went through ({result})"

def opened(path):
    try:
        open(path).close()
        return "opened"
    except OSError as error:
        return type(error).__name__

def connected():
    try:
        socket.create_connection(("127.0.0.1", 9), 0.2).close()
        return "connected"
    except OSError as error:
        return type(error).__name__

def tries(outside):
    held = [number for number in range(41) if libc.prctl(23, number, 0, 0, 0) == 1]
    cpu, files, written = (resource.getrlimit(kind)[0] for kind in
                           (resource.RLIMIT_CPU, resource.RLIMIT_NOFILE, resource.RLIMIT_FSIZE))
    try:
        seen = [name for name in os.listdir("/proc") if name.isdigit()]
    except OSError:
        seen = []
    return {
        "uid": os.getuid(), "pid": os.getpid(), "processes": len(seen), "capabilities": len(held),
        "no_new_privs": libc.prctl(39, 0, 0, 0, 0), "seccomp": libc.prctl(21, 0, 0, 0, 0),
        "network": connected(), "shared memory": refused(libc.shmget, 0, 4096, 0o1600),
        "namespace": refused(libc.unshare, 0x10000000), "trace": refused(libc.ptrace, 0, 0, 0, 0),
        "outside": opened(outside), "cpu": cpu, "files": files, "written": written,
        "processes allowed": resource.getrlimit(resource.RLIMIT_NPROC)[0],
    }
"""


@dataclass(frozen=True)
class Layer:
    """One layer: does it hold, and what the attempt came to."""

    name: str
    holds: bool
    detail: str


def layers(level: str) -> list[Layer]:
    """Every layer of one level, tried.

    Raises:
        SandboxError: the level does not start here.
    """
    if spawns():
        return [Layer("time", True, "each worker is a fresh interpreter, which the judge ends when it takes too long")]
    template = start_template(level)
    try:
        student = Student(template, Limits())
        student.load_source("layers", _TRIES)
        student.begin(0, 20)
        found = student.tries(str(Path(__file__).resolve()))
        grouped = control_groups(student.process)
        student.close()
    finally:
        template.close()
    alone = found["pid"] == 1 or not found["processes"]
    settled = found["no_new_privs"] == 1
    return [
        Layer("user", found["uid"] != 0, f"uid {found['uid']}, {found['capabilities']} capabilities can be had"),
        Layer("process table", alone, f"pid {found['pid']}, sees {found['processes']}"),
        Layer("network", found["network"] != "connected", f"loopback: {found['network']}"),
        Layer("shared memory", found["shared memory"] == "refused", f"a segment: {found['shared memory']}"),
        Layer("files", found["outside"] != "opened", f"our own source: {found['outside']}"),
        Layer("system calls", found["seccomp"] == 2, f"a namespace: {found['namespace']}, tracing: {found['trace']}"),
        Layer("privileges", settled, "cannot be gained" if settled else "can be gained"),
        Layer(
            "limits", found["written"] > 0,
            f"{found['cpu']} s of processor, {found['files']} files open, {found['written'] >> 20} MB a file, "
            f"{found['processes allowed']} processes",
        ),
        Layer("watchdog", held_kb(os.getpid()) > 0, "memory over all processes of a worker, five times a second"),
        grouped,
    ]  # fmt: skip


def control_groups(process: WorkerProcess) -> Layer:
    """Tell whether the worker is in a control group of its own; where none can be made, the watchdog stands in."""
    group = process.source.group_of(process.pid) if isinstance(process.source, Template) else None
    if group is None:
        return Layer("control groups", False, "none with memory and pids can be made here; the watchdog stands in")
    try:
        joined = len((group.path / "cgroup.procs").read_text().split())
    except OSError:
        joined = 0
    what = "the kernel keeps memory and processes of a whole worker" if joined else "made, but a worker cannot join"
    return Layer("control groups", joined > 0, f"{what}; {group.path.parent}")
