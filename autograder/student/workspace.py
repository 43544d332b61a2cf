"""A student's workspace: stubs, notebooks and lessons in a folder of their own, without solutions; later corrections.

``.gradus/workspace.json`` remembers what every file was handed out as, so that an update can tell what is the student's
work: a file that was touched is theirs, and is never written again.
"""

from __future__ import annotations

import contextlib
import hashlib
import itertools
import json
import os
from dataclasses import dataclass, field
from pathlib import Path

from ..authoring.notebook import PICTURE, released
from ..course.page_files import contents as contents_of
from ..course.syllabus import example, lesson_text, split_lesson
from ..course.trees import BUNDLED, Trees, own_root
from ..errors import CourseError, GradusError
from ..gradebook.keys import page_keys
from ..intake.outline import outline, page_of
from ..intake.submissions import Found, preferred
from ..language import _
from ..model import Exercise, Playground, QuestionPage, Syllabus

HIDDEN = ".gradus"
_MANIFEST = "workspace.json"

_README = """# {title}

Your workspace. Write in `exercises/`, or in the notebooks of `notebooks/` if you like these better; read `lessons/`.

    gradus            where you stand, and what is next
    gradus watch      checks whatever you save, as you save it
    gradus check {name:<15}one page; `--all` shows every failure, `--plot` a picture
    gradus hint {name:<16}one hint at a time
    gradus explain {name:<13}what the last mistake was about
    gradus reset {name:<15}begin a page again; what you had is kept
    gradus update               corrections of the course; what you wrote stays

In a notebook: `%load_ext autograder`, then `check("{name}")`.
"""


@dataclass
class Workspace:
    """A workspace: its folder, what was handed out (hash by path), and the hash of each page's checks then."""

    root: Path
    files: dict[str, str] = field(default_factory=dict)
    checks: dict[str, str] = field(default_factory=dict)
    course: str = BUNDLED  #: the folder of the course that it was made from
    warning: str = ""  #: what was wrong with its manifest

    @property
    def hidden(self) -> Path:
        """Return where Gradus keeps its own notes of this workspace."""
        return self.root / HIDDEN

    def save(self) -> None:
        """Keep the manifest."""
        known = {"files": self.files, "checks": self.checks, "course": self.course}
        write_text(self.hidden / _MANIFEST, json.dumps(known, indent=1) + "\n")

    def file_of(self, exercise: Exercise, trees: Trees) -> Path:
        """Return what the student works on: of stub and notebook the one written last; else the stub."""
        return self.found(exercise, trees).path

    def found(self, exercise: Exercise, trees: Trees) -> Found:
        """Return the file of :meth:`file_of`, and what is said of it where the other was written as late."""
        places = [self.root / f"exercises/{exercise.address}.py", self.root / f"notebooks/{exercise.address}.ipynb"]
        touched = [path for path in places if path.is_file() and not self.untouched(path)]
        page = page_of(trees.stub(exercise.address))
        text = touched[0].read_text(encoding="utf-8", errors="replace") if len(touched) == 2 else ""
        if page is not None and page.written(outline([text])):  # an editor saves when told to, a notebook by itself
            other = touched[1].relative_to(self.root)
            return Found(touched[0], (f"{other} has been saved too; to check that one, name it",))
        return preferred(touched, exercise, trees.stub(exercise.address)) if touched else Found(places[0])

    def untouched(self, path: Path) -> bool:
        """Tell whether this file is as it was handed out."""
        return self.files.get(path.relative_to(self.root).as_posix()) == digest(path)


@dataclass(frozen=True)
class Changes:
    """What an update did: files written, the student's, whose new version lies elsewhere, and those dropped."""

    written: tuple[str, ...]
    kept: tuple[tuple[str, str], ...]
    dropped: tuple[str, ...] = ()  #: the course has them no longer; here they stay


def digest(path: Path) -> str:
    """Return the hash of a file's content, "" when there is none."""
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError:
        return ""


def write_text(path: Path, text: str | bytes) -> None:
    """Write a file whole or not at all.

    Raises:
        GradusError: it cannot be written; what was there is there still.
    """
    temporary = path.with_name(path.name + ".part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary.write_bytes(text.encode() if isinstance(text, str) else text)
        os.replace(temporary, path)
    except OSError as error:
        with contextlib.suppress(OSError):
            temporary.unlink(missing_ok=True)
        raise GradusError(f"{path}: cannot be written: {error.strerror or error}") from None


def free_name(path: Path) -> Path:
    """Return this path, or the same with a number, whichever is not taken."""
    numbers = itertools.count(2)
    free = path
    while os.path.lexists(free):
        free = path.with_name(f"{path.stem}-{next(numbers)}{path.suffix}")
    return free


def set_aside(path: Path) -> str:
    """Move a damaged file out of the way; what to say of it."""
    aside = free_name(path.with_name(f"{path.stem}.damaged{path.suffix}"))
    try:
        path.rename(aside)
    except OSError as error:
        return f"{path}: damaged, and cannot be moved aside: {error.strerror or error}"
    return f"{path}: damaged; kept aside as {aside.name}"


def find(start: Path) -> Workspace | None:
    """Find the workspace that a folder lies in, None when it lies in none.

    One with a damaged manifest has a warning, and counts every file as the student's until the next update.
    """
    for folder in (start, *start.parents):
        place = folder / HIDDEN / _MANIFEST
        if place.is_file():
            return _read(folder, place)
    return None


def _read(folder: Path, place: Path) -> Workspace:
    try:
        kept = json.loads(place.read_text(encoding="utf-8"))
        return Workspace(folder, dict(kept["files"]), dict(kept["checks"]), str(kept.get("course", BUNDLED)))
    except OSError as error:
        return Workspace(folder, warning=f"{place}: cannot be read: {error.strerror or error}")
    except (ValueError, KeyError, TypeError):
        warning = (
            f"{set_aside(place)}. Your files are untouched; `gradus update` finds out anew which are as handed out"
        )
    workspace = Workspace(folder, warning=warning)
    with contextlib.suppress(GradusError):  # said above, if it may not be written
        workspace.save()
    return workspace


def contents(trees: Trees, syllabus: Syllabus) -> dict[str, bytes]:
    """Every file of a fresh workspace by its path."""
    files: dict[str, bytes] = {"README.md": _(_README, title=syllabus.title, name=example(syllabus)).encode()}
    for exercise in syllabus.exercises.values():
        address = exercise.address
        try:
            files[f"exercises/{address}.py"] = trees.stub(address).read_bytes()
        except OSError as error:
            raise CourseError(f"{address}: the stub cannot be read ({error}); run `gradus build`") from None
        files[f"notebooks/{address}.ipynb"] = handed_out(trees, exercise)
        for name, data in contents_of(trees, address).items():
            files[f"exercises/{exercise.section}/{name}"] = files[f"notebooks/{exercise.section}/{name}"] = data
    asked: list[QuestionPage | Playground] = [*syllabus.question_pages.values(), *syllabus.playgrounds.values()]
    for page in asked:
        files[f"notebooks/{page.address}.ipynb"] = handed_out(trees, page)
    lessons = {address: lesson_text(trees, page) for address, page in syllabus.pages.items()}
    lessons |= {address: split_lesson(trees.lesson(address))[1] for address in syllabus.playgrounds}
    for address, lesson in lessons.items():
        files[f"lessons/{address}.md"] = lesson.encode()
        for name in (match[2] for match in PICTURE.finditer(lesson)):
            picture = trees.beside(address, name)
            if picture.is_file():
                files[f"lessons/{address.partition('/')[0]}/{name}"] = picture.read_bytes()
    return files


def handed_out(trees: Trees, page: Exercise | QuestionPage | Playground) -> bytes:
    """Return the notebook of a page as students get it.

    Raises:
        CourseError: it cannot be read.
    """
    try:
        notebook = json.loads(trees.notebook(page.address).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise CourseError(f"{page.address}: the notebook cannot be read ({error}); run `gradus build`") from None
    return (json.dumps(released(notebook, page), indent=1, ensure_ascii=False) + "\n").encode()


def _name_of(trees: Trees) -> str:
    """Return how a workspace remembers its course: the one that comes with this package moves with it."""
    return BUNDLED if trees.root == own_root() else str(trees.root.resolve())


def init(root: Path, trees: Trees, syllabus: Syllabus) -> Workspace:
    """Make a workspace in a folder that is new or empty.

    Raises:
        GradusError: it holds something already.
    """
    if root.is_file() or (root.is_dir() and any(root.iterdir())):
        raise GradusError(f"{root}: is not empty; name a new folder, or run `gradus update` in your workspace")
    workspace = Workspace(root.resolve(), course=_name_of(trees))
    for name, content in contents(trees, syllabus).items():
        write_text(workspace.root / name, content)
        workspace.files[name] = hashlib.sha256(content).hexdigest()
    workspace.checks = page_keys(trees, syllabus.exercises.values())
    workspace.save()
    return workspace


def update(workspace: Workspace, trees: Trees, syllabus: Syllabus) -> Changes:
    """Bring corrections of the course: what the student did not touch is replaced, the rest is laid beside.

    The new version of a file that is the student's goes to ``.gradus/updates/``.
    """
    written: list[str] = []
    kept: list[tuple[str, str]] = []
    now = contents(trees, syllabus)
    for name, content in now.items():
        new, path = hashlib.sha256(content).hexdigest(), workspace.root / name
        if new == workspace.files.get(name) and path.exists():
            continue
        if not path.exists() or workspace.untouched(path):
            if digest(path) != new:
                write_text(path, content)
                written.append(name)
            workspace.files[name] = new
        elif digest(path) == new:  # not known, yet as handed out: the manifest was damaged
            workspace.files[name] = new
        else:
            aside = workspace.hidden / "updates" / name
            if digest(aside) != new:
                write_text(aside, content)
                kept.append((name, aside.relative_to(workspace.root).as_posix()))
    dropped = tuple(name for name in workspace.files if name not in now)
    for name in dropped:
        del workspace.files[name]
    workspace.checks = page_keys(trees, syllabus.exercises.values())
    workspace.course = _name_of(trees)
    workspace.save()
    return Changes(tuple(written), tuple(kept), tuple(n for n in dropped if (workspace.root / n).exists()))


def reset(workspace: Workspace, exercise: Exercise, path: Path, trees: Trees, syllabus: Syllabus) -> Path | None:
    """Begin a page again; where what was there is kept now, None when it was as handed out."""
    import time

    name = path.relative_to(workspace.root).as_posix()
    content = contents(trees, syllabus)[name]
    backup = None
    if path.is_file() and path.read_bytes() != content:
        stamp = time.strftime("%Y%m%d-%H%M%S")
        name_then = f"{exercise.section}-{path.stem}-{stamp}{path.suffix}"
        backup = free_name(workspace.hidden / "backups" / name_then)
        write_text(backup, path.read_bytes())
    write_text(path, content)
    workspace.files[name] = hashlib.sha256(content).hexdigest()
    workspace.save()
    return backup
