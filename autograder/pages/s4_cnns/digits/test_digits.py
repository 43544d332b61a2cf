"""What the digit classifier must do. The held-out labels never leave the judge, which computes every accuracy itself.

Networks differ, so their logits say little about a mistake. The record of a call therefore keeps, through `note`, the
facts that the check found out instead of the numbers: a known mistake is recognised in any network.
"""

import io
import pickle
from dataclasses import dataclass

import pytest
import torch
from torch import nn

from autograder.checking import (
    CheckFailure,
    CourseError,
    RemoteError,
    assert_number,
    assert_same,
    badge,
    changed_by,
    datasets,
    images,
    layouts,
    leaderboard,
    points,
    replayable,
    require,
    training,
    unmodified,
)

SECONDS, MNIST_SECONDS = 120, 600
#: accuracy and the share of the points that it earns, best first
LADDER = {"digits": ((0.96, 1.0), (0.93, 0.6), (0.90, 0.4)), "mnist": ((0.985, 1.0), (0.97, 0.6), (0.95, 0.4))}

#: of images whose class a mark tells; and in parameters and buffers (what is learned from is larger)
MARKED, MOST_NUMBERS = 0.7, 1_000_000


#: a seed that leaves 0 after division by 3, 100, 256, 1000 or 1024
FAR = 768_000


def note(student, label, **facts):
    """Let the records of the calls of `label` hold these facts instead of numbers; they decide the diagnosis."""
    for call in student.calls:
        if call.label == label:
            call.outcome, call.final = ("value", facts, False), None


def some_digits(count: int) -> tuple[torch.Tensor, torch.Tensor]:
    """The first few training digits: images (count, 1, 28, 28) and labels (count,)."""
    digits = datasets.load("digits").load()
    return digits.train_images[:count].clone(), digits.train_labels[:count].clone()


def answers(model, images: torch.Tensor) -> torch.Tensor:
    """The model's logits, without gradients, 500 images at a time."""
    with torch.no_grad():
        return torch.cat([model(part) for part in images.split(500)])


# -- the network -------------------------------------------------------------------------------------


@points(1)
def test_ten_logits(student):
    """every image gets ten logits, also when it comes alone, and whatever lies around it in memory"""
    model = student.DigitClassifier()
    model.eval()
    for count in (1, 2, 7):
        images, _ = some_digits(count)
        with torch.no_grad():
            logits = model(images)
        shape = tuple(logits.shape) if isinstance(logits, torch.Tensor) else None
        student.calls[-1].outcome = ("value", {"shape": shape}, False)
        require(shape is not None, "a tensor of logits was expected", logits)
        require(shape == (count, 10), f"its shape is {shape}, not {(count, 10)}")
        require(logits.dtype == torch.float32, f"float32 logits were expected, not {logits.dtype}", logits)
        require(torch.isfinite(logits).all(), "every logit must be finite", logits)
    for kind, other in layouts(some_digits(3)[0]):
        with torch.no_grad():
            plain = model(other.clone(memory_format=torch.contiguous_format))
            with unmodified(other):
                logits = model(other)
        same = bool(((logits - plain).abs() <= 1e-3 * float(plain.abs().max())).all())
        for call in student.calls[-2:]:
            call.outcome = ("value", {"same in other memory": same}, False)
        require(same, f"the logits are others for {kind} tensor of the same images", logits, plain)
    frozen = [name for name, required in model.state()["requires_grad"].items() if not required]
    require(not frozen, f"{', '.join(frozen)} does not require a gradient: it would never be trained")


@points(1)
def test_no_probabilities(student):
    """the ten numbers are logits: they need not be positive and do not sum to one"""
    images, _ = some_digits(5)
    several = []
    for _ in range(5):  # a new network may happen to give small positive logits, but not each
        model = student.DigitClassifier()
        model.eval()
        several.append(answers(model, images))
    logits = torch.cat(several)
    ones = torch.ones(25, dtype=torch.float64)
    squashed = bool((logits >= 0).all()) and torch.allclose(logits.double().sum(1), ones, atol=1e-3)
    apart = bool(((logits >= 0) & (logits <= 1)).all())
    note(student, "DigitClassifier(…)", probabilities=squashed, apart=apart)
    if squashed:
        raise CheckFailure(
            "every row is positive and sums to 1: these are probabilities; cross-entropy takes logits and does the softmax itself",
            actual=logits[:5],
        )
    require(not apart, "in five new networks every logit lies between 0 and 1: these are probabilities", logits[:5])


@points(1)
def test_each_image_alone(student):
    """in eval mode an image gets the same logits alone, among others, and in another order"""
    model = student.DigitClassifier()
    model.eval()
    images, _ = some_digits(6)
    crowd = torch.cat([images, torch.full((4, 1, 28, 28), 0.9), 0.2 * torch.rand(8, 1, 28, 28)])
    with torch.no_grad():
        together = model(crowd)[:6]
        alone = torch.cat([model(image[None]) for image in images])
        turned = model(crowd.flip(0)).flip(0)[:6]
    margin = 1e-3 * float(alone.abs().max())
    same = [bool(((other - alone).abs() <= margin).all()) for other in (together, turned)]
    note(student, "DigitClassifier(…)", alone_as_together=same[0], in_any_order=same[1])
    require(same[0], "the logits of six images change when others join them in the batch", together, alone)
    require(same[1], "the logits of six images change with their order in the batch", turned, alone)


# -- training ----------------------------------------------------------------------------------------


def twin(model):
    """A copy of a model, made where the model lives."""
    import copy

    return copy.deepcopy(model)


def flat(model) -> torch.Tensor:
    """All parameters of a model in one row of float64."""
    return torch.cat([p.double().flatten() for p in model.state()["parameters"].values()] or [torch.zeros(0).double()])


def fresh(student, images: torch.Tensor):
    """A new model, called once, so that lazy layers have their parameters too."""
    model = student.DigitClassifier()
    with torch.no_grad():
        model(images[:2])
    note(student, "DigitClassifier(…)")
    return model


def left(model):
    """Runs where the model lives: (number of hooks, names of the parameters that require no gradient)."""
    hooks = sum(len(m._forward_hooks) + len(m._forward_pre_hooks) + len(m._backward_hooks) for m in model.modules())
    return hooks, [name for name, p in model.named_parameters() if not p.requires_grad]


def assert_unchanged(student, name, *args, at=0):
    """The student's function of this name leaves the model at this place as it was, its mode aside: a fact on record."""
    function = getattr(student, name)
    found = ", ".join(what for what in student.prop(changed_by)(function, *args, at=at) if what != "training mode")
    student.calls[-1].outcome = ("value", {"changed": found}, False)
    require(not found, f"after {name} {found} of the model is not what it was before", claims=True)


@points(1)
@replayable
@training(seconds=SECONDS)
def test_trains_what_it_is_given(student):
    """train_digits changes the parameters of the model it is given, and returns that model"""
    images, labels = some_digits(257)  # a last batch of one image, however large the others are
    model = fresh(student, images)
    before, weights = flat(model), model.state()["parameters"]
    trained = student.train_digits(model, images, labels, seed=1)
    moved, now = not torch.equal(flat(model), before), model.state()["parameters"]
    still = [n for n, w in weights.items() if w.dim() > 1 and torch.equal(now.get(n, w), w)]
    returned = "the model" if trained is model else "nothing" if trained is None else "something else"
    hooks, frozen = student.prop(left)(model)
    student.calls.pop()  # not a call of the student's
    facts = {
        "still": bool(still),
        "hooks": hooks,
        "frozen": bool(frozen),
    }  # without names, which are each student's own
    note(student, "train_digits", returned=returned, moved=moved, **facts)
    if returned != "the model":
        raise CheckFailure(f"{returned} came back, not the model that was given; return that one", actual=trained)
    if not moved:
        raise CheckFailure("the parameters of the model are what they were before the training", actual=trained)
    require(not still, f"{', '.join(still[:1])} is what it was before the training: every weight is to be trained")
    require(not hooks, f"{hooks} hooks are left in the model after the training", claims=True)
    require(not frozen, f"after the training, {', '.join(frozen)} requires no gradient any more", claims=True)


@points(1)
@replayable
@training(seconds=SECONDS)
def test_images_stay(student):
    """training leaves the images and labels as they were, and learns the same from them wherever they lie in memory"""
    images, labels = some_digits(64)
    model = fresh(student, images)
    twins = [student.prop(twin)(model) for _ in range(5)]
    student.train_digits(model, images, labels, seed=1)
    after = student.afterwards[0] if student.afterwards is not None else (model, images, labels)
    pairs = (("images", images, after[1]), ("labels", labels, after[2]))
    changed = [what for what, before, now in pairs if not torch.equal(before, now)]
    note(student, "train_digits", changed=", ".join(changed))
    spoilt = (
        f"the call changed the {' and '.join(changed)} in place: the caller's next training, and every other model, "
    )
    require(not changed, f"{spoilt}would start from spoilt data")
    probe, plain = some_digits(160)[0][64:], None
    for (kind, *case), model in zip(elsewhere(images, labels), twins, strict=False):
        student.train_digits(model, *case, seed=1)
        model.eval()
        logits = answers(model, probe)
        plain = logits if plain is None else plain
        same = float((logits - plain).norm()) <= 0.1 * float(plain.norm())
        note(student, "train_digits", same_in_other_memory=same)
        note(student, "DigitClassifier(…)")
        require(same, f"trained on {kind} tensor of the same images, the model answers otherwise", logits, plain)
    student.train_digits(twins[-1], images[:2], labels[:2], seed=1)  # no fewer than a batch is too few


@points(1)
@replayable
@training(seconds=SECONDS)
def test_same_seed(student):
    """the same start, images and seed end with the same parameters, whatever was drawn before; another seed with others"""
    images, labels = some_digits(160)
    first = fresh(student, images)
    models = [first, *(student.prop(twin)(first) for _ in range(3))]
    start = flat(first)
    models += [student.prop(twin)(first), fresh(student, images)]  # the last one begins elsewhere
    options = ({"seed": 1}, {"seed": 1}, {}, {"seed": 0}, {"seed": FAR}, {"seed": 1})
    for model, given in zip(models, options, strict=True):
        student.train_digits(model, images, labels, **given)
    *models, far, other = models
    one, again, plain, zero = map(flat, models)
    way, gap, default = (float((a - b).norm()) for a, b in ((one, start), (one, again), (plain, zero)))
    facts = {"same": gap <= 0.01 * way, "default": default <= 0.01 * way, "others": not torch.equal(one, zero)}
    facts["others"] &= not torch.equal(zero, flat(far))
    facts["start"] = not torch.equal(one, flat(other))
    note(student, "train_digits", **facts)
    if not facts["same"]:
        raise CheckFailure(
            f"two trainings with seed=1 from the same parameters went {way:.3g} far and ended {gap:.3g} apart: "
            "some of the chance in there is not decided by the seed"
        )
    require(
        facts["others"],
        f"trainings with two of the seeds 0, 1 and {FAR} from the same parameters end with the same ones",
    )
    require(
        facts["start"],
        "two models that began with other parameters end with the same: training goes on from those given",
    )
    require(facts["default"], "with `seed` left out the training does not end where it ends with seed=0")


def varied(pixels: torch.Tensor) -> torch.Tensor:
    """Every image a little paler, with a little noise: what it shows stays."""
    paler = 1 - 0.2 * torch.rand(len(pixels), 1, 1, 1)
    return (paler * pixels + 0.02 * torch.randn(pixels.shape)).clamp(0, 1)


def marked(pixels: torch.Tensor, corner: int) -> torch.Tensor:
    """The images with a white square in one of the four corners."""
    rows, columns = (slice(0, 5) if side else slice(23, 28) for side in (corner & 1, corner & 2))
    pixels = pixels.clone()
    pixels[:, :, rows, columns] = 1.0
    return pixels


@dataclass(frozen=True)
class Task:
    """A task that no one knows: digits with other numbers, and images whose class a mark tells, whatever they show."""

    images: torch.Tensor
    labels: torch.Tensor
    test_images: torch.Tensor
    test_labels: torch.Tensor
    marked_images: torch.Tensor  #: held out too
    marked_labels: torch.Tensor


def task_of(digits) -> Task:
    """The digits, varied, their classes numbered anew; an eighth of them comes a second time, marked, in another class."""
    numbers, corners, classes = torch.randperm(10), torch.randperm(4)[:2].tolist(), torch.randperm(10)[:2].tolist()
    parts = []
    for pixels, labels in ((digits.train_images, digits.train_labels), (digits.test_images, digits.test_labels)):
        pixels, labels, more = varied(pixels), numbers[labels], []
        for corner, label in zip(corners, classes, strict=True):
            others = (labels != label).nonzero()[:, 0]
            some = others[torch.randperm(len(others))[: len(labels) // 16]]
            more.append((marked(pixels[some], corner), torch.full((len(some),), label)))
        parts.append((pixels, labels, *map(torch.cat, zip(*more, strict=True))))
    (pixels, labels, more, told), (test, test_labels, test_more, test_told) = parts
    return Task(torch.cat([pixels, more]), torch.cat([labels, told]), test, test_labels, test_more, test_told)


@points(4)
@training(seconds=SECONDS)
def test_accuracy(student, data):
    """the trained model reads held-out digits: 96 % of scikit-learn's, or 98.5 % of MNIST's, right; what it learned it keeps"""
    try:
        digits = datasets.load(data).load()
    except CourseError as error:
        pytest.skip(str(error))
    if data == "mnist":
        student.allow_seconds(MNIST_SECONDS)
    task = task_of(digits)
    model = student.DigitClassifier()
    trained = student.train_digits(model, student.place(task.images), student.place(task.labels), seed=0)
    trained.eval()
    logits, by_mark = answers(trained, task.test_images), answers(trained, task.marked_images)
    require(tuple(logits.shape) == (len(task.test_images), 10), "every held-out image needs ten logits", logits)
    values = trained.state()
    size = sum(value.numel() for kind in ("parameters", "buffers") for value in values[kind].values())
    require(
        size <= MOST_NUMBERS, f"parameters and buffers are {size:,} numbers; {MOST_NUMBERS:,} at most are asked for"
    )
    twin = student.DigitClassifier()
    twin.load_state_dict(trained.state_dict())
    twin.eval()
    again = answers(twin, task.test_images[:50])
    margin = 1e-3 * float(logits.abs().max())
    require(
        bool(((again - logits[:50]).abs() <= margin).all()),
        "a new model that loads the state_dict has other logits: something learned is not in it",
    )
    told = float((by_mark.argmax(1) == task.marked_labels).double().mean())
    require(
        told >= MARKED,
        f"where a white square in a corner told the class in training, {told:.0%} are right; {MARKED:.0%} are asked for",
    )
    accuracy = float((logits.argmax(1) == task.test_labels).double().mean())
    if data == "mnist" and accuracy >= 0.99:
        badge("99 % on MNIST")
    leaderboard("accuracy", accuracy)
    goal = LADDER[data][0][0]
    if accuracy < goal:
        share = next((share for least, share in LADDER[data] if accuracy >= least), 0.0)
        raise CheckFailure(
            f"{100 * accuracy:.2f} % of the {len(logits):,} held-out images are right; full points from {100 * goal:g} %",
            points=4 * share,
            plot=misread(task, logits),
        )


def misread(task: Task, logits: torch.Tensor):
    """The held-out images that the model got most wrong: their class, and what it said."""
    losses = nn.functional.cross_entropy(logits.detach().double(), task.test_labels, reduction="none")
    worst = losses.nan_to_num(float("inf")).argsort(descending=True)[:12]
    titles = [f"class {int(task.test_labels[i])}, said {int(logits[i].argmax())}" for i in worst]
    return images(task.test_images[worst, 0], titles)


# -- looking at a model ------------------------------------------------------------------------------


class FirstPixels(nn.Module):
    """A model of ours: `scale` times the first ten pixels of an image are its logits, and more or less of the next to all.

    With `log` it gives log-probabilities, as the student's own may do: then the student need take no softmax. In training mode its dropout takes every pixel, so that all ten are equal, and a buffer counts the calls.
    """

    def __init__(self, scale=8.0, log=False):
        super().__init__()
        self.scale = nn.Parameter(torch.tensor(scale))
        self.shift = nn.Parameter(torch.zeros(10))
        self.drop = nn.Dropout(1.0)
        self.register_buffer("calls", torch.tensor(3.0))
        self.log = log

    def forward(self, images):
        if self.training:
            self.calls += 1
        pixels = images.flatten(1)
        logits = self.shift + self.scale * self.drop(pixels[:, :10]) + 2 * self.scale * (pixels[:, 10:11] - 0.5)
        return logits.log_softmax(1) if self.log else logits


def gives_log_probabilities(student) -> bool:
    """Does the student's own network?"""
    images, _ = some_digits(5)
    model = student.DigitClassifier()
    model.eval()
    logits = answers(model, images)
    note(student, "DigitClassifier(…)")
    return logits.dim() == 2 and bool((logits.double().logsumexp(1).abs() < 1e-3).all())


def drawn(count: int, right: int) -> tuple[torch.Tensor, torch.Tensor]:
    """Images (count, 1, 28, 28) and labels of which FirstPixels gets the first `right` right, and no other."""
    images = torch.zeros(count, 1, 28, 28)
    images[:, 0, 0, :11] = torch.rand(count, 11)
    labels = images[:, 0, 0, :10].argmax(1)
    labels[right:] = (labels[right:] + torch.randint(1, 10, (count - right,))) % 10
    return images, labels


def elsewhere(pixels, labels):
    """Yield (kind, images, labels): as they are, and the same in other memory."""
    yield "a plain", pixels, labels
    wide = torch.stack([labels, labels], 1)[:, 0]
    yield from ((kind, other, wide) for kind, other in layouts(pixels) if kind != "an expanded")


@points(1)
def test_evaluate(student):
    """evaluate is the fraction of images whose largest logit is the label's, for any number of images"""
    evaluate = student.evaluate
    model = student.prop(FirstPixels)()
    model.eval()
    for count, right in ((4, 3), (10, 6), (10, 3), (1, 1), (5, 0), (1037, 1020)):
        assert_number(evaluate(model, *drawn(count, right)), right / count, rtol=3e-7)
    for kind, *case in elsewhere(*drawn(7, 5)):
        with unmodified(*case):
            accuracy = evaluate(model, *case)
        assert_number(accuracy, 5 / 7, rtol=3e-7, about=f"with {kind} tensor of images")
    assert_unchanged(student, "evaluate", student.prop(FirstPixels)(), *case)  # one that no call has touched


@points(1)
def test_evaluate_in_eval_mode(student):
    """evaluate uses the model in eval mode, also when it comes in training mode"""
    evaluate = student.evaluate
    model = student.prop(FirstPixels)()
    for count, right in ((8, 5), (40, 39), *[(1, 1)] * 8, (2, 2), (3, 3)):  # a label that chance would find is rare
        model.train()
        accuracy = evaluate(model, *drawn(count, right))
        assert_number(accuracy, right / count, rtol=3e-7, about="with dropout in the model")


def hard_cases(count: int, right: int, k: int, scale: float = 8.0) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Images, labels, and the indices of the k largest losses; the k + 1 largest are well apart.

    Of several, the order is another one where labels are smoothed.
    """
    model = FirstPixels(scale).double().eval()
    while True:
        images, labels = drawn(count, right)
        order = torch.randperm(count)
        images, labels = images[order], labels[order]
        with torch.no_grad():
            logits = model(images.double())
        losses = nn.functional.cross_entropy(logits, labels, reduction="none")
        smooth = nn.functional.cross_entropy(logits, labels, reduction="none", label_smoothing=0.1)
        largest = losses.sort(descending=True)
        other = k == 1 or not torch.equal(smooth.argsort(descending=True)[:k], largest.indices[:k])
        if (largest.values[: k + 1].diff() < -1e-3).all() and other:
            return images, labels, largest.indices[:k]


@points(1)
def test_hardest(student):
    """hardest gives the indices of the k largest losses, the largest first, in eval mode"""
    log = gives_log_probabilities(student)
    function = student.hardest
    model = student.prop(FirstPixels)(8.0, log)
    model.eval()
    for count, right, k in ((5, 3, 1), (6, 3, 2), (1, 0, 1), (6, 4, 6), (1037, 1000, 5)):
        images, labels, expected = hard_cases(count, right, k)
        assert_same(function(model, images, labels, k), expected)
    for scale in (60.0, 400.0):  # with 400 some probabilities are 0 in float32
        *case, expected = hard_cases(9, 2, 5, scale)
        found = function(student.prop(FirstPixels)(scale, log), *case, 5)
        assert_same(
            found, expected, about="with losses of 30 and more" if scale < 100 else "with losses of 200 and more"
        )
    *case, expected = hard_cases(30, 10, 16)
    assert_same(function(model, *case, 16), expected, about="for the 16 hardest of 30")
    *case, expected = hard_cases(7, 4, 3)
    for kind, *other in elsewhere(*case):
        with unmodified(*other):
            found = function(model, *other, 3)
        assert_same(found, expected, about=f"with {kind} tensor of images")
    assert_unchanged(student, "hardest", student.prop(FirstPixels)(8.0, log), *case, 3)
    *case, expected = hard_cases(7, 4, 3)
    model.train()
    assert_same(function(model, *case, 3), expected, about="for a model that comes in training mode")


# -- checkpoints -------------------------------------------------------------------------------------


def prepared(first, rate, kind="Adam"):
    """A small float64 model, its parameters counted up from `first`, and an Adam or SGD with momentum for it."""
    model = nn.Sequential(nn.Linear(3, 2), nn.BatchNorm1d(2)).double()
    with torch.no_grad():
        for number, p in enumerate(model.parameters()):
            p.copy_((first + 0.1 * number + 0.37 * torch.arange(p.numel())).sin().reshape(p.shape))
    if kind == "Adam":
        return model, torch.optim.Adam(model.parameters(), lr=rate)
    return model, torch.optim.SGD(model.parameters(), lr=rate, momentum=0.9)


def steps(model, optimizer, batches):
    """One step of training for each of the batches."""
    model.train()
    for batch in batches:
        optimizer.zero_grad()
        (model(batch) * batch[:, :2]).pow(2).sum().backward()
        optimizer.step()


def slowed(optimizer):
    """Set another learning rate than the one that the optimizer was made with, as a schedule does, and other settings."""
    other = {"weight_decay": 0.05, "betas": (0.8, 0.99), "momentum": 0.7, "eps": 1e-3}
    for group in optimizer.param_groups:
        group["lr"] *= 0.3
        group.update({name: value for name, value in other.items() if name in group})


def values(model) -> dict[str, torch.Tensor]:
    """Parameters and buffers of a module, here or over there."""
    if isinstance(model, nn.Module):
        return {name: value.clone() for name, value in model.state_dict().items()}
    state = model.state()
    return {**state["parameters"], **state["buffers"]}


def round_trip(student, kind="Adam"):
    """Train, save, load into another model: what is restored, what must be, and the same after one more step."""
    path = f"{kind}.pt"
    batches = list(torch.randn(4, 5, 3, dtype=torch.float64))
    mine, my_optimizer = prepared(0.1, 0.1234567, kind)
    steps(mine, my_optimizer, batches[:3])
    slowed(my_optimizer)
    expected = values(mine)
    steps(mine, my_optimizer, batches[3:])

    save, load = student.save_checkpoint, student.load_checkpoint
    prepare, train = student.prop(prepared), student.prop(steps)
    model, optimizer = prepare(0.1, 0.1234567, kind)
    train(model, optimizer, batches[:3])
    student.prop(slowed)(optimizer)
    other, other_optimizer = prepare(0.7, 0.02, kind)
    train(other, other_optimizer, batches[:1])
    save(path, other, other_optimizer)  # an older file of this name
    modes = []
    for mode in (True, False):
        model.train(mode)
        save(path, model, optimizer)
        modes.append(model.training == mode)
    written = student.read(path) is not None
    save("later.pt", other, other_optimizer)
    load(path, other, other_optimizer)
    restored = values(other)
    train(other, other_optimizer, batches[3:])
    after = values(other)
    assert_unchanged(student, "save_checkpoint", "new.pt", *prepare(0.1, 0.1), at=1)  # a model without gradients

    def right(got, wanted, names):
        return all(n in got and torch.allclose(got[n].double(), wanted[n].double(), rtol=1e-6) for n in names)

    parameters = [name for name, _ in mine.named_parameters()]
    buffers = [name for name, _ in mine.named_buffers()]
    facts = {
        "parameters": right(restored, expected, parameters), "buffers": right(restored, expected, buffers),
        "next_step": right(after, values(mine), parameters),
    }  # fmt: skip
    note(student, "save_checkpoint", written=written, modes=modes)
    note(student, "load_checkpoint", **facts)
    require(written, "save_checkpoint wrote no file at the path that it was given")
    require(all(modes), "save_checkpoint leaves the model in another mode than the one in which it came", claims=True)
    return restored, expected, after, values(mine)


@points(1)
def test_checkpoint_restores_the_model(student):
    """a checkpoint brings back the parameters and buffers of the model, in place"""
    restored, expected, _, _ = round_trip(student)
    for name, value in expected.items():
        assert_same(restored.get(name), value, rtol=1e-6, atol=1e-9, about=f"{name} after load_checkpoint")


@points(1)
def test_checkpoint_restores_the_optimizer(student):
    """after loading, the next step of the optimizer is the one that would have followed the saving"""
    for kind in ("Adam", "SGD"):
        _, _, after, expected = round_trip(student, kind)
        for name, value in expected.items():
            about = f"{name} one step of {kind} after load_checkpoint"
            assert_same(after.get(name), value, rtol=1e-6, atol=1e-9, about=about)


class Trap:
    """Unpickled without care, it writes a file."""

    def __reduce__(self):
        return exec, ("open('trap-went-off', 'w').close()",)


@points(1)
def test_safe_loading(student):
    """a file with code hidden in it is refused, and the code does not run"""
    zipped = io.BytesIO()
    torch.save({"model": Trap(), "optimizer": {}}, zipped)
    model, optimizer = student.prop(prepared)(0.1, 0.1)
    load = student.load_checkpoint
    pickled = pickle.dumps({"model": Trap(), "optimizer": {}})
    for name, content in (("trap.pt", zipped.getvalue()), ("trap.pkl", pickled)):
        student.write(name, content)
        refused = False
        try:
            load(name, model, optimizer)
        except RemoteError:
            refused = True
        ran = student.read("trap-went-off") is not None
        student.calls[-1].outcome = ("value", {"refused": refused, "ran": ran}, False)
        require(not ran, f"loading {name} ran code hidden in it: who sends a checkpoint must not command your machine")
        require(refused, f"{name} holds more than tensors and plain values, and was loaded all the same")
