"""Every text that students may see, found in our sources: what a catalogue of another language must hold.

Texts that are said are arguments of ``_`` and ``plural``, and in templates and scripts of ``_`` and ``say``. Texts that
are made of an answer are the strings of the modules in `MADE`, their f-strings with slots in place of the values.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from ..checking import meaning
from ..model import LEVELS, STATUSES
from .skeleton import SAID

PACKAGE = Path(__file__).resolve().parent.parent
#: modules whose sentences are about an answer, and go through `translated` where they are shown
MADE = (
    "checking/compare.py", "checking/asserts.py", "checking/contracts.py", "checking/messages.py",
    "checking/answers.py", "judging/verdict.py", "judging/exam.py", "judging/unloaded.py", "judging/ties.py",
    "sandbox/host/student.py", "sandbox/host/handles.py", "sandbox/host/problem.py", "sandbox/host/allowance.py",
    "lab/inside/parts.py", "lab/playground/inside/parts.py", "lab/playground/inside/network.py",
    "lab/playground/inside/trying.py", "lab/playground/inside/race.py",
    "lab/convolution/inside/answers.py", "lab/convolution/inside/bench.py",
    "lab/convolution/inside/state_dicts.py", "lab/convolution/checkpoints.py",
)  # fmt: skip
#: of these what no student reads: patterns, values of a protocol, what the grader says to its teacher, parts of others
NOT_SAID = frozenset({
    "(?:free variable |name )'(\\w+)'", "(?:from|module) '(\\w+)", "name 'check' is not defined", "gradient of ",
    "as documented", "add sub mul truediv pow matmul neg radd rsub rmul rtruediv rpow rmatmul", "gradient of {0}",
    "object of type {0} has no len()", "<tensor of the student's>", "<{0} object>", "can't allocate memory",
    "\" not implemented for '", "Could not run '",
    "not enough memory", "Cannot allocate memory", "Unable to allocate", "the picture could not be drawn: {0}",
    "what was compared could not be kept: {0}", "the message could not be made: {0}", "{0}, line {1}", "signal {0}",
    "a handle that describes itself wrongly", "the worker was closed", " ({0} of {1} entries differ)",
    "{0}\n(the values cannot be shown)", "file {0}", "weights {0}", "weights yours", "weights course",
})  # fmt: skip
#: modules whose sentences begin with what they are about, which is put before them: "is 2 times the expected one"
RELATIONS = tuple(f"checking/relations/{path.name}" for path in (PACKAGE / "checking/relations").glob("*.py"))
_PREDICATE = re.compile(r"(is|has|equals|holds|does not) ")
#: of these what is part of no sentence, or says nothing alone
NOT_OF_RELATIONS = frozenset({
    "ln 2", "1/ln 2", "ln 10", "1/ln 10", "with an argument", "of arguments", "first again", "other call", "a {0}",
    "one factor", "offset source", "some {0}", "moved {0}",
})  # fmt: skip
#: texts that are said by their name alone: statuses, levels, labels of a failure's parts, states on the map
NAMED = (
    *STATUSES, *LEVELS, "call", "came back", "expected", "gradient", "afterwards", "before", "differs", "raised",
    "means", "hidden", "problem", "where", "seen", "diagnosis", "looks like", "or", "and", "hint", "besides", "follows",
    "untouched", "NaN", "infinity", "a list", "a tuple", "a dict", "a str", "an int", "a float", "a bool",
    "{0} instead of {1} ({2} of {3} entries differ)", "row", "rows", "column", "columns", "entry", "entries",
    "the changed input", "Sharpen", "Circle", "Saturated", "Memorised", "Guides", "Reference",
    "About Gradus", "does not come to an end", "ended the whole process", "took more memory than it may",
    "gives a wrong shape", "gives no number", "sent something that cannot be read", "is not written yet",
    "For students", "For teachers", "For authors", "Others", "Usage:", "Options:", "Arguments:", "[OPTIONS]",
    "COMMAND [ARGS]...", "[default:", "[required]", "Show this message and exit.",
    "Playground: neural networks", "Playground: convolutional neural networks", "the course has no such page",
)  # fmt: skip
#: parts of errors that students meet at the command line
OF_ERRORS = (
    "there is no exercise {0}", "did you mean {0}?", "`gradus list` shows all.", "{0} is ambiguous: say {1}",
    "{0} is answered in words, in its notebook, and marked by hand: nothing of it can be checked",
    "{0}: no such file", "name the file to check, or run in the folder that holds it",
    "{0}: there is no {1}.py or {2}.ipynb in this folder", "there is no data set {0}", "there are {0}",
    "{0}: damaged", "kept aside as {0}",
    "{0} does not change within a run",
    "{0}: damaged, and cannot be moved aside: {1}",
    "{0}. Your files are untouched", "`gradus update` finds out anew which are as handed out",
    "`make site` builds it", "`gradus site` builds it", "`gradus read` opens the first page.",
    "a notebook is at most {0} MB", "a source file is at most {0} MB", "two",
    "{0} has been saved too; to check that one, name it", "no file here is {0}: {1}",
)  # fmt: skip
#: what the library that reads the command line says of one that it cannot read
OF_COMMAND_LINE = (
    "Error: {0}",
    "Try {0} for help.",
    "No such command {0}. Did you mean {1}?",
    "No such command {0}.",
    "No such option: {0}",
    "Invalid value for {0}: {1}",
    "Input should be a valid integer, unable to parse string as an integer",
    "Input should be greater than or equal to {0}",
    "Input should be less than or equal to {0}",
    "Got unexpected extra argument(s) ({0})",
    "Missing argument {0}.",
    "Missing option {0}.",
    "Option {0} requires an argument.",
)  # fmt: skip
#: modules that read what was handed in: their sentences are the reason why a file is none, or a note beside a grade
READ = ("intake/source.py", "intake/files.py", "intake/rows.py", "intake/choice.py")
NOT_OF_READING = frozenset({
    "^(?:import marimo\\b|from marimo import)", "a cell whose source is no text",
    "{0} of the same exercise is graded; this one {1}",
    "as late as {0} of the same exercise: both are run, the better one counts", "holds the same", "is one of many",
    "its name begins with a dot, so it was not looked into; rename it if it was handed in", "a {0} is at most {1} MB",
    "{0}.py or {1}.ipynb", "`marimo export ipynb {0} -o {1}.ipynb`",
})  # fmt: skip
#: modules that refuse a student's file, or what a student asks for; a notebook's own lines (live/magic.py) are said
#: before any course is known, in English
REFUSE = (
    "live/client.py", "live/bench.py", "student/workspace.py", "student/progress.py", "student/watch.py",
    "student/reader.py", "student/debug.py", "cli/watch.py", "cli/student.py", "cli/workspace.py", "cli/base.py",
    "cli/lab.py", "lab/answers.py", "lab/page/view.py", "lab/run.py", "lab/playground/session.py",
    "lab/playground/leader.py", "lab/playground/state.py", "web/listen.py",
)  # fmt: skip
#: what a teacher or an author reads, and what is made of other texts
NOT_REFUSED = frozenset({
    "there is no {0} {1}{2}", "{0}: lists no exercises; `gradus new section/name` begins one",
    "{0}: the notebook cannot be read ({1}); run `gradus build`",
    "{0}: the stub cannot be read ({1}); run `gradus build`",
})  # fmt: skip
#: modules of commands that students give; of the others a student reads the first line, in the list of all
FOR_STUDENTS = frozenset({"workspace", "watch", "student", "lab", "base"})
_ADVICE = re.compile(r"is .*(hand in|download)")  #: what follows the name of a file that is none of ours
#: modules whose every sentence a student reads
TOLD = (
    *(f"lab/playground/missions/{name}.py" for name in ("separating", "training", "overfitting", "racing")),
    "lab/convolution/missions.py", "lab/playground/presets.py",
)  # fmt: skip
_REFUSALS = frozenset({
    "GradusError", "SubmissionError", "CourseError", "SandboxError", "CannotCheck", "warn", "say", "_say", "Said",
})  # fmt: skip
_SAID = re.compile(r"""(?<![\w.])(?:_|say)\(\s*("(?:[^"\\]|\\.)*")""")


def said() -> set[str]:
    """Return the texts that are said as they stand."""
    found = {*NAMED, *OF_ERRORS, *OF_COMMAND_LINE, *SAID, *meaning.sentences()}
    trees = _trees()
    constants = {name: text for tree in trees for name, text in _constants(tree)}
    found |= {text for tree in trees for text in _arguments(tree, constants | dict(_constants(tree)))}
    for path in (*PACKAGE.rglob("*.html"), *PACKAGE.rglob("*.js")):
        text = path.read_text(encoding="utf-8")
        if path.suffix == ".html" or "/words.js" in text:  # another `say` is a page's own
            found |= {str(ast.literal_eval(one)) for one in _SAID.findall(text)}
    return found


def several() -> set[str]:
    """Return those that have a form for one and another for many."""
    calls = (node for tree in _trees() for node in ast.walk(tree) if isinstance(node, ast.Call) and node.args)
    firsts = (node.args[0] for node in calls if getattr(node.func, "id", "") == "plural")
    return {one.value for one in firsts if isinstance(one, ast.Constant) and isinstance(one.value, str)}


def _trees() -> list[ast.Module]:
    files = (path for path in PACKAGE.rglob("*.py") if "pages" not in path.relative_to(PACKAGE).parts)
    return [ast.parse(path.read_text(encoding="utf-8")) for path in files]


def _constants(tree: ast.Module) -> Iterator[tuple[str, str]]:
    for node in tree.body:
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            value = node.value
            if isinstance(value, ast.Constant) and isinstance(value.value, str):
                yield node.targets[0].id, value.value


def _arguments(tree: ast.Module, constants: dict[str, str]) -> Iterator[str]:
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call) or not node.args:
            continue
        name = getattr(node.func, "id", getattr(node.func, "attr", ""))
        first = node.args[0]
        if name in ("_", "plural") and isinstance(first, ast.Constant) and isinstance(first.value, str):
            yield first.value
        elif name == "_" and isinstance(first, ast.Name) and first.id in constants:
            yield constants[first.id]


def made() -> set[str]:
    """Return the texts that are made of an answer, with slots in place of values."""
    found = {text for module in MADE for text in _sentences((PACKAGE / module).read_text("utf-8"))} - NOT_SAID
    return {text.removeprefix("; ") for text in found} | _of_relations()


def _of_relations() -> set[str]:
    """Return the sentences of relations, their subject a slot; and what stands in their slots."""
    found = {text for module in RELATIONS for text in _sentences((PACKAGE / module).read_text("utf-8"))}
    kept = {text.removeprefix("; ") for text in found - NOT_OF_RELATIONS}
    return {_numbered(f"{{}} {text}" if _PREDICATE.match(text) else text) for text in kept}


def _numbered(text: str) -> str:
    """Return a text whose slots have numbers in their order."""
    parts = re.split(r"\{\w*\}", text)
    return "".join(f"{part}{{{number}}}" for number, part in enumerate(parts[:-1])) + parts[-1]


def refused() -> set[str]:
    """Return what is said of a file or a wish that is refused."""
    found = set()
    for module in REFUSE:
        for node in ast.walk(ast.parse((PACKAGE / module).read_text("utf-8"))):
            if not isinstance(node, ast.Call):
                continue
            named = getattr(node.func, "id", getattr(node.func, "attr", "")) in _REFUSALS
            words = [*(node.args[:1] if named else ()), *(k.value for k in node.keywords if k.arg == "warning")]
            found |= {text for text in map(slotted, words) if " " in text.strip(" {}0123456789")}
    read = {text for module in READ for text in _sentences((PACKAGE / module).read_text("utf-8"))}
    read = {text for text in read - NOT_OF_READING if not text.startswith("\n")}
    predicates = {_numbered(f"{{}} {text}") if _ADVICE.match(text) else text for text in read}
    return {text.removeprefix("; ") for text in (found - NOT_REFUSED) | predicates}


def helped() -> set[str]:
    """Return what the help of the command line says to students."""
    found: set[str] = set()
    for path in sorted((PACKAGE / "cli").glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.FunctionDef) and any("app.c" in ast.unparse(one) for one in node.decorator_list):
                parts = [" ".join(part.split()) for part in (ast.get_docstring(node) or "").split("\n\n")]
                found |= {*(parts if path.stem in FOR_STUDENTS else parts[:1])}
            elif isinstance(node, ast.Call) and path.stem in FOR_STUDENTS:
                found |= {slotted(one.value) for one in node.keywords if one.arg == "help"}
    return found


def _sentences(source: str) -> Iterator[str]:
    tree = ast.parse(source)
    apart: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):  # a docstring
            apart.add(id(node.value))
        elif isinstance(node, ast.JoinedStr):
            apart |= {id(part) for value in node.values for part in ast.walk(value)}
    for node in ast.walk(tree):
        if id(node) in apart:
            continue
        text = slotted(node)
        if " " in text.strip() and re.search(r"[A-Za-z]", text):
            yield text


def slotted(node: ast.AST) -> str:
    """Return a string, or an f-string with numbered slots; "" for anything else."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if not isinstance(node, ast.JoinedStr):
        return ""
    parts, count = [], 0
    for value in node.values:
        if isinstance(value, ast.Constant):
            parts.append(str(value.value))
        else:
            parts.append(f"{{{count}}}")
            count += 1
    return "".join(parts)


def all_messages() -> list[str]:
    """Return every text that a catalogue must hold, sorted."""
    told = {text for module in TOLD for text in _sentences((PACKAGE / module).read_text("utf-8"))}
    return sorted(said() | made() | refused() | told | helped())
