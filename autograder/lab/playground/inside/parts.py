"""The parts that a network is put together from: the student's own where they work, else the course's."""

import ast
import linecache
import math
import sys
import types

import torch

from .names import PAGE_OF


class Misfit(Exception):
    """A part answered with what it must not; `part` is its name, `kind` what is the matter."""

    def __init__(self, part, kind, text):
        super().__init__(text)
        self.part, self.kind = part, kind


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
            part = self._of_course(name)
        if part is None:
            why = (
                "is not written yet"
                if note["kind"] == "unwritten"
                else f"cannot be used ({note['text'] or note['kind']})"
            )
            raise Lacking(f"{name} {why}, and this copy of the course has none")
        self.notes[name] = note
        return part

    def _of_course(self, name):
        page = self.course.get(PAGE_OF[name])
        return page.get(name) if page else None

    def replace(self, name, kind, text):
        """Return the course's part in place of one of the student's that failed."""
        part = self._of_course(name)
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
            differs = try_part(name, part, self._of_course(name))
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


def try_part(name, part, course):
    """Return in a sentence how a part differs from the course's, if there is one, on something small; "" for not.

    Raises:
        Misfit: it answers with what cannot be used.
    """
    return _TRIES[PAGE_OF[name]](name, part, course)


def fitting(name, value, like, what):
    """Return a part's answer if it is a tensor of this shape, and of the dtype that all is computed in.

    Raises:
        Misfit: it is not.
    """
    if not isinstance(value, torch.Tensor):
        raise Misfit(name, "error", f"{name} gave {type(value).__name__} where a tensor is wanted")
    if not value.is_floating_point():
        raise Misfit(name, "error", f"{name} gave {value.dtype} where floating-point numbers are wanted")
    if value.shape != like:
        raise Misfit(name, "shape", f"{name} gave shape {tuple(value.shape)} for {what}; {tuple(like)} is wanted")
    if value.dtype != torch.float32:
        raise Misfit(name, "error", f"{name} gave {value.dtype} for an input of torch.float32")
    return value


def tensor_of(name, value, like, what):
    """Return a part's answer if it fits, and holds numbers.

    Raises:
        Misfit: it does not, or holds NaN or infinity.
    """
    fitting(name, value, like, what)
    if not value.isfinite().all():
        raise Misfit(name, "nan", f"{name} gave NaN or infinity for {what}")
    return value


def _gradient(name, value, leaf):
    if not value.requires_grad:
        raise Misfit(name, "error", f"the answer of {name} is not joined to its input: no gradient flows")
    (grad,) = torch.autograd.grad(value.sum(), leaf, allow_unused=True)
    if grad is None or not grad.isfinite().all():
        raise Misfit(name, "nan", f"the gradient of {name} is not finite, or there is none")


def _differs(got, wanted, what):
    far = (got - wanted).abs()
    if far.max() <= 1e-4 + 1e-3 * wanted.abs().max():
        return ""
    worst = int(far.argmax())
    got, wanted = got.reshape(-1)[worst].item(), wanted.reshape(-1)[worst].item()
    return f"{what(worst)} is {got:.4g}; the course's is {wanted:.4g}"


def _try_activation(name, part, course):
    x = torch.tensor([[-40.0, -3.0, -1.0, -0.3, 0.1], [0.5, 1.0, 2.0, 4.0, 40.0]], requires_grad=True)
    kept = x.detach().clone()
    given = x.clone()  # no leaf, as in a network: torch refuses a leaf that is changed in place in words of its own
    out = tensor_of(name, part(given), x.shape, f"an input of shape {tuple(x.shape)}")
    if not torch.equal(given.detach(), kept):
        raise Misfit(name, "error", f"{name} changes its input in place, which the gradient still needs")
    _gradient(name, out, x)
    if course is None:
        return ""
    with torch.no_grad():
        return _differs(out.detach(), course(x), lambda i: f"{name}({kept.reshape(-1)[i].item():g})")


def _try_loss(name, part, course):
    z = torch.tensor([[0.3], [-1.2], [2.5], [-30.0]], requires_grad=True)
    y = torch.tensor([[1.0], [0.0], [0.0], [0.0]])
    got = tensor_of(name, criterion(name, part)(z, y), torch.Size([]), "four examples")
    _gradient(name, got, z)
    if course is None:
        return ""
    wanted = criterion(name, course)(z, y)
    return _differs(got.detach().reshape(1), wanted.detach().reshape(1), lambda i: f"{name} of four examples")


def _try_network(name, part, course):
    layers = Layers([lambda x: x] * 2, None)
    model = part(3, [4, 2], 1, layers)
    if not isinstance(model, torch.nn.Module):
        raise Misfit(name, "error", "MLP is no torch.nn.Module")
    shapes = [tuple(p.shape) for p in model.parameters()]
    if shapes != [(4, 3), (4,), (2, 4), (2,), (1, 2), (1,)]:
        raise Misfit(name, "shape", f"MLP(3, [4, 2], 1) has parameters of the shapes {shapes}")
    layers.begin()
    out = tensor_of(name, model(torch.ones(5, 3)), torch.Size([5, 1]), "5 inputs")
    if layers.at != 2:
        raise Misfit(name, "error", f"MLP with 2 hidden layers called its activation {layers.at} times")
    out.sum().backward()
    if any(p.grad is None for p in model.parameters()):
        raise Misfit(name, "error", "a parameter of MLP gets no gradient")
    return ""


def _try_dropout(name, part, course):
    dropout = part(0.5)
    x = torch.ones(64, 4)
    dropout.train()
    out = tensor_of(name, dropout(x), x.shape, "an input of shape (64, 4)")
    kept = (out != 0).float().mean().item()
    dropout.eval()
    quiet = tensor_of(name, dropout(x), x.shape, "an input of shape (64, 4)")
    if not torch.equal(quiet, x):
        return "in eval mode Dropout changes its input"
    if not 0.3 < kept < 0.7:
        return f"Dropout(0.5) kept {100 * kept:.0f} % of 256 entries"
    return "" if abs(out.mean().item() - 1) < 0.5 else f"Dropout(0.5) of ones has the mean {out.mean().item():.2f}"


def _walked(make):
    params = [torch.tensor([[1.0, -2.0], [0.5, 3.0]], requires_grad=True), torch.tensor([0.1], requires_grad=True)]
    optimizer = make(params)
    for step in range(3):
        optimizer.zero_grad()
        for p in params:
            p.grad = (step + 1) * p.detach() - 0.3
        optimizer.step()
    return torch.cat([p.detach().reshape(-1) for p in params])


def _try_optimizer(name, part, course):
    got = _walked(lambda params: part(params, lr=0.01))
    if not got.isfinite().all():
        raise Misfit(name, "nan", f"after 3 steps of {name} the parameters are NaN or infinite")
    if torch.equal(got, torch.tensor([1.0, -2.0, 0.5, 3.0, 0.1])):
        raise Misfit(name, "error", f"3 steps of {name} leave the parameters as they were")
    if course is None:
        return ""
    return _differs(got, _walked(lambda params: course(params, lr=0.01)), lambda i: f"{name}: entry {i} after 3 steps")


def _try_clip(name, part, course):
    def clipped(clip):
        p = torch.zeros(3, requires_grad=True)
        p.grad = torch.tensor([3.0, -4.0, 0.5])
        clip([p], 1.0)
        return p.grad

    got = tensor_of(name, clipped(part), torch.Size([3]), "a gradient of three entries")
    if course is None:
        return ""
    return _differs(got, clipped(course), lambda i: f"{name}: entry {i} of (3, -4, 0.5) at a limit of 1")


_TRIES = {
    "activations": _try_activation,
    "classification_losses": _try_loss,
    "losses": _try_loss,
    "regression_losses": _try_loss,
    "regression_network": _try_network,
    "classification_network": _try_dropout,
    "optimizers": _try_optimizer,
    "training_troubles": _try_clip,
}


def criterion(name, loss, regression=False):
    """Return a loss of the network's one output (n, 1) and the labels (n, 1), numbers or the classes 0 and 1."""
    if name in ("cross_entropy", "focal"):  # two logits, of which the first is always 0

        def two(z, y):
            return loss(torch.cat([torch.zeros_like(z), z], 1), y[:, 0].long())

        return two
    if name == "hinge" or (PAGE_OF[name] == "regression_losses" and not regression):
        return lambda z, y: loss(z, 2 * y - 1)
    return loss


class Layers:
    """The activations of all hidden layers as one function, which a network calls once for each of them.

    Args:
        acts: the activation of each layer.
        drop: what comes after each, or None.
        names: what the activations are called.
    """

    __name__ = "layers"

    def __init__(self, acts, drop, names=()):
        self.acts, self.drop, self.at = acts, drop, 0
        self.names = names or ["the activation"] * len(acts)
        self.seen = None  # a list to keep what comes out of each

    def begin(self):
        """Begin a forward pass."""
        self.at = 0

    def __call__(self, x):
        """Return what comes out of the next layer."""
        if self.at >= len(self.acts):
            raise Misfit("MLP", "error", f"MLP with {len(self.acts)} hidden layers calls its activation more often")
        wanted = x.shape
        x = self.acts[self.at](x)
        if type(x) is not torch.Tensor or x.shape != wanted or x.dtype != torch.float32:
            fitting(self.names[self.at], x, wanted, f"an input of shape {tuple(wanted)}")
        self.at += 1
        if self.seen is not None:
            self.seen.append(x)
        return x if self.drop is None else self.drop(x)


def initialise(model, how, g):
    """Draw the weights of a network anew, and set its biases to 0; "default" leaves what it began with."""
    if how == "default":
        return
    with torch.no_grad():
        for p in model.parameters():
            if p.dim() < 2 or how == "zeros":
                p.zero_()
                continue
            out, inside = p.shape
            spread = {
                "xavier": math.sqrt(2 / (inside + out)), "he": math.sqrt(2 / inside), "small": 0.01, "large": 3.0,
            }[how]  # fmt: skip
            p.copy_(spread * torch.randn(p.shape, generator=g))
