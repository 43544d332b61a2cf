"""One source: stub and notebook are generated from the solution and the lesson."""

from __future__ import annotations

import base64
import json

import jupytext
import nbformat
import pytest
from nbgrader.nbgraderformat import MetadataValidator
from nbgrader.preprocessors import ClearSolutions

from autograder.authoring import build
from autograder.authoring.notebook import notebook_cells, static_checks
from autograder.course import syllabus
from autograder.course import trees as paths
from autograder.errors import CourseError
from autograder.intake.source import read_source
from autograder.model import Exercise, Playground
from autograder.student.workspace import contents
from tests.helpers import CHECKS, GOOD, LESSON, PAGE, PNG, ROOT, SOFTMAX, SOLUTION, make_course, page, tiny
from tests.nbcourses import LINES, make_nbcourse

EXERCISE = Exercise(PAGE, "Scale", 3)
SOLVED = Exercise(PAGE, "Scale", 3, ships_solved=True)

CLASSES = """class Box:
    def __init__(self, size):
        ### BEGIN SOLUTION
        self.size = size
        ### END SOLUTION

    def double(self):
        unit = 2
        ### BEGIN SOLUTION
        return unit * self.size
        ### END SOLUTION


def given(x):
    return x
"""


def notebook(trees, address=PAGE):
    """The generated notebook of a page, as nbformat reads it."""
    return nbformat.read(trees.notebook(address), as_version=4)


# -- regions and stub ----------------------------------------------------------------------------


def test_regions():
    """each region is the lines of its two markers"""
    assert build.regions(CLASSES) == [(3, 5), (9, 11)]
    assert build.regions("x = 1\n") == []


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (f"{build.BEGIN}\nx = 1\n", 1),
        (f"x = 1\n{build.END}\n", 2),
        (f"{build.BEGIN}\n{build.BEGIN}\n{build.END}\n", 2),
        (f"{build.BEGIN}\n{build.END}\n{build.END}\n", 3),
    ],
)
def test_a_marker_without_its_partner(text, line):
    """a marker alone is reported with file and line"""
    with pytest.raises(CourseError, match=rf"^page\.py, line {line}: "):
        build.regions(text, "page.py")


def test_a_stub_has_nothing_of_the_solution():
    """each region gives way to a line that says what is missing, at its indentation; the rest stays"""
    stub = build.stub_text(CLASSES, EXERCISE)
    assert stub == (
        "class Box:\n    def __init__(self, size):\n        # YOUR CODE HERE\n"
        '        raise NotImplementedError("Box.__init__ is not written yet")\n\n'
        "    def double(self):\n        unit = 2\n        # YOUR CODE HERE\n"
        '        raise NotImplementedError("Box.double is not written yet")\n\n\n'
        "def given(x):\n    return x\n"
    )


def test_a_stub_runs_up_to_the_missing_part():
    """a stub is valid Python: what is given works, what is missing says so"""
    names: dict = {}
    exec(compile(build.stub_text(CLASSES, EXERCISE), "stub", "exec"), names)
    assert names["given"](3) == 3
    with pytest.raises(NotImplementedError, match="Box"):
        names["Box"](3)


def test_a_stub_names_the_function_that_is_missing():
    """also one that is asynchronous, in a class or as a whole"""
    inside = "    ### BEGIN SOLUTION\n    return 1\n    ### END SOLUTION\n"
    whole = "### BEGIN SOLUTION\nasync def last():\n    return 2\n### END SOLUTION\n"
    method = "class Box:\n    async def get(self):\n" + inside.replace("    ", "        ")
    told = build.stub_text(f"async def fetch():\n{inside}{method}{whole}", EXERCISE)
    assert [name for name in ("fetch", "Box.get", "last") if f'"{name} is not written yet"' in told] == [
        "fetch", "Box.get", "last",
    ]  # fmt: skip


def test_a_page_that_ships_solved_keeps_its_code():
    """a page that ships solved loses only the markers"""
    stub = build.stub_text(CLASSES, SOLVED)
    assert "SOLUTION" not in stub
    assert "NotImplementedError" not in stub
    names: dict = {}
    exec(compile(stub, "stub", "exec"), names)
    assert names["Box"](3).double() == 6


def test_a_solution_without_markers():
    """a solution that marks nothing for students is a mistake"""
    with pytest.raises(CourseError, match=r"page\.py: there is no ### BEGIN SOLUTION"):
        build.stub_text("x = 1\n", EXERCISE, "page.py")


# -- the notebook --------------------------------------------------------------------------------


@pytest.fixture(scope="module", params=["tiny", "softmax"])
def made(request, tmp_path_factory):
    """A generated notebook, as nbformat reads it: of the tiny course, and of the softmax page."""
    if request.param == "softmax":
        trees = paths.trees()
        texts = build.generated(trees, syllabus.load(trees).exercises[SOFTMAX])
        return nbformat.reads(texts[trees.notebook(SOFTMAX)], as_version=4)
    return notebook(tiny(tmp_path_factory.mktemp("course"))[1])


def test_valid_by_nbformat(made):
    """the notebook is what nbformat calls valid, every cell with an id of its own"""
    nbformat.validate(made)
    ids = [cell["id"] for cell in made.cells]
    assert len(set(ids)) == len(ids)


def test_valid_by_nbgrader(made):
    """nbgrader's own validation of its metadata finds nothing wrong"""
    MetadataValidator().validate_nb(made)
    metadata = [cell.metadata.get("nbgrader", {}) for cell in made.cells]
    names = [m["grade_id"] for m in metadata if m]
    assert len(set(names)) == len(names)
    assert {m["schema_version"] for m in metadata if m} == {3}


def test_answers_are_solution_cells_and_the_rest_is_locked(made):
    """what students write is a solution cell, all else is read-only; checks and questions have points"""
    for cell in made.cells:
        mark = cell.metadata.get("nbgrader")
        answer = build.BEGIN in cell.source
        assert (mark["solution"], mark["locked"]) == (answer, not answer)
        assert mark["grade"] == (mark["grade_id"].startswith("test_") or mark["grade_id"] == "question")
        assert mark["grade"] == ("points" in mark)


def test_nbgrader_cuts_the_solution_out(made):
    """after nbgrader's own step nothing of the solution is left in the student's notebook"""
    released, _ = ClearSolutions().preprocess(nbformat.from_dict(json.loads(json.dumps(made))), {})
    sources = [c.source for c in released.cells if c.cell_type == "code"]
    assert any("NotImplementedError" in source for source in sources)
    assert not any("SOLUTION" in source or "return" in source for source in sources)


def test_the_notebook_defines_what_the_solution_defines(tmp_path):
    """the notebook's own code, run cell by cell, is the solution"""
    _, trees = tiny(tmp_path)
    cells, problem = read_source(trees.notebook(PAGE).read_bytes(), "scaled.ipynb")
    assert problem is None
    names: dict = {}
    for cell in cells:
        exec(compile(cell, "cell", "exec"), names)
    assert names["scaled"](3.0) == 7.0


def test_the_lesson_with_its_picture_comes_first(tmp_path):
    """the lesson opens the notebook, and its picture travels inside it"""
    _, trees = tiny(tmp_path)
    first = notebook(trees).cells[0]
    assert "# Scale and shift" in first.source
    assert "![a line](attachment:line.png)" in first.source
    assert base64.b64decode(first["attachments"]["line.png"]["image/png"]) == PNG


def test_the_notebook_knows_its_exercise(tmp_path):
    """the notebook's metadata names the exercise, the cell before the checks how to use them elsewhere"""
    _, trees = tiny(tmp_path)
    made = notebook(trees)
    assert made.metadata["gradus"] == {"exercise": PAGE}
    assert "gradus check scaled scaled.ipynb" in made.cells[1].source
    assert "%%check scaled" in made.cells[1].source
    assert made.cells[2].source == "%load_ext autograder"


def test_a_check_stands_right_under_its_functions(tmp_path):
    """below the last function that it names, by itself or by what it uses; a failing one does not stop the rest"""
    second = SOLUTION[SOLUTION.index("# %%\ndef") :].replace("scaled", "other")
    checks = (
        CHECKS
        + """

PAGE = ("scaled", "other")


@points(0)
def test_all(student):
    \"\"\"every function\"\"\"
    for name in PAGE:
        getattr(student, name)


@points(0)
def test_nothing(student):
    \"\"\"of none\"\"\"
"""
    )
    trees = make_course(tmp_path, {PAGE: {**GOOD, "solution": SOLUTION + "\n\n" + second, "checks": checks}})
    cells = notebook(trees).cells
    ids = [cell.metadata.nbgrader.grade_id for cell in cells if cell.cell_type == "code"]
    assert ids[2:] == ["scaled", "test_values", "test_factor", "other", "test_all", "test_nothing"]
    tagged = [cell.metadata.nbgrader.grade_id for cell in cells if "raises-exception" in cell.metadata.get("tags", ())]
    assert tagged == ["test_values", "test_factor", "test_all", "test_nothing"]


def test_every_check_is_a_cell_with_its_points(tmp_path):
    """one locked cell a check, in order, with the points and the title that the checks say; it names its check"""
    _, trees = tiny(tmp_path)
    cells = notebook(trees).cells[-2:]
    assert [cell.source for cell in cells] == [
        '# twice x plus one (1 point)\ncheck("scaled", "test_values")',
        '# any factor (2 points)\ncheck("scaled", "test_factor")',
    ]  # fmt: skip
    assert [(c.metadata.nbgrader.grade_id, c.metadata.nbgrader.points) for c in cells] == [
        ("test_values", 1), ("test_factor", 2)
    ]  # fmt: skip


def test_the_points_of_a_notebook_are_the_pages():
    """of every page of the course the cells' points add up to the page's, and its question has its own"""
    course, trees = syllabus.load(paths.trees()), paths.trees()
    asked = 0
    for exercise in course.exercises.values():
        try:
            checks = static_checks(trees.check(exercise.address).read_text(encoding="utf-8"))
        except FileNotFoundError:  # being written; `gradus verify` wants it
            continue
        assert sum(check.points for check in checks) == exercise.points, exercise.address
        made = notebook_cells("x = 1\n", "# A lesson", exercise, {}, checks)
        marks = [c["metadata"]["nbgrader"] for c in made["cells"]]
        assert sum(m.get("points", 0) for m in marks) == exercise.points + exercise.question_points
        asked += bool(exercise.question)
    assert asked, "some page asks a question"


def test_static_checks():
    """name, title and points are read off the source without running it"""
    source = """
import nothing_that_is_there

@forbids("a", of="b")
@points(2.5)
def test_first(student):
    \'\'\'first line

    more\'\'\'

def test_without_words(student): ...

@points(3)
@hidden("why")
def test_hidden(student): "what is hidden"

def helper(): ...
""".replace("\\'", "'")
    assert [(c.name, c.title, c.points) for c in static_checks(source)] == [
        ("test_first", "first line", 2.5), ("test_without_words", "without words", 1),
        ("test_hidden", "what is hidden", 3),
    ]  # fmt: skip


def test_a_question_is_graded_by_hand(tmp_path):
    """a page's question is an answer in words with points of its own; what a good one says is the marker's alone"""
    trees = make_nbcourse(tmp_path / "course")
    made = notebook(trees, LINES)
    question = next(c for c in made.cells if c.metadata.nbgrader.grade_id == "question")
    assert question.cell_type == "markdown"
    mark = question.metadata.nbgrader
    assert (mark.grade, mark.solution, mark.locked, mark.points) == (True, True, False, 2)
    assert "A good one says:\n\n- Its slope is the same everywhere.\n- A curve's slope changes.\n" in question.source
    MetadataValidator().validate_nb(made)
    released, _ = ClearSolutions().preprocess(made, {})
    text = next(c for c in released.cells if c.metadata.nbgrader.grade_id == "question").source
    assert "slope" not in text
    assert "Why is a line straight?" in text
    assert "The teacher reads" not in text
    assert "YOUR ANSWER HERE" in text


def test_cell_ids_stay_when_a_notebook_is_generated_again(tmp_path):
    """ids depend on page and place alone, so that a notebook handed in long ago still fits"""
    first, second = (notebook(tiny(tmp_path / name)[1]) for name in "ab")
    assert [c.id for c in first.cells] == [c.id for c in second.cells]


def test_jupytext_takes_it_both_ways(made):
    """a notebook becomes a percent script and comes back with the same code, so either form can be handed in"""
    text = jupytext.writes(made, fmt="py:percent")
    back = jupytext.reads(text, fmt="py:percent")
    code = [c.source for c in made.cells if c.cell_type == "code"]
    assert [c.source for c in back.cells if c.cell_type == "code"] == code
    assert [c.metadata.get("nbgrader") for c in back.cells] == [c.metadata.get("nbgrader") for c in made.cells]


# -- drift and orphans ---------------------------------------------------------------------------


def test_generated_files_are_in_step(tmp_path):
    """what was just written has not drifted, and writing again changes nothing"""
    course, trees = tiny(tmp_path)
    exercise = course.exercises[PAGE]
    assert build.drifted(trees, exercise) == []
    assert build.write(trees, exercise) == []


def change(text):
    """Another text of the same kind."""
    return text.replace("Scale and shift", "Shift and scale") if "Scale and shift" in text else text + "\n"


@pytest.mark.parametrize(
    ("kind", "drifts"),
    [("stub", {"stub"}), ("notebook", {"notebook"}), ("solution", {"stub", "notebook"}), ("lesson", {"notebook"})],
)
def test_drift_is_found_and_mended(tmp_path, kind, drifts):
    """an edit of a generated file, of the solution or of the lesson is drift; building mends it"""
    course, trees = tiny(tmp_path)
    exercise = course.exercises[PAGE]
    path = getattr(trees, kind)(PAGE)
    text = path.read_text().replace("line through", "straight line through") if kind == "solution" else path.read_text()
    path.write_text(change(text))
    expected = {getattr(trees, name)(PAGE) for name in drifts}
    assert set(build.drifted(trees, exercise)) == expected
    assert set(build.write(trees, exercise)) == expected
    assert build.drifted(trees, exercise) == []


@pytest.mark.parametrize(
    "spoil", [lambda p: p.unlink(), lambda p: p.write_bytes(b"\xff\xfe"), lambda p: p.write_text("")]
)
def test_a_lost_or_broken_file_has_drifted(tmp_path, spoil):
    """a generated file that is gone, empty or no text at all has drifted"""
    course, trees = tiny(tmp_path)
    for path in (trees.stub(PAGE), trees.notebook(PAGE)):
        spoil(path)
    assert build.drifted(trees, course.exercises[PAGE]) == [trees.stub(PAGE), trees.notebook(PAGE)]


def test_a_playground_has_a_notebook_with_the_link_to_the_lab(tmp_path):
    """its lesson, the picture inside, and one cell that opens it; students get it with the others"""
    course, trees = tiny(tmp_path)
    section = PAGE.partition("/")[0]
    page = Playground(f"{section}/play", "Play")
    trees.lesson(page.address).write_text('+++\ntitle = "Play"\n+++\n# Play\n\n![a line](line.png)\n')
    course.playgrounds[page.address] = page
    assert build.write(trees, page) == [trees.notebook(page.address)]
    assert build.drifted(trees, page) == build.orphans(trees, course) == []
    notebook = nbformat.read(trees.notebook(page.address), 4)
    nbformat.validate(notebook)
    words, link = notebook.cells
    assert words.source.startswith("# Play")
    assert list(words.attachments) == ["line.png"]
    assert link.source == f"%load_ext autograder\n%gradus lab {page.address}"
    assert f"notebooks/{page.address}.ipynb" in contents(trees, course)


def test_orphans(tmp_path):
    """a stub or notebook of no exercise is an orphan"""
    course, trees = tiny(tmp_path)
    assert build.orphans(trees, course) == []
    extra = [trees.stub("one/gone"), trees.notebook("one/gone")]
    for path in extra:
        path.write_text("")
    (trees.exercises / "one" / "__init__.py").write_text("")
    assert build.orphans(trees, course) == sorted(extra)


def test_a_missing_picture_or_solution(tmp_path):
    """a lesson without its picture, a page without its solution: one clear error with the file"""
    course, trees = tiny(tmp_path)
    (trees.lesson(PAGE).parent / "line.png").unlink()
    with pytest.raises(CourseError, match=r"scaled\.md: picture line\.png is missing"):
        build.generated(trees, course.exercises[PAGE])
    (trees.lesson(PAGE).parent / "lines.png").write_bytes(PNG)
    with pytest.raises(CourseError, match=r"picture line\.png is missing; did you mean lines\.png\?"):
        build.generated(trees, course.exercises[PAGE])
    trees.picture_script(PAGE).write_text("def draw(): ...\n")
    with pytest.raises(CourseError, match=r"line\.png is missing; the page's script draws scaled\.png: show that"):
        build.generated(trees, course.exercises[PAGE])
    trees.solution(PAGE).unlink()
    with pytest.raises(CourseError, match=r"scaled\.py: the solution is missing"):
        build.generated(trees, course.exercises[PAGE])


def test_a_lesson_without_pictures(tmp_path):
    """a lesson may have no picture: the notebook then has no attachments"""
    files = page(lesson=LESSON.replace("![a line](line.png)", ""))
    trees = make_course(tmp_path, {PAGE: files})
    assert "attachments" not in notebook(trees).cells[0]


def test_umlauts_survive(tmp_path):
    """text beyond ASCII is the same in stub and notebook"""
    assert GOOD["solution"] == SOLUTION
    trees = make_course(
        tmp_path, {PAGE: page(solution=("The line through", "Die schöne Größe ∇ 李: the line through"))}
    )
    assert "Größe ∇ 李" in trees.stub(PAGE).read_text(encoding="utf-8")
    assert any("Größe ∇ 李" in cell.source for cell in notebook(trees).cells)


def test_the_softmax_page_is_in_step():
    """the softmax page's committed stub and notebook are what would be generated"""
    trees = paths.trees()
    assert trees.root == ROOT
    assert build.drifted(trees, syllabus.load(trees).exercises[SOFTMAX]) == []


def test_either_form_is_the_same_code(tmp_path):
    """a .py, a notebook, and what jupytext makes of either, get the same grade for the same answer"""
    import jupytext

    from autograder.model import Settings, Submission
    from autograder.running.pool import grade_here

    course, trees = tiny(tmp_path)
    exercise = course.exercises[PAGE]
    notebook = jupytext.read(trees.notebook(PAGE))
    forms = {
        "page.py": trees.solution(PAGE).read_text(),
        "page.ipynb": trees.notebook(PAGE).read_text(),
        "from_notebook.py": jupytext.writes(notebook, fmt="py:percent"),
        "from_stub.ipynb": jupytext.writes(jupytext.read(trees.solution(PAGE)), fmt="ipynb"),
        "light.py": jupytext.writes(notebook, fmt="py:light"),
    }
    grades = {}
    for name, text in forms.items():
        cells, problem = read_source(text.encode(), name)
        assert problem is None, name
        sub = Submission("ada", exercise.address, name, cells)
        grades[name] = grade_here(sub, course, trees, Settings(0, "plain")).points
    assert grades == dict.fromkeys(forms, exercise.points)
