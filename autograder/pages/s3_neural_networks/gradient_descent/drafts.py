"""First drafts of this page, as beginners hand them in."""

# %% x = x0, then in place
# gradient_descent: steps in place and so changes x0
#   or: keeps one and the same tensor in every row of history
# backtracking: forgets to square the norm of the gradient
# minibatches: draws from the global random state although a generator was given
#   or: says "changed the global random state"
def gradient_descent(grad, x0, lr=0.1, steps=100, tol=0.0):
    x = x0
    history = [x]
    for _ in range(steps):
        g = grad(x)
        if g.norm() <= tol:
            break
        x -= lr * g
        if not torch.isfinite(x).all():
            raise ValueError("diverged")
        history.append(x)
    return x, torch.stack(history)


def backtracking(f, grad, x, lr=1.0, shrink=0.5, c=1e-4):
    g = grad(x)
    while f(x - lr * g) > f(x) - c * lr * g.norm():
        lr *= shrink
    return lr


def minibatches(n, batch_size, generator=None):
    perm = torch.randperm(n)
    for i in range(0, n, batch_size):
        yield perm[i : i + batch_size]


# %% uphill, and no end
# gradient_descent: walks uphill
#   or: never notices that it diverges
# minibatches: drops the short last batch
# fit_linear: leaves out the factor 2 of the square's derivative
# gradient_descent: looks at tol only after the step
def gradient_descent(grad, x0, lr=0.1, steps=100, tol=0.0):
    x = x0.clone()
    history = [x0.clone()]
    for _ in range(steps):
        x = x + lr * grad(x)
        history.append(x.clone())
        if torch.norm(grad(x)) <= tol:
            break
    return x, torch.stack(history)


def minibatches(n, batch_size, generator=None):
    perm = torch.randperm(n, generator=generator)
    batches = []
    for i in range(n // batch_size):
        batches.append(perm[i * batch_size : (i + 1) * batch_size])
    return batches


def fit_linear(X, y, lr=0.1, epochs=100, batch_size=None, generator=None):
    N, D = X.shape
    w = torch.zeros(D, dtype=X.dtype)
    b = torch.zeros((), dtype=X.dtype)
    losses = []
    for _ in range(epochs):
        for idx in minibatches(N, batch_size or N, generator):
            err = X[idx] @ w + b - y[idx]
            w = w - lr * X[idx].T @ err / len(idx)
            b = b - lr * err.mean()
        losses.append(((X @ w + b - y) ** 2).mean().item())
    return w, b, losses


# %% the history
# gradient_descent: leaves x0 out of history
# backtracking: adds the margin instead of taking it away
# minibatches: does not shuffle
def gradient_descent(grad, x0, lr=0.1, steps=100, tol=0.0):
    x = x0.clone()
    history = []
    for _ in range(steps):
        g = grad(x)
        if torch.sqrt((g**2).sum()) <= tol:
            break
        x = x - lr * g
        if torch.isnan(x).any() or torch.isinf(x).any():
            raise ValueError("the walk diverges")
        history.append(x)
    return x, torch.stack(history)


def backtracking(f, grad, x, lr=1.0, shrink=0.5, c=1e-4):
    g = grad(x)
    fx = f(x)
    while f(x - lr * g) > fx + c * lr * (g**2).sum():
        lr = lr * shrink
    return lr


def minibatches(n, batch_size, generator=None):
    for start in range(0, n, batch_size):
        yield torch.arange(start, min(start + batch_size, n))


# %% tol after the step
# gradient_descent: looks at tol only after the step
# backtracking: takes any fall at all for enough
# fit_linear: keeps one loss a batch instead of one an epoch
#   or: says "there must be one loss an epoch"
def gradient_descent(grad, x0, lr=0.1, steps=100, tol=0.0):
    x = x0.clone()
    history = [x]
    for _ in range(steps):
        g = grad(x)
        x = x - lr * g
        if not torch.all(torch.isfinite(x)):
            raise ValueError("diverged")
        history.append(x)
        if g.norm() <= tol:
            break
    return x, torch.stack(history)


def backtracking(f, grad, x, lr=1.0, shrink=0.5, c=1e-4):
    g = grad(x)
    while f(x - lr * g) >= f(x):
        lr *= shrink
    return lr


def minibatches(n, batch_size, generator=None):
    return list(torch.randperm(n, generator=generator).split(batch_size))


def fit_linear(X, y, lr=0.1, epochs=100, batch_size=None, generator=None):
    w = torch.zeros(X.shape[1], dtype=X.dtype)
    b = torch.zeros((), dtype=X.dtype)
    losses = []
    if batch_size is None:
        batch_size = len(X)
    for _ in range(epochs):
        for idx in minibatches(len(X), batch_size, generator):
            error = X[idx] @ w + b - y[idx]
            losses.append((error**2).mean().item())
            w = w - lr * 2 * (error[:, None] * X[idx]).mean(0)
            b = b - lr * 2 * error.mean()
    return w, b, losses


# %% a sum for a mean, and a batch size that is None
# fit_linear: steps with the sum over the batch instead of the mean
# gradient_descent: takes one step too many
# minibatches: moves on by one index instead of one batch, so that batches overlap
def gradient_descent(grad, x0, lr=0.1, steps=100, tol=0.0):
    x = x0.clone()
    history = [x]
    for _ in range(steps + 1):
        g = grad(x)
        if g.norm() <= tol:
            break
        x = x - lr * g
        if not x.isfinite().all():
            raise ValueError("not finite")
        history.append(x)
    return x, torch.stack(history)


def minibatches(n, batch_size, generator=None):
    order = torch.randperm(n, generator=generator)
    return [order[i : i + batch_size] for i in range(n // batch_size + 1)]


def fit_linear(X, y, lr=0.1, epochs=100, batch_size=None, generator=None):
    w = torch.zeros(X.shape[1], dtype=X.dtype)
    b = 0.0
    losses = []
    for _ in range(epochs):
        losses.append(((X @ w + b - y) ** 2).mean().item())
        for idx in torch.randperm(len(X), generator=generator).split(batch_size or len(X)):
            e = X[idx] @ w + b - y[idx]
            w = w - lr * 2 * (X[idx].T @ e)
            b = b - lr * 2 * e.sum()
    return w, b, losses


# %% through autograd, without zero_grad
# fit_linear: never sets the gradients back to zero
# backtracking: shrinks once more after the condition holds
# gradient_descent: makes every step lr long, whatever the gradient's length
def gradient_descent(grad, x0, lr=0.1, steps=100, tol=0.0):
    x = x0.clone()
    history = [x]
    for _ in range(steps):
        g = grad(x)
        if g.norm() <= tol:
            break
        x = x - lr * g / g.norm()
        if not x.isfinite().all():
            raise ValueError("diverged")
        history.append(x)
    return x, torch.stack(history)


def backtracking(f, grad, x, lr=1.0, shrink=0.5, c=1e-4):
    while True:
        g = grad(x)
        new = f(x - lr * g)
        lr = lr * shrink
        if new <= f(x) - c * lr * (g * g).sum():
            return lr


def minibatches(n, batch_size, generator=None):
    order = torch.randperm(n, generator=generator)
    for i in range(0, n, batch_size):
        yield order[i : i + batch_size]


def fit_linear(X, y, lr=0.1, epochs=100, batch_size=None, generator=None):
    w = torch.zeros(X.shape[1], dtype=X.dtype, requires_grad=True)
    b = torch.zeros(1, dtype=X.dtype, requires_grad=True)
    losses = []
    for _ in range(epochs):
        for idx in minibatches(len(X), batch_size or len(X), generator):
            loss = ((X[idx] @ w + b - y[idx]) ** 2).mean()
            loss.backward()
            with torch.no_grad():
                w -= lr * w.grad
                b -= lr * b.grad
        losses.append(loss.item())
    return w.detach(), b.detach(), losses


# %% (N, 1) against (N,)
# fit_linear: subtracts (N,) from (N, 1): every prediction meets every target
# minibatches: draws with replacement
# backtracking: asks every try for the fall promised by the first
#   or: says "an endless loop"
def backtracking(f, grad, x, lr=1.0, shrink=0.5, c=1e-4):
    g = grad(x)
    while f(x - lr * g) > f(x) - c * (g**2).sum():
        lr *= shrink
    return lr


def minibatches(n, batch_size, generator=None):
    for i in range(0, n, batch_size):
        size = min(batch_size, n - i)
        yield torch.randint(0, n, (size,), generator=generator)


def fit_linear(X, y, lr=0.1, epochs=100, batch_size=None, generator=None):
    w = torch.zeros(X.shape[1], 1, dtype=X.dtype)
    b = torch.zeros(1, dtype=X.dtype)
    losses = []
    for _ in range(epochs):
        for idx in torch.randperm(len(X), generator=generator).split(batch_size or len(X)):
            error = X[idx] @ w + b - y[idx]
            losses_b = (error**2).mean()
            w = w - lr * 2 * X[idx].T @ error.mean(1, keepdim=True) / len(idx)
            b = b - lr * 2 * error.mean()
        losses.append(losses_b.item())
    return w.squeeze(1), b, losses


# %% stops too early
# gradient_descent: compares tol with the length of the step
# fit_linear: updates b with the gradient at the new w
# minibatches: draws from the global random state although a generator was given
#   or: says "changed the global random state"
def gradient_descent(grad, x0, lr=0.1, steps=100, tol=0.0):
    x = x0.clone()
    xs = [x]
    for _ in range(steps):
        step = lr * grad(x)
        if step.norm() <= tol:
            break
        x = x - step
        if not x.isfinite().all():
            raise ValueError("inf")
        xs.append(x)
    return x, torch.stack(xs)


def minibatches(n, batch_size, generator=None):
    torch.manual_seed(0)
    order = torch.randperm(n)
    return order.split(batch_size)


def fit_linear(X, y, lr=0.1, epochs=100, batch_size=None, generator=None):
    w = torch.zeros(X.shape[1], dtype=X.dtype)
    b = torch.zeros((), dtype=X.dtype)
    losses = []
    for _ in range(epochs):
        losses.append(((X @ w + b - y) ** 2).mean().item())
        for idx in torch.randperm(len(X), generator=generator).split(batch_size or len(X)):
            Xb, yb = X[idx], y[idx]
            w = w - lr * 2 * ((Xb @ w + b - yb) @ Xb) / len(idx)
            b = b - lr * 2 * (Xb @ w + b - yb).mean()
    return w, b, losses


# %% the history as a list, float32 weights
# gradient_descent: gives the history as a list
# fit_linear: works in float32, whatever dtype X has
#   or: says "must have the same dtype"
# backtracking: gives up after ten tries
def gradient_descent(grad, x0, lr=0.1, steps=100, tol=0.0):
    x = x0.clone()
    history = [x]
    for _ in range(steps):
        g = grad(x)
        if g.norm() <= tol:
            break
        x = x - lr * g
        if not x.isfinite().all():
            raise ValueError("diverges")
        history.append(x)
    return x, history


def backtracking(f, grad, x, lr=1.0, shrink=0.5, c=1e-4):
    g = grad(x)
    for _ in range(10):
        if f(x - lr * g) <= f(x) - c * lr * (g**2).sum():
            break
        lr *= shrink
    return lr


def minibatches(n, batch_size, generator=None):
    order = torch.randperm(n, generator=generator)
    for i in range(0, n, batch_size):
        yield order[i : i + batch_size]


def fit_linear(X, y, lr=0.1, epochs=100, batch_size=None, generator=None):
    w = torch.zeros(X.shape[1])
    b = torch.zeros(1)
    losses = []
    for _ in range(epochs):
        for idx in minibatches(len(X), batch_size or len(X), generator):
            err = X[idx] @ w + b - y[idx]
            w = w - lr * 2 * X[idx].T @ err / len(idx)
            b = b - lr * 2 * err.mean()
        losses.append((err**2).mean().item())
    return w, b, losses


# %% the generator stays at home
# fit_linear: does not hand its generator on to minibatches
# gradient_descent: never notices that it diverges
# backtracking: shrinks once more after the condition holds
def gradient_descent(grad, x0, lr=0.1, steps=100, tol=0.0):
    x = x0.clone()
    history = [x.clone()]
    for i in range(steps):
        g = grad(x)
        if g.norm() <= tol:
            return x, torch.stack(history)
        x = x - lr * g
        history.append(x.clone())
    return x, torch.stack(history)


def backtracking(f, grad, x, lr=1.0, shrink=0.5, c=1e-4):
    g = grad(x)
    ok = False
    while not ok:
        ok = f(x - lr * g) <= f(x) - c * lr * (g**2).sum()
        lr = lr * shrink
    return lr


def minibatches(n, batch_size, generator=None):
    order = torch.randperm(n, generator=generator)
    return [order[i : i + batch_size] for i in range(0, n, batch_size)]


def fit_linear(X, y, lr=0.1, epochs=100, batch_size=None, generator=None):
    w = torch.zeros(X.shape[1], dtype=X.dtype)
    b = torch.tensor(0.0, dtype=X.dtype)
    batch_size = batch_size or len(X)
    losses = []
    for _ in range(epochs):
        losses.append(torch.mean((X @ w + b - y) ** 2).item())
        for idx in minibatches(len(X), batch_size):
            e = X[idx] @ w + b - y[idx]
            w = w - lr * 2 / len(idx) * (X[idx].T @ e)
            b = b - lr * 2 * e.mean()
    return w, b, losses
