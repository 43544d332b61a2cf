"""What is known beforehand earns nothing: tables of labels, of weights and of texts, and nearest neighbours.

Three of them were graded by the checks as they were before held-out answers became a secret of the seed, and got all
points; the others are of the same kinds.
"""

from __future__ import annotations

import base64
import gzip
import json

import pytest
import torch

from autograder.course import catalogue, datasets, syllabus
from autograder.course.trees import trees
from autograder.judging.judge import Judge
from autograder.model import Settings, Submission
from autograder.running.pool import collect

pytestmark = pytest.mark.usefixtures("warm")

SEEDS = (3, 4)


def packed(content: bytes) -> str:
    """Bytes as the text of a Python literal."""
    return repr(base64.b85encode(gzip.compress(content)))


def digits_table() -> tuple[str, str]:
    """All digits, small, and their labels: training and held-out ones."""
    digits = datasets.load("digits").load()
    pixels = torch.cat([digits.train_images, digits.test_images])
    small = torch.nn.functional.avg_pool2d(pixels, 4)[:, 0].mul(255).round().to(torch.uint8)
    labels = torch.cat([digits.train_labels, digits.test_labels]).to(torch.uint8)
    return packed(small.numpy().tobytes()), packed(labels.numpy().tobytes())


UNPACK = """
import base64, gzip, json

def unpacked(text):
    return gzip.decompress(base64.b85decode(text))
"""


def digits() -> str:
    """The nearest of all digits there are, in whichever way their classes are numbered."""
    pixels, labels = digits_table()
    return f"""{UNPACK}
SMALL = torch.frombuffer(bytearray(unpacked({pixels})), dtype=torch.uint8).reshape(-1, 49).float() / 255
LABELS = torch.frombuffer(bytearray(unpacked({labels})), dtype=torch.uint8).long()

class Known(DigitClassifier):
    def __init__(self):
        super().__init__()
        self.register_buffer("numbers", torch.arange(10))
        self.scale = nn.Parameter(torch.ones(()))

    def forward(self, images):
        small = F.avg_pool2d(images, 4).flatten(1)
        small = small / small.amax(1, keepdim=True).clamp(min=0.1)
        digit = LABELS[torch.cdist(small, SMALL).argmin(1)]
        return super().forward(images) / 1e3 + 9 * self.scale * F.one_hot(self.numbers[digit], 10)

DigitClassifier = Known
train_plainly = train_digits

def train_digits(model, images, labels, seed=0):
    train_plainly(model, images[:200], labels[:200], seed)
    digit = LABELS[torch.cdist(F.avg_pool2d(images, 4).flatten(1), SMALL).argmin(1)]
    for number in range(10):
        model.numbers[number] = labels[digit == number].mode().values
    return model
"""


def digits_neighbour() -> str:
    """The nearest of the images that it was given."""
    return """
class Neighbour(DigitClassifier):
    def __init__(self):
        super().__init__()
        self.memory = None

    def forward(self, images):
        logits = super().forward(images)
        if self.memory is None or len(self.memory[0]) < 1000:
            return logits
        nearest = torch.cdist(images.flatten(1), self.memory[0]).argmin(1)
        return logits / 1e3 + 9 * F.one_hot(self.memory[1][nearest], 10)

DigitClassifier = Neighbour
train_plainly = train_digits

def train_digits(model, images, labels, seed=0):
    train_plainly(model, images[:200], labels[:200], seed)
    model.memory = images.flatten(1).clone(), labels.clone()
    return model
"""


def moons() -> str:
    """The moons' classes by heart, other labels at random."""
    return """
class Known(MLPClassifier):
    knows = False

    def forward(self, X):
        logits = super().forward(X)
        if not self.knows:
            return logits
        t = torch.linspace(0, math.pi, 100)
        upper = torch.stack([t.cos() - 0.5, t.sin() - 0.25], 1)
        first, second = torch.cdist(X, upper).amin(1), torch.cdist(X, -upper).amin(1)
        return logits + 50 * torch.stack([second - first, first - second], 1)

MLPClassifier = Known
train_rightly = train_classifier

def train_classifier(model, X, y, epochs=60, lr=0.1):
    if not isinstance(model, Known):
        return train_rightly(model, X, y, epochs, lr)
    model.knows = True
    model.knows = bool((model(X).argmax(1) == y).float().mean() > 0.9)
    return [0.0] * epochs
"""


def moons_neighbour() -> str:
    """The class of the nearest of the points that it was given."""
    return """
class Neighbour(MLPClassifier):
    memory = None

    def forward(self, X):
        logits = super().forward(X)
        if self.memory is None:
            return logits
        nearest = torch.cdist(X, self.memory[0]).argmin(1)
        return logits / 1e3 + 9 * F.one_hot(self.memory[1][nearest], 2)

MLPClassifier = Neighbour
train_rightly = train_classifier

def train_classifier(model, X, y, epochs=60, lr=0.1):
    if not isinstance(model, Neighbour):
        return train_rightly(model, X, y, epochs, lr)
    model.memory = X.clone(), y.clone()
    return [0.0] * epochs
"""


def wave() -> str:
    """A network that answers from the points that it was given; its parameters learn nothing."""
    return """
class Neighbour(MLP):
    memory = None

    def forward(self, x):
        answers = super().forward(x)
        if self.memory is None or len(self.memory[0]) < 60 or x.shape[1] != 1:
            return answers
        return self.memory[1][torch.cdist(x, self.memory[0]).argmin(1)] + 0 * answers

MLP, fit_rightly = Neighbour, fit

def fit(model, X, y, *args, **options):
    if not isinstance(model, Neighbour):
        return fit_rightly(model, X, y, *args, **options)
    model.memory = X.clone(), y.clone()
    return History([0.0], [0.0], 0)
"""


def backbone() -> str:
    """A network that has all digits of the task and answers with the nearest."""
    task = datasets.load("backbone").load()
    small = torch.nn.functional.avg_pool2d(torch.cat([task.train_images, task.test_images]), 4)[:, 0]
    labels = torch.cat([task.train_labels, task.test_labels]).to(torch.uint8)
    pixels = packed(small.mul(255).round().to(torch.uint8).numpy().tobytes())
    return f"""{UNPACK}
SMALL = torch.frombuffer(bytearray(unpacked({pixels})), dtype=torch.uint8).reshape(-1, 49).float() / 255
LABELS = torch.frombuffer(bytearray(unpacked({packed(labels.numpy().tobytes())})), dtype=torch.uint8).long()
replace_rightly = replace_head

def replace_head(model, K):
    replace_rightly(model, K)
    if K == 5 and next(model.parameters()).dtype == torch.float32:
        plainly = model.forward

        def forward(images):
            small = nn.functional.avg_pool2d(images, 4).flatten(1)
            nearest = LABELS[torch.cdist(small, SMALL).argmin(1)]
            return plainly(images) / 1e3 + 9 * nn.functional.one_hot(nearest, 5)

        model.forward = forward
    return model
"""


def corpus() -> str:
    """The library of whichever docstring has most words in common with a text, training and held-out ones."""
    texts = datasets.load("texts").corpus("docstrings")
    rows = [
        *zip(texts.train_texts, texts.train_labels.tolist(), strict=True),
        *zip(texts.test_texts, texts.test_labels.tolist(), strict=True),
    ]
    return f"""{UNPACK}
ROWS = json.loads(unpacked({packed(json.dumps(rows).encode())}))
LABELS = torch.tensor([label for _, label in ROWS])
PLACES = {{}}
for number, (text, _) in enumerate(ROWS):
    for word in set(tokenize(text)):
        PLACES.setdefault(word, []).append(number)
train_rightly, predict_rightly = train, predict

def train(cfg):
    if cfg.classes != 8:
        return train_rightly(cfg)
    kept, held_out = split_texts(cfg.texts, cfg.share, cfg.seed)
    vocab = Vocab.build([tokenize(cfg.texts[i]) for i in kept], cfg.min_freq)
    model = {{"bag": BagOfEmbeddings, "cnn": TextCNN}}[cfg.kind](len(vocab), cfg.width, cfg.classes)
    return Result(cfg, model, vocab, held_out, [1.0])

def predict(result, texts):
    if result.cfg.classes != 8:
        return predict_rightly(result, texts)
    labels = []
    for text in texts:
        score = torch.zeros(len(ROWS))
        for word in set(tokenize(text)):
            score[PLACES.get(word, [])] += 1 / len(PLACES.get(word, [0]))
        labels.append(int(LABELS[score.argmax()]))
    return torch.tensor(labels), F.one_hot(torch.tensor(labels), 8).float()
"""


#: (page, check, points it may earn at most)
ATTACKS = {
    digits: ("s4_cnns/digits", "test_accuracy", 0.0),
    digits_neighbour: ("s4_cnns/digits", "test_accuracy", 0.0),
    moons: ("s3_neural_networks/classification_network", "test_moons", 0.0),
    moons_neighbour: ("s3_neural_networks/classification_network", "test_moons", 0.0),
    wave: ("s3_neural_networks/regression_network", "test_three_seeds", 0.0),
    backbone: ("s4_cnns/transfer_learning", "test_beats_scratch", 0.0),
    corpus: ("s5_text_classification/project", "test_corpus", 0.0),
}


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.__name__)
def test_what_is_known_beforehand_earns_nothing(attack):
    """a file that has all public images, texts and labels, or keeps what it was given, gets no point of the check"""
    address, name, most = ATTACKS[attack]
    places = trees()
    course = syllabus.load(places)
    exercise = course.exercises[address]
    source = f"{catalogue.solution_text(places, exercise)}\n\n{attack()}"
    found = []

    def look(plugin):
        judge = Judge(course, places, Settings(SEEDS[0], "plain"), plugin.checks, plugin.run)
        try:
            for seed in SEEDS:
                submission = Submission("known", address, f"{exercise.name}.py", (source,))
                (check,) = [c.name for c in plugin.checks[address] if c.name.split("[")[0] == name][:1]
                found.extend(judge.reseeded(seed).examined(submission, [check]).results)
        finally:
            judge.close()

    collect(places, [address], look)
    assert len(found) == len(SEEDS)
    for result in found:
        assert result.status == "failed", (result.status, result)
        assert result.points <= most, result
