"""The desk in the browser: the markers' page over what `gradus grade` wrote."""

from __future__ import annotations

import os
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated

import typer

from ..errors import GradusError
from ..report.terminal import console
from .base import app, load

NEEDS = ("starlette", "uvicorn")  #: of what the extra [lab] brings
TOKEN = "GRADUS_DESK_TOKEN"  #: the variable of a token of one's own
LEAST = 20  #: letters of such a token
PLACEHOLDER = "put-here"  #: how what the guide says in a token's place begins: everybody knows that


@app.command()
def desk(
    results: Annotated[Path, typer.Argument(help="the folder that `gradus grade --out` wrote")] = Path("out"),
    as_name: Annotated[str, typer.Option("--as", help="who marks; default: your user name")] = "",
    user_header: Annotated[
        str, typer.Option("--user-header", help="who marks is what a proxy says in this header of its requests")
    ] = "",
    anonymous: Annotated[bool, typer.Option("--anonymous", help="show no student's name anywhere")] = False,
    read_only: Annotated[bool, typer.Option("--read-only", help="change nothing")] = False,
    policy: Annotated[
        Path | None, typer.Option("--policy", help="deadlines and lateness; default: policy.toml in RESULTS")
    ] = None,
    roster: Annotated[Path | None, typer.Option("--roster", help="a CSV that says who is who")] = None,
    port: Annotated[
        int | None, typer.Option("--port", min=1, max=65535, help="listen on this port; default: a free one")
    ] = None,
    host: Annotated[str, typer.Option("--host", help="name of a proxy that leads here")] = "",
    submissions: Annotated[
        Path | None,
        typer.Option("--submissions", help="what was graded: shows answers in words, and can be graded again"),
    ] = None,
    requests: Annotated[
        Path | None, typer.Option("--requests", help="a CSV of requests to look again: student, page, request")
    ] = None,
    browser: Annotated[bool, typer.Option("--browser/--no-browser", help="open the browser")] = True,
) -> None:  # fmt: skip
    """Grade by eye in your browser: class, code with failing checks, rubric, figures; stop with Ctrl-C."""
    if any(find_spec(needed) is None for needed in NEEDS):
        raise GradusError("the desk needs a few libraries more: pip install 'gradus-course[lab]'")
    from ..desk.again import Again
    from ..desk.results import Results
    from ..desk.run import run
    from ..desk.site import Desk
    from ..desk.who import Who
    from ..intake import roster as people

    who = Who(as_name, user_header)
    token = os.environ.get(TOKEN, "")
    if token and (len(token) < LEAST or not all(c.isascii() and (c.isalnum() or c in "-_") for c in token)):
        raise GradusError(f"{TOKEN}: say at least {LEAST} letters, digits, - and _, as `openssl rand -hex 20` gives")
    if PLACEHOLDER in token.lower():
        raise GradusError(
            f"{TOKEN} is still what the guide says in its place, which everybody knows: put there what "
            "`openssl rand -hex 20` gives, and the same into the proxy's configuration"
        )
    course, trees = load()
    kept = Results(results, course, policy, read_only, people.load(roster) if roster is not None else None)
    for given, option in ((submissions, "--submissions"), (requests, "--requests")):
        if given is not None and not given.exists():
            raise GradusError(f"{option} {given}: there is no such file or folder")
    again = None
    if submissions is not None:
        names = roster.resolve() if roster is not None else None
        again = Again(submissions.resolve(), kept.folder.resolve(), trees.root, names)
    opened = Desk(kept, who, anonymous=anonymous, host=host, token=token, requests=requests, again=again)
    out = console()
    run(opened, port, browser, lambda line: out.print(line, markup=False, soft_wrap=True))
