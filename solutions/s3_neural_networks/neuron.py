# %% [markdown]
# # The neuron
#
# One neuron, many inputs at once, the oldest learning rule, and at last a whole layer that PyTorch's
# optimizers can train. `torch.nn.Linear` and `torch.nn.functional.linear` are what you build here: use
# them to compare with.

# %%
from collections.abc import Callable

import torch
from torch import nn

# %% [markdown]
# ## One neuron
#
# $$a = f(w \cdot x + b)$$


# %%
def neuron(
    x: torch.Tensor, w: torch.Tensor, b: torch.Tensor | float, act: Callable[[torch.Tensor], torch.Tensor]
) -> torch.Tensor:
    """The answer of one neuron to one input.

    Written out, without PyTorch's own linear layers.

    Args:
        x: (D,) float32 or float64 tensor, the input, D 1 or more; it stays as it was.
        w: (D,) tensor of the same dtype, the weights; they stay as they were.
        b: the bias, a number or a 0-d tensor of the same dtype; it stays as it was.
        act: the activation function; takes a tensor, returns one of the same shape, entry by entry.

    Returns:
        The activation of the weighted sum plus bias, a 0-d tensor of x's dtype; differentiable in x, w and b.
    """
    ### BEGIN SOLUTION
    return act(w @ x + b)
    ### END SOLUTION


# %% [markdown]
# ## The same neuron, many inputs


# %%
def neuron_batch(
    X: torch.Tensor, w: torch.Tensor, b: torch.Tensor | float, act: Callable[[torch.Tensor], torch.Tensor]
) -> torch.Tensor:
    """The answers of one neuron to a batch of inputs.

    Written out, without PyTorch's own linear layers.

    Args:
        X: (N, D) float32 or float64 tensor, one input a row, N and D 1 or more; it stays as it was.
        w: (D,) tensor of the same dtype, the weights; they stay as they were.
        b: the bias, a number or a 0-d tensor of the same dtype; it stays as it was.
        act: the activation function; takes a tensor, returns one of the same shape, entry by entry.

    Returns:
        (N,) tensor of X's dtype: entry n is the answer to row n; differentiable in X, w and b.
    """
    ### BEGIN SOLUTION
    return act(X @ w + b)
    ### END SOLUTION


# %% [markdown]
# ## The perceptron
#
# For an example $x$ with label $y \in \{-1, 1\}$ that lies on the wrong side, or on the line itself:
#
# $$y\,(w \cdot x + b) \le 0 \quad\Rightarrow\quad w \leftarrow w + \eta\,y\,x, \quad b \leftarrow b + \eta\,y$$


# %%
def perceptron_train(
    X: torch.Tensor, y: torch.Tensor, epochs: int = 100, lr: float = 1.0
) -> tuple[torch.Tensor, torch.Tensor, list[int]]:
    """Rosenblatt's learning rule.

    Weights and bias start at zero. Every epoch goes once through all examples in the given order. An example
    with y (w . x + b) <= 0 is a mistake, and w and b are corrected at once, before the next example is looked
    at: w grows by lr y x, and b by lr y. Other examples change nothing.

    Args:
        X: (N, D) float32 or float64 tensor, one example a row, N and D 1 or more; it stays as it was.
        y: (N,) tensor of the same dtype, each entry -1 or 1; it stays as it was.
        epochs: how often to go through the examples, 1 or more. After an epoch without a mistake you may
            stop or go on: nothing changes any more.
        lr: the learning rate, a positive number.

    Returns:
        (w, b, errors): the weights at the end, (D,) of X's dtype; the bias at the end, a single number (a float or a
        0-d tensor); a list with the number of mistakes in each epoch that was run. The rule needs no gradient:
        X and y require none, and whether what comes back does is up to you.
    """
    ### BEGIN SOLUTION
    w, b = X.new_zeros(X.shape[1]), X.new_zeros(())
    errors = []
    for _ in range(epochs):
        mistakes = 0
        for n in range(len(X)):
            if y[n] * (w @ X[n] + b) <= 0:
                w = w + y[n] * lr * X[n]
                b = b + y[n] * lr
                mistakes += 1
        errors.append(mistakes)
        if mistakes == 0:
            break
    return w, b, errors
    ### END SOLUTION


# %% [markdown]
# ## A layer
#
# `out_features` neurons that see the same inputs, without an activation:
#
# $$x\,W^{\top} + b \qquad W: (\mathrm{out}, \mathrm{in}), \quad b: (\mathrm{out},)$$


# %%
class Linear(nn.Module):
    """A linear layer, trained like any other module.

    Written out, without PyTorch's own linear layers.

    Args:
        in_features: how many numbers each input has.
        out_features: how many neurons there are, each with one number as its answer.
        bias: whether a bias is added.

    It has two parameters and no others, float32 if nothing else is asked for: `weight`, (out_features, in_features),
    and `bias`, (out_features,); without a bias there is no parameter `bias`.

    The weights begin at random: mean 0, a variance between 0.1 / in_features and 4 / in_features (torch's own
    uniform distribution between -1 / sqrt(in_features) and 1 / sqrt(in_features) has 1 / (3 in_features); Glorot's
    and He's fit too where the layer's two sizes are not too different), no two neurons alike, no two layers alike.
    Each entry of the bias begins between -1 / sqrt(in_features) and 1 / sqrt(in_features); 0 is fine.
    """

    def __init__(self, in_features: int, out_features: int, bias: bool = True) -> None:
        ### BEGIN SOLUTION
        super().__init__()
        bound = in_features**-0.5
        self.weight = nn.Parameter(torch.empty(out_features, in_features).uniform_(-bound, bound))
        self.bias = nn.Parameter(torch.zeros(out_features)) if bias else None
        ### END SOLUTION

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """The answers of all neurons.

        Args:
            x: (*, in_features) tensor of the weights' dtype, with any number of leading dimensions of size 1 or
                more, none included; it stays as it was.

        Returns:
            (*, out_features) tensor of the same dtype; differentiable in x, weight and bias.
        """
        ### BEGIN SOLUTION
        y = x @ self.weight.T
        return y if self.bias is None else y + self.bias
        ### END SOLUTION
