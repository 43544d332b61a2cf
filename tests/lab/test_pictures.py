"""What a lesson shows is served to the lab's pages, of every kind that an imported assignment may bring along."""

from __future__ import annotations

import base64
import html
import re
import urllib.request
from pathlib import Path
from urllib.parse import urljoin

import nbformat

from autograder.authoring.importing import page, pictures, read
from autograder.authoring.new_course import begin
from autograder.course import syllabus
from autograder.lab.server import Site
from autograder.lab.shared import Lab
from autograder.sandbox.host.forked import Template
from autograder.student import workspace
from autograder.web.files import PICTURES
from tests.authoring.assignments import write
from tests.helpers import PNG
from tests.serving import serving

WORDS = """
#:: words seen
# Maps

![a](north.png) ![b](img/Süd%20karte.JPG) ![c](c.jpeg) ![d](d.gif) ![e](e.svg) ![f](f.webp) ![g](attachment:Karte)
![h](data:image/png;base64,INLINE) ![i](data:image/bmp;base64,Qk0=)
#:: solution
def count(maps):
    ### BEGIN SOLUTION
    return len(maps)
    ### END SOLUTION
#:: test counted 1
assert count([1, 2]) == 2
"""
BESIDE = {
    "north.png": "png",
    "img/Süd karte.JPG": "jpeg",
    "c.jpeg": "jpeg",
    "d.gif": "gif",
    "e.svg": "svg+xml",
    "f.webp": "webp",
}


def test_every_picture_that_can_be_imported_can_be_seen() -> None:
    """The lab serves each kind that an import keeps."""
    assert set(PICTURES) == pictures.SUFFIXES


def test_pictures_of_an_imported_page_are_seen_in_the_lab(tmp_path: Path, plain_template: Template) -> None:
    """Over HTTP each comes as it was and as what it is, its dark version too: beside the notebook, pasted, inline."""
    inline = base64.b64encode(PNG + b"inline").decode()
    path = write(tmp_path / "ps" / "maps.ipynb", WORDS.replace("INLINE", inline))
    for name in BESIDE:
        (tmp_path / "ps" / name).parent.mkdir(exist_ok=True)
        (tmp_path / "ps" / name).write_bytes(name.encode())
    held = nbformat.read(path, 4)
    held.cells[0]["attachments"] = {"Karte": {"image/png": base64.b64encode(PNG).decode()}}
    nbformat.write(held, path)
    trees = begin(tmp_path / "course", page=False)[0]
    ((address, assignment),) = read.addresses(read.assignments("nbgrader", path), path, "")
    outcome = page.bring(trees, address, assignment, plain_template)
    assert [note for note in outcome.notes if "is none of .gif, .jpeg" in note], "a bitmap cannot be shown"
    course = syllabus.load(trees)
    lab = Lab(workspace.init(tmp_path / "work", trees, course), course, trees, "")
    with serving(Site(lab).app) as host:
        where = f"{host}{lab.token}/page/{address}"
        with urllib.request.urlopen(where, timeout=20) as answer:
            text = html.unescape(answer.read().decode())
        shown = []
        for light, dark in zip(
            re.findall(r'<img src="([^"]+)', text), re.findall(r'srcset="([^"]+)', text), strict=True
        ):
            for place in (light, dark):
                with urllib.request.urlopen(urljoin(where, place), timeout=20) as answer:
                    shown.append((answer.read(), answer.headers["content-type"]))
    expected = [(name.encode(), f"image/{kind}") for name, kind in BESIDE.items()]
    expected += [(PNG, "image/png"), (PNG + b"inline", "image/png")]
    assert shown[::2] == expected
    assert shown[1::2] == shown[::2]
