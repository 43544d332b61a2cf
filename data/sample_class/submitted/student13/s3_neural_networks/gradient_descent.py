import torch


def gradient_descent(grad, x0, lr=0.1, steps=100, tol=0.0):
    x = x0.clone()
    history = [x]
    for _ in range(steps):
        g = grad(x)
        if g.norm() <= tol:
            break
        x -= lr * g
        if not torch.isfinite(x).all():
            raise ValueError("the iterates diverge: try a smaller lr")
        history.append(x)
    return x, torch.stack(history)


def backtracking(f, grad, x, lr=1.0, shrink=0.5, c=1e-4):
    g = grad(x)
    while f(x - lr * g) > f(x) - c * lr * (g * g).sum():
        lr = lr * shrink
    return lr


def minibatches(n, batch_size, generator=None):
    order = torch.randperm(n, generator=generator)
    for start in range(0, n, batch_size):
        yield order[start : start + batch_size]


def fit_linear(X, y, lr=0.1, epochs=100, batch_size=None, generator=None):
    n, d = X.shape
    w = torch.zeros(d, dtype=X.dtype)
    b = torch.zeros((), dtype=X.dtype)
    losses = []
    for _ in range(epochs):
        batches = [torch.arange(n)] if batch_size is None else minibatches(n, batch_size, generator)
        for i in batches:
            r = X[i] @ w + b - y[i]
            gw, gb = 2 * X[i].T @ r / len(i), 2 * r.mean()
            w, b = w - lr * gw, b - lr * gb
        losses.append(((X @ w + b - y) ** 2).mean().item())
    return w, b, losses
