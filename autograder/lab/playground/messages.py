"""What a page of the playground and its session say to each other, beside what all views say."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from msgspec import Meta, Struct, field

from ..messages import Message, Skip
from .state import Optimizer, Part, Rate

Surface = Literal["ravine", "saddle", "rosenbrock", "beale"]
Coordinate = Annotated[float, Meta(ge=-100, le=100)]

# -- what the page says ------------------------------------------------------------------------


class Build(Message, frozen=True):
    """Begin a run; a state as :func:`.state.read` takes it. `run` says whether it goes on at once.

    A page whose line was lost says at which `step` it was: the run comes back to it, as far as a moment's time goes.
    `ready` says that the settings are ready-made ones, of which the student has changed nothing.
    """

    state: dict[str, Any]
    run: bool = False
    step: Annotated[int, Meta(ge=0, le=10**9)] = 0
    ready: bool = False


class Go(Message, frozen=True):
    """Run or pause; `speed` is in steps a second, 0 for as many as there can be."""

    on: bool
    speed: Annotated[float, Meta(ge=0, le=1e5)] = 0.0


class Step(Message, frozen=True):
    """Take so many steps and pause."""

    count: Annotated[int, Meta(ge=1, le=1000)] = 1


class Change(Message, frozen=True):
    """Change a setting within the run."""

    key: Annotated[str, Meta(max_length=20)]
    value: float | str


class Race(Message, frozen=True):
    """Let optimizers race; each has a learning rate of its own."""

    surface: Surface
    start: tuple[Coordinate, Coordinate]
    lr: Annotated[dict[Optimizer, Rate], Meta(max_length=9)]
    steps: Annotated[int, Meta(ge=1, le=1000)] = 200
    course: Annotated[tuple[Part, ...], Meta(max_length=40)] = ()


class Landscape(Message, frozen=True):
    """Ask for the map of a surface."""

    surface: Surface


class Script(Message, frozen=True):
    """Ask for the run as a PyTorch script."""


class Weights(Message, frozen=True):
    """Ask for the weights as they are."""


class Card(Message, frozen=True):
    """Ask for the card of the check that would catch what is wrong with a part."""

    part: Part


Incoming = Build | Go | Step | Change | Race | Landscape | Script | Weights | Card | Skip

# -- what it is told ---------------------------------------------------------------------------


class Layer(Struct, frozen=True):
    """What a picture says of one hidden layer: dead and saturated shares, and each neuron's largest answer."""

    dead: float
    flat: float
    top: list[float]


class Picture(Message, frozen=True):
    """One moment of a run. Maps are bytes from -127 to 127; weights are float32."""

    step: int
    epoch: int
    loss: float
    losses: tuple[float, float]
    right: tuple[float, float] | None
    layers: Annotated[list[Layer], Meta(max_length=10)]
    norms: Annotated[list[float], Meta(max_length=11)]
    turn: float
    finite: bool
    plane: bytes
    maps: Annotated[list[bytes], Meta(max_length=10)]
    weights: Annotated[list[bytes], Meta(max_length=11)]
    biases: Annotated[list[bytes], Meta(max_length=11)]
    still: bool = False
    differs: bool = False  #: a part of the student's gives something else than the course's, which its note says
    running: bool = False


class Note(Struct, frozen=True):
    """Whose a part is, and why; `page` is where it is written, `line` where it failed."""

    whose: Literal["yours", "course"]
    kind: Annotated[str, Meta(max_length=20)] = ""
    text: str = ""
    page: str = ""
    line: int = 0


class Built(Message, frozen=True):
    """What stays the same all through a run, which begins at a step."""

    points: list[float]
    train: int
    grid: int
    regression: bool
    features: list[bytes]
    shapes: list[tuple[int, int]]
    parts: dict[str, Note]
    step: int
    state: dict[str, Any] = field(default_factory=dict)
    running: bool = False
    behind: int = 0  #: the step that it was to come back to, where it did not come so far in time


class Parts(Message, frozen=True):
    """Whose the parts in use are now."""

    parts: dict[str, Note]


class Changed(Message, frozen=True):
    """A setting was changed, and from which step on; the state, as a link carries it."""

    step: int
    key: str
    value: float | str
    state: dict[str, Any]


class Fell(Message, frozen=True):
    """Parts of the student's failed; the course's step in."""

    parts: list[str]
    page: str
    kind: str
    text: str
    line: int


class Overflow(Message, frozen=True):
    """The loss is no number any more, and no part of the student's is to blame, if that is `sure`."""

    step: int
    sure: bool = True


class Slow(Message, frozen=True):
    """A part of the student's makes the steps slow: milliseconds of one with it, and with the course's."""

    part: str
    yours: float
    course: float
    forks: bool


class Saved(Message, frozen=True):
    """A page of the student's was saved: it is read again. `kept`: the run uses nothing of it, and goes on as it is."""

    kept: bool = False


class Back(Message, frozen=True):
    """The run is made again up to the step where it was: at which step of how many it is."""

    step: int
    behind: int


class Missions(Message, frozen=True):
    """Missions were fulfilled just now."""

    names: list[str]


class Trail(Struct, frozen=True):
    """Where one optimizer went."""

    path: bytes
    steps: int
    value: float


class Raced(Message, frozen=True):
    """A race."""

    trails: dict[str, Trail]
    parts: dict[str, Note]
    surface: str = ""


class Surveyed(Message, frozen=True):
    """The map of a surface, rows from below."""

    grid: int
    window: tuple[float, float, float, float]
    lowest: list[tuple[float, float]]
    values: bytes
    surface: str = ""


class Exported(Message, frozen=True):
    """A run as a PyTorch script."""

    text: str


class Weighed(Message, frozen=True):
    """All parameters, from the input to the output."""

    step: int
    parameters: list[Any]


class Carded(Message, frozen=True):
    """The card of a check, as HTML; "" where all checks of the part's page pass."""

    part: str
    html: str


class Declined(Message, frozen=True):
    """What the page asks for cannot be had; why. `running`: whether a run goes on, None where that is not known."""

    reason: str
    running: bool | None = None
