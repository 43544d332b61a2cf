"""A student's notebook made fit for nbgrader, whatever an editor or a careless hand made of it."""

from __future__ import annotations

import json

import nbformat
import pytest
from hypothesis import given
from hypothesis import strategies as st
from nbgrader.nbgraderformat import MetadataValidator
from nbgrader.preprocessors import ClearSolutions

from autograder.nbcourse.staging import KEPT_OUTPUT, harmless, source_of, staged, substitute
from tests.nbcourses import RIGHT, WORTH, answered, cell_named, make_nbcourse, source_notebook

GRADED = ["question", *WORTH]
ANSWER = "**Question.** Why is a line straight?\n\nBecause its slope is the same everywhere."
PIXEL = "iVBORw0KGgo="


@pytest.fixture(scope="module")
def released(tmp_path_factory):
    """The notebook as students get it: the solution cut out by nbgrader itself."""
    source = source_notebook(make_nbcourse(tmp_path_factory.mktemp("staging") / "course"))
    clear = ClearSolutions(code_stub={"python": "# YOUR CODE HERE\nraise NotImplementedError()"})
    return json.loads(nbformat.writes(clear.preprocess(nbformat.from_dict(source), {})[0]))


@pytest.fixture
def solved(released):
    """A right notebook of a student's, as Jupyter saves it."""
    return answered(released, RIGHT, ANSWER)


def stage(notebook, released):
    """(notebook, outputs) of a notebook given as a dict; whatever it was, nbformat and nbgrader take the result."""
    made, outputs = staged(json.dumps(notebook).encode(), released)
    copy = nbformat.from_dict(json.loads(json.dumps(made)))
    nbformat.validate(copy)
    MetadataValidator().validate_nb(copy)
    nbformat.writes(copy).encode()
    return made, outputs


def names(notebook):
    """What nbgrader calls the cells, in order."""
    return [c["metadata"]["nbgrader"]["grade_id"] for c in notebook["cells"] if "nbgrader" in c["metadata"]]


# -- as it should be -----------------------------------------------------------------------------


def test_an_ordinary_notebook_stays_what_it_is(solved, released):
    """sources, kinds, order and metadata of a notebook as Jupyter saves it are kept"""
    made, _ = stage(solved, released)
    assert [source_of(c) for c in made["cells"]] == [source_of(c) for c in solved["cells"]]
    assert [c["cell_type"] for c in made["cells"]] == [c["cell_type"] for c in solved["cells"]]
    assert [c["metadata"] for c in made["cells"]] == [c["metadata"] for c in released["cells"]]
    assert made["metadata"]["kernelspec"] == released["metadata"]["kernelspec"]


def test_sources_are_texts_or_lists_of_lines(solved, released):
    """a source that is a list of lines, as Jupyter writes it, is the same as the whole text"""
    for split in (lambda text: text.splitlines(keepends=True), str):
        for cell in solved["cells"]:
            cell["source"] = split(source_of(cell))
        made, _ = stage(solved, released)
        assert cell_named(made, "scaled")["source"] == RIGHT["scaled"]
        assert cell_named(made, "question")["source"] == ANSWER


def test_an_answer_in_words_keeps_its_pictures(solved, released):
    """a markdown answer and the picture pasted into it are there; what is no picture is not"""
    question = cell_named(solved, "question")
    question["source"] = ANSWER + "\n\n![proof](attachment:proof.png)"
    question["attachments"] = {
        "proof.png": {"image/png": PIXEL},
        "evil.png": {"image/png": "x' onerror='alert(1)", "text/html": "<script>", "image/x y": PIXEL},
        "odd.png": 5,
        "lines.png": {"image/jpeg": [PIXEL]},
    }
    made, _ = stage(solved, released)
    question = cell_named(made, "question")
    assert question["source"].endswith("![proof](attachment:proof.png)")
    assert question["attachments"] == {"proof.png": {"image/png": PIXEL}}


# -- cells that moved, went or came twice --------------------------------------------------------


@pytest.mark.parametrize("name", GRADED)
def test_a_deleted_graded_cell_comes_back(solved, released, name):
    """a cell with points that was deleted is put back where it was, as it was given out"""
    solved["cells"] = [c for c in solved["cells"] if c["metadata"]["nbgrader"]["grade_id"] != name]
    made, _ = stage(solved, released)
    assert names(made) == names(released)
    assert source_of(cell_named(made, name)) == source_of(cell_named(released, name))


def test_every_graded_cell_deleted(solved, released):
    """all cells with points come back, in order, after what is left"""
    solved["cells"] = [c for c in solved["cells"] if not c["metadata"]["nbgrader"]["grade"]]
    made, _ = stage(solved, released)
    assert names(made) == names(released)
    empty, _ = stage({"cells": []}, released)
    assert names(empty) == [name for name in names(released) if name in GRADED]


def test_what_has_no_points_stays_deleted(solved, released):
    """a deleted lesson or answer is not put back: what the student removed without points at stake is removed"""
    gone = {"lesson", "shifted"}
    solved["cells"] = [c for c in solved["cells"] if c["metadata"]["nbgrader"]["grade_id"] not in gone]
    made, _ = stage(solved, released)
    assert set(names(made)) == set(names(released)) - gone


def test_reordered_cells(solved, released):
    """cells in another order keep that order, each with its own metadata"""
    solved["cells"].reverse()
    made, _ = stage(solved, released)
    assert names(made) == list(reversed(names(released)))
    assert cell_named(made, "scaled")["source"] == RIGHT["scaled"]


def test_of_two_copies_the_last_counts(solved, released):
    """of a copied answer the last one is the answer, as it is for Python and nbgrader; the other is a plain cell"""
    place = solved["cells"].index(cell_named(solved, "scaled"))
    copy = json.loads(json.dumps(solved["cells"][place]))
    copy["source"] = "def scaled(x, factor=2.0):\n    return 0"
    solved["cells"].insert(place, copy)
    made, _ = stage(solved, released)
    assert names(made) == names(released)
    assert cell_named(made, "scaled")["source"] == RIGHT["scaled"]
    assert made["cells"][place]["metadata"] == {}
    assert made["cells"][place]["source"] == copy["source"]


@pytest.mark.parametrize("left", ["as given out", "empty"])
def test_a_copy_that_nothing_was_written_into_counts_for_none(solved, released, left):
    """the copy of a question that was left as it was given out, or emptied, does not hide the answer above it"""
    copy = json.loads(json.dumps(cell_named(released, "question")))
    copy["source"] = "" if left == "empty" else copy["source"]
    solved["cells"].append(copy)
    made, _ = stage(solved, released)
    assert cell_named(made, "question")["source"] == ANSWER
    assert names(made).count("question") == 1


def test_cells_of_the_students_own(solved, released):
    """further cells are kept, and are nothing to nbgrader"""
    own = {"cell_type": "code", "source": "print(1)", "metadata": {"tags": "junk", "collapsed": 3}, "outputs": []}
    solved["cells"].insert(2, own)
    made, _ = stage(solved, released)
    assert made["cells"][2]["source"] == "print(1)"
    assert made["cells"][2]["metadata"] == {}


def test_a_cell_whose_kind_was_changed(solved, released):
    """an answer made markdown, with a picture in it, is a code cell again; a question made code is words again"""
    answer = cell_named(solved, "scaled")
    answer.update(cell_type="markdown", attachments={"a.png": {"image/png": PIXEL}})
    cell_named(solved, "question").update(cell_type="code", outputs=[], execution_count=None)
    made, _ = stage(solved, released)
    assert cell_named(made, "scaled")["cell_type"] == "code"
    assert "attachments" not in cell_named(made, "scaled")
    assert cell_named(made, "question")["cell_type"] == "markdown"
    assert cell_named(made, "question")["source"] == ANSWER


# -- metadata ------------------------------------------------------------------------------------


def test_changed_metadata_is_what_it_was(solved, released):
    """points raised, a lock removed, a check made an answer: the release decides"""
    cell_named(solved, "test_scaled")["metadata"]["nbgrader"].update(points=100, locked=False)
    cell_named(solved, "test_factor")["metadata"]["nbgrader"].update(solution=True, task=True, checksum="0")
    cell_named(solved, "question")["metadata"]["nbgrader"]["points"] = -3
    made, _ = stage(solved, released)
    for name in GRADED:
        assert cell_named(made, name)["metadata"] == cell_named(released, name)["metadata"]


EDITS = st.tuples(
    st.sampled_from(["grade", "locked", "solution", "task", "points", "grade_id", "checksum", "schema_version", "gone",
                     "kind", "copied", "removed", "source", "id", "kernel", "tags"]),
    st.integers(0, 11),
    st.sampled_from([True, False, None, 0, -5, 1e9, "", "test_scaled", "question", "x", [], {}, 99]),
)  # fmt: skip


@given(st.lists(EDITS, max_size=12))
def test_nobody_chooses_not_to_be_graded(released, edits):
    """whatever is done to cells and metadata: each cell with points is there once, as the release has it,
    and so is nothing else of nbgrader's; the kernel is the course's"""
    notebook = answered(released, RIGHT, ANSWER)
    for what, number, value in edits:
        cells = notebook["cells"]
        if not cells:
            break
        cell = cells[number % len(cells)]
        if what == "gone":
            cell["metadata"] = value
        elif what == "kind":
            cell["cell_type"] = ["code", "markdown", "raw", "heading", value][number % 5]
        elif what == "copied":
            cells.insert(number % 5, json.loads(json.dumps(cell)))
        elif what == "removed":
            cells.remove(cell)
        elif what in ("source", "id"):
            cell[what] = value
        elif what in ("kernel", "tags"):
            notebook["metadata"] = {"kernelspec": {"name": value, "language": "R"}, "celltoolbar": value}
        elif isinstance(cell.get("metadata"), dict) and isinstance(cell["metadata"].get("nbgrader"), dict):
            cell["metadata"]["nbgrader"][what] = value
    made, _ = stage(notebook, released)
    found = names(made)
    assert len(found) == len(set(found))
    assert set(GRADED) <= set(found) <= set(names(released))
    for name in found:
        given_out = cell_named(released, name)
        assert cell_named(made, name)["metadata"] == given_out["metadata"]
        assert cell_named(made, name)["cell_type"] == given_out["cell_type"]
    assert made["metadata"]["kernelspec"] == released["metadata"]["kernelspec"]


def test_a_name_that_was_never_given_out(solved, released):
    """a cell that calls itself something unknown is no cell of nbgrader's"""
    mark = {"grade": True, "grade_id": "bonus", "locked": True, "points": 50, "schema_version": 3, "solution": False}
    solved["cells"].append({"cell_type": "code", "source": "1", "metadata": {"nbgrader": mark}, "outputs": []})
    made, _ = stage(solved, released)
    assert names(made) == names(released)


@pytest.mark.parametrize("junk", [None, 5, "x", [], {"nbgrader": 5}, {"nbgrader": {"grade_id": ["a"]}}])
def test_metadata_of_the_wrong_type(solved, released, junk):
    """metadata that is no table, or names that are no texts, are as good as none"""
    for cell in solved["cells"]:
        cell["metadata"] = junk
    made, _ = stage(solved, released)
    assert names(made) == names(released)


@pytest.mark.parametrize("schema", [1, 2])
def test_older_schemas(solved, released, schema):
    """metadata of nbgrader's older schemas is taken; the result has the release's"""
    for cell in solved["cells"]:
        mark = cell["metadata"]["nbgrader"]
        del mark["task"]
        mark["schema_version"] = schema
        if schema == 1:
            mark.pop("schema_version")
    made, _ = stage(solved, released)
    assert [c["metadata"] for c in made["cells"]] == [c["metadata"] for c in released["cells"]]


def strip(notebook, *, ids=False):
    """The notebook without any metadata of its cells, and without their ids unless told so."""
    for cell in notebook["cells"]:
        cell["metadata"] = {}
        if not ids:
            cell.pop("id", None)
    return notebook


def test_stripped_metadata_is_found_again_by_id(solved, released):
    """where an editor dropped the metadata and kept the ids, every cell is known, whatever was written into it"""
    assert names(stage(strip(solved, ids=True), released)[0]) == names(released)


def test_stripped_metadata_is_found_again_by_source_and_definition(solved, released):
    """without ids a cell is known by its text, an answer by what it defines"""
    made, _ = stage(strip(solved), released)
    assert names(made) == names(released)
    assert cell_named(made, "scaled")["source"] == RIGHT["scaled"]


def test_an_answer_that_cannot_be_found_is_kept_all_the_same(solved, released):
    """a stripped answer in words has no sign of its own: it stays as a plain cell, and the question comes back"""
    made, _ = stage(strip(solved), released)
    assert ANSWER in [c["source"] for c in made["cells"]]
    assert source_of(cell_named(made, "question")) == source_of(cell_named(released, "question"))


def test_a_class_is_found_by_its_definition(released):
    """an answer that defines a class is known by it, with and without bases"""
    given = json.loads(json.dumps(released))
    cell_named(given, "scaled")["metadata"]["nbgrader"]["grade_id"] = "Net"
    for text in ("class Net:\n    pass", "class Net(object):\n    pass"):
        made, _ = stage({"cells": [{"cell_type": "code", "source": text}]}, given)
        assert cell_named(made, "Net")["source"] == text
    made, _ = stage({"cells": [{"cell_type": "code", "source": "class Network:\n    pass"}]}, given)
    assert "Net" not in names(made)


# -- as other editors save it --------------------------------------------------------------------


def test_as_colab_saves_it(solved, released):
    """Colab: ids in the metadata and as long texts, its own notebook metadata, outputs of its own widgets"""
    place = solved["cells"].index(cell_named(solved, "scaled"))
    for number, cell in enumerate(solved["cells"]):
        cell["metadata"] = {"id": f"kQ7_{number}aZ", "colab": {"base_uri": "https://localhost:8080/"}}
        cell.pop("id")
    solved["cells"][place]["outputs"] = [
        {"output_type": "display_data", "metadata": {"tags": []},
         "data": {"text/html": "<div id='df'></div>", "application/vnd.google.colaboratory.intrinsic+json": {"type": 1},
                  "text/plain": ["a  b\n", "1  2"]}},
    ]  # fmt: skip
    solved["metadata"] = {
        "colab": {"provenance": [], "gpuType": "T4"}, "accelerator": "GPU",
        "kernelspec": {"name": "python3", "display_name": "Python 3"}, "language_info": {"name": "python"},
    }  # fmt: skip
    solved["nbformat_minor"] = 0
    made, outputs = stage(solved, released)
    assert names(made) == names(released)
    assert cell_named(made, "scaled")["source"] == RIGHT["scaled"]
    assert made["metadata"] == {"kernelspec": released["metadata"]["kernelspec"], "language_info": {"name": "python"}}
    shown = outputs[cell_named(made, "scaled")["id"]]
    assert shown == [{"output_type": "display_data", "data": {"text/plain": "a  b\n1  2"}, "metadata": {}}]


def test_as_colab_saves_what_it_opened_from_jupyter(solved, released):
    """Colab keeps nbgrader's metadata beside its own: then it is believed"""
    for number, cell in enumerate(solved["cells"]):
        cell["metadata"]["id"] = f"kQ7_{number}aZ"
        cell.pop("id")
    made, _ = stage(solved, released)
    assert [c["metadata"] for c in made["cells"]] == [c["metadata"] for c in released["cells"]]
    assert cell_named(made, "question")["source"] == ANSWER


def test_as_vs_code_saves_it(solved, released):
    """VS Code: `vscode` metadata, no kernelspec, ids kept, the language of each cell in its metadata"""
    for cell in solved["cells"]:
        cell["metadata"] = {"vscode": {"languageId": "python"}}
    solved["metadata"] = {"language_info": {"name": "python"}, "vscode": {"interpreter": {"hash": "1"}}}
    made, _ = stage(solved, released)
    assert names(made) == names(released)
    assert cell_named(made, "question")["source"] == ANSWER
    assert made["metadata"]["kernelspec"]["name"] == "python3"


def test_a_release_without_a_kernelspec(solved, released):
    """a release that names no kernel is no reason to stop"""
    made, _ = stage(solved, {**released, "metadata": {}})
    assert made["metadata"]["kernelspec"]["name"] == "python3"


def test_nbformat_3(solved, released):
    """worksheets, `input` and headings of nbformat 3 become what they are today"""
    cells = [{"cell_type": "heading", "source": "Mine", "level": 1, "metadata": {}}]
    for cell in solved["cells"]:
        old = {"cell_type": cell["cell_type"], "metadata": {}}
        old["input" if cell["cell_type"] == "code" else "source"] = cell["source"]
        cells.append({**old, "outputs": [{"output_type": "pyout", "text": ["3"], "metadata": {}}]})
    made, outputs = stage({"worksheets": [{"cells": cells}], "nbformat": 3, "nbformat_minor": 0}, released)
    assert names(made) == names(released)
    assert made["cells"][0]["cell_type"] == "markdown"
    assert cell_named(made, "scaled")["source"] == RIGHT["scaled"]
    assert outputs[cell_named(made, "scaled")["id"]][0]["data"] == {"text/plain": "3"}


# -- outputs -------------------------------------------------------------------------------------


@pytest.mark.parametrize("junk", [None, 5, "x", {}, [None, 5, "x", []], [{}], [{"output_type": ["a"]}]])
def test_outputs_of_the_wrong_type(solved, released, junk):
    """outputs that are none are left out"""
    for cell in solved["cells"]:
        cell["outputs"] = junk
    made, outputs = stage(solved, released)
    assert all(kept == [] for kept in outputs.values())
    assert all(c["outputs"] == [] for c in made["cells"] if c["cell_type"] == "code")


def test_nothing_that_runs_in_a_browser_is_kept():
    """HTML, scripts, SVG, LaTeX and pictures that are no base64 are dropped; text and pictures stay"""
    data = {
        "text/html": "<script>", "application/javascript": "alert(1)", "image/svg+xml": "<svg onload=''>",
        "text/latex": "$x$", "text/plain": "ok", "image/png": PIXEL,
    }  # fmt: skip
    kept = harmless([{"output_type": "execute_result", "data": data}])
    assert kept == [{"output_type": "display_data", "data": {"text/plain": "ok", "image/png": PIXEL}, "metadata": {}}]
    assert harmless([{"output_type": "display_data", "data": {"image/png": "'><script>alert(1)</script>"}}]) == []
    assert harmless([{"output_type": "display_data", "data": {"text/html": "<b>"}}]) == []


def test_nothing_that_was_handed_in_can_be_points():
    """a result, an error or a stderr of one's own would be points to nbgrader: each becomes something else"""
    kept = harmless([
        {"output_type": "execute_result", "data": {"text/plain": "1.0"}, "execution_count": 1},
        {"output_type": "error", "ename": "E", "evalue": "v", "traceback": ["\x1b[31m"]},
        {"output_type": "stream", "name": "stderr", "text": ["a\n", "b"]},
    ])  # fmt: skip
    assert [o["output_type"] for o in kept] == ["display_data", "stream", "stream"]
    assert [o.get("name") for o in kept] == [None, "stdout", "stdout"]
    assert [o.get("text") for o in kept] == [None, "E: v", "a\nb"]


def test_giant_outputs_are_capped():
    """of endless outputs as much is kept as a page can bear"""
    kept = harmless([{"output_type": "stream", "text": "x" * 10_000} for _ in range(1000)])
    assert 0 < len(json.dumps(kept)) <= KEPT_OUTPUT + 1000
    assert harmless([{"output_type": "display_data", "data": {"image/png": "A" * (KEPT_OUTPUT + 1)}}]) == []


def test_halves_of_surrogates(solved, released):
    """text that no file can hold is written with a replacement"""
    cell_named(solved, "scaled")["source"] += "  # \ud800"
    cell_named(solved, "question")["source"] = "\udfff"
    solved["cells"][3]["outputs"] = [{"output_type": "stream", "text": "\ud800", "name": "stdout"}]
    made, outputs = stage(solved, released)
    json.dumps([made, outputs], ensure_ascii=False).encode()


# -- what is no notebook -------------------------------------------------------------------------


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"\xff\xfe", b"[]", b"5", b'"cells"', b"{}", b'{"cells": 5}', b'{"worksheets": []}',
     b'{"worksheets": [{}]}', b'{"worksheets": {"0": 1}}', b"[" * 100_000, b'{"a":' * 100_000, b"\0\0"],
)  # fmt: skip
def test_what_is_no_notebook(content, released):
    """whatever the bytes are, it is said that they are no notebook"""
    with pytest.raises(ValueError, match="it is not a readable notebook"):
        staged(content, released)


def test_deeply_nested_junk_inside_a_notebook(solved, released):
    """sources and outputs nested a thousand deep are no reason to stop"""
    deep: object = "x"
    for _ in range(300):
        deep = [deep]
    solved["cells"][3]["outputs"] = [{"output_type": "stream", "text": deep}]
    solved["cells"].append({"cell_type": "code", "source": deep, "id": deep})
    made, _ = stage(solved, released)
    assert made["cells"][-1]["source"] == ""


@pytest.mark.parametrize("minor", [4, 5])
def test_the_substitute(released, minor):
    """in place of an unreadable notebook stands the one that was given out, with a note on top and no solution in it"""
    given = {**json.loads(json.dumps(released)), "nbformat_minor": minor}
    if minor < 5:
        for cell in given["cells"]:
            del cell["id"]
    made = substitute(given, "lines.ipynb could not be read.")
    nbformat.validate(nbformat.from_dict(json.loads(json.dumps(made))))
    assert made["cells"][0]["source"] == "**Note.** lines.ipynb could not be read."
    assert made["cells"][1:] == given["cells"]
    text = json.dumps(made)
    assert "NotImplementedError" in text
    assert not any(secret in text for secret in ("x * factor + 1", "x + by", "BEGIN SOLUTION", "The teacher reads"))
    assert given["cells"][0] == made["cells"][1], "the release itself is left as it is"


def test_the_substitute_with_what_was_handed_in_otherwise(released):
    """the code of a .py is shown above the notebook that was given out"""
    made = substitute(released, "a note", "def scaled(x): ...")
    nbformat.validate(nbformat.from_dict(json.loads(json.dumps(made))))
    assert [c["cell_type"] for c in made["cells"][:2]] == ["markdown", "code"]
    assert made["cells"][1]["source"] == "def scaled(x): ..."
    assert names(made) == names(released)
