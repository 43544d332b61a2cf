"""The playground of neural networks as a view of the lab: one page, and a session for each network on it."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, Literal, get_args, get_origin

from msgspec import structs, to_builtins

from ...course.syllabus import split_lesson
from ...language import authored
from ..lesson import lesson_html
from ..views import NotHere, View
from . import messages, state
from .cards import card_of
from .inside.names import DECAYS, LIVE, OPTIMIZERS, PAGE_OF
from .missions import MISSIONS, Watch
from .parts import SECTION, course_sources, own_sources, stamp
from .presets import PRESETS
from .room import Room
from .session import Session

if TYPE_CHECKING:
    from ..outbox import Outbox
    from ..shared import Lab

ADDRESS = f"{SECTION}/playground"
PATHS = ("", ADDRESS)


def context(lab: Lab, path: str) -> dict[str, Any]:
    """Return what the page is made from: settings with their choices, presets, missions."""
    if path not in PATHS:
        raise NotHere("there is no such page")
    fields = structs.fields(state.State)
    given = {
        "defaults": {name: to_builtins(value) for name, value in state.plain(state.State()).items()},
        "choices": {f.name: get_args(f.type) for f in fields if get_origin(f.type) is Literal},
        "acts": get_args(state.Act), "features": get_args(state.Feature),
        "classes": list(state.CLASSES), "numbers": list(state.NUMBERS), "live": list(LIVE),
        "decays": [name for name, (kind, _) in OPTIMIZERS.items() if kind in DECAYS],
        "pages": {part: f"{SECTION}/{page}" for part, page in PAGE_OF.items()},
        "kinds": {name: kind for name, (kind, _) in OPTIMIZERS.items()},
        "presets": {
            authored(group): [(authored(title), authored(about), given) for title, about, given in all_]
            for group, all_ in PRESETS.items()
        },
        "done": sorted(_watch(lab).done),
        "missions": [
            {k: authored(getattr(one, k)) for k in ("title", "task", "expect", "explain")}
            | {"name": one.name, "start": one.start, "race": one.sees_race is not None}
            for one in MISSIONS.values()
        ],
    }  # fmt: skip
    _, lesson = split_lesson(lab.trees.lesson(ADDRESS))
    return {
        "title": authored(VIEW.title),
        "given": given,
        "lesson": lesson_html(lesson, SECTION, "../" * (1 + path.count("/"))),
    }


@cache
def _watch(lab: Lab) -> Watch:
    """Return the missions done in this workspace, the same for every page that is open."""
    with lab.answers.progress() as kept:
        return Watch(set(kept.missions.get(ADDRESS, ())) & MISSIONS.keys())


def session(lab: Lab, outbox: Outbox, path: str) -> Session:
    """Return what leads one network."""
    if path not in PATHS:
        raise NotHere("there is no such page")

    def keep(done: set[str]) -> None:
        with lab.answers.progress() as kept:
            kept.missions[ADDRESS] = [name for name in MISSIONS if name in done]
        if lab.answers.unkept:
            outbox.say(messages.Declined(lab.answers.unkept))

    room = Room(
        lab.workers.source, lambda: own_sources(lab), course_sources(lab.trees), stamp=lambda: stamp(lab),
        card=lambda part, kind: card_of(lab, part, kind), watch=_watch(lab), keep=keep,
    )  # fmt: skip
    return Session(room, outbox)


VIEW = View("playground", context, messages.Incoming, session, ADDRESS, "Playground: neural networks")
