"""First drafts of this page, as beginners hand them in. None of them trains for long."""

# %% probabilities at the end, and the smallest losses
# DigitClassifier: ends in a softmax, though the loss does one too
# evaluate: counts the right answers without dividing by their number
# hardest: gives the easiest images, those with the smallest losses
class DigitClassifier(nn.Module):
    def __init__(self):
        super().__init__()
        self.net = nn.Sequential(
            nn.Flatten(), nn.Linear(784, 64), nn.ReLU(), nn.Linear(64, 10), nn.Softmax(dim=1)
        )  # fmt: skip

    def forward(self, images):
        return self.net(images)


def evaluate(model, images, labels):
    model.eval()
    correct = 0
    with torch.no_grad():
        for x, y in zip(images.split(BATCH), labels.split(BATCH)):
            correct += (model(x).argmax(dim=1) == y).sum().item()
    return correct


def hardest(model, images, labels, k):
    model.eval()
    with torch.no_grad():
        loss = F.cross_entropy(model(images), labels, reduction="none")
    return torch.argsort(loss)[:k]


# %% one more channel, and percent
# DigitClassifier: adds a channel dimension that the images already have
# evaluate: gives percent
# load_checkpoint: restores the model and forgets the optimizer
class DigitClassifier(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 8, 3, padding=1)
        self.conv2 = nn.Conv2d(8, 16, 3, padding=1)
        self.fc = nn.Linear(16 * 7 * 7, 10)

    def forward(self, images):
        x = images.unsqueeze(1)
        x = F.max_pool2d(F.relu(self.conv1(x)), 2)
        x = F.max_pool2d(F.relu(self.conv2(x)), 2)
        return self.fc(x.flatten(1))


def evaluate(model, images, labels):
    model.eval()
    with torch.no_grad():
        pred = model(images).argmax(1)
    return (pred == labels).float().mean().item() * 100


def save_checkpoint(path, model, optimizer):
    torch.save(model.state_dict(), path)


def load_checkpoint(path, model, optimizer):
    model.load_state_dict(torch.load(path))


# %% never in eval mode
# evaluate: leaves the model in training mode
# hardest: gives the losses instead of their places
# load_checkpoint: says "Weights only load failed"
def evaluate(model, images, labels):
    with torch.no_grad():
        out = model(images)
    return (out.argmax(1) == labels).double().mean().item()


class DigitClassifier(nn.Module):
    def __init__(self):
        super().__init__()
        self.net = nn.Sequential(nn.Flatten(), nn.Linear(784, 10))

    def forward(self, images):
        return self.net((images - MEAN) / DEVIATION)


def hardest(model, images, labels, k):
    model.eval()
    with torch.no_grad():
        losses = F.cross_entropy(model(images), labels, reduction="none")
    values, indices = losses.topk(k)
    return values


def save_checkpoint(path, model, optimizer):
    torch.save([model.state_dict, optimizer.state_dict], path)


def load_checkpoint(path, model, optimizer):
    m, o = torch.load(path)
    model.load_state_dict(m)
    optimizer.load_state_dict(o)


# %% the mean of the batches
# evaluate: averages the batches' accuracies, though the last batch is smaller
# hardest: gives the right images, the largest loss last
# DigitClassifier: normalises by the mean and deviation of the batch at hand
class DigitClassifier(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(1, 8, 5, stride=2, padding=2)
        self.fc = nn.Linear(8 * 14 * 14, 10)

    def forward(self, images):
        x = (images - images.mean()) / images.std()
        return self.fc(torch.relu(self.conv(x)).flatten(1))


def evaluate(model, images, labels):
    model.eval()
    accs = []
    with torch.no_grad():
        for i in range(0, len(images), BATCH):
            x, y = images[i : i + BATCH], labels[i : i + BATCH]
            accs.append((model(x).argmax(1) == y).float().mean().item())
    return sum(accs) / len(accs)


def hardest(model, images, labels, k):
    model.eval()
    with torch.no_grad():
        loss = F.cross_entropy(model(images), labels, reduction="none")
    return loss.sort().indices[-k:]


# %% any pickle, and the least sure
# load_checkpoint: runs any code that a checkpoint holds
# hardest: looks for the least sure answers instead of the largest losses
# evaluate: takes the argmax over the images instead of the classes
def evaluate(model, images, labels):
    model.eval()
    with torch.no_grad():
        predictions = torch.argmax(model(images), dim=0)
    return (predictions == labels).sum().item() / len(labels)


class DigitClassifier(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = nn.Sequential(nn.Flatten(), nn.Linear(784, 32), nn.ReLU(), nn.Linear(32, 10))

    def forward(self, images):
        return self.layers(images)


def hardest(model, images, labels, k):
    model.eval()
    with torch.no_grad():
        p = F.softmax(model(images), dim=1)
    confidence = p.max(dim=1).values
    return confidence.argsort()[:k]


def save_checkpoint(path, model, optimizer):
    torch.save({"model": model.state_dict(), "optimizer": optimizer.state_dict()}, path)


def load_checkpoint(path, model, optimizer):
    checkpoint = torch.load(path, weights_only=False)
    model.load_state_dict(checkpoint["model"])
    optimizer.load_state_dict(checkpoint["optimizer"])


# %% squeezed, and a list
# DigitClassifier: squeezes the batch away when it holds one image
# hardest: gives the places in a list
# load_checkpoint: reads the file and restores nothing
class DigitClassifier(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(1, 8, 4, stride=4)
        self.last = nn.Conv2d(8, 10, 7)

    def forward(self, images):
        return self.last(torch.relu(self.conv(images))).squeeze()


def hardest(model, images, labels, k):
    model.eval()
    with torch.no_grad():
        losses = F.cross_entropy(model(images), labels, reduction="none")
    return sorted(range(len(labels)), key=lambda i: -losses[i].item())[:k]


def save_checkpoint(path, model, optimizer):
    torch.save({"model": model.state_dict(), "opt": optimizer.state_dict()}, path)


def load_checkpoint(path, model, optimizer):
    state = torch.load(path)
    model = state["model"]
    optimizer = state["opt"]


# %% a copy is trained, without a seed
# train_digits: trains a new model of its own instead of the one it is given
# train_digits: does not use its seed
# evaluate: leaves the model in training mode
class DigitClassifier(nn.Module):
    def __init__(self):
        super().__init__()
        self.net = nn.Sequential(nn.Flatten(), nn.Linear(784, 10))

    def forward(self, images):
        return self.net(images)


def train_digits(model, images, labels, seed=0):
    model = DigitClassifier()
    optimizer = torch.optim.Adam(model.parameters(), lr=PEAK_RATE)
    for batch in torch.randperm(len(images)).split(BATCH):
        loss = F.cross_entropy(model(images[batch]), labels[batch])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return model


def evaluate(model, images, labels):
    out = model(images)
    return (out.argmax(1) == labels).sum().item() / len(labels)


# %% the images normalised in place
# train_digits: normalises the caller's images in place
# train_digits: says "nothing came back, not the model"
# hardest: gives the easiest images, those with the smallest losses
class DigitClassifier(nn.Module):
    def __init__(self):
        super().__init__()
        self.net = nn.Sequential(nn.Flatten(), nn.Linear(784, 10))

    def forward(self, images):
        return self.net(images)


def train_digits(model, images, labels, seed=0):
    torch.manual_seed(seed)
    images -= MEAN
    images /= DEVIATION
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    for batch in torch.randperm(len(images)).split(BATCH):
        optimizer.zero_grad()
        F.cross_entropy(model(images[batch]), labels[batch]).backward()
        optimizer.step()


def hardest(model, images, labels, k):
    model.eval()
    with torch.no_grad():
        loss = F.cross_entropy(model(images), labels, reduction="none")
    return loss.topk(k, largest=False).indices


# %% gradients, and no step
# train_digits: computes the gradients and takes no step
# load_checkpoint: restores the model and forgets the optimizer
# DigitClassifier: says "mat1 and mat2 shapes cannot be multiplied"
class DigitClassifier(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(1, 8, 3)
        self.fc = nn.Linear(8 * 14 * 14, 10)

    def forward(self, images):
        x = F.max_pool2d(F.relu(self.conv(images)), 2)
        return self.fc(x.flatten(1))


def train_digits(model, images, labels, seed=0):
    torch.manual_seed(seed)
    model.train()
    optimizer = torch.optim.AdamW(model.parameters(), PEAK_RATE)
    for batch in torch.randperm(len(images)).split(BATCH):
        loss = F.cross_entropy(model(images[batch]), labels[batch])
        loss.backward()
    return model


def save_checkpoint(path, model, optimizer):
    torch.save({"model": model.state_dict(), "optimizer": optimizer.state_dict()}, path)


def load_checkpoint(path, model, optimizer):
    checkpoint = torch.load(path, weights_only=True)
    model.load_state_dict(checkpoint["model"])


# %% super().__init__ forgotten
# DigitClassifier: says "super().__init__()"
#   or: says "cannot assign module before Module.__init__() call"
# evaluate: counts the right answers without dividing by their number
class DigitClassifier(nn.Module):
    def __init__(self):
        self.conv = nn.Conv2d(1, 8, 5, stride=2, padding=2)
        self.fc = nn.Linear(8 * 14 * 14, 10)

    def forward(self, images):
        return self.fc(F.relu(self.conv(images)).flatten(1))


def evaluate(model, images, labels):
    model.eval()
    right = 0
    for x, y in zip(images, labels):
        if model(x[None]).argmax() == y:
            right += 1
    return right


# %% the whole model in the file
# load_checkpoint: says "Weights only load failed"
# hardest: gives the losses instead of their places
#   or: says "its dtype is float32, not int64"
# evaluate: takes the argmax over the images instead of the classes
def save_checkpoint(path, model, optimizer):
    torch.save((model, optimizer), path)


def load_checkpoint(path, model, optimizer):
    model2, optimizer2 = torch.load(path)
    model.load_state_dict(model2.state_dict())
    optimizer.load_state_dict(optimizer2.state_dict())


class DigitClassifier(nn.Module):
    def __init__(self):
        super().__init__()
        self.net = nn.Sequential(nn.Flatten(), nn.Linear(784, 10))

    def forward(self, images):
        return self.net(images)


def hardest(model, images, labels, k):
    model.eval()
    losses = F.cross_entropy(model(images), labels, reduction="none")
    return losses.sort(descending=True)[0][:k]


def evaluate(model, images, labels):
    model.eval()
    return (model(images).argmax(0) == labels).float().mean()
