# %% [markdown]
# # Data tables
#
# A table becomes a tensor with one example in each row and one feature in each column. Before a network
# sees it, gaps are filled, words become numbers, and every column is brought to the same scale. Whatever
# is learnt from data on the way is learnt from the training rows alone.

# %%
import torch

# %% [markdown]
# ## One scale for all columns
#
# $$z = \frac{x - \mu}{\sigma}$$
#
# with the mean $\mu$ and the deviation $\sigma$ of each column of the *training* table.


# %%
class Standardizer:
    """Learns mean and deviation of every column from one table and applies them to any other, float32 or float64.

    The deviation is the root of the mean squared distance from the mean: divided by N, not by N - 1.
    If a column is constant, it is divided by 1, so that its values become 0. (Ask whether they are equal: in
    float64, rounding makes the deviation of 0.1, 0.1, 0.1 a little more than 0.)
    """

    def fit(self, X: torch.Tensor) -> "Standardizer":
        """Learn from a table, and forget what was learnt before. What becomes of the table later changes nothing.

        Args:
            X: (N, D) table, N of 1 or more, without gaps; stays as it was.

        Returns:
            The standardizer itself, so that `Standardizer().fit(X).transform(X)` can be written.
        """
        # YOUR CODE HERE
        raise NotImplementedError("Standardizer.fit is not written yet")

    def transform(self, X: torch.Tensor) -> torch.Tensor:
        """Subtract the learnt means and divide by the learnt deviations.

        Args:
            X: (M, D) of the dtype of the table that was learnt from; M may be 0; stays as it was.

        Returns:
            (M, D) of the same dtype.

        Raises:
            ValueError: X has another number of columns than the table that was learnt from, also where
                broadcasting would make it fit.
        """
        # YOUR CODE HERE
        raise NotImplementedError("Standardizer.transform is not written yet")

    def inverse(self, Z: torch.Tensor) -> torch.Tensor:
        """Undo `transform`: the table in its own units again.

        Args:
            Z: (M, D), standardised; M may be 0; stays as it was.

        Returns:
            (M, D) of the same dtype.
        """
        # YOUR CODE HERE
        raise NotImplementedError("Standardizer.inverse is not written yet")


# %% [markdown]
# ## Gaps
#
# In a tensor a missing value is NaN, and one NaN makes a loss NaN. The simplest cure: put in a typical
# value of that column. Typical of which rows? Of the training rows, also when the gap is elsewhere.


# %%
def impute(X: torch.Tensor, strategy: str = "mean", reference: torch.Tensor | None = None) -> torch.Tensor:
    """Fill the gaps of a table.

    Args:
        X: (N, D), float32 or float64, gaps are NaN; stays as it was.
        strategy: "mean" or "median" of the known values of the column; between an even number of values the
            median is the mean of the two in the middle.
        reference: (M, D), M of 1 or more, the table whose means or medians are taken; it may have gaps too and stays
            as it was; X itself by default.

    Returns:
        A new (N, D) tensor of the same dtype without NaN, also where nothing was missing. A column that has no known
        value in the reference is filled with 0.

    Raises:
        ValueError: the strategy is neither of the two.
    """
    # YOUR CODE HERE
    raise NotImplementedError("impute is not written yet")


# %% [markdown]
# ## Words
#
# Numbering cities 0, 1, 2 would tell the network that the second lies between the others. A column of its
# own for each city tells it only which one it is. The list of categories is fixed once, with the
# training data: column 3 must mean the same city forever.


# %%
def one_hot_encode(column: list, categories: list) -> torch.Tensor:
    """One column of zeros and ones for each category.

    Args:
        column: N values, 1 or more, such as words.
        categories: C different values, 1 or more; their order is the order of the result's columns. Both lists stay as
            they were.

    Returns:
        (N, C) float32: 1 where the value is the category, else 0. A value that is not among the categories
        (None, or a word never seen before) gets a row of zeros.
    """
    # YOUR CODE HERE
    raise NotImplementedError("one_hot_encode is not written yet")


# %% [markdown]
# ## Splitting, class by class
#
# Of a rare class, chance may put all examples on one side. A stratified split holds out the same share of
# every class.


# %%
def stratified_split(y: torch.Tensor, frac: float, seed: int) -> tuple[torch.Tensor, torch.Tensor]:
    """Hold out the same share of every class.

    Args:
        y: (N,) int64 labels, N of 1 or more, any numbers, in any order; stays as it was.
        frac: the share to hold out, from 0 to 1.
        seed: decides which examples are drawn: the same seed draws the same ones, whatever random numbers were
            drawn before, and another seed draws others.

    Returns:
        (training, held-out) indices into y, two int64 tensors in any order; every index is in one of them, once.
        Of a class with n examples, frac * n, rounded to the nearest whole number, are held out; where two are equally
        near, either is right.
    """
    # YOUR CODE HERE
    raise NotImplementedError("stratified_split is not written yet")


# %% [markdown]
# ## Rare classes
#
# In a loss that is a mean over examples a rare class counts little. Weights balance this: with
#
# $$w_c = \frac{N}{C\,n_c}$$
#
# every class adds up to the same total $N / C$.


# %%
def class_weights(y: torch.Tensor, C: int) -> torch.Tensor:
    """The weight of each class in a loss, N / (C * n_c).

    Args:
        y: (N,) int64 labels, 0 to C - 1, N of 1 or more; stays as it was.
        C: the number of classes; not all need occur in y.

    Returns:
        (C,) float32; 0 for a class without examples.
    """
    # YOUR CODE HERE
    raise NotImplementedError("class_weights is not written yet")


# %% [markdown]
# ## All together, without a leak
#
# First split, then learn: no mean, no deviation may know the held-out rows. Else the measured error tends
# to be too good, and nothing in the program looks wrong.


# %%
def prepare(X: torch.Tensor, train: torch.Tensor, held_out: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Fill the gaps of a table with means and standardise it, learning from the training rows alone.

    Args:
        X: (N, D), float32 or float64, gaps are NaN.
        train: (T,) int64, the training rows, T of 1 or more.
        held_out: (M,) int64, the others, M of 1 or more. All three stay as they were.

    Returns:
        (T, D) and (M, D) of the dtype of X: both parts, the gaps filled with the means of the known training values,
        then standardised with mean and deviation of the filled training rows, as `Standardizer` does.
    """
    # YOUR CODE HERE
    raise NotImplementedError("prepare is not written yet")
