"""What a worker gives up before it reads the student's source.

Three levels, named as a grade is stamped with them:

``namespaces``  own user, pid, mount and ipc namespaces inside bubblewrap, no capabilities, seccomp, limits
``landlock``    where namespaces are refused: Landlock file rules, seccomp, limits
``plain``       limits only; for trusted code and for a student's own machine
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import platform
import resource
import signal
import sys
import tempfile
from collections.abc import Iterator
from typing import Any

from . import importing, landlock, seccomp
from .libc import libc, look_up

CLONE_NEWNS, CLONE_NEWIPC, CLONE_NEWUSER, CLONE_NEWPID = 0x20000, 0x8000000, 0x10000000, 0x20000000
MS_RDONLY, MS_NOSUID, MS_NODEV, MS_NOEXEC, MS_REMOUNT, MS_BIND = 1, 2, 4, 8, 32, 0x1000
MS_REC, MS_PRIVATE = 0x4000, 1 << 18
PR_SET_PDEATHSIG, PR_SET_DUMPABLE, PR_CAPBSET_DROP, PR_SET_CHILD_SUBREAPER, PR_SET_NO_NEW_PRIVS = 1, 4, 24, 36, 38
NOBODY = 65534
MB = 1 << 20

_own_pid_namespace = -1
_homes = ""  # the folder of the workers' homes, where they have no /tmp of their own
_places: dict[str, list[str]] = {}  # what the judge says of files: see :func:`prepare_template`


def _must(result: int, what: str) -> None:
    if result != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{what}: {os.strerror(number)}")


def prepare_template(level: str, places: dict[str, list[str]]) -> None:
    """Once in the template, before its first fork.

    Args:
        places: ``readable``, what a worker without a mount namespace may read; ``private``, what one with it gets
            empty and for itself; ``through``, what lies there and is to be seen nevertheless.
    """
    global _own_pid_namespace, _homes, _places
    _places = places
    if sys.platform == "linux":
        look_up()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the judge's to handle
    if level != "namespaces" and sys.platform == "linux":
        libc().prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    if level == "namespaces":
        seccomp.filter_of(platform.machine())
        _own_pid_namespace = os.open("/proc/self/ns/pid", os.O_RDONLY | os.O_CLOEXEC)
    else:
        _homes = tempfile.mkdtemp(prefix="gradus-workers-")
    if level == "landlock":
        _must_reach([path.removeprefix("=") for path in places["readable"]])


def _must_reach(paths: list[str]) -> None:
    """Raise where a worker could not reach its libraries.

    The superuser's gives up the right to pass through another user's closed folder.
    """
    child = os.fork()
    if child == 0:
        number = 1
        try:
            _drop_capabilities(libc())
            for path in paths:
                os.stat(path)
            number = 0
        except OSError as error:
            number = error.errno or 1
        finally:
            os._exit(number)
    if number := os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]):
        raise OSError(number, f"a worker cannot reach what it must read: {os.strerror(number)}")


@contextlib.contextmanager
def fresh_pid_namespace(level: str) -> Iterator[None]:
    """Fork a child inside as pid 1 of its own pid namespace; the template stays in its own."""
    if level != "namespaces":
        yield
        return
    c = libc()
    parent = os.getpid()
    _must(c.unshare(CLONE_NEWPID), "unshare pid namespace")
    yield
    if os.getpid() == parent:
        _must(c.setns(_own_pid_namespace, CLONE_NEWPID), "back to the own pid namespace")


def enter(level: str, limits: dict[str, int], keep: tuple[int, ...]) -> str:
    """Give up what the level says; only the descriptors `keep` stay open. Returns the private home folder.

    Args:
        limits: ``memory_mb`` beyond the template's, ``processes``, ``file_mb``, ``cpu_seconds``.
    """
    c = libc()
    c.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    os.setsid()
    if level == "namespaces":
        _namespaces(c)
    home = "/tmp/work" if level == "namespaces" else os.path.join(_homes, str(os.getpid()))
    os.mkdir(home, 0o700)
    os.environ.update(HOME=home, TMPDIR=home, USER="student")
    tempfile.tempdir = home
    _close_all_but(keep)
    if level == "landlock":  # no user namespace: the kernel counts whatever the user runs
        limits = {**limits, "processes": limits["processes"] + _tasks_of_user() - 1}
    _limits(limits)
    if level == "landlock":
        landlock.restrict(read=_places["readable"], write=[home])
        importing.only_readable([path[1:] for path in _places["readable"] if path.startswith("=")])
    if level != "plain":
        _drop_capabilities(c)
        _must(c.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), "no_new_privs")
        seccomp.install(None if level == "namespaces" else os.getpid())
    return home


def _namespaces(c: Any) -> None:
    if os.getuid() == 0 and _real_root():
        os.setgroups([])
        os.setresgid(NOBODY, NOBODY, NOBODY)
        os.setresuid(NOBODY, NOBODY, NOBODY)
        c.prctl(PR_SET_DUMPABLE, 1, 0, 0, 0)  # else /proc/self belongs to root and the maps cannot be written
    uid, gid = os.getuid(), os.getgid()
    _must(c.unshare(CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWIPC), "unshare")
    for name, text in (("setgroups", "deny"), ("uid_map", f"{NOBODY} {uid} 1"), ("gid_map", f"{NOBODY} {gid} 1")):
        with open(f"/proc/self/{name}", "w") as file:
            file.write(text)
    _must(c.mount(None, b"/", None, MS_REC | MS_PRIVATE, None), "make mounts private")
    for place in _places["private"]:
        _empty(c, place, [path for path in _places["through"] if path.startswith(place + "/")])
    safe = MS_NOSUID | MS_NODEV | MS_NOEXEC | MS_RDONLY
    for place in ("/proc", "/dev/pts"):  # whose terminals the workers of a template would share
        if os.path.isdir(place):
            _must(c.mount(b"tmpfs", place.encode(), b"tmpfs", safe, b"size=4k"), f"empty {place}")


def _empty(c: Any, place: str, through: list[str]) -> None:
    """Mount an empty file system over `place`, in which only the paths of `through` are seen, for reading."""
    safe = MS_NOSUID | MS_NODEV
    size = b"size=256m,nr_inodes=4096,mode=0700" if place == "/tmp" else b"size=64m,nr_inodes=512,mode=0700"
    below = [(path, os.open(path, os.O_PATH | os.O_CLOEXEC)) for path in through]
    _must(c.mount(b"tmpfs", place.encode(), b"tmpfs", safe, size), f"private {place}")
    for path, fd in below:
        os.mkdir(path, 0o755)
        source, target = f"/proc/self/fd/{fd}".encode(), os.fsencode(path)
        _must(c.mount(source, target, None, MS_BIND | MS_REC, None), f"show {path}")
        _must(c.mount(None, target, None, MS_REMOUNT | MS_BIND | MS_RDONLY | safe, None), f"read-only {path}")
        os.close(fd)


def _real_root() -> bool:
    with open("/proc/self/uid_map") as file:
        outside = int(file.read().split()[1])
    return outside == 0


def _close_all_but(keep: tuple[int, ...]) -> None:
    # 1 and 2 go to /dev/null: what the student prints is captured above them
    null = os.open("/dev/null", os.O_RDWR)
    for fd in (0, 1, 2):
        os.dup2(null, fd)
    first = 3
    for fd in sorted(fd for fd in keep if fd >= 0):
        os.closerange(first, fd)
        os.set_inheritable(fd, False)
        first = fd + 1
    os.closerange(first, 4096)


def _tasks_of_user() -> int:
    """Count the processes and threads that this user has, as RLIMIT_NPROC counts them; this one included."""
    count, user = 0, os.getuid()
    for name in filter(str.isdigit, os.listdir("/proc")):
        with contextlib.suppress(OSError):  # it ended meanwhile
            if os.stat(f"/proc/{name}").st_uid == user:
                count += len(os.listdir(f"/proc/{name}/task"))
    return max(count, 1)


def _limits(limits: dict[str, int]) -> None:
    def cap(kind: int, value: int) -> None:
        hard = resource.getrlimit(kind)[1]
        value = value if hard == resource.RLIM_INFINITY else min(value, hard)
        resource.setrlimit(kind, (value, value))

    cap(resource.RLIMIT_CORE, 0)
    cap(resource.RLIMIT_FSIZE, limits["file_mb"] * MB)
    cap(resource.RLIMIT_NOFILE, 256)
    cap(resource.RLIMIT_CPU, limits["cpu_seconds"])
    if sys.platform != "linux":
        return
    cap(resource.RLIMIT_NPROC, limits["processes"])
    cap(resource.RLIMIT_DATA, limits["data_mb"] * MB)
    if limits.get("address_mb"):  # shared anonymous memory escapes RLIMIT_DATA
        cap(resource.RLIMIT_AS, limits["address_mb"] * MB)


def memory_in_use() -> tuple[int, int]:
    """(address space, data) of this process in MB, for limits on top of the template's own."""
    with open("/proc/self/statm") as file:
        fields = [int(part) for part in file.read().split()]
    page = os.sysconf("SC_PAGE_SIZE")
    return fields[0] * page // MB, fields[5] * page // MB


def _drop_capabilities(c: Any) -> None:
    for capability in range(41):
        c.prctl(PR_CAPBSET_DROP, capability, 0, 0, 0)
    header = (ctypes.c_uint32 * 2)(0x20080522, 0)
    data = (ctypes.c_uint32 * 6)()
    _must(c.capset(header, data), "drop capabilities")


def forget(pid: int | None = None) -> int | None:
    """Remove the home folder of a worker that ended, or those of all (levels without a private /tmp).

    One that was written into is removed by a process of its own, whose number is returned: no number of files, however
    deep they lie, keeps the template from its other workers.
    """
    if not _homes:
        return None
    place = _homes if pid is None else os.path.join(_homes, str(pid))
    with contextlib.suppress(OSError):
        os.rmdir(place)
        return None
    script = 'rm -rf -- "$1" || { chmod -R u+rwx -- "$1"; rm -rf -- "$1"; }'  # it may have been made unreadable
    quiet = [(os.POSIX_SPAWN_OPEN, 2, "/dev/null", os.O_WRONLY, 0)]
    remover = os.posix_spawn("/bin/sh", ["sh", "-c", script, "sh", place], os.environ, file_actions=quiet)
    if pid is None:
        os.waitpid(remover, 0)
        return None
    return remover
