"""Other right ways to write this page."""

import math

import torch
from torch import nn

from autograder.checking import variant


@variant("sums in plain Python loops")
def neuron(x, w, b, act):
    total = b
    for j in range(len(x)):
        total = total + w[j] * x[j]
    return act(total)


@variant("sums in plain Python loops")
def neuron_batch(X, w, b, act):
    return torch.stack([neuron(x, w, b, act) for x in X])


@variant("einsum, and a layer through matmul with a column")
def neuron_batch(X, w, b, act):
    return act(torch.einsum("nd,d->n", X, w).add(b))


@variant("einsum, and a layer through matmul with a column")
class Linear(nn.Module):
    def __init__(self, in_features, out_features, bias=True):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(out_features, in_features) * math.sqrt(2 / in_features))
        if bias:
            self.bias = nn.Parameter((2 * torch.rand(out_features) - 1) / math.sqrt(in_features))

    def forward(self, x):
        y = torch.einsum("...i,oi->...o", x, self.weight)
        return y + self.bias if hasattr(self, "bias") else y


@variant("a column that is squeezed, activation last")
def neuron_batch(X, w, b, act):
    return act((X @ w[:, None] + b).squeeze(1))


@variant("the bias as one more weight, all epochs run, numbers from Python")
def perceptron_train(X, y, epochs=100, lr=1.0):
    rows = torch.cat([torch.ones(len(X), 1, dtype=X.dtype), X], dim=1)
    v = torch.zeros(rows.shape[1], dtype=X.dtype)
    errors = []
    for epoch in range(epochs):
        wrong = 0
        for i in range(len(rows)):
            if torch.sign(torch.dot(v, rows[i])) != y[i]:
                v += lr * y[i] * rows[i]
                wrong += 1
        errors.append(wrong)
    return v[1:], v[0].item(), errors


@variant("a count in a tensor, half the difference of label and prediction")
def perceptron_train(X, y, epochs=100, lr=1.0):
    w, b = torch.zeros(X.size(1), dtype=X.dtype), 0.0
    errors = torch.zeros(epochs, dtype=torch.int64)
    for epoch in range(epochs):
        for x, t in zip(X, y):
            z = float(w.dot(x)) + b
            prediction = 1.0 if z > 0 else -1.0 if z < 0 else -float(t)
            step = lr * (float(t) - prediction) / 2
            w, b = w + step * x, b + step
            errors[epoch] += int(prediction != float(t))
    return w, b, errors


@variant("Glorot's weights, and the parameters registered by name")
class Linear(nn.Module):
    def __init__(self, in_features, out_features, bias=True):
        super().__init__()
        weight = torch.empty(out_features, in_features)
        nn.init.xavier_normal_(weight)
        self.register_parameter("weight", nn.Parameter(weight))
        self.register_parameter("bias", nn.Parameter(torch.zeros(out_features)) if bias else None)

    def forward(self, x):
        flat = x.reshape(-1, x.shape[-1])
        y = torch.mm(flat, self.weight.t())
        if self.bias is not None:
            y += self.bias
        return y.reshape(*x.shape[:-1], -1)


@variant("He's uniform weights, as nn.Linear draws them")
class Linear(nn.Module):
    def __init__(self, in_features, out_features, bias=True):
        nn.Module.__init__(self)
        self.in_features, self.out_features = in_features, out_features
        self.weight = nn.Parameter(torch.empty((out_features, in_features)))
        self.bias = nn.Parameter(torch.empty(out_features)) if bias else None
        nn.init.kaiming_uniform_(self.weight, a=math.sqrt(5))
        if bias:
            nn.init.uniform_(self.bias, -1 / math.sqrt(in_features), 1 / math.sqrt(in_features))

    def forward(self, x):
        y = (self.weight * x.unsqueeze(-2)).sum(-1)
        return y + (0 if self.bias is None else self.bias)


@variant("orthogonal weights")
class Linear(nn.Module):
    def __init__(self, in_features, out_features, bias=True):
        super().__init__()
        self.weight = nn.Parameter(nn.init.orthogonal_(torch.empty(out_features, in_features)))
        self.bias = nn.Parameter(torch.zeros(out_features), requires_grad=True) if bias else None

    def forward(self, x):
        y = torch.matmul(x, self.weight.transpose(0, 1))
        return y if self.bias is None else torch.add(y, self.bias)
