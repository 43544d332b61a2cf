"""The system-call filter: its program is run here, on paper, for both architectures; and once for real."""

from __future__ import annotations

import platform
import struct
import subprocess
import sys

import pytest

from autograder.sandbox.worker import seccomp

ALLOW, KILL, EPERM, ENOSYS, GRANTED = 0x7FFF0000, 0x80000000, 0x00050001, 0x00050026, 0x00050000
AUDIT = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
MACHINES = pytest.mark.parametrize("machine", ["x86_64", "aarch64"])
#: some calls by name, from the kernel's own tables
NUMBERS = {
    "x86_64": {
        "read": 0, "write": 1, "close": 3, "mmap": 9, "socketpair": 53, "exit": 60, "openat": 257, "futex": 202,
        "clone": 56, "clone3": 435, "socket": 41, "ptrace": 101, "unshare": 272, "setns": 308, "mount": 165,
        "umount2": 166, "bpf": 321, "io_uring_setup": 425, "kill": 62, "tgkill": 234, "tkill": 200, "prlimit64": 302,
        "chmod": 90, "keyctl": 250, "process_vm_readv": 310, "memfd_create": 319, "personality": 135, "pidfd_open": 434,
        "flock": 73, "fcntl": 72, "ioctl": 16, "inotify_init1": 294, "fanotify_init": 300, "sysinfo": 99,
        "mq_open": 240,
    },
    "aarch64": {
        "read": 63, "write": 64, "close": 57, "mmap": 222, "socketpair": 199, "exit": 93, "openat": 56, "futex": 98,
        "clone": 220, "clone3": 435, "socket": 198, "ptrace": 117, "unshare": 97, "setns": 268, "mount": 40,
        "umount2": 39, "bpf": 280, "io_uring_setup": 425, "kill": 129, "tgkill": 131, "tkill": 130, "prlimit64": 261,
        "fchmodat": 53, "keyctl": 219, "process_vm_readv": 270, "memfd_create": 279, "personality": 92,
        "pidfd_open": 434, "flock": 32, "fcntl": 25, "ioctl": 29, "inotify_init1": 26, "fanotify_init": 262,
        "sysinfo": 179, "mq_open": 180,
    },
}  # fmt: skip
REFUSED = (
    "socket", "ptrace", "unshare", "setns", "mount", "umount2", "bpf", "io_uring_setup", "keyctl", "process_vm_readv",
    "memfd_create", "personality", "pidfd_open", "inotify_init1", "fanotify_init", "sysinfo", "mq_open",
)  # fmt: skip
OPEN = ("read", "write", "close", "mmap", "exit", "openat", "futex")


def verdict(code: bytes, number: int, arguments: tuple[int, ...] = (), arch: int = 0) -> int:
    """What the filter answers to one system call: a small interpreter of the instructions it uses."""
    data = struct.pack("<IIQ6Q", number, arch, 0, *arguments, *[0] * (6 - len(arguments)))
    program = [struct.unpack_from("<HBBI", code, at) for at in range(0, len(code), 8)]
    at = accumulator = steps = 0
    while True:
        steps += 1
        assert steps <= len(program), "a filter has no loops"
        operation, jump_true, jump_false, value = program[at]
        at += 1
        if operation == 0x20:
            (accumulator,) = struct.unpack_from("<I", data, value)
        elif operation == 0x54:
            accumulator &= value
        elif operation == 0x06:
            return value
        else:
            taken = {0x15: accumulator == value, 0x35: accumulator >= value, 0x45: bool(accumulator & value)}[operation]
            at += jump_true if taken else jump_false


def ask(machine: str, name: str, *arguments: int, only_signal: int | None = None) -> int:
    """The verdict on a call by name."""
    code = seccomp.program(machine, only_signal)
    return verdict(code, NUMBERS[machine][name], arguments, AUDIT[machine])


@MACHINES
def test_the_program_is_well_formed(machine):
    """its length is within the kernel's limit, and every path ends in a verdict"""
    for only in (None, 4711):
        code = seccomp.program(machine, only)
        assert len(code) % 8 == 0
        assert len(code) // 8 < 4096
        for number in range(500):
            assert verdict(code, number, (), AUDIT[machine]) in (ALLOW, KILL, EPERM, ENOSYS, GRANTED)


@MACHINES
@pytest.mark.parametrize("only", [None, 4711])
def test_what_is_refused_and_what_is_open(machine, only):
    """sockets, namespaces, tracing and kernel doors are refused; what every program needs is open"""
    assert {name: ask(machine, name, only_signal=only) for name in REFUSED} == dict.fromkeys(REFUSED, EPERM)
    assert {name: ask(machine, name, only_signal=only) for name in OPEN} == dict.fromkeys(OPEN, ALLOW)


@MACHINES
def test_clone_makes_threads_and_processes_but_no_namespaces(machine):
    """an ordinary clone is open, one with any namespace flag is refused, and clone3 is said not to exist"""
    thread, fork = 0x3D0F00, 0x1200011
    assert ask(machine, "clone", thread) == ask(machine, "clone", fork) == ALLOW
    for flag in (0x80, 0x20000, 0x2000000, 0x4000000, 0x8000000, 0x10000000, 0x20000000, 0x40000000):
        assert ask(machine, "clone", fork | flag) == EPERM
        assert ask(machine, "clone", flag | 1 << 40) == EPERM
    assert ask(machine, "clone3") == ENOSYS


@MACHINES
@pytest.mark.parametrize("only", [None, 4711])
def test_locks_are_granted_and_not_taken(machine, only):
    """a lock on a file succeeds and nothing is locked; who else holds one, leases and signals by files are refused"""
    assert ask(machine, "flock", 3, 2, only_signal=only) == GRANTED
    for command in (6, 7, 37, 38):
        assert ask(machine, "fcntl", 3, command, only_signal=only) == GRANTED
    for command in (5, 8, 10, 15, 36, 1024, 1026, 1026 | 1 << 32):
        assert ask(machine, "fcntl", 3, command, only_signal=only) == EPERM
    for command in (0, 1, 2, 3, 4, 1030, 1031):  # descriptors and their flags, the size of a pipe
        assert ask(machine, "fcntl", 3, command, only_signal=only) == ALLOW
    for command, expected in ((0x8901, EPERM), (0x8902, EPERM), (0x5412, EPERM), (0x5401, ALLOW), (0x541B, ALLOW)):
        assert ask(machine, "ioctl", 3, command, only_signal=only) == expected


@MACHINES
def test_pairs_of_sockets_are_streams(machine):
    """only a stream between two ends of one's own: a datagram could go to anybody, and no other family is needed"""
    for kind in (1, 1 | 0x80000, 1 | 0x800, 1 | 0x80800, 1 | 1 << 40):
        assert ask(machine, "socketpair", 1, kind) == ALLOW
    for family, kind in ((1, 2), (1, 2 | 0x80000), (1, 3), (1, 5), (1, 0), (0, 1), (2, 1), (30, 1), (40, 1)):
        assert ask(machine, "socketpair", family, kind) == EPERM


@MACHINES
def test_another_architecture_is_killed(machine):
    """a call under another architecture's numbers ends the process"""
    code = seccomp.program(machine)
    for arch in {*AUDIT.values(), 0x40000003, 0} - {AUDIT[machine]}:
        assert verdict(code, NUMBERS[machine]["read"], (), arch) == KILL


def test_the_x32_door_is_shut():
    """on x86-64 the same calls under x32 numbers are refused"""
    code = seccomp.program("x86_64")
    for name, number in NUMBERS["x86_64"].items():
        assert verdict(code, number | 0x40000000, (), AUDIT["x86_64"]) == EPERM, name


@MACHINES
def test_signals_and_limits_go_to_one_process_alone(machine):
    """without a pid namespace, only the process itself may be signalled or limited"""
    for name in ("kill", "tkill", "tgkill"):
        assert ask(machine, name, 4711, only_signal=4711) == ALLOW
        for other in (1, 0, 4712, 0xFFFFFFFF, 0xFFFFFFFFFFFFFFFF):
            assert ask(machine, name, other, only_signal=4711) == EPERM
        assert ask(machine, name, 1) == ALLOW  # with a pid namespace there is nobody else
    for pid, expected in ((0, ALLOW), (4711, ALLOW), (1, EPERM), (4712, EPERM)):
        assert ask(machine, "prlimit64", pid, only_signal=4711) == expected


@MACHINES
def test_metadata_of_files_is_kept_where_files_are_not_hidden(machine):
    """modes cannot be changed where Landlock alone guards the files, for Landlock does not cover them"""
    name = "chmod" if machine == "x86_64" else "fchmodat"
    assert ask(machine, name, only_signal=4711) == EPERM
    assert ask(machine, name) == ALLOW


TRY = """
import ctypes, os, socket
libc = ctypes.CDLL(None, use_errno=True)
from autograder.sandbox.worker import seccomp
assert libc.prctl(38, 1, 0, 0, 0) == 0
seccomp.install()
def refused(what):
    try:
        what()
    except PermissionError:
        return True
assert refused(lambda: socket.socket())
assert refused(lambda: os.memfd_create("x"))
assert libc.unshare(0x10000000) == -1 and ctypes.get_errno() == 1
a, b = socket.socketpair(); a.send(b"x"); assert b.recv(1) == b"x"
assert refused(lambda: socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM))
import fcntl, sqlite3, tempfile
with tempfile.NamedTemporaryFile() as file:
    fcntl.flock(file, fcntl.LOCK_EX)
    with open(file.name) as again:
        fcntl.flock(again, fcntl.LOCK_EX | fcntl.LOCK_NB)  # granted, too: nothing was locked
    with sqlite3.connect(file.name + ".db") as book:  # which locks its file
        book.execute("create table t (x)"); book.execute("insert into t values (5)")
    assert sqlite3.connect(file.name + ".db").execute("select x from t").fetchall() == [(5,)]
    os.remove(file.name + ".db")
import threading
t = threading.Thread(target=lambda: None); t.start(); t.join()
pid = os.fork()
if pid == 0:
    os._exit(0 if refused(lambda: socket.socket()) else 1)
assert os.waitpid(pid, 0)[1] == 0
print("as expected")
"""


@pytest.mark.skipif(not seccomp.supported(), reason="there is no filter for this system or architecture")
def test_the_kernel_takes_the_filter():
    """the kernel accepts the program: sockets and namespaces are refused for good, threads and forks go on"""
    done = subprocess.run(
        [sys.executable, "-c", TRY], capture_output=True, text=True, timeout=60, check=False, stdin=subprocess.DEVNULL
    )
    if "seccomp filter refused" in done.stderr:
        pytest.skip(f"this kernel takes no seccomp filters ({platform.release()})")
    assert done.stdout == "as expected\n", done.stderr
