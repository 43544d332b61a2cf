"""Which known mistake is it? A misconception matches when it answers as the student did, call for call.

The rule is strict, because a false accusation costs more than silence. It is about one function: that of the call by
which a check failed. A misconception of it is named *exactly* when

* its calls of *f* and the student's agree in every check, callbacks, gradients and changed arguments included;
* at least one of those calls in the failed check differs from the reference solution's;
* both pass and fail the same checks of *f*.

What is left over is named; where several are, all of them are. A first draft often has a second flaw, by which no
misconception agrees with it in every call. Then the failure *looks like* the one that

* answers the failing call as the student did, in more than one number that tells them from the solution;
* is wrong in no call that the student answers rightly;
* agrees in more checks than any other misconception of *f* that agrees in this one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from ..course.catalogue import Rewrite
from ..model import Diagnosis
from ..sandbox.host.record import Call
from .answers import NO_NUMBERS, agrees, numberless_alike, same_answer, same_question, wrong_elsewhere
from .calls import Traces, calls_of, checks_of, functions_in
from .check import Trace
from .informative import telling, wrong_in_kind

#: calls a misconception's function afresh with these arguments; the record of that call, or None
Replay = Callable[[Rewrite, Call], Call | None]


@dataclass(frozen=True)
class Suspect:
    """A misconception and what it does in the checks of its function, which may be found out as it is asked for.

    Args:
        through: the function whose calls tell it, where checks do not call the one that it is written in.
    """

    rewrite: Rewrite
    traces: Traces
    through: str = ""

    @property
    def function(self) -> str:
        """Return the function by whose calls it is recognised."""
        return self.through or self.rewrite.of


def _match(student: list[Call], suspect: list[Call], rewrite: Rewrite, replay: Replay) -> bool:
    """Do both sides answer alike, as far as both were asked?"""
    for mine, theirs in zip(student, suspect, strict=False):
        if not same_question(mine, theirs):
            again = replay(rewrite, mine)
            if again is None or not same_answer(mine, again):
                return False
        elif not same_answer(mine, theirs):
            return False
    return True


def diagnose(
    student: Traces, oracle: Traces, suspects: Iterable[Suspect], replay: Replay, strict: str = ""
) -> dict[str, list[Diagnosis]]:
    """Diagnose every failed check.

    Args:
        strict: the check whose failure looks only like who answers alike the very call that it is about.
    """
    blamed = {name: call for name, trace in student.items() if (call := blame(trace, oracle.get(name))) is not None}
    found: dict[str, list[Diagnosis]] = {}
    suspects = list(suspects)
    models = _models(suspects)
    for suspect in sorted(suspects, key=lambda one: bool(one.rewrite.also)):
        model = models[suspect.function, suspect.rewrite.name]
        for name in _explained(student, oracle, suspect, model, blamed, replay):
            if not (suspect.rewrite.also and any(one.exact for one in found.get(name, ()))):  # one mistake says it all
                _add(found, name, suspect, exact=not suspect.rewrite.also)
    explained = {*found}
    for function in dict.fromkeys(call.root for name, call in blamed.items() if name not in found):
        for name, suspect, there in _look_alikes(function, student, oracle, suspects, blamed, replay):
            if name in explained:
                continue
            if name != strict or (there and not suspect.traces[name].passed):
                _add(found, name, suspect, exact=False)
    return found


def _explained(
    student: Traces, oracle: Traces, suspect: Suspect, model: Suspect, blamed: Mapping[str, Call], replay: Replay
) -> list[str]:
    """Return the checks whose failure a suspect explains that agrees with the student in every call.

    Args:
        model: the first source of its name.
    """
    function, found = suspect.function, list[str]()
    names = [n for n in checks_of(function, oracle) if n in suspect.traces and n in student]
    if not contradicts_nothing(student, oracle, suspect, names, replay):
        return []
    for name in names:
        if student[name].passed or name not in blamed:
            continue
        if function not in (blamed[name].root, _shaped(student[name], oracle[name], blamed[name])):
            continue
        if _of_its_own(suspect, model, name):
            continue
        calls = (calls_of(traces[name], function) for traces in (student, suspect.traces, oracle))
        if any(_tells(*three) for three in zip(*calls, strict=False)):
            found.append(name)
    return found


def _models(suspects: Iterable[Suspect]) -> dict[tuple[str, str], Suspect]:
    """Return the first source of each name of each function."""
    models: dict[tuple[str, str], Suspect] = {}
    for suspect in suspects:
        models.setdefault((suspect.function, suspect.rewrite.name), suspect)
    return models


def _of_its_own(suspect: Suspect, model: Suspect, name: str) -> bool:
    """Tell whether a source fails a check by another flaw than the one of its name: the first source passes it."""
    return model is not suspect and name in model.traces and model.traces[name].passed


def _add(found: dict[str, list[Diagnosis]], check: str, suspect: Suspect, exact: bool) -> None:
    rewrite = suspect.rewrite
    if rewrite.name not in {one.name for one in found.get(check, ())}:  # several sources may have one name
        found.setdefault(check, []).append(Diagnosis(rewrite.name, rewrite.hint, rewrite.of, exact))


def blame(trace: Trace, oracle: Trace | None) -> Call | None:
    """Return the call that a failure is about.

    That is the one whose answer the check looked at, unless the solution gives the same answer there: then it is the
    first that the solution answers otherwise.
    """
    if trace.passed or trace.blamed is None:
        return None
    departed = _departed(trace, oracle) if oracle is not None else []
    within = oracle is not None and any(call is trace.blamed for call in trace.calls[: len(oracle.calls)])
    if not within or any(call is trace.blamed for call in departed):
        return trace.blamed
    return next(iter(departed), trace.blamed)


def _departed(trace: Trace, oracle: Trace) -> list[Call]:
    """Return the calls that the solution was not asked, or answers otherwise, as far as both were asked."""
    pairs = zip(trace.calls, oracle.calls, strict=False)
    return [mine for mine, theirs in pairs if not (same_question(mine, theirs) and same_answer(mine, theirs))]


def _shaped(trace: Trace, oracle: Trace, blamed: Call) -> str:
    """Return the function that made of an object what it was when its answer was wrong: one that trained it, say.

    That is the first that the solution answers otherwise; "" where the answer is no object's.
    """
    return next((call.root for call in _departed(trace, oracle)), "") if blamed.label != blamed.root else ""


def _look_alikes(
    function: str,
    student: Traces,
    oracle: Traces,
    suspects: list[Suspect],
    blamed: Mapping[str, Call],
    replay: Replay,
) -> list[tuple[str, Suspect, bool]]:
    """Return checks, each with the one suspect that its failure looks like: two checks may show two flaws.

    So may one failure, where one flaw changes the values and another their kind, or one source has several names. Each
    comes with whether it looks like the suspect in the call that failed.
    """
    agreeing: dict[str, tuple[Suspect, dict[str, bool]]] = {}
    own = [one for one in suspects if one.function == function]
    models = _models(own)
    saying = _saying(function, student, oracle, own, models, blamed)
    for suspect in own:
        names = [n for n in checks_of(function, oracle) if n in suspect.traces and n in student]
        same = {name for name, said_by in saying.items() if said_by == {suspect.rewrite.name}}
        alike = _alike(function, student, oracle, suspect, names, blamed, replay, same)
        model = models[function, suspect.rewrite.name]
        alike = {name: there for name, there in alike.items() if not _of_its_own(suspect, model, name)}
        known = agreeing.get(suspect.rewrite.name)
        if alike and (known is None or len(alike) > len(known[1])):
            agreeing[suspect.rewrite.name] = suspect, alike
    found = []
    of_kind = {name for name, (suspect, _) in agreeing.items() if _is_of_kind(suspect, oracle)}
    for group in (agreeing.keys() - of_kind, of_kind):
        some = [agreeing[name] for name in agreeing if name in group]
        for check in sorted(set[str]().union(*(alike for _, alike in some))):
            near = [(alike[check], len(alike), suspect) for suspect, alike in some if check in alike]
            most = max((there, agreed) for there, agreed, _ in near)
            best = [suspect for there, agreed, suspect in near if (there, agreed) == most]
            best = [suspect for suspect in best if not suspect.rewrite.also] or best  # one mistake says it all
            if len({suspect.rewrite.source for suspect in best}) == 1:
                found += [(check, suspect, most[0]) for suspect in best]
    return found


def _contradicts(call: Call, other: Call, solved: Call) -> bool:
    """Tell whether a suspect is wrong where the student is right, be it the kind of the answer alone."""
    if same_answer(call, solved):
        return not same_answer(other, solved)
    return _of_another_kind(call, other, solved) and not agrees(call, other, solved)


def _of_another_kind(call: Call, other: Call, solved: Call) -> bool:
    """Tell whether all that a suspect gets wrong here is the kind of its answer, and the student's is of another."""
    values = all(one.outcome[0] == "value" for one in (call, other, solved))
    return values and wrong_in_kind(other.outcome[1], solved.outcome[1])


def _is_of_kind(suspect: Suspect, oracle: Traces) -> bool:
    """Tell whether all that a suspect gets wrong is the kind of what comes back, such as its dtype."""
    pairs = [
        (theirs, right)
        for name in checks_of(suspect.function, oracle)
        if name in suspect.traces
        for theirs, right in zip(
            calls_of(suspect.traces[name], suspect.function), calls_of(oracle[name], suspect.function), strict=False
        )
        if same_question(theirs, right) and not same_answer(theirs, right)
    ]
    return bool(pairs) and all(_of_another_kind(theirs, theirs, right) for theirs, right in pairs)


def _saying(
    function: str,
    student: Traces,
    oracle: Traces,
    suspects: list[Suspect],
    models: Mapping[tuple[str, str], Suspect],
    blamed: Mapping[str, Call],
) -> dict[str, set[str]]:
    """Return, by check, the names of those of whom it says what it says of the student: that a property is broken.

    It must say so of the first source of a name, too: else another flaw of the source is to blame. An empty name stands
    for what has none.
    """
    found: dict[str, set[str]] = {}
    for name, trace in student.items():
        if not trace.said or name not in blamed or blamed[name].root != function:
            continue
        for suspect in suspects:
            if name not in suspect.traces or not _falls_alike(trace.said, blamed[name], suspect.traces[name]):
                continue
            model = models[function, suspect.rewrite.name]
            own = model is suspect or (name in model.traces and model.traces[name].said == trace.said)
            if trace.said in NO_NUMBERS and _by_another(blamed[name], suspect.traces[name], oracle):
                own = False
            found.setdefault(name, set()).update({suspect.rewrite.name} if own else {suspect.rewrite.name, ""})
    return found


def _falls_alike(said: str, call: Call, trace: Trace) -> bool:
    """Tell whether a check says this of the suspect, too, and first of all, after the same call."""
    other = trace.blamed
    return said == trace.said and other is not None and other.label == call.label and same_question(call, other)


def _by_another(call: Call, trace: Trace, oracle: Traces) -> bool:
    """Tell whether an answer that holds no number may come from a slip that the suspect has not."""
    solved = next((one for t in oracle.values() for one in calls_of(t, call.root) if same_question(one, call)), None)
    if trace.blamed is None or solved is None:
        return False
    return not numberless_alike(call, trace.blamed) or wrong_elsewhere(call, trace.blamed, solved)


def _alike(
    function: str,
    student: Traces,
    oracle: Traces,
    suspect: Suspect,
    names: list[str],
    blamed: Mapping[str, Call],
    replay: Replay,
    same: set[str],
) -> dict[str, bool]:
    """Return the checks in which a suspect fails as the student does, and whether it does so in the call that failed.

    None where it is wrong and the student right, nor where all that they share is a single number.

    Args:
        same: the checks that find the same property broken by this suspect, and by no other.
    """
    death = suspect.rewrite.dies_by
    if death in names and student[death].passed and functions_in(oracle[death]) == [function]:
        return {}
    found, denied, shared, quarrels = dict[str, bool](), set(), set[float](), False
    for name in names:
        mine, theirs, right = (calls_of(traces[name], function) for traces in (student, suspect.traces, oracle))
        for place, call in enumerate(mine):
            solved = right[place] if place < len(right) and same_question(call, right[place]) else None
            if solved is None:
                break  # asked otherwise than the solution: which answer is right is not known
            other = _answer_of(suspect, theirs[place : place + 2], call, solved, replay)
            if other is not None and _contradicts(call, other, solved):
                return {}
            if other is None or same_answer(call, solved):
                continue
            if agrees(call, other, solved):
                odd = telling(other, solved)
                refused = solved.outcome[0] == "error"
                if refused and not _overlooks(function, student, oracle, suspect, names, solved, replay):
                    odd = set()
                shared |= odd
                if odd and name in blamed and blamed[name].root == function:
                    found[name] = found.get(name, False) or call is blamed[name]
            elif call is blamed.get(name):
                denied.add(name)  # agreement elsewhere says nothing of the failure that is shown
                quarrels |= name not in same and not same_answer(other, solved)  # both fail, each in its own way
    by_answers = {name: there for name, there in found.items() if name not in denied and len(shared) > 1}
    return by_answers if quarrels else by_answers | dict.fromkeys(same & {*names}, True)


def _answer_of(suspect: Suspect, known: list[Call], call: Call, solved: Call, replay: Replay) -> Call | None:
    """Return what a suspect answers to a call; the right answer where its own is of another kind that the check takes.

    Args:
        known: what it was asked there and next, if its check went so far.
    """
    if not known or not same_question(call, known[0]):
        return replay(suspect.rewrite, call)
    went_on = len(known) > 1
    return solved if went_on and _of_another_kind(known[0], known[0], solved) else known[0]


def _overlooks(
    function: str, student: Traces, oracle: Traces, suspect: Suspect, names: list[str], solved: Call, replay: Replay
) -> bool:
    """Tell whether student and suspect may both overlook what the solution refuses: neither asks for it wrongly."""
    for name in names:
        right = calls_of(oracle[name], function)
        for mine, theirs in zip(calls_of(student[name], function), right, strict=False):
            if mine.outcome[:2] == solved.outcome[:2] and theirs.outcome[0] == "value":
                return False  # it asks, but for something else
        for call in (one for one in right if same_answer(one, solved)):
            again = replay(suspect.rewrite, call)
            if again is not None and again.outcome[:2] == call.outcome[:2]:
                return False  # the suspect refuses some of these calls
    return True


def _tells(student: Call, suspect: Call, oracle: Call) -> bool:
    """Tell whether student and suspect gave the same wrong answer to this call."""
    return same_answer(student, suspect) and not (same_question(student, oracle) and same_answer(student, oracle))


def contradicts_nothing(student: Traces, oracle: Traces, suspect: Suspect, names: list[str], replay: Replay) -> bool:
    """Tell whether nothing that the student's code answered is different from what the suspect answers."""
    function, death = suspect.function, suspect.rewrite.dies_by
    if death in names and student[death].passed and functions_in(oracle[death]) == [function]:
        return False  # the suspect fails this one, which need not be run to know it
    for name in names:
        mine, theirs = calls_of(student[name], function), calls_of(suspect.traces[name], function)
        alone = functions_in(oracle[name]) == [function]
        if alone and (student[name].passed != suspect.traces[name].passed or len(mine) != len(theirs)):
            return False
        if not _match(mine, theirs, suspect.rewrite, replay):
            return False
    return True
