"""Each layer of the sandbox, tried from inside a worker."""

from __future__ import annotations

import sys

import pytest

from autograder.sandbox.host.layers import layers
from autograder.sandbox.host.probe import probe

#: what each level must hold; control groups are only reported
HOLDS = {
    "namespaces": {
        "user", "process table", "network", "shared memory", "files", "system calls", "privileges", "limits",
        "watchdog",
    },
    "landlock": {"network", "shared memory", "files", "system calls", "privileges", "limits", "watchdog"},
}  # fmt: skip


@pytest.mark.parametrize("level", HOLDS)
def test_every_layer_of_a_level_holds(level):
    """what a level promises is what an attempt inside it meets"""
    if sys.platform != "linux" or not probe(level).works:
        pytest.skip(f"{level} does not work on this machine: {probe(level).detail}")
    found = {layer.name: layer for layer in layers(level)}
    missing = {name: found[name].detail for name in HOLDS[level] if not found[name].holds}
    assert not missing
