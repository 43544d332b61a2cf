# %% [markdown]
# # Explainability
#
# A network says "seven". Which pixels made it say so? Four ways to ask: the derivative at the image, the
# derivative all along the way to the image, the last feature maps, and a patch laid over the image.
#
# On this page a model takes images (N, C, H, W) to logits (N, K), or in `integrated_gradients` any inputs to any
# scores. An explanation must not change the model: it is asked in eval mode, every part of it is then back in the
# mode in which it came, and its parameters, their `.grad` and their `requires_grad` stay what they were.

# %%
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import product

import torch
from torch import nn


# %%
@contextmanager
def evaluating(model: nn.Module) -> Iterator[None]:
    """Given to you: inside `with evaluating(model):` the model is in eval mode; then its parts are as they were."""
    parts = list(model.modules()) if isinstance(model, nn.Module) else []  # a plain function has no modes
    modes = [part.training for part in parts]
    for part in parts:
        part.training = False
    try:
        yield
    finally:
        for part, mode in zip(parts, modes, strict=True):
            part.training = mode


# %% [markdown]
# ## Saliency
#
# How much does the logit $z_t$ change when a pixel is changed a little? `torch.autograd.grad(y, x)` answers that
# and, unlike `y.backward()`, leaves no gradients in the parameters.


# %%
def saliency(model: nn.Module, image: torch.Tensor, target: int) -> torch.Tensor:
    """The size of the derivative of a logit with respect to each pixel, the largest over the channels.

    Args:
        model: from images (N, C, H, W) to logits (N, K), in any mode; left as it came.
        image: (C, H, W) float32 or float64 tensor, each size 1 or more; stays as it was.
        target: whose logit, 0 to K - 1; the logit itself, no probability.

    Returns:
        (H, W) tensor of the image's dtype, no entry below 0.
    """
    # YOUR CODE HERE
    raise NotImplementedError("saliency is not written yet")


# %% [markdown]
# ## Integrated gradients
#
# $$\mathrm{IG}_i = (x_i - x^0_i) \int_0^1 \frac{\partial f}{\partial x_i}\bigl(x^0 + \alpha (x - x^0)\bigr)\, d\alpha$$
#
# The integral is a mean over the straight way from the baseline $x^0$ to $x$. The midpoint rule cuts the way into
# equal steps and looks at the middle of each.


# %%
def integrated_gradients(
    model: nn.Module, x: torch.Tensor, baseline: torch.Tensor, steps: int = 50, target: int | None = None
) -> torch.Tensor:
    """What each entry of x contributes to f(x) - f(baseline), by the midpoint rule.

    Args:
        model: f, from inputs (N, *S) to scores (N,), or to logits (N, K) if there is a target; left as it came.
        x: (*S) float32 or float64 tensor of one dimension or more, one input without a batch dimension.
        baseline: (*S) tensor of the same dtype, the input that stands for "nothing". Both stay as they were.
        steps: 1 or more; the gradient is taken at baseline + a (x - baseline) for a = 1/(2 steps), 3/(2 steps), ...,
            1 - 1/(2 steps).
        target: whose logit; None if the model gives a single number for each input.

    Returns:
        (*S) tensor of the same dtype. Its sum tends to f(x) - f(baseline) as the steps grow.
    """
    # YOUR CODE HERE
    raise NotImplementedError("integrated_gradients is not written yet")


# %% [markdown]
# ## Grad-CAM
#
# A late convolution has few places but many channels, and each channel has learned to look for something. A channel
# weighs as much as it helps the logit, on average over its places; what speaks against the class is left out.
#
# $$w_c = \frac{1}{hw} \sum_{y, x} G_{cyx}, \qquad \mathrm{CAM} = \mathrm{ReLU}\Bigl(\sum_c w_c A_c\Bigr)$$


# %%
def grad_cam(A: torch.Tensor, G: torch.Tensor) -> torch.Tensor:
    """The class activation map of Grad-CAM.

    Args:
        A: (C, h, w) float32 or float64 tensor, each size 1 or more: activations of a layer for one image.
        G: (C, h, w) derivatives of the target's logit with respect to A. Both stay as they were.

    Returns:
        (h, w) tensor of the same dtype, no entry below 0, not scaled.
    """
    # YOUR CODE HERE
    raise NotImplementedError("grad_cam is not written yet")


# %% [markdown]
# A hook gets hold of A: `layer.register_forward_hook(hook)` has `hook(layer, inputs, output)` called whenever the layer
# has run. It gives a handle with `.remove()`, which also works in a `with` statement.


# %%
def layer_maps(
    model: nn.Module, layer: nn.Module, image: torch.Tensor, target: int
) -> tuple[torch.Tensor, torch.Tensor]:
    """What Grad-CAM needs: the output of a layer for one image, and the derivatives of a logit with respect to it.

    Args:
        model: from images (N, C, H, W) to logits (N, K), in any mode; left as it came, without a hook, also where an
            error is raised.
        layer: a part of the model that runs once and gives (N, F, h, w).
        image: (C, H, W) float32 or float64 tensor, each size 1 or more; stays as it was.
        target: whose logit.

    Returns:
        A and G, both (F, h, w) and of the image's dtype.
    """
    # YOUR CODE HERE
    raise NotImplementedError("layer_maps is not written yet")


# %% [markdown]
# ## Occlusion
#
# No derivative at all: lay a patch of one value over a part of the image and see how far the logit falls.


# %%
def occlusion(
    model: nn.Module, image: torch.Tensor, target: int, size: int, stride: int, fill: float = 0.0
) -> torch.Tensor:
    """How far a logit drops when a square patch of the image is covered, for patches all over the image.

    Args:
        model: from images (N, C, H, W) to logits (N, K), in any mode; left as it came.
        image: (C, H, W) float32 or float64 tensor, each size 1 or more; stays as it was.
        target: whose logit.
        size: rows and columns of the patch, 1 to min(H, W).
        stride: rows and columns from one patch to the next, 1 or more.
        fill: the value that covers all channels.

    Returns:
        (h, w) tensor of the image's dtype with h = floor((H - size) / stride) + 1, and w alike: entry [i, j] is the
        logit of the image minus the logit with rows i stride to i stride + size - 1, columns alike, covered.
    """
    # YOUR CODE HERE
    raise NotImplementedError("occlusion is not written yet")
