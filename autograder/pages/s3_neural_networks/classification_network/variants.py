"""Other right ways to write this page."""

import copy

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

from autograder.checking import variant


@variant("two hidden layers of tanh, a cautious last layer, log-probabilities")
class MLPClassifier(nn.Module):
    def __init__(self, classes: int = 2, hidden: int = 32, p: float = 0.0) -> None:
        super().__init__()
        self.first, self.second = nn.Linear(2, hidden), nn.Linear(hidden, hidden)
        self.last = nn.Linear(hidden, classes)
        self.drop = Dropout(p)
        nn.init.zeros_(self.last.weight)
        nn.init.zeros_(self.last.bias)

    def forward(self, X: torch.Tensor) -> torch.Tensor:
        h = self.drop(torch.tanh(self.first(X)))
        h = self.drop(torch.tanh(self.second(h)))
        return F.log_softmax(self.last(h), dim=-1)


@variant("two hidden layers of tanh, a cautious last layer, log-probabilities")
class Dropout(nn.Module):
    def __init__(self, p: float = 0.5) -> None:
        super().__init__()
        if p < 0 or p >= 1:
            raise ValueError("no such probability")
        self.keep = 1 - p

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        if self.training:
            return torch.where(torch.bernoulli(torch.full_like(x, self.keep)).bool(), x / self.keep, 0.0)
        return x.clone()


@variant("two hidden layers of tanh, a cautious last layer, log-probabilities")
def train_classifier(
    model: nn.Module, X: torch.Tensor, y: torch.Tensor, epochs: int = 60, lr: float = 0.1
) -> list[float]:
    loss_of, adam = nn.CrossEntropyLoss(), torch.optim.Adam(model.parameters(), lr=lr)
    model.train()
    losses = []
    for _ in range(epochs):
        adam.zero_grad()
        loss = loss_of(model(X), y)
        loss.backward()
        adam.step()
        losses.append(loss.detach())
    model.eval()
    return losses


@variant("Adam written out, the loss by hand, batch normalisation in the network")
class MLPClassifier(nn.Sequential):
    def __init__(self, classes: int = 2, hidden: int = 32, p: float = 0.0) -> None:
        super().__init__(
            nn.LazyLinear(hidden), nn.BatchNorm1d(hidden), nn.Tanh(), Dropout(p), nn.Linear(hidden, classes)
        )


@variant("Adam written out, the loss by hand, batch normalisation in the network")
def train_classifier(
    model: nn.Module, X: torch.Tensor, y: torch.Tensor, epochs: int = 60, lr: float = 0.1
) -> list[float]:
    model.train()
    model(X)  # lazy layers need it
    parameters = list(model.parameters())
    m, v = [0.0 for _ in parameters], [0.0 for _ in parameters]
    losses = []
    for t in range(1, epochs + 1):
        logits = model(X)
        loss = (torch.logsumexp(logits, 1) - logits[torch.arange(len(y)), y]).mean()
        gradients = torch.autograd.grad(loss, parameters)
        with torch.no_grad():
            for k, (p, g) in enumerate(zip(parameters, gradients)):
                m[k] = 0.9 * m[k] + 0.1 * g
                v[k] = 0.999 * v[k] + 0.001 * g * g
                p -= lr * m[k] / (1 - 0.9**t) / ((v[k] / (1 - 0.999**t)).sqrt() + 1e-8)
        losses.append(float(loss))
    return losses


@variant("a copy in eval mode, point by point")
def predict_proba(model: nn.Module, X: torch.Tensor) -> torch.Tensor:
    judge = copy.deepcopy(model).eval()
    z = judge(X).detach()
    z = z - z.max(dim=1, keepdim=True).values if len(z) else z
    return z.exp() / z.exp().sum(dim=1, keepdim=True)


@variant("a copy in eval mode, point by point")
def decision_grid(model: nn.Module, lim: float, n: int) -> torch.Tensor:
    was = model.training
    model.train(False)
    classes = torch.zeros(n, n, dtype=torch.long)
    for i in range(n):
        for j in range(n):
            point = torch.tensor([[-lim + 2 * lim * j / (n - 1), -lim + 2 * lim * i / (n - 1)]])
            classes[i, j] = model(point)[0].argmax()
    model.train(was)
    return classes


@variant("numpy for grid and mask, every submodule's mode kept, a mask out of Python's comparison")
def decision_grid(model: nn.Module, lim: float, n: int) -> torch.Tensor:
    axis = np.linspace(-lim, lim, n)
    x1, x2 = np.meshgrid(axis, axis)
    points = torch.from_numpy(np.column_stack([x1.ravel(), x2.ravel()])).float()
    return predict_proba(model, points).max(dim=1).indices.view(n, n)


@variant("numpy for grid and mask, every submodule's mode kept, a mask out of Python's comparison")
def predict_proba(model: nn.Module, X: torch.Tensor) -> torch.Tensor:
    modes = {module: module.training for module in model.modules()}
    model.eval()
    with torch.inference_mode():
        out = F.softmax(model(X), dim=-1).clone()
    for module, mode in modes.items():
        module.training = mode
    return out


@variant("numpy for grid and mask, every submodule's mode kept, a mask out of Python's comparison")
class Dropout(nn.Module):
    def __init__(self, p: float = 0.5) -> None:
        super().__init__()
        if not (p >= 0 and p < 1):
            raise ValueError(p)
        self.p = p

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        if self.training and self.p > 0:
            mask = torch.as_tensor(np.asarray(np.random.rand(*x.shape) > self.p, dtype=float)).to(x)
            return x.mul(mask / (1.0 - self.p))
        return x


@variant("parameters of its own, sigmoid units, uniform numbers compared")
class MLPClassifier(nn.Module):
    def __init__(self, classes: int = 2, hidden: int = 32, p: float = 0.0) -> None:
        super().__init__()
        self.W1 = nn.Parameter(torch.randn(2, hidden))
        self.b1 = nn.Parameter(torch.randn(hidden))
        self.W2 = nn.Parameter(0.1 * torch.randn(hidden, classes) / hidden**0.5)
        self.b2 = nn.Parameter(torch.zeros(classes))
        self.dropout = Dropout(p)

    def forward(self, X: torch.Tensor) -> torch.Tensor:
        hidden = self.dropout(2 * torch.sigmoid(2 * (X @ self.W1 + self.b1)) - 1)
        return torch.einsum("nh,hc->nc", hidden, self.W2) + self.b2


@variant("parameters of its own, sigmoid units, uniform numbers compared")
class Dropout(nn.Module):
    def __init__(self, p: float = 0.5) -> None:
        super().__init__()
        if p not in (0, 0.0) and not 0 < p < 1:
            raise ValueError("a probability below 1 is wanted")
        self.register_buffer("scale", torch.tensor(1 / (1 - p), dtype=torch.float64))
        self.p = p

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        if self.training:
            x = x * self.scale.to(x.dtype)
            x = x.masked_fill(torch.empty(x.shape).uniform_() < self.p, 0)
        return x


@variant("parameters of its own, sigmoid units, uniform numbers compared")
def predict_proba(model: nn.Module, X: torch.Tensor) -> torch.Tensor:
    came = model.training
    try:
        with torch.no_grad():
            logits = model.train(False)(X)
        return torch.exp(logits - torch.logsumexp(logits, dim=1, keepdim=True))
    finally:
        model.train(came)
