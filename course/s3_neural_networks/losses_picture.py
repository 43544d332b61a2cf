"""Three beliefs about the noise, and where each puts the best constant for five points with one outlier."""

import matplotlib.pyplot as plt
import torch

from autograder.authoring.pictures import COLOURS, reference


def draw() -> plt.Figure:
    """Left: densities of the noise. Right: their mean negative logarithms over a constant prediction c."""
    page = reference("s3_neural_networks/losses")
    y = torch.tensor([1.0, 2.0, 2.5, 4.5, 10.0])
    delta = 1.5

    def huber(e):
        return torch.where(e.abs() <= delta, e**2 / 2, delta * (e.abs() - delta / 2))

    # a density is exp(-loss), scaled to area 1
    beliefs = {
        "Gaussian, squared error: the mean,": lambda e: e**2 / 2,
        "Huber's, $\\delta = 1.5$: here": huber,
        "Laplace, absolute error: the median,": torch.abs,
    }
    figure, (left, right) = plt.subplots(1, 2, figsize=(7.4, 3.0), dpi=100, width_ratios=(1, 1.7))
    error, wide = torch.linspace(-5, 5, 501), torch.linspace(-40, 40, 8001)
    grid = torch.linspace(0, 7, 701)
    for number, (name, loss) in enumerate(beliefs.items()):
        style = {"color": COLOURS[(0, 2, 1)[number]], "linewidth": 1.8}
        dashes = ("-", (0, (5, 1.5)), (0, (1, 1)))[number]  # told apart without colour too
        area = torch.trapezoid(torch.exp(-loss(wide)), wide)
        left.semilogy(error, torch.exp(-loss(error)) / area, linestyle=dashes, **style)
        curve = page.loss_curve_1d(lambda c, f=loss: page.reduce_loss(f(c - y)), grid)
        curve = curve / curve.min()  # a factor moves no minimum
        lowest = grid[curve.argmin()]
        right.plot(grid, curve, label=f"{name} {lowest:.3g}", linestyle=dashes, **style)
        right.vlines(lowest, 0.6, 1, linestyles=":", **style)
        right.plot(lowest, 1, "o", **style)
    left.set_ylim(1e-5, 1)
    left.set_yticks((1e-4, 1e-2, 1))
    left.minorticks_off()
    left.set_xlabel("noise $y - c$")
    left.set_title("density of the noise")
    right.plot(y, torch.full_like(y, 0.6), "kx", clip_on=False)
    right.text(9.95, 0.68, "the outlier", ha="right")
    right.set_xlim(0, 10.2)
    right.set_ylim(0.6, 2.8)
    right.set_yticks((1, 2))
    right.set_xlabel("constant prediction $c$; crosses: five data points")
    right.set_title("mean loss, divided by its lowest value")
    right.legend(loc="upper right")
    return figure
