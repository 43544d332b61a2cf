"""One column of the wines: as measured, standardised by the training rows, and each part by itself."""

import matplotlib.pyplot as plt
import torch

from autograder.authoring.pictures import COLOURS, reference
from autograder.course import datasets


def draw() -> plt.Figure:
    """Histograms of proline; the new wines come from another grower."""
    Standardizer = reference("s2_data/data_tables").Standardizer
    wine = datasets.load("tables").load("wine")
    proline = wine.X[:, wine.columns.index("proline")][:, None]
    train, new = proline[wine.y > 0], proline[wine.y == 0]
    scaler = Standardizer().fit(train)
    panels = (
        ("as measured (mg/l)", train, new),
        ("both by the training rows", scaler.transform(train), scaler.transform(new)),
        ("each by itself: wrong", scaler.transform(train), Standardizer().fit(new).transform(new)),
    )
    figure, axes = plt.subplots(1, 3, figsize=(7.2, 2.7), sharey=True)
    for place, (title, left, right) in zip(axes, panels, strict=True):
        both = torch.cat([left, right])
        edges = torch.linspace(both.min(), both.max(), 24).tolist()
        place.hist(left[:, 0], edges, color=COLOURS[0], alpha=0.75, label="training")
        place.hist(right[:, 0], edges, color=COLOURS[1], alpha=0.75, label="new")
        place.set_title(title)
    axes[0].set_ylabel("wines")
    axes[0].legend()
    return figure
