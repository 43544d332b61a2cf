"""Other right ways through the final project."""

from collections import defaultdict

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
