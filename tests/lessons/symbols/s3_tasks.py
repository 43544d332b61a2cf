"""The formulas of the lesson on tasks, and what it says in symbols."""

from __future__ import annotations

import math

import numpy as np
import torch

from tests.lessons import Claim, Formula, solution

TASKS = "s3_neural_networks/tasks"
F64 = torch.float64
TRUTH, GUESS = np.array([1.0, -2.0, 0.5]), np.array([0.5, -1.0, 1.0])


def r2(prediction: np.ndarray) -> float:
    """The page's R squared."""
    return float(solution(TASKS).r2(torch.tensor(prediction), torch.tensor(TRUTH)))


def heads() -> bool:
    """The outputs of the table's three last layers."""
    page = solution(TASKS)
    asked = (("regression", 1), ("binary", 1), ("multiclass", 5))
    return [page.head_for(task, 8, outputs)[0].out_features for task, outputs in asked] == [1, 1, 5]


def no_alarm() -> bool:
    """Precision and recall without any alarm."""
    return tuple(solution(TASKS).precision_recall_f1(torch.zeros(3).long(), torch.tensor([0, 1, 1]))[:2]) == (0.0, 0.0)


FORMULAS: list[Formula] = [
    Formula(
        TASKS,
        r"\log\frac{\tau}{1 - \tau}",
        lambda: {r"\tau": 0.7},
        lambda: torch.logit(torch.tensor(0.7, dtype=F64)).item(),
    ),
    Formula(
        TASKS,
        r"F_1 = \frac{2\,TP}{2\,TP + FP + FN}",
        lambda: {"F_1": 30 / 35, "T": 3, "P": 5, "F": 0.4, "N": 7.5},
    ),
    Formula(
        TASKS,
        r"\sqrt{\frac1N \sum_n (\hat y_n - y_n)^2}",
        lambda: {"N": 3, r"\hat y_n": GUESS, "y_n": TRUTH},
        lambda: float(solution(TASKS).rmse(torch.tensor(GUESS), torch.tensor(TRUTH))),
    ),
    Formula(
        TASKS,
        r"R^2 = 1 - \frac{\sum_n (\hat y_n - y_n)^2}{\sum_n (y_n - \bar y)^2}",
        lambda: {r"\hat y_n": GUESS, "y_n": TRUTH, r"\bar y": TRUTH.mean(), "R": math.sqrt(r2(GUESS))},
    ),
]
CLAIMS = [
    Claim(
        TASKS,
        "| last layer | linear, 1 output | linear, 1 logit | linear, $C$ logits |",
        heads,
    ),
    Claim(
        TASKS,
        "upside down because *passed* is class 1",
        lambda: solution(TASKS).confusion_matrix(torch.tensor([1]), torch.tensor([1]), 2).tolist() == [[0, 0], [0, 1]],
    ),
    Claim(
        TASKS,
        "Without any alarm precision is $0/0$; here it is then $0.0$",
        no_alarm,
    ),
    Claim(
        TASKS,
        "| report | RMSE, $R^2$ |",
        lambda: r2(TRUTH) == 1,
    ),
    Claim(
        TASKS,
        r"$R^2$ has none: the constant answer $\bar y$ scores 0, the truth scores 1, and a prediction worse "
        "than the mean is *below* 0: in spite of its name, $R^2$ need not be a square",
        lambda: abs(r2(np.full(3, TRUTH.mean()))) < 1e-9 and r2(TRUTH) == 1 and r2(-TRUTH) < 0,
    ),
]
