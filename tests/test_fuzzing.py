"""Bytes from strangers make the judge raise nothing but its own documented errors."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.fuzzing.targets import CORPUS, TARGETS, Encoder, Objects

BY_NAME = pytest.mark.parametrize("target", TARGETS.values(), ids=TARGETS)


def sound(values: list) -> bytes:
    """A frame that is one: mutations of it get deeper than noise does."""
    encoder = Encoder(Objects(), strided=False)
    encoder.value(values)
    return bytes(encoder.out)


plain = st.one_of(st.none(), st.booleans(), st.integers(-9, 9), st.floats(), st.text(max_size=5), st.binary(max_size=5))
frames = st.recursive(plain, lambda inner: st.lists(inner, max_size=4) | st.tuples(inner, inner), max_leaves=8).map(
    lambda value: sound([value])
)
spliced = st.tuples(frames, st.integers(0, 60), st.binary(max_size=6)).map(
    lambda part: part[0][: part[1]] + part[2] + part[0][part[1] + len(part[2]) :]
)


@BY_NAME
@given(st.one_of(st.binary(max_size=200), frames, spliced))
def test_noise(target, data):
    """random bytes, sound frames and sound frames with a few bytes changed"""
    target(data)


def _found() -> list[Path]:
    return sorted(path for path in CORPUS.rglob("*") if path.is_file())


@pytest.mark.parametrize("path", _found(), ids=lambda path: f"{path.parent.name}/{path.name[:24]}")
def test_what_once_broke(path):
    """inputs that the fuzzer found stay harmless"""
    TARGETS[path.parent.name](path.read_bytes())
