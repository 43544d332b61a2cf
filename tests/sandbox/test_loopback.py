"""A process that inherits nothing connects and shows its token."""

from __future__ import annotations

import socket
import threading
import time

from autograder.sandbox.wire.loopback import Doorway, knock, new_token


def test_who_shows_the_token_is_let_in():
    """a stranger with another token and one with half of it are hung up on; the awaited one comes in"""
    door, token = Doorway(), new_token()
    assert token != new_token()
    strangers: list[socket.socket] = []

    def come() -> None:
        strangers.append(knock(door.port, new_token()))
        half = socket.create_connection(("127.0.0.1", door.port))
        half.sendall(token[:16].encode())
        half.shutdown(socket.SHUT_WR)
        strangers.append(half)
        strangers.append(knock(door.port, token))
        strangers[-1].sendall(b"hello")

    visitors = threading.Thread(target=come)
    visitors.start()
    line = door.admit(token, lambda: True, 20)
    visitors.join()
    assert line is not None
    assert line.recv(5) == b"hello"
    assert [stranger.recv(1) for stranger in strangers[:2]] == [b"", b""]
    for one in (line, *strangers):
        one.close()
    door.close()


def test_nobody_is_waited_for_in_vain():
    """one that ended will not come, and patience ends"""
    door = Doorway()
    started = time.monotonic()
    assert door.admit(new_token(), lambda: False, 60) is None
    assert door.admit(new_token(), lambda: True, 0.3) is None
    assert time.monotonic() - started < 10
    door.close()
