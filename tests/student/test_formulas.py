"""Formulas in a terminal."""

from __future__ import annotations

import pytest

from autograder.student.formulas import plain


@pytest.mark.parametrize(
    ("markdown", "shown"),
    [
        (r"$$p_i = \frac{e^{z_i}}{\sum_{j} e^{z_j}}$$", "pᵢ = (e^(zᵢ))/(∑ⱼ e^(zⱼ))"),
        (r"as $T \to \infty$", "as T → ∞"),
        (r"$s_{t-1} + g_t^2$", "sₜ₋₁ + gₜ²"),
        (r"$\hat y \le \sqrt{x + 1}$", "y\u0302 ≤ √(x + 1)"),
        (r"$\bigl(\mathrm{softmax}(z)\bigr)$", "(softmax(z))"),
        ("`a$b$c` costs", "`a$b$c` costs"),
        ("$x", "$x"),
        (r"$\frac{a$", "a/()"),
    ],
)
def test_latex_becomes_unicode(markdown, shown):
    """fractions, indices, greek, accents; code and lone dollars stay; half a formula is no error"""
    assert plain(markdown) == shown
