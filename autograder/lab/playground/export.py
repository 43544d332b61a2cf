"""A run as a PyTorch script of its own: what was used of the student's code and the course's, and one plain loop."""

from __future__ import annotations

import ast
import inspect
import pprint
from collections.abc import Iterable

import msgspec

from .inside.names import DECAYS, LIVE, OPTIMIZERS, PAGE_OF, TAKES
from .parts import Sources
from .state import State
from .used import needed_of

LINES = 20  #: about so many lines of losses are printed


def script(state: State, step: int, used: dict[str, str], own: Sources, course: dict[str, str]) -> str:
    """Return the source of a script that makes the same run and prints its losses.

    Args:
        step: how far the run has come; at least 200 steps are made.
        used: whose each part is, "yours" or "course".
    """
    steps = max(step, 200)
    every = max(1, steps // LINES)
    parts = [_part_sources(used, own, course)]
    tail = _LOOP.format(
        seed=state.seed, steps=steps, every=every, lr=state.lr, batch=state.batch, l1=state.l1, l2=state.l2,
        hidden=list(state.hidden), drop=f"Dropout({state.dropout})" if state.dropout else "None",
        init=state.init, acts="".join(f"{_act(name)}, " for name in state.acts), loss=_loss(state),
        optimizer=_optimizer(state), clip=_clip(state), changes=_changes(state), standard=_standard(state),
        train_share=state.train, right="" if state.regression else _RIGHT, clip_at=state.clip_at,
    )  # fmt: skip
    return "\n\n".join([_HEAD, *parts, _data(state), tail]).replace("\n\n\n\n", "\n\n\n")


def _part_sources(used: dict[str, str], own: Sources, course: dict[str, str]) -> str:
    """Return the definitions of all parts, with what they make use of."""
    pages: dict[tuple[str, str], list[str]] = {}
    for part, whose in used.items():
        pages.setdefault((PAGE_OF[part], whose), []).append(part)
    chunks: list[str] = []
    seen: dict[str, str] = {}
    imports: list[str] = []
    for (page, whose), names in pages.items():
        cells: Iterable[str] = own[page] if whose == "yours" else (course[page],)
        needed, definitions = needed_of("\n\n".join(filter(_parses, cells)), names)
        whole: dict[str, str] = {}
        for name, text in definitions:
            whole[name] = whole.get(name, "") + text
        clash = [name for name, text in whole.items() if seen.get(name, text) != text]
        who = "your own" if whose == "yours" else "the course's"
        if clash:  # two pages call two things alike: this one gets a room of its own
            body = "\n\n\n".join([*needed, *(text for _, text in definitions)])
            chunks.append(f"# {page}, {who}\n_{page} = {{}}\nexec({body!r}, _{page})\n" +
                          "\n".join(f'{name} = _{page}["{name}"]' for name in names))  # fmt: skip
            continue
        imports += [line for line in needed if line not in imports]
        new = [text for name, text in definitions if name not in seen]
        seen |= whole
        if new:
            chunks.append(f"# {page}, {who}\n\n" + "\n\n\n".join(new))
    imports = [line for line in imports if line not in ("import math", "import torch") and "__future__" not in line]
    return "\n".join(imports) + "\n\n\n" + "\n\n\n".join(chunks)


def _parses(cell: str) -> bool:
    """Tell whether this is Python: a cell that is not is left out when it is run, too."""
    try:
        ast.parse(cell)
    except (SyntaxError, ValueError):
        return False
    return True


def _act(name: str) -> str:
    return "lambda x: x" if name == "linear" else name


def _loss(state: State) -> str:
    name = state.loss
    if name in ("cross_entropy", "focal"):
        return f"{name}(torch.cat([torch.zeros_like(z), z], 1), y[:, 0].long())"
    if name == "hinge" or (PAGE_OF[name] == "regression_losses" and not state.regression):
        return f"{name}(z, 2 * y - 1)"
    return f"{name}(z, y)"


def _optimizer(state: State) -> str:
    """Return the optimizer of the settings as they are, as an expression."""
    entries = []
    for name, (kind, fixed) in OPTIMIZERS.items():
        if name != state.optimizer and not any(change[1:] == ("optimizer", name) for change in state.changes):
            continue
        settings = ['lr=setting["lr"]', *(f"{k}={v!r}" for k, v in fixed.items() if k != "momentum")]
        settings += ['momentum=setting["momentum"]'] if "momentum" in fixed else []
        settings += ['**({"lr_decay": setting["lr_decay"]} if setting["lr_decay"] else {})'] if kind in DECAYS else []
        entries.append(
            f'    if setting["optimizer"] == "{name}":\n        return {kind}(params, {", ".join(settings)})'
        )
    return "\n".join(entries)


def _clip(state: State) -> str:
    return "" if state.clip == "none" else f'    clip_by_{state.clip}_(params, setting["clip_at"])\n'


def _changes(state: State) -> str:
    settings = {key: getattr(state, key) for key in LIVE}
    changes: dict[int, dict[str, float | str]] = {}
    for at, key, value in state.changes:
        changes.setdefault(at, {})[key] = value
    told = f"changes = {pprint.pformat(changes)}  # what was changed at which step"
    return f"setting = {settings!r}\n{told}\ntakes = {TAKES!r}"


def _data(state: State) -> str:
    if state.data == "points":
        table = pprint.pformat([list(point) for point in state.points], width=110, compact=True)
        made = f"table = torch.tensor({table})\nX, y = table[:, :2], table[:, 2]"
    else:
        from .inside import data  # torch comes with it

        made = f"{inspect.getsource(data.SETS[state.data])}\n\nX, y = {state.data}({state.n}, {state.noise}, g)"
    flip = "" if state.regression else f"\ny = torch.where(flipped < {state.flip}, 1 - y, y)"
    formulas = {"x": "X[:, 0]", "y": "X[:, 1]", "x2": "X[:, 0] ** 2", "y2": "X[:, 1] ** 2", "xy": "X[:, 0] * X[:, 1]",
                "sinx": "torch.sin(X[:, 0])", "siny": "torch.sin(X[:, 1])"}  # fmt: skip
    columns = ", ".join(f"{formulas[name]} * {state.scale.get(name, 1.0)!r}" for name in state.features)
    generator = f"g = torch.Generator().manual_seed({state.seed})\n"
    head = f"{generator}\n\n{made}" if made.startswith("def") else f"{generator}{made}"
    return f"""# the data

{head}
flipped = torch.rand(len(y), generator=g){flip}
order = torch.randperm(len(X), generator=g)
train = min(max(round({state.train!r} * len(X)), 1), len(X))
X, y = X[order], y[order]
X, y = torch.stack([{columns}], 1), y[:, None]"""


def _standard(state: State) -> str:
    if not state.standardise:
        return ""
    return "X = (X - X[:train].mean(0)) / X[:train].std(0, correction=0).clamp(min=1e-6)\n"


def as_json(parameters: object) -> bytes:
    """Return weights as JSON."""
    return msgspec.json.encode(parameters)


_HEAD = '''"""A run of the playground of neural networks, exported. It needs nothing but PyTorch."""

import math

import torch

torch.set_num_threads(1)  # the sums of several threads differ in their last digits'''

_RIGHT = ', f"right {[((z > 0) == (y[rows] > 0.5)).double().mean().item() for z, rows in answers]}"'

_LOOP = '''# the network
{standard}

class Layers:
    """The activations of all hidden layers as one function, called once for each of them."""

    def __init__(self, *acts, drop=None):
        self.acts, self.drop, self.at = acts, drop, 0

    def __call__(self, x):
        x = self.acts[self.at % len(self.acts)](x)
        self.at += 1
        return x if self.drop is None else self.drop(x)


def criterion(z, y):
    return {loss}


def make_optimizer():
{optimizer}


{changes}
layers = Layers({acts}drop={drop})
torch.manual_seed({seed} + 1)
model = MLP(X.shape[1], {hidden}, 1, layers)
params = list(model.parameters())
how, g = "{init}", torch.Generator().manual_seed({seed} + 3)
if how != "default":
    with torch.no_grad():
        for p in params:
            if p.dim() < 2 or how == "zeros":
                p.zero_()
                continue
            out, inside = p.shape
            xavier, he = math.sqrt(2 / (inside + out)), math.sqrt(2 / inside)
            spread = {{"xavier": xavier, "he": he, "small": 0.01, "large": 3.0}}
            p.copy_(spread[how] * torch.randn(p.shape, generator=g))
optimizer = make_optimizer()
g = torch.Generator().manual_seed({seed} + 2)


@torch.no_grad()
def report(step):
    drawn = torch.get_rng_state()
    layers.drop, drop = None, layers.drop
    model.eval()
    parts = [rows for rows in (slice(0, train), slice(train, len(X))) if len(X[rows])]
    z = model(X)
    answers = [(z[rows], rows) for rows in parts]
    print(step, *(f"{{criterion(z, y[rows]).item():.9g}}" for z, rows in answers){right})
    model.train()
    layers.drop = drop
    torch.set_rng_state(drawn)


# the training: the step, the training loss, the test loss

model.train()
batches = []
for step in range({steps}):
    if step % {every} == 0:
        report(step)
    for key, value in changes.get(step, {{}}).items():
        setting[key] = value
        if key == "optimizer":
            optimizer = make_optimizer()
        elif key == "lr":
            optimizer.lr = value
        elif setting["optimizer"] in takes.get(key, ()):
            if hasattr(optimizer, key):
                setattr(optimizer, key, value)
            else:
                optimizer = make_optimizer()
        elif key == "dropout" and layers.drop is not None:
            layers.drop.p = value
        elif key == "batch":
            batches = []
    if not batches:
        batches = list(torch.randperm(train, generator=g).split(setting["batch"]))[::-1]
    rows = batches.pop()
    loss = criterion(model(X[rows]), y[rows])
    optimizer.zero_grad()
    loss.backward()
    if setting["l1"] or setting["l2"]:
        with torch.no_grad():
            for p in params:
                if p.dim() == 2:
                    p.grad += setting["l2"] * p + setting["l1"] * p.sign()
{clip}    optimizer.step()
report({steps})
'''
