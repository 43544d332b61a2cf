"""Where the trees of a course are: the one that comes with this package, one of a teacher's own, or one over another.

Which course is meant is decided once, by :func:`trees`: a folder that is named (``--course``), ``$GRADUS_COURSE``, the
course or the workspace that one stands in, else the one that comes with this package.
"""

from __future__ import annotations

import json
import os
import stat
import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from ..errors import CourseError

GONE = "WHERE.txt"  #: in the place of the solutions, in a copy of the course that has none: where they are
_PACKAGE = Path(__file__).resolve().parent.parent
BUNDLED = "gradus"  #: how a course.toml names the course that comes with this package
_chosen: Path | None = None


@dataclass(frozen=True)
class Trees:
    """The folders of one course, all with the same addresses below them.

    Args:
        base: the course that this one lies over: what is not here is looked for there, file by file.
    """

    root: Path
    course: Path
    solutions: Path
    exercises: Path
    notebooks: Path
    data: Path
    pages: Path
    base: Trees | None = None

    def lesson(self, address: str) -> Path:
        """Return the lesson of an exercise."""
        return self._found(lambda trees: trees.course / f"{address}.md")

    def beside(self, address: str, name: str) -> Path:
        """Return a file that lies beside a lesson, such as its picture."""
        return self._found(lambda trees: (trees.course / f"{address}.md").parent / name)

    def picture_script(self, address: str) -> Path:
        """Return the script that draws the lesson's picture, where there is one."""
        return self.beside(address, f"{address.rpartition('/')[2]}_picture.py")

    def solution(self, address: str) -> Path:
        """Return the reference solution, the source of stub and notebook."""
        return self._found(lambda trees: trees.solutions / f"{address}.py")

    def files(self, address: str) -> Path:
        """Return the folder of the data files and images that a page's code opens, be there one or not."""
        return self._found(lambda trees: trees.solutions / f"{address}_files")

    def without_solutions(self) -> str:
        """Return what is said of the solutions of a copy that was made without them; "" where they are here."""
        place = self.solutions / GONE
        return place.read_text(encoding="utf-8").strip() if place.is_file() else ""

    def stub(self, address: str) -> Path:
        """Return the generated stub."""
        return self.home(address).exercises / f"{address}.py"

    def notebook(self, address: str) -> Path:
        """Return the generated nbgrader source notebook."""
        return self.home(address).notebooks / "source" / f"{address}.ipynb"

    def check(self, address: str) -> Path:
        """Return the pytest file."""
        return self._of_page(address, f"test_{address.rpartition('/')[2]}.py")

    def misconception(self, address: str) -> Path:
        """Return the file of the wrong ways."""
        return self._of_page(address, "misconceptions.py")

    def variant(self, address: str) -> Path:
        """Return the file of the other right ways."""
        return self._of_page(address, "variants.py")

    def drafts(self, address: str) -> Path:
        """Return the file of the first drafts."""
        return self._of_page(address, "drafts.py")

    def waiver(self, address: str) -> Path:
        """Return the file that says what the docstrings leave open on purpose."""
        return self._of_page(address, "waivers.toml")

    def all_pages(self) -> tuple[Path, ...]:
        """Return the folders that checks stand in: this course's, and those of the ones below it."""
        return (self.pages, *(self.base.all_pages() if self.base is not None else ()))

    def all_data(self) -> tuple[Path, ...]:
        """Return the folders of data sets, the nearest first; every course has those of this package, too."""
        below = self.base.all_data() if self.base is not None else (trees(own_root()).data,)
        return tuple(dict.fromkeys((self.data, *below)))

    def home(self, address: str) -> Trees:
        """Return the course whose generated files of a page count: this one, if anything of the page is its own."""
        if self.base is None or self.writes(address):
            return self
        return self.base.home(address)

    def writes(self, address: str) -> bool:
        """Tell whether anything that a page is made of stands in this course itself."""
        own = (
            self.course / f"{address}.md", self.solutions / f"{address}.py", self.solutions / f"{address}_files",
            self.pages / address,
        )  # fmt: skip
        return any(path.exists() for path in own)

    def _of_page(self, address: str, name: str) -> Path:
        return self._found(lambda trees: trees.pages / address / name)

    def _found(self, place: Callable[[Trees], Path]) -> Path:
        """Return where a file is: here, or below where it is not here but there."""
        here = place(self)
        if self.base is None or here.exists():
            return here
        below = self.base._found(place)
        return below if below.exists() else here


def own_root() -> Path:
    """Return the folder of the course that this package belongs to, whichever is taught."""
    checkout = _PACKAGE.parent
    return checkout if is_course(checkout) else _PACKAGE / "trees"


def is_course(folder: Path) -> bool:
    """Tell whether a folder is one of a course.

    Raises:
        CourseError: what describes it is no file, or cannot be read: no other course is meant then.
    """
    path = folder / "course" / "course.toml"
    if wrong := unreadable(path):
        raise CourseError(f"{path}: {wrong}; or name another course with --course")
    return os.path.isfile(path)  # False, and no error, where another user locked the way to it


def unreadable(path: Path) -> str:
    """Say why what lies at a path cannot be read as a file, and what to do; "" where it can, or nothing lies there."""
    try:
        if path.parent.is_symlink() and not path.parent.exists():
            return f"{path.parent.name} is a link to nothing; mend the link"
        kind = path.lstat().st_mode
        if stat.S_ISLNK(kind):
            kind = path.stat().st_mode
    except NotADirectoryError:
        return ""  # a file is called as its folder would be
    except FileNotFoundError:
        return "is a link to nothing; mend the link" if path.is_symlink() else ""
    except OSError as error:
        return f"cannot be reached ({error.strerror}); mend its folder" if _own(path.parent) else ""
    if stat.S_ISDIR(kind):
        return "is a folder where a file is needed; put the file there"
    if not stat.S_ISREG(kind):
        return "is a pipe, socket or device where a file is needed; put the file there"
    return "" if os.access(path, os.R_OK) else "may not be read by you; change its permissions"


def _own(folder: Path) -> bool:
    """Tell whether a folder is ours to mend: what another user locks away above where we stand is no matter of ours."""
    try:
        return folder.lstat().st_uid == os.geteuid()
    except (OSError, AttributeError):  # AttributeError: a system without users
        return True


def installed(trees: Trees) -> bool:
    """Tell whether a course lies inside an installed package: it is read there, never written."""
    return trees.root == _PACKAGE / "trees"


def choose(root: Path | None) -> None:
    """Take the course in this folder wherever none is named, in this process and in those forked from it."""
    global _chosen
    _chosen = root.resolve() if root is not None else None


def around(folder: Path) -> Path | None:
    """Return the course that a folder lies in, or that its workspace was made from; None where there is none.

    Raises:
        CourseError: the course of the workspace is gone.
    """
    for place in (folder, *folder.parents):
        if is_course(place):
            return place
        kept = place / ".gradus" / "workspace.json"
        if kept.is_file():
            try:
                told = json.loads(kept.read_text(encoding="utf-8")).get("course")
            except (OSError, ValueError, AttributeError):
                continue
            if told == BUNDLED:
                return own_root()
            if isinstance(told, str) and told:
                if not is_course(Path(told)):
                    raise CourseError(f"{told}: the course of this workspace is not there; name it with --course")
                return Path(told)
    return None


def in_workspace(folder: Path) -> bool:
    """Tell whether a folder lies in a student's workspace."""
    return any((place / ".gradus" / "workspace.json").is_file() for place in (folder, *folder.parents))


def trees(root: Path | None = None) -> Trees:
    """Find the trees below `root`; by default of the course that is meant, see above.

    Raises:
        CourseError: ``$GRADUS_COURSE`` names no course, what describes a course cannot be read, or a course lies over
            one that is not there.
    """
    root = root or _chosen
    if root is None and os.environ.get("GRADUS_COURSE"):
        root = Path(os.environ["GRADUS_COURSE"]).resolve()
        if not is_course(root):
            raise CourseError(f"GRADUS_COURSE={root}: there is no course/course.toml; name the folder of a course")
    if root is None:
        try:
            root = around(Path.cwd())
        except FileNotFoundError:  # the folder that we are in was deleted
            root = None
    return _below(root or own_root(), ())


def _below(root: Path, over: tuple[Path, ...]) -> Trees:
    if root in over:
        raise CourseError(f"{root / 'course' / 'course.toml'}: courses lie over each other in a circle")
    is_course(root)  # what describes it may be a pipe, which nobody may wait for
    if root == own_root():
        pages = _PACKAGE / "pages"
    else:
        pages = root / "autograder" / "pages" if (root / "autograder" / "pages").is_dir() else root / "pages"
    below = _extended(root)
    return Trees(
        root=root, course=root / "course", solutions=root / "solutions", exercises=root / "exercises",
        notebooks=root / "notebooks", data=root / "data", pages=pages,
        base=_below(below, (*over, root)) if below is not None else None,
    )  # fmt: skip


def _extended(root: Path) -> Path | None:
    """Return the course that the one in this folder says it lies over; what is wrong with the rest is not said here."""
    path = root / "course" / "course.toml"
    try:
        name = tomllib.loads(path.read_text(encoding="utf-8")).get("extends", "")
    except (OSError, ValueError):
        return None
    if not isinstance(name, str) or not name:
        return None
    below = own_root() if name == BUNDLED else (root / name).resolve()
    if not is_course(below):
        raise CourseError(
            f'{path}, key extends: {below} holds no course/course.toml; say "{BUNDLED}" for the course that comes with '
            "gradus, or name the folder of another"
        )
    return below
