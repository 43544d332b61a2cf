"""The formulas of the lessons on mathematics, and what they say in symbols: shapes, places, conventions."""

from __future__ import annotations

import math

import numpy as np
import torch

from tests.lessons import Claim, Formula, solution

DERIVATIVES = "s1_math/derivatives"
VECTORS = "s1_math/vectorization"
TENSORS = "s1_math/tensors"
PUZZLES = "s1_math/matrix_computation"
F64 = torch.float64


def secants() -> bool:
    """The forward difference of x squared at some places, and how it comes near the tangent."""
    x, ask = torch.tensor(1.3, dtype=F64), solution(DERIVATIVES).forward_difference
    slopes = [ask(lambda t: t**2, x, h).item() for h in (0.5, 1e-4)]
    return math.isclose(slopes[0], 2 * 1.3 + 0.5) and math.isclose(slopes[1], 2 * 1.3, rel_tol=1e-4)


def leading_error(difference: str) -> float:
    """The error of a difference of exp at 1, where all derivatives are e, over e and its power of h."""
    x, order = torch.ones((), dtype=F64), {"forward_difference": 1, "central_difference": 2}[difference]
    return float((getattr(solution(DERIVATIVES), difference)(torch.exp, x, 1e-3) - math.e) / (math.e * 1e-3**order))


def rounding(power: int) -> float:
    """The largest error of the forward difference of exp near 1 with a step of a power of ten, as a share of exp."""
    ask = solution(DERIVATIVES).forward_difference
    points = torch.linspace(1, 1.01, 200, dtype=F64)
    return max(float((ask(torch.exp, x, 10.0**power) - x.exp()).abs() / x.exp()) for x in points)


def calls_of_gradient() -> bool:
    """How often a numerical gradient of seven entries calls its function."""
    calls = []
    solution(DERIVATIVES).numerical_gradient(lambda x: calls.append(1) or x.sum(), torch.ones(7, dtype=F64))
    return len(calls) == 2 * 7


def box() -> bool:
    """The broadcast product of two matrices: the shapes, and the sum over the middle."""
    A, B = torch.randn(3, 4, dtype=F64), torch.randn(4, 5, dtype=F64)
    product = A[:, :, None] * B[None]
    return (
        A[:, :, None].shape == (3, 4, 1)
        and B[None].shape == (1, 4, 5)
        and product.shape == (3, 4, 5)
        and torch.allclose(product.sum(1), A @ B)
    )


def brackets() -> bool:
    """The three brackets as matrices: identity, triangle, and the words of sentences."""
    i, j, lengths = torch.arange(4)[:, None], torch.arange(4), torch.tensor([2, 4, 0, 1])[:, None]
    return (
        torch.equal((i == j).int(), torch.eye(4, dtype=torch.int32))
        and torch.equal((i <= j).int(), torch.ones(4, 4).triu().int())
        and torch.equal((j < lengths).sum(1), lengths[:, 0])
    )


def orthogonal_error() -> bool:
    """The error of the least squares, against the columns, and whether another w is worse."""
    X, y = torch.randn(9, 3, dtype=F64), torch.randn(9, dtype=F64)
    w = solution(PUZZLES).least_squares(X, y)
    near = [((X @ (w + 0.1 * torch.randn(3, dtype=F64)) - y) ** 2).sum() for _ in range(20)]
    return (X.T @ (X @ w - y)).abs().max() < 1e-9 and min(near) > ((X @ w - y) ** 2).sum()


FORMULAS: list[Formula] = [
    Formula(
        DERIVATIVES,
        r"\frac{(x + h)^2 - x^2}{h} = \frac{2xh + h^2}{h} = 2x + h",
    ),
    Formula(
        VECTORS,
        r"\lVert x_i - y_j \rVert^2 = \lVert x_i \rVert^2 + \lVert y_j \rVert^2 - 2\, x_i^\top y_j",
        lambda: {"x_i": np.array([1.0, 2.0]), "y_j": np.array([4.0, 6.0])},
    ),
    Formula(
        TENSORS,
        r"(\sum_i |v_i|^p)^{1/p}",
        lambda: {"v_i": np.array([3.0, -4.0]), "p": 3.0},
        lambda: torch.tensor([3.0, -4.0], dtype=F64).norm(p=3).item(),
    ),
]
CLAIMS = [
    Claim(
        TENSORS,
        "a column of shape (3, 1) and a row of shape (4,) are both stretched to (3, 4)",
        lambda: solution(TENSORS).broadcast_shape((3, 1), (4,)) == (3, 4),
    ),
    Claim(
        TENSORS,
        "1 where two vectors point the same way, 0 at a right angle, −1 where they are opposed",
        lambda: torch.allclose(
            solution(TENSORS).cosine_similarity(
                torch.tensor([[3.0, 4.0]]), torch.tensor([[6.0, 8.0], [-4.0, 3.0], [-3.0, -4.0]])
            ),
            torch.tensor([[1.0, 0.0, -1.0]]),
            atol=1e-6,
        ),
    ),
    Claim(
        TENSORS,
        "fill the shorter one up with 1 on the left. In every place the sizes must be equal, or one of them must be 1",
        lambda: solution(TENSORS).broadcast_shape((5, 1, 4), (3, 1)) == (5, 3, 4),
    ),
    Claim(
        TENSORS,
        "As a tensor of shape `(2,)` they line up with the *last* dimension, so norm $j$ divides column "
        "$j$: no error, the right shape, wrong numbers (row 0 becomes $0.6, 0.4$). As `(2, 1)`, which is "
        "what `keepdim=True` leaves",
        lambda: (
            torch.ones(2, 2).norm(dim=1).shape == (2,) and torch.ones(2, 2).norm(dim=1, keepdim=True).shape == (2, 1)
        ),
    ),
    Claim(
        TENSORS,
        "Class 2 is not twice class 1: labels are only names. A **one-hot** vector is 1 in the place of the"
        " class and 0 elsewhere",
        lambda: solution(TENSORS).one_hot(torch.tensor([2, 1]), 3).tolist() == [[0, 0, 1], [0, 1, 0]],
    ),
    Claim(
        DERIVATIVES,
        "For $f(x) = x^2$ this can be worked out for all $h$ at once",
        secants,
    ),
    Claim(
        DERIVATIVES,
        "the nearer the slope is to $2x$",
        secants,
    ),
    Claim(
        DERIVATIVES,
        r"f'(x) = \lim_{h \to 0} \frac{f(x + h) - f(x)}{h}.$$ You cannot put $h = 0$ in: that would be $0/0$",
        lambda: solution(DERIVATIVES).forward_difference(torch.exp, torch.ones((), dtype=F64), 0.0).isnan(),
    ),
    Claim(
        DERIVATIVES,
        r"The forward difference was off by $h$ for $x^2$, and by about $\tfrac{h}{2} f''(x)$ in general",
        lambda: secants() and math.isclose(leading_error("forward_difference"), 1 / 2, rel_tol=0.01),
    ),
    Claim(
        DERIVATIVES,
        r"$$\frac{f(x + h) - f(x - h)}{2h}$$",
        lambda: math.isclose(
            solution(DERIVATIVES).central_difference(torch.exp, torch.ones((), dtype=F64), 0.3).item(),
            (math.exp(1.3) - math.exp(0.7)) / (2 * 0.3),
        ),
    ),
    Claim(
        DERIVATIVES,
        r"What is left is about $\tfrac{h^2}{6} f'''(x)$",
        lambda: math.isclose(leading_error("central_difference"), 1 / 6, rel_tol=0.01),
    ),
    Claim(
        DERIVATIVES,
        "They are of **order** 1 and 2",
        lambda: all(0.1 < abs(leading_error(f"{kind}_difference")) < 1 for kind in ("forward", "central")),
    ),
    Claim(
        DERIVATIVES,
        "Why not $h = 10^{-15}$? Because float64 keeps about 16 digits",
        lambda: rounding(-15) > 0.1,
    ),
    Claim(
        DERIVATIVES,
        r"enlarges to about $10^{-16}\,|f(x)| / h$",
        lambda: all(0.3 < rounding(power) / 10.0 ** (-16 - power) < 10 for power in (-10, -12, -14)),
    ),
    Claim(
        DERIVATIVES,
        "a gradient of $n$ entries costs $2n$ calls of $f$",
        calls_of_gradient,
    ),
    Claim(
        DERIVATIVES,
        "You divide by $h$ where the points lie $2h$ apart, and every slope doubles",
        lambda: math.isclose((1.1**2 - 0.9**2) / 0.1, 2 * (1.1**2 - 0.9**2) / (1.1 - 0.9)),
    ),
    Claim(
        DERIVATIVES,
        "$h$ is rounded to 0",
        lambda: torch.tensor(2).add(torch.tensor(1e-5).to(torch.int64)) == 2,
    ),
    Claim(
        VECTORS,
        r"C_{ij} = \sum_{p=1}^{k} A_{ip}\,B_{pj}",
        lambda: (
            sum(p * q for p, q in zip((1, 2), (5, 7), strict=True))
            == solution("s1_math/vectorization").matmul_loops(
                torch.tensor([[1.0, 2], [3, 4]]), torch.tensor([[5.0, 6], [7, 8]])
            )[0, 0]
        ),
    ),
    Claim(
        VECTORS,
        "several operators each: thousands for two matrices of size 8",
        lambda: 1000 < 8**3 * 4 < 10_000,
    ),
    Claim(
        VECTORS,
        "with size 1 where a letter is missing: $A$ becomes $(n, k, 1)$ and $B$ becomes $(1, k, m)$. "
        "Multiply, and the sizes of 1 are stretched",
        box,
    ),
    Claim(
        VECTORS,
        "No distance is negative, so clamp at 0",
        lambda: solution("s1_math/vectorization").pairwise_sq_dists(*[torch.randn(40, 9) * 1e3] * 2).min() >= 0,
    ),
    Claim(
        PUZZLES,
        r"it is the number 1 where the statement is true and 0 where it is false: $$[\,i = j\,] \qquad [\,i "
        r"\le j\,] \qquad [\,j < \ell_i\,]$$",
        brackets,
    ),
    Claim(
        PUZZLES,
        "and the totals $(3 + 2, 0, 1)$",
        lambda: (
            solution(PUZZLES).scatter_add(torch.tensor([3, 1, 2]), torch.tensor([0, 2, 0]), 3).tolist() == [3 + 2, 0, 1]
        ),
    ),
    Claim(
        PUZZLES,
        "`diff` undoes `cumsum`: $d_i = x_i - x_{i-1}$",
        lambda: solution(PUZZLES).diff(torch.tensor([3, 4, 6])).tolist() == [3, 4 - 3, 6 - 4],
    ),
    Claim(
        PUZZLES,
        r"we look for the one with the smallest error $\lVert Xw - y \rVert^2$. At the minimum the error is "
        r"orthogonal to every column of $X$: $$X^\top (Xw - y) = 0 .$$",
        orthogonal_error,
    ),
    Claim(
        PUZZLES,
        r"But $\bigl(\begin{smallmatrix}2&1\\0&1\end{smallmatrix}\bigr)$ started at $(0, 1)$ does find $(1, "
        "0)$",
        lambda: torch.linalg.eigvals(torch.tensor([[2.0, 1], [0, 1]])).real.sort().values.tolist() == [1, 2],
    ),
]
