"""The parts that a network is put together from: the student's own where they work, else the course's."""

import ast
import linecache
import sys
import types

import torch

from .names import PAGE_OF
from .network import Misfit
from .trying import try_part

#: what running somebody's code may raise, an exit and an interrupt among it
RAISED = (Exception, SystemExit, KeyboardInterrupt)


def told(error):
    """Return an error in a line of no more than 500 characters."""
    try:
        text = str(error)
    except RAISED:  # its text is somebody's code too
        text = ""
    return f"{type(error).__name__}: {text[:500]}" if text else type(error).__name__


def line_in(error, file):
    """Return the innermost line of a file at which an error was raised, 0 for none."""
    line, trace = getattr(error, "lineno", None) or 0, error.__traceback__
    while trace is not None:
        line = trace.tb_lineno if trace.tb_frame.f_code.co_filename == file else line
        trace = trace.tb_next
    return line


def kind_of(error):
    """Return what an error is called on the page."""
    text = str(error) if type(error) in (MemoryError, RuntimeError) else ""
    return "memory" if isinstance(error, MemoryError) or "can't allocate memory" in text else "error"


class Lacking(Exception):
    """A part is needed that the student has not, or that failed, and this copy of the course has none in its place."""


class Module:
    """One page's source, run statement by statement: what raises costs nothing below it."""

    def __init__(self, page, cells):
        self.names = types.ModuleType(page)
        self.problems = {}  # (what a name's statement raised, its line); "" for the whole page
        self.file = f"{page}.py"
        self.names.__file__ = self.file
        sys.modules[page] = self.names
        linecache.cache[self.file] = (0, None, "".join(cells).splitlines(keepends=True), self.file)
        for cell in cells:
            self._run(cell)

    def _run(self, cell):
        try:
            body = ast.parse(cell, self.file).body
        except (SyntaxError, ValueError) as error:
            self.problems[""] = f"{type(error).__name__}: {error}", line_in(error, self.file)
            return
        for statement in body:
            try:
                exec(compile(ast.Module([statement], []), self.file, "exec", dont_inherit=True), vars(self.names))
            except RAISED as error:
                self.problems[getattr(statement, "name", "")] = said = told(error), line_in(error, self.file)
                if not isinstance(error, Exception):  # whoever exits runs nothing below
                    self.problems[""] = said
                    return

    def get(self, name):
        """Return what stands under a name, None for nothing that can be called."""
        found = vars(self.names).get(name)
        return found if callable(found) else None

    def misnamed(self, name):
        """Return in a sentence that something else than a function has this name; "" where nothing has."""
        found = vars(self.names).get(name)
        return "" if found is None else f"{name} is of type {type(found).__name__}, and no function"


class Unwatched:
    """Stands where nobody asks what runs."""

    def note(self, name):
        """Do nothing."""

    def around(self, name, call, then=""):
        """Return the function itself."""
        return call


class Parts:
    """Whatever a network may be put together from.

    Args:
        own: the cells of each page that the student has.
        course: the source of each page of the course.
        running: is told which part, or which page while it is read, runs from now on.
    """

    def __init__(self, own, course, running=None):
        self.running = running or Unwatched()
        self.course = {page: Module(page, [text]) for page, text in course.items()}
        read = {page: self.running.around(page, Module) for page in own}
        self.own = {page: read[page](page, cells) for page, cells in own.items()}  # imports find these
        self.notes = {}
        self._tried = {}  # by name: what came of the trial, which is made once

    def watched(self, name, call, then=""):
        """Return a part's function so that it is known when it runs; `then` is what runs on after it."""
        return self.running.around(name, call, then) if self.notes[name]["whose"] == "yours" else call

    def take(self, name, refused=()):
        """Return a part that works, the student's unless it is refused; :attr:`notes` says which it is, and why."""
        part = None
        note = {"whose": "course", "kind": "", "text": ""}
        if name in refused:
            note["kind"] = "switched"
        else:
            if name not in self._tried:
                self._tried[name] = self._own(name, note)
            part, note = self._tried[name]
        if part is None:
            part = self.of_course(name)
        if part is None:
            why = (
                "is not written yet"
                if note["kind"] == "unwritten"
                else f"cannot be used ({note['text'] or note['kind']})"
            )
            raise Lacking(f"{name} {why}, and this copy of the course has none")
        self.notes[name] = note
        return part

    def of_student(self, name):
        """Return the student's part that is in use."""
        return self._tried[name][0]

    def differs(self, name, text):
        """Note how a part in use differs from the course's, which came out later than at its trial."""
        note = {"whose": "yours", "kind": "differs", "text": text}
        self.notes[name], self._tried[name] = note, (self._tried[name][0], note)

    def of_course(self, name):
        """Return the course's part, None where it has none."""
        page = self.course.get(PAGE_OF[name])
        return page.get(name) if page else None

    def replace(self, name, kind, text):
        """Return the course's part in place of one of the student's that failed."""
        part = self.of_course(name)
        if part is None:
            raise Lacking(f"{name} cannot be used ({text}), and this copy of the course has none")
        self.notes[name] = {"whose": "course", "kind": kind, "text": text}
        return part

    def _own(self, name, note):
        module = self.own.get(PAGE_OF[name])
        part = module.get(name) if module else None
        if part is None:
            raised = module.problems.get(name) or module.problems.get("") if module else None
            text, line = raised or (module.misnamed(name) if module else "", 0)
            return None, {**note, "kind": "error" if text else "unwritten", "text": text, "line": line}
        self.running.note(name)
        try:
            before = torch.get_rng_state()
            differs = try_part(name, part, self.of_course(name))
        except Misfit as error:
            return None, {**note, "kind": error.kind, "text": str(error)}
        except RAISED as error:
            if _says_unwritten(error):
                return None, {**note, "kind": "unwritten"}
            return None, {**note, "kind": kind_of(error), "text": told(error), "line": line_in(error, module.file)}
        finally:  # what this part switched off is no fault of the next one
            torch.set_rng_state(before)
            torch.set_grad_enabled(True)
            torch.set_default_dtype(torch.float32)
            self.running.note("")
        return part, {"whose": "yours", "kind": "differs" if differs else "", "text": differs}


def _says_unwritten(error):
    """Tell whether a stub raised this, and not torch, which says the same of what it cannot do."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    where = trace.tb_frame.f_code if trace is not None else None
    here = where is not None and where.co_filename in {f"{page}.py" for page in PAGE_OF.values()}
    return isinstance(error, NotImplementedError) and here and "NotImplementedError" in where.co_names
