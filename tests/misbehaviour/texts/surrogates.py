"""Texts that no encoding takes: lone surrogates and characters that are none.

Met by: every tool that writes a stranger's text to a file as UTF-8.
"""

from honest import *

HONEST_POINTS = 4
EXPECTED_STATUS = "error"


def accuracy(scores, labels):
    raise ValueError("\udcff \ud800 \ufffe \U0010ffff \0")
