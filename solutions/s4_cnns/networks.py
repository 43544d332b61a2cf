# %% [markdown]
# # Convolutional neural networks
#
# A convolution is a layer; this page makes networks of it: you build a small one, look inside it while it runs, count
# what it learns, and write the two parts that let networks become deep, batch normalisation and the residual block.

# %%
import torch
from torch import nn

# %% [markdown]
# ## Global average pooling
#
# $$y_{nc} = \frac{1}{HW} \sum_{i,j} x_{ncij}$$
#
# One number a channel, however large the image is: a linear layer that comes after it fits every size.


# %%
def global_avg_pool(x: torch.Tensor) -> torch.Tensor:
    """The mean of every channel of every image.

    Args:
        x: (N, C, H, W) float32 or float64, each of 1 or more, contiguous or not; stays as it was.

    Returns:
        (N, C), in the dtype of x; NaN where a channel has one. Differentiable.
    """
    ### BEGIN SOLUTION
    return x.mean(dim=(2, 3))
    ### END SOLUTION


# %% [markdown]
# ## A network
#
# Convolutions that halve the image and double the channels, the mean of every channel, and one linear layer.


# %%
class SmallCNN(nn.Module):
    """Tells images apart, whatever their size.

    Called with images (N, in_channels, H, W), float32, contiguous or not, for any H and W of 16 or more, equal or not,
    and any N of 1 or more (in training mode 2 or more), it gives float32 logits (N, classes): any real numbers
    (log-probabilities among them), no probabilities. Differentiable; the images stay as they were, and all of their
    channels are looked at, and every part of 16 x 16 pixels, wherever it is. In eval mode the logits of an image
    depend on that image alone. One network takes all these sizes, one after the other.

    How many layers, how wide, and with or without batch norm is up to you; one of them at least is a convolution
    (nn.Conv2d), and all that they learn is among `parameters()`: another network that loads the `state_dict()` gives
    the same logits in eval mode. Every parameter requires a gradient.

    Args:
        in_channels: 1 for grey images, 3 for coloured ones.
        classes: the number of logits.
    """

    def __init__(self, in_channels: int = 1, classes: int = 10) -> None:
        ### BEGIN SOLUTION
        super().__init__()
        self.features = nn.Sequential(
            nn.Conv2d(in_channels, 16, 3, stride=2, padding=1), nn.ReLU(),  # (N, 16, H/2, W/2)
            nn.Conv2d(16, 32, 3, stride=2, padding=1), nn.ReLU(),  # (N, 32, H/4, W/4)
            nn.Conv2d(32, 64, 3, stride=2, padding=1), nn.ReLU(),  # (N, 64, H/8, W/8)
        )  # fmt: skip
        self.head = nn.Linear(64, classes)
        ### END SOLUTION

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        ### BEGIN SOLUTION
        return self.head(global_avg_pool(self.features(x)))
        ### END SOLUTION


# %% [markdown]
# ## Looking inside
#
# `module.register_forward_hook(f)` has PyTorch call `f(module, inputs, output)` whenever the module has run, and
# returns a handle whose `remove()` ends that.


# %%
def shape_trace(model: nn.Module, x: torch.Tensor) -> list[tuple[str, tuple[int, ...]]]:
    """What comes out of every layer, in one run of the model.

    Args:
        model: any module. Its layers are the modules that have no modules inside them (a model without any is its own
            only layer), and each of them gives one tensor. Afterwards no hook of yours is left in it, and every other
            one still is; its parameters and their gradients are what they were, and it is in the mode (training or
            eval) it came in; whether its running averages move is up to you.
        x: what the model is called with, contiguous or not; it stays as it was.

    Returns:
        One pair (name, shape) for every call of a layer, in the order of the calls: its name as
        `model.named_modules()` has it, and the shape of its output. A layer that is called twice appears twice, one
        that is never called does not appear.

    Raises:
        Exception: whatever the model raises; its hooks, parameters, gradients and mode are then as promised above, too.
    """
    ### BEGIN SOLUTION
    trace, handles = [], []

    def recorder(name):  # a function of its own: it keeps its `name`, while a loop's variable would go on
        return lambda module, inputs, output: trace.append((name, tuple(output.shape)))

    for name, module in model.named_modules():
        if not list(module.children()):
            handles.append(module.register_forward_hook(recorder(name)))
    try:
        model(x)
    finally:
        for handle in handles:
            handle.remove()
    return trace
    ### END SOLUTION


# %% [markdown]
# ## Counting
#
# A convolution has $k^2 C_\text{in} C_\text{out}$ weights, wherever it is used and however large the image is.


# %%
def count_parameters(model: nn.Module) -> int:
    """How many numbers a model learns.

    Counts the entries of all parameters, those of modules inside it included, that require a gradient. A parameter
    that several modules share counts once; parameters that require none and buffers do not count. ResNet-18 has
    11,689,512.

    Args:
        model: any module; it stays as it was.

    Returns:
        The count, a single number.
    """
    ### BEGIN SOLUTION
    return sum(p.numel() for p in model.parameters() if p.requires_grad)
    ### END SOLUTION


# %% [markdown]
# ## Batch normalisation
#
# $$y = \gamma\,\frac{x - \mu}{\sqrt{\sigma^2 + \varepsilon}} + \beta$$
#
# with a $\mu$, $\sigma^2$, $\gamma$ and $\beta$ for every channel. While training, $\mu$ and $\sigma^2$ are those of
# the batch; later they are the averages that were collected on the way.


# %%
class BatchNorm2d(nn.Module):
    """Batch normalisation of images, written out: without PyTorch's own normalisations.

    Called with x, (N, C, H, W) in the dtype of its parameters, contiguous or not, it gives a new tensor of this shape
    and dtype; x stays as it was.

    In training mode every channel is normalised by mean and biased variance (divided by n) of its n = N H W values,
    accurately too if its mean is ten thousand times its deviation; gradients flow through both. Then the running
    averages take in the batch, r <- (1 - momentum) r + momentum b, where b is the batch's mean, and its unbiased
    variance (divided by n - 1). They carry no graph.

    In eval mode running_mean and running_var take the places of mean and variance, and stay as they are.

    Its parameters are weight (gamma, begins at 1) and bias (beta, begins at 0), both (C,); its buffers running_mean
    (begins at 0) and running_var (begins at 1), both (C,), and more if you like, such as num_batches_tracked. The
    state_dict() holds all four under these names.

    Args:
        num_features: C.
        eps: is added to the variance.
        momentum: how much a new batch weighs in the running averages.

    Raises:
        ValueError: when called in training mode with one single value a channel (N = H = W = 1); the running averages
            stay as they were then.
    """

    def __init__(self, num_features: int, eps: float = 1e-5, momentum: float = 0.1) -> None:
        ### BEGIN SOLUTION
        super().__init__()
        self.eps, self.momentum = eps, momentum
        self.weight = nn.Parameter(torch.ones(num_features))
        self.bias = nn.Parameter(torch.zeros(num_features))
        self.register_buffer("running_mean", torch.zeros(num_features))
        self.register_buffer("running_var", torch.ones(num_features))
        ### END SOLUTION

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        ### BEGIN SOLUTION
        mean, var = self.running_mean, self.running_var
        if self.training:
            n = x.numel() // x.shape[1]
            if n == 1:
                raise ValueError("one value a channel has no variance")
            mean, var = x.mean((0, 2, 3)), x.var((0, 2, 3), correction=0)
            with torch.no_grad():
                self.running_mean.lerp_(mean, self.momentum)
                self.running_var.lerp_(var * n / (n - 1), self.momentum)
        scale = self.weight / torch.sqrt(var + self.eps)
        return (x - mean[:, None, None]) * scale[:, None, None] + self.bias[:, None, None]
        ### END SOLUTION


# %% [markdown]
# ## The residual block
#
# $$y = \mathrm{relu}\bigl(F(x) + S(x)\bigr)$$
#
# The layers $F$ need only learn what to *change*; the shortcut $S$ brings the rest.


# %%
class ResidualBlock(nn.Module):
    """The block of which ResNet-18 is made.

    Called with x, (N, in_channels, H, W) in the dtype of its parameters, contiguous or not, it gives relu(F(x) + S(x)),
    (N, out_channels, H', W') with H' = ceil(H / stride) and W' = ceil(W / stride); x stays as it was.

    F is a 3x3 convolution with the stride, batch norm, ReLU, a 3x3 convolution, batch norm; both convolutions have
    padding 1. S is the identity where the shapes of x and F(x) are the same for any x (stride 1, as many channels
    out as in), else a 1x1 convolution with the stride, and batch norm.

    None of the convolutions has a bias: the batch norm that follows would take it away again. The batch norms may be
    yours or PyTorch's; nothing else in the block is learned, and every parameter requires a gradient.
    """

    def __init__(self, in_channels: int, out_channels: int, stride: int = 1) -> None:
        ### BEGIN SOLUTION
        super().__init__()
        self.branch = nn.Sequential(
            nn.Conv2d(in_channels, out_channels, 3, stride, padding=1, bias=False),
            nn.BatchNorm2d(out_channels),
            nn.ReLU(),
            nn.Conv2d(out_channels, out_channels, 3, padding=1, bias=False),
            nn.BatchNorm2d(out_channels),
        )
        self.shortcut = nn.Identity()
        if stride != 1 or in_channels != out_channels:
            self.shortcut = nn.Sequential(
                nn.Conv2d(in_channels, out_channels, 1, stride, bias=False), nn.BatchNorm2d(out_channels)
            )
        ### END SOLUTION

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        ### BEGIN SOLUTION
        return torch.relu(self.branch(x) + self.shortcut(x))
        ### END SOLUTION


# %% [markdown]
# Eight such blocks are ResNet-18, and this is all of it. Try `count_parameters(resnet18())`, and
# `shape_trace(resnet18(), torch.randn(1, 3, 224, 224))`.


# %%
def resnet18(classes: int = 1000) -> nn.Module:
    """ResNet-18, made of your blocks: images (N, 3, H, W) to logits (N, classes)."""
    blocks = [
        ResidualBlock(64, 64), ResidualBlock(64, 64), ResidualBlock(64, 128, 2), ResidualBlock(128, 128),
        ResidualBlock(128, 256, 2), ResidualBlock(256, 256), ResidualBlock(256, 512, 2), ResidualBlock(512, 512),
    ]  # fmt: skip
    return nn.Sequential(
        nn.Conv2d(3, 64, 7, stride=2, padding=3, bias=False), nn.BatchNorm2d(64), nn.ReLU(), nn.MaxPool2d(3, 2, 1),
        *blocks, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(512, classes),
    )  # fmt: skip
