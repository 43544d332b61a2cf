"""First drafts of this page, as beginners hand them in."""

# %% torch.zeros and no errors
# matmul_loops: makes a float32 result, whatever comes in
# matmul_broadcast: lets a size of 1 be stretched where the shapes do not fit
# linear_batch: takes the weights as (D, K), one column for each output
def matmul_loops(A, B):
    n, k = A.shape
    m = B.shape[1]
    C = torch.zeros(n, m)
    for i in range(n):
        for j in range(m):
            for p in range(k):
                C[i, j] += A[i, p] * B[p, j]
    return C


def matmul_broadcast(A, B):
    return (A.unsqueeze(2) * B.unsqueeze(0)).sum(dim=1)


def batched_matmul(A, B):
    return A @ B


def linear_batch(X, W, b):
    return X @ W + b


# %% the sum along the wrong axis
# matmul_broadcast: sums along the wrong dimension of the box
# pairwise_sq_dists: lets rounding make a distance negative
# batched_matmul: multiplies entry by entry, without a sum
def matmul_broadcast(A, B):
    if A.shape[1] != B.shape[0]:
        raise ValueError("do not fit")
    T = A[:, :, None] * B[None, :, :]
    return T.sum(dim=2)


def batched_matmul(A, B):
    return A * B


def pairwise_sq_dists(X, Y):
    return (X**2).sum(1).unsqueeze(1) + (Y**2).sum(1).unsqueeze(0) - 2 * X @ Y.T


# %% overwritten instead of added
# matmul_loops: overwrites the entry instead of adding to it
# pairwise_sq_dists: builds the whole (N, M, D) box
# linear_batch: adds one bias to each example instead of each output
def matmul_loops(A, B):
    if A.shape[1] != B.shape[0]:
        raise ValueError("A and B do not fit")
    C = torch.zeros(A.shape[0], B.shape[1], dtype=A.dtype)
    for i in range(A.shape[0]):
        for j in range(B.shape[1]):
            for p in range(A.shape[1]):
                C[i, j] = A[i, p] * B[p, j]
    return C


def pairwise_sq_dists(X, Y):
    return ((X[:, None, :] - Y[None, :, :]) ** 2).sum(-1)


def linear_batch(X, W, b):
    return X @ W.T + b[:, None]


# %% the rule read backwards
# matmul_loops: compares the rows of A with the columns of B
# batched_matmul: stacks the products one by one, and an empty batch has none to stack
# pairwise_sq_dists: takes the root, which gives distances that are not squared
def matmul_loops(A, B):
    if A.shape[0] != B.shape[1]:
        raise ValueError("shapes do not match")
    C = torch.zeros(A.shape[0], B.shape[1], dtype=A.dtype)
    for i in range(A.shape[0]):
        for j in range(B.shape[1]):
            for p in range(A.shape[1]):
                C[i, j] += A[i, p] * B[p, j]
    return C


def batched_matmul(A, B):
    return torch.stack([a @ b for a, b in zip(A, B)])


def pairwise_sq_dists(X, Y):
    x = (X**2).sum(1)
    y = (Y**2).sum(1)
    d = x[:, None] + y - 2 * (X @ Y.T)
    return torch.sqrt(d)


# %% tensor of numbers
# matmul_loops: makes a float32 result, whatever comes in
# linear_batch: leaves out the bias
def matmul_loops(A, B):
    if A.shape[1] != B.shape[0]:
        raise ValueError
    rows = []
    for i in range(A.shape[0]):
        row = []
        for j in range(B.shape[1]):
            s = 0
            for p in range(A.shape[1]):
                s += A[i, p].item() * B[p, j].item()
            row.append(s)
        rows.append(row)
    return torch.tensor(rows)


def pairwise_sq_dists(X, Y):
    xx = (X * X).sum(dim=1, keepdim=True)
    yy = (Y * Y).sum(dim=1, keepdim=True)
    return (xx + yy.T - 2 * X @ Y.T).abs()


def linear_batch(X, W, b):
    return X @ W.T


# %% axes in a muddle
# matmul_broadcast: gives the transpose of the product
# batched_matmul: multiplies by the transposes of B's matrices
# linear_batch: gives a row to each output, the transpose
def matmul_broadcast(A, B):
    if A.shape[1] != B.shape[0]:
        raise ValueError(f"{A.shape} {B.shape}")
    return (A.T[:, None, :] * B[:, :, None]).sum(0)


def batched_matmul(A, B):
    return torch.einsum("bij,bkj->bik", A, B)


def linear_batch(X, W, b):
    return W @ X.T + b


# %% without keepdim
# pairwise_sq_dists: adds both squared lengths along the same axis
# matmul_loops: walks along the rows of B, which gives A times B transposed
# linear_batch: has the right values, but no gradient comes back
def matmul_loops(A, B):
    if A.shape[1] != B.shape[0]:
        raise ValueError("inner sizes differ")
    C = torch.zeros(A.shape[0], B.shape[1], dtype=A.dtype)
    for i in range(A.shape[0]):
        for j in range(B.shape[1]):
            C[i, j] = (A[i] * B[j]).sum()
    return C


def pairwise_sq_dists(X, Y):
    x = (X**2).sum(1)
    y = (Y**2).sum(1)
    return (x + y - 2 * X @ Y.T).clamp(min=0)


def linear_batch(X, W, b):
    out = torch.zeros(X.shape[0], W.shape[0], dtype=X.dtype)
    for n in range(X.shape[0]):
        for k in range(W.shape[0]):
            out[n, k] = (X[n] * W[k]).sum().item() + b[k].item()
    return out


# %% a mean, and a factor lost
# matmul_broadcast: takes the mean where the sum belongs
# pairwise_sq_dists: leaves out the factor 2
# batched_matmul: adds the whole batch up
def matmul_broadcast(A, B):
    if A.shape[1] != B.shape[0]:
        raise ValueError("no match")
    return (A[:, :, None] * B[None]).mean(1)


def batched_matmul(A, B):
    return torch.einsum("bij,bjk->ik", A, B)


def pairwise_sq_dists(X, Y):
    d = (X**2).sum(1, keepdim=True) + (Y**2).sum(1) - X @ Y.T
    return torch.clamp(d, min=0)


# %% a relu too strict, an assert
# matmul_loops: raises an AssertionError where the shapes do not fit
#   or: says "AssertionError was raised where ValueError was expected"
# matmul_broadcast: says "AssertionError"
# pairwise_sq_dists: lets no gradient reach X and Y
def matmul_loops(A, B):
    assert A.shape[1] == B.shape[0], "shapes do not fit"
    C = torch.zeros((A.shape[0], B.shape[1]), dtype=A.dtype)
    for i in range(A.shape[0]):
        for j in range(B.shape[1]):
            C[i, j] = torch.sum(A[i, :] * B[:, j])
    return C


def matmul_broadcast(A, B):
    assert A.shape[1] == B.shape[0]
    return torch.sum(A[:, :, None] * B[None, :, :], 1)


def pairwise_sq_dists(X, Y):
    X = X.detach()
    Y = Y.detach()
    out = torch.zeros(len(X), len(Y), dtype=X.dtype)
    for i in range(len(X)):
        for j in range(len(Y)):
            out[i, j] = ((X[i] - Y[j]) ** 2).sum()
    return out


# %% square by chance
# matmul_loops: takes all matrices for n by n
# batched_matmul: sums over the columns of B in place of its rows
# linear_batch: writes into the bias
def matmul_loops(A, B):
    n = A.shape[0]
    C = torch.zeros(n, n, dtype=A.dtype)
    for i in range(n):
        for j in range(n):
            for k in range(n):
                C[i, j] += A[i, k] * B[k, j]
    return C


def batched_matmul(A, B):
    return (A.unsqueeze(-1) * B.unsqueeze(1)).sum(-1)


def linear_batch(X, W, b):
    b += X @ W.T
    return b


# %% loops over columns first
# matmul_loops: makes a float32 result, whatever comes in
# matmul_loops: says "place 3 was asked for along axis 1, which has 3 places"
# matmul_broadcast: sums along the wrong dimension of the box
# linear_batch: takes the weights as (D, K), one column for each output
def matmul_loops(A, B):
    if A.shape[1] != B.shape[0]:
        raise ValueError("shapes do not fit")
    n, k = A.shape
    m = B.shape[1]
    C = torch.zeros(n, m)
    for i in range(n):
        for j in range(m):
            for p in range(m):
                C[i, j] += A[i, p] * B[p, j]
    return C


def matmul_broadcast(A, B):
    if A.shape[1] != B.shape[0]:
        raise ValueError("shapes do not fit")
    T = A[:, :, None] * B[None, :, :]
    return T.sum(-1)


def linear_batch(X, W, b):
    return X @ W + b


# %% distances with a root
# pairwise_sq_dists: takes the root, which gives distances that are not squared
# pairwise_sq_dists: lets rounding make a distance negative
# batched_matmul: adds the whole batch up
# linear_batch: adds one bias to each example instead of each output
def pairwise_sq_dists(X, Y):
    x2 = (X**2).sum(1, keepdim=True)
    y2 = (Y**2).sum(1)
    d = x2 + y2 - 2 * X @ Y.T
    return d**0.5


def batched_matmul(A, B):
    return torch.einsum("bij,bjk->ik", A, B)


def linear_batch(X, W, b):
    return X @ W.T + b[:, None]


# %% no check of sizes
# matmul_loops: never asks whether the shapes fit
# matmul_broadcast: lets a size of 1 be stretched where the shapes do not fit
#   or: says "RuntimeError was raised where ValueError was expected"
# pairwise_sq_dists: sums along the wrong axis of the box
# pairwise_sq_dists: builds the whole (N, M, D) box
#   or: says "is there a tensor of shape (N, M, D)?"
def matmul_loops(A, B):
    C = torch.zeros(A.shape[0], B.shape[1], dtype=A.dtype)
    for i in range(A.shape[0]):
        for j in range(B.shape[1]):
            for p in range(A.shape[1]):
                C[i, j] = C[i, j] + A[i, p] * B[p, j]
    return C


def matmul_broadcast(A, B):
    return (A.unsqueeze(2) * B.unsqueeze(0)).sum(dim=1)


def pairwise_sq_dists(X, Y):
    diff = X[:, None, :] - Y[None, :, :]
    return (diff**2).sum(1)


# %% the cross term once
# pairwise_sq_dists: leaves out the factor 2
# batched_matmul: stacks the products one by one, and an empty batch has none to stack
# matmul_loops: overwrites the entry instead of adding to it
# matmul_loops: makes a float32 result, whatever comes in
#   or: says "its shape is (0,), not (0, 3)"
def pairwise_sq_dists(X, Y):
    sx = (X * X).sum(dim=1).unsqueeze(1)
    sy = (Y * Y).sum(dim=1).unsqueeze(0)
    return (sx + sy - X @ Y.T).clamp(min=0)


def batched_matmul(A, B):
    out = []
    for i in range(len(A)):
        out.append(A[i] @ B[i])
    return torch.stack(out)


def matmul_loops(A, B):
    if A.size(1) != B.size(0):
        raise ValueError(f"{A.shape} and {B.shape}")
    C = [[0.0] * B.size(1) for _ in range(A.size(0))]
    for i in range(A.size(0)):
        for j in range(B.size(1)):
            for p in range(A.size(1)):
                C[i][j] = A[i, p].item() * B[p, j].item()
    return torch.tensor(C)


# %% a loop one short, a sum along the rows
# matmul_loops: leaves the last product of every sum out
# matmul_broadcast: sums along the wrong dimension of the box
# pairwise_sq_dists: leaves out the factor 2
def matmul_loops(A, B):
    n, k = A.shape
    k2, m = B.shape
    if k != k2:
        raise ValueError("shapes do not match")
    C = torch.zeros(n, m, dtype=A.dtype)
    for i in range(n):
        for j in range(m):
            for p in range(k - 1):
                C[i, j] += A[i, p] * B[p, j]
    return C


def matmul_broadcast(A, B):
    if A.shape[1] != B.shape[0]:
        raise ValueError("no")
    T = A[:, :, None] * B[None, :, :]
    return T.sum(0)


def batched_matmul(A, B):
    return torch.bmm(A, B)


def pairwise_sq_dists(X, Y):
    x2 = (X ** 2).sum(1, keepdim=True)
    y2 = (Y ** 2).sum(1)
    return (x2 + y2 - X @ Y.T).clamp(min=0)


def linear_batch(X, W, b):
    return X @ W.T + b


# %% a list of lists, an axis in another place
# matmul_loops: says "in a list where a tensor"
# matmul_broadcast: pairs the columns of A with the columns of B
# pairwise_sq_dists: builds the whole (N, M, D) box
# linear_batch: adds one bias to each example instead of each output
def matmul_loops(A, B):
    if A.shape[1] != B.shape[0]:
        raise ValueError("A has %d columns" % A.shape[1])
    rows = []
    for i in range(A.shape[0]):
        row = []
        for j in range(B.shape[1]):
            total = 0
            for p in range(A.shape[1]):
                total = total + A[i, p].item() * B[p, j].item()
            row.append(total)
        rows.append(row)
    return rows


def matmul_broadcast(A, B):
    if A.shape[1] != B.shape[0]:
        raise ValueError("wrong")
    return (A.unsqueeze(1) * B.unsqueeze(0)).sum(1)


def batched_matmul(A, B):
    return A @ B


def pairwise_sq_dists(X, Y):
    diff = X[:, None, :] - Y[None, :, :]
    return (diff ** 2).sum(-1)


def linear_batch(X, W, b):
    return X @ W.T + b.unsqueeze(1)
