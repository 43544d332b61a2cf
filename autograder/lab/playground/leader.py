"""The run in the worker as its session leads it: begun, gone on with, looked at, begun again without what failed."""

from __future__ import annotations

import math
import time
from typing import Any, TypeVar

import msgspec

from ...errors import GradusError
from ...language import _
from ..messages import Message
from . import blame
from . import messages as m
from . import state as states
from .crew import Crew
from .fallen import Fallen
from .hosted import Hosted, Trouble
from .inside.names import PAGE_OF, PAGES
from .missions import Look
from .pace import Pace
from .parts import Sources
from .room import Box, Room
from .used import code, touched
from .way_back import WayBack

STRETCH = 0.03  #: seconds of steps between two looks at what the page said
LOOK_EVERY = 0.5  #: seconds between two looks at the student's files
COME_BACK = 20.0  #: seconds that a run may take to come back to where it was, while the page can be used
SEARCH_BACK = 2.0  #: seconds of that way for each part that is tried alone
SEARCH = 10.0  #: seconds that it may take to find out which part is slow
MOST_SEARCHED = 20_000  #: steps of a run that is made again to find whose fault it was

T = TypeVar("T", bound=Message)


class Leader:
    """Leads one run for one page.

    Attributes:
        state: the run as it began, with what was changed since; `now`: as it is.
        on: whether it goes on by itself; `ready`: whether its settings are ready-made, and fulfil no mission.
        built: what the page was told of it, None before there is one.
        fallen: the student's parts that failed.
        crew: the workers.
        own: the student's pages as they were saved last; the run may have been begun with earlier ones.
    """

    def __init__(self, room: Room, outbox: Box):
        self.room, self._outbox = room, outbox
        self.state: states.State | None = None
        self.now: states.State | None = None
        self.on, self.step, self.ready = False, 0, False
        self.built: m.Built | None = None
        self.fallen = Fallen()
        self.crew = Crew(room)
        self.own: Sources = {}
        self._stamp: Any = None
        self._looked = 0.0
        self._first = math.nan
        self._pace = Pace()
        self._way_back: WayBack | None = None
        self._stale = False  # files were saved that the run uses nothing of
        self._still_from = 0  # the step from which it is asked why parameters stand still

    # -- the worker ------------------------------------------------------------------------------

    @property
    def hosted(self) -> Hosted:
        """Return the worker that holds the student's pages as they are now."""
        if self.crew.hosted is None:
            self._stamp, self.own = self.room.stamp(), self.room.own()
            self.crew.hosted = Hosted(self.crew.template, self.own, self.room.course)
        return self.crew.hosted

    def race(self, spec: dict[str, Any]) -> m.Raced:
        """Let the student's optimizers race as they were saved last, see :meth:`.racing.Racing.race`."""
        own = self.own if self._stale else self.hosted.own
        return self.crew.racing.race(spec, own, self.fallen)

    def ask(self, name: str, *args: Any) -> Any:
        """Ask the worker for something, see :meth:`.hosted.Hosted.ask`."""
        return self.hosted.ask(name, *args)

    def checked(self, found: Any, kind: type[T]) -> T:
        """Return what came back as a message, if it is one."""
        try:
            return msgspec.convert(found, kind)
        except (msgspec.ValidationError, RecursionError):
            raise self.unreadable() from None

    def unreadable(self) -> Trouble:
        """Return what is said of an answer that is none; its worker ends."""
        return self.hosted.unreadable()

    # -- the run ---------------------------------------------------------------------------------

    def insist(self) -> tuple[states.State, states.State]:
        """Return the run as it began and as it is.

        Raises:
            GradusError: there is none.
        """
        if self.state is None or self.now is None or self.built is None:
            raise GradusError("there is no run yet")
        return self.state, self.now

    def _effective(self) -> states.State:
        """Return the state with the course's parts in place of what failed."""
        assert self.state is not None
        course = (*self.state.course, *(part for part in self.fallen.parts if part not in self.state.course))
        return msgspec.structs.replace(self.state, course=course)

    def forgive(self) -> None:
        """Take parts that were not waited for as the student's again, in a worker that has read all pages."""
        self.crew.racing.forgive("unawaited")
        if self.fallen.forgive("unawaited"):
            self._read_again()

    def _read_again(self) -> None:
        self._stale = False
        self.crew.dismiss()

    def build(self, to_step: int) -> None:
        """Begin the run, and lead it to a step."""
        assert self.state is not None
        if self._stale:
            self._read_again()
        hosted, state = self.hosted, self._effective()
        self.built = self._way_back = None
        hosted.used = tuple(part for part in states.parts_of(state) if part not in state.course)
        built = self.checked(hosted.ask("build", states.plain(state)), m.Built)
        if to_step:
            self.step = to_step  # what fails on the way, or is saved, begins the same way again
            self._way_back = WayBack(built, to_step, COME_BACK)
            self.come_back()
        else:
            self._begin(built, 0)

    def _begin(self, built: m.Built, to_step: int) -> None:
        """Show the run that was led to a step, or as far as the time for it went."""
        assert self.state is not None
        self._way_back = None
        self.now, self.step, self._first, self._pace = self.state, built.step, math.nan, Pace()
        self._still_from = 0
        parts = self.fallen.told(built.parts)
        behind = to_step if built.step < to_step else 0
        self.built = msgspec.structs.replace(
            built, state=states.short(self.state), parts=parts, running=self.on, behind=behind
        )
        self._outbox.say(self.built)
        began = time.monotonic()
        self.picture(self.ask("picture"), begun=True)
        self._look_at_pace(time.monotonic() - began, 1)  # a part that is slow here is slow in a step

    @property
    def coming(self) -> bool:
        """Tell whether the run is on its way back to where it was."""
        return self._way_back is not None

    def come_back(self, on: bool = True) -> None:
        """Go on with the way back for a moment, or end it at the step that it has come to."""
        if self._way_back is None:
            return
        way = self._way_back
        there = way.go(self.ask, on)
        if there is None:
            raise self.unreadable()
        if not there:
            self._outbox.say(m.Back(way.built.step, way.to_step))
            return
        try:
            self._begin(way.built, way.to_step)
        except Trouble:
            self.step = way.to_step if on else self.step  # with another part the way leads on
            raise

    def stretch(self, steps: int) -> None:
        """Go on for a moment, for no more than so many steps; show how far it came if the page takes a picture."""
        self.look_at_files()
        if self.coming:
            return
        self.on = self.on and self.built is not None
        if not self.on:
            return
        began, before = time.monotonic(), self.step
        answer = self.ask("advance", steps, STRETCH, self._outbox.takes)
        passed = time.monotonic() - began
        if isinstance(answer, dict) and answer.keys() == {"step"} and type(answer["step"]) is int:
            self.step = answer["step"]
        else:
            self.picture(answer)
        self._look_at_pace(passed, self.step - before)

    def _look_at_pace(self, seconds: float, steps: int) -> None:
        """Say which parts of the student's make the steps slow, once they are."""
        if not self._pace.grows_slow(seconds, steps):
            return
        found = self.hosted.ask("slow_parts", states.plain(self._effective()), seconds=SEARCH)
        slow = [self.checked(one, m.Slow) for one in found] if isinstance(found, list) else []
        self._pace.told(bool(slow))
        for one in slow:
            self._outbox.say(one)

    def picture(self, found: Any, begun: bool = False) -> None:
        """Show a picture, and see whether it fulfils a mission."""
        picture = self.checked(found, m.Picture)
        state, now = self.insist()
        assert self.built is not None
        if len(picture.norms) != len(self.built.shapes) or len(picture.maps) != len(state.hidden):
            raise self.unreadable()
        self.step = picture.step
        if begun:
            self._first = picture.losses[0]
        on = self.on
        self.on = on and picture.finite
        for at, key, value in state.changes:  # a link may have brought some along
            if at < picture.step:
                now = msgspec.structs.replace(now, **{key: value})
        self.now = now
        self._outbox.show(msgspec.structs.replace(picture, running=self.on))
        if picture.differs:
            self.tell_parts()
        self.tell_missions(self.room.watch.see(Look(now, picture, self.built.train, self._first), not self.ready))
        if not picture.finite:
            self._explain_no_number(picture.step, on)
        elif picture.still and self._still_from <= picture.step <= MOST_SEARCHED:
            self._explain_standing(picture.step, on)

    def tell_missions(self, names: list[str]) -> None:
        """Keep missions that were fulfilled just now, and say so."""
        if names:
            self.room.keep(self.room.watch.done)
            self._outbox.say(m.Missions(names))

    def kind_of(self, part: str) -> str:
        """Return how a part failed, or is odd; "" where nothing is known."""
        known: dict[str, Any] = {**(self.built.parts if self.built is not None else {}), **self.fallen.parts}
        return str(known[part].kind) if part in known else ""

    def tell_parts(self) -> None:
        """Say of the parts in use whose they are, and what is odd about them."""
        assert self.built is not None
        parts = self.fallen.told(self.notes())
        self.built = msgspec.structs.replace(self.built, parts=parts)
        self._outbox.say(m.Parts(parts))

    def notes(self) -> dict[str, m.Note]:
        """Return of each part in use whose it is, as the worker says."""
        return self.checked({"parts": self.ask("notes")}, m.Parts).parts

    # -- what goes wrong -------------------------------------------------------------------------

    def _explain_no_number(self, step: int, on: bool) -> None:
        """Say why the loss is no number: a part of the student's, without which a run goes on, or the settings."""
        plain = states.plain(self._effective())
        found, sure = blame.culprit(self.hosted, plain, step) if step <= MOST_SEARCHED else ("", False)
        if found:
            self.on = on
            text = _(
                "the loss is no number after {step} steps; with the course's {part} it is one", step=step, part=found
            )
            raise Trouble(PAGE_OF[found], found, "nan", text)
        self._outbox.say(m.Overflow(step, sure))

    def _explain_standing(self, step: int, on: bool) -> None:
        """Say that the student's optimizer no longer moves a parameter, if the course's does at this step."""
        self._still_from = 4 * step  # what stands still by right is not asked about all the time
        found = blame.idle(self.hosted, states.plain(self._effective()))
        if found:
            self.on = on
            text = _(
                "a parameter stands still after {step} steps; with the course's {part} it moves", step=step, part=found
            )
            raise Trouble(PAGE_OF[found], found, "error", text)

    def _searched(self, trouble: Trouble) -> tuple[str, str]:
        """Return (page, part) of what failed, looked for where the failure itself does not tell."""
        page, part = trouble.page, trouble.part
        if self.state is None or trouble.kind == "unawaited":
            return PAGE_OF.get(part, page), part
        plain = states.plain(self._effective())
        if not trouble.dead:
            unsure = part in ("", "MLP") and (part or not page)  # it calls others, and their answers fail in it
            part = (blame.culprit(self.hosted, plain, self.step + 1)[0] if unsure else "") or part
        elif not page and trouble.kind != "malformed":
            with self.crew.another(self.hosted.own) as tried:
                page, part = blame.search(tried, plain, self.hosted.used, self.step, SEARCH_BACK, trouble)
        return PAGE_OF.get(part, page), part

    def fall_back(self, trouble: Trouble) -> None:
        """Say what failed, and go on with the course's part in its place."""
        hosted = self.hosted
        try:
            with self.crew.searching():
                page, part = self._searched(trouble)
        except Trouble as other:
            if other.kind != "unawaited":
                raise
            page, part = trouble.page, trouble.part  # who waits no longer for the search, waits for none of them
        fell = self.fallen.note(trouble, page, part, hosted.used)
        if not fell.parts or (trouble.dead and not part):  # reading it ended the worker: not again until it is saved
            hosted.own, self.own = (
                {name: cells for name, cells in own.items() if page and name != page} for own in (hosted.own, self.own)
            )
            hosted.close()
        self._outbox.say(fell)
        if self.state is None:
            return
        try:
            self.build(self.step)
        except GradusError:  # nothing is there to step in
            slots = {"what": ", ".join(fell.parts) or page, "why": fell.text}
            text = _("your {what} failed ({why}), and this copy of the course has none in its place", **slots)
            raise GradusError(text) from None

    def look_at_files(self) -> None:
        """Begin anew with the student's pages where code in use was saved; else with the next run that is asked for."""
        now = time.monotonic()
        if self.crew.hosted is None or now - self._looked < LOOK_EVERY:
            return
        self._looked = now
        stamp = self.room.stamp()
        if stamp == self._stamp:
            return
        before, own = self.crew.hosted.own, self.room.own()
        kept = self.state is not None and not touched(before, own, self._used(), {*self.fallen.parts})
        if kept:
            self._stamp = stamp
            self._stale, self.own = self._stale or before != own, own
            self.fallen.keep({page for page in PAGES if before.get(page) == own.get(page)})
            if all(code(before.get(page)) == code(own.get(page)) for page in before.keys() | own.keys()):
                return
        else:
            self._read_again()
            self.fallen = Fallen()
        self.crew.racing.read_again()
        self._outbox.say(m.Saved(kept))
        if self.state is not None and not kept:
            self.build(self.step)

    def _used(self) -> set[str]:
        """Return the parts of the run, as it began and as it is, that are not to be the course's."""
        assert self.state is not None
        return {*states.parts_of(self.state), *states.parts_of(self.now or self.state)}.difference(self.state.course)
