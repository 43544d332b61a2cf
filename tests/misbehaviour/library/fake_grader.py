"""Plants a grader of its own, which passes everything, where the real one might be imported from.

Met by: graders that put the submission's folder on sys.path before their own.
"""

import os
import sys

HONEST_POINTS = 0
EXPECTED_STATUS = "failed"

os.makedirs("autograder", exist_ok=True)
for place in ("autograder/__init__.py", "autograder/checking.py", "conftest.py", "sitecustomize.py"):
    with open(place, "w") as file:
        file.write("def assert_same(*args, **kwargs): pass\n")
sys.path.insert(0, os.getcwd())


def softmax(x, dim=-1):
    return x


def accuracy(scores, labels):
    return -1.0


def descend(grad, x, lr, steps):
    return x


def batches(items, size):
    return []
