"""Other right ways to write this page."""

import copy

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
