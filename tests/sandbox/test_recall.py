"""Conversations with a check, kept and asked ahead."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.sandbox.host import recall as module
from autograder.sandbox.host.recall import Recall, Tape
from autograder.sandbox.wire.channel import AskedDifferently, Channel, ChannelClosed

Answer = Callable[[bytes], bytes]


class Line(Channel):
    """A channel to a worker that is a function of what it is asked; counts how often it was."""

    def __init__(self, answer: Answer):
        self.answer, self.asked, self.tape = answer, [], None

    def put(self, body, fds=None):
        self.asked.append(bytes(body))

    def take(self):
        return bytearray(self.answer(self.asked[-1])), []


def adaptive(line: Channel, length: int = 4) -> bytes:
    """A check: each question holds the last answer, and so does the verdict."""
    heard = b""
    for number in range(length):
        line.send(b"%d after %s" % (number, heard[-20:]))
        heard += bytes(line.receive()[0])
    return b"verdict on " + heard


def judged(recall: Recall, line: Line, check: Callable[[Channel], bytes] = adaptive, name: str = "one") -> bytes:
    """As the exam does it: asked ahead, and the check itself at a new answer."""
    line.tape = tape = recall.tape(name)
    verdict = tape.ask_ahead(line)
    if verdict is None:
        verdict = check(line)
        tape.end()
        recall.keep(tape, verdict)
    return verdict


def by_table(table: list[int]) -> Answer:
    """A worker that answers by the number of the question."""
    return lambda question: b"%d" % table[int(question[:1])]


def never(line: Channel) -> bytes:
    """A check that must not run."""
    pytest.fail("the check ran, although every answer was known")


@given(st.lists(st.lists(st.integers(0, 2), min_size=4, max_size=4), max_size=12))
def test_same_verdicts_and_each_question_once(tables):
    """whatever came before, the verdict is that of the check alone, and the worker is asked what that asks, in order"""
    recall = Recall()
    for table in tables:
        alone, line = Line(by_table(table)), Line(by_table(table))
        assert judged(recall, line) == adaptive(alone)
        assert line.asked == alone.asked


def test_the_check_does_not_run_for_known_answers():
    """the second to answer so is judged without the check, another one by it"""
    recall, line = Recall(), Line(by_table([1, 1, 1, 1]))
    verdict = judged(recall, line)
    assert judged(recall, Line(by_table([1, 1, 1, 1])), check=never) == verdict
    assert judged(recall, Line(by_table([1, 1, 1, 2]))) != verdict
    with pytest.raises(pytest.fail.Exception):
        judged(recall, Line(by_table([1, 1, 2, 1])), check=never)
    with pytest.raises(pytest.fail.Exception):
        judged(recall, Line(by_table([1, 1, 1, 1])), check=never, name="another")


def test_a_check_that_asks_differently_is_found_out():
    """a question that is not the one that was asked ahead ends the check, and nothing of it is kept"""
    recall = Recall()
    judged(recall, Line(by_table([1, 1, 1, 1])))
    line = Line(by_table([1, 2, 1, 1]))
    line.tape = tape = recall.tape("one")
    assert tape.ask_ahead(line) is None
    line.send(b"0 after ")
    line.receive()
    with pytest.raises(AskedDifferently):
        line.send(b"1 after a while")
    tape.end()
    assert tape.asked_differently
    assert not tape.complete


def test_a_check_that_asks_less_is_not_kept():
    """what was asked ahead and never by the check itself makes no conversation"""
    recall = Recall()
    judged(recall, Line(by_table([1, 1, 1, 1])))
    line = Line(by_table([1, 2, 1, 1]))
    assert judged(recall, line, check=lambda line: b"too early") == b"too early"
    assert judged(recall, Line(by_table([1, 2, 1, 1]))).startswith(b"verdict")


def test_what_lets_objects_go_is_no_question():
    """requests may differ after their firm part"""
    recall = Recall()

    def check(tail: bytes) -> Callable[[Channel], bytes]:
        def run(line: Channel) -> bytes:
            for number in range(2):
                line.send(b"%d and %s" % (number, tail), None, 2)
                heard = bytes(line.receive()[0])
            return heard

        return run

    assert judged(recall, Line(by_table([1, 1])), check(b"a")) == b"1"
    line = Line(by_table([1, 2]))
    assert judged(recall, line, check(b"b")) == b"2"
    assert line.asked == [b"0 and a", b"1 and a"]
    assert judged(recall, Line(by_table([1, 2])), never) == b"2"


def test_a_worker_that_ends_meanwhile():
    """the check meets what asking ahead met, at the same place"""
    recall = Recall()
    judged(recall, Line(by_table([1, 1, 1, 1])))

    def dies(question: bytes) -> bytes:
        if question.startswith(b"2"):
            raise ChannelClosed
        return b"1"

    with pytest.raises(ChannelClosed):
        judged(recall, Line(dies))


def test_files_and_long_conversations_are_not_kept(monkeypatch):
    """an array in a file, or more bytes than a tape takes, and nothing is kept"""
    recall = Recall()
    for body, fds in ((b"0 with a file", [1]), (b"0" * 1000, [])):
        monkeypatch.setattr(module, "MAX_TAPE", 900)

        def check(line: Channel, body: bytes = body, fds: list[int] = fds) -> bytes:
            line.send(body, fds)
            return bytes(line.receive()[0])

        judged(recall, Line(by_table([1])), check)
        with pytest.raises(pytest.fail.Exception):
            judged(recall, Line(by_table([1])), check=never)


def test_memory_is_bounded(monkeypatch):
    """beyond the cap the check that was not asked for the longest time is forgotten"""
    monkeypatch.setattr(module, "MAX_KEPT", 4000)
    recall = Recall()
    for name in "abc":
        judged(recall, Line(by_table([1, 1, 1, 1])), name=name)
    assert judged(recall, Line(by_table([1, 1, 1, 1])), name="c", check=never)
    with pytest.raises(pytest.fail.Exception):
        judged(recall, Line(by_table([1, 1, 1, 1])), name="a", check=never)


def test_an_answer_with_files_is_never_known():
    """no answer brings files: the check is to meet it"""
    recall = Recall()
    judged(recall, Line(by_table([1, 1, 1, 1])))
    line = Line(by_table([1, 1, 1, 1]))
    line.take = lambda: (bytearray(b"1"), [7])
    tape = recall.tape("one")
    assert tape.ask_ahead(line) is None
    assert list(tape.heard) == [(bytearray(b"1"), [7])]
    assert isinstance(tape, Tape)
