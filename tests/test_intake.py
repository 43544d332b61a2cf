"""Submissions as teachers get them: bulk downloads and clones, read with and without a roster."""

from __future__ import annotations

import os
import shutil
import subprocess
import zipfile
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.intake import clones, downloads, naming
from autograder.intake.roster import Roster
from autograder.intake.submissions import read_class
from autograder.model import Assignment, Exercise, Syllabus

SOFTMAX, LOSSES = "s3/softmax", "s3/losses"
COURSE = Syllabus(
    "A course", Path("."), {"s3": "Three"}, {a: Exercise(a, a, 1.0) for a in (SOFTMAX, LOSSES)},
    {"s3": Assignment("s3", "Three", (SOFTMAX, LOSSES))},
)  # fmt: skip
STAMP = (2026, 11, 5, 10, 20, 30)


def roster(**people):
    """A roster: student=("another name", ...)."""
    names = {name.casefold(): student for student, others in people.items() for name in (student, *others)}
    return Roster({student: {} for student in people}, names)


def as_zip(root, files):
    """A zip of these files, all packed at one time; its path."""
    path = root / "download.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in files.items():
            archive.writestr(zipfile.ZipInfo(name, STAMP), content)
    return path


def as_folder(root, files):
    """A folder of these files; its path."""
    for name, content in files.items():
        place = root / "download" / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(content.encode() if isinstance(content, str) else content)
    return root / "download"


both = pytest.mark.parametrize("lay_out", [as_zip, as_folder], ids=["zip", "folder"])


def read(path, people=None, exercises=(SOFTMAX,)):
    """({student: source or problem}, notes) of a download."""
    found = read_class(path, COURSE, exercises, people)
    return {s.student: "".join(s.cells) or s.problem for s in found.submissions}, found.ignored


NOTHING = ("missing", "nothing was handed in for softmax")  # of a student whom the roster alone knows


# -- Moodle --------------------------------------------------------------------------------------

IN_FOLDERS = {
    "Ada Lovelace_101_assignsubmission_file_/softmax.py": "ada = 1\n",
    "Jane Doe_102_assignsubmission_file_/softmax.py": "first = 1\n",
    "Jane Doe_103_assignsubmission_file_/softmax.py": "second = 1\n",
    "Müller, Zoë 😀_104_assignsubmission_file_/work/softmax.py": "zoe = 1\n",
    "=Eve_1_2_105_assignsubmission_file_/softmax (1).py": "eve = 1\n",
}
FLAT = {name.replace("file_/", "file_").replace("work/", ""): content for name, content in IN_FOLDERS.items()}


@both
@pytest.mark.parametrize("files", [IN_FOLDERS, FLAT], ids=["folders", "flat"])
def test_moodle(tmp_path, lay_out, files):
    """both of Moodle's layouts; two people of one name stay two; names with anything in them"""
    found, notes = read(lay_out(tmp_path, files))
    assert found == {
        "Ada Lovelace": "ada = 1\n", "Jane Doe (102)": "first = 1\n", "Jane Doe (103)": "second = 1\n",
        "Müller, Zoë 😀": "zoe = 1\n", "=Eve_1_2": "eve = 1\n",
    }  # fmt: skip
    assert notes == []


@both
def test_moodle_with_a_roster(tmp_path, lay_out):
    """the roster renames by number or name; a name of two people needs the number; strangers are told of"""
    people = roster(ada=("Ada Lovelace",), jane=("Participant 103",), bob=("Bob",))
    found, notes = read(lay_out(tmp_path, IN_FOLDERS), people)
    assert found["ada"] == "ada = 1\n"
    assert found["jane"] == "second = 1\n"
    strangers = {"Jane Doe (102)", "Müller, Zoë 😀", "=Eve_1_2"}
    assert set(found) == {"ada", "jane", "bob"} | strangers
    assert found["bob"] == NOTHING
    assert set(notes) == {(s, "is not in the roster") for s in strangers} | {("bob", "handed in nothing")}
    assert len(notes) == 4


@both
@pytest.mark.parametrize("files", [IN_FOLDERS, FLAT], ids=["folders", "flat"])
def test_moodle_without_a_source_is_told_of(tmp_path, lay_out, files):
    """who handed in a PDF, an empty zip or words in Moodle's own editor has a row that says what lies there"""
    more = {
        "Pat Doe_110_assignsubmission_file_/softmax.pdf": "%PDF",
        "Zip Doe_111_assignsubmission_file_/work.zip": b"PK\5\6" + 18 * b"\0",
        "Text Doe_112_assignsubmission_onlinetext_/onlinetext.html": "<p>hi",
    }
    flat = files is FLAT
    more = {(name.replace("_/", "_") if flat else name): content for name, content in more.items()}
    found, notes = read(lay_out(tmp_path, {**files, **more}))
    assert len(found) == 8
    assert notes == []
    for student, says in (
        ("Pat Doe", "softmax.pdf is a print"), ("Zip Doe", "work.zip holds nothing that can be graded"),
        ("Text Doe", "onlinetext.html is a web page"),
    ):  # fmt: skip
        assert says in found[student][1]


@both
def test_moodle_with_other_files_beside(tmp_path, lay_out):
    """a file of nobody's among Moodle's is told of, and the same file twice in one submission too"""
    more = {"softmax.py": "nobody = 1\n", "Ada Lovelace_101_assignsubmission_file_/old/softmax.py": "older = 1\n"}
    found, notes = read(lay_out(tmp_path, {**IN_FOLDERS, **more}))
    assert found["Ada Lovelace"] == "ada = 1\n"
    assert ("softmax.py", "fits no submission of a download from Moodle") in notes
    assert [why for name, why in notes if name == "Ada Lovelace_101_assignsubmission_file_/old/softmax.py"] == [
        "Ada Lovelace_101_assignsubmission_file_/softmax.py of the same exercise is graded; this one was put aside"
    ]


def test_moodle_of_one_student(tmp_path):
    """a download with a single submission is one student's, under the student's name"""
    found, _ = read(as_zip(tmp_path, {"Ada Lovelace_101_assignsubmission_file_/softmax.py": "ada = 1\n"}))
    assert found == {"Ada Lovelace": "ada = 1\n"}


@both
def test_a_download_packed_again(tmp_path, lay_out):
    """a download inside folders of somebody's making is the same download"""
    found, notes = read(lay_out(tmp_path, {f"week 1/mine/{name}": text for name, text in IN_FOLDERS.items()}))
    assert len(found) == 5
    assert notes == []


def test_when_a_zip_says_it_was_handed_in(tmp_path):
    """the time of a zip's entry is the time of handing in"""
    (one,) = read_class(as_zip(tmp_path, {"Ada_1_assignsubmission_file_/softmax.py": "a = 1\n"}), COURSE).submissions
    assert datetime.fromisoformat(one.submitted).timestamp() == datetime(*STAMP).timestamp()


# -- Canvas --------------------------------------------------------------------------------------


@both
def test_canvas(tmp_path, lay_out):
    """Canvas's names: late ones are told of, a resubmission counts in place of the earlier one, which is told of"""
    files = {
        "lovelaceada_201_9001_softmax.py": "ada = 1\n",
        "doejane_LATE_202_9005_softmax-1.py": "again = 1\n",
        "doejane_202_9002_softmax.py": "first = 1\n",
        "müllerzoë_203_9010_softmax-2.py": "third = 1\n",
        "müllerzoë_203_9003_softmax-1.py": "second = 1\n",
        "notes.py": "nobody = 1\n",
        "pdfpat_204_9004_softmax.pdf": "%PDF",
    }
    found, notes = read(lay_out(tmp_path, files))
    assert "softmax.pdf is a print" in found.pop("pdfpat")[1]
    assert found == {"lovelaceada": "ada = 1\n", "doejane": "again = 1\n", "müllerzoë": "third = 1\n"}
    assert sorted(notes) == sorted(
        [
            ("doejane_202_9002_softmax.py", "softmax-1.py of the same exercise is graded; this one is earlier"),
            ("doejane", "Canvas marks this submission as late; its time is not in the file"),
            ("müllerzoë_203_9003_softmax-1.py", "softmax-2.py of the same exercise is graded; this one is earlier"),
            ("notes.py", "fits no submission of a download from Canvas"),
        ]
    )


@both
def test_canvas_two_people_of_one_name(tmp_path, lay_out):
    """two people whom Canvas calls alike are two, and a roster knows them by their number"""
    files = {"doejane_202_9001_softmax.py": "one = 1\n", "doejane_203_9002_softmax.py": "two = 1\n"}
    path = lay_out(tmp_path, files)
    assert read(path) == ({"doejane (202)": "one = 1\n", "doejane (203)": "two = 1\n"}, [])
    found, notes = read(path, roster(jane=("203", "doejane")))
    assert found == {"doejane (202)": "one = 1\n", "jane": "two = 1\n"}
    assert notes == [("doejane (202)", "is not in the roster")]


def test_folders_that_look_like_canvas_are_folders(tmp_path):
    """a folder of a student whose name looks like a file of Canvas's is an ordinary folder"""
    files = {f"team_{n}_2_final/softmax.py": f"n = {n}\n" for n in (1, 2)}
    assert read(as_folder(tmp_path, files)) == ({f"team_{n}_2_final": f"n = {n}\n" for n in (1, 2)}, [])


# -- Gradescope ----------------------------------------------------------------------------------

METADATA = """---
submission_301:
  :submitters:
  - :name: "Lovelace, Ada"
    :sid: 101
    :email: ada@example.org
  :created_at: 2026-11-05 10:20:30.123456000 Z
  :score: 0.0
submission_302:
  :submitters:
  - :name: Bob
    :sid:
    :email: bob@example.org
  - :name: Cyd
    :sid: '103'
    :email: cyd@example.org
  :created_at: 2026-11-05T12:00:00+01:00
submission_305:
  :submitters: []
  :created_at: never
"""
EXPORT = {
    "submission_301/softmax.py": "ada = 1\n", "submission_302/s3/softmax.py": "team = 1\n",
    "submission_304/softmax.py": "whose = 1\n", "submission_305/softmax.py": "nobody = 1\n",
    "submission_metadata.yml": METADATA,
}  # fmt: skip


@both
@pytest.mark.parametrize("top", ["", "assignment_7_export/"])
def test_gradescope(tmp_path, lay_out, top):
    """the export, in a folder of its own as Gradescope packs it; groups and submissions of nobody's are told of"""
    path = lay_out(tmp_path, {top + name: content for name, content in EXPORT.items()})
    found = read_class(path, COURSE, (SOFTMAX,))
    assert [(s.student, "".join(s.cells), s.submitted) for s in found.submissions] == [
        ("ada@example.org", "ada = 1\n", "2026-11-05T10:20:30+00:00"),
        ("bob@example.org", "team = 1\n", "2026-11-05T11:00:00+00:00"),
    ]
    assert sorted(found.ignored) == [
        ("bob@example.org", "handed in with cyd@example.org; put them into a group of the policy"),
        ("submission_304/softmax.py", "fits no submission of a download from Gradescope"),
        ("submission_305/softmax.py", "fits no submission of a download from Gradescope"),
    ]


@both
def test_gradescope_with_a_roster(tmp_path, lay_out):
    """the roster renames by email, number or name"""
    found, notes = read(lay_out(tmp_path, EXPORT), roster(ada=("101",), bob=("bob@example.org",), cyd=("103",)))
    assert set(found) == {"ada", "bob", "cyd"}
    assert found["cyd"] == NOTHING
    assert ("cyd", "handed in nothing") in notes


@both
def test_gradescope_twice_by_one_person(tmp_path, lay_out):
    """of two submissions of one person the later counts, whichever comes first, and the other is told of"""
    more = METADATA + METADATA.split("---\n")[1].split("submission_302")[0].replace("301", "300").replace("05 ", "06 ")
    files = {**EXPORT, "submission_300/softmax.py": "later = 1\n", "submission_metadata.yml": more}
    found, notes = read(lay_out(tmp_path, files))
    assert found["ada@example.org"] == "later = 1\n"
    assert ("submission_301", "ada@example.org handed in again; the later one is graded") in notes


@both
@pytest.mark.parametrize(
    ("content", "why"),
    [
        ("submission_301: [unclosed\n", "cannot be read: while parsing"), ("- just\n- a list\n", "says nothing of"),
        (b"\xff\xfe\0", "cannot be read: "), ("[" * 1200, "cannot be read: "), ("", "is not there"),
    ],
    ids=["broken", "a list", "binary", "deep", "empty"],
)  # fmt: skip
def test_gradescope_with_broken_metadata(tmp_path, lay_out, content, why):
    """metadata that cannot be read is told of in one line; the folders are graded under their own names"""
    found, notes = read(lay_out(tmp_path, {**EXPORT, "submission_metadata.yml": content}))
    assert {"submission_301", "submission_302", "submission_304", "submission_305"} == set(found)
    ((name, said),) = notes
    assert name == "submission_metadata.yml"
    assert said.startswith(why)
    assert said.endswith("students go by the names of their folders")
    assert "\n" not in said


@both
@pytest.mark.parametrize(
    "entry",
    ["[]", "3", "{':submitters': 3}", "{':submitters': [3]}", "{':submitters': [{':email': [a]}]}",
     "{':submitters': [{':email': a@b}], ':created_at': [1]}",
     "{':submitters': [{':email': a@b}], ':created_at': 0001-01-01}"],
)  # fmt: skip
def test_gradescope_with_odd_entries(tmp_path, lay_out, entry):
    """an entry of any form is somebody's or nobody's, never an error"""
    files = {**EXPORT, "submission_metadata.yml": METADATA.replace("submission_305:", f"submission_304: {entry}\nold:")}
    found, notes = read(lay_out(tmp_path, files))
    assert ("a@b" in found) != ("submission_304/softmax.py" in dict(notes))


def test_a_students_own_metadata_counts_for_nothing(tmp_path):
    """a file of that name inside a submission does not say who is who"""
    evil = METADATA.replace("ada@example.org", "bob@example.org")
    files = {"assignment_7_export/submission_301/submission_metadata.yml": evil}
    files |= {f"assignment_7_export/{name}": content for name, content in EXPORT.items()}
    assert "ada@example.org" in read(as_zip(tmp_path, files))[0]


# -- clones --------------------------------------------------------------------------------------

needs_git = pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed: there are no clones to make")


def clone(folder, when):
    """Make a folder a clone whose last commit was at a time."""
    stamp = datetime.fromtimestamp(when, UTC).isoformat()
    env = {
        **os.environ, "GIT_AUTHOR_DATE": stamp, "GIT_COMMITTER_DATE": stamp, "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_CONFIG_GLOBAL": os.devnull,
    }  # fmt: skip
    who = ("-c", "user.name=A", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false")
    for command in (["init", "-q"], ["add", "."], [*who, "commit", "-q", "-m", "done"]):
        subprocess.run(["git", *command], cwd=folder, env=env, check=True, capture_output=True)


@needs_git
def test_clones(tmp_path):
    """clones go by their login, without the assignment before it, and were handed in with their last commit"""
    when = {"ada": 1_800_000_000, "bob-b": 1_800_086_400}
    root = as_folder(tmp_path, {f"week-1-{login}/s3/softmax.py": f"{login[0]} = 1\n" for login in when})
    for login, moment in when.items():
        clone(root / f"week-1-{login}", moment)
    found = read_class(root, COURSE)
    assert {s.student: datetime.fromisoformat(s.submitted).timestamp() for s in found.submissions} == when
    assert found.ignored == []


@needs_git
def test_clones_with_a_roster(tmp_path):
    """the roster renames logins; who has no clone handed in nothing, and a stranger's clone is graded and told of"""
    root = as_folder(tmp_path, {f"week-1-{login}/softmax.py": "a = 1\n" for login in ("ada-gh", "mallory")})
    for place in root.iterdir():
        clone(place, 1_800_000_000)
    found, notes = read(root, roster(ada=("ada-gh",), bob=()))
    assert found == {"ada": "a = 1\n", "mallory": "a = 1\n", "bob": NOTHING}
    assert notes == [("mallory", "is not in the roster"), ("bob", "handed in nothing")]


@needs_git
def test_a_clone_runs_nothing(tmp_path):
    """reading the time of a clone obeys none of its settings"""
    root = as_folder(tmp_path, {"softmax.py": "a = 1\n"})
    clone(root, 1_800_000_000)
    trap = tmp_path / "trap"
    with open(root / ".git" / "config", "a") as config:
        config.write(f'[core]\n\tfsmonitor = "touch {trap}"\n\tpager = "touch {trap}"\n[log]\n\tshowSignature = true\n')
        config.write(f'[gpg]\n\tprogram = "touch {trap}"\n[alias]\n\tlog = "!touch {trap}"\n')
    assert clones.commit_time(root) == 1_800_000_000
    assert not trap.exists()


def test_no_time_without_a_clone(tmp_path):
    """a folder that is no clone, or a broken one, has no time"""
    (tmp_path / ".git").mkdir()
    assert clones.commit_time(tmp_path) == clones.commit_time(tmp_path / "nowhere") == 0.0


@pytest.mark.parametrize(
    ("names", "prefix"),
    [
        (["week-1-ada", "week-1-bob"], "week-1-"), (["week-ada", "week-ada-b"], "week-"), (["week-1-ada"], ""),
        ([], ""),
        (["ada", "bob"], ""), (["a-", "a-b"], ""), (["a-b", "a-"], ""),
    ],
)  # fmt: skip
def test_the_assignment_before_the_logins(names, prefix):
    """what all clones begin with up to a dash, as long as every name keeps something"""
    assert naming.common_prefix(names) == prefix


@given(st.lists(st.text(alphabet="ab-", max_size=6), unique=True))
def test_no_two_clones_become_one(names):
    """whatever the names, taking the prefix away keeps them apart and leaves none empty"""
    prefix = naming.common_prefix(names)
    assert len({name.removeprefix(prefix) for name in names}) == len(names)
    assert not prefix or all(name.removeprefix(prefix) for name in names)


# -- ordinary folders ----------------------------------------------------------------------------


def test_a_folder_with_a_roster(tmp_path):
    """folders go by the roster's ids; two folders of one student are told of, and neither hides the other's work"""
    files = {
        "Ada Lovelace/softmax.py": "ada = 1\n", "ada@example.org/losses.py": "ada = 2\n",
        "bob/softmax.py": "old = 1\n", "robert/softmax.py": "new = 1\n", "eve/softmax.py": "e = 1\n",
    }  # fmt: skip
    people = roster(ada=("Ada Lovelace", "ada@example.org"), bob=("robert",), cyd=())
    root = as_folder(tmp_path, files)
    os.utime(root / "bob/softmax.py", (1_800_000_000, 1_800_000_000))
    os.utime(root / "robert/softmax.py", (1_800_000_100, 1_800_000_100))
    found = read_class(root, COURSE, (), people)
    graded = {(s.student, s.exercise): "".join(s.cells) for s in found.submissions if not s.problem}
    assert graded == {
        ("ada", SOFTMAX): "ada = 1\n", ("ada", LOSSES): "ada = 2\n", ("bob", SOFTMAX): "new = 1\n",
        ("eve", SOFTMAX): "e = 1\n",
    }  # fmt: skip
    told = dict(found.ignored)
    assert told["eve"] == "is not in the roster"
    assert told["cyd"] == "handed in nothing"
    assert told["ada"].endswith(": Ada Lovelace, ada@example.org")
    assert told["bob"].endswith("of each exercise the latest is graded: bob, robert")


def test_an_ordinary_folder_is_left_alone(tmp_path):
    """without a roster and without clones nothing is renamed and nothing is said"""
    files = {"ada_1_2/softmax.py": "a = 1\n", "bob/softmax.py": "b = 1\n", "bob/submission_metadata.yml": "- ["}
    assert read(as_folder(tmp_path, files)) == ({"ada_1_2": "a = 1\n", "bob": "b = 1\n"}, [])


@both
def test_a_download_without_anything_to_grade(tmp_path, lay_out):
    """in a download of PDFs alone everybody has a row that says what lies there"""
    found, _ = read(lay_out(tmp_path, {"doejane_1_2_softmax.pdf": "%PDF", "doejohn_2_3_softmax.pdf": "%PDF"}))
    assert {student: "is a print" in why for student, (_, why) in found.items()} == {
        "doejane": True, "doejohn": True
    }  # fmt: skip


@given(st.lists(st.sampled_from([*IN_FOLDERS, "doe_1_2_softmax.py", "submission_301/softmax.py", "x/softmax.py"])))
def test_no_file_is_dropped_silently(names):
    """of every file it is said where it belongs, or that it is nobody's"""
    paths = [PurePosixPath(name) for name in names]
    made = downloads.recognise(paths, None, {})
    assert made is None or set(made.places) == set(paths)


# -- workspaces ------------------------------------------------------------------------------------


@both
@pytest.mark.parametrize("top", ["", "class/", "class/submitted/"])
@pytest.mark.parametrize("students", [("ada",), ("ada", "bob"), ("",)])
def test_whole_workspaces(tmp_path, lay_out, top, students):
    """a student who hands in the workspace as it is is one student, alone or among others; its folders are nobody"""
    files = {}
    for student in students:
        at = f"{top}{student}/" if student else top
        files |= {
            f"{at}exercises/s3/softmax.py": f"{student or 'alone'} = 1\n", f"{at}exercises/s3/losses.py": "b = 1\n",
            f"{at}lessons/s3/softmax.md": "# Softmax\n", f"{at}README.md": "# Mine\n",
        }  # fmt: skip
    found, _ = read(lay_out(tmp_path, files))
    assert set(found.values()) == {f"{student or 'alone'} = 1\n" for student in students}
    assert set(found) == set(students) if students != ("",) else len(found) == 1
