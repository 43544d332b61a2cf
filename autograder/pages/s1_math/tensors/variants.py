"""Other right ways to write this page."""

import itertools

import torch

from autograder.checking import variant


@variant("with @ and with loops over rows")
def dot(u, v):
    if u.dim() != 1 or u.size() != v.size():
        raise ValueError("two vectors of the same size are needed")
    return u @ v


@variant("with @ and with loops over rows")
def norm(v, p=2.0):
    flat = torch.abs(v.reshape(-1))
    if p == float("inf"):
        return flat.max()
    total = sum(x**p for x in flat)
    return total ** (1.0 / p)


@variant("with @ and with loops over rows")
def outer(u, v):
    return torch.stack([x * v for x in u])


@variant("with @ and with loops over rows")
def normalize_rows(X, eps=1e-12):
    return torch.stack([row / torch.clamp((row @ row).sqrt(), min=eps) for row in X])


@variant("with @ and with loops over rows")
def cosine_similarity(A, B):
    table = []
    for a in A:
        row = []
        for b in B:
            lengths = norm(a) * norm(b)
            row.append((a * b).sum() / lengths if lengths > 0 else 0 * (a * b).sum())
        table.append(torch.stack(row))
    return torch.stack(table)


@variant("with @ and with loops over rows")
def one_hot(y, C):
    rows = torch.zeros(len(y), C, dtype=torch.int64)
    for i, label in enumerate(y.tolist()):
        if not 0 <= label < C:
            raise ValueError(f"label {label}")
        rows[i, label] = 1
    return rows


@variant("with @ and with loops over rows")
def broadcast_shape(a, b):
    shape = []
    for k in range(1, max(len(a), len(b)) + 1):
        m = a[-k] if k <= len(a) else 1
        n = b[-k] if k <= len(b) else 1
        if m == n or n == 1:
            shape.insert(0, m)
        elif m == 1:
            shape.insert(0, n)
        else:
            raise ValueError(f"{m} and {n}")
    return tuple(shape)


@variant("with einsum and rows of the identity")
def dot(u, v):
    if len(u) != len(v):
        raise ValueError("sizes")
    return torch.einsum("i,i->", u, v)


@variant("with einsum and rows of the identity")
def outer(u, v):
    return torch.einsum("i,j->ij", u, v)


@variant("with einsum and rows of the identity")
def normalize_rows(X, eps=1e-12):
    lengths = torch.einsum("nd,nd->n", X, X) ** 0.5
    return X / torch.where(lengths < eps, eps, lengths).unsqueeze(1)


@variant("with einsum and rows of the identity")
def cosine_similarity(A, B):
    products = (A[:, None, :] * B[None, :, :]).sum(-1)
    lengths = (A**2).sum(1).sqrt()[:, None] * (B**2).sum(1).sqrt()
    return torch.where(lengths == 0, 0.0, products / lengths.clamp(min=1e-300))


@variant("with einsum and rows of the identity")
def one_hot(y, C):
    if len(y) and not (0 <= int(y.min()) and int(y.max()) < C):
        raise ValueError("a label is out of range")
    return torch.eye(C, dtype=torch.long)[y]


@variant("with einsum and rows of the identity")
def broadcast_shape(a, b):
    pairs = list(itertools.zip_longest(a[::-1], b[::-1], fillvalue=1))
    for pair in pairs:
        if len({*pair} - {1}) > 1:
            raise ValueError(f"{pair[0]} and {pair[1]}")
    return torch.Size([next(iter({*pair} - {1}), 1) for pair in pairs][::-1])


@variant("added up one by one; float64 inside; in place on a copy; by recursion")
def dot(u, v):
    if u.shape != v.shape:
        raise ValueError("shapes")
    total = u.new_zeros(())
    for a, b in zip(u, v, strict=True):
        total = total + a * b
    return total


@variant("added up one by one; float64 inside; in place on a copy; by recursion")
def norm(v, p=2.0):
    sizes = v.double().abs()
    result = sizes.max() if p == float("inf") else sizes.pow(p).sum().pow(1 / p)
    return result.to(v.dtype)


@variant("added up one by one; float64 inside; in place on a copy; by recursion")
def outer(u, v):
    return u.reshape(-1, 1) @ v.reshape(1, -1)


@variant("added up one by one; float64 inside; in place on a copy; by recursion")
def normalize_rows(X, eps=1e-12):
    result = X.clone()
    result /= X.pow(2).sum(-1).sqrt().clamp_min(eps).unsqueeze(1)
    return result


@variant("added up one by one; float64 inside; in place on a copy; by recursion")
def one_hot(y, C):
    if bool(((y < 0) | (y >= C)).any()):
        raise ValueError("a label is out of range")
    rows = torch.zeros(len(y), C, dtype=torch.int64)
    rows[torch.arange(len(y)), y] = 1
    return rows


@variant("added up one by one; float64 inside; in place on a copy; by recursion")
def broadcast_shape(a, b):
    if not a or not b:
        return a or b
    m, n = a[-1], b[-1]
    if m != n and m != 1 and n != 1:
        raise ValueError(f"{m} against {n}")
    return (*broadcast_shape(a[:-1], b[:-1]), n if m == 1 else m)


@variant("with derivatives of its own, and by way of NumPy where there are none")
def dot(u, v):
    class Dot(torch.autograd.Function):
        @staticmethod
        def forward(ctx, u, v):
            ctx.save_for_backward(u, v)
            return (u * v).sum().to(u.dtype)

        @staticmethod
        def backward(ctx, grad):
            u, v = ctx.saved_tensors
            return grad * v, grad * u

    if u.shape != v.shape:
        raise ValueError("shapes")
    return Dot.apply(u, v)


@variant("with derivatives of its own, and by way of NumPy where there are none")
def outer(u, v):
    class Outer(torch.autograd.Function):
        @staticmethod
        def forward(ctx, u, v):
            ctx.save_for_backward(u, v)
            return u.unsqueeze(1) * v.unsqueeze(0)

        @staticmethod
        def backward(ctx, grad):
            u, v = ctx.saved_tensors
            return grad @ v, grad.T @ u

    return Outer.apply(u, v)


@variant("with derivatives of its own, and by way of NumPy where there are none")
def cosine_similarity(A, B):
    a, b = (M * M.square().sum(1).sqrt().clamp(min=1e-12).reciprocal()[:, None] for M in (A, B))
    return torch.einsum("nd,md->nm", a, b)


@variant("with derivatives of its own, and by way of NumPy where there are none")
def one_hot(y, C):
    import numpy as np

    labels = y.numpy()
    if np.any(labels < 0) or np.any(labels >= C):
        raise ValueError("a label is out of range")
    return torch.from_numpy((labels[:, None] == np.arange(C)).astype(np.int64))


@variant("with derivatives of its own, and by way of NumPy where there are none")
def broadcast_shape(a, b):
    import numpy as np

    return (np.empty(a) + np.empty(b)).shape  # which raises a ValueError itself
