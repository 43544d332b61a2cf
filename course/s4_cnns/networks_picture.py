"""How large signal and gradient are along thirty blocks: plain ones, with batch norm, and with a shortcut too."""

import matplotlib.pyplot as plt
import torch
from torch import nn

from autograder.authoring.pictures import COLOURS, reference

DEPTH, CHANNELS = 30, 16


def plain(norm: bool) -> nn.Module:
    """What is left of a residual block without its shortcut, and without its batch norm too if so wanted."""
    layers: list[nn.Module] = []
    for _ in range(2):
        layers.append(nn.Conv2d(CHANNELS, CHANNELS, 3, padding=1, bias=False))
        layers += [nn.BatchNorm2d(CHANNELS), nn.ReLU()] if norm else [nn.ReLU()]
    return nn.Sequential(*layers)


def sizes(blocks: list[nn.Module]) -> tuple[list[float], list[float]]:
    """The deviation of the signal between the blocks, and that of its gradient, whose last one is 1."""
    signals = [torch.randn(8, CHANNELS, 12, 12, dtype=torch.float64, requires_grad=True)]
    for block in blocks:
        signals.append(block.double()(signals[-1]))
        signals[-1].retain_grad()
    (signals[-1] * torch.randn_like(signals[-1])).sum().backward()
    return [s.std().item() for s in signals], [s.grad.std().item() for s in signals]


def draw() -> plt.Figure:
    """Two panels over the depth, logarithmic; the plain blocks soon leave the picture."""
    page = reference("s4_cnns/networks")
    kinds = {
        "neither": lambda: plain(norm=False),
        "batch norm": lambda: plain(norm=True),
        "batch norm and shortcut": lambda: page.ResidualBlock(CHANNELS, CHANNELS),
    }
    figure, axes = plt.subplots(1, 2, figsize=(7.4, 3.2), sharey=True)
    for colour, (name, make) in zip((COLOURS[5], COLOURS[1], COLOURS[0]), kinds.items(), strict=True):
        torch.manual_seed(0)
        for axis, values in zip(axes, sizes([make() for _ in range(DEPTH)]), strict=True):
            axis.plot(range(DEPTH + 1), values, color=colour, label=name)
    for axis, title in zip(axes, ("size of the signal", "size of the gradient (1 at the end)"), strict=True):
        axis.set_yscale("log")
        axis.set_ylim(1e-6, 1e6)
        axis.set_xlim(0, DEPTH)
        axis.set_xlabel("after this many blocks")
        axis.set_title(title)
    axes[0].legend(loc="upper right")
    return figure
