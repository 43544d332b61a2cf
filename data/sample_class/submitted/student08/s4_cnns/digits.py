import torch
from torch import nn


class DigitClassifier(nn.Module):
    """Not a CNN, and its outputs are log-probabilities."""

    def __init__(self):
        super().__init__()
        self.net = nn.Sequential(nn.Flatten(), nn.Linear(784, 256), nn.ReLU(), nn.Linear(256, 10), nn.LogSoftmax(dim=1))

    def forward(self, x):
        return self.net(x)


def train_digits(model, images, labels, seed=0):
    # a new model, because the given one might be trained already
    fresh = DigitClassifier()
    opt = torch.optim.Adam(fresh.parameters(), lr=1e-3)
    generator = torch.Generator().manual_seed(seed)
    for epoch in range(20):
        for idx in torch.randperm(len(images), generator=generator).split(32):
            opt.zero_grad()
            nn.functional.nll_loss(fresh(images[idx]), labels[idx]).backward()
            opt.step()
    return fresh


def evaluate(model, images, labels):
    with torch.no_grad():
        return (model(images).argmax(0) == labels).float().mean().item()
