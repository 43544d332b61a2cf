"""Missions about points that are memorised."""

from __future__ import annotations

from typing import Any

from .mission import Look, Memory, Mission, mission

MISSIONS: dict[str, Mission] = {}
FEW_AND_NOISY: dict[str, Any] = {
    "data": "gauss", "n": 200, "train": 0.05, "noise": 0.6, "hidden": [16, 16], "acts": ["relu", "relu"],
    "optimizer": "Adam", "lr": 0.01,
}  # fmt: skip


@mission(
    MISSIONS,
    "Memorised",
    "Overfit: with at most 12 training points and noise, a training loss below 0.02 and a test loss above 0.7, "
    "worse than not to know anything (ln 2 = 0.69).",
    "What does the boundary look like when every noisy point is right?",
    "The network is sure of every training point, also of those on the wrong side, and pays for being sure where the "
    "test points are. A low training loss says nothing about success.",
    **{**FEW_AND_NOISY, "train": 0.5},
)
def by_heart(look: Look, memory: Memory) -> bool:
    """Tell whether a few points are memorised."""
    train, test = look.picture.losses
    noisy = look.state.noise > 0 or look.state.flip > 0
    return look.train <= 12 and noisy and train < 0.02 and test > 0.7


@mission(
    MISSIONS,
    "Memorised less",
    "Overfit as before, then calm the same network on the same points with L1, L2 or dropout: a test loss of less than "
    "half, after 300 steps or more.",
    "What happens to the training loss?",
    "The penalty keeps the weights small, so the network cannot be sure: the training loss stays higher, and the test "
    "loss falls.",
    **FEW_AND_NOISY,
)
def calmed(look: Look, memory: Memory) -> bool:
    """Tell whether a penalty halves the test loss."""
    s, (train, test) = look.state, look.picture.losses
    here = (s.data, s.n, s.train, s.noise, s.flip, s.seed, s.hidden)
    if s.l1 == s.l2 == s.dropout == 0 and look.train <= 12 and train < 0.02 and test > 0.7:
        memory["calmed"] = (here, max(test, memory.get("calmed", (here, 0.0))[1]))
    if "calmed" not in memory or memory["calmed"][0] != here:
        return False
    return s.l1 + s.l2 + s.dropout > 0 and look.picture.step >= 300 and test < memory["calmed"][1] / 2
