"""Missions: what to bring about in the playground, what to expect first, and how it is seen that it came about.

One file, though a long one: a list, one mission after another, each with all that it needs.
"""

from __future__ import annotations

import math
import struct
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from .messages import Picture, Raced
from .messages import Race as Spec
from .state import State

Memory = dict[str, Any]
Sees = Callable[["Look", Memory], bool]


@dataclass(frozen=True)
class Look:
    """One moment: the settings as they are now, the picture, and the training loss at the first one."""

    state: State
    picture: Picture
    train: int  #: how many training points
    first: float

    @property
    def right(self) -> float:
        """The share of right answers on the test points; 0 where there are none."""
        found = self.picture.right[1] if self.picture.right is not None else 0.0
        return 0.0 if math.isnan(found) else found

    @property
    def plain(self) -> bool:
        """Tell whether the network sees nothing but the two coordinates."""
        return set(self.state.features) <= {"x", "y"}

    @property
    def dead(self) -> float:
        """The largest share of dead units in a layer."""
        return max((layer.dead for layer in self.picture.layers), default=0.0)

    @property
    def flat(self) -> float:
        """The largest share of saturated answers in a layer."""
        return max((layer.flat for layer in self.picture.layers), default=0.0)


@dataclass(frozen=True)
class Mission:
    """One mission: `expect` is asked before, `explain` told after; `start` is a state to begin from."""

    name: str
    title: str
    task: str
    expect: str
    explain: str
    start: dict[str, Any]
    sees: Sees | None = None
    sees_race: Callable[[Spec, Raced], bool] | None = None


MISSIONS: dict[str, Mission] = {}


def _mission(title: str, task: str, expect: str, explain: str, **start: Any) -> Callable[[Sees], Sees]:
    def add(sees: Sees) -> Sees:
        name = sees.__name__
        MISSIONS[name] = Mission(name, title, task, expect, explain, start, sees=sees)
        return sees

    return add


def _network(s: State) -> dict[str, Any]:
    return {"hidden": s.hidden, "data": s.data}


@_mission(
    "A product is enough",
    "Separate XOR without any hidden layer: 97 % of the test points right.",
    "Which of the seven features, alone, tells the two classes apart?",
    "The label of XOR is the sign of xy. With that feature a single neuron is enough; with x and y alone no line is.",
    data="xor",
    hidden=[],
    acts=[],
    lr=0.1,
)
def product(look: Look, memory: Memory) -> bool:
    """Tell whether XOR is separated without a hidden layer."""
    return look.state.data == "xor" and not look.state.hidden and look.right >= 0.97


@_mission(
    "A circle is a line",
    "Separate the circle without any hidden layer: 97 % of the test points right.",
    "What is the equation of a circle? Which features are in it?",
    "A circle is x² + y² = r²: in the plane of x² and y² it is a straight line, and a neuron draws straight lines.",
    data="circle",
    hidden=[],
    acts=[],
    lr=0.1,
)
def ring(look: Look, memory: Memory) -> bool:
    """Tell whether the circle is separated without a hidden layer."""
    return look.state.data == "circle" and not look.state.hidden and look.right >= 0.97


@_mission(
    "Four neurons",
    "Separate XOR from x and y alone with four hidden neurons or fewer: 95 % of the test points right.",
    "How many lines do you need to cut out two opposite quarters?",
    "Each hidden neuron draws one line, and the next layer combines the half planes. A start may be unlucky: another "
    "seed is a fair second try.",
    data="xor",
    hidden=[4],
    acts=["relu"],
    lr=0.1,
)
def small(look: Look, memory: Memory) -> bool:
    """Tell whether XOR is separated by four hidden neurons at most."""
    s = look.state
    return s.data == "xor" and look.plain and 0 < sum(s.hidden) <= 4 and look.right >= 0.95


@_mission(
    "The spiral",
    "Separate the spiral from x and y alone, with at most 8 neurons a layer: 97 % of the test points right.",
    "Which will matter more here: width, depth, or the optimizer?",
    "The arms wind more than once, so lines must be bent again and again: two or three layers do it, and an optimizer "
    "with a step size for each weight gets there in a few hundred steps where plain SGD takes thousands.",
    data="spiral",
    noise=0.0,
    n=600,
    hidden=[8, 8],
    acts=["tanh", "tanh"],
)
def spiral(look: Look, memory: Memory) -> bool:
    """Tell whether narrow layers separate the spiral."""
    s = look.state
    return s.data == "spiral" and look.plain and bool(s.hidden) and max(s.hidden) <= 8 and look.right >= 0.97


@_mission(
    "Zigzag, and calm",
    "Make SGD zigzag: on all training points at once, raise the learning rate until each gradient points against the "
    "one before after 20 steps or more, and the loss is lower than at first. Then, at the same learning rate or a "
    "larger one, calm it with momentum: half that loss, and gradients no longer against each other.",
    "Momentum adds steps up. Will that make the swinging worse?",
    "Across the valley the gradients change sign and cancel in the velocity, along it they add up. A swing dies by a "
    "factor of √μ a step: sooner with 0.5 than with 0.9. Gradient descent is stable below lr = 2/λ for the largest "
    "curvature λ, momentum below 2(1 + μ)/λ.",
    data="plane",
    noise=0.0,
    hidden=[],
    acts=[],
    loss="mse",
    batch=2000,
    lr=1e-5,
    scale={"y": 30.0},
)
def zigzag(look: Look, memory: Memory) -> bool:
    """Tell whether momentum calms what SGD made swing."""
    s, p = look.state, look.picture
    if s.batch < look.train or not p.finite:
        return False
    here = {**_network(s), "scale": s.scale}
    if s.optimizer == "SGD" and p.step >= 20 and p.turn < -0.5 and p.losses[0] < look.first:
        memory["zigzag"] = (here, s.lr, p.losses[0])
    if "zigzag" not in memory or s.optimizer not in ("Momentum", "Nesterov"):
        return False
    before, lr, loss = memory["zigzag"]
    return bool(here == before and s.lr >= lr and p.losses[0] < loss / 2 and p.turn > -0.5)


@_mission(
    "Saturated, and cured",
    "Begin a tanh network with more than half of a layer's answers in the flat ends of the curve. Then cure it by "
    "initialisation alone: below a fifth, and 95 % of the test points right.",
    "The loss falls all the same for a while. Which layer can still learn?",
    "In the flat ends the slope of tanh is near 0, so hardly any gradient passes to the layers before. Weights with "
    "variance 1/fan-in (Xavier) keep the sums near 1, where tanh bends.",
    data="moons",
    hidden=[8, 8],
    acts=["tanh", "tanh"],
    init="large",
)
def saturated(look: Look, memory: Memory) -> bool:
    """Tell whether other first weights cure a saturated network."""
    s = look.state
    if not s.acts or set(s.acts) != {"tanh"}:
        return False
    if look.flat > 0.5:
        memory["saturated"] = {**_network(s), "init": s.init}
    kept = memory.get("saturated", {})
    return bool(kept and {**_network(s), "init": kept["init"]} == kept and s.init != kept["init"]
                and look.flat < 0.2 and look.right >= 0.95)  # fmt: skip


@_mission(
    "Dead, and alive",
    "Kill half of a ReLU layer: units that answer 0 to every training point. Then get a network of the same shape to "
    "95 % of the test points with less than a fifth of each layer dead.",
    "Can a dead unit come back to life?",
    "Where a unit answers 0 to all points, its gradient is 0 as well, so it stays. A large step is what kills it; a "
    "smaller learning rate, or a leaky ReLU, whose slope is never 0, keeps it alive.",
    data="circle",
    hidden=[8, 8],
    acts=["relu", "relu"],
    lr=3.0,
)
def dead(look: Look, memory: Memory) -> bool:
    """Tell whether a network that had died lives."""
    s = look.state
    if "relu" in s.acts and look.dead >= 0.5:
        memory["dead"] = _network(s)
    return memory.get("dead") == _network(s) and look.dead < 0.2 and look.right >= 0.95


@_mission(
    "Learned by heart",
    "Overfit: with at most 12 training points and noise, a training loss below 0.02 and a test loss above 0.7, "
    "worse than not to know anything (ln 2 = 0.69).",
    "What does the boundary look like when every noisy point is right?",
    "The network is sure of every training point, also of those on the wrong side, and pays for being sure where the "
    "test points are. A low training loss says nothing about success.",
    data="gauss",
    n=200,
    train=0.05,
    noise=0.6,
    hidden=[16, 16],
    acts=["relu", "relu"],
    optimizer="Adam",
    lr=0.01,
)
def by_heart(look: Look, memory: Memory) -> bool:
    """Tell whether a few points are learned by heart."""
    train, test = look.picture.losses
    noisy = look.state.noise > 0 or look.state.flip > 0
    return look.train <= 12 and noisy and train < 0.02 and test > 0.7


@_mission(
    "Less by heart",
    "Overfit as before, then calm the same network on the same points with L1, L2 or dropout: a test loss of less than "
    "half, after 300 steps or more.",
    "What happens to the training loss?",
    "The penalty keeps the weights small, so the network cannot be sure: the training loss stays higher, and the test "
    "loss falls.",
    data="gauss",
    n=200,
    train=0.05,
    noise=0.6,
    hidden=[16, 16],
    acts=["relu", "relu"],
    optimizer="Adam",
    lr=0.01,
)
def calmed(look: Look, memory: Memory) -> bool:
    """Tell whether a penalty halves the test loss."""
    s, (train, test) = look.state, look.picture.losses
    here = (s.data, s.n, s.train, s.noise, s.flip, s.seed, s.hidden)
    if s.l1 == s.l2 == s.dropout == 0 and look.train <= 12 and train < 0.02 and test > 0.7:
        memory["calmed"] = (here, max(test, memory.get("calmed", (here, 0.0))[1]))
    if "calmed" not in memory or memory["calmed"][0] != here:
        return False
    return s.l1 + s.l2 + s.dropout > 0 and look.picture.step >= 300 and test < memory["calmed"][1] / 2


@_mission(
    "Meters and millimeters",
    "Multiply one feature by 100 and watch SGD fail for 300 steps (below 90 % of the training points right, or no "
    "number at all). Then mend it without touching factor or learning rate: 95 % of the test points right.",
    "A network could divide by 100 itself. Why does it not?",
    "The gradient of a weight is proportional to its feature: one weight's steps are 100 times too large for the "
    "others. Standardising, mean 0 and spread 1 for each column, puts all weights on one scale.",
    data="circle",
    noise=0.0,
    scale={"x": 100.0},
    hidden=[8],
    acts=["tanh"],
    lr=0.1,
)
def scaled(look: Look, memory: Memory) -> bool:
    """Tell whether standardising mends what a factor broke."""
    s, p = look.state, look.picture
    wide = {name: factor for name, factor in s.scale.items() if abs(factor) >= 100}
    bad = not p.finite or (p.step >= 300 and p.right is not None and p.right[0] < 0.9)
    if wide and not s.standardise and s.optimizer == "SGD" and bad:
        memory["scaled"] = (wide, s.lr)
    return bool(memory.get("scaled") == (wide, s.lr) and s.standardise and look.right >= 0.95)


@_mission(
    "Over the cliff, on a rope",
    "Let a run blow up: a loss that is no number any more, or ten times that of the beginning. Then, at the same "
    "learning rate or a larger one, keep it on the ground by clipping: half of the first loss after 200 steps.",
    "Clipping changes the length of the gradient. Does it change the direction?",
    "Clipping by norm keeps the direction and bounds the step, so one steep place does not throw the weights away. "
    "(Clipping by value bounds each entry and does turn the gradient.)",
    data="bump",
    hidden=[16, 16],
    acts=["relu", "relu"],
    loss="mse",
    lr=1.5,
    features=["x", "y", "x2", "y2"],
)
def cliff(look: Look, memory: Memory) -> bool:
    """Tell whether clipping keeps on the ground what blew up."""
    s, p = look.state, look.picture
    if s.clip == "none" and (not p.finite or p.losses[0] > 10 * look.first):
        memory["cliff"] = {**_network(s), "lr": s.lr}
    kept = memory.get("cliff")
    if kept is None or s.clip == "none" or {**_network(s), "lr": kept["lr"]} != kept or s.lr < kept["lr"]:
        return False
    return p.finite and p.step >= 200 and p.losses[0] < look.first / 2


@_mission(
    "Faint at the far end",
    "Build five or more sigmoid layers whose first gets less than a thousandth of the gradient of the last. Then let "
    "a network of the same shape learn: 90 % of the test points, its first layer with more than a twentieth.",
    "A sigmoid's slope is at most 1/4. What is left of a gradient after five of them?",
    "Each layer multiplies by a slope of 1/4 or less: (1/4)⁵ is about 0.001, before the weights. ReLU passes the "
    "gradient of an active unit whole, tanh nearly, and Xavier's or He's weights keep its size.",
    data="circle",
    hidden=[6, 6, 6, 6, 6],
    acts=["sigmoid"] * 5,
    lr=0.1,
)
def faint(look: Look, memory: Memory) -> bool:
    """Tell whether the first layer of a deep network learns."""
    s, norms = look.state, look.picture.norms
    if len(s.hidden) < 5 or len(norms) < 2 or not look.picture.finite or not norms[-1] > 0:
        return False
    ratio = norms[0] / norms[-1]
    if set(s.acts) == {"sigmoid"} and ratio < 1e-3:
        memory["faint"] = _network(s)
    return memory.get("faint") == _network(s) and ratio > 0.05 and look.right >= 0.9


@_mission(
    "All alike",
    "Begin a network with zeros and train it for 100 steps: its hidden layers get no gradient at all. Then get one of "
    "the same shape to 95 % of the test points.",
    "Two neurons with equal weights see the same inputs. What makes them differ?",
    "Equal neurons get equal gradients and stay equal for ever, and with zeros behind them they get none. Random first "
    "weights break the symmetry.",
    data="moons",
    hidden=[6],
    acts=["tanh"],
    init="zeros",
    lr=0.1,
)
def alike(look: Look, memory: Memory) -> bool:
    """Tell whether random first weights break the symmetry."""
    s, p = look.state, look.picture
    if s.init == "zeros" and s.hidden and p.step >= 100 and p.norms[0] == 0:
        memory["alike"] = _network(s)
    return memory.get("alike") == _network(s) and s.init != "zeros" and look.right >= 0.95


def _sgd_wins(spec: Spec, raced: Raced) -> bool:
    values = {name: trail.value for name, trail in raced.trails.items() if math.isfinite(trail.value)}
    return len(raced.trails) == 9 and min(values, key=lambda name: values[name], default="") == "SGD"


def _stuck(spec: Spec, raced: Raced) -> bool:
    if spec.surface != "saddle" or "SGD" not in raced.trails or spec.start[0] == 0:
        return False
    ends = {name: abs(struct.unpack("<2f", trail.path[-8:])[0]) for name, trail in raced.trails.items()}
    return ends["SGD"] < 0.5 and any(1.5 < end < 4 for end in ends.values())


for _race in (
    Mission(
        "winner", "The plain one wins", "In the race of all nine, find a surface, a start and learning rates of which "
        "plain SGD ends lowest.", "Is there an optimizer that is always best?",
        "None is best everywhere: where all directions are about equally steep, the gradient itself is the right "
        "direction, and what adapts step sizes has nothing to mend.",
        {}, sees_race=_sgd_wins,
    ),
    Mission(
        "stuck", "On the ridge", "On the saddle, let SGD stand still near the ridge for the whole race (not at x = 0 "
        "exactly), while another gets down to one of the two hollows.",
        "The gradient near the ridge is tiny. Whose steps do not depend on its size?",
        "Adam and its relatives divide by the size of the gradient, so they leave a plateau at once; SGD's distance "
        "from the ridge grows by a factor 1 + lr a step, from almost nothing.",
        {}, sees_race=_stuck,
    ),
):  # fmt: skip
    MISSIONS[_race.name] = _race


@dataclass
class Watch:
    """Recognises missions as they are done, over several runs.

    `done` are those of before too.
    """

    done: set[str] = field(default_factory=set)
    memory: dict[str, Memory] = field(default_factory=dict)

    def see(self, look: Look) -> list[str]:
        """Return the missions that this moment fulfils for the first time."""
        return self._new(
            name for name, one in MISSIONS.items()
            if name not in self.done and one.sees is not None and one.sees(look, self.memory.setdefault(name, {}))
        )  # fmt: skip

    def see_race(self, spec: Spec, raced: Raced) -> list[str]:
        """Return the missions that a race fulfils for the first time."""
        return self._new(
            name for name, one in MISSIONS.items()
            if name not in self.done and one.sees_race is not None and one.sees_race(spec, raced)
        )  # fmt: skip

    def _new(self, names: Any) -> list[str]:
        found = list(names)
        self.done.update(found)
        return found
