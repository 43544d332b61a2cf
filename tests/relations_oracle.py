"""Is a sentence about answers true? Recomputed from the sentence alone, with NumPy, and none of the code that made it.

:func:`untrue` reads the numbers and names out of the sentence and looks at every answer. A sentence of a form that it
does not know is untrue: whoever adds a relation adds how it is proved.
"""

from __future__ import annotations

import ast
import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

Oracle = Callable[..., Any]
_HEAD = re.compile(
    r"in (?:both calls|all (?P<all>\d+) calls|(?P<some>\d+) of the (?P<wrong>\d+) calls that went wrong)"
    r"(?: that went wrong, of (?P<of>\d+),)? "
)
_NAMED = {"ln 2": math.log(2), "1/ln 2": 1 / math.log(2), "ln 10": math.log(10), "1/ln 10": 1 / math.log(10),
          "π": math.pi, "2π": 2 * math.pi, "√2": 2**0.5, "1/√2": 0.5**0.5, "π/180": math.pi / 180,
          "180/π": 180 / math.pi, "√(2π)": (2 * math.pi) ** 0.5}  # fmt: skip
_NUMBER = r"(-?[\d.e+-]+(?:/\d+)?(?: \([^)]*\)\)?)?)"


@dataclass(frozen=True, eq=False)
class Answer:
    """One call as arrays: what was expected, what came back, and the arguments."""

    expected: np.ndarray
    got: np.ndarray
    arguments: Mapping[str, Any] = field(default_factory=dict)
    rough: bool = False  #: of single precision or less
    kinds: tuple[str, str] = ("", "")  #: of what type the expected one and the other are

    def same(self, a: np.ndarray, b: np.ndarray) -> bool:
        return a.shape == b.shape and bool(self.close(a, b).all())

    def close(self, a: np.ndarray, b: np.ndarray) -> np.ndarray:
        b = np.asarray(b, dtype=float)
        large = np.abs(b[np.isfinite(b)]).max(initial=0.0)
        return np.isclose(a, b, rtol=3e-2 if self.rough else 1e-6, atol=(1e-2 if self.rough else 1e-9) * large,
                          equal_nan=True)  # fmt: skip

    @property
    def wrong(self) -> np.ndarray:
        e, g = self.expected, self.got
        large = np.abs(e[np.isfinite(e)]).max(initial=0.0)
        near = np.isclose(g, e, rtol=4e-3 if self.rough else 2e-9, atol=(1e-3 if self.rough else 2e-11) * large,
                          equal_nan=True)  # fmt: skip
        return ~near


def value_of(text: str) -> float:
    """Return a number as a sentence writes it."""
    name = re.search(r"\((.*)\)$", text)
    if name and name[1] in _NAMED:
        return _NAMED[name[1]]
    top, _, bottom = text.partition(" ")[0].partition("/")
    return float(top) / float(bottom or 1)


def _about(shown: float, real: float) -> bool:
    """Is this the number, as far as four digits tell?"""
    return math.isclose(shown, real, rel_tol=6e-4, abs_tol=1e-12)


def untrue(text: str, answers: Sequence[Answer], oracle: Oracle | None = None) -> str:
    """Return why a sentence does not hold of these answers, "" where it does."""
    text = text.replace("what it was", "the expected one")
    head = _HEAD.match(text)
    if head:
        counted = int(head["all"] or head["some"] or 2)
        if counted != len(answers):
            return f"it speaks of {counted} calls; there are {len(answers)}"
        if (head["wrong"] and int(head["wrong"]) <= counted) or (head["of"] and int(head["of"]) <= counted):
            return "its counts contradict each other"
    elif len(answers) != 1:
        return "it speaks of one call"
    right = any(np.array_equal(answer.expected, answer.got, equal_nan=True) for answer in answers)
    if right and "has the right values" not in text:
        return "a right answer is among them"
    for pattern, proof in PROOFS:
        match = re.search(pattern + "$", text)
        if match:
            failed = [answer for answer in answers if not proof(answer, match, answers, oracle)]
            return f"{len(failed)} of {len(answers)} calls show something else" if failed else ""
    return "nobody knows how to prove it"


Proof = Callable[[Answer, Any, Sequence[Answer], Any], bool]


def _each(predict: Callable[..., Any]) -> Proof:
    """A proof by prediction: from what was expected and the numbers of the sentence."""

    def proof(answer: Answer, match: Any, answers: Sequence[Answer], oracle: Any) -> bool:
        with np.errstate(all="ignore"):
            foretold = np.asarray(predict(answer.expected, *match.groups()), dtype=float)
        return answer.same(answer.got, foretold) and not answer.same(foretold, answer.expected)

    return proof


def _factor(answer: Answer, match: Any, answers: Sequence[Answer], oracle: Any) -> bool:
    large = np.abs(answer.expected) > 1e-6 * np.abs(answer.expected).max()
    ratio = float(np.median(answer.got[large] / answer.expected[large]))
    source = match.groupdict().get("source")
    if source and not any(_about(value_of(match[1]), n) for n in _counts(source, answer)):
        return False
    return _about(value_of(match[1]), ratio) and answer.same(answer.got, answer.expected * ratio)


def _counts(source: str, answer: Answer) -> list[float]:
    """The number that is described, among the arguments."""
    name = re.findall(r"`([^`]*)`", source)[-1]
    value = answer.arguments[name]
    shape = np.shape(value)
    if "number of entries" in source:
        return [float(np.asarray(value).size)]
    if "number of rows" in source:
        return [float(shape[0])]
    if "number of columns" in source:
        return [float(shape[1])]
    if "size of axis" in source:
        return [float(shape[int(re.findall(r"axis (\d+)", source)[0])])]
    return [float(len(value))] if "length" in source else [float(value)]


_POWERS: list[tuple[str, Callable[[float], float]]] = [
    (r"times N/\(N − 1\), where N is (.*)", lambda n: n / (n - 1)),
    (r"times \(N − 1\)/N, where N is (.*)", lambda n: (n - 1) / n),
    (r"times the square root of (.*)", lambda n: n**0.5), (r"divided by the square root of (.*)", lambda n: n**-0.5),
    (r"times the square of (.*)", lambda n: n * n), (r"divided by the square of (.*)", lambda n: n**-2.0),
    (r"times (.*)", lambda n: n), (r"divided by (.*)", lambda n: 1 / n),
]  # fmt: skip


def _source(answer: Answer, match: Any, answers: Sequence[Answer], oracle: Any) -> bool:
    for pattern, power in _POWERS:
        found = re.fullmatch(pattern, match[1])
        if found:
            [n] = _counts(found[1], answer)
            listed = [value_of(part) for part in match[2].removesuffix(", …").split(", ")]
            place = list(answers).index(answer)
            shown = place >= len(listed) or _about(listed[place], power(n))
            return shown and answer.same(answer.got, answer.expected * power(n))
    return False


def _one_factor(answer: Answer, match: Any, answers: Sequence[Answer], oracle: Any) -> bool:
    listed = [value_of(part) for part in match[1].removesuffix(", …").split(", ")]
    place = list(answers).index(answer)
    k = int(np.abs(answer.expected).argmax())
    ratio = float(answer.got.flat[k] / answer.expected.flat[k])
    return answer.same(answer.got, answer.expected * ratio) and (place >= len(listed) or _about(listed[place], ratio))


def _offset(answer: Answer, match: Any, answers: Sequence[Answer], oracle: Any) -> bool:
    gap = value_of(match[1]) * (1 if match[2] == "more" else -1)
    real = float(np.median(answer.got - answer.expected))
    return _about(gap, real) and answer.same(answer.got, answer.expected + real)


def _offset_source(answer: Answer, match: Any, answers: Sequence[Answer], oracle: Any) -> bool:
    [n] = _counts(match[2], answer)
    n = 1 / n if match[2].startswith("1 divided") else n * n if match[2].startswith("the square") else n
    return answer.same(answer.got, answer.expected + (n if match[1] == "more" else -n))


def _slicewise(answer: Answer, match: Any, answers: Sequence[Answer], oracle: Any) -> bool:
    e, g = answer.expected, answer.got
    line, how = match[1], match[2]
    named = re.fullmatch(r"line along `(\w+)`", line)
    axis = {"row": 1, "column": 0}.get(line)
    if axis is None:
        axis = int(answer.arguments[named[1]]) if named else int(line.rsplit(" ", 1)[1])
    e, g = np.moveaxis(e, axis, -1).reshape(-1, e.shape[axis]), np.moveaxis(g, axis, -1).reshape(-1, e.shape[axis])
    fit = np.empty_like(e)
    for i, (row, mine) in enumerate(zip(e, g, strict=True)):
        k = int(np.abs(row).argmax())
        fit[i] = row * (mine[k] / row[k]) if how == "times" else row + np.median(mine - row)
    return answer.same(g, fit)


def _within(answer: Answer, match: Any, answers: Sequence[Answer], oracle: Any) -> bool:
    return bool(
        (np.abs(answer.got - answer.expected) <= (1 + 1e-9) * float(match[1]) / 100 * np.abs(answer.expected)).all()
    )


def _as_float32(answer: Answer, match: Any, answers: Sequence[Answer], oracle: Any) -> bool:
    return np.array_equal(answer.got, answer.expected.astype(np.float32).astype(float))


def _clamped(answer: Answer, match: Any, answers: Sequence[Answer], oracle: Any) -> bool:
    bound = float(answer.got[answer.wrong].flat[0])
    beyond = answer.expected > bound if match[2] == "more" else answer.expected < bound
    inside = np.where(beyond, bound, answer.expected)
    return _about(value_of(match[1]), bound) and answer.same(answer.got, inside)


_REDUCE = {"sum": np.sum, "mean": np.mean, "largest entry": np.max, "smallest entry": np.min}


def _over(words: str | None, dims: int) -> tuple[int | None, ...]:
    if not words:
        return (None,)
    axis = {"rows": 0, "columns": 1}.get(words)
    return (axis if axis is not None else int(words.rsplit(" ", 1)[1]),)


def _reduced(answer: Answer, match: Any, answers: Sequence[Answer], oracle: Any) -> bool:
    [axis] = _over(match[2], answer.expected.ndim)
    made = _REDUCE[match[1]](answer.expected, axis=axis)
    return made.size == answer.got.size and answer.same(answer.got, made.reshape(answer.got.shape))


def _not_reduced(answer: Answer, match: Any, answers: Sequence[Answer], oracle: Any) -> bool:
    [axis] = _over(match[2], answer.got.ndim)
    made = _REDUCE[match[1]](answer.got, axis=axis)
    return made.size == answer.expected.size and answer.same(answer.expected, made.reshape(answer.expected.shape))


def _axis(words: str | None) -> int:
    return int(words.rsplit(" ", 1)[1]) if words else 0


def _lines(words: str) -> int:
    return {"entries": 0, "entry": 0, "rows": 0, "row": 0, "columns": 1, "column": 1}.get(words.split()[-1]) or (
        int(words.rsplit(" ", 1)[1]) if "axis" in words else 0
    )


def _running(answer: Answer, match: Any, answers: Sequence[Answer], oracle: Any) -> bool:
    run = np.cumsum if match[1] == "sum" else np.cumprod
    return answer.same(answer.got, run(answer.expected, axis=_axis(match[2])))


def _single(answer: Answer, match: Any, answers: Sequence[Answer], oracle: Any) -> bool:
    run = np.cumsum if match[1] == "sum" else np.cumprod
    return answer.same(answer.expected, run(answer.got, axis=_axis(match[2])))


def _region(words: str, shape: tuple[int, ...], expected: np.ndarray) -> np.ndarray:
    inside = np.zeros(shape, dtype=bool)
    if words == "on the diagonal":
        inside[...] = np.eye(*shape[-2:], dtype=bool)
    elif words == "at the border":
        inside[...] = True
        inside[..., 1:-1, 1:-1] = False
    elif words == "where NaN is expected":
        inside = np.isnan(expected)
    elif words == "where infinity is expected":
        inside = np.isinf(expected)
    else:
        found = re.fullmatch(r"in the (first and the last|first|last) (.*)", words)
        assert found, words
        moved = np.moveaxis(inside, _lines(found[2]), 0)
        if "first" in found[1]:
            moved[0] = True
        if "last" in found[1]:
            moved[-1] = True
    return inside


def _except(answer: Answer, match: Any, answers: Sequence[Answer], oracle: Any) -> bool:
    inside = _region(match[1], answer.expected.shape, answer.expected)
    return not (answer.wrong & ~inside).any() and bool((~answer.wrong).any())


_SIDES: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "negative": lambda x: x < 0, "positive": lambda x: x > 0, "0": lambda x: x == 0, "not 0": lambda x: x != 0,
    "NaN": np.isnan,
}  # fmt: skip


def _where(answer: Answer, match: Any, answers: Sequence[Answer], oracle: Any) -> bool:
    x = np.asarray(answer.arguments[match[1]], dtype=float)
    return bool((_SIDES[match[2]](x) == answer.wrong).all())


def _from_on(answer: Answer, match: Any, answers: Sequence[Answer], oracle: Any) -> bool:
    x = np.asarray(answer.arguments[match[2]], dtype=float)
    x = np.abs(x) if match[1] else x
    wrong, right = x[answer.wrong], x[~answer.wrong]
    low, high = value_of(match[3]), value_of(match[4])
    slack = 1e-3 * abs(low)
    return high < low and (wrong >= low - slack).all() and (right <= high + 1e-3 * abs(high)).all()


def _digits(answer: Answer, match: Any, answers: Sequence[Answer], oracle: Any) -> bool:
    with np.errstate(all="ignore"):
        error = np.where(answer.got == answer.expected, 0.0, np.abs(answer.got / answer.expected - 1)).max()
    if match[2] and not (answer.got == answer.got.astype(np.float32)).all():
        return False
    return not answer.rough and error <= 1.51 * float(match[1])


def _permuted(answer: Answer, match: Any, answers: Sequence[Answer], oracle: Any) -> bool:
    order = ast.literal_eval(match[1]) if match[1] else (1, 0)
    turned = answer.expected.transpose(order)
    return answer.same(answer.got, turned) and not answer.same(answer.expected, turned)


def _viewed(answer: Answer, match: Any, answers: Sequence[Answer], oracle: Any) -> bool:
    order = (1, 0) if match[1] == "exchanged" else ast.literal_eval(match[1].removeprefix("in the order "))
    filled = np.ascontiguousarray(answer.expected.transpose(order)).reshape(answer.expected.shape)
    return answer.same(answer.got, filled)


def _shape(answer: Answer, match: Any, answers: Sequence[Answer], oracle: Any) -> bool:
    e, g = answer.expected, answer.got
    if e.shape == g.shape or not answer.same(g.flatten(), e.flatten()):
        return False
    more = g.ndim - e.ndim
    if "another shape" in match[0]:
        return True
    if g.squeeze().shape != e.squeeze().shape:
        return False
    more = -more if "missing" in match[0] else more
    return more > 1 if "axes" in match[0] else more == 1


def _shifted(answer: Answer, match: Any, answers: Sequence[Answer], oracle: Any) -> bool:
    e, g = (np.moveaxis(value, _lines(match[1]), 0) for value in (answer.expected, answer.got))
    moved = answer.close(g[1:], e[:-1]) if match[2] == "later" else answer.close(g[:-1], e[1:])
    return bool(moved.all())


def _order(answer: Answer, match: Any, answers: Sequence[Answer], oracle: Any) -> bool:
    e, g = answer.expected, answer.got
    if e.shape != g.shape or answer.same(g, e):
        return False
    if match[1] == "entries":
        return answer.same(np.sort(g, axis=None), np.sort(e, axis=None))
    left = list(e)
    for row in g:
        place = next((k for k, other in enumerate(left) if answer.same(row, other)), None)
        if place is None:
            return False
        left.pop(place)
    return True


def _argument(answer: Answer, match: Any, answers: Sequence[Answer], oracle: Any) -> bool:
    return answer.same(answer.got, np.asarray(answer.arguments[match[1]], dtype=float))


def _opposite(answer: Answer, match: Any, answers: Sequence[Answer], oracle: Any) -> bool:
    return bool((answer.got == 1 - answer.expected).all())


def _constant(answer: Answer, match: Any, answers: Sequence[Answer], oracle: Any) -> bool:
    one = np.unique(answer.got)
    return (
        one.size == 1 and np.unique(answer.expected).size > 1 and (not match[1] or _about(value_of(match[1]), one[0]))
    )


def _alike(answer: Answer, match: Any, answers: Sequence[Answer], oracle: Any) -> bool:
    e, g = (np.moveaxis(value, _lines(match[1]), 0) for value in (answer.expected, answer.got))
    return answer.same(g, np.broadcast_to(g[:1], g.shape)) and not answer.same(e, np.broadcast_to(e[:1], e.shape))


def _again(answer: Answer, match: Any, answers: Sequence[Answer], oracle: Any) -> bool:
    others = [other for other in answers if other is not answer]
    return all(
        answer.same(answer.got, other.got) and not answer.same(answer.expected, other.expected) for other in others
    )


def _repeated(answer: Answer, match: Any, answers: Sequence[Answer], oracle: Any) -> bool:
    small, large = sorted((answer.got, answer.expected), key=np.size)
    if (small is answer.got) is not ("once" in match[0]):
        return False
    return answer.same(large, np.broadcast_to(small, large.shape))


def kind_of(value: Any) -> str:
    """How a sentence calls the type of a value."""
    dtype = str(getattr(value, "dtype", "")).removeprefix("torch.")
    if type(value).__module__ == "torch":
        return f"a tensor of {dtype}"
    if isinstance(value, np.ndarray):
        return f"an array of {dtype}"
    return f"a {type(value).__name__}" if isinstance(value, (list, tuple)) else "a number"


def _kind(answer: Answer, match: Any, answers: Sequence[Answer], oracle: Any) -> bool:
    return answer.same(answer.got, answer.expected) and answer.kinds == (match[2], match[1]) and match[1] != match[2]


def _signs(answer: Answer, match: Any, answers: Sequence[Answer], oracle: Any) -> bool:
    e, g = answer.expected, answer.got
    return answer.same(np.abs(g), np.abs(e)) and bool((np.sign(g) != np.sign(e)).any())


def _some(answer: Answer, match: Any, answers: Sequence[Answer], oracle: Any) -> bool:
    wrong = answer.wrong
    rest = Answer(answer.expected[wrong], answer.got[wrong], answer.arguments, answer.rough)
    if wrong.all() or not wrong.any():
        return False
    for pattern, proof in PROOFS:
        found = re.fullmatch(pattern, match[1])
        if found:
            return proof(rest, found, [rest], oracle)
    return False


def _moved(answer: Answer, words: str) -> Answer:
    """The answer beside what was expected, in the places or the shape that these words speak of."""
    expected = answer.expected
    if words == "is the transpose of the expected one":
        there = expected.T
    elif order := re.fullmatch(r"is the expected one with its axes in the order (\(.*\))", words):
        there = expected.transpose(ast.literal_eval(order[1]))
    elif names := re.fullmatch(r"has the (.*) of the expected one in reverse order", words):
        there = np.flip(expected, _lines(names[1]))
    else:
        more = 1 if words == "has an axis of size 1 too many" else -1
        one = answer.got.ndim - expected.ndim == more
        there = expected.reshape(answer.got.shape) if one else expected
    return Answer(there, answer.got, answer.arguments, answer.rough)


def _moved_and_changed(answer: Answer, match: Any, answers: Sequence[Answer], oracle: Any) -> bool:
    mine, every = _moved(answer, match[1]), [_moved(one, match[1]) for one in answers]
    if mine.expected.shape != mine.got.shape or answer.same(mine.expected, answer.expected):
        return False
    for pattern, proof in PROOFS:
        found = re.fullmatch(pattern, match[2])
        if found:
            return proof(mine, found, every, oracle)
    return False


_TOGETHER: dict[str, Callable[[Any, Any], Any]] = {
    "plus": np.add, "minus": np.subtract, "times": np.multiply, "divided by": np.divide,
}  # fmt: skip
_ALONE: dict[str, Callable[[Any], Any]] = {
    "the exponential of ": np.exp, "the natural logarithm of ": np.log, "the square of ": np.square,
    "the absolute value of ": np.abs, "1 divided by ": lambda x: 1 / x, "-": lambda x: -x,
}  # fmt: skip


def _argument_of(answer: Answer, name: str) -> np.ndarray:
    return np.asarray(answer.arguments[name], dtype=float)


def _with_argument(answer: Answer, match: Any, answers: Sequence[Answer], oracle: Any) -> bool:
    if match["first"]:
        made = _TOGETHER[match["how"]](_argument_of(answer, match["first"]), answer.expected)
    else:
        made = _TOGETHER[match["by"]](answer.expected, _argument_of(answer, match["second"]))
    return answer.same(answer.got, made) and not answer.same(made, answer.expected)


def _of_arguments(answer: Answer, match: Any, answers: Sequence[Answer], oracle: Any) -> bool:
    if match["both"]:
        made = _TOGETHER[match["both"]](_argument_of(answer, match["one"]), _argument_of(answer, match["two"]))
    else:
        made = _ALONE[match["what"]](_argument_of(answer, match["alone"]))
    return answer.same(answer.got, made) and not answer.same(made, answer.expected)


def _finite(answer: Answer, match: Any, answers: Sequence[Answer], oracle: Any) -> bool:
    there = np.isnan(answer.got) if match[1] == "NaN" else np.isinf(answer.got)
    return bool(answer.wrong.any() and there[answer.wrong].all() and not answer.wrong.all())


def _ends(answer: Answer, match: Any, answers: Sequence[Answer], oracle: Any) -> bool:
    short = match["end"] is not None
    end, count, words = (match["end"], match["few"], match["names"]) if short else (
        match["which"], match["many"], match["more"])  # fmt: skip
    axis, number = _lines(words), int(count)
    small, large = (answer.got, answer.expected) if short else (answer.expected, answer.got)
    kept = np.moveaxis(large, axis, 0)
    kept = kept[number:] if end == "first" else kept[:-number]
    return answer.same(small, np.moveaxis(kept, 0, axis))


def _thinned(answer: Answer, match: Any, answers: Sequence[Answer], oracle: Any) -> bool:
    axis = _lines(match[2])
    kept = np.moveaxis(answer.expected, axis, 0)[:: {"second": 2, "third": 3}[match[1]]]
    return answer.same(answer.got, np.moveaxis(kept, 0, axis))


def _rough_digits(answer: Answer, match: Any, answers: Sequence[Answer], oracle: Any) -> bool:
    error = np.abs(answer.got / answer.expected - 1).max()
    return answer.rough and error <= 1.51 * float(match[1])


def _in_place(answer: Answer, match: Any, answers: Sequence[Answer], oracle: Any) -> bool:
    return answer.same(answer.got, np.asarray(answer.arguments["the answer"], dtype=float))


def _cut(answer: Answer, match: Any, answers: Sequence[Answer], oracle: Any) -> bool:
    short = match[0].startswith("is the expected one without")
    end, words = (match[1], match[2]) if short else (match[4], match[3])
    axis = _lines(words)
    small, large = (answer.got, answer.expected) if short else (answer.expected, answer.got)
    if large.shape[axis] != small.shape[axis] + 1:
        return False
    return answer.same(small, np.delete(large, 0 if end == "first" else -1, axis=axis))


def _spread(answer: Answer, match: Any, answers: Sequence[Answer], oracle: Any) -> bool:
    [axis] = _over(match[2], answer.expected.ndim)
    made = _REDUCE[match[1]](answer.expected, axis=axis, keepdims=True)
    return answer.same(answer.got, np.broadcast_to(made, answer.got.shape))


def _only(answer: Answer, match: Any, answers: Sequence[Answer], oracle: Any) -> bool:
    inside = _region(match[1], answer.expected.shape, answer.expected)
    return bool((answer.wrong == ~inside).all()) and bool(inside.any())


def _changed(how: str, given: Mapping[str, Any]) -> dict[str, Any]:
    """The arguments that a sentence speaks of."""
    given = dict(given)
    if found := re.fullmatch(r"with `(\w+)=(.*)`(, its default)?", how):
        return {**given, found[1]: ast.literal_eval(found[2])}
    if found := re.fullmatch(r"without `(\w+)`", how):
        return {**given, found[1]: None}
    if found := re.fullmatch(r"with `(\w+)` and `(\w+)` exchanged", how):
        return {**given, found[1]: given[found[2]], found[2]: given[found[1]]}
    if found := re.fullmatch(r"with `(.*)` in place of `(\w+)`", how):
        return {**given, found[2]: eval(found[1], {}, dict(given))}
    if found := re.fullmatch(r"for `(\w+)` transposed", how):
        return {**given, found[1]: given[found[1]].T}
    if found := re.fullmatch(r"with ([01]) everywhere in `(\w+)`", how):
        return {**given, found[2]: given[found[2]] * 0 + int(found[1])}
    raise ValueError(how)


def _other_call(answer: Answer, match: Any, answers: Sequence[Answer], oracle: Any) -> bool:
    way = re.findall(r"\[([^\]]*)\]", match.string[: match.start()].partition("` of ")[0])
    value = oracle(**_changed(match[1], answer.arguments))
    for key in way:
        value = value[ast.literal_eval(key)]
    value = value.detach().double().numpy() if hasattr(value, "detach") else np.asarray(value, dtype=float)
    return answer.same(answer.got, value) and not answer.same(value, answer.expected)


def _double(answer: Answer, match: Any, answers: Sequence[Answer], oracle: Any) -> bool:
    times = 0.5 if match[1] else 2.0
    return answer.expected.ndim == 0 and answer.same(answer.got, times * answer.expected)


def _odd_sign(answer: Answer, match: Any, answers: Sequence[Answer], oracle: Any) -> bool:
    sign = -1 if match[1] == "negative" else 1
    return bool((sign * answer.got > 0).any()) and not bool((sign * answer.expected > 0).any())


def _one_side(answer: Answer, match: Any, answers: Sequence[Answer], oracle: Any) -> bool:
    sign = 1 if match[1] == "larger" else -1
    return bool((sign * (answer.got - answer.expected)[answer.wrong] > 0).all())


PROOFS: tuple[tuple[str, Proof], ...] = (
    (r"is right in some entries, and each of the others (.*)", _some),
    (r"(is the transpose of the expected one|is the expected one with its axes in the order \(.*\)|"
     r"has the [^,]* of the expected one in reverse order|has an axis of size 1 too (?:many|few)), "
     r"(?:but|and) each entry (.*)", _moved_and_changed),
    (rf"is {_NUMBER} times the expected one(?:; {_NUMBER} is (?P<source>.*) in each of them)?", _factor),
    (r"(?:has the other sign|is the negative of the expected one)", _each(lambda e: -e)),
    (r"is the expected one times one number, another in each call \((.*)\)", _one_factor),
    (r"is the expected one ((?:times|divided by) .*) \((.*) times\)", _source),
    (rf"is {_NUMBER} (more|less) than the expected one", _offset),
    (r"is (more|less) than the expected one by (.*)", _offset_source),
    (r"is the exponential of the expected one", _each(np.exp)),
    (r"is the natural logarithm of the expected one", _each(np.log)),
    (r"is the square of the expected one", _each(np.square)),
    (r"is the square root of the expected one", _each(np.sqrt)),
    (r"is the absolute value of the expected one", _each(np.abs)),
    (r"is 1 divided by the expected one", _each(lambda e: 1 / e)),
    (r"is 1 divided by the expected one, and 0 where that is 0",
     _each(lambda e: np.divide(1, e, out=np.zeros_like(e), where=e != 0))),
    (r"is 1 minus the expected one", _each(lambda e: 1 - e)),
    (r"holds what stands in `(\w+)` at the expected places, not the places",
     lambda a, m, s, o: a.same(a.got, np.asarray(a.arguments[m[1]])[a.expected.astype(int)])),
    (r"has in every (.*) that of the expected one (times|plus) a number of its own", _slicewise),
    (rf"is {_NUMBER} wherever (more|less) than that is expected, and right everywhere else", _clamped),
    (r"is right to a relative error of (\S+?)( and holds numbers of float32 only)?; float64 allows about 1e-16",
     _digits),
    (r"is within (\S+) % of the expected one(?: in every entry)?", _within),
    (r"is the expected one, its large numbers as float32 holds them", _as_float32),
    (r"is the (?:transpose of the expected one|expected one with its axes in the order (\(.*\)))", _permuted),
    (r"has the shape of the expected one, filled in the order in which the expected one with its axes (.*) is read",
     _viewed),
    (r"has the right numbers(?:, and (?:an axis|axes) of size 1 too many|; an axis of size 1 is missing|"
     r"; axes of size 1 are missing| in their order, in another shape)", _shape),
    (r"has the (.*) of the expected one in reverse order",
     lambda a, m, s, o: a.same(a.got, np.flip(a.expected, _lines(m[1])))),
    (r"has the (.*) of the expected one, each one place (later|earlier)", _shifted),
    (r"has the right (.*) in another order", _order),
    (r"is the (sum|mean|largest entry|smallest entry) of the expected one(?: over its (.*))?", _reduced),
    (r"is not reduced: its (sum|mean|largest entry|smallest entry)(?: over its (.*))? is the expected one",
     _not_reduced),
    (r"is the running (sum|product) of the expected one(?: along (axis \d))?", _running),
    (r"holds single entries: its running (sum|product)(?: along (axis \d))? is the expected one", _single),
    (r"is the expected one, repeated|has each number once where the expected one repeats it", _repeated),
    (r"has the right values, in (.*) where (.*) is expected", _kind),
    (r"has the right absolute values; some of its signs differ from the expected ones", _signs),
    (r"is (?:twice|(half) of) the expected one", _double),
    (r"is (negative|positive) in some entries, and no entry of the expected one is (?:negative|positive)", _odd_sign),
    (r"is (larger|smaller) than the expected one wherever the two differ", _one_side),
    (r"is the diagonal of the expected one", lambda a, m, s, o: a.same(a.got, np.diagonal(a.expected))),
    (r"is the expected one (?:without its (?P<end>first|last) (?P<few>\d+) (?P<names>.*)|"
     r"and (?P<many>\d+) more (?P<more>.*), the (?P<which>first|last) ones)", _ends),
    (r"is the expected one (?:without its (first|last) (\D*\d?)|and one more (.*), the (first|last) one)", _cut),
    (r"has every (second|third) (.*) of the expected one, from the first on", _thinned),
    (r"is (?:the expected one (?P<by>plus|minus|times|divided by) `(?P<second>[^`]*)`|"
     r"`(?P<first>[^`]*)` (?P<how>minus|divided by) the expected one)", _with_argument),
    (r"equals (?:`(?P<one>[^`]*)` (?P<both>plus|minus|times|divided by) `(?P<two>[^`]*)`|"
     r"(?P<what>[a-z1 ]+ (?:of|by) )`(?P<alone>[^`]*)`)", _of_arguments),
    (r"is (NaN|infinity) in some entries, and right in all others", _finite),
    (r"is right to a relative error of (\S+?); float32 allows about 1e-7", _rough_digits),
    (r"is what came back, too", _in_place),
    (r"has the (sum|mean|largest entry|smallest entry) of the expected one(?: over its (.*))? in the place of each "
     r"entry", _spread),
    (r"is right (.*) and nowhere else", _only),
    (r"is right except (.*)", _except),
    (r"is wrong exactly where `(\w+)` is (negative|positive|0|not 0|NaN), and right everywhere else", _where),
    (rf"is wrong exactly where (the absolute value of )?`(\w+)` is large \(from {_NUMBER} on\), and right everywhere "
     rf"else \(up to {_NUMBER}\)", _from_on),
    (r"equals `(\w+)` as it was given", _argument),
    (r"has True where False is expected, and the other way round", _opposite),
    (rf"has the same number in every entry(?:: {_NUMBER})?", _constant),
    (r"has all (.*) equal, where those of the expected one differ", _alike),
    (r"is the same, whatever the arguments are", _again),
    (r"is what is expected (.*)", _other_call),
)  # fmt: skip


# -- which calls go wrong ------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class Given:
    """The arguments of a call by name, defaults included, and which of them were left out."""

    arguments: Mapping[str, Any]
    left_out: frozenset[str] = frozenset()


_WHICH = re.compile(
    r"(?:this call goes wrong, and|in both calls that go wrong|in all (?P<all>\d+) calls that go wrong) "
    r"`(?P<name>[^`]*)` (?P<says>.*); in the (?P<right>\d+) that are right that is not so"
)
_TENSORS: dict[str, Callable[[np.ndarray], bool]] = {
    "does not lie in memory row by row": lambda x: not x.flags["C_CONTIGUOUS"],
    "is empty": lambda x: x.size == 0,
    "holds a single number": lambda x: x.size == 1,
    "has one row": lambda x: x.ndim > 1 and x.shape[0] == 1,
    "has one column": lambda x: x.ndim > 1 and x.shape[-1] == 1,
    "holds a NaN": lambda x: bool(np.isnan(x).any()),
    "holds an infinity": lambda x: bool(np.isinf(x).any()),
    "holds a negative number": lambda x: x.dtype != bool and bool((x < 0).any()),
    "holds a 0": lambda x: x.dtype != bool and bool((x == 0).any()),
}


def which_untrue(text: str, wrong: Sequence[Given], right: Sequence[Given]) -> str:
    """Return why it is not so that these calls, and none of those that are right, have this in common."""
    match = _WHICH.fullmatch(text)
    if not match:
        return "nobody knows how to prove it"
    if int(match["right"]) > len(right) or (match["all"] and int(match["all"]) < 3):
        return "its counts are wrong"
    if not all(_so(match["name"], match["says"], call) for call in wrong):
        return "a wrong call is not so"
    return "a right call is so, too" if any(_so(match["name"], match["says"], call) for call in right) else ""


def _so(name: str, says: str, call: Given) -> bool:
    if name not in call.arguments:
        return False
    value = call.arguments[name]
    if says in ("is left out", "is given"):
        return (name in call.left_out) == (says == "is left out")
    dtype = str(getattr(value, "dtype", "")).removeprefix("torch.")
    if hasattr(value, "detach"):
        value = value.detach().float().numpy() if dtype in ("bfloat16", "float16") else value.detach().numpy()
    if isinstance(value, np.ndarray):
        far = re.fullmatch(
            rf"holds a number of {_NUMBER} or more in size, where others hold none above {_NUMBER}", says
        )
        axes = re.fullmatch(r"has (no axis|(\d+) ax[ei]s)", says)
        if far:
            sizes = np.abs(value[np.isfinite(value)].astype(float))
            return bool(sizes.size and sizes.max() >= 0.999 * value_of(far[1]))
        if axes:
            return value.ndim == int(axes[2] or 0)
        return dtype == says[6:] if says.startswith("is of ") else says in _TENSORS and _TENSORS[says](value)
    if says == "is negative":
        return type(value) in (int, float) and value < 0
    return says.startswith("is ") and says[3:] == (f"'{value}'" if isinstance(value, str) else f"{value}")
