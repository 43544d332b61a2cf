"""Other right ways to write this page."""

import itertools

import torch

from autograder.checking import variant


@variant("lists and loops")
def eye(n):
    return torch.tensor([[float(i == j) for j in range(n)] for i in range(n)]).reshape(n, n)


@variant("lists and loops")
def triu(n):
    return torch.tensor([[i <= j for j in range(n)] for i in range(n)], dtype=torch.bool).reshape(n, n)


@variant("lists and loops")
def sequence_mask(lengths, T):
    return torch.stack([torch.arange(T) < length for length in lengths])


@variant("lists and loops")
def cumsum(x):
    return torch.stack(list(itertools.accumulate(x.unbind())))


@variant("lists and loops")
def bincount(x, n):
    return torch.tensor([x.tolist().count(j) for j in range(n)], dtype=torch.int64)


@variant("lists and loops")
def scatter_add(v, idx, n):
    out = [v.new_zeros(()) for _ in range(n)]
    for value, j in zip(v, idx.tolist(), strict=True):
        out[j] = out[j] + value
    return torch.stack(out)


@variant("lists and loops")
def diff(x):
    return torch.stack([x[0], *(b - a for a, b in itertools.pairwise(x.unbind()))])


@variant("lists and loops")
def roll(x, shift=1):
    return torch.stack([x[(i - shift) % len(x)] for i in range(len(x))])


@variant("masks and matrices throughout")
def eye(n):
    i = torch.arange(n)
    return 1.0 - torch.sign((i.unsqueeze(1) - i.unsqueeze(0)).abs())


@variant("masks and matrices throughout")
def triu(n):
    i = torch.arange(n).expand(n, n)
    return torch.where(i >= i.T, 1.0, 0.0)


@variant("masks and matrices throughout")
def sequence_mask(lengths, T):
    return lengths.unsqueeze(-1).gt(torch.arange(T).expand(len(lengths), T))


@variant("masks and matrices throughout")
def cumsum(x):
    return torch.where(triu(len(x)).bool(), x[:, None], x.new_zeros(())).sum(0)


@variant("masks and matrices throughout")
def bincount(x, n):
    return scatter_add(torch.ones_like(x), x, n)


@variant("masks and matrices throughout")
def scatter_add(v, idx, n):
    return eye(n).to(v.dtype)[idx].T @ v


@variant("masks and matrices throughout")
def diff(x):
    i = torch.arange(len(x))
    return x @ (1 * (i[:, None] == i) - 1 * (i[:, None] == i - 1)).to(x.dtype)


@variant("masks and matrices throughout")
def roll(x, shift=1):
    i = torch.arange(len(x))
    return ((i[:, None] + shift) % len(x) == i).T.to(x.dtype) @ x


@variant("cutting and joining; least squares by singular values; iteration that stops")
def diff(x):
    return torch.cat([x[:1], x[1:] - x[:-1]])


@variant("cutting and joining; least squares by singular values; iteration that stops")
def roll(x, shift=1):
    cut = -shift % len(x)
    return torch.cat([x[cut:], x[:cut]])


@variant("cutting and joining; least squares by singular values; iteration that stops")
def least_squares(X, y):
    U, S, Vh = torch.linalg.svd(X, full_matrices=False)
    keep = S > 1e-12 * S.max()
    return Vh[keep].T @ ((U[:, keep].T @ y) / S[keep])


@variant("cutting and joining; least squares by singular values; iteration that stops")
def power_iteration(A, steps=500):
    v = torch.rand(A.shape[0], 1, dtype=A.dtype)
    for _ in range(steps):
        new = A @ v
        new = new / torch.linalg.vector_norm(new)
        moved = min((new - v).norm(), (new + v).norm())
        v = new
        if moved < 1e-12:
            break
    return float((v.T @ A @ v).item()), v.squeeze(1)


@variant("normal equations with a pseudo-inverse, and powers by squaring")
def least_squares(X, y):
    return torch.linalg.pinv(X.T @ X, hermitian=True) @ (X.T @ y)


@variant("normal equations with a pseudo-inverse, and powers by squaring")
def power_iteration(A, steps=500):
    v, P = torch.randn(len(A), dtype=A.dtype), A
    for bit in reversed(f"{steps:b}"):  # v is multiplied by A to the power of `steps`
        v = P @ v if bit == "1" else v
        P = P @ P
        v, P = v / v.norm(), P / P.norm()
    return (A @ v).dot(v), v
