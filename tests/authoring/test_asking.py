"""Which tests somebody can fail."""

from __future__ import annotations

import pytest

from autograder.authoring.importing.asking import asked_in


@pytest.mark.parametrize(
    ("test", "why"),
    [
        ("if f(2) == 4:\n    print('right')\nelse:\n    print('wrong')", "only shows what it finds (`f(2) == 4`)"),
        ("for x in (1, 2):\n    if f(x) != 2 * x:\n        print('wrong', x)", "(`f(x) != 2 * x`)"),
        ("f(2) == 4", "(`f(2) == 4`)"),
        ("print(f(2) == 4 and f(3) == 6)", "(`f(2) == 4 and f(3) == 6`)"),
        ("if check_it(2):\n    print('yes')", "(`check_it(2)`)"),
        ("right = f(2) == 4\nprint(right)", "asserts nothing"),
        ("try:\n    assert f(2) == 4\nexcept AssertionError:\n    print('wrong')", "catches its own assertions"),
        ("try:\n    assert f(2) == 4\nexcept:\n    pass", "catches its own assertions"),
        ("try:\n    f(-1)\nexcept ValueError:\n    print('good')", "asserts nothing"),
        ("assert f(2) == 4", ""),
        ("if f(2) != 4:\n    raise ValueError('wrong')", ""),
        ("try:\n    f(-1)\n    assert False, 'no error'\nexcept ValueError:\n    pass", ""),
        ("try:\n    assert f(2) == 4\nexcept AssertionError:\n    print('wrong')\n    raise", ""),
        ("with raises(ValueError):\n    f(-1)", ""),
        ("np.testing.assert_allclose(f(2), 4)", ""),
        ("compare(f(2), 4)", ""),
        ("def same(a, b):\n    assert a == b\nsame(f(2), 4)", ""),
        ("f(2)", ""),
    ],
)  # fmt: skip
def test_why_nobody_can_fail_it(test, why):
    """what is only printed, dropped or caught is no question; the student's own functions are none, whatever called"""
    said = asked_in(test, {"f", "check_it"}, {"np", "compare"}).why_not
    assert why in said
    assert bool(why) is bool(said)


@pytest.mark.parametrize(
    ("test", "notes"),
    [
        ("assert f(3) == 6\nif f(4) == 8:\n    print('great')", ["`f(4) == 8` is only shown"]),
        ("assert f(1) == 2\ntry:\n    assert f(2) == 4\nexcept Exception:\n    pass", ["catches some of its own"]),
        ("f(2)", ["asserts nothing: it fails only where the code raises"]),
        ("assert f(3) == 6\nprint('done')\nif f(1) == 2:\n    assert f(2) == 4", []),
    ],
)
def test_what_of_a_test_nobody_can_fail(test, notes):
    """a test that stays is told what of it is no question"""
    said = asked_in(test, {"f"}).notes
    assert [one for one, start in zip(said, notes, strict=True) if not one.startswith(start)] == []
