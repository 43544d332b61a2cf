"""Settings of the playground: whatever comes with a link is one, or is refused in a line."""

from __future__ import annotations

import math
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autograder.course.trees import trees
from autograder.errors import GradusError
from autograder.lab.messages import BadMessage, Reader
from autograder.lab.playground import messages as m
from autograder.lab.playground import state as states
from autograder.lab.playground.inside.names import DECAYS, LIVE, OPTIMIZERS, PAGE_OF
from autograder.lab.playground.inside.play import Playground
from autograder.lab.playground.parts import course_sources
from autograder.lab.playground.presets import PRESETS

NAMES = [field.name for field in msgspec.structs.fields(states.State)]
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inside: st.lists(inside, max_size=4) | st.dictionaries(st.text(max_size=6), inside, max_size=3),
    max_leaves=6,
)


@settings(max_examples=300, deadline=None)
@given(st.dictionaries(st.sampled_from(NAMES) | st.text(max_size=6), ANYTHING, max_size=4))
def test_whatever_comes_is_a_state_or_refused(found):
    """Nothing but a GradusError of one line, and what is read is read again from its short form"""
    try:
        state = states.read(found)
    except GradusError as error:
        refused = str(error)
    else:
        refused = ""
    if refused:
        assert "\n" not in refused
        return
    assert states.read(states.short(state)) == state
    assert all(math.isfinite(value) for value in states.plain(state).values() if isinstance(value, float))


@settings(max_examples=200, deadline=None)
@given(ANYTHING, st.sampled_from(["build", "go", "step", "change", "race", "landscape", "card", "script", "x"]))
def test_a_bad_message_is_refused(value, kind):
    """Whatever is no message of the page's is told in a line"""
    reader, refused = Reader(m.Incoming), []
    for message in (value, {"type": kind, "state": value, "on": value, "count": value}):
        try:
            reader.read(msgspec.json.encode(message))
        except BadMessage as error:
            refused.append(str(error))
    assert not any("\n" in line for line in refused)


@pytest.mark.parametrize("title, given_state", [(one[0], one[2]) for all_ in PRESETS.values() for one in all_])
def test_every_preset_is_a_state(title, given_state):
    """A preset can be chosen"""
    assert states.read(given_state)


def test_both_sides_know_the_same_names():
    """What a link may say, what may change within a run and what a worker has go together"""
    assert set(LIVE) == set(states.LIVE)
    assert set(OPTIMIZERS) == set(msgspec.inspect.type_info(states.Optimizer).values)
    losses = set(msgspec.inspect.type_info(states.Loss).values)
    assert losses == {*states.CLASSES, *states.NUMBERS}
    assert losses < set(PAGE_OF)
    assert {kind for kind, _ in OPTIMIZERS.values()} | set(DECAYS) <= set(PAGE_OF)


def test_a_picture_is_taken_only_in_its_form():
    """What a worker sends in place of a picture is no picture"""
    whole: dict[str, Any] = {
        "step": 1, "epoch": 1, "loss": 0.5, "losses": [0.5, 0.5], "right": None, "layers": [], "norms": [0.1],
        "turn": 0.0, "finite": True, "plane": b"", "maps": [], "weights": [], "biases": [],
    }  # fmt: skip
    assert msgspec.convert(whole, m.Picture).step == 1
    for change in ({"step": "1"}, {"plane": "<script>"}, {"more": 1}, {"norms": [0.0] * 99}, {"losses": [0.5]}):
        with pytest.raises(msgspec.ValidationError):
            msgspec.convert({**whole, **change}, m.Picture)


@pytest.mark.parametrize(("found", "said"), [
    ({"n": 3}, "n must be 4 or more"), ({"n": 5000}, "n must be 2000 or less"), ({"lr": 0}, "lr must be more than 0"),
    ({"momentum": 1}, "momentum must be less than 1"), ({"scale": {"x": 1e9}}, "one of scale must be 1000000 or less"),
    ({"hidden": [100], "acts": ["relu"]}, "entry 1 of hidden must be 64 or less"),
    ({"changes": [[0, "dropout", 1]]}, "dropout must be 0.95 or less"), ({"data": "moon"}, "data cannot be moon"),
    ({"hidden": "x"}, "hidden must be a list"), ({"features": []}, "features must have 1 entries or more"),
    ({"points": [[0, 0, "a"]]}, "entry 3 of entry 1 of points must be a number"),
    ([], "this link must be values with names"),
    ({"nix": 1}, "this link has nix, which is not known here"), ({"lr": None}, "lr must be a number"),
    ({"changes": [[0, "lr", {}]]},
     "entry 3 of entry 1 of changes must be a whole number or a number or a text"),
])  # fmt: skip
def test_what_does_not_fit_is_said_in_a_sentence(found, said):
    """a link that somebody wrote by hand tells what is wrong with it in the page's words"""
    with pytest.raises(GradusError) as refused:
        states.read(found)
    assert str(refused.value) == said


def test_the_saturated_preset_breaks():
    """It gets stuck where the same network with smaller first weights learns"""
    saturated = next(given for title, _, given in PRESETS["breaks, and why"] if title == "Saturated")
    here = Playground({}, course_sources(trees()))
    reached = {
        init: here.measure(states.plain(states.read({**saturated, "init": init})), [300])[-1][0]
        for init in ("large", "xavier")
    }
    assert reached["large"] > 0.3
    assert reached["xavier"] < 0.1
