"""Missions about what goes wrong while a network trains, and what mends it."""

from __future__ import annotations

from .mission import Look, Memory, Mission, mission, network

MISSIONS: dict[str, Mission] = {}


@mission(
    MISSIONS,
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
    here = {**network(s), "scale": s.scale}
    if s.optimizer == "SGD" and p.step >= 20 and p.turn < -0.5 and p.losses[0] < look.first:
        memory["zigzag"] = (here, s.lr, p.losses[0])
    if "zigzag" not in memory or s.optimizer not in ("Momentum", "Nesterov"):
        return False
    before, lr, loss = memory["zigzag"]
    return bool(here == before and s.lr >= lr and p.losses[0] < loss / 2 and p.turn > -0.5)


@mission(
    MISSIONS,
    "Saturated, and cured",
    "Begin a tanh network with more than half of a layer's answers in the flat ends of the curve. Then cure it by "
    "initialisation alone: below a fifth, and 95 % of the test points right.",
    "The loss still falls for a while. Which layer can still learn?",
    "In the flat ends the slope of tanh is near 0, so hardly any gradient passes to the layers before. Weights of the "
    "variance 2/(fan-in + fan-out) (Xavier) keep the sums near 1, where tanh bends.",
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
        memory["saturated"] = {**network(s), "init": s.init}
    kept = memory.get("saturated", {})
    return bool(kept and {**network(s), "init": kept["init"]} == kept and s.init != kept["init"]
                and look.flat < 0.2 and look.right >= 0.95)  # fmt: skip


@mission(
    MISSIONS,
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
        memory["dead"] = network(s)
    return memory.get("dead") == network(s) and look.dead < 0.2 and look.right >= 0.95


@mission(
    MISSIONS,
    "Meters and millimeters",
    "Multiply one feature by 100 and watch SGD fail for 300 steps (below 90 % of the training points right, or no "
    "number at all). Then mend it without touching factor, learning rate, data, network or optimizer: 95 % of the test "
    "points right.",
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
        memory["scaled"] = (wide, s.lr, network(s), s.acts)
    same = memory.get("scaled") == (wide, s.lr, network(s), s.acts) and s.optimizer == "SGD"
    return bool(same and s.standardise and look.right >= 0.95)


@mission(
    MISSIONS,
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
        memory["cliff"] = {**network(s), "lr": s.lr}
    kept = memory.get("cliff")
    if kept is None or s.clip == "none" or {**network(s), "lr": kept["lr"]} != kept or s.lr < kept["lr"]:
        return False
    return p.finite and p.step >= 200 and p.losses[0] < look.first / 2


@mission(
    MISSIONS,
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
        memory["faint"] = network(s)
    return memory.get("faint") == network(s) and ratio > 0.05 and look.right >= 0.9


@mission(
    MISSIONS,
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
        memory["alike"] = network(s)
    return memory.get("alike") == network(s) and s.init != "zeros" and look.right >= 0.95
