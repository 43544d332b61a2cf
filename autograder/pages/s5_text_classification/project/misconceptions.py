"""Wrong ways through the final project, as students go them."""

import random
from collections import Counter

import torch
import torch.nn.functional as F
from torch import nn
from torch.nn.utils.rnn import pad_sequence

from autograder.checking import misconception

# -- prediction: first, because the first that fails on the corpus saves the others the long training ------------


@misconception(
    "builds a vocabulary of the new texts instead of using the model's",
    hint="Id 17 meant another word when the model learned its vectors. The vocabulary is part of the model: result.vocab.",
    dies_by="test_predict",
)
def predict(result: Result, texts: list[str]) -> tuple[torch.Tensor, torch.Tensor]:
    vocab = Vocab.build([tokenize(text) for text in texts])
    data = TextDataset(texts, torch.arange(len(texts)), vocab, result.cfg.max_len)
    rows = [torch.empty(0, result.cfg.classes)]
    result.model.eval()
    for part in torch.arange(len(texts)).split(AT_ONCE):
        if len(part):
            ids, mask, _ = collate([data[i] for i in part.tolist()])
            with torch.no_grad():
                rows.append(result.model(ids.clamp(max=len(result.vocab) - 1), mask).softmax(1))
    probabilities = torch.cat(rows)
    return probabilities.argmax(1), probabilities


@misconception(
    "leaves the model in training mode",
    hint="In training mode dropout still drops, and asking twice gives two answers. What comes before no_grad?",
    dies_by="test_predict",
)
def predict(result: Result, texts: list[str]) -> tuple[torch.Tensor, torch.Tensor]:
    data = TextDataset(texts, torch.arange(len(texts)), result.vocab, result.cfg.max_len)
    rows = [torch.empty(0, result.cfg.classes)]
    for part in torch.arange(len(texts)).split(AT_ONCE):
        if len(part):
            ids, mask, _ = collate([data[i] for i in part.tolist()])
            with torch.no_grad():
                rows.append(result.model(ids, mask).softmax(1))
    probabilities = torch.cat(rows)
    return probabilities.argmax(1), probabilities


@misconception(
    "gives the answers in the order of the texts' lengths",
    hint="Sorting by length saves time, but answer n must belong to text n: put the rows back in their places.",
    dies_by="test_predict",
)
def predict(result: Result, texts: list[str]) -> tuple[torch.Tensor, torch.Tensor]:
    texts = sorted(texts, key=lambda text: len(tokenize(text)))
    data = TextDataset(texts, torch.arange(len(texts)), result.vocab, result.cfg.max_len)
    rows = [torch.empty(0, result.cfg.classes)]
    result.model.eval()
    for part in torch.arange(len(texts)).split(AT_ONCE):
        if len(part):
            ids, mask, _ = collate([data[i] for i in part.tolist()])
            with torch.no_grad():
                rows.append(result.model(ids, mask).softmax(1))
    probabilities = torch.cat(rows)
    return probabilities.argmax(1), probabilities


# -- data ----------------------------------------------------------------------------------------------------------


@misconception(
    "deals the texts out without looking for equal ones",
    hint="A text that stands twice can land in both parts, and the model is asked what it has memorised. Equal ones out first.",
    dies_by="test_split",
)
def split_texts(texts: list[str], share: float = 0.1, seed: int = 0) -> tuple[list[int], list[int]]:
    order = list(range(len(texts)))
    random.Random(seed).shuffle(order)
    count = round(share * len(order))
    return order[count:], order[:count]


@misconception(
    "takes texts for different that differ in a capital or a comma",
    hint="\"A cat sat.\" and \"a cat sat\" give the same words, so to the model they are one text. Compare what tokenize gives.",
    dies_by="test_split",
)
def split_texts(texts: list[str], share: float = 0.1, seed: int = 0) -> tuple[list[int], list[int]]:
    first: dict[str, int] = {}
    for index, text in enumerate(texts):
        first.setdefault(text, index)
    order = list(first.values())
    random.Random(seed).shuffle(order)
    count = round(share * len(order))
    return order[count:], order[:count]


@misconception(
    "holds out the last texts",
    hint="Many files are sorted by class or by date: the end of the file is not like the rest. Where does chance come in?",
    dies_by="test_split",
)
def split_texts(texts: list[str], share: float = 0.1, seed: int = 0) -> tuple[list[int], list[int]]:
    first: dict[str, int] = {}
    for index, text in enumerate(texts):
        first.setdefault(" ".join(tokenize(text)), index)
    order = list(first.values())
    count = len(order) - round(share * len(order))
    return order[:count], order[count:]


@misconception(
    "draws without its seed",
    hint="random.shuffle draws from Python's global generator, and tomorrow another text is held out. Who uses `seed`?",
    dies_by="test_split",
)
def split_texts(texts: list[str], share: float = 0.1, seed: int = 0) -> tuple[list[int], list[int]]:
    first: dict[str, int] = {}
    for index, text in enumerate(texts):
        first.setdefault(" ".join(tokenize(text)), index)
    order = list(first.values())
    random.shuffle(order)
    count = round(share * len(order))
    return order[count:], order[:count]


@misconception(
    "cuts the number of texts held out to a whole one",
    hint="int(2.8) is 2. The docstring says round(share * M).",
    dies_by="test_split",
)
def split_texts(texts: list[str], share: float = 0.1, seed: int = 0) -> tuple[list[int], list[int]]:
    first: dict[str, int] = {}
    for index, text in enumerate(texts):
        first.setdefault(" ".join(tokenize(text)), index)
    order = list(first.values())
    random.Random(seed).shuffle(order)
    count = int(share * len(order))
    return order[count:], order[:count]


@misconception(
    "takes the share of all texts, equal ones counted",
    hint="M is the number of different texts. Count after the equal ones are out.",
    dies_by="test_split",
)
def split_texts(texts: list[str], share: float = 0.1, seed: int = 0) -> tuple[list[int], list[int]]:
    first: dict[str, int] = {}
    for index, text in enumerate(texts):
        first.setdefault(" ".join(tokenize(text)), index)
    order = list(first.values())
    random.Random(seed).shuffle(order)
    count = round(share * len(texts))
    return order[count:], order[:count]


@misconception(
    "holds out neighbours, from a place that the seed decides",
    hint="Neighbours in a file are alike: one class, one source, one day. Shuffle, then cut.",
    dies_by="test_split",
)
def split_texts(texts: list[str], share: float = 0.1, seed: int = 0) -> tuple[list[int], list[int]]:
    first: dict[str, int] = {}
    for index, text in enumerate(texts):
        first.setdefault(" ".join(tokenize(text)), index)
    order = list(first.values())
    start = random.Random(seed).randrange(max(1, len(order)))
    order = order[start:] + order[:start]
    count = round(share * len(order))
    return order[count:], order[:count]


# -- vocabulary and batches ----------------------------------------------------------------------------------------


@misconception(
    "numbers the words in the order of their first appearance",
    hint="The docstring asks for the frequent words first. What does sorted do with key=lambda word: -counts[word]?",
    dies_by="test_vocab",
)
class Vocab(Vocab):
    @classmethod
    def build(cls, sequences: list[list[str]], min_freq: int = 1) -> "Vocab":
        counts = Counter(word for sequence in sequences for word in sequence)
        return cls(["<pad>", "<unk>", *[word for word in counts if counts[word] >= min_freq]])


@misconception(
    "gives unknown words the id of padding",
    hint="Padding is 0, what is unknown is 1. Padding is left out of everything, and an unknown word is still a word.",
    dies_by="test_vocab",
)
class Vocab(Vocab):
    def encode(self, words: list[str]) -> list[int]:
        return [self.ids.get(word, 0) for word in words]


@misconception(
    "counts in how many texts a word occurs, not how often",
    hint="A word that stands twice in one text occurs twice. What does set() do to the words of a text?",
    dies_by="test_vocab",
)
class Vocab(Vocab):
    @classmethod
    def build(cls, sequences: list[list[str]], min_freq: int = 1) -> "Vocab":
        counts = Counter(word for sequence in sequences for word in set(sequence))
        known = [word for word in counts if counts[word] >= min_freq]
        return cls(["<pad>", "<unk>", *sorted(known, key=lambda word: (-counts[word], word))])


@misconception(
    "forgets a vocabulary when another is built",
    hint="What stands in the class body belongs to all vocabularies together. Give each its own dict in __init__.",
    dies_by="test_vocab",
)
class Vocab(Vocab):
    ids: dict[str, int] = {}

    def __init__(self, words: list[str]) -> None:
        Vocab.ids.clear()
        Vocab.ids.update({word: number for number, word in enumerate(words)})


@misconception(
    "gives the label as a tensor",
    hint="The docstring promises an int: indexing a tensor gives a tensor. See .item() or .tolist().",
    dies_by="test_dataset",
)
class TextDataset(TextDataset):
    def __getitem__(self, index: int) -> tuple[torch.Tensor, int]:
        return self.ids[index], torch.tensor(self.labels[index])


@misconception(
    "keeps the end of a long text instead of its beginning",
    hint="A slice [-max_len:] counts from the end. The docstring keeps the beginning.",
    dies_by="test_dataset",
)
class TextDataset(TextDataset):
    def __init__(self, texts: list[str], labels: torch.Tensor, vocab: Vocab, max_len: int = 64) -> None:
        self.ids = [torch.tensor(vocab.encode(tokenize(text)[-max_len:]), dtype=torch.int64) for text in texts]
        self.labels = labels.tolist()


@misconception(
    "cuts every text to the shortest of the batch",
    hint="One short text, and all the others lose their words. A batch is as wide as its longest text: max, not min.",
    dies_by="test_collate",
)
def collate(examples: list[tuple[torch.Tensor, int]]) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    T = max(1, min(len(ids) for ids, _ in examples))
    lengths = torch.tensor([min(T, len(ids)) for ids, _ in examples])
    rows = [F.pad(ids[:T], (0, T - len(ids[:T]))) for ids, _ in examples]
    return torch.stack(rows), torch.arange(T) < lengths[:, None], torch.tensor([label for _, label in examples])


@misconception(
    "sorts the texts by length and leaves the labels where they were",
    hint="After the sorting, row n belongs to another example than label n. Sort the pairs, or nothing.",
    dies_by="test_collate",
)
def collate(examples: list[tuple[torch.Tensor, int]]) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    texts = sorted((ids for ids, _ in examples), key=len, reverse=True)
    lengths = torch.tensor([len(ids) for ids in texts])
    ids = pad_sequence(texts, batch_first=True)
    if not lengths.any():
        ids = torch.zeros(len(examples), 1, dtype=torch.int64)
    mask = torch.arange(ids.shape[1]) < lengths[:, None]
    return ids, mask, torch.tensor([label for _, label in examples])


@misconception(
    "marks the padding instead of the words",
    hint="True means a word here. (Some layers of PyTorch want it the other way round: always look it up.)",
    dies_by="test_collate",
)
def collate(examples: list[tuple[torch.Tensor, int]]) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    lengths = torch.tensor([len(ids) for ids, _ in examples])
    ids = pad_sequence([ids for ids, _ in examples], batch_first=True)
    if not lengths.any():
        ids = torch.zeros(len(examples), 1, dtype=torch.int64)
    mask = torch.arange(ids.shape[1]) >= lengths[:, None]
    return ids, mask, torch.tensor([label for _, label in examples])


# -- the bag -------------------------------------------------------------------------------------------------------


@misconception(
    "takes the mean over the padding too",
    hint="mean(1) counts every place, words or not: the answer then depends on the other texts of the batch. Multiply by the mask.",
    dies_by="test_bag",
)
class BagOfEmbeddings(BagOfEmbeddings):
    def forward(self, ids: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        return self.out(self.dropout(self.vectors(ids).mean(1)))


@misconception(
    "divides by the width of the batch instead of the number of words",
    hint="The padding is out of the sum, but not out of the number you divide by. What does mask.sum(1) count?",
    dies_by="test_bag",
)
class BagOfEmbeddings(BagOfEmbeddings):
    def forward(self, ids: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        return self.out(self.dropout((self.vectors(ids) * mask[:, :, None]).mean(1)))


@misconception(
    "lets other ids under the padding change the logits",
    hint="padding_idx makes the vector of id 0 zero. But who says that id 0 stands where the mask is False?",
    dies_by="test_bag",
)
class BagOfEmbeddings(nn.Module):
    def __init__(self, V: int, D: int, C: int) -> None:
        super().__init__()
        self.vectors, self.out = nn.Embedding(V, D, padding_idx=0), nn.Linear(D, C)

    def forward(self, ids: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        return self.out(self.vectors(ids).sum(1) / mask.sum(1, keepdim=True).clamp(min=1))


@misconception(
    "adds the words up instead of averaging them",
    hint="A sum grows with the length of the text, and the logits with it. Divide by the number of words.",
    dies_by="test_bag",
)
class BagOfEmbeddings(BagOfEmbeddings):
    def forward(self, ids: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        return self.out(self.dropout((self.vectors(ids) * mask[:, :, None]).sum(1)))


@misconception(
    "divides zero by zero for a text without words",
    hint="A text of punctuation alone has no word: 0 / 0 is nan, and one nan is enough to spoil a batch. Divide by at least 1.",
    dies_by="test_bag",
)
class BagOfEmbeddings(BagOfEmbeddings):
    def forward(self, ids: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        return self.out(self.dropout((self.vectors(ids) * mask[:, :, None]).sum(1) / mask.sum(1, keepdim=True)))


@misconception(
    "ends in a softmax, though the loss does one too",
    hint="cross_entropy takes logits and does the softmax itself; twice is too flat to learn from. predict does its own.",
    dies_by="test_bag",
)
class BagOfEmbeddings(BagOfEmbeddings):
    def forward(self, ids: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        weights = self.weights(ids).exp() * mask[:, :, None]
        mean = (weights * self.vectors(ids)).sum(1) / weights.sum(1).clamp(min=TINY)
        return self.out(self.dropout(mean)).softmax(1)


@misconception(
    "keeps its word vectors where no optimizer finds them",
    hint="parameters() sees what is an attribute of the module, or in a ModuleList; a plain list hides it. Print how many there are.",
    dies_by="test_bag",
)
class BagOfEmbeddings(nn.Module):
    def __init__(self, V: int, D: int, C: int) -> None:
        super().__init__()
        self.tables, self.out = [table(V, D, SPREAD)], nn.Linear(D, C)

    def forward(self, ids: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        total = (self.tables[0](ids) * mask[:, :, None]).sum(1)
        return self.out(total / mask.sum(1, keepdim=True).clamp(min=1))


# -- the network ---------------------------------------------------------------------------------------------------


@misconception(
    "takes the maximum over the padding too",
    hint="A filter answers to zeros as well: with its bias. Set the answers where the mask is False to something no word falls below.",
    dies_by="test_cnn",
)
class TextCNN(nn.Module):
    def __init__(self, V: int, D: int, C: int) -> None:
        super().__init__()
        self.vectors, self.filters = nn.Embedding(V, D), nn.Conv1d(D, 32, 3, padding=1)
        self.out = nn.Linear(32, C)

    def forward(self, ids: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        words = self.vectors(ids) * mask[:, :, None]
        return self.out(F.relu(self.filters(words.transpose(1, 2))).amax(2))


@misconception(
    "pools where the padding is",
    hint="masked_fill fills where its mask is True. Yours is True for the words: ~mask.",
    dies_by="test_cnn",
)
class TextCNN(nn.Module):
    def __init__(self, V: int, D: int, C: int) -> None:
        super().__init__()
        self.vectors, self.filters = nn.Embedding(V, D), nn.Conv1d(D, 32, 3, padding=1)
        self.out = nn.Linear(32, C)

    def forward(self, ids: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        words = self.vectors(ids) * mask[:, :, None]
        answers = F.relu(self.filters(words.transpose(1, 2)))
        return self.out(answers.masked_fill(mask[:, None], 0).amax(2))


@misconception(
    "leaves minus infinity as the maximum of a text without words",
    hint="Filling the padding with -inf is fine as long as one word is left. What comes out for a text that has none?",
    dies_by="test_cnn",
)
class TextCNN(nn.Module):
    def __init__(self, V: int, D: int, C: int) -> None:
        super().__init__()
        self.vectors, self.filters = nn.Embedding(V, D), nn.Conv1d(D, 32, 3, padding=1)
        self.out = nn.Linear(32, C)

    def forward(self, ids: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        words = self.vectors(ids) * mask[:, :, None]
        answers = self.filters(words.transpose(1, 2)).masked_fill(~mask[:, None], float("-inf"))
        return self.out(answers.amax(2))


@misconception(
    "looks at one word at a time",
    hint="A filter of width 1 followed by a maximum cannot know which word came first. Let it see neighbours: width 3.",
    dies_by="test_cnn",
)
class TextCNN(nn.Module):
    def __init__(self, V: int, D: int, C: int) -> None:
        super().__init__()
        self.vectors, self.filters = nn.Embedding(V, D), nn.Conv1d(D, 32, 1)
        self.out = nn.Linear(32, C)

    def forward(self, ids: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        answers = F.relu(self.filters(self.vectors(ids).transpose(1, 2)))
        return self.out((answers * mask[:, None]).amax(2))


# -- training ------------------------------------------------------------------------------------------------------


@misconception(
    "builds the vocabulary from all texts, held-out ones too",
    hint="New texts will have words that nobody has seen. If those held out have none, they tell you nothing about that.",
    dies_by="test_held_out",
)
def train(cfg: Config) -> Result:
    torch.manual_seed(cfg.seed)
    kept, held_out = split_texts(cfg.texts, cfg.share, cfg.seed)
    vocab = Vocab.build([tokenize(text) for text in cfg.texts], cfg.min_freq)
    model = {"bag": BagOfEmbeddings, "cnn": TextCNN}[cfg.kind](len(vocab), cfg.width, cfg.classes)
    result = Result(cfg, model, vocab, held_out)
    data = TextDataset([cfg.texts[i] for i in kept], cfg.labels[kept], vocab, cfg.max_len)
    lengths = [len(ids) for ids, _ in data]
    optimizer = cfg.optimizer(model)
    for _ in range(cfg.epochs):
        model.train()
        for batch in batches(lengths, cfg.batch):
            ids, mask, labels = collate([data[i] for i in batch])
            optimizer.zero_grad()
            F.cross_entropy(model(ids, mask), labels).backward()
            optimizer.step()
        predicted, _ = predict(result, [cfg.texts[i] for i in held_out])
        result.history.append((predicted == cfg.labels[held_out]).double().mean().item())
    return result


@misconception(
    "does not use its seed",
    hint="The first weights, the order of the texts and dropout come from PyTorch's own generator. Where does cfg.seed reach it?",
    dies_by="test_same_seed",
)
def train(cfg: Config) -> Result:
    kept, held_out = split_texts(cfg.texts, cfg.share, cfg.seed)
    vocab = Vocab.build([tokenize(cfg.texts[i]) for i in kept], cfg.min_freq)
    model = {"bag": BagOfEmbeddings, "cnn": TextCNN}[cfg.kind](len(vocab), cfg.width, cfg.classes)
    result = Result(cfg, model, vocab, held_out)
    data = TextDataset([cfg.texts[i] for i in kept], cfg.labels[kept], vocab, cfg.max_len)
    lengths = [len(ids) for ids, _ in data]
    optimizer = cfg.optimizer(model)
    for _ in range(cfg.epochs):
        model.train()
        for batch in batches(lengths, cfg.batch):
            ids, mask, labels = collate([data[i] for i in batch])
            optimizer.zero_grad()
            F.cross_entropy(model(ids, mask), labels).backward()
            optimizer.step()
        predicted, _ = predict(result, [cfg.texts[i] for i in held_out])
        result.history.append((predicted == cfg.labels[held_out]).double().mean().item())
    return result


@misconception(
    "pairs the texts that are kept with the first labels of all",
    hint="cfg.labels[:len(kept)] are the labels of other texts. Take the same indices for both: cfg.labels[kept].",
    dies_by="test_learns",
)
def train(cfg: Config) -> Result:
    torch.manual_seed(cfg.seed)
    kept, held_out = split_texts(cfg.texts, cfg.share, cfg.seed)
    vocab = Vocab.build([tokenize(cfg.texts[i]) for i in kept], cfg.min_freq)
    model = {"bag": BagOfEmbeddings, "cnn": TextCNN}[cfg.kind](len(vocab), cfg.width, cfg.classes)
    result = Result(cfg, model, vocab, held_out)
    data = TextDataset([cfg.texts[i] for i in kept], cfg.labels[: len(kept)], vocab, cfg.max_len)
    lengths = [len(ids) for ids, _ in data]
    optimizer = cfg.optimizer(model)
    for _ in range(cfg.epochs):
        model.train()
        for batch in batches(lengths, cfg.batch):
            ids, mask, labels = collate([data[i] for i in batch])
            optimizer.zero_grad()
            F.cross_entropy(model(ids, mask), labels).backward()
            optimizer.step()
        predicted, _ = predict(result, [cfg.texts[i] for i in held_out])
        result.history.append((predicted == cfg.labels[held_out]).double().mean().item())
    return result


@misconception(
    "trains with the texts held out, too",
    hint="What a model has learned from cannot tell how it does on new texts. Which indices belong in the TextDataset that is trained with?",
    dies_by="test_unseen",
)
def train(cfg: Config) -> Result:
    torch.manual_seed(cfg.seed)
    kept, held_out = split_texts(cfg.texts, cfg.share, cfg.seed)
    vocab = Vocab.build([tokenize(cfg.texts[i]) for i in kept], cfg.min_freq)
    model = {"bag": BagOfEmbeddings, "cnn": TextCNN}[cfg.kind](len(vocab), cfg.width, cfg.classes)
    result = Result(cfg, model, vocab, held_out)
    data = TextDataset(cfg.texts, cfg.labels, vocab, cfg.max_len)
    lengths = [len(ids) for ids, _ in data]
    optimizer = cfg.optimizer(model)
    for _ in range(cfg.epochs):
        model.train()
        for batch in batches(lengths, cfg.batch):
            ids, mask, labels = collate([data[i] for i in batch])
            optimizer.zero_grad()
            F.cross_entropy(model(ids, mask), labels).backward()
            optimizer.step()
        predicted, _ = predict(result, [cfg.texts[i] for i in held_out])
        result.history.append((predicted == cfg.labels[held_out]).double().mean().item())
    return result


@misconception(
    "trains with what is held out and holds out the rest",
    hint="split_texts gives (train, held_out), in this order. How many texts should be in which part?",
    dies_by="test_held_out",
)
def train(cfg: Config) -> Result:
    torch.manual_seed(cfg.seed)
    held_out, kept = split_texts(cfg.texts, cfg.share, cfg.seed)
    vocab = Vocab.build([tokenize(cfg.texts[i]) for i in kept], cfg.min_freq)
    model = {"bag": BagOfEmbeddings, "cnn": TextCNN}[cfg.kind](len(vocab), cfg.width, cfg.classes)
    result = Result(cfg, model, vocab, held_out)
    data = TextDataset([cfg.texts[i] for i in kept], cfg.labels[kept], vocab, cfg.max_len)
    lengths = [len(ids) for ids, _ in data]
    optimizer = cfg.optimizer(model)
    for _ in range(cfg.epochs):
        model.train()
        for batch in batches(lengths, cfg.batch):
            ids, mask, labels = collate([data[i] for i in batch])
            optimizer.zero_grad()
            F.cross_entropy(model(ids, mask), labels).backward()
            optimizer.step()
        predicted, _ = predict(result, [cfg.texts[i] for i in held_out])
        result.history.append((predicted == cfg.labels[held_out]).double().mean().item())
    return result


@misconception(
    "writes down how many of the training texts are right",
    hint="Of what was trained with nearly all is right in the end. history is about the texts held out.",
    dies_by="test_unseen",
)
def train(cfg: Config) -> Result:
    torch.manual_seed(cfg.seed)
    kept, held_out = split_texts(cfg.texts, cfg.share, cfg.seed)
    vocab = Vocab.build([tokenize(cfg.texts[i]) for i in kept], cfg.min_freq)
    model = {"bag": BagOfEmbeddings, "cnn": TextCNN}[cfg.kind](len(vocab), cfg.width, cfg.classes)
    result = Result(cfg, model, vocab, held_out)
    data = TextDataset([cfg.texts[i] for i in kept], cfg.labels[kept], vocab, cfg.max_len)
    lengths = [len(ids) for ids, _ in data]
    optimizer = cfg.optimizer(model)
    for _ in range(cfg.epochs):
        model.train()
        for batch in batches(lengths, cfg.batch):
            ids, mask, labels = collate([data[i] for i in batch])
            optimizer.zero_grad()
            F.cross_entropy(model(ids, mask), labels).backward()
            optimizer.step()
        predicted, _ = predict(result, [cfg.texts[i] for i in kept])
        result.history.append((predicted == cfg.labels[kept]).double().mean().item())
    return result


@misconception(
    "holds out other texts than the seed says",
    hint="split_texts is asked with its own default, not with cfg.seed and cfg.share. What are its parameters?",
    dies_by="test_held_out",
)
def train(cfg: Config) -> Result:
    torch.manual_seed(cfg.seed)
    kept, held_out = split_texts(cfg.texts, cfg.share)
    vocab = Vocab.build([tokenize(cfg.texts[i]) for i in kept], cfg.min_freq)
    model = {"bag": BagOfEmbeddings, "cnn": TextCNN}[cfg.kind](len(vocab), cfg.width, cfg.classes)
    result = Result(cfg, model, vocab, held_out)
    data = TextDataset([cfg.texts[i] for i in kept], cfg.labels[kept], vocab, cfg.max_len)
    lengths = [len(ids) for ids, _ in data]
    optimizer = cfg.optimizer(model)
    for _ in range(cfg.epochs):
        model.train()
        for batch in batches(lengths, cfg.batch):
            ids, mask, labels = collate([data[i] for i in batch])
            optimizer.zero_grad()
            F.cross_entropy(model(ids, mask), labels).backward()
            optimizer.step()
        predicted, _ = predict(result, [cfg.texts[i] for i in held_out])
        result.history.append((predicted == cfg.labels[held_out]).double().mean().item())
    return result


@misconception(
    "gives a TextCNN whatever was asked for",
    hint="Reverse the words of a text: a bag does not notice. Who reads cfg.kind?",
    dies_by="test_learns",
)
def train(cfg: Config) -> Result:
    torch.manual_seed(cfg.seed)
    kept, held_out = split_texts(cfg.texts, cfg.share, cfg.seed)
    vocab = Vocab.build([tokenize(cfg.texts[i]) for i in kept], cfg.min_freq)
    model = TextCNN(len(vocab), cfg.width, cfg.classes)
    result = Result(cfg, model, vocab, held_out)
    data = TextDataset([cfg.texts[i] for i in kept], cfg.labels[kept], vocab, cfg.max_len)
    lengths = [len(ids) for ids, _ in data]
    optimizer = cfg.optimizer(model)
    for _ in range(cfg.epochs):
        model.train()
        for batch in batches(lengths, cfg.batch):
            ids, mask, labels = collate([data[i] for i in batch])
            optimizer.zero_grad()
            F.cross_entropy(model(ids, mask), labels).backward()
            optimizer.step()
        predicted, _ = predict(result, [cfg.texts[i] for i in held_out])
        result.history.append((predicted == cfg.labels[held_out]).double().mean().item())
    return result


@misconception(
    "leaves other texts in the configuration",
    hint="The caller still needs cfg as it was, and so does the next training. Keep what you choose in names of your own.",
    dies_by="test_held_out",
)
def train(cfg: Config) -> Result:
    torch.manual_seed(cfg.seed)
    kept, held_out = split_texts(cfg.texts, cfg.share, cfg.seed)
    new = [cfg.texts[i] for i in held_out]
    truth = cfg.labels[held_out]
    cfg.texts, cfg.labels = [cfg.texts[i] for i in kept], cfg.labels[kept]
    vocab = Vocab.build([tokenize(text) for text in cfg.texts], cfg.min_freq)
    model = {"bag": BagOfEmbeddings, "cnn": TextCNN}[cfg.kind](len(vocab), cfg.width, cfg.classes)
    result = Result(cfg, model, vocab, held_out)
    data = TextDataset(cfg.texts, cfg.labels, vocab, cfg.max_len)
    lengths = [len(ids) for ids, _ in data]
    optimizer = cfg.optimizer(model)
    for _ in range(cfg.epochs):
        model.train()
        for batch in batches(lengths, cfg.batch):
            ids, mask, labels = collate([data[i] for i in batch])
            optimizer.zero_grad()
            F.cross_entropy(model(ids, mask), labels).backward()
            optimizer.step()
        predicted, _ = predict(result, new)
        result.history.append((predicted == truth).double().mean().item())
    return result


@misconception(
    "gives the same model for every seed",
    hint="Five seeds should give five models; how else would you know what is luck? Where does cfg.seed reach PyTorch's generator?",
    dies_by="test_same_seed",
)
def train(cfg: Config) -> Result:
    torch.manual_seed(42)
    kept, held_out = split_texts(cfg.texts, cfg.share, cfg.seed)
    vocab = Vocab.build([tokenize(cfg.texts[i]) for i in kept], cfg.min_freq)
    model = {"bag": BagOfEmbeddings, "cnn": TextCNN}[cfg.kind](len(vocab), cfg.width, cfg.classes)
    result = Result(cfg, model, vocab, held_out)
    data = TextDataset([cfg.texts[i] for i in kept], cfg.labels[kept], vocab, cfg.max_len)
    lengths = [len(ids) for ids, _ in data]
    optimizer = cfg.optimizer(model)
    for _ in range(cfg.epochs):
        model.train()
        for batch in batches(lengths, cfg.batch):
            ids, mask, labels = collate([data[i] for i in batch])
            optimizer.zero_grad()
            F.cross_entropy(model(ids, mask), labels).backward()
            optimizer.step()
        predicted, _ = predict(result, [cfg.texts[i] for i in held_out])
        result.history.append((predicted == cfg.labels[held_out]).double().mean().item())
    return result


# -- evaluation and report -----------------------------------------------------------------------------------------


@misconception(
    "weighs the F1 of each class by its size",
    hint="That is the weighted F1: a class of three texts cannot move it. In a macro average every class counts the same.",
    dies_by="test_evaluate",
)
def evaluate(predicted: torch.Tensor, labels: torch.Tensor, classes: int) -> dict:
    cm = torch.zeros(classes, classes, dtype=torch.int64)
    for truth, answer in zip(labels.tolist(), predicted.tolist(), strict=True):
        cm[truth, answer] += 1
    f1 = (2 * cm.diag() / (cm.sum(0) + cm.sum(1))).nan_to_num()
    share = cm.sum(1) / cm.sum()
    return {"acc": (cm.trace() / cm.sum()).item(), "macro_f1": (f1 * share).sum().item(), "cm": cm}


@misconception(
    "turns the confusion matrix round",
    hint="Rows are the truth, columns the prediction: one step in cm[truth, answer].",
    dies_by="test_evaluate",
)
def evaluate(predicted: torch.Tensor, labels: torch.Tensor, classes: int) -> dict:
    cm = torch.zeros(classes, classes, dtype=torch.int64)
    for truth, answer in zip(labels.tolist(), predicted.tolist(), strict=True):
        cm[answer, truth] += 1
    f1 = (2 * cm.diag() / (cm.sum(0) + cm.sum(1))).nan_to_num()
    return {"acc": (cm.trace() / cm.sum()).item(), "macro_f1": f1.mean().item(), "cm": cm}


@misconception(
    "leaves out classes that occur nowhere",
    hint="A class that is neither there nor predicted has an F1 of 0 / 0 = 0, and counts: divide by the number of all classes.",
    dies_by="test_evaluate",
)
def evaluate(predicted: torch.Tensor, labels: torch.Tensor, classes: int) -> dict:
    cm = torch.zeros(classes, classes, dtype=torch.int64)
    for truth, answer in zip(labels.tolist(), predicted.tolist(), strict=True):
        cm[truth, answer] += 1
    either = cm.sum(0) + cm.sum(1)
    f1 = 2 * cm.diag()[either > 0] / either[either > 0]
    return {"acc": (cm.trace() / cm.sum()).item(), "macro_f1": f1.mean().item(), "cm": cm}


@misconception(
    "counts right answers as mix-ups",
    hint="The largest entry of a confusion matrix lies on its diagonal, where everything is right. Empty the diagonal first.",
    dies_by="test_report",
)
def report(predicted: torch.Tensor, labels: torch.Tensor, names: list[str]) -> dict:
    found = evaluate(predicted, labels, len(names))
    cm = found["cm"]
    truth, answer = divmod(int(cm.argmax()), len(names))
    return {
        "texts": len(labels), "acc": found["acc"], "macro_f1": found["macro_f1"], "cm": cm.tolist(),
        "majority": int(cm.sum(1).max()) / len(labels), "most_confused": [names[truth], names[answer], int(cm.max())],
    }  # fmt: skip


@misconception(
    "takes the majority among the predictions instead of the labels",
    hint="What always naming one class would get depends on how many texts are of that class, not on what the model says.",
    dies_by="test_report",
)
def report(predicted: torch.Tensor, labels: torch.Tensor, names: list[str]) -> dict:
    found = evaluate(predicted, labels, len(names))
    cm = found["cm"]
    mistakes = cm - cm.diag().diag()
    truth, answer = divmod(int(mistakes.argmax()), len(names))
    worst = [names[truth], names[answer], int(mistakes.max())]
    return {
        "texts": len(labels), "acc": found["acc"], "macro_f1": found["macro_f1"], "cm": cm.tolist(),
        "majority": int(cm.sum(0).max()) / len(labels), "most_confused": worst if worst[2] else None,
    }  # fmt: skip
