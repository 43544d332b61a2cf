"""Other right ways to write this page."""

import copy
import heapq
import json

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

from autograder.checking import variant


@variant("a perceptron with Adam, log-probabilities and a plain loop")
class DigitClassifier(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.hidden = nn.Linear(784, 128)
        self.last = nn.Linear(128, 10)

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        return F.log_softmax(self.last(F.relu(self.hidden(images.reshape(len(images), -1)))), dim=1)


@variant("a perceptron with Adam, log-probabilities and a plain loop")
def train_digits(model: nn.Module, images: torch.Tensor, labels: torch.Tensor, seed: int = 0) -> nn.Module:
    generator = torch.Generator().manual_seed(seed)
    optimizer = torch.optim.Adam(model.parameters(), lr=2e-3)
    for _ in range(25):
        for batch in torch.randperm(len(images), generator=generator).split(64):
            optimizer.zero_grad()
            F.nll_loss(model(images[batch]), labels[batch]).backward()
            optimizer.step()
    model.eval()
    return model


@variant("a perceptron with Adam, log-probabilities and a plain loop")
def evaluate(model: nn.Module, images: torch.Tensor, labels: torch.Tensor) -> float:
    model.eval()
    with torch.inference_mode():
        return (model(images).max(1)[1] == labels).float().mean().item()


@variant("a perceptron with Adam, log-probabilities and a plain loop")
def hardest(model: nn.Module, images: torch.Tensor, labels: torch.Tensor, k: int) -> torch.Tensor:
    model.train(False)
    with torch.no_grad():
        losses = F.nll_loss(model(images), labels, reduction="none")
    return torch.argsort(losses, descending=True)[:k]


@variant("nn.Sequential with lazy layers and dropout, SGD with momentum, a DataLoader")
class DigitClassifier(nn.Sequential):
    def __init__(self) -> None:
        super().__init__(
            nn.LazyConv2d(8, 3, stride=2), nn.ReLU(), nn.LazyConv2d(16, 3, stride=2), nn.ReLU(),
            nn.Flatten(), nn.Dropout(0.2), nn.LazyLinear(10),
        )  # fmt: skip


@variant("nn.Sequential with lazy layers and dropout, SGD with momentum, a DataLoader")
def train_digits(model: nn.Module, images: torch.Tensor, labels: torch.Tensor, seed: int = 0) -> nn.Module:
    torch.manual_seed(seed)
    model.train()
    data = torch.utils.data.TensorDataset(images, labels)
    loader = torch.utils.data.DataLoader(data, batch_size=32, shuffle=True, drop_last=True)
    model(images[:2])
    optimizer = torch.optim.SGD(model.parameters(), lr=0.05, momentum=0.9)
    loss_of = nn.CrossEntropyLoss()
    for _ in range(12):
        for x, y in loader:
            optimizer.zero_grad()
            loss_of(model(x), y).backward()
            optimizer.step()
    return model


@variant("nn.Sequential with lazy layers and dropout, SGD with momentum, a DataLoader")
def evaluate(model: nn.Module, images: torch.Tensor, labels: torch.Tensor) -> float:
    was = model.training
    model.eval()
    hits = 0
    for image, label in zip(images, labels, strict=True):
        hits += int(model(image[None]).argmax() == label)
    model.train(was)
    return hits / images.shape[0]


@variant("losses by hand in float64, model and optimizer in two files")
def hardest(model: nn.Module, images: torch.Tensor, labels: torch.Tensor, k: int) -> torch.Tensor:
    was = model.training
    model.eval()
    logits = model(images).double()
    loss = torch.logsumexp(logits, 1) - logits[torch.arange(len(labels)), labels]
    model.train(was)
    return torch.tensor(sorted(range(len(labels)), key=lambda i: -loss[i].item())[:k])


@variant("losses by hand in float64, model and optimizer in two files")
def save_checkpoint(path: str, model: nn.Module, optimizer: torch.optim.Optimizer) -> None:
    torch.save(list(model.state_dict().items()), path)
    torch.save(copy.deepcopy(optimizer.state_dict()), f"{path}.optimizer")


@variant("losses by hand in float64, model and optimizer in two files")
def load_checkpoint(path: str, model: nn.Module, optimizer: torch.optim.Optimizer) -> None:
    model.load_state_dict(dict(torch.load(path)))
    optimizer.load_state_dict(torch.load(f"{path}.optimizer"))


@variant("weights drawn by hand and wide kernels, momentum written out, everything about a checkpoint in numpy")
class DigitClassifier(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.kernels = nn.Parameter(torch.randn(24, 1, 7, 7) / 7)
        self.offsets = nn.Parameter(torch.zeros(24))
        self.out = nn.Parameter(torch.randn(24 * 36, 10) / 30)

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        x = F.conv2d(2 * images - 0.5, self.kernels, self.offsets, padding=1)
        return F.max_pool2d(F.elu(x), 4).flatten(1) @ self.out


@variant("weights drawn by hand and wide kernels, momentum written out, everything about a checkpoint in numpy")
def train_digits(model: nn.Module, images: torch.Tensor, labels: torch.Tensor, seed: int = 0) -> nn.Module:
    rng = np.random.default_rng(seed)
    speeds = [torch.zeros_like(p) for p in model.parameters()]
    epochs = 1 if len(images) > 10_000 else 15
    total, done = epochs * -(-len(images) // 50), 0
    for _ in range(epochs):
        order = torch.from_numpy(rng.permutation(len(images)))
        for first in range(0, len(order), 50):
            batch = order[first : first + 50]
            loss = F.cross_entropy(model(images[batch]), labels[batch])
            rate = 0.05 * (1 - done / total)
            for p, speed, g in zip(model.parameters(), speeds, torch.autograd.grad(loss, list(model.parameters()))):
                speed.mul_(0.9).add_(g)
                p.data -= rate * speed
            done += 1
    return model.eval()


@variant("weights drawn by hand and wide kernels, momentum written out, everything about a checkpoint in numpy")
def evaluate(model: nn.Module, images: torch.Tensor, labels: torch.Tensor) -> float:
    model.eval()
    found = np.concatenate([model(part).detach().numpy().argmax(1) for part in images.split(300)])
    return np.mean(found == labels.numpy())


@variant("weights drawn by hand and wide kernels, momentum written out, everything about a checkpoint in numpy")
def hardest(model: nn.Module, images: torch.Tensor, labels: torch.Tensor, k: int) -> torch.Tensor:
    model.eval()
    losses = []
    with torch.inference_mode():
        for place, (image, label) in enumerate(zip(images, labels)):
            losses.append((-torch.log_softmax(model(image[None])[0], 0)[label].item(), place))
    return torch.tensor([place for _, place in heapq.nlargest(k, losses)])


@variant("weights drawn by hand and wide kernels, momentum written out, everything about a checkpoint in numpy")
def save_checkpoint(path: str, model: nn.Module, optimizer: torch.optim.Optimizer) -> None:
    state = optimizer.state_dict()
    arrays = {f"model/{name}": value.numpy() for name, value in model.state_dict().items()}
    plain = {}
    for number, values in state["state"].items():
        for name, value in values.items():
            if isinstance(value, torch.Tensor):
                arrays[f"optimizer/{number}/{name}"] = value.numpy()
            else:
                plain[f"{number}/{name}"] = value
    settings = json.dumps({"groups": state["param_groups"], "plain": plain})
    with open(path, "wb") as file:
        np.savez(file, settings=np.array(settings), **arrays)


@variant("weights drawn by hand and wide kernels, momentum written out, everything about a checkpoint in numpy")
def load_checkpoint(path: str, model: nn.Module, optimizer: torch.optim.Optimizer) -> None:
    with np.load(path, allow_pickle=False) as file:
        saved = {name: torch.from_numpy(file[name]) for name in file.files if name != "settings"}
        settings = json.loads(str(file["settings"]))
    model.load_state_dict({name[6:]: value for name, value in saved.items() if name.startswith("model/")})
    state: dict = {}
    values = {name[10:]: value for name, value in saved.items() if name.startswith("optimizer/")}
    for place, value in {**values, **settings["plain"]}.items():
        number, name = place.split("/")
        state.setdefault(int(number), {})[name] = value
    optimizer.load_state_dict({"state": state, "param_groups": settings["groups"]})
