# %% [markdown]
# # Loading data from a CSV file
#
# From a text file to the batches that a training loop eats: read it once, carefully; make tensors; wrap
# them in a `Dataset`; let two `DataLoader`s deal them out.
#
# The `csv` module of Python, pandas, or your own reader: all are welcome, as long as what comes out is right.

# %%
import csv
import math

import torch
from torch.utils.data import DataLoader, Dataset, Subset

# %% [markdown]
# How files write that a value is missing, and the share of the rows that is held out.

# %%
MISSING = ("", "NA", "NaN", "?")
HELD_OUT = 0.2

# %% [markdown]
# ## The target decides what is learnt
#
# Class labels are int64, because the cross-entropy loss looks them up; numbers to predict are float32, as
# the network's answers are. Which of the two it is, the column itself tells.


# %%
def encode_target(fields: list[str]) -> torch.Tensor:
    """The target column as a tensor.

    Args:
        fields: N texts, as they stand in the file, for instance ["3", "1"], ["0.5", "2"] or ["cat", "dog"];
            the list stays as it was.

    Returns:
        (N,): int64 labels, as they are, where every field is digits alone, perhaps after a sign ("3", "-1"); else
        float32 where every field is a number ("3.0", "-2", "1e3"); else int64: the place of each word in the sorted
        list of the different words. Whether text such as "1_000", " 3", "inf" or "nan" is a number is up to you.

    Raises:
        ValueError: a field is one of MISSING: nothing can be learnt from a row without its answer.
    """
    # YOUR CODE HERE
    raise NotImplementedError("encode_target is not written yet")


# %% [markdown]
# ## Reading the file
#
# A CSV file is not "split at the commas": a field in quotation marks may hold commas. It may begin with a
# byte order mark, an invisible character before the first name, and its lines may end as on Windows.


# %%
def parse_csv(path: str, target: str) -> tuple[torch.Tensor, torch.Tensor, list[str]]:
    """Read a table of numbers.

    Args:
        path: a CSV file in UTF-8, with or without a byte order mark; only read. Its first line names the columns, no
            two alike; the others, one or more, hold a row each. Lines end in LF or CRLF; the last line may lack its
            line ending. A line without any character is skipped. A field may stand in double quotes, and then hold
            commas, and quotes written twice.
        target: the name of the column to predict, which may be any of them.

    Returns:
        X: (N, D) float32, a row for each line and a column for each feature, in the file's order. A field that is one
            of MISSING is NaN.
        y: (N,), the target column as `encode_target` makes it.
        columns: the names of the D features. A column without a name (pandas writes the row numbers into one) is no
            feature and is left out; so is the target.

    Raises:
        ValueError: no column has the target's name; a feature is neither a number nor missing; a line has more or
            fewer fields than the first, and then the message holds the number of that line in the file, counted
            from 1, the names and the skipped lines included.
    """
    # YOUR CODE HERE
    raise NotImplementedError("parse_csv is not written yet")


# %% [markdown]
# ## A dataset
#
# PyTorch asks two things of a dataset: how many examples there are, and example number $i$. The file is
# read once, when the dataset is made. Reading it again for every example would be correct, and hopeless.


# %%
class CSVDataset(Dataset):
    """The rows of a CSV file as examples (x, y).

    The file is read once, in the constructor, with `parse_csv`; afterwards it may change or vanish. The attribute
    `columns` is the list of the features' names.
    """

    def __init__(self, path: str, target: str) -> None:
        # YOUR CODE HERE
        raise NotImplementedError("CSVDataset.__init__ is not written yet")

    def __len__(self) -> int:
        """The number of rows."""
        # YOUR CODE HERE
        raise NotImplementedError("CSVDataset.__len__ is not written yet")

    def __getitem__(self, index: int) -> tuple[torch.Tensor, torch.Tensor]:
        """Example number `index`: x (D,) float32 and y, a tensor of shape ().

        Raises:
            IndexError: index is len(self) or more. (A `for` loop over the dataset ends by it.)
        """
        # YOUR CODE HERE
        raise NotImplementedError("CSVDataset.__getitem__ is not written yet")


# %% [markdown]
# ## Batches
#
# Files are often sorted, so the held-out rows are drawn, not cut off at the end. Training rows are shuffled
# anew for every epoch; the held-out rows need no shuffling. A `torch.Generator` of your own keeps your seed
# apart from everybody else's random numbers.


# %%
def csv_loaders(path: str, batch_size: int, seed: int = 0, target: str = "target") -> tuple[DataLoader, DataLoader]:
    """Loaders of the training and of the held-out rows.

    Args:
        path: a CSV file, as `parse_csv` reads it, of three rows or more.
        batch_size: rows in a batch; the last batch may be smaller and is kept.
        seed: decides which rows are held out, and the order of the training rows in the first, second, ... epoch,
            whatever random numbers are drawn elsewhere, before or meanwhile.
        target: the name of the column to predict.

    Returns:
        (training, held-out): two DataLoaders, or other objects that can be iterated again and again, of batches
        (x, y) with x (B, D) float32 and y (B,). round(HELD_OUT * N) of the N rows, drawn at random, are held out; every
        row is in one of the two, once. The training rows come in an order that is drawn anew for every epoch, the
        held-out rows always in the same.
    """
    # YOUR CODE HERE
    raise NotImplementedError("csv_loaders is not written yet")
