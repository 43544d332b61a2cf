"""Hands over a wrong tensor and corrects it in a thread a moment later, when the right value might be known.

Met by: graders that keep the student's own tensor and compare later in the same process.
"""

import threading

import honest
import torch
from honest import *

HONEST_POINTS = 4
EXPECTED_STATUS = {"namespaces": "failed", "landlock": ("failed", "error"), "plain": "failed"}


def accuracy(scores, labels):
    answer = torch.tensor(-1.0, dtype=torch.float64)
    threading.Timer(0.05, answer.fill_, (honest.accuracy(scores, labels),)).start()
    return answer
