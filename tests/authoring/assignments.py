"""Assignments in the shapes of other courses' ones, written for these tests: nbgrader notebooks as compact texts.

A line ``#:: kind name points`` begins a cell; kinds are words, given, solution, test, manual, answer and task.
"""

from __future__ import annotations

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

_MARKS = {
    "words": None, "given": None, "locked": (False, False, True), "solution": (False, True, False),
    "test": (True, False, True), "answer": (True, True, False), "code": (True, True, False), "task": None,
}  # fmt: skip


def notebook(text: str):
    """The notebook of a compact text."""
    cells = []
    for part in text.strip("\n").split("#:: ")[1:]:
        head, _, source = part.partition("\n")
        kind, name, points = [*head.split(), "", "0"][:3]
        made = (new_markdown_cell if kind in ("words", "answer", "task") else new_code_cell)(source.strip("\n"))
        marks = _MARKS[kind]
        if kind == "task":
            made.metadata["nbgrader"] = {
                "grade": False, "solution": False, "locked": True, "task": True, "grade_id": name,
                "points": float(points), "schema_version": 3,
            }  # fmt: skip
        elif marks is not None:
            grade, solution, locked = marks
            made.metadata["nbgrader"] = {
                "grade": grade, "solution": solution, "locked": locked, "task": False, "grade_id": name,
                "schema_version": 3, **({"points": float(points)} if grade else {}),
            }  # fmt: skip
        cells.append(made)
    made = new_notebook(cells=cells)
    made.metadata["kernelspec"] = {"name": "python3", "language": "python", "display_name": "Python 3"}
    return made


def write(path, text):
    """Write a notebook; its path."""
    path.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(notebook(text), path)
    return path


#: name -> (cells, points of what crosses, points that a person gives, what is left out: name -> a word of the reason)
CORPUS = {
    # a first problem set: functions, exceptions, one cell that removes a function, a plot, words
    "problem_set": ('''
#:: words
# Sums of cubes

Write the functions below.
#:: given
%matplotlib inline
import matplotlib.pyplot as plt
#:: solution cubes
def cubes(n):
    """Return the list of the first n cubes; ValueError below 1."""
    ### BEGIN SOLUTION
    if n < 1:
        raise ValueError("n must be at least 1")
    return [i ** 3 for i in range(1, n + 1)]
    ### END SOLUTION
#:: given
cubes(4)
#:: test right_cubes 1
"""Check that cubes gives the right answers"""
assert cubes(1) == [1]
assert cubes(3) == [1, 8, 27]
#:: test cubes_errors 1
"""Check that cubes refuses what is below one"""
for n in (0, -3):
    try:
        cubes(n)
    except ValueError:
        pass
    else:
        raise AssertionError("no ValueError")
#:: solution total
def sum_of_cubes(n):
    ### BEGIN SOLUTION
    return sum(cubes(n))
    ### END SOLUTION
#:: test total_right 0.5
assert sum_of_cubes(1) == 1
### BEGIN HIDDEN TESTS
assert sum_of_cubes(10) == 3025
### END HIDDEN TESTS
#:: test total_uses_cubes 0.5
"""Check that sum_of_cubes uses cubes"""
kept = cubes
del cubes
try:
    sum_of_cubes(1)
except NameError:
    pass
else:
    raise AssertionError("sum_of_cubes does not use cubes")
finally:
    cubes = kept
#:: words
Which closed formula is there? Derive it.
#:: answer formula 2
### BEGIN SOLUTION
$(n(n+1)/2)^2$, by induction.
### END SOLUTION
#:: code plotted 1
fig, ax = plt.subplots()
### BEGIN SOLUTION
ax.plot(range(1, 6), cubes(5))
### END SOLUTION
#:: test axis_label 1
assert ax.get_xlabel() == "n"
''', 2.5, 3.0, {"total_uses_cubes": "cubes", "axis_label": "plot"}),
    # linear algebra with numpy's own assertions and a helper that everybody gets
    "linear_algebra": ('''
#:: words
# Projections
#:: locked imports
import numpy as np
from numpy.testing import assert_allclose
#:: locked helper
TOLERANCE = 1e-10

def is_projection(P):
    return np.allclose(P @ P, P, atol=TOLERANCE)
#:: solution projection
def projection(A):
    """Return the matrix that projects onto the columns of A."""
    # BEGIN SOLUTION
    return A @ np.linalg.solve(A.T @ A, A.T)
    # END SOLUTION
#:: test shape 1
A = np.arange(6.0).reshape(3, 2) + np.eye(3, 2)
assert projection(A).shape == (3, 3)
#:: test idempotent 2
P = projection(np.array([[1.0], [2.0]]))
assert is_projection(P)
assert_allclose(P, [[0.2, 0.4], [0.4, 0.8]], atol=TOLERANCE)
### BEGIN HIDDEN TESTS
rng = np.random.default_rng(3)
B = rng.normal(size=(5, 2))
assert_allclose(projection(B) @ B, B)
### END HIDDEN TESTS
''', 3.0, 0.0, {}),
    # tables
    "tables": ('''
#:: words
# Rainfall
#:: given
import pandas as pd

rain = pd.DataFrame({"town": ["A", "B", "A", "C"], "mm": [3.0, 5.0, 7.0, None]})
#:: solution monthly
def by_town(table):
    ### BEGIN SOLUTION
    return table.dropna().groupby("town")["mm"].sum()
    ### END SOLUTION
#:: test by_town_index 1
answer = by_town(rain)
assert list(answer.index) == ["A", "B"]
#:: test by_town_values 1
expected = pd.Series([10.0, 5.0], index=pd.Index(["A", "B"], name="town"), name="mm")
pd.testing.assert_series_equal(by_town(rain), expected)
#:: solution wettest
### BEGIN SOLUTION
wettest = by_town(rain).idxmax()
### END SOLUTION
#:: test wettest_town 1
assert wettest == "A"
#:: test from_file 1
assert len(pd.read_csv("rain.csv")) == 4
''', 3.0, 0.0, {"from_file": "file"}),
    # physics: values to a tolerance, constants
    "physics": ('''
#:: words
# Free fall
#:: given
from math import isclose, sqrt
g = 9.81
#:: solution fall
def fall_time(height):
    """Return the seconds of a fall from `height` metres."""
    ### BEGIN SOLUTION
    return sqrt(2 * height / g)
    ### END SOLUTION

def impact_speed(height):
    ### BEGIN SOLUTION
    return g * fall_time(height)
    ### END SOLUTION
#:: test times 2
for h in [1, 4.905, 100]:
    assert isclose(fall_time(h), sqrt(2 * h / g), rel_tol=1e-9), f"wrong for {h}"
#:: test speeds 2
assert abs(impact_speed(4.905) - 9.81) < 1e-6
#:: test without_gravity 1
g = 1.62
assert isclose(fall_time(0.81), 1.0)
''', 4.0, 0.0, {"without_gravity": "in the place of"}),
    # text
    "words": ('''
#:: words
# Counting words
#:: solution count
import re
from collections import Counter

def count_words(text):
    ### BEGIN SOLUTION
    return dict(Counter(re.findall(r"[a-z']+", text.lower())))
    ### END SOLUTION

def most_common(text, k=1):
    ### BEGIN SOLUTION
    return [w for w, _ in sorted(count_words(text).items(), key=lambda p: (-p[1], p[0]))[:k]]
    ### END SOLUTION
#:: test counts 1
assert count_words("It is, it IS") == {"it": 2, "is": 2}
#:: test first 1
poem = """the sea
the see-saw
"""
assert most_common(poem) == ["the"], "the most frequent"
assert most_common(poem, k=3)[0] == "the"
#:: test printed 1
import io
from contextlib import redirect_stdout
out = io.StringIO()
with redirect_stdout(out):
    print(count_words("a"))
assert "a" in out.getvalue()
''', 3.0, 0.0, {}),
    # a class
    "classes": ('''
#:: words
# A stack
#:: solution stack
class Stack:
    """Last in, first out."""

    def __init__(self):
        ### BEGIN SOLUTION
        self.items = []
        ### END SOLUTION

    def push(self, item):
        ### BEGIN SOLUTION
        self.items.append(item)
        ### END SOLUTION

    def pop(self):
        ### BEGIN SOLUTION
        if not self.items:
            raise IndexError("empty")
        return self.items.pop()
        ### END SOLUTION

    def __len__(self):
        ### BEGIN SOLUTION
        return len(self.items)
        ### END SOLUTION
#:: test order 2
s = Stack()
for item in "abc":
    s.push(item)
assert len(s) == 3
assert [s.pop(), s.pop(), s.pop()] == ["c", "b", "a"]
#:: test empty 1
from pytest import raises
with raises(IndexError):
    Stack().pop()
#:: test its_kind 1
assert isinstance(Stack(), Stack)
''', 4.0, 0.0, {}),
    # generators
    "generators": ('''
#:: words
# Lazy sequences
#:: given
from itertools import islice
#:: solution fib
def fibonacci():
    ### BEGIN SOLUTION
    a, b = 0, 1
    while True:
        yield a
        a, b = b, a + b
    ### END SOLUTION
#:: test first_ten 2
assert list(islice(fibonacci(), 10)) == [0, 1, 1, 2, 3, 5, 8, 13, 21, 34]
''', 2.0, 0.0, {}),
    # a simulation with a generator that is handed over
    "simulation": ('''
#:: words
# Random walks
#:: given
import numpy as np
#:: solution walk
def walk(steps, rng):
    ### BEGIN SOLUTION
    return np.cumsum(rng.choice([-1, 1], size=steps))
    ### END SOLUTION

def mean_distance(steps, walks, seed):
    ### BEGIN SOLUTION
    rng = np.random.default_rng(seed)
    return float(np.mean([abs(walk(steps, rng)[-1]) for _ in range(walks)]))
    ### END SOLUTION
#:: test distance 2
d = mean_distance(100, 500, seed=1)
assert 7 < d < 9
#:: test same_seed 1
assert mean_distance(10, 5, 3) == mean_distance(10, 5, 3)
''', 3.0, 0.0, {}),
    # algorithms: recursion, a test that draws, one that measures nothing of the student's
    "sorting": ('''
#:: words
# Sorting
#:: solution
def merge_sort(values):
    ### BEGIN SOLUTION
    if len(values) < 2:
        return list(values)
    half = len(values) // 2
    left, right = merge_sort(values[:half]), merge_sort(values[half:])
    merged = []
    while left and right:
        merged.append(left.pop(0) if left[0] <= right[0] else right.pop(0))
    return merged + left + right
    ### END SOLUTION
#:: test sorted 2
import random
for size in range(8):
    values = [random.randint(-9, 9) for _ in range(size)]
    before = list(values)
    assert merge_sort(values) == sorted(values)
    assert values == before
#:: test always_true 1
assert 1 + 1 == 2
''', 2.0, 0.0, {"always_true": "although nothing is written"}),
    # statistics, with a task for a person and an answer of an older schema
    "statistics": ('''
#:: words
# Means
#:: solution
from statistics import mean, pstdev

def standardised(values):
    ### BEGIN SOLUTION
    m, s = mean(values), pstdev(values)
    return [(v - m) / s for v in values]
    ### END SOLUTION
#:: test centred 1
z = standardised([1.0, 2.0, 3.0])
assert abs(sum(z)) < 1e-9
assert round(z[2], 3) == 1.225
#:: test its_source 1
import inspect
assert "for" in inspect.getsource(standardised)
#:: task essay 4
Describe an experiment in which the mean misleads.
### BEGIN MARK SCHEME
two points for the example, two for the reason
### END MARK SCHEME
''', 1.0, 4.0, {"its_source": "source"}),
    # deep learning
    "networks": ('''
#:: words
# Layer norm
#:: given
import torch
#:: solution norm
def layer_norm(x, eps=1e-5):
    ### BEGIN SOLUTION
    centred = x - x.mean(-1, keepdim=True)
    return centred / (x.var(-1, unbiased=False, keepdim=True) + eps).sqrt()
    ### END SOLUTION
#:: test like_torch 2
torch.manual_seed(0)
x = torch.randn(4, 6)
assert torch.allclose(layer_norm(x), torch.nn.functional.layer_norm(x, (6,)), atol=1e-6)
#:: test its_gradient 1
x = torch.randn(2, 3, dtype=torch.float64, requires_grad=True)
assert torch.autograd.gradcheck(layer_norm, (x,))
''', 3.0, 0.0, {}),
    # chemistry: dictionaries, whole cells as solutions without any marker
    "chemistry": ('''
#:: words
# Molar mass
#:: given
masses = {"H": 1.008, "C": 12.011, "O": 15.999}
#:: solution
def molar_mass(formula):
    return sum(masses[element] * count for element, count in formula.items())
#:: test water 1
# the molar mass of water
assert abs(molar_mass({"H": 2, "O": 1}) - 18.015) < 1e-6
#:: test unknown 1
try:
    molar_mass({"Xx": 1})
    assert False, "an unknown element was accepted"
except KeyError:
    pass
''', 2.0, 0.0, {}),
}  # fmt: skip
