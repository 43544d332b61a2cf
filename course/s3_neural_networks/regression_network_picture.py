"""A network's curve at four moments, and the two losses that tell which one to keep."""

import copy

import matplotlib.pyplot as plt
import torch

from autograder.authoring.pictures import COLOURS, reference

EPOCHS, PATIENCE = 1000, 100


def draw() -> plt.Figure:
    """Left the curves over the data, right both losses with the best epoch and the one where fit would stop."""
    page = reference("s3_neural_networks/regression_network")
    torch.manual_seed(3)
    X, X_val = torch.linspace(-2, 2, 14)[:, None], torch.linspace(-1.95, 1.95, 30)[:, None]
    y, y_val = (torch.sin(2 * x) + 0.35 * torch.randn_like(x) for x in (X, X_val))
    model = page.MLP(1, [40, 40], 1, torch.tanh)
    optimizer = torch.optim.Adam(model.parameters(), lr=0.003)
    train, val, models = [], [], {}
    for epoch in range(EPOCHS):
        train.append(page.train_epoch(model, X, y, optimizer))
        val.append(page.evaluate(model, X_val, y_val))
        models[epoch] = copy.deepcopy(model) if epoch in (0, 19, EPOCHS - 1) or val[-1] == min(val) else None
    best = val.index(min(val))
    figure, (left, right) = plt.subplots(1, 2, width_ratios=(1.15, 1), figsize=(6.2, 3.0))
    x = torch.linspace(-2.1, 2.1, 300)[:, None]
    left.plot(x, torch.sin(2 * x), color="black", linewidth=0.8, linestyle=":", label="the truth")
    moments = ((0, COLOURS[5], ":"), (19, COLOURS[4], "--"), (best, COLOURS[2], "-"), (EPOCHS - 1, COLOURS[3], "-."))
    for epoch, colour, line in moments:
        with torch.no_grad():
            left.plot(
                x, models[epoch](x), color=colour, linestyle=line, label=f"after {epoch + 1} epoch{'s' * (epoch > 0)}"
            )
    left.plot(X, y, "o", color="black", markersize=4)
    left.set_ylim(-2.1, 2.9)
    left.set_title("one network at four moments")
    left.legend(ncols=2, fontsize=8, handlelength=1.6, columnspacing=0.8, loc="upper left")
    right.loglog(range(1, EPOCHS + 1), train, color=COLOURS[0], label="training loss")
    right.loglog(range(1, EPOCHS + 1), val, color=COLOURS[1], label="validation loss")
    right.plot(best + 1, val[best], "o", color=COLOURS[2], label=f"the best: after {best + 1}")
    right.axvline(best + 1 + PATIENCE, color=COLOURS[5], linewidth=0.8, linestyle="--", label="fit would stop")
    right.set_xlabel("epoch")
    right.set_ylim(1e-3, 2)
    right.set_title("the best epoch, then patience")
    right.legend(fontsize=8, loc="lower left")
    return figure
