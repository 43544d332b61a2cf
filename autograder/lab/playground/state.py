"""All that decides a run, in one value: what a link carries, what a worker builds, what a script reproduces."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta, Struct, field

from ...errors import GradusError
from ...language import _
from ...web.refusal import refusal
from .inside.names import OPTIMIZERS

VERSION = 1

Data = Literal["circle", "xor", "gauss", "spiral", "moons", "plane", "bump", "points"]
Feature = Literal["x", "y", "x2", "y2", "xy", "sinx", "siny"]
Act = Literal["relu", "leaky_relu", "sigmoid", "tanh", "elu", "softplus", "silu", "gelu", "linear"]
Loss = Literal[
    "bce_with_logits", "cross_entropy", "hinge", "focal", "bernoulli_nll",
    "mse", "mae", "huber", "smooth_l1", "log_cosh", "quantile",
]  # fmt: skip
Optimizer = Literal["SGD", "Momentum", "Nesterov", "Adagrad", "RMSProp", "Adadelta", "Adam", "Adamax", "Nadam"]
Share = Annotated[float, Meta(ge=0, le=1)]
Small = Annotated[float, Meta(ge=0, le=1e3)]
Rate = Annotated[float, Meta(gt=0, le=1e3)]
Number = Annotated[float, Meta(ge=-1e6, le=1e6)]
Part = Annotated[str, Meta(pattern=r"^\w{1,30}$")]
Point = tuple[Number, Number, Number]

CLASSES = ("bce_with_logits", "cross_entropy", "hinge", "focal", "bernoulli_nll", "mse")  #: losses of two classes
NUMBERS = ("mse", "mae", "huber", "smooth_l1", "log_cosh", "quantile")  #: losses of a regression


class State(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A run: its data, network and training, and what was changed at which step.

    `course` are the parts that are to be the course's although the student has written them; `changes` are
    (step, setting, value).
    """

    v: Literal[1] = 1
    data: Data = "circle"
    n: Annotated[int, Meta(ge=4, le=2000)] = 400
    noise: Share = 0.1
    flip: Share = 0.0
    train: Annotated[float, Meta(ge=0.02, le=1)] = 0.5
    seed: Annotated[int, Meta(ge=0, le=2**31)] = 0
    points: Annotated[tuple[Point, ...], Meta(max_length=2000)] = ()
    features: Annotated[tuple[Feature, ...], Meta(min_length=1, max_length=7)] = ("x", "y")
    scale: dict[Feature, Number] = field(default_factory=dict)
    standardise: bool = False
    hidden: Annotated[tuple[Annotated[int, Meta(ge=1, le=64)], ...], Meta(max_length=10)] = (4, 2)
    acts: Annotated[tuple[Act, ...], Meta(max_length=10)] = ("tanh", "tanh")
    init: Literal["default", "xavier", "he", "small", "large", "zeros"] = "default"
    dropout: Annotated[float, Meta(ge=0, le=0.95)] = 0.0
    l1: Small = 0.0
    l2: Small = 0.0
    batch: Annotated[int, Meta(ge=1, le=2000)] = 10
    loss: Loss = "bce_with_logits"
    optimizer: Optimizer = "SGD"
    lr: Rate = 0.03
    momentum: Annotated[float, Meta(ge=0, lt=1)] = 0.9
    lr_decay: Small = 0.0
    clip: Literal["none", "norm", "value"] = "none"
    clip_at: Rate = 1.0
    course: Annotated[tuple[Part, ...], Meta(max_length=40)] = ()
    changes: Annotated[tuple[tuple[Annotated[int, Meta(ge=0)], str, int | float | str], ...], Meta(max_length=500)] = ()

    @property
    def regression(self) -> bool:
        """Tell whether labels are numbers, not classes."""
        if self.data == "points":
            return any(label not in (0, 1) for _, _, label in self.points)
        return self.data in ("plane", "bump")


#: what may change while a run goes on, and what it may become
LIVE: dict[str, Any] = {
    name: next(f.type for f in msgspec.structs.fields(State) if f.name == name)
    for name in ("lr", "momentum", "lr_decay", "l1", "l2", "batch", "clip_at", "dropout", "optimizer")
}


def read(found: Any) -> State:
    """Return a state from plain values, which may have come with a link.

    Raises:
        GradusError: it is none; the message says where.
    """
    try:
        state = msgspec.convert(found, State, strict=False)
        changes = tuple((step, key, change(key, value)) for step, key, value in state.changes)
    except (msgspec.ValidationError, OverflowError) as error:
        raise GradusError(_line(refusal(str(error), _("this link")))) from None
    if len(state.acts) != len(state.hidden):
        raise GradusError(f"{len(state.hidden)} hidden layers, but {len(state.acts)} activations")
    if len(set(state.features)) < len(state.features):
        raise GradusError("a feature stands there twice")
    if state.data == "points" and len(state.points) < 4:
        raise GradusError("draw at least 4 points")
    fits = NUMBERS if state.regression else CLASSES
    if state.loss not in fits:
        raise GradusError(f"{state.loss} does not go with this data; {', '.join(fits)} do")
    return msgspec.structs.replace(state, changes=changes)


def change(key: str, value: Any) -> Any:
    """Return the value of a setting that changes within a run.

    Raises:
        GradusError: it does not change within a run, or not to this.
    """
    if key not in LIVE:
        raise GradusError(_line(f"{key} does not change within a run"))
    try:
        return msgspec.convert(value, LIVE[key], strict=False)
    except msgspec.ValidationError as error:
        raise GradusError(_line(refusal(str(error), key))) from None


def _line(text: str) -> str:
    return " ".join(text.split())[:300]


def plain(state: State) -> dict[str, Any]:
    """Return all fields as plain values, as a worker takes them."""
    return {name: _listed(value) for name, value in msgspec.structs.asdict(state).items()}


def _listed(value: Any) -> Any:
    return [_listed(part) for part in value] if isinstance(value, tuple) else value


def short(state: State) -> dict[str, Any]:
    """Return what differs from the default, as a link carries it."""
    found: dict[str, Any] = msgspec.to_builtins(state)
    return found


def parts_of(state: State) -> list[str]:
    """Return the parts that a state makes use of."""
    found: list[str] = [act for act in dict.fromkeys(state.acts) if act != "linear"]
    found += ["Dropout"] if state.dropout else []
    found += ["MLP", state.loss, OPTIMIZERS[state.optimizer][0]]
    return [*found, *([f"clip_by_{state.clip}_"] if state.clip != "none" else [])]
