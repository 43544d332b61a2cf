"""What the steps from a text to numbers must do. The oracles are written out in plain Python, word by word."""

import math
from collections import Counter
from functools import cache

import torch

from autograder.checking import (
    assert_contract,
    assert_gradients,
    assert_left_alone,
    assert_same,
    assert_scales,
    assert_sizes,
    datasets,
    layouts,
    points,
    raises,
    require,
    unmodified,
)

F64 = torch.float64
EXACT = {"rtol": 1e-12, "atol": 1e-12}  # what float64 can, and float32 inside cannot


@cache
def sentences() -> tuple[str, ...]:
    """Real ones: what a library says of itself."""
    return tuple(datasets.load("docstrings").first("pytest", 12))


def words_of(text: str) -> list[str]:
    """The words of a text, letter by letter."""
    return "".join(letter if letter.isalnum() else " " for letter in text.lower()).split()


def order(sequences, min_freq: int = 1, specials=("<pad>", "<unk>")) -> list[str]:
    """The words in the order of their ids."""
    counts = Counter(word for words in sequences for word in words)
    kept = [word for word in counts if counts[word] >= min_freq and word not in specials]
    return [*specials, *sorted(sorted(kept), key=counts.__getitem__, reverse=True)]


def draw_ids(count: int, longest: int, size: int) -> tuple[torch.Tensor, torch.Tensor]:
    """Ids (count, longest) from 1 to size - 1, padded at the end with 0, and their mask; the second row is empty."""
    lengths = torch.randint(1, longest + 1, (count,))
    lengths[0], lengths[1:2] = longest, 0
    mask = torch.arange(longest) < lengths[:, None]
    return torch.randint(1, size, (count, longest)) * mask, mask


# -- words -------------------------------------------------------------------------------------------


@points(1)
def test_tokenize(student):
    """a text falls into lower-case words of letters and digits, an empty one into none"""
    real = sentences()
    for text in (
        "The cat sat on the mat",
        "Look, a cat!",
        "two  spaces",
        "Don't panic: it's 1998.",
        "snake_case",
        "Größe und Œuvre, ещё раз",
        "state-of-the-art e-mail",
        "12 m², ½ l, ٣ km",
        "mp3 4you b2b",
        "one\ntwo\tthree\n\nfour",
        "Donaudampfschifffahrtsgesellschaftskapitän",
        3000 * "again and, " + "the end",
        "cafe\u0301 und na\u0308ive",  # an accent that stands alone is no letter
        "İzmir",  # its first letter becomes two characters, and the second is no letter
        "",
        "?!",
        *real,
    ):
        assert_same(student.tokenize(text), words_of(text))


# -- the vocabulary ----------------------------------------------------------------------------------

MICE = [["the", "cat", "saw", "the", "mouse"], ["the", "mouse", "saw", "a", "cat"], ["a", "mouse", "ran"]]


def numbered(student, sequences, **options):
    """A vocabulary, after the id of every word has been compared."""
    vocab = student.Vocab.build([list(words) for words in sequences], **options)
    assert_left_alone(student)
    expected = order(sequences, **options)
    assert_same(vocab.encode(expected), list(range(len(expected))))
    return vocab


@points(2)
def test_vocab_order(student):
    """ids follow the documented order, so that every run and every machine gives the same ones"""
    real = [words_of(text) for text in sentences()]
    vocab = numbered(student, MICE)
    assert_same(vocab.encode(["mouse", "saw", "mouse"]), [2, 6, 2])
    assert_same(len(vocab), 8)
    numbered(student, [["b"], ["a"], ["c", "a"]])
    numbered(student, [["b", "a"], ["Z", "B"]])
    numbered(student, real)


@points(1)
def test_vocab_choice(student):
    """rare words are left out, specials come first and once, and without <unk> nothing is built"""
    assert_same(student.Vocab.build(MICE, min_freq=2).encode(["ran", "saw", "the"]), [1, 6, 3])
    numbered(student, MICE, min_freq=3)
    numbered(student, MICE, specials=("<unk>", "<pad>", "<end>"))
    numbered(student, [["a", "<unk>", "b"], ["<unk>", "<pad>"]])
    numbered(student, [["<end>", "<end>", "<pad>", "a"]], specials=("<unk>", "<end>"))
    numbered(student, [])
    numbered(student, [["a"] * 7 + ["b"] * 6, ["b", "a"] + ["c"] * 6], min_freq=7)
    numbered(student, MICE, specials=("<unk>", "<z>", "<pad>", "<end>", "<a>"))
    for texts in (MICE, []):
        with raises(ValueError):
            student.Vocab.build(texts, specials=("<pad>",))


@points(1)
def test_unknown_words(student):
    """a word that the training texts do not have gets the id of <unk>, each time again"""
    vocab = student.Vocab.build(MICE)
    assert_same(vocab.encode(["the", "dog", "saw", "a", "yeti"]), [3, 1, 6, 4, 1])
    assert_left_alone(student)
    assert_same(vocab.encode(["dog", "dog"]), [1, 1])
    assert_same(vocab.encode(["cat"]), [5])
    assert_same(vocab.encode(["Cat", " cat", "the "]), [1, 1, 1])
    for more in ([], [["one", "two", "three", "four"]]):
        last = student.Vocab.build([*MICE, *more], specials=("<pad>", "<end>", "<unk>"))
        assert_same(last.encode(["dog"]), [2])


@points(1)
def test_round_trip(student):
    """decoding gives back the words that were encoded, and <unk> for those that were unknown"""
    vocab = student.Vocab.build(MICE)
    for words in (MICE[0], ["a"], []):
        assert_same(vocab.decode(vocab.encode(words)), words)
    assert_same(vocab.decode(vocab.encode(["a", "dog", "ran"])), ["a", "<unk>", "ran"])
    assert_same(vocab.decode([0, 2, 1]), ["<pad>", "mouse", "<unk>"])
    assert_same(vocab.decode([2, 2, 0, 0]), ["mouse", "mouse", "<pad>", "<pad>"])
    assert_left_alone(student)
    other = student.Vocab.build([["x", "y", "y"]])
    assert_same(other.decode([2, 3]), ["y", "x"])
    assert_same(vocab.decode([2, 3]), ["mouse", "the"], about="of a vocabulary, after another was built")
    assert_same(vocab.encode(["mouse", "y"]), [2, 1], about="of a vocabulary, after another was built")
    assert_same(len(vocab), 8, about="of a vocabulary, after another was built")


# -- a batch -----------------------------------------------------------------------------------------


def compare_batch(student, sequences, pad_id: int = 0, **options):
    """The ids and lengths that pad_batch gives are right, and the lists are what they were."""
    kept = [sequence[: options.get("max_len", 99)] for sequence in sequences]
    longest = max(map(len, kept), default=0)
    ids = torch.full((len(kept), longest), pad_id)
    for row, sequence in zip(ids, kept, strict=True):
        for place, number in enumerate(sequence):
            row[place] = number
    options |= {"pad_id": pad_id} if pad_id else {}
    found = student.pad_batch([list(sequence) for sequence in sequences], **options)
    left = student.afterwards
    require(isinstance(found, (tuple, list)) and len(found) == 2, "two tensors were expected: ids and lengths", found)
    assert_same(found[0], ids, about="ids")
    assert_same(found[1], torch.tensor([len(sequence) for sequence in kept], dtype=torch.int64), about="lengths")
    require(left is None, "the call changed the lists that it was given", left and left[0][0], sequences, claims=True)


@points(1)
def test_pad_batch(student):
    """sequences of unequal length fill the rows of one tensor from the left; lengths count no padding"""
    compare_batch(student, [[5, 6, 7], [8]])
    compare_batch(student, [[4], [2, 3, 9, 1, 1], [7, 7]], pad_id=3)
    compare_batch(student, [[2, 3], [], [5, 6]])
    compare_batch(student, [[2**40, 3], [2**31]])
    compare_batch(student, [[], []])
    compare_batch(student, [])


@points(1)
def test_max_len(student):
    """with max_len only the beginning of a longer sequence is kept, and its length is what is left"""
    compare_batch(student, [[2, 3, 4, 5], [6], [7, 8, 9]], max_len=2)
    compare_batch(student, [[2, 3], [6]], max_len=3)
    compare_batch(student, [[2, 3], [6]], max_len=1000)
    compare_batch(student, [[2, 3], []], max_len=1, pad_id=1)
    found = student.pad_batch([[2, 3, 4], [5]], 9, 2)
    assert_same(found[0], torch.tensor([[2, 3], [5, 9]]), about="ids, with pad_id and max_len by their places")
    compare_batch(student, [[2, 3], [6], [4]], max_len=5)
    compare_batch(student, [[word] * (1 + word % 3) for word in range(1, 12)], max_len=5)
    compare_batch(student, [list(range(2, 12)), [6, 0, 0]], max_len=7)


# -- bags of words -----------------------------------------------------------------------------------


def counted(ids: torch.Tensor, size: int, pad_id: int = 0) -> torch.Tensor:
    """The counts of the words of each row, one word after the other."""
    rows = [Counter(row) for row in ids.tolist()]
    return torch.tensor([[0.0 if v == pad_id else float(row[v]) for v in range(size)] for row in rows])


@points(1)
def test_bag_of_words(student):
    """every word of a text is counted as often as it occurs, padding is not"""
    ids = torch.tensor([[2, 3, 3, 3], [1, 2, 0, 0]])
    assert_same(student.bag_of_words(ids, 5), counted(ids, 5))
    ids, _ = draw_ids(4, 6, 5)
    for given in (ids, ids.T.contiguous().T):
        with unmodified(given):
            found = student.bag_of_words(given, 7)
        assert_same(found, counted(ids, 7))
    assert_same(student.bag_of_words(90 * ids, 400), counted(90 * ids, 400), about="of a vocabulary of 400")
    often = torch.cat([torch.full((1, 9), 7), torch.arange(9)[None], torch.zeros(1, 9, dtype=torch.int64)])
    for pad_id in (0, 7, 3):
        assert_same(student.bag_of_words(often, 9, pad_id=pad_id), counted(often, 9, pad_id=pad_id))
    for pad_id in (7, 5):
        other = ids.masked_fill(ids == 0, pad_id)
        with unmodified(other):
            found = student.bag_of_words(other, 8, pad_id=pad_id)
        assert_same(found, counted(other, 8, pad_id=pad_id))
    assert_same(student.bag_of_words(torch.zeros(2, 0, dtype=torch.int64), 3), torch.zeros(2, 3))
    assert_sizes(
        student.bag_of_words, counted, lambda n, t, v: (torch.randint(v, (n, t)), v), name="ids",
    )  # fmt: skip
    for length in (10001, 150_000):
        long = torch.randint(1, 3, (2, length))
        assert_same(student.bag_of_words(long, 4), counted(long, 4), about="of long texts")

    def drawn(shape, dtype):
        return torch.randint(0, 4, shape, dtype=dtype)

    assert_contract(
        student.bag_of_words, counted, drawn((4, 4), torch.int64), 4, name="ids", draw=drawn,
        shapes=[(1, 4), (3, 1), (1, 1)], defaults={"pad_id": 0},
    )  # fmt: skip


def rarity(counts: torch.Tensor) -> torch.Tensor:
    """The inverse document frequency, word by word."""
    rows = counts.tolist()
    df = [sum(row[v] > 0 for row in rows) for v in range(counts.shape[1])]
    return torch.tensor([math.log((1 + len(rows)) / (1 + d)) + 1 for d in df], dtype=counts.dtype)


def weighted(counts: torch.Tensor, weights: torch.Tensor) -> torch.Tensor:
    """TF-IDF, row by row."""
    rows = [row * weights for row in counts]
    return torch.stack([row / math.sqrt(float(row @ row)) if row.any() else row for row in rows])


def drawn_counts(shape: tuple[int, ...], dtype: torch.dtype = F64) -> torch.Tensor:
    """Counts, about every second of them 0."""
    return torch.poisson(torch.full(shape, 0.7, dtype=F64)).to(dtype)


COUNTS = torch.tensor([[0, 3, 1, 0, 0], [2, 1, 0, 0, 0], [0, 1, 1, 1, 0]], dtype=F64)


@points(1)
def test_idf(student):
    """a word's weight falls with the number of texts that have it; how often each has it does not matter"""
    for counts in (
        COUNTS,
        torch.poisson(torch.full((6, 4), 0.8, dtype=F64)),
        torch.eye(40, 3, dtype=F64),
        torch.ones(2049, 1, dtype=F64),
    ):
        with unmodified(counts):
            found = student.idf(counts)
        assert_same(found, rarity(counts), **EXACT)
    assert_contract(
        student.idf, rarity, COUNTS, name="counts", shapes=[(1, 5), (4, 1), (1, 1)], dtypes=[torch.float32],
        draw=drawn_counts,
    )  # fmt: skip


@points(2)
def test_tfidf(student):
    """counts times weights in rows of length 1; an empty text stays 0; weights may come from other texts"""
    empty = torch.cat([COUNTS, torch.zeros(1, 5, dtype=F64)])
    held_out = torch.poisson(torch.ones(4, 5, dtype=F64))
    held_out[2] = 0
    for counts in (COUNTS, empty, torch.poisson(torch.full((5, 5), 0.7, dtype=F64))):
        with unmodified(counts):
            found = student.tfidf(counts)
        assert_same(found, weighted(counts, rarity(counts)), **EXACT)
    weights = rarity(COUNTS)
    with unmodified(held_out, weights):
        found = student.tfidf(held_out, weights=weights)
    assert_same(found, weighted(held_out, weights))
    for others in (1e-7 * weights, torch.ones_like(weights)):
        assert_same(student.tfidf(held_out, others), weighted(held_out, others), **EXACT)
    assert_contract(
        student.tfidf, lambda counts: weighted(counts, rarity(counts)), COUNTS, name="counts", draw=drawn_counts,
        shapes=[(1, 5), (4, 1), (1, 1)], dtypes=[torch.float32],
    )  # fmt: skip
    assert_contract(
        lambda weights, counts: student.tfidf(counts, weights), lambda weights, counts: weighted(counts, weights),
        weights, held_out, name="weights",
    )  # fmt: skip
    one = torch.tensor([[2.0], [0.0]], dtype=F64)
    assert_same(student.tfidf(one, weights[:1]), weighted(one, weights[:1]))


# -- means of word vectors ---------------------------------------------------------------------------


def mean_of(E: torch.Tensor, ids: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
    """The mean of the words of each text, text by text."""
    rows = zip(ids, mask, strict=True)
    return torch.stack([E[words[kept]].mean(0) if kept.any() else 0 * E[0] for words, kept in rows])


@points(2)
def test_masked_mean(student):
    """each text is the mean of its words' vectors, zeros without any; padding sends no gradient"""
    E = torch.tensor([[9.0, 9.0], [1.0, 0.0], [3.0, 2.0]], dtype=F64)
    ids, mask = torch.tensor([[1, 2, 0], [2, 0, 0]]), torch.tensor([[True, True, False], [True, False, False]])
    assert_same(student.masked_mean(E, ids, mask), mean_of(E, ids, mask))
    for count, longest, size, wide in ((4, 5, 6, 3), (3, 3, 3, 3), (1, 4, 5, 2), (3, 1, 4, 2), (2, 3, 4, 1)):
        E = torch.randn(size, wide, dtype=F64)
        ids, mask = draw_ids(count, longest, size)
        with unmodified(E, ids, mask):
            found = student.masked_mean(E, ids, mask)
        assert_same(found, mean_of(E, ids, mask), **EXACT)
        assert_gradients(
            lambda E, i=ids, m=mask: student.masked_mean(E, i, m), lambda E, i=ids, m=mask: mean_of(E, i, m), E
        )
    E = torch.randn(4, 3, dtype=F64)
    scattered = torch.tensor([[False, True, False, True], [True, False, True, True], [False, False, True, False]])
    some = torch.tensor([[1, 2, 3, 0], [2, 1, 3, 1], [1, 3, 2, 3]])
    assert_same(student.masked_mean(E, some, scattered), mean_of(E, some, scattered), about="words anywhere in a row")
    long = torch.randint(4, (2, 50))
    assert_same(student.masked_mean(E, long, long > 0), mean_of(E, long, long > 0), about="of long texts")
    ids, mask = draw_ids(3, 4, 4)
    left = mask.flip(1)
    assert_same(student.masked_mean(E.float(), ids.flip(1), left), mean_of(E.float(), ids.flip(1), left))
    assert_contract(student.masked_mean, mean_of, E, ids, left, name="E", dtypes=[torch.float32])
    assert_sizes(
        student.masked_mean, mean_of,
        lambda n, t, v, d: (torch.randn(v, d, dtype=F64), torch.randint(v, (n, t)), torch.rand(n, t) < 0.6),
        name="E", gradients=True,
    )  # fmt: skip
    assert_scales(student.masked_mean, mean_of, E, ids, mask, name="E")
    assert_same(
        student.masked_mean(E, ids, mask & False), torch.zeros(3, 3, dtype=F64), about="without any word at all"
    )
    for kind, other in layouts(ids):
        assert_same(student.masked_mean(E, other, mask), mean_of(E, other, mask), about=f"with {kind} `ids`")
    for kind, other in layouts(mask):
        assert_same(student.masked_mean(E, ids, other), mean_of(E, ids, other), about=f"with {kind} `mask`")


@points(2)
def test_padding_changes_nothing(student):
    """three more columns of padding leave counts, means and gradients as they are"""
    ids, mask = draw_ids(4, 5, 6)
    longer, blank = torch.cat([ids, torch.zeros_like(ids[:, :3])], 1), torch.zeros(4, 3, dtype=torch.bool)
    assert_same(student.bag_of_words(longer, 6), counted(ids, 6))
    E, wider = torch.randn(6, 3, dtype=F64, requires_grad=True), torch.cat([mask, blank], 1)
    for given, shown in ((ids, mask), (longer, wider), (longer.masked_fill(~wider, 4), wider)):
        with unmodified(given, shown):
            means = student.masked_mean(E, given, shown)
        assert_same(means, mean_of(E, ids, mask))
        require(means.requires_grad, "no gradient can reach the vectors: the result is cut off from the graph")
        (gradient,) = torch.autograd.grad(means.square().sum(), E)
        (expected,) = torch.autograd.grad(mean_of(E, ids, mask).square().sum(), E)
        assert_same(gradient, expected, about="the gradient for E")
