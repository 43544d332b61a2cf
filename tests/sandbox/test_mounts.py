"""The allow-list of what a worker may read."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from autograder.sandbox.host import mounts

ROOT = Path(mounts.__file__).resolve().parents[3]


def covers(shown: str, path: str | Path) -> bool:
    """Is `path` what is shown, or below it?"""
    return os.path.realpath(path) == os.path.realpath(shown) or Path(shown) in Path(path).parents


def bound(arguments: list[str]) -> list[str]:
    """What the arguments of bubblewrap mount from the host."""
    return [arguments[i + 1] for i, a in enumerate(arguments) if a in ("--ro-bind", "--bind", "--dev-bind")]


def test_the_closure_follows_requirements():
    """a distribution brings what it requires, by normalised names, and nothing brings what carries labels"""
    names = {mounts._key(d.metadata["Name"]) for d in mounts.closure(("torch",))}
    assert {"torch", "sympy", "jinja2", "typing-extensions"} <= names
    assert "numpy" in {mounts._key(d.metadata["Name"]) for d in mounts.closure(("pandas",))}
    assert mounts.closure(("no-such-distribution-anywhere",)) == []


@pytest.mark.parametrize("name", [*sorted(mounts.NEVER), "NLTK", "Gradus_Course"])
def test_what_carries_labels_is_never_shown(name):
    """a distribution with labelled data sets, or our own, is not shown, even when an exercise asks for it"""
    assert mounts.closure((name,)) == []
    assert mounts.readable((name,)) == mounts.readable(("no-such-distribution-anywhere",))


def secrets() -> list[Path]:
    """Files that no worker may see."""
    import sklearn

    here = [Path(mounts.__file__), ROOT / "autograder" / "exam.py", Path.home() / ".bashrc"]
    here += [Path(sklearn.__file__).parent / "datasets" / name for name in ("data/digits.csv.gz", "descr", "images")]
    here += [ROOT / folder / "x" for folder in ("course", "solutions", "exercises", "notebooks", "data", "tests")]
    return [*here, Path("/etc/passwd"), Path("/proc/self/environ"), Path("/root/x"), Path("/home/x"), Path("/var/x")]


def test_no_secret_is_below_what_is_shown():
    """neither our files, nor scikit-learn's labels, nor anybody's home is below a path that is shown"""
    shown, _, site = mounts.readable(())
    for secret in secrets():
        assert not [path for path in shown if covers(path, secret) and path not in site], secret


def test_torch_numpy_and_the_interpreter_are_shown():
    """what every worker needs is shown"""
    import numpy
    import torch

    shown, _, site = mounts.readable(())
    for needed in (torch.__file__, numpy.__file__, os.__file__, os.path.realpath(sys.executable)):
        assert any(covers(path, os.path.realpath(needed)) or covers(path, needed) for path in shown), needed
    assert all(os.path.isdir(folder) for folder in site)


def test_what_is_shown_exists():
    """nothing is shown that is not there: bubblewrap would not start"""
    for path in mounts.readable(())[0]:
        assert os.path.exists(path), path


@pytest.mark.parametrize("root", [True, False], ids=["root", "user"])
def test_bubblewrap_arguments(root):
    """no network, no other processes, everything read-only, no site-packages as a whole, and no secret"""
    arguments = mounts.bubblewrap_arguments((), root)
    assert {"--unshare-net", "--unshare-pid", "--unshare-ipc", "--die-with-parent"} <= set(arguments)
    assert ("--unshare-user" in arguments) is not root
    assert not {"--bind", "--dev-bind", "--share-net"} & set(arguments)
    assert {"/", "/dev"} <= {arguments[i + 1] for i, a in enumerate(arguments) if a == "--remount-ro"}
    shown = bound(arguments)
    assert "/" not in shown
    assert not [path for path in shown if os.path.basename(path) in ("site-packages", "dist-packages")]
    hidden = [arguments[i + 1] for i, a in enumerate(arguments) if a == "--tmpfs"]
    for secret in secrets():
        above = [path for path in shown if covers(path, secret)]
        assert not above or any(covers(path, secret) for path in hidden), (secret, above)
    granted = {arguments[i + 1] for i, a in enumerate(arguments) if a == "--cap-add"}
    assert granted <= {"CAP_SYS_ADMIN", "CAP_SETUID", "CAP_SETGID", "CAP_SETFCAP", "CAP_KILL"}


def test_bubblewrap_makes_parents_before_children():
    """every folder is made before something is mounted below it, readable for the worker's user"""
    arguments = mounts.bubblewrap_arguments((), True)
    made: set[str] = {"/"}
    for i, argument in enumerate(arguments):
        if argument == "--dir":
            assert arguments[i - 2 : i] == ["--perms", "0755"]
            assert str(Path(arguments[i + 1]).parent) in made
            made.add(arguments[i + 1])
        elif argument == "--tmpfs":
            made.add(arguments[i + 1])
        elif argument == "--ro-bind":
            target = Path(arguments[i + 2])
            assert str(target.parent) in made or any(parent in map(Path, bound(arguments)) for parent in target.parents)


def test_landlock_paths_open_site_folders_by_name_only():
    """where nothing can be hidden below what is shown, a site folder opens its names alone, never its contents"""
    _, hidden, site = mounts.readable(())
    paths = mounts.landlock_paths(())
    for folder in site:
        assert f"={folder}" in paths
    for folder in (*site, *hidden):
        assert folder not in paths
        assert not [path for path in paths if covers(path, folder) and not path.startswith("=")]
    for secret in secrets():
        assert not [path for path in paths if covers(path, secret)], secret
