"""The student's module as a check sees it: ``student.softmax(x, dim=1)``.

Every call is recorded (:mod:`.record`), and whatever goes wrong over there arrives here as one
:class:`.problem.StudentProblem` with a status, so that a check needs no code for it.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import torch

from ...errors import CourseError
from ..wire.channel import BadFrame, Channel, ChannelClosed, DeadlineExceeded, Line
from ..wire.codec import CodecError
from ..wire.peer import Peer
from ..wire.problems import Frames, ProtocolError, RemoteError
from .allowance import FOREVER, WALL, Allowance
from .base import Limits, WorkerProcess, WorkerSource
from .handles import Handle, ModuleHandle, Placed, handed
from .heard import Heard
from .problem import StudentProblem, after_its_end, status_of_exception
from .props import shown, source_of
from .readable import READABLE
from .record import Call, attached, freeze
from .witness import LOOK_SECONDS

END_SECONDS = 5.0  #: that a process which hung up may take to end: on a busy machine it takes its time


class Student:
    """One worker that holds one student's source for one exercise.

    Args:
        template: forks the worker.
        limits: what the worker may use.
    """

    def __init__(self, template: WorkerSource, limits: Limits):
        self._template, self._limits = template, limits
        self.calls: list[Call] = []
        self.heard = Heard()  #: all that this check was answered
        #: files of this check, and whether they may only be read
        self.files_written: dict[str, tuple[bytes, bool]] = {}
        self.given_up: dict[str, str] = {}  #: names that are called no more, and what is said of each
        self.problem: StudentProblem | None = None
        self.result_ids: dict[int, Call] = {}
        self._keep: list[Any] = []
        self._known: dict[str, Handle] = {}
        self._props: dict[tuple[str, Any], Any] = {}
        self._filename = ""
        self._root = ""
        self.in_call = False  #: does the student's own code run?
        self.unnoted: set[int] = set()  #: ids of answers to callbacks that are none of the check's
        #: told what each call was given, and that as the call left it, where it changed any of it
        self.on_changes: Callable[[Any, Any], None] | None = None
        self.process: WorkerProcess = template.fork(limits)
        self.channel = Channel(self.process.sock)
        self.channel.share()
        self.allow_seconds(60)
        self.peer = Peer(self.channel, trusted=True, adopt=self._adopt)
        self.peer.on_gradient = self._record_gradient
        self.peer.translated = lambda: self._translated(None)

    def _adopt(self, peer: Peer, number: int, info: tuple[Any, ...]) -> Any:
        name, kinds, mro, own = (*info, None, None, None, None)[:4]
        texts = all(isinstance(part, tuple) and all(type(p) is str for p in part) for part in (kinds, mro))
        if not texts or type(name) is not str or not isinstance(own, (str, type(None))):
            raise CodecError("a handle that describes itself wrongly")
        kind = ModuleHandle if len(info) > 1 and isinstance(info[1], tuple) and "module" in info[1] else Handle
        return kind(self, number, info, self._root)

    # -- loading ---------------------------------------------------------------------------------

    def load_source(
        self,
        name: str,
        text: str | list[str],
        filename: str = "",
        files: dict[str, bytes] | None = None,
        left_out: tuple[tuple[int, int], ...] = (),
        beside: dict[str, bytes] | None = None,
    ) -> list[tuple[int, Any, Frames]]:
        """Run a source, in place of what was there before; the cells that failed, as (index, exception, frames).

        Args:
            files: of the student's, which the source may import; `beside` are the page's, which it may open.
        """
        cells = [text] if isinstance(text, str) else text
        self._filename = filename or f"{name}.py"
        self._known, self._props = {}, {}
        failures = self.service("load", name, self._filename, cells, files or {}, left_out, beside or {})
        if not isinstance(failures, list):
            raise self._fail(StudentProblem("malformed", "the answer to loading the source is not readable"))
        return failures

    def begin(self, seed: int, seconds: float, forbidden: tuple[str, ...] = ()) -> None:
        """Start one check: reseed over there, number everything anew, forget the record, set the deadline.

        Args:
            forbidden: operators that raise in the student's process until the next check begins.
        """
        self.forget()
        self.heard = Heard()
        self.files_written.clear()
        self._root = ""  # what an earlier check looked up last says nothing of this one's calls
        self.peer.held = 0
        self.allow_seconds(seconds)
        self._known, self._props = {}, {}
        self.speak_through(None)
        self.peer.start_anew()
        with self._translated(None):
            self.peer.tell("begin", seed, self._limits.threads, forbidden)

    @property
    def asked(self) -> bool:
        """Tell whether this check has got hold of anything of the student's, such as a definition."""
        return bool(self.calls or self._known)

    def forget(self) -> None:
        """Drop the record of the calls, and all that it keeps alive."""
        self.calls, self.result_ids, self._keep, self.on_changes = [], {}, [], None

    def allow_seconds(self, seconds: float, patience: float = WALL, idle: float = FOREVER) -> None:
        """Give its code so much processor time from now on, and so long to wait: in all, and without computing."""
        self.allowance = Allowance(self.process.witness, seconds, self._limits.threads, patience, idle)
        self.channel.allow(time.monotonic() + self.allowance.look, self.allowance.prolong)

    def speak_through(self, line: Line | None) -> None:
        """Ask everything through `line`, which stands before the channel; None for the channel itself."""
        self.peer.channel = line or self.channel

    def number_at(self, place: tuple[object, int]) -> int:
        """Return the number of an object that came in some era.

        Raises:
            CourseError: in an earlier one: the check kept it from another check.
        """
        era, number = place
        if era is not self.peer.era:
            raise CourseError("the check uses an object that another check got from the student's code")
        return number

    # -- what a check uses -----------------------------------------------------------------------

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        if name in self._known:
            self._root = name
            self.heard.note_definition(name, True)
            return self._known[name]
        defined, value = self._look_up(name)
        if not defined:
            shown = ", ".join(f"`{part}`" for part in value[:12]) if isinstance(value, list) else ""
            there = f"it defines {shown}" if shown else "it defines nothing that can be called"
            place = self._template.place or self._filename
            raise StudentProblem("missing", f"{place} does not define `{name}`; {there}", name=name)
        self._root = name
        if isinstance(value, Handle):
            object.__setattr__(value, "_root", name)
            self._known[name] = value  # a definition does not change from call to call
        else:  # an answer too: a check stumbles over it where a name holds a number instead of a function
            self.calls.append(Call(name, name, (), {}, ("value", freeze(value), None), read=True))
        return value

    def __getitem__(self, name: str) -> Any:
        """Return what the student calls by a name that `student` has a meaning of its own for."""
        return self.__getattr__(name)

    def take_over(self, name: str, answering: Any) -> None:
        """Let another answer for a definition until the next check begins, where a check asks for it."""
        self._known[name] = answering
        self.heard.note_definition(name, True)

    def has(self, name: str) -> bool:
        """Return whether the student's module defines this name."""
        return self._look_up(name)[0]

    def _look_up(self, name: str) -> tuple[bool, Any]:
        """(is it defined?, its value or else what is defined): all that a check learns, it asks."""
        answer = self.service("lookup", name)
        if not (type(answer) is tuple and len(answer) == 2 and type(answer[0]) is bool):
            raise self._fail(StudentProblem("malformed", f"whether `{name}` is defined cannot be read"))
        self.heard.note_look_up(name, *answer)
        return answer

    @property
    def afterwards(self) -> tuple[tuple[Any, ...], dict[str, Any]] | None:
        """(args, kwargs) as the last call left them, None when it left them as they were."""
        left: tuple[tuple[Any, ...], dict[str, Any]] | None = self.peer.afterwards
        return left

    @property
    def saw_changes(self) -> bool:
        """Tell whether that was seen in shared memory, or there is none: else it is a claim of that process."""
        return self.peer.saw_changes

    def place(self, value: torch.Tensor, requires_grad: bool = False, parameter: bool = False) -> Placed:
        """Put a tensor into the worker, with ``.value``, ``.grad`` and ``.requires_grad``."""
        return Placed(self, self.service("place", value, requires_grad, parameter))

    def prop(self, what: Any) -> Any:
        """Make a small class or function of the course in the worker, its source sent once a check.

        Its calls are on record as ones of the definition that they are given, else of the name that was looked up last.
        """
        if (self._root, what) not in self._props:
            made = self.service("prop", source_of(what), what.__name__)
            if not isinstance(made, Handle):  # our own source makes no such thing: the student's code answers for it
                raise self._fail(StudentProblem("malformed", f"`{what.__name__}` came back as no object"))
            self._props[self._root, what] = made
        return self._props[self._root, what]

    @contextmanager
    def counted(self) -> Iterator[Counter[str]]:
        """Count how often each operator is dispatched by the calls inside; filled at the end.

        A claim of that process: it may decide a kindly word, never points.
        """
        counts: Counter[str] = Counter()
        self.service("count_operators")
        yield counts
        claimed = self.service("operators")
        if isinstance(claimed, dict):
            counts.update({str(k): v for k, v in claimed.items() if type(v) is int})

    def write(self, name: str, content: bytes, read_only: bool = False) -> str:
        """Put a private copy of a file into the worker's scratch folder; its path there."""
        path: str = self.service("write", name, content, read_only)
        self.files_written[name] = content, read_only
        return path

    def read(self, name: str) -> bytes | None:
        """Read a file that the student's code wrote into the scratch folder, or None."""
        content: bytes | None = self.service("read", name)
        return content

    def path(self, name: str) -> str:
        """Return a path in the worker's scratch folder."""
        path: str = self.service("path", name)
        return path

    # -- calls, recorded -------------------------------------------------------------------------

    def call(self, handle: Handle, name: str | None, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """Call a handle or one of its methods."""
        if handle._root in self.given_up:
            raise StudentProblem("timeout", self.given_up[handle._root])
        shown_as = self._shown(handle)
        label = shown_as if name is None else f"{shown_as}.{name}"
        ours = self._is_ours(shown_as)
        root = handed(args, self._known) or handle._root if ours else handle._root
        record = Call(root, label, freeze(args), freeze(kwargs), ours=ours)
        self.calls.append(record)
        self._root = self.peer.tag = root
        held = [handle, *(v for v in (*args, *kwargs.values()) if isinstance(v, Handle) and v is not handle)]
        mirrors = [(leaf, h._number, p) for h in held for p, leaf in h._mirrors.items()]
        self.peer.afterwards = None
        outer, self.peer.on_callback = self.peer.on_callback, self._callback_recorder(record)
        inside, self.in_call = self.in_call, True
        try:
            with self._translated(record):
                value = self.peer.call(handle._number, name, args, kwargs, mirrors)
        finally:
            self.peer.on_callback, self.in_call = outer, inside
            record.final = freeze(self.peer.afterwards)
            if self.on_changes is not None and self.peer.afterwards is not None:
                self.on_changes((args, kwargs), self.peer.afterwards)
        record.outcome = ("value", freeze(value), attached(value))
        self.heard.note(handle._root, name, value, self.peer.afterwards)
        self._note(value, record)
        return value

    def _shown(self, handle: Handle) -> str:
        return shown(handle, (what for _, what in self._props))

    def _is_ours(self, shown_as: str) -> bool:
        """Tell whether an object is a prop of the check's, or Python's own: no student called it."""
        name = shown_as.removesuffix("(…)")
        return name.endswith(("iterator", "generator")) or name in {what.__name__ for _, what in self._props}

    def _callback_recorder(self, record: Call) -> Callable[[tuple[Any, ...], dict[str, Any], Any], None]:
        def note(args: tuple[Any, ...], kwargs: dict[str, Any], value: Any) -> None:
            if id(value) in self.unnoted:
                self.unnoted.discard(id(value))
                return
            self.heard.note(args, kwargs)
            if len(record.callbacks) < 1000:
                record.callbacks.append((freeze((args, kwargs)), freeze(value)))

        return note

    def _note(self, value: Any, record: Call) -> None:
        """Remember which call a value came from, for the failure message."""
        parts = value if isinstance(value, (tuple, list)) and len(value) < 20 else ()
        for part in (value, *parts):
            if not isinstance(part, (type(None), bool, int, str)):  # one object may stand for many results
                self.result_ids[id(part)] = record
                self._keep.append(part)

    def _record_gradient(self, tag: str, cotangents: tuple[Any, ...], grads: list[Any]) -> None:
        self.heard.note(tag, grads)
        if len(self.calls) < 100_000:
            record = Call(tag, f"gradient of {tag}", freeze(cotangents), {})
            record.outcome = ("value", freeze(grads), None)
            self.calls.append(record)

    def attribute(self, handle: Handle, name: str) -> Any:
        """Return an attribute of a handle."""
        self._root = handle._root
        shown_as = self._shown(handle)
        record = Call(handle._root, f"{shown_as}.{name}", (), {}, ours=self._is_ours(shown_as), read=True)
        with self._translated(record):
            value = self.peer.get(handle._number, name)
        if isinstance(value, Handle):
            if len(value._info) > 3 and value._info[3]:
                object.__setattr__(value, "_info", (*value._info[:3], record.label))
        else:
            record.outcome = ("value", freeze(value), None)
            self.heard.note(handle._root, name, value)
            self.calls.append(record)
            self._note(value, record)
        return value

    def set_attribute(self, handle: Handle, name: str, value: Any) -> None:
        """Set an attribute of a handle."""
        with self._translated(None):
            self.peer.set(handle._number, name, value)

    def service(self, name: str, *args: Any) -> Any:
        """Ask the worker itself."""
        with self._translated(None), torch.no_grad():
            value = self.peer.service(name, *args)
        readable = READABLE.get(name)
        if readable is not None and not readable(value):  # the student's code answers for it
            raise self._fail(StudentProblem("malformed", f"what came back for `{name}` cannot be read"))
        self.heard.note_service(name, value)
        return value

    @contextmanager
    def _translated(self, record: Call | None) -> Iterator[None]:
        """Whatever goes wrong over there as one kind of exception here, with a status."""
        if self.problem is not None:
            raise self.problem
        try:
            yield
        except RemoteError as error:
            kind, text = error.error.type_name, error.error.text
            self.heard.note(kind, text)
            if record is not None:
                record.outcome = ("error", kind, text)
                error.record = record
            special = status_of_exception(kind, text, error.frames)
            if special == "malformed":
                raise StudentProblem(special, f"what came back cannot be read: {text}", error.frames) from None
            if special is not None:
                raise StudentProblem(special, f"{kind}: {text}" if text else kind, error.frames) from None
            raise
        except DeadlineExceeded:
            raise self._fail(self._late()) from None
        except (ProtocolError, BadFrame) as error:
            raise self._fail(StudentProblem("malformed", f"the answer could not be read: {error}")) from None
        except ChannelClosed:
            frames = self.process.witness.last_words()
            ending = self.process.end(grace=END_SECONDS)
            raise self._fail(after_its_end(ending, self._limits.memory_mb, frames)) from None
        except CodecError:
            raise  # what a check tried to pass: the check's own fault

    def _fail(self, problem: StudentProblem) -> StudentProblem:
        if self.problem is None:  # the first to go wrong is what went wrong
            self.problem = problem
            self.process.end()
            self.channel.unshare()
        return self.problem

    def _late(self) -> StudentProblem:
        """Return what is said of a worker that took too long. It is looked at twice before it ends."""
        witness = self.process.witness
        first = witness.where()
        if first:
            time.sleep(LOOK_SECONDS)
        second = witness.where()
        return StudentProblem("timeout", self.allowance.spent(), second or first, seen=(first, second))

    @property
    def alive(self) -> bool:
        """Tell whether the worker can still be asked."""
        return self.problem is None and not self.peer.unanswered

    def close(self) -> None:
        """End the worker."""
        self.process.end()
        self.channel.unshare()
        self.problem = self.problem or StudentProblem("internal", "the worker was closed")
