"""The formulas of the lessons on convolution, digits and transfer, and what they say in symbols."""

from __future__ import annotations

import itertools
import math

import torch
from torch import nn
from torch.nn import functional

from autograder.course.trees import trees
from tests.lessons import Claim, Formula, solution

CONVOLUTION = "s4_cnns/convolution"
DIGITS = "s4_cnns/digits"
TRANSFER = "s4_cnns/transfer_learning"
PLAYGROUND = "s4_cnns/playground"
F64 = torch.float64


def lower_right() -> bool:
    """The lesson's kernel on a random picture."""
    x, w = torch.randn(1, 1, 5, 6), torch.tensor([[1.0, 0], [0, 1]])[None, None]
    return torch.allclose(solution(CONVOLUTION).conv2d(x, w), x[..., :-1, :-1] + x[..., 1:, 1:])


def entry_by_entry() -> bool:
    """The page's convolution, against the sum of its formula, with strides, paddings and gaps that differ."""
    x, w, b = torch.randn(2, 2, 7, 8, dtype=F64), torch.randn(3, 2, 2, 3, dtype=F64), torch.randn(3, dtype=F64)
    (sh, sw), (ph, pw), (dh, dw) = (2, 1), (1, 2), (1, 2)
    y = solution(CONVOLUTION).conv2d(x, w, b, stride=(sh, sw), padding=(ph, pw), dilation=(dh, dw))

    def pixel(n: int, c: int, i: int, j: int) -> float:
        return float(x[n, c, i, j]) if 0 <= i < 7 and 0 <= j < 8 else 0.0

    places = [(n, o, i, j) for n in (0, 1) for o in (0, 2) for i in range(y.shape[2]) for j in (0, y.shape[3] - 1)]
    return all(
        math.isclose(
            y[n, o, i, j],
            b[o]
            + sum(
                w[o, c, u, v] * pixel(n, c, i * sh + u * dh - ph, j * sw + v * dw - pw)
                for c, u, v in itertools.product(range(2), range(2), range(3))
            ),
        )
        for n, o, i, j in places
    )


def covers() -> bool:
    """How many pixels a kernel covers, gaps included."""
    return all(solution(CONVOLUTION).receptive_field([(k, 1, d)]) == d * (k - 1) + 1 for k in (1, 3, 5) for d in (1, 4))


def forgotten() -> bool:
    """The output size without the + 1, and without 2p."""
    return solution(CONVOLUTION).conv_output_size(7, 3, 2, 1) == (7 + 2 - 3) // 2 + 1 != (7 - 3) // 2 + 1


def copies() -> bool:
    """How many numbers im2col makes of a picture at stride 1, against k_h k_w times the picture."""
    x = torch.randn(1, 2, 40, 40)
    share = solution(CONVOLUTION).unfold2d(x, (3, 2)).numel() / x.numel()
    return 0.9 * 6 < share <= 6


def three_words() -> bool:
    """On which words an answer of a filter of width 3 depends."""
    x = torch.randn(1, 4, 9, requires_grad=True)
    y = solution(CONVOLUTION).conv1d(x, torch.randn(1, 4, 3))
    return torch.autograd.grad(y[0, 0, 2], x)[0].abs().sum(1)[0].nonzero().flatten().tolist() == [2, 3, 4]


def recursion() -> bool:
    """The lesson's recursion for the receptive field, on layers with all three options."""
    layers, r, j = [(3, 1, 1), (3, 2, 2), (2, 3, 1), (5, 1, 2)], 1, 1
    for k, s, d in layers:
        r, j = r + d * (k - 1) * j, j * s
    return r == solution(CONVOLUTION).receptive_field(layers)


def padded_maximum() -> bool:
    """What the page's pooling answers at the border of negative pixels, and what a padding of 0 would."""
    x = torch.full((1, 1, 2, 2), -3.0)
    zeros = functional.max_pool2d(functional.pad(x, (1, 1, 1, 1)), 2)
    return solution(CONVOLUTION).maxpool2d(x, 2, padding=1).max() == -3 and zeros.max() == 0


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


def backbone_digits() -> bool:
    """Which digits the backbone was trained on, and which it is to learn: as data/backbone.py says."""
    source = (trees().course.parent / "data" / "backbone.py").read_text(encoding="utf-8")
    return "0 to 4" in source and "5 to 9" in source


FORMULAS: list[Formula] = [
    Formula(
        CONVOLUTION,
        r"\left\lfloor \frac{n + 2p - d(k - 1) - 1}{s} \right\rfloor + 1",
        lambda: {"n": 11, "p": 1, "d": 2, "k": 3, "s": 3},
        lambda: solution(CONVOLUTION).conv_output_size(11, 3, 3, 1, 2),
    ),
    Formula(
        DIGITS,
        r"\left\lfloor \frac{n + 2p - k}{s} \right\rfloor + 1",
        lambda: {"n": 11, "p": 1, "k": 4, "s": 3},
        lambda: solution(CONVOLUTION).conv_output_size(11, 4, 3, 1),
    ),
]
CLAIMS = [
    Claim(
        CONVOLUTION,
        "the four places of a kernel of 3 with stride 2 on 7 pixels with padding",
        lambda: solution(CONVOLUTION).conv_output_size(7, 3, 2, 1) == 4,
    ),
    Claim(
        CONVOLUTION,
        "Outside the picture, $x$ counts as 0. **By hand:** the kernel "
        r"$\bigl(\begin{smallmatrix}1&0\\0&1\end{smallmatrix}\bigr)$ adds each pixel to its lower right "
        "neighbour",
        lower_right,
    ),
    Claim(
        CONVOLUTION,
        r"$$y_{noij} = b_o + \sum_{c} \sum_{u,v} w_{ocuv}\; x_{nc,\;i s_h + u d_h - p_h,\;j s_w + v d_w - "
        "p_w}$$",
        entry_by_entry,
    ),
    Claim(
        CONVOLUTION,
        "(at stride 1, and away from the borders)",
        lambda: (
            not torch.allclose(
                (y := solution(CONVOLUTION).conv2d)(
                    x := torch.randn(1, 1, 8, 8), w := torch.randn(1, 1, 2, 2), stride=2
                ).roll(1, -1),
                y(x.roll(1, -1), w, stride=2),
            )
        ),
    ),
    Claim(
        CONVOLUTION,
        r"A $1 \times 1$ kernel is therefore not pointless",
        lambda: (solution(CONVOLUTION).conv2d(torch.ones(1, 3, 2, 2), torch.ones(2, 3, 1, 1)) == 3).all(),
    ),
    Claim(
        CONVOLUTION,
        "it covers $d(k-1) + 1$ pixels",
        covers,
    ),
    Claim(
        CONVOLUTION,
        "the $+1$ is the first place",
        forgotten,
    ),
    Claim(
        CONVOLUTION,
        "An odd kernel with $s = d = 1$ and",
        lambda: (
            solution(CONVOLUTION).conv_output_size(9, 5, 1, 2, 1)
            == 9
            != solution(CONVOLUTION).conv_output_size(9, 5, 2, 2)
        ),
    ),
    Claim(
        CONVOLUTION,
        "The copies (*im2col*) cost memory, at stride 1 about $k_h k_w$ times the picture",
        copies,
    ),
    Claim(
        CONVOLUTION,
        "a kernel of 3 sees three neighbouring words",
        three_words,
    ),
    Claim(
        CONVOLUTION,
        r"$$r_l = r_{l-1} + d_l (k_l - 1)\, j_l, \qquad j_{l+1} = j_l\, s_l, \qquad r_0 = j_1 = 1.$$",
        recursion,
    ),
    Claim(
        CONVOLUTION,
        r"You pad with 0 before a maximum: among negative pixels the 0 wins; pad with $-\infty$",
        padded_maximum,
    ),
    Claim(
        CONVOLUTION,
        "You forget the $+1$, or $2p$",
        forgotten,
    ),
    Claim(
        DIGITS,
        "the same code reads the <,d> of MNIST itself",
        lambda: 60_000 if "60,000" in (trees().course.parent / "data" / "mnist.py").read_text(encoding="utf-8") else 0,
    ),
    Claim(
        DIGITS,
        r"A convolution with a $<d> \times <d>$ kernel and <d> channels",
        lambda: (
            *(
                first := next(m for m in solution(DIGITS).DigitClassifier().modules() if isinstance(m, nn.Conv2d))
            ).kernel_size,
            first.out_channels,
        ),
    ),
    Claim(
        DIGITS,
        r"\frac{1}{N} \sum_{i=1}^{N} \left[\arg\max_c z_{ic} = y_i\right]",
        lambda: (
            solution(DIGITS).evaluate(
                nn.Sequential(nn.Flatten(), nn.Identity()), torch.eye(10)[:4, None, None], torch.tensor([0, 1, 5, 3])
            )
            == 3 / 4
        ),
    ),
    Claim(
        TRANSFER,
        r"m \leftarrow (1 - \alpha)\, m + \alpha\, \mu_{\text{batch}}",
        batch_statistics,
    ),
    Claim(
        TRANSFER,
        "was trained on the digits 0 to 4",
        backbone_digits,
    ),
    Claim(
        TRANSFER,
        "It has never seen the digits 5 to 9",
        backbone_digits,
    ),
    Claim(
        TRANSFER,
        "Accuracy on the digits 5 to 9 by labels a class",
        backbone_digits,
    ),
    Claim(
        PLAYGROUND,
        r"A stride of 2 and a pooling of 2 bring $64 \times 64$ places to $<.0f> \times <.0f>$",
        lambda: (64 / 2 / 2, 64 / 2 / 2),
    ),
]
