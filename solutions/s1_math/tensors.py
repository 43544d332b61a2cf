# %% [markdown]
# # Vectors, matrices and tensors
#
# A tensor is a block of numbers of one dtype, with a shape. Here you write the first things one does with
# such blocks: multiply, measure, compare, turn labels into vectors. And you write the rule by which
# tensors of different shapes go together.
#
# The rule of this page: all is written out. Sums, products, `@`, einsum and what you built before are welcome; not
# allowed are PyTorch's or NumPy's own dot, vdot, inner, outer, ger, norm (vector_norm, matrix_norm), normalize, cdist,
# cosine_similarity, one_hot, broadcast_shapes and broadcast_tensors.

# %%
import math

import torch

# %% [markdown]
# ## The dot product
#
# $$u \cdot v = \sum_i u_i v_i$$


# %%
def dot(u: torch.Tensor, v: torch.Tensor) -> torch.Tensor:
    """The dot product: the products of entries in the same place, added up.

    Written out, without PyTorch's or NumPy's own `dot`, `vdot` or `inner`; the whole list is at the top.

    Args:
        u, v: (n,) tensors of one dtype, float32, float64 or int64; they stay as they were.

    Returns:
        A 0-d tensor of that dtype; 0 for n = 0. Differentiable.

    Raises:
        ValueError: the two are not of the same length; not even a single entry is stretched.
    """
    ### BEGIN SOLUTION
    if u.shape != v.shape:
        raise ValueError(f"u has the shape {tuple(u.shape)}, v has {tuple(v.shape)}")
    return (u * v).sum()
    ### END SOLUTION


# %% [markdown]
# ## How long is a vector?
#
# $$\lVert v \rVert_p = \Big(\sum_i |v_i|^p\Big)^{1/p}, \qquad \lVert v \rVert_\infty = \max_i |v_i|$$
#
# For $p = 2$ this is the length that you would measure with a ruler. For $p = 1$ you walk along the streets
# of a town, and the larger $p$, the more the largest entry decides.


# %%
def norm(v: torch.Tensor, p: float = 2.0) -> torch.Tensor:
    """The p-norm of all entries together.

    Written out, without PyTorch's or NumPy's own `norm`, `vector_norm` or `matrix_norm`; the whole list is at the top.

    Args:
        v: tensor of any shape with at least one entry, float32 or float64; it stays as it was.
        p: a number from 1 on, or math.inf for the largest absolute value. If the p-th power of an entry, or their
            sum, is too large or too small for v's dtype, the result is up to you.

    Returns:
        A 0-d tensor of v's dtype. Differentiable where no entry of v is 0 (for math.inf: where one entry
        alone is the largest in size, and not 0).
    """
    ### BEGIN SOLUTION
    sizes = v.abs()
    if p == math.inf:
        return sizes.amax()
    return (sizes**p).sum() ** (1 / p)
    ### END SOLUTION


# %% [markdown]
# ## Every entry times every entry
#
# $$(u \otimes v)_{ij} = u_i v_j$$
#
# is the whole multiplication table of two vectors: a column times a row.


# %%
def outer(u: torch.Tensor, v: torch.Tensor) -> torch.Tensor:
    """The outer product of two vectors.

    Written out, without PyTorch's or NumPy's own `outer` or `ger`; the whole list is at the top.

    Args:
        u: (n,) tensor, float32 or float64 or an integer one.
        v: (m,) tensor of the same dtype. Both stay as they were.

    Returns:
        (n, m) tensor of that dtype; entry [i, j] is u[i] * v[j]. Differentiable.
    """
    ### BEGIN SOLUTION
    return u[:, None] * v  # (n, 1) times (m,) is (n, m)
    ### END SOLUTION


# %% [markdown]
# ## A matrix as a pile of vectors
#
# Data comes as a matrix $X$ of $N$ rows, one for each example. Dividing every row by its own norm leaves
# directions only, all of length 1. A row of zeros has no direction; it must not become NaN.


# %%
def normalize_rows(X: torch.Tensor, eps: float = 1e-12) -> torch.Tensor:
    """Each row divided by its 2-norm, or by `eps` where `eps` is larger.

    Written out, without PyTorch's or NumPy's own `normalize` or `norm`; the whole list is at the top.

    Args:
        X: (N, D) tensor, float32 or float64; it stays as it was.
        eps: a small positive number.

    Returns:
        (N, D) tensor of X's dtype: rows of norm 1, less where `eps` was larger; a row of zeros stays zero.
        Differentiable where no row is 0.
    """
    ### BEGIN SOLUTION
    lengths = (X**2).sum(1, keepdim=True).sqrt()  # (N, 1)
    return X / lengths.clamp(min=eps)
    ### END SOLUTION


# %% [markdown]
# ## Which vectors point the same way?
#
# $$\cos \angle(a, b) = \frac{a \cdot b}{\lVert a \rVert_2\, \lVert b \rVert_2}$$
#
# is 1 for the same direction, 0 for a right angle, −1 for opposite directions, however long the two are.


# %%
def cosine_similarity(A: torch.Tensor, B: torch.Tensor) -> torch.Tensor:
    """The cosine between every row of A and every row of B.

    Written out, without PyTorch's or NumPy's own `cosine_similarity` or `normalize`; the whole list is at the top.

    Args:
        A: (N, D) tensor, float32 or float64.
        B: (M, D) tensor of the same dtype. Both stay as they were.

    Returns:
        (N, M) tensor of that dtype; entry [i, j] belongs to row i of A and row j of B, and is 0 where one of them
        is a row of zeros; of rows shorter than 1e-12 it is up to you. Differentiable where no row is 0.
    """
    ### BEGIN SOLUTION
    return normalize_rows(A) @ normalize_rows(B).T
    ### END SOLUTION


# %% [markdown]
# ## Labels as vectors
#
# Class 2 is not "twice class 1": the number is only a name. A one-hot vector says the same without an order:
# a 1 in the place of the class, 0 elsewhere.


# %%
def one_hot(y: torch.Tensor, C: int) -> torch.Tensor:
    """Labels as rows with a single 1.

    Written out, without PyTorch's or NumPy's own `one_hot`; the whole list is at the top.

    Args:
        y: (N,) int64 tensor of labels from 0 to C - 1; N may be 0. It stays as it was.
        C: the number of classes; not every class must occur in `y`.

    Returns:
        (N, C) int64 tensor; row i is 1 in column y[i] and 0 elsewhere.

    Raises:
        ValueError: a label is below 0 or above C - 1.
    """
    ### BEGIN SOLUTION
    if ((y < 0) | (y >= C)).any():
        raise ValueError(f"labels must lie between 0 and {C - 1}")
    return (y[:, None] == torch.arange(C)).long()
    ### END SOLUTION


# %% [markdown]
# ## The rule of broadcasting
#
# Write the two shapes below each other so that they end in the same column, and fill up with 1 on the
# left. In every column the two sizes must be equal, or one of them must be 1: that one is stretched.
#
#     a         (8, 1, 6, 1)
#     b            (7, 1, 5)
#     result    (8, 7, 6, 5)


# %%
def broadcast_shape(a: tuple[int, ...], b: tuple[int, ...]) -> tuple[int, ...]:
    """The shape of x + y, where x has the shape a and y the shape b.

    Written out, without PyTorch's or NumPy's own `broadcast_shapes` or `broadcast_tensors`; the list is at the top.

    Args:
        a, b: shapes, tuples of sizes; () is the shape of a single number, and a size may be 0.

    Returns:
        The shape after broadcasting, a tuple. A 1 is stretched to whatever stands opposite, to 0 as well.

    Raises:
        ValueError: two sizes differ and neither is 1.
    """
    ### BEGIN SOLUTION
    longest = max(len(a), len(b))
    a, b = (1,) * (longest - len(a)) + a, (1,) * (longest - len(b)) + b
    if any(m != n and 1 not in (m, n) for m, n in zip(a, b, strict=True)):
        raise ValueError(f"{a} and {b} do not go together")
    return tuple(n if m == 1 else m for m, n in zip(a, b, strict=True))
    ### END SOLUTION
