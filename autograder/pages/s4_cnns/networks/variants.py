"""Other right ways to write this page."""

import functools

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

from autograder.checking import variant


@variant("PyTorch's pooling, batch norm in the network, functools.partial, steps written out")
def global_avg_pool(x: torch.Tensor) -> torch.Tensor:
    return F.adaptive_avg_pool2d(x, 1).flatten(1)


@variant("PyTorch's pooling, batch norm in the network, functools.partial, steps written out")
class SmallCNN(nn.Sequential):
    def __init__(self, in_channels: int = 1, classes: int = 10) -> None:
        super().__init__(
            nn.Conv2d(in_channels, 8, 5), nn.BatchNorm2d(8), nn.ReLU(), nn.MaxPool2d(2),
            nn.Conv2d(8, 16, 3), nn.BatchNorm2d(16), nn.ReLU(), nn.Dropout(0.2),
            nn.AdaptiveMaxPool2d((2, 2)), nn.Flatten(), nn.Linear(64, classes), nn.LogSoftmax(1),
        )  # fmt: skip


@variant("PyTorch's pooling, batch norm in the network, functools.partial, steps written out")
def shape_trace(model: nn.Module, x: torch.Tensor) -> list[tuple[str, tuple[int, ...]]]:
    def note(name, module, inputs, output):
        trace.append((name, output.shape))

    trace = []
    leaves = [(name, module) for name, module in model.named_modules() if len(module._modules) == 0]
    hooks = [module.register_forward_hook(functools.partial(note, name)) for name, module in leaves]
    was = [module.training for module in model.modules()]
    model.eval()
    try:
        with torch.no_grad():
            model(x)
    finally:
        for hook in hooks:
            hook.remove()
        for module, training in zip(model.modules(), was):
            module.training = training
    return trace


@variant("PyTorch's pooling, batch norm in the network, functools.partial, steps written out")
def count_parameters(model: nn.Module) -> int:
    total, seen = 0, set()
    for module in model.modules():
        for p in module._parameters.values():
            if p is not None and p.requires_grad and id(p) not in seen:
                seen.add(id(p))
                total += np.prod(p.shape, dtype=int)
    return total


@variant("PyTorch's pooling, batch norm in the network, functools.partial, steps written out")
class BatchNorm2d(nn.Module):
    def __init__(self, num_features: int, eps: float = 1e-5, momentum: float = 0.1) -> None:
        super().__init__()
        self.eps = eps
        self.momentum = momentum
        self.weight = nn.Parameter(torch.ones(num_features))
        self.bias = nn.Parameter(torch.zeros(num_features))
        self.register_buffer("running_mean", torch.zeros(num_features))
        self.register_buffer("running_var", torch.ones(num_features))
        self.register_buffer("num_batches_tracked", torch.tensor(0))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        if self.training:
            channels = x.transpose(0, 1).flatten(1)  # (C, N H W)
            n = channels.size(1)
            if n <= 1:
                raise ValueError(f"expected more than one value a channel, but x is {tuple(x.shape)}")
            mean = channels.mean(1)
            var = ((channels - mean[:, None]) ** 2).mean(1)
            self.running_mean = (1 - self.momentum) * self.running_mean + self.momentum * mean.detach()
            self.running_var = (1 - self.momentum) * self.running_var + self.momentum * channels.var(1).detach()
            self.num_batches_tracked += 1
        else:
            mean, var = self.running_mean, self.running_var
        y = (x - mean.view(1, -1, 1, 1)) / (var.view(1, -1, 1, 1) + self.eps).sqrt()
        return self.weight.view(1, -1, 1, 1) * y + self.bias.view(1, -1, 1, 1)


@variant("PyTorch's pooling, batch norm in the network, functools.partial, steps written out")
class ResidualBlock(nn.Module):
    def __init__(self, in_channels: int, out_channels: int, stride: int = 1) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(in_channels, out_channels, 3, stride, 1, bias=False)
        self.bn1 = BatchNorm2d(out_channels)
        self.conv2 = nn.Conv2d(out_channels, out_channels, 3, 1, 1, bias=False)
        self.bn2 = BatchNorm2d(out_channels)
        self.downsample = None
        if (in_channels, 1) != (out_channels, stride):
            self.downsample = nn.ModuleList(
                [nn.Conv2d(in_channels, out_channels, 1, stride, bias=False), BatchNorm2d(out_channels)]
            )

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        identity = x
        for layer in self.downsample or []:
            identity = layer(identity)
        out = F.relu(self.bn1(self.conv1(x)), inplace=True)
        out = self.bn2(self.conv2(out))
        out += identity
        return F.relu(out, inplace=True)


@variant("sums and divisions, lazy layers, a residual network, channels last")
def global_avg_pool(x: torch.Tensor) -> torch.Tensor:
    return torch.einsum("nchw->nc", x) / (x.shape[2] * x.shape[3])


@variant("sums and divisions, lazy layers, a residual network, channels last")
class SmallCNN(nn.Module):
    def __init__(self, in_channels: int = 1, classes: int = 10) -> None:
        super().__init__()
        self.first = nn.LazyConv2d(4, 3)
        self.blocks = nn.ModuleList([ResidualBlock(4, 8, 2), ResidualBlock(8, 8)])
        self.last = nn.LazyLinear(classes)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = self.first(x)
        for block in self.blocks:
            x = block(x)
        return self.last(x.mean(-1).mean(-1))


@variant("sums and divisions, lazy layers, a residual network, channels last")
def shape_trace(model: nn.Module, x: torch.Tensor) -> list[tuple[str, tuple[int, ...]]]:
    names = {module: name for name, module in model.named_modules() if next(module.children(), None) is None}
    trace = []

    def hook(module, inputs, output):
        trace.append((names[module], tuple(output.size())))

    handles = []
    try:
        for module in names:
            handles.append(module.register_forward_hook(hook))
        model(x)
        return trace
    finally:
        while handles:
            handles.pop().remove()


@variant("sums and divisions, lazy layers, a residual network, channels last")
def count_parameters(model: nn.Module) -> int:
    return sum(len(p.reshape(-1)) for p in {*model.parameters()} if p.requires_grad)


@variant("sums and divisions, lazy layers, a residual network, channels last")
class BatchNorm2d(nn.Module):
    def __init__(self, num_features: int, eps: float = 1e-5, momentum: float = 0.1) -> None:
        super().__init__()
        self.weight, self.bias = nn.Parameter(torch.ones(num_features)), nn.Parameter(torch.zeros(num_features))
        self.register_buffer("running_mean", 0 * self.weight.detach())
        self.register_buffer("running_var", self.weight.detach().clone())
        self.options = eps, momentum

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        eps, m = self.options
        last = x.permute(0, 2, 3, 1)  # (N, H, W, C): what belongs to channels comes last, and broadcasts by itself
        if self.training:
            n = last[..., 0].numel()
            if n == 1:
                raise ValueError("a single value")
            mean = last.sum((0, 1, 2)) / n
            squares = (last - mean).pow(2).sum((0, 1, 2))
            var = squares / n
            self.running_mean.copy_(self.running_mean + m * (mean.detach() - self.running_mean))
            self.running_var.mul_(1 - m).add_(m * squares.detach() / (n - 1))
        else:
            mean, var = self.running_mean, self.running_var
        return ((last - mean) * torch.rsqrt(var + eps) * self.weight + self.bias).permute(0, 3, 1, 2)


@variant("sums and divisions, lazy layers, a residual network, channels last")
class ResidualBlock(nn.Module):
    def __init__(self, in_channels: int, out_channels: int, stride: int = 1) -> None:
        super().__init__()

        def layers(inside, kernel, step):
            return nn.Conv2d(inside, out_channels, kernel, step, kernel // 2, bias=False), nn.BatchNorm2d(out_channels)

        self.projection = nn.Sequential(*layers(in_channels, 1, stride))
        if stride == 1 and in_channels == out_channels:
            self.projection = None
        self.layers = nn.Sequential(*layers(in_channels, 3, stride), nn.ReLU(), *layers(out_channels, 3, 1))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        y = self.layers(x)
        y = y + x if self.projection is None else y + self.projection(x)
        return y.clamp(min=0)


@variant("a gradient written by hand, one hook for all modules, everything named in dictionaries")
def global_avg_pool(x: torch.Tensor) -> torch.Tensor:
    return F.avg_pool2d(x, kernel_size=x.shape[2:])[:, :, 0, 0]


@variant("a gradient written by hand, one hook for all modules, everything named in dictionaries")
class SmallCNN(nn.ModuleDict):
    def __init__(self, in_channels: int = 1, classes: int = 10) -> None:
        super().__init__({
            "look": nn.Conv2d(in_channels, 6, 4, stride=2), "bend": nn.GELU(), "join": nn.Conv2d(6, 12, 3, groups=2),
            "each": nn.Conv2d(12, classes, 1),
        })  # fmt: skip

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        y = self["bend"](self["look"](x))
        y = self["each"](torch.tanh(self["join"](y)))
        return y.flatten(2).logsumexp(2)


@variant("a gradient written by hand, one hook for all modules, everything named in dictionaries")
def shape_trace(model: nn.Module, x: torch.Tensor) -> list[tuple[str, tuple[int, ...]]]:
    names = {id(module): name for name, module in model.named_modules() if not module._modules}
    seen: list[tuple[str, tuple[int, ...]]] = []

    def record(module, inputs, output):
        if id(module) in names:
            seen.append((names[id(module)], tuple(output.shape)))

    handle = nn.modules.module.register_module_forward_hook(record)
    try:
        with torch.inference_mode():
            model(x)
    finally:
        handle.remove()
    return seen


@variant("a gradient written by hand, one hook for all modules, everything named in dictionaries")
def count_parameters(model: nn.Module) -> int:
    learned = {id(p): p for p in model.parameters() if p.requires_grad}
    return functools.reduce(lambda total, p: total + p.nelement(), learned.values(), 0)


@variant("a gradient written by hand, one hook for all modules, everything named in dictionaries")
class Normalised(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, weight, bias, eps):
        mean = x.mean((0, 2, 3), keepdim=True)
        spread = ((x - mean).square().mean((0, 2, 3), keepdim=True) + eps).sqrt()
        z = (x - mean) / spread
        ctx.save_for_backward(z, spread, weight)
        return z * weight[:, None, None] + bias[:, None, None]

    @staticmethod
    def backward(ctx, grad):
        z, spread, weight = ctx.saved_tensors
        dz = grad * weight[:, None, None]
        dx = dz - dz.mean((0, 2, 3), keepdim=True) - z * (dz * z).mean((0, 2, 3), keepdim=True)
        return dx / spread, (grad * z).sum((0, 2, 3)), grad.sum((0, 2, 3)), None


@variant("a gradient written by hand, one hook for all modules, everything named in dictionaries")
class BatchNorm2d(nn.Module):
    def __init__(self, num_features: int, eps: float = 1e-5, momentum: float = 0.1) -> None:
        super().__init__()
        self.settings = {"eps": eps, "momentum": momentum}
        for name, value in {"weight": 1.0, "bias": 0.0}.items():
            self.register_parameter(name, nn.Parameter(torch.full((num_features,), value)))
        for name, value in {"running_mean": 0.0, "running_var": 1.0}.items():
            self.register_buffer(name, torch.full((num_features,), value))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        eps, m = self.settings["eps"], self.settings["momentum"]
        if not self.training:
            factor = self.weight * (self.running_var + eps) ** -0.5
            return torch.einsum("nchw,c->nchw", x - self.running_mean[:, None, None], factor) + self.bias[:, None, None]
        if len(x) * x.shape[2] * x.shape[3] < 2:
            raise ValueError("there is one value a channel")
        var, mean = torch.var_mean(x.detach(), (0, 2, 3))
        self.running_mean += m * (mean - self.running_mean)
        self.running_var += m * (var - self.running_var)
        return Normalised.apply(x, self.weight, self.bias, eps)


@variant("a gradient written by hand, one hook for all modules, everything named in dictionaries")
class ResidualBlock(nn.ModuleDict):
    def __init__(self, in_channels: int, out_channels: int, stride: int = 1) -> None:
        super().__init__()
        for name, inside, kernel, step in (
            ("one", in_channels, 3, stride), ("two", out_channels, 3, 1), ("short", in_channels, 1, stride),
        ):  # fmt: skip
            if name == "short" and stride == 1 and in_channels == out_channels:
                break
            self[name] = nn.Conv2d(inside, out_channels, kernel, step, kernel // 2, bias=False)
            self[f"{name}_norm"] = BatchNorm2d(out_channels)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        y = self["one_norm"](self["one"](x)).clamp_min(0)
        y = self["two_norm"](self["two"](y))
        short = self["short_norm"](self["short"](x)) if "short" in self else x
        return torch.where(y + short > 0, y + short, torch.zeros((), dtype=y.dtype))


@variant("channel after channel in float64, forward replaced for one call, modules in modules")
def global_avg_pool(x: torch.Tensor) -> torch.Tensor:
    rows = [torch.stack([channel.double().sum() / channel.numel() for channel in image]) for image in x]
    return torch.stack(rows).to(x.dtype)


@variant("channel after channel in float64, forward replaced for one call, modules in modules")
class SmallCNN(nn.Module):
    def __init__(self, in_channels: int = 1, classes: int = 10) -> None:
        super().__init__()
        self.classes = classes
        self.eye = nn.Conv2d(in_channels, 8, 3, padding=1, padding_mode="reflect")
        self.again = nn.Conv2d(8, 8, 3, padding=1)
        self.weight = nn.Parameter(torch.randn(8, classes) / 8**0.5)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        y = F.leaky_relu(self.eye(x))
        while min(y.shape[2:]) > 8:  # the same layer again and again, until the image is small
            y = F.max_pool2d(F.leaky_relu(self.again(y)) + y, 2)
        return y.double().mean((2, 3)).float() @ self.weight


@variant("channel after channel in float64, forward replaced for one call, modules in modules")
def shape_trace(model: nn.Module, x: torch.Tensor) -> list[tuple[str, tuple[int, ...]]]:
    trace = []
    layers = {name: module for name, module in model.named_modules() if not any(True for _ in module.children())}

    def watched(name, forward):
        def run(*args, **options):
            output = forward(*args, **options)
            trace.append((name, tuple(output.shape)))
            return output

        return run

    try:
        for name, module in layers.items():
            module.forward = watched(name, module.forward)
        model(x)
    finally:
        for module in layers.values():
            module.__dict__.pop("forward", None)
    return trace


@variant("channel after channel in float64, forward replaced for one call, modules in modules")
def count_parameters(model: nn.Module) -> int:
    count = 0
    for _, p in model.named_parameters():
        if p.requires_grad:
            size = 1
            for extent in p.shape:
                size *= extent
            count += size
    return count


@variant("channel after channel in float64, forward replaced for one call, modules in modules")
class BatchNorm2d(nn.Module):
    def __init__(self, num_features: int, eps: float = 1e-5, momentum: float = 0.1) -> None:
        super().__init__()
        self.eps, self.momentum = eps, momentum
        self.weight = nn.Parameter(torch.tensor([1.0] * num_features))
        self.bias = nn.Parameter(torch.tensor([0.0] * num_features))
        self.register_buffer("running_mean", torch.tensor([0.0] * num_features))
        self.register_buffer("running_var", torch.tensor([1.0] * num_features))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        if self.training and x[:, 0].numel() == 1:
            raise ValueError("a variance needs two values")
        out = []
        for c, channel in enumerate(x.double().unbind(1)):
            mean, var = self.running_mean[c].double(), self.running_var[c].double()
            if self.training:
                mean, var = channel.mean(), channel.var(unbiased=False)
                n = channel.numel()
                with torch.no_grad():
                    self.running_mean[c] = (1 - self.momentum) * self.running_mean[c] + self.momentum * mean
                    self.running_var[c] = (1 - self.momentum) * self.running_var[c] + self.momentum * var * n / (n - 1)
            out.append((channel - mean) / (var + self.eps).sqrt() * self.weight[c] + self.bias[c])
        return torch.stack(out, 1).to(x.dtype)


@variant("channel after channel in float64, forward replaced for one call, modules in modules")
class ConvNorm(nn.Sequential):
    """A convolution and the batch norm that follows it."""

    def __init__(self, inside, outside, kernel, stride):
        super().__init__(nn.Conv2d(inside, outside, kernel, stride, (kernel - 1) // 2, bias=False))
        self.append(BatchNorm2d(outside))


@variant("channel after channel in float64, forward replaced for one call, modules in modules")
class ResidualBlock(nn.Module):
    def __init__(self, in_channels: int, out_channels: int, stride: int = 1) -> None:
        super().__init__()
        same = in_channels == out_channels and stride == 1
        self.short = nn.Sequential() if same else ConvNorm(in_channels, out_channels, 1, stride)
        self.body = nn.Sequential(
            ConvNorm(in_channels, out_channels, 3, stride), nn.ReLU(), ConvNorm(out_channels, out_channels, 3, 1)
        )

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return F.relu(sum((self.short(x), self.body(x))))
