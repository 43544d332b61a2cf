"""First drafts of this page, as beginners hand them in."""

# %% split is enough
# tokenize: splits at spaces only
# Vocab: numbers the words in the order of their first appearance
# pad_batch: pads at the front
# pad_batch: asks for the longest of no sequences
def tokenize(text):
    return text.lower().split()


class Vocab:
    def __init__(self, words):
        self.words = words
        self.ids = {w: i for i, w in enumerate(words)}

    @classmethod
    def build(cls, sequences, min_freq=1, specials=("<pad>", "<unk>")):
        if "<unk>" not in specials:
            raise ValueError("no <unk>")
        counts = Counter()
        for s in sequences:
            counts.update(s)
        words = list(specials)
        for w, c in counts.items():
            if c >= min_freq and w not in words:
                words.append(w)
        return cls(words)

    def __len__(self):
        return len(self.words)

    def encode(self, words):
        return [self.ids.get(w, self.ids["<unk>"]) for w in words]

    def decode(self, ids):
        return [self.words[i] for i in ids]


def pad_batch(sequences, pad_id=0, max_len=None):
    if max_len is not None:
        sequences = [s[:max_len] for s in sequences]
    T = max(len(s) for s in sequences)
    rows = [[pad_id] * (T - len(s)) + s for s in sequences]
    return torch.tensor(rows), torch.tensor([len(s) for s in sequences])


# %% letters a to z
# tokenize: knows only the letters a to z
# Vocab: leaves equally frequent words in the order of their appearance
# bag_of_words: counts padding as a word
# idf: counts how often a word occurs, not in how many texts
def tokenize(text):
    return re.findall(r"[a-z0-9]+", text.lower())


class Vocab:
    def __init__(self, words):
        self.words = list(words)
        self.ids = dict(zip(self.words, range(len(self.words))))

    @classmethod
    def build(cls, sequences, min_freq=1, specials=("<pad>", "<unk>")):
        if "<unk>" not in specials:
            raise ValueError("<unk> is needed")
        counts = Counter(w for s in sequences for w in s)
        words = list(specials)
        for word, count in counts.most_common():
            if count >= min_freq and word not in specials:
                words.append(word)
        return cls(words)

    def __len__(self):
        return len(self.words)

    def encode(self, words):
        unk = self.ids["<unk>"]
        return [self.ids.get(word, unk) for word in words]

    def decode(self, ids):
        return [self.words[i] for i in ids]


def bag_of_words(ids, vocab_size, pad_id=0):
    out = torch.zeros(len(ids), vocab_size)
    for n in range(len(ids)):
        for i in ids[n]:
            out[n, i] += 1
    return out


def idf(counts):
    df = counts.sum(0)
    return torch.log((1 + len(counts)) / (1 + df)) + 1


# %% words by regular expression
# tokenize: takes an underscore for a letter
# pad_batch: takes the lengths after padding
# bag_of_words: counts a repeated word once
# idf: comes back in float32, also from counts in float64
# tfidf: divides a row without words by its length of 0
def tokenize(text):
    return re.findall(r"\w+", text.lower())


def pad_batch(sequences, pad_id=0, max_len=None):
    n = max([len(s) for s in sequences], default=0)
    if max_len is not None:
        n = min(n, max_len)
    ids = torch.full((len(sequences), n), pad_id)
    for i, s in enumerate(sequences):
        s = s[:n]
        ids[i, : len(s)] = torch.tensor(s, dtype=torch.long)
    lengths = torch.tensor([len(row) for row in ids], dtype=torch.long)
    return ids, lengths


def bag_of_words(ids, vocab_size, pad_id=0):
    out = torch.zeros(len(ids), vocab_size)
    for n, row in enumerate(ids):
        out[n, row] = 1
    out[:, pad_id] = 0
    return out


def idf(counts):
    df = (counts > 0).sum(0)
    return torch.log((1 + counts.shape[0]) / (1 + df)) + 1


def tfidf(counts, weights=None):
    if weights is None:
        weights = idf(counts)
    x = counts * weights
    return x / x.norm(dim=1, keepdim=True)


# %% capital letters and unknown words
# tokenize: keeps capital letters
# Vocab: looks every word up as if it were known
# masked_mean: averages over padding too
def tokenize(text):
    return re.findall(r"[^\W_]+", text)


class Vocab:
    def __init__(self, words):
        self.words = words
        self.ids = {word: i for i, word in enumerate(words)}

    @classmethod
    def build(cls, sequences, min_freq=1, specials=("<pad>", "<unk>")):
        if "<unk>" not in specials:
            raise ValueError("specials must hold <unk>")
        counts = Counter(w for s in sequences for w in s)
        words = [w for w in counts if counts[w] >= min_freq and w not in specials]
        words.sort(key=lambda w: (-counts[w], w))
        return cls(list(specials) + words)

    def __len__(self):
        return len(self.words)

    def encode(self, words):
        return [self.ids[w] for w in words]

    def decode(self, ids):
        return [self.words[i] for i in ids]


def masked_mean(E, ids, mask):
    return E[ids].mean(dim=1)


# %% the mask only above
# masked_mean: sets padding to 0 and still divides by the length of the row
# idf: comes back in float32, also from counts in float64
# tfidf: weighs held-out texts by their own rarity
# Vocab: keeps only words that occur more often than min_freq
class Vocab:
    def __init__(self, words):
        self.words = words
        self.ids = {word: i for i, word in enumerate(words)}

    @classmethod
    def build(cls, sequences, min_freq=1, specials=("<pad>", "<unk>")):
        if "<unk>" not in specials:
            raise ValueError("<unk>")
        counts = Counter(w for s in sequences for w in s)
        words = sorted(counts, key=lambda w: (-counts[w], w))
        words = [w for w in words if counts[w] > min_freq and w not in specials]
        return cls(list(specials) + words)

    def __len__(self):
        return len(self.words)

    def encode(self, words):
        return [self.ids[w] if w in self.ids else self.ids["<unk>"] for w in words]

    def decode(self, ids):
        return [self.words[int(i)] for i in ids]


def idf(counts):
    df = (counts > 0).sum(0)
    return torch.log((1 + len(counts)) / (1 + df)) + 1


def tfidf(counts, weights=None):
    w = counts * idf(counts)
    return w / w.norm(dim=1, keepdim=True).clamp(min=1e-12)


def masked_mean(E, ids, mask):
    vectors = E[ids] * mask.unsqueeze(-1)
    return vectors.mean(1)


# %% division by zero
# masked_mean: divides by 0 where a text has no words
# idf: leaves out the one that keeps a frequent word from vanishing
# tfidf: divides by the sum of a row instead of its Euclidean length
def idf(counts):
    df = (counts > 0).to(counts.dtype).sum(0)
    return torch.log((1 + len(counts)) / (1 + df))


def tfidf(counts, weights=None):
    if weights is None:
        weights = idf(counts)
    w = counts * weights
    return w / w.sum(1, keepdim=True).clamp(min=1e-12)


def masked_mean(E, ids, mask):
    m = mask.to(E.dtype).unsqueeze(2)
    return (E[ids] * m).sum(1) / m.sum(1)


# %% no empty batch
# pad_batch: asks for the longest of no sequences
# bag_of_words: answers in int64
# masked_mean: takes every id but 0 for a word, whatever the mask says
def pad_batch(sequences, pad_id=0, max_len=None):
    if max_len:
        sequences = [s[:max_len] for s in sequences]
    lengths = [len(s) for s in sequences]
    T = max(lengths)
    rows = [s + [pad_id] * (T - len(s)) for s in sequences]
    return torch.tensor(rows), torch.tensor(lengths)


def bag_of_words(ids, vocab_size, pad_id=0):
    one_hot = torch.nn.functional.one_hot(ids, vocab_size)
    counts = one_hot.sum(1)
    counts[:, pad_id] = 0
    return counts


def masked_mean(E, ids, mask):
    m = (ids != 0).unsqueeze(-1).to(E.dtype)
    return (E[ids] * m).sum(1) / m.sum(1).clamp(min=1)


# %% the end kept, the padding counted from 0
# pad_batch: keeps the end of a sequence that is too long
# bag_of_words: takes 0 for the padding, whatever pad_id says
# idf: leaves out both ones, so that a word that no text has weighs infinitely much
#   or: comes back in float32, also from counts in float64
def pad_batch(sequences, pad_id=0, max_len=None):
    if max_len is not None:
        sequences = [s[-max_len:] for s in sequences]
    lengths = torch.tensor([len(s) for s in sequences], dtype=torch.int64)
    T = int(lengths.max()) if len(lengths) else 0
    ids = torch.full((len(sequences), T), pad_id, dtype=torch.int64)
    for i, s in enumerate(sequences):
        ids[i, : len(s)] = torch.tensor(s, dtype=torch.int64)
    return ids, lengths


def bag_of_words(ids, vocab_size, pad_id=0):
    out = torch.zeros(ids.shape[0], vocab_size)
    for n in range(ids.shape[0]):
        for t in range(ids.shape[1]):
            if ids[n, t] != 0:
                out[n, ids[n, t]] += 1
    return out


def idf(counts):
    df = (counts > 0).sum(0)
    return torch.log(len(counts) / df) + 1


# %% padding written over
# masked_mean: overwrites the ids of padding in the tensor it was given
# Vocab: leaves the specials out when it decodes
# tokenize: gives empty words at the ends
def tokenize(text):
    return re.split(r"[\W_]+", text.lower())


class Vocab:
    def __init__(self, words):
        self.words = words
        self.ids = {w: i for i, w in enumerate(words)}

    @classmethod
    def build(cls, sequences, min_freq=1, specials=("<pad>", "<unk>")):
        if "<unk>" not in specials:
            raise ValueError("no unk")
        counts = Counter(w for s in sequences for w in s)
        rest = sorted((w for w in counts if counts[w] >= min_freq and w not in specials), key=lambda w: (-counts[w], w))
        return cls(list(specials) + rest)

    def __len__(self):
        return len(self.words)

    def encode(self, words):
        return [self.ids.get(w, self.ids["<unk>"]) for w in words]

    def decode(self, ids):
        return [self.words[i] for i in ids if not self.words[i].startswith("<")]


def masked_mean(E, ids, mask):
    ids[~mask] = 0
    x = E[ids]
    x = x * mask[:, :, None]
    n = mask.sum(1, keepdim=True).clamp(min=1)
    return x.sum(1) / n


# %% unknown words are padding
# Vocab: gives unknown words the id of padding
# pad_batch: takes the lengths before cutting off
# tfidf: brings the counts to length 1 before it weighs them
class Vocab:
    def __init__(self, words):
        self.words = words
        self.ids = {w: i for i, w in enumerate(words)}

    @classmethod
    def build(cls, sequences, min_freq=1, specials=("<pad>", "<unk>")):
        if "<unk>" not in specials:
            raise ValueError("no unk")
        counts = Counter(w for s in sequences for w in s)
        rest = sorted((w for w in counts if counts[w] >= min_freq and w not in specials), key=lambda w: (-counts[w], w))
        return cls(list(specials) + rest)

    def __len__(self):
        return len(self.words)

    def encode(self, words):
        return [self.ids.get(w, 0) for w in words]

    def decode(self, ids):
        return [self.words[i] for i in ids]


def pad_batch(sequences, pad_id=0, max_len=None):
    lengths = torch.tensor([len(s) for s in sequences], dtype=torch.int64)
    T = max([len(s) for s in sequences], default=0)
    if max_len is not None:
        T = min(T, max_len)
    ids = torch.full((len(sequences), T), pad_id, dtype=torch.int64)
    for n, s in enumerate(sequences):
        for t, i in enumerate(s[:T]):
            ids[n, t] = i
    return ids, lengths


def idf(counts):
    df = (counts > 0).to(counts.dtype).sum(0)
    return torch.log((1 + len(counts)) / (1 + df)) + 1


def tfidf(counts, weights=None):
    if weights is None:
        weights = idf(counts)
    n = counts.norm(dim=1, keepdim=True).clamp(min=1e-12)
    return counts / n * weights


# %% split at blanks
# tokenize: splits at spaces only
# Vocab: numbers the words in the order of their first appearance
# Vocab: looks every word up as if it were known
# pad_batch: never cuts a sequence, whatever max_len says
# pad_batch: asks for the longest of no sequences
def tokenize(text):
    return text.lower().split()


class Vocab:
    def __init__(self, words):
        self.words = words
        self.ids = {w: i for i, w in enumerate(words)}

    @classmethod
    def build(cls, sequences, min_freq=1, specials=("<pad>", "<unk>")):
        counts = Counter()
        for s in sequences:
            counts.update(s)
        words = list(specials)
        for w, c in counts.items():
            if c >= min_freq:
                words.append(w)
        return cls(words)

    def __len__(self):
        return len(self.words)

    def encode(self, words):
        return [self.ids[w] for w in words]

    def decode(self, ids):
        return [self.words[i] for i in ids]


def pad_batch(sequences, pad_id=0, max_len=None):
    T = max(len(s) for s in sequences)
    ids = torch.tensor([s + [pad_id] * (T - len(s)) for s in sequences])
    return ids, torch.tensor([len(s) for s in sequences])


# %% a regular expression of letters
# tokenize: takes an underscore for a letter
# Vocab: keeps only words that occur more often than min_freq
# Vocab: gives a special that occurs in the texts a second id
# bag_of_words: counts padding as a word
# bag_of_words: answers in int64
def tokenize(text):
    return re.findall(r"\w+", text.lower())


class Vocab:
    def __init__(self, words):
        self.itos = words
        self.stoi = {w: i for i, w in enumerate(words)}

    @classmethod
    def build(cls, sequences, min_freq=1, specials=("<pad>", "<unk>")):
        if "<unk>" not in specials:
            raise ValueError("no <unk>")
        counts = Counter(w for s in sequences for w in s)
        frequent = sorted([w for w in counts if counts[w] > min_freq], key=lambda w: (-counts[w], w))
        return cls(list(specials) + frequent)

    def __len__(self):
        return len(self.itos)

    def encode(self, words):
        return [self.stoi.get(w, self.stoi["<unk>"]) for w in words]

    def decode(self, ids):
        return [self.itos[i] for i in ids]


def bag_of_words(ids, vocab_size, pad_id=0):
    out = torch.zeros(len(ids), vocab_size, dtype=torch.int64)
    for n, row in enumerate(ids):
        for i in row:
            out[n, i] += 1
    return out


# %% frequencies of all words
# idf: counts how often a word occurs, not in how many texts
# idf: leaves out the one that keeps a frequent word from vanishing
# tfidf: divides by the sum of a row instead of its Euclidean length
# tfidf: divides a row without words by its length of 0
# masked_mean: sets padding to 0 and still divides by the length of the row
def idf(counts):
    N = counts.shape[0]
    df = counts.sum(0)
    return torch.log((1 + N) / (1 + df))


def tfidf(counts, weights=None):
    if weights is None:
        weights = idf(counts)
    x = counts * weights
    return x / x.sum(dim=1, keepdim=True)


def masked_mean(E, ids, mask):
    vectors = E[ids] * mask.unsqueeze(-1)
    return vectors.mean(dim=1)


# %% lengths of the padded ones
# pad_batch: takes the lengths before cutting off
# pad_batch: pads at the front
# pad_batch: asks for the longest of no sequences
#   or: says "the max of nothing is asked for"
# masked_mean: averages over padding too
# idf: takes another logarithm than the natural one
# idf: comes back in float32, also from counts in float64
# tfidf: brings the columns to length 1, not the rows
def pad_batch(sequences, pad_id=0, max_len=None):
    lengths = [len(s) for s in sequences]
    if max_len is not None:
        sequences = [s[:max_len] for s in sequences]
    T = max(len(s) for s in sequences)
    out = torch.full((len(sequences), T), pad_id)
    for i, s in enumerate(sequences):
        out[i, T - len(s) :] = torch.tensor(s)
    return out, torch.tensor(lengths)


def idf(counts):
    N = len(counts)
    df = (counts > 0).sum(dim=0)
    return torch.log10((1 + N) / (1 + df)) + 1


def tfidf(counts, weights=None):
    if weights is None:
        weights = idf(counts)
    x = counts * weights
    return x / (x.norm(dim=0) + 1e-12)


def masked_mean(E, ids, mask):
    return E[ids].mean(1)


# %% decoded into one text, min_freq too strict
# tokenize: takes an underscore for a letter
# Vocab: keeps only words that occur more often than min_freq
#   or: joins the decoded words into one text
#   or: says "nothing was raised where ValueError was expected"
# pad_batch: takes the lengths before cutting off
#   or: asks for the longest of no sequences
#   or: never cuts a sequence, whatever max_len says
# bag_of_words: counts a repeated word once
# idf: comes back in float32, also from counts in float64
# tfidf: brings the columns to length 1, not the rows
# masked_mean: sets padding to 0 and still divides by the length of the row
def tokenize(text):
    return re.findall(r"\w+", text.lower())

class Vocab:
    def __init__(self, words):
        self.itos = words
        self.stoi = {}
        for i, w in enumerate(words):
            self.stoi[w] = i

    @classmethod
    def build(cls, sequences, min_freq=1, specials=("<pad>", "<unk>")):
        c = Counter(w for s in sequences for w in s)
        words = [w for w in c if c[w] > min_freq and w not in specials]
        words.sort(key=lambda w: (-c[w], w))
        return cls(list(specials) + words)

    def __len__(self):
        return len(self.itos)

    def encode(self, words):
        return [self.stoi.get(w, self.stoi["<unk>"]) for w in words]

    def decode(self, ids):
        return " ".join(self.itos[i] for i in ids)

def pad_batch(sequences, pad_id=0, max_len=None):
    lengths = torch.tensor([len(s) for s in sequences])
    T = lengths.max() if max_len is None else max_len
    batch = []
    for s in sequences:
        s = s[:T]
        batch.append(s + [pad_id] * (T - len(s)))
    return torch.tensor(batch), lengths

def bag_of_words(ids, vocab_size, pad_id=0):
    out = torch.zeros(len(ids), vocab_size)
    for n, row in enumerate(ids):
        out[n, row] = 1
    out[:, pad_id] = 0
    return out

def idf(counts):
    return torch.log((1 + len(counts)) / (1 + (counts > 0).sum(dim=0))) + 1

def tfidf(counts, weights=None):
    if weights == None:
        weights = idf(counts)
    x = counts * weights
    return x / x.norm(dim=0)

def masked_mean(E, ids, mask):
    vectors = E[ids] * mask.unsqueeze(-1)
    return vectors.mean(dim=1)
