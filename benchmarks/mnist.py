"""How well and how fast the reference solution reads MNIST: one epoch, one thread, three seeds.

    python benchmarks/mnist.py [--seeds 3] [--threads 1]

Needs MNIST: in the folder that GRADUS_DATA names, in the cache, or by download.
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path
from statistics import mean

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import torch

from autograder.authoring.pictures import reference
from autograder.course import datasets
from autograder.errors import CourseError


def main() -> int:
    """Train and measure; 0 also when MNIST is not to be had."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--threads", type=int, default=1)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    try:
        digits = datasets.load("mnist").load()
    except CourseError as error:
        print(f"skipped: {error}")
        return 0
    page = reference("s4_cnns/digits")
    torch.optim.AdamW([torch.zeros(1)])  # the first optimizer imports for a second: no part of the training
    print(f"torch {torch.__version__}, {options.threads} thread(s), one epoch of {len(digits.train_images):,} images\n")
    print(f"{'seed':>4}  {'accuracy':>8}  {'seconds':>7}  {'processor':>9}")
    rows = []
    for seed in range(options.seeds):
        torch.manual_seed(seed)
        model = page.DigitClassifier()
        wall, processor = time.perf_counter(), time.process_time()
        page.train_digits(model, digits.train_images, digits.train_labels, seed=seed)
        wall, processor = time.perf_counter() - wall, time.process_time() - processor
        rows.append((page.evaluate(model, digits.test_images, digits.test_labels), wall, processor))
        print(f"{seed:>4}  {rows[-1][0]:>8.2%}  {wall:>7.1f}  {processor:>9.1f}", flush=True)
    means = [mean(column) for column in zip(*rows, strict=True)]
    print(f"{'mean':>4}  {means[0]:>8.2%}  {means[1]:>7.1f}  {means[2]:>9.1f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
