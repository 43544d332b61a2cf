"""What attention, its heads and a small transformer must do. The oracle is written here, in float64.

A module's parts have names, so both sides are given the same parameters (`settle`) and must give the same answers.
"""

import math

import torch
from torch import nn

from autograder.checking import (
    CheckFailure,
    assert_contract,
    assert_gradients,
    assert_same,
    assert_scales,
    assert_sizes,
    forbids,
    layouts,
    points,
    raises,
    require,
    unmodified,
)

F64 = torch.float64


def draw(*shape: int) -> torch.Tensor:
    """Normal float64 values of this shape."""
    return torch.randn(shape, dtype=F64)


def draw_mask(*shape: int) -> torch.Tensor:
    """A random mask with at least one True and, from two keys on, one False in each row."""
    mask = torch.rand(shape) < 0.5
    mask[..., 0], mask[..., -1] = False, True
    return mask


def masked(attention, mask, place):
    """One of the two answers, under a mask, of query, key and value alone."""
    return lambda *given: attention(*given, mask)[place]


def oracle(query, key, value, mask=None):
    """Attention, with -inf under False, and zeros where a row has nothing to look at."""
    scores = torch.einsum("...td,...sd->...ts", query, key) / math.sqrt(query.shape[-1])
    if mask is not None:
        empty = ~mask.any(-1, keepdim=True)
        scores = scores.masked_fill(~(mask | empty), -math.inf)
    weights = torch.softmax(scores, -1)
    if mask is not None:
        weights = weights.masked_fill(empty, 0.0)
    return weights @ value, weights


# -- attention ---------------------------------------------------------------------------------------


@points(2)
def test_by_hand(student):
    """the weights are the softmax of query times key over the root of d, along the keys, and the mean is theirs"""
    query = torch.tensor([[2.0, 0, 0, 0]], dtype=F64)
    key = torch.tensor([[math.log(3), 0, 0, 0], [0, 5, 0, 0]], dtype=F64)
    value = torch.tensor([[4.0, 0], [0, 8]], dtype=F64)
    expected = torch.tensor([[3.0, 2]], dtype=F64), torch.tensor([[0.75, 0.25]], dtype=F64)
    assert_same(student.attention(query, key, value), expected)
    for before, T, S, d, e in (
        ((), 2, 3, 4, 5),
        ((2,), 3, 3, 3, 3),
        ((2, 3), 4, 2, 1, 2),
        ((1, 2, 2), 1, 1, 2, 1),
        ((18,), 19, 40, 18, 17),
    ):
        q, k, v = draw(*before, T, d), draw(*before, S, d), draw(*before, S, e)
        with unmodified(q, k, v):
            assert_same(student.attention(q, k, v), oracle(q, k, v))


@points(2)
def test_mask(student):
    """what stands under False has weight 0 and changes nothing, for every shape of the mask that broadcasts"""
    q, k, v = draw(1, 1, 4), draw(1, 3, 4), draw(1, 3, 2)
    mask = torch.tensor([[[True, False, True]]])
    assert_same(student.attention(q, k, v, mask), oracle(q, k, v, mask))
    q, k, v = draw(2, 3, 4, 5), draw(2, 3, 6, 5), draw(2, 3, 6, 2)
    for shape in ((2, 3, 4, 6), (2, 1, 1, 6), (4, 6), (6,), (3, 1, 6)):
        mask = draw_mask(*shape)
        with unmodified(q, k, v, mask):
            assert_same(student.attention(q, k, v, mask), oracle(q, k, v, mask))
    many = draw(18, 2, 3), draw(18, 40, 3), draw(18, 40, 2), draw_mask(18, 2, 40)
    assert_same(student.attention(*many), oracle(*many), about="18 texts of 40 words")
    mask = torch.tensor([True, False, True, True, False, True])
    far_k, far_v = k.clone(), v.clone()
    far_k[:, :, ~mask], far_v[:, :, ~mask] = 1e3, -1e6
    assert_same(student.attention(q, far_k, far_v, mask), oracle(q, k, v, mask), about="whatever stands under False")
    q, k = 30 * draw(2, 3, 4), 30 * draw(2, 5, 4)
    mask = draw_mask(2, 3, 5)
    assert_same(
        student.attention(q, k, draw(2, 5, 2), mask)[1], oracle(q, k, k, mask)[1], about="weights of large scores"
    )


@points(2)
def test_nothing_to_look_at(student):
    """a row of the mask without any True gives weights and a mean of 0, and finite gradients"""
    q, k, v = draw(2, 3, 4), draw(2, 2, 4), draw(2, 2, 5)
    for mask in (
        torch.tensor([[[True, True]], [[False, False]]]),
        torch.tensor([[True, False], [False, False], [False, True]]),
        torch.zeros(2, dtype=torch.bool),
    ):
        assert_same(student.attention(q, k, v, mask), oracle(q, k, v, mask))
        for place in (0, 1):
            assert_gradients(
                lambda *a, m=mask, i=place: student.attention(*a, m)[i], lambda *a, m=mask, i=place: oracle(*a, m)[i],
                q, k, v,
            )  # fmt: skip


@points(2)
def test_attention_promises(student):
    """other memory layouts, float32, gradients, and dot products of 1000"""
    q, k, v = draw(2, 3, 4), draw(2, 5, 4), draw(2, 5, 2)
    mask = draw_mask(2, 3, 5)
    for of, name in enumerate(("query", "key", "value")):
        assert_contract(student.attention, oracle, q, k, v, mask, of=of, name=name, zero=True)
        zero = [torch.zeros_like(x) if of == place else x for place, x in enumerate((q, k, v))]
        assert_gradients(lambda *a: student.attention(*a, mask)[0], lambda *a: oracle(*a, mask)[0], *zero)
        for shift in (1000.0, -1000.0):
            far = [x + shift if of == place else x for place, x in enumerate((q, k, v))]
            assert_same(student.attention(*far, mask), oracle(*far, mask), about=f"with {shift:+g} for every `{name}`")
    for kind, other in layouts(mask):
        assert_same(student.attention(q, k, v, other), oracle(q, k, v, other), about=f"with {kind} `mask`")
    for given in ((), (mask,)):
        single = [x.float() for x in (q, k, v)]
        assert_same(student.attention(*single, *given), oracle(*single, *given), about="in float32")
        for place in (0, 1):
            assert_gradients(
                lambda *a, m=given, i=place: student.attention(*a, *m)[i],
                lambda *a, m=given, i=place: oracle(*a, *m)[i], q, k, v,
            )  # fmt: skip
    for shapes in (((1, 4), (3, 4), (3, 2)), ((3, 4), (1, 4), (1, 2)), ((1, 2, 4), (1, 3, 4), (1, 3, 2))):
        few = [draw(*shape) for shape in shapes]  # one row of questions, one of answers, a batch of one
        assert_gradients(lambda *a: student.attention(*a)[0], lambda *a: oracle(*a)[0], *few)
    for place in (0, 1):
        assert_sizes(
            lambda *a, i=place: student.attention(*a)[i], lambda *a, i=place: oracle(*a)[i],
            lambda n, t, s, d, e: (draw(n, t, d), draw(n, s, d), draw(n, s, e)), name="query", gradients=True,
        )  # fmt: skip
        one, true = masked(student.attention, mask, place), masked(oracle, mask, place)
        assert_scales(one, true, q, k, v, name="query", powers=(-6, 4))
    assert_scales(masked(student.attention, mask, 1), masked(oracle, mask, 1), q, k, v, of=(2,), name="value")
    one = torch.ones(1, 1, dtype=F64)
    for size in (1000.0, -1000.0):
        big = torch.tensor([[size], [size + 1.0]], dtype=F64)
        for seen in (None, torch.tensor([True, True])):
            assert_same(student.attention(one, big, big, seen), oracle(one, big, big, seen))


def asked_again(causal_mask, T):
    """Over there: the second answer, once the first one has been written into."""
    causal_mask(T).fill_(False)
    return causal_mask(T)


@points(1)
def test_causal_mask(student):
    """True on the diagonal and below it: a place looks at itself and at what is before it"""
    for T in (3, 1, 2, 7, 4, 5, 6, 8, 130):
        expected = torch.tensor([[j <= i for j in range(T)] for i in range(T)])
        assert_same(student.causal_mask(T), expected)
    mask = student.causal_mask
    answer = student.prop(asked_again)(mask, 3)
    changed = "in the second call, once the first answer has been changed"
    assert_same(answer, torch.ones(3, 3).tril().bool(), about=changed, claims=True)


# -- heads -------------------------------------------------------------------------------------------


def split(x, heads):
    """The pieces, by slices."""
    return torch.stack(x.chunk(heads, dim=-1), dim=1)


@points(1)
def test_split_heads(student):
    """head h of word t is the h-th piece of that word's vector"""
    numbers = torch.arange(12, dtype=F64).reshape(1, 2, 6)
    assert_same(student.split_heads(numbers, 3), split(numbers, 3))
    for shape, heads in (((2, 3, 4), 2), ((2, 4, 4), 4), ((3, 1, 6), 1), ((1, 5, 6), 3), ((18, 2, 20), 5)):
        assert_contract(
            student.split_heads, split, draw(*shape), heads, name="x", dtypes=(torch.float32,), gradients=True
        )
    for D, heads in ((6, 4), (3, 2), (2, 3)):
        x = draw(2, 3, D)
        with unmodified(x), raises(ValueError):
            student.split_heads(x, heads)


@points(1)
def test_merge_heads(student):
    """the pieces of each word stand side by side again: it undoes split_heads"""

    def merge(x):
        return torch.cat(x.unbind(1), dim=-1)

    assert_same(
        student.merge_heads(torch.arange(12, dtype=F64).reshape(1, 3, 2, 2)),
        merge(torch.arange(12, dtype=F64).reshape(1, 3, 2, 2)),
    )
    for shape in ((2, 3, 4, 5), (2, 3, 3, 2), (1, 1, 4, 2), (3, 2, 1, 1), (18, 2, 1, 17)):
        assert_contract(student.merge_heads, merge, draw(*shape), name="x", dtypes=(torch.float32,), gradients=True)
    x = draw(2, 3, 6)
    assert_same(student.merge_heads(split(x, 2)), x)


# -- modules -----------------------------------------------------------------------------------------


class Heads(nn.Module):
    """Multi-head attention, a head at a time."""

    def __init__(self, D, heads):
        super().__init__()
        self.query, self.key, self.value, self.out = (nn.Linear(D, D) for _ in range(4))
        self.heads = heads

    def forward(self, x, mask=None):
        pieces = [split(part(x), self.heads) for part in (self.query, self.key, self.value)]
        return self.out(torch.cat(oracle(*pieces, mask)[0].unbind(1), dim=-1))


class Layer(nn.Module):
    """An encoder's layer."""

    def __init__(self, D, heads, hidden):
        super().__init__()
        self.attend, self.norm1, self.norm2 = Heads(D, heads), nn.LayerNorm(D), nn.LayerNorm(D)
        self.wide, self.narrow = nn.Linear(D, hidden), nn.Linear(hidden, D)

    def forward(self, x, mask=None):
        x = x + self.attend(self.norm1(x), mask)
        return x + self.narrow(self.wide(self.norm2(x)).relu())


def waves(T, D):
    """The vectors of the places, in float64."""
    rows = [[f(t / 10000 ** (2 * i / D)) for i in range(D // 2) for f in (math.sin, math.cos)] for t in range(T)]
    return torch.tensor(rows, dtype=F64)


class Classifier(nn.Module):
    """The transformer, in eval mode."""

    def __init__(self, V, D, C, heads=4, layers=1, p=0.3):
        super().__init__()
        self.embed, self.layers = nn.Embedding(V, D), nn.ModuleList(Layer(D, heads, 2 * D) for _ in range(layers))
        self.norm, self.out = nn.LayerNorm(D), nn.Linear(D, C)

    def forward(self, ids, mask):
        x = self.embed(ids)
        x = x + waves(*x.shape[1:]).to(x.dtype)
        for layer in self.layers:
            x = layer(x, mask[:, None, None])
        x = torch.where(mask[:, :, None], self.norm(x), 0.0)
        return self.out(x.sum(1) / mask.sum(1, keepdim=True).clamp(min=1))


def settle(module, double=True):
    """Runs on both sides: parameters that depend on nothing but their names and shapes."""
    if double:
        module.double()
    with torch.no_grad():
        for name, p in module.named_parameters():
            seed = sum(ord(letter) * (place + 1) for place, letter in enumerate(name)) % 97
            wave = (torch.arange(p.numel(), dtype=torch.float64) * 0.7 + seed).sin().reshape(p.shape)
            size = 1.5 / p[0].numel() ** 0.5 if p.dim() > 1 and "embed" not in name else 0.6
            p.copy_(size * wave + ("norm" in name and name.endswith("weight")))


def pair(student, name, other, *args, double=True, **options):
    """An object of the student's and one of the oracle's with the same parameters, both in eval mode."""
    mine, made = getattr(student, name)(*args, **options), student.calls[-1]
    theirs = other(*args, **options)
    have, want = (
        {n: tuple(p.shape) for n, p in one.items()} for one in (mine.state()["parameters"], theirs.state_dict())
    )
    made.outcome = ("value", {"parameters": sorted(have.items())}, False)
    missing, more = want.keys() - have.keys(), have.keys() - want.keys()
    require(not missing, f"the parts that the docstring names lack {', '.join(sorted(missing))}")
    require(not more, f"it learns more than its parts do: {', '.join(sorted(more))}")
    if have != want:
        raise CheckFailure(f"the parameters of {name}{args} have other shapes", "", have, want, True)
    frozen = [n for n, required in mine.state()["requires_grad"].items() if not required]
    require(not frozen, f"{', '.join(frozen)} does not require a gradient: it would never be trained")
    student.prop(settle)(mine, double)
    student.calls.pop()  # not a call of the student's
    settle(theirs, double)
    mine.eval(), theirs.eval()
    return mine, theirs


def learns(module, other, *inputs):
    """The gradients of all parameters are the oracle's."""
    mirrors, leaves = module.mirrors(), dict(other.named_parameters())
    out, want = module(*inputs), other(*inputs)
    require(out.requires_grad, "the result is cut off from the computation graph: no gradient can flow")
    cotangent = torch.randn(want.shape, dtype=want.dtype)
    found = torch.autograd.grad((out * cotangent).sum(), list(mirrors.values()), allow_unused=True)
    wanted = torch.autograd.grad((want * cotangent).sum(), list(leaves.values()))
    expected = dict(zip(leaves, wanted, strict=True))
    for name, gradient in zip(mirrors, found, strict=True):
        require(gradient is not None, f"no gradient reaches {name}")
        assert_same(gradient, expected[name], about=f"the gradient of {name}")


@points(2)
def test_multi_head_attention(student):
    """every head attends with its own pieces, and the mask reaches all of them; gradients are right"""
    for D, heads in ((4, 1), (4, 2), (6, 3), (4, 4)):
        mine, theirs = pair(student, "MultiHeadAttention", Heads, D, heads)
        x = draw(2, 3, D)
        with unmodified(x):
            assert_same(mine(x), theirs(x))
        for mask in (
            torch.tensor([[1, 1, 0], [1, 0, 0]], dtype=torch.bool)[:, None, None],
            torch.ones(3, 3).tril().bool(),
        ):
            with unmodified(x, mask):
                assert_same(mine(x, mask), theirs(x, mask), about=f"with a mask of shape {tuple(mask.shape)}")
    promises(mine, theirs, (2, 3, 4))
    for other in (torch.ones(3, 3).tril().bool(), torch.ones(3, 3).triu().bool()):  # as many texts as places
        z = draw(3, 3, 4)
        assert_same(mine(z, other), theirs(z, other), about="with a mask (T, T) for N = T texts")
    apart = torch.stack(
        [torch.eye(3).bool(), torch.ones(3, 3).tril().bool(), torch.ones(3, 3).bool(), ~torch.eye(3).bool()]
    )
    for mask in (apart, apart[None], torch.stack([apart, apart.flip(0)])):  # every head has its own
        assert_same(mine(x[:, :, :4], mask), theirs(x[:, :, :4], mask), about="with a mask for each head")


def promises(mine, theirs, shape):
    """What both modules on vectors promise beside their values."""
    x, mask = draw(*shape), torch.tensor([[1, 1, 0], [1, 0, 0]], dtype=torch.bool)[:, None, None]
    for given in ((), (mask,)):
        assert_gradients(lambda z, g=given: mine(z, *g), lambda z, g=given: theirs(z, *g), x)
        learns(mine, theirs, x, *given)
    for z in (torch.zeros_like(x), x[:1], x[:1, :1]):
        assert_gradients(mine, theirs, z)
    for kind, other in layouts(x):
        assert_same(mine(other), theirs(other), about=f"with {kind} `x`")
    for other in (draw(1, 1, shape[2]), draw(1, 4, shape[2]), draw(3, 2, shape[2])):
        assert_same(mine(other), theirs(other), about=f"with `x` of shape {tuple(other.shape)}")
    for kind, other in layouts(mask):
        assert_same(mine(x, other), theirs(x, other), about=f"with {kind} `mask`")
    many, seen = draw(18, 20, shape[2]), draw_mask(18, 1, 1, 20)
    assert_same(mine(many, seen), theirs(many, seen), about="with 18 texts of 20 words")
    nothing = torch.zeros(3, dtype=torch.bool)
    assert_same(mine(x, nothing), theirs(x, nothing), about="with a mask without any True")


@points(2)
def test_encoder_layer(student):
    """attention and two linear layers, each behind its normalisation, are added to what came in; gradients are right"""
    for D, heads, hidden in ((4, 2, 6), (6, 3, 4), (4, 1, 4)):
        mine, theirs = pair(student, "EncoderLayer", Layer, D, heads, hidden)
        x, mask = draw(2, 3, D), torch.tensor([[1, 1, 0], [1, 0, 0]], dtype=torch.bool)[:, None, None]
        with unmodified(x, mask):
            assert_same(mine(x), theirs(x))
            assert_same(mine(x, mask), theirs(x, mask), about="with a mask")
    promises(mine, theirs, (2, 3, 4))


@points(1)
def test_positions(student):
    """row t has sine and cosine side by side, of t over 10000 to the power 2i / D"""
    for T, D in ((3, 4), (4, 2), (1, 6), (5, 8), (3, 130), (2000, 6)):
        places = student.positions(T, D)
        assert_same(places, waves(T, D).float(), atol=1e-3 if T > 100 else 1e-5)


# -- the classifier ----------------------------------------------------------------------------------


def texts(N: int, T: int, V: int) -> tuple[torch.Tensor, torch.Tensor]:
    """Random texts of random lengths, the last half as long as it could be, the first of full length."""
    lengths = torch.randint(1, T + 1, (N,))
    lengths[-1], lengths[0] = (T + 1) // 2, T
    mask = torch.arange(T) < lengths[:, None]
    return torch.randint(1, V, (N, T)) * mask, mask


@points(2)
def test_classifier(student):
    """vectors and places, the layers, the norm, the mean over the words, a linear layer; one after the other"""
    for V, D, C, options in (
        (9, 4, 3, {"heads": 2, "layers": 1}), (7, 6, 2, {"heads": 3, "layers": 2}), (5, 8, 4, {}),
    ):  # fmt: skip
        mine, theirs = pair(student, "TransformerClassifier", Classifier, V, D, C, **options)
        for N, T in ((1, 3), (3, 5), (2, 1), (18, 20)):
            ids, mask = texts(N, T, V)
            with unmodified(ids, mask), torch.no_grad():
                assert_same(mine(ids, mask), theirs(ids, mask), rtol=1e-5, atol=1e-5)
    mask = torch.tensor([[1, 1, 1, 1], [1, 0, 0, 0], [1, 1, 0, 0]], dtype=torch.bool)
    ids = torch.tensor([[1, 2, 3, 4], [2, 0, 0, 0], [4, 1, 0, 0]])
    loud, expected = pair(student, "TransformerClassifier", Classifier, 5, 4, 3, heads=2)
    student.prop(louder)(loud)
    student.calls.pop()  # not a call of the student's
    louder(expected)
    with torch.no_grad():
        assert_same(loud(ids, mask), expected(ids, mask), rtol=1e-5, about="with logits of 1000 and more")
    learns_about(mine, theirs, ids, mask)
    for (kind, a), (_, b) in zip(layouts(ids), layouts(mask), strict=True):
        assert_same(mine(a, b), theirs(a, b).detach(), rtol=1e-5, atol=1e-5, about=f"with {kind} `ids` and `mask`")
    mine, theirs = pair(student, "TransformerClassifier", Classifier, 9, 4, 3, heads=2, double=False)
    assert_same(mine(ids, mask).detach(), theirs(ids, mask).detach(), about="in float32")


def louder(model):
    """Runs on both sides: logits thousands of times as large."""
    with torch.no_grad():
        model.out.weight *= 5000.0


def learns_about(mine, theirs, ids, mask):
    """Every parameter has a gradient, as large as the oracle's (places may be float32, so nearly)."""
    mirrors, leaves = mine.mirrors(), dict(theirs.named_parameters())
    out = mine(ids, mask)
    require(out.requires_grad, "the logits are cut off from the computation graph: no gradient can flow")
    found = torch.autograd.grad(out.square().sum(), list(mirrors.values()), allow_unused=True)
    wanted = torch.autograd.grad(theirs(ids, mask).square().sum(), [leaves[name] for name in mirrors])
    for name, gradient, expected in zip(mirrors, found, wanted, strict=True):
        require(gradient is not None, f"no gradient reaches {name}")
        assert_same(gradient, expected, rtol=1e-4, atol=1e-4, about=f"the gradient of {name}")


@points(2)
def test_padding(student):
    """whatever stands under False, and however much of it, the logits stay the same, also where a text has no word"""
    mine, theirs = pair(student, "TransformerClassifier", Classifier, 9, 4, 3, heads=2, layers=2)
    near = {"rtol": 1e-5, "atol": 1e-5}
    with torch.no_grad():
        ids, mask = texts(3, 4, 9)
        mask[1:, 2:] = False
        plain = theirs(ids, mask)
        assert_same(mine(torch.where(mask, ids, 5), mask), plain, **near, about="with other ids under False")
        wide = torch.cat([ids, torch.full((3, 3), 7)], 1), torch.cat([mask, torch.zeros(3, 3, dtype=torch.bool)], 1)
        assert_same(mine(*wide), plain, **near, about="with three more columns of padding")
        anywhere = torch.tensor([[0, 1, 0, 1], [0, 0, 1, 1], [1, 0, 1, 0]], dtype=torch.bool)
        other = torch.randint(1, 9, (3, 4))
        assert_same(mine(other, anywhere), theirs(other, anywhere), **near, about="with padding before words")
        mask[0] = False
        logits = mine(ids, mask)
        require(bool(logits.isfinite().all()), "a text without any word must get finite logits", logits[:1])
        assert_same(logits, theirs(ids, mask), **near, about="with a text without any word")
        long_ids, long_mask = texts(1, 700, 9)
        assert_same(mine(long_ids, long_mask), theirs(long_ids, long_mask), **near, about="of a text of 700 words")


@points(1)
def test_dropout(student):
    """in training mode numbers are dropped from words and mean with probability p; in eval mode never"""
    mine, theirs = pair(student, "TransformerClassifier", Classifier, 9, 4, 3, heads=2, p=0.0)
    ids, mask = texts(3, 4, 9)
    mine.train()
    assert_same(
        mine(ids, mask).detach(), theirs(ids, mask).detach(), rtol=1e-5, atol=1e-5, about="in training mode, with p=0"
    )
    for options, p in (({}, 0.3), ({"p": 0.5}, 0.5)):
        mine, theirs = pair(student, "TransformerClassifier", Classifier, 9, 4, 3, heads=2, **options)
        ids, mask = torch.zeros(4000, 1, dtype=torch.int64), torch.ones(4000, 1, dtype=torch.bool)
        student.prop(flatten)(mine)
        student.calls.pop()  # not a call of the student's
        mine.train()
        mean = mine(ids, mask).detach()
        facts(student, mean, p)
        require(
            abs((mean[:, 0] == 0).double().mean().item() - p) < 0.05,
            f"with p={p}, a share of {p} of the mean must be 0 in training mode", (mean[:, 0] == 0).double().mean(), p,
        )  # fmt: skip
        kinds = mean[:, 0][mean[:, 0] != 0].unique()
        require(
            len(kinds) > 1,
            "no number of the words' vectors is dropped: without the mean's dropout all answers are alike",
        )
        student.prop(flatten)(mine, words=False)
        student.calls.pop()  # not a call of the student's
        mean = mine(ids[:400], mask[:400]).detach()
        kinds = mean[:, 0][mean[:, 0] != 0].round(decimals=3).unique()
        student.calls[-1].outcome, student.calls[-1].final = ("value", {"places too": len(kinds) > 1}, False), None
        require(
            len(kinds) > 1, "where all vectors are 0 nothing is dropped: it is the sum with the positions that drops"
        )
        mine.eval()
        assert_same(
            mine(ids[:5], mask[:5]).detach(), mine(ids[:1], mask[:1]).detach().expand(5, 3), about="in eval mode"
        )


def facts(student, mean, p):
    """Let the record of the last call keep what was dropped, and no random numbers."""
    dropped, kinds = (mean[:, 0] == 0).double().mean().item(), len(mean[:, 0][mean[:, 0] != 0].unique())
    student.calls[-1].outcome = ("value", {"dropped": abs(dropped - p) < 0.05, "words too": kinds > 1}, False)
    student.calls[-1].final = None


def flatten(model, words=True):
    """Runs where the model lives: layers that add nothing, and a logit that is the mean's first number.

    Without words every vector is 0, and only the positions are left.
    """
    with torch.no_grad():
        if not words:
            model.embed.weight.zero_()
        for layer in model.layers:
            for part in (layer.attend.out, layer.narrow):
                part.weight.zero_(), part.bias.zero_()
        model.out.weight.zero_(), model.out.bias.zero_()
        model.out.weight[0, 0] = 1.0


@points(1)
@forbids(
    "torch.nn.functional.scaled_dot_product_attention", "torch.nn.MultiheadAttention", "*.scaled_dot_product_attention",
    "*.MultiheadAttention", "*.multi_head_attention_forward", "torch.nn.TransformerEncoderLayer", "*.TransformerEncoderLayer",
    of=("attention", "MultiHeadAttention", "EncoderLayer", "TransformerClassifier"),
    operators=("aten.scaled_dot_product_attention.default", "aten._native_multi_head_attention.default"),
)  # fmt: skip
def test_written_by_hand(student):
    """attention is written out, not borrowed from PyTorch"""
    q = draw(1, 2, 4)
    student.attention(q, q, q)
    student.attention(q, q, q, torch.tensor([True, False]))
    student.MultiHeadAttention(4, 2)(q.float())
