"""Wrong ways to build and train a regression network, as students write them."""

import copy
import itertools

import torch
from torch import nn

from autograder.checking import misconception

# -- the network -------------------------------------------------------------------------------------


@misconception(
    "keeps its layers in a plain list",
    hint="nn.Module finds parameters in its attributes, not in lists: print(list(model.parameters())). What is an nn.ModuleList for?",
    dies_by="test_layers",
)
class MLP(nn.Module):
    def __init__(self, d_in, hidden, d_out, act=torch.relu):
        super().__init__()
        widths = [d_in, *([hidden] if isinstance(hidden, int) else hidden), d_out]
        self.layers = [nn.Linear(a, b) for a, b in itertools.pairwise(widths)]
        self.act = act


@misconception(
    "begins with weights that are all 0",
    hint="Neurons that start alike get the same gradient and stay alike for ever. Why does nn.Linear draw its weights at random?",
    dies_by="test_layers",
)
class MLP(MLP):
    def __init__(self, d_in, hidden, d_out, act=torch.relu):
        super().__init__(d_in, hidden, d_out, act)
        for p in self.parameters():
            nn.init.zeros_(p)


@misconception(
    "applies the activation to its answers too",
    hint="After a ReLU no answer is below 0, after a tanh none above 1. What does the last layer have to be able to say?",
    dies_by="test_forward",
)
class MLP(MLP):
    def forward(self, x):
        for layer in self.layers:
            x = self.act(layer(x))
        return x


@misconception(
    "has no activation between its layers",
    hint="Linear after linear is linear: the whole network could be one layer. Where is `act` used?",
    dies_by="test_forward",
)
class MLP(MLP):
    def forward(self, x):
        for layer in self.layers:
            x = layer(x)
        return x


@misconception(
    "squeezes its answers to shape (N,)",
    hint="Against targets of shape (N, 1) they broadcast to (N, N). The answers of one output are a column: (N, 1).",
    dies_by="test_forward",
)
class MLP(MLP):
    def forward(self, x):
        return super().forward(x).squeeze()


# -- the loss ----------------------------------------------------------------------------------------


@misconception(
    "lets (N,) and (N, 1) broadcast to (N, N)",
    hint="Every answer is compared with every target, and training settles at their mean. Compare the two shapes first.",
    dies_by="test_loss",
)
def loss_of(model, X, y):
    return ((model(X) - y) ** 2).mean()


@misconception(
    "sums over the outputs and averages over the rows",
    hint="The mean is over all entries: with two outputs your loss, and every gradient, is twice as large.",
    dies_by="test_loss",
)
def loss_of(model, X, y):
    answers = model(X)
    if answers.shape != y.shape:
        raise ValueError("the shapes differ")
    return ((answers - y) ** 2).sum(1).mean()


@misconception(
    "gives a number without a history",
    hint=".item(), .detach() and torch.tensor(...) cut the result off the graph. Who is to call backward() on it?",
    dies_by="test_loss",
)
def loss_of(model, X, y):
    answers = model(X)
    if answers.shape != y.shape:
        raise ValueError("the shapes differ")
    return ((answers - y) ** 2).mean().detach()


@misconception(
    "has a loss of its own, which broadcasts",
    hint="This loss does not look at the shapes, so (N,) and (N, 1) pass unnoticed. You have written loss_of: use it.",
    dies_by="test_loss",
)
def evaluate(model, X, y):
    was_training = model.training
    model.eval()
    with torch.no_grad():
        loss = ((model(X) - y) ** 2).mean().item()
    model.train(was_training)
    return loss


# -- an epoch ----------------------------------------------------------------------------------------


@misconception(
    "never forgets the old gradients",
    hint="backward() adds to what p.grad already holds. What has to happen before it, for every batch?",
    dies_by="test_steps",
)
def train_epoch(model, X, y, optimizer, batch_size=None, generator=None):
    n = len(X)
    order = torch.arange(n) if generator is None else torch.randperm(n, generator=generator)
    model.train()
    total = 0.0
    for rows in order.split(batch_size or n):
        loss = loss_of(model, X[rows], y[rows])
        loss.backward()
        optimizer.step()
        total += loss.item() * len(rows)
    return total / n


@misconception(
    "clears the gradients between backward and step",
    hint="step() finds no gradient left, and nothing moves. zero_grad, backward, step: in this order.",
    dies_by="test_steps",
)
def train_epoch(model, X, y, optimizer, batch_size=None, generator=None):
    n = len(X)
    order = torch.arange(n) if generator is None else torch.randperm(n, generator=generator)
    model.train()
    total = 0.0
    for rows in order.split(batch_size or n):
        loss = loss_of(model, X[rows], y[rows])
        loss.backward()
        optimizer.zero_grad()
        optimizer.step()
        total += loss.item() * len(rows)
    return total / n


@misconception(
    "clears the gradients once an epoch instead of once a batch",
    hint="The second batch's gradient is added to the first's. Which loop does zero_grad belong into?",
    dies_by="test_minibatches",
)
def train_epoch(model, X, y, optimizer, batch_size=None, generator=None):
    n = len(X)
    order = torch.arange(n) if generator is None else torch.randperm(n, generator=generator)
    model.train()
    optimizer.zero_grad()
    total = 0.0
    for rows in order.split(batch_size or n):
        loss = loss_of(model, X[rows], y[rows])
        loss.backward()
        optimizer.step()
        total += loss.item() * len(rows)
    return total / n


@misconception(
    "trains in whatever mode the model is",
    hint="After an evaluation the model is in eval mode, where dropout does nothing. Which call puts it into training mode?",
    dies_by="test_steps",
)
def train_epoch(model, X, y, optimizer, batch_size=None, generator=None):
    n = len(X)
    order = torch.arange(n) if generator is None else torch.randperm(n, generator=generator)
    total = 0.0
    for rows in order.split(batch_size or n):
        loss = loss_of(model, X[rows], y[rows])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        total += loss.item() * len(rows)
    return total / n


@misconception(
    "drops the last batch when it is short",
    hint="7 rows in batches of 3 are three batches. How often does your loop run?",
    dies_by="test_minibatches",
)
def train_epoch(model, X, y, optimizer, batch_size=None, generator=None):
    n = len(X)
    size = min(batch_size or n, n)
    order = torch.arange(n) if generator is None else torch.randperm(n, generator=generator)
    model.train()
    total, seen = 0.0, 0
    for number in range(n // size):
        rows = order[number * size : (number + 1) * size]
        loss = loss_of(model, X[rows], y[rows])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        total += loss.item() * len(rows)
        seen += len(rows)
    return total / seen


@misconception(
    "notices too late, or never, that there are not as many targets as rows",
    hint="The first batches fit, whatever the number of rows. Look at it before the first step.",
    dies_by="test_loss",
)
def train_epoch(model, X, y, optimizer, batch_size=None, generator=None):
    n = len(X)
    order = torch.arange(n) if generator is None else torch.randperm(n, generator=generator)
    model.train()
    total = 0.0
    for rows in order.split(batch_size or n):
        loss = loss_of(model, X[rows], y[rows])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        total += loss.item() * len(rows)
    return total / n


@misconception(
    "shuffles X and y apart",
    hint="Two calls of randperm give two orders, and every input gets another one's target. Draw once, use it for both.",
    dies_by="test_minibatches",
)
def train_epoch(model, X, y, optimizer, batch_size=None, generator=None):
    n = len(X)
    if generator is not None:
        X = X[torch.randperm(n, generator=generator)]
        y = y[torch.randperm(n, generator=generator)]
    model.train()
    total = 0.0
    for rows in torch.arange(n).split(batch_size or n):
        loss = loss_of(model, X[rows], y[rows])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        total += loss.item() * len(rows)
    return total / n


@misconception(
    "averages the batches' losses, though the last batch is smaller",
    hint="1 row alone then weighs as much as 2 together. Multiply each loss by its number of rows, divide by all of them.",
    dies_by="test_weighted_loss",
)
def train_epoch(model, X, y, optimizer, batch_size=None, generator=None):
    n = len(X)
    order = torch.arange(n) if generator is None else torch.randperm(n, generator=generator)
    model.train()
    losses = []
    for rows in order.split(batch_size or n):
        loss = loss_of(model, X[rows], y[rows])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return sum(losses) / len(losses)


# -- measuring ---------------------------------------------------------------------------------------


@misconception(
    "measures in training mode",
    hint="no_grad() does not switch dropout off: it has nothing to do with the mode. Which call does?",
    dies_by="test_evaluate",
)
def evaluate(model, X, y):
    with torch.no_grad():
        return loss_of(model, X, y).item()


@misconception(
    "leaves the model in eval mode",
    hint="The next training then runs without dropout. Note model.training first, and put it back.",
    dies_by="test_no_trace",
)
def evaluate(model, X, y):
    model.eval()
    with torch.no_grad():
        return loss_of(model, X, y).item()


@misconception(
    "leaves the model in training mode, whatever it was in",
    hint="A model that came in eval mode is to stay in it. model.train() takes an argument.",
    dies_by="test_no_trace",
)
def evaluate(model, X, y):
    model.eval()
    with torch.no_grad():
        loss = loss_of(model, X, y).item()
    model.train()
    return loss


@misconception(
    "wipes out the gradients",
    hint="Measuring needs no gradients, so it has none to clear: under no_grad() none are made.",
    dies_by="test_no_trace",
)
def evaluate(model, X, y):
    was_training = model.training
    model.eval()
    model.zero_grad()
    with torch.no_grad():
        loss = loss_of(model, X, y).item()
    model.train(was_training)
    return loss


# -- fitting -----------------------------------------------------------------------------------------


@misconception(
    "ends with the weights of the last epoch instead of the best",
    hint="state_dict() hands out the living tensors, and dict(...) of it does too: the next step changes what you kept. Which module of Python copies deeply?",
    dies_by="test_best_weights",
)
def fit(model, X, y, X_val, y_val, optimizer, epochs=1000, patience=50, batch_size=None, generator=None):
    history = History()
    for epoch in range(epochs):
        history.train.append(train_epoch(model, X, y, optimizer, batch_size, generator))
        history.val.append(evaluate(model, X_val, y_val))
        if epoch == 0 or history.val[epoch] < history.val[history.best_epoch]:
            history.best_epoch = epoch
            best = model.state_dict()
        elif epoch - history.best_epoch >= patience:
            break
    model.load_state_dict(best)
    return history


@misconception(
    "goes back to the untrained model where every validation loss is NaN",
    hint="NaN < inf is false, so no epoch is ever the best. The first epoch always is the best so far.",
    dies_by="test_early_stopping",
)
def fit(model, X, y, X_val, y_val, optimizer, epochs=1000, patience=50, batch_size=None, generator=None):
    history, least = History(), float("inf")
    best = copy.deepcopy(model.state_dict())
    for epoch in range(epochs):
        history.train.append(train_epoch(model, X, y, optimizer, batch_size, generator))
        history.val.append(evaluate(model, X_val, y_val))
        if history.val[epoch] < least:
            least, history.best_epoch = history.val[epoch], epoch
            best = copy.deepcopy(model.state_dict())
        elif epoch - history.best_epoch >= patience:
            break
    model.load_state_dict(best)
    return history


@misconception(
    "restores the best weights only when it stops early",
    hint="The epochs may run out first, and the last one need not be the best. Where do you restore?",
    dies_by="test_best_weights",
)
def fit(model, X, y, X_val, y_val, optimizer, epochs=1000, patience=50, batch_size=None, generator=None):
    history = History()
    for epoch in range(epochs):
        history.train.append(train_epoch(model, X, y, optimizer, batch_size, generator))
        history.val.append(evaluate(model, X_val, y_val))
        if epoch == 0 or history.val[epoch] < history.val[history.best_epoch]:
            history.best_epoch = epoch
            best = copy.deepcopy(model.state_dict())
        elif epoch - history.best_epoch >= patience:
            model.load_state_dict(best)
            break
    return history


@misconception(
    "restores the parameters but not the buffers",
    hint="Batch norm's running averages are buffers; parameters() does not list them, state_dict() does.",
    dies_by="test_best_weights",
)
def fit(model, X, y, X_val, y_val, optimizer, epochs=1000, patience=50, batch_size=None, generator=None):
    history = History()
    for epoch in range(epochs):
        history.train.append(train_epoch(model, X, y, optimizer, batch_size, generator))
        history.val.append(evaluate(model, X_val, y_val))
        if epoch == 0 or history.val[epoch] < history.val[history.best_epoch]:
            history.best_epoch = epoch
            best = [p.detach().clone() for p in model.parameters()]
        elif epoch - history.best_epoch >= patience:
            break
    with torch.no_grad():
        for p, value in zip(model.parameters(), best):
            p.copy_(value)
    return history


@misconception(
    "stops by the training loss",
    hint="The training loss hardly ever rises: it does not see overfitting. Which list must be compared?",
    dies_by="test_early_stopping",
)
def fit(model, X, y, X_val, y_val, optimizer, epochs=1000, patience=50, batch_size=None, generator=None):
    history = History()
    for epoch in range(epochs):
        history.train.append(train_epoch(model, X, y, optimizer, batch_size, generator))
        history.val.append(evaluate(model, X_val, y_val))
        if epoch == 0 or history.train[epoch] < history.train[history.best_epoch]:
            history.best_epoch = epoch
            best = copy.deepcopy(model.state_dict())
        elif epoch - history.best_epoch >= patience:
            break
    model.load_state_dict(best)
    return history


@misconception(
    "counts the bad epochs of the whole training together",
    hint="A new best starts the count again: patience is about epochs in a row.",
    dies_by="test_early_stopping",
)
def fit(model, X, y, X_val, y_val, optimizer, epochs=1000, patience=50, batch_size=None, generator=None):
    history, bad = History(), 0
    for epoch in range(epochs):
        history.train.append(train_epoch(model, X, y, optimizer, batch_size, generator))
        history.val.append(evaluate(model, X_val, y_val))
        if epoch == 0 or history.val[epoch] < history.val[history.best_epoch]:
            history.best_epoch = epoch
            best = copy.deepcopy(model.state_dict())
        else:
            bad += 1
        if bad >= patience:
            break
    model.load_state_dict(best)
    return history


@misconception(
    "compares every epoch with the one before instead of the best",
    hint="2 after 4 is better than the last, but not than the 1 of long ago. Against what must the new loss be held?",
    dies_by="test_early_stopping",
)
def fit(model, X, y, X_val, y_val, optimizer, epochs=1000, patience=50, batch_size=None, generator=None):
    history, bad = History(), 0
    for epoch in range(epochs):
        history.train.append(train_epoch(model, X, y, optimizer, batch_size, generator))
        history.val.append(evaluate(model, X_val, y_val))
        if epoch == 0 or history.val[epoch] < history.val[epoch - 1]:
            history.best_epoch, bad = epoch, 0
            best = copy.deepcopy(model.state_dict())
        else:
            bad += 1
        if bad >= patience:
            break
    model.load_state_dict(best)
    return history


@misconception(
    "is patient for one epoch too many",
    hint="With a patience of 1 the first epoch that brings nothing is the last. Is it > or >=?",
    dies_by="test_early_stopping",
)
def fit(model, X, y, X_val, y_val, optimizer, epochs=1000, patience=50, batch_size=None, generator=None):
    history = History()
    for epoch in range(epochs):
        history.train.append(train_epoch(model, X, y, optimizer, batch_size, generator))
        history.val.append(evaluate(model, X_val, y_val))
        if epoch == 0 or history.val[epoch] < history.val[history.best_epoch]:
            history.best_epoch = epoch
            best = copy.deepcopy(model.state_dict())
        elif epoch - history.best_epoch > patience:
            break
    model.load_state_dict(best)
    return history


@misconception(
    "does not pass batch_size and generator on",
    hint="train_epoch can do both, but has to be told. What are the arguments of your call?",
    dies_by="test_early_stopping",
)
def fit(model, X, y, X_val, y_val, optimizer, epochs=1000, patience=50, batch_size=None, generator=None):
    history = History()
    for epoch in range(epochs):
        history.train.append(train_epoch(model, X, y, optimizer))
        history.val.append(evaluate(model, X_val, y_val))
        if epoch == 0 or history.val[epoch] < history.val[history.best_epoch]:
            history.best_epoch = epoch
            best = copy.deepcopy(model.state_dict())
        elif epoch - history.best_epoch >= patience:
            break
    model.load_state_dict(best)
    return history


# -- as beginners write them -------------------------------------------------------------------------


@misconception(
    "has a ReLU whatever `act` is",
    hint="The parameter `act` is not used. Call it where your nn.ReLU stands.",
    dies_by="test_forward",
)
class MLP(nn.Module):
    def __init__(self, d_in, hidden, d_out, act=torch.relu):
        super().__init__()
        sizes = [d_in, *([hidden] if isinstance(hidden, int) else hidden), d_out]
        self.layers = nn.ModuleList(nn.Linear(a, b) for a, b in zip(sizes, sizes[1:]))

    def forward(self, x):
        for layer in self.layers[:-1]:
            x = torch.relu(layer(x))
        return self.layers[-1](x)


@misconception(
    "averages the sizes of the errors, not their squares",
    hint="The mean of |error| is another loss. Which power does the formula have?",
    dies_by="test_loss",
)
def loss_of(model, X, y):
    answers = model(X)
    if answers.shape != y.shape:
        raise ValueError("shapes")
    return (answers - y).abs().mean()


@misconception(
    "halves the mean",
    hint="A half in front makes the derivative shorter, and another loss. The formula has 1 / (N K) alone.",
    dies_by="test_loss",
)
def loss_of(model, X, y):
    answers = model(X)
    if answers.shape != y.shape:
        raise ValueError("shapes")
    return ((answers - y) ** 2).mean() / 2


@misconception(
    "gives the losses after the steps",
    hint="The loss of a batch is taken before its step, says the docstring. Keep the number that you called backward on.",
    dies_by="test_steps",
)
def train_epoch(model, X, y, optimizer, batch_size=None, generator=None):
    model.train()
    if len(X) != len(y):
        raise ValueError("rows")
    n = len(X)
    order = torch.randperm(n, generator=generator) if generator is not None else torch.arange(n)
    total = 0.0
    for rows in order.split(batch_size or n):
        optimizer.zero_grad()
        loss_of(model, X[rows], y[rows]).backward()
        optimizer.step()
        total += loss_of(model, X[rows], y[rows]).item() * len(rows)
    return total / n


@misconception("never forgets the old gradients")
def train_epoch(model, X, y, optimizer, batch_size=None, generator=None):
    n = len(X)
    order, total = torch.randperm(n, generator=generator), 0
    for rows in order.split(batch_size or n):
        loss = loss_of(model, X[rows], y[rows])
        loss.backward()
        optimizer.step()
        total += loss.item() * len(rows)
    return total / n


@misconception("drops the last batch when it is short")
def train_epoch(model, X, y, optimizer, batch_size=None, generator=None):
    model.train()
    n, total = len(X), 0.0
    size = batch_size or n
    order = torch.randperm(n, generator=generator) if generator is not None else torch.arange(n)
    for i in range(n // size):
        rows = order[i * size : (i + 1) * size]
        loss = loss_of(model, X[rows], y[rows])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        total += loss.item() * len(rows)
    return total / n


@misconception(
    "keeps the last of several equally good epochs",
    hint="An epoch is the best only when its loss is *smaller* than all before: <, not <=.",
    dies_by="test_early_stopping",
)
def fit(model, X, y, X_val, y_val, optimizer, epochs=1000, patience=50, batch_size=None, generator=None):
    history, best, state = History(), float("inf"), None
    for epoch in range(epochs):
        history.train.append(train_epoch(model, X, y, optimizer, batch_size, generator))
        loss = evaluate(model, X_val, y_val)
        history.val.append(loss)
        if state is None or loss <= best:
            best, state, history.best_epoch = loss, copy.deepcopy(model.state_dict()), epoch
        elif epoch - history.best_epoch >= patience:
            break
    model.load_state_dict(state)
    return history
