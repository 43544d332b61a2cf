"""First drafts of this page, as beginners hand them in."""

# %% std as it is, keepdim left out
# normalise: divides the variance by n - 1
# layer_norm: gives each vector's mean a shape that does not line up with x
# rms_norm: subtracts the mean
def normalise(x, dims, eps=1e-5):
    mean = x.mean(dim=dims, keepdim=True)
    var = x.var(dim=dims, keepdim=True)
    return (x - mean) / torch.sqrt(var + eps)


def layer_norm(x, weight, bias, eps=1e-5):
    mean = x.mean(-1)
    var = x.var(-1, unbiased=False)
    return (x - mean) / torch.sqrt(var + eps) * weight + bias


def rms_norm(x, weight, eps=1e-6):
    x = x - x.mean(-1, keepdim=True)
    rms = torch.sqrt((x ** 2).mean(-1, keepdim=True) + eps)
    return x / rms * weight


# %% eps beside the root
# normalise: adds eps outside the root
# rms_norm: divides by the length of the vector, not by the root of its mean square
# fold_batch_norm: leaves the factor off the old bias
#   or: says "'NoneType' and 'Tensor'"
def normalise(x, dims, eps=1e-5):
    m = x.mean(dims, keepdim=True)
    s = x.std(dims, keepdim=True, unbiased=False)
    return (x - m) / (s + eps)


def rms_norm(x, weight, eps=1e-6):
    return x / (torch.norm(x, dim=-1, keepdim=True) + eps) * weight


def fold_batch_norm(weight, bias, running_mean, running_var, gamma, beta, eps=1e-5):
    k = gamma / torch.sqrt(running_var + eps)
    new_weight = weight * k.view(-1, 1, 1, 1)
    new_bias = bias - running_mean * k + beta
    return new_weight, new_bias


# %% groups the wrong way round
# group_norm: takes `groups` for the number of channels in a group
#   or: raises no ValueError where the channels cannot be dealt out
# LayerNorm2d: normalises each channel over its pixels
# layer_norm: leaves the bias out
def normalise(x, dims, eps=1e-5):
    mean = x.mean(dims, keepdim=True)
    var = ((x - mean) ** 2).mean(dims, keepdim=True)
    return (x - mean) / (var + eps).sqrt()


def layer_norm(x, weight, bias, eps=1e-5):
    return normalise(x, (-1,), eps) * weight


def group_norm(x, groups, weight, bias, eps=1e-5):
    N, C, H, W = x.shape
    y = x.view(N, -1, groups, H, W)
    y = normalise(y, (2, 3, 4), eps)
    y = y.view(N, C, H, W)
    return y * weight.view(1, C, 1, 1) + bias.view(1, C, 1, 1)


class LayerNorm2d(nn.Module):
    def __init__(self, channels, eps=1e-6):
        super().__init__()
        self.eps = eps
        self.weight = nn.Parameter(torch.ones(channels))
        self.bias = nn.Parameter(torch.zeros(channels))

    def forward(self, x):
        x = normalise(x, (2, 3), self.eps)
        return x * self.weight.view(1, -1, 1, 1) + self.bias.view(1, -1, 1, 1)


# %% weight without its dims
# group_norm: lines weight and bias up with the columns, not with the channels
#   or: raises no ValueError where the channels cannot be dealt out
# LayerNorm2d: lines its weight and bias up with the columns, not with the channels
# normalise: loses the variance to rounding where the mean is large
def normalise(x, dims, eps=1e-5):
    mean = x.mean(dims, keepdim=True)
    var = (x**2).mean(dims, keepdim=True) - mean**2
    return (x - mean) / torch.sqrt(var + eps)


def group_norm(x, groups, weight, bias, eps=1e-5):
    N, C, H, W = x.shape
    y = normalise(x.reshape(N, groups, C // groups, H, W), (2, 3, 4), eps)
    return y.reshape(N, C, H, W) * weight + bias


class LayerNorm2d(nn.Module):
    def __init__(self, channels, eps=1e-6):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(channels))
        self.bias = nn.Parameter(torch.zeros(channels))
        self.eps = eps

    def forward(self, x):
        return normalise(x, (1,), self.eps) * self.weight + self.bias


# %% no gradient, no bias
# normalise: lets no gradient flow through mean and variance
# fold_batch_norm: says "'NoneType' and 'Tensor'"
# rms_norm: gives NaN for a vector of zeros, without eps
def normalise(x, dims, eps=1e-5):
    mean = x.detach().mean(dims, keepdim=True)
    var = x.detach().var(dims, keepdim=True, correction=0)
    return (x - mean) / (var + eps) ** 0.5


def fold_batch_norm(weight, bias, running_mean, running_var, gamma, beta, eps=1e-5):
    scale = gamma / torch.sqrt(running_var + eps)
    return weight * scale.reshape(-1, 1, 1, 1), (bias - running_mean) * scale + beta


def rms_norm(x, weight, eps=1e-6):
    return weight * x / x.pow(2).mean(dim=-1, keepdim=True).sqrt()


# %% a loop over the dims
# normalise: normalises one dim after the other
# fold_batch_norm: scales the input channels, not the output channels
# LayerNorm2d: has no parameter weight and bias
def normalise(x, dims, eps=1e-5):
    out = x
    for d in dims:
        out = (out - out.mean(d, keepdim=True)) / torch.sqrt(out.var(d, correction=0, keepdim=True) + eps)
    return out


def fold_batch_norm(weight, bias, running_mean, running_var, gamma, beta, eps=1e-5):
    if bias is None:
        bias = torch.zeros(len(running_mean))
    factor = gamma / torch.sqrt(running_var + eps)
    w = weight * factor[None, :, None, None]
    b = (bias - running_mean) * factor + beta
    return w, b


class LayerNorm2d(nn.Module):
    def __init__(self, channels, eps=1e-6):
        super().__init__()
        self.weight = torch.ones(channels)
        self.bias = torch.zeros(channels)
        self.eps = eps

    def forward(self, x):
        y = (x - x.mean(1, keepdim=True)) / torch.sqrt(x.var(1, correction=0, keepdim=True) + self.eps)
        return y * self.weight[:, None, None] + self.bias[:, None, None]


# %% the whole tensor
# layer_norm: normalises all numbers of x together
# group_norm: normalises all channels of an image together
#   or: raises no ValueError where the channels cannot be dealt out
# rms_norm: averages the squares of the whole tensor
def layer_norm(x, weight, bias, eps=1e-5):
    return weight * (x - x.mean()) / torch.sqrt(x.var(unbiased=False) + eps) + bias


def group_norm(x, groups, weight, bias, eps=1e-5):
    mean = x.mean((1, 2, 3), keepdim=True)
    var = x.var((1, 2, 3), keepdim=True, unbiased=False)
    y = (x - mean) / torch.sqrt(var + eps)
    return y * weight[None, :, None, None] + bias[None, :, None, None]


def rms_norm(x, weight, eps=1e-6):
    return weight * x / torch.sqrt(torch.mean(x * x) + eps)


# %% in place
# normalise: writes into x
# layer_norm: normalises over dim 1
#   or: says "Dimension out of range"
# fold_batch_norm: divides by the running variance, not by its root
def normalise(x, dims, eps=1e-5):
    x -= x.mean(dims, keepdim=True)
    x /= torch.sqrt((x * x).mean(dims, keepdim=True) + eps)
    return x


def layer_norm(x, weight, bias, eps=1e-5):
    mean = x.mean(1, keepdim=True)
    std = torch.sqrt(((x - mean) ** 2).mean(1, keepdim=True) + eps)
    return (x - mean) / std * weight + bias


def fold_batch_norm(weight, bias, running_mean, running_var, gamma, beta, eps=1e-5):
    b = torch.zeros_like(beta) if bias is None else bias
    scale = gamma / (running_var + eps)
    return weight * scale[:, None, None, None], (b - running_mean) * scale + beta


# %% batch norm everywhere
# LayerNorm2d: normalises each channel over the batch
# group_norm: mixes the images of the batch
# fold_batch_norm: does not subtract the running mean
class LayerNorm2d(nn.Module):
    def __init__(self, channels, eps=1e-6):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(1, channels, 1, 1).flatten())
        self.bias = nn.Parameter(torch.zeros(channels))
        self.eps = eps

    def forward(self, x):
        mean = x.mean((0, 2, 3), keepdim=True)
        var = x.var((0, 2, 3), keepdim=True, unbiased=False)
        y = (x - mean) / torch.sqrt(var + self.eps)
        return y * self.weight[None, :, None, None] + self.bias[None, :, None, None]


def group_norm(x, groups, weight, bias, eps=1e-5):
    N, C, H, W = x.shape
    if C % groups != 0:
        raise ValueError("C must be a multiple of groups")
    g = x.reshape(N, groups, C // groups, H, W)
    g = (g - g.mean((0, 2, 3, 4), keepdim=True)) / torch.sqrt(g.var((0, 2, 3, 4), keepdim=True, unbiased=False) + eps)
    return g.reshape(x.shape) * weight[:, None, None] + bias[:, None, None]


def fold_batch_norm(weight, bias, running_mean, running_var, gamma, beta, eps=1e-5):
    if bias is None:
        bias = 0
    s = gamma / torch.sqrt(running_var + eps)
    return weight * s[:, None, None, None], bias * s + beta


# %% bias first, the last dim of an image
# layer_norm: adds the bias before the weight multiplies
# LayerNorm2d: normalises each row of pixels
# rms_norm: divides by the mean square, not by its root
def layer_norm(x, weight, bias, eps=1e-5):
    mu = x.mean(-1, keepdim=True)
    sigma2 = x.var(-1, keepdim=True, correction=0)
    return weight * ((x - mu) / torch.sqrt(sigma2 + eps) + bias)


class LayerNorm2d(nn.Module):
    def __init__(self, channels, eps=1e-6):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(channels))
        self.bias = nn.Parameter(torch.zeros(channels))
        self.eps = eps

    def forward(self, x):
        mu = x.mean(-1, keepdim=True)
        s = x.var(-1, keepdim=True, correction=0)
        x = (x - mu) / torch.sqrt(s + self.eps)
        return self.weight[:, None, None] * x + self.bias[:, None, None]


def rms_norm(x, weight, eps=1e-6):
    ms = (x**2).mean(-1, keepdim=True)
    return x / (ms + eps) * weight


# %% eps forgotten in the layer, n - 1 in groups
# LayerNorm2d: uses eps = 1e-5 for pixels, whatever it is given
# group_norm: divides the variance of each group by n - 1
# normalise: takes one mean and variance of the whole tensor
def normalise(x, dims, eps=1e-5):
    return (x - x.mean()) / torch.sqrt(x.var(unbiased=False) + eps)


class LayerNorm2d(nn.Module):
    def __init__(self, channels, eps=1e-6):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(channels))
        self.bias = nn.Parameter(torch.zeros(channels))

    def forward(self, x):
        y = layer_norm(x.permute(0, 2, 3, 1), self.weight, self.bias)
        return y.permute(0, 3, 1, 2)


def layer_norm(x, weight, bias, eps=1e-5):
    var, mean = torch.var_mean(x, dim=-1, keepdim=True, correction=0)
    return (x - mean) / torch.sqrt(var + eps) * weight + bias


def group_norm(x, groups, weight, bias, eps=1e-5):
    if x.shape[1] % groups:
        raise ValueError("groups")
    y = x.reshape(x.shape[0], groups, -1)
    y = (y - y.mean(-1, keepdim=True)) / torch.sqrt(y.var(-1, keepdim=True) + eps)
    return y.reshape(x.shape) * weight.view(-1, 1, 1) + bias.view(-1, 1, 1)


# %% weight and bias exchanged, a sum for a mean
# normalise: adds eps outside the root
# normalise: gives mean and variance a shape that does not line up with x
# layer_norm: multiplies by the bias and adds the weight
# rms_norm: divides by the length of the vector, not by the root of its mean square
# LayerNorm2d: normalises each channel over its pixels
# fold_batch_norm: drops the convolution's old bias
def normalise(x, dims, eps=1e-5):
    mean = x.mean(dims)
    std = x.std(dims, unbiased=False)
    return (x - mean) / (std + eps)


def layer_norm(x, weight, bias, eps=1e-5):
    m = x.mean(-1, keepdim=True)
    v = ((x - m) ** 2).mean(-1, keepdim=True)
    return bias * (x - m) / (v + eps).sqrt() + weight


def rms_norm(x, weight, eps=1e-6):
    return weight * x / torch.sqrt((x * x).sum(-1, keepdim=True) + eps)


class LayerNorm2d(nn.Module):
    def __init__(self, channels, eps=1e-6):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(channels))
        self.bias = nn.Parameter(torch.zeros(channels))
        self.eps = eps

    def forward(self, x):
        m = x.mean((2, 3), keepdim=True)
        v = x.var((2, 3), keepdim=True, unbiased=False)
        x = (x - m) / torch.sqrt(v + self.eps)
        return self.weight[:, None, None] * x + self.bias[:, None, None]


def fold_batch_norm(weight, bias, running_mean, running_var, gamma, beta, eps=1e-5):
    s = gamma / (running_var + eps).sqrt()
    return weight * s.view(-1, 1, 1, 1), beta - running_mean * s
