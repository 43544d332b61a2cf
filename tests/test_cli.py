"""The command line: exit codes, one-line errors, what it prints and what it writes."""

from __future__ import annotations

import csv
import json
import os
import re
import sys
import zipfile

import jsonschema
import pytest
from typer.testing import CliRunner

from autograder import __version__, cli
from autograder.judging.grades import make_grade
from autograder.model import STATUSES
from autograder.running import pool
from autograder.sandbox.host import base, probe, torch_pair
from autograder.sandbox.host import layers as sandbox_layers
from tests.helpers import GOOD, PAGE, ROOT, SOFTMAX, SOLUTION, gradus, make_check, make_course, python, tiny, words

pytestmark = pytest.mark.usefixtures("warm")

RIGHT = (ROOT / "solutions" / f"{SOFTMAX}.py").read_text(encoding="utf-8")
#: the typical mistake: `dim` is not used
WRONG = RIGHT.replace(
    "shifted = logits - logits.amax(dim, keepdim=True)\n    weights = shifted.exp()\n"
    "    return weights / weights.sum(dim, keepdim=True)",
    "shifted = logits - logits.amax(-1, keepdim=True)\n    weights = shifted.exp()\n"
    "    return weights / weights.sum(-1, keepdim=True)",
)
DIAGNOSIS = "always normalises along the last dim"
STUB = (ROOT / "exercises" / f"{SOFTMAX}.py").read_text(encoding="utf-8")
NOISY = 'raise ValueError("\\x1b]0;title\\x07 no")\n'
assert WRONG != RIGHT


def invoke(*arguments, **env):
    """Run a command in this process: (exit code, stdout, stderr)."""
    clean = dict.fromkeys(("NO_COLOR", "FORCE_COLOR"))
    result = CliRunner().invoke(cli.app, [str(a) for a in arguments], env={**clean, **env})
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.exit_code, result.stdout, result.stderr


def entry(monkeypatch, capsys, *arguments):
    """Run the `gradus` command in this process, errors handled as it does: (exit code, stdout, stderr)."""
    monkeypatch.setattr(sys, "argv", ["gradus", *map(str, arguments)])
    with pytest.raises(SystemExit) as ended:
        cli.entry()
    out, err = capsys.readouterr()
    return ended.value.code or 0, out, err


def same_grades(document):
    """A grades.json without what may differ between two runs."""
    run = {k: v for k, v in document["run"].items() if k != "started"}
    grades = [{k: v for k, v in grade.items() if k != "seconds"} for grade in document["grades"]]
    return {**document, "run": run, "grades": grades}


def lay_out(root, files):
    """Files below a folder; the folder."""
    for name, content in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(content if isinstance(content, bytes) else content.encode())
    return root


# -- a class, graded once for all of these -------------------------------------------------------

CLASS = {
    "ada/softmax.py": RIGHT,
    "bob/softmax.py": WRONG,
    "cyd/softmax.py": STUB,
    "dan/softmax.py": NOISY,
    "eve/softmax.py": b"",
    "fay/softmax.py": b"\xff\xfe\0",
    "Müller, Zoë/softmax.py": RIGHT,
}
STATUS = {
    "Müller, Zoë": "passed", "ada": "passed", "bob": "failed", "cyd": "missing", "dan": "error", "eve": "missing",
    "fay": "malformed",
}  # fmt: skip


@pytest.fixture(scope="module")
def graded(tmp_path_factory):
    """A class graded with a seed, in a process of its own: (folder, what the command said)."""
    root = tmp_path_factory.mktemp("graded")
    lay_out(root / "class", CLASS)
    return root, gradus("grade", root / "class", "--out", root / "out", "--seed", "5", "--jobs", "2")


@pytest.fixture(scope="module")
def document(graded):
    """The grades.json of that class."""
    return json.loads((graded[0] / "out" / "grades.json").read_text(encoding="utf-8"))


def test_grading_ends_with_0_whatever_the_grades(graded):
    """a class with failures, errors and unreadable files is graded: exit 0, no traceback"""
    _, said = graded
    assert said.returncode == 0, said.stderr
    assert "Traceback" not in said.stdout + said.stderr


def test_grade_writes_three_files_and_a_gradebook(graded):
    """grades.json, grades.csv and report.html are written, and the command says where"""
    root, said = graded
    assert {p.name for p in (root / "out").iterdir() if "-" not in p.name and p.name[0] != "."} == {
        "grades.json", "grades.csv", "report.html", "gradebook.db", "students"
    }  # fmt: skip
    for name in ("grades.json", "grades.csv", "report.html"):
        assert str(root / "out" / name) in said.stdout


def test_a_students_page_has_pictures(graded):
    """where a check has drawn a picture of what went wrong, the student's own page shows it"""
    pages = {path.name: path.read_text(encoding="utf-8") for path in (graded[0] / "out" / "students").iterdir()}
    assert "<svg" in pages["bob.html"]
    assert "<svg" not in pages["ada.html"]


def test_grades_json(document):
    """the document is as documented; every student has the status that is theirs"""
    assert document["schema_version"] == 3
    assert {"seed", "started", "gradus", "torch", "isolation"} <= set(document["run"])
    assert document["run"]["seed"] == 5
    assert {g["student"]: g["status"] for g in document["grades"]} == STATUS
    assert [g["student"] for g in document["grades"]] == sorted(STATUS)
    for grade in document["grades"]:
        assert {"student", "exercise", "status", "points", "max_points", "seconds", "checks"} <= set(grade)
        assert grade["exercise"] == SOFTMAX
        assert grade["max_points"] == sum(c["max_points"] for c in grade["checks"]) == 11
        assert grade["points"] == sum(c["points"] for c in grade["checks"])
        for check in grade["checks"]:
            assert check["status"] in STATUSES
            assert set(check) >= {"name", "title", "status", "points", "max_points", "failure"}
            assert (check["failure"] is None) == (check["status"] == "passed")
    points = {g["student"]: g["points"] for g in document["grades"]}
    assert points["ada"] == points["Müller, Zoë"] == 11
    assert 0 < points["bob"] < 11
    assert points["cyd"] == points["dan"] == points["eve"] == points["fay"] == 0


def named_in(check):
    """The names of the known mistakes of a check in grades.json."""
    return [one["name"] for one in (check["failure"] or {"diagnosis": []})["diagnosis"]]


def test_the_mistake_is_named(document):
    """the student who did not use `dim` is told so, and nobody else is told anything of the kind"""
    named = {g["student"]: {name for c in g["checks"] for name in named_in(c)} for g in document["grades"]}
    assert named.pop("bob") == {DIAGNOSIS}
    assert set().union(*named.values()) == set()


def test_grades_csv(graded):
    """grades.csv agrees with grades.json, and quotes a name with a comma"""
    with open(graded[0] / "out" / "grades.csv", newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert {row["student"]: row["status"] for row in rows} == STATUS
    assert next(row["diagnosis"] for row in rows if row["student"] == "bob") == DIAGNOSIS


def test_the_table(graded):
    """the table has a row for each student with sign and points, and the diagnosis in a few words"""
    _, said = graded
    for name in STATUS:
        assert name in said.stdout
    text = words(said.stdout)
    assert "✓ 11/11" in text
    assert DIAGNOSIS in words(said.stdout.replace("│", " "))
    assert "✗ 0/11" in text
    assert "7 graded; isolation" in text
    assert "seed 5" in text


def test_more_pages_than_a_terminal_is_wide(graded, monkeypatch):
    """where the pages have no room side by side, a student is one line with the total first"""
    root, _ = graded
    monkeypatch.setattr(cli.teacher, "NARROWEST", 1000)
    code, out, _ = invoke("grade", str(root / "class"), "--out", str(root / "out"), "--seed", "5")
    assert code == 0
    rows = [line for line in out.splitlines() if "11/11" in line]
    assert len(rows) == 2
    assert all("ada" in row or "Müller" in row for row in rows)
    assert "✓ right" in out  # the words of that table, which says why where there is room
    assert any("bob" in line and "always" in line for line in out.splitlines())


def test_progress_is_told_on_stderr(graded):
    """progress goes to stderr, a line now and then where there is no terminal"""
    assert "grading: 7 of 7" in graded[1].stderr


def test_a_second_run_grades_nothing_again(graded, document):
    """the same command again asks no judge, and writes the same grades; the seed was kept"""
    root, _ = graded
    code, out, _ = invoke("grade", root / "class", "--out", root / "out")
    assert code == 0
    assert "0 graded, 7 known from before" in words(out)
    again = json.loads((root / "out" / "grades.json").read_text(encoding="utf-8"))
    assert again["grades"] == document["grades"]
    assert again["run"]["seed"] == 5


def test_a_seed_repeats_a_run(graded, document):
    """another run with the seed, with other jobs and from a zip, gives the same grades"""
    root, _ = graded
    with zipfile.ZipFile(root / "class.zip", "w") as archive:
        for name, content in CLASS.items():
            archive.writestr(name, content)
    code, out, _ = invoke("grade", root / "class.zip", "--out", root / "other", "--seed", "5", "--jobs", "1", "--json")
    assert code == 0
    printed = json.loads(out)
    assert printed.pop("passed_over") == []
    assert same_grades(printed) == same_grades(document)
    assert same_grades(json.loads((root / "other" / "grades.json").read_text())) == same_grades(document)


def test_student_and_exercise_narrow(graded):
    """--student and --exercise grade only what they name, and --json prints one document and nothing else"""
    root, _ = graded
    code, out, err = invoke(
        "grade", root / "class", "--out", root / "out", "--student", "bob", "--student", "ada", "--exercise", "softmax",
        "--json",
    )  # fmt: skip
    assert code == 0
    assert [g["student"] for g in json.loads(out)["grades"]] == ["ada", "bob"]
    assert "grading" not in err


def test_why_tells_the_whole_story(graded):
    """--why shows seed, isolation, each failure with its call and its diagnosis, and no terminal obeys a student"""
    root, _ = graded
    code, out, _ = invoke("grade", root / "class", "--out", root / "out", "--why")
    assert code == 0
    for part in (f"bob · {SOFTMAX} · failed", "seed 5, isolation", "call", "came back", "expected", DIAGNOSIS, "hint"):
        assert part in out
    assert "ValueError" in out
    assert "\x1b" not in out


def test_what_was_passed_over_is_said(graded, tmp_path):
    """a file that is not graded is named on stderr with the reason"""
    root, _ = graded
    lay_out(tmp_path, {"ada/softmax.py": RIGHT, "bob/softmax.py": WRONG, "softmax.py": STUB})
    code, _, err = invoke("grade", tmp_path, "--out", root / "out")
    assert code == 0
    assert "passed over softmax.py: lies beside the students' folders" in words(err)


def test_what_was_passed_over_is_in_the_json(graded, tmp_path):
    """--json tells the same under a key of its own, as the schema says; where there is nothing, the list is empty"""
    root, _ = graded
    schema = json.loads((ROOT / "autograder" / "export" / "grades.schema.json").read_text(encoding="utf-8"))
    lay_out(tmp_path, {"ada/softmax.py": RIGHT, "bob/softmax.py": WRONG, "ü, 😀.py": STUB, "bob/notes.txt": "hello"})
    for place, expected in ((tmp_path, ["ü, 😀.py"]), (root / "class", [])):
        code, out, _ = invoke("grade", place, "--out", root / "out", "--json")
        assert code == 0
        document = json.loads(out)
        jsonschema.validate(document, schema, jsonschema.Draft202012Validator)
        assert [one["path"] for one in document["passed_over"] if one["path"].endswith(".py")] == expected
        assert all(one["why"] for one in document["passed_over"])
    assert "passed_over" not in json.loads((root / "out" / "grades.json").read_text(encoding="utf-8"))


# -- check ---------------------------------------------------------------------------------------


def test_version():
    """what a stranger tries first; and no course is looked for"""
    told = CliRunner().invoke(cli.app, ["--version"])
    assert (told.exit_code, told.output) == (0, f"gradus {__version__}\n")


def test_check_json(tmp_path):
    """`check --json` prints one grade and nothing else, and ends with 1 because the work is wrong"""
    path = lay_out(tmp_path, {"softmax.py": WRONG}) / "softmax.py"
    said = gradus("check", "softmax", path, "--json", cwd=tmp_path)
    assert (said.returncode, said.stderr) == (1, "")
    grade = json.loads(said.stdout)
    assert {"student", "exercise", "status", "points", "max_points", "seconds", "checks"} <= set(grade)
    assert (grade["exercise"], grade["status"], grade["max_points"]) == (SOFTMAX, "failed", 11)
    assert {name for c in grade["checks"] for name in named_in(c)} == {DIAGNOSIS}


def test_check_a_right_file(tmp_path, monkeypatch):
    """right work ends with 0; the file in this folder is found by itself, what it prints is shown"""
    lay_out(tmp_path, {"softmax.py": "print('hello \\x1b[2J')\n" + RIGHT})
    monkeypatch.chdir(tmp_path)
    code, out, _ = invoke("check", "softmax")
    assert code == 0
    assert "✓ right: 11 of 11 points" in out
    assert "repeat:" not in out
    assert "\x1b" not in out


def test_check_a_wrong_file(tmp_path):
    """wrong work ends with 1 and is told call, values, difference, diagnosis, hint and how to repeat it"""
    path = lay_out(tmp_path, {"mine.py": WRONG}) / "mine.py"
    code, out, _ = invoke("check", SOFTMAX, path, "--seed", "3")
    assert code == 1
    for part in ("call        softmax(", "came back   tensor(", "expected    tensor(", "differs     at [", DIAGNOSIS):
        assert part in out
    assert "✗ wrong: " in out
    assert "--seed 3" in out


def test_check_a_file_that_is_no_python(tmp_path):
    """a syntax error is told alone and once, with its place: no list of what is unwritten, no hint of the page"""
    broken = STUB.replace("# YOUR CODE HERE", "e = torch.exp(logits", 1)
    line = broken[: broken.index("torch.exp(")].count("\n") + 1
    code, out, _ = invoke("check", SOFTMAX, lay_out(tmp_path, {"mine.py": broken}) / "mine.py")
    assert code == 1
    assert (out.count("SyntaxError"), out.count("problem"), out.count("where")) == (1, 1, 1)
    assert f"mine.py, line {line}:  e = torch.exp(logits" in out
    assert "hint:" not in out
    assert "not written" not in out


# -- the light commands --------------------------------------------------------------------------


@pytest.mark.parametrize("arguments", [["--help"], ["grade", "--help"], ["list"]], ids=" ".join)
def test_light_commands_import_nothing_heavy(tmp_path, arguments):
    """after help and list neither torch nor pandas, nbgrader, sklearn has been imported"""
    said = python(
        "import sys\nfrom autograder.cli import app\n"
        f"code = app({arguments!r}, standalone_mode=False)\n"
        "heavy = {'torch', 'pandas', 'nbgrader', 'sklearn', 'numpy', 'torchvision', 'matplotlib'}\n"
        "print('heavy:', sorted(heavy & set(sys.modules)))\nsys.exit(code or 0)\n",
        tmp_path,
    )
    assert (said.returncode, said.stderr) == (0, "")
    assert said.stdout.splitlines()[-1] == "heavy: []"


def test_a_class_that_is_known_is_told_without_torch(tmp_path):
    """what says how a class stands needs no second of importing; what starts workers waits for them meanwhile"""
    place = lay_out(tmp_path, {"class/ada/softmax.py": RIGHT})
    assert invoke("grade", place / "class", "--out", place / "out")[0] == 0
    said = python(
        "import sys\nfrom autograder.cli import app\nfrom autograder.sandbox.host import probe, start\n"
        "app(['grade', 'class', '--out', 'out'], standalone_mode=False)\n"
        "print('heavy:', sorted({'torch', 'pandas', 'numpy'} & set(sys.modules)))\n",
        place,
    )
    assert "0 graded, 1 known from before" in said.stdout + said.stderr
    assert said.stdout.splitlines()[-1] == "heavy: []"


def test_help_names_every_command():
    """the help lists what there is, in words"""
    code, out, _ = invoke("--help")
    assert code == 0
    for command in ("list", "check", "grade", "build", "verify", "new", "doctor", "demo"):
        assert re.search(rf"^\s+{command}\s+\S", out, re.MULTILINE)


def test_list():
    """every exercise with title and points, under its section, and the same as JSON"""
    code, out, _ = invoke("list")
    assert code == 0
    assert re.search(rf"{SOFTMAX}\s+The softmax function\s+11 points", out)
    assert "Neural networks" in out
    code, out, _ = invoke("list", "--json")
    found = {
        "address": SOFTMAX,
        "title": "The softmax function",
        "points": 11,
        "weight": 1,
        "level": "proven",
        "by_hand": False,
    }
    assert found in json.loads(out)


def test_no_color_is_honoured():
    """a terminal gets colours; with NO_COLOR set there are none, and the words are the same"""
    plain, colour, none = (
        invoke("list", **env)[1] for env in ({}, {"FORCE_COLOR": "1"}, {"FORCE_COLOR": "1", "NO_COLOR": "1"})
    )
    coloured = re.compile(r"\x1b\[(?:\d+;)*(?:3\d|4\d|9\d|10\d)")
    assert coloured.search(colour)
    assert not coloured.search(none)
    assert "\x1b" not in plain
    assert re.sub(r"\x1b\[[\d;]*m", "", colour) == re.sub(r"\x1b\[[\d;]*m", "", none) == plain


def test_build(tmp_path):
    """`build --check` ends with 0 in step and with 1 on drift and orphans, which it names; `build` mends drift"""
    _, trees = tiny(tmp_path)
    assert invoke("--course", tmp_path, "build", "--check")[0] == 0
    trees.stub(PAGE).write_text("edited = True\n")
    code, out, _ = invoke("--course", tmp_path, "build", "--check")
    assert code == 1
    assert f"drifted {trees.stub(PAGE)}" in words(out)
    assert trees.stub(PAGE).read_text() == "edited = True\n"
    code, out, _ = invoke("--course", tmp_path, "build")
    assert code == 0
    assert f"wrote {trees.stub(PAGE)}" in words(out)
    assert invoke("--course", tmp_path, "build", "--check")[0] == 0
    trees.stub("one/gone").write_text("")
    code, out, _ = invoke("--course", tmp_path, "build", "--check")
    assert code == 1
    assert f"belongs to no exercise {trees.stub('one/gone')}" in words(out)


@pytest.mark.parametrize("best", ["namespaces", "landlock", "plain"])
def test_doctor(monkeypatch, best):
    """doctor tries each level, tells what happened, and names the one that will be used"""
    tried = []

    def fake(level):
        tried.append(level)
        works = base.LEVELS.index(level) >= base.LEVELS.index(best)
        return probe.Probe(level, works, f"told about {level}")

    monkeypatch.setattr(probe, "probe", fake)
    monkeypatch.setattr(sandbox_layers, "layers", lambda level: [sandbox_layers.Layer("user", True, f"at {level}")])
    amiss = (
        torch_pair.Misfit("torchvision [1] is another's", 'pip install "torchvision==1"') if best == "plain" else None
    )
    monkeypatch.setattr(torch_pair, "misfit", lambda: amiss)
    code, out, _ = invoke("doctor")
    assert code == 0
    assert tried == list(base.LEVELS)
    for level in base.LEVELS:
        assert f"told about {level}" in out
    assert f"submissions are graded with isolation {best}" in words(out)
    assert ("apt-get install bubblewrap" in out) == (best != "namespaces")
    out_of_terminal = out
    code, out, _ = invoke("doctor", "--json")
    document = json.loads(out)
    assert document["layers"] == [{"name": "user", "holds": True, "detail": f"at {best}"}]
    assert [entry["works"] for entry in document["levels"]].count(True) == len(base.LEVELS) - base.LEVELS.index(best)
    said = 'torchvision [1] is another\'s what mends it: pip install "torchvision==1"' in words(out_of_terminal)
    assert said == (amiss is not None)
    assert document["torchvision"] == (amiss and {"problem": amiss.problem, "command": amiss.command})


# -- errors --------------------------------------------------------------------------------------


def one_line(code, out, err):
    """A user's error: exit 2, one line on stderr that begins with the command's name, no traceback; the line."""
    assert code == 2
    assert "Traceback" not in out + err
    lines = [line for line in err.splitlines() if line and not line.startswith("note:")]
    assert len(lines) == 1, err
    assert lines[0].startswith("gradus: ")
    return lines[0]


@pytest.fixture
def bad(tmp_path, monkeypatch):
    """A folder of things that cannot be graded; isolation is not tried here."""
    monkeypatch.setattr(probe, "best_level", lambda: "plain")
    monkeypatch.chdir(tmp_path)
    lay_out(
        tmp_path,
        {
            "class/ada/softmax.py": RIGHT, "empty/readme.txt": "", "notes.txt": "hi", "broken.zip": b"PK\3\4 no",
            "homework.py": RIGHT, "else.py": "x = 1\n", "file": "", "full/gradebook.db": "no database\n" * 100,
            "wrong/course/course.toml": "title = 3\n", "broken/course/course.toml": "title = = 3\n",
        },
    )  # fmt: skip
    os.mkfifo(tmp_path / "pipe")
    make_course(tmp_path / "lost", {PAGE: GOOD})
    for path in (f"solutions/{PAGE}.py", f"autograder/pages/{PAGE}/misconceptions.py"):
        (tmp_path / "lost" / path).unlink()
    return tmp_path


@pytest.mark.parametrize(
    ("command", "says"),
    [
        ("check sofmax", "did you mean softmax?"),
        ("check s3_neural_networks/sofmax", "did you mean s3_neural_networks/softmax?"),
        ("check zzzzzz", "gradus list"),
        ("check softmax nowhere.py", "nowhere.py: no such file"),
        ("check softmax notes.txt", "hand in a .py file or a notebook"),
        ("check softmax empty", "there is no softmax.py or softmax.ipynb"),
        ("check softmax " + "x" * 300 + ".py", "no such file"),
        ("check softmax homework.py --data minst", "there is no data set minst; did you mean mnist?"),
        ("grade nowhere", "nowhere: no such file or folder"),
        ("grade empty", "no file is named after an exercise"),
        ("grade notes.txt", "not a folder, a zip"),
        ("grade broken.zip", "broken.zip: not a"),
        ("grade pipe", "pipe: not a folder"),
        ("grade else.py", "name it after an exercise"),
        ("grade class --exercise sofmax", "did you mean softmax?"),
        ("grade class --student adda", "there is no student adda; did you mean ada?"),
        ("grade class --student nobody", "there is no student nobody here"),
        ("grade class --assignment week9", "there is no assignment week9"),
        ("grade class --data minst", "there is no data set minst; did you mean mnist?"),
        ("grade class --out file", "file"),
        ("grade class --out full", "not a gradebook"),
        ("grade class --require-isolation", "isolation here is plain, not the full sandbox"),
        ("--course nowhere list", "course.toml: not found"),
        ("--course wrong list", "course.toml, line 1, key title"),
        ("--course broken list", "course.toml, line 1: "),
        ("--course lost build --check", "scaled.py: the solution is missing"),
        ("verify sofmax", "did you mean softmax?"),
        ("new Softmax", "an address is section/exercise"),
    ],
)
def test_bad_input_is_one_line(bad, monkeypatch, capsys, command, says):
    """whatever a user gets wrong, the answer is one line that says what, and exit code 2"""
    assert says in one_line(*entry(monkeypatch, capsys, *command.split()))


@pytest.mark.parametrize(
    ("command", "says"),
    [
        ("chek softmax", "Did you mean 'check'?"),
        ("check", "name the exercise: gradus check tensors; `gradus list` shows them"),
        ("check softmax --sed 3", "No such option"),
        ("check softmax --seed three", "--seed"),
        ("grade class --jobs 0", "--jobs"),
        ("grade class --jobs two", "--jobs"),
        ("grade class --seed -1", "--seed"),
        ("grade class --seed " + "9" * 30, "--seed"),
    ],
)
def test_wrong_usage_ends_with_2(bad, monkeypatch, capsys, command, says):
    """a command line that does not parse is explained, with exit code 2 and without a traceback"""
    code, out, err = entry(monkeypatch, capsys, *command.split())
    assert code == 2
    assert says in err
    assert "Traceback" not in out + err


def test_errors_of_a_real_process(tmp_path):
    """the same holds for the command as a process"""
    said = gradus("check", "sofmax", cwd=tmp_path)
    assert "did you mean softmax?" in one_line(said.returncode, said.stdout, said.stderr)


@pytest.fixture
def tiny_class(tmp_path, monkeypatch):
    """A class on the tiny course whose judges are played by a function: (folder of all, the function's answers)."""
    tiny(tmp_path / "course")
    lay_out(tmp_path / "class", {f"{name}/scaled.py": SOLUTION + f"# {name}\n" for name in ("ada", "bob")})
    answers = {"stop": 1000, "graded": 0}

    def grade_many(submissions, syllabus, trees, settings, *, jobs, on_grade=lambda grade: None, template=None):
        for submission in submissions:
            if answers["graded"] == answers["stop"]:
                raise KeyboardInterrupt
            answers["graded"] += 1
            on_grade(make_grade(submission, (make_check(),), 0.1, settings, ()))

    monkeypatch.setattr(pool, "grade_many", grade_many)
    monkeypatch.setattr(probe, "best_level", lambda: "plain")
    return tmp_path, answers


def test_a_weaker_isolation_is_said_and_stamped(tiny_class, monkeypatch, capsys):
    """without the full sandbox grading goes on, says so, and stamps every grade"""
    root, _ = tiny_class
    command = ("--course", root / "course", "grade", root / "class", "--out", root / "out")
    code, _, err = entry(monkeypatch, capsys, *command)
    assert code == 0
    assert "note: isolation here is plain, not the full sandbox" in words(err)
    grades = json.loads((root / "out" / "grades.json").read_text())["grades"]
    assert [g["isolation"] for g in grades] == ["plain", "plain"]


def test_a_stopped_run_says_so_and_goes_on(tiny_class, monkeypatch, capsys):
    """Ctrl-C ends with one line and 130; the same command then grades only the rest"""
    root, answers = tiny_class
    command = ("--course", root / "course", "grade", root / "class", "--out", root / "out")
    answers["stop"] = 1
    code, _, err = entry(monkeypatch, capsys, *command)
    assert code == 130
    assert "what was graded is kept" in err
    assert "Traceback" not in err
    answers["stop"] = 1000
    code, out, _ = entry(monkeypatch, capsys, *command)
    assert code == 0
    assert "1 graded, 1 known from before" in words(out)
    assert answers["graded"] == 2


def test_a_result_that_cannot_be_written(tiny_class, monkeypatch, capsys):
    """a folder in the place of grades.csv is one line, and what was graded is kept"""
    root, answers = tiny_class
    (root / "out" / "grades.csv").mkdir(parents=True)
    command = ("--course", root / "course", "grade", root / "class", "--out", root / "out")
    code, _, err = entry(monkeypatch, capsys, *command)
    assert code == 2
    assert "Traceback" not in err
    assert "grades.csv" in err.splitlines()[-1]
    (root / "out" / "grades.csv").rmdir()
    assert entry(monkeypatch, capsys, *command)[0] == 0
    assert answers["graded"] == 2


@pytest.mark.parametrize(
    "line",
    ["--course DIR list --json", "list --course DIR --json", "list --json --course=DIR", "list --json --course DIR"],
)
def test_a_course_may_be_named_before_or_after_the_command(tmp_path, line):
    """`--course DIR` is an option of every command, wherever it stands"""
    tiny(tmp_path)
    code, out, err = invoke(*line.replace("DIR", str(tmp_path)).split())
    assert code == 0, err
    assert [page["address"] for page in json.loads(out)] == [PAGE]


@pytest.mark.parametrize("line", ["list --course", "list -- --course x"])
def test_a_course_without_its_folder_is_refused(line):
    """a `--course` that nothing follows names no course; behind `--` it is no option"""
    code, out, _ = invoke(*line.split())
    assert (code, out) == (2, "")
