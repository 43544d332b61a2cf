"""What the lessons of the first two sections say."""

from __future__ import annotations

import math

import torch

from tests.lessons import Claim, solution

TENSORS, DERIVATIVES = "s1_math/tensors", "s1_math/derivatives"
VECTORS, PUZZLES = "s1_math/vectorization", "s1_math/matrix_computation"
U, V = torch.tensor([3.0, 4.0]), torch.tensor([4.0, 3.0])
X = torch.tensor([[3.0, 4.0], [6.0, 8.0]])


def cube(x: torch.Tensor) -> torch.Tensor:
    """x cubed."""
    return x**3


def best_step(difference: str) -> float:
    """The power of ten with the least error of a difference for exp at 1, in float64."""
    x = torch.ones((), dtype=torch.float64)
    ask = getattr(solution(DERIVATIVES), difference)
    return min(range(-15, 0), key=lambda power: abs(ask(torch.exp, x, 10.0**power) - torch.e).item())


def shrinks(difference: str) -> float:
    """By what factor the error falls when h is halved."""
    x = torch.tensor(2.0, dtype=torch.float64)
    ask = getattr(solution(DERIVATIVES), difference)
    errors = [abs(ask(torch.exp, x, h) - x.exp()).item() for h in (1e-3, 5e-4)]
    return errors[0] / errors[1]


def rounding_of_squares() -> bool:
    """Whether some squared distance of 1e-8 comes out near -0.001 in float32 when the square is expanded."""
    x = torch.randn(2000, 64)
    x = x / x.norm(dim=1, keepdim=True) * 100
    y = x + 1e-4 / 8
    found = (x * x).sum(1) + (y * y).sum(1) - 2 * (x * y).sum(1)
    return bool(found.min() <= -9e-4)


def stretched(a: tuple[int, ...], b: tuple[int, ...]) -> bool:
    """Whether two shapes go together."""
    try:
        torch.broadcast_shapes(a, b)
    except RuntimeError:
        return False
    return True


def left_eigenvector_decides() -> bool:
    """The lesson's matrix from the lesson's start, and a symmetric one from an orthogonal start."""
    matrix, v = torch.tensor([[2.0, 1.0], [0.0, 1.0]]), torch.tensor([0.0, 1.0])
    symmetric, w = torch.tensor([[2.0, 0.0], [0.0, 1.0]]), torch.tensor([0.0, 1.0])
    for _ in range(60):
        v, w = (torch.nn.functional.normalize(M @ x, dim=0) for M, x in ((matrix, v), (symmetric, w)))
    return torch.allclose(v, torch.tensor([1.0, 0.0])) and torch.equal(w, torch.tensor([0.0, 1.0]))


CLAIMS = [
    Claim(DERIVATIVES, "float64 keeps about <.0f> digits", lambda: -math.log10(torch.finfo(torch.float64).eps)),
    Claim(DERIVATIVES, "In float32, with <.0f> digits", lambda: -math.log10(torch.finfo(torch.float32).eps)),
    Claim(DERIVATIVES, "$2 + 10^{-7}$ is rounded to 2", lambda: torch.tensor(2.0) + 1e-7 == 2),
    Claim(
        VECTORS,
        r"with $\lVert x \rVert^2 = 10^4$, these are near $10^{<.0f>}$",
        lambda: math.log10(1e4 * torch.finfo(torch.float32).eps),
    ),
    Claim(
        VECTORS,
        "a *squared* distance of $10^{-8}$",
        lambda: 1e4 * torch.finfo(torch.float32).eps > 1e-8,
    ),
    Claim("s0_start/hello", r"the third entry of `2 * x + 1` is $2 \cdot 2 + 1 = <.0f>$", lambda: 2.0 * 2 + 1),
    Claim(
        TENSORS,
        r"$u \cdot v = <.0f>$, both lengths are <.0f>, and the cosine is $24/25 = <.2f>$",
        lambda: (U @ V, U.norm(), torch.cosine_similarity(U, V, 0)),
    ),
    Claim(
        TENSORS,
        r"For $u$ it is <.0f> with $p = 1$ and <.0f> with $p = 2$, and as $p \to \infty$ only the largest entry "
        "counts: <.0f>",
        lambda: (U.norm(p=1), U.norm(p=2), U.norm(p=torch.inf)),
    ),
    Claim(TENSORS, r"any two classes are $\sqrt <.0f>$ apart", lambda: (torch.eye(5)[1] - torch.eye(5)[4]).norm() ** 2),
    Claim(TENSORS, "the norms of its rows, <.0f> and <.0f>", lambda: tuple(X.norm(dim=1))),
    Claim(TENSORS, "(row 0 becomes $<.1f>, <.1f>$)", lambda: tuple((X / X.norm(dim=1))[0])),
    Claim(TENSORS, "row 0 becomes $<.1f>, <.1f>$. When", lambda: tuple((X / X.norm(dim=1, keepdim=True))[0])),
    Claim(
        TENSORS,
        "`(3, 1)` and `(3,)`; `(2, 3)` and `(2,)`; `(5, 1, 4)` and `(3, 1)`",
        lambda: stretched((3, 1), (3,)) and not stretched((2, 3), (2,)) and stretched((5, 1, 4), (3, 1)),
    ),
    Claim(
        DERIVATIVES,
        "the forward difference is $(9.261 - 8)/0.1 = <.2f>$, the central one $(9.261 - 6.859)/0.2 = <.2f>$",
        lambda: tuple(
            getattr(solution(DERIVATIVES), name)(cube, torch.tensor(2.0, dtype=torch.float64), 0.1)
            for name in ("forward_difference", "central_difference")
        ),
    ),
    Claim(
        DERIVATIVES,
        "near $h = 10^{<d>}$ for the forward difference, and near $10^{<d>}$",
        lambda: (best_step("forward_difference"), best_step("central_difference")),
    ),
    Claim(
        DERIVATIVES,
        "the forward error halves, the central one shrinks to a quarter",
        lambda: abs(shrinks("forward_difference") - 2) < 0.01 and abs(shrinks("central_difference") - 4) < 0.01,
    ),
    Claim(
        DERIVATIVES,
        "every forward slope at 2 comes out as <.0f>",
        lambda: solution(DERIVATIVES).forward_difference(torch.exp, torch.tensor(2.0), 1e-7),
    ),
    Claim(
        VECTORS,
        r"$x = (1, 2)$ and $y = (4, 6)$ give $5 + 52 - 2 \cdot 16 = <.0f>$",
        lambda: (torch.tensor([1.0, 2.0]) - torch.tensor([4.0, 6.0])).square().sum(),
    ),
    Claim(
        VECTORS,
        "for three sizes of 1000 it takes <.0f> GB in float32, where the result takes <.0f> MB",
        lambda: (1000**3 * 4 / 1e9, 1000**2 * 4 / 1e6),
    ),
    Claim(VECTORS, "may come out as $-0.001$", rounding_of_squares),
    Claim(
        PUZZLES,
        "$v = (3, 1, 2)$ with the bins $(0, 2, 0)$ has the counts $(<d>, <d>, <d>)$",
        lambda: tuple(torch.tensor([0, 2, 0]).bincount(minlength=3).tolist()),
    ),
    Claim(
        PUZZLES,
        "the two matrices are inverse to each other",
        lambda: torch.equal(
            torch.ones(5, 5).triu() @ (torch.eye(5) - torch.diag(torch.ones(4), 1)),
            torch.eye(5),
        ),
    ),
    Claim(PUZZLES, "started at $(0, 1)$ does find $(1, 0)$, though the two are orthogonal", left_eigenvector_decides),
]
