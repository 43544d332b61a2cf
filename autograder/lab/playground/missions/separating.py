"""Missions about what a network can separate: features, width and depth."""

from __future__ import annotations

from .mission import Look, Memory, Mission, mission

MISSIONS: dict[str, Mission] = {}


@mission(
    MISSIONS,
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


@mission(
    MISSIONS,
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


@mission(
    MISSIONS,
    "Four neurons",
    "Separate XOR from x and y alone with four hidden neurons or fewer: 95 % of the test points right.",
    "How many lines do you need to cut out two opposite quarters?",
    "Each hidden neuron draws one line, and the next layer combines the half planes. A start may be unlucky: another "
    "seed is a fair second try.",
    data="xor",
    hidden=[1],
    acts=["relu"],
    lr=0.1,
)
def small(look: Look, memory: Memory) -> bool:
    """Tell whether XOR is separated by four hidden neurons at most."""
    s = look.state
    return s.data == "xor" and look.plain and 0 < sum(s.hidden) <= 4 and look.right >= 0.95


@mission(
    MISSIONS,
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
