"""Requests to look again: a CSV as an inbox, each beside its evidence, answered by what a marker gives."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import urljoin

import pytest

from autograder.course import syllabus
from autograder.course.trees import trees
from autograder.desk.who import Who
from autograder.export.feedback import pages
from autograder.gradebook.class_totals import of_book
from autograder.gradebook.store import Gradebook
from autograder.running.run import rewrite_results
from tests.marking import SOFTMAX, desk_of, get, post, write

LINES = (
    "student,page,request",
    'bob,softmax,"My sum is right, isn\'t it? <script>alert(1)</script>"',
    f"cyd,{SOFTMAX},I am cyd and disagree",
    "zelda,softmax,who am I",
    "bob,no_such_page,where",
    "bob",
    "bob,softmx,misspelt",
    "bob,hello,nobody did it",
    "bob,cyd,a name in the wrong column",
    "",
)


def test_an_inbox(tmp_path: Path) -> None:
    """open ones first; one is answered by an entry that names it, and open again when that is undone"""
    out, file = write(tmp_path / "out"), tmp_path / "requests.csv"
    file.write_text("\n".join(LINES), encoding="utf-8-sig")
    with desk_of(out, who=Who("mia"), requests=file) as (desk, address):
        text = get(address + "named/requests/")[1]
        assert "2 open, 0 answered" in text
        assert "<script>alert" not in text
        for line in ("line 4: there is no such student (zelda)", "line 5: there is no such page (no_such_page)",
                     "line 6: has fewer", "line 7: there is no such page (softmx; is softmax meant?)",
                     "line 8: nobody handed in this page (hello)"):  # fmt: skip
            assert line in text, line
        id = desk.ids.of("bob")
        link = next(part for part in text.split('"') if f"{id}?request=" in part)
        page = get(urljoin(f"{address}named/requests/", link))[1]
        assert "asks to look again" in page
        key = link.rpartition("=")[2]
        assert f'value="request {key}"' in page
        edit = {
            "type": "edit", "page": SOFTMAX, "students": {id: 0}, "kind": "comment", "text": "It is not.",
            "why": f"request {key}",
        }  # fmt: skip
        assert post(address + "named/edit", edit)[1]["kept"] == 1
        assert "1 open, 1 answered" in get(address + "named/requests/")[1]
        number = desk.results.entries.version("bob", SOFTMAX)
        undo = {"type": "undo", "page": SOFTMAX, "student": id, "number": number, "seen": number}
        assert post(address + "named/edit", undo)[1]["kept"] == 1
        assert "2 open, 0 answered" in get(address + "named/requests/")[1]
        hidden = get(address + "anonymous/requests/")[1]
        assert "cyd" not in hidden
        assert "zelda" not in hidden
        file.write_text(f"student;page;reason\n{id};softmax;by id\n", encoding="utf-8")
        assert "by id" in get(address + "named/requests/")[1]


def test_a_code_of_the_students_page(tmp_path: Path) -> None:
    """stands for the student and the page that it was on, however it is typed; nobody else's page has it"""
    out, file = write(tmp_path / "out"), tmp_path / "requests.csv"
    with Gradebook(out / "gradebook.db") as book:
        course = syllabus.load(trees())
        rewrite_results(book, course, out)
        made = pages(of_book(book, course))
    shown = {who: re.findall(r"<code>((?:[a-z2-9]{4}-){2}[a-z2-9]{4})</code>", page) for who, page in made.items()}
    assert len(shown["ada"]) == len(shown["bob"]) == 2  # of each page of the class, handed in or not
    assert len({code for some in shown.values() for code in some}) == sum(map(len, shown.values()))
    assert set(shown["bob"]) <= set(re.findall(r"<code>([^<]*)</code>", (out / "students" / "bob.html").read_text()))
    one, other = shown["bob"]
    lines = ["Timestamp,Request code,Your reason,request", f"now,{one.upper()},,wrong sum",
             f"now, {other[:4]} {other[5:]},,b",
             "now,aaaa-bbbb-cccc,,guessed", "now,,,no code"]  # fmt: skip
    file.write_text("\n".join(lines), encoding="utf-8")
    with desk_of(out, requests=file) as (desk, address):
        text = get(address + "named/requests/")[1]
        assert "2 open, 0 answered" in text
        assert text.count(f"/{desk.ids.of('bob')}?request=") == 2
        assert "line 4: there is no such code (aaaa-bbbb-cccc)" in text
        assert "line 5: has no code" in text
        hidden = get(address + "anonymous/requests/")[1]
        assert "aaaa-bbbb-cccc" not in hidden


def test_a_line_without_its_part_says_which(tmp_path: Path) -> None:
    """neither an empty code, student, page nor request is one that nobody knows"""
    out, file = write(tmp_path / "out"), tmp_path / "requests.csv"
    with desk_of(out, requests=file) as (_, address):
        file.write_text("code,request\n,look again\n--,hm\n", encoding="utf-8")
        text = get(address + "named/requests/")[1]
        assert "line 2: has no code<" in text
        assert "line 3: there is no such code (--)" in text
        file.write_text("code,student,page,request\n,,softmax,hm\n,bob,,hm\n,bob,softmax,\n", encoding="utf-8")
        text = get(address + "named/requests/")[1]
        for words in ("line 2: names no student<", "line 3: names no page<", "line 4: asks nothing<"):
            assert words in text


@pytest.mark.parametrize(
    "content, words",
    [
        (
            b"name,page\nbob,softmax\n",
            "the first line must name columns code and request, or student, page and request",
        ),
        (b"", "the first line must name columns"),
        (b"student,page,request\n\xff\xfe", "not UTF-8"),
        (b'student,page,request\n"' + b"a" * 200_000, "field larger than field limit"),
    ],
)
def test_a_file_that_is_none_is_a_line(tmp_path: Path, content: bytes, words: str) -> None:
    """and the rest of the desk goes on"""
    out, file = write(tmp_path / "out"), tmp_path / "requests.csv"
    file.write_bytes(content)
    with desk_of(out, requests=file) as (desk, address):
        status, text = get(address + "named/requests/")
        told = text.partition("<p role=alert>")[2].partition("</p>")[0]
        assert (status, len(told.splitlines())) == (503, 1)
        assert words in told
        assert get(f"{address}named/page/{SOFTMAX}/{desk.ids.of('bob')}")[0] == 200
        file.unlink()
        assert "name the CSV with --requests" in get(address + "named/requests/")[1]
