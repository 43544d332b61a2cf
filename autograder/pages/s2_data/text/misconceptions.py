"""Wrong ways from a text to numbers, as students write them."""

import re
from collections import Counter

import torch

from autograder.checking import misconception

# -- words -------------------------------------------------------------------------------------------


@misconception(
    "splits at spaces only",
    hint="Look at the words of \"Look, a cat!\": are 'cat' and 'cat!' two words? Collect runs of letters and digits.",
    dies_by="test_tokenize",
)
def tokenize(text):
    return text.lower().split()


@misconception(
    "keeps capital letters",
    hint="'The' and 'the' would get two ids. Which method of a string makes it lower-case?",
    dies_by="test_tokenize",
)
def tokenize(text):
    return re.findall(r"[^\W_]+", text)


@misconception(
    "knows only the letters a to z",
    hint="Digits and the letters of other alphabets belong to words too: [a-z] tears 'größe' apart.",
    dies_by="test_tokenize",
)
def tokenize(text):
    return re.findall(r"[a-z]+", text.lower())


# -- the vocabulary ----------------------------------------------------------------------------------


@misconception(
    "numbers the words in the order of a set",
    hint="A set of strings has no order to rely on: Python mixes the hashes anew in each process, and tomorrow the trained model reads other words. Sort.",
    dies_by="test_vocab_order",
)
class Vocab(Vocab):
    @classmethod
    def build(cls, sequences, min_freq=1, specials=("<pad>", "<unk>")):
        if "<unk>" not in specials:
            raise ValueError("<unk> is missing")
        counts = Counter(word for sequence in sequences for word in sequence)
        return cls(list(specials) + list({w for w in counts if counts[w] >= min_freq} - set(specials)))


@misconception(
    "numbers the words in the order of their first appearance",
    hint="The docstring asks for the frequent words first. What does sorted do with key=lambda word: -counts[word]?",
    dies_by="test_vocab_order",
)
class Vocab(Vocab):
    @classmethod
    def build(cls, sequences, min_freq=1, specials=("<pad>", "<unk>")):
        if "<unk>" not in specials:
            raise ValueError("<unk> is missing")
        counts = Counter(word for sequence in sequences for word in sequence)
        return cls(list(specials) + [w for w in counts if counts[w] >= min_freq and w not in specials])


@misconception(
    "leaves equally frequent words in the order of their appearance",
    hint="most_common does not care for ties: reshuffled texts would give other ids. Sort by a pair, (-count, word).",
    dies_by="test_vocab_order",
)
class Vocab(Vocab):
    @classmethod
    def build(cls, sequences, min_freq=1, specials=("<pad>", "<unk>")):
        if "<unk>" not in specials:
            raise ValueError("<unk> is missing")
        counts = Counter(word for sequence in sequences for word in sequence)
        return cls(list(specials) + [w for w, n in counts.most_common() if n >= min_freq and w not in specials])


@misconception(
    "keeps only words that occur more often than min_freq",
    hint="At least min_freq times: a word that occurs exactly so often is kept. With min_freq=1 none is lost.",
    dies_by="test_vocab_choice",
)
class Vocab(Vocab):
    @classmethod
    def build(cls, sequences, min_freq=1, specials=("<pad>", "<unk>")):
        if "<unk>" not in specials:
            raise ValueError("<unk> is missing")
        counts = Counter(word for sequence in sequences for word in sequence)
        kept = [w for w in counts if counts[w] > min_freq and w not in specials]
        return cls([*specials, *sorted(kept, key=lambda w: (-counts[w], w))])


@misconception(
    "gives a special that occurs in the texts a second id",
    hint="A word with two ids makes a gap: encode knows only one of them. Leave the specials out when you add the words.",
    dies_by="test_vocab_choice",
)
class Vocab(Vocab):
    @classmethod
    def build(cls, sequences, min_freq=1, specials=("<pad>", "<unk>")):
        if "<unk>" not in specials:
            raise ValueError("<unk> is missing")
        counts = Counter(word for sequence in sequences for word in sequence)
        kept = [w for w in counts if counts[w] >= min_freq]
        return cls([*specials, *sorted(kept, key=lambda w: (-counts[w], w))])


@misconception(
    "gives unknown words the id of padding",
    hint="Padding is cut out of counts and means later on, and the unknown words with it. They have an id of their own: that of <unk>.",
    dies_by="test_unknown_words",
)
class Vocab(Vocab):
    def encode(self, words):
        return [self.ids.get(word, 0) for word in words]


@misconception(
    "takes unknown words into the vocabulary",
    hint="The ids are fixed when the training texts have been read: a model has no vector for an id that came later. encode must not change the vocabulary.",
    dies_by="test_unknown_words",
)
class Vocab(Vocab):
    def encode(self, words):
        for word in words:
            if word not in self.ids:
                self.ids[word] = len(self.words)
                self.words.append(word)
        return [self.ids[word] for word in words]


@misconception(
    "looks every word up as if it were known",
    hint="A new text has words that the training texts did not have. What does a dict's get do that [] does not?",
    dies_by="test_unknown_words",
)
class Vocab(Vocab):
    def encode(self, words):
        return [self.ids[word] for word in words]


@misconception(
    "leaves the specials out when it decodes",
    hint="Then the words no longer stand where their ids stood. decode gives one word for each id, '<unk>' and '<pad>' included.",
    dies_by="test_round_trip",
)
class Vocab(Vocab):
    def decode(self, ids):
        return [self.words[i] for i in ids if not self.words[i].startswith("<")]


# -- a batch -----------------------------------------------------------------------------------------


@misconception(
    "pads at the front",
    hint="The words stand at the beginning of each row, the padding behind them.",
    dies_by="test_pad_batch",
)
def pad_batch(sequences, pad_id=0, max_len=None):
    kept = [s[:max_len] for s in sequences]
    T = max(map(len, kept), default=0)
    rows = [[pad_id] * (T - len(s)) + s for s in kept]
    return torch.tensor(rows, dtype=torch.int64).reshape(len(kept), T), torch.tensor([len(s) for s in kept], dtype=torch.int64)


@misconception(
    "takes the lengths after padding",
    hint="After padding all rows are equally long. The lengths must say how many of their entries are real.",
    dies_by="test_pad_batch",
)
def pad_batch(sequences, pad_id=0, max_len=None):
    kept = [s[:max_len] for s in sequences]
    T = max(map(len, kept), default=0)
    rows = [s + [pad_id] * (T - len(s)) for s in kept]
    return torch.tensor(rows, dtype=torch.int64).reshape(len(kept), T), torch.tensor([len(r) for r in rows], dtype=torch.int64)


@misconception(
    "keeps the end of a sequence that is too long",
    hint="[-max_len:] are the last entries. Which slice gives the first ones?",
    dies_by="test_max_len",
)
def pad_batch(sequences, pad_id=0, max_len=None):
    kept = [s[-max_len:] if max_len else s for s in sequences]
    T = max(map(len, kept), default=0)
    rows = [s + [pad_id] * (T - len(s)) for s in kept]
    return torch.tensor(rows, dtype=torch.int64).reshape(len(kept), T), torch.tensor([len(s) for s in kept], dtype=torch.int64)


@misconception(
    "takes the lengths before cutting off",
    hint="A length larger than T points behind the row. Cut first, then measure.",
    dies_by="test_max_len",
)
def pad_batch(sequences, pad_id=0, max_len=None):
    kept = [s[:max_len] for s in sequences]
    T = max(map(len, kept), default=0)
    rows = [s + [pad_id] * (T - len(s)) for s in kept]
    return torch.tensor(rows, dtype=torch.int64).reshape(len(kept), T), torch.tensor([len(s) for s in sequences], dtype=torch.int64)


# -- bags of words -----------------------------------------------------------------------------------


@misconception(
    "counts a repeated word once",
    hint="counts[rows, ids] += 1 adds one to each place, however often the place is named. scatter_add_ or a loop adds every time.",
    dies_by="test_bag_of_words",
)
def bag_of_words(ids, vocab_size, pad_id=0):
    counts = torch.zeros(len(ids), vocab_size)
    counts[torch.arange(len(ids))[:, None], ids] += 1
    counts[:, pad_id] = 0
    return counts


@misconception(
    "counts padding as a word",
    hint="The same text in a batch with a longer one would have other counts. What should the column of pad_id hold?",
    dies_by="test_bag_of_words",
)
def bag_of_words(ids, vocab_size, pad_id=0):
    counts = torch.zeros(len(ids), vocab_size)
    return counts.scatter_add(1, ids, torch.ones(ids.shape))


@misconception(
    "counts how often a word occurs, not in how many texts",
    hint="df is a number of texts: a text that says 'cat' three times is still one. Compare with 0 before you sum.",
    dies_by="test_idf",
)
def idf(counts):
    return torch.log((1 + len(counts)) / (1 + counts.sum(0))) + 1


@misconception(
    "weighs held-out texts by their own rarity",
    hint="When weights are given, they come from the training texts: the same word must weigh the same in every batch. Is the argument used?",
    dies_by="test_tfidf",
)
def tfidf(counts, weights=None):
    weighted = counts * idf(counts)
    return torch.nn.functional.normalize(weighted, dim=1)


@misconception(
    "divides a row without words by its length of 0",
    hint="0 / 0 is NaN, and a NaN spreads. What should an empty text look like?",
    dies_by="test_tfidf",
)
def tfidf(counts, weights=None):
    weighted = counts * (idf(counts) if weights is None else weights)
    return weighted / weighted.norm(dim=1, keepdim=True)


# -- means of word vectors ---------------------------------------------------------------------------


@misconception(
    "averages over padding too",
    hint="mean(1) counts every place of the row. Only those where the mask is True are words.",
    dies_by="test_masked_mean",
)
def masked_mean(E, ids, mask):
    return E[ids].mean(1)


@misconception(
    "adds the vectors of the words up and divides by nothing",
    hint="A sum grows with the length of the text. Divide it by the number of words: mask.sum(1, keepdim=True).",
    dies_by="test_masked_mean",
)
def masked_mean(E, ids, mask):
    return (E[ids] * mask[:, :, None]).sum(1)


@misconception(
    "sets padding to 0 and still divides by the length of the row",
    hint="The sum is right. It must be divided by the number of words, not by T: a short text would shrink beside a long one.",
    dies_by="test_masked_mean",
)
def masked_mean(E, ids, mask):
    return (E[ids] * mask[:, :, None]).mean(1)


@misconception(
    "divides by 0 where a text has no words",
    hint="0 / 0 is NaN, and its gradient poisons all of E. An empty text is to give zeros: keep the divisor at 1 or more.",
    dies_by="test_masked_mean",
)
def masked_mean(E, ids, mask):
    return (E[ids] * mask[:, :, None]).sum(1) / mask.sum(1, keepdim=True)


@misconception(
    "takes every id but 0 for a word, whatever the mask says",
    hint="Which id means padding is not known here; the mask alone says what is a word. Is the argument used?",
    dies_by="test_padding_changes_nothing",
)
def masked_mean(E, ids, mask):
    words = (ids != 0).to(E.dtype)[:, :, None]
    return (E[ids] * words).sum(1) / words.sum(1).clamp(min=1)


# -- found by breaking promises ------------------------------------------------------------------------


@misconception(
    "shares its words with every other vocabulary",
    hint="What is written behind `class Vocab:` belongs to the class, and so to all its objects: another vocabulary writes into the same dict. Make it in __init__.",
    dies_by="test_round_trip",
)
class Vocab(Vocab):
    ids = {}
    words = []

    def __init__(self, words):
        Vocab.words = list(words)
        Vocab.ids = {word: number for number, word in enumerate(words)}


@misconception(
    "leaves out the one that keeps a frequent word from vanishing",
    hint="A word that is in every text gets ln 1 = 0 that way, and drops out. Count the ones in the formula: there are three.",
    dies_by="test_idf",
)
def idf(counts):
    df = (counts > 0).sum(0, dtype=counts.dtype)
    return ((1 + len(counts)) / (1 + df)).log()


@misconception(
    "brings the counts to length 1 before it weighs them",
    hint="Weighed afterwards, the rows have other lengths again, and their dot products are no cosines. Which comes last?",
    dies_by="test_tfidf",
)
def tfidf(counts, weights=None):
    rows = torch.nn.functional.normalize(counts, dim=1)
    return rows * (idf(counts) if weights is None else weights)


@misconception(
    "divides by the sum of a row instead of its Euclidean length",
    hint="The length of a vector is the root of the sum of its squares. For which p is the norm that?",
    dies_by="test_tfidf",
)
def tfidf(counts, weights=None):
    weighted = counts * (idf(counts) if weights is None else weights)
    return torch.nn.functional.normalize(weighted, dim=1, p=1)


@misconception(
    "overwrites the ids of padding in the tensor it was given",
    hint="The answer is right, but the caller's ids are not what they were. Work on a copy, or with the mask alone.",
    dies_by="test_padding_changes_nothing",
)
def masked_mean(E, ids, mask):
    ids[~mask] = 0
    weights = mask.to(E.dtype)[:, :, None]
    return (E[ids] * weights).sum(1) / weights.sum(1).clamp(min=1)


@misconception(
    "takes an underscore for a letter",
    hint=r"\w holds letters, digits and the underscore. What must be taken out of it?",
    dies_by="test_tokenize",
)
def tokenize(text):
    return re.findall(r"\w+", text.lower())


@misconception(
    "gives empty words at the ends",
    hint="re.split leaves an empty text before the first separator and after the last. findall collects words instead.",
    dies_by="test_tokenize",
)
def tokenize(text):
    return re.split(r"[\W_]+", text.lower())


@misconception(
    "asks for the longest of no sequences",
    hint="max() of nothing raises a ValueError: give it default=0. And torch.tensor([]) is float32 with one dimension.",
    dies_by="test_pad_batch",
)
def pad_batch(sequences, pad_id=0, max_len=None):
    kept = [sequence[:max_len] for sequence in sequences]
    lengths = [len(sequence) for sequence in kept]
    longest = max(lengths)
    return torch.tensor([s + [pad_id] * (longest - len(s)) for s in kept]), torch.tensor(lengths)


@misconception(
    "answers in int64",
    hint="one_hot gives int64, and so does its sum. The docstring asks for float32.",
    dies_by="test_bag_of_words",
)
def bag_of_words(ids, vocab_size, pad_id=0):
    counts = torch.nn.functional.one_hot(ids, vocab_size).sum(1)
    counts[:, pad_id] = 0
    return counts


@misconception(
    "takes 0 for the padding, whatever pad_id says",
    hint="The parameter `pad_id` is not used. Which column must be 0 if padding has the id 5?",
    dies_by="test_bag_of_words",
)
def bag_of_words(ids, vocab_size, pad_id=0):
    counts = torch.zeros(len(ids), vocab_size)
    counts.scatter_add_(1, ids, torch.ones(ids.shape))
    counts[:, 0] = 0
    return counts


@misconception(
    "leaves out both ones, so that a word that no text has weighs infinitely much",
    hint="The formula has 1 + N above and 1 + df below. What is N / 0?",
    dies_by="test_idf",
)
def idf(counts):
    df = (counts > 0).sum(0, dtype=counts.dtype)
    return (len(counts) / df).log() + 1


@misconception(
    "comes back in float32, also from counts in float64",
    hint="(counts > 0).sum(0) is int64, and a quotient of whole numbers is float32. Sum in the dtype of the counts.",
    dies_by="test_idf",
)
def idf(counts):
    df = (counts > 0).sum(0)
    return ((1 + len(counts)) / (1 + df)).log() + 1


@misconception("knows only the letters a to z")
def tokenize(text):
    return re.findall(r"[a-z0-9]+", text.lower())


@misconception("leaves out both ones, so that a word that no text has weighs infinitely much")
def idf(counts):
    df = (counts > 0).sum(0)
    return (len(counts) / df).log() + 1


@misconception(
    "never cuts a sequence, whatever max_len says",
    hint="The argument max_len is not used. sequence[:max_len] keeps the beginning, and all of it where max_len is None.",
    dies_by="test_max_len",
)
def pad_batch(sequences, pad_id=0, max_len=None):
    lengths = [len(sequence) for sequence in sequences]
    longest = max(lengths, default=0)
    rows = [sequence + [pad_id] * (longest - len(sequence)) for sequence in sequences]
    return torch.tensor(rows, dtype=torch.int64).reshape(len(rows), longest), torch.tensor(lengths, dtype=torch.int64)


@misconception(
    "takes another logarithm than the natural one",
    hint="ln is the logarithm with base e, which is torch.log. Which base has yours?",
    dies_by="test_idf",
)
def idf(counts):
    df = (counts > 0).sum(0, dtype=counts.dtype)
    return ((1 + len(counts)) / (1 + df)).log10() + 1


@misconception(
    "brings the columns to length 1, not the rows",
    hint="A row is a text, and each text has length 1. Along which axis does the norm add up?",
    dies_by="test_tfidf",
)
def tfidf(counts, weights=None):
    weighted = counts * (idf(counts) if weights is None else weights)
    return torch.nn.functional.normalize(weighted, dim=0)


@misconception("brings the columns to length 1, not the rows")
def tfidf(counts, weights=None):
    weighted = counts * (idf(counts) if weights is None else weights)
    return weighted / (weighted.norm(dim=0) + 1e-12)


@misconception(
    "loses the word at the end of a text",
    hint="A word is noted when something else follows it. What follows the last one? Try it with \"a cat\".",
    dies_by="test_tokenize",
)
def tokenize(text):
    words, word = [], ""
    for sign in text.lower():
        if sign.isalnum():
            word += sign
        elif word:
            words.append(word)
            word = ""
    return words


@misconception(
    "puts the rare words before the frequent ones",
    hint="sorted goes from small to large. Which sign of the count puts the frequent words first, and the letters from a to z?",
    dies_by="test_vocab_order",
)
class Vocab(Vocab):
    @classmethod
    def build(cls, sequences, min_freq=1, specials=("<pad>", "<unk>")):
        if "<unk>" not in specials:
            raise ValueError("<unk> is missing")
        counts = Counter(word for sequence in sequences for word in sequence)
        kept = [w for w in counts if counts[w] >= min_freq and w not in specials]
        return cls([*specials, *sorted(kept, key=lambda w: (counts[w], w))])


@misconception(
    "joins the decoded words into one text",
    hint="The docstring promises list[str]: a word for each id, so that decode undoes encode.",
    dies_by="test_round_trip",
)
class Vocab(Vocab):
    def decode(self, ids):
        return " ".join(super().decode(ids))


@misconception(
    "keeps ids in 32 bits",
    hint="An id is any whole number, and the result is promised in int64: 2**31 is a number below 0 in int32.",
    dies_by="test_pad_batch",
)
def pad_batch(sequences, pad_id=0, max_len=None):
    rows = [torch.tensor(row[:max_len]).long().int() for row in sequences]
    lengths = torch.tensor([len(row) for row in rows], dtype=torch.int64)
    ids = torch.full((len(rows), max(map(len, rows), default=0)), pad_id, dtype=torch.int32)
    for n, row in enumerate(rows):
        ids[n, : len(row)] = row
    return ids.long(), lengths
