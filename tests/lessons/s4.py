"""What the lessons about images say."""

from __future__ import annotations

import math
import re

import torch
from torch import nn

from autograder.course import datasets
from tests.helpers import ROOT
from tests.lessons import Claim, script, solution

CONVOLUTION, NORMALISATION, NETWORKS = "s4_cnns/convolution", "s4_cnns/normalisation", "s4_cnns/networks"
DIGITS, TRANSFER = "s4_cnns/digits", "s4_cnns/transfer_learning"
PLAYGROUND = "s4_cnns/playground"


def size(*arguments: int) -> int:
    """The page's own output size."""
    return solution(CONVOLUTION).conv_output_size(*arguments)


def turned_kernel() -> bool:
    """A single bright pixel shows the kernel turned by 180 degrees."""
    x, w = torch.zeros(1, 1, 5, 5), torch.arange(9.0).reshape(1, 1, 3, 3)
    x[0, 0, 2, 2] = 1
    return torch.equal(solution(CONVOLUTION).conv2d(x, w), w.flip(2, 3))


def kept_by_relu() -> float:
    """The share of the signal's size that convolution and ReLU leave, over six layers, as a geometric mean."""
    torch.manual_seed(0)
    x = torch.randn(4, 64, 16, 16).relu()
    start = x.square().mean().sqrt()
    for _ in range(6):
        x = nn.functional.relu(nn.Conv2d(64, 64, 3, padding=1, bias=False)(x))
    return float((x.detach().square().mean().sqrt() / start) ** (1 / 6))


def small_cnn() -> tuple[str, int]:
    """The sizes between the layers of the page's network for one digit, and what the pooling leaves."""
    trace = solution(NETWORKS).shape_trace(solution(NETWORKS).SmallCNN(), torch.zeros(1, 1, 28, 28))
    shapes = [shape[1:] for name, shape in trace if len(shape) == 4 and int(name.rpartition(".")[2]) % 2]
    chain = r" \;\to\; ".join(r" \times ".join(map(str, shape)) for shape in [(28, 28), *shapes])
    return chain, shapes[-1][0]


def on_mnist() -> bool:
    """Whether benchmarks/mnist.py measured 99 % or more after one epoch, at each seed."""
    kept = (ROOT / "benchmarks" / "RESULTS.md").read_text(encoding="utf-8")
    found = re.search(r"MNIST after one epoch.*?([\d.]+) % to", kept)
    return found is not None and float(found[1]) >= 99


def growth(kind: str) -> float:
    """How many times as large the gradient is before thirty blocks as behind them."""
    torch.manual_seed(0)
    page, picture = solution(NETWORKS), script(NETWORKS)
    make = {"norm": lambda: picture.plain(norm=True), "shortcut": lambda: page.ResidualBlock(16, 16)}[kind]
    return picture.sizes([make() for _ in range(picture.DEPTH)])[1][0]


def share_of_last_blocks() -> bool:
    """Whether the last two of ResNet-18's blocks hold about seven tenths of its parameters."""
    counts = {}
    for name, p in solution(NETWORKS).resnet18().named_parameters():
        counts[name.partition(".")[0]] = counts.get(name.partition(".")[0], 0) + p.numel()
    return abs(sum(sorted(counts.values())[-2:]) / sum(counts.values()) - 0.7) < 0.03


def work_of_blocks() -> list[int]:
    """How many products each of ResNet-18's eight blocks computes for an image of 224 x 224."""
    model, work = solution(NETWORKS).resnet18().eval(), [0] * 8
    for name, layer in model.named_modules():
        if isinstance(layer, nn.Conv2d) and name != "0":
            number = int(name.partition(".")[0]) - 4  # four layers stand before the blocks

            def count(part: nn.Module, _: object, out: torch.Tensor, number: int = number) -> None:
                work[number] += part.weight.numel() * out.shape[2] * out.shape[3]

            layer.register_forward_hook(count)
    with torch.no_grad():
        model(torch.zeros(1, 3, 224, 224))
    return work


def normalised(*values: float) -> tuple[float, ...]:
    """Layer norm of these numbers."""
    return tuple(solution(NORMALISATION).normalise(torch.tensor(values, dtype=torch.float64), (0,)).tolist())


def averages(batches: int, *values: float) -> tuple[float, float]:
    """The running averages of a new layer after equal batches of these numbers."""
    layer = solution(NETWORKS).BatchNorm2d(1)
    for _ in range(batches):
        layer(torch.tensor(values).reshape(-1, 1, 1, 1))
    return layer.running_mean.item(), layer.running_var.item()


def shared(name: str) -> int:
    """On how many numbers the starred one of the picture depends."""
    picture = script(NORMALISATION)
    return int(picture.depends(picture.kinds()[name]).sum())


def apart_and_folded() -> tuple[float, ...]:
    """The lesson's convolution and batch norm, one after the other at x = 2, then as one."""
    four, one = torch.tensor([4.0]), torch.ones(1)
    weight, bias = solution(NORMALISATION).fold_batch_norm(
        torch.full((1, 1, 1, 1), 3.0), one, four, four, one, one, 0.0
    )
    w, b = weight.item(), bias.item()
    return 3 * 2 + 1, (7 - 4) / 2 + 1, w, b, w * 2 + b


def same_after_scale() -> bool:
    """Layer norm takes offset and scale away (the large numbers hide eps)."""
    alike = [torch.tensor(normalised(*v)) for v in ((1.0, 2.0, 6.0), (11.0, 12.0, 16.0), (10.0, 20.0, 60.0))]
    return all(torch.allclose(alike[0], other, atol=1e-5) for other in alike)


def leads(labels: int, over: str) -> float:
    """By how many points the pretrained body is better than a training from scratch, in the mean of the seeds."""
    picture = script(TRANSFER)
    row = picture.LABELS.index(labels)
    ours, theirs = (picture.MEASURED[getattr(picture, name)][row] for name in ("PRETRAINED", over))
    return (sum(ours) - sum(theirs)) / len(ours)


CLAIMS = [
    Claim(
        DIGITS,
        "The digits are scikit-learn's, <,d> of them",
        lambda: len(datasets.load("digits").load().train_images) + len(datasets.load("digits").load().test_images),
    ),
    Claim(DIGITS, r"16 maps of $<d> \times 14$", lambda: size(28, 5, 2, 2)),
    Claim(DIGITS, "With 60,000 images a network can reach 99 %", on_mnist),
    Claim(
        TRANSFER,
        "a file of <.0f> MB",  # of float32, in the megabytes of 2^20 bytes that file managers show
        lambda: 4 * sum(p.numel() for p in solution(NETWORKS).resnet18().parameters()) / 2**20,
    ),
    Claim(NETWORKS, r"$$1 \times <s> \;\to\; <d> \;\to\; 10$$", small_cnn),
    Claim(CONVOLUTION, "A single bright pixel shows the kernel itself, turned by 180°", turned_kernel),
    Claim(
        CONVOLUTION,
        "$p = (k-1)/2$ keeps the size",
        lambda: all(size(n, k, 1, k // 2) == n for n in (5, 8) for k in (1, 3, 5)),
    ),
    Claim(
        CONVOLUTION,
        r"Behind two layers of $3 \times 3$ with stride $1$, one number depends on $<d> \times 5$ pixels",
        lambda: solution(CONVOLUTION).receptive_field([(3, 1), (3, 1)]),
    ),
    Claim(NETWORKS, "leave about $<.1f>$ of the signal's size", kept_by_relu),
    Claim(NETWORKS, "sixty times in a row, about $10^{<.0f>}$", lambda: 60 * math.log10(0.4)),
    Claim(NETWORKS, r"$0.9 \cdot 0 + 0.1 \cdot 3 = <.1f>$", lambda: averages(1, 1.0, 5.0)[0]),
    Claim(NETWORKS, r"$0.9 \cdot 1 + 0.1 \cdot 8 = <.1f>$", lambda: averages(1, 1.0, 5.0)[1]),
    Claim(NORMALISATION, "they become $<.2f>, <.2f>, <.2f>$", lambda: normalised(1.0, 2.0, 6.0)),
    Claim(NORMALISATION, "equal values give 0 and no NaN", lambda: normalised(7.0, 7.0, 7.0) == (0.0, 0.0, 0.0)),
    Claim(
        NORMALISATION,
        "<d> numbers under batch norm, <d> with two groups, <d> with one group, <d> for a pixel",
        lambda: tuple(shared(name) for name in script(NORMALISATION).kinds()),
    ),
    Claim(NORMALISATION, r"here $\sqrt{41/3} = <.2f>$", lambda: math.sqrt((1 + 4 + 36) / 3)),
    Claim(NORMALISATION, "what layer norm makes of $11, 12, 16$, and of $10, 20, 60$", same_after_scale),
    Claim(
        NORMALISATION,
        "two layers give $<.0f>$, then $(7 - 4)/2 + 1 = <.1f>$. Folded, $w' = <.1f>$ and $b' = <.1f>$: again $<.1f>$",
        apart_and_folded,
    ),
    Claim(NETWORKS, "about twenty thousand times as large", lambda: 1.5e4 < growth("norm") < 2.5e4),
    Claim(NETWORKS, "Here it grows about twentyfold", lambda: 15 < growth("shortcut") < 25),
    Claim(NETWORKS, "with <,d> parameters", lambda: sum(p.numel() for p in solution(NETWORKS).resnet18().parameters())),
    Claim(NETWORKS, "Seven tenths of them are in its last two blocks", share_of_last_blocks),
    Claim(
        NETWORKS,
        "yet these do no more work than the first two",
        lambda: sum(work_of_blocks()[-2:]) <= sum(work_of_blocks()[:2]),
    ),
    Claim(DIGITS, r"$784 \cdot 3136 \approx <.1f>$ million", lambda: 784 * 3136 / 1e6),
    Claim(DIGITS, r"$5 \cdot 5 \cdot 16 = <d>$", lambda: nn.Conv2d(1, 16, 5, bias=False).weight.numel()),
    Claim(DIGITS, r"359} \approx <.1f>$ percentage points", lambda: 100 * math.sqrt(0.97 * 0.03 / 359)),
    Claim(DIGITS, "$<.1f>$ if it gave the truth 1 %", lambda: -math.log(0.01)),
    Claim(DIGITS, "60 to 40 costs $<.2f>$ or $<.2f>$", lambda: (-math.log(0.6), -math.log(0.4))),
    Claim(
        TRANSFER,
        "with 20 labels a class, it leads by more than fifteen points after ten passes, also over thirty passes",
        lambda: leads(20, "SHORT") > 15 and leads(20, "LONG") > 15,
    ),
    Claim(
        TRANSFER,
        "With 100 a class only a small lead is left.",
        lambda: 0 < leads(100, "SHORT") < 4 and 0 < leads(100, "LONG") < 4,
    ),
    Claim(
        PLAYGROUND,
        "moved by 2 pixels, <.0f> % of the held-out digits are still read right; by 6 pixels, <.0f> %",
        lambda: tuple(100 * script(PLAYGROUND).right_when_moved()[k] for k in (2, 6)),
    ),
    Claim(
        PLAYGROUND,
        r"bring $64 \times 64$ places to $<d> \times 16$, a sixteenth of the numbers",
        lambda: size(size(64, 3, 2, 1), 2, 2),
    ),
]
