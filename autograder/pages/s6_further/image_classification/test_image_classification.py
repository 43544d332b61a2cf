"""What top-k accuracy, mixup and the cosine schedule must do. The oracles are written out, in float64."""

import math

import torch

from autograder.checking import (
    CheckFailure,
    assert_contract,
    assert_drawn,
    assert_gradients,
    assert_number,
    assert_same,
    layouts,
    points,
    raises,
    require,
    unmodified,
)

F64 = torch.float64


# -- top-k accuracy -----------------------------------------------------------------------------------


def place_of(logits: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
    """How many logits of each row are larger than the label's."""
    own = torch.stack([row[label] for row, label in zip(logits, labels, strict=True)])
    return (logits > own[:, None]).sum(1)


@points(1)
def test_topk_by_hand(student):
    """four examples whose labels have the 1st, 1st, 2nd and 4th place: 2/4 for k = 1, 3/4 for k = 2 and 3, 1 for k = 4"""
    logits = torch.tensor([[9, 3, 8, 1], [0, 7, 4, 15], [13, 14, 2, 6], [5, 12, 11, 10]], dtype=F64)
    labels = torch.tensor([0, 3, 0, 0])
    for k, expected in ((1, 0.5), (2, 0.75), (3, 0.75), (4, 1.0)):
        assert_number(student.topk_accuracy(logits, labels, k=k), expected)


@points(2)
def test_topk_every_k(student):
    """for every k, with more rows than classes, as many, and fewer, it is the fraction of labels in the first k places"""
    for rows, classes in ((7, 4), (5, 5), (3, 6), (4, 1)):
        logits = torch.randn(classes, rows, dtype=F64).T
        labels = torch.randint(classes, (rows,))
        place = place_of(logits, labels)
        for k in range(1, classes + 1):
            assert_number(student.topk_accuracy(logits, labels, k), int((place < k).sum()) / rows)
    logits, labels = torch.randn(4, 5, dtype=F64), torch.tensor([3, 0, 4, 1])
    assert_contract(
        student.topk_accuracy, lambda z, y, k: float((place_of(z, y) < k).double().mean()), logits, labels,
        name="logits", k=2, dtypes=[torch.float32],
    )  # fmt: skip
    spread = torch.stack([labels, labels.flip(0)], 1)[:, 0]
    assert_number(student.topk_accuracy(logits, spread, 2), int((place_of(logits, labels) < 2).sum()) / 4)


@points(1)
def test_topk_at_the_edges(student):
    """with k = 5 of 3 classes every row is right, no examples give 0, one example 0 or 1, and k = 0 is refused"""
    logits = torch.tensor([[1.0, 3.0, 2.0], [0.5, 0.1, 0.9]])
    labels = torch.tensor([0, 1])
    with unmodified(logits, labels):
        assert_number(student.topk_accuracy(logits, labels, k=5), 1.0)
    assert_number(student.topk_accuracy(torch.zeros(0, 3), torch.zeros(0, dtype=torch.int64), k=2), 0.0)
    for label, expected in ((1, 1.0), (2, 0.0)):
        assert_number(student.topk_accuracy(logits[:1], torch.tensor([label])), expected)
    with unmodified(logits, labels), raises(ValueError):
        student.topk_accuracy(logits, labels, k=0)
    with raises(ValueError):
        student.topk_accuracy(torch.zeros(0, 3), torch.zeros(0, dtype=torch.int64), k=0)
    far = torch.tensor([[0.0, -900.0, -1800.0, 900.0], [1e5, 1e5 + 1, 1e5 - 1, 1e5 - 2]], dtype=F64)
    for k, expected in ((1, 0.0), (2, 0.5), (3, 0.5), (4, 1.0)):
        found = student.topk_accuracy(far, torch.tensor([0, 3]), k)
        assert_number(found, expected, about=f"of logits far from 0, with k = {k}")
    long = torch.tensor([0.0, 1.0]).expand(33_500, 2), (torch.arange(33_500) < 33_001).long()
    assert_number(student.topk_accuracy(*long), 33_001 / 33_500, about="of 33,500 rows")
    apart = torch.zeros(1, 300, dtype=F64).index_fill(1, torch.tensor([259]), 1.0)
    assert_number(
        student.topk_accuracy(apart, torch.tensor([3])), 0.0, about="of 300 classes, of which 259 is the first"
    )
    many, labels = torch.randn(9, 1000, dtype=F64), 1000 - torch.randint(1, 700, (9,))
    for k in (1, 20, 60, 800, 999):
        expected = int((place_of(many, labels) < k).sum()) / 9
        assert_number(student.topk_accuracy(many, labels, k), expected, about=f"of 1000 classes, with k = {k}")
    none = torch.tensor([[0.5, -math.inf, 1.0], [-math.inf, 0.0, 2.0]], dtype=F64)
    for k, expected in ((2, 0.0), (3, 1.0)):
        found = student.topk_accuracy(none, torch.tensor([1, 0]), k)
        assert_number(found, expected, about=f"of labels with the logit -inf, with k = {k}")
    near = torch.tensor([[1.0, 1 + 1e-10, 1 - 1e-10]], dtype=F64)
    assert_number(student.topk_accuracy(near, torch.tensor([0])), 0.0, about="of logits that differ by 1e-10")


# -- mixup --------------------------------------------------------------------------------------------


def blend(values: torch.Tensor, lam: float | torch.Tensor, permutation: torch.Tensor) -> torch.Tensor:
    """Mixed example by example."""
    lams = [float(one) for one in lam] if isinstance(lam, torch.Tensor) else [lam] * len(values)
    pairs = zip(lams, values, permutation.tolist(), strict=True)
    return torch.stack([one * row + (1 - one) * values[partner] for one, row, partner in pairs])


def one_hot(y: torch.Tensor, classes: int) -> torch.Tensor:
    """(N, classes) float64."""
    return torch.eye(classes, dtype=F64)[y]


def two_tensors(result) -> tuple[torch.Tensor, torch.Tensor]:
    """The answer of `mixup`, if it is one."""
    if not isinstance(result, (tuple, list)) or len(result) != 2:
        raise CheckFailure("two tensors were expected: (images, labels)", actual=result, shows_values=True)
    return result[0], result[1]


def same_mix(result, images: torch.Tensor, labels: torch.Tensor) -> None:
    """`result` is (images, labels)."""
    mine, theirs = two_tensors(result)
    assert_same(mine, images, about="the mixed images")
    assert_same(theirs, labels, about="the mixed labels")


@points(1)
def test_mixup_by_hand(student):
    """two images and labels with lam = 3/4: three quarters of each, and one quarter of the other"""
    x = torch.tensor([[[[0.0, 4.0]]], [[[8.0, 0.0]]]], dtype=F64)
    result = student.mixup(x, torch.tensor([2, 0]), 0.75, torch.tensor([1, 0]), num_classes=3)
    labels = torch.tensor([[0.25, 0.0, 0.75], [0.75, 0.0, 0.25]], dtype=F64)
    same_mix(result, torch.tensor([[[[2.0, 3.0]]], [[[6.0, 1.0]]]], dtype=F64), labels)


@points(1)
def test_mixup_of_images(student):
    """every example meets the partner it is given, lam = 1 keeps it, lam = 0 leaves its partner; gradients flow"""
    x, y = torch.randn(5, 2, 3, 4, dtype=F64), torch.tensor([1, 0, 2, 2, 1])
    around = torch.tensor([2, 0, 3, 4, 1])  # its own inverse it is not
    for lam in (0.3, 1.0, 0.0, 0.3137):
        with unmodified(x, y, around):
            result = student.mixup(x, y, lam, permutation=around, num_classes=4)
        same_mix(result, blend(x, lam, around), blend(one_hot(y, 4), lam, around))
    for size in ((5, 2, 3, 1), (5, 1)):
        thin = torch.randn(size, dtype=F64)
        result = student.mixup(thin, y, 0.3, permutation=around, num_classes=4)
        same_mix(result, blend(thin, 0.3, around), blend(one_hot(y, 4), 0.3, around))
    spread = torch.stack([y, around], 1)  # columns of it are not contiguous
    for kind, other in layouts(x):
        result = student.mixup(other, spread[:, 0], 0.3, permutation=spread[:, 1], num_classes=4)
        mine, theirs = two_tensors(result)
        assert_same(mine, blend(other, 0.3, around), about=f"the mixed images of {kind} x")
        assert_same(theirs, blend(one_hot(y, 4), 0.3, around), about="the mixed labels")
    assert_gradients(
        lambda z: two_tensors(student.mixup(z, y, 0.3, permutation=around, num_classes=4))[0],
        lambda z: blend(z, 0.3, around),
        torch.randn(5, 6, dtype=F64),
    )


@points(2)
def test_mixup_lam_for_each(student):
    """a lam for each example weighs that example's image and label, not columns, also where there are as many of them"""
    around = torch.tensor([1, 2, 0])
    lam = torch.tensor([1.0, 0.75, 0.5], dtype=F64)
    for x in (torch.randn(3, 4, dtype=F64), torch.randn(3, 3, 2, dtype=F64), torch.randn(3, 3, 3, 3, dtype=F64)):
        for y, classes in ((torch.tensor([0, 1, 3]), 4), (torch.tensor([2, 0, 1]), 3)):
            with unmodified(x, y, lam, around):
                result = student.mixup(x, y, lam, permutation=around, num_classes=classes)
            same_mix(result, blend(x, lam, around), blend(one_hot(y, classes), lam, around))
    many, last = torch.randn(20, 18, dtype=F64), torch.arange(130 - 20, 130)
    lams, order = torch.linspace(0, 1, 20, dtype=F64), torch.arange(20).roll(7)
    result = student.mixup(many, last, lams, permutation=order, num_classes=130)
    same_mix(result, blend(many, lams, order), blend(one_hot(last, 130), lams, order))
    small = x.float()  # the results have its dtype, whatever lam has
    result = student.mixup(small, y, lam, permutation=around, num_classes=classes)
    same_mix(result, blend(small, lam, around), blend(one_hot(y, classes).float(), lam, around))


@points(1)
def test_mixup_of_labels(student):
    """probabilities are mixed as they are, results have the dtype of x, and class numbers alone raise ValueError"""
    around = torch.tensor([1, 2, 3, 0])
    y = torch.softmax(torch.randn(4, 3, dtype=F64), 1)
    for x in (torch.randn(4, 2, dtype=F64), torch.randn(4, 1, 2, 2)):
        soft = y.to(x.dtype)
        with unmodified(soft):
            result = student.mixup(x, soft, 0.25, permutation=around)
        same_mix(result, blend(x, 0.25, around), blend(soft, 0.25, around))
        other = y.to(torch.float32 if x.dtype == F64 else F64)
        result = student.mixup(x, other, 0.25, permutation=around, num_classes=3)
        same_mix(result, blend(x, 0.25, around), blend(other.to(x.dtype), 0.25, around))
    numbers = torch.tensor([0, 1, 1, 0])
    same_mix(
        student.mixup(x, numbers, 0.25, permutation=around, num_classes=2),
        blend(x, 0.25, around),
        blend(one_hot(numbers, 2).float(), 0.25, around),
    )
    x = torch.randn(4, 2, dtype=F64)
    for _, other in layouts(y):
        same_mix(student.mixup(x, other, 0.25, around), blend(x, 0.25, around), blend(other, 0.25, around))
    with unmodified(x, numbers, around), raises(ValueError):
        student.mixup(x, numbers, 0.25, permutation=around)


def partners_of(mixup, count, calls):
    """Over there: with whom each of so many examples is mixed, in so many calls."""
    x, y = torch.eye(count, dtype=torch.float64), torch.arange(count)
    return [mixup(x, y, 0.25, num_classes=count)[0].argmax(1).tolist() for _ in range(calls)]


@points(1)
def test_mixup_draws_partners(student):
    """without a permutation one is drawn, anew at each call: one for images and labels, each example a partner once"""
    count, lam = 12, 0.75
    x, y = torch.eye(count, dtype=F64), torch.arange(count)  # image i and label i are the same vector
    drawn = []
    for _ in range(3):
        images, labels = two_tensors(student.mixup(x, y, lam, num_classes=count))
        for mixed, what in ((images, "the mixed images"), (labels, "the mixed labels")):
            assert_same(mixed.shape, x.shape, about=f"the shape of {what}")
        partners = (images - lam * x) / (1 - lam)
        whole = all(bool(((part - 1).abs() < 1e-9).all()) for part in (partners.sum(0), partners.amax(1)))
        alike = bool(((images - labels).abs() < 1e-9).all())
        # chance makes right answers differ, so the record keeps what was found out instead of numbers
        student.calls[-1].outcome, student.calls[-1].final = ("value", {"whole": whole, "alike": alike}, False), None
        require(alike, "images and labels were mixed with different partners", labels, images)
        require(whole, "each example should be the partner of exactly one", partners)
        drawn.append(partners.argmax(1).tolist())
    require(drawn[0] != drawn[1] or drawn[0] != drawn[2], "three calls drew the same partners", drawn[0])
    mixup = student.mixup  # looked up first: what follows is recorded under its name
    found = student.prop(partners_of)(mixup, 7, 40)
    assert_drawn(student, [[7 * i + j for i, j in enumerate(partners)] for partners in found], (), "call")


# -- the learning rate --------------------------------------------------------------------------------


@points(1)
def test_cosine_by_hand(student):
    """from 0.4 the rate is 0.4 at the start, 0.2 halfway, nearly 0.4 still at a quarter, 0 at the end"""
    quarter = 0.2 * (1 + math.sqrt(0.5))
    for step, expected in ((2, quarter), (0, 0.4), (4, 0.2), (6, 0.4 - quarter), (8, 0.0)):
        assert_number(student.cosine_lr(step, 8, 0.4), expected)


class Still(torch.optim.Optimizer):
    """As much of an optimizer as a scheduler needs; a real one takes seconds to import its compiler."""

    def __init__(self, lr: float) -> None:
        self.param_groups = [{"lr": lr}]

    def step(self, closure=None) -> None:
        """Nothing to do."""


@points(1)
def test_cosine_like_pytorch(student):
    """without warm-up every rate down to lr_min is that of PyTorch's CosineAnnealingLR"""
    optimizer = Still(0.3)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, 7, eta_min=0.05)
    for step in range(8):
        assert_number(student.cosine_lr(step, 7, 0.3, lr_min=0.05), schedule.get_last_lr()[0])
        optimizer.step()
        schedule.step()


@points(2)
def test_warmup(student):
    """with 4 steps of warm-up: 0, 1/4, 1/2, 3/4, then all of lr, and half a cosine over the steps that are left"""
    for total, warmup, lr, low in (
        (10, 4, 0.8, 0.3),
        (9, 2, 0.8371, 0.03137),
        (6, 1, 0.1, 0.0),
        (5, 4, 2.0, 0.5),
        (7, 3, 3e-7, 1e-9),
        (1, 0, 0.7, 0.1),
        (900, 850, 1e3, 0.0),
    ):
        for step in range(total + 1):
            angle = math.pi / 2 * (step - warmup) / (total - warmup)
            expected = lr / warmup * step if step < warmup else low + (lr - low) * math.cos(angle) ** 2
            found = student.cosine_lr(step, total, lr, warmup=warmup, lr_min=low)
            assert_number(found, expected, atol=1e-9 * lr)


@points(1)
def test_after_the_end(student):
    """after the last step the rate stays at lr_min; a warm-up that leaves no step for the cosine is refused"""
    for step in (11, 14, 16, 300, 2**32 + 2):
        assert_number(student.cosine_lr(step, 10, 0.8, warmup=4, lr_min=0.2), 0.2)
    for warmup in (10, 12, -1):
        with raises(ValueError):
            student.cosine_lr(11, 10, 0.8, warmup=warmup)
