"""A running average with and without its correction, and the lengths of steps under a steady gradient."""

import matplotlib.pyplot as plt
import torch

from autograder.authoring.pictures import COLOURS, reference

VALUES, STEPS, GRADIENT, BETA = 40, 60, 3.0, 0.9
STYLES = ((COLOURS[0], "-"), (COLOURS[1], (0, (5, 1.2))), (COLOURS[4], (0, (1, 0.8))))  # told apart without colour too


def sequence() -> torch.Tensor:
    """Values around 2, the same on every machine."""
    t = torch.arange(VALUES, dtype=torch.float64)
    return 2 + 0.45 * (2.1 * t).sin() + 0.35 * (5.3 * t + 1).cos()


def lengths() -> dict[str, torch.Tensor]:
    """How far each method moves a weight in each step, in learning rates."""
    page = reference("s3_neural_networks/adaptive_steps")
    g, zero = torch.tensor(GRADIENT, dtype=torch.float64), torch.zeros((), dtype=torch.float64)
    found: dict[str, torch.Tensor] = {"Adam": page.step_lengths(g.repeat(STEPS))}
    for name, step, options in (("RMSProp", page.rmsprop_step, {"beta": 0.99}), ("Adagrad", page.adagrad_step, {})):
        s, moves = zero, []
        for _ in range(STEPS):
            place, s = step(zero, g, s, lr=1.0, **options)
            moves.append(-place)
        found[name] = torch.stack(moves)
    return found


def draw() -> plt.Figure:
    """Two panels: the average, the step lengths."""
    page = reference("s3_neural_networks/adaptive_steps")
    figure, (left, right) = plt.subplots(1, 2, figsize=(8.0, 3.4))
    x = sequence()
    left.plot(range(1, VALUES + 1), x, "o", color=COLOURS[5], markersize=4, label="values")
    for correct, (colour, dashes) in zip((True, False), STYLES, strict=False):
        name = "corrected" if correct else "not corrected"
        average = page.running_average(x, BETA, correct)
        left.plot(range(1, VALUES + 1), average, color=colour, linestyle=dashes, linewidth=2, label=name)
    left.set(xlabel="value", ylim=(0, 3.1), title=rf"a running average, $\beta$ = {BETA}")
    left.legend(loc="lower right")
    for (name, moves), (colour, dashes) in zip(lengths().items(), STYLES, strict=True):
        right.semilogy(range(1, STEPS + 1), moves, color=colour, linestyle=dashes, linewidth=2, label=name)
    right.set(xlabel="step", ylabel="length in learning rates", title="steps under a steady gradient")
    right.legend(loc="upper right")
    return figure
