"""Loading the modules of the course's ``data/`` folder, from a checkout or a wheel."""

from __future__ import annotations

import importlib.util
import sys
from types import ModuleType

from ..errors import CourseError
from .trees import trees


def load(name: str) -> ModuleType:
    """Import the module ``data/<name>.py``: a loader of one data set, with its source, licence and shape.

    Raises:
        CourseError: there is none.
    """
    full = f"gradus_data_{name}"
    if full not in sys.modules:
        path = trees().data / f"{name}.py"
        spec = importlib.util.spec_from_file_location(full, path)
        if spec is None or spec.loader is None or not path.is_file():
            raise CourseError(f"{path}: there is no such data set")
        module = importlib.util.module_from_spec(spec)
        sys.modules[full] = module
        spec.loader.exec_module(module)
    return sys.modules[full]
