"""Other right ways to write this page."""

import math

import torch
from torch import nn

from autograder.checking import variant


@variant("new gradients instead of changed ones")
def clip_by_value_(params, c):
    for p in params:
        if p.grad is None:
            continue
        p.grad = torch.minimum(torch.maximum(p.grad, torch.full_like(p.grad, -c)), torch.full_like(p.grad, c))


@variant("new gradients instead of changed ones")
def clip_by_norm_(params, max_norm):
    having = [p for p in params if p.grad is not None]
    total = torch.linalg.vector_norm(torch.cat([torch.zeros(1), *[p.grad.flatten() for p in having]]))
    if total.isnan() or total.isinf():
        raise ValueError("not finite")
    for p in having:
        p.grad = p.grad * min(1.0, max_norm / (float(total) + 1e-30))
    return total


@variant("as PyTorch clips: the norm of the norms, and a factor that is at most 1")
def clip_by_norm_(params, max_norm):
    with torch.no_grad():
        grads = [p.grad for p in list(params) if p.grad is not None]
        if not grads:
            return torch.tensor(0.0)
        total = torch.stack([g.norm() for g in grads]).norm()
        if not torch.isfinite(total):
            raise ValueError("not finite")
        factor = torch.clamp(max_norm / (total + 1e-6), max=1.0)
        for g in grads:
            g.mul_(factor)
        return total


@variant("through autograd.grad and .data")
def clipped_descent(loss, x0, lr=0.01, steps=100, max_norm=None):
    w = nn.Parameter(x0.clone())
    history = torch.empty(steps + 1, *x0.shape, dtype=x0.dtype)
    history[0] = x0
    for t in range(steps):
        w.grad = torch.autograd.grad(loss(w), w)[0].clone()
        clip_by_norm_([w], max_norm) if max_norm is not None else None
        w.data = w.data - lr * w.grad
        history[t + 1] = w.data
    return w.data.clone(), history


@variant("by autograd, from the losses themselves")
def logit_slopes(z, y):
    leaf = z.detach().clone().requires_grad_()
    mse = torch.autograd.grad(((leaf.sigmoid() - y) ** 2).sum(), leaf)[0]
    nll = torch.autograd.grad((nn.functional.softplus(leaf, threshold=60) - y * leaf).sum(), leaf)[0]
    return mse, nll


@variant("by cases, counting entries")
def saturation_report(model, x):
    report = {}
    for name, (module, out) in activations_of(model, x).items():
        if type(module) is nn.Tanh:
            report[name] = int((out.abs() >= 0.98).sum()) / out.numel()
        elif type(module) is nn.Sigmoid:
            report[name] = int(((out >= 0.99) + (out <= 0.01)).sum()) / out.numel()
        else:
            units = out.reshape(len(out), -1)
            report[name] = sum(float(column.max()) <= 0 for column in units.T) / units.shape[1]
    return report


@variant("with hooks of its own, tanh as a stretched sigmoid")
def saturation_report(model, x):
    shares, hooks = {}, []
    for name, module in model.named_modules():

        def look(m, inputs, out, name=name):
            if isinstance(m, nn.ReLU):
                shares[name] = 1 - (out > 0).any(dim=0).float().mean(dtype=torch.float64)
            else:
                p = (out + 1) / 2 if isinstance(m, nn.Tanh) else out
                shares[name] = ((p - 0.5).abs() >= 0.49).double().mean()

        if isinstance(module, (nn.Tanh, nn.Sigmoid, nn.ReLU)):
            hooks.append(module.register_forward_hook(look))
    model(x)
    for hook in hooks:
        hook.remove()
    return shares


@variant("by the smallest and the largest eigenvalue")
def critical_point_type(H, tol=1e-8):
    values = torch.linalg.eigvals(H).real
    low, high = values.min(), values.max()
    if low > tol:
        return "minimum"
    if high < -tol:
        return "maximum"
    return "saddle" if low < -tol and high > tol else "undecided"


@variant("by counting signs")
def critical_point_type(H, tol=1e-8):
    bends = torch.linalg.eigh(H)[0].tolist()
    plus = sum(value > tol for value in bends)
    minus = sum(value < -tol for value in bends)
    if plus * minus:
        return "saddle"
    return {plus: "minimum", minus: "maximum"}.get(len(bends), "undecided")


@variant("pushes drawn as a direction in float64, history written in place")
def perturbed_gd(grad, x0, lr=0.1, steps=100, radius=1e-3, generator=None, tol=1e-3):
    history = torch.zeros((steps + 1, *x0.shape), dtype=x0.dtype)
    history[0] = x0
    for t in range(steps):
        x = history[t].clone()
        if float((grad(x) ** 2).sum()) ** 0.5 <= tol:
            direction = torch.normal(0.0, 1.0, x.shape, generator=generator, dtype=torch.float64)
            x += radius * nn.functional.normalize(direction.flatten(), dim=0).reshape(x.shape).to(x.dtype)
        history[t + 1] = x - lr * grad(x)
    return history[-1].clone(), history


@variant("a point of the ball, brought to its edge")
def perturbed_gd(grad, x0, lr=0.1, steps=100, radius=1e-3, generator=None, tol=1e-3):
    def push():
        while True:  # a cube's corners would be likelier than its sides: keep what lies in the ball
            point = 2 * torch.rand(x0.shape, generator=generator, dtype=x0.dtype) - 1
            if 0 < point.norm() <= 1:
                return radius * point / point.norm()

    x, history = x0, [x0.clone()]
    for _ in range(steps):
        if torch.linalg.vector_norm(grad(x)) <= tol:
            x = x + push()
        x = x - lr * grad(x)
        history.append(x)
    return history[-1], torch.stack(history)


@variant("rounded up")
def epoch_steps(n, b):
    return math.ceil(n / b)


@variant("by counting the beginnings of batches")
def epoch_steps(n, b):
    return len(range(0, n, b))


@variant("the variance of each coordinate, added up")
def gradient_variance(X, y, w, b, replacement=True):
    error = X @ w - y
    spread = torch.var(2 * error.unsqueeze(1) * X, dim=0, correction=0 if replacement else 1).sum()
    if replacement:
        return spread / b
    if b > X.shape[0]:
        raise ValueError("more than there are")
    return spread * (1 / b - 1 / X.shape[0])


@variant("the mean of the squares less the square of the mean, with autograd")
def gradient_variance(X, y, w, b, replacement=True):
    n = X.shape[0]
    if not replacement and b > n:
        raise ValueError("more than there are")
    rows = []
    for i in range(n):
        leaf = w.clone().requires_grad_()
        rows.append(torch.autograd.grad((X[i] @ leaf - y[i]) ** 2, leaf)[0])
    G = torch.stack(rows)
    sigma2 = ((G * G).sum() / n - (G.mean(0) ** 2).sum()).item()
    return sigma2 / b if replacement else sigma2 / b * (n - b) / (n - 1)
