"""Over there: a training by the student's code, looked at from outside and stopped when the page has had enough.

It runs above `bench`, in one source with it.
"""

import time

import torch
from torch.nn import functional as F

LOOK_SECONDS = 0.15  # between two looks at a training


class Stop(Exception):
    """The page has had enough of a training."""


class Watch:
    """Looks at a training from outside, now and then, without changing it."""

    def __init__(self, bench, model, train, test):
        self.bench, self.model, self.sets = bench, model, (train, test)
        self.steps, self.next, self.busy = 0, 0.0, False
        self.curve = []

    def look(self, module, inputs):
        """Count a step, which asks for the network's answer once; measure when it is time."""
        if self.busy:
            return
        self.steps += 1
        if time.monotonic() >= self.next:
            self.measure()
            self.next = time.monotonic() + LOOK_SECONDS

    def measure(self, done=False, stopped=False, trainer=""):
        """Show losses and accuracies so far, of a copy in eval mode."""
        self.busy = True
        try:
            copy = type(self.model)()
            copy.load_state_dict(self.model.state_dict())
            copy.eval()
            found = []
            with torch.no_grad():
                for images, labels in self.sets:
                    logits = copy(images)
                    loss = F.cross_entropy(logits, labels)
                    found += [float(loss), float((logits.argmax(1) == labels).float().mean())]
        finally:
            self.busy = False
        self.curve.append([self.steps, *found])
        told = {"curve": self.curve[-600:], "done": done, "stopped": stopped, "owner": trainer}
        self.bench.show("training", **told)
        if not done and any(message["type"] == "stop" for message in self.bench.waiting):
            raise Stop
