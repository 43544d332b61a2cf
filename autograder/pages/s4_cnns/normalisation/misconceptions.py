"""Wrong ways to normalise, as students write them."""

import torch
from torch import nn

from autograder.checking import misconception


def right(x, dims, eps=1e-5):
    """The formula, right."""
    centred = x - x.mean(dims, keepdim=True)
    return centred / (centred.square().mean(dims, keepdim=True) + eps).sqrt()


# -- the formula -------------------------------------------------------------------------------------


@misconception(
    "divides the variance by n - 1",
    hint="x.var() and x.std() divide by n - 1 unless you say correction=0. Here the variance is the mean of the squares, divided by n.",
    dies_by="test_normalise",
)
def normalise(x, dims, eps=1e-5):
    mean, var = x.mean(dims, keepdim=True), x.var(dims, keepdim=True)
    return (x - mean) / (var + eps).sqrt()


@misconception("divides the variance by n - 1")
def normalise(x, dims, eps=1e-5):
    return (x - x.mean(dims, keepdim=True)) / torch.sqrt(x.std(dims, keepdim=True) ** 2 + eps)


@misconception(
    "divides by the variance, not by its root",
    hint="The deviation is the root of the variance. Take torch.sqrt of variance + eps before you divide.",
    dies_by="test_normalise",
)
def normalise(x, dims, eps=1e-5):
    mean, var = x.mean(dims, keepdim=True), x.var(dims, correction=0, keepdim=True)
    return (x - mean) / (var + eps)


@misconception(
    "leaves the mean in",
    hint="First subtract the mean, then divide: what comes back must have mean 0.",
    dies_by="test_normalise",
)
def normalise(x, dims, eps=1e-5):
    return x / (x.var(dims, correction=0, keepdim=True) + eps).sqrt()


@misconception(
    "subtracts the mean and does not divide",
    hint="The mean is right. Now divide by the root of variance + eps: what comes back must have variance 1.",
    dies_by="test_normalise",
)
def normalise(x, dims, eps=1e-5):
    return x - x.mean(dims, keepdim=True)


@misconception(
    "gives mean and variance a shape that does not line up with x",
    hint="Without keepdim=True the dims of the mean are gone, and the others line up from the right, with the wrong dims of x.",
    dies_by="test_normalise",
)
def normalise(x, dims, eps=1e-5):
    return (x - x.mean(dims)) / (x.var(dims, correction=0) + eps).sqrt()


@misconception("gives mean and variance a shape that does not line up with x")
def normalise(x, dims, eps=1e-5):
    mean = x.mean(dims)
    var = ((x - mean) ** 2).mean(dims)
    return (x - mean) / torch.sqrt(var + eps)


@misconception(
    "takes one mean and variance of the whole tensor",
    hint="Only the numbers along `dims` share a mean: x.mean(dims, keepdim=True).",
    dies_by="test_normalise",
)
def normalise(x, dims, eps=1e-5):
    return right(x, tuple(range(x.dim())), eps)


@misconception(
    "takes mean and variance over the dims that are not named",
    hint="`dims` are the dims that vanish when you take the mean, not those that stay.",
    dies_by="test_normalise",
)
def normalise(x, dims, eps=1e-5):
    named = {d % x.dim() for d in dims}
    others = tuple(d for d in range(x.dim()) if d not in named)
    return right(x, others, eps) if others else torch.zeros_like(x)


@misconception(
    "normalises one dim after the other",
    hint="The numbers along all of `dims` share one mean: give mean() all dims at once, in one tuple.",
    dies_by="test_normalise",
)
def normalise(x, dims, eps=1e-5):
    for d in dims:
        x = right(x, (d,), eps)
    return x


@misconception(
    "uses the first of the dims only",
    hint="`dims` is a tuple; mean() takes it as it is: x.mean(dims, keepdim=True).",
    dies_by="test_normalise",
)
def normalise(x, dims, eps=1e-5):
    return right(x, dims[:1], eps)


@misconception(
    "adds eps outside the root",
    hint="The formula has eps under the root, beside the variance: torch.sqrt(var + eps).",
    dies_by="test_eps",
)
def normalise(x, dims, eps=1e-5):
    centred = x - x.mean(dims, keepdim=True)
    return centred / (centred.square().mean(dims, keepdim=True).sqrt() + eps)


@misconception("adds eps outside the root")
def normalise(x, dims, eps=1e-5):
    return (x - x.mean(dims, keepdim=True)) / (x.std(dims, correction=0, keepdim=True) + eps)


@misconception(
    "does not use eps",
    hint="Where all numbers are equal the variance is 0, and 0 / 0 is NaN. Add eps to the variance.",
    dies_by="test_eps",
)
def normalise(x, dims, eps=1e-5):
    centred = x - x.mean(dims, keepdim=True)
    return centred / centred.square().mean(dims, keepdim=True).sqrt()


@misconception(
    "loses the variance to rounding where the mean is large",
    hint="mean(x^2) - mean(x)^2 is the difference of two large numbers. Subtract the mean first, then square.",
    dies_by="test_normalise_promises",
)
def normalise(x, dims, eps=1e-5):
    mean = x.mean(dims, keepdim=True)
    var = (x * x).mean(dims, keepdim=True) - mean * mean
    return (x - mean) / (var.clamp(min=0) + eps).sqrt()


@misconception("loses the variance to rounding where the mean is large")
def normalise(x, dims, eps=1e-5):
    mean = x.mean(dims, keepdim=True)
    return (x - mean) / ((x**2).mean(dims, keepdim=True) - mean**2 + eps) ** 0.5


@misconception(
    "lets no gradient flow through mean and variance",
    hint="Mean and variance depend on x too. Under torch.no_grad(), or with detach(), their part of the gradient is missing.",
    dies_by="test_normalise_promises",
)
def normalise(x, dims, eps=1e-5):
    with torch.no_grad():
        mean, var = x.mean(dims, keepdim=True), x.var(dims, correction=0, keepdim=True)
    return (x - mean) / (var + eps).sqrt()


@misconception(
    "writes into x",
    hint="x -= mean and x.sub_(mean) change the tensor of the caller. Write x = x - mean.",
    dies_by="test_normalise",
)
def normalise(x, dims, eps=1e-5):
    x -= x.mean(dims, keepdim=True)
    x /= (x.square().mean(dims, keepdim=True) + eps).sqrt()
    return x


# -- layer norm --------------------------------------------------------------------------------------


@misconception(
    "normalises over the first dim, not over the last",
    hint="Layer norm looks at one vector at a time: the numbers along dim -1. Over dim 0 the examples of the batch are mixed.",
    dies_by="test_layer_norm",
)
def layer_norm(x, weight, bias, eps=1e-5):
    return weight * right(x, (0,), eps) + bias


@misconception(
    "normalises all numbers of x together",
    hint="Each vector along the last dim has a mean of its own: x.mean(-1, keepdim=True).",
    dies_by="test_layer_norm",
)
def layer_norm(x, weight, bias, eps=1e-5):
    return weight * right(x, tuple(range(x.dim())), eps) + bias


@misconception("normalises all numbers of x together")
def layer_norm(x, weight, bias, eps=1e-5):
    return (x - x.mean()) / torch.sqrt(x.var(correction=0) + eps) * weight + bias


@misconception(
    "normalises all dims but the first together",
    hint="Each vector along the last dim has a mean of its own, also where x has three dims: every word, not every text.",
    dies_by="test_layer_norm",
)
def layer_norm(x, weight, bias, eps=1e-5):
    return weight * right(x, tuple(range(1, x.dim())) or (0,), eps) + bias


@misconception(
    "normalises over dim 1",
    hint="Dim 1 is the last dim of a matrix only. Say -1.",
    dies_by="test_layer_norm",
)
def layer_norm(x, weight, bias, eps=1e-5):
    return weight * right(x, (1,), eps) + bias


@misconception(
    "divides the variance of each vector by n - 1",
    hint="x.var() and x.std() divide by n - 1 unless you say correction=0.",
    dies_by="test_layer_norm",
)
def layer_norm(x, weight, bias, eps=1e-5):
    return (x - x.mean(-1, keepdim=True)) / torch.sqrt(x.var(-1, keepdim=True) + eps) * weight + bias


@misconception(
    "gives each vector's mean a shape that does not line up with x",
    hint="Without keepdim=True the mean of (N, D) has shape (N,), which lines up with the last dim of x.",
    dies_by="test_layer_norm",
)
def layer_norm(x, weight, bias, eps=1e-5):
    return weight * (x - x.mean(-1)) / (x.var(-1, correction=0) + eps).sqrt() + bias


@misconception(
    "adds the bias before the weight multiplies",
    hint="First scale, then move: weight * normalised + bias.",
    dies_by="test_layer_norm",
)
def layer_norm(x, weight, bias, eps=1e-5):
    return weight * (right(x, (-1,), eps) + bias)


@misconception(
    "leaves weight and bias out",
    hint="What is normalised is then multiplied by weight, and bias is added.",
    dies_by="test_layer_norm",
)
def layer_norm(x, weight, bias, eps=1e-5):
    return right(x, (-1,), eps)


@misconception(
    "leaves the bias out",
    hint="The bias is added last.",
    dies_by="test_layer_norm",
)
def layer_norm(x, weight, bias, eps=1e-5):
    return weight * right(x, (-1,), eps)


@misconception(
    "always uses eps = 1e-5",
    hint="Hand eps on to normalise: normalise(x, (-1,), eps).",
    dies_by="test_layer_norm",
)
def layer_norm(x, weight, bias, eps=1e-5):
    return weight * right(x, (-1,)) + bias


@misconception(
    "adds eps to each vector's deviation, outside the root",
    hint="The formula has eps under the root, beside the variance: torch.sqrt(var + eps).",
    dies_by="test_layer_norm",
)
def layer_norm(x, weight, bias, eps=1e-5):
    mean, std = x.mean(-1, keepdim=True), x.std(-1, correction=0, keepdim=True)
    return weight * (x - mean) / (std + eps) + bias


# -- RMS norm ----------------------------------------------------------------------------------------


@misconception(
    "subtracts the mean",
    hint="That is layer norm. RMS norm divides x itself by the root of its mean square.",
    dies_by="test_rms_norm",
)
def rms_norm(x, weight, eps=1e-6):
    return weight * right(x, (-1,), eps)


@misconception(
    "divides x by the deviation instead of the root of the mean square",
    hint="The variance has the mean taken out. RMS norm has no mean: average x^2 itself.",
    dies_by="test_rms_norm",
)
def rms_norm(x, weight, eps=1e-6):
    return weight * x / (x.var(-1, correction=0, keepdim=True) + eps).sqrt()


@misconception("divides x by the deviation instead of the root of the mean square")
def rms_norm(x, weight, eps=1e-6):
    return x / torch.sqrt(x.var(-1, keepdim=True) + eps) * weight


@misconception(
    "divides by the length of the vector, not by the root of its mean square",
    hint="The length is the root of the sum of squares. Take the mean, else long vectors become small.",
    dies_by="test_rms_norm",
)
def rms_norm(x, weight, eps=1e-6):
    return weight * x / (x.square().sum(-1, keepdim=True) + eps).sqrt()


@misconception("divides by the length of the vector, not by the root of its mean square")
def rms_norm(x, weight, eps=1e-6):
    return weight * x / (x.norm(dim=-1, keepdim=True) + eps)


@misconception(
    "divides by the mean square, not by its root",
    hint="R stands for root: torch.sqrt of mean square + eps.",
    dies_by="test_rms_norm",
)
def rms_norm(x, weight, eps=1e-6):
    return weight * x / (x.square().mean(-1, keepdim=True) + eps)


@misconception(
    "adds eps outside the root of the mean square",
    hint="eps stands under the root, beside the mean of the squares.",
    dies_by="test_rms_norm",
)
def rms_norm(x, weight, eps=1e-6):
    return weight * x / (x.square().mean(-1, keepdim=True).sqrt() + eps)


@misconception(
    "gives NaN for a vector of zeros, without eps",
    hint="A vector of zeros has the mean square 0, and 0 / 0 is NaN. Add eps under the root.",
    dies_by="test_rms_norm",
)
def rms_norm(x, weight, eps=1e-6):
    return weight * x / x.square().mean(-1, keepdim=True).sqrt()


@misconception(
    "averages the squares over all dims but the first",
    hint="Each vector along the last dim has a mean square of its own: mean(-1, keepdim=True).",
    dies_by="test_rms_norm",
)
def rms_norm(x, weight, eps=1e-6):
    dims = tuple(range(1, x.dim())) or (0,)
    return weight * x / (x.square().mean(dims, keepdim=True) + eps).sqrt()


@misconception(
    "averages the squares of the whole tensor",
    hint="Each vector along the last dim has a mean square of its own: mean(-1, keepdim=True).",
    dies_by="test_rms_norm",
)
def rms_norm(x, weight, eps=1e-6):
    return x / torch.sqrt((x**2).mean() + eps) * weight


@misconception(
    "leaves the weight out",
    hint="What is normalised is multiplied by weight in the end.",
    dies_by="test_rms_norm",
)
def rms_norm(x, weight, eps=1e-6):
    return x / (x.square().mean(-1, keepdim=True) + eps).sqrt()


# -- group norm --------------------------------------------------------------------------------------


def of_groups(x, groups, eps):
    """Group norm without weight and bias, right."""
    N, C, H, W = x.shape
    if C % groups:
        raise ValueError(groups)
    return right(x.reshape(N, groups, C // groups, H, W), (2, 3, 4), eps).reshape(N, C, H, W)


@misconception(
    "makes groups of channels that are not neighbours",
    hint="Reshape to (N, groups, C // groups, H, W): the groups come first, and neighbours stay together.",
    dies_by="test_group_norm",
)
def group_norm(x, groups, weight, bias, eps=1e-5):
    N, C, H, W = x.shape
    if C % groups:
        raise ValueError(groups)
    y = right(x.reshape(N, C // groups, groups, H, W), (1, 3, 4), eps).reshape(N, C, H, W)
    return y * weight[:, None, None] + bias[:, None, None]


@misconception(
    "takes `groups` for the number of channels in a group",
    hint="`groups` says how many groups there are; each has C // groups channels.",
    dies_by="test_group_norm",
)
def group_norm(x, groups, weight, bias, eps=1e-5):
    N, C, H, W = x.shape
    if C % groups:
        raise ValueError(groups)
    y = right(x.reshape(N, C // groups, groups, H, W), (2, 3, 4), eps).reshape(N, C, H, W)
    return y * weight[:, None, None] + bias[:, None, None]


@misconception(
    "mixes the images of the batch",
    hint="Group norm looks at one image at a time: dim 0 is not among the dims of the mean.",
    dies_by="test_group_norm",
)
def group_norm(x, groups, weight, bias, eps=1e-5):
    N, C, H, W = x.shape
    if C % groups:
        raise ValueError(groups)
    y = right(x.reshape(N, groups, C // groups, H, W), (0, 2, 3, 4), eps).reshape(N, C, H, W)
    return y * weight[:, None, None] + bias[:, None, None]


@misconception(
    "normalises each channel by itself",
    hint="The channels of a group share a mean: over the channels inside the group, rows and columns.",
    dies_by="test_group_norm",
)
def group_norm(x, groups, weight, bias, eps=1e-5):
    if x.shape[1] % groups:
        raise ValueError(groups)
    return right(x, (2, 3), eps) * weight[:, None, None] + bias[:, None, None]


@misconception(
    "normalises all channels of an image together",
    hint="Only the channels of one group share a mean. What does `groups` change in your code?",
    dies_by="test_group_norm",
)
def group_norm(x, groups, weight, bias, eps=1e-5):
    if x.shape[1] % groups:
        raise ValueError(groups)
    return right(x, (1, 2, 3), eps) * weight[:, None, None] + bias[:, None, None]


@misconception(
    "normalises each pixel of a group by itself",
    hint="All pixels of a group's channels share a mean: rows and columns are among the dims too.",
    dies_by="test_group_norm",
)
def group_norm(x, groups, weight, bias, eps=1e-5):
    N, C, H, W = x.shape
    if C % groups:
        raise ValueError(groups)
    y = right(x.reshape(N, groups, C // groups, H, W), (2,), eps).reshape(N, C, H, W)
    return y * weight[:, None, None] + bias[:, None, None]


@misconception(
    "lines weight and bias up with the columns, not with the channels",
    hint="A (C,) tensor lines up with the last dim, the columns. weight[:, None, None] has shape (C, 1, 1) and lines up with the channels.",
    dies_by="test_group_norm",
)
def group_norm(x, groups, weight, bias, eps=1e-5):
    return of_groups(x, groups, eps) * weight + bias


@misconception(
    "leaves the channels' weight and bias out",
    hint="Each channel of what is normalised is multiplied by its weight, and its bias is added.",
    dies_by="test_group_norm",
)
def group_norm(x, groups, weight, bias, eps=1e-5):
    return of_groups(x, groups, eps)


@misconception(
    "comes back with the groups as a dim of its own",
    hint="The answer has the shape of x: reshape back to (N, C, H, W) before weight and bias.",
    dies_by="test_group_norm",
)
def group_norm(x, groups, weight, bias, eps=1e-5):
    N, C, H, W = x.shape
    if C % groups:
        raise ValueError(groups)
    shape = (groups, C // groups, 1, 1)
    y = right(x.reshape(N, groups, C // groups, H, W), (2, 3, 4), eps)
    return y * weight.reshape(shape) + bias.reshape(shape)


@misconception(
    "uses eps = 1e-5 for groups, whatever it is given",
    hint="Hand eps on to normalise.",
    dies_by="test_group_norm",
)
def group_norm(x, groups, weight, bias, eps=1e-5):
    return of_groups(x, groups, 1e-5) * weight[:, None, None] + bias[:, None, None]


@misconception(
    "divides the variance of each group by n - 1",
    hint="x.var() and x.std() divide by n - 1 unless you say correction=0.",
    dies_by="test_group_norm",
)
def group_norm(x, groups, weight, bias, eps=1e-5):
    N, C, H, W = x.shape
    if C % groups:
        raise ValueError(groups)
    y = x.reshape(N, groups, -1)
    y = (y - y.mean(-1, keepdim=True)) / torch.sqrt(y.var(-1, keepdim=True) + eps)
    return y.reshape(N, C, H, W) * weight[:, None, None] + bias[:, None, None]


@misconception(
    "raises no ValueError where the channels cannot be dealt out",
    hint="Five channels make no two equal groups: raise a ValueError if C % groups is not 0.",
    dies_by="test_group_norm_promises",
)
def group_norm(x, groups, weight, bias, eps=1e-5):
    size = max(x.shape[1] // groups, 1)
    y = torch.cat([right(part, (1, 2, 3), eps) for part in x.split(size, 1)], 1)
    return y * weight[:, None, None] + bias[:, None, None]


@misconception("raises no ValueError where the channels cannot be dealt out")
def group_norm(x, groups, weight, bias, eps=1e-5):
    N, C, H, W = x.shape
    y = right(x.view(N, groups, C // groups, H, W), (2, 3, 4), eps).view(N, C, H, W) if C % groups == 0 else x
    return y * weight[:, None, None] + bias[:, None, None]


# -- the layer ---------------------------------------------------------------------------------------


class Layer(nn.Module):
    """Begins as it should."""

    def __init__(self, channels, eps=1e-6):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(channels))
        self.bias = nn.Parameter(torch.zeros(channels))
        self.eps = eps


@misconception(
    "normalises the whole image together",
    hint="Each pixel has a mean of its own, over the channels: dim 1 alone.",
    dies_by="test_layer_norm_2d",
)
class LayerNorm2d(Layer):
    def forward(self, x):
        return right(x, (1, 2, 3), self.eps) * self.weight[:, None, None] + self.bias[:, None, None]


@misconception(
    "divides by one less than the number of channels",
    hint="`var` and `std` divide by C - 1 unless they are told otherwise: unbiased=False divides by C.",
    dies_by="test_layer_norm_2d",
)
class LayerNorm2d(Layer):
    def forward(self, x):
        mean, var = x.mean(1, keepdim=True), x.var(1, keepdim=True)
        return (x - mean) / torch.sqrt(var + self.eps) * self.weight[:, None, None] + self.bias[:, None, None]


@misconception(
    "normalises each channel over its pixels",
    hint="That is instance norm. Here the channels of one pixel share a mean: dim 1.",
    dies_by="test_layer_norm_2d",
)
class LayerNorm2d(Layer):
    def forward(self, x):
        return right(x, (2, 3), self.eps) * self.weight[:, None, None] + self.bias[:, None, None]


@misconception(
    "normalises each channel over the batch",
    hint="That is batch norm. Here the channels of one pixel share a mean: dim 1, and no image depends on another.",
    dies_by="test_layer_norm_2d",
)
class LayerNorm2d(Layer):
    def forward(self, x):
        return right(x, (0, 2, 3), self.eps) * self.weight[:, None, None] + self.bias[:, None, None]


@misconception(
    "normalises each row of pixels",
    hint="The last dim of an image is a row of pixels. The channels are dim 1.",
    dies_by="test_layer_norm_2d",
)
class LayerNorm2d(Layer):
    def forward(self, x):
        return right(x, (-1,), self.eps) * self.weight[:, None, None] + self.bias[:, None, None]


@misconception(
    "lines its weight and bias up with the columns, not with the channels",
    hint="A (C,) tensor lines up with the last dim, the columns. weight[:, None, None] lines up with the channels.",
    dies_by="test_layer_norm_2d",
)
class LayerNorm2d(Layer):
    def forward(self, x):
        return right(x, (1,), self.eps) * self.weight + self.bias


@misconception(
    "leaves weight and bias out of the answer",
    hint="Each channel of what is normalised is multiplied by its weight, and its bias is added.",
    dies_by="test_layer_norm_2d",
)
class LayerNorm2d(Layer):
    def forward(self, x):
        return right(x, (1,), self.eps)


@misconception(
    "uses eps = 1e-5 for pixels, whatever it is given",
    hint="Keep eps in __init__ and hand self.eps on to normalise.",
    dies_by="test_layer_norm_2d",
)
class LayerNorm2d(Layer):
    def forward(self, x):
        return right(x, (1,)) * self.weight[:, None, None] + self.bias[:, None, None]


@misconception(
    "has no parameter weight and bias",
    hint="A plain tensor is not trained and not saved. nn.Parameter(torch.ones(channels)) registers it.",
    dies_by="test_layer_norm_2d",
)
class LayerNorm2d(nn.Module):
    def __init__(self, channels, eps=1e-6):
        super().__init__()
        self.weight, self.bias, self.eps = torch.ones(channels), torch.zeros(channels), eps

    def forward(self, x):
        return right(x, (1,), self.eps) * self.weight[:, None, None] + self.bias[:, None, None]


# -- folding -----------------------------------------------------------------------------------------


def parts(weight, bias, running_mean, running_var, gamma, beta, eps):
    """The factor and the old bias, right."""
    return gamma / (running_var + eps).sqrt(), torch.zeros_like(running_mean) if bias is None else bias


@misconception(
    "leaves the factor off the old bias",
    hint="The batch norm scales all that the convolution gives, its bias too: factor * (bias - mean) + beta.",
    dies_by="test_fold_batch_norm",
)
def fold_batch_norm(weight, bias, running_mean, running_var, gamma, beta, eps=1e-5):
    factor, b = parts(weight, bias, running_mean, running_var, gamma, beta, eps)
    return weight * factor[:, None, None, None], b - factor * running_mean + beta


@misconception(
    "leaves the factor off the mean",
    hint="The mean is subtracted before gamma and the deviation act: factor * (bias - mean) + beta.",
    dies_by="test_fold_batch_norm",
)
def fold_batch_norm(weight, bias, running_mean, running_var, gamma, beta, eps=1e-5):
    factor, b = parts(weight, bias, running_mean, running_var, gamma, beta, eps)
    return weight * factor[:, None, None, None], factor * b - running_mean + beta


@misconception(
    "does not subtract the running mean",
    hint="Put x = 0 through both layers: the old bias, minus the mean, times the factor, plus beta.",
    dies_by="test_fold_batch_norm",
)
def fold_batch_norm(weight, bias, running_mean, running_var, gamma, beta, eps=1e-5):
    factor, b = parts(weight, bias, running_mean, running_var, gamma, beta, eps)
    return weight * factor[:, None, None, None], factor * b + beta


@misconception(
    "drops the convolution's old bias",
    hint="Put x = 0 through both layers: the old bias, minus the mean, times the factor, plus beta.",
    dies_by="test_fold_batch_norm",
)
def fold_batch_norm(weight, bias, running_mean, running_var, gamma, beta, eps=1e-5):
    factor, _ = parts(weight, bias, running_mean, running_var, gamma, beta, eps)
    return weight * factor[:, None, None, None], beta - factor * running_mean


@misconception(
    "leaves beta out",
    hint="The batch norm adds beta in the end; the new bias does too.",
    dies_by="test_fold_batch_norm",
)
def fold_batch_norm(weight, bias, running_mean, running_var, gamma, beta, eps=1e-5):
    factor, b = parts(weight, bias, running_mean, running_var, gamma, beta, eps)
    return weight * factor[:, None, None, None], factor * (b - running_mean)


@misconception(
    "leaves gamma out",
    hint="The factor is gamma over the root of running_var + eps.",
    dies_by="test_fold_batch_norm",
)
def fold_batch_norm(weight, bias, running_mean, running_var, gamma, beta, eps=1e-5):
    factor, b = parts(weight, bias, running_mean, running_var, torch.ones_like(gamma), beta, eps)
    return weight * factor[:, None, None, None], factor * (b - running_mean) + beta


@misconception(
    "divides by the running variance, not by its root",
    hint="The factor is gamma over the *root* of running_var + eps.",
    dies_by="test_fold_batch_norm",
)
def fold_batch_norm(weight, bias, running_mean, running_var, gamma, beta, eps=1e-5):
    factor, b = gamma / (running_var + eps), torch.zeros_like(running_mean) if bias is None else bias
    return weight * factor[:, None, None, None], factor * (b - running_mean) + beta


@misconception(
    "adds eps to the running deviation, outside the root",
    hint="eps stands under the root, beside the variance.",
    dies_by="test_fold_batch_norm",
)
def fold_batch_norm(weight, bias, running_mean, running_var, gamma, beta, eps=1e-5):
    factor, b = gamma / (running_var.sqrt() + eps), torch.zeros_like(running_mean) if bias is None else bias
    return weight * factor[:, None, None, None], factor * (b - running_mean) + beta


@misconception(
    "leaves eps out of the factor",
    hint="The batch norm divides by the root of running_var + eps; the factor must do so too.",
    dies_by="test_fold_batch_norm",
)
def fold_batch_norm(weight, bias, running_mean, running_var, gamma, beta, eps=1e-5):
    factor, b = parts(weight, bias, running_mean, running_var, gamma, beta, 0.0)
    return weight * factor[:, None, None, None], factor * (b - running_mean) + beta


@misconception(
    "scales the input channels, not the output channels",
    hint="The batch norm stands behind the convolution, so its numbers belong to dim 0 of the weight, the output channels.",
    dies_by="test_fold_batch_norm",
)
def fold_batch_norm(weight, bias, running_mean, running_var, gamma, beta, eps=1e-5):
    factor, b = parts(weight, bias, running_mean, running_var, gamma, beta, eps)
    return weight * factor[:, None, None], factor * (b - running_mean) + beta


@misconception(
    "lines the factor up with the kernel's columns",
    hint="A (K,) tensor lines up with the last dim. factor[:, None, None, None] lines up with the first.",
    dies_by="test_fold_batch_norm",
)
def fold_batch_norm(weight, bias, running_mean, running_var, gamma, beta, eps=1e-5):
    factor, b = parts(weight, bias, running_mean, running_var, gamma, beta, eps)
    return weight * factor, factor * (b - running_mean) + beta


@misconception(
    "gives the old weight back",
    hint="The batch norm scales what the convolution gives, so the weight is scaled too, by gamma over the deviation.",
    dies_by="test_fold_batch_norm",
)
def fold_batch_norm(weight, bias, running_mean, running_var, gamma, beta, eps=1e-5):
    factor, b = parts(weight, bias, running_mean, running_var, gamma, beta, eps)
    return weight.clone(), factor * (b - running_mean) + beta


@misconception(
    "gives no bias where the convolution has none",
    hint="The batch norm's mean and beta need a place: the one convolution always has a bias.",
    dies_by="test_fold_promises",
)
def fold_batch_norm(weight, bias, running_mean, running_var, gamma, beta, eps=1e-5):
    factor = gamma / (running_var + eps).sqrt()
    return weight * factor[:, None, None, None], None if bias is None else factor * (bias - running_mean) + beta


@misconception(
    "forgets mean and beta where the convolution has no bias",
    hint="Without a bias the new one is factor * (0 - mean) + beta, and not 0.",
    dies_by="test_fold_promises",
)
def fold_batch_norm(weight, bias, running_mean, running_var, gamma, beta, eps=1e-5):
    factor = gamma / (running_var + eps).sqrt()
    new = torch.zeros_like(beta) if bias is None else factor * (bias - running_mean) + beta
    return weight * factor[:, None, None, None], new


@misconception(
    "borrows PyTorch's own layer norm",
    hint="The numbers are right; the exercise is to see which numbers share a mean.",
    dies_by="test_written_by_hand",
)
def layer_norm(x, weight, bias, eps=1e-5):
    return torch.nn.functional.layer_norm(x, x.shape[-1:], weight, bias, eps)


@misconception(
    "borrows PyTorch's own group norm",
    hint="The numbers are right; the exercise is to see which numbers share a mean.",
    dies_by="test_written_by_hand",
)
def group_norm(x, groups, weight, bias, eps=1e-5):
    if x.shape[1] % groups:
        raise ValueError(groups)
    return torch.nn.functional.group_norm(x, groups, weight, bias, eps)


@misconception(
    "multiplies by the bias and adds the weight",
    hint="gamma is the factor, beta is added. Which of the two is `weight`?",
    dies_by="test_layer_norm",
)
def layer_norm(x, weight, bias, eps=1e-5):
    mean = x.mean(-1, keepdim=True)
    variance = ((x - mean) ** 2).mean(-1, keepdim=True)
    return bias * (x - mean) / (variance + eps).sqrt() + weight
