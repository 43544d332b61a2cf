"""What a command passes over: a line each, and one line with a count where many say the same."""

from __future__ import annotations

from autograder.report.notices import FEW, noticed


def test_few_have_a_line_each_and_many_one():
    """up to three names have their own lines; more share one with a count and the way to see all"""
    few = [(f"s{n}", "handed in nothing") for n in range(FEW)]
    assert noticed("passed over", few) == [f"passed over s{n}: handed in nothing" for n in range(FEW)]
    many = [(f"s{n}", "handed in nothing") for n in range(200)] + [("x.zip", "is no zip")]
    lines = noticed("passed over", many)
    assert lines == [
        "passed over 200: handed in nothing (s0, s1, s2 and 197 more; --verbose names them all)",
        "passed over x.zip: is no zip",
    ]
    assert len(noticed("passed over", many, verbose=True)) == 201


def test_a_name_cannot_write_to_the_terminal():
    """control characters of a name are shown, not sent"""
    assert all(
        "\x1b" not in line for n in (1, 9) for line in noticed("x", [("\x1b[31m" + str(i), "w") for i in range(n)])
    )


def test_a_name_stays_in_its_line_and_leaves_room_for_others():
    """whatever it holds, and however long it is"""
    for lines in (noticed("x", [("a\nb" + "y" * 10_000, "w"), ("c", "w")]), noticed("x", [("a\nb", "w")] * 9)):
        assert all("\n" not in line and "w" in line and len(line) < 400 for line in lines)
