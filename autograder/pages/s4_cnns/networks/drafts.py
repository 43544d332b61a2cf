"""First drafts of this page, as beginners hand them in."""

# %% everything added up
# global_avg_pool: adds up where the mean belongs
# count_parameters: counts frozen parameters too
def global_avg_pool(x):
    return x.sum(dim=(2, 3))


def count_parameters(model):
    return sum(p.numel() for p in model.parameters())


# %% the parameter lists counted
# count_parameters: counts the tensors, not the numbers in them
# global_avg_pool: keeps height and width, of size 1
def count_parameters(model):
    return len(list(model.parameters()))


def global_avg_pool(x):
    return x.mean(dim=(2, 3), keepdim=True)


# %% running averages the other way round
# BatchNorm2d: takes momentum for the weight of the old average
# BatchNorm2d: normalises by the unbiased variance
# global_avg_pool: squeezes away every dim of size 1
class BatchNorm2d(nn.Module):
    def __init__(self, num_features, eps=1e-5, momentum=0.1):
        super().__init__()
        self.eps = eps
        self.momentum = momentum
        self.weight = nn.Parameter(torch.ones(num_features))
        self.bias = nn.Parameter(torch.zeros(num_features))
        self.register_buffer("running_mean", torch.zeros(num_features))
        self.register_buffer("running_var", torch.ones(num_features))

    def forward(self, x):
        if self.training:
            mean = x.mean(dim=(0, 2, 3))
            var = x.var(dim=(0, 2, 3))
            with torch.no_grad():
                self.running_mean.copy_(self.momentum * self.running_mean + (1 - self.momentum) * mean)
                self.running_var.copy_(self.momentum * self.running_var + (1 - self.momentum) * var)
        else:
            mean, var = self.running_mean, self.running_var
        x = (x - mean[None, :, None, None]) / torch.sqrt(var[None, :, None, None] + self.eps)
        return x * self.weight[None, :, None, None] + self.bias[None, :, None, None]


def global_avg_pool(x):
    return nn.AdaptiveAvgPool2d(1)(x).squeeze()


# %% plain attributes, only of this batch
# BatchNorm2d: keeps the running averages as plain attributes
# BatchNorm2d: normalises by the batch in eval mode too
# BatchNorm2d: collects averages that require a gradient
# BatchNorm2d: collects the biased variance
#   or: says "1.3 instead of 1.7"
# count_parameters: counts the buffers of batch norm too
class BatchNorm2d(nn.Module):
    def __init__(self, num_features, eps=1e-5, momentum=0.1):
        super().__init__()
        self.eps = eps
        self.momentum = momentum
        self.weight = nn.Parameter(torch.ones(num_features))
        self.bias = nn.Parameter(torch.zeros(num_features))
        self.running_mean = torch.zeros(num_features)
        self.running_var = torch.ones(num_features)

    def forward(self, x):
        mean = x.mean((0, 2, 3), keepdim=True)
        var = x.var((0, 2, 3), unbiased=False, keepdim=True)
        if self.training:
            self.running_mean = (1 - self.momentum) * self.running_mean + self.momentum * mean.flatten()
            self.running_var = (1 - self.momentum) * self.running_var + self.momentum * var.flatten()
        y = (x - mean) / (var + self.eps).sqrt()
        return self.weight.view(1, -1, 1, 1) * y + self.bias.view(1, -1, 1, 1)


def count_parameters(model):
    return sum(p.numel() for p in model.state_dict().values())


# %% flattened for one size
# SmallCNN: has a linear layer that fits one image size only
#   or: says "mat1 and mat2 shapes cannot be multiplied"
# shape_trace: gives every layer the last one's name
# shape_trace: lists containers besides the layers
#   or: says "9 values came back where 7 were expected"
# shape_trace: leaves its hooks in the model
#   or: says "hooks are still in the model after the trace"
class SmallCNN(nn.Module):
    def __init__(self, in_channels=1, classes=10):
        super().__init__()
        self.conv1 = nn.Conv2d(in_channels, 16, 3, padding=1)
        self.conv2 = nn.Conv2d(16, 32, 3, padding=1)
        self.pool = nn.MaxPool2d(2)
        self.fc = nn.Linear(32 * 7 * 7, classes)

    def forward(self, x):
        x = self.pool(torch.relu(self.conv1(x)))
        x = self.pool(torch.relu(self.conv2(x)))
        return self.fc(x.flatten(1))


def shape_trace(model, x):
    out = []
    for name, module in model.named_modules():
        module.register_forward_hook(lambda m, i, o: out.append((name, tuple(o.shape))))
    model(x)
    return out


# %% probabilities at the end, layers called by hand
# SmallCNN: ends in a softmax, though the loss does one too
# shape_trace: sends the input through the layers itself
class SmallCNN(nn.Module):
    def __init__(self, in_channels=1, classes=10):
        super().__init__()
        self.net = nn.Sequential(
            nn.Conv2d(in_channels, 8, 3, stride=2, padding=1), nn.ReLU(),
            nn.Conv2d(8, 16, 3, stride=2, padding=1), nn.ReLU(),
        )  # fmt: skip
        self.fc = nn.Linear(16, classes)

    def forward(self, x):
        x = self.net(x).mean(dim=(2, 3))
        return torch.softmax(self.fc(x), dim=1)


def shape_trace(model, x):
    trace = []
    for name, layer in model.named_children():
        x = layer(x)
        trace.append((name, tuple(x.shape)))
    return trace


# %% the input added as it is
# ResidualBlock: adds its input whatever the shapes are
# count_parameters: counts a shared parameter once for each module that holds it
class ResidualBlock(nn.Module):
    def __init__(self, in_channels, out_channels, stride=1):
        super().__init__()
        self.conv1 = nn.Conv2d(in_channels, out_channels, 3, stride, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(out_channels)
        self.conv2 = nn.Conv2d(out_channels, out_channels, 3, 1, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(out_channels)

    def forward(self, x):
        y = torch.relu(self.bn1(self.conv1(x)))
        y = self.bn2(self.conv2(y))
        return torch.relu(y + x)


def count_parameters(model):
    total = 0
    for module in model.modules():
        for p in module.parameters(recurse=False):
            if p.requires_grad:
                total += p.numel()
    return total


# %% always a projection
# ResidualBlock: projects where the identity would do
# global_avg_pool: takes the mean over the width and then over the channels
class ResidualBlock(nn.Module):
    def __init__(self, in_channels, out_channels, stride=1):
        super().__init__()
        self.f = nn.Sequential(
            nn.Conv2d(in_channels, out_channels, 3, stride, 1, bias=False), nn.BatchNorm2d(out_channels), nn.ReLU(),
            nn.Conv2d(out_channels, out_channels, 3, 1, 1, bias=False), nn.BatchNorm2d(out_channels),
        )  # fmt: skip
        self.s = nn.Sequential(nn.Conv2d(in_channels, out_channels, 1, stride, bias=False), nn.BatchNorm2d(out_channels))

    def forward(self, x):
        return torch.relu(self.f(x) + self.s(x))


def global_avg_pool(x):
    return x.mean(-1).mean(-2)


# %% the shortcut after the ReLU
# ResidualBlock: adds the shortcut after the last ReLU
# SmallCNN: has convolutions that are not among its parameters
class ResidualBlock(nn.Module):
    def __init__(self, in_channels, out_channels, stride=1):
        super().__init__()
        self.f = nn.Sequential(
            nn.Conv2d(in_channels, out_channels, 3, stride, 1, bias=False), nn.BatchNorm2d(out_channels), nn.ReLU(),
            nn.Conv2d(out_channels, out_channels, 3, 1, 1, bias=False), nn.BatchNorm2d(out_channels), nn.ReLU(),
        )  # fmt: skip
        self.s = nn.Identity()
        if stride != 1 or in_channels != out_channels:
            self.s = nn.Sequential(
                nn.Conv2d(in_channels, out_channels, 1, stride, bias=False), nn.BatchNorm2d(out_channels)
            )

    def forward(self, x):
        return self.f(x) + self.s(x)


class SmallCNN(nn.Module):
    def __init__(self, in_channels=1, classes=10):
        super().__init__()
        self.convs = [nn.Conv2d(in_channels, 16, 3, padding=1), nn.Conv2d(16, 32, 3, padding=1)]
        self.fc = nn.Linear(32, classes)

    def forward(self, x):
        for conv in self.convs:
            x = torch.max_pool2d(torch.relu(conv(x)), 2)
        return self.fc(x.mean((2, 3)))


# %% eval mode left behind
# shape_trace: leaves the model in eval mode
#   or: says "the model came in with training = True"
# shape_trace: removes its hooks only if nothing goes wrong
# BatchNorm2d: has weight and bias, and does not use them
# BatchNorm2d: collects averages that require a gradient
# BatchNorm2d: collects the biased variance
#   or: says "1.3 instead of 1.7"
def shape_trace(model, x):
    model.eval()
    trace, handles = [], []
    for name, module in model.named_modules():
        if len(list(module.children())) == 0:
            handles.append(
                module.register_forward_hook(lambda m, i, o, name=name: trace.append((name, tuple(o.shape))))
            )
    with torch.no_grad():
        model(x)
    for h in handles:
        h.remove()
    return trace


class BatchNorm2d(nn.Module):
    def __init__(self, num_features, eps=1e-5, momentum=0.1):
        super().__init__()
        self.eps, self.momentum = eps, momentum
        self.weight = nn.Parameter(torch.ones(num_features))
        self.bias = nn.Parameter(torch.zeros(num_features))
        self.register_buffer("running_mean", torch.zeros(num_features))
        self.register_buffer("running_var", torch.ones(num_features))

    def forward(self, x):
        if self.training:
            mean, var = x.mean((0, 2, 3)), x.var((0, 2, 3), unbiased=False)
            self.running_mean = (1 - self.momentum) * self.running_mean + self.momentum * mean
            self.running_var = (1 - self.momentum) * self.running_var + self.momentum * var
        else:
            mean, var = self.running_mean, self.running_var
        shape = (1, -1, 1, 1)
        return (x - mean.view(shape)) / (var.view(shape) + self.eps).sqrt()


# %% modules inside modules, a shortcut behind the ReLU
# global_avg_pool: says "size is not compatible"
# shape_trace: lists containers besides the layers
#   or: removes its hooks only if nothing goes wrong
# count_parameters: counts a parameter once more for every module around it
# ResidualBlock: adds the shortcut after the last ReLU
#   or: projects where the identity would do
#   or: says "negative in some entries"
def global_avg_pool(x):
    N, C, H, W = x.shape
    return x.view(N, C, -1).sum(dim=2) / H

def shape_trace(model, x):
    trace, handles = [], []
    for name, module in model.named_modules():
        def hook(m, inp, out, name=name):
            trace.append((name, tuple(out.shape)))
        handles.append(module.register_forward_hook(hook))
    model(x)
    for h in handles:
        h.remove()
    return trace

def count_parameters(model):
    total = 0
    for m in model.modules():
        for p in m.parameters():
            if p.requires_grad:
                total += p.numel()
    return total

class ResidualBlock(nn.Module):
    def __init__(self, in_channels, out_channels, stride=1):
        super().__init__()
        self.f = nn.Sequential(
            nn.Conv2d(in_channels, out_channels, 3, stride=stride, padding=1, bias=False),
            nn.BatchNorm2d(out_channels), nn.ReLU(),
            nn.Conv2d(out_channels, out_channels, 3, padding=1, bias=False),
            nn.BatchNorm2d(out_channels))
        self.s = nn.Conv2d(in_channels, out_channels, 1, stride=stride, bias=False)

    def forward(self, x):
        return torch.relu(self.f(x)) + self.s(x)
