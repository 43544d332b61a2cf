"""Control groups, made and joined: on a folder that stands for them, and on the kernel's own where it lets us."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from autograder.sandbox.host import base, forked, probe
from autograder.sandbox.host.layers import control_groups
from autograder.sandbox.host.student import Student
from autograder.sandbox.worker import cgroups

MOUNTS = "22 1 0:20 / /sys rw - sysfs sysfs rw\n30 22 0:26 / {root} rw,nosuid shared:9 - cgroup2 cgroup2 rw\n"


@pytest.fixture(autouse=True)
def forgotten():
    """Where groups can be made is looked up anew."""
    cgroups.parent.cache_clear()
    yield
    cgroups.parent.cache_clear()


def fake(root: Path, own: str, **controllers: str) -> list[Path]:
    """The candidates on a machine whose groups are this folder."""
    (root / "mounts").write_text(MOUNTS.format(root=root))
    (root / "own").write_text(f"4:memory:/old\n0::{own}\n")
    for name, text in controllers.items():
        (root / name).mkdir(exist_ok=True)
        (root / name / "cgroup.subtree_control").write_text(text)
    return cgroups.candidates(str(root / "mounts"), str(root / "own"))


def test_the_candidates_are_our_own_group_and_the_one_above(tmp_path):
    """the place is read from the mounts, whatever else is mounted; the root has nothing above it"""
    assert fake(tmp_path, "/user/session") == [tmp_path / "user" / "session", tmp_path / "user"]
    assert fake(tmp_path, "/") == [tmp_path]


@pytest.mark.parametrize("text", ["", "0::/x\n", "nonsense"])
def test_no_version_2_no_candidates(tmp_path, text):
    """without a mount of cgroup v2, or a group in it, there is none"""
    (tmp_path / "mounts").write_text("22 1 0:20 / /sys rw - sysfs sysfs rw\n")
    (tmp_path / "own").write_text(text)
    assert cgroups.candidates(str(tmp_path / "mounts"), str(tmp_path / "own")) == []
    assert cgroups.candidates(str(tmp_path / "absent"), str(tmp_path / "absent")) == []


@pytest.mark.parametrize("controllers", ["", "cpu memory", "cpu memory pids"])
def test_a_group_that_cannot_be_used_is_none(tmp_path, monkeypatch, controllers):
    """without both controllers, or where nobody can be put into what is made, there is no parent and nothing is left"""
    places = fake(tmp_path, "/session", session=controllers)
    monkeypatch.setattr(cgroups, "candidates", lambda: places)
    assert cgroups.parent() is None
    assert cgroups.make(100, 20) is None
    assert not list(tmp_path.rglob("gradus-*"))


def test_what_a_group_is_told(tmp_path, monkeypatch):
    """memory with what is spare, no swap where the kernel counts it, the whole worker at once, the processes"""
    monkeypatch.setattr(cgroups, "parent", lambda: tmp_path)
    monkeypatch.setattr(cgroups.Group, "door", lambda self: os.open(os.devnull, os.O_WRONLY))
    made = cgroups.make(100, 20)
    told = {file.name: file.read_text() for file in made.path.iterdir()}
    assert told == {"memory.max": str((100 + cgroups.SPARE_MB) << 20), "memory.oom.group": "1", "pids.max": "21"}
    assert not made.overflowed()
    (made.path / "memory.events").write_text("max 3\noom 1\noom_kill 0\n")
    assert not made.overflowed()
    (made.path / "memory.events").write_text("max 3\noom 1\noom_kill 2\n")
    assert made.overflowed()


def worker_in(level: str, group: cgroups.Group, monkeypatch: pytest.MonkeyPatch) -> tuple[forked.Template, Student]:
    """A worker whose group is this one."""
    if not probe.probe(level).works:
        pytest.skip(f"{level} does not work on this machine")
    monkeypatch.setattr(cgroups, "make", lambda memory_mb, processes: group)
    template = forked.Template(level)
    student = Student(template, base.Limits())
    student.load_source("page", "def f(x): return x + 1")
    student.begin(0, 20)
    return template, student


@pytest.mark.parametrize("level", ["namespaces", "landlock"])
def test_a_worker_knocks_at_its_door(tmp_path, monkeypatch, level):
    """a worker writes itself into its group before it gives up its rights, and keeps no way to it"""
    group = cgroups.Group(tmp_path / "group")
    group.path.mkdir()
    (group.path / "cgroup.procs").touch()
    template, student = worker_in(level, group, monkeypatch)
    try:
        assert student.f(1) == 2
        assert (group.path / "cgroup.procs").read_text() == "0"
        (group.path / "memory.events").write_text("oom_kill 1\n")
        student.close()
        assert student.process.ending.greedy
        assert template._groups == {}
    finally:
        template.close()


@pytest.mark.parametrize("level", ["namespaces", "landlock"])
def test_a_worker_joins_and_the_group_goes(monkeypatch, level):
    """with the kernel's own groups: the worker is in its group, everybody in it ends with it, and it is removed"""
    place = next((place for place in cgroups.candidates() if os.access(place, os.W_OK)), None)
    group = cgroups.Group((place or Path("/nowhere")) / f"gradus-{os.getpid()}-test")
    try:
        group.path.mkdir()
    except OSError as error:
        pytest.skip(f"no control group of version 2 can be made here: {error.strerror}")
    try:
        template, student = worker_in(level, group, monkeypatch)
        try:
            assert student.f(1) == 2
            members = (group.path / "cgroup.procs").read_text().split()
            assert len(members) == 1
            assert control_groups(student.process).holds
            student.close()
            assert not group.path.exists()
        finally:
            template.close()
    finally:
        group.remove()


def test_what_a_grader_left_that_was_stopped_is_swept_away(tmp_path, monkeypatch):
    """groups whose grader lives no more are removed, those of a living one are not"""
    gone, ours = tmp_path / "gradus-999999999-0", tmp_path / f"gradus-{os.getpid()}-0"
    for path in (gone, ours):
        path.mkdir()
    monkeypatch.setattr(cgroups, "candidates", lambda: [tmp_path])
    assert cgroups.parent() is None
    assert not gone.exists()
    assert ours.exists()
