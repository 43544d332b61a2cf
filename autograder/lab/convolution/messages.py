"""What the page of the convolution playground and its session say to each other."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, Struct

from ..messages import Message, Skip

Owner = Literal["yours", "course"]
Count = Annotated[int, Meta(ge=0, le=1_000_000)]
Number = Annotated[float, Meta(ge=-1e6, le=1e6)]
SIDE = 28
PIXELS = SIDE * SIDE
MOST = 128  #: pixels of a side of a picture
Pixels = Annotated[bytes, Meta(min_length=PIXELS, max_length=PIXELS)]
LONGEST = 600  #: characters of a sentence
Line = Annotated[str, Meta(max_length=LONGEST)]
Name = Annotated[str, Meta(max_length=200)]


# -- what the page asks ------------------------------------------------------------------------------


class Kernel(Message, frozen=True):
    """Lay a kernel on a picture, and pool; everything that the answer depends on."""

    serial: Count
    image: Annotated[bytes, Meta(min_length=16, max_length=MOST * MOST)]
    height: Annotated[int, Meta(ge=4, le=MOST)]
    width: Annotated[int, Meta(ge=4, le=MOST)]
    size: Annotated[int, Meta(ge=1, le=7)]
    kernel: Annotated[list[Number], Meta(min_length=1, max_length=49)]
    stride: Annotated[int, Meta(ge=1, le=4)] = 1
    padding: Annotated[int, Meta(ge=0, le=8)] = 0
    dilation: Annotated[int, Meta(ge=1, le=4)] = 1
    flipped: bool = False
    pooling: Literal["none", "max", "average"] = "none"
    pool: Annotated[int, Meta(ge=1, le=8)] = 2
    owner: Owner = "yours"

    def __post_init__(self) -> None:
        if len(self.image) != self.height * self.width or len(self.kernel) != self.size * self.size:
            raise ValueError("the picture or the kernel has another size than it says")


class Digit(Message, frozen=True):
    """Read a drawing; `target` is the class that the heat maps are about, -1 for the likeliest."""

    serial: Count
    pixels: Pixels
    owner: Owner = "yours"  #: of the network
    parts: Owner = "yours"  #: of the functions that look into it
    target: Annotated[int, Meta(ge=-1, le=9)] = -1
    occlusion: bool = False
    cam: bool = False


class Unit(Message, frozen=True):
    """Look at one unit of a layer."""

    serial: Count
    pixels: Pixels
    layer: Name
    channel: Count
    y: Count
    x: Count
    owner: Owner = "yours"


class Train(Message, frozen=True):
    """Train a network; `augmented` adds shifted copies of the digits."""

    owner: Owner = "yours"
    parts: Owner = "yours"
    augmented: bool = False
    seed: Annotated[int, Meta(ge=0, le=1_000_000)] = 0


class Stop(Message, frozen=True):
    """End the training that runs."""


class Judge(Message, frozen=True):
    """Judge a network on the held-out digits."""

    owner: Owner = "yours"
    parts: Owner = "yours"


class Load(Message, frozen=True):
    """Take the weights in a file of the workspace."""

    name: Annotated[str, Meta(max_length=4096)]


class Sample(Message, frozen=True):
    """Give a held-out digit of a class."""

    digit: Annotated[int, Meta(ge=0, le=9)]
    nth: Count = 0


class Reload(Message, frozen=True):
    """Take the student's sources as they are now."""


class Done(Message, frozen=True):
    """A mission is done."""

    mission: Name


Incoming = Kernel | Digit | Unit | Train | Stop | Judge | Load | Sample | Reload | Done | Skip


# -- what the worker shows ---------------------------------------------------------------------------


class Map(Struct, frozen=True):
    """Numbers in rows, float32."""

    height: Annotated[int, Meta(ge=1, le=200)]
    width: Annotated[int, Meta(ge=1, le=200)]
    values: Annotated[bytes, Meta(max_length=4 * 200 * 200)]


class Part(Struct, frozen=True):
    """A function or class: on which page it is written, and whose is used."""

    page: Name
    name: Name
    owner: Literal["yours", "course", "nobody"]
    problem: Line


class Parts(Message, frozen=True):
    """Every part, whether a network of the student's is trained, and whether something was just saved."""

    parts: Annotated[list[Part], Meta(max_length=40)]
    trained: bool
    saved: bool


class Mapped(Message, frozen=True):
    """What a kernel makes of a picture."""

    serial: Count
    owner: Owner
    problem: Line
    map: Map
    pooled: Map | None
    pool_owner: Name
    pool_problem: Line


class Layer(Struct, frozen=True):
    """The maps of a layer as grey values, one channel after another: of many channels the first."""

    name: Name
    channels: Count
    height: Count
    width: Count
    low: float
    high: float
    maps: Annotated[bytes, Meta(max_length=200_000)]


class Heat(Struct, frozen=True):
    """A map of what mattered, by whose function."""

    name: Name
    owner: Owner
    problem: Line
    map: Map


class Read(Message, frozen=True):
    """What a network reads in a drawing."""

    serial: Count
    owner: Owner
    problem: Line
    probabilities: Annotated[list[float], Meta(min_length=10, max_length=10)]
    target: Annotated[int, Meta(ge=0, le=9)]
    layers: Annotated[list[Layer], Meta(max_length=12)]
    heats: Annotated[list[Heat], Meta(max_length=2)]


class Field(Message, frozen=True, tag="unit"):
    """What one unit sees: top, left, bottom and right of its receptive field, and the slope at each pixel."""

    serial: Count
    value: float
    box: Annotated[list[int], Meta(min_length=4, max_length=4)]
    slope: Map


class Training(Message, frozen=True):
    """How a training goes: (step, loss, accuracy on training digits, loss, accuracy on held-out ones) so far."""

    curve: Annotated[list[Annotated[list[float], Meta(min_length=5, max_length=5)]], Meta(max_length=600)]
    done: bool
    stopped: bool
    owner: Name


class Mistake(Struct, frozen=True):
    """A digit that was hard."""

    pixels: Pixels
    label: int
    said: int
    sure: float


class Judged(Message, frozen=True):
    """What a network is worth on the held-out digits."""

    owner: Owner
    accuracy: float
    count: Count
    owners: Annotated[list[tuple[Name, Owner]], Meta(max_length=5)]
    problems: Annotated[list[Line], Meta(max_length=3)]
    confusion: Annotated[list[Annotated[list[int], Meta(max_length=10)]], Meta(max_length=10)]
    hardest: Annotated[list[Mistake], Meta(max_length=12)]


class Sampled(Message, frozen=True):
    """A digit to draw on."""

    digit: int
    pixels: Pixels


class Nothing(Message, frozen=True):
    """There is no answer, and why; `page` is that of the student's code that failed."""

    why: Line
    page: Name = ""


Frame = Parts | Mapped | Read | Field | Training | Judged | Sampled | Nothing


# -- what the session says ---------------------------------------------------------------------------


class Files(Message, frozen=True):
    """Files of weights in the workspace, and the missions that are done."""

    names: list[str]
    done: list[str]


class Card(Message, frozen=True):
    """The card of the check that catches what is wrong with a part, as HTML of the lab's own templates.

    `part` is "" where it is not known which part of the page it was.
    """

    page: str
    title: str
    card: str
    part: str = ""
