"""What was answered alike is judged alike: the conversations of earlier submissions with a check, and how each ended.

A check is a function of the answers that it gets: it is seeded, and nothing but the line tells it about a submission.
So what it asked before, it will ask again for as long as the answers are the same to the last bit, and then its
verdict is the same too. A :class:`Tape` asks ahead along what is known. If every answer is, the verdict is known
without the check having run in the judge; at the first new one the check runs, finds what was asked so far asked
already, and goes on from there. The student's code is asked every question in either case.

What is kept of an answer is a digest of 20 bytes; a conversation counts as known if all digests agree.
"""

from __future__ import annotations

from collections import OrderedDict, deque
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Any

from ..wire.channel import AskedDifferently, Channel

MAX_TAPE = 8 << 20  #: bytes of one conversation; a longer one is not kept
MAX_VERDICT = 1 << 20  #: bytes that a verdict takes at most, about
MAX_KEPT = 48 << 20  #: bytes of all that are kept; the check that was not asked for the longest time is forgotten


Heard = tuple[bytearray, list[int]] | Exception  #: an answer and the files that came with it, or what came instead


@dataclass(slots=True)
class Step:
    """A place in the conversations with one check: what is said here, and where each answer leads."""

    said: tuple[bytes, ...] = ()
    answers: dict[bytes, Step] = field(default_factory=dict)
    verdict: Any = None  #: where the check ends


@dataclass
class _Known:
    """All conversations with one check."""

    start: Step = field(default_factory=Step)
    nbytes: int = 0
    frames: dict[bytes, bytes] = field(default_factory=dict)  #: what is said in many places, once


class Recall:
    """The conversations that one judge remembers, by check."""

    def __init__(self) -> None:
        self._checks: OrderedDict[str, _Known] = OrderedDict()
        self._nbytes = 0

    def tape(self, check: str) -> Tape:
        """A tape for one more conversation with this check."""
        known = self._checks.setdefault(check, _Known())
        self._checks.move_to_end(check)
        return Tape(check, known.start)

    def keep(self, tape: Tape, verdict: Any) -> None:
        """Remember how a conversation ended."""
        known = self._checks.get(tape.check)
        if known is None or known.start is not tape.start or not tape.complete:
            return
        step = known.start
        for said, digest in tape.turns:
            if not step.said and not step.answers and step.verdict is None:
                known.nbytes += sum(len(frame) for frame in said if frame not in known.frames) + 300
                step.said = tuple(known.frames.setdefault(frame, frame) for frame in said)
            if step.said != said or step.verdict is not None or (digest is None and step.answers):
                return
            if digest is None:
                step.verdict = verdict
                known.nbytes += 2 * min(tape.nbytes, MAX_VERDICT)  # the calls, of large tensors but a few numbers
            else:
                step = step.answers.setdefault(digest, Step())
        self._nbytes = sum(one.nbytes for one in self._checks.values())
        while self._nbytes > MAX_KEPT and self._checks:
            self._nbytes -= self._checks.popitem(last=False)[1].nbytes


class Tape:
    """One conversation: what was asked ahead of the check, and a record of it all.

    Args:
        check: with whom.
        start: where the conversations with this check begin.
    """

    def __init__(self, check: str, start: Step):
        self.check, self.start = check, start
        self.turns: list[tuple[tuple[bytes, ...], bytes | None]] = []  #: what was said, and the digest of the answer
        self.recording = True
        self.asked_differently = False
        self._saying: list[bytes] = []
        self.nbytes = 0  #: of all that was said and heard
        self.asked: deque[bytes] = deque()  #: what the check has yet to ask and was asked already
        self.heard: deque[Heard] = deque()  #: the answers to that

    def ask_ahead(self, channel: Channel) -> Any:
        """Go along what is known; the verdict, or None at an answer that nobody gave before."""
        step: Step | None = self.start
        while step is not None:
            try:
                for frame in step.said:
                    channel.put(frame)
                    self.asked.append(frame)
                if step.verdict is not None or not step.answers:
                    return step.verdict
                body, fds = channel.take()
            except Exception as error:  # the check will meet it at the same place
                self.heard.append(error)
                return None
            self.heard.append((body, fds))
            step = None if fds else step.answers.get(_digest(body))
        return None

    def says(self, body: bytes | bytearray, fds: list[int], firm: int | None) -> bool:
        """Note what the check says; True if that was said already.

        Args:
            firm: how many of the bytes are the question. What follows only lets objects go.

        Raises:
            AskedDifferently: something else was said already.
        """
        if self.asked:
            frame = self.asked.popleft()
            if fds or frame[:firm] != body[:firm]:
                self.lose()
                raise AskedDifferently
            self._note(frame)
            return True
        if fds:
            self.recording = False
        else:
            self._note(bytes(body))
        return False

    def lose(self) -> None:
        """The check depends on more than the answers: what is on the tape is worth nothing."""
        self.recording, self.asked_differently = False, True

    def _note(self, frame: bytes) -> None:
        self.nbytes += len(frame)
        self.recording = self.recording and self.nbytes <= MAX_TAPE
        if self.recording:
            self._saying.append(frame)

    def hears(self, body: bytearray) -> None:
        """Note an answer."""
        self.nbytes += len(body)
        if self.recording:
            self.turns.append((tuple(self._saying), _digest(body)))
            self._saying = []

    def end(self) -> None:
        """The check ended here."""
        self.turns.append((tuple(self._saying), None))

    @property
    def complete(self) -> bool:
        """Is the whole conversation on the tape?"""
        return self.recording and not self.asked and not self.heard and bool(self.turns) and self.turns[-1][1] is None


def _digest(body: bytearray) -> bytes:
    return blake2b(body, digest_size=20).digest()
