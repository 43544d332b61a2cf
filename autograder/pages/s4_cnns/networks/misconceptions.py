"""Wrong ways to build, count and look into convolutional networks, as students write them."""

import torch
import torch.nn.functional as F
from torch import nn

from autograder.checking import misconception

# -- global average pooling ------------------------------------------------------------------------


@misconception(
    "keeps height and width, of size 1",
    hint="(N, C, 1, 1) is four-dimensional still, and a linear layer would take its last dim. Flatten it, or take the mean over both dims at once.",
    dies_by="test_global_avg_pool",
)
def global_avg_pool(x: torch.Tensor) -> torch.Tensor:
    return F.adaptive_avg_pool2d(x, 1)


@misconception(
    "adds up where the mean belongs",
    hint="A sum grows with the image: twice the height, twice the feature. Which reduction does not depend on H and W?",
    dies_by="test_global_avg_pool",
)
def global_avg_pool(x: torch.Tensor) -> torch.Tensor:
    return x.sum(dim=(2, 3))


@misconception(
    "takes the mean over the width and then over the channels",
    hint="After the first mean there are three dims left, and -2 is another one than before. Name both dims in one call.",
    dies_by="test_global_avg_pool",
)
def global_avg_pool(x: torch.Tensor) -> torch.Tensor:
    return x.mean(-1).mean(-2)


@misconception(
    "squeezes away every dim of size 1",
    hint="An image that comes alone loses its batch dim too, and so does a single channel. Name the dims that are to go.",
    dies_by="test_global_avg_pool",
)
def global_avg_pool(x: torch.Tensor) -> torch.Tensor:
    return F.adaptive_avg_pool2d(x, 1).squeeze()


# -- the network -----------------------------------------------------------------------------------


@misconception(
    "has a linear layer that fits one image size only",
    hint="The number of entries behind flatten depends on H and W. The mean of every channel does not.",
    dies_by="test_small_cnn_sizes",
)
class SmallCNN(nn.Module):
    def __init__(self, in_channels: int = 1, classes: int = 10) -> None:
        super().__init__()
        self.features = nn.Sequential(
            nn.Conv2d(in_channels, 8, 3, stride=2, padding=1), nn.ReLU(),
            nn.Conv2d(8, 16, 3, stride=2, padding=1), nn.ReLU(),
        )  # fmt: skip
        self.head = nn.Linear(16 * 7 * 7, classes)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.head(torch.flatten(self.features(x), 1))


@misconception(
    "flattens the batch away together with the rest",
    hint="torch.flatten begins at dim 0, which holds the images. Dim 0 must stay: flatten from dim 1.",
    dies_by="test_small_cnn_sizes",
)
class SmallCNN(nn.Module):
    def __init__(self, in_channels: int = 1, classes: int = 10) -> None:
        super().__init__()
        self.features = nn.Sequential(
            nn.Conv2d(in_channels, 8, 3, stride=2, padding=1), nn.ReLU(),
            nn.Conv2d(8, 16, 3, stride=2, padding=1), nn.ReLU(),
        )  # fmt: skip
        self.pool = nn.AdaptiveAvgPool2d(1)
        self.head = nn.Linear(16, classes)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.head(torch.flatten(self.pool(self.features(x))))


@misconception(
    "ends in a softmax, though the loss does one too",
    hint="cross_entropy takes logits and does the softmax itself. Twice is too flat: learning crawls.",
    dies_by="test_small_cnn_logits",
)
class SmallCNN(nn.Module):
    def __init__(self, in_channels: int = 1, classes: int = 10) -> None:
        super().__init__()
        self.features = nn.Sequential(
            nn.Conv2d(in_channels, 8, 3, stride=2, padding=1), nn.ReLU(),
            nn.Conv2d(8, 16, 3, stride=2, padding=1), nn.ReLU(),
        )  # fmt: skip
        self.pool = nn.AdaptiveAvgPool2d(1)
        self.head = nn.Linear(16, classes)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return torch.softmax(self.head(torch.flatten(self.pool(self.features(x)), 1)), dim=1)


@misconception(
    "has convolutions that are not among its parameters",
    hint="A module finds the modules among its attributes, but looks into no list. Print list(model.parameters()), then try nn.ModuleList.",
    dies_by="test_small_cnn_logits",
)
class SmallCNN(nn.Module):
    def __init__(self, in_channels: int = 1, classes: int = 10) -> None:
        super().__init__()
        self.convolutions = [nn.Conv2d(in_channels, 8, 3, 2, 1), nn.Conv2d(8, 16, 3, 2, 1)]
        self.head = nn.Linear(16, classes)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        for convolution in self.convolutions:
            x = torch.relu(convolution(x))
        return self.head(x.mean((2, 3)))


@misconception(
    "has a last layer that is not among its parameters",
    hint="What state_dict() does not hold is neither trained nor saved. Is every layer an attribute of the module, and in no plain list?",
    dies_by="test_small_cnn_logits",
)
class SmallCNN(nn.Module):
    def __init__(self, in_channels: int = 1, classes: int = 10) -> None:
        super().__init__()
        self.features = nn.Sequential(nn.Conv2d(in_channels, 8, 3, 2, 1), nn.ReLU(), nn.Conv2d(8, 16, 3, 2, 1))
        self.last = [nn.Linear(16, classes)]

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.last[0](torch.relu(self.features(x)).mean((2, 3)))


@misconception(
    "has a convolution that is never trained",
    hint="Which of your parameters has requires_grad = False? Freezing is for layers that have learned already.",
    dies_by="test_small_cnn_logits",
)
class SmallCNN(nn.Module):
    def __init__(self, in_channels: int = 1, classes: int = 10) -> None:
        super().__init__()
        self.features = nn.Sequential(nn.Conv2d(in_channels, 8, 3, 2, 1), nn.ReLU(), nn.Conv2d(8, 16, 3, 2, 1))
        self.features[0].requires_grad_(False)
        self.last = nn.Linear(16, classes)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.last(torch.relu(self.features(x)).mean((2, 3)))


# -- looking inside --------------------------------------------------------------------------------


@misconception(
    "gives every layer the last one's name",
    hint="A lambda looks `name` up when it is called, and by then the loop is over. Give each hook a name of its own: name=name, or functools.partial.",
    dies_by="test_shape_trace",
)
def shape_trace(model: nn.Module, x: torch.Tensor) -> list[tuple[str, tuple[int, ...]]]:
    trace, handles = [], []
    for name, module in model.named_modules():
        if not list(module.children()):
            hook = module.register_forward_hook(lambda m, inputs, output: trace.append((name, tuple(output.shape))))
            handles.append(hook)
    try:
        model(x)
    finally:
        for handle in handles:
            handle.remove()
    return trace


@misconception(
    "lists containers besides the layers",
    hint="A Sequential gives what its last layer gives, so the same shape is there twice. Which modules have no children?",
    dies_by="test_shape_trace",
)
def shape_trace(model: nn.Module, x: torch.Tensor) -> list[tuple[str, tuple[int, ...]]]:
    trace, handles = [], []
    for name, module in model.named_modules():

        def hook(m, inputs, output, name=name):
            trace.append((name, tuple(output.shape)))

        handles.append(module.register_forward_hook(hook))
    try:
        model(x)
    finally:
        for handle in handles:
            handle.remove()
    return trace


@misconception(
    "sends the input through the layers itself",
    hint="Only the model's own forward knows in which order its layers are called, and how often. Call model(x), and listen by hooks.",
    dies_by="test_shape_trace",
)
def shape_trace(model: nn.Module, x: torch.Tensor) -> list[tuple[str, tuple[int, ...]]]:
    trace = []
    for name, module in model.named_modules():
        if not list(module.children()):
            x = module(x)
            trace.append((name, tuple(x.shape)))
    return trace


@misconception(
    "leaves its hooks in the model",
    hint="Keep what register_forward_hook returns, and call its remove(). Else the tenth trace records everything ten times.",
    dies_by="test_leaves_no_hooks",
)
def shape_trace(model: nn.Module, x: torch.Tensor) -> list[tuple[str, tuple[int, ...]]]:
    trace = []
    for name, module in model.named_modules():
        if not list(module.children()):

            def hook(m, inputs, output, name=name):
                trace.append((name, tuple(output.shape)))

            module.register_forward_hook(hook)
    model(x)
    return trace


@misconception(
    "removes its hooks only if nothing goes wrong",
    hint="You trace shapes when they do not fit, and then model(x) raises: who removes the hooks? That is what try ... finally is for.",
    dies_by="test_leaves_no_hooks",
)
def shape_trace(model: nn.Module, x: torch.Tensor) -> list[tuple[str, tuple[int, ...]]]:
    trace, handles = [], []
    for name, module in model.named_modules():
        if not list(module.children()):

            def hook(m, inputs, output, name=name):
                trace.append((name, tuple(output.shape)))

            handles.append(module.register_forward_hook(hook))
    model(x)
    for handle in handles:
        handle.remove()
    return trace


@misconception(
    "leaves the model in eval mode",
    hint="A training that is traced in its middle goes on without dropout. Keep model.training, and restore it.",
    dies_by="test_leaves_no_hooks",
)
def shape_trace(model: nn.Module, x: torch.Tensor) -> list[tuple[str, tuple[int, ...]]]:
    trace, handles = [], []
    for name, module in model.named_modules():
        if not list(module.children()):

            def hook(m, inputs, output, name=name):
                trace.append((name, tuple(output.shape)))

            handles.append(module.register_forward_hook(hook))
    model.eval()
    try:
        model(x)
    finally:
        for handle in handles:
            handle.remove()
    return trace


# -- counting --------------------------------------------------------------------------------------


@misconception(
    "counts the tensors, not the numbers in them",
    hint="A weight of shape (3, 2) is one tensor and six numbers. What does p.numel() say?",
    dies_by="test_count_parameters",
)
def count_parameters(model: nn.Module) -> int:
    return len([p for p in {id(p): p for p in model.parameters()}.values() if p.requires_grad])


@misconception("counts the tensors, not the numbers in them")
def count_parameters(model: nn.Module) -> int:
    return len(list(model.parameters()))


@misconception(
    "counts frozen parameters too",
    hint="What requires no gradient is not learned. Ask p.requires_grad.",
    dies_by="test_count_parameters",
)
def count_parameters(model: nn.Module) -> int:
    return sum(p.numel() for p in model.parameters())


@misconception(
    "counts the buffers of batch norm too",
    hint="A state_dict holds all that must be saved, the running averages and a step count included. Which of it is learned?",
    dies_by="test_count_parameters",
)
def count_parameters(model: nn.Module) -> int:
    return sum(value.numel() for value in model.state_dict().values())


@misconception(
    "counts a shared parameter once for each module that holds it",
    hint="Tied weights are one tensor with two names. model.parameters() gives each tensor once.",
    dies_by="test_count_parameters",
)
def count_parameters(model: nn.Module) -> int:
    return sum(p.numel() for m in model.modules() for p in m.parameters(recurse=False) if p.requires_grad)


# -- batch normalisation ---------------------------------------------------------------------------


@misconception(
    "normalises by the unbiased variance",
    hint="The unbiased variance is for the running average alone. For what it does now, these n values are all there is: correction=0.",
    dies_by="test_batchnorm_training",
)
class BatchNorm2d(nn.Module):
    def __init__(self, num_features: int, eps: float = 1e-5, momentum: float = 0.1) -> None:
        super().__init__()
        self.eps, self.momentum = eps, momentum
        self.weight = nn.Parameter(torch.ones(num_features))
        self.bias = nn.Parameter(torch.zeros(num_features))
        self.register_buffer("running_mean", torch.zeros(num_features))
        self.register_buffer("running_var", torch.ones(num_features))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        mean, var = self.running_mean, self.running_var
        if self.training:
            n = x.numel() // x.shape[1]
            if n == 1:
                raise ValueError("one value a channel has no variance")
            mean, var = x.mean((0, 2, 3)), x.var((0, 2, 3))
            with torch.no_grad():
                self.running_mean.lerp_(mean, self.momentum)
                self.running_var.lerp_(var, self.momentum)
        scale = self.weight / torch.sqrt(var + self.eps)
        return (x - mean[:, None, None]) * scale[:, None, None] + self.bias[:, None, None]


@misconception(
    "takes the mean over the batch alone, for every pixel its own",
    hint="A channel is one feature at every place: its statistics are over dims 0, 2 and 3, and there are C of each.",
    dies_by="test_batchnorm_training",
)
class BatchNorm2d(nn.Module):
    def __init__(self, num_features: int, eps: float = 1e-5, momentum: float = 0.1) -> None:
        super().__init__()
        self.eps, self.momentum = eps, momentum
        self.weight = nn.Parameter(torch.ones(num_features))
        self.bias = nn.Parameter(torch.zeros(num_features))
        self.register_buffer("running_mean", torch.zeros(num_features))
        self.register_buffer("running_var", torch.ones(num_features))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        if self.training:
            mean, var = x.mean(0), x.var(0, correction=0)
            with torch.no_grad():
                self.running_mean.lerp_(mean.mean((1, 2)), self.momentum)
                self.running_var.lerp_(var.mean((1, 2)), self.momentum)
        else:
            mean, var = self.running_mean[:, None, None], self.running_var[:, None, None]
        y = (x - mean) / torch.sqrt(var + self.eps)
        return y * self.weight[:, None, None] + self.bias[:, None, None]


@misconception(
    "has weight and bias, and does not use them",
    hint="Normalised values are not always what the next layer wants: multiply by gamma and add beta, channel by channel.",
    dies_by="test_batchnorm_training",
)
class BatchNorm2d(nn.Module):
    def __init__(self, num_features: int, eps: float = 1e-5, momentum: float = 0.1) -> None:
        super().__init__()
        self.eps, self.momentum = eps, momentum
        self.weight = nn.Parameter(torch.ones(num_features))
        self.bias = nn.Parameter(torch.zeros(num_features))
        self.register_buffer("running_mean", torch.zeros(num_features))
        self.register_buffer("running_var", torch.ones(num_features))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        mean, var = self.running_mean, self.running_var
        if self.training:
            n = x.numel() // x.shape[1]
            if n == 1:
                raise ValueError("one value a channel has no variance")
            mean, var = x.mean((0, 2, 3)), x.var((0, 2, 3), correction=0)
            with torch.no_grad():
                self.running_mean.lerp_(mean, self.momentum)
                self.running_var.lerp_(var * n / (n - 1), self.momentum)
        scale = 1 / torch.sqrt(var + self.eps)
        return (x - mean[:, None, None]) * scale[:, None, None]


@misconception(
    "computes the variance as the mean of the squares minus the square of the mean",
    hint="On paper the same. In float32, with a mean of 10,000, both are near 100,000,000 and their difference is noise: subtract the mean first.",
    dies_by="test_batchnorm_training",
)
class BatchNorm2d(nn.Module):
    def __init__(self, num_features: int, eps: float = 1e-5, momentum: float = 0.1) -> None:
        super().__init__()
        self.eps, self.momentum = eps, momentum
        self.weight = nn.Parameter(torch.ones(num_features))
        self.bias = nn.Parameter(torch.zeros(num_features))
        self.register_buffer("running_mean", torch.zeros(num_features))
        self.register_buffer("running_var", torch.ones(num_features))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        mean, var = self.running_mean, self.running_var
        if self.training:
            n = x.numel() // x.shape[1]
            if n == 1:
                raise ValueError("one value a channel has no variance")
            mean, var = x.mean((0, 2, 3)), x.square().mean((0, 2, 3)) - x.mean((0, 2, 3)).square()
            with torch.no_grad():
                self.running_mean.lerp_(mean, self.momentum)
                self.running_var.lerp_(var * n / (n - 1), self.momentum)
        scale = self.weight / torch.sqrt(var + self.eps)
        return (x - mean[:, None, None]) * scale[:, None, None] + self.bias[:, None, None]


@misconception(
    "takes momentum for the weight of the old average",
    hint="In PyTorch momentum = 0.1 means that a new batch weighs 0.1, and what was collected 0.9.",
    dies_by="test_batchnorm_running",
)
class BatchNorm2d(nn.Module):
    def __init__(self, num_features: int, eps: float = 1e-5, momentum: float = 0.1) -> None:
        super().__init__()
        self.eps, self.momentum = eps, momentum
        self.weight = nn.Parameter(torch.ones(num_features))
        self.bias = nn.Parameter(torch.zeros(num_features))
        self.register_buffer("running_mean", torch.zeros(num_features))
        self.register_buffer("running_var", torch.ones(num_features))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        mean, var = self.running_mean, self.running_var
        if self.training:
            n = x.numel() // x.shape[1]
            if n == 1:
                raise ValueError("one value a channel has no variance")
            mean, var = x.mean((0, 2, 3)), x.var((0, 2, 3), correction=0)
            with torch.no_grad():
                self.running_mean.lerp_(mean, 1 - self.momentum)
                self.running_var.lerp_(var * n / (n - 1), 1 - self.momentum)
        scale = self.weight / torch.sqrt(var + self.eps)
        return (x - mean[:, None, None]) * scale[:, None, None] + self.bias[:, None, None]


@misconception(
    "collects the biased variance",
    hint="The batch is a sample of all images, and dividing by n makes its variance too small by (n - 1) / n on average.",
    dies_by="test_batchnorm_running",
)
class BatchNorm2d(nn.Module):
    def __init__(self, num_features: int, eps: float = 1e-5, momentum: float = 0.1) -> None:
        super().__init__()
        self.eps, self.momentum = eps, momentum
        self.weight = nn.Parameter(torch.ones(num_features))
        self.bias = nn.Parameter(torch.zeros(num_features))
        self.register_buffer("running_mean", torch.zeros(num_features))
        self.register_buffer("running_var", torch.ones(num_features))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        mean, var = self.running_mean, self.running_var
        if self.training:
            n = x.numel() // x.shape[1]
            if n == 1:
                raise ValueError("one value a channel has no variance")
            mean, var = x.mean((0, 2, 3)), x.var((0, 2, 3), correction=0)
            with torch.no_grad():
                self.running_mean.lerp_(mean, self.momentum)
                self.running_var.lerp_(var, self.momentum)
        scale = self.weight / torch.sqrt(var + self.eps)
        return (x - mean[:, None, None]) * scale[:, None, None] + self.bias[:, None, None]


@misconception(
    "collects averages that require a gradient",
    hint="Each average hangs on the one before, so every batch stays in memory, and copy.deepcopy refuses the model. Update under torch.no_grad(), or detach().",
    dies_by="test_batchnorm_running",
)
class BatchNorm2d(nn.Module):
    def __init__(self, num_features: int, eps: float = 1e-5, momentum: float = 0.1) -> None:
        super().__init__()
        self.eps, self.momentum = eps, momentum
        self.weight = nn.Parameter(torch.ones(num_features))
        self.bias = nn.Parameter(torch.zeros(num_features))
        self.register_buffer("running_mean", torch.zeros(num_features))
        self.register_buffer("running_var", torch.ones(num_features))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        mean, var = self.running_mean, self.running_var
        if self.training:
            n = x.numel() // x.shape[1]
            if n == 1:
                raise ValueError("one value a channel has no variance")
            mean, var = x.mean((0, 2, 3)), x.var((0, 2, 3), correction=0)
            self.running_mean = (1 - self.momentum) * self.running_mean + self.momentum * mean
            self.running_var = (1 - self.momentum) * self.running_var + self.momentum * var * n / (n - 1)
        scale = self.weight / torch.sqrt(var + self.eps)
        return (x - mean[:, None, None]) * scale[:, None, None] + self.bias[:, None, None]


@misconception(
    "normalises by the batch in eval mode too",
    hint="An answer must not depend on the other images of the batch. In eval mode running_mean and running_var take over.",
    dies_by="test_batchnorm_eval",
)
class BatchNorm2d(nn.Module):
    def __init__(self, num_features: int, eps: float = 1e-5, momentum: float = 0.1) -> None:
        super().__init__()
        self.eps, self.momentum = eps, momentum
        self.weight = nn.Parameter(torch.ones(num_features))
        self.bias = nn.Parameter(torch.zeros(num_features))
        self.register_buffer("running_mean", torch.zeros(num_features))
        self.register_buffer("running_var", torch.ones(num_features))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        n = x.numel() // x.shape[1]
        mean, var = x.mean((0, 2, 3)), x.var((0, 2, 3), correction=0)
        if self.training:
            if n == 1:
                raise ValueError("one value a channel has no variance")
            with torch.no_grad():
                self.running_mean.lerp_(mean, self.momentum)
                self.running_var.lerp_(var * n / (n - 1), self.momentum)
        scale = self.weight / torch.sqrt(var + self.eps)
        return (x - mean[:, None, None]) * scale[:, None, None] + self.bias[:, None, None]


@misconception(
    "makes parameters of the running averages",
    hint="They are collected, not learned: an optimizer with weight decay would shrink them. Use register_buffer.",
    dies_by="test_batchnorm_eval",
)
class BatchNorm2d(nn.Module):
    def __init__(self, num_features: int, eps: float = 1e-5, momentum: float = 0.1) -> None:
        super().__init__()
        self.eps, self.momentum = eps, momentum
        self.weight = nn.Parameter(torch.ones(num_features))
        self.bias = nn.Parameter(torch.zeros(num_features))
        self.running_mean = nn.Parameter(torch.zeros(num_features), requires_grad=False)
        self.running_var = nn.Parameter(torch.ones(num_features), requires_grad=False)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
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


@misconception(
    "keeps the running averages as plain attributes",
    hint="state_dict() and .to(device) know parameters and buffers only: a saved model would lose its averages. Use register_buffer.",
    dies_by="test_batchnorm_eval",
)
class BatchNorm2d(nn.Module):
    def __init__(self, num_features: int, eps: float = 1e-5, momentum: float = 0.1) -> None:
        super().__init__()
        self.eps, self.momentum = eps, momentum
        self.weight = nn.Parameter(torch.ones(num_features))
        self.bias = nn.Parameter(torch.zeros(num_features))
        self.running_mean = torch.zeros(num_features)
        self.running_var = torch.ones(num_features)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        mean, var = self.running_mean, self.running_var
        if self.training:
            n = x.numel() // x.shape[1]
            if n == 1:
                raise ValueError("one value a channel has no variance")
            mean, var = x.mean((0, 2, 3)), x.var((0, 2, 3), correction=0)
            with torch.no_grad():
                self.running_mean = (1 - self.momentum) * self.running_mean + self.momentum * mean
                self.running_var = (1 - self.momentum) * self.running_var + self.momentum * var * n / (n - 1)
        scale = self.weight / torch.sqrt(var + self.eps)
        return (x - mean[:, None, None]) * scale[:, None, None] + self.bias[:, None, None]


@misconception(
    "takes mean and variance for constants in the gradient",
    hint="Each value moves the mean and variance of its channel, and they move the result. Only the running averages belong under no_grad.",
    dies_by="test_batchnorm_gradients",
)
class BatchNorm2d(nn.Module):
    def __init__(self, num_features: int, eps: float = 1e-5, momentum: float = 0.1) -> None:
        super().__init__()
        self.eps, self.momentum = eps, momentum
        self.weight = nn.Parameter(torch.ones(num_features))
        self.bias = nn.Parameter(torch.zeros(num_features))
        self.register_buffer("running_mean", torch.zeros(num_features))
        self.register_buffer("running_var", torch.ones(num_features))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        mean, var = self.running_mean, self.running_var
        if self.training:
            n = x.numel() // x.shape[1]
            if n == 1:
                raise ValueError("one value a channel has no variance")
            with torch.no_grad():
                mean, var = x.mean((0, 2, 3)), x.var((0, 2, 3), correction=0)
                self.running_mean.lerp_(mean, self.momentum)
                self.running_var.lerp_(var * n / (n - 1), self.momentum)
        scale = self.weight / torch.sqrt(var + self.eps)
        return (x - mean[:, None, None]) * scale[:, None, None] + self.bias[:, None, None]


# -- the residual block ----------------------------------------------------------------------------


@misconception(
    "adds its input whatever the shapes are",
    hint="With other channels or half the height there is nothing to add x to. A 1x1 convolution with the stride brings it there.",
    dies_by="test_residual_block",
)
class ResidualBlock(nn.Module):
    def __init__(self, in_channels: int, out_channels: int, stride: int = 1) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(in_channels, out_channels, 3, stride, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(out_channels)
        self.conv2 = nn.Conv2d(out_channels, out_channels, 3, padding=1, bias=False)
        self.bn2 = nn.BatchNorm2d(out_channels)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        y = torch.relu(self.bn1(self.conv1(x)))
        y = self.bn2(self.conv2(y))
        return torch.relu(y + x)


@misconception(
    "projects only where the number of channels changes",
    hint="ResidualBlock(4, 4, stride=2) has as many channels and half the height and width: x does not fit there either.",
    dies_by="test_residual_block",
)
class ResidualBlock(nn.Module):
    def __init__(self, in_channels: int, out_channels: int, stride: int = 1) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(in_channels, out_channels, 3, stride, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(out_channels)
        self.conv2 = nn.Conv2d(out_channels, out_channels, 3, padding=1, bias=False)
        self.bn2 = nn.BatchNorm2d(out_channels)
        self.shortcut = nn.Identity()
        if in_channels != out_channels:
            self.shortcut = nn.Sequential(
                nn.Conv2d(in_channels, out_channels, 1, stride, bias=False), nn.BatchNorm2d(out_channels)
            )

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        y = torch.relu(self.bn1(self.conv1(x)))
        y = self.bn2(self.conv2(y))
        return torch.relu(y + self.shortcut(x))


@misconception(
    "adds the shortcut after the last ReLU",
    hint="In this block the ReLU comes after the addition, so that F(x) can also take something away from x.",
    dies_by="test_residual_block",
)
class ResidualBlock(nn.Module):
    def __init__(self, in_channels: int, out_channels: int, stride: int = 1) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(in_channels, out_channels, 3, stride, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(out_channels)
        self.conv2 = nn.Conv2d(out_channels, out_channels, 3, padding=1, bias=False)
        self.bn2 = nn.BatchNorm2d(out_channels)
        self.shortcut = nn.Identity()
        if stride != 1 or in_channels != out_channels:
            self.shortcut = nn.Sequential(
                nn.Conv2d(in_channels, out_channels, 1, stride, bias=False), nn.BatchNorm2d(out_channels)
            )

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        y = torch.relu(self.bn1(self.conv1(x)))
        y = self.bn2(self.conv2(y))
        return torch.relu(y) + self.shortcut(x)


@misconception(
    "projects where the identity would do",
    hint="Where the shapes are the same, nothing must stand in the way of x, nor of its gradient.",
    dies_by="test_residual_parameters",
)
class ResidualBlock(nn.Module):
    def __init__(self, in_channels: int, out_channels: int, stride: int = 1) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(in_channels, out_channels, 3, stride, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(out_channels)
        self.conv2 = nn.Conv2d(out_channels, out_channels, 3, padding=1, bias=False)
        self.bn2 = nn.BatchNorm2d(out_channels)
        self.shortcut = nn.Sequential(
            nn.Conv2d(in_channels, out_channels, 1, stride, bias=False), nn.BatchNorm2d(out_channels)
        )

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        y = torch.relu(self.bn1(self.conv1(x)))
        y = self.bn2(self.conv2(y))
        return torch.relu(y + self.shortcut(x))


class RoundedReLU(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x.clamp(min=0)

    @staticmethod
    def backward(ctx, gradient):
        (x,) = ctx.saved_tensors
        return gradient * (x > 1e-3)


@misconception(
    "passes no gradient back where its answer is below 0.001",
    hint="The slope of the ReLU is 1 for every positive number, however small. Where do you compare with another number?",
    dies_by="test_residual_block",
)
class ResidualBlock(ResidualBlock):
    def forward(self, x):
        return RoundedReLU.apply(self.branch(x) + self.shortcut(x))


@misconception(
    "leaves the parameters frozen where the model raises an error",
    hint="What stands after the call is skipped when the model raises an error. torch.no_grad() needs no frozen parameters.",
    dies_by="test_leaves_no_hooks",
)
def shape_trace(model, x):
    trace, handles = [], []
    flags = [p.requires_grad for p in model.parameters()]
    for p in model.parameters():
        p.requires_grad_(False)
    for name, module in model.named_modules():
        if not list(module.children()):
            handles.append(
                module.register_forward_hook(lambda m, i, out, name=name: trace.append((name, tuple(out.shape))))
            )
    try:
        model(x)
    finally:
        for handle in handles:
            handle.remove()
    for p, flag in zip(model.parameters(), flags):
        p.requires_grad_(flag)
    return trace


@misconception(
    "counts a parameter once more for every module around it",
    hint="model.modules() gives the model and all inside it, and each one's parameters() those of its own insides too.",
    dies_by="test_count_parameters",
)
def count_parameters(model: nn.Module) -> int:
    total = 0
    for module in model.modules():
        for p in module.parameters():
            if p.requires_grad:
                total += p.numel()
    return total
