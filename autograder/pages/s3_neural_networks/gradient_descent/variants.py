"""Other right ways to write this page."""

import math

import torch

from autograder.checking import variant


@variant("a preallocated history and a while loop")
def gradient_descent(grad, x0, lr=0.1, steps=100, tol=0.0):
    history = torch.empty((steps + 1, *x0.shape), dtype=x0.dtype)
    history[0] = x0
    done = 0
    while done < steps and not torch.sqrt(torch.sum(grad(history[done]) ** 2)) <= tol:
        history[done + 1] = history[done] - grad(history[done]) * lr
        done += 1
        if torch.isnan(history[done]).any() or torch.isinf(history[done]).any():
            raise ValueError("the walk leaves all bounds")
    return history[done], history[: done + 1]


@variant("recursion")
def gradient_descent(grad, x0, lr=0.1, steps=100, tol=0.0):
    if not bool(torch.isfinite(x0).all()):
        raise ValueError("no longer finite")
    if steps == 0 or float(torch.linalg.vector_norm(grad(x0))) <= tol:
        return x0.clone(), x0.clone().unsqueeze(0)
    x, rest = gradient_descent(grad, x0 - lr * grad(x0), lr, steps - 1, tol)
    return x, torch.cat([x0.unsqueeze(0), rest])


@variant("in place, with copies kept, the finite test at the end")
def gradient_descent(grad, x0, lr=0.1, steps=100, tol=0.0):
    x = x0.detach().clone()
    rows = [x.clone()]
    with torch.no_grad():
        for _ in range(steps):
            direction = grad(x.clone())
            if (direction * direction).sum().item() <= tol**2:
                break
            x.sub_(direction, alpha=lr)
            rows.append(x.clone())
    if not all(torch.isfinite(row).all() for row in rows):
        raise ValueError
    return x, torch.stack(rows, dim=0)


@variant("a tensor for the step size, powers of shrink")
def backtracking(f, grad, x, lr=1.0, shrink=0.5, c=1e-4):
    g = grad(x)
    power = 0
    while True:
        rate = torch.tensor(lr * shrink**power, dtype=torch.float64)
        if f(x - rate * g) - f(x) + c * rate * torch.dot(g.flatten(), g.flatten()) <= 0:
            return rate
        power += 1


@variant("recursive backtracking")
def backtracking(f, grad, x, lr=1.0, shrink=0.5, c=1e-4):
    g = grad(x)
    if float(f(x - lr * g)) <= float(f(x)) - c * lr * float(torch.sum(g * g)):
        return lr
    return backtracking(f, grad, x, lr * shrink, shrink, c)


@variant("a list of batches, the order by sorting random keys")
def minibatches(n, batch_size, generator=None):
    order = torch.rand(n, generator=generator).argsort()
    return [order[start : start + batch_size] for start in range(0, n, batch_size)]


@variant("in order without a generator, drawn one index at a time with one")
def minibatches(n, batch_size, generator=None):
    left, batch = list(range(n)), []
    while left:
        place = 0 if generator is None else int(torch.randint(len(left), (), generator=generator))
        batch.append(left.pop(place))
        if len(batch) == batch_size or not left:
            yield torch.tensor(batch)
            batch = []


@variant("batches from torch's own DataLoader samplers")
def minibatches(n, batch_size, generator=None):
    sampler = torch.utils.data.RandomSampler(range(n), generator=generator)
    return map(torch.tensor, torch.utils.data.BatchSampler(sampler, batch_size, drop_last=False))


@variant("a column of ones for the bias, losses after the updates as one tensor")
def fit_linear(X, y, lr=0.1, epochs=100, batch_size=None, generator=None):
    n = X.shape[0]
    A = torch.cat([X, torch.ones(n, 1, dtype=X.dtype)], dim=1)
    v = torch.zeros(A.shape[1], dtype=X.dtype)
    losses = torch.zeros(epochs)
    for epoch in range(epochs):
        batches = [torch.arange(n)] if batch_size is None else minibatches(n, batch_size, generator)
        for batch in batches:
            v = v - lr * 2 / len(batch) * A[batch].T @ (A[batch] @ v - y[batch])
        losses[epoch] = ((A @ v - y) ** 2).mean()
    return v[:-1], v[-1], losses


@variant("through autograd, losses as tensors")
def fit_linear(X, y, lr=0.1, epochs=100, batch_size=None, generator=None):
    w = torch.zeros(X.shape[1], dtype=X.dtype, requires_grad=True)
    b = torch.zeros(1, dtype=X.dtype, requires_grad=True)
    losses = []
    for _ in range(epochs):
        total = 0
        for batch in minibatches(len(X), batch_size or len(X), generator):
            loss = torch.nn.functional.mse_loss(X[batch] @ w + b, y[batch])
            loss.backward()
            with torch.no_grad():
                w -= lr * w.grad
                b -= lr * b.grad
            w.grad = b.grad = None
            total += loss * len(batch)
        losses.append(total / len(X))
    return w, b, losses


@variant("loops over examples and plain numbers")
def fit_linear(X, y, lr=0.1, epochs=100, batch_size=None, generator=None):
    n, d = X.shape
    w, b, losses = [0.0] * d, 0.0, []
    rows, targets = X.tolist(), y.tolist()
    for _ in range(epochs):
        total = 0.0
        for batch in minibatches(n, n if batch_size is None else batch_size, generator):
            slopes, slope = [0.0] * d, 0.0
            for i in batch.tolist():
                error = sum(wj * xj for wj, xj in zip(w, rows[i], strict=True)) + b - targets[i]
                slopes = [s + error * xj for s, xj in zip(slopes, rows[i], strict=True)]
                slope += error
                total += error * error
            w = [wj - lr * 2 * s / len(batch) for wj, s in zip(w, slopes, strict=True)]
            b -= lr * 2 * slope / len(batch)
        losses.append(total / n)
    return torch.tensor(w, dtype=X.dtype), b, losses


class Walker:
    def __init__(self, grad, lr):
        self.grad, self.lr, self.path = grad, lr, []

    def move(self, x):
        self.path.append(x)
        slope = self.grad(x)
        return x + slope * -self.lr, math.sqrt(float((slope.double() ** 2).sum()))


@variant("a class that walks, and a step size found by a generator")
def gradient_descent(grad, x0, lr=0.1, steps=100, tol=0.0):
    walker, x = Walker(grad, lr), x0.clone()
    for _ in range(steps):
        following, norm = walker.move(x)
        if norm <= tol:
            return x, torch.stack(walker.path)
        x = following
        if not math.isfinite(float(x.abs().sum())):
            raise ValueError("diverged")
    return x, torch.stack([*walker.path, x])


@variant("a class that walks, and a step size found by a generator")
def backtracking(f, grad, x, lr=1.0, shrink=0.5, c=1e-4):
    start, slope = f(x).item(), grad(x)
    squared = slope.pow(2).sum().item()

    def tries():
        rate = lr
        while True:
            yield rate
            rate *= shrink

    return next(rate for rate in tries() if f(x - rate * slope).item() <= start - c * rate * squared)


@variant("a class that walks, and a step size found by a generator")
def minibatches(n, batch_size, generator=None):
    order = torch.randperm(n, generator=generator)
    return iter([order[k * batch_size : (k + 1) * batch_size] for k in range(-(-n // batch_size))])


@variant("normal equations written out for each batch, with einsum")
def fit_linear(X, y, lr=0.1, epochs=100, batch_size=None, generator=None):
    w, b, losses = X.new_zeros(X.shape[1]), 0.0, []
    for _ in range(epochs):
        for batch in minibatches(X.shape[0], X.shape[0] if batch_size is None else batch_size, generator):
            A, t = X[batch], y[batch]
            scale = 2 / batch.numel()
            error = torch.einsum("nd,d->n", A, w) + b - t
            w = w - lr * scale * torch.einsum("nd,n->d", A, error)
            b = b - lr * scale * error.sum()
        losses.append(float(torch.mean((X.mv(w) + b - y) ** 2)))
    return w, b, losses
