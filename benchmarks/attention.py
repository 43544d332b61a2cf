"""The transformer of the page on attention in the final project's pipeline: mean of some seeds, on six sets of texts.

    python benchmarks/attention.py [--seeds 3] [--sets docstrings trec ...]

`benchmarks/project.py` has the same table for the linear model, the bag and the TextCNN. The recipe was chosen by the
held-out tenth of the docstrings, of six. The docstrings are always at hand; the others are read from GRADUS_DATA.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import torch

from autograder.authoring.pictures import reference
from benchmarks.project import SETS, corpora, network, scores, sizes

RECIPE = {"rate": 0.003, "epochs": 12}
DROPOUT = 0.5


def main() -> int:
    """Train, measure and print a table; sets that are not at hand are skipped."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--sets", nargs="+", default=SETS, choices=SETS)
    options = parser.parse_args()
    torch.set_num_threads(1)
    page, transformer = reference("s5_text_classification/project"), reference("s5_text_classification/attention")
    plain = page.Config
    page.TextCNN = lambda V, D, C: transformer.TransformerClassifier(V, D, C, p=DROPOUT)
    page.Config = lambda *args, **given: plain(*args, **given, **RECIPE)
    torch.optim.Adam([torch.zeros(1)])  # the first optimizer imports for a second: no part of a training
    print(f"torch {torch.__version__}, 1 thread, {options.seeds} seed(s), dropout {DROPOUT}, {RECIPE}\n")
    print("| texts | training + held-out | model | accuracy % | macro-F1 % | s |\n|---|---|---|---|---|---|")
    for name, texts in corpora(options.sets):
        size = sizes(texts)
        answers = [network(page, texts, "cnn", seed) for seed in range(options.seeds)]
        print(f"| {name} | {size} | transformer | {scores(page, texts, answers)} |", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
