"""What a convolutional network, its parts, and the tools to look at it must do.

Networks differ, so their logits say little about a mistake. The record of a call of SmallCNN therefore keeps, through
`note`, the facts that the check found out instead of the numbers: a known mistake is recognised in any network.
"""

from itertools import product

import torch
from torch import nn

from autograder.checking import (
    CheckFailure,
    RemoteError,
    assert_contract,
    assert_gradients,
    assert_number,
    assert_same,
    assert_scales,
    assert_sizes,
    changed_by,
    forbids,
    layouts,
    points,
    raises,
    require,
    unmodified,
)

F64 = torch.float64
#: of the images that a network's promises are tried on
CHANNELS = 6


def draw(*shape: int) -> torch.Tensor:
    """Normal float64 values of this shape."""
    return torch.randn(shape, dtype=F64)


# -- global average pooling --------------------------------------------------------------------------


@points(1)
def test_global_avg_pool(student):
    """every channel of every image gives one number, its mean, whatever the size"""
    pool = student.global_avg_pool
    assert_same(pool(torch.tensor([[[[1.0, 2.0], [3.0, 6.0]]]])), torch.tensor([[3.0]]))
    for shape in ((2, 3, 4, 5), (4, 1, 3, 2), (1, 3, 1, 7), (20, 2, 1, 3)):
        x = draw(*shape)
        with unmodified(x):
            assert_same(pool(x), x.mean((2, 3)))
    assert_gradients(pool, lambda x: x.mean((2, 3)), draw(2, 3, 5, 4).transpose(2, 3))
    assert_gradients(pool, lambda x: x.mean((2, 3)), draw(1, 3, 2, 4))
    sizes = [(1, 1, 1, 1), (2, 3, 4, 1)]
    assert_contract(pool, lambda x: x.mean((2, 3)), draw(2, 3, 4, 5), name="x", shapes=sizes, dtypes=[torch.float32])
    x = draw(2, 2, 230, 257)
    assert_same(pool(x), x.mean((2, 3)), about="of large images")
    x = draw(2, 3, 4, 5)
    x[0, 1, 2, 3], x[1, 0, 0, 0], x[1, 2, 1, 1] = float("nan"), float("inf"), -float("inf")
    assert_same(pool(x), x.mean((2, 3)), about="of channels with one NaN or infinity")
    x = draw(3, 9, 12, 11)
    x[0, 1, 2, 3], x[1, 8, 0, 0], x[2, 2, 1, 1] = float("nan"), float("inf"), -float("inf")
    assert_same(pool(x), x.mean((2, 3)), about="of nine channels, some with one NaN or infinity")
    assert_sizes(pool, lambda x: x.mean((2, 3)), lambda n, c, h, w: (draw(n, c, h, w),), name="x")
    assert_scales(pool, lambda x: x.mean((2, 3)), draw(2, 3, 4, 5), name="x")
    x = draw(2, 3, 2, 4).abs()
    assert_same(pool(x), x.mean((2, 3)), rtol=1e-13, atol=0.0, about="to all digits")


# -- the network -------------------------------------------------------------------------------------


def note(student, facts: dict):
    """Let the records of what networks answer hold these facts instead of numbers; they decide the diagnosis."""
    for call in student.calls:
        if call.root == "SmallCNN" and (call.label.endswith("(…)") or call.label.startswith("gradient of")):
            call.outcome, call.final = ("value", facts, False), None


def answer(model, x: torch.Tensor):
    """The logits without a graph, or the error that came instead of them."""
    try:
        with torch.no_grad():
            return model(x)
    except RemoteError as error:
        return error


@points(1)
def test_small_cnn_sizes(student):
    """one network gives every image its logits, whatever the image's size, and in eval mode also to one that comes alone"""
    facts, failures = {}, []
    for channels, classes, given in (
        (1, 10, {"in_channels": 1, "classes": 10}), (3, 5, {"in_channels": 3, "classes": 5}), (1, 10, {}),
        (3, 10, {"in_channels": 3}), (1, 4, {"classes": 4}),
    ):  # fmt: skip
        model = student.SmallCNN(**given)
        for size in ((28, 28), (32, 32), (16, 41)):
            for count in (2, 1):
                model.train(count > 1)
                logits = answer(model, torch.rand(count, channels, *size))
                tensor = isinstance(logits, torch.Tensor) and logits.is_floating_point()
                right = tensor and tuple(logits.shape) == (count, classes)
                got = tuple(logits.shape) if tensor else type(logits).__name__
                if right and logits.dtype != torch.float32:
                    right, got = False, f"{got} in {logits.dtype}, not in float32"
                facts[f"{len(given)} given: {count} x {channels} x {size[0]} x {size[1]}"] = "right" if right else got
                if not right:
                    options = ", ".join(f"{name}={value}" for name, value in given.items())
                    made = f"SmallCNN({options}) on images {(count, channels, *size)}"
                    reason = f"{made}: logits {(count, classes)} were expected, not {got}"
                    about = str(logits) if isinstance(logits, Exception) else ""
                    failures.append(CheckFailure(reason, about=about, record=student.calls[-1]))
    note(student, facts)
    for failure in failures[:1]:  # beside the call that it is about, not beside the last
        raise failure


def take_over(model, other):
    """Runs where the models live: one loads what the other saves."""
    model.load_state_dict(other.state_dict())


def shake(model, level=0.0):
    """Runs where the model lives: draws all its parameters afresh, so that no cautious beginning hides what it does.

    Its biases, and whatever else has one dimension, are drawn around `level`.
    """
    with torch.no_grad():
        for p in model.parameters():
            p.normal_(*((0, 2 / p[0].numel() ** 0.5) if p.dim() > 1 else (level, 0.5)))


def climb(student, model, steps: int = 64) -> None:
    """The gradient, followed from one image to another, adds up to what the logits change by: over any kinks."""
    for _ in range(20):  # a narrow network may answer nothing but its bias; with other weights it looks at the images
        ends = torch.randn(2, CHANNELS, 18, 20) * torch.tensor([0.1, 1.0])[:, None, None, None]
        ends[:, 0, :9] = 0.0  # a black half
        before = len(student.calls)
        with torch.no_grad():
            first, last = model(ends)
        change = last - first
        if change.norm() > 1e-3 * last.norm():
            break
        student.prop(shake)(model)
        del student.calls[before:]
    else:
        raise CheckFailure("the logits are the same for every image, whatever the weights")
    share = (torch.arange(steps) + 0.5) / steps
    way = torch.lerp(ends[:1], ends[1:], share[:, None, None, None]).requires_grad_()
    logits = model(way)
    require(logits.requires_grad, "the logits are cut off from the computation graph: no gradient can flow")
    (gradient,) = torch.autograd.grad((logits * change).sum(), way, allow_unused=True)
    require(gradient is not None, "no gradient reaches the images")
    blind = [channel for channel, g in enumerate(gradient.unbind(1)) if not g.any()]
    require(not blind, f"no gradient reaches channel {blind[:1]} of the images: nothing looks at it")
    rise = (gradient * (ends[1] - ends[0])).sum() / steps
    require(
        abs(rise / change.dot(change) - 1) < 0.2, "the gradient is not that of the logits", rise, change.dot(change)
    )


def promises(student, model, other):
    """Yield (name, check) for what a network promises beside its logits' size and range."""
    x = torch.rand(3, CHANNELS, 18, 20)
    with torch.no_grad():
        plain = model(x)

    def layout():
        for kind, same in layouts(x):
            if kind != "an expanded":
                with torch.no_grad():
                    assert_same(model(same), plain, rtol=1e-3, atol=1e-4, about=f"the logits of {kind} tensor")

    def kept():
        with unmodified(x), torch.no_grad():
            model(x)

    def alone():
        about = "the logits of an image in eval mode, with other images beside it"
        with torch.no_grad():
            others = model(torch.cat([x[:1], 5 * torch.rand(16, CHANNELS, 18, 20), x[1:2]]))
        assert_same(others[[0, -1]], plain[:2], rtol=1e-3, atol=1e-4, about=about)

    def everywhere():
        image = torch.rand(1, CHANNELS, 80, 96)
        with torch.no_grad():
            as_it_was = model(image)
            for top, left in product(range(0, 80, 16), range(0, 96, 16)):
                other = image.clone()
                other[:, :, top : top + 16, left : left + 16] = 100 * torch.randn(CHANNELS, 16, 16)
                where = f"rows {top} to {top + 15} and columns {left} to {left + 15} of an image of 80 x 96"
                seen = not torch.equal(model(other), as_it_was)
                require(seen, f"{where} hold other pixels, and no logit changes: nothing looks at them")

    def learned():
        frozen = [name for name, required in model.state()["requires_grad"].items() if not required]
        require(not frozen, f"{', '.join(frozen)} does not require a gradient: it would never be trained")

    def saved():
        before = len(student.calls)
        student.prop(take_over)(other, model)
        del student.calls[before:]
        with torch.no_grad():
            about = "the logits of another network that loaded the state_dict(): is some layer missing in it?"
            assert_same(other(x), plain, rtol=1e-3, atol=1e-4, about=about)

    def own():
        before = len(student.calls)
        student.prop(shake)(other)
        del student.calls[before:]
        with torch.no_grad():
            about = "the logits of a network after another one of the class was changed: what do the two share?"
            assert_same(model(x), plain, rtol=1e-3, atol=1e-4, about=about)

    yield "layout", layout
    yield "kept", kept
    yield "alone", alone
    yield "learned", learned
    yield "saved", saved
    yield "own", own
    yield "everywhere", everywhere
    yield "climb", lambda: climb(student, model)


@points(1)
def test_small_cnn_logits(student):
    """all weights are registered, a convolution's among them, and the logits are any real numbers"""
    model = student.SmallCNN(
        CHANNELS, 24
    )  # so many that some are negative even where all images look alike to a network
    model.eval()
    answer(model, torch.rand(2, CHANNELS, 28, 28))  # lazy layers have their parameters now
    dims = {value.dim() for value in model.state()["parameters"].values()}
    other = student.SmallCNN(CHANNELS, 24)
    other.eval()
    answer(other, torch.rand(2, CHANNELS, 28, 28))
    facts, failures = {}, []
    for name, check in promises(student, model, other):
        try:
            check()
        except CheckFailure as failure:
            failure.record = failure.record or student.calls[-1]  # others follow before it is told
            failures.append(failure)
            facts[name] = False
    for level in (0.0, -3.0, -30.0):  # what is pooled by a maximum, say, is negative only with a bias far below 0
        student.prop(shake)(model, level)
        student.calls.pop()  # not a call of the student's
        with torch.no_grad():
            logits = model(10 * torch.randn(8, CHANNELS, 28, 28))
        if (logits < 0).any():
            break
    sums = bool(((logits.double().sum(1) - 1).abs() < 1e-3).all())
    negative = bool((logits < 0).any())
    facts |= {"convolution": 4 in dims, "linear": 2 in dims, "sums": sums, "negative": negative}
    note(student, facts)
    require(
        4 in dims,
        "`parameters()` holds no weight of a convolution: an optimizer would train none. A list of layers is no module",
    )
    require(
        negative or not sums,
        "every row is positive and sums to 1: these are probabilities; the loss wants logits and does the softmax itself",
        logits[:3],
    )
    require(
        negative,
        "with weights drawn at random, and biases far below 0, not one logit is negative: what comes last?",
        logits[:3],
    )
    for failure in failures[:1]:
        raise failure


# -- looking inside ----------------------------------------------------------------------------------


class Winding(nn.Module):
    """Layers called in another order than made in, one three times and one never, one under two names, one by values."""

    def __init__(self):
        super().__init__()
        self.head = nn.Linear(4, 2)
        self.spare = nn.Linear(3, 3)
        self.act = nn.ReLU()
        self.same = self.act
        self.body = nn.Sequential(nn.Conv2d(1, 4, 3), nn.Sequential(nn.BatchNorm2d(4), nn.MaxPool2d(2)))
        self.runs = 0

    def forward(self, x):
        self.runs += 1
        y = self.same(self.body[1](self.act(self.body[0](x))))
        if x.any() and y.any():
            y = self.same(y)
        return self.head(y.mean((2, 3)))


def left(model):
    """Runs where the model lives: how many hooks it holds, and which of its modules are in training mode."""
    hooks = sum(len(m._forward_hooks) + len(m._forward_pre_hooks) for m in model.modules())
    return {"hooks": hooks, "modes": [m.training for m in model.modules()]}


def traced(student, model) -> tuple[int, list[bool]]:
    """What the last trace left in the model; the record of that call keeps it too."""
    facts = student.prop(left)(model)
    student.calls.pop()  # not a call of the student's
    student.calls[-1].outcome = ("value", facts, False)
    return facts["hooks"], facts["modes"]


def quietly(function, model, x):
    """Runs in the worker: the call, whose error is expected."""
    try:
        function(model, x)
    except RuntimeError:
        pass


def chain(inside):
    """Runs in the worker: two linear layers, of which the second takes `inside` numbers."""
    return nn.Sequential(nn.Linear(3, 4), nn.ReLU(), nn.Linear(inside, 2))


def of_many_kinds():
    """Runs in the worker: layers that keep the shape, some of which learn nothing or do nothing."""
    return nn.Sequential(
        nn.Identity(), nn.Dropout(0.5), nn.ReLU(), nn.BatchNorm2d(3), nn.Conv2d(3, 3, 1), nn.MaxPool2d(1)
    )  # fmt: skip


@points(1)
def test_shape_trace(student):
    """every call of a layer gives its name and the shape of its output, in the order of the calls"""
    trace = student.shape_trace
    model = student.prop(Winding)()
    for x, (h, w) in ((torch.randn(2, 1, 8, 8), (6, 6)), (torch.randn(1, 1, 9, 6), (7, 4))):
        big, small = (len(x), 4, h, w), (len(x), 4, h // 2, w // 2)
        names = ["body.0", "act", "body.1.0", "body.1.1", "act", "act", "head"]
        with unmodified(x):
            before = model.runs
            assert_same(
                trace(model, x), list(zip(names, [big, big, big, small, small, small, (len(x), 2)], strict=True))
            )
        require(model.runs == before + 1, f"the model was run {model.runs - before} times, not once", claims=True)
    x = torch.randn(2, 1, 9, 8).transpose(2, 3)
    assert_same(trace(model, x)[0], ("body.0", (2, 4, 6, 7)), about="the first layer, for a transposed `x`")
    for columns, about in ((4, "a layer of each kind"), (1, "images of one column")):
        several = [(kind, (2, 3, 4, columns)) for kind in "012345"]
        assert_same(trace(student.prop(of_many_kinds)(), torch.randn(2, 3, 4, columns)), several, about=about)
    shapes = [("0", (5, 4)), ("1", (5, 4)), ("2", (5, 2))]
    assert_same(trace(student.prop(chain)(4), torch.randn(5, 3)), shapes)
    assert_same(trace(student.prop(chain)(4)[0], torch.randn(5, 3)), [("", (5, 4))], about="a model that is one layer")


@points(1)
def test_leaves_no_hooks(student):
    """afterwards the model has no hook and the mode it came in, also when it raised an error on the way"""
    trace = student.shape_trace
    make = student.prop(chain)
    model = make(4)
    for training in (True, False):
        model.train(training)
        trace(model, torch.randn(5, 3))
        hooks, modes = traced(student, model)
        require(
            hooks == 0,
            f"{hooks} hooks are still in the model after the trace: each run would go on recording",
            claims=True,
        )
        require(
            modes == [training] * 4,
            f"the model came in with training = {training}, and not all of it still is",
            claims=True,
        )
    model = student.prop(hooked)(student.prop(counted)("frozen"))
    changed = student.prop(changed_by)(trace, model, torch.randn(2, 1, 4, 4), flags=(True, False))
    require(
        not changed, f"the trace changed the model: its {', '.join(changed)} did not stay as they were", claims=True
    )
    for training in (True, False):
        model = make(5)
        model.train(training)
        with raises(RuntimeError):
            trace(model, torch.randn(5, 3))
        hooks, modes = traced(student, model)
        require(
            hooks == 0, f"the model raised an error in its last layer, and {hooks} hooks are still in it", claims=True
        )
        changed = f"the model raised an error, and it is not in the mode it came in, training = {training}"
        require(modes == [training] * 4, changed, claims=True)
    model = student.prop(hooked)(make(5))
    changed = student.prop(changed_by)(student.prop(quietly), trace, model, torch.randn(5, 3), at=1)
    require(
        not changed, f"the model raised an error, and its {', '.join(changed)} did not stay as they were", claims=True
    )


# -- counting ----------------------------------------------------------------------------------------


def counted(which):
    """Runs in the worker: a model whose parameters are to be counted."""
    if which == "linear":
        return nn.Linear(3, 2)
    if which == "convolution, batch norm":
        return nn.Sequential(nn.Conv2d(3, 8, 5), nn.Sequential(nn.BatchNorm2d(8), nn.ReLU()))
    if which == "frozen":
        model = nn.Sequential(nn.Conv2d(1, 4, 3), nn.Flatten(), nn.Linear(16, 10))
        model[0].requires_grad_(False)
        return model
    model = nn.ModuleDict({"embed": nn.Embedding(7, 5), "unembed": nn.Linear(5, 7)})
    model["unembed"].weight = model["embed"].weight
    model["scale"] = nn.ParameterList([nn.Parameter(torch.tensor(1.0))])
    return model


def hooked(model):
    """Runs in the worker: the model with a hook of somebody else's."""
    model.register_forward_hook(lambda *args: None)
    return model


def resnet18():
    """Runs in the worker: the layers of ResNet-18. Every weight is one zero seen many times, so it takes no memory."""

    def block(inside, outside, stride):
        main = [nn.Conv2d(inside, outside, 3, stride, 1, bias=False), nn.BatchNorm2d(outside)]
        main += [nn.Conv2d(outside, outside, 3, 1, 1, bias=False), nn.BatchNorm2d(outside)]
        if inside != outside:
            main += [nn.Conv2d(inside, outside, 1, stride, bias=False), nn.BatchNorm2d(outside)]
        return nn.Sequential(*main)

    with torch.device("meta"):
        layers = [nn.Conv2d(3, 64, 7, 2, 3, bias=False), nn.BatchNorm2d(64), block(64, 64, 1), block(64, 64, 1)]
        for width in (128, 256, 512):
            layers += [block(width // 2, width, 2), block(width, width, 1)]
        model = nn.Sequential(*layers, nn.Linear(512, 1000))
    for module in model.modules():
        for name, p in module.named_parameters(recurse=False):
            setattr(module, name, nn.Parameter(torch.zeros(()).expand(p.shape)))
    return model


@points(1)
def test_count_parameters(student):
    """what is learned counts, each number once: neither buffers nor frozen parameters; ResNet-18 has 11,689,512"""
    count, make = student.count_parameters, student.prop(counted)
    for which, expected in (
        ("linear", 3 * 2 + 2),
        ("convolution, batch norm", 3 * 8 * 25 + 8 + 2 * 8),
        ("frozen", 16 * 10 + 10),
        ("shared", 7 * 5 + 7 + 1),
    ):
        assert_number(count(make(which)), expected, about=which)
    assert_number(count(student.prop(resnet18)()), 11_689_512, about="ResNet-18")
    for which in ("frozen", "convolution, batch norm"):
        changed = student.prop(changed_by)(count, student.prop(hooked)(make(which)), flags=(True, False))
        require(
            not changed, f"counting changed the model: its {', '.join(changed)} did not stay as they were", claims=True
        )


# -- batch normalisation -----------------------------------------------------------------------------


def put(layer, values):
    """Runs on both sides: makes the layer float64 and gives its tensors these values; what does not fit, in words."""
    layer.double()
    with torch.no_grad():
        for name, value in values.items():
            mine = getattr(layer, name, None)
            if not isinstance(mine, torch.Tensor):
                return f"the layer has no tensor `{name}`"
            if mine.shape != value.shape:
                return f"`{name}` has the shape {tuple(mine.shape)}, not {tuple(value.shape)}"
            if mine.dtype != torch.float64:  # a plain attribute, which double() passed over
                setattr(layer, name, mine.double())
            getattr(layer, name).copy_(value)
    return ""


def known(student, channels: int, **options):
    """A BatchNorm2d of the student's and PyTorch's, with the same values."""
    values = {"bias": torch.randint(-8, 8, (channels,)) / 8, "running_mean": torch.randint(-8, 8, (channels,)) / 8}
    values |= {name: torch.randint(1, 20, (channels,)) / 8 for name in ("weight", "running_var")}
    values["weight"][1::2] *= -1
    layer, made = student.BatchNorm2d(channels, **options), student.calls[-1]
    oracle = nn.BatchNorm2d(channels, **options)
    put(oracle, values)
    misfit = student.prop(put)(layer, values)
    student.BatchNorm2d(channels, eps=7.0, momentum=0.7)  # another one, with which it shares nothing
    del student.calls[-2:]  # no calls that tell anything
    if misfit:
        made.outcome = ("value", {"misfit": misfit}, False)
        raise CheckFailure(misfit)
    return layer, oracle


def pair() -> torch.Tensor:
    """One image of two pixels: mean 3, variance 4 (biased) or 8 (unbiased)."""
    return torch.tensor([[[[1.0, 5.0]]]])


@points(2)
@forbids(
    "torch.nn.BatchNorm2d", "torch.nn.BatchNorm1d", "torch.nn.BatchNorm3d", "torch.nn.LazyBatchNorm2d",
    "torch.nn.SyncBatchNorm", "torch.nn.functional.batch_norm", "torch.batch_norm", "torch.native_batch_norm",
    "torch.nn.InstanceNorm2d", "torch.nn.functional.instance_norm", "torch.nn.GroupNorm",
    "torch.nn.functional.group_norm", "torch.nn.functional.layer_norm", of="BatchNorm2d",
    operators=(
        "aten.native_batch_norm.default", "aten.native_group_norm.default", "aten.native_layer_norm.default",
    ),
)  # fmt: skip
def test_batchnorm_training(student):
    """in training mode every channel has mean 0 and biased variance 1 over the batch, then weight and bias act"""
    x = pair()
    assert_same(student.BatchNorm2d(1)(x), nn.BatchNorm2d(1)(x))
    for shape, options in (((4, 3, 2, 5), {}), ((3, 3, 2, 2), {"eps": 0.5}), ((20, 2, 1, 18), {})):
        layer, oracle = known(student, shape[1], **options)
        x = 2 + 3 * draw(*shape)
        with unmodified(x):
            y = layer(x)
        assert_same(y, oracle(x))
    x = 1e4 + torch.randn(4, 2, 5, 5)
    expected = nn.BatchNorm2d(2).double()(x.double()).float()
    assert_same(student.BatchNorm2d(2)(x), expected, atol=0.01, about="a mean ten thousand times the deviation")
    layer, oracle = known(student, 3)
    for kind, x in layouts(2 + 3 * draw(4, 3, 2, 5)):
        assert_same(layer(x), oracle(x), about=f"with {kind} `x`")
    x = draw(2, 3, 2, 2)
    x[1, 1, 0, 1] = float("nan")
    layer, oracle = known(student, 3)
    assert_same(layer(x), oracle(x), about="of three channels, one with a NaN")
    assert_same(layer.running_mean, oracle.running_mean, about="running_mean after a NaN in one of three channels")
    x = torch.randn(1, 3, 1, 1)
    layer = student.BatchNorm2d(3)
    with unmodified(x), raises(ValueError):
        layer(x)
    about = "after a ValueError: no batch has been taken in"
    assert_same(layer.running_mean, torch.zeros(3), about=f"running_mean {about}")
    assert_same(layer.running_var, torch.ones(3), about=f"running_var {about}")


@points(2)
def test_batchnorm_running(student):
    """the running averages move by `momentum` towards the batch's mean and unbiased variance, and carry no graph"""
    layer = student.BatchNorm2d(1)
    layer(pair().requires_grad_())
    for name, expected in (("running_mean", 0.3), ("running_var", 1.7)):
        value = getattr(layer, name)
        assert_same(value, torch.tensor([expected]), about=f"{name} after a batch of 1 and 5")
        student.calls[-1].outcome = ("value", value.detach(), value.requires_grad)  # a mistake of its own
        require(
            not value.requires_grad,
            f"{name} requires a gradient: it carries a graph and with it every batch there ever was, or it is a parameter",
        )
    for momentum in (0.25, 0.0, 1.0):
        layer, oracle = known(student, 3, momentum=momentum)
        for shape in ((4, 3, 2, 5), (1, 3, 1, 2), (2, 3, 4, 1), (3, 3, 2, 2), (1, 3, 1, 3), (5, 3, 8, 9), (2, 3, 2, 2)):
            x = 2 + 3 * draw(*shape) if shape != (2, 3, 2, 2) else 1e-3 * draw(*shape)
            layer(x), oracle(x)
            for name in ("running_mean", "running_var"):
                about = f"{name} with momentum = {momentum}"
                assert_same(getattr(layer, name), getattr(oracle, name), rtol=1e-10, about=about)


@points(1)
def test_batchnorm_eval(student):
    """parameters and running averages are in the state_dict; eval mode normalises by the averages and leaves them"""
    layer, made = student.BatchNorm2d(3), student.calls[-1]
    parameters, saved = layer.state()["parameters"], layer.state_dict()
    begins = {"weight": 1.0, "bias": 0.0, "running_mean": 0.0, "running_var": 1.0}
    facts = {"parameters": sorted(parameters), "missing": sorted(begins.keys() - saved.keys())}
    made.outcome = ("value", facts, False)
    require(not facts["missing"], f"the state_dict lacks {', '.join(facts['missing'])}: nobody would save it")
    same = facts["parameters"] == ["bias", "weight"]
    require(same, "its parameters must be weight and bias, and no others", facts["parameters"], ["bias", "weight"])
    for name, value in begins.items():
        assert_same(saved[name], torch.full((3,), value), about=f"{name} at the beginning")
    layer, oracle = known(student, 3, eps=0.5)
    layer.eval(), oracle.eval()
    for x in (draw(2, 3, 2, 4), draw(1, 3, 1, 1), 1e6 * draw(2, 3, 2, 2)):
        assert_same(layer(x), oracle(x))
    layer, x = student.BatchNorm2d(2, eps=0.5), torch.randn(2, 2, 3, 3)
    layer.eval()
    assert_same(layer(x), x / 1.5**0.5, about="of a new layer in eval mode")
    layer, oracle = known(student, 3, eps=0.5)
    layer.eval(), oracle.eval()
    level = {"weight": torch.ones(3), "bias": torch.zeros(3), "running_mean": torch.zeros(3)}
    student.prop(put)(layer, level), put(oracle, level)
    student.calls.pop()  # not a call of the student's
    x = 1e-8 * draw(2, 3, 2, 2)
    assert_same(layer(x), oracle(x), atol=1e-15, about="tiny values")
    for name in ("running_mean", "running_var"):
        assert_same(getattr(layer, name), getattr(oracle, name), dtype=False, about=f"{name} after eval mode")


@points(1)
def test_batchnorm_gradients(student):
    """gradients reach input, weight and bias, and flow through mean and variance of the batch"""
    few = ((True, 1, 1, 2), (True, 3, 1, 1), (True, 5, 1, 1))
    for training, count, h, w in ((True, 2, 2, 2), (False, 2, 2, 2), (True, 1, 2, 2), (False, 1, 2, 2), *few):
        layer, oracle = known(student, 3)
        layer.train(training), oracle.train(training)
        mirrors = layer.mirrors()
        require({"weight", "bias"} <= mirrors.keys(), "a weight or bias that is no nn.Parameter is not trained")
        mine = draw(count, 3, h, w).requires_grad_()
        theirs = mine.detach().clone().requires_grad_()
        out, want = layer(mine), oracle(theirs)
        assert_same(out, want)
        require(out.requires_grad, "the result is cut off from the computation graph: no gradient can flow")
        cotangent = draw(*want.shape)
        sources = [mine, mirrors["weight"], mirrors["bias"]]
        got = torch.autograd.grad((out * cotangent).sum(), sources, allow_unused=True)
        wanted = torch.autograd.grad((want * cotangent).sum(), [theirs, oracle.weight, oracle.bias])
        for what, g, expected in zip(("input", "weight", "bias"), got, wanted, strict=True):
            require(g is not None, f"no gradient reaches the {what}")
            assert_same(g, expected, about=f"the gradient for the {what} with training = {training}")


# -- the residual block ------------------------------------------------------------------------------


class Block(nn.Module):
    """ResNet-18's block, of PyTorch's parts."""

    def __init__(self, inside, outside, stride=1):
        super().__init__()
        self.one, self.two = nn.Conv2d(inside, outside, 3, stride, 1, bias=False), nn.BatchNorm2d(outside)
        self.three, self.four = nn.Conv2d(outside, outside, 3, 1, 1, bias=False), nn.BatchNorm2d(outside)
        if stride > 1 or inside != outside:
            self.five, self.six = nn.Conv2d(inside, outside, 1, stride, bias=False), nn.BatchNorm2d(outside)

    def forward(self, x):
        y = self.four(self.three(self.two(self.one(x)).relu()))
        return (y + (self.six(self.five(x)) if hasattr(self, "six") else x)).relu()


def settle(block):
    """Runs on both sides: float64, and values that depend on nothing but a parameter's shape and whether it is a bias."""
    block.double()
    with torch.no_grad():
        for name, p in block.named_parameters():
            wave = torch.arange(p.numel(), dtype=p.dtype).mul(0.7).add(p.dim()).sin().reshape(p.shape)
            scaled = wave / p[0].numel() ** 0.5 if p.dim() > 1 else 0.5 * wave + (not name.endswith("bias"))
            p.copy_(scaled)


def faint(block):
    """Runs on both sides: what the normalisations give is a thousandth of what it was."""
    with torch.no_grad():
        for p in block.parameters():
            if p.dim() == 1:
                p *= 1e-3


def eight(block):
    """Runs in the worker: how many numbers ResNet-18 has with these blocks in it."""
    sizes = [(64, 64), (64, 64), (64, 128, 2), (128, 128), (128, 256, 2), (256, 256), (256, 512, 2), (512, 512)]
    try:
        with torch.device("meta"):  # shapes without numbers: a tenth of a second less
            blocks = [block(*size) for size in sizes]
    except Exception:  # who looks at the numbers gets some
        blocks = [block(*size) for size in sizes]
    return 64 * 3 * 49 + 2 * 64 + 513 * 1000 + sum(p.numel() for b in blocks for p in b.parameters())


@points(2)
def test_residual_block(student):
    """it is relu(F(x) + S(x)), in training and eval mode, and so are the gradients"""
    for inside, outside, stride in ((2, 2, 1), (3, 5, 1), (5, 3, 1), (3, 5, 2), (4, 4, 2), (2, 3, 3)):
        block, oracle = student.ResidualBlock(inside, outside, stride), Block(inside, outside, stride)
        student.prop(settle)(block)
        student.calls.pop()  # not a call of the student's
        settle(oracle)
        x = draw(2, inside, 5, 6)
        with unmodified(x):
            assert_same(block(x), oracle(x), about=f"ResidualBlock({inside}, {outside}, {stride})")
        for kind, other in layouts(x):
            assert_same(block(other), oracle(other), about=f"with {kind} `x`")
        for shape in ((1, inside, 5, 6), (2, inside, 5, 1), (2, inside, 1, 4), (18, inside, 2, 19)):
            x = draw(*shape)
            assert_same(block(x), oracle(x), about=f"with `x` of shape {shape}")
        block.eval(), oracle.eval()
        for scale in (1e-6, 1e6):
            x = scale * draw(2, inside, 4, 3)
            assert_same(block(x), oracle(x), rtol=1e-9, about=f"in eval mode, with `x` around {scale:.0e}")
        for count in (2, 1):
            assert_gradients(block, oracle, draw(count, inside, 5, 6))
        student.prop(faint)(block)
        student.calls.pop()  # not a call of the student's
        faint(oracle)
        assert_gradients(block, oracle, 1e-5 * draw(2, inside, 5, 6), about="where the result is around 1e-4")


@points(1)
def test_residual_parameters(student):
    """it learns no more and no less than it should: with eight of these blocks ResNet-18 has 11,689,512 parameters"""
    for sizes in ((2, 2), (2, 3), (2, 2, 2)):
        block, made = student.ResidualBlock(*sizes), student.calls[-1]
        x = draw(2, sizes[0], 5, 6).float()  # what it answers tells a missing shortcut from one that is not registered
        size, right = tuple(block(x).shape), tuple(Block(*sizes)(x).shape)
        require(size == right, "its answer has another shape", size, right)
        shapes = sorted(tuple(p.shape) for p in block.state()["parameters"].values())
        expected = sorted(tuple(p.shape) for p in Block(*sizes).parameters())
        made.outcome = ("value", {"shapes": shapes}, False)
        about = f"the parameters of ResidualBlock{sizes}"
        if shapes != expected:
            raise CheckFailure("its parameters have other shapes", "", shapes, expected, True, about)
        require(all(block.state()["requires_grad"].values()), "a parameter of the block requires no gradient")
    assert_number(student.prop(eight)(student.ResidualBlock), 11_689_512, about="ResNet-18")
