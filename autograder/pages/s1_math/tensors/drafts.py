"""First drafts of this page, as beginners hand them in."""

# %% broadcasting does the rest, it seems
# dot: lets a vector of another size broadcast
# normalize_rows: forgets keepdim, so that the norms are laid along the columns
# one_hot: answers in float32
def dot(u, v):
    return torch.sum(u * v)


def norm(v, p=2.0):
    if p == math.inf:
        return v.abs().max()
    return (v.abs() ** p).sum() ** (1 / p)


def normalize_rows(X, eps=1e-12):
    n = torch.sqrt((X**2).sum(dim=1))
    return X / torch.clamp(n, min=eps)


def one_hot(y, C):
    out = torch.zeros(len(y), C)
    for i in range(len(y)):
        out[i, y[i]] = 1
    return out


# %% the formula, letter by letter
# norm: forgets the absolute value, so that odd powers cancel
# norm: does not treat p = inf by itself
# outer: multiplies entry by entry
# cosine_similarity: compares row i with row i only
# cosine_similarity: is NaN where a row is zero
def norm(v, p=2.0):
    return torch.sum(v**p) ** (1 / p)


def outer(u, v):
    return u * v.T


def cosine_similarity(A, B):
    num = (A * B).sum(1)
    return num / ((A**2).sum(1).sqrt() * (B**2).sum(1).sqrt())


# %% loops and item
# dot: has neither the dtype of the inputs nor a gradient
# outer: answers in float32, whatever dtype u and v have
# broadcast_shape: lines the shapes up at their beginnings
def dot(u, v):
    if len(u) != len(v):
        raise ValueError("not the same length")
    total = 0
    for i in range(len(u)):
        total += u[i].item() * v[i].item()
    return torch.tensor(total)


def outer(u, v):
    result = torch.zeros(len(u), len(v))
    for i in range(len(u)):
        for j in range(len(v)):
            result[i, j] = u[i] * v[j]
    return result


def broadcast_shape(a, b):
    a = list(a)
    b = list(b)
    while len(a) < len(b):
        a.append(1)
    while len(b) < len(a):
        b.append(1)
    out = []
    for x, y in zip(a, b):
        if x == y or x == 1 or y == 1:
            out.append(max(x, y))
        else:
            raise ValueError("shapes do not match")
    return tuple(out)


# %% eps added
# normalize_rows: adds eps to every norm
# cosine_similarity: is NaN where a row is zero
# broadcast_shape: has only as many sizes as the shorter shape
def normalize_rows(X, eps=1e-12):
    length = (X * X).sum(1, keepdim=True) ** 0.5
    return X / (length + eps)


def cosine_similarity(A, B):
    dots = A @ B.T
    a = (A * A).sum(1).sqrt()
    b = (B * B).sum(1).sqrt()
    return dots / (a[:, None] * b[None, :])


def broadcast_shape(a, b):
    result = []
    for m, n in zip(reversed(a), reversed(b)):
        if m != n and m != 1 and n != 1:
            raise ValueError(f"{m} and {n}")
        result.append(max(m, n))
    return tuple(reversed(result))


# %% the maximum of two sizes
# broadcast_shape: takes the larger of two sizes
# norm: takes the largest entry for p = inf, not the largest absolute value
# one_hot: answers in float32
def norm(v, p=2.0):
    if p == float("inf"):
        return v.max()
    return v.abs().pow(p).sum().pow(1 / p)


def one_hot(y, C):
    if y.min() < 0 or y.max() >= C:
        raise ValueError("label out of range")
    result = torch.zeros(y.shape[0], C)
    result[torch.arange(y.shape[0]), y] = 1.0
    return result


def broadcast_shape(a, b):
    n = max(len(a), len(b))
    a = (1,) * (n - len(a)) + tuple(a)
    b = (1,) * (n - len(b)) + tuple(b)
    out = []
    for x, y in zip(a, b):
        if x != y and x != 1 and y != 1:
            raise ValueError("cannot broadcast")
        out.append(max(x, y))
    return tuple(out)


# %% one norm for the whole matrix
# normalize_rows: divides by one norm for the whole matrix
# norm: is the 2-norm, whatever p says
def norm(v, p=2.0):
    if p == math.inf:
        return torch.max(torch.abs(v))
    return torch.sqrt(torch.sum(v**2))


def normalize_rows(X, eps=1e-12):
    return X / max(norm(X), eps)


def cosine_similarity(A, B):
    return normalize_rows(A) @ normalize_rows(B).T


# %% columns for rows
# normalize_rows: normalises the columns
# outer: makes v the column, which gives the transpose
# dot: gives Python's 0 for two empty vectors
def dot(u, v):
    if u.shape != v.shape:
        raise ValueError("shapes differ")
    return sum(u[i] * v[i] for i in range(len(u)))


def outer(u, v):
    return v.reshape(-1, 1) * u.reshape(1, -1)


def normalize_rows(X, eps=1e-12):
    norms = X.pow(2).sum(0).sqrt()
    return X / norms.clamp(min=eps)


# %% in place, since it is shorter
# normalize_rows: divides in place, changing the caller's matrix
# norm: changes v in place
# one_hot: counts the classes in the labels, whatever C says
def norm(v, p=2.0):
    v = v.abs_()
    if p == math.inf:
        return v.max()
    return torch.sum(v**p) ** (1.0 / p)


def normalize_rows(X, eps=1e-12):
    for i in range(len(X)):
        n = (X[i] ** 2).sum().sqrt()
        if n > eps:
            X[i] /= n
    return X


def one_hot(y, C):
    if (y < 0).any() or (y >= C).any():
        raise ValueError
    return (y.unsqueeze(1) == torch.arange(y.max() + 1)).long()


# %% through numpy
# outer: has the right values, but no gradient reaches u and v
# cosine_similarity: has the right values, but no gradient reaches A and B
# one_hot: looks at no label: -1 counts from the end, and C raises an IndexError
import numpy as np


def dot(u, v):
    if u.shape != v.shape:
        raise ValueError("shapes")
    return (u * v).sum()


def norm(v, p=2.0):
    if p == math.inf:
        return v.abs().max()
    return (v.abs() ** p).sum() ** (1 / p)


def normalize_rows(X, eps=1e-12):
    n = (X**2).sum(1, keepdim=True).sqrt()
    return X / n.clamp(min=eps)


def outer(u, v):
    return torch.tensor(np.outer(u.detach().numpy(), v.detach().numpy()))


def cosine_similarity(A, B):
    A = A.detach().numpy()
    B = B.detach().numpy()
    na = np.sqrt((A**2).sum(axis=1, keepdims=True))
    nb = np.sqrt((B**2).sum(axis=1, keepdims=True))
    na[na == 0] = 1
    nb[nb == 0] = 1
    return torch.from_numpy((A / na) @ (B / nb).T)


def one_hot(y, C):
    return torch.eye(C, dtype=torch.int64)[y]


# %% no root at the end
# norm: leaves out the root at the end
# normalize_rows: divides by the sum of a row's absolute values
# dot: leaves the error for two sizes to PyTorch, which raises RuntimeError
def dot(u, v):
    return u @ v


def norm(v, p=2.0):
    if p == math.inf:
        return v.abs().max()
    return (v.abs() ** p).sum()


def normalize_rows(X, eps=1e-12):
    n = X.abs().sum(dim=1, keepdim=True)
    return X / torch.maximum(n, torch.tensor(eps))


# %% mean instead of sum, max with dim
# norm: takes the mean of the powers in place of their sum
# cosine_similarity: is 0 or too small for rows that are short, though not 0
# broadcast_shape: returns a list, not a tuple
def norm(v, p=2.0):
    if p == math.inf:
        return torch.max(v.abs())
    return torch.mean(v.abs() ** p) ** (1 / p)


def cosine_similarity(A, B):
    num = A @ B.T
    den = (A**2).sum(1, keepdim=True).sqrt() * (B**2).sum(1, keepdim=True).sqrt().T
    return num / (den + 1e-8)


def broadcast_shape(a, b):
    a, b = list(a), list(b)
    while len(a) < len(b):
        a.insert(0, 1)
    while len(b) < len(a):
        b.insert(0, 1)
    for i in range(len(a)):
        if a[i] == 1:
            a[i] = b[i]
        elif b[i] != 1 and a[i] != b[i]:
            raise ValueError("sizes differ")
    return a


# %% what remains
# dot: multiplies entry by entry and does not add up
# outer: says "size mismatch"
# one_hot: gives a row to each class, the transpose
def dot(u, v):
    if u.shape != v.shape:
        raise ValueError("different shapes")
    return u * v


def outer(u, v):
    return u.unsqueeze(1) @ v


def one_hot(y, C):
    if torch.any(y < 0) or torch.any(y > C):
        raise ValueError("labels outside")
    out = torch.zeros(C, len(y), dtype=torch.long)
    for i, label in enumerate(y):
        out[label, i] = 1
    return out
