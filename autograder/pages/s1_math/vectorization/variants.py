"""Other right ways to write this page."""

import torch

from autograder.checking import variant


@variant("Python numbers in lists, and the box with k at the end")
def matmul_loops(A, B):
    (n, k), (rows, m) = A.shape, B.shape
    if k != rows:
        raise ValueError("shapes do not fit")
    a, b = A.tolist(), B.tolist()
    C = [[sum(a[i][p] * b[p][j] for p in range(k)) for j in range(m)] for i in range(n)]
    return torch.tensor(C, dtype=A.dtype).reshape(n, m)


@variant("Python numbers in lists, and the box with k at the end")
def matmul_broadcast(A, B):
    if A.size(1) != B.size(0):
        raise ValueError("shapes do not fit")
    return torch.sum(A.unsqueeze(1) * B.t().unsqueeze(0), dim=-1)


@variant("Python numbers in lists, and the box with k at the end")
def batched_matmul(A, B):
    return torch.sum(A.unsqueeze(-1) * B.unsqueeze(1), dim=2)


@variant("Python numbers in lists, and the box with k at the end")
def pairwise_sq_dists(X, Y):
    # [x, |x|^2, 1] . [-2 y, 1, |y|^2]
    one = torch.ones_like
    x2, y2 = (X * X).sum(1, keepdim=True), (Y * Y).sum(1, keepdim=True)
    return torch.relu(torch.cat([X, x2, one(x2)], 1) @ torch.cat([-2 * Y, one(y2), y2], 1).mT)


@variant("Python numbers in lists, and the box with k at the end")
def linear_batch(X, W, b):
    ones = torch.ones(len(X), 1, dtype=X.dtype)
    return torch.cat([X, ones], 1) @ torch.cat([W, b[:, None]], 1).T


@variant("a row of A times a column of B, summed; bmm, addmm")
def matmul_loops(A, B):
    if list(A.shape)[1:] != list(B.shape)[:1]:
        raise ValueError("shapes do not fit")
    C = torch.empty(A.shape[0], B.shape[1], dtype=A.dtype)
    for i, row in enumerate(A):
        for j, column in enumerate(B.T):
            C[i, j] = (row * column).sum()
    return C


@variant("a row of A times a column of B, summed; bmm, addmm")
def batched_matmul(A, B):
    return torch.bmm(A, B)


@variant("a row of A times a column of B, summed; bmm, addmm")
def linear_batch(X, W, b):
    return torch.addmm(b, X, W.t())


@variant("one feature after another, layer by einsum")
def pairwise_sq_dists(X, Y):
    total = torch.zeros(len(X), len(Y), dtype=X.dtype)
    for x, y in zip(X.unbind(1), Y.unbind(1), strict=True):
        total = total + (x[:, None] - y[None, :]) ** 2
    return total


@variant("one feature after another, layer by einsum")
def linear_batch(X, W, b):
    return torch.einsum("nd,kd->nk", X, W).add(b.expand(len(X), -1))


@variant("distances around the mean")
def pairwise_sq_dists(X, Y):
    centre = Y.mean(0, keepdim=True)
    X, Y = X - centre, Y - centre
    return torch.maximum(X.pow(2).sum(-1)[:, None] - 2 * X.matmul(Y.T) + Y.pow(2).sum(-1), X.new_zeros(()))
