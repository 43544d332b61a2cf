"""The student's own parts, and the course's where these are missing: run in a worker, beside a playground's loop."""

import contextlib
import dis
import linecache
import types


class Parts:
    """Definitions of some pages, the student's first.

    Args:
        given: of each page (by address), "yours" and "course": a list of cells each, empty where there is nothing.
        of: gives what is entered while a page's code is run, by its address.
    """

    def __init__(self, given, of=contextlib.nullcontext):
        self.given, self.of = given, of
        self.problems = {}  #: (address, owner) -> (line, text) of what did not run
        self._spaces = {}

    def space(self, address, owner):
        """Return what a page's source defines, once it was run; what fails ends it there."""
        if (address, owner) not in self._spaces:
            module = types.ModuleType(address.rpartition("/")[2])
            with self.of(address if owner == "yours" else ""):
                self._run(address, owner, module)
            self._spaces[address, owner] = module.__dict__
        return self._spaces[address, owner]

    def _run(self, address, owner, module):
        cells = self.given[address].get(owner) or []
        for number, cell in enumerate(cells, 1):
            shown = f"{owner}/{address}[{number}]" if len(cells) > 1 else f"{owner}/{address}"
            linecache.cache[shown] = (len(cell), None, cell.splitlines(keepends=True), shown)
            try:
                exec(compile(cell, shown, "exec", dont_inherit=True), module.__dict__)
            except (Exception, SystemExit, KeyboardInterrupt) as error:
                line = getattr(error, "lineno", None) or _line(error, shown)
                self.problems[address, owner] = (line, told(error))
                if len(self.given[address][owner]) == 1:
                    break

    def find(self, address, name, owner="yours"):
        """Return (a definition, whose it is): the course's where the student's is not written or does not run.

        Raises:
            LookupError: neither has it.
        """
        own = self.space(address, "yours").get(name) if owner == "yours" else None
        if own is not None and not _unwritten(own):
            return own, "yours"
        if name not in self.space(address, "course"):
            raise LookupError(f"{name} is not written yet, and this copy of the course has none")
        return self.space(address, "course")[name], "course"

    def problem(self, address):
        """Return what did not run of the student's source of a page, "" where all did."""
        line, text = self.problems.get((address, "yours"), (0, ""))
        return f"your {address.rpartition('/')[2]}, line {line}: {text}"[:400] if text else ""


def told(error):
    """Return an error in a line of no more than 300 characters."""
    try:
        text = str(error)
        if isinstance(error, SyntaxError) and isinstance(error.msg, str):  # it adds a name that only we know
            text = error.msg
    except Exception:  # its text is somebody's code too
        text = ""
    return f"{type(error).__name__}: {text[:300]}" if text else type(error).__name__


def _unwritten(value):
    """Tell whether a function, or a method of a class, says that it is not implemented, whatever it is given."""
    members = list(vars(value).values()) if isinstance(value, type) else [value]
    codes = [getattr(getattr(member, "__func__", member), "__code__", None) for member in members]
    return any(code is not None and "NotImplementedError" in code.co_names and not _returns(code) for code in codes)


def _returns(code):
    """Tell whether a function gives something back for some arguments; what raises in one branch alone is written."""
    return any(one.opname in ("RETURN_VALUE", "RETURN_CONST") for one in dis.get_instructions(code))


def _line(error, shown):
    trace, line = error.__traceback__, 0
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == shown:
            line = trace.tb_lineno
        trace = trace.tb_next
    return line
