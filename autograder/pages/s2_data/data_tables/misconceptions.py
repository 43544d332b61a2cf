"""Wrong ways to prepare a table, as students write them. A standardizer inherits what it does not get wrong."""

import torch

from autograder.checking import misconception


@misconception(
    "divides by N - 1 instead of N",
    hint="torch.std divides by N - 1 unless you say otherwise; this page divides by N. Look for `correction` in its documentation.",
    dies_by="test_columns",
)
class Standardizer(Standardizer):
    def fit(self, X):
        self.mean = X.mean(0)
        self.scale = X.std(0) if len(X) > 1 else torch.ones_like(X[0])
        self.scale[X.amax(0) == X.amin(0)] = 1
        return self


@misconception(
    "standardises rows instead of columns",
    hint="A row is an example. Print X.mean(0).shape and X.mean(1).shape for a (3, 2) table: which one has a number for each column?",
    dies_by="test_columns",
)
class Standardizer(Standardizer):
    def transform(self, X):
        if X.shape[1:] != self.mean.shape:
            raise ValueError("other columns")
        deviation = X.std(1, correction=0, keepdim=True)
        return (X - X.mean(1, keepdim=True)) / torch.where(deviation > 0, deviation, 1.0)


@misconception(
    "adds a small eps to every deviation",
    hint="An eps of 1e-8 is small beside 1, not beside a column in units of 1e-6. Treat equal values as their own case, and leave the others alone.",
    dies_by="test_columns",
)
class Standardizer(Standardizer):
    def fit(self, X):
        self.mean = X.mean(0)
        self.scale = X.std(0, correction=0) + 1e-8
        return self


@misconception(
    "learns anew from every table it transforms",
    hint="transform uses what fit has stored and computes no mean of its own. A single new row minus its own mean would always be 0.",
    dies_by="test_statistics_of_training",
)
class Standardizer(Standardizer):
    def transform(self, X):
        if X.shape[1:] != self.mean.shape:
            raise ValueError("other columns")
        self.fit(X)
        return (X - self.mean) / self.scale


@misconception(
    "divides a column of equal values by its deviation 0",
    hint="0 / 0 is NaN, and one NaN spoils the whole loss. Such a column has nothing to divide by: take 1.",
    dies_by="test_constant_column",
)
class Standardizer(Standardizer):
    def fit(self, X):
        self.mean = X.mean(0)
        self.scale = X.std(0, correction=0)
        return self


@misconception(
    "asks whether the deviation is exactly 0",
    hint="The sum of 0.1, 0.1, 0.1 is rounded, so that their deviation comes out as 1e-17. Ask whether the largest value of the column is the smallest.",
    dies_by="test_constant_column",
)
class Standardizer(Standardizer):
    def fit(self, X):
        self.mean = X.mean(0)
        self.scale = X.std(0, correction=0)
        self.scale[self.scale == 0] = 1
        return self


@misconception(
    "adds the mean before it multiplies",
    hint="The last step of transform is undone first: multiply by the deviation, then add the mean.",
    dies_by="test_inverse",
)
class Standardizer(Standardizer):
    def inverse(self, Z):
        return (Z + self.mean) * self.scale


@misconception(
    "returns nothing from fit",
    hint="Standardizer().fit(X).transform(X) calls transform on what fit returned. Return self.",
    dies_by="test_manners",
)
class Standardizer(Standardizer):
    def fit(self, X):
        self.mean = X.mean(0)
        self.scale = X.std(0, correction=0)
        self.scale[X.amax(0) == X.amin(0)] = 1


@misconception(
    "subtracts in place, changing the caller's table",
    hint="`X -= ...` writes into the tensor you were given. Make a new one: `X - ...`.",
    dies_by="test_manners",
)
class Standardizer(Standardizer):
    def transform(self, X):
        if X.shape[1:] != self.mean.shape:
            raise ValueError("other columns")
        X -= self.mean
        X /= self.scale
        return X


@misconception(
    "lets a table of one column broadcast",
    hint="(5, 1) minus (3,) is (5, 3), without a warning. Compare the number of columns before you subtract.",
    dies_by="test_manners",
)
class Standardizer(Standardizer):
    def transform(self, X):
        return (X - self.mean) / self.scale


@misconception(
    "fills with the mean of the whole table",
    hint="An age in a gap of the weights? Each column has its own mean: along which dim?",
    dies_by="test_impute",
)
def impute(X, strategy="mean", reference=None):
    source = X if reference is None else reference
    if strategy not in ("mean", "median"):
        raise ValueError(strategy)
    fill = source.nanmean() if strategy == "mean" else source.nanquantile(0.5)
    return torch.where(X.isnan(), fill.nan_to_num(0), X)


@misconception(
    "takes the lower of the two middle values for the median",
    hint="torch.nanmedian gives one of the two. Their mean is wanted; torch.nanquantile at 0.5 finds it.",
    dies_by="test_impute",
)
def impute(X, strategy="mean", reference=None):
    source = X if reference is None else reference
    if strategy == "mean":
        fill = source.nanmean(0)
    elif strategy == "median":
        fill = source.nanmedian(0).values
    else:
        raise ValueError(strategy)
    return torch.where(X.isnan(), fill.nan_to_num(0), X)


@misconception(
    "never looks at the reference",
    hint="The typical value of a column comes from the training rows, also when the gap is in another table.",
    dies_by="test_impute_from_reference",
)
def impute(X, strategy="mean", reference=None):
    if strategy not in ("mean", "median"):
        raise ValueError(strategy)
    fill = X.nanmean(0) if strategy == "mean" else X.nanquantile(0.5, dim=0)
    return torch.where(X.isnan(), fill.nan_to_num(0), X)


@misconception(
    "leaves a column without any known value as it is",
    hint="The mean of no numbers is NaN, and filling a gap with it changes nothing. The docstring says what to take then.",
    dies_by="test_impute_from_reference",
)
def impute(X, strategy="mean", reference=None):
    source = X if reference is None else reference
    if strategy not in ("mean", "median"):
        raise ValueError(strategy)
    fill = source.nanmean(0) if strategy == "mean" else source.nanquantile(0.5, dim=0)
    return torch.where(X.isnan(), fill, X)


@misconception(
    "numbers the categories in a single column",
    hint="0, 1, 2 says that the second category lies between the others. Each category needs a column of its own.",
    dies_by="test_one_hot",
)
def one_hot_encode(column, categories):
    return torch.tensor([[float(categories.index(v)) if v in categories else -1.0] for v in column])


@misconception(
    "makes up the categories from the column itself",
    hint="Then column 0 means red in one table and blue in the next. Use the list you are given, in its order.",
    dies_by="test_one_hot",
)
def one_hot_encode(column, categories):
    found = sorted({v for v in column if v is not None})
    return torch.tensor([[float(v == c) for c in found] for v in column]).reshape(len(column), len(found))


@misconception(
    "takes an unseen value for the last category",
    hint="Index -1 is the last column. What should the row of a word look like that is none of the categories?",
    dies_by="test_unseen",
)
def one_hot_encode(column, categories):
    result = torch.zeros(len(column), len(categories))
    for row, value in enumerate(column):
        result[row, categories.index(value) if value in categories else -1] = 1
    return result


@misconception(
    "draws from all examples at once, whatever their class",
    hint="Chance decides then how many of each class are held out. Draw from the members of one class at a time.",
    dies_by="test_stratified_split",
)
def stratified_split(y, frac, seed):
    order = torch.randperm(len(y), generator=torch.Generator().manual_seed(seed))
    count = round(frac * len(y))
    return order[count:], order[:count]


@misconception(
    "cuts the share of a class off instead of rounding it",
    hint="int(3.9) is 3. A small class loses by it every time: use round.",
    dies_by="test_stratified_split",
)
def stratified_split(y, frac, seed):
    generator = torch.Generator().manual_seed(seed)
    train, held_out = [], []
    for label in y.unique():
        members = (y == label).nonzero().flatten()
        members = members[torch.randperm(len(members), generator=generator)]
        count = int(frac * len(members))
        train.append(members[count:])
        held_out.append(members[:count])
    return torch.cat(train), torch.cat(held_out)


@misconception(
    "holds out the same examples, whatever the seed is",
    hint="Files are often sorted by more than the class. Shuffle the members of a class first, with a generator that starts from `seed`.",
    dies_by="test_stratified_split",
)
def stratified_split(y, frac, seed):
    train, held_out = [], []
    for label in y.unique():
        members = (y == label).nonzero().flatten()
        count = round(frac * len(members))
        train.append(members[count:])
        held_out.append(members[:count])
    return torch.cat(train), torch.cat(held_out)


@misconception(
    "gives frequent classes the larger weights",
    hint="n_c / N is how frequent a class is. Which way round must a rare class weigh more?",
    dies_by="test_class_weights",
)
def class_weights(y, C):
    return y.bincount(minlength=C) / len(y)


@misconception(
    "divides by the count 0 of a class without examples",
    hint="N / 0 is inf. A class that never occurs is to weigh 0.",
    dies_by="test_class_weights",
)
def class_weights(y, C):
    return len(y) / (C * y.bincount(minlength=C))


@misconception(
    "learns from all rows before it splits them",
    hint="The means and deviations have seen the held-out rows: a leak. Cut the table first, then learn from its training part.",
    dies_by="test_prepare",
)
def prepare(X, train, held_out):
    filled = impute(X)
    scaled = Standardizer().fit(filled).transform(filled)
    return scaled[train], scaled[held_out]


@misconception(
    "prepares each part by its own means and deviations",
    hint="Whatever sets the held-out rows apart is gone then, and a single row would become 0. What is learnt from the training rows is used for both parts.",
    dies_by="test_prepare",
)
def prepare(X, train, held_out):
    parts = [impute(X[rows]) for rows in (train, held_out)]
    return tuple(Standardizer().fit(part).transform(part) for part in parts)


@misconception(
    "fills the gaps before it splits",
    hint="The mean in a gap is learnt from data too, and here it has seen the held-out rows. Split first.",
    dies_by="test_prepare",
)
def prepare(X, train, held_out):
    filled = impute(X)
    scaler = Standardizer().fit(filled[train])
    return scaler.transform(filled[train]), scaler.transform(filled[held_out])


# -- as beginners write them -------------------------------------------------------------------------


@misconception(
    "divides by the variance, not the deviation",
    hint="The mean of the squares is the variance. Its root is the deviation.",
    dies_by="test_columns",
)
class Standardizer(Standardizer):
    def fit(self, X):
        self.mean = X.mean(0)
        self.scale = ((X - self.mean) ** 2).mean(0)
        self.scale[X.amax(0) == X.amin(0)] = 1
        return self


@misconception("divides by the variance, not the deviation")
class Standardizer(Standardizer):
    def fit(self, X):
        self.mean = X.mean(0)
        self.scale = ((X - self.mean) ** 2).mean(0)
        self.scale[self.scale == 0] = 1
        return self


@misconception("divides by N - 1 instead of N")
class Standardizer:
    def fit(self, X):
        self.mean, self.std = X.mean(0), X.std(0)
        return self

    def transform(self, X):
        return (X - self.mean) / self.std

    def inverse(self, Z):
        return Z * self.std + self.mean


@misconception("returns nothing from fit")
class Standardizer(Standardizer):
    def fit(self, X):
        self.mean = X.mean(0)
        self.scale = ((X - self.mean) ** 2).mean(0).sqrt()
        self.scale[X.max(0).values == X.min(0).values] = 1


@misconception("standardises rows instead of columns")
class Standardizer:
    def fit(self, X):
        self.mean, self.std = X.mean(1, keepdim=True), X.std(1, keepdim=True, unbiased=False)
        return self

    def transform(self, X):
        return (X - self.mean) / self.std

    def inverse(self, Z):
        return Z * self.std + self.mean


@misconception("adds the mean before it multiplies")
class Standardizer(Standardizer):
    def fit(self, X):
        self.mean, self.scale = X.mean(0), X.std(0, correction=0)
        self.scale = torch.where(X.amax(0) == X.amin(0), 1.0, self.scale)
        return self

    def inverse(self, Z):
        return (Z + self.mean) * self.scale


@misconception(
    "fills the caller's table itself",
    hint="`X[...] = value` writes into the table that you were given. Begin with X.clone(), or use torch.where.",
    dies_by="test_impute",
)
def impute(X, strategy="mean", reference=None):
    source = X.clone() if reference is None else reference
    if strategy not in ("mean", "median"):
        raise ValueError(strategy)
    fill = (source.nanmean(0) if strategy == "mean" else source.nanquantile(0.5, dim=0)).nan_to_num(0)
    gaps = X.isnan()
    X[gaps] = fill.expand_as(X)[gaps]
    return X


@misconception(
    "counts the gaps as zeros",
    hint="nan_to_num puts zeros into the gaps, and they pull the mean down. A gap is no value: nanmean leaves it out.",
    dies_by="test_impute",
)
def impute(X, strategy="mean", reference=None):
    source = (X if reference is None else reference).nan_to_num(0)
    if strategy not in ("mean", "median"):
        raise ValueError(strategy)
    fill = source.mean(0) if strategy == "mean" else source.quantile(0.5, dim=0)
    return torch.where(X.isnan(), fill, X)


@misconception("fills the caller's table itself")
@misconception("takes the lower of the two middle values for the median")
@misconception("never looks at the reference")
@misconception("leaves a column without any known value as it is")
def impute(X, strategy="mean", reference=None):
    if strategy not in ("mean", "median"):
        raise ValueError(strategy)
    for j in range(X.shape[1]):
        known = X[~X[:, j].isnan(), j]
        X[X[:, j].isnan(), j] = known.mean() if strategy == "mean" else known.median()
    return X


@misconception("never looks at the reference")
def impute(X, strategy="mean", reference=None):
    if strategy not in ("mean", "median"):
        raise ValueError(strategy)
    filled = X.clone()
    for j in range(X.shape[1]):
        gaps = X[:, j].isnan()
        known = X[~gaps, j]
        if len(known):
            filled[gaps, j] = known.mean() if strategy == "mean" else known.quantile(0.5)
        else:
            filled[gaps, j] = 0
    return filled


@misconception(
    "raises where a value is not among the categories",
    hint="list.index raises for what is not in the list. A word never seen before gets a row of zeros: ask with `in` first.",
    dies_by="test_unseen",
)
def one_hot_encode(column, categories):
    out = torch.zeros(len(column), len(categories))
    for i, value in enumerate(column):
        out[i, categories.index(value)] = 1
    return out


@misconception(
    "gives whole numbers in int64",
    hint="A network multiplies its inputs by float32 weights. The docstring says which dtype the code has.",
    dies_by="test_one_hot",
)
def one_hot_encode(column, categories):
    rows = [[int(value == category) for category in categories] for value in column]
    return torch.tensor(rows, dtype=torch.int64).reshape(len(column), len(categories))


@misconception(
    "sorts the categories",
    hint="The order of `categories` is the order of the columns: somebody has fixed it, for all tables alike.",
    dies_by="test_one_hot",
)
def one_hot_encode(column, categories):
    index = {category: i for i, category in enumerate(sorted(categories, key=str))}
    out = torch.zeros(len(column), len(categories))
    for i, value in enumerate(column):
        if value in index:
            out[i, index[value]] = 1
    return out


@misconception(
    "takes an unseen value for the first category",
    hint="0 is the number of the first category. A value that is none of them has no 1 in its row.",
    dies_by="test_unseen",
)
def one_hot_encode(column, categories):
    out = torch.zeros(len(column), len(categories))
    for i, value in enumerate(column):
        out[i, categories.index(value) if value in categories else 0] = 1
    return out


@misconception(
    "exchanges the two parts",
    hint="`frac` is the share to hold out, and the held-out part comes second. Which part gets the first n of each class?",
    dies_by="test_stratified_split",
)
def stratified_split(y, frac, seed):
    generator = torch.Generator().manual_seed(seed)
    train, held_out = [], []
    for label in y.unique():
        members = (y == label).nonzero().flatten()
        members = members[torch.randperm(len(members), generator=generator)]
        count = round(frac * len(members))
        train.append(members[count:])
        held_out.append(members[:count])
    return torch.cat(held_out), torch.cat(train)


@misconception(
    "gives no weight to the last classes where they have no examples",
    hint="bincount counts up to the largest label that occurs. There are C classes: minlength.",
    dies_by="test_class_weights",
)
def class_weights(y, C):
    counts = y.bincount()
    return torch.where(counts > 0, len(y) / (C * counts), 0.0)


@misconception(
    "does not divide by the number of classes",
    hint="N / n_c makes every class weigh N. The docstring has C below the fraction too.",
    dies_by="test_class_weights",
)
def class_weights(y, C):
    counts = y.bincount(minlength=C)
    return torch.where(counts > 0, len(y) / counts, 0.0)


@misconception(
    "divides the weights by their sum",
    hint="The weights need not sum to 1: the formula says N / (C n_c), and nothing after it.",
    dies_by="test_class_weights",
)
def class_weights(y, C):
    counts = y.bincount(minlength=C)
    weights = torch.where(counts > 0, 1 / counts, 0.0)
    return weights / weights.sum()


@misconception("divides the weights by their sum")
def class_weights(y, C):
    weights = 1 / y.bincount(minlength=C).float()
    return weights / weights.sum()


@misconception("divides by the count 0 of a class without examples")
def class_weights(y, C):
    return len(y) / (C * y.bincount())


@misconception(
    "fills the gaps of the held-out rows by the means of all rows",
    hint="The reference of both parts is X[train]: the held-out rows may not know each other either.",
    dies_by="test_prepare",
)
def prepare(X, train, held_out):
    filled = impute(X[train])
    scaler = Standardizer().fit(filled)
    return scaler.transform(filled), scaler.transform(impute(X[held_out], reference=X))


@misconception("takes an unseen value for the first category")
def one_hot_encode(column, categories):
    numbers = torch.tensor([categories.index(value) if value in categories else 0 for value in column])
    return torch.nn.functional.one_hot(numbers, len(categories)).float()


@misconception("gives no weight to the last classes where they have no examples")
def class_weights(y, C):
    counts = torch.bincount(y).float()
    return torch.where(counts > 0, len(y) / (C * counts), torch.zeros_like(counts))


@misconception(
    "fills every part by its own known values",
    hint="The held-out rows have to be filled by what the training rows say. Which table is the reference of each call?",
    dies_by="test_prepare",
)
def prepare(X, train, held_out):
    first, second = impute(X[train]), impute(X[held_out])
    scaler = Standardizer().fit(first)
    return scaler.transform(first), scaler.transform(second)


@misconception("fills the gaps of the held-out rows by the means of all rows")
def prepare(X, train, held_out):
    first, second = impute(X[train]), impute(X[held_out], reference=X)
    scaler = Standardizer().fit(first)
    return scaler.transform(first), scaler.transform(second)


@misconception(
    "takes large labels that lie close together for one class",
    hint="float32 holds 7 digits: 4294967303 and 4294967304 are the same there. Compare the labels as they are.",
    dies_by="test_stratified_split",
)
def stratified_split(y, frac, seed):
    generator = torch.Generator().manual_seed(seed)
    train, held_out = [], []
    y = y.float()
    for label in y.unique():
        members = (y == label).nonzero().flatten()
        members = members[torch.randperm(len(members), generator=generator)]
        count = round(frac * len(members))
        train.append(members[count:])
        held_out.append(members[:count])
    return torch.cat(train), torch.cat(held_out)


@misconception(
    "counts wrongly past 32767",
    hint="An int16 ends at 32767. How large is the largest class?",
    dies_by="test_class_weights",
)
def class_weights(y, C):
    counts = torch.zeros(C, dtype=torch.int16).scatter_add_(0, y, torch.ones_like(y, dtype=torch.int16))
    return torch.where(counts > 0, len(y) / (C * counts.float()), 0.0)


@misconception(
    "takes one mean and one deviation of the whole table",
    hint="Ages and weights have different means. Along which dim do you take them, so that each column has its own?",
    dies_by="test_columns",
)
class Standardizer:
    def fit(self, X):
        self.mean, self.columns = X.mean(), X.shape[1]
        deviation = X.std(correction=0)
        self.deviation = deviation if (X != X[0, 0]).any() else torch.ones_like(deviation)
        return self

    def transform(self, X):
        if X.shape[1] != self.columns:
            raise ValueError("another number of columns")
        return (X - self.mean) / self.deviation

    def inverse(self, Z):
        return Z * self.deviation + self.mean


@misconception("takes one mean and one deviation of the whole table")
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


@misconception(
    "turns the weight upside down",
    hint="Of two classes the rarer one gets the larger weight: is n_c above or below the line in N / (C n_c)?",
    dies_by="test_class_weights",
)
def class_weights(y, C):
    return torch.bincount(y, minlength=C).float() * C / len(y)


@misconception(
    "gives a row to each category, the transpose",
    hint="A row is an example. Print the shape for four values and three categories: it is to be (4, 3).",
    dies_by="test_one_hot",
)
def one_hot_encode(column, categories):
    return torch.tensor([[1.0 if value == category else 0.0 for value in column] for category in categories])


@misconception(
    "takes the upper of the two middle values for the median",
    hint="Of 1, 2, 3, 4 the median is 2.5. Between an even number of values it is the mean of the two in the middle.",
    dies_by="test_impute",
)
def impute(X, strategy="mean", reference=None):
    source = X if reference is None else reference
    if strategy not in ("mean", "median"):
        raise ValueError(strategy)
    out = X.clone()
    for j in range(X.shape[1]):
        known = source[:, j][~source[:, j].isnan()]
        if len(known) == 0:
            fill = 0.0
        elif strategy == "mean":
            fill = known.mean()
        else:
            fill = known.sort().values[len(known) // 2]
        out[out[:, j].isnan(), j] = fill
    return out


@misconception(
    "makes 0 of a column that the training rows do not know",
    hint="A gap there becomes 0, but what is known among the held-out rows stays: it is divided by 1.",
    dies_by="test_prepare",
)
def prepare(X, train, held_out):
    X = torch.where(X[train].isnan().all(0), 0.0, X)
    scaler = Standardizer().fit(impute(X[train]))
    return tuple(scaler.transform(impute(X[rows], reference=X[train])) for rows in (train, held_out))
