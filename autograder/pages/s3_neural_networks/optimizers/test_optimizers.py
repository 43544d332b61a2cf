"""What the seven optimizers must do. torch.optim is the oracle, in float64."""

import math
from itertools import product

import torch

from autograder.checking import CheckFailure, assert_number, assert_same, forbids, points, require

F64 = torch.float64
BORROWED = ("SGD", "Adagrad", "RMSprop", "Adadelta", "Adam", "AdamW", "Adamax", "NAdam", "RAdam")
PAGE = ("SGD", "Adagrad", "RMSProp", "Adadelta", "Adam", "Adamax", "Nadam")

TINY = 1e-14  #: an eps that shows nowhere: whether it stands in its place is asked where it is 0.1
#: settings under which every other part of a formula shows, for the checks that all optimizers share
TELLING = {
    "SGD": {"lr": 0.5, "momentum": 0.9},
    "Adagrad": {"lr": 0.5, "lr_decay": 0.1, "eps": TINY},
    "RMSProp": {"lr": 0.1, "alpha": 0.9, "momentum": 0.5, "eps": TINY},
    "Adadelta": {"lr": 0.5, "rho": 0.8, "eps": 0.1},
    "Adam": {"lr": 0.5, "betas": (0.8, 0.9), "eps": TINY},
    "Adamax": {"lr": 0.5, "betas": (0.8, 0.9), "eps": TINY},
    "Nadam": {"lr": 0.5, "betas": (0.8, 0.9), "momentum_decay": 0.1, "eps": TINY},
}


# -- the oracle: torch.optim with the course's `lr` and `lr_decay` ------------------------------------


class WithLr:
    """Gives an optimizer of PyTorch's the attribute `lr`."""

    @property
    def lr(self):
        return self.param_groups[0]["lr"]

    @lr.setter
    def lr(self, value):
        self.param_groups[0]["lr"] = value


class DecayingSGD(WithLr, torch.optim.SGD):
    """PyTorch's SGD, whose learning rate we set before every step."""

    def __init__(self, params, lr_decay=0.0, **options):
        super().__init__(params, **options)
        self.lr_decay, self.steps = lr_decay, 0

    def step(self):
        lr = self.lr
        self.lr = lr / (1 + self.steps * self.lr_decay)
        self.steps += 1
        super().step()
        self.lr = lr


class AdamaxBeside(WithLr, torch.optim.Optimizer):
    """Adamax with eps beside the maximum, which is as right as PyTorch's way."""

    def __init__(self, params, lr=0.002, betas=(0.9, 0.999), eps=1e-8, weight_decay=0.0):
        super().__init__(params, {"lr": lr, "betas": betas, "eps": eps, "weight_decay": weight_decay})

    @torch.no_grad()
    def step(self):
        group = self.param_groups[0]
        beta1, beta2 = group["betas"]
        for p in group["params"]:
            if p.grad is None:
                continue
            t, m, u = self.state[p] or (0, torch.zeros_like(p), torch.zeros_like(p))
            t, g = t + 1, p.grad + group["weight_decay"] * p
            m, u = beta1 * m + (1 - beta1) * g, torch.maximum(beta2 * u, g.abs())
            p -= group["lr"] / (1 - beta1**t) * m / (u + group["eps"])
            self.state[p] = t, m, u


THEIRS = {"Adagrad": "Adagrad", "RMSProp": "RMSprop", "Adadelta": "Adadelta", "Adam": "Adam", "Adamax": "Adamax"}
ORACLES = {name: type(name, (WithLr, getattr(torch.optim, theirs)), {}) for name, theirs in THEIRS.items()}
ORACLES |= {"SGD": DecayingSGD, "Nadam": type("Nadam", (WithLr, torch.optim.NAdam), {})}
ORACLES |= {"AdamaxBeside": AdamaxBeside}


# -- props: they run over there with the student's class, and here with the oracle -------------------


def run_steps(optimizer, parameters, gradients, lr_from_step=None, without_gradient=(), save_after=None, **options):
    """(each parameter after every step, `lr` in the end).

    lr_from_step: learning rates to set, by step from 1.
    without_gradient: the steps at which the first parameter has no gradient.
    save_after: the step after which a new optimizer, over new tensors, loads the state and goes on.
    """
    leaves = [torch.nn.Parameter(p.clone()) for p in parameters]
    made, seen = optimizer(leaves, **options), []
    for step in range(1, len(gradients[0]) + 1):
        if step in (lr_from_step or {}):
            made.lr = lr_from_step[step]
        for number, (p, g) in enumerate(zip(leaves, gradients, strict=True)):
            p.grad = None if number == 0 and step in without_gradient else g[step - 1].clone()
        made.step()
        seen.append([p.detach().clone() for p in leaves])
        if step == save_after:
            saved = made.state_dict()
            leaves = [torch.nn.Parameter(p.detach().clone()) for p in leaves]
            made = optimizer(leaves, **options)
            made.load_state_dict(saved)
    return [torch.stack(values) for values in zip(*seen, strict=True)], made.lr


def run_side_by_side(optimizer, parameters, gradients, **options):
    """The last parameters of two optimizers that step in turn: the second takes each gradient twice as large."""
    both = []
    for scale in (1, 2):
        leaves = [torch.nn.Parameter(p.clone()) for p in parameters]
        both.append((scale, leaves, optimizer(leaves, **options)))
    for step in range(len(gradients[0])):
        for scale, leaves, made in both:
            for p, g in zip(leaves, gradients, strict=True):
                p.grad = scale * g[step]
            made.step()
    return [[p.detach().clone()[None] for _, leaves, _ in both for p in leaves]]


def run_copies(optimizer, parameters, gradients, lr_after, save_after, **options):
    """What two optimizers make of the state that a third one saved, which goes on meanwhile: the path of each of them.

    All take the same steps. The first goes on before the state is loaded; the second loads it and takes its steps
    before the third loads the same state. `lr_after` is set before it is saved.
    """

    def go(made, leaves, steps):
        seen = []
        for step in steps:
            for p, g in zip(leaves, gradients, strict=True):
                p.grad = g[step].clone()
            made.step()
            seen.append([p.detach().clone() for p in leaves])
        return [torch.stack(values) for values in zip(*seen, strict=True)]

    leaves = [torch.nn.Parameter(p.clone()) for p in parameters]
    made = optimizer(leaves, **options)
    go(made, leaves, range(save_after))
    made.lr = lr_after
    saved, start = made.state_dict(), [p.detach().clone() for p in leaves]
    rest = range(save_after, len(gradients[0]))
    paths = [go(made, leaves, rest)]
    for _ in range(2):
        leaves = [torch.nn.Parameter(p.clone()) for p in start]
        made = optimizer(leaves, **options)
        made.load_state_dict(saved)
        paths.append(go(made, leaves, rest))
    return paths


def run_from_generator(optimizer, parameters, gradients, **options):
    """Three steps with the same gradients: (each parameter after every step, the gradients, still leaves?).

    The first parameter is frozen while the optimizer is made, and no longer when its gradient comes.
    """
    leaves = [torch.nn.Parameter(p.clone(), requires_grad=place > 0) for place, p in enumerate(parameters)]
    made, seen = optimizer((p for p in leaves), **options), []
    for p, g in zip(leaves, gradients, strict=True):
        p.requires_grad_().grad = g.clone()
    for _ in range(3):
        made.step()
        seen.append([p.detach().clone() for p in leaves])
    whole = all(p.is_leaf and p.requires_grad for p in leaves)
    return [torch.stack(values) for values in zip(*seen, strict=True)], [p.grad for p in leaves], whole


def train(optimizer, parameters, targets, steps, **options):
    """Minimise the squared distance to the targets: (the parameters after every step, the gradients in the end)."""
    leaves = [torch.nn.Parameter(p.clone()) for p in parameters]
    made, seen = optimizer(leaves, **options), []
    for _ in range(steps):
        sum(((p - target) ** 2).sum() for p, target in zip(leaves, targets, strict=True)).backward()
        made.step()
        made.zero_grad()
        seen.append([p.detach().clone() for p in leaves])
    return [torch.stack(values) for values in zip(*seen, strict=True)], [p.grad for p in leaves]


# -- comparing --------------------------------------------------------------------------------------


def over_there(student, name, prop):
    """The prop; it belongs to the class that was looked up before it."""
    getattr(student, name)
    return student.prop(prop)


def ask(student, name, prop, *args, **options):
    """What `prop` makes of the student's class; the call is recorded as one of that class."""
    return over_there(student, name, prop)(getattr(student, name), *args, **options)


def told(name, prop, *args, save_after=None, **options):
    """What `prop` makes of PyTorch's class, which just goes on where the student's is saved; worked out once.

    NAdam keeps its momentum product in the default dtype.
    """
    question = repr((name, prop.__name__, [plain(a) for a in args], options))
    if question not in _answers:
        before = torch.get_default_dtype()
        torch.set_default_dtype(F64)
        try:
            _answers[question] = prop(ORACLES[name], *args, **options)
        finally:
            torch.set_default_dtype(before)
    return _answers[question]


_answers = {}


def plain(value):
    """Tensors as lists of numbers."""
    return [plain(v) for v in value] if isinstance(value, list) else getattr(value, "tolist", lambda: value)()


def assert_like_torch(student, name, prop, *args, **options):
    """The paths that `prop` finds with the student's class are those that it finds with PyTorch's; all its answer."""
    answer, expected = ask(student, name, prop, *args, **options), told(name, prop, *args, **options)[0]
    try:
        assert_same(answer[0], expected)
    except CheckFailure:
        if name == "Adamax" and not differs(answer[0], told("AdamaxBeside", prop, *args, **options)[0]):
            return answer
        for step in range(len(expected[0])):  # the first step that goes wrong tells most
            for number, (mine, theirs) in enumerate(zip(answer[0], expected, strict=True), 1):
                assert_same(mine[step], theirs[step], about=f"parameter {number} after step {step + 1}")
        raise
    return answer


def compare(student, name, parameters, gradients, **options):
    """The student's path for these gradients is PyTorch's."""
    return assert_like_torch(student, name, run_steps, parameters, gradients, **options)


def differs(actual, expected):
    """Are two lists of tensors not the same?"""
    try:
        assert_same(actual, expected)
    except CheckFailure:
        return True
    return False


def small():
    """One parameter with two entries, and gradients for three steps."""
    gradients = torch.tensor([[3.0, -1.0], [2.0, -1.0], [-1.0, 4.0]], dtype=F64)
    return [torch.tensor([1.0, -2.0], dtype=F64)], [gradients]


def draw(steps=12, dtype=F64):
    """A transposed matrix, a vector and a single number as parameters, and random gradients for some steps."""
    parameters = [torch.randn(3, 2).T.to(dtype), torch.randn(4, dtype=dtype), torch.randn((), dtype=dtype)]
    return parameters, [torch.randn(steps, *p.shape, dtype=dtype) * (1 if p.dim() else 10) for p in parameters]


# -- one optimizer after the other ------------------------------------------------------------------


@points(1)
def test_sgd(student):
    """plain SGD steps against the gradient, by the learning rate as it stands; weight decay joins the gradient"""
    compare(student, "SGD", *small(), lr=0.5)
    compare(student, "SGD", *draw(), lr=0.5, weight_decay=0.1, lr_from_step={5: 0.1})


@points(1)
def test_lr_decay(student):
    """with lr_decay the learning rate at step t is lr / (1 + (t - 1) * lr_decay)"""
    compare(student, "SGD", *small(), lr=0.5, lr_decay=0.5)
    compare(student, "SGD", *draw(), lr=0.5, lr_decay=0.1, momentum=0.5, weight_decay=0.1, lr_from_step={5: 0.2})


@points(1)
def test_momentum(student):
    """momentum adds up the gradients, older ones ever fainter, and the learning rate scales the sum"""
    compare(student, "SGD", *small(), lr=0.5, momentum=0.9)
    compare(student, "SGD", *draw(), lr=0.5, momentum=0.9, weight_decay=0.1, lr_from_step={5: 0.1})
    far = [1e9 + p for p in small()[0]]
    compare(student, PAGE[0], far, small()[1], **TELLING[PAGE[0]])


@points(1)
def test_nesterov(student):
    """with nesterov the step is the gradient plus momentum times the new velocity"""
    compare(student, "SGD", *small(), lr=0.5, momentum=0.9, nesterov=True)
    compare(student, "SGD", *draw(), lr=0.5, momentum=0.8, nesterov=True, weight_decay=0.1, lr_from_step={5: 0.1})


@points(1)
def test_adagrad(student):
    """Adagrad divides by the root of the sum of all squared gradients, eps beside the root"""
    compare(student, "Adagrad", *small(), lr=0.5)
    compare(student, "Adagrad", *draw(), lr=0.5, eps=0.1, lr_decay=0.1, weight_decay=0.1, lr_from_step={5: 0.2})


@points(1)
def test_rmsprop(student):
    """RMSProp divides by the root of the moving average of squares, eps beside the root, momentum afterwards"""
    compare(student, "RMSProp", *small(), lr=0.5)
    compare(student, "RMSProp", *small(), lr=0.5, alpha=0.0)  # nothing is kept
    compare(student, "RMSProp", *draw(), lr=0.5, alpha=0.9, eps=0.1, weight_decay=0.1, lr_from_step={5: 0.1})
    compare(student, "RMSProp", *draw(), lr=0.1, alpha=0.8, momentum=0.7, lr_from_step={5: 0.02})


@points(1)
def test_adadelta(student):
    """Adadelta rescales the gradient to the size of recent changes, eps under both roots, lr outside"""
    compare(student, "Adadelta", *small(), lr=0.5)
    compare(student, "Adadelta", *small(), lr=0.5, rho=0.0)  # nothing is kept
    compare(student, "Adadelta", *draw(), lr=0.5, rho=0.8, eps=0.1, weight_decay=0.1, lr_from_step={5: 2.0})


@points(2)
def test_adam(student):
    """Adam divides the average gradient by the root of the average square, both corrected, eps beside the root"""
    compare(student, "Adam", *small(), lr=0.5)
    options = {"betas": (0.8, 0.95), "eps": 0.1, "weight_decay": 0.1}
    compare(student, "Adam", *draw(), lr=0.5, lr_from_step={5: 0.1}, **options)
    compare(student, "Adam", *draw(200), lr=0.5)  # the corrections fade, but not yet


@points(1)
def test_adamax(student):
    """Adamax divides the corrected average by the fading maximum of the absolute gradients"""
    compare(student, "Adamax", *small(), lr=0.5)
    parameters, gradients = draw()
    shrinking = [g * 0.7 ** torch.arange(12.0, dtype=F64).view(12, *[1] * (g.dim() - 1)) for g in gradients]
    compare(student, "Adamax", parameters, shrinking, lr=0.5, betas=(0.7, 0.9), lr_from_step={5: 0.1})
    options = {"lr": 0.5, "betas": (0.9, 0.99), "eps": 0.1, "weight_decay": 0.1}
    compare(student, "Adamax", *draw(6), **options)


@points(2)
def test_nadam(student):
    """Nadam steps by the average as the next step will weigh it, with a momentum that warms up"""
    compare(student, "Nadam", *small(), lr=0.5)
    compare(student, "Nadam", *small(), lr=0.5, momentum_decay=0.0)  # the momentum is half of beta 1 for good
    options = {"betas": (0.8, 0.95), "eps": 0.1, "weight_decay": 0.1, "momentum_decay": 0.3}
    compare(student, "Nadam", *draw(), lr=0.5, lr_from_step={5: 0.1}, **options)


# -- what all of them share -------------------------------------------------------------------------


@points(1)
def test_defaults(student):
    """only the parameters need be given: the other arguments have PyTorch's defaults, `lr` can be read"""
    for name in PAGE:
        _, lr = compare(student, name, *small())
        assert_number(lr, told(name, run_steps, *small())[1], about="lr")


@points(2)
def test_missing_and_zero_gradients(student):
    """a gradient of None: the parameter is left alone, and counts no step; a gradient of 0 counts, and gives no NaN"""
    parameters, gradients = draw(6)
    parameters[1][0] = 0  # so that weight decay has nothing to add to the zeros
    gradients[1][:3, 0] = 0
    gradients[1][4] = 0
    for name in PAGE:
        options = {**TELLING[name], "weight_decay": 0.1, "without_gradient": [1, 4, 5]}
        compare(student, name, parameters, gradients, **options)


@points(2)
def test_given_tensors(student):
    """it takes a generator, changes the very tensors it was given, which stay leaves, and not their gradients"""
    for name, dtype in product(PAGE, (F64, torch.float32)):
        parameters, gradients = draw(1, dtype)
        gradients = [g[0] for g in gradients]
        options = {**TELLING[name], "weight_decay": 0.1}
        _, left, leaves = assert_like_torch(student, name, run_from_generator, parameters, gradients, **options)
        for number, g in enumerate(gradients, 1):
            assert_same(
                left[number - 1], g, rtol=0, atol=0, about=f"the gradient of parameter {number} afterwards", claims=True
            )
        require(leaves, "a parameter is no leaf any more, or no longer requires a gradient", claims=True)
    many = [torch.randn(2, 1, 2, 3, dtype=F64), torch.randn(130, 2, dtype=F64), *torch.randn(20, 2, dtype=F64)]
    # far from 0, where a small eps would show at some draws and not at others
    gradients = [torch.randn_like(p).sign() * (30.0 + 30.0 * torch.rand_like(p)) for p in many]
    for name in PAGE:
        _, left, _ = assert_like_torch(student, name, run_from_generator, many, gradients, **TELLING[name])
        assert_same(left, gradients, rtol=0, atol=0, about="the gradients of 22 parameters afterwards", claims=True)


def cleared(optimizer, gradient):
    """What zero_grad leaves of a gradient."""
    leaf = torch.nn.Parameter(torch.zeros_like(gradient))
    made = optimizer([leaf])
    leaf.grad = gradient.clone()
    made.zero_grad()
    return leaf.grad


@points(1)
def test_zero_grad(student):
    """zero_grad leaves every gradient None or zero, so that the next backward starts anew"""
    parameters, targets = draw(1)
    targets = [target[0] for target in targets]
    for gradient in (torch.tensor([math.nan, math.inf, 1.0]), torch.tensor(-2.0)):
        left = ask(student, PAGE[0], cleared, gradient)
        if left is not None:
            assert_same(
                left, torch.zeros_like(gradient), about="what zero_grad leaves of a gradient of NaN, inf and numbers"
            )
    many = [torch.zeros(2, dtype=F64) for _ in range(20)]
    for g in ask(student, PAGE[0], train, many, [*torch.randn(20, 2, dtype=F64)], 1)[1]:
        if g is not None:
            assert_same(g, torch.zeros(2, dtype=F64), about="what zero_grad leaves of one of 20 gradients")
    for name in PAGE:
        _, gradients = assert_like_torch(student, name, train, parameters, targets, 3, **TELLING[name])
        for number, (p, g) in enumerate(zip(parameters, gradients, strict=True), 1):
            if g is not None:
                about = f"the gradient of parameter {number} after zero_grad"
                assert_same(g, torch.zeros_like(p), rtol=0, atol=0, about=about)


@points(1)
def test_state_dict(student):
    """an optimizer that loads a state_dict goes on as the one that saved it would have, whatever steps came in between"""
    parameters, gradients = draw(5)
    for name in PAGE:
        options = {**TELLING[name], **({"lr_decay": 0.1} if name == "SGD" else {})}
        once = [2] if name != "SGD" else []  # PyTorch's SGD, as we use it, has one count for all parameters
        compare(student, name, parameters, gradients, save_after=3, without_gradient=once, **options)
        assert_like_torch(student, name, run_side_by_side, parameters, gradients, **options)
        for lr in (0.2, 0.0) if name == PAGE[0] else (0.2,):
            true = told(name, run_steps, parameters, gradients, lr_from_step={4: lr}, **options)[0]
            paths = ask(student, name, run_copies, parameters, gradients, lr_after=lr, save_after=3, **options)
            for path, which in zip(
                paths,
                ("the one that was saved", "the first that loads the state", "the second that loads the same state"),
                strict=True,
            ):
                assert_same(path, [p[3:] for p in true], about=f"{which}, in its next steps")


@points(1)
@forbids(
    *(f"torch.optim.{name}" for name in BORROWED),
    *(f"torch.optim.{name.lower()}.{part}" for name in BORROWED for part in (name, name.lower())),
    of=PAGE,
    operators=(
        *(f"torch.optim.{name}" for name in BORROWED),
        *(f"aten._fused_{name}_.default" for name in ("sgd", "adam", "adamw", "adagrad")),
    ),
)
def test_written_by_hand(student):
    """the page's optimizers are written out, not borrowed from PyTorch"""
    parameters, gradients = small()
    for name in PAGE:
        ask(student, name, run_steps, parameters, [g[:1] for g in gradients])
