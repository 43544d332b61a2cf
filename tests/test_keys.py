"""What decides a grade is in its key: the engine, the loaders, the libraries, and no seed."""

from __future__ import annotations

import json
import os
import shutil

import pytest

from autograder.course.trees import trees
from autograder.gradebook import keys
from tests.desks import hand_in
from tests.helpers import PAGE, ROOT, gradus, python, tiny


@pytest.fixture(scope="module")
def copy(tmp_path_factory):
    """A copy of the engine with the tiny course and its class, graded: (folder, run the command there)."""
    root = tmp_path_factory.mktemp("engine")
    left_out = shutil.ignore_patterns("__pycache__", "sample_class", "pages")
    shutil.copytree(ROOT / "autograder", root / "autograder", ignore=left_out)
    shutil.copytree(ROOT / "data", root / "data", ignore=left_out)
    (root / "course").mkdir()
    (root / "course" / "course.toml").write_text('title = "none"\n[sections]\n[exercises]\n')
    tiny(root / "tiny")
    hand_in(root / "class")

    def run(*more):
        done = gradus(
            "--course", root / "tiny", *more, "--jobs", "1", cwd=root, env={"PYTHONPATH": str(root), "COLUMNS": "200"}
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    assert "5 graded;" in run("grade", "class")
    return root, run


def test_an_unchanged_engine_knows_the_class(copy):
    """the same command grades nobody, says how many it knew, and how to grade them all the same"""
    _, run = copy
    assert "0 graded, 5 known from before (--again grades them anew)" in run("grade", "class")
    assert "5 graded;" in run("grade", "class", "--again")


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("autograder/checking/compare.py", "from __future__", "# looser\nfrom __future__"),
        ("autograder/sandbox/worker/services.py", "from __future__", "# other\nfrom __future__"),
        ("data/digits.py", "from __future__", "# other digits\nfrom __future__"),
    ],
)
def test_one_line_of_the_engine_grades_everybody_again(copy, file, old, new):
    """a line of what judges, of what runs the code, of a loader: nobody is known, and a preview grades again, too

    The preview asks the same key; it is run for the first of them.
    """
    root, run = copy
    text = (root / file).read_text()
    (root / file).write_text(text.replace(old, new, 1))
    if file.endswith("compare.py"):
        assert "5 were graded again and stay" in run("regrade", "class")
    assert "5 graded;" in run("grade", "class")
    runs = json.loads((root / "out" / "grades.json").read_text())["run"]
    assert {"engine", "course", "libraries"} <= set(runs)


def test_what_only_shows_grades_nobody_again(copy):
    """a line of a page, a command or an export changes no key"""
    root, run = copy
    for name in ("report/page.py", "cli/desk.py", "export/lms.py"):
        with (root / "autograder" / name).open("a") as file:
            file.write("\n# more\n")
    assert "0 graded, 5 known from before" in run("grade", "class")


def test_all_that_a_judge_or_a_worker_imports_is_hashed(tmp_path):
    """whatever module of ours takes part in a verdict is one of the engine's files"""
    source = (
        "import sys, autograder.running.pool, autograder.judging.judge, autograder.judging.plugin, "
        "autograder.checking, autograder.sandbox.worker.services, autograder.sandbox.worker.fork_server\n"
        "print(*sorted(m.__file__ for n, m in list(sys.modules.items()) if n.startswith('autograder')))"
    )
    done = python(source, ROOT)
    imported = {os.path.realpath(name) for name in done.stdout.split()}
    hashed = {os.path.realpath(path) for path in keys.engine_files()}
    assert len(imported) > 30
    assert imported - hashed == set()


@pytest.mark.parametrize("name", ["numpy", "pandas", "scikit-learn", "torch", "torchvision"])
def test_another_version_is_another_key(tmp_path, monkeypatch, name):
    """another version of a library that takes part makes every page's key another"""
    syllabus, places = tiny(tmp_path)
    before = keys.page_key(places, syllabus.exercises[PAGE])
    real = keys.version
    monkeypatch.setattr(keys, "version", lambda one: "0.0.1" if one == name else real(one))
    keys.libraries.cache_clear()
    try:
        assert keys.page_key(places, syllabus.exercises[PAGE]) != before
    finally:
        monkeypatch.undo()
        keys.libraries.cache_clear()
    assert keys.page_key(places, syllabus.exercises[PAGE]) == before


def test_what_checks_share_is_in_the_key(tmp_path):
    """a conftest.py or a helper beside the checks decides every page's grade"""
    syllabus, places = tiny(tmp_path)
    before = keys.page_key(places, syllabus.exercises[PAGE])
    (places.pages / "conftest.py").write_text("# shared\n")
    assert keys.page_key(places, syllabus.exercises[PAGE]) != before
    assert keys.page_key(trees(tmp_path), syllabus.exercises[PAGE]) != before


def test_where_a_course_lies_and_how_it_is_named_change_no_key(tmp_path, monkeypatch):
    """--course here and GRADUS_COURSE there, a folder before or after the package's by alphabet: one key"""
    syllabus, here = tiny(tmp_path / "m" / "course")
    package = tmp_path / "k"
    (package / "data").mkdir(parents=True)
    (package / "data" / "loader.py").write_text("x = 1\n")
    (here.data).mkdir(exist_ok=True)
    (here.data / "own.py").write_text("y = 1\n")
    monkeypatch.setattr("autograder.course.trees.own_root", lambda: package)
    plain = keys.page_key(here, syllabus.exercises[PAGE])
    shutil.copytree(here.root, tmp_path / "a" / "course")
    assert keys.page_key(trees(tmp_path / "a" / "course"), syllabus.exercises[PAGE]) == plain
    monkeypatch.setenv("GRADUS_COURSE", str(here.root))
    assert keys.page_key(trees(), syllabus.exercises[PAGE]) == plain
    (package / "data" / "loader.py").write_text("x = 2\n")
    assert keys.page_key(here, syllabus.exercises[PAGE]) != plain
