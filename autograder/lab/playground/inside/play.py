"""What the lab asks a worker for: one network, or one race, at a time."""

import contextlib
import math
import time

import torch

from .comparing import differences
from .engine import LOOKS, Run
from .names import LIVE, OPTIMIZERS
from .pace import slow_parts
from .parts import RAISED, Parts
from .race import landscape, race

COMPARE_EVERY = 1.0  #: seconds between two looks whether parts give what the course's give
EARLY = 64  #: steps up to which that is looked at with every picture


class Playground:
    """Holds the parts, and the run that they were put together for.

    Args:
        own: the cells of each page that the student has.
        course: the source of each page of the course.
        running: is told what runs, see :class:`.parts.Parts`.
    """

    def __init__(self, own, course, running=None):
        self.parts = Parts(own, course, running)
        self.run = None
        self._compared = 0.0  # when the parts of the run were last compared with the course's

    def build(self, state, to_step=0, seconds=2.0):
        """Begin a run and lead it to a step, as far as the time goes; return what it is, and its parts' notes."""
        self.parts.notes = {}
        self.run = None  # the old one's memory first
        run = Run(state, self.parts)
        if to_step:
            run.advance(to_step, seconds)
        self.run = run
        return {**run.described(), "parts": self.parts.notes, "step": run.t}

    def come_back(self, to_step, seconds):
        """Lead the run to a step, as far as the time goes; return where it is."""
        if to_step > self.run.t and math.isfinite(self.run.loss):
            self.run.advance(to_step - self.run.t, seconds)
        return self.run.t

    def advance(self, steps, seconds, pictured):
        """Take steps; return a picture, or the bare count of steps where none is wanted."""
        self.run.advance(steps, seconds)
        if not pictured and math.isfinite(self.run.loss):
            return {"step": self.run.t}
        return {**self.run.picture(), "differs": self._compare()}

    def _compare(self):
        """Tell, now and then, whether a part of the student's gives something else than the course's by now."""
        now = time.monotonic()
        if self.run.t > EARLY and now - self._compared < COMPARE_EVERY:
            return False
        found = differences(self.run)
        for name, text in found.items():
            self.parts.differs(name, text)
        self._compared = time.monotonic()
        return bool(found)

    def picture(self):
        """Return a picture of this moment."""
        return self.run.picture()

    def change(self, key, value):
        """Change a setting of the run; return the step from which it counts."""
        if key not in LIVE:
            raise ValueError(f"{key} does not change within a run")
        return self.run.change(key, value)

    def notes(self):
        """Return of each part in use whose it is, and why."""
        return self.parts.notes

    def measure(self, state, steps):
        """Return the losses of a run of its own after each of these numbers of steps."""
        run = Run(state, self.parts)
        found = []
        for step in steps:
            if step > run.t:
                run.advance(step - run.t, math.inf)
            found.append(run.measure()["losses"])
        return found

    @contextlib.contextmanager
    def _aside(self):
        """Let other runs be made meanwhile: afterwards all is as it was, what dropout draws next among it."""
        notes, drawn = dict(self.parts.notes), torch.get_rng_state()
        try:
            yield
        finally:
            self.parts.notes = notes
            torch.set_rng_state(drawn)

    def culprit(self, state, step, seconds):
        """Look for the student's part without which a run passes a step at which it failed.

        Args:
            seconds: that each way to that step may take.

        Returns:
            (its name, "" where none is found; whether every way led there)
        """
        step, reached = max(step, self.run.t if self.run is not None else 0), True
        own = [name for name, note in self.parts.notes.items() if note["whose"] == "yours"]
        for name in own:
            with self._aside():
                try:
                    run = Run({**state, "course": [*state["course"], name]}, self.parts)
                    run.advance(step + 2, seconds)
                except RAISED:
                    continue
            if math.isfinite(run.loss):
                if run.t > step:
                    return name, True
                reached = False  # who did not come there in time may fail there too
        return "", reached

    def idle_optimizer(self, state, seconds):
        """Return the student's optimizer where it moves a parameter no longer that the course's moves; "" elsewhere.

        Args:
            state: of the run.
            seconds: that the way to this step may take; where it takes longer, nothing is found.
        """
        kind, last = OPTIMIZERS[self.run.state["optimizer"]][0], self.run.t - 1
        if self.parts.notes[kind]["whose"] != "yours":
            return ""
        with self._aside(), contextlib.suppress(*RAISED):  # a part may be missing, or fail there
            other = Run({**state, "course": [*state["course"], kind]}, self.parts)
            if last == 0 or other.advance(last, seconds) == last:
                places = [p.detach().clone() for p in other.params]
                other.step()
                held = [place for place, looks in enumerate(self.run.held) if looks >= LOOKS]
                return kind if any(not torch.equal(other.params[at], places[at]) for at in held) else ""
        return ""

    def slow_parts(self, state):
        """Return which parts of the student's make the steps of a run slow, see :func:`.pace.slow_parts`."""
        with self._aside():
            return slow_parts(state, self.parts)

    def weights(self):
        """Return all parameters as nested lists, from the input to the output."""
        return [p.tolist() for p in self.run.params]

    def race(self, spec):
        """Return the trails of a race, and the notes of those who take part."""
        self.parts.notes = {}
        trails = race(spec, self.parts)
        return {"trails": trails, "parts": self.parts.notes}

    def landscape(self, name):
        """Return the map of a surface."""
        return landscape(name)
