"""Markup of the library with which the table is printed, unbalanced on purpose.

Met by: every tool that prints with rich and does not escape.
"""

from honest import *

HONEST_POINTS = 4
EXPECTED_STATUS = "error"


def accuracy(scores, labels):
    raise ValueError("[bold green]passed[/bold green] [/] [link=http://example.org]5/5[/link] [red")
