"""First drafts of this page, as beginners hand them in."""

# %% an activation at the end
# MLP: applies the activation to its answers too
# loss_of: lets (N,) and (N, 1) broadcast to (N, N)
class MLP(nn.Module):
    def __init__(self, d_in, hidden, d_out, act=torch.relu):
        super().__init__()
        sizes = [d_in, *([hidden] if isinstance(hidden, int) else hidden), d_out]
        self.layers = nn.ModuleList([nn.Linear(a, b) for a, b in zip(sizes[:-1], sizes[1:])])
        self.act = act

    def forward(self, x):
        for layer in self.layers:
            x = self.act(layer(x))
        return x


def loss_of(model, X, y):
    return ((model(X) - y) ** 2).mean()


# %% a plain list of layers
# MLP: keeps its layers in a plain list
# loss_of: sums over the outputs and averages over the rows
class MLP(nn.Module):
    def __init__(self, d_in, hidden, d_out, act=torch.relu):
        super().__init__()
        if isinstance(hidden, int):
            hidden = [hidden]
        sizes = [d_in] + list(hidden) + [d_out]
        self.layers = []
        for i in range(len(sizes) - 1):
            self.layers.append(nn.Linear(sizes[i], sizes[i + 1]))
        self.act = act

    def forward(self, x):
        for layer in self.layers[:-1]:
            x = self.act(layer(x))
        return self.layers[-1](x)


def loss_of(model, X, y):
    pred = model(X)
    if pred.shape != y.shape:
        raise ValueError("shapes")
    return ((pred - y) ** 2).sum() / len(y)


# %% the mean of the batch means
# train_epoch: averages the batches' losses, though the last batch is smaller
# train_epoch: notices too late, or never, that there are not as many targets as rows
#   or: says "nothing was raised where ValueError was expected"
# evaluate: leaves the model in eval mode
def loss_of(model, X, y):
    p = model(X)
    if p.shape != y.shape:
        raise ValueError(f"{p.shape} and {y.shape}")
    return nn.functional.mse_loss(p, y)


def train_epoch(model, X, y, optimizer, batch_size=None, generator=None):
    model.train()
    n = len(X)
    batch_size = batch_size or n
    order = torch.arange(n) if generator is None else torch.randperm(n, generator=generator)
    losses = []
    for i in range(0, n, batch_size):
        rows = order[i : i + batch_size]
        loss = loss_of(model, X[rows], y[rows])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return sum(losses) / len(losses)


def evaluate(model, X, y):
    model.eval()
    with torch.no_grad():
        return loss_of(model, X, y).item()


# %% gradients never cleared
# train_epoch: never forgets the old gradients
# train_epoch: says "rows as they stand"
# loss_of: averages the sizes of the errors, not their squares
def loss_of(model, X, y):
    pred = model(X)
    if pred.shape != y.shape:
        raise ValueError("shapes differ")
    return (pred - y).abs().mean()


def train_epoch(model, X, y, optimizer, batch_size=None, generator=None):
    if batch_size is None:
        batch_size = len(X)
    perm = torch.randperm(len(X), generator=generator)
    total = 0
    for i in range(0, len(X), batch_size):
        idx = perm[i : i + batch_size]
        loss = loss_of(model, X[idx], y[idx])
        loss.backward()
        optimizer.step()
        total += loss.item() * len(idx)
    return total / len(X)


# %% the best is no copy
# fit: ends with the weights of the last epoch instead of the best
# train_epoch: notices too late, or never, that there are not as many targets as rows
def loss_of(model, X, y):
    out = model(X)
    if out.shape != y.shape:
        raise ValueError("not the same shape")
    return ((out - y) ** 2).mean()


def train_epoch(model, X, y, optimizer, batch_size=None, generator=None):
    model.train()
    b = len(X) if batch_size is None else batch_size
    order = torch.arange(len(X))
    if generator is not None:
        order = torch.randperm(len(X), generator=generator)
    total = 0.0
    for rows in order.split(b):
        optimizer.zero_grad()
        loss = loss_of(model, X[rows], y[rows])
        loss.backward()
        optimizer.step()
        total += len(rows) * loss.item()
    return total / len(X)


def evaluate(model, X, y):
    mode = model.training
    model.eval()
    with torch.no_grad():
        loss = loss_of(model, X, y)
    model.train(mode)
    return loss.item()


def fit(model, X, y, X_val, y_val, optimizer, epochs=1000, patience=50, batch_size=None, generator=None):
    h = History()
    best = float("inf")
    best_state = model.state_dict()
    for epoch in range(epochs):
        h.train.append(train_epoch(model, X, y, optimizer, batch_size, generator))
        val = evaluate(model, X_val, y_val)
        h.val.append(val)
        if val < best:
            best = val
            h.best_epoch = epoch
            best_state = model.state_dict()
        elif epoch - h.best_epoch >= patience:
            break
    model.load_state_dict(best_state)
    return h


# %% back to training, never back to the best
# evaluate: leaves the model in training mode, whatever it was in
# train_epoch: drops the last batch when it is short
# train_epoch: notices too late, or never, that there are not as many targets as rows
#   or: says "nothing was raised where ValueError was expected"
def loss_of(model, X, y):
    out = model(X)
    if out.shape != y.shape:
        raise ValueError("not the same shape")
    return ((out - y) ** 2).mean()


def evaluate(model, X, y):
    model.eval()
    with torch.no_grad():
        loss = loss_of(model, X, y).item()
    model.train()
    return loss


def train_epoch(model, X, y, optimizer, batch_size=None, generator=None):
    model.train()
    n = len(X)
    b = n if batch_size is None else batch_size
    perm = torch.randperm(n, generator=generator) if generator else torch.arange(n)
    total = 0.0
    for i in range(n // b):
        rows = perm[i * b : (i + 1) * b]
        loss = loss_of(model, X[rows], y[rows])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        total += loss.item() * len(rows)
    return total / n


# %% the loss after the step
# train_epoch: gives the losses after the steps
# MLP: has a ReLU whatever `act` is
# loss_of: lets (N,) and (N, 1) broadcast to (N, N)
def loss_of(model, X, y):
    out = model(X)
    if len(out) != len(y):
        raise ValueError("not the same length")
    return ((out - y) ** 2).mean()


def train_epoch(model, X, y, optimizer, batch_size=None, generator=None):
    model.train()
    n = len(X)
    b = n if batch_size is None else batch_size
    perm = torch.randperm(n, generator=generator) if generator is not None else torch.arange(n)
    total = 0.0
    for rows in perm.split(b):
        optimizer.zero_grad()
        loss_of(model, X[rows], y[rows]).backward()
        optimizer.step()
        total += loss_of(model, X[rows], y[rows]).item() * len(rows)
    return total / n


class MLP(nn.Module):
    def __init__(self, d_in, hidden, d_out, act=torch.relu):
        super().__init__()
        hidden = [hidden] if isinstance(hidden, int) else list(hidden)
        layers = []
        for h in hidden:
            layers += [nn.Linear(d_in, h), nn.ReLU()]
            d_in = h
        layers.append(nn.Linear(d_in, d_out))
        self.net = nn.Sequential(*layers)

    def forward(self, x):
        return self.net(x)


# %% weights of variance one
# loss_of: halves the mean
# MLP: says "their shapes are other ones"
# evaluate: says "a tensor"
class MLP(nn.Module):
    def __init__(self, d_in, hidden, d_out, act=torch.relu):
        super().__init__()
        hidden = [hidden] if isinstance(hidden, int) else list(hidden)
        sizes = [d_in, *hidden, d_out]
        self.W = nn.ParameterList([nn.Parameter(torch.randn(b, a)) for a, b in zip(sizes, sizes[1:])])
        self.b = nn.ParameterList([nn.Parameter(torch.zeros(b)) for b in sizes[1:]])
        self.act = act

    def forward(self, x):
        for i in range(len(self.W)):
            x = x @ self.W[i].T + self.b[i]
            if i < len(self.W) - 1:
                x = self.act(x)
        return x


def evaluate(model, X, y):
    was = model.training
    model.eval()
    loss = loss_of(model, X, y)
    model.train(was)
    return loss


def loss_of(model, X, y):
    p = model(X)
    if p.shape != y.shape:
        raise ValueError
    return ((y - p) ** 2).mean() / 2


# %% squeezed
# MLP: squeezes its answers to shape (N,)
# loss_of: gives a number without a history
class MLP(nn.Module):
    def __init__(self, d_in, hidden, d_out, act=torch.relu):
        super().__init__()
        hidden = [hidden] if isinstance(hidden, int) else list(hidden)
        sizes = [d_in, *hidden, d_out]
        self.layers = nn.ModuleList(nn.Linear(a, b) for a, b in zip(sizes, sizes[1:]))
        self.act = act

    def forward(self, x):
        for layer in self.layers[:-1]:
            x = self.act(layer(x))
        return self.layers[-1](x).squeeze()


def loss_of(model, X, y):
    p = model(X)
    if p.shape != y.shape:
        raise ValueError("shape")
    return ((p - y) ** 2).mean().item()


# %% stops too late
# fit: is patient for one epoch too many
# fit: keeps the last of several equally good epochs
# evaluate: measures in training mode
# train_epoch: notices too late, or never, that there are not as many targets as rows
def loss_of(model, X, y):
    out = model(X)
    if out.shape != y.shape:
        raise ValueError("not the same shape")
    return ((out - y) ** 2).mean()


def train_epoch(model, X, y, optimizer, batch_size=None, generator=None):
    model.train()
    b = len(X) if batch_size is None else batch_size
    order = torch.arange(len(X)) if generator is None else torch.randperm(len(X), generator=generator)
    total = 0.0
    for rows in order.split(b):
        optimizer.zero_grad()
        loss = loss_of(model, X[rows], y[rows])
        loss.backward()
        optimizer.step()
        total += len(rows) * loss.item()
    return total / len(X)


def evaluate(model, X, y):
    with torch.no_grad():
        return loss_of(model, X, y).item()


def fit(model, X, y, X_val, y_val, optimizer, epochs=1000, patience=50, batch_size=None, generator=None):
    h = History()
    wait = 0
    best = None
    for epoch in range(epochs):
        h.train.append(train_epoch(model, X, y, optimizer, batch_size, generator))
        v = evaluate(model, X_val, y_val)
        h.val.append(v)
        if best is None or v <= min(h.val):
            best = copy.deepcopy(model.state_dict())
            h.best_epoch = epoch
            wait = 0
        else:
            wait += 1
            if wait > patience:
                break
    model.load_state_dict(best)
    return h
