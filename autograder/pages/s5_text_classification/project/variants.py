"""Other right ways through the final project."""

import bisect
import copy
import hashlib
import itertools
from collections import defaultdict

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn
from torch.nn.utils.rnn import pad_sequence

from autograder.checking import variant

# -- in plain Python -----------------------------------------------------------------------------------------------


@variant("in plain Python, one text after the other")
def split_texts(texts: list[str], share: float = 0.1, seed: int = 0) -> tuple[list[int], list[int]]:
    seen, different = set(), []
    for index in range(len(texts)):
        words = tuple(tokenize(texts[index]))
        if words not in seen:
            seen.add(words)
            different.append(index)
    generator = torch.Generator().manual_seed(seed + 17)
    chosen = set(torch.randperm(len(different), generator=generator)[: round(share * len(different))].tolist())
    train = [index for place, index in enumerate(different) if place not in chosen]
    return train, [different[place] for place in sorted(chosen)]


@variant("in plain Python, one text after the other")
class Vocab:
    def __init__(self, words: list[str]) -> None:
        self.words = words

    @classmethod
    def build(cls, sequences: list[list[str]], min_freq: int = 1) -> "Vocab":
        counts = defaultdict(int)
        for sequence in sequences:
            for word in sequence:
                counts[word] += 1
        kept = [word for word in sorted(counts) if counts[word] >= min_freq]
        vocab = cls(["<pad>", "<unk>"] + sorted(kept, key=counts.__getitem__, reverse=True))
        vocab.places = dict(zip(vocab.words, range(len(vocab.words)), strict=True))
        return vocab

    def __len__(self) -> int:
        return len(self.words)

    def encode(self, words: list[str]) -> list[int]:
        return [self.places[word] if word in self.places else 1 for word in words]


@variant("in plain Python, one text after the other")
class TextDataset:
    def __init__(self, texts: list[str], labels: torch.Tensor, vocab: Vocab, max_len: int = 64) -> None:
        self.texts, self.labels, self.vocab, self.max_len = texts, labels, vocab, max_len

    def __len__(self) -> int:
        return len(self.texts)

    def __getitem__(self, index: int) -> tuple[torch.Tensor, int]:
        if index >= len(self.texts):
            raise IndexError(index)
        ids = self.vocab.encode(tokenize(self.texts[index]))
        return torch.tensor(ids[: self.max_len]).long(), self.labels[index].item()


@variant("in plain Python, one text after the other")
def collate(examples: list[tuple[torch.Tensor, int]]) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    T = max([1] + [len(ids) for ids, _ in examples])
    ids = torch.zeros(len(examples), T, dtype=torch.int64)
    mask = torch.zeros(len(examples), T, dtype=torch.bool)
    for n, (row, _) in enumerate(examples):
        ids[n, : len(row)] = row
        mask[n, : len(row)] = True
    return ids, mask, torch.tensor([label for _, label in examples])


@variant("in plain Python, one text after the other")
def predict(result: Result, texts: list[str]) -> tuple[torch.Tensor, torch.Tensor]:
    model = result.model.eval()
    probabilities = torch.zeros(len(texts), result.cfg.classes)
    with torch.inference_mode():
        for n, text in enumerate(texts):
            ids = torch.tensor([result.vocab.encode(tokenize(text)) or [0]])
            mask = torch.full_like(ids, bool(tokenize(text)), dtype=torch.bool)
            probabilities[n] = F.softmax(model(ids, mask)[0], dim=0)
    return probabilities.max(1).indices, probabilities


@variant("in plain Python, one text after the other")
def evaluate(predicted: torch.Tensor, labels: torch.Tensor, classes: int) -> dict:
    cm = torch.tensor(
        [[int(((labels == t) & (predicted == p)).sum()) for p in range(classes)] for t in range(classes)]
    )
    scores = []
    for c in range(classes):
        found = int(cm[c, c])
        missed, alarms = int(cm[c].sum()) - found, int(cm[:, c].sum()) - found
        scores.append(2 * found / (2 * found + missed + alarms) if found else 0.0)
    return {"cm": cm, "acc": float((predicted == labels).double().mean()), "macro_f1": sum(scores) / classes}


@variant("in plain Python, one text after the other")
def report(predicted: torch.Tensor, labels: torch.Tensor, names: list[str]) -> dict:
    found = evaluate(predicted, labels, len(names))
    found["cm"] = found["cm"].tolist()
    found["texts"] = int(labels.numel())
    found["majority"] = max(int((labels == c).sum()) for c in range(len(names))) / found["texts"]
    worst = None
    for t, row in enumerate(found["cm"]):
        for p, count in enumerate(row):
            if t != p and count > (worst[2] if worst else 0):
                worst = (names[t], names[p], count)
    found["most_confused"] = worst
    return found


# -- other models, another training --------------------------------------------------------------------------------


@variant("attention to words, filters of two widths, AdamW without early stopping")
class BagOfEmbeddings(nn.Module):
    def __init__(self, V: int, D: int, C: int) -> None:
        super().__init__()
        self.table = nn.EmbeddingBag(V, D, mode="sum")
        nn.init.normal_(self.table.weight, std=0.1)
        self.score = nn.Parameter(torch.zeros(V))
        self.classify = nn.Sequential(nn.Dropout(0.3), nn.Linear(D, C))

    def forward(self, ids: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        scores = self.score[ids].masked_fill(~mask, float("-inf"))
        shares = torch.where(mask, scores.softmax(1), 0.0)
        return self.classify(self.table(ids, per_sample_weights=shares))


@variant("attention to words, filters of two widths, AdamW without early stopping")
class TextCNN(nn.Module):
    def __init__(self, V: int, D: int, C: int) -> None:
        super().__init__()
        self.table = nn.Embedding(V, D, padding_idx=0)
        nn.init.normal_(self.table.weight, std=0.1)
        self.bag = BagOfEmbeddings(V, D, C)
        self.filters = nn.ModuleList(nn.Conv1d(D, 16, width) for width in (2, 3))
        self.classify = nn.Sequential(nn.Dropout(0.5), nn.Linear(32, C))

    def forward(self, ids: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        x = torch.where(mask[:, :, None], self.table(ids), 0.0).transpose(1, 2)
        found = []
        for filters in self.filters:
            answers = filters(F.pad(x, (0, filters.kernel_size[0] - 1)))
            found.append(answers.masked_fill(~mask[:, None], float("-inf")).amax(2).nan_to_num(neginf=0.0).relu())
        return self.bag(ids, mask) + self.classify(torch.cat(found, dim=1))


@variant("attention to words, filters of two widths, AdamW without early stopping")
def collate(examples: list[tuple[torch.Tensor, int]]) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    texts, labels = zip(*examples, strict=True)
    ids = pad_sequence(list(texts), batch_first=True)
    if ids.shape[1] == 0:
        ids = torch.zeros(len(texts), 1, dtype=torch.int64)
    mask = pad_sequence([torch.ones_like(text, dtype=torch.bool) for text in texts], batch_first=True)
    return ids, mask if mask.shape[1] else ids.bool(), torch.as_tensor(labels)


@variant("attention to words, filters of two widths, AdamW without early stopping")
def train(cfg: Config) -> Result:
    torch.manual_seed(cfg.seed)
    kept, held_out = split_texts(cfg.texts, share=cfg.share, seed=cfg.seed)
    vocab = Vocab.build([tokenize(cfg.texts[i]) for i in sorted(kept)], min_freq=cfg.min_freq)
    model = BagOfEmbeddings(len(vocab), 64, cfg.classes) if cfg.kind == "bag" else TextCNN(len(vocab), 64, cfg.classes)
    parts = [TextDataset([cfg.texts[i] for i in part], cfg.labels[part], vocab, 40) for part in (kept, held_out)]
    validation = torch.utils.data.DataLoader(parts[1], batch_size=200, collate_fn=collate)
    optimizer = torch.optim.AdamW(model.parameters(), lr=0.01, weight_decay=0.01, fused=True)
    loss_of = nn.CrossEntropyLoss(label_smoothing=0.05)
    history = []
    for _ in range(4):
        model.train()
        for batch in batches([len(ids) for ids, _ in parts[0]], 64):
            ids, mask, labels = collate([parts[0][i] for i in batch])
            optimizer.zero_grad()
            loss_of(model(ids, mask), labels).backward()
            optimizer.step()
        model.eval()
        with torch.no_grad():
            right = sum((model(ids, mask).argmax(1) == labels).sum().item() for ids, mask, labels in validation)
        history.append(right / len(held_out))
    return Result(cfg, model, vocab, held_out, history)


# -- counting words with numpy, filters as in Kim's paper ----------------------------------------------------------


@variant("numpy and digests, filters over an image of words, the epoch of the smallest loss")
def split_texts(texts: list[str], share: float = 0.1, seed: int = 0) -> tuple[list[int], list[int]]:
    words = [" ".join(tokenize(text)) for text in texts]
    _, different = np.unique(np.array(words, dtype=object), return_index=True)
    ranked = sorted(different.tolist(), key=lambda i: hashlib.sha256(f"{seed} {words[i]}".encode()).digest())
    count = round(share * len(ranked))
    return sorted(ranked[count:]), sorted(ranked[:count])


@variant("numpy and digests, filters over an image of words, the epoch of the smallest loss")
class Vocab:
    def __init__(self, words: list[str]) -> None:
        self.sorted = np.argsort(np.array(words, dtype=object), kind="stable")
        self.words = np.array(words, dtype=object)[self.sorted]

    @classmethod
    def build(cls, sequences: list[list[str]], min_freq: int = 1) -> "Vocab":
        flat = sorted(itertools.chain.from_iterable(sequences))
        counts = [(-sum(1 for _ in group), word) for word, group in itertools.groupby(flat)]
        return cls(["<pad>", "<unk>"] + [word for count, word in sorted(counts) if -count >= min_freq])

    def __len__(self) -> int:
        return self.words.size

    def encode(self, words: list[str]) -> list[int]:
        places = [bisect.bisect_left(self.words, word) for word in words]
        found = [place < len(self) and self.words[place] == word for place, word in zip(places, words, strict=True)]
        return [int(self.sorted[place]) if yes else 1 for place, yes in zip(places, found, strict=True)]


@variant("numpy and digests, filters over an image of words, the epoch of the smallest loss")
def collate(examples: list[tuple[torch.Tensor, int]]) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    lengths = np.array([len(ids) for ids, _ in examples])
    mask = np.arange(max(1, lengths.max())) < lengths[:, None]
    ids = np.zeros(mask.shape, dtype=np.int64)
    ids[mask] = np.concatenate([ids.numpy() for ids, _ in examples])
    return torch.from_numpy(ids), torch.from_numpy(mask), torch.tensor([label for _, label in examples])


@variant("numpy and digests, filters over an image of words, the epoch of the smallest loss")
class BagOfEmbeddings(nn.Module):
    def __init__(self, V: int, D: int, C: int) -> None:
        super().__init__()
        self.E = nn.Parameter(0.1 * torch.randn(V, D))
        self.W, self.b = nn.Parameter(torch.randn(C, D) / D**0.5), nn.Parameter(torch.zeros(C))

    def forward(self, ids: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        share = mask / mask.sum(1, keepdim=True).clamp(min=1)
        mean = torch.einsum("nt,ntd->nd", share, self.E[ids])
        return (F.dropout(mean, 0.3, self.training) @ self.W.T + self.b).double()


@variant("numpy and digests, filters over an image of words, the epoch of the smallest loss")
class TextCNN(nn.Module):
    def __init__(self, V: int, D: int, C: int) -> None:
        super().__init__()
        self.table = nn.Embedding(V, D)
        nn.init.normal_(self.table.weight, std=0.1)
        self.wide = nn.ModuleList(nn.Conv2d(1, 32, (height, D)) for height in (1, 2))
        self.out = nn.Linear(64 + D, C)

    def forward(self, ids: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        image = (self.table(ids) * mask.unsqueeze(2))[:, None]  # (N, 1, T, D)
        pooled = [image.sum(2)[:, 0] / mask.sum(1, keepdim=True).clamp(min=1)]
        for number, conv in enumerate(self.wide):
            answers = conv(F.pad(image, (0, 0, 0, number)))[..., 0].relu()  # (N, 32, T)
            pooled.append(torch.where(mask[:, None], answers, 0).max(2).values)
        return self.out(F.dropout(torch.cat(pooled, 1), 0.5, self.training))


@variant("numpy and digests, filters over an image of words, the epoch of the smallest loss")
def train(cfg: Config) -> Result:
    torch.manual_seed(1000 + cfg.seed)
    kept, held_out = split_texts(cfg.texts, cfg.share, cfg.seed)
    vocab = Vocab.build([tokenize(cfg.texts[i]) for i in kept], cfg.min_freq)
    model = (TextCNN if cfg.kind == "cnn" else BagOfEmbeddings)(len(vocab), cfg.width, cfg.classes)
    data = [TextDataset([cfg.texts[i] for i in part], cfg.labels[part], vocab, 50) for part in (kept, held_out)]
    loader = torch.utils.data.DataLoader(data[0], cfg.batch, shuffle=True, collate_fn=collate)
    ids, mask, labels = collate(list(data[1]))
    adam, least, best, history = torch.optim.Adam(model.parameters()), float("inf"), None, []
    for epoch in range(6):
        adam.param_groups[0]["lr"] = 0.012 * 0.6**epoch
        model.train()
        for batch in loader:
            adam.zero_grad()
            F.cross_entropy(model(batch[0], batch[1]), batch[2]).backward()
            adam.step()
        model.eval()
        with torch.no_grad():
            logits = model(ids, mask)
        history.append(int((logits.argmax(1) == labels).sum()) / len(labels))
        if F.cross_entropy(logits, labels) < least:
            least, best = F.cross_entropy(logits, labels), copy.deepcopy(model)
    return Result(cfg, best, vocab, held_out, history)


@variant("numpy and digests, filters over an image of words, the epoch of the smallest loss")
def evaluate(predicted: torch.Tensor, labels: torch.Tensor, classes: int) -> dict:
    cm = torch.bincount(labels * classes + predicted, minlength=classes**2).view(classes, classes)
    right, sums = cm.diagonal().numpy(), (cm + cm.T).sum(1).numpy()
    f1 = np.divide(2 * right, sums, out=np.zeros(classes), where=sums > 0)
    return {"cm": cm, "acc": right.sum() / len(labels), "macro_f1": float(f1.mean())}


@variant("numpy and digests, filters over an image of words, the epoch of the smallest loss")
def report(predicted: torch.Tensor, labels: torch.Tensor, names: list[str]) -> dict:
    measures = evaluate(predicted, labels, len(names))
    off = measures["cm"].numpy() * (1 - np.eye(len(names), dtype=np.int64))
    truth, answer = np.unravel_index(off.argmax(), off.shape)
    most = [names[truth], names[answer], int(off.max())] if off.any() else None
    return {
        "texts": len(predicted), "acc": float(measures["acc"]), "macro_f1": measures["macro_f1"],
        "majority": float(labels.bincount().max() / len(labels)), "cm": measures["cm"].tolist(), "most_confused": most,
    }  # fmt: skip


# -- windows as slices, sorted prediction --------------------------------------------------------------------------


@variant("windows cut out by hand, texts sorted by length for prediction")
class BagOfEmbeddings(nn.Module):
    def __init__(self, V: int, D: int, C: int) -> None:
        super().__init__()
        self.body = nn.ModuleDict({"words": nn.Embedding(V, D), "drop": nn.Dropout(0.3), "out": nn.Linear(D, C)})
        self.body["words"].weight.data *= 0.1

    def forward(self, ids: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        vectors = self.body["words"](ids).masked_fill(~mask[..., None], torch.nan)
        return self.body["out"](self.body["drop"](vectors.nanmean(1).nan_to_num(0)))


@variant("windows cut out by hand, texts sorted by length for prediction")
class TextCNN(nn.Module):
    def __init__(self, V: int, D: int, C: int) -> None:
        super().__init__()
        self.bag, self.filters = BagOfEmbeddings(V, D, C), nn.Linear(2 * D, 40)
        self.rest = nn.Sequential(nn.ReLU(), nn.Dropout(0.5), nn.Linear(40, C, bias=False))

    def forward(self, ids: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        table = self.bag.body["words"]
        words = torch.zeros(len(ids), ids.shape[1] + 1, table.embedding_dim)
        words[:, :-1][mask] = table(ids[mask])
        answers = self.filters(words.unfold(1, 2, 1).transpose(2, 3).flatten(2)) - 1e4 * (~mask)[..., None]
        return self.bag(ids, mask) + self.rest(answers.amax(1).clamp(min=-10))


@variant("windows cut out by hand, texts sorted by length for prediction")
def predict(result: Result, texts: list[str]) -> tuple[torch.Tensor, torch.Tensor]:
    rows = [torch.tensor(result.vocab.encode(tokenize(text))[:64], dtype=torch.int64) for text in texts]
    order = sorted(range(len(rows)), key=lambda i: len(rows[i]))
    probabilities = torch.zeros(len(rows), result.cfg.classes)
    result.model.eval()
    for first in range(0, len(order), 100):
        part = order[first : first + 100]
        ids, mask, _ = collate([(rows[i], 0) for i in part])
        probabilities[part] = result.model(ids, mask).detach().softmax(-1)
    return probabilities.argmax(-1), probabilities
