"""Loading the modules of the course's ``data/`` folder, from a checkout or a wheel."""

from __future__ import annotations

import importlib.util
import sys
from types import ModuleType

from ..errors import CourseError
from .trees import own_root, trees


def load(name: str) -> ModuleType:
    """Import the module ``data/<name>.py``: a loader of one data set, with its source, licence and shape.

    Raises:
        CourseError: there is none.
    """
    here = trees()
    path = next((path for path in (folder / f"{name}.py" for folder in here.all_data()) if path.is_file()), None)
    if path is None:
        raise CourseError(f"{here.data / name}.py: there is no such data set")
    full = f"gradus_data_{name}" if path.parent == trees(own_root()).data else f"gradus_data_{name} of {path.parent}"
    if full not in sys.modules:
        spec = importlib.util.spec_from_file_location(full, path)
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        sys.modules[full] = module
        spec.loader.exec_module(module)
    return sys.modules[full]
