# %% [markdown]
# # Regularisation
#
# A network that fits its training examples perfectly need not be good at new ones. This page has four ways to hold it
# back, each a few lines, and a way to measure whether its probabilities can be believed.

# %%
import math

import torch

# %% [markdown]
# ## Weight decay, in the gradient or beside it
#
# With the gradient $g$ at step $t$ (for L2, $g + \lambda w$ takes its place), Adam computes
#
# $$m \leftarrow \beta_1 m + (1 - \beta_1)\, g, \qquad v \leftarrow \beta_2 v + (1 - \beta_2)\, g^2, \qquad
# w \leftarrow w - \eta\,\frac{m / (1 - \beta_1^t)}{\sqrt{v / (1 - \beta_2^t)} + \varepsilon}$$
#
# AdamW leaves $g$ alone and first multiplies $w$ by $1 - \eta\lambda$.


# %%
def adam_step(
    w: torch.Tensor,
    grad: torch.Tensor,
    m: torch.Tensor,
    v: torch.Tensor,
    t: int,
    lr: float = 0.001,
    betas: tuple[float, float] = (0.9, 0.999),
    eps: float = 1e-8,
    decay: float = 0.01,
    decoupled: bool = True,
) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """One step of Adam with weight decay.

    Written out, without PyTorch's own optimizers.

    Args:
        w: the weights, a float32 or float64 tensor of any shape.
        grad: the gradient of the loss at w.
        m: the average of the gradients so far; zeros before the first step.
        v: the average of their squares so far; zeros before the first step. All four have one shape and dtype, and
            stay as they were.
        t: the number of this step, counted from 1.
        lr: the learning rate.
        betas: how much of m and of v is kept.
        eps: is added to the root of the corrected v.
        decay: the strength of the weight decay, lambda.
        decoupled: True: AdamW, first w times 1 - lr * decay, then Adam's step with `grad`. False: L2, Adam's step with
            grad + decay * w, which m and v see too.

    Returns:
        (w, m, v) after the step, new tensors of that shape and dtype; differentiable where the new v is not 0.
    """
    # YOUR CODE HERE
    raise NotImplementedError("adam_step is not written yet")


# %% [markdown]
# ## Dropout, with the mask given
#
# On the page before, the layer drew its mask itself. Here the mask is given, so that you can compute what comes out.


# %%
def drop(x: torch.Tensor, keep: torch.Tensor, p: float) -> torch.Tensor:
    """Inverted dropout: what is kept grows, so that the mean stays.

    Args:
        x: float32 or float64 tensor of any shape, all entries finite, divided by 1 - p too.
        keep: bool tensor of the same shape, True where an entry is kept. Both stay as they were.
        p: the probability with which entries were dropped, 0 <= p < 1.

    Returns:
        A new tensor of the shape and dtype of x: x / (1 - p) where `keep` is True, 0 elsewhere. Differentiable.

    Raises:
        ValueError: p is another number; what becomes of NaN is up to you.
    """
    # YOUR CODE HERE
    raise NotImplementedError("drop is not written yet")


# %% [markdown]
# ## Early stopping


# %%
class EarlyStopping:
    """Says when the validation loss has stopped falling.

    Its attributes are `best`, the loss of the last improvement (math.inf before the first one), and `best_epoch`, the
    number of that epoch, counted from 0 (-1 before).

    Args:
        patience: after how many epochs in a row without an improvement the training should end; 1 or more.
        min_delta: an improvement is a loss of less than best - min_delta; 0 or more. A NaN is none.
    """

    def __init__(self, patience: int = 5, min_delta: float = 0.0) -> None:
        # YOUR CODE HERE
        raise NotImplementedError("EarlyStopping.__init__ is not written yet")

    def step(self, loss: float) -> bool:
        """Take in the validation loss of the next epoch.

        Args:
            loss: a float; NaN and inf too.

        Returns:
            True where this epoch and those before it make `patience` or more in a row without an improvement.
        """
        # YOUR CODE HERE
        raise NotImplementedError("EarlyStopping.step is not written yet")


# %% [markdown]
# ## Label smoothing
#
# The target of class $y$ among $C$ becomes $(1 - \alpha)\,[c = y] + \alpha / C$.


# %%
def smooth_labels(labels: torch.Tensor, classes: int, share: float = 0.1) -> torch.Tensor:
    """Targets that are not quite one-hot.

    Args:
        labels: (N,) int64, from 0 to classes - 1, N of 0 or more; they stay as they were.
        classes: C, 1 or more.
        share: alpha, from 0 to 1: how much is dealt out evenly to all C classes, the true one included.

    Returns:
        (N, C) float32; every row sums to 1.
    """
    # YOUR CODE HERE
    raise NotImplementedError("smooth_labels is not written yet")


# %% [markdown]
# ## Can the probabilities be believed?
#
# Of all answers given with a confidence of about 80 %, 80 % should be right. Sort the answers into bins by confidence.


# %%
def reliability(
    confidence: torch.Tensor, correct: torch.Tensor, bins: int = 10
) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """The numbers of a reliability diagram.

    Bin b, from 0 to bins - 1, holds the answers with b / bins < confidence <= (b + 1) / bins; a confidence of 0 belongs
    to bin 0. Where b / bins is no exact float, a confidence that rounds to it may be in either bin.

    Args:
        confidence: (N,) float32 or float64, from 0 to 1; N of 0 or more.
        correct: (N,) bool, True where the answer was right. Both stay as they were.
        bins: how many bins of equal width, 1 or more.

    Returns:
        (count, accuracy, mean), each (bins,): how many answers are in each bin, int64; the share of them that is right,
        and their mean confidence, in the dtype of `confidence`. An empty bin has 0 in all three.
        Whether gradients flow is up to you.
    """
    # YOUR CODE HERE
    raise NotImplementedError("reliability is not written yet")


# %%
def expected_calibration_error(probabilities: torch.Tensor, labels: torch.Tensor, bins: int = 10) -> float:
    """The mean distance between confidence and accuracy, over the bins of `reliability`.

    Each bin counts by its share of the answers. The confidence of an answer is its largest probability, and the answer
    is that class.

    Args:
        probabilities: (N, C) float32 or float64, N and C of 1 or more, rows that sum to 1, each with one largest entry.
        labels: (N,) int64, the true classes. Both stay as they were.
        bins: as for `reliability`.

    Returns:
        A single number from 0 to 1.
    """
    # YOUR CODE HERE
    raise NotImplementedError("expected_calibration_error is not written yet")
