"""Memory that both sides map: what a call is given lies in it, so that the judge sees what became of it.

No message says whether an argument was altered in place: the judge compares the bytes that it wrote with those that
stand there when the call has ended. Nothing is written over what was handed out, which may be kept over there: memory
is given back by whoever unmaps it last. Linux has such memory, elsewhere arguments travel with the message.
"""

from __future__ import annotations

import mmap
import os
import struct
import sys

SEGMENT = 1 << 20  #: bytes of one file, or as many as one message takes
ALIGNMENT = 64  #: of an array's first byte, as torch aligns its own
KIND = 10  #: where the letter stands in a message that says what it is
REQUEST, WATCHED = b"qw"  #: of a request; of one whose arguments the judge looks at when it is answered
ENDS = b"rx"  #: of what answers a request
POINTER = struct.Struct("<QQ")  #: where a message begins in the newest file, and how many bytes it has
AVAILABLE = sys.platform == "linux"


def padding(position: int) -> int:
    """Return how many bytes stand before an array that may begin at `position`."""
    return -position % ALIGNMENT


def shared_file(nbytes: int) -> int:
    """Return a file in memory whose size nobody can change: whoever maps it can read all of it."""
    import fcntl

    fd = os.memfd_create("gradus", os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING)
    os.ftruncate(fd, nbytes)
    fcntl.fcntl(fd, 1033, 1 | 2 | 4)  # F_ADD_SEALS: SEAL, SHRINK, GROW
    return fd


class Region:
    """One message in shared memory, and what it was."""

    def __init__(self, memory: mmap.mmap, start: int, message: bytes | bytearray):
        self._memory, self._start, self._message = memory, start, message

    def altered(self) -> bytes | None:
        """Return the message as it stands there now; None where it is as it was."""
        now = self._memory[self._start : self._start + len(self._message)]
        return now if now != self._message else None


class Arena:
    """The judge's side: puts messages into files that the other side maps too."""

    def __init__(self) -> None:
        self._memory: mmap.mmap | None = None
        self._used = 0

    def put(self, message: bytes | bytearray) -> tuple[Region, bytes, list[int]]:
        """Write a message; return where, a pointer to it, and the file if it is a new one."""
        start, files = self._used + padding(self._used), []
        if self._memory is None or start + len(message) > len(self._memory):
            nbytes, start = max(SEGMENT, len(message)), 0
            files = [shared_file(nbytes)]
            self._memory = mmap.mmap(files[0], nbytes)
        self._used = start + len(message)
        self._memory[start : self._used] = bytes(message)
        return Region(self._memory, start, message), POINTER.pack(start, len(message)), files

    def close(self) -> None:
        """Unmap the newest file: Python keeps a descriptor as long as a file is mapped."""
        if self._memory is not None:
            self._memory.close()
            self._memory = None


class Mapped:
    """The other side: reads messages where they stand."""

    def __init__(self) -> None:
        self._memory: mmap.mmap | None = None

    def read(self, pointer: bytes | bytearray, fd: int | None) -> memoryview:
        """Return the message that a pointer leads to, in a new file if one came with it."""
        if fd is not None:
            self._memory = mmap.mmap(fd, os.fstat(fd).st_size)
            os.close(fd)
        if self._memory is None:
            raise ValueError("a pointer into no memory")
        start, length = POINTER.unpack(pointer)
        return memoryview(self._memory)[start : start + length]
