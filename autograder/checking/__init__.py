"""The author's whole API: a check file imports from here and from nowhere else of ours.

A check is an ordinary pytest function with one fixture, ``student``, which looks like the student's own module. Its
docstring is its title. See ``CONTRIBUTING.md`` for the standard a check must meet.
"""

from __future__ import annotations

from ..course import datasets
from ..course.rewrites import misconception, variant
from ..errors import CourseError
from ..sandbox.host.handles import Handle
from ..sandbox.host.record import Named
from ..sandbox.host.student import Student
from ..sandbox.wire.problems import RemoteError, RemoteException
from .answers import ask_object, in_place, plain, their_error
from .asserts import (
    CheckFailure,
    assert_gradients,
    assert_left_alone,
    assert_number,
    assert_same,
    raises,
    require,
    unmodified,
    within_memory,
)  # fmt: skip
from .beside import page_file
from .compare import difference
from .contracts import after_another, assert_contract, changed_by, layouts, lies_in
from .marks import (
    Marks,
    advise,
    badge,
    forbids,
    hidden,
    leaderboard,
    marks_of,
    points,
    replayable,
    take_remarks,
    training,
)  # fmt: skip
from .plot import images
from .printed import printed_by, printed_into
from .sweeps import assert_drawn, assert_scales, assert_sizes

__all__ = [
    "CheckFailure", "CourseError", "Handle", "Marks", "Named", "RemoteError", "RemoteException", "Student",
    "advise", "after_another", "ask_object", "assert_contract", "assert_drawn", "assert_gradients", "assert_left_alone",
    "assert_number",
    "assert_same", "assert_scales", "assert_sizes", "badge", "changed_by", "datasets", "difference", "forbids",
    "hidden", "images", "in_place", "layouts", "leaderboard", "lies_in", "marks_of", "misconception", "page_file",
    "plain", "points", "printed_by", "printed_into", "raises", "replayable", "require", "take_remarks",
    "their_error", "training", "unmodified", "variant", "within_memory",
]  # fmt: skip
