# %% [markdown]
# # Regression with neural networks
#
# A network, its loss, one epoch of training, an honest measurement, and the loop that knows when to stop. Later
# functions use earlier ones.

# %%
import copy
import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import torch
from torch import nn

# %% [markdown]
# ## The network
#
# $$x \to W_1 x + b_1 \to f \to W_2\,(\cdot) + b_2 \to f \to \dots \to W_L\,(\cdot) + b_L$$
#
# The last layer has no activation: a target may be any real number.


# %%
class MLP(nn.Module):
    """A multi-layer perceptron for regression.

    Args:
        d_in: how many numbers each input has.
        hidden: the width of each hidden layer from first to last, a list or tuple like [16, 8], which stays as it was;
            a single number is one hidden layer, an empty list none.
        d_out: how many numbers each answer has.
        act: the activation function, applied after every layer but the last; takes a tensor, returns one of the same
            shape, entry by entry.

    Its parameters are the layers' own, from the input to the output: of each layer the weight, (outputs, inputs), and
    then the bias, (outputs,); `parameters()` gives them in this order, and no others. The weights begin at random, as
    those of nn.Linear do: each layer's around 0, out to about 1/sqrt(n) where it has n inputs. The biases may begin at
    random too, or at 0.
    """

    def __init__(
        self,
        d_in: int,
        hidden: int | Sequence[int],
        d_out: int,
        act: Callable[[torch.Tensor], torch.Tensor] = torch.relu,
    ) -> None:
        ### BEGIN SOLUTION
        super().__init__()
        widths = [d_in, *([hidden] if isinstance(hidden, int) else hidden), d_out]
        self.layers = nn.ModuleList(nn.Linear(a, b) for a, b in itertools.pairwise(widths))
        self.act = act
        ### END SOLUTION

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """The network's answers.

        Args:
            x: (N, d_in) tensor of the parameters' dtype, contiguous or not, one input a row, N of 1 or more; it stays
                as it was.

        Returns:
            (N, d_out) tensor of the same dtype, any real numbers, (N, 1) where d_out is 1; differentiable in x and the
            parameters.
        """
        ### BEGIN SOLUTION
        for layer in self.layers[:-1]:
            x = self.act(layer(x))
        return self.layers[-1](x)
        ### END SOLUTION


# %% [markdown]
# ## The loss
#
# The mean over all $N$ rows and all $K$ outputs:
#
# $$L = \frac{1}{NK}\sum_{n,k}\left(\hat y_{nk} - y_{nk}\right)^2$$


# %%
def loss_of(model: nn.Module, X: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
    """The mean squared error of a model's answers, over all their entries.

    Args:
        model: called with X, it gives answers of shape (N, d_out). It is called in the mode it is in, and left in it;
            no hook is left in it.
        X: (N, d_in) tensor, one example a row, contiguous or not, as y; it stays as it was.
        y: (N, d_out) tensor, the targets; it stays as it was.

    Returns:
        0-d tensor of the answers' dtype, differentiable in the model's parameters, in X and in y.

    Raises:
        ValueError: y has another shape than the answers. Nothing is broadcast: (N,) does not go with (N, 1).
    """
    ### BEGIN SOLUTION
    answers = model(X)
    if answers.shape != y.shape:
        raise ValueError(f"answers of shape {tuple(answers.shape)}, targets of shape {tuple(y.shape)}")
    return ((answers - y) ** 2).mean()
    ### END SOLUTION


# %% [markdown]
# ## One epoch
#
# For every batch: forget the old gradients, go backward, take a step.


# %%
def train_epoch(
    model: nn.Module,
    X: torch.Tensor,
    y: torch.Tensor,
    optimizer: torch.optim.Optimizer,
    batch_size: int | None = None,
    generator: torch.Generator | None = None,
) -> float:
    """Go once through the examples, in training mode: one call of the model and one step of the optimizer a batch.

    Args:
        model: is trained in place. Gradients that it holds from before have no effect; no hook is left.
        X: (N, d_in) tensor, N of 1 or more, contiguous or not, as y; it stays as it was.
        y: (N, d_out) tensor; it stays as it was.
        optimizer: made for the model's parameters; its `zero_grad()` and `step()` are called.
        batch_size: rows in a batch; the last batch may be shorter, and is used too. None: all rows are one batch.
        generator: with one, the batches are cut from the rows in the order of
            `torch.randperm(N, generator=generator)`, drawn once; with None, from the rows as they stand.

    Returns:
        A single number: the mean over all N rows of the loss that each had in its batch, before that batch's step.
        A batch of 2 rows counts twice as much as a batch of 1.

    Raises:
        ValueError: y has another shape than the answers, another number of rows among them; then no step is taken.
    """
    ### BEGIN SOLUTION
    n = len(X)
    if len(y) != n:  # else the first batches might fit all the same
        raise ValueError(f"{n} rows, but {len(y)} targets")
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
    ### END SOLUTION


# %% [markdown]
# ## Measuring
#
# A measurement must not disturb: a thermometer that heats the water is of no use.


# %%
def evaluate(model: nn.Module, X: torch.Tensor, y: torch.Tensor) -> float:
    """The mean squared error of a model in eval mode.

    Args:
        model: in training or eval mode. Afterwards `model.training`, the parameters, whether they require a gradient,
            and the gradients they hold are what they were before, and no hook is left. After an error the mode is
            up to you.
        X: (N, d_in) tensor, N of 1 or more, contiguous or not, as y; it stays as it was.
        y: (N, d_out) tensor; it stays as it was.

    Returns:
        A single number: the mean over all entries.

    Raises:
        ValueError: y has another shape than the answers.
    """
    ### BEGIN SOLUTION
    was_training = model.training
    model.eval()
    try:
        with torch.no_grad():
            return loss_of(model, X, y).item()
    finally:
        model.train(was_training)
    ### END SOLUTION


# %% [markdown]
# ## Fitting, and when to stop
#
# `History` is given. Epochs are counted from 0.


# %%
@dataclass
class History:
    """What `fit` has seen: one entry an epoch in both lists."""

    train: list[float] = field(default_factory=list)  # the loss that train_epoch returned
    val: list[float] = field(default_factory=list)  # the validation loss after that epoch
    best_epoch: int = 0  # the epoch with the smallest validation loss, the first of them if there are several


# %%
def fit(
    model: nn.Module,
    X: torch.Tensor,
    y: torch.Tensor,
    X_val: torch.Tensor,
    y_val: torch.Tensor,
    optimizer: torch.optim.Optimizer,
    epochs: int = 1000,
    patience: int = 50,
    batch_size: int | None = None,
    generator: torch.Generator | None = None,
) -> History:
    """Train with early stopping, and keep the best model.

    Every epoch trains once (`train_epoch`) and then measures the loss on the validation data (`evaluate`). An epoch is
    the best so far when its validation loss is smaller than in all epochs before; the first one always is. After the
    `patience`-th epoch in a row that is not, no further one is begun. A loss of NaN is smaller than no other: if all
    are NaN, the first epoch is the best. (What counts after a first loss of NaN is up to you.)

    Args:
        model: is trained in place. In the end its parameters and buffers are those that it had after the best
            epoch, however the training ended. In which mode it is then is up to you; no hook is left, and what
            required a gradient still does.
        X, y: the training data, (N, d_in) and (N, d_out), contiguous or not; they stay as they were.
        X_val, y_val: the validation data, (M, d_in) and (M, d_out), contiguous or not; they are never trained on and
            stay as they were.
        optimizer: made for the model's parameters.
        epochs: how many at most, 1 or more.
        patience: 1 or more.
        batch_size, generator: as in `train_epoch`, the same in every epoch.

    Returns:
        The two losses of every epoch that was run, the last ones included, and the best epoch.
    """
    ### BEGIN SOLUTION
    history = History()
    for epoch in range(epochs):
        history.train.append(train_epoch(model, X, y, optimizer, batch_size, generator))
        history.val.append(evaluate(model, X_val, y_val))
        if epoch == 0 or history.val[epoch] < history.val[history.best_epoch]:
            history.best_epoch = epoch
            best = copy.deepcopy(model.state_dict())
        elif epoch - history.best_epoch >= patience:
            break
    model.load_state_dict(best)
    return history
    ### END SOLUTION
