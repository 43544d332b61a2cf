"""Other right ways to write this page."""

import copy
import itertools

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

from autograder.checking import variant


@variant("nn.Sequential with a small activation module, torch's loss and a DataLoader")
class MLP(nn.Sequential):
    def __init__(self, d_in, hidden, d_out, act=torch.relu):
        class Act(nn.Module):
            def forward(self, x):
                return act(x)

        if not isinstance(hidden, (list, tuple)):
            hidden = (hidden,)
        layers = []
        for width in hidden:
            layers += [nn.Linear(d_in, width), Act()]
            d_in = width
        super().__init__(*layers, nn.Linear(d_in, d_out))


@variant("nn.Sequential with a small activation module, torch's loss and a DataLoader")
def loss_of(model, X, y):
    answers = model(X)
    if answers.size() != y.size():
        raise ValueError("answers and targets differ in shape")
    return F.mse_loss(answers, y)


@variant("nn.Sequential with a small activation module, torch's loss and a DataLoader")
def train_epoch(model, X, y, optimizer, batch_size=None, generator=None):
    if len(X) != len(y):
        raise ValueError("not as many targets as examples")
    rows = range(len(X)) if generator is None else torch.randperm(len(X), generator=generator).tolist()
    data = torch.utils.data.TensorDataset(X, y)
    size = len(X) if batch_size is None else batch_size
    losses, sizes = [], []
    model.train()
    for features, targets in torch.utils.data.DataLoader(data, batch_size=size, sampler=rows):
        optimizer.zero_grad(set_to_none=True)
        loss = loss_of(model, features, targets)
        loss.backward()
        optimizer.step()
        losses.append(loss.detach())
        sizes.append(len(features))
    model.eval()
    weights = torch.tensor(sizes, dtype=X.dtype)
    return float((torch.stack(losses) * weights).sum() / weights.sum())


@variant("nn.Sequential with a small activation module, torch's loss and a DataLoader")
def evaluate(model, X, y):
    was = model.training
    with torch.inference_mode():
        loss = loss_of(model.eval(), X, y)
    if was:
        model.train()
    return loss.item()


@variant("nn.Sequential with a small activation module, torch's loss and a DataLoader")
def fit(model, X, y, X_val, y_val, optimizer, epochs=1000, patience=50, batch_size=None, generator=None):
    history, best, bad = History([], []), None, 0
    while len(history.val) < epochs and bad < patience:
        history.train.append(train_epoch(model, X, y, optimizer, batch_size, generator))
        val = evaluate(model, X_val, y_val)
        history.val.append(val)
        if best is None or val < best:
            best, bad, history.best_epoch = val, 0, len(history.val) - 1
            kept = {name: value.clone() for name, value in model.state_dict().items()}
        else:
            bad += 1
    model.load_state_dict(kept)
    return history


@variant("parameters by hand, a sum of squares over the rows, a copy of the model to measure with")
class MLP(nn.Module):
    def __init__(self, d_in, hidden, d_out, act=torch.relu):
        super().__init__()
        sizes = [d_in] + ([hidden] if type(hidden) is int else list(hidden)) + [d_out]
        self.depth, self.act = len(sizes) - 1, act
        for i in range(self.depth):
            weight = torch.randn(sizes[i + 1], sizes[i]) * (2 / sizes[i]) ** 0.5
            self.register_parameter(f"W{i}", nn.Parameter(weight))
            self.register_parameter(f"b{i}", nn.Parameter(torch.zeros(sizes[i + 1])))

    def forward(self, x):
        for i in range(self.depth):
            if i > 0:
                x = self.act(x)
            x = x @ getattr(self, f"W{i}").T + getattr(self, f"b{i}")
        return x


@variant("parameters by hand, a sum of squares over the rows, a copy of the model to measure with")
def loss_of(model, X, y):
    answers = model(X)
    if list(answers.shape) != list(y.shape):
        raise ValueError(f"targets of shape {tuple(y.shape)} do not fit")
    error = answers - y
    return error.square().sum() / error.numel()


@variant("parameters by hand, a sum of squares over the rows, a copy of the model to measure with")
def train_epoch(model, X, y, optimizer, batch_size=None, generator=None):
    if X.size(0) != y.size(0):
        raise ValueError("another number of rows")
    if generator is not None:
        shuffled = torch.randperm(X.shape[0], generator=generator)
        X, y = X[shuffled], y[shuffled]
    step = batch_size or X.shape[0]
    model.train(True)
    squares = 0.0
    for first in range(0, X.shape[0], step):
        features, targets = X[first : first + step], y[first : first + step]
        loss = loss_of(model, features, targets)
        for p in model.parameters():
            p.grad = None
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        squares += float(loss.detach()) * targets.numel()
    return squares / y.numel()


@variant("parameters by hand, a sum of squares over the rows, a copy of the model to measure with")
def evaluate(model, X, y):
    twin = copy.deepcopy(model)
    twin.eval()
    return loss_of(twin, X, y).detach().item()


@variant("parameters by hand, a sum of squares over the rows, a copy of the model to measure with")
def fit(model, X, y, X_val, y_val, optimizer, epochs=1000, patience=50, batch_size=None, generator=None):
    train, val, best = [], [], 0
    for epoch in range(epochs):
        train += [train_epoch(model, X, y, optimizer, batch_size=batch_size, generator=generator)]
        val += [evaluate(model, X_val, y_val)]
        if epoch == 0 or val[-1] < min(val[:-1]):
            best = epoch
            torch.save(model.state_dict(), "best.pt")
        if len(val) - 1 - best == patience:
            break
    model.load_state_dict(torch.load("best.pt"))
    return History(train=train, val=val, best_epoch=best)


@variant("layers inside layers, gradients asked for one by one, a generator of epochs")
class MLP(nn.Module):
    def __init__(self, d_in, hidden, d_out, act=torch.relu):
        super().__init__()
        first, *rest = [*hidden, d_out] if isinstance(hidden, (list, tuple)) else [hidden, d_out]
        self.layer = nn.Linear(d_in, first)
        self.act = act
        self.rest = MLP(first, rest[:-1], d_out, act) if rest else None

    def forward(self, x):
        z = self.layer(x)
        return z if self.rest is None else self.rest(self.act(z))


@variant("layers inside layers, gradients asked for one by one, a generator of epochs")
def loss_of(model, X, y):
    residual = model(X)
    if residual.ndim != y.ndim or any(a != b for a, b in zip(residual.shape, y.shape)):
        raise ValueError("shapes")
    residual = residual - y
    return torch.einsum("nk,nk->", residual, residual) / residual.shape[0] / residual.shape[1]


@variant("layers inside layers, gradients asked for one by one, a generator of epochs")
def train_epoch(model, X, y, optimizer, batch_size=None, generator=None):
    if y.shape[:1] != X.shape[:1]:
        raise ValueError("rows")
    order = list(range(len(X)))
    if generator:
        order = torch.randperm(len(X), generator=generator).tolist()
    model.train()
    learned = [p for p in model.parameters() if p.requires_grad]
    losses = []
    while order:
        batch, order = order[: batch_size or len(order)], order[batch_size or len(order) :]
        loss = loss_of(model, torch.stack([X[i] for i in batch]), torch.stack([y[i] for i in batch]))
        optimizer.zero_grad()
        for p, g in zip(learned, torch.autograd.grad(loss, learned)):
            p.grad = g
        optimizer.step()
        losses += [float(loss)] * len(batch)
    return sum(losses) / len(losses)


@variant("layers inside layers, gradients asked for one by one, a generator of epochs")
def evaluate(model, X, y):
    modes = {module: module.training for module in model.modules()}
    answers = []
    try:
        with torch.no_grad():
            for module in modes:
                module.training = False
            answers = model(X)
    finally:
        for module, mode in modes.items():
            module.training = mode
    if answers.shape != y.shape:
        raise ValueError("shapes")
    return np.square(answers.numpy() - y.numpy()).mean()


@variant("layers inside layers, gradients asked for one by one, a generator of epochs")
def fit(model, X, y, X_val, y_val, optimizer, epochs=1000, patience=50, batch_size=None, generator=None):
    def run():
        while True:
            loss = train_epoch(model, X, y, optimizer, batch_size, generator)
            yield loss, float(evaluate(model, X_val, y_val)), [t.detach().clone() for t in tensors]

    tensors = [*model.parameters(), *model.buffers()]
    history, kept = History(), []
    for epoch, (train, val, now) in enumerate(itertools.islice(run(), epochs)):
        history.train.append(train)
        history.val.append(val)
        if not kept or val < history.val[history.best_epoch]:
            history.best_epoch, kept = epoch, now
        if epoch >= history.best_epoch + patience:
            break
    with torch.no_grad():
        for tensor, value in zip(tensors, kept):
            tensor.copy_(value)
    return history


@variant("a gradient written by hand, float64 for every sum, the model called by function")
class SquaredError(torch.autograd.Function):
    """The mean squared error; its gradient is 2 (answers - y) / numel."""

    @staticmethod
    def forward(ctx, answers, y):
        error = answers.double() - y.double()
        ctx.save_for_backward(error)
        ctx.dtypes = answers.dtype, y.dtype
        return error.pow(2).mean().to(answers.dtype)

    @staticmethod
    def backward(ctx, grad):
        (error,) = ctx.saved_tensors
        slope = 2 * grad.double() * error / error.numel()
        return slope.to(ctx.dtypes[0]), -slope.to(ctx.dtypes[1])


@variant("a gradient written by hand, float64 for every sum, the model called by function")
class MLP(nn.ModuleList):
    def __init__(self, d_in, hidden, d_out, act=torch.relu):
        widths = np.concatenate([[d_in], np.atleast_1d(hidden), [d_out]]).astype(int).tolist()
        super().__init__(nn.Linear(*shape) for shape in zip(widths, widths[1:]))
        self.act = act

    def forward(self, x):
        for number, layer in enumerate(self):
            x = torch.addmm(layer.bias, x if number == 0 else self.act(x), layer.weight.t())
        return x


@variant("a gradient written by hand, float64 for every sum, the model called by function")
def loss_of(model, X, y):
    answers = model(X)
    if tuple(answers.shape) != tuple(y.shape):
        raise ValueError("these targets are not for these answers")
    return SquaredError.apply(answers, y)


@variant("a gradient written by hand, float64 for every sum, the model called by function")
def train_epoch(model, X, y, optimizer, batch_size=None, generator=None):
    count = X.shape[0]
    if count != y.shape[0]:
        raise ValueError("these targets are not for these rows")
    if generator is None:
        order = torch.arange(count)
    else:
        order = torch.randperm(count, generator=generator)
    model.train()
    batches = order.split(count if batch_size is None else batch_size)
    total = torch.zeros((), dtype=torch.float64)
    for batch in batches:
        loss = loss_of(model, X.index_select(0, batch), y.index_select(0, batch))
        optimizer.zero_grad(set_to_none=False)
        loss.backward()
        optimizer.step()
        total += loss.detach().double() * len(batch) / count
    return total


@variant("a gradient written by hand, float64 for every sum, the model called by function")
def evaluate(model, X, y):
    was = model.training
    model.train(False)
    try:
        tensors = {**dict(model.named_parameters()), **dict(model.named_buffers())}
        frozen = {name: value.detach() for name, value in tensors.items()}
        answers = torch.func.functional_call(model, frozen, (X.detach(),))
    finally:
        model.train(was)
    if answers.shape != y.shape:
        raise ValueError("these targets are not for these answers")
    return SquaredError.apply(answers.detach(), y.detach())
