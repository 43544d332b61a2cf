"""Students are spoken to in the course's language: every text has its German one, and none leaks elsewhere."""

from __future__ import annotations

import base64
import json
import re
import threading
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner

from autograder import cli
from autograder.authoring import build, loop, messages
from autograder.authoring.site import make, stage
from autograder.checking.compare import difference
from autograder.checking.relations import Pair, relations, which
from autograder.cli import platforms
from autograder.course import syllabus
from autograder.course import trees as paths
from autograder.errors import CourseError, SubmissionError
from autograder.export import classroom, gradescope
from autograder.language import (
    FOLDER,
    _,
    catalogue,
    in_this_language,
    parse,
    plural,
    speaking,
    told_error,
    translated,
)
from autograder.live.client import Answer
from autograder.live.magic import Card
from autograder.model import Diagnosis, Failure
from autograder.report.card import card
from autograder.report.page import student_page
from autograder.text import told
from tests.helpers import GOOD, PAGE, make_check, make_course, make_grade, page
from tests.test_relations import KINDS, SMALL, WHICH, _calls, draws

SLOT = re.compile(r"\{\w*\}")
GERMAN = catalogue("de")
FOR_STUDENTS = {f"autograder.cli.{name}" for name in messages.FOR_STUDENTS}
ENGLISH_WORDS = frozenset(
    re.findall(
        r"\w+",
        "the is are has have holds of your answer every each entry entries expected one ones which where with without "
        "call calls that and right wrong axis axes row rows column columns its other others than goes times",
    )
)


def german_course(root, **front):
    """A course of one page that speaks German."""
    lesson = GOOD["lesson"].replace('title = "', "".join(f"{k} = {v}\n" for k, v in front.items()) + 'title = "', 1)
    trees = make_course(root, {PAGE: page(lesson=lesson)}, built=False)
    toml = trees.course / "course.toml"
    toml.write_text('language = "de"\n' + toml.read_text())
    for one in syllabus.load(trees).exercises.values():
        build.write(trees, one)
    return trees


def test_every_text_has_a_german_one():
    """what students may see is in de.po, other than in English where it has words"""
    every = messages.all_messages()
    assert len(every) > 200
    missing = [text for text in every if text not in GERMAN.texts]
    assert missing == [], "write them into autograder/languages/de.po"
    alike = {text for text in every if GERMAN.texts[text][0] == text}
    assert alike <= {"NaN", "Pause", "in ", "in:       ", " in {function}"}, "left untranslated"


def test_the_lab_s_scripts_say_their_words_by_the_catalogue():
    """a sentence between quotes is an argument of `say`, in every script"""
    lab = Path(cli.__file__).parent.parent / "lab"
    bare = {}
    for path in sorted((*lab.glob("*/static/*.js"), *lab.glob("static/*.js"))):
        text = re.sub(r"/\*.*?\*/|//[^\n]*|\bSAYS = \{.*?\}", "", path.read_text(), flags=re.DOTALL)
        text = re.sub(
            r"""(class(Name)?"?\s*[:=]\s*|querySelector(All)?\(|closest\(|role: |from |\bsay\()\s*"[^"]*\"""", "", text
        )
        text = re.sub(r"""\$\{[^}]*\}|"[^"\n]*"(?=\s*[:\]])""", "", text)  # and what is a key
        found = [
            one
            for one in re.findall(r"""["`]([^"`\n]*)["`]""", text)
            if re.search(r"[A-Za-z]{2,} [a-z]{2,}", one) and not re.search(r"\dpx |^px |<svg ", one)
        ]
        if found:
            bare[f"{path.parts[-3]}/{path.name}"] = found
    assert bare == {}


def test_slots_and_plurals_are_kept():
    """a German text fills the same slots; what has a form for many has two in German"""
    for text, forms in GERMAN.texts.items():
        for form in forms:
            assert set(SLOT.findall(form)) <= set(SLOT.findall(text)) | {"{n}"}, text
        assert set(SLOT.findall(forms[-1])) >= set(SLOT.findall(text)), text
    assert {text for text, forms in GERMAN.texts.items() if len(forms) == 2} == messages.several()
    with speaking("de"):
        assert [plural("{points} point", "{points} points", n, points=n) for n in (0, 1, 2)] == [
            "0 Punkte", "1 Punkt", "2 Punkte",
        ]  # fmt: skip
    assert plural("1 check", "{n} checks", 3) == "3 checks"


@pytest.mark.parametrize(("actual", "expected", "german"), [
    ([1, 2], [1], "2 Werte kamen zurück, wo 1 erwartet waren"),
    (None, [1], "None kam zurück, wo list erwartet war"),
    ([1], {}, "eine Liste kam zurück, wo dict erwartet war"),
    (2, 3, "2 ist nicht 3"),
])  # fmt: skip
def test_what_the_judge_says_is_translated_where_it_is_shown(actual, expected, german):
    """a sentence that was made of values is recognised by its fixed words, and its parts are translated too"""
    said = difference(actual, expected).reason
    with speaking("de"):
        assert translated(said) == german
    assert translated(said) == said


def test_every_sentence_of_the_judge_finds_its_own_translation():
    """filled with values, each is recognised as itself and taken for no other; two are too short to stand alone"""
    wrong = {}
    with speaking("de"):
        for text in messages.made() | messages.refused():
            slots = SLOT.findall(text)
            values = iter(range(len(slots)))
            said = SLOT.sub(lambda _slot, values=values: f"7{next(values)}", text)
            german = SLOT.sub(lambda slot, slots=slots: f"7{slots.index(slot[0])}", GERMAN.texts[text][0])
            if translated(said) != german:
                wrong[text] = translated(f"in both calls {said}").removeprefix("in beiden Aufrufen gilt: ") == german
    assert wrong == {"`{0}` is {1}": True, "`{0}` of {1}": True}


@pytest.mark.parametrize(("wrong", "number"), [(kind[1], number) for kind in KINDS for number in (1, 2, 3)])
def test_what_was_seen_of_an_answer_is_german_to_its_last_word(wrong, number):
    """each relation, of one call, of both, of all and of some: no English word is left"""
    pairs = [Pair(e, wrong(e)) for e in draws(0)[:number]]
    said = [*relations(pairs), *relations(pairs, right=4), *relations(pairs, wrong=9)]
    said += relations(pairs, subject="the gradient for argument 2")
    with speaking("de"):
        for one in said:
            assert not ENGLISH_WORDS & set(re.findall(r"\w+", translated(one.text))), translated(one.text)


@pytest.mark.parametrize(("odd", "words"), WHICH)
def test_which_calls_go_wrong_is_told_in_german(odd, words):
    """the condition on the arguments, of one call and of several"""
    wrong, right = _calls(odd, odd)[:2], _calls(*((SMALL - 0.01 * n, 2) for n in range(19)))
    with speaking("de"):
        for calls in (wrong[:1], wrong):
            shown = translated(which(calls, right, {})[0].text)
            assert not ENGLISH_WORDS & set(re.findall(r"\w+", shown)), shown
            assert shown.endswith("; in den 19 richtigen ist das nicht so")


@pytest.mark.parametrize(("name", "content", "german"), [
    ("scaled.py", b"", "ist leer; gib die Datei mit deinen Funktionen ab"),
    ("scaled.py", b"\x00\x01\x02\x00\x03" * 9, "ist eine Binärdatei, kein Python-Quelltext"),
    ("scaled.ipynb", b'{"cells": [', "ist kein lesbares Notebook"),
    ("scaled.ipynb", b'{"cells": [], "nbformat": 4, "metadata": {}}', "hat keine Codezellen"),
    ("scaled.qmd", b"x", "ist ein Quarto-Dokument; gib das Notebook ab, das `quarto convert scaled.qmd` macht"),
    ("scaled.pdf", b"x", "ist ein Ausdruck deiner Arbeit"), ("nothing.py", None, "keine solche Datei; nenne eine"),
])  # fmt: skip
def test_files_that_are_none_are_refused_in_german(tmp_path, monkeypatch, name, content, german):
    """what `check` says of a file that it cannot use"""
    trees = german_course(tmp_path / "de")
    if content is not None:
        (tmp_path / name).write_bytes(content)
    monkeypatch.chdir(tmp_path)
    said = CliRunner().invoke(cli.app, ["--course", str(trees.root), "check", "scaled", name])
    assert german in " ".join((said.output + str(said.exception)).split())


def test_wishes_that_cannot_be_met_are_refused_in_german(tmp_path, monkeypatch):
    """`init` into a folder that holds something, a file with another name, a workspace whose notes are damaged"""
    trees = german_course(tmp_path / "de")
    ran, course = CliRunner(), ["--course", str(trees.root)]
    assert "ist nicht leer" in str(ran.invoke(cli.app, [*course, "init", str(tmp_path)]).exception)
    assert ran.invoke(cli.app, [*course, "init", str(tmp_path / "mine")]).exit_code == 0
    monkeypatch.chdir(tmp_path / "mine")
    for kept in Path().rglob("*.json"):
        kept.write_text("{")
    (tmp_path / "mine/mine.py").write_text("x = 1\n")
    said = ran.invoke(cli.app, [*course, "check", "scaled", "mine.py"])
    words = " ".join(said.output.split())
    assert "beschädigt; beiseitegelegt als" in words
    assert "die Datei sollte scaled.py heißen" in words
    assert "damaged;" not in words


def test_the_help_of_the_commands_is_german(tmp_path, monkeypatch):
    """of all of them the list, of those for students each word; in another folder it is English"""
    trees = german_course(tmp_path / "de")
    of_students = [one for one in cli.app.registered_commands if one.callback.__module__ in FOR_STUDENTS]
    assert len(of_students) > 10
    ran = CliRunner()
    for command in of_students:
        name = command.name or command.callback.__name__
        said = ran.invoke(cli.app, ["--course", str(trees.root), name, "--help"], prog_name="gradus").output
        words = set(
            re.findall(r"[a-z]+", re.sub(r"--?[\w-]+( <[^>]+>)?|\[\w|]+\]|<[^>]+>", "", said.partition("\n")[2]))
        )
        assert not words & ENGLISH_WORDS - {"in", "und"}, said
        assert "Optionen:" in said
    paths.choose(None)
    monkeypatch.chdir(trees.root)
    assert "Prüft eine deiner Aufgaben." in ran.invoke(cli.app, ["-h"]).output
    monkeypatch.chdir(tmp_path)
    assert "Check one exercise of your own." in ran.invoke(cli.app, ["-h"]).output


@pytest.mark.parametrize(("words", "german"), [
    (["chekc"], "Den Befehl 'chekc' gibt es nicht. Meintest du 'check'?"), (["check", "--foo"], "Option gibt es nicht"),
    (["check", "--seed", "x"], "hier muss eine ganze Zahl stehen"), (["--what"], "Fehler: Diese Option gibt es nicht"),
])  # fmt: skip
def test_a_misspelt_command_is_told_in_german(tmp_path, monkeypatch, words, german):
    """a command, an option or a value that there is not"""
    monkeypatch.chdir(german_course(tmp_path / "de").root)
    paths.choose(None)
    said = CliRunner().invoke(cli.app, words)
    assert said.exit_code == 2
    assert german in said.output
    assert "-h' zeigt die Hilfe." in said.output


def test_names_and_words_of_the_author_stay_as_they_are():
    """a name between backticks is none of our words, though it be spelt like one; nor is half a sentence ours"""
    factor = "in both calls your answer is 3 times the expected one; 3 is the number of rows of `row` in each of them"
    with speaking("de"):
        assert translated("page.py does not define `row`; it defines `rows`").endswith(
            "kein `row`; definiert ist `rows`"
        )
        assert translated("`call` is too large") == "`call` is too large"
        assert translated(factor).endswith("das Erwartete; 3 ist in jedem davon die Zahl der Zeilen von `row`")


def test_sentences_in_a_row_and_python_s_own_words():
    """one after another each is translated; what Python raised keeps its words"""
    late = "no answer within the time limit of 5 s"
    late += "; it was in the loop of line 3 both times that we looked: an endless loop?"
    with speaking("de"):
        assert translated(late).startswith("keine Antwort innerhalb der Zeitgrenze von 5 s; beide Male")
        words = told(Failure("exception", "ValueError: 1 is not 2", call="f(1)"))
        assert "ValueError: 1 is not 2" in words
        assert words.splitlines()[0].startswith("Aufruf")
        assert translated("my own words {0}") == "my own words {0}"
        assert translated("") == ""


def test_a_card_and_a_notebook_speak_german():
    """statuses, labels, points and reasons; no English label is left"""
    failure = Failure("difference", "its shape is (2,), not (3,)", "f(x)", "tensor([1., 2.])", "tensor([1., 2., 3.])")
    plot = {"kind": "tables", "actual": [["1"]], "expected": [["2"]], "wrong": [[True]]}
    check = make_check(status="failed", points=0.0, failure=failure, plot=plot)
    grade = make_grade(status="failed", points=0.0, checks=(check,))
    with speaking("de"):
        shown = card(grade, "Seite")
    assert "<svg" in shown
    reason = "die Form ist (2,), nicht (3,)"
    for word in ("falsch", "Aufruf", "zurück kam", "erwartet", reason, "0 von 1 Punkten"):
        assert word in shown
    for word in ("came back", "expected", "wrong", ", not", "points"):
        assert word not in shown
    plain = repr(Card(Answer(grade, "Seite", (), "de")))
    assert reason in plain
    assert "falsch" in plain
    assert "its shape is" in repr(Card(Answer(grade, "Page", ())))


def test_a_course_in_german_builds_in_german(tmp_path):
    """notebook labels, stub, draft and workspace; the English course beside it, in the same process, stays English"""
    trees = german_course(tmp_path / "de", level='"draft"')
    english = make_course(tmp_path / "en", {PAGE: GOOD})
    notebook = trees.notebook(PAGE).read_text()
    assert "## Prüfen" in notebook
    assert "Punkt)" in notebook
    assert "**Entwurf.**" in notebook
    assert "ist noch nicht geschrieben" in trees.stub(PAGE).read_text()
    assert "## Check" in english.notebook(PAGE).read_text()
    assert build.drifted(english, syllabus.load(english).exercises[PAGE]) == []
    said = CliRunner().invoke(cli.app, ["--course", str(trees.root), "init", str(tmp_path / "mine")])
    assert "Dateien in" in said.output
    assert "Dein Arbeitsordner" in (tmp_path / "mine" / "README.md").read_text()
    said = CliRunner().invoke(cli.app, ["--course", str(english.root), "init", str(tmp_path / "other")])
    assert "files in" in said.output


def test_checking_in_german(tmp_path, monkeypatch):
    """the answer in a terminal is German from its first line to its last"""
    trees = german_course(tmp_path / "de")
    ran = CliRunner()
    assert ran.invoke(cli.app, ["--course", str(trees.root), "init", str(tmp_path / "mine")]).exit_code == 0
    monkeypatch.chdir(tmp_path / "mine")
    course = ["--course", str(trees.root)]
    said = ran.invoke(cli.app, [*course, "check", "scaled"]).output
    assert "noch nicht geschrieben: scaled" in said
    for word in ("not written", " points", "missing", "repeat:", "checks"):
        assert word not in said
    assert "als Nächstes" in ran.invoke(cli.app, course).output
    assert _("passed") == "passed", "a command's language ends with it"
    speechless = ran.invoke(cli.app, [*course, "hint"]).output
    assert "Hinweis 1 von" in speechless or "Hinweise" in speechless


OWN = {
    "twice x plus one": "zweimal x plus eins", "any factor": "jeder Faktor",
    "forgets to add one": "vergisst, eins zu addieren", "What is the value at x = 0?": "Welcher Wert gehört zu x = 0?",
    "look at x = 0": "sieh dir x = 0 an", "look at x = 1": "sieh dir x = 1 an",
}  # fmt: skip


def own_words(root):
    """The table of a course's own titles, names and hints."""
    (root / "languages").mkdir(parents=True)
    rows = (f'msgid "{english}"\nmsgstr "{german}"\n' for english, german in OWN.items())
    (root / "languages/de.po").write_text("\n".join(rows))


def test_titles_names_and_hints_come_from_the_course_s_own_table(tmp_path, monkeypatch):
    """wherever they are shown; what is kept and compared stays English, and the courses beside it say what they said"""
    own_words(tmp_path / "de")
    trees = german_course(tmp_path / "de")
    assert "# zweimal x plus eins (" in trees.notebook(PAGE).read_text()
    ran = CliRunner()
    course = ["--course", str(trees.root)]
    assert ran.invoke(cli.app, [*course, "init", str(tmp_path / "mine")]).exit_code == 0
    monkeypatch.chdir(tmp_path / "mine")
    stub = next(Path("exercises").rglob("scaled.py"))
    text = stub.read_text()
    begins = text.index("    # YOUR CODE HERE")
    stub.write_text(text[:begins] + "    return x * factor\n")
    said = {command: ran.invoke(cli.app, [*course, command, *more]).output for command, *more in (
        ("check", "scaled", "--all"), ("explain", "scaled"), ("progress",), ("hint", "scaled"),
    )}  # fmt: skip
    for command, texts in (
        ("check", ("zweimal x plus eins", "vergisst, eins zu addieren", "Welcher Wert gehört zu x = 0?")),
        ("explain", ("vergisst, eins zu addieren", "Welcher Wert gehört zu x = 0?")),
        ("progress", ("vergisst, eins zu addieren",)), ("hint", ("sieh dir x = 0 an",)),
    ):  # fmt: skip
        assert all(one in said[command] for one in texts), said[command]
    assert not any(english in shown for english in OWN for shown in said.values())
    record = ran.invoke(cli.app, [*course, "check", "scaled", "--json"]).output
    assert "forgets to add one" in record
    assert "twice x plus one" in record
    assert not any(german in record for german in OWN.values())
    assert "forgets to add one" in next((tmp_path / "mine").rglob("progress.json")).read_text()


def test_cards_and_what_is_handed_to_others_have_the_course_s_own_words(tmp_path):
    """a card's titles, names and hints; Gradescope's and Classroom's titles"""
    own_words(tmp_path)
    known = Diagnosis("forgets to add one", "What is the value at x = 0?", "scaled", True)
    failure = Failure("difference", "1 is not 2", "scaled(x)", diagnosis=(known,))
    check = make_check(title="any factor", status="failed", points=0.0, failure=failure)
    unknown = make_check(
        title="any factor", status="failed", points=0.0, failure=Failure("difference", "", "scaled(x)")
    )
    fine = make_check(name="test_more", title="twice x plus one")
    grade = make_grade(status="failed", points=0.0, checks=(check, fine))
    with speaking("de", tmp_path):
        shown = card(grade, "Seite")
        shown += card(replace(grade, checks=(unknown, fine)), "Seite", ("look at x = 0",))
        shown += gradescope._test(check, "1", "")["name"]
        shown += classroom.summary([grade])
    for english, german in list(OWN.items())[:5]:
        assert german in shown
        assert english not in shown


def test_what_platforms_show_is_in_each_page_s_language(tmp_path, monkeypatch, capsys):
    """Gradescope's results and first words, Classroom's result, summary and line: all of it was English"""
    german, other = {**GOOD, "lesson": GOOD["lesson"].replace("points = 3", 'points = 3\nlanguage = "de"')}, GOOD
    trees = make_course(tmp_path / "course", {PAGE: german, "one/other": other})
    toml = trees.course / "course.toml"
    failure = Failure("difference", "its shape is [2], not [3]", "scaled(x)")
    wrong = make_check(title="any factor", status="failed", points=0.0, failure=failure)
    grades = [make_grade(status="failed", points=0.0, exercise=page, checks=(wrong,)) for page in (PAGE, "one/other")]
    monkeypatch.setattr(platforms, "grade_folder", lambda *given: grades)
    monkeypatch.setattr(paths, "trees", lambda: trees)
    for name in ("output", "summary"):
        monkeypatch.setenv(f"GITHUB_{'STEP_' * (name == 'summary')}{name.upper()}", str(tmp_path / name))
    (tmp_path / "results").mkdir()

    def said() -> list[str]:
        assert platforms.main(["gradescope", str(tmp_path), PAGE]) == 0
        tests = json.loads((tmp_path / "results" / "results.json").read_text())["tests"]
        assert platforms.main(["classroom", PAGE]) == 0
        handed = json.loads(base64.b64decode((tmp_path / "output").read_text().splitlines()[-1].partition("=")[2]))
        return [test["output"] for test in tests] + [test["message"] for test in handed["tests"]]

    assert ["die Form ist [2]" in one for one in said()] == [True, False, True, False], "the other page is in English"
    assert "| exercise | check |" in (tmp_path / "summary").read_text()
    toml.write_text('language = "de"\n' + toml.read_text())
    assert all("die Form ist [2]" in one for one in said()), "the course's, where a page has none of its own"
    assert "| Aufgabe | Prüfung | | Punkte |" in (tmp_path / "summary").read_text()
    assert capsys.readouterr().out.endswith("0 von 2 Punkten\n")
    with zipfile.ZipFile(gradescope.bundle(trees, (PAGE,), [], "2.6.0", tmp_path / "a.zip")) as archive:
        script = archive.read("run_autograder").decode()
    assert json.loads(re.search("printf '%s' '(.*)'", script)[1])["output"].startswith("nicht bewertet: der Autograder")


def test_messages_of_a_course_s_own_checks_have_slots_too(tmp_path):
    """what a check's author says of values is a template like ours"""
    (tmp_path / "languages").mkdir()
    text = 'msgid "the loss is {0}, and must fall below {1}"\nmsgstr "der Loss ist {0} und muss unter {1} fallen"\n'
    (tmp_path / "languages/de.po").write_text(text)
    with speaking("de", tmp_path):
        said = told(Failure("remark", "the loss is 3.5, and must fall below 2"))
    assert said == "der Loss ist 3.5 und muss unter 2 fallen"


def test_the_book_s_fixed_words_are_in_the_language_of_the_page(tmp_path):
    """what stands around a lesson: its worth, its checks, its question, the first page; captions of an own table"""
    own_words(tmp_path / "de")
    trees = german_course(tmp_path / "de", question='"Why?"', question_points=2)
    place = trees.lesson(PAGE)
    place.write_text(
        place.read_text().replace("## What to read next", "## Was schiefgeht\n\n## Was man als Nächstes liest")
    )
    course = syllabus.load(trees)
    with speaking(course.language, trees.root):
        stage.fill(course, trees, tmp_path / "book")
        assert make.settings(course, trees)["html_theme_options"]["toc_title"] == "Auf dieser Seite"
    assert make.settings(course, trees)["language"] == "de"
    lesson = next((tmp_path / "book").rglob("scaled.md")).read_text()
    for german in ("Punkte ·", "um deine zu prüfen:", "Was geprüft wird", "2 Prüfungen und ihre Punkte", "jeder Faktor",
                   "2 Punkte, von einem Menschen gelesen", "Sag es in Worten",
                   "Welche Fehler erwartest du?"):  # fmt: skip
        assert german in lesson
    for english in (" points", "to check yours", "What is checked", "any factor", "Say it in words"):
        assert english not in lesson
    assert "Ein Kurs, den man ausführen kann" in (tmp_path / "book/index.md").read_text()


def test_a_thread_of_its_own_speaks_what_is_spoken_where_it_begins():
    """the lab answers from threads"""
    heard = []
    with speaking("de"):
        thread = threading.Thread(target=in_this_language(lambda: heard.append(_("passed"))))
    thread.start()
    thread.join()
    assert heard == ["bestanden"]


def test_a_page_in_another_language_is_checked_in_that_language(tmp_path, monkeypatch):
    """in a terminal too, whatever the course's language is"""
    lesson = GOOD["lesson"].replace('title = "', 'language = "de"\ntitle = "', 1)
    trees = make_course(tmp_path / "course", {PAGE: page(lesson=lesson)})
    ran, course = CliRunner(), ["--course", str(trees.root)]
    assert "files in" in ran.invoke(cli.app, [*course, "init", str(tmp_path / "mine")]).output
    monkeypatch.chdir(tmp_path / "mine")
    assert "noch nicht geschrieben: scaled" in ran.invoke(cli.app, [*course, "check", "scaled"]).output
    assert "Hinweis 1 von" in ran.invoke(cli.app, [*course, "hint", "scaled"]).output


def test_the_card_of_a_page_in_another_language(tmp_path):
    """a student's page has each card in the language of its page, and what is around in the course's"""
    lesson = GOOD["lesson"].replace('title = "', 'language = "de"\ntitle = "', 1)
    course = syllabus.load(make_course(tmp_path, {PAGE: page(lesson=lesson)}, built=False))
    failure = Failure("difference", "its shape is (2,), not (3,)", "f(x)", "tensor([1., 2.])", "tensor([1., 2., 3.])")
    grade = make_grade(status="failed", points=0.0, checks=(make_check(status="failed", points=0.0, failure=failure),))
    shown = student_page([grade], {}, course, {})
    assert "die Form ist (2,), nicht (3,)" in shown
    assert "graded in" in shown
    with speaking("de"):
        assert "bewertet in" in student_page([grade], {}, course, {})


def test_a_page_may_have_another_language(tmp_path):
    """front matter comes before course.toml, and English is a language like others"""
    trees = german_course(tmp_path / "course", language='"en"')
    course = syllabus.load(trees)
    assert (course.language, course.exercises[PAGE].language) == ("de", "")
    assert "## Check" in trees.notebook(PAGE).read_text()


def test_a_language_that_nobody_has_is_told_and_a_course_may_bring_its_own(tmp_path):
    """an unknown code names those that there are; languages/CODE.po of the course adds one, or changes a text"""
    trees = german_course(tmp_path / "course")
    toml = trees.course / "course.toml"
    toml.write_text(toml.read_text().replace('"de"', '"xx"'))
    with pytest.raises(CourseError, match="there are texts in de, en"):
        syllabus.load(trees)
    folder = trees.root / "languages"
    folder.mkdir()
    (folder / "xx.po").write_text('msgid "passed"\nmsgstr "gut"\n')
    assert syllabus.load(trees).language == "xx"
    with speaking("xx", trees.root):
        assert (_("passed"), _("failed")) == ("gut", "failed")
    (folder / "de.po").write_text('msgid "passed"\nmsgstr "geschafft"\n')
    with speaking("de", trees.root):
        assert (_("passed"), _("failed")) == ("geschafft", "nicht bestanden")
    (folder / "broken.po").write_text("passed = gut\n")
    with pytest.raises(CourseError, match=r"broken\.po, line 1"):
        catalogue("broken", trees.root)


def test_two_threads_speak_two_languages():
    """what one says is nothing to the other"""
    heard = {}

    def say(code):
        with speaking(code):
            heard[code] = _("passed")

    threads = [threading.Thread(target=say, args=(code,)) for code in ("de", "")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert heard == {"de": "bestanden", "": "passed"}


def test_gettext_reads_the_same_catalogue(tmp_path):
    """other tools read de.po as we do: babel, where it is installed"""
    pofile = pytest.importorskip("babel.messages.pofile", reason="babel comes with the extra for the book")
    with (FOLDER / "de.po").open("rb") as file:
        theirs = pofile.read_po(file)
    read = {(m.id if isinstance(m.id, str) else m.id[0]): m.string for m in theirs if m.id}
    assert read.keys() == GERMAN.texts.keys()
    for key, value in read.items():
        assert GERMAN.texts[key] == ((value,) if isinstance(value, str) else tuple(value))
    assert parse('msgid "a"\n"b"\nmsgstr "c"\n', tmp_path).texts == {"ab": ("c",)}


@pytest.mark.parametrize(
    ("words", "german"),
    [
        (["new", "two/other"], False),
        (["new", "one/scaled"], False),
        (["import", "otter", "nowhere"], False),
        (["import", "excel", "nowhere"], False),
        (["verify", "scald"], False),
        (["suggest", "scald", "."], False),
        (["check", "scald"], True),
    ],
)
def test_faults_for_authors_are_english_all_of_them(tmp_path, monkeypatch, words, german):
    """what an author reads is told alike in an English course and in a German one; what a student reads is not"""
    told = []
    for name, line in (("en", ""), ("de", 'language = "de"  # ')):
        root = tmp_path / name
        toml = make_course(root, {PAGE: GOOD}, built=False).course / "course.toml"
        toml.write_text(line + toml.read_text())
        monkeypatch.chdir(root)
        ended = CliRunner().invoke(cli.app, words)
        told.append(str(ended.exception).replace(str(root), ""))
    assert told[0]
    assert (told[0] != told[1]) is german


def test_a_fault_of_the_course_is_english_wherever_it_is_shown():
    """a fault names keys and files in English words: no half of it is translated, for nobody"""
    fault = "course/one.md, line 3, key pionts: is not known; did you mean points?"
    with speaking("de"):
        assert translated("course/one.md, line 3: no such key") != "course/one.md, line 3: no such key"
        assert told_error(CourseError(fault)) == fault
        assert told_error(SubmissionError("there is no exercise scald; did you mean scaled?")).startswith("es gibt")


def test_an_author_reads_what_a_student_will_read(tmp_path, plain_template):
    """of a known mistake `gradus author` shows the students' own message, in their language, among English"""
    trees = make_course(tmp_path, {PAGE: page(lesson=("points = 3", 'points = 3\nlanguage = "de"'))})
    seen = loop.look(trees, PAGE, plain_template, 1)
    assert seen.mistakes
    assert all("erwartet" in one.message and "expected" not in one.message for one in seen.mistakes)
