"""Frames over a stream socket."""

from __future__ import annotations

import os
import socket
import struct
import threading
import time
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.sandbox.wire import channel as module
from autograder.sandbox.wire.channel import BadFrame, Channel, ChannelClosed, DeadlineExceeded
from autograder.sandbox.wire.codec import MAX_FRAME

Ends = tuple[Channel, socket.socket]


@pytest.fixture
def ends() -> Iterator[Ends]:
    """A channel with a deadline of ten seconds, and the bare socket at its other end."""
    ours, theirs = socket.socketpair()
    channel = Channel(ours)
    channel.deadline = time.monotonic() + 10
    yield channel, theirs
    channel.close()
    theirs.close()


def header(length: int, files: int = 0) -> bytes:
    """The first bytes of a frame."""
    return struct.pack("<IB", length, files)


@given(st.lists(st.binary(max_size=300), min_size=1, max_size=6), st.integers(1, 50))
def test_frames_arrive_whole_and_in_order(bodies, step):
    """frames arrive as they were sent, however the bytes were cut on the way"""
    a, b = socket.socketpair()
    with a, b:
        reader = Channel(b)
        reader.deadline = time.monotonic() + 10
        stream = b"".join(header(len(body)) + body for body in bodies)
        feeder = threading.Thread(target=lambda: [a.sendall(stream[i : i + step]) for i in range(0, len(stream), step)])
        feeder.start()
        assert [bytes(reader.receive()[0]) for _ in bodies] == bodies
        feeder.join()


def test_a_large_frame_crosses_in_both_modes(ends):
    """a frame far larger than the socket's buffer crosses, with and without a deadline"""
    channel, theirs = ends
    other = Channel(theirs)
    body = bytes(range(256)) * 20_000
    for deadline in (time.monotonic() + 30, None):
        channel.deadline = other.deadline = deadline
        sender = threading.Thread(target=channel.send, args=(body,))
        sender.start()
        got, fds = other.receive()
        sender.join()
        assert got == body
        assert fds == []


def test_an_empty_frame(ends):
    """a frame of no bytes is a frame"""
    channel, theirs = ends
    theirs.sendall(header(0))
    assert channel.receive() == (bytearray(), [])


def test_descriptors_cross_and_are_closed_by_the_sender(ends):
    """a passed file can be read at the other end, and the sender holds it no longer"""
    channel, theirs = ends
    reading, writing = os.pipe()
    channel.send(b"file", [reading])
    with pytest.raises(OSError, match="Bad file descriptor"):
        os.fstat(reading)
    body, (got,) = Channel(theirs).receive()
    os.write(writing, b"hello")
    assert (body, os.read(got, 5)) == (b"file", b"hello")
    os.close(got)
    os.close(writing)


def test_descriptors_are_closed_even_when_sending_fails(ends):
    """a frame that cannot be sent leaks no descriptor"""
    channel, theirs = ends
    theirs.close()
    reading, writing = os.pipe()
    os.close(writing)
    with pytest.raises(ChannelClosed):
        channel.send(b"file", [reading])
    with pytest.raises(OSError, match="Bad file descriptor"):
        os.fstat(reading)


def test_a_frame_without_its_files_is_refused(ends):
    """a frame that announces more files than came is refused"""
    channel, theirs = ends
    theirs.sendall(header(3, 2) + b"abc")
    with pytest.raises(BadFrame, match="files"):
        channel.receive()


def test_an_unannounced_file_is_refused_and_closed(ends):
    """a file that was not announced is refused, and its descriptor does not stay open here"""
    channel, theirs = ends
    reading, writing = os.pipe()
    socket.send_fds(theirs, [header(3) + b"abc"], [writing])
    os.close(writing)
    with pytest.raises(BadFrame, match="files"):
        channel.receive()
    assert os.read(reading, 1) == b"", "the passed end is still open somewhere"
    os.close(reading)


def test_a_claimed_length_beyond_the_cap_is_refused(ends):
    """a header that claims more than a frame may hold is refused at once, before any of it arrives"""
    channel, theirs = ends
    for length in (MAX_FRAME + 1, 0xFFFFFFFF):
        theirs.sendall(header(length))
        with pytest.raises(BadFrame, match="claims"):
            Channel(channel._sock).receive()


def test_what_is_too_large_is_not_sent(ends, monkeypatch):
    """a frame beyond the cap is refused here, not there"""
    channel, theirs = ends
    monkeypatch.setattr(module, "MAX_FRAME", 100)
    with pytest.raises(BadFrame, match="too large"):
        channel.send(b"x" * 101)
    theirs.setblocking(False)
    with pytest.raises(BlockingIOError):
        theirs.recv(1)


@pytest.mark.parametrize("sent", [b"", header(10)[:3], header(10), header(10) + b"abc"])
def test_the_other_end_closed(ends, sent):
    """a connection that ends, within a frame or between two, is ChannelClosed"""
    channel, theirs = ends
    theirs.sendall(sent)
    theirs.close()
    with pytest.raises(ChannelClosed):
        channel.receive()


@pytest.mark.parametrize("sent", [b"", header(10)[:3], header(10) + b"abc"])
def test_a_silent_end_meets_the_deadline(ends, sent):
    """neither silence nor half a frame holds the reader beyond its deadline"""
    channel, theirs = ends
    theirs.sendall(sent)
    channel.deadline = time.monotonic() + 0.1
    with pytest.raises(DeadlineExceeded):
        channel.receive()


def test_a_dripping_end_meets_the_deadline(ends):
    """bytes that arrive one by one do not extend the deadline"""
    channel, theirs = ends
    channel.deadline = time.monotonic() + 0.3
    stop = threading.Event()

    def drip() -> None:
        theirs.sendall(header(1000))
        for _ in range(500):
            if stop.wait(0.02):
                return
            theirs.sendall(b"x")

    dripping = threading.Thread(target=drip)
    dripping.start()
    with pytest.raises(DeadlineExceeded):
        channel.receive()
    stop.set()
    dripping.join()


def test_an_end_that_never_reads_meets_the_deadline(ends):
    """a full socket holds the sender no longer than its deadline"""
    channel, _ = ends
    channel.deadline = time.monotonic() + 0.1
    with pytest.raises(DeadlineExceeded):
        channel.send(b"x" * (8 << 20))


def test_sending_to_a_closed_end(ends):
    """sending to nobody is ChannelClosed"""
    channel, theirs = ends
    theirs.close()
    with pytest.raises(ChannelClosed):
        channel.send(b"x" * 1000)
