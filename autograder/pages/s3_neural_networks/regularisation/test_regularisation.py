"""What weight decay, dropout, early stopping, smoothed labels and the calibration error must do."""

import math

import torch

from autograder.checking import (
    assert_contract,
    assert_gradients,
    assert_number,
    assert_same,
    forbids,
    layouts,
    lies_in,
    points,
    raises,
    require,
    unmodified,
)

F64 = torch.float64


def draw(*shape: int) -> torch.Tensor:
    """Normal float64 values of this shape."""
    return torch.randn(shape, dtype=F64)


# -- weight decay ------------------------------------------------------------------------------------


def oracle(w, grad, m, v, t, lr=0.001, betas=(0.9, 0.999), eps=1e-8, decay=0.01, decoupled=True):
    """The step of PyTorch's own optimizers, begun in the middle."""
    leaf = torch.nn.Parameter(w.clone())
    kind = torch.optim.AdamW if decoupled else torch.optim.Adam
    made = kind([leaf], lr=lr, betas=betas, eps=eps, weight_decay=decay)
    leaf.grad = grad.clone()
    state = {"step": torch.tensor(float(t - 1)), "exp_avg": m.clone(), "exp_avg_sq": v.clone()}
    made.state[leaf] = state
    made.step()
    return leaf.detach(), state["exp_avg"], state["exp_avg_sq"]


def formula(w, grad, m, v, t, lr, decay, decoupled):
    """The same with the usual betas, differentiable."""
    w, grad = ((1 - lr * decay) * w, grad) if decoupled else (w, grad + decay * w)
    m, v = 0.9 * m + 0.1 * grad, 0.999 * v + 0.001 * grad.square()
    return w - lr * (m / (1 - 0.9**t)) / ((v / (1 - 0.999**t)).sqrt() + 1e-8), m, v


def setting(*shape: int):
    """Weights, gradient and both averages, in the middle of a training."""
    return draw(*shape), draw(*shape), 0.3 * draw(*shape), 0.1 + torch.rand(shape, dtype=F64)


@points(2)
def test_decoupled(student):
    """AdamW shrinks the weights by 1 - lr * decay, and gradient and averages see nothing of it"""
    two, half, zero = torch.tensor([2.0], dtype=F64), torch.tensor([0.5], dtype=F64), torch.zeros(1, dtype=F64)
    given = {"lr": 0.1, "eps": 0.0, "decay": 0.1, "decoupled": True}
    w, m, v = (torch.tensor([n], dtype=F64) for n in (1.88, 0.05, 0.00025))
    assert_same(student.adam_step(two, half, zero, zero, 1, **given), (w, m, v))
    for t, options in (
        (1, {}), (5, {"lr": 0.3, "decay": 0.5}), (40, {"lr": 0.1, "betas": (0.7, 0.8), "decay": 0.0}),
        (30000, {"lr": 0.3}), (3, {"lr": 0.2, "eps": 0.1, "decay": 0.25}), (2, {"lr": 0.2137, "eps": 0.1037, "decay": 0.2537}),
    ):  # fmt: skip
        state = setting(3)
        with unmodified(*state):
            assert_same(student.adam_step(*state, t, decoupled=True, **options), oracle(*state, t, **options))


@points(2)
def test_in_the_gradient(student):
    """L2 adds decay * w to the gradient before both averages"""
    two, half, zero = torch.tensor([2.0], dtype=F64), torch.tensor([0.5], dtype=F64), torch.zeros(1, dtype=F64)
    given = {"lr": 0.1, "eps": 0.0, "decay": 0.1, "decoupled": False}
    w, m, v = (torch.tensor([n], dtype=F64) for n in (1.9, 0.07, 0.00049))
    assert_same(student.adam_step(two, half, zero, zero, 1, **given), (w, m, v))
    for t, options in (
        (1, {}), (5, {"lr": 0.3, "decay": 0.5}), (40, {"lr": 0.1, "betas": (0.7, 0.8), "decay": 0.2}),
        (3, {"lr": 0.2, "eps": 0.1, "decay": 0.25}),
    ):  # fmt: skip
        state = setting(2, 3)
        expected = oracle(*state, t, decoupled=False, **options)
        with unmodified(*state):
            assert_same(student.adam_step(*state, t, decoupled=False, **options), expected)


@points(1)
def test_step_promises(student):
    """any shape, layout and dtype, the defaults, and several steps one after the other"""
    state = setting(2, 3)
    defaults = {"lr": 0.001, "betas": (0.9, 0.999), "eps": 1e-8, "decay": 0.01, "decoupled": True}
    for of, name in enumerate(("w", "grad", "m")):
        assert_contract(student.adam_step, oracle, *state, 3, of=of, name=name, defaults=defaults, zero=True)
    for kind, other in layouts(state[3]):
        assert_same(student.adam_step(*state[:3], other, 3), oracle(*state[:3], other, 3), about=f"with {kind} `v`")
    assert_same(student.adam_step(*state[:3], 0 * state[3], 3, eps=0.5), oracle(*state[:3], 0 * state[3], 3, eps=0.5))
    tiny = [1e-7 * x for x in setting(3)]
    tiny[3] = tiny[3] * 1e-7
    assert_same(student.adam_step(*tiny, 2), oracle(*tiny, 2), atol=1e-18, about="with tiny numbers")
    large = [1e6 * x for x in setting(3)]
    large[3] = large[3] * 1e6
    assert_same(student.adam_step(*large, 2, lr=1e5), oracle(*large, 2, lr=1e5), about="with large numbers")
    for decoupled in (True, False):
        for zero in (None, 0, 1, 2):
            given = [0 * x if place == zero else x for place, x in enumerate(state)]
            for part in range(3):
                assert_gradients(
                    lambda *a, part=part, d=decoupled: student.adam_step(*a, 3, lr=0.5, decay=0.5, decoupled=d)[part],
                    lambda *a, part=part, d=decoupled: formula(*a, 3, 0.5, 0.5, d)[part], *given,
                )  # fmt: skip
    for shape in ((), (0, 2), (1, 3), (3, 1), (20, 18)):
        state = setting(*shape)
        assert_same(student.adam_step(*state, 2, lr=0.5, decay=0.5), oracle(*state, 2, lr=0.5, decay=0.5))
    for part in range(3):  # one row too
        assert_gradients(
            lambda *a, part=part: student.adam_step(*a, 3, lr=0.5, decay=0.5)[part],
            lambda *a, part=part: formula(*a, 3, 0.5, 0.5, True)[part], *setting(1, 3),
        )  # fmt: skip
    single = [x.float() for x in setting(3)]
    for decoupled in (True, False):
        given = {"lr": 0.5, "decay": 0.5, "decoupled": decoupled}
        assert_same(student.adam_step(*single, 2, **given), oracle(*single, 2, **given), about="in float32")
        mine = theirs = [draw(3), torch.zeros(3, dtype=F64), torch.zeros(3, dtype=F64)]
        for t in (1, 2, 3):
            grad = draw(3)
            mine = student.adam_step(mine[0], grad, *mine[1:], t, **given)
            theirs = oracle(theirs[0], grad, *theirs[1:], t, **given)
        assert_same(tuple(mine), tuple(theirs), about="after three steps")


@points(1)
@forbids(
    "torch.optim.Adam", "torch.optim.AdamW", "torch.optim.adam", "torch.optim.adamw", "*.Adam", "*.AdamW", "*.adamw",
    of="adam_step", operators=("aten._fused_adam_.default", "aten._fused_adamw_.default"),
)  # fmt: skip
def test_written_by_hand(student):
    """the step is written out, not borrowed from torch.optim"""
    state = setting(2)
    student.adam_step(*state, 2)
    student.adam_step(*state, 2, decoupled=False)


# -- dropout -----------------------------------------------------------------------------------------


@points(2)
def test_drop(student):
    """what is dropped is 0, what is kept grows by 1 / (1 - p), for the p that is given; no p outside [0, 1)"""

    def dropped(x, keep, p):
        return torch.where(keep, x / (1 - p), torch.zeros_like(x))

    x, keep = torch.tensor([1.0, -2.0, 3.0], dtype=F64), torch.tensor([True, False, True])
    assert_same(student.drop(x, keep, 0.2), torch.tensor([1.25, 0.0, 3.75], dtype=F64))
    x, keep = draw(2, 3), torch.tensor([[True, False, True], [False, True, True]])
    for p in (0.0, 0.5, 0.9, 0.25, 0.3137, 1 - 1e-6):
        with unmodified(x, keep):
            assert_same(student.drop(x, keep, p), dropped(x, keep, p))
    assert_contract(student.drop, dropped, x, keep, 0.75, name="x", dtypes=(torch.float32,), zero=True, gradients=True)
    for kind, other in layouts(keep):
        assert_same(student.drop(x, other, 0.5), dropped(x, other, 0.5), about=f"with {kind} `keep`")
    for shape in ((), (0, 2), (1, 3), (3, 1), (20, 18)):
        some = 1000 * draw(*shape)
        seen = torch.rand(shape) < 0.5
        assert_same(student.drop(some, seen, 0.5), dropped(some, seen, 0.5))
    for count in (2, 1):
        seen = keep[:count]
        assert_gradients(lambda z, k=seen: student.drop(z, k, 0.5), lambda z, k=seen: dropped(z, k, 0.5), x[:count])
    assert_same(student.drop(1e-9 * x, keep, 0.5), dropped(1e-9 * x, keep, 0.5), atol=1e-18, about="tiny entries")
    close = 1 + 1e-9 * x
    assert_same(
        student.drop(close, keep, 0.0), dropped(close, keep, 0.0), rtol=1e-13, atol=0, about="numbers close to 1"
    )
    function = student.drop
    same = student.prop(lies_in)(function, x, keep | True, 0.0)
    require(same == [], "a new tensor was promised, also where nothing is dropped", claims=True)
    for p in (-0.1, 1.0, 1.5):
        with unmodified(x, keep), raises(ValueError):
            student.drop(x, keep, p)


# -- early stopping ----------------------------------------------------------------------------------


def walk(student, losses, **given):
    """What `step` answers to each loss, and the last `best` and `best_epoch`."""
    stopper = student.EarlyStopping(**given)
    answers = [stopper.step(loss) for loss in losses]
    require(
        all(isinstance(a, bool) for a in answers), "step must answer True or False", [type(a).__name__ for a in answers]
    )
    return answers, stopper


def follow(student, losses, expected, best, epoch, **given):
    """One story of losses, against what must be answered."""
    answers, stopper = walk(student, losses, **given)
    story = f"EarlyStopping({', '.join(f'{k}={v}' for k, v in given.items())}) with losses {losses}"
    assert_same(answers, [bool(n) for n in expected], about=story)
    assert_number(stopper.best, best, about=f"`best`, {story}")
    assert_number(stopper.best_epoch, epoch, about=f"`best_epoch`, {story}")


@points(2)
def test_patience(student):
    """it stops after `patience` epochs in a row without an improvement; an improvement begins the count again"""
    follow(student, [3.0, 2.0, 2.5, 2.25, 2.5], [0, 0, 0, 1, 1], 2.0, 1, patience=2)
    follow(student, [1.0, 1.0], [0, 1], 1.0, 0, patience=1)
    follow(student, [3.0, 4.0, 2.0, 4.0, 3.0, 5.0, 1.0], [0, 0, 0, 0, 0, 1, 0], 1.0, 6, patience=3)
    follow(student, [2.0, 3.0, 2.5, 2.25, 4.0], [0, 0, 0, 1, 1], 2.0, 0, patience=3)
    follow(student, [1.0, *[2.0] * 6], [0, 0, 0, 0, 0, 1, 1], 1.0, 0)
    follow(student, [1.0, 0.999999, 2.0], [0, 0, 1], 0.999999, 1, patience=1)
    follow(student, [1e12, -1e6, -1e12, -1e9], [0, 0, 0, 1], -1e12, 2, patience=1)
    follow(student, [1 / 3, 1 / 3 - 1e-14, 1.0], [0, 0, 1], 1 / 3, 1, patience=1)  # smaller, by however little
    follow(student, [1.0, *[2.0] * 40], [0] * 37 + [1] * 4, 1.0, 0, patience=37)


@points(1)
def test_min_delta(student):
    """an improvement must be larger than `min_delta`, measured from the best; NaN is none"""
    follow(student, [1.0, 1.25, 1.5], [0, 1, 1], 1.0, 0, patience=1, min_delta=0.5)
    follow(student, [2.0, 1.75, 1.5, 1.25], [0, 0, 1, 0], 1.25, 3, patience=2, min_delta=0.5)
    follow(student, [1.0, 0.5, 0.0], [0, 1, 0], 0.0, 2, patience=1, min_delta=0.5)
    nan = math.nan
    follow(student, [nan, nan, 1.0, nan, 0.5], [0, 1, 0, 0, 0], 0.5, 4, patience=2)
    follow(student, [math.inf, 3.0, math.inf], [0, 0, 0], 3.0, 1, patience=2)
    follow(student, [math.inf, math.inf], [0, 1], math.inf, -1, patience=2)
    follow(student, [0.0, -math.inf, -math.inf, -5.0], [0, 0, 0, 1], -math.inf, 1, patience=2)
    fresh = student.EarlyStopping()
    assert_number(fresh.best, math.inf, about="`best` before the first epoch")
    assert_number(fresh.best_epoch, -1, about="`best_epoch` before the first epoch")
    one, other = student.EarlyStopping(patience=1, min_delta=0.5), student.EarlyStopping(patience=3)
    order = ((one, 1.0), (other, 2.0), (one, 0.75), (other, 1.875), (other, 3.0), (other, 3.0), (other, 3.0))
    answers = [stopper.step(loss) for stopper, loss in order]
    expected = [False, False, True, False, False, False, True]
    assert_same(answers, expected, about="two of them, with losses of their own in turn")
    assert_number(one.best, 1.0, about="`best` of the first of two")
    assert_number(one.best_epoch, 0, about="`best_epoch` of the first of two")
    assert_number(other.best_epoch, 1, about="`best_epoch` of the second of two")


# -- smoothed labels ---------------------------------------------------------------------------------


@points(2)
def test_smooth_labels(student):
    """`share` is dealt out to all classes, the true one included, so every row sums to 1"""

    def smoothed(labels, classes, share=0.1):
        one_hot = (labels[:, None] == torch.arange(classes)).double()
        return ((1 - share) * one_hot + share / classes).float()

    expected = torch.tensor([[0.05, 0.85, 0.05, 0.05]])
    assert_same(student.smooth_labels(torch.tensor([1]), 4, 0.2), expected)
    for classes, share in ((3, 0.3), (5, 0.0), (2, 1.0), (1, 0.5), (6, 0.1), (4, 0.3137), (1000, 0.2)):
        labels = torch.randint(classes, (20,))
        with unmodified(labels):
            assert_same(student.smooth_labels(labels, classes, share), smoothed(labels, classes, share), atol=1e-7)
    labels = torch.tensor([0, 2, 1, 2])
    assert_same(student.smooth_labels(labels, 3), smoothed(labels, 3), about="with `share` left out")
    for kind, other in layouts(labels):
        assert_same(student.smooth_labels(other, 3, 0.3), smoothed(other, 3, 0.3), about=f"with {kind} `labels`")
    for few in (labels[:0], labels[:1]):
        assert_same(student.smooth_labels(few, 3, 0.3), smoothed(few, 3, 0.3))
    assert_same(student.smooth_labels(torch.tensor([0, 0]), 4, 0.2), smoothed(torch.tensor([0, 0]), 4, 0.2))


# -- calibration -------------------------------------------------------------------------------------


def binned(confidence, correct, bins=10):
    """The bins, one after the other."""
    found = []
    for b in range(bins):
        low, high = b / bins, (b + 1) / bins
        inside = ((confidence > low) | (confidence == 0) & (b == 0)) & (confidence <= high)
        n = int(inside.sum())
        found.append((n, correct[inside].double().mean() if n else 0.0, confidence[inside].mean() if n else 0.0))
    count, accuracy, mean = zip(*found, strict=True)
    return (
        torch.tensor(count),
        torch.tensor(accuracy, dtype=confidence.dtype),
        torch.tensor(mean, dtype=confidence.dtype),
    )


def inside_bins(n: int, bins: int) -> torch.Tensor:
    """Confidences away from every edge, some bins empty."""
    place = torch.randint(bins, (n,)) // 2 * 2 % bins
    return (place + 0.1 + 0.8 * torch.rand(n, dtype=F64)) / bins


@points(2)
def test_reliability(student):
    """each bin counts its answers, the share that is right, and their mean confidence; an empty one has zeros"""
    confidence = torch.tensor([0.95, 0.65, 0.97, 0.62, 0.93], dtype=F64)
    correct = torch.tensor([True, False, False, True, True])
    assert_same(student.reliability(confidence, correct), binned(confidence, correct))
    for n, bins in ((7, 4), (1, 3), (12, 5), (5, 1), (0, 3), (200, 10), (2100, 1), (9, 150)):
        confidence, correct = inside_bins(n, bins), torch.rand(n) < 0.6
        with unmodified(confidence, correct):
            assert_same(student.reliability(confidence, correct, bins), binned(confidence, correct, bins))
    confidence, correct = inside_bins(6, 4), torch.tensor([True, False, True, True, False, True])
    for (kind, a), (_, b) in zip(layouts(confidence), layouts(correct), strict=True):
        assert_same(student.reliability(a, b, 4), binned(a, b, 4), about=f"with {kind} tensors")
    small = confidence.float()
    assert_same(student.reliability(small, correct, 4), binned(small, correct, 4), about="in float32")
    zeros = torch.zeros(6, dtype=F64)
    assert_same(student.reliability(zeros, correct, 4), binned(zeros, correct, 4), about="where all confidences are 0")


@points(1)
def test_edges(student):
    """a confidence on an edge belongs to the bin below it; 0 to the first bin, and 1 to the last"""
    edges = torch.tensor([0.0, 0.25, 0.5, 0.75, 1.0, 1.0], dtype=F64)
    correct = torch.tensor([True, False, True, False, True, False])
    for bins in (4, 2, 1):
        assert_same(student.reliability(edges, correct, bins), binned(edges, correct, bins), about=f"with {bins} bins")


def error(probabilities, labels, bins=10):
    """The calibration error, a bin at a time."""
    confidence, answer = probabilities.max(1)
    count, accuracy, mean = binned(confidence, answer == labels, bins)
    return float(
        sum(n * abs(a - c) for n, a, c in zip(count, accuracy.double(), mean.double(), strict=True)) / len(labels)
    )


@points(2)
def test_calibration_error(student):
    """bins count by their share of the answers, whether too sure or not sure enough"""
    three = torch.tensor([[0.95, 0.05], [0.95, 0.05], [0.35, 0.65]], dtype=F64), torch.tensor([0, 1, 1])
    two = torch.tensor([[0.95, 0.05], [0.85, 0.15]], dtype=F64), torch.tensor([1, 0])
    cases = ((three, 10, (0.45 * 2 + 0.35) / 3), (two, 10, 0.55), (two, 4, 0.4), (two, 1, 0.4), (two, 20, 0.55))
    found = [
        student.expected_calibration_error(*given, bins) for given, bins, _ in cases
    ]  # several tell mistakes apart
    for answer, (_, bins, expected) in zip(found, cases, strict=True):
        assert_number(answer, expected, about=f"with {bins} bins")
    one = torch.ones(3, 1, dtype=F64), torch.zeros(3, dtype=torch.int64)
    assert_number(student.expected_calibration_error(*one), 0.0, about="of a single class")
    for n, classes, bins in ((9, 3, 5), (1, 2, 4), (40, 4, 10), (6, 3, 1), (30, 3, 150), (20, 130, 7)):
        probabilities = torch.softmax(2 * draw(n, classes), 1)
        labels = torch.randint(classes, (n,))
        with unmodified(probabilities, labels):
            found = student.expected_calibration_error(probabilities, labels, bins)
        assert_number(found, error(probabilities, labels, bins))
    sure = torch.tensor([0.95, 0.85, 0.72, 0.77], dtype=F64)  # 5, 10 and 20 bins make three different errors
    told = torch.stack([sure, 1 - sure], 1), torch.tensor([1, 0, 1, 0])
    assert_number(student.expected_calibration_error(*told), error(*told), about="with `bins` left out")
    probabilities = torch.softmax(2 * draw(8, 3), 1)
    labels = torch.tensor([0, 1, 2, 0, 1, 2, 0, 1])
    for kind, other in layouts(probabilities):
        about = f"with {kind} `probabilities`"
        assert_number(student.expected_calibration_error(other, labels), error(other, labels), about=about)
    for kind, other in layouts(labels):
        about = f"with {kind} `labels`"
        assert_number(
            student.expected_calibration_error(probabilities, other), error(probabilities, other), about=about
        )
    single = probabilities.float()
    assert_number(
        student.expected_calibration_error(single, labels), error(single, labels), rtol=1e-5, about="in float32"
    )
    sure = torch.eye(3, dtype=F64)
    assert_number(student.expected_calibration_error(sure, torch.tensor([0, 1, 2])), 0.0, about="sure and always right")
