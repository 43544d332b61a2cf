"""The lessons are true: every number and general claim is computed, every snippet runs, nothing is used untaught."""

from __future__ import annotations

import re

import numpy as np
import pytest
import torch

from autograder.authoring import snippets
from autograder.authoring.plain import WORDS, stumbles, unplain
from autograder.authoring.snippets import BLOCK, PLAYGROUNDS
from autograder.authoring.taught import too_early, used
from autograder.authoring.verify.report import Report
from autograder.authoring.verify.statics import statics
from autograder.course import datasets, syllabus
from autograder.course.trees import trees
from autograder.errors import CourseError
from autograder.model import Exercise, Syllabus
from tests.helpers import PAGE, ROOT, make_course
from tests.helpers import page as changed
from tests.lessons import Claim, Formula, body, filled, flat, latex, numbers, schemes, script, symbols
from tests.lessons.examples import CLAIMS as EXAMPLES
from tests.lessons.fill import fill
from tests.lessons.general import CLAIMS as GENERAL
from tests.lessons.numbers import FORMULA, equations
from tests.lessons.s0_s1 import CLAIMS as START
from tests.lessons.s2 import CLAIMS as DATA
from tests.lessons.s3_first import CLAIMS as PARTS
from tests.lessons.s3_second import CLAIMS as TRAINING
from tests.lessons.s4 import CLAIMS as IMAGES
from tests.lessons.s5_s6 import CLAIMS as FURTHER

PAGES = list(syllabus.load(trees()).exercises)
CLAIMS = [*EXAMPLES, *START, *DATA, *PARTS, *TRAINING, *IMAGES, *FURTHER, *GENERAL, *symbols.CLAIMS]
AUTOGRAD = {"requires_grad", "requires_grad_", "backward", "grad", "no_grad", "detach", "zero_grad"}
#: layers that only occur in what a page gives or in what its docstring names
GIVEN = {"nn.BatchNorm1d", "nn.BatchNorm3d", "nn.AdaptiveAvgPool2d", "nn.Unfold"}
#: words of the field (or how they begin), by the lesson that explains them
EXPLAINED = {
    "s0_start/hello": "seed dtype",
    "s1_math/tensors": "shape differentiable broadcast one-hot",
    "s1_math/derivatives": "gradient jacobian hessian autograd",
    "s1_math/matrix_computation": "bins mask eigenvalue",
    "s2_data/datasets_and_loaders": "epoch batches collate",
    "s2_data/data_tables": "stratified standardis",
    "s2_data/image_datasets": "augment",
    "s2_data/text": "vocabulary embedding",
    "s3_neural_networks/softmax": "logit softmax temperature",
    "s3_neural_networks/neuron": "learning.rate",
    "s3_neural_networks/tasks": "confusion.matrix recall",
    "s3_neural_networks/losses": "likelihood",
    "s3_neural_networks/regression_losses": "quantile",
    "s3_neural_networks/classification_losses": "label.smoothing",
    "s3_neural_networks/gradient_descent": "mini-batch",
    "s3_neural_networks/adaptive_steps": "adagrad rmsprop bias.correction",
    "s3_neural_networks/optimizers": "momentum weight.decay",
    "s3_neural_networks/training_troubles": "clip_ hook saddle",
    "s3_neural_networks/regression_network": "eval.mode training.mode buffer patience",
    "s3_neural_networks/classification_network": "dropout",
    "s3_neural_networks/regularisation": "calibrat",
    "s4_cnns/convolution": "stride receptive",
    "s4_cnns/normalisation": "batch.norm layer.norm",
    "s4_cnns/networks": "shortcut",
    "s4_cnns/transfer_learning": "frozen",
    "s5_text_classification/project": "macro-f1",
    "s5_text_classification/attention": "causal",
}


@pytest.fixture(autouse=True)
def _one_thread():
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    torch.manual_seed(0)
    yield
    torch.set_num_threads(before)


@pytest.mark.parametrize("claim", CLAIMS, ids=lambda c: f"{c.page.partition('/')[2]}: {c.quote[:50]}")
def test_claims(claim: Claim):
    """What a lesson says comes out when it is computed, and the lesson says it."""
    text = filled(claim)
    assert flat(text) in flat(body(claim.page)), f"{claim.page} does not say: {text}"


@pytest.mark.parametrize("claim", schemes.CLAIMS, ids=lambda c: f"{c.page.partition('/')[2]}: {c.quote[:50]}")
def test_schemes(claim: Claim):
    """What a mark scheme says comes out when it is computed, and it says it."""
    assert flat(filled(claim)) in schemes.scheme(claim.page)


def test_numbers_of_schemes():
    """Each number of a mark scheme is computed, or stands in its question."""
    found = {page: schemes.loose(page, schemes.CLAIMS) for page in PAGES}
    assert {page: numbers for page, numbers in found.items() if numbers} == {}


@pytest.mark.parametrize("formula", symbols.FORMULAS, ids=lambda f: f"{f.page.partition('/')[2]}: {f.quote[:40]}")
def test_formulas(formula: Formula):
    """A formula stands in its lesson as it is quoted, and all its sides come to the same."""
    assert flat(formula.quote) in flat(body(formula.page)), f"{formula.page} does not say: {formula.quote}"
    found = [latex.compute(side, formula.names()) for side in latex.sides(formula.quote)]
    if formula.equals is not None:
        found.append(formula.equals())
    assert len(found) > 1
    assert [side for side in found if not np.allclose(side, found[-1], rtol=1e-5)] == []


LESSON = "It is $0.5$ of 12,\n<!-- about: name -->\nand 2.5 \\cdot 10^{-5} too.\nA number: 3.\n"


@pytest.mark.parametrize(
    ("changed", "quote", "said"),
    [
        (("0.5", "-0.25"), "It is $<.2f>$", "It is $0.5$"),
        (("12,\n", "1,014,\n"), "of <d>", "of 12"),
        (("2.5 \\cdot 10^{-5}", "7.1 \\cdot 10^{3}"), "<e1> too", "2.5 \\cdot 10^{-5} too"),
        (("3.", "4.25."), "A number: <d>", "A number: 3"),
        (("", ""), "of <d>, and", "of 12, and"),
    ],
)
def test_fill(changed, quote, said):
    """A figure that is computed anew stands where the old one stood, and nothing else changes."""
    assert fill(LESSON.replace(*changed, 1), [(quote, said)]) == LESSON


def test_fill_in_any_order():
    """A figure of one sentence may be among the words of another."""
    claims = [("of 12, and <e1>", "of 12, and 2.5 \\cdot 10^{-5}"), ("is $0.5$ of <d>", "is $0.5$ of 12")]
    assert flat(fill(LESSON.replace("12", "13").replace("2.5", "9.1"), claims)) == flat(
        LESSON.replace("<!-- about: name -->", "")
    )


@pytest.mark.parametrize("quote", ["nothing like <d>", "<d>"])
def test_fill_where_it_belongs(quote):
    """What stands nowhere, or in several places, is left to people."""
    with pytest.raises(ValueError, match="has not one sentence like"):
        fill(LESSON, [(quote, quote.replace("<d>", "77"))])


@pytest.mark.parametrize("page", [*PAGES, *PLAYGROUNDS])
def test_numbers(page):
    """Each number of a lesson's prose is computed, given to what computes, or sourced; equations of numbers hold."""
    assert numbers.loose(page, [*CLAIMS, *symbols.FORMULAS]) == []
    sides = [side for found in FORMULA.finditer(flat(body(page))) for side in equations(found[2])]
    assert [(left, right) for left, right, holds in sides if not holds] == []


@pytest.mark.parametrize(
    ("prose", "found"),
    [
        ("It has 4711 weights.", ["4711"]),
        ("By hand $3 \\cdot 47 = 141$, in 1958 and (2014).\n## What to read next\n- A (1958), B (2014)", []),
        ("By hand $3 \\cdot 47 = 142$, in 1958.", ["3", "47", "142", "1958"]),
        ("If 4711 of them are wrong, 4712 are left.", ["4711", "4712"]),
        ("It has [4711](https://example.org) weights. Another has 4712.", ["4712"]),
        ("With $h = 0.5$ the slope is $2x + 1$, on `dim=7`.", ["0.5", "2", "1", "7"]),
        ("Take `x[7]` and 4711, not 5.\n```python\nx[7] + 4711 - 5\n```\n", ["5"]),
        ("The tensor of 4,711 numbers, one in 0.4711.", ["4,711", "0.4711"]),
        ("**Predict** what 4711 gives. It is 4712.", ["4712"]),
        ("![4711 dots](softmax.png)", ["4711"]),
    ],
)
def test_loose(monkeypatch, prose, found):
    """A number that comes from nowhere is found; one that is computed, sourced, asked, a year or code is none."""
    monkeypatch.setattr(numbers, "body", lambda page: prose)
    for cached in ("code", "given"):
        monkeypatch.setattr(numbers, cached, getattr(numbers, cached).__wrapped__)
    assert [number for number, _ in numbers.loose("s3_neural_networks/softmax", [])] == found


@pytest.mark.parametrize(
    ("formula", "holds"),
    [
        (r"\frac{(x + h)^2 - x^2}{h} = 2x + h", True),
        (r"\frac{(x + h)^2 - x^2}{h} = 3x + h", False),
        (r"\tfrac12 + \sqrt2 \cdot 3 = \lvert -\tfrac12 \rvert + 3\sqrt{2}", True),
        (r"\sum_i v_i^2 / 5 = v_i^\top v_i / 5 = 1", True),
        (r"\log\cosh(2x) - \cos \pi\, \frac{t}{2 t} = \log \cosh (x + x)", True),
        (r"x_{t-1} + \hat y_t = \hat y_t + x_{t+1}", False),
        (r"\lfloor 7/2 \rfloor + e^{-2} = 3 + 1/e^{2}", True),
    ],
)
def test_latex(formula, holds):
    """Sides of a formula agree if they come to the same; a changed number or index is noticed."""
    found = [latex.compute(side, {"v_i": np.array([1.0, 2.0])}) for side in latex.sides(formula)]
    assert np.allclose(found[1:], found[0]) == holds


@pytest.mark.parametrize("page", [*PAGES, *PLAYGROUNDS])
def test_snippets(page):
    """Every snippet runs where the page's functions are defined, and prints what its comments say."""
    snippets.run(trees(), page, body(page))


@pytest.mark.parametrize(
    ("code", "wrong"),
    [
        ("print(1 + 1)  # 3", "prints"),
        ("softmax(no_such_name)", "NameError"),
        ("assert False", "AssertionError"),
    ],
)
def test_broken_snippet(code, wrong):
    """A snippet that breaks, or prints something else, is told of with its lesson."""
    with pytest.raises(CourseError, match=f"(?s)softmax.md.*{wrong}"):
        snippets.run(trees(), "s3_neural_networks/softmax", f"```python\n{code}\n```\n")


@pytest.mark.parametrize("page", PAGES)
def test_order(page):
    """No solution uses what only a later lesson introduces, and what a page introduces it names."""
    course = syllabus.load(trees())
    source = trees().solution(page).read_text(encoding="utf-8")
    assert too_early(course, course.exercises[page], source) == {}
    words = body(page) + " ".join(course.exercises[page].hints) + source
    assert [name for name in course.exercises[page].introduces if name.rpartition(".")[2] not in words] == []


def test_words_in_order():
    """No stub uses a word of the field before the lesson that explains it."""
    stubs = [trees().stub(page).read_text(encoding="utf-8") for page in PAGES]
    early = {
        (word, earlier)
        for page, words in EXPLAINED.items()
        for word in words.split()
        for earlier, stub in zip(PAGES[: PAGES.index(page)], stubs, strict=False)
        if re.search(rf"\b{word}", stub, re.IGNORECASE)
    }
    assert early == set()
    unsaid = [
        w for page, words in EXPLAINED.items() for w in words.split() if not re.search(w, body(page), re.IGNORECASE)
    ]
    assert unsaid == []


def test_nothing_untaught():
    """Every layer of PyTorch, and every word of autograd, that some solution uses is introduced somewhere."""
    course = syllabus.load(trees())
    taught = {name for exercise in course.exercises.values() for name in exercise.introduces}
    names = {name for page in PAGES for name in used(trees().solution(page).read_text(encoding="utf-8"))}
    layers = {name for name in names if re.fullmatch(r"nn\.[A-Z]\w+", name)} - GIVEN
    assert sorted((layers | (names & AUTOGRAD)) - taught) == []


@pytest.mark.parametrize("page", [*PAGES, *PLAYGROUNDS])
def test_parts(page):
    """Every lesson has a snippet, an example by hand, a prediction, says what goes wrong, links what to read."""
    text = body(page)
    assert BLOCK.search(text)
    assert re.search(r"\*\*by hand", text, re.IGNORECASE)
    assert "**Predict" in text
    assert "## What goes wrong" in text
    reading = re.split(r"^- ", text.partition("## What to read next\n")[2], flags=re.MULTILINE)[1:]
    assert len(reading) > 1
    assert [entry for entry in reading if "](https://" not in entry and "](http://" not in entry] == []


@pytest.mark.parametrize("page", PAGES)
def test_questions(page):
    """Every page asks a question in words, and tells the marker what a good answer says, a sentence a point."""
    exercise = syllabus.load(trees()).exercises[page]
    assert exercise.question.endswith((".", "?"))
    assert len(exercise.question_answer) == exercise.question_points
    assert all(sentence.endswith((".", ".)")) for sentence in exercise.question_answer)


@pytest.mark.parametrize("threads", [1, 2])
def test_one_network_everywhere(threads):
    """The network of digits and explainability gives the same answers with more threads."""
    digits = datasets.load("digits").load()
    torch.set_num_threads(threads)
    with torch.no_grad():
        answers = script("s4_cnns/digits").trained()(digits.test_images).argmax(1)
    wrong = (answers != digits.test_labels).nonzero().flatten()
    assert [(int(digits.test_labels[i]), int(answers[i])) for i in wrong] == [(3, 7)]


@pytest.mark.parametrize("page", PAGES)
def test_plain_english(page):
    """No lesson, question, hint, stub, name of a misconception or title of a check uses a word of the list."""
    assert stumbles(trees(), syllabus.load(trees()).exercises[page]) == []


@pytest.mark.parametrize("page", PLAYGROUNDS)
def test_plain_playgrounds(page):
    """Nor do the playgrounds' lessons."""
    assert unplain(body(page)) == []


def test_unplain():
    """Whole words are found in any case and across lines of a comment; parts of words are not."""
    assert unplain("Whoever reads\n# this, as\n# can be") == ["whoever", "as can be"]
    assert unplain("by heartbeat, whoevers") == []


def test_the_list_stands_in_contributing():
    """CONTRIBUTING shows the list that verify uses."""
    table = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8").partition("| not | but |")[2].partition("\n\n")[0]
    assert dict(re.findall(r"^\| ([a-z' -]+) \| (.+) \|$", table, re.MULTILINE)) == WORDS


@pytest.mark.parametrize(("line", "found"), [("", 1), ("plain_english = false\n", 0)])
def test_another_course_switches_it_off(tmp_path, line, found):
    """verify tells the file, the word and what to write of a proven page; plain_english = false stops that."""
    words = ("$y = a x + 1$", "Whoever reads\nthis: $y = a x + 1$")
    course = make_course(tmp_path / "course", {PAGE: changed(lesson=words)})
    toml = course.course / "course.toml"
    toml.write_text(line + toml.read_text(encoding="utf-8"), encoding="utf-8")
    faults = statics(syllabus.load(course).exercises[PAGE], course, (), (), Report(PAGE, level="proven"))
    assert len([fault for fault in faults if "scaled.md" in fault and "'whoever'; write you" in fault]) == found


def test_too_early(tmp_path):
    """A name is untaught on the pages before the one that introduces it, whether it stands alone or behind a dot."""
    pages = {
        "a/first": Exercise("a/first", "First", 1.0),
        "a/second": Exercise("a/second", "Second", 1.0, introduces=("nn.Linear", "backward")),
    }
    course = Syllabus("A course", tmp_path, {"a": "A"}, pages, {})
    source = "layer = nn.Linear(2, 3)\nloss(layer).backward()\nlinear = Linear"
    assert too_early(course, pages["a/first"], source) == {"backward": "a/second", "nn.Linear": "a/second"}
    assert too_early(course, pages["a/second"], source) == {}
