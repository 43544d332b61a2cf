"""Wrong ways to build, train and look at a classifier, as students write them."""

import torch
import torch.nn.functional as F
from torch import nn

from autograder.checking import misconception

# -- dropout -----------------------------------------------------------------------------------------


@misconception(
    "keeps an entry with probability p instead of dropping it",
    hint="p is the probability that an entry is dropped. With p = 0.2, how many of 1000 entries become 0 in yours?",
    dies_by="test_dropout_training",
)
class Dropout(nn.Module):
    def __init__(self, p: float = 0.5) -> None:
        super().__init__()
        if not 0 <= p < 1:
            raise ValueError(f"p must be at least 0 and below 1, but it is {p}")
        self.p = p

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        if not self.training or self.p == 0:
            return x
        kept = torch.rand_like(x) < self.p
        return x * kept / self.p


@misconception(
    "drops with probability 1 - p, and scales as if it were p",
    hint="torch.rand is below p with probability p: those are the entries to drop. Is your comparison the right way round?",
    dies_by="test_dropout_training",
)
class Dropout(nn.Module):
    def __init__(self, p: float = 0.5) -> None:
        super().__init__()
        if not 0 <= p < 1:
            raise ValueError(f"p must be at least 0 and below 1, but it is {p}")
        self.p = p

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        if not self.training:
            return x
        kept = torch.rand_like(x) < self.p
        return x * kept / (1 - self.p)


@misconception(
    "drops entries without scaling the others",
    hint="Half of the entries are gone, so the next layer sees half the sum. What must the others be multiplied by?",
    dies_by="test_dropout_training",
)
class Dropout(nn.Module):
    def __init__(self, p: float = 0.5) -> None:
        super().__init__()
        if not 0 <= p < 1:
            raise ValueError(f"p must be at least 0 and below 1, but it is {p}")
        self.p = p

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        if not self.training:
            return x
        kept = torch.rand_like(x) >= self.p
        return x * kept


@misconception(
    "divides by p instead of 1 - p",
    hint="An entry survives with probability 1 - p. Its expected value is that times what you multiply it by.",
    dies_by="test_dropout_training",
)
class Dropout(nn.Module):
    def __init__(self, p: float = 0.5) -> None:
        super().__init__()
        if not 0 <= p < 1:
            raise ValueError(f"p must be at least 0 and below 1, but it is {p}")
        self.p = p

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        if not self.training or self.p == 0:
            return x
        kept = torch.rand_like(x) >= self.p
        return x * kept / self.p


@misconception(
    "scales in eval mode what it did not scale in training",
    hint="That was the first way to do it. Here the scaling belongs to training, so that eval mode costs nothing.",
    dies_by="test_dropout_eval",
)
class Dropout(nn.Module):
    def __init__(self, p: float = 0.5) -> None:
        super().__init__()
        if not 0 <= p < 1:
            raise ValueError(f"p must be at least 0 and below 1, but it is {p}")
        self.p = p

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        if not self.training:
            return x * (1 - self.p)
        kept = torch.rand_like(x) >= self.p
        return x * kept


@misconception(
    "drops in eval mode too",
    hint="model.eval() sets self.training to False in every submodule. Where does your forward look at it?",
    dies_by="test_dropout_eval",
)
class Dropout(nn.Module):
    def __init__(self, p: float = 0.5) -> None:
        super().__init__()
        if not 0 <= p < 1:
            raise ValueError(f"p must be at least 0 and below 1, but it is {p}")
        self.p = p

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        kept = torch.rand_like(x) >= self.p
        return x * kept / (1 - self.p)


@misconception(
    "takes any number as p",
    hint="What would p = 1.5 mean, and what does your division do for p = 1? Raise ValueError in __init__.",
    dies_by="test_dropout_eval",
)
class Dropout(nn.Module):
    def __init__(self, p: float = 0.5) -> None:
        super().__init__()
        self.p = p

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        if not self.training:
            return x
        kept = torch.rand_like(x) >= self.p
        return x * kept / (1 - self.p)


@misconception(
    "draws its mask once and keeps it",
    hint="A fixed mask makes a smaller network, always the same one. Draw a new mask in every forward.",
    dies_by="test_dropout_masks",
)
class Dropout(nn.Module):
    def __init__(self, p: float = 0.5) -> None:
        super().__init__()
        if not 0 <= p < 1:
            raise ValueError(f"p must be at least 0 and below 1, but it is {p}")
        self.p = p
        self.kept = None

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        if not self.training:
            return x
        if self.kept is None or self.kept.shape != x.shape:
            self.kept = torch.rand_like(x) >= self.p
        return x * self.kept / (1 - self.p)


@misconception(
    "drops the same entries in every row of the batch",
    hint="Your mask has the size of one row and is broadcast over the batch. Every entry needs its own draw.",
    dies_by="test_dropout_masks",
)
class Dropout(nn.Module):
    def __init__(self, p: float = 0.5) -> None:
        super().__init__()
        if not 0 <= p < 1:
            raise ValueError(f"p must be at least 0 and below 1, but it is {p}")
        self.p = p

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        if not self.training:
            return x
        kept = torch.rand(x.shape[-1]) >= self.p
        return x * kept / (1 - self.p)


@misconception(
    "writes the zeros into its input",
    hint="x[mask] = 0 and x *= mask change the caller's tensor. Make a new one.",
    dies_by="test_dropout_masks",
)
class Dropout(nn.Module):
    def __init__(self, p: float = 0.5) -> None:
        super().__init__()
        if not 0 <= p < 1:
            raise ValueError(f"p must be at least 0 and below 1, but it is {p}")
        self.p = p

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        if not self.training:
            return x
        x[torch.rand_like(x) < self.p] = 0
        return x / (1 - self.p)


@misconception(
    "borrows PyTorch's dropout",
    hint="The numbers are right; the exercise is to see what is inside. Inherit from nn.Module.",
    dies_by="test_dropout_training",
)
class Dropout(nn.Dropout):
    pass


# -- the network -------------------------------------------------------------------------------------


@misconception(
    "ends in a softmax, though the loss does one too",
    hint="cross_entropy takes logits and does the softmax itself. Twice is too flat: for two classes a sure answer still costs 0.31.",
    dies_by="test_logits",
)
class MLPClassifier(nn.Module):
    def __init__(self, classes: int = 2, hidden: int = 32, p: float = 0.0) -> None:
        super().__init__()
        self.layers = nn.Sequential(nn.Linear(2, hidden), nn.ReLU(), Dropout(p), nn.Linear(hidden, classes))

    def forward(self, X: torch.Tensor) -> torch.Tensor:
        return torch.softmax(self.layers(X), dim=1)


@misconception(
    "ends in a ReLU",
    hint="A ReLU cuts off every negative logit, and the gradient with it. The last layer has no activation.",
    dies_by="test_logits",
)
class MLPClassifier(nn.Module):
    def __init__(self, classes: int = 2, hidden: int = 32, p: float = 0.0) -> None:
        super().__init__()
        self.first, self.drop, self.last = nn.Linear(2, hidden), Dropout(p), nn.Linear(hidden, classes)

    def forward(self, X: torch.Tensor) -> torch.Tensor:
        return torch.relu(self.last(self.drop(torch.relu(self.first(X)))))


@misconception(
    "ends in a sigmoid",
    hint="With logits between 0 and 1, softmax cannot give any of two classes more than 73 %. The last layer has no activation.",
    dies_by="test_logits",
)
class MLPClassifier(nn.Module):
    def __init__(self, classes: int = 2, hidden: int = 32, p: float = 0.0) -> None:
        super().__init__()
        self.layers = nn.Sequential(nn.Linear(2, hidden), nn.ReLU(), Dropout(p), nn.Linear(hidden, classes))

    def forward(self, X: torch.Tensor) -> torch.Tensor:
        return torch.sigmoid(self.layers(X))


@misconception(
    "has no activation between its layers",
    hint="A linear layer of a linear layer is a linear layer: the border between two classes stays a straight line.",
    dies_by="test_bends",
)
class MLPClassifier(nn.Module):
    def __init__(self, classes: int = 2, hidden: int = 32, p: float = 0.0) -> None:
        super().__init__()
        self.layers = nn.Sequential(nn.Linear(2, hidden), Dropout(p), nn.Linear(hidden, classes))

    def forward(self, X: torch.Tensor) -> torch.Tensor:
        return self.layers(X)


@misconception(
    "begins with weights of variance 1",
    hint="Thirty-two terms of size 1 make logits of size 5, and a network that is sure before it has learned. Leave nn.Linear its own weights.",
    dies_by="test_initial_loss",
)
class MLPClassifier(nn.Module):
    def __init__(self, classes: int = 2, hidden: int = 32, p: float = 0.0) -> None:
        super().__init__()
        self.layers = nn.Sequential(nn.Linear(2, hidden), nn.ReLU(), Dropout(p), nn.Linear(hidden, classes))
        for parameter in self.parameters():
            nn.init.normal_(parameter)

    def forward(self, X: torch.Tensor) -> torch.Tensor:
        return self.layers(X)


@misconception(
    "standardises by the mean and deviation of the batch at hand",
    hint="A point's answer must not depend on its neighbours; a point that comes alone has no deviation at all.",
    dies_by="test_each_point_alone",
)
class MLPClassifier(nn.Module):
    def __init__(self, classes: int = 2, hidden: int = 32, p: float = 0.0) -> None:
        super().__init__()
        self.layers = nn.Sequential(nn.Linear(2, hidden), nn.ReLU(), Dropout(p), nn.Linear(hidden, classes))

    def forward(self, X: torch.Tensor) -> torch.Tensor:
        return self.layers((X - X.mean(0)) / X.std(0))


@misconception(
    "goes on dropping in eval mode",
    hint="F.dropout drops unless it is given training=self.training; a module inside your module is told by itself.",
    dies_by="test_each_point_alone",
)
class MLPClassifier(nn.Module):
    def __init__(self, classes: int = 2, hidden: int = 32, p: float = 0.0) -> None:
        super().__init__()
        self.first, self.last, self.p = nn.Linear(2, hidden), nn.Linear(hidden, classes), p

    def forward(self, X: torch.Tensor) -> torch.Tensor:
        return self.last(F.dropout(torch.relu(self.first(X)), self.p))


@misconception(
    "drops logits too",
    hint="A dropped logit is 0, whatever the point: the loss then teaches the network to correct an accident. Dropout belongs between layers.",
    dies_by="test_drops_hidden_units",
)
class MLPClassifier(nn.Module):
    def __init__(self, classes: int = 2, hidden: int = 32, p: float = 0.0) -> None:
        super().__init__()
        self.layers = nn.Sequential(nn.Linear(2, hidden), nn.ReLU(), nn.Linear(hidden, classes), Dropout(p))

    def forward(self, X: torch.Tensor) -> torch.Tensor:
        return self.layers(X)


@misconception(
    "drops nothing, whatever p is",
    hint="Is the dropout layer made with p, is it called in forward, and does it drop when you try it alone?",
    dies_by="test_drops_hidden_units",
)
class MLPClassifier(nn.Module):
    def __init__(self, classes: int = 2, hidden: int = 32, p: float = 0.0) -> None:
        super().__init__()
        self.first, self.drop, self.last = nn.Linear(2, hidden), Dropout(p), nn.Linear(hidden, classes)

    def forward(self, X: torch.Tensor) -> torch.Tensor:
        return self.last(torch.relu(self.first(X)))


# -- training ----------------------------------------------------------------------------------------


@misconception(
    "never clears the gradients",
    hint="backward() adds to what is in .grad already: from the second step on, old gradients are in it.",
    dies_by="test_training_steps",
)
def train_classifier(
    model: nn.Module, X: torch.Tensor, y: torch.Tensor, epochs: int = 60, lr: float = 0.1
) -> list[float]:
    optimizer = torch.optim.Adam(model.parameters(), lr)
    losses = []
    model.train()
    for _ in range(epochs):
        loss = F.cross_entropy(model(X), y)
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses


@misconception(
    "takes the softmax before the loss does",
    hint="F.cross_entropy takes logits. Of probabilities it takes the softmax once more, and its gradients become small.",
    dies_by="test_training_steps",
)
def train_classifier(
    model: nn.Module, X: torch.Tensor, y: torch.Tensor, epochs: int = 60, lr: float = 0.1
) -> list[float]:
    optimizer = torch.optim.Adam(model.parameters(), lr)
    losses = []
    model.train()
    for _ in range(epochs):
        loss = F.cross_entropy(torch.softmax(model(X), dim=1), y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses


@misconception(
    "trains in the mode that the model happens to be in",
    hint="A model that was just evaluated comes in eval mode: its dropout is off. Who says that training begins?",
    dies_by="test_training_steps",
)
def train_classifier(
    model: nn.Module, X: torch.Tensor, y: torch.Tensor, epochs: int = 60, lr: float = 0.1
) -> list[float]:
    optimizer = torch.optim.Adam(model.parameters(), lr)
    losses = []
    for _ in range(epochs):
        loss = F.cross_entropy(model(X), y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses


@misconception(
    "makes a new optimizer in every epoch",
    hint="Adam remembers two averages. A new one in every epoch has forgotten them: each of its steps is a first step.",
    dies_by="test_training_steps",
)
def train_classifier(
    model: nn.Module, X: torch.Tensor, y: torch.Tensor, epochs: int = 60, lr: float = 0.1
) -> list[float]:
    losses = []
    model.train()
    for _ in range(epochs):
        optimizer = torch.optim.Adam(model.parameters(), lr)
        loss = F.cross_entropy(model(X), y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses


@misconception(
    "gives the loss its labels as floats of shape (N, 1)",
    hint="That is what binary cross-entropy on one output wants. F.cross_entropy wants class numbers: int64, shape (N,).",
    dies_by="test_training_steps",
)
def train_classifier(
    model: nn.Module, X: torch.Tensor, y: torch.Tensor, epochs: int = 60, lr: float = 0.1
) -> list[float]:
    optimizer = torch.optim.Adam(model.parameters(), lr)
    losses = []
    model.train()
    for _ in range(epochs):
        loss = F.cross_entropy(model(X), y.to(X.dtype).unsqueeze(1))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses


@misconception(
    "takes squared errors of the probabilities",
    hint="Where the network is sure and wrong, the softmax is flat and the squared error hardly has a gradient. The page asks for cross-entropy.",
    dies_by="test_training_steps",
)
def train_classifier(
    model: nn.Module, X: torch.Tensor, y: torch.Tensor, epochs: int = 60, lr: float = 0.1
) -> list[float]:
    optimizer = torch.optim.Adam(model.parameters(), lr)
    losses = []
    model.train()
    for _ in range(epochs):
        logits = model(X)
        loss = F.mse_loss(torch.softmax(logits, dim=1), F.one_hot(y, logits.shape[1]).to(X.dtype))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses


@misconception(
    "trains a copy",
    hint="The caller still holds the first model, which has learned nothing. Train that one.",
    dies_by="test_training_steps",
)
def train_classifier(
    model: nn.Module, X: torch.Tensor, y: torch.Tensor, epochs: int = 60, lr: float = 0.1
) -> list[float]:
    import copy

    model = copy.deepcopy(model)
    optimizer = torch.optim.Adam(model.parameters(), lr)
    losses = []
    model.train()
    for _ in range(epochs):
        loss = F.cross_entropy(model(X), y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses


@misconception(
    "trains on moons of its own instead of the examples it is given",
    hint="Do X and y occur in your loop as they came? If a straight line tells the classes, the network must learn that line.",
    dies_by="test_moons",
)
def train_classifier(
    model: nn.Module, X: torch.Tensor, y: torch.Tensor, epochs: int = 60, lr: float = 0.1
) -> list[float]:
    optimizer = torch.optim.Adam(model.parameters(), lr)
    points, labels = two_moons(200)
    points = points.to(X.dtype)
    losses = []
    model.train()
    for _ in range(epochs):
        loss = F.cross_entropy(model(points), labels)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses


# -- looking at a model ------------------------------------------------------------------------------


@misconception(
    "lets each class sum to 1 over the points",
    hint="The classes lie along dim 1 of (N, C). Print the sums of your rows.",
    dies_by="test_predict_proba",
)
def predict_proba(model: nn.Module, X: torch.Tensor) -> torch.Tensor:
    was = model.training
    model.eval()
    with torch.no_grad():
        probabilities = torch.softmax(model(X), dim=0)
    model.train(was)
    return probabilities


@misconception(
    "takes a sigmoid of every logit",
    hint="Sigmoids answer C separate yes-or-no questions. These classes exclude one another: their probabilities sum to 1.",
    dies_by="test_predict_proba",
)
def predict_proba(model: nn.Module, X: torch.Tensor) -> torch.Tensor:
    was = model.training
    model.eval()
    with torch.no_grad():
        probabilities = torch.sigmoid(model(X))
    model.train(was)
    return probabilities


@misconception(
    "asks the model in training mode",
    hint="In training mode dropout drops, so the same point gets another probability in every call. Who calls model.eval()?",
    dies_by="test_predict_proba",
)
def predict_proba(model: nn.Module, X: torch.Tensor) -> torch.Tensor:
    with torch.no_grad():
        return torch.softmax(model(X), dim=1)


@misconception(
    "leaves the model in eval mode",
    hint="If somebody looks at the probabilities in the middle of training, dropout stays off for the rest of it. Remember model.training.",
    dies_by="test_predict_proba",
)
def predict_proba(model: nn.Module, X: torch.Tensor) -> torch.Tensor:
    model.eval()
    with torch.no_grad():
        return torch.softmax(model(X), dim=1)


@misconception(
    "keeps the graph of every prediction",
    hint="No gradient will be asked for, yet all that the network computed is kept for one. Which context manager prevents it?",
    dies_by="test_predict_proba",
)
def predict_proba(model: nn.Module, X: torch.Tensor) -> torch.Tensor:
    was = model.training
    model.eval()
    probabilities = torch.softmax(model(X), dim=1)
    model.train(was)
    return probabilities


@misconception(
    "begins with the uppermost row",
    hint="Row 0 belongs to x_2 = -lim. Does your second coordinate go down from lim?",
    dies_by="test_decision_grid",
)
def decision_grid(model: nn.Module, lim: float, n: int) -> torch.Tensor:
    ticks = torch.linspace(-lim, lim, n)
    x1, x2 = torch.meshgrid(ticks, ticks.flip(0), indexing="xy")
    points = torch.stack([x1, x2], dim=2).reshape(n * n, 2)
    return predict_proba(model, points).argmax(1).reshape(n, n)


@misconception(
    "exchanges rows and columns",
    hint="x_1 must grow along a row, from column to column. torch.meshgrid has an argument for that: `indexing`.",
    dies_by="test_decision_grid",
)
def decision_grid(model: nn.Module, lim: float, n: int) -> torch.Tensor:
    ticks = torch.linspace(-lim, lim, n)
    x1, x2 = torch.meshgrid(ticks, ticks, indexing="ij")
    points = torch.stack([x1, x2], dim=2).reshape(n * n, 2)
    return predict_proba(model, points).argmax(1).reshape(n, n)


@misconception(
    "leaves out the right and the upper border",
    hint="n points from -lim to lim have n - 1 gaps between them, so a gap is 2 lim / (n - 1).",
    dies_by="test_decision_grid",
)
def decision_grid(model: nn.Module, lim: float, n: int) -> torch.Tensor:
    ticks = -lim + torch.arange(n) * (2 * lim / n)
    x1, x2 = torch.meshgrid(ticks, ticks, indexing="xy")
    points = torch.stack([x1, x2], dim=2).reshape(n * n, 2)
    return predict_proba(model, points).argmax(1).reshape(n, n)


@misconception(
    "looks for the largest entry among the points instead of the classes",
    hint="argmax(0) finds one point for every class. You want one class for every point.",
    dies_by="test_decision_grid",
)
def decision_grid(model: nn.Module, lim: float, n: int) -> torch.Tensor:
    ticks = torch.linspace(-lim, lim, n)
    x1, x2 = torch.meshgrid(ticks, ticks, indexing="xy")
    points = torch.stack([x1, x2], dim=2).reshape(n * n, 2)
    return predict_proba(model, points).argmax(0).reshape(n, n)


@misconception(
    "asks the model in the mode that it happens to be in",
    hint="In training mode dropout draws specks into the picture, others every time. predict_proba knows how to ask.",
    dies_by="test_decision_grid",
)
def decision_grid(model: nn.Module, lim: float, n: int) -> torch.Tensor:
    ticks = torch.linspace(-lim, lim, n)
    x1, x2 = torch.meshgrid(ticks, ticks, indexing="xy")
    points = torch.stack([x1, x2], dim=2).reshape(n * n, 2)
    with torch.no_grad():
        return model(points).argmax(1).reshape(n, n)


@misconception(
    "has as many hidden units as it likes",
    hint="Where does the number that was asked for, `hidden`, come in?",
    dies_by="test_logits",
)
class MLPClassifier(nn.Module):
    def __init__(self, classes=2, hidden=32, p=0.0):
        super().__init__()
        self.layers = nn.Sequential(nn.Linear(2, 64), nn.ReLU(), Dropout(p), nn.Linear(64, classes))

    def forward(self, X):
        return self.layers(X)


@misconception(
    "drops coordinates of the points instead of hidden units",
    hint="A point without its first coordinate is another point. The dropout belongs behind the hidden layer.",
    dies_by="test_drops_hidden_units",
)
class MLPClassifier(nn.Module):
    def __init__(self, classes=2, hidden=32, p=0.0):
        super().__init__()
        self.layers = nn.Sequential(Dropout(p), nn.Linear(2, hidden), nn.ReLU(), nn.Linear(hidden, classes))

    def forward(self, X):
        return self.layers(X)


@misconception(
    "drops exactly the share p of the entries",
    hint="Every entry has a chance of its own, whatever became of the others: in one call more are dropped, in another fewer.",
    dies_by="test_dropout_masks",
)
class Dropout(nn.Module):
    def __init__(self, p=0.5):
        super().__init__()
        if not 0 <= p < 1:
            raise ValueError("no such probability")
        self.p = p

    def forward(self, x):
        if not self.training:
            return x
        mask = torch.ones(x.numel(), dtype=x.dtype)
        mask[torch.randperm(x.numel())[: round(self.p * x.numel())]] = 0
        return x * mask.reshape(x.shape) / (1 - self.p)


@misconception(
    "begins with the gradients that the model came with",
    hint="The first step adds to what an earlier use left in .grad. Clear the gradients before each backward, the first one too.",
    dies_by="test_training_steps",
)
def train_classifier(model, X, y, epochs=60, lr=0.1):
    optimizer = torch.optim.Adam(model.parameters(), lr)
    losses = []
    model.train()
    for _ in range(epochs):
        loss = F.cross_entropy(model(X), y)
        loss.backward()
        optimizer.step()
        optimizer.zero_grad()
        losses.append(loss.item())
    return losses


# -- as beginners write them -------------------------------------------------------------------------


@misconception(
    "drops whole rows together",
    hint="torch.rand(N, 1) has one number for each row. Every entry needs its own: rand_like(x).",
    dies_by="test_dropout_masks",
)
class Dropout(Dropout):
    def forward(self, x):
        if not self.training or x.dim() == 0:
            return x
        kept = torch.rand(x.shape[0], *[1] * (x.dim() - 1)) >= self.p
        return x * kept / (1 - self.p)


@misconception(
    "steps by the plain gradient where Adam belongs",
    hint="torch.optim.SGD steps by the gradient itself. The docstring asks for Adam, which scales each step.",
    dies_by="test_training_steps",
)
def train_classifier(model, X, y, epochs=60, lr=0.1):
    model.train()
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
    losses = []
    for _ in range(epochs):
        optimizer.zero_grad()
        loss = F.cross_entropy(model(X), y)
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses


@misconception("steps by the plain gradient where Adam belongs")
def train_classifier(model, X, y, epochs=60, lr=0.1):
    model.train()
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
    losses = []
    for _ in range(epochs):
        optimizer.zero_grad()
        F.cross_entropy(model(X), y).backward()
        optimizer.step()
        losses.append(F.cross_entropy(model(X), y).item())
    return losses


@misconception("lets each class sum to 1 over the points")
def predict_proba(model, X):
    model.eval()
    return torch.softmax(model(X), dim=0)


@misconception(
    "is NaN where logits are large",
    hint="exp(1000) is inf, and inf / inf is NaN. torch.softmax subtracts the largest logit first.",
    dies_by="test_predict_proba",
)
def predict_proba(model, X):
    was = model.training
    model.eval()
    with torch.no_grad():
        weights = model(X).exp()
    model.train(was)
    return weights / weights.sum(1, keepdim=True)


@misconception("is NaN where logits are large")
def predict_proba(model, X):
    model.eval()
    with torch.no_grad():
        weights = model(X).exp()
        return weights / weights.sum(1, keepdim=True)


@misconception(
    "always leaves the model in training mode",
    hint="A model may come in eval mode. Note model.training before you change it, and set that again.",
    dies_by="test_predict_proba",
)
def predict_proba(model, X):
    model.eval()
    with torch.no_grad():
        answer = torch.softmax(model(X), 1)
    model.train()
    return answer


@misconception(
    "gives logarithms of probabilities",
    hint="log_softmax is for the loss. A row of probabilities sums to 1.",
    dies_by="test_predict_proba",
)
def predict_proba(model, X):
    was = model.training
    model.eval()
    with torch.no_grad():
        answer = torch.log_softmax(model(X), 1)
    model.train(was)
    return answer


@misconception(
    "gives the largest probability instead of its class",
    hint="max with a dim gives values and their places. The class is the place.",
    dies_by="test_decision_grid",
)
def decision_grid(model, lim, n):
    ticks = torch.linspace(-lim, lim, n)
    a, b = torch.meshgrid(ticks, ticks, indexing="xy")
    return predict_proba(model, torch.stack([a, b], -1).reshape(-1, 2)).max(1).values.reshape(n, n)


@misconception(
    "keeps its layers in a list, which registers no parameters",
    hint="A plain list hides its layers from parameters(), and no optimizer finds them. nn.Sequential or nn.ModuleList registers each.",
    dies_by="test_logits",
)
class MLPClassifier(nn.Module):
    def __init__(self, classes=2, hidden=32, p=0.0):
        super().__init__()
        self.layers = [nn.Linear(2, hidden), nn.ReLU(), Dropout(p), nn.Linear(hidden, classes)]

    def forward(self, X):
        for layer in self.layers:
            X = layer.train(self.training)(X)
        return X


@misconception("keeps the graph of every prediction")
@misconception("takes a sigmoid of every logit")
def predict_proba(model, X):
    was = model.training
    model.eval()
    p = torch.sigmoid(model(X))
    model.train(was)
    return p


@misconception("trains in the mode that the model happens to be in")
@misconception("never clears the gradients")
def train_classifier(model, X, y, epochs=60, lr=0.1):
    opt = torch.optim.Adam(model.parameters(), lr=lr)
    losses = []
    for _ in range(epochs):
        loss = F.cross_entropy(model(X), y)
        loss.backward()
        opt.step()
        losses.append(loss.item())
    return losses


@misconception(
    "repeats its mask after some thousand entries",
    hint="Every entry has a chance of its own: draw as many random numbers as x has entries.",
    dies_by="test_dropout_masks",
)
class Dropout(nn.Module):
    def __init__(self, p: float = 0.5) -> None:
        super().__init__()
        if not 0 <= p < 1:
            raise ValueError(f"p must be at least 0 and below 1, but it is {p}")
        self.p = p

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        if not self.training or self.p == 0:
            return x
        n, some = x.numel(), 16384
        kept = (torch.rand(min(n, some)) >= self.p).repeat(n // some + 1)[:n]
        return x * kept.reshape(x.shape) / (1 - self.p)
