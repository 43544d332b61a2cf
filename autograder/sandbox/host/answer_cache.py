"""What was answered alike is judged alike: the conversations of earlier submissions with a check, and how each ended.

A check is a function of the answers that it gets: it is seeded, and all that it learns of a submission comes through
its channel. So what it asked before, it will ask again for as long as the answers are the same to the last bit, and
then its verdict is the same too. A :class:`TapedChannel` stands before the channel for the time of one check, and asks
ahead along what is known. If every answer is, the verdict is known without the check having run in the judge; at the
first new one the check runs, finds what was asked so far asked already, and goes on from there. The student's code is
asked every question in either case.

What is kept of an answer is a digest of 20 bytes; a conversation counts as known if all digests agree. One whose last
question was never answered is not kept: whoever walked its path would be judged by an answer that nobody read.
"""

from __future__ import annotations

from collections import OrderedDict, deque
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Any

from ..wire.channel import Channel

_Body = bytearray | memoryview
MAX_TAPE = 8 << 20  #: bytes of one conversation; a longer one is not kept
MAX_VERDICT = 1 << 20  #: bytes that a verdict takes at most, about
MAX_KEPT = 48 << 20  #: bytes of all that are kept; the check that was not asked for the longest time is forgotten


class AskedDifferently(BaseException):
    """A check asked something else after the same answers: it depends on more than these. Not for checks to catch."""


@dataclass(slots=True)
class Step:
    """A place in the conversations with one check: the question asked here and where each answer leads, or its end."""

    question: bytes | None = None
    answers: dict[bytes, Step] = field(default_factory=dict)
    verdict: Any = None


@dataclass
class _Known:
    """All conversations with one check."""

    start: Step = field(default_factory=Step)
    nbytes: int = 0
    frames: dict[bytes, bytes] = field(default_factory=dict)  #: what is asked in many places, once
    unsteady: bool = False  #: it asked differently once


class AnswerCache:
    """The conversations that one judge remembers, by check."""

    def __init__(self) -> None:
        self._checks: OrderedDict[str, _Known] = OrderedDict()

    def converse(self, check: str, channel: Channel) -> TapedChannel | None:
        """Stand before a channel for one conversation; None for a check that depends on more than its answers."""
        known = self._checks.setdefault(check, _Known())
        self._checks.move_to_end(check)
        return None if known.unsteady else TapedChannel(self, check, known.start, channel)

    def keep(self, line: TapedChannel, verdict: Any) -> None:
        """Remember how a conversation ended, if all of it is on the tape."""
        known = self._checks.get(line.check)
        if known is None or known.start is not line.start:
            return
        if line.asked_differently:
            self._checks[line.check] = _Known(unsteady=True)
            return
        if not line.complete:
            return
        step = known.start
        for question, digest in line.turns:
            if step.question is None and step.verdict is None:
                known.nbytes += 300 + (0 if question in known.frames else len(question))
                step.question = known.frames.setdefault(question, question)
            if step.question != question:
                return
            step = step.answers.setdefault(digest, Step())
        if step.question is None and step.verdict is None:
            step.verdict = verdict
            known.nbytes += 2 * min(line.nbytes, MAX_VERDICT)  # the calls, of large tensors but a few numbers
        nbytes = sum(one.nbytes for one in self._checks.values())
        while nbytes > MAX_KEPT:
            nbytes -= self._checks.popitem(last=False)[1].nbytes


class TapedChannel:
    """One conversation over a channel: what was asked ahead of the check, and a record of it all.

    Args:
        cache: where it is kept.
        check: with whom.
        start: where the conversations with this check begin.
        channel: to the worker.
    """

    def __init__(self, cache: AnswerCache, check: str, start: Step, channel: Channel):
        self.check, self.start = check, start
        self.turns: list[tuple[bytes, bytes]] = []  #: each question and the digest of its answer
        self.recording = True
        self.asked_differently = False
        self.nbytes = 0  #: of all that was said and heard
        self._cache, self._channel = cache, channel
        self._question: bytes | None = None  #: what has no answer yet
        self._asked: deque[bytes] = deque()  #: what the check has yet to ask and was asked already
        self._heard: deque[tuple[_Body, list[int], bytes | None]] = deque()  #: the answers to that
        self.altered: bytes | None = None  #: as the channel's
        self._unsaid: Exception | None = None  #: why the question after these could not be asked

    @property
    def passes_files(self) -> bool:
        """As the channel's."""
        return self._channel.passes_files

    @property
    def sees(self) -> bool:
        """As the channel's."""
        return self._channel.sees

    def look_up(self) -> None:
        """As the channel's."""
        self._channel.look_up()

    def ask_ahead(self) -> Any:
        """Go along what is known; the verdict, or None at an answer that nobody gave before."""
        step: Step | None = self.start
        while step is not None and step.question is not None:
            try:
                self._channel.send(step.question)
            except Exception as error:
                self._unsaid = error
                return None
            self._asked.append(step.question)
            try:
                body, fds = self._channel.receive()
            except Exception:  # the check asks for the answer again, with its own patience
                return None
            self._heard.append((body, fds, self._channel.altered))
            step = None if fds else step.answers.get(_digest(body, self._channel.altered))
        if step is None or step.verdict is None:
            return None
        self._asked.clear()
        self._heard.clear()
        return step.verdict

    def send(self, body: bytes | bytearray, fds: list[int] | None = None, firm: int | None = None) -> None:
        """Send one frame, unless that was done ahead.

        Raises:
            AskedDifferently: something else was sent ahead.
        """
        if self.asked_differently:
            raise AskedDifferently
        if self._asked:
            frame = self._asked.popleft()
            if fds or frame[:firm] != body[:firm]:
                self.asked_differently = True
                raise AskedDifferently
            self._note(frame)
            return
        if self._unsaid is not None:
            raise self._unsaid
        if fds or self._question is not None:
            self.recording = False
        else:
            self._note(bytes(body))
        self._channel.send(body, fds, firm)

    def receive(self) -> tuple[_Body, list[int]]:
        """As the channel's; what was heard ahead comes first."""
        if self.asked_differently:
            raise AskedDifferently
        if self._heard:
            body, fds, self.altered = self._heard.popleft()
        else:
            body, fds = self._channel.receive()
            self.altered = self._channel.altered
        self.nbytes += len(body)
        if self.recording and self._question is not None:
            self.turns.append((self._question, _digest(body, self.altered)))
        self._question = None
        return body, fds

    def _note(self, frame: bytes) -> None:
        self.nbytes += len(frame)
        self.recording = self.recording and self.nbytes <= MAX_TAPE
        self._question = frame

    def close(self) -> None:
        """End the check here: note whether it asked all that was asked ahead."""
        if self._asked or self._heard:
            self.asked_differently = True

    def keep(self, verdict: Any) -> None:
        """Let this conversation be known, with its verdict."""
        self._cache.keep(self, verdict)

    @property
    def complete(self) -> bool:
        """Tell whether the whole conversation is on the tape, each question with its answer."""
        left = self._question is not None or self._asked or self._heard
        return self.recording and not left and not self.asked_differently


def _digest(body: _Body, altered: bytes | None) -> bytes:
    """Return what is kept of an answer and of what the call did to what it was given."""
    digest = blake2b(body, digest_size=20)
    if altered is not None:
        digest = blake2b(digest.digest() + altered, digest_size=20, person=b"altered")
    return digest.digest()
