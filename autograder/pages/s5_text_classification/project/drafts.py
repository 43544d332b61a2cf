"""First drafts of this page, as beginners hand them in. None of them trains: that is the last thing one writes."""

# %% cut off at the end, ids by first appearance
# split_texts: deals the texts out without looking for equal ones
# Vocab: numbers the words in the order of their first appearance
# TextDataset: gives the label as a tensor
def split_texts(texts, share=0.1, seed=0):
    g = torch.Generator().manual_seed(seed)
    order = torch.randperm(len(texts), generator=g).tolist()
    k = round(share * len(texts))
    return order[k:], order[:k]


class Vocab:
    def __init__(self, words):
        self.words = words
        self.ids = {w: i for i, w in enumerate(words)}

    @classmethod
    def build(cls, sequences, min_freq=1):
        counts = Counter()
        for s in sequences:
            counts.update(s)
        return cls(["<pad>", "<unk>"] + [w for w in counts if counts[w] >= min_freq])

    def __len__(self):
        return len(self.words)

    def encode(self, words):
        return [self.ids.get(w, 1) for w in words]


class TextDataset(torch.utils.data.Dataset):
    def __init__(self, texts, labels, vocab, max_len=64):
        self.texts = texts
        self.labels = labels
        self.vocab = vocab
        self.max_len = max_len

    def __len__(self):
        return len(self.texts)

    def __getitem__(self, index):
        ids = self.vocab.encode(tokenize(self.texts[index]))[: self.max_len]
        return torch.tensor(ids, dtype=torch.int64), self.labels[index]


# %% only the last ones are held out
# split_texts: holds out the last texts
# collate: marks the padding instead of the words
# evaluate: turns the confusion matrix round
def split_texts(texts, share=0.1, seed=0):
    seen, kept = set(), []
    for i, text in enumerate(texts):
        words = tuple(tokenize(text))
        if words not in seen:
            seen.add(words)
            kept.append(i)
    k = round(share * len(kept))
    return kept[: len(kept) - k], kept[len(kept) - k :]


def collate(examples):
    ids = pad_sequence([e[0] for e in examples], batch_first=True)
    if ids.shape[1] == 0:
        ids = torch.zeros(len(examples), 1, dtype=torch.int64)
    lengths = torch.tensor([len(e[0]) for e in examples])
    mask = torch.arange(ids.shape[1])[None, :] >= lengths[:, None]
    labels = torch.tensor([e[1] for e in examples])
    return ids, mask, labels


def evaluate(predicted, labels, classes):
    cm = torch.zeros(classes, classes, dtype=torch.int64)
    for p, t in zip(predicted.tolist(), labels.tolist()):
        cm[p, t] += 1
    f1 = []
    for c in range(classes):
        tp = cm[c, c].item()
        total = cm[c].sum().item() + cm[:, c].sum().item()
        f1.append(2 * tp / total if total else 0.0)
    return {"acc": (predicted == labels).float().mean().item(), "macro_f1": sum(f1) / classes, "cm": cm}


# %% capitals and commas count
# split_texts: takes texts for different that differ in a capital or a comma
# Vocab: gives unknown words the id of padding
# report: counts right answers as mix-ups
def split_texts(texts, share=0.1, seed=0):
    first = {}
    for i, t in enumerate(texts):
        if t not in first:
            first[t] = i
    idx = list(first.values())
    random.Random(seed).shuffle(idx)
    n = round(share * len(idx))
    return idx[n:], idx[:n]


class Vocab:
    def __init__(self, words):
        self.index = {}
        for w in words:
            self.index[w] = len(self.index)

    @classmethod
    def build(cls, sequences, min_freq=1):
        c = Counter(w for s in sequences for w in s)
        words = sorted((w for w in c if c[w] >= min_freq), key=lambda w: (-c[w], w))
        return cls(["<pad>", "<unk>"] + words)

    def __len__(self):
        return len(self.index)

    def encode(self, words):
        return [self.index.get(w, 0) for w in words]


def evaluate(predicted, labels, classes):
    cm = torch.zeros(classes, classes, dtype=torch.int64)
    for p, t in zip(predicted.tolist(), labels.tolist()):
        cm[t, p] += 1
    f1 = []
    for c in range(classes):
        tp = cm[c, c].item()
        total = cm[c].sum().item() + cm[:, c].sum().item()
        f1.append(2 * tp / total if total else 0.0)
    return {"acc": (predicted == labels).float().mean().item(), "macro_f1": sum(f1) / classes, "cm": cm}


def report(predicted, labels, names):
    e = evaluate(predicted, labels, len(names))
    cm = e["cm"]
    worst = cm.argmax().item()
    i, j = worst // len(names), worst % len(names)
    majority = cm.sum(1).max().item() / len(labels)
    return {
        "texts": len(labels), "acc": e["acc"], "macro_f1": e["macro_f1"], "cm": cm.tolist(), "majority": majority,
        "most_confused": [names[i], names[j], cm[i, j].item()],
    }  # fmt: skip


# %% the last words of a long text
# TextDataset: keeps the end of a long text instead of its beginning
# collate: cuts every text to the shortest of the batch
# Vocab: counts in how many texts a word occurs, not how often
class TextDataset(torch.utils.data.Dataset):
    def __init__(self, texts, labels, vocab, max_len=64):
        self.data = []
        for text, label in zip(texts, labels.tolist()):
            ids = vocab.encode(tokenize(text))
            self.data.append((torch.tensor(ids[-max_len:], dtype=torch.long), label))

    def __len__(self):
        return len(self.data)

    def __getitem__(self, index):
        return self.data[index]


def collate(examples):
    T = max(1, min(len(ids) for ids, _ in examples))
    ids = torch.zeros(len(examples), T, dtype=torch.int64)
    mask = torch.zeros(len(examples), T, dtype=torch.bool)
    for n, (row, _) in enumerate(examples):
        row = row[:T]
        ids[n, : len(row)] = row
        mask[n, : len(row)] = True
    return ids, mask, torch.tensor([label for _, label in examples])


class Vocab:
    def __init__(self, words):
        self.words = list(words)

    @classmethod
    def build(cls, sequences, min_freq=1):
        counts = Counter()
        for s in sequences:
            counts.update(set(s))
        known = [w for w in counts if counts[w] >= min_freq]
        known.sort(key=lambda w: (-counts[w], w))
        return cls(["<pad>", "<unk>", *known])

    def __len__(self):
        return len(self.words)

    def encode(self, words):
        ids = {w: i for i, w in enumerate(self.words)}
        return [ids.get(w, 1) for w in words]


# %% sorted by length
# collate: sorts the texts by length and leaves the labels where they were
# evaluate: weighs the F1 of each class by its size
#   or: says "'macro_f1': 0.7111 is not 0.4444"
# report: takes the majority among the predictions instead of the labels
def collate(examples):
    labels = torch.tensor([label for _, label in examples])
    rows = sorted([ids for ids, _ in examples], key=len, reverse=True)
    T = max(1, len(rows[0]))
    ids = torch.zeros(len(rows), T, dtype=torch.int64)
    for n, row in enumerate(rows):
        ids[n, : len(row)] = row
    mask = torch.arange(T) < torch.tensor([len(row) for row in rows])[:, None]
    return ids, mask, labels


def evaluate(predicted, labels, classes):
    cm = torch.zeros(classes, classes, dtype=torch.int64)
    for t, p in zip(labels, predicted):
        cm[t, p] += 1
    f1, n = 0.0, len(labels)
    for c in range(classes):
        tp = cm[c, c].item()
        total = cm[c].sum().item() + cm[:, c].sum().item()
        if total:
            f1 += 2 * tp / total * cm[c].sum().item() / n
    return {"acc": (predicted == labels).double().mean().item(), "macro_f1": f1, "cm": cm}


def report(predicted, labels, names):
    C = len(names)
    e = evaluate(predicted, labels, C)
    counts = torch.bincount(predicted, minlength=C)
    off = e["cm"].clone()
    off.fill_diagonal_(0)
    worst = None
    if off.sum() > 0:
        k = off.argmax().item()
        worst = [names[k // C], names[k % C], off.max().item()]
    return {
        "texts": len(labels), "acc": e["acc"], "macro_f1": e["macro_f1"], "cm": e["cm"].tolist(),
        "majority": counts.max().item() / len(labels), "most_confused": worst,
    }  # fmt: skip


# %% the mean of everything
# BagOfEmbeddings: takes the mean over the padding too
#   or: lets other ids under the padding change the logits
#   or: says "padding takes part"
# split_texts: draws without its seed
# evaluate: leaves out classes that occur nowhere
#   or: says "'macro_f1': 0.4444 is not 0.2222"
class BagOfEmbeddings(nn.Module):
    def __init__(self, V, D, C):
        super().__init__()
        self.emb = nn.Embedding(V, D, padding_idx=0)
        self.out = nn.Linear(D, C)

    def forward(self, ids, mask):
        return self.out(self.emb(ids).mean(dim=1))


def split_texts(texts, share=0.1, seed=0):
    seen, kept = set(), []
    for i, text in enumerate(texts):
        key = " ".join(tokenize(text))
        if key in seen:
            continue
        seen.add(key)
        kept.append(i)
    random.shuffle(kept)
    k = round(share * len(kept))
    return kept[k:], kept[:k]


def evaluate(predicted, labels, classes):
    cm = torch.bincount(labels * classes + predicted, minlength=classes**2).reshape(classes, classes)
    scores = []
    for c in range(classes):
        tp = cm[c, c].item()
        fp = cm[:, c].sum().item() - tp
        fn = cm[c].sum().item() - tp
        if tp + fp + fn > 0:
            scores.append(2 * tp / (2 * tp + fp + fn))
    return {"acc": (predicted == labels).float().mean().item(), "macro_f1": sum(scores) / len(scores), "cm": cm}


# %% sums of words, and probabilities
# BagOfEmbeddings: adds the words up instead of averaging them
# TextCNN: takes the maximum over the padding too
# Vocab: says "its length is 6, not 8"
#   or: says "6 is not 8"
class BagOfEmbeddings(nn.Module):
    def __init__(self, V, D, C):
        super().__init__()
        self.emb = nn.Embedding(V, D)
        self.fc = nn.Linear(D, C)

    def forward(self, ids, mask):
        x = self.emb(ids) * mask.unsqueeze(2)
        return self.fc(x.sum(1))


class TextCNN(nn.Module):
    def __init__(self, V, D, C):
        super().__init__()
        self.emb = nn.Embedding(V, D)
        self.conv = nn.Conv1d(D, 32, 3, padding=1)
        self.fc = nn.Linear(32, C)

    def forward(self, ids, mask):
        x = self.emb(ids).transpose(1, 2)
        x = torch.relu(self.conv(x))
        return self.fc(x.max(dim=2).values)


class Vocab:
    def __init__(self, words):
        self.ids = {word: n + 2 for n, word in enumerate(words)}
        self.ids["<pad>"], self.ids["<unk>"] = 0, 1
        self.n = len(words)

    @classmethod
    def build(cls, sequences, min_freq=1):
        c = Counter(w for s in sequences for w in s)
        return cls(sorted([w for w in c if c[w] >= min_freq], key=lambda w: (-c[w], w)))

    def __len__(self):
        return self.n

    def encode(self, words):
        return [self.ids.get(w, 1) for w in words]


# %% divided by the width
# BagOfEmbeddings: divides by the width of the batch instead of the number of words
#   or: says "padding takes part"
# TextDataset: gives the label as a tensor
# split_texts: takes the share of all texts, equal ones counted
class BagOfEmbeddings(nn.Module):
    def __init__(self, V, D, C):
        super().__init__()
        self.vectors = table(V, D, SPREAD)
        self.out = nn.Linear(D, C)

    def forward(self, ids, mask):
        words = self.vectors(ids) * mask[..., None]
        return self.out(words.sum(1) / ids.shape[1])


class TextDataset(torch.utils.data.Dataset):
    def __init__(self, texts, labels, vocab, max_len=64):
        self.ids = [torch.tensor(vocab.encode(tokenize(t))[:max_len]).long() for t in texts]
        self.labels = labels

    def __len__(self):
        return len(self.labels)

    def __getitem__(self, index):
        return self.ids[index], self.labels[index]


def split_texts(texts, share=0.1, seed=0):
    unique = {}
    for i, text in enumerate(texts):
        unique.setdefault(tuple(tokenize(text)), i)
    kept = list(unique.values())
    g = torch.Generator()
    g.manual_seed(seed)
    order = [kept[i] for i in torch.randperm(len(kept), generator=g)]
    n = round(share * len(texts))
    return order[n:], order[:n]


# %% softmax at the end, and nothing for an empty text
# BagOfEmbeddings: ends in a softmax, though the loss does one too
# BagOfEmbeddings: divides zero by zero for a text without words
#   or: says "NaN"
# collate: says "its shape is (2, 0), not (2, 1)"
class BagOfEmbeddings(nn.Module):
    def __init__(self, V, D, C):
        super().__init__()
        self.e = nn.Embedding(V, D)
        self.lin = nn.Linear(D, C)

    def forward(self, ids, mask):
        m = mask.float().unsqueeze(-1)
        mean = (self.e(ids) * m).sum(1) / m.sum(1)
        return torch.softmax(self.lin(mean), dim=1)


def collate(examples):
    ids = pad_sequence([x for x, _ in examples], batch_first=True, padding_value=0)
    mask = torch.zeros_like(ids, dtype=torch.bool)
    for i, (x, _) in enumerate(examples):
        mask[i, : len(x)] = True
    return ids, mask, torch.tensor([y for _, y in examples])


# %% one word at a time, shared words
# TextCNN: looks at one word at a time
# Vocab: forgets a vocabulary when another is built
# evaluate: says "its dtype is float32, not int64"
class TextCNN(nn.Module):
    def __init__(self, V, D, C):
        super().__init__()
        self.emb = table(V, D, SPREAD)
        self.conv = nn.Conv1d(D, FILTERS, 1)
        self.out = nn.Linear(FILTERS, C)

    def forward(self, ids, mask):
        x = self.conv(self.emb(ids).transpose(1, 2)).relu() * mask[:, None]
        return self.out(x.amax(2))


class Vocab:
    ids = {}

    def __init__(self, words):
        Vocab.ids.clear()
        for word in words:
            Vocab.ids[word] = len(Vocab.ids)

    @classmethod
    def build(cls, sequences, min_freq=1):
        c = Counter(w for s in sequences for w in s)
        return cls(["<pad>", "<unk>"] + sorted([w for w in c if c[w] >= min_freq], key=lambda w: (-c[w], w)))

    def __len__(self):
        return len(Vocab.ids)

    def encode(self, words):
        return [Vocab.ids.get(w, 1) for w in words]


def evaluate(predicted, labels, classes):
    acc = (predicted == labels).float().mean().item()
    cm = torch.zeros(classes, classes)
    for t, p in zip(labels, predicted):
        cm[t, p] += 1
    f1 = []
    for c in range(classes):
        tp = cm[c, c]
        f1.append((2 * tp / (cm[c].sum() + cm[:, c].sum())).item() if cm[c].sum() + cm[:, c].sum() > 0 else 0.0)
    return {"acc": acc, "macro_f1": sum(f1) / classes, "cm": cm}
