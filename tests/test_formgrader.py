"""nbgrader's formgrader in a browser: the grades that were written are what a teacher sees there."""

from __future__ import annotations

import os
import secrets
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import contextmanager
from html.parser import HTMLParser
from importlib.util import find_spec

import pytest
from nbgrader.api import Gradebook

from autograder.course import syllabus
from autograder.nbcourse import find
from autograder.nbcourse.write import write_back
from tests import browser
from tests.nbcourses import RIGHT, STUB, WORTH, answered, grade_of, hand_in, source_notebook

pytestmark = [
    pytest.mark.skipif(browser.CHROMIUM is None, reason=browser.WITHOUT),
    pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning"),  # nbgrader's
    pytest.mark.skipif(find_spec("jupyter_server") is None, reason="jupyter_server is not installed"),
]

GRADES = {
    "ada": {},
    "bob": dict.fromkeys(WORTH, "error"),
    "cyd": {"test_share": 0.5, "test_shifted": 0},
}


class Rows(HTMLParser):
    """The rows of a page's tables, each as the texts of its cells."""

    def __init__(self, page):
        super().__init__()
        self.rows: list[list[str]] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag, attributes):
        if tag == "tr":
            self.rows.append([])
        elif tag in ("td", "th") and self.rows:
            self.rows[-1].append("")

    def handle_data(self, data):
        if self.rows and self.rows[-1]:
            self.rows[-1][-1] += data


def free_port():
    """A port of this machine that nobody listens to."""
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return sock.getsockname()[1]


@contextmanager
def ended(process):
    """A process that is ended with the block."""
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


@pytest.fixture(scope="module")
def site(tmp_path_factory, generated):
    """The formgrader of a course that grades were written into: (address, token)."""
    root = tmp_path_factory.mktemp("formgrader")
    trees, course = generated, root / "course"
    shutil.copytree(trees.notebooks, course)
    for student, answers in (("ada", RIGHT), ("bob", STUB), ("cyd", RIGHT)):
        hand_in(course, student, "lines.ipynb", answered(source_notebook(trees), answers, "Because."))
    done = write_back(find(course), [grade_of(s, p) for s, p in GRADES.items()], syllabus.load(trees))
    assert (done.notebooks, done.notes) == (3, [])
    port, token = free_port(), secrets.token_hex(16)
    quiet = {
        name: str(root / name) for name in ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "HOME")
    }
    with open(root / "log", "wb") as log:
        command = [
            sys.executable, "-m", "jupyter_server", f"--port={port}", "--ip=127.0.0.1",
            f"--IdentityProvider.token={token}", "--ServerApp.open_browser=False",
            "--ServerApp.port_retries=0", "--allow-root",
            "--ServerApp.jpserver_extensions={'nbgrader.server_extensions.formgrader': True}",
        ]  # fmt: skip
        server = subprocess.Popen(
            command, cwd=course, stdin=subprocess.DEVNULL, stdout=log, stderr=log, env={**os.environ, **quiet}
        )
        with ended(server):
            address = f"http://127.0.0.1:{port}"
            for _ in range(240):
                if server.poll() is not None:
                    break
                try:
                    urllib.request.urlopen(f"{address}/api/status?token={token}", timeout=5).read()
                    break
                except (urllib.error.URLError, OSError):
                    time.sleep(0.25)
            else:
                pytest.fail((root / "log").read_text()[-2000:])
            assert server.poll() is None, (root / "log").read_text()[-2000:]
            yield address, token, root


def dump(site, path):
    """A page of the site as the browser has it once its scripts have run."""
    address, token, root = site
    return browser.dump(f"{address}/login?token={token}&next={path}", root / "profile")


def test_the_submissions_of_an_assignment(site):
    """a teacher opens the assignment and sees each student with the score that was written, and what waits"""
    rows = [
        [" ".join(cell.split()) for cell in row] for row in Rows(dump(site, "/formgrader/manage_submissions/one")).rows
    ]
    head = rows[0]
    found = {row[head.index("Student ID")]: row for row in rows[1:]}
    assert set(found) == set(GRADES)
    assert {student: row[head.index("Score")] for student, row in found.items()} == {
        "ada": "6 / 11", "bob": "0 / 11", "cyd": "3.5 / 11"
    }  # fmt: skip
    assert {row[head.index("Status")] for row in found.values()} == {"needs manual grading"}, "for the question"


def test_one_submission(site):
    """a teacher opens a submission and sees the cards of its checks and the score of each"""
    course = site[2] / "course"
    with Gradebook(f"sqlite:///{course / 'gradebook.db'}") as book:
        number = book.find_submission_notebook("lines", "one", "cyd").id
    page = dump(site, f"/formgrader/submissions/{number}/?index=0")
    assert page.count("about test_share") >= 1
    assert "0.5 of 2 points" in page
    assert "0 of 1 points" in page
    assert "Because." in page, "the answer in words that the teacher is to read"
