# %% [markdown]
# # The power of matrix computation
#
# One formula, $C_{ij} = \sum_p A_{ip} B_{pj}$, written three times: with loops, with broadcasting, for a
# whole batch. Then find the same formula inside distances and inside a layer of a network.

# %%
import torch

# %% [markdown]
# ## With loops
#
# The definition, word for word. Write it once in your life, so that you know what `@` does.


# %%
def matmul_loops(A: torch.Tensor, B: torch.Tensor) -> torch.Tensor:
    """The matrix product, entry by entry with Python loops.

    Without `@` and without its relatives: matmul, mm, bmm, mv, dot, inner, addmm, einsum, tensordot.

    Args:
        A: (n, k) tensor, int64, float32 or float64.
        B: (k, m) tensor of the same dtype. Each of n, k, m may be 0; an empty sum is 0.

    Returns:
        (n, m) tensor of the same dtype; entry [i, j] is the sum over p of A[i, p] * B[p, j].
        A and B stay as they were. No gradient need flow through it.

    Raises:
        ValueError: A has not as many columns as B has rows.
    """
    ### BEGIN SOLUTION
    n, k = A.shape
    if k != B.shape[0]:
        raise ValueError(f"shapes {tuple(A.shape)} and {tuple(B.shape)} do not fit together")
    m = B.shape[1]
    C = A.new_zeros(n, m)
    for i in range(n):
        for j in range(m):
            for p in range(k):
                C[i, j] += A[i, p] * B[p, j]
    return C
    ### END SOLUTION


# %% [markdown]
# ## With broadcasting
#
# The same sum without a loop: a box with the entries $T_{ipj} = A_{ip} B_{pj}$, summed along $p$.
# Mind sizes of 1: broadcasting stretches them, also where the shapes do not fit.


# %%
def matmul_broadcast(A: torch.Tensor, B: torch.Tensor) -> torch.Tensor:
    """The matrix product by broadcasting and one sum.

    Without Python loops, and without `@` or its relatives (see `matmul_loops`).

    Args:
        A: (n, k) tensor, int64, float32 or float64.
        B: (k, m) tensor of the same dtype. Each of n, k, m may be 0; an empty sum is 0.

    Returns:
        (n, m) tensor of the same dtype; differentiable. A and B stay as they were.

    Raises:
        ValueError: A has not as many columns as B has rows.
    """
    ### BEGIN SOLUTION
    if A.shape[1] != B.shape[0]:
        raise ValueError(f"shapes {tuple(A.shape)} and {tuple(B.shape)} do not fit together")
    return (A[:, :, None] * B[None]).sum(1)  # (n, k, 1) * (1, k, m) -> (n, k, m) -> (n, m)
    ### END SOLUTION


# %% [markdown]
# ## Many products at once
#
# From here on `@`, `einsum` and their relatives are allowed, too. Still without a Python loop.


# %%
def batched_matmul(A: torch.Tensor, B: torch.Tensor) -> torch.Tensor:
    """A batch of matrix products: the first matrix of A times the first of B, and so on.

    Args:
        A: (batch, n, k) tensor, float32 or float64; the batch may be empty.
        B: (batch, k, m) tensor of the same dtype, with as many matrices.

    Returns:
        (batch, n, m) tensor of the same dtype; differentiable. A and B stay as they were.
    """
    ### BEGIN SOLUTION
    return torch.einsum("bip,bpj->bij", A, B)
    ### END SOLUTION


# %% [markdown]
# ## All distances
#
# $$\lVert x - y \rVert^2 = \lVert x \rVert^2 + \lVert y \rVert^2 - 2\, x^\top y$$
#
# Where is the matrix product? And what may rounding do to a distance that should be 0?


# %%
def pairwise_sq_dists(X: torch.Tensor, Y: torch.Tensor) -> torch.Tensor:
    """The squared Euclidean distance of every row of X to every row of Y, without torch.cdist.

    Never makes a tensor of shape (N, M, D): for large N, M and D it does not fit into memory.

    Args:
        X: (N, D) tensor, float32 or float64.
        Y: (M, D) tensor of the same dtype. Each of N, M, D may be 0.

    Returns:
        (N, M) tensor of the same dtype; entry [i, j] is the sum of (X[i] - Y[j]) ** 2, never negative,
        also where rounding would make it so. Differentiable. X and Y stay as they were.
    """
    ### BEGIN SOLUTION
    squares = (X * X).sum(1)[:, None] + (Y * Y).sum(1)  # (N, 1) + (M,) -> (N, M)
    return (squares - 2 * X @ Y.T).clamp(min=0)
    ### END SOLUTION


# %% [markdown]
# ## A layer
#
# $$Y = X W^\top + b$$


# %%
def linear_batch(X: torch.Tensor, W: torch.Tensor, b: torch.Tensor) -> torch.Tensor:
    """A linear layer for a batch of examples, without PyTorch's own linear.

    Args:
        X: (N, D) tensor, float32 or float64, one example a row; it may have no rows.
        W: (K, D) weights, one row for each output.
        b: (K,) biases, one for each output.

    Returns:
        (N, K) tensor of the same dtype; differentiable. X, W and b stay as they were.
    """
    ### BEGIN SOLUTION
    return X @ W.T + b
    ### END SOLUTION
