"""The help of the commands in the language of the course that one stands in, where its catalogue has the words."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from io import StringIO
from typing import Any

import typer
from typer.core import TyperCommand

from ..errors import GradusError
from ..language import _, speaking, spoken_code, translated

#: what the library that reads the command line says in every help
_FIXED = (
    "Usage:", "Options:", "Arguments:", "[OPTIONS]", "COMMAND [ARGS]...", "[default: ", "[required]",
)  # fmt: skip

UsageError: type[Exception] = typer.BadParameter.__mro__[1]  #: what is wrong with a command line


@contextmanager
def in_language() -> Iterator[None]:
    """Speak the language of the course that is meant here inside; English where there is none that can be read."""
    from ..course.syllabus import language_of
    from ..course.trees import trees

    try:
        places = trees()
        language, root = language_of(places), places.root
    except GradusError:
        language, root = "", None
    with speaking(language, root):
        yield


_runs: ContextVar[str] = ContextVar("the module of the command that runs", default="")


def for_authors() -> bool:
    """Tell whether the command that runs is one for authors: it speaks English, as the faults of a course do."""
    return _runs.get() in ("author", "proof")


class Spoken(TyperCommand):
    """A command whose help is in the course's language."""

    def invoke(self, ctx: Any) -> Any:
        """Run the command, and know for whom it is."""
        token = _runs.set(str(getattr(self.callback, "__module__", "")).rpartition(".")[2])
        try:
            return super().invoke(ctx)
        finally:
            _runs.reset(token)

    def get_help(self, ctx: Any) -> str:
        """Return the help."""
        with in_language():
            speak_of(self, ctx)
            return fixed(super().get_help(ctx))


def shown_in_language(error: Any) -> Any:
    """Return an error of the command line, such as a misspelt option, that shows itself in the course's language."""
    show = error.show

    def spoken(file: Any = None) -> None:
        text = StringIO()
        show(text)
        with in_language():
            lines = [fixed(translated(line)) for line in text.getvalue().splitlines()]
        print("\n".join(lines), file=file or sys.stderr)

    error.show = spoken
    return error


def speak_of(command: Any, ctx: Any) -> None:
    """Put a command's words, and those of its parameters, into the language that is spoken."""
    if not spoken_code():
        return
    command.help = in_paragraphs(command.help or "")
    for parameter in command.get_params(ctx):
        if getattr(parameter, "help", None):
            parameter.help = _(" ".join(parameter.help.split()))


def in_paragraphs(text: str) -> str:
    """Return the help of a command in the language that is spoken, paragraph by paragraph."""
    return "\n\n".join(_(" ".join(part.split())) for part in re.split(r"\n\s*\n", text.strip()))


def fixed(text: str) -> str:
    """Return a help whose fixed words, too, are in the language that is spoken."""
    for words in _FIXED:
        text = text.replace(words, _(words.strip()) + " " * words.endswith(" "))
    return text
