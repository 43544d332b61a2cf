# %% [markdown]
# # Datasets and loaders
#
# A dataset knows single examples, a loader makes batches of them. Here you write both, small but whole.
# `torch.utils.data` has complete versions; compare with them, but build your own.

# %%
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import torch

# %% [markdown]
# ## One example at a time


# %%
class ArrayDataset:
    """Examples and their labels, side by side.

    Written out, without PyTorch's own `TensorDataset`.

    It can be pickled whenever its transform can, so it keeps no lambda of its own: PyTorch sends datasets to the
    processes that load the data.

    Args:
        X: (N, *) tensor, one example a row; it stays as it was.
        y: (N,) tensor of labels; it stays as it was.
        transform: what to do with an example on its way out; takes a tensor (*), returns a new one. It leaves the one
            it is given as it was, since that may be a view of X.

    Several datasets can be in use side by side.

    Raises:
        ValueError: X and y have different lengths.
    """

    def __init__(
        self, X: torch.Tensor, y: torch.Tensor, transform: Callable[[torch.Tensor], torch.Tensor] | None = None
    ) -> None:
        # YOUR CODE HERE
        raise NotImplementedError("ArrayDataset.__init__ is not written yet")

    def __len__(self) -> int:
        """N, the number of examples."""
        # YOUR CODE HERE
        raise NotImplementedError("ArrayDataset.__len__ is not written yet")

    def __getitem__(self, index: int) -> tuple[torch.Tensor, torch.Tensor]:
        """One example and its label.

        The transform is applied to the example alone, now and not earlier, and again each time: it may be random.

        Args:
            index: from 0 to N - 1.

        Returns:
            (x, label): x is X[index], a view or a copy, transformed where there is a transform; label is y[index], a
            0-d tensor.

        Raises:
            IndexError: the index is N or more; this is how a for loop over a dataset finds its end.
        """
        # YOUR CODE HERE
        raise NotImplementedError("ArrayDataset.__getitem__ is not written yet")


# %% [markdown]
# ## Who trains and who judges


# %%
def split_indices(n: int, fractions: Sequence[float], seed: int = 0) -> list[torch.Tensor]:
    """Deal 0, 1, ..., n - 1 out at random, into parts of given shares.

    Written out, without PyTorch's own `random_split`.

    The draw depends on `seed` alone, and no global generator is seeded or used.

    Args:
        n: how many examples there are.
        fractions: the share of each part; together 1, up to rounding; stays as it was.
        seed: the same seed gives the same parts, another one others.

    Returns:
        One int64 tensor of indices for each fraction, in any order within: every index is in exactly one part, and
        no part is more than 1 larger or smaller than fraction * n.

    Raises:
        ValueError: the fractions do not sum to 1.
    """
    # YOUR CODE HERE
    raise NotImplementedError("split_indices is not written yet")


# %% [markdown]
# ## Many examples at a time


# %%
class MiniLoader:
    """Goes through a dataset in batches, as often as you like.

    Written out, without PyTorch's own `DataLoader`, `BatchSampler` or `RandomSampler`.

    Args:
        ds: anything with `len(ds)` and `ds[i]`, where an item is a tuple of tensors; it stays as it was.
        batch_size: B, how many items a batch has.
        shuffle: False keeps the dataset's order; True draws a new order at the start of every epoch.
        drop_last: whether to leave out the last batch where it has fewer than B items.
        generator: the order is drawn from it and from nothing else; if None, from torch's global generator.
        collate: makes a batch from a list of items; by default every part of the items is stacked, so that
            items (x, label) become (xs, labels) of shapes (B, *) and (B,), in a tuple or a list.

    Several loaders can be in use side by side.

    Raises:
        ValueError: batch_size is smaller than 1.
    """

    def __init__(
        self,
        ds: Any,
        batch_size: int = 1,
        shuffle: bool = False,
        drop_last: bool = False,
        generator: torch.Generator | None = None,
        collate: Callable[[list], Any] | None = None,
    ) -> None:
        # YOUR CODE HERE
        raise NotImplementedError("MiniLoader.__init__ is not written yet")

    def __len__(self) -> int:
        """How many batches an epoch has."""
        # YOUR CODE HERE
        raise NotImplementedError("MiniLoader.__len__ is not written yet")

    def __iter__(self) -> Iterator[Any]:
        """The batches of one epoch. Every item is in exactly one of them, or in a last batch that is dropped.

        Every call starts a new epoch, whatever became of earlier ones; several may be under way at once. Its order is
        drawn in this call, or when the first batch is asked for. Items are fetched from the dataset only when their
        batch is asked for.
        """
        # YOUR CODE HERE
        raise NotImplementedError("MiniLoader.__iter__ is not written yet")


# %% [markdown]
# ## Sequences of unequal length cannot be stacked


# %%
def collate_pad(sequences: list[torch.Tensor], pad_value: float = 0) -> tuple[torch.Tensor, torch.Tensor]:
    """Make one batch of sequences of unequal length, filled up at the end.

    Args:
        sequences: N >= 1 tensors of shapes (T_1,), ..., (T_N,) and one dtype, some perhaps empty; they stay as
            they were.
        pad_value: what to fill up with.

    Returns:
        (batch, lengths): batch, (N, T) of the sequences' dtype, with T the largest length; lengths, (N,) int64.
        Whether gradients flow is up to you.
    """
    # YOUR CODE HERE
    raise NotImplementedError("collate_pad is not written yet")
