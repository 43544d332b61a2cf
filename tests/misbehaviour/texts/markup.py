"""Markup wherever a text of the student's is shown: type names, texts, keys, names of functions.

Met by: every report in HTML.
"""

from honest import *

HONEST_POINTS = 2
EXPECTED_STATUS = "failed"

EVIL = "<script>alert('gradus')</script><img src=x onerror=alert(1)>&amp;"


class Evil(Exception):
    """Markup for a name."""


Evil.__name__ = Evil.__qualname__ = EVIL


def softmax(x, dim=-1):
    raise Evil(EVIL)


def accuracy(scores, labels):
    return {EVIL: EVIL}


softmax.__name__ = softmax.__qualname__ = EVIL
