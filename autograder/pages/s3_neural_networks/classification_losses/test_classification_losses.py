"""What the classification losses must do. PyTorch is the oracle, in float64 unless stability is the point."""

import math
from functools import partial

import torch
import torch.nn.functional as F

from autograder.checking import (
    assert_contract,
    assert_gradients,
    assert_same,
    assert_scales,
    assert_sizes,
    forbids,
    points,
    require,
    unmodified,
)

PAGE = ("bce", "bce_with_logits", "nll", "cross_entropy", "hinge", "focal")


def draw(*shape: int, scale: float = 2.0) -> torch.Tensor:
    """Normal float64 numbers of this shape."""
    return scale * torch.randn(shape, dtype=torch.float64)


def double(values: object) -> torch.Tensor:
    """A float64 tensor of these numbers."""
    return torch.tensor(values, dtype=torch.float64)


def some_labels(count: int, classes: int) -> torch.Tensor:
    """Labels in which every class comes up in turn, starting anywhere."""
    return (torch.arange(count) + torch.randint(classes, ())) % classes


def some_shares(count: int, classes: int) -> torch.Tensor:
    """Target probabilities: rows of positive numbers that sum to 1."""
    return torch.softmax(draw(count, classes), 1)


def focal_by_definition(logits: torch.Tensor, target: torch.Tensor, gamma: float) -> torch.Tensor:
    """The oracle of the focal loss: every row's cross-entropy times its factor."""
    losses = F.cross_entropy(logits, target, reduction="none")
    return ((1 - (-losses).exp()) ** gamma * losses).mean()


def some_signs(*shape: int) -> torch.Tensor:
    """Targets of the hinge loss; each of -1 and +1 comes up, as far as there are two entries."""
    signs = torch.ones(shape, dtype=torch.float64)
    signs.view(-1)[::2] = -1
    return signs


#: a single number, one row, one column, three axes
SIZES = ((), (1,), (1, 3), (4, 1), (3, 2), (2, 1, 3))


def assert_loss(loss, oracle, answer, target, name):
    """Both arguments in any memory, zeros for the answer, the gradient to it, and nothing is written into."""
    assert_contract(loss, oracle, answer, target, name=name, gradients=True)
    assert_contract(loss, oracle, answer, target, of=1, name="target")


def at_every_size(loss, oracle, make, name):
    """The loss and its gradient for every shape; the target, the last of what `make` returns, is not differentiated."""
    assert_sizes(
        lambda answer, holder: loss(answer, holder[0]), lambda answer, holder: oracle(answer, holder[0]),
        make, name=name, gradients=True,
    )  # fmt: skip


def rows_and_labels(count, classes):
    """Logits, and labels that no gradient is wanted for."""
    return draw(count, classes), [some_labels(count, classes)]


def weighted_bce(logits, target, pos_weight):
    """The oracle with its third argument in place."""
    return F.binary_cross_entropy_with_logits(logits, target, pos_weight=pos_weight)


@points(1)
def test_bce(student):
    """bce is ln 2 at p = 1/2, takes targets between 0 and 1 in any shape, and clamps its logarithms at -100"""
    half = double([0.5, 0.5])
    assert_same(student.bce(half, double([0.0, 1.0])), double(math.log(2)))
    for shape in ((3,), *SIZES):
        p, target = torch.sigmoid(draw(*shape)), torch.rand(shape, dtype=torch.float64)
        assert_loss(student.bce, F.binary_cross_entropy, p, target, "probability")
    at_every_size(
        student.bce, F.binary_cross_entropy,
        lambda *shape: (torch.sigmoid(draw(*shape)), [torch.rand(shape, dtype=torch.float64)]), "probability",
    )  # fmt: skip
    for tiny in (1e-30, 1e-60, 1e-200):  # the logarithms of the last two are below -100
        assert_same(student.bce(double([tiny]), double([1.0])), double(min(-math.log(tiny), 100.0)))
    certain, target = double([0.0, 1.0, 1.0, 0.0]), double([0.0, 1.0, 0.0, 1.0])
    assert_same(student.bce(certain[:2], target[:2]), double(0.0))
    assert_same(student.bce(certain, target), double(50.0))
    assert_same(student.bce(certain[:2], double([0.25, 0.5])), double(37.5))


@points(1)
def test_bce_with_logits(student):
    """bce_with_logits is ln 2 at logit 0, bce of the sigmoid elsewhere, each entry on its own, gradients included"""
    assert_same(student.bce_with_logits(double([0.0, 0.0]), double([0.0, 1.0])), double(math.log(2)))
    for shape in ((3,), *SIZES):
        logits, target = draw(*shape), torch.rand(shape, dtype=torch.float64)
        assert_loss(student.bce_with_logits, F.binary_cross_entropy_with_logits, logits, target, "logits")
        assert_loss(student.bce_with_logits, F.binary_cross_entropy_with_logits, 0 * logits, target, "logits")

    at_every_size(
        student.bce_with_logits, F.binary_cross_entropy_with_logits,
        lambda *shape: (draw(*shape), [torch.rand(shape, dtype=torch.float64)]), "logits",
    )  # fmt: skip
    assert_scales(
        student.bce_with_logits, F.binary_cross_entropy_with_logits, draw(2, 3), torch.rand(2, 3, dtype=torch.float64),
        name="logits", powers=(-3, 9),
    )  # fmt: skip


@points(1)
def test_logits_of_200(student):
    """at logits of 200 and -200 bce_with_logits is 200 where wrong and 0 where right, and still has a slope"""
    for dtype in (torch.float64, torch.float32):
        wrong, right = torch.tensor([200.0], dtype=dtype), torch.tensor([-200.0], dtype=dtype)
        no, yes = torch.zeros(1, dtype=dtype), torch.ones(1, dtype=dtype)
        assert_same(student.bce_with_logits(wrong, no), torch.tensor(200.0, dtype=dtype))
        assert_same(student.bce_with_logits(right, no), torch.tensor(0.0, dtype=dtype))
        assert_same(student.bce_with_logits(right, yes), torch.tensor(200.0, dtype=dtype))
        assert_same(student.bce_with_logits(wrong, yes), torch.tensor(0.0, dtype=dtype))
    target = double([0.0, 1.0, 0.0, 1.0])
    assert_gradients(
        lambda z: student.bce_with_logits(z, target),
        lambda z: F.binary_cross_entropy_with_logits(z, target),
        double([200.0, -200.0, -200.0, 50.0]),
    )


@points(1)
def test_pos_weight(student):
    """pos_weight multiplies the positive term alone, and the mean still divides by the number of entries"""
    weight = double([3.0])
    logits, target = double([1.0, 1.0]), double([1.0, 0.0])
    expected = F.binary_cross_entropy_with_logits(logits, target, pos_weight=weight)
    assert_same(student.bce_with_logits(logits, target, pos_weight=weight), expected)
    three = double([0.5, 1.0, 4.0])
    for shape, weight in (
        ((4, 3), three), ((3, 3), three), ((5,), double(2.5)), ((5,), double(0.4)), ((5,), double(0.0)), ((2, 4, 3), three), ((4, 1), double([3.0])),
        ((3, 2), three[:, None]), ((3, 3), three[:, None]), ((2, 3), double([[2.0, 3.0, 0.5], [1.0, 0.0, 4.0]])),
    ):  # fmt: skip
        logits, target = draw(*shape), torch.rand(shape, dtype=torch.float64)
        inputs = logits, target, weight
        assert_contract(student.bce_with_logits, weighted_bce, *inputs, name="logits", gradients=True)
        assert_contract(student.bce_with_logits, weighted_bce, *inputs, of=2, name="pos_weight")
    assert_same(student.bce_with_logits(double([0.0]), double([1.0])), double(math.log(2)), about="without pos_weight")
    inputs = draw(4, 3), torch.rand(4, 3, dtype=torch.float64), three
    assert_scales(student.bce_with_logits, weighted_bce, *inputs, of=(2,), name="pos_weight", powers=(-6, 6))
    far, yes = double([-200.0, 200.0, -1000.0]), torch.ones(3, dtype=torch.float64)
    assert_contract(student.bce_with_logits, weighted_bce, far, yes, three, name="logits", gradients=True)


@points(1)
def test_nll(student):
    """nll is minus the mean log-probability of each row's own label, for N = C and N != C"""
    log_p = double([[0.5, 0.25, 0.25], [0.1, 0.1, 0.8]]).log()
    assert_same(student.nll(log_p, torch.tensor([0, 2])), double((math.log(2) - math.log(0.8)) / 2))
    for count, classes in ((3, 3), (5, 3), (2, 4), (1, 5), (4, 1), (300, 3)):
        log_p, target = torch.log_softmax(draw(count, classes), 1), some_labels(count, classes)
        assert_loss(student.nll, F.nll_loss, log_p, target, "log_probability")
    log_p, target = torch.log_softmax(draw(3000, 3), 1), some_labels(3000, 3)
    assert_same(student.nll(log_p, target), F.nll_loss(log_p, target), about="of 3000 rows")
    at_every_size(student.nll, F.nll_loss, rows_and_labels, "log_probability")
    assert_scales(student.nll, F.nll_loss, -draw(3, 4).abs(), some_labels(3, 4), name="log_probability")
    log_p = double([[-1 - 2**-26, 0.0], [0.0, -1 - 2**-26]])  # a float32 would lose the end of it
    assert_same(student.nll(log_p, torch.tensor([0, 1])), double(1 + 2**-26), rtol=1e-9)


@points(1)
def test_cross_entropy(student):
    """cross_entropy is ln C at equal logits and 0 for a sure right answer; its gradient is (softmax - onehot) / N"""
    sure = 50 * torch.eye(10, dtype=torch.float64)
    assert_same(student.cross_entropy(torch.zeros_like(sure), torch.arange(10)), double(math.log(10)))
    assert_same(student.cross_entropy(sure, torch.arange(10)), double(0.0))
    for count, classes in ((2, 3), (3, 3), (5, 4), (1, 6), (4, 1), (300, 3)):
        target = some_labels(count, classes)
        assert_loss(student.cross_entropy, F.cross_entropy, draw(count, classes), target, "logits")
        assert_loss(student.cross_entropy, F.cross_entropy, 0 * draw(count, classes), target, "logits")

    at_every_size(student.cross_entropy, F.cross_entropy, rows_and_labels, "logits")
    assert_scales(student.cross_entropy, F.cross_entropy, draw(3, 4), some_labels(3, 4), name="logits", powers=(-3, 9))


@points(1)
def test_logits_far_apart(student):
    """cross_entropy is exact for logits of 200 and 1000, also in float32, and for rows of very different size"""
    target = torch.tensor([0, 1])
    for dtype in (torch.float64, torch.float32):
        gaps = torch.tensor([[0.0, 200.0], [1000.0, 0.0]], dtype=dtype)
        assert_same(student.cross_entropy(gaps, target), torch.tensor(600.0, dtype=dtype))
        assert_same(student.cross_entropy(gaps, 1 - target), torch.tensor(0.0, dtype=dtype))
    mixed = double([[0.5, -0.5], [1000.0, 1001.0]])
    for rows in (mixed, mixed - 1000.0, mixed - 3000.0):
        assert_gradients(lambda z: student.cross_entropy(z, target), lambda z: F.cross_entropy(z, target), rows)


@points(1)
def test_ignored_labels(student):
    """rows labelled ignore_index count neither above nor below the fraction line, and when all are ignored it is NaN"""
    logits, plain = draw(4, 3).tanh(), torch.tensor([0, 1, 2, 1])
    assert_same(student.cross_entropy(logits, plain, ignore_index=1), F.cross_entropy(logits, plain, ignore_index=1))
    for target, options in (
        (plain, {"ignore_index": 0}),
        (torch.tensor([0, -100, 2, -100]), {}),
        (torch.tensor([-1, 1, 2, -1]), {"ignore_index": -1}),
        (torch.tensor([255, 1, 2, 255]), {"ignore_index": 255}),
    ):
        assert_gradients(
            lambda z, y=target, o=options: student.cross_entropy(z, y, **o),
            lambda z, y=target, o=options: F.cross_entropy(z, y, **o),
            logits,
        )
    nothing = torch.full((4,), -100)
    assert_same(student.cross_entropy(logits, nothing), double(math.nan))
    weight = double([0.5, 1.0, 2.0])
    assert_same(student.cross_entropy(logits, nothing, weight), double(math.nan), about="with weights")
    assert_same(student.cross_entropy(logits, plain, 0 * weight), double(math.nan), about="with weights of 0")


@points(1)
def test_soft_targets(student):
    """target probabilities: one-hot rows give what labels give, other rows the mixture of their classes"""
    logits, labels = draw(4, 3), some_labels(4, 3)
    one_hot = torch.eye(3, dtype=torch.float64)[labels]
    assert_same(student.cross_entropy(logits, one_hot), F.cross_entropy(logits, labels))
    for index in range(3):
        assert_same(student.cross_entropy(logits, one_hot, ignore_index=index), F.cross_entropy(logits, one_hot))
    for count in (2, 3, 5):
        assert_loss(student.cross_entropy, F.cross_entropy, draw(count, 3), some_shares(count, 3), "logits")


@points(1)
def test_label_smoothing(student):
    """label smoothing spreads its share evenly over all C classes, for labels, ignored ones and probabilities"""
    logits, target = double([[2.0, 0.0, 0.0], [0.0, 1.0, 3.0]]), torch.tensor([0, 1])
    for amount in (0.1, 1.0):
        assert_gradients(
            lambda z, y=target, e=amount: student.cross_entropy(z, y, label_smoothing=e),
            lambda z, y=target, e=amount: F.cross_entropy(z, y, label_smoothing=e),
            logits,
        )
    for target in (some_labels(5, 4), some_shares(5, 4), torch.tensor([3, -100, 0, -100, 1])):
        assert_gradients(
            lambda z, y=target: student.cross_entropy(z, y, label_smoothing=0.3),
            lambda z, y=target: F.cross_entropy(z, y, label_smoothing=0.3),
            draw(5, 4),
        )


@points(1)
def test_class_weights(student):
    """with class weights the sum is divided by the sum of the weights of the labels; with target probabilities by N"""
    weight = double([1.0, 2.0, 5.0])
    logits = double([[1.0, 0.0, 0.0], [0.0, 0.0, 1.0]])
    for labels in ([0, 2], [0, 1], [2, 2]):
        target = torch.tensor(labels)
        assert_contract(student.cross_entropy, F.cross_entropy, logits, target, weight, of=2, name="weight")
    with_ignored = (torch.tensor([0, 1]), {"ignore_index": 1}), (torch.eye(3, dtype=torch.float64)[1:], {})
    for target, options in with_ignored:
        assert_contract(student.cross_entropy, F.cross_entropy, logits, target, weight, of=2, name="weight", **options)
    target = torch.tensor([0, 2])
    found = student.cross_entropy(logits, target, weight, 2, 0.3)
    assert_same(found, F.cross_entropy(logits, target, weight, ignore_index=2, label_smoothing=0.3), about="by places")
    unheard, target = double([0.0, 2.0, 5.0]), torch.tensor([0, 1])
    for share in (0.0, 0.3):
        assert_same(
            student.cross_entropy(logits, target, weight=unheard, label_smoothing=share),
            F.cross_entropy(logits, target, unheard, label_smoothing=share),
        )
    for target, options in (
        (some_labels(3, 3), {}),
        (some_labels(4, 3), {}),
        (some_labels(4, 3), {"ignore_index": 2}),
        (some_shares(4, 3), {}),
        (torch.tensor([-100, 1, 2, 0]), {"label_smoothing": 0.3}),
        (some_shares(3, 3), {"label_smoothing": 0.3}),
    ):
        assert_gradients(
            lambda z, y=target, o=options: student.cross_entropy(z, y, weight=weight, **o),
            lambda z, y=target, o=options: F.cross_entropy(z, y, weight=weight, **o),
            draw(len(target), 3),
        )


@points(1)
def test_hinge(student):
    """hinge is 1 at score 0, 0 beyond the margin, and grows by 1 for each unit on the wrong side"""
    for score, target, expected in (
        (0.0, 1.0, 1.0),
        (0.5, 1.0, 0.5),
        (3.0, 1.0, 0.0),
        (-2.0, -1.0, 0.0),
        (2.0, -1.0, 3.0),
    ):
        assert_same(student.hinge(double([score]), double([target])), double(expected))
    # a float32 would lose the end of it
    assert_same(student.hinge(double([-(2**-26)]), double([1.0])), double(1 + 2**-26), rtol=1e-9)
    assert_same(student.hinge(double([1 - 2**-26]), double([1.0])), double(2**-26), rtol=1e-9, atol=0.0)
    for shape in ((6,), *SIZES):
        assert_loss(student.hinge, margin, draw(*shape), some_signs(*shape), "score")
    at_every_size(student.hinge, margin, lambda *shape: (draw(*shape), [some_signs(*shape)]), "score")
    assert_scales(student.hinge, margin, draw(3, 4), some_signs(3, 4), name="score")


def margin(score, target):
    """The oracle of the hinge loss."""
    return torch.relu(1 - target * score).mean()


@points(1)
def test_focal(student):
    """focal gives each row its own factor (1 - p_t)^gamma, is cross-entropy at gamma 0, and exact at logits of 200"""
    logits, target = double([[0.0, 0.0], [0.0, math.log(9)]]), torch.tensor([0, 1])
    assert_same(student.focal(logits, target), double((0.25 * math.log(2) + 0.01 * math.log(10 / 9)) / 2))
    assert_same(student.focal(logits, target, gamma=0.0), F.cross_entropy(logits, target))
    assert_same(
        student.focal(logits, target, 1.0), focal_by_definition(logits, target, 1.0), about="gamma by its place"
    )
    for count, classes, gamma in (
        (4, 3, 2.0),
        (3, 3, 1.0),
        (5, 3, 0.5),
        (1, 4, 5.0),
        (2, 1, 2.0),
        (4, 3, 1.2371),
        (4, 3, 9.0),
    ):
        for logits in (draw(count, classes), torch.zeros(count, classes, dtype=torch.float64)):
            assert_contract(
                student.focal, focal_by_definition, logits, some_labels(count, classes), name="logits",
                gradients=True, gamma=gamma,
            )  # fmt: skip
    plain = partial(focal_by_definition, gamma=2.0)
    at_every_size(student.focal, plain, rows_and_labels, "logits")
    assert_scales(student.focal, plain, draw(3, 4), some_labels(3, 4), name="logits", powers=(-3, 6))
    gap = torch.tensor([[0.0, 200.0], [0.0, -200.0]])
    assert_same(student.focal(gap, torch.tensor([0, 0])), torch.tensor(100.0))
    for gamma in (0.0, 1.0, 2.0):
        for rows in (gap.double(), gap.double() - 1000.0):
            assert_gradients(
                lambda z, g=gamma: student.focal(z, torch.tensor([0, 0]), gamma=g),
                lambda z, g=gamma: focal_by_definition(z, torch.tensor([0, 0]), g),
                rows,
            )


@points(1)
def test_leaves_inputs_and_dtype_alone(student):
    """inputs stay as they were, strided views work, and float32 in gives one float32 number out"""
    for dtype in (torch.float64, torch.float32):
        logits, target = draw(3, 8).tanh().to(dtype).T[::2], some_labels(8, 3)[::2]
        shares, weight = torch.softmax(draw(3, 4), 0).to(dtype).T, torch.tensor([1.0, 2.0, 5.0], dtype=dtype)
        p, log_p, signs = torch.sigmoid(logits), torch.log_softmax(logits, 1), 2 * shares.round() - 1
        with unmodified(logits, target, shares, weight, p, log_p, signs):
            answers = {
                "bce": student.bce(p, shares),
                "bce_with_logits": student.bce_with_logits(logits, shares, pos_weight=weight),
                "nll": student.nll(log_p, target),
                "cross_entropy": student.cross_entropy(logits, target, ignore_index=2),
                "cross_entropy of probabilities": student.cross_entropy(logits, shares, label_smoothing=0.1),
                "hinge": student.hinge(logits, signs),
                "focal": student.focal(logits, target),
            }
        expected = {
            "bce": F.binary_cross_entropy(p, shares),
            "bce_with_logits": F.binary_cross_entropy_with_logits(logits, shares, pos_weight=weight),
            "nll": F.nll_loss(log_p, target),
            "cross_entropy": F.cross_entropy(logits, target, ignore_index=2),
            "cross_entropy of probabilities": F.cross_entropy(logits, shares, label_smoothing=0.1),
            "hinge": torch.relu(1 - signs * logits).mean(),
            "focal": focal_by_definition(logits, target, 2.0),
        }
        for name, answer in answers.items():
            assert_same(answer, expected[name], about=name)


@points(1)
@forbids(
    "torch.nn.functional.cross_entropy", "torch.nn.functional.nll_loss", "torch.nn.functional.binary_cross_entropy",
    "torch.nn.functional.binary_cross_entropy_with_logits", "torch.binary_cross_entropy_with_logits",
    "torch.nn.CrossEntropyLoss", "torch.nn.NLLLoss", "torch.nn.BCELoss", "torch.nn.BCEWithLogitsLoss",
    of=PAGE,
    operators=(
        "aten.nll_loss_forward.default", "aten.binary_cross_entropy.default",
        "aten.binary_cross_entropy_with_logits.default",
    ),
)  # fmt: skip
def test_written_by_hand(student):
    """the page's losses are written out, not borrowed from PyTorch"""
    logits, target = draw(3, 4), torch.tensor([0, 3, 2])
    shares = some_shares(3, 4)
    for loss in (
        student.bce(torch.sigmoid(logits), shares),
        student.bce_with_logits(logits, shares),
        student.nll(torch.log_softmax(logits, 1), target),
        student.cross_entropy(logits, target),
        student.cross_entropy(logits, shares),
        student.hinge(logits, shares.round() * 2 - 1),
        student.focal(logits, target),
    ):
        require(loss is not None, "a loss must come back; is a `return` missing?")
