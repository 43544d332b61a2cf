"""What a page of the playground says, one message after another, and the run that it is about.

A session is a thread with a queue before it. The steps go on in the worker in short stretches; after each, what the
page said meanwhile is done. A picture is made only when the page takes one, so a slow page slows no step.
"""

from __future__ import annotations

import asyncio
import queue
import threading
import time
from collections import deque
from collections.abc import Callable
from functools import partial
from typing import Any

import msgspec

from ...errors import GradusError
from ...language import _, in_this_language, told_error
from ..lookout import Lookout
from ..messages import Message, Skip
from ..messages import Trouble as Ended
from . import messages as m
from . import state as states
from .asked_cards import AskedCards
from .export import script
from .hosted import Trouble
from .inside.names import PAGE_OF
from .leader import LOOK_EVERY, STRETCH, Leader
from .room import Box, Room

MOST_WAITING = 200  #: messages of the page's that wait


class Session:
    """Leads one run for one page."""

    def __init__(self, room: Room, outbox: Box):
        self.room, self._outbox = room, outbox
        self._inbox: queue.Queue[Message | None] = queue.Queue(MOST_WAITING)
        self._run = Leader(room, outbox)
        self._cards = AskedCards(room.card, outbox)
        self._later: deque[Message] = deque(maxlen=MOST_WAITING)  # what waits for the run to be back
        self._speed, self._due = 0.0, 0.0
        self._ended = False
        self._why = ""  # there is no run, where one was asked for
        self._lookout = Lookout(outbox, self._run.crew.pending, self._run.crew.said)
        self._thread = threading.Thread(target=in_this_language(self._serve), name="gradus-playground", daemon=True)
        self._thread.start()

    async def receive(self, message: Any) -> None:
        """Take a message of the page's."""
        self.put(message)

    def put(self, message: Message) -> None:
        """Take a message; what is more than can be done is refused."""
        if isinstance(message, Skip):  # at once: what it is about keeps all else waiting
            if not self._run.crew.skip():
                self._outbox.say(m.Declined(_("nothing of yours is waited for just now")))
            return
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
        self._lookout.close()
        while self._thread.is_alive():
            self._run.crew.abort()
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
                elif not found and self._run.coming:
                    self._guarded(self._way_back)
                elif not found and self._run.on:
                    self._guarded(self._stretch)
                elif not found:
                    self._guarded(self._run.look_at_files)
        except Exception as error:  # a fault of ours: the page is told, and the developer
            said = _(
                "the run ended by a fault of the lab’s own ({error}): load the page again", error=f"{error!r:.200}"
            )
            self._outbox.say(Ended("internal", said))
            raise
        finally:
            self._run.crew.close()

    def _next(self) -> tuple[bool, Message | None]:
        """Return whether there was a message, and it; none where a stretch is due."""
        if self._later and not self._run.coming:
            return True, self._later.popleft()
        wait = max(self._due - time.monotonic(), 0.0) if self._run.on else LOOK_EVERY
        wait = 0.0 if self._run.coming else wait
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
                act = partial(self._run.fall_back, trouble)  # what steps in may fail in its turn
            except GradusError as error:
                if self._run.built is None:
                    self._why = self._why or told_error(error)
                self._outbox.say(
                    m.Declined(told_error(error), self._run.on and (self._run.built is not None or self._run.coming))
                )
                return
        self._run.on = False

    def _stretch(self) -> None:
        """Go on for a moment, at the speed that the page asked for."""
        steps = 1_000_000
        if self._speed:
            steps = max(1, round(self._speed * STRETCH))
            self._due = time.monotonic() + steps / self._speed
        self._run.stretch(steps)

    def _way_back(self) -> None:
        """Go on with the way back to the step where the run was."""
        self._run.look_at_files()
        self._run.come_back()

    def _do(self, said: Message) -> None:
        if self._run.coming and isinstance(said, m.Change | m.Script | m.Weights):
            self._later.append(said)  # it is about the run as it was: when that is back
            return
        doing: dict[type, Callable[[Any], None]] = {
            m.Build: self._on_build, m.Go: self._on_go, m.Step: self._on_step, m.Change: self._on_change,
            m.Race: self._on_race, m.Landscape: self._on_landscape, m.Script: self._on_script,
            m.Weights: self._on_weights, m.Card: self._on_card,
        }  # fmt: skip
        doing[type(said)](said)

    # -- what the page says ----------------------------------------------------------------------

    def _on_build(self, said: m.Build) -> None:
        self._why = ""
        self._run.forgive()
        self._run.state = states.read(said.state)
        self._run.on, self._run.ready = said.run, said.ready
        self._run.build(said.step)

    def _on_go(self, said: m.Go) -> None:
        run = self._run
        if said.on and run.built is None and not run.coming:
            raise GradusError(self._why or _("there is no run yet"))
        run.on, self._speed, self._due = said.on, said.speed, 0.0
        if not run.on and run.coming:
            run.come_back(on=False)
        elif not run.on and run.built is not None:
            run.picture(run.ask("picture"))

    def _on_step(self, said: m.Step) -> None:
        run = self._run
        run.on = False
        run.come_back(on=False)  # whoever steps wants to be here
        run.insist()
        until, found = run.step + said.count, None
        while run.step < until and not self._ended:
            found = run.ask("advance", until - run.step, 4 * STRETCH, True)
            picture = run.checked(found, m.Picture)
            run.step = picture.step
            if not picture.finite:
                break
        if found is not None:
            run.picture(found)

    def _on_change(self, said: m.Change) -> None:
        run = self._run
        state, now = run.insist()
        value = states.change(said.key, said.value)
        step = run.ask("change", said.key, value)
        if type(step) is not int:
            raise run.unreadable()
        kept = tuple(one for one in state.changes if (one[0], one[1]) != (step, said.key))
        run.state = msgspec.structs.replace(state, changes=(*kept, (step, said.key, value)))
        run.now, run.ready = msgspec.structs.replace(now, **{said.key: value}), False
        self._outbox.say(m.Changed(step, said.key, value, states.short(run.state)))
        if said.key == "optimizer":
            run.tell_parts()

    def _on_race(self, said: m.Race) -> None:
        run = self._run
        spec = {**msgspec.to_builtins(said), "course": [*said.course], "start": list(said.start)}
        try:
            raced = run.race(spec)
        except (Trouble, GradusError) as problem:
            if isinstance(problem, Trouble) and problem.reading and not self._inbox.full():
                self._inbox.put_nowait(said)  # the run goes on without the page that could not be read; then the race
            else:
                self._outbox.say(m.Raced({}, {}, said.surface))  # a question is answered, whatever comes of it
            raise
        self._outbox.say(msgspec.structs.replace(raced, surface=said.surface))
        run.tell_missions(self.room.watch.see_race(said, raced))

    def _on_landscape(self, said: m.Landscape) -> None:
        found = self._run.checked(self._run.ask("landscape", said.surface), m.Surveyed)
        self._outbox.say(msgspec.structs.replace(found, surface=said.surface))

    def _on_script(self, said: m.Script) -> None:
        run = self._run
        state = run.insist()[0]
        used: dict[str, str] = {part: note.whose for part, note in run.notes().items() if part in PAGE_OF}
        self._outbox.say(m.Exported(script(state, run.step, used, run.hosted.own, self.room.course)))

    def _on_weights(self, said: m.Weights) -> None:
        run = self._run
        run.insist()
        self._outbox.say(run.checked({"step": run.step, "parameters": run.ask("weights")}, m.Weighed))

    def _on_card(self, said: m.Card) -> None:
        self._cards.ask(said.part, self._run.kind_of(said.part))
