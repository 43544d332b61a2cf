"""Which known mistake it is: on made-up traces of a function f, its oracle and its misconceptions."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from autograder.course.catalogue import Rewrite
from autograder.judging.answers import same_answer
from autograder.judging.calls import checks_of, functions_in, replayable
from autograder.judging.check import Trace
from autograder.judging.diagnosis import Suspect, blame, diagnose
from autograder.judging.informative import alike_but_for_kind, telling
from autograder.model import Diagnosis
from autograder.sandbox.host.record import Call, Large, Named

Function = Callable[[float], Any]
INPUTS = {"test_small": (0.0, 1.0, 2.0), "test_large": (10.0, 20.0)}


def right(x: float) -> float:
    """The solution."""
    return 2 * x + 1


def forgets(x: float) -> float:
    """A known mistake."""
    return 2 * x


def squares(x: float) -> float:
    """Another; it agrees with `forgets` at 0 and 2."""
    return x * x


def ask(function: Function, x: float, root: str = "f") -> Call:
    """The record of one call."""
    record = Call(root, root, (x,), {})
    try:
        record.outcome = ("value", function(x), False)
    except Exception as error:
        record.outcome = ("error", type(error).__name__, str(error))
    return record


def traces(function: Function, inputs: dict[str, tuple[float, ...]] = INPUTS) -> dict[str, Trace]:
    """What a function does in the checks; a check stops at its first wrong answer."""
    found = {}
    for check, values in inputs.items():
        trace = Trace([], True)
        for x in values:
            trace.calls.append(ask(function, x))
            if trace.calls[-1].outcome[1] != right(x):
                trace.passed, trace.blamed = False, trace.calls[-1]
                break
        found[check] = trace
    return found


def suspect(name: str, function: Function, of: str = "f") -> Suspect:
    """A misconception with its traces."""
    return Suspect(Rewrite(name, of, "", 1, f"hint of {name}", "test_small"), traces(function))


def never(rewrite: Rewrite, call: Call) -> Call | None:
    """A replay that must not be asked for."""
    raise AssertionError("nothing had to be replayed")


def names(found: dict[str, list[Diagnosis]]) -> dict[str, list[str]]:
    """The names of the diagnoses by check."""
    return {check: [one.name for one in several] for check, several in found.items()}


SUSPECTS = [suspect("forgets", forgets), suspect("squares", squares)]


def verdict(function: Function, suspects: list[Suspect] = SUSPECTS) -> dict[str, list[str]]:
    """What is diagnosed for a submission."""
    return names(diagnose(traces(function), traces(right), suspects, never))


def test_a_known_mistake_is_named_in_each_check_it_fails():
    """a submission that answers as a misconception does is given its name, its hint and its function"""
    found = diagnose(traces(forgets), traces(right), SUSPECTS, never)
    assert names(found) == {"test_small": ["forgets"], "test_large": ["forgets"]}
    assert found["test_small"] == [Diagnosis("forgets", "hint of forgets", "f")]


def test_each_mistake_is_named_by_its_own_name():
    """one misconception is not taken for another that agrees with it on some calls"""
    assert verdict(squares) == {"test_small": ["squares"], "test_large": ["squares"]}


def test_what_a_raw_source_alone_gets_wrong_has_not_the_name_that_it_shares():
    """a name stands beside a failure only where the first source of that name fails, too"""

    def raw(x: float) -> float:
        return 2 * x if x < 5 else 0.0

    polished = suspect("forgets", lambda x: 2 * x if x < 5 else right(x))
    assert verdict(raw, [polished, suspect("forgets", raw)]) == {"test_small": ["forgets"]}
    assert verdict(raw, [suspect("forgets", raw)]) == {"test_small": ["forgets"], "test_large": ["forgets"]}


def test_a_strict_check_has_the_name_of_a_mistake_that_fails_it():
    """behind the first failure a likeness counts where the very call agrees that failed, in who fails that check"""
    mine = traces(lambda x: 2 * x if x < 5 else 0.0)
    assert names(diagnose(mine, traces(right), SUSPECTS, never, "test_small")) == names(
        diagnose(mine, traces(right), SUSPECTS, never)
    )
    passing = suspect("forgets", forgets)
    passing.traces["test_small"].passed = True
    assert "test_small" not in diagnose(mine, traces(right), [passing], never, "test_small")


def test_a_right_submission_is_never_accused():
    """the solution and a variant that agrees with it up to rounding have no diagnosis"""
    assert verdict(right) == {}
    assert verdict(lambda x: 1 + x + x + 1e-13) == {}


@pytest.mark.parametrize(
    "unlisted",
    [
        lambda x: 2 * x if x < 5 else 7.0,  # a known mistake in one check alone
        lambda x: 2 * x if x < 5 else 2 * x + 1,  # wrong in one check alone
        lambda x: 2 * x + 1 - (x == 1),
        lambda x: 2 * x + 0.5,
        lambda x: -x,
        lambda x: None,
        lambda x: str(2 * x),
        lambda x: 1 / 0,
    ],
)
def test_an_unlisted_mistake_is_not_accused(unlisted):
    """a wrong submission that differs from every misconception in a single recorded answer has no diagnosis"""
    assert verdict(unlisted) == {}


def test_who_answers_as_a_source_with_two_mistakes_has_both_names():
    """two names stand on one source: who answers as it does in every call is told both, and of none for certain"""

    def both(x: float) -> float:
        return x * x + 7

    two = ("forgets", "adds seven")
    sources = [
        Suspect(replace(suspect(name, both).rewrite, nth=2, also=tuple(o for o in two if o != name)), traces(both))
        for name in two
    ]
    found = diagnose(traces(both), traces(right), [*SUSPECTS, *sources], never)
    assert names(found) == {"test_small": ["forgets", "adds seven"], "test_large": ["forgets", "adds seven"]}
    assert not any(one.exact for several in found.values() for one in several)
    alone = suspect("multiplies by itself and adds", both)
    assert names(diagnose(traces(both), traces(right), [*sources, alone], never))["test_small"] == [alone.rewrite.name]


def test_a_second_flaw_of_kind_hides_no_name():
    """a known mistake's numbers in another kind, which is a flaw of its own, look like that mistake"""
    found = diagnose(traces(lambda x: int(2 * x)), traces(right), SUSPECTS, never)
    assert found["test_large"] == [Diagnosis("forgets", "hint of forgets", "f", False)]
    taken = suspect("gives an int", lambda x: int(2 * x + 1))
    found = diagnose(traces(lambda x: int(2 * x)), traces(right), [*SUSPECTS, taken], never)
    assert names(found)["test_large"] == ["forgets"], "these checks go on: an int is no flaw there"
    ended = {name: Trace(trace.calls[:1], False, blamed=trace.calls[0]) for name, trace in taken.traces.items()}
    rounds = Suspect(taken.rewrite, ended)
    both = diagnose(traces(lambda x: int(2 * x)), traces(right), [*SUSPECTS, rounds], never)
    assert names(both)["test_large"] == ["forgets", "gives an int"]


@given(st.dictionaries(st.sampled_from([0.0, 1.0, 2.0, 10.0, 20.0]), st.sampled_from([-1.0, 0.0, 1.0, 2.0, 4.0, 20.0])))
def test_no_false_accusation(changes):
    """whatever a submission answers, a diagnosis never contradicts any answer that was recorded"""
    mine = traces(lambda x: changes.get(x, right(x)))
    found = diagnose(mine, traces(right), SUSPECTS, never)
    by_name = {"forgets": forgets, "squares": squares}
    for check, several in found.items():
        assert not mine[check].passed
        for one in several:
            for trace in mine.values():
                assert all(call.outcome[1] == by_name[one.name](*call.args) for call in trace.calls)


def test_two_that_cannot_be_told_apart_are_both_named():
    """when two misconceptions answered alike in everything that was asked, both are shown"""
    twins = [suspect("forgets", forgets), suspect("adds nothing", lambda x: x + x)]
    assert verdict(forgets, twins)["test_small"] == ["forgets", "adds nothing"]


def test_only_the_functions_own_misconceptions_are_considered():
    """a misconception of another function is no diagnosis, however well its answers fit"""
    assert verdict(forgets, [suspect("of another", forgets, of="g")]) == {}


def erring(kind: type[Exception], text: str = "why") -> Function:
    """A function that raises."""

    def function(x: float) -> float:
        raise kind(text)

    return function


def test_exceptions_count_by_type_and_message():
    """the same exception with the same words is the same answer, another type or wording is not"""
    known = [suspect("divides", erring(ZeroDivisionError, "division by zero"))]
    assert verdict(erring(ZeroDivisionError, "division by zero"), known)["test_small"] == ["divides"]
    assert verdict(erring(ZeroDivisionError, "float division"), known) == {}
    assert verdict(erring(ValueError, "division by zero"), known) == {}


@pytest.mark.parametrize("kind", [NotImplementedError, NameError, UnboundLocalError, AttributeError, TypeError])
def test_exceptions_that_tell_nothing(kind):
    """unwritten code and typing slips are no evidence of a misconception"""
    assert verdict(erring(kind), [suspect("raises too", erring(kind))]) == {}


@pytest.mark.parametrize("kind", ["TypeError", "AttributeError", "NameError", "NotImplementedError"])
def test_an_exception_that_a_check_demands_is_an_answer(kind):
    """who raises what the docstring asks for answers alike, where the same name of a slip says nothing"""
    documented, slip = ("error", kind, "as documented"), ("error", kind, "unsupported operand")
    a, b, c = (replace(ask(right, 1.0), outcome=one) for one in (documented, documented, slip))
    assert same_answer(a, b)
    assert not same_answer(a, c)
    assert not same_answer(c, replace(c))


def test_callbacks_and_changed_arguments_are_part_of_the_answer():
    """the same value by another way, other questions to a callback or an altered argument, is another answer"""

    def asked(**besides: object) -> Call:
        return replace(ask(right, 1.0), **besides)

    heard, other, left = [(((1.0,), {}), 2.0)], [(((1.5,), {}), 2.0)], ((torch.zeros(1),), {})
    assert same_answer(asked(), asked())
    assert not same_answer(asked(), asked(callbacks=heard))
    assert same_answer(asked(callbacks=heard), asked(callbacks=[*heard]))
    assert not same_answer(asked(callbacks=other), asked(callbacks=heard))
    assert not same_answer(asked(callbacks=heard, final=left), asked(callbacks=heard))
    assert same_answer(asked(callbacks=heard, final=left), asked(callbacks=heard, final=((torch.zeros(1),), {})))


def test_being_cut_off_from_the_graph_is_part_of_the_answer():
    """a value that is joined to the graph and one that is not are different answers"""
    a, b = ask(right, 1.0), ask(right, 1.0)
    a.outcome = ("value", torch.ones(1), True)
    b.outcome = ("value", torch.ones(1), False)
    assert not same_answer(a, b)


def test_calls_with_other_arguments_are_replayed():
    """where the student was asked something else, the misconception is asked it afresh, and its answer decides"""
    inputs = {"test_small": (5.0,), "test_large": (10.0,)}
    asked: list[float] = []

    def replay(rewrite: Rewrite, call: Call) -> Call:
        asked.append(call.args[0])
        return ask(forgets if rewrite.name == "forgets" else squares, call.args[0])

    mine = traces(forgets, inputs)
    theirs = [Suspect(s.rewrite, traces(f, INPUTS)) for s, f in zip(SUSPECTS, (forgets, squares), strict=True)]
    found = names(diagnose(mine, traces(right), theirs, replay))
    assert 5.0 in asked
    assert {name for several in found.values() for name in several} <= {"forgets"}
    assert names(diagnose(mine, traces(right), theirs, lambda rewrite, call: None)) == {}


def test_a_check_that_a_misconception_passes_speaks_against_it():
    """student and misconception must pass and fail the same checks of the function"""
    inputs = {"test_small": (0.0, 1.0), "test_large": (10.0,)}

    def only_large(x: float) -> float:
        return right(x) if x < 5 else 0.0

    both = Suspect(Rewrite("both", "f", "", 1, "h", "t"), traces(lambda x: 0.0, inputs))
    one = Suspect(Rewrite("one", "f", "", 1, "h", "t"), traces(only_large, inputs))
    found = names(diagnose(traces(only_large, inputs), traces(right, inputs), [both, one], never))
    assert found == {"test_large": ["one"]}


def test_checks_without_traces_give_none():
    """a training check, whose trace is empty, neither accuses nor protects"""
    empty = {name: Trace([], False) for name in INPUTS}
    assert diagnose(empty, traces(right), SUSPECTS, never) == {}
    assert diagnose({}, traces(right), SUSPECTS, never) == {}
    assert diagnose(traces(forgets), {}, SUSPECTS, never) == {}


def test_functions_in_and_checks_of():
    """which functions a check called, in order, and which checks call a function"""
    trace = Trace([ask(right, 1.0, "g"), ask(right, 1.0, "f"), ask(right, 2.0, "g"), ask(right, 2.0, "")], True)
    assert functions_in(trace) == ["g", "f"]
    assert checks_of("f", {"a": trace, "b": Trace([ask(right, 1.0, "g")], True)}) == ["a"]


@pytest.mark.parametrize(
    ("call", "expected"),
    [
        (Call("f", "f", (1.0, torch.ones(2)), {"k": [1]}), True),
        (Call("f", "f.step", (), {}), False),
        (Call("f", "gradient of f", (), {}), False),
        (Call("f", "f", (Named("g"),), {}), False),
        (Call("f", "f", (), {"k": [Named("g")]}), False),
        (Call("f", "f", ({"a": Named("g")},), {}), False),
        (Call("f", "f", (Large((9,), torch.float32, 0.0, 0.0),), {}), False),
    ],
    ids=lambda value: getattr(value, "label", ""),
)
def test_what_can_be_replayed(call, expected):
    """a plain call of a plain function can be made again from its record; one with functions or objects cannot"""
    assert replayable(call) is expected


ROWS = {"test_rows": (2.0, 3.0), "test_none": (0.0,)}


def rows(function: Function) -> dict[str, Trace]:
    """As `traces`, of a function that answers with two numbers."""
    found = {}
    for check, values in ROWS.items():
        trace = Trace([], True)
        for x in values:
            trace.calls.append(ask(function, x))
            if not same_answer(trace.calls[-1], ask(both_right, x)):
                trace.passed, trace.blamed = False, trace.calls[-1]
                break
        found[check] = trace
    return found


def both_right(x: float) -> list[float]:
    """The solution."""
    return [2 * x, x + 1]


def both_late(x: float) -> list[float]:
    """A known mistake, which is none at 0."""
    return [2 * x, x + 1] if x == 0 else [3 * x, x + 2]


def turned(x: float) -> list[float]:
    """Another, wrong everywhere."""
    return [x + 1, 2 * x]


PAIRS = [
    Suspect(Rewrite(n, "f", "", 1, f"hint of {n}", "-"), rows(f)) for n, f in (("late", both_late), ("turned", turned))
]


@pytest.mark.parametrize(
    ("first_draft", "expected"),
    [
        (lambda x: both_late(x) if x else 1 / x, [("late", False)]),  # a second flaw where it is right
        (lambda x: turned(x) if x else [5.0], [("turned", False)]),  # and where it is wrong too
        (lambda x: turned(x) if x else both_right(x), []),  # right where the mistake is wrong: it is not that mistake
        (lambda x: [7.0, 8.0] if x else 1 / x, []),  # unlisted
        (lambda x: both_late(x), [("late", True)]),
    ],
)
def test_a_failure_may_look_like_a_mistake(first_draft, expected):
    """a second flaw in the same function does not silence a name, which is said in other words then"""
    found = diagnose(rows(first_draft), rows(both_right), PAIRS, lambda rewrite, call: None)
    assert [(one.name, one.exact) for one in found.get("test_rows", [])] == expected


def test_a_failure_may_look_like_a_source_with_two_mistakes():
    """both of its names are told where nothing else is as near, and the one name that alone says as much where it is"""

    def both(x: float) -> list[float]:
        return [3 * x + 0.5, 7 * x]

    def draft(x: float) -> list[float]:
        return both(x) if x else 1 / x

    two = ("late", "sevenfold")
    source = "def f(x): ..."
    sources = [
        Suspect(Rewrite(n, "f", source, 9, "h", "-", 2, tuple(o for o in two if o != n)), rows(both)) for n in two
    ]
    found = diagnose(rows(draft), rows(both_right), [*PAIRS, *sources], lambda rewrite, call: None)
    assert [(one.name, one.exact) for one in found["test_rows"]] == [("late", False), ("sevenfold", False)]
    alone = Suspect(Rewrite("triples", "f", "def f(x): 3", 20, "h", "-"), rows(both))
    found = diagnose(rows(draft), rows(both_right), [*sources, alone], lambda rewrite, call: None)
    assert [one.name for one in found["test_rows"]] == ["triples"]


def test_a_single_number_in_common_is_no_likeness():
    """a number that two mistakes may share says nothing; two calls with different numbers do"""
    inputs = {"test_small": (1.0,), "test_large": (10.0,), "test_zero": (0.0,)}
    known = [Suspect(Rewrite("forgets", "f", "", 1, "h", "-"), traces(forgets, inputs))]
    for draft, expected in ((lambda x: 2 * x if x == 1 else -7.0, {}), (lambda x: 2 * x if x else -7.0, {"forgets"})):
        found = diagnose(traces(draft, inputs), traces(right, inputs), known, never)
        assert {one.name for several in found.values() for one in several} == {*expected}


def refusing(x: float) -> list[float]:
    """A solution that refuses 0."""
    if x == 0:
        raise ValueError("none")
    return [2 * x, x + 1]


def test_two_flaws_of_a_function_are_named_each_in_its_own_check():
    """one by its numbers, the other by an answer where the solution raises; a third that shares both is none"""
    lenient = Suspect(Rewrite("answers at 0", "f", "", 1, "h", "-"), rows(both_right))
    known = [Suspect(PAIRS[1].rewrite, rows(lambda x: turned(x) if x else refusing(x))), lenient]
    oracle = rows(refusing)
    oracle = {name: Trace(trace.calls, True) for name, trace in oracle.items()}

    def draft(x: float) -> list[float]:
        return turned(x) if x else both_right(x)

    mine = {name: Trace([ask(draft, x) for x in values], False) for name, values in ROWS.items()}
    for trace in mine.values():
        trace.blamed = trace.calls[0]
    found = diagnose(mine, oracle, known, lambda rewrite, call: None)
    names = {check: [(one.name, one.exact) for one in several] for check, several in found.items()}
    assert names == {"test_rows": [("turned", False)], "test_none": [("answers at 0", False)]}


@pytest.mark.parametrize(
    ("mine", "solved", "count"),
    [
        ({"sizes": [3, 5], "whole": True}, {"sizes": [4, 4], "whole": True}, 2),
        (["cat", "dog"], ["dog", "cat"], 2),
        (["torch"], [], 1),
        ({"whole": False}, {"whole": True}, 1),
        (None, [1.0], 0),
    ],
)
def test_words_and_facts_tell_as_numbers_do(mine, solved, count):
    """names, truth values and dictionaries of them say how an answer came about; a single one is not enough"""
    assert len(telling(ask(lambda x: mine, 1.0), ask(lambda x: solved, 1.0))) == count


def test_a_name_stands_beside_its_own_functions_failure():
    """a check that calls two functions names the mistake of the one whose call failed"""
    wrong, fine = ask(forgets, 1.0), ask(right, 1.0, "g")
    known = [suspect("forgets", forgets)]
    mine = {**traces(forgets), "test_both": Trace([ask(forgets, 0.0), wrong, fine], False, blamed=wrong)}
    solved = {**traces(right), "test_both": Trace([ask(right, 0.0), ask(right, 1.0), fine], True)}
    known = [Suspect(known[0].rewrite, {**known[0].traces, "test_both": mine["test_both"]})]
    assert "test_both" in diagnose(mine, solved, known, never)
    other = ask(lambda x: 0.0, 1.0, "g")
    mine["test_both"] = Trace([ask(right, 0.0), ask(right, 1.0), other], False, blamed=other)
    assert "test_both" not in diagnose(mine, solved, known, lambda rewrite, call: None)


def test_the_call_that_departs_is_blamed():
    """where the check looked at a call that is right, the first wrong one is what the failure is about"""
    first, last = ask(forgets, 1.0), ask(right, 2.0, "g")
    oracle = Trace([ask(right, 1.0), last], True)
    assert blame(Trace([first, last], False, blamed=last), oracle) is first
    assert blame(Trace([first, last], False, blamed=first), oracle) is first
    assert blame(Trace([first, last], True, blamed=last), oracle) is None
    assert blame(Trace([first], False), oracle) is None


def pair(function: Function) -> dict[str, Trace]:
    """What a function with answers of two parts does in a check of one call."""
    call = ask(function, 3.0)
    return {"test_pair": Trace([call], call.outcome[1] == (3.0, 9.0), blamed=call)}


def test_a_part_of_the_answer_is_compared_by_itself():
    """a mistake in one part of a tuple is told although another flaw spoils the other part"""

    def told(mine: Function) -> dict[str, list[str]]:
        doubles = Rewrite("doubles the square", "f", "", 1, "", "test_pair")
        turns = Rewrite("turns the number round", "f", "", 1, "", "test_pair")
        known = [
            Suspect(doubles, pair(lambda x: (x, [18.0, 19.0]))),
            Suspect(turns, pair(lambda x: (-x, [9.0, 10.0]))),
        ]
        return names(diagnose(pair(mine), pair(lambda x: (x, [9.0, 10.0])), known, never))

    assert told(lambda x: (7.0, [18.0, 19.0])) == {"test_pair": ["doubles the square"]}
    assert told(lambda x: (7.0, [17.0, 19.0])) == {}


@pytest.mark.parametrize(
    "says, expected", [(["left"], ["leaves"]), (["left", "left"], []), (["other"], [])], ids=["one", "two", "none"]
)
def test_a_property_that_one_mistake_alone_breaks_names_it(says, expected):
    """what a check says of the student and of one known mistake only, after the same call, is a likeness"""

    def broken(said: str, answer: float) -> dict[str, Trace]:
        call = ask(lambda x: answer, 1.0)
        return {"test_small": Trace([call], False, blamed=call, said=said)}

    known = [
        Suspect(Rewrite("leaves" if not at else "loses", "f", "", 1, "", "test_small"), broken(said, 3.0 + at))
        for at, said in enumerate(says)
    ]
    call = ask(right, 1.0)
    oracle = {"test_small": Trace([call], True)}
    assert names(diagnose(broken("left", 99.0), oracle, known, never)).get("test_small", []) == expected


def test_a_mistake_behind_another_kind_of_number_is_alike():
    """in float32, as a 0-d tensor or but for rounding it is the known one; a value that rounding explains is none"""
    right, known = torch.tensor([1.0, 2.0], dtype=torch.float64), torch.tensor([1.5, 3.0], dtype=torch.float64)
    assert alike_but_for_kind(known.float(), known, right)
    assert alike_but_for_kind(known * (1 + 1e-8), known, right)
    assert alike_but_for_kind(torch.tensor(1.5), 1.5, 1.0)
    assert not alike_but_for_kind((known + 0.1).float(), known, right)
    assert not alike_but_for_kind(right.float(), right * (1 + 1e-8), right)
    assert not alike_but_for_kind(known.long(), known, right)


@pytest.mark.parametrize(("mean", "expected"), [(5.0, ["rounds"]), (9.0, [])])
def test_a_nan_that_may_come_from_another_slip_says_nothing(mean, expected):
    """a known mistake has the mean right and the deviation NaN; with the mean wrong, NaN has a cause of its own"""

    def answering(*answer: float) -> dict[str, Trace]:
        call = ask(lambda x: tuple(torch.tensor(one, dtype=torch.float64) for one in answer), 1.0)
        passed = answer == (5.0, 1.0)
        said = "" if passed else "NaN"
        return {"test_small": Trace([call], passed, blamed=None if passed else call, said=said)}

    known = [Suspect(Rewrite("rounds", "f", "", 1, "", "test_small"), answering(5.0, float("nan")))]
    student, oracle = answering(mean, float("nan")), answering(5.0, 1.0)
    student["test_small"].calls[0].callbacks.append(("another", "flaw"))
    assert names(diagnose(student, oracle, known, never)).get("test_small", []) == expected


@pytest.mark.parametrize(("got", "expected"), [([-math.inf, 3.0], ["underflows"]), ([math.inf, 3.0], [])])
def test_infinities_are_alike_where_they_stand_in_the_same_places_with_one_sign(got, expected):
    """minus infinity where the logarithm of 0 is taken is not the infinity of another slip"""

    def answering(*answer: float) -> dict[str, Trace]:
        call = ask(lambda x: torch.tensor(answer, dtype=torch.float64), 1.0)
        said = "infinity" if math.inf in map(abs, answer) else ""
        return {"test_small": Trace([call], not said, blamed=call if said else None, said=said)}

    known = [Suspect(Rewrite("underflows", "f", "", 1, "", "test_small"), answering(-math.inf, 2.0))]
    oracle = answering(-900.0, 2.0)
    assert names(diagnose(answering(*got), oracle, known, never)).get("test_small", []) == expected


def test_a_source_that_breaks_a_property_by_a_flaw_of_its_own_says_nothing_of_its_name():
    """a raw source counts in float32 and refuses nothing; the first one of that name refuses what it must"""

    def says(said: str) -> dict[str, Trace]:
        call = ask(lambda x: 99.0, 1.0)
        return {"test_small": Trace([call], False, blamed=call, said=said)}

    first, raw = (Suspect(Rewrite("counts", "f", "", 1, "", "test_small"), says(said)) for said in ("dtype", "raises"))
    oracle = {"test_small": Trace([ask(right, 1.0)], True)}
    assert names(diagnose(says("raises"), oracle, [raw], never)).get("test_small") == ["counts"]
    student = says("raises")
    student["test_small"].calls[0].outcome = ("value", 77.0, False)
    assert names(diagnose(student, oracle, [first, raw], never)).get("test_small", []) == []
