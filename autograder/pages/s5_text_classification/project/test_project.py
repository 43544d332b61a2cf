"""What the final project must do, stage by stage. The held-out labels never leave the judge, which does the counting.

Models, splits and trainings differ and may all be right, so what they answer says little about a mistake. The record
of a call therefore keeps, through `note`, the facts that the check found out: a known mistake is recognised anywhere.
"""

from collections import Counter
from functools import cache
from types import SimpleNamespace

import pytest
import torch
from torch import nn

from autograder.checking import (
    CheckFailure,
    CourseError,
    assert_number,
    assert_same,
    badge,
    datasets,
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
    require(isinstance(found, (tuple, list)) and len(found) == 2, "two lists of indices were expected", found)
    train, held_out = (part.tolist() if isinstance(part, torch.Tensor) else list(part) for part in found)
    fine = all(type(i) is int and 0 <= i < len(texts) for i in train + held_out)
    require(fine, "the parts are lists of indices into `texts`", found)
    return train, held_out


@points(1)
def test_split(student):
    """no text stands in both parts, not even with another comma; which are held out is a matter of the seed"""
    few = ["A cat sat.", "The dog ran", "a cat sat", "Birds sing!", "the dog, ran?", "A cat", "Birds sing!"]
    many = [f"text {n % 45} of {'many' if n % 2 else 'MANY'}!" for n in range(60)]
    facts: dict = {}
    for texts, share in ((few, 0.5), (few, 0.0), (many, 0.2)):
        different = firsts(texts)
        train, held_out = parts_of(student, texts, share, 0)
        first, count = sorted(train + held_out) == different, round(share * len(different))
        facts[f"{len(texts)} {share}"] = len(train + held_out), first, len(held_out) == count
        note(student, "split_texts", **facts)
        both = {words_of(texts[i]) for i in train} & {words_of(texts[i]) for i in held_out}
        require(not both, f"a text stands in both parts: {' '.join(min(both, default=()))!r}", (train, held_out))
        which = f"of {len(different)} different texts"
        require(first, f"{which} the first of each must be in one of the parts, and no other", (train, held_out))
        require(len(held_out) == count, f"share={share} {which} makes {count}, not {len(held_out)}", held_out)
    student.prop(numbers_drawn)()
    again, other = (set(parts_of(student, many, 0.2, seed)[1]) for seed in (0, 1))
    note(student, "split_texts", **facts, again=again == {*held_out}, other=other != {*held_out})
    require(again == {*held_out}, "the same texts, share and seed gave other parts: draw by the seed, and by it alone")
    require(other != {*held_out}, "another seed holds out the same texts: which ones must be a matter of chance")


# -- stage 2: vocabulary and batches -----------------------------------------------------------------

MICE = [["the", "cat", "saw", "the", "mouse"], ["the", "mouse", "saw", "a", "cat"], ["a", "mouse", "ran"]]


@points(1)
def test_vocab(student):
    """frequent words come first, the alphabet decides ties, rare words are left out, and what is unknown gets id 1"""
    vocab = student.Vocab.build(MICE)
    assert_same(vocab.encode(["mouse", "the", "a", "cat", "saw", "ran"]), [2, 3, 4, 5, 6, 7])
    assert_same(vocab.encode(["the", "dog", "dog"]), [3, 1, 1])
    assert_same(vocab.encode(["<pad>", "cat"]), [0, 5])
    assert_same(len(vocab), 8)
    rare = student.Vocab.build([["b", "c", "a"], ["c", "b"], ["b"]], min_freq=2)
    assert_same(rare.encode(["a", "b", "c"]), [1, 2, 3])
    assert_same(len(rare), 4)


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
    for max_len in (64, 4):
        dataset = student.TextDataset(texts, torch.tensor([2, 0, 1, 1]), vocab, max_len=max_len)
        assert_same(len(dataset), 4)
        for index, label in ((0, 2), (3, 1), (2, 1), (1, 0)):
            example = dataset[index]
            require(isinstance(example, (tuple, list)) and len(example) == 2, "a pair: ids and a label", example)
            assert_same(example[0], torch.tensor(ids[index][:max_len], dtype=torch.int64), about="the ids")
            assert_number(example[1], label, rtol=0, about="the label")


@points(1)
def test_collate(student):
    """every text keeps its row, its words and its label; the mask is True for words; padding is 0 and at the end"""
    for lengths in ((2, 4, 1), (3,), (2, 0, 5, 3), (0, 0)):
        rows = [torch.randint(1, 9, (count,)) for count in lengths]
        labels = torch.arange(len(lengths)) % 3
        ids = torch.zeros(len(lengths), max(1, *lengths), dtype=torch.int64)
        mask = torch.zeros(ids.shape, dtype=torch.bool)
        for n, row in enumerate(rows):
            ids[n, : len(row)], mask[n, : len(row)] = row, True
        found = student.collate([(row, int(label)) for row, label in zip(rows, labels, strict=True)])
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
    """The logits, without a graph; a failure if they are not one for each text and class."""
    with torch.no_grad():
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


def blindness(model) -> tuple[dict[str, bool], list[torch.Tensor]]:
    """What is common to both models, as facts; and the words of three of the texts that were asked about."""
    ids, mask = draw((6, 3, 1, 5))
    texts = [row[kept] for row, kept in zip(ids, mask, strict=True)]
    each, padded = alone(model, *texts), logits_of(model, ids * mask, mask)
    wider = torch.cat([ids, ids.flip(1)], 1), torch.cat([mask, mask & False], 1)
    empty = logits_of(model, ids, mask & (torch.arange(4) != 2)[:, None])
    far = logits_of(model, *draw((9,) * 30)).double()
    facts = {
        "finite": bool(far.isfinite().all()), "empty": bool(empty.isfinite().all()), "zeros": close(padded, each),
        "rubbish": close(logits_of(model, ids, mask), padded), "wider": close(logits_of(model, *wider), each),
        "logits": bool((far < 0).any()) or not torch.allclose(far.sum(1), torch.ones(30, dtype=torch.float64), atol=1e-3),
        "words": not close(far[1:], far[:-1]),
    }  # fmt: skip
    return facts, texts[:3]


COMMON = {
    "finite": "every logit must be finite",
    "logits": "every row is positive and sums to 1: these are probabilities; cross-entropy does the softmax",
    "words": "thirty different texts have the same logits: where do the words come in?",
    "zeros": "the logits of a text in a batch are not those it has alone: padding takes part",
    "rubbish": "the ids that stand where the mask is False change the logits: trust the mask, not the ids",
    "wider": "six more columns of padding change the logits",
    "empty": "the logits of a text without words are not finite",
}


def insist(student, root: str, facts: dict[str, bool], sentences: dict[str, str]) -> None:
    """Put the facts on record; the first that does not hold fails the check with its sentence."""
    note(student, root, **facts)
    for fact, sentence in sentences.items():
        require(facts[fact], sentence)


@points(2)
def test_bag(student):
    """the bag is blind to padding and to the order of words, a mean and no sum, and finite for a text without words"""
    model = shaken(student, "BagOfEmbeddings")
    facts, texts = blindness(model)
    each = alone(model, *texts)
    facts["order"] = close(alone(model, *[text.flip(0) for text in texts]), each)
    facts["twice"] = close(alone(model, *[text.repeat(2) for text in texts]), each)
    own = {
        "order": "a text read backwards has other logits: a bag does not know the order of its words",
        "twice": "a text and the same text twice over have different logits: this is no mean of the words",
    }
    insist(student, "BagOfEmbeddings", facts, COMMON | own)


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
    insist(student, "TextCNN", facts, COMMON | own)


# -- stage 5: training -------------------------------------------------------------------------------


def trained(student, texts, labels, **options):
    """The result of a training with two classes."""
    return student.train(student.Config(texts=list(texts), labels=labels, classes=2, **options))


@points(1)
@replayable
@training(seconds=SECONDS)
def test_held_out(student):
    """the share that is held out gives no word to the vocabulary; the rest does, from min_freq on"""
    texts, labels = datasets.load("texts").toys(60, "bag")
    again = [*texts, *texts[:20]], torch.cat([labels, labels[:20]])
    result = trained(student, *again, kind="bag", share=0.25, min_freq=2)
    held_out, history = list(result.held_out), list(result.history)
    known, rare = ([k != 1 for k in result.vocab.encode([f"{word}{n}" for n in range(60)])] for word in ("own", "rare"))
    facts = {
        "count": len(held_out) == 15, "first": sorted({i % 60 for i in held_out}) == sorted(held_out),
        "apart": not any(known[i % 60] for i in held_out),
        "all": all(known[i] for i in range(60) if i not in held_out), "frequent": not any(rare),
        "history": bool(history) and all(0 <= share <= 1 for share in history),
    }  # fmt: skip
    sentences = {
        "count": f"share=0.25 of 60 different texts makes 15 held-out ones, not {len(held_out)}",
        "first": "held_out must hold the index of the first of equal texts, and each only once",
        "apart": "the vocabulary knows words that only held-out texts have: it was built from too much",
        "all": "the vocabulary lacks words that texts in training have, often enough for min_freq",
        "frequent": "the vocabulary has words that occur less often than min_freq",
        "history": "history holds one number an epoch, the share of held-out texts that is right",
    }
    insist(student, "train", facts, sentences)


@points(1)
@replayable
@training(seconds=SECONDS)
def test_same_seed(student):
    """the same configuration ends with the same model, whatever was drawn at random before"""
    texts, labels = datasets.load("texts").toys(150, "cnn")
    answers = []
    for _ in range(2):
        result = trained(student, texts, labels, kind="cnn", seed=3)
        answers.append(student.predict(result, texts[:40])[1])
        student.prop(numbers_drawn)()
    gap = float((answers[0] - answers[1]).abs().max())
    note(student, "predict")
    note(student, "train", same=gap < 1e-4)
    if not gap < 1e-4:
        raise CheckFailure(
            f"two trainings with one and the same configuration give probabilities that differ by up to {gap:.2g}: some "
            "of the chance in there (the first weights, the order of the texts, dropout) is not decided by the seed"
        )


@points(1)
@replayable
@training(seconds=SECONDS)
def test_learns(student):
    """the bag learns which word tells, the TextCNN learns in which order two words come, and both get new texts right"""
    facts = {}
    for kind, count in (("bag", 500), ("cnn", 1000)):
        texts, labels = datasets.load("texts").toys(count, kind)
        result = trained(student, texts[100:], labels[100:], kind=kind)
        predicted, _ = student.predict(result, texts[:100])
        facts[kind] = float((predicted == labels[:100]).double().mean())
    note(student, "predict")
    note(student, "train", **{kind: share >= 0.9 for kind, share in facts.items()})
    for kind, share in facts.items():
        task = "one of two words" if kind == "bag" else "the order of two words"
        require(share >= 0.9, f"{share:.0%} of 100 new texts are right for kind={kind!r}; {task} tells the class")


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
    for classes, texts in ((3, some), (2, [some[n % 6] for n in range(301)]), (3, [])):
        model = over_there(classes)
        model.mirrors()  # else a graph would not show over here
        cfg = student.Config(texts=[], labels=torch.zeros(0, dtype=torch.int64), classes=classes)
        result = student.Result(cfg, model, vocab)
        counts = [[sum((1 + len(w)) % classes == c for w in words_of(text)) for c in range(classes)] for text in texts]
        logits = 1.5 * torch.tensor(counts).reshape(-1, classes) + 0.1 * torch.arange(classes)
        model.train()
        found = student.predict(result, texts)
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


HAM = torch.tensor([0, 0, 0, 0, 0]), torch.tensor([0, 0, 1, 0, 0])


@points(1)
def test_evaluate(student):
    """accuracy, macro-F1 and confusion matrix are those of counting; every class counts, however rare"""
    for classes, (predicted, labels) in ((2, HAM), (3, answers(30, 3)), (4, (HAM[1], HAM[0])), (5, answers(40, 5))):
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
    names = ["ham", "spam", "eggs", "toast"]
    perfect = torch.tensor([0, 1, 1, 2])
    for classes, (predicted, labels) in ((2, HAM), (3, answers(30, 3)), (4, answers(60, 4)), (3, (perfect, perfect))):
        found = student.report(predicted, labels, names[:classes])
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
def linear(name: str) -> float:
    """The accuracy of logistic regression on TF-IDF vectors, in percent."""
    module = datasets.load("texts")
    texts = module.corpus(name)
    return 100 * float((module.yardstick(texts) == texts.test_labels).double().mean())


@points(4)
@training(seconds=SECONDS)
def test_corpus(student, data):
    """on held-out texts both models are at most two points below logistic regression on TF-IDF"""
    try:
        texts = datasets.load("texts").corpus(data)
    except CourseError as error:
        pytest.skip(str(error))
    goal = linear(data)
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
