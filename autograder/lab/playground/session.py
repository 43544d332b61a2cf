"""One network on one page: takes what the page says, leads the worker, and makes no more pictures than are seen.

A session is a thread with a queue before it. The steps go on in the worker in short stretches; after each, what the
page said meanwhile is done. A picture is made only when the page takes one, so a slow page slows no step.
"""

from __future__ import annotations

import asyncio
import contextlib
import math
import queue
import threading
import time
from collections.abc import Callable
from functools import partial
from typing import Any, TypeVar

import msgspec

from ...errors import GradusError
from ...language import _, in_this_language, translated
from ...sandbox.host.base import WorkerSource
from ...text import printable
from ..messages import Message
from ..messages import Trouble as Ended
from . import messages as m
from . import state as states
from .asked_cards import AskedCards
from .export import script
from .hosted import MOST_TOLD, Hosted, Trouble
from .inside.names import OPTIMIZERS, PAGE_OF
from .missions import Look
from .pace import Pace
from .parts import SECTION
from .room import Box, Room

STRETCH = 0.03  #: seconds of steps between two looks at the queue
LOOK_EVERY = 0.5  #: seconds between two looks at the student's files
MOST_WAITING = 200  #: messages of the page's that wait
COME_BACK = 2.0  #: seconds that a run may take to come back to where it failed
SEARCH = 10.0  #: seconds that it may take to find out which part is slow
MOST_SEARCHED = 20_000  #: steps of a run that is made again to find whose fault it was

T = TypeVar("T", bound=Message)


class Session:
    """Leads one run for one page."""

    def __init__(self, room: Room, outbox: Box):
        self.room, self._outbox = room, outbox
        self._inbox: queue.Queue[Message | None] = queue.Queue(MOST_WAITING)
        self._source: WorkerSource | None = None
        self._hosted: Hosted | None = None
        self._stamp: Any = None
        self._looked = 0.0
        self.state: states.State | None = None  # as the run began, with what was changed since
        self._now: states.State | None = None  # as it is
        self._fallen: dict[str, m.Fell] = {}  # parts of the student's that failed, and how
        self._built: m.Built | None = None
        self._cards = AskedCards(room.card, outbox)
        self._first = math.nan
        self._on, self._speed, self._due = False, 0.0, 0.0
        self._step = 0
        self._pace = Pace()
        self._ended = False
        self._thread = threading.Thread(target=in_this_language(self._serve), name="gradus-playground", daemon=True)
        self._thread.start()

    async def receive(self, message: Any) -> None:
        """Take a message of the page's."""
        self.put(message)

    def put(self, message: Message) -> None:
        """Take a message; what is more than can be done is refused."""
        try:
            self._inbox.put_nowait(message)
        except queue.Full:
            self._outbox.say(m.Declined(_("the page says more than can be done")))

    async def close(self) -> None:
        """End the run and its worker."""
        await asyncio.to_thread(self.end)

    def end(self) -> None:
        """End the run and its worker, whatever that does."""
        self._ended = True
        while self._thread.is_alive():
            if self._hosted is not None:
                self._hosted.abort()
            try:
                self._inbox.put_nowait(None)
            except queue.Full:
                pass
            self._thread.join(0.1)

    # -- the loop --------------------------------------------------------------------------------

    def _serve(self) -> None:
        try:
            while not self._ended and not self._outbox.closed:
                found, message = self._next()
                if message is not None:
                    self._guarded(partial(self._do, message))
                elif not found and self._on:
                    self._guarded(self._stretch)
                elif not found:
                    self._guarded(self._look_at_files)
        except Exception as error:  # a fault of ours: the page is told, and the developer
            said = _(
                "the run ended by a fault of the lab’s own ({error}): load the page again", error=f"{error!r:.200}"
            )
            self._outbox.say(Ended("internal", said))
            raise
        finally:
            if self._hosted is not None:
                self._hosted.close()
            self._close_source()

    def _next(self) -> tuple[bool, Message | None]:
        """Return whether there was a message, and it; none where a stretch is due."""
        wait = max(self._due - time.monotonic(), 0.0) if self._on else LOOK_EVERY
        try:
            return True, self._inbox.get(wait > 0, wait or None)
        except queue.Empty:
            return False, None

    def _guarded(self, act: Callable[[], None]) -> None:
        """Do something; what goes wrong is said, and the course's part steps in for one that failed."""
        for _turn in range(len(PAGE_OF) + 1):  # each time one part less is the student's
            try:
                act()
                return
            except Trouble as trouble:
                if self._ended:
                    return
                act = partial(self._fall_back, trouble)  # what steps in may fail in its turn
            except GradusError as error:
                self._outbox.say(m.Declined(translated(str(error))))
                return
        self._on = False

    def _do(self, said: Message) -> None:
        doing: dict[type, Callable[[Any], None]] = {
            m.Build: self._on_build, m.Go: self._on_go, m.Step: self._on_step, m.Change: self._on_change,
            m.Race: self._on_race, m.Landscape: self._on_landscape, m.Script: self._on_script,
            m.Weights: self._on_weights, m.Card: self._on_card,
        }  # fmt: skip
        doing[type(said)](said)

    # -- what the page says ----------------------------------------------------------------------

    def _on_build(self, said: m.Build) -> None:
        self.state = states.read(said.state)
        self._on = said.run
        self._build(said.step)

    def _on_go(self, said: m.Go) -> None:
        self._on, self._speed, self._due = said.on and self._built is not None, said.speed, 0.0
        if not self._on and self._built is not None:
            self._picture(self._ask("picture"))

    def _on_step(self, said: m.Step) -> None:
        self._insist_on_a_run()
        self._on = False
        until, found = self._step + said.count, None
        while self._step < until and not self._ended:
            found = self._ask("advance", until - self._step, 4 * STRETCH, True)
            picture = self._checked(found, m.Picture)
            self._step = picture.step
            if not picture.finite:
                break
        if found is not None:
            self._picture(found)

    def _on_change(self, said: m.Change) -> None:
        state, now = self._insist_on_a_run()
        value = states.change(said.key, said.value)
        step = self._ask("change", said.key, value)
        if type(step) is not int:
            raise self._unreadable()
        kept = tuple(one for one in state.changes if (one[0], one[1]) != (step, said.key))
        self.state = msgspec.structs.replace(state, changes=(*kept, (step, said.key, value)))
        self._now = msgspec.structs.replace(now, **{said.key: value})
        self._outbox.say(m.Changed(step, said.key, value, states.short(self.state)))
        if said.key == "optimizer":
            self._outbox.say(m.Parts(self._told(self._notes())))

    def _on_race(self, said: m.Race) -> None:
        spec = {**msgspec.to_builtins(said), "course": [*said.course, *self._fallen], "start": list(said.start)}
        hosted = self._hosted_now()
        hosted.used = tuple({OPTIMIZERS[name][0] for name in said.lr} - {*spec["course"]})
        raced = self._checked(self._ask("race", spec), m.Raced)
        self._outbox.say(msgspec.structs.replace(raced, surface=said.surface, parts=self._told(raced.parts)))
        self._tell_missions(self.room.watch.see_race(said, raced))

    def _on_landscape(self, said: m.Landscape) -> None:
        found = self._checked(self._ask("landscape", said.surface), m.Surveyed)
        self._outbox.say(msgspec.structs.replace(found, surface=said.surface))

    def _on_script(self, said: m.Script) -> None:
        state = self._insist_on_a_run()[0]
        used: dict[str, str] = {part: note.whose for part, note in self._notes().items() if part in PAGE_OF}
        text = script(state, self._step, used, self._hosted_now().own, self.room.course)
        self._outbox.say(m.Exported(text))

    def _on_weights(self, said: m.Weights) -> None:
        self._insist_on_a_run()
        self._outbox.say(self._checked({"step": self._step, "parameters": self._ask("weights")}, m.Weighed))

    def _on_card(self, said: m.Card) -> None:
        self._cards.ask(said.part)

    # -- the run ---------------------------------------------------------------------------------

    def _insist_on_a_run(self) -> tuple[states.State, states.State]:
        if self.state is None or self._now is None or self._built is None:
            raise GradusError("there is no run yet")
        return self.state, self._now

    def _hosted_now(self) -> Hosted:
        if self._hosted is None:
            self._stamp = self.room.stamp()
            self._hosted = Hosted(self._template, self.room.own(), self.room.course)
        return self._hosted

    def _template(self) -> WorkerSource:
        if self._source is None or not self._source.alive:
            self._close_source()
            self._source = self.room.start()
        return self._source

    def _close_source(self) -> None:
        if self._source is not None:
            with contextlib.suppress(GradusError):  # code may end what forks its workers
                self._source.close()

    def _ask(self, name: str, *args: Any) -> Any:
        return self._hosted_now().ask(name, *args)

    def _checked(self, found: Any, kind: type[T]) -> T:
        try:
            return msgspec.convert(found, kind)
        except (msgspec.ValidationError, RecursionError):
            raise self._unreadable() from None

    def _unreadable(self) -> Trouble:
        self._hosted_now().close()
        return Trouble("", "", "malformed", "what came back from the worker cannot be read", dead=True)

    def _effective(self, state: states.State) -> states.State:
        """Return the state with the course's parts in place of what failed."""
        course = (*state.course, *(part for part in self._fallen if part not in state.course))
        return msgspec.structs.replace(state, course=course)

    def _build(self, to_step: int) -> None:
        """Begin the run, and lead it to a step."""
        assert self.state is not None
        hosted, state = self._hosted_now(), self._effective(self.state)
        self._built = None
        hosted.used = tuple(part for part in states.parts_of(state) if part not in state.course)
        found = hosted.ask("build", states.plain(state), to_step, COME_BACK, seconds=COME_BACK)
        built = self._checked(found, m.Built)
        self._now, self._step, self._first, self._pace = self.state, built.step, math.nan, Pace()
        self._built = msgspec.structs.replace(
            built, state=states.short(self.state), parts=self._told(built.parts), running=self._on
        )
        self._outbox.say(self._built)
        self._picture(self._ask("picture"), begun=True)

    def _stretch(self) -> None:
        """Go on for a moment, and show how far it came if the page takes a picture."""
        self._look_at_files()
        self._on = self._on and self._built is not None
        if not self._on:
            return
        steps = 1_000_000
        if self._speed:
            steps = max(1, round(self._speed * STRETCH))
            self._due = time.monotonic() + steps / self._speed
        began, before = time.monotonic(), self._step
        answer = self._ask("advance", steps, STRETCH, self._outbox.takes)
        passed = time.monotonic() - began
        if isinstance(answer, dict) and answer.keys() == {"step"} and type(answer["step"]) is int:
            self._step = answer["step"]
        else:
            self._picture(answer)
        self._look_at_pace(passed / max(self._step - before, 1))

    def _look_at_pace(self, seconds: float) -> None:
        """Say once of a run which parts of the student's make its steps slow."""
        if not self._pace.grows_slow(seconds):
            return
        assert self.state is not None
        found = self._hosted_now().ask("slow_parts", states.plain(self._effective(self.state)), seconds=SEARCH)
        for one in found if isinstance(found, list) else ():
            self._outbox.say(self._checked(one, m.Slow))

    def _picture(self, found: Any, begun: bool = False) -> None:
        """Show a picture, and see whether it fulfils a mission."""
        picture = self._checked(found, m.Picture)
        state, now = self._insist_on_a_run()
        assert self._built is not None
        if len(picture.norms) != len(self._built.shapes) or len(picture.maps) != len(state.hidden):
            raise self._unreadable()
        self._step = picture.step
        if begun:
            self._first = picture.losses[0]
        on = self._on
        self._on = on and picture.finite
        for at, key, value in state.changes:  # a link may have brought some along
            if at < picture.step:
                now = msgspec.structs.replace(now, **{key: value})
        self._now = now
        self._outbox.show(msgspec.structs.replace(picture, running=self._on))
        self._tell_missions(self.room.watch.see(Look(now, picture, self._built.train, self._first)))
        if not picture.finite:
            self._explain_no_number(picture.step, on)

    def _explain_no_number(self, step: int, on: bool) -> None:
        """Say why the loss is no number: a part of the student's, without which a run goes on, or the settings."""
        found = self._culprit(step) if step <= MOST_SEARCHED else ""
        if found:
            self._on = on
            text = _(
                "the loss is no number after {step} steps; with the course's {part} it is one", step=step, part=found
            )
            raise Trouble(PAGE_OF[found], found, "nan", text)
        self._outbox.say(m.Overflow(step))

    def _culprit(self, step: int) -> str:
        """Return the student's part without which the run passes a step; "" where there is none."""
        assert self.state is not None
        found = self._ask("culprit", states.plain(self._effective(self.state)), step)
        return found if type(found) is str and found in PAGE_OF else ""

    # -- parts -----------------------------------------------------------------------------------

    def _notes(self) -> dict[str, m.Note]:
        return self._checked({"parts": self._ask("notes")}, m.Parts).parts

    def _told(self, notes: dict[str, m.Note]) -> dict[str, m.Note]:
        """Return of each part whose it is, with how it failed where it did."""
        told = {}
        for part, note in notes.items():
            if part not in PAGE_OF:
                continue
            note = msgspec.structs.replace(note, text=translated(printable(note.text, MOST_TOLD)))
            if note.whose == "course" and note.kind not in ("", "unwritten", "switched"):
                self._fallen.setdefault(part, m.Fell([part], f"{SECTION}/{PAGE_OF[part]}", note.kind, note.text, 0))
            fell = self._fallen.get(part) if note.whose == "course" else None
            if fell is not None:
                note = m.Note("course", fell.kind, fell.text, line=fell.line)
            told[part] = msgspec.structs.replace(note, page=f"{SECTION}/{PAGE_OF[part]}")
        return told

    def _fall_back(self, trouble: Trouble) -> None:
        """Say what failed, and go on with the course's part in its place."""
        hosted, part, page = self._hosted_now(), trouble.part, trouble.page
        unsure = part in ("", "MLP") and (part or not page)  # the network calls others, and their answers fail in it
        if unsure and not trouble.dead and self.state is not None:
            part = self._culprit(self._step + 1) or part
            page = PAGE_OF.get(part, page)
        failed = [part] if part else [one for one in hosted.used if not page or PAGE_OF[one] == page]
        line = trouble.line if page == trouble.page else 0  # it is one of the page where it came out
        fell = m.Fell(failed, f"{SECTION}/{page}" if page else "", trouble.kind, translated(trouble.text), line)
        self._fallen |= dict.fromkeys(failed, fell)
        if not failed or (trouble.dead and not part):  # reading it ended the worker: it is not read again until a save
            hosted.own = {name: cells for name, cells in hosted.own.items() if page and name != page}
            hosted.close()
        self._outbox.say(fell)
        if self.state is None:
            return
        try:
            self._build(self._step)
        except GradusError:  # nothing is there to step in
            slots = {"what": ", ".join(failed) or page, "why": fell.text}
            text = _("your {what} failed ({why}), and this copy of the course has none in its place", **slots)
            raise GradusError(text) from None

    def _look_at_files(self) -> None:
        """Begin anew with the student's pages where one of them was saved."""
        now = time.monotonic()
        if self._hosted is None or now - self._looked < LOOK_EVERY:
            return
        self._looked = now
        if self.room.stamp() == self._stamp:
            return
        self._hosted.close()
        self._hosted = None
        self._fallen = {}
        self._outbox.say(m.Saved())
        if self.state is not None:
            self._build(self._step)

    def _tell_missions(self, names: list[str]) -> None:
        if names:
            self.room.keep(self.room.watch.done)
            self._outbox.say(m.Missions(names))
