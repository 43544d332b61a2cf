"""Submissions of a large class, held packed."""

from __future__ import annotations

import pickle
from dataclasses import replace

import pytest

from autograder.intake import packed
from autograder.intake.submissions import read_class
from autograder.model import Submission
from tests.test_submission import GOOD, PAGES, SYLLABUS, lay_out


@pytest.mark.parametrize("text", [GOOD, "x = 'Ünï\u2028\U0001f600'\n\ty = 1\n", "# " + "long " * 20_000])
def test_what_was_read_is_a_submission_like_any(tmp_path, text):
    """it is equal to the plain one from either side, hashes, is replaced and travels as that, and keeps every letter"""
    place = lay_out(tmp_path, {"ada/softmax.py": text, "ada/helper.py": "y = 1\n"})
    (read,) = read_class(place, SYLLABUS).submissions
    plain = Submission("ada", PAGES[0], "softmax.py", (text,), read.files, None, read.submitted)
    assert read == plain
    assert plain == read
    assert read != replace(plain, cells=("other\n",))
    assert (hash(read), read.digest, read.cells) == (hash(plain), plain.digest, (text,))
    sent = pickle.loads(pickle.dumps(read))
    assert (type(sent), sent) == (Submission, plain)
    assert replace(read, student="bob") == replace(plain, student="bob")
    assert replace(read, cells=("other\n",)).cells == ("other\n",)


def test_a_large_class_is_held_in_little(tmp_path, monkeypatch):
    """sources that are much alike take a small part of their texts, though the first hardly did anything"""
    monkeypatch.setattr(packed, "_kin", {})
    lay_out(tmp_path, {"a/softmax.py": "x = 1\n"})
    text = "".join(f"def helper_{n}(x):\n    return x * {n * n} + {n}\n" for n in range(100))
    read = read_class(
        lay_out(tmp_path, {f"s{n}/softmax.py": f"{text}# {n}\n" for n in range(50)}), SYLLABUS
    ).submissions[1:]
    assert [one.cells for one in read] == [(f"{text}# {one.student[1:]}\n",) for one in read]
    held = sum(len(part) for one in read for part in vars(one).values() if isinstance(part, str | bytes))
    held += sum(len(one._source[1]) for one in read)
    assert held < len(text) * 50 / 10
