"""Three small tables that scikit-learn carries: wine and iris (three classes each), diabetes (a number to predict).

Sources and licences:

* ``wine``: M. Forina et al., *PARVUS*; chemical analyses of wines of three growers. UCI Machine Learning Repository
  (1991), CC BY 4.0. 178 rows, 13 features, 3 classes of 59, 71 and 48.
* ``iris``: R. A. Fisher, *The Use of Multiple Measurements in Taxonomic Problems* (1936); lengths and widths of the
  leaves of three irises, as R has them. UCI, CC BY 4.0. 150 rows, 4 features, 3 classes of 50.
* ``diabetes``: B. Efron, T. Hastie, I. Johnstone, R. Tibshirani, *Least Angle Regression* (2004); how far the disease
  went in a year. Its origin states no licence. 442 rows, 10 features in their own units, a target from 25 to 346.

Nothing is downloaded and nothing is copied: the files are read where scikit-learn is installed, without importing it,
which would take a second. Rows stand in the order of the files: wine and iris are sorted by class.
"""

from __future__ import annotations

import csv
import importlib.metadata
import io
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import torch

from autograder.errors import CourseError

COLUMNS = {
    "wine": (
        "alcohol", "malic_acid", "ash", "alcalinity_of_ash", "magnesium", "total_phenols", "flavanoids",
        "nonflavanoid_phenols", "proanthocyanins", "color_intensity", "hue", "od280/od315_of_diluted_wines", "proline",
    ),
    "iris": ("sepal length (cm)", "sepal width (cm)", "petal length (cm)", "petal width (cm)"),
    "diabetes": ("age", "sex", "bmi", "bp", "s1", "s2", "s3", "s4", "s5", "s6"),
}  # fmt: skip
CLASSES = {"wine": ("class_0", "class_1", "class_2"), "iris": ("setosa", "versicolor", "virginica"), "diabetes": ()}


@dataclass(frozen=True)
class Table:
    """Numbers with a name for every column, and what is to be predicted.

    Args:
        columns: the names of the D features.
        X: (N, D) float64, in the units of the source; nothing is missing.
        y: (N,) int64 labels from 0, or (N,) float64 numbers where there are no classes.
        classes: the names of the labels, in their order.
    """

    columns: tuple[str, ...]
    X: torch.Tensor
    y: torch.Tensor
    classes: tuple[str, ...]


def _numbers(file: str, header: int = 0, delimiter: str | None = ",") -> torch.Tensor:
    """A file of numbers among scikit-learn's data; ``.gz`` is unpacked."""
    path = Path(str(importlib.metadata.distribution("scikit-learn").locate_file("sklearn/datasets/data"))) / file
    if not path.is_file():
        raise CourseError(f"{path}: this version of scikit-learn does not carry the table")
    return torch.from_numpy(np.loadtxt(path, delimiter=delimiter, skiprows=header))


@cache
def load(name: str) -> Table:
    """The table of this name: wine, iris or diabetes. Every caller gets the same tensors: do not change them."""
    if name == "diabetes":
        X, y = _numbers("diabetes_data_raw.csv.gz", delimiter=None), _numbers("diabetes_target.csv.gz")
    elif name in COLUMNS:
        rows = _numbers({"wine": "wine_data.csv", "iris": "iris.csv"}[name], header=1)
        X, y = rows[:, :-1].contiguous(), rows[:, -1].long()
    else:
        raise CourseError(f"there is no table {name!r}; there are {', '.join(COLUMNS)}")
    return Table(COLUMNS[name], X, y, CLASSES[name])


def as_csv(table: Table, target: str, place: int, named: bool = False, **style: object) -> str:
    """A table as the text of a CSV file.

    Args:
        target: what the header calls the column to predict.
        place: the number of that column, from 0 to D.
        named: write the names of the classes, not their labels.
        style: options of ``csv.writer``, such as ``lineterminator`` or ``quoting``.

    Returns:
        A header and N lines; every number is written so that reading it gives the same float64.
    """
    text = io.StringIO()
    writer = csv.writer(text, **{"lineterminator": "\n", **style})  # type: ignore[arg-type]
    targets = [table.classes[label] for label in table.y.tolist()] if named else table.y.tolist()
    lines = [list(table.columns), *table.X.tolist()]
    for line, field in zip(lines, [target, *targets], strict=True):
        line.insert(place, field)
        writer.writerow(line)
    return text.getvalue()
