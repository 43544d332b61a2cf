"""What the final project must do, stage by stage. The held-out labels never leave the judge, which does the counting.

Models, splits and trainings differ and may all be right, so what they answer says little about a mistake. The record
of a call therefore keeps, through `note`, the facts that the check found out: a known mistake is recognised anywhere.
"""

from collections import Counter
from functools import cache
from itertools import pairwise
from types import SimpleNamespace

import pytest
import torch
from torch import nn

from autograder.checking import (
    CheckFailure,
    CourseError,
    assert_left_alone,
    assert_number,
    assert_same,
    badge,
    datasets,
    difference,
    layouts,
    leaderboard,
    points,
    replayable,
    require,
    training,
    unmodified,
)

SECONDS = 120  #: for training both models, on one thread
#: how far below the linear model, in points, and the share of a model's two points that this earns
LADDER = ((2.0, 1.0), (4.0, 0.75), (8.0, 0.5), (20.0, 0.25))


def note(student, *roots: str, **facts):
    """Let the records of all calls of these definitions hold these facts instead of values; they decide the diagnosis."""
    for call in student.calls:
        if call.root in roots and call.outcome[0] == "value":
            call.outcome, call.final = ("value", facts, False), None


def numbers_drawn():
    """Runs over there: uses up random numbers of every generator that a program may have."""
    import random

    import numpy

    return random.random() + numpy.random.rand() + torch.rand(3).sum().item()


def words_of(text: str) -> tuple[str, ...]:
    """The words of a text, letter by letter."""
    return tuple("".join(letter if letter.isalnum() else " " for letter in text.lower()).split())


# -- stage 1: data -----------------------------------------------------------------------------------


def firsts(texts: list[str]) -> list[int]:
    """The indices of the texts that no earlier one equals, word by word."""
    found: dict[tuple[str, ...], int] = {}
    for index, text in enumerate(texts):
        found.setdefault(words_of(text), index)
    return list(found.values())


def parts_of(student, texts: list[str], share: float, seed: int) -> tuple[list[int], list[int]]:
    """The two lists of indices that the student's function gives."""
    found = student.split_texts(texts, share=share, seed=seed)
    assert_left_alone(student)
    require(isinstance(found, (tuple, list)) and len(found) == 2, "two lists of indices were expected", found)
    train, held_out = (part.tolist() if isinstance(part, torch.Tensor) else list(part) for part in found)
    fine = all(type(i) is int and 0 <= i < len(texts) for i in train + held_out)
    require(fine, "the parts are lists of indices into `texts`", found)
    return train, held_out


def scattered(indices: list[int]) -> bool:
    """Do more than two distances occur between neighbours, as they do where chance has chosen?"""
    order = sorted(indices)
    return len({b - a for a, b in pairwise(order)}) > 2


@points(1)
def test_split(student):
    """no text stands in both parts, not even with another comma; which are held out is a matter of the seed"""
    few = ["A cat sat.", "The dog ran", "a cat sat", "Birds sing!", "the dog, ran?", "A cat", "Birds sing!"]
    few += ["Ran the dog", "Thedog ran", "...", "?!"]  # the same letters in other words; no words, twice
    few += ["Don't!", "don t", "Dont", "tic_tac", "Tic-tac", "tictac", "le thé", "LE THÉ", "le th"]  # what is a letter
    many = [f"text {n % 135} of {'many' if n % 2 else 'MANY'}!" for n in range(180)]
    facts: dict = {}
    cases = (
        (few, 0.5),
        (few, 0.0),
        (few, 0.7),
        (few, 1.0),
        ([], 0.5),
        (["one"], 0.1),
        (many[:9], 0.5),
        (many[:9], 0.2),
        (many, 0.2445),
        (many, 0.23),
    )
    for texts, share in cases:
        different = firsts(texts)
        train, held_out = parts_of(student, texts, share, 0)
        first, count = sorted(train + held_out) == different, round(share * len(different))
        facts[f"{len(texts)} {share}"] = len(train + held_out), first, len(held_out)
        note(student, "split_texts", **facts)
        both = {words_of(texts[i]) for i in train} & {words_of(texts[i]) for i in held_out}
        require(not both, f"a text stands in both parts: {' '.join(min(both, default=()))!r}", (train, held_out))
        which = f"of {len(different)} different texts"
        require(first, f"{which} the first of each must be in one of the parts, and no other", (train, held_out))
        require(len(held_out) == count, f"share={share} {which} makes {count}, not {len(held_out)}", held_out)
    student.prop(numbers_drawn)()
    again, *others = (frozenset(parts_of(student, many, 0.23, seed)[1]) for seed in (0, 1, 42, 1000, 2**16, 2**31))
    facts |= {
        "again": again == {*held_out},
        "other": len({frozenset(held_out), *others}) == 1 + len(others),
        "chance": scattered(held_out),
    }
    note(student, "split_texts", **facts)
    require(facts["again"], "the same texts, share and seed gave other parts: draw by the seed, and by it alone")
    require(facts["other"], "another seed holds out the same texts: which ones must be a matter of chance")
    require(facts["chance"], "the texts held out stand in a row or at equal distances: that is not by chance", held_out)
    tenth = parts_of(student, many, 0.1, 0)[1]
    for left_out, said, given in (("share", 0.1, {"seed": 0}), ("seed", 0, {"share": 0.1})):
        facts[left_out] = {*student.split_texts(many, **given)[1]} == {*tenth}
        note(student, "split_texts", **facts)
        require(facts[left_out], f"with `{left_out}` left out it does not do as with {left_out}={said}")


# -- stage 2: vocabulary and batches -----------------------------------------------------------------

MICE = [["the", "cat", "saw", "the", "mouse"], ["the", "mouse", "saw", "a", "cat"], ["a", "mouse", "ran"]]


@points(1)
def test_vocab(student):
    """frequent words come first, the alphabet decides ties, rare words are left out, and what is unknown gets id 1"""
    vocab = student.Vocab.build(MICE)
    assert_left_alone(student)
    assert_same(vocab.encode(["mouse", "the", "a", "cat", "saw", "ran"]), [2, 3, 4, 5, 6, 7])
    assert_same(vocab.encode(["the", "dog", "dog"]), [3, 1, 1])
    assert_left_alone(student)
    assert_same(vocab.encode(["<pad>", "cat", "dog"]), [0, 5, 1])
    assert_same(len(vocab), 8)
    rare = student.Vocab.build([["b", "c", "a"], ["c", "b"], ["b", "d", "d"]], min_freq=2)
    assert_same(rare.encode(["a", "b", "c", "d"]), [1, 2, 3, 4])
    assert_same(len(rare), 5)
    often = student.Vocab.build([["b"] * 12 + ["a"] * 11], min_freq=12)
    assert_same(often.encode(["a"] * 600 + ["b"]), [1] * 600 + [2], about="of 601 words, where min_freq is 12")
    assert_same(student.Vocab.build([["y", "x", "x", "x"], ["y", "Z"]]).encode(["x", "y", "Z"]), [2, 3, 4])
    assert_same(student.Vocab.build([["b", "B", "a", "Z"]]).encode(["B", "Z", "a", "b"]), [2, 3, 4, 5])
    assert_same(len(student.Vocab.build([])), 2)
    again = "of a vocabulary, after others were built"
    assert_same(vocab.encode(["mouse", "b", "ran"]), [2, 1, 7], about=again)
    assert_same(len(vocab), 8, about=again)
    count = 50_001
    large = student.Vocab.build([[f"w{n:05}" for n in range(count)]])
    assert_same(large.encode(["w50000"]), [count + 1], about="of the last of 50,001 words")


class Lengths:
    """A vocabulary of ours: the id of a word is one more than its number of letters."""

    def encode(self, words):
        return [1 + len(word) for word in words]

    def __len__(self):
        return 20


@points(1)
def test_dataset(student):
    """example i is the ids of text i's words, at most max_len of them, with its label"""
    texts = ["A cat sat, on a mat.", "Birds!", "...", "Don't panic"]
    ids = [[2, 4, 4, 3, 2, 4], [6], [], [4, 2, 6]]
    vocab = student.prop(Lengths)()
    for max_len in (64, 4, 1):
        labels = torch.tensor([2, 0, 1, 1])
        with unmodified(labels):
            dataset = student.TextDataset(texts, labels, vocab, max_len=max_len)
        assert_left_alone(student)
        assert_same(len(dataset), 4)
        for index, label in ((0, 2), (3, 1), (2, 1), (1, 0)):
            example = dataset[index]
            require(isinstance(example, (tuple, list)) and len(example) == 2, "a pair: ids and a label", example)
            assert_same(example[0], torch.tensor(ids[index][:max_len], dtype=torch.int64), about="the ids")
            require(type(example[1]) is int, "the label is an int", example[1], label)
            assert_number(example[1], label, rtol=0, about="the label")
    long = student.TextDataset([" ".join(["sentence"] * 70)], labels[:1], vocab)
    assert_same(long[0][0], torch.full((64,), 9), about="the ids where `max_len` is left out")


@points(1)
def test_collate(student):
    """every text keeps its row, its words and its label; the mask is True for words; padding is 0 and at the end"""
    for lengths in ((2, 4, 1), (3,), (2, 0, 5, 3), (0, 0), (0,), (1, 1), (3, 1, 2), (40, 7, 60), (700, 2)):
        rows = [torch.randint(1, 9, (count,)) for count in lengths]
        for row in rows if lengths in ((3, 1, 2), (40, 7, 60)) else ():  # whatever its id, a word is a word
            row[::3], row[-1:] = 0, 0
        labels = torch.arange(len(lengths)) % 3
        ids = torch.zeros(len(lengths), max(1, *lengths), dtype=torch.int64)
        mask = torch.zeros(ids.shape, dtype=torch.bool)
        for n, row in enumerate(rows):
            ids[n, : len(row)], mask[n, : len(row)] = row, True
        with unmodified(*rows):
            found = student.collate([(row, int(label)) for row, label in zip(rows, labels, strict=True)])
        assert_left_alone(student)
        require(isinstance(found, (tuple, list)) and len(found) == 3, "ids, mask and labels were expected", found)
        for actual, expected, about in zip(found, (ids, mask, labels), ("ids", "mask", "labels"), strict=True):
            assert_same(actual, expected, about=about)


# -- stages 3 and 4: two models ----------------------------------------------------------------------

V, D, C = 40, 6, 4


def shake(model):
    """Runs where the model lives: draws all its parameters afresh, so that no cautious beginning hides what it does."""
    with torch.no_grad():
        for p in model.parameters():
            p.normal_(0, 1 / p[0].numel() ** 0.5 if p.dim() > 1 else 0.5)
        for part in model.modules():
            if getattr(part, "padding_idx", None) is not None:
                part.weight[part.padding_idx] = 0  # as in every training
    return "done"


def shaken(student, kind: str):
    """A model in eval mode with parameters as drawn by `shake`."""
    model = getattr(student, kind)(V, D, C)
    model.eval()
    logits_of(model, *draw((2, 3)))  # lazy layers have their parameters now
    student.prop(shake)(model)
    return model


def draw(lengths: tuple[int, ...]) -> tuple[torch.Tensor, torch.Tensor]:
    """Ids and mask of texts of these lengths; under the padding stands rubbish."""
    mask = torch.arange(max(lengths)) < torch.tensor(lengths)[:, None]
    return torch.stack([torch.randperm(V - 2)[: max(lengths)] + 2 for _ in lengths]), mask  # no word twice: order shows


def logits_of(model, ids: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
    """The logits, without a graph; a failure if they are not one for each text and class, or ids or mask were changed."""
    with torch.no_grad(), unmodified(ids, mask):
        logits = model(ids, mask)
    fine = isinstance(logits, torch.Tensor) and logits.is_floating_point()
    require(fine, "a floating-point tensor of logits was expected", logits)
    if tuple(logits.shape) != (len(ids), C):
        made = f"{len(ids)} texts and {C} classes make {(len(ids), C)} logits"
        raise CheckFailure(f"{made}, not {tuple(logits.shape)}", actual=logits)
    return logits


def alone(model, *rows: torch.Tensor) -> torch.Tensor:
    """The logits of texts without any padding, each asked by itself."""
    return torch.cat([logits_of(model, row[None], torch.ones(1, len(row), dtype=torch.bool)) for row in rows])


def close(one: torch.Tensor, other: torch.Tensor) -> bool:
    """Are two sets of logits equal up to rounding?"""
    margin = 1e-3 * float(other.nan_to_num().abs().max())
    return torch.allclose(one, other, rtol=0, atol=margin, equal_nan=True)


def in_any_memory(model, ids: torch.Tensor, mask: torch.Tensor) -> bool:
    """Are the logits those of the same values in one piece, however ids and mask lie in memory?"""
    given = [(other, mask) for _, other in layouts(ids)] + [(ids, other) for _, other in layouts(mask)]
    return all(close(logits_of(model, *pair), logits_of(model, *(x.contiguous() for x in pair))) for pair in given)


def learn(model, ids, mask, labels):
    """Runs where the model lives: a hundred steps for all of its parameters, without dropout."""
    optimizer = torch.optim.Adagrad(model.parameters(), 0.3)  # takes sparse gradients too
    for _ in range(120):
        optimizer.zero_grad()
        torch.nn.functional.cross_entropy(model(ids, mask), labels).backward()
        optimizer.step()
    return "done"


def hearts(student, kind: str) -> dict[str, bool]:
    """Can a model memorise which word has which class, and does its state_dict hold all that it learned?"""
    ids, labels = torch.arange(2, V)[:, None], torch.randint(C, (V - 2,))
    mask, models = torch.ones_like(ids, dtype=torch.bool), []
    for _ in range(2):
        models.append(getattr(student, kind)(V, 3, C))  # of three numbers a word: chance alone tells few words apart
        models[-1].eval()
        logits_of(models[-1], ids, mask)
    student.prop(learn)(models[0], ids, mask, labels)
    learned = logits_of(models[0], ids, mask)
    models[1].load_state_dict(models[0].state_dict())
    sizes = getattr(student, kind)(V, 11, C).state()["parameters"].values()
    ids, mask = draw((4, 2, 5))
    twins = [logits_of(model, ids, mask) for model in models]
    return {
        "learns": float((learned.argmax(1) == labels).double().mean()) > 0.9, "kept": close(*twins),
        "size": any(11 in p.shape for p in sizes),
    }  # fmt: skip


def blindness(model) -> tuple[dict[str, bool], list[torch.Tensor]]:
    """What is common to both models, as facts; and the words of three of the texts that were asked about."""
    ids, mask = draw((6, 3, 1, 5))
    texts = [row[kept] for row, kept in zip(ids, mask, strict=True)]
    each, padded = alone(model, *texts), logits_of(model, ids * mask, mask)
    wider = torch.cat([ids, ids.flip(1)], 1), torch.cat([mask, mask & False], 1)
    empty = logits_of(model, ids, mask & (torch.arange(4) != 2)[:, None])
    far = logits_of(model, *draw((9,) * 30)).double()
    long = torch.randint(2, V, (12, 90))
    others = torch.cat([long[:, :-10], (long[:, -10:] - 1) % (V - 2) + 2], 1)  # no word stays the same
    whole = torch.ones_like(long, dtype=torch.bool)
    longer = torch.randint(2, V, (4, 1200))
    half = torch.cat([longer[:, :600], (longer[:, 600:] - 1) % (V - 2) + 2], 1)
    all_of_it = torch.ones_like(longer, dtype=torch.bool)
    facts = {
        "finite": bool(far.isfinite().all()), "empty": bool(empty.isfinite().all()), "zeros": close(padded, each),
        "rubbish": close(logits_of(model, ids, mask), padded), "wider": close(logits_of(model, *wider), each),
        "logits": bool((far < 0).any()) or not torch.allclose(far.sum(1), torch.ones(30, dtype=torch.float64), atol=1e-3),
        "words": not close(far[1:], far[:-1]),
        "long": not close(logits_of(model, long, whole), logits_of(model, others, whole)), "memory": in_any_memory(model, ids, mask),
        "longer": not close(logits_of(model, longer, all_of_it), logits_of(model, half, all_of_it)),
    }  # fmt: skip
    return facts, texts[:3]


COMMON = {
    "finite": "every logit must be finite",
    "logits": "every row is positive and sums to 1: these are probabilities; cross-entropy does the softmax",
    "words": "thirty different texts have the same logits: where do the words come in?",
    "long": "in texts of 90 words the last ten are exchanged for others, and no logit changes: no text is too long",
    "longer": "in texts of 1200 words the second half is exchanged for others, and no logit changes: no text is too long",
    "zeros": "the logits of a text in a batch are not those it has alone: padding takes part",
    "rubbish": "the ids that stand where the mask is False change the logits: trust the mask, not the ids",
    "wider": "six more columns of padding change the logits",
    "empty": "the logits of a text without words are not finite",
    "memory": "ids or mask that lie otherwise in memory, transposed for one, have other logits",
    "learns": "trained by its parameters it cannot learn which word has which class: are the words' vectors among them?",
    "size": "with D = 11 no parameter has an axis of 11: how large is the vector of a word?",
    "kept": "a new model that loads the state_dict has other logits: something learned is not in it",
}


def insist(student, root: str, facts: dict[str, bool], sentences: dict[str, str]) -> None:
    """Put the facts on record; the first that does not hold fails the check with its sentence."""
    note(student, root, **facts)
    about = next((call for call in student.calls if call.label == root), None)
    for fact, sentence in sentences.items():
        require(facts[fact], sentence, record=about)


@points(2)
def test_bag(student):
    """the bag is blind to padding and to the order of words, a mean and no sum, and finite for a text without words"""
    model = shaken(student, "BagOfEmbeddings")
    facts, texts = blindness(model)
    each = alone(model, *texts)
    facts["order"] = close(alone(model, *[text.flip(0) for text in texts]), each)
    facts["twice"] = close(alone(model, *[text.repeat(2) for text in texts]), each)
    often = [torch.cat([text, text[:1].repeat(len(text))]) for text in texts[:2]]
    facts["often"] = not close(alone(model, *often), each[:2])
    own = {
        "order": "a text read backwards has other logits: a bag does not know the order of its words",
        "twice": "a text and the same text twice over have different logits: this is no mean of the words",
        "often": "a text's first word comes several times more, and no logit changes: in a mean that word weighs more",
    }
    insist(student, "BagOfEmbeddings", facts | hearts(student, "BagOfEmbeddings"), COMMON | own)


@points(2)
def test_cnn(student):
    """the TextCNN is blind to padding but not to the order of words, and takes texts of any length, also without words"""
    model = shaken(student, "TextCNN")
    facts, _ = blindness(model)
    ids, mask = draw((9,) * 12)
    base = logits_of(model, ids, mask)
    orders = {"beginning": [1, 0, 2, 3, 4, 5, 6, 7, 8], "end": [0, 1, 2, 3, 4, 5, 6, 8, 7]}
    facts |= {place: not close(logits_of(model, ids[:, order], mask), base) for place, order in orders.items()}
    own = {at: f"two words at the {at} change places in twelve texts, and no logit changes" for at in orders}
    insist(student, "TextCNN", facts | hearts(student, "TextCNN"), COMMON | own)


# -- stage 5: training -------------------------------------------------------------------------------


RECIPE = ("seed", "share", "min_freq", "max_len", "width", "epochs", "batch", "rate")


class Training:
    """A configuration of the student's, and what came of the training.

    Args:
        classes: how many; the other options are those of `Config`.
    """

    def __init__(self, student, texts, labels, classes: int = 2, **options):
        self.asked = {"texts": list(texts), "labels": labels, "classes": classes, **options}
        self.cfg = student.Config(**self.asked)
        self.asked |= {name: getattr(self.cfg, name, None) for name in RECIPE}
        self.result = student.train(self.cfg)
        self.held_out, self.history = list(self.result.held_out), list(self.result.history)

    def holds(self, cfg) -> bool:
        """Does a configuration hold what was asked for?"""
        return all(difference(getattr(cfg, name, None), value) is None for name, value in self.asked.items())

    def is_blind_to_order(self) -> bool:
        """Has the model the same logits for texts read backwards?"""
        ids = torch.tensor([self.result.vocab.encode(text.split()) for text in self.asked["texts"][:50]])
        self.result.model.eval()
        with torch.no_grad():
            one, other = (self.result.model(given, torch.ones_like(given).bool()) for given in (ids, ids.flip(1)))
        return close(one, other)

    def pairs_with_first_labels(self, student) -> bool:
        """Has it learned the labels of the first texts for those that split_texts keeps?"""
        kept, _ = parts_of(student, self.asked["texts"], 0.1, 0)
        predicted, _ = student.predict(self.result, [self.asked["texts"][i] for i in kept])
        return float((predicted == self.asked["labels"][: len(kept)]).double().mean()) > 0.75


@points(1)
@replayable
@training(seconds=SECONDS)
def test_held_out(student):
    """what split_texts holds out gives no word to the vocabulary; the rest does, from min_freq on; cfg stays as it was"""
    texts, labels = datasets.load("texts").toys(61, "bag")
    again = [*texts, *texts[:20]], torch.cat([labels, labels[:20]])
    it = Training(student, *again, kind="bag", seed=5, share=0.25, min_freq=2)
    held_out = it.held_out
    vocab = it.result.vocab
    known, rare = ([k > 1 for k in vocab.encode([f"{word}{n}" for n in range(61)])] for word in ("own", "rare"))
    split = parts_of(student, again[0], 0.25, 5)[1]
    facts = {
        "count": len(held_out) == 15, "first": sorted({i % 61 for i in held_out}) == sorted(held_out),
        "apart": not any(known[i % 61] for i in held_out),
        "all": all(known[i] for i in range(61) if i not in held_out), "frequent": not any(rare),
        "history": bool(it.history) and all(is_count(share, 15) for share in it.history),
        "split": {*held_out} == {*split}, "cfg": it.holds(it.cfg), "asked": it.holds(it.result.cfg),
    }  # fmt: skip
    note(student, "split_texts")
    sentences = {
        "count": f"share=0.25 of 61 different texts makes 15 held-out ones, not {len(held_out)}",
        "first": "held_out must hold the index of the first of equal texts, and each only once",
        "apart": "the vocabulary knows words that only held-out texts have: it was built from too much",
        "all": "the vocabulary lacks words that texts in training have, often enough for min_freq",
        "frequent": "the vocabulary has words that occur less often than min_freq",
        "history": "history holds one number an epoch, the share of the 15 held-out texts that is right",
        "split": "held_out is not what split_texts says for cfg.texts, cfg.share and cfg.seed",
        "cfg": "the configuration is another one after the training: it must stay as it was",
        "asked": "the configuration in the result is not the one that was asked for",
    }
    insist(student, "train", facts, sentences)


def is_count(share, of: int) -> bool:
    """Is this a number in [0, 1], and so many of `of`?"""
    return isinstance(share, float | int) and 0 <= share <= 1 and abs(share * of - round(share * of)) < 1e-3


@points(2)
@replayable
@training(seconds=SECONDS)
def test_unseen(student):
    """a class of held-out texts alone is never learned, every text in training is, and history counts what is right"""
    texts, labels = datasets.load("texts").toys(280, "bag")
    texts = [f"{text} odd odd odd" if n % 2 else text for n, text in enumerate(texts)]
    new, texts, labels = texts[:40], texts[40:], labels[40:]
    split = parts_of(student, texts, 0.5, 1)[1]
    labels[[i for i in split if i % 2]] = 2  # of those held out "odd" tells the class, and of no others
    it = Training(student, texts, labels, classes=4, kind="bag", seed=1, share=0.5)
    _, probabilities = student.predict(it.result, new)
    note(student, "predict", "split_texts")
    fine = isinstance(probabilities, torch.Tensor) and probabilities.shape == (40, 4)
    require(fine, "40 texts and classes=4 make (40, 4) probabilities", probabilities)
    learned = float(probabilities[1::2, 2].mean() - probabilities[::2, 2].mean())
    best = max(it.history, default=0.0)
    ignored, copied = influence(student)
    note(student, "predict", "split_texts")
    facts = {"unseen": learned < 0.2, "honest": learned >= 0.2 or best < 0.75, "all": not ignored, "copies": not copied}
    sentences = {
        "unseen": f"texts with the word `odd` get {learned:.0%} more of class 2; only held-out texts say so",
        "honest": f"history tells of {best:.0%}, but half of the held-out texts are of a class that no other text has",
        "all": f"nine of twelve texts are trained with; {ignored} of them may have the other label, and the model is the same",
        "copies": "the labels of copies, which split_texts leaves out, decide what the model is",
    }
    insist(student, "train", facts, sentences)


TWELVE = [
    f"{word} {place}" for word in ("good", "bad") for place in ("here", "there", "then", "once", "often", "still")
]


def influence(student) -> tuple[int, bool]:
    """How many of nine texts in training have labels that do not matter, and whether those of left-out copies do."""
    texts, labels = [*TWELVE, *(text.upper() for text in TWELVE)], (torch.arange(24) // 6) % 2

    def trained(*flipped: int) -> torch.Tensor:
        changed = labels.clone()
        changed[list(flipped)] = 1 - changed[list(flipped)]
        it = Training(student, texts, changed, kind="bag", seed=3, share=0.25)
        return student.predict(it.result, TWELVE)[1]

    base = trained()
    kept, _ = parts_of(student, texts, 0.25, 3)
    ignored = sum(torch.equal(trained(i), base) for i in kept)
    return ignored, float((trained(*range(12, 24)) - base).abs().max()) > 1e-4


@points(1)
@replayable
@training(seconds=SECONDS)
def test_same_seed(student):
    """the same configuration ends with the same model, whatever was drawn at random before; another seed with another"""
    texts, labels = datasets.load("texts").toys(150, "cnn")
    answers = []
    for _ in range(2):
        it = Training(student, texts, labels, kind="cnn")
        answers.append(student.predict(it.result, texts[:40])[1])
        student.prop(numbers_drawn)()
    gap = float((answers[0] - answers[1]).abs().max())
    facts = {"same": gap < 1e-4, "other": gap >= 1e-4 or differ(student, *seeds_with_equal_parts(student))}
    note(student, "predict", "split_texts")
    sentences = {
        "same": f"two trainings with one and the same configuration give probabilities that differ by up to {gap:.2g}: some "
        "of the chance in there (the first weights, the order of the texts, dropout) is not decided by the seed",
        "other": "two seeds that hold out the same texts end with one and the same model: the seed decides nothing else",
    }
    insist(student, "train", facts, sentences)


FOUR = ["good then", "bad once", "good here", "bad often"]


def seeds_with_equal_parts(student) -> list[int]:
    """Two seeds for which split_texts deals four texts out to the same two lists; there are twelve pairs of such."""
    seen: dict[tuple, int] = {}
    for seed in range(25):
        train, held_out = parts_of(student, FOUR, 0.5, seed)
        other = seen.setdefault((*train, *held_out), seed)
        if other != seed:
            return [other, seed]
    return []


def differ(student, *seeds: int) -> bool:
    """Do trainings with these seeds end with different models?"""
    labels, found = torch.tensor([0, 1, 0, 1]), []
    for seed in seeds:
        it = Training(student, FOUR, labels, kind="bag", seed=seed, share=0.5)
        found.append(student.predict(it.result, FOUR)[1])
    return not seeds or not torch.equal(*found)


@points(1)
@replayable
@training(seconds=SECONDS)
def test_learns(student):
    """the bag learns which word tells, the TextCNN learns in which order two words come, and both get new texts right"""
    shares, facts = {}, {}
    for kind, count in (("bag", 500), ("cnn", 1000)):
        texts, labels = datasets.load("texts").toys(count, kind)
        order = 100 + labels[100:].argsort(stable=True)  # as many a file is: one class after the other
        it = Training(student, [texts[i] for i in order], labels[order], kind=kind)
        size = len(it.result.vocab)
        predicted, _ = student.predict(it.result, texts[:100])
        shares[kind] = float((predicted == labels[:100]).double().mean())
        facts |= {kind: shares[kind] >= 0.9, f"vocab {kind}": len(it.result.vocab) == size}
        facts[f"history {kind}"] = not facts[kind] or max(it.history, default=0) > 0.7
        if kind == "bag":
            facts |= {"order": it.is_blind_to_order(), "pairs": it.pairs_with_first_labels(student)}
    note(student, "predict", "split_texts")
    tasks = {"bag": "one of two words", "cnn": "the order of two words"}
    sentences = {
        kind: f"{shares[kind]:.0%} of 100 new texts are right for kind={kind!r}; {task} tells the class"
        for kind, task in tasks.items()
    }
    sentences["order"] = "what was trained for kind='bag' tells texts read backwards from others: this is no bag"
    sentences |= {
        f"history {kind}": "nine in ten new texts are right, and history never was above 0.7" for kind in tasks
    }
    sentences |= {
        f"vocab {kind}": "the vocabulary has another size after predict: it must stay as it was" for kind in tasks
    }
    insist(student, "train", facts, sentences)


# -- stages 6 and 7: prediction, evaluation, report --------------------------------------------------


def counting(classes):
    """A model of ours: logits count the words whose id leaves c when divided by C; in training mode the other way round."""

    class Counting(nn.Module):
        def __init__(self):
            super().__init__()
            self.scale = nn.Parameter(torch.tensor(1.5))

        def forward(self, ids, mask):
            found = torch.stack([((ids % classes == c) & mask).sum(1) for c in range(classes)], 1)
            logits = self.scale * found + 0.1 * torch.arange(classes)
            return -logits if self.training else logits

    return Counting()


@points(1)
def test_predict(student):
    """predict gives every text, in its place, the softmax of the model in eval mode; also to an empty one, and to none"""
    some = ["a bb ccc dddd", "eeeee", "", "ff ggggg, hh!", "a b c dd", "iii jjj kkk"]
    vocab, over_there = student.prop(Lengths)(), student.prop(counting)
    for classes, texts in ((3, some), (2, [some[n % 6] for n in range(301)]), (3, []), (2, some[1:2])):
        model = over_there(classes)
        model.mirrors()  # else a graph would not show over here
        cfg = student.Config(texts=[], labels=torch.zeros(0, dtype=torch.int64), classes=classes)
        result = student.Result(cfg, model, vocab)
        counts = [[sum((1 + len(w)) % classes == c for w in words_of(text)) for c in range(classes)] for text in texts]
        logits = 1.5 * torch.tensor(counts).reshape(-1, classes) + 0.1 * torch.arange(classes)
        model.train()
        found = student.predict(result, texts)
        assert_left_alone(student)
        require(isinstance(found, (tuple, list)) and len(found) == 2, "two tensors: labels and probabilities", found)
        assert_same(found[0], logits.argmax(1), about="the labels")
        assert_same(found[1], logits.softmax(1), about="the probabilities", dtype=False)
        require(not found[1].requires_grad, "the probabilities carry the graph of the whole model with them")


def counted(predicted: torch.Tensor, labels: torch.Tensor, classes: int) -> SimpleNamespace:
    """The measures, counted one by one."""
    pairs = list(zip(labels.tolist(), predicted.tolist(), strict=True))
    often = Counter(pairs)
    cm = [[often[truth, answer] for answer in range(classes)] for truth in range(classes)]
    f1 = []
    for c in range(classes):
        either = sum(c == truth for truth, _ in pairs) + sum(c == answer for _, answer in pairs)
        f1.append(2 * cm[c][c] / either if either else 0.0)
    return SimpleNamespace(acc=sum(a == b for a, b in pairs) / len(pairs), macro_f1=sum(f1) / classes, cm=cm)


def answers(count: int, classes: int) -> tuple[torch.Tensor, torch.Tensor]:
    """(predicted, labels), (count,) each: the classes are of very different size, and a third of the answers is wrong."""
    labels = (classes * torch.rand(count) ** 2).long()
    return torch.where(torch.rand(count) < 0.35, (labels + 1 + (torch.rand(count) < 0.3)) % classes, labels), labels


def compare(found, expected: SimpleNamespace, names: tuple[str, ...]) -> None:
    """Numbers in a dict are the expected ones."""
    require(isinstance(found, dict), "a dict was expected", found)
    for name in names:
        require(name in found, f"the dict has no {name!r}", sorted(found))
        assert_number(found[name], getattr(expected, name), rtol=1e-5, about=repr(name))


ONE = torch.tensor([1]), torch.tensor([0])
HAM = torch.tensor([0, 0, 0, 0, 0]), torch.tensor([0, 0, 1, 0, 0])


@points(1)
def test_evaluate(student):
    """accuracy, macro-F1 and confusion matrix are those of counting; every class counts, however rare"""
    for classes, (predicted, labels) in (
        (2, HAM),
        (3, answers(30, 3)),
        (4, (HAM[1], HAM[0])),
        (5, answers(40, 5)),
        (20, answers(300, 20)),
        (2, answers(2100, 2)),
        (2, ONE),
    ):
        with unmodified(predicted, labels):
            found = student.evaluate(predicted, labels, classes)
        expected = counted(predicted, labels, classes)
        compare(found, expected, ("acc", "macro_f1"))
        assert_same(found.get("cm"), torch.tensor(expected.cm), about="'cm'")


def plain(value) -> bool:
    """Could `json.dump` write this as it is?"""
    if isinstance(value, dict):
        return all(type(key) is str and plain(part) for key, part in value.items())
    if isinstance(value, (list, tuple)):
        return all(map(plain, value))
    return value is None or type(value) in (bool, int, float, str)


@points(1)
def test_report(student):
    """the report has all that is asked for, in plain numbers and texts: also what guessing gets, and the worst mix-up"""
    names = ["ham", "spam", "eggs", "toast", *(f"dish {number}" for number in range(4, 20))]
    perfect, many = torch.tensor([0, 1, 1, 2]), torch.arange(400) % 3
    nearly = torch.where(torch.arange(400) == 7, 2, many)  # one mistake
    cases = (
        (2, HAM),
        (3, answers(30, 3)),
        (4, answers(60, 4)),
        (20, answers(300, 20)),
        (3, (perfect, perfect)),
        (2, ONE),
        (3, (nearly, many)),
    )
    for classes, (predicted, labels) in cases:
        found = student.report(predicted, labels, names[:classes])
        assert_left_alone(student)
        expected = counted(predicted, labels, classes)
        rows = [sum(row) for row in expected.cm]
        expected.texts, expected.majority = len(labels), max(rows) / len(labels)
        compare(found, expected, ("texts", "acc", "macro_f1", "majority"))
        require(plain(found), "json.dump cannot write this: use int, float, str, lists and dicts, no tensors", found)
        assert_same(found.get("cm"), expected.cm, about="'cm'")
        mistakes = {(t, p): n for t, row in enumerate(expected.cm) for p, n in enumerate(row) if n and t != p}
        worst = [[names[t], names[p], n] for (t, p), n in mistakes.items() if n == max(mistakes.values())]
        said = found.get("most_confused", "nothing")
        right = list(said) in worst if isinstance(said, (list, tuple)) else said is None and not worst
        require(right, "most_confused: the true class, the predicted one, how often", said, worst[0] if worst else None)


@cache
def linear(name: str, seed: int) -> float:
    """The accuracy of logistic regression on TF-IDF vectors, in percent."""
    module = datasets.load("texts")
    texts = module.disguised(name, seed)
    return 100 * float((module.yardstick(texts) == texts.test_labels).double().mean())


@points(4)
@training(seconds=SECONDS)
def test_corpus(student, data):
    """on held-out texts both models are at most two points below logistic regression on TF-IDF"""
    seed = int(torch.randint(2**31, ()))
    try:
        texts = datasets.load("texts").disguised(data, seed)
    except CourseError as error:
        pytest.skip(str(error))
    goal = linear(data, seed)
    student.allow_seconds(SECONDS)
    found, earned, best = {}, 0.0, {}
    for kind in ("bag", "cnn"):
        train_texts, classes = list(texts.train_texts), len(texts.names)
        cfg = student.Config(texts=train_texts, labels=texts.train_labels, classes=classes, kind=kind, seed=0)
        predicted, _ = student.predict(student.train(cfg), list(texts.test_texts))
        fine = isinstance(predicted, torch.Tensor) and predicted.shape == texts.test_labels.shape
        require(fine, "every held-out text needs one label", predicted)
        measures = counted(predicted, texts.test_labels, classes)
        found[kind] = 100 * measures.acc
        best = max(best, {"acc": measures.acc, "macro_f1": measures.macro_f1}, key=lambda m: m.get("acc", 0))
        earned += 2 * next((share for below, share in LADDER if found[kind] >= goal - below), 0.0)
    leaderboard(f"{data}: accuracy of the better model", best["acc"])
    leaderboard(f"{data}: macro-F1 of the better model", best["macro_f1"])
    leaderboard(f"{data}: points above the linear model", max(found.values()) - goal)
    if max(found.values()) > goal:
        badge(f"better than the linear model on {data}")
    if earned < 4:
        raise CheckFailure(
            f"of {len(texts.test_labels):,} held-out texts the bag gets {found['bag']:.1f} % right and the TextCNN "
            f"{found['cnn']:.1f} %; logistic regression on TF-IDF gets {goal:.1f} %, and full points begin two below",
            points=earned,
        )
