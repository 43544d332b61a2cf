"""What of a source decides how a function answers: equal for equal code, and for nothing else."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.course import catalogue, syllabus
from autograder.course import trees as paths
from autograder.judging.slices import Slices

HEAD = "import torch\n\n"
F = '''def f(x, dim=0):
    """What it does."""
    top = x.max(dim, keepdim=True).values  # the largest
    return helper(x - top)
'''
HELPER = "def helper(x):\n    return x.exp()\n"


def key(*cells: str, names: tuple[str, ...] = ("f",)) -> bytes | None:
    """The digest of a source's slice."""
    return Slices(cells).key(names)


def test_layout_comments_prose_and_local_names_say_nothing():
    """the same code in other clothes has the same slice, in one cell or in several"""
    other = "def f(x, dim = 0):\n  t = (x.max(dim, keepdim=True)\n    .values)\n  return helper(x - t)\n"
    whole = key(HEAD + F + HELPER)
    assert whole is not None
    assert key(HEAD + other + HELPER) == whole
    assert key(HEAD, F, HELPER) == whole == key(HEAD + HELPER, other)
    assert key('"""A page."""\nimport torch\nimport math\nfrom math import pi\n' + HELPER + F + "# the end\n") == whole
    assert key(HEAD + F + HELPER + 'if __name__ == "__main__":\n    print(f(torch.ones(3)))\n') == whole


@pytest.mark.parametrize(
    "changed",
    [
        F.replace("dim=0", "dim=1"),
        F.replace("x - top", "x + top"),
        F.replace("keepdim=True", "keepdim=False"),
        F.replace("x, dim", "z, dim").replace("x.max", "z.max").replace("x - top", "z - top"),
        F.replace("helper(x", "torch.exp(x"),
        F.replace("top =", "x =").replace("- top", "- x"),
        F.replace("dim=0", "dim=0.0"),
        F.replace("dim=0", "dim=False"),
        F.replace("    return", "    if top is None:\n        return x\n    return"),
    ],
)
def test_any_other_code_has_another_slice(changed):
    """a value, an operator, a default, a parameter's name, another helper, the kind of a constant"""
    assert key(HEAD + changed + HELPER) not in (None, key(HEAD + F + HELPER))


def test_what_it_uses_belongs_to_it_and_what_it_does_not_use_does_not():
    """a helper that changes changes the slice, through others too; a second function of the page does not"""
    plain = key(HEAD + F + HELPER)
    assert key(HEAD + F + HELPER.replace("exp", "log")) != plain
    deep = HELPER.replace("x.exp()", "deeper(x)")
    made = [key(HEAD + F + deep + f"def deeper(x):\n    return x * {n}\n") for n in (1, 2)]
    assert made[0] != made[1]
    assert key(HEAD + F + HELPER + "def g(x):\n    return 3\n") == plain
    assert key(HEAD + F + HELPER + "EPS = 1e-8\n") == plain
    assert key(HEAD + F.replace("- top", "- top + EPS") + HELPER + "EPS = 1e-8\n") != key(
        HEAD + F.replace("- top", "- top + EPS") + HELPER + "EPS = 1e-7\n"
    )


def test_what_is_replaced_is_not_looked_into():
    """a helper in whose place another answers says nothing, unless it was kept when the source was loaded"""
    replaced = frozenset({"helper"})

    def without(text: str) -> bytes | None:
        return Slices([HEAD + text]).key(["f"], replaced)

    wrong = HELPER.replace("exp", "log")
    assert without(F + HELPER) == without(F + wrong) != key(HEAD + F + HELPER)
    assert without(F + HELPER) != without(F.replace("- top", "+ top") + HELPER)
    for keeps in ("again = helper\n", "def g(x, how=helper):\n    return how(x)\n", "print(helper)\n"):
        assert without(F + HELPER + keeps) is None
    shown = "assert f(torch.ones(3)).sum() == 3\n"  # which ran with the helper that was there
    assert without(F + HELPER + shown) != without(F + wrong + shown)


def test_what_runs_when_the_source_is_loaded_belongs_to_every_slice():
    """a demonstration at the end, a seed, an assertion; and what these use"""
    plain = key(HEAD + F + HELPER)
    for line in ("torch.manual_seed(0)\n", "assert f(torch.ones(3)).sum() == 3\n", "print(g(2))\ndef g(x): return x\n"):
        assert key(HEAD + F + HELPER + line) not in (None, plain)
    shown = "def g(x):\n    return x + 1\nprint(g(2))\n"
    assert key(HEAD + F + HELPER + shown) != key(HEAD + F + HELPER + shown.replace("+ 1", "+ 2"))


def test_the_last_definition_counts_and_the_earlier_one_is_not_forgotten():
    """whoever defines a function twice is compared with whoever defines it twice"""
    assert key(HEAD + F + HELPER + F.replace("- top", "+ top")) != key(HEAD + F.replace("- top", "+ top") + HELPER)


def test_a_name_that_is_nowhere_has_no_slice():
    """nor has what is bound by a statement of another kind"""
    assert key(HEAD + F + HELPER, names=("g",)) is None
    assert key(HEAD + "f = torch.nn.Linear(2, 2)\n") is None


def test_a_global_is_not_taken_for_a_local_name():
    """a function that reads the module's name differs from one that reads another, whatever a nested one stores"""
    text = "def f(x):\n    def g():\n        {a} = 1\n        return {a}\n    return x + {b}\n"
    a = key(HEAD + "one = 1\ntwo = 2\n" + text.format(a="one", b="one"))
    b = key(HEAD + "one = 1\ntwo = 2\n" + text.format(a="two", b="two"))
    assert None not in (a, b)
    assert a != b


@pytest.mark.parametrize(
    "keeps",
    [
        "seen = []\ndef f(x):\n    seen.append(x)\n    return len(seen)\n",
        "def f(x, seen=[]):\n    seen.append(x)\n    return len(seen)\n",
        "n = 0\ndef f(x):\n    global n\n    n += 1\n    return n\n",
        "def f(x):\n    f.calls = 1\n    return x\n",
        "def f(x):\n    torch.exp = torch.log\n    return x\n",
        "class f:\n    seen = []\n    def __call__(self, x):\n        return self.seen.append(x)\n",
        "class f:\n    def __call__(self, x):\n        type(self).n = 1\n        return x\n",
        "class f:\n    n = 0\n    def __call__(self, x):\n        f.n += 1\n        return f.n\n",
        "def kept(g):\n    old = []\n    def h(x):\n        old.append(x)\n        return g(x)\n    return h\n"
        "@kept\ndef f(x):\n    return x\n",
        "import functools\n@functools.lru_cache\ndef f(x):\n    return x\n",
        "def f(x):\n    return globals()\n",
        "def f(x):\n    return eval('x')\n",
        "def f(x):\n    return f.__code__.co_name\n",
        "def f(x):\n    return getattr(f, '__globals__')\n",
        "import inspect\ndef f(x):\n    return x\n",
        "import sys\ndef f(x):\n    return x\n",
        "import os\ndef f(x):\n    return x\n",
        "from elsewhere import *\ndef f(x):\n    return x\n",
        "def f(x):\n    import gc\n    return gc.get_objects()\n",
        "counter = iter(range(9))\ndef f(x):\n    return next(counter)\n",
        "for k in range(3):\n    def f(x):\n        return k\n",
        "try:\n    from torch import exp\nexcept ImportError:\n    exp = None\ndef f(x):\n    return exp(x)\n",
        "async def f(x):\n    return x\n",
        "def f(x:\n",
        "__name__ = '__main__'\ndef f(x):\n    return x\n",
        "def f(x):\n    return '\0'\n",
    ],
)
def test_who_may_keep_something_or_look_around_has_no_slices(keeps):
    """state in lists, defaults, globals, attributes, decorators; names that lead to code; what cannot be read"""
    assert not Slices([HEAD + keeps]).plain
    assert key(HEAD + keeps) is None


def test_endless_sources_have_none():
    """nothing of ours overflows over a source that is nested, or long, without end"""
    assert key("def f(x):\n    return " + "(" * 5000 + "x" + ")" * 5000) is None
    assert key("def f(x):\n    return " + "+".join(["x"] * 50_000)) is None
    assert key("def f(x):\n    return 1\n" + "#" * 300_000) is None


def test_all_solutions_of_the_course_have_slices():
    """what students write is looked at: of the course's own solutions each function that a page asks for"""
    trees = paths.trees()
    course = syllabus.load(trees)
    without = [
        address for address, exercise in course.exercises.items()
        if not Slices([catalogue.solution_text(trees, exercise)]).plain
    ]  # fmt: skip
    assert len(without) <= len(course.exercises) // 4, without


@given(st.lists(st.sampled_from("abcdegh"), min_size=2, max_size=2, unique=True))
def test_every_consistent_renaming_is_the_same(names):
    """a local name may be any other that means nothing else"""
    one, two = names
    text = "def f(x):\n    {0} = x + 1\n    {1} = [{0} for {0} in x]\n    return {0} + {1}\n"
    assert key(text.format("p", "q")) == key(text.format(one, two))
    assert key(text.format("p", "q")) != key(text.format("p", "p"))
