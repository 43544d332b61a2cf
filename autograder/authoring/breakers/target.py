"""What can be broken: the definitions of a solution that students write, with what their docstrings say."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass, field
from typing import Any

from ..build import regions


@dataclass(frozen=True)
class Parameter:
    """One parameter of a definition; `default` is its source, "" where there is none."""

    name: str
    default: str = ""
    annotation: str = ""


@dataclass
class Target:
    """One function or method, and what the reference showed of it."""

    name: str  #: like ``softmax`` or ``SGD.step``
    doc: str  #: its docstring; of a method the class's too
    parameters: tuple[Parameter, ...]
    returns: str  #: the annotation
    raises: tuple[int, ...] = ()  #: line numbers of its raise statements
    base: str = ""  #: of a method: what its class is made from
    attributes: tuple[str, ...] = ()  #: of ``__init__``: what it sets on the object
    facts: dict[str, Any] = field(default_factory=dict)
    inner: bool = False  #: only the solution itself calls it, no check
    own: str = ""  #: its own docstring; of what makes an object, or is a module's forward, the class's
    page: str = ""  #: the docstrings of the whole page
    tensors: bool = True  #: the page's solution imports torch

    @property
    def owner(self) -> str:
        """The class of a method, else ""."""
        return self.name.rpartition(".")[0]

    @property
    def root(self) -> str:
        """The name that checks look up."""
        return self.name.partition(".")[0]

    @property
    def is_init(self) -> bool:
        """Tell whether it makes an object."""
        return self.name.endswith(".__init__")

    @property
    def is_module(self) -> bool:
        """Tell whether it is a method of a ``torch.nn.Module``."""
        return self.base.endswith("Module")

    def says(self, pattern: str) -> bool:
        """Return whether the docstring has this pattern, whatever the case and the line breaks."""
        return re.search(pattern, " ".join(self.doc.split()), re.IGNORECASE) is not None

    def page_says(self, pattern: str) -> bool:
        """Return whether any docstring of the page has this pattern."""
        return re.search(pattern, self.page, re.IGNORECASE) is not None

    def sentences(self, pattern: str) -> list[str]:
        """Return the sentences and entries of the docstring that have this pattern."""
        return [s for s in sentences_of(self.doc) if re.search(pattern, s, re.IGNORECASE)]

    def entry(self, parameter: str) -> str:
        """Return what the docstring says of one parameter, "" where it has no entry."""
        found = re.search(rf"^([ \t]*)(\w+, )*{parameter}(, \w+)*:((.*)(\n\1[ \t]+\S.*)*)", self.doc, re.MULTILINE)
        return " ".join(found[4].split()) if found else ""

    def seen(self, parameter: str) -> dict[str, Any]:
        """Return what was seen of a parameter."""
        known: dict[str, Any] = self.facts.get("params", {}).get(parameter, {})
        return known

    def given(self, *kinds: str) -> list[str]:
        """Return the parameters that were given values of these kinds."""
        params = self.facts.get("params", {})
        return [name for name, known in params.items() if name != "self" and set(kinds) & set(known["kinds"])]

    def answers(self, condition: str, parameter: str = "") -> bool:
        """Return whether the reference answers where a parameter is of this kind."""
        return parameter in self.facts.get("answers", {}).get(condition, ())

    def gives(self, *kinds: str) -> bool:
        """Tell whether results, or parts of them, are of one of these kinds."""
        return bool(set(kinds) & set(self.facts.get("results", ())))


@dataclass(frozen=True)
class Breaker:
    """One broken promise of one definition.

    Args:
        target: what is broken.
        family: which kind of promise.
        what: a third-person sentence about the target.
        source: what is appended to the solution.
        word: pattern of the docstring's sentences about this promise.
        needs_proof: whether a survivor must be shown to differ from the reference before it counts.
        conditions: inputs beside those of the checks that the docstring promises an answer to, as
            :mod:`.over_there.derive` names them.
    """

    target: str
    family: str
    what: str
    source: str
    word: str = ""
    needs_proof: bool = True
    conditions: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """Return how reports name it."""
        return f"{self.target} {self.what}"


def sentences_of(doc: str) -> list[str]:
    """Return the sentences and entries of a docstring."""
    entries = re.split(r"\n\s*\n|\n(?=\s*\w[\w, ]*:\s)", doc)
    return [s for entry in entries for s in re.split(r"(?<=[.;])\s+", " ".join(entry.split())) if s]


def targets_of(solution: str) -> list[Target]:
    """Return the functions and methods whose bodies, or parts of them, students write."""
    tree = ast.parse(solution)
    inside = regions(solution)
    found: list[Target] = []

    def marked(node: ast.FunctionDef) -> bool:
        last = node.end_lineno or node.lineno
        return any(node.lineno < first and end <= last + 1 for first, end in inside)

    for node in tree.body:
        if isinstance(node, ast.FunctionDef) and marked(node):
            target = _target(node, node.name, ast.get_docstring(node) or "")
            target.own = target.doc
            found.append(target)
        elif isinstance(node, ast.ClassDef):
            doc = ast.get_docstring(node) or ""
            methods = [m for m in node.body if isinstance(m, ast.FunctionDef)]
            attributes = tuple(dict.fromkeys(a for m in methods for a in _attributes(m) if m.name == "__init__"))
            for method in methods:
                special = method.name.startswith("__")
                if not marked(method) or (method.name.startswith("_") and not special):
                    continue
                if any(isinstance(d, ast.Name) and d.id in ("property", "staticmethod", "classmethod")
                       for d in method.decorator_list):  # fmt: skip
                    continue
                text = "\n\n".join(filter(None, (ast.get_docstring(method), doc)))
                target = _target(method, f"{node.name}.{method.name}", text)
                own = ast.get_docstring(method) or ""
                target.own = own or (doc if method.name in ("__init__", "forward", "__call__") else "")
                target.base = ast.unparse(node.bases[0]) if node.bases else ""
                target.attributes = attributes if method.name == "__init__" else ()
                found.append(target)
    page = "\n\n".join(target.doc for target in found)
    tensors = any(_imports(node, "torch") for node in ast.walk(tree))
    for target in found:
        target.page, target.tensors = page, tensors
    return found


def _imports(node: ast.AST, module: str) -> bool:
    """Tell whether a statement imports a module, or of it."""
    names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
    names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
    return any(name.partition(".")[0] == module for name in names)


def _target(node: ast.FunctionDef, name: str, doc: str) -> Target:
    plain = node.args.posonlyargs + node.args.args
    defaults = [""] * (len(plain) - len(node.args.defaults)) + [ast.unparse(d) for d in node.args.defaults]
    pairs = list(zip(plain, defaults, strict=True))
    pairs += [
        (a, ast.unparse(d) if d else "") for a, d in zip(node.args.kwonlyargs, node.args.kw_defaults, strict=True)
    ]
    parameters = tuple(Parameter(a.arg, d, ast.unparse(a.annotation) if a.annotation else "") for a, d in pairs)
    raises = tuple(n.lineno for n in ast.walk(node) if isinstance(n, ast.Raise) and n.exc is not None)
    return Target(name, doc, parameters, ast.unparse(node.returns) if node.returns else "", raises)


def _attributes(method: ast.FunctionDef) -> list[str]:
    """Return the names that a method sets on its object."""
    stored = [n for n in ast.walk(method) if isinstance(n, ast.Attribute) and isinstance(n.ctx, ast.Store)]
    return [n.attr for n in stored if isinstance(n.value, ast.Name) and n.value.id == "self"]
