"""The race: nine optimizers on a landscape of two coordinates, from the same start."""

import torch

from .names import OPTIMIZERS
from .parts import RAISED, Lacking, told

GRID = 96


def ravine(p):
    """Return a long valley that is twenty times as steep across as along."""
    return 0.05 * p[..., 0] ** 2 + p[..., 1] ** 2


def saddle(p):
    """Return a valley in one direction that falls off in the other, far away ends too."""
    x, y = p[..., 0], p[..., 1]
    return 0.5 * y**2 - 0.5 * x**2 + 0.05 * x**4


def rosenbrock(p):
    """Return the bent valley with its minimum at (1, 1)."""
    x, y = p[..., 0], p[..., 1]
    return (1 - x) ** 2 + 20 * (y - x**2) ** 2


def beale(p):
    """Return a plateau with steep corners; the minimum lies at (3, 0.5)."""
    x, y = p[..., 0], p[..., 1]
    return (1.5 - x + x * y) ** 2 + (2.25 - x + x * y**2) ** 2 + (2.625 - x + x * y**3) ** 2


#: the function, the window (x from, to, y from, to) and its lowest points
SURFACES = {
    "ravine": (ravine, (-10.0, 10.0, -5.0, 5.0), [(0.0, 0.0)]),
    "saddle": (saddle, (-4.0, 4.0, -2.0, 2.0), [(5**0.5, 0.0), (-(5**0.5), 0.0)]),
    "rosenbrock": (rosenbrock, (-2.0, 2.0, -1.0, 3.0), [(1.0, 1.0)]),
    "beale": (beale, (-4.5, 4.5, -2.25, 2.25), [(3.0, 0.5)]),
}


def landscape(name):
    """Return the values of a surface on a grid, rows from below, and its window."""
    f, window, lowest = SURFACES[name]
    x = torch.linspace(window[0], window[1], GRID)
    y = torch.linspace(window[2], window[3], GRID)
    values = f(torch.stack(torch.meshgrid(x, y, indexing="xy"), 2))
    return {"grid": GRID, "window": window, "lowest": lowest, "values": values.numpy().tobytes()}


def walk(name, optimizer, settings, start, steps):
    """Return where an optimizer goes with the last value, and whether it stayed a number; who leaves for infinity ends.

    Args:
        optimizer: a class; it is made with the settings.
    """
    f = SURFACES[name][0]
    p = torch.tensor(start, dtype=torch.float32, requires_grad=True)
    walker = optimizer([p], **settings)
    trail = [p.detach().clone()]
    for _ in range(steps):
        walker.zero_grad()
        f(p).backward()
        walker.step()
        trail.append(p.detach().clone())
        if not p.isfinite().all() or p.abs().max() > 1e4:
            break
    finite = bool(p.isfinite().all())
    path = torch.stack(trail).nan_to_num(1e4, 1e4, -1e4).clamp(-1e4, 1e4)
    return {"path": path.numpy().tobytes(), "steps": len(trail) - 1, "value": f(path[-1]).item()}, finite


def race(spec, parts):
    """Return the trail of each optimizer that takes part, by name; of one that fails what went wrong."""
    trails, failed = {}, set()
    for name, lr in spec["lr"].items():
        kind, fixed = OPTIMIZERS[name]
        try:
            made = parts.of_course(kind) if kind in failed else parts.take(kind, spec["course"])
        except Lacking:  # it takes no part
            continue
        way = spec["surface"], made, {"lr": lr, **fixed}, spec["start"], spec["steps"]
        try:
            trails[name], finite = parts.watched(kind, walk)(*way)
            if finite or parts.notes[kind]["whose"] == "course":
                continue
            why = "nan", f"{kind} gave NaN or infinity after {trails[name]['steps']} steps; the course's does not"
        except RAISED as error:
            if parts.notes[kind]["whose"] == "course":
                raise
            why = "error", told(error)
        course = parts.of_course(kind)
        if why[0] == "nan" and (course is None or not walk(spec["surface"], course, *way[2:])[1]):
            continue  # it is the way that leads there
        failed.add(kind)
        try:
            trails[name], _ = walk(spec["surface"], parts.replace(kind, *why), *way[2:])
        except Lacking:
            trails.pop(name, None)
    return trails
