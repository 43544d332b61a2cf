"""Other right ways to write this page."""

import torch

from autograder.checking import variant


@variant("a matrix of weights")
def running_average(x, beta=0.9, correct=True):
    if beta < 0 or beta >= 1:
        raise ValueError("beta")
    T = x.shape[0]
    ages = torch.arange(T)[:, None] - torch.arange(T)
    weights = ((1 - beta) * torch.as_tensor(beta, dtype=x.dtype) ** ages.clamp(min=0)).tril()
    if correct:
        weights = weights / weights.sum(1, keepdim=True)
    return torch.einsum("ts,s...->t...", weights.to(x.dtype), x)


@variant("each average moves towards its value")
def running_average(x, beta=0.9, correct=True):
    if not (beta >= 0 and beta < 1):
        raise ValueError(f"{beta} is no share")
    out, now, left = [], torch.zeros_like(x[0]), 1.0
    for row in x.unbind(0):
        left *= beta
        share = (1 - beta) / (1 - left) if correct else 1 - beta
        now = now + share * (row - now)
        out.append(now)
    return torch.stack(out, dim=0)


@variant("filled row by row, corrected at the end")
def running_average(x, beta=0.9, correct=True):
    if 1 <= beta or beta < 0:
        raise ValueError
    rows = [(1 - beta) * x[0]]
    for t in range(1, len(x)):
        rows.append(torch.lerp(rows[-1], x[t], 1 - beta))
    out = torch.stack(rows)
    if correct:
        steps = torch.arange(1, len(x) + 1, dtype=x.dtype).reshape(-1, *[1] * (x.dim() - 1))
        out = out / (1 - beta**steps)
    return out


@variant("a sum of powers for each place")
def running_average(x, beta=0.9, correct=True):
    if not 0 <= beta < 1:
        raise ValueError("beta must be in [0, 1)")
    answers = []
    for t in range(1, x.size(0) + 1):
        powers = [beta ** (t - 1 - k) for k in range(t)]
        total = sum(p * x[k] for k, p in enumerate(powers))
        answers.append(total / sum(powers) if correct else (1 - beta) * total)
    return torch.stack(answers)


@variant("torch.addcdiv")
def adagrad_step(w, grad, s, lr=0.01, eps=1e-10):
    new = torch.addcmul(s, grad, grad)
    return torch.addcdiv(w, grad, new.sqrt().add(eps), value=-lr), new


@variant("in place, on copies")
def adagrad_step(w, grad, s, lr=0.01, eps=1e-10):
    w, s = w.clone(), s.clone()
    s += grad * grad
    w -= grad.mul(lr).div(torch.sqrt(s) + eps)
    return (w, s)


@variant("a rate for each weight")
def adagrad_step(w, grad, s, lr=0.01, eps=1e-10):
    total = s + grad.square()
    rates = lr / (total**0.5 + eps)
    return w - rates * grad, total


@variant("torch.lerp of the squares")
def rmsprop_step(w, grad, s, lr=0.01, beta=0.99, eps=1e-8):
    new = torch.lerp(s, grad.square(), 1 - beta)
    return torch.addcdiv(w, grad, new.sqrt() + eps, value=-lr), new


@variant("in place, on copies")
def rmsprop_step(w, grad, s, lr=0.01, beta=0.99, eps=1e-8):
    average = s.clone().mul_(beta).add_(grad * grad * (1 - beta))
    place = w.clone()
    place -= lr * grad / (average.pow(0.5) + eps)
    return place, average


@variant("the average moves towards the square")
def rmsprop_step(w, grad, s, lr=0.01, beta=0.99, eps=1e-8):
    average = s + (1 - beta) * (grad.pow(2) - s)
    return w + (-lr / (average.sqrt() + eps)) * grad, average


@variant("both corrections in the step size")
def adam_step(w, grad, m, s, t, lr=0.001, betas=(0.9, 0.999), eps=1e-8):
    if t <= 0:
        raise ValueError("t")
    b1, b2 = betas
    m = torch.lerp(m, grad, 1 - b1)
    s = s * b2 + grad.square() * (1 - b2)
    root = (1 - b2**t) ** 0.5
    return w - lr * root / (1 - b1**t) * m / (s.sqrt() + eps * root), m, s


@variant("in place, on copies")
def adam_step(w, grad, m, s, t, lr=0.001, betas=(0.9, 0.999), eps=1e-8):
    if t < 1:
        raise ValueError("the first step has t = 1")
    w, m, s = w.clone(), m.clone(), s.clone()
    m.mul_(betas[0]).add_(grad * (1 - betas[0]))
    s.mul_(betas[1]).addcmul_(grad, grad, value=1 - betas[1])
    below = (s / (1 - betas[1] ** t)).sqrt() + eps
    w.sub_(lr * (m / (1 - betas[0] ** t)) / below)
    return w, m, s


@variant("both averages stacked")
def adam_step(w, grad, m, s, t, lr=0.001, betas=(0.9, 0.999), eps=1e-8):
    if not t >= 1:
        raise ValueError("t")
    shares = torch.tensor(betas, dtype=w.dtype).reshape(2, *[1] * w.dim())
    both = shares * torch.stack([m, s]) + (1 - shares) * torch.stack([grad, grad * grad])
    mean, square = both / (1 - shares**t)
    return w - lr * mean / (square**0.5 + eps), both[0].clone(), both[1].clone()


@variant("where Adam's steps lead from 0")
def step_lengths(grads, betas=(0.9, 0.999), eps=1e-8):
    zero = torch.zeros_like(grads[0])
    m, s, moves = zero, zero, []
    for t, grad in enumerate(grads, start=1):
        place, m, s = adam_step(zero, grad, m, s, t, 1.0, betas, eps)
        moves.append(place.abs())
    return torch.stack(moves)


@variant("the loop written out")
def step_lengths(grads, betas=(0.9, 0.999), eps=1e-8):
    b1, b2 = betas
    m = s = 0.0
    out = []
    for t in range(len(grads)):
        g = grads[t]
        m = b1 * m + (1 - b1) * g
        s = b2 * s + (1 - b2) * g * g
        out.append(abs(m / (1 - b1 ** (t + 1)) / (torch.sqrt(s / (1 - b2 ** (t + 1))) + eps)))
    return torch.stack(out)


@variant("not corrected, then corrected")
def step_lengths(grads, betas=(0.9, 0.999), eps=1e-8):
    steps = torch.arange(1, len(grads) + 1, dtype=grads.dtype).view(-1, *[1] * (grads.dim() - 1))
    m = running_average(grads, betas[0], correct=False) / (1 - betas[0] ** steps)
    s = running_average(grads.square(), betas[1], correct=False) / (1 - betas[1] ** steps)
    return torch.abs(torch.div(m, s.sqrt() + eps))
