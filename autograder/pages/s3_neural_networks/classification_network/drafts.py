"""First drafts of this page, as beginners hand them in."""

# %% one draw for a whole row
# Dropout: drops whole rows together
#   or: says "whole rows are dropped or kept together"
# Dropout: takes any number as p
# predict_proba: lets each class sum to 1 over the points
# predict_proba: leaves the model in eval mode
class Dropout(nn.Module):
    def __init__(self, p=0.5):
        super().__init__()
        self.p = p

    def forward(self, x):
        if not self.training:
            return x
        mask = (torch.rand(x.shape[0], 1) > self.p).float()
        return x * mask / (1 - self.p)


def predict_proba(model, X):
    model.eval()
    return torch.softmax(model(X), dim=0)


# %% the factor forgotten
# Dropout: drops entries without scaling the others
# decision_grid: exchanges rows and columns
class Dropout(nn.Module):
    def __init__(self, p=0.5):
        super().__init__()
        if p < 0 or p >= 1:
            raise ValueError("p")
        self.p = p

    def forward(self, x):
        if self.training:
            return x * (torch.rand_like(x) > self.p)
        return x


def decision_grid(model, lim, n):
    ticks = torch.linspace(-lim, lim, n)
    x1, x2 = torch.meshgrid(ticks, ticks, indexing="ij")
    points = torch.stack([x1.flatten(), x2.flatten()], dim=1)
    model.eval()
    with torch.no_grad():
        z = model(points)
    return z.argmax(dim=1).reshape(n, n)


# %% softmax before the loss
# MLPClassifier: ends in a softmax, though the loss does one too
# MLPClassifier: drops nothing, whatever p is
# train_classifier: never clears the gradients
# train_classifier: trains in the mode that the model happens to be in
class MLPClassifier(nn.Module):
    def __init__(self, classes=2, hidden=32, p=0.0):
        super().__init__()
        self.net = nn.Sequential(nn.Linear(2, hidden), nn.ReLU(), nn.Linear(hidden, classes), nn.Softmax(dim=1))

    def forward(self, X):
        return self.net(X)


def train_classifier(model, X, y, epochs=60, lr=0.1):
    opt = torch.optim.Adam(model.parameters(), lr=lr)
    losses = []
    for _ in range(epochs):
        loss = F.cross_entropy(model(X), y)
        loss.backward()
        opt.step()
        losses.append(loss.item())
    return losses


# %% dropped and never grown, in every mode
# Dropout: drops in eval mode too
# MLPClassifier: has no activation between its layers
#   or: says "the whole network is one linear layer"
class Dropout(nn.Module):
    def __init__(self, p=0.5):
        super().__init__()
        if not 0 <= p < 1:
            raise ValueError("p")
        self.p = p

    def forward(self, x):
        mask = torch.rand_like(x) >= self.p
        return x * mask / (1 - self.p)


class MLPClassifier(nn.Module):
    def __init__(self, classes=2, hidden=32, p=0.0):
        super().__init__()
        self.a = nn.Linear(2, hidden)
        self.b = nn.Linear(hidden, classes)
        self.drop = Dropout(p)

    def forward(self, X):
        return self.b(self.drop(self.a(X)))


# %% SGD, and the tensors kept
# train_classifier: steps by the plain gradient where Adam belongs
# train_classifier: says "before its step"
# predict_proba: takes a sigmoid of every logit
# predict_proba: keeps the graph of every prediction
def train_classifier(model, X, y, epochs=60, lr=0.1):
    model.train()
    opt = torch.optim.SGD(model.parameters(), lr=lr)
    history = []
    for epoch in range(epochs):
        opt.zero_grad()
        loss = F.cross_entropy(model(X), y)
        loss.backward()
        opt.step()
        history.append(F.cross_entropy(model(X), y).item())
    return history


def predict_proba(model, X):
    was = model.training
    model.eval()
    p = torch.sigmoid(model(X))
    model.train(was)
    return p


# %% left in eval mode
# predict_proba: leaves the model in eval mode
#   or: says "the model came in training mode and went in eval mode"
# predict_proba: is NaN where logits are large
# decision_grid: leaves out the right and the upper border
def predict_proba(model, X):
    model.eval()
    with torch.no_grad():
        z = model(X)
        return z.exp() / z.exp().sum(1, keepdim=True)


def decision_grid(model, lim, n):
    t = torch.arange(-lim, lim, 2 * lim / n)
    grid = torch.zeros(n, n, dtype=torch.int64)
    for i in range(n):
        for j in range(n):
            grid[i, j] = predict_proba(model, torch.tensor([[t[j], t[i]]])).argmax()
    return grid


# %% inverted mask
# Dropout: keeps an entry with probability p instead of dropping it
# Dropout: takes any number as p
# train_classifier: makes a new optimizer in every epoch
class Dropout(nn.Module):
    def __init__(self, p=0.5):
        super().__init__()
        if p < 0 or p > 1:
            raise ValueError("p must be a probability")
        self.p = p

    def forward(self, x):
        if self.training:
            mask = torch.rand(x.shape) < self.p
            return x * mask / self.p
        return x


def train_classifier(model, X, y, epochs=60, lr=0.1):
    model.train()
    losses = []
    for _ in range(epochs):
        opt = torch.optim.Adam(model.parameters(), lr=lr)
        opt.zero_grad()
        loss = F.cross_entropy(model(X), y)
        loss.backward()
        opt.step()
        losses.append(loss.item())
    return losses


# %% always back to training
# predict_proba: always leaves the model in training mode
#   or: says "the model came in eval mode and went in training mode"
# MLPClassifier: keeps its layers in a list, which registers no parameters
#   or: says "no parameter belongs to"
# MLPClassifier: drops nothing, whatever p is
def predict_proba(model, X):
    model.eval()
    with torch.no_grad():
        p = F.softmax(model(X), dim=1)
    model.train()
    return p


class MLPClassifier(nn.Module):
    def __init__(self, classes=2, hidden=32, p=0.0):
        super().__init__()
        self.layers = [nn.Linear(2, hidden), nn.ReLU(), nn.Linear(hidden, classes)]

    def forward(self, X):
        for layer in self.layers:
            X = layer(X)
        return X


# %% dropout on the logits
# MLPClassifier: drops logits too
# Dropout: draws its mask once and keeps it
class MLPClassifier(nn.Module):
    def __init__(self, classes=2, hidden=32, p=0.0):
        super().__init__()
        self.net = nn.Sequential(nn.Linear(2, hidden), nn.ReLU(), nn.Linear(hidden, classes), Dropout(p))

    def forward(self, X):
        return self.net(X)


class Dropout(nn.Module):
    def __init__(self, p=0.5):
        super().__init__()
        if not 0 <= p < 1:
            raise ValueError("p")
        self.p = p
        self.mask = None

    def forward(self, x):
        if not self.training:
            return x
        if self.mask is None or self.mask.shape != x.shape:
            self.mask = (torch.rand_like(x) >= self.p).to(x.dtype)
        return x * self.mask / (1 - self.p)


# %% scaled at test time
# Dropout: scales in eval mode what it did not scale in training
# decision_grid: gives the largest probability instead of its class
#   or: says "its dtype is float32, not int64"
# predict_proba: gives logarithms of probabilities
class Dropout(nn.Module):
    def __init__(self, p=0.5):
        super().__init__()
        if not 0 <= p < 1:
            raise ValueError("p")
        self.p = p

    def forward(self, x):
        if self.training:
            return x * (torch.rand_like(x) >= self.p)
        return x * (1 - self.p)


def decision_grid(model, lim, n):
    ticks = torch.linspace(-lim, lim, n)
    a, b = torch.meshgrid(ticks, ticks, indexing="xy")
    X = torch.stack([a, b], dim=-1).reshape(-1, 2)
    return predict_proba(model, X).max(dim=1).values.reshape(n, n)


def predict_proba(model, X):
    mode = model.training
    model.eval()
    with torch.no_grad():
        p = torch.log_softmax(model(X), dim=1)
    model.train(mode)
    return p
