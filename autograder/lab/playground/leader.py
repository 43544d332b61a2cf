"""The run in the worker as its session leads it: begun, gone on with, looked at, begun again without what failed."""

from __future__ import annotations

import contextlib
import dataclasses
import math
import time
from typing import Any, TypeVar

import msgspec

from ...errors import GradusError
from ...language import _
from ...sandbox.host.base import WorkerSource
from ..lookout import Asked
from ..messages import Message
from . import blame
from . import messages as m
from . import state as states
from .fallen import Fallen
from .hosted import Hosted, Trouble
from .inside.names import PAGE_OF
from .missions import Look
from .pace import Pace
from .parts import Sources, code, needed
from .racing import Racing
from .room import Box, Room

STRETCH = 0.03  #: seconds of steps between two looks at what the page said
LOOK_EVERY = 0.5  #: seconds between two looks at the student's files
COME_BACK = 20.0  #: seconds that a run may take to come back to where it was, while the page can be used
BACK_STRETCH = 0.25  #: seconds of steps of that way, between two looks at what the page said
SEARCH_BACK = 2.0  #: seconds of that way for each part that is tried alone
REPLAY = 5.0  #: seconds that a run may take to come where an optimizer stands still
SEARCH = 10.0  #: seconds that it may take to find out which part is slow
MOST_SEARCHED = 20_000  #: steps of a run that is made again to find whose fault it was

T = TypeVar("T", bound=Message)


class Leader:
    """Leads one run for one page.

    Attributes:
        state: the run as it began, with what was changed since; `now`: as it is.
        on: whether it goes on by itself.
        built: what the page was told of it, None before there is one.
        fallen: the student's parts that failed.
    """

    def __init__(self, room: Room, outbox: Box):
        self.room, self._outbox = room, outbox
        self.state: states.State | None = None
        self.now: states.State | None = None
        self.on, self.step = False, 0
        self.built: m.Built | None = None
        self.fallen = Fallen()
        self._source: WorkerSource | None = None
        self.racing = Racing(self._template, room.course)
        self._hosted: Hosted | None = None
        self._tried: Hosted | None = None  # a worker that finds out whose fault something was
        self._searching = 0.0  # since when it is looked for whose fault something was, 0 for not
        self._stamp: Any = None
        self._looked = 0.0
        self._first = math.nan
        self._pace = Pace()
        self._way_back: tuple[m.Built, int, float] | None = None  # the run as begun, to which step, until when
        self._stale = False  # files were saved that the run uses nothing of
        self._still_from = 0  # the step from which it is asked why parameters stand still

    # -- the worker ------------------------------------------------------------------------------

    @property
    def hosted(self) -> Hosted:
        """Return the worker that holds the student's pages as they are now."""
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

    def abort(self) -> None:
        """Let what is waited for end now; any thread may call this."""
        for one in self._workers():
            one.abort()

    def skip(self) -> bool:
        """Wait no longer for the student's code; tell whether it was waited for. Any thread may call this."""
        return any(one.skip() for one in self._workers())

    def _workers(self) -> list[Hosted]:
        return [one for one in (self._tried, self.racing.hosted, self._hosted) if one is not None]

    def pending(self) -> Asked | None:
        """Return what is not answered yet; any thread may ask."""
        since = self._searching
        found = next((asked for one in self._workers() if (asked := one.pending())), None)
        if not since or found is None:
            return found
        about = _("It is looked for which of your parts it was: each is tried alone, for so long.")
        return dataclasses.replace(found, since=since, about=about)

    def said(self) -> str:
        """Return the last of what the student's code printed; any thread may ask."""
        return self._hosted.said() if self._hosted is not None else ""

    def close(self) -> None:
        """End the workers, and what forked them."""
        self.racing.close()
        if self._hosted is not None:
            self._hosted.close()
        self._close_source()

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
        self.racing.forgive("unawaited")
        if self.fallen.forgive("unawaited"):
            self._read_again()

    def _read_again(self) -> None:
        self._stale = False
        if self._hosted is not None:
            self._hosted.close()
            self._hosted = None

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
            self._way_back = built, to_step, time.monotonic() + COME_BACK
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
        built, to_step, until = self._way_back
        step = self.ask("come_back", to_step if on else 0, BACK_STRETCH)
        if type(step) is not int:
            raise self.unreadable()
        if not on or built.step == step or step >= to_step or time.monotonic() > until:  # or it is no number there
            try:
                self._begin(msgspec.structs.replace(built, step=step), to_step)
            except Trouble:
                self.step = to_step if on else self.step  # with another part the way leads on
                raise
            return
        self._way_back = msgspec.structs.replace(built, step=step), to_step, until
        self._outbox.say(m.Back(step, to_step))

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
        self.tell_missions(self.room.watch.see(Look(now, picture, self.built.train, self._first)))
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

    def notes(self) -> dict[str, m.Note]:
        """Return of each part in use whose it is, as the worker says."""
        return self.checked({"parts": self.ask("notes")}, m.Parts).parts

    # -- what goes wrong -------------------------------------------------------------------------

    def _explain_no_number(self, step: int, on: bool) -> None:
        """Say why the loss is no number: a part of the student's, without which a run goes on, or the settings."""
        found, sure = self._culprit(step) if step <= MOST_SEARCHED else ("", False)
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
        found = self.hosted.ask("idle_optimizer", states.plain(self._effective()), REPLAY, seconds=REPLAY)
        if type(found) is str and found in PAGE_OF:
            self.on = on
            text = _(
                "a parameter stands still after {step} steps; with the course's {part} it moves", step=step, part=found
            )
            raise Trouble(PAGE_OF[found], found, "error", text)

    def _culprit(self, step: int) -> tuple[str, bool]:
        """Return the student's part without which the run passes a step, "" for none; and whether that is sure."""
        time = REPLAY * max(len(self.hosted.used), 1)
        found = self.hosted.ask("culprit", states.plain(self._effective()), step, REPLAY, seconds=time)
        if type(found) not in (tuple, list) or len(found) != 2 or found[0] not in PAGE_OF:
            return "", type(found) in (tuple, list) and found[1:] in ([True], (True,))
        return str(found[0]), True

    def _searched(self, trouble: Trouble) -> tuple[str, str]:
        """Return (page, part) of what failed, looked for where the failure itself does not tell."""
        page, part = trouble.page, trouble.part
        if self.state is None or trouble.kind == "unawaited":
            return PAGE_OF.get(part, page), part
        if not trouble.dead:
            unsure = part in ("", "MLP") and (part or not page)  # it calls others, and their answers fail in it
            part = (self._culprit(self.step + 1)[0] if unsure else "") or part
        elif not page and trouble.kind != "malformed":
            tried = self._tried = Hosted(self._template, self.hosted.own, self.room.course)
            try:
                plain = states.plain(self._effective())
                page, part = blame.search(tried, plain, self.hosted.used, self.step, SEARCH_BACK, trouble)
            finally:
                self._tried = None
        return PAGE_OF.get(part, page), part

    def fall_back(self, trouble: Trouble) -> None:
        """Say what failed, and go on with the course's part in its place."""
        hosted = self.hosted
        self._searching = time.monotonic()
        try:
            page, part = self._searched(trouble)
        except Trouble as other:
            if other.kind != "unawaited":
                raise
            page, part = trouble.page, trouble.part  # who waits no longer for the search, waits for none of them
        finally:
            self._searching = 0.0
        fell = self.fallen.note(trouble, page, part, hosted.used)
        if not fell.parts or (trouble.dead and not part):  # reading it ended the worker: not again until it is saved
            hosted.own = {name: cells for name, cells in hosted.own.items() if page and name != page}
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
        """Begin anew with the student's pages where one of them was saved."""
        now = time.monotonic()
        if self._hosted is None or now - self._looked < LOOK_EVERY:
            return
        self._looked = now
        stamp = self.room.stamp()
        if stamp == self._stamp:
            return
        changed = self._changed(self._hosted.own, self.room.own())
        kept = self.state is not None and not changed & self._in_use()
        if kept:
            self._stamp = stamp
            if not changed:
                return
            self._stale = True
        else:
            self._read_again()
            self.fallen = Fallen()
        self.racing.read_again()
        self._outbox.say(m.Saved(kept))
        if self.state is not None and not kept:
            self.build(self.step)

    def _changed(self, before: Sources, now: Sources) -> set[str]:
        """Return the pages whose code differs; one whose part failed counts whatever was saved."""
        failed = {PAGE_OF[part] for part in self.fallen.parts}
        pages = before.keys() | now.keys()
        return {page for page in pages if page in failed or code(before.get(page)) != code(now.get(page))}

    def _in_use(self) -> set[str]:
        """Return the pages that the run has something of."""
        assert self.state is not None
        assert self._hosted is not None
        used = {*states.parts_of(self.state), *states.parts_of(self.now or self.state)}.difference(self.state.course)
        return needed(self._hosted.own, {PAGE_OF[part] for part in used})
