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
    "raises for a transposed tensor",
    hint="view only relabels memory, and a transposed tensor's entries lie in another order. reshape copies where it must.",
    dies_by="test_norm",
)
def norm(v, p=2.0):
    sizes = v.view(-1).abs()
    if p == math.inf:
        return sizes.max()
    return (sizes**p).sum() ** (1 / p)


@misconception(
    "has the right value, but no gradient reaches v",
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


@misconception(
    "has neither the dtype of the inputs nor a gradient",
    hint="`.item()` and `torch.tensor(total)` leave the tensors that you were given. Multiply and add the tensors themselves.",
    dies_by="test_dot",
)
def dot(u, v):
    if u.shape != v.shape:
        raise ValueError("the shapes differ")
    total = 0.0
    for i in range(len(u)):
        total += u[i].item() * v[i].item()
    return torch.tensor(total)


@misconception(
    "gives Python's 0 for two empty vectors",
    hint="Python's sum starts with the number 0 and never meets a tensor there. A tensor's own .sum() gives a 0-d tensor.",
    dies_by="test_dot",
)
def dot(u, v):
    if u.shape != v.shape:
        raise ValueError("the shapes differ")
    return sum(u[i] * v[i] for i in range(len(u)))


@misconception(
    "leaves the error for two sizes to PyTorch, which raises RuntimeError",
    hint="The docstring promises a ValueError. Compare the shapes yourself before you multiply.",
    dies_by="test_dot",
)
def dot(u, v):
    return u @ v


@misconception(
    "does not treat p = inf by itself",
    hint="1 / inf is 0, and anything to the power 0 is 1. For p = inf the formula beside the sum applies: the largest size.",
    dies_by="test_norm",
)
def norm(v, p=2.0):
    return (v.abs() ** p).sum() ** (1 / p)


@misconception(
    "takes the largest entry for p = inf, not the largest absolute value",
    hint="Of (3, -4) the largest entry is 3, the largest size 4. What belongs before the maximum?",
    dies_by="test_norm",
)
def norm(v, p=2.0):
    if p == math.inf:
        return v.max()
    return (v.abs() ** p).sum() ** (1 / p)


@misconception(
    "is the 2-norm, whatever p says",
    hint="The parameter `p` is not used. It is the power of the entries, and 1 / p the power of their sum.",
    dies_by="test_norm",
)
def norm(v, p=2.0):
    if p == math.inf:
        return v.abs().max()
    return (v**2).sum().sqrt()


@misconception(
    "leaves out the root at the end",
    hint="Twice as long a vector must have twice the norm. Which power of the sum does the formula take?",
    dies_by="test_norm",
)
def norm(v, p=2.0):
    if p == math.inf:
        return v.abs().max()
    return (v.abs() ** p).sum()


@misconception(
    "takes the mean of the powers in place of their sum",
    hint="Two more entries must never make a vector shorter. The formula has a sum, with no division by n.",
    dies_by="test_norm",
)
def norm(v, p=2.0):
    if p == math.inf:
        return v.abs().max()
    return (v.abs() ** p).mean() ** (1 / p)


@misconception(
    "changes v in place",
    hint="A method that ends in _ writes into the tensor you were given. v.abs() makes a new one.",
    dies_by="test_norm",
)
def norm(v, p=2.0):
    sizes = v.abs_() if not v.requires_grad else v.abs()
    if p == math.inf:
        return sizes.max()
    return (sizes**p).sum() ** (1 / p)


@misconception(
    "answers in float32, whatever dtype u and v have",
    hint="torch.zeros makes float32 unless told otherwise: dtype=u.dtype. Or let a column and a row broadcast.",
    dies_by="test_outer",
)
def outer(u, v):
    table = torch.zeros(len(u), len(v))
    for i in range(len(u)):
        for j in range(len(v)):
            table[i, j] = u[i] * v[j]
    return table


@misconception(
    "has the right values, but no gradient reaches u and v",
    hint="After .detach(), .numpy(), .item() or torch.tensor(...) the numbers have left the graph. Stay with tensors.",
    dies_by="test_gradients",
)
def outer(u, v):
    return u.detach()[:, None] * v.detach()


@misconception(
    "divides by the sum of a row's absolute values",
    hint="That is the 1-norm. The 2-norm squares the entries, adds them up and takes the root.",
    dies_by="test_normalize_rows",
)
def normalize_rows(X, eps=1e-12):
    return X / X.abs().sum(1, keepdim=True).clamp(min=eps)


@misconception(
    "is NaN where a row is zero",
    hint="The length of a row of zeros is 0, and 0 / 0 is NaN. What did normalize_rows do with such a row?",
    dies_by="test_zero_rows",
)
def cosine_similarity(A, B):
    A, B = A / (A**2).sum(1, keepdim=True).sqrt(), B / (B**2).sum(1, keepdim=True).sqrt()
    return A @ B.T


@misconception(
    "has the right values, but no gradient reaches A and B",
    hint="After .detach(), .numpy(), .item() or torch.tensor(...) the numbers have left the graph. Stay with tensors.",
    dies_by="test_gradients",
)
def cosine_similarity(A, B):
    return normalize_rows(A.detach()) @ normalize_rows(B.detach()).T


@misconception(
    "looks at no label: -1 counts from the end, and C raises an IndexError",
    hint="The docstring promises a ValueError for both. Compare the labels with 0 and C before you use them as indices.",
    dies_by="test_one_hot",
)
def one_hot(y, C):
    return torch.eye(C, dtype=torch.int64)[y]


@misconception(
    "gives a row to each class, the transpose",
    hint="A row belongs to an example: the shape is (N, C). Which of your two indices counts the examples?",
    dies_by="test_one_hot",
)
def one_hot(y, C):
    if ((y < 0) | (y >= C)).any():
        raise ValueError("a label is out of range")
    return (torch.arange(C)[:, None] == y).long()


@misconception(
    "has only as many sizes as the shorter shape",
    hint="zip ends with the shorter of the two. Fill it up with 1 on the left first: (8, 1, 6) and (6,) give three sizes.",
    dies_by="test_broadcast_shape",
)
def broadcast_shape(a, b):
    sizes = []
    for m, n in zip(reversed(a), reversed(b)):
        if m != n and m != 1 and n != 1:
            raise ValueError(f"{a} and {b} do not go together")
        sizes.append(n if m == 1 else m)
    return tuple(reversed(sizes))


@misconception(
    "returns a list, not a tuple",
    hint="The sizes are right. tuple(...) around them makes the shape that the docstring asks for.",
    dies_by="test_broadcast_shape",
)
def broadcast_shape(a, b):
    longest = max(len(a), len(b))
    a, b = (1,) * (longest - len(a)) + a, (1,) * (longest - len(b)) + b
    if any(m != n and 1 not in (m, n) for m, n in zip(a, b, strict=True)):
        raise ValueError(f"{a} and {b} do not go together")
    return [n if m == 1 else m for m, n in zip(a, b, strict=True)]


@misconception("is 0 or too small for rows that are short, though not 0")
def cosine_similarity(A, B):
    lengths = (A**2).sum(1).sqrt()[:, None] * (B**2).sum(1).sqrt()
    return A @ B.T / (lengths + 1e-8)


@misconception("has neither the dtype of the inputs nor a gradient")
def dot(u, v):
    return torch.tensor(sum(a.item() * b.item() for a, b in zip(u, v, strict=True)))


@misconception("divides in place, changing the caller's matrix")
def normalize_rows(X, eps=1e-12):
    for i in range(len(X)):
        length = (X[i] ** 2).sum().sqrt()
        if length > eps:
            X[i] /= length
    return X


@misconception("forgets the absolute value, so that odd powers cancel")
def norm(v, p=2.0):
    return (v**p).sum() ** (1 / p)


@misconception(
    "lets no gradient through rows that are shorter than eps",
    hint="A row shorter than eps is divided by eps: its gradient is 1 / eps, not 0. What do .detach() and .data do there?",
    dies_by="test_zero_rows",
)
def normalize_rows(X, eps=1e-12):
    length = X.square().sum(1, keepdim=True).sqrt()
    return torch.where(length > eps, X / length.clamp(min=eps), X.detach() / eps)
