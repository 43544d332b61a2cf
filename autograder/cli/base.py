"""What every command shares: the app, the options that several take, the course."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperGroup

from ..errors import GradusError
from ..helper import INTERRUPTED
from ..language import _, speak, speaking, told_error, translated
from .help import UsageError, fixed, for_authors, in_language, in_paragraphs, shown_in_language, speak_of

INCOMPLETE = 3  #: exit code: done, but for what the grader itself could not grade

if TYPE_CHECKING:
    from ..course.trees import Trees
    from ..model import Syllabus
    from ..student.progress import Progress
    from ..student.workspace import Workspace


class Grouped(TyperGroup):
    """Lists the commands by whom they are for, students first."""

    def invoke(self, ctx: Any) -> Any:
        """Run the command, whose language ends with it; its error is told in the language that it spoke."""
        with speaking(""), _stopped_in_words():
            try:
                return super().invoke(ctx)
            except UsageError as error:
                raise shown_in_language(error) from None
            except GradusError as error:
                error.args = (told_error(error), *error.args[1:])
                raise

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Read the options of all commands: the course may be named after the command as well as before it."""
        parsed: list[str] = super().parse_args(ctx, course_first(args))
        return parsed

    def make_context(self, *args: Any, **kwargs: Any) -> Any:
        """Read the command line; what is wrong with it is told in the course's language."""
        with _stopped_in_words():
            try:
                return super().make_context(*args, **kwargs)
            except UsageError as error:
                raise shown_in_language(error) from None

    def get_help(self, ctx: Any) -> str:
        """Return the help, in the language of the course that is meant here."""
        with in_language():
            speak_of(self, ctx)
            return fixed(super().get_help(ctx))

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        """Write one section for each reader."""
        sections: dict[str, list[tuple[str, str]]] = {}
        for name in self.list_commands(ctx):
            command = self.get_command(ctx, name)
            if command is not None and not command.hidden:
                module = str(getattr(command.callback, "__module__", "")).rpartition(".")[2]
                command.help = in_paragraphs(command.help or "")
                sections.setdefault(READERS.get(module, "Others"), []).append((name, command.get_short_help_str(68)))
        for title, rows in sections.items():
            with formatter.section(_(title)):
                formatter.write_dl(rows)


@contextlib.contextmanager
def _stopped_in_words() -> Iterator[None]:
    """Say of a command that Ctrl-C ended, and that has no words of its own for it, that it was stopped."""
    try:
        yield
    except KeyboardInterrupt:
        print(f"gradus: {_('stopped')}", file=sys.stderr)
        raise SystemExit(INTERRUPTED) from None


def course_first(args: list[str]) -> list[str]:
    """Return the words of a command line with ``--course DIR`` before all else, wherever it stands."""
    end = args.index("--") if "--" in args else len(args)
    for place, word in enumerate(args[:end]):
        if (word == "--course" and place + 1 < end) or word.startswith("--course="):
            after = place + (2 if word == "--course" else 1)
            return [*args[place:after], *args[:place], *args[after:]]
    return args


#: for whom the commands of each module are, in the order of the help
READERS = {
    "workspace": "For students", "watch": "For students", "student": "For students", "lab": "For students",
    "teacher": "For teachers", "marks": "For teachers", "desk": "For teachers", "marking": "For teachers",
    "exports": "For teachers", "feedback": "For teachers", "proof": "For authors", "author": "For authors",
}  # fmt: skip

app = typer.Typer(
    cls=Grouped,
    help="Gradus: a deep-learning course that can be run, and an autograder that says what you did.",
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

_said = False  #: is it known, or was it said, which course is meant?
MAX_SEED = (1 << 63) - 1  #: what a gradebook's column holds

Address = Annotated[str, typer.Argument(help="section/exercise, or the short name after the slash")]
Verbose = Annotated[bool, typer.Option("--verbose", help="name everybody in what is told of many")]
Json = Annotated[bool, typer.Option("--json", help="print one JSON document and nothing else")]
Jobs = Annotated[int | None, typer.Option("--jobs", "-j", min=1, help="judge processes; default: the machine's cores")]
Data = Annotated[str, typer.Option("--data", help="a data set that some pages offer, as mnist; default: their first")]


def choose(course: Path | None) -> None:
    """Take the course in this folder for every command that follows; None takes the one that is meant here."""
    from ..course import trees as paths

    global _said
    try:
        Path.cwd()
    except FileNotFoundError:
        raise GradusError("the folder that you are in was deleted; cd to another") from None
    paths.choose(course)
    _said = course is not None  # whoever names one knows which it is


def trees() -> Trees:
    """Return where the course's files are, be they right or not."""
    from ..course import trees as paths

    places = paths.trees()
    paths.choose(places.root)  # whatever becomes of the folder that we are in
    return places


def load(*, empty: bool = False) -> tuple[Syllabus, Trees]:
    """Load the course, and say where its files are; on the error stream, if it was found rather than named.

    Args:
        empty: it may have no pages yet.

    Raises:
        GradusError: there is nothing in it.
    """
    from ..course import syllabus
    from ..course.trees import in_workspace, own_root
    from ..text import printable

    global _said
    places = trees()
    course = syllabus.load(places)
    speak("" if for_authors() else course.language, places.root)
    if places.root != own_root() and not _said and not in_workspace(Path.cwd()):  # a student knows their course
        _said = True
        print(f"note: course {printable(course.title, 80)}, {printable(str(places.root), 300)}", file=sys.stderr)
    if not course.pages and not empty:
        raise GradusError(f"{places.course / 'course.toml'}: lists no exercises; `gradus new section/name` begins one")
    return course, places


def workspace_here() -> Workspace | None:
    """Return the workspace that we are in, if any; what is wrong with it is said."""
    from ..student.workspace import find

    found = find(Path.cwd())
    if found is not None and found.warning:
        warn(found.warning)
    return found


def progress_of(space: Workspace) -> Progress:
    """Load what is known of a workspace; what is wrong with that is said."""
    from ..student.progress import load as known

    found = known(space)
    if found.warning:
        warn(found.warning)
    return found


def warn(line: str) -> None:
    """Say something on the error stream that ends nothing."""
    from ..report.terminal import console

    console(stderr=True).print(_("note: {note}", note=translated(line)), style="yellow", markup=False, soft_wrap=True)


def cores() -> int:
    """Return how many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def nearest(name: str, known: Iterable[str], what: str, more: str = "") -> GradusError:
    """Make an error for a name that nothing has, with the nearest that something has."""
    from ..text import printable, similar_name

    near = similar_name(name, known)
    hint = f"; did you mean {printable(near, 80)}?" if near else more
    return GradusError(f"there is no {what} {printable(name, 80)}{hint}")


def known_data(course: Syllabus, name: str) -> str:
    """Return what was said after ``--data``, once it is known that a page offers it."""
    offered = sorted({data for exercise in course.exercises.values() for data in exercise.data})
    if name and name not in offered:
        raise nearest(name, offered, "data set", f"; there are {', '.join(offered)}")
    return name


def print_json(value: Any) -> None:
    """One JSON document on standard output."""
    from ..export.files import dumps

    sys.stdout.write(dumps(value))
