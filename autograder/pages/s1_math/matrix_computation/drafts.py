"""First drafts of this page, as beginners hand them in."""

# %% comparison turned round
# triu: is the lower triangle
# sequence_mask: marks one place too many
# bincount: counts along the wrong axis: once for each entry of x
def eye(n):
    i = torch.arange(n)
    return (i[:, None] == i[None, :]).float()


def triu(n):
    i = torch.arange(n)
    return (i[:, None] >= i[None, :]).float()


def sequence_mask(lengths, T):
    return torch.arange(T)[None, :] <= lengths[:, None]


def bincount(x, n):
    return (x[:, None] == torch.arange(n)[None, :]).sum(1)


# %% the diagonal left out
# triu: leaves the diagonal out
# cumsum: multiplies x by a matrix of another dtype
# diff: drops the first entry
def eye(n):
    a = torch.arange(n)
    return torch.where(a[:, None] == a, 1, 0)


def triu(n):
    a = torch.arange(n)
    return torch.where(a[:, None] < a, 1, 0)


def cumsum(x):
    return x @ triu(len(x))


def diff(x):
    return x[1:] - x[:-1]


# %% the mask, the wrong way up
# sequence_mask: has a column for each sequence instead of a row
# roll: rolls the other way
# scatter_add: keeps only one of the values that meet in a bin
def sequence_mask(lengths, T):
    return torch.arange(T)[:, None] < lengths[None, :]


def scatter_add(v, idx, n):
    out = torch.zeros(n, dtype=v.dtype)
    out[idx] += v
    return out


def roll(x, shift=1):
    n = len(x)
    return x[(torch.arange(n) + shift) % n]


# %% by hand, with loops
# cumsum: has the right sums, but no gradient reaches x
# bincount: counts in float32
# roll: rolls by one place, whatever shift says
def cumsum(x):
    out = torch.zeros(len(x), dtype=x.dtype)
    total = 0
    for i in range(len(x)):
        total += x[i].item()
        out[i] = total
    return out


def bincount(x, n):
    counts = torch.zeros(n)
    for value in x:
        counts[value] += 1
    return counts


def roll(x, shift=1):
    return torch.cat([x[-1:], x[:-1]])


# %% the normal equations
# least_squares: inverts X.T @ X, also where it has no inverse
# power_iteration: takes the length of A v for the eigenvalue, which has no sign
#   or: starts at a vector of ones
# diff: subtracts the last entry from the first
def diff(x):
    i = torch.arange(len(x))
    return x - x[i - 1]


def least_squares(X, y):
    return torch.linalg.inv(X.T @ X) @ X.T @ y


def power_iteration(A, steps=500):
    v = torch.ones(len(A), dtype=A.dtype)
    for _ in range(steps):
        v = A @ v
        v = v / (v**2).sum().sqrt()
    lam = (A @ v).norm()
    return lam, v


# %% without normalising
# power_iteration: normalises only at the end
# least_squares: returns X @ w in place of w
# scatter_add: multiplies by the table of bins the wrong way round
def scatter_add(v, idx, n):
    return (torch.arange(n) == idx[:, None]).to(v.dtype) @ v


def least_squares(X, y):
    return X @ torch.linalg.pinv(X) @ y


def power_iteration(A, steps=500):
    v = torch.rand(len(A), dtype=A.dtype)
    for _ in range(steps):
        v = A @ v
    v = v / v.norm()
    return v @ A @ v, v


# %% integers and floats
# cumsum: adds up in float32
# scatter_add: adds up in float32, whatever dtype v has
# power_iteration: begins with a vector of float32, whatever dtype A has
def triu(n):
    i = torch.arange(n)
    return (i[:, None] <= i).float()


def cumsum(x):
    return x.float() @ triu(len(x))


def scatter_add(v, idx, n):
    one_hot = (idx[:, None] == torch.arange(n)).float()
    return v.float() @ one_hot


def power_iteration(A, steps=500):
    v = torch.randn(len(A))
    for _ in range(steps):
        v = A @ v
        v = v / torch.sqrt((v * v).sum())
    return v @ (A @ v), v


# %% the first entry
# diff: puts 0 in the place of the first entry
# roll: knows shifts from 1 to n - 1 only
# sequence_mask: answers in numbers instead of bool
def sequence_mask(lengths, T):
    out = torch.zeros(len(lengths), T)
    for i in range(len(lengths)):
        out[i, : lengths[i]] = 1
    return out


def diff(x):
    out = torch.zeros_like(x)
    out[1:] = x[1:] - x[:-1]
    return out


def roll(x, shift=1):
    out = torch.zeros_like(x)
    out[shift:] = x[:-shift]
    out[:shift] = x[-shift:]
    return out


# %% everything in a row
# cumsum: adds up from the wrong end
# bincount: makes as many bins as the largest entry asks for
# eye: compares a row of numbers with itself
def eye(n):
    i = torch.arange(n)
    return i == i[:, None].T


def triu(n):
    i = torch.arange(n)
    return (i[:, None] <= i).long()


def cumsum(x):
    return triu(len(x)).to(x.dtype) @ x


def bincount(x, n):
    return (x[:, None] == torch.arange(int(x.max()) + 1)).sum(0)


# %% x in place
# cumsum: changes x in place
# diff: subtracts in place, changing the caller's vector
# power_iteration: gives an eigenvalue for each entry
def cumsum(x):
    for i in range(1, len(x)):
        x[i] = x[i] + x[i - 1]
    return x


def diff(x):
    for i in range(1, len(x)):
        x[i] -= x[i - 1]
    return x


def power_iteration(A, steps=500):
    v = torch.ones(A.shape[0], dtype=A.dtype)
    for _ in range(steps):
        v = A @ v / (A @ v).norm()
    lam = (A @ v) / v
    return lam, v


# %% a step too few, a sign
# diff: subtracts each entry from the one before it
# least_squares: solves X w = y exactly, as if X were square
# power_iteration: multiplies the start vector each time, so that one step is all
def diff(x):
    before = torch.cat([torch.zeros(1, dtype=x.dtype), x[:-1]])
    return before - x


def least_squares(X, y):
    return torch.linalg.solve(X, y)


def power_iteration(A, steps=500):
    v = torch.randn(len(A), dtype=A.dtype)
    for _ in range(steps):
        w = A @ v
        w = w / w.norm()
    return w @ A @ w, w


# %% triangles turned
# triu: is the lower triangle
# cumsum: adds up from the wrong end
# cumsum: multiplies x by a matrix of another dtype
#   or: says "the two sides of a product have different dtypes"
# diff: puts 0 in the place of the first entry
def eye(n):
    i = torch.arange(n)
    return (i[:, None] == i).float()


def triu(n):
    i = torch.arange(n)
    return (i[:, None] >= i).float()


def cumsum(x):
    return triu(len(x)) @ x


def diff(x):
    out = torch.zeros_like(x)
    out[1:] = x[1:] - x[:-1]
    return out


# %% one too many
# sequence_mask: marks one place too many
# roll: rolls the other way
# least_squares: inverts X.T @ X, also where it has no inverse
# least_squares: says "an axis of size 1 too many"
def sequence_mask(lengths, T):
    return torch.arange(T)[None, :] <= lengths[:, None]


def roll(x, shift=1):
    i = torch.arange(len(x))
    return x[(i + shift) % len(x)]


def least_squares(X, y):
    y = y.reshape(-1, 1)
    return torch.inverse(X.T @ X) @ X.T @ y


# %% bins by loops
# bincount: counts in float32
# scatter_add: keeps only one of the values that meet in a bin
# power_iteration: takes the length of A v for the eigenvalue, which has no sign
def bincount(x, n):
    counts = torch.zeros(n)
    for v in x:
        counts[v] += 1
    return counts


def scatter_add(v, idx, n):
    out = torch.zeros(n, dtype=v.dtype)
    out[idx] += v
    return out


def power_iteration(A, steps=500):
    v = torch.ones(A.shape[0], dtype=A.dtype)
    for _ in range(steps):
        w = A @ v
        lam = w.norm()
        v = w / lam
    return lam, v


# %% no normalisation
# power_iteration: normalises only at the end
# power_iteration: begins with a vector of float32, whatever dtype A has
# bincount: makes as many bins as the largest entry asks for
# scatter_add: takes the mean of what meets in a bin
# sequence_mask: answers in numbers instead of bool
def power_iteration(A, steps=500):
    v = torch.rand(A.shape[1])
    for _ in range(steps):
        v = A @ v
    v = v / v.norm()
    return v @ A @ v, v


def bincount(x, n):
    return (x[:, None] == torch.arange(int(x.max()) + 1)).sum(0)


def scatter_add(v, idx, n):
    hits = (idx[:, None] == torch.arange(n)).to(v.dtype)
    return v @ hits / hits.sum(0)


def sequence_mask(lengths, T):
    return (torch.arange(T) < lengths[:, None]).int()
