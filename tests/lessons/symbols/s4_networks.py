"""The formulas of the lessons on normalisation and networks, and what they say in symbols."""

from __future__ import annotations

import math

import numpy as np
import torch
from torch import nn
from torch.nn import functional

from tests.lessons import Claim, Formula, script, solution

NORMALISATION = "s4_cnns/normalisation"
NETWORKS = "s4_cnns/networks"
F64 = torch.float64


def counted_layers() -> int:
    """The layers on the way through the page's ResNet: convolutions but those of shortcuts, and the linear one."""
    modules = list(solution(NETWORKS).resnet18().modules())
    convolutions = [m for m in modules if isinstance(m, nn.Conv2d) and m.kernel_size != (1, 1)]
    return len(convolutions) + sum(isinstance(m, nn.Linear) for m in modules)


def table_of_norms() -> bool:
    """Over which dims the four rows take their mean, and for what they have a scale."""
    x, words = torch.randn(3, 4, 2, 5), torch.randn(2, 3, 6)
    page = solution(NORMALISATION)
    batch, group, pixel, word = nn.BatchNorm2d(4), nn.GroupNorm(2, 4), page.LayerNorm2d(4), nn.LayerNorm(6)
    return (
        batch(x).mean((0, 2, 3)).abs().max() < 1e-6
        and group(x).reshape(3, 2, 2, 2, 5).mean((2, 3, 4)).abs().max() < 1e-6
        and pixel(x).mean(1).abs().max() < 1e-6
        and word(words).mean(2).abs().max() < 1e-6
        and [tuple(layer.weight.shape) for layer in (batch, group, pixel, word)] == [(4,), (4,), (4,), (6,)]
    )


def batch_statistics() -> bool:
    """What PyTorch's running averages begin with, and what one batch of n numbers makes of them."""
    layer, x = nn.BatchNorm2d(1), torch.randn(2, 1, 3, 4, dtype=torch.float32)
    begin = (layer.running_mean.item(), layer.running_var.item()) == (0, 1)
    layer(x)
    n, var = 2 * 3 * 4, x.var(correction=0)
    return begin and torch.allclose(
        torch.cat([layer.running_mean, layer.running_var]),
        torch.stack([0.1 * x.mean(), (1 - 0.1) * 1 + 0.1 * var * n / (n - 1)]),
    )


def folded() -> bool:
    """The folded layer, for random numbers, against the two formulas."""
    w, b, mu, var, g, beta = torch.rand(6, 1, dtype=F64) + 0.5
    found = solution(NORMALISATION).fold_batch_norm(w.reshape(1, 1, 1, 1), b, mu, var, g, beta, 1e-3)
    factor = g / (var + 1e-3).sqrt()
    return torch.allclose(found[0].flatten(), factor * w) and torch.allclose(found[1], factor * (b - mu) + beta)


def first_weights() -> bool:
    """What He's variance leaves of a signal's size, over six layers."""
    x = torch.randn(4, 64, 16, 16).relu()
    start, std = x.square().mean().sqrt(), math.sqrt(2 / (3**2 * 64))
    for _ in range(6):
        x = functional.conv2d(functional.pad(x, (1, 1, 1, 1), mode="circular"), std * torch.randn(64, 64, 3, 3)).relu()
    return 0.8 < float((x.square().mean().sqrt() / start) ** (1 / 6)) < 1.2


def own_layer() -> bool:
    """The page's batch norm in training mode: size of the signal, and what its averages take in."""
    layer, x = solution(NETWORKS).BatchNorm2d(3), torch.randn(8, 3, 6, 6) * 5 + 2
    y = layer(x)
    mixed = torch.allclose(layer.running_mean, (1 - 0.1) * 0 + 0.1 * x.mean((0, 2, 3)))
    return bool(y.mean((0, 2, 3)).abs().max() < 1e-5 and (y.var((0, 2, 3)) - 1).abs().max() < 0.01 and mixed)


def fits_shortcut() -> bool:
    """The kernel of the shortcut in a block that halves and widens."""
    block = solution(NETWORKS).ResidualBlock(4, 8, stride=2)
    return any(isinstance(m, nn.Conv2d) and m.kernel_size == (1, 1) for m in block.modules())


FORMULAS: list[Formula] = [
    Formula(
        NORMALISATION,
        r"\gamma\,\frac{x - \mu}{\sqrt{\sigma^2 + \varepsilon}} + \beta",
        lambda: {
            "x": np.array([1.0, 2, 6]),
            r"\mu": 3.0,
            r"\sigma": math.sqrt(14 / 3),
            r"\varepsilon": 1e-5,
            r"\gamma": 2.0,
            r"\beta": 0.5,
        },
        lambda: (
            solution(NORMALISATION)
            .layer_norm(
                torch.tensor([1.0, 2, 6], dtype=F64), torch.full((3,), 2.0, dtype=F64), torch.full((3,), 0.5, dtype=F64)
            )
            .numpy()
        ),
    ),
]
CLAIMS = [
    Claim(
        NETWORKS,
        "are **ResNet-<d>**",
        counted_layers,
    ),
    Claim(
        NORMALISATION,
        "The variance is divided by $n$, not by $n - 1$",
        lambda: (
            solution(NORMALISATION).normalise(torch.tensor([1.0, 2, 6]), (0,)).square().mean().isclose(torch.ones(()))
        ),
    ),
    Claim(
        NORMALISATION,
        "| batch norm, `nn.BatchNorm2d(C)` | dims $0, 2, 3$ | in training mode | for each channel | | group"
        " norm, `nn.GroupNorm(G, C)` | $C/G$ neighbouring channels, dims $2, 3$ | no | for each channel | |"
        " layer norm of a pixel | dim $1$ | no | for each channel | | layer norm of a word, "
        "`nn.LayerNorm(D)` | dim $2$ | no | for each entry |",
        table_of_norms,
    ),
    Claim(
        NORMALISATION,
        r"<d> images have <d> channels of $<d> \times <d>$ pixels",
        lambda: script(NORMALISATION).SHAPE,
    ),
    Claim(
        NORMALISATION,
        r"$m = 0.1$ in PyTorch, and eval mode uses them: $$r \leftarrow (1 - m)\, r + m\, b$$",
        batch_statistics,
    ),
    Claim(
        NORMALISATION,
        "its variance divided by $n - 1$ with $n = NHW$",
        batch_statistics,
    ),
    Claim(
        NORMALISATION,
        "The averages begin at 0 and 1",
        batch_statistics,
    ),
    Claim(
        NORMALISATION,
        r"w' = \frac{\gamma}{\sqrt{\sigma^2 + \varepsilon}}\, w, \qquad b' = \frac{\gamma}{\sqrt{\sigma^2 + "
        r"\varepsilon}}\,(b - \mu) + \beta",
        folded,
    ),
    Claim(
        NORMALISATION,
        "You use `x.std()`, which divides by $n - 1$",
        lambda: math.isclose(torch.tensor([1.0, 2, 6]).std() ** 2, 14 / (3 - 1), rel_tol=1e-6),
    ),
    Claim(
        NETWORKS,
        r"a $k \times k$ kernel has $k^2 C C'$ weights",
        lambda: nn.Conv2d(3, 5, 4, bias=False).weight.numel() == 4**2 * 3 * 5,
    ),
    Claim(
        NETWORKS,
        r"A linear layer on $<d> \cdot <d> \cdot <d>$ flattened numbers",
        lambda: next(
            shape[1:]
            for name, shape in reversed(
                solution(NETWORKS).shape_trace(solution(NETWORKS).SmallCNN(), torch.zeros(1, 1, 28, 28))
            )
            if len(shape) == 4
        ),
    ),
    Claim(
        NETWORKS,
        "(variance $2 / (k^2 C)$, He and others)",
        first_weights,
    ),
    Claim(
        NETWORKS,
        "every channel gets mean $0$ and variance $1$ over the $n = N H W$ pixels",
        own_layer,
    ),
    Claim(
        NETWORKS,
        r"$r \leftarrow (1 - m)\, r + m\, b$",
        own_layer,
    ),
    Claim(
        NETWORKS,
        "divided by $n - 1$. So",
        lambda: torch.tensor([1.0, 5]).var() == (4 + 4) / (2 - 1),
    ),
    Claim(
        NETWORKS,
        r"a $1 \times 1$ convolution makes $x$ fit",
        fits_shortcut,
    ),
    Claim(
        NETWORKS,
        "You take the mean over dim 0 only; over dims 0, 2 and 3 is right",
        lambda: torch.randn(4, 3, 5, 5).mean((0, 2, 3)).shape == (3,) != torch.randn(4, 3, 5, 5).mean(0).shape,
    ),
]
