# %% [markdown]
# # Image classification
#
# Three small tools that stand around nearly every image classifier: a fairer question to ask it, a softer set of
# examples to train it on, and a learning rate that comes to rest.

# %%
import math

import torch

# %% [markdown]
# ## Top-k accuracy
#
# A row of logits counts as right when the true class $y_i$ is among its $k$ largest entries:
#
# $$\mathrm{acc}_k = \frac1N \sum_{i=1}^{N} \big[\, y_i \in \mathrm{top}_k(z_i) \,\big]$$


# %%
def topk_accuracy(logits: torch.Tensor, labels: torch.Tensor, k: int = 1) -> float:
    """The fraction of rows whose label is among the k largest logits.

    Args:
        logits: (N, C) tensor, float32 or float64, one row for each example. Where the label's logit is tied with
            others, either answer counts as right.
        labels: (N,) int64 tensor, each from 0 to C - 1. Both stay as they were.
        k: 1 or more. From k = C on every row is right.

    Returns:
        A single number between 0 and 1; 0.0 if there are no examples.

    Raises:
        ValueError: k is smaller than 1.
    """
    # YOUR CODE HERE
    raise NotImplementedError("topk_accuracy is not written yet")


# %% [markdown]
# ## Mixup
#
# Example $i$ has a partner $\pi(i)$ in the same batch. Images and labels (as vectors of probabilities) are mixed alike:
#
# $$\tilde x_i = \lambda\, x_i + (1 - \lambda)\, x_{\pi(i)}, \qquad
#   \tilde y_i = \lambda\, y_i + (1 - \lambda)\, y_{\pi(i)}$$


# %%
def mixup(
    x: torch.Tensor,
    y: torch.Tensor,
    lam: float | torch.Tensor,
    permutation: torch.Tensor | None = None,
    num_classes: int | None = None,
) -> tuple[torch.Tensor, torch.Tensor]:
    """Each example of a batch mixed with a partner of the same batch.

    Args:
        x: (N, ...) tensor, float32 or float64, such as images (N, C, H, W) or features (N, D), N 1 or more.
        y: (N,) int64 class numbers, or (N, K) probabilities of the classes.
        lam: how much of the example itself is kept, from 0 to 1: one number for the whole batch, or an (N,) tensor
            with a number for each example.
        permutation: (N,) int64; example i is mixed with example permutation[i]. None: a random one is drawn.
            All four tensors stay as they were.
        num_classes: the number K of classes; needed for class numbers (the batch need not show every class), not
            for probabilities.

    Returns:
        (images, labels): a tensor of the shape and dtype of x, and (N, K) probabilities of the dtype of x.
        Gradients flow from the images to x; they need not flow to y and lam.

    Raises:
        ValueError: class numbers come without num_classes.
    """
    # YOUR CODE HERE
    raise NotImplementedError("mixup is not written yet")


# %% [markdown]
# ## A learning rate that comes to rest
#
# With $w$ steps of warm-up out of $T$ steps, the rate rises on a straight line and falls on half a cosine
# ($\pi$ is no partner here):
#
# $$\eta_t = \eta\,\frac{t}{w} \;\; (t < w), \qquad
#   \eta_t = \eta_{\min} + \frac{\eta - \eta_{\min}}{2}\Big(1 + \cos \pi \frac{t - w}{T - w}\Big) \;\; (w \le t \le T)$$


# %%
def cosine_lr(step: int, total: int, lr: float, warmup: int = 0, lr_min: float = 0.0) -> float:
    """The learning rate of one step: linear warm-up, then half a cosine, then lr_min for good.

    Args:
        step: 0 or larger.
        total: the step at which the rate has come down to lr_min; it stays there in every later step.
        lr: the largest rate, reached at step `warmup`.
        warmup: the number of steps that warm up. If it is 1 or more, step 0 has rate 0 (whatever lr_min is). Step
            `warmup` has lr.
        lr_min: the rate at the end of the cosine.

    Returns:
        The rate as a single number.

    Raises:
        ValueError: warmup is negative, or not smaller than total.
    """
    # YOUR CODE HERE
    raise NotImplementedError("cosine_lr is not written yet")
