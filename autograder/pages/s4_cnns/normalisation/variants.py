"""Other right ways to write this page."""

import torch
from torch import nn

from autograder.checking import variant


@variant("torch.var_mean and rsqrt")
def normalise(x, dims, eps=1e-5):
    var, mean = torch.var_mean(x, dims, correction=0, keepdim=True)
    return (x - mean) * torch.rsqrt(var + eps)


@variant("sums and a count, dims moved to the end")
def normalise(x, dims, eps=1e-5):
    places = sorted(d % x.dim() for d in dims)
    last = list(range(x.dim() - len(places), x.dim()))
    moved = torch.movedim(x, places, last)
    flat = moved.flatten(x.dim() - len(places))
    n = flat.shape[-1]
    flat = flat - flat.sum(-1, keepdim=True) / n
    flat = flat / ((flat**2).sum(-1, keepdim=True) / n + eps) ** 0.5
    return torch.movedim(flat.reshape(moved.shape), last, places)


@variant("methods in a chain")
def normalise(x, dims, eps=1e-5):
    above = x.sub(x.mean(dim=dims, keepdim=True))
    below = above.pow(2).mean(dim=dims, keepdim=True).add(eps).pow(0.5)
    return above.div(below)


@variant("torch.var_mean and rsqrt")
def layer_norm(x, weight, bias, eps=1e-5):
    var, mean = torch.var_mean(x, -1, correction=0, keepdim=True)
    return torch.addcmul(bias, (x - mean) * torch.rsqrt(var + eps), weight)


@variant("the last dim moved to the front")
def layer_norm(x, weight, bias, eps=1e-5):
    front = torch.movedim(x, -1, 0)
    front = front - front.mean(0)
    front = front / (front.square().mean(0) + eps).sqrt()
    return torch.movedim(front, 0, -1) * weight + bias


@variant("flattened, with unflatten")
def group_norm(x, groups, weight, bias, eps=1e-5):
    if x.shape[1] % groups != 0:
        raise ValueError("groups")
    flat = normalise(x.unflatten(1, (groups, -1)).flatten(2), (2,), eps).reshape(x.shape)
    return torch.einsum("nchw,c->nchw", flat, weight) + bias.view(-1, 1, 1)


@variant("a group at a time")
def group_norm(x, groups, weight, bias, eps=1e-5):
    channels = x.size(1)
    size, rest = divmod(channels, groups)
    if rest:
        raise ValueError(f"{channels} % {groups}")
    out = []
    for start in range(0, channels, size):
        part = x[:, start : start + size]
        part = part - part.mean((1, 2, 3), keepdim=True)
        part = part / (part.square().mean((1, 2, 3), keepdim=True) + eps).sqrt()
        out.append(part)
    return torch.cat(out, 1).mul(weight[None, :, None, None]).add(bias[None, :, None, None])


@variant("rsqrt of pow")
def rms_norm(x, weight, eps=1e-6):
    return x * torch.rsqrt(x.pow(2).mean(-1, keepdim=True) + eps) * weight


@variant("the length of the vector over the root of its size")
def rms_norm(x, weight, eps=1e-6):
    mean_square = torch.einsum("...d,...d->...", x, x) / x.shape[-1]
    return torch.mul(x, weight) / torch.sqrt(mean_square.unsqueeze(-1) + eps)


@variant("channels moved to the end and back")
class LayerNorm2d(nn.Module):
    def __init__(self, channels, eps=1e-6):
        super().__init__()
        self.register_parameter("weight", nn.Parameter(torch.full((channels,), 1.0)))
        self.register_parameter("bias", nn.Parameter(torch.full((channels,), 0.0)))
        self.eps = eps

    def forward(self, x):
        return layer_norm(x.permute(0, 2, 3, 1), self.weight, self.bias, self.eps).permute(0, 3, 1, 2)


@variant("mean and squares written out")
class LayerNorm2d(nn.Module):
    def __init__(self, channels, eps=1e-6):
        super(LayerNorm2d, self).__init__()
        self.weight = nn.Parameter(torch.ones(channels))
        self.bias = nn.Parameter(torch.zeros(channels))
        self.channels = channels
        self.eps = eps

    def forward(self, x):
        mu = x.mean(1, keepdim=True)
        sigma = (x - mu).pow(2).mean(1, keepdim=True)
        x = (x - mu) / torch.sqrt(sigma + self.eps)
        return self.weight.view(1, self.channels, 1, 1) * x + self.bias.view(1, self.channels, 1, 1)


@variant("a matrix product of a diagonal matrix")
def fold_batch_norm(weight, bias, running_mean, running_var, gamma, beta, eps=1e-5):
    deviation = (running_var + eps).sqrt()
    factor = torch.diag(gamma / deviation)
    new = (factor @ weight.flatten(1)).reshape(weight.shape)
    if bias is None:
        bias = torch.zeros_like(running_mean)
    return new, factor @ (bias - running_mean) + beta


@variant("what the batch norm makes of the numbers")
def fold_batch_norm(weight, bias, running_mean, running_var, gamma, beta, eps=1e-5):
    def line(y):
        return (y - running_mean) / torch.sqrt(running_var + eps) * gamma + beta

    slope = torch.rsqrt(running_var + eps) * gamma
    if bias is None:
        return torch.einsum("kcij,k->kcij", weight, slope), line(0.0)
    return torch.einsum("kcij,k->kcij", weight, slope), line(bias)


@variant("a filter at a time")
def fold_batch_norm(weight, bias, running_mean, running_var, gamma, beta, eps=1e-5):
    filters, numbers = [], []
    for k in range(len(weight)):
        s = gamma[k] * (running_var[k] + eps) ** -0.5
        filters.append(weight[k] * s)
        start = 0.0 if bias is None else bias[k]
        numbers.append(s * (start - running_mean[k]) + beta[k])
    return torch.stack(filters), torch.stack(numbers)
