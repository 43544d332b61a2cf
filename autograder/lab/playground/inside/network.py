"""What joins the parts of a network: the layers between its activations, its loss, its first weights, what must fit."""

import math

import torch

from .names import PAGE_OF


class Misfit(Exception):
    """A part answered with what it must not; `part` is its name, `kind` what is the matter."""

    def __init__(self, part, kind, text):
        super().__init__(text)
        self.part, self.kind = part, kind


def fitting(name, value, like, what):
    """Return a part's answer if it is a tensor of this shape, and of the dtype that all is computed in.

    Raises:
        Misfit: it is not.
    """
    if not isinstance(value, torch.Tensor):
        raise Misfit(name, "error", f"{name} gave {type(value).__name__} where a tensor is wanted")
    if not value.is_floating_point():
        raise Misfit(name, "error", f"{name} gave {value.dtype} where floating-point numbers are wanted")
    if value.shape != like:
        raise Misfit(name, "shape", f"{name} gave shape {tuple(value.shape)} for {what}; {tuple(like)} is wanted")
    if value.dtype != torch.float32:
        raise Misfit(name, "error", f"{name} gave {value.dtype} for an input of torch.float32")
    return value


def joined(name, value):
    """Return what a part gave, if a gradient flows through it.

    Raises:
        Misfit: none does.
    """
    if not getattr(value, "requires_grad", True):
        raise Misfit(name, "error", f"the answer of {name} is not joined to its input: no gradient flows")
    return value


def criterion(name, loss, regression=False):
    """Return a loss of the network's one output (n, 1) and the labels (n, 1), numbers or the classes 0 and 1."""
    if name in ("cross_entropy", "focal"):  # two logits, of which the first is always 0

        def two(z, y):
            return loss(torch.cat([torch.zeros_like(z), z], 1), y[:, 0].long())

        return two
    if name == "hinge" or (PAGE_OF[name] == "regression_losses" and not regression):
        return lambda z, y: loss(z, 2 * y - 1)
    return loss


class Layers:
    """The activations of all hidden layers as one function, which a network calls once for each of them.

    Args:
        acts: the activation of each layer.
        drop: what comes after each, or None.
        names: what the activations are called.
    """

    __name__ = "layers"

    def __init__(self, acts, drop, names=()):
        self.acts, self.drop, self.at = acts, drop, 0
        self.names = names or ["MLP"] * len(acts)
        self.seen = None  # a list to keep what comes out of each

    def begin(self):
        """Begin a forward pass."""
        self.at = 0

    def __call__(self, x):
        """Return what comes out of the next layer."""
        if self.at >= len(self.acts):
            raise Misfit("MLP", "error", f"MLP with {len(self.acts)} hidden layers calls its activation more often")
        wanted, learns = x.shape, x.requires_grad
        x = self.acts[self.at](x)
        if type(x) is not torch.Tensor or x.shape != wanted or x.dtype != torch.float32:
            fitting(self.names[self.at], x, wanted, f"an input of shape {tuple(wanted)}")
        self.at += 1
        if self.seen is not None:
            self.seen.append(x)
            return x if self.drop is None else self.drop(x)
        joined("MLP" if not learns else self.names[self.at - 1], x)
        return x if self.drop is None else joined("Dropout", self.drop(x))


def initialise(model, how, g):
    """Draw the weights of a network anew, and set its biases to 0; "default" leaves what it began with."""
    if how == "default":
        return
    with torch.no_grad():
        for p in model.parameters():
            if p.dim() < 2 or how == "zeros":
                p.zero_()
                continue
            out, inside = p.shape
            spread = {
                "xavier": math.sqrt(2 / (inside + out)), "he": math.sqrt(2 / inside), "small": 0.01, "large": 3.0,
            }[how]  # fmt: skip
            p.copy_(spread * torch.randn(p.shape, generator=g))
