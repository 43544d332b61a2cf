"""The lessons' pictures: each is drawn by ``<exercise>_picture.py`` beside its lesson and committed small."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType
from typing import Any

from ..course.trees import Trees, trees
from ..errors import CourseError
from ..model import Exercise

COLOURS = ("#1b6ca8", "#d9822b", "#3a8f5c", "#b23a48", "#6b5b95", "#7a7a7a")


def reference(address: str) -> ModuleType:
    """Import the reference solution of a page, so that a picture draws what it really computes."""
    return _module(trees().solution(address), f"reference_{address.replace('/', '_')}")


def _module(path: Path, name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None or not path.is_file():
        raise CourseError(f"{path}: not found")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def draw(course: Trees, exercise: Exercise) -> Path | None:
    """Draw the picture of one lesson, where it has a script; the file written.

    The script defines ``draw()``, which returns a matplotlib figure.
    """
    lesson = course.lesson(exercise.address)
    script = lesson.with_name(f"{exercise.name}_picture.py")
    if not script.is_file():
        return None
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt
    from cycler import cycler

    style: Any = {  # names that matplotlib alone has types for
        "figure.figsize": (6.4, 3.2), "figure.dpi": 110, "font.size": 9, "axes.spines.top": False,
        "axes.spines.right": False, "axes.grid": True, "grid.alpha": 0.25, "legend.frameon": False,
        "axes.prop_cycle": cycler(color=COLOURS), "figure.constrained_layout.use": True,
    }  # fmt: skip
    with plt.rc_context(style):
        figure = _module(script, f"picture_{exercise.name}").draw()
        target = lesson.with_suffix(".png")
        figure.savefig(target, metadata={"Software": None}, pil_kwargs={"optimize": True})
        plt.close(figure)
    return target
