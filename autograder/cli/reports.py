"""What verify and author print of pages: once, or again on every save."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import typer

from ..errors import GradusError
from ..report.terminal import console
from ..text import counted

if TYPE_CHECKING:
    from ..course.trees import Trees
    from ..model import Syllabus


def _counts(report: Any) -> str:
    """Say in a line what was looked at."""
    from ..model import LEVELS

    if not report.level:
        return "cannot be read"
    if report.questions:
        draft = "draft, " if report.level == LEVELS[0] else ""
        return (
            f"{draft}{counted(report.questions, 'question')}, {counted(report.by_hand, 'point')} to be marked by hand"
        )
    counts = f"{report.proved}, {counted(report.checks, 'check')}"
    if report.misconceptions or report.level == "proven":
        counts += f", {counted(report.misconceptions, 'misconception')}, {counted(report.variants, 'variant')}"
    if report.mutants:
        counts += f", {report.killed} of {report.mutants} mutants die"
    if report.seeds > 1:
        counts += f", {report.seeds} seeds"
    if report.claimed:
        counts += f", {report.claimed:g} points rest on claims"
    if report.breakers is not None:
        counts += f", {report.breakers.summary}"
    if report.drafts.drafts:
        counts += f", {report.drafts.summary}"
    return counts


def show_reports(reports: list[Any], seconds: float, tables: bool, drafts: bool) -> None:
    """Print what verify says of each page, and at the end the count of its faults."""
    from rich.text import Text

    from ..authoring.breakers.table import rows

    out = console()
    for report in reports:
        line = Text("✗ " if report.faults else "✓ ", style="red" if report.faults else "green")
        line.append(f"{report.address:<42}", style="bold")
        line.append(_counts(report), style="default")
        out.print(line)
        for fault in report.faults:
            out.print(Text(f"    fault     {fault}", style="red"))
        for survivor in report.survivors:
            out.print(Text(f"    survivor  {survivor}", style="bright_black"))
        last = ("", "")
        for function, family, fate in rows(report.breakers) if tables and report.breakers is not None else ():
            first = (function if last[0] != function else "", family if last != (function, family) else "")
            last = (function, family)
            style = "red" if fate.startswith("survives") else "default" if fate[0].isdigit() else "bright_black"
            out.print(Text(f"    {first[0]:<28}{first[1]:<11}{fate}", style=style))
        for one in report.named:
            how = "is called" if one.exact else "looks like"
            out.print(Text(f"    named     {one.breaker}: {how} {one.said}", style="default" if one.lasts else "red"))
        for told in report.drafts.flaws if drafts else ():
            style = {"nothing": "red", "fact": "yellow"}.get(told.fate, "default")
            said = "" if told.by in told.wanted else f"  ← {told.by}"
            out.print(Text(f"    {told.fate:<10}{told.draft}: {told.function} {told.wanted}{said}", style=style))
        for promise in report.unproved:
            out.print(Text(f"    unproved  {promise}", style="red"))
    faults = sum(len(report.faults) for report in reports)
    out.print(f"{counted(len(reports), 'exercise')}, {counted(faults, 'fault')}, {seconds:.1f} s")


def watched(course: Syllabus, places: Trees, address: str, jobs: int, *, once: bool) -> None:
    """Show what each save makes of a page, until Ctrl-C; with `once` how it is now, breakers included."""
    from ..authoring import loop
    from ..course import syllabus
    from ..sandbox.host.start import start_template

    asked = syllabus.find_questions(course, address)
    if asked is not None:
        told = f"a page of questions, which a person marks: `gradus verify {asked.name}` looks at it"
        raise GradusError(f"{asked.address} is {told}")
    exercise = syllabus.find(course, address)
    template = start_template("plain", exercise.needs)
    out = console()
    try:
        if once:
            seen = loop.look(places, exercise.address, template, jobs, breakers=True)
            _show_look(seen)
            raise typer.Exit(1 if seen.report.faults else 0)
        out.print(f"watching {exercise.address}; stop with Ctrl-C", markup=False)
        saw = _show_first if out.is_terminal else lambda one, to_come: None
        for seen in loop.looks(places, exercise.address, template, jobs, saw=saw):
            if out.is_terminal:
                out.clear()
            _show_look(seen)
    except KeyboardInterrupt:
        out.print("stopped watching")
    finally:
        template.close()


def _show_first(one: Any, to_come: int) -> None:
    """Show what is known already of a page that is being looked at."""
    from rich.text import Text

    from ..authoring.loop import Own

    out = console()
    if isinstance(one, Own):
        fate = "fails" if one.name == "the stub" else "passes"
        out.print(Text(f"✓ {one.name} {fate}" if one.right else f"✗ {one.message}", "" if one.right else "red"))
    else:
        _show_mistake(one)
    if to_come:
        out.print(Text(f"  … {counted(to_come, 'known mistake')} to come", style="bright_black"))


def _show_mistake(one: Any) -> None:
    from rich.text import Text

    fate = f"dies by {one.dies_by}" if one.dies_by else "lives: no check notices it"
    out, sign = console(), "✓" if one.dies_by else "✗"
    out.print(Text(f"{sign} {one.name}  {fate}", style="default" if one.dies_by else "red"))
    for line in one.message.splitlines():
        out.print(Text(f"      {line}", style="bright_black"))


def _show_look(seen: Any) -> None:
    for one in seen.mistakes:
        _show_mistake(one)
    show_reports([seen.report], seen.seconds, tables=False, drafts=False)
