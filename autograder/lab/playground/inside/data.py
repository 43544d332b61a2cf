"""Points of the plane with labels, and the features that a network sees of them.

Everything lies in the square from -6 to 6. Each data set takes a number of points, a noise from 0 to 1 and a
generator, and gives the points (n, 2) with their labels (n,): 0 and 1 for classes, numbers in [-1, 1] for regression.
"""

import math

import torch

LIM = 6.0  #: half the side of the square that is drawn


def circle(n, noise, g):
    """Return a disc inside a ring; the noise moves the points after they were labelled."""
    y = torch.arange(n) % 2
    radius = torch.where(y == 1, 2.5 * torch.rand(n, generator=g).sqrt(), 3.5 + 1.5 * torch.rand(n, generator=g))
    angle = 2 * math.pi * torch.rand(n, generator=g)
    X = torch.stack([radius * angle.cos(), radius * angle.sin()], 1)
    return X + 2 * noise * torch.randn(n, 2, generator=g), y.float()


def xor(n, noise, g):
    """Return four quarters, of which those across have the same label."""
    X = 10 * torch.rand(n, 2, generator=g) - 5
    X = X + 0.3 * X.sign()
    y = (X[:, 0] * X[:, 1] < 0).float()
    return X + 2 * noise * torch.randn(n, 2, generator=g), y


def gauss(n, noise, g):
    """Return two round clouds."""
    y = torch.arange(n) % 2
    centre = torch.where(y == 1, 2.0, -2.0)[:, None]
    return centre + (0.7 + 2.5 * noise) * torch.randn(n, 2, generator=g), y.float()


def spiral(n, noise, g):
    """Return two arms that wind around each other."""
    y = torch.arange(n) % 2
    along = (torch.arange(n) // 2 + 1) / ((n + 1) // 2)
    angle = 3.5 * math.pi * along + math.pi * y
    X = 5 * along[:, None] * torch.stack([angle.sin(), angle.cos()], 1)
    return X + 1.5 * noise * torch.randn(n, 2, generator=g), y.float()


def moons(n, noise, g):
    """Return two half circles that reach into each other."""
    y = torch.arange(n) % 2
    angle = math.pi * torch.rand(n, generator=g)
    upper = 3 * torch.stack([angle.cos() - 0.5, angle.sin() - 0.25], 1)
    X = torch.where(y[:, None] == 0, upper, -upper)
    return X + 2 * noise * torch.randn(n, 2, generator=g), y.float()


def plane(n, noise, g):
    """Return numbers that grow along the diagonal."""
    X = 12 * torch.rand(n, 2, generator=g) - 6
    return X, X.sum(1) / 12 + noise * torch.randn(n, generator=g)


def bump(n, noise, g):
    """Return numbers with a hill on one side and a hollow on the other."""
    X = 12 * torch.rand(n, 2, generator=g) - 6

    def hill(a, b):
        return torch.exp(-((X[:, 0] - a) ** 2 + (X[:, 1] - b) ** 2) / 5)

    return X, hill(2.0, 2.0) - hill(-2.0, -2.0) + noise * torch.randn(n, generator=g)


SETS = {f.__name__: f for f in (circle, xor, gauss, spiral, moons, plane, bump)}
REGRESSION = ("plane", "bump")

FEATURES = {
    "x": lambda x, y: x,
    "y": lambda x, y: y,
    "x2": lambda x, y: x**2,
    "y2": lambda x, y: y**2,
    "xy": lambda x, y: x * y,
    "sinx": lambda x, y: torch.sin(x),
    "siny": lambda x, y: torch.sin(y),
}


def points(state):
    """Return the points of a state, their labels and how many of them, the first ones, are for training."""
    g = torch.Generator().manual_seed(state["seed"])
    if state["data"] == "points":
        table = torch.tensor(state["points"], dtype=torch.float32).reshape(-1, 3)
        X, y = table[:, :2], table[:, 2]
    else:
        X, y = SETS[state["data"]](state["n"], state["noise"], g)
    flipped = torch.rand(len(y), generator=g) < state["flip"]
    if not is_regression(state):
        y = torch.where(flipped, 1 - y, y)
    order = torch.randperm(len(X), generator=g)
    train = min(max(round(state["train"] * len(X)), 1), len(X))
    return X[order], y[order], train


def is_regression(state):
    """Tell whether labels are numbers, not classes."""
    if state["data"] == "points":
        return any(label not in (0, 1) for _, _, label in state["points"])
    return state["data"] in REGRESSION


def features(state, X):
    """Return the columns that the network sees of points (n, 2), each with its factor."""
    columns = [FEATURES[name](X[:, 0], X[:, 1]) * state["scale"].get(name, 1.0) for name in state["features"]]
    return torch.stack(columns, 1)


def standard(inputs):
    """Return mean and standard deviation of each column."""
    return inputs.mean(0), inputs.std(0, correction=0).clamp(min=1e-6)
