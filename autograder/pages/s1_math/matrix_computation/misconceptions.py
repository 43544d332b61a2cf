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


@misconception(
    "answers in numbers instead of bool",
    hint="A comparison gives True and False by itself. torch.zeros makes float32 unless told otherwise.",
    dies_by="test_sequence_mask",
)
def sequence_mask(lengths, T):
    return (torch.arange(T) < lengths[:, None]).float()


@misconception(
    "multiplies x by a matrix of another dtype",
    hint="A product of float64 and int64 raises an error. Bring the matrix to x's dtype first: .to(x.dtype).",
    dies_by="test_cumsum_and_diff",
)
def cumsum(x):
    return x @ triu(len(x))


@misconception(
    "has the right sums, but no gradient reaches x",
    hint=".item() and .detach() take numbers out of the graph. A product with a triangle of ones keeps it.",
    dies_by="test_gradients",
)
def cumsum(x):
    return x.detach() @ triu(len(x)).to(x.dtype)


@misconception(
    "adds up in float32",
    hint="The result must have the dtype of x: float64 and int64 lose digits on the way through .float().",
    dies_by="test_cumsum_and_diff",
)
def cumsum(x):
    return x.float() @ triu(len(x)).float()


@misconception(
    "changes x in place",
    hint="`x[i] = ...` writes into the tensor you were given. Make a new one, or a product with a triangle of ones.",
    dies_by="test_leaves_inputs_and_dtype_alone",
)
def cumsum(x):
    for i in range(1, len(x)):
        x[i] = x[i] + x[i - 1]
    return x


@misconception(
    "puts 0 in the place of the first entry",
    hint="As if a 0 stood before the vector: the first difference is x[0] - 0.",
    dies_by="test_cumsum_and_diff",
)
def diff(x):
    i = torch.arange(len(x))
    return torch.where(i > 0, x - x[i - 1], 0)


@misconception(
    "subtracts each entry from the one before it",
    hint="A vector that rises has positive differences. Which of the two is subtracted?",
    dies_by="test_cumsum_and_diff",
)
def diff(x):
    i = torch.arange(len(x))
    return torch.where(i > 0, x[i - 1], 0) - x


@misconception(
    "rolls by one place, whatever shift says",
    hint="The parameter `shift` is not used. By how many places does x[0] move?",
    dies_by="test_roll",
)
def roll(x, shift=1):
    return torch.cat([x[-1:], x[:-1]])


@misconception(
    "knows shifts from 1 to n - 1 only",
    hint="What do x[-shift:] and x[:-shift] hold for a shift of 0, of -1, or of more than n? The remainder % n makes all of them one.",
    dies_by="test_roll",
)
def roll(x, shift=1):
    rolled = torch.zeros_like(x)
    rolled[shift:] = x[:-shift]
    rolled[:shift] = x[-shift:]
    return rolled


@misconception(
    "counts along the wrong axis: once for each entry of x",
    hint="The table has a row for each entry and a column for each bin. The dim that you give to sum is the one that disappears.",
    dies_by="test_bincount",
)
def bincount(x, n):
    return (x[:, None] == torch.arange(n)).sum(1)


@misconception(
    "counts in float32",
    hint="torch.zeros makes float32 unless told otherwise. Counts are int64.",
    dies_by="test_bincount",
)
def bincount(x, n):
    return (x[:, None] == torch.arange(n)).sum(0).float()


@misconception(
    "multiplies by the table of bins the wrong way round",
    hint="v has N entries and the table N rows: v @ table is (n,). From the other side the sizes meet only where N = n.",
    dies_by="test_scatter_add",
)
def scatter_add(v, idx, n):
    return (idx[:, None] == torch.arange(n)).to(v.dtype) @ v


@misconception(
    "adds up in float32, whatever dtype v has",
    hint="The table of bins must have the dtype of v: .to(v.dtype), not .float().",
    dies_by="test_scatter_add",
)
def scatter_add(v, idx, n):
    return v.float() @ (idx[:, None] == torch.arange(n)).float()


@misconception(
    "returns X @ w in place of w",
    hint="The weights have an entry for each column of X. One product too many makes an entry for each row.",
    dies_by="test_least_squares",
)
def least_squares(X, y):
    return X @ torch.linalg.pinv(X) @ y


@misconception(
    "solves X w = y exactly, as if X were square",
    hint="Three points seldom lie on one line, so X w = y has no solution. The smallest error needs X.T or the pseudoinverse.",
    dies_by="test_least_squares",
)
def least_squares(X, y):
    return torch.linalg.solve(X, y)


@misconception(
    "begins with a vector of float32, whatever dtype A has",
    hint="torch.randn makes float32 unless told otherwise: dtype=A.dtype.",
    dies_by="test_power_iteration",
)
def power_iteration(A, steps=500):
    v = torch.randn(len(A))
    for _ in range(steps):
        v = A @ v
        v = v / v.norm()
    return v @ A @ v, v


@misconception(
    "gives an eigenvalue for each entry",
    hint="(A v) / v has n entries, and is NaN where v is 0. One number comes from v @ A @ v.",
    dies_by="test_power_iteration",
)
def power_iteration(A, steps=500):
    v = torch.randn(len(A), dtype=A.dtype)
    for _ in range(steps):
        v = A @ v
        v = v / v.norm()
    return (A @ v) / v, v


@misconception(
    "multiplies the start vector each time, so that one step is all",
    hint="The loop computes w from v, and v never changes. Which vector must the next step begin with?",
    dies_by="test_power_iteration",
)
def power_iteration(A, steps=500):
    w = v = torch.randn(len(A), dtype=A.dtype)
    for _ in range(steps):
        w = A @ v
        w = w / w.norm()
    return w @ A @ w, w


@misconception("is the lower triangle")
def triu(n):
    i = torch.arange(n)
    return (i[:, None] >= i).float()


@misconception("leaves the diagonal out")
def triu(n):
    i = torch.arange(n)
    return (i[:, None] < i).float()


@misconception("compares a row of numbers with itself")
def eye(n):
    i = torch.arange(n)
    return i == i[None, :]


@misconception("takes the length of A v for the eigenvalue, which has no sign")
def power_iteration(A, steps=500):
    v = torch.ones(len(A), dtype=A.dtype)
    for _ in range(steps):
        v = A @ v
        v = v / v.norm()
    return (A @ v).norm(), v


@misconception("puts 0 in the place of the first entry")
def diff(x):
    steps = torch.zeros_like(x)
    steps[1:] = x[1:] - x[:-1]
    return steps


@misconception("subtracts in place, changing the caller's vector")
def diff(x):
    for i in range(1, len(x)):
        x[i] -= x[i - 1]
    return x


@misconception(
    "takes the mean of what meets in a bin",
    hint="Values that meet are added up, not averaged: what stands in a bin that three ones went into?",
    dies_by="test_scatter_add",
)
def scatter_add(v, idx, n):
    hits = (idx[:, None] == torch.arange(n)).to(v.dtype)
    return v @ hits / hits.sum(0)


@misconception("answers in numbers instead of bool")
def sequence_mask(lengths, T):
    return (torch.arange(T) < lengths[:, None]).int()


@misconception(
    "counts lengths in 32 bits",
    hint="An int64 holds lengths that an int32 does not: 2**31 becomes a number below 0.",
    dies_by="test_sequence_mask",
)
def sequence_mask(lengths, T):
    return torch.arange(T, dtype=torch.int32) < lengths.to(torch.int32)[:, None]
