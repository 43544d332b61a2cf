"""The same promise wherever checkout, environment and interpreter lie, and whatever surrounds the process.

A few of the places here; all of them with GRADUS_PLACES=1, as `make places` does.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from importlib.metadata import requires
from pathlib import Path

import pytest

from autograder.sandbox.host import mounts
from autograder.sandbox.host.probe import probe
from tests.helpers import ROOT, SOFTMAX

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="jails are for Linux")

ALL = os.environ.get("GRADUS_PLACES") == "1"
SOMEBODY = 65534  #: an ordinary user, where the tests run as the superuser
VERSION = f"python{sys.version_info.major}.{sys.version_info.minor}"
LONG = "/".join("a very long name " * 12 for _ in range(5))
CARRIED = ("autograder", "course", "exercises", "solutions", "notebooks", "data", "tests")


@dataclass
class Tree:
    """A checkout with an environment, and perhaps an interpreter, which can be moved as a whole."""

    root: Path
    own_interpreter: bool
    environment: dict[str, str] = field(default_factory=dict)

    @property
    def python(self) -> Path:
        return self.root / "venv" / "bin" / "python"

    def settle(self) -> None:
        """Write what names the place: the environment's link to its interpreter, and where the checkout is."""
        base = self.root / "python" if self.own_interpreter else Path(sys.base_prefix)
        home = base / "bin" if self.own_interpreter else Path(os.path.realpath(sys.executable)).parent
        binaries = self.python.parent
        binaries.mkdir(parents=True, exist_ok=True)
        self.python.unlink(missing_ok=True)
        self.python.symlink_to(home / VERSION)
        (self.root / "venv" / "pyvenv.cfg").write_text(f"home = {home}\nversion = {sys.version.split()[0]}\n")
        (self.site / "checkout.pth").write_text(f"{self.root / 'checkout'}\n")
        self.environment = {"LD_LIBRARY_PATH": str(base / "lib")} if self.own_interpreter else {}

    @property
    def site(self) -> Path:
        return self.root / "venv" / "lib" / VERSION / "site-packages"


def linked(source: Path, target: Path, *without: str) -> None:
    """The same files again, without copying what they hold where the file system allows that."""

    def link(one: str, other: str) -> None:
        try:
            os.link(one, other)
        except OSError:
            shutil.copy2(one, other)

    ignored = shutil.ignore_patterns(*without)
    shutil.copytree(source, target, copy_function=link, symlinks=True, ignore=ignored)


def build(root: Path) -> Tree:
    """A checkout, an environment with what Gradus needs and, where others may not read this one, an interpreter."""
    needed = [re.split(r"[\s;<>=!~\[(]", line, maxsplit=1)[0] for line in requires("gradus-course") or []]
    for distribution in mounts.closure((*mounts.BASE, *needed)):
        site = Path(str(distribution.locate_file("")))
        for name in {file.parts[0] for file in distribution.files or [] if file.parts[0] not in ("..", "__pycache__")}:
            target = root / "venv" / "lib" / VERSION / "site-packages" / name
            if (site / name).is_dir() and not target.exists():
                linked(site / name, target, "include", "tests")
            elif (site / name).is_file():
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(site / name, target)
    for name in CARRIED:
        linked(ROOT / name, root / "checkout" / name)
    base = Path(sys.base_prefix)
    own = base not in (Path("/usr"), Path("/usr/local")) and not readable_by_others(base)
    if own:
        library = root / "python" / "lib"
        linked(base / "lib" / VERSION, library / VERSION, "site-packages", "test", "idlelib", "config-*")
        for file in (base / "lib").glob("libpython*"):
            shutil.copy2(file, library)
        (root / "python" / "bin").mkdir()
        shutil.copy2(os.path.realpath(sys.executable), root / "python" / "bin" / VERSION)
    return Tree(root, own)


def readable_by_others(path: Path) -> bool:
    """May anybody go there?"""
    return all(folder.stat().st_mode & 0o001 for folder in (path, *path.parents))


@pytest.fixture(scope="module")
def tree() -> Iterator[Tree]:
    """One tree, moved from place to place."""
    with tempfile.TemporaryDirectory(prefix="gradus-place-", dir="/tmp") as folder:
        os.chmod(folder, 0o755)
        yield build(Path(folder) / "tree")


@contextlib.contextmanager
def moved(tree: Tree, below: Path, *, mode: int = 0o755, owner: int | None = None) -> Iterator[Tree]:
    """The tree at another place for a while.

    Skips the test where this user may not write, or nothing can be moved without copying it.
    """
    home = tree.root
    existing = next(folder for folder in (below, *below.parents) if folder.exists())
    if not os.access(existing, os.W_OK):
        pytest.skip(f"this user may not write below {existing}")
    if existing.stat().st_dev != home.parent.stat().st_dev:
        pytest.skip(f"{existing} is another file system")
    place = Path(tempfile.mkdtemp(prefix="gradus-place-", dir=existing))
    try:
        target = place / below.relative_to(existing) / "tree"
        target.parent.mkdir(parents=True, exist_ok=True)
        home.rename(target)
        tree.root = target
        tree.settle()
        place.chmod(mode)
        if owner is not None and os.getuid() == 0:
            os.chown(place, owner, owner)
        yield tree
    finally:
        if tree.root != home:
            tree.root.rename(home)
            tree.root = home
        shutil.rmtree(place)


def run(
    tree: Tree,
    *command: str,
    cwd: Path | str = "/",
    ordinary: bool = False,
    prefix: tuple[str, ...] = (),
    environment: Mapping[str, str | None] | None = None,
) -> subprocess.CompletedProcess[str]:
    """Run the tree's Python; `environment` replaces or, by None, takes away."""
    around: dict[str, str | None] = {"PATH": "/usr/bin:/bin", "HOME": "/", "NO_COLOR": "1", **tree.environment}
    around |= {"PYTHONDONTWRITEBYTECODE": "1", **(environment or {})}
    who = {"user": SOMEBODY, "group": SOMEBODY, "extra_groups": []} if ordinary and os.getuid() == 0 else {}
    return subprocess.run(
        [*prefix, str(tree.python), *command], cwd=cwd, capture_output=True, text=True, timeout=300, check=False,
        env={name: value for name, value in around.items() if value is not None}, **who,
    )  # fmt: skip


def promised(said: subprocess.CompletedProcess[str]) -> None:
    """Every level that works on this machine works there, and promises what it promises everywhere."""
    assert said.returncode == 0, said.stderr[-2000:]
    for level, found in json.loads(said.stdout).items():
        if probe(level).works:
            assert found == KEPT, level


KEPT = {
    "works": True, "detail": "the canary reached nothing", "honest work": 1, "writes outside its own": [],
    "found by the next": [], "on this machine": [],
}  # fmt: skip

GRADUS = ("-c", "from autograder.cli import entry; entry()")
PROMISE = "checkout/tests/places/promise.py"


def held(tree: Tree, workspace: Path, **how: object) -> None:
    """The promise holds, and a workspace can be begun and its page checked."""
    promised(run(tree, str(tree.root / PROMISE), **how))
    how.pop("cwd", None)
    begun = run(tree, *GRADUS, "init", str(workspace), **how)
    assert begun.returncode == 0, begun.stderr + begun.stdout
    page = next(path for path in workspace.rglob("softmax.*") if path.suffix in (".py", ".ipynb"))
    page.unlink()
    page.with_suffix(".py").write_text((ROOT / "solutions" / f"{SOFTMAX}.py").read_text())
    said = run(tree, *GRADUS, "check", "softmax", cwd=workspace, **how)
    assert (said.returncode, said.stderr) == (0, ""), said.stdout
    assert "11 of 11" in said.stdout


@pytest.fixture
def workspace() -> Iterator[Path]:
    """A folder that anybody may write."""
    with tempfile.TemporaryDirectory(prefix="gradus-space-", dir="/var/tmp") as folder:
        os.chmod(folder, 0o777)
        yield Path(folder, "work")


PLACES = ["/tmp", "/var/tmp", "/home", "/opt", "/tmp/Kurs für Anfänger (Übung 1)", f"/var/tmp/{LONG}"]
AWKWARD = PLACES[4]


def all_places(*given: object) -> object:
    """A case that only `make places` takes the time for."""
    return pytest.param(*given, marks=pytest.mark.skipif(not ALL, reason="takes long: make places"))


@pytest.mark.parametrize("ordinary", [False, True], ids=["as it is", "as an ordinary user"])
@pytest.mark.parametrize("place", [place if place == AWKWARD else all_places(place) for place in PLACES])
def test_below(tree, workspace, place, ordinary):
    """checkout, environment and interpreter below this folder: the same promise, and a page is checked"""
    with moved(tree, Path(place)):
        held(tree, workspace, ordinary=ordinary)


NOTHING = {"HOME": None, "TMPDIR": "/nowhere/at all"}
AROUND = [
    ("nothing", NOTHING),
    all_places("a home that cannot be written", {"HOME": "/proc"}),
    all_places("a folder for temporary files that cannot be written", {"TMPDIR": "/proc"}),
    all_places("another folder for temporary files", {"TMPDIR": "/dev/shm"}),
]


@pytest.mark.parametrize(("name", "environment"), AROUND)
def test_whatever_surrounds_it(tree, workspace, name, environment):
    """without a home, without the folder that TMPDIR names: the same promise, and a page is checked"""
    with moved(tree, Path(AWKWARD)):
        held(tree, workspace, ordinary=True, environment=environment)


@pytest.mark.parametrize("what", ["tree", all_places("python")])
def test_reached_by_a_link(tree, what):
    """the whole tree, or the interpreter alone, by a symbolic link: the same promise"""
    with moved(tree, Path("/tmp")):
        link = tree.root.with_name("by a link")
        link.symlink_to(tree.root / "python" if what == "python" else tree.root)
        if what == "tree":
            there = Tree(link, tree.own_interpreter)
            there.settle()
        else:
            there = tree
            home = link / "bin" if tree.own_interpreter else Path(os.path.realpath(sys.executable)).parent
            tree.python.unlink()
            tree.python.symlink_to(home / VERSION)
            (tree.root / "venv" / "pyvenv.cfg").write_text(f"home = {home}\n")
        promised(run(there, str(there.root / PROMISE), ordinary=True))


@pytest.mark.skipif(not ALL, reason="takes long: make places")
def test_on_a_read_only_file_system(tree):
    """where nothing of the tree can be written: the same promise"""
    with moved(tree, Path("/tmp")):
        shown = ("bwrap", "--dev-bind", "/", "/", "--ro-bind", str(tree.root), str(tree.root), "--")
        if os.getuid() != 0:
            pytest.skip("a sandbox within a read-only mount needs the superuser here")
        promised(run(tree, str(tree.root / PROMISE), prefix=shown))


@pytest.mark.skipif(not ALL, reason="takes long: make places")
def test_in_a_closed_home(tree):
    """in a folder that only its owner, an ordinary user, may enter: the same promise"""
    with moved(tree, Path("/home"), mode=0o700, owner=SOMEBODY):
        promised(run(tree, str(tree.root / PROMISE), ordinary=True))


@pytest.mark.skipif(os.getuid() != 0, reason="needs the superuser, who is stopped by no folder's mode")
def test_a_level_that_cannot_reach_its_libraries_does_not_work(tree):
    """below another's closed folder the superuser's worker, which gives up every right, is no grader: it is said"""
    with moved(tree, Path("/opt"), mode=0o700, owner=SOMEBODY + 1):
        said = run(tree, "-c", "from autograder.sandbox.host.probe import probe; print(probe('landlock'))")
        if "no Landlock" in said.stdout:
            pytest.skip("this kernel has no Landlock")
        assert "works=False" in said.stdout, said.stdout + said.stderr
        assert "cannot reach what it must read" in said.stdout


@pytest.mark.skipif(not ALL, reason="takes long: make places")
def test_below_the_shared_memory(tree):
    """in /dev/shm, with packages that are links to another file system: the same promise"""
    with tempfile.TemporaryDirectory(prefix="gradus-place-", dir="/dev/shm") as folder, moved(tree, Path("/tmp")):
        os.chmod(folder, 0o755)
        there = Tree(Path(folder, "tree"), tree.own_interpreter)
        there.site.mkdir(parents=True)
        for entry in tree.site.iterdir():
            (there.site / entry.name).symlink_to(entry)
        (there.site / "checkout.pth").unlink()
        shutil.copytree(tree.root / "checkout", there.root / "checkout")
        if tree.own_interpreter:
            (there.root / "python").symlink_to(tree.root / "python")
        there.settle()
        promised(run(there, str(there.root / PROMISE), ordinary=True))
