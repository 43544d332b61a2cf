"""First drafts of this page, as beginners hand them in."""

# %% std as torch gives it
# Standardizer: divides by N - 1 instead of N
# Standardizer: divides a column of equal values by its deviation 0
#   or: says "entries are NaN"
# Standardizer: lets a table of one column broadcast
# impute: takes the lower of the two middle values for the median
# impute: leaves a column without any known value as it is
class Standardizer:
    def fit(self, X):
        self.mean = X.mean(0)
        self.std = X.std(0)
        return self

    def transform(self, X):
        return (X - self.mean) / self.std

    def inverse(self, Z):
        return Z * self.std + self.mean


def impute(X, strategy="mean", reference=None):
    if reference is None:
        reference = X
    if strategy == "mean":
        fill = reference.nanmean(0)
    elif strategy == "median":
        fill = reference.nanmedian(0).values
    else:
        raise ValueError(strategy)
    return torch.where(torch.isnan(X), fill, X)


# %% fit forgets to return
# Standardizer: returns nothing from fit
# Standardizer: asks whether the deviation is exactly 0
# one_hot_encode: raises where a value is not among the categories
#   or: says "is not in list"
# class_weights: divides by the count 0 of a class without examples
# class_weights: gives no weight to the last classes where they have no examples
#   or: says "its shape is (3,), not (4,)"
class Standardizer:
    def fit(self, X):
        self.mu = X.mean(dim=0)
        self.sigma = ((X - self.mu) ** 2).mean(dim=0).sqrt()
        self.sigma[self.sigma == 0] = 1

    def transform(self, X):
        if X.shape[1] != len(self.mu):
            raise ValueError("wrong number of columns")
        return (X - self.mu) / self.sigma

    def inverse(self, Z):
        return Z * self.sigma + self.mu


def one_hot_encode(column, categories):
    out = torch.zeros(len(column), len(categories))
    for i, v in enumerate(column):
        out[i, categories.index(v)] = 1
    return out


def class_weights(y, C):
    counts = torch.bincount(y)
    return len(y) / (C * counts)


# %% rows instead of columns
# Standardizer: standardises rows instead of columns
# stratified_split: cuts the share of a class off instead of rounding it
class Standardizer:
    def fit(self, X):
        self.mean = X.mean(1, keepdim=True)
        self.std = X.std(1, keepdim=True, unbiased=False)
        return self

    def transform(self, X):
        return (X - self.mean) / self.std

    def inverse(self, Z):
        return Z * self.std + self.mean


def stratified_split(y, frac, seed):
    torch.manual_seed(seed)
    train, held = [], []
    for c in torch.unique(y):
        idx = torch.where(y == c)[0]
        idx = idx[torch.randperm(len(idx))]
        k = int(frac * len(idx))
        held.append(idx[:k])
        train.append(idx[k:])
    return torch.cat(train), torch.cat(held)


# %% filled in place
# impute: takes the lower of the two middle values for the median
# impute: fills the caller's table itself
# impute: never looks at the reference
# impute: leaves a column without any known value as it is
# class_weights: does not divide by the number of classes
# prepare: fills the gaps before it splits
def impute(X, strategy="mean", reference=None):
    if strategy not in ("mean", "median"):
        raise ValueError("strategy")
    for j in range(X.shape[1]):
        col = X[:, j]
        known = col[~torch.isnan(col)]
        value = known.mean() if strategy == "mean" else known.median()
        X[torch.isnan(col), j] = value
    return X


def class_weights(y, C):
    w = torch.zeros(C)
    for c in range(C):
        n = (y == c).sum()
        if n > 0:
            w[c] = len(y) / n
    return w


def prepare(X, train, held_out):
    X = impute(X)
    s = Standardizer().fit(X[train])
    return s.transform(X[train]), s.transform(X[held_out])


class Standardizer:
    def fit(self, X):
        self.mean = X.mean(0)
        self.std = X.std(0, unbiased=False)
        self.std = torch.where(X.max(0).values == X.min(0).values, torch.ones_like(self.std), self.std)
        return self

    def transform(self, X):
        if X.shape[1] != self.mean.shape[0]:
            raise ValueError("columns")
        return (X - self.mean) / self.std

    def inverse(self, Z):
        return self.std * Z + self.mean


# %% zeros for gaps, one split for all
# impute: counts the gaps as zeros
# one_hot_encode: gives whole numbers in int64
# stratified_split: draws from all examples at once, whatever their class
def impute(X, strategy="mean", reference=None):
    ref = X if reference is None else reference
    if strategy == "mean":
        fill = torch.nan_to_num(ref).mean(0)
    elif strategy == "median":
        fill = torch.nan_to_num(ref).median(0).values
    else:
        raise ValueError("unknown strategy")
    out = X.clone()
    mask = torch.isnan(X)
    out[mask] = fill.expand_as(X)[mask]
    return out


def stratified_split(y, frac, seed):
    g = torch.Generator().manual_seed(seed)
    perm = torch.randperm(len(y), generator=g)
    k = round(frac * len(y))
    return perm[k:], perm[:k]


def one_hot_encode(column, categories):
    out = torch.zeros((len(column), len(categories)), dtype=torch.int64)
    for i in range(len(column)):
        for j in range(len(categories)):
            if column[i] == categories[j]:
                out[i][j] = 1
    return out


# %% each part for itself
# prepare: prepares each part by its own means and deviations
# Standardizer: divides by the variance, not the deviation
# impute: says "UnboundLocalError"
def prepare(X, train, held_out):
    A = impute(X[train])
    B = impute(X[held_out])
    return Standardizer().fit(A).transform(A), Standardizer().fit(B).transform(B)


class Standardizer:
    def fit(self, X):
        self.mean = X.mean(dim=0)
        self.var = ((X - self.mean) ** 2).mean(dim=0)
        self.var[self.var == 0] = 1.0
        return self

    def transform(self, X):
        if X.shape[1] != self.mean.shape[0]:
            raise ValueError
        return (X - self.mean) / self.var

    def inverse(self, Z):
        return Z * self.var + self.mean


def impute(X, strategy="mean", reference=None):
    reference = X if reference is None else reference
    if strategy == "mean":
        v = torch.nanmean(reference, dim=0)
    elif strategy == "median":
        v = torch.nanquantile(reference, 0.5, dim=0)
    v = torch.nan_to_num(v)
    return torch.where(X.isnan(), v, X)


# %% own sorted categories
# one_hot_encode: sorts the categories
# class_weights: divides the weights by their sum
# stratified_split: exchanges the two parts
def one_hot_encode(column, categories):
    categories = sorted(categories)
    index = {c: i for i, c in enumerate(categories)}
    out = torch.zeros(len(column), len(categories))
    for i, value in enumerate(column):
        if value in index:
            out[i, index[value]] = 1.0
    return out


def class_weights(y, C):
    counts = torch.bincount(y, minlength=C).float()
    w = 1 / counts
    return w / w.sum()


def stratified_split(y, frac, seed):
    g = torch.Generator().manual_seed(seed)
    train, held_out = [], []
    for c in y.unique():
        idx = (y == c).nonzero().flatten()
        perm = torch.randperm(len(idx), generator=g)
        n = round(frac * len(idx))
        train.append(idx[perm[:n]])
        held_out.append(idx[perm[n:]])
    return torch.cat(train), torch.cat(held_out)


# %% inverse in the wrong order
# Standardizer: adds the mean before it multiplies
# Standardizer: asks whether the deviation is exactly 0
# stratified_split: says "len() of a 0-d tensor"
class Standardizer:
    def fit(self, X):
        self.mean = torch.mean(X, dim=0)
        self.std = torch.std(X, dim=0, correction=0)
        return self

    def transform(self, X):
        if X.shape[1] != len(self.mean):
            raise ValueError("columns differ")
        std = torch.where(self.std == 0, torch.ones_like(self.std), self.std)
        return (X - self.mean) / std

    def inverse(self, Z):
        return (Z + self.mean) * self.std


def stratified_split(y, frac, seed):
    g = torch.Generator().manual_seed(seed)
    held = []
    for c in range(int(y.max()) + 1):
        idx = torch.nonzero(y == c).squeeze()
        n = int(round(frac * len(idx)))
        p = torch.randperm(len(idx), generator=g)[:n]
        held.append(idx[p])
    held = torch.cat(held)
    train = torch.tensor([i for i in range(len(y)) if i not in held])
    return train, held


# %% the first ones of each class
# stratified_split: holds out the same examples, whatever the seed is
# class_weights: gives frequent classes the larger weights
# impute: never looks at the reference
def stratified_split(y, frac, seed):
    train, held = [], []
    for c in y.unique():
        idx = (y == c).nonzero().flatten()
        n = round(frac * len(idx))
        held.append(idx[:n])
        train.append(idx[n:])
    return torch.cat(train), torch.cat(held)


def class_weights(y, C):
    counts = torch.bincount(y, minlength=C)
    return counts / len(y)


def impute(X, strategy="mean", reference=None):
    if reference is None:
        reference = X
    if strategy not in ["mean", "median"]:
        raise ValueError("strategy must be mean or median")
    out = X.clone()
    for j in range(X.shape[1]):
        gaps = torch.isnan(X[:, j])
        known = X[:, j][~gaps]
        if len(known) == 0:
            out[gaps, j] = 0
        elif strategy == "mean":
            out[gaps, j] = known.mean()
        else:
            out[gaps, j] = known.quantile(0.5)
    return out


# %% a little eps, and words that are numbers
# Standardizer: adds a small eps to every deviation
# one_hot_encode: takes an unseen value for the first category
# prepare: fills the gaps of the held-out rows by the means of all rows
class Standardizer:
    def fit(self, X):
        self.mean = X.mean(0)
        self.std = X.std(0, unbiased=False)
        return self

    def transform(self, X):
        if X.shape[1] != self.mean.numel():
            raise ValueError("another number of columns")
        return (X - self.mean) / (self.std + 1e-8)

    def inverse(self, Z):
        return Z * (self.std + 1e-8) + self.mean


def one_hot_encode(column, categories):
    idx = torch.tensor([categories.index(c) if c in categories else 0 for c in column])
    return torch.nn.functional.one_hot(idx, len(categories)).float()


def prepare(X, train, held_out):
    A = impute(X[train])
    B = impute(X[held_out], reference=X)
    s = Standardizer().fit(A)
    return s.transform(A), s.transform(B)


# %% one mean for the whole table, weights upside down
# Standardizer: takes one mean and one deviation of the whole table
# stratified_split: exchanges the two parts
# class_weights: turns the weight upside down
#   or: gives frequent classes the larger weights
# prepare: fills every part by its own known values
class Standardizer:
    def fit(self, X):
        self.mean = torch.mean(X)
        self.std = torch.std(X, unbiased=False)
        self.D = X.shape[1]
        return self

    def transform(self, X):
        if X.shape[1] != self.D:
            raise ValueError("")
        return (X - self.mean) / self.std

    def inverse(self, Z):
        return Z * self.std + self.mean


def impute(X, strategy="mean", reference=None):
    if reference is None:
        reference = X
    X = X.clone()
    for j in range(X.shape[1]):
        r = reference[:, j]
        r = r[~r.isnan()]
        if len(r) == 0:
            v = 0.0
        elif strategy == "mean":
            v = r.mean()
        elif strategy == "median":
            v = r.quantile(0.5)
        else:
            raise ValueError("unknown strategy")
        X[X[:, j].isnan(), j] = v
    return X


def stratified_split(y, frac, seed):
    g = torch.Generator().manual_seed(seed)
    train = []
    test = []
    for c in torch.unique(y):
        idx = (y == c).nonzero().squeeze(1)
        perm = idx[torch.randperm(len(idx), generator=g)]
        n = round(frac * len(idx))
        test.extend(perm[:n].tolist())
        train.extend(perm[n:].tolist())
    return torch.tensor(test), torch.tensor(train)


def class_weights(y, C):
    w = torch.zeros(C)
    for c in range(C):
        w[c] = (y == c).sum() * C / len(y)
    return w


def prepare(X, train, held_out):
    a = impute(X[train])
    b = impute(X[held_out])
    s = Standardizer()
    s.fit(a)
    return s.transform(a), s.transform(b)


# %% a loop over the columns, and all rows at once
# impute: takes the lower of the two middle values for the median
# impute: fills the caller's table itself
# impute: leaves a column without any known value as it is
# one_hot_encode: gives whole numbers in int64
# prepare: learns from all rows before it splits them
class Standardizer:
    def fit(self, X):
        self.mu = X.mean(0)
        self.sigma = ((X - self.mu) ** 2).mean(0).sqrt()
        self.sigma = torch.where((X == X[0]).all(0), torch.ones_like(self.sigma), self.sigma)
        return self

    def transform(self, X):
        if X.shape[1] != self.mu.shape[0]:
            raise ValueError("different columns")
        return (X - self.mu) / self.sigma

    def inverse(self, Z):
        return Z * self.sigma + self.mu


def impute(X, strategy="mean", reference=None):
    ref = X if reference is None else reference
    if strategy not in ("mean", "median"):
        raise ValueError("strategy")
    for j in range(X.shape[1]):
        col = ref[:, j]
        known = col[~torch.isnan(col)]
        value = known.mean() if strategy == "mean" else known.median()
        X[torch.isnan(X[:, j]), j] = value
    return X


def one_hot_encode(column, categories):
    return torch.tensor([[int(v == c) for c in categories] for v in column])


def prepare(X, train, held_out):
    filled = impute(X)
    s = Standardizer().fit(filled)
    Z = s.transform(filled)
    return Z[train], Z[held_out]


# %% a row for each category, one mean of the whole table
# Standardizer: takes one mean and one deviation of the whole table
#   or: adds the mean before it multiplies
# impute: fills the caller's table itself
#   or: takes the lower of the two middle values for the median
#   or: never looks at the reference
#   or: leaves a column without any known value as it is
# one_hot_encode: gives a row to each category, the transpose
# stratified_split: exchanges the two parts
# class_weights: does not divide by the number of classes
class Standardizer:
    def fit(self, X):
        self.m = X.mean()
        self.s = X.std(unbiased=False)
        return self

    def transform(self, X):
        return (X - self.m) / self.s

    def inverse(self, Z):
        return (Z + self.m) * self.s

def impute(X, strategy="mean", reference=None):
    for j in range(X.shape[1]):
        col = X[:, j]
        known = col[~torch.isnan(col)]
        if strategy == "mean":
            v = known.mean()
        else:
            v = known.median()
        X[torch.isnan(col), j] = v
    return X

def one_hot_encode(column, categories):
    rows = []
    for c in categories:
        rows.append([1.0 if v == c else 0.0 for v in column])
    return torch.tensor(rows)

def stratified_split(y, frac, seed):
    torch.manual_seed(seed)
    train, held = [], []
    for c in y.unique():
        idx = torch.where(y == c)[0]
        idx = idx[torch.randperm(len(idx))]
        k = int(frac * len(idx))
        held.append(idx[:k])
        train.append(idx[k:])
    return torch.cat(held), torch.cat(train)

def class_weights(y, C):
    w = torch.zeros(C)
    for c in range(C):
        n = (y == c).sum()
        if n > 0:
            w[c] = len(y) / n
    return w


# %% eps everywhere, the upper middle value
# Standardizer: adds a small eps to every deviation
# impute: takes the upper of the two middle values for the median
#   or: leaves a column without any known value as it is
# stratified_split: draws from all examples at once, whatever their class
# class_weights: divides the weights by their sum
# prepare: fills every part by its own known values
#   or: says "NaN"
class Standardizer:
    def fit(self, X):
        self.mean = X.mean(dim=0)
        self.dev = torch.sqrt(((X - self.mean) ** 2).mean(dim=0))
        return self

    def transform(self, X):
        return (X - self.mean) / (self.dev + 1e-8)

    def inverse(self, Z):
        return Z * (self.dev + 1e-8) + self.mean

def impute(X, strategy="mean", reference=None):
    ref = X if reference is None else reference
    out = X.clone()
    for j in range(X.shape[1]):
        col = ref[:, j]
        known = col[col == col]
        if strategy == "mean":
            value = known.mean()
        elif strategy == "median":
            value = known.sort().values[len(known) // 2]
        else:
            raise ValueError("strategy")
        out[:, j][out[:, j] != out[:, j]] = value
    return out

def stratified_split(y, frac, seed):
    g = torch.Generator().manual_seed(seed)
    perm = torch.randperm(len(y), generator=g)
    k = round(frac * len(y))
    return perm[k:], perm[:k]

def class_weights(y, C):
    n = torch.bincount(y, minlength=C)
    w = torch.where(n > 0, len(y) / (C * n), 0)
    return w / w.sum()

def prepare(X, train, held_out):
    a = impute(X[train])
    b = impute(X[held_out])
    s = Standardizer().fit(a)
    return s.transform(a), s.transform(b)
