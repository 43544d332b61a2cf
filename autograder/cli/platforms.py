"""What Gradescope and GitHub Classroom call on their machines: one student's folder in, their own format out.

``python -m autograder.cli.platforms gradescope ROOT ADDRESS...``, where ROOT is laid out as ``/autograder`` there, and
``python -m autograder.cli.platforms classroom ADDRESS...`` in the checkout that is graded.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

from ..course import syllabus, trees
from ..errors import GradusError
from ..export import classroom, gradescope
from ..export.files import write_whole
from ..gradebook.class_totals import weighted
from ..language import _, speak, speaking, told_error
from ..model import Syllabus
from ..running.one_folder import grade_folder


def on_gradescope(arguments: list[str]) -> int:
    """Grade what lies below ROOT, and write the result whole or not at all; 1 when there is no score in it."""
    root = Path(arguments[0])
    place = root / "results" / "results.json"
    try:
        metadata = json.loads((root / "submission_metadata.json").read_text(encoding="utf-8"))
        student = ", ".join(user["email"] for user in metadata["users"])
    except (OSError, ValueError, KeyError, TypeError):
        student = "student"
    try:
        course = _course()
        document = gradescope.results(
            weighted(grade_folder(root / "submission", arguments[1:], student), course), course
        )
    except GradusError as error:
        document = gradescope.nothing(told_error(error))
    write_whole(place, json.dumps(document))
    return 0 if "score" in document else 1


def on_classroom(arguments: list[str]) -> int:
    """Grade the current folder, and tell GitHub by the files that it names."""
    try:
        course = _course()
        grades = weighted(grade_folder(Path.cwd(), arguments), course)
    except GradusError as error:
        print(f"gradus: {told_error(error)}", file=sys.stderr)
        return 2
    _append(os.environ.get("GITHUB_OUTPUT"), f"result={classroom.encoded(grades, course)}\n")
    _append(os.environ.get("GITHUB_STEP_SUMMARY"), classroom.summary(grades, course))
    print(classroom.total(grades))
    lost = [g.exercise for g in grades if g.status == "internal"]
    if lost:
        pages = ", ".join(lost)
        print(f"gradus: {_('the grader itself failed at {pages}; run the job again', pages=pages)}", file=sys.stderr)
        return 3
    return 0  # the points say it; a red step would hide the reporter's own verdict


def _course() -> Syllabus:
    """Load the course, whose weights count, as the platform adds up whatever it is given; speak its language."""
    places = trees.trees()
    speak(syllabus.language_of(places), places.root)  # what is wrong with it is told in it, too
    return syllabus.load(places)


def _append(path: str | None, text: str) -> None:
    if path:
        with open(path, "a", encoding="utf-8") as file:
            file.write(text)


def main(arguments: list[str]) -> int:
    """Do what the platform of the first argument asks for; 2 where there is no such platform."""
    doors = {"gradescope": on_gradescope, "classroom": on_classroom}
    if not arguments or arguments[0] not in doors:
        print(f"gradus: name a platform: {', '.join(doors)}", file=sys.stderr)
        return 2
    with speaking(""):
        return doors[arguments[0]](arguments[1:])


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
