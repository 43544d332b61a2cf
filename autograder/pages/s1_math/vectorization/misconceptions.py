"""Wrong ways to multiply matrices, as students write them."""

import torch

from autograder.checking import misconception


@misconception(
    "overwrites the entry instead of adding to it",
    hint="Each pass over p replaces what the passes before have found: only the last product is left. How do you add up?",
    dies_by="test_loops",
)
def matmul_loops(A, B):
    n, k = A.shape
    if k != B.shape[0]:
        raise ValueError("shapes do not fit")
    C = torch.zeros(n, B.shape[1], dtype=A.dtype)
    for i in range(n):
        for j in range(B.shape[1]):
            for p in range(k):
                C[i, j] = A[i, p] * B[p, j]
    return C


@misconception(
    "makes a float32 result, whatever comes in",
    hint="torch.zeros(n, m) is float32. Print C.dtype and A.dtype; torch.zeros takes a dtype.",
    dies_by="test_loops",
)
def matmul_loops(A, B):
    n, k = A.shape
    if k != B.shape[0]:
        raise ValueError("shapes do not fit")
    C = torch.zeros(n, B.shape[1])
    for i in range(n):
        for j in range(B.shape[1]):
            for p in range(k):
                C[i, j] += A[i, p] * B[p, j]
    return C


@misconception(
    "walks along the rows of B, which gives A times B transposed",
    hint="You read B[j, p]. In C[i, j] the letter j counts columns of B: which place belongs to columns?",
    dies_by="test_loops",
)
def matmul_loops(A, B):
    n, k = A.shape
    if k != B.shape[0]:
        raise ValueError("shapes do not fit")
    C = torch.zeros(n, B.shape[1], dtype=A.dtype)
    for i in range(n):
        for j in range(B.shape[1]):
            for p in range(k):
                C[i, j] += A[i, p] * B[j, p]
    return C


@misconception(
    "never asks whether the shapes fit",
    hint="With (2, 3) and (4, 2) your loop over p stops early and a row of B is never read. Compare the two sizes first.",
    dies_by="test_shapes_that_do_not_fit",
)
def matmul_loops(A, B):
    C = torch.zeros(A.shape[0], B.shape[1], dtype=A.dtype)
    for i in range(A.shape[0]):
        for j in range(B.shape[1]):
            for p in range(A.shape[1]):
                C[i, j] += A[i, p] * B[p, j]
    return C


@misconception(
    "multiplies entry by entry",
    hint="A * B pairs each entry with the one at the same place. In the matrix product a whole row meets a whole column.",
    dies_by="test_broadcast",
)
def matmul_broadcast(A, B):
    if A.shape[1] != B.shape[0]:
        raise ValueError("shapes do not fit")
    return A * B


@misconception(
    "sums along the wrong dimension of the box",
    hint="The box has shape (n, k, m), and k is the letter that must go. Print the shape of your result for n, k, m = 2, 3, 4.",
    dies_by="test_broadcast",
)
def matmul_broadcast(A, B):
    if A.shape[1] != B.shape[0]:
        raise ValueError("shapes do not fit")
    return (A[:, :, None] * B[None]).sum(-1)


@misconception(
    "pairs the rows of A with the rows of B",
    hint="(n, 1, k) against (1, m, k) is right for B transposed. Here B has shape (k, m): which of its letters comes first?",
    dies_by="test_broadcast",
)
def matmul_broadcast(A, B):
    if A.shape[1] != B.shape[0]:
        raise ValueError("shapes do not fit")
    return (A[:, None, :] * B[None, :, :]).sum(2)


@misconception(
    "lets a size of 1 be stretched where the shapes do not fit",
    hint="(2, 1) times (3, 2) has no matrix product, but broadcasting finds one. Compare the two sizes before you multiply.",
    dies_by="test_shapes_that_do_not_fit",
)
def matmul_broadcast(A, B):
    if A.shape[1] != B.shape[0] and 1 not in (A.shape[1], B.shape[0]):
        raise ValueError("shapes do not fit")
    return (A[:, :, None] * B[None]).sum(1)


@misconception(
    "borrows `@` instead of writing the sum",
    hint="The numbers are right; here the point is to see which box `@` saves you from. Multiply and sum it yourself.",
    dies_by="test_written_by_hand",
)
def matmul_broadcast(A, B):
    if A.shape[1] != B.shape[0]:
        raise ValueError("shapes do not fit")
    return A @ B


@misconception(
    "loops over the rows in Python",
    hint="Each row is one more round through Python. The rows can be a dimension of the box, like the columns.",
    dies_by="test_one_operator_for_all",
)
def matmul_broadcast(A, B):
    if A.shape[1] != B.shape[0]:
        raise ValueError("shapes do not fit")
    if not len(A):
        return torch.zeros(0, B.shape[1], dtype=A.dtype)
    return torch.stack([(row[:, None] * B).sum(0) for row in A])


@misconception(
    "adds the whole batch up",
    hint="The letter b is missing on the right of the arrow, so it is summed over too. One product for each pair was asked for.",
    dies_by="test_batch",
)
def batched_matmul(A, B):
    return torch.einsum("bik,bkj->ij", A, B)


@misconception(
    "uses the first matrix of B for the whole batch",
    hint="B[0] is one matrix. Every matrix of A has a partner of its own in B.",
    dies_by="test_batch",
)
def batched_matmul(A, B):
    if not len(B):
        return torch.zeros(0, A.shape[1], B.shape[2], dtype=A.dtype)
    return A @ B[0]


@misconception(
    "leaves out the factor 2",
    hint="Expand (x - y)^2 for two plain numbers: how often does x y occur?",
    dies_by="test_distances",
)
def pairwise_sq_dists(X, Y):
    return ((X**2).sum(1)[:, None] + (Y**2).sum(1)[None] - X @ Y.T).clamp(min=0)


@misconception(
    "compares row i with row i only",
    hint="X - Y pairs rows of the same number. Every row of X must meet every row of Y: a matrix of shape (N, M).",
    dies_by="test_distances",
)
def pairwise_sq_dists(X, Y):
    return ((X - Y) ** 2).sum(1)


@misconception(
    "lets rounding make a distance negative",
    hint="Two large numbers that nearly cancel leave their rounding errors. Which bound do you know that no distance goes below?",
    dies_by="test_near_duplicates",
)
def pairwise_sq_dists(X, Y):
    return (X**2).sum(1)[:, None] + (Y**2).sum(1)[None] - 2 * X @ Y.T


@misconception(
    "builds the whole (N, M, D) box",
    hint="X[:, None] - Y[None] has N * M * D entries. Expand the square: which term needs all three letters, and who can sum it?",
    dies_by="test_fits_into_memory",
)
def pairwise_sq_dists(X, Y):
    return ((X[:, None] - Y[None]) ** 2).sum(-1)


@misconception(
    "takes the weights as (D, K), one column for each output",
    hint="W has shape (K, D), one row for each output. What must happen to it before X can be multiplied by it?",
    dies_by="test_linear",
)
def linear_batch(X, W, b):
    return X @ W + b


@misconception(
    "adds one bias to each example instead of each output",
    hint="b[:, None] is a column: row i gets b[i]. The bias belongs to the outputs, which are the columns.",
    dies_by="test_linear",
)
def linear_batch(X, W, b):
    return X @ W.T + b[:, None]


@misconception(
    "has the right values, but no gradient comes back",
    hint="What comes by way of NumPy, .detach() or .item() has forgotten where it came from: no gradient reaches W.",
    dies_by="test_gradients",
)
def linear_batch(X, W, b):
    return torch.from_numpy(X.detach().numpy() @ W.detach().numpy().T + b.detach().numpy())


@misconception(
    "subtracts the mean in place, changing the caller's points",
    hint="Moving both clouds leaves the distances alone, but `X -= ...` writes into the tensor you were given.",
    dies_by="test_leaves_inputs_and_dtype_alone",
)
def pairwise_sq_dists(X, Y):
    if X.requires_grad or not len(X):
        X, Y = X.clone(), Y.clone()
    mean = Y.mean(0)
    X -= mean
    Y -= mean
    return ((X**2).sum(1)[:, None] + (Y**2).sum(1)[None] - 2 * X @ Y.T).clamp(min=0)


@misconception(
    "compares the rows of A with the columns of B",
    hint="Entry [i, j] runs along row i of A and down column j of B. Which two sizes must be equal for that?",
    dies_by="test_loops",
)
def matmul_loops(A, B):
    if A.shape[0] != B.shape[1]:
        raise ValueError("the shapes do not fit")
    C = A.new_zeros(A.shape[0], B.shape[1])
    for i in range(A.shape[0]):
        for j in range(B.shape[1]):
            for p in range(A.shape[1]):
                C[i, j] += A[i, p] * B[p, j]
    return C


@misconception(
    "takes all matrices for n by n",
    hint="The result has A's rows and B's columns, and the sum runs over A's columns: three sizes, which need not be equal.",
    dies_by="test_loops",
)
def matmul_loops(A, B):
    if A.shape[1] != B.shape[0]:
        raise ValueError("the shapes do not fit")
    n = len(A)
    C = A.new_zeros(n, n)
    for i in range(n):
        for j in range(n):
            for p in range(n):
                C[i, j] += A[i, p] * B[p, j]
    return C


@misconception(
    "raises an AssertionError where the shapes do not fit",
    hint="assert raises an AssertionError. The docstring promises a ValueError: if ...: raise ValueError(...).",
    dies_by="test_shapes_that_do_not_fit",
)
def matmul_loops(A, B):
    assert A.shape[1] == B.shape[0]
    C = A.new_zeros(A.shape[0], B.shape[1])
    for i in range(A.shape[0]):
        for j in range(B.shape[1]):
            C[i, j] = (A[i] * B[:, j]).sum()
    return C


@misconception(
    "gives the transpose of the product",
    hint="Entry [i, j] belongs to row i of A and column j of B. Which axis of your box stands for which?",
    dies_by="test_broadcast",
)
def matmul_broadcast(A, B):
    if A.shape[1] != B.shape[0]:
        raise ValueError("the shapes do not fit")
    return (A[:, :, None] * B[None]).sum(1).T


@misconception(
    "takes the mean where the sum belongs",
    hint="The formula adds up over p and divides by nothing. A mean is k times too small.",
    dies_by="test_broadcast",
)
def matmul_broadcast(A, B):
    if A.shape[1] != B.shape[0]:
        raise ValueError("the shapes do not fit")
    return (A[:, :, None] * B[None]).mean(1)


@misconception(
    "multiplies entry by entry, without a sum",
    hint="A * B pairs entries in the same place. A matrix product needs a row, a column and a sum for every entry.",
    dies_by="test_batch",
)
def batched_matmul(A, B):
    return A * B


@misconception(
    "multiplies by the transposes of B's matrices",
    hint='In "bij,bkj->bik" the letter j is B\'s last axis. The one that must agree with A\'s columns is B\'s rows.',
    dies_by="test_batch",
)
def batched_matmul(A, B):
    return torch.einsum("bij,bkj->bik", A, B)


@misconception(
    "stacks the products one by one, and an empty batch has none to stack",
    hint="torch.stack of an empty list raises an error. `@` multiplies a whole batch at once, an empty one too.",
    dies_by="test_batch",
)
def batched_matmul(A, B):
    return torch.stack([a @ b for a, b in zip(A, B, strict=True)])


@misconception(
    "takes the root, which gives distances that are not squared",
    hint="The docstring asks for squared distances: nothing is left to be done after the sum.",
    dies_by="test_distances",
)
def pairwise_sq_dists(X, Y):
    squares = (X * X).sum(1)[:, None] + (Y * Y).sum(1) - 2 * X @ Y.T
    return squares.clamp(min=0).sqrt()


@misconception(
    "adds both squared lengths along the same axis",
    hint="The lengths of X's rows must stand upright, (N, 1), those of Y's lie flat, (M,). Print the shapes before the sum.",
    dies_by="test_distances",
)
def pairwise_sq_dists(X, Y):
    return ((X * X).sum(1) + (Y * Y).sum(1) - 2 * X @ Y.T).clamp(min=0)


@misconception(
    "lets no gradient reach X and Y",
    hint="After .detach(), .item() or .numpy() the numbers have left the graph. Take the product of the tensors as they came.",
    dies_by="test_gradients",
)
def pairwise_sq_dists(X, Y):
    X, Y = X.detach(), Y.detach()
    return ((X * X).sum(1)[:, None] + (Y * Y).sum(1) - 2 * X @ Y.T).clamp(min=0)


@misconception(
    "leaves out the bias",
    hint="With X = 0 the answer must be b. What is yours?",
    dies_by="test_linear",
)
def linear_batch(X, W, b):
    return X @ W.T


@misconception(
    "gives a row to each output, the transpose",
    hint="A row belongs to an example: (N, K). W @ X.T has a row for each output.",
    dies_by="test_linear",
)
def linear_batch(X, W, b):
    return (X @ W.T + b).T


@misconception(
    "has the right values, but no gradient comes back",
    hint="What comes by way of NumPy, .detach() or .item() has forgotten where it came from: no gradient reaches W.",
    dies_by="test_gradients",
)
def linear_batch(X, W, b):
    return X.detach() @ W.detach().T + b.detach()


@misconception(
    "writes into the bias",
    hint="`b += ...` changes the tensor you were given, and b cannot take the shape (N, K). `... + b` makes a new one.",
    dies_by="test_linear",
)
def linear_batch(X, W, b):
    b += X @ W.T
    return b


@misconception(
    "sums over the columns of B in place of its rows",
    hint="In the box (batch, n, k, m) the sum runs along k, which A and B share. Which dim number has it?",
    dies_by="test_batch",
)
def batched_matmul(A, B):
    return (A[:, :, :, None] * B[:, None]).sum(-1)


@misconception("makes a float32 result, whatever comes in")
def matmul_loops(A, B):
    C = torch.zeros(A.shape[0], B.shape[1])
    for i in range(A.shape[0]):
        for j in range(B.shape[1]):
            for p in range(A.shape[1]):
                C[i, j] += A[i, p] * B[p, j]
    return C


@misconception("takes all matrices for n by n")
def matmul_loops(A, B):
    n = A.shape[0]
    C = A.new_zeros(n, n)
    for i in range(n):
        for j in range(n):
            for p in range(n):
                C[i, j] += A[i, p] * B[p, j]
    return C


@misconception("walks along the rows of B, which gives A times B transposed")
def matmul_loops(A, B):
    if A.shape[1] != B.shape[0]:
        raise ValueError("the shapes do not fit")
    C = A.new_zeros(A.shape[0], B.shape[1])
    for i in range(A.shape[0]):
        for j in range(B.shape[1]):
            C[i, j] = (A[i] * B[j]).sum()
    return C


@misconception("takes the root, which gives distances that are not squared")
def pairwise_sq_dists(X, Y):
    return ((X * X).sum(1)[:, None] + (Y * Y).sum(1) - 2 * X @ Y.T).sqrt()


@misconception("gives a row to each output, the transpose")
def linear_batch(X, W, b):
    return W @ X.T + b


@misconception("gives a row to each output, the transpose")
def linear_batch(X, W, b):
    return W @ X.T + b[:, None]


@misconception(
    "sums along the wrong axis of the box",
    hint="The box has shape (N, M, D), and D is the letter that must go: the coordinates are squared and added up.",
    dies_by="test_distances",
)
def pairwise_sq_dists(X, Y):
    return ((X[:, None, :] - Y[None, :, :]) ** 2).sum(1)


@misconception(
    "leaves the last product of every sum out",
    hint="range(k - 1) ends at k - 2. Which p do the columns of A count up to?",
    dies_by="test_loops",
)
def matmul_loops(A, B):
    n, k = A.shape
    if k != B.shape[0]:
        raise ValueError("the shapes do not fit")
    C = torch.zeros(n, B.shape[1], dtype=A.dtype)
    for i in range(n):
        for j in range(B.shape[1]):
            for p in range(k - 1):
                C[i, j] += A[i, p] * B[p, j]
    return C


@misconception(
    "pairs the columns of A with the columns of B",
    hint="A[:, None, :] has the shape (n, 1, k): its last axis meets the columns of B. Which axis of A is to meet the rows of B?",
    dies_by="test_broadcast",
)
def matmul_broadcast(A, B):
    if A.shape[1] != B.shape[0]:
        raise ValueError("the shapes do not fit")
    return (A.unsqueeze(1) * B.unsqueeze(0)).sum(1)


@misconception("sums along the wrong dimension of the box")
def matmul_broadcast(A, B):
    if A.shape[1] != B.shape[0]:
        raise ValueError("the shapes do not fit")
    return (A[:, :, None] * B[None, :, :]).sum(0)
