"""Other right ways to write this page."""

import itertools

import torch

from autograder.checking import variant


@variant("written out with names, entry by entry on a copy")
def forward_difference(f, x, h=1e-7):
    here = f(x)
    there = f(x + h)
    return (there - here) / h


@variant("written out with names, entry by entry on a copy")
def central_difference(f, x, h=1e-5):
    left, right = x - h, x + h
    rise = f(right) - f(left)
    return 0.5 * rise / h


@variant("written out with names, entry by entry on a copy")
def numerical_gradient(f, x, h=1e-5):
    if not x.is_floating_point():
        x = x.to(torch.float64)
    slopes = torch.empty_like(x)
    moved = x.clone()
    for place in itertools.product(*(range(size) for size in x.shape)):
        kept = moved[place].item()
        moved[place] = kept - h
        below = f(moved)
        moved[place] = kept + h
        above = f(moved)
        moved[place] = kept
        slopes[place] = (above - below) / (2 * h)
    return slopes


@variant("written out with names, entry by entry on a copy")
def jacobian(f, x, h=1e-5):
    result = torch.zeros(len(f(x)), len(x), dtype=x.dtype)
    for j in range(len(x)):
        above, below = x.clone(), x.clone()
        above[j] += h
        below[j] -= h
        result[:, j] = (f(above) - f(below)) / (2 * h)
    return result


@variant("each from the one before: forward, central, along t, gradient of every output")
def central_difference(f, x, h=1e-5):
    return (forward_difference(f, x, h) + forward_difference(f, x, -h)) / 2


@variant("each from the one before: forward, central, along t, gradient of every output")
def directional_derivative(f, x, v, h=1e-5):
    return central_difference(lambda t: f(x + t * v), 0.0, h)


@variant("each from the one before: forward, central, along t, gradient of every output")
def jacobian(f, x, h=1e-5):
    return torch.stack([numerical_gradient(lambda y, i=i: f(y)[i], x, h) for i in range(f(x).shape[0])])


@variant("the Hessian from four points for each pair")
def hessian(f, x, h=1e-4):
    n = x.shape[0]
    step = h * torch.eye(n, dtype=x.dtype)
    result = torch.zeros(n, n, dtype=x.dtype)
    for i in range(n):
        for j in range(i, n):
            same = f(x + step[i] + step[j]) + f(x - step[i] - step[j])
            other = f(x + step[i] - step[j]) + f(x - step[i] + step[j])
            result[i, j] = result[j, i] = (same - other) / (4 * h * h)
    return result


@variant("the Hessian's diagonal from three points")
def hessian(f, x, h=1e-4):
    n, here = len(x), f(x)
    e = h * torch.eye(n, dtype=x.dtype)
    rows = []
    for i in range(n):
        row = []
        for j in range(n):
            if i == j:
                row.append((f(x + e[i]) - 2 * here + f(x - e[i])) / h**2)
            else:
                corners = f(x + e[i] + e[j]) - f(x + e[i] - e[j]) - f(x - e[i] + e[j]) + f(x - e[i] - e[j])
                row.append(corners / (4 * h**2))
        rows.append(torch.stack(row))
    return torch.stack(rows)
