# %% [markdown]
# # Two types of applications
#
# *Which one?* is classification, *how much?* is regression. Here you turn a network's numbers into
# answers, and measure how good the answers are. In the end you build the last layer for either.

# %%
import torch
from torch import nn

# %% [markdown]
# ## A helper
#
# It is written already. Predictions of shape (N, 1) and targets of shape (N,) would broadcast to (N, N)
# without a warning, so every measure below begins with it.


# %%
def insist_on_equal_shapes(prediction: torch.Tensor, target: torch.Tensor) -> None:
    """Raise ValueError where the shapes are unequal."""
    if prediction.shape != target.shape:
        raise ValueError(f"{tuple(prediction.shape)} for the prediction, {tuple(target.shape)} for the target")


# %% [markdown]
# ## From numbers to labels
#
# Several classes: the one with the largest logit. Two classes and a single logit $z$: yes, if the
# probability $\sigma(z) = 1 / (1 + e^{-z})$ reaches a threshold.


# %%
def predict_labels(logits: torch.Tensor) -> torch.Tensor:
    """The most probable class of every example.

    Args:
        logits: (N, C) float32 or float64 tensor, one row for each example; it stays as it was. N may be 0.

    Returns:
        (N,) int64 tensor of labels from 0 to C - 1; where several logits are the largest, any of them.
    """
    # YOUR CODE HERE
    raise NotImplementedError("predict_labels is not written yet")


# %%
def predict_binary(logits: torch.Tensor, threshold: float = 0.5) -> torch.Tensor:
    """Yes (1) or no (0), from one logit for each question.

    Args:
        logits: float32 or float64 tensor of any shape, its entries from -1000 to 1000; it stays as it was.
        threshold: a probability, strictly between 0 and 1; not a logit.

    Returns:
        int64 tensor of the same shape: 1 where the probability, the sigmoid of the logit, is at least
        `threshold`, else 0. The logit 0 has the probability 0.5, so it is a 1 by default. Where the two differ by
        rounding alone, either answer is right.
    """
    # YOUR CODE HERE
    raise NotImplementedError("predict_binary is not written yet")


# %% [markdown]
# ## Measures of classification
#
# One policy for all of them: **0 divided by 0 counts as 0.0**.


# %%
def accuracy(prediction: torch.Tensor, target: torch.Tensor) -> float:
    """The fraction of labels that are right.

    Args:
        prediction: int64 tensor of labels, of any shape, empty or 0-d too; it stays as it was.
        target: int64 tensor of the true labels, of the same shape; it stays as it was.

    Returns:
        A single number between 0 and 1; 0.0 if there are no examples.

    Raises:
        ValueError: the shapes are unequal, also where broadcasting would make them fit.
    """
    # YOUR CODE HERE
    raise NotImplementedError("accuracy is not written yet")


# %% [markdown]
# Entry $M_{tp}$ of the confusion matrix is the number of examples whose true class is $t$ and whose predicted
# class is $p$. The rows are the truth; whatever is right stands on the diagonal.


# %%
def confusion_matrix(prediction: torch.Tensor, target: torch.Tensor, num_classes: int) -> torch.Tensor:
    """How often each class was taken for each.

    Args:
        prediction: (N,) int64 tensor of labels; N may be 0. It stays as it was.
        target: (N,) int64 tensor of the true labels; it stays as it was.
        num_classes: the number C of classes, also if some of them do not occur.

    Returns:
        (C, C) int64 tensor of counts: rows are the truth, columns the prediction. Its sum is N.

    Raises:
        ValueError: the shapes are unequal, or a label is not one of 0, ..., C - 1.
    """
    # YOUR CODE HERE
    raise NotImplementedError("confusion_matrix is not written yet")


# %% [markdown]
# One class against all the others. With TP examples of the class that were found, FP false alarms and FN
# that were missed,
#
# $$\mathrm{precision} = \frac{TP}{TP + FP}, \qquad \mathrm{recall} = \frac{TP}{TP + FN}, \qquad
# F_1 = \frac{2\,TP}{2\,TP + FP + FN}$$


# %%
def precision_recall_f1(
    prediction: torch.Tensor, target: torch.Tensor, positive: int = 1
) -> tuple[float, float, float]:
    """How well one class is separated from the rest.

    Args:
        prediction: (N,) int64 tensor of labels; N may be 0. It stays as it was.
        target: (N,) int64 tensor of the true labels; it stays as it was.
        positive: the label of the class; every other label is negative.

    Returns:
        A tuple of three numbers in this order: precision, the fraction of predicted positives that are
        positive; recall, the fraction of the examples of the class that were found; F1, their harmonic mean
        2 TP / (2 TP + FP + FN). Each is 0.0 where its formula divides 0 by 0.

    Raises:
        ValueError: the shapes are unequal.
    """
    # YOUR CODE HERE
    raise NotImplementedError("precision_recall_f1 is not written yet")


# %% [markdown]
# With many classes, take every class against the rest and average: the *macro* average, in which a rare class
# counts as much as a frequent one.


# %%
def macro_f1(prediction: torch.Tensor, target: torch.Tensor, num_classes: int) -> float:
    """The mean of the F1 of all classes, each counting the same.

    Args:
        prediction: (N,) int64 tensor of labels from 0 to num_classes - 1; N may be 0. It stays as it was.
        target: (N,) int64 tensor of the true labels; it stays as it was.
        num_classes: the number of classes; one that occurs nowhere has an F1 of 0.0, and counts.

    Returns:
        A single number between 0 and 1.

    Raises:
        ValueError: the shapes are unequal.
    """
    # YOUR CODE HERE
    raise NotImplementedError("macro_f1 is not written yet")


# %% [markdown]
# ## Measures of regression
#
# $$\mathrm{RMSE} = \sqrt{\tfrac1N \textstyle\sum_n (\hat y_n - y_n)^2}, \qquad
# R^2 = 1 - \frac{\sum_n (\hat y_n - y_n)^2}{\sum_n (y_n - \bar y)^2}$$


# %%
def rmse(prediction: torch.Tensor, target: torch.Tensor) -> float:
    """The root of the mean squared error, in the unit of the target.

    Args:
        prediction: float32 or float64 tensor of any shape, not empty; it stays as it was.
        target: tensor of the same shape and dtype, its values may lie far from 0; it stays as it was.

    Returns:
        A single number: the root of the mean over all entries.

    Raises:
        ValueError: the shapes are unequal, also where broadcasting would make them fit.
    """
    # YOUR CODE HERE
    raise NotImplementedError("rmse is not written yet")


# %%
def r2(prediction: torch.Tensor, target: torch.Tensor) -> float:
    """The coefficient of determination: which part of the target's variance the prediction explains.

    Args:
        prediction: (N,) float32 or float64 tensor, N at least 1; it stays as it was.
        target: (N,) tensor of the same dtype, its values may lie far from 0, as years do; it stays as it was.

    Returns:
        A single number without a unit: 1 for a perfect prediction, 0 for one that always says the mean
        of the target, below 0 for worse ones. Where all targets are equal there is nothing to explain:
        1.0 if every prediction equals its target, else 0.0. (Ask whether they are equal: rounding makes the mean of
        0.1, 0.1, 0.1 a little more than 0.1.)

    Raises:
        ValueError: the shapes are unequal, also where broadcasting would make them fit.
    """
    # YOUR CODE HERE
    raise NotImplementedError("r2 is not written yet")


# %% [markdown]
# ## The last layer and its loss
#
# All that changes in a network from one type to the other is how it ends, and what it is trained by. The
# losses come with the sigmoid and the softmax built in, so the last layer needs neither.


# %%
def head_for(task: str, features: int, outputs: int = 1) -> tuple[nn.Module, nn.Module]:
    """The last layer of a network, and the loss to train it by.

    Args:
        task: "regression": each output is a number to predict;
            "binary": each output is the logit of a yes-or-no question;
            "multiclass": the outputs are the logits of classes that exclude each other.
        features: the number of features that come in.
        outputs: the number of outputs.

    Returns:
        (module, loss), a new module each time. `module` maps float32 (N, features) to (N, outputs), linearly with a
        bias, so that any real number can come out. `loss(module(x), target)` is a mean, a tensor of shape ():
        for "regression" the squared error, with target (N, outputs);
        for "binary" the cross-entropy of the sigmoid, with target (N, outputs) of floats 0 and 1;
        for "multiclass" the cross-entropy of the softmax, with target (N,) of int64 labels.

    Raises:
        ValueError: `task` is none of the three.
    """
    # YOUR CODE HERE
    raise NotImplementedError("head_for is not written yet")
