"""Conversations with a check, kept and asked ahead."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.sandbox.host import answer_cache as module
from autograder.sandbox.host.answer_cache import AnswerCache, AskedDifferently
from autograder.sandbox.wire.channel import Channel, ChannelClosed, DeadlineExceeded, Line

Answer = Callable[[bytes], bytes]


class Wire(Channel):
    """A channel to a worker that is a function of what it is asked; keeps what it was."""

    def __init__(self, answer: Answer):
        self.answer, self.asked, self.altered = answer, [], None

    def send(self, body, fds=None, firm=None):
        self.asked.append(bytes(body))

    def receive(self):
        return bytearray(self.answer(self.asked[-1])), []


def adaptive(line: Line, length: int = 4) -> bytes:
    """A check: each question holds the last answer, and so does the verdict."""
    heard = b""
    for number in range(length):
        line.send(b"%d after %s" % (number, heard[-20:]))
        heard += bytes(line.receive()[0])
    return b"verdict on " + heard


def judged(cache: AnswerCache, wire: Wire, check: Callable[[Line], bytes] = adaptive, name: str = "one") -> bytes:
    """As the exam does it: asked ahead, and the check itself at a new answer."""
    line = cache.converse(name, wire)
    if line is None:
        return check(wire)
    verdict = line.ask_ahead()
    if verdict is None:
        verdict = check(line)
        line.close()
        line.keep(verdict)
    return verdict


def by_table(table: list[int]) -> Answer:
    """A worker that answers by the number of the question."""
    return lambda question: b"%d" % table[int(question[:1])]


def never(line: Line) -> bytes:
    """A check that must not run."""
    pytest.fail("the check ran, although every answer was known")


@given(st.lists(st.lists(st.integers(0, 2), min_size=4, max_size=4), max_size=12))
def test_same_verdicts_and_each_question_once(tables):
    """whatever came before, the verdict is that of the check alone, and the worker is asked what that asks, in order"""
    cache = AnswerCache()
    for table in tables:
        alone, line = Wire(by_table(table)), Wire(by_table(table))
        assert judged(cache, line) == adaptive(alone)
        assert line.asked == alone.asked


def test_the_check_does_not_run_for_known_answers():
    """the second to answer so is judged without the check, another one by it"""
    cache, wire = AnswerCache(), Wire(by_table([1, 1, 1, 1]))
    verdict = judged(cache, wire)
    assert judged(cache, Wire(by_table([1, 1, 1, 1])), check=never) == verdict
    assert judged(cache, Wire(by_table([1, 1, 1, 2]))) != verdict
    with pytest.raises(pytest.fail.Exception):
        judged(cache, Wire(by_table([1, 1, 2, 1])), check=never)
    with pytest.raises(pytest.fail.Exception):
        judged(cache, Wire(by_table([1, 1, 1, 1])), check=never, name="another")


def test_a_check_that_asks_differently_is_found_out():
    """a question that is not the one that was asked ahead ends the check, and nothing of it is kept"""
    cache = AnswerCache()
    judged(cache, Wire(by_table([1, 1, 1, 1])))
    wire = Wire(by_table([1, 2, 1, 1]))
    line = cache.converse("one", wire)
    assert line.ask_ahead() is None
    line.send(b"0 after ")
    line.receive()
    for _ in range(2):  # nor can it go on when it caught that
        with pytest.raises(AskedDifferently):
            line.send(b"1 after a while")
    line.close()
    assert not line.complete
    line.keep(b"anything")
    assert cache.converse("one", wire) is None


def test_a_check_that_asks_less_is_not_kept():
    """a check that leaves out what was asked ahead of it depends on more than the answers, and is known no more"""
    cache = AnswerCache()
    judged(cache, Wire(by_table([1, 1, 1, 1])))
    line = Wire(by_table([1, 2, 1, 1]))
    assert judged(cache, line, check=lambda line: b"too early") == b"too early"
    assert cache.converse("one", line) is None
    assert judged(cache, Wire(by_table([1, 2, 1, 1]))).startswith(b"verdict")


def test_a_question_without_an_answer_is_no_end():
    """a check that makes a verdict of silence gives it to one submission: the path to that question is not known"""
    cache = AnswerCache()

    def silent_at(number: int) -> Answer:
        def answer(question: bytes) -> bytes:
            if question.startswith(b"%d" % number):
                raise ChannelClosed
            return b"1"

        return answer

    def swallows(line: Line) -> bytes:
        try:
            return adaptive(line)
        except ChannelClosed:
            return b"failed"

    for number in range(4):
        assert judged(cache, Wire(silent_at(number)), swallows) == b"failed"
        wire = Wire(by_table([1, 1, 1, 1]))
        if number:  # what came before the silence is not known either
            assert cache.converse("one", wire).ask_ahead() is None
    wire = Wire(by_table([1, 1, 1, 1]))
    assert judged(AnswerCache(), wire) == judged(cache, wire, swallows)
    assert wire.asked == [b"0 after ", b"1 after 1", b"2 after 11", b"3 after 111"] * 2


def test_patience_is_the_checks():
    """what does not come in time while asked ahead is waited for again by the check, which may have more time"""
    cache = AnswerCache()
    judged(cache, Wire(by_table([1, 1, 1, 1])))
    tries = []

    def late(question: bytes) -> bytes:
        tries.append(question)
        if len(tries) == 2:
            raise DeadlineExceeded
        return b"1"

    wire = Wire(late)
    assert judged(cache, wire) == b"verdict on 1111"
    assert len(wire.asked) == 4


def test_what_lets_objects_go_is_no_question():
    """requests may differ after their firm part"""
    cache = AnswerCache()

    def check(tail: bytes) -> Callable[[Line], bytes]:
        def run(line: Line) -> bytes:
            for number in range(2):
                line.send(b"%d and %s" % (number, tail), None, 2)
                heard = bytes(line.receive()[0])
            return heard

        return run

    assert judged(cache, Wire(by_table([1, 1])), check(b"a")) == b"1"
    line = Wire(by_table([1, 2]))
    assert judged(cache, line, check(b"b")) == b"2"
    assert line.asked == [b"0 and a", b"1 and a"]
    assert judged(cache, Wire(by_table([1, 2])), never) == b"2"


def test_a_worker_that_ends_meanwhile():
    """the check meets what asking ahead met, at the same place"""
    cache = AnswerCache()
    judged(cache, Wire(by_table([1, 1, 1, 1])))

    def dies(question: bytes) -> bytes:
        if question.startswith(b"2"):
            raise ChannelClosed
        return b"1"

    with pytest.raises(ChannelClosed):
        judged(cache, Wire(dies))


def test_files_and_long_conversations_are_not_kept(monkeypatch):
    """an array in a file, or more bytes than a tape takes, and nothing is kept"""
    cache = AnswerCache()
    for body, fds in ((b"0 with a file", [1]), (b"0" * 1000, [])):
        monkeypatch.setattr(module, "MAX_TAPE", 900)

        def check(line: Line, body: bytes = body, fds: list[int] = fds) -> bytes:
            line.send(body, fds)
            return bytes(line.receive()[0])

        judged(cache, Wire(by_table([1])), check)
        with pytest.raises(pytest.fail.Exception):
            judged(cache, Wire(by_table([1])), check=never)


def test_memory_is_bounded(monkeypatch):
    """beyond the cap the check that was not asked for the longest time is forgotten"""
    monkeypatch.setattr(module, "MAX_KEPT", 3500)
    cache = AnswerCache()
    for name in "abc":
        judged(cache, Wire(by_table([1, 1, 1, 1])), name=name)
    assert judged(cache, Wire(by_table([1, 1, 1, 1])), name="c", check=never)
    with pytest.raises(pytest.fail.Exception):
        judged(cache, Wire(by_table([1, 1, 1, 1])), name="a", check=never)


def test_an_answer_with_files_is_never_known():
    """no answer brings files: the check is to meet it"""
    cache = AnswerCache()
    judged(cache, Wire(by_table([1, 1, 1, 1])))
    wire = Wire(by_table([1, 1, 1, 1]))
    wire.receive = lambda: (bytearray(b"1"), [7])
    line = cache.converse("one", wire)
    assert line.ask_ahead() is None
    line.send(b"0 after ")
    assert line.receive() == (bytearray(b"1"), [7])


def test_what_became_of_the_input_is_part_of_the_answer():
    """whoever alters what a call was given is not judged like one who answers the same and does not"""
    cache = AnswerCache()
    honest = judged(cache, Wire(by_table([1, 1, 1, 1])))
    assert judged(cache, Wire(by_table([1, 1, 1, 1])), never) == honest
    alters = Wire(by_table([1, 1, 1, 1]))
    alters.altered = b"0 after zero"
    seen = []

    def check(line):
        found = adaptive(line)
        seen.append(line.altered)
        return found

    judged(cache, alters, check)
    assert seen == [b"0 after zero"]
