# %% [markdown]
# # Classification losses
#
# A classifier answers with scores; a loss says in one number how badly they fit the labels. Write the
# losses themselves: PyTorch's `cross_entropy`, `nll_loss` and `binary_cross_entropy` are what you are
# building. `log_softmax` and `logsigmoid` are yours to use.

# %%
import torch
from torch.nn.functional import log_softmax, logsigmoid

# %% [markdown]
# ## Yes or no, from a probability
#
# $$\ell = -\bigl(y \log p + (1 - y) \log (1 - p)\bigr)$$
#
# A certain answer that is wrong would cost infinity. We follow PyTorch and let no logarithm fall
# below $-100$.


# %%
def bce(probability: torch.Tensor, target: torch.Tensor) -> torch.Tensor:
    """Binary cross-entropy of probabilities, the mean over all entries.

    Written out, without PyTorch's own losses.

    Args:
        probability: float32 or float64 tensor of any shape with at least one entry, entries in [0, 1].
        target: tensor of the same shape and dtype, entries in [0, 1]; 0 and 1 are plain labels. Both stay as
            they were.

    Returns:
        0-d tensor of the same dtype, differentiable where 0 < probability < 1. Both logarithms are
        clamped at -100: an entry that is certain and wrong costs 100, certain and right 0.
        Whether a gradient reaches `target` too is up to you.
    """
    # YOUR CODE HERE
    raise NotImplementedError("bce is not written yet")


# %% [markdown]
# ## Yes or no, from a logit
#
# The same loss with $p = \sigma(z)$, but never by way of $p$: at $z = 200$ the sigmoid is 1 up to
# rounding, and what could still be learned is lost. Note that $1 - \sigma(z) = \sigma(-z)$.


# %%
def bce_with_logits(logits: torch.Tensor, target: torch.Tensor, pos_weight: torch.Tensor | None = None) -> torch.Tensor:
    """Binary cross-entropy of logits, the mean over all entries; exact for logits such as 200 and -200.

    Written out, without PyTorch's own losses.

    Args:
        logits: float32 or float64 tensor of any shape with at least one entry; every entry is a yes-or-no
            question of its own.
        target: tensor of the same shape and dtype, entries in [0, 1].
        pos_weight: tensor of that dtype that broadcasts against `target`, such as (C,) for (N, C). It multiplies
            the term of the positive answer, target * log sigmoid(logits), and nothing else; the mean still
            divides by the number of entries. None stands for 1. All three stay as they were.

    Returns:
        0-d tensor of the same dtype, differentiable, with the true slope at logits of 0 too; values and gradients
        stay finite for large logits.
        Whether a gradient reaches `target` too is up to you.
    """
    # YOUR CODE HERE
    raise NotImplementedError("bce_with_logits is not written yet")


# %% [markdown]
# ## One of C classes
#
# The negative log-likelihood picks, in every row, the log-probability of the right class.


# %%
def nll(log_probability: torch.Tensor, target: torch.Tensor) -> torch.Tensor:
    """Negative log-likelihood: minus the mean log-probability of the right classes.

    Written out, without PyTorch's own losses.

    Args:
        log_probability: (N, C) float32 or float64 tensor of finite log-probabilities; N and C are 1 or more.
        target: (N,) int64 tensor of classes 0 .. C-1. Both stay as they were.

    Returns:
        0-d tensor of the dtype of `log_probability`, differentiable.
    """
    # YOUR CODE HERE
    raise NotImplementedError("nll is not written yet")


# %% [markdown]
# ## Cross-entropy from logits
#
# With target probabilities $q_{nc}$ (a label is 1 at its class and 0 elsewhere) and class weights $w_c$,
#
# $$L = -\frac{1}{W} \sum_n \sum_c w_c\, q_{nc} \log \mathrm{softmax}(z_n)_c$$
#
# For labels, $W$ is the sum of the weights of the right classes; for target probabilities it is $N$.
# Label smoothing with $\varepsilon$ puts $(1 - \varepsilon)\,q_{nc} + \varepsilon / C$ in the place of $q_{nc}$.


# %%
def cross_entropy(
    logits: torch.Tensor,
    target: torch.Tensor,
    weight: torch.Tensor | None = None,
    ignore_index: int = -100,
    label_smoothing: float = 0.0,
) -> torch.Tensor:
    """Cross-entropy of logits, what `torch.nn.functional.cross_entropy` gives; exact for logits such as 1000.

    Written out, without PyTorch's own losses.

    Args:
        logits: (N, C) float32 or float64 tensor, N and C 1 or more; softmax has not been applied.
        target: (N,) int64 tensor of labels 0 .. C-1 or `ignore_index`, or (N, C) tensor of the dtype of
            `logits` with the probabilities of the classes.
        weight: (C,) tensor of the dtype of `logits`, the weight of each class, not negative; None stands for
            ones. The three tensors stay as they were.
        ignore_index: rows with this label count neither in the sum nor in what it is divided by. It may be
            any integer, also one of the classes, and plays no part when `target` holds probabilities.
        label_smoothing: number in [0, 1], the share of every row's target that is spread evenly over all
            C classes.

    Returns:
        0-d tensor of the dtype of `logits`, differentiable in the logits. The sum over all rows is divided by
        the sum of the weights of the labels that count, so it is NaN when none does; with target
        probabilities it is divided by N, whatever the weights.
    """
    # YOUR CODE HERE
    raise NotImplementedError("cross_entropy is not written yet")


# %% [markdown]
# ## A margin instead of a probability
#
# The hinge loss is content as soon as the score is on the right side by at least 1.


# %%
def hinge(score: torch.Tensor, target: torch.Tensor) -> torch.Tensor:
    """Hinge loss, the mean of max(0, 1 - target * score).

    Written out, without PyTorch's own losses.

    Args:
        score: float32 or float64 tensor of any shape with at least one entry; its sign is the answer.
        target: tensor of the same shape and dtype, entries -1 and +1. Both stay as they were.

    Returns:
        0-d tensor of the same dtype, differentiable where target * score is not 1.
        Whether a gradient reaches `target` too is up to you.
    """
    # YOUR CODE HERE
    raise NotImplementedError("hinge is not written yet")


# %% [markdown]
# ## Attention to what is hard
#
# The focal loss turns down the examples that are nearly right: with $p_t$ the probability of the
# right class, each one's cross-entropy is multiplied by $(1 - p_t)^\gamma$.


# %%
def focal(logits: torch.Tensor, target: torch.Tensor, gamma: float = 2.0) -> torch.Tensor:
    """Focal loss, the mean of (1 - p_t)^gamma * (-log p_t), where p_t is each row's probability of its label.

    Written out, without PyTorch's own losses.

    Args:
        logits: (N, C) float32 or float64 tensor, N and C 1 or more; softmax has not been applied.
        target: (N,) int64 tensor of labels 0 .. C-1. Both tensors stay as they were.
        gamma: non-negative number; 0 gives plain cross-entropy.

    Returns:
        0-d tensor of the dtype of `logits`; differentiable, through the factor too. The value is finite for large
        logits; so is the gradient where gamma is 0, or 1 and more.
    """
    # YOUR CODE HERE
    raise NotImplementedError("focal is not written yet")
