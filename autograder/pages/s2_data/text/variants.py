"""Other right ways to write this page."""

import itertools
import math
from collections import Counter, defaultdict

import numpy as np
import torch
from torch.nn.utils.rnn import pad_sequence

from autograder.checking import variant


@variant("in plain loops")
def tokenize(text):
    words, word = [], ""
    for letter in text.lower() + " ":
        if letter.isalnum():
            word += letter
        elif word:
            words.append(word)
            word = ""
    return words


@variant("in plain loops")
class Vocab:
    def __init__(self, words):
        self.known = {}
        for word in words:
            self.known[word] = len(self.known)

    @classmethod
    def build(cls, sequences, min_freq=1, specials=("<pad>", "<unk>")):
        if specials.count("<unk>") == 0:
            raise ValueError("no <unk>")
        counts = defaultdict(int)
        for sequence in sequences:
            for word in sequence:
                counts[word] += 1
        words = list(specials)
        for word in sorted(sorted(counts), key=lambda word: counts[word], reverse=True):
            if counts[word] >= min_freq and word not in words:
                words.append(word)
        return Vocab(words)

    def __len__(self):
        return len(self.known)

    def encode(self, words):
        return [self.known[word] if word in self.known else self.known["<unk>"] for word in words]

    def decode(self, ids):
        back = {number: word for word, number in self.known.items()}
        return [back[number] for number in ids]


@variant("in plain loops")
def pad_batch(sequences, pad_id=0, max_len=None):
    lengths = [len(s) if max_len is None else min(len(s), max_len) for s in sequences]
    T = max(lengths) if lengths else 0
    ids = torch.full((len(sequences), T), pad_id)
    for n, s in enumerate(sequences):
        for t in range(lengths[n]):
            ids[n, t] = s[t]
    return ids, torch.tensor(lengths).long()


@variant("in plain loops")
def bag_of_words(ids, vocab_size, pad_id=0):
    counts = torch.zeros((ids.shape[0], vocab_size), dtype=torch.float32)
    for n, row in enumerate(ids.tolist()):
        for number in row:
            if number != pad_id:
                counts[n, number] += 1
    return counts


@variant("in plain loops")
def idf(counts):
    df = [int((column != 0).sum()) for column in counts.T]
    return torch.tensor([math.log((1 + counts.shape[0]) / (1 + n)) + 1 for n in df], dtype=counts.dtype)


@variant("in plain loops")
def tfidf(counts, weights=None):
    if weights is None:
        weights = idf(counts)
    result = torch.zeros_like(counts)
    for n, row in enumerate(counts):
        if row.sum() > 0:
            result[n] = row * weights / torch.linalg.vector_norm(row * weights)
    return result


@variant("in plain loops")
def masked_mean(E, ids, mask):
    rows = []
    for n in range(len(ids)):
        words = [E[ids[n, t]] for t in range(ids.shape[1]) if mask[n, t]]
        rows.append(torch.stack(words).mean(0) if words else torch.zeros(E.shape[1], dtype=E.dtype))
    return torch.stack(rows)


@variant("with what PyTorch and itertools have")
def tokenize(text):
    return ["".join(run) for is_word, run in itertools.groupby(text.lower(), str.isalnum) if is_word]


@variant("with what PyTorch and itertools have")
def pad_batch(sequences, pad_id=0, max_len=None):
    if not sequences:
        return torch.zeros(0, 0, dtype=torch.int64), torch.zeros(0, dtype=torch.int64)
    rows = [torch.tensor(s, dtype=torch.int64)[:max_len] for s in sequences]
    return pad_sequence(rows, batch_first=True, padding_value=pad_id), torch.tensor([r.numel() for r in rows])


@variant("with what PyTorch and itertools have")
def bag_of_words(ids, vocab_size, pad_id=0):
    one_hot = torch.nn.functional.one_hot(ids, vocab_size) if ids.numel() else torch.zeros(*ids.shape, vocab_size)
    return torch.where(torch.arange(vocab_size) == pad_id, 0, one_hot.sum(1)).float()


@variant("with what PyTorch and itertools have")
def idf(counts):
    df = torch.count_nonzero(counts, dim=0)
    return 1 + math.log1p(len(counts)) - torch.log1p(df.to(counts.dtype))


@variant("with what PyTorch and itertools have")
def tfidf(counts, weights=None):
    weighted = torch.einsum("nv,v->nv", counts, idf(counts) if weights is None else weights)
    return weighted / weighted.pow(2).sum(1, keepdim=True).sqrt().clamp(min=1e-12)


@variant("with what PyTorch and itertools have")
def masked_mean(E, ids, mask):
    share = mask.to(E.dtype) / torch.maximum(mask.sum(1, keepdim=True), torch.tensor(1)).to(E.dtype)
    return torch.einsum("nt,ntd->nd", share, torch.nn.functional.embedding(ids, E))


# -- arrays of numpy, and dictionaries


@variant("with numpy and dictionaries inside")
class Vocab:
    def __init__(self, words):
        self._to_id = dict(zip(words, range(len(words))))
        self._to_word = dict(enumerate(words))

    @classmethod
    def build(cls, sequences, min_freq=1, specials=("<pad>", "<unk>")):
        if not {"<unk>"} <= set(specials):
            raise ValueError("no <unk>")
        counts = Counter()
        for sequence in sequences:
            counts.update(sequence)
        for special in specials:
            counts.pop(special, None)
        ranked = sorted((-count, word) for word, count in counts.items() if count >= min_freq)
        return cls(list(specials) + [word for _, word in ranked])

    def __len__(self):
        return max(self._to_word) + 1

    def encode(self, words):
        unknown = self._to_id["<unk>"]
        return list(map(lambda word: self._to_id.get(word, unknown), words))

    def decode(self, ids):
        return list(map(self._to_word.__getitem__, ids))


@variant("with numpy and dictionaries inside")
def pad_batch(sequences, pad_id=0, max_len=None):
    rows = [np.array(s[:max_len], dtype=np.int64) for s in sequences]
    lengths = np.array([len(row) for row in rows], dtype=np.int64)
    ids = np.full((len(rows), lengths.max() if len(rows) else 0), pad_id, dtype=np.int64)
    for place, row in zip(ids, rows):
        place[: len(row)] = row
    return torch.from_numpy(ids), torch.from_numpy(lengths)


@variant("with numpy and dictionaries inside")
def bag_of_words(ids, vocab_size, pad_id=0):
    counts = np.stack([np.bincount(row, minlength=vocab_size) for row in ids.numpy()])
    counts[:, pad_id] = 0
    return torch.tensor(counts, dtype=torch.float32)


@variant("with numpy and dictionaries inside")
def idf(counts):
    seen = (counts.numpy() > 0).sum(axis=0)
    return torch.tensor(np.log((1 + counts.size(0)) / (1 + seen)) + 1).to(counts.dtype)


@variant("with numpy and dictionaries inside")
def tfidf(counts, weights=None):
    if weights is None:
        weights = idf(counts)
    rows = counts.numpy().astype(np.float64) * weights.numpy()
    lengths = np.sqrt((rows**2).sum(axis=1, keepdims=True))
    lengths[lengths == 0] = 1
    return torch.from_numpy(rows / lengths).to(counts.dtype)


@variant("a matrix product with the counts, in place on own copies")
def bag_of_words(ids, vocab_size, pad_id=0):
    counts = torch.zeros(ids.shape[0], vocab_size)
    counts.index_put_(
        (torch.arange(ids.shape[0]).unsqueeze(1).expand_as(ids), ids), (ids != pad_id).float(), accumulate=True
    )
    return counts


@variant("a matrix product with the counts, in place on own copies")
def idf(counts):
    rarity = counts.clone()
    rarity[rarity > 0] = 1
    return rarity.sum(0).add_(1).reciprocal_().mul_(1 + counts.shape[0]).log_().add_(1)


@variant("a matrix product with the counts, in place on own copies")
def tfidf(counts, weights=None):
    result = counts.clone()
    result *= idf(counts) if weights is None else weights
    for row in result:
        length = row.dot(row).sqrt()
        if length > 0:
            row /= length
    return result


@variant("a matrix product with the counts, in place on own copies")
def masked_mean(E, ids, mask):
    counts = torch.zeros(ids.shape[0], E.shape[0], dtype=E.dtype)
    counts.scatter_add_(1, ids, mask.to(E.dtype))
    words = mask.sum(1, keepdim=True)
    words[words == 0] = 1
    return counts @ E / words
