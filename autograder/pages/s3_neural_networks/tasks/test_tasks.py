"""What decisions and measures must do. The oracles count with Python's own numbers, example by example."""

import math

import torch
from torch.nn import functional

from autograder.checking import (
    assert_contract,
    assert_gradients,
    assert_number,
    assert_same,
    points,
    raises,
    require,
    unmodified,
)

#: fractions may come as float32 tensors
RTOL = 5e-7


def draw(*shape: int) -> torch.Tensor:
    """Normal float64 values of this shape."""
    return 2 * torch.randn(*shape, dtype=torch.float64)


def tensor(*values: float) -> torch.Tensor:
    """A float64 vector of these values."""
    return torch.tensor(values, dtype=torch.float64)


def labels(*values: int) -> torch.Tensor:
    """An int64 vector of these labels."""
    return torch.tensor(values, dtype=torch.int64)


def draw_labels(*shape: int, classes: int = 3) -> torch.Tensor:
    """Random labels of this shape."""
    return torch.randint(classes, shape)


def draw_pair(count: int, classes: int) -> tuple[torch.Tensor, torch.Tensor]:
    """Random predictions and targets, each class hit at least once: what 0 / 0 is has a check of its own."""
    while True:
        prediction, target = draw_labels(count, classes=classes), draw_labels(count, classes=classes)
        if len(target[prediction == target].unique()) == classes:
            return prediction, target


# -- oracles ------------------------------------------------------------------------------------------


def true_matrix(prediction, target, classes):
    """Counted pair by pair."""
    rows = [[0] * classes for _ in range(classes)]
    for p, t in zip(prediction.tolist(), target.tolist(), strict=True):
        rows[t][p] += 1
    return torch.tensor(rows)


def true_scores(prediction, target, positive=1):
    """(precision, recall, F1), from the numbers of hits, false alarms and misses."""
    pairs = [(p == positive, t == positive) for p, t in zip(prediction.tolist(), target.tolist(), strict=True)]
    tp, fp, fn = (pairs.count(case) for case in ((True, True), (True, False), (False, True)))
    precision, recall = (tp / (tp + wrong) if tp + wrong else 0.0 for wrong in (fp, fn))
    return precision, recall, 2 * precision * recall / (precision + recall) if tp else 0.0


def true_macro(prediction, target, classes):
    """The mean F1 of the classes."""
    return math.fsum(true_scores(prediction, target, c)[2] for c in range(classes)) / classes


def true_accuracy(prediction, target):
    """Counted pair by pair."""
    same = [p == t for p, t in zip(prediction.flatten().tolist(), target.flatten().tolist(), strict=True)]
    return sum(same) / max(len(same), 1)


def true_labels(logits):
    """The place of the largest entry of each row."""
    return labels(*[row.index(max(row)) for row in logits.tolist()])


def true_rmse(prediction, target):
    """The distance of the two, over the root of the number of entries."""
    return math.dist(prediction.flatten().tolist(), target.flatten().tolist()) / math.sqrt(target.numel())


def true_r2(prediction, target):
    """One minus the squared error over that of the mean."""
    p, t = prediction.tolist(), target.tolist()
    mean = math.fsum(t) / len(t)
    return 1 - math.fsum((a - b) ** 2 for a, b in zip(p, t, strict=True)) / math.fsum((b - mean) ** 2 for b in t)


def of_pair(function):
    """A function of prediction and target, as one of both stacked: they vary together."""
    return lambda both: function(both[0], both[1])


def compare_scores(student, prediction, target, **options):
    """The student's precision, recall and F1 are ours."""
    result = student.precision_recall_f1(prediction, target, **options)
    parts = result.tolist() if isinstance(result, torch.Tensor) and result.dim() == 1 else result
    three = isinstance(parts, (tuple, list)) and len(parts) == 3
    require(three, "three numbers were expected: precision, recall and F1", result)
    wanted = true_scores(prediction, target, **options)
    for name, part, expected in zip(("precision", "recall", "F1"), parts, wanted, strict=True):
        assert_number(part, expected, rtol=RTOL, about=name)


# -- decisions ----------------------------------------------------------------------------------------


@points(1)
def test_predict_labels(student):
    """the label of each row of logits is the place of its largest entry, as int64"""
    logits = torch.tensor([[0.5, 2.0, -1.0], [3.0, 1.0, 2.0]], dtype=torch.float64)
    assert_same(student.predict_labels(logits), labels(1, 0))
    for shape in ((4, 4), (7, 3), (1, 5), (3, 1), (20, 18)):
        logits = draw(*shape)
        assert_same(student.predict_labels(logits), true_labels(logits))
    assert_same(student.predict_labels(torch.zeros(0, 3)), labels())
    even = torch.zeros(5, 4, dtype=torch.float64)  # several are the largest: any of them, and one label a row
    even[1:, 2:] = 1.0
    found = student.predict_labels(even)
    one_each = isinstance(found, torch.Tensor) and found.shape == (5,) and found.dtype == torch.int64
    require(one_each, "where several logits are the largest there is still one label a row, int64", found)
    fits = bool(((found >= 0) & (found < 4)).all()) and bool((found[1:] >= 2).all())
    student.calls[-1].outcome = ("value", {"one of the largest": fits}, False)
    require(fits, "where several logits are the largest, the label must be one of them", found)
    many = draw(2, 1000)
    many[[0, 1], [999, 960]] = 100.0
    assert_same(student.predict_labels(many), labels(999, 960), about="of 1000 classes")
    near = 1000 + torch.tensor([[0.0, 1e-9], [1e-9, 0.0]], dtype=torch.float64)  # float32 cannot tell them apart
    assert_same(student.predict_labels(near), labels(1, 0))
    assert_contract(
        student.predict_labels, true_labels, draw(5, 3), name="logits", shapes=[(0, 4)], dtypes=[torch.float32]
    )


@points(2)
def test_predict_binary(student):
    """yes where the sigmoid of the logit is at least the threshold: for 0.5 that means from the logit 0 on"""
    logits = tensor(-1.0, 0.2, 0.4, 3.0, 0.0)
    assert_same(student.predict_binary(logits), labels(0, 1, 1, 1, 1))
    assert_same(student.predict_binary(logits, threshold=0.9), labels(0, 0, 0, 1, 0))
    assert_same(student.predict_binary(logits, threshold=0.1), labels(1, 1, 1, 1, 1))
    far = tensor(-1000.0, 1000.0, -30.0, 30.0)
    assert_same(student.predict_binary(far, threshold=0.3), labels(0, 1, 0, 1))
    for threshold in (1e-4, 1 - 1e-4):
        edge = math.log(threshold / (1 - threshold))
        assert_same(student.predict_binary(edge + tensor(-0.1, 0.1), threshold), labels(0, 1))
    edge = math.log(1 / 3 / (1 - 1 / 3))
    near = tensor(-1e-9, 1e-9)  # float32 cannot tell them from the edge
    assert_same(student.predict_binary(near), labels(0, 1))
    assert_same(student.predict_binary(edge + near, threshold=1 / 3), labels(0, 1))
    for shape, threshold in (((2, 3, 4), 0.25), ((5, 1), 0.75), ((0,), 0.5), ((20, 18), 0.6)):
        logits = draw(*shape).float()
        edge = math.log(threshold / (1 - threshold))
        logits = logits + 0.01 * (logits - edge).sign()  # no closer to the edge than rounding can tell
        assert_same(student.predict_binary(logits, threshold), (logits > edge).long())
    assert_contract(
        student.predict_binary, lambda logits, threshold: (logits >= 0).long(), draw(4, 3), name="logits",
        shapes=[(), (1,), (1, 1), (0, 2)], dtypes=[torch.float32], defaults={"threshold": 0.5},
    )  # fmt: skip


# -- measures of classification -----------------------------------------------------------------------


@points(1)
def test_accuracy(student):
    """accuracy is the fraction of labels that are right, for labels of any shape"""
    assert_number(student.accuracy(labels(0, 2, 1, 1), labels(0, 2, 2, 1)), 0.75, rtol=RTOL)
    for shape in ((10,), (1,), (5, 4), (4, 1), (2, 3, 4), (20, 18)):
        prediction, target = draw_labels(*shape), draw_labels(*shape)
        assert_number(student.accuracy(prediction, target), true_accuracy(prediction, target), rtol=RTOL)
    assert_number(student.accuracy(labels(2), labels(2)), 1.0, rtol=RTOL)
    pair = (draw_labels(5, 4), draw_labels(5, 4))
    for of, name in enumerate(("prediction", "target")):
        assert_contract(student.accuracy, true_accuracy, *pair, of=of, name=name, rtol=RTOL)
    assert_number(student.accuracy(labels(0, 2, 1), labels(0, 1, 2)), 1 / 3, rtol=RTOL)
    large = labels(2**24 + 1, 2**53 + 1, 5)  # float32 and float64 cannot tell them from their neighbours
    assert_number(student.accuracy(large - labels(1, 1, 0), large), 1 / 3, rtol=RTOL, about="for large labels")
    many = torch.ones(2100, dtype=torch.int64)  # bytes and float16 cannot count them
    last = many.clone()
    last[-1] = 0
    assert_number(student.accuracy(last, many), 2099 / 2100, rtol=RTOL, about="where the last of 2100 is wrong")
    for shape in ((0,), (0, 3), (2, 0)):
        assert_number(student.accuracy(draw_labels(*shape), draw_labels(*shape)), 0.0, about="without an example")
    for both in (torch.tensor([2, 2]), torch.tensor([1, 2])):
        assert_number(student.accuracy(both[0], both[1]), float(both[0] == both[1]), about="for two 0-d labels")


@points(2)
def test_confusion_matrix(student):
    """entry [t, p] counts the examples of the true class t that were taken for p, in C rows and columns"""
    prediction, target = labels(1, 1, 1, 0), labels(0, 0, 1, 0)
    assert_same(student.confusion_matrix(prediction, target, 2), torch.tensor([[1, 2], [0, 1]]))
    for count, classes, seen in ((20, 3, 3), (30, 5, 2), (1, 4, 4), (3, 1, 1), (0, 2, 2), (40, 20, 20)):
        prediction, target = draw_labels(count, classes=seen), draw_labels(count, classes=seen)
        expected = true_matrix(prediction, target, classes)
        assert_same(student.confusion_matrix(prediction, target, classes), expected)
    late = 90 + draw_labels(40)
    assert_same(
        student.confusion_matrix(late, late, 93), true_matrix(late, late, 93), about="of the last of 93 classes"
    )
    often = torch.ones(2100, dtype=torch.int64)  # bytes and float16 cannot count them
    assert_same(student.confusion_matrix(often, often, 2), torch.tensor([[0, 0], [0, 2100]]))


@points(1)
def test_precision_recall_f1(student):
    """precision is the part of the alarms that are true, recall the part of the cases found, F1 2 TP / (2 TP + FP + FN)"""
    prediction, target = labels(1, 1, 0, 0, 0, 0, 1), labels(1, 0, 1, 1, 1, 0, 1)  # TP 2, FP 1, FN 3
    compare_scores(student, prediction, target)
    compare_scores(student, prediction, target, positive=0)
    compare_scores(student, labels(1), labels(1))
    compare_scores(student, labels(-1, 1, -1, -1), labels(-1, -1, 1, -1), positive=-1)
    compare_scores(student, labels(2100, 40, 2100, 2100), labels(40, 40, 2100, 2100), positive=2100)
    for count, classes, positive in ((15, 2, 1), (40, 4, 3), (40, 3, 0)):
        prediction, target = draw_pair(count, classes)
        compare_scores(student, prediction, target, positive=positive)


@points(1)
def test_macro_f1(student):
    """macro_f1 is the mean of the F1 of all classes, the rare ones counting like the frequent ones"""
    prediction, target = labels(0, 0, 0, 0, 0, 1), labels(0, 0, 0, 0, 1, 1)
    assert_number(student.macro_f1(prediction, target, 2), (8 / 9 + 2 / 3) / 2, rtol=RTOL)
    for count, classes in ((30, 3), (40, 5), (10, 2), (600, 20)):
        prediction, target = draw_pair(count, classes)
        assert_number(student.macro_f1(prediction, target, classes), true_macro(prediction, target, classes), rtol=RTOL)


@points(1)
def test_zero_division(student):
    """0 divided by 0 counts as 0.0: no alarms, no cases, no hits, a class that never occurs, no examples"""
    for prediction, target in (
        (labels(0, 0, 0), labels(0, 1, 1)),  # no alarms
        (labels(0, 1, 1), labels(0, 0, 0)),  # no cases
        (labels(1, 0, 1), labels(0, 1, 0)),  # both, but no hits
        (labels(0, 0), labels(0, 0)),
        (labels(), labels()),
    ):
        compare_scores(student, prediction, target)
    assert_number(student.macro_f1(labels(0, 1, 1), labels(0, 1, 0), 3), 4 / 9, rtol=RTOL)
    assert_number(student.macro_f1(labels(1), labels(1), 3), 1 / 3, rtol=RTOL)
    assert_number(student.macro_f1(labels(1, 2), labels(1, 3), 7), 1 / 7, rtol=RTOL)
    assert_number(student.macro_f1(labels(), labels(), 2), 0.0)
    assert_number(student.accuracy(labels(), labels()), 0.0)


# -- measures of regression ---------------------------------------------------------------------------


@points(1)
def test_rmse(student):
    """rmse is the root of the mean of all squared errors: one error of 6 among four is an RMSE of 3"""
    assert_number(student.rmse(tensor(1.0, 2.0, 9.0, 4.0), tensor(1.0, 2.0, 3.0, 4.0)), 3.0)
    for shape in ((10,), (1,), (4, 3), (2, 3, 4), (20, 18)):
        prediction, target = draw(*shape), draw(*shape)
        assert_number(student.rmse(prediction, target), true_rmse(prediction, target))
    far = draw(6).round() + 1e8  # whose squares are whole numbers two apart; in float32 it is eight from its neighbour
    assert_number(student.rmse(far + 0.5, far), 0.5, about="far from 0")
    assert_contract(
        of_pair(student.rmse), of_pair(true_rmse), draw(2, 4, 3), name="prediction and target",
        shapes=[(2,), (2, 1), (2, 1, 3), (2, 3, 1)], dtypes=[torch.float32], rtol=1e-6,
    )  # fmt: skip


@points(1)
def test_r2(student):
    """r2 is 1 for the truth, 0 for the target's mean, negative for worse; a constant target gives 1.0 or 0.0"""
    target = tensor(1.0, 2.0, 3.0, 6.0)
    for prediction in (tensor(1.0, 3.0, 3.0, 4.0), target.clone(), tensor(3.0, 3.0, 3.0, 3.0), 2 * target, -target):
        assert_number(student.r2(prediction, target), true_r2(prediction, target))
    for count, offset in ((20, 0.0), (3, 5.0), (8, 1e8)):
        years = draw(count) + offset
        for noise in (0.3, 3.0):
            prediction = years + noise * draw(count)
            assert_number(student.r2(prediction, years), true_r2(prediction, years))
    for scale in (1e-9, 1e9):  # without a unit: it does not matter what the target is measured in
        small = scale * target
        assert_number(
            student.r2(small + scale * tensor(0.0, 1.0, 0.0, -2.0), small), true_r2(tensor(1.0, 3.0, 3.0, 4.0), target)
        )
        assert_number(student.r2(scale * tensor(2.0, 2.0, 2.0, 2.5), scale * tensor(2.0, 2.0, 2.0, 2.0)), 0.0)
    nearly = tensor(2.0, 2.0, 2.0, 2.0)
    assert_number(
        student.r2(nearly + tensor(0.0, 0.0, 0.0, 1e-9), nearly), 0.0, about="where one prediction is not its target"
    )
    for constant in (tensor(2.0, 2.0, 2.0, 2.0), tensor(-3.0), tensor(0.1, 0.1, 0.1)):  # whose mean is rounded
        assert_number(student.r2(constant + 0.5, constant), 0.0)
        assert_number(student.r2(constant.clone(), constant), 1.0)
    assert_contract(
        of_pair(student.r2), of_pair(true_r2), torch.stack([tensor(1.0, 3.0, 3.0, 4.0), target]),
        name="prediction and target", dtypes=[torch.float32], rtol=1e-6,
    )  # fmt: skip


# -- the last layer -----------------------------------------------------------------------------------


def is_linear(student, module, features: int, outputs: int) -> tuple[tuple[int, ...], bool]:
    """The shape that comes out for four rows, and whether the module is a linear map plus a constant.

    Its weights are random, so the numbers stay off the record.
    """
    before = len(student.calls)
    linear = True
    for size in (3.0, 3e5):
        x, y = size * torch.randn(4, features), size * torch.randn(4, features)
        at_x, at_y, between, at_zero = (module(z) for z in (x, y, x + y, torch.zeros(4, features)))
        shape = tuple(at_x.shape)
        linear &= shape == (4, outputs) and torch.allclose(at_x + at_y, between + at_zero, atol=3e-5 * size)
    del student.calls[before:]
    return shape, linear


def has_bias(student, module, features: int) -> bool:
    """Does every output learn where all features are 0? The weights alone would not let it."""
    before = len(student.calls)
    parameters = list(module.mirrors().values())
    answer = module(torch.zeros(1, features))[0]
    learns = [
        answer.requires_grad
        and any(
            g is not None and g.any()
            for g in torch.autograd.grad(output, parameters, retain_graph=True, allow_unused=True)
        )
        for output in answer
    ]
    del student.calls[before:]
    return all(learns)


def parameters_shared(one, other):
    """Over there: do two modules have a parameter in common?"""
    return any(p is q for p in one.parameters() for q in other.parameters())


@points(1)
def test_head_for(student):
    """every task gets a linear layer of the right shape and the loss that fits; an unknown task raises ValueError"""
    for task, features, outputs in (
        ("regression", 3, 1),
        ("binary", 3, 2),
        ("multiclass", 2, 4),
        ("regression", 1, 3),
        ("multiclass", 18, 20),
    ):
        pair = student.head_for(task, features, outputs)
        made = student.calls[-1]
        two = isinstance(pair, (tuple, list)) and len(pair) == 2 and all(map(callable, pair))
        require(two, "two results were expected: a module and a loss", pair)
        module, loss = pair
        shape, linear = is_linear(student, module, features, outputs)
        bias = linear and has_bias(student, module, features)
        made.outcome = ("value", {"shape": shape, "linear": linear, "bias": bias}, False)
        require(
            shape == (4, outputs), f"four rows through the {task} module come out in another shape", shape, (4, outputs)
        )
        require(linear, f"the {task} module must end in a linear layer, with nothing after it")
        require(bias, f"the {task} module has no bias to learn: where all features are 0, its answer never changes")
        for z in (draw(4, outputs), 200 * draw(4, outputs)):
            if task == "regression":
                target, oracle = draw(4, outputs), functional.mse_loss
            elif task == "binary":
                target, oracle = (
                    draw_labels(4, outputs, classes=2).double(),
                    functional.binary_cross_entropy_with_logits,
                )
            else:
                z = z.repeat(5, 1)  # as many rows as there may be classes
                target, oracle = torch.arange(len(z)) % outputs, functional.cross_entropy
            assert_same(loss(z, target), oracle(z, target), about=f"the {task} loss")
        assert_gradients(lambda z, f=loss, t=target: f(z, t), lambda z, f=oracle, t=target: f(z, t), z)
    module, _ = student.head_for("regression", 3)
    another, _ = student.head_for("regression", 3)
    shared = student.prop(parameters_shared)(module, another)
    del student.calls[-1]
    require(not shared, "two calls gave modules with the same parameters: training one trains the other", claims=True)
    shape, _ = is_linear(student, module, 3, 1)
    require(shape == (4, 1), "with `outputs` left out there is one output", shape, (4, 1))
    for task in ("softmax", "", "Regression", "BINARY", "multi", "multiclass ", "binary cross-entropy"):
        with raises(ValueError):
            student.head_for(task, 3, 1)


# -- all of them --------------------------------------------------------------------------------------

#: what each measure takes after prediction and target
MEASURES = {"accuracy": (), "confusion_matrix": (3,), "precision_recall_f1": (), "macro_f1": (3,), "rmse": (), "r2": ()}


@points(1)
def test_bad_input(student):
    """unequal shapes raise ValueError, above all (N, 1) and (N,); so do labels that are no row of the confusion matrix"""
    for name, rest in MEASURES.items():
        make = draw if name in ("rmse", "r2") else draw_labels
        for mine, yours in (
            ((4, 1), (4,)),
            ((4,), (4, 1)),
            ((4,), (1,)),
            ((4,), (3,)),
            ((0,), (3,)),
            ((3,), (0,)),
            ((0,), (0, 1)),
        ):
            prediction, target = make(*mine), make(*yours)
            with unmodified(prediction, target), raises(ValueError):
                getattr(student, name)(prediction, target, *rest)
    good = labels(0, 1, 2)
    for bad in (labels(0, 1, -1), labels(0, 1, 3), labels(0, 1, 100)):
        for pair in ((bad, good), (good, bad)):
            with unmodified(*pair), raises(ValueError):
                student.confusion_matrix(*pair, 3)


@points(1)
def test_leaves_inputs_alone(student):
    """logits, predictions and targets stay as they were, and transposed or sliced views work"""
    logits = torch.stack([tensor(1.5, -0.3, 0.2, -2.0, 3.0), tensor(0.4, -1.0, 2.5, 0.1, -0.7), draw(5) - 9]).T
    with unmodified(logits):
        assert_same(student.predict_labels(logits), labels(*[row.index(max(row)) for row in logits.tolist()]))
        assert_same(student.predict_binary(logits, threshold=0.5), (logits >= 0).long())
    prediction, target = labels(1, 9, 2, 9, 1, 9, 0, 9, 1)[::2], labels(1, 9, 2, 9, 0, 9, 1, 9, 1)[::2]
    with unmodified(prediction, target):
        assert_number(student.accuracy(prediction, target), (prediction == target).double().mean().item(), rtol=RTOL)
        assert_same(student.confusion_matrix(prediction, target, 3), true_matrix(prediction, target, 3))
        compare_scores(student, prediction, target)
        assert_number(student.macro_f1(prediction, target, 3), true_macro(prediction, target, 3), rtol=RTOL)
    prediction, target = (draw(10) + 20)[::2], draw(10)[1::2]
    with unmodified(prediction, target):
        assert_number(student.rmse(prediction, target), true_rmse(prediction, target))
        assert_number(student.r2(prediction, target), true_r2(prediction, target))
