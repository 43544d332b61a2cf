"""A small system-call filter, assembled by hand: no sockets, no namespaces, no tracing, no kernel doors.

Refused calls fail with EPERM rather than killing, so that a library which merely tries one goes
on and a student's attempt ends in a readable PermissionError. Locks on files are granted without being taken.
"""

from __future__ import annotations

import ctypes
import platform
import struct
from functools import cache, lru_cache
from typing import Any

from .libc import libc

EPERM = 1
_RET_ALLOW, _RET_ERRNO, _RET_KILL = 0x7FFF0000, 0x00050000, 0x80000000
_REFUSE, _GRANT = _RET_ERRNO | EPERM, _RET_ERRNO  # an error of number 0 is none: "done", and nothing was
_LD_W_ABS, _JEQ, _JGE, _JSET, _AND, _RET = 0x20, 0x15, 0x35, 0x45, 0x54, 0x06
_AUDIT = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
_X32 = 0x40000000
_NEW_NAMESPACES = 0x7E020080  # every CLONE_NEW* flag
_CLONE3_ENOSYS = 38
_AF_UNIX, _SOCK_STREAM = 1, 1

#: name -> (number on x86_64, number on aarch64); None where the call does not exist
_REFUSED: dict[str, tuple[int | None, int | None]] = {
    "socket": (41, 198), "connect": (42, 203), "bind": (49, 200), "listen": (50, 201),
    "ptrace": (101, 117), "process_vm_readv": (310, 270), "process_vm_writev": (311, 271),
    "kcmp": (312, 272), "pidfd_getfd": (438, 438), "pidfd_open": (434, 434), "pidfd_send_signal": (424, 424),
    "unshare": (272, 97), "setns": (308, 268), "mount": (165, 40), "umount2": (166, 39),
    "pivot_root": (155, 41), "chroot": (161, 51), "open_tree": (428, 428), "move_mount": (429, 429),
    "fsopen": (430, 430), "fsconfig": (431, 431), "fsmount": (432, 432), "fspick": (433, 433),
    "mount_setattr": (442, 442),
    "bpf": (321, 280), "perf_event_open": (298, 241), "userfaultfd": (323, 282),
    "io_uring_setup": (425, 425), "io_uring_enter": (426, 426), "io_uring_register": (427, 427),
    "add_key": (248, 217), "request_key": (249, 218), "keyctl": (250, 219),
    "memfd_create": (319, 279), "memfd_secret": (447, 447), "shmget": (29, 194), "shmat": (30, 196),
    "kexec_load": (246, 104), "init_module": (175, 105), "finit_module": (313, 273), "delete_module": (176, 106),
    "reboot": (169, 142), "swapon": (167, 224), "swapoff": (168, 225), "acct": (163, 89), "quotactl": (179, 60),
    "personality": (135, 92), "setpriority": (141, 140), "name_to_handle_at": (303, 264),
    "open_by_handle_at": (304, 265),
    "mknod": (133, None), "mknodat": (259, 33),
    # by which two workers that run at once could talk: watches on files that both see, what the machine says of itself
    "fanotify_init": (300, 262), "fanotify_mark": (301, 263), "inotify_init": (253, None), "inotify_init1": (294, 26),
    "inotify_add_watch": (254, 27), "sysinfo": (99, 179), "syslog": (103, 116), "cachestat": (451, 451),
    "mq_open": (240, 180), "mq_unlink": (241, 181),
    "process_madvise": (440, 440), "process_mrelease": (448, 448), "migrate_pages": (256, 238),
    "move_pages": (279, 239), "quotactl_fd": (443, 443), "kexec_file_load": (320, 294), "statmount": (457, 457),
    "listmount": (458, 458),
}  # fmt: skip
#: what Landlock does not cover, such as mode, owner and times of files, or queues: refused where no mount
#: namespace hides them
_METADATA: dict[str, tuple[int | None, int | None]] = {
    "chmod": (90, None), "fchmod": (91, 52), "fchmodat": (268, 53), "fchmodat2": (452, 452),
    "chown": (92, None), "fchown": (93, 55), "lchown": (94, None), "fchownat": (260, 54),
    "utime": (132, None), "utimes": (235, None), "futimesat": (261, None), "utimensat": (280, 88),
    "setxattr": (188, 5), "lsetxattr": (189, 6), "fsetxattr": (190, 7),
    "truncate": (76, 45), "ioprio_set": (251, 30),
    "msgget": (68, 186), "msgctl": (71, 187), "msgrcv": (70, 188), "msgsnd": (69, 189),
    "semget": (64, 190), "semctl": (66, 191), "semtimedop": (220, 192), "semop": (65, 193), "shmctl": (31, 195),
    "removexattr": (197, 14), "lremovexattr": (198, 15), "fremovexattr": (199, 16),
}  # fmt: skip
#: calls whose first argument is a process: prlimit64, sched_setaffinity, sched_setscheduler, sched_setattr
_OWN_ALONE = {"x86_64": (302, 203, 144, 314), "aarch64": (261, 122, 119, 274)}
_CLONE, _CLONE3 = {"x86_64": 56, "aarch64": 220}, 435
#: calls that send a signal: kill, tkill, tgkill, rt_sigqueueinfo, rt_tgsigqueueinfo
_SIGNALS = {"x86_64": (62, 200, 234, 129, 297), "aarch64": (129, 130, 131, 138, 240)}
_FLOCK, _FCNTL = {"x86_64": 73, "aarch64": 32}, {"x86_64": 72, "aarch64": 25}
_IOCTL, _SOCKETPAIR = {"x86_64": 16, "aarch64": 29}, {"x86_64": 53, "aarch64": 199}
#: F_SETLK, F_SETLKW and theirs of an open file: granted and not taken, since nobody shares what a worker may write
_LOCKS = (6, 7, 37, 38)
#: F_GETLK, F_SETOWN, F_SETSIG, F_SETOWN_EX, F_OFD_GETLK, F_SETLEASE, F_NOTIFY: what another holds, or is sent
_OF_OTHERS = (5, 8, 10, 15, 36, 1024, 1026)
_IOCTLS = (0x8901, 0x8902, 0x5412)  # FIOSETOWN, SIOCSPGRP, TIOCSTI


def supported() -> bool:
    """Tell whether there is a filter for this machine's architecture."""
    return platform.system() == "Linux" and platform.machine() in _AUDIT


def _op(code: int, k: int, jt: int = 0, jf: int = 0) -> bytes:
    return struct.pack("<HBBI", code, jt, jf, k)


def _argument(number: int) -> int:
    """Return where the lower half of an argument lies."""
    return 16 + 8 * number


def _asked(number: int, argument: int, answers: dict[int, int], otherwise: int = _RET_ALLOW) -> list[bytes]:
    """Answer one call by the value of an argument."""
    body = [_op(_LD_W_ABS, _argument(argument))]
    for value, answer in answers.items():
        body += [_op(_JEQ, value, jf=1), _op(_RET, answer)]
    body.append(_op(_RET, otherwise))
    return [_op(_JEQ, number, jf=len(body)), *body]


@lru_cache(maxsize=1)  # the template's, made once, serves every worker
def program(machine: str, only_signal: int | None = None) -> bytes:
    """Write the filter as BPF instructions for one architecture.

    Where `only_signal` is given, signals, limits and scheduling go to that process alone, and no file's metadata
    may be changed.
    """
    column = 0 if machine == "x86_64" else 1
    calls = _REFUSED if only_signal is None else {**_REFUSED, **_METADATA}
    refused = sorted({n for pair in calls.values() if (n := pair[column]) is not None})

    out = [
        _op(_LD_W_ABS, 4),  # the architecture: numbers mean something else on another
        _op(_JEQ, _AUDIT[machine], jt=1),
        _op(_RET, _RET_KILL),
        _op(_LD_W_ABS, 0),  # the call's number
    ]
    if machine == "x86_64":
        out += [_op(_JGE, _X32, jf=1), _op(_RET, _REFUSE)]
    for number in refused:
        out += [_op(_JEQ, number, jf=1), _op(_RET, _REFUSE)]
    out += [_op(_JEQ, _FLOCK[machine], jf=1), _op(_RET, _GRANT)]
    out += _asked(_FCNTL[machine], 1, {**dict.fromkeys(_LOCKS, _GRANT), **dict.fromkeys(_OF_OTHERS, _REFUSE)})
    out += _asked(_IOCTL[machine], 1, dict.fromkeys(_IOCTLS, _REFUSE))
    if only_signal is not None:
        for number in _SIGNALS[machine]:
            out += _asked(number, 0, {only_signal: _RET_ALLOW}, _REFUSE)
        for number in _OWN_ALONE[machine]:
            out += _asked(number, 0, {0: _RET_ALLOW, only_signal: _RET_ALLOW}, _REFUSE)
    # a pair of datagram sockets could send to any address, though none can be bound or connected: streams alone
    out += [
        _op(_JEQ, _SOCKETPAIR[machine], jf=7),
        _op(_LD_W_ABS, _argument(0)),
        _op(_JEQ, _AF_UNIX, jf=4),
        _op(_LD_W_ABS, _argument(1)),
        _op(_AND, 0xF),  # without its flags
        _op(_JEQ, _SOCK_STREAM, jf=1),
        _op(_RET, _RET_ALLOW),
        _op(_RET, _REFUSE),
    ]
    # clone3 hides its flags behind a pointer: "not implemented" makes libc fall back to clone
    out += [_op(_JEQ, _CLONE3, jf=1), _op(_RET, _RET_ERRNO | _CLONE3_ENOSYS)]
    out += [
        _op(_JEQ, _CLONE[machine], jf=3),
        _op(_LD_W_ABS, _argument(0)),  # its flags
        _op(_JSET, _NEW_NAMESPACES, jf=1),
        _op(_RET, _REFUSE),
        _op(_RET, _RET_ALLOW),
    ]
    return b"".join(out)


class _Filter(ctypes.Structure):
    _fields_ = [("length", ctypes.c_ushort), ("instructions", ctypes.c_void_p)]


@cache
def filter_of(machine: str, only_signal: int | None = None) -> tuple[_Filter, Any]:
    """Return the filter as the kernel takes it, and the memory that it points to."""
    code = program(machine, only_signal)
    buffer = ctypes.create_string_buffer(code, len(code))
    return _Filter(len(code) // 8, ctypes.addressof(buffer)), buffer


def install(only_signal: int | None = None) -> None:
    """Put the filter on this process for good. It needs no_new_privs first.

    Args:
        only_signal: the one process that may be sent signals (where no pid namespace hides the others).

    Raises:
        OSError: the kernel refuses it.
    """
    given, _ = filter_of(platform.machine(), only_signal)
    if libc().prctl(22, 2, ctypes.byref(given), 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "seccomp filter refused")
