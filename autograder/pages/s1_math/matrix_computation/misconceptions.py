"""Wrong ways through the puzzles, as students write them."""

import torch

from autograder.checking import misconception


@misconception(
    "compares a row of numbers with itself",
    hint="i == i asks n questions, each about one number. For all pairs one side must be a column: print i[:, None].shape.",
    dies_by="test_eye_and_triu",
)
def eye(n):
    i = torch.arange(n)
    return torch.where(i == i, 1, 0)


@misconception(
    "leaves the diagonal out",
    hint="`<` is false where row and column are equal. Does the triangle include its diagonal?",
    dies_by="test_eye_and_triu",
)
def triu(n):
    i = torch.arange(n)
    return (i[:, None] < i).long()


@misconception(
    "is the lower triangle",
    hint="Which is the row, the number in the column i[:, None] or the one in i? Above the diagonal the row is the smaller.",
    dies_by="test_eye_and_triu",
)
def triu(n):
    i = torch.arange(n)
    return (i[:, None] >= i).long()


@misconception(
    "marks one place too many",
    hint="Places are counted from 0: a sequence of length 2 has the places 0 and 1. Is place 2 inside?",
    dies_by="test_sequence_mask",
)
def sequence_mask(lengths, T):
    return torch.arange(T) <= lengths[:, None]


@misconception(
    "has a column for each sequence instead of a row",
    hint="Your result has shape (T, N). Which of the two, steps or lengths, must be the column [:, None]?",
    dies_by="test_sequence_mask",
)
def sequence_mask(lengths, T):
    return torch.arange(T)[:, None] < lengths


@misconception(
    "adds up from the wrong end",
    hint="x @ mask sums over the rows of the mask, mask @ x over its columns. Entry 0 of the result should be x[0] alone.",
    dies_by="test_cumsum_and_diff",
)
def cumsum(x):
    return triu(len(x)).to(x.dtype) @ x


@misconception(
    "comes back as a matrix with one row",
    hint="x[None] @ mask has shape (1, n). A vector was asked for: `@` takes a vector on its left as it is.",
    dies_by="test_cumsum_and_diff",
)
def cumsum(x):
    return x[None, :] @ triu(len(x)).to(x.dtype)


@misconception(
    "borrows torch.cumsum",
    hint="The numbers are right; the puzzle is to make them. Which matrix turns x into its running sum?",
    dies_by="test_written_by_hand",
)
def cumsum(x):
    return torch.cumsum(x, 0)


@misconception(
    "drops the first entry",
    hint="n entries have n - 1 differences, but the first entry has a place too: it stays, as if a 0 stood before it.",
    dies_by="test_cumsum_and_diff",
)
def diff(x):
    return x[1:] - x[:-1]


@misconception(
    "subtracts the last entry from the first",
    hint="x[i - 1] at i = 0 is x[-1], the last one. What should be subtracted from the first entry?",
    dies_by="test_cumsum_and_diff",
)
def diff(x):
    return x - x[torch.arange(len(x)) - 1]


@misconception(
    "subtracts in place, changing the caller's vector",
    hint="x[1:] -= ... writes into the tensor you were given. Make a new one for the result.",
    dies_by="test_leaves_inputs_and_dtype_alone",
)
def diff(x):
    if x.requires_grad:
        x = x.clone()
    x[1:] -= x[:-1].clone()
    return x


@misconception(
    "rolls the other way",
    hint="Place i of the result reads a place *before* it: for shift 1, the first entry lands at place 1.",
    dies_by="test_roll",
)
def roll(x, shift=1):
    return x[(torch.arange(len(x)) + shift) % len(x)]


@misconception(
    "makes as many bins as the largest entry asks for",
    hint="The number of bins is n, even if the last numbers do not occur. Two batches would else give tensors of two sizes.",
    dies_by="test_bincount",
)
def bincount(x, n):
    bins = int(x.max()) + 1 if len(x) else 0
    return (x[:, None] == torch.arange(bins)).sum(0)


@misconception(
    "keeps only one of the values that meet in a bin",
    hint="out[idx] += v reads, adds and writes each bin once, however often it occurs in idx. Sum over a mask instead.",
    dies_by="test_scatter_add",
)
def scatter_add(v, idx, n):
    out = torch.zeros(n, dtype=v.dtype)
    out[idx] += v
    return out


@misconception(
    "inverts X.T @ X, also where it has no inverse",
    hint="If a column repeats another, X.T @ X is singular. Which relative of the inverse does every matrix have?",
    dies_by="test_dependent_columns",
)
def least_squares(X, y):
    return torch.linalg.inv(X.T @ X) @ X.T @ y


@misconception(
    "solves the normal equations, also where they have many solutions",
    hint="If a column repeats another, X.T @ X is singular, and solve gives up. Which relative of the inverse does every matrix have?",
    dies_by="test_dependent_columns",
)
def least_squares(X, y):
    return torch.linalg.solve(X.T @ X, X.T @ y)


@misconception(
    "adds a little to the diagonal to make an inverse",
    hint="That is ridge regression: it pulls w towards 0, and the error is no longer the smallest.",
    dies_by="test_least_squares",
)
def least_squares(X, y):
    return torch.linalg.solve(X.T @ X + 1e-3 * eye(X.shape[1]).to(X.dtype), X.T @ y)


@misconception(
    "takes the length of A v for the eigenvalue, which has no sign",
    hint="If A turns v round, the eigenvalue is negative, but a length never is. What does v @ A @ v say?",
    dies_by="test_power_iteration",
)
def power_iteration(A, steps=500):
    v = torch.randn(len(A), dtype=A.dtype)
    for _ in range(steps):
        v = A @ v
        v = v / v.norm()
    return (A @ v).norm(), v


@misconception(
    "starts at a vector of ones",
    hint="For [[2, -1], [-1, 2]] the ones are an eigenvector themselves, of the smaller eigenvalue. Start at random.",
    dies_by="test_power_iteration",
)
def power_iteration(A, steps=500):
    v = torch.ones(len(A), dtype=A.dtype)
    for _ in range(steps):
        v = A @ v
        v = v / v.norm()
    return v @ A @ v, v


@misconception(
    "normalises only at the end",
    hint="50 to the power of 500 is no longer a number that fits: print v after a hundred steps. When must its length be mended?",
    dies_by="test_power_iteration",
)
def power_iteration(A, steps=500):
    v = torch.randn(len(A), dtype=A.dtype)
    for _ in range(steps):
        v = A @ v
    v = v / v.norm()
    return v @ A @ v, v


@misconception(
    "multiplies as often as it likes, whatever `steps` says",
    hint="Ask for one step and compare with the answer of 500: is yours the same? `steps` must stand in your loop.",
    dies_by="test_power_iteration",
)
def power_iteration(A, steps=500):
    v = torch.randn(len(A), dtype=A.dtype)
    for _ in range(500):
        v = A @ v
        v = v / v.norm()
    return v @ A @ v, v
