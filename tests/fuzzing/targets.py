"""What is fuzzed: bytes from strangers go in, and only documented errors may come out.

Each target takes bytes. Hypothesis drives them in the suite, a coverage-guided fuzzer in ``make fuzz``;
inputs that once broke one lie in ``corpus/<target>/``.
"""

from __future__ import annotations

import io
import socket
import tempfile
import time
import zipfile
from collections.abc import Callable
from pathlib import Path, PurePosixPath
from typing import Any

import torch

from autograder.checking.compare import agree, difference, number_difference
from autograder.checking.typeset import typeset
from autograder.course import syllabus
from autograder.errors import SubmissionError
from autograder.intake.magics import inert
from autograder.intake.source import read_source
from autograder.intake.submissions import read_class
from autograder.sandbox.wire.channel import BadFrame, Channel, ChannelClosed, DeadlineExceeded
from autograder.sandbox.wire.codec import CodecError
from autograder.sandbox.wire.decoder import Decoder
from autograder.sandbox.wire.encoder import Encoder
from autograder.sandbox.wire.peer import Peer
from autograder.sandbox.wire.problems import ProtocolError, RemoteError

CORPUS = Path(__file__).parent / "corpus"


class Objects:
    """The peer's part for a decoder that stands alone."""

    def export(self, value: Any) -> tuple[bool, int, tuple[Any, ...]]:
        """Everything has one number."""
        return True, 1, ("thing", ())

    def adopt(self, number: int, info: tuple[Any, ...]) -> Any:
        """A tuple that says what came."""
        return number, info

    def resolve(self, number: int) -> Any:
        """Nothing is known here."""
        raise CodecError(f"handle {number} is not known here")


def decode(data: bytes, strided: bool) -> Any:
    """The value of these bytes, None where they are none."""
    try:
        decoder = Decoder(data, [], Objects(), strided=strided)
        value = decoder.value()
        decoder.changed()
        return value
    except (CodecError, RecursionError):
        return None


def decoder(data: bytes) -> None:
    """Bytes as either side reads them; what was read can be shown, compared and sent on."""
    for strided in (True, False):
        value = decode(data, strided)
        typeset(value)
        agree(value, value)
        encoder = Encoder(Objects(), strided=strided)
        try:
            encoder.value(value)
        except CodecError:
            continue
        decode(bytes(encoder.out), strided)


def answers(data: bytes) -> None:
    """Bytes as a worker's whole side of a conversation: the judge asks, and reads whatever comes."""
    ours, theirs = socket.socketpair()
    try:
        theirs.sendall(data[: 1 << 16])
        theirs.shutdown(socket.SHUT_WR)
        channel = Channel(ours)
        peer = Peer(channel, trusted=True, adopt=lambda peer, number, info: type("Stand", (), {})())
        for _ in range(4):
            channel.deadline = time.monotonic() + 2
            try:
                peer.call(1, None, (torch.ones(2, requires_grad=True),), {})
            except RemoteError:
                continue
    except (ProtocolError, BadFrame, ChannelClosed, DeadlineExceeded, CodecError):
        pass
    finally:
        ours.close()
        theirs.close()


def sources(data: bytes) -> None:
    """Bytes as a ``.py`` and as a notebook."""
    for name in ("softmax.py", "softmax.ipynb"):
        cells, problem = read_source(data, name)
        assert bool(cells) != (problem is not None), (cells, problem)
    text = data.decode("utf-8", "replace")
    assert inert(text).count("\n") == text.count("\n") or text.lstrip().startswith("%%")


def archives(data: bytes) -> None:
    """Bytes as a zip of a class, and as the content and the name of one file in a sound zip."""
    course = syllabus_once()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "class.zip"
        half = len(data) // 2
        sound = io.BytesIO()
        with zipfile.ZipFile(sound, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("ada/softmax.py", data[half:])
            name = data[:half].decode("utf-8", "replace").replace("\0", "")[:200]
            archive.writestr(str(PurePosixPath(name or "x") / "softmax.ipynb"), data[half:])
        for content in (data, b"PK\x03\x04" + data, sound.getvalue(), sound.getvalue()[: -1 - half % 60] + data):
            path.write_bytes(content)
            try:
                read_class(path, course)
            except SubmissionError:
                continue


def comparing(data: bytes) -> None:
    """Two values from bytes: comparing and showing them never fails, and each equals itself."""
    half = len(data) // 2
    a, b = decode(data[:half], False), decode(data[half:], False)
    for actual, expected in ((a, b), (b, a)):
        difference(actual, expected, rtol=None, atol=None, dtype=True)
        if isinstance(expected, (int, float, complex)):
            number_difference(actual, expected)
        agree(actual, expected)
        typeset(actual)


_syllabus: list[Any] = []


def syllabus_once() -> Any:
    """The course, read once."""
    if not _syllabus:
        from autograder.course.trees import trees

        _syllabus.append(syllabus.load(trees()))
    return _syllabus[0]


TARGETS: dict[str, Callable[[bytes], None]] = {f.__name__: f for f in (decoder, answers, sources, archives, comparing)}
