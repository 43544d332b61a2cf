"""By which definitions' calls a known mistake is recognised: its own, or of one that no check calls, its callers'."""

from __future__ import annotations

from ..sandbox.wire.names import static_names


def heard_through(of: str, solution: str, called: set[str]) -> tuple[str, ...]:
    """Return the definitions whose answers tell a mistake of this one.

    That is itself, where checks call it. A helper, or an asynchronous function, which no check can call, is heard
    through those that use it and are called, the nearest ones; through itself, where there are none.

    Args:
        solution: its source, which says what uses what.
        called: what checks call.
    """
    uses = {owner: {name.partition(".")[0] for name in names} for owner, names in static_names(solution).items()}
    near, seen = {of}, {of}
    while near and not near & called:
        near = {owner for owner, names in uses.items() if owner and names & near} - seen
        seen |= near
    return tuple(sorted(near & called)) or (of,)
