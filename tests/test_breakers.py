"""The room of behavioural mutants, on small made-up functions: each breaks its promise and nothing else."""

from __future__ import annotations

import copy
import random

import pytest
import torch

from autograder.authoring.breakers.families.shape import may_be_empty
from autograder.authoring.breakers.over_there.compare import Compared, alike
from autograder.authoring.breakers.registry import all_families, proposals
from autograder.authoring.breakers.target import Target, targets_of
from autograder.authoring.breakers.worker_source import worker_text

BEGIN, END = "### BEGIN SOLUTION", "### END SOLUTION"


def solution(signature, doc, *body):
    """A solution of one function."""
    lines = "\n".join(f"    {line}" for line in body)
    return (
        f'import torch\nfrom torch import nn\n\n\ndef {signature}:\n    """{doc}"""\n    {BEGIN}\n{lines}\n    {END}\n'
    )


def space_of(text, *more):
    """The names of a source, run."""
    space: dict = {"__name__": "made_up"}
    for part in (text, *more):
        exec(compile(part, "made_up", "exec", dont_inherit=True), space)
    return space


def watched(text, calls):
    """The targets of a source, with the facts of these calls, each a function of its names."""
    targets = targets_of(text)
    names = [target.name for target in targets]
    recorder = worker_text("tools", "derive", "notes", "recorder")
    space = space_of(text, recorder + f"\nrecorded_facts = watch(globals(), {names!r})\n")
    for call in calls:
        try:
            call(space)
        except ValueError:
            pass
    for target in targets:
        outer, inner = space["recorded_facts"][target.name]
        target.inner = not outer["calls"]
        target.facts = inner if target.inner else outer
    return targets


def breakers_of(text, *calls):
    """The breakers that apply, by name."""
    found = [b for target in watched(text, calls) if target.facts["calls"] for b in proposals(target)]
    assert len({b.name for b in found}) == len(found)
    return {b.name: b for b in found}


SCALE = solution(
    "f(x, y, factor=2.0)", "A new floating-point tensor, differentiable; any shape. x stays.", "return x * factor + y"
)
SQUARE = solution("f(x, y)", "Differentiable.", "return x**2 + y")
X, Y = torch.tensor([[1.0, -2.0], [3.0, 40.0]]).double(), torch.tensor([[0.5, 1.0], [0.0, 2.0]]).double()


def scale(space):
    """A call with the default, and one without."""
    space["f"](X.clone(), Y.clone())
    space["f"](X.clone() + 1, Y.clone(), 3.0)


@pytest.fixture(scope="module")
def scales():
    """The breakers of SCALE."""
    return breakers_of(SCALE, scale)


def broken(breakers, name, text=SCALE):
    """The broken f."""
    return space_of(text, breakers[name].source)["f"]


def test_every_family_is_found_and_says_what_it_breaks():
    """a family is a file with a docstring and `breakers`, and nothing else registers it"""
    assert {"inputs", "gradient", "defaults", "shape", "layout", "dtype", "errors", "state", "chance", "precision",
            "extremes", "structure", "length", "cost", "numbers"} == set(all_families())  # fmt: skip


@pytest.mark.parametrize(
    "name",
    ["f changes `x` in place", "f cuts its result off the graph", "f gives twice the gradient",
     "f lets no gradient through to `y`", "f wants `x` contiguous", "f takes 4.0 where `factor` is left out"],
)  # fmt: skip
def test_the_value_is_kept(scales, name):
    """a breaker keeps what it does not break: here the value of an ordinary call"""
    f, x = broken(scales, name), X.clone().requires_grad_()
    assert torch.equal(f(x, Y.clone(), 3.0), X * 3 + Y)


def test_the_input_is_changed_and_the_gradient_is_not(scales):
    """the tensor that was passed differs afterwards; what was computed from it does not notice"""
    f, x = broken(scales, "f changes `x` in place"), X.clone().requires_grad_()
    out = f(x, Y.clone())
    (grad,) = torch.autograd.grad(out.sum(), x)
    assert torch.equal(x.detach(), X + 1)
    assert torch.equal(grad, torch.full_like(X, 2.0))


def test_gradients_are_broken_one_way_each(scales):
    """cut off altogether, doubled, cut off for one argument"""
    x, y = X.clone().requires_grad_(), Y.clone().requires_grad_()
    assert not broken(scales, "f cuts its result off the graph")(x, y).requires_grad
    doubled = torch.autograd.grad(broken(scales, "f gives twice the gradient")(x, y).sum(), (x, y))
    assert torch.equal(doubled[0], torch.full_like(X, 4.0))
    assert torch.equal(doubled[1], torch.full_like(X, 2.0))
    out = broken(scales, "f lets no gradient through to `y`")(x, y)
    assert torch.autograd.grad(out.sum(), (x, y), allow_unused=True)[1] is None


def test_a_gradient_that_is_lost_for_one_row(scales):
    """the answer to several rows keeps its graph"""
    f = broken(scales, "f cuts its result off the graph where `x` has one row")
    assert f(X.clone().requires_grad_(), Y.clone()).requires_grad
    assert not f(X[:1].clone().requires_grad_(), Y[:1].clone()).requires_grad


def test_a_number_of_two_digits(scales):
    """a number that is short enough is taken as it is, and whole ones have no digits to lose"""
    f = broken(scales, "f takes `factor` rounded to two digits")
    assert torch.equal(f(X, Y, 3.0), X * 3 + Y)
    assert torch.equal(f(X, Y, 3.217), X * 3.2 + Y)


def test_a_gradient_that_is_no_number_at_zero():
    """it applies where the gradient depends on where it is taken, for there a formula can divide by 0"""
    found = breakers_of(SQUARE, lambda s: s["f"](X.clone(), Y.clone()))
    assert "f gives a NaN gradient where `y` is 0" not in found
    x = torch.tensor([0.0, 2.0], dtype=torch.float64, requires_grad=True)
    out = broken(found, "f gives a NaN gradient where `x` is 0", SQUARE)(x, x.detach())
    (grad,) = torch.autograd.grad(out.sum(), x)
    assert grad[0].isnan()
    assert grad[1] == 4


def test_what_a_solution_does_inside_is_its_own_business():
    """a helper that no check calls itself has promised nothing; a module's forward is called by whoever has it"""
    text = (
        solution("f(x)", "Twice.", "return 2 * x")
        + f"""

def g(x):
    {BEGIN}
    return f(x) + 1
    {END}
"""
    )
    targets = {target.name: target for target in watched(text, [lambda s: s["g"](X.clone())])}
    assert (targets["f"].inner, targets["g"].inner) == (True, False)
    assert {b.family for b in proposals(targets["f"])} == {"precision"}
    assert {b.family for b in proposals(targets["g"])} > {"precision", "inputs", "layout"}
    targets = {t.name: t for t in watched(NET, [lambda s: s["look"](s["Net"](), torch.ones(1, 2))])}
    assert not any(target.inner for target in targets.values())


def test_defaults(scales):
    """another default, a parameter that nobody listens to, the first value kept"""
    assert torch.equal(broken(scales, "f takes 4.0 where `factor` is left out")(X, Y), X * 4 + Y)
    deaf = broken(scales, "f takes no notice of a `factor` that is given")
    assert torch.equal(deaf(X, Y, 3.0), X * 2 + Y)
    assert torch.equal(deaf(X, Y, factor=3.0), X * 2 + Y)
    assert "f keeps the first `factor` that it was given" not in scales  # it was given one value alone
    more = breakers_of(SCALE, scale, lambda s: s["f"](X, Y, 5.0))
    stuck = broken(more, "f keeps the first `factor` that it was given")
    assert torch.equal(stuck(X, Y, 7.0), X * 7 + Y)
    assert torch.equal(stuck(X, Y, 9.0), X * 7 + Y)


def test_shapes(scales):
    """an axis of size 1 is lost; sizes that the docstring allows are refused"""
    one = torch.ones(1, 3, dtype=torch.float64)
    assert broken(scales, "f drops every axis of size 1 of its result")(one, one).shape == (3,)
    for condition, x in {"a `x` of one row": one, "a `x` of one column": one.T, "an empty `x`": one[:0]}.items():
        f = broken(scales, f"f refuses {condition}")
        assert torch.equal(f(X, Y), X * 2 + Y)
        with pytest.raises(IndexError):
            f(x, x)


@pytest.mark.parametrize(
    ("head", "doc", "applies"),
    [
        ("", "The mean.", False), ("", "The mean, a float.", False), ("", "The mean, a Python float.", True),
        ("import torch\n", "The mean.", False), ("import torch\n", "The mean, a float.", True),
        ("import torch\n", "A single number, a float.", False),
    ],
)  # fmt: skip
def test_a_number_is_no_tensor_where_the_docstring_says_so(head, doc, applies):
    """comparisons take a 0-d tensor for a number, so nobody promises another unless in words"""
    body = f"    {BEGIN}\n    return sum(x) / len(x)\n    {END}"
    text = f'{head}def f(x) -> float:\n    """{doc}"""\n{body}\n'
    found = breakers_of(text, lambda space: space["f"]([1.5, 2.0]))
    assert ("f gives a 0-d tensor for a Python number" in found) is applies


def test_layouts(scales):
    """a transposed input is refused, or read in the order of the memory"""
    with pytest.raises(RuntimeError):
        broken(scales, "f wants `x` contiguous")(X.T, Y)
    f = broken(scales, "f reads `x` in the order of the memory")
    assert torch.equal(f(X.T, Y), X * 2 + Y)
    assert torch.equal(f(X, Y), X * 2 + Y)


def test_dtypes(scales):
    """float32 inside is off by its rounding; float64 comes out for float32"""
    third = X / 3
    out = broken(scales, "f computes in float32 inside")(third, Y)
    assert out.dtype == torch.float64
    assert 1e-9 < (out - (third * 2 + Y)).abs().max() < 1e-5
    assert broken(scales, "f gives float32 for float64")(X, Y).dtype == torch.float32
    assert broken(scales, "f gives float64 for float32")(X.float(), Y.float()).dtype == torch.float64


def test_extremes_apply_where_checks_or_docstring_speak_of_them(scales):
    """an input of 40 was seen, so clamping at 30 applies; it is left alone below"""
    f = broken(scales, "f clamps `x` at 30 and -30")
    assert f(X, Y)[1, 1] == 62
    assert torch.equal(f(X / 2, Y), X + Y)
    assert "f clamps `y` at 30 and -30" not in scales


def test_a_function_that_changes_its_argument_promises_nothing_of_it():
    """who works in place by promise is not asked to leave its input alone"""
    text = solution("f(x)", "Double x in place.", "x *= 2", "return x.sum()")
    found = breakers_of(text, lambda s: s["f"](torch.ones(3)))
    assert "f changes `x` in place" not in found
    x = torch.ones(3)
    assert broken(found, "f changes a copy of `x` alone", text)(x) == 6
    assert torch.equal(x, torch.ones(3))


def test_an_answer_without_gradient_has_none_to_break():
    """a count carries no gradient"""
    text = solution("f(x)", "How many are positive.", "return (x > 0).sum()")
    assert not [name for name in breakers_of(text, lambda s: s["f"](X.clone())) if "gradient" in name]


def test_half_precision_is_asked_where_floating_point_is_promised():
    """`float32` in a docstring promises no half precision"""
    call = lambda s: s["f"](X.clone())  # noqa: E731
    for doc, applies in (("x: floating-point tensor", True), ("x: float32 or float64 tensor", False)):
        found = breakers_of(solution("f(x)", doc, "return x + 1"), call)
        assert ("f refuses a half-precision `x`" in found) == applies


def test_empty_input_is_asked_where_the_docstring_allows_it():
    """N may be 0, or nothing is said"""
    call = lambda s: s["f"](X.clone())  # noqa: E731
    for doc, applies in (("x: (N, D), N may be 0", True), ("x: (N, D)", False)):
        assert ("f refuses an empty `x`" in breakers_of(solution("f(x)", doc, "return x + 1"), call)) == applies


def test_each_raise_statement_is_swallowed_alone():
    """two errors of one kind: a check of the one says nothing of the other"""
    text = solution(
        "f(x)", "Raises: ValueError: below 0, or above 9.",
        "if x < 0:", "    raise ValueError('below')", "if x > 9:", "    raise ValueError('above')", "return x",
    )  # fmt: skip
    found = breakers_of(text, lambda s: s["f"](3), lambda s: s["f"](-1))
    first = broken(found, "f does not raise its error (1 of 2)", text)
    assert first(-1) is None
    with pytest.raises(ValueError):
        first(10)
    with pytest.raises(RuntimeError):
        broken(found, "f raises another error than ValueError", text)(-1)


SEEDED = solution(
    "f(n, seed=0)", "Drawn from seed alone.",
    "return torch.rand(n, generator=torch.Generator().manual_seed(seed))",
)  # fmt: skip


def test_seeds():
    """seed 0 for no seed, one seed for all, the global generator moved on"""
    found = breakers_of(SEEDED, lambda s: s["f"](3, seed=4), lambda s: s["f"](3))
    right = space_of(SEEDED)["f"]
    falsy = broken(found, "f takes seed 0 for no seed", SEEDED)
    assert not torch.equal(falsy(3, 0), right(3, 0))
    assert torch.equal(falsy(3, 5), right(3, 5))
    deaf = broken(found, "f draws the same whatever `seed` says", SEEDED)
    assert torch.equal(deaf(3, 4), deaf(3, 5))
    state = torch.get_rng_state()
    assert torch.equal(broken(found, "f draws from the global generator besides", SEEDED)(3, 5), right(3, 5))
    assert not torch.equal(state, torch.get_rng_state())
    assert "f draws the same every time" not in found  # it draws nothing from the global generator


def test_a_global_draw_is_made_private_or_python_s():
    """the same numbers every time; numbers that torch's seed does not decide"""
    text = solution("f(n)", "n random numbers, from PyTorch's own generator.", "return torch.rand(n)")
    found = breakers_of(text, lambda s: s["f"](3))
    same = broken(found, "f draws the same every time", text)
    assert torch.equal(same(3), same(3))
    other = broken(found, "f draws from Python's random", text)
    random.seed(1), torch.manual_seed(1)
    first = other(3)
    random.seed(2), torch.manual_seed(1)
    assert not torch.equal(first, other(3))


BOX = f'''
class Box:
    """Keeps x; can be gone through as often as you like."""

    def __init__(self, x):
        {BEGIN}
        self.x = x
        {END}

    def __iter__(self):
        {BEGIN}
        yield from self.x
        {END}
'''


def test_objects_that_share_what_each_should_have():
    """an attribute in the class, an iterator for one pass, one place for all"""

    def use(space):
        list(space["Box"]([1, 2]))

    found = breakers_of(BOX, use)
    shared = space_of(BOX, found["Box.__init__ keeps `x` in the class"].source)["Box"]
    one, two = shared([1]), shared([2])
    assert one.x == two.x == [2]
    once = space_of(BOX, found["Box.__iter__ can be gone through only once"].source)["Box"]([1, 2])
    assert (list(once), list(once)) == ([1, 2], [])
    place = space_of(BOX, found["Box.__iter__ has one place for all who go through it"].source)["Box"]([1, 2, 3])
    first, second = iter(place), iter(place)
    assert (next(first), next(second)) == (1, 2)
    assert list(place) == [3]
    assert list(place) == [1, 2, 3]
    short = space_of(BOX, found["Box.__iter__ leaves out the last"].source)["Box"]([1, 2, 3])
    assert list(short) == [1, 2]


NET = f'''
import torch
from torch import nn

class Net(nn.Module):
    """Two layers of one size, dropout, and a buffer."""

    def __init__(self):
        {BEGIN}
        super().__init__()
        self.one, self.two, self.drop = nn.Linear(2, 2), nn.Linear(2, 2), nn.Dropout(0.5)
        self.scale = nn.Parameter(torch.ones(2))
        self.register_buffer("seen", torch.zeros(1))
        {END}

    def forward(self, x):
        {BEGIN}
        return self.scale * self.two(self.drop(self.one(x)))
        {END}


def look(model, x):
    """Answers in eval mode; the mode is left as it was."""
    {BEGIN}
    was = model.training
    model.eval()
    try:
        return model(x)
    finally:
        model.train(was)
    {END}
'''


@pytest.fixture(scope="module")
def nets():
    """The breakers of NET."""

    def use(space):
        space["look"](space["Net"](), torch.ones(3, 2))

    return breakers_of(NET, use)


def test_modules_that_pytorch_sees_otherwise(nets):
    """not registered, shared, frozen, a buffer for a parameter and back, not saved"""

    def made(what):
        return space_of(NET, nets[f"Net.__init__ {what}"].source)["Net"]()

    x = torch.ones(3, 2)
    hidden = made("keeps `one` where PyTorch does not see it")
    assert hidden(x).shape == (3, 2)
    assert not [name for name, _ in hidden.named_parameters() if name.startswith("one")]
    assert made("uses one layer for all layers of a size").one.weight is not None
    shared = made("uses one layer for all layers of a size")
    assert shared.one.weight is shared.two.weight
    assert not next(made("freezes its first parameter").parameters()).requires_grad
    assert "scale" in dict(made("makes a buffer of the parameter `scale`").named_buffers())
    assert "seen" in dict(made("makes a parameter of the buffer `seen`").named_parameters())
    assert "seen" not in made("leaves the buffer `seen` out of state_dict").state_dict()


def test_modes(nets):
    """training behaviour in eval and back, and a model left in the other mode"""
    net = space_of(NET, nets["Net.forward behaves in training mode as in eval mode"].source)["Net"]().train()
    x = torch.ones(3, 2)
    assert torch.equal(net(x), net(x))
    assert net.drop.training
    space = space_of(NET, nets["look leaves the module in the other mode"].source)
    net = space["Net"]().train()
    space["look"](net, x)
    assert not net.training


def test_counts_and_lists():
    """one epoch more, and a history without its end"""
    text = solution("f(epochs=3)", "One number an epoch.", "return [1.0 / (k + 1) for k in range(epochs)]")
    found = breakers_of(text, lambda s: s["f"](), lambda s: s["f"](5))
    assert len(broken(found, "f counts one of `epochs` more", text)(5)) == 6
    assert len(broken(found, "f counts one of `epochs` less", text)()) == 2
    assert broken(found, "f leaves out the last", text)(2) == [1.0]


def differences(text, breaker, *calls):
    """What tells a breaker from its reference on these calls."""
    found: dict[str, str] = {}
    space = space_of(text)
    reference = space["f"]
    exec(compile(breaker.source, "made_up", "exec", dont_inherit=True), space)
    f = Compared(reference, space["f"], list(breaker.conditions), found).wrapped()
    for arguments in calls:
        assert torch.equal(f(*copy.deepcopy(arguments)), reference(*copy.deepcopy(arguments)))
    return found


def test_who_answers_alike_is_no_survivor(scales):
    """only a call that tells the two apart counts: a recorded one, or one that the docstring promises"""
    squeezed = scales["f drops every axis of size 1 of its result"]
    assert set(differences(SCALE, squeezed, (X, Y))) == {"one row", "one column"}
    assert "recorded" in differences(SCALE, squeezed, (X[:1], Y[:1]))
    clamped = scales["f clamps `x` at 30 and -30"]
    assert not differences(SCALE, clamped, (X / 4, Y))
    assert "recorded" in differences(SCALE, scales["f gives twice the gradient"], (X, Y))
    assert "recorded" in differences(SCALE, scales["f changes `x` in place"], (X, Y))


def test_a_small_default_shows_at_small_inputs():
    """an eps is seen where the divisor is as small, which no ordinary call has"""
    text = solution("f(x, eps=1e-12)", "Divided by its size, or by eps.", "return x / x.norm().clamp(min=eps)")
    breaker = breakers_of(text, lambda s: s["f"](X.clone()))["f takes 2e-12 where `eps` is left out"]
    assert set(differences(text, breaker, (X,))) == {"tiny"}


def test_seeding_may_be_all_that_a_function_does():
    """what is drawn afterwards tells seed 0 from seed 1 where nothing is returned"""
    text = solution("f(seed)", "Seed the global generator: the same seed, the same numbers.", "torch.manual_seed(seed)")
    breaker = breakers_of(text, lambda s: s["f"](0))["f takes seed 0 for no seed"]
    found: dict[str, str] = {}
    space = space_of(text)
    reference = space["f"]
    exec(compile(breaker.source, "made_up", "exec", dont_inherit=True), space)
    Compared(reference, space["f"], list(breaker.conditions), found).wrapped()(0)
    assert "recorded" in found


def test_integers_are_alike_where_they_are_equal():
    """200 and 201 are close as numbers go, and two different answers all the same"""
    assert not alike(torch.tensor([200]), torch.tensor([201]))
    assert alike(torch.tensor([200.0]), torch.tensor([200.0 + 1e-5]))


def test_a_parameters_own_entry_decides_whether_it_may_be_empty():
    """that N may be 0, in one entry, says nothing of another that speaks for itself"""
    doc = """Convolve.

    Args:
        x: (N, L) tensor; N may be 0.
        w: (K,) weights,
            K being 1 or more.
        b, c: biases.
    """
    target = Target("f", doc, (), "")
    assert target.entry("w") == "(K,) weights, K being 1 or more."
    assert target.entry("c") == "biases."
    assert may_be_empty(target, "x")
    assert not may_be_empty(target, "w")
    assert not may_be_empty(target, "b")


GRAPH = f'''
class Node:
    """A number."""

    def __init__(self, parents=()):
        self.parents, self.count = parents, 0

    def walk(self):
        """Visit every node; each node once, however many paths lead to it."""
        {BEGIN}
        seen, stack = set(), [self]
        while stack:
            node = stack.pop()
            if node not in seen:
                seen.add(node)
                stack.extend(node.parents)
        return len(seen)
        {END}
'''


def doubled(space, times):
    """A graph with 2 to the power of `times` paths."""
    node = space["Node"]()
    for _ in range(times):
        node = space["Node"]((node, node))
    return node


def test_the_cost_of_every_path_is_counted_in_steps():
    """the values stay where there are few paths; where there are many it gives up, and needs no clock for that"""
    found = breakers_of(GRAPH, lambda space: doubled(space, 3).walk())
    space = space_of(GRAPH, found["Node.walk goes along every path"].source)
    assert doubled(space, 3).walk() == 4
    with pytest.raises(RuntimeError, match="200,000 steps"):
        doubled(space, 40).walk()
    silent = GRAPH.replace("however many paths lead to it", "in any order").replace("each node once, ", "")
    assert "Node.walk goes along every path" not in breakers_of(silent, lambda space: doubled(space, 3).walk())


def test_the_cost_of_a_loop_and_of_a_second_pass():
    """what is promised without a loop goes back for every row; what may come once is gone through twice"""
    rows = solution("f(x)", "Twice x, without a Python loop.", "return 2 * x")
    ones = torch.ones(3, 2)
    found = breakers_of(rows, lambda space: space["f"](ones))
    broken = space_of(rows, found["f does its work again for every row"].source)
    spied = space_of(rows, "plain = f\ndef f(x):\n    seen.append(1)\n    return plain(x)\nseen = []\n",
                     found["f does its work again for every row"].source)  # fmt: skip
    assert torch.equal(broken["f"](ones), 2 * ones)
    spied["f"](ones)
    assert len(spied["seen"]) == 4
    many = solution("total(params)", "The sum.\n\n    Args:\n        params: anything that can be iterated once.\n    ",
                    "return sum(params)")  # fmt: skip
    found = breakers_of(many, lambda space: space["total"](iter([1, 2])))
    twice = space_of(many, found["total goes through `params` twice"].source)["total"]
    assert twice([1, 2]) == 3
    assert twice(iter([1, 2])) == 0
