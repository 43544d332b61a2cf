"""What three ways to multiply two matrices cost, counted operator by operator while they run."""

import operator

import matplotlib.pyplot as plt
import torch
from torch.utils._python_dispatch import TorchDispatchMode

from autograder.authoring.pictures import COLOURS, reference

SIZES = (1, 2, 4, 8, 16)


class Counter(TorchDispatchMode):
    """Counts the operators that run, and remembers the largest tensor that came out of one."""

    def __init__(self) -> None:
        super().__init__()
        self.operators = self.largest = 0

    def __torch_dispatch__(self, func, types, args=(), kwargs=None):
        result = func(*args, **(kwargs or {}))
        self.operators += 1
        if isinstance(result, torch.Tensor):
            self.largest = max(self.largest, result.numel())
        return result


def cost(multiply, n: int) -> tuple[int, int]:
    """(operators dispatched, entries of the largest tensor) for two n by n matrices."""
    A, B = torch.ones(n, n), torch.ones(n, n)
    with Counter() as counter:
        multiply(A, B)
    return counter.operators, counter.largest


def draw() -> plt.Figure:
    """Left how often Python asks PyTorch, right how much it has to keep; `@` alone is low on both sides."""
    page = reference("s1_math/vectorization")
    ways = (
        ("matmul_loops", page.matmul_loops, "o-"),
        ("matmul_broadcast", page.matmul_broadcast, "s-"),
        ("A @ B", operator.matmul, "D--"),
    )
    figure, panels = plt.subplots(1, 2, figsize=(7.0, 3.0))
    for number, (name, multiply, style) in enumerate(ways):
        for panel, counts in zip(panels, zip(*(cost(multiply, n) for n in SIZES), strict=True), strict=True):
            panel.plot(SIZES, counts, style, color=COLOURS[(3, 1, 0)[number]], label=name, markersize=5)
    panels[0].set_title("operators dispatched")
    panels[1].set_title("entries of the largest tensor")
    panels[0].legend(loc="center left", bbox_to_anchor=(0.42, 0.42))
    panels[0].annotate("$n^3$ passes", (4, 4**3), (1.7, 2500), color=COLOURS[3])
    panels[1].annotate("the box, $n^3$", (8, 8**3), (2.6, 300), color=COLOURS[1])
    panels[1].annotate("the result, $n^2$", (8, 8**2), (5.2, 14), color=COLOURS[0])
    for panel in panels:
        panel.set_xscale("log", base=2)
        panel.set_yscale("log")
        panel.set_xticks(SIZES, SIZES)
        panel.minorticks_off()
        panel.set_xlabel("n, for matrices of shape (n, n)")
    return figure
