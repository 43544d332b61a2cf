"""Which checks can notice a change of which definition, and in which order to ask them."""

from __future__ import annotations

from functools import lru_cache

from ..judging.calls import Traces, names_handed
from ..judging.check import Check
from ..sandbox.wire.names import static_names


def by_cost(checks: list[Check]) -> list[list[str]]:
    """Sort the checks: those that are cheap, that read the source too, that train a little, that train in earnest."""
    phases: list[list[str]] = [[], [], [], []]
    for check in checks:
        marks = check.marks
        phases[3 if not marks.replayable else 2 if marks.training else 1 if marks.forbids else 0].append(check.name)
    return phases


@lru_cache(maxsize=64)
def users(solution: str) -> dict[str, set[str]]:
    """For each definition of a solution those that use it, itself and users of users included."""
    uses = {owner: set(names) for owner, names in static_names(solution).items()}
    reach = {name: {name} for name in uses}
    for _ in uses:  # as often as the longest chain of uses can be
        for name in uses:
            reach[name] |= {user for user, names in uses.items() if names & reach[name]}
    return reach


def reached(solution: str, oracle: Traces, names: list[str], reach: set[str]) -> list[str]:
    """Return the checks whose outcome can depend on these definitions, by what they call of the solution."""
    definitions = {*users(solution)}

    def depends(name: str) -> bool:
        calls = oracle[name].calls if name in oracle else []
        roots = {call.root for call in calls}
        handed = {word for call in calls for word in names_handed(call)}
        return not roots or not roots <= definitions or bool((roots | handed) & reach)

    return [name for name in names if depends(name)]
