"""Missions of the playground: each is done by somebody who does what its explanation says, and by nobody else."""

from __future__ import annotations

import functools
from typing import Any

import msgspec
import pytest

from autograder.course.trees import trees
from autograder.lab.playground import messages as m
from autograder.lab.playground import state as states
from autograder.lab.playground.inside.play import Playground
from autograder.lab.playground.missions import MISSIONS, Look, Watch
from autograder.lab.playground.parts import course_sources


@functools.cache
def playground() -> Playground:
    return Playground({}, course_sources(trees()))


def play(
    watch: Watch, settings: dict[str, Any], until: int, name: str = "", every: int = 20, own: bool = True
) -> set[str]:
    """The missions that a run fulfils, looked at every so many steps, until one is done."""
    state = states.read(settings)
    here = playground()
    built = here.build(states.plain(state))
    picture = msgspec.convert(here.picture(), m.Picture)
    first = picture.losses[0]
    done = watch.see(Look(state, picture, built["train"], first), own)
    while here.run.t < until and picture.finite and name not in done:
        picture = msgspec.convert(here.advance(min(every, until - here.run.t), 60.0, True), m.Picture)
        done += watch.see(Look(state, picture, built["train"], first), own)
    return {*done}


def race(watch: Watch, **spec: Any) -> set[str]:
    asked = m.Race(**spec)
    raced = msgspec.convert(playground().race({**msgspec.to_builtins(asked), "start": list(asked.start)}), m.Raced)
    return {*watch.see_race(asked, raced)}


#: for each mission the runs that fulfil it: what is changed of its beginning, and how many steps
WAYS: dict[str, list[tuple[dict[str, Any], int]]] = {
    "product": [({"features": ["xy"]}, 1000)],
    "ring": [({"features": ["x2", "y2"]}, 3000)],
    "small": [({}, 1000), ({"hidden": [4], "seed": 1}, 3000)],
    "spiral": [({"hidden": [8, 8, 8], "acts": ["relu"] * 3, "optimizer": "Adam", "lr": 0.01, "batch": 30}, 4000)],
    "zigzag": [({"lr": 9e-5}, 40), ({"lr": 9e-5, "optimizer": "Momentum", "momentum": 0.5}, 120)],
    "saturated": [({}, 20), ({"init": "xavier"}, 3000)],
    "dead": [({}, 300), ({"lr": 0.03}, 3000)],
    "by_heart": [({}, 1500), ({"train": 0.05}, 1500)],
    "calmed": [({}, 1500), ({"l2": 0.1}, 1500)],
    "scaled": [({}, 400), ({"standardise": True}, 2500)],
    "cliff": [({}, 100), ({"clip": "norm", "clip_at": 0.05}, 1500)],
    "faint": [({}, 20), ({"acts": ["relu"] * 5, "init": "he"}, 3000)],
    "alike": [({}, 120), ({"init": "xavier"}, 3000)],
}


def test_every_mission_has_a_way():
    """None is without a test of how it is done"""
    assert {name for name, one in MISSIONS.items() if one.sees is not None} == set(WAYS)


@pytest.mark.parametrize("name", WAYS)
def test_a_mission_is_done_by_what_it_asks_for(name):
    """Each mission comes with the last of its runs and not before"""
    watch = Watch()
    start = MISSIONS[name].start
    seen = [name in play(watch, {**start, **change}, steps, name) for change, steps in WAYS[name]]
    assert seen == [False] * (len(seen) - 1) + [True]


@pytest.mark.parametrize("name", ["by_heart", "scaled"])
def test_a_ready_made_setting_fulfils_no_mission(name):
    """It may be what is to be seen first: what cures it is one's own"""
    watch = Watch()
    *before, (last, steps) = WAYS[name]
    start = MISSIONS[name].start
    for change, many in before:
        play(watch, {**start, **change}, many, own=False)
    assert name not in play(watch, {**start, **last}, steps, own=False)
    assert name in play(watch, {**start, **last}, steps, name)


NINE = ["SGD", "Momentum", "Nesterov", "Adagrad", "RMSProp", "Adadelta", "Adam", "Adamax", "Nadam"]


def test_sgd_wins_where_it_is_given_the_rate_for_it():
    """The mission of the plain one comes with its victory, and not with its defeat"""
    watch = Watch()
    lr = dict.fromkeys(NINE, 1e-4)
    assert race(watch, surface="ravine", start=(-8, 4), lr={**lr, "Adam": 0.1}, steps=100) == set()
    assert race(watch, surface="ravine", start=(-8, 4), lr={**lr, "SGD": 0.5}, steps=100) == {"winner"}


def test_a_tie_is_no_victory():
    """Nine that do not move from the lowest place end alike: nobody wins"""
    for surface, start in (("ravine", (0, 0)), ("rosenbrock", (1, 1))):
        assert race(Watch(), surface=surface, start=start, lr=dict.fromkeys(NINE, 0.01), steps=50) == set()


def test_another_way_than_scaling_mends_nothing():
    """The mission of the factor is not done with other data, another network or another optimizer"""
    start = MISSIONS["scaled"].start
    for change in ({"data": "gauss"}, {"optimizer": "Adam"}):
        watch = Watch()
        assert "scaled" not in play(watch, start, 400)
        assert "scaled" not in play(watch, {**start, "standardise": True, **change}, 2500, "scaled")


def test_sgd_stays_on_the_ridge_that_others_leave():
    """The mission of the ridge wants a start beside it"""
    watch = Watch()
    asked = {"surface": "saddle", "lr": {"SGD": 0.01, "Adam": 0.1}, "steps": 200}
    assert race(watch, start=(0, 1), **asked) == set()
    assert race(watch, start=(2, 1), **asked) == set()
    assert race(watch, start=(0.001, 1), **asked) == {"stuck"}
