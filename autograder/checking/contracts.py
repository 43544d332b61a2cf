"""What a docstring promises beside values, asked in one call: sizes, layouts, dtypes, defaults, gradients.

Each failure says which promise broke, in words that need no reading of the check.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

import torch

from .asserts import assert_gradients, assert_number, assert_same, unmodified
from .parts import part

Draw = Callable[..., torch.Tensor]

_NAMES = {torch.float16: "float16", torch.bfloat16: "bfloat16", torch.float32: "float32", torch.float64: "float64"}


def normal(shape: tuple[int, ...], dtype: torch.dtype = torch.float64) -> torch.Tensor:
    """Return standard normal numbers of this shape."""
    return torch.randn(shape, dtype=torch.float64).to(dtype)


def layouts(x: torch.Tensor) -> Iterator[tuple[str, torch.Tensor]]:
    """Yield tensors of the shape of `x` in other memory: transposed, strided, sliced with an offset, expanded.

    The first three have the values of `x`; the expanded one repeats its first row.
    """
    if x.dim() >= 2:
        yield "a transposed", x.transpose(0, -1).contiguous().transpose(0, -1)
    if x.dim() >= 1 and x.shape[-1] > 0:
        wide = torch.zeros(*x.shape[:-1], 2 * x.shape[-1], dtype=x.dtype)
        wide[..., ::2] = x
        yield "a strided", wide[..., ::2]
        longer = torch.cat([torch.zeros_like(x[:1]), x]) if len(x) else x
        yield "a sliced", longer[len(longer) - len(x) :]
    if x.dim() >= 2 and len(x) > 1:
        yield "an expanded", x[:1].expand(x.shape)


def _compare(answer: Any, expected: Any, **more: Any) -> None:
    (assert_number if isinstance(expected, float) else assert_same)(answer, expected, **more)


def _differentiable(value: Any) -> bool:
    return isinstance(value, torch.Tensor) and value.dtype == torch.float64 and value.numel() > 0


@part
def assert_contract(
    function: Callable[..., Any],
    oracle: Callable[..., Any],
    *inputs: Any,
    of: int = 0,
    name: str = "input",
    shapes: Iterable[tuple[int, ...]] = (),
    dtypes: Iterable[torch.dtype] = (),
    layout: bool = True,
    defaults: Mapping[str, Any] | None = None,
    numbers: Mapping[str, Iterable[float]] | None = None,
    zero: bool = False,
    gradients: bool = False,
    kept: bool = True,
    draw: Draw = normal,
    rtol: float | None = None,
    atol: float | None = None,
    **keywords: Any,
) -> None:
    """Assert that `function` keeps what it promises of one argument, as `oracle` does.

    Where the oracle answers with a Python float, any single number is accepted, a tensor of shape () too.

    Args:
        inputs: positional arguments of an ordinary call; the one at place `of` is varied, the others stay.
        name: what the student calls that argument, for the message.
        shapes: further shapes of it that must be answered, such as ``()``, ``(0, 3)``, ``(1, 3)``.
        dtypes: dtypes of it in which an answer is promised; the oracle says in which dtype it comes back.
        layout: the same values in other memory give the same answer.
        defaults: parameters that may be left out, with what the docstring promises then: both functions are told them
            everywhere, and each is left out once.
        numbers: parameters that take a number, each with further values that must be answered, such as both ends of
            what is allowed and ``1 / 3``, which no two digits hold.
        zero: a tensor of zeros is answered, and with `gradients` has the oracle's gradient, which is finite.
        gradients: each variation of a float64 input is differentiated, but for those of its memory.
        kept: the call leaves its tensors as they were.
        draw: makes an argument of a shape, ``draw(shape, dtype)``.
        rtol, atol: tolerances of float32 and float64; half precision has its own.
        keywords: of both functions.
    """

    def agree(
        about: str, value: Any, given: Mapping[str, Any] | None = None, *, detached: bool = False, tracked: bool = True
    ) -> None:
        """Ask with an input that requires no gradient, where it is `detached`, and with one that does."""
        args = [*inputs[:of], value, *inputs[of + 1 :]]
        exact = not isinstance(value, torch.Tensor) or value.dtype in (torch.float32, torch.float64)
        near, by = (rtol, atol) if exact else (None, None)
        tensors = [a for a in args if isinstance(a, torch.Tensor)] if kept else []
        told = {**keywords, **(defaults or {}), **(given or {})}
        tracked = tracked and gradients and _differentiable(value)
        if detached or not tracked:
            with unmodified(*tensors):
                answer = function(*args, **told)
            _compare(answer, oracle(*args, **told), rtol=near, atol=by, about=about)
        if tracked:
            assert_gradients(
                lambda x: function(*inputs[:of], x, *inputs[of + 1 :], **told),
                lambda x: oracle(*inputs[:of], x, *inputs[of + 1 :], **told),
                value, rtol=rtol, atol=atol, about=about,
            )  # fmt: skip

    plain = inputs[of]
    agree("", plain, detached=True)
    for parameter, value in (defaults or {}).items():
        args = list(inputs)
        rest = {key: kept_ for key, kept_ in keywords.items() if key != parameter}
        answer = function(*args, **rest)
        _compare(
            answer, oracle(*args, **{**keywords, **(defaults or {}), parameter: value}), rtol=rtol, atol=atol,
            about=f"with `{parameter}` left out, where the docstring says {value}",
        )  # fmt: skip
    for parameter, values in (numbers or {}).items():
        for number in values:
            agree(f"with `{parameter}` = {number:.6g}", plain, {parameter: number})
    if layout and isinstance(plain, torch.Tensor):
        for kind, other in layouts(plain):
            agree(f"with {kind} `{name}`", other, tracked=False)  # a leaf would be a copy, in memory of its own
    for shape in shapes:
        agree(f"with `{name}` of shape {tuple(shape)}", draw(tuple(shape), plain.dtype))
    if zero:
        agree(f"with zeros for `{name}`", torch.zeros_like(plain))
    for dtype in dtypes:
        agree(f"with `{name}` in {_NAMES.get(dtype, str(dtype))}", plain.detach().to(dtype))


def lies_in(function: Callable[..., Any], *args: Any, **options: Any) -> list[int]:
    """Return the places of the arguments in whose memory a tensor of the answer lies; none where a new one is promised.

    For :meth:`Student.prop`: it runs where the tensors live.
    """
    answer = function(*args, **options)
    parts = answer if isinstance(answer, (tuple, list)) else [answer]
    theirs = {part.untyped_storage().data_ptr() for part in parts if isinstance(part, torch.Tensor) and part.numel()}
    given = [(place, value) for place, value in enumerate(args) if isinstance(value, torch.Tensor)]
    return [place for place, value in given if value.untyped_storage().data_ptr() in theirs]


def after_another(function: Callable[..., Any], first: Iterable[Any], second: Iterable[Any]) -> Any:
    """Return the answer to the arguments `first`, once `second` were asked too: no call may write into an older answer.

    For :meth:`Student.prop`: it runs where both answers live.
    """
    answer = function(*first)
    function(*second)
    return answer


def changed_by(function: Callable[..., Any], *args: Any, at: int = 0, flags: Iterable[bool] = ()) -> list[str]:
    """Return what of a model a call changed, in words. For :meth:`Student.prop`: it runs where the model lives.

    Every second parameter that has no gradient is given one, every part a hook of somebody else's, and the first of
    several parameters requires no gradient. All this must still be so afterwards; hooks and flag are taken away in the
    end.

    Args:
        function: is called with `args`.
        at: the place of the model among them.
        flags: the model's own `training` for each of several calls, its parts left as they are; without any there is
            one call, with the model as it is.
    """
    model = args[at]
    parameters = list(model.parameters())
    frozen = [p for p in parameters[:1] if len(parameters) > 1 and p.requires_grad]
    for p in frozen:
        p.requires_grad_(False)
    for p in parameters[1::2]:
        p.grad = torch.ones_like(p) if p.grad is None else p.grad
    others = [m.register_forward_hook(lambda *_: None) for m in model.modules()]
    others += [m.register_forward_pre_hook(lambda *_: None) for m in model.modules()]
    plain = (bool, int, float, str, tuple)
    known = [(m, [k for k, v in vars(m).items() if type(v) in plain and k != "training"]) for m in model.modules()]

    def seen() -> dict[str, Any]:
        return {
            "training mode": [m.training for m in model.modules()],
            "requires_grad": [p.requires_grad for p in model.parameters()],
            "gradients": [None if p.grad is None else p.grad.tolist() for p in model.parameters()],
            "parameters and buffers": [value.tolist() for value in model.state_dict().values()],
            "hooks": [
                len(m._forward_hooks) + len(m._forward_pre_hooks) + len(m._backward_hooks) for m in model.modules()
            ],
            "settings of the layers": [[getattr(m, name, None) for name in names] for m, names in known],
            "torch.is_grad_enabled()": torch.is_grad_enabled(),
        }

    found: list[str] = []
    for flag in tuple(flags) or (model.training,):
        model.training = flag
        before = seen()
        function(*args)
        after = seen()
        found += [what for what in before if before[what] != after[what] and what not in found]
    for p in frozen:
        p.requires_grad_(True)
    for hook in others:
        hook.remove()
    return found
