"""A lesson's formula, read from its LaTeX and computed: all its sides must come to the same.

What has a value (a function of the page, a number, a vector) is given by its LaTeX name; every other letter gets a
number of its own, always the same one, so that an identity needs no values at all. A sum adds up the entries of what
stands behind it.
"""

from __future__ import annotations

import math
import re
import zlib
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

TOKEN = re.compile(r"\d+(?:\.\d+)?|\\[A-Za-z]+|\\\{|\\\}|[A-Za-z]|\S")
_GONE = re.compile(r"\\[bB]igg?[lr]?(?![A-Za-z])|\\left(?![A-Za-z])|\\right(?![A-Za-z])|\\[,;!]|\\ |\\q?quad|&")
FUNCTIONS: dict[str, Callable[..., Any]] = {
    r"\log": np.log,
    r"\ln": np.log,
    r"\exp": np.exp,
    r"\tanh": np.tanh,
    r"\cosh": np.cosh,
    r"\sin": np.sin,
    r"\cos": np.cos,
    r"\max": np.maximum,
    r"\min": np.minimum,
    r"\mathrm{sign}": np.sign,
    r"\mathrm{round}": np.round,
    r"\mathrm{erf}": np.vectorize(math.erf),
    r"\mathrm{ReLU}": lambda x: np.maximum(x, 0.0),
    r"\mathrm{relu}": lambda x: np.maximum(x, 0.0),
}
_CLOSE = {"(": ")", "{": "}", "[": "]"} | {rf"\l{kind}": rf"\r{kind}" for kind in ("vert", "Vert", "floor", "ceil")}
_AROUND: dict[str, Callable[[Any], Any]] = {
    r"\lvert": np.abs,
    r"\lVert": np.linalg.norm,
    r"\lfloor": np.floor,
    r"\lceil": np.ceil,
}
_NAMED = {r"\hat", r"\bar", r"\tilde", r"\mathrm", r"\texttt", r"\text"}  #: what makes a name with what follows it


class _Reader:
    """Reads one side of an equation, and computes on the way."""

    def __init__(self, tokens: list[str], names: Mapping[str, Any]) -> None:
        self.tokens, self.names, self.at = tokens, names, 0

    def peek(self) -> str:
        return self.tokens[self.at] if self.at < len(self.tokens) else ""

    def take(self, wanted: str = "") -> str:
        token = self.peek()
        if not token or (wanted and token != wanted):
            raise ValueError(f"{wanted or 'more'} is missing at {' '.join(self.tokens[self.at :])!r}")
        self.at += 1
        return token

    def sum(self) -> Any:
        found = self.product()
        while self.peek() in {"+", "-"}:
            found = found + self.product() if self.take() == "+" else found - self.product()
        return found

    def product(self) -> Any:
        if self.peek() == "-":
            self.take()
            return -self.product()
        if self.peek() == r"\sum":
            self.take()
            while self.peek() in {"_", "^"}:
                self.take()
                self.raw()
            return np.sum(self.product())
        found = self.power()
        while (token := self.peek()) and token not in {"+", "-", ")", "}", "]", ",", *_CLOSE.values()}:
            if token == r"\sum":
                return found * self.product()
            if token in {r"\cdot", r"\times", "/"}:
                self.take()
            found = found / self.power() if token == "/" else found * self.power()
        return found

    def power(self) -> Any:
        found = self.atom()
        if self.peek() == "^":
            self.take()
            if self.peek() == r"\top":  # the dot product with what follows
                self.take()
                return np.dot(found, self.power())
            found = found ** self.group()
        return found

    def group(self) -> Any:
        """A thing in braces, or one digit or letter, as behind ^ and \\tfrac."""
        if self.peek() == "{":
            return self.inside(self.take())
        token = self.peek()
        if len(token) > 1 and token[0].isdigit():  # \tfrac12
            self.tokens[self.at] = token[1:]
            return float(token[0])
        return self.atom()

    def inside(self, opened: str) -> Any:
        found = self.sum()
        self.take(_CLOSE[opened])
        return found

    def raw(self) -> str:
        """The text of a group, unread: an index."""
        token = self.take()
        if token != "{":
            if len(token) > 1 and token[0].isdigit():
                self.at -= 1
                self.tokens[self.at] = token[1:]
                return token[0]
            return token
        depth, text = 1, ""
        while depth:
            token = self.take()
            depth += (token == "{") - (token == "}")
            text += token if depth else ""
        return text

    def atom(self) -> Any:
        token = self.take()
        if token[0].isdigit():
            return float(token)
        if token in _AROUND:
            return _AROUND[token](self.inside(token))
        if token in _CLOSE:
            return self.inside(token)
        if token in {r"\frac", r"\tfrac"}:
            return self.group() / self.group()
        if token == r"\sqrt":
            return np.sqrt(self.group())
        return self.named(token)

    def named(self, token: str) -> Any:
        """A letter with its index and its primes: its value, or what its function makes of what follows."""
        if token == "e" and self.peek() == "^" and self.tokens[self.at + 1] == "{":  # whatever else e stands for
            return math.e
        name = token + (f"{{{self.raw()}}}" if token in _NAMED else "")
        name = name if not token.startswith((r"\hat", r"\bar", r"\tilde")) else name.replace("{", " ").rstrip("}")
        while self.peek() in {"_", "'"}:
            name += "'" if self.take() == "'" else f"_{self.raw()}"
        value = self.names.get(name, FUNCTIONS.get(name))
        if value is None:
            constants = {"e": math.e, r"\pi": math.pi}
            value = constants.get(name, 0.2 + zlib.crc32(name.encode()) % 997 / 1300)
        if not callable(value):
            return value
        if self.peek() not in {"(", r"\{"}:
            return value(self.product())  # \log p, \ln 2, \log\cosh e
        self.take()
        given = [self.sum()]
        while self.peek() == ",":
            self.take()
            given.append(self.sum())
        self.take(")")
        return value(*given)


def compute(latex: str, names: Mapping[str, Any]) -> Any:
    """Return what one side of an equation comes to.

    Raises:
        ValueError: it has something that is not read here.
    """
    plain = re.sub(r"\|([^|]+)\|", r"\\lvert \1 \\rvert ", _GONE.sub(" ", latex)).strip(" .,;:$")
    reader = _Reader(TOKEN.findall(plain), names)
    found = reader.sum()
    if reader.peek():
        raise ValueError(f"not read: {' '.join(reader.tokens[reader.at :])!r} of {latex!r}")
    return found


def sides(latex: str) -> list[str]:
    """Return the sides of an equation: what stands between the signs = that are in no bracket."""
    depth, found = 0, [""]
    for token in re.findall(r"\\[A-Za-z]+|\\?.", latex, re.DOTALL):
        depth += token in {"(", "{", "["}
        depth -= token in {")", "}", "]"}
        if token in {"=", r"\mapsto"} and not depth:
            found.append("")
        else:
            found[-1] += token
    return found
