"""The colours of the pictures, as people see them who cannot tell red from green."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from matplotlib.colors import to_hex

from autograder.authoring.dark import PAPER, turned
from autograder.authoring.pictures import COLOURS

#: Machado, Oliveira, Fernandes, "A Physiologically-based Model for Simulation of Color Vision Deficiency" (2009),
#: https://doi.org/10.1109/TVCG.2009.113: the matrices of severity 1, for linear RGB
SIGHT = {
    "normal": np.eye(3),
    "protanopia": np.array(
        [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]
    ),
    "deuteranopia": np.array(
        [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]
    ),
}
#: linear sRGB to XYZ (IEC 61966-2-1), and the white of D65
XYZ = np.array(
    [[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750], [0.0193339, 0.1191920, 0.9503041]]
)
WHITE = np.array([0.95047, 1.0, 1.08883])
LEAST = 20.0  # CIE76: 2.3 is just noticeable side by side; thin lines far from their legend need much more
BY_NIGHT = tuple(to_hex(turned(colour)) for colour in COLOURS)


def linear(colour: str) -> np.ndarray:
    """A colour as linear RGB, each from 0 to 1."""
    c = np.array([int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)])
    return np.where(c <= 0.04045, c / 12.92, ((c + 0.055) / 1.055) ** 2.4)


def lab(colour: str, sight: str) -> np.ndarray:
    """A colour in CIELAB, as it is seen."""
    t = XYZ @ np.clip(SIGHT[sight] @ linear(colour), 0, 1) / WHITE
    f = np.where(t > (6 / 29) ** 3, np.cbrt(t), t / (3 * (6 / 29) ** 2) + 4 / 29)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


def apart(one: str, other: str, sight: str) -> float:
    """How far two colours lie apart in CIELAB."""
    return float(np.linalg.norm(lab(one, sight) - lab(other, sight)))


def contrast(colour: str, paper: str) -> float:
    """The contrast of WCAG 2 between a colour and what it is drawn on, from 1 to 21."""
    low, high = sorted(float(XYZ[1] @ linear(one)) for one in (colour, paper))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("sight", SIGHT)
@pytest.mark.parametrize("colours", [COLOURS, BY_NIGHT], ids=["by day", "by night"])
def test_no_two_colours_look_alike(colours, sight):
    """Any two colours of the palette can be told apart, by day and by night, by everybody."""
    near = [(round(apart(a, b, sight), 1), a, b) for a, b in combinations(colours, 2)]
    assert min(near)[0] >= LEAST, min(near)


@pytest.mark.parametrize(("colours", "paper"), [(COLOURS, "#ffffff"), (BY_NIGHT, PAPER)], ids=["by day", "by night"])
def test_lines_stand_out(colours, paper):
    """Every colour has the contrast to its background that WCAG 2.1 asks of graphics, 3 to 1."""
    assert [colour for colour in colours if contrast(colour, paper) < 3.0] == []


def test_the_simulation_sees_what_it_should():
    """Greys stay what they are, and pure red and green come near each other; the palette of before would fail."""
    assert apart("#808080", "#808080", "deuteranopia") == 0
    assert all(np.allclose(matrix.sum(1), 1, atol=1e-3) for matrix in SIGHT.values())
    assert apart("#1b6ca8", "#6b5b95", "protanopia") < 10 < apart("#1b6ca8", "#6b5b95", "normal")
    assert apart("#3a8f5c", "#b23a48", "deuteranopia") < 10 < apart("#3a8f5c", "#b23a48", "normal")
