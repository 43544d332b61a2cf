"""Formulas of lessons in a terminal: LaTeX between dollars becomes Unicode on one line, as far as there is some."""

from __future__ import annotations

import re

_SIGNS = {
    "cdot": "·", "times": "×", "sum": "∑", "prod": "∏", "int": "∫", "partial": "∂", "nabla": "∇", "infty": "∞",
    "le": "≤", "ge": "≥", "ne": "≠", "approx": "≈", "pm": "±", "in": "∈", "to": "→", "leftarrow": "←",
    "longrightarrow": "→", "mapsto": "↦", "cap": "∩", "cup": "∪", "ell": "ℓ", "top": "ᵀ", "langle": "⟨", "rangle": "⟩",
    "lfloor": "⌊", "rfloor": "⌋", "lceil": "⌈", "rceil": "⌉", "lVert": "‖", "rVert": "‖", "lvert": "|", "rvert": "|",
    "dots": "…", "cdots": "⋯", "angle": "∠", "bmod": "mod", "qquad": "   ", "quad": "  ", "mid": "|",
    "alpha": "α", "beta": "β", "gamma": "γ", "delta": "δ", "varepsilon": "ε", "epsilon": "ε", "eta": "η", "theta": "θ",
    "lambda": "λ", "mu": "μ", "pi": "π", "rho": "ρ", "sigma": "σ", "tau": "τ", "phi": "φ", "varphi": "φ",
    "Phi": "Φ", "Delta": "Δ", "Sigma": "Σ", "hat": "\u0302", "bar": "\u0304", "tilde": "\u0303",
}  # fmt: skip
_ACCENTS = ("hat", "bar", "tilde")
_UP = dict(zip("0123456789+-=()nijkTx", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ⁿⁱʲᵏᵀˣ", strict=True))
_DOWN = dict(zip("0123456789+-=()ijknmxtpo", "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎ᵢⱼₖₙₘₓₜₚₒ", strict=True))
_FORMULA = re.compile(r"(`[^`]*`|```.*?```)|\$\$(.+?)\$\$|\$([^$\n]+?)\$", re.DOTALL)
_TOKEN = re.compile(r"\\[a-zA-Z]+|\\.|[{}^_]|\s+|.", re.DOTALL)


def plain(markdown: str) -> str:
    """Return Markdown with its formulas in Unicode; code stays as it is."""

    def written(match: re.Match[str]) -> str:
        return match[1] or unicode_of(match[2] or match[3])

    return _FORMULA.sub(written, markdown)


def unicode_of(formula: str) -> str:
    """Return one formula as a line of Unicode."""
    text, _ = _group(_TOKEN.findall(formula), 0)
    return re.sub(r" +", " ", text).strip()


def _group(tokens: list[str], at: int) -> tuple[str, int]:
    """Return what stands up to the end of a group, and where it ends."""
    out = ""
    while at < len(tokens) and tokens[at] != "}":
        piece, at = _piece(tokens, at)
        out += piece
    return out, at


def _piece(tokens: list[str], at: int) -> tuple[str, int]:
    """Return the piece that begins here: a sign, a group, a command with what it is given."""
    token = tokens[at]
    if token == "{":
        text, end = _group(tokens, at + 1)
        return text, end + 1
    if token in "^_":
        given, at = _given(tokens, at + 1)
        table, mark = (_UP, "^") if token == "^" else (_DOWN, "_")
        if given and all(char in table for char in given):
            return "".join(table[char] for char in given), at
        return mark + (given if len(given) < 2 else f"({given})"), at
    if not token.startswith("\\"):
        return " " if token.isspace() else token, at + 1
    name = token[1:]
    if name.endswith("frac"):
        above, at = _given(tokens, at + 1)
        below, at = _given(tokens, at)
        return f"{_bracketed(above)}/{_bracketed(below)}", at
    if name == "sqrt":
        given, at = _given(tokens, at + 1)
        return f"√{_bracketed(given)}", at
    if name in ("mathrm", "text", "mathbb", "texttt", "mathbf", "operatorname", "begin", "end"):
        given, at = _given(tokens, at + 1)
        return "" if name in ("begin", "end") else given, at
    if name in _ACCENTS:
        given, at = _given(tokens, at + 1)
        return given + _SIGNS[name], at
    if re.fullmatch(r"[bB]ig+[lr]?|left|right", name):
        return "", at + 1
    if not name.isalpha():
        return {"\\": "; ", "|": "‖"}.get(name, name if name in "{}%&_#$" else " "), at + 1
    return _SIGNS.get(name, name), at + 1


def _given(tokens: list[str], at: int) -> tuple[str, int]:
    while at < len(tokens) and tokens[at].isspace():
        at += 1
    return _piece(tokens, at) if at < len(tokens) else ("", at)


def _bracketed(text: str) -> str:
    return text if re.fullmatch(r"[\w.]+[⁰-₟ᵀ²³¹]*|\(.*\)", text) else f"({text})"
