"""Which numbers one normalised number depends on: each is changed, and filled where the starred result changes too."""

from collections.abc import Callable

import matplotlib.pyplot as plt
import torch
from matplotlib.patches import Rectangle

from autograder.authoring.pictures import COLOURS, reference

SHAPE = (3, 4, 2, 2)  # images, channels, rows, columns
STAR = (1, 1, 0, 0)


def kinds() -> dict[str, Callable[[torch.Tensor], torch.Tensor]]:
    """The four normalisations of the panels."""
    page = reference("s4_cnns/normalisation")
    one, zero = torch.ones(SHAPE[1], dtype=torch.float64), torch.zeros(SHAPE[1], dtype=torch.float64)
    return {
        "batch norm": lambda x: page.normalise(x, (0, 2, 3)),
        "group norm, 2 groups": lambda x: page.group_norm(x, 2, one, zero),
        "group norm, 1 group": lambda x: page.group_norm(x, 1, one, zero),
        "layer norm of a pixel": lambda x: page.normalise(x, (1,)),
    }


def depends(function: Callable[[torch.Tensor], torch.Tensor]) -> torch.Tensor:
    """A bool tensor of SHAPE: True where another number in this place changes the starred result."""
    x = torch.arange(48, dtype=torch.float64).mul(0.7).sin().reshape(SHAPE)
    before, found = function(x)[STAR], torch.zeros(SHAPE, dtype=torch.bool)
    for place in torch.ones(SHAPE).nonzero():
        other = x.clone()
        other[tuple(place)] += 1
        found[tuple(place)] = (function(other)[STAR] - before).abs() > 1e-9
    return found


def draw() -> plt.Figure:
    """Four panels: images below each other, channels side by side, two by two pixels in each."""
    figure, axes = plt.subplots(1, 4, figsize=(9.2, 2.6))
    for axis, (name, function) in zip(axes, kinds().items(), strict=True):
        found = depends(function)
        for n, c, i, j in torch.ones(SHAPE).nonzero().tolist():
            colour = COLOURS[0] if found[n, c, i, j] else "none"
            corner = (2.5 * c + j, 2.5 * n + i)
            axis.add_patch(Rectangle(corner, 0.92, 0.92, facecolor=colour, edgecolor=COLOURS[5], linewidth=1))
        axis.plot(2.5 * STAR[1] + STAR[3] + 0.46, 2.5 * STAR[0] + STAR[2] + 0.46, "*", color="white", markersize=9)
        axis.set(xlim=(-0.3, 9.8), ylim=(7.3, -0.3), xticks=[1, 3.5, 6, 8.5], yticks=[1, 3.5, 6], title=name)
        axis.set_xticklabels(range(SHAPE[1]))
        axis.set_yticklabels(range(SHAPE[0]))
        axis.set_xlabel("channel")
        axis.set_aspect("equal")
        axis.tick_params(length=0)
        axis.grid(visible=False)
        for side in axis.spines.values():
            side.set_visible(False)
    axes[0].set_ylabel("image")
    return figure
