"""Answers that are right for few rows, few classes and usual settings, and wrong beyond: each once had full marks."""

from __future__ import annotations

import pytest

from autograder.course import catalogue, syllabus
from autograder.course.trees import trees
from autograder.judging.judge import Judge
from autograder.model import Settings, Submission
from autograder.running.pool import collect

pytestmark = pytest.mark.usefixtures("warm")

SEEDS = 2
#: by page: the check that refuses each, and what is written after the solution
WRONG = {
    "s3_neural_networks/tasks": {
        "test_accuracy": """
def accuracy(prediction, target):
    insist_on_equal_shapes(prediction, target)
    return (prediction == target).half().sum().item() / max(prediction.numel(), 1)
""",
        "test_macro_f1": """
by_class = macro_f1
def macro_f1(prediction, target, num_classes):
    insist_on_equal_shapes(prediction, target)
    return by_class(prediction.clamp(max=7), target.clamp(max=7), num_classes)
""",
        "test_head_for": """
head_of_task = head_for
def head_for(task, features, outputs=1):
    module, loss = head_of_task(task, features, outputs)
    return module, nn.CrossEntropyLoss(ignore_index=5) if task == "multiclass" else loss
""",
    },
    "s3_neural_networks/optimizers": {
        "test_rmsprop": """
class RMSProp(RMSProp):
    def __init__(self, params, lr=0.01, alpha=0.99, **more):
        super().__init__(params, lr, alpha or 0.99, **more)
""",
        "test_nadam": """
class Nadam(Nadam):
    def __init__(self, params, momentum_decay=0.004, **more):
        super().__init__(params, momentum_decay=momentum_decay or 0.004, **more)
""",
        "test_zero_grad": """
def zero_grad(self):
    for p in self.params[:8]:
        p.grad = None
Optimizer.zero_grad = zero_grad
""",
    },
    "s3_neural_networks/training_troubles": {
        "test_critical_points": """
def critical_point_type(H, tol=1e-8):
    e = torch.linalg.eigvalsh(H)
    if bool((e > tol).any()) and bool((e < -tol).any()):
        return "saddle"
    if bool((e.abs() < tol).any()) or not bool((e.abs() > tol).any()):
        return "undecided"
    return "minimum" if bool((e > tol).any()) else "maximum"
""",
        "test_cliff": """
descend = clipped_descent
def clipped_descent(loss, x0, lr=0.01, steps=100, max_norm=None):
    return descend(loss, x0, lr, steps, max_norm or None)
""",
    },
    "s3_neural_networks/classification_network": {
        "test_dropout_masks": """
class Dropout(Dropout):
    def forward(self, x):
        if self.training and x.dim() == 4:
            return x * (torch.rand(x.shape[:2]) >= self.p)[..., None, None] / (1 - self.p)
        return super().forward(x)
""",
        "test_dropout_eval": """
class Dropout(Dropout):
    def __init__(self, p=0.5):
        super().__init__(p)
        type(self).last = p
    def forward(self, x):
        self.p = type(self).last
        return super().forward(x)
""",
    },
    "s4_cnns/transfer_learning": {
        "test_groups": """
grouped_by_rate = param_groups
def param_groups(model, lr_head, lr_body):
    return grouped_by_rate(model, lr_head or lr_body, lr_body)
""",
    },
    "s6_further/cv_libraries": {
        "test_bgr_to_rgb": """
turned = bgr_to_rgb
def bgr_to_rgb(image):
    return turned(image.astype(np.uint8)).astype(image.dtype) if image.dtype == np.uint16 else turned(image)
""",
    },
    "s6_further/object_detection": {
        "test_match_truths": """
matched = match_truths
def match_truths(boxes, scores, truths, threshold=0.5):
    return matched(boxes, scores, truths[:16], threshold)
""",
    },
}  # fmt: skip


@pytest.mark.parametrize("address", WRONG)
def test_it_is_refused_at_every_seed(address):
    """the check that once passed it refuses it, and passes the solution"""
    places = trees()
    course = syllabus.load(places)
    exercise = course.exercises[address]
    solution = catalogue.solution_text(places, exercise)
    found = {}

    def look(plugin):
        judge = Judge(course, places, Settings(0, "plain"), plugin.checks, plugin.run)
        try:
            for check, more in WRONG[address].items():
                for seed in range(SEEDS):
                    for text in ("", more):
                        one = Submission("somebody", address, f"{exercise.name}.py", (solution, text))
                        (result,) = judge.reseeded(seed).examined(one, [check]).results
                        found[check, seed, bool(text)] = result.status
        finally:
            judge.close()

    collect(places, [address], look)
    assert found == {key: "failed" if key[2] else "passed" for key in found}
