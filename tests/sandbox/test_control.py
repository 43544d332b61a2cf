"""JSON lines with descriptors: whole messages, each with what belongs to it and nothing else."""

from __future__ import annotations

import json
import os
import socket
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.sandbox.wire.control import ControlLine


@pytest.fixture
def ends() -> Iterator[tuple[ControlLine, ControlLine]]:
    """Both ends of a line."""
    a, b = socket.socketpair()
    one, other = ControlLine(a), ControlLine(b)
    yield one, other
    one.close()
    other.close()


JSON = st.recursive(st.none() | st.booleans() | st.integers() | st.text(), lambda x: st.lists(x, max_size=3))


@given(st.lists(st.dictionaries(st.text(max_size=5), JSON, max_size=3), max_size=6))
def test_messages_come_whole_and_in_order(messages):
    """whatever is sent at once is read as so many messages, newlines inside texts included"""
    a, b = socket.socketpair()
    one, other = ControlLine(a), ControlLine(b)
    for message in messages:
        one.send({**message, "descriptor": 1})
    assert [other.receive() for _ in messages] == [({**m, "descriptor": 1}, []) for m in messages]
    assert not other.waiting
    one.close()
    other.close()


def test_a_descriptor_stays_with_its_message(ends):
    """a message without one that is read together with a message that has one does not get it"""
    one, other = ends
    reading, writing = os.pipe()
    one.send({"op": "plain"})
    one.send({"op": "with"}, writing)
    one.send({"op": "last"})
    os.close(writing)
    got = [other.receive() for _ in range(3)]
    assert [message["op"] for message, _ in got] == ["plain", "with", "last"]
    assert [len(fds) for _, fds in got] == [0, 1, 0]
    (mine,) = got[1][1]
    os.write(mine, b"x")
    assert os.read(reading, 1) == b"x"
    for fd in (mine, reading):
        os.close(fd)


def test_ask_and_hanging_up(ends):
    """an answer comes back; None says that the other end is gone"""
    one, other = ends
    other.send({"pid": 3})
    assert one.ask({"op": "fork"}) == {"pid": 3}
    assert other.receive() == ({"op": "fork"}, [])
    other.close()
    assert one.receive() is None


def test_a_message_in_pieces(ends):
    """a long message that arrives piece by piece is one message"""
    one, other = ends
    text = json.dumps({"long": "x" * 70_000}).encode() + b"\n"
    one.sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1 << 18)
    one.sock.sendall(text[:9])
    one.sock.sendall(text[9:])
    message, fds = other.receive()
    assert len(message["long"]) == 70_000
    assert fds == []
