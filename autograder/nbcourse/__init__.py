"""An nbgrader course: found, graded in the sandbox, and written back as nbgrader itself would have."""

import sys
from typing import Any

# jsonschema, which all of Jupyter imports, would compile 38 grammars for kinds of addresses that no notebook is checked
# for: two seconds. It goes on without when this one is not there.
_modules: dict[str, Any] = sys.modules
_modules.setdefault("rfc3987_syntax", None)

from .find import NbCourse, find  # noqa: E402

__all__ = ["NbCourse", "find"]
