"""Channels between two workers that run at once: what one does must not be seen by the other.

Every attempt is first made between two unconfined workers, where it must succeed: else it would prove nothing.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable

import pytest

from autograder.errors import SandboxError
from autograder.sandbox.host.base import LEVELS, Limits
from autograder.sandbox.host.forked import Template
from tests.helpers import ROOT

SOURCE = r'''
import ctypes, fcntl, glob, mmap, os, select, socket, struct, sys, threading, time

libc = ctypes.CDLL(None, use_errno=True)
kept = []
FILE = os.path.realpath(sys.executable)  # both may read it, neither may write it

def attempt(what):
    """what it came to, None where it is refused"""
    try:
        return what()
    except (OSError, EOFError):
        return None

def lock(): kept.append(open(FILE, "rb")); return kept[-1].fileno()

def say_by_flock(): return attempt(lambda: fcntl.flock(lock(), fcntl.LOCK_EX | fcntl.LOCK_NB))
def hear_by_flock(said):
    try:
        fcntl.flock(lock(), fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:
        pass
    return False

def say_by_record_lock():
    return attempt(lambda: fcntl.fcntl(lock(), fcntl.F_SETLK, struct.pack("hhqqi", fcntl.F_RDLCK, 0, 77, 1, 0)))
def hear_by_record_lock(said):
    ask = struct.pack("hhqqi", fcntl.F_WRLCK, 0, 77, 1, 0)
    answer = attempt(lambda: fcntl.fcntl(lock(), fcntl.F_GETLK, ask))
    return answer is not None and struct.unpack_from("h", answer)[0] == fcntl.F_RDLCK

def say_by_lease(): return attempt(lambda: fcntl.fcntl(lock(), fcntl.F_SETLEASE, fcntl.F_RDLCK))
def hear_by_lease(said):
    return attempt(lambda: fcntl.fcntl(lock(), fcntl.F_SETLEASE, fcntl.F_WRLCK)) is None and said is not None

def listen_by_watch():
    watch = libc.inotify_init1(os.O_NONBLOCK)
    kept.append(watch)
    return watch < 0 or libc.inotify_add_watch(watch, FILE.encode(), 0x20)  # IN_OPEN
def say_by_watch(): lock()
def hear_by_watch(said): return attempt(lambda: bool(os.read(kept[0], 4096))) or False

def say_by_terminal():
    pair = attempt(os.openpty)
    if pair:
        kept.extend(pair)
        os.write(pair[0], b"heard\n")
        return attempt(lambda: os.ttyname(pair[1]))
def hear_by_terminal(said):
    for path in [said] if said else glob.glob("/dev/pts/[0-9]*"):
        fd = attempt(lambda: os.open(path, os.O_RDONLY | os.O_NOCTTY | os.O_NONBLOCK))
        if fd is not None and attempt(lambda: os.read(fd, 9)) == b"heard\n":
            return True
    return False

def listen_by_datagram():
    def bound():
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
        ours.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 1)
        ours.send(b"x")  # which gives it an abstract name of the kernel's
        theirs.close()
        attempt(lambda: ours.send(b"x"))  # and this takes its peer away: now anybody may write to it
        ours.setblocking(False)
        kept.append(ours)
        return ours.getsockname()
    return attempt(bound)
def say_by_datagram(listened):
    return attempt(lambda: socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)[0].sendto(b"heard", listened or b"\0x"))
def hear_by_datagram(said): return attempt(lambda: kept[0].recv(5)) == b"heard" if kept else False

def say_by_queue():
    queue = libc.msgget(0x67726165, 0o1600)
    return queue if queue < 0 else libc.msgsnd(queue, ctypes.create_string_buffer(struct.pack("q", 1) + b"heard"), 5, 0)
def hear_by_queue(said):
    queue, text = libc.msgget(0x67726165, 0), ctypes.create_string_buffer(13)
    heard = queue >= 0 and libc.msgrcv(queue, text, 5, 0, 0x800) == 5
    if queue >= 0:
        libc.msgctl(queue, 0, None)
    return heard

def say_by_named_queue():
    queue = ctypes.CDLL(None).mq_open(b"/gradus-between", os.O_RDWR | os.O_CREAT, 0o600, None)
    return queue < 0 or libc.mq_send(queue, b"heard", 5, 0)
def hear_by_named_queue(said):
    queue = libc.mq_open(b"/gradus-between", os.O_RDWR | os.O_NONBLOCK)
    libc.mq_unlink(b"/gradus-between")
    return queue >= 0 and libc.mq_receive(queue, ctypes.create_string_buffer(8192), 8192, None) == 5

def say_by_shared_memory():
    def write():
        with open("/dev/shm/gradus-between", "w") as file:
            file.write("heard")
    attempt(write)
def hear_by_shared_memory(said):
    heard = attempt(lambda: open("/dev/shm/gradus-between").read()) == "heard"
    attempt(lambda: os.unlink("/dev/shm/gradus-between"))
    return heard

def say_by_segment(): return libc.shmget(0x67726165, 4096, 0o1600)
def hear_by_segment(said):
    segment = libc.shmget(0x67726165, 4096, 0)
    if segment >= 0:
        libc.shmctl(segment, 0, None)
    return segment >= 0

def say_by_machine():
    kept.append(b"x" * (300 << 20))
def listen_by_machine(): return free()
def free():
    told = (ctypes.c_ulong * 20)()
    return told[5] if libc.sysinfo(told) == 0 else 0  # what is free
def hear_by_machine(said): return free() != 0

def say_by_futex():
    kept.append(mapped())
    def wait():
        word = (ctypes.c_uint32).from_address(kept[-1])
        libc.syscall({"x86_64": 202, "aarch64": 98}[os.uname().machine], ctypes.c_void_p(kept[-1]), 0, word.value,
                     struct.pack("qq", 5, 0))
    threading.Thread(target=wait, daemon=True).start()
    time.sleep(0.3)
def mapped():
    libc.mmap.restype = ctypes.c_void_p
    libc.mmap.argtypes = [ctypes.c_void_p, ctypes.c_size_t] + [ctypes.c_int] * 3 + [ctypes.c_long]
    return libc.mmap(None, 4096, mmap.PROT_READ, mmap.MAP_SHARED, lock(), 0)
def hear_by_futex(said):
    call = {"x86_64": 202, "aarch64": 98}[os.uname().machine]
    return libc.syscall(call, ctypes.c_void_p(mapped()), 1, 1) == 1

def say_by_memory():
    kept.append(ctypes.create_string_buffer(b"heard", 8))
    return os.getpid(), ctypes.addressof(kept[-1])
def hear_by_memory(said):
    text = ctypes.create_string_buffer(5)
    ours, theirs = ((ctypes.c_size_t * 2)(address, 5) for address in (ctypes.addressof(text), said[1]))
    return libc.process_vm_readv(said[0], ours, 1, theirs, 1, 0) == 5 and text.raw == b"heard"

def say_by_descriptor():
    reading, writing = os.pipe()
    kept.extend((reading, writing))
    os.write(writing, b"heard")
    return os.getpid(), reading
def hear_by_descriptor(said):
    pidfd = attempt(lambda: os.pidfd_open(said[0]))
    fd = -1 if pidfd is None else libc.syscall(438, pidfd, said[1], 0)
    return fd >= 0 and os.read(fd, 5) == b"heard"

def say_by_table(): return os.getpid()
def hear_by_table(said): return attempt(lambda: b"python" in open(f"/proc/{said}/comm", "rb").read()) or False

def say_by_key():
    call = {"x86_64": 248, "aarch64": 217}[os.uname().machine]
    return libc.syscall(call, b"user", b"gradus-between", b"heard", 5, -4)  # the user's own keyring
def hear_by_key(said):
    add, ask = {"x86_64": (248, 250), "aarch64": (217, 219)}[os.uname().machine]
    found = libc.syscall(ask, 10, -4, b"user", b"gradus-between", 0)  # KEYCTL_SEARCH
    return found >= 0 and libc.syscall(ask, 3, found) == 0  # KEYCTL_REVOKE

def say_by_file(): return attempt(lambda: os.mkfifo(os.path.join(os.environ["TMPDIR"], "heard"))), os.environ["TMPDIR"]
def hear_by_file(said): return attempt(lambda: "heard" in os.listdir(said[1])) or False

def listen(way): return globals().get(f"listen_by_{way}", lambda: None)()
def say(way, *listened): return globals()[f"say_by_{way}"](*listened if way == "datagram" else ())
def hear(way, said): return bool(globals()[f"hear_by_{way}"](said))
'''

WAYS = tuple(re.findall(r"def hear_by_(\w+)", SOURCE))
#: what gets through where, as SECURITY.md says
OPEN = {"futex": ("namespaces", "landlock")}


def heard(template: Template, way: str, student_in: Callable) -> bool:
    """Does the second of two workers learn what the first does?"""
    one, other = (student_in(template, SOURCE, limits=Limits(memory_mb=700)) for _ in range(2))
    listened = other.listen(way)
    return other.hear(way, one.say(way, listened))


@pytest.mark.skipif(sys.platform != "linux", reason="these are Linux's own calls")
@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("level", LEVELS)
def test_two_workers_do_not_hear_each_other(level, way, template_of, student_in):
    """two unconfined workers hear each other by each of these ways; confined ones by those alone that are named"""
    try:
        through = heard(template_of(level), way, student_in)
    except SandboxError as error:
        pytest.skip(f"{level} does not work on this machine: {error}")
    if level == "plain" and not through:
        pytest.skip("this machine has no such way")
    assert through == (level == "plain" or level in OPEN.get(way, ()))


def test_the_ways_that_are_open_are_named():
    """SECURITY.md names every way between workers that is open, with its levels, and no other"""
    text = (ROOT / "SECURITY.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `(\w+)` between workers \| ([\w, ]+) \|", text, re.MULTILINE)
    assert {way: tuple(levels.split(", ")) for way, levels in rows} == OPEN
