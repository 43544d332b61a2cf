"""Wrong ways to write the first tensor functions, as students write them."""

import math

import torch

from autograder.checking import misconception


@misconception(
    "multiplies entry by entry and does not add up",
    hint="u * v is still a vector. The dot product is one number.",
    dies_by="test_dot",
)
def dot(u, v):
    if u.shape != v.shape:
        raise ValueError("the shapes differ")
    return u * v


@misconception(
    "lets a vector of another size broadcast",
    hint="A (1,) vector is stretched to any size, and no error tells. Compare the shapes before you multiply.",
    dies_by="test_dot",
)
def dot(u, v):
    try:
        return (u * v).sum()
    except RuntimeError:
        raise ValueError("the sizes do not fit") from None


@misconception(
    "forgets the absolute value, so that odd powers cancel",
    hint="(-4)^3 is -64. What must be done to the entries before they are raised to an odd power?",
    dies_by="test_norm",
)
def norm(v, p=2.0):
    if p == math.inf:
        return v.abs().max()
    return (v**p).sum() ** (1 / p)


@misconception(
    "flattens with view, which a transposed tensor does not allow",
    hint="view only relabels memory, and a transposed tensor's entries lie in another order. reshape copies where it must.",
    dies_by="test_norm",
)
def norm(v, p=2.0):
    sizes = v.view(-1).abs()
    if p == math.inf:
        return sizes.max()
    return (sizes**p).sum() ** (1 / p)


@misconception(
    "takes the number out of its tensor on the way",
    hint=".item() gives a bare Python number: no gradient can flow through it. Stay with tensors to the end.",
    dies_by="test_gradients",
)
def norm(v, p=2.0):
    if p == math.inf:
        return v.abs().max()
    return torch.tensor((v.abs() ** p).sum().item() ** (1 / p), dtype=v.dtype)


@misconception(
    "multiplies entry by entry",
    hint="u * v pairs u[i] with v[i]. For every i with every j, make u a column: what is the shape of u[:, None]?",
    dies_by="test_outer",
)
def outer(u, v):
    return u * v


@misconception(
    "makes v the column, which gives the transpose",
    hint="Entry [i, j] is u[i] * v[j]: i counts rows, so u must stand upright.",
    dies_by="test_outer",
)
def outer(u, v):
    return u * v[:, None]


@misconception(
    "forgets keepdim, so that the norms are laid along the columns",
    hint="A shape of (N,) is lined up with the last dimension: norm j divides column j. It should be (N, 1).",
    dies_by="test_normalize_rows",
)
def normalize_rows(X, eps=1e-12):
    return X / (X**2).sum(1).sqrt().clamp(min=eps)


@misconception(
    "divides by one norm for the whole matrix",
    hint="Without a dim, sum adds up everything. Print the norm of each row of your result.",
    dies_by="test_normalize_rows",
)
def normalize_rows(X, eps=1e-12):
    return X / (X**2).sum().sqrt().clamp(min=eps)


@misconception(
    "normalises the columns",
    hint="The dim that you give to sum is the one that disappears. For one number a row, which one must go?",
    dies_by="test_normalize_rows",
)
def normalize_rows(X, eps=1e-12):
    return X / (X**2).sum(0, keepdim=True).sqrt().clamp(min=eps)


@misconception(
    "divides a row of zeros by zero",
    hint="0 / 0 is NaN. What is eps for?",
    dies_by="test_zero_rows",
)
def normalize_rows(X, eps=1e-12):
    return X / (X**2).sum(1, keepdim=True).sqrt()


@misconception(
    "adds eps to every norm",
    hint="Then no row has exactly norm 1. The docstring takes the larger of the two: norm or eps.",
    dies_by="test_zero_rows",
)
def normalize_rows(X, eps=1e-12):
    return X / ((X**2).sum(1, keepdim=True).sqrt() + eps)


@misconception(
    "divides in place, changing the caller's matrix",
    hint="`X /= ...` writes into the tensor you were given. `X / ...` makes a new one.",
    dies_by="test_leaves_inputs_and_dtype_alone",
)
def normalize_rows(X, eps=1e-12):
    X /= (X**2).sum(1, keepdim=True).sqrt().clamp(min=eps)
    return X


@misconception(
    "compares row i with row i only",
    hint="Every row of A meets every row of B: the result is a table of N times M numbers.",
    dies_by="test_cosine_similarity",
)
def cosine_similarity(A, B):
    return (normalize_rows(A) * normalize_rows(B)).sum(1)


@misconception(
    "takes dot products without dividing by the lengths",
    hint="Make a row ten times as long, and your number grows tenfold. The angle does not.",
    dies_by="test_cosine_similarity",
)
def cosine_similarity(A, B):
    return A @ B.T


@misconception(
    "reshapes where it should transpose",
    hint="reshape keeps the order of the numbers and only breaks the lines elsewhere. Compare it with .T on a small matrix.",
    dies_by="test_cosine_similarity",
)
def cosine_similarity(A, B):
    return normalize_rows(A) @ normalize_rows(B).reshape(B.shape[1], B.shape[0])


@misconception(
    "counts the classes in the labels, whatever C says",
    hint="The highest class may be missing from a batch, and then a column is. Where does your C come in?",
    dies_by="test_one_hot",
)
def one_hot(y, C):
    if len(y) and (y.min() < 0 or y.max() >= C):
        raise ValueError("a label is out of range")
    classes = int(y.max()) + 1 if len(y) else C
    return (y[:, None] == torch.arange(classes)).long()


@misconception(
    "answers with True and False",
    hint="A comparison gives a bool tensor. The docstring asks for int64.",
    dies_by="test_one_hot",
)
def one_hot(y, C):
    if ((y < 0) | (y >= C)).any():
        raise ValueError("a label is out of range")
    return y[:, None] == torch.arange(C)


@misconception(
    "answers in float32",
    hint="torch.zeros makes float32 unless told otherwise. The docstring asks for int64.",
    dies_by="test_one_hot",
)
def one_hot(y, C):
    rows = torch.zeros(len(y), C)
    for i in range(len(y)):
        rows[i, y[i]] = 1
    return rows


@misconception(
    "lets the label -1 count from the end",
    hint="As an index, -1 means the last column. Look for labels below 0 yourself, before you use them.",
    dies_by="test_one_hot",
)
def one_hot(y, C):
    if (y >= C).any():
        raise ValueError("a label is out of range")
    rows = torch.zeros(len(y), C, dtype=torch.int64)
    rows[torch.arange(len(y)), y] = 1
    return rows


@misconception(
    "lines the shapes up at their beginnings",
    hint="(2, 3) and (3,) fit, because both end in 3. Fill the shorter one up with 1 on the left.",
    dies_by="test_broadcast_shape",
)
def broadcast_shape(a, b):
    longest = max(len(a), len(b))
    a, b = a + (1,) * (longest - len(a)), b + (1,) * (longest - len(b))
    for m, n in zip(a, b, strict=True):
        if m != n and m != 1 and n != 1:
            raise ValueError(f"{a} and {b} do not go together")
    return tuple(n if m == 1 else m for m, n in zip(a, b, strict=True))


@misconception(
    "takes the larger of two sizes",
    hint="Opposite a 0, a 1 is stretched to 0: no entries at all. Which of the two is stretched: the smaller, or the 1?",
    dies_by="test_broadcast_shape",
)
def broadcast_shape(a, b):
    longest = max(len(a), len(b))
    a, b = (1,) * (longest - len(a)) + a, (1,) * (longest - len(b)) + b
    for m, n in zip(a, b, strict=True):
        if m != n and m != 1 and n != 1:
            raise ValueError(f"{a} and {b} do not go together")
    return tuple(max(m, n) for m, n in zip(a, b, strict=True))


@misconception(
    "stretches any size, not only 1",
    hint="To stretch 3 entries to 4, which one should be doubled? Only a single entry can be repeated without a choice.",
    dies_by="test_shapes_that_do_not_fit",
)
def broadcast_shape(a, b):
    longest = max(len(a), len(b))
    a, b = (1,) * (longest - len(a)) + a, (1,) * (longest - len(b)) + b
    return tuple(n if m == 1 else m if n == 1 else max(m, n) for m, n in zip(a, b, strict=True))


@misconception(
    "borrows PyTorch's outer product instead of writing it",
    hint="The numbers are right; the exercise is to see how a column and a row broadcast into a table.",
    dies_by="test_written_by_hand",
)
def outer(u, v):
    return torch.outer(u, v)


@misconception(
    "is 0 or too small for rows that are short, though not 0",
    hint="Two rows of length 1e-6 have an ordinary angle, but the product of their lengths is 1e-12. Normalise each row "
    "by itself.",
    dies_by="test_cosine_similarity",
)
def cosine_similarity(A, B):
    lengths = (A**2).sum(1).sqrt()[:, None] * (B**2).sum(1).sqrt()
    return A @ B.T / lengths.clamp(min=1e-8)
