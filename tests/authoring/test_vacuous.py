"""What two processes cannot tell: questions after identity are taken out and told, arguments are looked at here."""

from __future__ import annotations

import pytest

from autograder.authoring.importing.vacuous import looked_at

OWN, CLASSES = {"f", "g", "Stack"}, {"Stack"}
HEAD = "x = [3, 1]\nbefore = list(x)\n"


@pytest.mark.parametrize(
    ("test", "names"),
    [
        ("f(x)\nassert x == before", {"x"}),
        ("assert f(x) is None\nassert x == [1, 3]", {"x"}),
        ("assert f(x) == [1, 3] and x == before", {"x"}),
        ("out = f(x)\nassert out == [1, 3] and x == before", {"x"}),
        ("out = f(x)\nassert out == sorted(x)", set()),  # what is expected is worked out of what was handed over
        ("f(list(x))\nassert x == before", set()),
        ("a, b = 2, -3\nassert f(a, b) == 1\na, b = b, a\nassert a == -3", set()),  # numbers change places
        ("a, b = 2, [3]\nassert f(a, b) == 1\nassert b == [3]", {"b"}),
        ("f(x + [1])\nassert x == before", set()),
        ("assert x == before\nassert f(x) == 3", set()),
        ("f([x, 1])\nassert x == before", {"x"}),
        ("both = [x, [2]]\nf(both)\nassert x == before", {"x", "both"}),
        ("f(both=x)\nafter = len(x)\nassert after == 2", {"x"}),
        ("for k in range(2):\n    f(x, k)\n    assert x == before", {"x"}),
        ("try:\n    f(x)\nexcept ValueError:\n    pass\nself.assertEqual(x, before)", {"x"}),
        ("with raises(ValueError):\n    f(x)\nassert x == before", {"x"}),
        ("Stack(x).fill(3)\nassert x == before", {"x"}),
        ("s = Stack([])\ns.extend(x)\nassert x == before", {"x"}),
        ("s = Stack([])\ng(s)\nassert s.size == 0", set()),  # an object is itself, over there
        ("out = f([])\nkept = list(out)\ng(out)\nassert out == kept", {"out"}),
    ],
)
def test_arguments_that_are_looked_at(test, names):
    """those that a test looks at for their own sake after a call, never what an oracle is made of"""
    assert looked_at(HEAD + test, OWN, CLASSES).handed >= names
    assert bool(looked_at(HEAD + test, OWN, CLASSES).handed) is bool(names)


@pytest.mark.parametrize(
    ("test", "kept"),
    [
        ("out = f(x)\nassert out is not x", "out = f(x)\npass"),
        ("assert f(x) is not x", "pass"),
        ("assert f(x) is f(x)", "pass"),
        ("out = f(x)\nassert out == [1] and out is not x", "out = f(x)\nassert out == [1]"),
        ("out = f(x)\nself.assertIsNot(out, x)", "out = f(x)\npass"),
        ("out = f(x)\nassert id(out) != id(x)", "out = f(x)\npass"),
        ("out = f(x)\nassert not np.shares_memory(out, x)", "out = f(x)\npass"),
        ("out = f(x)\nassert out.base is None", "out = f(x)\npass"),
        ("assert f(x) is None", None),
        ("assert f(x) is not None", None),
        ("assert type(f(x)) is list", None),
        ("assert f(x).dtype is torch.float32", None),
        ("a = Stack(1)\nb = Stack(2)\na.next = b\nassert a.next is b", None),  # an object has a stand-in of its own
        ("y = x\nassert y is x\nassert f(1) == 1", None),
    ],
)
def test_questions_after_identity(test, kept):
    """what holds for everybody is taken out, with what to ask instead; what can be asked stays as it is written"""
    found = looked_at(HEAD + test, OWN, CLASSES)
    assert found.source == (HEAD.strip() + "\n" + kept if kept else HEAD + test)
    assert bool(found.notes) is bool(kept)
    assert all("compare it afterwards" in note for note in found.notes)


@pytest.mark.parametrize(
    ("test", "told"),
    [
        ("s = Stack(x)\ns.push(1)\nassert x == before", "what `s` keeps of `x`"),
        ("s = Stack(x)\nx.append(1)\nassert s.size == 2", "what `s` keeps of `x`"),
        ("out = f(x)\nout[0] = 9\nassert x[0] == 3", "what `out` keeps of `x`"),
        ("out = f(x)\nx[0] = 9\nassert out[0] == 3", "what `out` keeps of `x`"),
        ("f.clear()\nassert g(x) == 1", "changes a copy of `f`"),
        ("x.append(2)\nout = f(x)\nassert out == [1, 2, 3]", ""),
        ("out = f(x)\nx.append(2)\nassert f(x) == [1, 2, 3]", ""),
        ("s = Stack(x)\nassert s.size == 2\nassert x == before", ""),
    ],
)
def test_what_is_kept_of_an_argument(test, told):
    """an object that keeps what it was handed has a copy: a change of the one that a test makes is told"""
    found = looked_at(HEAD + test, OWN, CLASSES)
    assert bool(found.notes) is bool(told)
    assert told in " ".join(found.notes)
