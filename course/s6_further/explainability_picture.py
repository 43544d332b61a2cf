"""A digit that the network misreads, asked in four ways what spoke for its answer and what for the right one."""

from pathlib import Path

import matplotlib.pyplot as plt
import torch
from torch.nn.functional import interpolate

from autograder.authoring.pictures import reference
from autograder.course import datasets

WEIGHTS = Path(__file__).parents[1] / "s4_cnns" / "digits_weights.pt"  # kept, so that every machine has this network
LAYER = 7  # the last convolution: (N, 64, 7, 7)


def four_maps(page: object, model: torch.nn.Module, image: torch.Tensor, target: int) -> list[torch.Tensor]:
    """Saliency, integrated gradients, Grad-CAM and occlusion of one image for one class."""
    A, G = page.layer_maps(model, model.layers[LAYER], image, target)
    cam = interpolate(page.grad_cam(A, G)[None, None], size=image.shape[1:], mode="bilinear")[0, 0]
    return [
        page.saliency(model, image, target),
        page.integrated_gradients(model, image, torch.zeros_like(image), 64, target)[0],
        cam,
        page.occlusion(model, image, target, 6, 2),
    ]


def draw() -> plt.Figure:
    """Above, the maps for the wrong answer that the network gives; below, those for the label."""
    page, digits_page = reference("s6_further/explainability"), reference("s4_cnns/digits")
    digits, model = datasets.load("digits").load(), digits_page.DigitClassifier()
    model.load_state_dict(torch.load(WEIGHTS, weights_only=True))
    worst = int(digits_page.hardest(model, digits.test_images, digits.test_labels, 1))
    image, label = digits.test_images[worst], int(digits.test_labels[worst])
    with torch.no_grad():
        logits = model.eval()(image[None])[0]
    said = int(logits.argmax())
    rows = [four_maps(page, model, image, target) for target in (said, label)]
    names = ("saliency", "integrated gradients", "Grad-CAM", "occlusion")
    figure, axes = plt.subplots(2, 5, figsize=(7.0, 3.1))
    for row, (target, maps) in enumerate(zip((said, label), rows, strict=True)):
        words = f"why {target}?\n({'its answer' if row == 0 else 'the label'}, logit {logits[target]:.1f})"
        axes[row, 0].imshow(image[0], cmap="gray_r", vmin=0, vmax=1)
        axes[row, 0].set_ylabel(words, fontsize=9)
        for column, values in enumerate(maps):
            axis, signed = axes[row, column + 1], column in (1, 3)
            top = max(float(each[column].abs().max()) for each in rows)
            style = (
                {"cmap": "RdBu_r", "vmin": -top, "vmax": top} if signed else {"cmap": "magma", "vmin": 0, "vmax": top}
            )
            axis.imshow(values, **style)
            if row == 0:
                axis.set_title(names[column], fontsize=9)
    for axis in axes.flat:
        axis.set(xticks=[], yticks=[])
        axis.grid(visible=False)
        axis.spines[:].set_visible(False)
    return figure
