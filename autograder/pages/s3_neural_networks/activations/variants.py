"""Other right ways to write this page."""

import functools

import torch

from autograder.checking import variant


@variant("number by number, in plain Python loops")
def relu(x):
    done = [torch.zeros_like(v) if v < 0 else v for v in x.flatten()]
    return torch.stack(done).reshape(x.shape) if done else x.clone()


@variant("number by number, in plain Python loops")
def sigmoid(x):
    done = [1 / (1 + (-v).exp()) if v > 0 else v.exp() / (1 + v.exp()) for v in x.flatten()]
    return torch.stack(done).reshape(x.shape) if done else x.clone()


@variant("maxima, minima and clamps")
def relu(x):
    return x.clamp(min=0)


@variant("maxima, minima and clamps")
def leaky_relu(x, negative_slope=0.01):
    return x.clamp(min=0) + negative_slope * x.clamp(max=0)


@variant("maxima, minima and clamps")
def elu(x, alpha=1.0):
    zero = torch.zeros((), dtype=x.dtype)
    return torch.maximum(x, zero) + alpha * (torch.exp(torch.minimum(x, zero)) - 1)


@variant("maxima, minima and clamps")
def softplus(x):
    return torch.maximum(x, torch.zeros((), dtype=x.dtype)) + torch.exp(torch.minimum(x, -x)).log1p()


@variant("branches, with the argument of the exponential made harmless")
def relu(x):
    return torch.where(x < 0, 0, x)


@variant("branches, with the argument of the exponential made harmless")
def leaky_relu(x, negative_slope=0.01):
    return torch.where(x > 0, x, negative_slope * x)


@variant("branches, with the argument of the exponential made harmless")
def sigmoid(x):
    size = torch.where(x < 0, -x, x)
    small = torch.exp(-size)
    return torch.where(x < 0, small, 1) / (1 + small)


@variant("branches, with the argument of the exponential made harmless")
def elu(x, alpha=1.0):
    return torch.where(x > 0, x, alpha * torch.expm1(torch.where(x > 0, 0, x)))


@variant("branches, with the argument of the exponential made harmless")
def softplus(x):
    near = torch.where(x > 40, 40, x)
    return torch.where(x > 40, x, torch.log1p(torch.exp(near)))


@variant("softplus first, through logaddexp, the rest from it")
def softplus(x):
    return torch.logaddexp(x, torch.zeros_like(x))


@variant("softplus first, through logaddexp, the rest from it")
def sigmoid(x):
    return torch.exp(-softplus(-x))


@variant("softplus first, through logaddexp, the rest from it")
def sigmoid_grad(x):
    return torch.exp(-softplus(x) - softplus(-x))


@variant("masks written into a new tensor")
def sigmoid(x):
    out = torch.empty_like(x)
    left = x < 0
    e = x[left].exp()
    out[left] = e / (1 + e)
    out[~left] = 1 / (1 + torch.exp(-x[~left]))
    return out


@variant("masks written into a new tensor")
def tanh(x):
    out = torch.empty_like(x)
    left = x < 0
    e = torch.exp(2 * x[left])
    out[left] = (e - 1) / (e + 1)
    e = torch.exp(-2 * x[~left])
    out[~left] = (1 - e) / (1 + e)
    return out


@variant("masks written into a new tensor")
def relu(x):
    out = x.clone()
    out[x < 0] = 0
    return out


@variant("masks written into a new tensor")
def leaky_relu(x, negative_slope=0.01):
    out = x.clone()
    out[x < 0] *= negative_slope
    return out


@variant("masks written into a new tensor")
def elu(x, alpha=1.0):
    out = x.clone()
    out[x < 0] = alpha * (x[x < 0].exp() - 1)
    return out


@variant("one half of one plus tanh, which is written with expm1")
def tanh(x):
    e = torch.expm1(2 * x.clamp(-25, 25))
    return e / (2 + e)


@variant("one half of one plus tanh, which is written with expm1")
def sigmoid(x):
    return 0.5 + 0.5 * tanh(0.5 * x)


@variant("one half of one plus tanh, which is written with expm1")
def gelu(x, approximate="none"):
    if approximate == "none":
        return x * torch.special.ndtr(x)
    return x * sigmoid(1.5957691216057308 * x * (1 + 0.044715 * x * x))


@variant("the derivative by autograd")
def sigmoid_grad(x):
    leaf = x.detach().clone().requires_grad_()
    with torch.enable_grad():
        return torch.autograd.grad(sigmoid(leaf).sum(), leaf)[0]


@variant("with the derivative written out by hand")
class Silu(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x * sigmoid(x)

    @staticmethod
    def backward(ctx, slope):
        (x,) = ctx.saved_tensors
        s = sigmoid(x)
        return slope * s * (1 + x * (1 - s))


@variant("with the derivative written out by hand")
def silu(x):
    return Silu.apply(x)


@variant("counted in Python")
def saturation_fraction(activations, low, high):
    values = activations.flatten().tolist()
    return sum(1 for v in values if not low < v < high) / len(values)


@variant("one minus the share of the others, as a tensor")
def saturation_fraction(activations, low, high):
    return 1 - ((activations > low) & (activations < high)).float().mean()


@variant("built by a partial function around a callable object")
class Line:
    def __init__(self, slope):
        self.slope = slope

    def __call__(self, x):
        return torch.where(x >= 0, x, self.slope * x)


@variant("built by a partial function around a callable object")
def leaky_relu(x, negative_slope=0.01):
    return functools.partial(Line(negative_slope))(x)
