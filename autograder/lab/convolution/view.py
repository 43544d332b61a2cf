"""The playground of convolutional networks as a view: a page, and a worker for each page that is open."""

from __future__ import annotations

import asyncio
import re
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from msgspec import structs

from ...course.syllabus import split_lesson
from ...errors import GradusError
from ...language import _, authored, translated
from ...report.card import card
from ...student.workspace import write_text
from ...text import printable
from ..fitting import fitting, kind_of
from ..lesson import lesson_html
from ..loops import Loop
from ..messages import Skip, Trouble
from ..plainly import meaning
from ..views import NotHere, View
from . import messages as m
from .checkpoints import MOST_BYTES, bytes_of, files_of, given
from .missions import MISSIONS

if TYPE_CHECKING:
    from ...live.client import Answer
    from ...student.progress import Page
    from ...student.watch import Saved
    from ..outbox import Outbox
    from ..shared import Lab

ADDRESS = "s4_cnns/playground"
PAGES = ("s4_cnns/convolution", "s4_cnns/digits", "s3_neural_networks/tasks", "s6_further/explainability")
PAGE_OF = {  #: the page that each part is written on
    **dict.fromkeys(("conv2d", "maxpool2d", "avgpool2d"), "s4_cnns/convolution"),
    **dict.fromkeys(("DigitClassifier", "train_digits", "evaluate", "hardest"), "s4_cnns/digits"),
    **dict.fromkeys(("occlusion", "grad_cam", "layer_maps"), "s6_further/explainability"),
    "confusion_matrix": "s3_neural_networks/tasks",
}
_NAMED = re.compile(r"your (\w+)[:,]")  #: how a sentence begins about a part, or a page, of the student's
_METHODS = dict.fromkeys(("forward", "__init__"), "DigitClassifier")  #: the one class of these pages
SOURCES = [
    Path(__file__).resolve().parent / "inside" / name
    for name in ("state_dicts.py", "answers.py", "training.py", "bench.py")
]
SECONDS = (
    5.0  #: of processor time from one exchange to the next: an answer takes milliseconds, a look at a training some
)
WEIGHTS = "lab/digits.pt"  #: below the workspace's hidden folder: what was trained here last


def context(lab: Lab, path: str) -> dict[str, Any]:
    """Return what the page is made from."""
    if path or ADDRESS not in lab.syllabus.playgrounds:
        raise NotHere("there is no such page")
    _front, lesson = split_lesson(lab.trees.lesson(ADDRESS))
    return {
        "title": authored(VIEW.title),
        "missions": MISSIONS,
        "lesson": lesson_html(lesson, ADDRESS.partition("/")[0], "../"),
    }


class ConvolutionSession:
    """Leads one page: begins a worker, and another in its place when that one ends."""

    def __init__(self, lab: Lab, outbox: Outbox, path: str):
        if path or ADDRESS not in lab.syllabus.playgrounds:
            raise NotHere("there is no such page")
        self._lab, self._outbox = lab, outbox
        self._left: set[str] = set()  # pages whose code ended a worker: the course's is used until they are saved
        #: pages that a judge was asked about since they were saved: the parts that failed there, and how each did
        self._doubted: dict[str, dict[str, str]] = {}
        self._closed = False
        self._pages = [page for page in PAGES if page in lab.syllabus.exercises]
        self._stamps = lab.stamps(self._pages)
        self._given: Any = None  # the sources that the worker has
        self._looking = threading.Lock()
        with self._looking:  # a save that comes meanwhile waits, and so does the loop's end
            lab.answers.listeners.add(self)
            self._loop = self._begin()
        with lab.answers.progress() as kept:
            done = kept.missions.get(ADDRESS, [])
        outbox.say(m.Files(files_of(lab.workspace.root), [name for name in MISSIONS if name in done]))

    def _begin(self) -> Loop:
        return Loop(self._lab, _Ear(self._outbox, self._ended, self._shown), self._job, self._look)

    def _job(self, loop: Loop) -> None:
        student = loop.worker(SOURCES, seconds=SECONDS)
        student.run(loop.exchange(m.Frame), loop.aside(self._fetch), loop.aside(self._keep), loop.running)

    # -- what the worker asks for ----------------------------------------------------------------

    def _fetch(self, name: str) -> Any:
        """Return the sources, the digits, or weights."""
        kind, _, rest = str(name).partition(" ")
        if kind == "parts":
            found = self._given = self._lab.parts(self._pages)
            return {page: {**one, "yours": []} if page in self._left else one for page, one in found.items()}
        if kind == "digits":
            return _digits()
        if kind == "file":
            return given(self._lab.workspace.root, rest)
        if rest == "yours":
            return bytes_of(self._lab.workspace.hidden / WEIGHTS)
        return bytes_of(self._lab.trees.beside("s4_cnns/digits", "digits_weights.pt"))

    def _keep(self, weights: bytes) -> None:
        """Keep what was trained, for the next time."""
        if isinstance(weights, bytes) and len(weights) <= MOST_BYTES:
            try:
                write_text(self._lab.workspace.hidden / WEIGHTS, weights)
            except GradusError as error:
                why = _("the trained network is not kept for the next time: {why}", why=translated(str(error)))
                self._outbox.say(m.Nothing(printable(why, m.LONGEST)))

    # -- what goes wrong -------------------------------------------------------------------------

    def _ended(self, trouble: Trouble) -> None:
        """Begin again without the code that ended a worker."""
        if self._closed:
            return
        self._lab.answers.start()
        blamed = [trouble.page] if trouble.page in PAGES else self._pages
        given, self._given = self._given, None  # None where it ended before it asked for any
        saved = given is not None and self._lab.parts(blamed) != {page: given.get(page) for page in blamed}
        if saved:
            self._left.difference_update(blamed)  # corrected while the old code still ran: it is tried as it is now
        elif trouble.page in PAGES and trouble.page not in self._left:
            self._left.add(trouble.page)
            self._doubt(trouble.page, _METHODS.get(trouble.part, trouble.part), trouble.status)
        elif self._left.issuperset(PAGES):  # it ends without any of the student's code: begun again, it would end again
            return
        else:
            self._left.update(PAGES)
            for page in self._pages:  # the judge finds out which it was
                self._doubt(page, "", trouble.status)
        with self._looking:
            self._loop = self._begin()
            if saved:
                self._loop.tell(m.Reload())  # whose answer takes the trouble off the page

    def _shown(self, frame: Any) -> None:
        """Hear of saves from now on, and ask a judge about a page of the student's that did not do what it should."""
        self._lab.answers.start()  # not before the first picture, which would wait for the judge to warm up
        if isinstance(frame, m.Nothing) and frame.page in self._pages:
            named = _NAMED.match(frame.why)
            self._doubt(frame.page, named[1] if named is not None else "", kind_of(frame.why.partition(": ")[2]))
        told = [frame, *getattr(frame, "heats", ()), *getattr(frame, "parts", ())]
        words = [getattr(one, name, "") for one in told for name in ("problem", "pool_problem")]
        words += getattr(frame, "problems", ())
        for text in words:
            if (found := _NAMED.match(text)) is not None:
                page = PAGE_OF.get(found[1]) or next((page for page in PAGES if page.endswith(f"/{found[1]}")), "")
                self._doubt(page, found[1], kind_of(text.partition(": ")[2]))

    def _doubt(self, page: str, part: str, kind: str) -> None:
        """Ask a judge about a page; each part that failed there has the card that fits what went wrong last."""
        known = self._doubted.setdefault(page, {}) if page in self._pages else {part: kind}
        if known.get(part) != kind:
            known[part] = kind
            self._lab.answers.ask(self._lab.syllabus.exercises[page])

    def asked(self, saved: Saved, now: bool) -> None:
        """Take what was saved at once, before the judge has answered."""
        self._look()

    def _look(self) -> None:
        """Take what was saved: the watch tells of one file alone where several were saved at once."""
        with self._looking:
            now = self._lab.stamps(self._pages)
            saved = {page for page in self._pages if now[page] != self._stamps[page]}
            self._stamps = now
        if not saved or self._closed:
            return
        tried_again = bool(self._left & saved)
        self._left -= saved
        self._doubted = {page: about for page, about in self._doubted.items() if page not in saved}
        if self._loop.ended:  # for good
            self._loop = self._begin()
        elif tried_again or self._lab.parts(self._pages) != self._given:  # an editor may write in two steps: told once
            self._loop.tell(m.Reload())

    def answered(self, answer: Answer, saved: Saved, seconds: float, page: Page) -> None:
        """Show the cards of the checks that fit what went wrong, where the page was in doubt."""
        address = saved.exercise.address
        fit = [(part, fitting(answer.grade, part, kind)) for part, kind in self._doubted.get(address, {}).items()]
        for part, failed in fit:
            if failed is not None:
                grade = replace(answer.grade, checks=(failed,))
                self._outbox.say(m.Card(address, answer.title, card(grade, answer.title), part))

    def said(self, line: str) -> None:
        """Say nothing of it: the page of the exercise does."""

    # -- what the page asks for ------------------------------------------------------------------

    async def receive(self, message: Any) -> None:
        """Hand it to the worker, or note a mission."""
        if isinstance(message, m.Done):
            if message.mission in MISSIONS:
                await asyncio.to_thread(self._note, message.mission)
            else:
                self._outbox.say(m.Nothing(_("there is no such mission")))
        elif isinstance(message, Skip):
            if not self._loop.skip():
                self._outbox.say(m.Nothing(_("nothing of yours is waited for just now")))
        else:
            self._loop.tell(message)

    def _note(self, mission: str) -> None:
        with self._lab.answers.progress() as kept:
            done = {*kept.missions.get(ADDRESS, ()), mission}
            kept.missions[ADDRESS] = [name for name in MISSIONS if name in done]
        if self._lab.answers.unkept:
            self._outbox.say(m.Nothing(self._lab.answers.unkept))

    async def close(self) -> None:
        """End the worker."""
        self._closed = True
        self._lab.answers.listeners.discard(self)
        self._loop.stop()


class _Ear:
    """An outbox that also hears what passes: the end of a loop, and frames that tell of a problem."""

    def __init__(self, outbox: Outbox, ended: Callable[[Trouble], None], shown: Callable[[Any], None]):
        self._outbox, self._ended, self._shown = outbox, ended, shown

    def say(self, message: Any) -> None:
        """Send this; a loop that ended in trouble is followed by another."""
        self._outbox.say(message)
        if isinstance(message, Trouble):
            self._ended(message)

    def show(self, frame: Any) -> None:
        """Send this as soon as the page takes it."""
        self._shown(frame)
        self._outbox.show(_spoken(frame))


def _spoken(value: Any) -> Any:
    """Return a frame, or a part of one, whose sentences are in the language that is spoken."""
    said: dict[str, Any] = {
        name: printable(translated(meaning(text)), m.LONGEST)
        for name in ("problem", "pool_problem", "why")
        if (text := getattr(value, name, ""))
    }
    if many := getattr(value, "problems", ()):
        said |= {"problems": [printable(translated(meaning(text)), m.LONGEST) for text in many]}
    inside = {name: [*map(_spoken, many)] for name in ("parts", "heats") if (many := getattr(value, name, ()))}
    return structs.replace(value, **said, **inside) if said or inside else value


def _digits() -> tuple[Any, ...]:
    """Return the digits of the course, as bytes of grey."""
    from ...course import datasets

    digits = datasets.load("digits").load()
    grey = [(images * 255).round().byte() for images in (digits.train_images, digits.test_images)]
    return grey[0], digits.train_labels, grey[1], digits.test_labels


VIEW = View(
    "convolution", context, m.Incoming, ConvolutionSession, ADDRESS, "Playground: convolutional neural networks"
)
