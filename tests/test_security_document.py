"""Every sentence of SECURITY.md is tested by what stands beside it here, or asks something of its reader."""

from __future__ import annotations

import ast
import re
import struct
from pathlib import Path

import pytest

from autograder.checking import marks_of
from autograder.judging.check import Check, check_seed
from autograder.judging.exam import Exam
from autograder.model import Exercise, Submission, Syllabus
from autograder.report.page import student_page
from autograder.sandbox.wire.channel import Channel
from tests.helpers import PAGE, ROOT, make_grade

JAIL, CORPUS, MEMORY = "sandbox/test_jail.py", "test_misbehaviour.py", "test_exam_memory.py"
SLICES = "test_slice"
ASKED = ("",)  #: of a sentence that asks something of its reader, or says what is elsewhere
LAB, LOOPS = "lab/test_lab_server.py", "lab/test_lab_loops.py"
DESK = "desk/test_desk_server.py"
#: (how a sentence begins, what tests it: file::function)
TESTED: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("Report a way to win", ASKED),
    ("Please give a submission", ASKED),
    ("Each sentence below is tested", ("test_security_document.py::test_every_sentence_is_tested",)),
    ("Whoever hands something in is not", ASKED),
    ("Whoever runs the grader, writes", ASKED),
    ("Student code never runs in the process", (f"{JAIL}::test_no_course_code_and_no_labels",
     f"{JAIL}::test_files_of_the_course_and_of_the_machine_are_out_of_reach")),
    ("A submission that misbehaves earns", (f"{CORPUS}::test_no_case_earns_more_than_its_right_code",)),
    ("| asset |", ASKED),
    ("| the verdict |", ("sandbox/test_peer.py::test_calls_alone_are_open",)),
    ("| what becomes of a call's", ("sandbox/test_arena.py::test_a_zeroed_input_is_seen_whatever_is_said",)),
    ("| labels, solutions, checks |", (f"{JAIL}::test_no_course_code_and_no_labels",
     "sandbox/test_wheel.py::test_nothing_of_an_installed_course_is_reached")),
    ("| other submissions |", (f"{JAIL}::test_two_workers_do_not_see_each_others_files",)),
    ("| the machine |", ("sandbox/test_layers.py::test_every_layer_of_a_level_holds",)),
    ("| the judge process |", ("sandbox/test_codec.py::test_garbled_frames", "sandbox/test_codec.py::test_size_caps")),
    ("Every grade is stamped", (f"{CORPUS}::test_the_results_as_data", f"{JAIL}::test_the_probe_finds_an_open_level")),
    ("| level |", ASKED),
    ("| `namespaces` |", ("sandbox/test_layers.py::test_every_layer_of_a_level_holds",)),
    ("| `landlock` |", ("sandbox/test_layers.py::test_every_layer_of_a_level_holds",
     "sandbox/test_mounts.py::test_landlock_paths_open_site_folders_by_name_only")),
    ("| `plain` |", (f"{JAIL}::test_the_probe_finds_an_open_level",)),
    ("What the weaker levels do not stop", (f"{CORPUS}::test_what_a_fallback_does_not_stop_is_written_down",)),
    ("Each is a submission of the corpus", (f"{CORPUS}::test_what_a_fallback_does_not_stop_is_written_down",
     f"{CORPUS}::test_no_case_disturbs_its_neighbour")),
    ("A grade's stamp says", (f"{CORPUS}::test_the_results_as_data",)),
    ("| submission |", ASKED),
    ("Two workers that run at once", ("sandbox/test_between_workers.py::test_two_workers_do_not_hear_each_other",)),
    ("What is left open between them", ("sandbox/test_between_workers.py::test_the_ways_that_are_open_are_named",)),
    ("| way |", ASKED),
    ("| `futex` between", ("sandbox/test_between_workers.py::test_two_workers_do_not_hear_each_other",)),
    ("`gradus grade --require-isolation`", ("test_cli.py::test_bad_input_is_one_line",)),
    ("What only the worker can see", ("test_claims.py::test_a_claim_weighs_a_twentieth",)),
    ("A claim that does not hold costs", ("test_claims.py::test_a_claim_weighs_a_twentieth",)),
    ("The list below names every check", ("test_claims.py::test_no_page_rests_on_claims",)),
    ("Beside them `unmodified` asks", ("test_claims.py::test_a_claim_weighs_a_twentieth",)),
    ("Where there is no shared memory", ("sandbox/test_spawned.py::test_the_line_does_all_it_does_elsewhere",)),
    ("Operators that a page forbids", ("sandbox/test_fence.py::test_every_way_is_refused_and_open_again",
     "sandbox/test_fence.py::test_there_is_no_way_out")),
    ("What this does not keep out", ("sandbox/test_fence.py::test_no_operator_of_torch_gives_the_same_answer",)),
    ("Those are for the static rule", ("test_exam.py::test_style_rules_and_a_students_own_module",)),
    ("The kernel limits each process", (f"{JAIL}::test_memory_is_bounded", f"{JAIL}::test_files_are_bounded")),
    ("Where a control group can be made", ("sandbox/test_cgroups.py::test_a_worker_joins_and_the_group_goes",
     "sandbox/test_watchdog.py::test_many_small_processes_are_one_big_one")),
    ("A submission may use its processor", (f"{CORPUS}::test_no_case_holds_or_fills_the_judge",)),
    ("Workers are forked from one template", ("sandbox/test_split.py::test_both_answer_at_once",
     f"{JAIL}::test_no_network_even_on_loopback")),
    ("The template holds nothing secret", ("test_security_document.py::test_no_seed_crosses_the_line",)),
    ("A worker that is started afresh", ("sandbox/test_loopback.py::test_who_shows_the_token_is_let_in",)),
    ("On Windows its memory", ("sandbox/test_spawned.py::test_memory_and_files_are_limited_where_the_system_can",)),
    ("A judge remembers which answers", (f"{MEMORY}::test_another_way_with_the_same_answers_is_recalled",
     f"{MEMORY}::test_the_last_bit_counts")),
    ("What is each one's own, such as", (f"{MEMORY}::test_rules_of_style_are_each_ones_own",)),
    ("By the pauses between questions", (f"{MEMORY}::test_another_way_with_the_same_answers_is_recalled",)),
    ("A check that one submission passed", (f"{SLICES}_cache.py::test_a_class_has_the_grades_that_it_has_without",
     f"{SLICES}s.py::test_who_may_keep_something_or_look_around_has_no_slices")),
    ("A failed check is asked of each", (f"{SLICES}_cache.py::test_a_failure_is_nobody_elses",)),
    ("Every other question is asked", (f"{MEMORY}::test_each_question_is_asked_once",)),
    ("What a student installs is theirs to read", ("test_packaging.py::test_what_is_in_the_wheel",)),
    ("A wheel made by `gradus bundle student`", ("test_packaging.py::test_the_student_wheel_has_no_solutions",)),
    ("Checks are readable by students", ("test_security_document.py::test_no_seed_crosses_the_line",
     "test_run.py::test_a_seed_is_a_secret", "test_security_document.py::test_no_page_shows_the_seed")),
    ("Who runs the course", ("test_run.py::test_facts",)),
    ("At the `landlock` level, as root", (f"{JAIL}::test_what_is_left_behind_dies", f"{JAIL}::test_forks_are_bounded")),
    ("Its memory counts as the worker's", ("sandbox/test_watchdog.py::test_who_is_cut_off_still_counts",)),
    ("A notebook's own checks fork", ("test_live.py::test_all_checks_of_a_page",)),
    ("Such results, nbgrader's own", ("test_nbcourse.py::test_the_same_scores_as_nbgraders_own_autograde",)),
    ("What `gradus grade` writes into", ("test_nbcourse.py::test_the_autograded_notebooks",)),
    ("Words with anything that a browser", ("test_feedback_browser.py::test_nothing_runs_in_the_feedback",
     "test_feedback_browser.py::test_what_lies_beside_is_text_to_a_browser")),
    ("`gradus check --debug`", ("student/test_debug.py::test_the_call_is_made_again_here",)),
    ("Do not point them", ASKED),
    ("Git clones are asked", ("test_intake.py::test_a_clone_runs_nothing",)),
    ("A dask cluster is trusted", ("test_dask.py::test_a_worker_with_another_course_takes_no_work",)),
    ("Keep it on a network", ASKED),
    ("GitHub obeys commands", ("test_classroom.py::test_no_message_commands_github",)),
    ("What is shown of a submission", ("test_classroom.py::test_no_line_of_any_message_is_obeyed",)),
    ("Gradescope's and GitHub's machines", ("test_gradescope.py::test_results",)),
    ("The kernel is shared", ASKED),
    ("Who needs more", ASKED),
    ("`gradus lab` is a student's own", ASKED),
    ("It listens on loopback alone", ("lab/test_lab_run.py::test_a_port_that_is_taken", f"{LAB}::test_who_may_read",
     f"{LAB}::test_sockets_of_strangers")),
    ("What the browser is started with", (f"{LAB}::test_a_ticket_leads_to_a_page_once",)),
    ("A page of it loads nothing", (f"{LAB}::test_headers_of_every_page",
     f"{LAB}::test_no_request_names_another_machine")),
    ("A message that is none", (f"{LAB}::test_hostile_messages_do_nothing",
     f"{LAB}::test_who_only_sends_rubbish_is_hung_up_on", f"{LAB}::test_every_message_is_read_or_refused")),
    ("The server runs no code", (f"{LOOPS}::test_every_bad_end_is_told_in_a_line",)),
    ("`gradus desk` is the markers' server", (f"{DESK}::test_who_may_read",
     "desk/test_desk_browser.py::test_one_after_another_by_keys")),
    ("A change is taken as JSON", (f"{DESK}::test_an_edit_from_elsewhere_is_refused",)),
    ("Who marks is the name", (f"{DESK}::test_a_proxys_header_counts_only_where_it_was_named",
     f"{DESK}::test_a_header_that_holds_no_name")),
    ("With `--host` the desk answers", (f"{DESK}::test_a_proxys_header_counts_only_where_it_was_named",)),
    ("An address never holds a student's name", (f"{DESK}::test_nothing_of_a_students_is_markup",
     "desk/test_desk_hide.py::test_ids_lead_back_and_say_nothing")),
    ("The anonymous view shows that id", (f"{DESK}::test_no_name_in_the_anonymous_view",
     f"{DESK}::test_a_roster_brings_further_students_and_names",
     "desk/test_desk_browser.py::test_no_request_of_the_anonymous_view_holds_a_name",
     "desk/test_desk_requests.py::test_an_inbox")),
    ("It does not find a name of two letters", ("desk/test_desk_cover.py::test_a_name_is_covered_as_a_word",)),
    ("With `--anonymous` there is no other view", (f"{DESK}::test_a_desk_without_names_has_no_other_view",)),
    ("Names, code, comments, rubric items", (f"{DESK}::test_nothing_of_a_students_is_markup",
     "desk/test_desk_browser.py::test_on_a_phone_and_in_the_dark", "desk/test_desk_requests.py::test_an_inbox")),
    ("The second of two edits", (f"{DESK}::test_the_second_of_two_edits_is_told",
     f"{DESK}::test_what_is_given_counts_at_once")),
    ("With `--read-only`, or where", (f"{DESK}::test_results_that_may_only_be_read",)),
    ("The desk itself runs no submission", ("desk/test_desk_again.py::test_the_difference_comes_first",)),
)  # fmt: skip


def sentences() -> list[str]:
    """The sentences of the document and the rows of its tables; lists that other tests keep exact are left out."""
    text = (ROOT / "SECURITY.md").read_text(encoding="utf-8")
    text = re.sub(r"<!-- claims.*?end of claims -->", "", text, flags=re.DOTALL)
    found: list[str] = []
    for block in re.split(r"\n\s*\n|\n(?=- |\|)", text):
        line = " ".join(block.split()).removeprefix("- ")
        if line.startswith("|"):
            rule = re.fullmatch(r"\|[-| ]+\|", line)
            if not rule and not re.match(r"\| `\w+` \| (?:landlock, )?plain \| can ", line):
                found.append(line)
        elif line and not line.startswith("#"):
            found += re.split(r"(?<=[.:])\s+(?=[A-Z])", line)
    return found


def test_every_sentence_is_tested():
    """each sentence begins as exactly one line of the table does, and each line of the table has its sentence"""
    begun = {sentence: [start for start, _ in TESTED if sentence.startswith(start)] for sentence in sentences()}
    assert {sentence: starts for sentence, starts in begun.items() if len(starts) != 1} == {}
    assert [start for start, _ in TESTED if [start] not in begun.values()] == []


@pytest.mark.parametrize("where", sorted({test for _, tests in TESTED for test in tests} - set(ASKED)))
def test_its_tests_are_there(where):
    """each test that a sentence names is there, under this name"""
    file, _, name = where.partition("::")
    tree = ast.parse((ROOT / "tests" / file).read_text(encoding="utf-8"))
    assert name in {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}


SEED = 0x5EED_1234_5678_9ABC


def test_no_seed_crosses_the_line(plain_template, monkeypatch):
    """nothing that a worker is sent holds the seed of the run or of the check, as a number or as a text"""
    sent: list[bytes] = []
    send = Channel.send

    def noted(self, body, *rest):
        sent.append(bytes(body))
        send(self, body, *rest)

    monkeypatch.setattr(Channel, "send", noted)
    exercise = Exercise("one/two", "Two", 1.0)
    submission = Submission("ada", exercise.address, "two.py", cells=("def f(x): return x",))
    exam = Exam(exercise, submission, plain_template, seed=SEED)

    def test_f(student):
        """it gives back what it gets"""
        assert student.f(5) == 5

    check = Check("test_f", "it gives back what it gets", marks_of(test_f))
    test_f(exam.begin(check))
    exam.finish(check, None)
    exam.close()
    everything = b"".join(sent)
    assert b"def f(x)" in everything
    for seed in (SEED, check_seed(SEED, exercise.address, "test_f")):
        for shown in (str(seed).encode(), f"{seed:x}".encode(), struct.pack("<Q", seed), struct.pack(">Q", seed)):
            assert shown not in everything


def test_no_page_shows_the_seed():
    """a student's page is made without the seed of the run, with which the inputs could be drawn at home"""
    syllabus = Syllabus("Tiny", Path("."), {"one": "One"}, {PAGE: Exercise(PAGE, "Two", 1.0)}, {})
    page = student_page([make_grade(exercise=PAGE, seed=SEED)], {}, syllabus, {"started": "2026", "seed": SEED})
    assert str(SEED) not in page
