"""What a command passes over, in lines: what holds for many is one line with a count."""

from __future__ import annotations

from collections.abc import Iterable

from ..text import in_line, printable

FEW = 3  #: names that are told each in a line of its own


def noticed(before: str, notices: Iterable[tuple[str, str]], verbose: bool = False) -> list[str]:
    """Return a line for each notice, and one line with a count where many say the same.

    Args:
        before: what each line begins with.
        notices: whom or what it is about, and the words.
        verbose: every one has its own line.
    """
    by_words: dict[str, list[str]] = {}
    for name, words in notices:
        by_words.setdefault(words, []).append(name)
    lines = []
    for words, names in by_words.items():
        if verbose or len(names) <= FEW:
            lines += [printable(f"{before} {in_line(name, 200)}: {words}", 1000) for name in names]
        else:
            some = ", ".join(in_line(name, 40) for name in names[:FEW])
            more = f"{some} and {len(names) - FEW} more; --verbose names them all"
            lines.append(f"{before} {len(names)}: {printable(words, 300)} ({more})")
    return lines
