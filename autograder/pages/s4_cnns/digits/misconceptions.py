"""Wrong ways to write, train and judge a digit classifier, as students write them."""

import torch
import torch.nn.functional as F
from torch import nn

from autograder.checking import misconception

MOST_EPOCHS = 1  # what goes wrong here shows without long training

# -- the network -------------------------------------------------------------------------------------


@misconception(
    "ends in a softmax, though the loss does one too",
    hint="cross_entropy takes logits and does the softmax itself. Twice is too flat: a sure answer still costs a loss of 1.46.",
    dies_by="test_no_probabilities",
)
class DigitClassifier(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.layers = nn.Sequential(
            nn.Conv2d(1, 16, 5, stride=2, padding=2), nn.MaxPool2d(2), nn.ReLU(),
            nn.Flatten(), nn.Linear(784, 10), nn.Softmax(1),
        )  # fmt: skip

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        return self.layers(images)


@misconception(
    "adds a channel dimension that the images already have",
    hint="The images are (N, 1, 28, 28): the 1 is the channel. Print images.shape where forward begins.",
    dies_by="test_ten_logits",
)
class DigitClassifier(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.layers = nn.Sequential(nn.Conv2d(1, 16, 5, stride=2, padding=2), nn.ReLU(), nn.Flatten(), nn.Linear(3136, 10))

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        return self.layers(images.unsqueeze(1))


@misconception(
    "squeezes the batch away when it holds one image",
    hint="squeeze() drops every dimension of size 1, the batch's too: one image gives (10,) instead of (1, 10).",
    dies_by="test_ten_logits",
)
class DigitClassifier(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.layers = nn.Sequential(nn.Conv2d(1, 16, 5, stride=4, padding=2), nn.ReLU(), nn.Conv2d(16, 10, 7))

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        return self.layers(images).squeeze()


@misconception(
    "normalises by the mean and deviation of the batch at hand",
    hint="An image's answer must not depend on its neighbours. Use two fixed numbers, found on the training set.",
    dies_by="test_each_image_alone",
)
class DigitClassifier(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.layers = nn.Sequential(
            nn.Conv2d(1, 16, 5, stride=2, padding=2), nn.MaxPool2d(2), nn.ReLU(), nn.Flatten(), nn.Linear(784, 10)
        )

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        return self.layers((images - images.mean()) / images.std())


# -- training ----------------------------------------------------------------------------------------


@misconception(
    "trains a new model of its own instead of the one it is given",
    hint="Your function makes another DigitClassifier. The caller still holds the first one, which has learned nothing.",
    dies_by="test_trains_what_it_is_given",
)
def train_digits(model: nn.Module, images: torch.Tensor, labels: torch.Tensor, seed: int = 0) -> nn.Module:
    torch.manual_seed(seed)
    model = DigitClassifier()
    optimizer = torch.optim.Adam(model.parameters())
    for batch in torch.randperm(len(images)).split(128):
        loss = F.cross_entropy(model(images[batch]), labels[batch])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return model


@misconception(
    "computes the gradients and takes no step",
    hint="backward() only fills in the gradients. Who moves the parameters?",
    dies_by="test_trains_what_it_is_given",
)
def train_digits(model: nn.Module, images: torch.Tensor, labels: torch.Tensor, seed: int = 0) -> nn.Module:
    torch.manual_seed(seed)
    optimizer = torch.optim.Adam(model.parameters())
    for batch in torch.randperm(len(images)).split(128):
        loss = F.cross_entropy(model(images[batch]), labels[batch])
        optimizer.zero_grad()
        loss.backward()
    return model


@misconception(
    "normalises the caller's images in place",
    hint="sub_, div_ and -= write into the tensor you were given. Make a new one, or normalise inside the model.",
    dies_by="test_images_stay",
)
def train_digits(model: nn.Module, images: torch.Tensor, labels: torch.Tensor, seed: int = 0) -> nn.Module:
    torch.manual_seed(seed)
    images.sub_(MEAN).div_(DEVIATION)
    optimizer = torch.optim.Adam(model.parameters())
    for batch in torch.randperm(len(images)).split(128):
        loss = F.cross_entropy(model(images[batch]), labels[batch])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return model


@misconception(
    "does not use its seed",
    hint="torch.randperm and dropout draw from PyTorch's own generator. Where does `seed` reach it?",
    dies_by="test_same_seed",
)
def train_digits(model: nn.Module, images: torch.Tensor, labels: torch.Tensor, seed: int = 0) -> nn.Module:
    optimizer = torch.optim.Adam(model.parameters())
    for batch in torch.randperm(len(images)).split(128):
        loss = F.cross_entropy(model(images[batch]), labels[batch])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return model


# -- evaluation --------------------------------------------------------------------------------------


@misconception(
    "counts the right answers without dividing by their number",
    hint="An accuracy is a fraction: it lies between 0 and 1, however many images there are.",
    dies_by="test_evaluate",
)
def evaluate(model: nn.Module, images: torch.Tensor, labels: torch.Tensor) -> float:
    model.eval()
    with torch.no_grad():
        return (model(images).argmax(1) == labels).sum().item()


@misconception(
    "gives percent",
    hint="1.0 means that every image is right, not 100.",
    dies_by="test_evaluate",
)
def evaluate(model: nn.Module, images: torch.Tensor, labels: torch.Tensor) -> float:
    model.eval()
    with torch.no_grad():
        return 100 * (model(images).argmax(1) == labels).double().mean().item()


@misconception(
    "takes the argmax over the images instead of the classes",
    hint="The logits are (N, 10). argmax(0) finds one image for every class; you want one class for every image.",
    dies_by="test_evaluate",
)
def evaluate(model: nn.Module, images: torch.Tensor, labels: torch.Tensor) -> float:
    model.eval()
    with torch.no_grad():
        return (model(images).argmax(0) == labels).double().mean().item()


@misconception(
    "averages the batches' accuracies, though the last batch is smaller",
    hint="A last batch of 13 images then weighs as much as one of 128. Add up the hits and divide once.",
    dies_by="test_evaluate",
)
def evaluate(model: nn.Module, images: torch.Tensor, labels: torch.Tensor) -> float:
    model.eval()
    with torch.no_grad():
        batches = zip(images.split(BATCH), labels.split(BATCH), strict=True)
        parts = [(model(x).argmax(1) == y).double().mean() for x, y in batches]
    return torch.stack(parts).mean().item()


@misconception("averages the batches' accuracies, though the last batch is smaller")
def evaluate(model: nn.Module, images: torch.Tensor, labels: torch.Tensor) -> float:
    model.eval()
    shares = []
    with torch.no_grad():
        for x, y in zip(images.split(BATCH), labels.split(BATCH), strict=True):
            shares.append((model(x).argmax(1) == y).float().mean().item())
    return sum(shares) / len(shares)


@misconception(
    "leaves the model in training mode",
    hint="In training mode dropout still drops, and batch norm mixes the images of a batch. Call model.eval() first.",
    dies_by="test_evaluate_in_eval_mode",
)
def evaluate(model: nn.Module, images: torch.Tensor, labels: torch.Tensor) -> float:
    with torch.no_grad():
        return (model(images).argmax(1) == labels).double().mean().item()


# -- the hardest -------------------------------------------------------------------------------------


@misconception(
    "gives the easiest images, those with the smallest losses",
    hint="Hard means a large loss. Which way round does your sort run?",
    dies_by="test_hardest",
)
def hardest(model: nn.Module, images: torch.Tensor, labels: torch.Tensor, k: int) -> torch.Tensor:
    with torch.no_grad():
        return F.cross_entropy(model(images), labels, reduction="none").argsort()[:k]


@misconception(
    "gives the right images, the largest loss last",
    hint="argsort goes upwards, so its last k entries end with the largest. Turn them round.",
    dies_by="test_hardest",
)
def hardest(model: nn.Module, images: torch.Tensor, labels: torch.Tensor, k: int) -> torch.Tensor:
    with torch.no_grad():
        return F.cross_entropy(model(images), labels, reduction="none").argsort()[-k:]


@misconception(
    "looks for the least sure answers instead of the largest losses",
    hint="The hardest of all is an image on which the model is sure, and wrong. Do the labels occur in your function?",
    dies_by="test_hardest",
)
def hardest(model: nn.Module, images: torch.Tensor, labels: torch.Tensor, k: int) -> torch.Tensor:
    with torch.no_grad():
        return model(images).softmax(1).amax(1).argsort()[:k]


@misconception(
    "gives the losses instead of their places",
    hint="topk gives two things, values and indices. Which of them finds the image again?",
    dies_by="test_hardest",
)
def hardest(model: nn.Module, images: torch.Tensor, labels: torch.Tensor, k: int) -> torch.Tensor:
    with torch.no_grad():
        return F.cross_entropy(model(images), labels, reduction="none").topk(k).values


@misconception(
    "gives the places in a list",
    hint="A tensor of indices was promised: images[places] takes it as it is. torch.tensor(...) makes one of a list; topk gives one.",
    dies_by="test_hardest",
)
def hardest(model: nn.Module, images: torch.Tensor, labels: torch.Tensor, k: int) -> torch.Tensor:
    model.eval()
    with torch.no_grad():
        return F.cross_entropy(model(images), labels, reduction="none").topk(k).indices.tolist()


# -- checkpoints -------------------------------------------------------------------------------------


@misconception(
    "reads the file and restores nothing",
    hint="state_dict() gives a new dictionary each time; updating it changes no parameter. Which method goes the other way?",
    dies_by="test_checkpoint_restores_the_model",
)
def load_checkpoint(path: str, model: nn.Module, optimizer: torch.optim.Optimizer) -> None:
    saved = torch.load(path, weights_only=True)
    model.state_dict().update(saved["model"])
    optimizer.state_dict().update(saved["optimizer"])


@misconception(
    "restores the parameters but not the buffers",
    hint="Batch norm's running mean and variance are buffers, no parameters; load_state_dict restores both.",
    dies_by="test_checkpoint_restores_the_model",
)
def load_checkpoint(path: str, model: nn.Module, optimizer: torch.optim.Optimizer) -> None:
    saved = torch.load(path, weights_only=True)
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            parameter.copy_(saved["model"][name])
    optimizer.load_state_dict(saved["optimizer"])


@misconception(
    "restores the model and forgets the optimizer",
    hint="Adam remembers two averages and a step count for every parameter. Without them its next steps are another's.",
    dies_by="test_checkpoint_restores_the_optimizer",
)
def load_checkpoint(path: str, model: nn.Module, optimizer: torch.optim.Optimizer) -> None:
    saved = torch.load(path, weights_only=True)
    model.load_state_dict(saved["model"])


@misconception(
    "runs any code that a checkpoint holds",
    hint="A pickle can hold any call at all. torch.load with weights_only=True reads tensors and plain values only.",
    dies_by="test_safe_loading",
)
def load_checkpoint(path: str, model: nn.Module, optimizer: torch.optim.Optimizer) -> None:
    saved = torch.load(path, weights_only=False)
    model.load_state_dict(saved["model"])
    optimizer.load_state_dict(saved["optimizer"])
