# %% [markdown]
# # Matrix computation: puzzles
#
# Eight functions, most of which PyTorch has too, built out of almost nothing, and two workhorses of linear algebra.
#
# The idea is to use `arange`, comparisons, `where`, indexing, arithmetic, sums and `@`, and what you built
# yourself before. A loop, `cat`, `stack` or an assignment gives the right numbers too, and all points, but misses the
# idea. Forbidden are only the functions that you are asked to build, from PyTorch or NumPy, and their near
# relatives: eye, diag, triu, tril (and their indices), cumsum, diff, roll, bincount, histc, histogram,
# unique, one_hot, scatter, scatter_add, scatter_reduce, index_add, index_put and put_. `least_squares` does
# without lstsq, and `power_iteration` without eig, eigh, eigvals, eigvalsh, svd, svdvals and lobpcg.

# %%
import torch

# %% [markdown]
# ## Questions asked of all pairs
#
# Hold a column against a row: `i[:, None] == j` has an answer for every pair $(i, j)$.


# %%
def eye(n: int) -> torch.Tensor:
    """The identity matrix.

    By the rule of this page, without PyTorch's or NumPy's own `eye` and its relatives.

    Args:
        n: its size, 0 or more.

    Returns:
        (n, n) tensor, 1 on the diagonal and 0 elsewhere; integer, floating-point or bool, as you like.
    """
    # YOUR CODE HERE
    raise NotImplementedError("eye is not written yet")


# %%
def triu(n: int) -> torch.Tensor:
    """The upper triangle of ones, diagonal included.

    By the rule of this page, without PyTorch's or NumPy's own `triu` and its relatives.

    Args:
        n: its size, 0 or more.

    Returns:
        (n, n) tensor, 1 where the row is at or before the column and 0 below the diagonal; any dtype, as for `eye`.
    """
    # YOUR CODE HERE
    raise NotImplementedError("triu is not written yet")


# %%
def sequence_mask(lengths: torch.Tensor, T: int) -> torch.Tensor:
    """Where sequences of different lengths, padded to T steps, still have content.

    By the rule of this page, without what it forbids from PyTorch or NumPy; a comparison is enough.

    Args:
        lengths: (N,) int64 tensor of lengths, N of 1 or more, each of them 0 or more; one above T counts as T. It
            stays as it was.
        T: the number of steps.

    Returns:
        (N, T) bool tensor; row i is True in its first lengths[i] places.
    """
    # YOUR CODE HERE
    raise NotImplementedError("sequence_mask is not written yet")


# %% [markdown]
# ## From questions to sums
#
# $$\sum_{i \le j} x_i = \sum_i x_i\,[\,i \le j\,]$$


# %%
def cumsum(x: torch.Tensor) -> torch.Tensor:
    """The running sum of a vector.

    By the rule of this page, without PyTorch's or NumPy's own `cumsum` and its relatives.

    Args:
        x: (n,) tensor, int64, float32 or float64, n at least 1, all entries finite.

    Returns:
        (n,) tensor of the same dtype; entry j is x[0] + ... + x[j]. Differentiable; x stays as it was.
    """
    # YOUR CODE HERE
    raise NotImplementedError("cumsum is not written yet")


# %%
def bincount(x: torch.Tensor, n: int) -> torch.Tensor:
    """How often each of the numbers 0, ..., n-1 occurs.

    By the rule of this page, without PyTorch's or NumPy's own `bincount` and its relatives.

    Args:
        x: (N,) int64 tensor with entries in 0, ..., n-1; it may be empty. It stays as it was.
        n: the number of bins, also where the last ones stay empty.

    Returns:
        (n,) int64 tensor of counts.
    """
    # YOUR CODE HERE
    raise NotImplementedError("bincount is not written yet")


# %%
def scatter_add(v: torch.Tensor, idx: torch.Tensor, n: int) -> torch.Tensor:
    """Values added up bin by bin.

    By the rule of this page, without PyTorch's or NumPy's own `scatter_add` and its relatives.

    Args:
        v: (N,) tensor of values, int64, float32 or float64, all finite; it may be empty.
        idx: (N,) int64 tensor: v[i] goes into bin idx[i], one of 0, ..., n-1. Bins may repeat.
        n: the number of bins; one that gets nothing holds 0.

    Returns:
        (n,) tensor of the dtype of v; entry j is the sum of all v[i] with idx[i] == j. Differentiable in v.
        v and idx stay as they were.
    """
    # YOUR CODE HERE
    raise NotImplementedError("scatter_add is not written yet")


# %% [markdown]
# ## From questions to places
#
# For each place of the result: which place of `x` does it read?


# %%
def diff(x: torch.Tensor) -> torch.Tensor:
    """Each entry minus the one before it: `diff(cumsum(x))` is x again, up to rounding.

    By the rule of this page, without PyTorch's or NumPy's own `diff` and its relatives.

    Args:
        x: (n,) tensor, int64, float32 or float64, n at least 1, all entries finite.

    Returns:
        (n,) tensor of the same dtype; entry 0 is x[0], as if a 0 stood before it, and entry i is x[i] - x[i-1].
        Differentiable; x stays as it was.
    """
    # YOUR CODE HERE
    raise NotImplementedError("diff is not written yet")


# %%
def roll(x: torch.Tensor, shift: int = 1) -> torch.Tensor:
    """A vector moved round in a circle: what falls off the end comes in at the front.

    By the rule of this page, without PyTorch's or NumPy's own `roll` and its relatives.

    Args:
        x: (n,) tensor, int64, float32 or float64, n at least 1, all entries finite.
        shift: how many places each entry moves towards the end; negative moves towards the front, and it may
            be larger than n.

    Returns:
        (n,) tensor of the same dtype; x[0] stands at place `shift` (modulo n). Differentiable; x stays as it was.
    """
    # YOUR CODE HERE
    raise NotImplementedError("roll is not written yet")


# %% [markdown]
# ## Two workhorses
#
# At the least error the error is orthogonal to all columns: $X^\top(Xw - y) = 0$. Which matrices have no inverse?


# %%
def least_squares(X: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
    """The weights w with the smallest squared error of X @ w against y, without lstsq.

    Args:
        X: (N, D) tensor, float32 or float64. Its columns may depend on each other, and D may be larger than N.
        y: (N,) tensor of the same dtype.

    Returns:
        (D,) tensor of the same dtype; where several w reach the smallest error, any of them. X and y stay as they were.
        No gradient need flow through it.
    """
    # YOUR CODE HERE
    raise NotImplementedError("least_squares is not written yet")


# %% [markdown]
# $$v \leftarrow \frac{Av}{\lVert Av \rVert}, \qquad \lambda = v^\top A v$$


# %%
def power_iteration(A: torch.Tensor, steps: int = 500) -> tuple[torch.Tensor, torch.Tensor]:
    """The largest eigenvalue in magnitude and its eigenvector, by repeated multiplication.

    Without PyTorch's own `eig`, `eigh`, `svd` and their relatives.

    Args:
        A: (n, n) tensor, float32 or float64, symmetric or not, n at least 1. One eigenvalue is larger in magnitude
            than all others, which are at most 0.9 times as large.
        steps: how often A is multiplied, at most; after few steps the answer is rough.

    Returns:
        (lam, v), with 500 steps accurate to 1e-9 of their size (1e-4 in float32): the eigenvalue with its sign, a
        single number, and an eigenvector of shape (n,), length 1 and the dtype of A; v and -v are both right. A stays
        as it was. No gradient need flow through it.
    """
    # YOUR CODE HERE
    raise NotImplementedError("power_iteration is not written yet")
