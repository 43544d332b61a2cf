"""Landlock through its three system calls: file access by an allow-list, without namespaces."""

from __future__ import annotations

import ctypes
import os
import struct

from .libc import libc

_CREATE, _ADD, _RESTRICT = 444, 445, 446
_EXECUTE, _WRITE_FILE, _READ_FILE, _READ_DIR = 1, 2, 4, 8
_ALL_FS = {1: (1 << 13) - 1, 2: (1 << 14) - 1, 3: (1 << 15) - 1, 4: (1 << 15) - 1}
_FILE_ONLY = _EXECUTE | _WRITE_FILE | _READ_FILE | 1 << 14
_NET = 3  # bind and connect TCP, from ABI 4
_SCOPES = 3  # abstract sockets and signals, from ABI 6


def abi() -> int:
    """Return the version of Landlock here, 0 where there is none."""
    c = libc()
    version: int = c.syscall(_CREATE, None, ctypes.c_size_t(0), 1)
    return max(version, 0)


def restrict(read: list[str], write: list[str]) -> None:
    """Allow reading below `read`, everything below `write`, listing of site folders, and nothing else.

    Raises:
        OSError: the kernel has no Landlock or refuses.
    """
    c = libc()
    version = abi()
    if version < 1:
        raise OSError("this kernel has no Landlock")
    every = _ALL_FS.get(version, (1 << 16) - 1)
    attributes = struct.pack("<Q", every)
    if version >= 4:
        attributes += struct.pack("<Q", _NET)
    if version >= 6:
        attributes += struct.pack("<Q", _SCOPES)
    ruleset = c.syscall(_CREATE, attributes, ctypes.c_size_t(len(attributes)), 0)
    if ruleset < 0:
        raise OSError(ctypes.get_errno(), "Landlock ruleset refused")
    reading = _EXECUTE | _READ_FILE | _READ_DIR
    for path, access in [(p, reading) for p in read] + [(p, every) for p in write]:
        # a leading '=' allows listing a folder's names alone
        listing, path = path.startswith("="), path.removeprefix("=")
        try:
            fd = os.open(path, os.O_PATH | os.O_CLOEXEC)
        except OSError:
            continue
        access = _READ_DIR if listing else access & (every if os.path.isdir(path) else _FILE_ONLY & every)
        rule = struct.pack("<Qi", access, fd)
        failed = c.syscall(_ADD, ruleset, 1, rule, 0)
        os.close(fd)
        if failed:
            raise OSError(ctypes.get_errno(), f"Landlock rule refused for {path}")
    if c.prctl(38, 1, 0, 0, 0) or c.syscall(_RESTRICT, ruleset, 0):
        raise OSError(ctypes.get_errno(), "Landlock refused")
    os.close(ruleset)
