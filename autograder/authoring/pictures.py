"""The lessons' pictures, light and dark: each is drawn by ``<exercise>_picture.py`` beside its lesson."""

from __future__ import annotations

import importlib.util
import traceback
from contextvars import ContextVar
from pathlib import Path
from types import ModuleType
from typing import Any

from ..course.trees import Trees, trees
from ..errors import CourseError
from ..model import Exercise, Playground, QuestionPage
from .dark import darken

#: blue, orange, green, red, purple, grey: far apart by day and by night, also for those who cannot tell red from green
COLOURS = ("#0793dd", "#d47f26", "#2ea76b", "#b03333", "#685892", "#707070")


_drawn: ContextVar[Trees | None] = ContextVar("the course whose picture is drawn", default=None)


def reference(address: str) -> ModuleType:
    """Import the reference solution of a page, so that a picture draws what it really computes."""
    course = _drawn.get() or trees()
    return imported(course.solution(address), f"reference_{address.replace('/', '_')}")


def imported(path: Path, name: str) -> ModuleType:
    """Import a file under this name.

    Raises:
        CourseError: there is no such file.
    """
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None or not path.is_file():
        raise CourseError(f"{path}: not found")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def draw(course: Trees, exercise: Exercise | Playground | QuestionPage) -> Path | None:
    """Draw the picture of one lesson, where it has a script, and its version for the night; the first file.

    The script defines ``draw()``, which returns a matplotlib figure. One of the course below is left alone.

    Raises:
        CourseError: the script raises, or returns something else; naming its line.
    """
    script = course.course / exercise.section / f"{exercise.name}_picture.py"
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
        figure = _figure(course, script)
        target = script.with_name(f"{exercise.name}.png")
        options: Any = {"metadata": {"Software": None}, "pil_kwargs": {"optimize": True}}
        figure.savefig(target, **options)
        darken(figure)
        figure.savefig(script.with_name(f"{exercise.name}_dark.png"), **options)
        plt.close(figure)
    return target


def _figure(course: Trees, script: Path) -> Any:
    """Return the figure of a picture's script."""
    from matplotlib.figure import Figure

    token = _drawn.set(course)
    try:
        module = imported(script, f"picture_{script.stem}")
        if not callable(getattr(module, "draw", None)):
            raise CourseError(f"{script}, line 1: defines no draw(); it must, and return the lesson's figure")
        figure = module.draw()
    except CourseError:
        raise
    except Exception as error:
        frames = traceback.extract_tb(error.__traceback__)
        lines = [f.lineno for f in frames if Path(f.filename) == script and f.lineno]
        line = lines[-1] if lines else getattr(error, "lineno", None) or 1
        needed = (
            "; draw() is called without arguments" if isinstance(error, TypeError) and "draw()" in str(error) else ""
        )
        raise CourseError(f"{script}, line {line}: {type(error).__name__}: {error}{needed}") from None
    finally:
        _drawn.reset(token)
    if not isinstance(figure, Figure):
        raise CourseError(f"{script}: draw() returned {type(figure).__name__}; it must return a matplotlib figure")
    return figure
