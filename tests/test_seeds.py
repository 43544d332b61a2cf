"""No verdict by chance: a wrong answer that a check refuses with one seed is refused with every seed."""

from __future__ import annotations

import pytest

from autograder.authoring.reach import reached, users
from autograder.course import catalogue, syllabus
from autograder.course.trees import trees
from autograder.judging.judge import Judge
from autograder.model import Settings, Submission
from autograder.running.pool import collect

pytestmark = pytest.mark.usefixtures("warm")

SEEDS = 6
#: checks whose inputs were once drawn so that a mistake showed with some seeds only
ONCE_BY_LUCK = {
    "s1_math/matrix_computation": ("test_scatter_add",),
    "s1_math/vectorization": ("test_near_duplicates",),
    "s2_data/data_tables": ("test_statistics_of_training",),
    "s3_neural_networks/classification_losses": ("test_ignored_labels", "test_leaves_inputs_and_dtype_alone"),
    "s3_neural_networks/losses": ("test_leaves_inputs_and_dtype_alone",),
    "s3_neural_networks/neuron": ("test_written_by_hand",),
    "s3_neural_networks/optimizers": ("test_zero_grad", "test_given_tensors"),
    "s3_neural_networks/regression_losses": ("test_reductions", "test_gradients"),
    "s3_neural_networks/tasks": ("test_leaves_inputs_alone", "test_macro_f1", "test_precision_recall_f1"),
    "s6_further/object_detection": ("test_gradients", "test_class_nms", "test_match_truths", "test_nms"),
}
#: mistakes that are in no catalogue
MORE = {
    "s1_math/matrix_computation": """
def scatter_add(v, idx, n):
    return (v[:, None] * (idx[:, None] == torch.arange(int(idx.max()) + 1)).to(v.dtype)).sum(0)
""",
    "s6_further/object_detection": """
def nms(boxes, scores, threshold):
    overlap, kept = iou(boxes, boxes), []
    for i in scores.argsort(stable=True).tolist():
        if (overlap[i, kept] <= threshold).all():
            kept.append(i)
    return torch.tensor(kept, dtype=torch.int64)
""",
}


@pytest.mark.parametrize("address", ONCE_BY_LUCK)
def test_the_seed_decides_nothing(address):
    """solution, variants and every known mistake of a page: each of these checks says the same of it with every seed

    What a rewrite cannot reach (``verify`` goes by the same) answers as the solution does, and is asked with one seed.
    All are sources of ours: one worker reads each of them once and is asked with every seed.
    """
    places = trees()
    course = syllabus.load(places)
    exercise = course.exercises[address]
    solution = catalogue.solution_text(places, exercise)
    rewrites = (*catalogue.misconceptions(places, exercise), *catalogue.variants(places, exercise))
    names, using = list(ONCE_BY_LUCK[address]), users(solution)
    subjects = [(catalogue.solution_submission(places, exercise), {*using})]
    subjects += [(one.submission(exercise, solution), using.get(one.of, {*using})) for one in rewrites]
    if address in MORE:
        more = Submission("more", address, f"{exercise.name}.py", (solution + MORE[address],))
        subjects.append((more, {*using}))
    verdicts: dict[tuple[str, str], set[str]] = {}

    def look(plugin):
        judge = Judge(course, places, Settings(0, "plain"), plugin.checks, plugin.run)
        try:
            oracle = judge.examined(subjects[0][0], names).traces
            for subject, reach in subjects:
                touched = reached(solution, oracle, names, reach)
                with judge.ours.of_ours(subject) as exam:
                    for seed in range(SEEDS):
                        exam.redraw(seed)
                        asked = touched if seed else names
                        judge.run(exam, asked, stop=lambda result: False)
                        for result in exam.results:
                            verdicts.setdefault((subject.student, result.name), set()).add(result.status)
        finally:
            judge.close()

    collect(places, [address], look)
    assert len(verdicts) == len({subject.student for subject, _ in subjects}) * len(names)
    assert {who: said for who, said in verdicts.items() if len(said) > 1} == {}
    assert all(verdicts["solution", name] == {"passed"} for name in names)
    if address in MORE:
        assert any("passed" not in verdicts["more", name] for name in names)
