"""No verdict by chance: one source at many seeds, and who dies at one and lives at another."""

from __future__ import annotations

import random
from dataclasses import replace

import numpy as np
import torch

from ...judging.check import check_seed, worker_seed
from ...judging.exam import Exam
from ...judging.judge import Judge
from ...model import CheckResult, Submission
from ...sandbox.host.problem import StudentProblem
from ...text import told
from ..breakers.room import failed
from .tasks import Draws, Ends

#: ends that may be the machine's doing
LATE = ("timeout", "crashed", "memory")
SEEN = 2  #: seeds at which a check that draws nothing is run: the others can show nothing new
#: appended to a source: did anything draw since the generators were seeded with this?
WATCH = """
def was_anything_drawn(seed):
    import random
    import numpy
    import torch

    def state():
        return torch.get_rng_state().tolist(), [str(part) for part in numpy.random.get_state()[1:]], random.getstate()

    after = state()
    torch.default_generator.manual_seed(seed)
    numpy.random.seed(seed % (1 << 32))
    random.seed(seed)
    return after != state()
"""


def drawn(judge: Judge, task: Draws) -> list[Ends]:
    """Run checks on a source of ours at many seeds, with one worker; other seeds draw otherwise on both sides."""
    names = [check.name for check in judge.checks[task.exercise] if check.marks.training is task.trains]
    asked, drawing = names, set[str]()
    ends = {name: Ends(name) for name in names}
    watched = replace(task.submission, cells=(*task.submission.cells, WATCH))
    remembered, judge.memory = judge.memory, None  # an answer that is known draws nothing
    try:
        with judge.ours.of_ours(watched) as exam:
            for place, seed in enumerate(range(task.first, task.end)):
                exam.redraw(seed)
                if place == SEEN:
                    asked = [name for name in names if name in drawing]
                for name in asked:
                    judge.run(exam, [name], _never)
                    result = exam.results[-1]
                    if place < SEEN and _draws(exam, name, seed):
                        drawing.add(name)
                    if result.status in LATE:
                        result = _alone(judge, task.submission, seed, name)
                    ends[name] = ends[name].and_then(end_of(result, seed))
    finally:
        judge.memory = remembered
    return [_filled(end, task.end - task.first) for end in ends.values()]


def end_of(result: CheckResult, seed: int) -> Ends:
    """Return how a check ended at one seed."""
    if failed(result):
        why = " ".join(told(result.failure).split())[:300]
        return Ends(result.name, dies=1, dies_at=seed, status=result.status, why=why)
    return Ends(result.name, lives=1, lives_at=seed)


def _never(result: CheckResult) -> bool:
    return False


def _draws(exam: Exam, name: str, seed: int) -> bool:
    """Tell whether the check, or the source in it, drew from a global generator; yes where that cannot be told."""
    address = exam.exercise.address
    mine = check_seed(seed, address, name)
    after = torch.get_rng_state(), str(np.random.get_state()), random.getstate()
    torch.default_generator.manual_seed(mine)
    np.random.seed(mine % (1 << 32))
    random.seed(mine)
    if not torch.equal(after[0], torch.get_rng_state()):
        return True
    if after[1:] != (str(np.random.get_state()), random.getstate()):
        return True
    try:
        return exam.workers.plain is None or bool(
            exam.workers.plain.was_anything_drawn(worker_seed(address, name, seed))
        )
    except StudentProblem:
        return True


def _alone(judge: Judge, submission: Submission, seed: int, name: str) -> CheckResult:
    """Ask again in a worker of its own, with the time that students have: perhaps the machine was busy."""
    exam = judge.exam(submission)
    exam.redraw(seed)
    try:
        judge.run(exam, [name], _never)
    finally:
        exam.close()
    return exam.results[-1]


def _filled(end: Ends, seeds: int) -> Ends:
    """Count the seeds at which a check that draws nothing was not run."""
    left = seeds - end.lives - end.dies
    return replace(end, dies=end.dies + left) if end.dies else replace(end, lives=end.lives + left)
