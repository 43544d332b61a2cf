"""Files of weights that a stranger may have written: read as tensors alone, or refused in a sentence."""

from __future__ import annotations

import io
import json
import os
import pickle
import zipfile
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import nn

from autograder.lab import messages
from autograder.lab.convolution.checkpoints import MOST_BYTES, bytes_of, files_of, given
from autograder.lab.convolution.inside.state_dicts import state_dict_of
from autograder.lab.convolution.messages import Nothing
from tests.labs import lab_of, talk

DIGITS = "s4_cnns/digits"
MODEL = nn.Linear(3, 2)
STATE = MODEL.state_dict()


def saved(value: Any) -> bytes:
    """What torch.save writes."""
    box = io.BytesIO()
    torch.save(value, box)
    return box.getvalue()


class Bad:
    """Ends the process in which it is unpickled."""

    def __reduce__(self) -> tuple[Any, ...]:
        return os._exit, (3,)


@pytest.mark.parametrize("value", [
    STATE, {"model": STATE, "optimizer": {}, "epoch": 3}, {"weights": {k: v.double() for k, v in STATE.items()}},
    {"a": {"b": torch.ones(2)}, "c": {k: v.half() for k, v in STATE.items()}},
])  # fmt: skip
def test_what_a_training_saved_is_found(value: Any) -> None:
    """By itself or one level down, beside others, in any precision"""
    found, why = state_dict_of(saved(value), STATE)
    assert why == ""
    assert {name: (one.shape, one.dtype) for name, one in found.items()} == {
        name: (one.shape, torch.float32) for name, one in STATE.items()
    }


def test_what_was_saved_on_a_graphics_card_is_taken() -> None:
    """Where there is none"""
    box = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(saved(STATE))) as ours, zipfile.ZipFile(box, "w") as theirs:
        for one in ours.infolist():
            content = ours.read(one)
            if one.filename.endswith("data.pkl"):
                content = content.replace(b"X\x03\0\0\0cpu", b"X\x06\0\0\0cuda:0")
                assert b"cuda:0" in content
            theirs.writestr(one.filename, content)
    found, why = state_dict_of(box.getvalue(), STATE)
    assert why == ""
    assert torch.equal(found["weight"], STATE["weight"])


DAMAGED = "it is damaged, or holds more than tensors"


@pytest.mark.parametrize(("content", "words"), [
    (b"", "it is not there any more"),
    (b"no checkpoint at all", DAMAGED),
    (saved(STATE)[:200], DAMAGED),
    (saved(MODEL), DAMAGED),
    (pickle.dumps(Bad(), 2), DAMAGED),
    (saved({"model": Bad()}), DAMAGED),
    (saved([1, 2, 3]), "it holds no state_dict of a network"),
    (saved({}), "it holds no state_dict of a network"),
    (saved(torch.ones(3)), "it holds no state_dict of a network"),
    (saved({"weight": STATE["weight"]}), "it has no bias, which your DigitClassifier has"),
    (saved({**STATE, "more": torch.ones(1)}), "your DigitClassifier has no more, which it has"),
    (saved({**STATE, "bias": torch.ones(5)}), "its bias has the shape (5,), that of your DigitClassifier (2,)"),
    (saved({**STATE, "bias": torch.zeros(1).expand(10**12)}), "its bias has the shape (1000000000000,)"),
    (saved({**STATE, "bias": torch.tensor([0.0, float("nan")])}), "its bias holds numbers that are not finite"),
    (saved({**STATE, "bias": torch.ones(2, device="meta")}), "its bias holds numbers that are not finite, or none"),
    (saved({**STATE, "bias": torch.ones(2).to_sparse()}), "it holds no state_dict of a network"),
    (saved({1: torch.ones(1)}), "it holds no state_dict of a network"),
], ids=range(17))  # fmt: skip
def test_what_does_not_fit_is_refused_in_a_sentence(content: bytes, words: str) -> None:
    """Nothing of it is run, and nothing is raised"""
    found, why = state_dict_of(content, STATE)
    assert found is None
    assert why.startswith(words)


def test_files_are_listed_and_too_large_ones_named(tmp_path: Path) -> None:
    """The newest first, no link and no hidden folder; one that is large, or unpacks to much, is not read"""
    (tmp_path / "runs").mkdir()
    (tmp_path / ".hidden").mkdir()
    for at, name in enumerate(("runs/a.pt", "b.pth", "c.txt", ".hidden/d.pt")):
        (tmp_path / name).write_bytes(saved(STATE))
        os.utime(tmp_path / name, (at, at))
    (tmp_path / "link.pt").symlink_to("/etc/passwd")
    assert files_of(tmp_path) == ["b.pth", "runs/a.pt"]
    assert given(tmp_path, "b.pth") == (tmp_path / "b.pth").read_bytes()
    with open(tmp_path / "large.pt", "wb") as file:
        file.truncate(MOST_BYTES + 1)
    with zipfile.ZipFile(tmp_path / "bomb.pt", "w", zipfile.ZIP_DEFLATED) as inside:
        inside.writestr("archive/data.pkl", bytes(2 * MOST_BYTES))
    assert {given(tmp_path, name) for name in ("large.pt", "bomb.pt")} == {"it is larger than 16 MB"}
    assert bytes_of(tmp_path / "nothing.pt") == b""


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no pipes with names")
def test_what_is_no_file_of_weights_is_named(tmp_path: Path) -> None:
    """A link, a pipe, a folder, something elsewhere: each says what it is, and nothing is waited for"""
    root = tmp_path / "workspace"
    root.mkdir()
    (tmp_path / "outside.pt").write_bytes(saved(STATE))
    (root / "link.pt").symlink_to(tmp_path / "outside.pt")
    (root / "dangling.pt").symlink_to(tmp_path / "nothing")
    (root / "beyond").symlink_to(tmp_path)
    os.mkfifo(root / "pipe.pt")
    (root / "folder.pt").mkdir()
    (root / "empty.pt").touch()
    (root / "notes.txt").touch()
    link = "it is a symbolic link, which is not followed: put the file itself there"
    for name, why in (
        ("link.pt", link), ("dangling.pt", link),
        ("pipe.pt", "it is a pipe, no file"),
        ("folder.pt", "it is a folder, no file"), ("empty.pt", "it is empty"),
        ("notes.txt", "it is no .pt and no .pth file"),
        ("beyond/outside.pt", "it does not lie in the workspace"),
        ("../outside.pt", "it does not lie in the workspace"),
        ("nothing.pt", "it is not there any more"), ("notes.txt/a.pt", "it cannot be read: Not a directory"),
        ("a\0.pt", "it cannot be read: embedded null byte"),
    ):  # fmt: skip
        assert given(root, name) == why
    assert bytes_of(root / "pipe.pt") == b""


def test_half_a_character_hinders_no_message() -> None:
    """A name or a text that cannot be written as UTF-8 is shown with a question mark"""
    told = json.loads(messages.write(Nothing("a\udc80b"), 3))
    assert (told["number"], told["type"], told["why"]) == (3, "nothing", "a?b")


def test_a_page_says_why_a_file_is_not_taken(tmp_path: Path) -> None:
    """Of another network, or of none; the page goes on, and one that fits is taken"""
    with lab_of(tmp_path / "workspace") as (lab, address):
        root = lab.workspace.root
        source = lab.trees.solution(DIGITS).read_text(encoding="utf-8")
        (root / "other.pt").write_bytes(saved(STATE))
        (root / "bad.pt").write_bytes(b"no checkpoint")
        (root / "right.pt").write_bytes(lab.trees.beside(DIGITS, "digits_weights.pt").read_bytes())
        load = {"type": "load", "name": "other.pt"}
        unwritten = talk(address, "convolution/", load, until="nothing")[-1]["why"]
        assert unwritten == "your DigitClassifier is not written yet, so no file of its weights fits"
        (root / "exercises" / f"{DIGITS}.py").write_text(source, encoding="utf-8")
        for name, words in (("other.pt", "it has no "), ("bad.pt", "it is damaged"), ("none.pt", "it is not there")):
            told = talk(address, "convolution/", {"type": "load", "name": name}, until="nothing")
            assert told[-1]["why"].startswith(f"the file {name} cannot be used: {words}")
        judged = talk(address, "convolution/", {"type": "load", "name": "right.pt"}, until="judged")[-1]
        assert judged["owner"] == "yours"
        assert judged["accuracy"] > 0.9
