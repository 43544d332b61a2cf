# %% [markdown]
# # Classification with neural networks
#
# A network that says for every point of the plane how likely each class is: you build it, train it on two
# interleaved moons, and look at what it thinks of the whole plane.

# %%
import math

import torch
import torch.nn.functional as F
from torch import nn

# %% [markdown]
# These are the moons. The function is given; draw as many of them as you like.


# %%
def two_moons(
    n: int, noise: float = 0.1, generator: torch.Generator | None = None
) -> tuple[torch.Tensor, torch.Tensor]:
    """Two half circles of radius 1 that reach into each other, centred on the origin.

    Args:
        n: number of points; every other one belongs to the lower moon.
        noise: standard deviation of what is added to every coordinate.
        generator: draws the points; by default PyTorch's own generator does.

    Returns:
        X (n, 2) float32 and the classes y (n,) int64: 0 for the upper moon, 1 for the lower one.
    """
    y = torch.arange(n) % 2
    angle = math.pi * torch.rand(n, generator=generator)
    upper = torch.stack([angle.cos() - 0.5, angle.sin() - 0.25], dim=1)
    X = torch.where(y[:, None] == 0, upper, -upper)  # half a turn makes the upper moon the lower one
    return X + noise * torch.randn(n, 2, generator=generator), y


# %% [markdown]
# ## Dropout
#
# While the network trains, every number that passes is dropped with probability $p$, and the others grow by
# $1 / (1 - p)$, so that the expected value stays. When the network is used, nothing happens at all.


# %%
class Dropout(nn.Module):
    """Drops numbers at random while training; made of random numbers, without PyTorch's own dropout.

    Called with finite x, float32 or float64 of any shape, it gives a tensor of this shape and dtype; x stays as it was.
    In training mode every entry is 0 with probability p, independently of all others and drawn again in every call, and
    otherwise the entry of x divided by 1 - p. In eval mode every entry is that of x. Differentiable.

    Args:
        p: the probability that an entry is dropped, 0 <= p < 1.

    Raises:
        ValueError: when made with any other number p; what becomes of NaN is up to you.
    """

    def __init__(self, p: float = 0.5) -> None:
        ### BEGIN SOLUTION
        super().__init__()
        if not 0 <= p < 1:
            raise ValueError(f"p must be at least 0 and below 1, but it is {p}")
        self.p = p
        ### END SOLUTION

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        ### BEGIN SOLUTION
        if not self.training:
            return x
        kept = torch.rand_like(x) >= self.p
        return x * kept / (1 - self.p)
        ### END SOLUTION


# %% [markdown]
# ## The network
#
# Points go in, *logits* come out: one real number for each class, not yet a probability. The softmax is left
# to the loss, which needs its logarithm and can compute that without overflow.


# %%
class MLPClassifier(nn.Module):
    """Tells classes of points in the plane apart.

    Called with points X, (N, 2) float32, for any N of 1 or more, it gives logits (N, C), float32: any real numbers
    (log-probabilities among them), no probabilities. They bend: in the plane no logit is a linear function of the
    point. In eval mode the logits of a point depend on this point alone, and are the same every time. They are
    differentiable in X and in all parameters; each requires a gradient.

    Begins without an opinion: for points of about unit size, averaged over all labels and over new networks, the
    cross-entropy is within 10 % of ln C.

    Args:
        classes: C, the number of classes.
        hidden: units in a hidden layer; how many such layers, and which activation, is up to you (ReLU and tanh
            learn fast).
        p: in training mode your `Dropout` drops hidden units with this probability, and never a logit; with p = 0
            none is dropped.
    """

    def __init__(self, classes: int = 2, hidden: int = 32, p: float = 0.0) -> None:
        ### BEGIN SOLUTION
        super().__init__()
        self.layers = nn.Sequential(nn.Linear(2, hidden), nn.ReLU(), Dropout(p), nn.Linear(hidden, classes))
        ### END SOLUTION

    def forward(self, X: torch.Tensor) -> torch.Tensor:
        ### BEGIN SOLUTION
        return self.layers(X)  # (N, C)
        ### END SOLUTION


# %% [markdown]
# ## Training
#
# $$L = -\frac1N \sum_{i=1}^{N} \log \mathrm{softmax}(z_i)_{y_i}$$
#
# The moons are so few that every step can take all of them: one epoch, one step.


# %%
def train_classifier(
    model: nn.Module, X: torch.Tensor, y: torch.Tensor, epochs: int = 60, lr: float = 0.1
) -> list[float]:
    """Train a model by `epochs` steps of Adam, each on all examples at once.

    A step takes the mean cross-entropy of the logits in training mode, its gradient alone (what the parameters' `grad`
    holds beforehand plays no part), and Adam with learning rate `lr` (else as torch.optim.Adam is by default).

    Args:
        model: any module from X to logits (N, C), in training or eval mode; it is trained itself, no copy, and gets
            no hooks. In which mode it is afterwards is up to you.
        X: (N, 2) of the model's dtype, N of 1 or more; it stays as it was.
        y: (N,) int64, classes 0 to C - 1; it stays as it was.

    Returns:
        One number an epoch: the mean cross-entropy before its step. Trained on 200 moons with noise 0.1, however they
        are turned and whichever is class 0, an `MLPClassifier()` gets at least 97 % of new moons right on average;
        where a straight line through the middle tells the classes of such points, at least 90 % of the new points that
        are farther than 0.1 from it (20 seconds on one thread and 1 GB are allowed).
    """
    ### BEGIN SOLUTION
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
    ### END SOLUTION


# %% [markdown]
# ## Probabilities
#
# To look at a model must not change it: ask in eval mode, and leave it in the mode in which you found it.


# %%
def predict_proba(model: nn.Module, X: torch.Tensor) -> torch.Tensor:
    """The probability of every class for every point.

    Args:
        model: any module from X to logits (N, C); used in eval mode, and afterwards in the mode (`model.training`)
            that it came in, with the parameters, gradients and hooks that it came with.
        X: (N, 2) of the model's dtype, N of 0 or more; it stays as it was.

    Returns:
        (N, C), in the dtype of the logits; every row sums to 1, for logits of any size. It carries no graph: it
        requires no gradient.
    """
    ### BEGIN SOLUTION
    was = model.training
    model.eval()
    with torch.no_grad():
        probabilities = torch.softmax(model(X), dim=1)
    model.train(was)
    return probabilities
    ### END SOLUTION


# %% [markdown]
# ## The plane
#
# Ask a model about every point of a square, and you have a picture:
# `plt.imshow(decision_grid(model, 2, 200), origin="lower", extent=(-2, 2, -2, 2))`.


# %%
def decision_grid(model: nn.Module, lim: float, n: int) -> torch.Tensor:
    """The most probable class at n x n evenly spaced points of the square from -lim to lim.

    Args:
        model: any module from points (N, 2), of the default dtype, to logits (N, C); used in eval mode, and
            afterwards in the mode that it came in.
        lim: half the side of the square, a positive number; the border belongs to the grid.
        n: points along each side, 2 or more.

    Returns:
        (n, n) int64. Column j has x_1 from -lim (j = 0) to lim (j = n - 1), row i has x_2 from -lim (i = 0) to lim.
    """
    ### BEGIN SOLUTION
    ticks = torch.linspace(-lim, lim, n)
    x1, x2 = torch.meshgrid(ticks, ticks, indexing="xy")  # (n, n) each
    points = torch.stack([x1, x2], dim=2).reshape(n * n, 2)
    return predict_proba(model, points).argmax(1).reshape(n, n)
    ### END SOLUTION
