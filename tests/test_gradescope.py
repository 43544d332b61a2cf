"""Gradescope: the results file, the autograder zip, and its script really run in a folder laid out like theirs."""

from __future__ import annotations

import json
import math
import os
import signal
import stat
import subprocess
import sys
import time
import zipfile

import jsonschema
import pytest

from autograder.authoring.new_course import begin
from autograder.cli.platforms import on_gradescope
from autograder.course import catalogue, syllabus
from autograder.course import trees as paths
from autograder.export.gradescope import OUTPUT_LIMIT, bundle, nothing, results
from autograder.model import STATUSES, Settings
from autograder.running import one_folder
from autograder.running.pool import grade_many
from tests.helpers import GOOD, PAGE, ROOT, SOFTMAX, SOLUTION, make_check, make_course, make_grade

SCHEMA = json.loads((ROOT / "autograder" / "export" / "gradescope.schema.json").read_text(encoding="utf-8"))


def valid(document):
    """A document by Gradescope's rules, and by what we want of it: nothing hidden, no NaN, not too long; it."""
    text = json.dumps(document, allow_nan=False)
    assert len(text) < 1_000_000
    jsonschema.validate(document, SCHEMA, jsonschema.Draft202012Validator)
    for test in document["tests"]:
        assert {"name", "number", "score", "max_score", "status", "output"} <= set(test)
        assert test["visibility"] == "visible"  # any hidden test would hide the total
    return document


@pytest.mark.parametrize(
    "wrong",
    [
        {"tests": []}, {}, {"score": "3"}, {"score": 1, "scores": 2}, {"score": 1, "visibility": "shown"},
        {"score": 1, "output_format": "markdown"}, {"tests": [{"max_score": 1}]}, {"score": 1, "output": None},
        {"tests": [{"score": 1, "status": "error"}]}, {"tests": [{"score": 1, "tags": "a"}]},
        {"tests": [{"score": 1, "number": "scaled.1"}]}, {"tests": [{"score": 1, "number": 1.1}]},
        {"score": 1, "leaderboard": [{"name": "speed"}]}, {"score": 1, "extra_data": []},
    ],
)  # fmt: skip
def test_the_schema_refuses(wrong):
    """a document that Gradescope could not read, or would read otherwise than it was meant, is no such document"""
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(wrong, SCHEMA, jsonschema.Draft202012Validator)


def test_what_stands_there_at_first_is_refused():
    """what stands there before anything runs is no result, by Gradescope's own rules: a failed run, and no zero"""
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(nothing(), SCHEMA, jsonschema.Draft202012Validator)
    jsonschema.validate({**nothing(), "score": 1}, SCHEMA, jsonschema.Draft202012Validator)  # for no other reason


# -- results.json --------------------------------------------------------------------------------


def test_results():
    """a test for each check with its points; the score is the sum; figures on the leaderboard; how to repeat it"""
    checks = (
        make_check(title='=Zoë, "Z" 😀', advice="use sum", figures=(("speed", 2.5), ("odd", math.nan))),
        make_check(status="failed", points=0.5, max_points=2.0, message="call  f\x1b[2J", diagnosis=("forgets", "or")),
        make_check(status="skipped", points=0.0, max_points=0.0),
    )
    grade = make_grade(points=1.5, max_points=3.0, checks=checks, notes=("a note\udcff",), digest="d")
    document = valid(results([grade, make_grade(exercise="one/lines")]))
    assert document["score"] == sum(test["score"] for test in document["tests"]) == 2.5
    assert [t["number"] for t in document["tests"]] == ["1.1", "1.2", "1.3", "2.1"]
    assert [t["status"] for t in document["tests"]] == ["passed", "failed", "passed", "passed"]
    assert [t["output"] for t in document["tests"]] == [
        "use sum", "call  f\\x1b[2J\ndiagnosis   forgets\nor          or", "", "",
    ]  # fmt: skip
    assert document["tests"][0]["name"] == 'scaled: =Zoë, "Z" 😀'
    assert document["tests"][3]["name"] == "lines: it works"
    assert results([grade])["tests"][0]["name"] == '=Zoë, "Z" 😀'  # which page is no question
    assert document["tests"][1]["tags"] == ["forgets", "or"]
    assert document["leaderboard"] == [{"name": "speed", "value": 2.5, "order": "desc"}]
    assert document["output"] == "a note\\udcff"
    assert document["extra_data"] == {"isolation": ["plain"], "submissions": ["d", ""]}
    assert "leaderboard" not in results([make_grade()])


@pytest.mark.parametrize("status", STATUSES)
def test_every_status(status):
    """passed and skipped pass, all else fails; what the grader failed at counts in neither points nor maximum"""
    check = make_check(status=status, points=0.0)
    document = valid(results([make_grade(status="failed", checks=(check,))]))
    (test,) = document["tests"]
    assert test["status"] == ("passed" if status in ("passed", "skipped") else "failed")
    assert test["max_score"] == (0 if status == "internal" else check.max_points)
    assert test["extra_data"] == {"status": status}


def test_long_outputs_are_cut():
    """messages without end do not make a file that Gradescope refuses"""
    checks = tuple(make_check(status="failed", message="x" * 100_000) for _ in range(30))
    document = valid(results([make_grade(checks=checks)]))
    assert all(len(test["output"]) <= OUTPUT_LIMIT + 1 for test in document["tests"])


# -- the zip -------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def autograder(tmp_path_factory):
    """The zip of a tiny course, unpacked as Gradescope does: (zip, its folder)."""
    root = tmp_path_factory.mktemp("gradescope")
    trees = make_course(root / "course", {PAGE: GOOD}, built=False)
    (root / "course" / "solutions" / "__pycache__").mkdir()
    (root / "course" / "solutions" / "__pycache__" / "x.pyc").write_bytes(b"")
    made = bundle(trees, (PAGE,), ["numpy>=1.26", 'x; python_version<"4"'], "2.6.0", root / "autograder.zip")
    with zipfile.ZipFile(made) as archive:
        archive.extractall(root / "source")
        for name in ("setup.sh", "run_autograder"):
            (root / "source" / name).chmod(archive.getinfo(name).external_attr >> 16)
    return made, root / "source"


def test_the_zip_of_a_course_over_another(tmp_path):
    """what is its own lies beside the other, texts in its language and files of its pages too, and it grades there"""
    trees, _ = begin(tmp_path / "own", over="gradus")
    toml = trees.course / "course.toml"
    toml.write_text('language = "xx"\n' + toml.read_text())
    for name, text in {"languages/xx.po": 'msgid "passed"\nmsgstr "gut"\n',
                       "solutions/s1_first/first_page_files/rain.csv": "1"}.items():  # fmt: skip
        (trees.root / name).parent.mkdir(parents=True, exist_ok=True)
        (trees.root / name).write_text(text)
    made = bundle(paths.trees(trees.root), ("s1_first/first_page",), [], "2.6.0", tmp_path / "autograder.zip")
    with zipfile.ZipFile(made) as archive:
        archive.extractall(tmp_path / "source")
        assert "GRADUS_COURSE=" in archive.read("run_autograder").decode()
    (place,) = {path.parent.parent for path in (tmp_path / "source").rglob("course.toml")} - {
        tmp_path / "source" / "gradus" / "autograder" / "trees", tmp_path / "source" / "gradus"}  # fmt: skip
    there = paths.trees(place)
    course = syllabus.load(there)
    assert course.language == "xx"
    assert SOFTMAX in course.exercises
    assert (there.files("s1_first/first_page") / "rain.csv").read_text() == "1"
    handed = catalogue.solution_submission(there, course.exercises["s1_first/first_page"])
    (grade,) = grade_many([handed], course, there, Settings(0, "plain"), jobs=1)
    assert grade.status == "passed"


def test_the_zip(autograder):
    """both scripts at the root, executable; the course and the package beside them, nothing that is not needed"""
    with zipfile.ZipFile(autograder[0]) as archive:
        assert archive.testzip() is None
        infos = {info.filename: info for info in archive.infolist()}
        assert len(infos) == len(archive.infolist()), "a file is there twice"
    for name in ("setup.sh", "run_autograder"):
        mode = infos[name].external_attr >> 16
        assert stat.S_ISREG(mode)
        assert mode & 0o111 == 0o111
    assert {name for name in infos if "/" not in name} == {"setup.sh", "run_autograder"}
    needed = [
        "autograder/running/pool.py",
        f"autograder/pages/{PAGE}/test_scaled.py",
        f"autograder/pages/{PAGE}/misconceptions.py",
    ]
    for name in (*needed, "course/course.toml", f"solutions/{PAGE}.py"):
        assert f"gradus/{name}" in infos
    assert not [name for name in infos if {"__pycache__", "sample_class"} & set(name.split("/"))]
    assert not list(autograder[0].parent.glob("*.part"))


def test_the_scripts_are_bash(autograder):
    """both parse; the setup installs torch of the version, the requirements as one word each"""
    for name in ("setup.sh", "run_autograder"):
        subprocess.run(["bash", "-n", autograder[1] / name], check=True)
    setup = (autograder[1] / "setup.sh").read_text()
    assert '"torch==2.6.0"' in setup
    assert "bubblewrap" in setup
    assert '"numpy>=1.26"' in setup


def laid_out(tmp_path, autograder, submission):
    """A folder like /autograder with a submission; the environment that the script needs there."""
    root = tmp_path / "autograder"
    (root / "submission").mkdir(parents=True)
    (root / "results").mkdir()
    os.symlink(autograder[1], root / "source")
    for name, text in submission.items():
        (root / "submission" / name).write_text(text)
    users = [{"email": "zoe,ü@example.org", "id": 1, "name": "Zoë"}, {"email": "bob@example.org"}]
    (root / "submission_metadata.json").write_text(json.dumps({"id": 5, "users": users}))
    env = {"PATH": os.environ["PATH"], "GRADUS_ROOT": str(root), "GRADUS_PYTHON": sys.executable, "HOME": str(tmp_path)}
    return root, env


def read_results(root):
    """The results, which nobody but their owner may read."""
    path = root / "results" / "results.json"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    return json.loads(path.read_text())


def test_it_really_grades(tmp_path, autograder):
    """in a bare folder the script grades the tiny course's page, from whatever folder it is started"""
    wrong = SOLUTION.replace("return x * factor + 1", "return x * 2.0 + 1")
    root, env = laid_out(tmp_path, autograder, {"scaled.py": wrong})
    done = subprocess.run([autograder[1] / "run_autograder"], env=env, cwd="/", capture_output=True, timeout=120)
    assert done.returncode == 0, done.stderr.decode()[-2000:]
    document = valid(read_results(root))
    assert document["score"] == 1
    assert [(t["name"], t["status"], t["score"], t["max_score"]) for t in document["tests"]] == [
        ("twice x plus one", "passed", 1, 1), ("any factor", "failed", 0, 2)
    ]  # fmt: skip
    assert document["tests"][1]["tags"] == ["always doubles, whatever `factor` says"]
    assert os.listdir(root / "results") == ["results.json"]


def test_what_could_not_be_graded_is_no_zero():
    """with a page that the grader failed at there is no score, nor a test that has one: Gradescope gives none"""
    document = results([make_grade("ada"), make_grade("ada", "one/other", status="internal", points=0.0)])
    assert not {"score", "tests"} & set(document)
    assert "not your fault" in document["output"]
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(document, SCHEMA, jsonschema.Draft202012Validator)


def test_every_run_draws_a_seed(tmp_path, autograder, played, monkeypatch):
    """another one each time, and it stands nowhere in the result"""
    seeds = []
    real = one_folder.Settings
    monkeypatch.setattr(one_folder, "Settings", lambda seed, *more: seeds.append(seed) or real(seed, *more))
    root, _ = laid_out(tmp_path, autograder, {"scaled.py": SOLUTION})
    for _ in range(3):
        assert on_gradescope([str(root), PAGE]) == 0
        assert str(seeds[-1]) not in (root / "results" / "results.json").read_text()
    assert len(set(seeds)) == 3
    assert 0 not in seeds


@pytest.fixture
def played(autograder, monkeypatch):
    """The tiny course, and what would be graded of it, graded by nobody: a list."""
    heard = []

    def grade_many(submissions, syllabus, trees, settings, *, jobs):
        heard.extend(submissions)
        return [make_grade(one.student) for one in submissions]

    monkeypatch.setattr(one_folder, "grade_many", grade_many)
    monkeypatch.setattr(one_folder, "best_level", lambda: "plain")
    monkeypatch.setenv("GRADUS_COURSE", str(autograder[0].parent / "course"))
    return heard


def test_nothing_handed_in(tmp_path, autograder, played):
    """a submission without the file is missing, under the emails of all who handed it in"""
    root, _ = laid_out(tmp_path, autograder, {"readme.txt": "hello"})
    assert on_gradescope([str(root), PAGE]) == 0
    (one,) = played
    assert (one.student, one.exercise, one.problem[0]) == ("zoe,ü@example.org, bob@example.org", PAGE, "missing")
    assert "no file here is scaled: readme.txt is a text" in one.problem[1]
    assert valid(json.loads((root / "results" / "results.json").read_text()))["score"] == 1


@pytest.mark.parametrize("metadata", ["", "[]", '{"users": 3}', '{"users": [{}]}'])
def test_odd_metadata(tmp_path, autograder, played, metadata):
    """metadata of any form, or none, still lets the page be graded; other files may lie beside it"""
    root, _ = laid_out(tmp_path, autograder, {"scaled.py": SOLUTION, "notes.py": "n = 1\n"})
    (root / "submission_metadata.json").write_text(metadata)
    assert on_gradescope([str(root), PAGE]) == 0
    assert [(one.student, one.cells, one.problem) for one in played] == [("student", (SOLUTION,), None)]


def test_a_page_that_is_not_there(tmp_path, autograder, played):
    """a bundle for a page that the course does not have says so; no score, which Gradescope takes for a failed run"""
    root, _ = laid_out(tmp_path, autograder, {"scaled.py": SOLUTION})
    assert on_gradescope([str(root), "one/gone"]) == 1
    document = json.loads((root / "results" / "results.json").read_text())
    assert "score" not in document
    assert document["output"].startswith("not graded: there is no exercise one/gone")


def test_no_score_is_there_when_the_grader_is_killed(tmp_path, autograder):
    """a result without points, nobody else's to read, stands there before anything runs, and stays when it is killed"""
    root, env = laid_out(tmp_path, autograder, {"scaled.py": "while True: pass\n"})
    started = subprocess.Popen(
        [autograder[1] / "run_autograder"], env=env, cwd=root, start_new_session=True, stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        path = root / "results" / "results.json"
        end = time.monotonic() + 30
        while not (path.is_file() and path.stat().st_size) and time.monotonic() < end:
            time.sleep(0.01)
        assert started.poll() is None, "it ended before it was killed"
    finally:
        os.killpg(started.pid, signal.SIGKILL)
        started.wait()
    assert read_results(root) == nothing()


def test_a_python_that_is_not_there(tmp_path, autograder):
    """the same holds where not even Python starts"""
    root, env = laid_out(tmp_path, autograder, {"scaled.py": SOLUTION})
    done = subprocess.run(
        [autograder[1] / "run_autograder"], env={**env, "GRADUS_PYTHON": "/nowhere/python"}, capture_output=True
    )
    assert done.returncode != 0
    assert read_results(root) == nothing()
