"""Every command of the guides is run, in order, in a folder that is as the guide says; else the guide says why not.

A guide is `docs/NAME.md`. Its ``bash`` blocks run in one folder, which `before_NAME` (if there is one) makes. A comment
before a block, ``<!-- not run: reason -->``, leaves it out; ``# exit 1`` ends the line of a command that fails so.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.helpers import ROOT, SOFTMAX

GUIDES = sorted((ROOT / "docs").glob("*.md"))
BLOCK = re.compile(r"(?:<!-- not run: (?P<why>[^\n]+) -->\n)?```(?P<language>\w*)\n(?P<code>.*?)^```$", re.M | re.S)
CANVAS = 'Student,ID,SIS User ID,SIS Login ID,Section,"Week 1 (501)"\n    Points Possible,,,,,11\n'
MOODLE = "Identifier,Full name,Email address,Status,Grade,Maximum Grade,Grade can be changed,"
MOODLE += "Last modified (submission),Last modified (grade),Feedback comments\n"


def before_student(folder: Path) -> None:
    """What a student has is installed; the guide begins with it."""


def before_teacher(folder: Path) -> None:
    """Two who handed in softmax, one rightly; a roster; the empty forms of both platforms; a course of nbgrader's."""
    right = (ROOT / "solutions" / f"{SOFTMAX}.py").read_text(encoding="utf-8")
    wrong = right + "\n\ndef softmax(logits, dim=-1):\n    return logits.exp() / logits.exp().sum(dim, keepdim=True)\n"
    for student, source in (("ada", right), ("bob", wrong)):
        place = folder / "submissions" / student
        place.mkdir(parents=True)
        (place / "softmax.py").write_text(source, encoding="utf-8")
    (folder / "people.csv").write_text("student,name,email\nada,Ada L,ada@uni.example\nbob,Bob M,bob@uni.example\n")
    rows = [("Ada L", 1, "ada"), ("Bob M", 2, "bob")]
    (folder / "canvas.csv").write_text(CANVAS + "".join(f"{name},{n},{i},{i},A,\n" for name, n, i in rows))
    (folder / "moodle.csv").write_text(
        MOODLE + "".join(f"Participant {n},{name},{i}@uni.example,,,11.00,Yes,-,-,\n" for name, n, i in rows)
    )
    with zipfile.ZipFile(folder / "moodle-download.zip", "w") as archive:
        for name, n, i in rows:
            path = folder / "submissions" / i / "softmax.py"
            archive.write(path, f"{name}_{n}_assignsubmission_file_/softmax.py")


def before_admin(folder: Path) -> None:
    """A class of two."""
    before_teacher(folder)


def blocks(guide: Path) -> list[re.Match[str]]:
    """The blocks of commands in a guide."""
    found = BLOCK.finditer(guide.read_text(encoding="utf-8"))
    return [block for block in found if block["language"] in ("bash", "powershell", "console", "sh")]


def script(guide: Path) -> str:
    """The commands that are run, each of which says where it stands when it ends otherwise than it should."""
    text, lines = guide.read_text(encoding="utf-8"), ["set +e"]
    for block in blocks(guide):
        if block["why"] is not None:
            continue
        assert block["language"] == "bash", f"{guide.name}: a block that is not bash needs `<!-- not run: reason -->`"
        first = text.count("\n", 0, block.start("code")) + 1
        for number, line in enumerate(block["code"].splitlines(), first):
            if not line.strip() or line.lstrip().startswith("#"):
                continue
            code = re.search(r"#.*\bexit (\d)$", line)
            wanted = code[1] if code else "0"
            lines += [line, f'said=$?; [ $said = {wanted} ] || {{ echo "{guide.name}:{number}: exit $said"; exit 9; }}']
    return "\n".join(lines)


@pytest.mark.parametrize("guide", GUIDES, ids=lambda guide: guide.stem)
def test_every_command_of_a_guide(guide, tmp_path):
    """ends as the guide says"""
    commands = script(guide)
    if commands.count("\n") == 0:
        pytest.skip("this one has no commands that could be run here")
    globals().get(f"before_{guide.stem}", lambda folder: None)(tmp_path)
    home = tmp_path / ".home"
    home.mkdir()
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    kept = {
        name: os.environ[name]
        for name in ("GRADUS_DATA", "LANG", "OMP_NUM_THREADS", "GRADUS_NO_HELPER")
        if name in os.environ
    }
    # a machine without git configuration and without a home that anybody has used
    environment = {**kept, "PATH": path, "HOME": str(home), "PYTHON_BASIC_REPL": "1"}
    bash = shutil.which("bash")
    assert bash is not None
    done = subprocess.run(
        [bash, "-c", commands], cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=300,
        stdin=subprocess.DEVNULL,
    )  # fmt: skip
    assert done.returncode == 0, (done.stdout + done.stderr)[-3000:]


@pytest.mark.parametrize("guide", [*GUIDES, ROOT / "README.md"], ids=lambda guide: guide.stem)
def test_links_lead_somewhere(guide):
    """every relative link is a file of this project, every heading that one names is there"""
    text = re.sub(r"```.*?^```$", "", guide.read_text(encoding="utf-8"), flags=re.M | re.S)
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        if re.match(r"https?://", target):
            continue
        name, _, heading = target.partition("#")
        place = guide.parent / name if name else guide
        assert place.exists(), f"{guide.name}: {target}"
        if heading:
            heads = re.findall(r"^#+ (.+)$", place.read_text(encoding="utf-8"), re.M)
            anchors = {re.sub(r"[^\w\- ]", "", head.lower()).replace(" ", "-") for head in heads}
            assert heading in anchors, f"{guide.name}: {target}"
