"""The final project's two models beside logistic regression on TF-IDF: mean of some seeds, on six sets of texts.

    python benchmarks/project.py [--seeds 3] [--threads 1] [--sets docstrings trec ...]

The docstrings are always at hand; the other five are read from the folder that GRADUS_DATA names, else skipped.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from statistics import mean
from types import ModuleType
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import torch

from autograder.authoring.pictures import reference
from autograder.course import datasets
from autograder.errors import CourseError

SETS = ("docstrings", "sms_spam", "rt_polarity", "trec", "banking77", "ag_news")


def corpora(names: Iterable[str]) -> Iterator[tuple[str, Any]]:
    """Yield the sets of texts of these names; one that is not at hand is skipped, with a line that says so."""
    for name in names:
        try:
            yield name, datasets.load("texts").corpus(name)
        except CourseError as error:
            print(f"skipped {name}: {error}", file=sys.stderr)


def sizes(texts: Any) -> str:
    """How many texts there are to train on and held out, as a cell of a table."""
    return f"{len(texts.train_texts):,} + {len(texts.test_texts):,}"


def linear(texts: Any) -> tuple[torch.Tensor, float]:
    """What logistic regression says of the held-out texts, and the processor seconds that it took."""
    start = time.process_time()
    said = datasets.load("texts").yardstick(texts)
    return said, time.process_time() - start


def network(page: ModuleType, texts: Any, kind: str, seed: int) -> tuple[torch.Tensor, float]:
    """What a model of the reference solution says of the held-out texts, and the processor seconds of its training."""
    classes = len(texts.names)
    cfg = page.Config(list(texts.train_texts), texts.train_labels, classes, kind=kind, seed=seed)
    start = time.process_time()
    result = page.train(cfg)
    seconds = time.process_time() - start
    print(f"    {kind} {seed}: {[round(100 * share, 1) for share in result.history]}", file=sys.stderr, flush=True)
    return page.predict(result, list(texts.test_texts))[0], seconds


def scores(page: ModuleType, texts: Any, answers: list[tuple[torch.Tensor, float]]) -> str:
    """Mean accuracy and macro-F1 in percent, the spread of the accuracies, and mean seconds, as cells of a table."""
    found = [page.evaluate(said, texts.test_labels, len(texts.names)) for said, _ in answers]
    accuracies = [100 * one["acc"] for one in found]
    spread = f" ({min(accuracies):.1f} to {max(accuracies):.1f})" if len(accuracies) > 1 else ""
    f1 = 100 * mean(one["macro_f1"] for one in found)
    return f"{mean(accuracies):.1f}{spread} | {f1:.1f} | {mean(seconds for _, seconds in answers):.1f}"


def main() -> int:
    """Train, measure and print a table; sets that are not at hand are skipped."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--sets", nargs="+", default=SETS, choices=SETS)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    page = reference("s5_text_classification/project")
    torch.optim.Adam([torch.zeros(1)])  # the first optimizer imports for a second: no part of a training
    print(f"torch {torch.__version__}, {options.threads} thread(s), {options.seeds} seed(s)\n")
    print("| texts | training + held-out | model | accuracy % | macro-F1 % | s |\n|---|---|---|---|---|---|")
    for name, texts in corpora(options.sets):
        size = sizes(texts)
        print(f"| {name} | {size} | TF-IDF, logistic regression | {scores(page, texts, [linear(texts)])} |", flush=True)
        for kind in ("bag", "cnn"):
            answers = [network(page, texts, kind, seed) for seed in range(options.seeds)]
            print(f"| {name} | {size} | {kind} | {scores(page, texts, answers)} |", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
