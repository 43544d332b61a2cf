"""Does the course keep its word?

Everything is graded by the same judge as students are; here is decided what must come out. :mod:`.plan` says what is
asked of a page, :mod:`.work` asks it, :mod:`.verdicts` judges the answers, :mod:`.kept` remembers them.
"""

from .plan import Extent
from .report import Report
from .run import verify

__all__ = ["Extent", "Report", "verify"]
